//! JSON that is read as in WebIDL: dictionaries in which each member has one type.
//!
//! Unknown members are ignored, as in browsers. `null` is converted as in a browser: to an empty
//! dictionary, `false`, 0 or the string `null`. Every other value must have the type of its member.
//! Browsers convert such values instead, but a server never means that.

use serde_json::{Map, Value};

use crate::base64url;
use crate::error::AuthenticatorError;

/// The exception for a member that is missing or has the wrong type.
pub(crate) const TYPE_ERROR: &str = "TypeError";

/// The exception for a string that is not base64url.
const ENCODING_ERROR: &str = "EncodingError";

/// A JSON object with its members.
pub(crate) struct Dictionary<'a> {
    /// The path of the object, such as `user`. It is empty for the outermost object.
    path: String,
    members: Option<&'a Map<String, Value>>,
}

/// A value and its path.
pub(crate) struct Member<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Dictionary<'a> {
    /// Returns the outermost dictionary. Errors use `name` if the value is not an object.
    pub(crate) fn outermost(
        name: &str,
        value: &'a Value,
    ) -> Result<Dictionary<'a>, AuthenticatorError> {
        let dictionary = Member { path: name.to_owned(), value }.dictionary()?;
        Ok(Dictionary { path: String::new(), ..dictionary })
    }

    pub(crate) fn empty() -> Dictionary<'a> {
        Dictionary { path: String::new(), members: None }
    }

    pub(crate) fn optional(&self, name: &str) -> Option<Member<'a>> {
        let value = self.members?.get(name)?;
        Some(Member { path: self.path_of(name), value })
    }

    pub(crate) fn required(&self, name: &str) -> Result<Member<'a>, AuthenticatorError> {
        self.optional(name).ok_or_else(|| {
            AuthenticatorError::thrown(TYPE_ERROR, format!("{} is missing", self.path_of(name)))
        })
    }

    pub(crate) fn string(&self, name: &str) -> Result<Option<&'a str>, AuthenticatorError> {
        self.optional(name).map(|member| member.string()).transpose()
    }

    /// Returns a boolean. It is false if the member is missing.
    pub(crate) fn boolean(&self, name: &str) -> Result<bool, AuthenticatorError> {
        self.optional(name).map_or(Ok(false), |member| member.boolean())
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, AuthenticatorError> {
        self.optional(name).map(|member| member.bytes()).transpose()
    }

    /// Returns a sequence. It is empty if the member is missing.
    pub(crate) fn sequence(&self, name: &str) -> Result<Vec<Member<'a>>, AuthenticatorError> {
        self.optional(name).map_or(Ok(Vec::new()), |member| member.sequence())
    }

    /// Checks a sequence of strings that have no effect.
    pub(crate) fn check_strings(&self, name: &str) -> Result<(), AuthenticatorError> {
        self.sequence(name)?.iter().try_for_each(|member| member.string().map(drop))
    }

    pub(crate) fn dictionary(
        &self,
        name: &str,
    ) -> Result<Option<Dictionary<'a>>, AuthenticatorError> {
        self.optional(name).map(Member::dictionary).transpose()
    }

    /// Returns the members as a record, in which the server chooses the names.
    pub(crate) fn record(&self) -> impl Iterator<Item = (&'a str, Member<'a>)> {
        self.members
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), Member { path: self.path_of(name), value }))
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl<'a> Member<'a> {
    /// Creates an error for this member with the exception of a browser.
    pub(crate) fn refused(&self, exception: &'static str, reason: &str) -> AuthenticatorError {
        AuthenticatorError::thrown(exception, format!("{} {reason}", self.path))
    }

    pub(crate) fn dictionary(self) -> Result<Dictionary<'a>, AuthenticatorError> {
        let members = match self.value {
            Value::Object(members) => Some(members),
            Value::Null => None,
            _ => return Err(self.not("an object")),
        };
        Ok(Dictionary { path: self.path, members })
    }

    pub(crate) fn string(&self) -> Result<&'a str, AuthenticatorError> {
        match self.value {
            Value::String(text) => Ok(text),
            Value::Null => Ok("null"),
            _ => Err(self.not("a string")),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, AuthenticatorError> {
        match self.value {
            Value::Bool(truth) => Ok(*truth),
            Value::Null => Ok(false),
            _ => Err(self.not("a boolean")),
        }
    }

    /// Checks that the value is a number of any size.
    pub(crate) fn check_number(&self) -> Result<(), AuthenticatorError> {
        match self.value {
            Value::Number(_) | Value::Null => Ok(()),
            _ => Err(self.not("a number")),
        }
    }

    pub(crate) fn integer(&self) -> Result<i64, AuthenticatorError> {
        match self.value {
            Value::Number(number) => number.as_i64().ok_or_else(|| self.not("an integer")),
            Value::Null => Ok(0),
            _ => Err(self.not("a number")),
        }
    }

    pub(crate) fn sequence(&self) -> Result<Vec<Member<'a>>, AuthenticatorError> {
        let Value::Array(items) = self.value else { return Err(self.not("an array")) };
        let item = |(index, value)| Member { path: format!("{}[{index}]", self.path), value };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// Decodes base64url.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, AuthenticatorError> {
        base64url::decode(self.string()?)
            .ok_or_else(|| self.refused(ENCODING_ERROR, "is not base64url without padding"))
    }

    /// Decodes base64url and requires at least one byte.
    pub(crate) fn some_bytes(&self) -> Result<Vec<u8>, AuthenticatorError> {
        let bytes = self.bytes()?;
        if bytes.is_empty() {
            return Err(self.refused(TYPE_ERROR, "is empty"));
        }
        Ok(bytes)
    }

    fn not(&self, expected: &str) -> AuthenticatorError {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.refused(TYPE_ERROR, &format!("is {found}, not {expected}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused<T>(result: Result<T, AuthenticatorError>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_error_names_a_member_of_the_wrong_type() {
        let value = json!({ "a": { "b": [1, {}], "c": "=", "d": 1.5 } });
        let options = Dictionary::outermost("the options", &value).unwrap();
        let a = options.dictionary("a").unwrap().unwrap();
        let items = a.sequence("b").unwrap();
        assert_eq!(items[0].integer(), Ok(1));
        assert!(options.sequence("x").unwrap().is_empty());
        assert_eq!((options.string("x"), options.boolean("x")), (Ok(None), Ok(false)));
        for (message, expected) in [
            (refused(options.required("x")), "x is missing"),
            (refused(a.required("x")), "a.x is missing"),
            (refused(options.string("a")), "a is an object, not a string"),
            (refused(items[0].string()), "a.b[0] is a number, not a string"),
            (refused(items[1].integer()), "a.b[1] is an object, not a number"),
            (refused(a.dictionary("b")), "a.b is an array, not an object"),
            (refused(a.sequence("c")), "a.c is a string, not an array"),
            (refused(a.boolean("c")), "a.c is a string, not a boolean"),
            (refused(a.required("c").unwrap().check_number()), "a.c is a string, not a number"),
            (refused(a.required("d").unwrap().integer()), "a.d is a number, not an integer"),
            (refused(Dictionary::outermost("the options", &json!(1))), "the options is a number"),
        ] {
            assert!(message.starts_with(expected), "{message}");
            assert!(message.ends_with(" (a browser reports TypeError)"), "{message}");
        }
        assert_eq!(
            refused(a.bytes("c")),
            "a.c is not base64url without padding (a browser reports EncodingError)"
        );
    }

    #[test]
    fn null_is_converted_as_in_a_browser() {
        let value = json!({ "a": null });
        let options = Dictionary::outermost("options", &value).unwrap();
        assert!(options.dictionary("a").unwrap().unwrap().optional("b").is_none());
        assert_eq!(options.string("a"), Ok(Some("null")));
        assert_eq!(options.boolean("a"), Ok(false));
        assert_eq!(options.required("a").unwrap().integer(), Ok(0));
        assert!(options.sequence("a").is_err());
    }
}
