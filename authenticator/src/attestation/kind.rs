//! The kinds of attestation.

use crate::algorithm::{Algorithm, KeyKind};
use crate::attestation::fields;

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
    /// [`SoftwareAuthenticator::attestation_root`](crate::SoftwareAuthenticator::attestation_root),
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
    /// [`SoftwareAuthenticator::with_time`](crate::SoftwareAuthenticator::with_time) says.
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

    /// The members of this kind of attestation that
    /// [`Fault::AttestationField`](crate::Fault::AttestationField) makes wrong, each with the kind of
    /// error that a relying party gives where it demands trust. Kinds are the names that
    /// `ErrorKind::as_str()` of `webauthn-verify` gives, such as `"SignatureInvalid"`.
    #[must_use]
    pub fn fields(self) -> Vec<(&'static str, &'static str)> {
        let certificate = fields::CERTIFICATE;
        match self {
            AttestationKind::None => fields::NONE.to_vec(),
            AttestationKind::PackedSelf => fields::PACKED_SELF.to_vec(),
            AttestationKind::PackedX5c => [fields::PACKED, certificate].concat(),
            AttestationKind::Tpm => [fields::TPM, certificate].concat(),
            AttestationKind::AndroidKey => [fields::ANDROID_KEY, certificate].concat(),
            AttestationKind::AndroidSafetyNet => [fields::ANDROID_SAFETYNET, certificate].concat(),
            AttestationKind::FidoU2f => [fields::FIDO_U2F, certificate].concat(),
            AttestationKind::Apple => [fields::APPLE, certificate].concat(),
            AttestationKind::Compound => fields::COMPOUND.to_vec(),
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
            (_, Some("SignatureInvalid")) => match self {
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
    #[must_use]
    pub fn has_certificate(self) -> bool {
        !matches!(self, AttestationKind::None | AttestationKind::PackedSelf)
    }

    /// Whether a credential of the algorithm with this COSE number can be attested.
    #[must_use]
    pub fn supports(self, algorithm: i64) -> bool {
        Algorithm::from_cose_id(algorithm).is_some_and(|algorithm| self.attests(algorithm))
    }

    pub(crate) fn attests(self, algorithm: Algorithm) -> bool {
        let kind = algorithm.key_kind();
        match self {
            AttestationKind::None
            | AttestationKind::PackedSelf
            | AttestationKind::PackedX5c
            | AttestationKind::AndroidSafetyNet => true,
            AttestationKind::Tpm => {
                matches!(kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Rsa)
            }
            // A certificate has to carry the key.
            AttestationKind::AndroidKey => matches!(
                kind,
                KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Ed25519 | KeyKind::Rsa
            ),
            // The keys of U2F and of Apple's devices are always ES256.
            AttestationKind::FidoU2f | AttestationKind::Apple | AttestationKind::Compound => {
                algorithm == Algorithm::Es256
            }
        }
    }
}
