//! `graviola`, which has the algorithms of TLS.

use graviola::hashing::{Sha256, Sha384};
use graviola::signing::{ecdsa, eddsa, rsa};
use webauthn_verify::Algorithm;

use super::signed::Key;
use super::{Verify, algorithm_of, verifier};
use crate::contest::Fault;

pub(crate) fn verify(keys: &[Key]) -> Result<Verify, Fault> {
    match algorithm_of(keys)? {
        Algorithm::Es256 => verifier(
            keys,
            |key| {
                ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(&key.bytes)
                    .map_err(refused)
            },
            |key, signed| key.verify_asn1::<Sha256>(&[&signed.message], &signed.signature).is_ok(),
        ),
        Algorithm::Es384 => verifier(
            keys,
            |key| {
                ecdsa::VerifyingKey::<ecdsa::P384>::from_x962_uncompressed(&key.bytes)
                    .map_err(refused)
            },
            |key, signed| key.verify_asn1::<Sha384>(&[&signed.message], &signed.signature).is_ok(),
        ),
        Algorithm::EdDsa => verifier(
            keys,
            |key| eddsa::Ed25519VerifyingKey::from_bytes(&key.bytes).map_err(refused),
            |key, signed| key.verify(&signed.signature, &signed.message).is_ok(),
        ),
        Algorithm::Rs256 => verifier(
            keys,
            |key| rsa::VerifyingKey::from_pkcs1_der(&key.bytes).map_err(refused),
            |key, signed| key.verify_pkcs1_sha256(&signed.signature, &signed.message).is_ok(),
        ),
        _ => Ok(None),
    }
}

fn refused(error: graviola::Error) -> Fault {
    format!("graviola refuses the key: {error:?}").into()
}
