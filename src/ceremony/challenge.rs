//! The challenge of a ceremony (§13.4.3).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::debug::Redacted;
use crate::encoding::base64url;
use crate::encoding::json::JsonString;
use crate::error::{ErrorKind, Failure, counted};
use crate::signature::sha256;
use crate::spec::Ceremony;

/// Fewer bytes do not keep an attacker from guessing (§13.4.3).
const MIN_CHALLENGE: usize = 16;

/// More bytes add nothing, and authenticators and front ends carry them around.
const MAX_CHALLENGE: usize = 1024;

/// How many bytes a challenge of ours has.
#[cfg(feature = "getrandom")]
const NEW_CHALLENGE: usize = 32;

/// The random value that ties a response to its ceremony. Kept as the base64url text in which it
/// travels; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Challenge {
    text: String,
}

impl Challenge {
    /// A new challenge from the operating system.
    #[cfg(feature = "getrandom")]
    pub(crate) fn random() -> Result<Challenge, Failure> {
        let mut bytes = [0; NEW_CHALLENGE];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::new(
                ErrorKind::InvalidOptions,
                format!("the operating system gave no random challenge: {error}"),
            )
        })?;
        Challenge::from_bytes(&bytes)
    }

    /// The caller's own challenge.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Challenge, Failure> {
        if !(MIN_CHALLENGE..=MAX_CHALLENGE).contains(&bytes.len()) {
            return Err(Failure::new(
                ErrorKind::InvalidOptions,
                format!(
                    "the challenge has {}; it needs {MIN_CHALLENGE} to {MAX_CHALLENGE}",
                    counted(bytes.len(), "byte")
                ),
            ));
        }
        Ok(Challenge { text: base64url::encode(bytes) })
    }

    /// The challenge of a ceremony that was recorded, which has the length that it has.
    pub(crate) fn recorded(bytes: &[u8]) -> Challenge {
        Challenge { text: base64url::encode(bytes) }
    }

    /// A challenge that was read back is one that was written: base64url of 16 to 1024 bytes.
    pub(crate) fn check_stored(&self) -> Result<(), Failure> {
        let bytes = base64url::decode(&self.text, "stored state", "challenge")?;
        Challenge::from_bytes(&bytes).map(drop)
    }

    /// What the pending state with this challenge is kept under.
    pub(crate) fn pending_id(&self, ceremony: Ceremony) -> String {
        pending_id(ceremony, self.text.chars())
    }

    /// Why the client data repeats another challenge, if an honest page may have made that of this
    /// one.
    pub(crate) fn mistake_in(&self, received: JsonString<'_>) -> Option<&'static str> {
        // Nothing can be made of the empty challenge of a recording.
        if self.text.is_empty() {
            return None;
        }
        // No mistake makes it longer than this.
        let received: String = received.chars().take(2 * self.text.len()).collect();
        let is_made =
            |mistake: &Mistake| same(self.text.as_bytes(), (mistake.undo)(&received).as_bytes());
        MISTAKES.into_iter().find(is_made).map(|mistake| mistake.reason)
    }

    /// Whether the client data repeats this challenge, character for character. Takes the same
    /// time wherever the first difference is.
    pub(crate) fn equals(&self, received: JsonString<'_>) -> bool {
        same(self.text.as_bytes(), received.text().as_bytes())
    }
}

/// What the pending state with this challenge is kept under: a hash, which tells nothing about the
/// challenge. A login and a registration never share one. If a page wrote base64 for base64url, the
/// state is found all the same, so that the error can say what the page did.
pub(crate) fn pending_id(ceremony: Ceremony, challenge: impl Iterator<Item = char>) -> String {
    let challenge = as_base64url(&challenge.collect::<String>());
    base64url::encode(&sha256(
        format!("webauthn-verify: pending {ceremony}, {challenge}").as_bytes(),
    ))
}

/// What honest pages are known to do to a challenge.
const MISTAKES: [Mistake; 3] = [
    Mistake {
        undo: |received| received.trim_end_matches('=').to_owned(),
        reason: "it differs by padding alone; base64url is written without it",
    },
    Mistake {
        undo: as_base64url,
        reason: "it is base64; base64url writes - and _ for + and /, and no padding",
    },
    Mistake {
        undo: |received| {
            let bytes = base64url::decode(received, "challenge", "challenge").unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        },
        reason: "it was encoded twice; decode the base64url of the options before the call",
    },
];

/// Base64url of what may be base64.
fn as_base64url(text: &str) -> String {
    text.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

struct Mistake {
    /// The challenge without the mistake, if it was this one.
    undo: fn(&str) -> String,
    reason: &'static str,
}

/// Whether two texts are the same, in the same time wherever the first difference is.
fn same(expected: &[u8], received: &[u8]) -> bool {
    let pairs = expected.iter().zip(received);
    let difference = pairs.fold(0, |difference, (one, other)| difference | (one ^ other));
    expected.len() == received.len() && difference == 0
}

/// The bytes of a challenge of the caller's, before their number is checked.
#[derive(Clone)]
pub(crate) struct CallersChallenge(pub(crate) Vec<u8>);

impl fmt::Debug for CallersChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallersChallenge").field(&Redacted).finish()
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Challenge").field(&Redacted).finish()
    }
}
