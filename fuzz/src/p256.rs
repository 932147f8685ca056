//! ECDSA over P-256 with keys and signatures that are made to meet: the verdict of the key, of the
//! key prepared, and of the prepared key read back is that of the crate `p256` and of `aws-lc-rs`.
//!
//! As the `differential` target, it is no part of the library of this workspace.
//!
//! ```text
//! input = relation 1, change 1, three numbers, message
//! number = choice 1, an edge of that number, or where there are not so many 32 bytes behind it
//! relation, for the hash z of the message:
//!     0 the key is the 1st number times G, r and s are the 2nd and the 3rd
//!     1 the key as before, a signature with the 2nd number for its secret
//!     2 r and s are the 1st and the 2nd, u2 times the key is u1 times G
//!     3 as 2, but the opposite: the sum is at infinity
//!     4 as 2, but u2 times the key is u1 times the 3rd number times G
//!     5 R is the first point whose x is the 1st number or more, s is the 2nd, r is x modulo n
//!     6 as 5, but r + n is x + p
//!     7 as 5, but r + n is x + 2^256
//!     8 the key is the first point whose x is the 1st number or more, r and s are the others
//! change: 0 nothing, 1 n - s for s, 2 r plus one, 3 s plus one, 4 another message
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

/// How many relations the first byte chooses from.
pub const RELATIONS: u8 = 9;

/// How many changes the second byte chooses from.
pub const CHANGES: u8 = 5;

/// The numbers at which something turns: near 0, n, p, p - n, 2^256, and powers by which the digits
/// of multipliers are cut.
pub const EDGES: u8 = 52;

/// What the target made of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no such key or signature, as a number is zero.
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

/// One of the edges: from two less to two more, or from one less to one more.
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

/// Takes a number off the input.
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

/// The first point whose x is this number or more, and its x.
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

/// A key, r and s, and the verdict where the relation has one.
struct Case {
    key: ProjectivePoint,
    r: U256,
    s: U256,
    expected: Option<bool>,
}

/// What the relation makes of the numbers, if neither is zero that must not be.
fn case(relation: u8, [first, second, third]: [U256; 3], z: &Scalar) -> Option<Case> {
    let base = ProjectivePoint::GENERATOR;
    let inverse = |scalar: &Scalar| Option::<Scalar>::from(scalar.invert());
    let direct = |key, r, s| Some(Case { key, r, s, expected: None });
    // The key of which r and s are a signature with this R: (s R - z G) / r.
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
            // Whoever reduces the sum modulo p, or drops its carry, accepts the signature.
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

/// The verdict that all give.
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

/// The signature as DER.
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
