//! Client data (§5.8.1, dictionary `CollectedClientData`): JSON in which the browser describes the
//! ceremony. Its exact bytes are signed.

use crate::encoding::json::{JsonReader, JsonString, ObjectError};
use crate::error::{ErrorKind, Failure, ParseError};

/// The maximum size of client data. Real client data has a few hundred bytes. The limit leaves room
/// for future members.
const MAX_CLIENT_DATA: usize = 64 * 1024;

const STRUCTURE: &str = "client data";

/// The byte order mark. "UTF-8 decode" in the specification removes one.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A view of `clientDataJSON`. It contains the five members that the specification defines. Other
/// members must be valid JSON but are otherwise ignored. `Debug` does not show the challenge.
///
/// ```
/// use webauthn_verify::parse::ClientData;
///
/// let json = br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https:\/\/example.org"}"#;
/// let client_data = ClientData::parse(json)?;
/// assert!(client_data.origin() == *"https://example.org");
/// assert!(!client_data.cross_origin());
/// # Ok::<(), webauthn_verify::Failure>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClientData<'a> {
    type_: JsonString<'a>,
    challenge: JsonString<'a>,
    origin: JsonString<'a>,
    cross_origin: bool,
    top_origin: Option<JsonString<'a>>,
}

impl<'a> ClientData<'a> {
    /// Parses the bytes of `clientDataJSON`. They must be one JSON object (RFC 8259) in UTF-8,
    /// optionally after a byte order mark. Members must not be repeated.
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`InputTooLarge`](ErrorKind::InputTooLarge) if the input is longer than 64 KiB or nested
    ///   deeper than 32 levels
    /// - [`InvalidUtf8`](ErrorKind::InvalidUtf8) if the input is not UTF-8
    /// - [`InvalidClientDataJson`](ErrorKind::InvalidClientDataJson) in all other cases
    pub fn parse(json: &'a [u8]) -> Result<ClientData<'a>, Failure> {
        Ok(ClientDataText::decode(json)?.parse()?)
    }

    /// The type of the ceremony: `"webauthn.create"` in a registration, `"webauthn.get"` in a
    /// login, `"payment.get"` in a payment.
    pub fn type_(&self) -> JsonString<'a> {
        self.type_
    }

    /// The challenge in base64url. `Debug` does not show it.
    pub fn challenge(&self) -> JsonString<'a> {
        self.challenge
    }

    /// The origin of the page, or the identifier of the app, that ran the ceremony.
    pub fn origin(&self) -> JsonString<'a> {
        self.origin
    }

    /// Returns whether the ceremony ran in an iframe that is not same-origin with all of its
    /// ancestors. It returns `false` if the member is missing.
    pub fn cross_origin(&self) -> bool {
        self.cross_origin
    }

    /// The origin of the top-level page, or `None` if the browser does not send it.
    pub fn top_origin(&self) -> Option<JsonString<'a>> {
        self.top_origin
    }
}

/// The decoded text of client data, before it is parsed.
#[derive(Clone, Copy)]
pub(crate) struct ClientDataText<'a> {
    text: &'a str,
    /// The number of bytes before the text.
    base: usize,
}

impl<'a> ClientDataText<'a> {
    /// Decodes UTF-8: step 5 of §7.1 and step 8 of §7.2. Unlike "UTF-8 decode" in the
    /// specification, this function rejects invalid bytes instead of replacing them.
    pub(crate) fn decode(json: &'a [u8]) -> Result<ClientDataText<'a>, ParseError> {
        let error = |kind, offset, reason| ParseError {
            kind,
            structure: STRUCTURE,
            field: None,
            offset,
            reason,
        };
        if json.len() > MAX_CLIENT_DATA {
            return Err(error(ErrorKind::InputTooLarge, MAX_CLIENT_DATA, "longer than 64 KiB"));
        }
        let (bytes, base) = match json.strip_prefix(&BYTE_ORDER_MARK) {
            Some(bytes) => (bytes, BYTE_ORDER_MARK.len()),
            None => (json, 0),
        };
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(ClientDataText { text, base }),
            Err(invalid) => {
                Err(error(ErrorKind::InvalidUtf8, base + invalid.valid_up_to(), "not UTF-8"))
            }
        }
    }

    /// Returns a reader at the start of the text.
    pub(super) fn reader(self) -> JsonReader<'a> {
        JsonReader::new(self.text, self.base, STRUCTURE, ErrorKind::InvalidClientDataJson)
    }

    /// Parses the JSON: step 6 of §7.1 and step 9 of §7.2.
    pub(crate) fn parse(self) -> Result<ClientData<'a>, ParseError> {
        let start = self.reader();
        let mut reader = start;
        let (mut type_, mut challenge, mut origin) = (None, None, None);
        let (mut cross_origin, mut top_origin) = (None, None);
        reader.object(ObjectError::into_parse_error, |name, reader| {
            if name == *"type" {
                type_ = Some(reader.text("type")?);
            } else if name == *"challenge" {
                challenge = Some(reader.text("challenge")?);
            } else if name == *"origin" {
                origin = Some(reader.text("origin")?);
            } else if name == *"crossOrigin" {
                cross_origin = Some(reader.boolean("crossOrigin")?);
            } else if name == *"topOrigin" {
                top_origin = Some(reader.text("topOrigin")?);
            } else {
                reader.value()?;
            }
            Ok(())
        })?;
        reader.finish()?;

        let cross_origin = cross_origin.unwrap_or(false);
        // The browser sets topOrigin only if crossOrigin is true (§5.8.1).
        if top_origin.is_some() && !cross_origin {
            let reason = "present although crossOrigin is not true";
            return Err(start.error_in("topOrigin", reason));
        }
        Ok(ClientData {
            type_: start.required("type", type_)?,
            challenge: start.required("challenge", challenge)?.as_secret(),
            origin: start.required("origin", origin)?,
            cross_origin,
            top_origin,
        })
    }
}
