//! Objects without duplicate names.
#![cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "only attestation reports errors in objects in its own words")
)]

use crate::encoding::json::names::{MAX_NAMES, Names};
use crate::encoding::json::reader::{JsonReader, JsonValue};
use crate::encoding::json::string::JsonString;
use crate::error::{ErrorKind, Failure, ParseError, quote};

/// An error in an object itself. Errors in member values are reported by the caller.
#[derive(Debug)]
pub(crate) enum ObjectError<'a> {
    /// The object is not valid JSON.
    Syntax(ParseError),
    /// This name occurs twice.
    Repeated(JsonString<'a>, ParseError),
    /// There are more than 64 members. Real objects have up to ten.
    TooMany(ParseError),
}

impl ObjectError<'_> {
    /// Returns the parse error.
    pub(crate) fn into_parse_error(self) -> ParseError {
        match self {
            ObjectError::Syntax(error)
            | ObjectError::Repeated(_, error)
            | ObjectError::TooMany(error) => error,
        }
    }

    /// Converts the error into a failure of this field. The failure names a duplicate member.
    pub(crate) fn into_failure(self, field: &'static str, kind: ErrorKind) -> Failure {
        match self {
            ObjectError::Syntax(error) => ParseError { field: Some(field), ..error }.into(),
            ObjectError::Repeated(name, _) => {
                let reason = format!("member {} occurs twice", quote(name.chars()));
                Failure::of(field, kind, reason)
            }
            ObjectError::TooMany(error) => Failure::of(field, kind, error.reason()),
        }
    }
}

impl<'a> JsonReader<'a> {
    /// Reads an object of at most 64 members without duplicate names. `member` reads the value of
    /// each name. `refused` converts an error in the object itself into the caller's error.
    pub(crate) fn object<E>(
        &mut self,
        refused: impl Fn(ObjectError<'a>) -> E,
        mut member: impl FnMut(JsonString<'a>, &mut JsonReader<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let syntax = |error| refused(ObjectError::Syntax(error));
        let mut names = Names::default();
        let mut count = 0;
        self.object_start().map_err(syntax)?;
        loop {
            let at_name = *self;
            let Some(name) = self.member_name(count == 0).map_err(syntax)? else { return Ok(()) };
            if names.contain_or_take(name) {
                let error = at_name.error("a member occurs twice");
                return Err(refused(ObjectError::Repeated(name, error)));
            }
            if count == MAX_NAMES {
                return Err(refused(ObjectError::TooMany(at_name.error("more than 64 members"))));
            }
            count += 1;
            member(name, self)?;
        }
    }

    /// Reads a value that must be a string.
    pub(crate) fn text(&mut self, field: &'static str) -> Result<JsonString<'a>, ParseError> {
        let start = *self;
        match self.value()? {
            JsonValue::String(text) => Ok(text),
            _ => Err(start.error_in(field, "not a string")),
        }
    }

    /// Reads a value that must be `true` or `false`.
    pub(crate) fn boolean(&mut self, field: &'static str) -> Result<bool, ParseError> {
        let start = *self;
        match self.value()? {
            JsonValue::Bool(value) => Ok(value),
            _ => Err(start.error_in(field, "neither true nor false")),
        }
    }

    /// Returns `found`, or an error that the member `field` is missing from the object that starts
    /// here.
    pub(crate) fn required<T>(
        &self,
        field: &'static str,
        found: Option<T>,
    ) -> Result<T, ParseError> {
        found.ok_or_else(|| self.error_in(field, "the member is missing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(text: &str) -> JsonReader<'_> {
        JsonReader::new(text, 0, "test", ErrorKind::MalformedResponse)
    }

    /// Returns the names in an object, or the error.
    fn names(text: &str) -> Result<Vec<String>, ObjectError<'_>> {
        let mut names = Vec::new();
        reader(text).object(
            |error| error,
            |name, reader| {
                names.push(name.to_string());
                reader.value().map(drop).map_err(ObjectError::Syntax)
            },
        )?;
        Ok(names)
    }

    #[test]
    fn members_are_read_in_their_order() {
        assert_eq!(names("{}").unwrap(), Vec::<String>::new());
        assert_eq!(names(r#"{ "b": [1], "\u0061": {"b": 2} }"#).unwrap(), ["b", "a"]);
    }

    #[test]
    fn each_fault_has_its_own_error_at_its_offset() {
        match names(r#"{"a":1,"b":2,"\u0061":3}"#) {
            Err(ObjectError::Repeated(name, error)) => {
                assert_eq!((name.to_string().as_str(), error.offset()), ("a", 12));
            }
            other => panic!("{other:?}"),
        }
        let many = |count: usize| {
            let members: Vec<_> = (0..count).map(|number| format!("\"{number}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert_eq!(names(&many(64)).unwrap().len(), 64);
        let too_many = many(65);
        match names(&too_many) {
            Err(ObjectError::TooMany(error)) => {
                assert_eq!(error.offset(), too_many.find(",\"64\"").unwrap());
            }
            other => panic!("{other:?}"),
        }
        for (text, offset) in [("[]", 0), ("{\"a\"}", 4), ("{\"a\":1", 6), ("{\"a\":1,}", 7)] {
            match names(text) {
                Err(ObjectError::Syntax(error)) => assert_eq!(error.offset(), offset, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_missing_or_mistyped_member_is_named() {
        assert!(reader("\"a\"").text("field").unwrap() == *"a");
        assert_eq!(reader("true").boolean("field"), Ok(true));
        for value in ["1", "null", "[]", "{}"] {
            let error = reader(value).text("field").unwrap_err();
            assert_eq!((error.field(), error.reason()), (Some("field"), "not a string"));
            let error = reader(value).boolean("field").unwrap_err();
            assert_eq!((error.field(), error.reason()), (Some("field"), "neither true nor false"));
        }
        assert_eq!(reader("{}").required("field", Some(1)), Ok(1));
        let error = reader("{}").required::<u8>("field", None).unwrap_err();
        assert_eq!((error.field(), error.reason()), (Some("field"), "the member is missing"));
        assert_eq!(error.kind, ErrorKind::MalformedResponse);
    }
}
