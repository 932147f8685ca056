//! Authenticator data that is too short, too long, or has wrong flags, IDs or counters.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
