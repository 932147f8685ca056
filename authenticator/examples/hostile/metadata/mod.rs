//! Metadata BLOBs, and attestations of the models in them.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
