//! How the software authenticator attests: one file a format, each with the members that it can
//! make wrong.

mod android_key;
mod android_safetynet;
mod apple;
mod compound;
mod fido_u2f;
mod none;
mod packed;
mod tpm;

use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::attestation_statement::AttestationStatement;
use super::broken::Broken;
use super::certificate::{CertificateBuilder, DistinguishedName};
use super::error::AuthenticatorError;
use super::fault::Fault;
use super::private_key::PrivateKey;
use super::public_numbers::PublicNumbers;
use super::seed::SeededRandom;
use crate::error::ErrorKind;
use crate::key::Algorithm;

pub use android_key::KeyDescriptionBuilder;
pub use android_safetynet::SafetyNetResponseBuilder;
pub use tpm::{TpmStructure, tpm2b};

/// What an authenticator says about itself in a registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationKind {
    /// Nothing; the format `none`.
    #[default]
    None,
    /// The format `packed`, signed with the credential's own key.
    PackedSelf,
    /// The format `packed`, with an attestation certificate that leads to
    /// [`SoftwareAuthenticator::attestation_root`](super::SoftwareAuthenticator::attestation_root),
    /// as that of every kind below does.
    PackedX5c,
    /// The format `tpm`, for keys on P-256, P-384 and P-521 and RSA keys.
    Tpm,
    /// The format `android-key`, of a key in a trusted execution environment. There are such keys
    /// for the algorithms of which a certificate can carry the key: none of secp256k1, Ed448 and
    /// ML-DSA.
    AndroidKey,
    /// The format `android-safetynet`, which a relying party accepts only where its policy says
    /// so. The response is as old as
    /// [`SoftwareAuthenticator::with_time`](super::SoftwareAuthenticator::with_time) says.
    AndroidSafetyNet,
    /// The format `fido-u2f`. The authenticator is then a security key of the U2F generation: it
    /// makes ES256 keys, verifies no user, backs up nothing, its AAGUID is zero, and its
    /// credentials are not discoverable and return no user handle.
    FidoU2f,
    /// The format `apple`.
    Apple,
    /// The format `compound`, of two statements: `packed` with an attestation certificate, and
    /// `apple`.
    Compound,
}

/// A member of an attestation, such as `"attStmt.sig"` or `"x5c[0].subject"`, and the error that a
/// relying party gives where it is wrong.
pub(super) type Field = (&'static str, ErrorKind);

/// The members of every attestation certificate. Some are what makes it trusted, so the relying
/// party must demand that.
const CERTIFICATE_FIELDS: &[Field] = &[
    ("certificate.serialNumber", ErrorKind::UntrustedAttestation),
    ("certificate.issuer", ErrorKind::UntrustedAttestation),
    ("certificate.validity", ErrorKind::UntrustedAttestation),
    ("certificate.extensions", ErrorKind::UntrustedAttestation),
    ("certificate.signature", ErrorKind::UntrustedAttestation),
];

impl AttestationKind {
    /// Every kind.
    pub const ALL: &'static [AttestationKind] = &[
        AttestationKind::None,
        AttestationKind::PackedSelf,
        AttestationKind::PackedX5c,
        AttestationKind::Tpm,
        AttestationKind::AndroidKey,
        AttestationKind::AndroidSafetyNet,
        AttestationKind::FidoU2f,
        AttestationKind::Apple,
        AttestationKind::Compound,
    ];

    /// The members of this kind of attestation that [`Fault::AttestationField`] makes wrong, each
    /// with the error that a relying party gives where it demands trust.
    #[must_use]
    pub fn fields(self) -> Vec<(&'static str, ErrorKind)> {
        let certificate = CERTIFICATE_FIELDS;
        match self {
            AttestationKind::None => none::FIELDS.to_vec(),
            AttestationKind::PackedSelf => packed::SELF_FIELDS.to_vec(),
            AttestationKind::PackedX5c => [packed::FIELDS, certificate].concat(),
            AttestationKind::Tpm => [tpm::FIELDS, certificate].concat(),
            AttestationKind::AndroidKey => [android_key::FIELDS, certificate].concat(),
            AttestationKind::AndroidSafetyNet => [android_safetynet::FIELDS, certificate].concat(),
            AttestationKind::FidoU2f => [fido_u2f::FIELDS, certificate].concat(),
            AttestationKind::Apple => [apple::FIELDS, certificate].concat(),
            AttestationKind::Compound => compound::FIELDS.to_vec(),
        }
    }

    /// The member that the error names where this one of [`fields`](AttestationKind::fields) is
    /// wrong: the same, or the one in which it shows, as a signature that does not fit any more.
    #[must_use]
    pub fn named_for(self, field: &'static str) -> &'static str {
        let place = field.strip_prefix("attStmt[0].").or_else(|| field.strip_prefix("attStmt[1]."));
        let member = place.unwrap_or(field);
        let fields = self.fields();
        let error = fields.iter().find(|(name, _)| *name == field).map(|(_, error)| *error);
        match (member, error) {
            // The format stands in the statement around.
            ("fmt", _) => field,
            (_, Some(ErrorKind::SignatureInvalid)) => match self {
                AttestationKind::AndroidSafetyNet => "signature",
                _ => "attStmt.sig",
            },
            ("certificate.serialNumber" | "x5c[1].signature", _) => "certificate.signature",
            ("x5c[1]", _) => "certificate.issuer",
            ("x5c[1].basicConstraints", _) => "certificate.basicConstraints",
            ("nonceToHash.authenticatorData" | "nonceToHash.clientDataHash", _) => "x5c[0].nonce",
            ("attToBeSigned.authenticatorData" | "attToBeSigned.clientDataHash", _) => {
                "payload.nonce"
            }
            _ => member,
        }
    }

    /// Whether there is a certificate that leads to the attestation root.
    pub(super) fn has_certificate(self) -> bool {
        !matches!(self, AttestationKind::None | AttestationKind::PackedSelf)
    }

    /// Whether a credential of this algorithm can be attested.
    pub(super) fn supports(self, algorithm: Algorithm) -> bool {
        match self {
            AttestationKind::FidoU2f => algorithm == Algorithm::Es256,
            AttestationKind::Tpm => tpm::supports(algorithm),
            AttestationKind::AndroidKey => android_key::supports(algorithm),
            AttestationKind::Apple | AttestationKind::Compound => apple::supports(algorithm),
            _ => true,
        }
    }
}

/// A registration that is to be attested.
#[derive(Clone, Copy)]
pub(super) struct Attester<'a> {
    pub(super) seed: &'a [u8],
    pub(super) aaguid: [u8; 16],
    pub(super) rp_id_hash: [u8; 32],
    pub(super) credential_id: &'a [u8],
    pub(super) credential_key: &'a PrivateKey,
    /// The public key in the authenticator data, which may be a broken one.
    pub(super) public_key: &'a PublicNumbers,
    pub(super) authenticator_data: &'a [u8],
    pub(super) client_data_hash: [u8; 32],
    pub(super) time: SystemTime,
    pub(super) broken: &'a Broken,
    /// What stands before the name of a member inside another statement, such as `"attStmt[1]."`.
    pub(super) place: &'a str,
}

impl Attester<'_> {
    /// The statement of this kind.
    pub(super) fn attest(
        &self,
        kind: AttestationKind,
    ) -> Result<AttestationStatement, AuthenticatorError> {
        match kind {
            AttestationKind::None => Ok(none::attest(self)),
            AttestationKind::PackedSelf => packed::attest_self(self),
            AttestationKind::PackedX5c => packed::attest(self),
            AttestationKind::Tpm => tpm::attest(self),
            AttestationKind::AndroidKey => android_key::attest(self),
            AttestationKind::AndroidSafetyNet => android_safetynet::attest(self),
            AttestationKind::FidoU2f => fido_u2f::attest(self),
            AttestationKind::Apple => apple::attest(self),
            AttestationKind::Compound => compound::attest(self),
        }
    }

    /// Whether this member is to be wrong.
    fn breaks(&self, field: &str) -> bool {
        self.broken.breaks(self.place, field)
    }

    /// The same for a statement inside the one that is made.
    fn inside(&self, place: &'static str) -> Attester<'_> {
        Attester { place, ..*self }
    }

    /// What most formats sign, or the hash of which they carry: authenticator data, then the
    /// client data hash.
    fn attested(&self) -> Vec<u8> {
        [self.authenticator_data, &self.client_data_hash].concat()
    }

    /// The SHA-256 of that, with one part reversed where that is to be wrong, under these names.
    fn attested_hash(&self, authenticator_data: &str, client_data_hash: &str) -> [u8; 32] {
        let part = |bytes: &[u8], name| {
            let mut part = bytes.to_vec();
            if self.breaks(name) {
                part.reverse();
            }
            part
        };
        Sha256::new()
            .chain_update(part(self.authenticator_data, authenticator_data))
            .chain_update(part(&self.client_data_hash, client_data_hash))
            .finalize()
            .into()
    }

    /// The key of the attestation certificate, where that is not the credential's.
    fn attestation_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "attestation key"))
    }

    /// A key that has nothing to do with the registration.
    fn other_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "other key"))
    }

    /// The key in the attestation certificate, or another where that is to be wrong.
    fn certified_key(&self) -> PrivateKey {
        match self.breaks("x5c[0].subjectPublicKey") {
            true => self.other_key(),
            false => self.attestation_key(),
        }
    }

    /// The key usage of the attestation certificate, or another where that is to be wrong.
    fn key_usage(&self) -> u8 {
        match self.breaks("certificate.keyUsage") {
            true => CertificateBuilder::CRL_SIGN,
            false => CertificateBuilder::DIGITAL_SIGNATURE,
        }
    }

    /// The AAGUID in the attestation certificate, or another where that is to be wrong.
    fn certified_aaguid(&self) -> [u8; 16] {
        match self.breaks("x5c[0].aaguid") {
            true => self.aaguid.map(|byte| !byte),
            false => self.aaguid,
        }
    }

    /// The signature of this key, or one of something else where `attStmt.sig` is to be wrong.
    fn sign(&self, key: &PrivateKey, message: &[u8]) -> Vec<u8> {
        match self.breaks("attStmt.sig") {
            true => key.sign(&[message, &[0]].concat()),
            false => key.sign(message),
        }
    }

    /// The COSE algorithm of this key, or another where `attStmt.alg` is to be wrong.
    fn alg(&self, key: &PrivateKey) -> i64 {
        match self.breaks("attStmt.alg") {
            true => super::broken::other_algorithm(key.algorithm()).cose_id(),
            false => key.algorithm().cose_id(),
        }
    }

    /// The certificates of the statement: this one, or none where `attStmt.x5c` is to be wrong.
    fn x5c(&self, certificate: Vec<u8>) -> Vec<Vec<u8>> {
        match self.breaks("attStmt.x5c") {
            true => Vec::new(),
            false => vec![certificate],
        }
    }

    /// The attestation root, or another of the same name where that is to be wrong.
    fn root(&self) -> Authority {
        match self.broken.is(&Fault::OtherAttestationAuthority) {
            true => Authority::new(self.seed, "other attestation root"),
            false => Authority::new(self.seed, "attestation root"),
        }
    }

    /// Issues an attestation certificate under the attestation root.
    fn issue(&self, certificate: CertificateBuilder) -> Vec<u8> {
        self.issue_by(&self.root(), certificate)
    }

    /// Issues an attestation certificate, with its version or one of [`CERTIFICATE_FIELDS`] wrong if
    /// that is to be.
    fn issue_by(&self, authority: &Authority, mut certificate: CertificateBuilder) -> Vec<u8> {
        if self.breaks("certificate.validity") {
            certificate = certificate.validity("240101000000Z", "240101000001Z");
        }
        if self.breaks("certificate.extensions") {
            // An arc for examples (RFC 9371): nobody knows this extension.
            certificate = certificate.extension(&[1, 3, 6, 1, 4, 1, 32473, 1], true, &[5, 0]);
        }
        certificate = authority.issue(certificate);
        if self.breaks("x5c[0].version") {
            certificate = certificate.version(Some(1)).without_extensions();
        }
        if self.breaks("certificate.issuer") {
            certificate =
                certificate.issuer(&DistinguishedName::new().common_name("Somebody else"));
        }
        let mut der = certificate.sign(&authority.key);
        if self.breaks("certificate.signature")
            && let Some(last) = der.last_mut()
        {
            *last ^= 1;
        }
        if self.breaks("certificate.serialNumber") {
            break_serial_number(&mut der);
        }
        der
    }
}

/// Adds one to the serial number of a certificate that is signed already. It is the 2 that
/// [`Attester::issue`] leaves there, right behind the version: `a0 03 02 01 02, 02 01 02`.
fn break_serial_number(der: &mut [u8]) {
    const VERSION_AND_SERIAL_NUMBER: [u8; 8] = [0xa0, 3, 2, 1, 2, 2, 1, 2];
    let place = der.windows(8).position(|window| window == VERSION_AND_SERIAL_NUMBER);
    if let Some(number) = place.and_then(|place| der.get_mut(place + 7)) {
        *number += 1;
    }
}

/// How the certificate of a root says what it is.
#[cfg(feature = "metadata")]
pub(super) enum AnchorForm {
    /// As an authority.
    Authority,
    /// Not at all: version 1 has no extensions.
    Version1,
    /// Not at all, though it has extensions.
    Unsaid,
    /// As none.
    NoCa,
}

/// An attestation authority.
pub(super) struct Authority {
    key: PrivateKey,
    name: DistinguishedName,
}

impl Authority {
    pub(super) fn new(seed: &[u8], label: &str) -> Authority {
        Authority::named(seed, label, "Software authenticator attestation root")
    }

    /// The root of the attestation certificates of the authenticator with this seed.
    #[cfg(feature = "metadata")]
    pub(super) fn root(seed: &[u8]) -> Authority {
        Authority::new(seed, "attestation root")
    }

    /// The one between root and attestation certificate, in the formats that have one.
    fn intermediate(seed: &[u8]) -> Authority {
        let name = "Software authenticator attestation intermediate";
        Authority::named(seed, "attestation intermediate", name)
    }

    pub(super) fn named(seed: &[u8], label: &str, common_name: &str) -> Authority {
        Authority {
            key: PrivateKey::es256_from(&mut SeededRandom::new(seed, label)),
            name: Authority::name_of(common_name),
        }
    }

    pub(super) fn name_of(common_name: &str) -> DistinguishedName {
        DistinguishedName::new()
            .country("AA")
            .organization("webauthn-verify")
            .common_name(common_name)
    }

    /// The certificate of the root. Below it there is at most one intermediate.
    pub(super) fn certificate(&self) -> Vec<u8> {
        self.certificate_builder(true, Some(1)).sign(&self.key)
    }

    /// The certificate of the root in another form, signed by itself.
    #[cfg(feature = "metadata")]
    pub(super) fn certificate_as(&self, form: AnchorForm) -> Vec<u8> {
        let bare = || CertificateBuilder::new(&self.name, &self.key.public_numbers());
        let certificate = match form {
            AnchorForm::Authority => return self.certificate(),
            AnchorForm::Version1 => bare().version(None),
            AnchorForm::Unsaid => bare().subject_key_identifier(),
            AnchorForm::NoCa => bare().basic_constraints(false, None),
        };
        certificate.sign(&self.key)
    }

    /// A certificate that makes this an authority, to be issued by another.
    #[cfg(feature = "metadata")]
    pub(super) fn authority_certificate(&self) -> CertificateBuilder {
        self.certificate_builder(true, None)
    }

    #[cfg(feature = "metadata")]
    pub(super) fn sign(&self, certificate: CertificateBuilder) -> Vec<u8> {
        self.issue(certificate).sign(&self.key)
    }

    #[cfg(feature = "metadata")]
    pub(super) fn into_key(self) -> PrivateKey {
        self.key
    }

    fn certificate_builder(&self, ca: bool, path_length: Option<u8>) -> CertificateBuilder {
        CertificateBuilder::new(&self.name, &self.key.public_numbers())
            .basic_constraints(ca, path_length.filter(|_| ca))
            .key_usage(CertificateBuilder::KEY_CERT_SIGN)
            .subject_key_identifier()
    }

    fn issue(&self, certificate: CertificateBuilder) -> CertificateBuilder {
        certificate.issuer(&self.name).authority_key_identifier(&self.key.public_numbers())
    }
}
