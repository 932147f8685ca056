//! RSA signatures (RFC 8017), on the crate `rsa`: public keys only.

use rsa::traits::SignatureScheme;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
#[cfg(feature = "attestation")]
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, check_rsa};

/// Verifies RSASSA-PKCS1-v1_5 (section 8.2) over a hash. The encoded message is built anew and
/// compared whole.
pub(super) fn verify_pkcs1(
    modulus: &[u8],
    exponent: &[u8],
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    let scheme = match hash {
        #[cfg(feature = "attestation")]
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    verify(modulus, exponent, scheme, digest, signature)
}

/// Verifies RSASSA-PSS (section 8.1) over a hash, with MGF1 over the same hash and a salt exactly as
/// long as the hash (RFC 8230, section 2).
pub(super) fn verify_pss(
    modulus: &[u8],
    exponent: &[u8],
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    let salt = digest.len();
    match hash {
        #[cfg(feature = "attestation")]
        Hash::Sha1 => Err(ErrorKind::WeakAlgorithm.into()),
        Hash::Sha256 => {
            verify(modulus, exponent, Pss::<Sha256>::new_with_salt(salt), digest, signature)
        }
        Hash::Sha384 => {
            verify(modulus, exponent, Pss::<Sha384>::new_with_salt(salt), digest, signature)
        }
        Hash::Sha512 => {
            verify(modulus, exponent, Pss::<Sha512>::new_with_salt(salt), digest, signature)
        }
    }
}

fn verify(
    modulus: &[u8],
    exponent: &[u8],
    scheme: impl SignatureScheme,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    check_rsa(modulus, exponent)
        .map_err(|reason| Failure::new(ErrorKind::InvalidCoseKey, reason))?;
    if signature.len() != modulus.len() {
        let reason = "an RSA signature is as long as the modulus";
        return Err(Failure::new(ErrorKind::SignatureInvalid, reason));
    }
    let key = RsaPublicKey::new(
        BoxedUint::from_be_slice_vartime(modulus),
        BoxedUint::from_be_slice_vartime(exponent),
    )
    .map_err(|_| Failure::new(ErrorKind::InvalidCoseKey, "the RSA key is not usable"))?;
    key.verify(scheme, digest, signature).map_err(|_| ErrorKind::SignatureInvalid.into())
}
