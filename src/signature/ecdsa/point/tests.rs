//! Compares the group law with the crates `p256`, `p384` and `p521`, on points in every form that a
//! point can have.

use num_bigint::BigUint;

use super::super::super::limbs::tests::{Random, big, to_limbs};
use super::super::tests::reference::{
    Point, Scalar, Tested, affine, base, coordinates, coordinates_of_xyzz, on_every_curve, one,
};
use super::*;

fn power<C: Curve<N>, const N: usize>(
    element: &Element<C, N>,
    exponent: &BigUint,
) -> Element<C, N> {
    let mut power = Element::ONE;
    for bit in (0..exponent.bits()).rev() {
        power = power.square();
        if exponent.bit(bit) {
            power = power.mul(element);
        }
    }
    power
}

/// Returns a square root. p is 3 modulo 4.
fn square_root<C: Curve<N>, const N: usize>(element: &Element<C, N>) -> Option<Element<C, N>> {
    let root = power(element, &((big(&C::P) >> 2) + 1_u8));
    root.square().equals(element).then_some(root)
}

/// Returns a cube root. p is 4 modulo 9, so (2 p + 1) / 9 is the exponent of a cube root. The p of
/// P-384 is 2 modulo 3, so (2 p - 1) / 3 is the exponent.
fn cube_root<C: Curve<N>, const N: usize>(element: &Element<C, N>) -> Option<Element<C, N>> {
    let twice = big(&C::P) * 2_u8;
    let two_modulo_3 = &twice % 3_u8 == BigUint::from(1_u8);
    let exponent = if two_modulo_3 { (twice - 1_u8) / 3_u8 } else { (twice + 1_u8) / 9_u8 };
    let root = power(element, &exponent);
    root.square().mul(&root).equals(element).then_some(root)
}

/// Returns the element as its higher representative, the least one plus p, if there is one.
fn highest<C: Tested<N>, const N: usize>(element: Element<C, N>) -> Element<C, N> {
    let higher = big(&element.to_form()) + big(&C::P);
    if higher < C::representatives() { Element::from_form(to_limbs(&higher)) } else { element }
}

fn is_least<C: Curve<N>, const N: usize>(element: &Element<C, N>) -> bool {
    element.sum().low == element.to_form()
}

/// Returns the same point with another Z.
fn with_z<C: Tested<N>, const N: usize>(point: &Affine<C, N>, z: Element<C, N>) -> Jacobian<C, N> {
    let z_squared = z.square();
    let x = point.x.mul(&z_squared);
    let y = point.y.mul(&z_squared).mul(&z);
    Jacobian { x: highest(x), y: highest(y), z: highest(z) }
}

/// Returns the element with this small representative in the form of the curve.
fn small<C: Curve<N>, const N: usize>(value: u64) -> Element<C, N> {
    let mut limbs = [0; N];
    limbs[0] = value;
    Element::from_form(limbs)
}

/// Returns the same point in several forms: with Z = 1, with a random Z, and with an X, Y or Z that
/// is not the least representative.
fn forms<C: Tested<N>, const N: usize>(
    point: &Affine<C, N>,
    random: &mut Random,
) -> [Jacobian<C, N>; 5] {
    let some = |root: &dyn Fn(&Element<C, N>) -> Option<Element<C, N>>| {
        (1..).find_map(|value| root(&small(value)))
    };
    // X = x Z^2 and Y = y Z^3 must be small.
    let (x_inverse, y_inverse) = (point.x.invert(), point.y.invert());
    let z_of_x = some(&|x| square_root(&x.mul(&x_inverse))).unwrap();
    let z_of_y = some(&|y| cube_root(&y.mul(&y_inverse))).unwrap();
    let forms = [
        Jacobian::from_affine(point),
        with_z(point, Element::from_number(Scalar::<C, N>::random(random).0)),
        with_z(point, small(5)),
        with_z(point, z_of_x),
        with_z(point, z_of_y),
    ];
    assert!(!is_least(&forms[2].z) && !is_least(&forms[3].x) && !is_least(&forms[4].y));
    forms
}

/// Returns the same point in the other coordinates, with both of their representatives.
fn xyzz_forms<C: Tested<N>, const N: usize>(point: &Jacobian<C, N>) -> [Xyzz<C, N>; 2] {
    let Xyzz { x, y, zz, zzz } = point.to_xyzz();
    let [least, high] = [Element::least, highest].map(|form| Xyzz {
        x: form(x),
        y: form(y),
        zz: form(zz),
        zzz: form(zzz),
    });
    [least, high]
}

/// Returns several forms of the point at infinity.
fn infinities<C: Tested<N>, const N: usize>() -> [Jacobian<C, N>; 3] {
    let p = Element::from_form(C::P);
    let x = Element::from_form(to_limbs(&(C::representatives() - 1_u8)));
    let y = Element::from_form(C::G[1]);
    [Jacobian::INFINITY, Jacobian { x, y, z: p }, Jacobian { x: p, y: p, z: Element::ZERO }]
}

/// Returns multiples of the base point whose sums and differences include all exceptional cases.
fn multiples<C: Tested<N>, const N: usize>() -> Vec<Scalar<C, N>> {
    let mut random = Random::new();
    let [some, other] = [(); 2].map(|()| Scalar::random(&mut random));
    let one = Scalar::ONE;
    vec![one, one + one, one + one + one, -one, -(one + one), some, -some, some + some, other]
}

#[test]
fn points_can_be_doubled_in_every_form() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for multiple in multiples::<C, N>() {
            let [once, twice, eight_times] =
                [1_u8, 2, 8].map(|times| C::multiple(multiple * Scalar::new(times)));
            for form in forms::<C, N>(&affine(once), &mut random) {
                assert_eq!(coordinates(&form), once);
                assert_eq!(coordinates(&form.double()), twice);
                for mut doubled in xyzz_forms(&form) {
                    assert_eq!(coordinates_of_xyzz(&doubled), once);
                    doubled.double();
                    assert_eq!(coordinates_of_xyzz(&doubled), twice);
                }
                let mut doubled = form;
                doubled.double_times(3);
                assert_eq!(coordinates(&doubled), eight_times);
                doubled.double_times(0);
                assert_eq!(coordinates(&doubled), eight_times);
            }
        }
        for infinity in infinities::<C, N>() {
            assert!(infinity.is_infinity() && infinity.double().is_infinity());
            for mut infinity in xyzz_forms(&infinity) {
                assert!(infinity.is_infinity());
                infinity.double();
                assert!(infinity.is_infinity());
            }
        }
    }
    on_every_curve!(check);
}

/// Adds a point in all forms to a point in all forms, and subtracts it. Returns the number of pairs
/// of equal or opposite points.
fn check_sums<C: Tested<N>, const N: usize>(
    points: &[(Scalar<C, N>, Vec<Jacobian<C, N>>)],
    (other, other_forms): &(Scalar<C, N>, Vec<Jacobian<C, N>>),
) -> usize {
    let least = affine::<C, N>(C::multiple(*other));
    let least = Affine { x: least.x.least(), y: least.y.least() };
    let cached: Vec<_> = other_forms.iter().map(|form| Cached::new(*form)).collect();
    let mut exceptional = 0;
    for (point, forms) in points {
        exceptional += usize::from(*point == *other || *point == -*other);
        for negative in [false, true] {
            let expected = if negative { *point - *other } else { *point + *other };
            let expected: Point<N> = C::multiple(expected);
            for form in forms {
                let mut sum = *form;
                sum.add_affine(&least, u64::from(negative).wrapping_neg());
                assert_eq!(coordinates(&sum), expected);
                for mut sum in xyzz_forms(form) {
                    sum.add_affine(&least, u64::from(negative).wrapping_neg());
                    assert_eq!(coordinates_of_xyzz(&sum), expected);
                }
                for other_form in &cached {
                    let mut sum = *form;
                    sum.add_cached(other_form, negative);
                    assert_eq!(coordinates(&sum), expected);
                }
            }
        }
    }
    exceptional
}

#[test]
fn all_pairs_of_points_can_be_added_in_every_form() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let points: Vec<_> = multiples::<C, N>()
            .into_iter()
            .map(|multiple| {
                let point = affine(C::multiple(multiple));
                (multiple, forms::<C, N>(&point, &mut random).to_vec())
            })
            .collect();
        let infinity = (Scalar::ZERO, infinities::<C, N>().to_vec());
        let with_infinity = [&points[..], &[infinity]].concat();
        let exceptional = points.iter().map(|other| check_sums::<C, N>(&with_infinity, other));
        assert!(exceptional.sum::<usize>() > points.len());
    }
    on_every_curve!(check);
}

#[test]
fn multiples_of_the_base_point_are_right_around_the_group_order() {
    fn check<C: Tested<N>, const N: usize>() {
        let start = -Scalar::<C, N>::new(300_u16);
        // One addition of the reference is faster than a multiplication.
        let mut expected: Vec<Point<N>> = Vec::new();
        for step in 0..=600_u16 {
            expected.push(match expected.last() {
                Some(Some(point)) if step % 50 != 0 => C::sum(*point, base::<C, N>()),
                _ => C::multiple(start + Scalar::new(step)),
            });
        }
        assert_eq!(expected[300], None);
        let g = affine::<C, N>(Some(base::<C, N>()));
        let g = Affine { x: g.x.least(), y: g.y.least() };
        let mut sum = Jacobian::from_affine(&affine::<C, N>(expected[0]));
        for expected in &expected[1..] {
            sum.add_affine(&g, 0);
            assert_eq!(coordinates(&sum), *expected);
        }
        // Go back with the other addition.
        let one = Cached::new(Jacobian::from_affine(&g));
        for expected in expected.iter().rev().skip(1) {
            sum.add_cached(&one, true);
            assert_eq!(coordinates(&sum), *expected);
        }
    }
    on_every_curve!(check);
}

#[test]
fn coordinates_of_many_points_are_right_and_least() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        let point: Affine<C, N> = affine(C::multiple(Scalar::random(&mut random)));
        let g = affine(Some(base::<C, N>()));
        let mut forms = forms(&point, &mut random).to_vec();
        forms.push(Jacobian::from_affine(&g));
        let normalized = Jacobian::normalize(&forms);
        assert_eq!(normalized.len(), forms.len());
        for (form, affine) in forms.iter().zip(&normalized) {
            assert!(is_least(&affine.x) && is_least(&affine.y));
            let z_squared = form.z.square();
            assert!(affine.x.mul(&z_squared).equals(&form.x));
            assert!(affine.y.mul(&z_squared).mul(&form.z).equals(&form.y));
        }
        let last = Jacobian::from_affine(&normalized[5]);
        assert_eq!(coordinates(&last), Some(base::<C, N>()));
        assert!(Jacobian::<C, N>::normalize(&[]).is_empty());
    }
    on_every_curve!(check);
}

#[test]
fn returned_coordinates_are_least() {
    fn check<C: Tested<N>, const N: usize>() {
        // Multiplying by one does not change the representative in Montgomery form. This does not
        // have to be a point on the curve.
        let [x, y] = [7, 9].map(small::<C, N>);
        let point = Jacobian { x: highest(x), y: highest(y), z: Element::ONE };
        assert!(!is_least(&point.x) && !is_least(&point.y));
        let affine = Jacobian::normalize(&[point])[0];
        assert_eq!(affine.x.sum().low, small::<C, N>(7).sum().low);
        assert_eq!(affine.y.sum().low, small::<C, N>(9).sum().low);
    }
    on_every_curve!(check);
}

#[test]
fn a_point_matches_only_its_own_x_in_every_form() {
    fn check<C: Tested<N>, const N: usize>() {
        let mut random = Random::new();
        for multiple in multiples::<C, N>() {
            let point = affine::<C, N>(C::multiple(multiple));
            let x = point.x.to_number();
            let mut other = x;
            other[0] ^= 1;
            let forms = forms(&point, &mut random);
            for form in forms.iter().flat_map(xyzz_forms) {
                assert!(form.has_x(&Element::from_number(x)));
                assert!(!form.has_x(&Element::from_number(other)));
            }
        }
    }
    on_every_curve!(check);
}

#[test]
fn coordinates_off_the_curve_are_rejected() {
    fn check<C: Tested<N>, const N: usize>() {
        let is_point = |x, y| Affine::<C, N>::from_coordinates(x, y).is_some();
        let [x, y] = base::<C, N>();
        assert!(is_point(x, y));
        for bit in 0..64 * N {
            let flipped = |mut number: [u64; N]| {
                number[bit / 64] ^= 1 << (bit % 64);
                number
            };
            assert!(!is_point(flipped(x), y), "{bit}");
            assert!(!is_point(x, flipped(y)), "{bit}");
        }
        // Points with an x that is so small that x + p still has N limbs.
        let plus_p = |number: [u64; N]| to_limbs(&(big(&number) + big(&C::P)));
        let mut found = 0;
        for small in 0..20 {
            let mut x = [0; N];
            x[0] = small;
            let Some([_, y]) = C::decompress(&x) else { continue };
            assert!(is_point(x, y), "{small}");
            assert!(!is_point(plus_p(x), y), "{small}");
            found += 1;
        }
        assert!(found > 5);
        // The same for y. Only P-521 has enough bits above p for the y of a known point.
        let higher = big(&y) + big(&C::P);
        if higher.bits() <= 64 * N as u64 {
            assert!(!is_point(x, to_limbs(&higher)));
        }
        assert!(N < 9 || higher.bits() <= 64 * N as u64);
        assert!(!is_point([0; N], [0; N]));
        assert!(!is_point(C::P, C::P));
        for above in [C::P, plus_p(one()), [u64::MAX; N]] {
            assert!(!is_point(x, above));
        }
        assert!(!is_point([u64::MAX; N], [u64::MAX; N]));
    }
    on_every_curve!(check);
}

/// Returns representatives with which the sums in the formulas become as large as possible.
fn extreme_elements<C: Tested<N>, const N: usize>() -> Vec<Element<C, N>> {
    let (p, most) = (big(&C::P), C::representatives() - 1_u8);
    let mut numbers = vec![BigUint::ZERO, BigUint::from(1_u8), &p - 1_u8, &p + 1_u8, &p >> 1];
    numbers.extend([most, p]);
    let mut random = Random::new();
    let random = [(); 2].map(|()| random.number(&C::P));
    numbers.extend(random.map(|number| big(&number) % C::representatives()));
    numbers.iter().map(|number| Element::from_form(to_limbs(number))).collect()
}

/// The coordinates are all combinations of extreme representatives. They do not have to be points
/// on the curve. Each fold asserts that the limb above is in its range, and each result must be a
/// representative.
#[test]
fn no_formula_leaves_the_range_of_sums_or_elements() {
    fn check<C: Tested<N>, const N: usize>() {
        let is_small = |point: &Jacobian<C, N>| {
            let coordinates = [point.x, point.y, point.z];
            coordinates.iter().all(|element| big(&element.sum().low) < C::representatives())
        };
        let extremes = extreme_elements::<C, N>();
        let mut points = Vec::new();
        for x in &extremes {
            for y in &extremes {
                for z in &extremes {
                    let point = Jacobian { x: *x, y: *y, z: *z };
                    assert!(is_small(&point.double()));
                    points.push(point);
                }
            }
        }
        let is_small_xyzz = |point: &Xyzz<C, N>| {
            let coordinates = [point.x, point.y, point.zz, point.zzz];
            coordinates.iter().all(|element| big(&element.sum().low) < C::representatives())
        };
        for point in &points {
            for zzz in &extremes {
                let xyzz = Xyzz { x: point.x, y: point.y, zz: point.z, zzz: *zzz };
                let mut doubled = xyzz;
                doubled.double();
                assert!(is_small_xyzz(&doubled));
                for (other, negative) in
                    points.iter().step_by(101).zip([0, u64::MAX].into_iter().cycle())
                {
                    let affine = Affine { x: other.x.least(), y: other.y.least() };
                    let mut sum = xyzz;
                    sum.add_affine(&affine, negative);
                    assert!(is_small_xyzz(&sum));
                }
            }
            for other in points.iter().step_by(17) {
                for negative in [false, true] {
                    let mut sum = *point;
                    let affine = Affine { x: other.x.least(), y: other.y.least() };
                    sum.add_affine(&affine, u64::from(negative).wrapping_neg());
                    assert!(is_small(&sum));
                    let mut sum = *point;
                    sum.add_cached(&Cached::new(*other), negative);
                    assert!(is_small(&sum));
                }
            }
        }
    }
    on_every_curve!(check);
}
