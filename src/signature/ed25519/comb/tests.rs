//! Compares the tables with multiples that `curve25519-dalek` computes.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE_POINT, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};

use super::super::field::P;
use super::super::point::tests::{affine, random_scalars, reference, scalar};
use super::super::scalar::tests::numbers;
use super::*;

/// Returns the multiple of the point that is the sum of these teeth. `signs` has a bit for the sign
/// of each tooth except the highest. The point can be outside the group of prime order.
fn multiple(point: &EdwardsPoint, signs: usize, teeth: core::ops::Range<usize>) -> EdwardsPoint {
    let power = |tooth: usize| {
        let mut power = *point;
        for _ in 0..tooth * COLUMNS {
            power += power;
        }
        power
    };
    let highest = teeth.end - 1;
    let low = teeth.clone().take(teeth.len() - 1).enumerate();
    low.fold(power(highest), |sum, (bit, tooth)| {
        if signs >> bit & 1 == 1 { sum + power(tooth) } else { sum - power(tooth) }
    })
}

fn point_of(niels: &Niels) -> EdwardsPoint {
    let mut point = Point::NEUTRAL;
    point.add_niels(niels, false);
    reference(&point)
}

#[test]
fn each_table_entry_is_the_multiple_for_its_index() {
    assert_eq!(BASE.len(), 1 << (TEETH - 1));
    for (signs, sum) in BASE.iter().enumerate() {
        assert_eq!(point_of(sum), multiple(&BASE_POINT, signs, 0..TEETH), "{signs}");
    }
    let mut random = random_scalars();
    for point in [BASE_POINT, -BASE_POINT, BASE_POINT * random()] {
        for torsion in EIGHT_TORSION {
            let point = point + torsion;
            let comb = Comb::new(&affine(&point));
            for signs in 0..SUMS {
                let low = multiple(&point, signs, 0..TEETH / 2);
                let high = multiple(&point, signs, TEETH / 2..TEETH);
                for (index, sum) in [(signs, low), (SUMS + signs, high)] {
                    assert_eq!(point_of(&comb.sums[index]), sum, "{signs}");
                }
            }
            assert_eq!(point_of(&comb.point), point);
            assert_eq!(reference(&Point::from_affine(&comb.point())), point);
        }
    }
}

#[test]
fn combs_multiply_every_number_also_outside_the_group_of_prime_order() {
    let mut random = random_scalars();
    let points = [BASE_POINT, BASE_POINT * random() + EIGHT_TORSION[1], EIGHT_TORSION[5]];
    let combs = points.map(|point| (point, Comb::new(&affine(&point))));
    let base = BaseComb::get();
    let mut even = 0;
    for number in numbers() {
        even += usize::from(number[0] & 1 == 0);
        for (point, comb) in &combs {
            let mut sum = Point::NEUTRAL;
            for column in Comb::digits(&number).into_iter().rev() {
                sum.double_times(1);
                for (chosen, negative) in comb.column(column) {
                    sum.add_niels(chosen, negative);
                }
            }
            comb.correct(&mut sum, &number);
            assert_eq!(reference(&sum), point * scalar(&number), "{number:x?}");
        }
        let mut sum = Point::NEUTRAL;
        for column in BaseComb::digits(&number).into_iter().rev() {
            sum.double_times(1);
            let (chosen, negative) = base.column(column);
            sum.add_niels(chosen, negative);
        }
        assert_eq!(reference(&sum), EdwardsPoint::mul_base(&scalar(&number)), "{number:x?}");
    }
    assert!(even > 100 && even < numbers().len() - 100);
    // Adding l would not be the same.
    let [_, _, (small, _)] = &combs;
    assert_ne!(small * Scalar::from(8_u64), small * Scalar::from(8_u64) + small);
}

#[test]
fn a_comb_reads_back_unless_a_coordinate_is_not_least() {
    let mut random = random_scalars();
    for point in [B, affine(&(BASE_POINT * random())), affine(&(BASE_POINT + EIGHT_TORSION[3]))] {
        let comb = Comb::new(&point.negate());
        let bytes = comb.to_bytes();
        assert_eq!(bytes.len(), Comb::LENGTH);
        let read = Comb::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.point().negate().encode(), point.encode());
    }
    let bytes = Comb::new(&B).to_bytes();
    for length in [0, 1, 32, Comb::LENGTH - 64, Comb::LENGTH - 1] {
        assert!(Comb::from_bytes(&bytes[..length]).is_none(), "{length}");
    }
    assert!(Comb::from_bytes(&[&bytes[..], &[0]].concat()).is_none());
    let p = P.map(u64::to_le_bytes).concat();
    let mut below = p.clone();
    below[0] -= 1;
    for coordinate in 0..Comb::LENGTH / 32 {
        for (number, is_read) in [(&below[..], true), (&p, false), (&[0xff; 32], false)] {
            let mut changed = bytes.clone();
            changed[32 * coordinate..][..32].copy_from_slice(number);
            assert_eq!(Comb::from_bytes(&changed).is_some(), is_read, "{coordinate}");
        }
    }
}
