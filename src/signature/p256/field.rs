//! The field of P-256: integers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186, section
//! 3.2.1.3), in Montgomery form with R = 2^256.
//!
//! There are two types, so that a formula handles carries once and not after every step. An
//! [`Element`] is any representative below 2^256, not always the least one. A [`Sum`] has one more
//! limb, which is signed. Additions, subtractions and multiplications return a sum, and
//! [`Sum::fold`] converts it into an element. The running time depends on the values.

/// p, least significant limb first.
pub(super) const P: [u64; 4] =
    [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// R^2 modulo p. Multiplying by it converts a number into Montgomery form.
const R_SQUARED: [u64; 4] =
    [0x0000_0000_0000_0003, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd];

/// An element of the field in Montgomery form. It can be any representative below 2^256.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element([u64; 4]);

/// `low + top * 2^256`, which represents an element until it is folded. `top` stays far below 2^20,
/// because no formula adds more than a few sums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    low: [u64; 4],
    top: i64,
}

impl Element {
    pub(super) const ZERO: Element = Element([0; 4]);

    /// 1, which is R modulo p in Montgomery form.
    pub(super) const ONE: Element = Element([1, 0xffff_ffff_0000_0000, u64::MAX, 0xffff_fffe]);

    /// Creates the element that has these limbs in Montgomery form.
    pub(super) const fn from_montgomery(limbs: [u64; 4]) -> Element {
        Element(limbs)
    }

    /// Returns the least representative in Montgomery form.
    pub(super) fn to_montgomery(self) -> [u64; 4] {
        subtract_p_once(self.0)
    }

    /// Returns the same element as its least representative.
    pub(super) fn least(self) -> Element {
        Element(self.to_montgomery())
    }

    /// Creates the element for a number below 2^256.
    pub(super) fn from_number(limbs: [u64; 4]) -> Element {
        Element(limbs).mul(&Element(R_SQUARED)).fold()
    }

    /// Returns the least number that represents this element.
    #[cfg(test)]
    pub(super) fn to_number(self) -> [u64; 4] {
        subtract_p_once(Element(self.0).mul(&Element([1, 0, 0, 0])).fold().0)
    }

    /// Returns the element as an unfolded sum.
    #[inline(always)]
    pub(super) fn sum(self) -> Sum {
        Sum { low: self.0, top: 0 }
    }

    /// Returns the product.
    #[inline(always)]
    pub(super) fn mul(&self, other: &Element) -> Sum {
        reduce(&product(&self.0, &other.0))
    }

    /// Returns the square. It takes 10 products of limbs instead of 16.
    #[inline(always)]
    pub(super) fn square(&self) -> Sum {
        reduce(&square(&self.0))
    }

    /// Returns `a * b - c * d`, with one reduction.
    #[inline(always)]
    pub(super) fn mul_sub_mul(a: &Element, b: &Element, c: &Element, d: &Element) -> Sum {
        let (difference, borrow) = subtract_wide(&product(&a.0, &b.0), &product(&c.0, &d.0));
        // A borrow is -2^512 before the reduction and -2^256 after it.
        let sum = reduce(&difference);
        Sum { low: sum.low, top: sum.top - borrow as i64 }
    }

    /// Returns p minus the element if `negative` is all ones, or the element itself if `negative`
    /// is zero. The representative must be the least one.
    #[inline(always)]
    pub(super) fn negate_least_if(&self, negative: u64) -> Element {
        // The complement of a is 2^256 - 1 - a. p - a is smaller by 2^224 - 2^192 - 2^96.
        let [a, b, c, d] = self.0;
        let b = (b ^ negative).overflowing_sub(negative & 0xffff_ffff_0000_0000);
        let c = (c ^ negative).overflowing_sub(negative);
        let c_borrow = c.0.overflowing_sub(b.1 as u64);
        let d = (d ^ negative)
            .wrapping_sub(negative & 0xffff_fffe)
            .wrapping_sub((c.1 | c_borrow.1) as u64);
        Element([a ^ negative, b.0, c_borrow.0, d])
    }

    /// Returns whether the element is zero. The only representatives of zero below 2^256 are 0 and
    /// p.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> bool {
        let [a, b, c, d] = self.0;
        (a | b | c | d) == 0 || (a ^ P[0] | b ^ P[1] | c ^ P[2] | d ^ P[3]) == 0
    }

    /// Returns whether two representatives represent the same element.
    pub(super) fn equals(&self, other: &Element) -> bool {
        self.sum().sub(other.sum()).fold().is_zero()
    }

    /// Returns the inverse, which is the power p - 2 (Fermat's little theorem). The inverse of zero
    /// is zero.
    pub(super) fn invert(&self) -> Element {
        // p - 2 in binary has 32 ones, 31 zeros, 1, 96 zeros, 94 ones, 0, 1. `ones_k` is the power
        // 2^k - 1.
        let ones_2 = self.square().fold().mul(self).fold();
        let ones_4 = ones_2.square_times(2).mul(&ones_2).fold();
        let ones_6 = ones_4.square_times(2).mul(&ones_2).fold();
        let ones_8 = ones_4.square_times(4).mul(&ones_4).fold();
        let ones_16 = ones_8.square_times(8).mul(&ones_8).fold();
        let ones_32 = ones_16.square_times(16).mul(&ones_16).fold();
        let ones_64_from_128 = ones_32.square_times(32).mul(self).fold().square_times(128);
        let mut power = ones_64_from_128.mul(&ones_32).fold();
        power = power.square_times(32).mul(&ones_32).fold();
        power = power.square_times(16).mul(&ones_16).fold();
        power = power.square_times(8).mul(&ones_8).fold();
        power = power.square_times(6).mul(&ones_6).fold();
        power.square_times(2).mul(self).fold()
    }

    /// Returns the power 2^times.
    fn square_times(&self, times: u32) -> Element {
        let mut power = *self;
        let mut done = 0;
        while done < times {
            power = power.square().fold();
            done += 1;
        }
        power
    }
}

impl Sum {
    /// Returns the four low limbs, without the signed limb.
    #[cfg(test)]
    pub(super) fn limbs(self) -> [u64; 4] {
        self.low
    }

    /// Returns a representative below 2^256 of the same element.
    #[inline(always)]
    pub(super) fn fold(self) -> Element {
        // Modulo p, 2^256 is 2^224 - 2^192 - 2^96 + 1. `top` times that is added to `low`, in two's
        // complement. `sign` and `opposite` extend the signs of top and -top.
        let top = self.top.cast_unsigned();
        let sign = (self.top >> 63).cast_unsigned();
        let opposite = (-self.top >> 63).cast_unsigned();
        let shifted = top << 32;
        let [a, b, c, d] = self.low;
        let (a, carry) = a.carrying_add(top, false);
        let (b, carry) = b.carrying_add(sign.wrapping_sub(shifted), carry);
        let (c, carry) = c.carrying_add(opposite, carry);
        let (d, carry) = d.carrying_add(shifted.wrapping_sub(top).wrapping_add(opposite), carry);
        let top = sign.wrapping_add(carry as u64);
        if top != 0 {
            return fold_again(Sum { low: [a, b, c, d], top: top.cast_signed() });
        }
        Element([a, b, c, d])
    }

    /// Does the same as [`fold`](Sum::fold), for a product or square to which nothing was added.
    /// Such a sum is below 2^256 + p.
    #[inline(always)]
    pub(super) fn fold_product(self) -> Element {
        // If there is a carry, subtract p. The result is below 2^256.
        let carry = self.top.cast_unsigned().wrapping_neg();
        let (a, borrow) = self.low[0].borrowing_sub(carry, false);
        let (b, borrow) = self.low[1].borrowing_sub(carry >> 32, borrow);
        let (c, borrow) = self.low[2].borrowing_sub(0, borrow);
        let (d, _) = self.low[3].borrowing_sub(carry & P[3], borrow);
        Element([a, b, c, d])
    }

    #[inline(always)]
    pub(super) fn add(self, other: Sum) -> Sum {
        let ([a, b, c, d], [e, f, g, h]) = (self.low, other.low);
        let (a, carry) = a.carrying_add(e, false);
        let (b, carry) = b.carrying_add(f, carry);
        let (c, carry) = c.carrying_add(g, carry);
        let (d, carry) = d.carrying_add(h, carry);
        Sum { low: [a, b, c, d], top: self.top + other.top + carry as i64 }
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Sum) -> Sum {
        let ([a, b, c, d], [e, f, g, h]) = (self.low, other.low);
        let (a, borrow) = a.borrowing_sub(e, false);
        let (b, borrow) = b.borrowing_sub(f, borrow);
        let (c, borrow) = c.borrowing_sub(g, borrow);
        let (d, borrow) = d.borrowing_sub(h, borrow);
        Sum { low: [a, b, c, d], top: self.top - other.top - borrow as i64 }
    }

    /// Returns half of a non-negative sum.
    #[inline(always)]
    pub(super) fn halve(self) -> Sum {
        // p is odd, so adding p to an odd number makes it even.
        let odd = (self.low[0] & 1).wrapping_neg();
        let even = self.add(Sum { low: [odd, odd >> 32, 0, odd & P[3]], top: 0 });
        let ([a, b, c, d], top) = (even.low, even.top.cast_unsigned());
        let low = [a >> 1 | b << 63, b >> 1 | c << 63, c >> 1 | d << 63, d >> 1 | top << 63];
        Sum { low, top: even.top >> 1 }
    }

    #[inline(always)]
    pub(super) fn double(self) -> Sum {
        let [a, b, c, d] = self.low;
        let low = [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63];
        Sum { low, top: self.top << 1 | (d >> 63).cast_signed() }
    }
}

/// Folds again, in the rare case (one in 2^31 random numbers) that the first fold overflows.
#[cold]
#[inline(never)]
fn fold_again(sum: Sum) -> Element {
    sum.fold()
}

/// Montgomery reduction (Handbook of Applied Cryptography, algorithm 14.32). Returns `wide / R`,
/// which is below 2^256 + p.
#[inline(always)]
fn reduce(wide: &[u64; 8]) -> Sum {
    let [a, b, c, d, e, f, g, h] = *wide;
    let low = reduce_limb(reduce_limb(reduce_limb(reduce_limb([a, b, c, d]))));
    // The low half is now at most p, so there is at most one carry.
    Sum { low, top: 0 }.add(Sum { low: [e, f, g, h], top: 0 })
}

/// Returns `(low + m * p) / 2^64` for the m that makes the division exact. p is -1 modulo 2^64, so
/// m is the lowest limb. p + 1 is 2^96 (2^160 - 2^128 + 2^96 + 1), so one multiplication is enough.
#[inline(always)]
fn reduce_limb(low: [u64; 4]) -> [u64; 4] {
    let [m, a, b, c] = low;
    let (product_low, product_high) = m.carrying_mul(P[3], 0);
    let (a, carry) = a.carrying_add(m << 32, false);
    let (b, carry) = b.carrying_add(m >> 32, carry);
    let (c, carry) = c.carrying_add(product_low, carry);
    [a, b, c, product_high + carry as u64]
}

/// Returns the product of two 256-bit numbers.
#[inline(always)]
fn product(a: &[u64; 4], b: &[u64; 4]) -> [u64; 8] {
    let [w0, t1, t2, t3, t4] = row(a[0], b);
    let (w1, t2, t3, t4, t5) = add_row([t1, t2, t3, t4], row(a[1], b));
    let (w2, t3, t4, t5, t6) = add_row([t2, t3, t4, t5], row(a[2], b));
    let (w3, w4, w5, w6, w7) = add_row([t3, t4, t5, t6], row(a[3], b));
    [w0, w1, w2, w3, w4, w5, w6, w7]
}

/// Returns the product of one limb and a number of four limbs.
#[inline(always)]
fn row(a: u64, b: &[u64; 4]) -> [u64; 5] {
    let (low_0, high_0) = a.carrying_mul(b[0], 0);
    let (low_1, high_1) = a.carrying_mul(b[1], 0);
    let (low_2, high_2) = a.carrying_mul(b[2], 0);
    let (low_3, high_3) = a.carrying_mul(b[3], 0);
    let (t1, carry) = high_0.carrying_add(low_1, false);
    let (t2, carry) = high_1.carrying_add(low_2, carry);
    let (t3, carry) = high_2.carrying_add(low_3, carry);
    [low_0, t1, t2, t3, high_3 + carry as u64]
}

/// Adds four limbs to a row.
#[inline(always)]
fn add_row(sum: [u64; 4], row: [u64; 5]) -> (u64, u64, u64, u64, u64) {
    let (t0, carry) = sum[0].carrying_add(row[0], false);
    let (t1, carry) = sum[1].carrying_add(row[1], carry);
    let (t2, carry) = sum[2].carrying_add(row[2], carry);
    let (t3, carry) = sum[3].carrying_add(row[3], carry);
    (t0, t1, t2, t3, row[4] + carry as u64)
}

/// Returns the square of a 256-bit number. The products of two different limbs are computed once
/// and doubled, and the squares of the limbs are added.
#[inline(always)]
fn square(a: &[u64; 4]) -> [u64; 8] {
    let (t1, t2) = a[0].carrying_mul(a[1], 0);
    let (t2, t3) = a[0].carrying_mul_add(a[2], t2, 0);
    let (t3, t4) = a[0].carrying_mul_add(a[3], t3, 0);
    let (t3, carry) = a[1].carrying_mul_add(a[2], t3, 0);
    let (t4, t5) = a[1].carrying_mul_add(a[3], t4, carry);
    let (t5, t6) = a[2].carrying_mul_add(a[3], t5, 0);
    let t7 = t6 >> 63;
    let t6 = t6 << 1 | t5 >> 63;
    let t5 = t5 << 1 | t4 >> 63;
    let t4 = t4 << 1 | t3 >> 63;
    let t3 = t3 << 1 | t2 >> 63;
    let t2 = t2 << 1 | t1 >> 63;
    let t1 = t1 << 1;
    let (w0, high_0) = a[0].carrying_mul(a[0], 0);
    let (low_1, high_1) = a[1].carrying_mul(a[1], 0);
    let (low_2, high_2) = a[2].carrying_mul(a[2], 0);
    let (low_3, high_3) = a[3].carrying_mul(a[3], 0);
    let (w1, carry) = t1.carrying_add(high_0, false);
    let (w2, carry) = t2.carrying_add(low_1, carry);
    let (w3, carry) = t3.carrying_add(high_1, carry);
    let (w4, carry) = t4.carrying_add(low_2, carry);
    let (w5, carry) = t5.carrying_add(high_2, carry);
    let (w6, carry) = t6.carrying_add(low_3, carry);
    [w0, w1, w2, w3, w4, w5, w6, t7 + high_3 + carry as u64]
}

/// Returns the difference of two 512-bit numbers, and whether it is negative.
#[inline(always)]
fn subtract_wide(a: &[u64; 8], b: &[u64; 8]) -> ([u64; 8], bool) {
    let (w0, borrow) = a[0].borrowing_sub(b[0], false);
    let (w1, borrow) = a[1].borrowing_sub(b[1], borrow);
    let (w2, borrow) = a[2].borrowing_sub(b[2], borrow);
    let (w3, borrow) = a[3].borrowing_sub(b[3], borrow);
    let (w4, borrow) = a[4].borrowing_sub(b[4], borrow);
    let (w5, borrow) = a[5].borrowing_sub(b[5], borrow);
    let (w6, borrow) = a[6].borrowing_sub(b[6], borrow);
    let (w7, borrow) = a[7].borrowing_sub(b[7], borrow);
    ([w0, w1, w2, w3, w4, w5, w6, w7], borrow)
}

/// Returns the number minus p, and whether the difference is negative.
fn subtract_p(a: &[u64; 4]) -> ([u64; 4], bool) {
    let (w0, borrow) = a[0].borrowing_sub(P[0], false);
    let (w1, borrow) = a[1].borrowing_sub(P[1], borrow);
    let (w2, borrow) = a[2].borrowing_sub(P[2], borrow);
    let (w3, borrow) = a[3].borrowing_sub(P[3], borrow);
    ([w0, w1, w2, w3], borrow)
}

/// Subtracts p from the number, unless the number is below p.
fn subtract_p_once(a: [u64; 4]) -> [u64; 4] {
    let (difference, is_below) = subtract_p(&a);
    if is_below { a } else { difference }
}

/// Returns whether a number is below p.
pub(super) fn is_below_p(a: &[u64; 4]) -> bool {
    subtract_p(a).1
}

#[cfg(test)]
mod tests;
