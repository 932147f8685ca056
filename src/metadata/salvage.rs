//! Finds the models that an unreadable entry may be about.
//!
//! The entry may report a revocation, so these models are rejected. For this purpose, an identifier
//! counts anywhere in the entry and in any notation. A false match rejects a model that does not
//! exist.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::entry::{KeyIdentifier, is_aaid, parse_hex};

/// The members that contain identifiers, in lower case.
const IDENTIFIERS: [&str; 2] = ["aaguid", "attestationcertificatekeyidentifiers"];

/// The models of entries that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Salvaged {
    pub(super) aaguids: BTreeSet<[u8; 16]>,
    pub(super) keys: BTreeSet<KeyIdentifier>,
    /// The number of entries in which no identifier was recognized.
    pub(super) unidentified: usize,
}

impl Salvaged {
    /// Collects the identifiers in an entry, which is well-formed JSON. Returns whether the entry
    /// shows which model it is about.
    ///
    /// Hexadecimal digits identify the model anywhere in the entry. Base64 and arrays of numbers
    /// can mean anything, so they identify it only as the value of `aaguid` or
    /// `attestationCertificateKeyIdentifiers`. Elsewhere they are only collected.
    pub(super) fn add(&mut self, json: &str) -> bool {
        let mut found = false;
        let mut member = String::new();
        let mut rest = json;
        while let Some(at) = rest.find(['"', '[']) {
            let (_, value) = rest.split_at(at);
            let length = if value.starts_with('"') { string_length(value) } else { 1 };
            let (first, behind) = value.split_at_checked(length).unwrap_or((value, ""));
            rest = behind;
            let is_identifier = IDENTIFIERS.contains(&member.as_str());
            if !value.starts_with('"') {
                found |=
                    numbers(value).is_some_and(|bytes| self.add_bytes(&bytes)) && is_identifier;
                continue;
            }
            let text = unescaped(first);
            found |= self.add_hex(&text);
            if behind.trim_start().starts_with(':') {
                member = text.to_ascii_lowercase();
            } else if member == "aaid" {
                // A UAF model, which creates no attestations for WebAuthn.
                found |= is_aaid(&text);
            } else {
                found |= self.add_base64(&text) && is_identifier;
            }
        }
        found
    }

    /// Adds hexadecimal digits in upper or lower case, with any separators.
    fn add_hex(&mut self, text: &str) -> bool {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix("urn:uuid:").unwrap_or(&text);
        let is_digit = |character: &char| !matches!(character, '-' | ':' | '{' | '}' | ' ');
        let digits: String = text.chars().filter(is_digit).collect();
        let aaguid = parse_hex::<16>(&digits).map(Vec::from);
        let bytes = aaguid.or_else(|| parse_hex::<20>(&digits).map(Vec::from));
        bytes.is_some_and(|bytes| self.add_bytes(&bytes))
    }

    /// Adds base64 in either alphabet, with or without padding.
    fn add_base64(&mut self, text: &str) -> bool {
        let base64 = text.trim().trim_end_matches('=');
        // The lengths for 16 and 20 bytes.
        matches!(base64.len(), 22 | 27)
            && [STANDARD_NO_PAD, URL_SAFE_NO_PAD]
                .iter()
                .any(|engine| engine.decode(base64).is_ok_and(|bytes| self.add_bytes(&bytes)))
    }

    /// Adds bytes that identify a model, and returns whether they do. A zero AAGUID does not
    /// identify a model, because many entries have it.
    fn add_bytes(&mut self, bytes: &[u8]) -> bool {
        if bytes.iter().all(|byte| *byte == 0) {
            return false;
        }
        if let Ok(aaguid) = <[u8; 16]>::try_from(bytes) {
            self.aaguids.insert(aaguid);
            return true;
        }
        if let Ok(key) = <KeyIdentifier>::try_from(bytes) {
            self.keys.insert(key);
            return true;
        }
        false
    }
}

/// Returns the length of the string at the start, including its quotation marks.
fn string_length(json: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

fn unescaped(string: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(string).map_or(Cow::Borrowed(string), Cow::Owned)
}

/// Reads the array of bytes at the start, unless it is too long for an identifier.
fn numbers(json: &str) -> Option<Vec<u8>> {
    // 20 numbers of three digits, with white space.
    const LONGEST: usize = 512;
    let start = json.as_bytes().get(1..)?;
    let start = start.get(..LONGEST).unwrap_or(start);
    let is_inside =
        |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_whitespace() || *byte == b',';
    let end = start.iter().position(|byte| !is_inside(byte))?;
    let items = core::str::from_utf8(start.get(..end)?).ok()?;
    if start.get(end) != Some(&b']') {
        return None;
    }
    items.split(',').map(|item| item.trim().parse().ok()).collect()
}
