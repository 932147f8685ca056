//! The digits of a number in a comb.

use super::super::{digits, limbs};
use super::curve::Curve;

/// The maximum number of columns in a comb.
pub(super) const MAX_COLUMNS: usize = 53;

/// Returns the signs of a number's digits in a comb, one value for each column. The lowest bit is
/// the lowest tooth. The columns above those of the curve are zero.
///
/// The digits represent the number, or the number plus n if it is even.
pub(super) fn comb_digits<C: Curve<N>, const N: usize>(number: &[u64; N]) -> [u16; MAX_COLUMNS] {
    let is_even = number[0] & 1 == 0;
    let (odd, carry) = if is_even { limbs::add(number, &C::ORDER) } else { (*number, false) };
    digits::comb_columns(&odd, carry, C::TEETH, C::COLUMNS)
}

#[cfg(test)]
mod tests;
