//! The `apple` attestation statement format (§8.8).
//!
//! ```text
//! attStmt: { x5c: [ credCert: bytes, * caCert: bytes ] }
//! ```
//!
//! The statement has no signature member. A certificate authority certifies the credential key
//! itself, and the certificate contains a hash that covers the registration.

use crate::attestation::format::AttestationFormat;
use crate::attestation::statement::{Chain, Inputs};
use crate::attestation::verdict::{Attestation, AttestationType};
use crate::certificate::Certificate;
use crate::encoding::cbor::{Item, Order};
use crate::encoding::der;
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationStatement;
use crate::oid;
use crate::reader::Reader;

/// `[1] EXPLICIT`.
const EXPLICIT_1: u8 = 0xa1;

pub(crate) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let x5c = parse(inputs.statement)?;
    let certificate = Certificate::parse(x5c.leaf(), inputs.tolerance)
        .map_err(|failure| failure.in_field("x5c[0]"))?;
    check_nonce(&certificate, &inputs.signed_hash())?;
    check_public_key(&certificate, inputs.credential_key)?;
    Ok(Attestation {
        certificates: x5c.to_vec(),
        ..Attestation::new(AttestationFormat::Apple, AttestationType::AnonCa)
    })
}

/// Parses the statement: step 1 of the verification procedure. Old devices also send `alg`, which
/// no version of the specification defines. It is ignored like every unknown member.
fn parse<'a>(statement: AttestationStatement<'a>) -> Result<Chain<'a>, Failure> {
    let mut decoder = statement.decoder("apple attestation statement");
    let mut x5c = None;
    let mut map = decoder.map("attStmt", Order::Any)?;
    while let Some(key) = decoder.key(&mut map)? {
        match key {
            Item::Text("x5c") => x5c = Some(Chain::read(&mut decoder)?),
            _ => {
                decoder.skip("member", Order::Canonical)?;
            }
        }
    }
    x5c.ok_or_else(|| decoder.error("attStmt.x5c", "the member is missing").into())
}

/// Checks step 4: the value of the extension is the nonce of step 3.
fn check_nonce(certificate: &Certificate<'_>, nonce: &[u8; 32]) -> Result<(), Failure> {
    let Some(extension) = certificate.extension(oid::APPLE_NONCE) else {
        let reason = "the extension is missing";
        return Err(Failure::of("x5c[0].nonce", ErrorKind::AttestationInvalid, reason));
    };
    let certified = read_nonce(extension.value).map_err(|error| {
        Failure::of("x5c[0].nonce", ErrorKind::AttestationInvalid, error.to_string())
    })?;
    if certified != nonce {
        return Err(Failure::of("x5c[0].nonce", ErrorKind::AttestationNonceMismatch, ""));
    }
    Ok(())
}

/// Reads the whole extension: `30 24 a1 22 04 20`, then the 32 bytes of the nonce.
fn read_nonce(value: &[u8]) -> Result<&[u8; 32], ParseError> {
    const FIELD: &str = "nonce";
    let mut value = Reader::new(value, 0, "nonce extension", ErrorKind::AttestationInvalid);
    let mut sequence = der::element(&mut value, der::SEQUENCE, FIELD)?;
    value.finish()?;
    let mut tagged = der::element(&mut sequence, EXPLICIT_1, FIELD)?;
    sequence.finish()?;
    let mut octets = der::element(&mut tagged, der::OCTET_STRING, FIELD)?;
    tagged.finish()?;
    let nonce = octets.array(FIELD)?;
    octets.finish()?;
    Ok(nonce)
}

/// Checks step 5: the certified key is the credential key.
fn check_public_key(
    certificate: &Certificate<'_>,
    credential_key: &PublicKey<'_>,
) -> Result<(), Failure> {
    const FIELD: &str = "x5c[0].subjectPublicKey";
    let certified = certificate.key_material().map_err(|failure| failure.in_field(FIELD))?;
    if certified != *credential_key.material() {
        return Err(Failure::of(FIELD, ErrorKind::KeyMismatch, ""));
    }
    Ok(())
}
