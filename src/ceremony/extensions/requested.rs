//! The requested extensions, as the pending states store them.

use core::fmt;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ceremony::extensions::table::Extension;
use crate::encoding::json::JsonString;
use crate::error::{ErrorKind, Failure};
use crate::spec::Ceremony;

/// A set of extension identifiers. Each known extension is a bit. Other identifiers are in a list,
/// which is empty in most ceremonies. The set is serialized as a list of identifiers in every
/// format.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct RequestedExtensions {
    known: u32,
    others: Vec<String>,
}

impl RequestedExtensions {
    pub(crate) fn insert(&mut self, identifier: &str) {
        match Extension::named(identifier) {
            Some(known) => self.known |= bit(known),
            None => self.others.push(identifier.to_owned()),
        }
    }

    pub(crate) fn contains(&self, extension: Extension) -> bool {
        self.known & bit(extension) != 0
    }

    /// Returns whether the set contains any of these extensions.
    pub(crate) fn contains_any(&self, extensions: &[Extension]) -> bool {
        extensions.iter().any(|extension| self.contains(*extension))
    }

    pub(crate) fn contains_text(&self, identifier: JsonString<'_>) -> bool {
        self.identifiers().any(|requested| identifier == *requested)
    }

    /// Fails if no start of this ceremony could have requested these extensions.
    pub(crate) fn check_stored(&self, ceremony: Ceremony) -> Result<(), Failure> {
        let is_bad = |one: &Extension| self.contains(*one) && !one.can_be_in(ceremony);
        match Extension::ALL.into_iter().find(is_bad) {
            None => Ok(()),
            Some(one) => {
                let reason = "the extension is for the other ceremony";
                Err(Failure::of(one.identifier(), ErrorKind::WrongPendingState, reason))
            }
        }
    }

    fn identifiers(&self) -> impl Iterator<Item = &str> {
        let known = Extension::ALL.iter().filter(|extension| self.contains(**extension));
        known.map(|known| known.identifier()).chain(self.others.iter().map(String::as_str))
    }
}

fn bit(extension: Extension) -> u32 {
    1 << extension as u32
}

impl fmt::Debug for RequestedExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.identifiers()).finish()
    }
}

impl Serialize for RequestedExtensions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.identifiers().count()))?;
        self.identifiers().try_for_each(|identifier| list.serialize_element(identifier))?;
        list.end()
    }
}

impl<'de> Deserialize<'de> for RequestedExtensions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor)
    }
}

/// Visits the list.
struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = RequestedExtensions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of extension identifiers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut requested = RequestedExtensions::default();
        while list.next_element_seed(IdentifierSeed(&mut requested))?.is_some() {}
        Ok(requested)
    }
}

/// Visits one identifier. A known identifier is not copied into a string.
struct IdentifierSeed<'r>(&'r mut RequestedExtensions);

impl<'de> DeserializeSeed<'de> for IdentifierSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IdentifierSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an extension identifier")
    }

    fn visit_str<E: serde::de::Error>(self, identifier: &str) -> Result<(), E> {
        self.0.insert(identifier);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_extension_has_its_bit() {
        let mut all = RequestedExtensions::default();
        for (count, extension) in (0..).zip(Extension::ALL) {
            assert_eq!(all.known.count_ones(), count);
            assert!(!all.contains(extension));
            all.insert(extension.identifier());
            assert!(all.contains(extension));
        }
        assert!(all.others.is_empty());
    }

    #[test]
    fn the_set_is_stored_as_a_list_of_names_and_reads_back() {
        let mut requested = RequestedExtensions::default();
        for identifier in ["prf", "x", "credProps", "Prf"] {
            requested.insert(identifier);
        }
        let text = serde_json::to_string(&requested).unwrap();
        assert_eq!(text, r#"["credProps","prf","x","Prf"]"#);
        assert_eq!(serde_json::from_str::<RequestedExtensions>(&text).unwrap(), requested);
        assert_eq!(format!("{requested:?}"), r#"{"credProps", "prf", "x", "Prf"}"#);
        for bad in ["{}", "[1]", "\"prf\"", "[null]"] {
            assert!(serde_json::from_str::<RequestedExtensions>(bad).is_err(), "{bad}");
        }
    }
}
