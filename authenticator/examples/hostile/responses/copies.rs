//! The members of a registration that no step verifies: copies of signed values, and transports.

use serde_json::{Value, json};
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::{ES256, ES384};

use super::case;
use crate::case::{REGISTRATION_FLAGS, RP_ID, Registration, attested, cose_key, encode, key};
use crate::ceremony::{Ceremony, set};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = correct();
    cases.extend(wrong());
    cases.extend(never_used());
    cases.extend(transports());
    cases
}

fn data() -> Vec<u8> {
    attested(REGISTRATION_FLAGS, &cose_key(ES256)).build()
}

fn key_info(algorithm: i64) -> Vec<u8> {
    key(algorithm).public_numbers().subject_public_key_info()
}

fn correct() -> Vec<Value> {
    let mut cases = Vec::new();
    let copies = [
        ("authenticatorData", json!(encode(&data()))),
        ("publicKey", json!(encode(&key_info(ES256)))),
        ("publicKeyAlgorithm", json!(ES256)),
    ];
    let all = case(Ceremony::Registration, "copies/all", "JSON-06").edit(|response| {
        for (member, copy) in copies {
            set(response, &["response", member], copy);
        }
    });
    cases.push(all.accept());
    cases
}

/// Copies that differ or cannot be read.
fn wrong() -> Vec<Value> {
    let other = AuthenticatorDataBuilder::new("evil.example", REGISTRATION_FLAGS, 0).build();
    let malformed = [
        ("null", Value::Null),
        ("empty", json!("")),
        ("padded", json!("QQ==")),
        ("array-of-bytes", json!([1, 2, 3])),
        ("object", json!({ "0": 43 })),
        ("boolean", json!(true)),
    ];
    let mut values = Vec::new();
    for (member, name) in [
        ("authenticatorData", "authenticator-data"),
        ("publicKey", "public-key"),
        ("publicKeyAlgorithm", "public-key-algorithm"),
    ] {
        values.extend(malformed.iter().map(|(what, value)| (member, name, *what, value.clone())));
    }
    values.extend([
        ("authenticatorData", "authenticator-data", "other", json!(encode(&other))),
        ("publicKey", "public-key", "other", json!(encode(&key_info(ES384)))),
        ("publicKey", "public-key", "cose-key", json!(encode(&cose_key(ES256)))),
        ("publicKeyAlgorithm", "public-key-algorithm", "other", json!(-257)),
        ("publicKeyAlgorithm", "public-key-algorithm", "fraction", json!(-7.5)),
        ("publicKeyAlgorithm", "public-key-algorithm", "above-64-bits", json!(u64::MAX)),
    ]);
    let mut cases = Vec::new();
    for (member, name, what, value) in values {
        let case = case(Ceremony::Registration, &format!("copies/{name}-{what}"), "KB-82");
        cases.push(case.edit(|response| set(response, &["response", member], value)).accept());
    }
    cases
}

/// Correct copies of values that are signed in another form.
fn never_used() -> Vec<Value> {
    let with_copies = |registration: Registration, name: &str| {
        registration.case(&format!("responses/registration/copies/{name}"), "JSON-06").edit(
            |response| {
                set(response, &["response", "authenticatorData"], encode(&data()));
                set(response, &["response", "publicKey"], encode(&key_info(ES256)));
                set(response, &["response", "publicKeyAlgorithm"], ES256);
            },
        )
    };
    let absent = Registration::new()
        .authenticator_data(attested(REGISTRATION_FLAGS & !1, &cose_key(ES256)).build());
    let unrequested = Registration::new().cose_key(&cose_key(ES384));
    let without = AuthenticatorDataBuilder::new(RP_ID, 0x05, 0).build();
    let without = Registration::new().authenticator_data(without);
    vec![
        with_copies(absent, "hide-the-missing-user").reject("UserNotPresent", "15"),
        with_copies(unrequested, "hide-the-algorithm").reject("AlgorithmNotRequested", "20"),
        with_copies(without, "in-place-of-the-credential")
            .reject("MissingAttestedCredentialData", "13"),
    ]
}

fn transports() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, rule, value) in [
        ("null", "JSON-07", Value::Null),
        ("empty", "JSON-07", json!([])),
        ("unknown", "KB-72", json!(["usb", "telepathy", "USB"])),
        ("twice", "JSON-07", json!(["usb", "usb"])),
        ("text", "JSON-07", json!("internal")),
        ("object", "JSON-07", json!({ "0": "internal" })),
        ("not-all-text", "JSON-07", json!(["usb", 1, null, ["nfc"], { "x": 1 }])),
        ("32-characters", "KB-108", json!(["x".repeat(32)])),
        ("33-characters", "KB-108", json!(["x".repeat(33), "usb"])),
        ("16", "KB-108", json!(vec!["usb"; 16])),
        ("17", "KB-108", json!(vec!["usb"; 17])),
        ("100", "KB-108", json!(vec!["usb"; 100])),
    ] {
        let case = case(Ceremony::Registration, &format!("transports/{name}"), rule);
        cases
            .push(case.edit(|response| set(response, &["response", "transports"], value)).accept());
    }
    cases
}
