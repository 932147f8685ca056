//! ML-DSA (FIPS 204), pure and with an empty context, on the crate `ml-dsa`.

use ml_dsa::signature::MultipartVerifier;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, MlDsaParams, Signature, VerifyingKey};

use crate::error::{ErrorKind, Failure};

/// Verifies a signature with the parameter set `P`. Every byte string of the right length is a
/// public key.
pub(super) fn verify<P: MlDsaParams>(
    public_key: &[u8],
    parts: &[&[u8]],
    signature: &[u8],
) -> Result<(), Failure> {
    let key = EncodedVerifyingKey::<P>::try_from(public_key)
        .map_err(|_| Failure::from(ErrorKind::InvalidCoseKey))?;
    let signature = EncodedSignature::<P>::try_from(signature).map_err(|_| {
        Failure::new(ErrorKind::SignatureInvalid, "the signature has the wrong length")
    })?;
    let signature = Signature::<P>::decode(&signature)
        .ok_or_else(|| Failure::new(ErrorKind::SignatureInvalid, "the signature is malformed"))?;
    VerifyingKey::<P>::decode(&key)
        .multipart_verify(parts, &signature)
        .map_err(|_| ErrorKind::SignatureInvalid.into())
}
