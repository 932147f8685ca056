//! The values that an error is about.

use core::fmt;
use std::time::SystemTime;

use crate::text::quote;

/// The values that an error is about, for a program that acts on them.
///
/// ```
/// use webauthn_verify::{Error, ErrorData};
///
/// /// The origin to add to the configuration, if that is what was forgotten.
/// fn forgotten_origin(error: &Error) -> Option<&str> {
///     match error.data() {
///         Some(ErrorData::Origin { received, .. }) => Some(received),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorData {
    /// For `OriginMismatch`, and for `UnexpectedTopOrigin` if the client data names a top origin.
    Origin {
        /// What the client data says: untrusted text of any length, not escaped.
        received: String,
        /// What the relying party lists.
        expected: Vec<String>,
    },
    /// Of `SignCountNotIncreased`.
    SignCount {
        /// The counter in the credential record.
        stored: u32,
        /// The counter in the authenticator data, which did not increase.
        received: u32,
    },
    /// Of `CeremonyExpired`.
    Expiry {
        /// The last second in which the ceremony could be finished.
        expires_at: SystemTime,
        /// The time given.
        now: SystemTime,
    },
    /// Of `UntrustedAttestation`, for a certificate that is not valid yet, or no longer.
    Validity {
        /// The first second in which the certificate is valid.
        not_before: SystemTime,
        /// The last one.
        not_after: SystemTime,
        /// The time given.
        now: SystemTime,
    },
}

/// Text from outside is escaped and cut to 100 characters.
impl fmt::Debug for ErrorData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorData::Origin { received, expected } => f
                .debug_struct("Origin")
                .field("received", &format_args!("{}", quote(received.chars())))
                .field("expected", expected)
                .finish(),
            ErrorData::SignCount { stored, received } => f
                .debug_struct("SignCount")
                .field("stored", stored)
                .field("received", received)
                .finish(),
            ErrorData::Expiry { expires_at, now } => {
                f.debug_struct("Expiry").field("expires_at", expires_at).field("now", now).finish()
            }
            ErrorData::Validity { not_before, not_after, now } => f
                .debug_struct("Validity")
                .field("not_before", not_before)
                .field("not_after", not_after)
                .field("now", now)
                .finish(),
        }
    }
}
