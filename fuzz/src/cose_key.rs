//! COSE keys, compared with `ciborium` and, as SubjectPublicKeyInfo, with `x509-parser`. The input
//! is a key. The bytes after it are tried as a signature, which must never verify.

use ciborium::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{ErrorKind, KeyMaterial, signature};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::site::{decode_cbor, encode_cbor};

/// The message of the signature.
const MESSAGE: &[u8] = b"a message that no seed signs";

pub fn check(input: &[u8]) {
    let mut rest = input;
    match ciborium::from_reader::<Value, _>(&mut rest) {
        Ok(_) if !rest.is_empty() => {
            assert!(CoseKey::parse(input).is_err(), "bytes after the key are accepted");
            check_key(&input[..input.len() - rest.len()], rest);
        }
        _ => check_key(input, &[]),
    }
}

fn check_key(bytes: &[u8], random: &[u8]) {
    let key = match CoseKey::parse(bytes) {
        Ok(key) => key,
        Err(failure) => {
            if let Some(error) = failure.parse_error() {
                assert!(error.offset() <= bytes.len(), "{error}");
            }
            assert!(!failure.to_string().is_empty());
            return;
        }
    };
    assert_eq!(key.as_bytes(), bytes);
    let material = key.public_key().material();
    check_members(bytes, key.public_key().algorithm().cose_id(), material);
    check_spki(material);

    let failure = signature::verify(key.public_key(), MESSAGE, random)
        .expect_err("a random signature verifies");
    match signature::validate_key(key.public_key()) {
        Ok(()) => assert_eq!(failure.kind(), ErrorKind::SignatureInvalid, "{failure}"),
        Err(invalid) => {
            assert_eq!(invalid.kind(), ErrorKind::PointNotOnCurve);
            assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
        }
    }
}

/// Checks that the reference reads the same parameters, and that it encodes them as the same bytes.
fn check_members(bytes: &[u8], algorithm: i64, material: &KeyMaterial<'_>) {
    let decoded = decode_cbor(bytes).expect("the reference refuses the key");
    assert_eq!(encode_cbor(&decoded), bytes);
    let number = |label: i64, value: i64| (Value::from(label), Value::from(value));
    let string = |label: i64, value: &[u8]| (Value::from(label), Value::from(value));
    let point = |curve, x: &[u8], y: &[u8]| {
        let ends = [string(-2, x), string(-3, y)];
        [vec![number(1, 2), number(3, algorithm), number(-1, curve)], ends.to_vec()].concat()
    };
    let edwards =
        |curve, x| vec![number(1, 1), number(3, algorithm), number(-1, curve), string(-2, x)];
    let lattice = |public_key| vec![number(1, 7), number(3, algorithm), string(-1, public_key)];
    let expected = match *material {
        KeyMaterial::P256 { x, y } => point(1, x, y),
        KeyMaterial::P384 { x, y } => point(2, x, y),
        KeyMaterial::P521 { x, y } => point(3, x, y),
        KeyMaterial::Secp256k1 { x, y } => point(8, x, y),
        KeyMaterial::Ed25519 { x } => edwards(6, x),
        KeyMaterial::Ed448 { x } => edwards(7, x),
        KeyMaterial::MlDsa44 { public_key } => lattice(&public_key[..]),
        KeyMaterial::MlDsa65 { public_key } => lattice(public_key),
        KeyMaterial::MlDsa87 { public_key } => lattice(public_key),
        KeyMaterial::Rsa { modulus, exponent } => {
            vec![number(1, 3), number(3, algorithm), string(-1, modulus), string(-2, exponent)]
        }
        _ => panic!("a key of a new type"),
    };
    assert_eq!(decoded, Value::Map(expected));
}

fn check_spki(material: &KeyMaterial<'_>) {
    let der = material.to_spki_der();
    let (rest, info) = SubjectPublicKeyInfo::from_der(&der).expect("the key does not parse back");
    assert!(rest.is_empty());
    let oid = info.algorithm.algorithm.to_id_string();
    let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    let curve = curve.map(|oid| oid.to_id_string());
    let point = &info.subject_public_key.data[..];
    let expect_point = |named_curve: &str, x: &[u8], y: &[u8]| {
        assert_eq!(oid, "1.2.840.10045.2.1");
        assert_eq!(curve.as_deref(), Some(named_curve));
        assert_eq!(point, [&[4], x, y].concat());
    };
    let expect_bytes = |algorithm: &str, bytes: &[u8]| {
        assert_eq!(oid, algorithm);
        assert!(info.algorithm.parameters.is_none());
        assert_eq!(point, bytes);
    };
    match *material {
        KeyMaterial::P256 { x, y } => expect_point("1.2.840.10045.3.1.7", x, y),
        KeyMaterial::P384 { x, y } => expect_point("1.3.132.0.34", x, y),
        KeyMaterial::P521 { x, y } => expect_point("1.3.132.0.35", x, y),
        KeyMaterial::Secp256k1 { x, y } => expect_point("1.3.132.0.10", x, y),
        KeyMaterial::Ed25519 { x } => expect_bytes("1.3.101.112", x),
        KeyMaterial::Ed448 { x } => expect_bytes("1.3.101.113", x),
        KeyMaterial::MlDsa44 { public_key } => expect_bytes("2.16.840.1.101.3.4.3.17", public_key),
        KeyMaterial::MlDsa65 { public_key } => expect_bytes("2.16.840.1.101.3.4.3.18", public_key),
        KeyMaterial::MlDsa87 { public_key } => expect_bytes("2.16.840.1.101.3.4.3.19", public_key),
        KeyMaterial::Rsa { modulus, exponent } => {
            let Ok(PublicKey::RSA(key)) = info.parsed() else { panic!("not an RSA key") };
            assert_eq!(unsigned(key.modulus), modulus);
            assert_eq!(unsigned(key.exponent), exponent);
        }
        _ => panic!("a key of a new type"),
    }
}

/// Returns the content of a DER INTEGER without a leading zero byte. It must be positive.
fn unsigned(integer: &[u8]) -> &[u8] {
    match integer {
        [0, rest @ ..] => {
            assert!(matches!(rest, [0x80..=0xff, ..]), "not minimal");
            rest
        }
        _ => {
            assert!(matches!(integer, [0..=0x7f, ..]), "not positive");
            integer
        }
    }
}
