//! ECDSA signatures whose numbers are out of range, or that sign another hash.

use num_bigint::BigUint;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use webauthn_verify_authenticator::algorithm::{ES256, ES256K, ES384};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, der};

use super::{Invalid, case, hash, signed};
use crate::case::{LOGIN_FLAGS, Login, RP_ID, key};
use crate::curves::{Curve, number};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for curve in Curve::all() {
        cases.extend(ranges(&curve));
        cases.extend(raw(&curve));
        cases.extend(hashes(&curve));
    }
    for algorithm in [ES256, ES384, ES256K] {
        cases.extend(short_numbers(algorithm));
    }
    cases
}

/// The two numbers of a signature.
#[derive(Clone)]
pub(super) struct Numbers {
    pub(super) r: BigUint,
    pub(super) s: BigUint,
}

impl Numbers {
    /// Reads the numbers of a correct signature in DER.
    pub(super) fn of(signature: &[u8]) -> Numbers {
        let content = if signature[1] == 0x81 { &signature[3..] } else { &signature[2..] };
        let (r, s) = content[2..].split_at(usize::from(content[1]));
        Numbers { r: BigUint::from_bytes_be(r), s: BigUint::from_bytes_be(&s[2..]) }
    }

    /// Encodes the numbers in DER.
    pub(super) fn encode(&self) -> Vec<u8> {
        let [r, s] = [&self.r, &self.s].map(|number| der::integer(&number.to_bytes_be()));
        der::sequence(&[r, s])
    }
}

/// Returns the leftmost bits of the hash as a number.
pub(super) fn hash_number(curve: &Curve, hash: &[u8]) -> BigUint {
    // The order of P-521 is longer than every hash, and the others fill their bytes.
    BigUint::from_bytes_be(&hash[..hash.len().min(curve.length)])
}

/// Signs a hash with this private key and nonce.
pub(super) fn sign(curve: &Curve, key: &BigUint, nonce: &BigUint, hash: &[u8]) -> Numbers {
    let n = &curve.n;
    let r = crate::curves::point_of(&curve.private_key(nonce)).x % n;
    let s = (hash_number(curve, hash) + &r * key) * nonce.modinv(n).expect("n is prime") % n;
    Numbers { r, s }
}

/// Numbers below 1 and above n - 1, and the second of the two valid values of s.
fn ranges(curve: &Curve) -> Vec<Value> {
    let algorithm = curve.algorithm;
    let good = Numbers::of(&key(algorithm).sign(&signed()));
    let (n, zero, one) = (&curve.n, &number(0), &number(1));
    let (r, s) = (&good.r, &good.s);
    let opposite = &(n - s);
    let with = |name: &str, rule: &str, r: &BigUint, s: &BigUint| {
        let numbers = Numbers { r: r.clone(), s: s.clone() };
        case(algorithm, &format!("numbers/{name}"), rule, numbers.encode())
    };
    let mut cases = vec![
        with("high-s", "SIG-04", r, s.max(opposite)).accept(),
        with("low-s", "SIG-04", r, s.min(opposite)).accept(),
    ];
    for (name, r, s) in [
        ("zero-r", zero, s),
        ("zero-s", r, zero),
        ("zeros", zero, zero),
        ("zero-and-one", zero, one),
        ("one-and-zero", one, zero),
        ("r-is-n", n, s),
        ("s-is-n", r, n),
        ("both-are-n", n, n),
        ("r-is-n-and-s-is-1", n, one),
        ("r-plus-n", &(r + n), s),
        ("s-plus-n", r, &(s + n)),
        ("r-is-prime", &curve.p, s),
        ("s-of-one-more-byte", r, &(s + (n << 8))),
        ("r-of-one-more-byte", &(r + (n << 8)), s),
    ] {
        cases.push(with(name, "KB-12", r, s).invalid());
    }
    for (name, r, s) in [
        ("ones", one, one),
        ("both-are-n-less-1", &(n - one), &(n - one)),
        ("swapped", s, r),
        ("negated-r", &(n - r), s),
        ("s-plus-1", r, &(s + one)),
    ] {
        cases.push(with(name, "SIG-04", r, s).invalid());
    }
    cases
}

/// The two numbers without DER.
fn raw(curve: &Curve) -> Vec<Value> {
    let good = Numbers::of(&key(curve.algorithm).sign(&signed()));
    let fixed = [curve.bytes(&good.r), curve.bytes(&good.s)].concat();
    let minimal = [good.r.to_bytes_be(), good.s.to_bytes_be()].concat();
    let mut cases = Vec::new();
    for (name, signature) in [
        ("raw", fixed.clone()),
        ("raw-without-zeros", minimal),
        ("raw-in-octet-string", der::octet_string(&fixed)),
        ("raw-in-bit-string", der::bit_string(0, &fixed)),
    ] {
        let case = case(curve.algorithm, &format!("encoding/{name}"), "SIG-02", signature);
        cases.push(case.invalid());
    }
    cases
}

/// Signatures of other hashes of the message.
fn hashes(curve: &Curve) -> Vec<Value> {
    let algorithm = curve.algorithm;
    let (private, nonce) = (number(7), number(11));
    let cose_key = curve.private_key(&private).cose_key().expect("a key of its algorithm");
    let own = hash(algorithm, &signed());
    let mut cases = Vec::new();
    for (name, hash) in [
        ("sha-256", Sha256::digest(signed()).to_vec()),
        ("sha-384", Sha384::digest(signed()).to_vec()),
        ("sha-512", Sha512::digest(signed()).to_vec()),
        ("none", signed()[..own.len()].to_vec()),
        ("zeros", vec![0; own.len()]),
        ("cut", own[..own.len() - 1].to_vec()),
    ] {
        let signature = sign(curve, &private, &nonce, &hash).encode();
        let name = format!("hash/{name}");
        let case = super::case_with_key(algorithm, &name, "SIG-01", &cose_key, signature);
        cases.push(if hash == own { case.accept() } else { case.invalid() });
    }
    cases
}

/// Numbers that are shorter than the field, and the same numbers with leading zeros.
fn short_numbers(algorithm: i64) -> Vec<Value> {
    let length = if algorithm == ES384 { 48 } else { 32 };
    let login = |counter: u32| {
        let data = AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, counter).build();
        Login::with_algorithm(algorithm).authenticator_data(data)
    };
    let sign = |login: Login| (Numbers::of(&key(algorithm).sign(&login.signed())), login);
    let find = |is_short: fn(&Numbers) -> &BigUint| {
        let mut signed = (1..10_000).map(|counter| sign(login(counter)));
        signed.find(|(numbers, _)| is_short(numbers).to_bytes_be().len() < length)
    };
    let name =
        |name: &str| format!("signatures/{}/short/{name}", crate::cose_keys::name_of(algorithm));
    let mut cases = Vec::new();
    for (letter, found) in [("r", find(|numbers| &numbers.r)), ("s", find(|numbers| &numbers.s))] {
        let (numbers, login) = found.expect("one in 256");
        let short = login.clone().signature(numbers.encode());
        cases.push(short.case(&name(letter), "KB-62").accept());
        let [r, s] = [&numbers.r, &numbers.s].map(|number| {
            let digits = number.to_bytes_be();
            let zeros = vec![0; length + usize::from(digits[0] >= 0x80) - digits.len()];
            der::value(0x02, &[zeros, digits].concat())
        });
        let padded = login.signature(der::value(0x30, &[r, s].concat()));
        cases.push(padded.case(&name(&format!("{letter}-padded")), "SIG-03").invalid());
    }
    cases
}
