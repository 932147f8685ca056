//! Points on a curve, y^2 = x^3 - 3x + b, and their addition.
//!
//! A sum is a [`Jacobian`] point, or an [`Xyzz`] point if it is added to more often than it is
//! doubled. A [`Cached`] point is added more than once while a table is made. Additions are correct
//! for all points. The formulas do not hold if the points are equal or opposite, or if one is at
//! infinity. These cases are handled separately. The running time depends on the points.

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
        let factor = point.x.square_called().sum().sub(three).fold();
        let right = factor.mul_called(&point.x).sum().add(Element::from_form(C::B).sum()).fold();
        point.y.square_called().equals(&right).then_some(point)
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
        let z_squared = self.z.square();
        let y_squared = self.y.square();
        let z = self.y.mul(&self.z);
        let s = self.x.mul(&y_squared);
        let plus = self.x.sum().add(z_squared.sum()).fold();
        let minus = self.x.sum().sub(z_squared.sum()).fold();
        let m = plus.mul_sum(&minus).halve();
        let m = m.double().add(m).fold();
        let x = m.square_sum().sub(s.sum().double()).fold();
        let difference = s.sum().sub(x.sum()).fold();
        let y = m.mul_sum(&difference).sub(y_squared.square_sum()).fold();
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
        let z_squared = self.z.square_called();
        let h = other.x.mul_called(&z_squared).sum().sub(self.x.sum()).fold();
        let z_cubed = z_squared.mul_called(&self.z);
        let r = other_y.mul_called(&z_cubed).sum().sub(self.y.sum()).fold();
        let z = self.z.mul_called(&h);
        self.set_sum(&{ self.x }, &{ self.y }, &h, &r, z);
    }

    /// Adds a point, or subtracts it if `negative` is set. This takes eleven multiplications and
    /// three squarings. It is used to make tables.
    #[inline(never)]
    pub(super) fn add_cached(&mut self, other: &Cached<C, N>, negative: bool) {
        let y = other.point.y;
        let other_y = if negative { Element::ZERO.sum().sub(y.sum()).fold() } else { y };
        if self.is_infinity() {
            *self = Jacobian { y: other_y, ..other.point };
            return;
        }
        let x = self.x.mul_called(&other.z_squared);
        let y = self.y.mul_called(&other.z_cubed);
        let z_squared = self.z.square_called();
        let h = other.point.x.mul_called(&z_squared).sum().sub(x.sum()).fold();
        let z_cubed = z_squared.mul_called(&self.z);
        let r = other_y.mul_called(&z_cubed).sum().sub(y.sum()).fold();
        let z = self.z.mul_called(&other.point.z).mul_called(&h);
        self.set_sum(&x, &y, &h, &r, z);
    }

    /// Finishes an addition. `x` and `y` are the coordinates of this point over the common
    /// denominator of both points. `h` and `r` are the coordinates of the other point minus `x` and
    /// `y`. `z` is the Z of the sum.
    #[inline(never)]
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
        let h_squared = h.square_called();
        let h_cubed = h_squared.mul_called(h);
        let v = x.mul_called(&h_squared);
        self.x = r.square_called().sum().sub(h_cubed.sum()).sub(v.sum().double()).fold();
        let difference = v.sum().sub(self.x.sum()).fold();
        self.y = Element::mul_sub_mul_called(r, &difference, y, &h_cubed);
        self.z = z;
    }

    /// Returns the same point in the other coordinates.
    pub(super) fn to_xyzz(self) -> Xyzz<C, N> {
        let zz = self.z.square_called();
        Xyzz { x: self.x, y: self.y, zz, zzz: zz.mul_called(&self.z) }
    }

    /// Returns the coordinates of points that are not at infinity, as least representatives. All
    /// points share one inversion.
    pub(super) fn normalize(points: &[Self]) -> Vec<Affine<C, N>> {
        let zero = Affine { x: Element::ZERO, y: Element::ZERO };
        let mut affine = vec![zero; points.len()];
        Self::normalize_to(points, &mut affine);
        affine
    }

    /// Does the same as [`normalize`](Self::normalize), and overwrites as many points with the result.
    pub(super) fn normalize_to(points: &[Self], affine: &mut [Affine<C, N>]) {
        // Until the inversion, x is the product of the Z of all points before this one.
        let mut product = Element::ONE;
        for (point, affine) in points.iter().zip(&mut *affine) {
            affine.x = product;
            product = product.mul_called(&point.z);
        }
        let mut inverse = product.invert();
        for (point, affine) in points.iter().zip(affine).rev() {
            let z = inverse.mul_called(&affine.x);
            inverse = inverse.mul_called(&point.z);
            let z_squared = z.square_called();
            let x = point.x.mul_called(&z_squared);
            let y = point.y.mul_called(&z_squared).mul_called(&z);
            *affine = Affine { x: x.least(), y: y.least() };
        }
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
        let y_squared = self.y.square_called();
        let y_cubed = self.y.mul_called(&y_squared);
        let s = self.x.mul_called(&y_squared);
        let plus = self.x.sum().add(self.zz.sum()).fold();
        let minus = self.x.sum().sub(self.zz.sum()).fold();
        let m = plus.mul_called(&minus).sum().halve();
        let m = m.double().add(m).fold();
        self.zz = y_squared.mul_called(&self.zz);
        self.zzz = y_cubed.mul_called(&self.zzz);
        self.x = m.square_called().sum().sub(s.sum().double()).fold();
        let difference = s.sum().sub(self.x.sum()).fold();
        self.y = Element::mul_sub_mul_called(&m, &difference, &self.y, &y_cubed);
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
        let h = other.x.mul_sum(&self.zz).sub(self.x.sum()).fold();
        let r = other_y.mul_sum(&self.zzz).sub(self.y.sum()).fold();
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
        let h_squared = h.square();
        let r_squared = r.square_sum();
        let v = self.x.mul(&h_squared);
        let h_cubed = h_squared.mul(&h);
        let x = r_squared.sub(h_cubed.sum()).sub(v.sum().double()).fold();
        self.zz = self.zz.mul(&h_squared);
        let difference = v.sum().sub(x.sum()).fold();
        self.zzz = self.zzz.mul(&h_cubed);
        self.y = Element::mul_sub_mul(&r, &difference, &self.y, &h_cubed);
        self.x = x;
    }

    /// Returns whether the point has the x coordinate `x`. This compares X with x ZZ, without a
    /// division.
    pub(super) fn has_x(&self, x: &Element<C, N>) -> bool {
        self.x.equals(&self.zz.mul_called(x))
    }
}

impl<C: Curve<N>, const N: usize> Cached<C, N> {
    /// Creates a point that can be added more than once. It must not be at infinity.
    pub(super) fn new(point: Jacobian<C, N>) -> Self {
        let z_squared = point.z.square_called();
        let z_cubed = z_squared.mul_called(&point.z);
        Cached { point, z_squared, z_cubed }
    }
}

#[cfg(test)]
mod tests;
