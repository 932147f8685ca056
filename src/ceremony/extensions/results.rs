//! Client extension results as JSON text, shared by a response and its verdict.

use core::fmt;
use std::sync::Arc;

use crate::encoding::json::{JsonReader, JsonString, ObjectError};
use crate::error::{ErrorKind, ParseError};

/// The object `clientExtensionResults`. Cloning it does not copy the text. The text is kept as it
/// was received, because a tree of values can take many times as much memory.
#[derive(Clone, Default, PartialEq)]
pub(crate) enum ExtensionResults {
    /// No results, as in most logins.
    #[default]
    Empty,
    /// Only the output of `credProps`, as in most registrations: whether the credential is
    /// discoverable.
    Discoverable(bool),
    /// Any other object. Each identifier occurs only once.
    Other(Arc<str>),
}

const DISCOVERABLE: &str = r#"{"credProps":{"rk":true}}"#;
const NOT_DISCOVERABLE: &str = r#"{"credProps":{"rk":false}}"#;

impl ExtensionResults {
    /// Reads the text of one JSON object, which is at `offset` in the body.
    pub(crate) fn read(text: &str, offset: usize) -> Result<ExtensionResults, ParseError> {
        match text {
            "{}" => return Ok(ExtensionResults::Empty),
            DISCOVERABLE => return Ok(ExtensionResults::Discoverable(true)),
            NOT_DISCOVERABLE => return Ok(ExtensionResults::Discoverable(false)),
            _ => {}
        }
        let reader = JsonReader::new(text, offset, "response", ErrorKind::MalformedResponse)
            .with_lone_surrogates();
        ExtensionResults::read_next(reader).map(|(results, _)| results)
    }

    /// Reads the object at the reader `start` and returns it, together with the reader after it.
    pub(crate) fn read_next(
        start: JsonReader<'_>,
    ) -> Result<(ExtensionResults, JsonReader<'_>), ParseError> {
        let (mut reader, mut is_empty) = (start, true);
        reader.object(ObjectError::into_parse_error, |_, reader| {
            is_empty = false;
            reader.value().map(drop)
        })?;
        let text = reader.since(&start);
        let results =
            if is_empty { ExtensionResults::Empty } else { ExtensionResults::Other(text.into()) };
        Ok((results, reader))
    }

    /// The whole object as JSON text.
    pub(crate) fn as_json(&self) -> &str {
        match self {
            ExtensionResults::Empty => "{}",
            ExtensionResults::Discoverable(true) => DISCOVERABLE,
            ExtensionResults::Discoverable(false) => NOT_DISCOVERABLE,
            ExtensionResults::Other(text) => text,
        }
    }
}

impl fmt::Debug for ExtensionResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(members(self.as_json()).map(|(identifier, _)| identifier)).finish()
    }
}

/// Returns the members of an object that was read before: their names, and their values as JSON
/// text.
pub(crate) fn members(json: &str) -> impl Iterator<Item = (JsonString<'_>, &str)> {
    let mut reader =
        JsonReader::new(json, 0, "client extension results", ErrorKind::MalformedResponse)
            .with_lone_surrogates();
    let mut is_first = true;
    let mut is_object = reader.object_start().is_ok();
    core::iter::from_fn(move || {
        if !is_object {
            return None;
        }
        // The text was read before, so no error can occur.
        let name = reader.member_name(core::mem::take(&mut is_first)).ok().flatten();
        let start = reader;
        let value = name.filter(|_| reader.value().is_ok());
        is_object = value.is_some();
        value.map(|name| (name, reader.since(&start).trim_ascii()))
    })
}
