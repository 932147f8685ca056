//! A relying party for recordings does not check the configuration, but it checks a response as
//! usual.

use webauthn_verify::{
    AuthenticationRequest, ErrorKind, PendingAuthentication, RegistrationRequest, RelyingParty,
    Step, UserVerification,
};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, ClientDataBuilder};

use crate::common::messages::{
    CHALLENGE, LoggingIn, ORIGIN, RP_ID, Registering, UP, USER_HANDLE, now, passes, refused, user,
};

/// Returns a registration and a login that were recorded with this challenge.
fn with_challenge(challenge: &[u8]) -> (Registering, LoggingIn) {
    let mut registration = Registering::new();
    registration.rp = RelyingParty::for_recordings(RP_ID, [ORIGIN]);
    registration.request = RegistrationRequest::security_key(&user(), &[]).challenge(challenge);
    registration.client_data = ClientDataBuilder::create(challenge, ORIGIN).build();
    let mut login = LoggingIn::new();
    login.rp = registration.rp.clone();
    let credentials = core::slice::from_ref(&login.credential);
    login.request = AuthenticationRequest::for_user(USER_HANDLE, credentials)
        .user_verification(UserVerification::Discouraged)
        .challenge(challenge);
    login.client_data = ClientDataBuilder::get(challenge, ORIGIN).build();
    (registration, login)
}

#[test]
fn the_challenge_of_a_recording_can_have_any_length() {
    for challenge in [&[][..], b"1", &[7; 15], &[7; 16], &[7; 1024], &[7; 1025]] {
        let (mut registration, mut login) = with_challenge(challenge);
        passes(registration.finish());
        passes(login.finish());
        // The challenge is still compared.
        registration.client_data = ClientDataBuilder::create(b"another one", ORIGIN).build();
        refused(registration.finish(), ErrorKind::ChallengeMismatch, Step::Challenge);
        login.client_data = ClientDataBuilder::get(b"another one", ORIGIN).build();
        let error = login.finish().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::ChallengeMismatch, Step::Challenge));
        assert!(!error.to_string().contains("base64"), "{error}");
        // Live ceremonies do not start with it.
        registration.rp = RelyingParty::new(RP_ID, [ORIGIN]).unwrap();
        if !(16..=1024).contains(&challenge.len()) {
            refused(registration.finish(), ErrorKind::InvalidOptions, Step::Options);
        }
    }
}

#[test]
fn a_pending_state_with_a_short_challenge_is_not_read_back() {
    let read_back = |challenge: &[u8]| {
        let (_, login) = with_challenge(challenge);
        let (_, pending) = login.rp.start_authentication(&login.request, now()).unwrap();
        let stored = serde_json::to_string(&pending).unwrap();
        serde_json::from_str::<PendingAuthentication>(&stored)
    };
    assert!(read_back(&CHALLENGE).is_ok());
    assert!(read_back(b"short").is_err());
}

#[test]
fn the_rp_id_and_the_origins_of_a_recording_can_be_any_string() {
    for (id, origin) in [
        ("192.168.0.1", "http://192.168.0.1:8080"),
        ("Example.org.", "ftp://Example.org/"),
        ("", "null"),
    ] {
        let mut registration = Registering::new();
        registration.rp = RelyingParty::for_recordings(id, [ORIGIN, origin]);
        assert_eq!(registration.rp.id(), id);
        registration.client_data = ClientDataBuilder::create(&CHALLENGE, origin).build();
        // Its authenticator data contains the hash of another RP ID.
        refused(registration.finish(), ErrorKind::RpIdHashMismatch, Step::RpIdHash);
        let mut login = LoggingIn::new();
        login.rp = registration.rp;
        login.client_data = ClientDataBuilder::get(&CHALLENGE, origin).build();
        login.authenticator_data = AuthenticatorDataBuilder::new(id, UP, 0).build();
        passes(login.finish());
        login.client_data = ClientDataBuilder::get(&CHALLENGE, "https://example.com").build();
        refused(login.finish(), ErrorKind::OriginMismatch, Step::Origin);
    }
}

#[test]
fn debug_shows_that_a_relying_party_is_for_recordings() {
    let text = |rp: &RelyingParty| format!("{rp:?}");
    let recorded = RelyingParty::for_recordings(RP_ID, [ORIGIN]);
    assert!(text(&recorded).contains("recorded: true"), "{recorded:?}");
    let live = RelyingParty::new(RP_ID, [ORIGIN]).unwrap();
    assert!(text(&live).contains("recorded: false"), "{live:?}");
}
