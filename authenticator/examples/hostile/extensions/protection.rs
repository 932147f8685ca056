//! `credProtect` and `minPinLength`, whose outputs are in the authenticator data.

use serde_json::{Value, json};

use super::{authenticator, case, rejected, results};
use crate::case::Case;
use crate::ceremony::Ceremony;

const REGISTRATION: Ceremony = Ceremony::Registration;
const OPTIONAL: &str = "userVerificationOptional";
const WITH_LIST: &str = "userVerificationOptionalWithCredentialIDList";
const REQUIRED: &str = "userVerificationRequired";

pub(super) fn cases() -> Vec<Value> {
    let mut cases = required_levels();
    cases.extend(requested_levels());
    cases.extend(protection_inputs());
    cases.extend(required_pin_lengths());
    cases.extend(requested_pin_lengths());
    cases
}

/// A registration with this output of `credProtect`, or without any.
fn protected(name: &str, output: Option<&[u8]>) -> Case {
    let name = format!("cred-protect/{name}");
    match output {
        Some(output) => authenticator(REGISTRATION, &name, "EXT-11", &[("credProtect", output)]),
        None => case(REGISTRATION, &name, "EXT-11"),
    }
}

fn required_levels() -> Vec<Value> {
    let mut cases = Vec::new();
    let levels: [(&str, Option<&[u8]>, u8); 4] = [
        ("absent", None, 1),
        ("1", Some(b"\x01"), 1),
        ("2", Some(b"\x02"), 2),
        ("3", Some(b"\x03"), 3),
    ];
    for (name, demanded, lowest) in [("with-list", WITH_LIST, 2), ("required", REQUIRED, 3)] {
        for (received, output, level) in levels {
            let case = protected(&format!("{name}-demanded-{received}"), output)
                .with("require", json!({ "cred_protect": demanded }))
                .with("user_verification", "required");
            cases.push(match level < lowest {
                true => rejected(REGISTRATION, case, "credProtect"),
                false => case.accept(),
            });
        }
    }
    // Anyone between the authenticator and the server can write client outputs.
    let client = protected("with-list-demanded-in-client-results", None)
        .with("require", json!({ "cred_protect": WITH_LIST }));
    let client =
        results(client, json!({ "credProtect": 3, "credentialProtectionPolicy": REQUIRED }));
    cases.push(rejected(REGISTRATION, client, "credProtect"));
    let enforced = protected("enforced-as-in-options", Some(b"\x01")).with(
        "extensions",
        json!({
            "credentialProtectionPolicy": WITH_LIST,
            "enforceCredentialProtectionPolicy": true,
        }),
    );
    cases.push(rejected(REGISTRATION, enforced, "credProtect"));
    cases
}

/// A policy that is requested and not enforced.
fn requested_levels() -> Vec<Value> {
    let mut cases = Vec::new();
    let requested = json!({ "credentialProtectionPolicy": WITH_LIST });
    let absent = protected("not-enforced-absent", None).with("extensions", requested.clone());
    cases.push(absent.accept());
    for (name, output) in [("1", &b"\x01"[..]), ("2", b"\x02"), ("3", b"\x03")] {
        let case = protected(&format!("not-enforced-{name}"), Some(output));
        cases.push(case.with("extensions", requested.clone()).accept());
    }
    for (name, output) in [
        ("0", &b"\x00"[..]),
        ("4", b"\x04"),
        ("257", b"\x19\x01\x01"),
        ("negative", b"\x20"),
        ("text", b"\x613"),
        ("bytes", b"\x41\x03"),
        ("true", b"\xf5"),
        ("null", b"\xf6"),
        ("array", b"\x81\x03"),
    ] {
        let case = protected(&format!("level-{name}"), Some(output));
        let asked = case.clone().with("extensions", requested.clone());
        cases.push(rejected(REGISTRATION, asked, "credProtect"));
        if ["0", "text"].contains(&name) {
            let case = protected(&format!("level-{name}-not-requested"), Some(output));
            cases.push(case.accept());
        }
    }
    let login = authenticator(
        Ceremony::Login,
        "cred-protect/level-4",
        "EXT-02",
        &[("credProtect", b"\x04")],
    );
    cases.push(login.accept());
    cases
}

fn protection_inputs() -> Vec<Value> {
    let unusable = |name: &str, rule: &str, extensions: Value| {
        case(REGISTRATION, &format!("cred-protect/{name}"), rule)
            .with("extensions", extensions)
            .unusable()
    };
    let mut cases = vec![
        unusable(
            "unknown-policy",
            "KB-103",
            json!({ "credentialProtectionPolicy": "userVerificationMaybe" }),
        ),
        unusable("policy-as-number", "KB-103", json!({ "credentialProtectionPolicy": 2 })),
        unusable(
            "nothing-to-enforce",
            "KB-103",
            json!({ "enforceCredentialProtectionPolicy": true }),
        ),
        unusable(
            "enforced-without-effect",
            "KB-103",
            json!({
                "credentialProtectionPolicy": OPTIONAL,
                "enforceCredentialProtectionPolicy": true,
            }),
        ),
        unusable(
            "required-without-user-verification",
            "KB-103",
            json!({ "credentialProtectionPolicy": REQUIRED }),
        ),
    ];
    let optional = protected("optional-not-enforced", Some(b"\x01"))
        .with("extensions", json!({ "credentialProtectionPolicy": OPTIONAL }));
    cases.push(optional.accept());
    let login = case(Ceremony::Login, "cred-protect/in-a-login", "EXT-11")
        .with("extensions", json!({ "credentialProtectionPolicy": WITH_LIST }));
    cases.push(login.unusable());
    cases
}

/// A registration with this output of `minPinLength`.
fn with_pin_length(name: &str, output: &[u8]) -> Case {
    let name = format!("min-pin-length/{name}");
    authenticator(REGISTRATION, &name, "EXT-12", &[("minPinLength", output)])
}

fn required_pin_lengths() -> Vec<Value> {
    let mut cases = Vec::new();
    let demanded = json!({ "min_pin_length": 6 });
    for (name, output, is_enough) in [
        ("0", &b"\x00"[..], false),
        ("4", b"\x04", false),
        ("5", b"\x05", false),
        ("6", b"\x06", true),
        ("7", b"\x07", true),
        ("256", b"\x19\x01\x00", true),
        ("32-bits", b"\x1a\xff\xff\xff\xff", true),
    ] {
        let case = with_pin_length(&format!("6-demanded-{name}"), output)
            .with("require", demanded.clone());
        cases.push(match is_enough {
            true => case.accept(),
            false => rejected(REGISTRATION, case, "minPinLength"),
        });
    }
    let absent = case(REGISTRATION, "min-pin-length/6-demanded-absent", "EXT-12");
    cases.push(absent.with("require", demanded).accept());
    cases
}

fn requested_pin_lengths() -> Vec<Value> {
    let mut cases = Vec::new();
    let requested = json!({ "minPinLength": true });
    let short = with_pin_length("requested-4", b"\x04").with("extensions", requested.clone());
    cases.push(short.accept());
    for (name, output) in [
        ("negative", &b"\x25"[..]),
        ("text", b"\x616"),
        ("true", b"\xf5"),
        ("above-32-bits", b"\x1b\x00\x00\x00\x01\x00\x00\x00\x00"),
    ] {
        let case = with_pin_length(&format!("requested-{name}"), output);
        let asked = case.with("extensions", requested.clone());
        cases.push(rejected(REGISTRATION, asked, "minPinLength"));
    }
    let unsolicited = with_pin_length("not-requested-text", b"\x616");
    cases.push(unsolicited.accept());
    let not_boolean = case(REGISTRATION, "min-pin-length/input-not-boolean", "EXT-12")
        .with("extensions", json!({ "minPinLength": 6 }));
    cases.push(not_boolean.unusable());
    cases
}
