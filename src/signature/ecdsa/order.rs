//! Numbers modulo n, the number of points on a curve.

use super::super::{lehmer, limbs};
use super::curve::Curve;

/// Returns the multipliers u1 of the base point and u2 of the key (FIPS 186-5, section 6.4.2, steps
/// 2 to 5). Returns `None` if r or s is not in the range from 1 to n - 1.
pub(super) fn multipliers<C: Curve<N>, const N: usize>(
    hash: &[u8],
    r: &[u64; N],
    s: &[u64; N],
) -> Option<([u64; N], [u64; N])> {
    if *r == [0; N] || !limbs::is_below(r, &C::ORDER) || !limbs::is_below(s, &C::ORDER) {
        return None;
    }
    // Zero has no inverse.
    let inverse = lehmer::invert(s, &C::ORDER)?;
    // The leftmost bits of the hash. A shorter hash is used completely. Cutting off bytes is enough:
    // n of P-256 and P-384 fills its bytes, and no hash is longer than n of P-521.
    let hash = limbs::from_be_bytes(hash.get(..C::BYTES).unwrap_or(hash));
    let u1 = C::multiply_modulo_order(&hash, &inverse);
    Some((u1, C::multiply_modulo_order(r, &inverse)))
}

/// What is needed to multiply modulo n.
pub(super) struct Modulus<const N: usize> {
    /// n, which must be odd.
    pub(super) order: [u64; N],
    /// Minus the inverse of n modulo 2^64.
    pub(super) inverse: u64,
    /// 2^(128 N) modulo n.
    pub(super) r_squared: [u64; N],
}

impl<const N: usize> Modulus<N> {
    /// Returns the product of two numbers modulo n. One of them may be n or more.
    pub(super) fn multiply(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        // Montgomery multiplication divides by R = 2^(64 N). The second one multiplies by R again.
        self.divided_product(&self.divided_product(a, b), &self.r_squared)
    }

    /// Returns `a * b / R` modulo n (Handbook of Applied Cryptography, algorithm 14.36).
    fn divided_product(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (mut low, high) = limbs::product(a, b);
        for _ in 0..N {
            // Add the multiple of n that makes the lowest limb zero, and divide by 2^64.
            let (multiple, top) = limbs::multiple(&self.order, low[0].wrapping_mul(self.inverse));
            let (sum, carry) = limbs::add(&low, &multiple);
            low = sum;
            low.rotate_left(1);
            low[N - 1] = top + carry as u64;
        }
        // The low half is now at most n.
        let (sum, carry) = limbs::add(&low, &high);
        let (difference, is_negative) = limbs::sub(&sum, &self.order);
        if is_negative && !carry { sum } else { difference }
    }
}

#[cfg(test)]
mod tests;
