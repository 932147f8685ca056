//! The failures of certificates and paths.

use std::borrow::Cow;

use crate::error::{ErrorKind, Failure};

/// Creates the failure for an invalid certificate.
pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::AttestationInvalid, reason)
}

/// Creates the failure for an untrusted path.
pub(super) fn untrusted(reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::UntrustedAttestation, reason)
}

/// Creates the failure for a path that is untrusted because of this member of a certificate.
pub(super) fn untrusted_by(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(field, ErrorKind::UntrustedAttestation, reason)
}

/// Converts a failure of a certificate or its signature to a reason not to trust the path.
pub(super) fn as_untrusted(failure: Failure) -> Failure {
    untrusted(format!("{failure}"))
}
