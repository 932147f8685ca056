//! The configuration of trust anchors.

use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{issued_by, root};
use webauthn_verify_authenticator::der;

use super::{Path, leaf, listed, of_leaf};

pub(super) fn cases() -> Vec<Value> {
    [by_format(), unusable()].concat()
}

/// Anchors for a format replace the general ones.
fn by_format() -> Vec<Value> {
    let (right, wrong) = ([root("root")], [root("other")]);
    let path = || of_leaf(leaf());
    let with = |general: &[Vec<u8>], name: &str, by_format: Value| {
        let case = path().anchors(general).case(&format!("anchors/{name}"), "REG-23");
        case.with("anchors_by_format", by_format)
    };
    vec![
        with(&wrong, "right-for-the-format", json!({ "packed": listed(&right) })).accept(),
        with(&[], "only-for-the-format", json!({ "packed": listed(&right) })).accept(),
        with(&right, "wrong-for-another-format", json!({ "tpm": listed(&wrong) })).accept(),
        with(
            &wrong,
            "both-for-the-format",
            json!({ "packed": listed(&[root("other"), root("root")]) }),
        )
        .accept(),
        with(&right, "wrong-for-the-format", json!({ "packed": listed(&wrong) })).reject_field(
            "UntrustedAttestation",
            "24",
            "certificate.issuer",
        ),
        with(&wrong, "right-for-another-format", json!({ "tpm": listed(&right) })).reject_field(
            "UntrustedAttestation",
            "24",
            "certificate.issuer",
        ),
        with(&right, "none-for-the-format", json!({ "packed": [] })).reject("NoTrustAnchors", "23"),
        with(&[], "only-for-another-format", json!({ "tpm": listed(&right) }))
            .reject("NoTrustAnchors", "23"),
        with(&[], "empty-lists", json!({ "packed": [], "tpm": [] })).reject("NoTrustAnchors", "23"),
    ]
}

/// Anchors that are not certificates, which no policy can have.
fn unusable() -> Vec<Value> {
    let with = |name: &str, anchor: Vec<u8>| {
        let path = Path::of(&[issued_by("root", leaf())]).anchors(&[anchor]);
        path.case(&format!("anchors/{name}"), "X509-01").unusable()
    };
    let good = root("root");
    vec![
        with("empty", Vec::new()),
        with("text", b"a certificate".to_vec()),
        with("trailing-byte", [&good[..], &[0]].concat()),
        with("cut-short", good[..good.len() - 1].to_vec()),
        with("long-length", der::with_long_length(&good)),
        with("public-key-only", der::sequence(&[der::null()])),
    ]
}
