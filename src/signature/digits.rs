//! The digits of the multipliers of points, for all curves of our own: the non-adjacent form, and
//! the columns of a comb. The running time depends on the numbers.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "indices are bounded by the lengths of fixed arrays, and truncation is intended"
)]

use super::limbs::bits_from;

/// The maximum number of digits in a non-adjacent form: one more than the bits of the longest group
/// order.
pub(super) const MAX_DIGITS: usize = 522;

/// The limbs of the longest number, and one more for its carry.
pub(super) const MAX_LIMBS: usize = 10;

/// Returns the signs of the digits of an odd number, one value for each column of a comb. `carry` is
/// the bit above the limbs of the number. The lowest bit of a value is the lowest tooth. The values
/// after `columns` are zero.
///
/// The number is the sum of all powers of two below 2^(teeth * columns), where each power is added
/// if its bit is set and subtracted if not. The number must have fewer bits than there are digits.
#[inline(always)]
pub(super) fn comb_columns<const N: usize, const COLUMNS: usize>(
    odd: &[u64; N],
    carry: bool,
    teeth: usize,
    columns: usize,
) -> [u16; COLUMNS] {
    let mut value = [0; MAX_LIMBS];
    value[..N].copy_from_slice(odd);
    value[N] = u64::from(carry);
    // If a bit is 0 for -1 and 1 for 1, the bits form half of the value plus all powers of two. For
    // an odd value, that is half of it, rounded down, plus the highest power.
    let digits = teeth * columns;
    value[digits / 64] |= 1 << (digits % 64);
    let mut signs = [0; COLUMNS];
    for tooth in 0..teeth {
        let bits = bits_from(&value, tooth * columns + 1);
        for (column, signs) in signs.iter_mut().enumerate().take(columns) {
            *signs |= ((bits >> column & 1) as u16) << tooth;
        }
    }
    signs
}

/// Returns the digits of the non-adjacent form of width 5 (Guide to Elliptic Curve Cryptography,
/// algorithm 3.35), indexed by the bit at which they start. Each digit is zero, or odd and from -15
/// to 15. At least four zeros follow a digit that is not zero.
pub(super) fn non_adjacent_form<const N: usize>(number: &[u64; N]) -> [i8; MAX_DIGITS] {
    let mut digits = [0; MAX_DIGITS];
    let (mut bit, mut carry) = (0, 0);
    while bit < digits.len() {
        let window = bits_from(number, bit);
        // With a carry, ones are skipped instead of zeros.
        let zeros = (window ^ 0_u64.wrapping_sub(carry)).trailing_zeros();
        if zeros > 0 {
            bit += zeros as usize;
            continue;
        }
        let digit = (window & 31) + carry;
        // If the digit is above 15, subtract 32 from it and add one five bits later.
        carry = digit >> 4;
        digits[bit] = digit as i8 - ((carry as i8) << 5);
        bit += 5;
    }
    digits
}
