//! The public key in a certificate (RFC 5280, section 4.1.2.7).

use super::algorithm::{Parameters, check_parameters, ml_dsa_kind};
use super::failure::invalid;
use super::form::{self, PublicKeyInfo};
use crate::encoding::der::OBJECT_IDENTIFIER;
use crate::error::{ErrorKind, Failure};
use crate::key::{KeyKind, KeyMaterial, MAX_USUAL_RSA_EXPONENT, rsa_exponent};
use crate::oid::{self, Oid};

/// Reads the subject public key: EC on P-256, P-384 or P-521, RSA, Ed25519, or ML-DSA.
pub(super) fn read<'a>(info: &PublicKeyInfo<'a>) -> Result<KeyMaterial<'a>, Failure> {
    let key = info.key.bytes;
    if info.key.unused_bits != 0 {
        return Err(invalid("a public key is not a whole number of bytes"));
    }
    match info.algorithm.algorithm {
        oid::ED25519 => {
            check_parameters(&info.algorithm, Parameters::Absent)?;
            let x = key.try_into().map_err(|_| invalid("an Ed25519 key does not have 32 bytes"))?;
            Ok(KeyMaterial::Ed25519 { x })
        }
        oid::RSA_ENCRYPTION => {
            check_parameters(&info.algorithm, Parameters::Null)?;
            rsa_key(key)
        }
        oid::EC_PUBLIC_KEY => ec_point(info.algorithm.parameters, key),
        other => {
            let kind = ml_dsa_kind(other).ok_or_else(unsupported_key)?;
            check_parameters(&info.algorithm, Parameters::Absent)?;
            ml_dsa_key(kind, key)
        }
    }
}

/// Reads an ML-DSA key: the bytes of the bit string (RFC 9881, section 4).
fn ml_dsa_key(kind: KeyKind, bytes: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let key = match kind {
        KeyKind::MlDsa44 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa44 { public_key })
        }
        KeyKind::MlDsa65 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa65 { public_key })
        }
        KeyKind::MlDsa87 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa87 { public_key })
        }
        _ => None,
    };
    key.ok_or_else(|| invalid(format!("an {} key with a wrong length", kind.as_str())))
}

fn rsa_key(der: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let (modulus, exponent) = form::rsa_public_key(der)
        .map_err(|error| invalid(format!("an RSA key does not parse: {error}")))?;
    if rsa_exponent(exponent).is_none_or(|exponent| exponent > MAX_USUAL_RSA_EXPONENT) {
        return Err(invalid("an RSA key has an exponent above 65537"));
    }
    Ok(KeyMaterial::Rsa { modulus, exponent })
}

/// Reads an uncompressed point on a named curve (RFC 5480, section 2).
fn ec_point<'a>(curve: Option<(u8, &[u8])>, point: &'a [u8]) -> Result<KeyMaterial<'a>, Failure> {
    fn coordinates<const N: usize>(point: &[u8]) -> Result<(&[u8; N], &[u8; N]), Failure> {
        let split = match point {
            [0x04, coordinates @ ..] => coordinates.split_first_chunk::<N>(),
            _ => None,
        };
        let pair = split.and_then(|(x, y)| Some((x, <&[u8; N]>::try_from(y).ok()?)));
        pair.ok_or_else(|| invalid("an EC key is not an uncompressed point of its curve"))
    }
    let Some((OBJECT_IDENTIFIER, curve)) = curve else { return Err(unsupported_key()) };
    match Oid::of_content(curve) {
        oid::P256 => coordinates(point).map(|(x, y)| KeyMaterial::P256 { x, y }),
        oid::P384 => coordinates(point).map(|(x, y)| KeyMaterial::P384 { x, y }),
        oid::P521 => coordinates(point).map(|(x, y)| KeyMaterial::P521 { x, y }),
        _ => Err(unsupported_key()),
    }
}

fn unsupported_key() -> Failure {
    Failure::new(ErrorKind::UnsupportedAlgorithm, "the type of a certificate's public key")
}
