//! Every file in `test-vectors/` gives the expected verdicts, and every member of a case has the
//! described effect.

mod attested;
mod made;
mod members;
mod origins;
mod output;
mod unusable;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use webauthn_verify::{Algorithm, ErrorKind, Quirks};

use crate::report::{Report, Verdict};
use crate::run::{verify_file, verify_text};

fn vector_file(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors").join(file)
}

fn reports(file: &str) -> Vec<Report> {
    verify_file(&vector_file(file)).unwrap()
}

/// Returns a file with these cases.
fn file_with(cases: &[Value]) -> Value {
    json!({
        "format": 1,
        "source": "a test",
        "rp_id": "example.org",
        "origins": ["https://example.org"],
        "cases": cases,
    })
}

/// Returns the reports on a file with these cases.
fn reports_on(cases: &[Value]) -> Vec<Report> {
    verify_text(&file_with(cases).to_string(), Path::new("")).unwrap()
}

/// Returns the verdict on one case: `accept`, an error kind, `skip`, or `unusable: ` with the
/// reason.
fn verdict_on(case: &Value) -> String {
    verdict_in(Path::new(""), case)
}

/// Does the same for a file in this folder.
fn verdict_in(folder: &Path, case: &Value) -> String {
    let file = file_with(std::slice::from_ref(case)).to_string();
    word_for(&verify_text(&file, folder).unwrap()[0].verdict)
}

fn word_for(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accept(_) => "accept".to_owned(),
        Verdict::Reject(error) => error.kind().as_str().to_owned(),
        Verdict::Skip(_) => "skip".to_owned(),
        Verdict::Unusable(reason) => format!("unusable: {reason}"),
    }
}

#[test]
fn the_published_vectors_pass_and_their_broken_twins_fail() {
    let reports = reports("w3c-level-3.json");
    for report in &reports {
        assert_ne!(report.is_expected(), Some(false), "{report}");
    }
    let count =
        |is: fn(&Verdict) -> bool| reports.iter().filter(|report| is(&report.verdict)).count();
    let accepted = count(|verdict| matches!(verdict, Verdict::Accept(_)));
    let rejected = count(|verdict| matches!(verdict, Verdict::Reject(_)));
    let skipped = count(|verdict| matches!(verdict, Verdict::Skip(_)));
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    // One published case must be rejected itself and has no twin.
    if cfg!(not(feature = "attestation")) {
        // Without certificates, four pairs with format none and one with packed self are left.
        assert_eq!((accepted, rejected, skipped), (10, 10, 41));
    } else if Algorithm::Ed448.is_compiled_in() {
        assert_eq!((accepted, rejected, skipped), (30, 31, 0));
    } else {
        // One pair uses Ed448.
        assert_eq!((accepted, rejected, skipped), (28, 29, 4));
    }
}

/// Accepts every quirk: correct cases need none, and wrong cases still fail in the same way.
#[test]
fn no_vector_needs_a_quirk() {
    for file in ["w3c-level-3.json", "hostile/attestation.json", "hostile/client_data.json"] {
        let text = std::fs::read_to_string(vector_file(file)).unwrap();
        let mut vectors: Value = serde_json::from_str(&text).unwrap();
        for case in vectors["cases"].as_array_mut().unwrap() {
            case["quirks"] = json!(["all"]);
        }
        for report in verify_text(&vectors.to_string(), Path::new("")).unwrap() {
            assert_ne!(report.is_expected(), Some(false), "{report}");
            if let Verdict::Accept(quirks) = report.verdict {
                assert_eq!(quirks, Quirks::NONE, "{report}");
            }
        }
    }
}

#[test]
fn every_broken_twin_fails_in_its_own_way() {
    if cfg!(not(feature = "attestation")) {
        return;
    }
    let kinds: std::collections::HashSet<ErrorKind> = reports("w3c-level-3.json")
        .iter()
        .filter_map(|report| match &report.verdict {
            Verdict::Reject(error) => Some(error.kind()),
            _ => None,
        })
        .collect();
    assert!(kinds.len() >= 15, "{kinds:?}");
}

/// Returns the names of the hostile files.
fn hostile_files() -> Vec<String> {
    let entries = std::fs::read_dir(vector_file("hostile")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    names
}

/// One test for each hostile file, so that they can run at the same time.
mod every_hostile_case_has_the_expected_verdict {
    macro_rules! tests {
        ($($name:ident)*) => {
            $(#[test]
            fn $name() {
                super::check_hostile(concat!(stringify!($name), ".json"));
            })*

            #[test]
            fn every_file_has_a_test() {
                assert_eq!(super::hostile_files(), [$(concat!(stringify!($name), ".json")),*]);
            }
        };
    }
    tests! {
        attestation authenticator_data cbor certificates client_data cose_keys extensions formats metadata
        policies responses signatures stored_states
    }
}

fn check_hostile(file: &str) {
    let (mut run, mut skipped, mut differing) = (0, 0, Vec::new());
    for report in reports(&format!("hostile/{file}")) {
        match report.is_expected() {
            Some(true) => run += 1,
            Some(false) => differing.push(report.to_string()),
            None => skipped += 1,
        }
    }
    println!("{file}: {run} as expected, {skipped} skipped");
    if cfg!(all(feature = "metadata", feature = "k256", feature = "ml-dsa", feature = "ed448")) {
        assert_eq!(skipped, 0, "{file}");
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn every_broken_attestation_is_rejected_at_the_wrong_member() {
    let reports = reports("hostile/attestation.json");
    let (mut accepted, mut rejected, mut skipped) = (0, 0, 0);
    for report in &reports {
        assert_ne!(report.is_expected(), Some(false), "{report}");
        match report.verdict {
            Verdict::Accept(_) => {
                assert!(report.name.ends_with("/whole"), "{report}");
                accepted += 1;
            }
            Verdict::Reject(_) => rejected += 1,
            Verdict::Skip(_) => skipped += 1,
            Verdict::Unusable(_) => panic!("{report}"),
        }
    }
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    if cfg!(feature = "attestation") {
        // One correct registration for each kind of attestation.
        assert_eq!((accepted, skipped), (9, 0));
        assert!(rejected >= 190, "{rejected}");
    } else {
        // Only `none` and self attestation. This build cannot recognize unknown formats.
        assert_eq!((accepted, rejected), (2, 7));
    }
}
