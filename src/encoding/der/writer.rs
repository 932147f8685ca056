//! A writer of DER (X.690) elements.

use crate::encoding::der::tag::{BIT_STRING, INTEGER};

/// Encodes an element with this tag. Its content is the concatenation of the parts.
pub(crate) fn encode(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let length = content.iter().map(|part| part.len()).sum();
    // One byte for the tag, one for the size of the length, and the bytes of the length.
    let mut element = Vec::with_capacity(2 + size_of::<usize>() + length);
    element.push(tag);
    write_length(&mut element, length);
    content.iter().for_each(|part| element.extend_from_slice(part));
    element
}

/// Encodes an unsigned number as an INTEGER. The number must not have leading zeros. If its first
/// bit is set, a zero byte is added in front.
pub(crate) fn encode_unsigned(number: &[u8]) -> Vec<u8> {
    match number.first() {
        Some(0x80..=0xff) => encode(INTEGER, &[&[0], number]),
        _ => encode(INTEGER, &[number]),
    }
}

/// Encodes whole bytes as a BIT STRING. The content starts with the number of unused bits, zero.
pub(crate) fn encode_bit_string(bytes: &[u8]) -> Vec<u8> {
    encode(BIT_STRING, &[&[0], bytes])
}

/// Writes a length in its shortest form (section 10.1).
fn write_length(to: &mut Vec<u8>, length: usize) {
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        to.push(short);
        return;
    }
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    to.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
    to.extend_from_slice(digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::der::tag::OCTET_STRING;

    #[test]
    fn lengths_are_as_short_as_possible() {
        for (length, head) in [
            (0, &[OCTET_STRING, 0][..]),
            (0x7f, &[OCTET_STRING, 0x7f]),
            (0x80, &[OCTET_STRING, 0x81, 0x80]),
            (0xff, &[OCTET_STRING, 0x81, 0xff]),
            (0x100, &[OCTET_STRING, 0x82, 1, 0]),
            (0xffff, &[OCTET_STRING, 0x82, 0xff, 0xff]),
            (0x1_0000, &[OCTET_STRING, 0x83, 1, 0, 0]),
        ] {
            let content = vec![0x55; length];
            let (one, other) = content.split_at(length / 3);
            assert_eq!(encode(OCTET_STRING, &[one, other]), [head, &content].concat());
        }
    }

    #[test]
    fn an_unsigned_integer_is_never_negative() {
        assert_eq!(encode_unsigned(&[0x7f]), [INTEGER, 1, 0x7f]);
        assert_eq!(encode_unsigned(&[0x80, 1]), [INTEGER, 3, 0, 0x80, 1]);
    }

    #[test]
    fn a_bit_string_has_no_unused_bits() {
        assert_eq!(encode_bit_string(&[0xff]), [BIT_STRING, 2, 0, 0xff]);
    }
}
