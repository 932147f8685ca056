//! Compares inverses with `BigUint::modinv`, and checks each step against the Euclidean algorithm.
#![allow(clippy::cast_possible_truncation, reason = "truncation is intended")]

use num_bigint::BigUint;

use super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::*;

fn hexadecimal(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.replace(' ', "").as_bytes(), 16).unwrap()
}

/// Returns p and n of P-256 (SP 800-186, section 3.2.1.3).
fn moduli_of_p256() -> [BigUint; 2] {
    let p = power_of_two(256) - power_of_two(224) + power_of_two(192) + power_of_two(96) - 1_u8;
    let n = "ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551";
    [p, hexadecimal(n)]
}

/// Returns p and n of P-384 (SP 800-186, section 3.2.1.4).
fn moduli_of_p384() -> [BigUint; 2] {
    let p = power_of_two(384) - power_of_two(128) - power_of_two(96) + power_of_two(32) - 1_u8;
    let n = "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff \
             c7634d81 f4372ddf 581a0db2 48b0a77a ecec196a ccc52973";
    [p, hexadecimal(n)]
}

/// Returns p and n of P-521 (SP 800-186, section 3.2.1.5).
fn moduli_of_p521() -> [BigUint; 2] {
    let n = "1ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffa \
             51868783 bf2f966b 7fcc0148 f709a5d0 3bb5c9b8 899c47ae bb6fb71e 91386409";
    [power_of_two(521) - 1_u8, hexadecimal(n)]
}

/// Asserts that the inverse is right. `BigUint::modinv` returns `None` in the same cases.
#[track_caller]
fn check_inverse<const N: usize>(number: &BigUint, modulus: &BigUint) -> Option<[u64; N]> {
    let inverse = invert::<N>(&to_limbs(number), &to_limbs(modulus));
    assert_eq!(
        inverse.map(|inverse| big(&inverse)),
        number.modinv(modulus),
        "{number:x} {modulus:x}"
    );
    if let Some(inverse) = &inverse {
        assert_eq!(big(inverse) * number % modulus, BigUint::from(1_u8), "{number:x} {modulus:x}");
    }
    inverse
}

/// Returns numbers below the modulus that lead to unusual quotients.
fn numbers(modulus: &BigUint) -> Vec<BigUint> {
    let mut numbers: Vec<BigUint> = (0..40_u32).map(BigUint::from).collect();
    numbers.extend((1..40_u32).map(|small| modulus - small));
    for bit in 0..modulus.bits() as usize {
        let power = power_of_two(bit);
        // The first quotient is long: about m / 2^k, or about 2^k.
        numbers.extend([&power - 1_u8, power.clone(), &power + 1_u8, modulus - &power]);
        numbers.extend([modulus / &power, modulus / &power + 1_u8]);
    }
    for small in 2..40_u32 {
        numbers.extend([modulus / small, modulus / small + 1_u8, modulus - modulus / small]);
    }
    // m times the ratio of two Fibonacci numbers: the first quotients are 1.
    let (mut a, mut b) = (BigUint::from(1_u8), BigUint::from(1_u8));
    while b < *modulus {
        numbers.extend([modulus * &a / &b, modulus * &a / &b + 1_u8]);
        (a, b) = (b.clone(), a + b);
    }
    numbers.retain(|number| number < modulus);
    numbers
}

/// Returns random numbers below the modulus.
fn random_numbers<const N: usize>(modulus: &BigUint, count: usize) -> Vec<BigUint> {
    let mut random = Random::new();
    let pattern = to_limbs::<N>(modulus);
    (0..count).map(|_| big(&random.number(&pattern)) % modulus).collect()
}

#[test]
fn inverses_modulo_the_primes_of_the_curves_are_right() {
    fn check<const N: usize>(moduli: [BigUint; 2]) {
        for modulus in moduli {
            assert!(check_inverse::<N>(&BigUint::ZERO, &modulus).is_none());
            for number in [numbers(&modulus), random_numbers::<N>(&modulus, 500)].concat() {
                let inverse = check_inverse::<N>(&number, &modulus);
                assert_eq!(inverse.is_some(), number != BigUint::ZERO, "{number:x}");
            }
        }
    }
    check::<4>(moduli_of_p256());
    check::<6>(moduli_of_p384());
    check::<9>(moduli_of_p521());
}

#[test]
fn a_number_with_a_common_factor_has_no_inverse() {
    fn check<const N: usize>() {
        for factor in [BigUint::from(2_u8), BigUint::from(3_u8), power_of_two(32 * N) - 1_u8] {
            let most = power_of_two(64 * N) - 1_u8;
            for modulus in [&most - &most % &factor, &factor * 35_u8, factor.clone()] {
                for number in random_numbers::<N>(&modulus, 100) {
                    let multiple = &number - &number % &factor;
                    if modulus != BigUint::from(1_u8) {
                        assert!(check_inverse::<N>(&multiple, &modulus).is_none());
                        check_inverse::<N>(&number, &modulus);
                    }
                }
            }
        }
    }
    check::<4>();
    check::<6>();
    check::<9>();
}

#[test]
fn inverses_modulo_all_small_numbers_are_right() {
    for modulus in 2..100_u32 {
        for number in 0..modulus {
            check_inverse::<4>(&BigUint::from(number), &BigUint::from(modulus));
        }
    }
}

/// Returns a modulus and a number whose Euclidean algorithm has these quotients, the last one first.
/// Stops before the modulus has more than `bits` bits.
fn with_quotients(quotients: impl Iterator<Item = BigUint>, bits: u64) -> (BigUint, BigUint) {
    let (mut a, mut b) = (BigUint::from(1_u8), BigUint::ZERO);
    for quotient in quotients {
        let next = quotient * &a + &b;
        if next.bits() > bits {
            break;
        }
        (a, b) = (next, a);
    }
    (a, b)
}

/// Returns pairs of a modulus and a number with quotients that are difficult to find from the
/// leading bits, and with long runs of the shortest quotients.
fn difficult_pairs<const N: usize>() -> Vec<(BigUint, BigUint)> {
    let bits = 64 * N as u64;
    let mut choices: Vec<BigUint> = [1_u8, 1, 1, 2, 3, 4].map(BigUint::from).to_vec();
    for bit in [15, 16, 30, 31, 32, 33, 61, 62, 63, 64, 65, 100, 127, 128] {
        let power = power_of_two(bit);
        choices.extend([&power - 1_u8, power.clone(), &power + 1_u8]);
    }
    let mut random = Random::new();
    let mut pairs = Vec::new();
    // Fibonacci numbers, and the same with other quotients everywhere.
    for quotient in &choices {
        for bits in [bits, bits - 1, bits - 63, bits - 64, bits - 65, 65, 64, 63] {
            pairs.push(with_quotients(core::iter::repeat_with(|| quotient.clone()), bits));
        }
    }
    for _ in 0..700 {
        // One pair has only a few of the choices.
        let few: [u64; 4] = core::array::from_fn(|_| random.limb());
        let next = || {
            let choice = few[random.limb() as usize % few.len()] as usize % choices.len();
            choices[choice].clone()
        };
        pairs.push(with_quotients(core::iter::repeat_with(next), bits));
    }
    pairs.retain(|(modulus, number)| number < modulus && *modulus > BigUint::from(1_u8));
    pairs
}

/// How often both kinds of steps were taken.
#[derive(Default)]
struct Counts {
    collected: usize,
    subtracted: usize,
}

/// Computes the inverse step by step, and asserts after each step what must stay true.
fn check_steps<const N: usize>(modulus: &BigUint, number: &BigUint, counts: &mut Counts) {
    let mut one = [0; N];
    one[0] = 1;
    let mut remainders = Remainders {
        a: to_limbs::<N>(modulus),
        b: to_limbs(number),
        a_factor: [0; N],
        b_factor: one,
        b_is_positive: true,
    };
    // Two neighbours of the Euclidean algorithm.
    let (mut above, mut below) = (modulus.clone(), number.clone());
    while remainders.b != [0; N] {
        let before = big(&remainders.a) + big(&remainders.b);
        let is_subtracted = Steps::of(&remainders.a, &remainders.b, 0).a_from_b == 0;
        *(if is_subtracted { &mut counts.subtracted } else { &mut counts.collected }) += 1;
        remainders.step(0);
        let [a, b] = [remainders.a, remainders.b].map(|limbs| big(&limbs));
        let [a_factor, b_factor] =
            [remainders.a_factor, remainders.b_factor].map(|limbs| big(&limbs));
        assert!(&a + &b < before, "{modulus:x} {number:x}");
        assert!(a >= b, "{modulus:x} {number:x}");
        // The determinant of two neighbours is the modulus. Both factors therefore fit.
        assert_eq!(&a_factor * &b + &b_factor * &a, *modulus, "{modulus:x} {number:x}");
        let [positive, negative] = if remainders.b_is_positive {
            [(&b, &b_factor), (&a, &a_factor)]
        } else {
            [(&a, &a_factor), (&b, &b_factor)]
        };
        assert_eq!(positive.0 % modulus, positive.1 * number % modulus, "{modulus:x} {number:x}");
        assert_eq!((negative.0 + negative.1 * number) % modulus, BigUint::ZERO);
        // `b` is a remainder of the Euclidean algorithm, and `a` is the one before, from which a
        // part of the quotient may be subtracted already.
        while below > b {
            (above, below) = (below.clone(), above % below);
        }
        assert_eq!(below, b, "{modulus:x} {number:x}");
        if b == BigUint::ZERO {
            assert_eq!(above, a, "{modulus:x} {number:x}");
        } else {
            assert!(above >= a && (&above - &a) % &b == BigUint::ZERO, "{modulus:x} {number:x}");
        }
    }
}

#[test]
fn every_step_keeps_remainders_and_factors_consistent() {
    fn check<const N: usize>(moduli: [BigUint; 2]) {
        let mut counts = Counts::default();
        for (modulus, number) in difficult_pairs::<N>() {
            check_inverse::<N>(&number, &modulus);
            check_steps::<N>(&modulus, &number, &mut counts);
        }
        for modulus in moduli {
            let numbers = [numbers(&modulus), random_numbers::<N>(&modulus, 100)].concat();
            for number in numbers.iter().step_by(9) {
                check_steps::<N>(&modulus, number, &mut counts);
            }
        }
        let Counts { collected, subtracted } = counts;
        assert!(collected > 5_000 && subtracted > 10_000, "{collected} {subtracted}");
    }
    check::<4>(moduli_of_p256());
    check::<6>(moduli_of_p384());
    check::<9>(moduli_of_p521());
}

#[test]
fn subtractions_alone_lead_to_the_same_result() {
    fn check<const N: usize>(moduli: [BigUint; 2]) {
        for modulus in moduli {
            for number in random_numbers::<N>(&modulus, 100) {
                let mut one = [0; N];
                one[0] = 1;
                let mut remainders = Remainders {
                    a: to_limbs::<N>(&modulus),
                    b: to_limbs(&number),
                    a_factor: [0; N],
                    b_factor: one,
                    b_is_positive: true,
                };
                while remainders.b != [0; N] {
                    remainders.subtract_once();
                }
                let factor = big(&remainders.a_factor);
                let inverse = if remainders.b_is_positive { &modulus - factor } else { factor };
                assert_eq!((remainders.a, Some(inverse)), (one, number.modinv(&modulus)));
            }
        }
    }
    check::<4>(moduli_of_p256());
    check::<6>(moduli_of_p384());
    check::<9>(moduli_of_p521());
}

#[test]
fn most_numbers_need_few_steps() {
    fn check<const N: usize>([_, modulus]: [BigUint; 2], most: usize) {
        let mut counts = Counts::default();
        let mut random = Random::new();
        for _ in 0..200 {
            let number: [u64; N] = core::array::from_fn(|_| random.limb());
            check_steps::<N>(&modulus, &(big(&number) % &modulus), &mut counts);
        }
        let steps = counts.collected + counts.subtracted;
        assert!(steps < 200 * most && counts.subtracted < 10, "{steps} {}", counts.subtracted);
    }
    // Each step removes about 31 bits.
    check::<4>(moduli_of_p256(), 10);
    check::<6>(moduli_of_p384(), 14);
    check::<9>(moduli_of_p521(), 18);
}

/// Asserts that the steps for these leading words are right, whatever the bits below are. Returns
/// whether there are any. `a` must be at least `b`.
///
/// The steps are products of matrices ((0, 1), (1, -q)) with q > 0. These q are the true quotients
/// if the two numbers at the end are not negative and in order, because a division with remainder
/// has only one result. Let the true numbers be a + α and b + β, with 0 <= α, β < 1. The numbers at
/// the end are linear in α and β, and so is their difference. If all three are not negative for
/// each of the four combinations of 0 and 1, they are not negative in between.
fn check_leading_words(a: u64, b: u64) -> bool {
    // The lower limbs are not used.
    let steps = Steps::of(&[0, a], &[u64::MAX, b], 0);
    let Steps { a_from_a, a_from_b, b_from_a, b_from_b, is_odd } = steps;
    // The Euclidean algorithm, with wide numbers that cannot wrap.
    let (mut words, mut wide) = ((u128::from(a), u128::from(b)), [1, 0, 0, 1_u128]);
    let mut odd = false;
    let found = [a_from_a, a_from_b, b_from_a, b_from_b].map(u128::from);
    while wide != found {
        assert!(words.1 != 0, "the steps for {a:x} and {b:x} are not quotients of the words");
        let quotient = words.0 / words.1;
        words = (words.1, words.0 % words.1);
        wide = [wide[2], wide[3], quotient * wide[2] + wide[0], quotient * wide[3] + wide[1]];
        odd = !odd;
    }
    assert_eq!(is_odd, odd, "{a:x} {b:x}");
    let sign = if is_odd { -1 } else { 1 };
    let number = |word: u64| i128::from(word);
    for (alpha, beta) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let (a, b) = (number(a) + alpha, number(b) + beta);
        // Equal words can only belong to numbers in the right order.
        if a < b {
            continue;
        }
        let next_a = sign * (number(a_from_a) * a - number(a_from_b) * b);
        let next_b = sign * (number(b_from_b) * b - number(b_from_a) * a);
        assert!(next_a >= next_b && next_b >= 0, "{a:x} {b:x} {next_a:x} {next_b:x}");
    }
    a_from_b != 0
}

/// Returns words at which a comparison or a quotient changes.
fn words() -> Vec<u64> {
    let mut words: Vec<u64> = Vec::new();
    for bit in 0..64 {
        for small in 0..4_u64 {
            let power = 1_u64 << bit;
            words.extend([power.wrapping_sub(small), power + small, power | small << 30]);
            // Ones down to a bit.
            words.extend([power.wrapping_neg(), power.wrapping_neg().wrapping_sub(small)]);
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

#[test]
fn the_quotients_of_leading_words_hold_for_all_bits_below() {
    let (mut some, mut none) = (0, 0);
    let mut check = |a: u64, b: u64| {
        if b <= a {
            *(if check_leading_words(a, b) { &mut some } else { &mut none }) += 1;
        }
    };
    let words = words();
    let mut random = Random::new();
    let random_highest: Vec<u64> = (0..500).map(|_| random.limb() | 1 << 63).collect();
    // The highest bit of the larger number is set.
    for a in words.iter().chain(&random_highest).filter(|word| **word >> 63 == 1) {
        for b in &words {
            check(*a, *b);
        }
        for divisor in 1..40 {
            for difference in 0..3 {
                check(*a, a / divisor - difference);
                check(*a, (a / divisor).saturating_add(difference));
            }
        }
        // The ratio of Fibonacci numbers: all quotients are 1.
        let (mut low, mut high) = (1_u128, 1);
        for _ in 0..90 {
            (low, high) = (high, low + high);
            check(*a, (u128::from(*a) * low / high) as u64);
        }
        // Leading zeros in the smaller number.
        for zeros in 0..64 {
            check(*a, random.limb() >> zeros);
        }
    }
    for _ in 0..50_000 {
        let (a, b) = (random.limb() | 1 << 63, random.limb() >> (random.limb() % 40));
        check(a, b);
    }
    assert!(some > 100_000 && none > 10_000, "{some} {none}");
}

#[test]
fn all_steps_are_found_if_no_bits_are_below() {
    let mut random = Random::new();
    let check = |a: u64, b: u64| {
        let steps = Steps::of(&[a, 0], &[b, 0], 0);
        let (mut x, mut y) = (a, b);
        while y != 0 {
            (x, y) = (y, x % y);
        }
        // The greatest common divisor x remains, and zero.
        // The products are below 2^128, and so are both results.
        let of = |from_a: u64, from_b: u64| {
            let (a, b) = (u128::from(from_a) * u128::from(a), u128::from(from_b) * u128::from(b));
            if steps.is_odd { b.wrapping_sub(a) } else { a.wrapping_sub(b) }
        };
        assert_eq!(of(steps.a_from_a, steps.a_from_b), u128::from(x), "{a:x} {b:x}");
        assert_eq!(of(steps.b_from_a, steps.b_from_b), 0, "{a:x} {b:x}");
    };
    let words = words();
    for a in &words {
        for b in words.iter().filter(|b| **b <= *a && **b != 0) {
            check(*a, *b);
        }
    }
    for _ in 0..10_000 {
        let (a, b) = (random.limb(), random.limb() >> (random.limb() % 64));
        check(a.max(b), a.min(b).max(1));
    }
}

#[test]
fn bits_are_counted_and_shifted() {
    fn check<const N: usize>() {
        let mut random = Random::new();
        assert_eq!(bits(&[0; N]), 0);
        for shift in 0..64 * N {
            let limbs = to_limbs::<N>(&power_of_two(shift));
            assert_eq!(bits(&limbs), shift + 1);
            for number in [BigUint::from(1_u8), big(&[random.limb(), random.limb()])] {
                let shifted = &number << shift;
                if shifted.bits() <= 64 * N as u64 {
                    assert_eq!(big(&shift_left::<N>(&to_limbs(&number), shift)), shifted);
                    assert_eq!(bits(&to_limbs::<N>(&shifted)) as u64, shifted.bits());
                }
            }
        }
    }
    check::<4>();
    check::<6>();
    check::<9>();
}
