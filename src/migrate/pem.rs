//! The text form of a SubjectPublicKeyInfo (RFC 7468, section 13), often called PEM.
//!
//! ```text
//! "-----BEGIN PUBLIC KEY-----" eol
//! 1*( base64-line eol )
//! "-----END PUBLIC KEY-----" [ eol ]         eol = CR LF / LF
//! ```
//!
//! Lines can have any length. No other text is allowed before, between or after them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{ErrorKind, ParseError};
use crate::message::key_form::Pem;

pub(super) const STRUCTURE: &str = "PEM";

const END: &str = "-----END PUBLIC KEY-----";
const DASHES: &str = Pem::DASHES;

/// Decodes the text to bytes.
pub(super) fn decode(pem: &str) -> Result<Vec<u8>, ParseError> {
    let mut lines = Lines { rest: pem, offset: 0 };
    check_begin(&mut lines)?;
    let mut base64 = String::with_capacity(pem.len());
    loop {
        let offset = lines.offset;
        let Some(line) = lines.next_line() else {
            return Err(error("base64", pem.len(), "the END line is missing"));
        };
        if line.starts_with(DASHES) {
            if line != END {
                return Err(error("END line", offset, "not \"-----END PUBLIC KEY-----\""));
            }
            if !lines.rest.is_empty() {
                let trailing = error("", lines.offset, "the input should end here");
                return Err(ParseError { kind: ErrorKind::TrailingBytes, field: None, ..trailing });
            }
            // The characters have been checked, so only the end of the base64 can be wrong.
            return STANDARD.decode(&base64).map_err(|_| {
                error("base64", offset, "the base64 ends with wrong bits or padding")
            });
        }
        check_line(line, offset)?;
        base64.push_str(line);
    }
}

fn check_begin(lines: &mut Lines<'_>) -> Result<(), ParseError> {
    const FIELD: &str = "BEGIN line";
    let label = lines
        .next_line()
        .and_then(|line| line.strip_prefix(Pem::BEGIN)?.strip_suffix(DASHES))
        .filter(|label| !label.contains(DASHES))
        .ok_or_else(|| error(FIELD, 0, "the text does not begin with a line \"-----BEGIN \""))?;
    match Pem::labelled(label) {
        Pem::PublicKey => Ok(()),
        Pem::Other => Err(error(FIELD, 0, "the label is not \"PUBLIC KEY\"")),
        other => Err(error(FIELD, 0, other.advice())),
    }
}

/// Checks the characters of a line of base64.
fn check_line(line: &str, offset: usize) -> Result<(), ParseError> {
    if line.is_empty() {
        return Err(error("base64", offset, "an empty line"));
    }
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    match line.bytes().position(|byte| !in_alphabet(byte)) {
        Some(place) => Err(error("base64", offset + place, "not a base64 character")),
        None => Ok(()),
    }
}

fn error(field: &'static str, offset: usize, reason: &'static str) -> ParseError {
    let kind = ErrorKind::InvalidCoseKey;
    ParseError { kind, structure: STRUCTURE, field: Some(field), offset, reason }
}

/// The remaining lines of a text, and the offset of the next line.
struct Lines<'a> {
    rest: &'a str,
    offset: usize,
}

impl<'a> Lines<'a> {
    /// Returns the next line without its line break, or `None` at the end of the text.
    fn next_line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.offset += self.rest.len() - rest.len();
        self.rest = rest;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}
