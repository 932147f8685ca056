//! A DER writer (ITU-T X.690) for certificates. Every function returns the complete encoding of one
//! value.

/// Encodes a value with any single-byte tag. The length has the shortest form.
pub fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    with_tag(vec![tag], content)
}

/// Appends the length and the content to the bytes of a tag.
fn with_tag(mut der: Vec<u8>, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = without_leading_zeros(&length);
    match significant {
        [] => der.push(0),
        [short @ 0..=0x7f] => der.push(*short),
        long => {
            // A usize has at most 16 bytes, so the count fits in the low bits.
            der.push(long.iter().fold(0x80, |count, _| count + 1));
            der.extend_from_slice(long);
        }
    }
    der.extend_from_slice(content);
    der
}

/// Encodes a `SEQUENCE` of values that are already encoded.
pub fn sequence<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    value(0x30, &concatenate(values))
}

/// Encodes a `SET` of values that are already encoded, in the given order.
pub fn set<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    value(0x31, &concatenate(values))
}

/// Encodes an explicit `[number]` tag around a value that is already encoded. From 31 on, the
/// number follows the first byte of the tag, in groups of seven bits.
pub fn explicit(number: u32, inner: &[u8]) -> Vec<u8> {
    let mut tag = Vec::new();
    match u8::try_from(number) {
        Ok(short @ 0..=30) => tag.push(0xa0 | short),
        _ => {
            tag.push(0xbf);
            push_base_128(&mut tag, u64::from(number));
        }
    }
    with_tag(tag, inner)
}

/// Encodes a primitive value with an implicit `[number]` tag, such as a `keyIdentifier`. `number`
/// must be below 31.
pub fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    value(0x80 | number, content)
}

/// Encodes a `BOOLEAN`.
pub fn boolean(truth: bool) -> Vec<u8> {
    value(0x01, &[if truth { 0xff } else { 0 }])
}

/// Encodes a non-negative `INTEGER` from its big-endian bytes. Leading zeros are dropped.
pub fn integer(big_endian: &[u8]) -> Vec<u8> {
    let significant = without_leading_zeros(big_endian);
    match significant.first() {
        Some(0..=0x7f) => value(0x02, significant),
        _ => value(0x02, &[&[0], significant].concat()),
    }
}

/// Encodes a `BIT STRING`. The last `unused_bits` (0 to 7) bits are not part of the value.
pub fn bit_string(unused_bits: u8, bytes: &[u8]) -> Vec<u8> {
    value(0x03, &[&[unused_bits], bytes].concat())
}

/// Encodes an `OCTET STRING`.
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    value(0x04, bytes)
}

/// Encodes an `ENUMERATED` below 128.
pub fn enumerated(number: u8) -> Vec<u8> {
    value(0x0a, &[number])
}

/// Encodes a `NULL`.
pub fn null() -> Vec<u8> {
    value(0x05, &[])
}

/// Encodes an `OBJECT IDENTIFIER` from its numbers, such as `&[2, 5, 29, 19]`.
pub fn object_identifier(arcs: &[u64]) -> Vec<u8> {
    let (first, rest) = match arcs {
        [first, second, rest @ ..] => (first * 40 + second, rest),
        [only] => (only * 40, &[][..]),
        [] => (0, &[][..]),
    };
    let mut content = Vec::new();
    for arc in core::iter::once(&first).chain(rest) {
        push_base_128(&mut content, *arc);
    }
    value(0x06, &content)
}

/// Encodes a `UTF8String`.
pub fn utf8_string(text: &str) -> Vec<u8> {
    value(0x0c, text.as_bytes())
}

/// Encodes a `PrintableString`. The characters are not checked.
pub fn printable_string(text: &str) -> Vec<u8> {
    value(0x13, text.as_bytes())
}

/// Encodes a `Time` (RFC 5280, section 4.1.2.5). A string of 13 characters, such as
/// `240101000000Z`, becomes a `UTCTime`. Any other string, such as `30240101000000Z`, becomes a
/// `GeneralizedTime`.
pub fn time(text: &str) -> Vec<u8> {
    value(if text.len() == 13 { 0x17 } else { 0x18 }, text.as_bytes())
}

/// Returns `value` with one byte more in its length than necessary, which DER forbids. If `value`
/// is too short for a tag and a length, it is returned unchanged.
pub fn with_long_length(value: &[u8]) -> Vec<u8> {
    match value {
        [tag, length @ 0..=0x7f, content @ ..] => [&[*tag, 0x81, *length], content].concat(),
        [tag, count, rest @ ..] => [&[*tag, count.saturating_add(1), 0], rest].concat(),
        _ => value.to_vec(),
    }
}

/// Returns `value` with `more` appended to its content. If `value` is too short for a tag and a
/// length, it is returned unchanged.
pub fn with_more_inside(value: &[u8], more: &[u8]) -> Vec<u8> {
    let (tag, content) = match value {
        [tag, 0..=0x7f, content @ ..] => (*tag, content),
        [tag, count, rest @ ..] => {
            (*tag, rest.get(usize::from(count & 0x7f)..).unwrap_or_default())
        }
        _ => return value.to_vec(),
    };
    self::value(tag, &[content, more].concat())
}

fn concatenate<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    values.iter().flat_map(|value| value.as_ref()).copied().collect()
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Appends the number in groups of seven bits, most significant first. Every byte except the last
/// has the high bit set.
fn push_base_128(content: &mut Vec<u8>, number: u64) {
    // A number of 64 bits has at most ten groups of seven.
    for group in (0..10).rev() {
        let rest = number >> (7 * group);
        if rest != 0 || group == 0 {
            let [.., low] = rest.to_be_bytes();
            content.push(if group == 0 { low & 0x7f } else { low | 0x80 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(octet_string(&[]), [0x04, 0]);
        assert_eq!(octet_string(&[7; 127])[..3], [0x04, 127, 7]);
        assert_eq!(octet_string(&[7; 128])[..4], [0x04, 0x81, 128, 7]);
        assert_eq!(octet_string(&[7; 256])[..5], [0x04, 0x82, 1, 0, 7]);
        assert_eq!(octet_string(&[7; 65_536])[..6], [0x04, 0x83, 1, 0, 0, 7]);
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        assert_eq!(integer(&[]), [0x02, 1, 0]);
        assert_eq!(integer(&[0, 0]), [0x02, 1, 0]);
        assert_eq!(integer(&[0, 0x7f]), [0x02, 1, 0x7f]);
        assert_eq!(integer(&[0x80]), [0x02, 2, 0, 0x80]);
        assert_eq!(integer(&[0, 1, 0, 1]), [0x02, 3, 1, 0, 1]);
    }

    #[test]
    fn explicit_tags_can_have_any_number() {
        assert_eq!(explicit(1, &null()), [0xa1, 2, 5, 0]);
        assert_eq!(explicit(30, &null()), [0xbe, 2, 5, 0]);
        assert_eq!(explicit(31, &null()), [0xbf, 31, 2, 5, 0]);
        assert_eq!(explicit(600, &null()), [0xbf, 0x84, 0x58, 2, 5, 0]);
        assert_eq!(explicit(702, &integer(&[0])), [0xbf, 0x85, 0x3e, 3, 2, 1, 0]);
    }

    #[test]
    fn object_identifiers_match_known_encodings() {
        assert_eq!(object_identifier(&[2, 5, 29, 19]), [0x06, 3, 0x55, 0x1d, 0x13]);
        assert_eq!(
            object_identifier(&[1, 2, 840, 113_549, 1, 1, 11]),
            [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]
        );
        assert_eq!(object_identifier(&[2, 999, 3]), [0x06, 3, 0x88, 0x37, 3]);
        assert_eq!(object_identifier(&[1, 3, 128, 0]), [0x06, 4, 0x2b, 0x81, 0, 0]);
    }

    #[test]
    fn the_tag_of_a_time_depends_on_its_length() {
        assert_eq!(time("240101000000Z")[..2], [0x17, 13]);
        assert_eq!(time("30240101000000Z")[..2], [0x18, 15]);
    }

    #[test]
    fn with_long_length_adds_a_byte_to_the_length() {
        assert_eq!(with_long_length(&null()), [5, 0x81, 0]);
        let long = octet_string(&[7; 200]);
        assert_eq!(with_long_length(&long)[..5], [4, 0x82, 0, 200, 7]);
        let longer = octet_string(&[7; 300]);
        assert_eq!(with_long_length(&longer)[..6], [4, 0x83, 0, 1, 44, 7]);
        assert_eq!(with_long_length(&[5]), [5]);
    }

    #[test]
    fn with_more_inside_updates_lengths_of_every_form() {
        for length in [0, 100, 126, 127, 200, 254, 255, 300, 65_534, 65_535] {
            let more = with_more_inside(&octet_string(&vec![7; length]), &[7, 7]);
            assert_eq!(more, octet_string(&vec![7; length + 2]));
        }
        assert_eq!(with_more_inside(&[5], &[1]), [5]);
    }
}
