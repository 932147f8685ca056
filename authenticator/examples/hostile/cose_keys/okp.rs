//! Ed25519 and Ed448 keys that are not points, have small order, or have another encoding than the
//! canonical one.

use num_bigint::BigUint;
use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{ED448, ED25519, EDDSA};

use super::case;
use super::members::Members;
use crate::case::Case;
use crate::curves::{hex, little_endian, number, power_of_2};
use crate::encoding::bytes;

pub(super) fn cases() -> Vec<Value> {
    [ed25519(EDDSA), ed25519(ED25519), ed448()].concat()
}

/// Returns the prime of edwards25519.
pub(crate) fn p25519() -> BigUint {
    power_of_2(255) - number(19)
}

/// Returns the prime of edwards448.
fn p448() -> BigUint {
    power_of_2(448) - power_of_2(224) - number(1)
}

/// Encodes a point of edwards25519 (RFC 8032, section 5.1.2).
pub(crate) fn encoded_25519(y: &BigUint, x_is_odd: bool) -> Vec<u8> {
    let mut x = little_endian(y, 32);
    x[31] |= u8::from(x_is_odd) << 7;
    x
}

/// Encodes the sum of this point and the point (0, -1), whose order is 2. The sum is (-x, -y).
pub(crate) fn plus_order_2(x: &[u8]) -> Vec<u8> {
    let x_is_odd = x[31] >> 7 == 1;
    let y = BigUint::from_bytes_le(x) % power_of_2(255);
    encoded_25519(&(p25519() - y), !x_is_odd)
}

fn with_x(algorithm: i64, name: &str, rule: &str, x: &[u8]) -> Case {
    case(algorithm, name, rule, &Members::of(algorithm).with(-2, &bytes(x)).encode())
}

fn ed25519(algorithm: i64) -> Vec<Value> {
    let p = p25519();
    let order_8 = hex("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7");
    let mut cases = Vec::new();
    let mut refused = |name: &str, rule: &str, y: &BigUint, x_is_odd: bool| {
        let case = with_x(algorithm, name, rule, &encoded_25519(y, x_is_odd));
        cases.push(case.reject("PointNotOnCurve", "20"));
    };
    for (order, y) in [
        ("1", number(1)),
        ("2", &p - number(1)),
        ("4", number(0)),
        ("8", order_8.clone()),
        ("8-and-negated-y", &p - &order_8),
    ] {
        refused(&format!("order/{order}"), "SIG-07", &y, false);
        refused(&format!("order/{order}-and-odd"), "SIG-07", &y, true);
    }
    // The same points with y + p, where this fits.
    for (order, y) in [("1", &p + number(1)), ("4", p.clone())] {
        refused(&format!("not-canonical/order-{order}"), "SIG-07", &y, false);
        refused(&format!("not-canonical/order-{order}-and-odd"), "SIG-07", &y, true);
    }
    for y in [3_u32, 4, 5, 18] {
        refused(&format!("not-canonical/y-is-{y}"), "SIG-07", &(&p + number(y)), false);
    }
    refused("not-canonical/ones", "SIG-07", &(power_of_2(255) - number(1)), true);
    for y in [2_u32, 7, 8] {
        refused(&format!("no-point/y-is-{y}"), "COSE-11", &number(y), false);
        refused(&format!("no-point/y-is-{y}-and-odd"), "COSE-11", &number(y), true);
    }
    for y in [3_u32, 4, 5, 18] {
        let name = format!("point/y-is-{y}");
        cases.push(with_x(algorithm, &name, "COSE-11", &encoded_25519(&number(y), false)).accept());
    }
    let (_, own) = Members::of(algorithm).numbers().remove(0);
    let mut negated = own.clone();
    negated[31] ^= 0x80;
    cases.push(with_x(algorithm, "point/negated", "COSE-11", &negated).accept());
    // Its order is not small, but twice the order of the base point.
    let mixed = plus_order_2(&own);
    cases.push(with_x(algorithm, "point/of-mixed-order", "SIG-07", &mixed).accept());
    cases
}

fn ed448() -> Vec<Value> {
    let p = p448();
    let encoded = |y: &BigUint, last: u8| [little_endian(y, 56), vec![last]].concat();
    let mut cases = Vec::new();
    let mut refused = |name: &str, x: &[u8]| {
        let case = with_x(ED448, name, "COSE-13", x);
        cases.push(case.reject("PointNotOnCurve", "20"));
    };
    for (order, y) in [("1", number(1)), ("2", &p - number(1)), ("4", number(0))] {
        refused(&format!("order/{order}"), &encoded(&y, 0));
        refused(&format!("order/{order}-and-odd"), &encoded(&y, 0x80));
    }
    for (name, y) in [("order-1", &p + number(1)), ("order-4", p.clone()), ("19", &p + number(19))]
    {
        refused(&format!("not-canonical/{name}"), &encoded(&y, 0));
    }
    refused("not-canonical/ones", &[0xff; 57]);
    refused("no-point/y-is-2", &encoded(&number(2), 0));
    refused("no-point/y-is-2-and-odd", &encoded(&number(2), 0x80));
    let (_, own) = Members::of(ED448).numbers().remove(0);
    for bit in 0..7 {
        let mut x = own.clone();
        x[56] |= 1 << bit;
        refused(&format!("not-canonical/bit-{bit}-of-last-byte"), &x);
    }
    // The sum with the point (0, -1), whose order is 2, is (-x, -y).
    let y = BigUint::from_bytes_le(&own[..56]);
    refused("order/mixed", &encoded(&(&p - y), own[56] ^ 0x80));
    let mut negated = own;
    negated[56] ^= 0x80;
    cases.push(with_x(ED448, "point/negated", "COSE-13", &negated).accept());
    cases.push(with_x(ED448, "point/y-is-19", "COSE-13", &encoded(&number(19), 0)).accept());
    cases
}
