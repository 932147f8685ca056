//! A public key with its algorithm.

use crate::error::{ErrorKind, Failure};
use crate::key::algorithm::Algorithm;
use crate::key::material::KeyMaterial;
use crate::key::rsa::check_rsa;

/// A public key and the only algorithm that it may be used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey<'a> {
    algorithm: Algorithm,
    material: KeyMaterial<'a>,
}

impl<'a> PublicKey<'a> {
    /// Creates a public key from key material and its algorithm.
    ///
    /// This function does not check whether a point is on its curve. For this check, use
    /// [`signature::validate_key`](crate::signature::validate_key).
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch) if the algorithm does not use
    ///   this kind of key
    /// - [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if an RSA key is not accepted: the modulus
    ///   must be odd and have 2048 to 8192 bits, the exponent must be odd and from 3 to 2^33 - 1,
    ///   and neither may have leading zeros
    pub fn new(algorithm: Algorithm, material: KeyMaterial<'a>) -> Result<PublicKey<'a>, Failure> {
        if algorithm.key_kind() != material.kind() {
            return Err(Failure::new(
                ErrorKind::AlgorithmKeyMismatch,
                format!("{algorithm} with a key of type {}", material.kind()),
            ));
        }
        if let KeyMaterial::Rsa { modulus, exponent } = material {
            check_rsa(modulus, exponent)
                .map_err(|reason| Failure::new(ErrorKind::InvalidCoseKey, reason))?;
        }
        Ok(PublicKey { algorithm, material })
    }

    /// The algorithm of the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The content of the key.
    pub fn material(&self) -> &KeyMaterial<'a> {
        &self.material
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cose_02_each_algorithm_fits_one_kind_of_key() {
        let rsa = [0xff; 256];
        let keys = [
            KeyMaterial::P256 { x: &[1; 32], y: &[1; 32] },
            KeyMaterial::P384 { x: &[1; 48], y: &[1; 48] },
            KeyMaterial::P521 { x: &[1; 66], y: &[1; 66] },
            KeyMaterial::Secp256k1 { x: &[1; 32], y: &[1; 32] },
            KeyMaterial::Ed25519 { x: &[1; 32] },
            KeyMaterial::Ed448 { x: &[1; 57] },
            KeyMaterial::Rsa { modulus: &rsa, exponent: &[3] },
            KeyMaterial::MlDsa44 { public_key: &[1; 1312] },
            KeyMaterial::MlDsa65 { public_key: &[1; 1952] },
            KeyMaterial::MlDsa87 { public_key: &[1; 2592] },
        ];
        for &algorithm in Algorithm::ALL {
            for key in keys {
                match PublicKey::new(algorithm, key) {
                    Ok(_) => assert_eq!(algorithm.key_kind(), key.kind()),
                    Err(failure) => {
                        assert_ne!(algorithm.key_kind(), key.kind());
                        assert_eq!(failure.kind(), ErrorKind::AlgorithmKeyMismatch);
                    }
                }
            }
        }
    }
}
