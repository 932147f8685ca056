//! Algorithms and public keys, shared by COSE keys and certificates.

use core::fmt;

use crate::error::{ErrorKind, Failure};

/// RSA keys shorter than this can be factored with effort (RFC 8230, section 6.1).
const MIN_RSA_BITS: usize = 2048;

/// RSA keys longer than this only cost time.
const MAX_RSA_BITS: usize = 8192;

/// The largest RSA exponent accepted: common libraries draw the line at 2^33 - 1.
const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

/// A signature algorithm of the [COSE registry][registry] that this crate verifies.
///
/// [registry]: https://www.iana.org/assignments/cose/cose.xhtml#algorithms
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA over P-256 with SHA-256; COSE -7.
    Es256,
    /// EdDSA, in WebAuthn always with Ed25519; COSE -8.
    EdDsa,
    /// ECDSA over P-384 with SHA-384; COSE -35.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256; COSE -257.
    Rs256,
}

impl Algorithm {
    /// Every algorithm that this build verifies.
    pub const ALL: &'static [Algorithm] =
        &[Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384, Algorithm::Rs256];

    /// What a registration asks for unless told otherwise, in this order: EdDSA because its
    /// verification has the fewest corner cases, ES256 because every authenticator has it, RS256
    /// because Windows Hello may have nothing else.
    pub const DEFAULT: &'static [Algorithm] =
        &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

    /// The algorithm's number in the COSE registry.
    pub const fn cose_id(self) -> i64 {
        match self {
            Algorithm::Es256 => -7,
            Algorithm::EdDsa => -8,
            Algorithm::Es384 => -35,
            Algorithm::Rs256 => -257,
        }
    }

    /// The algorithm with this number in the COSE registry, if it is supported.
    pub fn from_cose_id(id: i64) -> Option<Algorithm> {
        Algorithm::ALL.iter().copied().find(|algorithm| algorithm.cose_id() == id)
    }

    /// The algorithm's name in the COSE registry, such as `"ES256"`.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Es256 => "ES256",
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es384 => "ES384",
            Algorithm::Rs256 => "RS256",
        }
    }

    pub(crate) const fn scheme(self) -> Scheme {
        match self {
            Algorithm::Es256 => Scheme::Ecdsa(Hash::Sha256),
            Algorithm::EdDsa => Scheme::Ed25519,
            Algorithm::Es384 => Scheme::Ecdsa(Hash::Sha384),
            Algorithm::Rs256 => Scheme::RsaPkcs1(Hash::Sha256),
        }
    }

    /// Whether WebAuthn allows this algorithm with a key of this type and curve.
    const fn fits(self, material: &KeyMaterial<'_>) -> bool {
        matches!(
            (self, material),
            (Algorithm::Es256, KeyMaterial::P256 { .. })
                | (Algorithm::EdDsa, KeyMaterial::Ed25519 { .. })
                | (Algorithm::Es384, KeyMaterial::P384 { .. })
                | (Algorithm::Rs256, KeyMaterial::Rsa { .. })
        )
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a signature is made. X.509 combines curves and hashes more freely than COSE does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ecdsa(Hash),
    Ed25519,
    RsaPkcs1(Hash),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "attestation"), allow(dead_code, reason = "SHA-512 is for certificates"))]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The numbers of a public key, borrowed from where they were parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A point of edwards25519, as RFC 8032 encodes it.
    Ed25519 {
        /// The encoded point.
        x: &'a [u8; 32],
    },
    /// An RSA public key; numbers big-endian without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: &'a [u8],
        /// The public exponent e.
        exponent: &'a [u8],
    },
}

impl KeyMaterial<'_> {
    /// The key as the DER of a SubjectPublicKeyInfo (RFC 5280, section 4.1), as browsers give it
    /// from `getPublicKey()`.
    pub fn to_spki_der(&self) -> Vec<u8> {
        let (algorithm, key): (&[u8], Vec<u8>) = match self {
            KeyMaterial::P256 { x, y } => (ID_P256, [&[0x04], &x[..], &y[..]].concat()),
            KeyMaterial::P384 { x, y } => (ID_P384, [&[0x04], &x[..], &y[..]].concat()),
            KeyMaterial::Ed25519 { x } => (ID_ED25519, x.to_vec()),
            KeyMaterial::Rsa { modulus, exponent } => {
                let numbers = [der_unsigned(modulus), der_unsigned(exponent)].concat();
                (ID_RSA, der(0x30, &numbers))
            }
        };
        // A BIT STRING begins with the count of its unused bits.
        let bits = der(0x03, &[&[0x00], &key[..]].concat());
        der(0x30, &[&der(0x30, algorithm)[..], &bits].concat())
    }

    const fn name(&self) -> &'static str {
        match self {
            KeyMaterial::P256 { .. } => "P-256",
            KeyMaterial::P384 { .. } => "P-384",
            KeyMaterial::Ed25519 { .. } => "Ed25519",
            KeyMaterial::Rsa { .. } => "RSA",
        }
    }
}

/// The content of the AlgorithmIdentifier of each type of key: id-ecPublicKey with the curve,
/// id-Ed25519, rsaEncryption with NULL.
const ID_P256: &[u8] =
    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const ID_P384: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
const ID_ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
const ID_RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

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
        if !algorithm.fits(&material) {
            return Err(Failure::new(
                ErrorKind::AlgorithmKeyMismatch,
                format!("{algorithm} with a key of type {}", material.name()),
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

/// Checks size and form of an RSA key; the reason if it is not acceptable.
pub(crate) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), &'static str> {
    let Some(&most_significant) = modulus.first() else {
        return Err("the RSA modulus is empty");
    };
    if most_significant == 0 || exponent.first() == Some(&0) {
        return Err("an RSA number has a leading zero byte");
    }
    let bits = modulus.len() * 8 - most_significant.leading_zeros() as usize;
    if bits < MIN_RSA_BITS {
        return Err("the RSA modulus is shorter than 2048 bits");
    }
    if bits > MAX_RSA_BITS {
        return Err("the RSA modulus is longer than 8192 bits");
    }
    if modulus.last().is_some_and(|byte| byte % 2 == 0) {
        return Err("the RSA modulus is even");
    }
    if exponent.len() > size_of::<u64>() {
        return Err("the RSA exponent is larger than 2^33 - 1");
    }
    let value = exponent.iter().fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
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
            KeyMaterial::Ed25519 { x: &[1; 32] },
            KeyMaterial::P384 { x: &[1; 48], y: &[1; 48] },
            KeyMaterial::Rsa { modulus: &rsa, exponent: &[3] },
        ];
        for (i, &algorithm) in Algorithm::ALL.iter().enumerate() {
            for (j, &key) in keys.iter().enumerate() {
                match PublicKey::new(algorithm, key) {
                    Ok(_) => assert_eq!(i, j),
                    Err(failure) => {
                        assert_ne!(i, j);
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
