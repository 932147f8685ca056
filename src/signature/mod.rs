//! Signature verification: the only cryptography of this crate.
//!
//! Everything here is public data, so verification may run in variable time, and does.

mod ecdsa;
mod eddsa;
mod rsa;

use sha2::{Sha256, Sha384, Sha512};

use crate::error::{ErrorKind, Failure};
use crate::key::{Hash, KeyMaterial, PublicKey, Scheme};
use crate::quirk::Quirks;

/// Verifies that `signature` is a signature of `message` by `key`, with the key's algorithm.
///
/// The encodings are those of §6.5.5: ECDSA as the DER of `SEQUENCE { r INTEGER, s INTEGER }`,
/// EdDSA as 64 bytes, RSA as many bytes as the modulus has. Each is strict:
///
/// - ECDSA: minimal DER to the last byte, r and s from 1 to n - 1. A high s is accepted, because
///   WebAuthn has no low-s rule; signatures must not be used as identifiers.
/// - Ed25519: as RFC 8032 with the cofactorless equation; s below the group order; neither key
///   nor R of small order.
/// - RSASSA-PKCS1-v1_5: the encoded message is built anew and compared whole.
///
/// # Errors
///
/// `SignatureInvalid`, or `PointNotOnCurve` where the key is no point of its curve.
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
    verify_parts(key, &[message], signature, Quirks::NONE)
}

/// Checks that a key is one that can verify at all: a point of its curve, not of small order.
///
/// # Errors
///
/// `PointNotOnCurve`.
pub fn validate_key(key: &PublicKey<'_>) -> Result<(), Failure> {
    match *key.material() {
        KeyMaterial::P256 { x, y } => ecdsa::P256Key::new(x, y).map(drop),
        KeyMaterial::P384 { x, y } => ecdsa::P384Key::new(x, y).map(drop),
        KeyMaterial::Ed25519 { x } => eddsa::key(x).map(drop),
        // Its size and form were checked when it was parsed.
        KeyMaterial::Rsa { .. } => Ok(()),
    }
}

/// Verifies a signature over the concatenation of `parts`.
pub(crate) fn verify_parts(
    key: &PublicKey<'_>,
    parts: &[&[u8]],
    signature: &[u8],
    quirks: Quirks,
) -> Result<(), Failure> {
    verify_scheme(key.material(), key.algorithm().scheme(), parts, signature, quirks)
}

/// Verifies a signature with a key that is not bound to one COSE algorithm, as in certificates.
pub(crate) fn verify_scheme(
    material: &KeyMaterial<'_>,
    scheme: Scheme,
    parts: &[&[u8]],
    signature: &[u8],
    quirks: Quirks,
) -> Result<(), Failure> {
    match (scheme, *material) {
        (Scheme::Ecdsa(hash), KeyMaterial::P256 { x, y }) => {
            let key = ecdsa::P256Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, quirks)
        }
        (Scheme::Ecdsa(hash), KeyMaterial::P384 { x, y }) => {
            let key = ecdsa::P384Key::new(x, y)?;
            key.verify(Digest::of(hash, parts).as_bytes(), signature, quirks)
        }
        (Scheme::Ed25519, KeyMaterial::Ed25519 { x }) => eddsa::verify(x, parts, signature),
        (Scheme::RsaPkcs1(hash), KeyMaterial::Rsa { modulus, exponent }) => {
            let digest = Digest::of(hash, parts);
            rsa::verify_pkcs1(modulus, exponent, hash, digest.as_bytes(), signature)
        }
        _ => Err(ErrorKind::AlgorithmKeyMismatch.into()),
    }
}

/// The hash of a message that comes in parts.
enum Digest {
    Sha256([u8; 32]),
    Sha384([u8; 48]),
    Sha512([u8; 64]),
}

impl Digest {
    fn of(hash: Hash, parts: &[&[u8]]) -> Digest {
        fn chain<D: sha2::Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
            parts.iter().fold(D::new(), |digest, part| digest.chain_update(part)).finalize()
        }
        match hash {
            Hash::Sha256 => Digest::Sha256(chain::<Sha256>(parts).into()),
            Hash::Sha384 => Digest::Sha384(chain::<Sha384>(parts).into()),
            Hash::Sha512 => Digest::Sha512(chain::<Sha512>(parts).into()),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Digest::Sha256(bytes) => bytes,
            Digest::Sha384(bytes) => bytes,
            Digest::Sha512(bytes) => bytes,
        }
    }
}

/// SHA-256, as the specification uses it for client data and RP IDs.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    <Sha256 as sha2::Digest>::digest(bytes).into()
}
