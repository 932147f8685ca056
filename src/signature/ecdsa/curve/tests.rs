//! Compares the constants of the curves with SP 800-186, sections 3.2.1.3 to 3.2.1.5.

use num_bigint::BigUint;

use super::super::super::limbs::tests::{big, power_of_two};
use super::super::p256::P256;
use super::super::p384::P384;
use super::super::p521::P521;
use super::super::tests::reference::{Scalar, Tested, base, on_every_curve};
use super::*;

#[test]
fn the_primes_are_right() {
    let power = power_of_two;
    let p = power(256) - power(224) + power(192) + power(96) - 1_u8;
    assert_eq!(big(&P256::P), p);
    let p = power(384) - power(128) - power(96) + power(32) - 1_u8;
    assert_eq!(big(&P384::P), p);
    assert_eq!(big(&P521::P), power(521) - 1_u8);
}

#[test]
fn the_numbers_of_points_are_right() {
    fn check<C: Tested<N>, const N: usize>() {
        let (n, p) = (big(&C::ORDER), big(&C::P));
        assert_eq!(n, C::order());
        assert_eq!(C::ORDER_BITS as u64, n.bits());
        // An x modulo n is x or x - n.
        assert!(n < p && p < &n + &n);
        // Hasse: n is p + 1 minus at most 2 sqrt(p).
        let trace = &p + 1_u8 - &n;
        assert!(&trace * &trace <= &p * 4_u8);
        assert_eq!(C::BYTES as u64, p.bits().div_ceil(8));
        assert!(C::BYTES <= 8 * N);
    }
    on_every_curve!(check);
    let bits = [P256::ORDER_BITS, P384::ORDER_BITS, P521::ORDER_BITS];
    assert_eq!(bits, [256, 384, 521]);
}

#[test]
fn the_forms_of_one_are_right() {
    fn check<C: Tested<N>, const N: usize>() {
        let p = big(&C::P);
        let factor = power_of_two(C::FORM);
        assert_eq!(big(&C::ONE), &factor % &p);
        // A product is divided by the factor.
        assert_eq!(big(&C::TO_FORM), &factor * &factor % &p);
    }
    on_every_curve!(check);
}

#[test]
fn the_base_point_is_on_the_curve() {
    fn check<C: Tested<N>, const N: usize>() {
        assert_eq!(C::multiple(Scalar::ONE), Some(base::<C, N>()));
        let p = big(&C::P);
        let b = big(&C::B) * power_of_two(C::FORM).modinv(&p).unwrap() % &p;
        let [x, y] = base::<C, N>().map(|coordinate| big(&coordinate));
        let minus_three = &p - 3_u8;
        let right = &x * &x * &x + minus_three * &x + b;
        assert_eq!(&y * &y % &p, right % &p);
        for constant in C::G.iter().chain([&C::B, &C::ONE, &C::TO_FORM]) {
            assert!(big(constant) < p);
        }
    }
    on_every_curve!(check);
}

#[test]
fn all_digits_of_a_number_plus_n_fit_in_a_comb() {
    fn check<C: Tested<N>, const N: usize>() {
        let digits = C::TEETH * C::COLUMNS;
        assert!(digits > C::ORDER_BITS);
        // The sum of all powers is at least any number below n plus n.
        let most: BigUint = C::order() * 2_u8 - 1_u8;
        assert!(most < power_of_two(digits));
        assert_eq!(C::TEETH % 2, 0);
        // A column has 16 bits, and a tooth is read from 64 bits.
        assert!(C::TEETH <= 16 && C::COLUMNS <= 64);
    }
    on_every_curve!(check);
}
