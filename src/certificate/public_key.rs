//! The public key in a certificate (RFC 5280, section 4.1.2.7).

use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::oid_registry as oids;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Parameters, check_parameters, ml_dsa_kind};
use super::failure::invalid;
use super::form;
use crate::error::{ErrorKind, Failure};
use crate::key::{KeyKind, KeyMaterial, MAX_USUAL_RSA_EXPONENT, rsa_exponent};

/// The subject public key: EC on P-256, P-384 or P-521, RSA, Ed25519, or ML-DSA.
pub(super) fn read<'k>(info: &'k SubjectPublicKeyInfo<'_>) -> Result<KeyMaterial<'k>, Failure> {
    let bits = &info.subject_public_key;
    if bits.unused_bits != 0 {
        return Err(invalid("a public key is not a whole number of bytes"));
    }
    if info.algorithm.algorithm == oids::OID_SIG_ED25519 {
        check_parameters(&info.algorithm, Parameters::Absent)?;
        let x = bits.data.as_ref().try_into();
        return Ok(KeyMaterial::Ed25519 {
            x: x.map_err(|_| invalid("an Ed25519 key has not 32 bytes"))?,
        });
    }
    if let Some(kind) = ml_dsa_kind(&info.algorithm.algorithm) {
        check_parameters(&info.algorithm, Parameters::Absent)?;
        return ml_dsa_key(kind, &bits.data);
    }
    if info.algorithm.algorithm == oids::OID_PKCS1_RSAENCRYPTION {
        check_parameters(&info.algorithm, Parameters::Null)?;
        return rsa_key(&bits.data);
    }
    if info.algorithm.algorithm == oids::OID_KEY_TYPE_EC_PUBLIC_KEY {
        let parameters = info.algorithm.parameters.as_ref();
        let curve = parameters.and_then(|parameters| parameters.as_oid().ok());
        return ec_point(curve.as_ref(), &bits.data);
    }
    Err(unsupported_key())
}

/// A key of ML-DSA is the bytes of the bit string (RFC 9881, section 4).
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
    key.ok_or_else(|| invalid(format!("an {} key of another length", kind.name())))
}

fn rsa_key(der: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let (modulus, exponent) = form::rsa_public_key(der)
        .map_err(|error| invalid(format!("an RSA key does not parse: {error}")))?;
    if rsa_exponent(exponent).is_none_or(|exponent| exponent > MAX_USUAL_RSA_EXPONENT) {
        return Err(invalid("an RSA key has an exponent above 65537"));
    }
    Ok(KeyMaterial::Rsa { modulus, exponent })
}

/// An uncompressed point of a named curve (RFC 5480, section 2).
fn ec_point<'k>(curve: Option<&Oid<'_>>, point: &'k [u8]) -> Result<KeyMaterial<'k>, Failure> {
    fn coordinates<const N: usize>(point: &[u8]) -> Result<(&[u8; N], &[u8; N]), Failure> {
        let split = match point {
            [0x04, coordinates @ ..] => coordinates.split_first_chunk::<N>(),
            _ => None,
        };
        let pair = split.and_then(|(x, y)| Some((x, <&[u8; N]>::try_from(y).ok()?)));
        pair.ok_or_else(|| invalid("an EC key is not an uncompressed point of its curve"))
    }
    match curve {
        Some(curve) if *curve == oids::OID_EC_P256 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P256 { x, y })
        }
        Some(curve) if *curve == oids::OID_NIST_EC_P384 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P384 { x, y })
        }
        Some(curve) if *curve == oids::OID_NIST_EC_P521 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P521 { x, y })
        }
        _ => Err(unsupported_key()),
    }
}

fn unsupported_key() -> Failure {
    Failure::new(ErrorKind::UnsupportedAlgorithm, "the type of a certificate's public key")
}
