//! `aws-lc-rs`, which does not have Ed448.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use webauthn_verify::Algorithm;

use super::signed::Key;
use super::{Verify, algorithm_of, verifier};
use crate::contest::Fault;

pub(crate) fn verify(keys: &[Key]) -> Result<Verify, Fault> {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm_of(keys)? {
        Algorithm::Es256 => &ECDSA_P256_SHA256_ASN1,
        Algorithm::Es384 => &ECDSA_P384_SHA384_ASN1,
        Algorithm::Es512 => &ECDSA_P521_SHA512_ASN1,
        Algorithm::Es256k => &ECDSA_P256K1_SHA256_ASN1,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::MlDsa44 => &ML_DSA_44,
        Algorithm::MlDsa65 => &ML_DSA_65,
        Algorithm::MlDsa87 => &ML_DSA_87,
        _ => return Ok(None),
    };
    verifier(
        keys,
        |key| Ok(ParsedPublicKey::new(algorithm, &key.bytes)?),
        |key, signed| key.verify_sig(&signed.message, &signed.signature).is_ok(),
    )
}
