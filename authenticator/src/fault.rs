//! The ways in which a response can be wrong.

use crate::attestation::kind::AttestationKind;

/// One thing that is wrong with a response. Everything else about it stays right, and what is
/// signed is signed over the wrong thing, so that a relying party comes as far as the step that
/// this concerns, and refuses it there.
///
/// The documentation of each fault names the kind of error that a relying party gives, by the name
/// that `ErrorKind::as_str()` of `webauthn-verify` gives it. Some faults matter only if the relying
/// party asks for more than the minimum. Some apply to certain kinds of attestation only:
/// [`applies_to_registration`](Fault::applies_to_registration) tells which.
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
    /// `AlgorithmNotRequested`. There must be such an algorithm; with FIDO U2F and the formats
    /// of some platforms only ES256 can be it.
    AlgorithmNotRequested,
    /// In a registration, a public key that is no point of its curve: `PointNotOnCurve`. An RSA
    /// key cannot have it.
    PublicKeyOffCurve,
    /// In a registration, a format that does not exist: `UnsupportedAttestationFormat`.
    UnknownAttestationFormat,
    /// In a registration, one member of the attestation wrong: of the statement, such as
    /// `"attStmt.sig"`, of the attestation certificate, such as `"x5c[0].subject.OU"`, or of the
    /// structure that is signed, such as `"certInfo.magic"`. [`AttestationKind::fields`] lists
    /// those of a kind of attestation, with the error for each. Members of RSA keys, such as
    /// `"pubArea.exponent"`, need a credential with one.
    AttestationField(&'static str),
    /// In a registration, an attestation certificate from another authority of the same name:
    /// `UntrustedAttestation`, where the relying party demands trust.
    OtherAttestationAuthority,
    /// `rawId` other than `id`: `CredentialIdMismatch`.
    RawId,
    /// In a registration, `id` and `rawId` other than the attested credential ID:
    /// `CredentialIdMismatch`.
    AttestedCredentialId,
    /// In a registration, `response.authenticatorData` other than in the attestation object. Nothing
    /// signs the copy, so the registration passes.
    AuthenticatorDataCopy,
    /// In a registration, `response.publicKey` of another key. The registration passes, as above.
    PublicKeyCopy,
    /// In a registration, `response.publicKeyAlgorithm` other than the key's. The registration
    /// passes, as above.
    PublicKeyAlgorithmCopy,
    /// In an authentication, a signature over something else: `SignatureInvalid`.
    AssertionSignature,
    /// In an authentication, the signature counter of the time before: `SignCountNotIncreased`, if the
    /// server has stored that time.
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
        let mut faults = vec![
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
        ];
        for kind in AttestationKind::ALL {
            for (field, _) in kind.fields() {
                let fault = Fault::AttestationField(field);
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        faults
    }

    /// Whether a registration can have this fault, where the authenticator gives attestation of
    /// this kind.
    #[must_use]
    pub fn applies_to_registration(&self, attestation: AttestationKind) -> bool {
        match self {
            Fault::AttestationField(field) => {
                attestation.fields().iter().any(|(known, _)| known == field)
            }
            Fault::OtherAttestationAuthority => attestation.has_certificate(),
            _ => self.ceremonies() != Ceremonies::Authentication,
        }
    }

    /// Whether a login can have this fault.
    #[must_use]
    pub fn applies_to_authentication(&self) -> bool {
        self.ceremonies() != Ceremonies::Registration
    }

    fn ceremonies(&self) -> Ceremonies {
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
            | Fault::RawId => Ceremonies::Both,
            Fault::MissingAttestedCredentialData
            | Fault::AttestationObjectTrailingByte
            | Fault::CredentialIdTooLong
            | Fault::AlgorithmNotRequested
            | Fault::PublicKeyOffCurve
            | Fault::UnknownAttestationFormat
            | Fault::AttestationField(_)
            | Fault::OtherAttestationAuthority
            | Fault::AttestedCredentialId
            | Fault::AuthenticatorDataCopy
            | Fault::PublicKeyCopy
            | Fault::PublicKeyAlgorithmCopy => Ceremonies::Registration,
            Fault::BackupEligibilityChanged
            | Fault::AssertionSignature
            | Fault::SignCount
            | Fault::OtherUserHandle
            | Fault::MissingUserHandle
            | Fault::OtherCredentialId => Ceremonies::Authentication,
        }
    }
}

/// The ceremonies whose responses can have a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ceremonies {
    Both,
    Registration,
    Authentication,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_listed_once_and_applies_somewhere() {
        let all = Fault::all();
        for (index, fault) in all.iter().enumerate() {
            assert!(!all[..index].contains(fault), "{fault:?} twice");
            let in_registrations =
                AttestationKind::ALL.iter().any(|kind| fault.applies_to_registration(*kind));
            assert!(in_registrations || fault.applies_to_authentication(), "{fault:?}");
        }
        let fields = all.iter().filter(|fault| matches!(fault, Fault::AttestationField(_)));
        let others = all.len() - fields.count();
        assert_eq!(others, 30, "a fault was added and is not listed, or not counted here");
    }
}
