//! Pending states of another time.

use serde_json::{Value, json};

use super::{LIFETIME, NOW, case, with, without};
use crate::ceremony::{Ceremony, remove, set};

const DAY: u64 = 24 * 60 * 60;

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = finished(ceremony);
    cases.extend(stored(ceremony));
    cases.extend(first_form(ceremony));
    cases
}

/// Times at which the ceremony finishes.
fn finished(ceremony: Ceremony) -> Vec<Value> {
    let at = |name: &str, rule: &str, now: &str| {
        case(ceremony, &format!("time/{name}"), rule, |_| ()).with("now", now)
    };
    vec![
        at("at-the-start", "KB-101", "2026-01-01T00:00:00Z").accept(),
        at("a-minute-before-the-start", "KB-102", "2025-12-31T23:59:00Z").accept(),
        at("a-minute-and-a-second-before-the-start", "KB-102", "2025-12-31T23:58:59Z")
            .reject("CeremonyNotStarted", "1"),
        at("a-year-before-the-start", "KB-102", "2025-01-01T00:00:00Z")
            .reject("CeremonyNotStarted", "1"),
        at("a-second-before-the-end", "KB-10", "2026-01-01T00:09:59Z").accept(),
        at("at-the-end", "KB-10", "2026-01-01T00:10:00Z").accept(),
        at("a-second-after-the-end", "KB-10", "2026-01-01T00:10:01Z")
            .reject("CeremonyExpired", "1"),
        at("a-day-after-the-end", "KB-10", "2026-01-02T00:10:00Z").reject("CeremonyExpired", "1"),
    ]
}

/// Times in the stored state.
fn stored(ceremony: Ceremony) -> Vec<Value> {
    let times = |name: &str, started_at: Value, expires_at: Value| {
        case(ceremony, &format!("lifetime/{name}"), "KB-104", |pending| {
            set(pending, &["started_at"], started_at);
            set(pending, &["expires_at"], expires_at);
        })
    };
    let mut cases = vec![
        times("a-day", json!(NOW), json!(NOW + DAY)).accept(),
        times("a-day-before", json!(NOW - DAY), json!(NOW)).accept(),
        times("a-day-and-a-second", json!(NOW), json!(NOW + DAY + 1)).unusable(),
        times("no-time", json!(NOW), json!(NOW)).unusable(),
        times("a-second", json!(NOW), json!(NOW + 1)).accept(),
        times("ends-before-it-starts", json!(NOW + 1), json!(NOW)).unusable(),
        times("starts-later", json!(NOW + 61), json!(NOW + LIFETIME))
            .reject("CeremonyNotStarted", "1"),
        times("starts-a-minute-later", json!(NOW + 60), json!(NOW + LIFETIME)).accept(),
        times("ended-a-second-ago", json!(NOW - LIFETIME), json!(NOW - 1))
            .reject("CeremonyExpired", "1"),
        times("forever", json!(NOW), json!(u64::MAX)).unusable(),
        times("at-the-end-of-time", json!(u64::MAX - LIFETIME), json!(u64::MAX))
            .reject("CeremonyNotStarted", "1"),
        times("from-the-epoch", json!(0), json!(NOW + LIFETIME)).unusable(),
    ];
    for (name, value) in [
        ("text", json!("1767225600")),
        ("negative", json!(-1)),
        ("fraction", json!(1_767_225_600.5)),
        ("boolean", json!(true)),
    ] {
        for member in ["started_at", "expires_at"] {
            let name = format!("lifetime/{}-{name}", member.replace('_', "-"));
            cases.push(with(ceremony, &name, "KB-104", &[member], value.clone()).unusable());
        }
    }
    cases
}

/// The first form of a pending state, which had no time of its start.
fn first_form(ceremony: Ceremony) -> Vec<Value> {
    let first = |name: &str, rule: &str, expires_at: u64| {
        case(ceremony, &format!("first-form/{name}"), rule, |pending| {
            remove(pending, &["started_at"]);
            remove(pending, &["extension_demands", "prf"]);
            remove(pending, &["extension_demands", "prf_results"]);
            if ceremony == Ceremony::Login {
                remove(pending, &["extension_demands"]);
            }
            set(pending, &["expires_at"], expires_at);
        })
    };
    let missing = without(ceremony, "first-form/start-missing", "KB-104", &["started_at"]);
    let null = with(ceremony, "first-form/start-null", "KB-104", &["started_at"], Value::Null);
    vec![
        missing.accept(),
        null.accept(),
        first("whole", "KB-104", NOW + 300).accept(),
        first("at-the-end", "KB-10", NOW).accept(),
        first("a-second-after-the-end", "KB-10", NOW - 1).reject("CeremonyExpired", "1"),
        // The start is unknown, so the clock may be a minute behind.
        first("a-day-and-a-minute", "KB-104", NOW + DAY + 60).accept(),
        first("a-day-and-61-seconds", "KB-104", NOW + DAY + 61).reject("WrongPendingState", "1"),
        first("forever", "KB-104", u64::MAX).reject("WrongPendingState", "1"),
    ]
}
