//! Verifies passkeys on the server, for relying parties of [W3C Web Authentication Level 3][spec].
//!
//! When a user registers a passkey or signs in with one, the browser sends a response to your
//! server. This crate parses the response and performs every verification step of the
//! specification: §7.1 for a registration, §7.2 for a login. If a step fails, the error names the
//! step and the reason.
//!
//! The crate has no storage, no I/O, no clock and no global state. You pass the stored credentials
//! and the current time, and get the result of the verification.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//!
//! # Example
//!
#![cfg_attr(feature = "getrandom", doc = "```")]
#![cfg_attr(not(feature = "getrandom"), doc = "```ignore")]
#![doc = include_str!("../examples/register_and_login.rs")]
//! ```
//!
//! # Concepts
//!
//! A *ceremony* is one registration or one login. It takes two HTTP requests: you start the
//! ceremony and send options to the browser, and you finish it with the response of the browser.
//!
//! - [`RelyingParty`]: the configuration of your site. Create it when the program starts.
//! - [`RegistrationRequest`], [`AuthenticationRequest`]: the settings of one ceremony. Starting it
//!   returns the options for the browser, and a pending state that you keep in the session.
//! - [`RegistrationResponse`], [`AuthenticationResponse`]: the response of the browser.
//! - [`Registration`], [`Authentication`]: the verdict, which is the result of a ceremony in which
//!   every step passed.
//! - [`Credential`]: the record of a passkey that you store in your database.
//! - [`Error`]: the [`Step`] that failed, and the [`ErrorKind`] that you can match on.
//!
#![cfg_attr(
    all(feature = "attestation", feature = "getrandom", feature = "metadata"),
    doc = include_str!("guide/contents.md")
)]
//! # Building blocks
//!
//! You can also use the parts that the ceremonies consist of:
//!
//! - [`parse`] parses client data, authenticator data, attestation objects and COSE keys.
//! - [`signature::verify`] verifies one signature.
//! - [`attestation::verify`] verifies one attestation statement.
//! - `certificate` (feature `attestation`) validates certificate paths.
//! - `metadata` (feature `metadata`) reads the BLOB of the FIDO Metadata Service.
//! - [`migrate`] converts public keys that another library stored.
//!
//! # Crate features
//!
//! Features only add abilities. Everything that is accepted without a feature is also accepted with
//! it.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `attestation` | yes | X.509 certificates, and the attestation formats that need them |
//! | `metadata` | no | FIDO metadata: the trust anchors and the status of each authenticator model |
//! | `getrandom` | yes | random challenges from the operating system; without it, you pass a challenge to each request |
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
