//! Points on the curve of Ed25519, -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032, section 5.1), and their
//! addition.
//!
//! The formulas are those of Hisil, Wong, Carter and Dawson, "Twisted Edwards Curves Revisited"
//! (sections 3.1 and 3.3). They hold for all points of the curve without exception, because -1 is a
//! square modulo p and d is not. This includes the eight points of small order.

use super::field::{Element, Sum, is_below_p};
use crate::signature::limbs::Number;

/// d in the equation of the curve.
const D: Element = Element::from_number([
    0x75eb_4dca_1359_78a3,
    0x0070_0a4d_4141_d8ab,
    0x8cc7_4079_7779_e898,
    0x5203_6cee_2b6f_fe73,
]);

/// 2 d.
const TWO_D: Element = Element::from_number([
    0xebd6_9b94_26b2_f159,
    0x00e0_149a_8283_b156,
    0x198e_80f2_eef3_d130,
    0x2406_d9dc_56df_fce7,
]);

/// The inverse of 2, which is (p + 1) / 2.
const HALF: Element =
    Element::from_number([0xffff_ffff_ffff_fff7, u64::MAX, u64::MAX, 0x3fff_ffff_ffff_ffff]);

/// The base point B (RFC 8032, section 5.1).
pub(super) const B: Affine = Affine {
    x: Element::from_number([
        0xc956_2d60_8f25_d51a,
        0x692c_c760_9525_a7b2,
        0xc0a4_e231_fdd6_dc5c,
        0x2169_36d3_cd6e_53fe,
    ]),
    y: Element::from_number([
        0x6666_6666_6666_6658,
        0x6666_6666_6666_6666,
        0x6666_6666_6666_6666,
        0x6666_6666_6666_6666,
    ]),
};

/// The y coordinates of the points whose order is 1, 2, 4 or 8: 1, -1, 0 and two opposite numbers.
const SMALL_ORDER: [Number; 5] = [
    [1, 0, 0, 0],
    [0xffff_ffff_ffff_ffec, u64::MAX, u64::MAX, 0x7fff_ffff_ffff_ffff],
    [0; 4],
    [0x4fd8_4d3d_706a_17c7, 0x0f67_100d_760b_3cba, 0xc6cc_392c_fa53_202a, 0x7a03_ac92_77fd_c74e],
    [0xb027_b2c2_8f95_e826, 0xf098_eff2_89f4_c345, 0x3933_c6d3_05ac_dfd5, 0x05fc_536d_8802_38b1],
];

/// The parts of a canonical encoding (RFC 8032, section 5.1.2): y, and whether x is odd.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoded {
    y: Number,
    x_is_odd: bool,
}

/// A point in affine coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine {
    pub(super) x: Element,
    pub(super) y: Element,
}

/// A point as four factors. With X = E F, Y = G H, Z = F G and T = E H, the point is (X/Z, Y/Z),
/// and x y is T/Z. F and G are never zero. A doubling does not need T, so it is not computed
/// before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    e: Element,
    f: Element,
    g: Element,
    h: Element,
}

/// A point that can be added more than once: y + x, y - x and 2 d x y.
#[derive(Clone, Copy, Debug)]
pub(super) struct Niels {
    plus: Element,
    minus: Element,
    product: Element,
}

/// Does the same as [`Niels`], for a point with any Z: Y + X, Y - X, 2 d T and 2 Z.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached {
    niels: Niels,
    twice_z: Element,
}

impl Encoded {
    /// Reads an encoding. Returns `None` if y is not below p.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Encoded> {
        let mut y = number_from_bytes(bytes);
        let x_is_odd = y[3] >> 63 == 1;
        y[3] &= u64::MAX >> 1;
        is_below_p(&y).then_some(Encoded { y, x_is_odd })
    }

    /// Returns whether the order of the point is 1, 2, 4 or 8.
    pub(super) fn has_small_order(&self) -> bool {
        SMALL_ORDER.contains(&self.y)
    }

    /// Returns the point, or `None` if there is no point with this y (RFC 8032, section 5.1.3).
    ///
    /// If x is zero, it is zero even if the encoding says that x is odd. The RFC does not allow
    /// this encoding, but the point has small order, so nothing that is verified can have it.
    pub(super) fn decode(&self) -> Option<Affine> {
        // x^2 is (y^2 - 1) / (d y^2 + 1).
        let y = Element::from_number(self.y);
        let y_squared = y.square_called();
        let above = y_squared.sum().sub(Element::ONE.sum()).fold();
        let below = y_squared.mul_sum(&D).add(Element::ONE.sum()).fold();
        let x = above.root_of_quotient(&below)?;
        let point = Affine { x, y };
        Some(if x.is_odd() == self.x_is_odd { point } else { point.negate() })
    }
}

impl Affine {
    pub(super) fn negate(&self) -> Affine {
        Affine { x: Element::ZERO.sum().sub(self.x.sum()).fold(), y: self.y }
    }

    /// Encodes the point (RFC 8032, section 5.1.2).
    pub(super) fn encode(&self) -> [u8; 32] {
        let mut number = self.y.to_number();
        number[3] |= u64::from(self.x.is_odd()) << 63;
        number_to_bytes(&number)
    }
}

impl Point {
    pub(super) const NEUTRAL: Point =
        Point { e: Element::ZERO, f: Element::ONE, g: Element::ONE, h: Element::ONE };

    pub(super) fn from_affine(point: &Affine) -> Point {
        Point { e: point.x, f: Element::ONE, g: Element::ONE, h: point.y }
    }

    /// Returns twice the point. With the conversion to X, Y and Z, this takes three multiplications
    /// and four squarings.
    #[inline(always)]
    fn double(&self) -> Point {
        let x = self.e.mul(&self.f);
        let y = self.g.mul(&self.h);
        let z = self.f.mul(&self.g);
        let x_squared = x.square_sum();
        let y_squared = y.square_sum();
        let twice_z_squared = z.square_sum().double();
        let h = y_squared.add(x_squared);
        let g = y_squared.sub(x_squared);
        let both = x.sum().add(y.sum()).fold_product().square_sum();
        // These are the numbers of the paper with the opposite sign of F and H, which changes the
        // sign of each coordinate.
        Point {
            e: both.sub(h).fold(),
            f: twice_z_squared.sub(g).fold(),
            g: g.fold(),
            h: h.fold_product(),
        }
    }

    /// Doubles the point `times` times.
    #[inline(never)]
    pub(super) fn double_times(&mut self, times: usize) {
        let mut point = *self;
        for _ in 0..times {
            point = point.double();
        }
        *self = point;
    }

    /// Adds a point, or subtracts it if `negative` is set. This takes seven multiplications.
    #[inline(never)]
    pub(super) fn add_niels(&mut self, other: &Niels, negative: bool) {
        let z = self.f.mul_sum(&self.g);
        self.add_with(other, z.double(), negative);
    }

    /// Adds a point, or subtracts it if `negative` is set. This takes eight multiplications.
    #[inline(never)]
    pub(super) fn add_cached(&mut self, other: &Cached, negative: bool) {
        let z = self.f.mul_called(&self.g);
        self.add_with(&other.niels, z.mul_called(&other.twice_z).sum(), negative);
    }

    /// Finishes an addition. `d` is twice the product of both Z.
    #[inline(never)]
    fn add_with(&mut self, other: &Niels, d: Sum, negative: bool) {
        let x = self.e.mul_sum(&self.f);
        let y = self.g.mul_sum(&self.h);
        let t = self.e.mul(&self.h);
        let (plus, minus) =
            if negative { (&other.minus, &other.plus) } else { (&other.plus, &other.minus) };
        let a = y.sub(x).fold().mul_sum(minus);
        let b = y.add(x).fold_product().mul_sum(plus);
        let c = t.mul_sum(&other.product);
        let f_and_g = [d.sub(c).fold(), d.add(c).fold_product()];
        self.e = b.sub(a).fold();
        self.f = f_and_g[usize::from(negative)];
        self.g = f_and_g[usize::from(!negative)];
        self.h = b.add(a).fold_product();
    }

    /// Returns whether this is the neutral point, with x = 0 and y = 1.
    pub(super) fn is_neutral(&self) -> bool {
        // x is E/G, and y is H/F.
        self.e.is_zero() && self.h.equals(&self.f)
    }

    /// Returns whether this point has this encoding.
    pub(super) fn has_encoding(&self, encoded: &Encoded) -> bool {
        // y is H/F. Only x, which is E/G, needs a division. F and G can be zero only if a stored
        // table was damaged.
        !self.f.is_zero()
            && !self.g.is_zero()
            && self.f.mul_called(&Element::from_number(encoded.y)).equals(&self.h)
            && self.e.mul_called(&self.g.invert()).is_odd() == encoded.x_is_odd
    }

    /// Returns the coordinates of points, as least representatives. All points share one inversion.
    pub(super) fn normalize(points: &[Point]) -> Vec<Affine> {
        // `before[i]` is the product of the Z of all points before point i.
        let mut product = Element::ONE;
        let with_before = points.iter().map(|point| {
            let before = product;
            let z = point.f.mul_called(&point.g);
            product = product.mul_called(&z);
            (point, before, z)
        });
        let with_before: Vec<_> = with_before.collect();
        let mut inverse = product.invert();
        let affine = with_before.iter().rev().map(|(point, before, z)| {
            let z_inverse = inverse.mul_called(before);
            inverse = inverse.mul_called(z);
            let x = point.e.mul_called(&point.f).mul_called(&z_inverse);
            let y = point.g.mul_called(&point.h).mul_called(&z_inverse);
            Affine { x: x.least(), y: y.least() }
        });
        let mut affine: Vec<_> = affine.collect();
        affine.reverse();
        affine
    }
}

impl Niels {
    pub(super) fn new(point: &Affine) -> Niels {
        let product = point.x.mul(&point.y).mul(&TWO_D);
        Niels {
            plus: point.y.sum().add(point.x.sum()).fold_product(),
            minus: point.y.sum().sub(point.x.sum()).fold(),
            product,
        }
    }

    /// Returns the first and the last limb of each number.
    #[inline(always)]
    pub(super) fn outer_limbs(&self) -> [[u64; 2]; 3] {
        [&self.plus, &self.minus, &self.product].map(Element::outer_limbs)
    }

    /// Returns the coordinates.
    pub(super) fn to_affine(self) -> Affine {
        let (plus, minus) = (self.plus.sum(), self.minus.sum());
        Affine {
            x: plus.sub(minus).fold().mul_called(&HALF),
            y: plus.add(minus).fold_product().mul_called(&HALF),
        }
    }
}

impl Cached {
    pub(super) fn new(point: &Point) -> Cached {
        let x = point.e.mul_called(&point.f).sum();
        let y = point.g.mul_called(&point.h).sum();
        let t = point.e.mul_called(&point.h);
        let niels = Niels {
            plus: y.add(x).fold_product(),
            minus: y.sub(x).fold(),
            product: t.mul_called(&TWO_D),
        };
        Cached { niels, twice_z: point.f.mul_called(&point.g).sum().double().fold_product() }
    }
}

/// Reads a number from little-endian bytes.
pub(super) fn number_from_bytes(bytes: &[u8; 32]) -> Number {
    let (limbs, _) = bytes.as_chunks();
    let mut number = [0; 4];
    for (to, from) in number.iter_mut().zip(limbs) {
        *to = u64::from_le_bytes(*from);
    }
    number
}

/// Writes a number as little-endian bytes.
pub(super) fn number_to_bytes(number: &Number) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (chunks, _) = bytes.as_chunks_mut();
    for (to, from) in chunks.iter_mut().zip(number) {
        *to = from.to_le_bytes();
    }
    bytes
}

#[cfg(test)]
pub(super) mod tests;
