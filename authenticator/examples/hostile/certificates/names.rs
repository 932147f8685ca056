//! The comparison of the issuer of one certificate with the subject of the next.

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, CertificateFields, bare, ca, extension, issued_by, key, name, root,
};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, der};

use super::{Path, by_root, leaf, leaf_fields, of_der};

const FIELD: &str = "certificate.issuer";
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

pub(super) fn cases() -> Vec<Value> {
    [spellings(), sets(), everywhere()].concat()
}

/// Returns a common name with this encoding of its text.
fn encoded(tag: u8, text: &str) -> DistinguishedName {
    DistinguishedName::new().attribute(COMMON_NAME, der::value(tag, text.as_bytes()))
}

/// The issuer of the certificate below the root and below an intermediate.
fn spellings() -> Vec<Value> {
    let mut cases = Vec::new();
    let by = |issuer: &DistinguishedName, key_of: &str| leaf().issuer(issuer).sign(&key(key_of));
    let both = |place: &str, issuer: &DistinguishedName| match place {
        "anchor" => Path::of(&[by(issuer, "root")]),
        _ => Path::of(&[by(issuer, "one"), issued_by("root", ca("one"))]),
    };
    for (place, subject) in [("anchor", "root"), ("intermediate", "one")] {
        let accepted = both(place, &encoded(0x13, subject));
        cases.push(accepted.accept(&format!("names/{place}/printable"), "X509-02"));
        for (what, issuer) in [
            ("upper-case", name(&subject.to_uppercase())),
            ("trailing-space", name(&format!("{subject} "))),
            ("leading-space", name(&format!(" {subject}"))),
            ("cut-short", name(&subject[1..])),
            ("empty-text", name("")),
            ("repeated-attribute", name(subject).common_name(subject)),
            ("more-attributes", name(subject).organization(subject)),
            ("other-attribute", DistinguishedName::new().organization(subject)),
            ("no-attributes", DistinguishedName::new()),
            ("ia5-string", encoded(0x16, subject)),
            ("teletex-string", encoded(0x14, subject)),
        ] {
            let path = both(place, &issuer);
            cases.push(path.untrusted(&format!("names/{place}/{what}"), "X509-02", FIELD));
        }
    }
    cases
}

/// Names of two attributes, in one set or in two.
fn sets() -> Vec<Value> {
    let attribute =
        |arc: u64, text: Vec<u8>| der::sequence(&[der::object_identifier(&[2, 5, 4, arc]), text]);
    let (one, two) = (attribute(3, der::utf8_string("a")), attribute(10, der::utf8_string("b")));
    let printable = attribute(10, der::printable_string("b"));
    let together = |attributes: &[&Vec<u8>]| der::sequence(&[der::set(attributes)]);
    let apart = |attributes: &[&Vec<u8>]| {
        der::sequence(&attributes.iter().map(|one| der::set(&[one])).collect::<Vec<_>>())
    };
    let root_of = |subject: Vec<u8>| {
        let constraints = der::sequence(&[der::boolean(true)]);
        let fields = CertificateFields {
            issuer: subject.clone(),
            subject,
            public_key: key("root").public_numbers().subject_public_key_info(),
            ..CertificateFields::new()
        };
        by_root(&fields.extensions(&[extension(BASIC_CONSTRAINTS, true, &constraints)]))
    };
    let path = |issuer: Vec<u8>, anchor: Vec<u8>| {
        of_der(by_root(&CertificateFields { issuer, ..leaf_fields() })).anchors(&[root_of(anchor)])
    };
    let pair = || together(&[&one, &two]);
    let mut cases = Vec::new();
    for (what, issuer) in [
        ("same-order", pair()),
        ("other-order", together(&[&two, &one])),
        ("other-order-and-printable", together(&[&printable, &one])),
    ] {
        let path = path(issuer, pair());
        cases.push(path.accept(&format!("names/one-set/{what}"), "X509-02"));
    }
    for (what, issuer, anchor) in [
        ("two-sets", apart(&[&one, &two]), pair()),
        ("one-attribute-missing", together(&[&one]), pair()),
        ("one-attribute-more", together(&[&one, &two, &one]), pair()),
        ("sets-in-other-order", apart(&[&two, &one]), apart(&[&one, &two])),
    ] {
        let path = path(issuer, anchor);
        cases.push(path.untrusted(&format!("names/{what}"), "X509-02", FIELD));
    }
    cases
}

/// Other comparisons of names.
fn everywhere() -> Vec<Value> {
    let spelled = |subject: &DistinguishedName, key_of: &str| {
        CertificateBuilder::new(subject, &key(key_of).public_numbers())
            .basic_constraints(true, None)
    };
    let printable = |text: &str| encoded(0x13, text);
    // The names of the intermediate are spelled differently than those of its neighbors.
    let middle = spelled(&printable("one"), "one").issuer(&printable("root")).sign(&key("root"));
    // An anchor without basic constraints must be self-issued, in any spelling.
    let anchor = CertificateBuilder::new(&printable("root"), &key("root").public_numbers())
        .issuer(&name("root"))
        .sign(&key("root"));
    let not_self_issued = bare("root").issuer(&name("Root")).sign(&key("root"));
    let direct = Path::of(&[issued_by("root", leaf())]);
    vec![
        Path::of(&[issued_by("one", leaf()), middle]).accept("names/printable-issuer", "X509-02"),
        direct.clone().anchors(&[anchor]).accept("names/self-issued-in-other-spelling", "KB-88"),
        direct.clone().anchors(&[not_self_issued]).untrusted(
            "names/not-self-issued-in-other-case",
            "X509-05",
            "certificate.basicConstraints",
        ),
        direct
            .anchors(&[issued_by("root", ca("other")), root("root")])
            .accept("names/two-anchors", "X509-11"),
    ]
}
