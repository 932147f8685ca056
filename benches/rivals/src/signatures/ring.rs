//! `ring`, which has the algorithms of TLS and no parsed form of a key.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};
use webauthn_verify::Algorithm;

use super::signed::Key;
use super::{Verify, algorithm_of, verifier};
use crate::contest::Fault;

pub(crate) fn verify(keys: &[Key]) -> Result<Verify, Fault> {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm_of(keys)? {
        Algorithm::Es256 => &ECDSA_P256_SHA256_ASN1,
        Algorithm::Es384 => &ECDSA_P384_SHA384_ASN1,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Ok(None),
    };
    verifier(
        keys,
        |key| Ok(UnparsedPublicKey::new(algorithm, key.bytes.clone())),
        |key, signed| key.verify(&signed.message, &signed.signature).is_ok(),
    )
}
