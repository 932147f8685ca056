//! The quick reader for the JSON text of responses.
//!
//! It reads only the form that browsers write: known members, each once, without escapes and
//! without white space between them. For that form, it returns the same result as
//! [`response_json`](super::response_json). All other text, wrong or merely unusual, is left to
//! that general reader, which also produces the errors.

use core::ops::Range;

use crate::ceremony::credential::MAX_USER_HANDLE;
use crate::ceremony::extensions::results::ExtensionResults;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_body::MAX_BODY;
use crate::ceremony::response_json;
use crate::ceremony::response_members::{
    Absent, AuthenticationMembers, Buffer, Copied, Raw, RegistrationMembers, response_members,
};
use crate::ceremony::transport::{Transport, Transports};
use crate::encoding::json::{JsonReader, plain_length};
use crate::error::{Error, ErrorKind};

/// Reads the response of a registration, with the quick reader if possible.
pub(crate) fn registration(body: &[u8]) -> Result<Raw<RegistrationMembers>, Error> {
    match registration_quickly(body) {
        Some(response) => Ok(response),
        None => response_json::registration(body),
    }
}

pub(super) fn registration_quickly(body: &[u8]) -> Option<Raw<RegistrationMembers>> {
    read_quickly(body, RegistrationMembers::read_quickly)
}

/// Reads the response of a login, with the quick reader if possible.
pub(crate) fn authentication(body: &[u8]) -> Result<Raw<AuthenticationMembers>, Error> {
    match authentication_quickly(body) {
        Some(response) => Ok(response),
        None => response_json::authentication(body),
    }
}

pub(super) fn authentication_quickly(body: &[u8]) -> Option<Raw<AuthenticationMembers>> {
    read_quickly(body, AuthenticationMembers::read_quickly)
}

fn read_quickly<'a, M>(
    body: &'a [u8],
    members: impl Fn(&mut TextReader<'a>) -> Option<M>,
) -> Option<Raw<M>> {
    if body.len() > MAX_BODY {
        return None;
    }
    let reader = TextReader { rest: body, buffer: Buffer::for_text(body.len()), written: 0 };
    reader.response(members)
}

macro_rules! quickly {
    ($(#[$doc:meta])* $members:ident ($mark:ident, not $other:literal)
        { $($field:ident: $form:ident $name:literal as $type:ty;)* }) => {
        impl $members {
            /// Reads the member `response`.
            fn read_quickly(reader: &mut TextReader<'_>) -> Option<$members> {
                $(let mut $field = None;)*
                reader.object(|reader| {
                    $(if reader.accept(concat!("\"", $name, "\":")) {
                        return once(&mut $field, reader.$form()?);
                    })*
                    None
                })?;
                Some($members { $($field: $field.or_else(Absent::absent)?,)* })
            }
        }
    };
}
response_members!(quickly);

/// The cursor of the quick reader. Its methods return `None` if the general reader must be used.
struct TextReader<'a> {
    /// The bytes that have not been read.
    rest: &'a [u8],
    buffer: Buffer,
    /// The number of bytes that have been written to the buffer.
    written: usize,
}

impl<'a> TextReader<'a> {
    /// Reads the whole object.
    fn response<M>(mut self, read_members: impl Fn(&mut Self) -> Option<M>) -> Option<Raw<M>> {
        let (mut id, mut raw_id, mut type_) = (None, None, None);
        let (mut attachment, mut extensions, mut members) = (None, None, None);
        self.object(|reader| {
            if reader.accept(r#""id":"#) {
                once(&mut id, reader.string()?)
            } else if reader.accept(r#""rawId":"#) {
                once(&mut raw_id, reader.base64url()?)
            } else if reader.accept(r#""type":"#) {
                once(&mut type_, reader.string()?)
            } else if reader.accept(r#""authenticatorAttachment":"#) {
                once(&mut attachment, reader.attachment()?)
            } else if reader.accept(r#""clientExtensionResults":"#) {
                once(&mut extensions, reader.extension_results()?)
            } else if reader.accept(r#""response":"#) {
                once(&mut members, read_members(reader)?)
            } else {
                None
            }
        })?;
        let (text, credential_id) = raw_id?;
        // The base64url text of bytes is unique, so equal texts mean equal bytes.
        if id? != text || text.is_empty() || type_? != b"public-key" || !self.rest.is_empty() {
            return None;
        }
        Some(Raw {
            buffer: self.buffer,
            credential_id,
            authenticator_attachment: attachment.flatten(),
            client_extension_results: extensions?,
            members: members?,
        })
    }

    #[inline]
    fn accept(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    #[inline]
    fn expect(&mut self, token: &str) -> Option<()> {
        self.accept(token).then_some(())
    }

    /// Reads an object. `member` reads each of its members.
    fn object(&mut self, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect("{")?;
        loop {
            member(self)?;
            if !self.accept(",") {
                return self.expect("}");
            }
        }
    }

    /// Reads a string. It may not be valid UTF-8.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.expect("\"")?;
        let (string, rest) = self.rest.split_at_checked(plain_length(self.rest))?;
        self.rest = rest;
        self.expect("\"")?;
        Some(string)
    }

    /// Reads a base64url member, and returns its text and its range in the buffer.
    fn base64url(&mut self) -> Option<(&'a [u8], Range<usize>)> {
        self.expect("\"")?;
        let start = self.written;
        let (characters, bytes) = self.buffer.decode_at(start, self.rest)?;
        let (text, rest) = self.rest.split_at_checked(characters)?;
        self.rest = rest;
        self.written += bytes;
        self.expect("\"")?;
        Some((text, start..self.written))
    }

    /// Reads a base64url member, and returns its range in the buffer.
    fn bytes(&mut self) -> Option<Range<usize>> {
        self.base64url().map(|(_, bytes)| bytes)
    }

    /// Reads a user handle. The general reader returns the error if it is too long.
    fn user_handle(&mut self) -> Option<Option<Range<usize>>> {
        let bytes = self.bytes_or_null()?.filter(|bytes| !bytes.is_empty());
        match bytes {
            Some(bytes) if bytes.len() > MAX_USER_HANDLE => None,
            bytes => Some(bytes),
        }
    }

    /// Reads a base64url member or null. The result is `Some(None)` for null.
    fn bytes_or_null(&mut self) -> Option<Option<Range<usize>>> {
        if self.accept("null") { Some(None) } else { self.bytes().map(Some) }
    }

    /// Reads an unsigned copy of bytes in the attestation object.
    fn copy(&mut self) -> Option<Copied<Range<usize>>> {
        let bytes = self.bytes_or_null()?;
        Some(bytes.map_or(Copied::Absent, Copied::of))
    }

    /// Reads an unsigned copy of a number in the attestation object, in its usual form.
    fn integer(&mut self) -> Option<Copied<i64>> {
        let is_part = |byte: &u8| matches!(byte, b'-' | b'0'..=b'9');
        let length = self.rest.iter().position(|byte| !is_part(byte))?;
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        match digits {
            [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..] => {
                core::str::from_utf8(digits).ok()?.parse().ok().map(Copied::As)
            }
            _ => None,
        }
    }

    fn attachment(&mut self) -> Option<Option<AuthenticatorAttachment>> {
        if self.accept("null") {
            return Some(None);
        }
        let name = core::str::from_utf8(self.string()?).ok()?;
        Some(AuthenticatorAttachment::named(name))
    }

    fn transports(&mut self) -> Option<Vec<Transport>> {
        let mut transports = Transports::default();
        self.expect("[")?;
        if self.accept("]") {
            return Some(transports.into_vec());
        }
        loop {
            transports.add(core::str::from_utf8(self.string()?).ok()?);
            if !self.accept(",") {
                self.expect("]")?;
                return Some(transports.into_vec());
            }
        }
    }

    fn extension_results(&mut self) -> Option<ExtensionResults> {
        if self.accept("{}") {
            return Some(ExtensionResults::Empty);
        }
        if self.accept(r#"{"credProps":{"rk":true}}"#) {
            return Some(ExtensionResults::Discoverable(true));
        }
        if self.accept(r#"{"credProps":{"rk":false}}"#) {
            return Some(ExtensionResults::Discoverable(false));
        }
        let rest = core::str::from_utf8(self.rest).ok().filter(|rest| rest.starts_with('{'))?;
        let start = JsonReader::new(rest, 0, "response", ErrorKind::MalformedResponse)
            .with_lone_surrogates()
            .inside();
        let (results, behind) = ExtensionResults::read_next(start).ok()?;
        self.rest = self.rest.get(behind.since(&start).len()..)?;
        Some(results)
    }
}

/// Stores the value of a member. The result is `None` if the member occurred before.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
