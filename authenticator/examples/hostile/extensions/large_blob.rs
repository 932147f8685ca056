//! `largeBlob`.

use serde_json::{Value, json};

use super::{case, rejected, results};
use crate::case::{Case, encode};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = support();
    cases.extend(blobs());
    cases.extend(inputs());
    cases
}

/// Whether a new credential can store a blob.
fn support() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let with = |name: &str, output: &Value| {
        let case = case(registration, &format!("large-blob/{name}"), "EXT-07");
        results(case, json!({ "largeBlob": output }))
    };
    let demanded = json!({ "large_blob": true });
    let mut cases = Vec::new();
    let able = json!({ "supported": true });
    cases.push(with("demanded-supported", &able).with("require", demanded.clone()).accept());
    for (name, output) in [
        ("null", Value::Null),
        ("true", json!(true)),
        ("array", json!([])),
        ("empty", json!({})),
        ("not-supported", json!({ "supported": false })),
        ("supported-null", json!({ "supported": null })),
        ("supported-text", json!({ "supported": "true" })),
    ] {
        let case = with(&format!("demanded-{name}"), &output).with("require", demanded.clone());
        cases.push(rejected(registration, case, "largeBlob"));
        let preferred = with(&format!("preferred-{name}"), &output)
            .with("extensions", json!({ "largeBlob": { "support": "preferred" } }));
        cases.push(preferred.accept());
    }
    let absent = case(registration, "large-blob/demanded-absent", "EXT-07");
    cases.push(rejected(registration, absent.with("require", demanded), "largeBlob"));
    let in_options = with("required-in-options", &json!({ "supported": false }))
        .with("extensions", json!({ "largeBlob": { "support": "required" } }));
    cases.push(rejected(registration, in_options, "largeBlob"));
    cases
}

/// The blob of a login.
fn blobs() -> Vec<Value> {
    let with = |name: &str, input: Value, output: Value| {
        let case = case(Ceremony::Login, &format!("large-blob/{name}"), "EXT-07");
        results(
            case.with("extensions", json!({ "largeBlob": input })),
            json!({
                "largeBlob": output,
            }),
        )
    };
    let read = || json!({ "read": true });
    let write = || json!({ "write": encode(b"a blob") });
    vec![
        with("read", read(), json!({ "blob": encode(b"a blob") })).accept(),
        with("read-nothing", read(), json!({})).accept(),
        with("read-padded", read(), json!({ "blob": "QQ==" })).accept(),
        with("read-array", read(), json!({ "blob": [1, 2] })).accept(),
        with("written", write(), json!({ "written": true })).accept(),
        with("not-written", write(), json!({ "written": false })).accept(),
        with("written-text", write(), json!({ "written": "true" })).accept(),
    ]
}

fn inputs() -> Vec<Value> {
    let (registration, login) = (Ceremony::Registration, Ceremony::Login);
    let with = |ceremony: Ceremony, name: &str, input: Value| -> Case {
        case(ceremony, &format!("large-blob/input-{name}"), "EXT-07")
            .with("extensions", json!({ "largeBlob": input }))
    };
    let mut cases = vec![with(login, "read-false", json!({ "read": false })).accept()];
    for (ceremony, name, input) in [
        (registration, "read", json!({ "read": true })),
        (registration, "write", json!({ "write": "" })),
        (registration, "other-support", json!({ "support": "always" })),
        (registration, "support-not-text", json!({ "support": true })),
        (registration, "not-an-object", json!(true)),
        (login, "support", json!({ "support": "required" })),
        (login, "read-and-write", json!({ "read": true, "write": "" })),
        (login, "read-false-and-write", json!({ "read": false, "write": "" })),
        (login, "read-not-boolean", json!({ "read": 1 })),
        (login, "write-padded", json!({ "write": "QQ==" })),
        (login, "write-not-text", json!({ "write": [1] })),
        (login, "not-an-object", json!(true)),
    ] {
        cases.push(with(ceremony, name, input).unusable());
    }
    cases
}
