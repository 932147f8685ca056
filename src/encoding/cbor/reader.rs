//! A strict reader of CBOR (RFC 8949) in the CTAP2 canonical form. It borrows from the input and
//! does not allocate.
//!
//! The canonical form (CTAP 2.2, section 8, "Message Encoding") requires the shortest integers and
//! lengths, definite lengths, no tags, and unique map keys in ascending order. The only simple
//! values are `false`, `true` and `null`. [`Order::Any`] reads maps that real authenticators write
//! in another key order.

use crate::encoding::cbor::major::{ARRAY, BYTES, NEGATIVE, SIMPLE, TAG, TEXT, UNSIGNED};
use crate::encoding::cbor::map_order::{Keys, Order, check_order};
use crate::error::{ErrorKind, ParseError};
use crate::reader::Reader;

/// The maximum nesting depth. CTAP2 allows 4; a compound attestation object needs 5.
const MAX_DEPTH: u8 = 8;

/// A data item, or the head of an array or map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    /// A non-negative integer.
    Unsigned(u64),
    /// The integer -1 - n.
    Negative(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(u64),
    Map(u64),
    Bool(bool),
    Null,
}

/// The state while reading a map: the number of pairs left, and the keys to compare with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Map<'a> {
    left: u64,
    keys: Keys<'a>,
}

/// A cursor over CBOR. Bytes that are not canonical CBOR fail with `InvalidCbor`. Items of the
/// wrong type fail with the structure's own kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoder<'a> {
    reader: Reader<'a>,
    depth: u8,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(
        input: &'a [u8],
        offset: usize,
        structure: &'static str,
        kind: ErrorKind,
    ) -> Decoder<'a> {
        Decoder { reader: Reader::new(input, offset, structure, kind), depth: 0 }
    }

    /// Creates a decoder that continues at the position of `reader`.
    pub(crate) fn from_reader(reader: Reader<'a>) -> Decoder<'a> {
        Decoder { reader, depth: 0 }
    }

    /// Returns the cursor, to read the bytes after the CBOR.
    pub(crate) fn into_reader(self) -> Reader<'a> {
        self.reader
    }

    pub(crate) fn offset(&self) -> usize {
        self.reader.offset()
    }

    /// Creates an error of the structure's kind at the next byte, for an item of the wrong type or
    /// value.
    pub(crate) fn error(&self, field: &'static str, reason: &'static str) -> ParseError {
        self.reader.error(field, reason)
    }

    /// Ends the input. Fails if bytes are left.
    pub(crate) fn finish(&self) -> Result<(), ParseError> {
        self.reader.finish()
    }

    pub(crate) fn bytes(&mut self, field: &'static str) -> Result<&'a [u8], ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Bytes(bytes) => Ok(bytes),
            _ => Err(start.error(field, "not a byte string")),
        }
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<&'a str, ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Text(text) => Ok(text),
            _ => Err(start.error(field, "not a text string")),
        }
    }

    pub(crate) fn integer(&mut self, field: &'static str) -> Result<i64, ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Unsigned(value) => i64::try_from(value).ok(),
            Item::Negative(value) => i64::try_from(value).ok().map(|value| -1 - value),
            _ => return Err(start.error(field, "not an integer")),
        }
        .ok_or_else(|| start.error(field, "an integer of more than 64 bits"))
    }

    /// Begins an array and returns the number of its items. Read the items, then call
    /// [`leave`](Decoder::leave).
    pub(crate) fn array(&mut self, field: &'static str) -> Result<u64, ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Array(count) => {
                self.enter(&start)?;
                Ok(count)
            }
            _ => Err(start.error(field, "not an array")),
        }
    }

    /// Ends an array.
    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Begins a map. Read its pairs with [`key`](Decoder::key) until it returns `None`.
    pub(crate) fn map(&mut self, field: &'static str, order: Order) -> Result<Map<'a>, ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Map(count) => {
                self.enter(&start)?;
                start.keys_of(count, order)
            }
            _ => Err(start.error(field, "not a map")),
        }
    }

    /// Reads the next key of `map`. Returns `None` at the end of the map. Read the value before the
    /// next call.
    pub(crate) fn key(&mut self, map: &mut Map<'a>) -> Result<Option<Item<'a>>, ParseError> {
        let Some(left) = map.left.checked_sub(1) else {
            self.leave();
            return Ok(None);
        };
        map.left = left;
        let start = *self;
        let key = self.key_item(&start)?;
        let encoded = self.reader.since(&start.reader);
        map.keys.take(encoded).map_err(|reason| start.invalid(reason))?;
        Ok(Some(key))
    }

    /// Reads the key at `start`.
    fn key_item(&mut self, start: &Decoder<'a>) -> Result<Item<'a>, ParseError> {
        match self.item("map key")? {
            Item::Array(_) | Item::Map(_) => Err(start.invalid("a map key is an array or a map")),
            key => Ok(key),
        }
    }

    /// Skips and checks one item with everything in it, and returns its bytes. If the item is a
    /// map, `order` is the order of its keys. Maps inside it must be canonical.
    pub(crate) fn skip(
        &mut self,
        field: &'static str,
        order: Order,
    ) -> Result<&'a [u8], ParseError> {
        let start = *self;
        match self.item(field)? {
            Item::Array(count) => {
                self.enter(&start)?;
                for _ in 0..count {
                    self.skip(field, Order::Canonical)?;
                }
                self.leave();
            }
            // A `Map` is large, and there can be a hundred thousand maps, so this does not use one.
            Item::Map(count) if order == Order::Canonical => {
                self.enter(&start)?;
                let mut previous: &[u8] = &[];
                for _ in 0..count {
                    let at_key = *self;
                    self.key_item(&at_key)?;
                    let encoded = self.reader.since(&at_key.reader);
                    check_order(previous, encoded).map_err(|reason| at_key.invalid(reason))?;
                    previous = encoded;
                    self.skip(field, Order::Canonical)?;
                }
                self.leave();
            }
            Item::Map(count) => {
                self.enter(&start)?;
                let mut map = start.keys_of(count, order)?;
                while self.key(&mut map)?.is_some() {
                    self.skip(field, Order::Canonical)?;
                }
            }
            _ => {}
        }
        Ok(self.reader.since(&start.reader))
    }

    /// Reads one item, or the head of an array or map.
    pub(crate) fn item(&mut self, field: &'static str) -> Result<Item<'a>, ParseError> {
        let start = *self;
        let initial = self.cbor(|reader| reader.u8(field))?;
        let (major, information) = (initial >> 5, initial & 0x1f);
        if major == TAG {
            return Err(start.invalid("tags are not canonical"));
        }
        if major == SIMPLE {
            return match information {
                20 => Ok(Item::Bool(false)),
                21 => Ok(Item::Bool(true)),
                22 => Ok(Item::Null),
                _ => Err(start.invalid("only the simple values false, true and null are allowed")),
            };
        }
        let argument = self.argument(&start, information, field)?;
        match major {
            UNSIGNED => Ok(Item::Unsigned(argument)),
            NEGATIVE => Ok(Item::Negative(argument)),
            BYTES => self.string(argument, field).map(Item::Bytes),
            TEXT => {
                let content = *self;
                let bytes = self.string(argument, field)?;
                core::str::from_utf8(bytes).map(Item::Text).map_err(|error| ParseError {
                    offset: content.offset() + error.valid_up_to(),
                    ..content.invalid("a text string is not UTF-8")
                })
            }
            ARRAY => self.count(&start, argument, 1).map(Item::Array),
            _ => self.count(&start, argument, 2).map(Item::Map),
        }
    }

    /// Reads the argument of an item's head, which must have its shortest form.
    fn argument(
        &mut self,
        start: &Decoder<'a>,
        information: u8,
        field: &'static str,
    ) -> Result<u64, ParseError> {
        let (argument, shortest) = match information {
            0..24 => return Ok(u64::from(information)),
            24 => (u64::from(self.cbor(|reader| reader.u8(field))?), 24),
            25 => (u64::from(self.cbor(|reader| reader.u16(field))?), 1 << 8),
            26 => (u64::from(self.cbor(|reader| reader.u32(field))?), 1 << 16),
            27 => {
                (self.cbor(|reader| reader.array(field).map(|b| u64::from_be_bytes(*b)))?, 1 << 32)
            }
            31 => return Err(start.invalid("indefinite lengths are not canonical")),
            _ => return Err(start.invalid("reserved additional information")),
        };
        if argument < shortest {
            return Err(start.invalid("an integer or length is not as short as possible"));
        }
        Ok(argument)
    }

    fn string(&mut self, length: u64, field: &'static str) -> Result<&'a [u8], ParseError> {
        // A length that does not fit in `usize` is also longer than the input.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.cbor(|reader| reader.take(field, length))
    }

    /// Checks that a number of items fits in the remaining bytes: each item takes at least one
    /// byte.
    fn count(&self, start: &Decoder<'a>, count: u64, items_each: u64) -> Result<u64, ParseError> {
        let left = u64::try_from(self.reader.rest().len()).unwrap_or(u64::MAX);
        if count.checked_mul(items_each).is_none_or(|items| items > left) {
            return Err(
                start.invalid("an array or map declares more items than there are bytes left")
            );
        }
        Ok(count)
    }

    fn enter(&mut self, start: &Decoder<'a>) -> Result<(), ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(start.invalid("arrays and maps are nested too deeply"));
        }
        self.depth += 1;
        Ok(())
    }

    fn keys_of(&self, count: u64, order: Order) -> Result<Map<'a>, ParseError> {
        let keys = Keys::new(order, count).map_err(|reason| self.invalid(reason))?;
        Ok(Map { left: count, keys })
    }

    /// Creates an error of kind `InvalidCbor` at the next byte.
    fn invalid(&self, reason: &'static str) -> ParseError {
        ParseError { kind: ErrorKind::InvalidCbor, field: None, ..self.reader.error("", reason) }
    }

    /// Runs `read` on the cursor and turns its error into `InvalidCbor`.
    fn cbor<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        read(&mut self.reader).map_err(|error| ParseError { kind: ErrorKind::InvalidCbor, ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoder(input: &[u8]) -> Decoder<'_> {
        Decoder::new(input, 0, "test structure", ErrorKind::InvalidAttestationObject)
    }

    fn well_formed(input: &[u8]) -> Result<(), ParseError> {
        let mut decoder = decoder(input);
        decoder.skip("item", Order::Canonical)?;
        decoder.finish()
    }

    fn refused(input: &[u8]) {
        let error = well_formed(input).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidCbor, "{input:02x?}: {error}");
    }

    #[test]
    fn cbor_01_lengths_are_minimal_and_definite() {
        for bad in [
            &[0x18, 0x05][..],
            &[0x18, 0x17],
            &[0x19, 0x00, 0xff],
            &[0x1a, 0x00, 0x00, 0xff, 0xff],
            &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            &[0x38, 0x00],
            &[0x58, 0x01, 0x41],
            &[0x78, 0x01, 0x41],
            &[0x98, 0x01, 0x01],
            &[0xb8, 0x01, 0x01, 0x01],
            &[0x5f, 0x41, 0x41, 0xff],
            &[0x7f, 0x61, 0x41, 0xff],
            &[0x9f, 0xff],
            &[0xbf, 0xff],
            &[0x1c],
            &[0x1d],
            &[0x1e],
            &[0xff],
        ] {
            refused(bad);
        }
        for good in [&[0x17][..], &[0x18, 0x18], &[0x19, 0x01, 0x00], &[0x1a, 0, 1, 0, 0]] {
            well_formed(good).unwrap();
        }
        well_formed(&[0x1b, 0, 0, 0, 1, 0, 0, 0, 0]).unwrap();
    }

    #[test]
    fn cbor_02_tags_are_rejected() {
        refused(&[0xc2, 0x41, 0x01]);
        refused(&[0xd8, 0x18, 0x41, 0x01]);
    }

    #[test]
    fn cbor_03_keys_ascend_by_major_type_length_and_bytes() {
        well_formed(&[0xa2, 0x01, 0, 0x20, 0]).unwrap();
        refused(&[0xa2, 0x20, 0, 0x01, 0]);
        well_formed(&[0xa2, 0x17, 0, 0x18, 0x18, 0]).unwrap();
        refused(&[0xa2, 0x18, 0x18, 0, 0x17, 0]);
        well_formed(&[0xa2, 0x61, b'b', 0, 0x62, b'a', b'a', 0]).unwrap();
        refused(&[0xa2, 0x62, b'a', b'a', 0, 0x61, b'b', 0]);
        refused(&[0xa2, 0x61, b'b', 0, 0x61, b'a', 0]);
    }

    #[test]
    fn cbor_04_the_only_simple_values_are_false_true_and_null() {
        for good in [&[0xf4][..], &[0xf5], &[0xf6]] {
            well_formed(good).unwrap();
        }
        for bad in [&[0xf7][..], &[0xf9, 0x3c, 0x00], &[0xf8, 0x14], &[0xe0], &[0xfa, 0, 0, 0, 0]] {
            refused(bad);
        }
    }

    #[test]
    fn cbor_05_a_repeated_key_is_rejected_in_either_order() {
        refused(&[0xa2, 0x01, 0, 0x01, 0]);
        let twice = [0xa3, 0x01, 0, 0x02, 0, 0x01, 0];
        let mut decoder = decoder(&twice);
        let error = decoder.skip("item", Order::Any).unwrap_err();
        assert_eq!((error.kind, error.offset()), (ErrorKind::InvalidCbor, 5));
    }

    #[test]
    fn cbor_05_an_unordered_map_compares_each_key_with_all_previous_keys() {
        for number in 0..4_u32.pow(4) {
            let keys = [0, 1, 2, 3].map(|place| (number >> (2 * place) & 3) as u8);
            let mut map = vec![0xa4];
            // Each value is an array that contains the same keys. They do not count as keys of the
            // map.
            map.extend(keys.iter().flat_map(|key| [*key, 0x84, 0, 1, 2, 3]));
            let once = (0..4).all(|place| !keys[..place].contains(&keys[place]));
            let read = decoder(&map).skip("item", Order::Any);
            assert_eq!(read.is_ok(), once, "{keys:?}");
        }
    }

    #[test]
    fn cbor_05_comparing_keys_does_not_read_the_previous_values_again() {
        // The first value is a map with more pairs than an unordered map can have.
        let mut map = vec![0xa2, 1, 0xb1];
        map.extend((0..17).flat_map(|key| [key, 0]));
        let (last, twice) = ([&map[..], &[0, 0]].concat(), [&map[..], &[1, 0]].concat());
        assert!(decoder(&last).skip("item", Order::Canonical).is_err());
        let mut unordered = decoder(&last);
        let mut keys = unordered.map("map", Order::Any).unwrap();
        while unordered.key(&mut keys).unwrap().is_some() {
            unordered.skip("value", Order::Canonical).unwrap();
        }
        unordered.finish().unwrap();
        assert!(decoder(&twice).skip("item", Order::Any).is_err());
    }

    #[test]
    fn cbor_05_an_unordered_map_has_at_most_16_pairs() {
        let map = |pairs: u8| {
            let mut map = vec![0xa0 | pairs];
            map.extend((0..pairs).rev().flat_map(|key| [key, 0]));
            map
        };
        assert!(decoder(&map(16)).skip("item", Order::Any).is_ok());
        assert!(decoder(&map(17)).skip("item", Order::Any).is_err());
    }

    #[test]
    fn cbor_06_text_strings_must_be_utf_8() {
        well_formed(&[0x62, 0xc3, 0xa9]).unwrap();
        let error = well_formed(&[0x62, 0x41, 0xc3]).unwrap_err();
        assert_eq!((error.kind, error.offset()), (ErrorKind::InvalidCbor, 2));
        refused(&[0x62, 0xc3, 0x28]);
    }

    #[test]
    fn cbor_07_depth_8_passes_and_9_fails() {
        let nested = |depth: usize| {
            let mut arrays = vec![0x81; depth - 1];
            arrays.push(0x80);
            arrays
        };
        well_formed(&nested(8)).unwrap();
        refused(&nested(9));
        refused(&vec![0x81; 100_000]);
    }

    #[test]
    fn cbor_07_depth_falls_again_when_a_container_ends() {
        let mut siblings = vec![0x98, 100];
        siblings.extend([0x81, 0x80].repeat(100));
        well_formed(&siblings).unwrap();
        let mut maps = vec![0x98, 100];
        maps.extend([0xa1, 0x01, 0xa0].repeat(100));
        well_formed(&maps).unwrap();
    }

    #[test]
    fn cbor_08_counts_are_checked_against_the_remaining_bytes() {
        for bad in [
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0],
            &[0x5a, 0x7f, 0xff, 0xff, 0xff],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            // Lengths above 32 bits. The input has as many bytes as the lowest 32 bits say.
            &[0x5b, 0, 0, 0, 1, 0, 0, 0, 1, 0x01],
            &[0x7b, 0, 0, 0, 1, 0, 0, 0, 1, b'a'],
            &[0x9b, 0, 0, 0, 1, 0, 0, 0, 1, 0x01],
            &[0xbb, 0, 0, 0, 1, 0, 0, 0, 1, 0x01, 0x01],
            &[0x82, 0x01],
            &[0xa1, 0x01],
        ] {
            refused(bad);
        }
    }

    #[test]
    fn cbor_09_bytes_after_an_item_are_left_to_the_caller() {
        let mut decoder = decoder(&[0xa1, 0x01, 0x02, 0x03]);
        assert_eq!(decoder.skip("item", Order::Canonical).unwrap(), [0xa1, 0x01, 0x02]);
        let error = decoder.finish().unwrap_err();
        assert_eq!((error.kind, error.offset()), (ErrorKind::TrailingBytes, 3));
    }

    #[test]
    fn map_keys_are_scalars() {
        refused(&[0xa1, 0x80, 0x00]);
        refused(&[0xa1, 0xa0, 0x00]);
    }

    #[test]
    fn integers_cover_64_bits_and_no_more() {
        let integer = |input: &[u8]| decoder(input).integer("number");
        assert_eq!(integer(&[0x1b, 0x7f, 255, 255, 255, 255, 255, 255, 255]), Ok(i64::MAX));
        assert_eq!(integer(&[0x3b, 0x7f, 255, 255, 255, 255, 255, 255, 255]), Ok(i64::MIN));
        assert!(integer(&[0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(integer(&[0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert_eq!(integer(&[0x39, 0x01, 0x00]), Ok(-257));
    }

    #[test]
    fn a_wrong_type_is_reported_with_the_structure_at_the_item() {
        let mut decoder = decoder(&[0x01, 0x61, 0x41]);
        decoder.integer("alg").unwrap();
        let error = decoder.bytes("sig").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidAttestationObject);
        assert_eq!((error.field(), error.offset()), (Some("sig"), 1));
    }

    #[test]
    fn every_truncation_is_rejected_without_a_panic() {
        let item = [
            0xa3, 0x01, 0x19, 0x01, 0x00, 0x61, b'a', 0x82, 0x43, 1, 2, 3, 0xf5, 0x61, b'b', 0xa1,
            0x20, 0xf6,
        ];
        well_formed(&item).unwrap();
        for length in 0..item.len() {
            refused(&item[..length]);
        }
    }
}
