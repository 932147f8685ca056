//! Why the software authenticator could not do what it was asked for.

use core::fmt;
use std::borrow::Cow;

/// Why the software authenticator made no response, in one sentence: a browser would reject its
/// promise, or a test asks for something that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorError {
    message: Cow<'static, str>,
    exception: Option<&'static str>,
}

impl AuthenticatorError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> AuthenticatorError {
        AuthenticatorError { message: message.into(), exception: None }
    }

    /// What a browser refuses, and the name of the exception that it throws.
    pub(crate) fn thrown(
        exception: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> AuthenticatorError {
        AuthenticatorError { message: message.into(), exception: Some(exception) }
    }

    /// The name of the exception that a browser rejects its promise with, such as
    /// `"SecurityError"`, if a browser refuses this too.
    #[must_use]
    pub fn exception(&self) -> Option<&'static str> {
        self.exception
    }
}

impl fmt::Display for AuthenticatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.exception {
            Some(exception) => write!(f, " (a browser reports {exception})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for AuthenticatorError {}
