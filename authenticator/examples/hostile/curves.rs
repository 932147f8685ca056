//! Arithmetic with the numbers of curves, for keys and signatures that no correct implementation
//! makes.

use num_bigint::BigUint;
use webauthn_verify_authenticator::algorithm::{ES256, ES256K, ES384, ES512};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

/// A curve y^2 = x^3 + a x + b modulo p, with n points.
pub(crate) struct Curve {
    /// The usual algorithm of the curve.
    pub(crate) algorithm: i64,
    /// The length of a coordinate in bytes.
    pub(crate) length: usize,
    pub(crate) p: BigUint,
    pub(crate) n: BigUint,
    pub(crate) a: BigUint,
    pub(crate) b: BigUint,
    pub(crate) base: Point,
}

/// A point that is not at infinity.
#[derive(Clone, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: BigUint,
    pub(crate) y: BigUint,
}

/// Reads hexadecimal digits.
pub(crate) fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits")
}

/// Returns a small number.
pub(crate) fn number(value: u32) -> BigUint {
    BigUint::from(value)
}

/// Returns two to this power.
pub(crate) fn power_of_2(exponent: u32) -> BigUint {
    number(2).pow(exponent)
}

/// Writes a number big-endian in this many bytes.
pub(crate) fn big_endian(value: &BigUint, length: usize) -> Vec<u8> {
    let digits = value.to_bytes_be();
    [vec![0; length - digits.len()], digits].concat()
}

/// Writes a number little-endian in this many bytes.
pub(crate) fn little_endian(value: &BigUint, length: usize) -> Vec<u8> {
    let mut bytes = big_endian(value, length);
    bytes.reverse();
    bytes
}

impl Curve {
    pub(crate) fn all() -> [Curve; 4] {
        [Curve::p256(), Curve::p384(), Curve::p521(), Curve::secp256k1()]
    }

    pub(crate) fn p256() -> Curve {
        let p = power_of_2(256) - power_of_2(224) + power_of_2(192) + power_of_2(96) - number(1);
        let n = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
        Curve::new(ES256, 32, p.clone(), n, p - number(3))
    }

    pub(crate) fn p384() -> Curve {
        let p = power_of_2(384) - power_of_2(128) - power_of_2(96) + power_of_2(32) - number(1);
        let n = "ffffffffffffffffffffffffffffffffffffffffffffffff\
                 c7634d81f4372ddf581a0db248b0a77aecec196accc52973";
        Curve::new(ES384, 48, p.clone(), n, p - number(3))
    }

    pub(crate) fn p521() -> Curve {
        let p = power_of_2(521) - number(1);
        let n = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                 a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
        Curve::new(ES512, 66, p.clone(), n, p - number(3))
    }

    pub(crate) fn secp256k1() -> Curve {
        let p = power_of_2(256) - power_of_2(32) - number(977);
        let n = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        Curve::new(ES256K, 32, p, n, number(0))
    }

    /// Finds out the base point and b with the private key 1.
    fn new(algorithm: i64, length: usize, p: BigUint, n: &str, a: BigUint) -> Curve {
        let base = point_of(&private_key(algorithm, &number(1)));
        let (x, y) = (&base.x, &base.y);
        let b = (y * y + number(2) * &p * &p * &p - x * x * x - &a * x) % &p;
        Curve { algorithm, length, n: hex(n), a, b, p, base }
    }

    /// Returns the private key with this scalar.
    pub(crate) fn private_key(&self, scalar: &BigUint) -> PrivateKey {
        private_key(self.algorithm, scalar)
    }

    /// Returns a point with this x, or `None` if there is none.
    pub(crate) fn with_x(&self, x: &BigUint) -> Option<Point> {
        let square = (x * x * x + &self.a * x + &self.b) % &self.p;
        // Every p here is 3 modulo 4.
        let y = square.modpow(&((&self.p + number(1)) / number(4)), &self.p);
        (&y * &y % &self.p == square).then(|| Point { x: x.clone(), y })
    }

    /// Returns whether the numbers solve the equation modulo p.
    pub(crate) fn contains(&self, point: &Point) -> bool {
        let Point { x, y } = point;
        (y * y) % &self.p == (x * x * x + &self.a * x + &self.b) % &self.p
    }

    pub(crate) fn negate(&self, point: &Point) -> Point {
        Point { x: point.x.clone(), y: &self.p - &point.y }
    }

    /// Adds two points whose sum is not at infinity.
    pub(crate) fn add(&self, one: &Point, other: &Point) -> Point {
        let p = &self.p;
        let (above, below) = match one == other {
            true => (number(3) * &one.x * &one.x + &self.a, number(2) * &one.y),
            false => (p + &other.y - &one.y, p + &other.x - &one.x),
        };
        let slope = above * below.modinv(p).expect("the sum is not at infinity") % p;
        let x = (&slope * &slope + p + p - &one.x - &other.x) % p;
        let y = (slope * (p + &one.x - &x) + p - &one.y) % p;
        Point { x, y }
    }

    /// Returns the point times a number from 1 to n - 1.
    pub(crate) fn multiply(&self, point: &Point, times: &BigUint) -> Point {
        let mut sum: Option<Point> = None;
        for bit in (0..times.bits()).rev() {
            sum = sum.map(|sum| self.add(&sum, &sum));
            if times.bit(bit) {
                sum = Some(sum.map_or_else(|| point.clone(), |sum| self.add(&sum, point)));
            }
        }
        sum.expect("the number is not zero")
    }

    /// Writes a number in as many bytes as a coordinate.
    pub(crate) fn bytes(&self, value: &BigUint) -> Vec<u8> {
        big_endian(value, self.length)
    }
}

fn private_key(algorithm: i64, scalar: &BigUint) -> PrivateKey {
    fn bytes<const N: usize>(scalar: &BigUint) -> [u8; N] {
        big_endian(scalar, N).try_into().expect("as many bytes as asked for")
    }
    match algorithm {
        ES256 => PrivateKey::es256(&bytes(scalar)),
        ES384 => PrivateKey::es384(&bytes(scalar)),
        ES512 => PrivateKey::es512(&bytes(scalar)),
        ES256K => PrivateKey::es256k(&bytes(scalar)),
        other => panic!("{other} has no curve here"),
    }
    .expect("a scalar from 1 to n - 1")
}

/// Returns the public point of an ECDSA key.
pub(crate) fn point_of(key: &PrivateKey) -> Point {
    let number = BigUint::from_bytes_be;
    match key.public_numbers() {
        PublicNumbers::P256 { x, y } => Point { x: number(&x), y: number(&y) },
        PublicNumbers::P384 { x, y } => Point { x: number(&x), y: number(&y) },
        PublicNumbers::P521 { x, y } => Point { x: number(&x), y: number(&y) },
        PublicNumbers::Secp256k1 { x, y } => Point { x: number(&x), y: number(&y) },
        other => panic!("{other:?} is not an ECDSA key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_point_has_order_n() {
        for curve in Curve::all() {
            assert!(curve.contains(&curve.base));
            let last = curve.multiply(&curve.base, &(&curve.n - number(1)));
            assert!(last == curve.negate(&curve.base));
            assert!(
                point_of(&curve.private_key(&number(5))) == {
                    curve.multiply(&curve.base, &number(5))
                }
            );
        }
    }
}
