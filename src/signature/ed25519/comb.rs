//! Multiples of a known point, computed by a comb with signed digits (Guide to Elliptic Curve
//! Cryptography, section 3.3.2; Hamburg, "Fast and compact elliptic-curve cryptography", section
//! 3.3).
//!
//! A number is written with 264 digits, each 1 or -1, in 12 rows of 22 columns. The rows are the
//! teeth of the comb. A table contains the sum of the teeth's multiples of the point for each
//! choice of signs. One addition therefore handles a whole column, and a number takes 21 doublings.
//! Of two opposite sums, the table contains the sum in which the highest tooth is positive.
//!
//! Only odd numbers have such digits. Adding l to an even number makes it odd, but this changes the
//! multiple of a point that is outside the group of prime order. The base point is inside this
//! group. The key can be outside.

use std::sync::LazyLock;

use super::field::{Element, is_below_p};
use super::point::{self, Affine, B, Cached, Niels, Point};
use super::scalar::{self, L};
use crate::signature::digits::comb_columns;
use crate::signature::limbs::{self, Number};

/// The number of rows of a comb. Its rows are called teeth.
pub(super) const TEETH: usize = 12;

/// The number of digits in each row. All rows together have 264 digits, which is enough for l plus a number
/// below it.
pub(super) const COLUMNS: usize = 22;

/// The number of sums in each table of a key. A table has half of the teeth.
const SUMS: usize = 1 << (TEETH / 2 - 1);

/// The comb of the base point: the 2,048 sums of all teeth, 192 KiB. The first verification computes
/// them, which takes about a millisecond.
static BASE: LazyLock<Vec<Niels>> = LazyLock::new(|| {
    let sums = Point::normalize(&signed_sums(&teeth(&B)));
    sums.iter().map(Niels::new).collect()
});

/// The comb of the base point.
pub(super) struct BaseComb(&'static [Niels]);

/// The comb of another point: 32 sums of the six low teeth, 32 sums of the six high teeth, and the
/// point itself. It is small enough to store. The stored form has only two coordinates for each
/// point, 4 KiB in total, because the third one takes just two multiplications.
#[derive(Clone, Debug)]
pub(super) struct Comb {
    sums: [Niels; 2 * SUMS],
    point: Niels,
}

/// A sum of a table, and whether it is subtracted instead of added.
pub(super) type Signed<'a> = (&'a Niels, bool);

impl BaseComb {
    pub(super) fn get() -> BaseComb {
        BaseComb(&BASE)
    }

    /// Returns the digits of a number below l, one value for each column. If the number is even,
    /// these are the digits of the number plus l.
    pub(super) fn digits(number: &Number) -> [u16; COLUMNS] {
        let even = number[0] & 1 == 0;
        comb_columns(&if even { limbs::add(number, &L).0 } else { *number }, false, TEETH, COLUMNS)
    }

    /// Returns the sum that the digits of one column select.
    #[inline(always)]
    pub(super) fn column(&self, digits: u16) -> Signed<'static> {
        choose(self.0, digits)
    }
}

impl Comb {
    /// The length of [`to_bytes`](Comb::to_bytes).
    const LENGTH: usize = (2 * SUMS + 1) * 2 * 32;

    pub(super) fn new(point: &Affine) -> Comb {
        let teeth = teeth(point);
        let (low, high) = teeth.split_at(TEETH / 2);
        let sums = Point::normalize(&[signed_sums(low), signed_sums(high)].concat());
        Comb {
            sums: core::array::from_fn(|index| Niels::new(&sums[index])),
            point: Niels::new(point),
        }
    }

    /// Returns the point.
    pub(super) fn point(&self) -> Affine {
        self.point.to_affine()
    }

    /// Serializes the coordinates of the point and all sums, little-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Comb::LENGTH);
        for point in core::iter::once(&self.point).chain(&self.sums) {
            let Affine { x, y } = point.to_affine();
            for coordinate in [x, y] {
                bytes.extend_from_slice(&point::number_to_bytes(&coordinate.to_number()));
            }
        }
        bytes
    }

    /// Reads a comb from its bytes. Returns `None` if the length is wrong or a coordinate is not
    /// below p.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Comb> {
        let (numbers, _) = <&[u8; Comb::LENGTH]>::try_from(bytes).ok()?.as_chunks();
        let mut numbers = numbers.iter().map(point::number_from_bytes);
        let mut all_below_p = true;
        let mut coordinate = || {
            let number = numbers.next().unwrap_or_default();
            all_below_p &= is_below_p(&number);
            Element::from_number(number)
        };
        let mut point = || Niels::new(&Affine { x: coordinate(), y: coordinate() });
        let comb = Comb { point: point(), sums: core::array::from_fn(|_| point()) };
        all_below_p.then_some(comb)
    }

    /// Returns the digits of a number below l, one value for each column. If the number is even,
    /// these are the digits of the next number.
    pub(super) fn digits(number: &Number) -> [u16; COLUMNS] {
        comb_columns(&scalar::next_odd(number), false, TEETH, COLUMNS)
    }

    /// Returns the two sums that the digits of one column select.
    #[inline(always)]
    pub(super) fn column(&self, digits: u16) -> [Signed<'_>; 2] {
        let (low, high) = self.sums.split_at(SUMS);
        [choose(low, digits), choose(high, digits >> (TEETH / 2))]
    }

    /// Subtracts the point if the number is even. Then [`digits`](Comb::digits) are those of the
    /// next number.
    pub(super) fn correct(&self, sum: &mut Point, number: &Number) {
        if number[0] & 1 == 0 {
            sum.add_niels(&self.point, true);
        }
    }
}

/// Reads limbs of these sums and combines them into one number. A verification calls this for all
/// columns before the first addition, so that the processor loads the sums into its cache at the same
/// time. Otherwise, each addition waits for its own sum. The limbs that are read are at most 64 bytes
/// apart, which is the length of a cache line.
#[inline(always)]
pub(super) fn load(sums: [Signed<'_>; 3]) -> u64 {
    let mut limbs = 0;
    for (sum, _) in sums {
        let [[a, b], [c, d], [e, f]] = sum.outer_limbs();
        limbs ^= a ^ b ^ c ^ d ^ e ^ f;
    }
    limbs
}

/// Returns the sum that the digits select. The lowest bit is the lowest tooth. The number of sums is
/// a power of two.
#[inline(always)]
fn choose(sums: &[Niels], digits: u16) -> Signed<'_> {
    // If the digit of the highest tooth is -1, all signs are inverted.
    let negative = usize::from(digits) & sums.len() == 0;
    let inverted = if negative { !digits } else { digits };
    (&sums[usize::from(inverted) & (sums.len() - 1)], negative)
}

/// Returns the point times 1, 2^22, 2^44 and so on.
fn teeth(point: &Affine) -> [Point; TEETH] {
    let mut tooth = Point::from_affine(point);
    core::array::from_fn(|index| {
        if index > 0 {
            tooth.double_times(COLUMNS);
        }
        tooth
    })
}

/// Returns all sums of these teeth, indexed by the signs of all teeth except the highest.
fn signed_sums(teeth: &[Point]) -> Vec<Point> {
    let Some((highest, low)) = teeth.split_last() else { return Vec::new() };
    // All signs except the sign of the highest tooth are negative.
    let mut sum = *highest;
    for tooth in low {
        sum.add_cached(&Cached::new(tooth), true);
    }
    // Changing a sign to positive adds the tooth twice.
    let mut sums = vec![sum];
    for tooth in low {
        let mut twice = *tooth;
        twice.double_times(1);
        let twice = Cached::new(&twice);
        for index in 0..sums.len() {
            let mut sum = sums[index];
            sum.add_cached(&twice, false);
            sums.push(sum);
        }
    }
    sums
}

#[cfg(test)]
mod tests;
