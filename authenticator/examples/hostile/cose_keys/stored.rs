//! Credential records with a key that no registration could have stored. Nothing can sign in with
//! them, so nothing can run these cases.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{ED448, EDDSA, ES256, ES256K, ES384, ES512, RS256};
use webauthn_verify_authenticator::mersenne;

use super::members::Members;
use super::okp::encoded_25519;
use crate::case::{Login, bare_record};
use crate::curves::number;
use crate::encoding::bytes;

pub(super) fn cases() -> Vec<Value> {
    let of = Members::of;
    let point_off = |algorithm: i64| {
        let (label, mut y) = of(algorithm).numbers().remove(1);
        *y.last_mut().expect("not empty") ^= 1;
        of(algorithm).with(label, &bytes(&y)).encode()
    };
    let with_x = |algorithm: i64, x: &[u8]| of(algorithm).with(-2, &bytes(x)).encode();
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        of(RS256).with(-1, &bytes(modulus)).with(-2, &bytes(exponent)).encode()
    };
    let es256 = of(ES256);
    let mut cases = Vec::new();
    for (name, rule, algorithm, key) in [
        ("es256-off-curve", "COSE-09", ES256, point_off(ES256)),
        ("es384-off-curve", "COSE-09", ES384, point_off(ES384)),
        ("es512-off-curve", "COSE-09", ES512, point_off(ES512)),
        ("es256k-off-curve", "COSE-09", ES256K, point_off(ES256K)),
        ("ed25519-of-order-1", "SIG-07", EDDSA, with_x(EDDSA, &encoded_25519(&number(1), false))),
        ("ed25519-not-a-point", "COSE-11", EDDSA, with_x(EDDSA, &encoded_25519(&number(2), false))),
        ("ed448-ones", "COSE-13", ED448, with_x(ED448, &[0xff; 57])),
        ("rsa-of-2047-bits", "COSE-16", RS256, rsa(&mersenne(2047), &[1, 0, 1])),
        ("rsa-with-exponent-1", "COSE-17", RS256, rsa(&mersenne(2203), &[1])),
        ("rs1", "COSE-18", RS256, of(RS256).with_algorithm(-65_535).encode()),
        ("unknown-algorithm", "COSE-20", ES256, es256.with_algorithm(-261).encode()),
        ("of-another-kind", "COSE-02", ES256, es256.with_algorithm(EDDSA).encode()),
        ("with-trailing-byte", "KB-24", ES256, [es256.encode(), vec![0]].concat()),
        ("out-of-order", "CBOR-12", ES256, es256.swapped(0, 1).encode()),
        ("without-y", "COSE-03", ES256, es256.without(-3).encode()),
        ("empty", "COSE-01", ES256, Vec::new()),
    ] {
        let case = Login::with_algorithm(algorithm).case(&format!("cose-keys/stored/{name}"), rule);
        cases.push(case.with("credential", bare_record(&key)).unusable());
    }
    cases
}
