//! The two ceremonies: what a relying party sends, what comes back, and every step between.

mod algorithm_set;
mod app_origin;
mod authentication;
mod bytes;
mod challenge;
mod checks;
mod credential;
mod decoy;
mod extensions;
mod options;
mod origin;
mod payment;
mod policy;
mod registration;
mod related_origins;
mod relying_party;
mod request;
mod response;
mod response_json;
mod response_serde;
mod response_text;
mod signal;

pub use authentication::{Authentication, FlagChange, PendingAuthentication, SignCount};
pub use credential::{Credential, CredentialUpdate, Transport};
pub use decoy::{DecoySecret, DecoyShape};
pub use extensions::{
    ClientExtensionOutputs, CredentialProperties, LargeBlobOutputs, LargeBlobSupport, PrfOutputs,
    PrfResults,
};
pub use options::{
    AttestationConveyance, AuthenticatorAttachment, CreationOptions, Hint, Mediation,
    RequestOptions, ResidentKey, UserVerification,
};
pub use payment::{Payment, PaymentInstrument, PaymentOptions, PaymentOrder, PendingPayment};
pub use policy::{BackupChange, BackupPolicy, SignCountPolicy};
pub use registration::{PendingRegistration, Registration};
pub use related_origins::{OriginLabels, RelatedOrigins};
pub use relying_party::RelyingParty;
pub use request::{AuthenticationRequest, RegistrationRequest, User};
pub use response::{AuthenticationResponse, RegistrationResponse};
pub use signal::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, UnknownCredentialOptions,
};
