//! Lists of revoked certificates.
//!
//! This module does not download lists or contact responders. You provide the lists.

use core::fmt;

use super::failure::untrusted_by;
use super::name::Name;
use super::view::Certificate;
use crate::debug::Count;
use crate::error::{ConfigError, Failure};
use crate::signature;

/// The field of a failure that reports a revoked certificate.
pub(crate) const REVOKED: &str = "certificate.serialNumber";

/// A list of revoked certificates, for example from the lists that manufacturers publish.
///
/// Attach it to an anchor with [`TrustAnchor::revoking`](super::TrustAnchor::revoking). It applies
/// to every certificate of a path to that anchor, including the attestation certificate. A revoked
/// certificate is rejected even if the chain also leads to another anchor. If a CA below the anchor
/// is itself an anchor, a path ends there, so that anchor needs its own list. If the attestation
/// certificate is an anchor and its issuer another one, both lists apply.
///
/// ```
/// use webauthn_verify::certificate::Revocations;
///
/// let known = Revocations::new().serial_number(&[0x6c, 0xb1]).serial_number(&[0x01]);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Revocations {
    /// The serial numbers without leading zeros.
    serial_numbers: Vec<Vec<u8>>,
    /// The issuer's name, and the serial number without leading zeros.
    issued: Vec<(Name, Vec<u8>)>,
    /// The SHA-256 of the signed part of each certificate.
    certificates: Vec<[u8; 32]>,
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("serial_numbers", &Count(self.serial_numbers.len(), "serial number"))
            .field("issued", &Count(self.issued.len(), "serial number"))
            .field("certificates", &Count(self.certificates.len(), "certificate"))
            .finish()
    }
}

impl Revocations {
    /// Creates an empty list. With an empty list, revocation counts as checked, and no certificate
    /// is revoked.
    pub fn new() -> Revocations {
        Revocations::default()
    }

    /// Revokes every certificate with this serial number (big-endian bytes), regardless of the
    /// issuer. Android's list of revoked attestation keys lists certificates in this way.
    #[must_use]
    pub fn serial_number(mut self, serial_number: &[u8]) -> Revocations {
        self.serial_numbers.push(without_leading_zeros(serial_number).to_vec());
        self
    }

    /// Revokes the certificate with this issuer and serial number (big-endian bytes). `issuer` is
    /// the issuer's DER-encoded certificate. Its subject is compared with the issuer name of each
    /// certificate. The issuer's own revocation list lists certificates in this way (RFC 5280,
    /// section 5.1).
    ///
    /// # Errors
    ///
    /// Returns an error if `issuer` is not exactly one DER-encoded certificate.
    pub fn issued_by(
        mut self,
        issuer: &[u8],
        serial_number: &[u8],
    ) -> Result<Revocations, ConfigError> {
        let issuer = Certificate::parse_as_is(issuer)
            .map_err(|failure| ConfigError::new(format!("issuer of revocations: {failure}")))?;
        let serial_number = without_leading_zeros(serial_number).to_vec();
        self.issued.push((issuer.subject().clone(), serial_number));
        Ok(self)
    }

    /// Revokes this DER-encoded certificate.
    ///
    /// The comparison covers the part that the issuer signed, but not the signature, because anyone
    /// can turn an ECDSA signature into a second valid one.
    ///
    /// # Errors
    ///
    /// Returns an error if `der` is not exactly one DER-encoded certificate.
    pub fn certificate(mut self, der: &[u8]) -> Result<Revocations, ConfigError> {
        let certificate = Certificate::parse_as_is(der)
            .map_err(|failure| ConfigError::new(format!("revoked certificate: {failure}")))?;
        self.certificates.push(signature::sha256(certificate.to_be_signed()));
        Ok(self)
    }

    /// Fails if the certificate is on the list.
    pub(super) fn check(&self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        let serial_number = without_leading_zeros(certificate.serial_number());
        let by_number = self.serial_numbers.iter().any(|revoked| revoked == serial_number);
        let by_issuer = self
            .issued
            .iter()
            .any(|(issuer, revoked)| issuer == certificate.issuer() && revoked == serial_number);
        let by_content =
            || self.certificates.contains(&signature::sha256(certificate.to_be_signed()));
        if by_number || by_issuer || by_content() {
            let serial_number: String =
                serial_number.iter().map(|byte| format!("{byte:02x}")).collect();
            let reason = format!("the certificate with serial number {serial_number} is revoked");
            return Err(untrusted_by(REVOKED, reason));
        }
        Ok(())
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
