//! The JSON of responses: `RegistrationResponseJSON` and `AuthenticationResponseJSON` (§5.1), as
//! `PublicKeyCredential.toJSON()` writes them and as older front ends do.
//!
//! ```text
//! { "id": base64url, "rawId": base64url, "type": "public-key",
//!   "authenticatorAttachment"?: string, "clientExtensionResults": object,
//!   "response": {
//!     registration:    "clientDataJSON", "attestationObject", and as unsigned copies
//!                      "authenticatorData"?, "publicKey"?, "publicKeyAlgorithm"?, "transports"?
//!     authentication:  "clientDataJSON", "authenticatorData", "signature", "userHandle"? } }
//! ```
//!
//! All binary members of a response share one buffer, so that reading one allocates once.

use core::fmt;
use core::ops::Range;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::ceremony::credential::Transport;
use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::encoding::base64url;
use crate::error::{Error, ErrorKind, Failure, ParseError, quote};
use crate::spec::{Ceremony, Step};

/// A body longer than this is no response: the largest attestation objects have some 10 KiB.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// Members of one object. Real responses have up to ten.
pub(crate) const MAX_MEMBERS: usize = 64;

/// The binary members of a response, one behind the other. `Debug` does not show them, because the
/// challenge is among them.
#[derive(Clone, PartialEq)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) fn with_capacity(capacity: usize) -> Buffer {
        Buffer(Vec::with_capacity(capacity))
    }

    /// Decodes a base64url member onto the buffer.
    pub(crate) fn decode(
        &mut self,
        text: &str,
        structure: &'static str,
        field: &'static str,
    ) -> Result<Range<usize>, ParseError> {
        let start = self.0.len();
        base64url::decode_onto(&mut self.0, text, structure, field)?;
        Ok(start..self.0.len())
    }

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

/// The step that takes this member out of the response.
pub(crate) fn step_of(field: &'static str) -> Step {
    if field.starts_with("clientExtensionResults") {
        Step::ClientExtensionResults
    } else if field.starts_with("response.") {
        Step::ResponseMembers
    } else {
        Step::ResponseType
    }
}

/// A response of either kind, its binary members decoded into one buffer.
#[derive(Debug, PartialEq)]
pub(crate) struct Raw {
    pub(crate) raw_id: Range<usize>,
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) client_extension_results: ExtensionResults,
    pub(crate) members: ResponseMembers,
}

/// The members of `response`, of either kind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ResponseMembers {
    pub(crate) client_data_json: Option<Range<usize>>,
    pub(crate) attestation_object: Option<Range<usize>>,
    pub(crate) authenticator_data: Option<Range<usize>>,
    pub(crate) signature: Option<Range<usize>>,
    pub(crate) user_handle: Option<Range<usize>>,
    pub(crate) public_key: Option<Range<usize>>,
    pub(crate) public_key_algorithm: Option<i64>,
    pub(crate) transports: Vec<Transport>,
}

impl Raw {
    pub(crate) fn from_json(body: &[u8], ceremony: Ceremony) -> Result<(Raw, Buffer), Error> {
        if body.len() > MAX_BODY {
            return Err(Failure::new(ErrorKind::InputTooLarge, "the body is longer than 256 KiB")
                .at(ceremony, Step::ResponseType));
        }
        // What is decoded from base64url is always shorter than the body.
        let mut context = Context::new(ceremony, body.len());
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let result = deserializer.deserialize_any(&mut RootVisitor { context: &mut context });
        match result.and_then(|raw| deserializer.end().map(|()| raw)) {
            Ok(raw) => Ok((raw, context.buffer)),
            Err(error) => Err(context.explain(Some((&error, body)))),
        }
    }

    pub(crate) fn from_deserializer<'de, D: Deserializer<'de>>(
        deserializer: D,
        ceremony: Ceremony,
    ) -> Result<(Raw, Buffer), D::Error> {
        const TYPICAL_RESPONSE: usize = 1024;
        let mut context = Context::new(ceremony, TYPICAL_RESPONSE);
        match deserializer.deserialize_any(&mut RootVisitor { context: &mut context }) {
            Ok(raw) => Ok((raw, context.buffer)),
            Err(error) if context.failure.is_none() => Err(error),
            Err(_) => Err(D::Error::custom(context.explain(None))),
        }
    }
}

/// What all visitors share: the buffer, and the failure behind an error of the deserializer.
struct Context {
    ceremony: Ceremony,
    buffer: Buffer,
    field: &'static str,
    failure: Option<(Step, Failure)>,
}

impl Context {
    fn new(ceremony: Ceremony, capacity: usize) -> Context {
        Context { ceremony, buffer: Buffer::with_capacity(capacity), field: "", failure: None }
    }

    fn structure(&self) -> &'static str {
        match self.ceremony {
            Ceremony::Registration => "registration response",
            Ceremony::Authentication => "authentication response",
        }
    }

    /// Records a failure and gives the error that makes the deserializer stop.
    fn fail<E: serde::de::Error>(&mut self, step: Step, failure: Failure) -> E {
        let error = E::custom(&failure);
        self.failure = Some((step, failure));
        error
    }

    fn malformed<E: serde::de::Error>(&mut self, reason: String) -> E {
        self.fail(step_of(self.field), Failure::new(ErrorKind::MalformedResponse, reason))
    }

    /// The error behind one of the deserializer's: the recorded failure, else what `serde_json`
    /// says about the text.
    fn explain(self, json: Option<(&serde_json::Error, &[u8])>) -> Error {
        let (structure, ceremony) = (self.structure(), self.ceremony);
        let (step, failure) = self.failure.unwrap_or_else(|| {
            let (offset, reason) = json.map_or((0, ""), |(error, body)| {
                let reason = match error.classify() {
                    serde_json::error::Category::Eof => "the JSON text ends too early",
                    serde_json::error::Category::Data => "a value of another type",
                    _ => "not JSON",
                };
                (offset_of(error, body), reason)
            });
            let error = ParseError {
                kind: ErrorKind::MalformedResponse,
                structure,
                field: Some(self.field).filter(|field| !field.is_empty()),
                offset,
                reason,
            };
            (step_of(self.field), error.into())
        });
        failure.at(ceremony, step)
    }

    /// Decodes a base64url member onto the buffer.
    fn decode<E: serde::de::Error>(&mut self, text: &str) -> Result<Range<usize>, E> {
        let structure = self.structure();
        self.buffer
            .decode(text, structure, self.field)
            .map_err(|error| self.fail(step_of(self.field), error.into()))
    }

    /// Counts a member and finds repeated ones: known ones by their bit, unknown ones by name.
    fn once<E: serde::de::Error>(&mut self, seen: &mut Seen, name: &Name) -> Result<(), E> {
        seen.count += 1;
        let repeated = match name {
            Name::Known(position, _) => {
                let bit = 1_u32 << position;
                let repeated = seen.known & bit != 0;
                seen.known |= bit;
                repeated
            }
            Name::Unknown(name) => {
                let repeated = seen.unknown.contains(name);
                seen.unknown.push(name.clone());
                repeated
            }
        };
        if repeated {
            return Err(self.malformed("a member occurs twice".to_owned()));
        }
        if seen.count > MAX_MEMBERS {
            return Err(self.malformed("an object has more than 64 members".to_owned()));
        }
        Ok(())
    }
}

/// The byte offset of an error that `serde_json` places by line and column.
fn offset_of(error: &serde_json::Error, body: &[u8]) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let before: usize =
        body.split(|byte| *byte == b'\n').take(lines_before).map(|line| line.len() + 1).sum();
    (before + error.column().saturating_sub(1)).min(body.len())
}

/// The members of one object that were read already.
#[derive(Default)]
struct Seen {
    count: usize,
    known: u32,
    unknown: Vec<String>,
}

/// A member name: its position in a list of known ones and the path under which errors name it.
enum Name {
    Known(usize, &'static str),
    Unknown(String),
}

/// Reads a member name against a list of `(name, path)`.
struct NameSeed(&'static [(&'static str, &'static str)]);

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Name, E> {
        let mut known = self.0.iter().enumerate();
        Ok(match known.find(|(_, (known, _))| *known == name) {
            Some((position, (_, path))) => Name::Known(position, path),
            None => Name::Unknown(name.to_owned()),
        })
    }
}

const ROOT: &[(&str, &str)] = &[
    ("id", "id"),
    ("rawId", "rawId"),
    ("type", "type"),
    ("authenticatorAttachment", "authenticatorAttachment"),
    ("clientExtensionResults", "clientExtensionResults"),
    ("response", "response"),
    ("error", "error"),
];

/// Visits the whole response.
struct RootVisitor<'c> {
    context: &'c mut Context,
}

impl<'de> Visitor<'de> for &mut RootVisitor<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a PublicKeyCredential as JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Raw, E> {
        let failure = Failure::new(ErrorKind::CeremonyAborted, "the body is null");
        Err(self.context.fail(Step::BrowserCall, failure))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let context = &mut *self.context;
        let (mut id, mut raw_id, mut is_public_key) = (None, None, false);
        let (mut attachment, mut extensions, mut members) = (None, None, None);
        let mut seen = Seen::default();
        while let Some(name) = map.next_key_seed(NameSeed(ROOT))? {
            context.field = match name {
                Name::Known(_, path) => path,
                Name::Unknown(_) => "",
            };
            context.once(&mut seen, &name)?;
            match context.field {
                "id" => {
                    // Only to be compared, so it does not stay on the buffer.
                    let bytes = map.next_value_seed(BytesSeed { context: &mut *context })?;
                    id = bytes.map(|bytes| context.buffer.0.split_off(bytes.start));
                }
                "rawId" => raw_id = map.next_value_seed(BytesSeed { context })?,
                "type" => is_public_key = map.next_value_seed(IsPublicKey)?,
                "authenticatorAttachment" => attachment = map.next_value_seed(Attachment)?,
                "clientExtensionResults" => {
                    let seed = ExtensionResultsVisitor { context: &mut *context };
                    extensions = Some(map.next_value_seed(seed)?);
                }
                "response" => members = Some(map.next_value_seed(MembersVisitor { context })?),
                "error" => {
                    let error: Value = map.next_value()?;
                    let text = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
                    let failure = Failure::new(ErrorKind::CeremonyAborted, quote(text.chars()));
                    return Err(context.fail(Step::BrowserCall, failure));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let mut require = |field: &'static str| -> A::Error {
            context.field = field;
            context.malformed(format!("{field} is missing"))
        };
        let id = id.ok_or_else(|| require("id"))?;
        let raw_id = raw_id.ok_or_else(|| require("rawId"))?;
        let members = members.ok_or_else(|| require("response"))?;
        let client_extension_results =
            extensions.ok_or_else(|| require("clientExtensionResults"))?;
        if !is_public_key {
            context.field = "type";
            return Err(context.malformed("type is not \"public-key\"".to_owned()));
        }
        if id != context.buffer.get(&raw_id) {
            let failure =
                Failure::new(ErrorKind::CredentialIdMismatch, "id is not the base64url of rawId");
            return Err(context.fail(Step::ResponseType, failure));
        }
        if raw_id.is_empty() {
            context.field = "rawId";
            return Err(context.malformed("the credential ID is empty".to_owned()));
        }
        Ok(Raw {
            raw_id,
            authenticator_attachment: attachment,
            client_extension_results: client_extension_results.into(),
            members,
        })
    }
}

const RESPONSE: &[(&str, &str)] = &[
    ("clientDataJSON", "response.clientDataJSON"),
    ("attestationObject", "response.attestationObject"),
    ("authenticatorData", "response.authenticatorData"),
    ("signature", "response.signature"),
    ("userHandle", "response.userHandle"),
    ("publicKey", "response.publicKey"),
    ("publicKeyAlgorithm", "response.publicKeyAlgorithm"),
    ("transports", "response.transports"),
];

/// Visits the member `response`.
struct MembersVisitor<'c> {
    context: &'c mut Context,
}

impl<'de> DeserializeSeed<'de> for MembersVisitor<'_> {
    type Value = ResponseMembers;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MembersVisitor<'_> {
    type Value = ResponseMembers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ResponseMembers, A::Error> {
        let context = self.context;
        let mut members = ResponseMembers::default();
        let mut seen = Seen::default();
        while let Some(name) = map.next_key_seed(NameSeed(RESPONSE))? {
            context.field = match name {
                Name::Known(_, path) => path,
                Name::Unknown(_) => "response",
            };
            context.once(&mut seen, &name)?;
            let place = match context.field {
                "response.clientDataJSON" => &mut members.client_data_json,
                "response.attestationObject" => &mut members.attestation_object,
                "response.authenticatorData" => &mut members.authenticator_data,
                "response.signature" => &mut members.signature,
                "response.userHandle" => &mut members.user_handle,
                "response.publicKey" => &mut members.public_key,
                "response.publicKeyAlgorithm" => {
                    members.public_key_algorithm = map.next_value()?;
                    continue;
                }
                "response.transports" => {
                    members.transports = map.next_value_seed(Transports)?;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value_seed(BytesSeed { context })?;
        }
        context.field = "response";
        Ok(members)
    }
}

/// Visits `clientExtensionResults`, of which no output may come twice.
struct ExtensionResultsVisitor<'c> {
    context: &'c mut Context,
}

impl<'de> DeserializeSeed<'de> for ExtensionResultsVisitor<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ExtensionResultsVisitor<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut results = Map::new();
        let mut seen = Seen::default();
        while let Some(identifier) = map.next_key::<String>()? {
            self.context.once(&mut seen, &Name::Unknown(identifier.clone()))?;
            results.insert(identifier, map.next_value()?);
        }
        Ok(results)
    }
}

/// Visits a base64url member; null counts as absent.
struct BytesSeed<'c> {
    context: &'c mut Context,
}

impl<'de> DeserializeSeed<'de> for BytesSeed<'_> {
    type Value = Option<Range<usize>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for BytesSeed<'_> {
    type Value = Option<Range<usize>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64url text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.context.decode(text).map(Some)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Visits `type`.
struct IsPublicKey;

impl<'de> DeserializeSeed<'de> for IsPublicKey {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsPublicKey {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
        Ok(text == "public-key")
    }
}

/// Visits `authenticatorAttachment`; null and unknown words count as absent (§5.1).
struct Attachment;

impl<'de> DeserializeSeed<'de> for Attachment {
    type Value = Option<AuthenticatorAttachment>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Attachment {
    type Value = Option<AuthenticatorAttachment>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(AuthenticatorAttachment::named(text))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Visits `transports`; null counts as absent.
struct Transports;

impl<'de> DeserializeSeed<'de> for Transports {
    type Value = Vec<Transport>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transports {
    type Value = Vec<Transport>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Transport>, A::Error> {
        let mut transports = Vec::new();
        while let Some(transport) = seq.next_element::<String>()? {
            if transports.len() == MAX_MEMBERS {
                return Err(A::Error::custom("more than 64 transports"));
            }
            transports.push(Transport::from(transport));
        }
        Ok(transports)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<Transport>, E> {
        Ok(Vec::new())
    }
}
