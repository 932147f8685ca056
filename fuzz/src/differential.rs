//! Signatures, compared with a second implementation. For every algorithm that both have,
//! `signature::verify` and `aws-lc-rs` give the same verdict. For the other algorithms, only an
//! unchanged signature verifies. For all algorithms, the prepared key and the prepared key read back
//! from its bytes give the same verdict as the key.
//!
//! ```text
//! input = algorithm (1 byte), change (1 byte), length of the message (1 byte), message, patch
//! change: 0 nothing
//!         1 the patch is XORed onto the signature
//!         2 the patch replaces the signature
//!         3 the patch is XORed onto the public key
//!         4 the signature is cut to a length, which is the first byte of the patch
//!         5 the patch is appended to the signature
//! ```

use std::sync::OnceLock;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{Algorithm, ErrorKind, Failure, PreparedKey, signature};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers};

/// Returns one key for each algorithm. The keys are made once.
fn keys() -> &'static [PrivateKey] {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let key = |algorithm: Algorithm| {
            PrivateKey::from_seed(algorithm.cose_id(), b"differential").unwrap()
        };
        Algorithm::compiled_in().map(key).collect()
    })
}

/// Returns the number of algorithms that the first byte chooses from.
pub fn algorithms() -> usize {
    keys().len()
}

pub fn check(input: &[u8]) {
    let [which, change, length, rest @ ..] = input else { return };
    let key = &keys()[usize::from(*which) % algorithms()];
    let (message, patch) = rest.split_at(rest.len().min(usize::from(*length)));
    let right = key.sign(message);
    let (mut numbers, mut signed) = (key.public_numbers(), right.clone());
    match change % 6 {
        0 => {}
        1 => xor(&mut signed, patch),
        2 => signed = patch.to_vec(),
        3 => numbers = change_numbers(numbers, patch),
        4 => signed.truncate(usize::from(patch.first().copied().unwrap_or(0))),
        _ => signed.extend(patch),
    }
    let unchanged = signed == right && numbers == key.public_numbers();

    let algorithm = Algorithm::from_cose_id(key.algorithm()).unwrap();
    let (ours, kind) = verify(algorithm, &numbers, message, &signed);
    match verify_elsewhere(algorithm, &numbers, message, &signed) {
        Some(theirs) if ours == theirs => {}
        // The only difference: we refuse Ed25519 keys of small order and keys that are not encoded
        // canonically, and `aws-lc-rs` accepts them.
        Some(true) if kind == Some(ErrorKind::PointNotOnCurve) => {
            assert!(matches!(numbers, PublicNumbers::Ed25519 { .. }), "{algorithm}");
        }
        Some(theirs) => panic!("{algorithm}: we say {ours}, aws-lc-rs {theirs}"),
        // `aws-lc-rs` does not have the algorithm: a changed signature or key must not verify.
        None => assert_eq!(ours, unchanged, "{algorithm}"),
    }
    assert!(ours || !unchanged, "{algorithm}: a right signature is refused");
}

/// Returns our verdict and the kind of the failure.
fn verify(
    algorithm: Algorithm,
    numbers: &PublicNumbers,
    message: &[u8],
    signed: &[u8],
) -> (bool, Option<ErrorKind>) {
    let cose = numbers.cose_key(algorithm.cose_id()).unwrap();
    let kind = |verdict: Result<(), Failure>| verdict.err().map(|failure| failure.kind());
    let key = match CoseKey::parse(&cose) {
        Ok(key) => key,
        Err(failure) => return (false, Some(failure.kind())),
    };
    let plain = kind(signature::verify(key.public_key(), message, signed));
    match key.public_key().prepare() {
        Ok(prepared) => {
            let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
            assert_eq!(read_back, prepared, "{algorithm}");
            for prepared in [prepared, read_back] {
                assert_eq!(kind(prepared.verify(message, signed)), plain, "{algorithm}, prepared");
            }
        }
        Err(failure) => assert_eq!(Some(failure.kind()), plain, "{algorithm} cannot be prepared"),
    }
    (plain.is_none(), plain)
}

/// Returns the verdict of `aws-lc-rs`, if it has the algorithm.
fn verify_elsewhere(
    algorithm: Algorithm,
    numbers: &PublicNumbers,
    message: &[u8],
    signed: &[u8],
) -> Option<bool> {
    let plain = |algorithm: &'static dyn VerificationAlgorithm, key: Vec<u8>| {
        Some(UnparsedPublicKey::new(algorithm, key).verify(message, signed).is_ok())
    };
    let point = |x: &[u8], y: &[u8]| [&[0x04], x, y].concat();
    match numbers {
        PublicNumbers::P256 { x, y } => plain(&ECDSA_P256_SHA256_ASN1, point(x, y)),
        PublicNumbers::P384 { x, y } => plain(&ECDSA_P384_SHA384_ASN1, point(x, y)),
        PublicNumbers::P521 { x, y } => plain(&ECDSA_P521_SHA512_ASN1, point(x, y)),
        PublicNumbers::Secp256k1 { x, y } => plain(&ECDSA_P256K1_SHA256_ASN1, point(x, y)),
        PublicNumbers::Ed25519 { x } => plain(&ED25519, x.to_vec()),
        PublicNumbers::Rsa { modulus, exponent } => {
            let parameters: &RsaParameters = match algorithm {
                Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
                Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
                Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
                Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
                Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
                _ => return None,
            };
            let key = RsaPublicKeyComponents { n: modulus, e: exponent };
            Some(key.verify(parameters, message, signed).is_ok())
        }
        _ => None,
    }
}

fn change_numbers(numbers: PublicNumbers, patch: &[u8]) -> PublicNumbers {
    let (first, second) = patch.split_at(patch.len() / 2);
    match numbers {
        PublicNumbers::P256 { mut x, mut y } => {
            xor(&mut x, first);
            xor(&mut y, second);
            PublicNumbers::P256 { x, y }
        }
        PublicNumbers::P384 { mut x, mut y } => {
            xor(&mut x, first);
            xor(&mut y, second);
            PublicNumbers::P384 { x, y }
        }
        PublicNumbers::P521 { mut x, mut y } => {
            xor(&mut x, first);
            xor(&mut y, second);
            PublicNumbers::P521 { x, y }
        }
        PublicNumbers::Secp256k1 { mut x, mut y } => {
            xor(&mut x, first);
            xor(&mut y, second);
            PublicNumbers::Secp256k1 { x, y }
        }
        PublicNumbers::Ed25519 { mut x } => {
            xor(&mut x, patch);
            PublicNumbers::Ed25519 { x }
        }
        PublicNumbers::Rsa { mut modulus, mut exponent } => {
            xor(&mut modulus, first);
            xor(&mut exponent, second);
            PublicNumbers::Rsa { modulus, exponent }
        }
        other => other,
    }
}

fn xor(bytes: &mut [u8], patch: &[u8]) {
    for (byte, change) in bytes.iter_mut().zip(patch) {
        *byte ^= change;
    }
}
