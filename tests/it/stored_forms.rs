//! The committed serialized form of every stored type must always be readable.
#![cfg(feature = "getrandom")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, ErrorKind, Mediation, PaymentInstrument,
    PaymentOrder, PendingAuthentication, PendingPayment, PendingRegistration, RegistrationRequest,
    Step, Transport, UserVerification,
};
use webauthn_verify_authenticator::Fault;

use crate::common::messages::without_prepared_key;
use crate::common::site::{self, Site, USER_HANDLE, now, relying_party, user};

const CREDENTIAL: &str = include_str!("fixtures/credential-v1.json");
const PREPARED_CREDENTIAL: &str = include_str!("fixtures/credential-prepared-v1.json");
const PENDING_REGISTRATION: &str = include_str!("fixtures/pending-registration-v1-started.json");
const PENDING_AUTHENTICATION: &str =
    include_str!("fixtures/pending-authentication-v1-started.json");
const PENDING_PAYMENT: &str = include_str!("fixtures/pending-payment-v1-started.json");

/// Their form before they had a start time.
const FIRST_PENDING_REGISTRATION: &str = include_str!("fixtures/pending-registration-v1.json");
const FIRST_PENDING_AUTHENTICATION: &str = include_str!("fixtures/pending-authentication-v1.json");
const FIRST_PENDING_PAYMENT: &str = include_str!("fixtures/pending-payment-v1.json");

/// Checks that the fixture reads as `expected`, and that `expected` is written as the fixture.
#[track_caller]
fn is_stored_as<T>(expected: &T, fixture: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let read: T = serde_json::from_str(fixture).unwrap();
    assert_eq!(read, *expected);
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let mut written = serde_json::to_value(expected).unwrap();
    // A member that a later release added is null if its value is unknown.
    let members = written.as_object_mut().unwrap();
    members.retain(|name, value| !value.is_null() || fixture.get(name).is_some());
    assert_eq!(written, fixture, "the written form has changed");
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
    let request = RegistrationRequest::passkey(&user(), &[]).algorithms(&[Algorithm::Es256]);
    let credential = site.register_as(&request).unwrap().into_credential();
    is_stored_as(&credential.clone().with_prepared_key().unwrap(), PREPARED_CREDENTIAL);
    let stored: Credential = serde_json::from_str(PREPARED_CREDENTIAL).unwrap();
    assert_eq!(stored.prepared_key().unwrap().as_cose(), stored.public_key());
    assert_eq!(without_prepared_key(&stored), credential);
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
fn rec_01_a_credential_with_few_known_values_reads_back() {
    let whole: Credential = serde_json::from_str(CREDENTIAL).unwrap();
    let little = Credential::from_parts(whole.id(), whole.public_key()).unwrap();
    let text = serde_json::to_string(&little).unwrap();
    assert_eq!(serde_json::from_str::<Credential>(&text).unwrap(), little);
    // Optional members may be missing.
    let mut value: Value = serde_json::from_str(&text).unwrap();
    for member in [
        "user_handle",
        "transports",
        "backup_eligible",
        "aaguid",
        "second_factor_only",
        "prepared_key",
    ] {
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
fn a_credential_of_a_future_version_is_rejected() {
    let mut value: Value = serde_json::from_str(CREDENTIAL).unwrap();
    value["version"] = json!(2);
    let error = serde_json::from_value::<Credential>(value).unwrap_err().to_string();
    assert!(error.contains("has version 2; this release reads version 1"), "{error}");
}

#[test]
fn a_pending_registration_reads_back() {
    let request = RegistrationRequest::passkey(&user(), &[credential()])
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
fn the_extension_requirements_of_a_registration_read_back() {
    let request = RegistrationRequest::passkey(&user(), &[])
        .require_cred_protect(CredentialProtection::UserVerificationRequired)
        .require_prf()
        .refuse_min_pin_length_below(6)
        .large_blob(LargeBlobSupport::Required)
        .extension("unknown", json!(1))
        .challenge(&[7; 32]);
    let (_, pending) = relying_party().start_registration(&request, now()).unwrap();
    let stored = serde_json::to_value(&pending).unwrap();
    let demands = json!({
        "cred_protect": "userVerificationRequired",
        "min_pin_length": 6,
        "large_blob": true,
        "prf": true,
        "prf_results": 0,
    });
    assert_eq!(stored["extension_demands"], demands);
    let identifiers = json!([
        "credProps",
        "credentialProtectionPolicy",
        "enforceCredentialProtectionPolicy",
        "largeBlob",
        "minPinLength",
        "prf",
        "unknown",
    ]);
    assert_eq!(stored["extensions"], identifiers);
    assert_eq!(serde_json::from_value::<PendingRegistration>(stored).unwrap(), pending);
}

#[test]
fn a_pending_payment_reads_back() {
    let request = AuthenticationRequest::for_user(USER_HANDLE, &[credential()]).challenge(&[7; 32]);
    let card = PaymentInstrument::new("Card", "https://example.org/card.png");
    let order = PaymentOrder::new("https://shop.example", "EUR", "5.00", card).payee_name("Shop");
    let (_, pending) = relying_party().start_payment(&request, &order, now()).unwrap();
    is_stored_as(&pending, PENDING_PAYMENT);
}

#[test]
fn a_pending_state_without_a_required_member_is_rejected() {
    fn refuses_without_each<T: DeserializeOwned>(fixture: &str, optional: &[&str]) {
        let whole: Value = serde_json::from_str(fixture).unwrap();
        for member in whole.as_object().unwrap().keys() {
            let mut value = whole.clone();
            value.as_object_mut().unwrap().remove(member);
            let refused = serde_json::from_value::<T>(value).is_err();
            assert_eq!(refused, !optional.contains(&member.as_str()), "without {member}");
        }
    }
    let optional = ["mediation", "started_at"];
    refuses_without_each::<PendingRegistration>(PENDING_REGISTRATION, &optional);
    let whole: Value = serde_json::from_str(PENDING_REGISTRATION).unwrap();
    for member in ["cred_protect", "min_pin_length", "large_blob"] {
        let mut value = whole.clone();
        value["extension_demands"].as_object_mut().unwrap().remove(member).unwrap();
        assert!(serde_json::from_value::<PendingRegistration>(value).is_err(), "{member}");
    }
    // The first states of logins had no extension requirements.
    let optional = ["mediation", "started_at", "extension_demands"];
    refuses_without_each::<PendingAuthentication>(PENDING_AUTHENTICATION, &optional);
    refuses_without_each::<PendingPayment>(PENDING_PAYMENT, &[]);
}

#[test]
fn the_first_version_of_pending_states_reads_back() {
    let registration: PendingRegistration =
        serde_json::from_str(FIRST_PENDING_REGISTRATION).unwrap();
    let login: PendingAuthentication = serde_json::from_str(FIRST_PENDING_AUTHENTICATION).unwrap();
    let payment: PendingPayment = serde_json::from_str(FIRST_PENDING_PAYMENT).unwrap();
    // Known values are written again.
    for (written, first) in [
        (serde_json::to_value(registration).unwrap(), FIRST_PENDING_REGISTRATION),
        (serde_json::to_value(login).unwrap(), FIRST_PENDING_AUTHENTICATION),
        (serde_json::to_value(payment).unwrap()["payment"].clone(), FIRST_PENDING_PAYMENT),
    ] {
        let first: Value = serde_json::from_str(first).unwrap();
        let first = first.get("payment").unwrap_or(&first);
        assert_eq!(written["started_at"], Value::Null);
        for member in ["rp_id", "expires_at", "challenge", "extensions"] {
            assert_eq!(written[member], first[member], "{member}");
        }
    }
}

/// Reads a fixture with one changed member.
fn read_with<T: DeserializeOwned>(fixture: &str, member: &str, value: Value) -> Result<T, String> {
    let mut stored: Value = serde_json::from_str(fixture).unwrap();
    assert!(stored.get(member).is_some(), "{member}");
    stored[member] = value;
    serde_json::from_value(stored).map_err(|error| error.to_string())
}

fn bytes(length: usize) -> Value {
    json!(URL_SAFE_NO_PAD.encode(vec![7; length]))
}

#[test]
fn kb_104_a_registration_state_that_start_never_writes_is_rejected() {
    let refused = |member: &str, value: Value| {
        let registration = read_with::<PendingRegistration>(PENDING_REGISTRATION, member, value);
        registration.unwrap_err()
    };
    for challenge in [json!(""), bytes(15), bytes(1025), json!("QQ=="), json!("AAAA")] {
        refused("challenge", challenge);
    }
    for handle in [json!(""), bytes(65)] {
        let error = refused("user_handle", handle);
        assert!(error.contains("a user handle has 1 to 64 bytes"), "{error}");
    }
    refused("excluded", json!([bytes(1024)]));
    refused("excluded", json!([""]));
    refused("excluded", json!(vec![bytes(16); 65]));
    refused("extensions", json!(["appid"]));
    let error = refused("extensions", json!(7));
    assert!(error.contains("expected a list of extension identifiers"), "{error}");
    let error = refused("extensions", json!([7]));
    assert!(error.contains("expected an extension identifier"), "{error}");
    refused("algorithms", json!([]));
    refused("algorithms", json!([-65535]));
    refused("started_at", json!(1_767_229_201_u64));
    refused("expires_at", json!(1_767_225_599_u64));
    refused("expires_at", json!(1_767_225_600_u64));
    refused("expires_at", json!(1_767_225_600_u64 + 24 * 60 * 60 + 1));
    for (member, value) in [
        ("challenge", bytes(16)),
        ("user_handle", bytes(64)),
        ("excluded", json!([bytes(1023)])),
        ("excluded", json!(vec![bytes(16); 64])),
        ("extensions", json!(["appidExclude", "unknown"])),
        ("expires_at", json!(1_767_225_601_u64)),
        ("expires_at", json!(1_767_225_600_u64 + 24 * 60 * 60)),
    ] {
        let _ = read_with::<PendingRegistration>(PENDING_REGISTRATION, member, value).unwrap();
    }
}

#[test]
fn kb_104_a_login_state_that_start_never_writes_is_rejected() {
    let refused = |member: &str, value: Value| {
        let login = read_with::<PendingAuthentication>(PENDING_AUTHENTICATION, member, value);
        login.unwrap_err()
    };
    refused("challenge", json!(""));
    refused("user_handle", bytes(65));
    refused("user_handle", json!(""));
    // Credentials are listed only if the user is known, and always then.
    refused("user_handle", Value::Null);
    refused("allowed", json!([]));
    refused("allowed", json!([""]));
    refused("allowed", json!(vec![bytes(16); 65]));
    refused("extensions", json!([]));
    refused("extensions", json!(["appid", "credProps"]));
    refused("expires_at", json!(0));
    refused("rp_id", json!(""));
    refused("app_id", Value::Null);
    refused("app_id", json!(""));
    // An empty AppID is not an AppID.
    let mut login: Value = serde_json::from_str(PENDING_AUTHENTICATION).unwrap();
    login["extensions"] = json!([]);
    login["app_id"] = json!("");
    assert!(serde_json::from_value::<PendingAuthentication>(login).is_err());
}

#[test]
fn kb_104_extension_requirements_that_start_never_writes_are_rejected() {
    let demands = |member: &str, value: Value| {
        let login: Value = serde_json::from_str(PENDING_AUTHENTICATION).unwrap();
        let mut demands = login["extension_demands"].clone();
        demands[member] = value;
        demands
    };
    for (member, value) in [
        ("cred_protect", json!("userVerificationRequired")),
        ("min_pin_length", json!(6)),
        ("large_blob", json!(true)),
        ("prf", json!(true)),
        ("prf_results", json!(1)),
    ] {
        let result = read_with::<PendingAuthentication>(
            PENDING_AUTHENTICATION,
            "extension_demands",
            demands(member, value.clone()),
        );
        assert!(result.is_err(), "{member}");
        // The same in a registration that did not request the extension.
        let result = read_with::<PendingRegistration>(
            PENDING_REGISTRATION,
            "extension_demands",
            demands(member, value),
        );
        assert!(result.is_err(), "{member}");
    }
    // A request has at most two inputs, so it cannot require more results.
    let mut registration: Value = serde_json::from_str(PENDING_REGISTRATION).unwrap();
    registration["extensions"] = json!(["prf"]);
    for (prf, results, is_read) in
        [(true, 0, true), (true, 2, true), (true, 3, false), (false, 0, true), (false, 1, false)]
    {
        registration["extension_demands"]["prf"] = json!(prf);
        registration["extension_demands"]["prf_results"] = json!(results);
        let read = serde_json::from_value::<PendingRegistration>(registration.clone());
        assert_eq!(read.is_ok(), is_read, "{prf} {results}: {read:?}");
    }
    // This holds even if the login requested the extension.
    let mut login: Value = serde_json::from_str(PENDING_AUTHENTICATION).unwrap();
    login["extensions"] = json!(["appid", "largeBlob"]);
    assert!(serde_json::from_value::<PendingAuthentication>(login.clone()).is_ok());
    login["extension_demands"] = demands("large_blob", json!(true));
    assert!(serde_json::from_value::<PendingAuthentication>(login.clone()).is_err());
}

#[test]
fn kb_104_stored_decoys_must_match_the_credentials_and_the_account() {
    let decoy: Value = serde_json::from_str(CREDENTIAL).unwrap();
    let with = |member: &str, value: Value| {
        let mut decoy = decoy.clone();
        decoy[member] = value;
        decoy
    };
    let as_decoys = |decoys: Value| {
        read_with::<PendingAuthentication>(PENDING_AUTHENTICATION, "decoys", decoys)
    };
    assert!(as_decoys(json!([decoy])).is_ok());
    assert!(as_decoys(json!([with("id", bytes(20))])).is_err());
    assert!(as_decoys(json!([decoy, decoy])).is_err());
    assert!(as_decoys(json!([with("user_handle", bytes(20))])).is_err());
}

#[test]
fn kb_104_a_payment_state_that_start_never_writes_is_rejected() {
    let mut payment: Value = serde_json::from_str(PENDING_PAYMENT).unwrap();
    payment["payment"]["challenge"] = json!("");
    assert!(serde_json::from_value::<PendingPayment>(payment).is_err());
    let mut payment: Value = serde_json::from_str(PENDING_PAYMENT).unwrap();
    payment["payment"]["user_handle"] = Value::Null;
    payment["payment"]["allowed"] = json!([]);
    assert!(serde_json::from_value::<PendingPayment>(payment.clone()).is_err());
    let login = payment["payment"].clone();
    assert!(serde_json::from_value::<PendingAuthentication>(login).is_ok());
}

#[test]
fn kb_104_a_record_that_no_ceremony_creates_is_rejected() {
    let refused = |member: &str, value: Value| {
        read_with::<Credential>(CREDENTIAL, member, value).unwrap_err()
    };
    refused("user_handle", json!(""));
    refused("user_handle", bytes(65));
    let error = refused("public_key", bytes(77));
    assert!(error.contains("the credential record"), "{error}");
    refused("public_key", json!(""));
    refused("aaguid", bytes(15));
    let transports = json!(["usb", "x".repeat(33), "nfc"]);
    let read = read_with::<Credential>(CREDENTIAL, "transports", transports).unwrap();
    assert_eq!(read.transports(), [Transport::Usb, Transport::Nfc]);
    let with_handle = |length: usize| read.clone().with_user_handle(&vec![7; length]);
    assert!(with_handle(1).is_ok() && with_handle(64).is_ok());
    for length in [0, 65] {
        assert_eq!(with_handle(length).unwrap_err().kind(), ErrorKind::InvalidOptions);
    }
    let many = read.clone().with_transports(vec![Transport::Usb; 20]);
    assert_eq!(many.transports().len(), 16);
}

#[test]
fn kb_104_the_lifetime_of_a_state_without_a_start_is_limited() {
    let mut stored: Value = serde_json::from_str(FIRST_PENDING_AUTHENTICATION).unwrap();
    let finish = |stored: &Value| {
        let pending: PendingAuthentication = serde_json::from_value(stored.clone()).unwrap();
        let mut site = Site::new();
        let credentials = [site.registered()];
        let request = AuthenticationRequest::passkey();
        let (options, _) = site.rp.start_authentication(&request, now()).unwrap();
        let body = site.browser.authenticate(&options, site::ORIGIN).unwrap();
        let response = webauthn_verify::AuthenticationResponse::from_json(body).unwrap();
        let result = site.rp.finish_authentication(pending, &response, &credentials, now());
        result.unwrap_err().kind()
    };
    assert_ne!(finish(&stored), ErrorKind::WrongPendingState);
    stored["expires_at"] = json!(u64::MAX);
    assert_eq!(finish(&stored), ErrorKind::WrongPendingState);
}

#[test]
fn kb_104_unknown_members_are_ignored() {
    fn reads<T: DeserializeOwned + PartialEq + std::fmt::Debug>(fixture: &str) {
        let mut stored: Value = serde_json::from_str(fixture).unwrap();
        let read: T = serde_json::from_value(stored.clone()).unwrap();
        stored["of_the_future"] = json!({ "a": [1] });
        assert_eq!(serde_json::from_value::<T>(stored).unwrap(), read);
    }
    reads::<PendingRegistration>(PENDING_REGISTRATION);
    reads::<PendingAuthentication>(PENDING_AUTHENTICATION);
    reads::<PendingPayment>(PENDING_PAYMENT);
    reads::<Credential>(CREDENTIAL);
}

#[test]
fn kb_104_a_login_state_needs_a_user_handle_of_1_to_64_bytes() {
    let records = [Credential::from_parts(b"an ID", credential().public_key()).unwrap()];
    for length in [0, 65] {
        let handle = vec![7; length];
        for request in [
            AuthenticationRequest::for_user(&handle, &records),
            AuthenticationRequest::security_key(&handle, &records),
            AuthenticationRequest::for_user(&handle, &[]),
        ] {
            let error = relying_party().start_authentication(&request, now()).unwrap_err();
            assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
        }
    }
    for length in [1, 64] {
        let request = AuthenticationRequest::for_user(&vec![7; length], &records);
        assert!(relying_party().start_authentication(&request, now()).is_ok());
    }
}

#[test]
fn a_pending_state_of_a_future_version_is_reported() {
    let mut value: Value = serde_json::from_str(PENDING_AUTHENTICATION).unwrap();
    value["version"] = json!(2);
    let pending: PendingAuthentication = serde_json::from_value(value).unwrap();
    let mut site = Site::new();
    let credentials = [site.registered()];
    let (options, _) =
        site.rp.start_authentication(&AuthenticationRequest::passkey(), now()).unwrap();
    let body = site.browser.authenticate(&options, site::ORIGIN).unwrap();
    let response = webauthn_verify::AuthenticationResponse::from_json(body).unwrap();
    let result = site.rp.finish_authentication(pending, &response, &credentials, now());
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::UnsupportedVersion));
}

#[test]
fn kb_38_debug_does_not_show_the_challenge() {
    let secret = [0x5a; 32];
    let text = "WlpaWlpaWlpa";
    let request = RegistrationRequest::passkey(&user(), &[]).challenge(&secret);
    let (options, pending) = relying_party().start_registration(&request, now()).unwrap();
    let login = AuthenticationRequest::passkey().challenge(&secret);
    let (login_options, login_pending) =
        relying_party().start_authentication(&login, now()).unwrap();
    assert!(serde_json::to_string(&options).unwrap().contains(text), "the browser gets it");
    let body = Site::new().browser.register(&options, site::ORIGIN).unwrap();
    let response = webauthn_verify::RegistrationResponse::from_json(body).unwrap();
    // The challenge as decimal numbers. Its base64url text and the surrounding text are ASCII.
    let numbers = format!("{:?}", text.as_bytes());
    let numbers = numbers.trim_matches(['[', ']']);
    assert!(
        format!("{:?}", response.client_data_json()).contains(numbers),
        "the response contains the challenge"
    );
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
