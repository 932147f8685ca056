//! Status reports: the history of a model (FIDO Metadata Service 3, section 3.1.3).

use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{issued_by, root};

use super::{Model, Pending, WithBlob, base64, certified, entry_with, leaf, report};

const FIELD: &str = "statusReports";

/// The day of the ceremony, and the days around it.
const TODAY: &str = "2026-01-01";
const TOMORROW: &str = "2026-01-02";
const YESTERDAY: &str = "2025-12-31";

const REFUSED: [&str; 5] = [
    "REVOKED",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

pub(super) fn cases() -> Vec<WithBlob> {
    [refused(), accepted(), dates(), orders(), compromises(), forms()]
        .into_iter()
        .flatten()
        .collect()
}

/// Returns a case in which the model has these reports.
fn with(name: &str, rule: &str, reports: &[Value]) -> Pending {
    let entry = entry_with("statusReports", json!(reports));
    Model::new().among(&format!("status/{name}"), rule, &[entry])
}

fn lower_case(status: &str) -> String {
    status.to_lowercase().replace('_', "-")
}

fn refused() -> Vec<WithBlob> {
    let mut cases = Vec::new();
    for status in REFUSED {
        let name = |what: &str| format!("{}{what}", lower_case(status));
        let old = report(status, "2025-01-01");
        cases.push(with(&name(""), "MDS-10", std::slice::from_ref(&old)).not_allowed(FIELD));
        let later = [old.clone(), certified("2025-06-01")];
        cases.push(with(&name("-and-certified-later"), "MDS-10", &later).accept());
        let earlier = [certified("2024-06-01"), old];
        cases.push(with(&name("-and-certified-before"), "MDS-10", &earlier).not_allowed(FIELD));
    }
    // The anchors of the relying party do not change the history.
    let entry = entry_with("statusReports", json!([report("REVOKED", "2025-01-01")]));
    let model = Model::new().anchors(&[root("root")]);
    cases.push(model.among("status/revoked-with-own-anchor", "KB-97", &[entry]).not_allowed(FIELD));
    cases
}

/// Statuses that refuse nothing.
fn accepted() -> Vec<WithBlob> {
    let mut cases = Vec::new();
    for status in [
        "NOT_FIDO_CERTIFIED",
        "FIDO_CERTIFIED",
        "FIDO_CERTIFIED_L3plus",
        "SELF_ASSERTION_SUBMITTED",
        "UPDATE_AVAILABLE",
        "RETIRED",
        "A_STATUS_OF_LATER",
        "revoked",
    ] {
        // Only the exact name is the status.
        let name = if status == "revoked" { "lower-case".to_owned() } else { lower_case(status) };
        let reports = [report(status, "2025-01-01")];
        cases.push(with(&format!("accepted/{name}"), "KB-72", &reports).accept());
    }
    cases.push(with("accepted/no-reports", "MDS-10", &[]).accept());
    // Statuses that answer no revocation.
    for status in ["UPDATE_AVAILABLE", "RETIRED", "SELF_ASSERTION_SUBMITTED", "A_STATUS_OF_LATER"] {
        let name = format!("revoked-and-later-{}", lower_case(status));
        let reports = [report("REVOKED", "2025-01-01"), report(status, "2025-06-01")];
        cases.push(with(&name, "MDS-10", &reports).not_allowed(FIELD));
    }
    let levels = [report("REVOKED", "2025-01-01"), report("FIDO_CERTIFIED_L3plus", "2025-06-01")];
    cases.push(with("revoked-and-later-level-3", "MDS-10", &levels).accept());
    let old = [report("REVOKED", "2025-01-01"), report("FIDO_CERTIFIED", "2025-06-01")];
    cases.push(with("revoked-and-later-without-level", "MDS-10", &old).accept());
    cases
}

/// The dates of reports, compared with the day of the ceremony.
fn dates() -> Vec<WithBlob> {
    let revoked = |date: &str| report("REVOKED", date);
    let undated = || json!({ "status": "REVOKED" });
    vec![
        with("revoked-today", "MDS-10", &[revoked(TODAY)]).not_allowed(FIELD),
        with("revoked-tomorrow", "MDS-10", &[revoked(TOMORROW)]).accept(),
        with("certified-today", "MDS-10", &[revoked(YESTERDAY), certified(TODAY)]).accept(),
        with("certified-tomorrow", "MDS-10", &[revoked(YESTERDAY), certified(TOMORROW)])
            .not_allowed(FIELD),
        with("revoked-without-date", "MDS-10", &[undated()]).not_allowed(FIELD),
        with("revoked-without-date-and-certified", "MDS-10", &[undated(), certified(TODAY)])
            .not_allowed(FIELD),
        with(
            "certified-without-date",
            "MDS-10",
            &[revoked("2025-01-01"), json!({ "status": "FIDO_CERTIFIED_L1" })],
        )
        .not_allowed(FIELD),
        with(
            "revoked-with-null-date",
            "MDS-10",
            &[json!({ "status": "REVOKED", "effectiveDate": null }), certified(TODAY)],
        )
        .not_allowed(FIELD),
    ]
}

/// The order of the list has no meaning.
fn orders() -> Vec<WithBlob> {
    let (revoked, certified) = (report("REVOKED", "2025-01-01"), certified("2025-01-01"));
    let later = super::certified("2025-06-01");
    let last = report("USER_VERIFICATION_BYPASS", "2025-09-01");
    vec![
        with("newest-first", "KB-32", &[later.clone(), revoked.clone()]).accept(),
        with("oldest-first", "KB-32", &[revoked.clone(), later.clone()]).accept(),
        with("mixed", "KB-32", &[later.clone(), last.clone(), revoked.clone()]).not_allowed(FIELD),
        with("refused-again", "KB-32", &[revoked.clone(), later, last]).not_allowed(FIELD),
        with("same-day-revoked-first", "KB-91", &[revoked.clone(), certified.clone()])
            .not_allowed(FIELD),
        with("same-day-certified-first", "KB-91", &[certified, revoked]).not_allowed(FIELD),
    ]
}

/// Reports of compromised attestation keys.
fn compromises() -> Vec<WithBlob> {
    let of = |certificate: &[u8]| {
        json!({
            "status": "ATTESTATION_KEY_COMPROMISE",
            "effectiveDate": "2025-01-01",
            "certificate": base64(certificate),
        })
    };
    let later = || certified("2025-06-01");
    let used = issued_by("root", leaf());
    let renewed = issued_by("root", leaf().serial_number(&[9]));
    let other = root("other");
    let unreadable = [&other[..], &[0]].concat();
    let mut bypass = of(&other);
    bypass["status"] = json!("USER_VERIFICATION_BYPASS");
    vec![
        with("compromise/of-the-certificate", "MDS-10", &[of(&used)]).not_allowed(FIELD),
        with("compromise/of-the-key", "MDS-10", &[of(&renewed)]).not_allowed(FIELD),
        with("compromise/of-the-anchor", "MDS-10", &[of(&root("root"))]).not_allowed(FIELD),
        with("compromise/of-another", "MDS-10", &[of(&other)]).accept(),
        with("compromise/unreadable", "KB-95", &[of(&unreadable)]).not_allowed(FIELD),
        with("compromise/empty", "KB-95", &[of(&[])]).not_allowed(FIELD),
        // No certification makes a key secret again.
        with("compromise/of-the-certificate-and-certified", "MDS-10", &[of(&used), later()])
            .not_allowed(FIELD),
        with("compromise/unreadable-and-certified", "KB-95", &[of(&unreadable), later()])
            .not_allowed(FIELD),
        // Only this status is about single keys.
        with("compromise/bypass-of-another", "MDS-10", &[bypass]).not_allowed(FIELD),
        // The certificate of the key does not answer another report.
        with(
            "compromise/of-another-after-revocation",
            "MDS-10",
            &[report("REVOKED", "2024-06-01"), of(&other)],
        )
        .not_allowed(FIELD),
    ]
}

/// Reports that cannot be read make the entry unusable.
fn forms() -> Vec<WithBlob> {
    let mut cases = Vec::new();
    for (name, value) in [
        ("date-with-time", json!([report("FIDO_CERTIFIED", "2025-01-01T00:00:00Z")])),
        ("date-without-hyphens", json!([report("FIDO_CERTIFIED", "20250101")])),
        ("day-that-does-not-exist", json!([report("FIDO_CERTIFIED", "2025-02-29")])),
        ("one-digit-month", json!([report("FIDO_CERTIFIED", "2025-1-01")])),
        ("date-as-number", json!([{ "status": "FIDO_CERTIFIED", "effectiveDate": 20_250_101 }])),
        ("no-status", json!([{ "effectiveDate": "2025-01-01" }])),
        ("status-as-number", json!([{ "status": 1 }])),
        ("certificate-not-base64", json!([{ "status": "REVOKED", "certificate": "?" }])),
        ("no-list", json!({})),
        ("null", Value::Null),
    ] {
        let entry = entry_with("statusReports", value);
        let case = Model::new().among(&format!("status/form/{name}"), "MDS-11", &[entry]);
        cases.push(case.not_allowed("metadata"));
    }
    cases
}
