//! Stored records and pending states that do not fit the response, or cannot be read.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
