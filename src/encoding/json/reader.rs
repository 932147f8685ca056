//! A strict reader of JSON text (RFC 8259). It borrows from the input and does not allocate.
//!
//! In addition to the grammar, an escaped surrogate must be part of a pair, so that every string is
//! valid Unicode. A reader can be configured to read a lone surrogate as U+FFFD.

use crate::encoding::json::grammar::{self, Wrong};
use crate::encoding::json::string::JsonString;
use crate::error::{ErrorKind, ParseError};

/// The maximum nesting depth of objects and arrays. The structures read here are nearly flat. The
/// limit leaves room for future members.
const MAX_DEPTH: u32 = 32;

/// A value that was read. Arrays and objects are only checked, not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonValue<'a> {
    String(JsonString<'a>),
    Bool(bool),
    Null,
    /// The number as it is written.
    Number(&'a str),
    Array,
    Object,
}

/// A cursor over JSON. Errors have the kind that the reader was created with, except that input
/// that is nested too deeply fails with `InputTooLarge`.
#[derive(Clone, Copy)]
pub(crate) struct JsonReader<'a> {
    text: &'a str,
    position: usize,
    /// The offset of `text` in the outermost input. It is 3 after a byte order mark.
    base: usize,
    structure: &'static str,
    kind: ErrorKind,
    /// Whether lone surrogates are allowed.
    lone_surrogates: bool,
    /// The number of objects and arrays around the value that is read.
    level: u32,
}

impl<'a> JsonReader<'a> {
    /// Creates a reader of `text`, which is at offset `base` of the outermost input. Errors name
    /// `structure` and have `kind`.
    pub(crate) fn new(
        text: &'a str,
        base: usize,
        structure: &'static str,
        kind: ErrorKind,
    ) -> JsonReader<'a> {
        JsonReader { text, position: 0, base, structure, kind, lone_surrogates: false, level: 1 }
    }

    /// Returns a reader that allows lone surrogates in strings. The grammar of RFC 8259 allows
    /// them, and `JSON.stringify()` writes them.
    pub(crate) fn with_lone_surrogates(self) -> JsonReader<'a> {
        JsonReader { lone_surrogates: true, ..self }
    }

    /// Returns a reader for an object inside another object.
    pub(crate) fn inside(self) -> JsonReader<'a> {
        JsonReader { level: self.level + 1, ..self }
    }

    /// Creates an error at the next byte.
    pub(crate) fn error(&self, reason: &'static str) -> ParseError {
        ParseError {
            kind: self.kind,
            structure: self.structure,
            field: None,
            offset: self.base + self.position,
            reason,
        }
    }

    /// Creates an error in this field, at the next byte.
    pub(crate) fn error_in(&self, field: &'static str, reason: &'static str) -> ParseError {
        ParseError { field: Some(field), ..self.error(reason) }
    }

    /// The offset of the next byte in the outermost input.
    pub(crate) fn offset(&self) -> usize {
        self.base + self.position
    }

    /// Returns the text between `earlier`, an earlier copy of this reader, and the current
    /// position.
    pub(crate) fn since(&self, earlier: &JsonReader<'a>) -> &'a str {
        self.text.get(earlier.position..self.position).unwrap_or_default()
    }

    /// Begins an object.
    pub(crate) fn object_start(&mut self) -> Result<(), ParseError> {
        self.skip_white_space();
        self.expect(b'{', "not a JSON object")
    }

    /// Reads the name of the next member. Returns `None` at the end of the object. Set `first` if
    /// no member has been read yet.
    pub(crate) fn member_name(
        &mut self,
        first: bool,
    ) -> Result<Option<JsonString<'a>>, ParseError> {
        self.skip_white_space();
        if self.accept(b'}') {
            return Ok(None);
        }
        if !first {
            self.expect(b',', "a comma or the end of the object is missing")?;
            self.skip_white_space();
        }
        let name = self.string("a member name is missing")?;
        self.skip_white_space();
        self.expect(b':', "a colon is missing")?;
        Ok(Some(name))
    }

    /// Begins an array.
    pub(crate) fn array_start(&mut self) -> Result<(), ParseError> {
        self.skip_white_space();
        self.expect(b'[', "not a JSON array")
    }

    /// Returns whether another item follows, and ends the array if not. Set `first` if no item has
    /// been read yet.
    pub(crate) fn has_item(&mut self, first: bool) -> Result<bool, ParseError> {
        self.skip_white_space();
        if self.accept(b']') {
            return Ok(false);
        }
        if !first {
            self.expect(b',', "a comma or the end of the array is missing")?;
        }
        Ok(true)
    }

    /// Reads any value.
    pub(crate) fn value(&mut self) -> Result<JsonValue<'a>, ParseError> {
        self.skip_white_space();
        let (text, at) = (self.text.as_bytes(), self.position);
        match self.peek() {
            Some(b'"') => self.string("").map(JsonValue::String),
            Some(first @ (b'{' | b'[')) => {
                let levels = MAX_DEPTH.saturating_sub(self.level);
                self.pass(grammar::container(text, at, levels, self.lone_surrogates))?;
                Ok(if first == b'{' { JsonValue::Object } else { JsonValue::Array })
            }
            first => {
                let written = self.pass(grammar::scalar(text, at, self.lone_surrogates))?;
                Ok(match first {
                    Some(b't') => JsonValue::Bool(true),
                    Some(b'f') => JsonValue::Bool(false),
                    Some(b'n') => JsonValue::Null,
                    _ => JsonValue::Number(written),
                })
            }
        }
    }

    /// Ends the text. Fails if anything except white space is left.
    pub(crate) fn finish(&mut self) -> Result<(), ParseError> {
        self.skip_white_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("text follows the end of the JSON value")),
        }
    }

    fn string(&mut self, otherwise: &'static str) -> Result<JsonString<'a>, ParseError> {
        let start = self.position;
        let end = grammar::string(self.text.as_bytes(), start, otherwise, self.lone_surrogates);
        let (end, has_escapes) = end.map_err(|wrong| self.wrong(wrong))?;
        self.position = end;
        let raw = self.text.get(start + 1..end - 1).unwrap_or_default();
        Ok(JsonString { raw, has_escapes, is_secret: false })
    }

    /// Moves to `end` and returns the text before it.
    fn pass(&mut self, end: Result<usize, Wrong>) -> Result<&'a str, ParseError> {
        let end = end.map_err(|wrong| self.wrong(wrong))?;
        let passed = self.text.get(self.position..end).unwrap_or_default();
        self.position = end;
        Ok(passed)
    }

    #[cold]
    fn wrong(&self, wrong: Wrong) -> ParseError {
        let place = JsonReader { position: wrong.at, ..*self };
        let error = place.error(wrong.reason);
        match wrong.is_too_deep {
            true => ParseError { kind: ErrorKind::InputTooLarge, ..error },
            false => error,
        }
    }

    fn skip_white_space(&mut self) {
        self.position = grammar::white_space(self.text.as_bytes(), self.position);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let accepted = self.peek() == Some(byte);
        self.position += usize::from(accepted);
        accepted
    }

    fn expect(&mut self, byte: u8, otherwise: &'static str) -> Result<(), ParseError> {
        if self.accept(byte) { Ok(()) } else { Err(self.error(otherwise)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<JsonValue<'_>, ParseError> {
        let mut reader = JsonReader::new(text, 0, "test", ErrorKind::InvalidClientDataJson);
        let value = reader.value()?;
        reader.finish()?;
        Ok(value)
    }

    fn string(text: &str) -> String {
        match whole(text) {
            Ok(JsonValue::String(string)) => string.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    /// Asserts that the reader accepts exactly the texts that `serde_json` accepts.
    #[track_caller]
    fn agrees_with_serde_json(texts: &[&str]) {
        for text in texts {
            let serde = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(whole(text).is_ok(), serde, "{text:?}");
        }
    }

    #[test]
    fn numbers_and_words_are_accepted_as_in_serde_json() {
        agrees_with_serde_json(&[
            "0", "-0", "-", "01", "1.", "1.5", ".5", "1e5", "1E+5", "1e-", "1e", "+1", "0x1",
            "NaN", "Infinity", "true", "tru", "True", "null", "nulll",
        ]);
    }

    #[test]
    fn arrays_and_objects_are_accepted_as_in_serde_json() {
        agrees_with_serde_json(&[
            "[]", "[1]", "[1,]", "[,1]", "[1,2]", "[1 2]", "[", "]", "[[]]", "[[],[]]", "[{}]",
            "[{]}",
        ]);
        agrees_with_serde_json(&[
            "{}",
            r#"{"a":1}"#,
            r#"{"a":1,}"#,
            r#"{"a"}"#,
            r#"{"a":}"#,
            "{a:1}",
            "{1:1}",
            r#"{'a':1}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":{"b":[1,{"c":null}]},"d":[[2]]}"#,
            r#"{"a":[}"#,
            r#"{"a":[}]"#,
        ]);
    }

    #[test]
    fn strings_are_accepted_as_in_serde_json() {
        agrees_with_serde_json(&[r#""""#, r#""a"#, r#""\"""#, "'a'"]);
        // Escapes.
        agrees_with_serde_json(&[
            r#""\x""#,
            r#""\u12""#,
            r#""\u12g4""#,
            r#""\u0041""#,
            r#""\ud83d\ude00""#,
            r#""\ude00""#,
            r#""\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\n""#,
        ]);
        // Characters without an escape.
        agrees_with_serde_json(&["\"\n\"", "\"\t\"", "\"\u{1f}\"", "\"\u{7f}\"", "\"\u{e9}\""]);
    }

    #[test]
    fn white_space_is_accepted_as_in_serde_json_and_comments_are_rejected() {
        agrees_with_serde_json(&[
            "",
            "false ",
            " 1 ",
            "\t\r\n1",
            "\u{a0}1",
            "\u{feff}1",
            "1 2",
            "// c\n1",
            "1 // c",
            "/**/1",
        ]);
    }

    #[test]
    fn cd_09_escapes_are_decoded() {
        assert_eq!(string(r#""https:\/\/example.org""#), "https://example.org");
        assert_eq!(string(r#""\"\\\b\f\n\r\t\u00e9""#), "\"\\\u{8}\u{c}\n\r\t\u{e9}");
        assert_eq!(string(r#""\ud83d\ude00\u0000x""#), "\u{1f600}\0x");
        assert_eq!(string("\"\u{1f600}\""), "\u{1f600}");
    }

    #[test]
    fn strings_are_compared_after_decoding_escapes() {
        let (Ok(JsonValue::String(plain)), Ok(JsonValue::String(escaped))) =
            (whole(r#""type""#), whole(r#""\u0074ype""#))
        else {
            panic!()
        };
        assert_eq!(plain, escaped);
        assert!(escaped == *"type");
        assert!(escaped != *"typ");
        assert!(escaped != *"types");
        assert_eq!(plain.as_str(), Some("type"));
        assert_eq!(escaped.as_str(), None);
    }

    #[test]
    fn a_lone_surrogate_is_read_as_u_fffd_if_allowed() {
        let read = |text| {
            let mut reader = JsonReader::new(text, 0, "test", ErrorKind::InvalidClientDataJson)
                .with_lone_surrogates();
            match reader.value() {
                Ok(JsonValue::String(string)) => string.to_string(),
                other => panic!("{text}: {other:?}"),
            }
        };
        assert_eq!(read(r#""\ud83d\ude00""#), "\u{1f600}");
        assert_eq!(read(r#""a\ud83d""#), "a\u{fffd}");
        assert_eq!(read(r#""\ude00z""#), "\u{fffd}z");
        assert_eq!(read(r#""\ud83dx\u0041""#), "\u{fffd}xA");
        assert_eq!(read(r#""\ud83d\n""#), "\u{fffd}\n");
        assert_eq!(read(r#""\ud83d\u0041""#), "\u{fffd}A");
        assert_eq!(read(r#""\ud83d\ud83d\ude00""#), "\u{fffd}\u{1f600}");
        assert!(
            JsonReader::new(r#""\u12""#, 0, "test", ErrorKind::InvalidClientDataJson)
                .with_lone_surrogates()
                .value()
                .is_err()
        );
    }

    #[test]
    fn cd_10_depth_is_limited_and_deep_input_does_not_recurse() {
        // The value is a member of the root object, which is level 1 of 32.
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(whole(&nested(31)).is_ok());
        assert_eq!(whole(&nested(32)).unwrap_err().kind, ErrorKind::InputTooLarge);
        assert_eq!(whole(&"[".repeat(1_000_000)).unwrap_err().kind, ErrorKind::InputTooLarge);
    }

    #[test]
    fn containers_end_with_their_own_bracket() {
        for good in ["[1]", "{\"a\":1}", "[[1]]", "[{\"a\":[1]}]"] {
            assert!(whole(good).is_ok(), "{good}");
        }
        for bad in ["[1}", "{\"a\":1]", "[1 2", "[[1}]", "[[1]}", "[{\"a\":1]]", "[1x", "[\"a\":"] {
            assert!(whole(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn errors_give_the_offset_of_the_byte() {
        assert_eq!(whole("[1,]").unwrap_err().offset(), 3);
        assert_eq!(whole(r#""ab\x""#).unwrap_err().offset(), 3);
        assert_eq!(whole("1 2").unwrap_err().offset(), 2);
        assert_eq!(
            JsonReader::new("x", 3, "test", ErrorKind::InvalidClientDataJson)
                .value()
                .unwrap_err()
                .offset(),
            3
        );
    }
}
