//! Authenticator extension outputs (§9.5): a CBOR map from extension identifier to output.

use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, ParseError};
use crate::quirk::{Quirk, Quirks};
use crate::reader::Reader;

/// A view of the extension map in authenticator data. Outputs stay raw CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions<'a> {
    raw: &'a [u8],
}

impl<'a> Extensions<'a> {
    /// Reads the map where `reader` stands, and gives the reader behind it.
    pub(crate) fn read(
        reader: Reader<'a>,
        quirks: Quirks,
    ) -> Result<(Extensions<'a>, Reader<'a>), ParseError> {
        let unordered = quirks.contains(Quirk::UnorderedExtensionOutputs);
        let order = if unordered { Order::Any } else { Order::Canonical };
        let mut decoder = Decoder::from_reader(reader);
        let mut map = decoder.map("extensions", order)?;
        loop {
            let at_key = decoder;
            match decoder.key(&mut map)? {
                None => break,
                Some(Item::Text(_)) => {
                    decoder.skip("extension output", Order::Canonical)?;
                }
                Some(_) => return Err(at_key.error("extensions", "an identifier is not text")),
            }
        }
        let behind = decoder.into_reader();
        Ok((Extensions { raw: behind.since(&reader) }, behind))
    }

    /// The CBOR map as received.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The extension identifiers and their outputs, each as the CBOR bytes received.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        let mut decoder =
            Decoder::new(self.raw, 0, "extensions", ErrorKind::InvalidAuthenticatorData);
        // `read` has passed over the same bytes, so nothing fails here, and the order is as it is.
        let mut left = match decoder.item("extensions") {
            Ok(Item::Map(count)) => count,
            _ => 0,
        };
        core::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let Ok(Item::Text(identifier)) = decoder.item("extensions") else { return None };
            let output = decoder.skip("extension output", Order::Canonical).ok()?;
            Some((identifier, output))
        })
    }

    /// The output of one extension as CBOR bytes.
    pub fn get(&self, identifier: &str) -> Option<&'a [u8]> {
        self.iter().find(|(found, _)| *found == identifier).map(|(_, output)| output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_extensions_are_kept_raw_and_found_by_name() {
        let map = [0xa2, 0x61, b'a', 0x82, 1, 2, 0x62, b'b', b'c', 0xf5, 0x99];
        let reader = Reader::new(&map, 50, "test", ErrorKind::InvalidAuthenticatorData);
        let (extensions, behind) = Extensions::read(reader, Quirks::NONE).unwrap();
        assert_eq!(behind.rest(), [0x99]);
        assert_eq!(extensions.as_bytes(), &map[..10]);
        let all: Vec<_> = extensions.iter().collect();
        assert_eq!(all, [("a", &[0x82, 1, 2][..]), ("bc", &[0xf5])]);
        assert_eq!(extensions.get("bc"), Some(&[0xf5][..]));
        assert_eq!(extensions.get("b"), None);
    }

    #[test]
    fn extensions_out_of_order_are_found_under_their_quirk() {
        let map = [0xa2, 0x62, b'b', b'c', 0xf5, 0x61, b'a', 1];
        let reader = Reader::new(&map, 0, "test", ErrorKind::InvalidAuthenticatorData);
        assert_eq!(
            Extensions::read(reader, Quirks::NONE).unwrap_err().kind(),
            ErrorKind::InvalidCbor
        );
        let tolerant = Quirks::NONE.with(Quirk::UnorderedExtensionOutputs);
        let (extensions, _) = Extensions::read(reader, tolerant).unwrap();
        assert_eq!(extensions.get("bc"), Some(&[0xf5][..]));
        assert_eq!(extensions.get("a"), Some(&[1][..]));
    }
}
