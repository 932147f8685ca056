//! The answer to the browser if something fails: a status, and a message for the user. Everything
//! else is logged.
//!
//! The body is JSON. Use it in the page:
//!
//! ```js
//! const failure = await reply.json();
//! show(failure.message);
//! if (failure.unknownCredential) {
//!   PublicKeyCredential.signalUnknownCredential?.(failure.unknownCredential);
//! }
//! ```

use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;
use webauthn_verify::{Error, UnknownCredentialOptions};

/// An HTTP response to a failed request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    #[serde(skip)]
    pub status: u16,
    pub message: &'static str,
    /// Lets the browser hide a passkey that belongs to no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_credential: Option<UnknownCredentialOptions>,
}

impl Answer {
    pub const NOT_SIGNED_IN: Answer = Answer::new(403, "Please sign in first.");
    /// The session has no such ceremony: it is finished or has expired.
    pub const NOT_STARTED: Answer =
        Answer::new(403, "This was used already, or took too long. Please try again.");
    pub const SECOND_FACTOR_ONLY: Answer =
        Answer::new(403, "This key can only be used together with your password.");
    pub const ALREADY_REGISTERED: Answer = Answer::new(409, "This passkey is already registered.");
    pub const ANOTHER_CAME_FIRST: Answer =
        Answer::new(409, "Your passkey was used elsewhere at the same time. Please try again.");
    pub const OUR_FAULT: Answer =
        Answer::new(500, "Something went wrong on our side. Please try again later.");

    pub const fn new(status: u16, message: &'static str) -> Answer {
        Answer { status, message, unknown_credential: None }
    }
}

/// A failed ceremony.
impl From<Error> for Answer {
    fn from(error: Error) -> Answer {
        // The text names the ceremony, the step, the problem, and its location.
        tracing::warn!(kind = error.kind().as_str(), "{error}");
        Answer::new(error.category().http_status(), error.public_message())
    }
}

/// A database error.
impl From<Box<dyn StdError + Send + Sync>> for Answer {
    fn from(error: Box<dyn StdError + Send + Sync>) -> Answer {
        tracing::error!("{error}");
        Answer::OUR_FAULT
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}
