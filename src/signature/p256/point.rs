//! Points of P-256, y^2 = x^3 - 3x + b, and their addition.
//!
//! A [`Jacobian`] point (X, Y, Z) is (X/Z^2, Y/Z^3), the point at infinity where Z is zero. All
//! sums are right for all points: the formulas do not hold where two points are equal, opposite or
//! at infinity, and these cases are told apart. Running time depends on the points.

use super::field::{Element, is_below_p};

/// b of the curve's equation, in Montgomery form.
const B: Element = Element::from_montgomery([
    0xd89c_df62_29c4_bddf,
    0xacf0_05cd_7884_3090,
    0xe5a2_20ab_f721_2ed6,
    0xdc30_061d_0487_4834,
]);

/// The base point G (SP 800-186, section 3.2.1.3), in Montgomery form.
pub(super) const G: Affine = Affine {
    x: Element::from_montgomery([
        0x79e7_30d4_18a9_143c,
        0x75ba_95fc_5fed_b601,
        0x79fb_732b_7762_2510,
        0x1890_5f76_a537_55c6,
    ]),
    y: Element::from_montgomery([
        0xddf2_5357_ce95_560a,
        0x8b4a_b8e4_ba19_e45c,
        0xd2e8_8688_dd21_f325,
        0x8571_ff18_2588_5d85,
    ]),
};

/// A point that is not at infinity, by its coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine {
    pub(super) x: Element,
    pub(super) y: Element,
}

/// Any point: (X/Z^2, Y/Z^3), or infinity where Z is zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian {
    pub(super) x: Element,
    pub(super) y: Element,
    pub(super) z: Element,
}

/// A point that is not at infinity, with the powers of Z that every addition needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached {
    point: Jacobian,
    z_squared: Element,
    z_cubed: Element,
}

impl Affine {
    /// The point with these coordinates, unless one is not below p or the point is not on the
    /// curve.
    pub(super) fn from_coordinates(x: [u64; 4], y: [u64; 4]) -> Option<Affine> {
        if !is_below_p(&x) || !is_below_p(&y) {
            return None;
        }
        let point = Affine { x: Element::from_number(x), y: Element::from_number(y) };
        // x^3 - 3x + b = x (x^2 - 3) + b
        let three = Element::ONE.sum().double().add(Element::ONE.sum());
        let factor = point.x.square().sub(three).fold();
        let right = factor.mul(&point.x).add(B.sum()).fold();
        point.y.square().fold().equals(&right).then_some(point)
    }
}

impl Jacobian {
    pub(super) const INFINITY: Jacobian =
        Jacobian { x: Element::ONE, y: Element::ONE, z: Element::ZERO };

    pub(super) fn from_affine(point: &Affine) -> Jacobian {
        Jacobian { x: point.x, y: point.y, z: Element::ONE }
    }

    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// Twice the point, with four multiplications and four squarings. The curve has no point of
    /// order 2, and infinity stays what it is.
    #[inline(always)]
    fn double(&self) -> Jacobian {
        // With S = X Y^2 and M = 3/2 (X + Z^2)(X - Z^2):
        // X' = M^2 - 2 S, Y' = M (S - X') - Y^4, Z' = Y Z.
        let z_squared = self.z.square().fold_product();
        let y_squared = self.y.square().fold_product();
        let z = self.y.mul(&self.z).fold_product();
        let s = self.x.mul(&y_squared).fold_product();
        let plus = self.x.sum().add(z_squared.sum()).fold();
        let minus = self.x.sum().sub(z_squared.sum()).fold();
        let m = plus.mul(&minus).halve();
        let m = m.double().add(m).fold();
        let x = m.square().sub(s.sum().double()).fold();
        let difference = s.sum().sub(x.sum()).fold();
        let y = m.mul(&difference).sub(y_squared.square()).fold();
        Jacobian { x, y, z }
    }

    /// Doubles the point as often as `times` says.
    #[inline(never)]
    pub(super) fn double_times(&mut self, times: usize) {
        let mut point = *self;
        for _ in 0..times {
            point = point.double();
        }
        *self = point;
    }

    /// Adds a point, or subtracts it if `negative` is all ones and not zero, with eight
    /// multiplications and three squarings. Its coordinates must be least representatives, as those
    /// of tables are.
    #[inline(never)]
    pub(super) fn add_affine(&mut self, other: &Affine, negative: u64) {
        let other_y = other.y.negate_least_if(negative);
        if self.is_infinity() {
            *self = Jacobian { x: other.x, y: other_y, z: Element::ONE };
            return;
        }
        let z_squared = self.z.square().fold_product();
        let h = other.x.mul(&z_squared).sub(self.x.sum()).fold();
        let z_cubed = z_squared.mul(&self.z).fold_product();
        let r = other_y.mul(&z_cubed).sub(self.y.sum()).fold();
        let z = self.z.mul(&h).fold_product();
        self.set_sum(&{ self.x }, &{ self.y }, &h, &r, z);
    }

    /// Adds a point with eleven multiplications and three squarings, or subtracts it if `negative`.
    #[inline(never)]
    pub(super) fn add_cached(&mut self, other: &Cached, negative: bool) {
        let y = other.point.y;
        let other_y = if negative { Element::ZERO.sum().sub(y.sum()).fold() } else { y };
        if self.is_infinity() {
            *self = Jacobian { y: other_y, ..other.point };
            return;
        }
        let x = self.x.mul(&other.z_squared).fold_product();
        let y = self.y.mul(&other.z_cubed).fold_product();
        let z_squared = self.z.square().fold_product();
        let h = other.point.x.mul(&z_squared).sub(x.sum()).fold();
        let z_cubed = z_squared.mul(&self.z).fold_product();
        let r = other_y.mul(&z_cubed).sub(y.sum()).fold();
        let z = self.z.mul(&other.point.z).fold_product().mul(&h).fold_product();
        self.set_sum(&x, &y, &h, &r, z);
    }

    /// The end of an addition. `x` and `y` are the coordinates of this point, brought to the common
    /// denominator of both, `h` and `r` what the other point's coordinates differ by, and `z` the
    /// sum's Z.
    #[inline(always)]
    fn set_sum(&mut self, x: &Element, y: &Element, h: &Element, r: &Element, z: Element) {
        if h.is_zero() {
            // The points have one x: they are equal, or opposite.
            if r.is_zero() {
                self.double_times(1);
            } else {
                *self = Jacobian::INFINITY;
            }
            return;
        }
        // X' = r^2 - h^3 - 2 x h^2, Y' = r (x h^2 - X') - y h^3
        let h_squared = h.square().fold_product();
        let h_cubed = h_squared.mul(h).fold_product();
        let v = x.mul(&h_squared).fold_product();
        self.x = r.square().sub(h_cubed.sum()).sub(v.sum().double()).fold();
        let difference = v.sum().sub(self.x.sum()).fold();
        self.y = Element::mul_sub_mul(r, &difference, y, &h_cubed).fold();
        self.z = z;
    }

    /// Whether the point's x is the number that `x` is modulo p: X = x Z^2, without a division.
    pub(super) fn has_x(&self, x: &Element) -> bool {
        self.x.equals(&self.z.square().fold().mul(x).fold())
    }

    /// The coordinates of points that are not at infinity, least representatives, with a single
    /// inversion for all.
    pub(super) fn normalize<const N: usize>(points: &[Jacobian; N]) -> [Affine; N] {
        // Before each point: the product of the Z of all points before it.
        let mut before = [Element::ONE; N];
        let mut product = Element::ONE;
        let mut i = 0;
        while i < N {
            before[i] = product;
            product = product.mul(&points[i].z).fold();
            i += 1;
        }
        let mut inverse = product.invert();
        let mut affine = [G; N];
        while i > 0 {
            i -= 1;
            let point = &points[i];
            let z = inverse.mul(&before[i]).fold();
            inverse = inverse.mul(&point.z).fold();
            let z_squared = z.square().fold();
            let x = point.x.mul(&z_squared).fold();
            let y = point.y.mul(&z_squared).fold().mul(&z).fold();
            affine[i] = Affine { x: x.least(), y: y.least() };
        }
        affine
    }
}

impl Cached {
    /// A point that is not at infinity, ready to be added more than once.
    pub(super) fn new(point: Jacobian) -> Cached {
        let z_squared = point.z.square().fold();
        let z_cubed = z_squared.mul(&point.z).fold();
        Cached { point, z_squared, z_cubed }
    }
}

#[cfg(test)]
pub(super) mod tests;
