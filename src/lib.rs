//! Verifies passkeys on the server: [W3C Web Authentication Level 3][spec] for relying parties.
//!
//! A browser creates a passkey, or signs in with one, and sends a response. This crate parses the
//! response and checks every step of §7.1 (registering a new credential) or §7.2 (verifying an
//! authentication assertion). If a step fails, the error names the step and the reason.
//!
//! The crate has no storage, I/O, clock or global state. You pass the records and the time, and get
//! a verdict.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//!
//! # Example
//!
//! This example registers a passkey and signs in with it.
//!
#![cfg_attr(feature = "getrandom", doc = "```")]
#![cfg_attr(not(feature = "getrandom"), doc = "```ignore")]
#![doc = include_str!("../examples/register_and_login.rs")]
//! ```
//!
//! # Concepts
//!
//! - [`RelyingParty`]: your site and its policies. Create it once.
//! - A request ([`RegistrationRequest`], [`AuthenticationRequest`]): the wishes for one ceremony.
//!   Starting the ceremony returns options for the browser and a pending state for the session.
//! - A response ([`RegistrationResponse`], [`AuthenticationResponse`]): the answer of the browser.
//! - [`Credential`]: the record that you store for a passkey.
//! - A verdict ([`Registration`], [`Authentication`]): the proof that every step passed.
//! - [`Error`]: the [`Step`] that failed, and the [`ErrorKind`] to match on.
//!
#![cfg_attr(
    all(feature = "attestation", feature = "getrandom", feature = "metadata"),
    doc = include_str!("guide/contents.md")
)]
//! # Building blocks
//!
//! You can also use the parts below the ceremonies:
//!
//! - [`parse`]: the parsers of client data, authenticator data, attestation objects and COSE keys.
//! - [`signature::verify`]: the verification of one signature.
//! - [`attestation::verify`]: the verification of one attestation statement.
//! - `certificate` (feature `attestation`): the validation of certificate paths.
//! - `metadata` (feature `metadata`): the lists of the FIDO Metadata Service.
//! - [`migrate`]: the conversion of public keys that another library stored.
//!
//! # Crate features
//!
//! Features only add code. Enabling a feature never changes a verdict.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `attestation` | yes | X.509 certificates, and the attestation formats that need them |
//! | `metadata` | no | FIDO metadata: models of authenticators, their trust anchors and status |
//! | `getrandom` | yes | challenges from the operating system; without it, you pass them |
//! | `k256` | no | ES256K |
//! | `ed448` | no | Ed448 |
//! | `ml-dsa` | no | ML-DSA-44, ML-DSA-65, ML-DSA-87 |
#![cfg_attr(docsrs, feature(doc_cfg))]
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

pub mod attestation;
#[cfg(feature = "attestation")]
mod calendar;
mod ceremony;
#[cfg(feature = "attestation")]
pub mod certificate;
mod config_error;
mod debug;
mod encoding;
mod error;
mod error_data;
#[cfg(all(
    any(doc, doctest),
    feature = "attestation",
    feature = "getrandom",
    feature = "metadata"
))]
pub mod guide;
#[cfg(feature = "attestation")]
mod jws;
mod key;
mod message;
#[cfg(feature = "metadata")]
pub mod metadata;
pub mod migrate;
mod names;
mod oid;
mod quirk;
mod reader;
pub mod signature;
mod spec;
mod text;

pub use ceremony::{
    AllAcceptedCredentialsOptions, AttestationConveyance, Authentication, AuthenticationRequest,
    AuthenticationResponse, AuthenticatorAttachment, BackupChange, BackupPolicy, CreationOptions,
    Credential, CredentialUpdate, CurrentUserDetailsOptions, DecoySecret, DecoyShape, FlagChange,
    Hint, Mediation, Payment, PaymentInstrument, PaymentOptions, PaymentOrder,
    PendingAuthentication, PendingPayment, PendingRegistration, Registration, RegistrationRequest,
    RegistrationResponse, RelatedOrigins, RelyingParty, RequestOptions, ResidentKey, SignCount,
    SignCountPolicy, Transport, UnknownCredentialOptions, User, UserVerification,
};
pub use error::{Category, ConfigError, Error, ErrorData, ErrorKind, Failure, ParseError};
pub use key::{Algorithm, KeyKind, KeyMaterial, PublicKey};
pub use quirk::{Quirk, Quirks};
pub use signature::prepared::PreparedKey;
pub use spec::{Ceremony, Step};

/// The parsers. They return views that borrow the input, and allocate nothing.
pub mod parse {
    pub use crate::encoding::json::JsonString;
    pub use crate::message::attestation_object::AttestationObject;
    pub use crate::message::authenticator_data::{
        Aaguid, AttestedCredentialData, AuthenticatorData, Flags,
    };
    pub use crate::message::client_data::ClientData;
    pub use crate::message::cose_key::CoseKey;
    pub use crate::message::payment::PaymentData;
}

/// The inputs and outputs of extensions (§9).
///
/// The requests have a method for each extension. A verdict contains [`ClientOutputs`], which
/// nobody signed, and [`AuthenticatorOutputs`], which the authenticator signed.
///
/// [`AuthenticatorOutputs`]: extensions::AuthenticatorOutputs
/// [`ClientOutputs`]: extensions::ClientOutputs
pub mod extensions {
    pub use crate::ceremony::{
        ClientOutputs, CredentialProperties, LargeBlobOutputs, LargeBlobSupport, PrfOutputs,
        PrfResults,
    };
    pub use crate::message::extensions::{AuthenticatorOutputs, CredentialProtection, UvmEntry};
}

/// Compiles the code in the README.
#[cfg(all(doctest, feature = "attestation", feature = "getrandom"))]
#[doc = include_str!("../README.md")]
struct Readme;
