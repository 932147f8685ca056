//! The validity of every certificate of a path, at both ends, and the forms of times.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{CertificateFields, bare, ca, issued_by, root};
use webauthn_verify_authenticator::{CertificateBuilder, der};

use super::{Path, below, by_root, leaf, leaf_fields, of_der};

const FIELD: &str = "certificate.validity";

/// The time of every ceremony, and the seconds before and after it.
const NOW: &str = "260101000000Z";
const BEFORE: &str = "251231235959Z";
const AFTER: &str = "260101000001Z";

pub(super) fn cases() -> Vec<Value> {
    [ends(), forms()].concat()
}

/// Returns a path in which the certificate at this place has this validity.
fn path_at(place: &str, not_before: &str, not_after: &str) -> Path {
    let valid = |certificate: CertificateBuilder| certificate.validity(not_before, not_after);
    let direct = issued_by("root", leaf());
    match place {
        "leaf" => Path::of(&[issued_by("root", valid(leaf()))]),
        "issuer" => below(issued_by("root", valid(ca("one")))),
        "anchor" => Path::of(&[direct]).anchors(&[issued_by("root", valid(ca("root")))]),
        "anchor-without-constraints" => {
            Path::of(&[direct]).anchors(&[issued_by("root", valid(bare("root")))])
        }
        // The anchor is the attestation certificate itself.
        "leaf-as-anchor" => {
            let leaf = issued_by("root", valid(leaf()));
            Path::of(std::slice::from_ref(&leaf)).anchors(&[leaf])
        }
        other => panic!("{other} is no place"),
    }
}

fn ends() -> Vec<Value> {
    const START: &str = "240101000000Z";
    const END: &str = "491231235959Z";
    let mut cases = Vec::new();
    for place in ["leaf", "issuer", "anchor", "anchor-without-constraints", "leaf-as-anchor"] {
        let name = |what: &str| format!("times/{place}/{what}");
        for (what, not_before, not_after) in
            [("first-second", NOW, END), ("last-second", START, NOW), ("only-second", NOW, NOW)]
        {
            let path = path_at(place, not_before, not_after);
            cases.push(path.accept(&name(what), "X509-04"));
        }
        for (what, not_before, not_after) in
            [("not-yet-valid", AFTER, END), ("expired", START, BEFORE), ("reversed", END, START)]
        {
            let path = path_at(place, not_before, not_after);
            cases.push(path.untrusted(&name(what), "X509-04", FIELD));
        }
    }
    // The chain contains an expired certificate of the anchor.
    let expired = issued_by("root", ca("root").validity(START, BEFORE));
    let path = Path::of(&[issued_by("root", leaf()), expired.clone()]);
    cases.push(path.accept("times/expired-copy-of-the-anchor", "X509-12"));
    let path = path.anchors(std::slice::from_ref(&expired));
    cases.push(path.untrusted("times/expired-anchor-in-the-chain", "X509-04", FIELD));
    // A claim of a longer validity is not signed by anybody.
    let claim = Path::of(&[issued_by("root", leaf()), root("root")]).anchors(&[expired]);
    cases.push(claim.untrusted("times/longer-validity-in-the-chain", "X509-12", FIELD));
    cases
}

fn forms() -> Vec<Value> {
    let with = |not_before: Vec<u8>, not_after: Vec<u8>| {
        let validity = der::sequence(&[not_before, not_after]);
        of_der(by_root(&CertificateFields { validity, ..leaf_fields() }))
    };
    let start = || der::time("240101000000Z");
    let end = || der::time("491231235959Z");
    let mut cases = Vec::new();
    for (name, not_before, not_after) in [
        ("generalized", der::time("20240101000000Z"), der::time("99991231235959Z")),
        ("year-1950", der::time("500101000000Z"), end()),
        ("year-0", der::time("00000101000000Z"), end()),
        ("leap-day", der::time("240229000000Z"), end()),
        ("leap-day-of-2000", der::time("000229000000Z"), end()),
    ] {
        cases.push(with(not_before, not_after).accept(&format!("times/form/{name}"), "X509-04"));
    }
    // As a UTCTime, 50 means 1950.
    let path = with(start(), der::time("500101000000Z"));
    cases.push(path.untrusted("times/form/end-in-1950", "X509-04", FIELD));
    for (name, tag, text) in [
        ("no-seconds", 0x17, "2401010000Z"),
        ("offset", 0x17, "240101000000+0100"),
        ("offset-of-zero", 0x17, "240101000000+0000"),
        ("no-zone", 0x17, "240101000000"),
        ("other-zone", 0x17, "240101000000A"),
        ("letter", 0x17, "24010100000aZ"),
        ("trailing-byte", 0x17, "240101000000ZZ"),
        ("month-0", 0x17, "240001000000Z"),
        ("month-13", 0x17, "241301000000Z"),
        ("day-0", 0x17, "240100000000Z"),
        ("day-32", 0x17, "240132000000Z"),
        ("day-31-of-april", 0x17, "240431000000Z"),
        ("leap-day-of-2023", 0x17, "230229000000Z"),
        ("hour-24", 0x17, "240101240000Z"),
        ("minute-60", 0x17, "240101006000Z"),
        ("second-60", 0x17, "240101000060Z"),
        ("generalized-text-as-utc", 0x17, "20240101000000Z"),
        ("utc-text-as-generalized", 0x18, "240101000000Z"),
        ("generalized-fraction", 0x18, "20240101000000.5Z"),
        ("generalized-no-zone", 0x18, "20240101000000"),
        ("generalized-no-seconds", 0x18, "202401010000Z"),
        ("generalized-offset", 0x18, "20240101000000+0000"),
        ("leap-day-of-1900", 0x18, "19000229000000Z"),
        ("text", 0x0c, "240101000000Z"),
        ("date", 0x1e, "20240101000000Z"),
        ("empty", 0x17, ""),
    ] {
        let path = with(der::value(tag, text.as_bytes()), end());
        cases.push(path.malformed(&format!("times/form/{name}"), "X509-04"));
    }
    let path = with(start(), der::value(0x17, b"4912312359Z"));
    cases.push(path.malformed("times/form/end-without-seconds", "X509-04"));
    cases
}
