//! JSON strings, as they are written in the text.

use core::fmt;
use core::str::Chars;
use std::borrow::Cow;

use crate::encoding::json::grammar::{is_high_surrogate, is_low_surrogate};
use crate::error::quote;

/// A JSON string, as it is written between its quotation marks.
///
/// The string borrows from the input, so its escapes are not decoded. To compare or print the
/// decoded text, use [`chars`](JsonString::chars), `==` or `Display`. `Debug` is for logs: it
/// escapes non-printable characters and shows at most 100 characters. For a secret, such as a
/// challenge, it shows no characters.
#[derive(Clone, Copy)]
pub struct JsonString<'a> {
    pub(super) raw: &'a str,
    pub(super) has_escapes: bool,
    pub(super) is_secret: bool,
}

impl<'a> JsonString<'a> {
    /// Returns the text if it was written without escapes, or `None`.
    pub fn as_str(&self) -> Option<&'a str> {
        if self.has_escapes { None } else { Some(self.raw) }
    }

    /// Returns the same string, marked as a secret that `Debug` does not show.
    pub(crate) fn as_secret(self) -> JsonString<'a> {
        JsonString { is_secret: true, ..self }
    }

    /// Returns the decoded text.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => {
                // Decoded text is never longer. A string that grows would be in memory twice.
                let mut text = String::with_capacity(self.raw.len());
                text.extend(self.chars());
                Cow::Owned(text)
            }
        }
    }

    /// Returns the characters of the decoded text.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        Unescaped { rest: self.raw.chars() }
    }
}

impl PartialEq<str> for JsonString<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) => text == other,
            None => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq for JsonString<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for JsonString<'_> {}

impl fmt::Display for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| fmt::Write::write_char(f, character))
    }
}

impl fmt::Debug for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_secret {
            true => f.write_str("redacted"),
            false => f.write_str(&quote(self.chars())),
        }
    }
}

/// Decodes the escapes of a string that the reader has checked. A lone surrogate, if the reader
/// allowed it, becomes U+FFFD.
struct Unescaped<'a> {
    rest: Chars<'a>,
}

impl Unescaped<'_> {
    fn code_unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.rest.next()?.to_digit(16)?))
    }

    /// Returns the character that starts with the high surrogate `high`. Reads the low surrogate if
    /// it follows; otherwise returns U+FFFD.
    fn behind_high_surrogate(&mut self, high: u32) -> char {
        let mut ahead = Unescaped { rest: self.rest.clone() };
        let is_escape = ahead.rest.next() == Some('\\') && ahead.rest.next() == Some('u');
        match ahead.code_unit().filter(|unit| is_escape && is_low_surrogate(*unit)) {
            Some(low) => {
                self.rest = ahead.rest;
                let pair = 0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
                char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            None => char::REPLACEMENT_CHARACTER,
        }
    }
}

impl Iterator for Unescaped<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character != '\\' {
            return Some(character);
        }
        match self.rest.next()? {
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => {
                let unit = self.code_unit()?;
                if is_high_surrogate(unit) {
                    return Some(self.behind_high_surrogate(unit));
                }
                Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            literal => Some(literal),
        }
    }
}
