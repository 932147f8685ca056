//! The field of Ed25519: integers modulo p = 2^255 - 19 (RFC 8032, section 5.1).
//!
//! There are two types, so that a formula handles carries once and not after every step. An
//! [`Element`] is any representative below 2^256, not always the least one. A [`Sum`] has one more
//! limb, which is signed. Additions, subtractions and multiplications return a sum, and
//! [`Sum::fold`] converts it into an element. The running time depends on the values.

use crate::signature::limbs::{self, Number, product, square};

/// p, least significant limb first.
pub(super) const P: Number =
    [0xffff_ffff_ffff_ffed, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff];

/// A square root of -1: 2^((p - 1) / 4) (RFC 8032, section 5.1.3).
const ROOT_OF_MINUS_ONE: Element = Element([
    0xc4ee_1b27_4a0e_a0b0,
    0x2f43_1806_ad2f_e478,
    0x2b4d_0099_3dfb_d7a7,
    0x2b83_2480_4fc1_df0b,
]);

/// 2^256 modulo p.
const TWO_TO_256: u64 = 38;

/// An element of the field. It can be any representative below 2^256. An element has up to three
/// of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element(Number);

/// `low + top * 2^256`, which represents an element until it is folded. `top` stays far below 2^20,
/// because no formula adds more than a few sums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    low: Number,
    top: i64,
}

impl Element {
    pub(super) const ZERO: Element = Element([0; 4]);

    pub(super) const ONE: Element = Element([1, 0, 0, 0]);

    /// Creates the element for a number below 2^256.
    pub(super) const fn from_number(number: Number) -> Element {
        Element(number)
    }

    /// Returns the least number that represents this element.
    pub(super) fn to_number(self) -> Number {
        // A number below 2^256 is below 2 p + 38.
        limbs::sub_once(&limbs::sub_once(&self.0, &P), &P)
    }

    /// Returns the limbs of this representative.
    #[cfg(test)]
    pub(super) fn limbs(self) -> Number {
        self.0
    }

    /// Returns the same element as its least representative.
    pub(super) fn least(self) -> Element {
        Element(self.to_number())
    }

    /// Returns the first and the last limb of this representative.
    #[inline(always)]
    pub(super) fn outer_limbs(&self) -> [u64; 2] {
        [self.0[0], self.0[3]]
    }

    /// Returns the element as an unfolded sum.
    #[inline(always)]
    pub(super) fn sum(self) -> Sum {
        Sum { low: self.0, top: 0 }
    }

    /// Returns the product.
    #[inline(always)]
    pub(super) fn mul(&self, other: &Element) -> Element {
        self.mul_sum(other).fold_product()
    }

    /// Returns the product. This function is never inlined, so that its callers compile faster.
    #[inline(never)]
    pub(super) fn mul_called(&self, other: &Element) -> Element {
        self.mul(other)
    }

    /// Returns the product as an unfolded sum.
    #[inline(always)]
    pub(super) fn mul_sum(&self, other: &Element) -> Sum {
        reduce(product(&self.0, &other.0))
    }

    /// Returns the square. It takes 10 products of limbs instead of 16.
    #[inline(always)]
    pub(super) fn square(&self) -> Element {
        self.square_sum().fold_product()
    }

    /// Returns the square. This function is never inlined.
    #[inline(never)]
    pub(super) fn square_called(&self) -> Element {
        self.square()
    }

    /// Returns the square as an unfolded sum.
    #[inline(always)]
    pub(super) fn square_sum(&self) -> Sum {
        reduce(square(&self.0))
    }

    /// Returns whether the element is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.to_number() == [0; 4]
    }

    /// Returns whether two representatives represent the same element.
    pub(super) fn equals(&self, other: &Element) -> bool {
        self.sum().sub(other.sum()).fold().is_zero()
    }

    /// Returns whether the least representative is odd. RFC 8032 calls such an x negative.
    pub(super) fn is_odd(&self) -> bool {
        let [lowest, ..] = self.to_number();
        lowest & 1 == 1
    }

    /// Returns the inverse, which is the power p - 2 (Fermat's little theorem). The inverse of zero
    /// is zero.
    pub(super) fn invert(&self) -> Element {
        // p - 2 is 2^5 (2^250 - 1) + 11.
        let (ones_250, power_11) = self.powers();
        ones_250.square_times(5).mul_called(&power_11)
    }

    /// Returns a square root of the quotient `self / other`, or `None` if the quotient is not a
    /// square (RFC 8032, section 5.1.3, step 2 and 3). `other` must not be zero.
    pub(super) fn root_of_quotient(&self, other: &Element) -> Option<Element> {
        // p is 5 modulo 8. If u / v is a square, the root is u v^3 (u v^7)^((p - 5) / 8), or this
        // number times a root of -1.
        let v_cubed = other.square_called().mul_called(other);
        let uv_cubed = self.mul_called(&v_cubed);
        let uv_7 = uv_cubed.mul_called(&v_cubed).mul_called(other);
        // (p - 5) / 8 is 2^2 (2^250 - 1) + 1.
        let (ones_250, _) = uv_7.powers();
        let power = ones_250.square_times(2).mul_called(&uv_7);
        let root = uv_cubed.mul_called(&power);
        let square = root.square_called().mul_called(other);
        if square.equals(self) {
            return Some(root);
        }
        let opposite = square.sum().add(self.sum()).fold();
        opposite.is_zero().then(|| root.mul_called(&ROOT_OF_MINUS_ONE))
    }

    /// Returns the powers 2^250 - 1 and 11.
    fn powers(&self) -> (Element, Element) {
        // `ones_k` is the power 2^k - 1.
        let power_2 = self.square_called();
        let power_9 = power_2.square_times(2).mul_called(self);
        let power_11 = power_9.mul_called(&power_2);
        let ones_5 = power_11.square_called().mul_called(&power_9);
        let ones_10 = ones_5.square_times(5).mul_called(&ones_5);
        let ones_20 = ones_10.square_times(10).mul_called(&ones_10);
        let ones_40 = ones_20.square_times(20).mul_called(&ones_20);
        let ones_50 = ones_40.square_times(10).mul_called(&ones_10);
        let ones_100 = ones_50.square_times(50).mul_called(&ones_50);
        let ones_200 = ones_100.square_times(100).mul_called(&ones_100);
        (ones_200.square_times(50).mul_called(&ones_50), power_11)
    }

    /// Returns the power 2^times.
    #[inline(never)]
    fn square_times(&self, times: u32) -> Element {
        let mut power = *self;
        for _ in 0..times {
            power = power.square();
        }
        power
    }
}

impl Sum {
    /// Returns a representative below 2^256 of the same element.
    #[inline(always)]
    pub(super) fn fold(self) -> Element {
        // In two's complement. `sign` extends the sign of the number that is added.
        let more = self.top * TWO_TO_256 as i64;
        let sign = (more >> 63).cast_unsigned();
        let [a, b, c, d] = self.low;
        let (a, carry) = a.carrying_add(more.cast_unsigned(), false);
        let (b, carry) = b.carrying_add(sign, carry);
        let (c, carry) = c.carrying_add(sign, carry);
        let (d, carry) = d.carrying_add(sign, carry);
        let top = sign.wrapping_add(carry as u64);
        if top != 0 {
            return fold_again(Sum { low: [a, b, c, d], top: top.cast_signed() });
        }
        Element([a, b, c, d])
    }

    /// Does the same as [`fold`](Sum::fold), for a sum that is not negative, for example a product.
    #[inline(always)]
    pub(super) fn fold_product(self) -> Element {
        let [a, b, c, d] = self.low;
        let (a, carry) = a.carrying_add(self.top.cast_unsigned() * TWO_TO_256, false);
        let (b, carry) = b.carrying_add(0, carry);
        let (c, carry) = c.carrying_add(0, carry);
        let (d, carry) = d.carrying_add(0, carry);
        if carry {
            return fold_again(Sum { low: [a, b, c, d], top: 1 });
        }
        Element([a, b, c, d])
    }

    #[inline(always)]
    pub(super) fn add(self, other: Sum) -> Sum {
        let (low, carry) = limbs::add(&self.low, &other.low);
        Sum { low, top: self.top + other.top + carry as i64 }
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Sum) -> Sum {
        let (low, borrow) = limbs::sub(&self.low, &other.low);
        Sum { low, top: self.top - other.top - borrow as i64 }
    }

    #[inline(always)]
    pub(super) fn double(self) -> Sum {
        let [a, b, c, d] = self.low;
        let low = [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63];
        Sum { low, top: self.top << 1 | (d >> 63).cast_signed() }
    }
}

/// Folds again, in the case that the first fold overflows. This is very rare for numbers that look
/// random.
#[cold]
#[inline(never)]
fn fold_again(sum: Sum) -> Element {
    sum.fold()
}

/// Returns the low half plus 38 times the high half, which is the same element.
#[inline(always)]
fn reduce((low, high): (Number, Number)) -> Sum {
    let ([a, b, c, d], [e, f, g, h]) = (low, high);
    let (low_0, high_0) = e.carrying_mul(TWO_TO_256, 0);
    let (low_1, high_1) = f.carrying_mul(TWO_TO_256, 0);
    let (low_2, high_2) = g.carrying_mul(TWO_TO_256, 0);
    let (low_3, high_3) = h.carrying_mul(TWO_TO_256, 0);
    let (b, carry) = b.carrying_add(high_0, false);
    let (c, carry) = c.carrying_add(high_1, carry);
    let (d, carry) = d.carrying_add(high_2, carry);
    let top = high_3 + carry as u64;
    let (a, carry) = a.carrying_add(low_0, false);
    let (b, carry) = b.carrying_add(low_1, carry);
    let (c, carry) = c.carrying_add(low_2, carry);
    let (d, carry) = d.carrying_add(low_3, carry);
    Sum { low: [a, b, c, d], top: (top + carry as u64).cast_signed() }
}

/// Returns whether a number is below p.
pub(super) fn is_below_p(a: &Number) -> bool {
    limbs::is_below(a, &P)
}

#[cfg(test)]
pub(super) mod tests;
