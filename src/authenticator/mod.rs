//! A software authenticator together with the browser around it, for tests.
//!
//! [`SoftwareAuthenticator`] takes the options that a relying party sends and returns the JSON
//! that a browser would send back. It needs no browser, no device and no network, remembers its
//! credentials like a real authenticator, and everything it makes follows from its seed, so that
//! a test that failed once fails again:
//!
//! ```
//! use webauthn_verify::authenticator::SoftwareAuthenticator;
//!
//! let alice = SoftwareAuthenticator::from_seed(b"alice");
//! let alice_again = SoftwareAuthenticator::from_seed(b"alice");
//! assert_eq!(alice.attestation_root(), alice_again.attestation_root());
//! ```
//!
//! [`SoftwareAuthenticator::break_next`] makes the next response wrong in exactly one way, a
//! [`Fault`], so that a test can show that a relying party refuses it for that reason.
//!
//! Below it are the parts it is made of, for tests that need control over every byte:
//! [`ClientDataBuilder`], [`AuthenticatorDataBuilder`], [`AttestationStatement`],
//! [`CertificateBuilder`], [`KeyDescriptionBuilder`], [`TpmStructure`], [`PrivateKey`], and [`der`] for
//! what goes into certificates.
//! With the feature `metadata` there is `MetadataBlobBuilder` for signed lists of models, and
//! `SoftwareAuthenticator::metadata` for one with the authenticator in it, right or wrong in one way.
//!
//! It is made for tests and protects nothing: keys follow from seeds that are often short, and
//! the arithmetic with them makes no promise about its running time.

mod attestation;
mod attestation_statement;
mod authenticator_data;
mod broken;
mod certificate;
mod client_data;
pub mod der;
mod error;
mod extensions;
mod fault;
mod jws;
#[cfg(feature = "metadata")]
mod metadata_blob;
#[cfg(feature = "metadata")]
mod metadata_case;
mod payment;
mod private_key;
mod public_numbers;
mod seed;
mod software;

pub use attestation::{
    AttestationKind, KeyDescriptionBuilder, SafetyNetResponseBuilder, TpmStructure, tpm2b,
};
pub use attestation_statement::{AttestationStatement, u2f_signed_message};
pub use authenticator_data::{AuthenticatorDataBuilder, flag};
pub use certificate::{CertificateBuilder, DistinguishedName};
pub use client_data::{ClientDataBuilder, ccd_to_string};
pub use error::AuthenticatorError;
pub use fault::Fault;
#[cfg(feature = "metadata")]
pub use metadata_blob::MetadataBlobBuilder;
#[cfg(feature = "metadata")]
pub use metadata_case::{MetadataCase, MetadataOutcome, PublishedMetadata};
pub use private_key::PrivateKey;
pub use public_numbers::PublicNumbers;
pub use software::SoftwareAuthenticator;
