//! ECDSA over P-256, with keys and signatures in a chosen relation. The crate `p256`, `aws-lc-rs`
//! and this crate give the same verdict. This crate verifies with the key, with the prepared key,
//! and with the prepared key read back from its bytes.
//!
//! ```text
//! input = relation (1 byte), change (1 byte), three numbers a, b and c, message
//! number = choice (1 byte): the edge with this index, or, beyond the last edge, the next 32 bytes
//! relation, with the hash z of the message, u1 = z / s, u2 = r / s, the point R of the signature:
//!     0 key = a G, r = b, s = c
//!     1 key = a G, and a valid signature with the secret number b
//!     2 r = a, s = b, u2 key = u1 G
//!     3 r = a, s = b, u2 key = -u1 G, so that the sum is the point at infinity
//!     4 r = a, s = b, u2 key = u1 c G
//!     5 R is the first point with an x of at least a, r = x modulo n, s = b
//!     6 as 5, but r = x + p - n
//!     7 as 5, but r = x + 2^256 - n
//!     8 key = the first point with an x of at least a, r = b, s = c
//! change: 0 nothing, 1 s becomes n - s, 2 r becomes r + 1, 3 s becomes s + 1, 4 another message
//! ```

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::bigint::U256;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::elliptic_curve::{Curve, Group};
use p256::{AffinePoint, FieldBytes, NistP256, ProjectivePoint, Scalar};
use sha2::{Digest, Sha256};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{PreparedKey, signature};
use webauthn_verify_authenticator::PublicNumbers;

/// The number of relations that the first byte chooses from.
pub const RELATIONS: u8 = 9;

/// The number of changes that the second byte chooses from.
pub const CHANGES: u8 = 5;

/// The number of edges: numbers near 0, n, p, p - n, n / 2, 2^256 and the powers of two at which
/// multipliers are split into digits.
pub const EDGES: u8 = 52;

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The numbers give no key or signature with this relation.
    NotMade,
    Valid,
    Invalid,
}

/// p (SP 800-186, section 3.2.1.3).
fn p() -> U256 {
    let power = |bit| U256::ONE.shl_vartime(bit);
    power(224)
        .wrapping_neg()
        .wrapping_add(&power(192))
        .wrapping_add(&power(96))
        .wrapping_sub(&U256::ONE)
}

fn n() -> U256 {
    *NistP256::ORDER.as_ref()
}

/// Returns an edge: one of five numbers, plus or minus up to 2, or a power of two, plus or minus up
/// to 1.
fn edge(choice: u8) -> U256 {
    let wide = [U256::ZERO, n(), p(), p().wrapping_sub(&n()), n().shr_vartime(1)];
    let powers = [5, 26, 64, 128, 130, 192, 224, 234, 255];
    let (base, offset, less) = match choice.checked_sub(25) {
        None => (wide[usize::from(choice / 5)], choice % 5, 2_u8),
        Some(rest) => {
            (U256::ONE.shl_vartime(powers[usize::from(rest / 3) % powers.len()]), rest % 3, 1)
        }
    };
    base.wrapping_add(&U256::from(offset)).wrapping_sub(&U256::from(less))
}

/// Takes a number from the input.
fn number(input: &mut &[u8]) -> Option<U256> {
    let (choice, rest) = input.split_first()?;
    *input = rest;
    if *choice < EDGES {
        return Some(edge(*choice));
    }
    let (bytes, rest) = input.split_first_chunk::<32>()?;
    *input = rest;
    Some(U256::from_be_slice(bytes))
}

fn bytes(number: &U256) -> [u8; 32] {
    let mut bytes = number.to_words().map(u64::to_le_bytes).concat();
    bytes.reverse();
    bytes.try_into().unwrap()
}

fn modulo_n(number: &U256) -> Scalar {
    Scalar::reduce(&FieldBytes::from(bytes(number)))
}

fn as_number(scalar: &Scalar) -> U256 {
    U256::from_be_slice(&scalar.to_bytes())
}

/// Returns the first point with an x of at least this number, and its x.
fn point_from(x: &U256) -> (U256, ProjectivePoint) {
    let mut x = if *x < p() { *x } else { U256::ZERO };
    loop {
        let point = AffinePoint::decompress(&FieldBytes::from(bytes(&x)), 0.into());
        if let Some(point) = Option::<AffinePoint>::from(point) {
            return (x, point.into());
        }
        x = x.wrapping_add(&U256::ONE);
        if x >= p() {
            x = U256::ZERO;
        }
    }
}

/// A key, r and s, and the verdict if the relation determines it.
struct Case {
    key: ProjectivePoint,
    r: U256,
    s: U256,
    expected: Option<bool>,
}

/// Makes a case from the numbers. Returns `None` if they give no key or signature with this
/// relation.
fn case(relation: u8, [first, second, third]: [U256; 3], z: &Scalar) -> Option<Case> {
    let base = ProjectivePoint::GENERATOR;
    let inverse = |scalar: &Scalar| Option::<Scalar>::from(scalar.invert());
    let direct = |key, r, s| Some(Case { key, r, s, expected: None });
    // The key that makes r and s a signature with this R: (s R - z G) / r.
    let by_point = |point: ProjectivePoint, r: U256, expected| {
        let (s, inverse) = (modulo_n(&second), inverse(&modulo_n(&r))?);
        if s == Scalar::ZERO || r >= n() {
            return None;
        }
        let key = (point * s - base * z) * inverse;
        Some(Case { key, r, s: as_number(&s), expected: Some(expected) })
    };
    match relation {
        0 => direct(base * modulo_n(&first), second, third),
        1 => {
            let (key, secret) = (modulo_n(&first), modulo_n(&second));
            let inverse = inverse(&secret)?;
            let r = Scalar::reduce(&(base * secret).to_affine().x());
            let s = (z + &(r * key)) * inverse;
            if s == Scalar::ZERO {
                return None;
            }
            let (r, s) = (as_number(&r), as_number(&s));
            Some(Case { key: base * key, r, s, expected: Some(true) })
        }
        2..=4 => {
            let (r, s) = (modulo_n(&first), modulo_n(&second));
            let times = match relation {
                2 => Scalar::ONE,
                3 => -Scalar::ONE,
                _ => modulo_n(&third),
            };
            let key = base * (times * z * inverse(&r)?);
            inverse(&s)?;
            let expected = (times == -Scalar::ONE).then_some(false);
            Some(Case { key, r: as_number(&r), s: as_number(&s), expected })
        }
        5 => {
            let (x, point) = point_from(&first);
            by_point(point, as_number(&modulo_n(&x)), true)
        }
        6 | 7 => {
            let (x, point) = point_from(&first);
            // An implementation that reduces r + n modulo p, or drops its carry, would accept this.
            let above = if relation == 6 { p() } else { U256::ZERO };
            let r = x.wrapping_add(&above).wrapping_sub(&n());
            let is_small = x < U256::ONE.shl_vartime(220);
            if is_small { by_point(point, r, false) } else { None }
        }
        _ => direct(point_from(&first).1, second, third),
    }
}

pub fn check(input: &[u8]) -> Outcome {
    made(input).unwrap_or(Outcome::NotMade)
}

fn made(input: &[u8]) -> Option<Outcome> {
    let ([relation, change], mut rest) = input.split_first_chunk()?;
    let numbers = [number(&mut rest)?, number(&mut rest)?, number(&mut rest)?];
    let mut message = rest.to_vec();
    let z = Scalar::reduce(&FieldBytes::from(<[u8; 32]>::from(Sha256::digest(&message))));
    let Case { key, mut r, mut s, mut expected } = case(relation % RELATIONS, numbers, &z)?;
    if bool::from(key.is_identity()) {
        return None;
    }
    match change % CHANGES {
        0 => {}
        1 => s = n().wrapping_sub(&s),
        2 => (r, expected) = (r.wrapping_add(&U256::ONE), None),
        3 => (s, expected) = (s.wrapping_add(&U256::ONE), None),
        _ => {
            message.push(0);
            expected = None;
        }
    }
    let verdict = same_verdict(&key, &message, bytes(&r), bytes(&s));
    assert!(expected.is_none_or(|expected| verdict == expected), "expected {expected:?}");
    Some(if verdict { Outcome::Valid } else { Outcome::Invalid })
}

/// Checks that all implementations give the same verdict, and returns it.
fn same_verdict(key: &ProjectivePoint, message: &[u8], r: [u8; 32], s: [u8; 32]) -> bool {
    let point = key.to_affine().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_first_chunk::<32>().unwrap();
    let numbers = PublicNumbers::P256 { x: *x, y: y.try_into().unwrap() };
    let cose = numbers.cose_key(-7).unwrap();
    let cose = CoseKey::parse(&cose).unwrap();
    let signed = der(&r, &s);

    let plain = signature::verify(cose.public_key(), message, &signed).is_ok();
    let prepared = cose.public_key().prepare().unwrap();
    let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
    for prepared in [prepared, read_back] {
        assert_eq!(prepared.verify(message, &signed).is_ok(), plain, "prepared");
    }
    let theirs = Signature::from_scalars(r, s).is_ok_and(|signature| {
        let key = VerifyingKey::from_affine(key.to_affine()).unwrap();
        key.verify(message, &signature).is_ok()
    });
    assert_eq!(plain, theirs, "p256");
    let aws = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point.as_bytes());
    assert_eq!(plain, aws.verify(message, &signed).is_ok(), "aws-lc-rs");
    plain
}

/// Returns the signature as DER.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let digits = &number[zeros.min(number.len() - 1)..];
        let sign: &[u8] = if digits[0] < 0x80 { &[] } else { &[0] };
        [&[2, u8::try_from(sign.len() + digits.len()).unwrap()], sign, digits].concat()
    };
    let content = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], &content[..]].concat()
}
