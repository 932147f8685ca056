//! Compares the field with big integers. The operands are all pairs of edge cases, and random
//! numbers.

use ::p256::elliptic_curve::bigint::{NonZero, U256, U512};

use super::super::scalar::tests::{integer, limbs, uint};
use super::*;

/// The number of random operands for each function.
const ROUNDS: usize = 4000;

/// Returns 256-bit numbers at which a carry, a borrow or a comparison changes.
pub(in super::super) fn edges() -> Vec<Number> {
    let p = uint(P);
    let mut numbers = vec![U256::ZERO, p, p.wrapping_add(&p), U256::MAX, p.shr_vartime(1)];
    numbers.push(uint(ROOT_OF_MINUS_ONE.0));
    numbers.push(p.wrapping_add(&uint(ROOT_OF_MINUS_ONE.0)));
    numbers.extend([64, 128, 192, 254, 255].map(|bit| U256::ONE.shl_vartime(bit)));
    let near = |number: &U256| {
        let offsets = [0, 1, 2, 18, 19, 20, 37, 38, 39_u64].map(U256::from);
        offsets.map(|offset| [number.wrapping_sub(&offset), number.wrapping_add(&offset)])
    };
    let mut edges: Vec<Number> =
        numbers.iter().flat_map(near).flatten().map(|number| limbs(&number)).collect();
    for mask in 0..16_u64 {
        let limb = |position: u32| (mask >> position & 1).wrapping_neg();
        edges.push([limb(0), limb(1), limb(2), limb(3)]);
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Returns random numbers. Many of them have limbs of only zeros or only ones.
pub(in super::super) fn random_numbers() -> impl FnMut() -> Number {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    move || {
        let choice = random();
        core::array::from_fn(|limb| match choice >> (4 * limb) & 15 {
            0 => 0,
            1 => u64::MAX,
            2 => P[limb],
            _ => random(),
        })
    }
}

fn modulo_p(number: &U512) -> U512 {
    number.rem_vartime(&NonZero::<U512>::new_unwrap(integer(P)))
}

/// Returns the product modulo p.
fn product_modulo_p(a: &U512, b: &U512) -> U512 {
    let (a, b): (U256, U256) = (modulo_p(a).resize(), modulo_p(b).resize());
    modulo_p(&a.concatenating_mul(&b))
}

fn difference_modulo_p(a: &U512, b: &U512) -> U512 {
    modulo_p(&modulo_p(a).wrapping_add(&integer(P)).wrapping_sub(&modulo_p(b)))
}

fn two_to_256() -> U512 {
    U512::ONE.shl_vartime(256)
}

/// Returns the value of a sum modulo p.
fn residue(sum: &Sum) -> U512 {
    let above = product_modulo_p(&U512::from(sum.top.unsigned_abs()), &two_to_256());
    if sum.top < 0 {
        difference_modulo_p(&integer(sum.low), &above)
    } else {
        modulo_p(&integer(sum.low).wrapping_add(&above))
    }
}

/// Returns `sum + 2^300`, which is never negative.
fn raised(sum: &Sum) -> U512 {
    let offset = 1_i64 << 44;
    assert!(sum.top.abs() < offset);
    integer(sum.low).wrapping_add(&U512::from((sum.top + offset).unsigned_abs()).shl_vartime(256))
}

fn zero() -> Sum {
    Sum { low: [0; 4], top: 0 }
}

/// Computes the least representative by division.
fn least(number: Number) -> Number {
    limbs(&modulo_p(&integer(number)).resize())
}

/// Calls `check` with all pairs of edge cases and with random pairs.
fn for_pairs(mut check: impl FnMut(Number, Number)) {
    let edges = edges();
    assert!(edges.len() > 100, "{}", edges.len());
    for a in &edges {
        for b in &edges {
            check(*a, *b);
        }
    }
    let mut random = random_numbers();
    for _ in 0..ROUNDS {
        check(random(), random());
    }
}

fn for_each(mut check: impl FnMut(Number)) {
    edges().into_iter().for_each(&mut check);
    let mut random = random_numbers();
    for _ in 0..ROUNDS {
        check(random());
    }
}

#[test]
fn the_constants_are_correct() {
    let p = U512::ONE.shl_vartime(255).wrapping_sub(&U512::from(19_u64));
    assert_eq!(integer(P), p);
    assert_eq!(modulo_p(&two_to_256()), U512::from(TWO_TO_256));
    let minus_one = ROOT_OF_MINUS_ONE.square();
    assert_eq!(integer(minus_one.to_number()), p.wrapping_sub(&U512::ONE));
}

#[test]
fn products_are_right() {
    for_pairs(|a, b| {
        let product = Element(a).mul_sum(&Element(b));
        let expected = product_modulo_p(&integer(a), &integer(b));
        assert!((0..=38).contains(&product.top), "{a:x?} {b:x?}");
        assert_eq!(residue(&product), expected, "{a:x?} {b:x?}");
        assert_eq!(integer(product.fold().to_number()), expected, "{a:x?} {b:x?}");
        assert_eq!(integer(product.fold_product().to_number()), expected, "{a:x?} {b:x?}");
    });
}

#[test]
fn squares_are_right() {
    for_each(|a| {
        // Both ways to multiply return the same number.
        let square = Element(a).square_sum();
        assert_eq!(raised(&square), raised(&Element(a).mul_sum(&Element(a))), "{a:x?}");
        let mut power = Element(a);
        for times in 0..4 {
            assert!(Element(a).square_times(times).equals(&power), "{a:x?}");
            power = power.square();
        }
    });
}

#[test]
fn sums_and_differences_are_exact() {
    for_pairs(|a, b| {
        let (a_sum, b_sum) = (Element(a).sum(), Element(b).sum());
        let sum = a_sum.add(b_sum);
        let both = integer(a).wrapping_add(&integer(b));
        assert_eq!(raised(&sum), raised(&zero()).wrapping_add(&both), "{a:x?} {b:x?}");
        assert_eq!(integer(sum.fold().to_number()), modulo_p(&both), "{a:x?} {b:x?}");
        assert_eq!(integer(sum.fold_product().to_number()), modulo_p(&both), "{a:x?} {b:x?}");
        let difference = a_sum.sub(b_sum);
        let raised_difference = raised(&a_sum).wrapping_sub(&integer(b));
        assert_eq!(raised(&difference), raised_difference, "{a:x?} {b:x?}");
        let expected = difference_modulo_p(&integer(a), &integer(b));
        assert_eq!(integer(difference.fold().to_number()), expected, "{a:x?} {b:x?}");
        assert_eq!(Element(a).equals(&Element(b)), least(a) == least(b), "{a:x?} {b:x?}");
        // The limbs above the four low limbs are added too.
        for (one, other) in [(3, 4), (-3, 4), (3, -4), (-3, -4)] {
            let (x, y) = (Sum { low: a, top: one }, Sum { low: b, top: other });
            assert_eq!(x.add(y).top, sum.top + one + other);
            assert_eq!(x.sub(y).top, difference.top + one - other);
        }
    });
}

#[test]
fn all_representatives_of_one_element_are_equal() {
    let mut with_three = 0;
    for_each(|a| {
        let low = Element(least(a));
        let mut others = vec![low.0];
        while let (next, false) = {
            let sum = integer(others[others.len() - 1]).wrapping_add(&integer(P));
            (limbs(&sum.resize()), sum >= two_to_256())
        } {
            others.push(next);
        }
        with_three += usize::from(others.len() == 3);
        assert!(others.contains(&a) && others.len() <= 3);
        for one in &others {
            assert_eq!(Element(*one).to_number(), low.0, "{a:x?}");
            assert_eq!(Element(*one).least().0, low.0, "{a:x?}");
            assert_eq!(Element(*one).is_zero(), low.0 == [0; 4], "{a:x?}");
            assert_eq!(Element(*one).is_odd(), low.0[0] & 1 == 1, "{a:x?}");
            for other in &others {
                assert!(Element(*one).equals(&Element(*other)), "{a:x?}");
            }
        }
        assert_eq!(is_below_p(&a), integer(a) < integer(P), "{a:x?}");
    });
    assert!(with_three > 10, "{with_three}");
    // Numbers that differ from a representative of zero in one bit.
    for bit in 0..256 {
        for number in [[0; 4], P, limbs(&uint(P).shl_vartime(1))] {
            let mut other = number;
            other[bit / 64] ^= 1 << (bit % 64);
            assert_eq!(Element(other).is_zero(), least(other) == [0; 4], "{other:x?}");
            assert!(Element(number).is_zero());
        }
    }
}

/// Returns whether the sum is negative, or 2^256 or more, after one fold.
fn needs_a_second_fold(sum: &Sum) -> bool {
    let change = U512::from(sum.top.unsigned_abs() * TWO_TO_256);
    if sum.top < 0 {
        integer(sum.low) < change
    } else {
        integer(sum.low).wrapping_add(&change) >= two_to_256()
    }
}

#[test]
fn a_fold_keeps_the_element_even_if_it_overflows() {
    let mut lows = edges();
    for times in 0..=120_u64 {
        let turn = U256::from(times * TWO_TO_256);
        for turn in [turn, turn.wrapping_neg()] {
            lows.push(limbs(&turn.wrapping_sub(&U256::ONE)));
            lows.push(limbs(&turn));
            lows.push(limbs(&turn.wrapping_add(&U256::ONE)));
        }
    }
    let mut random = random_numbers();
    lows.extend((0..ROUNDS).map(|_| random()));
    let (mut overflows, mut underflows) = (0, 0);
    for top in (-120..=120_i64).filter(|top| top.abs() < 5 || top % 19 == 0 || top.abs() == 120) {
        for low in &lows {
            let sum = Sum { low: *low, top };
            assert_eq!(integer(sum.fold().to_number()), residue(&sum), "{low:x?} {top}");
            if top >= 0 {
                let folded = sum.fold_product().to_number();
                assert_eq!(integer(folded), residue(&sum), "{low:x?} {top}");
            }
            if needs_a_second_fold(&sum) {
                *(if top > 0 { &mut overflows } else { &mut underflows }) += 1;
            }
            let double = sum.double();
            let twice = raised(&sum).wrapping_add(&raised(&sum)).wrapping_sub(&raised(&zero()));
            assert_eq!(raised(&double), twice, "{low:x?} {top}");
        }
    }
    // The rare case occurred in both directions.
    assert!(overflows > 100 && underflows > 100, "{overflows} {underflows}");
}

#[test]
fn products_can_overflow_the_fold() {
    // 2^256 - 1 is 37, and 2^256 - 38 is 0, so these products are small, but reduced to numbers
    // near 2^256.
    let mut overflows = 0;
    for_pairs(|a, b| {
        overflows += usize::from(needs_a_second_fold(&Element(a).mul_sum(&Element(b))));
    });
    assert!(overflows > 0);
}

#[test]
fn an_element_times_its_inverse_is_one() {
    for a in [[0; 4], P, limbs(&uint(P).shl_vartime(1))] {
        assert!(Element(a).invert().is_zero());
    }
    let mut random = random_numbers();
    let random = (0..200).map(|_| random());
    let mut inverted = 0;
    for a in edges().into_iter().chain(random).filter(|a| least(*a) != [0; 4]) {
        let product = Element(a).invert().mul(&Element(a));
        assert_eq!(product.to_number(), Element::ONE.0, "{a:x?}");
        inverted += 1;
    }
    assert!(inverted > 250);
}

#[test]
fn a_root_is_found_exactly_if_the_quotient_is_a_square() {
    // Euler's criterion: a square has the power (p - 1) / 2 = 2^254 - 10 of 0 or 1.
    let is_square = |element: &Element| {
        let exponent = uint(P).shr_vartime(1);
        let mut power = Element::ONE;
        for bit in (0..256).rev() {
            power = power.square();
            if exponent.bit_vartime(bit) {
                power = power.mul(element);
            }
        }
        power.is_zero() || power.equals(&Element::ONE)
    };
    let mut random = random_numbers();
    let random: Vec<_> = (0..60).map(|_| random()).collect();
    let mut found = [0, 0];
    for (index, above) in edges().into_iter().chain(random.clone()).enumerate() {
        let below = random[index % random.len()];
        let (above, below) = (Element(above), Element(below));
        let root = above.root_of_quotient(&below);
        found[usize::from(root.is_some())] += 1;
        assert_eq!(root.is_some(), is_square(&above.mul(&below)), "{above:x?} {below:x?}");
        if let Some(root) = root {
            assert!(root.square().mul(&below).equals(&above));
        }
    }
    assert!(found[0] > 60 && found[1] > 60, "{found:?}");
    // Both ways to find a root: the power is a root, or has to be multiplied by the root of -1.
    let ways = [1_u64, 4, 9, 16, 25, 36, 49, 64, 81, 100].map(|number| {
        let number = Element([number, 0, 0, 0]);
        let exponent = uint(P).wrapping_add(&U256::from(3_u64)).shr_vartime(3);
        let mut power = Element::ONE;
        for bit in (0..256).rev() {
            power = power.square();
            if exponent.bit_vartime(bit) {
                power = power.mul(&number);
            }
        }
        assert!(number.root_of_quotient(&Element::ONE).is_some());
        power.square().equals(&number)
    });
    assert!(ways.contains(&true) && ways.contains(&false), "{ways:?}");
}
