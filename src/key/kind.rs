//! The kinds of public keys and their numbers in the COSE registry.

use crate::names::names;

/// A key type with its curve or parameter set. Its name is the name of the curve or parameter set,
/// or `RSA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// COSE key type EC2, curve P-256.
    P256,
    /// COSE key type EC2, curve P-384.
    P384,
    /// COSE key type EC2, curve P-521.
    P521,
    /// COSE key type EC2, curve secp256k1.
    Secp256k1,
    /// COSE key type OKP, curve Ed25519.
    Ed25519,
    /// COSE key type OKP, curve Ed448.
    Ed448,
    /// COSE key type RSA.
    Rsa,
    /// COSE key type AKP, parameter set ML-DSA-44.
    MlDsa44,
    /// COSE key type AKP, parameter set ML-DSA-65.
    MlDsa65,
    /// COSE key type AKP, parameter set ML-DSA-87.
    MlDsa87,
}

names! {
    KeyKind, "kind of key", impl Display;
    P256 = "P-256",
    P384 = "P-384",
    P521 = "P-521",
    Secp256k1 = "secp256k1",
    Ed25519 = "Ed25519",
    Ed448 = "Ed448",
    Rsa = "RSA",
    MlDsa44 = "ML-DSA-44",
    MlDsa65 = "ML-DSA-65",
    MlDsa87 = "ML-DSA-87",
}

impl KeyKind {
    /// All kinds of keys.
    pub(crate) const ALL: [KeyKind; 10] = [
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
        KeyKind::Secp256k1,
        KeyKind::Ed25519,
        KeyKind::Ed448,
        KeyKind::Rsa,
        KeyKind::MlDsa44,
        KeyKind::MlDsa65,
        KeyKind::MlDsa87,
    ];

    /// The number of the key type in the COSE registry: 1 OKP, 2 EC2, 3 RSA, 7 AKP.
    pub(crate) const fn cose_key_type(self) -> i64 {
        match self {
            KeyKind::Ed25519 | KeyKind::Ed448 => 1,
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => 2,
            KeyKind::Rsa => 3,
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => 7,
        }
    }

    /// The number of the curve in the COSE registry, if the key type has curves.
    pub(crate) const fn cose_curve(self) -> Option<i64> {
        match self {
            KeyKind::P256 => Some(1),
            KeyKind::P384 => Some(2),
            KeyKind::P521 => Some(3),
            KeyKind::Ed25519 => Some(6),
            KeyKind::Ed448 => Some(7),
            KeyKind::Secp256k1 => Some(8),
            KeyKind::Rsa | KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => None,
        }
    }
}
