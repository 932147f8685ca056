//! The numbers of a public key.

use crate::key::kind::KeyKind;

/// The numbers of a public key, borrowed from where they were parsed.
///
/// `Debug` tells keys apart by the SHA-256 of their SubjectPublicKeyInfo, and shows no numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMaterial<'a> {
    /// A point of P-256; coordinates big-endian.
    P256 {
        /// The x coordinate.
        x: &'a [u8; 32],
        /// The y coordinate.
        y: &'a [u8; 32],
    },
    /// A point of P-384; coordinates big-endian.
    P384 {
        /// The x coordinate.
        x: &'a [u8; 48],
        /// The y coordinate.
        y: &'a [u8; 48],
    },
    /// A point of P-521; coordinates big-endian.
    P521 {
        /// The x coordinate.
        x: &'a [u8; 66],
        /// The y coordinate.
        y: &'a [u8; 66],
    },
    /// A point of secp256k1; coordinates big-endian.
    Secp256k1 {
        /// The x coordinate.
        x: &'a [u8; 32],
        /// The y coordinate.
        y: &'a [u8; 32],
    },
    /// A point of edwards25519, as RFC 8032 encodes it.
    Ed25519 {
        /// The encoded point.
        x: &'a [u8; 32],
    },
    /// A point of edwards448, as RFC 8032 encodes it.
    Ed448 {
        /// The encoded point.
        x: &'a [u8; 57],
    },
    /// An RSA public key; numbers big-endian without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: &'a [u8],
        /// The public exponent e.
        exponent: &'a [u8],
    },
    /// An ML-DSA-44 public key, as FIPS 204 encodes it.
    MlDsa44 {
        /// The encoded key.
        public_key: &'a [u8; 1312],
    },
    /// An ML-DSA-65 public key, as FIPS 204 encodes it.
    MlDsa65 {
        /// The encoded key.
        public_key: &'a [u8; 1952],
    },
    /// An ML-DSA-87 public key, as FIPS 204 encodes it.
    MlDsa87 {
        /// The encoded key.
        public_key: &'a [u8; 2592],
    },
}

impl KeyMaterial<'_> {
    /// The kind of key that these are the numbers of.
    pub const fn kind(&self) -> KeyKind {
        match self {
            KeyMaterial::P256 { .. } => KeyKind::P256,
            KeyMaterial::P384 { .. } => KeyKind::P384,
            KeyMaterial::P521 { .. } => KeyKind::P521,
            KeyMaterial::Secp256k1 { .. } => KeyKind::Secp256k1,
            KeyMaterial::Ed25519 { .. } => KeyKind::Ed25519,
            KeyMaterial::Ed448 { .. } => KeyKind::Ed448,
            KeyMaterial::Rsa { .. } => KeyKind::Rsa,
            KeyMaterial::MlDsa44 { .. } => KeyKind::MlDsa44,
            KeyMaterial::MlDsa65 { .. } => KeyKind::MlDsa65,
            KeyMaterial::MlDsa87 { .. } => KeyKind::MlDsa87,
        }
    }
}
