//! Algorithms and public keys, shared by COSE keys and certificates.

use core::fmt;

use crate::debug::Der;
use crate::error::{ErrorKind, Failure};
use crate::oid;

/// RSA keys shorter than this can be factored with effort (RFC 8230, section 6.1).
const MIN_RSA_BITS: usize = 2048;

/// RSA keys longer than this only cost time.
pub(crate) const MAX_RSA_BITS: usize = 8192;

/// The largest RSA exponent accepted: common libraries draw the line at 2^33 - 1.
const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

/// The largest exponent of RSA in certificates, and of nearly every key: 2^16 + 1. A larger one only
/// makes a check take longer.
#[cfg(feature = "attestation")]
pub(crate) const MAX_USUAL_RSA_EXPONENT: u64 = 65537;

/// Defines [`Algorithm`] from one table: variant, COSE number, name, kind of key, scheme, whether it
/// is compiled in, and documentation. The order of the rows is that of [`Algorithm::ALL`].
macro_rules! algorithms {
    ($($variant:ident, $id:literal, $name:literal, $key:ident, $scheme:expr, $compiled:expr, $doc:literal;)*) => {
        /// A signature algorithm of the [COSE registry][registry] that this crate knows.
        ///
        /// Some are verified only where a crate feature compiles them in:
        /// [`is_compiled_in`](Algorithm::is_compiled_in) tells.
        ///
        /// [registry]: https://www.iana.org/assignments/cose/cose.xhtml#algorithms
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Algorithm {
            $(#[doc = concat!($doc, "; COSE ", stringify!($id), ".")] $variant,)*
        }

        impl Algorithm {
            /// Every algorithm, compiled in or not.
            pub const ALL: &'static [Algorithm] = &[$(Algorithm::$variant,)*];

            /// The algorithm's number in the COSE registry.
            pub const fn cose_id(self) -> i64 {
                match self { $(Algorithm::$variant => $id,)* }
            }

            /// The algorithm's name in the COSE registry, such as `"ES256"`.
            pub const fn name(self) -> &'static str {
                match self { $(Algorithm::$variant => $name,)* }
            }

            /// The one kind of key that WebAuthn allows with this algorithm (§5.8.5).
            pub const fn key_kind(self) -> KeyKind {
                match self { $(Algorithm::$variant => KeyKind::$key,)* }
            }

            /// Whether this build verifies the algorithm.
            pub const fn is_compiled_in(self) -> bool {
                match self { $(Algorithm::$variant => $compiled,)* }
            }

            pub(crate) const fn scheme(self) -> Scheme {
                match self { $(Algorithm::$variant => $scheme,)* }
            }
        }
    };
}

algorithms! {
    Es256, -7, "ES256", P256, Scheme::Ecdsa(Hash::Sha256), true, "ECDSA over P-256 with SHA-256";
    EdDsa, -8, "EdDSA", Ed25519, Scheme::Ed25519, true,
        "EdDSA, in WebAuthn always with Ed25519";
    Esp256, -9, "ESP256", P256, Scheme::Ecdsa(Hash::Sha256), true,
        "ECDSA over P-256 with SHA-256, the fully specified name of ES256";
    Ed25519, -19, "Ed25519", Ed25519, Scheme::Ed25519, true,
        "EdDSA with Ed25519, the fully specified name of EdDSA";
    Es384, -35, "ES384", P384, Scheme::Ecdsa(Hash::Sha384), true, "ECDSA over P-384 with SHA-384";
    Es512, -36, "ES512", P521, Scheme::Ecdsa(Hash::Sha512), true, "ECDSA over P-521 with SHA-512";
    Ps256, -37, "PS256", Rsa, Scheme::RsaPss(Hash::Sha256), true, "RSASSA-PSS with SHA-256";
    Ps384, -38, "PS384", Rsa, Scheme::RsaPss(Hash::Sha384), true, "RSASSA-PSS with SHA-384";
    Ps512, -39, "PS512", Rsa, Scheme::RsaPss(Hash::Sha512), true, "RSASSA-PSS with SHA-512";
    Es256k, -47, "ES256K", Secp256k1, Scheme::Ecdsa(Hash::Sha256), cfg!(feature = "k256"),
        "ECDSA over secp256k1 with SHA-256, with the crate feature `k256`";
    MlDsa44, -48, "ML-DSA-44", MlDsa44, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-44, with the crate feature `ml-dsa`";
    MlDsa65, -49, "ML-DSA-65", MlDsa65, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-65, with the crate feature `ml-dsa`";
    MlDsa87, -50, "ML-DSA-87", MlDsa87, Scheme::MlDsa, cfg!(feature = "ml-dsa"),
        "ML-DSA-87, with the crate feature `ml-dsa`";
    Esp384, -51, "ESP384", P384, Scheme::Ecdsa(Hash::Sha384), true,
        "ECDSA over P-384 with SHA-384, the fully specified name of ES384";
    Esp512, -52, "ESP512", P521, Scheme::Ecdsa(Hash::Sha512), true,
        "ECDSA over P-521 with SHA-512, the fully specified name of ES512";
    Ed448, -53, "Ed448", Ed448, Scheme::Ed448, cfg!(feature = "ed448"),
        "EdDSA with Ed448, with the crate feature `ed448`";
    Rs256, -257, "RS256", Rsa, Scheme::RsaPkcs1(Hash::Sha256), true,
        "RSASSA-PKCS1-v1_5 with SHA-256";
    Rs384, -258, "RS384", Rsa, Scheme::RsaPkcs1(Hash::Sha384), true,
        "RSASSA-PKCS1-v1_5 with SHA-384";
    Rs512, -259, "RS512", Rsa, Scheme::RsaPkcs1(Hash::Sha512), true,
        "RSASSA-PKCS1-v1_5 with SHA-512";
}

impl Algorithm {
    /// What a registration asks for unless told otherwise, in this order: EdDSA because its
    /// verification has the fewest corner cases, ES256 because every authenticator has it, RS256
    /// because Windows Hello may have nothing else. All three are always compiled in, so the
    /// default does not depend on crate features.
    pub const DEFAULT: &'static [Algorithm] =
        &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

    /// The algorithms that this build verifies.
    pub fn compiled_in() -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(|algorithm| algorithm.is_compiled_in())
    }

    /// The algorithm with this number in the COSE registry, compiled in or not.
    pub fn from_cose_id(id: i64) -> Option<Algorithm> {
        Algorithm::ALL.iter().copied().find(|algorithm| algorithm.cose_id() == id)
    }

    /// The hash function that the message goes through, such as `"SHA-256"`; `None` for the
    /// algorithms that have one of their own inside.
    pub const fn hash(self) -> Option<&'static str> {
        match self.scheme() {
            Scheme::Ecdsa(hash) | Scheme::RsaPkcs1(hash) | Scheme::RsaPss(hash) => {
                Some(hash.name())
            }
            Scheme::Ed25519 | Scheme::Ed448 | Scheme::MlDsa => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A type of key together with its curve or parameter set.
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

impl KeyKind {
    /// Every kind of key.
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

    /// The name of the curve, of the parameter set, or `"RSA"`.
    pub const fn name(self) -> &'static str {
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

    /// The number of the key's type in the COSE registry: 1 OKP, 2 EC2, 3 RSA, 7 AKP.
    pub const fn cose_key_type(self) -> i64 {
        match self {
            KeyKind::Ed25519 | KeyKind::Ed448 => 1,
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => 2,
            KeyKind::Rsa => 3,
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => 7,
        }
    }

    /// The number of the curve in the COSE registry, for the types that have one.
    pub const fn cose_curve(self) -> Option<i64> {
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

    /// The content of the AlgorithmIdentifier in a SubjectPublicKeyInfo.
    pub(crate) const fn algorithm_identifier(self) -> &'static [u8] {
        match self {
            KeyKind::P256 => ID_P256,
            KeyKind::P384 => ID_P384,
            KeyKind::P521 => ID_P521,
            KeyKind::Secp256k1 => ID_SECP256K1,
            KeyKind::Ed25519 => ID_ED25519,
            KeyKind::Ed448 => ID_ED448,
            KeyKind::Rsa => ID_RSA,
            KeyKind::MlDsa44 => ID_ML_DSA_44,
            KeyKind::MlDsa65 => ID_ML_DSA_65,
            KeyKind::MlDsa87 => ID_ML_DSA_87,
        }
    }
}

/// How a signature is made. X.509 combines curves and hashes more freely than COSE does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    Ed25519,
    Ed448,
    RsaPkcs1(Hash),
    /// With MGF1 over the same hash, and a salt as long as the hash.
    RsaPss(Hash),
    MlDsa,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// For RSA signatures of certificates and TPM statements, under a quirk.
    #[cfg(feature = "attestation")]
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "attestation")]
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }
}

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

    /// The key as the DER of a SubjectPublicKeyInfo (RFC 5280, section 4.1), as browsers give it
    /// from `getPublicKey()`.
    pub fn to_spki_der(&self) -> Vec<u8> {
        let point = |x: &[u8], y: &[u8]| [&[0x04], x, y].concat();
        let key = match self {
            KeyMaterial::P256 { x, y } | KeyMaterial::Secp256k1 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::P384 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::P521 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::Ed25519 { x } => x.to_vec(),
            KeyMaterial::Ed448 { x } => x.to_vec(),
            KeyMaterial::Rsa { modulus, exponent } => {
                let numbers = [der_unsigned(modulus), der_unsigned(exponent)].concat();
                der(0x30, &numbers)
            }
            KeyMaterial::MlDsa44 { public_key } => public_key.to_vec(),
            KeyMaterial::MlDsa65 { public_key } => public_key.to_vec(),
            KeyMaterial::MlDsa87 { public_key } => public_key.to_vec(),
        };
        let algorithm = self.kind().algorithm_identifier();
        // A BIT STRING begins with the count of its unused bits.
        let bits = der(0x03, &[&[0x00], &key[..]].concat());
        der(0x30, &[&der(0x30, algorithm)[..], &bits].concat())
    }

    /// Whether this is the DER that [`to_spki_der`](KeyMaterial::to_spki_der) gives.
    pub(crate) fn is_spki_der(&self, der: &[u8]) -> bool {
        match self {
            // Nearly every key is one of these, and all have the same head.
            KeyMaterial::P256 { x, y } => {
                let point = der.strip_prefix(SPKI_HEAD_P256).and_then(|xy| xy.split_at_checked(32));
                point == Some((&x[..], &y[..]))
            }
            _ => der == self.to_spki_der(),
        }
    }
}

impl fmt::Debug for KeyMaterial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyMaterial({}", self.kind().name())?;
        if let KeyMaterial::Rsa { modulus, .. } = self {
            write!(f, " with {} bits", bit_length(modulus))?;
        }
        write!(f, ", SubjectPublicKeyInfo of {:?})", Der(&self.to_spki_der()))
    }
}

/// What stands before the coordinates of a P-256 key in its SubjectPublicKeyInfo.
const SPKI_HEAD_P256: &[u8] = &oid::elements::<27>(
    b"\x30\x59\x30\x13",
    &[oid::EC_PUBLIC_KEY, oid::P256],
    b"\x03\x42\x00\x04",
);

/// The content of the AlgorithmIdentifier of each type of key: id-ecPublicKey with the curve,
/// id-Ed25519, id-Ed448, rsaEncryption with NULL, id-ml-dsa.
const ID_P256: &[u8] = &oid::elements::<19>(b"", &[oid::EC_PUBLIC_KEY, oid::P256], b"");
const ID_P384: &[u8] = &oid::elements::<16>(b"", &[oid::EC_PUBLIC_KEY, oid::P384], b"");
const ID_P521: &[u8] = &oid::elements::<16>(b"", &[oid::EC_PUBLIC_KEY, oid::P521], b"");
const ID_SECP256K1: &[u8] = &oid::elements::<16>(b"", &[oid::EC_PUBLIC_KEY, oid::SECP256K1], b"");
const ID_ED25519: &[u8] = &oid::elements::<5>(b"", &[oid::ED25519], b"");
const ID_ED448: &[u8] = &oid::elements::<5>(b"", &[oid::ED448], b"");
const ID_ML_DSA_44: &[u8] = &oid::elements::<11>(b"", &[oid::ML_DSA_44], b"");
const ID_ML_DSA_65: &[u8] = &oid::elements::<11>(b"", &[oid::ML_DSA_65], b"");
const ID_ML_DSA_87: &[u8] = &oid::elements::<11>(b"", &[oid::ML_DSA_87], b"");
const ID_RSA: &[u8] = &oid::elements::<13>(b"", &[oid::RSA_ENCRYPTION], b"\x05\x00");

/// A DER element. No key needs a length of more than two bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let head: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [head, content].concat()
}

/// A DER INTEGER of a number without leading zeros: a first bit that is set needs a zero before.
fn der_unsigned(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = match number.first() {
        Some(0x80..=0xff) => &[0x00],
        _ => &[],
    };
    der(0x02, &[sign, number].concat())
}

/// A public key together with the one algorithm it is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey<'a> {
    algorithm: Algorithm,
    material: KeyMaterial<'a>,
}

impl<'a> PublicKey<'a> {
    /// Binds a key to an algorithm.
    ///
    /// # Errors
    ///
    /// `AlgorithmKeyMismatch` where the algorithm is not for this type of key or curve,
    /// `InvalidCoseKey` where an RSA key is outside the accepted sizes: 2048 to 8192 bits, an odd
    /// exponent from 3 to 2^33 - 1. Whether a point is on its curve is decided by
    /// [`signature::validate_key`](crate::signature::validate_key).
    pub fn new(algorithm: Algorithm, material: KeyMaterial<'a>) -> Result<PublicKey<'a>, Failure> {
        if algorithm.key_kind() != material.kind() {
            return Err(Failure::new(
                ErrorKind::AlgorithmKeyMismatch,
                format!("{algorithm} with a key of type {}", material.kind().name()),
            ));
        }
        if let KeyMaterial::Rsa { modulus, exponent } = material {
            check_rsa(modulus, exponent)
                .map_err(|reason| Failure::new(ErrorKind::InvalidCoseKey, reason))?;
        }
        Ok(PublicKey { algorithm, material })
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's numbers.
    pub fn material(&self) -> &KeyMaterial<'a> {
        &self.material
    }
}

/// The number that these big-endian bytes are, if it is small enough for any exponent.
pub(crate) fn rsa_exponent(bytes: &[u8]) -> Option<u64> {
    if bytes.len() > size_of::<u64>() {
        return None;
    }
    Some(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// How many bits a big-endian number has.
fn bit_length(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros() as usize);
    // A length in bits can be more than `usize` holds on 32-bit targets.
    number.len().saturating_mul(8) - zeros
}

/// Checks size and form of an RSA key; the reason if it is not acceptable.
pub(crate) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), &'static str> {
    if modulus.is_empty() {
        return Err("the RSA modulus is empty");
    }
    if modulus.first() == Some(&0) || exponent.first() == Some(&0) {
        return Err("an RSA number has a leading zero byte");
    }
    let bits = bit_length(modulus);
    if bits < MIN_RSA_BITS {
        return Err("the RSA modulus is shorter than 2048 bits");
    }
    if bits > MAX_RSA_BITS {
        return Err("the RSA modulus is longer than 8192 bits");
    }
    if modulus.last().is_some_and(|byte| byte % 2 == 0) {
        return Err("the RSA modulus is even");
    }
    let Some(value) = rsa_exponent(exponent) else {
        return Err("the RSA exponent is larger than 2^33 - 1");
    };
    if value < 3 || value % 2 == 0 {
        return Err("the RSA exponent is not an odd number of at least 3");
    }
    if value > MAX_RSA_EXPONENT {
        return Err("the RSA exponent is larger than 2^33 - 1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulus(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = 0xff >> (modulus.len() * 8 - bits);
        modulus
    }

    #[test]
    fn cose_16_modulus_is_2048_to_8192_bits_without_leading_zero() {
        for bits in [2048, 2049, 3482, 4096, 8192] {
            assert_eq!(check_rsa(&modulus(bits), &[1, 0, 1]), Ok(()), "{bits}");
        }
        for bits in [1024, 2047, 8193] {
            assert!(check_rsa(&modulus(bits), &[1, 0, 1]).is_err(), "{bits}");
        }
        let mut padded = modulus(2048);
        padded.insert(0, 0);
        assert!(check_rsa(&padded, &[1, 0, 1]).is_err());
        assert!(check_rsa(&[], &[1, 0, 1]).is_err());
        let mut even = modulus(2048);
        even[255] = 0xfe;
        assert!(check_rsa(&even, &[1, 0, 1]).is_err());
    }

    #[test]
    fn cose_16_a_modulus_whose_bits_are_more_than_32_bits_count_is_too_long() {
        // 2^32 bits more than the shortest modulus has. They are zeros that nothing writes.
        let mut modulus = vec![0; (1 << 29) + 256];
        (modulus[0], *modulus.last_mut().unwrap()) = (0x80, 1);
        let reason = "the RSA modulus is longer than 8192 bits";
        assert_eq!(check_rsa(&modulus, &[1, 0, 1]), Err(reason));
    }

    #[test]
    fn cose_17_exponent_is_odd_and_from_3_to_2_33() {
        for good in [&[3][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(check_rsa(&modulus(2048), good), Ok(()), "{good:?}");
        }
        for bad in [&[][..], &[1], &[2], &[0, 1, 0, 1], &[2, 0, 0, 0, 1], &[1; 9]] {
            assert!(check_rsa(&modulus(2048), bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn cose_02_an_algorithm_fits_one_kind_of_key() {
        let rsa = modulus(2048);
        let keys = [
            KeyMaterial::P256 { x: &[1; 32], y: &[1; 32] },
            KeyMaterial::P384 { x: &[1; 48], y: &[1; 48] },
            KeyMaterial::P521 { x: &[1; 66], y: &[1; 66] },
            KeyMaterial::Secp256k1 { x: &[1; 32], y: &[1; 32] },
            KeyMaterial::Ed25519 { x: &[1; 32] },
            KeyMaterial::Ed448 { x: &[1; 57] },
            KeyMaterial::Rsa { modulus: &rsa, exponent: &[3] },
            KeyMaterial::MlDsa44 { public_key: &[1; 1312] },
            KeyMaterial::MlDsa65 { public_key: &[1; 1952] },
            KeyMaterial::MlDsa87 { public_key: &[1; 2592] },
        ];
        for &algorithm in Algorithm::ALL {
            for key in keys {
                match PublicKey::new(algorithm, key) {
                    Ok(_) => assert_eq!(algorithm.key_kind(), key.kind()),
                    Err(failure) => {
                        assert_ne!(algorithm.key_kind(), key.kind());
                        assert_eq!(failure.kind(), ErrorKind::AlgorithmKeyMismatch);
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_and_algorithms_are_one_to_one() {
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
