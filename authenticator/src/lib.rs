//! A software authenticator together with the browser around it, for tests of any server that
//! speaks WebAuthn.
//!
//! [`SoftwareAuthenticator`] takes the options that a server sends, as JSON, and returns the JSON
//! that a browser would send back. It needs no browser, no device and no network, remembers its
//! credentials like a real authenticator, and everything it makes follows from its seed, so that
//! a test that failed once fails again:
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
//! The browser refuses what a browser refuses, so that a test finds options that would not work:
//! an RP ID that does not fit the origin, a member that is missing, or inputs of extensions that
//! contradict each other. The error names the member, and the exception that a browser throws.
//!
//! [`SoftwareAuthenticator::break_next`] makes the next response wrong in exactly one way, a
//! [`Fault`], so that a test can show that a server refuses it for that reason.
//!
//! Below it are the parts it is made of, for tests that need control over every byte:
//! [`ClientDataBuilder`], [`AuthenticatorDataBuilder`], [`AttestationStatement`],
//! [`CertificateBuilder`], [`KeyDescriptionBuilder`], [`TpmStructure`], [`PrivateKey`], and [`der`] for
//! what goes into certificates. [`MetadataBlobBuilder`] makes signed lists of models, and
//! [`SoftwareAuthenticator::metadata`] one with the authenticator in it, right or wrong in one way.
//!
//! Three modules help to test a server without a browser. [`certificates`] makes chains of named
//! authorities, and certificates with any field wrong. [`costly`] makes the requests that cost a
//! server the most time and memory. [`large_metadata`] makes metadata as large as the real one.
//!
//! It is made for tests and protects nothing: keys follow from seeds that are often short, and
//! the arithmetic with them makes no promise about its running time.
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
