//! The requirements of §8.3.1 for the AIK certificate. The AIK is the key that signs a TPM's
//! attestations.

use super::manufacturers;
use crate::certificate::Certificate;
use crate::encoding::der::{self, SEQUENCE, SET, UTF8_STRING, element};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::oid::{self, Oid};
use crate::reader::Reader;

/// `directoryName [4]` of a GeneralName, explicit because Name is a CHOICE.
const DIRECTORY_NAME: u8 = 0xa4;

/// The members of the certificate that are checked here.
const SUBJECT_ALT_NAME: &str = "x5c[0].subjectAltName";
const MANUFACTURER: &str = "x5c[0].subjectAltName.manufacturer";
const MODEL: &str = "x5c[0].subjectAltName.model";
const VERSION: &str = "x5c[0].subjectAltName.version";
const EXTENDED_KEY_USAGE: &str = "x5c[0].extendedKeyUsage";

/// The name of the structure in errors.
const EXTENSION: &str = "AIK certificate extension";

/// The manufacturer in a certificate.
pub(super) struct Manufacturer<'a> {
    text: &'a str,
    identifier: [u8; 4],
}

impl<'a> Manufacturer<'a> {
    /// The identifier as written in the certificate: `id:` and eight hexadecimal digits.
    pub(super) fn as_text(&self) -> &'a str {
        self.text
    }

    pub(super) fn check_is_registered(&self) -> Result<(), Failure> {
        if !manufacturers::is_known(self.identifier) {
            let detail = format!("{} is not registered", self.text);
            return Err(Failure::of(MANUFACTURER, ErrorKind::AuthenticatorNotAllowed, detail));
        }
        Ok(())
    }
}

/// Checks an AIK certificate and returns the manufacturer in it.
pub(super) fn check_requirements<'a>(aik: &Certificate<'a>) -> Result<Manufacturer<'a>, Failure> {
    check_version(aik)?;
    check_subject(aik)?;
    let manufacturer = check_subject_alt_name(aik)?;
    check_extended_key_usage(aik)?;
    check_basic_constraints(aik)?;
    Ok(manufacturer)
}

/// Checks that the version is 3.
fn check_version(aik: &Certificate<'_>) -> Result<(), Failure> {
    if !aik.is_version_3() {
        return Err(invalid("x5c[0].version", "it is not version 3"));
    }
    Ok(())
}

/// Checks that the subject is empty.
fn check_subject(aik: &Certificate<'_>) -> Result<(), Failure> {
    if !aik.has_empty_subject() {
        return Err(invalid("x5c[0].subject", "it is not empty"));
    }
    Ok(())
}

/// Checks that the subject alternative name follows section 3.2.9 of the TCG EK Credential Profile
/// for TPM Family 2.0: a directory name with the manufacturer, model and version of the TPM. It
/// must be critical, because the subject is empty (RFC 5280, section 4.2.1.6).
fn check_subject_alt_name<'a>(aik: &Certificate<'a>) -> Result<Manufacturer<'a>, Failure> {
    let extension = aik.extension(oid::SUBJECT_ALT_NAME);
    let extension = extension.ok_or_else(|| invalid(SUBJECT_ALT_NAME, "it is missing"))?;
    if !extension.critical {
        return Err(invalid(SUBJECT_ALT_NAME, "it is not critical"));
    }
    let name = TpmName::parse(extension.value)?;
    let text = present(name.manufacturer, MANUFACTURER)?;
    present(name.model, MODEL)?;
    present(name.version, VERSION)?;
    let identifier = vendor_id(text)
        .ok_or_else(|| invalid(MANUFACTURER, "it is not \"id:\" and eight hexadecimal digits"))?;
    Ok(Manufacturer { text, identifier })
}

/// Checks that the extended key usage contains the OID of AIK certificates, in any position.
fn check_extended_key_usage(aik: &Certificate<'_>) -> Result<(), Failure> {
    let purposes = aik.key_purposes().map_err(|error| ParseError {
        structure: EXTENSION,
        field: Some(EXTENDED_KEY_USAGE),
        ..error
    })?;
    let purposes = purposes.ok_or_else(|| invalid(EXTENDED_KEY_USAGE, "it is missing"))?;
    if !purposes.contains(oid::TCG_AIK_CERTIFICATE) {
        return Err(invalid(EXTENDED_KEY_USAGE, "it does not contain tcg-kp-AIKCertificate"));
    }
    Ok(())
}

/// Checks that the basic constraints are present and do not mark the certificate as a CA.
fn check_basic_constraints(aik: &Certificate<'_>) -> Result<(), Failure> {
    if aik.is_ca() != Some(false) {
        let reason = "it must be present, with cA set to false";
        return Err(invalid("x5c[0].basicConstraints", reason));
    }
    Ok(())
}

/// The TPM attributes in the directory names of a subject alternative name.
#[derive(Default)]
struct TpmName<'a> {
    manufacturer: Option<&'a str>,
    model: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> TpmName<'a> {
    /// Reads `GeneralNames ::= SEQUENCE OF GeneralName`. Other kinds of names are skipped.
    fn parse(value: &'a [u8]) -> Result<TpmName<'a>, Failure> {
        let mut names = only(reader(value), SUBJECT_ALT_NAME)?;
        let mut found = TpmName::default();
        while !names.rest().is_empty() {
            let name = der::any(&mut names, SUBJECT_ALT_NAME)?;
            if name.tag == DIRECTORY_NAME {
                found.read_name(only(name.content, SUBJECT_ALT_NAME)?)?;
            }
        }
        Ok(found)
    }

    /// Reads `Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }`. The attributes may be in one
    /// set or in several, in any order.
    fn read_name(&mut self, mut name: Reader<'a>) -> Result<(), Failure> {
        while !name.rest().is_empty() {
            let mut relative_name = element(&mut name, SET, SUBJECT_ALT_NAME)?;
            while !relative_name.rest().is_empty() {
                let attribute = element(&mut relative_name, SEQUENCE, SUBJECT_ALT_NAME)?;
                self.read_attribute(attribute)?;
            }
        }
        Ok(())
    }

    fn read_attribute(&mut self, mut attribute: Reader<'a>) -> Result<(), Failure> {
        let (place, field) = match Oid::read(&mut attribute, SUBJECT_ALT_NAME)? {
            oid::TCG_TPM_MANUFACTURER => (&mut self.manufacturer, MANUFACTURER),
            oid::TCG_TPM_MODEL => (&mut self.model, MODEL),
            oid::TCG_TPM_VERSION => (&mut self.version, VERSION),
            _ => {
                der::any(&mut attribute, SUBJECT_ALT_NAME)?;
                return Ok(finish(&attribute, SUBJECT_ALT_NAME)?);
            }
        };
        let value = element(&mut attribute, UTF8_STRING, field)?;
        finish(&attribute, field)?;
        let text = str::from_utf8(value.rest()).map_err(|_| value.error(field, "not UTF-8"))?;
        if place.replace(text).is_some() {
            return Err(invalid(field, "it occurs twice"));
        }
        Ok(())
    }
}

fn present<'a>(value: Option<&'a str>, field: &'static str) -> Result<&'a str, Failure> {
    match value {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(invalid(field, "it is missing or empty")),
    }
}

/// Parses the four bytes in `id:494E5443`. The specification does not require upper case, and lower
/// case occurs.
fn vendor_id(text: &str) -> Option<[u8; 4]> {
    let digits: &[u8; 8] = text.strip_prefix("id:")?.as_bytes().try_into().ok()?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let number = digits.iter().try_fold(0, |number, byte| Some(number << 4 | digit(*byte)?))?;
    Some(u32::to_be_bytes(number))
}

/// Returns the content of a SEQUENCE that fills the input.
fn only<'a>(mut value: Reader<'a>, field: &'static str) -> Result<Reader<'a>, ParseError> {
    der::check(value, field)?;
    let content = element(&mut value, SEQUENCE, field)?;
    finish(&value, field)?;
    Ok(content)
}

/// Checks that nothing follows. Fails with `AttestationInvalid` and not with `TrailingBytes`,
/// because the message around the certificate is well-formed.
fn finish(reader: &Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    if !reader.rest().is_empty() {
        return Err(reader.error(field, "the value should end here"));
    }
    Ok(())
}

fn reader(extension: &[u8]) -> Reader<'_> {
    Reader::new(extension, 0, EXTENSION, ErrorKind::AttestationInvalid)
}

fn invalid(field: &'static str, reason: &'static str) -> Failure {
    Failure::of(field, ErrorKind::AttestationInvalid, reason)
}
