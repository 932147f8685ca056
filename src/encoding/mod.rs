//! Bytes to tokens, and back. Nothing here knows of WebAuthn.

pub(crate) mod base64url;
pub(crate) mod cbor;
pub(crate) mod der;
pub(crate) mod json;
