//! The quick way from the JSON text of a response to its members.
//!
//! It reads the form in which browsers write: known members, each once, no escapes in them. What
//! it reads, [`response_json`](super::response_json) reads in the same way; whatever else comes,
//! wrong or merely unusual, is left to that general way, which also knows the errors.

use core::ops::Range;

use serde_json::{Map, Value};

use crate::ceremony::credential::Transport;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_json::{Buffer, MAX_BODY, MAX_MEMBERS, Raw, ResponseMembers};
use crate::encoding::json::{JsonReader, JsonValue};
use crate::error::Error;
use crate::spec::Ceremony;

const STRUCTURE: &str = "response";

/// Reads the response, in the quick way if that is possible.
pub(crate) fn read(body: &[u8], ceremony: Ceremony) -> Result<(Raw, Buffer), Error> {
    match read_quickly(body) {
        Some(response) => Ok(response),
        None => Raw::from_json(body, ceremony),
    }
}

fn read_quickly(body: &[u8]) -> Option<(Raw, Buffer)> {
    if body.len() > MAX_BODY {
        return None;
    }
    let text = core::str::from_utf8(body).ok()?;
    let mut reader = TextReader {
        json: JsonReader::new(text, 0, STRUCTURE),
        buffer: Buffer::with_capacity(body.len()),
    };
    let raw = reader.response()?;
    reader.json.finish().ok()?;
    Some((raw, reader.buffer))
}

/// The cursor. `None` means that the general way has to be taken.
struct TextReader<'a> {
    json: JsonReader<'a>,
    buffer: Buffer,
}

impl<'a> TextReader<'a> {
    /// The whole object.
    fn response(&mut self) -> Option<Raw> {
        let (mut id, mut raw_id, mut is_public_key) = (None, None, None);
        let (mut attachment, mut extensions, mut members) = (None, None, None);
        self.json.object_start().ok()?;
        let mut first = true;
        while let Some(name) = self.name(first)? {
            first = false;
            match name {
                "id" => once(&mut id, self.bytes()?),
                "rawId" => once(&mut raw_id, self.bytes()?),
                "type" => once(&mut is_public_key, self.string()? == Some("public-key")),
                "authenticatorAttachment" => once(&mut attachment, self.string()?),
                "clientExtensionResults" => once(&mut extensions, self.extension_results()?),
                "response" => once(&mut members, self.members()?),
                _ => None,
            }?;
        }
        let (id, raw_id) = (id??, raw_id??);
        let same_id = self.buffer.get(&id) == self.buffer.get(&raw_id);
        if !same_id || raw_id.is_empty() || is_public_key != Some(true) {
            return None;
        }
        Some(Raw {
            raw_id,
            authenticator_attachment: attachment.flatten().and_then(AuthenticatorAttachment::named),
            client_extension_results: extensions?,
            members: members?,
        })
    }

    /// The member `response`.
    fn members(&mut self) -> Option<ResponseMembers> {
        let (mut client_data_json, mut attestation_object) = (None, None);
        let (mut authenticator_data, mut signature, mut user_handle) = (None, None, None);
        let (mut public_key, mut public_key_algorithm, mut transports) = (None, None, None);
        self.json.object_start().ok()?;
        let mut first = true;
        while let Some(name) = self.name(first)? {
            first = false;
            match name {
                "clientDataJSON" => once(&mut client_data_json, self.bytes()?),
                "attestationObject" => once(&mut attestation_object, self.bytes()?),
                "authenticatorData" => once(&mut authenticator_data, self.bytes()?),
                "signature" => once(&mut signature, self.bytes()?),
                "userHandle" => once(&mut user_handle, self.bytes()?),
                "publicKey" => once(&mut public_key, self.bytes()?),
                "publicKeyAlgorithm" => once(&mut public_key_algorithm, self.integer()?),
                "transports" => once(&mut transports, self.transports()?),
                _ => None,
            }?;
        }
        Some(ResponseMembers {
            client_data_json: client_data_json.flatten(),
            attestation_object: attestation_object.flatten(),
            authenticator_data: authenticator_data.flatten(),
            signature: signature.flatten(),
            user_handle: user_handle.flatten(),
            public_key: public_key.flatten(),
            public_key_algorithm,
            transports: transports.unwrap_or_default(),
        })
    }

    /// The name of the next member, or `Some(None)` at the object's end.
    fn name(&mut self, first: bool) -> Option<Option<&'a str>> {
        match self.json.member_name(first).ok()? {
            Some(name) => name.as_str().map(Some),
            None => Some(None),
        }
    }

    /// A string, or `Some(None)` for null.
    fn string(&mut self) -> Option<Option<&'a str>> {
        match self.json.value().ok()? {
            JsonValue::String(text) => text.as_str().map(Some),
            JsonValue::Null => Some(None),
            _ => None,
        }
    }

    /// A base64url member, decoded onto the buffer, or `Some(None)` for null.
    fn bytes(&mut self) -> Option<Option<Range<usize>>> {
        match self.string()? {
            Some(text) => self.buffer.decode(text, STRUCTURE, "").ok().map(Some),
            None => Some(None),
        }
    }

    fn integer(&mut self) -> Option<i64> {
        match self.json.value().ok()? {
            JsonValue::Number(number) => serde_json::from_str(number).ok(),
            _ => None,
        }
    }

    fn transports(&mut self) -> Option<Vec<Transport>> {
        let mut transports = Vec::new();
        self.json.array_start().ok()?;
        while self.json.has_item(transports.is_empty()).ok()? {
            if transports.len() == MAX_MEMBERS {
                return None;
            }
            transports.push(Transport::named(self.string()??));
        }
        Some(transports)
    }

    fn extension_results(&mut self) -> Option<Map<String, Value>> {
        let before = self.json;
        match (self.json.value().ok()?, self.json.since(&before)) {
            (JsonValue::Object, "{}") => Some(Map::new()),
            (JsonValue::Object, text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

/// Puts a value in its place, unless the member has been there before.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
