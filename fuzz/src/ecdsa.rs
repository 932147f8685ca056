//! ECDSA over P-256, P-384 and P-521, with keys and signatures in a chosen relation. The crates
//! `p256`, `p384` and `p521`, `aws-lc-rs` and this crate give the same verdict. This crate verifies
//! with the key, with the prepared key, and with the prepared key read back from its bytes.
//!
//! ```text
//! input = relation (1 byte), change (1 byte), three numbers a, b and c, message
//! number = choice (1 byte): the edge with this index, or, beyond the last edge, the next bytes, as
//!     many as a coordinate has
//! relation, with the hash z of the message, u1 = z / s, u2 = r / s, the point R of the signature:
//!     0 key = a G, r = b, s = c
//!     1 key = a G, and a valid signature with the secret number b
//!     2 r = a, s = b, u2 key = u1 G
//!     3 r = a, s = b, u2 key = -u1 G, so that the sum is the point at infinity
//!     4 r = a, s = b, u2 key = u1 c G
//!     5 R is the first point with an x of at least a, r = x modulo n, s = b
//!     6 as 5, but r = x + p - n
//!     7 as 5, but r = x + m - n, where m is the first power of two above p
//!     8 key = the first point with an x of at least a, r = b, s = c
//!     9 as 5, but r = x + p
//!     10 as 5, but s makes u2 = b
//!     11 as 5, but s makes u1 = b
//! change: 0 nothing, 1 s becomes n - s, 2 r becomes r + 1, 3 s becomes s + 1, 4 another message,
//!     5 s becomes s + n, 6 r becomes r + n
//! ```
//!
//! On all three curves, n < p < m, and m - p is far below n. The relations 6 and 7 need an r below n, so x must be below 2 n - p or 2 n - m. Nearly every x is.
//!
//! The fields of P-256 and P-384 have no spare bits: m is 2^256 or 2^384, and r + n in relation 7 is
//! a number with a carry. m of P-521 is 2^521 = p + 1. There r + n has no carry, but one bit more
//! than p. The numbers of an input have up to 528 bits for P-521.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1,
    EcdsaVerificationAlgorithm, UnparsedPublicKey,
};
pub use p256::NistP256;
use p256::ecdsa::signature::Verifier;
use p256::elliptic_curve::array::typenum::Unsigned;
use p256::elliptic_curve::bigint::{NonZero, U576};
use p256::elliptic_curve::ff::{Field, PrimeField};
use p256::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use p256::elliptic_curve::{CurveArithmetic, CurveGroup, FieldBytes, Group, PublicKey};
pub use p384::NistP384;
pub use p521::NistP521;
use sha2::{Digest, Sha256, Sha384, Sha512};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{PreparedKey, signature};
use webauthn_verify_authenticator::PublicNumbers;

/// The number of relations that the first byte chooses from.
pub const RELATIONS: u8 = 12;

/// The number of changes that the second byte chooses from.
pub const CHANGES: u8 = 7;

/// The number of edges: numbers near 0, n, p, p - n, n / 2, the largest number that an input can
/// contain, and the powers of two of the curve.
pub const EDGES: u8 = 52;

/// What distinguishes the curves.
pub trait TestedCurve: CurveArithmetic<AffinePoint: DecompressPoint<Self>> {
    type Signature: for<'a> TryFrom<&'a [u8]>;
    type VerifyingKey: From<PublicKey<Self>> + Verifier<Self::Signature>;
    type Hash: Digest;

    /// The exponents of the powers of two whose sum is p (SP 800-186, section 3.2.1): of those that
    /// are added, then of those that are subtracted. The first one belongs to m.
    const P: [&[u32]; 2];

    /// Exponents of powers of two at which multipliers are split into digits, or numbers into limbs.
    /// In a comb, the teeth are as far apart as it has columns. The comb of a key consists of two
    /// halves.
    const EXPONENTS: [u32; 9];

    const COSE_ID: i64;
    const AWS: &'static EcdsaVerificationAlgorithm;

    /// The number of bytes of a coordinate, and of a number in the input.
    const BYTES: usize = Self::FieldBytesSize::USIZE;

    /// Returns the numbers of a key with these coordinates.
    fn numbers(x: &[u8], y: &[u8]) -> PublicNumbers;
}

impl TestedCurve for NistP256 {
    type Signature = p256::ecdsa::Signature;
    type VerifyingKey = p256::ecdsa::VerifyingKey;
    type Hash = Sha256;

    const P: [&[u32]; 2] = [&[256, 192, 96], &[224, 0]];
    /// The comb has 12 teeth and 22 columns.
    const EXPONENTS: [u32; 9] = [5, 22, 64, 128, 132, 192, 224, 242, 255];
    const COSE_ID: i64 = -7;
    const AWS: &'static EcdsaVerificationAlgorithm = &ECDSA_P256_SHA256_ASN1;

    fn numbers(x: &[u8], y: &[u8]) -> PublicNumbers {
        PublicNumbers::P256 { x: x.try_into().unwrap(), y: y.try_into().unwrap() }
    }
}

impl TestedCurve for NistP384 {
    type Signature = p384::ecdsa::Signature;
    type VerifyingKey = p384::ecdsa::VerifyingKey;
    type Hash = Sha384;

    const P: [&[u32]; 2] = [&[384, 32], &[128, 96, 0]];
    /// The comb has 10 teeth and 39 columns.
    const EXPONENTS: [u32; 9] = [5, 32, 39, 64, 128, 195, 320, 351, 383];
    const COSE_ID: i64 = -35;
    const AWS: &'static EcdsaVerificationAlgorithm = &ECDSA_P384_SHA384_ASN1;

    fn numbers(x: &[u8], y: &[u8]) -> PublicNumbers {
        PublicNumbers::P384 { x: x.try_into().unwrap(), y: y.try_into().unwrap() }
    }
}

impl TestedCurve for NistP521 {
    type Signature = p521::ecdsa::Signature;
    type VerifyingKey = p521::ecdsa::VerifyingKey;
    type Hash = Sha512;

    const P: [&[u32]; 2] = [&[521], &[0]];
    /// The comb has 10 teeth and 53 columns.
    const EXPONENTS: [u32; 9] = [5, 53, 64, 256, 265, 477, 512, 520, 522];
    const COSE_ID: i64 = -36;
    const AWS: &'static EcdsaVerificationAlgorithm = &ECDSA_P521_SHA512_ASN1;

    fn numbers(x: &[u8], y: &[u8]) -> PublicNumbers {
        PublicNumbers::P521 { x: x.try_into().unwrap(), y: y.try_into().unwrap() }
    }
}

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The numbers give no key or signature with this relation.
    NotMade,
    Valid,
    Invalid,
}

fn power(bit: u32) -> U576 {
    U576::ONE.shl_vartime(bit)
}

fn p<C: TestedCurve>() -> U576 {
    let [added, subtracted] = C::P;
    let sum = added.iter().fold(U576::ZERO, |sum, bit| sum.wrapping_add(&power(*bit)));
    subtracted.iter().fold(sum, |sum, bit| sum.wrapping_sub(&power(*bit)))
}

/// Returns the first power of two above p.
fn m<C: TestedCurve>() -> U576 {
    power(C::P[0][0])
}

fn n<C: TestedCurve>() -> U576 {
    as_number::<C>(&-C::Scalar::ONE).wrapping_add(&U576::ONE)
}

/// Returns the number without the bits that do not fit in a number of the input.
fn cut<C: TestedCurve>(number: &U576) -> U576 {
    let bits = u32::try_from(8 * C::BYTES).unwrap();
    number.bitand(&power(bits).wrapping_sub(&U576::ONE))
}

/// Returns an edge: one of five numbers, plus or minus up to 2, or a power of two, plus or minus up
/// to 1.
fn edge<C: TestedCurve>(choice: u8) -> U576 {
    let (n, p) = (n::<C>(), p::<C>());
    let wide = [U576::ZERO, n, p, p.wrapping_sub(&n), n.shr_vartime(1)];
    let (base, offset, less) = match choice.checked_sub(25) {
        None => (wide[usize::from(choice / 5)], choice % 5, 2_u8),
        Some(rest) => {
            (power(C::EXPONENTS[usize::from(rest / 3) % C::EXPONENTS.len()]), rest % 3, 1)
        }
    };
    cut::<C>(&base.wrapping_add(&U576::from(offset)).wrapping_sub(&U576::from(less)))
}

/// Takes a number from the input.
fn number<C: TestedCurve>(input: &mut &[u8]) -> Option<U576> {
    let (choice, rest) = input.split_first()?;
    *input = rest;
    if *choice < EDGES {
        return Some(edge::<C>(*choice));
    }
    let (bytes, rest) = input.split_at_checked(C::BYTES)?;
    *input = rest;
    Some(from_bytes(bytes))
}

fn from_bytes(bytes: &[u8]) -> U576 {
    let mut padded = [0; 72];
    padded[72 - bytes.len()..].copy_from_slice(bytes);
    U576::from_be_slice(&padded)
}

/// Returns the number with as many bytes as a coordinate has. Returns `None` if it has more.
fn bytes<C: TestedCurve>(number: &U576) -> Option<FieldBytes<C>> {
    let bytes = number.to_be_bytes();
    let (above, bytes) = bytes.as_ref().split_at(72 - C::BYTES);
    if above.iter().any(|byte| *byte != 0) {
        return None;
    }
    bytes.try_into().ok()
}

fn modulo_n<C: TestedCurve>(number: &U576) -> C::Scalar {
    let rest = number.rem_vartime(&NonZero::new(n::<C>()).unwrap());
    C::Scalar::from_repr(bytes::<C>(&rest).unwrap()).unwrap()
}

fn as_number<C: TestedCurve>(scalar: &C::Scalar) -> U576 {
    from_bytes(&scalar.to_repr())
}

/// Returns the hash of a message as a number. No hash has more bits than n.
fn hash<C: TestedCurve>(message: &[u8]) -> C::Scalar {
    modulo_n::<C>(&from_bytes(&C::Hash::digest(message)))
}

/// Returns the first point with an x of at least this number, and its x.
fn point_from<C: TestedCurve>(x: &U576) -> (U576, C::ProjectivePoint) {
    let p = p::<C>();
    let mut x = if *x < p { *x } else { U576::ZERO };
    loop {
        let point = C::AffinePoint::decompress(&bytes::<C>(&x).unwrap(), 0.into());
        if let Some(point) = Option::<C::AffinePoint>::from(point) {
            return (x, point.into());
        }
        x = x.wrapping_add(&U576::ONE);
        if x >= p {
            x = U576::ZERO;
        }
    }
}

/// A key, r and s, and the verdict if the relation determines it.
struct Case<C: TestedCurve> {
    key: C::ProjectivePoint,
    r: U576,
    s: U576,
    expected: Option<bool>,
}

/// Makes a case from the numbers. Returns `None` if they give no key or signature with this
/// relation.
fn case<C: TestedCurve>(
    relation: u8,
    [first, second, third]: [U576; 3],
    z: C::Scalar,
) -> Option<Case<C>> {
    let base = C::ProjectivePoint::generator();
    let inverse = |scalar: C::Scalar| Option::<C::Scalar>::from(scalar.invert());
    let direct = |key, r, s| Some(Case { key, r, s, expected: None });
    match relation {
        0 => direct(base * modulo_n::<C>(&first), second, third),
        1 => {
            let (key, secret) = (modulo_n::<C>(&first), modulo_n::<C>(&second));
            let inverse = inverse(secret)?;
            let r = modulo_n::<C>(&from_bytes((base * secret).to_affine().x().as_ref()));
            let s = (z + r * key) * inverse;
            if s == C::Scalar::ZERO {
                return None;
            }
            let (r, s) = (as_number::<C>(&r), as_number::<C>(&s));
            Some(Case { key: base * key, r, s, expected: Some(true) })
        }
        2..=4 => {
            let (r, s) = (modulo_n::<C>(&first), modulo_n::<C>(&second));
            let times = match relation {
                2 => C::Scalar::ONE,
                3 => -C::Scalar::ONE,
                _ => modulo_n::<C>(&third),
            };
            let key = base * (times * z * inverse(r)?);
            inverse(s)?;
            let expected = (times == -C::Scalar::ONE).then_some(false);
            Some(Case { key, r: as_number::<C>(&r), s: as_number::<C>(&s), expected })
        }
        8 => direct(point_from::<C>(&first).1, second, third),
        _ => {
            let (x, point) = point_from::<C>(&first);
            let (n, p) = (n::<C>(), p::<C>());
            let r = match relation {
                // An implementation that reduces r + n modulo p, or drops its carry or the bits
                // above p, would accept this.
                6 => x.wrapping_add(&p).wrapping_sub(&n),
                7 => x.wrapping_add(&m::<C>()).wrapping_sub(&n),
                // So would an implementation that does not compare r with n.
                9 => x.wrapping_add(&p),
                _ => as_number::<C>(&modulo_n::<C>(&x)),
            };
            if r >= n && relation != 9 {
                return None;
            }
            let (r_modulo_n, second) = (modulo_n::<C>(&r), modulo_n::<C>(&second));
            let s = match relation {
                10 => r_modulo_n * inverse(second)?,
                11 => z * inverse(second)?,
                _ => second,
            };
            if s == C::Scalar::ZERO {
                return None;
            }
            // The key that makes r and s a signature with this R.
            let key = (point * s - base * z) * inverse(r_modulo_n)?;
            let expected = Some(!matches!(relation, 6 | 7 | 9));
            Some(Case { key, r, s: as_number::<C>(&s), expected })
        }
    }
}

pub fn check<C: TestedCurve>(input: &[u8]) -> Outcome {
    made::<C>(input).unwrap_or(Outcome::NotMade)
}

fn made<C: TestedCurve>(input: &[u8]) -> Option<Outcome> {
    let ([relation, change], mut rest) = input.split_first_chunk()?;
    let mut number = || number::<C>(&mut rest);
    let numbers = [number()?, number()?, number()?];
    let mut message = rest.to_vec();
    let z = hash::<C>(&message);
    let Case { key, mut r, mut s, mut expected } = case::<C>(relation % RELATIONS, numbers, z)?;
    if bool::from(key.is_identity()) {
        return None;
    }
    match change % CHANGES {
        0 => {}
        1 => s = cut::<C>(&n::<C>().wrapping_sub(&s)),
        2 => (r, expected) = (r.wrapping_add(&U576::ONE), None),
        3 => (s, expected) = (s.wrapping_add(&U576::ONE), None),
        4 => {
            message.push(0);
            expected = None;
        }
        5 => (s, expected) = (s.wrapping_add(&n::<C>()), Some(false)),
        _ => (r, expected) = (r.wrapping_add(&n::<C>()), Some(false)),
    }
    let verdict = same_verdict::<C>(&key, &message, &r, &s);
    assert!(expected.is_none_or(|expected| verdict == expected), "expected {expected:?}");
    Some(if verdict { Outcome::Valid } else { Outcome::Invalid })
}

/// Checks that all implementations give the same verdict, and returns it.
fn same_verdict<C: TestedCurve>(
    key: &C::ProjectivePoint,
    message: &[u8],
    r: &U576,
    s: &U576,
) -> bool {
    let point = key.to_affine();
    let (x, y) = (point.x(), point.y());
    let cose = C::numbers(&x, &y).cose_key(C::COSE_ID).unwrap();
    let cose = CoseKey::parse(&cose).unwrap();
    let signed = der(r, s);

    let plain = signature::verify(cose.public_key(), message, &signed).is_ok();
    let prepared = cose.public_key().prepare().unwrap();
    let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
    for prepared in [prepared, read_back] {
        assert_eq!(prepared.verify(message, &signed).is_ok(), plain, "prepared");
    }
    let theirs = || {
        let numbers = [bytes::<C>(r)?, bytes::<C>(s)?].concat();
        let signature = C::Signature::try_from(&numbers[..]).ok()?;
        let key = C::VerifyingKey::from(PublicKey::from_affine(point).unwrap());
        key.verify(message, &signature).ok()
    };
    assert_eq!(plain, theirs().is_some(), "the crate of the curve");
    let aws = UnparsedPublicKey::new(C::AWS, [&[4], &x[..], &y[..]].concat());
    assert_eq!(plain, aws.verify(message, &signed).is_ok(), "aws-lc-rs");
    plain
}

/// Returns the signature as DER.
fn der(r: &U576, s: &U576) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let long_form: &[u8] = if length < 0x80 { &[] } else { &[0x81] };
        [&[tag], long_form, &[length], content].concat()
    };
    let integer = |number: &U576| {
        // With a byte for the sign.
        let bytes = [&[0], number.to_be_bytes().as_ref()].concat();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_negative = bytes.get(zeros).is_none_or(|byte| *byte >= 0x80);
        element(2, &bytes[zeros - usize::from(is_negative)..])
    };
    element(0x30, &[integer(r), integer(s)].concat())
}
