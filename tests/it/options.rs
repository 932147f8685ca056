//! The options are the JSON that browsers accept, with the defaults of the specification.
#![cfg(feature = "getrandom")]

use core::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_verify::attestation::AttestationFormat;
use webauthn_verify::{
    Algorithm, AttestationConveyance, AuthenticationRequest, AuthenticationResponse,
    AuthenticatorAttachment, Credential, Error, ErrorKind, Hint, Mediation, RegistrationRequest,
    ResidentKey, Step, Transport, User, UserVerification,
};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, SoftwareAuthenticator, flag};

use crate::common::messages::{
    self, CHALLENGE, LoggingIn, ORIGIN, RP_ID, Registering, USER_HANDLE, attested, base64url, key,
    now, passes, refused, relying_party, user,
};

fn creation(request: &RegistrationRequest) -> Result<Value, Error> {
    let (options, _) = relying_party().start_registration(request, now())?;
    Ok(serde_json::to_value(options).unwrap_or_default())
}

fn request(request: &AuthenticationRequest) -> Result<Value, Error> {
    let (options, _) = relying_party().start_authentication(request, now())?;
    Ok(serde_json::to_value(options).unwrap_or_default())
}

#[track_caller]
fn not_options(result: Result<Value, Error>) {
    refused(result, ErrorKind::InvalidOptions, Step::Options);
}

#[test]
fn opt_01_02_creation_options_contain_all_required_members_and_the_defaults() {
    let options = creation(&RegistrationRequest::security_key(&user(), &[]).challenge(&CHALLENGE));
    assert_eq!(
        options.unwrap(),
        json!({
            "publicKey": {
                "rp": { "id": RP_ID, "name": RP_ID },
                "user": {
                    "id": base64url(USER_HANDLE),
                    "name": "alice@example.org",
                    "displayName": "Alice",
                },
                "challenge": base64url(&CHALLENGE),
                "pubKeyCredParams": [
                    { "type": "public-key", "alg": -8 },
                    { "type": "public-key", "alg": -7 },
                    { "type": "public-key", "alg": -257 },
                ],
                "timeout": 300_000,
                "excludeCredentials": [],
                "authenticatorSelection": {
                    "authenticatorAttachment": "cross-platform",
                    "residentKey": "discouraged",
                    "requireResidentKey": false,
                    "userVerification": "discouraged",
                },
                "hints": ["security-key"],
                "attestation": "none",
                "attestationFormats": [],
            }
        })
    );
}

#[test]
fn opt_02_json_07_the_credentials_of_the_account_are_excluded_with_their_transports() {
    let transports = ["usb", "x-new", "internal"].map(|name| Transport::from(name.to_owned()));
    let credential = LoggingIn::new().credential.with_transports(transports);
    let expected = json!([{
        "type": "public-key",
        "id": base64url(credential.id()),
        "transports": ["usb", "x-new", "internal"],
    }]);
    let excluding = RegistrationRequest::passkey(&user(), core::slice::from_ref(&credential));
    assert_eq!(creation(&excluding).unwrap()["publicKey"]["excludeCredentials"], expected);
    let login = AuthenticationRequest::for_user(USER_HANDLE, &[credential]);
    assert_eq!(request(&login).unwrap()["publicKey"]["allowCredentials"], expected);
    // If an excluded credential is returned anyway, the registration fails.
    let mut registration = Registering::new();
    passes(registration.finish());
    registration.request =
        RegistrationRequest::security_key(&user(), &[LoggingIn::new().credential])
            .challenge(&CHALLENGE);
    let kind = ErrorKind::CredentialAlreadyRegistered;
    refused(registration.finish(), kind, Step::CredentialIdUnique);
}

#[test]
fn opt_03_a_challenge_has_at_least_16_bytes_and_32_by_default() {
    for length in [16, 1024] {
        let own = vec![7; length];
        let options =
            creation(&RegistrationRequest::passkey(&user(), &[]).challenge(&own)).unwrap();
        assert_eq!(options["publicKey"]["challenge"], base64url(&own));
        request(&AuthenticationRequest::passkey().challenge(&own)).unwrap();
    }
    for length in [0, 15, 1025] {
        let own = vec![7; length];
        not_options(creation(&RegistrationRequest::passkey(&user(), &[]).challenge(&own)));
        not_options(request(&AuthenticationRequest::passkey().challenge(&own)));
    }
    let new = || {
        let options = creation(&RegistrationRequest::passkey(&user(), &[])).unwrap();
        options["publicKey"]["challenge"].as_str().unwrap().to_owned()
    };
    let first = new();
    assert_eq!(first.len(), 43);
    assert_ne!(first, new());
}

#[test]
fn opt_03_a_response_is_valid_for_its_own_challenge_and_time() {
    let rp = relying_party();
    let mut browser = SoftwareAuthenticator::from_seed(b"replay");
    let request = RegistrationRequest::passkey(&user(), &[]);
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let response = webauthn_verify::RegistrationResponse::from_json(body).unwrap();
    let (_, later) = rp.start_registration(&request, now()).unwrap();
    let replayed = rp.finish_registration(later, &response, now());
    refused(replayed, ErrorKind::ChallengeMismatch, Step::Challenge);
    let end = now() + Duration::from_secs(600);
    let late = rp.finish_registration(pending.clone(), &response, end + Duration::from_secs(1));
    refused(late, ErrorKind::CeremonyExpired, Step::Options);
    passes(rp.finish_registration(pending, &response, end));
}

#[test]
fn opt_04_a_user_handle_has_1_to_64_bytes_and_names_may_be_empty() {
    for length in [1, 64] {
        let options =
            creation(&RegistrationRequest::passkey(&User::new(vec![7; length], "", ""), &[]));
        let options = options.unwrap();
        assert_eq!(options["publicKey"]["user"]["id"], base64url(&vec![7; length]));
        assert_eq!(options["publicKey"]["user"]["displayName"], "");
    }
    for length in [0, 65] {
        let user = User::new(vec![7; length], "name", "Name");
        assert_eq!(
            (user.handle().len(), user.name(), user.display_name()),
            (length, "name", "Name")
        );
        not_options(creation(&RegistrationRequest::passkey(&user, &[])));
    }
}

#[test]
fn opt_05_the_list_of_algorithms_keeps_its_order_and_is_never_empty() {
    let request = RegistrationRequest::passkey(&user(), &[]);
    let options = creation(&request.clone().algorithms(&[Algorithm::Es384, Algorithm::Es256]));
    let expected =
        json!([{ "type": "public-key", "alg": -35 }, { "type": "public-key", "alg": -7 }]);
    assert_eq!(options.unwrap()["publicKey"]["pubKeyCredParams"], expected);
    not_options(creation(&request.algorithms(&[])));
}

#[test]
fn opt_06_the_timeout_is_in_milliseconds() {
    let login = AuthenticationRequest::passkey();
    assert_eq!(request(&login).unwrap()["publicKey"]["timeout"], 300_000);
    let options = request(&login.clone().timeout(Duration::from_millis(60_500))).unwrap();
    assert_eq!(options["publicKey"]["timeout"], 60_500);
    let shortest = login.clone().timeout(Duration::from_millis(1));
    assert_eq!(request(&shortest).unwrap()["publicKey"]["timeout"], 1);
    not_options(request(&login.clone().timeout(Duration::ZERO)));
    not_options(request(&login.clone().timeout(Duration::from_micros(999))));
    not_options(request(&login.timeout(Duration::from_secs(24 * 60 * 60 + 1))));
}

#[test]
fn opt_07_require_resident_key_follows_resident_key() {
    for (resident_key, text, required) in [
        (ResidentKey::Required, "required", true),
        (ResidentKey::Preferred, "preferred", false),
        (ResidentKey::Discouraged, "discouraged", false),
    ] {
        let request = RegistrationRequest::passkey(&user(), &[])
            .resident_key(resident_key)
            .attachment(AuthenticatorAttachment::CrossPlatform)
            .user_verification(UserVerification::Preferred)
            .attestation(AttestationConveyance::Direct);
        let options = creation(&request).unwrap();
        assert_eq!(
            options["publicKey"]["authenticatorSelection"],
            json!({
                "authenticatorAttachment": "cross-platform",
                "residentKey": text,
                "requireResidentKey": required,
                "userVerification": "preferred",
            })
        );
        assert_eq!(options["publicKey"]["attestation"], "direct");
    }
}

#[test]
fn opt_08_request_options_do_not_contain_members_of_creation_options() {
    let options = request(&AuthenticationRequest::passkey().challenge(&CHALLENGE));
    assert_eq!(
        options.unwrap(),
        json!({
            "publicKey": {
                "challenge": base64url(&CHALLENGE),
                "timeout": 300_000,
                "rpId": RP_ID,
                "allowCredentials": [],
                "userVerification": "required",
                "hints": [],
            }
        })
    );
}

#[test]
fn opt_09_hints_are_in_order_of_preference() {
    let hints = [Hint::Hybrid, Hint::SecurityKey, Hint::ClientDevice];
    let expected = json!(["hybrid", "security-key", "client-device"]);
    let options = creation(&RegistrationRequest::passkey(&user(), &[]).hints(&hints)).unwrap();
    assert_eq!(options["publicKey"]["hints"], expected);
    let options = request(&AuthenticationRequest::passkey().hints(&hints)).unwrap();
    assert_eq!(options["publicKey"]["hints"], expected);
}

#[test]
fn opt_09_json_08_an_unknown_hint_is_kept() {
    let values = ["x-new", "hybrid", "Security-Key", "", "client-device"];
    let hints = values.map(|value| Hint::from(value.to_owned()));
    assert_eq!(hints[0], Hint::Other("x-new".to_owned()));
    assert_eq!(hints[1], Hint::Hybrid);
    assert_eq!(hints[2], Hint::Other("Security-Key".to_owned()));
    assert_eq!(hints.each_ref().map(Hint::as_str), values);
    assert_eq!(hints.clone().map(|hint| hint.to_string()), values);
    assert_eq!(values.map(|value| value.parse()), hints.clone().map(Ok));
    let options = creation(&RegistrationRequest::passkey(&user(), &[]).hints(&hints)).unwrap();
    assert_eq!(options["publicKey"]["hints"], json!(values));
    let options = request(&AuthenticationRequest::passkey().hints(&hints)).unwrap();
    assert_eq!(options["publicKey"]["hints"], json!(values));
}

#[test]
fn opt_09_a_security_key_is_requested_by_hint_and_attachment() {
    let options = creation(&RegistrationRequest::security_key(&user(), &[])).unwrap();
    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!(selection["authenticatorAttachment"], "cross-platform");
    assert_eq!(options["publicKey"]["hints"], json!(["security-key"]));
    let login = LoggingIn::new();
    let asked = AuthenticationRequest::security_key(USER_HANDLE, &[login.credential]);
    let options = request(&asked).unwrap();
    assert_eq!(options["publicKey"]["hints"], json!(["security-key"]));
    assert_eq!(options["publicKey"]["userVerification"], "discouraged");
    assert_eq!(options["publicKey"]["allowCredentials"][0]["type"], "public-key");
}

/// Checks that a value is written as this string and read back from it.
#[track_caller]
fn is_written<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(
    value: T,
    text: &str,
) {
    let written = serde_json::to_value(&value).unwrap_or_default();
    assert_eq!(written, text);
    assert_eq!(serde_json::from_value::<T>(written).ok(), Some(value));
}

#[test]
fn json_08_every_value_of_an_enumeration_is_read_as_it_is_written() {
    is_written(UserVerification::Required, "required");
    is_written(UserVerification::Preferred, "preferred");
    is_written(UserVerification::Discouraged, "discouraged");
    is_written(ResidentKey::Required, "required");
    is_written(ResidentKey::Preferred, "preferred");
    is_written(ResidentKey::Discouraged, "discouraged");
    is_written(AuthenticatorAttachment::Platform, "platform");
    is_written(AuthenticatorAttachment::CrossPlatform, "cross-platform");
    is_written(AttestationConveyance::None, "none");
    is_written(AttestationConveyance::Indirect, "indirect");
    is_written(AttestationConveyance::Direct, "direct");
    is_written(AttestationConveyance::Enterprise, "enterprise");
    is_written(Mediation::Conditional, "conditional");
    is_written(Hint::SecurityKey, "security-key");
    is_written(Hint::ClientDevice, "client-device");
    is_written(Hint::Hybrid, "hybrid");
    is_written(Hint::Other("x-new".to_owned()), "x-new");
    is_written(Transport::Usb, "usb");
    is_written(Transport::Nfc, "nfc");
    is_written(Transport::Ble, "ble");
    is_written(Transport::SmartCard, "smart-card");
    is_written(Transport::Hybrid, "hybrid");
    is_written(Transport::Internal, "internal");
    is_written(Transport::Other("x-new".to_owned()), "x-new");
    // Unknown values are rejected if the verifier itself needs the value.
    assert!(serde_json::from_value::<UserVerification>(json!("x-new")).is_err());
    assert!(serde_json::from_value::<Mediation>(json!("x-new")).is_err());
}

#[test]
fn opt_02_attestation_formats_are_in_order_of_preference() {
    let request = RegistrationRequest::passkey(&user(), &[]);
    let formats = [AttestationFormat::Packed, AttestationFormat::None];
    let options = creation(&request.attestation_formats(&formats)).unwrap();
    assert_eq!(options["publicKey"]["attestationFormats"], json!(["packed", "none"]));
}

#[test]
fn opt_10_conditional_creation_is_remembered_on_the_server_side() {
    let absent = attested(0, messages::CREDENTIAL_ID, &key(Algorithm::Es256).cose_key().unwrap());
    let mut registration = Registering::with_authenticator_data(&absent);
    // The mediation in the response does not count.
    let mut forged = registration.body();
    forged["mediation"] = "conditional".into();
    refused(registration.finish_with(&forged), ErrorKind::UserNotPresent, Step::UserPresence);

    registration.request = registration.request.mediation(Mediation::Conditional);
    let options = creation(&registration.request).unwrap();
    assert_eq!(options["mediation"], "conditional");
    assert!(options["publicKey"].get("mediation").is_none());
    passes(registration.finish());
    registration.request = registration.request.user_verification(UserVerification::Required);
    refused(registration.finish(), ErrorKind::UserNotVerified, Step::UserVerification);
}

#[test]
fn opt_11_a_conditional_login_requires_user_presence_and_a_user_handle() {
    let mut login = LoggingIn::new();
    login.request =
        AuthenticationRequest::passkey().mediation(Mediation::Conditional).challenge(&CHALLENGE);
    let options = request(&login.request).unwrap();
    assert_eq!(options["mediation"], "conditional");
    assert_eq!(options["publicKey"]["allowCredentials"], json!([]));
    let data = |flags| AuthenticatorDataBuilder::new(RP_ID, flags, 0).build();
    login.authenticator_data = data(flag::USER_PRESENT | flag::USER_VERIFIED);
    passes(login.finish());
    let mut body = login.body();
    body["response"]["userHandle"] = Value::Null;
    refused(login.finish_with(&body), ErrorKind::UserHandleMismatch, Step::CredentialRecord);
    login.authenticator_data = data(flag::USER_VERIFIED);
    refused(login.finish(), ErrorKind::UserNotPresent, Step::UserPresence);
}

#[test]
fn opt_11_a_conditional_login_may_list_allowed_credentials() {
    let login = LoggingIn::new();
    let asked = login.request.clone().mediation(Mediation::Conditional);
    let options = request(&asked).unwrap();
    assert_eq!(options["mediation"], "conditional");
    let id = &options["publicKey"]["allowCredentials"][0]["id"];
    assert_eq!(*id, base64url(login.credential.id()));
    passes(LoggingIn { request: asked, ..login }.finish());
}

#[test]
fn opt_07_08_kb_112_the_presets_differ_in_their_requirements_for_the_user() {
    let registered = |request: RegistrationRequest| {
        Registering { request: request.challenge(&CHALLENGE), ..Registering::new() }.finish()
    };
    let user = user();
    let second = registered(RegistrationRequest::security_key(&user, &[])).unwrap();
    assert!(!second.user_verified() && second.is_second_factor_only());
    let kind = ErrorKind::UserNotVerified;
    let passkey = registered(RegistrationRequest::passkey(&user, &[]));
    refused(passkey, kind, Step::UserVerification);

    let signed_in = |request: AuthenticationRequest| {
        LoggingIn { request: request.challenge(&CHALLENGE), ..LoggingIn::new() }.finish()
    };
    let account = [LoggingIn::new().credential];
    let second = signed_in(AuthenticationRequest::security_key(USER_HANDLE, &account)).unwrap();
    assert!(!second.user_verified() && second.is_second_factor_only());
    refused(signed_in(AuthenticationRequest::passkey()), kind, Step::UserVerification);
    let named = signed_in(AuthenticationRequest::for_user(USER_HANDLE, &account));
    refused(named, kind, Step::UserVerification);
}

#[test]
fn kb_38_debug_does_not_show_an_unused_challenge() {
    let rp = relying_party();
    let shown = |text: String| {
        let bytes = format!("{CHALLENGE:?}");
        let list = bytes.trim_matches(['[', ']']);
        text.contains(&base64url(&CHALLENGE)) || text.contains(list)
    };
    assert!(shown(base64url(&CHALLENGE)) && shown(format!("{CHALLENGE:?}")));
    let request = RegistrationRequest::passkey(&user(), &[]).challenge(&CHALLENGE);
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    for text in [format!("{request:?}"), format!("{options:?}"), format!("{pending:?}")] {
        assert!(!shown(text.clone()), "{text}");
        assert!(text.contains("redacted"), "{text}");
    }
    let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
    let (options, pending) = rp.start_authentication(&request, now()).unwrap();
    for text in [format!("{request:?}"), format!("{options:?}"), format!("{pending:?}")] {
        assert!(!shown(text.clone()), "{text}");
        assert!(text.contains("redacted"), "{text}");
    }
    // An error about another challenge does not show it either.
    let mut login = LoggingIn::new();
    login.request = login.request.challenge(&[1; 32]);
    let error = login.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChallengeMismatch);
    assert!(!shown(format!("{error:?}")) && !shown(error.to_string()));
    AuthenticationResponse::from_json(login.body().to_string()).unwrap();
}

#[test]
fn opt_08_the_list_of_credentials_is_limited_to_what_browsers_accept() {
    let record = |number: u8| {
        let key = messages::key(Algorithm::Es256).cose_key().unwrap();
        Credential::from_parts(&[number; 20], &key).unwrap()
    };
    let records: Vec<Credential> = (0..65).map(record).collect();
    for (count, starts) in [(64, true), (65, false)] {
        let login = AuthenticationRequest::for_user(USER_HANDLE, &records[..count]);
        assert_eq!(relying_party().start_authentication(&login, now()).is_ok(), starts);
        let request = RegistrationRequest::passkey(&user(), &records[..count]);
        let result = relying_party().start_registration(&request, now());
        assert_eq!(result.is_ok(), starts);
    }
}
