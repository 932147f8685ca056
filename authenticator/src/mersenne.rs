//! Mersenne numbers, which give large primes without a search.

/// Returns the number 2^`bits` - 1, big-endian. It is prime if `bits` is, for example, 31, 521,
/// 1279, 2203, 3217 or 4423.
#[must_use]
pub fn mersenne(bits: usize) -> Vec<u8> {
    let mut number = vec![0xff; bits.div_ceil(8)];
    if let Some(first) = number.first_mut() {
        *first = 0xff >> (bits.wrapping_neg() % 8);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_requested_bits_are_set() {
        assert_eq!(mersenne(31), [0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(mersenne(16), [0xff, 0xff]);
        assert_eq!(mersenne(9), [1, 0xff]);
        assert_eq!(mersenne(0), [0; 0]);
    }
}
