//! Client data (§5.8.1, dictionary `CollectedClientData`): what the browser says about the
//! ceremony, as JSON whose exact bytes are signed.

use crate::encoding::json::{JsonReader, JsonString, JsonValue, MAX_NAMES, Names};
use crate::error::{ErrorKind, ParseError};

/// Real client data has a few hundred bytes; this leaves room for what the future adds.
const MAX_CLIENT_DATA: usize = 64 * 1024;

/// Members of client data. Real ones have up to ten.
const MAX_MEMBERS: usize = MAX_NAMES;

const STRUCTURE: &str = "client data";

/// The byte order mark, which the specification's "UTF-8 decode" drops once.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A view of `clientDataJSON`. All five members that the specification defines are read, every
/// other member is checked as JSON and passed over. `Debug` does not show the challenge.
///
/// ```
/// use webauthn_verify::parse::ClientData;
///
/// let json = br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https:\/\/example.org"}"#;
/// let client_data = ClientData::parse(json)?;
/// assert!(client_data.origin() == *"https://example.org");
/// assert!(!client_data.cross_origin());
/// # Ok::<(), webauthn_verify::ParseError>(())
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
    /// Parses the bytes of `clientDataJSON`: UTF-8, one byte order mark at most, one JSON object
    /// by the grammar of RFC 8259, in which no member occurs twice.
    ///
    /// # Errors
    ///
    /// `InputTooLarge` beyond 64 KiB or 32 levels, `InvalidUtf8`, else `InvalidClientDataJson`.
    pub fn parse(json: &'a [u8]) -> Result<ClientData<'a>, ParseError> {
        ClientDataText::decode(json)?.parse()
    }

    /// `"webauthn.create"` in a registration, `"webauthn.get"` in an authentication.
    pub fn type_(&self) -> JsonString<'a> {
        self.type_
    }

    /// The challenge as base64url text. `Debug` does not show it.
    pub fn challenge(&self) -> JsonString<'a> {
        self.challenge
    }

    /// The origin of the page, or the identity of the app, that ran the ceremony.
    pub fn origin(&self) -> JsonString<'a> {
        self.origin
    }

    /// Whether the ceremony ran in an iframe that is not same-origin with its ancestors. Absent
    /// means no.
    pub fn cross_origin(&self) -> bool {
        self.cross_origin
    }

    /// The origin of the top-level page, where the browser says it.
    pub fn top_origin(&self) -> Option<JsonString<'a>> {
        self.top_origin
    }
}

/// The text of client data, decoded and not yet parsed.
#[derive(Clone, Copy)]
pub(crate) struct ClientDataText<'a> {
    text: &'a str,
    /// How many bytes stand in front of the text.
    base: usize,
}

impl<'a> ClientDataText<'a> {
    /// Step 5 of §7.1 and step 8 of §7.2, "UTF-8 decode", but for bytes that are no UTF-8: they
    /// are refused where the specification replaces them.
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

    /// A reader at the beginning of the text.
    pub(super) fn reader(self) -> JsonReader<'a> {
        JsonReader::new(self.text, self.base, STRUCTURE)
    }

    /// Step 6 of §7.1 and step 9 of §7.2.
    pub(crate) fn parse(self) -> Result<ClientData<'a>, ParseError> {
        let mut reader = self.reader();
        let mut members = Members::default();
        // Made when the first comes: few client data have one.
        let mut others = None;
        let mut count = 0;

        reader.object_start()?;
        loop {
            let at_name = reader;
            let Some(name) = reader.member_name(count == 0)? else { break };
            let member = Member::named(name);
            let repeated = match member {
                Some(member) => members.have(member),
                None => others.get_or_insert_with(Names::default).contain_or_take(name),
            };
            if repeated {
                return Err(at_name.error("a member occurs twice"));
            }
            if count == MAX_MEMBERS {
                return Err(at_name.error("more than 64 members"));
            }
            count += 1;
            let at_value = reader;
            let value = reader.value()?;
            let Some(member) = member else { continue };
            members.take(member, value).map_err(|reason| ParseError {
                field: Some(member.name()),
                ..at_value.error(reason)
            })?;
        }
        reader.finish()?;

        members.complete().map_err(|(field, reason)| ParseError {
            field: Some(field),
            offset: self.base,
            ..reader.error(reason)
        })
    }
}

/// The members that the specification defines.
#[derive(Clone, Copy)]
enum Member {
    Type,
    Challenge,
    Origin,
    CrossOrigin,
    TopOrigin,
}

impl Member {
    const ALL: [Member; 5] =
        [Member::Type, Member::Challenge, Member::Origin, Member::CrossOrigin, Member::TopOrigin];

    const fn name(self) -> &'static str {
        match self {
            Member::Type => "type",
            Member::Challenge => "challenge",
            Member::Origin => "origin",
            Member::CrossOrigin => "crossOrigin",
            Member::TopOrigin => "topOrigin",
        }
    }

    fn named(name: JsonString<'_>) -> Option<Member> {
        match name.as_str() {
            Some("type") => Some(Member::Type),
            Some("challenge") => Some(Member::Challenge),
            Some("origin") => Some(Member::Origin),
            Some("crossOrigin") => Some(Member::CrossOrigin),
            Some("topOrigin") => Some(Member::TopOrigin),
            Some(_) => None,
            // It is written with escapes.
            None => Member::ALL.into_iter().find(|member| name == *member.name()),
        }
    }
}

/// The members found so far.
#[derive(Default)]
struct Members<'a> {
    type_: Option<JsonString<'a>>,
    challenge: Option<JsonString<'a>>,
    origin: Option<JsonString<'a>>,
    cross_origin: Option<bool>,
    top_origin: Option<JsonString<'a>>,
}

impl<'a> Members<'a> {
    fn have(&self, member: Member) -> bool {
        match member {
            Member::Type => self.type_.is_some(),
            Member::Challenge => self.challenge.is_some(),
            Member::Origin => self.origin.is_some(),
            Member::CrossOrigin => self.cross_origin.is_some(),
            Member::TopOrigin => self.top_origin.is_some(),
        }
    }

    /// Keeps a member, or says why its value cannot be.
    fn take(&mut self, member: Member, value: JsonValue<'a>) -> Result<(), &'static str> {
        let place = match member {
            Member::Type => &mut self.type_,
            Member::Challenge => &mut self.challenge,
            Member::Origin => &mut self.origin,
            Member::TopOrigin => &mut self.top_origin,
            Member::CrossOrigin => {
                let JsonValue::Bool(value) = value else { return Err("neither true nor false") };
                self.cross_origin = Some(value);
                return Ok(());
            }
        };
        let JsonValue::String(value) = value else { return Err("not a string") };
        *place = Some(value);
        Ok(())
    }

    fn complete(self) -> Result<ClientData<'a>, (&'static str, &'static str)> {
        const MISSING: &str = "the member is missing";
        let cross_origin = self.cross_origin.unwrap_or(false);
        // The client sets topOrigin only where crossOrigin is true (§5.8.1).
        if self.top_origin.is_some() && !cross_origin {
            return Err(("topOrigin", "present although crossOrigin is not true"));
        }
        Ok(ClientData {
            type_: self.type_.ok_or(("type", MISSING))?,
            challenge: self.challenge.ok_or(("challenge", MISSING))?.as_secret(),
            origin: self.origin.ok_or(("origin", MISSING))?,
            cross_origin,
            top_origin: self.top_origin,
        })
    }
}
