//! Public keys with wrong labels, lengths, curves and numbers, for every algorithm.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
