//! A writer of CBOR (RFC 8949) with definite lengths. Every head is as short as possible.
//!
//! Each function appends to a vector. The caller chooses the order of map keys.

use crate::encoding::cbor::major::{BYTES, MAP, NEGATIVE, UNSIGNED};

/// Writes an integer.
pub(crate) fn write_integer(to: &mut Vec<u8>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => write_head(to, UNSIGNED, value),
        Err(_) => write_head(to, NEGATIVE, (!value).unsigned_abs()),
    }
}

/// Writes a byte string.
pub(crate) fn write_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    write_head(to, BYTES, bytes.len() as u64);
    to.extend(bytes);
}

/// Begins a map. The caller must write `pairs` pairs next.
pub(crate) fn write_map_head(to: &mut Vec<u8>, pairs: usize) {
    write_head(to, MAP, pairs as u64);
}

/// Writes the head of an item (section 3).
pub(super) fn write_head(to: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    match argument.to_be_bytes() {
        [0, 0, 0, 0, 0, 0, 0, low @ 0..24] => to.push(major | low),
        [0, 0, 0, 0, 0, 0, 0, low] => to.extend([major | 24, low]),
        [0, 0, 0, 0, 0, 0, high, low] => to.extend([major | 25, high, low]),
        [0, 0, 0, 0, a, b, c, d] => to.extend([major | 26, a, b, c, d]),
        [a, b, c, d, e, f, g, h] => to.extend([major | 27, a, b, c, d, e, f, g, h]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::cbor::map_order::Order;
    use crate::encoding::cbor::reader::Decoder;
    use crate::error::ErrorKind;

    /// Returns a strict reader of the written bytes.
    fn decoder(written: &[u8]) -> Decoder<'_> {
        Decoder::new(written, 0, "test structure", ErrorKind::InvalidAttestationObject)
    }

    #[test]
    fn integers_are_as_short_as_possible() {
        let mut values = vec![0, 23, 24, 255, 256, 65535, 65536, i64::MAX];
        values.extend([u32::MAX.into(), i64::from(u32::MAX) + 1]);
        for value in values.iter().flat_map(|value| [*value, !*value]) {
            let mut written = Vec::new();
            write_integer(&mut written, value);
            let mut decoder = decoder(&written);
            assert_eq!(decoder.integer("value"), Ok(value));
            decoder.finish().unwrap();
        }
        let mut written = Vec::new();
        write_integer(&mut written, -257);
        assert_eq!(written, [0x39, 0x01, 0x00]);
    }

    #[test]
    fn strings_and_maps_begin_with_their_length() {
        for length in [0, 23, 24, 255, 256, 65535, 65536] {
            let bytes = vec![7; length];
            let mut written = Vec::new();
            write_map_head(&mut written, 1);
            write_integer(&mut written, -1);
            write_bytes(&mut written, &bytes);
            let mut decoder = decoder(&written);
            let mut map = decoder.map("map", Order::Canonical).unwrap();
            assert!(decoder.key(&mut map).unwrap().is_some());
            assert_eq!(decoder.bytes("value").unwrap(), bytes);
            assert!(decoder.key(&mut map).unwrap().is_none());
            decoder.finish().unwrap();
        }
    }
}
