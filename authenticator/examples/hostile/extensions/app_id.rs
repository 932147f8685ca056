//! `appid` and `appidExclude`, for credentials of the U2F generation.

use serde_json::{Value, json};
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;

use super::{case, results};
use crate::case::{
    AAGUID, CREDENTIAL_ID, Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration,
    cose_key,
};
use crate::ceremony::Ceremony;

const APP_ID: &str = "https://example.org/u2f.json";

pub(super) fn cases() -> Vec<Value> {
    let mut cases = requested();
    cases.extend(not_requested());
    cases.extend(inputs());
    cases.extend(exclusion());
    cases
}

/// A login whose authenticator data has the hash of this text.
fn hashed(name: &str, rule: &str, text: &str) -> Case {
    let data = AuthenticatorDataBuilder::new(text, LOGIN_FLAGS, 1).build();
    Login::new().authenticator_data(data).case(&format!("extensions/login/appid/{name}"), rule)
}

fn requested() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, hashed_text, output, is_accepted) in [
        ("used", APP_ID, json!(true), true),
        ("used-with-rp-id", RP_ID, json!(true), false),
        ("used-with-other-app-id", "https://example.org/u2f", json!(true), false),
        ("used-with-upper-case", "https://example.org/U2F.json", json!(true), false),
        ("used-with-origin", "https://example.org", json!(true), false),
        ("not-used", RP_ID, json!(false), true),
        ("not-used-with-app-id", APP_ID, json!(false), false),
        ("null-with-app-id", APP_ID, Value::Null, false),
        ("text-with-app-id", APP_ID, json!("true"), false),
        ("number-with-app-id", APP_ID, json!(1), false),
        ("array-with-app-id", APP_ID, json!([true]), false),
        ("text-with-rp-id", RP_ID, json!("true"), true),
        ("null-with-rp-id", RP_ID, Value::Null, true),
    ] {
        let case = hashed(&format!("requested-{name}"), "EXT-09", hashed_text);
        let case = results(case.with("appid", APP_ID), json!({ "appid": output }));
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject("RpIdHashMismatch", "15"),
        });
    }
    let silent = hashed("requested-without-output", "KB-34", APP_ID).with("appid", APP_ID);
    cases.push(silent.clone().reject("RpIdHashMismatch", "15"));
    let other_case = hashed("requested-output-in-upper-case", "EXT-01", APP_ID);
    let other_case = results(other_case.with("appid", APP_ID), json!({ "AppID": true }));
    cases.push(other_case.reject("RpIdHashMismatch", "15"));
    let in_inputs = hashed("requested-in-extensions", "EXT-09", APP_ID)
        .with("extensions", json!({ "appid": APP_ID }));
    cases.push(results(in_inputs, json!({ "appid": true })).accept());
    cases
}

fn not_requested() -> Vec<Value> {
    let used = json!({ "appid": true });
    vec![
        results(hashed("not-requested", "KB-34", APP_ID), used.clone())
            .reject("RpIdHashMismatch", "15"),
        results(hashed("not-requested-with-rp-id", "EXT-02", RP_ID), used).accept(),
    ]
}

fn inputs() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, input) in [
        ("http", "http://example.org/u2f.json"),
        ("without-scheme", "example.org/u2f.json"),
        ("default-port", "https://example.org:443/u2f.json"),
        ("upper-case-host", "https://Example.org/u2f.json"),
        ("user-information", "https://user@example.org/u2f.json"),
        ("no-host", "https:///u2f.json"),
        ("android", "android:apk-key-hash:MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ"),
        ("empty", ""),
    ] {
        let case = case(Ceremony::Login, &format!("appid/input-{name}"), "EXT-09");
        cases.push(case.with("appid", input).unusable());
        let case = case_of_exclusion(&format!("input-{name}"));
        cases.push(case.with("extensions", json!({ "appidExclude": input })).unusable());
    }
    for (name, input) in [
        ("origin", "https://example.org"),
        ("port", "https://example.org:8443/u2f.json"),
        ("query", "https://example.org?u2f"),
    ] {
        let case = hashed(&format!("input-{name}"), "EXT-09", input).with("appid", input);
        cases.push(results(case, json!({ "appid": true })).accept());
    }
    let registration = case(Ceremony::Registration, "appid/in-a-registration", "EXT-09")
        .with("extensions", json!({ "appid": APP_ID }));
    cases.push(registration.unusable());
    let login = case(Ceremony::Login, "appid-exclude/in-a-login", "EXT-08")
        .with("extensions", json!({ "appidExclude": APP_ID }));
    cases.push(login.unusable());
    cases
}

fn case_of_exclusion(name: &str) -> Case {
    case(Ceremony::Registration, &format!("appid-exclude/{name}"), "EXT-08")
}

fn exclusion() -> Vec<Value> {
    let requested = json!({ "appidExclude": APP_ID });
    let mut cases = Vec::new();
    for (name, output) in [
        ("true", json!(true)),
        ("false", json!(false)),
        ("null", Value::Null),
        ("text", json!("true")),
    ] {
        let case = case_of_exclusion(name).with("extensions", requested.clone());
        cases.push(results(case, json!({ "appidExclude": output })).accept());
    }
    let number = case_of_exclusion("input-number").with(
        "extensions",
        json!({
            "appidExclude": 1,
        }),
    );
    cases.push(number.unusable());
    let data = AuthenticatorDataBuilder::new(APP_ID, REGISTRATION_FLAGS, 0)
        .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &cose_key(ES256))
        .expect("a short credential ID");
    let created = Registration::new()
        .authenticator_data(data.build())
        .case("extensions/registration/appid-exclude/hash-of-app-id", "EXT-08")
        .with("extensions", requested);
    let created = results(created, json!({ "appidExclude": true, "appid": true }));
    cases.push(created.reject("RpIdHashMismatch", "14"));
    cases
}
