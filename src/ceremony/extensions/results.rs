//! Client extension results, which a response and the verdict on it share.

use core::fmt;
use core::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
static DISCOVERABLE: LazyLock<Map<String, Value>> = LazyLock::new(|| cred_props(true));
static NOT_DISCOVERABLE: LazyLock<Map<String, Value>> = LazyLock::new(|| cred_props(false));

fn cred_props(rk: bool) -> Map<String, Value> {
    let output = Map::from_iter([("rk".to_owned(), Value::Bool(rk))]);
    Map::from_iter([("credProps".to_owned(), Value::Object(output))])
}

/// A map that is cloned without copying it.
#[derive(Clone, Default)]
pub(crate) enum ExtensionResults {
    /// No results, as of most logins.
    #[default]
    Empty,
    /// That of `credProps` alone, as of most registrations: whether the credential is discoverable.
    Discoverable(bool),
    Other(Arc<Map<String, Value>>),
}

impl From<Map<String, Value>> for ExtensionResults {
    fn from(map: Map<String, Value>) -> ExtensionResults {
        if map.is_empty() {
            ExtensionResults::Empty
        } else {
            ExtensionResults::Other(Arc::new(map))
        }
    }
}

impl Deref for ExtensionResults {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        match self {
            ExtensionResults::Empty => &EMPTY,
            ExtensionResults::Discoverable(true) => &DISCOVERABLE,
            ExtensionResults::Discoverable(false) => &NOT_DISCOVERABLE,
            ExtensionResults::Other(map) => map,
        }
    }
}

impl PartialEq for ExtensionResults {
    fn eq(&self, other: &ExtensionResults) -> bool {
        **self == **other
    }
}

impl fmt::Debug for ExtensionResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
