//! The serialised form of every stored type, as committed, reads back for ever.
#![cfg(feature = "authenticator")]

#[path = "common/site.rs"]
mod site;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use site::{Site, USER_HANDLE, now, relying_party, user};
use webauthn_verify::authenticator::Fault;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, ErrorKind, Mediation, PendingAuthentication,
    PendingRegistration, RegistrationRequest, Step, Transport, UserVerification,
};

const CREDENTIAL: &str = include_str!("fixtures/credential-v1.json");
const PREPARED_CREDENTIAL: &str = include_str!("fixtures/credential-prepared-v1.json");
const PENDING_REGISTRATION: &str = include_str!("fixtures/pending-registration-v1.json");
const PENDING_AUTHENTICATION: &str = include_str!("fixtures/pending-authentication-v1.json");

/// The fixture reads as `expected`, and `expected` is written as the fixture.
#[track_caller]
fn is_stored_as<T>(expected: &T, fixture: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let read: T = serde_json::from_str(fixture).unwrap();
    assert_eq!(read, *expected);
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let mut written = serde_json::to_value(expected).unwrap();
    // A member that later releases added is null where nothing is known of it.
    let members = written.as_object_mut().unwrap();
    members.retain(|name, value| !value.is_null() || fixture.get(name).is_some());
    assert_eq!(written, fixture, "written otherwise than before");
}

fn credential() -> Credential {
    Site::new()
        .with_browser(|browser| browser.with_backup(true, true).with_aaguid(*b"sixteen bytes id"))
        .registered()
        .with_transports([Transport::Internal, Transport::Other("x-new".to_owned())])
}

#[test]
fn rec_01_kb_72_a_credential_reads_back() {
    is_stored_as(&credential(), CREDENTIAL);
}

#[test]
fn rec_01_a_credential_with_a_prepared_key_reads_back_and_logs_in() {
    let mut site = Site::new();
    let request = RegistrationRequest::passwordless(&user()).algorithms(&[Algorithm::Es256]);
    let credential = site.register_as(&request).unwrap().into_credential();
    is_stored_as(&credential.clone().with_prepared_key().unwrap(), PREPARED_CREDENTIAL);
    let stored: Credential = serde_json::from_str(PREPARED_CREDENTIAL).unwrap();
    assert_eq!(stored.prepared_key().unwrap().as_cose(), stored.public_key());
    assert_eq!(stored.clone().without_prepared_key(), credential);
    let mut logins = 0;
    for stored in [stored.clone(), credential, stored] {
        logins += usize::from(site.login(&[stored]).is_ok());
    }
    assert_eq!(logins, 3);
    site = site.breaking(Fault::AssertionSignature);
    let stored: Credential = serde_json::from_str(PREPARED_CREDENTIAL).unwrap();
    let error = site.login(&[stored]).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Signature, ErrorKind::SignatureInvalid));
}

#[test]
fn rec_01_a_credential_of_which_little_is_known_reads_back() {
    let whole: Credential = serde_json::from_str(CREDENTIAL).unwrap();
    let little = Credential::from_parts(whole.id(), whole.public_key()).unwrap();
    let text = serde_json::to_string(&little).unwrap();
    assert_eq!(serde_json::from_str::<Credential>(&text).unwrap(), little);
    // What may be left out may be left out.
    let mut value: Value = serde_json::from_str(&text).unwrap();
    for member in ["user_handle", "transports", "backup_eligible", "aaguid", "prepared_key"] {
        value.as_object_mut().unwrap().remove(member).unwrap();
    }
    assert_eq!(serde_json::from_value::<Credential>(value).unwrap(), little);
}

#[test]
fn rec_01_a_stored_credential_id_has_1_to_1023_bytes() {
    let of_length = |length: usize| {
        let mut value: Value = serde_json::from_str(CREDENTIAL).unwrap();
        value["id"] = URL_SAFE_NO_PAD.encode(vec![7; length]).into();
        serde_json::from_value::<Credential>(value)
    };
    for length in [1, 1023] {
        assert_eq!(of_length(length).unwrap().id().len(), length);
    }
    for length in [0, 1024] {
        let error = of_length(length).unwrap_err().to_string();
        assert!(error.contains("a credential ID has 1 to 1023 bytes"), "{error}");
    }
}

#[test]
fn a_credential_of_the_future_is_not_misread() {
    let mut value: Value = serde_json::from_str(CREDENTIAL).unwrap();
    value["version"] = json!(2);
    let error = serde_json::from_value::<Credential>(value).unwrap_err().to_string();
    assert!(error.contains("has version 2; this release reads version 1"), "{error}");
}

#[test]
fn a_pending_registration_reads_back() {
    let request = RegistrationRequest::passwordless(&user())
        .exclude(&[credential()])
        .challenge(&[7; 32])
        .mediation(Mediation::Conditional);
    let (_, pending) = relying_party().start_registration(&request, now()).unwrap();
    is_stored_as(&pending, PENDING_REGISTRATION);
}

#[test]
fn a_pending_authentication_reads_back() {
    let request = AuthenticationRequest::for_user(USER_HANDLE, &[credential()])
        .user_verification(UserVerification::Preferred)
        .app_id("https://example.org/u2f.json")
        .challenge(&[7; 32]);
    let (_, pending) = relying_party().start_authentication(&request, now()).unwrap();
    is_stored_as(&pending, PENDING_AUTHENTICATION);
}

#[test]
fn nothing_that_was_asked_for_may_be_missing_from_a_pending_state() {
    fn refuses_without_each<T: DeserializeOwned>(fixture: &str, optional: &[&str]) {
        let whole: Value = serde_json::from_str(fixture).unwrap();
        for member in whole.as_object().unwrap().keys() {
            let mut value = whole.clone();
            value.as_object_mut().unwrap().remove(member);
            let refused = serde_json::from_value::<T>(value).is_err();
            assert_eq!(refused, !optional.contains(&member.as_str()), "without {member}");
        }
    }
    refuses_without_each::<PendingRegistration>(PENDING_REGISTRATION, &["mediation"]);
    // Without the account there are still the allowed credentials, so nobody gets in by it.
    let optional = ["mediation", "user_handle", "app_id"];
    refuses_without_each::<PendingAuthentication>(PENDING_AUTHENTICATION, &optional);
}

#[test]
fn a_pending_state_of_the_future_is_told_by_its_version() {
    let mut value: Value = serde_json::from_str(PENDING_AUTHENTICATION).unwrap();
    value["version"] = json!(2);
    let pending: PendingAuthentication = serde_json::from_value(value).unwrap();
    let mut site = Site::new();
    let credentials = [site.registered()];
    let (options, _) =
        site.rp.start_authentication(&AuthenticationRequest::passwordless(), now()).unwrap();
    let body = site.browser.authenticate(&options, site::ORIGIN).unwrap();
    let response = webauthn_verify::AuthenticationResponse::from_json(body).unwrap();
    let result = site.rp.finish_authentication(pending, &response, &credentials, now());
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::UnsupportedVersion));
}

#[test]
fn kb_38_debug_shows_no_challenge() {
    let secret = [0x5a; 32];
    let text = "WlpaWlpaWlpa";
    let request = RegistrationRequest::passwordless(&user()).challenge(&secret);
    let (options, pending) = relying_party().start_registration(&request, now()).unwrap();
    let login = AuthenticationRequest::passwordless().challenge(&secret);
    let (login_options, login_pending) =
        relying_party().start_authentication(&login, now()).unwrap();
    assert!(serde_json::to_string(&options).unwrap().contains(text), "the browser gets it");
    let body = Site::new().browser.register(&options, site::ORIGIN).unwrap();
    let response = webauthn_verify::RegistrationResponse::from_json(body).unwrap();
    // The challenge in decimal numbers: base64url of it is ASCII, and so is what is around it.
    let numbers = format!("{:?}", text.as_bytes());
    let numbers = numbers.trim_matches(['[', ']']);
    assert!(format!("{:?}", response.client_data_json()).contains(numbers), "it is in there");
    assert!(!format!("{response:?}").contains(numbers), "{response:?}");
    for debug in [
        format!("{request:?}"),
        format!("{options:?}"),
        format!("{pending:?}"),
        format!("{login:?}"),
        format!("{login_options:?}"),
        format!("{login_pending:?}"),
    ] {
        assert!(!debug.contains(text) && !debug.contains("90, 90"), "{debug}");
    }
}
