//! The formats that need the crate feature `attestation`: those with certificates, and `compound`,
//! which has several statements of other formats.

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
