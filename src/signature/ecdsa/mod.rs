//! ECDSA (FIPS 186-5, section 6.4.2) over P-256, P-384 and P-521. Nearly all logins use P-256, and
//! the certificates of many authenticators use P-384.
//!
//! The arithmetic of the fields and curves is our own, and the same for all three curves:
//!
//! - `curve.rs`: what distinguishes the curves, with `p256.rs`, `p384.rs` and `p521.rs`
//! - `field.rs`: arithmetic modulo p, the prime of the field
//! - `point.rs`: points and their addition, in Jacobian coordinates, and in XYZZ coordinates, which
//!   are faster for prepared keys
//! - `order.rs`: arithmetic modulo n, the number of points
//! - `recoding.rs`: the digits of the multipliers in a comb
//! - `comb.rs`: tables of known points
//! - `der.rs`: the encoding of a signature
//!
//! Ed25519 shares `limbs.rs`, `lehmer.rs` (inverses) and `digits.rs` (the digits of multipliers).
//!
//! A verification adds u1 times the base point and u2 times the key. The first multiple uses a comb
//! that is computed at the first use. The second multiple uses a sliding window, or a comb if the
//! key was prepared.
//!
//! secp256k1 is another kind of curve. `secp256k1.rs` uses the crate `k256`.
//!
//! All of this code takes variable time, because a verification has only public data. Never use it
//! with a private key.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "limbs and digits: indices are masked or bounded by the lengths of fixed arrays, and \
              truncation is intended"
)]

mod comb;
mod curve;
mod der;
mod field;
mod order;
mod p256;
mod p384;
mod p521;
mod point;
mod recoding;
#[cfg(feature = "k256")]
mod secp256k1;

use comb::{BaseComb, BasePoint, Comb, Signed};
use curve::Curve;
use field::Element;
use point::{Affine, Cached, Jacobian, Xyzz};

use super::{digits, limbs};
use crate::error::{ErrorKind, Failure};
use crate::quirk::Tolerance;

pub(super) type P256Key = Key<p256::P256, 4>;
pub(super) type P384Key = Key<p384::P384, 6>;
pub(super) type P521Key = Key<p521::P521, 9>;
pub(super) type PreparedP256Key = PreparedKey<p256::P256, 4>;
pub(super) type PreparedP384Key = PreparedKey<p384::P384, 6>;
pub(super) type PreparedP521Key = PreparedKey<p521::P521, 9>;
#[cfg(feature = "k256")]
pub(super) use secp256k1::Secp256k1Key;

/// A point on the curve that is not at infinity.
pub(super) struct Key<C, const N: usize>(Affine<C, N>);

/// A key with its comb.
#[derive(Clone)]
pub(super) struct PreparedKey<C, const N: usize>(Comb<C, N>);

impl<C: BasePoint<N>, const N: usize> Key<C, N> {
    /// Creates a key from big-endian coordinates.
    pub(super) fn new(x: &[u8], y: &[u8]) -> Result<Self, Failure> {
        Affine::from_coordinates(limbs::from_be_bytes(x), limbs::from_be_bytes(y))
            .map(Key)
            .ok_or(ErrorKind::PointNotOnCurve.into())
    }

    /// Verifies a DER signature over a hash. If the hash has more bits than n, only as many leading
    /// bits are used.
    pub(super) fn verify(
        &self,
        hash: &[u8],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        let (r, s) = der::parse_signature(signature, C::BYTES, tolerance)?;
        self.verify_numbers(hash, r, s)
    }

    /// Verifies a signature over a hash, from the two big-endian numbers of the signature. They must
    /// not be longer than n.
    pub(super) fn verify_numbers(&self, hash: &[u8], r: &[u8], s: &[u8]) -> Result<(), Failure> {
        verify::<C, N>(hash, r, s, |u1, u2| self.sum_of_multiples(u1, u2))
    }

    /// Returns u1 times the base point plus u2 times the key.
    fn sum_of_multiples(&self, u1: &[u64; N], u2: &[u64; N]) -> Xyzz<C, N> {
        let base = C::base();
        let base_digits = recoding::comb_digits::<C, N>(u1);
        let key_digits = digits::non_adjacent_form(u2);
        let multiples = odd_multiples(&self.0);
        let mut sum = Jacobian::INFINITY;
        let mut doublings = 0;
        for (bit, key_digit) in key_digits.iter().enumerate().take(C::ORDER_BITS + 1).rev() {
            doublings += 1;
            if *key_digit != 0 {
                sum.double_times(core::mem::take(&mut doublings));
                let multiple = &multiples[usize::from(key_digit.unsigned_abs() / 2)];
                sum.add_affine(multiple, u64::from(*key_digit < 0).wrapping_neg());
            }
            if bit < C::COLUMNS {
                sum.double_times(core::mem::take(&mut doublings));
                let (chosen, negative) = base.column(base_digits[bit]);
                sum.add_affine(chosen, negative);
            }
        }
        sum.to_xyzz()
    }

    /// Computes the comb of the key.
    pub(super) fn prepare(&self) -> PreparedKey<C, N> {
        PreparedKey(Comb::new(&self.0))
    }
}

impl<C: BasePoint<N>, const N: usize> PreparedKey<C, N> {
    /// Serializes the comb in an internal format.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// Reads the comb from the bytes that [`to_bytes`](PreparedKey::to_bytes) returned. This
    /// function does not check whether it is the comb of any key.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Comb::from_bytes(bytes).map(PreparedKey)
    }

    /// Verifies a DER signature over a hash. If the hash has more bits than n, only as many leading
    /// bits are used.
    pub(super) fn verify(
        &self,
        hash: &[u8],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        let (r, s) = der::parse_signature(signature, C::BYTES, tolerance)?;
        verify::<C, N>(hash, r, s, |u1, u2| self.sum_of_multiples(u1, u2))
    }

    /// Returns u1 times the base point plus u2 times the key.
    fn sum_of_multiples(&self, u1: &[u64; N], u2: &[u64; N]) -> Xyzz<C, N> {
        let base = C::base();
        let base_digits = recoding::comb_digits::<C, N>(u1);
        let key_digits = recoding::comb_digits::<C, N>(u2);
        let mut loaded = 0;
        for column in 0..C::COLUMNS {
            loaded ^= comb::load(self.choose(base, base_digits[column], key_digits[column]));
        }
        core::hint::black_box(loaded);
        let mut sum = Xyzz::INFINITY;
        for column in (0..C::COLUMNS).rev() {
            let sums = self.choose(base, base_digits[column], key_digits[column]);
            for (chosen, negative) in sums {
                sum.add_affine(chosen, negative);
            }
            if column > 0 {
                sum.double();
            }
        }
        sum
    }

    /// Returns the sums that the digits of one column select, from the base point and the key.
    #[inline(always)]
    fn choose<'a>(
        &'a self,
        base: &'a BaseComb<C, N>,
        base_digits: u16,
        key_digits: u16,
    ) -> [Signed<'a, C, N>; 3] {
        let [low, high] = self.0.column(key_digits);
        [base.column(base_digits), low, high]
    }
}

/// Verifies the two numbers of a signature. `sum_of_multiples` contains the key.
fn verify<C: Curve<N>, const N: usize>(
    hash: &[u8],
    r: &[u8],
    s: &[u8],
    sum_of_multiples: impl FnOnce(&[u64; N], &[u64; N]) -> Xyzz<C, N>,
) -> Result<(), Failure> {
    let (r, s) = (limbs::from_be_bytes(r), limbs::from_be_bytes(s));
    let Some((u1, u2)) = order::multipliers::<C, N>(hash, &r, &s) else {
        let outside = "r or s is not in the range from 1 to n - 1";
        return Err(Failure::new(ErrorKind::SignatureInvalid, outside));
    };
    if !is_x_modulo_n(&r, &sum_of_multiples(&u1, &u2)) {
        return Err(ErrorKind::SignatureInvalid.into());
    }
    Ok(())
}

/// Returns whether `r` is the x coordinate of a point modulo n (steps 7 to 9). p is between n and
/// 2 n, so the x coordinate is r, or r + n if that is below p.
fn is_x_modulo_n<C: Curve<N>, const N: usize>(r: &[u64; N], point: &Xyzz<C, N>) -> bool {
    if point.is_infinity() {
        return false;
    }
    let (r_plus_n, carry) = limbs::add(r, &C::ORDER);
    point.has_x(&Element::from_number(*r))
        || !carry
            && limbs::is_below(&r_plus_n, &C::P)
            && point.has_x(&Element::from_number(r_plus_n))
}

/// Returns the point times 1, 3, 5 and so on up to 15. Converting these points to affine coordinates
/// takes one inversion, but then adding them is faster, which saves more time.
fn odd_multiples<C: Curve<N>, const N: usize>(point: &Affine<C, N>) -> [Affine<C, N>; 8] {
    let mut multiple = Jacobian::from_affine(point);
    let mut twice = multiple;
    twice.double_times(1);
    let twice = Cached::new(twice);
    let mut multiples = [multiple; 8];
    for next in multiples.iter_mut().skip(1) {
        multiple.add_cached(&twice, false);
        *next = multiple;
    }
    let mut affine = [*point; 8];
    Jacobian::normalize_to(&multiples, &mut affine);
    affine
}

#[cfg(test)]
mod tests;
