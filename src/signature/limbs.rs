//! Numbers of N limbs, least significant limb first.
//!
//! The loops have constant bounds, so the compiler unrolls them for each N.
#![allow(clippy::indexing_slicing, reason = "indices are bounded by the lengths of fixed arrays")]

/// A 256-bit number.
pub(super) type Number = [u64; 4];

/// Reads a number from big-endian bytes. Bytes above the number are ignored.
pub(super) fn from_be_bytes<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut number = [0; N];
    for (to, from) in number.iter_mut().zip(bytes.rchunks(8)) {
        *to = from.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    number
}

/// Returns the sum and its carry.
#[inline(always)]
pub(super) fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut sum = *a;
    let mut carry = false;
    let mut i = 0;
    while i < N {
        (sum[i], carry) = a[i].carrying_add(b[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// Returns the difference, and whether it is negative.
#[inline(always)]
pub(super) fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    sub_with_borrow(a, b, false)
}

/// Returns the difference minus the borrow of the limbs below, and whether it is negative.
#[inline(always)]
pub(super) fn sub_with_borrow<const N: usize>(
    a: &[u64; N],
    b: &[u64; N],
    mut borrow: bool,
) -> ([u64; N], bool) {
    let mut difference = *a;
    let mut i = 0;
    while i < N {
        (difference[i], borrow) = a[i].borrowing_sub(b[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// Subtracts `b` from `a`, unless the difference is negative.
#[inline(always)]
pub(super) fn sub_once<const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let (difference, is_negative) = sub(a, b);
    if is_negative { *a } else { difference }
}

pub(super) fn is_below<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    sub(a, b).1
}

/// Returns the low and the high half of the product.
#[inline(always)]
pub(super) fn product<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    let mut low = [0; N];
    let mut high = [0; N];
    let mut i = 0;
    while i < N {
        let (row, top) = multiple(b, a[i]);
        let (sum, carry) = add(&high, &row);
        // The lowest limb is final. The others move down.
        low[i] = sum[0];
        let mut j = 1;
        while j < N {
            high[j - 1] = sum[j];
            j += 1;
        }
        high[N - 1] = top + carry as u64;
        i += 1;
    }
    (low, high)
}

/// Returns a number times one limb, and the limb above it.
#[inline(always)]
pub(super) fn multiple<const N: usize>(a: &[u64; N], limb: u64) -> ([u64; N], u64) {
    let mut product = [0; N];
    let (mut above, mut carry) = (0, false);
    let mut i = 0;
    while i < N {
        let (low, high) = limb.carrying_mul(a[i], 0);
        (product[i], carry) = low.carrying_add(above, carry);
        above = high;
        i += 1;
    }
    (product, above + carry as u64)
}

/// Returns the low and the high half of the square. The products of two different limbs are
/// computed once and doubled, and the squares of the limbs are added.
#[inline(always)]
pub(super) fn square<const N: usize>(a: &[u64; N]) -> ([u64; N], [u64; N]) {
    // Limb k of the wide number.
    macro_rules! limb {
        ($low:ident, $high:ident, $k:expr) => {
            if $k < N { &mut $low[$k] } else { &mut $high[$k - N] }
        };
    }
    let (mut low, mut high) = ([0; N], [0; N]);
    let mut i = 0;
    while i < N {
        let mut carry = 0;
        let mut j = i + 1;
        while j < N {
            let to = limb!(low, high, i + j);
            (*to, carry) = a[i].carrying_mul_add(a[j], *to, carry);
            j += 1;
        }
        *limb!(low, high, i + N) = carry;
        i += 1;
    }
    let (mut below, mut carry) = (0, false);
    let mut i = 0;
    while i < N {
        let (square_low, square_high) = a[i].carrying_mul(a[i], 0);
        for (k, part) in [(2 * i, square_low), (2 * i + 1, square_high)] {
            let to = limb!(low, high, k);
            let doubled = *to << 1 | below >> 63;
            below = *to;
            (*to, carry) = doubled.carrying_add(part, carry);
        }
        i += 1;
    }
    (low, high)
}

/// Returns the number of bits without leading zeros.
pub(super) fn bits<const N: usize>(number: &[u64; N]) -> usize {
    let zeros = number.iter().rev().take_while(|limb| **limb == 0).count();
    let highest = number.iter().rev().find(|limb| **limb != 0);
    64 * (N - zeros) - highest.map_or(0, |limb| limb.leading_zeros() as usize)
}

/// Returns 64 bits, starting at `bit`. Bits above the number are zero.
pub(super) fn bits_from(limbs: &[u64], bit: usize) -> u64 {
    let limb = |index: usize| limbs.get(index).copied().unwrap_or(0);
    let shift = bit % 64;
    // Shift by 64 in two steps, because shifting by the full width of a number overflows.
    limb(bit / 64) >> shift | limb(bit / 64 + 1) << 1 << (63 - shift)
}

#[cfg(test)]
pub(super) mod tests;
