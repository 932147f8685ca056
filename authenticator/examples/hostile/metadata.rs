//! Registrations whose model the FIDO metadata refuses or does not prove.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
