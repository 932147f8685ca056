//! Readers and writers of encodings: CBOR, JSON, DER, base64url and hexadecimal. This module does
//! not depend on WebAuthn.

pub(crate) mod base64url;
pub(crate) mod cbor;
pub(crate) mod der;
pub(crate) mod hex;
pub(crate) mod json;
