//! The options that a server sends. They are read and checked as in a browser.

mod common;
pub(crate) mod creation;
pub(crate) mod extensions;
mod json;
pub(crate) mod origin;
pub(crate) mod payment;
pub(crate) mod request;

use serde::Serialize;
use serde_json::Value;

use crate::error::AuthenticatorError;

/// Returns the JSON of options. If they serialise to a string, the string is parsed as JSON.
pub(crate) fn json(options: &(impl Serialize + ?Sized)) -> Result<Value, AuthenticatorError> {
    match serde_json::to_value(options) {
        Ok(Value::String(text)) => serde_json::from_str(&text).map_err(|error| {
            AuthenticatorError::thrown("SyntaxError", format!("the options are not JSON: {error}"))
        }),
        Ok(value) => Ok(value),
        Err(error) => {
            let reason = format!("the options could not be serialised as JSON: {error}");
            Err(AuthenticatorError::new(reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_string_is_parsed_as_json() {
        let value = json!({ "publicKey": {} });
        assert_eq!(json(&value).unwrap(), value);
        assert_eq!(json(&value.to_string()).unwrap(), value);
        assert_eq!(json(r#"{ "publicKey": {} }"#).unwrap(), value);
        let error = json("{").unwrap_err();
        assert_eq!(error.exception(), Some("SyntaxError"));
    }
}
