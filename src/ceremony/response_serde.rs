//! Responses that come through serde: written down as JSON text, which is then read like any other,
//! so that every way in has the same limits and the same meaning.

use core::fmt;
use std::io;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};

use crate::ceremony::response_json::MAX_BODY;
use crate::error::{ErrorKind, Failure};

/// Arrays and objects inside one another: as many as the reader of the text takes.
const MAX_DEPTH: usize = 32;

/// Writes down what the deserializer gives as JSON, without white space.
///
/// # Errors
///
/// Those of the deserializer; more than 256 KiB of text, or more than 32 levels; a value that JSON
/// does not have, such as bytes.
pub(crate) fn to_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let mut text = Vec::new();
    ValueSeed { text: &mut text, depth: 0 }.deserialize(deserializer)?;
    Ok(text)
}

/// Writes one value.
struct ValueSeed<'t> {
    text: &'t mut Vec<u8>,
    /// How many arrays and objects this value is in.
    depth: usize,
}

impl ValueSeed<'_> {
    fn write<E: Error>(self, value: impl Serialize) -> Result<(), E> {
        match serde_json::to_writer(Limited(&mut *self.text), &value) {
            Err(error) if error.is_io() => Err(too_large(TOO_LONG)),
            result => result.map_err(E::custom),
        }
    }

    fn check<E: Error>(&self) -> Result<(), E> {
        if self.text.len() > MAX_BODY { Err(too_large(TOO_LONG)) } else { Ok(()) }
    }

    /// Goes one level down.
    fn inner<E: Error>(&mut self) -> Result<ValueSeed<'_>, E> {
        self.check()?;
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
        self.write(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.write(value)
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
        self.text.push(b'[');
        while items.next_element_seed(self.inner()?)?.is_some() {
            self.text.push(b',');
        }
        close(self.text, b']');
        self.check()
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.text.push(b'{');
        while members.next_key_seed(NameSeed(self.inner()?))?.is_some() {
            self.text.push(b':');
            members.next_value_seed(self.inner()?)?;
            self.text.push(b',');
        }
        close(self.text, b'}');
        self.check()
    }
}

/// A text that takes no more than a body may have. Escapes can make a string six times as long.
struct Limited<'t>(&'t mut Vec<u8>);

impl io::Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > MAX_BODY.saturating_sub(self.0.len()) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const TOO_LONG: &str = "longer than 256 KiB";

fn too_large<E: Error>(how: &str) -> E {
    E::custom(Failure::new(ErrorKind::InputTooLarge, format!("the response is {how}")))
}

/// Ends an array or object, in the place of the comma behind its last item.
fn close(text: &mut Vec<u8>, end: u8) {
    if text.last() == Some(&b',') {
        text.pop();
    }
    text.push(end);
}

/// Writes one member name.
struct NameSeed<'t>(ValueSeed<'t>);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
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
}
