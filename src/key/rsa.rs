//! The accepted sizes of RSA keys.

/// The minimum size. Shorter RSA keys can be factored with effort (RFC 8230, section 6.1).
const MIN_RSA_BITS: usize = 2048;

/// The maximum size. Longer RSA keys only take more time.
pub(crate) const MAX_RSA_BITS: usize = 8192;

/// The largest accepted RSA exponent. Common libraries also use the limit 2^33 - 1.
const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

/// The largest RSA exponent in certificates: 2^16 + 1. Nearly all keys use it. A larger exponent
/// only makes verification slower.
pub(crate) const MAX_USUAL_RSA_EXPONENT: u64 = 65537;

/// Returns the value of these big-endian bytes if it fits in 64 bits, which is enough for every
/// accepted exponent.
pub(crate) fn rsa_exponent(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0_u64, |value, byte| Some(value.checked_mul(256)? | u64::from(*byte)))
}

/// Returns the number of bits of a big-endian number.
pub(crate) fn bit_length(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros() as usize);
    // On 32-bit targets, `usize` may be too small for a length in bits.
    number.len().saturating_mul(8) - zeros
}

/// Checks the size and form of an RSA key. Returns the reason if it is not accepted.
pub(crate) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), &'static str> {
    if modulus.is_empty() {
        return Err("the RSA modulus is empty");
    }
    if modulus.first() == Some(&0) || exponent.first() == Some(&0) {
        return Err("an RSA number has a leading zero byte");
    }
    let bits = bit_length(modulus);
    if bits < MIN_RSA_BITS {
        return Err("the RSA modulus is shorter than 2048 bits");
    }
    if bits > MAX_RSA_BITS {
        return Err("the RSA modulus is longer than 8192 bits");
    }
    if modulus.last().is_some_and(|byte| byte % 2 == 0) {
        return Err("the RSA modulus is even");
    }
    let Some(value) = rsa_exponent(exponent) else {
        return Err("the RSA exponent is larger than 2^33 - 1");
    };
    if value < 3 || value % 2 == 0 {
        return Err("the RSA exponent is not an odd number of at least 3");
    }
    if value > MAX_RSA_EXPONENT {
        return Err("the RSA exponent is larger than 2^33 - 1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulus(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = 0xff >> (modulus.len() * 8 - bits);
        modulus
    }

    #[test]
    fn cose_16_modulus_is_2048_to_8192_bits_without_leading_zero() {
        for bits in [2048, 2049, 3482, 4096, 8192] {
            assert_eq!(check_rsa(&modulus(bits), &[1, 0, 1]), Ok(()), "{bits}");
        }
        for bits in [1024, 2047, 8193] {
            assert!(check_rsa(&modulus(bits), &[1, 0, 1]).is_err(), "{bits}");
        }
        let mut padded = modulus(2048);
        padded.insert(0, 0);
        assert!(check_rsa(&padded, &[1, 0, 1]).is_err());
        assert!(check_rsa(&[], &[1, 0, 1]).is_err());
        let mut even = modulus(2048);
        even[255] = 0xfe;
        assert!(check_rsa(&even, &[1, 0, 1]).is_err());
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri writes all zeros to memory")]
    fn cose_16_a_modulus_with_more_bits_than_a_u32_can_count_is_too_long() {
        // 2^32 bits longer than the shortest modulus. The added bits are zeros, which are never
        // written to memory.
        let mut modulus = vec![0; (1 << 29) + 256];
        (modulus[0], *modulus.last_mut().unwrap()) = (0x80, 1);
        let reason = "the RSA modulus is longer than 8192 bits";
        assert_eq!(check_rsa(&modulus, &[1, 0, 1]), Err(reason));
    }

    #[test]
    fn cose_17_exponent_is_odd_and_from_3_to_2_33() {
        for good in [&[3][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(check_rsa(&modulus(2048), good), Ok(()), "{good:?}");
        }
        for bad in [&[][..], &[1], &[2], &[0, 1, 0, 1], &[2, 0, 0, 0, 1], &[1; 9]] {
            assert!(check_rsa(&modulus(2048), bad).is_err(), "{bad:?}");
        }
    }
}
