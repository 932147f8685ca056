//! The failures of certificates and of paths.

use std::borrow::Cow;

use crate::error::{ErrorKind, Failure};

/// A certificate that is not as it should be.
pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::AttestationInvalid, reason)
}

/// A path that is not trusted.
pub(super) fn untrusted(reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::UntrustedAttestation, reason)
}

/// Not trusted for what this member of a certificate says.
pub(super) fn untrusted_by(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(field, ErrorKind::UntrustedAttestation, reason)
}

/// A failure of a certificate or its signature, as a reason not to trust the path.
pub(super) fn as_untrusted(failure: Failure) -> Failure {
    untrusted(format!("{failure}"))
}
