//! The field of a curve: integers modulo the prime p.
//!
//! There are two types, so that a formula handles carries once and not after every step. An
//! [`Element`] is any representative with N limbs, not always the least one. A [`Sum`] has one more
//! limb, which is signed. Additions, subtractions and multiplications return a sum, and
//! [`Sum::fold`] converts it into an element. The running time depends on the values.

use core::marker::PhantomData;

use super::super::{lehmer, limbs};
use super::curve::Curve;

/// An element of the field, in the form of its curve. The number of the limbs is below 2 p, and
/// for P-521 below 2^521 + 2^60.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<C, const N: usize>([u64; N], PhantomData<C>);

/// `low + top * 2^(64 N)`, which represents an element until it is folded.
///
/// The formulas add only a few sums, so `top` stays from -4 to 4. A fold is right at least from
/// -2^8 to 2^8 - 1. This is the bound of P-521, which shifts `top` by 55 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum<C, const N: usize> {
    pub(super) low: [u64; N],
    pub(super) top: i64,
    curve: PhantomData<C>,
}

impl<C: Curve<N>, const N: usize> Element<C, N> {
    pub(super) const ZERO: Self = Element::from_form([0; N]);
    pub(super) const ONE: Self = Element::from_form(C::ONE);

    /// Creates the element from its limbs in the form of the curve.
    pub(super) const fn from_form(limbs: [u64; N]) -> Self {
        Element(limbs, PhantomData)
    }

    /// Returns the least representative in the form of the curve.
    pub(super) fn to_form(self) -> [u64; N] {
        limbs::sub_once(&self.0, &C::P)
    }

    /// Returns the same element as its least representative.
    pub(super) fn least(self) -> Self {
        Element::from_form(self.to_form())
    }

    /// Returns the first and the last limb of this representative.
    #[inline(always)]
    pub(super) fn outer_limbs(&self) -> [u64; 2] {
        [self.0[0], self.0[N - 1]]
    }

    /// Creates the element for a number below p.
    pub(super) fn from_number(number: [u64; N]) -> Self {
        Element::from_form(number).mul_called(&Element::from_form(C::TO_FORM))
    }

    /// Returns the least number that represents this element.
    pub(super) fn to_number(self) -> [u64; N] {
        let mut one = [0; N];
        one[0] = 1;
        self.mul_called(&Element::from_form(one)).to_form()
    }

    /// Returns the element as an unfolded sum.
    #[inline(always)]
    pub(super) fn sum(self) -> Sum<C, N> {
        Sum::new(self.0, 0)
    }

    /// Whether `mul`, `mul_sum`, `square`, `square_sum` and `mul_sub_mul` are inlined. Inlined products
    /// make a verification faster, but the crate takes longer to compile. Only P-256 has them, because
    /// nearly all logins use this curve. They are used in the two formulas that a verification repeats
    /// most often. All other code calls the functions whose names end in `called`.
    const INLINED: bool = N == 4;

    /// Returns the product.
    #[inline(always)]
    pub(super) fn mul(&self, other: &Self) -> Self {
        if Self::INLINED { self.product(other).fold_product() } else { self.mul_called(other) }
    }

    /// Returns the product. This function is never inlined, so that its callers compile faster.
    #[inline(never)]
    pub(super) fn mul_called(&self, other: &Self) -> Self {
        self.product(other).fold_product()
    }

    /// Returns the product as a sum. For P-256, the sum is not folded.
    #[inline(always)]
    pub(super) fn mul_sum(&self, other: &Self) -> Sum<C, N> {
        if Self::INLINED { self.product(other) } else { self.mul_called(other).sum() }
    }

    #[inline(always)]
    fn product(&self, other: &Self) -> Sum<C, N> {
        let (low, high) = limbs::product(&self.0, &other.0);
        Sum::reduced(low, high)
    }

    /// Returns the square. It takes N (N + 1) / 2 products of limbs instead of N^2.
    #[inline(always)]
    pub(super) fn square(&self) -> Self {
        if Self::INLINED { self.product_with_self().fold_product() } else { self.square_called() }
    }

    /// Returns the square. This function is never inlined.
    #[inline(never)]
    pub(super) fn square_called(&self) -> Self {
        self.product_with_self().fold_product()
    }

    /// Returns the square as a sum. For P-256, the sum is not folded.
    #[inline(always)]
    pub(super) fn square_sum(&self) -> Sum<C, N> {
        if Self::INLINED { self.product_with_self() } else { self.square_called().sum() }
    }

    #[inline(always)]
    fn product_with_self(&self) -> Sum<C, N> {
        let (low, high) = limbs::square(&self.0);
        Sum::reduced(low, high)
    }

    /// Returns `a * b - c * d`, with one reduction.
    #[inline(always)]
    pub(super) fn mul_sub_mul(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        if Self::INLINED {
            Self::difference_of_products(a, b, c, d).fold()
        } else {
            Self::mul_sub_mul_called(a, b, c, d)
        }
    }

    /// Returns `a * b - c * d`. This function is never inlined.
    #[inline(never)]
    pub(super) fn mul_sub_mul_called(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        Self::difference_of_products(a, b, c, d).fold()
    }

    #[inline(always)]
    fn difference_of_products(a: &Self, b: &Self, c: &Self, d: &Self) -> Sum<C, N> {
        let (ab, cd) = (limbs::product(&a.0, &b.0), limbs::product(&c.0, &d.0));
        let (low, borrow) = limbs::sub(&ab.0, &cd.0);
        let (high, borrow) = limbs::sub_with_borrow(&ab.1, &cd.1, borrow);
        // A borrow is -2^(128 N). Montgomery reduction divides it by 2^(64 N). P-521 keeps N limbs
        // of the quotient by 2^521, in two's complement. In both cases, -1 is missing above these
        // N limbs.
        let sum = Sum::<C, N>::reduced(low, high);
        Sum::new(sum.low, sum.top - borrow as i64)
    }

    /// Returns p minus the element if `negative` is all ones, or the element itself if `negative`
    /// is zero. The representative must be the least one.
    #[inline(always)]
    pub(super) fn negate_least_if(&self, negative: u64) -> Self {
        // In two's complement, p - a is p + !a + 1.
        let mut limbs = self.0;
        let mut carry = negative != 0;
        let mut i = 0;
        while i < N {
            (limbs[i], carry) = (limbs[i] ^ negative).carrying_add(C::P[i] & negative, carry);
            i += 1;
        }
        Element::from_form(limbs)
    }

    /// Returns whether the element is zero. Its only representatives are 0 and p.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> bool {
        // The lowest limb is enough to tell nearly all other elements from zero.
        (self.0[0] == 0 || self.0[0] == C::P[0]) && self.is_zero_or_p()
    }

    #[cold]
    fn is_zero_or_p(&self) -> bool {
        self.0 == [0; N] || self.0 == C::P
    }

    /// Returns whether two representatives represent the same element.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.sum().sub(other.sum()).fold().is_zero()
    }

    /// Returns the inverse. The inverse of zero is zero.
    pub(super) fn invert(&self) -> Self {
        let inverse = lehmer::invert(&self.to_number(), &C::P);
        Element::from_number(inverse.unwrap_or([0; N]))
    }
}

impl<C: Curve<N>, const N: usize> Sum<C, N> {
    #[inline(always)]
    pub(super) fn new(low: [u64; N], top: i64) -> Self {
        Sum { low, top, curve: PhantomData }
    }

    /// Reduces a product, from its low and its high half.
    #[inline(always)]
    fn reduced(low: [u64; N], high: [u64; N]) -> Self {
        let (low, top) = C::reduce(low, high);
        Sum::new(low, top)
    }

    /// Returns a representative of the same element with N limbs.
    #[inline(always)]
    pub(super) fn fold(self) -> Element<C, N> {
        debug_assert!((-4..=4).contains(&self.top));
        Element::from_form(C::fold(self.low, self.top))
    }

    /// Does the same as [`fold`](Sum::fold), for a product or square to which nothing was added.
    #[inline(always)]
    pub(super) fn fold_product(self) -> Element<C, N> {
        Element::from_form(C::fold_reduced(self.low, self.top))
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        let (low, carry) = limbs::add(&self.low, &other.low);
        Sum::new(low, self.top + other.top + carry as i64)
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        let (low, borrow) = limbs::sub(&self.low, &other.low);
        Sum::new(low, self.top - other.top - borrow as i64)
    }

    /// Returns half of a non-negative sum.
    #[inline(always)]
    pub(super) fn halve(self) -> Self {
        // p is odd, so adding p to an odd number makes it even.
        let odd = (self.low[0] & 1).wrapping_neg();
        let mut p = C::P;
        let mut i = 0;
        while i < N {
            p[i] &= odd;
            i += 1;
        }
        let mut even = self.add(Sum::new(p, 0));
        let mut i = 0;
        while i < N {
            let above = if i + 1 < N { even.low[i + 1] } else { even.top.cast_unsigned() };
            even.low[i] = even.low[i] >> 1 | above << 63;
            i += 1;
        }
        Sum::new(even.low, even.top >> 1)
    }

    #[inline(always)]
    pub(super) fn double(self) -> Self {
        let mut low = self.low;
        let mut i = 0;
        while i < N {
            let below = if i == 0 { 0 } else { self.low[i - 1] };
            low[i] = self.low[i] << 1 | below >> 63;
            i += 1;
        }
        Sum::new(low, self.top << 1 | (self.low[N - 1] >> 63).cast_signed())
    }
}

#[cfg(test)]
mod tests;
