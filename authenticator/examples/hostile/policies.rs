//! Correct responses that the policy of the relying party does not allow.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
