//! The payload of the BLOB (FIDO Metadata Service 3, section 3.1.6).
//!
//! Entries are extracted as text, one at a time. Most of the payload is images and descriptions, so
//! no tree is built for it.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::date::Date;

/// Real metadata contains a few hundred entries.
const MAX_ENTRIES: usize = 16 * 1024;

/// Real metadata contains four members.
const MAX_MEMBERS: usize = 64;

/// The members of the payload. The entries have not been read yet.
pub(super) struct Payload<'a> {
    pub(super) number: u64,
    pub(super) next_update: Date,
    pub(super) legal_header: Option<String>,
    pub(super) entries: Vec<&'a RawValue>,
}

impl<'a> Deserialize<'a> for Payload<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Payload<'a>, D::Error> {
        deserializer.deserialize_map(PayloadVisitor)
    }
}

struct PayloadVisitor;

impl<'a> Visitor<'a> for PayloadVisitor {
    type Value = Payload<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a metadata BLOB payload")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Payload<'a>, M::Error> {
        let (mut number, mut next_update, mut legal_header) = (None, None, None);
        let mut entries: Option<Entries<'a>> = None;
        let mut others: Vec<String> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "no" => once(&mut number, "no", map.next_value()?)?,
                "nextUpdate" => {
                    let text: String = map.next_value()?;
                    let date = Date::parse(&text)
                        .ok_or_else(|| M::Error::custom("nextUpdate is not YYYY-MM-DD"))?;
                    once(&mut next_update, "nextUpdate", date)?;
                }
                "legalHeader" => once(&mut legal_header, "legalHeader", map.next_value()?)?,
                "entries" => once(&mut entries, "entries", map.next_value()?)?,
                _ => {
                    if others.contains(&name) {
                        return Err(M::Error::custom("a member occurs twice"));
                    }
                    if others.len() == MAX_MEMBERS {
                        return Err(M::Error::custom("more than 64 unknown members"));
                    }
                    let _: &RawValue = map.next_value()?;
                    others.push(name);
                }
            }
        }
        Ok(Payload {
            number: number.ok_or_else(|| M::Error::missing_field("no"))?,
            next_update: next_update.ok_or_else(|| M::Error::missing_field("nextUpdate"))?,
            legal_header,
            entries: entries.ok_or_else(|| M::Error::missing_field("entries"))?.0,
        })
    }
}

/// Stores a value. Fails if there already is one.
fn once<T, E: Error>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), E> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

struct Entries<'a>(Vec<&'a RawValue>);

impl<'a> Deserialize<'a> for Entries<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Entries<'a>, D::Error> {
        deserializer.deserialize_seq(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'a> Visitor<'a> for EntriesVisitor {
    type Value = Entries<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of entries")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut sequence: S) -> Result<Entries<'a>, S::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = sequence.next_element()? {
            if entries.len() == MAX_ENTRIES {
                return Err(S::Error::custom("more than 16384 entries"));
            }
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
