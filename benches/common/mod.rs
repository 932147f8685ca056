//! A relying party, and the responses that an authenticator sends to it.
#![allow(dead_code, clippy::unwrap_used)] // Each benchmark uses only a part of this.

use std::time::{Duration, SystemTime};

use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, PendingAuthentication, PendingRegistration,
    RegistrationRequest, RegistrationResponse, RelyingParty, User,
};
use webauthn_verify_authenticator::{AttestationKind, SoftwareAuthenticator};

const ORIGIN: &str = "https://example.com";
const USER_HANDLE: [u8; 32] = *b"32 bytes identify the account...";
const CHALLENGE: [u8; 32] = *b"the challenge of every ceremony.";

pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty::new("example.com", [ORIGIN]).unwrap()
}

/// A registration that has started, with the browser's response.
pub(crate) struct Registering {
    pub(crate) pending: PendingRegistration,
    pub(crate) body: String,
    authenticator: SoftwareAuthenticator,
}

/// A login that has started, with the browser's response and the records of the account.
pub(crate) struct Login {
    pub(crate) pending: PendingAuthentication,
    pub(crate) body: String,
    pub(crate) account: [Credential; 1],
}

pub(crate) fn register(algorithm: Algorithm, attestation: AttestationKind) -> Registering {
    let user = User::new(USER_HANDLE, "alice@example.com", "Alice");
    let request =
        RegistrationRequest::passkey(&user, &[]).algorithms(&[algorithm]).challenge(&CHALLENGE);
    let (options, pending) = relying_party().start_registration(&request, now()).unwrap();
    let mut authenticator =
        SoftwareAuthenticator::from_seed(b"bench").with_attestation(attestation);
    let body = authenticator.register(&options, ORIGIN).unwrap();
    Registering { pending, body, authenticator }
}

pub(crate) fn sign_in(algorithm: Algorithm) -> Login {
    let Registering { pending, body, mut authenticator } =
        register(algorithm, AttestationKind::None);
    let rp = relying_party();
    let response = RegistrationResponse::from_json(body).unwrap();
    let registration = rp.finish_registration(pending, &response, now()).unwrap();
    let account = [registration.into_credential()];
    let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
    let (options, pending) = rp.start_authentication(&request, now()).unwrap();
    let body = authenticator.authenticate(&options, ORIGIN).unwrap();
    Login { pending, body, account }
}
