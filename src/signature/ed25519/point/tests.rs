//! Compares the group law with `curve25519-dalek`, on points in every form that a point can have,
//! also outside the group of prime order. Also contains conversions for the other tests in this
//! folder.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};

use super::super::field::P;
use super::super::field::tests::random_numbers;
use super::super::scalar::tests::{limbs, uint};
use super::*;

/// Converts a point to the type of `curve25519-dalek`.
pub(in super::super) fn reference(point: &Point) -> EdwardsPoint {
    let affine = Point::normalize(&[*point])[0];
    CompressedEdwardsY(affine.encode()).decompress().unwrap()
}

/// Converts a point of `curve25519-dalek`.
pub(in super::super) fn affine(point: &EdwardsPoint) -> Affine {
    Encoded::from_bytes(&point.compress().to_bytes()).unwrap().decode().unwrap()
}

/// Converts a number, which is reduced modulo l.
pub(in super::super) fn scalar(number: &Number) -> Scalar {
    Scalar::from_bytes_mod_order(number_to_bytes(number))
}

/// Returns random numbers below l, the same in every run.
pub(in super::super) fn random_scalars() -> impl FnMut() -> Scalar {
    let mut random = random_numbers();
    move || scalar(&random())
}

/// Returns multiples of the base point whose sums and differences include all special cases, each
/// plus each point of small order.
fn points() -> Vec<EdwardsPoint> {
    let mut random = random_scalars();
    let (some, one, two) = (random(), Scalar::ONE, Scalar::from(2_u64));
    let multiples = [Scalar::ZERO, one, two, -one, some, -some, some + some, random()];
    let points = multiples.iter().map(|multiple| BASE * multiple);
    points.flat_map(|point| EIGHT_TORSION.map(|torsion| point + torsion)).collect()
}

/// Returns the element as its highest representative below 2^256.
fn highest(element: Element) -> Element {
    let mut number = uint(element.to_number());
    while number <= uint(P).wrapping_neg().wrapping_sub(&uint([1, 0, 0, 0])) {
        number = number.wrapping_add(&uint(P));
    }
    Element::from_number(limbs(&number))
}

/// Returns the same point in several forms: with F = G = 1, with other F and G, and with other
/// representatives.
fn forms(point: &Affine, factors: [Number; 2]) -> Vec<Point> {
    let scaled = |[f, g]: [Element; 2]| Point { e: point.x.mul(&g), f, g, h: point.y.mul(&f) };
    let small = |number: u64| Element::from_number([number, 0, 0, 0]);
    let mut forms = vec![
        Point::from_affine(point),
        scaled(factors.map(Element::from_number)),
        scaled([small(1), small(5)]),
        scaled([small(7), small(1)]),
    ];
    for index in 0..forms.len() {
        let Point { e, f, g, h } = forms[index];
        forms.push(Point { e: highest(e), f: highest(f), g: highest(g), h: highest(h) });
    }
    forms
}

fn factors() -> [Number; 2] {
    [[3, 5, 7, 11], [u64::MAX, 1, 2, u64::MAX]]
}

#[test]
fn the_constants_describe_the_curve() {
    assert_eq!(reference(&Point::from_affine(&B)), BASE);
    assert!(TWO_D.equals(&D.sum().double().fold()));
    assert!(HALF.sum().double().fold().equals(&Element::ONE));
    // d is -121665 / 121666.
    let [above, below] = [121_665, 121_666].map(|number| Element::from_number([number, 0, 0, 0]));
    assert!(D.mul_sum(&below).add(above.sum()).fold().is_zero());
    assert_eq!(reference(&Point::NEUTRAL), EdwardsPoint::default());
}

#[test]
fn exactly_the_eight_points_of_small_order_have_small_order() {
    let mut ys = Vec::new();
    for point in EIGHT_TORSION {
        let encoded = Encoded::from_bytes(&point.compress().to_bytes()).unwrap();
        assert!(encoded.has_small_order());
        ys.push(encoded.y);
    }
    ys.sort_unstable();
    ys.dedup();
    let mut all = SMALL_ORDER;
    all.sort_unstable();
    assert_eq!(ys, all);
    for point in points() {
        let encoded = Encoded::from_bytes(&point.compress().to_bytes()).unwrap();
        assert_eq!(encoded.has_small_order(), point.is_small_order());
    }
}

#[test]
fn the_same_encodings_are_decoded() {
    let mut random = random_numbers();
    let mut numbers: Vec<Number> = (0..300).map(|small| [small, 0, 0, 0]).collect();
    numbers.extend((0..300).map(|small| {
        let [a, b, c, d] = P;
        [a - small, b, c, d]
    }));
    numbers.extend((0..300).map(|_| random()));
    let mut outcomes = [0, 0];
    for number in numbers {
        for sign in [0, 1] {
            let [a, b, c, d] = number;
            let number = [a, b, c, d & (u64::MAX >> 1)];
            let bytes = number_to_bytes(&[a, b, c, d & (u64::MAX >> 1) | sign << 63]);
            let Some(encoded) = Encoded::from_bytes(&bytes) else {
                assert!(!is_below_p(&number));
                continue;
            };
            assert_eq!((encoded.y, encoded.x_is_odd), (number, sign == 1));
            let point = encoded.decode();
            let theirs = CompressedEdwardsY(bytes).decompress();
            outcomes[usize::from(point.is_some())] += 1;
            assert_eq!(point.is_some(), theirs.is_some(), "{number:x?} {sign}");
            if let (Some(point), Some(theirs)) = (point, theirs) {
                assert_eq!(point.encode(), theirs.compress().to_bytes());
                assert_eq!(reference(&Point::from_affine(&point)), theirs);
                if !encoded.has_small_order() {
                    assert_eq!(point.encode(), bytes);
                    assert_eq!(affine(&-theirs).encode(), point.negate().encode());
                }
            }
        }
    }
    assert!(outcomes[0] > 700 && outcomes[1] > 700, "{outcomes:?}");
}

#[test]
fn a_y_of_p_or_more_is_not_decoded() {
    for more in 0..19_u64 {
        for sign in [0, 1_u64] {
            let [a, b, c, d] = P;
            assert!(
                Encoded::from_bytes(&number_to_bytes(&[a + more, b, c, d | sign << 63])).is_none()
            );
            assert!(Encoded::from_bytes(&number_to_bytes(&[more, 0, 0, sign << 63])).is_some());
            let less = number_to_bytes(&[a - more - 1, b, c, d | sign << 63]);
            assert!(Encoded::from_bytes(&less).is_some());
        }
    }
    assert!(Encoded::from_bytes(&[0xff; 32]).is_none());
}

#[test]
fn an_x_of_zero_has_two_encodings_of_small_order() {
    // RFC 8032 does not allow the second one.
    let [a, b, c, d] = P;
    for y in [[1, 0, 0, 0], [a - 1, b, c, d]] {
        for sign in [0, 1] {
            let [a, b, c, d] = y;
            let bytes = number_to_bytes(&[a, b, c, d | sign << 63]);
            let encoded = Encoded::from_bytes(&bytes).unwrap();
            assert!(encoded.has_small_order());
            assert!(encoded.decode().unwrap().x.is_zero());
            assert!(CompressedEdwardsY(bytes).decompress().unwrap().is_small_order());
        }
    }
}

#[test]
fn points_can_be_doubled_in_every_form() {
    for point in points() {
        for form in forms(&affine(&point), factors()) {
            assert_eq!(reference(&form), point);
            assert_eq!(reference(&form.double()), point + point);
            let mut doubled = form;
            doubled.double_times(3);
            let eight = point.mul_by_cofactor();
            assert_eq!(reference(&doubled), eight);
            doubled.double_times(0);
            assert_eq!(reference(&doubled), eight);
        }
    }
}

#[test]
fn all_pairs_of_points_can_be_added_in_every_form() {
    let points: Vec<_> =
        points().into_iter().map(|point| (point, forms(&affine(&point), factors()))).collect();
    let mut neutral = 0;
    for (number, (other, other_forms)) in points.iter().enumerate() {
        let niels = Niels::new(&affine(other));
        assert_eq!(reference(&Point::from_affine(&niels.to_affine())), *other);
        for (point, forms) in &points {
            let expected = [point + other, point - other].map(|sum| sum.compress().to_bytes());
            // Each form of one point with one form of the other, and each point with each form.
            for (index, form) in forms.iter().enumerate() {
                let other_form = &other_forms[(index + number) % other_forms.len()];
                for negative in [false, true] {
                    let expected = Encoded::from_bytes(&expected[usize::from(negative)]).unwrap();
                    let mut sums = [*form; 2];
                    sums[0].add_niels(&niels, negative);
                    sums[1].add_cached(&Cached::new(other_form), negative);
                    for sum in sums {
                        assert!(sum.has_encoding(&expected));
                        let is_neutral = expected.y == [1, 0, 0, 0];
                        assert_eq!(sum.is_neutral(), is_neutral);
                        neutral += usize::from(is_neutral);
                    }
                }
            }
        }
    }
    assert!(neutral > points.len(), "{neutral}");
}

#[test]
fn only_the_neutral_point_is_neutral() {
    for point in points() {
        for form in forms(&affine(&point), factors()) {
            assert_eq!(form.is_neutral(), point == EdwardsPoint::default());
        }
    }
}

#[test]
fn a_point_has_only_its_own_encoding() {
    for point in points() {
        let bytes = point.compress().to_bytes();
        for form in forms(&affine(&point), factors()) {
            assert!(form.has_encoding(&Encoded::from_bytes(&bytes).unwrap()));
            for bit in [0, 1, 64, 200, 255] {
                let mut other = bytes;
                other[bit / 8] ^= 1 << (bit % 8);
                let Some(other) = Encoded::from_bytes(&other) else { continue };
                assert!(!form.has_encoding(&other), "{bit}");
            }
        }
    }
}

#[test]
fn numbers_that_are_not_a_point_have_no_encoding() {
    let p = Element::from_number(P);
    for (f, g) in [(Element::ZERO, Element::ZERO), (p, Element::ONE), (Element::ONE, p)] {
        for h in [Element::ZERO, Element::ONE] {
            let point = Point { e: Element::ZERO, f, g, h };
            for y in [0, 1, 7] {
                let encoded = Encoded { y: [y, 0, 0, 0], x_is_odd: false };
                assert!(!point.has_encoding(&encoded));
            }
        }
    }
}

#[test]
fn coordinates_of_many_points_are_right_and_least() {
    assert!(Point::normalize(&[]).is_empty());
    let all: Vec<Point> =
        points().iter().flat_map(|point| forms(&affine(point), factors())).collect();
    let normalized = Point::normalize(&all);
    assert_eq!(all.len(), normalized.len());
    for (form, affine) in all.iter().zip(&normalized) {
        for coordinate in [affine.x, affine.y] {
            assert!(is_below_p(&coordinate.limbs()));
        }
        assert!(affine.x.mul(&form.g).equals(&form.e));
        assert!(affine.y.mul(&form.f).equals(&form.h));
    }
    // Multiplying by one does not change the representative. This does not have to be a point on
    // the curve.
    let [x, y] = [7, 9].map(|limb| highest(Element::from_number([limb, 0, 0, 0])));
    let affine = Point::normalize(&[Point::from_affine(&Affine { x, y })])[0];
    assert_eq!([affine.x, affine.y].map(Element::limbs), [[7, 0, 0, 0], [9, 0, 0, 0]]);
}
