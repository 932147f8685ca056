//! Response JSON that must be refused, and response JSON that must pass.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
