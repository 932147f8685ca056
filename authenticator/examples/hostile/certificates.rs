//! Attestation certificates and certificate paths that break a rule of DER or RFC 5280.

use serde_json::Value;

pub(crate) fn cases() -> Vec<Value> {
    Vec::new()
}
