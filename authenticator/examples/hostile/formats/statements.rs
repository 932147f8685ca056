//! The members of the statement of every format: missing, of another type, unknown, and in another
//! order.

use serde_json::Value;
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::certificates::{attestation_certificate, issued_by, key, root};

use super::{
    android_key, android_safetynet, apple, array, bytes, fido_u2f, invalid, map, text, tpm,
};
use super::{trusted, untrusted};
use crate::case::{Case, Registration, encode};

/// The CBOR of `null`.
const NULL: &[u8] = &[0xf6];

type Members = Vec<(&'static str, Vec<u8>)>;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for format in FORMATS {
        cases.extend(members_of(format));
    }
    [cases, ecdaa(), lists_of_certificates(), names_of_formats(), empty()].concat()
}

const FORMATS: [&str; 6] =
    ["packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple"];

/// Returns the members of a correct statement of this format.
pub(super) fn correct(format: &str) -> Members {
    let registration = Registration::new();
    match format {
        "packed" => packed(&registration),
        "tpm" => tpm::members(&registration),
        "android-key" => android_key::members(&registration),
        "android-safetynet" => android_safetynet::members(&registration),
        "fido-u2f" => fido_u2f::members(&registration),
        _ => apple::members(&registration),
    }
}

fn packed(registration: &Registration) -> Members {
    let certificate = issued_by("root", attestation_certificate(&key("leaf").public_numbers()));
    vec![
        // -7.
        ("alg", vec![0x26]),
        ("sig", bytes(&key("leaf").sign(&registration.signed()))),
        ("x5c", array(&[bytes(&certificate)])),
    ]
}

fn rule_of(format: &str) -> &'static str {
    match format {
        "packed" => "ATT-04",
        "tpm" => "TPM-01",
        "android-key" => "AK-01",
        "android-safetynet" => "SN-02",
        "fido-u2f" => "U2F-01",
        _ => "APPLE-01",
    }
}

fn case(format: &str, name: &str, rule: &str, members: &[(&str, Vec<u8>)]) -> Case {
    let statement = AttestationStatement::new(format, &map(members));
    of_statement(format, name, rule, statement)
}

fn of_statement(format: &str, name: &str, rule: &str, statement: AttestationStatement) -> Case {
    let name = format!("{format}/{name}");
    let case = trusted(&name, rule, Registration::new(), statement);
    if format == "android-safetynet" { case.with("safetynet_max_age", 60) } else { case }
}

fn members_of(format: &str) -> Vec<Value> {
    let good = correct(format);
    let rule = rule_of(format);
    let mut cases = vec![case(format, "members/whole", rule, &good).accept()];
    let reversed: Vec<_> = good.iter().rev().cloned().collect();
    cases.push(case(format, "members/other-order", "CBOR-11", &reversed).accept());
    let more = [good.clone(), vec![("x", map(&[("y", NULL.to_vec())]))]].concat();
    cases.push(case(format, "members/unknown", "ATT-04", &more).accept());
    for (position, (member, value)) in good.iter().enumerate() {
        let field = format!("attStmt.{member}");
        let mut without = good.clone();
        without.remove(position);
        // Without certificates, the format packed is a self attestation.
        if (format, *member) != ("packed", "x5c") {
            let name = format!("members/{member}-missing");
            cases.push(invalid(case(format, &name, rule, &without), &field));
        }
        let with = |value: Vec<u8>| {
            let mut members = good.clone();
            members[position].1 = value;
            members
        };
        let other_type = match value[0] >> 5 {
            2 => text("text"),
            _ => bytes(&[7]),
        };
        for (what, value) in [("null", NULL.to_vec()), ("of-other-type", other_type)] {
            let name = format!("members/{member}-{what}");
            cases.push(invalid(case(format, &name, rule, &with(value)), &field));
        }
        // The signature of another attestation is tested with each format.
        if *member == "sig" {
            let empty = case(format, "members/sig-empty", rule, &with(bytes(&[])));
            cases.push(empty.reject_field("SignatureInvalid", "22", &field));
        }
    }
    for (what, statement) in
        [("text", text("text")), ("array", array(&[])), ("null", NULL.to_vec())]
    {
        let statement = AttestationStatement::new(format, &statement);
        let name = format!("members/statement-is-{what}");
        cases.push(invalid(of_statement(format, &name, "ATT-04", statement), "attStmt"));
    }
    cases
}

/// The member `ecdaaKeyId` of Level 1.
fn ecdaa() -> Vec<Value> {
    let with = |format: &str| {
        let members = [correct(format), vec![("ecdaaKeyId", bytes(&[7; 32]))]].concat();
        case(format, "ecdaa", "ATT-04", &members)
    };
    vec![
        invalid(with("packed"), "attStmt.ecdaaKeyId"),
        invalid(with("tpm"), "attStmt.ecdaaKeyId"),
        with("android-key").accept(),
    ]
}

/// Lists of certificates with wrong items, or with too many.
fn lists_of_certificates() -> Vec<Value> {
    let mut cases = Vec::new();
    for format in ["packed", "tpm", "android-key", "apple"] {
        let with = |x5c: Vec<u8>| {
            let mut members = correct(format);
            members.iter_mut().filter(|(name, _)| *name == "x5c").for_each(|(_, value)| {
                value.clone_from(&x5c);
            });
            members
        };
        let certificate = correct(format).into_iter().find(|(name, _)| *name == "x5c");
        // The first byte is the head of an array with one item.
        let certificate = certificate.expect("a list of certificates").1[1..].to_vec();
        let roots = |count: usize| vec![bytes(&root("root")); count];
        let list = |more: Vec<Vec<u8>>| array(&[vec![certificate.clone()], more].concat());
        let eight = case(format, "x5c/8-certificates", rule_of(format), &with(list(roots(7))));
        cases.push(eight.accept());
        for (what, x5c) in [
            ("empty", array(&[])),
            ("9-certificates", list(roots(8))),
            ("text", array(&[text("text")])),
            ("second-is-text", list(vec![text("text")])),
            ("null", array(&[NULL.to_vec()])),
            ("nested", array(&[array(std::slice::from_ref(&certificate))])),
        ] {
            let case = case(format, &format!("x5c/{what}"), rule_of(format), &with(x5c));
            cases.push(invalid(case, "attStmt.x5c"));
        }
    }
    cases
}

/// The names of formats.
fn names_of_formats() -> Vec<Value> {
    let with = |format: &str, name: &str, rule: &str| {
        let statement = AttestationStatement::new(format, &map(&packed(&Registration::new())));
        trusted(&format!("names/{name}"), rule, Registration::new(), statement)
    };
    let mut cases = Vec::new();
    for (name, format) in [
        ("upper-case", "PACKED"),
        ("trailing-letter", "packedx"),
        ("cut-short", "packe"),
        ("of-32-bytes", "packed-packed-packed-packed-pack"),
        ("other-known", "android"),
    ] {
        let case = with(format, name, "ATT-01");
        cases.push(case.reject("UnsupportedAttestationFormat", "21"));
    }
    for (name, format) in [
        ("of-33-bytes", "packed-packed-packed-packed-packe"),
        ("trailing-space", "packed "),
        ("quotation-mark", "pack\"ed"),
        ("backslash", "pack\\ed"),
        ("not-ascii", "pack\u{e9}d"),
        ("control-character", "packed\0"),
    ] {
        let case = with(format, name, "ATT-01");
        cases.push(case.reject("AttestationInvalid", "21"));
    }
    cases
}

/// Statements without a signature: `none`, and self attestation.
fn empty() -> Vec<Value> {
    let none = |name: &str, statement: &[u8]| {
        let statement = AttestationStatement::new("none", statement);
        untrusted(&format!("none/{name}"), "NONE-01", Registration::new(), statement)
    };
    let mut cases = vec![none("empty", &map(&[])).accept()];
    for (name, statement) in [
        ("unknown-member", map(&[("x", NULL.to_vec())])),
        ("empty-array", array(&[])),
        ("null", NULL.to_vec()),
        ("empty-text", text("")),
    ] {
        cases.push(invalid(none(name, &statement), "attStmt"));
    }
    // Without a certificate, nothing leads to an anchor.
    let anchors = vec![encode(&root("root"))];
    let trusted_none = none("trust-demanded", &map(&[])).with("trust_anchors", anchors.clone());
    cases.push(trusted_none.reject("UntrustedAttestation", "24"));
    let registration = Registration::new();
    let credential_key = crate::case::key(-7);
    let of_self = |alg: Vec<u8>| {
        let signature = credential_key.sign(&registration.signed());
        let members = [("alg", alg), ("sig", bytes(&signature))];
        AttestationStatement::new("packed", &map(&members))
    };
    let with = |name: &str, rule: &str, statement: AttestationStatement| {
        untrusted(&format!("packed-self/{name}"), rule, registration.clone(), statement)
    };
    cases.push(with("whole", "ATT-PACKED-10", of_self(vec![0x26])).accept());
    let trusted = with("trust-demanded", "KB-07", of_self(vec![0x26]));
    cases.push(trusted.with("trust_anchors", anchors).reject("UntrustedAttestation", "24"));
    // ESP256, which is ES256 under another number.
    let other = with("other-number-of-the-algorithm", "ATT-PACKED-10", of_self(vec![0x28]));
    cases.push(other.reject_field("AlgorithmKeyMismatch", "22", "attStmt.alg"));
    cases
}
