//! The algorithms and excluded credentials in the pending state of a registration.

use serde_json::{Value, json};

use super::with;
use crate::case::{CREDENTIAL_ID, encode};
use crate::ceremony::Ceremony;

const REGISTRATION: Ceremony = Ceremony::Registration;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = algorithms();
    cases.extend(excluded());
    cases
}

fn algorithms() -> Vec<Value> {
    let with = |name: &str, algorithms: Value| {
        with(REGISTRATION, &format!("algorithms/{name}"), "KB-104", &["algorithms"], algorithms)
    };
    vec![
        with("none", json!([])).unusable(),
        // A later release may have stored a number that this one cannot verify.
        with("unknown-only", json!([-65535])).unusable(),
        with("unknown-too", json!([-65535, -7])).accept(),
        with("twice", json!([-7, -7])).accept(),
        with("other", json!([-35, -257])).reject("AlgorithmNotRequested", "20"),
        with("names", json!(["ES256"])).unusable(),
        with("fraction", json!([-7.5])).unusable(),
        with("number", json!(-7)).unusable(),
    ]
}

fn excluded() -> Vec<Value> {
    let with = |name: &str, rule: &str, excluded: Value| {
        with(REGISTRATION, &format!("excluded/{name}"), rule, &["excluded"], excluded)
    };
    let id = encode(&CREDENTIAL_ID);
    vec![
        with("it", "REG-26", json!([id])).reject("CredentialAlreadyRegistered", "26"),
        with("last", "REG-26", json!([encode(b"2"), encode(b"3"), id]))
            .reject("CredentialAlreadyRegistered", "26"),
        with("other", "REG-26", json!([encode(b"the credential 2")])).accept(),
        with("1-byte", "KB-104", json!([encode(b"1")])).accept(),
        with("1023-bytes", "KB-104", json!([encode(&[7; 1023])])).accept(),
        with("0-bytes", "KB-104", json!([""])).unusable(),
        with("1024-bytes", "KB-104", json!([encode(&[7; 1024])])).unusable(),
        with("second-of-0-bytes", "KB-104", json!([encode(b"1"), ""])).unusable(),
        with("64", "KB-104", json!(vec![encode(b"2"); 64])).accept(),
        with("65", "KB-104", json!(vec![encode(b"2"); 65])).unusable(),
        with("padded", "KB-104", json!([format!("{id}==")])).unusable(),
        with("text", "KB-104", json!(id)).unusable(),
    ]
}
