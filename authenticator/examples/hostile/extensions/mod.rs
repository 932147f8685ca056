//! To do.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
