//! Path validation (RFC 5280, section 6, in the part that attestation uses).
//!
//! A path leads from the attestation certificate, each certificate issued by the next, to a trust
//! anchor of the caller's. Nothing that arrives with the statement ever becomes an anchor.

use core::fmt;
use std::borrow::Cow;
use std::time::SystemTime;

use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::oid_registry as oids;

use super::{Certificate, Revocations, TrustAnchor};
use crate::debug::Der;
use crate::error::{ErrorKind, Failure};
use crate::quirk::{Quirks, Tolerance};
use crate::signature::budget::Budget;

/// Real paths have up to five certificates.
const MAX_CERTIFICATES: usize = 8;

/// A path that was found to be valid. Only [`verify_path`] makes one.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct TrustPath {
    anchor: TrustAnchor,
    intermediates: Vec<Vec<u8>>,
    revocation_checked: bool,
}

impl TrustPath {
    /// The anchor at which the path ends.
    pub fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The certificates between leaf and anchor as DER, the leaf's issuer first. §7.1 recommends
    /// remembering them, in case one is revoked later.
    pub fn intermediates(&self) -> &[Vec<u8>] {
        &self.intermediates
    }

    /// Whether the certificates were looked for in a list of revocations, be it an empty one.
    pub fn is_revocation_checked(&self) -> bool {
        self.revocation_checked
    }
}

impl fmt::Debug for TrustPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let intermediates: Vec<_> = self.intermediates.iter().map(|der| Der(der)).collect();
        f.debug_struct("TrustPath")
            .field("anchor", &self.anchor)
            .field("intermediates", &intermediates)
            .field("revocation_checked", &self.revocation_checked)
            .finish()
    }
}

/// Verifies that `chain` leads to one of `anchors` at the time `now`.
///
/// `chain` is a list of DER certificates, the leaf first, each issued by the next, as `x5c` has
/// them. It may end at the anchor, below it, or go on behind it. An anchor may be a root, an
/// intermediate, or the leaf itself, byte for byte.
///
/// Checked are: the signature of every certificate, with the names chaining byte for byte; the
/// validity period of every certificate; of every issuer basicConstraints, path length and key
/// usage; no critical extension that is unknown here; that no certificate below the anchor is among
/// the anchor's [`Revocations`](super::Revocations), if it has a list.
///
/// Of the quirks only [`Sha1Attestation`](crate::Quirk::Sha1Attestation) has a bearing here.
///
/// # Errors
///
/// `NoTrustAnchors` where `anchors` is empty; `TooManySignatureChecks` where many anchors have the
/// name of an issuer, or keys are slow; else `UntrustedAttestation`.
pub fn verify_path(
    chain: &[&[u8]],
    anchors: &[TrustAnchor],
    now: SystemTime,
    quirks: Quirks,
) -> Result<TrustPath, Failure> {
    find_path(chain, anchors, now, &Tolerance::new(quirks), &Budget::for_paths())
}

/// The same, for one of the paths that a request brings.
pub(crate) fn find_path(
    chain: &[&[u8]],
    anchors: &[TrustAnchor],
    now: SystemTime,
    tolerance: &Tolerance,
    budget: &Budget,
) -> Result<TrustPath, Failure> {
    if anchors.is_empty() {
        return Err(ErrorKind::NoTrustAnchors.into());
    }
    if chain.is_empty() {
        return Err(untrusted("there is no certificate"));
    }
    if chain.len() > MAX_CERTIFICATES {
        return Err(untrusted("there are more than 8 certificates"));
    }
    // Nothing that the path goes by may be malformed, even behind its anchor. Each is parsed again
    // where the path comes to it: all of them at once can take many times their size.
    for der in chain {
        let _ = parse(der)?;
    }
    Walk { chain, anchors, now, tolerance, budget }.find_anchor()
}

struct Walk<'w, 'a> {
    chain: &'w [&'a [u8]],
    anchors: &'w [TrustAnchor],
    now: SystemTime,
    tolerance: &'w Tolerance,
    budget: &'w Budget,
}

impl<'a> Walk<'_, 'a> {
    fn find_anchor(&self) -> Result<TrustPath, Failure> {
        let mut last_failure = None;
        // The certificates that were passed, and those of them that count for path lengths: the CAs
        // that have not issued themselves.
        let (mut position, mut between) = (0, 0);
        let mut next = self.certificate(0)?;
        while let Some(certificate) = next {
            if position == 0 {
                self.check_leaf(&certificate)?;
            } else {
                self.check_issuer(&certificate, between)?;
                between += u64::from(certificate.subject() != certificate.issuer());
            }
            for anchor in self.anchors {
                match self.ends_at(position, between, &certificate, anchor) {
                    Ok(true) => return Ok(self.path(position, &certificate, anchor)),
                    Ok(false) => {}
                    // Another anchor of the same name may be the right one.
                    Err(failure) => last_failure = Some(failure),
                }
            }
            position += 1;
            next = self.certificate(position)?;
            if let Some(issuer) = &next {
                self.check_issued(&certificate, issuer)?;
            }
        }
        let nobody = || untrusted_by("certificate.issuer", "no trust anchor has issued the chain");
        Err(last_failure.unwrap_or_else(nobody))
    }

    /// The certificate at this position, if there is one.
    fn certificate(&self, position: usize) -> Result<Option<Certificate<'a>>, Failure> {
        self.chain.get(position).map(|der| parse(der)).transpose()
    }

    /// Whether the path ends here: the anchor has issued the certificate, or is the very leaf. An
    /// error if the anchor has the name of the issuer and is not it, or may not issue.
    ///
    /// That a certificate of the chain has the name and key of an anchor is not enough: nobody has
    /// signed what else it says, and what the anchor may is written in the anchor.
    fn ends_at(
        &self,
        position: usize,
        between: u64,
        certificate: &Certificate<'_>,
        anchor: &TrustAnchor,
    ) -> Result<bool, Failure> {
        if position == 0 && certificate.as_der() == anchor.as_der() {
            self.check_revocations(position, anchor)?;
            return Ok(true);
        }
        if certificate.issuer() != anchor.subject {
            return Ok(false);
        }
        self.budget.check_left()?;
        let issuer = parse(anchor.as_der())?;
        self.check_issuer(&issuer, between)?;
        self.check_issued(certificate, &issuer)?;
        self.check_revocations(position, anchor)?;
        Ok(true)
    }

    /// Checks the path up to `position` against the lists of the authority at which it ends,
    /// whichever of its certificates have them.
    fn check_revocations(&self, position: usize, anchor: &TrustAnchor) -> Result<(), Failure> {
        if self.revocations_of(anchor).next().is_none() {
            return Ok(());
        }
        for der in self.chain.iter().take(position + 1) {
            let certificate = parse(der)?;
            self.revocations_of(anchor).try_for_each(|list| list.check(&certificate))?;
        }
        Ok(())
    }

    fn revocations_of(&self, anchor: &TrustAnchor) -> impl Iterator<Item = &Revocations> {
        let anchors = self.anchors.iter().filter(move |one| one.is_same_authority(anchor));
        anchors.filter_map(|one| one.revocations.as_ref())
    }

    fn path(
        &self,
        position: usize,
        certificate: &Certificate<'_>,
        anchor: &TrustAnchor,
    ) -> TrustPath {
        let is_anchor = certificate.as_der() == anchor.as_der();
        let end = if is_anchor { position } else { position + 1 };
        let intermediates = self.chain.iter().take(end).skip(1);
        TrustPath {
            anchor: anchor.clone(),
            intermediates: intermediates.map(|der| der.to_vec()).collect(),
            revocation_checked: self.revocations_of(anchor).next().is_some(),
        }
    }

    fn check_leaf(&self, leaf: &Certificate<'_>) -> Result<(), Failure> {
        self.check_any(leaf)?;
        // An issuer is asked for it; here it only has to be readable.
        leaf.basic_constraints().map_err(as_untrusted)?;
        let usage = leaf.key_usage().map_err(as_untrusted)?;
        if usage.is_some_and(|usage| !usage.digital_signature) {
            let reason = "the key of the attestation certificate may not sign";
            return Err(untrusted_by("certificate.keyUsage", reason));
        }
        Ok(())
    }

    /// Checks a certificate that issues one of the path, with so many CAs between it and the leaf that
    /// count for its path length.
    fn check_issuer(&self, issuer: &Certificate<'_>, between: u64) -> Result<(), Failure> {
        self.check_any(issuer)?;
        let constraints = issuer.basic_constraints().map_err(as_untrusted)?;
        let Some(constraints) = constraints.filter(|constraints| constraints.ca) else {
            let reason = "an issuer is not a CA";
            return Err(untrusted_by("certificate.basicConstraints", reason));
        };
        if constraints.path_length.is_some_and(|limit| limit < between) {
            let reason = "more CAs stand below an issuer than its path length allows";
            return Err(untrusted_by("certificate.basicConstraints", reason));
        }
        let usage = issuer.key_usage().map_err(as_untrusted)?;
        if usage.is_some_and(|usage| !usage.key_cert_sign) {
            let reason = "the key of an issuer may not sign certificates";
            return Err(untrusted_by("certificate.keyUsage", reason));
        }
        Ok(())
    }

    fn check_any(&self, certificate: &Certificate<'_>) -> Result<(), Failure> {
        if !certificate.is_valid_at(self.now) {
            let validity = certificate.parsed.validity();
            let reason = format!(
                "a certificate is valid from {} to {}, not at the time given",
                validity.not_before, validity.not_after
            );
            return Err(untrusted_by("certificate.validity", reason));
        }
        for extension in certificate.parsed.extensions() {
            if extension.critical && !is_known(&extension.oid) {
                let reason = format!("critical extension {} is unknown", extension.oid);
                return Err(untrusted_by("certificate.extensions", reason));
            }
        }
        Ok(())
    }

    fn check_issued(
        &self,
        certificate: &Certificate<'_>,
        issuer: &Certificate<'_>,
    ) -> Result<(), Failure> {
        if certificate.issuer() != issuer.subject() {
            let reason = "a certificate does not name the next one as its issuer";
            return Err(untrusted_by("certificate.issuer", reason));
        }
        certificate.verify_signature(issuer, self.tolerance, self.budget).map_err(|failure| {
            match failure.kind() {
                ErrorKind::TooManySignatureChecks => failure,
                _ => as_untrusted(failure).in_field("certificate.signature"),
            }
        })
    }
}

/// The extensions that may be critical: those that are checked, or that bear on nothing here.
fn is_known(oid: &Oid<'_>) -> bool {
    [
        oids::OID_X509_EXT_KEY_USAGE,
        oids::OID_X509_EXT_SUBJECT_ALT_NAME,
        oids::OID_X509_EXT_BASIC_CONSTRAINTS,
        oids::OID_X509_EXT_CERTIFICATE_POLICIES,
        oids::OID_X509_EXT_EXTENDED_KEY_USAGE,
    ]
    .contains(oid)
}

fn parse(der: &[u8]) -> Result<Certificate<'_>, Failure> {
    Certificate::parse(der).map_err(as_untrusted)
}

fn untrusted(reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::UntrustedAttestation, reason)
}

/// Not trusted for what this member of a certificate says.
pub(super) fn untrusted_by(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(field, ErrorKind::UntrustedAttestation, reason)
}

/// A failure of a certificate or its signature, as a reason not to trust the path.
fn as_untrusted(failure: Failure) -> Failure {
    untrusted(format!("{failure}"))
}
