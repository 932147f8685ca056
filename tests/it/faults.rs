//! Each fault of the software authenticator is rejected for its reason, and each error kind that it
//! names exists.
#![cfg(feature = "attestation")]

use std::time::{Duration, SystemTime};

use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, CredentialUpdate, Error,
    ErrorKind, RegistrationRequest, RegistrationResponse, RelyingParty, User, UserVerification,
};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator, algorithm};

const ORIGIN: &str = "https://example.com";
const HANDLE: &[u8] = b"user handle";

/// The members that only attestations of RSA keys have.
const RSA_FIELDS: [&str; 3] = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];

/// Returns the error kind in the documentation of each fault.
fn expected(fault: &Fault, kind: AttestationKind) -> ErrorKind {
    match fault {
        Fault::AttestationField(field) => {
            let fields = kind.fields();
            let (_, name) = fields.iter().find(|(known, _)| known == field).unwrap();
            name.parse().unwrap()
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
        other => panic!("{other:?} is not listed"),
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
    rp.attestation_policy(AttestationPolicy::trusted([anchor]).allow_safetynet(century)).unwrap()
}

fn register(
    rp: &RelyingParty,
    authenticator: &mut SoftwareAuthenticator,
    kind: AttestationKind,
    algorithm: Algorithm,
) -> Result<Credential, Error> {
    let now = SystemTime::now();
    let request = RegistrationRequest::passkey(&User::new(HANDLE, "alice", "Alice"), &[])
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
    rp.finish_authentication(pending, &response, credentials, now)
        .map(|login| login.update().clone())
}

#[test]
fn a_registration_with_a_fault_is_rejected_for_that_fault() {
    let mut refused = 0;
    for &kind in AttestationKind::ALL {
        let mut authenticator = SoftwareAuthenticator::from_seed(b"alice").with_attestation(kind);
        let rp = relying_party(&authenticator, kind);
        let whole = register(&rp, &mut authenticator, kind, Algorithm::Es256);
        assert!(whole.is_ok(), "{kind:?}: {}", whole.unwrap_err());
        for fault in Fault::all() {
            // A statement that is not verified cannot be invalid, and some formats have only one
            // algorithm.
            let is_possible = match fault {
                Fault::UserNotVerified => kind != AttestationKind::FidoU2f,
                // These members are not signed and decide nothing.
                Fault::AuthenticatorDataCopy
                | Fault::PublicKeyCopy
                | Fault::PublicKeyAlgorithmCopy => false,
                Fault::AlgorithmNotRequested => algorithm::ALL
                    .iter()
                    .any(|other| *other != algorithm::ES256 && kind.supports(*other)),
                _ => true,
            };
            if !is_possible || !fault.applies_to_registration(kind) {
                continue;
            }
            let algorithm = match fault {
                Fault::AttestationField(field) if RSA_FIELDS.contains(&field) => Algorithm::Rs256,
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
fn a_login_with_a_fault_is_rejected_for_that_fault() {
    let mut refused = 0;
    for &kind in AttestationKind::ALL {
        let mut authenticator = SoftwareAuthenticator::from_seed(b"alice").with_attestation(kind);
        let rp = relying_party(&authenticator, kind);
        let mut credential = register(&rp, &mut authenticator, kind, Algorithm::Es256).unwrap();
        for fault in Fault::all() {
            let u2f = kind == AttestationKind::FidoU2f;
            let impossible =
                u2f && matches!(fault, Fault::UserNotVerified | Fault::MissingUserHandle);
            if impossible || !fault.applies_to_authentication() {
                continue;
            }
            let request = |credential: &Credential| match u2f {
                true => AuthenticationRequest::for_user(HANDLE, core::slice::from_ref(credential))
                    .user_verification(UserVerification::Discouraged),
                false => AuthenticationRequest::passkey(),
            };
            let asked = request(&credential);
            let update = sign_in(&rp, &mut authenticator, asked, &credential).unwrap();
            credential.apply(&update).unwrap();
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
fn an_unlisted_top_origin_is_rejected_even_if_another_is_listed() {
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
