//! The body of a response as JSON: its text, its objects, and the wrong forms in which pages are
//! known to send bytes.

use crate::encoding::json::{JsonReader, JsonString, JsonValue};
use crate::error::{ErrorKind, Failure, ParseError};

/// The maximum length of a body. The largest attestation objects have about 10 KiB.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// The bytes that some editors and .NET write at the start of UTF-8 text.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A value, with its JSON text and its position in the body.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) value: JsonValue<'a>,
    pub(super) text: &'a str,
    pub(super) offset: usize,
}

/// Explains the form of a value if pages are known to send bytes in that form.
pub(super) fn form_of(found: Found<'_>) -> Option<&'static str> {
    Some(match found.value {
        JsonValue::Object if is_buffer(found.text) => {
            "a Buffer of Node.js as JSON: encode the bytes as base64url"
        }
        JsonValue::Object => match first_member(found.text) {
            None => {
                "an empty object, which JSON.stringify() writes for an ArrayBuffer: send the \
                 result of credential.toJSON(), or encode the bytes as base64url"
            }
            Some(name) if name == *"0" => {
                "an object of numbers, which JSON.stringify() writes for a typed array: encode the \
                 bytes as base64url"
            }
            Some(_) => return None,
        },
        JsonValue::Array => "an array of numbers: encode the bytes as base64url",
        _ => return None,
    })
}

pub(super) fn first_member(object: &str) -> Option<JsonString<'_>> {
    let mut reader = reader_of(object, 0, "response");
    reader.object_start().ok()?;
    reader.member_name(true).ok()?
}

/// `{"type":"Buffer","data":[...]}`
fn is_buffer(object: &str) -> bool {
    let mut reader = reader_of(object, 0, "response");
    let found = members(&mut reader, ["type"], "");
    matches!(found, Ok([Some(Found { value: JsonValue::String(name), .. })]) if name == *"Buffer")
}

/// Returns the text of a body, or an error if the body is too long or is not UTF-8.
pub(super) fn text_of<'a>(body: &'a [u8], structure: &'static str) -> Result<&'a str, Failure> {
    let error = |offset, reason| ParseError {
        kind: ErrorKind::MalformedResponse,
        structure,
        field: None,
        offset,
        reason,
    };
    if body.len() > MAX_BODY {
        let reason = "the body is longer than 256 KiB";
        return Err(Failure::new(ErrorKind::InputTooLarge, reason));
    }
    if body.starts_with(&BYTE_ORDER_MARK) {
        return Err(error(0, "a byte order mark before the JSON; send UTF-8 without it").into());
    }
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{', ..] | [b'{', 0, ..] = body {
        return Err(error(0, "UTF-16; send UTF-8").into());
    }
    core::str::from_utf8(body).map_err(|invalid| error(invalid.valid_up_to(), "not UTF-8").into())
}

/// Checks that the root is an object with members. The error describes any other value.
pub(super) fn check_root(
    mut reader: JsonReader<'_>,
    text: &str,
    structure: &'static str,
) -> Result<(), Failure> {
    let compact = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let offset = text.len() - text.trim_ascii_start().len();
    let reason = match compact().next() {
        Some(b'{') if compact().eq(*b"{}") => {
            "{}, which JSON.stringify() writes for a credential in browsers without \
             PublicKeyCredential.toJSON(): encode its members in the page"
        }
        Some(b'{') => return Ok(()),
        None => "the body is empty",
        Some(b'"') => match reader.value()? {
            JsonValue::String(inner) if inner.chars().find(|c| !c.is_whitespace()) == Some('{') => {
                "JSON text inside a JSON string: JSON.stringify() was called twice"
            }
            _ => "a string, not an object",
        },
        Some(b'[') => "an array, not an object",
        Some(_) if text.trim_ascii() == "null" => {
            return Err(Failure::new(ErrorKind::CeremonyAborted, "the body is null"));
        }
        Some(_) => "not a JSON object",
    };
    let kind = ErrorKind::MalformedResponse;
    Err(ParseError { kind, structure, field: None, offset, reason }.into())
}

/// Reads an object in which no name occurs twice, and returns the values of some members. Each
/// entry of `fields` is the name of a member in errors, and the part after the last dot is the name
/// in the object. Null counts as missing.
pub(super) fn members<'a, const N: usize>(
    reader: &mut JsonReader<'a>,
    fields: [&'static str; N],
    parent: &'static str,
) -> Result<[Option<Found<'a>>; N], ParseError> {
    let mut found = [None; N];
    let parent = Some(parent).filter(|parent| !parent.is_empty());
    reader.object(
        |error| ParseError { field: parent, ..error.into_parse_error() },
        |name, reader| {
            let is_named = |field: &&str| name == *field.rsplit('.').next().unwrap_or(field);
            let position = fields.iter().position(is_named);
            let field = position.and_then(|position| fields.get(position));
            let start = *reader;
            let value = reader.value().map_err(|error| match field {
                Some(field) => in_field(error, field),
                None => error,
            })?;
            let text = reader.since(&start);
            let written = text.trim_ascii_start();
            let place = position.and_then(|position| found.get_mut(position));
            if let Some(place) = place
                && value != JsonValue::Null
            {
                let offset = start.offset() + (text.len() - written.len());
                *place = Some(Found { value, text: written, offset });
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// Returns a reader for JSON as browsers write it.
pub(super) fn reader_of<'a>(
    text: &'a str,
    offset: usize,
    structure: &'static str,
) -> JsonReader<'a> {
    let kind = ErrorKind::MalformedResponse;
    JsonReader::new(text, offset, structure, kind).with_lone_surrogates()
}

pub(super) fn in_field(error: ParseError, field: &'static str) -> ParseError {
    ParseError { field: Some(field), ..error }
}
