//! The list of extensions, and which of them may be critical.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, SUBJECT_ALT_NAME, ca, extension, issued_by, key, root,
};
use webauthn_verify_authenticator::{CertificateBuilder, der};

use super::{Path, UNKNOWN, below, by_root, leaf, leaf_fields, no_ca, of_der, of_leaf};

const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
const POLICY_MAPPINGS: &[u64] = &[2, 5, 29, 33];
const POLICY_CONSTRAINTS: &[u64] = &[2, 5, 29, 36];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const INHIBIT_ANY_POLICY: &[u64] = &[2, 5, 29, 54];
const AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

const FIELD: &str = "certificate.extensions";

pub(super) fn cases() -> Vec<Value> {
    [lists(), forms(), critical_ones(), in_other_places(), unused()].concat()
}

fn listed(extensions: &[Vec<u8>]) -> Path {
    of_der(by_root(&leaf_fields().extensions(extensions)))
}

fn lists() -> Vec<Value> {
    let numbered = |count: u64| -> Vec<Vec<u8>> {
        let others = (1..count).map(|number| extension(&[1, 2, 3, number], false, &[]));
        [no_ca()].into_iter().chain(others).collect()
    };
    let unknown = || extension(UNKNOWN, false, &[5, 0]);
    let mut empty_tag = leaf_fields();
    empty_tag.extensions = Vec::new();
    empty_tag.after = der::explicit(3, &[]);
    let twice = [no_ca(), extension(BASIC_CONSTRAINTS, false, &der::sequence::<Vec<u8>>(&[]))];
    let other_value = [no_ca(), unknown(), extension(UNKNOWN, false, &[4, 0])];
    let apart = [vec![unknown()], numbered(4), vec![unknown()]].concat();
    vec![
        listed(&numbered(32)).accept("extensions/32", "X509-01"),
        listed(&numbered(33)).malformed("extensions/33", "X509-01"),
        listed(&[]).malformed("extensions/empty-list", "X509-01"),
        of_der(by_root(&empty_tag)).malformed("extensions/no-list", "X509-01"),
        listed(&[no_ca(), no_ca()]).malformed("extensions/repeated", "X509-01"),
        listed(&twice).malformed("extensions/repeated-but-not-critical", "X509-01"),
        listed(&other_value).malformed("extensions/repeated-unknown", "X509-01"),
        listed(&apart).malformed("extensions/repeated-first-and-last", "X509-01"),
    ]
}

/// The parts of one extension.
fn forms() -> Vec<Value> {
    let identifier = || der::object_identifier(UNKNOWN);
    let value = || der::octet_string(&[5, 0]);
    let mut cases = Vec::new();
    for (name, extension) in [
        ("no-identifier", der::sequence(&[value()])),
        ("no-value", der::sequence(&[identifier()])),
        ("no-value-but-critical", der::sequence(&[identifier(), der::boolean(false)])),
        ("value-before-critical", der::sequence(&[identifier(), value(), der::boolean(false)])),
        ("critical-twice", {
            let critical = der::boolean(false);
            der::sequence(&[identifier(), critical.clone(), critical, value()])
        }),
        ("value-without-octet-string", der::sequence(&[identifier(), der::null()])),
        ("value-as-bit-string", der::sequence(&[identifier(), der::bit_string(0, &[5, 0])])),
        ("set", der::set(&[identifier(), value()])),
    ] {
        let path = listed(&[no_ca(), extension]);
        cases.push(path.malformed(&format!("extensions/form/{name}"), "X509-01"));
    }
    let empty = der::sequence(&[identifier(), der::octet_string(&[])]);
    cases.push(listed(&[no_ca(), empty]).accept("extensions/form/empty-value", "X509-01"));
    cases
}

/// Critical extensions of the attestation certificate.
fn critical_ones() -> Vec<Value> {
    let any = der::sequence::<Vec<u8>>(&[]);
    let mut cases = Vec::new();
    for (name, identifier) in [
        ("unknown", UNKNOWN),
        ("policy-mappings", POLICY_MAPPINGS),
        ("policy-constraints", POLICY_CONSTRAINTS),
        ("inhibit-any-policy", INHIBIT_ANY_POLICY),
        // The identifiers of key identifiers, and an identifier that begins like a known one.
        ("subject-key-identifier", &[2, 5, 29, 14]),
        ("longer-identifier", &[2, 5, 29, 32, 0]),
    ] {
        let critical = of_leaf(leaf().extension(identifier, true, &any));
        let name_of = |what: &str| format!("extensions/{what}/{name}");
        cases.push(critical.untrusted(&name_of("critical"), "X509-14", FIELD));
        let ignored = of_leaf(leaf().extension(identifier, false, &any));
        cases.push(ignored.accept(&name_of("not-critical"), "X509-14"));
    }
    for (name, identifier) in [
        ("certificate-policies", CERTIFICATE_POLICIES),
        ("extended-key-usage", EXTENDED_KEY_USAGE),
        ("subject-alternative-name", SUBJECT_ALT_NAME),
    ] {
        let path = of_leaf(leaf().extension(identifier, true, &any));
        cases.push(path.accept(&format!("extensions/critical/{name}"), "X509-14"));
    }
    let usage = leaf().key_usage(CertificateBuilder::DIGITAL_SIGNATURE);
    cases.push(of_leaf(usage).accept("extensions/critical/key-usage", "X509-14"));
    cases
}

/// Critical extensions of other certificates.
fn in_other_places() -> Vec<Value> {
    let odd = |subject: &str| ca(subject).extension(UNKNOWN, true, &[5, 0]);
    let direct = || Path::of(&[issued_by("root", leaf())]);
    let aaguid = der::octet_string(&crate::case::AAGUID);
    let of_model = |subject: &str| ca(subject).extension(AAGUID, true, &aaguid);
    vec![
        below(issued_by("root", odd("one"))).untrusted(
            "extensions/issuer/unknown",
            "X509-14",
            FIELD,
        ),
        direct().anchors(&[issued_by("root", odd("root"))]).untrusted(
            "extensions/anchor/unknown",
            "X509-14",
            FIELD,
        ),
        // Another anchor with the same name has no such extension.
        direct()
            .anchors(&[issued_by("root", odd("root")), root("root")])
            .accept("extensions/anchor/unknown-in-one-of-two", "X509-11"),
        // The AAGUID is checked only in the attestation certificate, so elsewhere it is unknown.
        below(issued_by("root", of_model("one"))).untrusted(
            "extensions/issuer/aaguid",
            "X509-14",
            FIELD,
        ),
        direct().anchors(&[issued_by("root", of_model("root"))]).untrusted(
            "extensions/anchor/aaguid",
            "X509-14",
            FIELD,
        ),
        below(issued_by("root", ca("one").extension(CERTIFICATE_POLICIES, true, &[0x30, 0])))
            .accept("extensions/issuer/certificate-policies", "X509-14"),
    ]
}

/// Extensions that nothing reads may be malformed.
fn unused() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, identifier) in [
        ("subject-key-identifier", &[2, 5, 29, 14][..]),
        ("crl-distribution-points", &[2, 5, 29, 31]),
        ("authority-key-identifier", &[2, 5, 29, 35]),
        ("authority-information-access", &[1, 3, 6, 1, 5, 5, 7, 1, 1]),
        ("subject-alternative-name", SUBJECT_ALT_NAME),
        ("extended-key-usage", EXTENDED_KEY_USAGE),
    ] {
        let path = of_leaf(leaf().extension(identifier, false, &[0x30, 0x80]));
        cases.push(path.accept(&format!("extensions/malformed/{name}"), "X509-15"));
    }
    // No part of the chain has to repeat the key identifiers.
    let foreign = leaf().authority_key_identifier(&key("nobody").public_numbers());
    cases.push(of_leaf(foreign).accept("extensions/other-authority-key-identifier", "X509-02"));
    cases
}
