//! Numbers modulo l, the order of the base point (RFC 8032, section 5.1).

use crate::signature::limbs::{self, Number, product};

/// l = 2^252 + 27742317777372353535851937790883648493.
pub(super) const L: Number = [LOW[0], LOW[1], 0, 1 << 60];

/// l - 2^252. Modulo l, 2^252 is the opposite of this number.
const LOW: [u64; 2] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6];

/// Returns the product of two numbers modulo l.
pub(super) fn multiply(a: &Number, b: &Number) -> Number {
    let ([a, b, c, d], [e, f, g, h]) = product(a, b);
    reduce(&[a, b, c, d, e, f, g, h])
}

/// Returns a 512-bit number modulo l.
pub(super) fn reduce(number: &[u64; 8]) -> Number {
    // Each product is below 2^385, 2^258 and 2^131.
    let (high, low) = split(number);
    let (high, second) = split(&times_low(&high));
    let (high, third) = split(&times_low(&high));
    let (_, fourth) = split(&times_low(&high));
    // The number is `low - second + third - fourth` modulo l. With 2 l, this is positive.
    let twice_l = limbs::add(&L, &L).0;
    let sum = limbs::add(&limbs::add(&low, &third).0, &twice_l).0;
    let mut least = limbs::sub(&limbs::sub(&sum, &second).0, &fourth).0;
    loop {
        let (difference, is_below) = limbs::sub(&least, &L);
        if is_below {
            return least;
        }
        least = difference;
    }
}

/// Returns the number divided by 2^252, and the remainder.
fn split(number: &[u64; 8]) -> ([u64; 5], Number) {
    let [a, b, c, d, e, f, g, h] = *number;
    let high = [d >> 60 | e << 4, e >> 60 | f << 4, f >> 60 | g << 4, g >> 60 | h << 4, h >> 60];
    (high, [a, b, c, d & (u64::MAX >> 4)])
}

/// Returns the product with `LOW`, for a number below 2^260.
fn times_low(number: &[u64; 5]) -> [u64; 8] {
    let mut product = [0; 8];
    for (position, limb) in LOW.iter().enumerate() {
        let mut carry = 0;
        for (to, from) in product.iter_mut().skip(position).zip(number) {
            (*to, carry) = from.carrying_mul_add(*limb, *to, carry);
        }
        if let Some(to) = product.get_mut(position + number.len()) {
            *to = carry;
        }
    }
    product
}

/// Returns the number if it is odd, or the next odd number.
pub(super) fn next_odd(number: &Number) -> Number {
    let [lowest, rest @ ..] = *number;
    let [a, b, c] = rest;
    [lowest | 1, a, b, c]
}

#[cfg(test)]
pub(super) mod tests;
