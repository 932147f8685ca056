//! The numbers of a public key as an authenticator publishes them.

use ciborium::Value;

use super::der;
use super::error::AuthenticatorError;

const ID_EC_PUBLIC_KEY: &[u64] = &[1, 2, 840, 10045, 2, 1];
const PRIME256V1: &[u64] = &[1, 2, 840, 10045, 3, 1, 7];
const SECP384R1: &[u64] = &[1, 3, 132, 0, 34];
const ID_ED25519: &[u64] = &[1, 3, 101, 112];
const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];

/// The numbers of a public key. Nothing is checked, so that a test can publish a wrong key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicNumbers {
    /// A point of P-256; coordinates big-endian.
    P256 {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
    /// A point of P-384; coordinates big-endian.
    P384 {
        /// The x coordinate.
        x: [u8; 48],
        /// The y coordinate.
        y: [u8; 48],
    },
    /// A point of edwards25519, as RFC 8032 encodes it.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
    /// An RSA public key; numbers big-endian without leading zeros.
    Rsa {
        /// The modulus n.
        modulus: Vec<u8>,
        /// The public exponent e.
        exponent: Vec<u8>,
    },
}

impl PublicNumbers {
    /// The COSE key (RFC 9052, section 7) with this `alg`, in CTAP2 canonical order.
    ///
    /// # Errors
    ///
    /// Where the CBOR cannot be written, which does not happen in memory.
    pub fn cose_key(&self, alg: i64) -> Result<Vec<u8>, AuthenticatorError> {
        // 1 is kty, 3 alg, -1 crv (or n), -2 x (or e), -3 y.
        let members = match self {
            PublicNumbers::P256 { x, y } => vec![
                (1, Value::from(2)),
                (3, Value::from(alg)),
                (-1, Value::from(1)),
                (-2, Value::Bytes(x.to_vec())),
                (-3, Value::Bytes(y.to_vec())),
            ],
            PublicNumbers::P384 { x, y } => vec![
                (1, Value::from(2)),
                (3, Value::from(alg)),
                (-1, Value::from(2)),
                (-2, Value::Bytes(x.to_vec())),
                (-3, Value::Bytes(y.to_vec())),
            ],
            PublicNumbers::Ed25519 { x } => vec![
                (1, Value::from(1)),
                (3, Value::from(alg)),
                (-1, Value::from(6)),
                (-2, Value::Bytes(x.to_vec())),
            ],
            PublicNumbers::Rsa { modulus, exponent } => vec![
                (1, Value::from(3)),
                (3, Value::from(alg)),
                (-1, Value::Bytes(modulus.clone())),
                (-2, Value::Bytes(exponent.clone())),
            ],
        };
        let map = members.into_iter().map(|(label, value)| (Value::from(label), value));
        cbor(&Value::Map(map.collect()))
    }

    /// The DER of the `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), which certificates
    /// contain and `getPublicKey()` returns.
    pub fn subject_public_key_info(&self) -> Vec<u8> {
        let algorithm = match self {
            PublicNumbers::P256 { .. } => der::sequence(&[
                der::object_identifier(ID_EC_PUBLIC_KEY),
                der::object_identifier(PRIME256V1),
            ]),
            PublicNumbers::P384 { .. } => der::sequence(&[
                der::object_identifier(ID_EC_PUBLIC_KEY),
                der::object_identifier(SECP384R1),
            ]),
            PublicNumbers::Ed25519 { .. } => der::sequence(&[der::object_identifier(ID_ED25519)]),
            PublicNumbers::Rsa { .. } => {
                der::sequence(&[der::object_identifier(RSA_ENCRYPTION), der::null()])
            }
        };
        der::sequence(&[algorithm, der::bit_string(0, &self.subject_public_key())])
    }

    /// The content of the `subjectPublicKey` bit string, over which key identifiers are made.
    pub fn subject_public_key(&self) -> Vec<u8> {
        match self {
            PublicNumbers::P256 { x, y } => [&[0x04], x.as_slice(), y.as_slice()].concat(),
            PublicNumbers::P384 { x, y } => [&[0x04], x.as_slice(), y.as_slice()].concat(),
            PublicNumbers::Ed25519 { x } => x.to_vec(),
            PublicNumbers::Rsa { modulus, exponent } => {
                der::sequence(&[der::integer(modulus), der::integer(exponent)])
            }
        }
    }
}

/// The bytes of a CBOR value.
pub(super) fn cbor(value: &Value) -> Result<Vec<u8>, AuthenticatorError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes)
        .map_err(|error| AuthenticatorError::new(format!("the CBOR was not written: {error}")))?;
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
