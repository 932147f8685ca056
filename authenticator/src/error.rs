//! The error of the software authenticator.

use core::fmt;
use std::borrow::Cow;

/// The reason why the software authenticator failed: a browser would also reject the call, or the
/// test asked for something that does not exist. The message is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorError {
    message: Cow<'static, str>,
    exception: Option<&'static str>,
}

impl AuthenticatorError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> AuthenticatorError {
        AuthenticatorError { message: message.into(), exception: None }
    }

    /// Creates an error for a call that a browser rejects with this exception.
    pub(crate) fn thrown(
        exception: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> AuthenticatorError {
        AuthenticatorError { message: message.into(), exception: Some(exception) }
    }

    /// Returns the name of the exception that a browser would throw, such as `"SecurityError"`.
    /// Returns `None` if a browser would not fail.
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
