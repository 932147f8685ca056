//! The reason why an attestation is not trusted.

use crate::error::{ErrorKind, Failure};

/// The reason why an attestation is not trusted.
pub(super) struct NotTrusted {
    pub(super) failure: Failure,
    /// Whether the policy rejects the model. This is false if the model is only unproven.
    pub(super) is_model_refused: bool,
}

impl NotTrusted {
    /// Creates the failure for an unproven model: the authenticator may be of another model.
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
