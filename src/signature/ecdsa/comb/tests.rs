use core::ops::Range;

use super::super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::super::tests::reference::{
    Point, Scalar, Tested, affine, base, coordinates, on_every_curve, opposite,
};
use super::*;

/// Returns the multiple of the point that is the sum of these teeth. `signs` has a bit for the sign
/// of each tooth except the highest.
fn multiple<C: Tested<N>, const N: usize>(signs: usize, teeth: Range<usize>) -> Scalar<C, N> {
    let power = |tooth: usize| Scalar::new(power_of_two(tooth * C::COLUMNS));
    let highest = teeth.end - 1;
    let low = teeth.clone().take(teeth.len() - 1).enumerate();
    low.fold(power(highest), |sum, (bit, tooth)| {
        if signs >> bit & 1 == 1 { sum + power(tooth) } else { sum - power(tooth) }
    })
}

fn coordinates_of<C: Tested<N>, const N: usize>(point: &Affine<C, N>) -> Point<N> {
    coordinates(&Jacobian::from_affine(point))
}

#[test]
fn each_entry_of_the_base_comb_is_the_multiple_for_its_index() {
    fn check<C: Tested<N>, const N: usize>() {
        let sums = &C::base().0;
        assert_eq!(sums.len(), 1 << (C::TEETH - 1));
        let power = |tooth| C::multiple(Scalar::new(power_of_two(tooth * C::COLUMNS + 1)));
        let twice: Vec<_> = (0..C::TEETH).map(power).collect();
        let mut expected: Vec<Point<N>> = Vec::new();
        for (signs, sum) in sums.iter().enumerate() {
            let multiple = || C::multiple(multiple(signs, 0..C::TEETH));
            // Changing the highest positive sign adds the tooth twice. One addition is faster than
            // a multiplication.
            expected.push(match signs.checked_ilog2().map(|tooth| tooth as usize) {
                None => multiple(),
                Some(tooth) => {
                    C::sum(expected[signs - (1 << tooth)].unwrap(), twice[tooth].unwrap())
                }
            });
            assert_eq!(coordinates_of(sum), expected[signs], "{signs}");
            if signs % 100 == 7 || signs + 1 == sums.len() {
                assert_eq!(coordinates_of(sum), multiple(), "{signs}");
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn each_entry_of_a_comb_is_the_multiple_for_its_index() {
    fn check<C: Tested<N>, const N: usize>() {
        let g = base::<C, N>();
        let random = C::multiple(Scalar::random(&mut Random::new())).unwrap();
        for point in [g, opposite::<C, N>(g), random] {
            let comb = Comb::<C, N>::new(&affine(Some(point)));
            let (low, high) = comb.0.split_at(comb.0.len() / 2);
            for (sums, teeth) in [(low, 0..C::TEETH / 2), (high, C::TEETH / 2..C::TEETH)] {
                assert_eq!(sums.len(), 1 << (C::TEETH / 2 - 1));
                for (signs, sum) in sums.iter().enumerate() {
                    let multiple = multiple(signs, teeth.clone());
                    let expected = C::sum_of_multiples(Scalar::ZERO, multiple, point);
                    assert_eq!(coordinates_of(sum), expected, "{signs}");
                }
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn all_coordinates_in_tables_are_least_representatives() {
    fn check<C: Tested<N>, const N: usize>() {
        let is_least = |sum: &Affine<C, N>| {
            [sum.x, sum.y].iter().all(|coordinate| big(&coordinate.sum().low) < big(&C::P))
        };
        assert!(C::base().0.iter().all(is_least));
        let mut random = Random::new();
        for _ in 0..20 {
            let point = affine(C::multiple(Scalar::random(&mut random)));
            let comb = Comb::<C, N>::new(&point);
            assert!(comb.0.iter().all(is_least));
        }
    }
    on_every_curve!(check);
}

#[test]
fn each_column_adds_the_sum_of_its_digits() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let key = Scalar::<C, N>::random(&mut random);
        let comb = Comb::<C, N>::new(&affine(C::multiple(key)));
        let all = (1_u16 << C::TEETH) - 1;
        let random = (0..20).map(|_| random.limb() as u16 & all);
        let ends = [0, 1, all, all - 1, all >> 1, (all >> 1) + 1, 0x3f, 0x40, 0x155];
        for digits in ends.into_iter().chain(random) {
            let power = |tooth: usize| Scalar::new(power_of_two(tooth * C::COLUMNS));
            let expected = (0..C::TEETH).fold(Scalar::ZERO, |sum, tooth| {
                if digits >> tooth & 1 == 1 { sum + power(tooth) } else { sum - power(tooth) }
            });
            let (chosen, negative) = C::base().column(digits);
            let mut sum = Jacobian::INFINITY;
            sum.add_affine(chosen, negative);
            assert_eq!(coordinates(&sum), C::multiple(expected), "{digits:x}");
            let mut sum = Jacobian::INFINITY;
            for (chosen, negative) in comb.column(digits) {
                sum.add_affine(chosen, negative);
            }
            assert_eq!(coordinates(&sum), C::multiple(expected * key), "{digits:x}");
        }
    }
    on_every_curve!(check);
}

#[test]
fn a_comb_reads_back_unless_a_coordinate_is_not_least() {
    fn check<C: Tested<N>, const N: usize>() {
        let coordinate = 8 * N;
        let expected_length = (2 * coordinate) << (C::TEETH / 2);
        let bytes = Comb::<C, N>::new(&affine(Some(base::<C, N>()))).to_bytes();
        assert_eq!(bytes.len(), expected_length);
        let read = Comb::<C, N>::from_bytes;
        assert_eq!(read(&bytes).unwrap().to_bytes(), bytes);
        for length in [0, 1, 8, coordinate, expected_length / 2, expected_length - 8]
            .into_iter()
            .chain(expected_length - 7..expected_length)
        {
            assert!(read(&bytes[..length]).is_none(), "{length}");
        }
        for more in [1, 8, 2 * coordinate, expected_length] {
            assert!(read(&[&bytes[..], &vec![0; more]].concat()).is_none());
        }
        let p = big(&C::P);
        let numbers = [(&p - 1_u8, true), (p.clone(), false), (p + 1_u8, false)];
        let numbers = numbers.map(|(number, is_read)| (to_limbs::<N>(&number), is_read));
        let all_ones = ([u64::MAX; N], false);
        for start in (0..expected_length).step_by(coordinate) {
            for (number, is_read) in numbers.iter().chain([&all_ones]) {
                let mut changed = bytes.clone();
                let number = number.map(u64::to_le_bytes).concat();
                changed[start..][..coordinate].copy_from_slice(&number);
                let comb = read(&changed);
                assert_eq!(comb.is_some(), *is_read, "{start}");
                assert!(comb.is_none_or(|comb| comb.to_bytes() == changed));
            }
        }
    }
    on_every_curve!(check);
}
