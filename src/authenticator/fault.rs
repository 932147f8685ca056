//! The ways in which a response can be wrong.

use super::attestation::AttestationKind;
use crate::spec::Ceremony;

/// One thing that is wrong with a response. Everything else about it stays right, and what is
/// signed is signed over the wrong thing, so that a relying party comes as far as the step that
/// this concerns, and refuses it there.
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
    /// signs the copy, so the registration passes, and
    /// [`differing_copies`](crate::Registration::differing_copies) names it.
    AuthenticatorDataCopy,
    /// In a registration, `response.publicKey` of another key. The registration passes, as above.
    PublicKeyCopy,
    /// In a registration, `response.publicKeyAlgorithm` other than the key's. The registration
    /// passes, as above.
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

    /// Whether a response of this ceremony can have this fault, where the authenticator gives
    /// attestation of this kind (which matters in registrations only).
    pub fn applies_to(&self, ceremony: Ceremony, attestation: AttestationKind) -> bool {
        let registration = ceremony == Ceremony::Registration;
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
            | Fault::PublicKeyAlgorithmCopy => registration,
            Fault::AttestationField(field) => {
                registration && attestation.fields().iter().any(|(known, _)| known == field)
            }
            Fault::OtherAttestationAuthority => registration && attestation.has_certificate(),
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
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::attestation::AttestationPolicy;
    use crate::authenticator::SoftwareAuthenticator;
    use crate::ceremony::{
        AuthenticationRequest, AuthenticationResponse, Credential, CredentialUpdate,
        RegistrationRequest, RegistrationResponse, RelyingParty, User, UserVerification,
    };
    use crate::certificate::TrustAnchor;
    use crate::error::{Error, ErrorKind};
    use crate::key::Algorithm;

    const ORIGIN: &str = "https://example.com";
    const HANDLE: &[u8] = b"user handle";

    /// The members that only the attestation of an RSA key has.
    const RSA_FIELDS: [&str; 3] = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];

    /// What the documentation of each fault says.
    fn expected(fault: &Fault, kind: AttestationKind) -> ErrorKind {
        match fault {
            Fault::AttestationField(field) => {
                let fields = kind.fields();
                fields.iter().find(|(known, _)| known == field).unwrap().1
            }
            Fault::ClientDataNotUtf8 => ErrorKind::InvalidUtf8,
            Fault::ClientDataNotJson => ErrorKind::InvalidClientDataJson,
            Fault::CeremonyType => ErrorKind::WrongCeremonyType,
            Fault::Challenge => ErrorKind::ChallengeMismatch,
            Fault::Origin(_) => ErrorKind::OriginMismatch,
            Fault::CrossOrigin | Fault::TopOrigin(_) => ErrorKind::UnexpectedCrossOrigin,
            Fault::RpIdHash => ErrorKind::RpIdHashMismatch,
            Fault::UserNotPresent => ErrorKind::UserNotPresent,
            Fault::UserNotVerified => ErrorKind::UserNotVerified,
            Fault::BackedUpButNotEligible => ErrorKind::InvalidBackupFlags,
            Fault::BackupEligibilityChanged => ErrorKind::BackupEligibilityChanged,
            Fault::MissingAttestedCredentialData => ErrorKind::MissingAttestedCredentialData,
            Fault::AuthenticatorDataTrailingByte | Fault::AttestationObjectTrailingByte => {
                ErrorKind::TrailingBytes
            }
            Fault::CredentialIdTooLong => ErrorKind::CredentialIdTooLong,
            Fault::AlgorithmNotRequested => ErrorKind::AlgorithmNotRequested,
            Fault::PublicKeyOffCurve => ErrorKind::PointNotOnCurve,
            Fault::UnknownAttestationFormat => ErrorKind::UnsupportedAttestationFormat,
            Fault::OtherAttestationAuthority => ErrorKind::UntrustedAttestation,
            Fault::RawId | Fault::AttestedCredentialId => ErrorKind::CredentialIdMismatch,
            Fault::AuthenticatorDataCopy | Fault::PublicKeyCopy | Fault::PublicKeyAlgorithmCopy => {
                unreachable!("an unsigned copy does not decide")
            }
            Fault::AssertionSignature => ErrorKind::SignatureInvalid,
            Fault::SignCount => ErrorKind::SignCountNotIncreased,
            Fault::OtherUserHandle | Fault::MissingUserHandle => ErrorKind::UserHandleMismatch,
            Fault::OtherCredentialId => ErrorKind::UnknownCredential,
        }
    }

    fn user_verification(kind: AttestationKind) -> UserVerification {
        match kind {
            AttestationKind::FidoU2f => UserVerification::Discouraged,
            _ => UserVerification::Required,
        }
    }

    fn relying_party(authenticator: &SoftwareAuthenticator, kind: AttestationKind) -> RelyingParty {
        let rp = RelyingParty::new("example.com", [ORIGIN]).unwrap();
        if !kind.has_certificate() {
            return rp;
        }
        let anchor = TrustAnchor::from_der(authenticator.attestation_root()).unwrap();
        let century = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        rp.attestation_policy(AttestationPolicy::trusted([anchor]).accept_safetynet(century))
            .unwrap()
    }

    fn register(
        rp: &RelyingParty,
        authenticator: &mut SoftwareAuthenticator,
        kind: AttestationKind,
        algorithm: Algorithm,
    ) -> Result<Credential, Error> {
        let now = SystemTime::now();
        let request = RegistrationRequest::passwordless(&User::new(HANDLE, "alice", "Alice"))
            .algorithms(&[algorithm])
            .user_verification(user_verification(kind));
        let (options, pending) = rp.start_registration(&request, now)?;
        let body = authenticator.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(&body)?;
        Ok(rp.finish_registration(pending, &response, now)?.into_credential())
    }

    fn sign_in(
        rp: &RelyingParty,
        authenticator: &mut SoftwareAuthenticator,
        request: AuthenticationRequest,
        credential: &Credential,
    ) -> Result<CredentialUpdate, Error> {
        let now = SystemTime::now();
        let (options, pending) = rp.start_authentication(&request, now)?;
        let body = authenticator.authenticate(&options, ORIGIN).unwrap();
        let response = AuthenticationResponse::from_json(&body)?;
        let credentials = core::slice::from_ref(credential);
        rp.finish_authentication(pending, &response, credentials, now).map(|login| login.update())
    }

    #[test]
    fn every_fault_is_listed_once_and_applies_somewhere() {
        let all = Fault::all();
        for (index, fault) in all.iter().enumerate() {
            assert!(!all[..index].contains(fault), "{fault:?} twice");
            assert!(AttestationKind::ALL.iter().any(|kind| {
                fault.applies_to(Ceremony::Registration, *kind)
                    || fault.applies_to(Ceremony::Authentication, *kind)
            }));
        }
        let fields = all.iter().filter(|fault| matches!(fault, Fault::AttestationField(_)));
        let others = all.len() - fields.count();
        assert_eq!(others, 30, "a fault was added and is not listed, or not counted here");
    }

    #[test]
    fn a_registration_is_refused_for_its_fault() {
        let mut refused = 0;
        for &kind in AttestationKind::ALL {
            let mut authenticator =
                SoftwareAuthenticator::from_seed(b"alice").with_attestation(kind);
            let rp = relying_party(&authenticator, kind);
            let whole = register(&rp, &mut authenticator, kind, Algorithm::Es256);
            assert!(whole.is_ok(), "{kind:?}: {}", whole.unwrap_err());
            for fault in Fault::all() {
                // What is not verified cannot be unverified, and some have no other algorithm.
                let is_possible = match fault {
                    Fault::UserNotVerified => kind != AttestationKind::FidoU2f,
                    // Nothing signs these, and nothing depends on them.
                    Fault::AuthenticatorDataCopy
                    | Fault::PublicKeyCopy
                    | Fault::PublicKeyAlgorithmCopy => false,
                    Fault::AlgorithmNotRequested => Algorithm::compiled_in()
                        .any(|other| other != Algorithm::Es256 && kind.supports(other)),
                    _ => true,
                };
                if !is_possible || !fault.applies_to(Ceremony::Registration, kind) {
                    continue;
                }
                let algorithm = match fault {
                    Fault::AttestationField(field) if RSA_FIELDS.contains(&field) => {
                        Algorithm::Rs256
                    }
                    _ => Algorithm::Es256,
                };
                authenticator.break_next(fault.clone());
                let error = register(&rp, &mut authenticator, kind, algorithm).unwrap_err();
                assert_eq!(error.kind(), expected(&fault, kind), "{kind:?} {fault:?}: {error}");
                if let Fault::AttestationField(field) = fault {
                    assert_eq!(error.field(), Some(kind.named_for(field)), "{kind:?}: {error}");
                }
                refused += 1;
            }
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn a_login_is_refused_for_its_fault() {
        let mut refused = 0;
        for &kind in AttestationKind::ALL {
            let mut authenticator =
                SoftwareAuthenticator::from_seed(b"alice").with_attestation(kind);
            let rp = relying_party(&authenticator, kind);
            let mut credential = register(&rp, &mut authenticator, kind, Algorithm::Es256).unwrap();
            for fault in Fault::all() {
                let u2f = kind == AttestationKind::FidoU2f;
                let impossible =
                    u2f && matches!(fault, Fault::UserNotVerified | Fault::MissingUserHandle);
                if impossible || !fault.applies_to(Ceremony::Authentication, kind) {
                    continue;
                }
                let request = |credential: &Credential| match u2f {
                    true => {
                        AuthenticationRequest::for_user(HANDLE, core::slice::from_ref(credential))
                            .user_verification(UserVerification::Discouraged)
                    }
                    false => AuthenticationRequest::passwordless(),
                };
                let asked = request(&credential);
                let update = sign_in(&rp, &mut authenticator, asked, &credential).unwrap();
                credential.apply(&update);
                authenticator.break_next(fault.clone());
                let asked = request(&credential);
                let error = sign_in(&rp, &mut authenticator, asked, &credential).unwrap_err();
                let expected = match fault {
                    Fault::OtherCredentialId if u2f => ErrorKind::CredentialNotAllowed,
                    _ => expected(&fault, kind),
                };
                assert_eq!(error.kind(), expected, "{kind:?} {fault:?}: {error}");
                refused += 1;
            }
        }
        assert!(refused >= 74, "{refused}");
    }

    #[test]
    fn a_top_origin_is_refused_even_where_another_may_frame() {
        let mut authenticator = SoftwareAuthenticator::from_seed(b"alice");
        let rp = relying_party(&authenticator, AttestationKind::None);
        let rp = rp.allow_framing_by(["https://top.example"]).unwrap();
        let mut register_framed_by = |top_origin: &str| {
            authenticator.break_next(Fault::TopOrigin(top_origin.to_owned()));
            register(&rp, &mut authenticator, AttestationKind::None, Algorithm::Es256)
        };
        assert!(register_framed_by("https://top.example").is_ok());
        let error = register_framed_by("https://evil.example").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedTopOrigin);
    }
}
