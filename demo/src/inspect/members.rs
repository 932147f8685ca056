//! The members of a JSON object in a test vector. Each error names the member.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The members of an object. A member that is `null` counts as missing.
#[derive(Clone, Default)]
pub struct Members {
    map: Map<String, Value>,
    /// The prefix of names in errors: empty, or for example `credential.`.
    path: String,
}

impl Members {
    pub fn new(map: Map<String, Value>) -> Members {
        Members { map, path: String::new() }
    }

    /// Returns an error if the object has a member that is not in `known`.
    pub fn of_these(self, known: &[&str]) -> Result<Members, String> {
        match self.map.keys().find(|name| !known.contains(&&***name)) {
            Some(unknown) => {
                Err(format!("The test vector has an unknown member: {}{unknown}.", self.path))
            }
            None => Ok(self),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Returns a member, or an error if it has another type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, String> {
        let value = self.value(name).cloned().map(serde_json::from_value).transpose();
        value.map_err(|error| format!("{}{name}: {error}.", self.path))
    }

    /// Returns a member, or the default of its type.
    pub fn or_default<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, String> {
        self.get(name).map(Option::unwrap_or_default)
    }

    /// Returns the bytes of a member.
    pub fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        self.get(name)?.map(|text: String| self.decode(name, &text)).transpose()
    }

    /// Returns the bytes of each item of a list.
    pub fn list_of_bytes(&self, name: &str) -> Result<Option<Vec<Vec<u8>>>, String> {
        let Some(texts) = self.get::<Vec<String>>(name)? else { return Ok(None) };
        texts.iter().map(|text| self.decode(name, text)).collect::<Result<_, _>>().map(Some)
    }

    fn decode(&self, name: &str, text: &str) -> Result<Vec<u8>, String> {
        let decoded = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        decoded.map_err(|error| format!("{}{name} is not base64url: {error}.", self.path))
    }

    /// Returns the object in a member. It is empty if it is missing.
    pub fn object(&self, name: &str) -> Result<Members, String> {
        Ok(Members { map: self.or_default(name)?, path: format!("{}{name}.", self.path) })
    }

    pub fn insert(&mut self, name: &str, value: Value) {
        self.map.insert(name.to_owned(), value);
    }

    /// Changes a member of the object in a member.
    pub fn insert_into(&mut self, object: &str, name: &str, value: Value) {
        let inner = self.map.entry(object).or_insert(Value::Null);
        if !inner.is_object() {
            *inner = Value::Object(Map::new());
        }
        inner[name] = value;
    }

    pub fn map(&self) -> &Map<String, Value> {
        &self.map
    }
}
