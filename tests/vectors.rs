//! Every file in `test-vectors/` gives the verdicts that it expects, as the example `verify`
//! reports them.

#[path = "../examples/verify.rs"]
mod verify;

use std::path::Path;

use verify::{Verdict, verify_file};
use webauthn_verify::{Algorithm, ErrorKind};

fn reports(file: &str) -> Vec<verify::Report> {
    verify_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors").join(file)).unwrap()
}

#[test]
fn the_published_vectors_pass_and_their_twins_fail() {
    let reports = reports("w3c-level-3.json");
    for report in &reports {
        assert!(report.as_expected, "{report}");
    }
    let count =
        |is: fn(&Verdict) -> bool| reports.iter().filter(|report| is(&report.verdict)).count();
    let accepted = count(|verdict| matches!(verdict, Verdict::Accept(_)));
    let rejected = count(|verdict| matches!(verdict, Verdict::Reject(_)));
    let skipped = count(|verdict| matches!(verdict, Verdict::Skip(_)));
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    // One of the published ones has to fail itself, and has no twin.
    if cfg!(not(feature = "attestation")) {
        // Without certificates, four pairs of format none and one of packed self are left.
        assert_eq!((accepted, rejected, skipped), (10, 10, 41));
    } else if Algorithm::Ed448.is_compiled_in() {
        assert_eq!((accepted, rejected, skipped), (30, 31, 0));
    } else {
        // One pair is of Ed448.
        assert_eq!((accepted, rejected, skipped), (28, 29, 4));
    }
}

/// The same with every quirk tolerated: what is right needs none, and what is wrong fails as before.
#[test]
fn no_vector_needs_a_quirk() {
    for file in ["w3c-level-3.json", "hostile/attestation.json"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let mut vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        for case in vectors["cases"].as_array_mut().unwrap() {
            case["quirks"] = serde_json::json!(["all"]);
        }
        let changed = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.replace('/', "-"));
        std::fs::write(&changed, vectors.to_string()).unwrap();
        for report in verify_file(&changed).unwrap() {
            assert!(report.as_expected, "{report}");
            if let Verdict::Accept(quirks) = report.verdict {
                assert!(quirks.is_empty(), "{report}");
            }
        }
    }
}

#[test]
fn every_twin_fails_in_a_way_of_its_own() {
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

#[test]
fn every_broken_attestation_is_refused_for_the_member_that_is_wrong() {
    let reports = reports("hostile/attestation.json");
    let (mut accepted, mut rejected, mut skipped) = (0, 0, 0);
    for report in &reports {
        assert!(report.as_expected, "{report}");
        match report.verdict {
            Verdict::Accept(_) => {
                assert!(report.name.ends_with("/whole"), "{report}");
                accepted += 1;
            }
            Verdict::Reject(_) => rejected += 1,
            Verdict::Skip(_) => skipped += 1,
        }
    }
    println!("{accepted} accepted, {rejected} rejected, {skipped} skipped");
    if cfg!(feature = "attestation") {
        // One whole registration for each kind of attestation.
        assert_eq!((accepted, skipped), (9, 0));
        assert!(rejected >= 190, "{rejected}");
    } else {
        // No attestation, and self attestation. Whether a format is unknown cannot be told.
        assert_eq!((accepted, rejected), (2, 7));
    }
}
