//! The content of a public key.

use crate::key::kind::KeyKind;

/// The content of a public key, borrowed from the parsed input.
///
/// `Debug` shows the SHA-256 of the SubjectPublicKeyInfo, to distinguish keys, but not the key
/// itself.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMaterial<'a> {
    /// A point on P-256, with big-endian coordinates.
    P256 {
        /// The x coordinate.
        x: &'a [u8; 32],
        /// The y coordinate.
        y: &'a [u8; 32],
    },
    /// A point on P-384, with big-endian coordinates.
    P384 {
        /// The x coordinate.
        x: &'a [u8; 48],
        /// The y coordinate.
        y: &'a [u8; 48],
    },
    /// A point on P-521, with big-endian coordinates.
    P521 {
        /// The x coordinate.
        x: &'a [u8; 66],
        /// The y coordinate.
        y: &'a [u8; 66],
    },
    /// A point on secp256k1, with big-endian coordinates.
    Secp256k1 {
        /// The x coordinate.
        x: &'a [u8; 32],
        /// The y coordinate.
        y: &'a [u8; 32],
    },
    /// A point on edwards25519, in the encoding of RFC 8032.
    Ed25519 {
        /// The encoded point.
        x: &'a [u8; 32],
    },
    /// A point on edwards448, in the encoding of RFC 8032.
    Ed448 {
        /// The encoded point.
        x: &'a [u8; 57],
    },
    /// An RSA public key. The numbers are big-endian, without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: &'a [u8],
        /// The public exponent e.
        exponent: &'a [u8],
    },
    /// An ML-DSA-44 public key, in the encoding of FIPS 204.
    MlDsa44 {
        /// The encoded key.
        public_key: &'a [u8; 1312],
    },
    /// An ML-DSA-65 public key, in the encoding of FIPS 204.
    MlDsa65 {
        /// The encoded key.
        public_key: &'a [u8; 1952],
    },
    /// An ML-DSA-87 public key, in the encoding of FIPS 204.
    MlDsa87 {
        /// The encoded key.
        public_key: &'a [u8; 2592],
    },
}

impl KeyMaterial<'_> {
    /// The kind of this key.
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
