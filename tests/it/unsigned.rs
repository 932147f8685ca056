//! Unsigned members never decide: in any form, or absent, they do not fail a ceremony.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use serde::Deserialize;
use serde_json::{Map, Value, json};
use webauthn_verify::{
    Algorithm, AuthenticationResponse, ErrorKind, Registration, RegistrationResponse, Step,
};

use crate::common::messages::{self, LoggingIn, Registering, base64url, key, passes, refused};

/// Returns values that no member can use. Some client sends each of them somewhere.
fn garbage() -> Vec<Value> {
    vec![
        json!(null),
        json!(""),
        json!("QQ=="),
        json!("not base64url!"),
        json!("\u{0}\u{ffff}"),
        json!(0),
        json!(-1.5),
        json!(9_223_372_036_854_775_807_u64),
        json!(true),
        json!([]),
        json!([1, 2, 3]),
        json!({}),
        json!({ "0": 43 }),
        json!({ "type": "Buffer", "data": [1, 2] }),
        json!([{ "a": [[], {}] }]),
    ]
}

/// Returns a body with one member set, or removed if there is no value.
fn with(body: &Value, path: &[&str], value: Option<Value>) -> Value {
    let mut body = body.clone();
    let [parents @ .., last] = path else { panic!("the path is empty") };
    let mut object = &mut body;
    for parent in parents {
        object = &mut object[*parent];
    }
    let members = object.as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert((*last).to_owned(), value)),
        None => drop(members.remove(*last)),
    }
    body
}

/// Returns the response for each way to read it: text as browsers write it, text with white space,
/// serde, and serde with a flattened structure.
fn ways<T>(body: &Value, from_json: impl Fn(String) -> T) -> Vec<T>
where
    T: for<'de> Deserialize<'de>,
{
    #[derive(Deserialize)]
    struct Flattened<T> {
        #[serde(flatten)]
        response: T,
    }
    #[derive(Deserialize)]
    struct Nested<T> {
        credential: T,
    }
    let text = body.to_string();
    let nested = json!({ "credential": body }).to_string();
    vec![
        from_json(text.clone()),
        from_json(serde_json::to_string_pretty(body).unwrap()),
        from_json(format!(" {text}\r\n")),
        serde_json::from_str(&text).unwrap(),
        serde_json::from_value(body.clone()).unwrap(),
        serde_json::from_str::<Flattened<T>>(&text).unwrap().response,
        serde_json::from_str::<Nested<T>>(&nested).unwrap().credential,
    ]
}

/// Checks that the registration succeeds for every way to read it.
#[track_caller]
fn registers(registration: &Registering, body: &Value) -> Registration {
    let read = |text: String| {
        RegistrationResponse::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let mut last = None;
    for response in ways(body, read) {
        let rp = &registration.rp;
        let (_, pending) = rp.start_registration(&registration.request, messages::now()).unwrap();
        let verdict = rp.finish_registration(pending, &response, messages::now());
        last = Some(verdict.unwrap_or_else(|error| panic!("{error}: {body}")));
    }
    last.unwrap()
}

#[track_caller]
fn logs_in(login: &LoggingIn, body: &Value) {
    let read = |text: String| {
        AuthenticationResponse::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    for response in ways(body, read) {
        let (_, pending) = login.rp.start_authentication(&login.request, messages::now()).unwrap();
        let credentials = std::slice::from_ref(&login.credential);
        let verdict =
            login.rp.finish_authentication(pending, &response, credentials, messages::now());
        passes(verdict.inspect_err(|_| eprintln!("{body}")));
    }
}

fn differing(registration: &Registration) -> Vec<&'static str> {
    registration.differing_copies().collect()
}

#[test]
fn json_06_kb_82_copies_in_any_form_are_accepted_and_differences_reported() {
    let registration = Registering::new();
    let body = registration.body();
    assert_eq!(differing(&registers(&registration, &body)), [""; 0]);
    let copies = ["authenticatorData", "publicKey", "publicKeyAlgorithm"];
    for member in copies {
        for value in garbage() {
            let says_nothing = value.is_null() || (value == "" && member != "publicKeyAlgorithm");
            let verdict =
                registers(&registration, &with(&body, &["response", member], Some(value.clone())));
            let expected = format!("response.{member}");
            let expected: Vec<&str> = if says_nothing { vec![] } else { vec![&expected] };
            assert_eq!(differing(&verdict), expected, "{member} {value}");
        }
    }
    // Valid values with other content: authenticator data without a credential, and another key.
    let other = key(Algorithm::Es384).public_numbers().subject_public_key_info();
    let short = vec![7; 37];
    for (member, value) in [
        ("authenticatorData", json!(base64url(&short))),
        ("publicKey", json!(base64url(&other))),
        ("publicKey", json!(base64url(&[4; 64]))),
        ("publicKeyAlgorithm", json!(-257)),
    ] {
        let verdict = registers(&registration, &with(&body, &["response", member], Some(value)));
        assert_eq!(differing(&verdict), [format!("response.{member}")]);
    }
    // All copies at once, in the order of the members.
    let mut all = body;
    for member in copies {
        all = with(&all, &["response", member], Some(json!([0])));
    }
    let names = copies.map(|member| format!("response.{member}"));
    assert_eq!(differing(&registers(&registration, &all)), names);
}

#[test]
fn kb_82_members_of_the_other_ceremony_are_ignored_in_any_form() {
    let registration = Registering::new();
    for member in ["signature", "userHandle"] {
        for value in garbage() {
            let _ = registers(
                &registration,
                &with(&registration.body(), &["response", member], Some(value)),
            );
        }
    }
    let login = LoggingIn::new();
    for member in ["attestationObject", "publicKey", "publicKeyAlgorithm", "transports"] {
        for value in garbage() {
            logs_in(&login, &with(&login.body(), &["response", member], Some(value)));
        }
    }
}

/// Returns the transports that a registration keeps from this value.
fn kept_transports(registration: &Registering, transports: Value) -> Vec<String> {
    let body = with(&registration.body(), &["response", "transports"], Some(transports));
    let verdict = registers(registration, &body);
    let transports = verdict.credential().transports().iter();
    transports.map(|transport| transport.as_str().to_owned()).collect()
}

#[test]
fn json_07_transports_are_accepted_in_any_form() {
    let registration = Registering::new();
    let kept = |value| kept_transports(&registration, value);
    for value in garbage() {
        assert_eq!(kept(value), [""; 0]);
    }
    assert_eq!(kept(json!("internal")), [""; 0]);
    assert_eq!(kept(json!({ "0": "internal" })), [""; 0]);
    assert_eq!(kept(json!([1, "usb", null, ["nfc"], {}, "x-new"])), ["usb", "x-new"]);
}

#[test]
fn json_07_kb_108_the_number_and_length_of_transports_are_limited() {
    let registration = Registering::new();
    let kept = |value| kept_transports(&registration, value);
    // Characters, not bytes.
    let longest = "\u{e9}".repeat(32);
    assert_eq!(kept(json!(["usb", longest, "\u{e9}".repeat(33), "nfc"])), ["usb", &longest, "nfc"]);
    assert_eq!(kept(json!(["x".repeat(4096)])), [""; 0]);
    let many: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    assert_eq!(kept(json!(many)), many[..16]);
    // Dropped transports leave room for others.
    let mixed: Vec<Value> =
        std::iter::repeat_n(json!(1), 20).chain(many.iter().map(|one| json!(one))).collect();
    assert_eq!(kept(json!(mixed)), many[..16]);
}

#[test]
fn reg_04_auth_04_kb_83_malformed_client_extension_results_count_as_empty() {
    let path = ["clientExtensionResults"];
    let registration = Registering::new();
    let login = LoggingIn::new();
    for value in garbage().into_iter().map(Some).chain([None]) {
        // An object is read as an object.
        if value.as_ref().is_some_and(Value::is_object) {
            continue;
        }
        let verdict = registers(&registration, &with(&registration.body(), &path, value.clone()));
        assert_eq!(verdict.client_outputs().iter().count(), 0);
        logs_in(&login, &with(&login.body(), &path, value));
    }
    // They do not count as unsolicited outputs either.
    let mut strict = Registering::new();
    strict.rp = strict.rp.refuse_unsolicited_extensions();
    let _ = registers(&strict, &with(&strict.body(), &path, Some(json!([]))));
}

#[test]
fn json_01_the_attachment_is_accepted_in_any_form() {
    let registration = Registering::new();
    let login = LoggingIn::new();
    for value in garbage().into_iter().map(Some).chain([None]) {
        let path = ["authenticatorAttachment"];
        let _ = registers(&registration, &with(&registration.body(), &path, value.clone()));
        logs_in(&login, &with(&login.body(), &path, value));
    }
}

#[test]
fn json_01_either_id_is_enough_and_the_type_may_be_absent() {
    let registration = Registering::new();
    let login = LoggingIn::new();
    for member in ["id", "rawId", "type"] {
        let none = [None, Some(Value::Null)];
        // As JSON.stringify() writes an ArrayBuffer. The type is a string or absent.
        let lost = [json!({}), json!([1, 2]), json!({ "0": 1 }), json!(7)].map(Some);
        let lost = if member == "type" { &[][..] } else { &lost };
        for value in none.into_iter().chain(lost.iter().cloned()) {
            let _ = registers(&registration, &with(&registration.body(), &[member], value.clone()));
            logs_in(&login, &with(&login.body(), &[member], value));
        }
    }
    let neither = with(&with(&login.body(), &["id"], None), &["rawId"], Some(Value::Null));
    let error = AuthenticationResponse::from_json(neither.to_string()).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::MalformedResponse, Some("id")));
    // The ID must still match the attested one and the one in the record.
    let other = Some(json!(base64url(b"another")));
    let only_id = with(&with(&registration.body(), &["rawId"], None), &["id"], other.clone());
    let result = registration.finish_with(&only_id);
    refused(result, ErrorKind::CredentialIdMismatch, Step::AttestationObject);
    let only_id = with(&with(&login.body(), &["rawId"], None), &["id"], other);
    refused(login.finish_with(&only_id), ErrorKind::CredentialNotAllowed, Step::AllowedCredential);
}

#[test]
fn kb_85_an_error_counts_only_if_it_is_a_string_without_a_response() {
    let registration = Registering::new();
    let login = LoggingIn::new();
    for error in garbage().into_iter().chain([json!("NotAllowedError"), json!({ "name": "x" })]) {
        let _ =
            registers(&registration, &with(&registration.body(), &["error"], Some(error.clone())));
        logs_in(&login, &with(&login.body(), &["error"], Some(error)));
    }
    let aborted = |body: Value| {
        for body in [body.to_string(), format!(" {body}")] {
            refused(
                RegistrationResponse::from_json(&body),
                ErrorKind::CeremonyAborted,
                Step::BrowserCall,
            );
            refused(
                AuthenticationResponse::from_json(&body),
                ErrorKind::CeremonyAborted,
                Step::BrowserCall,
            );
            assert!(serde_json::from_str::<AuthenticationResponse>(&body).is_err());
        }
    };
    aborted(json!({ "error": "NotAllowedError" }));
    aborted(json!({ "error": "NotAllowedError", "response": null, "id": null }));
    aborted(json!({ "id": "AAAA", "error": "InvalidStateError" }));
    for error in [json!(null), json!({ "name": "NotAllowedError" }), json!(1), json!([])] {
        let body = json!({ "error": error }).to_string();
        let kind = RegistrationResponse::from_json(body).unwrap_err().kind();
        assert_eq!(kind, ErrorKind::MalformedResponse);
    }
}

#[test]
fn unknown_members_are_ignored_in_any_form() {
    let registration = Registering::new();
    let login = LoggingIn::new();
    for value in garbage().into_iter().chain([json!("\u{1f600}")]) {
        for path in [&["x"][..], &["response", "x"], &["clientExtensionResults", "x"]] {
            let _ =
                registers(&registration, &with(&registration.body(), path, Some(value.clone())));
            logs_in(&login, &with(&login.body(), path, Some(value.clone())));
        }
    }
    // Half of a surrogate pair, as JSON.stringify() writes it.
    for place in ["\"x\":\"\\ud83d\",", "\"\\ude00\":1,", "\"error\":\"\\ud83d\\u0041\","] {
        let body = login.body().to_string().replacen('{', &format!("{{{place}"), 1);
        let response = AuthenticationResponse::from_json(&body).unwrap();
        assert_eq!(response.unverified_credential_id(), messages::CREDENTIAL_ID);
    }
}

#[test]
fn signed_members_are_rejected_in_every_wrong_form() {
    let registration = Registering::new();
    for member in ["clientDataJSON", "attestationObject"] {
        for value in garbage() {
            let body = with(&registration.body(), &["response", member], Some(value.clone()));
            let error = registration.finish_with(&body).unwrap_err();
            let expected = format!("response.{member}");
            let is_empty = value == "";
            assert!(is_empty || error.field() == Some(&expected), "{value}: {error}");
            let text = body.to_string();
            assert_eq!(serde_json::from_str::<RegistrationResponse>(&text).is_ok(), is_empty);
        }
    }
    let login = LoggingIn::new();
    for member in ["clientDataJSON", "authenticatorData", "signature", "userHandle"] {
        for value in garbage() {
            let is_absent = value.is_null() || value == "";
            let body = with(&login.body(), &["response", member], Some(value.clone()));
            if member == "userHandle" && is_absent {
                logs_in(&login, &body);
                continue;
            }
            let error = login.finish_with(&body).unwrap_err();
            let expected = format!("response.{member}");
            assert!(is_absent || error.field() == Some(&expected), "{value}: {error}");
        }
    }
}

#[test]
fn a_response_must_be_an_object() {
    for response in [json!([]), json!("x"), json!(7), json!(true)] {
        let body = with(&LoggingIn::new().body(), &["response"], Some(response));
        let error = AuthenticationResponse::from_json(body.to_string()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MalformedResponse);
        assert_eq!(error.field(), Some("response"), "{error}");
    }
}

/// Checks the error text for a body, without the link.
#[track_caller]
fn says(body: &[u8], expected: &str) {
    let error = RegistrationResponse::from_json(body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedResponse, "{error}");
    assert!(error.to_string().contains(expected), "{error}\nexpected: {expected}");
}

#[test]
fn common_mistakes_in_sending_a_response_are_named() {
    let body = Registering::new().body().to_string();
    let twice = serde_json::to_string(&body).unwrap();
    says(twice.as_bytes(), "JSON.stringify() was called twice");
    says(format!(" {twice}").as_bytes(), "JSON.stringify() was called twice");
    says(b"{}", "browsers without PublicKeyCredential.toJSON()");
    says(b" { } ", "browsers without PublicKeyCredential.toJSON()");
    says(b"", "the body is empty");
    says(b" \n", "the body is empty");
    says(b"[]", "an array, not an object");
    says(b"\"x\"", "a string, not an object");
    says(b"true", "not a JSON object");
    says(b" \n[]", "at byte 2: an array");
    says(b"<html>", "not a JSON object");
    says([&b"\xef\xbb\xbf"[..], body.as_bytes()].concat().as_slice(), "a byte order mark");
    let utf_16: Vec<u8> = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
    says(&utf_16, "UTF-16");
    says([&b"\xff\xfe"[..], &utf_16].concat().as_slice(), "UTF-16");
    says(&[body.as_bytes(), b"\xff"].concat(), "not UTF-8");

    let member = |value: Value| {
        let body = with(&Registering::new().body(), &["response", "clientDataJSON"], Some(value));
        body.to_string().into_bytes()
    };
    let field = "response.clientDataJSON";
    says(&member(json!([123, 34])), &format!("{field}, at byte"));
    says(&member(json!([123, 34])), "an array of numbers: encode the bytes as base64url");
    says(&member(json!({})), "JSON.stringify() writes for an ArrayBuffer");
    says(&member(json!({ "type": "Buffer", "data": [1] })), "a Buffer of Node.js");
    says(&member(json!({ "0": 123, "1": 34 })), "writes for a typed array");
    says(&member(json!(7)), "not a base64url string");
    says(&member(json!({ "a": "e30" })), "not a base64url string");
    let response = json!(json!({ "clientDataJSON": "e30" }).to_string());
    let body = with(&Registering::new().body(), &["response"], Some(response));
    says(body.to_string().as_bytes(), "it was encoded twice");
    let body = with(&Registering::new().body(), &["rawId"], Some(json!({})));
    let body = with(&body, &["id"], None);
    says(body.to_string().as_bytes(), "rawId, at byte");
    let response = |value: Value| {
        with(&Registering::new().body(), &["response"], Some(value)).to_string().into_bytes()
    };
    says(&response(json!([])), "an array, not an object");
    says(&response(json!({})), "an empty object, which JSON.stringify()");
    says(&response(json!(7)), "not an object");
    let wrapped = json!({ "credential": Registering::new().body() }).to_string();
    says(wrapped.as_bytes(), "send the credential itself, not an object around it");
    let raw = member(json!(r#"{"type":"webauthn.create"}"#));
    let error = RegistrationResponse::from_json(raw).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidBase64Url);
    assert!(error.to_string().contains("this is JSON; encode its bytes as base64url"), "{error}");
}

#[test]
fn the_order_of_the_members_does_not_matter() {
    let reverse = |value: &Value| -> String {
        fn write(value: &Value, text: &mut String) {
            match value {
                Value::Object(members) => {
                    text.push('{');
                    for (number, (name, member)) in members.iter().rev().enumerate() {
                        if number > 0 {
                            text.push(',');
                        }
                        *text += &format!("{}:", json!(name));
                        write(member, text);
                    }
                    text.push('}');
                }
                other => *text += &other.to_string(),
            }
        }
        let mut text = String::new();
        write(value, &mut text);
        text
    };
    let body = LoggingIn::new().body();
    assert_ne!(reverse(&body), body.to_string());
    let read = |text: &str| AuthenticationResponse::from_json(text).unwrap();
    assert_eq!(read(&reverse(&body)), read(&body.to_string()));
    let body = with(&Registering::new().body(), &["response", "publicKey"], Some(json!("AAAA")));
    let read = |text: &str| RegistrationResponse::from_json(text).unwrap();
    assert_eq!(read(&reverse(&body)), read(&body.to_string()));
    let _: Map<String, Value> = serde_json::from_str(&reverse(&body)).unwrap();
}

#[test]
fn numbers_read_through_serde_are_unchanged() {
    for number in [
        "0.0",
        "-0.0",
        "1e3",
        "1e15",
        "-1e15",
        "12300000.0",
        "1e16",
        "1.5e300",
        "1e-7",
        "0.1",
        "-2.25",
        "100.0",
        "1000.0",
        "1e2",
        "5e-324",
        "1.7976931348623157e308",
        "9999999999999998.0",
        "1234567890123000.0",
        "0",
        "-0",
        "7",
        "-7",
        "10",
        "1000",
        "18446744073709551615",
        "-9223372036854775808",
    ] {
        let mut body = LoggingIn::new().body();
        body["clientExtensionResults"]["x"] = serde_json::from_str(number).unwrap();
        let text = body.to_string();
        let response: AuthenticationResponse = serde_json::from_str(&text).unwrap();
        let kept: f64 = response.client_outputs().get("x").unwrap().parse().unwrap();
        assert_eq!(kept.to_bits(), number.parse::<f64>().unwrap().to_bits(), "{number}");
    }
    // From three zeros on, an exponent is shorter.
    for (number, written) in [(100.0, "100"), (1000.0, "1e3"), (-2000.0, "-2e3"), (1e15, "1e15")] {
        let mut body = LoggingIn::new().body();
        body["clientExtensionResults"]["x"] = json!(number);
        let response: AuthenticationResponse = serde_json::from_value(body).unwrap();
        assert_eq!(response.client_outputs().get("x"), Some(written));
    }
}

#[test]
fn a_body_read_through_serde_has_at_most_256_kib() {
    let read = |length: usize| {
        let mut body = LoggingIn::new().body();
        body["x"] = json!("");
        body["x"] = json!("a".repeat(length - body.to_string().len()));
        assert_eq!(body.to_string().len(), length);
        serde_json::from_value::<AuthenticationResponse>(body)
    };
    assert!(read(256 * 1024).is_ok());
    let error = read(256 * 1024 + 1).unwrap_err().to_string();
    assert!(error.contains("longer than 256 KiB"), "{error}");
}

/// Other formats have names that are not strings, and types that JSON does not have.
#[test]
fn other_formats_than_json_have_unknown_members_too() {
    use ciborium::Value as Cbor;
    let body = LoggingIn::new().body();
    let Ok(Cbor::Map(members)) = Cbor::serialized(&body) else { panic!("not a map") };
    let names = [
        Cbor::Bool(true),
        Cbor::from(7),
        Cbor::from(-7),
        Cbor::Bytes(vec![1, 2]),
        Cbor::Text("x".to_owned()),
    ];
    for name in names {
        let mut members = members.clone();
        members.insert(0, (name.clone(), Cbor::Bytes(vec![3])));
        let response: AuthenticationResponse = Cbor::Map(members).deserialized().unwrap();
        assert_eq!(response, serde_json::from_value(body.clone()).unwrap(), "{name:?}");
    }
    // A format can wrap values in types with a name, or mark them as present.
    let response = serde_json::from_value(body.clone()).unwrap();
    let wrapped = AuthenticationResponse::deserialize(Wrapped(&body)).unwrap();
    assert_eq!(wrapped, response);
    let present = AuthenticationResponse::deserialize(Present(&body)).unwrap();
    assert_eq!(present, response);
}

/// CBOR has bytes and integers of more than 64 bits.
#[test]
fn values_of_other_formats_are_kept_as_json() {
    use ciborium::Value as Cbor;
    let pairs = [
        (Cbor::Null, "null"),
        (Cbor::from(u64::MAX), "18446744073709551615"),
        (
            Cbor::Integer((-18_446_744_073_709_551_616_i128).try_into().unwrap()),
            "-18446744073709551616",
        ),
        (Cbor::from(u128::MAX), "340282366920938463463374607431768211455"),
        (Cbor::Bytes(vec![0xfb, 0xff]), r#""-_8""#),
    ];
    for (value, json) in pairs {
        let mut body = Cbor::serialized(&LoggingIn::new().body()).unwrap();
        for (name, member) in body.as_map_mut().unwrap() {
            if name.as_text() == Some("clientExtensionResults") {
                *member = Cbor::Map(vec![(Cbor::Text("x".to_owned()), value.clone())]);
            }
        }
        let mut bytes = Vec::new();
        ciborium::into_writer(&body, &mut bytes).unwrap();
        let response: AuthenticationResponse = ciborium::from_reader(&bytes[..]).unwrap();
        assert_eq!(response.client_outputs().get("x"), Some(json), "{value:?}");
    }
}

/// Defines a deserializer that passes the inner one to this method of the visitor.
macro_rules! passes_on {
    ($name:ident, $visit:ident) => {
        struct $name<D>(D);

        impl<'de, D: serde::Deserializer<'de>> serde::Deserializer<'de> for $name<D> {
            type Error = D::Error;

            fn deserialize_any<V: serde::de::Visitor<'de>>(
                self,
                visitor: V,
            ) -> Result<V::Value, D::Error> {
                visitor.$visit(self.0)
            }

            serde::forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
                option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum
                identifier ignored_any
            }
        }
    };
}
passes_on!(Wrapped, visit_newtype_struct);
passes_on!(Present, visit_some);

#[test]
fn a_value_that_cannot_be_json_is_an_error_that_names_what_is_expected() {
    use serde::de::value::{EnumAccessDeserializer, Error, MapDeserializer, StrDeserializer};
    let value = EnumAccessDeserializer::new(StrDeserializer::<Error>::new("x"));
    let error = AuthenticationResponse::deserialize(value).unwrap_err().to_string();
    assert!(error.contains("a PublicKeyCredential as JSON"), "{error}");
    let names = MapDeserializer::<_, Error>::new([((), 1)].into_iter());
    let error = AuthenticationResponse::deserialize(names).unwrap_err().to_string();
    assert!(error.contains("a member name"), "{error}");
}
