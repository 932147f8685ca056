//! The OpenSSL of the system. A `Verifier` has to be made anew for each signature.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use webauthn_verify::Algorithm;

use super::signed::Key;
use super::{Verify, algorithm_of, verifier};
use crate::contest::Fault;

pub(crate) fn verify(keys: &[Key]) -> Result<Verify, Fault> {
    let digest = match algorithm_of(keys)? {
        Algorithm::Es256 | Algorithm::Es256k | Algorithm::Rs256 => Some(MessageDigest::sha256()),
        Algorithm::Es384 => Some(MessageDigest::sha384()),
        Algorithm::Es512 => Some(MessageDigest::sha512()),
        Algorithm::EdDsa | Algorithm::Ed448 => None,
        _ => return Ok(None),
    };
    verifier(
        keys,
        |key| Ok(PKey::public_key_from_der(&key.numbers.subject_public_key_info())?),
        move |key, signed| {
            let verifier = match digest {
                Some(digest) => Verifier::new(digest, key),
                None => Verifier::new_without_digest(key),
            };
            verifier
                .and_then(|mut verifier| {
                    verifier.verify_oneshot(&signed.signature, &signed.message)
                })
                .is_ok_and(|right| right)
        },
    )
}
