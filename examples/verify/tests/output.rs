//! The printed lines of cases and files, and the exit code.

use std::path::Path;

use serde_json::{Value, json};

use super::made::{Made, with_members};
use super::{reports_on, vector_file};
use crate::lines_of;
use crate::report::{Counts, Report};
use crate::run::verify_text;

/// The members of a case.
const MEMBERS: [&str; 30] = [
    "name",
    "source",
    "ceremony",
    "challenge",
    "response",
    "expect",
    "now",
    "rp_id",
    "origins",
    "subdomains",
    "address_rp_id",
    "cross_origin",
    "framing",
    "top_origins",
    "user_handle",
    "user_verification",
    "mediation",
    "algorithms",
    "exclude",
    "credential_from",
    "credential",
    "extensions",
    "require",
    "appid",
    "refuse_unsolicited_extensions",
    "trust_anchors",
    "anchors_by_format",
    "metadata",
    "metadata_root",
    "safetynet_max_age",
];

/// Returns the report on the case with this expectation.
fn report(case: &Value, expect: Value) -> Report {
    let case = with_members(case, &json!({ "expect": expect }));
    reports_on(&[case]).remove(0)
}

#[test]
fn a_verdict_says_whether_it_is_as_expected() {
    let good = Made::new().registration();
    let bad = with_members(&good, &json!({ "challenge": "AAAA" }));
    let unusable = with_members(&good, &json!({ "rp_id": "127.0.0.1" }));
    let mismatch = json!({ "reject": "ChallengeMismatch" });
    for (case, expect, expected) in [
        (&good, Value::Null, None),
        (&good, json!("accept"), Some(true)),
        (&good, json!("reject"), Some(false)),
        (&good, json!("unusable"), Some(false)),
        (&bad, Value::Null, None),
        (&bad, json!("accept"), Some(false)),
        (&bad, json!("reject"), Some(true)),
        (&bad, json!("unusable"), Some(false)),
        (&bad, mismatch.clone(), Some(true)),
        (&bad, json!({ "reject": "ChallengeMismatch", "field": null }), Some(true)),
        (&bad, json!({ "reject": "ChallengeMismatch", "field": "challenge" }), Some(false)),
        (&bad, json!({ "reject": "OriginMismatch" }), Some(false)),
        (&unusable, Value::Null, None),
        (&unusable, json!("accept"), Some(false)),
        (&unusable, json!("reject"), Some(false)),
        (&unusable, mismatch, Some(false)),
        (&unusable, json!("unusable"), Some(true)),
    ] {
        let report = report(case, expect.clone());
        assert_eq!(report.is_expected(), expected, "{expect}: {report}");
        let line = report.to_json();
        assert_eq!(line.get("expected").and_then(Value::as_bool), expected, "{line}");
        let text = report.to_string();
        assert_eq!(text.ends_with("  (as expected)"), expected == Some(true), "{text}");
        assert_eq!(text.contains("  UNEXPECTED"), expected == Some(false), "{text}");
    }
}

#[test]
fn an_unreadable_expectation_is_never_met() {
    for (expect, reason) in [
        (json!("Accept"), "expect: write"),
        (json!(true), "expect: write"),
        (json!({}), "expect: write"),
        (json!({ "reject": true }), "expect: write"),
        (json!({ "reject": "NoSuchKind" }), "expect: unknown error kind \"NoSuchKind\""),
        (json!({ "reject": "OriginMismatch", "field": 1 }), "expect: field is not a string"),
        (json!({ "reject": "OriginMismatch", "step": 1 }), "expect: step is not a string"),
        (json!({ "reject": "OriginMismatch", "at": 1 }), "unknown member \"expect.at\""),
    ] {
        let line = report(&Made::new().registration(), expect).to_json();
        assert_eq!((&line["verdict"], &line["expected"]), (&json!("unusable"), &json!(false)));
        assert!(line["message"].as_str().unwrap().contains(reason), "{line}");
    }
}

#[test]
fn an_expectation_is_met_only_in_its_step_and_at_its_field() {
    let case = with_members(&Made::new().registration(), &json!({ "challenge": "AAAA" }));
    for (expect, is_met) in [
        (json!({ "reject": "ChallengeMismatch" }), true),
        (json!({ "reject": "ChallengeMismatch", "step": "8" }), true),
        (json!({ "reject": "ChallengeMismatch", "step": "9" }), false),
        (json!({ "reject": "ChallengeMismatch", "field": "challenge" }), false),
        (json!({ "reject": "OriginMismatch", "step": "8" }), false),
    ] {
        assert_eq!(report(&case, expect.clone()).is_expected(), Some(is_met), "{expect}");
    }
    let line = report(&case, json!({ "reject": "OriginMismatch", "step": "9", "field": "x" }));
    let expected = "  UNEXPECTED: expected reject OriginMismatch in step 9 of x";
    assert!(line.to_string().ends_with(expected), "{line}");
}

#[test]
fn a_json_line_has_the_members_of_its_verdict() {
    let good = Made::new().registration();
    assert_eq!(
        report(&good, json!("accept")).to_json(),
        json!({ "name": "registration", "verdict": "accept", "quirks": [], "expected": true })
    );
    let bad = with_members(&good, &json!({ "challenge": "AAAA" }));
    let line = report(&bad, json!("accept"));
    assert!(line.to_string().ends_with("  UNEXPECTED: expected accept"), "{line}");
    let line = line.to_json();
    let message = line["message"].as_str().unwrap();
    assert_eq!(
        line,
        json!({
            "name": "registration",
            "verdict": "reject",
            "step": "8",
            "kind": "ChallengeMismatch",
            "field": null,
            "message": message,
            "expected": false,
        })
    );
    // No build supports these algorithms.
    let skipped = with_members(&good, &json!({ "algorithms": [-65535, 0] }));
    let line = report(&skipped, json!("reject"));
    assert_eq!(line.is_expected(), None);
    let line = line.to_json();
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("COSE algorithm 0"), "{message}");
    assert_eq!(line, json!({ "name": "registration", "verdict": "skip", "message": message }));
}

#[test]
fn a_file_that_is_not_run_gets_its_own_line() {
    let readme = vector_file("README.md");
    let mut counts = Counts::default();
    for path in [readme.as_path(), Path::new("no-such-file.json")] {
        let [line] = &lines_of(path, true, &mut counts)[..] else { panic!("one line") };
        let line: Value = serde_json::from_str(line).unwrap();
        let file = path.display().to_string();
        let message = line["message"].as_str().unwrap();
        assert!(!message.is_empty());
        assert_eq!(line, json!({ "file": file, "verdict": "not-run", "message": message }));
        let [line] = &lines_of(path, false, &mut counts)[..] else { panic!("one line") };
        assert_eq!(*line, format!("not run  {file}  {message}"));
    }
    assert_eq!(counts.not_run, 4);
    assert!(counts.to_string().ends_with("\n4 files were not run"), "{counts}");
}

#[test]
fn the_summary_counts_every_verdict_that_occurs() {
    let good = Made::new().registration();
    let mut counts = Counts::default();
    for case in [
        good.clone(),
        with_members(&good, &json!({ "challenge": "AAAA", "expect": "accept" })),
        with_members(&good, &json!({ "rp_id": "127.0.0.1" })),
    ] {
        reports_on(&[case]).iter().for_each(|report| counts.add(report));
    }
    assert_eq!(
        counts.to_string(),
        "1 accepted, 1 rejected, 0 skipped, 1 unusable\n\
         1 unexpected verdicts"
    );
    assert_eq!(
        Counts::default().to_string(),
        "0 accepted, 0 rejected, 0 skipped\n0 unexpected verdicts"
    );
}

#[test]
fn the_example_of_the_documentation_is_accepted() {
    let text = std::fs::read_to_string(vector_file("README.md")).unwrap();
    let (_, example) = text.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let reports = verify_text(example, Path::new("")).unwrap();
    assert_eq!(reports.len(), 1);
    let line = json!({ "name": "captured", "verdict": "accept", "quirks": [], "expected": true });
    assert_eq!(reports[0].to_json(), line);
}

#[test]
fn the_documentation_names_every_member() {
    let text = std::fs::read_to_string(vector_file("README.md")).unwrap();
    for member in MEMBERS {
        assert!(text.contains(&format!("\n| `{member}`")), "{member}");
    }
}
