//! Login signatures that are wrong, malformed or of another algorithm.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
