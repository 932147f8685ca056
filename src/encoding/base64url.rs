//! Base64url without padding, as WebAuthn uses it (§3, "Base64url Encoding"; RFC 4648, section 5).
//!
//! Strict: no `=`, no white space, no `+` or `/`, no superfluous bits in the last character.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ErrorKind, ParseError};

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes `text` onto the end of `buffer`. Allocates only where the buffer's capacity ends.
pub(crate) fn decode_onto(
    buffer: &mut Vec<u8>,
    text: &str,
    structure: &'static str,
    field: &'static str,
) -> Result<(), ParseError> {
    let start = buffer.len();
    buffer.resize(start + base64::decoded_len_estimate(text.len()), 0);
    let target = buffer.get_mut(start..).unwrap_or_default();
    match URL_SAFE_NO_PAD.decode_slice(text, target) {
        Ok(written) => {
            buffer.truncate(start + written);
            Ok(())
        }
        Err(_) => {
            buffer.truncate(start);
            let (offset, reason) = explain(text);
            Err(ParseError {
                kind: ErrorKind::InvalidBase64Url,
                structure,
                field: Some(field),
                offset,
                reason,
            })
        }
    }
}

/// Decodes `text` into bytes of its own.
pub(crate) fn decode(
    text: &str,
    structure: &'static str,
    field: &'static str,
) -> Result<Vec<u8>, ParseError> {
    let mut buffer = Vec::with_capacity(base64::decoded_len_estimate(text.len()));
    decode_onto(&mut buffer, text, structure, field)?;
    Ok(buffer)
}

/// Where and why `text` does not decode.
fn explain(text: &str) -> (usize, &'static str) {
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match text.bytes().enumerate().find(|(_, byte)| !in_alphabet(*byte)) {
        Some((offset, b'=')) => (offset, "base64url is written without padding here"),
        Some((offset, b'+' | b'/')) => {
            (offset, "this is base64; base64url writes - and _ for + and /")
        }
        Some((offset, _)) => (offset, "not a character of base64url"),
        None if text.len() % 4 == 1 => (text.len(), "no base64url text has this length"),
        None => (text.len().saturating_sub(1), "the last character carries bits of no byte"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset_of_error(text: &str) -> usize {
        let error = decode(text, "test", "text").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidBase64Url);
        error.offset()
    }

    #[test]
    fn json_04_padding_white_space_other_alphabet_and_spare_bits_fail() {
        assert_eq!(offset_of_error("QQ=="), 2);
        assert_eq!(offset_of_error("QQ="), 2);
        assert_eq!(offset_of_error("QUJD RA"), 4);
        assert_eq!(offset_of_error("QUJDRA\n"), 6);
        assert_eq!(offset_of_error("-_+_"), 2);
        assert_eq!(offset_of_error("-_/_"), 2);
        assert_eq!(offset_of_error("QR"), 1);
        assert_eq!(offset_of_error("Q"), 1);
        assert_eq!(offset_of_error("QUJDQ"), 5);
        assert_eq!(offset_of_error("QUJ\u{e9}"), 3);
    }

    #[test]
    fn every_length_and_byte_round_trips() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(83) ^ 0xf8).collect();
            assert_eq!(decode(&encode(&bytes), "test", "text").unwrap(), bytes);
        }
    }

    #[test]
    fn decoding_onto_a_buffer_keeps_what_is_there_even_on_failure() {
        let mut buffer = vec![1, 2];
        decode_onto(&mut buffer, "QQ", "test", "text").unwrap();
        assert_eq!(buffer, [1, 2, b'A']);
        decode_onto(&mut buffer, "Q*", "test", "text").unwrap_err();
        assert_eq!(buffer, [1, 2, b'A']);
    }
}
