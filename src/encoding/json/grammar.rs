//! The grammar of JSON (RFC 8259). Each function finds the end of an element in a text.
//!
//! ```text
//! value  = object / array / string / number / "true" / "false" / "null"
//! object = "{" [ string ":" value *( "," string ":" value ) ] "}"
//! array  = "[" [ value *( "," value ) ] "]"
//! ```
//!
//! Each function takes the bytes of the text and a position, and returns the position after the
//! element. Positions are plain values, so that the loops keep them in registers: a body can
//! contain a hundred thousand values.

/// Where and why a text is not valid JSON.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) reason: &'static str,
    /// Whether the text is valid JSON that is nested too deeply.
    pub(super) is_too_deep: bool,
}

/// The position after an element.
type End = Result<usize, Wrong>;

#[cold]
pub(super) fn wrong(at: usize, reason: &'static str) -> Wrong {
    Wrong { at, reason, is_too_deep: false }
}

#[inline]
fn byte(text: &[u8], at: usize) -> Option<u8> {
    text.get(at).copied()
}

#[inline]
pub(super) fn white_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = byte(text, at) {
        at += 1;
    }
    at
}

#[inline]
pub(super) fn expect(text: &[u8], at: usize, expected: u8, otherwise: &'static str) -> End {
    if byte(text, at) == Some(expected) { Ok(at + 1) } else { Err(wrong(at, otherwise)) }
}

/// Skips a value that is not an array or object.
#[inline]
pub(super) fn scalar(text: &[u8], at: usize, lone_surrogates: bool) -> End {
    match byte(text, at) {
        Some(b'"') => string(text, at, "", lone_surrogates).map(|(end, _)| end),
        Some(b'-' | b'0'..=b'9') => number(text, at),
        Some(b't') => literal(text, at, b"true"),
        Some(b'f') => literal(text, at, b"false"),
        Some(b'n') => literal(text, at, b"null"),
        Some(_) => Err(wrong(at, "not a JSON value")),
        None => Err(wrong(at, "the text ends where a value should be")),
    }
}

/// Skips an array or object that is nested at most `levels` deep. The function does not recurse. It
/// keeps one bit for each level, which is set if the level is an object.
pub(super) fn container(text: &[u8], start: usize, levels: u32, lone_surrogates: bool) -> End {
    let mut objects = 0_u64;
    let mut depth = 0;
    let mut at = start;
    loop {
        // A value begins here.
        at = white_space(text, at);
        match byte(text, at) {
            Some(first @ (b'{' | b'[')) => {
                if depth == levels {
                    let reason = "arrays and objects are nested too deeply";
                    return Err(Wrong { is_too_deep: true, ..wrong(at, reason) });
                }
                depth += 1;
                objects = objects << 1 | u64::from(first == b'{');
                at = white_space(text, at + 1);
                if byte(text, at) != Some(end_of(objects)) {
                    at = name_in_object(text, at, objects, lone_surrogates)?;
                    continue;
                }
                at += 1;
                depth -= 1;
                objects >>= 1;
            }
            _ => at = scalar(text, at, lone_surrogates)?,
        }
        // A value has ended. The containers around it may end here too.
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = white_space(text, at);
            match byte(text, at) {
                Some(b',') => {
                    at = name_in_object(text, at + 1, objects, lone_surrogates)?;
                    break;
                }
                Some(end) if end == end_of(objects) => {
                    at += 1;
                    depth -= 1;
                    objects >>= 1;
                }
                _ => return Err(wrong(at, "a comma or the end of the array or object is missing")),
            }
        }
    }
}

/// Returns the byte that closes the innermost container.
#[inline]
fn end_of(objects: u64) -> u8 {
    if objects & 1 == 1 { b'}' } else { b']' }
}

/// Skips the name in front of a value if the container is an object.
#[inline]
fn name_in_object(text: &[u8], at: usize, objects: u64, lone_surrogates: bool) -> End {
    if objects & 1 == 0 {
        return Ok(at);
    }
    let start = white_space(text, at);
    let (end, _) = string(text, start, "a member name is missing", lone_surrogates)?;
    expect(text, white_space(text, end), b':', "a colon is missing")
}

/// Skips a string with its quotation marks. It also returns whether the string has escapes.
/// `otherwise` is the error if no string starts here.
#[inline]
pub(super) fn string(
    text: &[u8],
    start: usize,
    otherwise: &'static str,
    lone_surrogates: bool,
) -> Result<(usize, bool), Wrong> {
    let mut at = expect(text, start, b'"', otherwise)?;
    let mut has_escapes = false;
    loop {
        match byte(text, at) {
            Some(b'"') => return Ok((at + 1, has_escapes)),
            Some(b'\\') => {
                has_escapes = true;
                at = escape(text, at, lone_surrogates)?;
            }
            Some(..0x20) => {
                return Err(wrong(at, "a control character in a string is not escaped"));
            }
            Some(_) => at += plain_length(text.get(at..).unwrap_or_default()),
            None => return Err(wrong(at, "the text ends inside a string")),
        }
    }
}

#[inline]
fn escape(text: &[u8], start: usize, lone_surrogates: bool) -> End {
    match byte(text, start + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(start + 2),
        Some(b'u') => {
            let unit = code_unit(text, start + 2)?;
            let end = start + 6;
            if lone_surrogates || !matches!(unit, 0xd800..0xe000) {
                return Ok(end);
            }
            let is_pair = is_high_surrogate(unit)
                && text.get(end..).is_some_and(|rest| rest.starts_with(b"\\u"))
                && is_low_surrogate(code_unit(text, end + 2)?);
            if is_pair { Ok(end + 6) } else { Err(wrong(start, "half of a surrogate pair")) }
        }
        _ => Err(wrong(start, "not a valid JSON escape")),
    }
}

pub(super) fn is_high_surrogate(unit: u32) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

pub(super) fn is_low_surrogate(unit: u32) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

fn code_unit(text: &[u8], start: usize) -> Result<u32, Wrong> {
    (start..start + 4).try_fold(0, |unit, at| {
        let digit = byte(text, at).and_then(|byte| char::from(byte).to_digit(16));
        Ok(unit << 4 | digit.ok_or_else(|| wrong(at, "\\u needs four hex digits"))?)
    })
}

/// `[ "-" ] ( "0" / digit1-9 *digit ) [ "." 1*digit ] [ "e" [ "+" / "-" ] 1*digit ]`
#[inline]
pub(super) fn number(text: &[u8], start: usize) -> End {
    let mut at = start + usize::from(byte(text, start) == Some(b'-'));
    at = if byte(text, at) == Some(b'0') { at + 1 } else { digits(text, at)? };
    if byte(text, at) == Some(b'.') {
        at = digits(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = byte(text, at) {
        let has_sign = matches!(byte(text, at + 1), Some(b'+' | b'-'));
        at = digits(text, at + 1 + usize::from(has_sign))?;
    }
    Ok(at)
}

#[inline]
fn digits(text: &[u8], start: usize) -> End {
    let mut at = start;
    while let Some(b'0'..=b'9') = byte(text, at) {
        at += 1;
    }
    if at == start { Err(wrong(at, "a digit is missing in a number")) } else { Ok(at) }
}

#[inline]
pub(super) fn literal(text: &[u8], at: usize, literal: &[u8]) -> End {
    match text.get(at..).is_some_and(|rest| rest.starts_with(literal)) {
        true => Ok(at + literal.len()),
        false => Err(wrong(at, "not a JSON value")),
    }
}

/// Returns the number of bytes before the first quotation mark, backslash or control character. It
/// checks eight bytes at a time, because most of a response is inside strings.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for block in blocks {
        let special = special_bytes(u64::from_le_bytes(*block));
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Sets the highest bit of the lowest byte that is a quotation mark, a backslash or a control
/// character, if there is one. Higher bits can be wrong because of the borrow.
const fn special_bytes(bytes: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    const fn below(bytes: u64, limit: u64) -> u64 {
        bytes.wrapping_sub(EACH * limit) & !bytes
    }
    // An exclusive or with 2 turns the quotation mark, 0x22, into 0x20. Control characters stay
    // below 0x21, and all other characters stay above 0x20.
    let quotation_or_control = below(bytes ^ (EACH * 2), 0x21);
    let backslash = below(bytes ^ (EACH * b'\\' as u64), 1);
    (quotation_or_control | backslash) & (EACH * 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_that_end_or_interrupt_a_string_are_found_at_every_place() {
        for byte in 0..=u8::MAX {
            let special = matches!(byte, b'"' | b'\\' | ..0x20);
            for place in 0..20 {
                // The bytes after it show whether a borrow gives a wrong result.
                let mut bytes = [b'!'; 21];
                bytes[place] = byte;
                bytes[20] = b'"';
                let expected = if special { place } else { 20 };
                assert_eq!(plain_length(&bytes), expected, "{byte:#x} at {place}");
            }
        }
    }
}
