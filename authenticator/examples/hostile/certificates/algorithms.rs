//! The algorithms of certificate signatures, their parameters, and keys that are too weak.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use webauthn_verify_authenticator::algorithm::{
    ED25519, ES384, ES512, ML_DSA_44, PS256, RS384, RS512,
};
use webauthn_verify_authenticator::certificates::{
    CertificateFields, ECDSA_WITH_SHA256, SHA256_WITH_RSA, issued_by, name, rsa_key,
};
use webauthn_verify_authenticator::{CertificateBuilder, PrivateKey, der, mersenne};

use super::{Path, below, by_root, identifier, issuer_fields, leaf, leaf_fields, of_der};
use crate::case::Registration;

const ECDSA_WITH_SHA384: &[u64] = &[1, 2, 840, 10045, 4, 3, 3];
const SHA1_WITH_RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 5];
const RSASSA_PSS: &[u64] = &[1, 2, 840, 113_549, 1, 1, 10];
const MGF1: &[u64] = &[1, 2, 840, 113_549, 1, 1, 8];
const SHA_1: &[u64] = &[1, 3, 14, 3, 2, 26];
const SHA_256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
const SHA_384: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 2];

/// The DigestInfo of a SHA-1 hash, without the hash (RFC 8017, section 9.2).
const SHA_1_INFO: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";

const FIELD: &str = "certificate.signature";

pub(super) fn cases() -> Vec<Value> {
    [accepted(), identifiers(), parameters(), sha_1(), rsa(), pss()].concat()
}

fn seeded(algorithm: i64) -> PrivateKey {
    PrivateKey::from_seed(algorithm, b"root").expect("an algorithm of the authenticator")
}

/// Returns the root certificate for this key.
fn root_of(key: &PrivateKey) -> Vec<u8> {
    CertificateBuilder::new(&name("root"), &key.public_numbers())
        .basic_constraints(true, None)
        .sign(key)
}

/// Returns a path to this root.
fn by(key: &PrivateKey) -> Path {
    of_der(leaf().issuer(&name("root")).sign(key)).anchors(&[root_of(key)])
}

/// Returns a path to the root with this key, with this algorithm in both places.
fn by_key(key: &PrivateKey, algorithm: Vec<u8>) -> Path {
    of_der(leaf_fields().algorithm(algorithm).sign(key)).anchors(&[root_of(key)])
}

/// One issuer for each algorithm.
fn accepted() -> Vec<Value> {
    let rsa = |algorithm| rsa_key().with_algorithm(algorithm).expect("an algorithm for RSA keys");
    let mut cases = Vec::new();
    for (name, key) in [
        ("es384", seeded(ES384)),
        ("es512", seeded(ES512)),
        ("ed25519", seeded(ED25519)),
        ("rs256", rsa_key()),
        ("rs384", rsa(RS384)),
        ("rs512", rsa(RS512)),
        ("ps256", rsa(PS256)),
    ] {
        cases.push(by(&key).accept(&format!("algorithms/{name}"), "X509-03"));
    }
    // Other builds have no ML-DSA and skip these cases, because they request it.
    let credential = Registration::with_algorithm(ML_DSA_44);
    let key = seeded(ML_DSA_44);
    let path = by(&key).registration(credential.clone());
    cases.push(path.accept("algorithms/ml-dsa-44", "X509-03"));
    // The signature is valid, but the certificate names another parameter set.
    let id_ml_dsa_65 = identifier(&[2, 16, 840, 1, 101, 3, 4, 3, 18], &[]);
    let path = by_key(&key, id_ml_dsa_65).registration(credential);
    cases.push(path.untrusted("algorithms/ml-dsa-44-named-as-ml-dsa-65", "X509-03", FIELD));
    cases
}

/// Algorithm identifiers that do not fit each other or the key.
fn identifiers() -> Vec<Value> {
    let outer = |outer_algorithm: Vec<u8>| {
        of_der(by_root(&CertificateFields { outer_algorithm, ..leaf_fields() }))
    };
    let inner =
        |algorithm: Vec<u8>| of_der(by_root(&CertificateFields { algorithm, ..leaf_fields() }));
    let both =
        |algorithm: &[u64]| of_der(by_root(&leaf_fields().algorithm(identifier(algorithm, &[]))));
    let null = || identifier(ECDSA_WITH_SHA256, &[der::null()]);
    let mut cases = vec![
        outer(identifier(ECDSA_WITH_SHA384, &[])).malformed("algorithms/outer-differs", "X509-03"),
        inner(identifier(ECDSA_WITH_SHA384, &[])).malformed("algorithms/inner-differs", "X509-03"),
        outer(null()).malformed("algorithms/outer-parameters-differ", "X509-03"),
        inner(null()).malformed("algorithms/inner-parameters-differ", "X509-03"),
    ];
    let mut issuer = issuer_fields();
    issuer.outer_algorithm = identifier(ECDSA_WITH_SHA384, &[]);
    let path = below(by_root(&issuer));
    cases.push(path.malformed_issuer("algorithms/outer-of-issuer-differs", "X509-03"));
    for (name, algorithm) in [
        ("rsa-with-ec-key", SHA256_WITH_RSA),
        ("ed25519-with-ec-key", &[1, 3, 101, 112]),
        ("other-hash", ECDSA_WITH_SHA384),
        ("ecdsa-with-sha-224", &[1, 2, 840, 10045, 4, 3, 1]),
        ("ecdsa-with-sha-1", &[1, 2, 840, 10045, 4, 1]),
        ("ecdsa-without-hash", &[1, 2, 840, 10045, 4, 3]),
        ("ecdsa-with-sha3-256", &[2, 16, 840, 1, 101, 3, 4, 3, 10]),
        ("key-as-algorithm", &[1, 2, 840, 10045, 2, 1]),
        ("unknown", super::UNKNOWN),
    ] {
        cases.push(both(algorithm).untrusted(&format!("algorithms/{name}"), "X509-03", FIELD));
    }
    let unsigned = leaf_fields().with_signature(&leaf_fields().to_be_signed(), &[]);
    cases.push(of_der(unsigned).untrusted("algorithms/empty-signature", "X509-03", FIELD));
    cases
}

/// The parameters of ECDSA, RSA and Ed25519.
fn parameters() -> Vec<Value> {
    let ecdsa = |parameters: Vec<u8>| {
        of_der(by_root(&leaf_fields().algorithm(identifier(ECDSA_WITH_SHA256, &[parameters]))))
    };
    let mut cases = vec![
        ecdsa(der::null()).untrusted("algorithms/parameters/ecdsa-null", "KB-89", FIELD),
        ecdsa(der::null())
            .case("algorithms/parameters/ecdsa-null-with-quirk", "KB-89")
            .with("quirks", json!(["EcdsaNullParameters"]))
            .accept(),
        ecdsa(der::sequence::<Vec<u8>>(&[]))
            .case("algorithms/parameters/ecdsa-sequence-with-quirk", "KB-89")
            .with("quirks", json!(["EcdsaNullParameters"]))
            .reject_field("UntrustedAttestation", "24", FIELD),
    ];
    for (name, parameters) in [
        ("ecdsa-sequence", der::sequence::<Vec<u8>>(&[])),
        ("ecdsa-text", der::octet_string(b"free")),
    ] {
        let name = format!("algorithms/parameters/{name}");
        cases.push(ecdsa(parameters).untrusted(&name, "X509-03", FIELD));
    }
    let key = rsa_key();
    let rsa = |parameters: &[Vec<u8>]| by_key(&key, identifier(SHA256_WITH_RSA, parameters));
    cases.push(rsa(&[]).accept("algorithms/parameters/rsa-absent", "X509-03"));
    for (name, parameters) in [
        ("rsa-text", der::octet_string(b"free")),
        ("rsa-other-class", der::value(0x85, &[])),
        ("rsa-sequence", der::sequence::<Vec<u8>>(&[])),
    ] {
        let name = format!("algorithms/parameters/{name}");
        cases.push(rsa(&[parameters]).untrusted(&name, "X509-03", FIELD));
    }
    let key = seeded(ED25519);
    let null = by_key(&key, identifier(&[1, 3, 101, 112], &[der::null()]));
    cases.push(null.untrusted("algorithms/parameters/ed25519-null", "X509-03", FIELD));
    // The quirk is only for ECDSA.
    let null = null.case("algorithms/parameters/ed25519-null-with-quirk", "KB-89");
    let null = null.with("quirks", json!(["EcdsaNullParameters"]));
    cases.push(null.reject_field("UntrustedAttestation", "24", FIELD));
    cases
}

fn sha_1() -> Vec<Value> {
    let key = rsa_key();
    let fields = leaf_fields().algorithm(identifier(SHA1_WITH_RSA, &[der::null()]));
    let signed_part = fields.to_be_signed();
    let info = [SHA_1_INFO, &Sha1::digest(&signed_part)].concat();
    let signature = key.sign_digest_info(&info).expect("an RSA key");
    let path = of_der(fields.with_signature(&signed_part, &signature)).anchors(&[root_of(&key)]);
    let other = ["NonDerBooleans", "EcdsaNullParameters"];
    vec![
        path.untrusted("algorithms/rsa-with-sha-1", "X509-17", FIELD),
        path.case("algorithms/rsa-with-sha-1-and-other-quirks", "X509-17")
            .with("quirks", json!(other))
            .reject_field("UntrustedAttestation", "24", FIELD),
        path.case("algorithms/rsa-with-sha-1-and-quirk", "X509-17")
            .with("quirks", json!(["Sha1Attestation"]))
            .accept(),
        // The quirk does not accept other hashes, nor SHA-1 with ECDSA.
        of_der(by_root(&leaf_fields().algorithm(identifier(&[1, 2, 840, 10045, 4, 1], &[]))))
            .case("algorithms/ecdsa-with-sha-1-and-quirk", "X509-17")
            .with("quirks", json!(["Sha1Attestation"]))
            .reject_field("UntrustedAttestation", "24", FIELD),
        by_key(&key, identifier(&[1, 2, 840, 113_549, 1, 1, 4], &[der::null()]))
            .case("algorithms/rsa-with-md5-and-quirk", "X509-17")
            .with("quirks", json!(["Sha1Attestation"]))
            .reject_field("UntrustedAttestation", "24", FIELD),
    ]
}

/// RSA issuers with a short key, and with a hash that the identifier does not name.
fn rsa() -> Vec<Value> {
    let short = PrivateKey::rs256(&mersenne(521), &mersenne(607)).expect("two primes");
    let with_sha_384 = {
        let fields = leaf_fields().algorithm(identifier(SHA256_WITH_RSA, &[der::null()]));
        let key = rsa_key().with_algorithm(RS384).expect("an algorithm for RSA keys");
        of_der(fields.sign(&key)).anchors(&[root_of(&rsa_key())])
    };
    vec![
        by(&short).untrusted("algorithms/rsa-of-1128-bits", "X509-03", FIELD),
        with_sha_384.untrusted("algorithms/rsa-with-other-hash", "X509-03", FIELD),
        by_key(&rsa_key(), identifier(ECDSA_WITH_SHA256, &[])).untrusted(
            "algorithms/ecdsa-with-rsa-key",
            "X509-03",
            FIELD,
        ),
        Path::of(&[issued_by("root", leaf())]).anchors(&[root_of(&rsa_key())]).untrusted(
            "algorithms/ecdsa-with-rsa-anchor",
            "X509-03",
            FIELD,
        ),
    ]
}

/// The parameters of RSASSA-PSS. The fields are the hash, the mask, the salt length and the
/// trailer.
fn pss() -> Vec<Value> {
    let key = rsa_key().with_algorithm(PS256).expect("an algorithm for RSA keys");
    let hash = |algorithm: &[u64]| identifier(algorithm, &[der::null()]);
    let mask = |algorithm: &[u64], hash: Vec<u8>| identifier(algorithm, &[hash]);
    let number = |number: u8| der::integer(&[number]);
    let field = |number: u32, value: Vec<u8>| der::explicit(number, &value);
    let of = |fields: &[Vec<u8>]| by_key(&key, identifier(RSASSA_PSS, &[der::sequence(fields)]));
    let hash_field = || field(0, hash(SHA_256));
    let mask_field = || field(1, mask(MGF1, hash(SHA_256)));
    let salt = || field(2, number(32));
    let bare = || identifier(SHA_256, &[]);
    let mut cases = vec![
        of(&[hash_field(), mask_field(), salt(), field(3, number(1))])
            .accept("algorithms/pss/explicit-trailer", "X509-03"),
        of(&[field(0, bare()), field(1, mask(MGF1, bare())), salt()])
            .accept("algorithms/pss/hash-without-parameters", "X509-03"),
        by_key(&key, identifier(RSASSA_PSS, &[])).untrusted(
            "algorithms/pss/no-parameters",
            "X509-03",
            FIELD,
        ),
        by_key(&key, identifier(RSASSA_PSS, &[der::null()])).untrusted(
            "algorithms/pss/null",
            "X509-03",
            FIELD,
        ),
    ];
    for (name, fields) in [
        ("all-defaults", vec![]),
        ("default-hash", vec![mask_field(), salt()]),
        ("default-mask", vec![hash_field(), salt()]),
        ("default-salt", vec![hash_field(), mask_field()]),
        ("sha-1", vec![field(0, hash(SHA_1)), field(1, mask(MGF1, hash(SHA_1))), salt()]),
        ("other-hash", vec![field(0, hash(SHA_384)), field(1, mask(MGF1, hash(SHA_384))), salt()]),
        ("unknown-hash", vec![field(0, hash(&[1, 2, 3])), mask_field(), salt()]),
        ("mask-with-other-hash", vec![hash_field(), field(1, mask(MGF1, hash(SHA_384))), salt()]),
        ("unknown-mask", vec![hash_field(), field(1, mask(&[1, 2, 3], hash(SHA_256))), salt()]),
        ("short-salt", vec![hash_field(), mask_field(), field(2, number(31))]),
        ("trailer-2", vec![hash_field(), mask_field(), salt(), field(3, number(2))]),
        ("another-field", vec![hash_field(), mask_field(), salt(), field(4, number(1))]),
        ("swapped", vec![mask_field(), hash_field(), salt()]),
    ] {
        let name = format!("algorithms/pss/{name}");
        cases.push(of(&fields).untrusted(&name, "X509-03", FIELD));
    }
    cases
}
