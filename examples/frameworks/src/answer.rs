//! What the browser gets when something fails: a status and one sentence for the person. Everything
//! else goes into the log.

use std::error::Error as StdError;

use webauthn_verify::{Category, Error, ErrorKind};

/// An HTTP response to a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub sentence: &'static str,
}

impl Answer {
    pub const NOT_SIGNED_IN: Answer = Answer { status: 401, sentence: "Please sign in first." };
    pub const TOO_LATE: Answer =
        Answer { status: 403, sentence: "That took too long. Please try again." };
    pub const ALREADY_REGISTERED: Answer =
        Answer { status: 409, sentence: "This passkey is registered already." };
    pub const ANOTHER_CAME_FIRST: Answer =
        Answer { status: 409, sentence: "Another login came first. Please try again." };
    pub const OUR_FAULT: Answer =
        Answer { status: 500, sentence: "Something went wrong here. Please try again later." };
}

impl From<Error> for Answer {
    fn from(error: Error) -> Answer {
        // The text names the ceremony, the step, what is wrong, and where.
        tracing::warn!(kind = error.kind().name(), "{error}");
        if error.kind() == ErrorKind::CeremonyExpired {
            return Answer::TOO_LATE;
        }
        let (status, sentence) = match error.kind().category() {
            Category::Malformed => (400, "The browser sent something that cannot be read."),
            Category::Refused => (403, "The passkey could not be verified."),
            Category::Policy => (403, "This kind of passkey is not accepted here."),
            _ => return Answer::OUR_FAULT,
        };
        Answer { status, sentence }
    }
}

/// The database failed.
impl From<Box<dyn StdError + Send + Sync>> for Answer {
    fn from(error: Box<dyn StdError + Send + Sync>) -> Answer {
        tracing::error!("{error}");
        Answer::OUR_FAULT
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sentence)
    }
}
