//! ECDSA keys and signatures for which the sum of the two multiples, or its x coordinate, is
//! special.

use num_bigint::BigUint;
use serde_json::Value;

use super::ecdsa::{Numbers, hash_number, sign};
use super::{Invalid, case_with_key, hash, signed};
use crate::case::Case;
use crate::curves::{Curve, Point, number, point_of, power_of_2};
use crate::encoding::{bytes, integer, map};

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for curve in Curve::all() {
        cases.extend(keys(&curve));
        cases.extend(sums(&curve));
        cases.extend(large_x(&curve));
        cases.extend(small_s(&curve));
    }
    cases
}

fn case(curve: &Curve, name: &str, point: &Point, numbers: &Numbers) -> Case {
    let cose_key = cose_key(curve, point);
    let name = format!("special/{name}");
    case_with_key(curve.algorithm, &name, "SIG-04", &cose_key, numbers.encode())
}

fn cose_key(curve: &Curve, point: &Point) -> Vec<u8> {
    let known = curve.private_key(&number(1)).cose_key().expect("a key of its algorithm");
    // The members before x are the same for all keys of the curve.
    let head = known.windows(2).position(|pair| pair == [0x21, 0x58]).expect("x has a label");
    let coordinate =
        |label: i64, value: &BigUint| [integer(label), bytes(&curve.bytes(value))].concat();
    let coordinates = [coordinate(-2, &point.x), coordinate(-3, &point.y)];
    assert_eq!(known[0], map(&vec![Vec::new(); 5])[0]);
    [&known[..head], &coordinates.concat()].concat()
}

fn own_hash(curve: &Curve) -> Vec<u8> {
    hash(curve.algorithm, &signed())
}

/// Keys and nonces that are close to the base point, so that additions meet equal and opposite
/// points.
fn keys(curve: &Curve) -> Vec<Value> {
    let n = &curve.n;
    let hash = own_hash(curve);
    let mut cases = Vec::new();
    for (name, key) in [
        ("1", number(1)),
        ("2", number(2)),
        ("3", number(3)),
        ("16", number(16)),
        ("n-less-1", n - number(1)),
        ("n-less-2", n - number(2)),
        ("half", (n + number(1)) / number(2)),
        ("2-to-64", power_of_2(64)),
        ("2-to-128-less-1", power_of_2(128) - number(1)),
    ] {
        let point = point_of(&curve.private_key(&key));
        let numbers = sign(curve, &key, &number(9), &hash);
        cases.push(case(curve, &format!("key-{name}"), &point, &numbers).accept());
    }
    let key = number(5);
    let point = point_of(&curve.private_key(&key));
    for (name, nonce) in [("1", number(1)), ("2", number(2)), ("n-less-1", n - number(1))] {
        let numbers = sign(curve, &key, &nonce, &hash);
        cases.push(case(curve, &format!("nonce-{name}"), &point, &numbers).accept());
    }
    cases
}

/// Multiples of the base point and of the key that are equal or opposite.
fn sums(curve: &Curve) -> Vec<Value> {
    let n = &curve.n;
    let hash = own_hash(curve);
    let h = hash_number(curve, &hash) % n;
    let inverse = |value: &BigUint| value.modinv(n).expect("n is prime");
    // u1 is h/s and u2 is r/s. With this key, u1 G is u2 times the key.
    let nonce = number(9);
    let r = point_of(&curve.private_key(&nonce)).x % n;
    let key = &h * inverse(&r) % n;
    let equal = sign(curve, &key, &nonce, &hash);
    let mut cases =
        vec![case(curve, "equal-multiples", &point_of(&curve.private_key(&key)), &equal).accept()];
    // With this r, the sum is at infinity for every s.
    let key = number(5);
    let point = point_of(&curve.private_key(&key));
    let r = (n - &h) * inverse(&key) % n;
    for (name, s) in
        [("1", number(1)), ("2", number(2)), ("r", r.clone()), ("n-less-1", { n - number(1) })]
    {
        let numbers = Numbers { r: r.clone(), s };
        let name = format!("sum-at-infinity-with-s-{name}");
        cases.push(case(curve, &name, &point, &numbers).invalid());
    }
    cases
}

/// Returns the key for which this is a signature if r stands for the x coordinate of `sum`.
fn key_for(curve: &Curve, sum: &Point, numbers: &Numbers) -> Point {
    let n = &curve.n;
    let inverse = numbers.r.modinv(n).expect("n is prime");
    let h = hash_number(curve, &own_hash(curve)) % n;
    let of_sum = curve.multiply(sum, &(&numbers.s * &inverse % n));
    let of_base = curve.multiply(&curve.base, &((n - h) * inverse % n));
    curve.add(&of_sum, &of_base)
}

/// x coordinates from n to p, which r is compared with modulo n, and numbers that only seem to be
/// equal to the x coordinate.
fn large_x(curve: &Curve) -> Vec<Value> {
    let (n, p) = (&curve.n, &curve.p);
    let s = number(7);
    let find = |from: &BigUint| {
        (1..1000).find_map(|more| curve.with_x(&(from + number(more)))).expect("half of them exist")
    };
    let large = find(n);
    assert!(large.x < *p);
    let good = Numbers { r: &large.x - n, s: s.clone() };
    let key = key_for(curve, &large, &good);
    let unreduced = Numbers { r: large.x.clone(), s: s.clone() };
    let mut cases = vec![
        case(curve, "x-above-n", &key, &good).accept(),
        case(curve, "x-above-n-as-r", &key, &unreduced).invalid(),
    ];
    // r + n is above p, and it is this x modulo p.
    let small = find(&number(0));
    let numbers = Numbers { r: &small.x + p - n, s: s.clone() };
    let key = key_for(curve, &small, &numbers);
    cases.push(case(curve, "r-plus-n-modulo-p", &key, &numbers).invalid());
    // r + n is this x in as many bits as the limbs have.
    let bits = u32::try_from(8 * curve.length).expect("small");
    let over = &small.x + power_of_2(bits) - n;
    if over < *n {
        let numbers = Numbers { r: over, s };
        let key = key_for(curve, &small, &numbers);
        cases.push(case(curve, "r-plus-n-without-carry", &key, &numbers).invalid());
    }
    cases
}

/// Small values of s, to which n can be added without another byte.
fn small_s(curve: &Curve) -> Vec<Value> {
    let sum = point_of(&curve.private_key(&number(9)));
    let r = &sum.x % &curve.n;
    let mut cases = Vec::new();
    for s in [1, 2, 7] {
        let good = Numbers { r: r.clone(), s: number(s) };
        let key = key_for(curve, &sum, &good);
        let larger = Numbers { s: &good.s + &curve.n, ..good.clone() };
        cases.push(case(curve, &format!("s-is-{s}"), &key, &good).accept());
        cases.push(case(curve, &format!("s-is-n-plus-{s}"), &key, &larger).invalid());
    }
    cases
}
