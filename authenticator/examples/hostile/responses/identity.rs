//! The credential ID and the user handle: which credential and which account a response is about.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::ES256;

use super::case;
use crate::case::{CREDENTIAL_ID, Case, USER_HANDLE, bare_record, cose_key, encode};
use crate::ceremony::{Ceremony, remove, set};

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(one_id(ceremony));
    cases.extend(no_id(ceremony));
    cases.extend(differing_ids(ceremony));
    if ceremony == Ceremony::Login {
        cases.extend(user_handles());
        cases.extend(lengths_of_user_handles());
    } else {
        let handle = case(ceremony, "user-handle", "JSON-08")
            .edit(|response| set(response, &["response", "userHandle"], json!([1])));
        cases.push(handle.accept());
    }
    cases
}

/// Responses with one usable ID.
fn one_id(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (member, name) in [("id", "id"), ("rawId", "raw-id")] {
        let missing = case(ceremony, &format!("{name}/missing"), "JSON-01");
        cases.push(missing.edit(|response| remove(response, &[member])).accept());
        for (what, value) in [
            ("null", Value::Null),
            ("empty-object", json!({})),
            ("array-of-bytes", json!(CREDENTIAL_ID)),
            ("number", json!(1)),
        ] {
            let case = case(ceremony, &format!("{name}/{what}"), "JSON-01");
            cases.push(case.edit(|response| set(response, &[member], value)).accept());
        }
    }
    cases
}

/// Responses without a usable ID.
fn no_id(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str| case(ceremony, &format!("ids/{name}"), "JSON-01");
    let both = |value: Value| {
        move |response: &mut Value| {
            set(response, &["id"], value.clone());
            set(response, &["rawId"], value);
        }
    };
    let malformed = |case: Case, field: &str| case.reject_field("MalformedResponse", "3", field);
    vec![
        malformed(
            case("both-missing").edit(|response| {
                remove(response, &["id"]);
                remove(response, &["rawId"]);
            }),
            "id",
        ),
        malformed(case("both-null").edit(both(Value::Null)), "id"),
        malformed(case("both-objects").edit(both(json!({}))), "rawId"),
        malformed(case("both-numbers").edit(both(json!(7))), "rawId"),
        malformed(case("both-empty").edit(both(json!(""))), "rawId"),
        malformed(
            case("id-empty-without-raw-id").edit(|response| {
                set(response, &["id"], "");
                remove(response, &["rawId"]);
            }),
            "id",
        ),
        malformed(
            case("id-a-number-without-raw-id").edit(|response| {
                set(response, &["id"], 1);
                remove(response, &["rawId"]);
            }),
            "id",
        ),
        malformed(
            case("raw-id-empty-without-id").edit(|response| {
                set(response, &["rawId"], "");
                remove(response, &["id"]);
            }),
            "rawId",
        ),
    ]
}

/// IDs that differ from each other, or from the ID of the credential.
fn differing_ids(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    let others = [
        ("other", encode(b"the credential 2")),
        ("prefix", encode(&CREDENTIAL_ID[..15])),
        ("longer", encode(&[&CREDENTIAL_ID[..], b"\0"].concat())),
    ];
    for (what, other) in &others {
        for (member, name) in [("id", "id"), ("rawId", "raw-id")] {
            let case = case(ceremony, &format!("{name}/{what}"), "JSON-05");
            let case = case.edit(|response| set(response, &[member], other.as_str()));
            cases.push(case.reject("CredentialIdMismatch", "3"));
        }
        let rule = ceremony.either("KB-18", "AUTH-05");
        let case = case(ceremony, &format!("ids/both-{what}"), rule).edit(|response| {
            set(response, &["id"], other.as_str());
            set(response, &["rawId"], other.as_str());
        });
        cases.push(match ceremony {
            Ceremony::Registration => case.reject("CredentialIdMismatch", "13"),
            Ceremony::Login => case.reject("CredentialNotAllowed", "5"),
        });
        // An ID alone is compared, too.
        let case = super::case(ceremony, &format!("ids/only-{what}"), rule).edit(|response| {
            set(response, &["id"], other.as_str());
            remove(response, &["rawId"]);
        });
        cases.push(match ceremony {
            Ceremony::Registration => case.reject("CredentialIdMismatch", "13"),
            Ceremony::Login => case.reject("CredentialNotAllowed", "5"),
        });
    }
    let empty = case(ceremony, "id/empty", "JSON-05").edit(|response| set(response, &["id"], ""));
    cases.push(empty.reject("CredentialIdMismatch", "3"));
    cases
}

const USER_HANDLE_MEMBER: &[&str] = &["response", "userHandle"];

fn with_user_handle(name: &str, rule: &str, value: Value) -> Case {
    let case = case(Ceremony::Login, &format!("user-handle/{name}"), rule);
    case.edit(|response| set(response, USER_HANDLE_MEMBER, value))
}

fn user_handles() -> Vec<Value> {
    let mut cases = Vec::new();
    let missing = case(Ceremony::Login, "user-handle/missing", "JSON-03")
        .edit(|response| remove(response, USER_HANDLE_MEMBER));
    cases.push(missing.accept());
    cases.push(with_user_handle("null", "KB-65", Value::Null).accept());
    cases.push(with_user_handle("empty", "KB-65", json!("")).accept());
    for (name, value) in [
        ("number", json!(1)),
        ("array-of-bytes", json!(USER_HANDLE)),
        ("empty-object", json!({})),
        ("boolean", json!(false)),
    ] {
        let case = with_user_handle(name, "JSON-03", value);
        cases.push(case.reject_field("MalformedResponse", "7", "response.userHandle"));
    }
    let mut other_case = USER_HANDLE;
    other_case[0] = b'U';
    for (name, rule, handle) in [
        ("of-another-account", "KB-05", &b"another user"[..]),
        ("prefix", "AUTH-06", &USER_HANDLE[..10]),
        ("longer", "AUTH-06", b"user handle\0"),
        ("other-case", "KB-17", &other_case),
    ] {
        let case = with_user_handle(name, rule, json!(encode(handle)));
        cases.push(case.reject("UserHandleMismatch", "6"));
    }
    // The credential of the account is named, but the account of the case is another one.
    let other = case(Ceremony::Login, "user-handle/of-the-record-only", "AUTH-06")
        .with("user_handle", encode(b"another user"));
    cases.push(other.unusable());
    let without = case(Ceremony::Login, "user-handle/unknown-to-the-record", "AUTH-06")
        .with("user_handle", encode(&USER_HANDLE))
        .with("credential", credential(None));
    cases.push(without.clone().accept());
    let other = case(Ceremony::Login, "user-handle/other-than-the-case", "AUTH-06")
        .with("user_handle", encode(b"another user"))
        .with("credential", credential(None));
    cases.push(other.reject("UserHandleMismatch", "6"));
    cases
}

/// A record with this user handle.
fn credential(user_handle: Option<&[u8]>) -> Value {
    let mut record = bare_record(&cose_key(ES256));
    if let Some(user_handle) = user_handle {
        record["user_handle"] = encode(user_handle).into();
    }
    record
}

fn lengths_of_user_handles() -> Vec<Value> {
    let handle = [0xff; 65];
    let mut cases = Vec::new();
    for (name, length) in [("1-byte", 1), ("64-bytes", 64)] {
        let case = with_user_handle(name, "JSON-03", json!(encode(&handle[..length])));
        cases.push(case.with("credential", credential(Some(&handle[..length]))).accept());
    }
    let long = with_user_handle("65-bytes", "JSON-03", json!(encode(&handle)));
    cases.push(long.reject_field("MalformedResponse", "7", "response.userHandle"));
    let long = with_user_handle("65-bytes-without-an-account", "JSON-03", json!(encode(&handle)))
        .with("credential", credential(None));
    cases.push(long.reject_field("MalformedResponse", "7", "response.userHandle"));
    cases
}
