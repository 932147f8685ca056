//! Authorities whose keys follow from their names.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::algorithm::Algorithm;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::mersenne::mersenne;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;

/// 2025-06-15 15:06:40 UTC, in seconds since 1970. Every certificate made here is valid then, unless
/// you choose another validity.
pub const NOW: u64 = 1_750_000_000;

/// [`NOW`] as a time of the system.
#[must_use]
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// The ES256 key of the authority, or of anything else, with this name: the same as
/// [`PrivateKey::from_seed`] makes from the name.
#[must_use]
pub fn key(name: &str) -> PrivateKey {
    PrivateKey::es256_from(&mut SeededRandom::new(name.as_bytes(), Algorithm::Es256.name()))
}

/// A distinguished name with a common name and nothing else.
pub fn name(common_name: &str) -> DistinguishedName {
    DistinguishedName::new().common_name(common_name)
}

/// An RSA key of 3482 bits that needs no search for primes: its primes are 2^1279 - 1 and
/// 2^2203 - 1.
#[must_use]
#[allow(clippy::expect_used, reason = "these two numbers are always primes of an RSA key")]
pub fn rsa_key() -> PrivateKey {
    PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).expect("two primes")
}

/// A certificate with the name and the key of this subject, and without extensions.
pub fn bare(subject: &str) -> CertificateBuilder {
    CertificateBuilder::new(&name(subject), &key(subject).public_numbers())
}

/// A certificate that lets this subject issue others.
pub fn ca(subject: &str) -> CertificateBuilder {
    ca_with_path_length(subject, None)
}

/// Like [`ca`], with a limit on how many authorities may stand below it.
pub fn ca_with_path_length(subject: &str, path_length: Option<u8>) -> CertificateBuilder {
    bare(subject).basic_constraints(true, path_length).key_usage(CertificateBuilder::KEY_CERT_SIGN)
}

/// A certificate for the attestation key "leaf".
pub fn leaf() -> CertificateBuilder {
    bare("leaf").basic_constraints(false, None).key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
}

/// The subject of an attestation certificate that packed attestation accepts (§8.2.1).
pub fn attestation_subject() -> DistinguishedName {
    DistinguishedName::new()
        .country("AA")
        .organization("Maker")
        .organizational_unit("Authenticator Attestation")
        .common_name("Authenticator")
}

/// A certificate for an attestation key that packed attestation accepts (§8.2.1).
pub fn attestation_certificate(public_key: &PublicNumbers) -> CertificateBuilder {
    CertificateBuilder::new(&attestation_subject(), public_key).basic_constraints(false, None)
}

/// The DER of a certificate that this issuer signs.
#[must_use]
pub fn issued_by(issuer: &str, certificate: CertificateBuilder) -> Vec<u8> {
    certificate.issuer(&name(issuer)).sign(&key(issuer))
}

/// The DER of the self-signed certificate of an authority.
#[must_use]
pub fn root(subject: &str) -> Vec<u8> {
    issued_by(subject, ca(subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_name_is_that_of_the_seed() {
        let from_seed = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"root").unwrap();
        assert_eq!(key("root").public_numbers(), from_seed.public_numbers());
        assert_ne!(key("root").public_numbers(), key("Root").public_numbers());
    }

    #[test]
    fn the_rsa_key_is_of_known_primes() {
        let PublicNumbers::Rsa { modulus, .. } = rsa_key().public_numbers() else {
            panic!("no RSA key")
        };
        assert_eq!(modulus.len(), (1279_usize + 2203).div_ceil(8));
    }
}
