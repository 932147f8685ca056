//! Seeds of the target `metadata`: payloads, and a BLOB.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey};
use webauthn_verify_fuzz::metadata;

use super::seeds::{Result, Seeds};

const AAGUID: &str = "00010203-0405-0607-0809-0a0b0c0d0e0f";

/// Payloads that are written by hand.
const PAYLOADS: [(&str, &str); 9] = [
    ("empty", ""),
    ("html", "<!DOCTYPE html><title>503</title>"),
    ("twice", r#"{"no":1,"nextUpdate":"2030-01-01","entries":[],"\u006eo":1}"#),
    (
        "more-members",
        r#"{"x":[{}],"no":0,"nextUpdate":"2024-02-29","y":"\ud83d\ude00","entries":[]}"#,
    ),
    (
        "white-space",
        " {\n\"no\" : 1 ,\t\"nextUpdate\":\"0000-01-01\",\r\"entries\":[ { \"statusReports\" : [ ] } ] } ",
    ),
    (
        "number-huge",
        r#"{"no":1,"nextUpdate":"2030-01-01","entries":[{"statusReports":[],"x":1e999}]}"#,
    ),
    (
        "lone-surrogate",
        r#"{"no":1,"nextUpdate":"2030-01-01","entries":[{"statusReports":[],"x":"\ud800"}]}"#,
    ),
    ("largest-number", r#"{"no":18446744073709551615,"nextUpdate":"9999-12-31","entries":[]}"#),
    ("negative", r#"{"no":-1,"nextUpdate":"2030-01-01","entries":[]}"#),
];

/// The statuses of a model, each with its date.
const HISTORIES: [(&str, &[(&str, &str)]); 8] = [
    ("certified", &[("FIDO_CERTIFIED", "2023-01-01"), ("FIDO_CERTIFIED_L2plus", "2024-02-29")]),
    ("revoked", &[("REVOKED", "2024-01-01"), ("FIDO_CERTIFIED_L1", "2023-01-01")]),
    ("certified-anew", &[("REVOKED", "2023-01-01"), ("FIDO_CERTIFIED_L1", "2024-01-01")]),
    ("update", &[("USER_VERIFICATION_BYPASS", "2023-01-01"), ("UPDATE_AVAILABLE", "2024-01-01")]),
    (
        "compromises",
        &[
            ("USER_KEY_REMOTE_COMPROMISE", "2023-01-01"),
            ("USER_KEY_PHYSICAL_COMPROMISE", "2023-01-01"),
        ],
    ),
    ("future", &[("NOT_FIDO_CERTIFIED", "2020-01-01"), ("RETIRED", "9999-12-31")]),
    ("unknown-status", &[("INVENTED", "2024-01-01"), ("SELF_ASSERTION_SUBMITTED", "2024-01-01")]),
    ("bad-date", &[("REVOKED", "2023-02-29")]),
];

/// The payload of the seed `blob`.
const SHORT_PAYLOAD: &str = r#"{"no":1,"nextUpdate":"2030-01-01","entries":[]}"#;

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    let key = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"fuzz")?;
    let name = DistinguishedName::new().common_name("fuzz");
    let certificate = CertificateBuilder::new(&name, &key.public_numbers()).sign(&key);
    let certificate = STANDARD.encode(certificate);
    let mut add = |name: &str, entries: Value| {
        let payload = json!({
            "no": 7, "nextUpdate": "2026-12-01", "legalHeader": "For tests.", "entries": entries,
        });
        seeds.add("metadata", name, payload.to_string());
    };
    add_entries(&mut add);
    add_histories(&mut add);
    add_compromises(&mut add, &certificate);
    add_statements(&mut add, &certificate);

    for (name, payload) in PAYLOADS {
        seeds.add("metadata", name, payload);
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    let deep = format!(r#"[{{"statusReports":[],"x":{deep}}}]"#);
    seeds.add("metadata", "deep", SHORT_PAYLOAD.replace("[]", &deep));
    seeds.add("metadata", "blob", metadata::sign(SHORT_PAYLOAD.as_bytes()));
    Ok(())
}

/// Returns an entry with the required members and this member.
fn with(member: &str, value: Value) -> Value {
    json!([{ "aaguid": AAGUID, "statusReports": [], member: value }])
}

/// Adds entries with other identifiers and members, and values that are not entries.
fn add_entries(mut add: impl FnMut(&str, Value)) {
    add("no-entries", json!([]));
    add("plain", with("x", json!(null)));
    add(
        "aaguid-zero",
        json!([{ "aaguid": "00000000-0000-0000-0000-000000000000", "statusReports": [] }]),
    );
    add("aaguid-upper-case", json!([{ "aaguid": AAGUID.to_uppercase(), "statusReports": [] }]));
    add("aaguid-short", json!([{ "aaguid": &AAGUID[1..], "statusReports": [] }]));
    add("aaid", json!([{ "aaid": "1234#5678", "statusReports": [] }]));
    let identifiers = json!(["00".repeat(20), "7f".repeat(20)]);
    add("key-identifiers", with("attestationCertificateKeyIdentifiers", identifiers));
    add("no-reports", json!([{ "aaguid": AAGUID }]));
    add("last-change", with("timeOfLastStatusChange", json!("2024-01-01")));
    add("bad-last-change", with("timeOfLastStatusChange", json!("")));
    add("unknown-members", with("future", json!({ "a": [1, -2.5, 1e300, "\u{e9}", { "b": [] }] })));
    add("not-objects", json!([1, "a", null, [], {}, true]));
    let entry = json!({ "aaguid": AAGUID, "statusReports": [] });
    add("same-aaguid", json!([entry, entry, with("x", json!(1))[0]]));
}

fn add_histories(mut add: impl FnMut(&str, Value)) {
    for (name, reports) in HISTORIES {
        let reports = reports.iter().map(|(status, date)| {
            json!({ "status": status, "effectiveDate": date, "url": "https://example.com/" })
        });
        add(name, with("statusReports", reports.collect()));
    }
}

/// Adds entries with compromised attestation keys.
fn add_compromises(mut add: impl FnMut(&str, Value), certificate: &str) {
    let named = json!([{
        "status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2024-01-01",
        "certificate": certificate, "authenticatorVersion": 3,
    }]);
    add("compromised-certificate", with("statusReports", named));
    let undated = json!([{ "status": "ATTESTATION_KEY_COMPROMISE", "certificateNumber": "1" }]);
    add("undated", with("statusReports", undated));
}

/// Adds entries with metadata statements.
fn add_statements(mut add: impl FnMut(&str, Value), certificate: &str) {
    let statement = json!({
        "aaguid": AAGUID,
        "description": "A key",
        "attestationTypes": ["basic_full", "basic_surrogate", "attca", "anonca", "ecdaa", "none", "x"],
        "attestationRootCertificates": [certificate, format!(" {certificate}\n"), "?", "AAAA"],
        "icon": "data:image/png;base64,AAAA",
        "userVerificationDetails": [[{ "userVerificationMethod": "none" }]],
    });
    add("statement", with("metadataStatement", statement.clone()));
    let mut other = statement;
    other["aaguid"] = json!("ffffffff-0405-0607-0809-0a0b0c0d0e0f");
    add("statement-of-another", with("metadataStatement", other));
    add("empty-statement", with("metadataStatement", json!({})));
    add("null-statement", with("metadataStatement", Value::Null));
}
