//! The quick way from the JSON text of a response to its members.
//!
//! It reads the form in which browsers write: known members, each once, no escapes in them. What
//! it reads, [`response_json`](super::response_json) reads in the same way; whatever else comes,
//! wrong or merely unusual, is left to that general way, which also knows the errors.

use core::ops::Range;

use serde_json::{Map, Value};

use crate::ceremony::credential::Transport;
use crate::ceremony::extension_results::ExtensionResults;
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
        buffer: Buffer::zeroed(body.len()),
        written: 0,
    };
    let raw = reader.response()?;
    reader.json.finish().ok()?;
    reader.buffer.truncate(reader.written);
    Some((raw, reader.buffer))
}

/// The cursor. `None` means that the general way has to be taken.
struct TextReader<'a> {
    json: JsonReader<'a>,
    buffer: Buffer,
    /// How much of the buffer is written.
    written: usize,
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
        let before = self.json;
        let start = self.written;
        let (buffer, written) = (&mut self.buffer, &mut self.written);
        let read = self.json.string_by(|text| {
            let (length, bytes) = buffer.decode_at(start, text)?;
            *written += bytes;
            Some(length)
        });
        if read.is_none() {
            self.json = before;
            return matches!(self.json.value(), Ok(JsonValue::Null)).then_some(None);
        }
        Some(Some(start..self.written))
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

    fn extension_results(&mut self) -> Option<ExtensionResults> {
        let before = self.json;
        if self.json.value().ok()? != JsonValue::Object {
            return None;
        }
        let text = self.json.since(&before);
        ExtensionResults::usual(text).or_else(|| {
            let map: Map<String, Value> = serde_json::from_str(text).ok()?;
            Some(map.into())
        })
    }
}

/// Puts a value in its place, unless the member has been there before.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key",
        "authenticatorAttachment":"platform","clientExtensionResults":{},
        "response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"MAA",
        "userHandle":null}}"#;

    const REGISTRATION: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key",
        "authenticatorAttachment":null,"clientExtensionResults":{"credProps":{"rk":true}},
        "response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AAAA",
        "transports":["internal","x"],"publicKey":"MAA","publicKeyAlgorithm":-7}}"#;

    /// What the general way makes of a text.
    fn generally(body: &str) -> Option<(Raw, Buffer)> {
        Raw::from_json(body.as_bytes(), Ceremony::Registration).ok()
    }

    #[test]
    fn what_browsers_write_is_read_quickly_and_alike() {
        for body in [LOGIN, REGISTRATION] {
            let quick = read_quickly(body.as_bytes());
            assert!(quick.is_some());
            assert_eq!(quick, generally(body));
        }
    }

    #[test]
    fn whatever_is_read_quickly_is_read_alike_in_the_general_way() {
        let changes = [
            ("\"QUJD\",\"rawId\"", "\"QUJE\",\"rawId\""),
            ("\"QUJD\"", "\"\""),
            ("\"QUJD\"", "null"),
            ("\"QUJD\"", "\"QUJD=\""),
            ("QUJD", "QUJ\\u0044"),
            ("\"id\"", "\"\\u0069d\""),
            ("\"id\"", "\"type\""),
            ("\"id\":\"QUJD\",", ""),
            ("\"id\"", "\"unknown\":[1,{}],\"id\""),
            ("\"id\"", "\"error\":\"x\",\"id\""),
            ("\"public-key\"", "\"password\""),
            ("\"public-key\"", "null"),
            ("\"platform\"", "\"elsewhere\""),
            ("\"platform\"", "7"),
            ("\"clientExtensionResults\":{}", "\"clientExtensionResults\":null"),
            ("\"clientExtensionResults\":{}", "\"clientExtensionResults\":{ }"),
            ("\"clientExtensionResults\":{}", "\"clientExtensionResults\":{\"a\":1e999}"),
            ("\"clientExtensionResults\":{}", "\"clientExtensionResults\":{\"a\":1,\"a\":2}"),
            ("\"e30\"", "\"e31\""),
            ("\"e30\"", "null"),
            ("\"e30\"", "30"),
            ("\"e30\"", "\"e30\",\"signature\":null"),
            ("\"e30\"", "\"e30\",\"other\":\"\\ud800\""),
            ("[\"internal\",\"x\"]", "null"),
            ("[\"internal\",\"x\"]", "[]"),
            ("[\"internal\",\"x\"]", "[\"usb\",null]"),
            ("[\"internal\",\"x\"]", "[\"usb\",]"),
            ("-7", "-0"),
            ("-7", "7.0"),
            ("-7", "null"),
            ("-7", "-257"),
            ("-7", "9223372036854775808"),
            ("}}", "}} x"),
            ("}}", "}"),
            ("}}", "}}\n"),
            ("{\"id\"", "[\"id\""),
            (":{\"clientData", ":[\"clientData"),
        ];
        for (from, to) in changes {
            let mut seen = false;
            for body in [LOGIN, REGISTRATION] {
                let changed = body.replace(from, to);
                seen |= changed != body;
                if let Some(quick) = read_quickly(changed.as_bytes()) {
                    assert_eq!(Some(quick), generally(&changed), "{from} as {to}");
                }
            }
            assert!(seen, "{from} occurs nowhere");
        }
    }

    #[test]
    fn a_member_that_occurs_twice_is_never_read_quickly() {
        for body in [LOGIN, REGISTRATION] {
            for member in body.split([',', '{', '[']).filter(|text| text.contains("\":")) {
                let name = member.trim_start().split(':').next().unwrap();
                if matches!(name, "\"credProps\"" | "\"rk\"") {
                    continue;
                }
                let twice = body.replace(&format!("{name}:"), &format!("{name}:null,{name}:"));
                assert_ne!(twice, body);
                assert!(read_quickly(twice.as_bytes()).is_none(), "{name}");
                assert!(generally(&twice).is_none(), "{name}");
            }
        }
    }

    #[test]
    fn a_body_that_is_too_large_is_never_read_quickly() {
        let padded = |length: usize| format!("{LOGIN}{}", " ".repeat(length - LOGIN.len()));
        assert!(read_quickly(padded(MAX_BODY).as_bytes()).is_some());
        assert!(read_quickly(padded(MAX_BODY + 1).as_bytes()).is_none());
    }
}
