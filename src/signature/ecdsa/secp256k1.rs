//! ECDSA over secp256k1 (SEC 2), on the crate `k256`.

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};

use super::der;
use crate::error::{ErrorKind, Failure};
use crate::quirk::Tolerance;

/// A point on secp256k1 that is not at infinity.
pub(crate) struct Secp256k1Key(VerifyingKey);

impl Secp256k1Key {
    /// Creates a key from big-endian coordinates.
    pub(crate) fn new(x: &[u8; 32], y: &[u8; 32]) -> Result<Secp256k1Key, Failure> {
        let mut point = [0x04; 1 + 2 * 32];
        for (to, from) in point.iter_mut().skip(1).zip(x.iter().chain(y)) {
            *to = *from;
        }
        VerifyingKey::from_sec1_bytes(&point)
            .map(Secp256k1Key)
            .map_err(|_| ErrorKind::PointNotOnCurve.into())
    }

    /// Verifies a DER signature over a hash of 32 bytes.
    pub(crate) fn verify(
        &self,
        hash: &[u8],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        let (r, s) = der::parse_signature(signature, 32, tolerance)?;
        let outside = "r or s is not in the range from 1 to n - 1";
        let signature = Signature::from_scalars(padded(r), padded(s))
            .map_err(|_| Failure::new(ErrorKind::SignatureInvalid, outside))?;
        // The crate rejects a high s, as Bitcoin does. COSE does not have this rule, so s and n - s
        // are both valid.
        self.0
            .verify_prehash(hash, &signature.normalize_s())
            .map_err(|_| ErrorKind::SignatureInvalid.into())
    }
}

/// Adds leading zeros. The number has at most 32 bytes.
fn padded(number: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().rev().zip(number.iter().rev()) {
        *to = *from;
    }
    bytes
}
