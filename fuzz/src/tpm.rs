//! TPM attestation, compared with a second parser for its structures. The input is the content of
//! the TPM structures and of the certificate, as [`Parts`]. The target hashes and signs it, so that
//! mutations reach the checks after the signature. An input can also be a whole statement about a
//! fixed key.

use std::sync::OnceLock;

use ciborium::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use webauthn_verify::attestation::{self, Attestation, AttestationPolicy, AttestationType};
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{Algorithm, Failure, Quirk, Quirks};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, DistinguishedName,
    PrivateKey, PublicNumbers, der,
};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::site;

/// A bit of the first byte: a whole statement follows, not parts.
pub const WHOLE: u8 = 0x80;

/// A bit of the first byte: SHA-1 is tolerated.
pub const TOLERANT: u8 = 0x40;

/// In `certInfo`, a run of these bytes with the length of a hash is replaced by the hash of the
/// attested data.
pub const EXTRA_DATA: u8 = 0xee;

/// In `certInfo`, a run of these bytes with the length of a hash is replaced by the hash of
/// `pubArea`.
pub const NAME: u8 = 0xdd;

const AAGUID: [u8; 16] = *b"a fuzzed TPM ...";
const CREDENTIAL_ID: [u8; 16] = *b"a credential ID.";
const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];

/// The parts of an input after its first byte. Each part except the last begins with its length in
/// two bytes.
pub struct Parts<'a> {
    pub pub_area: &'a [u8],
    /// The values of two extensions of the certificate.
    pub subject_alt_name: &'a [u8],
    pub extended_key_usage: &'a [u8],
    pub cert_info: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(input: &'a [u8]) -> Option<Parts<'a>> {
        let mut rest = input;
        let mut sized = || {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (part, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
            rest = after;
            Some(part)
        };
        let (pub_area, subject_alt_name, extended_key_usage) = (sized()?, sized()?, sized()?);
        Some(Parts { pub_area, subject_alt_name, extended_key_usage, cert_info: rest })
    }
}

/// An attested registration.
pub struct Registration {
    pub key: PublicNumbers,
    algorithm: Algorithm,
    authenticator_data: Vec<u8>,
}

/// Returns registrations with a key for ES256, ES384, ES512 and RS256.
pub fn registrations() -> &'static [Registration; 4] {
    static REGISTRATIONS: OnceLock<[Registration; 4]> = OnceLock::new();
    REGISTRATIONS.get_or_init(|| {
        [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Rs256].map(|algorithm| {
            let key = match algorithm {
                Algorithm::Rs256 => rsa_key(),
                _ => PrivateKey::from_seed(algorithm.cose_id(), b"a key in a TPM").unwrap(),
            };
            let cose_key = key.cose_key().unwrap();
            let authenticator_data = AuthenticatorDataBuilder::new(site::RP_ID, 0x45, 0)
                .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &cose_key)
                .unwrap()
                .build();
            Registration { key: key.public_numbers(), algorithm, authenticator_data }
        })
    })
}

/// Makes an RSA key from two Mersenne primes, so no search for primes is needed.
fn rsa_key() -> PrivateKey {
    let mersenne = |bits: usize| {
        let mut number = vec![0xff; bits.div_ceil(8)];
        number[0] = 0xff >> (number.len() * 8 - bits);
        number
    };
    PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).unwrap()
}

fn aik() -> &'static PrivateKey {
    static AIK: OnceLock<PrivateKey> = OnceLock::new();
    AIK.get_or_init(|| PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"an AIK").unwrap())
}

fn client_data_hash() -> [u8; 32] {
    site::sha256(&site::client_data("webauthn.create"))
}

/// Returns the values of the two extensions in a good certificate.
pub fn good_extensions() -> (Vec<u8>, Vec<u8>) {
    let name = DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:1")
        .to_der();
    let purpose = der::object_identifier(CertificateBuilder::TPM_AIK_CERTIFICATE);
    (der::sequence(&[der::explicit(4, &name)]), der::sequence(&[purpose]))
}

/// Makes a statement from these parts, with this `certInfo`.
pub fn statement(parts: &Parts<'_>, cert_info: &[u8]) -> AttestationStatement {
    let certificate = CertificateBuilder::new(&DistinguishedName::new(), &aik().public_numbers())
        .basic_constraints(false, None)
        .extension(SUBJECT_ALT_NAME, true, parts.subject_alt_name)
        .extension(EXTENDED_KEY_USAGE, false, parts.extended_key_usage)
        .sign(aik());
    let signature = aik().sign(cert_info);
    AttestationStatement::tpm("2.0", -7, &signature, &[certificate], parts.pub_area, cert_info)
        .unwrap()
}

pub fn check(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let (registration, quirks) = circumstances(*first);
    if first & WHOLE != 0 {
        check_whole(rest, registration, quirks);
    } else if let Some(parts) = Parts::read(rest) {
        check_parts(&parts, registration, quirks, *first);
    }
}

/// Returns whether the parts or the statement of this input are accepted.
pub fn is_accepted(input: &[u8]) -> bool {
    let Some((first, rest)) = input.split_first() else { return false };
    let (registration, quirks) = circumstances(*first);
    let hash = client_data_hash();
    let statement = match Parts::read(rest) {
        _ if first & WHOLE != 0 => AttestationStatement::new("tpm", rest),
        Some(parts) => statement(&parts, &filled_cert_info(&parts, registration)),
        None => return false,
    };
    verify(&statement, registration, &hash, quirks).is_some_and(|result| result.is_ok())
}

/// Returns the registration and the quirks that the first byte of an input chooses.
fn circumstances(first: u8) -> (&'static Registration, Quirks) {
    let quirks = match first & TOLERANT {
        0 => Quirks::NONE,
        _ => Quirks::NONE.with(Quirk::Sha1Attestation),
    };
    (&registrations()[usize::from(first & 0x03)], quirks)
}

/// Returns `certInfo` with the hashes filled in.
pub fn filled_cert_info(parts: &Parts<'_>, registration: &Registration) -> Vec<u8> {
    let signed = [&registration.authenticator_data[..], &client_data_hash()].concat();
    fill(&fill(parts.cert_info, EXTRA_DATA, &signed), NAME, parts.pub_area)
}

fn verify(
    statement: &AttestationStatement,
    registration: &Registration,
    client_data_hash: &[u8; 32],
    quirks: Quirks,
) -> Option<Result<Attestation, Failure>> {
    let object = statement.attestation_object(&registration.authenticator_data).unwrap();
    let parsed = AttestationObject::parse(&object).ok()?;
    let policy = AttestationPolicy::default();
    let result = attestation::verify(&parsed, client_data_hash, &policy, site::now(), quirks);
    if let Err(failure) = &result {
        assert!(!failure.to_string().is_empty());
        if let Some(error) = failure.parse_error() {
            // Offsets in a certificate count from its first byte.
            assert!(error.offset() <= object.len(), "{error}");
        }
    }
    Some(result)
}

/// Checks a whole statement. Only the fixed key can sign, so an accepted statement must have right
/// structures.
fn check_whole(bytes: &[u8], registration: &Registration, quirks: Quirks) {
    let statement = AttestationStatement::new("tpm", bytes);
    let Some(Ok(_)) = verify(&statement, registration, &client_data_hash(), quirks) else { return };
    let decoded = site::decode_cbor(bytes).expect("no CBOR");
    let members = decoded.as_map().expect("no map");
    let find = |name| members.iter().find(|(key, _)| key.as_text() == Some(name));
    let member = |name| &find(name).expect("a member is missing").1;
    assert_eq!(member("ver").as_text(), Some("2.0"));
    // ES256 or ESP256, which are the same for this key.
    assert!([-7, -9].map(Value::from).contains(member("alg")));
    let bytes_of = |name| member(name).as_bytes().expect("no bytes");
    let (pub_area, cert_info) = (bytes_of("pubArea"), bytes_of("certInfo"));
    assert!(is_right(pub_area, cert_info, registration, quirks), "not what was certified");
}

fn check_parts(parts: &Parts<'_>, registration: &Registration, quirks: Quirks, choice: u8) {
    let hash = client_data_hash();
    let cert_info = filled_cert_info(parts, registration);
    let statement_of = |cert_info: &[u8]| statement(parts, cert_info);
    let statement = statement_of(&cert_info);
    let right = is_right(parts.pub_area, &cert_info, registration, quirks);
    let (subject_alt_name, extended_key_usage) = good_extensions();
    let good_certificate = parts.subject_alt_name == subject_alt_name
        && parts.extended_key_usage == extended_key_usage;
    let Some(result) = verify(&statement, registration, &hash, quirks) else { return };
    let attestation = match result {
        Ok(attestation) => attestation,
        Err(failure) => {
            assert!(!(right && good_certificate), "refused, although all is right: {failure}");
            return;
        }
    };
    assert!(right, "accepted, although the second parser finds it wrong");
    assert_eq!(attestation.attestation_type(), AttestationType::AttCa);
    check_certificate(&attestation);

    // The statement is refused for other client data, and after a change of a byte or bit that
    // matters.
    let refused = |cert_info: &[u8], hash: &[u8; 32]| {
        let result = verify(&statement_of(cert_info), registration, hash, quirks);
        assert!(result.is_some_and(|result| result.is_err()), "accepted, although changed");
    };
    refused(&cert_info, &[7; 32]);
    refused(&[&cert_info[..], &[0]].concat(), &hash);
    refused(&cert_info[..cert_info.len() - 1], &hash);
    let reading = Attest::read(&cert_info).unwrap();
    let place = usize::from(choice >> 2);
    for member in [reading.magic, reading.structure_type, reading.extra_data, reading.name] {
        let start = member.as_ptr() as usize - cert_info.as_ptr() as usize;
        let mut flipped = cert_info.clone();
        flipped[start + place % member.len()] ^= 1 << (place % 8);
        refused(&flipped, &hash);
    }
}

/// Replaces each run of `mark` that has the length of a hash by the hash of `message`.
fn fill(template: &[u8], mark: u8, message: &[u8]) -> Vec<u8> {
    let mut filled = Vec::new();
    for run in template.chunk_by(|one, next| (*one == mark) == (*next == mark)) {
        match (run[0] == mark, run.len()) {
            (true, 20) => filled.extend(Sha1::digest(message)),
            (true, 32) => filled.extend(Sha256::digest(message)),
            (true, 48) => filled.extend(Sha384::digest(message)),
            (true, 64) => filled.extend(Sha512::digest(message)),
            _ => filled.extend(run),
        }
    }
    filled
}

/// Checks that `x509-parser` finds the manufacturer and the purpose in the certificate.
fn check_certificate(attestation: &Attestation) {
    let (rest, certificate) =
        X509Certificate::from_der(&attestation.certificates()[0]).expect("no certificate");
    assert!(rest.is_empty());
    let (mut manufacturers, mut has_purpose) = (Vec::new(), false);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                for name in &names.general_names {
                    let GeneralName::DirectoryName(name) = name else { continue };
                    manufacturers.extend(
                        name.iter_attributes()
                            .filter(|one| one.attr_type().to_id_string() == "2.23.133.2.1")
                            .map(|one| one.as_str().expect("no text").to_owned()),
                    );
                }
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                has_purpose = usage.other.iter().any(|one| one.to_id_string() == "2.23.133.8.3");
            }
            _ => {}
        }
    }
    assert!(has_purpose, "not the certificate of an AIK");
    assert_eq!(manufacturers, [attestation.tpm_manufacturer().expect("no manufacturer")]);
}

/// Returns whether the second parser finds both structures whole, with the key of the registration
/// and a signature over this registration.
fn is_right(
    pub_area: &[u8],
    cert_info: &[u8],
    registration: &Registration,
    quirks: Quirks,
) -> bool {
    let signed = [&registration.authenticator_data[..], &client_data_hash()].concat();
    let Some(attest) = Attest::read(cert_info) else { return false };
    let Some([name_alg, ..]) = key_members(pub_area, registration) else { return false };
    let digest = match name_alg {
        [0, 0x04] if quirks.contains(Quirk::Sha1Attestation) => Sha1::digest(pub_area).to_vec(),
        [0, 0x0b] => Sha256::digest(pub_area).to_vec(),
        [0, 0x0c] => Sha384::digest(pub_area).to_vec(),
        [0, 0x0d] => Sha512::digest(pub_area).to_vec(),
        _ => return false,
    };
    attest.magic == b"\xffTCG"
        && attest.structure_type == [0x80, 0x17]
        && attest.extra_data == &Sha256::digest(signed)[..]
        && attest.name == [name_alg, &digest].concat()
}

/// The members of a TPMS_ATTEST that are checked.
struct Attest<'a> {
    magic: &'a [u8],
    structure_type: &'a [u8],
    extra_data: &'a [u8],
    name: &'a [u8],
}

impl<'a> Attest<'a> {
    fn read(bytes: &'a [u8]) -> Option<Attest<'a>> {
        let mut cut = Cut(bytes);
        let (magic, structure_type) = (cut.off(4)?, cut.off(2)?);
        let qualified_signer = cut.off_sized()?;
        let extra_data = cut.off_sized()?;
        let clock_and_firmware = cut.off(25)?;
        let (name, qualified_name) = (cut.off_sized()?, cut.off_sized()?);
        // All parts together are the input again, so no byte was left out.
        let length = |part: &[u8]| u16::try_from(part.len()).unwrap().to_be_bytes();
        let again = [
            magic,
            structure_type,
            &length(qualified_signer),
            qualified_signer,
            &length(extra_data),
            extra_data,
            clock_and_firmware,
            &length(name),
            name,
            &length(qualified_name),
            qualified_name,
        ];
        (again.concat() == bytes).then_some(Attest { magic, structure_type, extra_data, name })
    }
}

/// Returns the hash algorithm of the Name, the attributes and the policy of a TPMT_PUBLIC with the
/// key of the registration. Every other member must have its one allowed value.
fn key_members<'a>(bytes: &'a [u8], registration: &Registration) -> Option<[&'a [u8]; 3]> {
    const NULL: [u8; 2] = [0, 0x10];
    let mut cut = Cut(bytes);
    let key_type = cut.off(2)?;
    let name_alg = cut.off(2)?;
    let attributes = cut.off(4)?;
    let policy = cut.off_sized()?;
    let bound: &[u8] = match registration.algorithm {
        Algorithm::Es256 => &[0, 0x18, 0, 0x0b],
        Algorithm::Es384 => &[0, 0x18, 0, 0x0c],
        Algorithm::Es512 => &[0, 0x18, 0, 0x0d],
        _ => &[0, 0x14, 0, 0x0b],
    };
    let symmetric_is_null = cut.off(2)? == NULL;
    let scheme_is_right = if cut.0.starts_with(&NULL) { cut.off(2) } else { cut.off(4) }
        .is_some_and(|scheme| scheme == NULL || scheme == bound);
    let mut point = |curve: u8, x: &[u8], y: &[u8]| {
        let fixed = [0, curve, 0, 0x10];
        let right = cut.off(4)? == fixed;
        Some(right && same_number(cut.off_sized()?, x) && same_number(cut.off_sized()?, y))
    };
    let key_is_right = match &registration.key {
        PublicNumbers::P256 { x, y } => key_type == [0, 0x23] && point(3, x, y)?,
        PublicNumbers::P384 { x, y } => key_type == [0, 0x23] && point(4, x, y)?,
        PublicNumbers::P521 { x, y } => key_type == [0, 0x23] && point(5, x, y)?,
        // 3482 bits, and the exponent 65537, which can be written as 0.
        PublicNumbers::Rsa { modulus, .. } => {
            key_type == [0, 0x01]
                && cut.off(2)? == [0x0d, 0x9a]
                && [[0, 0, 0, 0], [0, 1, 0, 1]].iter().any(|one| cut.0.starts_with(one))
                && cut.off(4).is_some()
                && same_number(cut.off_sized()?, modulus)
        }
        _ => false,
    };
    let right = symmetric_is_null && scheme_is_right && key_is_right && cut.0.is_empty();
    right.then_some([name_alg, attributes, policy])
}

fn same_number(one: &[u8], other: &[u8]) -> bool {
    let longer = one.len().max(other.len());
    let padded = |number: &[u8]| [&vec![0; longer - number.len()], number].concat();
    padded(one) == padded(other)
}

/// Takes bytes from the front.
struct Cut<'a>(&'a [u8]);

impl<'a> Cut<'a> {
    fn off(&mut self, length: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(front)
    }

    fn off_sized(&mut self) -> Option<&'a [u8]> {
        let length = self.off(2)?;
        self.off(usize::from(length[0]) << 8 | usize::from(length[1]))
    }
}
