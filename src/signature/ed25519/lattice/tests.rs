//! Checks each step with big integers.

use ::p256::elliptic_curve::bigint::{NonZero, U256, U512};

use super::super::field::tests::{edges, random_numbers};
use super::super::scalar;
use super::super::scalar::tests::{integer, limbs, numbers, uint};
use super::*;

fn modulo_group_order(number: &U512) -> U256 {
    number.rem_vartime(&NonZero::<U512>::new_unwrap(integer(GROUP_ORDER))).resize()
}

/// Returns whether a is b h modulo 8 l, for absolute values and the sign of a.
fn is_in_lattice(h: &Number, a: &Number, a_is_negative: bool, b: &Number) -> bool {
    let expected = modulo_group_order(&uint(*b).concatenating_mul(&uint(*h)));
    let a = modulo_group_order(&integer(*a));
    let opposite = uint(GROUP_ORDER).wrapping_sub(&a);
    expected == if a_is_negative { modulo_group_order(&opposite.resize()) } else { a }
}

#[track_caller]
fn check(remainders: &Remainders<4>, h: &Number) {
    let Remainders { a, b, a_factor, b_factor, b_is_positive } = *remainders;
    assert!(is_in_lattice(h, &a, b_is_positive, &a_factor), "{h:x?}");
    assert!(is_in_lattice(h, &b, !b_is_positive, &b_factor), "{h:x?}");
    // The two vectors are a basis of the lattice.
    let determinant = uint(a)
        .concatenating_mul(&uint(b_factor))
        .wrapping_add(&uint(b).concatenating_mul(&uint(a_factor)));
    assert_eq!(determinant, integer(GROUP_ORDER), "{h:x?}");
}

/// Numbers below l, also numbers with very large or very small quotients.
fn hashes() -> Vec<Number> {
    let mut hashes = numbers();
    let order = uint(GROUP_ORDER);
    for divisor in (1..300_u64).map(|small| U256::from(2 * small)) {
        let quotient = order.wrapping_div_vartime(&divisor.to_nz().unwrap());
        hashes.extend([quotient, quotient.wrapping_add(&U256::ONE)].iter().map(limbs));
    }
    for bit in 1..255 {
        let quotient = order.shr_vartime(bit);
        hashes.extend([quotient, quotient.wrapping_add(&U256::ONE)].iter().map(limbs));
    }
    // Next to the golden ratio, all quotients are 1.
    let mut pair = [U256::ONE, U256::ONE];
    while pair[1] < uint(L) {
        hashes.push(limbs(&pair[1]));
        pair = [pair[1], pair[0].wrapping_add(&pair[1])];
    }
    let golden = order.shr_vartime(130).wrapping_mul(&U256::from(0x9e37_79b9_7f4a_7c15_u64));
    hashes.push(limbs(&golden.shl_vartime(66)));
    let mut random = random_numbers();
    hashes.extend((0..3000).map(|_| scalar::multiply(&random(), &[1, 0, 0, 0])));
    hashes.extend(edges());
    hashes.retain(|h| crate::signature::limbs::sub(h, &L).1);
    assert!(hashes.len() > 5000, "{}", hashes.len());
    hashes
}

#[test]
fn the_constant_is_eight_times_the_group_order() {
    assert_eq!(uint(GROUP_ORDER), uint(L).wrapping_mul(&U256::from(8_u64)));
    assert!(uint(L) < U256::MAX.shr_vartime(3));
}

#[test]
fn multipliers_are_in_the_lattice_and_short_and_b_is_odd() {
    for h in hashes() {
        let Multipliers { a, a_is_negative, b } = short_multipliers(&h);
        assert!(is_in_lattice(&h, &a, a_is_negative, &b), "{h:x?}");
        assert_eq!(b[0] & 1, 1, "{h:x?}");
        assert!(crate::signature::limbs::sub(&b, &L).1, "{h:x?} {b:x?}");
    }
    // Random numbers, without limbs of only zeros or ones.
    let mut lengths = [0; 256];
    let mut product = [3, 5, 7, 11];
    for _ in 0..20_000 {
        product = scalar::multiply(&product, &[0x9e37_79b9_7f4a_7c15, 2, 3, 5]);
        lengths[short_multipliers(&product).bits()] += 1;
    }
    println!("{:?}", lengths.iter().enumerate().filter(|(_, n)| **n > 0).collect::<Vec<_>>());
    let long: usize = lengths[133..].iter().sum();
    assert!(long < 200, "{long}");
}

#[test]
fn each_of_the_three_vectors_is_the_shortest_one_with_an_odd_b_for_some_numbers() {
    let mut chosen = [0; 3];
    for h in hashes() {
        let halfway = || {
            let mut remainders = Remainders::new(&GROUP_ORDER, &h);
            while bits(&remainders.b) > ENOUGH {
                remainders.single_step();
            }
            remainders
        };
        let remainders = halfway();
        let (last, before) = (remainders.b_factor, remainders.a_factor);
        let best = best(remainders);
        let mut after = halfway();
        let length_before = bits(&after.a).max(bits(&after.a_factor));
        if after.b != [0; 4] {
            after.single_step();
            let length_after = bits(&after.b).max(bits(&after.b_factor));
            let shorter = length_before.min(length_after);
            assert!(last[0] & 1 == 1 || best.bits() == shorter, "{h:x?}");
        }
        let index = [last, before].iter().position(|b| *b == best.b).unwrap_or(2);
        assert_eq!(index == 0, last[0] & 1 == 1, "{h:x?}");
        chosen[index] += 1;
        assert!(is_in_lattice(&h, &best.a, best.a_is_negative, &best.b), "{h:x?}");
    }
    assert!(chosen.iter().all(|count| *count > 100), "{chosen:?}");
}

#[test]
fn many_steps_at_once_stay_in_the_lattice_and_do_not_go_too_far() {
    let (mut steps, mut long) = (0, 0);
    for h in hashes() {
        let mut remainders = Remainders::new(&GROUP_ORDER, &h);
        while bits(&remainders.b) > ENOUGH {
            remainders.step(ENOUGH);
            steps += 1;
            assert!(bits(&remainders.a) >= ENOUGH, "{h:x?}");
            check(&remainders, &h);
        }
        long += usize::from(best(remainders).bits() > 132);
    }
    assert!(steps > 10_000 && long > 100, "{steps} {long}");
}
