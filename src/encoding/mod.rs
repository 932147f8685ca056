//! Bytes to tokens. Nothing here knows of WebAuthn.

pub(crate) mod base64url;
pub(crate) mod cbor;
pub(crate) mod definite;
pub(crate) mod der;
pub(crate) mod json;
pub(crate) mod json_grammar;
