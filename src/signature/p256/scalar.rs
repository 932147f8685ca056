//! Numbers modulo n, the order of the group, and the digits that multiples of points are made of.
//! The arithmetic is the crate `p256`'s.

use ::p256::elliptic_curve::ops::Reduce;
use ::p256::elliptic_curve::{Field, PrimeField};
use ::p256::{FieldBytes, Scalar};

/// A number of 256 bits, least significant limb first.
pub(super) type Number = [u64; 4];

/// n (SP 800-186, section 3.2.1.3).
pub(super) const N: Number =
    [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// The number that big-endian bytes are.
pub(super) fn from_bytes(bytes: &[u8; 32]) -> Number {
    let (limbs, _) = bytes.as_chunks();
    let mut number = [0; 4];
    for (to, from) in number.iter_mut().rev().zip(limbs) {
        *to = u64::from_be_bytes(*from);
    }
    number
}

/// The sum and its carry.
pub(super) fn add(a: &Number, b: &Number) -> (Number, bool) {
    let mut sum = *a;
    let mut carry = false;
    for (to, from) in sum.iter_mut().zip(b) {
        (*to, carry) = to.carrying_add(*from, carry);
    }
    (sum, carry)
}

/// The multipliers u1, of the base point, and u2, of the key (FIPS 186-5, section 6.4.2, steps 2 to
/// 5), unless r or s is not from 1 to n - 1.
pub(super) fn multipliers(hash: &[u8], r: [u8; 32], s: [u8; 32]) -> Option<(Number, Number)> {
    let number = |bytes: [u8; 32]| Option::<Scalar>::from(Scalar::from_repr(bytes.into()));
    let (r, s) = (number(r)?, number(s)?);
    if bool::from(r.is_zero()) {
        return None;
    }
    // Zero has no inverse.
    let inverse: Scalar = Option::from(s.invert_vartime())?;
    let bytes = |scalar: Scalar| from_bytes(&scalar.to_bytes().into());
    Some((bytes(leftmost_bits(hash) * inverse), bytes(r * inverse)))
}

/// The leftmost 256 bits of a hash as a number modulo n; all of it where it is shorter.
fn leftmost_bits(hash: &[u8]) -> Scalar {
    let mut bytes = FieldBytes::default();
    let used = hash.get(..bytes.len()).unwrap_or(hash);
    let skipped = bytes.len() - used.len();
    for (to, from) in bytes.iter_mut().skip(skipped).zip(used) {
        *to = *from;
    }
    Scalar::reduce(&bytes)
}

/// The 64 bits from one bit on, zeros above the number's last.
pub(super) fn bits_from(limbs: &[u64], bit: usize) -> u64 {
    let limb = |index: usize| limbs.get(index).copied().unwrap_or(0);
    let shift = bit % 64;
    // Shifted by 64 in two steps, as shifting by the width of a number is undefined.
    limb(bit / 64) >> shift | limb(bit / 64 + 1) << 1 << (63 - shift)
}

/// The digits, by the bit that each counts from, of the non-adjacent form of width 5 (Guide to
/// Elliptic Curve Cryptography, algorithm 3.35): zero, or odd and from -15 to 15, with four zeros
/// at least after one that is not.
pub(super) fn non_adjacent_form(number: &Number) -> [i8; 257] {
    let mut digits = [0; 257];
    let (mut bit, mut carry) = (0, 0);
    while bit < digits.len() {
        let window = bits_from(number, bit);
        // With a carry, ones are what zeros are without.
        let zeros = (window ^ 0_u64.wrapping_sub(carry)).trailing_zeros();
        if zeros > 0 {
            bit += zeros as usize;
            continue;
        }
        let digit = (window & 31) + carry;
        // Above 15, 32 less now and one more five bits later.
        carry = digit >> 4;
        digits[bit] = digit as i8 - ((carry as i8) << 5);
        bit += 5;
    }
    digits
}
