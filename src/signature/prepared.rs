//! Keys with precomputed values.

use core::fmt;

use super::digest::Digest;
use super::ecdsa::{P256Key, P384Key, P521Key};
use super::ecdsa::{PreparedP256Key, PreparedP384Key, PreparedP521Key};
use super::ed25519;
#[cfg(feature = "ml-dsa")]
use super::ml_dsa;
use super::rsa::RsaKey;
use super::verify::{validate_key, verify_parts};
use crate::debug::length;
use crate::error::{ErrorKind, Failure};
use crate::key::{Algorithm, KeyMaterial, PublicKey, Scheme};
use crate::message::cose_key::CoseKey;
use crate::quirk::Tolerance;

/// The version of the serialized form. All later releases must be able to read it.
const VERSION: u8 = 1;

/// A public key with the parts of a verification that depend only on the key.
///
/// A relying party sees the same key at every login with a credential. [`PublicKey::prepare`] does
/// a part of the verification once, so later verifications are faster. For P-256, P-384, P-521 and
/// Ed25519, it computes multiples of the point. A verification is then about three times as fast,
/// and more than twice as fast for Ed25519. For ML-DSA, it computes the matrix of the key, which saves
/// about half of the time. For RSA, it decodes the key, which saves a little time. For other kinds
/// of keys, it computes nothing. The result is always the same as without preparation.
///
/// Use [`to_bytes`](PreparedKey::to_bytes) to serialize the key. The result is longer than the
/// COSE_Key: by about 3 KiB for P-384, 4 KiB for P-256 and Ed25519, and 4.5 KiB for P-521. For the
/// other kinds, it is longer by 3 bytes, and the values are computed again: for RSA when the key is
/// read, and for ML-DSA at each verification.
///
/// **Store it as securely as the key itself.** The precomputed values are trusted when they are
/// read back, in the same way as the key. Anyone who can change these bytes can make invalid
/// signatures pass.
///
/// ```
/// use webauthn_verify::{ErrorKind, PreparedKey, parse::CoseKey};
///
/// # let cose = {
/// #     let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
/// #     cose.extend(b"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2");
/// #     cose.extend(b"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96");
/// #     cose.extend(b"\x22\x58\x20");
/// #     cose.extend(b"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16");
/// #     cose.extend(b"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5");
/// #     cose
/// # };
/// let prepared = CoseKey::parse(&cose)?.public_key().prepare()?;
/// let stored: Vec<u8> = prepared.to_bytes();
///
/// let prepared = PreparedKey::from_bytes(&stored)?;
/// let error = prepared.verify(b"message", b"signature").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::SignatureInvalid);
/// # Ok::<(), webauthn_verify::Failure>(())
/// ```
#[derive(Clone)]
pub struct PreparedKey {
    algorithm: Algorithm,
    cose_key: Vec<u8>,
    computed: Computed,
}

/// The precomputed values of a key.
#[derive(Clone)]
enum Computed {
    P256(PreparedP256Key),
    P384(PreparedP384Key),
    P521(PreparedP521Key),
    Ed25519(ed25519::PreparedKey),
    Rsa(Box<RsaKey>),
    #[cfg(feature = "ml-dsa")]
    MlDsa44(ml_dsa::Key<::ml_dsa::MlDsa44>),
    #[cfg(feature = "ml-dsa")]
    MlDsa65(ml_dsa::Key<::ml_dsa::MlDsa65>),
    #[cfg(feature = "ml-dsa")]
    MlDsa87(ml_dsa::Key<::ml_dsa::MlDsa87>),
    /// No precomputed values.
    Nothing,
}

impl Computed {
    /// Computes the values that are not serialized.
    fn anew(key: &PublicKey<'_>) -> Result<Computed, Failure> {
        Ok(match *key.material() {
            KeyMaterial::Rsa { modulus, exponent } => {
                Computed::Rsa(Box::new(RsaKey::new(modulus, exponent)?))
            }
            #[cfg(feature = "ml-dsa")]
            KeyMaterial::MlDsa44 { public_key } => Computed::MlDsa44(ml_dsa::Key::new(public_key)?),
            #[cfg(feature = "ml-dsa")]
            KeyMaterial::MlDsa65 { public_key } => Computed::MlDsa65(ml_dsa::Key::new(public_key)?),
            #[cfg(feature = "ml-dsa")]
            KeyMaterial::MlDsa87 { public_key } => Computed::MlDsa87(ml_dsa::Key::new(public_key)?),
            _ => Computed::Nothing,
        })
    }
}

impl PublicKey<'_> {
    /// Checks the key and computes the parts of a verification that depend only on the key. For
    /// keys on curves, this takes up to twice as long as one verification.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`validate_key`].
    pub fn prepare(&self) -> Result<PreparedKey, Failure> {
        let computed = match *self.material() {
            KeyMaterial::P256 { x, y } => Computed::P256(P256Key::new(x, y)?.prepare()),
            KeyMaterial::P384 { x, y } => Computed::P384(P384Key::new(x, y)?.prepare()),
            KeyMaterial::P521 { x, y } => Computed::P521(P521Key::new(x, y)?.prepare()),
            KeyMaterial::Ed25519 { x } => Computed::Ed25519(ed25519::Key::new(x)?.prepare()),
            _ => Computed::anew(self)?,
        };
        if let Computed::Nothing = computed {
            validate_key(self)?;
        }
        Ok(PreparedKey { algorithm: self.algorithm(), cose_key: self.to_cose(), computed })
    }
}

impl PreparedKey {
    /// Verifies a signature of `message`, in the same way as [`signature::verify`](super::verify).
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`SignatureInvalid`](ErrorKind::SignatureInvalid) if the signature is not valid
    /// - [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if
    ///   [`from_bytes`](PreparedKey::from_bytes) read a key for Ed448 or ES256K that is not on its
    ///   curve
    /// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if the algorithm of a key that
    ///   was read is not compiled in
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
        self.verify_parts(&[message], signature, &Tolerance::strict())
    }

    /// Verifies a signature over the concatenation of `parts`.
    pub(crate) fn verify_parts(
        &self,
        parts: &[&[u8]],
        signature: &[u8],
        tolerance: &Tolerance,
    ) -> Result<(), Failure> {
        match (&self.computed, self.algorithm.scheme()) {
            (Computed::P256(key), Scheme::Ecdsa(hash)) => {
                key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
            }
            (Computed::P384(key), Scheme::Ecdsa(hash)) => {
                key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
            }
            (Computed::P521(key), Scheme::Ecdsa(hash)) => {
                key.verify(Digest::of(hash, parts).as_bytes(), signature, tolerance)
            }
            (Computed::Rsa(key), Scheme::RsaPkcs1(hash)) => {
                key.verify_pkcs1(hash, Digest::of(hash, parts).as_bytes(), signature)
            }
            (Computed::Rsa(key), Scheme::RsaPss(hash)) => {
                key.verify_pss(hash, Digest::of(hash, parts).as_bytes(), signature)
            }
            (Computed::Ed25519(key), _) => key.verify(parts, signature),
            #[cfg(feature = "ml-dsa")]
            (Computed::MlDsa44(key), _) => key.verify(parts, signature),
            #[cfg(feature = "ml-dsa")]
            (Computed::MlDsa65(key), _) => key.verify(parts, signature),
            #[cfg(feature = "ml-dsa")]
            (Computed::MlDsa87(key), _) => key.verify(parts, signature),
            _ => verify_parts(self.cose_key()?.public_key(), parts, signature, tolerance),
        }
    }

    /// The key without precomputed values, as the bytes of a COSE_Key.
    pub fn as_cose(&self) -> &[u8] {
        &self.cose_key
    }

    fn cose_key(&self) -> Result<CoseKey<'_>, Failure> {
        CoseKey::parse_at(&self.cose_key, 0)
    }

    /// Serializes the key with its precomputed values. The bytes are a version, the length of the
    /// COSE_Key (two bytes, big-endian), the COSE_Key, and the values in a format of this crate.
    pub fn to_bytes(&self) -> Vec<u8> {
        // The length fits in two bytes: the longest number in a key takes 2592 bytes.
        let [.., high, low] = self.cose_key.len().to_be_bytes();
        let computed = match &self.computed {
            Computed::P256(key) => key.to_bytes(),
            Computed::P384(key) => key.to_bytes(),
            Computed::P521(key) => key.to_bytes(),
            Computed::Ed25519(key) => key.to_bytes(),
            _ => Vec::new(),
        };
        [&[VERSION, high, low], &self.cose_key[..], &computed].concat()
    }

    /// Reads a key from the bytes that [`to_bytes`](PreparedKey::to_bytes) returned. This function
    /// does not check whether the precomputed values belong to the key.
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`UnsupportedVersion`](ErrorKind::UnsupportedVersion) if the version is not the version of
    ///   this release
    /// - [`InvalidPreparedKey`](ErrorKind::InvalidPreparedKey) if the bytes are incomplete or too
    ///   long, or if a coordinate is not below the field prime
    /// - an error of [`CoseKey::parse`] if the key is malformed
    pub fn from_bytes(bytes: &[u8]) -> Result<PreparedKey, Failure> {
        let Some(([version, high, low], rest)) = bytes.split_first_chunk() else {
            return Err(invalid("the head is cut off"));
        };
        if *version != VERSION {
            let reason =
                format!("a prepared key of version {version}; this release reads {VERSION}");
            return Err(Failure::new(ErrorKind::UnsupportedVersion, reason));
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((cose_key, computed)) = rest.split_at_checked(length) else {
            return Err(invalid("the key is cut off"));
        };
        let key = CoseKey::parse_at(cose_key, 0)?;
        let key = key.public_key();
        let read = match *key.material() {
            KeyMaterial::P256 { .. } => PreparedP256Key::from_bytes(computed).map(Computed::P256),
            KeyMaterial::P384 { .. } => PreparedP384Key::from_bytes(computed).map(Computed::P384),
            KeyMaterial::P521 { .. } => PreparedP521Key::from_bytes(computed).map(Computed::P521),
            KeyMaterial::Ed25519 { .. } => {
                ed25519::PreparedKey::from_bytes(computed).map(Computed::Ed25519)
            }
            _ if !computed.is_empty() => None,
            // Expanding the key takes half as long as a verification, and the record that is read
            // may not be the one that signed.
            KeyMaterial::MlDsa44 { .. }
            | KeyMaterial::MlDsa65 { .. }
            | KeyMaterial::MlDsa87 { .. } => Some(Computed::Nothing),
            _ => Some(Computed::anew(key)?),
        };
        let Some(computed) = read else {
            return Err(invalid("the precomputed values have the wrong length or a wrong number"));
        };
        Ok(PreparedKey { algorithm: key.algorithm(), cose_key: cose_key.to_vec(), computed })
    }
}

fn invalid(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::InvalidPreparedKey, reason)
}

impl PartialEq for PreparedKey {
    fn eq(&self, other: &PreparedKey) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl Eq for PreparedKey {}

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey")
            .field("algorithm", &self.algorithm)
            .field("cose_key", &length(&self.cose_key))
            .finish_non_exhaustive()
    }
}
