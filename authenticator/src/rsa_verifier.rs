//! RSA signature verification with another implementation.

use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::algorithm;
use crate::error::AuthenticatorError;

/// The COSE number of RSASSA-PKCS1-v1_5 with SHA-1. No key of this crate signs with it.
const RS1: i64 = -65535;

/// Verifies RSA signatures with the `rsa` crate, for tests and benchmarks that compare it with
/// another implementation.
///
/// ```
/// use webauthn_verify_authenticator::{PrivateKey, PublicNumbers, RsaVerifier, algorithm};
///
/// let key = PrivateKey::from_seed(algorithm::RS256, b"alice")?;
/// let PublicNumbers::Rsa { modulus, exponent } = key.public_numbers() else { panic!() };
/// let verifier = RsaVerifier::new(&modulus, &exponent)?;
/// assert!(verifier.verifies(algorithm::RS256, b"message", &key.sign(b"message")));
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RsaVerifier {
    key: RsaPublicKey,
}

impl RsaVerifier {
    /// Creates a verifier from the modulus and the exponent, both big-endian.
    ///
    /// # Errors
    ///
    /// Returns an error if the `rsa` crate rejects the key.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<RsaVerifier, AuthenticatorError> {
        let number = BoxedUint::from_be_slice_vartime;
        let key = RsaPublicKey::new(number(modulus), number(exponent)).map_err(|error| {
            AuthenticatorError::new(format!("the numbers are not an RSA public key: {error}"))
        })?;
        Ok(RsaVerifier { key })
    }

    /// Returns whether the signature is valid for this algorithm: RS256, RS384, RS512, PS256,
    /// PS384, PS512 or RS1 (-65535). Returns `false` for every other algorithm.
    #[must_use]
    pub fn verifies(&self, algorithm: i64, message: &[u8], signature: &[u8]) -> bool {
        let sha256 = || Sha256::digest(message);
        let sha384 = || Sha384::digest(message);
        let sha512 = || Sha512::digest(message);
        let pkcs1 =
            |scheme: Pkcs1v15Sign, digest: &[u8]| self.key.verify(scheme, digest, signature);
        let verdict = match algorithm {
            RS1 => pkcs1(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message)),
            algorithm::RS256 => pkcs1(Pkcs1v15Sign::new::<Sha256>(), &sha256()),
            algorithm::RS384 => pkcs1(Pkcs1v15Sign::new::<Sha384>(), &sha384()),
            algorithm::RS512 => pkcs1(Pkcs1v15Sign::new::<Sha512>(), &sha512()),
            algorithm::PS256 => {
                self.key.verify(Pss::<Sha256>::new_with_salt(32), &sha256(), signature)
            }
            algorithm::PS384 => {
                self.key.verify(Pss::<Sha384>::new_with_salt(48), &sha384(), signature)
            }
            algorithm::PS512 => {
                self.key.verify(Pss::<Sha512>::new_with_salt(64), &sha512(), signature)
            }
            _ => return false,
        };
        verdict.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::private_key::PrivateKey;
    use crate::public_numbers::PublicNumbers;

    #[test]
    fn each_algorithm_verifies_its_own_signatures_only() {
        let algorithms = [
            algorithm::RS256,
            algorithm::RS384,
            algorithm::RS512,
            algorithm::PS256,
            algorithm::PS384,
            algorithm::PS512,
        ];
        let key = PrivateKey::from_seed(algorithm::RS256, b"one").unwrap();
        let PublicNumbers::Rsa { modulus, exponent } = key.public_numbers() else { panic!() };
        let verifier = RsaVerifier::new(&modulus, &exponent).unwrap();
        for signing in algorithms {
            let signature = key.clone().with_algorithm(signing).unwrap().sign(b"sample");
            for verifying in algorithms {
                let verdict = verifier.verifies(verifying, b"sample", &signature);
                assert_eq!(verdict, signing == verifying, "{signing} {verifying}");
            }
            assert!(!verifier.verifies(signing, b"simple", &signature));
            assert!(!verifier.verifies(RS1, b"sample", &signature));
            assert!(!verifier.verifies(algorithm::ES256, b"sample", &signature));
        }
        let info = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
        let signed = [&info[..], &Sha1::digest(b"sample")].concat();
        assert!(verifier.verifies(RS1, b"sample", &key.sign_digest_info(&signed).unwrap()));
        assert!(RsaVerifier::new(&[], &[]).is_err());
    }
}
