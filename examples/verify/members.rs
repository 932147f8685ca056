//! Reads the members of a JSON object one by one, so that each error names the member.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The members of an object that were not read yet.
pub(crate) struct Members {
    left: Map<String, Value>,
    /// The name of a repeated member.
    twice: Option<String>,
    /// The prefix of member names in errors: empty, or for example `credential.`.
    path: String,
}

impl Members {
    /// Returns the value of this member. `null` counts as missing.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| format!("{}{name}: {error}", self.path)),
        }
    }

    /// Returns the value of a required member.
    pub(crate) fn need<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.take(name)?.ok_or_else(|| format!("{}{name} is missing", self.path))
    }

    /// Returns the value of this member, or the default of its type.
    pub(crate) fn or_default<T: DeserializeOwned + Default>(
        &mut self,
        name: &str,
    ) -> Result<T, String> {
        self.take(name).map(Option::unwrap_or_default)
    }

    /// Returns the members of the object in this member.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Members>, String> {
        let members = self.take::<Members>(name)?;
        Ok(members.map(|members| Members { path: format!("{name}."), ..members }))
    }

    /// Returns the value of this member unchanged, including `null`.
    pub(crate) fn raw(&mut self, name: &str) -> Result<Value, String> {
        self.left.remove(name).ok_or_else(|| format!("{}{name} is missing", self.path))
    }

    /// Checks that every member was read and none was repeated.
    pub(crate) fn finish(self) -> Result<(), String> {
        match (self.left.keys().next(), self.twice) {
            (Some(unknown), _) => Err(format!("unknown member {:?}", self.path + unknown)),
            (None, Some(twice)) => Err(format!("the member {twice:?} occurs twice")),
            (None, None) => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let (mut left, mut twice) = (Map::new(), None);
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if left.insert(name.clone(), value).is_some() {
                        twice = Some(name);
                    }
                }
                Ok(Members { left, twice, path: String::new() })
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Bytes, written as base64url without padding.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map(Bytes).map_err(|error| D::Error::custom(format!("not base64url: {error}")))
    }
}

/// A time from 1970 on, written as `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) struct Time(pub(crate) SystemTime);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_time(&text).map(Time).ok_or_else(|| {
            D::Error::custom(format!("{text:?} is not a UTC time such as 2026-01-31T23:59:59Z"))
        })
    }
}

fn parse_time(text: &str) -> Option<SystemTime> {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let has_form = |(byte, form): (u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        _ => byte == *form,
    };
    if text.len() != FORM.len() || !text.bytes().zip(FORM).all(has_form) {
        return None;
    }
    let number = |range: Range<usize>| -> Option<u64> { text.get(range)?.parse().ok() };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last_day = match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=last_day).contains(&day) {
        return None;
    }
    // A leap second counts as the first second of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Counts the days since the epoch. Years begin in March, so that the leap day is the last day.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(UNIX_EPOCH + Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}
