//! The names of enumerations in configuration files, databases and logs. Each enumeration has one
//! table, from which `as_str`, `FromStr`, `Display` and serde are generated.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::Deserializer;
use serde::de::{Error, Visitor};

use crate::config_error::ConfigError;
use crate::text::quote;

/// Gives an enumeration its names, from a table of variants and strings. The string after the type
/// is the noun for a value in error messages, without an article.
///
/// Leave out `impl Display` if the type has its own `Display`, which writes a sentence.
macro_rules! names {
    ($type:ident, $what:literal, impl Display; $($table:tt)*) => {
        $crate::names::names! { $type, $what; $($table)* }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
    ($type:ident, $what:literal; $($variant:ident = $text:expr,)*) => {
        impl $type {
            #[doc = concat!("Returns the name of this ", $what, " in configuration files, databases and logs.")]
            ///
            /// The name never changes. `FromStr` and serde read it, and serde writes it.
            ///
            #[doc = concat!("The names are ", $crate::names::list!($($text),*), ".")]
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $text,)* }
            }

            /// Returns the value with this name.
            pub(crate) fn named(name: &str) -> Option<$type> {
                const ALL: &[$type] = &[$($type::$variant,)*];
                ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }

        impl core::str::FromStr for $type {
            type Err = $crate::config_error::ConfigError;

            /// Parses a name that `as_str` returns. The name is case-sensitive.
            ///
            /// # Errors
            ///
            /// Returns an error if the name is unknown. The message says what to write instead.
            fn from_str(name: &str) -> Result<$type, $crate::config_error::ConfigError> {
                $type::named(name)
                    .ok_or_else(|| $crate::names::unknown(name, $what, &[$($text,)*]))
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                $crate::names::read(deserializer, $what)
            }
        }
    };
}
pub(crate) use names;

/// Writes names as a list with commas, for documentation.
macro_rules! list {
    ($first:expr $(, $more:expr)*) => { concat!("`", $first, "`" $(, ", `", $more, "`")*) };
}
pub(crate) use list;

/// Defines an open enumeration: an unknown string is kept unchanged.
macro_rules! open_names {
    ($(#[$meta:meta])* $type:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_meta])* #[doc = concat!(" The string is `", $text, "`.")] $variant,)*
            /// Any other string, unchanged.
            Other(String),
        }

        impl $type {
            /// Returns the string that JSON uses. `FromStr` and serde read it, and serde writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $($type::$variant => $text,)*
                    $type::Other(text) => text,
                }
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> $type {
                match text {
                    $($text => $type::$variant,)*
                    other => $type::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> $type {
                match $type::from(text.as_str()) {
                    $type::Other(_) => $type::Other(text),
                    known => known,
                }
            }
        }

        impl core::str::FromStr for $type {
            type Err = core::convert::Infallible;

            fn from_str(text: &str) -> Result<$type, core::convert::Infallible> {
                Ok($type::from(text))
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map($type::from)
            }
        }
    };
}
pub(crate) use open_names;

/// Creates the error for an unknown name. The message suggests a similar name, or lists all names
/// if there are few.
pub(crate) fn unknown(name: &str, what: &str, names: &[&str]) -> ConfigError {
    const MOST_LISTED: usize = 12;
    let alike = names.iter().find(|one| is_alike(name, one));
    let wanted = match (alike, names) {
        (Some(alike), _) => (*alike).to_owned(),
        (None, [first, ..]) if names.len() > MOST_LISTED => {
            format!("one of {} names, such as {first}", names.len())
        }
        (None, [all @ .., last]) if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => names.concat(),
    };
    ConfigError::new(format!(
        "{} is not {}; write {wanted}",
        quote(name.chars()),
        with_article(what)
    ))
}

fn with_article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {what}")
}

/// Returns whether two names have the same letters and digits. Case and punctuation are ignored.
fn is_alike(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// Reads a value from its name. `what` is the noun for the value in the error for another type.
pub(crate) fn read<'de, D, T>(deserializer: D, what: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = ConfigError>,
{
    deserializer.deserialize_str(NameVisitor { what, value: PhantomData })
}

struct NameVisitor<T> {
    what: &'static str,
    value: PhantomData<T>,
}

impl<T: FromStr<Err = ConfigError>> Visitor<'_> for NameVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of {}", with_article(self.what))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        name.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_twelve_names_are_listed() {
        let names: Vec<String> = (1..=13).map(|number| number.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let error = |count| unknown("x", "number", &names[..count]).to_string();
        let all = "write 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or 12";
        assert!(error(12).ends_with(all), "{}", error(12));
        assert!(error(13).ends_with("write one of 13 names, such as 1"), "{}", error(13));
    }
}
