//! Why an attestation is not trusted.

use crate::error::{ErrorKind, Failure};

/// Why an attestation is not trusted.
pub(super) struct NotTrusted {
    pub(super) failure: Failure,
    /// Whether the policy refuses the model, as opposed to not knowing that it is this one.
    pub(super) is_model_refused: bool,
}

impl NotTrusted {
    /// The model may be another one than it claims.
    pub(super) fn unproven(failure: Failure) -> NotTrusted {
        NotTrusted { failure, is_model_refused: false }
    }
}

impl From<Failure> for NotTrusted {
    fn from(failure: Failure) -> NotTrusted {
        let is_model_refused = failure.kind() == ErrorKind::AuthenticatorNotAllowed;
        NotTrusted { failure, is_model_refused }
    }
}
