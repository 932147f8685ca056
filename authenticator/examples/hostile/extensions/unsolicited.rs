//! Outputs that were not requested, and the identifiers of extensions.

use serde_json::{Value, json};

use super::{authenticator, case, results};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(refused(ceremony));
        cases.extend(allowed(ceremony));
        cases.extend(identifiers(ceremony));
    }
    cases
}

/// Outputs at a relying party that refuses unsolicited ones.
fn refused(ceremony: Ceremony) -> Vec<Value> {
    let step = ceremony.either("28", "23");
    let with = |name: &str, inputs: Value, outputs: Value| {
        let case = case(ceremony, &format!("unsolicited/{name}"), "EXT-02")
            .with("refuse_unsolicited_extensions", true)
            .with("extensions", inputs);
        results(case, outputs)
    };
    let other = ceremony.either("appid", "credProps");
    let mut cases = Vec::new();
    for (name, inputs, outputs) in [
        ("unknown", json!({}), json!({ "unknown": 1 })),
        ("known", json!({}), json!({ "prf": {} })),
        ("of-the-other-ceremony", json!({}), json!({ other: true })),
        ("uvm", json!({}), json!({ "uvm": [[2, 4, 2]] })),
        ("other-case", json!({ "prf": {} }), json!({ "PRF": {} })),
        ("prefix", json!({ "unknown": 1 }), json!({ "unknow": 1 })),
        ("longer", json!({ "unknown": 1 }), json!({ "unknown1": 1 })),
        ("empty-identifier", json!({ "unknown": 1 }), json!({ "": 1 })),
        ("input-false", json!({ "uvm": false }), json!({ "uvm": [] })),
        ("second", json!({ "a": 1 }), json!({ "a": 1, "b": 1 })),
        ("output-false", json!({}), json!({ "unknown": false })),
    ] {
        cases.push(with(name, inputs, outputs).reject("ExtensionRejected", step));
    }
    for (name, inputs, outputs) in [
        ("none", json!({}), json!({})),
        ("null", json!({}), json!({ "unknown": null })),
        ("requested", json!({ "prf": {} }), json!({ "prf": {} })),
        ("requested-unknown", json!({ "unknown": 1 }), json!({ "unknown": 2 })),
        ("requested-without-output", json!({ "prf": {} }), json!({})),
        ("two-requested", json!({ "a": 1, "prf": {} }), json!({ "a": 1, "prf": {} })),
    ] {
        cases.push(with(name, inputs, outputs).accept());
    }
    // Authenticator data has identifiers of its own.
    let outputs: &[(&str, &[u8])] = &[("unknown", b"\xf5"), ("hmac-secret", b"\xf5")];
    let case = authenticator(ceremony, "unsolicited/of-the-authenticator", "EXT-02", outputs)
        .with("refuse_unsolicited_extensions", true);
    cases.push(case.accept());
    cases
}

/// Outputs at a relying party that ignores unsolicited ones.
fn allowed(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, outputs) in [
        ("ignored-unknown", json!({ "unknown": { "x": [1] } })),
        ("ignored-known", json!({ "largeBlob": { "supported": true } })),
        ("ignored-malformed", json!({ "prf": [], "uvm": 1, "appid": "x", "credProps": 7 })),
    ] {
        let case = case(ceremony, &format!("unsolicited/{name}"), "EXT-02");
        cases.push(results(case, outputs).accept());
    }
    let outputs: &[(&str, &[u8])] =
        &[("", b"\x01"), ("unknown", b"\x82\x01\x02"), ("CredProtect", b"\x09")];
    let case =
        authenticator(ceremony, "unsolicited/ignored-of-the-authenticator", "KB-39", outputs);
    cases.push(case.accept());
    cases
}

fn identifiers(ceremony: Ceremony) -> Vec<Value> {
    let with = |name: &str, identifier: &str| {
        case(ceremony, &format!("identifier/{name}"), "EXT-01")
            .with("extensions", json!({ identifier: 1 }))
    };
    vec![
        with("1-character", "x").accept(),
        with("32-characters", &"x".repeat(32)).accept(),
        with("punctuation", "!#$[]~").accept(),
        with("33-characters", &"x".repeat(33)).unusable(),
        with("empty", "").unusable(),
        with("space", "a b").unusable(),
        with("quotation-mark", "a\"b").unusable(),
        with("backslash", "a\\b").unusable(),
        with("delete", "a\u{7f}").unusable(),
        with("not-ascii", "\u{e9}").unusable(),
    ]
}
