//! What can still be found out about an entry that cannot be read: which models it may be about.
//!
//! The entry may be a revocation, so its model is refused. To that end it does not matter where an
//! identifier stands and how it is written; one found too many refuses a model that nobody has.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::entry::KeyIdentifier;

/// The models of entries that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Salvaged {
    pub(super) aaguids: BTreeSet<[u8; 16]>,
    pub(super) keys: BTreeSet<KeyIdentifier>,
    /// How many entries there were in which nothing was found.
    pub(super) unidentified: usize,
}

impl Salvaged {
    /// Looks through an entry, which is well-formed JSON.
    pub(super) fn add(&mut self, json: &str) {
        let mut found = false;
        let mut rest = json;
        while let Some(at) = rest.find(['"', '[']) {
            let (_, value) = rest.split_at(at);
            let length = match value.starts_with('"') {
                true => {
                    let length = string_length(value);
                    let string = value.get(..length).unwrap_or_default();
                    found |= self.add_text(&unescaped(string));
                    length
                }
                false => {
                    found |= numbers(value).is_some_and(|bytes| self.add_bytes(&bytes));
                    1
                }
            };
            rest = value.get(length..).unwrap_or_default();
        }
        self.unidentified += usize::from(!found);
    }

    /// Hexadecimal digits in upper or lower case, with any separators, or base64.
    fn add_text(&mut self, text: &str) -> bool {
        let text = text.trim();
        let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
        let digits: String = text
            .chars()
            .filter(|character| !matches!(character, '-' | ':' | '{' | '}' | ' '))
            .map(|character| character.to_ascii_lowercase())
            .collect();
        if let Some(aaguid) = super::entry::parse_hex::<16>(&digits) {
            return self.add_bytes(&aaguid);
        }
        if let Some(key) = super::entry::parse_hex::<20>(&digits) {
            return self.add_bytes(&key);
        }
        let base64 = text.trim_end_matches('=');
        // 16 and 20 bytes.
        matches!(base64.len(), 22 | 27)
            && [STANDARD_NO_PAD, URL_SAFE_NO_PAD]
                .iter()
                .any(|engine| engine.decode(base64).is_ok_and(|bytes| self.add_bytes(&bytes)))
    }

    /// Whether the bytes identify a model. The AAGUID of zeros is that of many.
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

/// The length of the string at the start, with its quotation marks.
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

/// The array at the start, if it is of as many bytes as an identifier has.
fn numbers(json: &str) -> Option<Vec<u8>> {
    let (items, _) = json.strip_prefix('[')?.split_once(']')?;
    // 20 numbers of three digits, with white space.
    let is_short = items.len() < 512;
    let items = Some(items).filter(|_| is_short)?;
    items.split(',').map(|item| item.trim().parse().ok()).collect()
}
