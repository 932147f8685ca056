use num_bigint::{BigInt, BigUint};

use super::super::super::digits::{MAX_DIGITS, MAX_LIMBS, non_adjacent_form};
use super::super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::super::tests::reference::{Scalar, Tested, on_every_curve};
use super::*;

/// Returns numbers that are difficult for recodings, and random numbers. They have at most as many
/// bits as n.
fn numbers<C: Tested<N>, const N: usize>() -> Vec<[u64; N]> {
    let n = C::order();
    let all = power_of_two(C::ORDER_BITS);
    let mut numbers: Vec<BigUint> = (0..40_u32).map(BigUint::from).collect();
    numbers.extend((0..40_u32).map(|small| &n - small));
    numbers.extend((1..=40_u32).map(|small| &all - small));
    for bit in 0..C::ORDER_BITS {
        let power = power_of_two(bit);
        numbers.extend([&power - 1_u8, power.clone(), &power + 1_u8]);
        numbers.extend([&all - &power, &n - &power % &n, (&n + &power) % &all]);
    }
    let mut random = Random::new();
    numbers.extend((0..500).map(|_| Scalar::<C, N>::random(&mut random).big()));
    numbers.iter().map(to_limbs).collect()
}

#[test]
fn the_digits_of_the_non_adjacent_form_sum_to_the_number() {
    fn check<C: Tested<N>, const N: usize>() {
        for number in numbers::<C, N>() {
            let digits = non_adjacent_form(&number);
            let mut sum = BigInt::ZERO;
            let mut last = None;
            for (bit, digit) in digits.into_iter().enumerate().filter(|(_, digit)| *digit != 0) {
                assert!(digit % 2 != 0 && (-15..=15).contains(&digit), "{number:x?}");
                assert!(last.is_none_or(|last| bit >= last + 5), "{number:x?}");
                // A sum of multiples reads only this many digits.
                assert!(bit < C::ORDER_BITS + 1, "{number:x?}");
                last = Some(bit);
                sum += BigInt::from(digit) << bit;
            }
            assert_eq!(sum, BigInt::from(big(&number)), "{number:x?}");
        }
        assert!(C::ORDER_BITS < MAX_DIGITS);
    }
    on_every_curve!(check);
}

#[test]
fn the_signs_of_the_comb_sum_to_the_number_or_the_number_plus_n() {
    fn check<C: Tested<N>, const N: usize>() {
        for number in numbers::<C, N>() {
            let mut sum = BigInt::ZERO;
            let columns = comb_digits::<C, N>(&number);
            for (column, signs) in columns.into_iter().enumerate() {
                if column >= C::COLUMNS {
                    assert_eq!(signs, 0, "{number:x?}");
                    continue;
                }
                assert_eq!(u32::from(signs) >> C::TEETH, 0, "{number:x?}");
                for tooth in 0..C::TEETH {
                    let power = BigInt::from(power_of_two(tooth * C::COLUMNS + column));
                    sum += if signs >> tooth & 1 == 1 { power } else { -power };
                }
            }
            let is_even = number[0] & 1 == 0;
            let expected = big(&number) + if is_even { C::order() } else { BigUint::ZERO };
            assert_eq!(sum, BigInt::from(expected), "{number:x?}");
        }
        assert!(C::COLUMNS <= MAX_COLUMNS && C::TEETH * C::COLUMNS / 64 < MAX_LIMBS);
    }
    on_every_curve!(check);
}
