//! Rewrites indefinite lengths in CBOR (RFC 8949) as definite lengths, for the strict reader.
//!
//! Only lengths are changed (section 3.2). Everything else is copied, so the strict reader still
//! rejects what it always rejects.

use crate::encoding::cbor::major::{ARRAY, BYTES, MAP, TEXT};
use crate::encoding::cbor::writer::write_head;
use crate::error::ErrorKind;
use crate::reader::Reader;

/// The maximum nesting depth, the same as in the strict reader.
const MAX_DEPTH: u8 = 8;

/// The additional information of an item that ends with a "break".
const INDEFINITE: u8 = 31;

/// The "break" stop code.
const BREAK: u8 = 0xff;

/// Returns `cbor` with the first item rewritten to definite lengths, followed by the rest of the
/// input. Returns `None` if the item is not well-formed or is nested too deeply.
pub(crate) fn with_definite_lengths(cbor: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(cbor, 0, "CBOR", ErrorKind::InvalidCbor);
    let mut written = Vec::with_capacity(cbor.len());
    copy_item(&mut reader, &mut written, MAX_DEPTH)?;
    written.extend(reader.rest());
    Some(written)
}

fn copy_item(reader: &mut Reader<'_>, written: &mut Vec<u8>, levels: u8) -> Option<()> {
    let start = *reader;
    let (major, argument) = read_head(reader)?;
    match argument {
        Some(argument) => {
            written.extend(reader.since(&start));
            copy_content(reader, written, levels, major, argument)
        }
        None => match major {
            BYTES | TEXT => join_chunks(reader, written, major),
            ARRAY | MAP => count_items(reader, written, levels.checked_sub(1)?, major),
            _ => None,
        },
    }
}

/// Reads a head. Returns its major type and its argument, or no argument if the length is
/// indefinite.
fn read_head(reader: &mut Reader<'_>) -> Option<(u8, Option<u64>)> {
    let initial = reader.u8("head").ok()?;
    let argument = match initial & 0x1f {
        information @ 0..24 => u64::from(information),
        24 => u64::from(reader.u8("head").ok()?),
        25 => u64::from(reader.u16("head").ok()?),
        26 => u64::from(reader.u32("head").ok()?),
        27 => u64::from_be_bytes(*reader.array("head").ok()?),
        INDEFINITE => return Some((initial >> 5, None)),
        _ => return None,
    };
    Some((initial >> 5, Some(argument)))
}

/// Copies the content of an item with a definite length.
fn copy_content(
    reader: &mut Reader<'_>,
    written: &mut Vec<u8>,
    levels: u8,
    major: u8,
    argument: u64,
) -> Option<()> {
    let items = match major {
        BYTES | TEXT => {
            written.extend(reader.take("string", usize::try_from(argument).ok()?).ok()?);
            return Some(());
        }
        ARRAY => argument,
        MAP => argument.checked_mul(2)?,
        _ => return Some(()),
    };
    let levels = levels.checked_sub(1)?;
    // Each item takes at least one byte, so the end of the input bounds this loop.
    (0..items).try_for_each(|_| copy_item(reader, written, levels))
}

/// Joins the chunks up to the break into one string of definite length (section 3.2.3).
fn join_chunks(reader: &mut Reader<'_>, written: &mut Vec<u8>, major: u8) -> Option<()> {
    let mut string: Vec<u8> = Vec::new();
    while !at_break(reader)? {
        let length = read_chunk_head(reader, major)?;
        let chunk = reader.take("chunk", length).ok()?;
        if major == TEXT {
            core::str::from_utf8(chunk).ok()?;
        }
        string.extend(chunk);
    }
    write_head(written, major, u32::try_from(string.len()).ok()?.into());
    written.extend(string);
    Some(())
}

/// Reads the head of a chunk and returns the chunk's length. The head must be as short as possible.
/// It is not copied, so the strict reader cannot check it.
fn read_chunk_head(reader: &mut Reader<'_>, major: u8) -> Option<usize> {
    let start = *reader;
    let (_, length) = read_head(reader).filter(|(chunk, _)| *chunk == major)?;
    let length = usize::try_from(length?).ok()?;
    let shortest = match length {
        0..24 => 1,
        24..0x100 => 2,
        0x100..0x1_0000 => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => return None,
    };
    (reader.since(&start).len() == shortest).then_some(length)
}

/// Reads the items up to the break and writes them as one array or map of definite length (section
/// 3.2.2).
fn count_items(
    reader: &mut Reader<'_>,
    written: &mut Vec<u8>,
    levels: u8,
    major: u8,
) -> Option<()> {
    let (mut items, mut count) = (Vec::new(), 0_usize);
    while !at_break(reader)? {
        copy_item(reader, &mut items, levels)?;
        count += 1;
    }
    let length = match major {
        MAP if count.is_multiple_of(2) => count / 2,
        MAP => return None,
        _ => count,
    };
    write_head(written, major, u32::try_from(length).ok()?.into());
    written.extend(items);
    Some(())
}

/// Returns whether a break comes next, and skips it if so.
fn at_break(reader: &mut Reader<'_>) -> Option<bool> {
    let mut behind = *reader;
    let found = behind.u8("item").ok()? == BREAK;
    if found {
        *reader = behind;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn rewritten(from: &[u8], to: &[u8]) {
        assert_eq!(with_definite_lengths(from).as_deref(), Some(to));
    }

    #[test]
    fn kb_76_indefinite_lengths_become_definite() {
        // Examples from RFC 8949, appendix A.
        rewritten(&[0x5f, 0x42, 1, 2, 0x43, 3, 4, 5, 0xff], &[0x45, 1, 2, 3, 4, 5]);
        rewritten(b"\x7f\x65strea\x64ming\xff", b"\x69streaming");
        rewritten(&[0x9f, 0xff], &[0x80]);
        rewritten(
            &[0x9f, 1, 0x82, 2, 3, 0x9f, 4, 5, 0xff, 0xff],
            &[0x83, 1, 0x82, 2, 3, 0x82, 4, 5],
        );
        rewritten(&[0x83, 1, 0x82, 2, 3, 0x9f, 4, 5, 0xff], &[0x83, 1, 0x82, 2, 3, 0x82, 4, 5]);
        rewritten(b"\xbf\x61a\x01\x61b\x9f\x02\x03\xff\xff", b"\xa2\x61a\x01\x61b\x82\x02\x03");
        rewritten(b"\xbf\x63Fun\xf5\x63Amt\x21\xff", b"\xa2\x63Fun\xf5\x63Amt\x21");
        // Lengths that take one, two, three and five bytes, before and after.
        for (length, rest, head) in [
            (24, &[0x57][..], &[0x58, 24][..]),
            (255, &[0x58, 254], &[0x58, 255]),
            (256, &[0x58, 255], &[0x59, 1, 0]),
            (257, &[0x59, 1, 0], &[0x59, 1, 1]),
            (0x1_0000, &[0x59, 0xff, 0xff], &[0x5a, 0, 1, 0, 0]),
            (0x1_0001, &[0x5a, 0, 1, 0, 0], &[0x5a, 0, 1, 0, 1]),
        ] {
            let content = vec![7; length];
            let from = [&[0x5f, 0x41, 7][..], rest, &content[1..], &[0xff]].concat();
            rewritten(&from, &[head, &content].concat());
        }
    }

    #[test]
    fn everything_else_is_unchanged() {
        for same in [
            &[0x18, 0x05][..],
            &[0x58, 1, 0xff],
            &[0xa1, 0xf6, 0xc0, 0xff],
            &[0xa2, 1, 1, 1, 1],
            &[0xfb, 1, 2, 3, 4, 5, 6, 7, 8],
            // With bytes after the item.
            &[0x01, 0xff, 0x9f],
        ] {
            rewritten(same, same);
        }
        // Bytes inside a string that look like an item of indefinite length.
        rewritten(&[0x9f, 0x43, 0x9f, 0xff, 0xff, 0xff], &[0x81, 0x43, 0x9f, 0xff, 0xff]);
    }

    #[test]
    fn malformed_input_is_not_rewritten() {
        for bad in [
            &[][..],
            &[0xff],
            &[0x9f],
            &[0x9f, 1],
            // A map with a key but without its value.
            &[0xbf, 1, 0xff],
            // Chunks of the wrong type or of indefinite length, and chunks that split a character.
            &[0x5f, 0x61, b'a', 0xff],
            &[0x5f, 0x5f, 0xff, 0xff],
            &[0x7f, 0x61, 0xc3, 0x61, 0xbc, 0xff],
            &[0x7f, 0x41, b'a', 0xff],
            // Chunk lengths that are not as short as possible.
            &[0x5f, 0x58, 1, 7, 0xff],
            &[0x5f, 0x41, 7, 0x59, 0, 1, 7, 0xff],
            &[0x7f, 0x78, 1, b'a', 0xff],
            &[0x5f, 0x5a, 0, 0, 0, 1, 7, 0xff],
            // Integers and tags, which have no length.
            &[0x1f],
            &[0x3f],
            &[0xdf, 1],
            &[0x1c],
            // A break in place of an item that the length counts.
            &[0x82, 1, 0xff],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            // Lengths above 32 bits. The input has as many bytes as the lowest 32 bits say.
            &[0x5b, 0, 0, 0, 1, 0, 0, 0, 1, 7],
            &[0x9b, 0, 0, 0, 1, 0, 0, 0, 1, 7],
            &[0xbb, 0, 0, 0, 1, 0, 0, 0, 1, 7, 7],
            &[0x5f, 0x5b, 0, 0, 0, 1, 0, 0, 0, 1, 7, 0xff],
            &[0x42, 1],
        ] {
            assert_eq!(with_definite_lengths(bad), None, "{bad:02x?}");
        }
        let nested = |depth: usize| [vec![0x9f; depth], vec![0xff; depth]].concat();
        assert!(with_definite_lengths(&nested(8)).is_some());
        assert_eq!(with_definite_lengths(&nested(9)), None);
        assert_eq!(with_definite_lengths(&[&[0x81; 9][..], &[1]].concat()), None);
        assert_eq!(with_definite_lengths(&vec![0x9f; 1 << 20]), None);
    }
}
