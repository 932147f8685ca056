//! What the tests in this folder compare with: the crates `p256`, `p384` and `p521`, and
//! `fiat-crypto`, whose arithmetic is formally verified. Numbers are computed with `BigUint`.

use core::marker::PhantomData;
use core::ops::{Add, Mul, Neg, Sub};

use fiat_crypto::{p256_64, p384_64, p521_64};
use num_bigint::BigUint;

use super::super::super::limbs;
use super::super::super::limbs::tests::{Random, big, power_of_two, to_limbs};
use super::super::comb::BasePoint;
use super::super::curve::Curve;
use super::super::field::Element;
use super::super::p256::P256;
use super::super::p384::P384;
use super::super::p521::P521;
use super::super::point::{Affine, Jacobian, Xyzz};

/// Calls a function for each curve. In Miri, only P-256 is tested.
macro_rules! on_every_curve {
    ($check:ident) => {
        $check::<$crate::signature::ecdsa::p256::P256, 4>();
        if !cfg!(miri) {
            $check::<$crate::signature::ecdsa::p384::P384, 6>();
            $check::<$crate::signature::ecdsa::p521::P521, 9>();
        }
    };
}
pub(in super::super) use on_every_curve;

/// The coordinates of a point, as numbers. Infinity is `None`.
pub(in super::super) type Point<const N: usize> = Option<[[u64; N]; 2]>;

/// An operation on elements that `fiat-crypto` has too. Operations on one element ignore the other.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Operation {
    Multiply,
    Square,
    Add,
    Subtract,
    Negate,
    /// Converts a number to the form of an element.
    ToForm,
}

/// A curve with a second implementation.
pub(in super::super) trait Tested<const N: usize>: BasePoint<N> {
    /// The exponent of the power of two that is the factor of the form.
    const FORM: usize;

    /// Every representative of an element is below this number.
    fn representatives() -> BigUint;

    /// Returns n.
    fn order() -> BigUint;

    /// Returns u1 times the base point plus u2 times the point.
    fn sum_of_multiples(u1: Scalar<Self, N>, u2: Scalar<Self, N>, point: [[u64; N]; 2])
    -> Point<N>;

    /// Returns the sum of two points.
    fn sum(one: [[u64; N]; 2], other: [[u64; N]; 2]) -> Point<N>;

    /// Returns whether a signature is valid.
    fn verifies(key: [[u64; N]; 2], hash: &[u8], r: &[u8], s: &[u8]) -> bool;

    /// Returns the point with this x and an even y, if there is one on the curve.
    fn decompress(x: &[u64; N]) -> Point<N>;

    /// Applies the operation to least representatives in the form of the curve. Returns the least
    /// representative.
    fn fiat(operation: Operation, a: [u64; N], b: [u64; N]) -> [u64; N];

    /// Returns a multiple of the base point.
    fn multiple(multiplier: Scalar<Self, N>) -> Point<N> {
        Self::sum_of_multiples(multiplier, Scalar::ZERO, base::<Self, N>())
    }
}

/// Returns the coordinates of the base point.
pub(in super::super) fn base<C: Tested<N>, const N: usize>() -> [[u64; N]; 2] {
    // Converts the coordinates without the arithmetic of the field.
    let p = big(&C::P);
    let inverse = power_of_two(C::FORM).modinv(&p).unwrap();
    C::G.map(|coordinate| to_limbs(&(big(&coordinate) * &inverse % &p)))
}

/// Returns big-endian bytes of the length of a coordinate.
pub(in super::super) fn bytes<C: Curve<N>, const N: usize>(number: &[u64; N]) -> Vec<u8> {
    let mut bytes = number.map(u64::to_le_bytes).concat();
    assert!(bytes[C::BYTES..].iter().all(|byte| *byte == 0), "{number:x?}");
    bytes.truncate(C::BYTES);
    bytes.reverse();
    bytes
}

/// Returns the coordinates of a point.
pub(in super::super) fn coordinates<C: Curve<N>, const N: usize>(
    point: &Jacobian<C, N>,
) -> Point<N> {
    if point.is_infinity() {
        return None;
    }
    let [affine] = Jacobian::normalize(&[*point])[..] else { panic!("not one point") };
    Some([affine.x.to_number(), affine.y.to_number()])
}

/// Returns the coordinates of a point that has the others, with an inversion for each.
pub(in super::super) fn coordinates_of_xyzz<C: Curve<N>, const N: usize>(
    point: &Xyzz<C, N>,
) -> Point<N> {
    if point.is_infinity() {
        return None;
    }
    let quotient = |a: &Element<C, N>, b: &Element<C, N>| a.mul(&b.invert()).to_number();
    Some([quotient(&point.x, &point.zz), quotient(&point.y, &point.zzz)])
}

/// Returns a point from its coordinates. Panics if it is not on the curve.
#[track_caller]
pub(in super::super) fn affine<C: Curve<N>, const N: usize>(point: Point<N>) -> Affine<C, N> {
    let [x, y] = point.unwrap();
    Affine::from_coordinates(x, y).unwrap()
}

/// Returns the point with the opposite y.
pub(in super::super) fn opposite<C: Curve<N>, const N: usize>(
    [x, y]: [[u64; N]; 2],
) -> [[u64; N]; 2] {
    [x, to_limbs(&(big(&C::P) - big(&y)))]
}

/// A number modulo n.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Scalar<C, const N: usize>(
    pub(in super::super) [u64; N],
    PhantomData<C>,
);

impl<C: Tested<N>, const N: usize> Scalar<C, N> {
    pub(in super::super) const ZERO: Self = Scalar([0; N], PhantomData);
    pub(in super::super) const ONE: Self = Scalar(one(), PhantomData);

    /// Reduces a number modulo n.
    pub(in super::super) fn new(number: impl Into<BigUint>) -> Self {
        Scalar(to_limbs(&(number.into() % C::order())), PhantomData)
    }

    pub(in super::super) fn random(random: &mut Random) -> Self {
        Scalar::new(big(&[0; N].map(|_: u64| random.limb())))
    }

    pub(in super::super) fn big(self) -> BigUint {
        big(&self.0)
    }

    /// Returns big-endian bytes.
    pub(in super::super) fn bytes(self) -> Vec<u8> {
        bytes::<C, N>(&self.0)
    }

    pub(in super::super) fn invert(self) -> Option<Self> {
        self.big().modinv(&C::order()).map(Scalar::new)
    }
}

/// Returns the number 1.
pub(in super::super) const fn one<const N: usize>() -> [u64; N] {
    let mut one = [0; N];
    one[0] = 1;
    one
}

impl<C, const N: usize> PartialEq for Scalar<C, N> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<C: Tested<N>, const N: usize> Add for Scalar<C, N> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Scalar::new(self.big() + other.big())
    }
}

impl<C: Tested<N>, const N: usize> Sub for Scalar<C, N> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl<C: Tested<N>, const N: usize> Mul for Scalar<C, N> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Scalar::new(self.big() * other.big())
    }
}

impl<C: Tested<N>, const N: usize> Neg for Scalar<C, N> {
    type Output = Self;

    fn neg(self) -> Self {
        Scalar::new(C::order() - self.big())
    }
}

/// Returns the coordinates in an uncompressed point.
fn from_sec1<C: Curve<N>, const N: usize>(sec1: &[u8]) -> [[u64; N]; 2] {
    let (x, y) = sec1[1..].split_at(C::BYTES);
    [x, y].map(limbs::from_be_bytes)
}

/// Returns an uncompressed point.
fn to_sec1<C: Curve<N>, const N: usize>(point: &[[u64; N]; 2]) -> Vec<u8> {
    let [x, y] = point.each_ref().map(bytes::<C, N>);
    [&[4], &x[..], &y].concat()
}

/// Returns the coordinates of a projective point of the crate of a curve.
macro_rules! coordinates_of {
    ($curve:ident, $point:expr) => {{
        use ::$curve::elliptic_curve::Group;
        use ::$curve::elliptic_curve::sec1::ToSec1Point;
        let point: ::$curve::ProjectivePoint = $point;
        (!bool::from(point.is_identity()))
            .then(|| from_sec1::<Self, _>(point.to_affine().to_sec1_point(false).as_bytes()))
    }};
}

/// Implements the methods for points by the crate of a curve.
macro_rules! points_by {
    ($curve:ident, $limbs:literal) => {
        fn order() -> BigUint {
            use ::$curve::elliptic_curve::PrimeField;
            BigUint::from_bytes_be(&(-::$curve::Scalar::ONE).to_repr()) + 1_u8
        }

        fn sum_of_multiples(
            u1: Scalar<Self, $limbs>,
            u2: Scalar<Self, $limbs>,
            point: [[u64; $limbs]; 2],
        ) -> Point<$limbs> {
            use ::$curve::elliptic_curve::PrimeField;
            use ::$curve::{FieldBytes, ProjectivePoint, PublicKey};
            let scalar = |scalar: Scalar<Self, $limbs>| {
                let bytes = FieldBytes::try_from(&scalar.bytes()[..]).unwrap();
                ::$curve::Scalar::from_repr(bytes).unwrap()
            };
            let mut sum = ProjectivePoint::GENERATOR * scalar(u1);
            if u2 != Scalar::ZERO {
                let point = PublicKey::from_sec1_bytes(&to_sec1::<Self, _>(&point)).unwrap();
                sum += point.to_projective() * scalar(u2);
            }
            coordinates_of!($curve, sum)
        }

        fn sum(one: [[u64; $limbs]; 2], other: [[u64; $limbs]; 2]) -> Point<$limbs> {
            use ::$curve::PublicKey;
            let [one, other] = [one, other].map(|point| {
                PublicKey::from_sec1_bytes(&to_sec1::<Self, _>(&point)).unwrap().to_projective()
            });
            coordinates_of!($curve, one + other)
        }

        fn verifies(key: [[u64; $limbs]; 2], hash: &[u8], r: &[u8], s: &[u8]) -> bool {
            use ::$curve::FieldBytes;
            use ::$curve::ecdsa::signature::hazmat::PrehashVerifier;
            use ::$curve::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(&to_sec1::<Self, _>(&key)).unwrap();
            let [r, s] = [r, s].map(|number| FieldBytes::try_from(number).unwrap());
            Signature::from_scalars(r, s)
                .is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
        }

        fn decompress(x: &[u64; $limbs]) -> Point<$limbs> {
            use ::$curve::elliptic_curve::point::DecompressPoint;
            use ::$curve::elliptic_curve::sec1::ToSec1Point;
            use ::$curve::{AffinePoint, FieldBytes};
            let x = FieldBytes::try_from(&bytes::<Self, _>(x)[..]).unwrap();
            let point = Option::<AffinePoint>::from(AffinePoint::decompress(&x, 0.into()))?;
            Some(from_sec1::<Self, _>(point.to_sec1_point(false).as_bytes()))
        }
    };
}

/// Implements the operations on elements by Montgomery arithmetic.
macro_rules! montgomery_by {
    ($module:ident, $limbs:literal, $form:ident, $number:ident, $multiply:ident, $square:ident,
     $add:ident, $subtract:ident, $negate:ident, $to_form:ident) => {
        fn fiat(operation: Operation, a: [u64; $limbs], b: [u64; $limbs]) -> [u64; $limbs] {
            use $module::{$form as Form, $number as Number};
            let mut result = Form([0; $limbs]);
            let (number, a, b) = (Number(a), Form(a), Form(b));
            match operation {
                Operation::Multiply => $module::$multiply(&mut result, &a, &b),
                Operation::Square => $module::$square(&mut result, &a),
                Operation::Add => $module::$add(&mut result, &a, &b),
                Operation::Subtract => $module::$subtract(&mut result, &a, &b),
                Operation::Negate => $module::$negate(&mut result, &a),
                Operation::ToForm => $module::$to_form(&mut result, &number),
            }
            result.0
        }
    };
}

impl Tested<4> for P256 {
    const FORM: usize = 256;

    fn representatives() -> BigUint {
        power_of_two(256)
    }

    points_by!(p256, 4);
    montgomery_by!(
        p256_64,
        4,
        fiat_p256_montgomery_domain_field_element,
        fiat_p256_non_montgomery_domain_field_element,
        fiat_p256_mul,
        fiat_p256_square,
        fiat_p256_add,
        fiat_p256_sub,
        fiat_p256_opp,
        fiat_p256_to_montgomery
    );
}

impl Tested<6> for P384 {
    const FORM: usize = 384;

    fn representatives() -> BigUint {
        power_of_two(384)
    }

    points_by!(p384, 6);
    montgomery_by!(
        p384_64,
        6,
        fiat_p384_montgomery_domain_field_element,
        fiat_p384_non_montgomery_domain_field_element,
        fiat_p384_mul,
        fiat_p384_square,
        fiat_p384_add,
        fiat_p384_sub,
        fiat_p384_opp,
        fiat_p384_to_montgomery
    );
}

impl Tested<9> for P521 {
    const FORM: usize = 0;

    fn representatives() -> BigUint {
        power_of_two(521) + power_of_two(60)
    }

    points_by!(p521, 9);

    fn fiat(operation: Operation, a: [u64; 9], b: [u64; 9]) -> [u64; 9] {
        use p521_64::{fiat_p521_loose_field_element, fiat_p521_tight_field_element};
        let tight = |number: [u64; 9]| {
            let (mut bytes, mut tight) =
                (bytes::<P521, 9>(&number), fiat_p521_tight_field_element([0; 9]));
            bytes.reverse();
            p521_64::fiat_p521_from_bytes(&mut tight, &bytes.try_into().unwrap());
            tight
        };
        let relaxed = |tight: &fiat_p521_tight_field_element| {
            let mut loose = fiat_p521_loose_field_element([0; 9]);
            p521_64::fiat_p521_relax(&mut loose, tight);
            loose
        };
        let (a, b) = (tight(a), tight(b));
        let mut result = fiat_p521_tight_field_element([0; 9]);
        let mut loose = fiat_p521_loose_field_element([0; 9]);
        match operation {
            Operation::Multiply => {
                p521_64::fiat_p521_carry_mul(&mut result, &relaxed(&a), &relaxed(&b));
                loose = relaxed(&result);
            }
            Operation::Square => {
                p521_64::fiat_p521_carry_square(&mut result, &relaxed(&a));
                loose = relaxed(&result);
            }
            Operation::Add => p521_64::fiat_p521_add(&mut loose, &a, &b),
            Operation::Subtract => p521_64::fiat_p521_sub(&mut loose, &a, &b),
            Operation::Negate => p521_64::fiat_p521_opp(&mut loose, &a),
            Operation::ToForm => loose = relaxed(&a),
        }
        p521_64::fiat_p521_carry(&mut result, &loose);
        let mut bytes = [0; 66];
        p521_64::fiat_p521_to_bytes(&mut bytes, &result);
        to_limbs(&BigUint::from_bytes_le(&bytes))
    }
}
