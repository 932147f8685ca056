//! Public keys as SubjectPublicKeyInfo (RFC 5280, section 4.1).
//!
//! ```text
//! SubjectPublicKeyInfo ::= SEQUENCE {
//!     algorithm         SEQUENCE { algorithm OBJECT IDENTIFIER, parameters },
//!     subjectPublicKey  BIT STRING }
//! ```

use core::fmt;

use crate::debug::Der;
use crate::encoding::der::{self, SEQUENCE};
use crate::key::kind::KeyKind;
use crate::key::material::KeyMaterial;
use crate::key::rsa::bit_length;
use crate::oid;

/// The bytes before the coordinates of a P-256 key in its SubjectPublicKeyInfo.
const SPKI_HEAD_P256: &[u8] = &oid::elements::<27>(
    b"\x30\x59\x30\x13",
    &[oid::EC_PUBLIC_KEY, oid::P256],
    b"\x03\x42\x00\x04",
);

/// The content of the AlgorithmIdentifier for each kind of key: id-ecPublicKey with the curve,
/// id-Ed25519, id-Ed448, rsaEncryption with NULL, or id-ml-dsa.
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

impl KeyKind {
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

impl KeyMaterial<'_> {
    /// Encodes the key as a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1). Browsers return
    /// the same bytes from `getPublicKey()`.
    pub fn to_spki_der(&self) -> Vec<u8> {
        let point = |x: &[u8], y: &[u8]| [&[0x04], x, y].concat();
        let key = match self {
            KeyMaterial::P256 { x, y } | KeyMaterial::Secp256k1 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::P384 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::P521 { x, y } => point(&x[..], &y[..]),
            KeyMaterial::Ed25519 { x } => x.to_vec(),
            KeyMaterial::Ed448 { x } => x.to_vec(),
            KeyMaterial::Rsa { modulus, exponent } => {
                let [modulus, exponent] = [modulus, exponent].map(|n| der::encode_unsigned(n));
                der::encode(SEQUENCE, &[&modulus, &exponent])
            }
            KeyMaterial::MlDsa44 { public_key } => public_key.to_vec(),
            KeyMaterial::MlDsa65 { public_key } => public_key.to_vec(),
            KeyMaterial::MlDsa87 { public_key } => public_key.to_vec(),
        };
        let algorithm = der::encode(SEQUENCE, &[self.kind().algorithm_identifier()]);
        der::encode(SEQUENCE, &[&algorithm, &der::encode_bit_string(&key)])
    }

    /// Returns whether `der` is the output of [`to_spki_der`](KeyMaterial::to_spki_der).
    pub(crate) fn is_spki_der(&self, der: &[u8]) -> bool {
        match self {
            // Nearly all keys are P-256 keys, and all of them have the same head.
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
        write!(f, "KeyMaterial({}", self.kind().as_str())?;
        if let KeyMaterial::Rsa { modulus, .. } = self {
            write!(f, " with {} bits", bit_length(modulus))?;
        }
        write!(f, ", SubjectPublicKeyInfo of {:?})", Der(&self.to_spki_der()))
    }
}
