//! The DER of certificates: lengths, tags, primitive values, and bytes that belong to no element.

use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, CertificateFields, attestation_subject, bare, extension, issued_by, key,
    root,
};
use webauthn_verify_authenticator::{der, der::with_long_length, der::with_more_inside};

use super::{
    Path, UNKNOWN, below, by_root, issuer_fields, leaf, leaf_fields, no_ca, of_der, of_leaf,
};

pub(super) fn cases() -> Vec<Value> {
    [lengths(), trailing(), integers(), booleans(), bit_strings(), tags(), depth(), places()]
        .concat()
}

/// Returns the certificate with this signed part.
fn with_signed_part(signed_part: &[u8]) -> Vec<u8> {
    leaf_fields().with_signature(signed_part, &key("root").sign(signed_part))
}

/// Replaces the length of an element by an indefinite length with its end marker.
fn indefinite(element: &[u8]) -> Vec<u8> {
    // Every element here has a length in the form `82 hi lo`.
    [&[element[0], 0x80], &element[4..], &[0, 0]].concat()
}

fn changed(change: fn(&mut CertificateFields)) -> Vec<u8> {
    let mut fields = leaf_fields();
    change(&mut fields);
    by_root(&fields)
}

fn lengths() -> Vec<Value> {
    let good = by_root(&leaf_fields());
    let signed_part = leaf_fields().to_be_signed();
    let three_bytes = [&[0x30, 0x83, 0], &good[2..]].concat();
    let mut cases = vec![of_der(good.clone()).accept("encoding/whole", "X509-01")];
    for (name, der) in [
        ("certificate", with_long_length(&good)),
        ("certificate-of-three-bytes", three_bytes),
        ("signed-part", with_signed_part(&with_long_length(&signed_part))),
        ("version", changed(|fields| fields.version = with_long_length(&fields.version))),
        ("serial-number", {
            changed(|fields| fields.serial_number = with_long_length(&fields.serial_number))
        }),
        ("algorithm", changed(|fields| fields.algorithm = with_long_length(&fields.algorithm))),
        ("validity", changed(|fields| fields.validity = with_long_length(&fields.validity))),
        ("subject", changed(|fields| fields.subject = with_long_length(&fields.subject))),
        ("public-key", changed(|fields| fields.public_key = with_long_length(&fields.public_key))),
        ("extensions", changed(|fields| fields.extensions = with_long_length(&fields.extensions))),
        ("outer-algorithm", {
            changed(|fields| fields.outer_algorithm = with_long_length(&fields.outer_algorithm))
        }),
        ("value-of-200-bytes", {
            let value = with_long_length(&der::octet_string(&[7; 200]));
            let long = der::sequence(&[der::object_identifier(UNKNOWN), value]);
            by_root(&leaf_fields().extensions(&[no_ca(), long]))
        }),
    ] {
        cases.push(of_der(der).malformed(&format!("encoding/long-length/{name}"), "KB-40"));
    }
    for (name, der) in [
        ("indefinite-length/certificate", indefinite(&good)),
        ("indefinite-length/signed-part", with_signed_part(&indefinite(&signed_part))),
        ("length-beyond-the-end", good[..good.len() - 1].to_vec()),
        ("length-of-the-signed-part-beyond-the-end", {
            let mut der = good.clone();
            der[6] = 0xff;
            der
        }),
        ("head-only", good[..4].to_vec()),
        ("no-length", good[..1].to_vec()),
        ("empty", Vec::new()),
    ] {
        cases.push(of_der(der).malformed(&format!("encoding/{name}"), "KB-40"));
    }
    cases
}

fn trailing() -> Vec<Value> {
    let good = by_root(&leaf_fields());
    let inside = |element: &[u8]| with_more_inside(element, &der::null());
    let attribute = inside(&der::sequence(&[
        der::object_identifier(&[2, 5, 4, 3]),
        der::utf8_string("Authenticator"),
    ]));
    let mut subject = leaf_fields();
    let others = &attestation_subject().to_der()[2..];
    subject.subject = der::sequence(&[others.to_vec(), der::set(&[attribute])]);
    let mut cases = Vec::new();
    for (name, der) in [
        ("after-the-certificate", [&good[..], &[0]].concat()),
        ("second-certificate", [&good[..], &good].concat()),
        ("after-the-signature", changed(|fields| fields.after_signature = der::null())),
        ("signed-part", changed(|fields| fields.after = der::null())),
        ("version", {
            changed(|fields| fields.version = with_more_inside(&fields.version, &der::null()))
        }),
        ("validity", {
            changed(|fields| fields.validity = with_more_inside(&fields.validity, &der::null()))
        }),
        ("public-key", {
            changed(|fields| fields.public_key = with_more_inside(&fields.public_key, &der::null()))
        }),
        ("algorithm", {
            let twice = inside(&inside(&leaf_fields().algorithm));
            by_root(&leaf_fields().algorithm(twice))
        }),
        ("extension", by_root(&leaf_fields().extensions(&[inside(&no_ca())]))),
        ("extensions", {
            changed(|fields| fields.extensions = [&fields.extensions[..], &[5, 0]].concat())
        }),
        ("attribute", by_root(&subject)),
    ] {
        cases.push(of_der(der).malformed(&format!("encoding/trailing/{name}"), "X509-01"));
    }
    let constraints =
        leaf().without_extensions().extension(BASIC_CONSTRAINTS, true, b"\x30\0\x05\0");
    let path = of_leaf(constraints);
    let field = "x5c[0].basicConstraints";
    cases.push(path.invalid("encoding/trailing/basic-constraints", "X509-01", field));
    cases
}

/// Serial numbers, which may be any INTEGER.
fn integers() -> Vec<Value> {
    let with = |serial_number: Vec<u8>| {
        of_der(by_root(&CertificateFields { serial_number, ..leaf_fields() }))
    };
    let mut cases = Vec::new();
    for (name, content) in [
        ("zero", &[0][..]),
        ("negative", &[0x80]),
        ("high-bit", &[0, 0x80]),
        ("20-bytes", &[0x7f; 20]),
    ] {
        let path = with(der::value(0x02, content));
        cases.push(path.accept(&format!("encoding/serial-number/{name}"), "X509-01"));
    }
    for (name, element) in [
        ("leading-zero", der::value(0x02, &[0, 0x7f])),
        ("two-zeros", der::value(0x02, &[0, 0])),
        ("leading-ones", der::value(0x02, &[0xff, 0x80])),
        ("empty", der::value(0x02, &[])),
        ("missing", Vec::new()),
        ("enumerated", der::enumerated(1)),
        ("octet-string", der::octet_string(&[1])),
    ] {
        let path = with(element);
        cases.push(path.malformed(&format!("encoding/serial-number/{name}"), "X509-01"));
    }
    cases
}

/// The BOOLEANs of an extension and of basic constraints.
fn booleans() -> Vec<Value> {
    let with = |critical: Vec<u8>| {
        let identifier = der::object_identifier(UNKNOWN);
        let odd = der::sequence(&[identifier, critical, der::octet_string(&[5, 0])]);
        of_der(by_root(&leaf_fields().extensions(&[no_ca(), odd])))
    };
    let constraints = |value: Vec<u8>| {
        let constraints = extension(BASIC_CONSTRAINTS, true, &der::sequence(&[value]));
        of_der(by_root(&leaf_fields().extensions(&[constraints])))
    };
    let issuer = |value: Vec<u8>| {
        let constraints = extension(BASIC_CONSTRAINTS, true, &der::sequence(&[value]));
        below(by_root(&issuer_fields().extensions(&[constraints])))
    };
    let one = || der::value(0x01, &[1]);
    let allowed = json!(["NonDerBooleans"]);
    vec![
        with(der::boolean(false)).accept("encoding/boolean/explicit-default", "KB-78"),
        with(der::value(0x01, &[])).malformed("encoding/boolean/empty", "X509-01"),
        with(der::value(0x01, &[0, 0])).malformed("encoding/boolean/two-bytes", "X509-01"),
        with(one()).malformed("encoding/boolean/critical-01", "KB-89"),
        // The extension is critical and unknown.
        with(one())
            .case("encoding/boolean/critical-01-with-quirk", "KB-89")
            .with("quirks", allowed.clone())
            .reject_field("UntrustedAttestation", "24", "certificate.extensions"),
        constraints(der::boolean(false)).accept("encoding/boolean/explicit-no-ca", "KB-78"),
        constraints(one()).malformed("encoding/boolean/ca-01", "KB-89"),
        // Without DER, 01 still means that the subject is a CA.
        constraints(one())
            .case("encoding/boolean/ca-01-with-quirk", "KB-89")
            .with("quirks", allowed.clone())
            .reject_field("AttestationInvalid", "22", "x5c[0].basicConstraints"),
        issuer(one()).malformed_issuer("encoding/boolean/issuer-01", "KB-89"),
        issuer(one())
            .case("encoding/boolean/issuer-01-with-quirk", "KB-89")
            .with("quirks", allowed)
            .accept(),
        issuer(one())
            .case("encoding/boolean/issuer-01-with-other-quirks", "KB-89")
            .with("quirks", json!(["Sha1Attestation", "EcdsaNullParameters"]))
            .reject("UntrustedAttestation", "24"),
    ]
}

/// Unused bits of the signature, the public key and the unique identifiers.
fn bit_strings() -> Vec<Value> {
    let mut cases = Vec::new();
    for unused in [1, 7, 8] {
        let fields = CertificateFields { unused_signature_bits: unused, ..leaf_fields() };
        // A bit string is only well formed if its unused bits are zero.
        let signed_part = fields.to_be_signed();
        let mut signature = key("root").sign(&signed_part);
        if unused < 8 {
            signature.extend([0]);
        }
        let path = of_der(fields.with_signature(&signed_part, &signature));
        cases.push(
            path.malformed(&format!("encoding/signature-with-{unused}-unused-bits"), "KB-71"),
        );
    }
    let with_key = |bits: &[u8]| {
        let algorithm = super::identifier(
            &[1, 2, 840, 10045, 2, 1],
            &[der::object_identifier(&[1, 2, 840, 10045, 3, 1, 7])],
        );
        let public_key = der::sequence(&[algorithm, der::value(0x03, bits)]);
        of_der(by_root(&CertificateFields { public_key, ..leaf_fields() }))
    };
    let point = key("leaf").public_numbers().subject_public_key();
    cases.push(
        with_key(&[&[0], &point[..]].concat()).accept("encoding/public-key/whole", "X509-01"),
    );
    let path = with_key(&[&[1], &point[..], &[0]].concat());
    cases.push(path.malformed("encoding/public-key/unused-bit", "X509-01"));
    cases.push(with_key(&[]).malformed("encoding/public-key/no-unused-bits", "X509-01"));
    cases.push(with_key(&[0]).malformed("encoding/public-key/empty", "X509-01"));
    let identifiers = |tags_and_bits: &[(u8, &[u8])]| {
        let mut fields = leaf_fields();
        let elements = tags_and_bits.iter().map(|(tag, bits)| der::value(*tag, bits));
        fields.public_key =
            [fields.public_key].into_iter().chain(elements).collect::<Vec<_>>().concat();
        of_der(by_root(&fields))
    };
    let (issuer, subject) = ((0x81, &[0, 7][..]), (0x82, &[4, 0xf0][..]));
    cases.push(identifiers(&[issuer, subject]).accept("encoding/unique-identifiers", "X509-01"));
    for (name, elements) in [
        ("unique-identifiers-swapped", &[subject, issuer][..]),
        ("unique-identifier-with-unused-bits-set", &[(0x81, &[4, 0xff][..])]),
        ("unique-identifier-empty", &[(0x82, &[][..])]),
        ("unique-identifier-twice", &[issuer, issuer]),
    ] {
        cases.push(identifiers(elements).malformed(&format!("encoding/{name}"), "X509-01"));
    }
    cases
}

/// Values of an attribute of the subject that has any type.
fn tags() -> Vec<Value> {
    let with = |value: Vec<u8>| {
        let subject = attestation_subject().attribute(&[1, 2, 3], value).to_der();
        of_der(by_root(&CertificateFields { subject, ..leaf_fields() }))
    };
    let mut cases = Vec::new();
    for (name, value) in [
        ("null", der::null()),
        ("bit-string", der::bit_string(4, &[0xf0])),
        ("empty-bit-string", der::bit_string(0, &[])),
        ("private-tag", der::value(0xc1, &[1])),
    ] {
        cases.push(with(value).accept(&format!("encoding/attribute/{name}"), "X509-01"));
    }
    for (name, value) in [
        ("null-with-content", der::value(0x05, &[0])),
        ("bit-string-without-content", der::value(0x03, &[])),
        ("bit-string-of-unused-bits-only", der::value(0x03, &[1])),
        ("bit-string-with-8-unused-bits", der::value(0x03, &[8, 0])),
        ("bit-string-with-unused-bits-set", der::value(0x03, &[4, 0xf8])),
        ("object-identifier-empty", der::value(0x06, &[])),
        ("object-identifier-with-leading-zero", der::value(0x06, &[0x2a, 0x80, 1])),
        ("object-identifier-cut-short", der::value(0x06, &[0x2a, 0x81])),
        ("enumerated-with-leading-zero", der::value(0x0a, &[0, 1])),
        ("primitive-sequence", der::value(0x10, &[])),
        ("primitive-set", der::value(0x11, &[])),
        ("constructed-text", der::value(0x2c, &der::utf8_string("text"))),
        ("constructed-octet-string", der::value(0x24, &der::octet_string(b"text"))),
        ("tag-of-two-bytes", vec![0x1f, 0x21, 0]),
        ("malformed-in-private-tag", der::value(0xe1, &[5, 1, 0])),
    ] {
        cases.push(with(value).malformed(&format!("encoding/attribute/{name}"), "X509-01"));
    }
    cases
}

/// At most 24 levels are nested. The attribute of the subject is in the sixth.
fn depth() -> Vec<Value> {
    let nested = |count: usize| {
        let tower = (0..count).fold(Vec::new(), |inner: Vec<u8>, _| der::sequence(&[inner]));
        let subject = attestation_subject().attribute(&[1, 2, 3], tower).to_der();
        of_der(by_root(&CertificateFields { subject, ..leaf_fields() }))
    };
    vec![
        nested(19).accept("encoding/nested-24", "X509-01"),
        nested(20).malformed("encoding/nested-25", "X509-01"),
        nested(1_000).malformed("encoding/nested-1005", "X509-01"),
    ]
}

/// Malformed certificates that are not the first, also after the anchor.
fn places() -> Vec<Value> {
    let good = by_root(&issuer_fields());
    let mut cases = vec![below(good.clone()).accept("encoding/issuer/whole", "X509-01")];
    let mut twice = issuer_fields();
    twice.serial_number = der::value(0x02, &[0, 1]);
    for (name, issuer) in [
        ("long-length", with_long_length(&good)),
        ("trailing-byte", [&good[..], &[0]].concat()),
        ("leading-zero-in-serial-number", by_root(&twice)),
        ("empty", Vec::new()),
    ] {
        cases.push(below(issuer).malformed_issuer(&format!("encoding/issuer/{name}"), "X509-01"));
    }
    let good_leaf = issued_by("root", leaf());
    let after = |more: Vec<u8>| Path::of(&[good_leaf.clone(), root("root"), more]);
    // Nobody has to trust a certificate after the anchor.
    let path =
        after(issued_by("nobody", bare("stranger").validity("200101000000Z", "210101000000Z")));
    cases.push(path.accept("encoding/after-the-anchor/expired-stranger", "X509-10"));
    let path = after(with_long_length(&root("root")));
    cases.push(path.malformed_issuer("encoding/after-the-anchor/long-length", "X509-10"));
    cases
}
