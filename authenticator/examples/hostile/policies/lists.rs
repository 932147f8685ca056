//! The requested algorithms and the excluded credentials.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{EDDSA, ES256, ES384, RS256};

use crate::case::{CREDENTIAL_ID, Case, Registration, encode};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = algorithms();
    cases.extend(exclusions());
    cases
}

fn registration(name: &str, rule: &str, algorithm: i64) -> Case {
    let name = format!("policies/registration/{name}");
    Registration::with_algorithm(algorithm).case(&name, rule)
}

fn algorithms() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, algorithm, requested, is_requested) in [
        ("only", ES256, json!([ES256]), true),
        ("last", ES256, json!([EDDSA, RS256, ES256]), true),
        ("next-to-an-unknown-one", ES256, json!([-65535, ES256]), true),
        ("other", ES256, json!([ES384]), false),
        ("others", ES256, json!([EDDSA, RS256, ES384]), false),
        ("same-key-kind", ES256, json!([-9]), false),
        ("eddsa-for-ed25519", EDDSA, json!([-19]), false),
        ("longer-hash", RS256, json!([-258, -259]), false),
        ("other-padding", RS256, json!([-37]), false),
    ] {
        let case = registration(&format!("algorithms/{name}"), "KB-09", algorithm);
        let case = case.with("algorithms", requested);
        cases.push(match is_requested {
            true => case.accept(),
            false => case.reject("AlgorithmNotRequested", "20"),
        });
    }
    let default = registration("algorithms/not-listed", "REG-20", ES256);
    cases.push(default.with("algorithms", Value::Null).accept());
    let none = registration("algorithms/none", "OPT-05", ES256);
    cases.push(none.with("algorithms", json!([])).unusable());
    let text = registration("algorithms/text", "OPT-05", ES256);
    cases.push(text.with("algorithms", json!(["ES256"])).unusable());
    cases
}

fn exclusions() -> Vec<Value> {
    let id = encode(&CREDENTIAL_ID);
    let other = encode(b"the credential 2");
    let mut cases = Vec::new();
    for (name, excluded, is_registered) in [
        ("it", json!([id]), true),
        ("last", json!([other, encode(b"3"), id]), true),
        ("other", json!([other]), false),
        ("prefix", json!([encode(&CREDENTIAL_ID[..15])]), false),
        ("longer", json!([encode(b"the credential 1\0")]), false),
        ("64", excluded_with(63, &id), true),
    ] {
        let case = registration(&format!("exclude/{name}"), "REG-26", ES256);
        let case = case.with("exclude", excluded);
        cases.push(match is_registered {
            true => case.reject("CredentialAlreadyRegistered", "26"),
            false => case.accept(),
        });
    }
    let many = registration("exclude/65", "OPT-08", ES256);
    cases.push(many.with("exclude", excluded_with(64, &id)).unusable());
    for (name, length) in [("0-bytes", 0), ("1024-bytes", 1024)] {
        let case = registration(&format!("exclude/id-of-{name}"), "REG-25", ES256);
        cases.push(case.with("exclude", json!([encode(&vec![7; length])])).unusable());
    }
    let long = registration("exclude/id-of-1023-bytes", "REG-25", ES256);
    cases.push(long.with("exclude", json!([encode(&[7; 1023])])).accept());
    let login = Ceremony::Login.correct("policies", "exclude", "OPT-08");
    cases.push(login.with("exclude", json!([other])).unusable());
    cases
}

/// A list with this many other IDs before this one.
fn excluded_with(count: u8, id: &str) -> Value {
    let others = (0..count).map(|number| encode(&[number]));
    others.chain([id.to_owned()]).collect::<Vec<_>>().into()
}
