//! ECDSA over P-256 (FIPS 186-5, section 6.4.2), which nearly all logins use.
//!
//! The arithmetic of the field and the curve is our own. `field.rs` contains arithmetic modulo p,
//! `point.rs` the points, `comb.rs` the tables of known points, and `scalar.rs` the digits of the
//! multipliers. A verification adds u1 times the base point and u2 times the key. The first
//! multiple uses a comb that is compiled in. The second multiple uses a sliding window, or a comb
//! if the key was prepared.
//!
//! All of this code takes variable time, because a verification has only public data. Never use it
//! with a private key.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "limbs and digits: indices are masked or bounded by the lengths of fixed arrays, and \
              truncation is intended"
)]

mod base_table;
mod comb;
mod field;
mod point;
mod scalar;

use comb::Comb;
use field::Element;
use point::{Affine, Cached, Jacobian};
use scalar::Number;

use super::ecdsa::parse_signature;
use crate::error::{ErrorKind, Failure};
use crate::quirk::Tolerance;

/// A point on P-256 that is not at infinity.
pub(super) struct Key(Affine);

/// A key with its comb.
#[derive(Clone)]
pub(super) struct PreparedKey(Box<Comb>);

impl Key {
    /// Creates a key from big-endian coordinates.
    pub(super) fn new(x: &[u8; 32], y: &[u8; 32]) -> Result<Key, Failure> {
        Affine::from_coordinates(scalar::from_bytes(x), scalar::from_bytes(y))
            .map(Key)
            .ok_or(ErrorKind::PointNotOnCurve.into())
    }

    /// Verifies a DER signature over a hash. Only the leftmost 256 bits of the hash are used.
    pub(super) fn verify(
        &self,
        hash: &[u8],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        let (r, s) = parse_signature(signature, tolerance)?;
        self.verify_numbers(hash, r, s)
    }

    /// Verifies a signature over a hash, from the two big-endian numbers of the signature.
    pub(super) fn verify_numbers(
        &self,
        hash: &[u8],
        r: [u8; 32],
        s: [u8; 32],
    ) -> Result<(), Failure> {
        verify(hash, r, s, |u1, u2| self.sum_of_multiples(u1, u2))
    }

    /// Returns u1 times the base point plus u2 times the key.
    fn sum_of_multiples(&self, u1: &Number, u2: &Number) -> Jacobian {
        let base_digits = comb::digits(u1);
        let key_digits = scalar::non_adjacent_form(u2);
        let multiples = odd_multiples(&self.0);
        let mut sum = Jacobian::INFINITY;
        let mut doublings = 0;
        for (bit, key_digit) in key_digits.iter().enumerate().rev() {
            doublings += 1;
            if *key_digit != 0 {
                sum.double_times(core::mem::take(&mut doublings));
                let multiple = &multiples[usize::from(key_digit.unsigned_abs() / 2)];
                sum.add_cached(multiple, *key_digit < 0);
            }
            if let Some(column) = base_digits.get(bit) {
                sum.double_times(core::mem::take(&mut doublings));
                comb::add_base_column(&mut sum, *column);
            }
        }
        sum
    }

    /// Computes the comb of the key.
    pub(super) fn prepare(&self) -> PreparedKey {
        PreparedKey(Box::new(Comb::new(&self.0)))
    }
}

impl PreparedKey {
    /// Serializes the comb in an internal format.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// Reads the comb from the bytes that [`to_bytes`](PreparedKey::to_bytes) returned. This
    /// function does not check whether it is the comb of any key.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<PreparedKey> {
        Comb::from_bytes(bytes).map(Box::new).map(PreparedKey)
    }

    /// Verifies a DER signature over a hash. Only the leftmost 256 bits of the hash are used.
    pub(super) fn verify(
        &self,
        hash: &[u8],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        let (r, s) = parse_signature(signature, tolerance)?;
        verify(hash, r, s, |u1, u2| self.sum_of_multiples(u1, u2))
    }

    /// Returns u1 times the base point plus u2 times the key.
    fn sum_of_multiples(&self, u1: &Number, u2: &Number) -> Jacobian {
        let base_digits = comb::digits(u1);
        let key_digits = comb::digits(u2);
        let mut sum = Jacobian::INFINITY;
        for (base_column, key_column) in base_digits.iter().zip(&key_digits).rev() {
            sum.double_times(1);
            comb::add_base_column(&mut sum, *base_column);
            self.0.add_column(&mut sum, *key_column);
        }
        sum
    }
}

/// Verifies the two numbers of a signature. `sum_of_multiples` contains the key.
fn verify(
    hash: &[u8],
    r: [u8; 32],
    s: [u8; 32],
    sum_of_multiples: impl FnOnce(&Number, &Number) -> Jacobian,
) -> Result<(), Failure> {
    let Some((u1, u2)) = scalar::multipliers(hash, r, s) else {
        let outside = "r or s is not in the range from 1 to n - 1";
        return Err(Failure::new(ErrorKind::SignatureInvalid, outside));
    };
    if !is_x_modulo_n(&scalar::from_bytes(&r), &sum_of_multiples(&u1, &u2)) {
        return Err(ErrorKind::SignatureInvalid.into());
    }
    Ok(())
}

/// Returns whether `r` is the x coordinate of a point modulo n (steps 7 to 9). Because n is less
/// than p, the x coordinate is r, or r + n if that is below p.
fn is_x_modulo_n(r: &Number, point: &Jacobian) -> bool {
    if point.is_infinity() {
        return false;
    }
    let (r_plus_n, carry) = scalar::add(r, &scalar::N);
    point.has_x(&Element::from_number(*r))
        || !carry && field::is_below_p(&r_plus_n) && point.has_x(&Element::from_number(r_plus_n))
}

/// Returns the point times 1, 3, 5 and so on up to 15.
fn odd_multiples(point: &Affine) -> [Cached; 8] {
    let mut multiple = Jacobian::from_affine(point);
    let mut twice = multiple;
    twice.double_times(1);
    let twice = Cached::new(twice);
    let mut multiples = [Cached::new(multiple); 8];
    for cached in multiples.iter_mut().skip(1) {
        multiple.add_cached(&twice, false);
        *cached = Cached::new(multiple);
    }
    multiples
}

#[cfg(test)]
mod tests;
