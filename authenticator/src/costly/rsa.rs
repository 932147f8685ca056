//! RSA keys with signatures that take long to verify.

use crate::mersenne::mersenne;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;

/// Returns an RS256 key of 7640 bits with the exponent 65537. Verification takes about as long as
/// with 8192 bits.
#[must_use]
pub fn large_rsa() -> PrivateKey {
    PrivateKey::rs256(&mersenne(4423), &mersenne(3217)).unwrap()
}

/// Returns an RS256 key of 8192 bits with the exponent 2^33 - 9, which is large and has most of its
/// bits set.
#[must_use]
pub fn slow_rsa() -> PrivateKey {
    let primes = [4423, 3217, 521, 31].map(mersenne);
    let primes: Vec<&[u8]> = primes.iter().map(Vec::as_slice).collect();
    PrivateKey::rsa_of_primes(&primes, (1 << 33) - 9).unwrap()
}

/// Returns an RSA public key of 8192 bits with the exponent 2^33 - 1. Its private key is unknown.
#[must_use]
pub fn slowest_rsa() -> PublicNumbers {
    PublicNumbers::Rsa { modulus: vec![0xff; 1024], exponent: vec![1, 0xff, 0xff, 0xff, 0xff] }
}

/// Returns a signature as long as one of [`slowest_rsa`]. It is invalid for every message.
#[must_use]
pub fn wrong_rsa_signature() -> Vec<u8> {
    vec![0x7f; 1024]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_keys_have_the_documented_size() {
        let PublicNumbers::Rsa { modulus, .. } = large_rsa().public_numbers() else { panic!() };
        assert_eq!((modulus.len(), modulus[0] >> 7), (955, 1));
        let PublicNumbers::Rsa { modulus, exponent } = slow_rsa().public_numbers() else {
            panic!()
        };
        assert_eq!((modulus.len(), modulus[0] >> 7), (1024, 1));
        assert_eq!(exponent, [1, 0xff, 0xff, 0xff, 0xf7]);
    }
}
