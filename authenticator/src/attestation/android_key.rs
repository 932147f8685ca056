//! Android key attestation (§8.4).

use core::fmt;

use crate::algorithm::KeyKind;
use crate::attestation::attester::Attester;
use crate::attestation_statement::AttestationStatement;
use crate::broken::other_than;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::debug::length;
use crate::der;
use crate::error::AuthenticatorError;
use crate::private_key::PrivateKey;

/// `Tag::ALGORITHM`: 3 is EC, 1 is RSA.
const ALGORITHM: u32 = 2;
/// `Tag::NO_AUTH_REQUIRED`.
const NO_AUTH_REQUIRED: u32 = 503;
/// `Tag::CREATION_DATETIME`, in milliseconds since 1970.
const CREATION_DATE_TIME: u32 = 701;

/// Builds the extension with Android's description of a key (§8.4.1). Values are not checked, so a
/// test can create an invalid description.
///
/// By default, the description has version 300 and the security level of a trusted execution
/// environment. `uniqueId` and `softwareEnforced` are empty. `teeEnforced` has the purpose SIGN and
/// the origin GENERATED.
///
/// ```
/// use webauthn_verify_authenticator::{
///     CertificateBuilder, DistinguishedName, KeyDescriptionBuilder, PrivateKey, algorithm,
/// };
///
/// let client_data_hash = [7; 32];
/// let description = KeyDescriptionBuilder::new(&client_data_hash)
///     .software_enforced(&[KeyDescriptionBuilder::all_applications()])
///     .build();
/// let key = PrivateKey::from_seed(algorithm::ES256, b"credential")?;
/// let name = DistinguishedName::new().common_name("Android Keystore Key");
/// let certificate = CertificateBuilder::new(&name, &key.public_numbers())
///     .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description);
/// # let _ = certificate;
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct KeyDescriptionBuilder {
    /// The members in order, each in DER.
    members: [Vec<u8>; 8],
}

impl fmt::Debug for KeyDescriptionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<_> = self.members.iter().map(|der| length(der)).collect();
        f.debug_struct("KeyDescriptionBuilder").field("members", &members).finish()
    }
}

impl KeyDescriptionBuilder {
    /// The object identifier of the extension, 1.3.6.1.4.1.11129.2.1.17.
    pub const OBJECT_IDENTIFIER: &'static [u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];
    /// The security level `Software`.
    pub const SOFTWARE: u8 = 0;
    /// The security level `TrustedEnvironment`.
    pub const TRUSTED_ENVIRONMENT: u8 = 1;
    /// The security level `StrongBox`.
    pub const STRONG_BOX: u8 = 2;

    /// Creates a builder with this `attestationChallenge`. In WebAuthn, the challenge is the client
    /// data hash.
    pub fn new(challenge: &[u8]) -> KeyDescriptionBuilder {
        let version = || der::integer(&[1, 44]);
        let level = || der::enumerated(KeyDescriptionBuilder::TRUSTED_ENVIRONMENT);
        let sign_and_generated =
            [KeyDescriptionBuilder::purpose(&[2]), KeyDescriptionBuilder::origin(0)];
        KeyDescriptionBuilder {
            members: [
                version(),
                level(),
                version(),
                level(),
                der::octet_string(challenge),
                der::octet_string(&[]),
                der::sequence::<Vec<u8>>(&[]),
                der::sequence(&sign_and_generated),
            ],
        }
    }

    /// Sets `attestationVersion`.
    pub fn attestation_version(self, version: u32) -> KeyDescriptionBuilder {
        self.member(0, der::integer(&version.to_be_bytes()))
    }

    /// Sets `attestationSecurityLevel`, which must be below 128.
    pub fn attestation_security_level(self, level: u8) -> KeyDescriptionBuilder {
        self.member(1, der::enumerated(level))
    }

    /// Sets `keymasterVersion`. From version 100 on, its name is `keyMintVersion`.
    pub fn keymaster_version(self, version: u32) -> KeyDescriptionBuilder {
        self.member(2, der::integer(&version.to_be_bytes()))
    }

    /// Sets `keymasterSecurityLevel`, which must be below 128.
    pub fn keymaster_security_level(self, level: u8) -> KeyDescriptionBuilder {
        self.member(3, der::enumerated(level))
    }

    /// Sets `uniqueId`.
    pub fn unique_id(self, unique_id: &[u8]) -> KeyDescriptionBuilder {
        self.member(5, der::octet_string(unique_id))
    }

    /// Sets the fields of `softwareEnforced`, each in DER. Use the functions of this type, or
    /// [`der::explicit`] for other fields.
    pub fn software_enforced(self, fields: &[Vec<u8>]) -> KeyDescriptionBuilder {
        self.member(6, der::sequence(fields))
    }

    /// Sets the fields of `teeEnforced`, each in DER, as for
    /// [`software_enforced`](KeyDescriptionBuilder::software_enforced).
    pub fn tee_enforced(self, fields: &[Vec<u8>]) -> KeyDescriptionBuilder {
        self.member(7, der::sequence(fields))
    }

    /// Sets one of the eight members to any DER. `position` counts from 0.
    pub fn member(mut self, position: usize, der: Vec<u8>) -> KeyDescriptionBuilder {
        if let Some(member) = self.members.get_mut(position) {
            *member = der;
        }
        self
    }

    /// Returns the field `purpose` of an authorization list. 2 is SIGN, and 3 is VERIFY.
    #[must_use]
    pub fn purpose(purposes: &[u8]) -> Vec<u8> {
        let purposes: Vec<_> = purposes.iter().map(|purpose| der::integer(&[*purpose])).collect();
        der::explicit(1, &der::set(&purposes))
    }

    /// Returns the field `allApplications` of an authorization list.
    #[must_use]
    pub fn all_applications() -> Vec<u8> {
        der::explicit(600, &der::null())
    }

    /// Returns the field `origin` of an authorization list. 0 is GENERATED, and 2 is IMPORTED.
    #[must_use]
    pub fn origin(origin: u8) -> Vec<u8> {
        der::explicit(702, &der::integer(&[origin]))
    }

    /// Returns the description in DER.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        der::sequence(&self.members)
    }
}

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    // If the certificate is for another key, that key signs too, so that the signature is valid.
    let other_key = attester.other_key();
    let key = match attester.breaks("x5c[0].subjectPublicKey") {
        true => &other_key,
        false => attester.credential_key,
    };
    let signature = attester.sign(key, &attester.attested());
    let certificates = attester.x5c(certificate(attester, key));
    AttestationStatement::android_key(attester.alg(key), &signature, &certificates)
}

fn certificate(attester: &Attester<'_>, key: &PrivateKey) -> Vec<u8> {
    let subject = DistinguishedName::new().common_name("Android Keystore Key");
    let mut certificate = CertificateBuilder::new(&subject, &key.public_numbers())
        .serial_number(&[2])
        .key_usage(attester.key_usage());
    if !attester.breaks("x5c[0].keyDescription") {
        let description = key_description(attester, key).build();
        let identifier = KeyDescriptionBuilder::OBJECT_IDENTIFIER;
        certificate = certificate.extension(identifier, false, &description);
    }
    attester.issue(certificate)
}

/// Returns the description of the key. The member that the fault names is wrong.
fn key_description(attester: &Attester<'_>, key: &PrivateKey) -> KeyDescriptionBuilder {
    let breaks = |member: &str| attester.breaks(member);
    let challenge = match breaks("keyDescription.attestationChallenge") {
        true => other_than(&attester.client_data_hash),
        false => attester.client_data_hash.to_vec(),
    };
    let mut description = KeyDescriptionBuilder::new(&challenge)
        .software_enforced(&software_enforced(attester))
        .tee_enforced(&tee_enforced(attester, key));
    for (position, field, wrong) in [
        // -1, which is not a valid version.
        (0, "keyDescription.attestationVersion", der::value(0x02, &[0xff])),
        // A security level above StrongBox.
        (1, "keyDescription.attestationSecurityLevel", der::enumerated(3)),
        (2, "keyDescription.keymasterVersion", der::value(0x02, &[0xff])),
        (3, "keyDescription.keymasterSecurityLevel", der::enumerated(3)),
        (5, "keyDescription.uniqueId", der::null()),
        // A set instead of a sequence.
        (6, "keyDescription.softwareEnforced", der::set::<Vec<u8>>(&[])),
        (7, "keyDescription.teeEnforced", der::set::<Vec<u8>>(&[])),
    ] {
        if breaks(field) {
            description = description.member(position, wrong);
        }
    }
    description
}

/// Returns the creation time of the key, and the field that the fault adds to this list.
fn software_enforced(attester: &Attester<'_>) -> Vec<Vec<u8>> {
    let mut fields = Vec::new();
    if attester.breaks("keyDescription.softwareEnforced.purpose") {
        fields.push(KeyDescriptionBuilder::purpose(&[2, 3]));
    }
    if attester.breaks("keyDescription.softwareEnforced.allApplications") {
        fields.push(KeyDescriptionBuilder::all_applications());
    }
    // The first second of 2026.
    let created = der::integer(&1_767_225_600_000_u64.to_be_bytes());
    fields.push(der::explicit(CREATION_DATE_TIME, &created));
    if attester.breaks("keyDescription.softwareEnforced.origin") {
        fields.push(KeyDescriptionBuilder::origin(2));
    }
    fields
}

/// Returns the fields that the trusted execution environment enforces: what the key may do, and
/// that it was generated there.
fn tee_enforced(attester: &Attester<'_>, key: &PrivateKey) -> Vec<Vec<u8>> {
    let breaks = |member: &str| attester.breaks(member);
    let mut fields = Vec::new();
    if !breaks("keyDescription.purpose") {
        fields.push(match breaks("keyDescription.teeEnforced.purpose") {
            true => KeyDescriptionBuilder::purpose(&[3]),
            false => KeyDescriptionBuilder::purpose(&[2]),
        });
    }
    let algorithm = match key.cose_algorithm().key_kind() {
        KeyKind::Rsa => 1,
        _ => 3,
    };
    fields.push(der::explicit(ALGORITHM, &der::integer(&[algorithm])));
    fields.push(der::explicit(NO_AUTH_REQUIRED, &der::null()));
    if breaks("keyDescription.teeEnforced.allApplications") {
        fields.push(KeyDescriptionBuilder::all_applications());
    }
    if !breaks("keyDescription.origin") {
        fields.push(match breaks("keyDescription.teeEnforced.origin") {
            true => KeyDescriptionBuilder::origin(2),
            false => KeyDescriptionBuilder::origin(0),
        });
    }
    fields
}
