//! Client extension results, which a response and the verdict on it share.

use core::fmt;
use core::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// A map that is cloned without copying it. An empty one, as of most logins, is `None`.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ExtensionResults(Option<Arc<Map<String, Value>>>);

impl From<Map<String, Value>> for ExtensionResults {
    fn from(map: Map<String, Value>) -> ExtensionResults {
        ExtensionResults((!map.is_empty()).then(|| Arc::new(map)))
    }
}

impl Deref for ExtensionResults {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        self.0.as_deref().unwrap_or_else(|| &EMPTY)
    }
}

impl fmt::Debug for ExtensionResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
