//! Compares the fields with big integers and with `fiat-crypto`, whose arithmetic is formally
//! verified. The operands are all pairs of edge cases, and random numbers.

use num_bigint::{BigInt, BigUint};

use super::super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::super::tests::reference::{Operation, Tested, on_every_curve, one};
use super::*;

const ALL: u64 = u64::MAX;

/// The number of random operands for each function. Miri is about a thousand times slower.
const ROUNDS: usize = if cfg!(miri) { 10 } else { 4000 };

fn element<C: Curve<N>, const N: usize>(limbs: [u64; N]) -> Element<C, N> {
    Element::from_form(limbs)
}

/// Returns the limbs of an element as they are.
fn limbs_of<C: Curve<N>, const N: usize>(element: Element<C, N>) -> [u64; N] {
    element.sum().low
}

fn p<C: Curve<N>, const N: usize>() -> BigUint {
    big(&C::P)
}

/// Returns the exponents in p of each curve, and the ends of limbs.
fn interesting_bits<const N: usize>() -> Vec<usize> {
    let bits = (1..N).map(|limb| 64 * limb).chain([32, 95, 96, 128, 192, 223, 224, 255]);
    bits.chain([320, 383, 384, 512, 520, 521, 522]).filter(|bit| *bit < 64 * N).collect()
}

/// Returns numbers with N limbs at which a carry, a borrow or a comparison changes.
fn edge_numbers<C: Tested<N>, const N: usize>() -> Vec<[u64; N]> {
    let (p, all) = (p::<C, N>(), power_of_two(64 * N));
    let mut numbers = vec![BigUint::ZERO, &p >> 1, big(&C::TO_FORM), big(&C::ONE)];
    numbers.extend([p.clone(), p * 2_u8, &all - 1_u8, C::representatives() - 1_u8]);
    numbers.extend(interesting_bits::<N>().into_iter().map(power_of_two));
    let near = |number: &BigUint| {
        let number = number + &all;
        [&number - 2_u8, &number - 1_u8, number.clone(), &number + 1_u8, &number + 2_u8]
    };
    let numbers = numbers.iter().flat_map(near).map(|number| to_limbs(&(number % &all)));
    let mut numbers: Vec<[u64; N]> = numbers.collect();
    // Limbs of ones between limbs of zeros, and the opposite.
    for end in 0..=N {
        for start in 0..end {
            let ones = core::array::from_fn(|at| if (start..end).contains(&at) { ALL } else { 0 });
            numbers.extend([ones, ones.map(|limb| !limb)]);
        }
    }
    if N == 4 {
        numbers
            .extend((0..16_u64).map(|mask| {
                core::array::from_fn(|position| (mask >> position & 1).wrapping_neg())
            }));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Returns the edge cases among the representatives of elements. In Miri, these are only a few.
fn edges<C: Tested<N>, const N: usize>() -> Vec<[u64; N]> {
    if cfg!(miri) {
        return few_edges::<C, N>().into_iter().step_by(2).collect();
    }
    let mut edges: Vec<[u64; N]> =
        edge_numbers::<C, N>().into_iter().map(representative::<C, N>).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Returns the number itself, or a smaller one if it is not a representative.
fn representative<C: Tested<N>, const N: usize>(number: [u64; N]) -> [u64; N] {
    to_limbs(&(big(&number) % C::representatives()))
}

/// Returns the most critical edge cases, for functions with four operands.
fn few_edges<C: Tested<N>, const N: usize>() -> Vec<[u64; N]> {
    let (p, most) = (p::<C, N>(), C::representatives() - 1_u8);
    let mut highest_bit = [0; N];
    highest_bit[N - 1] = if C::FORM == 0 { 1 << 8 } else { 1 << 63 };
    let mut edges = vec![[0; N], one(), C::P, C::ONE, highest_bit];
    edges.extend([&p - 1_u8, &p + 1_u8, most].map(|number| to_limbs(&number)));
    edges
}

/// Returns random representatives. Many of them have limbs of only zeros or only ones.
fn random_elements<C: Tested<N>, const N: usize>() -> impl FnMut() -> [u64; N] {
    let mut random = Random::new();
    move || representative::<C, N>(random.number(&C::P))
}

/// Returns the remainder modulo p, which is not negative.
fn modulo_p<C: Curve<N>, const N: usize>(number: &BigInt) -> BigUint {
    let p = BigInt::from(p::<C, N>());
    ((number % &p + &p) % &p).magnitude().clone()
}

fn integer<const N: usize>(number: &[u64; N]) -> BigInt {
    BigInt::from(big(number))
}

/// Returns the exact value of a sum.
fn value<C: Curve<N>, const N: usize>(sum: &Sum<C, N>) -> BigInt {
    integer(&sum.low) + (BigInt::from(sum.top) << (64 * N))
}

/// Returns the factor of the form.
fn factor<C: Tested<N>, const N: usize>() -> BigInt {
    BigInt::from(power_of_two(C::FORM))
}

/// Returns whether the sum is at least 0 and below 2^(64 N) + p.
fn is_a_product<C: Curve<N>, const N: usize>(sum: &Sum<C, N>) -> bool {
    let value = value(sum);
    BigInt::ZERO <= value && value < BigInt::from(power_of_two(64 * N) + p::<C, N>())
}

/// Computes the least representative by division.
fn least<C: Curve<N>, const N: usize>(number: &[u64; N]) -> [u64; N] {
    to_limbs(&(big(number) % p::<C, N>()))
}

/// Returns the result of `fiat-crypto` for two elements.
fn fiat<C: Tested<N>, const N: usize>(operation: Operation, a: [u64; N], b: [u64; N]) -> [u64; N] {
    C::fiat(operation, least::<C, N>(&a), least::<C, N>(&b))
}

/// Calls `check` with all pairs of edge cases and with random pairs.
fn for_pairs<C: Tested<N>, const N: usize>(mut check: impl FnMut([u64; N], [u64; N])) {
    let edges = edges::<C, N>();
    assert!(edges.len() > 60 || cfg!(miri), "{}", edges.len());
    for a in &edges {
        for b in &edges {
            check(*a, *b);
        }
    }
    let mut random = random_elements::<C, N>();
    for _ in 0..ROUNDS {
        check(random(), random());
    }
}

fn for_each<C: Tested<N>, const N: usize>(mut check: impl FnMut([u64; N])) {
    edges::<C, N>().into_iter().for_each(&mut check);
    let mut random = random_elements::<C, N>();
    for _ in 0..ROUNDS {
        check(random());
    }
}

/// Asserts that both ways to fold return a representative of the element.
#[track_caller]
fn check_folds<C: Tested<N>, const N: usize>(product: &Sum<C, N>, expected: [u64; N]) {
    for folded in [product.fold(), product.fold_product()] {
        assert!(big(&limbs_of(folded)) < C::representatives(), "{product:x?}");
        assert_eq!(folded.to_form(), expected, "{product:x?}");
    }
}

#[test]
fn products_are_right() {
    fn check<C: Tested<N>, const N: usize>() {
        for_pairs::<C, N>(|a, b| {
            let product = element::<C, N>(a).product(&element(b));
            assert!(is_a_product(&product), "{a:x?} {b:x?}");
            let expected = modulo_p::<C, N>(&(integer(&a) * integer(&b)));
            let found = modulo_p::<C, N>(&(value(&product) * factor::<C, N>()));
            assert_eq!(found, expected, "{a:x?} {b:x?}");
            let by_fiat = fiat::<C, N>(Operation::Multiply, a, b);
            check_folds(&product, by_fiat);
            let (a, b) = (element::<C, N>(a), element(b));
            for folded in [a.mul(&b), a.mul_called(&b), a.mul_sum(&b).fold()] {
                assert_eq!(folded.to_form(), by_fiat, "{a:x?} {b:x?}");
            }
        });
    }
    on_every_curve!(check);
}

#[test]
fn squares_are_right() {
    fn check<C: Tested<N>, const N: usize>() {
        for_each::<C, N>(|a| {
            let square = element::<C, N>(a).product_with_self();
            assert!(is_a_product(&square), "{a:x?}");
            let by_fiat = fiat::<C, N>(Operation::Square, a, a);
            check_folds(&square, by_fiat);
            let same = element::<C, N>(a);
            for folded in [same.square(), same.square_called(), same.square_sum().fold()] {
                assert_eq!(folded.to_form(), by_fiat, "{a:x?}");
            }
            let expected = modulo_p::<C, N>(&(integer(&a) * integer(&a)));
            let found = modulo_p::<C, N>(&(value(&square) * factor::<C, N>()));
            assert_eq!(found, expected, "{a:x?}");
            // Both ways to multiply return the same number.
            let product = element::<C, N>(a).product(&element(a));
            assert_eq!(value(&square), value(&product), "{a:x?}");
        });
    }
    on_every_curve!(check);
}

#[test]
#[cfg_attr(miri, ignore = "too many combinations of operands")]
fn differences_of_products_are_right() {
    fn check_one<C: Tested<N>, const N: usize>([a, b, c, d]: [[u64; N]; 4]) {
        let [one, two, three, four] = [a, b, c, d].map(element::<C, N>);
        let difference = Element::difference_of_products(&one, &two, &three, &four);
        assert!((-1..=1).contains(&difference.top));
        let expected = integer(&a) * integer(&b) - integer(&c) * integer(&d);
        let found = modulo_p::<C, N>(&(value(&difference) * factor::<C, N>()));
        assert_eq!(found, modulo_p::<C, N>(&expected), "{a:x?} {b:x?} {c:x?} {d:x?}");
        let by_fiat = fiat::<C, N>(
            Operation::Subtract,
            fiat::<C, N>(Operation::Multiply, a, b),
            fiat::<C, N>(Operation::Multiply, c, d),
        );
        assert_eq!(difference.fold().to_form(), by_fiat, "{a:x?} {b:x?} {c:x?} {d:x?}");
        for folded in [Element::mul_sub_mul, Element::mul_sub_mul_called] {
            let folded = folded(&one, &two, &three, &four);
            assert_eq!(folded.to_form(), by_fiat, "{a:x?} {b:x?} {c:x?} {d:x?}");
        }
    }
    fn check<C: Tested<N>, const N: usize>() {
        let edges = few_edges::<C, N>();
        for a in &edges {
            for b in &edges {
                for c in &edges {
                    for d in &edges {
                        check_one::<C, N>([*a, *b, *c, *d]);
                    }
                }
            }
        }
        let mut random = random_elements::<C, N>();
        for _ in 0..ROUNDS {
            check_one::<C, N>([random(), random(), random(), random()]);
        }
    }
    on_every_curve!(check);
}

#[test]
fn sums_and_differences_are_exact() {
    fn check<C: Tested<N>, const N: usize>() {
        for_pairs::<C, N>(|a, b| {
            let (x, y) = (element::<C, N>(a), element::<C, N>(b));
            let (a_sum, b_sum) = (x.sum(), y.sum());
            let sum = a_sum.add(b_sum);
            assert_eq!(value(&sum), integer(&a) + integer(&b), "{a:x?} {b:x?}");
            let by_fiat = fiat::<C, N>(Operation::Add, a, b);
            assert_eq!(sum.fold().to_form(), by_fiat, "{a:x?} {b:x?}");
            let difference = a_sum.sub(b_sum);
            assert_eq!(value(&difference), integer(&a) - integer(&b), "{a:x?} {b:x?}");
            let by_fiat = fiat::<C, N>(Operation::Subtract, a, b);
            assert_eq!(difference.fold().to_form(), by_fiat, "{a:x?} {b:x?}");
            let are_equal = least::<C, N>(&a) == least::<C, N>(&b);
            assert_eq!(x.equals(&y), are_equal, "{a:x?} {b:x?}");
            // The limb above the low limbs is added too.
            for (one, other) in [(3, 4), (-3, 4), (3, -4), (-3, -4)] {
                let (x, y) = (Sum::<C, N>::new(a, one), Sum::new(b, other));
                assert_eq!(x.add(y).top, sum.top + one + other);
                assert_eq!(x.sub(y).top, difference.top + one - other);
            }
        });
    }
    on_every_curve!(check);
}

#[test]
fn representatives_of_one_element_are_equal() {
    fn check<C: Tested<N>, const N: usize>() {
        for_each::<C, N>(|a| {
            let low = element::<C, N>(least::<C, N>(&a));
            let high = big(&least::<C, N>(&a)) + p::<C, N>();
            if high < C::representatives() {
                let high = element::<C, N>(to_limbs(&high));
                assert!(low.equals(&high) && high.equals(&low), "{a:x?}");
                assert_eq!(high.to_form(), limbs_of(low));
                assert_eq!(limbs_of(high.least()), limbs_of(low));
            }
            let element = element::<C, N>(a);
            assert_eq!(element.to_form(), limbs_of(low), "{a:x?}");
            assert_eq!(element.is_zero(), least::<C, N>(&a) == [0; N], "{a:x?}");
        });
        // Numbers that differ from 0 or p in one bit.
        for bit in 0..64 * N {
            for number in [[0; N], C::P] {
                let mut other = number;
                other[bit / 64] ^= 1 << (bit % 64);
                assert!(!element::<C, N>(other).is_zero(), "{other:x?}");
                assert!(element::<C, N>(number).is_zero());
            }
        }
    }
    on_every_curve!(check);
}

/// Returns whether the first fold of this sum is negative, or does not fit in N limbs.
fn needs_a_second_fold<C: Tested<N>, const N: usize>(sum: &Sum<C, N>) -> bool {
    let above = if C::FORM == 0 { 521 } else { 64 * N };
    let low = value(sum) & BigInt::from(power_of_two(above) - 1_u8);
    let factor = BigInt::from(power_of_two(above) % p::<C, N>());
    let folded = low + (value(sum) >> above) * factor;
    folded < BigInt::ZERO || folded >= BigInt::from(power_of_two(64 * N))
}

#[test]
#[cfg_attr(miri, ignore = "too many sums")]
fn a_fold_keeps_the_element_even_if_it_overflows() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut lows = edge_numbers::<C, N>();
        let all = power_of_two(64 * N);
        for times in 0..=8_u64 {
            let turn = (&all % p::<C, N>()) * times;
            for turn in [turn.clone(), &all - turn] {
                let near = [&turn + &all - 1_u8, turn.clone(), turn + 1_u8];
                lows.extend(near.map(|low| to_limbs::<N>(&(low % &all))));
            }
        }
        let mut random = Random::new();
        lows.extend((0..ROUNDS).map(|_| random.number(&C::P)));
        let (mut overflows, mut underflows) = (0, 0);
        for top in -8..=8_i64 {
            for low in &lows {
                let sum = Sum::<C, N>::new(*low, top);
                let folded = Element::<C, N>::from_form(C::fold(sum.low, sum.top));
                assert!(big(&limbs_of(folded)) < C::representatives(), "{low:x?} {top}");
                let residue = modulo_p::<C, N>(&value(&sum));
                assert_eq!(big(&folded.to_form()), residue, "{low:x?} {top}");
                if needs_a_second_fold(&sum) {
                    *(if top > 0 { &mut overflows } else { &mut underflows }) += 1;
                }
                assert_eq!(value(&sum.double()), value(&sum) * 2, "{low:x?} {top}");
                let difference = value(&sum.halve()) * 2 - value(&sum);
                assert!(
                    difference == BigInt::ZERO || difference == integer(&C::P),
                    "{low:x?} {top}"
                );
            }
        }
        // The rare case occurred in both directions. The numbers of P-521 are too small for one.
        assert!(underflows > 100 && (overflows > 100 || C::FORM == 0), "{overflows} {underflows}");
    }
    on_every_curve!(check);
}

#[test]
#[cfg_attr(miri, ignore = "too many sums")]
fn a_fold_is_right_for_larger_sums_than_the_formulas_produce() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for low in edge_numbers::<C, N>().into_iter().chain([random.number(&C::P)]) {
            for bit in 0..8 {
                let power = 1_i64 << bit;
                for top in [power, power + 1, 2 * power - 1, -power, -power - 1, -2 * power] {
                    let sum = Sum::<C, N>::new(low, top);
                    let residue = modulo_p::<C, N>(&value(&sum));
                    let folded = Element::<C, N>::from_form(C::fold(sum.low, sum.top));
                    assert_eq!(modulo_p::<C, N>(&integer(&limbs_of(folded))), residue);
                    assert!(big(&limbs_of(folded)) < p::<C, N>() * 2_u8, "{low:x?} {top}");
                }
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn folds_return_only_two_representatives_of_zero() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut folds = 0;
        for times in -8..=8 {
            let multiple = BigInt::from(times) * integer(&C::P);
            let low = &multiple & BigInt::from(power_of_two(64 * N) - 1_u8);
            let top = i64::try_from(&multiple >> (64 * N)).unwrap();
            let sum = Sum::<C, N>::new(to_limbs(low.magnitude()), top);
            assert_eq!(value(&sum), multiple);
            let folded = Element::<C, N>::from_form(C::fold(sum.low, sum.top));
            assert!(folded.is_zero(), "{times}");
            // What `reduce` returns for representatives of elements.
            if C::FORM == 0 && (0..4).contains(&times) || is_a_product(&sum) && C::FORM != 0 {
                assert!(sum.fold_product().is_zero(), "{times}");
                folds += 1;
            }
        }
        assert!(folds >= 2);
    }
    on_every_curve!(check);
}

#[test]
fn a_product_folds_to_a_representative() {
    fn check<C: Tested<N>, const N: usize>() {
        for top in [0, 1] {
            let check_low = |low: [u64; N]| {
                let sum = Sum::<C, N>::new(low, top);
                // No product of P-521 has a limb above.
                if !is_a_product(&sum) || C::FORM == 0 && top != 0 {
                    return;
                }
                let expected = if C::FORM == 0 {
                    (value(&sum) >> 521) + (value(&sum) & integer(&C::P))
                } else {
                    value(&sum) - integer(&C::P) * top
                };
                let folded = limbs_of(sum.fold_product());
                assert_eq!(integer(&folded), expected, "{low:x?} {top}");
                assert!(big(&folded) < C::representatives(), "{low:x?} {top}");
            };
            let mut random = Random::new();
            let random = (0..ROUNDS).map(|_| random.number(&C::P));
            edge_numbers::<C, N>().into_iter().chain(random).for_each(check_low);
        }
        // The largest product.
        let most = element::<C, N>(to_limbs(&(C::representatives() - 1_u8)));
        let product = most.mul_sum(&most);
        assert!(product.top <= i64::from(C::FORM != 0), "{product:x?}");
    }
    on_every_curve!(check);
}

#[test]
fn the_negation_of_a_least_representative_is_right() {
    fn check<C: Tested<N>, const N: usize>() {
        for_each::<C, N>(|a| {
            let a = least::<C, N>(&a);
            let element = element::<C, N>(a);
            assert_eq!(limbs_of(element.negate_least_if(0)), a);
            let opposite = element.negate_least_if(ALL);
            assert_eq!(big(&limbs_of(opposite)), p::<C, N>() - big(&a), "{a:x?}");
            let by_fiat = fiat::<C, N>(Operation::Negate, a, a);
            assert_eq!(opposite.to_form(), by_fiat, "{a:x?}");
        });
    }
    on_every_curve!(check);
}

#[test]
fn numbers_convert_to_the_form_and_back() {
    fn check<C: Tested<N>, const N: usize>() {
        for_each::<C, N>(|number| {
            let element = Element::<C, N>::from_number(number);
            assert_eq!(element.to_number(), least::<C, N>(&number), "{number:x?}");
            let expected = modulo_p::<C, N>(&(integer(&number) * factor::<C, N>()));
            assert_eq!(big(&element.to_form()), expected, "{number:x?}");
            let by_fiat = fiat::<C, N>(Operation::ToForm, number, number);
            assert_eq!(element.to_form(), by_fiat, "{number:x?}");
            assert_eq!(Element::<C, N>::from_form(number).sum().low, number);
        });
        let element = Element::<C, N>::from_number(one());
        assert_eq!(element.to_form(), C::ONE);
        assert_eq!(limbs_of(Element::<C, N>::ONE), C::ONE);
        assert_eq!(limbs_of(Element::<C, N>::ZERO), [0; N]);
    }
    on_every_curve!(check);
}

#[test]
fn an_element_times_its_inverse_is_one() {
    fn check<C: Tested<N>, const N: usize>() {
        for a in [[0; N], C::P] {
            assert!(element::<C, N>(a).invert().is_zero());
        }
        let mut random = random_elements::<C, N>();
        let rounds = ROUNDS.min(200);
        let random = (0..rounds).map(|_| random());
        let mut inverted = 0;
        for a in edges::<C, N>().into_iter().chain(random) {
            if least::<C, N>(&a) == [0; N] {
                continue;
            }
            let product = element::<C, N>(a).invert().mul(&element(a));
            assert_eq!(product.to_form(), C::ONE, "{a:x?}");
            inverted += 1;
        }
        assert!(inverted > rounds);
    }
    on_every_curve!(check);
}
