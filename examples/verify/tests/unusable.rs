//! Faults that make one case unusable, and faults that make a whole file unusable.

use std::path::Path;

use serde_json::{Value, json};

use super::made::{Made, with_members};
use super::{file_with, reports_on, verdict_on};
use crate::report::{Counts, Verdict};
use crate::run::verify_text;

/// Relying parties that no case can have, each with a part of the error message.
fn wrong_places() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "rp_id": "127.0.0.1" }), "is an IP address"),
        (json!({ "rp_id": "https://example.org" }), "write the domain alone"),
        (json!({ "rp_id": "chrome-extension://x" }), "32 letters"),
        (json!({ "rp_id": "urn:example:bank" }), "no web page can use"),
        (json!({ "rp_id": 1 }), "rp_id: invalid type"),
        (json!({ "address_rp_id": true }), "address_rp_id: the RP ID \"example.org\" is not"),
        (json!({ "address_rp_id": 1 }), "address_rp_id: invalid type"),
        (
            json!({ "address_rp_id": true, "rp_id": "127.0.0.1", "origins": [] }),
            "the list of origins is empty",
        ),
        (json!({ "origins": ["localhost:8080"] }), "write \"http://localhost:8080\""),
        (json!({ "origins": ["javascript:x"] }), "have no WebAuthn"),
        (json!({ "origins": [] }), "empty"),
        (json!({ "origins": ["android:apk-key-hash:7d10"] }), "43 characters"),
        (json!({ "origins": ["chrome-extension://x"] }), "32 letters"),
        (json!({ "origins": ["ios:bundle-id:"] }), "is not a bundle ID"),
        (json!({ "origins": "https://example.org" }), "origins: invalid type"),
        (json!({ "subdomains": "yes" }), "subdomains: invalid type"),
        (json!({ "top_origins": ["example.com"] }), "write \"https://example.com\""),
        (json!({ "top_origins": true }), "top_origins: invalid type"),
        (json!({ "cross_origin": 1 }), "cross_origin: invalid type"),
        (json!({ "framing": ["nobody"] }), "framing: unknown variant `nobody`"),
        (json!({ "framing": "any" }), "framing: invalid type"),
    ]
}

/// Other members that no case can have.
fn wrong_members() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "ceremony": "payment" }), "ceremony: unknown variant `payment`"),
        (json!({ "ceremony": null }), "ceremony is missing"),
        (json!({ "challenge": "=" }), "challenge: not base64url"),
        (json!({ "challenge": "AAA=" }), "challenge: not base64url"),
        (json!({ "challenge": 7 }), "challenge: invalid type"),
        (json!({ "challenge": null }), "challenge is missing"),
        (json!({ "user_handle": "=" }), "user_handle: not base64url"),
        (json!({ "user_handle": "" }), "user handle"),
        (json!({ "user_verification": "Required" }), "user_verification: \"Required\" is not a"),
        (json!({ "mediation": "silent" }), "mediation: \"silent\" is not a"),
        (json!({ "algorithms": [] }), "algorithms: the list is empty"),
        (json!({ "algorithms": ["ES256"] }), "algorithms: invalid type"),
        (json!({ "now": "yesterday" }), "now: \"yesterday\" is not a UTC time"),
        (json!({ "now": 1_767_225_600 }), "now: invalid type"),
        // Policies.
        (json!({ "sign_count": "warn" }), "sign_count: \"warn\" is not a"),
        (json!({ "backup": "refuse" }), "backup: invalid type"),
        (json!({ "backup": { "eligible": "yes" } }), "backup.eligible: invalid type"),
        (json!({ "backup": { "backed_up": false } }), "backup.backed_up: only true"),
        (json!({ "backup": { "on_change": "allow" } }), "backup.on_change: \"allow\" is not a"),
        (json!({ "backup": { "state": true } }), "unknown member \"backup.state\""),
        (json!({ "quirks": ["x"] }), "unknown quirk \"x\""),
        (json!({ "quirks": "all" }), "quirks: invalid type"),
        (json!({ "refuse_unsolicited_extensions": 1 }), "refuse_unsolicited_extensions: invalid"),
        // Extensions.
        (json!({ "extensions": ["prf"] }), "extensions: invalid type"),
        (json!({ "extensions": { "prf": true } }), "prf"),
        (json!({ "extensions": { "an identifier": true } }), "not an extension identifier"),
        (json!({ "extensions": { "remoteClientDataJSON": "x" } }), "remote client data would be"),
        (json!({ "require": true }), "require: invalid type"),
        (json!({ "require": { "prf": 1 } }), "require.prf: invalid type"),
        (json!({ "require": { "cred_protect": 2 } }), "require.cred_protect: "),
        (json!({ "require": { "cred_blob": true } }), "unknown member \"require.cred_blob\""),
        // Attestation.
        (json!({ "trust_anchors": "AAAA" }), "trust_anchors: invalid type"),
        (json!({ "trust_anchors": ["="] }), "trust_anchors: not base64url"),
        (json!({ "anchors_by_format": [] }), "anchors_by_format: invalid type"),
        (json!({ "metadata": true }), "metadata: invalid type"),
        (json!({ "metadata_root": "AAAA" }), "metadata_root: the member metadata is missing"),
        (json!({ "safetynet_max_age": -1 }), "safetynet_max_age: invalid value"),
        // The case itself.
        (json!({ "source": 1 }), "source: invalid type"),
        (json!({ "expected": "accept" }), "unknown member \"expected\""),
        (json!({ "appid": 1 }), "appid: invalid type"),
        (json!({ "credential_from": 1 }), "credential_from: invalid type"),
        (json!({ "credential": "x" }), "credential: invalid type"),
    ]
}

/// Members that are wrong in only one of the ceremonies.
fn wrong_cases() -> Vec<(Value, &'static str)> {
    let registration = |members| with_members(&Made::new().registration(), &members);
    let login = |members| with_members(&Made::new().login(), &members);
    let mut missing = Made::new().registration();
    missing.as_object_mut().unwrap().remove("response");
    vec![
        (registration(json!({ "exclude": ["="] })), "exclude: not base64url"),
        (registration(json!({ "exclude": [""] })), "exclude: "),
        (registration(json!({ "require": { "min_pin_length": -4 } })), "require.min_pin_length: "),
        (
            registration(json!({ "require": { "cred_protect": "userVerificationRequired" } })),
            "credentialProtectionPolicy",
        ),
        (missing, "response is missing"),
        (login(json!({ "exclude": ["AAAA"] })), "exclude is for registrations"),
        (login(json!({ "require": { "min_pin_length": 4 } })), "is for registrations"),
        (login(json!({ "require": { "large_blob": true } })), "is for registrations"),
        (login(json!({ "require": { "prf": true } })), "there is no input"),
        (login(json!({ "extensions": { "credProps": true } })), "for the other ceremony"),
        (login(json!({ "appid": "example.org" })), "not an AppID"),
        (login(json!({ "credential": null })), "credential and credential_from are both missing"),
        (login(json!({ "credential": { "id": null } })), "credential.id is missing"),
        (login(json!({ "credential": { "id": "=" } })), "credential.id: not base64url"),
        (login(json!({ "credential": { "id": "" } })), "credential: "),
        (login(json!({ "credential": { "public_key": "AAAA" } })), "public key"),
        (login(json!({ "credential": { "public_key": null } })), "public_key is missing"),
        (login(json!({ "credential": { "sign_count": -1 } })), "credential.sign_count: "),
        (login(json!({ "credential": { "user_handle": "" } })), "credential: "),
        (login(json!({ "credential": { "backup_eligible": 1 } })), "credential.backup_eligible: "),
        (login(json!({ "credential": { "backup_state": 1 } })), "credential.backup_state: "),
        (login(json!({ "credential": { "key": "AAAA" } })), "unknown member \"credential.key\""),
    ]
}

#[test]
fn kb_98_a_case_that_cannot_be_configured_is_unusable_and_the_others_run() {
    let good = Made::new().registration();
    let mut unusable = wrong_cases();
    for (members, reason) in wrong_places().into_iter().chain(wrong_members()) {
        unusable.push((with_members(&good, &members), reason));
        unusable.push((with_members(&Made::new().login(), &members), reason));
    }
    let count = unusable.len();
    let expected = json!({ "expect": "unusable" });
    let mut cases = vec![good.clone()];
    cases.extend(unusable.iter().map(|(case, _)| with_members(case, &expected)));
    cases.push(good);
    let reports = reports_on(&cases);
    assert_eq!(reports.len(), cases.len());
    let mut counts = Counts::default();
    reports.iter().for_each(|report| counts.add(report));
    for (report, (_, reason)) in reports[1..].iter().zip(&unusable) {
        let Verdict::Unusable(message) = &report.verdict else { panic!("{reason}: {report}") };
        assert!(message.contains(reason), "{reason}: {message}");
        assert_eq!(report.is_expected(), Some(true), "{report}");
    }
    for report in [reports.first().unwrap(), reports.last().unwrap()] {
        assert!(matches!(report.verdict, Verdict::Accept(_)), "{report}");
    }
    assert_eq!((counts.accepted, counts.unusable), (2, count));
}

#[cfg(feature = "attestation")]
#[test]
fn an_unreadable_certificate_or_format_makes_a_case_unusable() {
    for (members, reason) in [
        (json!({ "trust_anchors": ["AAAA"] }), "trust_anchors: "),
        (json!({ "anchors_by_format": { "packed": ["AAAA"] } }), "anchors_by_format: "),
        (json!({ "anchors_by_format": { "Packed": [] } }), "unknown format \"Packed\""),
    ] {
        let verdict = verdict_on(&with_members(&Made::new().registration(), &members));
        assert!(verdict.starts_with("unusable: ") && verdict.contains(reason), "{verdict}");
    }
}

#[test]
fn a_case_without_a_name_is_identified_by_its_number() {
    let good = Made::new().registration();
    let cases = [
        good.clone(),
        with_members(&good, &json!({ "name": null })),
        with_members(&good, &json!({ "name": 7, "expect": "unusable" })),
        json!("a case"),
        json!([]),
        Value::Null,
        good,
    ];
    let reports = reports_on(&cases);
    let names: Vec<&str> = reports.iter().map(|report| report.name.as_str()).collect();
    let numbered = ["case 2", "case 3", "case 4", "case 5", "case 6"];
    assert_eq!(names[1..6], numbered);
    for report in &reports[1..6] {
        assert!(matches!(report.verdict, Verdict::Unusable(_)), "{report}");
        assert_ne!(report.is_expected(), Some(false), "{report}");
    }
    assert!(matches!(reports[6].verdict, Verdict::Accept(_)), "{}", reports[6]);
}

#[test]
fn a_repeated_member_makes_a_case_unusable() {
    let good = Made::new().registration();
    let text = file_with(&[good.clone(), good]).to_string();
    let twice = text.replacen("\"challenge\":", "\"challenge\":\"AAAA\",\"challenge\":", 1);
    let reports = verify_text(&twice, Path::new("")).unwrap();
    let Verdict::Unusable(message) = &reports[0].verdict else { panic!("{}", reports[0]) };
    assert_eq!(message, "the member \"challenge\" occurs twice");
    assert!(matches!(reports[1].verdict, Verdict::Accept(_)), "{}", reports[1]);
}

#[test]
fn a_response_of_any_form_gets_a_verdict() {
    for response in [json!(null), json!("x"), json!([]), json!({})] {
        for case in [Made::new().registration(), Made::new().login()] {
            let mut case = case;
            case["response"] = response.clone();
            let verdict = verdict_on(&case);
            assert!(verdict != "accept" && !verdict.starts_with("unusable"), "{verdict}");
        }
    }
}

#[test]
fn a_time_must_exist_in_the_calendar() {
    let at = |now: &str| {
        let case = Made::new().registration();
        verdict_on(&with_members(&case, &json!({ "now": now })))
    };
    for good in [
        "1970-01-01T00:00:00Z",
        "2024-02-29T23:59:59Z",
        "2000-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "9999-12-31T23:59:59Z",
    ] {
        assert_eq!(at(good), "accept", "{good}");
    }
    for bad in [
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.5Z",
        "2026-01-01 00:00:00Z",
        "2026-1-1T0:0:0Z",
        "+026-01-01T00:00:00Z",
        "",
    ] {
        assert!(at(bad).starts_with("unusable: now: "), "{bad}");
    }
}

#[test]
fn a_file_without_cases_is_not_run() {
    let good = file_with(&[Made::new().registration()]);
    let mut without_format = good.clone();
    without_format.as_object_mut().unwrap().remove("format");
    let mut without_cases = good.clone();
    without_cases.as_object_mut().unwrap().remove("cases");
    let with = |members| with_members(&good, &members).to_string();
    for (text, reason) in [
        ("{".to_owned(), "EOF"),
        ("[1, null, null, null, []]".to_owned(), "not a JSON object"),
        (String::new(), "not a JSON object"),
        (without_format.to_string(), "missing field `format`"),
        (without_cases.to_string(), "missing field `cases`"),
        (with(json!({ "format": 2, "more": 1 })), "format 2 is unknown; this program reads 1"),
        (with(json!({ "format": "1" })), "invalid type"),
        (with(json!({ "cases": {} })), "invalid type"),
        (with(json!({ "rp_id": 1 })), "invalid type"),
        (with(json!({ "origin": "https://example.org" })), "unknown field `origin`"),
    ] {
        let problem = verify_text(&text, Path::new("")).err().unwrap();
        assert!(problem.contains(reason), "{problem}");
    }
}
