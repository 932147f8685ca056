//! Points on a curve, y^2 = x^3 - 3x + b, and their addition.
//!
//! A sum is a [`Jacobian`] point, or an [`Xyzz`] point if it is added to more often than it is
//! doubled. A [`Cached`] point is added more than once. Additions are correct for all points. The
//! formulas do not hold if the points are equal or opposite, or if one is at infinity. These cases are
//! handled separately. The running time depends on the points.

use super::super::limbs;
use super::curve::Curve;
use super::field::Element;

/// A point that is not at infinity, in affine coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine<C, const N: usize> {
    pub(super) x: Element<C, N>,
    pub(super) y: Element<C, N>,
}

/// Any point: (X/Z^2, Y/Z^3), or infinity if Z is zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian<C, const N: usize> {
    pub(super) x: Element<C, N>,
    pub(super) y: Element<C, N>,
    pub(super) z: Element<C, N>,
}

/// Any point: (X/ZZ, Y/ZZZ) with ZZ^3 = ZZZ^2, or infinity if ZZ is zero. Adding an affine point is
/// faster than with [`Jacobian`], doubling is slower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Xyzz<C, const N: usize> {
    pub(super) x: Element<C, N>,
    pub(super) y: Element<C, N>,
    pub(super) zz: Element<C, N>,
    pub(super) zzz: Element<C, N>,
}

/// A point that is not at infinity, with the powers of Z that every addition needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached<C, const N: usize> {
    point: Jacobian<C, N>,
    z_squared: Element<C, N>,
    z_cubed: Element<C, N>,
}

impl<C: Curve<N>, const N: usize> Affine<C, N> {
    /// Creates a point from its coordinates. Returns `None` if a coordinate is not below p or the
    /// point is not on the curve.
    pub(super) fn from_coordinates(x: [u64; N], y: [u64; N]) -> Option<Self> {
        if !limbs::is_below(&x, &C::P) || !limbs::is_below(&y, &C::P) {
            return None;
        }
        let point = Affine { x: Element::from_number(x), y: Element::from_number(y) };
        // x^3 - 3x + b = x (x^2 - 3) + b
        let three = Element::ONE.sum().double().add(Element::ONE.sum());
        let factor = point.x.square().sub(three).fold();
        let right = factor.mul(&point.x).add(Element::from_form(C::B).sum()).fold();
        point.y.square().fold_product().equals(&right).then_some(point)
    }
}

impl<C: Curve<N>, const N: usize> Jacobian<C, N> {
    pub(super) const INFINITY: Self =
        Jacobian { x: Element::ONE, y: Element::ONE, z: Element::ZERO };

    pub(super) fn from_affine(point: &Affine<C, N>) -> Self {
        Jacobian { x: point.x, y: point.y, z: Element::ONE }
    }

    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// Returns twice the point, with four multiplications and four squarings. The curve has no
    /// point of order 2, and the point at infinity does not change.
    #[inline(always)]
    fn double(&self) -> Self {
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

    /// Doubles the point `times` times.
    #[inline(never)]
    pub(super) fn double_times(&mut self, times: usize) {
        let mut point = *self;
        for _ in 0..times {
            point = point.double();
        }
        *self = point;
    }

    /// Adds a point if `negative` is zero, or subtracts it if `negative` is all ones. This takes
    /// eight multiplications and three squarings. The coordinates of `other` must be least
    /// representatives, as they are in the tables.
    #[inline(never)]
    pub(super) fn add_affine(&mut self, other: &Affine<C, N>, negative: u64) {
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

    /// Adds a point, or subtracts it if `negative` is set. This takes eleven multiplications and
    /// three squarings.
    #[inline(never)]
    pub(super) fn add_cached(&mut self, other: &Cached<C, N>, negative: bool) {
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

    /// Finishes an addition. `x` and `y` are the coordinates of this point over the common
    /// denominator of both points. `h` and `r` are the coordinates of the other point minus `x` and
    /// `y`. `z` is the Z of the sum.
    #[inline(always)]
    fn set_sum(
        &mut self,
        x: &Element<C, N>,
        y: &Element<C, N>,
        h: &Element<C, N>,
        r: &Element<C, N>,
        z: Element<C, N>,
    ) {
        if h.is_zero() {
            // The points have the same x: they are equal or opposite.
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

    /// Returns the same point in the other coordinates.
    pub(super) fn to_xyzz(self) -> Xyzz<C, N> {
        let zz = self.z.square().fold_product();
        Xyzz { x: self.x, y: self.y, zz, zzz: zz.mul(&self.z).fold_product() }
    }

    /// Returns the coordinates of points that are not at infinity, as least representatives. All
    /// points share one inversion.
    pub(super) fn normalize(points: &[Self]) -> Vec<Affine<C, N>> {
        // `before` contains, for each point, the product of the Z of all points before it.
        let mut product = Element::ONE;
        let mut before = Vec::with_capacity(points.len());
        for point in points {
            before.push(product);
            product = product.mul(&point.z).fold_product();
        }
        let mut inverse = product.invert();
        let mut affine = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(before).rev() {
            let z = inverse.mul(&before).fold_product();
            inverse = inverse.mul(&point.z).fold_product();
            let z_squared = z.square().fold_product();
            let x = point.x.mul(&z_squared).fold_product();
            let y = point.y.mul(&z_squared).fold_product().mul(&z).fold_product();
            affine.push(Affine { x: x.least(), y: y.least() });
        }
        affine.reverse();
        affine
    }
}

impl<C: Curve<N>, const N: usize> Xyzz<C, N> {
    pub(super) const INFINITY: Self =
        Xyzz { x: Element::ONE, y: Element::ONE, zz: Element::ZERO, zzz: Element::ZERO };

    pub(super) fn is_infinity(&self) -> bool {
        self.zz.is_zero()
    }

    /// Doubles the point, with seven multiplications and two squarings.
    #[inline(never)]
    pub(super) fn double(&mut self) {
        // With S = X Y^2 and M = 3/2 (X + ZZ)(X - ZZ):
        // X' = M^2 - 2 S, Y' = M (S - X') - Y Y^3, ZZ' = Y^2 ZZ, ZZZ' = Y^3 ZZZ.
        let y_squared = self.y.square().fold_product();
        let y_cubed = self.y.mul(&y_squared).fold_product();
        let s = self.x.mul(&y_squared).fold_product();
        let plus = self.x.sum().add(self.zz.sum()).fold();
        let minus = self.x.sum().sub(self.zz.sum()).fold();
        let m = plus.mul(&minus).halve();
        let m = m.double().add(m).fold();
        self.zz = y_squared.mul(&self.zz).fold_product();
        self.zzz = y_cubed.mul(&self.zzz).fold_product();
        self.x = m.square().sub(s.sum().double()).fold();
        let difference = s.sum().sub(self.x.sum()).fold();
        self.y = Element::mul_sub_mul(&m, &difference, &self.y, &y_cubed).fold();
    }

    /// Adds a point if `negative` is zero, or subtracts it if `negative` is all ones. This takes
    /// eight multiplications and two squarings. The coordinates of `other` must be least
    /// representatives, as they are in the tables.
    #[inline(never)]
    pub(super) fn add_affine(&mut self, other: &Affine<C, N>, negative: u64) {
        let other_y = other.y.negate_least_if(negative);
        if self.is_infinity() {
            *self = Xyzz { x: other.x, y: other_y, zz: Element::ONE, zzz: Element::ONE };
            return;
        }
        let h = other.x.mul(&self.zz).sub(self.x.sum()).fold();
        let r = other_y.mul(&self.zzz).sub(self.y.sum()).fold();
        if h.is_zero() {
            // The points have the same x: they are equal or opposite.
            if r.is_zero() {
                self.double();
            } else {
                *self = Xyzz::INFINITY;
            }
            return;
        }
        // The same formulas as for `Jacobian`, and ZZ' = ZZ h^2, ZZZ' = ZZZ h^3. Independent
        // multiplications follow one another, so that the processor can overlap them.
        let h_squared = h.square().fold_product();
        let r_squared = r.square();
        let v = self.x.mul(&h_squared).fold_product();
        let h_cubed = h_squared.mul(&h).fold_product();
        let x = r_squared.sub(h_cubed.sum()).sub(v.sum().double()).fold();
        self.zz = self.zz.mul(&h_squared).fold_product();
        let difference = v.sum().sub(x.sum()).fold();
        self.zzz = self.zzz.mul(&h_cubed).fold_product();
        self.y = Element::mul_sub_mul(&r, &difference, &self.y, &h_cubed).fold();
        self.x = x;
    }

    /// Returns whether the point has the x coordinate `x`. This compares X with x ZZ, without a
    /// division.
    pub(super) fn has_x(&self, x: &Element<C, N>) -> bool {
        self.x.equals(&self.zz.mul(x).fold_product())
    }
}

impl<C: Curve<N>, const N: usize> Cached<C, N> {
    /// Creates a point that can be added more than once. It must not be at infinity.
    pub(super) fn new(point: Jacobian<C, N>) -> Self {
        let z_squared = point.z.square().fold_product();
        let z_cubed = z_squared.mul(&point.z).fold_product();
        Cached { point, z_squared, z_cubed }
    }
}

#[cfg(test)]
mod tests;
