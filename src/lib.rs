//! Verifies WebAuthn (passkey) registrations and logins on the server.
//!
//! A browser makes a credential, or signs in with one, and sends a response. This crate parses
//! it, checks every step of [W3C Web Authentication Level 3][spec], §7.1 (registering a new
//! credential) and §7.2 (verifying an authentication assertion), in the specification's order,
//! and says exactly which step failed. It keeps no storage, does no I/O, has no clock and no
//! global state: records and time come in as arguments, a verdict goes out.
//!
//! [spec]: https://www.w3.org/TR/webauthn-3/
//!
//! # Both ceremonies
#![cfg_attr(feature = "getrandom", doc = "```")]
#![cfg_attr(not(feature = "getrandom"), doc = "```ignore")]
#![doc = include_str!("../examples/register_and_login.rs")]
//! ```
//!
//! # Six concepts
//!
//! - [`RelyingParty`]: the site and its policies, made once.
//! - A request ([`RegistrationRequest`], [`AuthenticationRequest`]): what one ceremony asks for.
//!   Starting it gives options for the browser and a pending state for the session.
//! - A response ([`RegistrationResponse`], [`AuthenticationResponse`]): the browser's answer.
//! - [`Credential`]: the record that an account stores.
//! - A verdict ([`Registration`], [`Authentication`]): proof that every step passed.
//! - [`Error`], with the [`Step`] that failed and the [`ErrorKind`] to match on.
//!
//! # Payments
//!
//! In Secure Payment Confirmation a user confirms a payment with a passkey, often in the page of a
//! shop that is not the relying party. [`RelyingParty::start_payment`] and
//! [`finish_payment`](RelyingParty::finish_payment) compare what the user saw with a
//! [`PaymentOrder`]; the verdict is a [`Payment`], which is no login.
//!
//! # Building blocks
//!
//! Below the ceremonies, and usable alone: the parsers in [`parse`], [`signature::verify`],
//! [`attestation::verify`]; with the feature `attestation` the path validation in `certificate`,
//! and with the feature `metadata` the lists of the FIDO Metadata Service in `metadata`. Switching
//! from another library? [`migrate`] converts stored keys into credential records.
//!
//! # Crate features
//!
//! Features only add; none changes a verdict by being compiled in.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `attestation` | yes | X.509 certificates and the attestation formats that need them |
//! | `metadata` | no | FIDO metadata: models of authenticators, their trust anchors and history |
//! | `getrandom` | yes | challenges from the operating system; without it requests bring their own |
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

/// The parsers, for users who need nothing else: views that borrow their input and allocate
/// nothing.
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

/// Extensions (§9): the types of their inputs and outputs. The requests have a method for each
/// extension. The verdicts give what the client said, unsigned, as [`ClientOutputs`], and what the
/// authenticator said, signed, as [`AuthenticatorOutputs`].
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

/// The code in the README, compiled.
#[cfg(all(doctest, feature = "attestation", feature = "getrandom"))]
#[doc = include_str!("../README.md")]
struct Readme;
