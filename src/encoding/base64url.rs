//! Base64url without padding (RFC 4648, section 5).
//!
//! The decoder is strict: no `=`, no white space, no `+` or `/`, and no extra bits in the last
//! character.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ErrorKind, ParseError};

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes `text` and appends the bytes to `buffer`. Allocates only if the buffer is too small.
pub(crate) fn decode_onto(
    buffer: &mut Vec<u8>,
    text: &str,
    structure: &'static str,
    field: &'static str,
) -> Result<(), ParseError> {
    let start = buffer.len();
    buffer.resize(start + decoded_length(text.len()), 0);
    let target = buffer.get_mut(start..).unwrap_or_default();
    if decode_into(target, text.as_bytes()) {
        return Ok(());
    }
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

/// Returns the length of the decoded bytes. Four characters decode to three bytes, and two or three
/// characters at the end decode to one or two bytes.
pub(crate) const fn decoded_length(characters: usize) -> usize {
    characters / 4 * 3 + characters % 4 * 3 / 4
}

/// Set in the value of a character that is not in the alphabet.
const INVALID: u32 = 1 << 31;

/// The value of each character, shifted to each of the four places in a group of 24 bits.
static PLACES: [[u32; 256]; 4] = [place(18), place(12), place(6), place(0)];

#[allow(
    clippy::indexing_slicing,
    reason = "it runs at compile time, and a wrong index fails the compilation"
)]
const fn place(shift: u32) -> [u32; 256] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut values = [INVALID; 256];
    let mut value = 0_u32;
    while value < 64 {
        values[ALPHABET[value as usize] as usize] = value << shift;
        value += 1;
    }
    values
}

/// Decodes `text` into `target`, which has the decoded length. Returns `false` if the text is not
/// base64url.
fn decode_into(target: &mut [u8], text: &[u8]) -> bool {
    let (blocks, tail) = text.as_chunks::<8>();
    let (targets, rest) = target.as_chunks_mut::<6>();
    let mut invalid = 0;
    for (target, block) in targets.iter_mut().zip(blocks) {
        let (bytes, flags) = decode_block(block);
        *target = bytes;
        invalid |= flags;
    }
    // The text is padded with characters of value zero, so the bytes after its end must be zero.
    let mut block = [b'A'; 8];
    let (start, _) = block.split_at_mut(tail.len());
    start.copy_from_slice(tail);
    let (bytes, flags) = decode_block(&block);
    let (bytes, spare) = bytes.split_at(rest.len());
    rest.copy_from_slice(bytes);
    (invalid | flags) & INVALID == 0 && text.len() % 4 != 1 && spare.iter().all(|byte| *byte == 0)
}

/// Decodes the base64url at the start of `text`, up to the first character that is not in the
/// alphabet, and writes it to the start of `target`. Returns the number of characters read and of
/// bytes written, or `None` if the text is not base64url or does not fit.
pub(crate) fn decode_start(target: &mut [u8], text: &[u8]) -> Option<(usize, usize)> {
    let mut blocks = 0;
    for (target, block) in target.as_chunks_mut::<6>().0.iter_mut().zip(text.as_chunks::<8>().0) {
        let (bytes, flags) = decode_block(block);
        if flags & INVALID != 0 {
            break;
        }
        *target = bytes;
        blocks += 1;
    }
    let (target, text) = (target.get_mut(6 * blocks..)?, text.get(8 * blocks..)?);
    let [.., values] = &PLACES;
    let ends = |character: &u8| values.get(usize::from(*character)) == Some(&INVALID);
    let length = text.iter().take(8).position(ends)?;
    let tail = text.get(..length)?;
    let bytes = decoded_length(length);
    let decoded = decode_into(target.get_mut(..bytes)?, tail);
    decoded.then_some((8 * blocks + length, 6 * blocks + bytes))
}

/// Decodes eight characters. `INVALID` is set in the flags if a character is not in the alphabet.
fn decode_block([a, b, c, d, e, f, g, h]: &[u8; 8]) -> ([u8; 6], u32) {
    let (high, low) = (group([a, b, c, d]), group([e, f, g, h]));
    let [_, _, bytes @ ..] = (u64::from(high) << 24 | u64::from(low)).to_be_bytes();
    (bytes, high | low)
}

fn group(characters: [&u8; 4]) -> u32 {
    let values = PLACES.iter().zip(characters);
    values.fold(0, |group, (place, character)| {
        group | place.get(usize::from(*character)).copied().unwrap_or(INVALID)
    })
}

/// Decodes `text` into a new vector.
pub(crate) fn decode(
    text: &str,
    structure: &'static str,
    field: &'static str,
) -> Result<Vec<u8>, ParseError> {
    let mut buffer = Vec::new();
    decode_onto(&mut buffer, text, structure, field)?;
    Ok(buffer)
}

/// Returns the position of the error in `text`, and the reason why it is not base64url.
fn explain(text: &str) -> (usize, &'static str) {
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match text.bytes().enumerate().find(|(_, byte)| !in_alphabet(*byte)) {
        Some((offset, b'=')) => (offset, "padding is not allowed here; remove the ="),
        Some((0, b'{')) => (0, "this is JSON; encode its bytes as base64url"),
        Some((offset, b'+' | b'/')) => {
            (offset, "this is base64; base64url has - and _ instead of + and /")
        }
        Some((offset, _)) => (offset, "not a base64url character"),
        None if text.len() % 4 == 1 => (text.len(), "base64url cannot have this length"),
        None => {
            (text.len().saturating_sub(1), "the last character has unused bits that are not zero")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset_of_error(text: &str) -> usize {
        let error = decode(text, "test", "text").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidBase64Url);
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
    #[cfg_attr(miri, ignore = "decodes thousands of texts")]
    fn json_04_text_with_one_odd_character_decodes_as_in_the_base64_crate() {
        let good = "AZaz09-_QUJDRA".repeat(2);
        for length in 0..good.len() {
            for place in 0..length {
                for odd in 0..=0x7f_u8 {
                    let mut text = good.as_bytes()[..length].to_vec();
                    text[place] = odd;
                    let text = String::from_utf8(text).unwrap();
                    let expected = URL_SAFE_NO_PAD.decode(&text);
                    assert_eq!(decode(&text, "test", "text").ok(), expected.ok(), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn every_length_and_byte_round_trips() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(83) ^ 0xf8).collect();
            assert_eq!(decode(&encode(&bytes), "test", "text").unwrap(), bytes);
        }
    }

    #[test]
    fn decoding_keeps_the_previous_content_of_the_buffer_even_on_failure() {
        let mut buffer = vec![1, 2];
        decode_onto(&mut buffer, "QQ", "test", "text").unwrap();
        assert_eq!(buffer, [1, 2, b'A']);
        decode_onto(&mut buffer, "Q*", "test", "text").unwrap_err();
        assert_eq!(buffer, [1, 2, b'A']);
    }
}
