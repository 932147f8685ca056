//! ECDSA signatures in DER.

use crate::encoding::der;
use crate::error::{ErrorKind, ParseError};
use crate::quirk::{Quirk, Tolerance};
use crate::reader::Reader;

/// Parses `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3) in strict DER: minimal
/// lengths, minimal positive integers, and no bytes after them. Returns r and s as big-endian bytes
/// without leading zeros, at most `longest` bytes each.
pub(super) fn parse_signature<'s>(
    signature: &'s [u8],
    longest: usize,
    tolerance: &Tolerance,
) -> Result<(&'s [u8], &'s [u8]), ParseError> {
    let mut reader = Reader::new(signature, 0, "ECDSA signature", ErrorKind::SignatureInvalid);
    let mut content = der::element(&mut reader, der::SEQUENCE, "sequence")?;
    reader.finish().map_err(as_invalid)?;
    let r = integer(&mut content, "r", longest, tolerance)?;
    let s = integer(&mut content, "s", longest, tolerance)?;
    content.finish().map_err(as_invalid)?;
    Ok((r, s))
}

/// Bytes after a signature make the signature invalid, not the message around it.
fn as_invalid(error: ParseError) -> ParseError {
    ParseError { kind: ErrorKind::SignatureInvalid, ..error }
}

/// Reads a positive DER INTEGER.
fn integer<'s>(
    reader: &mut Reader<'s>,
    field: &'static str,
    longest: usize,
    tolerance: &Tolerance,
) -> Result<&'s [u8], ParseError> {
    let content = der::element(reader, der::INTEGER, field)?;
    let mut digits = content.rest();
    match digits {
        [] => return Err(content.error(field, "an integer without digits")),
        [0x80..=0xff, ..] => return Err(content.error(field, "a negative integer")),
        [0, 0x80..=0xff, ..] => {}
        [0, ..] if tolerance.permits(Quirk::NonMinimalDerIntegers) => {}
        [0, _, ..] => return Err(content.error(field, "an integer that is not minimal")),
        // Only the single digit 0 is left, which the range check of r and s rejects.
        _ => {}
    }
    while let [0, rest @ ..] = digits {
        digits = rest;
    }
    if digits.len() > longest {
        return Err(content.error(field, "an integer larger than the group order"));
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quirk::Quirks;

    fn parse(der: &[u8]) -> Result<(&[u8], &[u8]), ParseError> {
        parse_signature(der, 32, &Tolerance::strict())
    }

    fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
        let integers = [&[0x02, length(r)], r, &[0x02, length(s)], s].concat();
        [&[0x30, length(&integers)], &integers[..]].concat()
    }

    #[test]
    fn kb_62_short_numbers_are_read() {
        let signature = sequence(&[0x7f], &[0x00, 0x80]);
        assert_eq!(parse(&signature).unwrap(), (&[0x7f][..], &[0x80][..]));
    }

    #[test]
    fn sig_03_der_is_minimal_positive_and_has_the_stated_length() {
        let good = sequence(&[1], &[2]);
        parse(&good).unwrap();
        for length in 0..good.len() {
            assert!(parse(&good[..length]).is_err());
        }
        let mut longer = good.clone();
        longer.push(0);
        assert_eq!(parse(&longer).unwrap_err().kind, ErrorKind::SignatureInvalid);
        let mut inside = good.clone();
        inside[1] += 1;
        inside.push(0);
        assert!(parse(&inside).is_err(), "a byte after s, inside the sequence");

        assert!(parse(&sequence(&[0, 1], &[2])).is_err(), "padded r");
        assert!(parse(&sequence(&[1], &[0, 0x7f])).is_err(), "padded s");
        assert!(parse(&sequence(&[0x80], &[2])).is_err(), "negative r");
        assert!(parse(&sequence(&[], &[2])).is_err(), "empty r");
        assert!(parse(&sequence(&[1; 33], &[2])).is_err(), "33 significant bytes");
        assert!(parse(&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2]).is_err(), "long form of a short length");
        assert!(parse(&[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0]).is_err(), "indefinite length");
        assert!(parse(&[0x30, 0x82, 0, 6, 2, 1, 1, 2, 1, 2]).is_err(), "two length bytes");
        assert!(parse(&[0x31, 6, 2, 1, 1, 2, 1, 2]).is_err(), "a SET");
        assert!(parse(&[0x30, 6, 4, 1, 1, 2, 1, 2]).is_err(), "an OCTET STRING");
    }

    #[test]
    fn kb_40_a_huge_length_is_rejected_immediately() {
        assert!(parse(&[0x30, 0x84, 0, 1, 0xff, 0xff, 2, 1, 1]).is_err());
        assert!(parse(&[0x30, 0xff, 2, 1, 1]).is_err());
    }

    #[test]
    fn kb_61_padded_integers_pass_only_with_their_quirk() {
        let padded = sequence(&[0, 0, 1], &[0, 0x7f]);
        assert!(parse(&padded).is_err());
        let quirks = Quirks::NONE.with(Quirk::NonMinimalDerIntegers);
        let tolerance = &Tolerance::new(quirks);
        let numbers = parse_signature(&padded, 32, tolerance).unwrap();
        assert_eq!(tolerance.needed(), quirks);
        assert_eq!(numbers, (&[1][..], &[0x7f][..]));
        assert!(parse_signature(&sequence(&[0x80], &[1]), 32, tolerance).is_err(), "negative");
        let mut longer = padded;
        longer.push(0);
        assert!(parse_signature(&longer, 32, tolerance).is_err(), "trailing byte");
    }
}
