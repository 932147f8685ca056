//! The two ceremonies: what a relying party sends, what comes back, and every step between.

mod algorithm_set;
mod authentication;
mod bytes;
mod challenge;
mod checks;
mod client_extension_outputs;
mod credential;
mod decoy;
mod extension_checks;
mod extension_inputs;
mod extension_results;
mod options;
mod origin;
mod payment;
mod payment_options;
mod payment_order;
mod policy;
mod registration;
mod related_origins;
mod relying_party;
mod remote_client_data;
mod request;
mod request_extensions;
mod requested_extensions;
mod response;
mod response_json;
mod response_text;
mod signal;

pub use authentication::{Authentication, FlagChange, PendingAuthentication, SignCount};
pub use client_extension_outputs::{
    ClientExtensionOutputs, CredentialProperties, LargeBlobOutputs, PrfOutputs, PrfResults,
};
pub use credential::{Credential, CredentialUpdate, Transport};
pub use decoy::{DecoySecret, DecoyShape};
#[cfg(feature = "authenticator")]
pub(crate) use extension_inputs::ExtensionInputs;
pub use options::{
    AttestationConveyance, AuthenticatorAttachment, CreationOptions, Hint, Mediation,
    RequestOptions, ResidentKey, UserVerification,
};
pub use payment::{Payment, PendingPayment};
pub use payment_options::PaymentOptions;
pub use payment_order::{PaymentInstrument, PaymentOrder};
pub use policy::{BackupChange, BackupPolicy, SignCountPolicy};
pub use registration::{PendingRegistration, Registration};
pub use related_origins::{OriginLabels, RelatedOrigins};
pub use relying_party::RelyingParty;
pub use request::{AuthenticationRequest, RegistrationRequest, User};
pub use request_extensions::LargeBlobSupport;
pub use response::{AuthenticationResponse, RegistrationResponse};
pub use signal::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, UnknownCredentialOptions,
};
