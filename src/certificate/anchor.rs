//! Trust anchors: the certificates that the caller trusts.

use core::fmt;

use super::name::Name;
use super::revocation::Revocations;
use super::text::name_of;
use super::view::Certificate;
use crate::debug::{Der, Text};
use crate::error::ConfigError;

/// A certificate that the caller trusts: a root, an intermediate, or the very certificate of an
/// authenticator.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    der: Vec<u8>,
    /// Read already, so that looking for an issuer among many anchors parses none of them.
    subject: Name,
    /// The subject's public key info as DER.
    public_key: Vec<u8>,
    revocations: Option<Revocations>,
}

impl TrustAnchor {
    /// The certificate with this DER.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly one certificate. One that deviates in what a
    /// [`Quirk`](crate::Quirk) lets pass is taken here, and leads to nothing unless the
    /// quirk is tolerated.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<TrustAnchor, ConfigError> {
        let der = der.into();
        let certificate = Certificate::parse_as_is(&der)
            .map_err(|failure| ConfigError::new(format!("trust anchor: {failure}")))?;
        let subject = certificate.subject().clone();
        let public_key = certificate.public_key_der().to_vec();
        Ok(TrustAnchor { der, subject, public_key, revocations: None })
    }

    /// The same anchor, below which these certificates are not trusted. A later call takes the
    /// place of an earlier one. The list counts for every anchor of the same name and key, too: an
    /// authority may have several certificates.
    #[must_use]
    pub fn revoking(self, revocations: Revocations) -> TrustAnchor {
        TrustAnchor { revocations: Some(revocations), ..self }
    }

    /// Whether the anchor has a list of revocations, be it an empty one.
    pub(crate) fn has_revocations(&self) -> bool {
        self.revocations.is_some()
    }

    /// Whether both are certificates of one authority: the same name, and the same key.
    pub(crate) fn is_same_authority(&self, other: &TrustAnchor) -> bool {
        self.subject == other.subject && self.public_key == other.public_key
    }

    pub(super) fn subject(&self) -> &Name {
        &self.subject
    }

    pub(super) fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref()
    }

    /// The certificate's DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustAnchor")
            .field("subject", &Text(&name_of(&self.der).unwrap_or_default()))
            .field("der", &Der(&self.der))
            .field("revocations", &self.revocations)
            .finish()
    }
}
