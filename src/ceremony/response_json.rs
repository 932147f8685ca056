//! The JSON of responses: `RegistrationResponseJSON` and `AuthenticationResponseJSON` (§5.1), as
//! `PublicKeyCredential.toJSON()` writes them and as other clients do.
//!
//! ```text
//! { "id"?: base64url, "rawId"?: base64url, "type"?: "public-key",
//!   "authenticatorAttachment"?: string, "clientExtensionResults"?: object, "error"?: string,
//!   "response": {
//!     registration:    "clientDataJSON", "attestationObject", "transports"?, and as unsigned
//!                      copies "authenticatorData"?, "publicKey"?, "publicKeyAlgorithm"?
//!     authentication:  "clientDataJSON", "authenticatorData", "signature", "userHandle"? } }
//! ```
//!
//! **What nobody signed never decides.** A body is refused only for
//!
//! - its own form: one JSON object within the limits of size and depth, in which no member is
//!   repeated; `id` or `rawId`, and both equal where both are there; `type` absent or `public-key`;
//! - the members of its ceremony that the steps verify: client data and attestation object; client
//!   data, authenticator data, signature and user handle.
//!
//! Everything else comes from the client alone. Where it is absent, null, or in a form that cannot
//! be read, the ceremony goes on without it. Null counts as absent everywhere.
//!
//! All binary members of a response share one buffer, so that reading one allocates once.

use core::fmt;
use core::ops::Range;

use crate::ceremony::credential::{MAX_USER_HANDLE, Transport, Transports};
use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::encoding::base64url;
use crate::encoding::json::{JsonReader, JsonString, JsonValue};
use crate::error::{AtStep, Error, ErrorKind, Failure, ParseError, quote};
use crate::spec::{Ceremony, Step};

/// A longer body is not a response: the largest attestation objects have some 10 KiB.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// How many items of `transports` are looked at. Real responses have up to five.
const MAX_TRANSPORTS: usize = 64;

/// What UTF-8 text begins with that was written by some editors and by .NET.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The binary members of a response, one behind the other. `Debug` does not show them, because the
/// challenge is among them.
#[derive(Clone)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    /// A buffer of zeros for all that a text of this length can hold, to be written from the start
    /// and cut off where that ends.
    #[allow(
        clippy::slow_vector_initialization,
        reason = "glibc keeps small blocks at hand for those alone who do not ask for zeros"
    )]
    pub(crate) fn for_text(length: usize) -> Buffer {
        let length = base64url::decoded_length(length);
        let mut bytes = Vec::with_capacity(length);
        bytes.resize(length, 0);
        Buffer(bytes)
    }

    /// Decodes the base64url that `text` begins with to the bytes from `start` on: the length of
    /// that text, and of its bytes.
    pub(crate) fn decode_at(&mut self, start: usize, text: &[u8]) -> Option<(usize, usize)> {
        base64url::decode_start(self.0.get_mut(start..)?, text)
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Decodes a base64url member onto the buffer.
    fn decode(
        &mut self,
        text: JsonString<'_>,
        structure: &'static str,
        field: &'static str,
    ) -> Result<Range<usize>, ParseError> {
        let start = self.0.len();
        base64url::decode_onto(&mut self.0, &text.text(), structure, field)?;
        Ok(start..self.0.len())
    }

    /// One member.
    pub(crate) fn get(&self, range: &Range<usize>) -> &[u8] {
        self.0.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// A response that was read. `M` are the members of `response`.
#[derive(Clone, Debug)]
pub(crate) struct Raw<M> {
    pub(crate) buffer: Buffer,
    pub(crate) credential_id: Range<usize>,
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) client_extension_results: ExtensionResults,
    pub(crate) members: M,
}

/// What counts of `AuthenticatorAttestationResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct RegistrationMembers {
    pub(crate) client_data_json: Range<usize>,
    pub(crate) attestation_object: Range<usize>,
    pub(crate) transports: Vec<Transport>,
    pub(crate) authenticator_data: Copied<Range<usize>>,
    pub(crate) public_key: Copied<Range<usize>>,
    pub(crate) public_key_algorithm: Copied<i64>,
}

/// What counts of `AuthenticatorAssertionResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticationMembers {
    pub(crate) client_data_json: Range<usize>,
    pub(crate) authenticator_data: Range<usize>,
    pub(crate) signature: Range<usize>,
    pub(crate) user_handle: Option<Range<usize>>,
}

/// An unsigned copy of what the attestation object says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Copied<T> {
    /// The member is absent, null or empty.
    Absent,
    /// The member has a form in which it cannot be read.
    Unreadable,
    As(T),
}

impl Copied<Range<usize>> {
    /// A copy that was decoded. An empty one says nothing.
    pub(crate) fn of(bytes: Range<usize>) -> Copied<Range<usize>> {
        if bytes.is_empty() { Copied::Absent } else { Copied::As(bytes) }
    }
}

impl<T> Copied<T> {
    pub(crate) fn map<U>(&self, change: impl FnOnce(&T) -> U) -> Copied<U> {
        match self {
            Copied::Absent => Copied::Absent,
            Copied::Unreadable => Copied::Unreadable,
            Copied::As(copy) => Copied::As(change(copy)),
        }
    }

    /// Whether there is a copy, and it is another than this says.
    pub(crate) fn differs(&self, is_same: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Copied::Absent => false,
            Copied::Unreadable => true,
            Copied::As(copy) => !is_same(copy),
        }
    }
}

/// Reads the response of a registration.
pub(crate) fn registration(body: &[u8]) -> Result<Raw<RegistrationMembers>, Error> {
    let mut reading = Reading::new(Ceremony::Registration, body)?;
    let [client_data, object, authenticator_data, signature, _, key, algorithm, transports] =
        reading.response()?;
    if object.is_none() && signature.is_some() {
        return Err(wrong_type(Ceremony::Registration, "this is the response of a login"));
    }
    reading.finish(|reading| {
        Ok(RegistrationMembers {
            client_data_json: reading.required(client_data, "response.clientDataJSON")?,
            attestation_object: reading.required(object, "response.attestationObject")?,
            transports: transports.map(transports_of).unwrap_or_default(),
            authenticator_data: reading.copy(authenticator_data),
            public_key: reading.copy(key),
            public_key_algorithm: match algorithm.map(|found| found.value) {
                None => Copied::Absent,
                Some(JsonValue::Number(number)) => {
                    number.parse().map_or(Copied::Unreadable, Copied::As)
                }
                Some(_) => Copied::Unreadable,
            },
        })
    })
}

/// Reads the response of a login.
pub(crate) fn authentication(body: &[u8]) -> Result<Raw<AuthenticationMembers>, Error> {
    const USER_HANDLE: &str = "response.userHandle";
    let mut reading = Reading::new(Ceremony::Authentication, body)?;
    let [client_data, object, authenticator_data, signature, user_handle, ..] =
        reading.response()?;
    if signature.is_none() && object.is_some() {
        let reason = "this is the response of a registration";
        return Err(wrong_type(Ceremony::Authentication, reason));
    }
    reading.finish(|reading| {
        Ok(AuthenticationMembers {
            client_data_json: reading.required(client_data, "response.clientDataJSON")?,
            authenticator_data: reading
                .required(authenticator_data, "response.authenticatorData")?,
            signature: reading.required(signature, "response.signature")?,
            user_handle: match user_handle {
                None => None,
                // Some front ends send "" where there is none.
                Some(found) => match reading.bytes(found, USER_HANDLE)? {
                    bytes if bytes.is_empty() => None,
                    bytes if bytes.len() > MAX_USER_HANDLE => {
                        let reason = format!("{} bytes; a user handle has at most 64", bytes.len());
                        let kind = ErrorKind::MalformedResponse;
                        return Err(Failure::of(USER_HANDLE, kind, reason));
                    }
                    bytes => Some(bytes),
                },
            },
        })
    })
}

/// The members of the response. Each list of values is in this order.
const ROOT: [&str; 7] = [
    "id",
    "rawId",
    "type",
    "authenticatorAttachment",
    "clientExtensionResults",
    "response",
    "error",
];

/// The members of `response`, of either ceremony.
const RESPONSE: [&str; 8] = [
    "response.clientDataJSON",
    "response.attestationObject",
    "response.authenticatorData",
    "response.signature",
    "response.userHandle",
    "response.publicKey",
    "response.publicKeyAlgorithm",
    "response.transports",
];

/// A value: what it is, as it is written, and where.
#[derive(Clone, Copy)]
struct Found<'a> {
    value: JsonValue<'a>,
    text: &'a str,
    offset: usize,
}

/// One response, of which the outer members were found.
struct Reading<'a> {
    ceremony: Ceremony,
    structure: &'static str,
    buffer: Buffer,
    credential_id: Range<usize>,
    authenticator_attachment: Option<AuthenticatorAttachment>,
    client_extension_results: ExtensionResults,
    response: Found<'a>,
}

impl<'a> Reading<'a> {
    /// Steps 2 to 4, and the form of the body.
    fn new(ceremony: Ceremony, body: &'a [u8]) -> Result<Reading<'a>, Error> {
        let structure = match ceremony {
            Ceremony::Registration => "registration response",
            Ceremony::Authentication => "authentication response",
        };
        let text = text_of(body, structure).at(ceremony, Step::ResponseType)?;
        let mut reader = reader_of(text, 0, structure);
        check_root(reader, text, structure).map_err(|failure| {
            let step = match failure.kind() {
                ErrorKind::CeremonyAborted => Step::BrowserCall,
                _ => Step::ResponseType,
            };
            failure.at(ceremony, step)
        })?;

        // Syntax errors anywhere in the body are found here.
        let [id, raw_id, type_, attachment, results, response, error] =
            members(&mut reader, ROOT, "")
                .and_then(|found| reader.finish().map(|()| found))
                .at(ceremony, Step::ResponseType)?;

        // Step 2.
        if let (None, Some(JsonValue::String(name))) = (response, error.map(|found| found.value)) {
            return Err(Failure::new(ErrorKind::CeremonyAborted, quote(name.chars()))
                .at(ceremony, Step::BrowserCall));
        }

        // Step 3, as far as both kinds have it.
        let mut reading = Reading {
            ceremony,
            structure,
            buffer: Buffer(Vec::new()),
            credential_id: 0..0,
            authenticator_attachment: None,
            client_extension_results: ExtensionResults::Empty,
            response: response.unwrap_or(Found { value: JsonValue::Null, text: "", offset: 0 }),
        };
        reading.read_credential_id(id, raw_id).at(ceremony, Step::ResponseType)?;
        check_type(type_, structure).at(ceremony, Step::ResponseType)?;
        if response.is_none() {
            let reason = "the member is missing";
            return Err(Failure::of("response", ErrorKind::MalformedResponse, reason)
                .at(ceremony, Step::ResponseType));
        }
        if let Some(JsonValue::String(name)) = attachment.map(|found| found.value) {
            reading.authenticator_attachment = match name.as_str() {
                Some(name) => AuthenticatorAttachment::named(name),
                None => AuthenticatorAttachment::named(&name.to_string()),
            };
        }

        // Step 4.
        if let Some(found) = results
            && found.value == JsonValue::Object
        {
            reading.client_extension_results = ExtensionResults::read(found.text, found.offset)
                .map_err(|error| in_field(error, "clientExtensionResults"))
                .at(ceremony, Step::ClientExtensionResults)?;
        }
        Ok(reading)
    }

    /// The credential ID, as `id` or `rawId` has it. One that is not text says nothing beside the
    /// other, as `rawId` does where a page left an `ArrayBuffer` to `JSON.stringify()`.
    fn read_credential_id(
        &mut self,
        id: Option<Found<'a>>,
        raw_id: Option<Found<'a>>,
    ) -> Result<(), Failure> {
        let is_text = |found: &Found<'_>| matches!(found.value, JsonValue::String(_));
        let (id, raw_id) = match (id.filter(is_text), raw_id.filter(is_text)) {
            (None, None) => (id, raw_id),
            texts => texts,
        };
        let (found, field) = match (id, raw_id) {
            (_, Some(found)) => (found, "rawId"),
            (Some(found), None) => (found, "id"),
            (None, None) => {
                let reason = "neither id nor rawId is there; give the credential itself, and not \
                              an object around it";
                return Err(Failure::of("id", ErrorKind::MalformedResponse, reason));
            }
        };
        self.credential_id = self.bytes(found, field)?;
        if self.credential_id.is_empty() {
            let reason = "the credential ID is empty";
            return Err(Failure::of(field, ErrorKind::MalformedResponse, reason));
        }
        let (Some(id), Some(raw_id)) = (id, raw_id) else { return Ok(()) };
        // Equal bytes have one base64url text alone, and equal texts are equal bytes.
        if id.value == raw_id.value {
            return Ok(());
        }
        let length = self.buffer.0.len();
        self.bytes(id, "id")?;
        self.buffer.truncate(length);
        let reason = "id is not the base64url of rawId";
        Err(Failure::new(ErrorKind::CredentialIdMismatch, reason))
    }

    /// The members of `response`, in the order of [`RESPONSE`].
    fn response(&mut self) -> Result<[Option<Found<'a>>; 8], Error> {
        let Found { text, offset, value } = self.response;
        let read = || {
            let reason = match value {
                JsonValue::Object if first_member(text).is_some() => None,
                JsonValue::Object => Some(
                    "an empty object, which JSON.stringify() makes of it in browsers without \
                     PublicKeyCredential.toJSON(): encode its members in the page",
                ),
                JsonValue::String(_) => Some("text, not an object: it was encoded twice"),
                JsonValue::Array => Some("an array, not an object"),
                _ => Some("not an object"),
            };
            if let Some(reason) = reason {
                return Err(self.error(self.response, "response", reason).into());
            }
            let mut reader = reader_of(text, offset, self.structure);
            members(&mut reader, RESPONSE, "response").map_err(Failure::from)
        };
        read().at(self.ceremony, Step::ResponseMembers)
    }

    fn finish<M>(
        mut self,
        members: impl FnOnce(&mut Reading<'a>) -> Result<M, Failure>,
    ) -> Result<Raw<M>, Error> {
        let members = members(&mut self).at(self.ceremony, Step::ResponseMembers)?;
        Ok(Raw {
            buffer: self.buffer,
            credential_id: self.credential_id,
            authenticator_attachment: self.authenticator_attachment,
            client_extension_results: self.client_extension_results,
            members,
        })
    }

    /// A binary member without which there is no response.
    fn required(
        &mut self,
        found: Option<Found<'a>>,
        field: &'static str,
    ) -> Result<Range<usize>, Failure> {
        let reason = "the member is missing";
        let found =
            found.ok_or_else(|| Failure::of(field, ErrorKind::MalformedResponse, reason))?;
        self.bytes(found, field)
    }

    /// A binary member.
    fn bytes(&mut self, found: Found<'a>, field: &'static str) -> Result<Range<usize>, Failure> {
        let JsonValue::String(text) = found.value else {
            let reason = form_of(found).unwrap_or("not base64url text");
            return Err(self.error(found, field, reason).into());
        };
        if self.buffer.0.is_empty() {
            // Once for all members of a usual response.
            let rest = self.response.text.len().saturating_add(found.text.len());
            self.buffer.0.reserve_exact(base64url::decoded_length(rest));
        }
        Ok(self.buffer.decode(text, self.structure, field)?)
    }

    /// A binary member that is a copy of something else.
    fn copy(&mut self, found: Option<Found<'a>>) -> Copied<Range<usize>> {
        match found {
            None => Copied::Absent,
            Some(found) => self.bytes(found, "").map_or(Copied::Unreadable, Copied::of),
        }
    }

    /// Why a value cannot be read.
    fn error(&self, found: Found<'a>, field: &'static str, reason: &'static str) -> ParseError {
        ParseError {
            kind: ErrorKind::MalformedResponse,
            structure: self.structure,
            field: Some(field),
            offset: found.offset,
            reason,
        }
    }
}

/// The form of a value in which pages are known to send bytes.
fn form_of(found: Found<'_>) -> Option<&'static str> {
    Some(match found.value {
        JsonValue::Object if is_buffer(found.text) => {
            "a Buffer of Node.js as JSON: encode the bytes as base64url"
        }
        JsonValue::Object => match first_member(found.text) {
            None => {
                "an empty object, which JSON.stringify() makes of an ArrayBuffer: send what \
                 credential.toJSON() gives, or encode the bytes as base64url"
            }
            Some(name) if name == *"0" => {
                "an object of numbers, which JSON.stringify() makes of a typed array: encode the \
                 bytes as base64url"
            }
            Some(_) => return None,
        },
        JsonValue::Array => "an array of numbers: encode the bytes as base64url",
        _ => return None,
    })
}

fn first_member(object: &str) -> Option<JsonString<'_>> {
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

/// The text of a body.
fn text_of<'a>(body: &'a [u8], structure: &'static str) -> Result<&'a str, Failure> {
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

/// The root is an object with members. What is something else is told by name.
fn check_root(
    mut reader: JsonReader<'_>,
    text: &str,
    structure: &'static str,
) -> Result<(), Failure> {
    let compact = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let offset = text.len() - text.trim_ascii_start().len();
    let reason = match compact().next() {
        Some(b'{') if compact().eq(*b"{}") => {
            "{}, which JSON.stringify() makes of a credential in browsers without \
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

/// Reads an object in which no name occurs twice, and gives the values of these members, or of those
/// that errors name so: what stands behind a dot is the name. Null counts as absent.
fn members<'a, const N: usize>(
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

/// `type`, where it is there.
fn check_type(found: Option<Found<'_>>, structure: &'static str) -> Result<(), Failure> {
    let Some(found) = found else { return Ok(()) };
    let detail = match found.value {
        JsonValue::String(received) if received == *"public-key" => return Ok(()),
        JsonValue::String(received) => {
            format!("{}, not \"public-key\"", quote(received.chars()))
        }
        _ => {
            let kind = ErrorKind::MalformedResponse;
            let (offset, reason) = (found.offset, "not a string");
            let error = ParseError { kind, structure, field: Some("type"), offset, reason };
            return Err(error.into());
        }
    };
    Err(Failure::of("type", ErrorKind::MalformedResponse, detail))
}

/// The transports that can be read, as many as a credential record keeps.
fn transports_of(found: Found<'_>) -> Vec<Transport> {
    let mut transports = Transports::default();
    let mut reader = reader_of(found.text, 0, "transports");
    if reader.array_start().is_err() {
        return Vec::new();
    }
    for number in 0..MAX_TRANSPORTS {
        // The text was read before, so nothing fails here.
        if reader.has_item(number == 0) != Ok(true) {
            break;
        }
        if let Ok(JsonValue::String(name)) = reader.value() {
            transports.add_characters(name.chars());
        }
    }
    transports.into_vec()
}

fn wrong_type(ceremony: Ceremony, reason: &'static str) -> Error {
    Failure::new(ErrorKind::WrongResponseType, reason).at(ceremony, Step::ResponseType)
}

/// A reader of JSON as browsers write it.
fn reader_of<'a>(text: &'a str, offset: usize, structure: &'static str) -> JsonReader<'a> {
    let kind = ErrorKind::MalformedResponse;
    JsonReader::new(text, offset, structure, kind).with_lone_surrogates()
}

fn in_field(error: ParseError, field: &'static str) -> ParseError {
    ParseError { field: Some(field), ..error }
}
