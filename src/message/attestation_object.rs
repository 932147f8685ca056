//! The attestation object (§6.5.4), which `create()` returns.
//!
//! ```text
//! attObj = { "fmt": text, "attStmt": defined by the format, "authData": bytes }
//! ```
//!
//! The three keys can be in any order, because devices write them in different orders. Other text
//! keys are ignored.

use core::fmt;
use std::borrow::Cow;

use crate::debug::{Text, length};
use crate::encoding::cbor::{Decoder, Item, Order, with_definite_lengths};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::message::authenticator_data::AuthenticatorData;
use crate::quirk::{Quirk, Tolerance};

const STRUCTURE: &str = "attestation object";

/// A view of an attestation object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AttestationObject<'a> {
    format: &'a str,
    statement: AttestationStatement<'a>,
    authenticator_data: AuthenticatorData<'a>,
}

/// Returns the attestation object with definite lengths if a quirk allows indefinite lengths.
/// Offsets in errors refer to the returned bytes. The signed bytes do not change: the authenticator
/// data is one byte string.
pub(crate) fn normalised<'a>(bytes: &'a [u8], tolerance: &Tolerance) -> Cow<'a, [u8]> {
    const QUIRK: Quirk = Quirk::IndefiniteLengthAttestation;
    if !tolerance.tolerates(QUIRK) || AttestationObject::parse(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    match with_definite_lengths(bytes) {
        Some(definite) if definite != bytes && tolerance.permits(QUIRK) => Cow::Owned(definite),
        _ => Cow::Borrowed(bytes),
    }
}

/// An attestation statement: one CBOR item. The format defines its meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttestationStatement<'a> {
    raw: &'a [u8],
    offset: usize,
}

impl fmt::Debug for AttestationObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttestationObject")
            .field("format", &Text(self.format))
            .field("statement", &length(self.statement.raw))
            .field("authenticator_data", &self.authenticator_data)
            .finish()
    }
}

impl<'a> AttestationObject<'a> {
    /// Parses an attestation object and the authenticator data in it. No bytes may follow the
    /// object.
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`InvalidCbor`](ErrorKind::InvalidCbor) if `bytes` is not canonical CBOR
    /// - [`InvalidAttestationObject`](ErrorKind::InvalidAttestationObject) if a member is missing
    ///   or has the wrong type
    /// - [`TrailingBytes`](ErrorKind::TrailingBytes) if bytes follow the object
    /// - an error of [`AuthenticatorData::parse`]
    pub fn parse(bytes: &'a [u8]) -> Result<AttestationObject<'a>, Failure> {
        Ok(AttestationObject::parse_with(bytes, &Tolerance::strict())?)
    }

    pub(crate) fn parse_with(
        bytes: &'a [u8],
        tolerance: &Tolerance,
    ) -> Result<AttestationObject<'a>, ParseError> {
        let mut decoder = Decoder::new(bytes, 0, STRUCTURE, ErrorKind::InvalidAttestationObject);
        let (mut format, mut statement, mut authenticator_data) = (None, None, None);
        let mut map = decoder.map("attestation object", Order::Any)?;
        loop {
            let at_key = decoder;
            let Some(key) = decoder.key(&mut map)? else { break };
            match key {
                Item::Text("fmt") => format = Some(decoder.text("fmt")?),
                Item::Text("attStmt") => {
                    statement = Some(AttestationStatement::read(&mut decoder, "attStmt")?);
                }
                Item::Text("authData") => {
                    let bytes = decoder.bytes("authData")?;
                    // The byte string ends at the decoder's current position.
                    authenticator_data = Some((bytes, decoder.offset() - bytes.len()));
                }
                Item::Text(_) => {
                    decoder.skip("member", Order::Canonical)?;
                }
                _ => {
                    let reason = "a key is not text; was the CTAP2 form sent?";
                    return Err(at_key.error("attestation object", reason));
                }
            }
        }
        decoder.finish()?;
        let missing = |field| decoder.error(field, "the member is missing");
        let format = format.ok_or_else(|| missing("fmt"))?;
        let statement = statement.ok_or_else(|| missing("attStmt"))?;
        let (bytes, offset) = authenticator_data.ok_or_else(|| missing("authData"))?;
        let authenticator_data = AuthenticatorData::parse_at(bytes, offset, tolerance)?;
        Ok(AttestationObject { format, statement, authenticator_data })
    }

    /// The attestation statement format identifier, such as `"packed"`.
    pub fn format(&self) -> &'a str {
        self.format
    }

    /// The attestation statement as received: one CBOR item. The format defines its meaning.
    pub fn statement(&self) -> &'a [u8] {
        self.statement.raw
    }

    pub(crate) fn attestation_statement(&self) -> AttestationStatement<'a> {
        self.statement
    }

    /// The authenticator data.
    pub fn authenticator_data(&self) -> &AuthenticatorData<'a> {
        &self.authenticator_data
    }
}

impl<'a> AttestationStatement<'a> {
    /// Reads the next item, of any type. The keys of a map can be in any order.
    pub(crate) fn read(
        decoder: &mut Decoder<'a>,
        field: &'static str,
    ) -> Result<AttestationStatement<'a>, ParseError> {
        let offset = decoder.offset();
        let raw = decoder.skip(field, Order::Any)?;
        Ok(AttestationStatement { raw, offset })
    }

    /// Returns a decoder of the statement, for the verifier of its format.
    pub(crate) fn decoder(&self, structure: &'static str) -> Decoder<'a> {
        Decoder::new(self.raw, self.offset, structure, ErrorKind::AttestationInvalid)
    }
}
