//! A strict reader of DER (X.690) elements, for signatures and the outer structure of certificates.
//!
//! ```text
//! element = tag length content
//! tag     one byte; only an explicit tag may have more, for a number beyond 30
//! length  one byte up to 127, else 0x80 + n and n bytes; always as short as possible
//! ```

use crate::encoding::der::tag::{
    BIT_STRING, BOOLEAN, ENUMERATED, EXPLICIT_0, INTEGER, NULL, OBJECT_IDENTIFIER, SEQUENCE, SET,
};
use crate::error::ParseError;
use crate::reader::Reader;

/// The maximum nesting depth. A certificate needs about ten levels.
const MAX_DEPTH: usize = 24;

/// The first byte of a context-specific constructed tag that has its number in the following bytes.
const LONG_EXPLICIT: u8 = 0xbf;

pub(crate) const NOT_DER: &str = "a value that is not DER";

const CONSTRUCTED: u8 = 0x20;
const CLASS: u8 = 0xc0;

/// One element: its tag and a reader of its content.
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: Reader<'a>,
}

/// Reads one element with any tag.
pub(crate) fn any<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
) -> Result<Element<'a>, ParseError> {
    let start = *reader;
    let tag = reader.u8(field)?;
    if tag & 0x1f == 0x1f {
        return Err(start.error(field, "a DER tag of more than one byte"));
    }
    Ok(Element { tag, content: content(reader, field)? })
}

/// Reads the length of an element. Returns a reader of its content.
fn content<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<Reader<'a>, ParseError> {
    let at_length = *reader;
    let length = match reader.u8(field)? {
        short @ 0..=0x7f => usize::from(short),
        0x80 => return Err(at_length.error(field, "an indefinite length is not DER")),
        0x81 => usize::from(reader.u8(field)?),
        0x82 => usize::from(reader.u16(field)?),
        // No structure that is read here is longer than 64 KiB.
        _ => return Err(at_length.error(field, "a DER length of more than two bytes")),
    };
    let shortest = match reader.offset() - at_length.offset() {
        1 => 0,
        2 => 0x80,
        _ => 0x100,
    };
    if length < shortest {
        return Err(at_length.error(field, "a DER length that is not minimal"));
    }
    let offset = reader.offset();
    let content = reader.take(field, length)?;
    Ok(reader.nested(content, offset))
}

/// Reads one element with this tag. Returns a reader of its content.
pub(crate) fn element<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    field: &'static str,
) -> Result<Reader<'a>, ParseError> {
    let start = *reader;
    let element = any(reader, field)?;
    if element.tag != tag {
        return Err(start.error(field, "an unexpected DER tag"));
    }
    Ok(element.content)
}

/// Reads `[number] EXPLICIT` with any number. Returns the number and a reader of the only element
/// inside, which must be DER except for the deviations that `noted` records.
pub(crate) fn explicit<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
    noted: &mut Noted,
) -> Result<(u32, Reader<'a>), ParseError> {
    let start = *reader;
    let number = match reader.u8(field)? {
        short @ EXPLICIT_0..LONG_EXPLICIT => u32::from(short - EXPLICIT_0),
        LONG_EXPLICIT => long_tag_number(reader, field)?,
        _ => return Err(start.error(field, "not an explicit DER tag")),
    };
    let inside = content(reader, field)?;
    check_but(inside, field, noted)?;
    let mut after = inside;
    any(&mut after, field)?;
    if !after.rest().is_empty() {
        return Err(after.error(field, "an explicit DER tag must hold exactly one element"));
    }
    Ok((number, inside))
}

/// Reads a tag number from the bytes after the first byte: seven bits in each byte, most
/// significant first, in as few bytes as possible. Fails if the number fits in the first byte
/// (X.690, section 8.1.2.4).
fn long_tag_number(reader: &mut Reader<'_>, field: &'static str) -> Result<u32, ParseError> {
    let start = *reader;
    let mut number: u32 = 0;
    loop {
        let byte = reader.u8(field)?;
        if number >> 25 != 0 {
            return Err(start.error(field, "a DER tag number of more than 32 bits"));
        }
        number = number << 7 | u32::from(byte & 0x7f);
        if number == 0 || (byte & 0x80 == 0 && number < 31) {
            return Err(start.error(field, "a DER tag that is not minimal"));
        }
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
}

/// Deviations from DER that do not fail immediately, because a quirk may allow them.
#[derive(Default)]
pub(crate) struct Noted {
    /// The error for the first BOOLEAN that is true but not encoded as `ff`.
    pub(crate) boolean: Option<ParseError>,
}

/// Checks that everything in `reader` is DER: each element has the form of its tag, and lengths,
/// integers and booleans are minimal. The content of an OCTET STRING or BIT STRING is not parsed.
pub(crate) fn check(reader: Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let mut noted = Noted::default();
    check_but(reader, field, &mut noted)?;
    noted.boolean.map_or(Ok(()), Err)
}

/// Checks the same as [`check`], but records the deviations of `noted` instead of failing.
pub(crate) fn check_but(
    reader: Reader<'_>,
    field: &'static str,
    noted: &mut Noted,
) -> Result<(), ParseError> {
    check_level(reader, field, MAX_DEPTH, noted)
}

fn check_level(
    mut reader: Reader<'_>,
    field: &'static str,
    levels: usize,
    noted: &mut Noted,
) -> Result<(), ParseError> {
    let Some(levels) = levels.checked_sub(1) else {
        return Err(reader.error(field, "DER elements are nested too deeply"));
    };
    while !reader.rest().is_empty() {
        let start = reader;
        let element = any(&mut reader, field)?;
        let constructed = element.tag & CONSTRUCTED != 0;
        let universal = element.tag & CLASS == 0;
        if universal && constructed != matches!(element.tag | CONSTRUCTED, SEQUENCE | SET) {
            return Err(start.error(field, "a DER tag in the wrong form"));
        }
        let well_formed = match (element.tag, element.content.rest()) {
            (BOOLEAN, [0x00 | 0xff]) => true,
            (BOOLEAN, [_]) => {
                noted.boolean.get_or_insert_with(|| start.error(field, NOT_DER));
                true
            }
            (BOOLEAN, _) => false,
            (NULL, content) => content.is_empty(),
            (INTEGER | ENUMERATED, content) => is_minimal_integer(content),
            (BIT_STRING, content) => is_bit_string(content),
            (OBJECT_IDENTIFIER, content) => is_object_identifier(content),
            _ => true,
        };
        if !well_formed {
            return Err(start.error(field, NOT_DER));
        }
        if constructed {
            check_level(element.content, field, levels, noted)?;
        }
    }
    Ok(())
}

/// Returns whether `content` is a DER INTEGER: at least one byte, and no unnecessary sign byte.
pub(crate) fn is_minimal_integer(content: &[u8]) -> bool {
    !matches!(content, [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
}

/// Returns whether `content` is a DER BIT STRING: the number of unused bits, at most 7, then bytes
/// in which the unused bits are zero (X.690, section 11.2).
pub(crate) fn is_bit_string(content: &[u8]) -> bool {
    match content {
        [0] => true,
        [unused @ 0..=7, .., last] => last.trailing_zeros() >= u32::from(*unused),
        _ => false,
    }
}

/// Returns whether `content` consists of complete numbers of seven bits a byte, none with a leading
/// zero (X.690, section 8.19).
fn is_object_identifier(content: &[u8]) -> bool {
    let mut at_start = true;
    for byte in content {
        if at_start && *byte == 0x80 {
            return false;
        }
        at_start = byte & 0x80 == 0;
    }
    at_start && !content.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn reader(der: &[u8]) -> Reader<'_> {
        Reader::new(der, 0, "test", ErrorKind::AttestationInvalid)
    }

    fn is_der(der: &[u8]) -> bool {
        check(reader(der), "element").is_ok()
    }

    #[test]
    fn lengths_are_definite_and_minimal() {
        let content = [0x55; 300];
        let with_head = |head: &[u8], length: usize| [head, &content[..length]].concat();
        assert!(is_der(&with_head(&[4, 0x7f], 127)));
        assert!(is_der(&with_head(&[4, 0x81, 0x80], 128)));
        assert!(is_der(&with_head(&[4, 0x81, 0xff], 255)));
        assert!(is_der(&with_head(&[4, 0x82, 1, 0], 256)));
        assert!(!is_der(&with_head(&[4, 0x81, 0x7f], 127)));
        assert!(!is_der(&with_head(&[4, 0x82, 0, 0xff], 255)));
        assert!(!is_der(&with_head(&[4, 0x83, 0, 1, 0], 256)));
        assert!(!is_der(&with_head(&[4, 0x7f], 126)));
        let error = check(reader(&[0x30, 0x80, 0, 0]), "element").unwrap_err();
        assert!(error.to_string().contains("an indefinite length is not DER"), "{error}");
    }

    #[test]
    fn each_value_has_one_encoding() {
        for good in [
            &[BOOLEAN, 1, 0xff][..],
            &[BOOLEAN, 1, 0],
            &[INTEGER, 1, 0],
            &[INTEGER, 2, 0, 0x80],
            &[INTEGER, 1, 0x80],
            &[BIT_STRING, 1, 0],
            &[BIT_STRING, 2, 4, 0xf0],
            &[OBJECT_IDENTIFIER, 3, 0x2a, 0x81, 0x00],
            &[NULL, 0],
            &[SEQUENCE, 2, SET, 0],
            &[0xa0, 3, INTEGER, 1, 2],
        ] {
            assert!(is_der(good), "{good:02x?}");
        }
        for bad in [
            &[BOOLEAN, 1, 1][..],
            &[BOOLEAN, 0],
            &[INTEGER, 0],
            &[INTEGER, 2, 0, 0x7f],
            &[INTEGER, 2, 0xff, 0x80],
            &[BIT_STRING, 0],
            &[BIT_STRING, 1, 1],
            &[BIT_STRING, 2, 8, 0],
            &[BIT_STRING, 2, 4, 0xf8],
            &[OBJECT_IDENTIFIER, 0],
            &[OBJECT_IDENTIFIER, 3, 0x2a, 0x80, 1],
            &[OBJECT_IDENTIFIER, 2, 0x2a, 0x81],
            &[NULL, 1, 0],
            &[0x10, 0],
            &[0x24, 2, 4, 0],
            &[SEQUENCE, 2, INTEGER, 0],
            &[0x1f, 0x81, 0x00, 0],
        ] {
            assert!(!is_der(bad), "{bad:02x?}");
        }
    }

    #[test]
    fn each_explicit_tag_number_has_one_encoding() {
        let number = |der: &[u8]| {
            let mut reader = reader(der);
            let (number, content) = explicit(&mut reader, "field", &mut Noted::default()).ok()?;
            assert!(reader.rest().is_empty());
            assert_eq!(content.rest(), [NULL, 0]);
            Some(number)
        };
        for (tag, expected) in [
            (&[0xa0][..], 0),
            (&[0xbe], 30),
            (&[0xbf, 31], 31),
            (&[0xbf, 0x7f], 127),
            (&[0xbf, 0x84, 0x58], 600),
            (&[0xbf, 0x85, 0x3e], 702),
            (&[0xbf, 0x8f, 0xff, 0xff, 0xff, 0x7f], u32::MAX),
        ] {
            let element = [tag, &[2, NULL, 0]].concat();
            assert_eq!(number(&element), Some(expected));
            // The certificate checks reject tags of more than one byte.
            assert_eq!(is_der(&element), tag.len() == 1);
        }
        for bad in [
            // Numbers that are not minimal, have no end, or exceed 32 bits.
            &[0xbf, 30, 2, NULL, 0][..],
            &[0xbf, 0x80, 0x84, 0x58, 2, NULL, 0],
            &[0xbf, 0x80, 0x01, 2, NULL, 0],
            &[0xbf, 0, 2, NULL, 0],
            &[0xbf, 0x84],
            &[0xbf],
            &[0xbf, 0x90, 0x80, 0x80, 0x80, 0, 2, NULL, 0],
            // Tags of another class, and tags that are not constructed.
            &[0x9f, 0x84, 0x58, 2, NULL, 0],
            &[0x81, 2, NULL, 0],
            &[0x7f, 0x84, 0x58, 2, NULL, 0],
            &[SEQUENCE, 2, NULL, 0],
            // Content that is not exactly one element, or is not DER.
            &[0xa1, 0],
            &[0xa1, 4, NULL, 0, NULL, 0],
            &[0xa1, 3, NULL, 1, 0],
            &[0xa1, 4, 0xbf, 31, NULL, 0],
            &[0xa1, 0x81, 2, NULL, 0],
            &[0xa1, 3, NULL, 0],
        ] {
            assert_eq!(number(bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| {
            (0..depth).fold(Vec::new(), |inner: Vec<u8>, _| {
                let length = u8::try_from(inner.len()).unwrap();
                [&[SEQUENCE, length], &inner[..]].concat()
            })
        };
        assert!(is_der(&nested(23)));
        assert!(!is_der(&nested(24)));
    }

    #[test]
    fn an_unexpected_tag_is_reported_at_its_offset() {
        let mut reader = reader(&[INTEGER, 1, 5, 0xb0, 0]);
        assert_eq!(element(&mut reader, INTEGER, "first").unwrap().rest(), [5]);
        let error = element(&mut reader, SEQUENCE, "second").unwrap_err();
        assert_eq!((error.field(), error.offset()), (Some("second"), 3));
    }
}
