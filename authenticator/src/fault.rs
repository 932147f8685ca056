//! Deliberate errors in responses.

use crate::attestation::kind::AttestationKind;

/// One deliberate error in a response. Everything else in the response is correct, and signatures
/// cover the wrong value. A relying party therefore reaches the step that checks this value, and
/// must reject the response there.
///
/// The documentation of each fault names the kind of error that a relying party must report. The
/// kinds are the names that `ErrorKind::as_str()` of `webauthn-verify` returns. A server detects
/// some faults only if its policy asks for more than the minimum. Some faults apply only to certain
/// kinds of attestation; use [`applies_to_registration`](Fault::applies_to_registration) to check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The client data is JSON, except for one byte that is not UTF-8: `InvalidUtf8`.
    ClientDataNotUtf8,
    /// The client data lacks its last brace: `InvalidClientDataJson`.
    ClientDataNotJson,
    /// The client data has the type of the other ceremony: `WrongCeremonyType`.
    CeremonyType,
    /// The challenge differs from the challenge in the options: `ChallengeMismatch`.
    Challenge,
    /// The origin is the given string: `OriginMismatch`.
    Origin(String),
    /// `crossOrigin` is true: `UnexpectedCrossOrigin`, unless the relying party allows framing.
    CrossOrigin,
    /// `crossOrigin` is true, and `topOrigin` is the given string: `UnexpectedCrossOrigin` if the
    /// relying party does not allow framing, `UnexpectedTopOrigin` if it allows only other top
    /// origins.
    TopOrigin(String),
    /// The RP ID hash belongs to another RP ID: `RpIdHashMismatch`.
    RpIdHash,
    /// The UP flag is clear: `UserNotPresent`.
    UserNotPresent,
    /// The UV flag is clear: `UserNotVerified`, if the relying party requires user verification.
    UserNotVerified,
    /// The BS flag is set and the BE flag is clear: `InvalidBackupFlags`.
    BackedUpButNotEligible,
    /// In a login, the BE flag differs from the registration: `BackupEligibilityChanged`.
    BackupEligibilityChanged,
    /// In a registration, there is no attested credential data: `MissingAttestedCredentialData`.
    MissingAttestedCredentialData,
    /// There is an extra byte after the authenticator data: `TrailingBytes`.
    AuthenticatorDataTrailingByte,
    /// In a registration, there is an extra byte after the attestation object: `TrailingBytes`.
    AttestationObjectTrailingByte,
    /// In a registration, the credential ID has 1024 bytes: `CredentialIdTooLong`.
    CredentialIdTooLong,
    /// In a registration, the key has an algorithm that the options do not request:
    /// `AlgorithmNotRequested`. If the options request every algorithm that the attestation
    /// supports, the registration fails. FIDO U2F, Apple and compound attestation support only
    /// ES256.
    AlgorithmNotRequested,
    /// In a registration, the public key is not a point on its curve: `PointNotOnCurve`. The
    /// registration fails if the key is an RSA or ML-DSA key, because these have no curve.
    PublicKeyOffCurve,
    /// In a registration, the attestation has an unknown format: `UnsupportedAttestationFormat`.
    UnknownAttestationFormat,
    /// In a registration, one member of the attestation is wrong. It can be in the statement, such
    /// as `"attStmt.sig"`, in the attestation certificate, such as `"x5c[0].subject.OU"`, or in the
    /// signed structure, such as `"certInfo.magic"`. [`AttestationKind::fields`] lists the members
    /// for each kind of attestation, each with its kind of error. Some members of TPM attestation,
    /// such as `"pubArea.exponent"`, exist only for RSA keys.
    AttestationField(&'static str),
    /// In a registration, the attestation certificate is issued by another authority with the same
    /// name: `UntrustedAttestation`, if the relying party requires trust.
    OtherAttestationAuthority,
    /// `rawId` differs from `id`: `CredentialIdMismatch`.
    RawId,
    /// In a registration, `id` and `rawId` differ from the attested credential ID:
    /// `CredentialIdMismatch`.
    AttestedCredentialId,
    /// In a registration, `response.authenticatorData` differs from the authenticator data in the
    /// attestation object. This copy is not signed, so the registration succeeds.
    AuthenticatorDataCopy,
    /// In a registration, `response.publicKey` is another key. This copy is not signed, so the
    /// registration succeeds.
    PublicKeyCopy,
    /// In a registration, `response.publicKeyAlgorithm` differs from the algorithm of the key. This
    /// copy is not signed, so the registration succeeds.
    PublicKeyAlgorithmCopy,
    /// In a login, the signature covers other bytes: `SignatureInvalid`.
    AssertionSignature,
    /// In a login, the signature counter does not increase: `SignCountNotIncreased`, if the server
    /// has stored the counter of the previous ceremony.
    SignCount,
    /// In a login, the user handle does not belong to any user: `UserHandleMismatch`.
    OtherUserHandle,
    /// In a login, the user handle is missing: `UserHandleMismatch`, if the user was not identified
    /// before.
    MissingUserHandle,
    /// In a login, the credential ID does not exist: `CredentialNotAllowed` if the options list
    /// credentials, otherwise `UnknownCredential`.
    OtherCredentialId,
}

impl Fault {
    /// Returns every fault. Faults that need an origin use `https://evil.example`.
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

    /// Returns whether a registration with this kind of attestation can have this fault.
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

    /// Returns whether a login can have this fault.
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
        assert_eq!(others, 30, "a fault was added, but Fault::all or this count was not updated");
    }
}
