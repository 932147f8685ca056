//! Kinds of attestation.

use crate::algorithm::{Algorithm, KeyKind};
use crate::attestation::fields;

/// The kind of attestation that an authenticator gives in a registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationKind {
    /// No attestation: the format `none`.
    #[default]
    None,
    /// Self attestation: the format `packed`, signed with the credential's own key.
    PackedSelf,
    /// The format `packed` with an attestation certificate. The certificate leads to
    /// [`SoftwareAuthenticator::attestation_root`](crate::SoftwareAuthenticator::attestation_root),
    /// as in all kinds below.
    PackedX5c,
    /// The format `tpm`, for keys on P-256, P-384 and P-521, and for RSA keys.
    Tpm,
    /// The format `android-key`, for a key in a trusted execution environment. It supports keys on
    /// P-256, P-384, P-521 and Ed25519, and RSA keys. It does not support secp256k1, Ed448 and
    /// ML-DSA.
    AndroidKey,
    /// The format `android-safetynet`. A relying party accepts it only if its policy says so.
    /// [`SoftwareAuthenticator::with_time`](crate::SoftwareAuthenticator::with_time) sets the time
    /// of the response.
    AndroidSafetyNet,
    /// The format `fido-u2f`. The authenticator acts as a security key of the U2F generation. It
    /// creates only ES256 keys, does not verify the user, does not back up keys, and its AAGUID is
    /// zero. Its credentials are not discoverable and do not return a user handle.
    FidoU2f,
    /// The format `apple`.
    Apple,
    /// The format `compound` with two statements: `packed` with an attestation certificate, and
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

    /// Returns the members of this kind of attestation that
    /// [`Fault::AttestationField`](crate::Fault::AttestationField) can make wrong. Each comes with
    /// the kind of error that a relying party must report if it requires trust. The kinds are the
    /// names that `ErrorKind::as_str()` of `webauthn-verify` returns, such as `"SignatureInvalid"`.
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

    /// Returns the member that the error must name if `field`, one of
    /// [`fields`](AttestationKind::fields), is wrong. This is `field` itself, or another member
    /// that no longer fits, such as the signature.
    #[must_use]
    pub fn named_for(self, field: &'static str) -> &'static str {
        let place = field.strip_prefix("attStmt[0].").or_else(|| field.strip_prefix("attStmt[1]."));
        let member = place.unwrap_or(field);
        let fields = self.fields();
        let error = fields.iter().find(|(name, _)| *name == field).map(|(_, error)| *error);
        match (member, error) {
            // The format is a member of the outer statement.
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

    /// Returns whether the attestation has a certificate that leads to the attestation root.
    #[must_use]
    pub fn has_certificate(self) -> bool {
        !matches!(self, AttestationKind::None | AttestationKind::PackedSelf)
    }

    /// Returns whether this kind of attestation supports credentials of the algorithm with this
    /// COSE number.
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
            // The key must fit in a certificate.
            AttestationKind::AndroidKey => matches!(
                kind,
                KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Ed25519 | KeyKind::Rsa
            ),
            // U2F keys and Apple devices use only ES256.
            AttestationKind::FidoU2f | AttestationKind::Apple | AttestationKind::Compound => {
                algorithm == Algorithm::Es256
            }
        }
    }
}
