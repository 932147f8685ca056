//! Multiples of a known point, computed by a comb with signed digits (Guide to Elliptic Curve
//! Cryptography, section 3.3.2; Hamburg, "Fast and compact elliptic-curve cryptography", section
//! 3.3).
//!
//! A number is written with digits that are 1 or -1, in rows of equal length. The rows are the
//! teeth of the comb. A table contains the sum of the teeth's multiples of the point for each
//! choice of signs. One addition therefore handles a whole column, and a number takes one doubling
//! less than there are columns. Of two opposite sums, the table contains the sum in which the
//! highest tooth is positive.

use super::super::limbs;
use super::curve::Curve;
use super::field::Element;
use super::point::{Affine, Cached, Jacobian};

/// The comb of the base point: the sums of all teeth, indexed by the signs of all teeth except the
/// highest. It takes 128 KiB for P-256, 48 KiB for P-384 and 72 KiB for P-521. The first
/// verification computes it, which takes about a millisecond.
pub(crate) struct BaseComb<C, const N: usize>(Box<[Affine<C, N>]>);

/// A curve with the comb of its base point, which is computed once.
pub(crate) trait BasePoint<const N: usize>: Curve<N> {
    fn base() -> &'static BaseComb<Self, N>;
}

/// The comb of another point. It is small enough to store: the sums of the lower half of the teeth,
/// then the sums of the upper half.
#[derive(Clone, Debug)]
pub(super) struct Comb<C, const N: usize>(Box<[Affine<C, N>]>);

/// A sum of a table, and all ones if it is to be subtracted, or zero if it is to be added.
pub(super) type Signed<'a, C, const N: usize> = (&'a Affine<C, N>, u64);

impl<C: Curve<N>, const N: usize> BaseComb<C, N> {
    pub(super) fn new() -> Self {
        let [x, y] = C::G.map(Element::from_form);
        let teeth = teeth(&Affine { x, y });
        BaseComb(Jacobian::normalize(&signed_sums(&teeth)).into())
    }

    /// Returns the sum that the digits of one column select.
    #[inline(always)]
    pub(super) fn column(&self, digits: u16) -> Signed<'_, C, N> {
        choose(&self.0, digits)
    }
}

impl<C: Curve<N>, const N: usize> Comb<C, N> {
    pub(super) fn new(point: &Affine<C, N>) -> Self {
        let teeth = teeth(point);
        let (low, high) = teeth.split_at(C::TEETH / 2);
        Comb(Jacobian::normalize(&[signed_sums(low), signed_sums(high)].concat()).into())
    }

    /// The number of sums of half of the teeth.
    const SUMS: usize = 1 << (C::TEETH / 2 - 1);

    /// Serializes the coordinates of all sums in the form of the curve, little-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 2 * N * 8);
        for sum in &self.0 {
            for coordinate in [sum.x, sum.y] {
                for limb in coordinate.to_form() {
                    bytes.extend_from_slice(&limb.to_le_bytes());
                }
            }
        }
        bytes
    }

    /// Reads a comb from its bytes. Returns `None` if the length is wrong or a coordinate is not
    /// below p.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 2 * Self::SUMS * 2 * N * 8 {
            return None;
        }
        let (limbs, _) = bytes.as_chunks();
        let mut limbs = limbs.iter().map(|limb| u64::from_le_bytes(*limb));
        let mut coordinate = || {
            let limbs = core::array::from_fn(|_| limbs.next().unwrap_or_default());
            limbs::is_below(&limbs, &C::P).then_some(Element::from_form(limbs))
        };
        let sums = (0..2 * Self::SUMS).map(|_| Some(Affine { x: coordinate()?, y: coordinate()? }));
        sums.collect::<Option<_>>().map(Comb)
    }

    /// Returns the two sums that the digits of one column select.
    #[inline(always)]
    pub(super) fn column(&self, digits: u16) -> [Signed<'_, C, N>; 2] {
        let (low, high) = self.0.split_at(Self::SUMS);
        [choose(low, digits), choose(high, digits >> (C::TEETH / 2))]
    }
}

/// Reads limbs of these sums and combines them into one number. A verification calls this for all
/// columns before the first addition, so that the processor loads the sums into its cache at the same
/// time. Otherwise, each addition waits for its own sum. The limbs that are read are at most 64 bytes
/// apart, which is the length of a cache line.
#[inline(always)]
pub(super) fn load<C: Curve<N>, const N: usize>(sums: [Signed<'_, C, N>; 3]) -> u64 {
    let mut limbs = 0;
    for (sum, _) in sums {
        let [[a, b], [c, d]] = [sum.x.outer_limbs(), sum.y.outer_limbs()];
        limbs ^= a ^ b ^ c ^ d;
    }
    limbs
}

/// Returns the sum that the digits select. The lowest bit is the lowest tooth. The number of sums is
/// a power of two.
#[inline(always)]
fn choose<C: Curve<N>, const N: usize>(sums: &[Affine<C, N>], digits: u16) -> Signed<'_, C, N> {
    // All ones if the digit of the highest tooth is -1. Then all signs are inverted. The mask is as
    // wide as a limb, because `usize` is narrower on some targets.
    let negative = u64::from(usize::from(digits) & sums.len() == 0).wrapping_neg();
    let index = usize::from(digits ^ negative as u16) & (sums.len() - 1);
    (&sums[index], negative)
}

/// Returns the point times 1, 2^COLUMNS, 2^(2 COLUMNS) and so on.
fn teeth<C: Curve<N>, const N: usize>(point: &Affine<C, N>) -> Vec<Jacobian<C, N>> {
    let mut tooth = Jacobian::from_affine(point);
    let next = |index| {
        if index > 0 {
            tooth.double_times(C::COLUMNS);
        }
        tooth
    };
    (0..C::TEETH).map(next).collect()
}

/// Returns all sums of these teeth in which the highest tooth is positive.
fn signed_sums<C: Curve<N>, const N: usize>(teeth: &[Jacobian<C, N>]) -> Vec<Jacobian<C, N>> {
    let Some((highest, others)) = teeth.split_last() else { return Vec::new() };
    // All signs except the sign of the highest tooth are negative.
    let mut sum = *highest;
    for tooth in others {
        sum.add_cached(&Cached::new(*tooth), true);
    }
    // Changing a sign to positive adds the tooth twice.
    let mut sums = vec![sum];
    for tooth in others {
        let mut twice = *tooth;
        twice.double_times(1);
        let twice = Cached::new(twice);
        for i in 0..sums.len() {
            let mut sum = sums[i];
            sum.add_cached(&twice, false);
            sums.push(sum);
        }
    }
    sums
}

#[cfg(test)]
mod tests;
