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
    /// For [`OriginMismatch`](crate::ErrorKind::OriginMismatch), and for
    /// [`UnexpectedTopOrigin`](crate::ErrorKind::UnexpectedTopOrigin) if the client data contains a
    /// top origin.
    Origin {
        /// The origin in the client data: untrusted text of any length, not escaped.
        received: String,
        /// The origins that the relying party lists.
        expected: Vec<String>,
    },
    /// For [`SignCountNotIncreased`](crate::ErrorKind::SignCountNotIncreased).
    SignCount {
        /// The counter in the credential record.
        stored: u32,
        /// The counter in the authenticator data.
        received: u32,
    },
    /// For [`CeremonyExpired`](crate::ErrorKind::CeremonyExpired).
    Expiry {
        /// The last second in which the ceremony could have been finished.
        expires_at: SystemTime,
        /// The time that you passed.
        now: SystemTime,
    },
    /// For [`UntrustedAttestation`](crate::ErrorKind::UntrustedAttestation), if a certificate is not
    /// yet valid or has expired.
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
