//! Android key descriptions, compared with `asn1-rs`. The input becomes an extension of a newly
//! signed certificate, in an attestation that is otherwise right. If the attestation is accepted,
//! the reference finds in the description what §8.4 requires, at the required security level.

use std::sync::OnceLock;

use webauthn_verify::attestation::{self, AttestationPolicy, SecurityLevel};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{Algorithm, ErrorKind, Failure, Quirks};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, DistinguishedName,
    KeyDescriptionBuilder, PrivateKey, flag,
};
use x509_parser::der_parser::asn1_rs::{Any, Class, FromDer, Tag};

use super::site;

/// Larger inputs would test nothing more, and the input has to fit into a certificate.
const LARGEST_INPUT: usize = 8 * 1024;

/// The parts of the attestation that do not depend on the input.
struct Fixed {
    authority: PrivateKey,
    authority_name: DistinguishedName,
    anchor: TrustAnchor,
    credential_key: PrivateKey,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
}

pub fn check(input: &[u8]) {
    if input.len() > LARGEST_INPUT {
        return;
    }
    let object = attestation_object(input);
    let object = AttestationObject::parse(&object).unwrap();
    for minimum in
        [SecurityLevel::Software, SecurityLevel::TrustedEnvironment, SecurityLevel::StrongBox]
    {
        match verify(&object, minimum) {
            Ok(level) => {
                let reference = Reference::read(input).expect("the reference refuses it");
                reference.check(level, minimum);
            }
            Err(failure) => check_failure(&failure, input),
        }
    }
}

/// Returns whether a description is accepted by a policy that requires only a path to the anchor.
pub fn is_accepted(input: &[u8]) -> bool {
    let object = attestation_object(input);
    verify(&AttestationObject::parse(&object).unwrap(), SecurityLevel::Software).is_ok()
}

/// Returns the client data hash. A description must have it as its challenge.
pub fn client_data_hash() -> [u8; 32] {
    site::sha256(&site::client_data("webauthn.create"))
}

fn verify(
    object: &AttestationObject<'_>,
    minimum: SecurityLevel,
) -> Result<SecurityLevel, Failure> {
    let policy =
        AttestationPolicy::trusted([fixed().anchor.clone()]).require_android_key_security(minimum);
    let hash = client_data_hash();
    let attestation = attestation::verify(object, &hash, &policy, site::now(), Quirks::NONE)?;
    assert!(attestation.trust_path().is_some());
    Ok(attestation.security_level().expect("no security level"))
}

/// Checks that a failure is about the description, because everything else is right.
fn check_failure(failure: &Failure, input: &[u8]) {
    let kinds = [
        ErrorKind::AttestationInvalid,
        ErrorKind::AttestationNonceMismatch,
        ErrorKind::AuthenticatorNotAllowed,
    ];
    assert!(kinds.contains(&failure.kind()), "{failure}");
    let field = failure.field().expect("no member is named");
    assert!(field.starts_with("keyDescription"), "{failure}");
    if let Some(error) = failure.parse_error() {
        assert!(error.offset() <= input.len(), "{error}");
    }
}

fn fixed() -> &'static Fixed {
    static FIXED: OnceLock<Fixed> = OnceLock::new();
    FIXED.get_or_init(|| {
        let key = |seed: &str| {
            PrivateKey::from_seed(Algorithm::Es256.cose_id(), seed.as_bytes()).unwrap()
        };
        let (authority, credential_key) = (key("authority"), key("credential"));
        let authority_name = DistinguishedName::new().common_name("authority");
        let root = CertificateBuilder::new(&authority_name, &authority.public_numbers())
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN)
            .sign(&authority);
        let flags = flag::USER_PRESENT | flag::ATTESTED_CREDENTIAL_DATA;
        let authenticator_data = AuthenticatorDataBuilder::new(site::RP_ID, flags, 0)
            .attested_credential_data(&[7; 16], &[8; 16], &credential_key.cose_key().unwrap())
            .unwrap()
            .build();
        let signed = [&authenticator_data[..], &client_data_hash()].concat();
        Fixed {
            signature: credential_key.sign(&signed),
            anchor: TrustAnchor::from_der(root).unwrap(),
            authority,
            authority_name,
            credential_key,
            authenticator_data,
        }
    })
}

fn attestation_object(description: &[u8]) -> Vec<u8> {
    let fixed = fixed();
    let subject = DistinguishedName::new().common_name("Android Keystore Key");
    let identifier = KeyDescriptionBuilder::OBJECT_IDENTIFIER;
    let certificate = CertificateBuilder::new(&subject, &fixed.credential_key.public_numbers())
        .issuer(&fixed.authority_name)
        .extension(identifier, false, description)
        .sign(&fixed.authority);
    AttestationStatement::android_key(-7, &fixed.signature, &[certificate])
        .unwrap()
        .attestation_object(&fixed.authenticator_data)
        .unwrap()
}

/// A key description as the reference reads it.
struct Reference {
    levels: [u32; 2],
    challenge: Vec<u8>,
    software_enforced: Vec<Field>,
    tee_enforced: Vec<Field>,
}

/// The number of an explicit tag, and its content.
type Field = (u32, Vec<u8>);

impl Reference {
    fn read(input: &[u8]) -> Option<Reference> {
        let [description] = &elements(input)?[..] else { return None };
        let [version, level, keymaster_version, keymaster_level, challenge, id, software, tee] =
            &elements(content(description, Tag::Sequence)?)?[..]
        else {
            return None;
        };
        content(version, Tag::Integer)?;
        content(keymaster_version, Tag::Integer)?;
        content(id, Tag::OctetString)?;
        let enumerated = |element| match content(element, Tag::Enumerated)? {
            [level] => Some(u32::from(*level)),
            _ => None,
        };
        Some(Reference {
            levels: [enumerated(level)?, enumerated(keymaster_level)?],
            challenge: content(challenge, Tag::OctetString)?.to_vec(),
            software_enforced: fields(content(software, Tag::Sequence)?)?,
            tee_enforced: fields(content(tee, Tag::Sequence)?)?,
        })
    }

    /// Checks the requirements of §8.4.
    fn check(&self, level: SecurityLevel, minimum: SecurityLevel) {
        let number = |level| match level {
            SecurityLevel::Software => 0,
            SecurityLevel::TrustedEnvironment => 1,
            SecurityLevel::StrongBox => 2,
        };
        assert_eq!(self.levels[0], number(level));
        for level in self.levels {
            assert!((number(minimum)..=2).contains(&level), "level {level}");
        }
        assert_eq!(self.challenge, client_data_hash());
        let both = [&self.software_enforced, &self.tee_enforced];
        for list in both {
            assert!(list.iter().all(|(number, _)| *number != 600), "allApplications");
        }
        let counting = if number(minimum) > 0 { &both[1..] } else { &both[..] };
        for (number, expected) in [(1, &[0x31, 3, 2, 1, 2][..]), (702, &[2, 1, 0])] {
            let all = counting.iter().flat_map(|list| list.iter());
            let mut values = all.filter(|(found, _)| *found == number).map(|(_, value)| value);
            let first = values.next().expect("neither list has the field");
            assert_eq!(first, expected, "field {number}");
            assert!(values.all(|value| value == expected), "field {number} in the other list");
        }
    }
}

/// Reads the fields of an authorization list. Panics if an element is not tagged explicitly.
fn fields(list: &[u8]) -> Option<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for element in elements(list)? {
        assert!(element.class() == Class::ContextSpecific && element.header.is_constructed());
        assert_eq!(elements(element.data)?.len(), 1, "an explicit tag holds one element");
        let number = element.tag().0;
        assert!(fields.iter().all(|(earlier, _)| *earlier != number), "field {number} twice");
        fields.push((number, element.data.to_vec()));
    }
    Some(fields)
}

/// Reads the elements that take up all of `bytes`.
fn elements(mut bytes: &[u8]) -> Option<Vec<Any<'_>>> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let (rest, element) = Any::from_der(bytes).ok()?;
        elements.push(element);
        bytes = rest;
    }
    Some(elements)
}

/// Returns the content of an element, or `None` if it has another tag.
fn content<'a>(element: &Any<'a>, tag: Tag) -> Option<&'a [u8]> {
    (element.class() == Class::Universal && element.tag() == tag).then_some(element.data)
}
