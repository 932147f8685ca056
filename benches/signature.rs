//! Benchmarks the verification of one signature over 69 bytes, as many as a login signs.
//! `webauthn-verify` decodes the key each time. A second crate is measured alone, with a key that
//! is decoded beforehand. Both decode the signature each time.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use p256::ecdsa::signature::Verifier;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{Algorithm, KeyMaterial, PublicKey, signature};
use webauthn_verify_authenticator::{PrivateKey, RsaVerifier, algorithm};

/// As long as the message that a login signs: authenticator data and a hash.
const MESSAGE: [u8; 37 + 32] = [7; 69];

/// Verifies the signature of a message with one other crate.
type Rival = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// Returns another crate that can verify with this key, for the most common algorithms.
fn rival(key: &PublicKey<'_>) -> Option<(&'static str, Rival)> {
    Some(match *key.material() {
        KeyMaterial::P256 { x, y } => {
            let point = [&[4], &x[..], &y[..]].concat();
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
            let verify = move |message: &[u8], signature: &[u8]| {
                p256::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            };
            ("p256", Box::new(verify))
        }
        KeyMaterial::P384 { x, y } => {
            let point = [&[4], &x[..], &y[..]].concat();
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
            let verify = move |message: &[u8], signature: &[u8]| {
                p384::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            };
            ("p384", Box::new(verify))
        }
        KeyMaterial::Ed25519 { x } => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(x).unwrap();
            let verify = move |message: &[u8], signature: &[u8]| {
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            };
            ("ed25519-dalek", Box::new(verify))
        }
        KeyMaterial::Rsa { modulus, exponent } if key.algorithm() == Algorithm::Rs256 => {
            let key = RsaVerifier::new(modulus, exponent).unwrap();
            let verify = move |message: &[u8], signature: &[u8]| {
                key.verifies(algorithm::RS256, message, signature)
            };
            ("rsa", Box::new(verify))
        }
        _ => return None,
    })
}

fn verify(criterion: &mut Criterion) {
    for algorithm in Algorithm::compiled_in() {
        let private_key = PrivateKey::from_seed(algorithm.cose_id(), b"bench").unwrap();
        let cose = private_key.cose_key().unwrap();
        let key = CoseKey::parse(&cose).unwrap();
        let key = key.public_key();
        let sig = private_key.sign(&MESSAGE);
        let mut wrong = MESSAGE;
        wrong[0] ^= 1;
        let rival = rival(key);
        assert!(signature::verify(key, &MESSAGE, &sig).is_ok());
        assert!(signature::verify(key, &wrong, &sig).is_err());
        if let Some((_, rival)) = &rival {
            assert!(rival(&MESSAGE, &sig) && !rival(&wrong, &sig));
        }

        let size = match key.material() {
            KeyMaterial::Rsa { modulus, .. } => format!("{algorithm}-{}", modulus.len() * 8),
            _ => algorithm.as_str().to_owned(),
        };
        let mut group = criterion.benchmark_group(format!("signature/{size}"));
        group.bench_function(format!("webauthn-verify/{}", MESSAGE.len()), |bencher| {
            bencher.iter(|| {
                signature::verify(black_box(key), black_box(&MESSAGE), black_box(&sig)).is_ok()
            });
        });
        if let Some((name, rival)) = rival {
            group.bench_function(format!("{name}/{}", MESSAGE.len()), |bencher| {
                bencher.iter(|| rival(black_box(&MESSAGE), black_box(&sig)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, verify);
criterion_main!(benches);
