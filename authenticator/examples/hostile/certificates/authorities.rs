//! Basic constraints, path lengths and key usages of every certificate of a path.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, KEY_USAGE, attestation_certificate, bare, ca, ca_with_path_length,
    issued_by, key, name,
};
use webauthn_verify_authenticator::{CertificateBuilder, der};

use super::{Path, below, leaf, of_leaf};

const CONSTRAINTS: &str = "certificate.basicConstraints";
const USAGE: &str = "certificate.keyUsage";

const SIGN: u8 = CertificateBuilder::KEY_CERT_SIGN;
const CRL_SIGN: u8 = CertificateBuilder::CRL_SIGN;
const DIGITAL_SIGNATURE: u8 = CertificateBuilder::DIGITAL_SIGNATURE;

pub(super) fn cases() -> Vec<Value> {
    [issuers(), forms(), anchors(), path_lengths(), self_issued(), usages(), usages_of_leaves()]
        .concat()
}

/// Returns a path to this certificate of the root.
fn anchored(anchor: CertificateBuilder) -> Path {
    of_leaf(leaf()).anchors(&[issued_by("root", anchor)])
}

fn issuers() -> Vec<Value> {
    let with = |issuer: CertificateBuilder| below(issued_by("root", issuer));
    let mut cases = Vec::new();
    for (name, issuer) in [
        ("ca", bare("one").basic_constraints(true, None)),
        ("ca-with-key-usage", ca("one")),
        ("ca-not-critical", {
            let constraints = der::sequence(&[der::boolean(true)]);
            bare("one").extension(BASIC_CONSTRAINTS, false, &constraints)
        }),
    ] {
        cases.push(with(issuer).accept(&format!("authorities/issuer/{name}"), "X509-05"));
    }
    for (name, issuer) in [
        ("no-ca", bare("one").basic_constraints(false, None)),
        ("no-ca-with-key-usage", bare("one").basic_constraints(false, None).key_usage(SIGN)),
        ("no-constraints", bare("one")),
        ("no-constraints-with-key-usage", bare("one").key_usage(SIGN)),
        ("attestation-certificate", {
            bare("one").basic_constraints(false, None).key_usage(DIGITAL_SIGNATURE)
        }),
    ] {
        let path = with(issuer);
        cases.push(path.untrusted(&format!("authorities/issuer/{name}"), "X509-05", CONSTRAINTS));
    }
    // The second issuer of the path.
    let far = [
        issued_by("two", leaf()),
        issued_by("one", ca("two")),
        issued_by("root", bare("one").basic_constraints(false, None)),
    ];
    cases.push(Path::of(&far).untrusted("authorities/second-issuer/no-ca", "X509-05", CONSTRAINTS));
    cases
}

/// Basic constraints that do not parse, of an issuer and of an anchor.
fn forms() -> Vec<Value> {
    let yes = || der::boolean(true);
    let with = |value: &[u8]| {
        below(issued_by("root", bare("one").extension(BASIC_CONSTRAINTS, true, value)))
    };
    let mut cases = Vec::new();
    for (name, value) in [
        ("long-path-length", der::sequence(&[yes(), der::integer(&[1, 0, 0, 0, 0])])),
        ("path-length-of-8-bytes", der::sequence(&[yes(), der::integer(&[0x7f; 8])])),
    ] {
        cases.push(with(&value).accept(&format!("authorities/form/{name}"), "X509-06"));
    }
    for (name, value) in [
        ("empty", Vec::new()),
        ("set", der::set(&[yes()])),
        ("boolean-only", yes()),
        ("trailing-byte", [der::sequence(&[yes()]), vec![0]].concat()),
        ("third-member", der::sequence(&[yes(), der::integer(&[0]), der::null()])),
        ("path-length-first", der::sequence(&[der::integer(&[1]), yes()])),
        ("negative-path-length", der::sequence(&[yes(), der::value(0x02, &[0xff])])),
        ("leading-zero", der::sequence(&[yes(), der::value(0x02, &[0, 1])])),
        ("empty-path-length", der::sequence(&[yes(), der::value(0x02, &[])])),
        ("path-length-of-9-bytes", der::sequence(&[yes(), der::integer(&[1; 9])])),
        ("long-length", der::with_long_length(&der::sequence(&[yes()]))),
    ] {
        let path = with(&value);
        cases.push(path.malformed_issuer(&format!("authorities/form/{name}"), "X509-05"));
    }
    let unreadable = bare("root").extension(BASIC_CONSTRAINTS, true, &[0x31, 0]);
    let path = anchored(unreadable);
    cases.push(path.malformed_issuer("authorities/anchor/unreadable-constraints", "X509-05"));
    cases
}

/// A self-issued anchor is a name and a key.
fn anchors() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, anchor) in [
        ("ca", bare("root").basic_constraints(true, None)),
        ("no-constraints", bare("root")),
        ("no-constraints-but-key-usage", bare("root").key_usage(DIGITAL_SIGNATURE)),
        ("no-constraints-but-an-extension", bare("root").subject_key_identifier()),
    ] {
        cases.push(anchored(anchor).accept(&format!("authorities/anchor/{name}"), "KB-88"));
    }
    let name = |what: &str| format!("authorities/anchor/{what}");
    let no_ca = anchored(bare("root").basic_constraints(false, None));
    cases.push(no_ca.untrusted(&name("no-ca"), "KB-88", CONSTRAINTS));
    for (what, anchor, field) in [
        ("issued-without-constraints", bare("root"), CONSTRAINTS),
        ("issued-with-version-1", bare("root").version(None), CONSTRAINTS),
        ("issued-no-ca", bare("root").basic_constraints(false, None), CONSTRAINTS),
        (
            "issued-may-not-sign",
            bare("root").basic_constraints(true, None).key_usage(CRL_SIGN),
            USAGE,
        ),
    ] {
        let path = of_leaf(leaf()).anchors(&[issued_by("above", anchor)]);
        cases.push(path.untrusted(&name(what), "X509-05", field));
    }
    // A certificate without constraints is no CA if it is only sent.
    let sent = Path::of(&[issued_by("mine", leaf()), issued_by("mine", bare("mine"))]);
    cases.push(sent.untrusted("authorities/self-issued-that-was-sent", "X509-05", CONSTRAINTS));
    cases
}

fn path_lengths() -> Vec<Value> {
    let root_of = |length: u8| issued_by("root", ca_with_path_length("root", Some(length)));
    let below = |count: usize| super::chain(&["three", "two", "one"][3 - count..]);
    let mut cases = Vec::new();
    for (length, count) in [(0, 0), (1, 1), (1, 0), (2, 2), (3, 3)] {
        let path = Path::of(&below(count)).anchors(&[root_of(length)]);
        cases.push(path.accept(&format!("authorities/path-length-{length}/{count}"), "X509-06"));
    }
    for (length, count) in [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)] {
        let path = Path::of(&below(count)).anchors(&[root_of(length)]);
        let name = format!("authorities/path-length-{length}/{count}");
        cases.push(path.untrusted(&name, "X509-06", CONSTRAINTS));
    }
    // The path length of an intermediate, and of an anchor without an issuer in the chain.
    let limited = |length: u8| {
        [
            issued_by("two", leaf()),
            issued_by("one", ca("two")),
            issued_by("root", ca_with_path_length("one", Some(length))),
        ]
    };
    cases.push(Path::of(&limited(1)).accept("authorities/path-length-of-issuer-1", "X509-06"));
    let path = Path::of(&limited(0));
    cases.push(path.untrusted("authorities/path-length-of-issuer-0", "X509-06", CONSTRAINTS));
    let path = path.anchors(&limited(0)[2..]);
    cases.push(path.untrusted(
        "authorities/path-length-of-intermediate-anchor",
        "X509-06",
        CONSTRAINTS,
    ));
    cases
}

/// Self-issued intermediates do not count for path lengths.
fn self_issued() -> Vec<Value> {
    let renewed = |issuer: &str| {
        CertificateBuilder::new(&name("one"), &key("renewed").public_numbers())
            .basic_constraints(true, None)
            .issuer(&name(issuer))
    };
    let leaf_der = leaf().issuer(&name("one")).sign(&key("renewed"));
    let limited = issued_by("root", ca_with_path_length("one", Some(0)));
    let with = |middle: Vec<u8>| Path::of(&[leaf_der.clone(), middle, limited.clone()]);
    let good = renewed("one").sign(&key("one"));
    let new_root = CertificateBuilder::new(&name("root"), &key("new root").public_numbers())
        .basic_constraints(true, None)
        .issuer(&name("root"))
        .sign(&key("root"));
    let by_new_root = leaf().issuer(&name("root")).sign(&key("new root"));
    let root_0 = issued_by("root", ca_with_path_length("root", Some(0)));
    vec![
        with(good).accept("authorities/self-issued/below-path-length-0", "X509-06"),
        Path::of(&[by_new_root, new_root])
            .anchors(&[root_0])
            .accept("authorities/self-issued/below-root-with-path-length-0", "X509-06"),
        // The name of another CA.
        Path::of(&[
            leaf().issuer(&name("ONE")).sign(&key("renewed")),
            CertificateBuilder::new(&name("ONE"), &key("renewed").public_numbers())
                .basic_constraints(true, None)
                .issuer(&name("one"))
                .sign(&key("one")),
            limited.clone(),
        ])
        .untrusted("authorities/self-issued/in-other-case", "X509-06", CONSTRAINTS),
        // Nobody but the CA itself can issue it.
        with(renewed("one").sign(&key("mallory"))).untrusted(
            "authorities/self-issued/by-other-key",
            "X509-03",
            "certificate.signature",
        ),
    ]
}

fn usages() -> Vec<Value> {
    let with = |usage: u8| {
        below(issued_by("root", bare("one").basic_constraints(true, None).key_usage(usage)))
    };
    let value = |value: &[u8]| {
        let issuer = bare("one").basic_constraints(true, None).extension(KEY_USAGE, true, value);
        below(issued_by("root", issuer))
    };
    let root_with =
        |usage: u8| anchored(bare("root").basic_constraints(true, None).key_usage(usage));
    let two_bytes = value(&der::bit_string(7, &[SIGN, 0x80]));
    let second_byte = value(&der::bit_string(2, &[0x80, SIGN]));
    let mut cases = vec![
        with(SIGN | CRL_SIGN).accept("authorities/key-usage/sign-and-more", "X509-07"),
        two_bytes.accept("authorities/key-usage/two-bytes", "X509-07"),
        with(CRL_SIGN).untrusted("authorities/key-usage/crl-only", "X509-07", USAGE),
        with(DIGITAL_SIGNATURE).untrusted(
            "authorities/key-usage/digital-signature",
            "X509-07",
            USAGE,
        ),
        with(0xfa).untrusted("authorities/key-usage/all-but-sign", "X509-07", USAGE),
        second_byte.untrusted("authorities/key-usage/bit-of-second-byte", "X509-07", USAGE),
        value(&der::bit_string(0, &[])).untrusted("authorities/key-usage/none", "X509-07", USAGE),
        root_with(SIGN).accept("authorities/key-usage/anchor", "X509-07"),
        root_with(CRL_SIGN).untrusted("authorities/key-usage/anchor-crl-only", "X509-07", USAGE),
    ];
    for (name, bits) in [
        ("octet-string", der::octet_string(&[SIGN])),
        ("trailing-byte", [&der::bit_string(2, &[SIGN])[..], &[0]].concat()),
        ("unused-bits-set", der::bit_string(3, &[SIGN])),
        ("no-unused-bits", der::value(0x03, &[])),
        ("long-length", der::with_long_length(&der::bit_string(2, &[SIGN]))),
        ("empty", Vec::new()),
    ] {
        let path = value(&bits);
        cases.push(path.malformed_issuer(&format!("authorities/key-usage/{name}"), "X509-07"));
    }
    cases
}

/// The key usage of the attestation certificate.
fn usages_of_leaves() -> Vec<Value> {
    let with = |usage: u8| of_leaf(leaf().key_usage(usage));
    let value = |value: &[u8]| of_leaf(leaf().extension(KEY_USAGE, true, value));
    let not_critical = leaf().extension(KEY_USAGE, false, &der::bit_string(1, &[CRL_SIGN]));
    let anchored_leaf = |usage: u8| {
        let leaf = attestation_certificate(&key("leaf").public_numbers()).key_usage(usage);
        let leaf = issued_by("maker", leaf);
        Path::of(std::slice::from_ref(&leaf)).anchors(&[leaf])
    };
    vec![
        of_leaf(leaf()).accept("authorities/key-usage-of-leaf/absent", "X509-07"),
        with(DIGITAL_SIGNATURE | SIGN)
            .accept("authorities/key-usage-of-leaf/sign-and-more", "X509-07"),
        with(0x40).untrusted("authorities/key-usage-of-leaf/non-repudiation", "X509-07", USAGE),
        with(SIGN).untrusted("authorities/key-usage-of-leaf/certificates-only", "X509-07", USAGE),
        of_leaf(not_critical).untrusted(
            "authorities/key-usage-of-leaf/not-critical",
            "X509-07",
            USAGE,
        ),
        value(&der::bit_string(0, &[])).untrusted(
            "authorities/key-usage-of-leaf/none",
            "X509-07",
            USAGE,
        ),
        value(&der::octet_string(&[0x80]))
            .malformed_issuer("authorities/key-usage-of-leaf/octet-string", "X509-07"),
        anchored_leaf(DIGITAL_SIGNATURE)
            .accept("authorities/key-usage-of-leaf/as-anchor", "X509-07"),
        anchored_leaf(CRL_SIGN).untrusted(
            "authorities/key-usage-of-leaf/as-anchor-crl-only",
            "X509-07",
            USAGE,
        ),
    ]
}
