//! The requests, from which a relying party starts one ceremony each.

pub(super) mod authentication;
pub(super) mod common;
mod common_methods;
pub(super) mod registration;
pub(super) mod user;

pub use authentication::AuthenticationRequest;
pub use registration::RegistrationRequest;
pub use user::User;
