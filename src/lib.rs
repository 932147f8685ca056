#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod attestation;
mod ceremony;
#[cfg(feature = "attestation")]
pub mod certificate;
mod encoding;
mod error;
mod key;
mod message;
mod quirk;
mod reader;
pub mod signature;
mod spec;

pub use ceremony::{
    AttestationConveyance, Authentication, AuthenticationRequest, AuthenticationResponse,
    AuthenticatorAttachment, BackupChange, BackupPolicy, CreationOptions, Credential,
    CredentialUpdate, Hint, Mediation, PendingAuthentication, PendingRegistration, Registration,
    RegistrationRequest, RegistrationResponse, RelyingParty, RequestOptions, ResidentKey,
    SignCount, SignCountPolicy, Transport, User, UserVerification,
};
pub use error::{Category, ConfigError, Error, ErrorKind, Failure, ParseError};
pub use key::{Algorithm, KeyMaterial, PublicKey};
pub use quirk::{Quirk, Quirks};
pub use spec::{Ceremony, Step};

/// The parsers, usable alone.
pub mod parse {
    pub use crate::encoding::json::JsonString;
    pub use crate::message::attestation_object::{AttestationObject, AttestationStatement};
    pub use crate::message::authenticator_data::{
        Aaguid, AttestedCredentialData, AuthenticatorData, Flags,
    };
    pub use crate::message::client_data::ClientData;
    pub use crate::message::cose_key::CoseKey;
    pub use crate::message::extensions::Extensions;
}
