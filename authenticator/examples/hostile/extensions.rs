//! Extension outputs that do not meet the requirements of a request.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
