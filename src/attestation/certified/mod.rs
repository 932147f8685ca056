//! The formats that require the crate feature `attestation`: the formats with certificates, and
//! `compound`, which contains statements of other formats.

pub(super) mod android_key;
pub(super) mod android_safetynet;
pub(super) mod any_statement;
pub(super) mod apple;
mod certificate_key;
pub(super) mod compound;
pub(super) mod extension;
pub(super) mod fido_u2f;
pub(super) mod packed;
pub(super) mod tpm;
