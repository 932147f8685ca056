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

/// What stands before the coordinates of a P-256 key in its SubjectPublicKeyInfo.
const SPKI_HEAD_P256: &[u8] = b"\x30\x59\x30\x13\
    \x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\
    \x03\x42\x00\x04";

/// The content of the AlgorithmIdentifier of each type of key: id-ecPublicKey with the curve,
/// id-Ed25519, id-Ed448, rsaEncryption with NULL, id-ml-dsa.
const ID_P256: &[u8] =
    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const ID_P384: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
const ID_P521: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";
const ID_SECP256K1: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a";
const ID_ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
const ID_ED448: &[u8] = b"\x06\x03\x2b\x65\x71";
const ID_ML_DSA_44: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11";
const ID_ML_DSA_65: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12";
const ID_ML_DSA_87: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13";
const ID_RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

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
