//! Compares the group law with the crate `p256`, on points in every form that a point can have.
//! Also contains conversions for the other tests in this folder.

use ::p256::elliptic_curve::bigint::U256;
use ::p256::elliptic_curve::sec1::ToSec1Point;
use ::p256::elliptic_curve::{Group, PrimeField};
use ::p256::{ProjectivePoint, PublicKey, Scalar};

use super::super::field::P;
use super::super::scalar::{Number, from_bytes};
use super::*;

/// Converts a point to the type of the crate `p256`. Panics if the point is not on the curve.
pub(in super::super) fn reference(point: &Jacobian) -> ProjectivePoint {
    if point.is_infinity() {
        return ProjectivePoint::IDENTITY;
    }
    let [affine] = Jacobian::normalize(&[*point]);
    let coordinates = [affine.x, affine.y].map(|coordinate| big_endian(&coordinate.to_number()));
    let bytes = [&[4], &coordinates.concat()[..]].concat();
    PublicKey::from_sec1_bytes(&bytes).unwrap().to_projective()
}

/// Converts a point of the crate `p256`, which must not be at infinity.
pub(in super::super) fn affine(point: &ProjectivePoint) -> Affine {
    let bytes = point.to_affine().to_sec1_point(false);
    let (x, y) = bytes.as_bytes()[1..].split_first_chunk::<32>().unwrap();
    Affine::from_coordinates(from_bytes(x), from_bytes(y.try_into().unwrap())).unwrap()
}

pub(in super::super) fn big_endian(number: &Number) -> [u8; 32] {
    let mut bytes = number.map(u64::to_le_bytes).concat();
    bytes.reverse();
    bytes.try_into().unwrap()
}

/// Converts a number to an integer of the crate `p256`, whose words do not have the same width on
/// every target.
pub(in super::super) fn uint(number: Number) -> U256 {
    U256::from_be_slice(&big_endian(&number))
}

/// Returns the limbs of an integer of the crate `p256`.
pub(in super::super) fn limbs(integer: &U256) -> Number {
    from_bytes(integer.to_be_bytes().as_ref().try_into().unwrap())
}

/// Converts a number below n.
pub(in super::super) fn scalar(number: &Number) -> Scalar {
    Scalar::from_repr(big_endian(number).into()).unwrap()
}

pub(in super::super) fn number(scalar: &Scalar) -> Number {
    from_bytes(&scalar.to_bytes().into())
}

/// Returns random numbers below n, the same in every run.
pub(in super::super) fn random_scalars() -> impl FnMut() -> Scalar {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    move || scalar(&[random(), random(), random(), random() >> 1])
}

fn power(element: &Element, exponent: &U256) -> Element {
    let mut power = Element::ONE;
    for bit in (0..256).rev() {
        power = power.square().fold();
        if exponent.bit_vartime(bit) {
            power = power.mul(element).fold();
        }
    }
    power
}

/// Returns a square root. p is 3 modulo 4.
fn square_root(element: &Element) -> Option<Element> {
    let p = uint(P);
    let root = power(element, &p.shr_vartime(2).wrapping_add(&U256::ONE));
    root.square().fold().equals(element).then_some(root)
}

/// Returns a cube root. p is 4 modulo 9, so (2 p + 1) / 9 is the exponent of a cube root.
fn cube_root(element: &Element) -> Option<Element> {
    let p = uint(P);
    let ninth = p.wrapping_div_vartime(&U256::from(9_u64).to_nz().unwrap());
    let exponent = ninth.shl_vartime(1).wrapping_add(&U256::ONE);
    let root = power(element, &exponent);
    root.square().fold().mul(&root).fold().equals(element).then_some(root)
}

/// Returns the element as its higher representative, the least one plus p, if it is below 2^256.
fn highest(element: Element) -> Element {
    let sum = element.least().sum().add(Element::from_montgomery(P).sum());
    let least = uint(element.to_montgomery());
    let limbs = sum.limbs();
    if uint(limbs) > least { Element::from_montgomery(limbs) } else { element }
}

fn is_least(element: &Element) -> bool {
    element.sum().limbs() == element.to_montgomery()
}

/// Returns the same point with another Z.
fn with_z(point: &Affine, z: Element) -> Jacobian {
    let z_squared = z.square().fold();
    let x = point.x.mul(&z_squared).fold();
    let y = point.y.mul(&z_squared).fold().mul(&z).fold();
    Jacobian { x: highest(x), y: highest(y), z: highest(z) }
}

/// Returns the same point in several forms: with Z = 1, with a random Z, and with an X, Y or Z that
/// is not the least representative.
fn forms(point: &Affine, random: &Scalar) -> Vec<Jacobian> {
    let small = |value: u64| Element::from_montgomery([value, 0, 0, 0]);
    let some =
        |root: &dyn Fn(&Element) -> Option<Element>| (1..).find_map(|value| root(&small(value)));
    // X = x Z^2 and Y = y Z^3 must be small.
    let z_of_x = some(&|x| square_root(&x.mul(&point.x.invert()).fold())).unwrap();
    let z_of_y = some(&|y| cube_root(&y.mul(&point.y.invert()).fold())).unwrap();
    let forms = vec![
        Jacobian::from_affine(point),
        with_z(point, Element::from_number(number(random))),
        with_z(point, small(5)),
        with_z(point, z_of_x),
        with_z(point, z_of_y),
    ];
    assert!(!is_least(&forms[2].z) && !is_least(&forms[3].x) && !is_least(&forms[4].y));
    forms
}

/// Returns several forms of the point at infinity.
fn infinities() -> [Jacobian; 3] {
    let p = Element::from_montgomery(P);
    let x = Element::from_montgomery([u64::MAX; 4]);
    [Jacobian::INFINITY, Jacobian { x, y: G.y, z: p }, Jacobian { x: p, y: p, z: Element::ZERO }]
}

/// Returns multiples of the base point whose sums and differences include all exceptional cases.
fn multiples() -> Vec<Scalar> {
    let mut random = random_scalars();
    let some = random();
    let one = Scalar::ONE;
    vec![one, one + one, one + one + one, -one, -(one + one), some, -some, some + some, random()]
}

#[test]
fn the_constants_describe_the_curve() {
    assert_eq!(reference(&Jacobian::from_affine(&G)), ProjectivePoint::GENERATOR);
    let (x, y) = (G.x.to_number(), G.y.to_number());
    assert!(Affine::from_coordinates(x, y).is_some());
}

#[test]
fn points_can_be_doubled_in_every_form() {
    let mut random = random_scalars();
    for multiple in multiples() {
        let point = ProjectivePoint::GENERATOR * multiple;
        for form in forms(&affine(&point), &random()) {
            assert_eq!(reference(&form), point);
            assert_eq!(reference(&form.double()), point.double());
            let mut doubled = form;
            doubled.double_times(3);
            assert_eq!(reference(&doubled), point.double().double().double());
            doubled.double_times(0);
            assert_eq!(reference(&doubled), point.double().double().double());
        }
    }
    for infinity in infinities() {
        assert!(infinity.is_infinity() && infinity.double().is_infinity());
    }
}

#[test]
fn all_pairs_of_points_can_be_added_in_every_form() {
    let mut random = random_scalars();
    let points: Vec<_> = multiples()
        .iter()
        .map(|multiple| {
            let point = ProjectivePoint::GENERATOR * multiple;
            (point, affine(&point), forms(&affine(&point), &random()))
        })
        .collect();
    let mut exceptional = 0;
    for (other, other_affine, other_forms) in &points {
        let least = Affine { x: other_affine.x.least(), y: other_affine.y.least() };
        let check = |form: &Jacobian, point: ProjectivePoint| {
            for negative in [false, true] {
                let expected = if negative { point - other } else { point + other };
                let mut sum = *form;
                sum.add_affine(&least, u64::from(negative).wrapping_neg());
                assert_eq!(reference(&sum), expected);
                for other_form in other_forms {
                    let mut sum = *form;
                    sum.add_cached(&Cached::new(*other_form), negative);
                    assert_eq!(reference(&sum), expected);
                }
            }
        };
        for (point, _, forms) in &points {
            exceptional += usize::from(point == other || *point == -other);
            for form in forms {
                check(form, *point);
            }
        }
        for infinity in infinities() {
            check(&infinity, ProjectivePoint::IDENTITY);
        }
    }
    assert!(exceptional > points.len());
}

#[test]
fn multiples_of_the_base_point_are_right_around_the_group_order() {
    let step = |sum: &mut Jacobian, expected: &mut ProjectivePoint| {
        sum.add_affine(&G, 0);
        *expected += ProjectivePoint::GENERATOR;
        assert_eq!(reference(sum), *expected);
    };
    let start = -ProjectivePoint::GENERATOR * Scalar::from(300_u64);
    let (mut sum, mut expected) = (Jacobian::from_affine(&affine(&start)), start);
    for _ in 0..600 {
        step(&mut sum, &mut expected);
    }
    assert_eq!(expected, -start);
    // Go back with the other addition.
    let one = Cached::new(Jacobian::from_affine(&G));
    for _ in 0..600 {
        sum.add_cached(&one, true);
        expected -= ProjectivePoint::GENERATOR;
        assert_eq!(reference(&sum), expected);
    }
    assert_eq!(expected, start);
}

#[test]
fn coordinates_of_many_points_are_right_and_least() {
    let mut random = random_scalars();
    let point = ProjectivePoint::GENERATOR * random();
    let forms = forms(&affine(&point), &random());
    let forms = [forms[0], forms[1], forms[2], forms[3], forms[4], Jacobian::from_affine(&G)];
    let normalized = Jacobian::normalize(&forms);
    for (form, affine) in forms.iter().zip(&normalized) {
        assert!(is_least(&affine.x) && is_least(&affine.y));
        let z_squared = form.z.square().fold();
        assert!(affine.x.mul(&z_squared).fold().equals(&form.x));
        assert!(affine.y.mul(&z_squared).fold().mul(&form.z).fold().equals(&form.y));
    }
    assert_eq!(reference(&Jacobian::from_affine(&normalized[5])), ProjectivePoint::GENERATOR);
}

#[test]
fn returned_coordinates_are_least() {
    // Multiplying by one does not change the representative. This does not have to be a point on
    // the curve.
    let [x, y] = [7, 9].map(|limb| Element::from_montgomery([limb, 0, 0, 0]));
    let point = Jacobian { x: highest(x), y: highest(y), z: Element::ONE };
    assert!(!is_least(&point.x) && !is_least(&point.y));
    let [affine] = Jacobian::normalize(&[point]);
    assert_eq!(affine.x.sum().limbs(), [7, 0, 0, 0]);
    assert_eq!(affine.y.sum().limbs(), [9, 0, 0, 0]);
}

#[test]
fn a_point_matches_only_its_own_x_in_every_form() {
    let mut random = random_scalars();
    for multiple in multiples() {
        let point = affine(&(ProjectivePoint::GENERATOR * multiple));
        let x = point.x.to_number();
        let other = Element::from_number([x[0] ^ 1, x[1], x[2], x[3]]);
        for form in forms(&point, &random()) {
            assert!(form.has_x(&Element::from_number(x)));
            assert!(!form.has_x(&other));
        }
    }
}

#[test]
fn coordinates_off_the_curve_are_rejected() {
    let (x, y) = (G.x.to_number(), G.y.to_number());
    assert!(Affine::from_coordinates(x, y).is_some());
    for bit in 0..256 {
        let flipped = |mut number: [u64; 4]| {
            number[bit / 64] ^= 1 << (bit % 64);
            number
        };
        assert!(Affine::from_coordinates(flipped(x), y).is_none(), "{bit}");
        assert!(Affine::from_coordinates(x, flipped(y)).is_none(), "{bit}");
    }
    // Points with an x that is so small that x + p still has 256 bits.
    let plus_p = |small: u64| limbs(&uint(P).wrapping_add(&U256::from(small)));
    let mut found = 0;
    for small in 0..20 {
        let x = Element::from_number([small, 0, 0, 0]);
        let three = Element::ONE.sum().double().add(Element::ONE.sum());
        let right = x.square().sub(three).fold().mul(&x).add(B.sum()).fold();
        let Some(y) = square_root(&right) else { continue };
        assert!(Affine::from_coordinates([small, 0, 0, 0], y.to_number()).is_some(), "{small}");
        assert!(Affine::from_coordinates(plus_p(small), y.to_number()).is_none(), "{small}");
        found += 1;
    }
    assert!(found > 5);
    assert!(Affine::from_coordinates([0; 4], [0; 4]).is_none());
    assert!(Affine::from_coordinates(P, P).is_none());
    assert!(Affine::from_coordinates(x, P).is_none());
}
