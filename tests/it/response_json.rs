//! Responses are parsed as browsers write them, and unsigned members never replace signed ones.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use serde_json::{Value, json};
use webauthn_verify::{
    Algorithm, AuthenticationResponse, AuthenticatorAttachment, Credential, Error, ErrorKind,
    Registration, RegistrationRequest, RegistrationResponse, Step,
};
use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

use crate::common::messages::{
    self, LoggingIn, ORIGIN, Registering, base64url, key, now, passes, refused, unparsed, user,
};

/// Returns a body with one member replaced, or removed if there is no value.
fn with(body: &Value, path: &[&str], value: Option<Value>) -> Value {
    let mut body = body.clone();
    let (last, parents) = match path {
        [parents @ .., last] => (*last, parents),
        [] => return body,
    };
    let mut object = &mut body;
    for parent in parents {
        object = &mut object[*parent];
    }
    match (value, object.as_object_mut()) {
        (Some(value), Some(object)) => drop(object.insert(last.to_owned(), value)),
        (None, Some(object)) => drop(object.remove(last)),
        (_, None) => {}
    }
    body
}

fn registration() -> Value {
    Registering::new().body()
}

fn login() -> Value {
    LoggingIn::new().body()
}

#[track_caller]
fn read_registration(body: &Value) -> RegistrationResponse {
    RegistrationResponse::from_json(body.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn read_login(body: &Value) -> AuthenticationResponse {
    AuthenticationResponse::from_json(body.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn bad_registration(body: &str, kind: ErrorKind, step: Step) {
    refused(RegistrationResponse::from_json(body), kind, step);
}

#[track_caller]
fn bad_login(body: &str, kind: ErrorKind, step: Step) {
    refused(AuthenticationResponse::from_json(body), kind, step);
}

/// Registers with the software authenticator, which also sends the copies.
fn register(fault: Option<Fault>) -> Result<Registration, Error> {
    let mut device = SoftwareAuthenticator::from_seed(b"copies");
    if let Some(fault) = fault {
        device.break_next(fault);
    }
    let rp = messages::relying_party();
    let (options, pending) =
        rp.start_registration(&RegistrationRequest::passkey(&user(), &[]), now())?;
    let body = device.register(&options, ORIGIN).unwrap_or_default();
    rp.finish_registration(pending, &RegistrationResponse::from_json(body)?, now())
}

#[test]
fn json_01_an_id_and_the_response_are_required_and_well_formed() {
    let kind = ErrorKind::MalformedResponse;
    let without = |body: &Value| with(body, &["response"], None).to_string();
    bad_registration(&without(&registration()), kind, Step::ResponseType);
    bad_login(&without(&login()), kind, Step::ResponseType);
    let without_ids = |body: &Value| with(&with(body, &["id"], None), &["rawId"], None).to_string();
    bad_registration(&without_ids(&registration()), kind, Step::ResponseType);
    bad_login(&without_ids(&login()), kind, Step::ResponseType);
    for (member, step) in [("type", Step::ResponseType), ("response", Step::ResponseMembers)] {
        let wrong = with(&registration(), &[member], Some(json!([1]))).to_string();
        bad_registration(&wrong, kind, step);
        let wrong = with(&login(), &[member], Some(json!([1]))).to_string();
        bad_login(&wrong, kind, step);
    }
    let both = |body: &Value| {
        with(&with(body, &["id"], Some(json!([1]))), &["rawId"], Some(json!({}))).to_string()
    };
    bad_registration(&both(&registration()), kind, Step::ResponseType);
    bad_login(&both(&login()), kind, Step::ResponseType);
    read_registration(&registration());
    read_login(&login());
}

#[test]
fn json_01_an_unknown_attachment_counts_as_none() {
    let read = |value: Option<Value>| {
        let body = with(&registration(), &["authenticatorAttachment"], value);
        read_registration(&body).unverified_authenticator_attachment()
    };
    assert_eq!(read(None), None);
    assert_eq!(read(Some(Value::Null)), None);
    assert_eq!(read(Some("x".into())), None);
    assert_eq!(read(Some("Platform".into())), None);
    assert_eq!(read(Some("platform".into())), Some(AuthenticatorAttachment::Platform));
    let cross = Some(AuthenticatorAttachment::CrossPlatform);
    assert_eq!(read(Some("cross-platform".into())), cross);
}

#[test]
fn json_01_escapes_in_an_attachment_are_decoded() {
    for (written, expected) in [
        (r#""\u0070latform""#, Some(AuthenticatorAttachment::Platform)),
        (r#""cross\u002dplatform""#, Some(AuthenticatorAttachment::CrossPlatform)),
        (r#""\ud800platform""#, None),
    ] {
        // Written by hand, because `serde_json` writes no unnecessary escapes.
        let body = |body: &Value| {
            let body = with(body, &["authenticatorAttachment"], Some("place".into()));
            body.to_string().replace(r#""place""#, written)
        };
        let registration = RegistrationResponse::from_json(body(&registration())).unwrap();
        assert_eq!(registration.unverified_authenticator_attachment(), expected, "{written}");
        let login = AuthenticationResponse::from_json(body(&login())).unwrap();
        assert_eq!(login.unverified_authenticator_attachment(), expected, "{written}");
    }
}

#[test]
fn json_02_two_members_are_required_and_the_copies_are_optional() {
    passes(Registering::new().finish());
    for member in ["clientDataJSON", "attestationObject"] {
        let body = with(&registration(), &["response", member], None).to_string();
        bad_registration(&body, ErrorKind::MalformedResponse, Step::ResponseMembers);
    }
    bad_registration(&login().to_string(), ErrorKind::WrongResponseType, Step::ResponseType);
    bad_login(&registration().to_string(), ErrorKind::WrongResponseType, Step::ResponseType);
}

#[test]
fn json_03_three_members_are_required_and_the_user_handle_is_optional() {
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        let body = with(&login(), &["response", member], None).to_string();
        bad_login(&body, ErrorKind::MalformedResponse, Step::ResponseMembers);
    }
    let handle = |length: usize| {
        with(&login(), &["response", "userHandle"], Some(base64url(&vec![7; length]).into()))
    };
    for length in [1, 64] {
        let response = read_login(&handle(length));
        assert_eq!(response.unverified_user_handle(), Some(&vec![7; length][..]));
        // A name with an escape has another reader.
        let escaped = handle(length).to_string().replace("userHandle", "user\\u0048andle");
        assert_eq!(AuthenticationResponse::from_json(escaped).unwrap(), response);
    }
    let long = handle(65).to_string();
    bad_login(&long, ErrorKind::MalformedResponse, Step::ResponseMembers);
}

#[test]
fn json_03_kb_65_an_empty_or_null_user_handle_counts_as_absent() {
    for value in [None, Some(Value::Null), Some("".into())] {
        let login = LoggingIn::new();
        let body = with(&login.body(), &["response", "userHandle"], value);
        assert_eq!(read_login(&body).unverified_user_handle(), None);
        passes(login.finish_with(&body));
    }
    let login = LoggingIn::new();
    let other = Some(base64url(b"somebody else").into());
    let body = with(&login.body(), &["response", "userHandle"], other);
    refused(login.finish_with(&body), ErrorKind::UserHandleMismatch, Step::CredentialRecord);
}

#[test]
fn json_04_binary_members_are_unpadded_base64url() {
    for (text, offset) in [("QQ==", 2), ("Q", 1), ("QR", 1), ("Q+AA", 1), ("Q/AA", 1), ("Q Q", 1)] {
        for (member, step) in [
            ("clientDataJSON", Step::ResponseMembers),
            ("authenticatorData", Step::ResponseMembers),
            ("signature", Step::ResponseMembers),
            ("userHandle", Step::ResponseMembers),
        ] {
            let body = with(&login(), &["response", member], Some(text.into())).to_string();
            bad_login(&body, ErrorKind::InvalidBase64Url, step);
            let error = AuthenticationResponse::from_json(&body).unwrap_err();
            let error = error.parse_error().unwrap();
            assert_eq!(error.offset(), offset, "{error}");
            assert_eq!(error.field(), Some(&*format!("response.{member}")));
        }
        let body = with(&login(), &["rawId"], Some(text.into())).to_string();
        bad_login(&body, ErrorKind::InvalidBase64Url, Step::ResponseType);
        let body = with(&registration(), &["response", "attestationObject"], Some(text.into()));
        bad_registration(&body.to_string(), ErrorKind::InvalidBase64Url, Step::ResponseMembers);
    }
    read_login(&with(&login(), &["response", "signature"], Some("-_8".into())));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn json_05_kb_18_the_three_credential_ids_must_be_equal() {
    let other: Value = base64url(b"another").into();
    passes(register(None));
    refused(register(Some(Fault::RawId)), ErrorKind::CredentialIdMismatch, Step::ResponseType);
    let attested = register(Some(Fault::AttestedCredentialId));
    refused(attested, ErrorKind::CredentialIdMismatch, Step::AttestationObject);
    for member in ["id", "rawId"] {
        let body = with(&registration(), &[member], Some(other.clone())).to_string();
        bad_registration(&body, ErrorKind::CredentialIdMismatch, Step::ResponseType);
        let body = with(&login(), &[member], Some(other.clone())).to_string();
        bad_login(&body, ErrorKind::CredentialIdMismatch, Step::ResponseType);
    }
    let empty = with(&with(&login(), &["id"], Some("".into())), &["rawId"], Some("".into()));
    bad_login(&empty.to_string(), ErrorKind::MalformedResponse, Step::ResponseType);
    for wrong in ["Public-Key", "public-key ", "password", ""] {
        let body = with(&login(), &["type"], Some(wrong.into())).to_string();
        bad_login(&body, ErrorKind::MalformedResponse, Step::ResponseType);
        let error = AuthenticationResponse::from_json(body).unwrap_err().to_string();
        assert!(error.contains(&format!("{wrong:?}, not \"public-key\"")), "{error}");
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn json_06_copies_are_compared_and_never_used() {
    let differing =
        |registration: Registration| -> Vec<&str> { registration.differing_copies().collect() };
    for (fault, member) in [
        (Fault::AuthenticatorDataCopy, "response.authenticatorData"),
        (Fault::PublicKeyCopy, "response.publicKey"),
        (Fault::PublicKeyAlgorithmCopy, "response.publicKeyAlgorithm"),
    ] {
        assert_eq!(differing(register(Some(fault)).unwrap()), [member]);
    }
    assert_eq!(differing(register(None).unwrap()), [""; 0]);
    // Each copy on its own, correct and wrong, for every kind of key.
    for algorithm in Algorithm::compiled_in() {
        let private = key(algorithm);
        let registration = Registering::with_key(&private.cose_key().unwrap());
        let spki = private.public_numbers().subject_public_key_info();
        let copy = |member: &str, value: Value| {
            let body = with(&registration.body(), &["response", member], Some(value));
            differing(registration.finish_with(&body).unwrap())
        };
        assert_eq!(copy("publicKey", base64url(&spki).into()), [""; 0]);
        assert_eq!(copy("publicKeyAlgorithm", algorithm.cose_id().into()), [""; 0]);
        assert_eq!(copy("publicKey", Value::Null), [""; 0]);
        assert_eq!(copy("publicKey", base64url(&spki[1..]).into()), ["response.publicKey"]);
        let other = copy("publicKeyAlgorithm", json!(-65535));
        assert_eq!(other, ["response.publicKeyAlgorithm"]);
    }
}

#[test]
fn json_07_kb_72_transports_are_kept_in_order_as_received() {
    let names = ["x-new", "usb", "cable", "internal", "smart-card", "ble", "nfc", "hybrid", "USB"];
    let registration = Registering::new();
    let transports = Some(json!(names));
    let body = with(&registration.body(), &["response", "transports"], transports);
    let credential = registration.finish_with(&body).unwrap().into_credential();
    let kept = |credential: &Credential| -> Vec<String> {
        credential.transports().iter().map(|transport| transport.as_str().to_owned()).collect()
    };
    assert_eq!(kept(&credential), names);
    let stored = serde_json::to_string(&credential).unwrap();
    assert_eq!(kept(&serde_json::from_str(&stored).unwrap()), names);
    for absent in [None, Some(Value::Null), Some(json!([]))] {
        let body = with(&registration.body(), &["response", "transports"], absent);
        assert_eq!(kept(registration.finish_with(&body).unwrap().credential()), [""; 0]);
    }
}

#[test]
fn json_08_unknown_members_are_ignored_and_repeated_ones_rejected() {
    let mut body = login();
    body["unknown"] = json!({ "a": [1, { "b": null }] });
    body["response"]["unknown"] = json!("x");
    passes(LoggingIn::new().finish_with(&body));

    let text = login().to_string();
    for twice in [
        text.replacen('{', r#"{"rawId":"AAAA","#, 1),
        text.replacen('{', r#"{"\u0072awId":"AAAA","#, 1),
        text.replacen('{', r#"{"x":1,"x":1,"#, 1),
        text.replacen('{', r#"{"response":{},"#, 1),
        text.replacen('{', r#"{"type":"public-key","#, 1),
    ] {
        let error = AuthenticationResponse::from_json(&twice).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MalformedResponse, "{error}");
        assert!(error.to_string().contains("occurs twice"), "{error}");
    }
    let twice = text.replacen(r#""response":{"#, r#""response":{"signature":"AAAA","#, 1);
    bad_login(&twice, ErrorKind::MalformedResponse, Step::ResponseMembers);
    let with_results = |results: String| {
        assert!(text.contains(r#""clientExtensionResults":{}"#));
        text.replace(r#""clientExtensionResults":{}"#, &results)
    };
    for twice in [r#"{"appid":false,"appid":true}"#, r#"{"x":1,"\u0078":1}"#] {
        let twice = with_results(format!(r#""clientExtensionResults":{twice}"#));
        bad_login(&twice, ErrorKind::MalformedResponse, Step::ClientExtensionResults);
    }
    let outputs = |count: usize| {
        let outputs: Vec<_> = (0..count).map(|number| format!(r#""{number}":1"#)).collect();
        with_results(format!(r#""clientExtensionResults":{{{}}}"#, outputs.join(",")))
    };
    AuthenticationResponse::from_json(outputs(64)).unwrap();
    bad_login(&outputs(65), ErrorKind::MalformedResponse, Step::ClientExtensionResults);

    let members = |count: usize| {
        let mut body = login();
        for number in 5..count {
            body[number.to_string()] = number.into();
        }
        body.to_string()
    };
    AuthenticationResponse::from_json(members(64)).unwrap();
    bad_login(&members(65), ErrorKind::MalformedResponse, Step::ResponseType);
}

#[test]
fn json_08_text_that_is_not_a_response_is_reported_with_the_reason() {
    bad_registration("null", ErrorKind::CeremonyAborted, Step::BrowserCall);
    let aborted = r#"{"error":"NotAllowedError"}"#;
    bad_registration(aborted, ErrorKind::CeremonyAborted, Step::BrowserCall);
    bad_login(aborted, ErrorKind::CeremonyAborted, Step::BrowserCall);
    for no_object in ["[]", "\"\"", "7", "true", "", "{", "{} {}"] {
        bad_login(no_object, ErrorKind::MalformedResponse, Step::ResponseType);
    }
    let tail = format!("{}x", login());
    let error = AuthenticationResponse::from_json(tail).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    let wrong_type = login().to_string().replace("\"public-key\"", "  7");
    let error = unparsed(AuthenticationResponse::from_json(&wrong_type));
    assert_eq!((error.field(), error.reason()), (Some("type"), "not a string"));
    assert_eq!(Some(error.offset() - 2), wrong_type.find("  7"));
    let large = format!("{}{}", login(), " ".repeat(256 * 1024));
    bad_login(&large, ErrorKind::InputTooLarge, Step::ResponseType);
}
