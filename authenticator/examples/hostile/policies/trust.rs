//! Requirements for trust in an attestation, and the age of SafetyNet responses.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::certificates::{
    SUBJECT_ALT_NAME, attestation_certificate, bare, issued_by, key, leaf, root,
};
use webauthn_verify_authenticator::{AttestationStatement, SafetyNetResponseBuilder, der};

use crate::case::{Case, Registration, encode};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = without_certificates();
    cases.extend(general_anchors());
    cases.extend(anchors_by_format());
    cases.extend(ages());
    cases
}

fn case(registration: &Registration, name: &str, rule: &str) -> Case {
    registration.case(&format!("policies/registration/{name}"), rule)
}

fn self_attestation() -> Registration {
    let registration = Registration::new();
    let signature = crate::case::key(ES256).sign(&registration.signed());
    let statement = AttestationStatement::packed(ES256, &signature, None);
    registration.statement(statement.expect("a statement"))
}

/// A packed attestation whose certificate was issued by "root".
fn packed() -> Registration {
    let registration = Registration::new();
    let signature = key("attestation").sign(&registration.signed());
    let certificate = attestation_certificate(&key("attestation").public_numbers());
    let x5c = [issued_by("root", certificate)];
    let statement = AttestationStatement::packed(ES256, &signature, Some(&x5c));
    registration.statement(statement.expect("a statement"))
}

/// A U2F attestation whose certificate was issued by "root".
fn u2f() -> Registration {
    let registration = Registration::new();
    let signature = key("leaf").sign(&registration.u2f_signed());
    let statement = AttestationStatement::fido_u2f(&signature, &[issued_by("root", leaf())]);
    registration.statement(statement.expect("a statement"))
}

fn anchor(name: &str) -> Value {
    json!(encode(&root(name)))
}

fn without_certificates() -> Vec<Value> {
    let (none, own) = (Registration::new(), self_attestation());
    let mut cases = Vec::new();
    for (name, registration) in [("none", &none), ("self", &own)] {
        let with =
            |what: &str, rule: &str| case(registration, &format!("trust/{name}-{what}"), rule);
        cases.push(with("not-demanded", "ATT-06").accept());
        let anchored = with("with-an-anchor", "KB-07");
        let anchored = anchored.with("trust_anchors", json!([anchor("root")]));
        cases.push(anchored.reject("UntrustedAttestation", "24"));
        let format = with("with-an-anchor-for-a-format", "KB-07")
            .with("anchors_by_format", json!({ "packed": [anchor("root")] }));
        cases.push(format.reject("UntrustedAttestation", "24"));
        let empty = with("without-anchors", "X509-16").with("trust_anchors", json!([]));
        cases.push(empty.reject("NoTrustAnchors", "23"));
        let empty = with("without-formats", "X509-16").with("anchors_by_format", json!({}));
        cases.push(empty.reject("NoTrustAnchors", "23"));
    }
    cases
}

fn general_anchors() -> Vec<Value> {
    let registration = packed();
    let with = |name: &str, rule: &str, anchors: Value| {
        case(&registration, &format!("trust/packed-{name}"), rule).with("trust_anchors", anchors)
    };
    let own =
        encode(&issued_by("root", attestation_certificate(&key("attestation").public_numbers())));
    vec![
        case(&registration, "trust/packed-not-demanded", "ATT-05").accept(),
        with("right-anchor", "REG-24", json!([anchor("root")])).accept(),
        with("second-anchor", "X509-11", json!([anchor("other"), anchor("root")])).accept(),
        with("own-certificate", "KB-70", json!([own])).accept(),
        with("other-anchor", "REG-24", json!([anchor("other")]))
            .reject("UntrustedAttestation", "24"),
        with("no-anchors", "REG-23", json!([])).reject("NoTrustAnchors", "23"),
        with("anchor-not-a-certificate", "REG-23", json!([encode(b"\x30\x00")])).unusable(),
        with("anchor-not-base64url", "REG-23", json!(["MII="])).unusable(),
    ]
}

fn anchors_by_format() -> Vec<Value> {
    let (packed, u2f) = (packed(), u2f());
    let with = |name: &str, registration: &Registration, anchors: Value, by_format: Value| {
        case(registration, &format!("trust/by-format-{name}"), "REG-23")
            .with("trust_anchors", anchors)
            .with("anchors_by_format", by_format)
    };
    let (root, other) = (json!([anchor("root")]), json!([anchor("other")]));
    vec![
        with("right", &packed, Value::Null, json!({ "packed": root })).accept(),
        with("replaces-a-wrong-one", &packed, other.clone(), json!({ "packed": root })).accept(),
        with("replaces-the-right-one", &packed, root.clone(), json!({ "packed": other }))
            .reject("UntrustedAttestation", "24"),
        with("empty-replaces", &packed, root.clone(), json!({ "packed": [] }))
            .reject("NoTrustAnchors", "23"),
        with("of-another-format", &packed, Value::Null, json!({ "fido-u2f": root }))
            .reject("NoTrustAnchors", "23"),
        with("of-another-format-next-to", &packed, root.clone(), json!({ "tpm": other })).accept(),
        with("u2f-right", &u2f, Value::Null, json!({ "fido-u2f": root })).accept(),
        with("u2f-with-packed-only", &u2f, Value::Null, json!({ "packed": root }))
            .reject("NoTrustAnchors", "23"),
        with("all-empty", &packed, Value::Null, json!({ "packed": [], "tpm": [] }))
            .reject("NoTrustAnchors", "23"),
        with("unknown-format", &packed, root, json!({ "Packed": other })).unusable(),
    ]
}

/// The time of every ceremony, in milliseconds since 1970.
const NOW: u64 = 1_767_225_600_000;

/// A SafetyNet attestation whose response was created at this time.
fn safetynet(timestamp: u64) -> Registration {
    let registration = Registration::new();
    let host = der::sequence(&[der::implicit(2, b"attest.android.com")]);
    let certificate = issued_by("root", bare("service").extension(SUBJECT_ALT_NAME, false, &host));
    let hash = Sha256::digest(registration.signed()).into();
    let response =
        SafetyNetResponseBuilder::new(&hash, timestamp).sign(&key("service"), &[certificate]);
    let statement = AttestationStatement::android_safetynet("200617000", response.as_bytes());
    registration.statement(statement.expect("a statement"))
}

fn ages() -> Vec<Value> {
    let mut cases = Vec::new();
    let not_allowed = case(&safetynet(NOW), "safetynet/not-allowed", "SN-01");
    cases.push(not_allowed.reject("UnsupportedAttestationFormat", "21"));
    for (name, timestamp, maximum, is_accepted) in [
        ("new", NOW, 60, true),
        ("at-the-maximum", NOW - 60_000, 60, true),
        ("a-millisecond-beyond", NOW - 60_001, 60, false),
        ("maximum-0", NOW, 0, true),
        ("maximum-0-and-a-millisecond", NOW - 1, 0, false),
        ("old-and-allowed", NOW - 86_400_000, 86_400, true),
        ("a-minute-ahead", NOW + 60_000, 60, true),
        ("a-minute-and-a-millisecond-ahead", NOW + 60_001, 60, false),
        ("ahead-is-not-an-age", NOW + 120_000, 86_400, false),
        ("at-the-epoch", 0, 60, false),
        ("out-of-range", u64::MAX, 60, false),
    ] {
        let case = case(&safetynet(timestamp), &format!("safetynet/{name}"), "SN-04")
            .with("safetynet_max_age", maximum);
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject_field("AttestationInvalid", "22", "payload.timestampMs"),
        });
    }
    cases
}
