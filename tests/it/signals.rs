//! The arguments of the signal methods are the dictionaries of the specification.

use serde_json::json;
use webauthn_verify::{Credential, ErrorKind, RelyingParty, User};

const USER_HANDLE: &[u8] = b"the user handle of alice";

/// The user handle as base64url.
const USER_ID: &str = "dGhlIHVzZXIgaGFuZGxlIG9mIGFsaWNl";

fn relying_party() -> RelyingParty {
    RelyingParty::new("example.org", ["https://www.example.org"])
        .and_then(|rp| rp.also_accept(["https://example.de"]))
        .unwrap()
}

/// Returns the record of Alice from the fixtures, and its ID as base64url.
fn credential() -> (Credential, &'static str) {
    let credential = serde_json::from_str(include_str!("fixtures/credential-v1.json")).unwrap();
    (credential, "Qu9QelK6n0_4WDHzUss-eP76MTFdbBpBdgZtLvk4Gv4")
}

/// Returns a record without a user handle.
fn with_id(id: &[u8]) -> Credential {
    Credential::from_parts(id, credential().0.public_key()).unwrap()
}

#[test]
fn opt_12_14_an_unknown_credential_is_signalled_by_its_id() {
    let rp = relying_party();
    for (id, text) in [
        (&[0xfb, 0xff, 0xbf][..], "-_-_".to_owned()),
        (&[0], "AA".to_owned()),
        (&[0; 1023], "A".repeat(1364)),
    ] {
        let signal = rp.unknown_credential(id).unwrap();
        assert_eq!(
            serde_json::to_value(signal).unwrap(),
            json!({ "rpId": "example.org", "credentialId": text })
        );
    }
    for length in [0, 1024] {
        let error = rp.unknown_credential(&vec![7; length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOptions);
    }
}

#[test]
fn opt_13_14_all_given_credentials_are_signalled_as_accepted() {
    let rp = relying_party();
    let (hers, id) = credential();
    let signal = rp.all_accepted_credentials(USER_HANDLE, &[with_id(&[0xff]), hers]).unwrap();
    assert_eq!(
        serde_json::to_value(signal).unwrap(),
        json!({
            "rpId": "example.org",
            "userId": USER_ID,
            "allAcceptedCredentialIds": ["_w", id],
        })
    );
}

#[test]
fn opt_13_kb_113_an_empty_list_of_accepted_credentials_is_signalled_explicitly() {
    let rp = relying_party();
    let error = rp.all_accepted_credentials(USER_HANDLE, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
    assert!(error.to_string().contains("call no_accepted_credentials"), "{error}");
    assert_eq!(
        serde_json::to_value(rp.no_accepted_credentials(USER_HANDLE).unwrap()).unwrap(),
        json!({ "rpId": "example.org", "userId": USER_ID, "allAcceptedCredentialIds": [] })
    );
    for length in [0, 65] {
        let error = rp.no_accepted_credentials(&vec![7; length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOptions);
    }
}

#[test]
fn opt_13_a_list_with_the_record_of_another_account_is_rejected() {
    let rp = relying_party();
    let kind = |user_handle: &[u8], credentials: &[Credential]| {
        rp.all_accepted_credentials(user_handle, credentials).unwrap_err().kind()
    };
    let (hers, _) = credential();
    assert_eq!(kind(b"bob", &[with_id(b"his"), hers]), ErrorKind::UserHandleMismatch);
    for length in [0, 65] {
        assert_eq!(kind(&vec![7; length], &[with_id(b"hers")]), ErrorKind::InvalidOptions);
    }
}

#[test]
fn opt_14_the_user_details_are_the_names_and_the_handle() {
    let rp = relying_party();
    let user = User::new(USER_HANDLE, "alice@example.org", "Alice \u{c4}");
    assert_eq!(
        serde_json::to_value(rp.current_user_details(&user).unwrap()).unwrap(),
        json!({
            "rpId": "example.org",
            "userId": USER_ID,
            "name": "alice@example.org",
            "displayName": "Alice \u{c4}",
        })
    );
    let unnamed = rp.current_user_details(&User::new([0; 64], "", "")).unwrap();
    assert_eq!(serde_json::to_value(unnamed).unwrap()["displayName"], "");
    for length in [0, 65] {
        let error = rp.current_user_details(&User::new(vec![7; length], "", "")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOptions);
    }
}
