//! Compares the numbers with big integers. Also contains conversions for the other tests in this
//! folder.

use ::p256::elliptic_curve::bigint::{NonZero, U256, U512};

use super::super::comb::{COLUMNS, TEETH};
use super::super::field::tests::{edges, random_numbers};
use super::super::point::{number_from_bytes, number_to_bytes};
use super::*;
use crate::signature::digits::{comb_columns, non_adjacent_form};
use crate::signature::limbs::{add, bits, bits_from, sub};

/// Converts a number to an integer of the crate `p256`, whose words do not have the same width on
/// every target.
pub(in super::super) fn uint(number: Number) -> U256 {
    U256::from_le_slice(&number_to_bytes(&number))
}

/// Converts a number to an integer of 512 bits.
pub(in super::super) fn integer(number: Number) -> U512 {
    uint(number).resize()
}

/// Returns the limbs of an integer of the crate `p256`.
pub(in super::super) fn limbs(integer: &U256) -> Number {
    number_from_bytes(integer.to_le_bytes().as_ref().try_into().unwrap())
}

fn wide(number: &[u64; 8]) -> U512 {
    U512::from_le_slice(&number.map(u64::to_le_bytes).concat())
}

fn modulo_l(number: &U512) -> Number {
    limbs(&number.rem_vartime(&NonZero::<U512>::new_unwrap(integer(L))).resize())
}

/// Numbers below l at which a digit, a carry or a case changes, and random numbers.
pub(in super::super) fn numbers() -> Vec<Number> {
    let l = uint(L);
    let mut numbers: Vec<U256> = (0..40_u64).map(U256::from).collect();
    numbers.extend((1..40_u64).map(|small| l.wrapping_sub(&U256::from(small))));
    for bit in 0..253 {
        let power = U256::ONE.shl_vartime(bit);
        numbers.extend([power.wrapping_sub(&U256::ONE), power, power.wrapping_add(&U256::ONE)]);
        numbers.extend([l.wrapping_sub(&power), l.shr_vartime(1).wrapping_sub(&power)]);
    }
    let mut numbers: Vec<Number> =
        numbers.iter().filter(|number| **number < l).map(limbs).collect();
    let mut random = random_numbers();
    numbers.extend((0..500).map(|_| modulo_l(&integer(random()))));
    numbers
}

#[test]
fn the_constant_is_the_group_order() {
    let order = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
    assert_eq!(uint(L), U256::from_be_hex(order));
}

#[test]
fn wide_numbers_are_reduced_modulo_l() {
    let l = integer(L);
    let mut numbers = vec![U512::ZERO, U512::MAX];
    // Multiples of l, and 2^252 times a number, which is the quotient of the first step.
    let mut random = random_numbers();
    for times in [1, 2, 3, 4, 15, 16, 17, u64::MAX] {
        numbers.push(l.wrapping_mul(&U512::from(times)));
    }
    for _ in 0..50 {
        numbers.push(uint(random()).concatenating_mul(&uint(L)));
        numbers.push(integer(random()).shl_vartime(252));
    }
    for bit in 0..512 {
        numbers.push(U512::ONE.shl_vartime(bit));
        numbers.push(U512::MAX.shl_vartime(bit));
        numbers.push(U512::MAX.shr_vartime(bit));
    }
    let near = |number: &U512| {
        let offsets = [0_u64, 1, 2].map(U512::from);
        offsets.map(|offset| [number.wrapping_sub(&offset), number.wrapping_add(&offset)])
    };
    for number in numbers.iter().flat_map(near).flatten() {
        let bytes = number.to_le_bytes();
        let (limbs, _) = bytes.as_ref().as_chunks();
        let eight = core::array::from_fn(|index| u64::from_le_bytes(limbs[index]));
        assert_eq!(wide(&eight), number);
        assert_eq!(reduce(&eight), modulo_l(&number), "{number}");
    }
    for _ in 0..5000 {
        let (a, b) = (random(), random());
        let eight = [a, b].concat().try_into().unwrap();
        assert_eq!(reduce(&eight), modulo_l(&wide(&eight)), "{eight:x?}");
    }
}

#[test]
fn products_are_reduced_modulo_l() {
    let numbers = numbers();
    for (index, a) in numbers.iter().enumerate() {
        for b in [numbers[0], numbers[1], numbers[40], numbers[index / 2], numbers[index]] {
            let expected = modulo_l(&uint(*a).concatenating_mul(&uint(b)));
            assert_eq!(multiply(a, &b), expected, "{a:x?} {b:x?}");
        }
    }
    for a in edges() {
        for b in edges() {
            let expected = modulo_l(&uint(a).concatenating_mul(&uint(b)));
            assert_eq!(multiply(&a, &b), expected, "{a:x?} {b:x?}");
        }
    }
}

#[test]
fn numbers_are_added_subtracted_and_measured() {
    for a in edges() {
        for b in edges() {
            let (difference, is_negative) = sub(&a, &b);
            assert_eq!(uint(difference), uint(a).wrapping_sub(&uint(b)), "{a:x?} {b:x?}");
            assert_eq!(is_negative, uint(a) < uint(b), "{a:x?} {b:x?}");
            assert_eq!(uint(add(&a, &b).0), uint(a).wrapping_add(&uint(b)), "{a:x?} {b:x?}");
        }
        assert_eq!(bits(&a) as u32, U256::BITS - uint(a).leading_zeros_vartime(), "{a:x?}");
        let is_even = U256::from(u64::from(a[0] % 2 == 0));
        assert_eq!(uint(next_odd(&a)), uint(a).wrapping_add(&is_even), "{a:x?}");
    }
    for bit in 0..256 {
        let power = U256::ONE.shl_vartime(bit);
        assert_eq!(bits(&limbs(&power)) as u32, bit + 1);
        assert_eq!(bits(&limbs(&power.wrapping_sub(&U256::ONE))) as u32, bit);
    }
}

#[test]
fn the_digits_of_the_non_adjacent_form_sum_to_the_number() {
    for number in numbers() {
        let digits = non_adjacent_form(&number);
        let (mut positive, mut negative) = (U512::ZERO, U512::ZERO);
        for (bit, digit) in digits.into_iter().enumerate().filter(|(_, digit)| *digit != 0) {
            assert!(bit <= bits(&number), "{number:x?}");
            let sum = if digit > 0 { &mut positive } else { &mut negative };
            let term = U512::from(digit.unsigned_abs()).shl_vartime(bit as u32);
            *sum = sum.wrapping_add(&term);
        }
        assert_eq!(positive.wrapping_sub(&negative), integer(number), "{number:x?}");
    }
}

#[test]
fn the_signs_of_the_comb_sum_to_an_odd_number() {
    for number in numbers() {
        let odd = next_odd(&number);
        let (mut positive, mut negative) = (U512::ZERO, U512::ZERO);
        for (column, signs) in
            comb_columns::<4, COLUMNS>(&odd, false, TEETH, COLUMNS).into_iter().enumerate()
        {
            assert!(signs < 1 << TEETH, "{number:x?}");
            for tooth in 0..TEETH {
                let power = U512::ONE.shl_vartime((tooth * COLUMNS + column) as u32);
                let plus = signs >> tooth & 1 == 1;
                let sum = if plus { &mut positive } else { &mut negative };
                *sum = sum.wrapping_add(&power);
            }
        }
        assert_eq!(positive.wrapping_sub(&negative), integer(odd), "{number:x?}");
    }
    assert_eq!(bits_from(&[1 << 63, 1], 63), 3);
}
