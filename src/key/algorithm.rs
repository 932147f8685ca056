//! The signature algorithms of the COSE registry and their signature schemes.

use crate::key::kind::KeyKind;
use crate::names::names;

/// Defines [`Algorithm`] from one table with the columns variant, COSE number, name, kind of key,
/// scheme, whether it is compiled in, and documentation. [`Algorithm::ALL`] has the order of the
/// rows.
macro_rules! algorithms {
    ($($variant:ident, $id:literal, $name:literal, $key:ident, $scheme:expr, $compiled:expr, $doc:literal;)*) => {
        /// A signature algorithm of the [COSE registry][registry] that this crate knows. Its name
        /// is the name in the registry, for example `ES256`.
        ///
        /// Some algorithms need a crate feature. Use [`is_compiled_in`](Algorithm::is_compiled_in)
        /// to check whether this build can verify an algorithm.
        ///
        /// [registry]: https://www.iana.org/assignments/cose/cose.xhtml#algorithms
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Algorithm {
            $(#[doc = concat!($doc, " COSE algorithm ", stringify!($id), ".")] $variant,)*
        }

        impl Algorithm {
            /// All algorithms, including algorithms that are not compiled in.
            pub const ALL: &'static [Algorithm] = &[$(Algorithm::$variant,)*];

            /// The algorithm's number in the COSE registry.
            pub const fn cose_id(self) -> i64 {
                match self { $(Algorithm::$variant => $id,)* }
            }

            /// The kind of key that WebAuthn requires for this algorithm (§5.8.5).
            pub const fn key_kind(self) -> KeyKind {
                match self { $(Algorithm::$variant => KeyKind::$key,)* }
            }

            /// Returns whether this build can verify the algorithm.
            pub const fn is_compiled_in(self) -> bool {
                match self { $(Algorithm::$variant => $compiled,)* }
            }

            pub(crate) const fn scheme(self) -> Scheme {
                match self { $(Algorithm::$variant => $scheme,)* }
            }
        }

        names! { Algorithm, "signature algorithm", impl Display; $($variant = $name,)* }
    };
}

algorithms! {
    Es256, -7, "ES256", P256, Scheme::Ecdsa(Hash::Sha256), true, "ECDSA over P-256 with SHA-256.";
    EdDsa, -8, "EdDSA", Ed25519, Scheme::Ed25519, true,
        "EdDSA. In WebAuthn, this is always Ed25519.";
    Esp256, -9, "ESP256", P256, Scheme::Ecdsa(Hash::Sha256), true,
        "ECDSA over P-256 with SHA-256. ESP256 is the fully specified name of ES256.";
    Ed25519, -19, "Ed25519", Ed25519, Scheme::Ed25519, true,
        "EdDSA with Ed25519. Ed25519 is the fully specified name of EdDSA.";
    Es384, -35, "ES384", P384, Scheme::Ecdsa(Hash::Sha384), true, "ECDSA over P-384 with SHA-384.";
    Es512, -36, "ES512", P521, Scheme::Ecdsa(Hash::Sha512), true, "ECDSA over P-521 with SHA-512.";
    Ps256, -37, "PS256", Rsa, Scheme::RsaPss(Hash::Sha256), true, "RSASSA-PSS with SHA-256.";
    Ps384, -38, "PS384", Rsa, Scheme::RsaPss(Hash::Sha384), true, "RSASSA-PSS with SHA-384.";
    Ps512, -39, "PS512", Rsa, Scheme::RsaPss(Hash::Sha512), true, "RSASSA-PSS with SHA-512.";
    Es256k, -47, "ES256K", Secp256k1, Scheme::Ecdsa(Hash::Sha256), cfg!(feature = "k256"),
        "ECDSA over secp256k1 with SHA-256. Requires the crate feature `k256`.";
    MlDsa44, -48, "ML-DSA-44", MlDsa44, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-44. Requires the crate feature `ml-dsa`.";
    MlDsa65, -49, "ML-DSA-65", MlDsa65, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-65. Requires the crate feature `ml-dsa`.";
    MlDsa87, -50, "ML-DSA-87", MlDsa87, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-87. Requires the crate feature `ml-dsa`.";
    Esp384, -51, "ESP384", P384, Scheme::Ecdsa(Hash::Sha384), true,
        "ECDSA over P-384 with SHA-384. ESP384 is the fully specified name of ES384.";
    Esp512, -52, "ESP512", P521, Scheme::Ecdsa(Hash::Sha512), true,
        "ECDSA over P-521 with SHA-512. ESP512 is the fully specified name of ES512.";
    Ed448, -53, "Ed448", Ed448, Scheme::Ed448, cfg!(feature = "ed448"),
        "EdDSA with Ed448. Requires the crate feature `ed448`.";
    Rs256, -257, "RS256", Rsa, Scheme::RsaPkcs1(Hash::Sha256), true,
        "RSASSA-PKCS1-v1_5 with SHA-256.";
    Rs384, -258, "RS384", Rsa, Scheme::RsaPkcs1(Hash::Sha384), true,
        "RSASSA-PKCS1-v1_5 with SHA-384.";
    Rs512, -259, "RS512", Rsa, Scheme::RsaPkcs1(Hash::Sha512), true,
        "RSASSA-PKCS1-v1_5 with SHA-512.";
}

impl Algorithm {
    /// The algorithms that a registration requests by default, in this order. EdDSA is first
    /// because its verification has the fewest corner cases. All authenticators have ES256. Windows
    /// Hello may have only RS256. All three are always compiled in, so the default does not depend
    /// on crate features.
    pub(crate) const DEFAULT: &'static [Algorithm] =
        &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

    /// Iterates over the algorithms that this build can verify.
    pub fn compiled_in() -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(|algorithm| algorithm.is_compiled_in())
    }

    /// Returns the algorithm with this number in the COSE registry, even if it is not compiled in.
    pub fn from_cose_id(id: i64) -> Option<Algorithm> {
        Algorithm::ALL.iter().copied().find(|algorithm| algorithm.cose_id() == id)
    }
}

/// A signature scheme. X.509 allows more combinations of curves and hashes than COSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    Ed25519,
    Ed448,
    RsaPkcs1(Hash),
    /// With MGF1 over the same hash. The salt is as long as the hash.
    RsaPss(Hash),
    MlDsa,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// For RSA signatures of certificates, if a quirk allows it, and for TPM statements that are
    /// signed with RS1.
    #[cfg(feature = "attestation")]
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    #[cfg(feature = "attestation")]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_algorithms_map_one_to_one() {
        for &algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_cose_id(algorithm.cose_id()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_cose_id(-261), None);
        assert_eq!(
            Algorithm::DEFAULT.iter().map(|a| a.cose_id()).collect::<Vec<_>>(),
            [-8, -7, -257]
        );
    }
}
