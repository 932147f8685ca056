//! Certificates that are large or slow to read.

use webauthn_verify_authenticator::certificates::{attestation_subject, issued_by, key, name};
use webauthn_verify_authenticator::costly::{
    MAX_OBJECT, Registering, compound, meaningless_extensions, packed, stuffed_certificate,
};
use webauthn_verify_authenticator::{CertificateBuilder, der};

pub(crate) fn add(bodies: &mut Vec<(String, String)>) {
    let registering = Registering::new(&key("credential"));
    let signer = key("attestation");
    let mut add = |of: &str, certificates: &[Vec<u8>], count: usize| {
        let statement = packed(&registering, &signer, certificates);
        bodies.push((of.to_owned(), registering.body(&compound(&statement, count))));
        if count > 2 {
            bodies.push((format!("{of}, alone"), registering.body(&statement)));
        }
    };
    wrongly_signed(&mut add);
    let leaf =
        stuffed_certificate(&meaningless_extensions(31, 0), 28, &name("root")).sign(&key("root"));
    add("8 leaves with 32 extensions and 64 parts of a name", &[leaf], 8);
    add("8 chains of 8, all full of extensions and name parts", &full_chain(), 8);
    long_attributes(&mut add);
}

/// Adds leaves that name the anchor as their issuer, with signatures that are not the anchor's.
fn wrongly_signed(add: &mut impl FnMut(&str, &[Vec<u8>], usize)) {
    let one = |size: usize| stuffed_certificate(&meaningless_extensions(1, size), 0, &name("root"));
    for (of, arc) in [("SHA-256", 2_u64), ("SHA-512", 4)] {
        let algorithm = der::sequence(&[der::object_identifier(&[1, 2, 840, 10045, 4, 3, arc])]);
        let certificate = one(65_000).algorithm(algorithm.clone()).sign(&key("nobody"));
        add(&format!("2 leaves of 65 KB, {of}, wrong signature"), &[certificate], 2);
        let certificate = one(22_000).algorithm(algorithm).sign(&key("nobody"));
        add(&format!("8 leaves of 22 KB, {of}, wrong signature"), &[certificate], 8);
    }
    // The algorithm of these signatures is unknown, or uses SHA-1.
    for (of, algorithm) in [
        ("an unknown algorithm", der::sequence(&[der::object_identifier(&[1, 2, 3])])),
        (
            "SHA-1",
            der::sequence(&[der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 5]), der::null()]),
        ),
    ] {
        let small = stuffed_certificate(&[], 0, &name("root")).algorithm(algorithm);
        add(&format!("8 leaves signed by {of}"), &[small.sign(&key("nobody"))], 8);
    }
}

/// Returns eight certificates with the maximum number of extensions and name parts.
fn full_chain() -> Vec<Vec<u8>> {
    let full_name =
        |place: usize| (0..31).fold(name(&format!("CA {place}")), |name, _| name.common_name(""));
    let authority = key("authority");
    let mut certificates = Vec::new();
    let mut issuer = full_name(1);
    certificates
        .push(stuffed_certificate(&meaningless_extensions(31, 0), 28, &issuer).sign(&authority));
    for place in 2..=8 {
        let builder = CertificateBuilder::new(&issuer, &authority.public_numbers())
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN);
        let builder =
            (0..30).fold(builder, |builder, one| builder.extension(&[1, 2, 3, one], false, &[]));
        issuer = full_name(place);
        certificates.push(if place == 8 {
            issued_by("root", builder)
        } else {
            builder.issuer(&issuer).sign(&authority)
        });
    }
    certificates
}

/// Adds leaves with an attribute that has many elements, and with one that has deeply nested
/// elements.
fn long_attributes(add: &mut impl FnMut(&str, &[Vec<u8>], usize)) {
    let nulls = der::sequence(&vec![der::null(); 32_000]);
    let mut deep = der::null();
    for _ in 0..14 {
        deep = der::sequence(&[deep]);
    }
    let deep = der::sequence(&vec![deep; 2000]);
    for (of, value) in [("32,000 elements", nulls), ("deep elements", deep)] {
        let mut fields = stuffed_certificate(&[], 0, &name("root"));
        fields.subject = attestation_subject().attribute(&[1, 2, 3], value).to_der();
        let leaf = fields.sign(&key("root"));
        let count = (MAX_OBJECT / leaf.len()).clamp(2, 8);
        add(&format!("{count} leaves with an attribute of {of}"), &[leaf], count);
    }
}
