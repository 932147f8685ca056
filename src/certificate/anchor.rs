//! Trust anchors: the certificates that the relying party trusts.

use core::fmt;

use super::name::Name;
use super::revocation::Revocations;
use super::text::name_of;
use super::view::Certificate;
use crate::debug::{Der, Text};
use crate::error::ConfigError;

/// A certificate that you trust: a root, an intermediate, or the certificate of an authenticator.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    der: Vec<u8>,
    /// Parsed in advance, so that the search for an issuer among many anchors needs no parsing.
    subject: Name,
    /// The SubjectPublicKeyInfo in DER.
    public_key: Vec<u8>,
    revocations: Option<Revocations>,
}

impl TrustAnchor {
    /// Creates an anchor from a DER-encoded certificate.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not exactly one certificate. A certificate that needs a
    /// [`Quirk`](crate::Quirk) is accepted here, but a path can end at it only if the quirk is
    /// allowed.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<TrustAnchor, ConfigError> {
        let der = der.into();
        let certificate = Certificate::parse_as_is(&der)
            .map_err(|failure| ConfigError::new(format!("trust anchor: {failure}")))?;
        let subject = certificate.subject().clone();
        let public_key = certificate.public_key_der().to_vec();
        Ok(TrustAnchor { der, subject, public_key, revocations: None })
    }

    /// Attaches a list of revoked certificates. Paths to this anchor must not contain any of these
    /// certificates. A later call replaces the list of an earlier call. The list also applies to
    /// every other anchor with the same name and key, because an authority may have several
    /// certificates.
    #[must_use]
    pub fn revoking(self, revocations: Revocations) -> TrustAnchor {
        TrustAnchor { revocations: Some(revocations), ..self }
    }

    /// Returns whether both anchors belong to the same authority: the same name and the same key.
    pub(crate) fn is_same_authority(&self, other: &TrustAnchor) -> bool {
        self.subject == other.subject && self.public_key == other.public_key
    }

    pub(super) fn subject(&self) -> &Name {
        &self.subject
    }

    pub(crate) fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref()
    }

    /// The DER-encoded certificate.
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
