//! What distinguishes the curves: y^2 = x^3 - 3x + b over a prime field, with a prime number of
//! points (SP 800-186, section 3.2.1).

use core::fmt::Debug;

/// A curve whose coordinates have N limbs. All numbers are below 2^(64 N), least significant limb
/// first.
///
/// Each curve has its own form of the elements of its field, in which a product can be reduced
/// quickly. Arrays of limbs are in this form unless their documentation says otherwise.
pub(crate) trait Curve<const N: usize>: Copy + Debug + Sized + 'static {
    /// The prime p of the field, as a number.
    const P: [u64; N];

    /// The number n of points, as a number. It is below p.
    const ORDER: [u64; N];

    /// The number of bits of n.
    const ORDER_BITS: usize = 64 * N - Self::ORDER[N - 1].leading_zeros() as usize;

    /// The length of a coordinate or of a number modulo n, in bytes.
    const BYTES: usize;

    /// The number 1.
    const ONE: [u64; N];

    /// The factor that converts a number to the form of an element.
    const TO_FORM: [u64; N];

    /// The coefficient b of the curve.
    const B: [u64; N];

    /// The base point G.
    const G: [[u64; N]; 2];

    /// The number of rows of a comb, an even number.
    const TEETH: usize;

    /// The number of columns of a comb. There are more digits, TEETH * COLUMNS, than n has bits.
    const COLUMNS: usize;

    /// Reduces a product of two elements, `low + high * 2^(64 N)`. The result is `low + top * 2^(64
    /// N)`. It is not negative, and below 2^(64 N) + p.
    ///
    /// The halves can also be a difference of two products in two's complement. Then the caller
    /// subtracts the borrow from `top`.
    fn reduce(low: [u64; N], high: [u64; N]) -> ([u64; N], i64);

    /// Returns a representative of `low + top * 2^(64 N)` with N limbs. The only representatives of
    /// zero that this function returns are 0 and p.
    fn fold(low: [u64; N], top: i64) -> [u64; N];

    /// Does the same as [`fold`](Curve::fold), for what [`reduce`](Curve::reduce) returns for a
    /// product of two elements.
    fn fold_reduced(low: [u64; N], top: i64) -> [u64; N];

    /// Returns the product of two numbers modulo n. One of them may be n or more.
    fn multiply_modulo_order(a: &[u64; N], b: &[u64; N]) -> [u64; N];
}

#[cfg(test)]
mod tests;
