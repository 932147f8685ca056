//! The two ceremonies: the options that a relying party sends, the response that it receives, and
//! all steps of the verification.

// The documentation shows methods in the order of these files, so the methods that come first are
// declared first.
mod relying_party;
mod start;

mod algorithm_set;
mod app_origin;
mod authentication;
mod bytes;
mod challenge;
mod checks;
mod credential;
mod credential_update;
mod decoy;
mod extensions;
mod iframe;
mod options;
mod origin;
mod page_origin;
mod payment;
mod pending;
mod policy;
mod recordings;
mod registration;
mod related_origins;
mod request;
mod response;
mod response_body;
mod response_json;
mod response_members;
mod response_serde;
mod response_text;
mod signal;
mod transport;
mod verdict;

pub use credential::Credential;
pub use credential_update::CredentialUpdate;
pub use decoy::{DecoySecret, DecoyShape};
pub use extensions::{
    ClientOutputs, CredentialProperties, LargeBlobOutputs, LargeBlobSupport, PrfOutputs, PrfResults,
};
pub use options::{
    AttestationConveyance, AuthenticatorAttachment, CreationOptions, Hint, Mediation,
    RequestOptions, ResidentKey, UserVerification,
};
pub use payment::{Payment, PaymentInstrument, PaymentOptions, PaymentOrder};
pub use pending::{PendingAuthentication, PendingPayment, PendingRegistration};
pub use policy::{BackupChange, BackupPolicy, SignCountPolicy};
pub use related_origins::RelatedOrigins;
pub use relying_party::RelyingParty;
pub use request::{AuthenticationRequest, RegistrationRequest, User};
pub use response::{AuthenticationResponse, RegistrationResponse};
pub use signal::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, UnknownCredentialOptions,
};
pub use transport::Transport;
pub use verdict::{Authentication, FlagChange, Registration, SignCount};
