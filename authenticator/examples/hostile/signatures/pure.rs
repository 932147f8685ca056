//! Ed448 and ML-DSA signatures that are not canonical, or have a context.

use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use num_bigint::BigUint;
use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{ED448, ML_DSA_44, ML_DSA_65, ML_DSA_87};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

use super::{Invalid, case, case_with_key, signed};
use crate::case::key;
use crate::curves::{little_endian, number};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = ed448();
    cases.extend(ed448_contexts());
    for algorithm in [ML_DSA_44, ML_DSA_65, ML_DSA_87] {
        cases.extend(hints(algorithm));
    }
    cases.extend(ml_dsa_contexts::<MlDsa44>(ML_DSA_44, |public_key| PublicNumbers::MlDsa44 {
        public_key,
    }));
    cases.extend(ml_dsa_contexts::<MlDsa65>(ML_DSA_65, |public_key| PublicNumbers::MlDsa65 {
        public_key,
    }));
    cases.extend(ml_dsa_contexts::<MlDsa87>(ML_DSA_87, |public_key| PublicNumbers::MlDsa87 {
        public_key,
    }));
    cases
}

/// Values of S and R that are not canonical.
fn ed448() -> Vec<Value> {
    let order = super::ed448::order();
    let good = key(ED448).sign(&signed());
    let (r, s) = good.split_at(57);
    let s = BigUint::from_bytes_le(s);
    let with_s = |s: &BigUint| [r, &little_endian(s, 57)].concat();
    let with_byte = |at: usize, bit: u8| {
        let mut signature = good.clone();
        signature[at] ^= bit;
        signature
    };
    let mut cases = Vec::new();
    for (name, signature) in [
        ("s/plus-l", with_s(&(&s + &order))),
        ("s/plus-2-l", with_s(&(&s + number(2) * &order))),
        ("s/l", with_s(&order)),
        ("s/0", with_s(&number(0))),
        ("s/negated", with_s(&(&order - &s))),
        ("s/last-byte", with_byte(113, 0x01)),
        ("s/highest-bit", with_byte(113, 0x80)),
        ("r/negated", with_byte(56, 0x80)),
        ("r/lowest-bit-of-last-byte", with_byte(56, 0x01)),
        ("r/bit-6-of-last-byte", with_byte(56, 0x40)),
        ("r/ones", [&[0xff; 57], &good[57..]].concat()),
        ("r/neutral", [&[1], &[0; 56][..], &good[57..]].concat()),
        ("before-r", [&good[57..], r].concat()),
    ] {
        cases.push(case(ED448, name, "SIG-08", signature).invalid());
    }
    cases
}

/// Signatures with an empty context and with others.
fn ed448_contexts() -> Vec<Value> {
    let seed = [0x48; 57];
    let cose_key = PrivateKey::ed448(&seed).cose_key().expect("a key of its algorithm");
    let signer = ed448_goldilocks::SigningKey::from(ed448_goldilocks::SecretKey::from(seed));
    let mut cases = Vec::new();
    for (name, context) in [("empty", &b""[..]), ("x", b"x"), ("zero", b"\0")] {
        let signature = signer.sign_ctx(context, &signed()).expect("a short context");
        let signature = signature.to_bytes().to_vec();
        let name = format!("context/{name}");
        let case = case_with_key(ED448, &name, "SIG-08", &cose_key, signature);
        cases.push(if context.is_empty() { case.accept() } else { case.invalid() });
    }
    cases
}

/// Changed hints at the end of a signature (FIPS 204, algorithm 20), and other parts.
fn hints(algorithm: i64) -> Vec<Value> {
    let good = key(algorithm).sign(&signed());
    // The last bytes are the ends of the hints of each polynomial, and before them are the
    // positions of the hints. Unused positions are zero.
    let (polynomials, positions) = match algorithm {
        ML_DSA_44 => (4, 80),
        ML_DSA_65 => (6, 55),
        _ => (8, 75),
    };
    let first = good.len() - polynomials - positions;
    let ends = good.len() - polynomials;
    let changed = |at: usize, value: u8| {
        let mut signature = good.clone();
        signature[at] = value;
        signature
    };
    let mut swapped = good.clone();
    swapped.swap(first, first + 1);
    let mut cases = Vec::new();
    for (name, signature) in [
        ("count-too-large", changed(good.len() - 1, 255)),
        ("count-zero", changed(good.len() - 1, 0)),
        ("counts-decrease", changed(ends, 255)),
        ("positions-not-ascending", swapped),
        ("position-twice", changed(first, good[first + 1])),
        ("unused-position", changed(ends - 1, 1)),
        ("other-position", changed(first, good[first] ^ 1)),
    ] {
        let case = case(algorithm, &format!("hint/{name}"), "SIG-09", signature);
        cases.push(case.invalid());
    }
    cases
}

/// Signatures with an empty context and with another.
fn ml_dsa_contexts<P: MlDsaParams>(
    algorithm: i64,
    numbers: fn(Vec<u8>) -> PublicNumbers,
) -> Vec<Value> {
    let signer = ExpandedSigningKey::<P>::from_seed(&[0x44; 32].into());
    let public_key = signer.verifying_key().encode().to_vec();
    let cose_key = numbers(public_key).cose_key(algorithm).expect("a key of its algorithm");
    let mut cases = Vec::new();
    for (name, context) in [("empty", &b""[..]), ("x", b"x")] {
        let signature = signer.sign_deterministic(&signed(), context).expect("a short context");
        let signature = signature.encode().to_vec();
        let name = format!("context/{name}");
        let case = case_with_key(algorithm, &name, "SIG-09", &cose_key, signature);
        cases.push(if context.is_empty() { case.accept() } else { case.invalid() });
    }
    cases
}
