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
    /// The format `android-key`.
    AndroidKey,
    /// The format `android-safetynet`.
    AndroidSafetyNet,
    /// The format `fido-u2f`. The authenticator is then a security key of the U2F generation: it
    /// makes ES256 keys, verifies no user, backs up nothing, its AAGUID is zero, and its
    /// credentials are not discoverable and return no user handle.
    FidoU2f,
    /// The format `apple`.
    Apple,
    /// The format `compound`, of two statements.
    Compound,
}

/// A member of an attestation, such as `"attStmt.sig"` or `"x5c[0].subject"`, and the error that a
/// relying party gives where it is wrong.
pub(super) type Field = (&'static str, ErrorKind);

/// The members of every attestation certificate. Some are what makes it trusted, so the relying
/// party must demand that.
const CERTIFICATE_FIELDS: &[Field] = &[
    ("x5c[0].serialNumber", ErrorKind::UntrustedAttestation),
    ("x5c[0].issuer", ErrorKind::UntrustedAttestation),
    ("x5c[0].validity", ErrorKind::UntrustedAttestation),
    ("x5c[0].extensions", ErrorKind::UntrustedAttestation),
    ("x5c[0].signature", ErrorKind::UntrustedAttestation),
];

impl AttestationKind {
    /// Every kind.
    pub const ALL: &'static [AttestationKind] = &[
        AttestationKind::None,
        AttestationKind::PackedSelf,
        AttestationKind::PackedX5c,
        AttestationKind::Tpm,
        AttestationKind::FidoU2f,
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
            AttestationKind::Compound => [compound::FIELDS, certificate].concat(),
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
            AttestationKind::Apple => apple::supports(algorithm),
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
    pub(super) broken: &'a Broken,
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
        self.broken.breaks(field)
    }

    /// What most formats sign, or the hash of which they carry: authenticator data, then the
    /// client data hash.
    fn attested(&self) -> Vec<u8> {
        [self.authenticator_data, &self.client_data_hash].concat()
    }

    /// The key of the attestation certificate, where that is not the credential's.
    fn attestation_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "attestation key"))
    }

    /// A key that has nothing to do with the registration.
    fn other_key(&self) -> PrivateKey {
        PrivateKey::es256_from(&mut SeededRandom::new(self.seed, "other key"))
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

    /// Issues an attestation certificate under the attestation root, with the members of
    /// [`CERTIFICATE_FIELDS`] wrong that are to be.
    fn issue(&self, mut certificate: CertificateBuilder) -> Vec<u8> {
        let authority = match self.broken.is(&Fault::OtherAttestationAuthority) {
            true => Authority::new(self.seed, "other attestation root"),
            false => Authority::new(self.seed, "attestation root"),
        };
        if self.breaks("x5c[0].validity") {
            certificate = certificate.validity("240101000000Z", "240101000001Z");
        }
        if self.breaks("x5c[0].extensions") {
            // An arc for examples (RFC 9371): nobody knows this extension.
            certificate = certificate.extension(&[1, 3, 6, 1, 4, 1, 32473, 1], true, &[5, 0]);
        }
        let mut der = if self.breaks("x5c[0].issuer") {
            let somebody = DistinguishedName::new().common_name("Somebody else");
            certificate.issuer(&somebody).sign(&authority.key)
        } else if self.breaks("x5c[0].version") {
            // Only version 3 has extensions.
            certificate.issuer(&authority.name).sign(&authority.key)
        } else {
            authority.issue(certificate)
        };
        if self.breaks("x5c[0].signature")
            && let Some(last) = der.last_mut()
        {
            *last ^= 1;
        }
        if self.breaks("x5c[0].serialNumber") {
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

/// The attestation authority.
pub(super) struct Authority {
    key: PrivateKey,
    name: DistinguishedName,
}

impl Authority {
    pub(super) fn new(seed: &[u8], label: &str) -> Authority {
        Authority {
            key: PrivateKey::es256_from(&mut SeededRandom::new(seed, label)),
            name: DistinguishedName::new()
                .country("AA")
                .organization("webauthn-verify")
                .common_name("Software authenticator attestation root"),
        }
    }

    pub(super) fn certificate(&self) -> Vec<u8> {
        CertificateBuilder::new(&self.name, &self.key.public_numbers())
            .basic_constraints(true, Some(0))
            .key_usage(CertificateBuilder::KEY_CERT_SIGN)
            .subject_key_identifier()
            .sign(&self.key)
    }

    fn issue(&self, certificate: CertificateBuilder) -> Vec<u8> {
        certificate
            .issuer(&self.name)
            .authority_key_identifier(&self.key.public_numbers())
            .sign(&self.key)
    }
}
