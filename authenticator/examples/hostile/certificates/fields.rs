//! The versions of certificates, and names that have a wrong form.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    CertificateFields, attestation_subject, bare, issued_by, key, name,
};
use webauthn_verify_authenticator::der;

use super::{below, by_root, issuer_fields, leaf_fields, of_der};

pub(super) fn cases() -> Vec<Value> {
    [versions(), structures(), parts_of_names()].concat()
}

fn versions() -> Vec<Value> {
    let explicit = |number: u8| der::explicit(0, &der::integer(&[number]));
    let with = |version: Vec<u8>| of_der(by_root(&CertificateFields { version, ..leaf_fields() }));
    let bare_with = |version: Vec<u8>| {
        let extensions = Vec::new();
        of_der(by_root(&CertificateFields { version, extensions, ..leaf_fields() }))
    };
    let mut cases = Vec::new();
    for (name, version) in [
        ("1-by-default-with-extensions", Vec::new()),
        ("1-with-extensions", explicit(0)),
        ("2-with-extensions", explicit(1)),
        ("4", explicit(3)),
        ("negative", der::explicit(0, &der::value(0x02, &[0xff]))),
        ("leading-zero", der::explicit(0, &der::value(0x02, &[0, 2]))),
        ("two-bytes", der::explicit(0, &der::value(0x02, &[1, 2]))),
        ("implicit", der::implicit(0, &[2])),
        ("without-tag", der::integer(&[2])),
        ("other-tag", der::explicit(1, &der::integer(&[2]))),
        ("enumerated", der::explicit(0, &der::enumerated(2))),
        ("twice", [explicit(2), explicit(2)].concat()),
        ("empty", der::explicit(0, &[])),
    ] {
        cases.push(with(version).malformed(&format!("version/{name}"), "X509-01"));
    }
    for (name, version) in [("1-by-default", Vec::new()), ("1", explicit(0)), ("2", explicit(1))] {
        let path = bare_with(version);
        cases.push(path.invalid(&format!("version/{name}"), "ATT-PACKED-03", "x5c[0].version"));
    }
    cases.push(bare_with(explicit(3)).malformed("version/4-without-extensions", "X509-01"));
    // A certificate without basic constraints is not a CA, except for an anchor.
    let issuer = issued_by("root", bare("one").version(None));
    let field = "certificate.basicConstraints";
    cases.push(below(issuer).untrusted("version/issuer-1", "X509-05", field));
    for (name, version) in [("1", None), ("2", Some(1))] {
        let anchor = issued_by("root", bare("root").version(version));
        let path = of_der(by_root(&leaf_fields())).anchors(&[anchor]);
        cases.push(path.accept(&format!("version/anchor-{name}"), "KB-88"));
    }
    cases
}

/// Members that are missing, or in another order.
fn structures() -> Vec<Value> {
    let with = |change: fn(&mut CertificateFields)| {
        let mut fields = leaf_fields();
        change(&mut fields);
        of_der(by_root(&fields))
    };
    let without_signature = {
        let fields = leaf_fields();
        der::sequence(&[fields.to_be_signed(), fields.outer_algorithm])
    };
    let as_octets = {
        let fields = leaf_fields();
        let signature = der::octet_string(&key("root").sign(&fields.to_be_signed()));
        der::sequence(&[fields.to_be_signed(), fields.outer_algorithm, signature])
    };
    let mut cases = Vec::new();
    for (name, path) in [
        ("no-algorithm", with(|fields| fields.algorithm.clear())),
        ("no-outer-algorithm", with(|fields| fields.outer_algorithm.clear())),
        ("no-issuer", with(|fields| fields.issuer.clear())),
        ("no-validity", with(|fields| fields.validity.clear())),
        ("no-public-key", with(|fields| fields.public_key.clear())),
        ("no-signature", of_der(without_signature)),
        ("signature-as-octet-string", of_der(as_octets)),
        ("issuer-as-set", with(|fields| fields.issuer[0] = 0x31)),
        ("validity-as-set", with(|fields| fields.validity[0] = 0x31)),
        ("no-end-of-validity", {
            with(|fields| fields.validity = der::sequence(&[der::time("240101000000Z")]))
        }),
        ("certificate-as-set", of_der([&[0x31], &by_root(&leaf_fields())[1..]].concat())),
    ] {
        cases.push(path.malformed(&format!("structure/{name}"), "X509-01"));
    }
    cases
}

/// Sets and attributes of names.
fn parts_of_names() -> Vec<Value> {
    let attribute = |arc: u64, text: &str| {
        der::sequence(&[der::object_identifier(&[1, 2, arc]), der::utf8_string(text)])
    };
    let subject = &attestation_subject().to_der()[2..];
    let with = |more: &[Vec<u8>]| {
        let subject = der::sequence(&[subject.to_vec(), more.concat()]);
        of_der(by_root(&CertificateFields { subject, ..leaf_fields() }))
    };
    // The four attributes of the subject count twice, with their sets.
    let sets = |count: usize| vec![der::set(&[attribute(3, "x")]); count];
    let in_one_set = |count: usize| vec![der::set(&vec![attribute(3, "x"); count])];
    let mut cases = vec![
        with(&sets(28)).accept("name/64-parts", "X509-01"),
        with(&[sets(28), vec![der::set(&[attribute(3, "x")])]].concat())
            .malformed("name/66-parts", "X509-01"),
        with(&in_one_set(55)).accept("name/64-parts-in-one-set", "X509-01"),
        with(&in_one_set(56)).malformed("name/65-parts-in-one-set", "X509-01"),
    ];
    for (name, part) in [
        ("empty-set", der::set::<Vec<u8>>(&[])),
        ("sequence-instead-of-set", der::sequence(&[attribute(3, "x")])),
        ("attribute-without-sequence", der::set(&[der::utf8_string("x")])),
        ("attribute-without-value", der::set(&[der::sequence(&[der::object_identifier(&[1, 2])])])),
        ("attribute-without-type", der::set(&[der::sequence(&[der::utf8_string("x")])])),
        ("empty-attribute", der::set(&[der::sequence::<Vec<u8>>(&[])])),
    ] {
        cases.push(with(&[part]).malformed(&format!("name/{name}"), "X509-01"));
    }
    let mut issuer = issuer_fields();
    issuer.subject = der::sequence(&[name("one").to_der()[2..].to_vec(), der::set::<Vec<u8>>(&[])]);
    let path = below(by_root(&issuer));
    cases.push(path.malformed_issuer("name/empty-set-in-issuer", "X509-01"));
    cases
}
