//! Ed448 signatures (RFC 8032, section 5.2) with another R or another hash, for which the equation
//! holds.

use num_bigint::BigUint;
use serde_json::Value;
use shake::Shake256;
use shake::digest::{ExtendableOutput, Update, XofReader};
use webauthn_verify_authenticator::algorithm::ED448;
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

use super::{Invalid, case_with_key, signed};
use crate::curves::{hex, little_endian, number, power_of_2};

const SEED: [u8; 57] = [0x48; 57];

/// The start of every hash.
const DOMAIN: &[u8] = b"SigEd448";

pub(super) fn cases() -> Vec<Value> {
    let key = Key::new();
    let message = signed();
    let (r, a) = (&key.r[..], &key.a[..]);
    let prime = power_of_2(448) - power_of_2(224) - number(1);
    let neutral = [little_endian(&(prime + number(1)), 56), vec![0]].concat();
    let with_bit = |bit: u8| {
        let mut r = key.r.clone();
        r[56] |= bit;
        r
    };
    let own = |r: &[u8]| number_of(&hash(&[DOMAIN, &[0, 0], r, a, &message], 114));
    let prehash = hash(&[&message], 64);
    let mut cases = vec![key.case("other/whole", r, &key.nonce, &own(r)).accept()];
    for (name, r, nonce, challenge) in [
        ("r/with-bit-0", with_bit(0x01), &key.nonce, None),
        ("r/with-bit-6", with_bit(0x40), &key.nonce, None),
        ("r/neutral-and-not-canonical", neutral, &number(0), None),
        ("other/context", r.to_vec(), &key.nonce, {
            Some(hash(&[DOMAIN, &[0, 1], b"x", r, a, &message], 114))
        }),
        ("other/prehash", r.to_vec(), &key.nonce, {
            Some(hash(&[DOMAIN, &[1, 0], r, a, &prehash], 114))
        }),
        ("other/prehash-as-message", r.to_vec(), &key.nonce, {
            Some(hash(&[DOMAIN, &[0, 0], r, a, &prehash], 114))
        }),
        ("other/without-domain", r.to_vec(), &key.nonce, Some(hash(&[r, a, &message], 114))),
        ("other/without-key", r.to_vec(), &key.nonce, {
            Some(hash(&[DOMAIN, &[0, 0], r, &message], 114))
        }),
    ] {
        let challenge = challenge.map_or_else(|| own(&r), |challenge| number_of(&challenge));
        cases.push(key.case(name, &r, nonce, &challenge).invalid());
    }
    cases
}

/// Returns the order of the base point.
pub(super) fn order() -> BigUint {
    hex("3fffffffffffffffffffffffffffffffffffffffffffffffffffffff\
         7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3")
}

fn hash(parts: &[&[u8]], length: usize) -> Vec<u8> {
    let mut output = vec![0; length];
    Shake256::default().chain(parts.concat()).finalize_xof().read(&mut output);
    output
}

fn number_of(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_le(bytes)
}

/// A key with its secret, and the nonce for the message of all logins.
struct Key {
    /// The encoded public key.
    a: Vec<u8>,
    secret: BigUint,
    nonce: BigUint,
    /// The encoded point of the nonce.
    r: Vec<u8>,
}

impl Key {
    fn new() -> Key {
        let private = PrivateKey::ed448(&SEED);
        let PublicNumbers::Ed448 { x } = private.public_numbers() else {
            panic!("an Ed448 key has another kind of numbers");
        };
        let secrets = hash(&[&SEED], 114);
        let mut secret = secrets[..57].to_vec();
        secret[0] &= 0xfc;
        secret[55] |= 0x80;
        secret[56] = 0;
        let nonce = number_of(&hash(&[DOMAIN, &[0, 0], &secrets[57..], &signed()], 114));
        let r = private.sign(&signed())[..57].to_vec();
        Key { a: x.to_vec(), secret: number_of(&secret), nonce, r }
    }

    fn case(
        &self,
        name: &str,
        r: &[u8],
        nonce: &BigUint,
        challenge: &BigUint,
    ) -> crate::case::Case {
        let s = (nonce + challenge * &self.secret) % order();
        let signature = [r, &little_endian(&s, 57)].concat();
        let x = self.a[..].try_into().expect("57 bytes");
        let cose_key = PublicNumbers::Ed448 { x }.cose_key(ED448).expect("an Ed448 key");
        case_with_key(ED448, name, "SIG-08", &cose_key, signature)
    }
}
