//! The public keys of attestation certificates.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{EDDSA, ES256K, ES384, ES512, ESP256};
use webauthn_verify_authenticator::certificates::{
    attestation_certificate, issued_by, key, rsa_key,
};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers, der, mersenne};

use super::{Path, by_root, identifier, leaf, leaf_fields, of_der};

const EC: &[u64] = &[1, 2, 840, 10045, 2, 1];
const P256: &[u64] = &[1, 2, 840, 10045, 3, 1, 7];
const P384: &[u64] = &[1, 3, 132, 0, 34];
const RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
const ED25519: &[u64] = &[1, 3, 101, 112];

pub(super) fn cases() -> Vec<Value> {
    [accepted(), points(), rsa(), others()].concat()
}

fn seeded(algorithm: i64) -> PrivateKey {
    PrivateKey::from_seed(algorithm, b"leaf").expect("an algorithm of the authenticator")
}

/// Returns a path with a certificate for this key, which signs.
fn of_key(key: &PrivateKey) -> Path {
    let certificate = attestation_certificate(&key.public_numbers());
    Path::of(&[issued_by("root", certificate)]).signer(key.clone())
}

/// Returns a path with this SubjectPublicKeyInfo. This key signs.
fn with_info(signer: &PrivateKey, info: &[u8]) -> Path {
    let certificate = leaf().subject_public_key_info(info);
    Path::of(&[issued_by("root", certificate)]).signer(signer.clone())
}

fn info(algorithm: Vec<u8>, bits: &[u8]) -> Vec<u8> {
    der::sequence(&[algorithm, der::bit_string(0, bits)])
}

fn accepted() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, key) in [
        ("es384", seeded(ES384)),
        ("es512", seeded(ES512)),
        ("ed25519", seeded(EDDSA)),
        ("rs256", rsa_key()),
        // The same curve and hash under another number.
        ("esp256", key("leaf").with_algorithm(ESP256).expect("an algorithm for P-256")),
    ] {
        cases.push(of_key(&key).accept(&format!("keys/{name}"), "KB-21"));
    }
    // No certificate here can have this key.
    let path = of_key(&seeded(ES256K));
    cases.push(path.case("keys/es256k", "KB-21").reject("UnsupportedAlgorithm", "22"));
    cases
}

fn points() -> Vec<Value> {
    let on = |curve: &[u64]| identifier(EC, &[der::object_identifier(curve)]);
    let signer = key("leaf");
    let PublicNumbers::P256 { x, y } = signer.public_numbers() else { panic!("not on P-256") };
    let point = signer.public_numbers().subject_public_key();
    let compressed = [&[2 + (y[31] & 1)], &x[..]].concat();
    let hybrid = [&[6 + (y[31] & 1)], &point[1..]].concat();
    let mut cases = Vec::new();
    for (name, info) in [
        ("compressed", info(on(P256), &compressed)),
        ("hybrid", info(on(P256), &hybrid)),
        ("infinity", info(on(P256), &[0])),
        ("raw-coordinates", info(on(P256), &point[1..])),
        ("trailing-byte", info(on(P256), &[&point[..], &[0]].concat())),
        ("cut-short", info(on(P256), &point[..64])),
        ("other-curve", info(on(P384), &point)),
        ("empty", info(on(P256), &[])),
    ] {
        let path = with_info(&signer, &info);
        cases.push(path.malformed(&format!("keys/point/{name}"), "X509-01"));
    }
    let off_curve = [&point[..64], &[point[64] ^ 1]].concat();
    let path = with_info(&signer, &info(on(P256), &off_curve));
    cases.push(path.case("keys/point/off-the-curve", "X509-03").reject("PointNotOnCurve", "22"));
    for (name, algorithm) in [
        ("no-curve", identifier(EC, &[])),
        ("null-curve", identifier(EC, &[der::null()])),
        ("explicit-curve", identifier(EC, &[der::sequence(&[der::integer(&[1])])])),
        ("unknown-curve", on(&[1, 2, 3])),
        // id-ecDH, which cannot sign.
        ("key-agreement", identifier(&[1, 3, 132, 1, 12], &[der::object_identifier(P256)])),
    ] {
        let path = with_info(&signer, &info(algorithm, &point));
        let case = path.case(&format!("keys/point/{name}"), "X509-03");
        cases.push(case.reject("UnsupportedAlgorithm", "22"));
    }
    cases
}

/// RSA keys, whose numbers are checked before any signature.
fn rsa() -> Vec<Value> {
    let signer = rsa_key();
    let PublicNumbers::Rsa { modulus, exponent } = signer.public_numbers() else {
        panic!("not an RSA key")
    };
    let numbers = |modulus: &[u8], exponent: &[u8]| {
        der::sequence(&[der::integer(modulus), der::integer(exponent)])
    };
    let of = |bits: &[u8]| with_info(&signer, &info(identifier(RSA, &[der::null()]), bits));
    let good = numbers(&modulus, &exponent);
    let raw = |tag: u8, modulus: &[u8]| {
        der::sequence(&[der::value(tag, modulus), der::integer(&exponent)])
    };
    let mut cases = Vec::new();
    for (name, bits) in [
        ("trailing-byte", [&good[..], &[0]].concat()),
        ("third-number", der::with_more_inside(&good, &der::integer(&[1]))),
        ("no-exponent", der::sequence(&[der::integer(&modulus)])),
        ("negative-modulus", raw(2, &[&[0x83], &modulus[1..]].concat())),
        ("leading-zero", raw(2, &[&[0], &modulus[..]].concat())),
        ("modulus-as-octet-string", raw(4, &modulus)),
        ("long-length", der::with_long_length(&good)),
        ("set", der::set(&[der::integer(&modulus), der::integer(&exponent)])),
        ("exponent-65539", numbers(&modulus, &[1, 0, 3])),
        ("exponent-of-9-bytes", numbers(&modulus, &[1; 9])),
        ("empty", Vec::new()),
    ] {
        cases.push(of(&bits).malformed(&format!("keys/rsa/{name}"), "X509-01"));
    }
    for (name, algorithm) in [
        ("no-parameters", identifier(RSA, &[])),
        ("other-parameters", identifier(RSA, &[der::octet_string(b"free")])),
    ] {
        let path = with_info(&signer, &info(algorithm, &good));
        cases.push(path.malformed(&format!("keys/rsa/{name}"), "X509-03"));
    }
    let pss = identifier(&[1, 2, 840, 113_549, 1, 1, 10], &[]);
    let path = with_info(&signer, &info(pss, &good)).case("keys/rsa/only-for-pss", "X509-03");
    cases.push(path.reject("UnsupportedAlgorithm", "22"));
    // The rules of credential keys also apply to the sizes and exponents of attestation keys.
    let refused = |name: &str, rule: &str, bits: &[u8]| {
        let case = of(bits).case(&format!("keys/rsa/{name}"), rule);
        case.reject("InvalidCoseKey", "22")
    };
    let even = [&modulus[..modulus.len() - 1], &[0xfe]].concat();
    cases.push(refused("2047-bits", "COSE-16", &numbers(&mersenne(2047), &exponent)));
    cases.push(refused("8193-bits", "COSE-16", &numbers(&mersenne(8193), &exponent)));
    cases.push(refused("even-modulus", "COSE-16", &numbers(&even, &exponent)));
    cases.push(refused("exponent-1", "COSE-17", &numbers(&modulus, &[1])));
    cases.push(refused("exponent-65536", "COSE-17", &numbers(&modulus, &[1, 0, 0])));
    cases
}

fn others() -> Vec<Value> {
    let signer = seeded(EDDSA);
    let bits = signer.public_numbers().subject_public_key();
    let with = |algorithm: Vec<u8>, bits: &[u8]| with_info(&signer, &info(algorithm, bits));
    let plain = || identifier(ED25519, &[]);
    let x25519 = with(identifier(&[1, 3, 101, 110], &[]), &bits);
    let mut tagged = leaf_fields();
    tagged.public_key[0] = 0x31;
    // The statement names an algorithm of another kind of key.
    let other_kind = of_key(&key("leaf")).signer(rsa_key()).case("keys/other-kind", "SIG-10");
    let other_curve = of_key(&key("leaf")).signer(seeded(ES384)).case("keys/other-curve", "SIG-10");
    let other_key = of_key(&key("leaf")).signer(key("other")).case("keys/other-key", "KB-21");
    vec![
        with(identifier(ED25519, &[der::null()]), &bits)
            .malformed("keys/ed25519/null-parameters", "X509-03"),
        with(plain(), &bits[..31]).malformed("keys/ed25519/31-bytes", "X509-01"),
        with(plain(), &[&bits[..], &[0]].concat()).malformed("keys/ed25519/33-bytes", "X509-01"),
        x25519.case("keys/x25519", "X509-03").reject("UnsupportedAlgorithm", "22"),
        of_der(by_root(&tagged)).malformed("keys/set", "X509-01"),
        other_kind.reject_field("AlgorithmKeyMismatch", "22", "attStmt.alg"),
        other_curve.reject_field("AlgorithmKeyMismatch", "22", "attStmt.alg"),
        other_key.reject_field("SignatureInvalid", "22", "attStmt.sig"),
    ]
    .into_iter()
    .chain(unknown_algorithms())
    .collect()
}

/// Statements with an algorithm that no certificate key can have.
fn unknown_algorithms() -> Vec<Value> {
    use webauthn_verify_authenticator::AttestationStatement;

    use crate::case::Registration;

    let statement = |alg: i64| {
        let registration = Registration::new();
        let signature = key("leaf").sign(&registration.signed());
        let x5c = [issued_by("root", leaf())];
        let statement = AttestationStatement::packed(alg, &signature, Some(&x5c));
        registration.statement(statement.expect("CBOR in memory"))
    };
    let mut cases = Vec::new();
    for (name, alg) in [("zero", 0), ("positive", 7), ("rs1", -65535), ("ecdh", -25)] {
        let case = statement(alg).case(&format!("certificates/keys/alg-{name}"), "KB-23");
        cases.push(case.reject_field("UnsupportedAlgorithm", "22", "attStmt.alg"));
    }
    cases
}
