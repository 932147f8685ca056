//! Compares the field with big integers and with `fiat-crypto`, whose arithmetic is formally
//! verified. The operands are all pairs of edge cases, and random numbers.

use fiat_crypto::p256_64::{self as fiat, fiat_p256_montgomery_domain_field_element as Fiat};
use p256::elliptic_curve::bigint::{NonZero, U256, U512};

use super::super::point::tests::{limbs, uint};
use super::*;

const ALL: u64 = u64::MAX;

/// The number of random operands for each function.
const ROUNDS: usize = 4000;

/// Returns 256-bit numbers at which a carry, a borrow or a comparison changes.
fn edges() -> Vec<[u64; 4]> {
    let p = uint(P);
    let power = |bit: u32| U256::ONE.shl_vartime(bit);
    let mut numbers = vec![U256::ZERO, p, U256::MAX, p.shr_vartime(1), uint(R_SQUARED)];
    // R modulo p. The reduction divides products by R.
    numbers.push(p.wrapping_neg());
    for bit in [32, 64, 95, 96, 128, 192, 223, 224, 255] {
        numbers.push(power(bit));
    }
    let near = |number: &U256| {
        let two = U256::from(2_u64);
        [
            number.wrapping_sub(&two),
            number.wrapping_sub(&U256::ONE),
            *number,
            number.wrapping_add(&U256::ONE),
            number.wrapping_add(&two),
        ]
    };
    let mut edges: Vec<[u64; 4]> =
        numbers.iter().flat_map(near).map(|number| limbs(&number)).collect();
    for mask in 0..16_u64 {
        let limb = |position: u32| (mask >> position & 1).wrapping_neg();
        edges.push([limb(0), limb(1), limb(2), limb(3)]);
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Returns the most critical edge cases, for functions with four operands.
fn few_edges() -> Vec<[u64; 4]> {
    let [a, b, c, d] = P;
    let one = Element::ONE.0;
    vec![
        [0; 4],
        [1, 0, 0, 0],
        [a - 1, b, c, d],
        P,
        [0, b + 1, c, d],
        [ALL; 4],
        one,
        [0, 0, 0, 1 << 63],
    ]
}

/// Returns random numbers. Many of them have limbs of only zeros or only ones.
fn random_numbers() -> impl FnMut() -> [u64; 4] {
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
            1 => ALL,
            2 => P[limb],
            _ => random(),
        })
    }
}

fn integer(number: [u64; 4]) -> U512 {
    uint(number).resize()
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

fn r() -> U512 {
    U512::ONE.shl_vartime(256)
}

/// Returns the value of a sum modulo p.
fn residue(sum: &Sum) -> U512 {
    let above = product_modulo_p(&U512::from(sum.top.unsigned_abs()), &r());
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

/// Returns whether the sum is at least 0 and below 2^256 + p.
fn is_a_product(sum: &Sum) -> bool {
    sum.top == 0 || sum.top == 1 && is_below_p(&sum.low)
}

/// Computes the least representative by division.
fn least(number: [u64; 4]) -> [u64; 4] {
    limbs(&modulo_p(&integer(number)).resize())
}

/// Returns the result of a `fiat-crypto` function for two elements.
fn fiat_of(function: fn(&mut Fiat, &Fiat, &Fiat), a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut result = Fiat([0; 4]);
    function(&mut result, &Fiat(least(a)), &Fiat(least(b)));
    result.0
}

/// Calls `check` with all pairs of edge cases and with random pairs.
fn for_pairs(mut check: impl FnMut([u64; 4], [u64; 4])) {
    let edges = edges();
    assert!(edges.len() > 60, "{}", edges.len());
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

fn for_each(mut check: impl FnMut([u64; 4])) {
    edges().into_iter().for_each(&mut check);
    let mut random = random_numbers();
    for _ in 0..ROUNDS {
        check(random());
    }
}

#[test]
fn the_constants_are_correct() {
    let p = [256, 224, 192, 96].map(|bit| U512::ONE.shl_vartime(bit));
    let p =
        p[0].wrapping_sub(&p[1]).wrapping_add(&p[2]).wrapping_add(&p[3]).wrapping_sub(&U512::ONE);
    assert_eq!(integer(P), p);
    assert_eq!(integer(R_SQUARED), product_modulo_p(&r(), &r()));
    assert_eq!(integer(Element::ONE.0), modulo_p(&r()));
    let mut one = Fiat([0; 4]);
    fiat::fiat_p256_set_one(&mut one);
    assert_eq!(Element::ONE.0, one.0);
}

#[test]
fn products_are_right() {
    for_pairs(|a, b| {
        let product = Element(a).mul(&Element(b));
        let expected = product_modulo_p(&integer(a), &integer(b));
        assert!(is_a_product(&product), "{a:x?} {b:x?}");
        assert_eq!(product_modulo_p(&residue(&product), &r()), expected, "{a:x?} {b:x?}");
        let by_fiat = fiat_of(fiat::fiat_p256_mul, a, b);
        assert_eq!(product.fold().to_montgomery(), by_fiat, "{a:x?} {b:x?}");
        assert_eq!(product.fold_product().to_montgomery(), by_fiat, "{a:x?} {b:x?}");
    });
}

#[test]
fn squares_are_right() {
    for_each(|a| {
        let square = Element(a).square();
        assert!(is_a_product(&square), "{a:x?}");
        let mut by_fiat = Fiat([0; 4]);
        fiat::fiat_p256_square(&mut by_fiat, &Fiat(least(a)));
        assert_eq!(square.fold().to_montgomery(), by_fiat.0, "{a:x?}");
        assert_eq!(square.fold_product().to_montgomery(), by_fiat.0, "{a:x?}");
        let expected = product_modulo_p(&integer(a), &integer(a));
        assert_eq!(product_modulo_p(&residue(&square), &r()), expected, "{a:x?}");
        // Both ways to multiply return the same number.
        assert_eq!(raised(&square), raised(&Element(a).mul(&Element(a))), "{a:x?}");
    });
}

#[test]
fn differences_of_products_are_right() {
    let check = |a: [u64; 4], b: [u64; 4], c: [u64; 4], d: [u64; 4]| {
        let difference = Element::mul_sub_mul(&Element(a), &Element(b), &Element(c), &Element(d));
        let expected = difference_modulo_p(
            &product_modulo_p(&integer(a), &integer(b)),
            &product_modulo_p(&integer(c), &integer(d)),
        );
        assert!((-1..=1).contains(&difference.top));
        assert_eq!(product_modulo_p(&residue(&difference), &r()), expected);
        let by_fiat = fiat_of(
            fiat::fiat_p256_sub,
            fiat_of(fiat::fiat_p256_mul, a, b),
            fiat_of(fiat::fiat_p256_mul, c, d),
        );
        assert_eq!(difference.fold().to_montgomery(), by_fiat, "{a:x?} {b:x?} {c:x?} {d:x?}");
    };
    let edges = few_edges();
    for a in &edges {
        for b in &edges {
            for c in &edges {
                for d in &edges {
                    check(*a, *b, *c, *d);
                }
            }
        }
    }
    let mut random = random_numbers();
    for _ in 0..ROUNDS {
        check(random(), random(), random(), random());
    }
}

#[test]
fn sums_and_differences_are_exact() {
    for_pairs(|a, b| {
        let (a_sum, b_sum) = (Element(a).sum(), Element(b).sum());
        let sum = a_sum.add(b_sum);
        let both = integer(a).wrapping_add(&integer(b));
        assert_eq!(raised(&sum), raised(&zero()).wrapping_add(&both), "{a:x?} {b:x?}");
        assert_eq!(sum.fold().to_montgomery(), fiat_of(fiat::fiat_p256_add, a, b), "{a:x?} {b:x?}");
        let difference = a_sum.sub(b_sum);
        let raised_difference = raised(&a_sum).wrapping_sub(&integer(b));
        assert_eq!(raised(&difference), raised_difference, "{a:x?} {b:x?}");
        let by_fiat = fiat_of(fiat::fiat_p256_sub, a, b);
        assert_eq!(difference.fold().to_montgomery(), by_fiat, "{a:x?} {b:x?}");
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
fn representatives_of_one_element_are_equal() {
    for_each(|a| {
        let low = Element(least(a));
        let (high, carry) = add_numbers(low.0, P);
        if !carry {
            assert!(low.equals(&Element(high)) && Element(high).equals(&low), "{a:x?}");
            assert_eq!(Element(high).to_montgomery(), low.0);
            assert_eq!(Element(high).least().0, low.0);
        }
        assert_eq!(Element(a).to_montgomery(), low.0, "{a:x?}");
        assert_eq!(is_below_p(&a), integer(a) < integer(P), "{a:x?}");
        assert_eq!(Element(a).is_zero(), least(a) == [0; 4], "{a:x?}");
    });
    // Numbers that differ from 0 or p in one bit.
    for bit in 0..256 {
        for number in [[0; 4], P] {
            let mut other = number;
            other[bit / 64] ^= 1 << (bit % 64);
            assert_eq!(Element(other).is_zero(), least(other) == [0; 4], "{other:x?}");
            assert!(Element(number).is_zero());
        }
    }
}

fn add_numbers(a: [u64; 4], b: [u64; 4]) -> ([u64; 4], bool) {
    let sum = integer(a).wrapping_add(&integer(b));
    (limbs(&sum.resize()), sum >= r())
}

/// Returns whether the sum is negative, or 2^256 or more, after one fold.
fn needs_a_second_fold(sum: &Sum) -> bool {
    // The difference of 2^256 and p.
    let more = r().wrapping_sub(&integer(P));
    let change = U512::from(sum.top.unsigned_abs()).wrapping_mul(&more);
    if sum.top < 0 {
        integer(sum.low) < change
    } else {
        integer(sum.low).wrapping_add(&change) >= r()
    }
}

#[test]
fn a_fold_keeps_the_element_even_if_it_overflows() {
    let mut lows = edges();
    let more = r().wrapping_sub(&integer(P));
    for times in 0..=8_u64 {
        let turn: U256 = U512::from(times).wrapping_mul(&more).resize();
        for turn in [turn, turn.wrapping_neg()] {
            lows.push(limbs(&turn.wrapping_sub(&U256::ONE)));
            lows.push(limbs(&turn));
            lows.push(limbs(&turn.wrapping_add(&U256::ONE)));
        }
    }
    let mut random = random_numbers();
    lows.extend((0..ROUNDS).map(|_| random()));
    let (mut overflows, mut underflows) = (0, 0);
    for top in -8..=8_i64 {
        for low in &lows {
            let sum = Sum { low: *low, top };
            let folded = sum.fold();
            assert_eq!(integer(folded.to_montgomery()), residue(&sum), "{low:x?} {top}");
            if needs_a_second_fold(&sum) {
                *(if top > 0 { &mut overflows } else { &mut underflows }) += 1;
            }
            let double = sum.double();
            let twice = raised(&sum).wrapping_add(&raised(&sum)).wrapping_sub(&raised(&zero()));
            assert_eq!(raised(&double), twice, "{low:x?} {top}");
            let half = sum.halve();
            let whole = raised(&half.add(half)).wrapping_sub(&raised(&sum));
            assert!(whole == U512::ZERO || whole == integer(P), "{low:x?} {top}");
        }
    }
    // The rare case occurred in both directions.
    assert!(overflows > 100 && underflows > 100, "{overflows} {underflows}");
}

#[test]
fn a_product_folds_below_2_to_256() {
    for_each(|low| {
        let sum = Sum { low, top: 0 };
        assert_eq!(sum.fold_product().0, low);
        let sum = Sum { low, top: 1 };
        if is_a_product(&sum) {
            let folded = integer(sum.fold_product().0);
            assert_eq!(folded, integer(low).wrapping_add(&r()).wrapping_sub(&integer(P)));
            assert!(folded < r(), "{low:x?}");
        }
    });
}

#[test]
fn the_negation_of_a_least_representative_is_right() {
    for_each(|a| {
        let a = least(a);
        assert_eq!(Element(a).negate_least_if(0).0, a);
        let opposite = Element(a).negate_least_if(ALL);
        assert_eq!(integer(opposite.0), integer(P).wrapping_sub(&integer(a)), "{a:x?}");
        let mut by_fiat = Fiat([0; 4]);
        fiat::fiat_p256_opp(&mut by_fiat, &Fiat(a));
        assert_eq!(opposite.to_montgomery(), by_fiat.0, "{a:x?}");
    });
}

#[test]
fn numbers_convert_to_montgomery_form_and_back() {
    for_each(|number| {
        let element = Element::from_number(number);
        assert_eq!(element.to_number(), least(number), "{number:x?}");
        assert_eq!(
            integer(element.to_montgomery()),
            product_modulo_p(&integer(number), &r()),
            "{number:x?}"
        );
        let mut by_fiat = Fiat([0; 4]);
        fiat::fiat_p256_to_montgomery(
            &mut by_fiat,
            &fiat::fiat_p256_non_montgomery_domain_field_element(least(number)),
        );
        assert_eq!(element.to_montgomery(), by_fiat.0, "{number:x?}");
        assert_eq!(Element::from_montgomery(number).sum().low, number);
    });
    assert_eq!(Element::from_number([1, 0, 0, 0]).to_montgomery(), Element::ONE.0);
}

#[test]
fn an_element_times_its_inverse_is_one() {
    for a in [[0; 4], P] {
        assert!(Element(a).invert().is_zero());
    }
    let mut random = random_numbers();
    let random = (0..200).map(|_| random());
    let mut inverted = 0;
    for a in edges().into_iter().chain(random).filter(|a| least(*a) != [0; 4]) {
        let product = Element(a).invert().mul(&Element(a)).fold();
        assert_eq!(product.to_montgomery(), Element::ONE.0, "{a:x?}");
        inverted += 1;
    }
    assert!(inverted > 200);
}
