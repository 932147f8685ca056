//! X.509 certificates (RFC 5280): views of a certificate, trust anchors, and path validation.
//!
//! `form` reads a certificate in one strict walk. All comparisons and checks use its results. The
//! crate `x509-parser` only formats names and times for people (`text`).

mod algorithm;
mod anchor;
mod constraints;
mod failure;
mod form;
mod name;
mod path;
mod pss;
mod public_key;
mod revocation;
mod server;
mod text;
mod view;

pub use anchor::TrustAnchor;
#[cfg(feature = "metadata")]
pub(crate) use form::subject_public_key;
pub(crate) use path::{Purpose, find_path};
pub use path::{TrustPath, verify_path};
pub(crate) use revocation::REVOKED;
pub use revocation::Revocations;
pub(crate) use text::name_of;
pub(crate) use view::Certificate;
