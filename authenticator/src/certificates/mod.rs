//! Certificates for tests of certificate paths. The key of an authority follows from its name. Any field
//! of a certificate can be wrong.
//!
//! ```
//! use webauthn_verify_authenticator::certificates::{CertificateFields, ca, issued_by, key, leaf, root};
//!
//! // What a server trusts, an authority below it, and a certificate of that authority.
//! let anchor = root("root");
//! let chain = [issued_by("authority", leaf()), issued_by("root", ca("authority"))];
//!
//! // A certificate of the same root that says version 2.
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
