//! Responses that arrive through serde. They are written as JSON text and then read from that text,
//! so they have the same limits and the same meaning as any other response.

use core::fmt;
use std::io;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};

use crate::ceremony::response_body::MAX_BODY;
use crate::encoding::base64url;
use crate::error::{ErrorKind, Failure};

/// The maximum depth of arrays and objects, the same as in the reader of the text.
const MAX_DEPTH: usize = 32;

/// Writes the deserializer's value as JSON, without white space.
///
/// # Errors
///
/// Returns the errors of the deserializer, or an error if the text is longer than 256 KiB or nested
/// deeper than 32 levels.
pub(crate) fn to_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let mut text = Text(Vec::new());
    ValueSeed { text: &mut text, depth: 0 }.deserialize(deserializer)?;
    Ok(text.0)
}

/// A text that is at most as long as the longest body. Escapes can make a string six times as long.
struct Text(Vec<u8>);

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.take(bytes) {
            return Ok(bytes.len());
        }
        Err(io::ErrorKind::FileTooLarge.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Text {
    /// Appends text unchanged if it fits, and returns whether it was appended.
    #[inline]
    fn take(&mut self, text: &[u8]) -> bool {
        let length = self.0.len() + text.len();
        if length > MAX_BODY {
            return false;
        }
        // The buffer grows by half instead of doubling, because the old and the new buffer exist
        // together while the text is moved.
        let has_room = self.0.capacity().checked_sub(length).is_some();
        if !has_room {
            self.0.reserve_exact(text.len().max(self.0.len() / 2).max(1024));
        }
        self.0.extend_from_slice(text);
        true
    }

    /// Appends text unchanged.
    fn append<E: Error>(&mut self, text: &[u8]) -> Result<(), E> {
        if self.take(text) { Ok(()) } else { Err(too_large(TOO_LONG)) }
    }

    /// Appends one byte. There can be hundreds of thousands of single bytes, so a byte that fits
    /// takes a fast path.
    fn push<E: Error>(&mut self, byte: u8) -> Result<(), E> {
        if self.0.len() < self.0.capacity().min(MAX_BODY) {
            self.0.push(byte);
            return Ok(());
        }
        self.append(&[byte])
    }

    /// Appends an integer. There can be as many integers as single bytes.
    fn integer<E: Error>(&mut self, is_negative: bool, mut magnitude: u64) -> Result<(), E> {
        if is_negative {
            self.push(b'-')?;
        }
        let mut digits = [b'0'; 20];
        let mut start = digits.len() - 1;
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            if magnitude == 0 {
                break;
            }
            *digit += u8::try_from(magnitude % 10).unwrap_or_default();
            magnitude /= 10;
            start = place;
        }
        self.append(digits.get(start..).unwrap_or_default())
    }

    /// Ends an array or object. The end replaces the comma after the last item.
    fn close<E: Error>(&mut self, end: u8) -> Result<(), E> {
        match self.0.last_mut() {
            Some(last) if *last == b',' => {
                *last = end;
                Ok(())
            }
            _ => self.push(end),
        }
    }
}

/// Writes one value.
struct ValueSeed<'t> {
    text: &'t mut Text,
    /// The number of arrays and objects around this value.
    depth: usize,
}

impl ValueSeed<'_> {
    fn write<E: Error>(self, value: impl Serialize) -> Result<(), E> {
        // Strings and numbers can always be written, unless the text gets too long.
        serde_json::to_writer(self.text, &value).map_err(|_| too_large(TOO_LONG))
    }

    /// Returns the seed for the next level.
    fn inner<E: Error>(&mut self) -> Result<ValueSeed<'_>, E> {
        if self.depth >= MAX_DEPTH {
            return Err(too_large("nested deeper than 32 levels"));
        }
        Ok(ValueSeed { text: self.text, depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a PublicKeyCredential as JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.text.integer(value.is_negative(), value.unsigned_abs())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.text.integer(false, value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if let Some(magnitude) = integer_of(value.abs()) {
            // Writes trailing zeros as an exponent, so that the text is not much longer than its
            // source.
            let (mut significant, mut zeros) = (magnitude, 0);
            while significant != 0 && significant.is_multiple_of(10) {
                significant /= 10;
                zeros += 1;
            }
            if zeros < 3 {
                return self.text.integer(value.is_sign_negative(), magnitude);
            }
            self.text.integer(value.is_sign_negative(), significant)?;
            self.text.push(b'e')?;
            return self.text.integer(false, zeros);
        }
        // At most 25 characters. A value that JSON cannot represent is written as null.
        let mut written = [0; 32];
        let mut rest = &mut written[..];
        serde_json::to_writer(&mut rest, &value).map_err(E::custom)?;
        let length = 32 - rest.len();
        let number = written.get(..length).unwrap_or_default();
        // A positive exponent needs no sign.
        number.split(|byte| *byte == b'+').try_for_each(|part| self.text.append(part))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.write(value)
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<(), E> {
        // Some formats have a type for bytes. JSON uses base64url instead.
        self.write(base64url::encode(value))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.write(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.write(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.text.push(b'[')?;
        while items.next_element_seed(self.inner()?)?.is_some() {
            self.text.push(b',')?;
        }
        self.text.close(b']')
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.text.push(b'{')?;
        while members.next_key_seed(NameSeed(self.inner()?))?.is_some() {
            self.text.push(b':')?;
            members.next_value_seed(self.inner()?)?;
            self.text.push(b',')?;
        }
        self.text.close(b'}')
    }
}

/// Returns the integer value of a magnitude, if JSON text would have no exponent for it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "integers below 1e16 are exact, and only a cast converts a float to an integer"
)]
fn integer_of(magnitude: f64) -> Option<u64> {
    (magnitude < 1e16 && magnitude.trunc() == magnitude).then_some(magnitude as u64)
}

const TOO_LONG: &str = "longer than 256 KiB";

fn too_large<E: Error>(how: &str) -> E {
    E::custom(Failure::new(ErrorKind::InputTooLarge, format!("the response is {how}")))
}

/// Writes one member name.
struct NameSeed<'t>(ValueSeed<'t>);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        self.0.visit_str(name)
    }

    // Other formats can have names that are not strings. In responses, all names are strings.

    fn visit_bool<E: Error>(self, name: bool) -> Result<(), E> {
        self.0.visit_str(&name.to_string())
    }

    fn visit_i64<E: Error>(self, name: i64) -> Result<(), E> {
        self.0.visit_str(&name.to_string())
    }

    fn visit_u64<E: Error>(self, name: u64) -> Result<(), E> {
        self.0.visit_str(&name.to_string())
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<(), E> {
        self.0.visit_bytes(name)
    }
}
