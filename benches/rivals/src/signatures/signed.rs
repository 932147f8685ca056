//! Keys, and many signatures with them.

use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256};
use sha2::{Digest, Sha256};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

use crate::contest::Fault;

/// The number of keys of a contest, except RSA keys.
const KEYS: usize = 64;
/// The number of RSA keys of a contest. It takes long to create them.
const RSA_KEYS: usize = 4;
/// The number of signatures with each key.
const SIGNATURES: usize = 64;

/// The length of the message that a login signs: authenticator data and a hash.
const MESSAGE: usize = 37 + 32;

/// Where the keys of a contest come from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// Keys that are the same in every run.
    Seed(Algorithm),
    /// RS256 keys of this size, which are new in every run.
    Rsa(KeySize),
}

/// A public key in every form that a contender takes.
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) cose: Vec<u8>,
    pub(crate) numbers: PublicNumbers,
    /// The SEC 1 point, the bytes of the Ed25519, Ed448 or ML-DSA key, or RSAPublicKey (RFC 8017,
    /// A.1.1).
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct Signed {
    /// The index of the key.
    pub(crate) key: usize,
    pub(crate) message: [u8; MESSAGE],
    pub(crate) signature: Vec<u8>,
}

impl Signed {
    /// Returns the same signature with its last bit flipped.
    pub(crate) fn wrong(&self) -> Result<Signed, Fault> {
        let mut signature = self.signature.clone();
        *signature.last_mut().ok_or("the signature is empty")? ^= 1;
        Ok(Signed { signature, ..*self })
    }
}

/// Returns the keys of a contest, and the signatures. Consecutive signatures have different keys,
/// and every signature has a message of its own.
pub(crate) fn signatures(source: Source) -> Result<(Vec<Key>, Vec<Signed>), Fault> {
    let signers = match source {
        Source::Seed(algorithm) => seeded(algorithm)?,
        Source::Rsa(size) => rsa(size)?,
    };
    let mut signatures = Vec::new();
    for index in 0..SIGNATURES * signers.len() {
        let key = index % signers.len();
        let (_, sign) = signers.get(key).ok_or("there is no such key")?;
        let message = message(index);
        signatures.push(Signed { key, message, signature: sign(&message)? });
    }
    Ok((signers.into_iter().map(|(key, _)| key).collect(), signatures))
}

type Sign = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, Fault>>;

fn seeded(algorithm: Algorithm) -> Result<Vec<(Key, Sign)>, Fault> {
    let signer = |index: usize| {
        let key = PrivateKey::from_seed(algorithm.cose_id(), format!("rivals {index}").as_bytes())?;
        let public = public(algorithm, key.public_numbers())?;
        let sign: Sign = Box::new(move |message| Ok(key.sign(message)));
        Ok((public, sign))
    };
    (0..KEYS).map(signer).collect()
}

fn rsa(size: KeySize) -> Result<Vec<(Key, Sign)>, Fault> {
    let signer = |_| {
        let key = RsaKeyPair::generate(size)?;
        let numbers = PublicNumbers::Rsa {
            modulus: key.public_key().modulus().big_endian_without_leading_zero().to_vec(),
            exponent: key.public_key().exponent().big_endian_without_leading_zero().to_vec(),
        };
        let sign: Sign = Box::new(move |message| {
            let mut signature = vec![0; key.public_modulus_len()];
            let random = aws_lc_rs::rand::SystemRandom::new();
            key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
            Ok(signature)
        });
        Ok((public(Algorithm::Rs256, numbers)?, sign))
    };
    (0..RSA_KEYS).map(signer).collect()
}

fn public(algorithm: Algorithm, numbers: PublicNumbers) -> Result<Key, Fault> {
    let cose = numbers.cose_key(algorithm.cose_id())?;
    Ok(Key { algorithm, cose, bytes: numbers.subject_public_key(), numbers })
}

/// Returns a message that is as long as the message that a login signs.
fn message(index: usize) -> [u8; MESSAGE] {
    let mut message = [7; MESSAGE];
    let hash = Sha256::digest(index.to_be_bytes());
    for (to, from) in message.iter_mut().rev().zip(hash) {
        *to = from;
    }
    message
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn signatures_messages_and_consecutive_keys_differ() {
        for (source, count) in [
            (Source::Seed(Algorithm::Es256), KEYS * SIGNATURES),
            (Source::Rsa(KeySize::Rsa2048), RSA_KEYS * SIGNATURES),
        ] {
            let (keys, signatures) = signatures(source).unwrap();
            let different: HashSet<_> = keys.iter().map(|key| &key.cose).collect();
            assert_eq!(different.len(), keys.len());
            let different: HashSet<_> = signatures.iter().map(|signed| &signed.signature).collect();
            assert_eq!(different.len(), count);
            let different: HashSet<_> = signatures.iter().map(|signed| signed.message).collect();
            assert_eq!(different.len(), count);
            for pair in signatures.windows(2) {
                assert_ne!(pair[0].key, pair[1].key);
            }
        }
    }
}
