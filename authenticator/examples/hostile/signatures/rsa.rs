//! RSA signatures of other lengths and values, and of other algorithms. Their key has known primes,
//! so that any number can be signed.

use num_bigint::BigUint;
use serde_json::Value;
use webauthn_verify_authenticator::algorithm::RS256;
use webauthn_verify_authenticator::{
    AuthenticatorDataBuilder, PrivateKey, PublicNumbers, mersenne,
};

use super::{Invalid, RSA, case_with_key, hash, signed};
use crate::case::{Case, LOGIN_FLAGS, Login, RP_ID, key, record};
use crate::cose_keys::name_of;
use crate::curves::{big_endian, number, power_of_2};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = values();
    cases.extend(exponents());
    cases.extend(leading_zeros());
    for algorithm in RSA {
        cases.extend(algorithms(algorithm));
    }
    cases
}

/// An RSA key.
pub(super) struct Key {
    pub(super) n: BigUint,
    exponent: BigUint,
    private_exponent: BigUint,
}

impl Key {
    /// A key of 3482 bits. The highest byte of its modulus has 2 bits.
    pub(super) fn usual() -> Key {
        let [p, q] = [1279, 2203].map(|bits| BigUint::from_bytes_be(&mersenne(bits)));
        Key::new(p, q, number(65_537))
    }

    /// A key of this many bits. `lacking` is the difference between the second prime and a power of
    /// two.
    pub(super) fn of(bits: u32, lacking: u32) -> Key {
        let p = BigUint::from_bytes_be(&mersenne(1279));
        Key::new(p, power_of_2(bits - 1279) - number(lacking), number(65_537))
    }

    fn new(p: BigUint, q: BigUint, exponent: BigUint) -> Key {
        let order = (&p - number(1)) * (&q - number(1));
        let private_exponent = exponent.modinv(&order).expect("no common factor");
        Key { n: p * q, exponent, private_exponent }
    }

    pub(super) fn bits(&self) -> usize {
        usize::try_from(self.n.bits()).expect("a few thousand")
    }

    /// Returns the length of the modulus in bytes.
    pub(super) fn length(&self) -> usize {
        self.bits().div_ceil(8)
    }

    /// Returns the signature with this message representative (RFC 8017, section 5.2.1).
    pub(super) fn sign(&self, encoded: &[u8]) -> Vec<u8> {
        let representative = BigUint::from_bytes_be(encoded);
        assert!(representative < self.n);
        big_endian(&representative.modpow(&self.private_exponent, &self.n), self.length())
    }

    pub(super) fn cose_key(&self, algorithm: i64) -> Vec<u8> {
        let numbers = PublicNumbers::Rsa {
            modulus: self.n.to_bytes_be(),
            exponent: self.exponent.to_bytes_be(),
        };
        numbers.cose_key(algorithm).expect("an RSA key")
    }

    pub(super) fn case(&self, algorithm: i64, name: &str, rule: &str, signature: Vec<u8>) -> Case {
        case_with_key(algorithm, name, rule, &self.cose_key(algorithm), signature)
    }
}

/// Signatures that are not smaller than the modulus, or trivial.
fn values() -> Vec<Value> {
    let key = Key::usual();
    let length = key.length();
    let encoded = super::pkcs1::encode(RS256, length, &hash(RS256, &signed()));
    let good = BigUint::from_bytes_be(&key.sign(&encoded));
    let with = |name: &str, value: &BigUint| {
        key.case(RS256, &format!("value/{name}"), "SIG-05", big_endian(value, length))
    };
    let mut cases = vec![with("whole", &good).accept()];
    for (name, value) in [
        ("plus-modulus", &good + &key.n),
        ("plus-twice-the-modulus", &good + &key.n + &key.n),
        ("is-modulus", key.n.clone()),
        ("is-modulus-plus-1", &key.n + number(1)),
        ("negated", &key.n - &good),
        ("0", number(0)),
        ("1", number(1)),
        ("modulus-less-1", &key.n - number(1)),
        ("encoded-message", BigUint::from_bytes_be(&encoded)),
    ] {
        cases.push(with(name, &value).invalid());
    }
    cases
}

/// A correct signature that begins with a zero byte, and the same number without this byte.
fn leading_zeros() -> Vec<Value> {
    let key = Key::usual();
    // Every fourth signature of this key begins with a zero byte.
    let signed_with = |counter: u32| {
        let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, counter).build();
        let login = Login::with_algorithm(RS256).authenticator_data(data);
        let hash = hash(RS256, &login.signed());
        let signature = key.sign(&super::pkcs1::encode(RS256, key.length(), &hash));
        (login, signature)
    };
    let (login, good) = (1..)
        .map(signed_with)
        .find(|(_, signature)| signature[0] == 0)
        .expect("one of a few signatures");
    let case = |name: &str, signature: &[u8]| {
        let name = format!("signatures/rs256/leading-zero/{name}");
        let record = record(&key.cose_key(RS256));
        login.clone().signature(signature.to_vec()).case(&name, "SIG-05").with("credential", record)
    };
    vec![case("whole", &good).accept(), case("dropped", &good[1..]).invalid()]
}

/// Unusual exponents and sizes with correct signatures.
fn exponents() -> Vec<Value> {
    let p = || BigUint::from_bytes_be(&mersenne(1279));
    let q = || BigUint::from_bytes_be(&mersenne(2203));
    let mut cases = Vec::new();
    for (name, key) in [
        ("exponent-5", Key::new(p(), q(), number(5))),
        ("exponent-17", Key::new(p(), q(), number(17))),
        ("exponent-2-to-32-and-1", Key::new(p(), q(), power_of_2(32) + number(1))),
        ("2048-bits", Key::of(2048, 279)),
        ("2049-bits", Key::of(2049, 495)),
        ("2055-bits", Key::of(2055, 1539)),
        ("2056-bits", Key::of(2056, 1011)),
    ] {
        for algorithm in RSA {
            let hash = hash(algorithm, &signed());
            let encoded = match name_of(algorithm).starts_with("rs") {
                true => super::pkcs1::encode(algorithm, key.length(), &hash),
                false => super::pss::encode(algorithm, key.bits() - 1, &hash),
            };
            let signature = key.sign(&encoded);
            let name = format!("key/{name}");
            cases.push(key.case(algorithm, &name, "COSE-15", signature).accept());
        }
    }
    cases
}

/// Signatures of the same key with other algorithms.
fn algorithms(algorithm: i64) -> Vec<Value> {
    let private: PrivateKey = key(algorithm);
    let mut cases = Vec::new();
    for other in RSA.into_iter().filter(|other| *other != algorithm) {
        let other_key = private.clone().with_algorithm(other).expect("an RSA algorithm");
        let name = format!("algorithm/{}", name_of(other));
        let signature = other_key.sign(&signed());
        cases.push(super::case(algorithm, &name, "SIG-05", signature).invalid());
    }
    cases
}
