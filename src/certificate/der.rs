//! DER (ITU-T X.690) exactly as certificates have to be written (RFC 5280, section 4.1).
//!
//! The parser that reads the fields accepts much of BER, and passes over what follows in a
//! sequence. So [`check`] walks the whole certificate first: two readers of a certificate must not
//! read two things in it, and no byte of it may be free. Written-out defaults are accepted,
//! because certificates have them; the order of a SET OF is not checked.

use crate::error::{ErrorKind, ParseError};
use crate::reader::Reader;

/// Sequences inside one another. A name inside a certificate needs 6.
const MAX_DEPTH: u8 = 16;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// The bit of a tag that says that the content is elements.
const CONSTRUCTED: u8 = 0x20;

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BasicConstraints {
    pub(super) ca: bool,
    pub(super) path_length: Option<u64>,
}

/// `KeyUsage ::= BIT STRING`, of which the bits that count here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage {
    pub(super) digital_signature: bool,
    pub(super) key_cert_sign: bool,
}

/// Checks that the bytes are one certificate: every element in its DER form, in its place, and
/// nothing after it.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
/// ```
pub(super) fn check(der: &[u8]) -> Result<(), ParseError> {
    let mut certificate = only(reader(der, "certificate"), SEQUENCE, "certificate")?;
    check_elements(certificate, 1)?;
    let to_be_signed = expect(&mut certificate, SEQUENCE, "tbsCertificate")?;
    check_to_be_signed(to_be_signed)?;
    expect(&mut certificate, SEQUENCE, "signatureAlgorithm").and_then(check_algorithm)?;
    expect(&mut certificate, BIT_STRING, "signatureValue")?;
    finish(&certificate)
}

/// ```text
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER,
///     signature AlgorithmIdentifier, issuer Name, validity SEQUENCE { notBefore, notAfter },
///     subject Name, subjectPublicKeyInfo SEQUENCE { AlgorithmIdentifier, BIT STRING },
///     issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension OPTIONAL }
/// ```
fn check_to_be_signed(mut fields: Reader<'_>) -> Result<(), ParseError> {
    if let Some(version) = optional(&mut fields, 0xa0, "version")? {
        only(version, INTEGER, "version")?;
    }
    expect(&mut fields, INTEGER, "serialNumber")?;
    expect(&mut fields, SEQUENCE, "signature").and_then(check_algorithm)?;
    expect(&mut fields, SEQUENCE, "issuer").and_then(check_name)?;
    let mut validity = expect(&mut fields, SEQUENCE, "validity")?;
    check_time(&mut validity, "notBefore")?;
    check_time(&mut validity, "notAfter")?;
    finish(&validity)?;
    expect(&mut fields, SEQUENCE, "subject").and_then(check_name)?;
    let mut key = expect(&mut fields, SEQUENCE, "subjectPublicKeyInfo")?;
    expect(&mut key, SEQUENCE, "algorithm").and_then(check_algorithm)?;
    expect(&mut key, BIT_STRING, "subjectPublicKey")?;
    finish(&key)?;
    optional(&mut fields, 0x81, "issuerUniqueID")?;
    optional(&mut fields, 0x82, "subjectUniqueID")?;
    if let Some(extensions) = optional(&mut fields, 0xa3, "extensions")? {
        check_extensions(only(extensions, SEQUENCE, "extensions")?)?;
    }
    finish(&fields)
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
fn check_algorithm(mut identifier: Reader<'_>) -> Result<(), ParseError> {
    expect(&mut identifier, OBJECT_IDENTIFIER, "algorithm")?;
    if !identifier.rest().is_empty() {
        element(&mut identifier, "parameters")?;
    }
    finish(&identifier)
}

/// `Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
fn check_name(mut name: Reader<'_>) -> Result<(), ParseError> {
    while !name.rest().is_empty() {
        let mut relative_name = expect(&mut name, SET, "name")?;
        while !relative_name.rest().is_empty() {
            let mut attribute = expect(&mut relative_name, SEQUENCE, "name")?;
            expect(&mut attribute, OBJECT_IDENTIFIER, "name")?;
            element(&mut attribute, "name")?;
            finish(&attribute)?;
        }
    }
    Ok(())
}

/// `Time ::= CHOICE { UTCTime, GeneralizedTime }`, to the second and in UTC (RFC 5280, section
/// 4.1.2.5).
fn check_time(validity: &mut Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let start = *validity;
    let (tag, content) = element(validity, field)?;
    let digits = match (tag, content.rest()) {
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
    while !extensions.rest().is_empty() {
        let mut extension = expect(&mut extensions, SEQUENCE, "extension")?;
        expect(&mut extension, OBJECT_IDENTIFIER, "extnID")?;
        optional(&mut extension, BOOLEAN, "critical")?;
        expect(&mut extension, OCTET_STRING, "extnValue")?;
        finish(&extension)?;
    }
    Ok(())
}

/// Reads the value of the extension basicConstraints (RFC 5280, section 4.2.1.9).
pub(super) fn basic_constraints(value: &[u8]) -> Result<BasicConstraints, ParseError> {
    let value = reader(value, "basicConstraints");
    check_elements(value, 0)?;
    let mut fields = only(value, SEQUENCE, "basicConstraints")?;
    let ca = optional(&mut fields, BOOLEAN, "cA")?;
    let path_length = match optional(&mut fields, INTEGER, "pathLenConstraint")? {
        Some(digits) => Some(unsigned(digits)?),
        None => None,
    };
    finish(&fields)?;
    Ok(BasicConstraints { ca: ca.is_some_and(|ca| ca.rest() == [0xff]), path_length })
}

/// Reads the value of the extension keyUsage (RFC 5280, section 4.2.1.3).
pub(super) fn key_usage(value: &[u8]) -> Result<KeyUsage, ParseError> {
    let value = reader(value, "keyUsage");
    check_elements(value, 0)?;
    let bits = only(value, BIT_STRING, "keyUsage")?;
    // Bit 0 is the first of the byte after the count of unused bits.
    let first = bits.rest().get(1).copied().unwrap_or_default();
    Ok(KeyUsage { digital_signature: first & 0x80 != 0, key_cert_sign: first & 0x04 != 0 })
}

/// Reads `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017,
/// appendix A.1.1): both positive, here without the zero byte that DER puts before a set bit.
pub(super) fn rsa_public_key(der: &[u8]) -> Result<(&[u8], &[u8]), ParseError> {
    let key = reader(der, "RSA key");
    check_elements(key, 0)?;
    let mut numbers = only(key, SEQUENCE, "RSA key")?;
    let modulus = expect(&mut numbers, INTEGER, "modulus")?;
    let exponent = expect(&mut numbers, INTEGER, "publicExponent")?;
    finish(&numbers)?;
    Ok((not_negative(modulus)?, not_negative(exponent)?))
}

/// Whether the value is one INTEGER from 0.
pub(crate) fn is_unsigned_integer(value: &[u8]) -> bool {
    let value = reader(value, "integer");
    check_elements(value, 0)
        .and_then(|()| only(value, INTEGER, "integer"))
        .and_then(not_negative)
        .is_ok()
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

/// Checks every element to the end, and those inside.
fn check_elements(mut elements: Reader<'_>, depth: u8) -> Result<(), ParseError> {
    if depth > MAX_DEPTH {
        return Err(elements.error("element", "nested deeper than 16 levels"));
    }
    while !elements.rest().is_empty() {
        let start = elements;
        let (tag, content) = element(&mut elements, "element")?;
        let universal = tag & 0xc0 == 0;
        match tag & CONSTRUCTED != 0 {
            true if universal && tag != SEQUENCE && tag != SET => {
                return Err(start.error("element", "a value in parts"));
            }
            true => check_elements(content, depth + 1)?,
            false if universal => check_primitive(tag, content)?,
            false => {}
        }
    }
    Ok(())
}

/// Checks that a value of a universal type has the one form that DER gives it (X.690, sections 8
/// and 11).
fn check_primitive(tag: u8, content: Reader<'_>) -> Result<(), ParseError> {
    let well_formed = match (tag, content.rest()) {
        (BOOLEAN, value) => matches!(value, [0x00 | 0xff]),
        (INTEGER, value) => {
            !matches!(value, [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
        }
        (BIT_STRING, [0]) => true,
        (BIT_STRING, [unused @ 0..=7, .., last]) => last.trailing_zeros() >= u32::from(*unused),
        (BIT_STRING, _) => false,
        (NULL, value) => value.is_empty(),
        (OBJECT_IDENTIFIER, value) => is_object_identifier(value),
        // The numbers of SEQUENCE and SET, which are never primitive.
        (0x00 | 0x10 | 0x11, _) => false,
        _ => true,
    };
    if well_formed { Ok(()) } else { Err(content.error("element", "a value that is not DER")) }
}

/// Whole numbers of seven bits a byte, none with a leading zero (X.690, section 8.19).
fn is_object_identifier(value: &[u8]) -> bool {
    let mut at_start = true;
    for byte in value {
        if at_start && *byte == 0x80 {
            return false;
        }
        at_start = byte & 0x80 == 0;
    }
    at_start && !value.is_empty()
}

/// Reads one element: its tag, and a reader of its content.
fn element<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
) -> Result<(u8, Reader<'a>), ParseError> {
    let start = *reader;
    let tag = reader.u8(field)?;
    if tag & 0x1f == 0x1f {
        return Err(start.error(field, "a tag of several bytes"));
    }
    let length = length(reader, field)?;
    Ok((tag, reader.nested(field, length)?))
}

/// Reads a length in its shortest form (X.690, section 10.1), of at most two bytes.
fn length(reader: &mut Reader<'_>, field: &'static str) -> Result<usize, ParseError> {
    let start = *reader;
    let length = match reader.u8(field)? {
        short @ 0..=0x7f => return Ok(usize::from(short)),
        0x81 => usize::from(reader.u8(field)?),
        0x82 => usize::from(reader.u16(field)?),
        0x80 => return Err(start.error(field, "a length that is not definite")),
        _ => return Err(start.error(field, "a length of more than 65535 bytes")),
    };
    let shorter_form_reaches = match reader.offset().saturating_sub(start.offset()) {
        2 => 0x7f,
        _ => 0xff,
    };
    if length <= shorter_form_reaches {
        return Err(start.error(field, "a length that is not in the shortest form"));
    }
    Ok(length)
}

/// Reads an element that must have this tag.
fn expect<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Reader<'a>, ParseError> {
    let start = *reader;
    match element(reader, field)? {
        (found, content) if found == tag => Ok(content),
        _ => Err(start.error(field, "an element of another type")),
    }
}

/// Reads an element if it comes next.
fn optional<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Option<Reader<'a>>, ParseError> {
    match reader.rest().first() {
        Some(found) if *found == tag => expect(reader, tag, field).map(Some),
        _ => Ok(None),
    }
}

/// Reads an element that must have this tag and be the last.
fn only<'a>(
    mut reader: Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Reader<'a>, ParseError> {
    let content = expect(&mut reader, tag, field)?;
    finish(&reader)?;
    Ok(content)
}

/// What follows makes the certificate invalid, not the message around it.
fn finish(reader: &Reader<'_>) -> Result<(), ParseError> {
    let invalid = |error| ParseError { kind: ErrorKind::AttestationInvalid, ..error };
    reader.finish().map_err(invalid)
}

fn reader<'a>(der: &'a [u8], structure: &'static str) -> Reader<'a> {
    Reader::new(der, 0, structure, ErrorKind::AttestationInvalid)
}
