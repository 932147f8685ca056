//! The order and the number of certificates, their signatures, and the certificates that end a path.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::ES512;
use webauthn_verify_authenticator::certificates::{
    attestation_certificate, bare, ca, ca_with_path_length, issued_by, key, name, root,
};
use webauthn_verify_authenticator::{CertificateBuilder, PrivateKey};

use super::{Path, chain, leaf, of_leaf};

const ISSUER: &str = "certificate.issuer";
const SIGNATURE: &str = "certificate.signature";

pub(super) fn cases() -> Vec<Value> {
    [order(), numbers(), signatures(), ends(), same_names(), budget()].concat()
}

fn order() -> Vec<Value> {
    let three = chain(&["two", "one"]);
    let [leaf_der, two, one] = &three[..] else { panic!("not three certificates") };
    let pick = |certificates: &[&Vec<u8>]| {
        Path::of(&certificates.iter().map(|der| (*der).clone()).collect::<Vec<_>>())
    };
    let root = root("root");
    let stranger = issued_by("nobody", ca("stranger"));
    let mut cases = Vec::new();
    for (name, certificates, rule) in [
        ("one-certificate", chain(&[]), "X509-13"),
        ("two-certificates", chain(&["one"]), "X509-13"),
        ("three-certificates", three.clone(), "X509-13"),
        ("with-the-root", [&three[..], std::slice::from_ref(&root)].concat(), "X509-10"),
    ] {
        cases.push(Path::of(&certificates).accept(&format!("paths/{name}"), rule));
    }
    for (name, path) in [
        ("swapped-issuers", pick(&[leaf_der, one, two])),
        ("gap", pick(&[leaf_der, one])),
        ("missing-last", pick(&[leaf_der, two])),
        ("missing-issuers", pick(&[leaf_der])),
        ("stranger-between", pick(&[leaf_der, &stranger, two, one])),
        ("root-instead-of-issuers", pick(&[leaf_der, &root])),
        ("same-issuer-twice", pick(&[leaf_der, two, two, one])),
    ] {
        cases.push(path.untrusted(&format!("paths/{name}"), "X509-02", ISSUER));
    }
    for (name, path) in [
        ("stranger-after-the-end", pick(&[leaf_der, two, one, &stranger])),
        ("last-issuer-twice", pick(&[leaf_der, two, one, one])),
        ("leaf-after-the-end", pick(&[leaf_der, two, one, leaf_der])),
    ] {
        cases.push(path.accept(&format!("paths/{name}"), "X509-10"));
    }
    cases
}

/// At most 8 certificates are sent.
fn numbers() -> Vec<Value> {
    let names = ["7", "6", "5", "4", "3", "2", "1"];
    let eight = chain(&names);
    let nine = [&eight[..], &[root("root")]].concat();
    // The last certificate does not belong to the path.
    let beyond = [vec![issued_by("root", leaf())], vec![root("root"); 8]].concat();
    let none: &[Vec<u8>] = &[];
    vec![
        Path::of(&eight).accept("paths/8-certificates", "X509-17"),
        Path::of(&nine).invalid("paths/9-certificates", "X509-17", "attStmt.x5c"),
        Path::of(&beyond).invalid(
            "paths/9-certificates-with-a-short-path",
            "X509-17",
            "attStmt.x5c",
        ),
        Path::of(none).invalid("paths/no-certificates", "ATT-PACKED-01", "attStmt.x5c"),
    ]
}

/// A wrong signature at each place.
fn signatures() -> Vec<Value> {
    let good = chain(&["two", "one"]);
    let forged = |subject: CertificateBuilder, issuer: &str| {
        subject.issuer(&name(issuer)).sign(&key("mallory"))
    };
    let with = |position: usize, der: Vec<u8>| {
        let mut chain = good.clone();
        chain[position] = der;
        Path::of(&chain)
    };
    let mut last_byte = issued_by("root", ca("one"));
    *last_byte.last_mut().expect("a certificate has bytes") ^= 1;
    let mut other_serial_number =
        ca("one").issuer(&name("root")).serial_number(&[2]).sign(&key("root"));
    // The serial number follows the version: `a0 03 02 01 02, 02 01 02`.
    let at = other_serial_number.windows(8).position(|bytes| bytes == [0xa0, 3, 2, 1, 2, 2, 1, 2]);
    other_serial_number[at.expect("a version and a serial number") + 7] = 3;
    vec![
        with(0, forged(leaf(), "two")).untrusted("paths/signature/leaf", "X509-03", SIGNATURE),
        with(1, forged(ca("two"), "one")).untrusted(
            "paths/signature/first-issuer",
            "X509-03",
            SIGNATURE,
        ),
        with(2, forged(ca("one"), "root")).untrusted(
            "paths/signature/last-issuer",
            "X509-03",
            SIGNATURE,
        ),
        with(2, last_byte).untrusted("paths/signature/last-byte", "X509-03", SIGNATURE),
        with(2, other_serial_number).untrusted(
            "paths/signature/changed-content",
            "X509-03",
            SIGNATURE,
        ),
        // The key of the next certificate is another one.
        with(
            1,
            bare("two")
                .subject_public_key_info(&key("other").public_numbers().subject_public_key_info())
                .basic_constraints(true, None)
                .issuer(&name("one"))
                .sign(&key("one")),
        )
        .untrusted("paths/signature/key-of-issuer", "X509-03", SIGNATURE),
    ]
}

/// The certificates at which a path may end.
fn ends() -> Vec<Value> {
    let three = chain(&["two", "one"]);
    let own_root = [issued_by("mine", leaf()), root("mine")];
    let self_signed =
        leaf().issuer(&webauthn_verify_authenticator::certificates::attestation_subject());
    let self_signed = self_signed.sign(&key("leaf"));
    let of_self = Path::of(std::slice::from_ref(&self_signed));
    let again = issued_by("root", leaf().serial_number(&[2]));
    let direct = issued_by("root", leaf());
    let of_direct = Path::of(std::slice::from_ref(&direct));
    let reissued = issued_by("root", ca("root").serial_number(&[2]));
    vec![
        Path::of(&three).anchors(&three[..1]).accept("paths/leaf-as-anchor", "KB-70"),
        Path::of(&three).anchors(&three[1..2]).accept("paths/first-issuer-as-anchor", "X509-08"),
        Path::of(&three).anchors(&three[2..]).accept("paths/last-issuer-as-anchor", "X509-08"),
        Path::of(&three[..1])
            .anchors(&three[1..2])
            .accept("paths/issuer-as-anchor-not-sent", "X509-08"),
        Path::of(&own_root).untrusted("paths/root-that-was-sent", "KB-01", ISSUER),
        Path::of(&own_root)
            .anchors(&own_root[1..])
            .accept("paths/root-that-was-sent-and-is-known", "X509-10"),
        of_self.untrusted("paths/self-signed", "X509-09", ISSUER),
        of_self.clone().anchors(&[self_signed]).accept("paths/self-signed-as-anchor", "X509-08"),
        // Another certificate for the key and the name of the anchor.
        of_direct.clone().anchors(&[again]).untrusted(
            "paths/other-leaf-as-anchor",
            "KB-70",
            ISSUER,
        ),
        of_direct
            .clone()
            .anchors(std::slice::from_ref(&reissued))
            .accept("paths/reissued-root", "X509-12"),
        Path::of(&[direct, reissued]).accept("paths/reissued-root-in-the-chain", "X509-12"),
        of_direct
            .anchors(&[ca("root").issuer(&name("above")).sign(&key("above"))])
            .accept("paths/anchor-that-is-not-a-root", "X509-08"),
        leaf_that_issues(),
        rights_in_the_chain(),
    ]
}

/// An attestation certificate as the anchor is not a CA.
fn leaf_that_issues() -> Value {
    let subject = name("device");
    let device = CertificateBuilder::new(&subject, &key("device").public_numbers())
        .basic_constraints(false, None)
        .issuer(&name("maker"))
        .sign(&key("maker"));
    let path = Path::of(&[issued_by("device", leaf())]).anchors(&[device]);
    path.untrusted("paths/device-as-issuer", "X509-05", "certificate.basicConstraints")
}

/// The chain contains a certificate of the anchor without the path length of the anchor.
fn rights_in_the_chain() -> Value {
    let anchor = issued_by("root", ca_with_path_length("root", Some(0)));
    let path = Path::of(&[chain(&["one"]), vec![root("root")]].concat()).anchors(&[anchor]);
    path.untrusted("paths/more-rights-in-the-chain", "X509-12", "certificate.basicConstraints")
}

/// Anchors with the name of the issuer and another key, and the reverse.
fn same_names() -> Vec<Value> {
    let twin = || {
        let certificate = CertificateBuilder::new(&name("root"), &key("twin").public_numbers());
        certificate.basic_constraints(true, None).sign(&key("twin"))
    };
    let renamed = CertificateBuilder::new(&name("renamed"), &key("root").public_numbers());
    let renamed = renamed.basic_constraints(true, None).sign(&key("root"));
    let twin_in_the_chain = [leaf().issuer(&name("root")).sign(&key("twin")), twin()];
    vec![
        of_leaf(leaf()).anchors(&[twin()]).untrusted(
            "paths/anchor-with-other-key",
            "X509-12",
            SIGNATURE,
        ),
        of_leaf(leaf()).anchors(&[renamed]).untrusted(
            "paths/anchor-with-other-name",
            "X509-12",
            ISSUER,
        ),
        of_leaf(leaf()).anchors(&[twin(), root("root")]).accept("paths/right-anchor-last", "KB-36"),
        of_leaf(leaf())
            .anchors(&[root("root"), twin()])
            .accept("paths/right-anchor-first", "KB-36"),
        of_leaf(leaf()).anchors(&[twin(), root("other")]).untrusted(
            "paths/two-wrong-anchors",
            "X509-11",
            SIGNATURE,
        ),
        Path::of(&twin_in_the_chain).untrusted("paths/twin-in-the-chain", "X509-12", SIGNATURE),
        Path::of(&twin_in_the_chain).anchors(&[twin()]).accept("paths/twin-as-anchor", "X509-12"),
        of_leaf(leaf())
            .anchors(&[])
            .case("paths/no-anchors", "X509-16")
            .reject("NoTrustAnchors", "23"),
        other_attestation_key(),
    ]
}

/// The certificate leads to the anchor, but another key signed the statement.
fn other_attestation_key() -> Value {
    let other = attestation_certificate(&key("other").public_numbers());
    let case =
        Path::of(&[issued_by("root", other)]).case("paths/certificate-of-other-key", "KB-21");
    case.reject_field("SignatureInvalid", "22", "attStmt.sig")
}

/// The budget is 128 checks with P-256 keys. A check with a P-521 key costs 8 of them.
fn budget() -> Vec<Value> {
    let slow = PrivateKey::from_seed(ES512, b"twin").expect("an algorithm of the authenticator");
    let twin = CertificateBuilder::new(&name("root"), &slow.public_numbers())
        .basic_constraints(true, None)
        .sign(&slow);
    let with_twins = |count: usize| {
        of_leaf(leaf()).anchors(&[vec![twin.clone(); count], vec![root("root")]].concat())
    };
    let too_many = with_twins(16).case("paths/16-slow-anchors-first", "KB-109");
    vec![
        with_twins(15).accept("paths/15-slow-anchors-first", "KB-109"),
        too_many.reject("TooManySignatureChecks", "24"),
    ]
}
