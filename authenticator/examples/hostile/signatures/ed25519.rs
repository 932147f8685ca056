//! Ed25519 signatures (RFC 8032, section 5.1) that some implementations accept: with a large S, an
//! R of small order, another encoding of R, or points outside the group of the base point.

use num_bigint::BigUint;
use serde_json::Value;
use sha2::{Digest, Sha512};
use webauthn_verify_authenticator::algorithm::{ED25519, EDDSA};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, PrivateKey, PublicNumbers};

use super::{Invalid, case_with_key, signed};
use crate::case::{Case, LOGIN_FLAGS, Login, RP_ID};
use crate::cose_keys::{encoded_25519, p25519, plus_order_2};
use crate::curves::{hex, little_endian, number, power_of_2};

const SEED: [u8; 32] = *b"the seed of an Ed25519 key......";

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for algorithm in [EDDSA, ED25519] {
        cases.extend(large_s(algorithm));
        cases.extend(small_order_r(algorithm));
        cases.extend(variants(algorithm));
        cases.extend(mixed_order_key(algorithm));
    }
    cases
}

/// Returns l, the order of the base point.
fn order() -> BigUint {
    power_of_2(252) + hex("14def9dea2f79cd65812631a5cf5d3ed")
}

fn hash(parts: &[&[u8]]) -> BigUint {
    BigUint::from_bytes_le(&Sha512::digest(parts.concat()))
}

/// A key with its secrets, and the nonce for the message of all logins.
struct Key {
    /// The encoded public key.
    a: Vec<u8>,
    secret: BigUint,
    /// The nonce, modulo l.
    nonce: BigUint,
    /// The encoded point of the nonce.
    r: Vec<u8>,
}

impl Key {
    fn new() -> Key {
        let private = PrivateKey::ed25519(&SEED);
        let PublicNumbers::Ed25519 { x } = private.public_numbers() else {
            panic!("an Ed25519 key has another kind of numbers");
        };
        let secrets = Sha512::digest(SEED);
        let mut secret = secrets[..32].to_vec();
        secret[0] &= 0xf8;
        secret[31] = secret[31] & 0x3f | 0x40;
        let nonce = hash(&[&secrets[32..], &signed()]) % order();
        let r = private.sign(&signed())[..32].to_vec();
        Key { a: x.to_vec(), secret: BigUint::from_bytes_le(&secret), nonce, r }
    }

    /// Returns S for this R, whose nonce is `nonce`.
    fn s(&self, r: &[u8], nonce: &BigUint, message: &[u8]) -> BigUint {
        (nonce + hash(&[r, &self.a, message]) * &self.secret) % order()
    }

    /// Returns the correct signature.
    fn sign(&self) -> (Vec<u8>, BigUint) {
        (self.r.clone(), self.s(&self.r, &self.nonce, &signed()))
    }
}

fn signature(r: &[u8], s: &BigUint) -> Vec<u8> {
    [r, &little_endian(s, 32)].concat()
}

fn cose_key(algorithm: i64, a: &[u8]) -> Vec<u8> {
    let x = a.try_into().expect("32 bytes");
    PublicNumbers::Ed25519 { x }.cose_key(algorithm).expect("an Ed25519 key")
}

fn with_signature(algorithm: i64, name: &str, signature: Vec<u8>) -> Case {
    let key = cose_key(algorithm, &Key::new().a);
    case_with_key(algorithm, name, "SIG-07", &key, signature)
}

/// Values of S that are equal modulo l, and other changes of S.
fn large_s(algorithm: i64) -> Vec<Value> {
    let (r, s) = Key::new().sign();
    let l = order();
    let with =
        |name: &str, s: &BigUint| with_signature(algorithm, &format!("s/{name}"), signature(&r, s));
    let mut cases = vec![with("whole", &s).accept()];
    for (name, s) in [
        ("plus-l", &s + &l),
        ("plus-2-l", &s + number(2) * &l),
        ("plus-8-l", &s + number(8) * &l),
        ("plus-14-l", &s + number(14) * &l),
        ("negated", &l - &s),
        ("0", number(0)),
        ("l", l.clone()),
        ("plus-1", &s + number(1)),
        ("highest-bit", &s + power_of_2(255)),
        ("bit-253", &s + power_of_2(253)),
    ] {
        cases.push(with(name, &s).invalid());
    }
    let swapped = [little_endian(&s, 32), r].concat();
    cases.push(with_signature(algorithm, "s/before-r", swapped).invalid());
    cases
}

/// An R of small order. The equation holds for the neutral point, whose nonce is zero. For the
/// others, it holds only if both sides are multiplied by 8.
fn small_order_r(algorithm: i64) -> Vec<Value> {
    let key = Key::new();
    let p = p25519();
    let order_8 = hex("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7");
    let mut cases = Vec::new();
    for (name, y, x_is_odd) in [
        ("order-1", number(1), false),
        ("order-1-and-odd", number(1), true),
        ("order-1-not-canonical", &p + number(1), false),
        ("order-1-not-canonical-and-odd", &p + number(1), true),
        ("order-2", &p - number(1), false),
        ("order-2-and-odd", &p - number(1), true),
        ("order-4", number(0), false),
        ("order-4-and-odd", number(0), true),
        ("order-4-not-canonical", p.clone(), false),
        ("order-8", order_8.clone(), false),
        ("order-8-and-odd", order_8.clone(), true),
        ("order-8-and-negated-y", &p - &order_8, false),
    ] {
        let r = encoded_25519(&y, x_is_odd);
        let s = key.s(&r, &number(0), &signed());
        let case = with_signature(algorithm, &format!("r/{name}"), signature(&r, &s));
        cases.push(case.invalid());
    }
    let mixed = plus_order_2(&key.r);
    let s = key.s(&mixed, &key.nonce, &signed());
    cases.push(with_signature(algorithm, "r/mixed-order", signature(&mixed, &s)).invalid());
    let (r, s) = key.sign();
    let mut negated = r;
    negated[31] ^= 0x80;
    cases.push(with_signature(algorithm, "r/negated", signature(&negated, &s)).invalid());
    let no_point = encoded_25519(&number(2), false);
    let s = key.s(&no_point, &number(0), &signed());
    cases.push(with_signature(algorithm, "r/no-point", signature(&no_point, &s)).invalid());
    cases
}

/// Ed25519ctx, Ed25519ph, and signatures without the key in the hash.
fn variants(algorithm: i64) -> Vec<Value> {
    const PREFIX: &[u8] = b"SigEd25519 no Ed25519 collisions";
    let key = Key::new();
    let message = signed();
    let hashed = Sha512::digest(&message);
    let challenge = |parts: &[&[u8]]| hash(parts);
    let (r, a) = (&key.r[..], &key.a[..]);
    let mut cases = Vec::new();
    for (name, challenge) in [
        ("context", challenge(&[PREFIX, &[0, 1], b"x", r, a, &message])),
        ("empty-context", challenge(&[PREFIX, &[0, 0], r, a, &message])),
        ("prehash", challenge(&[PREFIX, &[1, 0], r, a, &hashed])),
        ("prehash-without-prefix", challenge(&[r, a, &hashed])),
        ("without-key", challenge(&[r, &message])),
        ("key-first", challenge(&[a, r, &message])),
    ] {
        let s = (&key.nonce + challenge * &key.secret) % order();
        let case = with_signature(algorithm, &format!("variant/{name}"), signature(r, &s));
        cases.push(case.invalid());
    }
    cases
}

/// A key whose order is 2 l. Without cofactors, a signature is valid only if the challenge is even.
fn mixed_order_key(algorithm: i64) -> Vec<Value> {
    let own = Key::new();
    let key = Key { a: plus_order_2(&own.a), ..own };
    let mut cases = Vec::new();
    for (name, is_even) in [("even", true), ("odd", false)] {
        let logins = (1..100).map(|counter| {
            let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, counter).build();
            Login::with_algorithm(algorithm).authenticator_data(data)
        });
        let challenge = |login: &Login| hash(&[&key.r, &key.a, &login.signed()]) % order();
        let login = logins.into_iter().find(|login| challenge(login).bit(0) != is_even);
        let login = login.expect("half of them");
        let s = key.s(&key.r, &key.nonce, &login.signed());
        let name = format!("key-of-mixed-order/{name}-challenge");
        let cose_key = cose_key(algorithm, &key.a);
        let case = case_with_key(algorithm, &name, "SIG-07", &cose_key, Vec::new());
        let case = case.edit(|response| {
            *response = login.signature(signature(&key.r, &s)).response();
        });
        cases.push(if is_even { case.accept() } else { case.invalid() });
    }
    cases
}
