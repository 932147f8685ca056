//! Named authorities. The key of an authority is derived from its name.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::algorithm::Algorithm;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::mersenne::mersenne;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;
use crate::seed::SeededRandom;

/// 2025-06-15 15:06:40 UTC, in seconds since 1970. Certificates from this module are valid at this
/// time, unless you set another validity.
pub const NOW: u64 = 1_750_000_000;

/// Returns [`NOW`] as a `SystemTime`.
#[must_use]
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// Returns the ES256 key for this name, which can be the name of an authority or of anything else.
/// It is the same key that [`PrivateKey::from_seed`] derives from the name.
#[must_use]
pub fn key(name: &str) -> PrivateKey {
    PrivateKey::es256_from(&mut SeededRandom::new(name.as_bytes(), Algorithm::Es256.name()))
}

/// Returns a distinguished name that contains only a common name.
pub fn name(common_name: &str) -> DistinguishedName {
    DistinguishedName::new().common_name(common_name)
}

/// Returns an RSA key of 3482 bits with the primes 2^1279 - 1 and 2^2203 - 1, so no search for
/// primes is needed.
#[must_use]
#[allow(clippy::expect_used, reason = "these two numbers are always primes of an RSA key")]
pub fn rsa_key() -> PrivateKey {
    PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).expect("two primes")
}

/// Returns a certificate with the name and the key of this subject, without extensions.
pub fn bare(subject: &str) -> CertificateBuilder {
    CertificateBuilder::new(&name(subject), &key(subject).public_numbers())
}

/// Returns the certificate of an authority with this name. Use [`issued_by`] to sign it.
pub fn ca(subject: &str) -> CertificateBuilder {
    ca_with_path_length(subject, None)
}

/// Like [`ca`], with a maximum number of authorities below this one.
pub fn ca_with_path_length(subject: &str, path_length: Option<u8>) -> CertificateBuilder {
    bare(subject).basic_constraints(true, path_length).key_usage(CertificateBuilder::KEY_CERT_SIGN)
}

/// Returns a certificate for the attestation key "leaf".
pub fn leaf() -> CertificateBuilder {
    bare("leaf").basic_constraints(false, None).key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
}

/// Returns a subject that packed attestation accepts in an attestation certificate (§8.2.1).
pub fn attestation_subject() -> DistinguishedName {
    DistinguishedName::new()
        .country("AA")
        .organization("Maker")
        .organizational_unit("Authenticator Attestation")
        .common_name("Authenticator")
}

/// Returns a certificate for an attestation key that packed attestation accepts (§8.2.1).
pub fn attestation_certificate(public_key: &PublicNumbers) -> CertificateBuilder {
    CertificateBuilder::new(&attestation_subject(), public_key).basic_constraints(false, None)
}

/// Signs the certificate with the key of this issuer and returns it in DER.
#[must_use]
pub fn issued_by(issuer: &str, certificate: CertificateBuilder) -> Vec<u8> {
    certificate.issuer(&name(issuer)).sign(&key(issuer))
}

/// Returns the self-signed certificate of an authority in DER.
#[must_use]
pub fn root(subject: &str) -> Vec<u8> {
    issued_by(subject, ca(subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_uses_the_name_as_the_seed() {
        let from_seed = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"root").unwrap();
        assert_eq!(key("root").public_numbers(), from_seed.public_numbers());
        assert_ne!(key("root").public_numbers(), key("Root").public_numbers());
    }

    #[test]
    fn the_rsa_key_has_3482_bits() {
        let PublicNumbers::Rsa { modulus, .. } = rsa_key().public_numbers() else {
            panic!("not an RSA key")
        };
        assert_eq!(modulus.len(), (1279_usize + 2203).div_ceil(8));
    }
}
