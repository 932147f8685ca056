//! Numbers modulo n, the order of the group, and the digits for multiples of points. The crate
//! `p256` does the arithmetic.

use ::p256::elliptic_curve::ops::Reduce;
use ::p256::elliptic_curve::{Field, PrimeField};
use ::p256::{FieldBytes, Scalar};

/// A 256-bit number, least significant limb first.
pub(super) type Number = [u64; 4];

/// n (SP 800-186, section 3.2.1.3).
pub(super) const N: Number =
    [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// Reads a number from big-endian bytes.
pub(super) fn from_bytes(bytes: &[u8; 32]) -> Number {
    let (limbs, _) = bytes.as_chunks();
    let mut number = [0; 4];
    for (to, from) in number.iter_mut().rev().zip(limbs) {
        *to = u64::from_be_bytes(*from);
    }
    number
}

/// Returns the sum and its carry.
pub(super) fn add(a: &Number, b: &Number) -> (Number, bool) {
    let mut sum = *a;
    let mut carry = false;
    for (to, from) in sum.iter_mut().zip(b) {
        (*to, carry) = to.carrying_add(*from, carry);
    }
    (sum, carry)
}

/// Returns the multipliers u1 of the base point and u2 of the key (FIPS 186-5, section 6.4.2, steps
/// 2 to 5). Returns `None` if r or s is not in the range from 1 to n - 1.
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

/// Returns the leftmost 256 bits of a hash as a number modulo n. A shorter hash is used completely.
fn leftmost_bits(hash: &[u8]) -> Scalar {
    let mut bytes = FieldBytes::default();
    let used = hash.get(..bytes.len()).unwrap_or(hash);
    let skipped = bytes.len() - used.len();
    for (to, from) in bytes.iter_mut().skip(skipped).zip(used) {
        *to = *from;
    }
    Scalar::reduce(&bytes)
}

/// Returns 64 bits, starting at `bit`. Bits above the number are zero.
pub(super) fn bits_from(limbs: &[u64], bit: usize) -> u64 {
    let limb = |index: usize| limbs.get(index).copied().unwrap_or(0);
    let shift = bit % 64;
    // Shift by 64 in two steps, because shifting by the full width of a number overflows.
    limb(bit / 64) >> shift | limb(bit / 64 + 1) << 1 << (63 - shift)
}

/// Returns the digits of the non-adjacent form of width 5 (Guide to Elliptic Curve Cryptography,
/// algorithm 3.35), indexed by the bit at which they start. Each digit is zero, or odd and from -15
/// to 15. At least four zeros follow a digit that is not zero.
pub(super) fn non_adjacent_form(number: &Number) -> [i8; 257] {
    let mut digits = [0; 257];
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

#[cfg(test)]
mod tests {
    use ::p256::elliptic_curve::bigint::{U256, U512};

    use super::super::point::tests::{big_endian, limbs, number};
    use super::super::point::tests::{random_scalars, scalar, uint};
    use super::*;

    /// Numbers that are difficult for recodings, and random numbers.
    fn numbers() -> Vec<Number> {
        let n = uint(N);
        let mut numbers: Vec<U256> = (0..40_u64).map(U256::from).collect();
        numbers.extend((0..40_u64).map(|small| n.wrapping_sub(&U256::from(small))));
        numbers.extend((0..40_u64).map(|small| U256::MAX.wrapping_sub(&U256::from(small))));
        for bit in 0..256 {
            let power = U256::ONE.shl_vartime(bit);
            numbers.extend([power.wrapping_sub(&U256::ONE), power, power.wrapping_add(&U256::ONE)]);
            numbers.extend([power.wrapping_neg(), n.wrapping_sub(&power), n.wrapping_add(&power)]);
        }
        let mut random = random_scalars();
        let mut numbers: Vec<Number> = numbers.iter().map(limbs).collect();
        numbers.extend((0..500).map(|_| number(&random())));
        numbers
    }

    #[test]
    fn the_digits_of_the_non_adjacent_form_sum_to_the_number() {
        for number in numbers() {
            let digits = non_adjacent_form(&number);
            let (mut positive, mut negative) = (U512::ZERO, U512::ZERO);
            let mut last = None;
            for (bit, digit) in digits.into_iter().enumerate().filter(|(_, digit)| *digit != 0) {
                assert!(digit % 2 != 0 && (-15..=15).contains(&digit), "{number:x?}");
                assert!(last.is_none_or(|last| bit >= last + 5), "{number:x?}");
                last = Some(bit);
                let sum = if digit > 0 { &mut positive } else { &mut negative };
                let term = U512::from(digit.unsigned_abs()).shl_vartime(bit as u32);
                *sum = sum.wrapping_add(&term);
            }
            let sum = positive.wrapping_sub(&negative);
            assert_eq!(sum, uint(number).resize(), "{number:x?}");
        }
    }

    #[test]
    fn the_signs_of_the_comb_sum_to_the_number_or_the_number_plus_n() {
        use super::super::comb::{COLUMNS, TEETH, digits};
        for number in numbers() {
            let (mut positive, mut negative) = (U512::ZERO, U512::ZERO);
            for (column, signs) in digits(&number).into_iter().enumerate() {
                assert!(signs < 1 << TEETH, "{number:x?}");
                for tooth in 0..TEETH {
                    let power = U512::ONE.shl_vartime((tooth * COLUMNS + column) as u32);
                    let plus = signs >> tooth & 1 == 1;
                    let sum = if plus { &mut positive } else { &mut negative };
                    *sum = sum.wrapping_add(&power);
                }
            }
            let mut expected: U512 = uint(number).resize();
            if number[0] & 1 == 0 {
                expected = expected.wrapping_add(&uint(N).resize());
            }
            assert_eq!(positive.wrapping_sub(&negative), expected, "{number:x?}");
        }
    }

    #[test]
    fn bits_are_read_across_limb_boundaries() {
        let limbs = [0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00];
        let whole = u128::from(limbs[0]) | u128::from(limbs[1]) << 64;
        for bit in 0..128 {
            assert_eq!(bits_from(&limbs, bit), (whole >> bit) as u64, "{bit}");
        }
        for bit in 128..400 {
            assert_eq!(bits_from(&limbs, bit), 0, "{bit}");
        }
    }

    #[test]
    fn numbers_are_added_with_their_carry() {
        for a in numbers() {
            let (sum, carry) = add(&a, &N);
            let expected: U512 = uint(a).resize();
            let expected = expected.wrapping_add(&uint(N).resize());
            assert_eq!(uint(sum), expected.resize(), "{a:x?}");
            assert_eq!(carry, expected.bits_vartime() > 256, "{a:x?}");
        }
    }

    #[test]
    fn the_multipliers_times_s_are_the_hash_and_r() {
        let mut random = random_scalars();
        let bytes = |scalar: &Scalar| <[u8; 32]>::from(scalar.to_bytes());
        let [one, last] = [Scalar::ONE, -Scalar::ONE];
        let mut pairs = vec![(one, one), (one, last), (last, one), (last, last)];
        pairs.extend((0..50).map(|_| (random(), random())));
        for (r, s) in pairs {
            let hash = bytes(&random());
            let (u1, u2) = multipliers(&hash, bytes(&r), bytes(&s)).unwrap();
            assert_eq!(scalar(&u1) * s, Scalar::from_repr(hash.into()).unwrap());
            assert_eq!(scalar(&u2) * s, r);
            // Only the leftmost 256 bits of a longer hash are used. A shorter hash is a smaller
            // number.
            let longer = [&hash[..], &[0xff; 32]].concat();
            assert_eq!(multipliers(&longer, bytes(&r), bytes(&s)).unwrap(), (u1, u2));
            let (u1, _) = multipliers(&hash[..20], bytes(&r), bytes(&s)).unwrap();
            let mut padded = [0; 32];
            padded[12..].copy_from_slice(&hash[..20]);
            assert_eq!(scalar(&u1) * s, Scalar::from_repr(padded.into()).unwrap());
        }
        // A hash of n or more is reduced.
        let (u1, _) = multipliers(&[0xff; 32], bytes(&one), bytes(&one)).unwrap();
        let most = limbs(&U256::MAX.wrapping_sub(&uint(N)));
        assert_eq!(u1, most);
    }

    #[test]
    fn numbers_out_of_range_give_no_multipliers() {
        let big_endian = |number: U256| big_endian(&limbs(&number));
        let n = uint(N);
        let one = big_endian(U256::ONE);
        assert!(multipliers(&[7; 32], one, one).is_some());
        for outside in [U256::ZERO, n, n.wrapping_add(&U256::ONE), U256::MAX] {
            assert!(multipliers(&[7; 32], big_endian(outside), one).is_none(), "r {outside}");
            assert!(multipliers(&[7; 32], one, big_endian(outside)).is_none(), "s {outside}");
        }
    }
}
