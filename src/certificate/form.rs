//! The form of a certificate (RFC 5280, section 4.1), to the last byte.
//!
//! The parser that reads the fields accepts much of BER, and passes over what follows in a
//! sequence. So [`check`] walks the whole certificate first: two readers of a certificate must not
//! read two things in it, and no byte of it may be free. Written-out defaults are accepted,
//! because certificates have them; the order of a SET OF is not checked.

use super::name::Name;
use crate::encoding::der::{self, BIT_STRING, BOOLEAN, INTEGER, Noted, SEQUENCE, element};
use crate::encoding::der::{GENERALIZED_TIME, OBJECT_IDENTIFIER, OCTET_STRING, UTC_TIME};
use crate::error::{ErrorKind, ParseError};
use crate::reader::Reader;

/// More extensions than any real certificate has. The parser that reads the fields makes a value of
/// some hundred bytes of each.
const MAX_EXTENSIONS: usize = 32;

/// The names in a certificate.
pub(super) struct Names {
    pub(super) issuer: Name,
    pub(super) subject: Name,
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BasicConstraints {
    pub(super) ca: bool,
    pub(super) path_length: Option<u64>,
}

impl BasicConstraints {
    /// What a certificate says without the extension (RFC 5280, section 4.2.1.9).
    pub(super) const NO_CA: BasicConstraints = BasicConstraints { ca: false, path_length: None };
}

/// `KeyUsage ::= BIT STRING`, of which the bits that count here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage {
    pub(super) digital_signature: bool,
    pub(super) key_cert_sign: bool,
}

/// Checks that the bytes are one certificate: every element in its DER form, in its place, and
/// nothing after it. Gives the names in it. What `noted` records is no error.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
/// ```
pub(super) fn check(certificate: &[u8], noted: &mut Noted) -> Result<Names, ParseError> {
    let mut certificate = only(reader(certificate, "certificate"), SEQUENCE, "certificate")?;
    der::check_but(certificate, "certificate", noted)?;
    let to_be_signed = element(&mut certificate, SEQUENCE, "tbsCertificate")?;
    let names = check_to_be_signed(to_be_signed)?;
    element(&mut certificate, SEQUENCE, "signatureAlgorithm").and_then(check_algorithm)?;
    element(&mut certificate, BIT_STRING, "signatureValue")?;
    finish(&certificate)?;
    Ok(names)
}

/// ```text
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER,
///     signature AlgorithmIdentifier, issuer Name, validity SEQUENCE { notBefore, notAfter },
///     subject Name, subjectPublicKeyInfo SEQUENCE { AlgorithmIdentifier, BIT STRING },
///     issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension OPTIONAL }
/// ```
fn check_to_be_signed(mut fields: Reader<'_>) -> Result<Names, ParseError> {
    if let Some(version) = optional(&mut fields, der::EXPLICIT_0, "version")? {
        only(version, INTEGER, "version")?;
    }
    element(&mut fields, INTEGER, "serialNumber")?;
    element(&mut fields, SEQUENCE, "signature").and_then(check_algorithm)?;
    let issuer = element(&mut fields, SEQUENCE, "issuer").and_then(Name::read)?;
    let mut validity = element(&mut fields, SEQUENCE, "validity")?;
    check_time(&mut validity, "notBefore")?;
    check_time(&mut validity, "notAfter")?;
    finish(&validity)?;
    let subject = element(&mut fields, SEQUENCE, "subject").and_then(Name::read)?;
    let mut key = element(&mut fields, SEQUENCE, "subjectPublicKeyInfo")?;
    element(&mut key, SEQUENCE, "algorithm").and_then(check_algorithm)?;
    element(&mut key, BIT_STRING, "subjectPublicKey")?;
    finish(&key)?;
    optional(&mut fields, 0x81, "issuerUniqueID")?;
    optional(&mut fields, 0x82, "subjectUniqueID")?;
    if let Some(extensions) = optional(&mut fields, 0xa3, "extensions")? {
        check_extensions(only(extensions, SEQUENCE, "extensions")?)?;
    }
    finish(&fields)?;
    Ok(Names { issuer, subject })
}

/// The bits of the public key in a certificate, of which nothing else is checked. For looking up who
/// it may be of, without an allocation.
#[cfg(feature = "metadata")]
pub(crate) fn subject_public_key(certificate: &[u8]) -> Option<&[u8]> {
    let mut certificate = only(reader(certificate, "certificate"), SEQUENCE, "certificate").ok()?;
    let mut fields = element(&mut certificate, SEQUENCE, "tbsCertificate").ok()?;
    optional(&mut fields, der::EXPLICIT_0, "version").ok()?;
    for before in ["serialNumber", "signature", "issuer", "validity", "subject"] {
        der::any(&mut fields, before).ok()?;
    }
    let mut key = element(&mut fields, SEQUENCE, "subjectPublicKeyInfo").ok()?;
    element(&mut key, SEQUENCE, "algorithm").ok()?;
    let bits = element(&mut key, BIT_STRING, "subjectPublicKey").ok()?;
    // The first byte counts the unused bits.
    bits.rest().get(1..)
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
fn check_algorithm(mut identifier: Reader<'_>) -> Result<(), ParseError> {
    element(&mut identifier, OBJECT_IDENTIFIER, "algorithm")?;
    if !identifier.rest().is_empty() {
        der::any(&mut identifier, "parameters")?;
    }
    finish(&identifier)
}

/// `Time ::= CHOICE { UTCTime, GeneralizedTime }`, to the second and in UTC (RFC 5280, section
/// 4.1.2.5).
fn check_time(validity: &mut Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let start = *validity;
    let time = der::any(validity, field)?;
    let digits = match (time.tag, time.content.rest()) {
        (UTC_TIME, [digits @ .., b'Z']) if digits.len() == 12 => digits,
        (GENERALIZED_TIME, [digits @ .., b'Z']) if digits.len() == 14 => digits,
        _ => return Err(start.error(field, "not a time in UTC to the second")),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(start.error(field, "not a time in UTC to the second"));
    }
    Ok(())
}

/// `Extension ::= SEQUENCE { OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, OCTET STRING }`
fn check_extensions(mut extensions: Reader<'_>) -> Result<(), ParseError> {
    if extensions.rest().is_empty() {
        return Err(extensions.error("extensions", "an empty list"));
    }
    let mut left = MAX_EXTENSIONS;
    while !extensions.rest().is_empty() {
        left = usize::checked_sub(left, 1)
            .ok_or_else(|| extensions.error("extensions", "more than 32 extensions"))?;
        let mut extension = element(&mut extensions, SEQUENCE, "extension")?;
        element(&mut extension, OBJECT_IDENTIFIER, "extnID")?;
        optional(&mut extension, BOOLEAN, "critical")?;
        element(&mut extension, OCTET_STRING, "extnValue")?;
        finish(&extension)?;
    }
    Ok(())
}

/// Reads the value of the extension basicConstraints (RFC 5280, section 4.2.1.9). What `noted`
/// records is no error.
pub(super) fn basic_constraints(
    value: &[u8],
    noted: &mut Noted,
) -> Result<BasicConstraints, ParseError> {
    let value = reader(value, "basicConstraints");
    der::check_but(value, "value", noted)?;
    let mut fields = only(value, SEQUENCE, "basicConstraints")?;
    let ca = optional(&mut fields, BOOLEAN, "cA")?;
    let path_length = match optional(&mut fields, INTEGER, "pathLenConstraint")? {
        Some(digits) => Some(unsigned(digits)?),
        None => None,
    };
    finish(&fields)?;
    Ok(BasicConstraints { ca: ca.is_some_and(|ca| ca.rest() != [0]), path_length })
}

/// Reads the value of the extension keyUsage (RFC 5280, section 4.2.1.3).
pub(super) fn key_usage(value: &[u8]) -> Result<KeyUsage, ParseError> {
    let value = reader(value, "keyUsage");
    der::check(value, "value")?;
    let bits = only(value, BIT_STRING, "keyUsage")?;
    // Bit 0 is the first of the byte after the count of unused bits.
    let first = bits.rest().get(1).copied().unwrap_or_default();
    Ok(KeyUsage { digital_signature: first & 0x80 != 0, key_cert_sign: first & 0x04 != 0 })
}

/// Reads `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017,
/// appendix A.1.1): both positive, here without the zero byte that DER puts before a set bit.
pub(super) fn rsa_public_key(key: &[u8]) -> Result<(&[u8], &[u8]), ParseError> {
    let key = reader(key, "RSA key");
    der::check(key, "value")?;
    let mut numbers = only(key, SEQUENCE, "RSA key")?;
    let modulus = element(&mut numbers, INTEGER, "modulus")?;
    let exponent = element(&mut numbers, INTEGER, "publicExponent")?;
    finish(&numbers)?;
    Ok((not_negative(modulus)?, not_negative(exponent)?))
}

fn unsigned(digits: Reader<'_>) -> Result<u64, ParseError> {
    let number = not_negative(digits)?;
    if number.len() > size_of::<u64>() {
        return Err(digits.error("integer", "a number that nothing reaches"));
    }
    Ok(number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn not_negative(digits: Reader<'_>) -> Result<&[u8], ParseError> {
    match digits.rest() {
        [0x80..=0xff, ..] => Err(digits.error("integer", "a negative number")),
        [0, rest @ ..] => Ok(rest),
        number => Ok(number),
    }
}

/// Reads an element if it comes next.
pub(super) fn optional<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Option<Reader<'a>>, ParseError> {
    match reader.rest().first() {
        Some(found) if *found == tag => element(reader, tag, field).map(Some),
        _ => Ok(None),
    }
}

/// Reads an element that must have this tag and be the last.
pub(super) fn only<'a>(
    mut reader: Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Reader<'a>, ParseError> {
    let content = element(&mut reader, tag, field)?;
    finish(&reader)?;
    Ok(content)
}

/// What follows makes the certificate invalid, not the message around it.
pub(super) fn finish(reader: &Reader<'_>) -> Result<(), ParseError> {
    let invalid = |error| ParseError { kind: ErrorKind::AttestationInvalid, ..error };
    reader.finish().map_err(invalid)
}

fn reader<'a>(der: &'a [u8], structure: &'static str) -> Reader<'a> {
    Reader::new(der, 0, structure, ErrorKind::AttestationInvalid)
}
