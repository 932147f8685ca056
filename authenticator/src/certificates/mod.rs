//! Certificates for testing the validation of certificate paths. The key of an authority is derived
//! from its name. Any field of a certificate can be wrong.
//!
//! ```
//! use webauthn_verify_authenticator::certificates::{
//!     CertificateFields, ca, issued_by, key, leaf, root,
//! };
//!
//! // A trust anchor, and a chain of a leaf certificate and an authority below the anchor.
//! let anchor = root("root");
//! let chain = [issued_by("authority", leaf()), issued_by("root", ca("authority"))];
//!
//! // A certificate from the same root, with version 2.
//! let mut fields = CertificateFields::new();
//! fields.version = vec![0xa0, 3, 2, 1, 1];
//! let wrong = fields.sign(&key("root"));
//! # assert!([&anchor, &chain[0], &chain[1], &wrong].iter().all(|der| der[0] == 0x30));
//! ```

mod authority;
mod fields;

pub use crate::certificate::{BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_ALT_NAME, extension, validity};
pub use authority::{
    NOW, attestation_certificate, attestation_subject, bare, ca, ca_with_path_length, issued_by,
    key, leaf, name, now, root, rsa_key,
};
pub use fields::{CertificateFields, ECDSA_WITH_SHA256, SHA256_WITH_RSA};
