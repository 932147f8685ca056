//! Signature algorithms and their numbers in the COSE registry.
//!
//! Options and COSE keys contain these numbers. Pass them to
//! [`SoftwareAuthenticator::with_algorithm`](crate::SoftwareAuthenticator::with_algorithm) and
//! [`PrivateKey::from_seed`](crate::PrivateKey::from_seed):
//!
//! ```
//! use webauthn_verify_authenticator::{PrivateKey, algorithm};
//!
//! let key = PrivateKey::from_seed(algorithm::ES256, b"alice")?;
//! assert_eq!(key.algorithm(), -7);
//! # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
//! ```

use core::fmt;

use crate::error::AuthenticatorError;

/// Defines the constants and [`Algorithm`] from one table. Its columns are constant, variant, COSE
/// number, name, kind of key, scheme and documentation.
macro_rules! algorithms {
    ($($constant:ident, $variant:ident, $id:literal, $name:literal, $key:ident, $scheme:expr, $doc:literal;)*) => {
        $(
            #[doc = concat!($name, ": ", $doc, ".")]
            pub const $constant: i64 = $id;
        )*

        /// Every algorithm that the authenticator supports.
        pub const ALL: &[i64] = &[$($id,)*];

        /// An algorithm that the authenticator supports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Algorithm {
            $($variant,)*
        }

        impl Algorithm {
            pub(crate) const ALL: &'static [Algorithm] = &[$(Algorithm::$variant,)*];

            /// The number in the COSE registry.
            pub(crate) const fn cose_id(self) -> i64 {
                match self { $(Algorithm::$variant => $id,)* }
            }

            /// The name in the COSE registry. Keys derived from a seed depend on it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Algorithm::$variant => $name,)* }
            }

            pub(crate) const fn key_kind(self) -> KeyKind {
                match self { $(Algorithm::$variant => KeyKind::$key,)* }
            }

            pub(crate) const fn scheme(self) -> Scheme {
                match self { $(Algorithm::$variant => $scheme,)* }
            }
        }
    };
}

algorithms! {
    ES256, Es256, -7, "ES256", P256, Scheme::Ecdsa(Hash::Sha256), "ECDSA over P-256 with SHA-256";
    EDDSA, EdDsa, -8, "EdDSA", Ed25519, Scheme::Pure, "EdDSA, which always means Ed25519 in WebAuthn";
    ESP256, Esp256, -9, "ESP256", P256, Scheme::Ecdsa(Hash::Sha256),
        "ECDSA over P-256 with SHA-256, the fully specified form of ES256";
    ED25519, Ed25519, -19, "Ed25519", Ed25519, Scheme::Pure,
        "EdDSA with Ed25519, the fully specified form of EdDSA";
    ES384, Es384, -35, "ES384", P384, Scheme::Ecdsa(Hash::Sha384), "ECDSA over P-384 with SHA-384";
    ES512, Es512, -36, "ES512", P521, Scheme::Ecdsa(Hash::Sha512), "ECDSA over P-521 with SHA-512";
    PS256, Ps256, -37, "PS256", Rsa, Scheme::RsaPss(Hash::Sha256), "RSASSA-PSS with SHA-256";
    PS384, Ps384, -38, "PS384", Rsa, Scheme::RsaPss(Hash::Sha384), "RSASSA-PSS with SHA-384";
    PS512, Ps512, -39, "PS512", Rsa, Scheme::RsaPss(Hash::Sha512), "RSASSA-PSS with SHA-512";
    ES256K, Es256k, -47, "ES256K", Secp256k1, Scheme::Ecdsa(Hash::Sha256),
        "ECDSA over secp256k1 with SHA-256";
    ML_DSA_44, MlDsa44, -48, "ML-DSA-44", MlDsa44, Scheme::Pure, "FIPS 204";
    ML_DSA_65, MlDsa65, -49, "ML-DSA-65", MlDsa65, Scheme::Pure, "FIPS 204";
    ML_DSA_87, MlDsa87, -50, "ML-DSA-87", MlDsa87, Scheme::Pure, "FIPS 204";
    ESP384, Esp384, -51, "ESP384", P384, Scheme::Ecdsa(Hash::Sha384),
        "ECDSA over P-384 with SHA-384, the fully specified form of ES384";
    ESP512, Esp512, -52, "ESP512", P521, Scheme::Ecdsa(Hash::Sha512),
        "ECDSA over P-521 with SHA-512, the fully specified form of ES512";
    ED448, Ed448, -53, "Ed448", Ed448, Scheme::Pure, "EdDSA with Ed448";
    RS256, Rs256, -257, "RS256", Rsa, Scheme::RsaPkcs1(Hash::Sha256),
        "RSASSA-PKCS1-v1_5 with SHA-256";
    RS384, Rs384, -258, "RS384", Rsa, Scheme::RsaPkcs1(Hash::Sha384),
        "RSASSA-PKCS1-v1_5 with SHA-384";
    RS512, Rs512, -259, "RS512", Rsa, Scheme::RsaPkcs1(Hash::Sha512),
        "RSASSA-PKCS1-v1_5 with SHA-512";
}

impl Algorithm {
    /// Returns the algorithm with this number, if the authenticator supports it.
    pub(crate) fn from_cose_id(id: i64) -> Option<Algorithm> {
        Algorithm::ALL.iter().copied().find(|algorithm| algorithm.cose_id() == id)
    }

    /// Returns the algorithm with this number, or an error if the authenticator does not support
    /// it.
    pub(crate) fn asked_for(id: i64) -> Result<Algorithm, AuthenticatorError> {
        Algorithm::from_cose_id(id).ok_or_else(|| {
            let reason = format!("the authenticator has no algorithm with the COSE number {id}");
            AuthenticatorError::new(reason)
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A key type with its curve or parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    P256,
    P384,
    P521,
    Secp256k1,
    Ed25519,
    Ed448,
    Rsa,
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl KeyKind {
    /// The name of the curve or parameter set, or `"RSA"`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            KeyKind::P256 => "P-256",
            KeyKind::P384 => "P-384",
            KeyKind::P521 => "P-521",
            KeyKind::Secp256k1 => "secp256k1",
            KeyKind::Ed25519 => "Ed25519",
            KeyKind::Ed448 => "Ed448",
            KeyKind::Rsa => "RSA",
            KeyKind::MlDsa44 => "ML-DSA-44",
            KeyKind::MlDsa65 => "ML-DSA-65",
            KeyKind::MlDsa87 => "ML-DSA-87",
        }
    }

    /// The number of the key type in the COSE registry: 1 OKP, 2 EC2, 3 RSA, 7 AKP.
    pub(crate) const fn cose_key_type(self) -> i64 {
        match self {
            KeyKind::Ed25519 | KeyKind::Ed448 => 1,
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => 2,
            KeyKind::Rsa => 3,
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => 7,
        }
    }

    /// The number of the curve in the COSE registry, if the key type has one.
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

/// The signature scheme of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    RsaPkcs1(Hash),
    /// MGF1 uses the same hash, and the salt is as long as the hash.
    RsaPss(Hash),
    /// Ed25519, Ed448 and ML-DSA: the kind of key determines the scheme.
    Pure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_variants_are_in_the_same_order() {
        let numbers: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.cose_id()).collect();
        assert_eq!(numbers, ALL);
        for &id in ALL {
            assert_eq!(Algorithm::asked_for(id).unwrap().cose_id(), id);
        }
        assert_eq!(
            Algorithm::asked_for(-65535).unwrap_err().to_string(),
            "the authenticator has no algorithm with the COSE number -65535"
        );
    }
}
