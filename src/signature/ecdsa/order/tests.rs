use num_bigint::BigUint;

use super::super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::super::tests::reference::{Scalar, Tested, on_every_curve, one};
use super::*;

#[test]
fn the_multipliers_times_s_are_the_hash_and_r() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let mut next = || Scalar::<C, N>::random(&mut random);
        let [one, last] = [Scalar::ONE, -Scalar::ONE];
        let mut pairs = vec![(one, one), (one, last), (last, one), (last, last)];
        let rounds = if cfg!(miri) { 1 } else { 50 };
        pairs.extend((0..rounds).map(|_| (next(), next())));
        let modulo_n = |bytes: &[u8]| Scalar::new(BigUint::from_bytes_be(bytes));
        let scalar = |number: [u64; N]| {
            assert!(big(&number) < C::order(), "{number:x?}");
            Scalar::<C, N>::new(big(&number))
        };
        for (r, s) in pairs {
            let hash = next().bytes();
            let (u1, u2) = multipliers::<C, N>(&hash, &r.0, &s.0).unwrap();
            assert_eq!(scalar(u1) * s, modulo_n(&hash));
            assert_eq!(scalar(u2) * s, r);
            // Only the leftmost bytes of a longer hash are used. A shorter hash is a smaller
            // number.
            let longer = [&hash[..], &[0xff; 32]].concat();
            assert_eq!(multipliers::<C, N>(&longer, &r.0, &s.0).unwrap(), (u1, u2));
            for length in [0, 1, 20, C::BYTES - 1] {
                let (u1, _) = multipliers::<C, N>(&hash[..length], &r.0, &s.0).unwrap();
                assert_eq!(scalar(u1) * s, modulo_n(&hash[..length]), "{length}");
            }
        }
        // A hash of n or more is reduced.
        let most = vec![0xff; C::BYTES];
        let (u1, _) = multipliers::<C, N>(&most, &one.0, &one.0).unwrap();
        assert_eq!(big(&u1), BigUint::from_bytes_be(&most) % C::order());
        let n = super::super::tests::reference::bytes::<C, N>(&C::ORDER);
        let (u1, _) = multipliers::<C, N>(&n, &one.0, &one.0).unwrap();
        assert_eq!(u1, [0; N]);
    }
    on_every_curve!(check);
}

#[test]
fn numbers_out_of_range_give_no_multipliers() {
    fn check<C: Tested<N>, const N: usize>() {
        let n = C::order();
        let multipliers = |r, s| multipliers::<C, N>(&[7; 32], &r, &s);
        assert!(multipliers(one(), one()).is_some());
        let most = power_of_two(64 * N) - 1_u8;
        for outside in [BigUint::ZERO, n.clone(), &n + 1_u8, most] {
            let outside = to_limbs(&outside);
            assert!(multipliers(outside, one()).is_none(), "r {outside:x?}");
            assert!(multipliers(one(), outside).is_none(), "s {outside:x?}");
        }
        let last = to_limbs(&(n - 1_u8));
        assert!(multipliers(last, one()).is_some() && multipliers(one(), last).is_some());
    }
    on_every_curve!(check);
}

#[test]
#[cfg_attr(miri, ignore = "too many pairs of numbers")]
fn products_modulo_n_are_right_even_if_one_factor_is_larger() {
    fn check<C: Tested<N>, const N: usize>() {
        let (n, all) = (C::order(), power_of_two(64 * N));
        let mut numbers = vec![BigUint::ZERO, &all - &n, &n >> 1, n.clone(), &n + &n, all.clone()];
        // R modulo n and its square, by which Montgomery multiplication divides and multiplies.
        numbers.extend([&all % &n, &all * &all % &n]);
        numbers.extend((1..N).map(|limb| power_of_two(64 * limb)));
        let near = |number: &BigUint| {
            let number = number + &all;
            [&number - 2_u8, &number - 1_u8, number.clone(), &number + 1_u8].map(|near| near % &all)
        };
        let mut numbers: Vec<BigUint> = numbers.iter().flat_map(near).collect();
        let mut random = Random::new();
        numbers.extend((0..100).map(|_| big(&random.number(&C::ORDER))));
        let mut larger = 0;
        for a in &numbers {
            for b in numbers.iter().map(|number| number % &n) {
                let (a_limbs, b_limbs) = (to_limbs(a), to_limbs(&b));
                let expected = to_limbs::<N>(&(a * &b % &n));
                assert_eq!(C::multiply_modulo_order(&a_limbs, &b_limbs), expected, "{a:x} {b:x}");
                assert_eq!(C::multiply_modulo_order(&b_limbs, &a_limbs), expected, "{a:x} {b:x}");
                larger += usize::from(*a >= n);
            }
        }
        assert!(larger > 500);
    }
    on_every_curve!(check);
}
