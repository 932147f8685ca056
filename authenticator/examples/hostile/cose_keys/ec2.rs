//! Points that are not on their curve, or whose coordinates are not below the prime.

use num_bigint::BigUint;
use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{
    ES256, ES256K, ES384, ES512, ESP256, ESP384, ESP512,
};

use super::members::Members;
use super::{case, name_of};
use crate::case::{Case, key};
use crate::curves::{Curve, Point, hex, number, point_of};
use crate::encoding::bytes;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for curve in Curve::all() {
        cases.extend(points(&curve));
        cases.extend(forms(&curve));
        cases.extend(large_coordinates(&curve));
        cases.extend(leading_zeros(&curve));
    }
    for (algorithm, curve) in
        [(ESP256, Curve::p256()), (ESP384, Curve::p384()), (ESP512, Curve::p521())]
    {
        let mut point = point_of(&key(algorithm));
        point.y ^= number(1);
        cases.push(with_point(&curve, algorithm, "point/off-curve", &point).off_curve());
    }
    cases
}

trait OffCurve {
    fn off_curve(self) -> Value;
}

impl OffCurve for Case {
    fn off_curve(self) -> Value {
        self.reject("PointNotOnCurve", "20")
    }
}

/// Returns a registration with these coordinates.
fn with_coordinates(algorithm: i64, name: &str, rule: &str, x: &[u8], y: &[u8]) -> Case {
    let key = Members::of(algorithm).with(-2, &bytes(x)).with(-3, &bytes(y));
    case(algorithm, name, rule, &key.encode())
}

fn with_point(curve: &Curve, algorithm: i64, name: &str, point: &Point) -> Case {
    let [x, y] = [&point.x, &point.y].map(|coordinate| curve.bytes(coordinate));
    with_coordinates(algorithm, name, "COSE-09", &x, &y)
}

/// Points and other pairs of numbers below the prime.
fn points(curve: &Curve) -> Vec<Value> {
    let case = |name: &str, point: &Point| {
        with_point(curve, curve.algorithm, &format!("point/{name}"), point)
    };
    let own = point_of(&key(curve.algorithm));
    let (x, y) = (own.x.clone(), own.y.clone());
    let swapped = Point { x: y.clone(), y: x.clone() };
    assert!(!curve.contains(&swapped));
    let zeros = Point { x: number(0), y: number(0) };
    let mut cases = vec![
        case("negated", &curve.negate(&own)).accept(),
        case("base-point", &curve.base).accept(),
        case("base-point-negated", &curve.negate(&curve.base)).accept(),
        case("off-curve", &Point { x: x.clone(), y: &y ^ number(1) }).off_curve(),
        case("x-off-curve", &Point { x: &x ^ number(1), y: y.clone() }).off_curve(),
        case("swapped", &swapped).off_curve(),
        case("zeros", &zeros).off_curve(),
        case("y-is-zero", &Point { x: x.clone(), y: number(0) }).off_curve(),
        case("x-is-zero", &Point { x: number(0), y }).off_curve(),
        case("x-twice", &Point { x: x.clone(), y: x }).off_curve(),
    ];
    // The two curves with coordinates of 32 bytes.
    for (algorithm, other) in [(ES256, ES256K), (ES256K, ES256)] {
        if curve.algorithm == algorithm {
            let name = format!("of-{}", name_of(other));
            cases.push(case(&name, &point_of(&key(other))).off_curve());
        }
    }
    cases
}

/// Points in the forms of SEC 1 (section 2.3.3).
fn forms(curve: &Curve) -> Vec<Value> {
    let own = point_of(&key(curve.algorithm));
    let [x, y] = [&own.x, &own.y].map(|coordinate| curve.bytes(coordinate));
    let mut cases = Vec::new();
    for (name, rule, in_x, in_y) in [
        ("compressed-in-x", "COSE-07", [&[2 + (y[y.len() - 1] & 1)], &x[..]].concat(), &y[..]),
        ("compressed-in-x-without-y", "COSE-07", [&[2], &x[..]].concat(), &[]),
        ("uncompressed-in-x", "COSE-08", [&[4], &x[..], &y].concat(), &y),
        ("both-in-x", "COSE-08", [&x[..], &y].concat(), &[]),
        ("infinity", "COSE-09", vec![0], &[0]),
    ] {
        let case = with_coordinates(curve.algorithm, &format!("form/{name}"), rule, &in_x, in_y);
        cases.push(case.reject_field("InvalidCoseKey", "20", "x"));
    }
    cases
}

/// The same points with coordinates below the prime, and with the prime added to a coordinate.
fn large_coordinates(curve: &Curve) -> Vec<Value> {
    let algorithm = curve.algorithm;
    let fits = |number: &BigUint| number.to_bytes_be().len() <= curve.length;
    let case = |name: &str, point: &Point| with_point(curve, algorithm, name, point);
    let small_x = (0..1000).find_map(|x| curve.with_x(&number(x))).expect("half of them exist");
    let large_x = Point { x: &small_x.x + &curve.p, y: small_x.y.clone() };
    assert!(fits(&large_x.x));
    let mut cases = vec![
        case("point/small-x", &small_x).accept(),
        case("point/x-not-below-prime", &large_x).off_curve(),
    ];
    let small_y = with_small_y(curve);
    let large_y = Point { x: small_y.x.clone(), y: &small_y.y + &curve.p };
    assert!(curve.contains(&small_y) && fits(&large_y.y));
    cases.push(case("point/small-y", &small_y).accept());
    cases.push(case("point/y-not-below-prime", &large_y).off_curve());
    let ones = vec![0xff; curve.length];
    let [x, y] = [&small_x.x, &small_x.y].map(|coordinate| curve.bytes(coordinate));
    for (name, x, y) in [("x", &ones, &y), ("y", &x, &ones), ("both", &ones, &ones)] {
        let name = format!("point/ones-in-{name}");
        cases.push(with_coordinates(algorithm, &name, "COSE-09", x, y).off_curve());
    }
    let is_prime = Point { x: curve.p.clone(), y: curve.p.clone() };
    cases.push(case("point/both-are-the-prime", &is_prime).off_curve());
    cases
}

/// Returns a point whose y plus the prime fits in the bytes of a coordinate.
fn with_small_y(curve: &Curve) -> Point {
    let (x, y) = match curve.algorithm {
        ES256 => (hex("d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7"), 5),
        ES384 => {
            let x = "2261b2bf605c22f2f3aef6338719b2c486388ad5240719a5\
                     257315969ef01ba27f0a104c89704773a81fdabee6ab5c78";
            (hex(x), 1)
        }
        // p has 521 bits, and a coordinate has 528.
        ES512 => return point_of(&key(ES512)),
        _ => {
            (1..1000).find_map(|y| Some((cube_root(curve, y)?, y))).expect("a third of them exist")
        }
    };
    Point { x, y: number(y) }
}

/// Returns an x for this y on secp256k1, whose p is 7 modulo 9.
fn cube_root(curve: &Curve, y: u32) -> Option<BigUint> {
    let cube = (number(y) * number(y) + &curve.p - &curve.b) % &curve.p;
    let root = cube.modpow(&((&curve.p + number(2)) / number(9)), &curve.p);
    (&root * &root * &root % &curve.p == cube).then_some(root)
}

/// Coordinates that begin with a zero byte, and the same without it.
fn leading_zeros(curve: &Curve) -> Vec<Value> {
    let algorithm = curve.algorithm;
    // The first byte of most coordinates of P-521 is zero.
    let zeros = if algorithm == ES512 { 2 } else { 1 };
    let bits = u64::try_from(8 * (curve.length - zeros)).expect("small");
    let points = || (1..100_000).map(|scalar| point_of(&curve.private_key(&number(scalar))));
    let with_x = points().find(|point| point.x.bits() <= bits).expect("one in 256");
    let with_y = points().find(|point| point.y.bits() <= bits).expect("one in 256");
    let mut cases = Vec::new();
    for (field, point) in [("x", with_x), ("y", with_y)] {
        let name = format!("{field}/begins-with-zero");
        cases.push(with_point(curve, algorithm, &name, &point).accept());
        let [x, y] = [&point.x, &point.y].map(|coordinate| curve.bytes(coordinate));
        let stripped = |of: &str, bytes: Vec<u8>| {
            if of == field { bytes[zeros..].to_vec() } else { bytes }
        };
        let (x, y) = (stripped("x", x), stripped("y", y));
        let name = format!("{field}/without-leading-zero");
        let case = with_coordinates(algorithm, &name, "COSE-08", &x, &y);
        cases.push(case.reject_field("InvalidCoseKey", "20", field));
    }
    cases
}
