//! The user, the allowed credentials, the AppID and the decoys in the pending state of a login.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, PrivateKey};

use super::{case, pending, records, with};
use crate::case::{CREDENTIAL_ID, Case, LOGIN_FLAGS, Login, encode};
use crate::ceremony::{Ceremony, remove, set};

const LOGIN: Ceremony = Ceremony::Login;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = users();
    cases.extend(without_a_user());
    cases.extend(allowed());
    cases.extend(app_ids());
    cases.extend(decoys());
    cases.extend(payments());
    cases.extend(prf_results());
    cases
}

fn users() -> Vec<Value> {
    let other = encode(b"another user");
    let path: &[&str] = &["user_handle"];
    let mut cases = vec![
        with(LOGIN, "user/other-than-the-record", "KB-05", path, json!(other))
            .reject("UserHandleMismatch", "6"),
        with(LOGIN, "user/null-with-allowed", "KB-104", path, Value::Null).unusable(),
        with(LOGIN, "user/known-without-allowed", "KB-104", &["allowed"], json!([])).unusable(),
    ];
    let record = case(LOGIN, "user/record-of-another-account", "KB-05", |_| ())
        .with("record", records::with(&["user_handle"], json!(other)));
    cases.push(record.reject("UserHandleMismatch", "6"));
    let record = case(LOGIN, "user/record-without-user", "AUTH-06", |_| ())
        .with("record", records::with(&["user_handle"], Value::Null));
    cases.push(record.accept());
    let response = case(LOGIN, "user/response-without-user", "AUTH-06", |_| ())
        .edit(|response| set(response, &["response", "userHandle"], Value::Null));
    cases.push(response.accept());
    // The response agrees with the record, but the login was started for another user.
    let both = with(LOGIN, "user/of-the-response-and-the-record", "KB-17", path, json!(other));
    cases.push(both.with("record", records::record()).reject("UserHandleMismatch", "6"));
    cases
}

/// A login that was started without a user.
fn discovered(name: &str, rule: &str) -> Case {
    case(LOGIN, &format!("discovered/{name}"), rule, |pending| {
        set(pending, &["user_handle"], Value::Null);
        set(pending, &["allowed"], json!([]));
    })
}

fn without_a_user() -> Vec<Value> {
    let handle: &[&str] = &["response", "userHandle"];
    let mut cases = vec![discovered("whole", "AUTH-06").accept()];
    let missing = discovered("without-user-handle", "AUTH-06");
    let missing = missing.edit(|response| remove(response, handle));
    cases.push(missing.reject("UserHandleMismatch", "6"));
    for (name, value) in [
        ("null-user-handle", Value::Null),
        ("empty-user-handle", json!("")),
        ("other-user-handle", json!(encode(b"another user"))),
        ("longer-user-handle", json!(encode(b"user handle\0"))),
    ] {
        let case = discovered(name, "AUTH-06").edit(|response| set(response, handle, value));
        cases.push(case.reject("UserHandleMismatch", "6"));
    }
    let conditional = discovered("conditional-without-user-handle", "OPT-11")
        .edit(|response| remove(response, handle));
    let mut pending = pending(LOGIN);
    set(&mut pending, &["user_handle"], Value::Null);
    set(&mut pending, &["allowed"], json!([]));
    set(&mut pending, &["mediation"], "conditional");
    let conditional = conditional.with("pending", pending);
    cases.push(conditional.reject("UserHandleMismatch", "6"));
    let unknown = discovered("unknown-credential", "KB-111").edit(|response| {
        set(response, &["id"], encode(b"the credential 2"));
        set(response, &["rawId"], encode(b"the credential 2"));
    });
    cases.push(unknown.reject("UnknownCredential", "6"));
    let record = discovered("record-of-another-account", "AUTH-06")
        .with("record", records::with(&["user_handle"], json!(encode(b"another user"))));
    cases.push(record.reject("UserHandleMismatch", "6"));
    cases
}

fn allowed() -> Vec<Value> {
    let with = |name: &str, rule: &str, allowed: Value| {
        with(LOGIN, &format!("allowed/{name}"), rule, &["allowed"], allowed)
    };
    let (id, other) = (encode(&CREDENTIAL_ID), encode(b"the credential 2"));
    let mut cases = vec![
        with("two", "AUTH-05", json!([other, id])).accept(),
        with("other", "KB-06", json!([other])).reject("CredentialNotAllowed", "5"),
        with("prefix", "AUTH-05", json!([encode(&CREDENTIAL_ID[..15])]))
            .reject("CredentialNotAllowed", "5"),
        with("longer", "AUTH-05", json!([encode(b"the credential 1\0")]))
            .reject("CredentialNotAllowed", "5"),
        with("1023-bytes", "KB-104", json!([id, encode(&[7; 1023])])).accept(),
        with("1024-bytes", "KB-104", json!([id, encode(&[7; 1024])])).unusable(),
        with("0-bytes", "KB-104", json!([id, ""])).unusable(),
        with("64", "KB-104", json!(vec![id.as_str(); 64])).accept(),
        with("65", "KB-104", json!(vec![id.as_str(); 65])).unusable(),
        with("padded", "KB-104", json!([format!("{id}==")])).unusable(),
    ];
    // The credential was deleted after the start.
    let deleted = case(LOGIN, "allowed/deleted", "KB-111", |_| ())
        .with("record", records::with(&["id"], json!(other)));
    cases.push(deleted.reject("UnknownCredential", "6"));
    cases
}

const APP_ID: &str = "https://example.org/u2f.json";

fn app_ids() -> Vec<Value> {
    let state = |pending: &mut Value, app_id: Value, extensions: Value| {
        set(pending, &["app_id"], app_id);
        set(pending, &["extensions"], extensions);
    };
    let with = |name: &str, app_id: Value, extensions: Value| {
        case(LOGIN, &format!("app-id/{name}"), "KB-104", |pending| {
            state(pending, app_id, extensions)
        })
    };
    let mut cases = vec![
        with("not-used", json!(APP_ID), json!(["appid"])).accept(),
        with("without-extension", json!(APP_ID), json!([])).unusable(),
        with("extension-only", Value::Null, json!(["appid"])).unusable(),
        with("empty", json!(""), json!(["appid"])).unusable(),
        with("empty-without-extension", json!(""), json!([])).unusable(),
        with("number", json!(1), json!(["appid"])).unusable(),
    ];
    for (name, hashed, used, is_accepted) in [
        ("used", APP_ID, true, true),
        ("used-with-another", "https://example.org/other.json", true, false),
        ("not-used-but-hashed", APP_ID, false, false),
    ] {
        let data = AuthenticatorDataBuilder::new(hashed, LOGIN_FLAGS, 1).build();
        let mut pending = pending(LOGIN);
        state(&mut pending, json!(APP_ID), json!(["appid"]));
        let case = Login::new()
            .authenticator_data(data)
            .case(&format!("stored-states/login/app-id/{name}"), "EXT-09")
            .with("pending", pending)
            .edit(|response| {
                set(response, &["clientExtensionResults"], json!({ "appid": used }));
            });
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject("RpIdHashMismatch", "15"),
        });
    }
    cases
}

/// A login for an account that does not exist lists decoys, and never succeeds.
fn decoys() -> Vec<Value> {
    let with = |name: &str, decoys: Value| {
        with(LOGIN, &format!("decoys/{name}"), "KB-104", &["decoys"], decoys)
    };
    let record = records::record;
    let mut cases = vec![
        // Nobody has the key of a decoy. The site does not accept it in any case.
        with("signed-by-the-decoy", json!([record()])).reject("SignatureInvalid", "21"),
        with("another-id", json!([records::with(&["id"], json!(encode(b"the credential 2")))]))
            .unusable(),
        with("one-too-many", json!([record(), record()])).unusable(),
        with(
            "of-another-account",
            json!([records::with(&["user_handle"], json!(encode(b"another user"))),]),
        )
        .unusable(),
        with("version-2", json!([records::with(&["version"], json!(2))])).unusable(),
    ];
    let other =
        PrivateKey::from_seed(ES256, b"decoy").and_then(|key| key.cose_key()).expect("a key");
    let decoy = records::with(&["public_key"], json!(encode(&other)));
    let case = with("signed-by-the-record", json!([decoy]));
    cases.push(case.reject("SignatureInvalid", "21"));
    let unknown = discovered("decoy-without-user", "KB-104");
    let mut pending = pending(LOGIN);
    set(&mut pending, &["user_handle"], Value::Null);
    set(&mut pending, &["allowed"], json!([]));
    set(&mut pending, &["decoys"], json!([record()]));
    cases.push(unknown.with("pending", pending).unusable());
    cases
}

/// The state of a payment is not the state of a login.
fn payments() -> Vec<Value> {
    let extensions: &[&str] = &["extensions"];
    vec![
        with(LOGIN, "payment/state", "EXT-15", extensions, json!(["payment"]))
            .reject("WrongPendingState", "1"),
        with(
            LOGIN,
            "payment/state-with-others",
            "EXT-15",
            extensions,
            json!(["prf", "payment", "x"]),
        )
        .reject("WrongPendingState", "1"),
        with(LOGIN, "payment/other-case", "EXT-15", extensions, json!(["Payment"])).accept(),
    ]
}

/// The results of `prf` that a login demands.
fn prf_results() -> Vec<Value> {
    let result = encode(&[7; 32]);
    let mut cases = Vec::new();
    for (name, demanded, results, is_accepted) in [
        ("one-of-1", 1, json!({ "first": result }), true),
        ("one-of-2", 2, json!({ "first": result }), false),
        ("two-of-2", 2, json!({ "first": result, "second": result }), true),
    ] {
        let case = case(LOGIN, &format!("demands/prf-results-{name}"), "EXT-05", |pending| {
            set(pending, &["extensions"], json!(["prf"]));
            set(pending, &["extension_demands", "prf"], true);
            set(pending, &["extension_demands", "prf_results"], demanded);
        })
        .edit(|response| {
            set(response, &["clientExtensionResults"], json!({ "prf": { "results": results } }));
        });
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject_field("ExtensionRejected", "23", "prf"),
        });
    }
    cases
}
