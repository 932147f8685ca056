//! `remoteClientDataJSON`: client data that another device created.

use serde_json::{Value, json};
use webauthn_verify_authenticator::ClientDataBuilder;

use super::results;
use crate::case::{
    CHALLENGE, Case, Login, ORIGIN, Registration, create_client_data, get_client_data,
};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(inputs(ceremony));
        cases.extend(responses(ceremony));
    }
    cases
}

fn client_data(ceremony: Ceremony) -> ClientDataBuilder {
    ceremony.either(create_client_data(), get_client_data())
}

/// A case whose response has this client data.
fn with(ceremony: Ceremony, name: &str, client_data: &[u8]) -> Case {
    let name = format!("extensions/{}/remote-client-data/{name}", ceremony.word());
    match ceremony {
        Ceremony::Registration => {
            Registration::new().client_data(client_data).case(&name, "EXT-10")
        }
        Ceremony::Login => Login::new().client_data(client_data).case(&name, "EXT-10"),
    }
}

/// Inputs that the response would be rejected with.
fn inputs(ceremony: Ceremony) -> Vec<Value> {
    let correct = client_data(ceremony).build();
    let other = ceremony.either("webauthn.get", "webauthn.create");
    let own = ceremony.either("webauthn.create", "webauthn.get");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("JSON is UTF-8");
    let mut cases = Vec::new();
    for (name, input) in [
        (
            "other-challenge",
            text(ClientDataBuilder::new(own, b"another challenge", ORIGIN).build()),
        ),
        (
            "other-origin",
            text(ClientDataBuilder::new(own, &CHALLENGE, "https://evil.example").build()),
        ),
        ("other-type", text(ClientDataBuilder::new(other, &CHALLENGE, ORIGIN).build())),
        ("framed", text(client_data(ceremony).cross_origin(true).build())),
        ("not-json", "{".to_owned()),
        ("empty", String::new()),
    ] {
        let case = with(ceremony, &format!("input-{name}"), &correct)
            .with("extensions", json!({ "remoteClientDataJSON": input }));
        cases.push(case.unusable());
    }
    let object = with(ceremony, "input-not-text", &correct)
        .with("extensions", json!({ "remoteClientDataJSON": {} }));
    cases.push(object.unusable());
    cases
}

/// Responses to correct inputs.
fn responses(ceremony: Ceremony) -> Vec<Value> {
    let remote = client_data(ceremony).member("x", "1").build();
    let input = String::from_utf8(remote.clone()).expect("JSON is UTF-8");
    let inputs = json!({ "remoteClientDataJSON": input });
    let ask = |name: &str, client_data: &[u8], output: Value| {
        let case = with(ceremony, name, client_data).with("extensions", inputs.clone());
        results(case, json!({ "remoteClientDataJSON": output }))
    };
    let evil = ceremony.either("webauthn.create", "webauthn.get");
    let evil = ClientDataBuilder::new(evil, &CHALLENGE, "https://evil.example").build();
    vec![
        ask("used", &remote, json!(true)).accept(),
        ask("not-used", &client_data(ceremony).build(), Value::Null).accept(),
        ask("output-lost", &remote, json!("true")).accept(),
        ask("other-origin-in-the-response", &evil, json!(true))
            .reject("OriginMismatch", ceremony.either("9", "12")),
    ]
}
