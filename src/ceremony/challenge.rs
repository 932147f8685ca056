//! The challenge of a ceremony (§13.4.3).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::debug::Redacted;
use crate::encoding::base64url;
use crate::encoding::json::JsonString;
use crate::error::{ErrorKind, Failure, counted};
use crate::signature::sha256;
use crate::spec::Ceremony;

/// The minimum length in bytes. An attacker could guess a shorter challenge (§13.4.3).
const MIN_CHALLENGE: usize = 16;

/// The maximum length in bytes. A longer challenge adds no security and only makes messages longer.
const MAX_CHALLENGE: usize = 1024;

/// The length in bytes of a challenge that this crate creates.
#[cfg(feature = "getrandom")]
const NEW_CHALLENGE: usize = 32;

/// The random value that ties a response to its ceremony. It is stored as base64url, the form in
/// which it is sent. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Challenge {
    text: String,
}

impl Challenge {
    /// Creates a challenge with the random number generator of the operating system.
    #[cfg(feature = "getrandom")]
    pub(crate) fn random() -> Result<Challenge, Failure> {
        let mut bytes = [0; NEW_CHALLENGE];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::new(
                ErrorKind::InvalidOptions,
                format!("the operating system provided no random bytes: {error}"),
            )
        })?;
        Challenge::from_bytes(&bytes)
    }

    /// Creates a challenge from the caller's bytes.
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

    /// Creates the challenge of a recorded ceremony. It may have any length.
    pub(crate) fn recorded(bytes: &[u8]) -> Challenge {
        Challenge { text: base64url::encode(bytes) }
    }

    /// Checks that a challenge that was read back is base64url of 16 to 1024 bytes.
    pub(crate) fn check_stored(&self) -> Result<(), Failure> {
        let bytes = base64url::decode(&self.text, "stored state", "challenge")?;
        Challenge::from_bytes(&bytes).map(drop)
    }

    /// Returns the key under which the pending state with this challenge is stored.
    pub(crate) fn pending_id(&self, ceremony: Ceremony) -> String {
        pending_id(ceremony, self.text.chars())
    }

    /// Returns the reason why the received challenge differs, if an honest page may have changed
    /// this challenge by mistake.
    pub(crate) fn mistake_in(&self, received: JsonString<'_>) -> Option<&'static str> {
        // The challenge of a recording may be empty. A difference from it cannot be explained by a
        // mistake.
        if self.text.is_empty() {
            return None;
        }
        // With any known mistake, the challenge is at most this long.
        let received: String = received.chars().take(2 * self.text.len()).collect();
        let is_made =
            |mistake: &Mistake| same(self.text.as_bytes(), (mistake.undo)(&received).as_bytes());
        MISTAKES.into_iter().find(is_made).map(|mistake| mistake.reason)
    }

    /// Returns whether the client data contains this challenge, character for character. The time
    /// does not depend on the position of the first difference.
    pub(crate) fn equals(&self, received: JsonString<'_>) -> bool {
        same(self.text.as_bytes(), received.text().as_bytes())
    }
}

/// Returns the key under which the pending state with this challenge is stored. The key is a hash,
/// so it does not reveal the challenge. The keys of logins and registrations always differ. Base64
/// and base64url lead to the same key. Therefore, if a page sends base64, the state is still found,
/// and the error can explain the mistake.
pub(crate) fn pending_id(ceremony: Ceremony, challenge: impl Iterator<Item = char>) -> String {
    let challenge = as_base64url(&challenge.collect::<String>());
    base64url::encode(&sha256(
        format!("webauthn-verify: pending {ceremony}, {challenge}").as_bytes(),
    ))
}

/// The mistakes that honest pages are known to make with a challenge.
const MISTAKES: [Mistake; 3] = [
    Mistake {
        undo: |received| received.trim_end_matches('=').to_owned(),
        reason: "only its padding is wrong; base64url has no padding here",
    },
    Mistake {
        undo: as_base64url,
        reason: "it is base64; base64url uses - and _ instead of + and /, and no padding",
    },
    Mistake {
        undo: |received| {
            let bytes = base64url::decode(received, "challenge", "challenge").unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        },
        reason: "it was encoded twice; decode the challenge before you pass it to the browser",
    },
];

/// Converts base64 to unpadded base64url. Unpadded base64url stays unchanged.
fn as_base64url(text: &str) -> String {
    text.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

struct Mistake {
    /// Returns the original challenge if the page made this mistake.
    undo: fn(&str) -> String,
    reason: &'static str,
}

/// Returns whether two strings are equal. The time does not depend on the position of the first
/// difference.
fn same(expected: &[u8], received: &[u8]) -> bool {
    let pairs = expected.iter().zip(received);
    let difference = pairs.fold(0, |difference, (one, other)| difference | (one ^ other));
    expected.len() == received.len() && difference == 0
}

/// The caller's challenge before its length is checked.
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
