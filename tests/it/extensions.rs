//! Extensions (§9, §10.1; CTAP 2.2, section 12): which ones can be requested, and which outputs are
//! trusted.

#![allow(clippy::panic, reason = "a helper may fail like the test that calls it")]

use ciborium::Value as Cbor;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::extensions::{
    AuthenticatorOutputs, CredentialProtection, LargeBlobSupport, UvmEntry,
};
use webauthn_verify::parse::AuthenticatorData;
use webauthn_verify::{
    Algorithm, Authentication, AuthenticationRequest, AuthenticationResponse, Credential, Error,
    ErrorKind, Registration, RegistrationRequest, RegistrationResponse, ResidentKey, Step,
    UserVerification,
};
use webauthn_verify_authenticator::{
    AttestationKind, AuthenticatorDataBuilder, SoftwareAuthenticator, flag,
};

use crate::common::messages::{
    AAGUID, AT, CHALLENGE, CREDENTIAL_ID, ED, LoggingIn, ORIGIN, RP_ID, Registering, UP,
    USER_HANDLE, base64url, key, now, passes, refused, relying_party, user,
};

const APP_ID: &str = "https://example.org/u2f.json";
const UNTIL_LOGIN: CredentialProtection =
    CredentialProtection::UserVerificationOptionalWithCredentialIdList;

fn registering() -> RegistrationRequest {
    RegistrationRequest::security_key(&user(), &[]).challenge(&CHALLENGE)
}

/// Returns the input of `hmacGetSecret`.
fn salts(first: &[u8; 32], second: Option<&[u8; 32]>) -> Value {
    let mut salts = json!({ "salt1": base64url(first) });
    if let Some(second) = second {
        salts["salt2"] = base64url(second).into();
    }
    salts
}

fn logging_in() -> AuthenticationRequest {
    LoggingIn::new().request
}

/// Returns the inputs in the options for the browser.
#[track_caller]
fn creation_inputs(request: &RegistrationRequest) -> Value {
    let (options, _) = relying_party().start_registration(request, now()).unwrap();
    serde_json::to_value(options).unwrap()["publicKey"]["extensions"].take()
}

#[track_caller]
fn request_inputs(request: &AuthenticationRequest) -> Value {
    let (options, _) = relying_party().start_authentication(request, now()).unwrap();
    serde_json::to_value(options).unwrap()["publicKey"]["extensions"].take()
}

/// Checks that the request fails because of this extension.
#[track_caller]
fn no_registration(request: &RegistrationRequest, identifier: &str) {
    let error = relying_party().start_registration(request, now()).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::InvalidOptions, Step::Options), "{error}");
    assert_eq!(error.field(), Some(identifier), "{error}");
}

#[track_caller]
fn no_login(request: &AuthenticationRequest, identifier: &str) {
    let error = relying_party().start_authentication(request, now()).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::InvalidOptions, Step::Options), "{error}");
    assert_eq!(error.field(), Some(identifier), "{error}");
}

/// Encodes the extension map of authenticator data in canonical order.
fn map(outputs: &[(&str, Cbor)]) -> Vec<u8> {
    let mut outputs = outputs.to_vec();
    outputs.sort_by_key(|(identifier, _)| (identifier.len(), *identifier));
    let pairs = outputs.into_iter().map(|(identifier, output)| (identifier.into(), output));
    let mut bytes = Vec::new();
    ciborium::into_writer(&Cbor::Map(pairs.collect()), &mut bytes).unwrap();
    bytes
}

fn numbers(numbers: &[u64]) -> Cbor {
    Cbor::Array(numbers.iter().map(|number| Cbor::from(*number)).collect())
}

/// Parses authenticator data with these outputs.
fn with_outputs<T>(
    outputs: &[(&str, Cbor)],
    read: impl FnOnce(&AuthenticatorOutputs<'_>) -> T,
) -> T {
    let builder = AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0).extensions(&map(outputs));
    read(AuthenticatorData::parse(&builder.build()).unwrap().extensions().unwrap())
}

/// Registers with these outputs of the client and of the authenticator.
fn register(
    request: &RegistrationRequest,
    client: Value,
    authenticator: &[(&str, Cbor)],
) -> Result<Registration, Error> {
    let key = key(Algorithm::Es256).cose_key().unwrap();
    let flags = UP | flag::USER_VERIFIED | AT;
    let flags = if authenticator.is_empty() { flags } else { flags | ED };
    let mut data = AuthenticatorDataBuilder::new(RP_ID, flags, 0)
        .attested_credential_data(&AAGUID, CREDENTIAL_ID, &key)
        .unwrap();
    if !authenticator.is_empty() {
        data = data.extensions(&map(authenticator));
    }
    let mut registration = Registering::with_authenticator_data(&data.build());
    registration.request = request.clone();
    let mut body = registration.body();
    body["clientExtensionResults"] = client;
    registration.finish_with(&body)
}

/// Logs in with these outputs of the client and of the authenticator.
fn log_in(
    request: &AuthenticationRequest,
    client: Value,
    authenticator: &[(&str, Cbor)],
) -> Result<Authentication, Error> {
    let mut login = LoggingIn::new();
    login.request = request.clone();
    if !authenticator.is_empty() {
        login.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0)
            .extensions(&map(authenticator))
            .build();
    }
    let mut body = login.body();
    body["clientExtensionResults"] = client;
    login.finish_with(&body)
}

/// Checks that the ceremony fails for the output of this extension.
#[track_caller]
fn rejected<T: core::fmt::Debug>(result: Result<T, Error>, identifier: &str) {
    let error = result.unwrap_err();
    let expected = (ErrorKind::ExtensionRejected, Step::ExtensionOutputs);
    assert_eq!((error.kind(), error.step()), expected, "{error}");
    assert_eq!(error.field(), Some(identifier), "{error}");
}

/// Checks that the registration succeeds and these client extension outputs are dropped.
#[track_caller]
fn registers_without(result: Result<Registration, Error>, lost: &[&str]) {
    let registration = result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(registration.client_outputs().lost(), lost);
}

/// Checks that the login succeeds and these client extension outputs are dropped.
#[track_caller]
fn logs_in_without(result: Result<Authentication, Error>, lost: &[&str]) {
    let login = result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(login.client_outputs().lost(), lost);
}

/// A site with one user, who has one passkey for many logins.
struct Account {
    browser: SoftwareAuthenticator,
    registration: Registration,
}

impl Account {
    fn new(request: &RegistrationRequest) -> Account {
        let mut browser = SoftwareAuthenticator::from_seed(b"extensions");
        let (options, pending) = relying_party().start_registration(request, now()).unwrap();
        let body = browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        let registration = relying_party().finish_registration(pending, &response, now()).unwrap();
        Account { browser, registration }
    }

    fn credential(&self) -> Credential {
        self.registration.credential().clone().with_sign_count(0)
    }

    fn request(&self) -> AuthenticationRequest {
        AuthenticationRequest::for_user(USER_HANDLE, &[self.credential()])
    }

    fn log_in(&mut self, request: &AuthenticationRequest) -> Authentication {
        let (options, pending) = relying_party().start_authentication(request, now()).unwrap();
        let body = self.browser.authenticate(&options, ORIGIN).unwrap();
        let response = AuthenticationResponse::from_json(body).unwrap();
        let credentials = [self.credential()];
        relying_party().finish_authentication(pending, &response, &credentials, now()).unwrap()
    }
}

#[test]
fn ext_01_an_identifier_has_1_to_32_printable_characters() {
    let longest = "x".repeat(32);
    for good in ["x", "webauthnExample_foobar", &longest, "!#[]~"] {
        assert_eq!(creation_inputs(&registering().extension(good, json!(1)))[good], 1);
        assert_eq!(request_inputs(&logging_in().extension(good, json!(1)))[good], 1);
    }
    let too_long = "x".repeat(33);
    for bad in ["", &too_long, "a b", "a\"b", "a\\b", "a\tb", "\u{7f}", "é"] {
        let request = registering().extension(bad, json!(1));
        let result = relying_party().start_registration(&request, now());
        refused(result, ErrorKind::InvalidOptions, Step::Options);
        let request = logging_in().extension(bad, json!(1));
        let result = relying_party().start_authentication(&request, now());
        refused(result, ErrorKind::InvalidOptions, Step::Options);
    }
}

#[test]
fn ext_01_ext_02_unknown_outputs_are_kept_raw_and_accepted() {
    let client = json!({ "unknown": [{ "x": null }, 1.5], "PRF": 7 });
    let authenticator = [("unknown", Cbor::from("y")), ("Credprotect", Cbor::from(4))];
    let request = registering().enable_prf().cred_protect(UNTIL_LOGIN).extension("mine", json!({}));
    let registration = register(&request, client.clone(), &authenticator).unwrap();
    let login = log_in(&logging_in().prf(b"x", None), client.clone(), &authenticator).unwrap();
    for outputs in [registration.client_outputs(), login.client_outputs()] {
        assert_eq!(outputs.get("unknown"), Some(r#"[{"x":null},1.5]"#));
        let mut all: Vec<_> = outputs.iter().map(|(name, json)| (name.to_string(), json)).collect();
        // The order of JSON members depends on a feature of `serde_json`.
        all.sort();
        let unknown = ("unknown".to_owned(), r#"[{"x":null},1.5]"#);
        assert_eq!(all, [("PRF".to_owned(), "7"), unknown]);
        assert!(outputs.get("prf").is_none() && outputs.prf().is_none());
    }
    for outputs in
        [registration.authenticator_outputs().unwrap(), login.authenticator_outputs().unwrap()]
    {
        assert_eq!(outputs.get("unknown"), Some(&b"\x61y"[..]));
        assert_eq!(outputs.cred_protect(), None);
        assert_eq!(outputs.iter().count(), 2);
    }
}

/// Returns malformed outputs of each extension.
fn malformed() -> Value {
    json!({
        "appid": "true", "appidExclude": 1, "credProps": [], "prf": { "results": [] },
        "largeBlob": { "blob": "=" }, "hmacCreateSecret": 1, "hmacGetSecret": {},
        "credBlob": "AA", "getCredBlob": true, "uvm": [[1, 2]],
    })
}

/// Returns the part of a malformed output that is dropped.
fn lost_in(identifier: &str) -> &str {
    match identifier {
        "prf" => "prf.results",
        "largeBlob" => "largeBlob.blob",
        "hmacGetSecret" => "hmacGetSecret.output1",
        whole => whole,
    }
}

#[test]
fn ext_02_kb_84_malformed_client_outputs_are_dropped_and_the_ceremony_succeeds() {
    let malformed_signed = || {
        ["credBlob", "credProtect", "hmac-secret", "hmac-secret-mc", "minPinLength", "prf", "uvm"]
            .map(|identifier| (identifier, Cbor::Null))
    };
    let registration = register(&registering(), malformed(), &malformed_signed()).unwrap();
    let login = log_in(&logging_in(), malformed(), &malformed_signed()).unwrap();
    for outputs in [registration.client_outputs(), login.client_outputs()] {
        assert_eq!(outputs.iter().count(), malformed().as_object().unwrap().len());
        assert_eq!((outputs.app_id(), outputs.app_id_exclude()), (None, None));
        assert!(outputs.cred_props().is_none() && outputs.prf().unwrap().results.is_none());
        assert!(outputs.large_blob().unwrap().blob.is_none());
        assert!(outputs.hmac_get_secret().is_none() && outputs.hmac_create_secret().is_none());
        assert!(outputs.get_cred_blob().is_none() && outputs.cred_blob().is_none());
        assert!(outputs.uvm().is_none());
    }
    assert_eq!(registration.unverified_discoverable(), None);
    for outputs in
        [registration.authenticator_outputs().unwrap(), login.authenticator_outputs().unwrap()]
    {
        assert!(outputs.cred_blob().is_none() && outputs.cred_blob_stored().is_none());
        assert!(outputs.cred_protect().is_none() && outputs.min_pin_length().is_none());
        assert!(outputs.hmac_secret().is_none() && outputs.hmac_secret_enabled().is_none());
        assert!(outputs.hmac_secret_mc().is_none() && outputs.uvm().is_none());
    }
    // Each extension on its own, requested.
    let one = |identifier: &str| json!({ identifier: malformed()[identifier] });
    for (identifier, request) in [
        ("appidExclude", registering().app_id_exclude(APP_ID)),
        ("credProps", registering().cred_props()),
        ("prf", registering().enable_prf()),
        ("largeBlob", registering().large_blob(LargeBlobSupport::Preferred)),
        ("hmacCreateSecret", registering().extension("hmacCreateSecret", true.into())),
        ("credBlob", registering().cred_blob(b"x")),
        ("uvm", registering().extension("uvm", true.into())),
    ] {
        registers_without(register(&request, one(identifier), &[]), &[lost_in(identifier)]);
        registers_without(register(&request, json!({}), &[]), &[]);
    }
    for (identifier, request) in [
        ("appid", logging_in().app_id(APP_ID)),
        ("prf", logging_in().prf(b"x", None)),
        ("largeBlob", logging_in().large_blob_read()),
        ("hmacGetSecret", logging_in().extension("hmacGetSecret", salts(&[1; 32], None))),
        ("getCredBlob", logging_in().get_cred_blob()),
        ("uvm", logging_in().extension("uvm", true.into())),
    ] {
        logs_in_without(log_in(&request, one(identifier), &[]), &[lost_in(identifier)]);
        logs_in_without(log_in(&request, json!({}), &[]), &[]);
    }
}

#[test]
fn ext_02_null_counts_as_missing() {
    let request = registering()
        .app_id_exclude(APP_ID)
        .cred_props()
        .enable_prf()
        .large_blob(LargeBlobSupport::Preferred)
        .extension("hmacCreateSecret", true.into())
        .cred_blob(b"x")
        .extension("uvm", true.into());
    let requested = ["appidExclude", "credProps", "prf", "largeBlob", "credBlob", "uvm"];
    let nulls = |names: &[&str]| Value::from_iter(names.iter().map(|name| (*name, Value::Null)));
    let registration = register(&request, nulls(&requested), &[]).unwrap();
    let outputs = registration.client_outputs();
    assert!(outputs.cred_props().is_none() && outputs.prf().is_none());
    assert_eq!(outputs.get("credProps"), Some("null"));
    assert_eq!(outputs.lost(), [""; 0]);
    let members = json!({
        "prf": { "enabled": null, "results": null },
        "largeBlob": { "supported": null, "blob": null, "written": null },
    });
    let registration = register(&request, members.clone(), &[]).unwrap();
    let outputs = registration.client_outputs();
    assert!(outputs.prf().unwrap().results.is_none());
    assert_eq!(outputs.large_blob().unwrap().blob, None);
    let request = logging_in().app_id(APP_ID).prf(b"x", None).large_blob_read();
    passes(log_in(&request, nulls(&["appid", "prf", "largeBlob", "getCredBlob"]), &[]));
    passes(log_in(&request, members, &[]));
    // A required output is still missing.
    let required = registering().large_blob(LargeBlobSupport::Required);
    rejected(register(&required, nulls(&["largeBlob"]), &[]), "largeBlob");
    rejected(register(&required, json!({ "largeBlob": { "supported": null } }), &[]), "largeBlob");
    // `null` does not count as unsolicited either.
    let mut login = LoggingIn::new();
    login.rp = login.rp.refuse_unsolicited_extensions();
    let mut body = login.body();
    body["clientExtensionResults"] = nulls(&["appid", "x"]);
    passes(login.finish_with(&body));
}

#[test]
fn ext_02_unsolicited_outputs_are_rejected_in_strict_mode() {
    let register = |request: RegistrationRequest, client: Value| {
        let mut registration = Registering::new();
        registration.rp = registration.rp.refuse_unsolicited_extensions();
        registration.request = request;
        let mut body = registration.body();
        body["clientExtensionResults"] = client;
        registration.finish_with(&body)
    };
    let mine = || json!({ "mine": 1 });
    let cred_props = || json!({ "credProps": { "rk": true } });
    refused(register(registering(), mine()), ErrorKind::ExtensionRejected, Step::ExtensionOutputs);
    passes(register(registering().extension("mine", json!(true)), mine()));
    passes(register(registering().cred_props(), cred_props()));
    // `false` requests nothing.
    for request in [registering(), registering().extension("credProps", json!(false))] {
        let result = register(request, cred_props());
        refused(result, ErrorKind::ExtensionRejected, Step::ExtensionOutputs);
    }
}

#[test]
fn ext_03_cred_props_says_whether_the_credential_is_discoverable() {
    assert_eq!(creation_inputs(&registering().cred_props()), json!({ "credProps": true }));
    let answered =
        |output: Value| register(&registering().cred_props(), json!({ "credProps": output }), &[]);
    for (output, rk) in [
        (json!({ "rk": true }), Some(true)),
        (json!({ "rk": false, "more": 1 }), Some(false)),
        (json!({}), None),
        (json!({ "rk": null }), None),
    ] {
        let registration = answered(output).unwrap();
        assert_eq!(registration.unverified_discoverable(), rk);
        assert_eq!(registration.client_outputs().cred_props().unwrap().rk, rk);
    }
    assert!(
        register(&registering().cred_props(), json!({}), &[])
            .unwrap()
            .unverified_discoverable()
            .is_none()
    );
    registers_without(answered(json!({ "rk": "true" })), &["credProps.rk"]);
    registers_without(answered(json!(true)), &["credProps"]);
    registers_without(answered(json!([])), &["credProps"]);
    assert_eq!(answered(json!({ "rk": "true" })).unwrap().unverified_discoverable(), None);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_04_prf_inputs_are_written_as_browsers_read_them() {
    assert_eq!(creation_inputs(&registering().enable_prf()), json!({ "prf": {} }));
    let eval = json!({ "first": "AQIDBA", "second": "" });
    let request = registering().prf(&[1, 2, 3, 4], Some(b""));
    assert_eq!(creation_inputs(&request), json!({ "prf": { "eval": eval } }));
    assert_eq!(creation_inputs(&request.enable_prf()), json!({ "prf": { "eval": eval } }));

    let others: Vec<_> = [b"another credential 1", b"another credential 2"]
        .map(|id| Credential::from_parts(id, LoggingIn::new().credential.public_key()).unwrap())
        .to_vec();
    let request = AuthenticationRequest::for_user(USER_HANDLE, &others)
        .prf(&[1, 2, 3, 4], None)
        .prf_for(others[0].id(), &[9, 10, 11, 12], Some(&[0xfb; 3]))
        .prf_for(others[1].id(), b"", None);
    let expected = json!({
        "prf": {
            "eval": { "first": "AQIDBA" },
            "evalByCredential": {
                (base64url(others[0].id())): { "first": "CQoLDA", "second": "-_v7" },
                (base64url(others[1].id())): { "first": "" },
            },
        },
    });
    assert_eq!(request_inputs(&request), expected);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_04_eval_by_credential_must_name_allowed_credentials() {
    let by = |key: &str| json!({ "evalByCredential": { key: { "first": "AQ" } } });
    let id = base64url(LoggingIn::new().credential.id());
    let raw = |input: Value| logging_in().extension("prf", input);
    assert_eq!(request_inputs(&raw(by(&id)))["prf"], by(&id));
    // An empty key, a key that is not base64url, and one that is not allowed.
    no_login(&raw(by("")), "prf");
    no_login(&logging_in().prf_for(b"", b"x", None), "prf");
    no_login(&raw(by(&format!("{id}="))), "prf");
    no_login(&logging_in().prf_for(b"a credential of nobody", b"x", None), "prf");
    // An empty allow list.
    let discoverable = AuthenticationRequest::passkey();
    no_login(&discoverable.clone().prf_for(CREDENTIAL_ID, b"x", None), "prf");
    passes(relying_party().start_authentication(&discoverable.prf(b"x", None), now()));
    // A registration, which has no method for it.
    no_registration(&registering().extension("prf", by(&id)), "prf");
    no_registration(&registering().extension("prf", json!({ "evalByCredential": {} })), "prf");
    // Malformed values.
    for input in [
        json!(true),
        json!({ "eval": {} }),
        json!({ "eval": { "first": "AQ=" } }),
        json!({ "eval": { "first": "AQ", "second": null } }),
        json!({ "evalByCredential": [] }),
        json!({ "evalByCredential": { (&id): {} } }),
    ] {
        no_login(&raw(input), "prf");
    }
}

#[test]
fn ext_05_prf_results_have_32_bytes_each() {
    let results = |first: usize, second: Option<usize>| match second {
        None => json!({ "first": base64url(&vec![1; first]) }),
        Some(second) => json!({
            "first": base64url(&vec![1; first]),
            "second": base64url(&vec![2; second]),
        }),
    };
    let created = |output: Value| {
        register(&registering().prf(b"x", Some(b"y")), json!({ "prf": output }), &[])
    };
    let asserted =
        |output: Value| log_in(&logging_in().prf(b"x", Some(b"y")), json!({ "prf": output }), &[]);
    let login = asserted(json!({ "results": results(32, Some(32)) })).unwrap();
    let output = login.client_outputs().prf().unwrap();
    let values = output.results.unwrap();
    assert_eq!((output.enabled, values.first, values.second), (None, [1; 32], Some([2; 32])));
    let registration = created(json!({ "enabled": true, "results": results(32, None) })).unwrap();
    let output = registration.client_outputs().prf().unwrap();
    let values = output.results.unwrap();
    assert_eq!((output.enabled, values.first, values.second), (Some(true), [1; 32], None));

    let first = "prf.results.first";
    for (lost, bad) in [
        (first, results(31, None)),
        (first, results(33, None)),
        (first, results(0, None)),
        ("prf.results.second", results(32, Some(31))),
        (first, json!({ "first": "x=" })),
        (first, json!({ "second": base64url(&[2; 32]) })),
        ("prf.results", json!([])),
        (first, json!({ "first": null })),
        (first, json!({ "first": {} })),
        (first, json!({ "first": { "0": 43 } })),
        (first, json!({ "first": vec![1; 32] })),
        (first, json!({ "first": format!("{}=", base64url(&[1; 32])) })),
    ] {
        let output = json!({ "enabled": true, "results": bad });
        registers_without(created(output.clone()), &[lost]);
        logs_in_without(asserted(output), &[lost]);
    }
    registers_without(created(json!({ "enabled": "true" })), &["prf.enabled"]);
    registers_without(created(json!("x")), &["prf"]);
    // Only a registration has this member, but some clients also send it in logins.
    logs_in_without(asserted(json!({ "enabled": true })), &[]);
}

#[test]
fn ext_05_kb_84_prf_required_by_a_registration_must_be_present() {
    let created = |request: &RegistrationRequest, output: Value| {
        register(request, json!({ "prf": output }), &[])
    };
    let request = registering().require_prf();
    assert_eq!(creation_inputs(&request), json!({ "prf": {} }));
    passes(created(&request, json!({ "enabled": true })));
    for bad in [
        json!(null),
        json!({}),
        json!({ "enabled": null }),
        json!({ "enabled": false }),
        json!({ "enabled": "true" }),
        json!("lost"),
    ] {
        rejected(created(&request, bad), "prf");
    }
    rejected(register(&request, json!({}), &[]), "prf");
    let text = created(&request, json!({ "enabled": 1 })).unwrap_err().to_string();
    assert!(text.contains("prf.enabled cannot be read"), "{text}");
    // The error does not mention that an output of another extension is lost.
    let client = json!({ "prf": { "enabled": false }, "credProps": { "rk": 1 } });
    let text = register(&request, client, &[]).unwrap_err().to_string();
    assert!(text.contains("the browser does not report"), "{text}");

    // The last inputs replace the ones before.
    let twice = registering().prf(b"x", Some(b"y")).prf(b"z", None);
    assert_eq!(creation_inputs(&twice), creation_inputs(&registering().prf(b"z", None)));

    // Results count only if there were inputs for them.
    let evaluated = registering().prf(b"x", None).require_prf();
    for results in [json!([]), json!({ "first": {} }), json!({ "first": base64url(&[1; 31]) })] {
        let output = json!({ "enabled": true, "results": results });
        passes(created(&request, output.clone()));
        rejected(created(&evaluated, output), "prf");
    }
    passes(created(&evaluated, json!({ "enabled": true })));
    let results = json!({ "first": base64url(&[1; 32]), "second": {} });
    rejected(created(&evaluated, json!({ "results": results })), "prf");
    let output = json!({ "enabled": true, "results": results });
    passes(created(&evaluated, output.clone()));
    rejected(created(&registering().prf(b"x", Some(b"y")).require_prf(), output), "prf");
}

#[test]
fn ext_05_kb_84_prf_results_required_by_a_login_must_be_present() {
    let one = json!({ "results": { "first": base64url(&[1; 32]) } });
    let two = json!({
        "results": { "first": base64url(&[1; 32]), "second": base64url(&[2; 32]) },
    });
    let asserted = |request: &AuthenticationRequest, output: &Value| {
        log_in(request, json!({ "prf": output }), &[])
    };
    let single = logging_in().prf(b"x", None).require_prf();
    let double = logging_in().prf(b"x", Some(b"y")).require_prf();
    let mixed = double.clone().prf_for(CREDENTIAL_ID, b"x", None);
    for request in [&single, &mixed] {
        passes(asserted(request, &one));
        passes(asserted(request, &two));
    }
    passes(asserted(&double, &two));
    rejected(asserted(&double, &one), "prf");
    for request in [&single, &double, &mixed] {
        rejected(log_in(request, json!({}), &[]), "prf");
        for bad in [
            json!({}),
            json!({ "enabled": true }),
            json!({ "results": {} }),
            json!({ "results": { "first": base64url(&[1; 31]) } }),
            json!({ "results": { "second": base64url(&[1; 32]) } }),
        ] {
            rejected(asserted(request, &bad), "prf");
        }
    }
    // Outputs that are not required may be dropped.
    for beside in [
        json!({ "enabled": "yes", "results": { "first": base64url(&[1; 32]) } }),
        json!({ "results": { "first": base64url(&[1; 32]), "second": {} } }),
        json!({ "results": { "first": base64url(&[1; 32]), "second": "" } }),
    ] {
        passes(asserted(&single, &beside));
        passes(asserted(&mixed, &beside));
        rejected(asserted(&double, &beside), "prf");
    }
}

#[test]
fn ext_05_requiring_prf_results_needs_inputs_and_is_stored_in_the_pending_state() {
    no_login(&logging_in().require_prf(), "prf");
    let double = logging_in().prf(b"x", Some(b"y")).require_prf();
    let (_, pending) = relying_party().start_authentication(&double, now()).unwrap();
    let stored = serde_json::to_value(&pending).unwrap();
    assert_eq!(stored["extension_demands"]["prf"], true);
    assert_eq!(stored["extension_demands"]["prf_results"], 2);
}

/// The path to a value, and client outputs with that value.
type Place = (&'static str, fn(Value) -> Value);

/// Every place with bytes or a boolean in an output.
const PLACES: &[Place] = &[
    ("appid", |bad| json!({ "appid": bad })),
    ("appidExclude", |bad| json!({ "appidExclude": bad })),
    ("credProps.rk", |bad| json!({ "credProps": { "rk": bad } })),
    ("prf.enabled", |bad| json!({ "prf": { "enabled": bad } })),
    ("prf.results.first", |bad| json!({ "prf": { "results": { "first": bad } } })),
    ("largeBlob.supported", |bad| json!({ "largeBlob": { "supported": bad } })),
    ("largeBlob.blob", |bad| json!({ "largeBlob": { "blob": bad } })),
    ("largeBlob.written", |bad| json!({ "largeBlob": { "written": bad } })),
    ("hmacCreateSecret", |bad| json!({ "hmacCreateSecret": bad })),
    ("hmacGetSecret.output1", |bad| json!({ "hmacGetSecret": { "output1": bad } })),
    ("credBlob", |bad| json!({ "credBlob": bad })),
    ("getCredBlob", |bad| json!({ "getCredBlob": bad })),
    ("remoteClientDataJSON", |bad| json!({ "remoteClientDataJSON": bad })),
    ("uvm", |bad| json!({ "uvm": bad })),
];

#[test]
fn kb_84_every_unreadable_output_is_dropped() {
    let forms = [
        json!([1, 2, 3]),
        json!([]),
        json!({}),
        json!({ "0": 43, "1": 7 }),
        json!({ "type": "Buffer", "data": [1, 2, 3] }),
        json!("AQ=="),
        json!("+/+/"),
        json!(7),
        json!(1.5e3),
        json!("true "),
        json!({ "a": { "b": [{ "c": null }] } }),
    ];
    let registration = registering()
        .app_id_exclude(APP_ID)
        .cred_props()
        .prf(b"x", None)
        .large_blob(LargeBlobSupport::Preferred)
        .extension("hmacCreateSecret", true.into())
        .cred_blob(b"x")
        .extension("uvm", true.into());
    let login = logging_in()
        .app_id(APP_ID)
        .prf(b"x", None)
        .large_blob_read()
        .extension("hmacGetSecret", salts(&[1; 32], None))
        .get_cred_blob()
        .extension("uvm", true.into());
    for (path, outputs) in PLACES {
        for form in &forms {
            let outputs = outputs(form.clone());
            registers_without(register(&registration, outputs.clone(), &[]), &[path]);
            logs_in_without(log_in(&login, outputs.clone(), &[]), &[path]);
            // The raw output is kept as received.
            let identifier = path.split('.').next().unwrap();
            let kept = log_in(&login, outputs.clone(), &[]).unwrap();
            let kept = kept.client_outputs().get(identifier).unwrap().to_owned();
            assert_eq!(kept, outputs[identifier].to_string());
        }
    }
}

#[test]
fn kb_84_a_repeated_member_of_an_output_is_dropped() {
    let lost = |outputs: &str| {
        let login = LoggingIn::new();
        let empty = r#""clientExtensionResults":{}"#;
        let body = login.body().to_string();
        assert!(body.contains(empty));
        let body = body.replace(empty, &format!(r#""clientExtensionResults":{outputs}"#));
        AuthenticationResponse::from_json(body).unwrap().client_outputs().lost()
    };
    assert_eq!(lost(r#"{"prf":{"enabled":true,"enabled":true}}"#), ["prf.enabled"]);
    assert_eq!(lost(r#"{"prf":{"enabled":true,"\u0065nabled":true}}"#), ["prf.enabled"]);
    assert_eq!(lost(r#"{ "prf" : { "enabled" : true , "x" : [1,1] } }"#), [""; 0]);
}

#[test]
fn ext_05_ext_07_unencoded_bytes_count_as_missing() {
    // The result of JSON.stringify() for getClientExtensionResults().
    for results in [json!({ "first": {} }), json!({ "first": {}, "second": {} }), json!({})] {
        let client = json!({ "prf": { "enabled": true, "results": results } });
        let registration = register(&registering().prf(b"x", None), client, &[]).unwrap();
        let output = registration.client_outputs().prf().unwrap();
        assert!(output.enabled == Some(true) && output.results.is_none());
        let client = json!({ "prf": { "results": results } });
        let login = log_in(&logging_in().prf(b"x", None), client, &[]).unwrap();
        assert!(login.client_outputs().prf().unwrap().results.is_none());
    }
    let client = json!({ "largeBlob": { "blob": {} } });
    let login = log_in(&logging_in().large_blob_read(), client, &[]).unwrap();
    assert_eq!(login.client_outputs().large_blob().unwrap().blob, None);
}

#[test]
fn ext_05_prf_results_are_never_in_authenticator_data() {
    let secret = [3; 32];
    let client = json!({ "prf": { "results": { "first": base64url(&secret) } } });
    let encrypted = |bytes: &[u8]| [("hmac-secret", Cbor::from(bytes.to_vec()))];
    let request = logging_in().prf(b"x", None);
    passes(log_in(&request, client.clone(), &encrypted(&[4; 32])));
    // Safari 26.4 returns the encrypted bytes of security keys as results. The login succeeds.
    passes(log_in(&request, client.clone(), &encrypted(&secret)));
    passes(log_in(&request, client.clone(), &encrypted(&[&secret[..], &[5; 16]].concat())));
    rejected(log_in(&request, client.clone(), &[("prf", Cbor::from(secret.to_vec()))]), "prf");
    let request = registering().prf(b"x", None);
    rejected(register(&request, client, &[("prf", Cbor::from(true))]), "prf");
}

#[test]
fn ext_05_debug_does_not_show_secrets() {
    let secret = [0x5b; 32];
    let shown = |text: &str| text.contains("91, 91") || text.contains("W1tbW1");
    assert!(shown(&format!("{secret:?}")) && shown(&base64url(&secret)));
    let request = registering().prf(&secret, None).cred_blob(&secret);
    let (options, pending) = relying_party().start_registration(&request, now()).unwrap();
    assert!(shown(&serde_json::to_string(&options).unwrap()), "the browser gets it");
    let client = json!({
        "prf": { "enabled": true, "results": { "first": base64url(&secret) } },
        "largeBlob": { "blob": base64url(&secret) },
        "hmacGetSecret": { "output1": base64url(&secret) },
    });
    let registration = register(&request, client.clone(), &[]).unwrap();
    let login_request = logging_in().prf_for(LoggingIn::new().credential.id(), &secret, None);
    let (login_options, login_pending) =
        relying_party().start_authentication(&login_request, now()).unwrap();
    let outputs = registration.client_outputs();
    assert_eq!(outputs.prf().unwrap().results.unwrap().first, secret);
    let mut body = Registering::new().body();
    body["clientExtensionResults"] = client;
    let response = RegistrationResponse::from_json(body.to_string()).unwrap();
    for text in [
        format!("{request:?}"),
        format!("{options:?}"),
        format!("{pending:?}"),
        serde_json::to_string(&pending).unwrap(),
        format!("{registration:?}"),
        format!("{response:?}"),
        format!("{login_request:?}"),
        format!("{login_options:?}"),
        format!("{login_pending:?}"),
        format!("{:?}", outputs.prf()),
        format!("{:?}", outputs.large_blob()),
        format!("{:?}", outputs.hmac_get_secret()),
    ] {
        assert!(!shown(&text), "{text}");
    }
    assert!(format!("{registration:?}").contains("\"prf\""), "the identifiers are shown");
}

#[test]
fn ext_06_hmac_secret_is_a_boolean_at_registration_and_encrypted_at_login() {
    let request = registering().extension("hmacCreateSecret", true.into());
    assert_eq!(creation_inputs(&request), json!({ "hmacCreateSecret": true }));
    let client = || json!({ "hmacCreateSecret": true });
    let registration = register(&request, client(), &[("hmac-secret", true.into())]).unwrap();
    assert_eq!(registration.client_outputs().hmac_create_secret(), Some(true));
    assert_eq!(registration.authenticator_outputs().unwrap().hmac_secret_enabled(), Some(true));
    for request in [request, registering().enable_prf()] {
        let output = |output: Cbor| register(&request, json!({}), &[("hmac-secret", output)]);
        passes(output(false.into()));
        for wrong in [Cbor::from(1), Cbor::from(vec![1; 32]), Cbor::Null] {
            rejected(output(wrong), "hmac-secret");
        }
        for (length, is_good) in LENGTHS {
            let output = [("hmac-secret-mc", Cbor::from(vec![5; length]))];
            let result = register(&request, json!({}), &output);
            if is_good {
                let registration = result.unwrap();
                let outputs = registration.authenticator_outputs().unwrap();
                assert_eq!(outputs.hmac_secret_mc(), Some(&vec![5; length][..]));
            } else {
                rejected(result, "hmac-secret-mc");
            }
        }
    }

    let request = logging_in().extension("hmacGetSecret", salts(&[1; 32], Some(&[0xff; 32])));
    let both = salts(&[1; 32], Some(&[0xff; 32]));
    assert_eq!(request_inputs(&request), json!({ "hmacGetSecret": both }));
    for request in [request, logging_in().prf(b"x", None)] {
        for (length, is_good) in LENGTHS {
            let output = [("hmac-secret", Cbor::from(vec![5; length]))];
            let result = log_in(&request, json!({}), &output);
            if is_good {
                let login = result.unwrap();
                assert_eq!(
                    login.authenticator_outputs().unwrap().hmac_secret().unwrap().len(),
                    length
                );
            } else {
                rejected(result, "hmac-secret");
            }
        }
        rejected(log_in(&request, json!({}), &[("hmac-secret", Cbor::from(1))]), "hmac-secret");
        rejected(log_in(&request, json!({}), &[("hmac-secret", true.into())]), "hmac-secret");
    }
    for input in [json!({ "salt1": base64url(&[1; 31]) }), json!({}), json!("AQ")] {
        no_login(&logging_in().extension("hmacGetSecret", input), "hmacGetSecret");
    }
    for input in [json!(1), json!("true"), json!({}), Value::Null] {
        let request = registering().extension("hmacCreateSecret", input);
        no_registration(&request, "hmacCreateSecret");
    }
}

/// Lengths of encrypted secrets: one or two with 32 bytes each, after 16 bytes in PIN protocol 2.
const LENGTHS: [(usize, bool); 8] = [
    (0, false),
    (31, false),
    (32, true),
    (48, true),
    (64, true),
    (65, false),
    (80, true),
    (96, false),
];

#[test]
fn ext_06_hmac_get_secret_gives_one_or_two_secrets() {
    let request = logging_in().extension("hmacGetSecret", salts(&[1; 32], None));
    let answered = |output: Value| log_in(&request, json!({ "hmacGetSecret": output }), &[]);
    let [one, two] = [[6; 32], [7; 32]];
    let output = json!({ "output1": base64url(&one), "output2": base64url(&two) });
    let login = answered(output).unwrap();
    let secrets = login.client_outputs().hmac_get_secret().unwrap();
    assert_eq!((secrets.first, secrets.second), (one, Some(two)));
    for bad in [
        json!({ "output2": base64url(&two) }),
        json!({ "output1": base64url(&one[..31]) }),
        json!({ "output1": base64url(&one), "output2": 2 }),
        json!(true),
    ] {
        let login = answered(bad).unwrap();
        let outputs = login.client_outputs();
        assert_eq!(outputs.lost().len(), 1);
        let second = outputs.hmac_get_secret().map(|secrets| secrets.second);
        assert!(matches!(second, None | Some(None)));
    }
}

#[test]
fn an_extension_for_the_other_ceremony_cannot_be_requested() {
    let of_registrations = [
        ("appidExclude", json!("https://example.org/u2f.json")),
        ("credBlob", json!("AQID")),
        ("credProps", json!(true)),
        ("credentialProtectionPolicy", json!("userVerificationRequired")),
        ("hmacCreateSecret", json!(true)),
        ("minPinLength", json!(true)),
        ("payment", json!({ "isPayment": false })),
    ];
    for (identifier, input) in of_registrations {
        no_login(&logging_in().extension(identifier, input.clone()), identifier);
        let request = registering()
            .user_verification(UserVerification::Required)
            .extension(identifier, input);
        passes(relying_party().start_registration(&request, now()));
    }
    let of_logins = [
        ("appid", json!("https://example.org/u2f.json")),
        ("getCredBlob", json!(true)),
        ("hmacGetSecret", json!({ "salt1": base64url(&[1; 32]) })),
    ];
    for (identifier, input) in of_logins {
        no_registration(&registering().extension(identifier, input.clone()), identifier);
        let request = logging_in().extension(identifier, input);
        passes(relying_party().start_authentication(&request, now()));
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_07_a_large_blob_is_either_read_or_written() {
    let support = |support| creation_inputs(&registering().large_blob(support));
    let expected = |support: &str| json!({ "largeBlob": { "support": support } });
    assert_eq!(support(LargeBlobSupport::Required), expected("required"));
    assert_eq!(support(LargeBlobSupport::Preferred), expected("preferred"));
    assert_eq!(
        request_inputs(&logging_in().large_blob_read())["largeBlob"],
        json!({ "read": true })
    );
    let write = logging_in().large_blob_write(b"a blob");
    assert_eq!(request_inputs(&write)["largeBlob"], json!({ "write": base64url(b"a blob") }));

    no_login(&write.clone().large_blob_read(), "largeBlob");
    no_login(&logging_in().large_blob_read().large_blob_write(b""), "largeBlob");
    // It can be written for exactly one credential.
    let discoverable = AuthenticationRequest::passkey();
    passes(relying_party().start_authentication(&discoverable.clone().large_blob_read(), now()));
    no_login(&discoverable.large_blob_write(b"a blob"), "largeBlob");
    let credential = LoggingIn::new().credential;
    let other = Credential::from_parts(b"another credential", credential.public_key()).unwrap();
    let two = AuthenticationRequest::for_user(USER_HANDLE, &[credential, other]);
    passes(relying_party().start_authentication(&two.clone().large_blob_read(), now()));
    no_login(&two.large_blob_write(b"a blob"), "largeBlob");
    // Inputs for the other ceremony, and invalid inputs.
    for input in [json!({ "support": "preferred" }), json!({ "read": 1 }), json!({ "write": "=" })]
    {
        no_login(&logging_in().extension("largeBlob", input), "largeBlob");
    }
    for input in [
        json!({ "read": true }),
        json!({ "write": "AA" }),
        json!({ "support": "maybe" }),
        json!(true),
    ] {
        no_registration(&registering().extension("largeBlob", input), "largeBlob");
    }
}

#[test]
fn ext_07_large_blob_outputs_must_be_well_formed() {
    let preferred = registering().large_blob(LargeBlobSupport::Preferred);
    let required = registering().large_blob(LargeBlobSupport::Required);
    let created = |request: &RegistrationRequest, output: Value| {
        register(request, json!({ "largeBlob": output }), &[])
    };
    for (supported, request) in [(true, &preferred), (false, &preferred), (true, &required)] {
        let registration = created(request, json!({ "supported": supported })).unwrap();
        let output = registration.client_outputs().large_blob().unwrap();
        assert_eq!(output.supported, Some(supported));
    }
    passes(register(&preferred, json!({}), &[]));
    rejected(register(&required, json!({}), &[]), "largeBlob");
    rejected(created(&required, json!({ "supported": false })), "largeBlob");
    rejected(created(&required, json!({})), "largeBlob");
    rejected(created(&required, json!({ "supported": 1 })), "largeBlob");
    rejected(register(&required, json!({ "largeBlob": [] }), &[]), "largeBlob");
    passes(created(&required, json!({ "supported": true, "blob": "=", "written": "no" })));
    registers_without(created(&preferred, json!({ "supported": 1 })), &["largeBlob.supported"]);
    registers_without(created(&preferred, json!({ "blob": "=" })), &["largeBlob.blob"]);
    // Outputs of the other ceremony are ignored.
    passes(created(&preferred, json!({ "written": true })));

    let read = logging_in().large_blob_read();
    let asserted = |output: Value| log_in(&read, json!({ "largeBlob": output }), &[]);
    let login = asserted(json!({ "blob": "AQID" })).unwrap();
    let output = login.client_outputs().large_blob().unwrap();
    assert_eq!(output.blob.as_deref(), Some(&[1, 2, 3][..]));
    passes(asserted(json!({})));
    logs_in_without(asserted(json!({ "blob": [1, 2, 3] })), &["largeBlob.blob"]);
    logs_in_without(asserted(json!({ "written": "yes" })), &["largeBlob.written"]);
    passes(asserted(json!({ "supported": true })));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_07_a_large_blob_is_written_and_read_back() {
    let request = RegistrationRequest::passkey(&user(), &[]).large_blob(LargeBlobSupport::Required);
    let mut account = Account::new(&request);
    let read = account.request().large_blob_read();
    let output = account.log_in(&read).client_outputs().large_blob().unwrap();
    assert_eq!((output.blob, output.written), (None, None));
    let write = account.request().large_blob_write(b"a blob");
    let output = account.log_in(&write).client_outputs().large_blob().unwrap();
    assert_eq!((output.blob, output.written), (None, Some(true)));
    let output = account.log_in(&read).client_outputs().large_blob().unwrap();
    assert_eq!(output.blob.as_deref(), Some(&b"a blob"[..]));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_08_app_id_exclude_takes_a_string_and_returns_a_boolean() {
    let request = registering().app_id_exclude(APP_ID);
    assert_eq!(creation_inputs(&request), json!({ "appidExclude": APP_ID }));
    let registration = register(&request, json!({ "appidExclude": true }), &[]).unwrap();
    assert_eq!(registration.client_outputs().app_id_exclude(), Some(true));
    let lost = register(&request, json!({ "appidExclude": "true" }), &[]);
    registers_without(lost, &["appidExclude"]);
    // Without a request, the output is ignored in any form.
    passes(register(&registering(), json!({ "appidExclude": "true" }), &[]));
    no_registration(&registering().extension("appidExclude", json!(true)), "appidExclude");
    no_registration(&registering().app_id_exclude(""), "appidExclude");
    // It is not `appid`: a registration uses the hash of the RP ID.
    let account = Account::new(&RegistrationRequest::passkey(&user(), &[]).app_id_exclude(APP_ID));
    let outputs = account.registration.client_outputs();
    assert_eq!((outputs.app_id_exclude(), outputs.app_id()), (Some(true), None));
}

#[test]
fn ext_09_an_app_id_output_counts_only_if_the_login_requested_it() {
    let by_app_id = |request: &AuthenticationRequest, output: Value| {
        let mut login = LoggingIn::new();
        login.request = request.clone();
        login.authenticator_data = AuthenticatorDataBuilder::new(APP_ID, UP, 0).build();
        let mut body = login.body();
        body["clientExtensionResults"]["appid"] = output;
        login.finish_with(&body)
    };
    let asked = logging_in().app_id(APP_ID);
    let login = by_app_id(&asked, json!(true)).unwrap();
    assert_eq!(login.client_outputs().app_id(), Some(true));
    let step = Step::RpIdHash;
    for output in [json!(false), json!("true"), json!(null), json!({})] {
        refused(by_app_id(&asked, output.clone()), ErrorKind::RpIdHashMismatch, step);
        // Under the RP ID, a dropped output counts as false.
        passes(log_in(&asked, json!({ "appid": output }), &[]));
    }
    refused(by_app_id(&logging_in(), json!(true)), ErrorKind::RpIdHashMismatch, step);
    // A login under the RP ID with an output that claims the AppID.
    let result = log_in(&asked, json!({ "appid": true }), &[]);
    refused(result, ErrorKind::RpIdHashMismatch, step);
    passes(log_in(&logging_in(), json!({ "appid": true }), &[]));
    no_login(&logging_in().extension("appid", json!(true)), "appid");
    for bad in
        ["", "example.org", "http://example.org/u2f.json", "https://", "https:/x", "not a url"]
    {
        no_login(&logging_in().app_id(bad), "appid");
        no_registration(&registering().app_id_exclude(bad), "appidExclude");
    }
    for good in ["https://example.org", "https://u2f.example.org:8443/a/b.json?c"] {
        request_inputs(&logging_in().app_id(good));
    }
    no_registration(&registering().extension("payment", json!(true)), "payment");
}

/// The levels of protection, starting at 1.
const LEVELS: [(CredentialProtection, &str); 3] = [
    (CredentialProtection::UserVerificationOptional, "userVerificationOptional"),
    (UNTIL_LOGIN, "userVerificationOptionalWithCredentialIDList"),
    (CredentialProtection::UserVerificationRequired, "userVerificationRequired"),
];

/// Returns a request that browsers accept with every level of protection.
fn registering_verified() -> RegistrationRequest {
    registering().resident_key(ResidentKey::Preferred).user_verification(UserVerification::Required)
}

/// Registers with an authenticator that reports this level.
fn protected(request: &RegistrationRequest, level: impl Into<Cbor>) -> Result<Registration, Error> {
    register(request, json!({}), &[("credProtect", level.into())])
}

#[test]
fn ext_11_protection_is_requested_by_name_and_may_be_denied() {
    for (protection, name) in LEVELS {
        let wanted = registering_verified().cred_protect(protection);
        assert_eq!(
            creation_inputs(&wanted),
            json!({
                "credentialProtectionPolicy": name,
                "enforceCredentialProtectionPolicy": false,
            })
        );
        for (received, (expected, _)) in (1..).zip(LEVELS) {
            let registration = protected(&wanted, received).unwrap();
            assert_eq!(
                registration.authenticator_outputs().unwrap().cred_protect(),
                Some(expected)
            );
        }
        // The authenticator may omit the output. The output of the client does not count.
        passes(register(&wanted, json!({}), &[]));
        let client = json!({ "credentialProtectionPolicy": name, "credProtect": 1 });
        passes(register(&wanted, client, &[]));
    }
    // Some browsers request level 2 on their own.
    passes(protected(&registering(), 2));
}

#[test]
fn ext_11_enforced_protection_requires_at_least_the_requested_level() {
    // Without an output, the level is the first one, so there is nothing to enforce.
    for (asked, (protection, name)) in (1..).zip(LEVELS).skip(1) {
        let demanded = registering_verified().require_cred_protect(protection);
        assert_eq!(
            creation_inputs(&demanded),
            json!({
                "credentialProtectionPolicy": name,
                "enforceCredentialProtectionPolicy": true,
            })
        );
        for received in 1..=3 {
            match received < asked {
                true => rejected(protected(&demanded, received), "credProtect"),
                false => passes(protected(&demanded, received)),
            }
        }
        // Without an output, there is no protection. The output of the client does not count.
        rejected(register(&demanded, json!({}), &[]), "credProtect");
        let client = json!({ "credentialProtectionPolicy": name, "credProtect": asked });
        rejected(register(&demanded, client, &[]), "credProtect");
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_11_the_software_authenticator_grants_enforced_protection() {
    let required = CredentialProtection::UserVerificationRequired;
    let request = RegistrationRequest::passkey(&user(), &[]).require_cred_protect(required);
    let account = Account::new(&request);
    let outputs = account.registration.authenticator_outputs().unwrap();
    assert_eq!(outputs.cred_protect(), Some(required));
}

#[test]
fn ext_11_a_level_of_protection_that_does_not_exist_is_rejected() {
    for (protection, _) in LEVELS {
        let wanted = registering_verified().cred_protect(protection);
        let demanded = registering_verified().require_cred_protect(protection);
        for wrong in [Cbor::from(0), Cbor::from(4), Cbor::from(-1), Cbor::from("3")] {
            rejected(protected(&wanted, wrong.clone()), "credProtect");
            if protection != CredentialProtection::UserVerificationOptional {
                rejected(protected(&demanded, wrong), "credProtect");
            }
        }
    }
}

#[test]
fn ext_11_kb_103_protection_that_browsers_reject_cannot_be_requested() {
    use CredentialProtection::{
        UserVerificationOptional as Optional, UserVerificationRequired as Required,
    };
    let policy = "credentialProtectionPolicy";
    for user_verification in [UserVerification::Preferred, UserVerification::Discouraged] {
        let registering = || registering().user_verification(user_verification);
        no_registration(&registering().cred_protect(Required), policy);
        no_registration(&registering().require_cred_protect(Required), policy);
        no_registration(
            &registering().extension(policy, json!("userVerificationRequired")),
            policy,
        );
        creation_inputs(&registering().require_cred_protect(UNTIL_LOGIN));
        // The setting requires discoverable credentials.
        no_registration(&registering().cred_protect(Optional), policy);
        for resident_key in [ResidentKey::Preferred, ResidentKey::Required] {
            creation_inputs(&registering().resident_key(resident_key).cred_protect(Optional));
        }
    }
    for user_verification in [UserVerification::Required, UserVerification::Discouraged] {
        let registering = || {
            registering().resident_key(ResidentKey::Required).user_verification(user_verification)
        };
        no_registration(&registering().require_cred_protect(Optional), policy);
        let raw = registering()
            .extension(policy, json!("userVerificationOptional"))
            .extension("enforceCredentialProtectionPolicy", json!(true));
        no_registration(&raw, policy);
    }
    let required = registering().user_verification(UserVerification::Required);
    creation_inputs(&required.cred_protect(Required));
    let error = registering().require_cred_protect(Required);
    let error = relying_party().start_registration(&error, now()).unwrap_err().to_string();
    assert!(error.contains(".user_verification(UserVerification::Required)"), "{error}");
}

#[test]
fn ext_11_only_the_three_known_policies_can_be_requested_and_enforced() {
    let registering = || registering().user_verification(UserVerification::Required);
    let raw = |name: &str, input: Value| registering().extension(name, input);
    let policy = "credentialProtectionPolicy";
    let enforce = "enforceCredentialProtectionPolicy";
    no_registration(&raw(policy, json!("UserVerificationRequired")), policy);
    no_registration(&raw(policy, json!(3)), policy);
    no_registration(&raw(enforce, json!(true)), enforce);
    no_registration(
        &raw(policy, json!("userVerificationRequired")).extension(enforce, json!(1)),
        enforce,
    );
    // Raw inputs are enforced in the same way as inputs from the methods.
    let request = raw(policy, json!("userVerificationRequired")).extension(enforce, json!(true));
    rejected(register(&request, json!({}), &[("credProtect", Cbor::from(2))]), "credProtect");
    // The last call counts.
    let request = registering()
        .require_cred_protect(CredentialProtection::UserVerificationRequired)
        .cred_protect(CredentialProtection::UserVerificationRequired);
    passes(register(&request, json!({}), &[]));
    assert!(CredentialProtection::UserVerificationRequired > UNTIL_LOGIN);
    assert_eq!(serde_json::to_value(UNTIL_LOGIN).unwrap(), UNTIL_LOGIN.as_str());
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_12_a_reported_pin_length_is_compared_with_the_minimum() {
    let request = registering().refuse_min_pin_length_below(6);
    assert_eq!(creation_inputs(&request), json!({ "minPinLength": true }));
    assert_eq!(creation_inputs(&registering().min_pin_length()), json!({ "minPinLength": true }));
    let output = |request: &RegistrationRequest, length: Cbor| {
        register(request, json!({}), &[("minPinLength", length)])
    };
    for (length, is_enough) in [(4, false), (5, false), (6, true), (63, true)] {
        let registration = output(&registering().min_pin_length(), length.into()).unwrap();
        assert_eq!(registration.authenticator_outputs().unwrap().min_pin_length(), Some(length));
        match is_enough {
            true => passes(output(&request, length.into())),
            false => rejected(output(&request, length.into()), "minPinLength"),
        }
    }
    passes(register(&request, json!({}), &[]));
    for wrong in [Cbor::from(-6), Cbor::from("6"), Cbor::from(true), Cbor::from(1_u64 << 32)] {
        rejected(output(&request, wrong.clone()), "minPinLength");
        rejected(output(&registering().min_pin_length(), wrong), "minPinLength");
    }
    let account =
        Account::new(&RegistrationRequest::passkey(&user(), &[]).refuse_min_pin_length_below(4));
    assert_eq!(account.registration.authenticator_outputs().unwrap().min_pin_length(), Some(4));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_13_a_cred_blob_can_be_stored_and_read_back() {
    let request = registering().cred_blob(b"a blob");
    assert_eq!(creation_inputs(&request), json!({ "credBlob": base64url(b"a blob") }));
    // A blob that was not stored is reported without an error.
    for stored in [true, false] {
        let client = json!({ "credBlob": stored });
        let registration = register(&request, client, &[("credBlob", stored.into())]).unwrap();
        assert_eq!(registration.client_outputs().cred_blob(), Some(stored));
        let outputs = registration.authenticator_outputs().unwrap();
        assert_eq!((outputs.cred_blob_stored(), outputs.cred_blob()), (Some(stored), None));
    }
    for wrong in [Cbor::from(1), Cbor::from(b"a blob".to_vec())] {
        rejected(register(&request, json!({}), &[("credBlob", wrong)]), "credBlob");
    }
    registers_without(register(&request, json!({ "credBlob": 1 }), &[]), &["credBlob"]);
    no_registration(&registering().extension("credBlob", json!("a blob")), "credBlob");

    let request = logging_in().get_cred_blob();
    assert_eq!(request_inputs(&request), json!({ "getCredBlob": true }));
    for blob in [&b"a blob"[..], b""] {
        let client = json!({ "getCredBlob": base64url(blob) });
        let login = log_in(&request, client, &[("credBlob", blob.to_vec().into())]).unwrap();
        assert_eq!(login.client_outputs().get_cred_blob().as_deref(), Some(blob));
        let outputs = login.authenticator_outputs().unwrap();
        assert_eq!((outputs.cred_blob(), outputs.cred_blob_stored()), (Some(blob), None));
    }
    rejected(log_in(&request, json!({}), &[("credBlob", true.into())]), "credBlob");
    logs_in_without(log_in(&request, json!({ "getCredBlob": [1] }), &[]), &["getCredBlob"]);

    for (blob, kept) in [(vec![8; 32], vec![8; 32]), (vec![8; 33], Vec::new())] {
        let mut account =
            Account::new(&RegistrationRequest::passkey(&user(), &[]).cred_blob(&blob));
        let stored = account.registration.authenticator_outputs().unwrap().cred_blob_stored();
        assert_eq!(stored, Some(!kept.is_empty()));
        let request = account.request().get_cred_blob();
        let login = account.log_in(&request);
        assert_eq!(login.authenticator_outputs().unwrap().cred_blob(), Some(&kept[..]));
        assert_eq!(login.client_outputs().get_cred_blob(), Some(kept));
    }
}

#[test]
fn ext_14_uvm_lists_one_to_three_methods() {
    assert_eq!(
        creation_inputs(&registering().extension("uvm", true.into())),
        json!({ "uvm": true })
    );
    assert_eq!(request_inputs(&logging_in().extension("uvm", true.into())), json!({ "uvm": true }));
    no_registration(&registering().extension("uvm", json!(1)), "uvm");
    no_login(&logging_in().extension("uvm", json!([])), "uvm");
    let fingerprint = UvmEntry {
        user_verification_method: 2,
        key_protection_type: 4,
        matcher_protection_type: 2,
    };
    for count in 0..=4 {
        let client = json!({ "uvm": vec![[2, 4, 2]; count] });
        let signed = [("uvm", Cbor::Array(vec![numbers(&[2, 4, 2]); count]))];
        let results = [
            (registering().extension("uvm", true.into()), client.clone(), &[][..]),
            (registering().extension("uvm", true.into()), json!({}), &signed[..]),
        ]
        .map(|(request, client, signed)| register(&request, client, signed));
        let logins =
            [(client.clone(), &[][..]), (json!({}), &signed[..])].map(|(client, signed)| {
                log_in(&logging_in().extension("uvm", true.into()), client, signed)
            });
        if (1..=3).contains(&count) {
            let expected = vec![fingerprint; count];
            let [client, signed] = results.map(Result::unwrap);
            assert_eq!(client.client_outputs().uvm(), Some(expected.clone()));
            assert!(signed.authenticator_outputs().unwrap().uvm().unwrap().eq(expected.clone()));
            let [client, signed] = logins.map(Result::unwrap);
            assert_eq!(client.client_outputs().uvm(), Some(expected.clone()));
            assert!(signed.authenticator_outputs().unwrap().uvm().unwrap().eq(expected));
        } else {
            let [client, signed] = results;
            registers_without(client, &["uvm"]);
            rejected(signed, "uvm");
            let [client, signed] = logins;
            logs_in_without(client, &["uvm"]);
            rejected(signed, "uvm");
        }
    }
}

#[test]
fn ext_14_an_entry_of_uvm_has_three_numbers_of_limited_size() {
    let largest = [u64::from(u32::MAX), u64::from(u16::MAX), u64::from(u16::MAX)];
    let read = |entry: Cbor| {
        with_outputs(&[("uvm", Cbor::Array(vec![entry]))], |outputs| outputs.uvm().is_some())
    };
    assert!(read(numbers(&largest)));
    let mut bad = vec![numbers(&[2, 4]), numbers(&[2, 4, 2, 0]), Cbor::from(2), Cbor::Null];
    bad.push(Cbor::Array(vec![Cbor::from(2), Cbor::from("4"), Cbor::from(2)]));
    bad.push(Cbor::Array(vec![Cbor::from(-2), Cbor::from(4), Cbor::from(2)]));
    for place in 0..3 {
        let mut above = largest;
        above[place] += 1;
        bad.push(numbers(&above));
        let client = json!({ "uvm": [above] });
        logs_in_without(log_in(&logging_in().extension("uvm", true.into()), client, &[]), &["uvm"]);
    }
    for length in [2, 4] {
        let client = json!({ "uvm": [vec![2; length]] });
        logs_in_without(log_in(&logging_in().extension("uvm", true.into()), client, &[]), &["uvm"]);
    }
    for entry in bad {
        assert!(!read(entry.clone()), "{entry:?}");
    }
}

#[test]
fn signed_outputs_are_read_next_to_any_other_outputs() {
    let all = [
        ("credBlob", Cbor::from(b"blob".to_vec())),
        ("credProtect", Cbor::from(3)),
        ("hmac-secret", Cbor::from(vec![1; 64])),
        ("minPinLength", Cbor::from(8)),
        ("uvm", Cbor::Array(vec![numbers(&[1, 2, 3]), numbers(&[4, 5, 6])])),
        ("z", Cbor::Null),
    ];
    with_outputs(&all, |outputs| {
        assert_eq!(outputs.cred_blob(), Some(&b"blob"[..]));
        assert_eq!(outputs.cred_protect(), Some(CredentialProtection::UserVerificationRequired));
        assert_eq!(outputs.hmac_secret(), Some(&[1; 64][..]));
        assert_eq!(outputs.min_pin_length(), Some(8));
        let methods: Vec<_> =
            outputs.uvm().unwrap().map(|entry| entry.user_verification_method).collect();
        assert_eq!(methods, [1, 4]);
    });
}

#[cfg_attr(
    not(all(feature = "attestation", feature = "getrandom")),
    ignore = "it needs attestation, and requests without a challenge"
)]
#[test]
fn a_u2f_authenticator_has_no_authenticator_extensions() {
    let mut browser =
        SoftwareAuthenticator::from_seed(b"u2f").with_attestation(AttestationKind::FidoU2f);
    let request = RegistrationRequest::security_key(&user(), &[])
        .cred_props()
        .enable_prf()
        .large_blob(LargeBlobSupport::Preferred)
        .cred_protect(UNTIL_LOGIN);
    let (options, pending) = relying_party().start_registration(&request, now()).unwrap();
    let response =
        RegistrationResponse::from_json(browser.register(&options, ORIGIN).unwrap()).unwrap();
    let registration = relying_party().finish_registration(pending, &response, now()).unwrap();
    assert_eq!(registration.unverified_discoverable(), Some(false));
    let outputs = registration.client_outputs();
    assert_eq!(outputs.prf().unwrap().enabled, Some(false));
    assert_eq!(outputs.large_blob().unwrap().supported, Some(false));
    assert!(registration.authenticator_outputs().is_none());
}

/// The seed of the example values in the specification.
const SEED: &[u8] = b"WebAuthn PRF test vectors";

fn from_seed(number: u8) -> [u8; 32] {
    Sha256::digest([SEED, &[number]].concat()).into()
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

#[test]
fn ext_04_05_the_prf_examples_of_the_specification_are_read() {
    // "Web Authentication API" in its test vectors.
    let id = Sha256::digest([SEED, &[0]].concat());
    assert_eq!(base64url(&id), "e02eZ9lPp0UdkF4vGRO4-NxlhWBkL1FCmsmb1tTfRyE");
    let key = key(Algorithm::Es256);
    let credential = Credential::from_parts(&id, &key.cose_key().unwrap()).unwrap();
    let login = |request: fn(AuthenticationRequest, &[u8]) -> AuthenticationRequest,
                 output: Value| {
        let mut login = LoggingIn::new();
        login.credential = credential.clone();
        let credentials = [credential.clone(), LoggingIn::new().credential];
        let allowing = AuthenticationRequest::for_user(USER_HANDLE, &credentials)
            .user_verification(webauthn_verify::UserVerification::Preferred)
            .challenge(&CHALLENGE);
        login.request = request(allowing, &id);
        let mut body = login.body();
        body["clientExtensionResults"]["prf"] = output;
        let results = login.finish_with(&body).unwrap();
        results.client_outputs().prf().unwrap()
    };
    let secret = base64url(&from_seed(1));

    let created = |output: Value, request: RegistrationRequest| {
        let registration = register(&request, json!({ "prf": output }), &[]).unwrap();
        registration.client_outputs().prf().unwrap()
    };
    for enabled in [true, false] {
        let output = created(json!({ "enabled": enabled }), registering().enable_prf());
        assert!(output.enabled == Some(enabled) && output.results.is_none());
        let request = registering().prf(&[1, 2, 3, 4], None);
        let output = created(json!({ "enabled": enabled }), request);
        assert!(output.enabled == Some(enabled) && output.results.is_none());
    }
    let output = json!({ "enabled": true, "results": { "first": secret } });
    let output = created(output, registering().prf(&[1, 2, 3, 4], None));
    assert_eq!(output.results.unwrap().first, from_seed(1));

    let both = |request: AuthenticationRequest, id: &[u8]| {
        request.prf(&[1, 2, 3, 4], Some(&[5, 6, 7, 8])).prf_for(id, &[9, 10, 11, 12], None)
    };
    let output = login(both, json!({}));
    assert!(output.enabled.is_none() && output.results.is_none());
    let results = login(both, json!({ "results": { "first": secret } })).results.unwrap();
    assert_eq!((results.first, results.second), (from_seed(1), None));
    // Equal inputs give equal results in any view of a buffer.
    let twice = |request: AuthenticationRequest, id: &[u8]| {
        request.prf_for(id, &[9, 10, 11, 12], Some(&[9, 10, 11, 12]))
    };
    let words: [u32; 8] = [
        0x982e17c4, 0xc397902e, 0xb70c6c9a, 0x5b37cb20, 0xadfce392, 0xe4634a15, 0x09f1933a,
        0x73191e6b,
    ];
    let view: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let output = json!({ "results": { "first": secret, "second": base64url(&view) } });
    let results = login(twice, output).results.unwrap();
    assert_eq!(results.second, Some(results.first));
    assert_eq!(
        results.first[..],
        hex("c4172e982e9097c39a6c0cb720cb375b92e3fcad154a63e43a93f1096b1e1973")
    );
}

/// Encrypts with AES-256 in CBC mode without padding (NIST SP 800-38A, section 6.2).
fn aes_256_cbc(key: &[u8], iv: &[u8], plain: &[u8]) -> Vec<u8> {
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    let cipher = aes::Aes256::new(key.try_into().unwrap());
    let mut previous = iv.to_vec();
    let mut encrypted = Vec::new();
    for block in plain.chunks(16) {
        let mixed: Vec<u8> = block.iter().zip(&previous).map(|(one, other)| one ^ other).collect();
        let mut block = aes::Block::try_from(&mixed[..]).unwrap();
        cipher.encrypt_block(&mut block);
        previous = block.to_vec();
        encrypted.extend(block);
    }
    encrypted
}

fn hmac_sha_256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let hmac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    hmac.chain_update(message).finalize().into_bytes().to_vec()
}

/// Computes one block of HKDF-SHA-256 with an all-zero salt (RFC 5869).
fn hkdf(secret: &[u8], info: &[u8]) -> Vec<u8> {
    hmac_sha_256(&hmac_sha_256(&[0; 32], secret), &[info, &[1]].concat())
}

/// Returns the x-coordinate that both sides of the key agreement compute.
fn agreed() -> Vec<u8> {
    use p256::elliptic_curve::point::AffineCoordinates;
    let [one, other] = [4, 5].map(|number| {
        let bytes = from_seed(number);
        *p256::SecretKey::from_slice(&bytes).unwrap().to_nonzero_scalar()
    });
    let point = p256::ProjectivePoint::GENERATOR * other;
    let public = point.to_affine();
    let expected = "a30522c2de402b561965c3cf949a1cab020c6f6ea36fcf7e911ac1a0f1515300";
    assert_eq!(public.x().to_vec(), hex(expected));
    (point * one).to_affine().x().to_vec()
}

/// The PRF inputs of "CTAP2 hmac-secret extension" in the example values, with the salts and
/// results that the authenticator computes from them.
struct HmacSecretExample {
    inputs: [Vec<u8>; 2],
    salts: [Vec<u8>; 2],
    results: [Vec<u8>; 2],
}

impl HmacSecretExample {
    fn new() -> HmacSecretExample {
        let cred_random = from_seed(6);
        let expected = "437e065e723a98b2f08f39d8baf7c53ecb3c363c5e5104bdaaf5d5ca2e028154";
        assert_eq!(cred_random.to_vec(), hex(expected));
        let inputs = [2, 3].map(|number| [SEED, &[number]].concat());
        let salts = inputs
            .each_ref()
            .map(|input| Sha256::digest([&b"WebAuthn PRF"[..], &[0], input].concat()).to_vec());
        let results = salts.each_ref().map(|salt| hmac_sha_256(&cred_random, salt));
        HmacSecretExample { inputs, salts, results }
    }
}

/// Returns the secret of PIN protocol 1, and the HMAC key and AES key of PIN protocol 2.
fn pin_secrets() -> [Vec<u8>; 2] {
    let agreed = agreed();
    let secret_2 = [hkdf(&agreed, b"CTAP2 HMAC key"), hkdf(&agreed, b"CTAP2 AES key")].concat();
    [Sha256::digest(&agreed).to_vec(), secret_2]
}

/// Encrypts with an all-zero initialization vector for PIN protocol 1, or with 16 bytes that are
/// sent for PIN protocol 2.
fn encrypt(iv: Option<u8>, plain: &[u8]) -> Vec<u8> {
    let [secret_1, secret_2] = pin_secrets();
    match iv {
        None => aes_256_cbc(&secret_1, &[0; 16], plain),
        Some(number) => {
            let iv = &from_seed(number)[..16];
            [iv, &aes_256_cbc(&secret_2[32..], iv, plain)].concat()
        }
    }
}

#[test]
fn ext_05_06_the_salts_secrets_and_results_of_the_specification_are_computed() {
    let HmacSecretExample { salts, results, .. } = HmacSecretExample::new();
    assert_eq!(salts[0], hex("527413ebb48293772df30f031c5ac4650c7de14bf9498671ae163447b6a772b3"));
    assert_eq!(salts[1], hex("d68ac03329a10ee5e0ec834492bb9a96a0e547baf563bf78ccbe8789b22e776b"));
    assert_eq!(results[0], hex("3c33e07d202c3b029cc21f1722767021bf27d595933b3d2b6a1b9d5dddc77fae"));
    assert_eq!(results[1], hex("a62a8773b19cda90d7ed4ef72a80a804320dbd3997e2f663805ad1fd3293d50b"));
    let [secret_1, secret_2] = pin_secrets();
    assert_eq!(secret_1, hex("23e5ed7157c25892b77732fb9c8a107e3518800db2af4142f9f4adfacb771d39"));
    let expected = "0c63083de8170101d38bcf8bd72309568ddb4550867e23404b35d85712f7c20d\
                    8bc911ee23c06034cbc14290b9669bec07739053c5a416e313ef905c79955876";
    assert_eq!(secret_2, hex(expected));
}

/// The number of inputs, the numbers of the initialization vectors for the salts and the output,
/// and both in their transmitted form.
type Encrypted = (usize, [Option<u8>; 2], &'static str, &'static str);

const ENCRYPTED: [Encrypted; 3] = [
    (
        1,
        [Some(7), Some(9)],
        "23dde5e3462daf36559b85c4ac5f9656aa9bfd81c1dc2bf8533c8b9f38828547\
         86b4f500e25b4e3d81f7fc7c74236229",
        "3bfaa48f7952330d63e35ff8cd5bca48d2a12823828915749287256ab146272f\
         9fb437bf65691243c3f504bd7ea6d5e6",
    ),
    (
        2,
        [Some(8), Some(10)],
        "d9f4236403e0fe843a8e4e5be764d120904c198ad6e77b089876a3391961f183\
         b0008b4ca66b91cd72aa35b6151ff981f6e5649f3c040e6615ad7dd8ae96ef23\
         b229a5c97c3f0dcd8605eee166ce163a",
        "90ee52f739043bc17b3488a74306d7801debb5b61f18662c648a25b5b5678ede\
         482cdaff99a537a44f064fcb10ce6e04dfd27619dc96a0daff8507e499296b1e\
         ecf0981f7c8518b277a7a3018f5ec6fb",
    ),
    (
        1,
        [None, None],
        "ab8c878bb05d04700f077ed91845ec9c503c925cb12b327ddbeb4243c397f913",
        "15d4e4f3f04109b492b575c1b38c28585b6719cf8d61304215108d939f37ccfb",
    ),
];

#[test]
fn ext_05_06_the_hmac_secret_examples_of_the_specification_are_computed() {
    let HmacSecretExample { inputs, salts, results } = HmacSecretExample::new();
    for (count, [salt_iv, output_iv], salt_enc, output_enc) in ENCRYPTED {
        assert_eq!(encrypt(salt_iv, &salts[..count].concat()), hex(salt_enc));
        let output = encrypt(output_iv, &results[..count].concat());
        assert_eq!(output, hex(output_enc));
        // The signed outputs and the client outputs, as a relying party receives them.
        let second = (count == 2).then_some(&inputs[1][..]);
        let request = logging_in().prf(&inputs[0], second);
        let mut secrets = json!({ "first": base64url(&results[0]) });
        if count == 2 {
            secrets["second"] = base64url(&results[1]).into();
        }
        let client = json!({ "prf": { "results": secrets } });
        let login = log_in(&request, client, &[("hmac-secret", output.clone().into())]).unwrap();
        assert_eq!(login.authenticator_outputs().unwrap().hmac_secret(), Some(&output[..]));
        let secrets = login.client_outputs().prf().unwrap().results.unwrap();
        assert_eq!(secrets.first.to_vec(), results[0]);
        assert_eq!(
            secrets.second.map(|second| second.to_vec()),
            (count == 2).then(|| results[1].clone())
        );
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn ext_05_06_the_software_authenticator_computes_prf_with_hmac_secret() {
    let request = RegistrationRequest::passkey(&user(), &[]).prf(b"one", None);
    let mut account = Account::new(&request);
    let output = account.registration.client_outputs().prf().unwrap();
    assert_eq!(output.enabled, Some(true));
    let created = output.results.unwrap().first;
    let outputs = account.registration.authenticator_outputs().unwrap();
    assert_eq!(outputs.hmac_secret_enabled(), Some(true));
    assert_eq!(outputs.hmac_secret_mc().unwrap().len(), 48);

    let id = account.credential().id().to_vec();
    let both = account.request().prf(b"one", Some(b"two"));
    let login = account.log_in(&both);
    let results = login.client_outputs().prf().unwrap().results.unwrap();
    assert_eq!(results.first, created);
    assert_ne!(results.second, Some(created));
    assert_eq!(login.authenticator_outputs().unwrap().hmac_secret().unwrap().len(), 80);
    let own = account.log_in(&both.prf_for(&id, b"two", None));
    let own = own.client_outputs().prf().unwrap().results.unwrap();
    assert_eq!((Some(own.first), own.second), (results.second, None));
    // The same secret, computed from its salt.
    let salt = Sha256::digest(b"WebAuthn PRF\0two").into();
    let request = account.request().extension("hmacGetSecret", salts(&salt, Some(&[0; 32])));
    let secrets = account.log_in(&request);
    let secrets = secrets.client_outputs().hmac_get_secret().unwrap();
    assert_eq!(secrets.first, own.first);
    assert!(secrets.second.is_some());
}
