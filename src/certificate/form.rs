//! Reads a certificate (RFC 5280, section 4.1) to the last byte, and provides views of its parts.
//!
//! [`read`] walks the whole certificate once. Every element must be in its place and in DER form.
//! No byte is left unchecked, and everything that `read` returns has been checked. Explicit default
//! values are accepted, because real certificates contain them. The order of a SET OF is not
//! checked.

use core::iter;

use super::name::Name;
use crate::calendar;
use crate::encoding::der::{self, BIT_STRING, BOOLEAN, INTEGER, Noted, SEQUENCE, element};
use crate::encoding::der::{GENERALIZED_TIME, OCTET_STRING, UTC_TIME};
use crate::error::{ErrorKind, ParseError};
use crate::oid::Oid;
use crate::reader::Reader;

/// More extensions than any real certificate has. Each is compared with every other one.
const MAX_EXTENSIONS: usize = 32;

/// The parts of a certificate.
pub(super) struct Form<'a> {
    /// The DER that the issuer signed.
    pub(super) to_be_signed: &'a [u8],
    /// The digits of the version: 2 means version 3.
    pub(super) version: &'a [u8],
    /// The digits of the serial number: big-endian and signed.
    pub(super) serial_number: &'a [u8],
    /// The algorithm in the part that the issuer signed.
    pub(super) signature: AlgorithmIdentifier<'a>,
    pub(super) issuer: Name,
    /// Both ends of the validity period, in seconds since 1970.
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) subject: Name,
    /// The subject in DER.
    pub(super) subject_der: &'a [u8],
    pub(super) public_key: PublicKeyInfo<'a>,
    pub(super) extensions: Vec<Extension<'a>>,
    /// The algorithm next to the signature. The issuer did not sign this field.
    pub(super) signature_algorithm: AlgorithmIdentifier<'a>,
    pub(super) signature_value: BitString<'a>,
}

/// An algorithm and its parameters. The parameters are a tag and a content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct AlgorithmIdentifier<'a> {
    pub(super) algorithm: Oid<'a>,
    pub(super) parameters: Option<(u8, &'a [u8])>,
}

pub(super) struct PublicKeyInfo<'a> {
    /// The whole structure.
    pub(super) der: &'a [u8],
    pub(super) algorithm: AlgorithmIdentifier<'a>,
    pub(super) key: BitString<'a>,
}

pub(super) struct BitString<'a> {
    pub(super) unused_bits: u8,
    pub(super) bytes: &'a [u8],
}

/// An extension. Its value has not been read yet.
pub(crate) struct Extension<'a> {
    pub(crate) oid: Oid<'a>,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BasicConstraints {
    pub(super) ca: bool,
    pub(super) path_length: Option<u64>,
}

impl BasicConstraints {
    /// The value for a certificate without the extension (RFC 5280, section 4.2.1.9).
    pub(super) const NO_CA: BasicConstraints = BasicConstraints { ca: false, path_length: None };
}

/// `KeyUsage ::= BIT STRING`: the bits that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage {
    pub(super) digital_signature: bool,
    pub(super) key_cert_sign: bool,
}

/// Reads exactly one certificate. Every element must be in its place and in DER form. Deviations
/// that are recorded in `noted` are not errors.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
///
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER,
///     signature AlgorithmIdentifier, issuer Name, validity SEQUENCE { notBefore, notAfter },
///     subject Name, subjectPublicKeyInfo SEQUENCE { AlgorithmIdentifier, BIT STRING },
///     issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension OPTIONAL }
/// ```
pub(super) fn read<'a>(certificate: &'a [u8], noted: &mut Noted) -> Result<Form<'a>, ParseError> {
    let mut certificate = only(reader(certificate, "certificate"), SEQUENCE, "certificate")?;
    der::check_but(certificate, "certificate", noted)?;
    let start = certificate;
    let mut fields = element(&mut certificate, SEQUENCE, "tbsCertificate")?;
    let to_be_signed = certificate.since(&start);
    let version = match optional(&mut fields, der::EXPLICIT_0, "version")? {
        Some(version) => only(version, INTEGER, "version")?.rest(),
        None => &[0],
    };
    let serial_number = element(&mut fields, INTEGER, "serialNumber")?.rest();
    let signature = algorithm_identifier(&mut fields, "signature")?;
    let issuer = element(&mut fields, SEQUENCE, "issuer").and_then(Name::read)?;
    let mut validity = element(&mut fields, SEQUENCE, "validity")?;
    let not_before = time(&mut validity, "notBefore")?;
    let not_after = time(&mut validity, "notAfter")?;
    finish(&validity)?;
    let at_subject = fields;
    let subject = element(&mut fields, SEQUENCE, "subject").and_then(Name::read)?;
    let subject_der = fields.since(&at_subject);
    let public_key = public_key_info(&mut fields)?;
    unique_identifier(&mut fields, 0x81, "issuerUniqueID")?;
    unique_identifier(&mut fields, 0x82, "subjectUniqueID")?;
    let extensions = match optional(&mut fields, 0xa3, "extensions")? {
        Some(extensions) => read_extensions(only(extensions, SEQUENCE, "extensions")?)?,
        None => Vec::new(),
    };
    finish(&fields)?;
    let signature_algorithm = algorithm_identifier(&mut certificate, "signatureAlgorithm")?;
    let signature_value = bit_string(&mut certificate, "signatureValue")?;
    finish(&certificate)?;
    Ok(Form {
        to_be_signed,
        version,
        serial_number,
        signature,
        issuer,
        not_before,
        not_after,
        subject,
        subject_der,
        public_key,
        extensions,
        signature_algorithm,
        signature_value,
    })
}

/// Returns the bits of the public key in a certificate, without checking anything else. This
/// function is used for lookups, because it does not allocate.
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
    // The first byte is the number of unused bits.
    bits.rest().get(1..)
}

/// Reads an algorithm and its parameters:
/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`.
fn algorithm_identifier<'a>(
    fields: &mut Reader<'a>,
    field: &'static str,
) -> Result<AlgorithmIdentifier<'a>, ParseError> {
    let mut identifier = element(fields, SEQUENCE, field)?;
    let algorithm = Oid::read(&mut identifier, "algorithm")?;
    let parameters = match identifier.rest() {
        [] => None,
        _ => {
            let parameters = der::any(&mut identifier, "parameters")?;
            Some((parameters.tag, parameters.content.rest()))
        }
    };
    finish(&identifier)?;
    Ok(AlgorithmIdentifier { algorithm, parameters })
}

fn public_key_info<'a>(fields: &mut Reader<'a>) -> Result<PublicKeyInfo<'a>, ParseError> {
    let start = *fields;
    let mut info = element(fields, SEQUENCE, "subjectPublicKeyInfo")?;
    let algorithm = algorithm_identifier(&mut info, "algorithm")?;
    let key = bit_string(&mut info, "subjectPublicKey")?;
    finish(&info)?;
    Ok(PublicKeyInfo { der: fields.since(&start), algorithm, key })
}

/// Reads a BIT STRING. Its first byte is the number of unused bits.
fn bit_string<'a>(
    fields: &mut Reader<'a>,
    field: &'static str,
) -> Result<BitString<'a>, ParseError> {
    let mut bits = element(fields, BIT_STRING, field)?;
    Ok(BitString { unused_bits: bits.u8(field)?, bytes: bits.rest() })
}

/// Reads `UniqueIdentifier ::= BIT STRING`. The tag does not show the type, so this checks it.
fn unique_identifier(
    fields: &mut Reader<'_>,
    tag: u8,
    field: &'static str,
) -> Result<(), ParseError> {
    let start = *fields;
    match optional(fields, tag, field)? {
        Some(bits) if !der::is_bit_string(bits.rest()) => Err(start.error(field, der::NOT_DER)),
        _ => Ok(()),
    }
}

/// Reads `Time ::= CHOICE { UTCTime, GeneralizedTime }`, with seconds and in UTC (RFC 5280, section
/// 4.1.2.5).
fn time(validity: &mut Reader<'_>, field: &'static str) -> Result<i64, ParseError> {
    let start = *validity;
    let time = der::any(validity, field)?;
    let seconds = match time.tag {
        UTC_TIME => calendar::utc_time(time.content.rest()),
        GENERALIZED_TIME => calendar::generalized_time(time.content.rest()),
        _ => None,
    };
    seconds.ok_or_else(|| start.error(field, "not a UTC time with seconds"))
}

/// Reads a list of extensions:
/// `Extension ::= SEQUENCE { OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, OCTET STRING }`.
fn read_extensions(mut extensions: Reader<'_>) -> Result<Vec<Extension<'_>>, ParseError> {
    if extensions.rest().is_empty() {
        return Err(extensions.error("extensions", "an empty list"));
    }
    let mut read = Vec::new();
    while !extensions.rest().is_empty() {
        if read.len() == MAX_EXTENSIONS {
            return Err(extensions.error("extensions", "more than 32 extensions"));
        }
        let mut extension = element(&mut extensions, SEQUENCE, "extension")?;
        let oid = Oid::read(&mut extension, "extnID")?;
        let critical = optional(&mut extension, BOOLEAN, "critical")?;
        let value = element(&mut extension, OCTET_STRING, "extnValue")?.rest();
        finish(&extension)?;
        read.push(Extension { oid, critical: critical.is_some_and(is_true), value });
    }
    Ok(read)
}

/// Returns whether a BOOLEAN is true. In DER, true is `ff`.
fn is_true(boolean: Reader<'_>) -> bool {
    boolean.rest() != [0]
}

/// Reads the value of the extension basicConstraints (RFC 5280, section 4.2.1.9). Deviations that
/// are recorded in `noted` are not errors.
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
    Ok(BasicConstraints { ca: ca.is_some_and(is_true), path_length })
}

/// Reads the value of the extension keyUsage (RFC 5280, section 4.2.1.3).
pub(super) fn key_usage(value: &[u8]) -> Result<KeyUsage, ParseError> {
    let value = reader(value, "keyUsage");
    der::check(value, "value")?;
    let bits = only(value, BIT_STRING, "keyUsage")?;
    // Bit 0 is the highest bit of the byte after the number of unused bits.
    let first = bits.rest().get(1).copied().unwrap_or_default();
    Ok(KeyUsage { digital_signature: first & 0x80 != 0, key_cert_sign: first & 0x04 != 0 })
}

/// The purposes in the extended key usage of a certificate.
pub(crate) struct KeyPurposes<'a> {
    list: Reader<'a>,
}

impl KeyPurposes<'_> {
    pub(crate) fn contains(&self, purpose: Oid<'_>) -> bool {
        let mut list = self.list;
        iter::from_fn(|| Oid::read(&mut list, PURPOSES).ok()).any(|named| named == purpose)
    }
}

const PURPOSES: &str = "extendedKeyUsage";

/// Reads `ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER` (RFC 5280, section 4.2.1.12).
pub(super) fn key_purposes(value: &[u8]) -> Result<KeyPurposes<'_>, ParseError> {
    let value = reader(value, PURPOSES);
    der::check(value, "value")?;
    let list = only(value, SEQUENCE, PURPOSES)?;
    let mut rest = list;
    while !rest.rest().is_empty() {
        Oid::read(&mut rest, PURPOSES)?;
    }
    Ok(KeyPurposes { list })
}

/// Reads `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017,
/// appendix A.1.1). Neither number may be negative. They are returned without the zero byte that
/// DER puts before a set high bit.
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
        return Err(digits.error("integer", "the number is too large"));
    }
    Ok(number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn not_negative(digits: Reader<'_>) -> Result<&[u8], ParseError> {
    match digits.rest() {
        [0x80..=0xff, ..] => Err(digits.error("integer", "the number is negative")),
        [0, rest @ ..] => Ok(rest),
        number => Ok(number),
    }
}

/// Reads the next element if it has this tag.
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

/// Checks that nothing follows. Fails with `AttestationInvalid` and not with `TrailingBytes`,
/// because the message around the certificate is well-formed.
pub(super) fn finish(reader: &Reader<'_>) -> Result<(), ParseError> {
    let invalid = |error| ParseError { kind: ErrorKind::AttestationInvalid, ..error };
    reader.finish().map_err(invalid)
}

fn reader<'a>(der: &'a [u8], structure: &'static str) -> Reader<'a> {
    Reader::new(der, 0, structure, ErrorKind::AttestationInvalid)
}
