//! Ed25519, with keys and signatures in a chosen relation. The crate `ed25519-dalek`, `aws-lc-rs`
//! and this crate give the same verdict. This crate verifies with the key, with the prepared key,
//! and with the prepared key read back from its bytes.
//!
//! ```text
//! input = relation (1 byte), change (1 byte), three numbers a, b and c, message
//! number = choice (1 byte): the edge with this index, or, beyond the last edge, the next 32 bytes
//! relation, with the hash h, and the eight points T of small order:
//!     0 key = a B, R = b B, s = c
//!     1 key = a B, R = b B, s = b + h a, which is valid unless a or b is zero
//!     2 key = a B + T(c), R = b B + T(c / 8), s = b + h a, which is valid if h T(c) + T(c / 8) is
//!       the neutral point
//!     3 key = a B + T(c), R = T(c / 8), s = h a
//!     4 key = T(c), R = b B + T(c / 8), s = b
//!     5 the number a is the encoding of the key, R = b B, s = c
//!     6 key = a B, the number b is the encoding of R, s = c
//! change: 0 nothing, 1 s becomes s + l, 2 s becomes s + 1, 3 the sign of R changes, 4 the sign of
//!     the key changes, 5 another message
//! ```

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha512};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{PreparedKey, signature};
use webauthn_verify_authenticator::PublicNumbers;

/// The number of relations that the first byte chooses from.
pub const RELATIONS: u8 = 7;

/// The number of changes that the second byte chooses from.
pub const CHANGES: u8 = 6;

/// The number of edges: numbers near 0, l, p, 2^255, p + 2^255 and 2^256, and near the powers of two
/// at which multipliers are split.
pub const EDGES: u8 = 54;

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The input is too short.
    NotMade,
    Valid,
    Invalid,
}

/// A number of 256 bits, little-endian.
type Number = [u8; 32];

/// l (RFC 8032, section 5.1).
const L: Number = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Returns the sum modulo 2^256.
fn add(a: &Number, b: &Number) -> Number {
    let mut carry = 0;
    std::array::from_fn(|index| {
        let [low, high] = (u16::from(a[index]) + u16::from(b[index]) + carry).to_le_bytes();
        carry = u16::from(high);
        low
    })
}

/// Returns a small number modulo 2^256.
fn small(number: i8) -> Number {
    let [low] = number.to_le_bytes();
    std::array::from_fn(|index| match (index, number < 0) {
        (0, _) => low,
        (_, true) => 0xff,
        (_, false) => 0,
    })
}

fn power(bit: u8) -> Number {
    std::array::from_fn(|index| if index == usize::from(bit / 8) { 1 << (bit % 8) } else { 0 })
}

/// Returns an edge: one of six numbers, plus or minus up to 2, or a power of two, plus or minus up
/// to 1.
fn edge(choice: u8) -> Number {
    let p = add(&power(255), &small(-19));
    let wide = [small(0), L, p, power(255), add(&p, &power(255)), small(19)];
    let powers = [4, 26, 64, 127, 128, 234, 251, 252];
    let (base, offset) = match choice.checked_sub(30) {
        None => (wide[usize::from(choice / 5)], choice % 5),
        Some(rest) => (power(powers[usize::from(rest / 3) % powers.len()]), 1 + rest % 3),
    };
    let offset = i8::try_from(offset).unwrap() - 2;
    add(&base, &small(offset))
}

/// Takes a number from the input.
fn number(input: &mut &[u8]) -> Option<Number> {
    let (choice, rest) = input.split_first()?;
    *input = rest;
    if *choice < EDGES {
        return Some(edge(*choice));
    }
    let (bytes, rest) = input.split_first_chunk::<32>()?;
    *input = rest;
    Some(*bytes)
}

fn modulo_l(number: &Number) -> Scalar {
    Scalar::from_bytes_mod_order(*number)
}

/// A key, a signature, and the verdict if the relation determines it.
struct Case {
    key: [u8; 32],
    r: [u8; 32],
    s: Number,
    expected: Option<bool>,
}

/// Returns the hash of R, the key and the message.
fn hash(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn case(relation: u8, [first, second, third]: [Number; 3], message: &[u8]) -> Case {
    let (a, b) = (modulo_l(&first), modulo_l(&second));
    let (mut key, mut r) = (EdwardsPoint::mul_base(&a), EdwardsPoint::mul_base(&b));
    let [low, ..] = third;
    let torsion = [low % 8, low / 8 % 8].map(|index| EIGHT_TORSION[usize::from(index)]);
    let encode = |point: &EdwardsPoint| point.compress().to_bytes();
    let direct = |key, r, s| Case { key, r, s, expected: None };
    let mut secret_r = b;
    match relation {
        0 => return direct(encode(&key), encode(&r), third),
        5 => return direct(first, encode(&r), third),
        6 => return direct(encode(&key), second, third),
        1 => {}
        2 => (key, r) = (key + torsion[0], r + torsion[1]),
        3 => (key, r, secret_r) = (key + torsion[0], torsion[1], Scalar::ZERO),
        _ => (key, r) = (torsion[0], r + torsion[1]),
    }
    let (key_bytes, r_bytes) = (encode(&key), encode(&r));
    let h = hash(&r_bytes, &key_bytes, message);
    let s = if relation == 4 { b } else { secret_r + h * a };
    let holds = EdwardsPoint::mul_base(&s) - key * h == r;
    let expected = holds && !key.is_small_order() && !r.is_small_order();
    Case { key: key_bytes, r: r_bytes, s: s.to_bytes(), expected: Some(expected) }
}

pub fn check(input: &[u8]) -> Outcome {
    made(input).unwrap_or(Outcome::NotMade)
}

fn made(input: &[u8]) -> Option<Outcome> {
    let ([relation, change], mut rest) = input.split_first_chunk()?;
    let numbers = [number(&mut rest)?, number(&mut rest)?, number(&mut rest)?];
    let mut message = rest.to_vec();
    let Case { mut key, mut r, mut s, mut expected } =
        case(relation % RELATIONS, numbers, &message);
    match change % CHANGES {
        0 => {}
        1 => (s, expected) = (add(&s, &L), expected.map(|_| false)),
        2 => (s, expected) = (add(&s, &small(1)), None),
        3 => (r[31], expected) = (r[31] ^ 0x80, None),
        4 => (key[31], expected) = (key[31] ^ 0x80, None),
        _ => {
            message.push(0);
            expected = None;
        }
    }
    let verdict = same_verdict(&key, &message, &[r, s].concat());
    assert!(expected.is_none_or(|expected| verdict == expected), "expected {expected:?}");
    Some(if verdict { Outcome::Valid } else { Outcome::Invalid })
}

/// Decodes a point. Returns `None` if the encoding is not canonical or the point has small order.
fn point(bytes: &[u8; 32]) -> Option<EdwardsPoint> {
    let point = CompressedEdwardsY(*bytes).decompress()?;
    (point.compress().to_bytes() == *bytes && !point.is_small_order()).then_some(point)
}

/// Checks that all implementations give the same verdict, and returns it.
fn same_verdict(key: &[u8; 32], message: &[u8], signed: &[u8]) -> bool {
    let cose = PublicNumbers::Ed25519 { x: *key }.cose_key(-8).unwrap();
    let cose = CoseKey::parse(&cose).unwrap();
    let plain = signature::verify(cose.public_key(), message, signed).is_ok();
    let usable = point(key).is_some();
    assert_eq!(signature::validate_key(cose.public_key()).is_ok(), usable, "the key");
    match cose.public_key().prepare() {
        Ok(prepared) => {
            let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
            for prepared in [prepared, read_back] {
                assert_eq!(prepared.verify(message, signed).is_ok(), plain, "prepared");
            }
        }
        Err(_) => assert!(!usable && !plain, "the key can be prepared"),
    }
    let theirs = usable
        && VerifyingKey::from_bytes(key).is_ok_and(|key| {
            key.verify_strict(message, &Signature::from_slice(signed).unwrap()).is_ok()
        });
    assert_eq!(plain, theirs, "ed25519-dalek");
    // It accepts more: keys in other encodings, and a key or R of small order.
    let aws = UnparsedPublicKey::new(&ED25519, key).verify(message, signed).is_ok();
    let aws = aws && usable && point(signed.first_chunk().unwrap()).is_some();
    assert_eq!(plain, aws, "aws-lc-rs");
    plain
}
