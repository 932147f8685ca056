//! The numbers of a public key, and the structures that carry them.

use core::fmt;

use ciborium::Value;

use crate::algorithm::KeyKind;
use crate::debug::Der;
use crate::der;
use crate::error::AuthenticatorError;

const ID_EC_PUBLIC_KEY: &[u64] = &[1, 2, 840, 10045, 2, 1];
const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];

/// The numbers of a public key. They are not checked, so a test can use an invalid key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicNumbers {
    /// A point on P-256, with big-endian coordinates.
    P256 {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
    /// A point on P-384, with big-endian coordinates.
    P384 {
        /// The x coordinate.
        x: [u8; 48],
        /// The y coordinate.
        y: [u8; 48],
    },
    /// A point on P-521, with big-endian coordinates.
    P521 {
        /// The x coordinate.
        x: [u8; 66],
        /// The y coordinate.
        y: [u8; 66],
    },
    /// A point on secp256k1, with big-endian coordinates.
    Secp256k1 {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
    /// A point on edwards25519, as RFC 8032 encodes it.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
    /// A point on edwards448, as RFC 8032 encodes it.
    Ed448 {
        /// The encoded point.
        x: [u8; 57],
    },
    /// An RSA public key. The numbers are big-endian without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: Vec<u8>,
        /// The public exponent e.
        exponent: Vec<u8>,
    },
    /// An ML-DSA-44 public key, as FIPS 204 encodes it.
    MlDsa44 {
        /// The encoded key.
        public_key: Vec<u8>,
    },
    /// An ML-DSA-65 public key, as FIPS 204 encodes it.
    MlDsa65 {
        /// The encoded key.
        public_key: Vec<u8>,
    },
    /// An ML-DSA-87 public key, as FIPS 204 encodes it.
    MlDsa87 {
        /// The encoded key.
        public_key: Vec<u8>,
    },
}

impl fmt::Debug for PublicNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.subject_public_key_info();
        write!(f, "PublicNumbers({}, SubjectPublicKeyInfo of {:?})", self.kind().name(), Der(&info))
    }
}

impl PublicNumbers {
    pub(crate) fn kind(&self) -> KeyKind {
        self.parts().0
    }

    /// Returns the kind of key, and its numbers in the order of their COSE labels.
    fn parts(&self) -> (KeyKind, Vec<&[u8]>) {
        match self {
            PublicNumbers::P256 { x, y } => (KeyKind::P256, vec![x, y]),
            PublicNumbers::P384 { x, y } => (KeyKind::P384, vec![x, y]),
            PublicNumbers::P521 { x, y } => (KeyKind::P521, vec![x, y]),
            PublicNumbers::Secp256k1 { x, y } => (KeyKind::Secp256k1, vec![x, y]),
            PublicNumbers::Ed25519 { x } => (KeyKind::Ed25519, vec![x]),
            PublicNumbers::Ed448 { x } => (KeyKind::Ed448, vec![x]),
            PublicNumbers::Rsa { modulus, exponent } => (KeyKind::Rsa, vec![modulus, exponent]),
            PublicNumbers::MlDsa44 { public_key } => (KeyKind::MlDsa44, vec![public_key]),
            PublicNumbers::MlDsa65 { public_key } => (KeyKind::MlDsa65, vec![public_key]),
            PublicNumbers::MlDsa87 { public_key } => (KeyKind::MlDsa87, vec![public_key]),
        }
    }

    /// Returns the COSE key (RFC 9052, section 7) with this `alg`, in CTAP2 canonical order.
    ///
    /// # Errors
    ///
    /// Returns an error if the CBOR cannot be written, which does not happen in memory.
    pub fn cose_key(&self, alg: i64) -> Result<Vec<u8>, AuthenticatorError> {
        let (kind, numbers) = self.parts();
        // The label 1 is kty, and 3 is alg. The curve, if the key type has one, and the numbers
        // have the labels from -1 downwards.
        let curve = kind.cose_curve().map(Value::from);
        let numbers = numbers.into_iter().map(|number| Value::Bytes(number.to_vec()));
        let labels = [1, 3].into_iter().chain((1..).map(|label: i64| -label));
        let values = [Value::from(kind.cose_key_type()), Value::from(alg)];
        let values = values.into_iter().chain(curve).chain(numbers);
        let map = labels.map(Value::from).zip(values);
        cbor(&Value::Map(map.collect()))
    }

    /// Returns the `SubjectPublicKeyInfo` in DER (RFC 5280, section 4.1.2.7). Certificates contain
    /// it, and `getPublicKey()` returns it.
    pub fn subject_public_key_info(&self) -> Vec<u8> {
        let on_curve = |curve: &[u64]| {
            vec![der::object_identifier(ID_EC_PUBLIC_KEY), der::object_identifier(curve)]
        };
        let algorithm = match self.kind() {
            KeyKind::P256 => on_curve(&[1, 2, 840, 10045, 3, 1, 7]),
            KeyKind::P384 => on_curve(&[1, 3, 132, 0, 34]),
            KeyKind::P521 => on_curve(&[1, 3, 132, 0, 35]),
            KeyKind::Secp256k1 => on_curve(&[1, 3, 132, 0, 10]),
            KeyKind::Rsa => vec![der::object_identifier(RSA_ENCRYPTION), der::null()],
            kind => vec![der::object_identifier(pure_algorithm(kind))],
        };
        der::sequence(&[der::sequence(&algorithm), der::bit_string(0, &self.subject_public_key())])
    }

    /// Returns the content of the `subjectPublicKey` bit string. Key identifiers are hashes of it.
    pub fn subject_public_key(&self) -> Vec<u8> {
        let (kind, numbers) = self.parts();
        match kind {
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => {
                [&[0x04], numbers.concat().as_slice()].concat()
            }
            KeyKind::Rsa => {
                let integers: Vec<_> = numbers.into_iter().map(der::integer).collect();
                der::sequence(&integers)
            }
            _ => numbers.concat(),
        }
    }
}

/// Returns the object identifier that identifies both a key and its signatures: id-Ed25519 and
/// id-Ed448 (RFC 8410), or id-ml-dsa (RFC 9881). Returns an empty list for other kinds of key.
pub(crate) fn pure_algorithm(kind: KeyKind) -> &'static [u64] {
    match kind {
        KeyKind::Ed25519 => &[1, 3, 101, 112],
        KeyKind::Ed448 => &[1, 3, 101, 113],
        KeyKind::MlDsa44 => &[2, 16, 840, 1, 101, 3, 4, 3, 17],
        KeyKind::MlDsa65 => &[2, 16, 840, 1, 101, 3, 4, 3, 18],
        KeyKind::MlDsa87 => &[2, 16, 840, 1, 101, 3, 4, 3, 19],
        _ => &[],
    }
}

/// Encodes a CBOR value.
pub(crate) fn cbor(value: &Value) -> Result<Vec<u8>, AuthenticatorError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|error| {
        AuthenticatorError::new(format!("the CBOR could not be written: {error}"))
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cose_keys_are_in_canonical_order() {
        let key = PublicNumbers::P256 { x: [7; 32], y: [8; 32] }.cose_key(-7).unwrap();
        assert_eq!(key[..10], [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        assert_eq!(key[42..45], [0x22, 0x58, 32]);
        let key = PublicNumbers::Ed25519 { x: [7; 32] }.cose_key(-8).unwrap();
        assert_eq!(key[..10], [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32]);
        let key = PublicNumbers::Rsa { modulus: vec![9; 256], exponent: vec![1, 0, 1] };
        let key = key.cose_key(-257).unwrap();
        assert_eq!(key[..11], [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0]);
        assert_eq!(key[267..], [0x21, 0x43, 1, 0, 1]);
    }

    #[test]
    fn subject_public_key_info_has_the_algorithm_of_the_key() {
        let p384 = PublicNumbers::P384 { x: [7; 48], y: [8; 48] }.subject_public_key_info();
        assert_eq!(p384.len(), 120);
        assert_eq!(p384[15..24], [0x2b, 0x81, 0x04, 0, 0x22, 0x03, 98, 0, 4]);
        let ed25519 = PublicNumbers::Ed25519 { x: [7; 32] }.subject_public_key_info();
        assert_eq!(ed25519[..12], [0x30, 42, 0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70, 0x03, 33, 0]);
    }
}
