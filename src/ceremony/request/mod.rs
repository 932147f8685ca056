//! The requests: what a relying party asks for in one ceremony.

pub(super) mod authentication;
pub(super) mod common;
mod common_methods;
pub(super) mod registration;
pub(super) mod user;

pub use authentication::AuthenticationRequest;
pub use registration::RegistrationRequest;
pub use user::User;
