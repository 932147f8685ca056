//! Verifies a signature with any kind of key. Only this file knows all algorithms.

use super::digest::Digest;
#[cfg(feature = "ed448")]
use super::ed448;
#[cfg(feature = "ml-dsa")]
use super::ml_dsa;
use super::{ecdsa, ed25519, rsa};
use crate::error::{ErrorKind, Failure};
#[cfg(feature = "attestation")]
use crate::key::Hash;
use crate::key::{KeyMaterial, PublicKey, Scheme};
use crate::quirk::Tolerance;

/// Verifies that `signature` is a signature of `message` by `key`, with the algorithm of the key.
///
/// The signature must have the encoding of §6.5.5. The [module documentation](crate::signature)
/// describes which signatures are accepted.
///
/// # Errors
///
/// Returns one of these errors:
/// - [`SignatureInvalid`](ErrorKind::SignatureInvalid) if the signature is not valid
/// - [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if the key is not a point on its curve or has
///   small order
/// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if the algorithm is not compiled in
///
/// ```
/// use webauthn_verify::{ErrorKind, parse::CoseKey, signature};
///
/// # let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
/// # cose.extend([7; 32]);
/// # cose.extend(b"\x22\x58\x20");
/// # cose.extend([9; 32]);
/// let key = CoseKey::parse(&cose)?;
/// let error = signature::verify(key.public_key(), b"message", b"signature").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::PointNotOnCurve);
/// # Ok::<(), webauthn_verify::Failure>(())
/// ```
pub fn verify(key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
    verify_parts(key, &[message], signature, &Tolerance::strict())
}

/// Checks that a key can verify signatures. A key on a curve must be a point on that curve and must
/// not have small order. Other keys were checked when they were created.
///
/// # Errors
///
/// Returns [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if the key is not a valid point on its
/// curve, or [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if its algorithm is not
/// compiled in.
pub fn validate_key(key: &PublicKey<'_>) -> Result<(), Failure> {
    match *key.material() {
        KeyMaterial::P256 { x, y } => ecdsa::P256Key::new(x, y).map(drop),
        KeyMaterial::P384 { x, y } => ecdsa::P384Key::new(x, y).map(drop),
        KeyMaterial::P521 { x, y } => ecdsa::P521Key::new(x, y).map(drop),
        #[cfg(feature = "k256")]
        KeyMaterial::Secp256k1 { x, y } => ecdsa::Secp256k1Key::new(x, y).map(drop),
        KeyMaterial::Ed25519 { x } => ed25519::Key::new(x).map(drop),
        #[cfg(feature = "ed448")]
        KeyMaterial::Ed448 { x } => ed448::ed448_key(x).map(drop),
        // `PublicKey::new` has checked the size and form of an RSA key.
        KeyMaterial::Rsa { .. } => Ok(()),
        // Every byte string of the right length is a key.
        #[cfg(feature = "ml-dsa")]
        KeyMaterial::MlDsa44 { .. } | KeyMaterial::MlDsa65 { .. } | KeyMaterial::MlDsa87 { .. } => {
            Ok(())
        }
        #[cfg(not(all(feature = "ed448", feature = "k256", feature = "ml-dsa")))]
        _ => Err(not_compiled_in(key.material())),
    }
}

/// Verifies a signature over the concatenation of `parts`.
pub(crate) fn verify_parts(
    key: &PublicKey<'_>,
    parts: &[&[u8]],
    signature: &[u8],
    tolerance: &Tolerance,
) -> Result<(), Failure> {
    verify_scheme(key.material(), key.algorithm().scheme(), parts, signature, tolerance)
}

/// Verifies a signature with a key that is not limited to one COSE algorithm, for example the key
/// of a certificate.
pub(crate) fn verify_scheme(
    material: &KeyMaterial<'_>,
    scheme: Scheme,
    parts: &[&[u8]],
    signature: &[u8],
    tolerance: &Tolerance,
) -> Result<(), Failure> {
    match (scheme, *material) {
        (Scheme::Ecdsa(hash), KeyMaterial::P256 { x, y }) => {
            let key = ecdsa::P256Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
        }
        (Scheme::Ecdsa(hash), KeyMaterial::P384 { x, y }) => {
            let key = ecdsa::P384Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
        }
        (Scheme::Ecdsa(hash), KeyMaterial::P521 { x, y }) => {
            let key = ecdsa::P521Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
        }
        #[cfg(feature = "k256")]
        (Scheme::Ecdsa(hash), KeyMaterial::Secp256k1 { x, y }) => {
            let key = ecdsa::Secp256k1Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
        }
        (Scheme::Ed25519, KeyMaterial::Ed25519 { x }) => {
            ed25519::Key::new(x)?.verify(parts, signature)
        }
        #[cfg(feature = "ed448")]
        (Scheme::Ed448, KeyMaterial::Ed448 { x }) => ed448::verify_ed448(x, parts, signature),
        (Scheme::RsaPkcs1(hash), KeyMaterial::Rsa { modulus, exponent }) => {
            let key = rsa::RsaKey::new(modulus, exponent)?;
            key.verify_pkcs1(hash, Digest::of(hash, parts).as_bytes(), signature)
        }
        (Scheme::RsaPss(hash), KeyMaterial::Rsa { modulus, exponent }) => {
            let key = rsa::RsaKey::new(modulus, exponent)?;
            key.verify_pss(hash, Digest::of(hash, parts).as_bytes(), signature)
        }
        #[cfg(feature = "ml-dsa")]
        (Scheme::MlDsa, KeyMaterial::MlDsa44 { public_key }) => {
            ml_dsa::Key::<::ml_dsa::MlDsa44>::new(public_key)?.verify(parts, signature)
        }
        #[cfg(feature = "ml-dsa")]
        (Scheme::MlDsa, KeyMaterial::MlDsa65 { public_key }) => {
            ml_dsa::Key::<::ml_dsa::MlDsa65>::new(public_key)?.verify(parts, signature)
        }
        #[cfg(feature = "ml-dsa")]
        (Scheme::MlDsa, KeyMaterial::MlDsa87 { public_key }) => {
            ml_dsa::Key::<::ml_dsa::MlDsa87>::new(public_key)?.verify(parts, signature)
        }
        #[cfg(not(all(feature = "ed448", feature = "k256", feature = "ml-dsa")))]
        (Scheme::Ed448 | Scheme::MlDsa, _) | (_, KeyMaterial::Secp256k1 { .. }) => {
            Err(not_compiled_in(material))
        }
        _ => Err(ErrorKind::AlgorithmKeyMismatch.into()),
    }
}

/// Verifies an ES256 signature in the encoding of JWS: r and s, 32 bytes each, concatenated (RFC
/// 7518, section 3.4).
#[cfg(feature = "attestation")]
pub(crate) fn verify_es256_raw(
    material: &KeyMaterial<'_>,
    parts: &[&[u8]],
    signature: &[u8],
) -> Result<(), Failure> {
    let KeyMaterial::P256 { x, y } = *material else {
        return Err(ErrorKind::AlgorithmKeyMismatch.into());
    };
    let Some((r, s)) = signature.split_at_checked(32).filter(|(_, s)| s.len() == 32) else {
        let reason = "an ES256 signature in a JWS must have 64 bytes";
        return Err(Failure::new(ErrorKind::SignatureInvalid, reason));
    };
    let key = ecdsa::P256Key::new(x, y)?;
    key.verify_numbers(Digest::of(Hash::Sha256, parts).as_bytes(), r, s)
}

#[cfg(not(all(feature = "ed448", feature = "k256", feature = "ml-dsa")))]
fn not_compiled_in(material: &KeyMaterial<'_>) -> Failure {
    let kind = material.kind();
    Failure::new(ErrorKind::UnsupportedAlgorithm, format!("{kind} is not compiled in"))
}
