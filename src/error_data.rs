//! The values that an error is about.

use std::time::SystemTime;

/// The values that an error is about, for a program that acts on them.
///
/// ```
/// use webauthn_verify::{Error, ErrorData};
///
/// /// Whether a login failed because its counter is only a little behind.
/// fn is_a_little_behind(error: &Error) -> bool {
///     match error.data() {
///         Some(ErrorData::SignCount { stored, received }) => stored - received < 5,
///         _ => false,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorData {
    /// Of `OriginMismatch`, and of `UnexpectedTopOrigin` with top origins.
    Origin {
        /// What the client data says.
        received: String,
        /// What the relying party lists.
        expected: Vec<String>,
    },
    /// Of `SignCountNotIncreased`.
    SignCount {
        /// The counter in the credential record.
        stored: u32,
        /// The counter in the authenticator data, which is not higher.
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
