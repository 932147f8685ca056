//! The general reader for the JSON of responses: `RegistrationResponseJSON` and
//! `AuthenticationResponseJSON` (§5.1), as `PublicKeyCredential.toJSON()` and apps write it.
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
//! **Members that no step verifies never fail a ceremony.** A body is rejected only because of:
//!
//! - its form: it must be one JSON object within the limits of size and depth, without repeated
//!   members. It must have `id` or `rawId`, and both must be equal if both are present. `type` must
//!   be missing or `public-key`.
//! - the members that the steps of its ceremony verify. In a registration, these are the client
//!   data and the attestation object. In a login, these are the client data, the authenticator
//!   data, the signature and the user handle.
//!
//! All other members are not verified. If one of them is missing, null or malformed, the ceremony
//! continues without it. Null counts as missing everywhere.
//!
//! This reader produces the errors. The quick reader in [`response_text`](super::response_text)
//! reads the form that browsers write.

use core::ops::Range;

use crate::ceremony::credential::MAX_USER_HANDLE;
use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_body::{
    Found, check_root, first_member, form_of, in_field, members, reader_of, text_of,
};
use crate::ceremony::response_members::{
    AuthenticationMembers, Buffer, Copied, Raw, RegistrationMembers, response_members,
};
use crate::ceremony::transport::{Transport, Transports};
use crate::encoding::base64url;
use crate::encoding::json::JsonValue;
use crate::error::{AtStep, Error, ErrorKind, Failure, ParseError, quote};
use crate::spec::{Ceremony, Step};

/// The maximum number of items of `transports` that are read. Real responses have up to five.
const MAX_TRANSPORTS: usize = 64;

/// Reads the response of a registration.
pub(crate) fn registration(body: &[u8]) -> Result<Raw<RegistrationMembers>, Error> {
    Reading::new(Ceremony::Registration, body)?.finish(RegistrationMembers::read)
}

/// Reads the response of a login.
pub(crate) fn authentication(body: &[u8]) -> Result<Raw<AuthenticationMembers>, Error> {
    Reading::new(Ceremony::Authentication, body)?.finish(AuthenticationMembers::read)
}

macro_rules! generally {
    ($(#[$doc:meta])* $members:ident ($mark:ident, not $other:literal)
        { $($field:ident: $form:ident $name:literal as $type:ty;)* }) => {
        impl $members {
            /// Reads the member `response`.
            fn read(reading: &mut Reading<'_>) -> Result<$members, Error> {
                let [$($field,)* other] = reading.response([
                    $(concat!("response.", $name),)*
                    concat!("response.", $other),
                ])?;
                if $mark.is_none() && other.is_some() {
                    return Err(reading.wrong_type());
                }
                let mut read = || {
                    Ok::<_, Failure>($members {
                        $($field: reading.$form($field, concat!("response.", $name))?,)*
                    })
                };
                read().at(reading.ceremony, Step::ResponseMembers)
            }
        }
    };
}
response_members!(generally);

/// The members of the root object. Their values are returned in this order.
const ROOT: [&str; 7] = [
    "id",
    "rawId",
    "type",
    "authenticatorAttachment",
    "clientExtensionResults",
    "response",
    "error",
];

/// A response whose root members were found.
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
    /// Runs steps 2 to 4 and checks the form of the body.
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

        // This finds syntax errors anywhere in the body.
        let [id, raw_id, type_, attachment, results, response, error] =
            members(&mut reader, ROOT, "")
                .and_then(|found| reader.finish().map(|()| found))
                .at(ceremony, Step::ResponseType)?;

        // Step 2.
        if let (None, Some(JsonValue::String(name))) = (response, error.map(|found| found.value)) {
            return Err(Failure::new(ErrorKind::CeremonyAborted, quote(name.chars()))
                .at(ceremony, Step::BrowserCall));
        }

        // The part of step 3 that is the same for both kinds of response.
        let mut reading = Reading {
            ceremony,
            structure,
            buffer: Buffer::default(),
            credential_id: 0..0,
            authenticator_attachment: attachment_of(attachment),
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

        // Step 4.
        reading.client_extension_results =
            extension_results_of(results).at(ceremony, Step::ClientExtensionResults)?;
        Ok(reading)
    }

    /// Reads the credential ID from `id` or `rawId`. If only one of them is a string, the other is
    /// ignored. `rawId` is not a string if a page passed an `ArrayBuffer` to `JSON.stringify()`.
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
                let reason = "id and rawId are missing; send the credential itself, not an object \
                              around it";
                return Err(Failure::of("id", ErrorKind::MalformedResponse, reason));
            }
        };
        self.credential_id = self.decode(found, field)?;
        if self.credential_id.is_empty() {
            let reason = "the credential ID is empty";
            return Err(Failure::of(field, ErrorKind::MalformedResponse, reason));
        }
        let (Some(id), Some(raw_id)) = (id, raw_id) else { return Ok(()) };
        // The base64url text of bytes is unique, so equal texts mean equal bytes.
        if id.value == raw_id.value {
            return Ok(());
        }
        self.decode(id, "id")?;
        let reason = "id is not the base64url of rawId";
        Err(Failure::new(ErrorKind::CredentialIdMismatch, reason))
    }

    /// Returns these members of `response`.
    fn response<const N: usize>(
        &self,
        fields: [&'static str; N],
    ) -> Result<[Option<Found<'a>>; N], Error> {
        let Found { text, offset, value } = self.response;
        let read = || {
            let reason = match value {
                JsonValue::Object if first_member(text).is_some() => None,
                JsonValue::Object => Some(
                    "an empty object, which JSON.stringify() writes for it in browsers without \
                     PublicKeyCredential.toJSON(): encode its members in the page",
                ),
                JsonValue::String(_) => Some("a string, not an object: it was encoded twice"),
                JsonValue::Array => Some("an array, not an object"),
                _ => Some("not an object"),
            };
            if let Some(reason) = reason {
                return Err(self.error(self.response, "response", reason).into());
            }
            let mut reader = reader_of(text, offset, self.structure);
            members(&mut reader, fields, "response").map_err(Failure::from)
        };
        read().at(self.ceremony, Step::ResponseMembers)
    }

    fn finish<M>(
        mut self,
        members: impl FnOnce(&mut Reading<'a>) -> Result<M, Error>,
    ) -> Result<Raw<M>, Error> {
        let members = members(&mut self)?;
        Ok(Raw {
            buffer: self.buffer,
            credential_id: self.credential_id,
            authenticator_attachment: self.authenticator_attachment,
            client_extension_results: self.client_extension_results,
            members,
        })
    }

    /// Reads a required binary member.
    fn bytes(
        &mut self,
        found: Option<Found<'a>>,
        field: &'static str,
    ) -> Result<Range<usize>, Failure> {
        let reason = "the member is missing";
        let found =
            found.ok_or_else(|| Failure::of(field, ErrorKind::MalformedResponse, reason))?;
        self.decode(found, field)
    }

    /// Reads a user handle. Some front ends send an empty string if there is none.
    fn user_handle(
        &mut self,
        found: Option<Found<'a>>,
        field: &'static str,
    ) -> Result<Option<Range<usize>>, Failure> {
        let Some(found) = found else { return Ok(None) };
        let bytes = self.decode(found, field)?;
        if bytes.len() > MAX_USER_HANDLE {
            let reason = format!("{} bytes; a user handle has at most 64", bytes.len());
            return Err(Failure::of(field, ErrorKind::MalformedResponse, reason));
        }
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    /// Reads a binary member that is an unsigned copy.
    fn copy(
        &mut self,
        found: Option<Found<'a>>,
        field: &'static str,
    ) -> Result<Copied<Range<usize>>, Failure> {
        let copy = found.map(|found| self.decode(found, field));
        Ok(copy.map_or(Copied::Absent, |copy| copy.map_or(Copied::Unreadable, Copied::of)))
    }

    /// Reads a number that is an unsigned copy.
    fn integer(
        &mut self,
        found: Option<Found<'a>>,
        _: &'static str,
    ) -> Result<Copied<i64>, Failure> {
        Ok(match found.map(|found| found.value) {
            None => Copied::Absent,
            Some(JsonValue::Number(number)) => {
                number.parse().map_or(Copied::Unreadable, Copied::As)
            }
            Some(_) => Copied::Unreadable,
        })
    }

    /// Reads the transports.
    fn transports(
        &mut self,
        found: Option<Found<'a>>,
        _: &'static str,
    ) -> Result<Vec<Transport>, Failure> {
        Ok(found.map(transports_of).unwrap_or_default())
    }

    /// Decodes a binary member.
    fn decode(&mut self, found: Found<'a>, field: &'static str) -> Result<Range<usize>, Failure> {
        let JsonValue::String(text) = found.value else {
            let reason = form_of(found).unwrap_or("not a base64url string");
            return Err(self.error(found, field, reason).into());
        };
        if self.buffer.0.is_empty() {
            // Reserves space once for all members of a usual response.
            let rest = self.response.text.len().saturating_add(found.text.len());
            self.buffer.0.reserve_exact(base64url::decoded_length(rest));
        }
        Ok(self.buffer.decode(text, self.structure, field)?)
    }

    fn wrong_type(&self) -> Error {
        let reason = match self.ceremony {
            Ceremony::Registration => "this is the response of a login",
            Ceremony::Authentication => "this is the response of a registration",
        };
        Failure::new(ErrorKind::WrongResponseType, reason).at(self.ceremony, Step::ResponseType)
    }

    /// Creates the error for a malformed value.
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

/// Checks `type` if it is present.
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

/// Returns the attachment of the authenticator, if the value is known.
fn attachment_of(found: Option<Found<'_>>) -> Option<AuthenticatorAttachment> {
    let JsonValue::String(name) = found?.value else { return None };
    AuthenticatorAttachment::named(&name.text())
}

/// Reads the client extension results. A value that is not an object counts as missing.
fn extension_results_of(found: Option<Found<'_>>) -> Result<ExtensionResults, ParseError> {
    match found.filter(|found| found.value == JsonValue::Object) {
        None => Ok(ExtensionResults::Empty),
        Some(found) => ExtensionResults::read(found.text, found.offset)
            .map_err(|error| in_field(error, "clientExtensionResults")),
    }
}

/// Reads the transports, up to the number that a credential record stores. Items that are not
/// strings are skipped.
fn transports_of(found: Found<'_>) -> Vec<Transport> {
    let mut transports = Transports::default();
    let mut reader = reader_of(found.text, 0, "transports");
    if reader.array_start().is_err() {
        return Vec::new();
    }
    for number in 0..MAX_TRANSPORTS {
        // The text was read before, so no error can occur.
        if reader.has_item(number == 0) != Ok(true) {
            break;
        }
        if let Ok(JsonValue::String(name)) = reader.value() {
            transports.add_characters(name.chars());
        }
    }
    transports.into_vec()
}
