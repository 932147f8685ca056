//! The ways in which a response can be wrong.

use super::software::AttestationKind;
use crate::spec::Ceremony;

/// One thing that is wrong with a response; everything else about it stays right, and what is
/// signed is signed over the wrong thing, so that a relying party can only refuse it for this.
///
/// Each names the error that a relying party gives. Some of them only count where the relying
/// party asks for more than the minimum, or where the attestation has a certain kind:
/// [`Fault::applies_to`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Client data that is JSON but for a byte that is not UTF-8: `InvalidUtf8`.
    ClientDataNotUtf8,
    /// Client data without its last brace: `InvalidClientDataJson`.
    ClientDataNotJson,
    /// Client data of the other ceremony: `WrongCeremonyType`.
    CeremonyType,
    /// Another challenge: `ChallengeMismatch`.
    Challenge,
    /// Another origin, this one: `OriginMismatch`.
    Origin(String),
    /// `crossOrigin` true: `UnexpectedCrossOrigin`, unless the relying party allows framing.
    CrossOrigin,
    /// `crossOrigin` true and this `topOrigin`: `UnexpectedCrossOrigin` where the relying party
    /// allows no framing, `UnexpectedTopOrigin` where it allows other origins.
    TopOrigin(String),
    /// The hash of another RP ID: `RpIdHashMismatch`.
    RpIdHash,
    /// UP clear: `UserNotPresent`.
    UserNotPresent,
    /// UV clear: `UserNotVerified`, where the relying party requires user verification.
    UserNotVerified,
    /// BS set and BE clear: `InvalidBackupFlags`.
    BackedUpButNotEligible,
    /// In an authentication, BE other than in the registration: `BackupEligibilityChanged`.
    BackupEligibilityChanged,
    /// In a registration, no attested credential data: `MissingAttestedCredentialData`.
    MissingAttestedCredentialData,
    /// A byte after the authenticator data: `TrailingBytes`.
    AuthenticatorDataTrailingByte,
    /// In a registration, a byte after the attestation object: `TrailingBytes`.
    AttestationObjectTrailingByte,
    /// In a registration, a credential ID of 1024 bytes: `CredentialIdTooLong`.
    CredentialIdTooLong,
    /// In a registration, a key of an algorithm that the options do not ask for:
    /// `AlgorithmNotRequested`. There must be such an algorithm, and with FIDO U2F it must be
    /// ES256.
    AlgorithmNotRequested,
    /// In a registration, a public key that is no point of its curve: `PointNotOnCurve`. An RSA
    /// key cannot have it.
    PublicKeyOffCurve,
    /// In a registration, a format that does not exist: `UnsupportedAttestationFormat`.
    UnknownAttestationFormat,
    /// In a registration, a statement of the format `none` with a member: `AttestationInvalid`.
    NoneStatementNotEmpty,
    /// In a registration, an attestation signature over something else: `SignatureInvalid`.
    AttestationSignature,
    /// In a registration, packed attestation whose `alg` does not fit the key that signed:
    /// `AlgorithmKeyMismatch` with certificates, `AttestationInvalid` without.
    AttestationAlgorithm,
    /// In a registration, a packed attestation certificate whose organizational unit is not
    /// `Authenticator Attestation`: `AttestationInvalid`.
    CertificateOrganizationalUnit,
    /// In a registration, a packed attestation certificate that says it is a certificate
    /// authority: `AttestationInvalid`.
    CertificateIsAuthority,
    /// In a registration, a packed attestation certificate for another AAGUID: `AaguidMismatch`.
    CertificateAaguid,
    /// In a registration, an attestation certificate from another authority of the same name:
    /// `UntrustedAttestation`, where the relying party demands trust.
    OtherAttestationAuthority,
    /// `rawId` other than `id`: `CredentialIdMismatch`.
    RawId,
    /// In a registration, `id` and `rawId` other than the attested credential ID:
    /// `CredentialIdMismatch`.
    AttestedCredentialId,
    /// In a registration, `response.authenticatorData` other than in the attestation object:
    /// `MalformedResponse`.
    AuthenticatorDataCopy,
    /// In a registration, `response.publicKey` of another key: `MalformedResponse`.
    PublicKeyCopy,
    /// In a registration, `response.publicKeyAlgorithm` other than the key's:
    /// `MalformedResponse`.
    PublicKeyAlgorithmCopy,
    /// In an authentication, a signature over something else: `SignatureInvalid`.
    AssertionSignature,
    /// In an authentication, the signature counter of the time before: `SignCountNotIncreased`.
    SignCount,
    /// In an authentication, the user handle of nobody: `UserHandleMismatch`.
    OtherUserHandle,
    /// In an authentication, no user handle: `UserHandleMismatch`, where the user was not
    /// identified before.
    MissingUserHandle,
    /// In an authentication, the ID of a credential that does not exist: `CredentialNotAllowed`
    /// where the options name credentials, `UnknownCredential` where they do not.
    OtherCredentialId,
}

impl Fault {
    /// Every fault, with `https://evil.example` wherever there is an origin to choose.
    pub fn all() -> Vec<Fault> {
        let evil = || String::from("https://evil.example");
        vec![
            Fault::ClientDataNotUtf8,
            Fault::ClientDataNotJson,
            Fault::CeremonyType,
            Fault::Challenge,
            Fault::Origin(evil()),
            Fault::CrossOrigin,
            Fault::TopOrigin(evil()),
            Fault::RpIdHash,
            Fault::UserNotPresent,
            Fault::UserNotVerified,
            Fault::BackedUpButNotEligible,
            Fault::BackupEligibilityChanged,
            Fault::MissingAttestedCredentialData,
            Fault::AuthenticatorDataTrailingByte,
            Fault::AttestationObjectTrailingByte,
            Fault::CredentialIdTooLong,
            Fault::AlgorithmNotRequested,
            Fault::PublicKeyOffCurve,
            Fault::UnknownAttestationFormat,
            Fault::NoneStatementNotEmpty,
            Fault::AttestationSignature,
            Fault::AttestationAlgorithm,
            Fault::CertificateOrganizationalUnit,
            Fault::CertificateIsAuthority,
            Fault::CertificateAaguid,
            Fault::OtherAttestationAuthority,
            Fault::RawId,
            Fault::AttestedCredentialId,
            Fault::AuthenticatorDataCopy,
            Fault::PublicKeyCopy,
            Fault::PublicKeyAlgorithmCopy,
            Fault::AssertionSignature,
            Fault::SignCount,
            Fault::OtherUserHandle,
            Fault::MissingUserHandle,
            Fault::OtherCredentialId,
        ]
    }

    /// Whether a response of this ceremony can have this fault, where the authenticator gives
    /// attestation of this kind (which matters in registrations only).
    pub fn applies_to(&self, ceremony: Ceremony, attestation: AttestationKind) -> bool {
        use AttestationKind::{FidoU2f, None, PackedSelf, PackedX5c};
        let attested_by = |kinds: &[AttestationKind]| {
            ceremony == Ceremony::Registration && kinds.contains(&attestation)
        };
        match self {
            Fault::ClientDataNotUtf8
            | Fault::ClientDataNotJson
            | Fault::CeremonyType
            | Fault::Challenge
            | Fault::Origin(_)
            | Fault::CrossOrigin
            | Fault::TopOrigin(_)
            | Fault::RpIdHash
            | Fault::UserNotPresent
            | Fault::UserNotVerified
            | Fault::BackedUpButNotEligible
            | Fault::AuthenticatorDataTrailingByte
            | Fault::RawId => true,
            Fault::MissingAttestedCredentialData
            | Fault::AttestationObjectTrailingByte
            | Fault::CredentialIdTooLong
            | Fault::AlgorithmNotRequested
            | Fault::PublicKeyOffCurve
            | Fault::UnknownAttestationFormat
            | Fault::AttestedCredentialId
            | Fault::AuthenticatorDataCopy
            | Fault::PublicKeyCopy
            | Fault::PublicKeyAlgorithmCopy => ceremony == Ceremony::Registration,
            Fault::NoneStatementNotEmpty => attested_by(&[None]),
            Fault::AttestationSignature => attested_by(&[PackedSelf, PackedX5c, FidoU2f]),
            Fault::AttestationAlgorithm => attested_by(&[PackedSelf, PackedX5c]),
            Fault::CertificateOrganizationalUnit
            | Fault::CertificateIsAuthority
            | Fault::CertificateAaguid => attested_by(&[PackedX5c]),
            Fault::OtherAttestationAuthority => attested_by(&[PackedX5c, FidoU2f]),
            Fault::BackupEligibilityChanged
            | Fault::AssertionSignature
            | Fault::SignCount
            | Fault::OtherUserHandle
            | Fault::MissingUserHandle
            | Fault::OtherCredentialId => ceremony == Ceremony::Authentication,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_listed_once_and_applies_somewhere() {
        let all = Fault::all();
        for (index, fault) in all.iter().enumerate() {
            assert!(!all[..index].contains(fault), "{fault:?} twice");
            let kinds = [
                AttestationKind::None,
                AttestationKind::PackedSelf,
                AttestationKind::PackedX5c,
                AttestationKind::FidoU2f,
            ];
            assert!(kinds.iter().any(|kind| {
                fault.applies_to(Ceremony::Registration, *kind)
                    || fault.applies_to(Ceremony::Authentication, *kind)
            }));
        }
        assert_eq!(all.len(), 36, "a fault was added and is not listed, or not counted here");
    }
}
