//! Ed25519 (RFC 8032, section 5.1), with the cofactorless equation s B = R + h A.
//!
//! The arithmetic is our own. `field.rs` contains arithmetic modulo p, `point.rs` the points,
//! `scalar.rs` arithmetic modulo l, `comb.rs` the tables of known points, and `lattice.rs` finds
//! shorter multipliers.
//!
//! A verification with a prepared key computes s B - h A with two combs, and compares it with R. A
//! verification without one has no table of the key. It decodes R and multiplies the equation by an
//! odd number b, for which b, and b h modulo 8 l, are half as long (Antipa, Brown, Gallant, Lambert,
//! Struik and Vanstone, "Accelerated Verification of ECDSA Signatures"). `lattice.rs` explains why
//! this does not change the verdict.
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
mod field;
mod lattice;
mod point;
mod scalar;

use comb::{BaseComb, COLUMNS, Comb, Signed};
use lattice::Multipliers;
use point::{Affine, Cached, Encoded, Point};
use sha2::{Digest, Sha512};

use super::digits::non_adjacent_form;
use super::limbs::{self, Number};
use crate::error::{ErrorKind, Failure, counted};

/// A point of a key, which does not have small order.
pub(super) struct Key {
    encoded: [u8; 32],
    point: Affine,
}

/// A key with its comb.
#[derive(Clone)]
pub(super) struct PreparedKey {
    encoded: [u8; 32],
    /// The comb of the opposite point.
    comb: Box<Comb>,
}

/// A signature whose R has a canonical encoding and not small order, and whose s is below l.
struct Signature<'a> {
    r_bytes: &'a [u8; 32],
    r: Encoded,
    s: Number,
}

impl Key {
    /// Decodes a key. Fails if `x` is not a point, has small order, or is encoded with a y that is
    /// not below p (RFC 8032, section 5.1.3).
    pub(super) fn new(x: &[u8; 32]) -> Result<Key, Failure> {
        let refused = |reason| Failure::new(ErrorKind::PointNotOnCurve, reason);
        let Some(encoded) = Encoded::from_bytes(x) else {
            return Err(refused("the encoding of the point is not canonical"));
        };
        let Some(point) = encoded.decode() else {
            return Err(ErrorKind::PointNotOnCurve.into());
        };
        if encoded.has_small_order() {
            return Err(refused("the point has small order"));
        }
        Ok(Key { encoded: *x, point })
    }

    /// Verifies a signature over the concatenation of `parts`.
    pub(super) fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
        let signature = Signature::from_bytes(signature)?;
        let h = signature.challenge(&self.encoded, parts);
        let valid = signature.r.decode().is_some_and(|r| {
            let multipliers = lattice::short_multipliers(&h);
            self.difference(&signature.s, &r, &multipliers).is_neutral()
        });
        if valid { Ok(()) } else { Err(ErrorKind::SignatureInvalid.into()) }
    }

    /// Returns b s B - a A - b R.
    fn difference(&self, s: &Number, r: &Affine, multipliers: &Multipliers) -> Point {
        let Multipliers { a, a_is_negative, b } = multipliers;
        let base_digits = BaseComb::digits(&scalar::multiply(b, s));
        let (key_digits, r_digits) = (non_adjacent_form(a), non_adjacent_form(b));
        let (key_multiples, r_multiples) = (odd_multiples(&self.point), odd_multiples(r));
        let base = BaseComb::get();
        let mut sum = Point::NEUTRAL;
        let mut doublings = 0;
        let add = |sum: &mut Point, doublings: &mut usize, multiples: &[Cached; 8], digit: i8| {
            sum.double_times(core::mem::take(doublings));
            sum.add_cached(&multiples[usize::from(digit.unsigned_abs() / 2)], digit > 0);
        };
        // A non-adjacent form can be one digit longer than the number.
        let length = limbs::bits(a).max(limbs::bits(b)).max(COLUMNS);
        for bit in (0..=length).rev() {
            doublings += 1;
            if key_digits[bit] != 0 {
                let digit = key_digits[bit];
                let digit = if *a_is_negative { -digit } else { digit };
                add(&mut sum, &mut doublings, &key_multiples, digit);
            }
            if r_digits[bit] != 0 {
                add(&mut sum, &mut doublings, &r_multiples, r_digits[bit]);
            }
            if let Some(column) = base_digits.get(bit) {
                sum.double_times(core::mem::take(&mut doublings));
                let (chosen, negative) = base.column(*column);
                sum.add_niels(chosen, negative);
            }
        }
        sum
    }

    /// Computes the comb of the key.
    pub(super) fn prepare(&self) -> PreparedKey {
        PreparedKey { encoded: self.encoded, comb: Box::new(Comb::new(&self.point.negate())) }
    }
}

impl PreparedKey {
    /// Serializes the comb in an internal format.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.comb.to_bytes()
    }

    /// Reads the comb from the bytes that [`to_bytes`](PreparedKey::to_bytes) returned. This
    /// function does not check whether it is the comb of any key.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<PreparedKey> {
        let comb = Comb::from_bytes(bytes)?;
        Some(PreparedKey { encoded: comb.point().negate().encode(), comb: Box::new(comb) })
    }

    /// Verifies a signature over the concatenation of `parts`.
    pub(super) fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
        let signature = Signature::from_bytes(signature)?;
        let h = signature.challenge(&self.encoded, parts);
        if self.difference(&signature.s, &h).has_encoding(&signature.r) {
            Ok(())
        } else {
            Err(ErrorKind::SignatureInvalid.into())
        }
    }

    /// Returns s B - h A.
    fn difference(&self, s: &Number, h: &Number) -> Point {
        let (base_digits, key_digits) = (BaseComb::digits(s), Comb::digits(h));
        let base = BaseComb::get();
        let mut loaded = 0;
        for column in 0..COLUMNS {
            loaded ^= comb::load(self.choose(&base, base_digits[column], key_digits[column]));
        }
        core::hint::black_box(loaded);
        let mut sum = Point::NEUTRAL;
        for column in (0..COLUMNS).rev() {
            let sums = self.choose(&base, base_digits[column], key_digits[column]);
            for (chosen, negative) in sums {
                sum.add_niels(chosen, negative);
            }
            if column > 0 {
                sum.double_times(1);
            }
        }
        self.comb.correct(&mut sum, h);
        sum
    }

    /// Returns the sums that the digits of one column select, from the base point and the key.
    #[inline(always)]
    fn choose<'a>(&'a self, base: &BaseComb, base_digits: u16, key_digits: u16) -> [Signed<'a>; 3] {
        let [low, high] = self.comb.column(key_digits);
        [base.column(base_digits), low, high]
    }
}

impl Signature<'_> {
    /// Reads R and s (RFC 8032, section 5.1.7, step 1).
    fn from_bytes(signature: &[u8]) -> Result<Signature<'_>, Failure> {
        let Some((r_bytes, s)) = signature.split_first_chunk::<32>() else {
            return Err(wrong_length(signature));
        };
        let s: &[u8; 32] = s.try_into().map_err(|_| wrong_length(signature))?;
        let invalid = || Failure::from(ErrorKind::SignatureInvalid);
        let s = point::number_from_bytes(s);
        let is_below_l = limbs::is_below(&s, &scalar::L);
        let r = Encoded::from_bytes(r_bytes).ok_or_else(invalid)?;
        if !is_below_l || r.has_small_order() {
            return Err(invalid());
        }
        Ok(Signature { r_bytes, r, s })
    }

    /// Returns the hash of R, the key and the message modulo l (RFC 8032, section 5.1.7, step 2).
    fn challenge(&self, key: &[u8; 32], parts: &[&[u8]]) -> Number {
        let hash = Sha512::new().chain_update(self.r_bytes).chain_update(key);
        let hash = parts.iter().fold(hash, |hash, part| hash.chain_update(part)).finalize();
        let (limbs, _) = hash.as_chunks();
        let mut number = [0; 8];
        for (to, from) in number.iter_mut().zip(limbs) {
            *to = u64::from_le_bytes(*from);
        }
        scalar::reduce(&number)
    }
}

fn wrong_length(signature: &[u8]) -> Failure {
    let length = counted(signature.len(), "byte");
    Failure::new(ErrorKind::SignatureInvalid, format!("the signature has {length}, not 64"))
}

/// Returns the point times 1, 3, 5 and so on up to 15.
fn odd_multiples(point: &Affine) -> [Cached; 8] {
    let mut multiple = Point::from_affine(point);
    let mut twice = multiple;
    twice.double_times(1);
    let twice = Cached::new(&twice);
    let mut multiples = [Cached::new(&multiple); 8];
    for cached in multiples.iter_mut().skip(1) {
        multiple.add_cached(&twice, false);
        *cached = Cached::new(&multiple);
    }
    multiples
}

#[cfg(test)]
mod tests;
