//! The values that an error is about.

use core::fmt;
use std::time::SystemTime;

use crate::text::quote;

/// The values that an error is about, for a program that acts on them.
///
/// ```
/// use webauthn_verify::{Error, ErrorData};
///
/// /// Returns the origin that may be missing from the configuration.
/// fn missing_origin(error: &Error) -> Option<&str> {
///     match error.data() {
///         Some(ErrorData::Origin { received, .. }) => Some(received),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorData {
    /// The data of [`OriginMismatch`](crate::ErrorKind::OriginMismatch), and of
    /// [`UnexpectedTopOrigin`](crate::ErrorKind::UnexpectedTopOrigin) at
    /// [`Step::TopOrigin`](crate::Step::TopOrigin).
    Origin {
        /// The origin in the client data. It is untrusted text of any length and is not escaped.
        received: String,
        /// The origins in the relying party's list.
        expected: Vec<String>,
    },
    /// The data of [`SignCountNotIncreased`](crate::ErrorKind::SignCountNotIncreased).
    SignCount {
        /// The counter in the credential record.
        stored: u32,
        /// The counter in the authenticator data.
        received: u32,
    },
    /// The data of [`CeremonyExpired`](crate::ErrorKind::CeremonyExpired).
    Expiry {
        /// The last second in which the ceremony could have been finished.
        expires_at: SystemTime,
        /// The time that you passed.
        now: SystemTime,
    },
    /// The data of [`UntrustedAttestation`](crate::ErrorKind::UntrustedAttestation) if a
    /// certificate is not yet valid or has expired.
    Validity {
        /// The first second in which the certificate is valid.
        not_before: SystemTime,
        /// The last second in which the certificate is valid.
        not_after: SystemTime,
        /// The time that you passed.
        now: SystemTime,
    },
}

/// Escapes received text and cuts it to 100 characters.
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
