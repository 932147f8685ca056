//! Path validation: the parts of RFC 5280, section 6, that attestation uses.
//!
//! A path starts at the attestation certificate. Each certificate is issued by the next, and the
//! path ends at a trust anchor that the caller provides. A certificate from the statement never
//! becomes an anchor.

use core::fmt;
use std::time::SystemTime;

use super::anchor::TrustAnchor;
use super::constraints::{NameConstraints, Refusal};
use super::failure::{as_untrusted, untrusted, untrusted_by};
use super::form::BasicConstraints;
use super::revocation::Revocations;
use super::server::{ServerUse, server_use};
use super::text;
use super::view::Certificate;
use crate::calendar;
use crate::debug::Der;
use crate::error::{ErrorData, ErrorKind, Failure};
use crate::oid::{self, Oid};
use crate::quirk::{Quirks, Tolerance};
use crate::signature::budget::Budget;

/// Real paths contain up to five certificates.
const MAX_CERTIFICATES: usize = 8;

const EMPTY_SEQUENCE: &[u8] = &[0x30, 0];

/// A valid certificate path. Only [`verify_path`] and attestation verification create one.
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

    /// The DER-encoded certificates between the leaf and the anchor, starting with the leaf's
    /// issuer. §7.1 recommends storing them, in case one is revoked later.
    pub fn intermediates(&self) -> &[Vec<u8>] {
        &self.intermediates
    }

    /// Returns whether the certificates were checked against a revocation list, even an empty one.
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
/// `chain` is a list of at most 8 DER-encoded certificates in the order of `x5c`: the leaf first,
/// and each certificate issued by the next. The chain may end at the anchor or just below it, or
/// continue beyond it. Certificates beyond the anchor must be well-formed but are otherwise
/// ignored. An anchor may be a root, an intermediate, or the leaf itself. If the anchor is the
/// leaf, all bytes must match.
///
/// The function checks:
///
/// - the signature of every certificate, and that its issuer is the subject of the next
///   certificate, with the same text in the same attributes;
/// - the validity period of every certificate;
/// - basicConstraints, path length, key usage and name constraints of every issuer;
/// - that no certificate has an unknown critical extension;
/// - that no certificate below the anchor is in the anchor's [`Revocations`](super::Revocations),
///   if it has a list.
///
/// Only the name and the key of an anchor are trusted (RFC 5280, section 6.1). A self-issued anchor
/// may be a version 1 certificate and does not need basicConstraints. Without basicConstraints, its
/// key usage is not checked. The other restrictions in an anchor apply: its validity period, its
/// path length, its name constraints, and basicConstraints that say that it is not a CA.
///
/// The signatures can be ECDSA on P-256, P-384 or P-521, RSASSA-PKCS1-v1_5 or RSASSA-PSS, each with
/// SHA-256, SHA-384 or SHA-512. They can also be Ed25519 and, with the crate feature `ml-dsa`,
/// ML-DSA. The exponent of an RSA key must not exceed 65537.
///
/// These quirks affect the verification: [`Sha1Attestation`](crate::Quirk::Sha1Attestation),
/// [`NonDerBooleans`](crate::Quirk::NonDerBooleans) and
/// [`EcdsaNullParameters`](crate::Quirk::EcdsaNullParameters).
///
/// # Errors
///
/// Returns one of these errors:
/// - [`NoTrustAnchors`](ErrorKind::NoTrustAnchors) if `anchors` is empty
/// - [`TooManySignatureChecks`](ErrorKind::TooManySignatureChecks) if verification needs too many
///   signature checks, which happens if many anchors have the name of an issuer or if the keys are
///   slow
/// - [`UntrustedAttestation`](ErrorKind::UntrustedAttestation) in all other cases, for example if a
///   certificate is malformed, expired or revoked, if there are more than 8 certificates, or if the
///   path does not end at an anchor
pub fn verify_path(
    chain: &[&[u8]],
    anchors: &[TrustAnchor],
    now: SystemTime,
    quirks: Quirks,
) -> Result<TrustPath, Failure> {
    let purpose = Purpose::Signature { known: None };
    find_path(chain, anchors, now, purpose, &Tolerance::new(quirks), &Budget::for_paths())
}

/// The purpose of the leaf of a path.
pub(crate) enum Purpose {
    /// Signatures of any kind. The extension `known` may also be critical, because the caller has
    /// read it.
    Signature { known: Option<Oid<'static>> },
    /// A server, below an authority that also issues for other purposes (RFC 5280, section
    /// 4.2.1.12).
    Server {
        /// Whether the leaf itself must name this purpose.
        named: bool,
    },
}

/// Verifies a path like [`verify_path`], for a purpose and with a budget for the whole request.
pub(crate) fn find_path(
    chain: &[&[u8]],
    anchors: &[TrustAnchor],
    now: SystemTime,
    purpose: Purpose,
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
    // A malformed certificate is rejected, even beyond the anchor. Each certificate is parsed again
    // when the path reaches it, because all parsed certificates together can need many times their
    // size.
    for der in chain {
        let _ = parse(der, tolerance)?;
    }
    Walk { chain, anchors, now, purpose: &purpose, tolerance, budget }.find_anchor()
}

#[derive(Clone, Copy)]
struct Walk<'w, 'a> {
    chain: &'w [&'a [u8]],
    anchors: &'w [TrustAnchor],
    now: SystemTime,
    purpose: &'w Purpose,
    tolerance: &'w Tolerance,
    budget: &'w Budget,
}

/// The progress of the walk.
#[derive(Clone, Copy)]
struct Reached<'r> {
    /// The position of the certificate whose issuer is needed.
    position: usize,
    /// The number of CAs so far that count for path lengths.
    between: u64,
    /// The positions of the CAs with name constraints.
    constraining: &'r [usize],
}

impl<'a> Walk<'_, 'a> {
    fn find_anchor(&self) -> Result<TrustPath, Failure> {
        let mut last_failure = None;
        // The current position, and the number of CAs so far that count for path lengths.
        // Self-issued CAs do not count.
        let (mut position, mut between) = (0, 0);
        // The positions of CAs with name constraints.
        let mut constraining = Vec::new();
        let mut next = self.certificate(0)?;
        while let Some(certificate) = next {
            if position == 0 {
                self.check_leaf(&certificate)?;
            } else {
                self.check_issuer(&certificate, between)?;
                between += u64::from(!certificate.is_self_issued());
                if certificate.extension(oid::NAME_CONSTRAINTS).is_some() {
                    constraining.push(position);
                }
            }
            let reached = Reached { position, between, constraining: &constraining };
            if let Some(anchor) = self.end(reached, &certificate, &mut last_failure)? {
                return Ok(self.path(position, &certificate, anchor));
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

    /// Returns the first anchor at which the path ends, if it ends here. Fails if an authority of
    /// the caller has revoked a certificate of the path: this is final, even if the chain also leads
    /// to another anchor.
    fn end(
        &self,
        reached: Reached<'_>,
        certificate: &Certificate<'_>,
        last_failure: &mut Option<Failure>,
    ) -> Result<Option<&TrustAnchor>, Failure> {
        let mut end = None;
        for anchor in self.anchors {
            if end.is_some() && !self.may_also_revoke(reached.position, certificate, anchor) {
                continue;
            }
            // The quirks that an anchor needs count only if the path ends there.
            let attempt = Tolerance::new(self.tolerance.tolerated());
            let walk = Walk { tolerance: &attempt, ..*self };
            let ends = walk.ends_at(reached, certificate, anchor);
            self.tolerance.take(&attempt, end.is_none() && matches!(ends, Ok(true)));
            match ends {
                Ok(true) => {
                    self.check_revocations(reached.position, anchor)?;
                    end = end.or(Some(anchor));
                }
                Ok(false) => {}
                // Nobody may skip a list by using up the budget.
                Err(failure)
                    if end.is_some() && failure.kind() == ErrorKind::TooManySignatureChecks =>
                {
                    return Err(failure);
                }
                // Another anchor with the same name may be the right one.
                Err(failure) => *last_failure = Some(failure),
            }
        }
        Ok(end)
    }

    /// Returns whether an anchor may revoke a path that already ends at another anchor. A leaf can
    /// be an anchor itself, and its issuer another one, each with a list. At any other certificate,
    /// all anchors at which the path can end are of the same authority and share their lists.
    fn may_also_revoke(
        &self,
        position: usize,
        certificate: &Certificate<'_>,
        anchor: &TrustAnchor,
    ) -> bool {
        let is_related =
            || certificate.as_der() == anchor.as_der() || certificate.issuer() == anchor.subject();
        position == 0 && is_related() && self.revocations_of(anchor).next().is_some()
    }

    /// Returns the certificate at this position, if there is one.
    fn certificate(&self, position: usize) -> Result<Option<Certificate<'a>>, Failure> {
        self.chain.get(position).map(|der| parse(der, self.tolerance)).transpose()
    }

    /// Returns whether the path ends here: the anchor issued the certificate, or is identical to
    /// the leaf. Fails if the anchor has the issuer's name, but has not issued the certificate or
    /// must not issue it.
    ///
    /// It is not enough that a certificate of the chain has the name and key of an anchor. The rest
    /// of its content is not signed by a trusted key, and only the anchor itself contains the
    /// anchor's restrictions.
    fn ends_at(
        &self,
        reached: Reached<'_>,
        certificate: &Certificate<'_>,
        anchor: &TrustAnchor,
    ) -> Result<bool, Failure> {
        let position = reached.position;
        if position == 0 && certificate.as_der() == anchor.as_der() {
            self.check_purpose(position, certificate)?;
            return Ok(true);
        }
        if certificate.issuer() != anchor.subject() {
            return Ok(false);
        }
        self.budget.check_left()?;
        let issuer = parse(anchor.as_der(), self.tolerance)?;
        self.check_anchor(&issuer, reached.between)?;
        self.check_issued(certificate, &issuer)?;
        self.check_names(reached, &issuer)?;
        self.check_purpose(position, &issuer)?;
        Ok(true)
    }

    /// Checks the names of the path so far against the name constraints of every authority above
    /// them. A self-issued CA is skipped, as for path lengths (RFC 5280, section 6.1.3).
    fn check_names(&self, reached: Reached<'_>, anchor: &Certificate<'_>) -> Result<(), Failure> {
        self.check_names_below(anchor, reached.position)?;
        for issuer in reached.constraining {
            if let Some(certificate) = self.certificate(*issuer)? {
                self.check_names_below(&certificate, issuer.saturating_sub(1))?;
            }
        }
        Ok(())
    }

    /// Checks the certificates up to `position` against the name constraints of one authority
    /// above.
    fn check_names_below(&self, issuer: &Certificate<'_>, position: usize) -> Result<(), Failure> {
        let field = "certificate.nameConstraints";
        let Some(extension) = issuer.extension(oid::NAME_CONSTRAINTS) else {
            return Ok(());
        };
        // Without subtrees, the extension constrains nothing. RFC 5280 forbids that, so it is
        // accepted only if it is not critical.
        if !extension.critical && extension.value == EMPTY_SEQUENCE {
            return Ok(());
        }
        let malformed =
            |error| untrusted_by(field, format!("name constraints do not parse: {error}"));
        let constraints = NameConstraints::read(extension.value).map_err(malformed)?;
        for below in 0..=position {
            let Some(certificate) = self.certificate(below)? else { continue };
            if below > 0 && certificate.is_self_issued() {
                continue;
            }
            constraints.check(&certificate).map_err(|refusal| match refusal {
                Refusal::Excluded => untrusted_by(field, "an issuer excludes the name"),
                Refusal::NotPermitted => untrusted_by(field, "an issuer does not permit the name"),
                Refusal::UnknownKind => {
                    untrusted_by(field, "a constrained kind of name is not supported")
                }
                Refusal::NotAName => untrusted_by(field, "a constrained name is malformed"),
                Refusal::Malformed(error) => untrusted_by(
                    "certificate.subjectAltName",
                    format!("subjectAltName does not parse: {error}"),
                ),
            })?;
        }
        Ok(())
    }

    /// Checks that every certificate up to `position`, and the anchor, may be used for the purpose
    /// of the path.
    fn check_purpose(&self, position: usize, anchor: &Certificate<'_>) -> Result<(), Failure> {
        let Purpose::Server { named } = *self.purpose else { return Ok(()) };
        let field = "certificate.extendedKeyUsage";
        let allows = |certificate: &Certificate<'_>, named: bool| {
            let usage = server_use(certificate).map_err(|error| {
                untrusted_by(field, format!("extendedKeyUsage does not parse: {error}"))
            })?;
            match usage {
                ServerUse::Named => Ok(()),
                ServerUse::Open if !named => Ok(()),
                _ => Err(untrusted_by(field, "a certificate of the path is not for servers")),
            }
        };
        for position in 0..=position {
            if let Some(certificate) = self.certificate(position)? {
                allows(&certificate, named && position == 0)?;
            }
        }
        allows(anchor, false)
    }

    /// Checks the path up to `position` against all revocation lists of the authority at which it
    /// ends, including lists of the authority's other anchors.
    fn check_revocations(&self, position: usize, anchor: &TrustAnchor) -> Result<(), Failure> {
        if self.revocations_of(anchor).next().is_none() {
            return Ok(());
        }
        for der in self.chain.iter().take(position + 1) {
            let certificate = parse(der, self.tolerance)?;
            self.revocations_of(anchor).try_for_each(|list| list.check(&certificate))?;
        }
        Ok(())
    }

    fn revocations_of(&self, anchor: &TrustAnchor) -> impl Iterator<Item = &Revocations> {
        let anchors = self.anchors.iter().filter(move |one| one.is_same_authority(anchor));
        anchors.filter_map(|one| one.revocations())
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
        let known = match self.purpose {
            Purpose::Signature { known } => *known,
            Purpose::Server { .. } => None,
        };
        self.check_any(leaf, known)?;
        // Name constraints are only for CAs (RFC 5280, section 4.2.1.10).
        let constraints = leaf.extension(oid::NAME_CONSTRAINTS);
        if constraints.is_some_and(|extension| extension.critical) {
            let reason = "critical name constraints in a certificate that is not an issuer";
            return Err(untrusted_by("certificate.nameConstraints", reason));
        }
        // The leaf does not have to be a CA. Its basicConstraints only has to be readable.
        leaf.basic_constraints().map_err(as_untrusted)?;
        let usage = leaf.key_usage().map_err(as_untrusted)?;
        if usage.is_some_and(|usage| !usage.digital_signature) {
            let reason = "the key of the attestation certificate may not sign";
            return Err(untrusted_by("certificate.keyUsage", reason));
        }
        Ok(())
    }

    /// Checks a certificate that issues a certificate of the path. `between` is the number of CAs
    /// between it and the leaf that count for its path length.
    fn check_issuer(&self, issuer: &Certificate<'_>, between: u64) -> Result<(), Failure> {
        self.check_any(issuer, None)?;
        let constraints = issuer.basic_constraints().map_err(as_untrusted)?;
        check_authority(issuer, constraints.unwrap_or(BasicConstraints::NO_CA), between)
    }

    /// Checks an anchor. It is a name and a key (RFC 5280, section 6.1), so a self-issued anchor
    /// does not have to state that it is a CA.
    fn check_anchor(&self, anchor: &Certificate<'_>, between: u64) -> Result<(), Failure> {
        if !anchor.is_self_issued() {
            return self.check_issuer(anchor, between);
        }
        self.check_any(anchor, None)?;
        let constraints = anchor.basic_constraints().map_err(as_untrusted)?;
        constraints.map_or(Ok(()), |constraints| check_authority(anchor, constraints, between))
    }

    /// Checks the rules for every certificate of a path. The extension `known` may be critical, in
    /// addition to the extensions of RFC 5280.
    fn check_any(
        &self,
        certificate: &Certificate<'_>,
        known: Option<Oid<'static>>,
    ) -> Result<(), Failure> {
        if !certificate.is_valid_at(self.now) {
            let (from, to) = certificate.validity();
            let reason = format!(
                "a certificate is valid from {} to {}, not at the given time",
                text::time(from),
                text::time(to)
            );
            let [not_before, not_after] = [from, to].map(calendar::start_of);
            let data = ErrorData::Validity { not_before, not_after, now: self.now };
            return Err(untrusted_by("certificate.validity", reason).with_data(data));
        }
        for extension in certificate.extensions() {
            let is_known = is_known(extension.oid) || known == Some(extension.oid);
            if extension.critical && !is_known {
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
            let reason = "a certificate does not name the next certificate as its issuer";
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

/// Checks that the certificate belongs to a CA that may issue the certificates below it.
fn check_authority(
    issuer: &Certificate<'_>,
    constraints: BasicConstraints,
    between: u64,
) -> Result<(), Failure> {
    if !constraints.ca {
        return Err(untrusted_by("certificate.basicConstraints", "an issuer is not a CA"));
    }
    if constraints.path_length.is_some_and(|limit| limit < between) {
        let reason = "there are more CAs below an issuer than its path length allows";
        return Err(untrusted_by("certificate.basicConstraints", reason));
    }
    let usage = issuer.key_usage().map_err(as_untrusted)?;
    if usage.is_some_and(|usage| !usage.key_cert_sign) {
        let reason = "the key of an issuer may not sign certificates";
        return Err(untrusted_by("certificate.keyUsage", reason));
    }
    Ok(())
}

/// Returns whether this extension may be critical: it is either checked or irrelevant here.
fn is_known(extension: Oid<'_>) -> bool {
    [
        oid::KEY_USAGE,
        oid::SUBJECT_ALT_NAME,
        oid::BASIC_CONSTRAINTS,
        oid::CERTIFICATE_POLICIES,
        oid::EXTENDED_KEY_USAGE,
        oid::NAME_CONSTRAINTS,
    ]
    .contains(&extension)
}

fn parse<'a>(der: &'a [u8], tolerance: &Tolerance) -> Result<Certificate<'a>, Failure> {
    Certificate::parse(der, tolerance).map_err(as_untrusted)
}
