//! A software authenticator and the browser around it, for testing any WebAuthn server.
//!
//! [`SoftwareAuthenticator`] takes the options that a server sends, as JSON, and returns the JSON
//! that a browser would send back. It needs no browser, no device and no network. Like a real
//! authenticator, it remembers its credentials. Everything it creates is derived from its seed, so
//! a test that fails once fails again:
//!
//! ```
//! use webauthn_verify_authenticator::SoftwareAuthenticator;
//!
//! let options = r#"{
//!     "rp": { "id": "example.com", "name": "Example" },
//!     "user": { "id": "dXNlci0wMDAx", "name": "alice", "displayName": "Alice" },
//!     "challenge": "aSByZXBlYXQgbXlzZWxmIG5ldmVyLg",
//!     "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }]
//! }"#;
//! let mut alice = SoftwareAuthenticator::from_seed(b"alice");
//! let mut alice_again = SoftwareAuthenticator::from_seed(b"alice");
//! let response = alice.register(options, "https://example.com")?;
//! assert_eq!(response, alice_again.register(options, "https://example.com")?);
//! # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
//! ```
//!
//! Options that a browser would reject are rejected here too: an RP ID that does not fit the
//! origin, a missing member, or extension inputs that contradict each other. The error names the
//! member and the exception that a browser throws.
//!
//! [`SoftwareAuthenticator::break_next`] makes the next response wrong in exactly one way, a
//! [`Fault`]. With it, a test can show that a server rejects a response for that reason.
//!
//! The parts of the authenticator are public too, for tests that need control over every byte:
//! [`ClientDataBuilder`], [`AuthenticatorDataBuilder`], [`AttestationStatement`],
//! [`CertificateBuilder`], [`KeyDescriptionBuilder`], [`TpmStructure`], [`PrivateKey`], and [`der`]
//! for the content of certificates. [`MetadataBlobBuilder`] creates signed FIDO metadata.
//! [`SoftwareAuthenticator::metadata`] creates metadata that lists the authenticator, either
//! correct or wrong in one way.
//!
//! Three modules help to test a server without an authenticator. [`certificates`] creates chains of
//! named authorities, and certificates in which any field can be wrong. [`costly`] creates the
//! requests that cost a server the most time and memory. [`large_metadata`] creates metadata as
//! large as the real one.
//!
//! This crate is for tests only and protects nothing. Keys are derived from seeds that are often
//! short, and the arithmetic with them is not constant-time.
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

pub mod algorithm;
mod attestation;
mod attestation_statement;
mod authenticator_data;
mod base64url;
mod broken;
mod certificate;
pub mod certificates;
mod client_data;
pub mod costly;
mod debug;
pub mod der;
mod error;
mod extensions;
mod fault;
mod jws;
pub mod large_metadata;
mod mersenne;
mod metadata_blob;
mod metadata_case;
mod options;
mod private_key;
mod public_numbers;
mod rsa_verifier;
mod seed;
mod software;

pub use attestation::kind::AttestationKind;
pub use attestation::{KeyDescriptionBuilder, SafetyNetResponseBuilder, TpmStructure, tpm2b};
pub use attestation_statement::{AttestationStatement, u2f_signed_message};
pub use authenticator_data::{AuthenticatorDataBuilder, flag};
pub use certificate::{CertificateBuilder, DistinguishedName};
pub use client_data::{ClientDataBuilder, ccd_to_string};
pub use error::AuthenticatorError;
pub use fault::Fault;
pub use mersenne::mersenne;
pub use metadata_blob::MetadataBlobBuilder;
pub use metadata_case::{MetadataCase, MetadataOutcome, PublishedMetadata};
pub use private_key::PrivateKey;
pub use public_numbers::PublicNumbers;
pub use rsa_verifier::RsaVerifier;
pub use software::SoftwareAuthenticator;
