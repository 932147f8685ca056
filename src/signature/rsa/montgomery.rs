//! Powers modulo an odd number, in Montgomery form (Handbook of Applied Cryptography, section
//! 14.3).
//!
//! Numbers are 64-bit limbs, least significant first. For k limbs, R is 2^(64·k). Factors are below
//! R, but not always below the modulus. Until the last multiplication, any representative of a
//! residue is enough. All of this code takes variable time, on public numbers.
//!
//! Nearly all of the time is spent in [`multiply_strip`]. The registers of x86-64 hold four limbs
//! of one factor. The sums are chains of `carrying_add`, which compile to add-with-carry
//! instructions.

#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "every slice has as many limbs as the modulus or twice as many, set in Modulus::new; \
              truncation to the low half of a product is intended"
)]

use crate::key::MAX_RSA_BITS;

/// The number of limbs of the longest modulus.
const MAX_LIMBS: usize = MAX_RSA_BITS / 64;

/// The number of limbs of one factor that are multiplied together.
const STRIP: usize = 4;

/// A number as long as the longest modulus.
type Number = [u64; MAX_LIMBS];

/// An odd modulus n.
#[derive(Clone)]
pub(super) struct Modulus {
    n: Number,
    /// The number of limbs of a number modulo n.
    length: usize,
    /// The number of limbs without the padding.
    significant: usize,
    /// -1/n modulo 2^64.
    inverse: u64,
}

impl Modulus {
    /// Creates a modulus from big-endian bytes. Returns `None` if it is even, too long, or a single
    /// limb.
    pub(super) fn new(bytes: &[u8]) -> Option<Modulus> {
        let n = number(bytes)?;
        let significant = n.iter().rposition(|limb| *limb != 0)? + 1;
        if n[0].is_multiple_of(2) || significant < 2 {
            return None;
        }
        let length = significant.next_multiple_of(STRIP);
        Some(Modulus { n, length, significant, inverse: negated_inverse(n[0]) })
    }

    /// Returns the number of bits of n.
    pub(super) fn bits(&self) -> usize {
        let highest = self.n[self.significant - 1];
        64 * self.significant - highest.leading_zeros() as usize
    }

    fn n(&self) -> &[u64] {
        &self.n[..self.length]
    }

    /// Writes base^exponent mod n to `power`. Both are big-endian. Returns `None` if the base is
    /// not below n, or if the exponent is even or less than 3.
    pub(super) fn power(&self, base: &[u8], exponent: u64, power: &mut [u8]) -> Option<()> {
        let base = number(base)?;
        if exponent < 3 || exponent.is_multiple_of(2) || !less(&base, &self.n) {
            return None;
        }
        let base = &base[..self.length];
        let mut wide = [0; 2 * MAX_LIMBS];
        let wide = &mut wide[..2 * self.length];
        let mut form = [0; MAX_LIMBS];
        let form = &mut form[..self.length];
        self.to_montgomery(base, wide, form);
        let mut result = [0; MAX_LIMBS];
        let result = &mut result[..self.length];
        result.copy_from_slice(form);
        for bit in (1..exponent.ilog2()).rev() {
            self.square(result, wide);
            if exponent >> bit & 1 == 1 {
                self.multiply(result, form, wide);
            }
        }
        // The last bit is set. The factor `base` is not in Montgomery form, so the product is not
        // either.
        self.square(result, wide);
        self.multiply(result, base, wide);
        if !less(result, self.n()) {
            subtract(result, self.n());
        }
        write(result, power);
        Some(())
    }

    /// Writes number·R mod n to `form`, for a number below n, by long division (The Art of Computer
    /// Programming, volume 2, algorithm D). This takes half as many products as a multiplication by
    /// R² mod n, and does not need R² mod n.
    fn to_montgomery(&self, number: &[u64], wide: &mut [u64], form: &mut [u64]) {
        let length = self.significant;
        let shift = self.n[length - 1].leading_zeros();
        let mut minus = [0; MAX_LIMBS];
        let minus = &mut minus[..length];
        shift_left(&self.n[..length], shift, minus);
        let divisor = Divisor::new(minus[length - 1], minus[length - 2]);
        negate(minus);
        wide.fill(0);
        shift_left(&number[..length], shift, &mut wide[self.length..self.length + length]);
        for low in (0..self.length).rev() {
            let (window, top) = wide[low..=low + length].split_at_mut(length);
            let q = divisor.quotient(top[0], window[length - 1], window[length - 2]);
            // Subtract q times the modulus by adding q times its complement, 2^(64·length) minus
            // the modulus.
            let carry = multiply_add(window, minus, q);
            let mut above = top[0].wrapping_add(carry).wrapping_sub(q);
            // The quotient was too large. Add the modulus back.
            while above != 0 {
                above = above.wrapping_add(u64::from(!subtract(window, minus)));
            }
        }
        shift_right(&wide[..length], shift, &mut form[..length]);
    }

    /// Replaces a by a·b/R mod n.
    fn multiply(&self, a: &mut [u64], b: &[u64], wide: &mut [u64]) {
        product(a, b, wide);
        self.reduce(wide, a);
    }

    /// Replaces a by a·a/R mod n.
    fn square(&self, a: &mut [u64], wide: &mut [u64]) {
        square(a, wide);
        self.reduce(wide, a);
    }

    /// Writes wide/R mod n to `result`, below R. `wide` must be below R·R.
    #[inline(never)]
    fn reduce(&self, wide: &mut [u64], result: &mut [u64]) {
        let Some((low, high)) = self.n().split_first_chunk() else { return };
        let mut carry = false;
        for start in (0..self.length).step_by(STRIP) {
            let (t, above) = wide[start..].split_at_mut(self.length);
            let (t, rest) = t.split_at_mut(STRIP);
            let (m, mut sum) = self.clear(t, low);
            multiply_strip(rest, high, &m, &mut sum);
            carry = add(&mut above[..STRIP], &sum, carry);
        }
        result.copy_from_slice(&wide[self.length..]);
        if carry {
            subtract(result, self.n());
        }
    }

    /// Returns the m for which all limbs of t become zero in t + m·n, and the limbs of t + m·n
    /// above them. `n` contains only the lowest limbs of n.
    #[inline(always)]
    fn clear(&self, t: &[u64], n: &[u64; STRIP]) -> ([u64; STRIP], [u64; STRIP]) {
        let mut rest = [t[0], t[1], t[2], t[3]];
        let mut m = [0; STRIP];
        for m in &mut m {
            *m = rest[0].wrapping_mul(self.inverse);
            let (_, mut carry) = m.carrying_mul_add(n[0], rest[0], 0);
            for i in 1..STRIP {
                (rest[i - 1], carry) = m.carrying_mul_add(n[i], rest[i], carry);
            }
            rest[STRIP - 1] = carry;
        }
        (m, rest)
    }
}

/// Computes t + a·b + carry. The low limbs are written to `t`, which is as long as `a`, and the
/// limbs above them to `carry`. The length is a multiple of [`STRIP`].
#[inline(never)]
fn multiply_strip(t: &mut [u64], a: &[u64], b: &[u64; STRIP], carry: &mut [u64; STRIP]) {
    let mut sum = *carry;
    // Four limbs at a time, so that the carried limbs stay in their registers. In a loop over single
    // limbs, each moves to the next register.
    for (t, a) in t.as_chunks_mut::<STRIP>().0.iter_mut().zip(a.as_chunks::<STRIP>().0) {
        for (t, a) in t.iter_mut().zip(a) {
            sum = multiply_limb(t, *a, b, sum);
        }
    }
    *carry = sum;
}

/// Computes t + a·b + carry. The lowest limb is written to `t`. Returns the limbs above it.
#[inline(always)]
fn multiply_limb(t: &mut u64, a: u64, b: &[u64; STRIP], carry: [u64; STRIP]) -> [u64; STRIP] {
    // Compute t + a·b, then add the carried limbs. The result has at most five limbs.
    let (p0, high0) = a.carrying_mul(b[0], *t);
    let (low1, high1) = a.carrying_mul(b[1], 0);
    let (low2, high2) = a.carrying_mul(b[2], 0);
    let (low3, high3) = a.carrying_mul(b[3], 0);
    let (p1, k) = low1.overflowing_add(high0);
    let (p2, k) = low2.carrying_add(high1, k);
    let (p3, k) = low3.carrying_add(high2, k);
    let p4 = high3 + u64::from(k);
    let k;
    (*t, k) = p0.overflowing_add(carry[0]);
    let (c0, k) = carry[1].carrying_add(p1, k);
    let (c1, k) = carry[2].carrying_add(p2, k);
    let (c2, k) = carry[3].carrying_add(p3, k);
    [c0, c1, c2, p4 + u64::from(k)]
}

/// Writes a·b to `wide`.
#[inline(never)]
fn product(a: &[u64], b: &[u64], wide: &mut [u64]) {
    wide[..a.len()].fill(0);
    for (start, b) in (0..).step_by(STRIP).zip(b.as_chunks().0) {
        let (t, above) = wide[start..].split_at_mut(a.len());
        let mut sum = [0; STRIP];
        multiply_strip(t, a, b, &mut sum);
        above[..STRIP].copy_from_slice(&sum);
    }
}

/// Writes a·a to `wide`. The products of different limbs are computed once and doubled, and then
/// the squares of the limbs are added.
#[inline(never)]
fn square(a: &[u64], wide: &mut [u64]) {
    wide[..a.len()].fill(0);
    for (start, b) in (0..).step_by(STRIP).zip(a.as_chunks().0) {
        let rest = &a[start + STRIP..];
        let (t, above) = wide[2 * start..].split_at_mut(STRIP + rest.len());
        let (t, t_rest) = t.split_at_mut(STRIP);
        let mut sum = square_chunk(t, b);
        multiply_strip(t_rest, rest, b, &mut sum);
        above[..STRIP].copy_from_slice(&sum);
    }
    let (mut shifted, mut carry) = (0, false);
    for (t, a) in wide.as_chunks_mut::<2>().0.iter_mut().zip(a) {
        let (low, high) = a.carrying_mul(*a, 0);
        let doubled = [t[0] << 1 | shifted, t[1] << 1 | t[0] >> 63];
        shifted = t[1] >> 63;
        (t[0], carry) = doubled[0].carrying_add(low, carry);
        (t[1], carry) = doubled[1].carrying_add(high, carry);
    }
}

/// Adds the products of different limbs of a, each once, to t. Returns the limbs above t.
#[inline(always)]
fn square_chunk(t: &mut [u64], a: &[u64; STRIP]) -> [u64; STRIP] {
    let k;
    (t[1], k) = a[0].carrying_mul_add(a[1], t[1], 0);
    let k2;
    (t[2], k2) = a[0].carrying_mul_add(a[2], t[2], k);
    let (t3, c0) = a[0].carrying_mul_add(a[3], t[3], k2);
    let k;
    (t[3], k) = a[1].carrying_mul_add(a[2], t3, 0);
    let (c0, c1) = a[1].carrying_mul_add(a[3], c0, k);
    let (c1, c2) = a[2].carrying_mul_add(a[3], c1, 0);
    [c0, c1, c2, 0]
}

/// Adds a·b to t. Returns the limb above t.
fn multiply_add(t: &mut [u64], a: &[u64], b: u64) -> u64 {
    let ((t, t_rest), (a, a_rest)) = (t.as_chunks_mut(), a.as_chunks());
    let mut carry = 0;
    // The four products do not depend on each other. Only their sums do.
    for ([t0, t1, t2, t3], [a0, a1, a2, a3]) in t.iter_mut().zip(a) {
        let (p0, high_0) = a0.carrying_mul(b, carry);
        let (p1, high_1) = a1.carrying_mul(b, 0);
        let (p2, high_2) = a2.carrying_mul(b, 0);
        let (p3, high_3) = a3.carrying_mul(b, 0);
        let (p1, c) = p1.carrying_add(high_0, false);
        let (p2, c) = p2.carrying_add(high_1, c);
        let (p3, c) = p3.carrying_add(high_2, c);
        let p4 = high_3 + u64::from(c);
        let mut c = false;
        for (t, p) in [(t0, p0), (t1, p1), (t2, p2), (t3, p3)] {
            (*t, c) = t.carrying_add(p, c);
        }
        carry = p4 + u64::from(c);
    }
    for (t, a) in t_rest.iter_mut().zip(a_rest) {
        (*t, carry) = a.carrying_mul_add(b, *t, carry);
    }
    carry
}

/// Adds b and the carry to a. Returns the new carry.
fn add(a: &mut [u64], b: &[u64], mut carry: bool) -> bool {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, carry) = a.carrying_add(*b, carry);
    }
    carry
}

/// Subtracts b from a. Returns whether there is a borrow.
fn subtract(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = false;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, borrow) = a.borrowing_sub(*b, borrow);
    }
    borrow
}

/// Replaces a by 2^(64·length) - a.
fn negate(a: &mut [u64]) {
    let mut carry = true;
    for a in a {
        (*a, carry) = (!*a).carrying_add(0, carry);
    }
}

/// Returns whether a < b. Both must have the same length.
fn less(a: &[u64], b: &[u64]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Writes from·2^shift to `to`. The shift must be below 64 and must not lose bits.
fn shift_left(from: &[u64], shift: u32, to: &mut [u64]) {
    let mut below = 0;
    for (from, to) in from.iter().zip(to) {
        let wide = u128::from(*from) << shift;
        *to = wide as u64 | below;
        below = (wide >> 64) as u64;
    }
}

/// Writes from / 2^shift to `to`. The shift must be below 64.
fn shift_right(from: &[u64], shift: u32, to: &mut [u64]) {
    let mut above = 0;
    for (from, to) in from.iter().zip(to).rev() {
        *to = ((u128::from(above) << 64 | u128::from(*from)) >> shift) as u64;
        above = *from;
    }
}

/// Returns -1/n modulo 2^64 for an odd n, by Newton's iteration. n is its own inverse modulo 8, and
/// each step doubles the number of correct bits.
fn negated_inverse(n: u64) -> u64 {
    let step = |x: u64| x.wrapping_mul(2u64.wrapping_sub(n.wrapping_mul(x)));
    step(step(step(step(step(n))))).wrapping_neg()
}

/// The two highest limbs of a divisor, whose highest bit must be set, and their reciprocal. v is
/// (2^192 - 1) / (2^64·d1 + d0) - 2^64, rounded down (Möller and Granlund, "Improved division by
/// invariant integers", 2011).
struct Divisor {
    d1: u64,
    d0: u64,
    v: u64,
}

impl Divisor {
    /// Computes the reciprocal (algorithm 6).
    fn new(d1: u64, d0: u64) -> Divisor {
        // The cast removes the highest bit, which is 2^64.
        let mut v = (u128::MAX / u128::from(d1)) as u64;
        let (mut p, overflow) = d1.wrapping_mul(v).overflowing_add(d0);
        if overflow {
            v -= 1;
            if p >= d1 {
                v -= 1;
                p = p.wrapping_sub(d1);
            }
            p = p.wrapping_sub(d1);
        }
        let (t0, t1) = v.carrying_mul(d0, 0);
        let (p, overflow) = p.overflowing_add(t1);
        if overflow {
            v -= 1;
            if (p, t0) >= (d1, d0) {
                v -= 1;
            }
        }
        Divisor { d1, d0, v }
    }

    /// Divides three limbs by the two limbs of the divisor (algorithm 4). Returns the quotient,
    /// rounded down, if it is below 2^64, and 2^64 - 1 otherwise.
    #[inline(always)]
    fn quotient(&self, u2: u64, u1: u64, u0: u64) -> u64 {
        if (u2, u1) >= (self.d1, self.d0) {
            return u64::MAX;
        }
        let (q0, q1) = self.v.carrying_mul_add(u2, u1, 0);
        let q1 = q1.wrapping_add(u2);
        // The remainder for the quotient q1 + 1, modulo 2^128.
        let d = u128::from(self.d1) << 64 | u128::from(self.d0);
        let u = u128::from(u1.wrapping_sub(q1.wrapping_mul(self.d1))) << 64 | u128::from(u0);
        let r = u.wrapping_sub(u128::from(self.d0) * u128::from(q1)).wrapping_sub(d);
        let too_large = (r >> 64) as u64 >= q0;
        let q = q1.wrapping_add(u64::from(!too_large));
        let r = r.wrapping_add(if too_large { d } else { 0 });
        q.wrapping_add(u64::from(r >= d))
    }
}

/// Reads a number from big-endian bytes. Returns `None` if it is too long.
fn number(bytes: &[u8]) -> Option<Number> {
    let mut number = [0; MAX_LIMBS];
    let (first, chunks) = bytes.as_rchunks();
    if bytes.len() > size_of::<Number>() {
        return None;
    }
    for (limb, chunk) in number.iter_mut().zip(chunks.iter().rev()) {
        *limb = u64::from_be_bytes(*chunk);
    }
    if !first.is_empty() {
        number[chunks.len()] = first.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    Some(number)
}

/// Writes as many of the lowest bytes of a number as fit, big-endian.
fn write(number: &[u64], bytes: &mut [u8]) {
    let (first, chunks) = bytes.as_rchunks_mut();
    for (chunk, limb) in chunks.iter_mut().rev().zip(number) {
        *chunk = limb.to_be_bytes();
    }
    if let Some(limb) = number.get(chunks.len()) {
        let digits = limb.to_be_bytes();
        let start = digits.len() - first.len();
        first.copy_from_slice(&digits[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    /// Returns a pseudorandom number with `count` limbs.
    fn limbs(count: usize, seed: u64) -> Vec<u64> {
        let mut state = seed;
        let mut next = || {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let x = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ x >> 31
        };
        (0..count).map(|_| next()).collect()
    }

    fn big(limbs: &[u64]) -> BigUint {
        BigUint::from_bytes_le(
            &limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect::<Vec<_>>(),
        )
    }

    fn one() -> BigUint {
        BigUint::from(1u8)
    }

    /// Returns odd numbers with this many bits, at the edges and in between.
    fn moduli(bits: usize) -> Vec<BigUint> {
        let half = one() << (bits - 1);
        let random = (big(&limbs(bits.div_ceil(64), bits as u64)) % &half) | one();
        let highest = one() << (bits - 64);
        vec![
            &half + one(),
            &half + (&highest >> 128usize) - one(),
            &half + &random,
            (&half << 1usize) - one(),
            (&half << 1usize) - &highest - one(),
            (&half << 1usize) - (&half >> 200usize) + one(),
        ]
    }

    /// Returns bases at the edges, and bases that make an estimated digit of the quotient too
    /// large.
    fn bases(n: &BigUint, bits: usize) -> Vec<BigUint> {
        let ones = |count: usize| (one() << (64 * count)) - one();
        let mut bases = vec![0u8.into(), one(), 2u8.into(), n - one(), n >> 1usize, ones(1)];
        bases.extend([ones(bits / 64 - 1), n - ones(3), (n >> 1usize) + one()]);
        bases.extend((1..4).map(|seed| big(&limbs(bits.div_ceil(64), seed)) % n));
        bases.extend([3, u64::MAX, 1 << 63].map(|digit: u64| (n * digit) >> 64usize));
        bases
    }

    fn check(n: &BigUint, base: &BigUint, exponent: u64) {
        let modulus = Modulus::new(&n.to_bytes_be()).unwrap();
        let mut power = vec![0xaa; n.to_bytes_be().len()];
        modulus.power(&base.to_bytes_be(), exponent, &mut power).unwrap();
        let expected = base.modpow(&exponent.into(), n);
        assert_eq!(BigUint::from_bytes_be(&power), expected, "{base:x}^{exponent} mod {n:x}");
    }

    #[test]
    fn powers_agree_with_big_integers() {
        for bits in [2048, 2049, 2111, 2112, 2113, 2304, 3072, 3482, 4096, 8129, 8192] {
            for n in moduli(bits) {
                assert_eq!(Modulus::new(&n.to_bytes_be()).unwrap().bits(), bits);
                for base in bases(&n, bits) {
                    check(&n, &base, 3);
                }
                check(&n, &(big(&limbs(bits.div_ceil(64), 9)) % &n), 65_537);
            }
        }
    }

    #[test]
    fn any_exponent_is_supported() {
        for n in moduli(2050) {
            let base = big(&limbs(33, 5)) % &n;
            for exponent in [3, 5, 7, 17, 257, 65_535, 65_537, 65_539, 0x1_5555_5555, 0x1_ffff_ffff]
            {
                check(&n, &base, exponent);
                check(&n, &(&n - one()), exponent);
            }
        }
    }

    #[test]
    fn powers_are_right_for_short_moduli() {
        for bits in 300..=400 {
            for n in moduli(bits) {
                check(&n, &(&n - one()), 5);
                check(&n, &(big(&limbs(7, bits as u64)) % &n), 65_537);
            }
        }
    }

    #[test]
    fn any_representative_below_r_can_be_multiplied() {
        for bits in [2048, 2049, 2240] {
            for n in moduli(bits) {
                let modulus = Modulus::new(&n.to_bytes_be()).unwrap();
                let length = modulus.length;
                let r = one() << (64 * length);
                let mut wide = vec![0; 2 * length];
                let largest = vec![u64::MAX; length];
                for a in [largest.clone(), limbs(length, 1), vec![0; length]] {
                    for b in [largest.clone(), limbs(length, 2)] {
                        let mut product = a.clone();
                        modulus.multiply(&mut product, &b, &mut wide);
                        assert_eq!(big(&product) * &r % &n, big(&a) * big(&b) % &n);
                    }
                    let mut square = a.clone();
                    modulus.square(&mut square, &mut wide);
                    assert_eq!(big(&square) * &r % &n, big(&a) * big(&a) % &n);
                }
            }
        }
    }

    #[test]
    fn squares_and_products_are_exact() {
        for length in (STRIP..=MAX_LIMBS).step_by(STRIP) {
            for a in [vec![u64::MAX; length], limbs(length, 3), vec![1 << 63; length]] {
                let mut wide = vec![7; 2 * length];
                square(&a, &mut wide);
                assert_eq!(big(&wide), big(&a) * big(&a), "{length}");
                wide.fill(7);
                let b = limbs(length, 4);
                product(&a, &b, &mut wide);
                assert_eq!(big(&wide), big(&a) * big(&b), "{length}");
            }
        }
    }

    #[test]
    fn quotients_of_three_limbs_by_two_are_rounded_down() {
        let edges =
            [0, 1, 2, 1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX, 0x1234_5678_9abc_def0];
        let mut checked = 0;
        for d1 in edges.into_iter().chain(limbs(20, 6)).filter(|d1| d1 >> 63 == 1) {
            for d0 in edges.into_iter().chain(limbs(4, 7)) {
                let divisor = Divisor::new(d1, d0);
                let d = big(&[d0, d1]);
                assert_eq!(big(&[divisor.v, 1]), big(&[u64::MAX; 3]) / &d);
                for u2 in edges.into_iter().chain([d1 - 1, d1, d1 >> 1]) {
                    for u1 in edges.into_iter().chain([d0.wrapping_sub(1), d0]) {
                        for u0 in edges {
                            let expected = (big(&[u0, u1, u2]) / &d).min(u64::MAX.into());
                            let quotient = BigUint::from(divisor.quotient(u2, u1, u0));
                            assert_eq!(quotient, expected, "{u2:x} {u1:x} {u0:x} by {d:x}");
                            checked += 1;
                        }
                    }
                }
            }
        }
        assert!(checked > 80_000, "{checked}");
    }

    #[test]
    fn an_invalid_modulus_or_base_is_rejected() {
        assert!(Modulus::new(&[]).is_none());
        assert!(Modulus::new(&[0; 256]).is_none());
        assert!(Modulus::new(&[0xff; 8]).is_none(), "one limb");
        assert!(Modulus::new(&[0xff; 9]).is_some());
        assert!(Modulus::new(&[&[0xff; 255][..], &[0xfe]].concat()).is_none(), "even");
        assert!(Modulus::new(&[0xff; 1024]).is_some());
        assert!(Modulus::new(&[0xff; 1025]).is_none());

        let n = [0xff; 256];
        let modulus = Modulus::new(&n).unwrap();
        let mut power = [0; 256];
        assert!(modulus.power(&n, 3, &mut power).is_none(), "n");
        assert!(modulus.power(&[&[1][..], &[0; 256]].concat(), 3, &mut power).is_none(), "above");
        assert!(modulus.power(&[2], 3, &mut power).is_some());
        for exponent in [0, 1, 2, 65_536] {
            assert!(modulus.power(&[2], exponent, &mut power).is_none(), "{exponent}");
        }
    }
}
