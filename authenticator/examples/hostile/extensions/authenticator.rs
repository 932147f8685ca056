//! `credBlob`, `uvm`, `credProps` and `thirdPartyPayment`.

use serde_json::{Value, json};

use super::{authenticator, bytes, case, rejected, results};
use crate::ceremony::Ceremony;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = cred_blob();
    for ceremony in Ceremony::BOTH {
        cases.extend(uvm(ceremony));
    }
    cases.extend(cred_props());
    cases.extend(payment());
    cases
}

fn cred_blob() -> Vec<Value> {
    let mut cases = Vec::new();
    let bytes = bytes(32);
    for ceremony in Ceremony::BOTH {
        let requested =
            ceremony.either(json!({ "credBlob": "AAAA" }), json!({ "getCredBlob": true }));
        for (name, output, passes_in) in [
            ("true", &b"\xf5"[..], Some(Ceremony::Registration)),
            ("false", b"\xf4", Some(Ceremony::Registration)),
            ("bytes", &bytes, Some(Ceremony::Login)),
            ("empty-bytes", b"\x40", Some(Ceremony::Login)),
            ("text", b"\x61x", None),
            ("number", b"\x01", None),
            ("null", b"\xf6", None),
        ] {
            let with = |name: &str| {
                let name = format!("cred-blob/{name}");
                authenticator(ceremony, &name, "EXT-13", &[("credBlob", output)])
            };
            let case = with(name).with("extensions", requested.clone());
            if passes_in == Some(ceremony) {
                cases.push(case.accept());
            } else {
                cases.push(rejected(ceremony, case, "credBlob"));
                cases.push(with(&format!("{name}-not-requested")).accept());
            }
        }
        let absent = case(ceremony, "cred-blob/absent", "EXT-13");
        cases.push(absent.with("extensions", requested).accept());
    }
    for (ceremony, name, inputs) in [
        (Ceremony::Registration, "input-padded", json!({ "credBlob": "QQ==" })),
        (Ceremony::Registration, "input-boolean", json!({ "credBlob": true })),
        (Ceremony::Registration, "get", json!({ "getCredBlob": true })),
        (Ceremony::Login, "set", json!({ "credBlob": "AAAA" })),
        (Ceremony::Login, "input-text", json!({ "getCredBlob": "true" })),
    ] {
        let case = case(ceremony, &format!("cred-blob/{name}"), "EXT-13");
        cases.push(case.with("extensions", inputs).unusable());
    }
    cases
}

fn uvm(ceremony: Ceremony) -> Vec<Value> {
    const ENTRY: &[u8] = b"\x83\x02\x04\x02";
    let entries = |count: u8| [&[0x80 | count], ENTRY.repeat(count.into()).as_slice()].concat();
    let requested = json!({ "uvm": true });
    let mut cases = Vec::new();
    for (name, output, is_accepted) in [
        ("0-entries", entries(0), false),
        ("1-entry", entries(1), true),
        ("3-entries", entries(3), true),
        ("4-entries", entries(4), false),
        ("entry-of-2", b"\x81\x82\x02\x04".to_vec(), false),
        ("entry-of-4", b"\x81\x84\x02\x04\x02\x02".to_vec(), false),
        ("second-entry-of-2", [b"\x82", ENTRY, b"\x82\x02\x04"].concat(), false),
        ("entry-not-an-array", b"\x81\x02".to_vec(), false),
        ("entry-with-text", b"\x81\x83\x612\x04\x02".to_vec(), false),
        ("entry-with-negative", b"\x81\x83\x20\x04\x02".to_vec(), false),
        ("method-32-bits", b"\x81\x83\x1a\xff\xff\xff\xff\x04\x02".to_vec(), true),
        ("method-33-bits", b"\x81\x83\x1b\0\0\0\x01\0\0\0\0\x04\x02".to_vec(), false),
        ("key-16-bits", b"\x81\x83\x02\x19\xff\xff\x02".to_vec(), true),
        ("key-17-bits", b"\x81\x83\x02\x1a\0\x01\0\0\x02".to_vec(), false),
        ("matcher-16-bits", b"\x81\x83\x02\x04\x19\xff\xff".to_vec(), true),
        ("matcher-17-bits", b"\x81\x83\x02\x04\x1a\0\x01\0\0".to_vec(), false),
        ("not-an-array", b"\xf5".to_vec(), false),
        ("map", b"\xa0".to_vec(), false),
    ] {
        let with = |name: &str| {
            authenticator(ceremony, &format!("uvm/{name}"), "EXT-14", &[("uvm", &output)])
        };
        let case = with(name).with("extensions", requested.clone());
        if is_accepted {
            cases.push(case.accept());
        } else {
            cases.push(rejected(ceremony, case, "uvm"));
        }
        if name == "not-an-array" {
            cases.push(with("not-an-array-and-not-requested").accept());
        }
    }
    let client = case(ceremony, "uvm/client-output-lost", "KB-84").with("extensions", requested);
    cases.push(results(client, json!({ "uvm": [[2, 4]] })).accept());
    let input = case(ceremony, "uvm/input-not-boolean", "EXT-14");
    cases.push(input.with("extensions", json!({ "uvm": 1 })).unusable());
    cases
}

/// The verdict only reports this output.
fn cred_props() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let mut cases = Vec::new();
    for (name, output) in [
        ("true", json!({ "rk": true })),
        ("false", json!({ "rk": false })),
        ("empty", json!({})),
        ("null", Value::Null),
        ("rk-null", json!({ "rk": null })),
        ("rk-text", json!({ "rk": "true" })),
        ("array", json!([])),
        ("boolean", json!(true)),
    ] {
        let case = case(registration, &format!("cred-props/{name}"), "EXT-03")
            .with("extensions", json!({ "credProps": true }));
        cases.push(results(case, json!({ "credProps": output })).accept());
    }
    let input = case(registration, "cred-props/input-not-boolean", "EXT-03");
    cases.push(input.with("extensions", json!({ "credProps": 1 })).unusable());
    let login = case(Ceremony::Login, "cred-props/in-a-login", "EXT-03");
    cases.push(login.with("extensions", json!({ "credProps": true })).unusable());
    cases
}

/// Credentials for payments.
fn payment() -> Vec<Value> {
    let registration = Ceremony::Registration;
    let requested = json!({ "payment": { "isPayment": true } });
    let mut cases = Vec::new();
    for (name, output, is_accepted) in [
        ("true", &b"\xf5"[..], true),
        ("false", b"\xf4", true),
        ("number", b"\x01", false),
        ("bytes", b"\x41\x01", false),
    ] {
        let name = format!("third-party-payment/{name}");
        let case = authenticator(registration, &name, "REG-28", &[("thirdPartyPayment", output)])
            .with("extensions", requested.clone())
            .with("user_verification", "required");
        cases.push(match is_accepted {
            true => case.accept(),
            false => rejected(registration, case, "thirdPartyPayment"),
        });
    }
    let outputs: &[(&str, &[u8])] = &[("thirdPartyPayment", b"\x01")];
    let name = "third-party-payment/number-not-requested";
    for ceremony in Ceremony::BOTH {
        cases.push(authenticator(ceremony, name, "EXT-02", outputs).accept());
    }
    let unverified = case(registration, "third-party-payment/user-not-verified", "REG-28");
    cases.push(unverified.with("extensions", requested).unusable());
    let input = case(registration, "third-party-payment/input-not-an-object", "REG-28");
    cases.push(input.with("extensions", json!({ "payment": true })).unusable());
    let login = case(Ceremony::Login, "third-party-payment/in-a-login", "EXT-15")
        .with("extensions", json!({ "payment": { "isPayment": true } }));
    cases.push(login.unusable());
    cases
}
