//! SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER.
//!
//! ```text
//! SubjectPublicKeyInfo ::= SEQUENCE {
//!     algorithm         SEQUENCE { algorithm OBJECT IDENTIFIER, parameters },
//!     subjectPublicKey  BIT STRING }
//! ```
//!
//! Each algorithm defines its parameters: a named curve for EC keys (RFC 5480, section 2.1.1), NULL
//! for RSA (RFC 3279, section 2.3.1), and none for Ed25519 and Ed448 (RFC 8410, section 3) and
//! ML-DSA (RFC 9881, section 2).

use super::sec1;
use crate::encoding::der::{self, BIT_STRING, INTEGER, SEQUENCE};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{KeyKind, KeyMaterial};
use crate::message::key_form::Binary;
use crate::oid::{self, Oid};
use crate::reader::Reader;

pub(super) const STRUCTURE: &str = "SubjectPublicKeyInfo";

/// Parses one SubjectPublicKeyInfo. No bytes may follow it.
pub(super) fn parse(bytes: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let mut input = Reader::new(bytes, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
    let mut info = der::element(&mut input, SEQUENCE, "SubjectPublicKeyInfo")?;
    input.finish()?;
    if let Some(reason) = other_structure(info) {
        return Err(info.error("algorithm", reason).into());
    }
    let algorithm = der::element(&mut info, SEQUENCE, "algorithm")?;
    let key = der::element(&mut info, BIT_STRING, "subjectPublicKey")?;
    info.finish()?;
    material(key_kind(algorithm)?, whole_bytes(key)?)
}

/// Returns the advice for the content of a SEQUENCE if it is another well-known structure.
fn other_structure(content: Reader<'_>) -> Option<&'static str> {
    match Binary::of_sequence(content)? {
        Binary::SubjectPublicKeyInfo => None,
        other => Some(other.advice()),
    }
}

/// Returns the kind of key for the content of an AlgorithmIdentifier.
fn key_kind(algorithm: Reader<'_>) -> Result<KeyKind, Failure> {
    let named = |kind: &KeyKind| kind.algorithm_identifier() == algorithm.rest();
    match KeyKind::ALL.into_iter().find(named) {
        Some(kind) => Ok(kind),
        None => Err(unknown(algorithm)?),
    }
}

/// Returns the reason why an AlgorithmIdentifier is unknown. It fails if the identifier is
/// malformed.
fn unknown(algorithm: Reader<'_>) -> Result<Failure, Failure> {
    der::check(algorithm, "algorithm")?;
    let mut reader = algorithm;
    let identifier = Oid::read(&mut reader, "algorithm")?;
    let parameters = reader;
    if identifier == oid::EC_PUBLIC_KEY {
        let curve = Oid::read(&mut reader, "namedCurve")
            .map_err(|error| ParseError { reason: "only named curves are accepted", ..error })?;
        reader.finish()?;
        return Ok(unsupported(format!("the curve {curve}")));
    }
    if identifier == oid::RSASSA_PSS {
        let advice = "write it as rsaEncryption and name PS256, PS384 or PS512";
        return Ok(unsupported(format!("a key for RSASSA-PSS only; {advice}")));
    }
    let starts_alike = |kind: &KeyKind| {
        let mut known = algorithm.nested(kind.algorithm_identifier(), algorithm.offset());
        Oid::read(&mut known, "algorithm") == Ok(identifier)
    };
    if KeyKind::ALL.iter().any(starts_alike) {
        let reason = "parameters that this algorithm does not have";
        return Err(parameters.error("parameters", reason).into());
    }
    Ok(unsupported(format!("the algorithm {identifier}")))
}

fn unsupported(detail: String) -> Failure {
    Failure::new(ErrorKind::UnsupportedAlgorithm, detail).in_field("algorithm")
}

/// Returns the bytes of a BIT STRING, which must not have unused bits.
fn whole_bytes(mut bits: Reader<'_>) -> Result<Reader<'_>, ParseError> {
    let start = bits;
    match bits.u8("subjectPublicKey")? {
        0 => Ok(bits),
        _ => Err(start.error("subjectPublicKey", "the key must not have unused bits")),
    }
}

fn material(kind: KeyKind, mut key: Reader<'_>) -> Result<KeyMaterial<'_>, Failure> {
    const FIELD: &str = "subjectPublicKey";
    let material = match kind {
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => {
            return sec1::point(kind, key);
        }
        KeyKind::Ed25519 => KeyMaterial::Ed25519 { x: key.array(FIELD)? },
        KeyKind::Ed448 => KeyMaterial::Ed448 { x: key.array(FIELD)? },
        KeyKind::Rsa => {
            let mut numbers = der::element(&mut key, SEQUENCE, "RSAPublicKey")?;
            let modulus = unsigned(&mut numbers, "modulus")?;
            let exponent = unsigned(&mut numbers, "publicExponent")?;
            numbers.finish()?;
            KeyMaterial::Rsa { modulus, exponent }
        }
        KeyKind::MlDsa44 => KeyMaterial::MlDsa44 { public_key: key.array(FIELD)? },
        KeyKind::MlDsa65 => KeyMaterial::MlDsa65 { public_key: key.array(FIELD)? },
        KeyKind::MlDsa87 => KeyMaterial::MlDsa87 { public_key: key.array(FIELD)? },
    };
    key.finish()?;
    Ok(material)
}

/// Reads a non-negative INTEGER and returns its digits without the leading zero.
fn unsigned<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], ParseError> {
    let start = *reader;
    let digits = der::element(reader, INTEGER, field)?.rest();
    if !der::is_minimal_integer(digits) {
        return Err(start.error(field, "an integer that is not DER"));
    }
    match digits {
        [0x80..=0xff, ..] => Err(start.error(field, "a negative number")),
        [0, positive @ ..] => Ok(positive),
        positive => Ok(positive),
    }
}
