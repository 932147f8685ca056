//! The extended Euclidean algorithm with Lehmer's method (Knuth, The Art of Computer Programming,
//! volume 2, section 4.5.2, algorithm L), for inverses and for short multipliers.
//!
//! Most quotients depend only on the leading bits of both numbers. Steps with one limb therefore
//! collect about 31 bits of quotients, and then all of them are applied to the whole numbers at
//! once. The running time depends on the numbers.
#![allow(clippy::indexing_slicing, reason = "indices are bounded by the lengths of fixed arrays")]

use super::limbs::{self, bits};

/// Two successive remainders of the algorithm and their cofactors.
///
/// For the modulus m and the number x, `a` is ±`a_factor` * x modulo m, and `b` is ∓`b_factor` * x
/// modulo m. `a` is at least `b`.
pub(super) struct Remainders<const N: usize> {
    pub(super) a: [u64; N],
    pub(super) b: [u64; N],
    pub(super) a_factor: [u64; N],
    pub(super) b_factor: [u64; N],
    /// Whether `b` is `b_factor` times x, and `a` is minus `a_factor` times x.
    pub(super) b_is_positive: bool,
}

/// The quotients of some steps: `a` becomes ±(`a_from_a` a - `a_from_b` b), and `b` becomes
/// ±(`b_from_b` b - `b_from_a` a).
struct Steps {
    a_from_a: u64,
    a_from_b: u64,
    b_from_a: u64,
    b_from_b: u64,
    is_odd: bool,
}

/// Returns the inverse of a number below the modulus. Returns `None` if it has none, in particular
/// if it is zero. The modulus must be above 1.
pub(super) fn invert<const N: usize>(number: &[u64; N], modulus: &[u64; N]) -> Option<[u64; N]> {
    let mut remainders = Remainders::new(modulus, number);
    let one = remainders.b_factor;
    while remainders.b != [0; N] {
        remainders.step(0);
    }
    if remainders.a != one {
        return None;
    }
    let factor = remainders.a_factor;
    // The last step has made the sign of `b` that of the modulus. `a` has the opposite sign.
    Some(if remainders.b_is_positive { limbs::sub(modulus, &factor).0 } else { factor })
}

impl<const N: usize> Remainders<N> {
    /// Starts with the modulus and a number below it.
    pub(super) fn new(modulus: &[u64; N], number: &[u64; N]) -> Self {
        let mut one = [0; N];
        one[0] = 1;
        Remainders { a: *modulus, b: *number, a_factor: [0; N], b_factor: one, b_is_positive: true }
    }

    /// Takes one or more steps, or a part of one, and stops when `b` has about `enough` bits. `b`
    /// must have more bits at the start.
    pub(super) fn step(&mut self, enough: usize) {
        let steps = Steps::of(&self.a, &self.b, enough);
        if steps.a_from_b == 0 {
            self.subtract_once();
            return;
        }
        let Steps { a_from_a, a_from_b, b_from_a, b_from_b, is_odd } = steps;
        let (a, b) = (self.a, self.b);
        // After an odd number of steps, both differences are negative.
        let (plus, minus) = if is_odd {
            ((b, a_from_b, a, a_from_a), (a, b_from_a, b, b_from_b))
        } else {
            ((a, a_from_a, b, a_from_b), (b, b_from_b, a, b_from_a))
        };
        self.a = difference(&plus.0, plus.1, &plus.2, plus.3);
        self.b = difference(&minus.0, minus.1, &minus.2, minus.3);
        let (a, b) = (self.a_factor, self.b_factor);
        self.a_factor = sum(&a, a_from_a, &b, a_from_b);
        self.b_factor = sum(&a, b_from_a, &b, b_from_b);
        self.b_is_positive ^= is_odd;
    }

    /// Takes one step of the algorithm, unless `b` is zero.
    pub(super) fn single_step(&mut self) {
        while self.b != [0; N] && !self.subtract_once() {}
    }

    /// Subtracts the largest possible multiple of `b` by a power of two from `a`. This is a part of
    /// one step, for quotients that do not depend on the leading bits alone. Returns whether it
    /// completes the step.
    #[cold]
    fn subtract_once(&mut self) -> bool {
        let mut shift = bits(&self.a) - bits(&self.b);
        let mut shifted = shift_left(&self.b, shift);
        if limbs::is_below(&self.a, &shifted) {
            shift -= 1;
            shifted = shift_left(&self.b, shift);
        }
        self.a = limbs::sub(&self.a, &shifted).0;
        self.a_factor = limbs::add(&self.a_factor, &shift_left(&self.b_factor, shift)).0;
        let is_complete = limbs::is_below(&self.a, &self.b);
        if is_complete {
            core::mem::swap(&mut self.a, &mut self.b);
            core::mem::swap(&mut self.a_factor, &mut self.b_factor);
            self.b_is_positive ^= true;
        }
        is_complete
    }
}

impl Steps {
    /// Computes the steps that depend only on the leading 64 bits, until `b` has about `enough`
    /// bits. `a` must be at least `b`.
    fn of<const N: usize>(a: &[u64; N], b: &[u64; N], enough: usize) -> Steps {
        let lowest = bits(a).saturating_sub(64);
        let enough = u32::try_from(enough.saturating_sub(lowest)).unwrap_or(u32::MAX);
        let (mut a, mut b) = (limbs::bits_from(a, lowest), limbs::bits_from(b, lowest));
        let mut steps = Steps { a_from_a: 1, a_from_b: 0, b_from_a: 0, b_from_b: 1, is_odd: false };
        while b.unbounded_shr(enough) != 0 {
            let (quotient, rest) = (a / b, a % b);
            // Neither number can be above the first `a`.
            let from_a = quotient * steps.b_from_a + steps.a_from_a;
            let from_b = quotient * steps.b_from_b + steps.a_from_b;
            // The bits below change both remainders by less than the larger factor, and their
            // difference by less than the sum of two (Jebelean, A double-digit Lehmer-Euclid
            // algorithm for finding the GCD of long integers, theorem 1). `from_b` is the larger
            // one of both factors.
            if lowest > 0 && (rest < from_b || b - rest < from_b + steps.b_from_b) {
                break;
            }
            (a, b) = (b, rest);
            steps = Steps {
                a_from_a: steps.b_from_a,
                a_from_b: steps.b_from_b,
                b_from_a: from_a,
                b_from_b: from_b,
                is_odd: !steps.is_odd,
            };
        }
        steps
    }
}

/// Returns `a * x - b * y`, which must fit.
fn difference<const N: usize>(a: &[u64; N], x: u64, b: &[u64; N], y: u64) -> [u64; N] {
    limbs::sub(&limbs::multiple(a, x).0, &limbs::multiple(b, y).0).0
}

/// Returns `a * x + b * y`, which must fit.
fn sum<const N: usize>(a: &[u64; N], x: u64, b: &[u64; N], y: u64) -> [u64; N] {
    limbs::add(&limbs::multiple(a, x).0, &limbs::multiple(b, y).0).0
}

/// Returns the number times a power of two, which must fit.
fn shift_left<const N: usize>(number: &[u64; N], shift: usize) -> [u64; N] {
    let mut shifted = [0; N];
    for (i, to) in shifted.iter_mut().enumerate().skip(shift / 64) {
        let from = i - shift / 64;
        let below = if from == 0 { 0 } else { number[from - 1] };
        *to = number[from] << (shift % 64) | below >> 1 >> (63 - shift % 64);
    }
    shifted
}

#[cfg(test)]
mod tests;
