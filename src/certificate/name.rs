//! Distinguished names (RFC 5280, section 4.1.2.4), in a form that can be compared.

use core::iter;

use crate::encoding::der::{
    self, IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING,
};
use crate::error::{ErrorKind, ParseError};
use crate::oid::Oid;
use crate::reader::Reader;

/// More attributes, and sets of attributes, than any real name has.
const MAX_PARTS: usize = 64;

/// A name in comparable form.
///
/// Names are equal if they have the same attributes with the same text. PrintableString and
/// UTF8String are treated alike (RFC 5280, section 7.1), and the order of attributes within a set
/// does not matter. Upper and lower case are different.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// For each set, the number of attributes and the sorted attributes. For each attribute, its
    /// length and its bytes. As a result, a name begins with another name if its bytes do.
    sets: Vec<u8>,
}

impl Name {
    /// Reads the content of the outer sequence in
    /// `Name ::= SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue`.
    pub(super) fn read(mut name: Reader<'_>) -> Result<Name, ParseError> {
        let mut sets = Vec::with_capacity(name.rest().len());
        let mut left = MAX_PARTS;
        let mut count = |reader: &Reader<'_>| {
            left = usize::checked_sub(left, 1)
                .ok_or_else(|| reader.error("name", "a name of more than 64 parts"))?;
            Ok(())
        };
        while !name.rest().is_empty() {
            count(&name)?;
            let mut set = der::element(&mut name, SET, "name")?;
            if set.rest().is_empty() {
                return Err(set.error("name", "an empty set of attributes"));
            }
            let mut attributes = Vec::new();
            while !set.rest().is_empty() {
                count(&set)?;
                attributes.push(Attribute::read(&mut set)?.comparable());
            }
            attributes.sort_unstable();
            append_set(&mut sets, attributes);
        }
        Ok(Name { sets })
    }

    /// Returns the name with its text in lower case and with each run of white space reduced to one
    /// space. This is the part of RFC 5280, section 7.1, that is needed for a safe comparison.
    /// Returns `None` if a text has an encoding that cannot be compared.
    pub(super) fn folded(&self) -> Option<Name> {
        let mut rest = self.sets.as_slice();
        let mut sets = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let count = take_length(&mut rest)?;
            let mut attributes = Vec::new();
            for _ in 0..count {
                let length = take_length(&mut rest)?;
                let (attribute, behind) = rest.split_at_checked(length)?;
                rest = behind;
                attributes.push(folded_attribute(attribute)?);
            }
            attributes.sort_unstable();
            append_set(&mut sets, attributes);
        }
        Some(Name { sets })
    }

    /// Returns whether the name has no attributes.
    pub(super) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Returns whether this name begins with the sets of `other`.
    pub(super) fn begins_with(&self, other: &Name) -> bool {
        self.sets.starts_with(&other.sets)
    }
}

/// `AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
pub(super) struct Attribute<'a> {
    pub(super) kind: Oid<'a>,
    tag: u8,
    value: &'a [u8],
    /// The type and the value in DER, and the position of the value.
    content: &'a [u8],
    at_value: usize,
}

impl<'a> Attribute<'a> {
    fn read(set: &mut Reader<'a>) -> Result<Attribute<'a>, ParseError> {
        let content = der::element(set, SEQUENCE, "name")?;
        let mut rest = content;
        let kind = Oid::read(&mut rest, "name")?;
        let at_value = rest.offset() - content.offset();
        let value = der::any(&mut rest, "name")?;
        if !rest.rest().is_empty() {
            return Err(rest.error("name", "the attribute should end here"));
        }
        let (tag, value, content) = (value.tag, value.content.rest(), content.rest());
        Ok(Attribute { kind, tag, value, content, at_value })
    }

    /// Returns the value if it is text in UTF-8 or in a subset of UTF-8.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self.tag {
            UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | IA5_STRING => {
                core::str::from_utf8(self.value).ok()
            }
            _ => None,
        }
    }

    /// Returns the attribute for comparison, with a PrintableString changed to a UTF8String.
    fn comparable(&self) -> Vec<u8> {
        let mut attribute = self.content.to_vec();
        if let Some(tag) = attribute.get_mut(self.at_value).filter(|tag| **tag == PRINTABLE_STRING)
        {
            *tag = UTF8_STRING;
        }
        attribute
    }
}

/// Returns the attributes of a valid DER name, in their original order.
pub(super) fn attributes(name: &[u8]) -> impl Iterator<Item = Attribute<'_>> {
    let mut name = Reader::new(name, 0, "name", ErrorKind::AttestationInvalid);
    let mut sets = der::element(&mut name, SEQUENCE, "name").unwrap_or(name);
    let mut set = name;
    iter::from_fn(move || {
        while set.rest().is_empty() {
            set = der::element(&mut sets, SET, "name").ok()?;
        }
        Attribute::read(&mut set).ok()
    })
}

/// Returns the type of an attribute, followed by its folded text.
fn folded_attribute(attribute: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Reader::new(attribute, 0, "name", ErrorKind::AttestationInvalid);
    let start = rest;
    Oid::read(&mut rest, "name").ok()?;
    let mut folded = rest.since(&start).to_vec();
    let value = der::any(&mut rest, "name").ok()?;
    let text = match value.tag {
        UTF8_STRING | IA5_STRING => core::str::from_utf8(value.content.rest()).ok()?,
        _ => return None,
    };
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    folded.extend(words.join(" ").into_bytes());
    Some(folded)
}

fn append_set(sets: &mut Vec<u8>, attributes: Vec<Vec<u8>>) {
    append_length(sets, attributes.len());
    for attribute in attributes {
        append_length(sets, attribute.len());
        sets.extend(attribute);
    }
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

fn append_length(bytes: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    bytes.extend(length.to_be_bytes());
}
