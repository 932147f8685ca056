//! ML-DSA (FIPS 204), pure and with an empty context, on the crate `ml-dsa`.

use ml_dsa::signature::MultipartVerifier;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, MlDsaParams, Signature, VerifyingKey};

use crate::error::{ErrorKind, Failure};

/// A key with its matrix, which is computed from a seed. It takes 12 KiB or more.
#[derive(Clone)]
pub(super) struct Key<P: MlDsaParams>(Box<VerifyingKey<P>>);

impl<P: MlDsaParams> Key<P> {
    /// Decodes a key. Every byte string of the right length is a public key.
    pub(super) fn new(public_key: &[u8]) -> Result<Key<P>, Failure> {
        let key = EncodedVerifyingKey::<P>::try_from(public_key)
            .map_err(|_| Failure::from(ErrorKind::InvalidCoseKey))?;
        Ok(Key(Box::new(VerifyingKey::decode(&key))))
    }

    /// Verifies a signature over the concatenation of `parts`.
    pub(super) fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
        let signature = EncodedSignature::<P>::try_from(signature).map_err(|_| {
            Failure::new(ErrorKind::SignatureInvalid, "the signature has the wrong length")
        })?;
        let signature = Signature::<P>::decode(&signature).ok_or_else(|| {
            Failure::new(ErrorKind::SignatureInvalid, "the signature is malformed")
        })?;
        self.0.multipart_verify(parts, &signature).map_err(|_| ErrorKind::SignatureInvalid.into())
    }
}
