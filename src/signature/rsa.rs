//! RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2), on the crate `rsa`: public keys only.

use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, check_rsa};

/// Verifies over a hash. The encoded message is built anew and compared whole.
pub(super) fn verify_pkcs1(
    modulus: &[u8],
    exponent: &[u8],
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    check_rsa(modulus, exponent)
        .map_err(|reason| Failure::new(ErrorKind::InvalidCoseKey, reason))?;
    let unusable = |_| Failure::new(ErrorKind::InvalidCoseKey, "the RSA key is not usable");
    let key = RsaPublicKey::new(
        BoxedUint::from_be_slice_vartime(modulus),
        BoxedUint::from_be_slice_vartime(exponent),
    )
    .map_err(unusable)?;
    let scheme = match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    if signature.len() != modulus.len() {
        let reason = "an RSA signature is as long as the modulus";
        return Err(Failure::new(ErrorKind::SignatureInvalid, reason));
    }
    key.verify(scheme, digest, signature).map_err(|_| ErrorKind::SignatureInvalid.into())
}
