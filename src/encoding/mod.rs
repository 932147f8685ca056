//! Readers and writers of encodings: CBOR, JSON, DER and base64url. This module does not depend on
//! WebAuthn.

pub(crate) mod base64url;
pub(crate) mod cbor;
pub(crate) mod der;
pub(crate) mod json;
