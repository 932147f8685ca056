//! Why the software authenticator could not do what it was asked for.

use core::fmt;
use std::borrow::Cow;

/// Why the software authenticator made no response, in one sentence: where a browser would
/// reject its promise, or where a test asks for something that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorError {
    message: Cow<'static, str>,
}

impl AuthenticatorError {
    pub(super) fn new(message: impl Into<Cow<'static, str>>) -> AuthenticatorError {
        AuthenticatorError { message: message.into() }
    }
}

impl fmt::Display for AuthenticatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for AuthenticatorError {}
