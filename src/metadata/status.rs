//! Status reports (FIDO Metadata Service 3, section 3.1.3): the history of an authenticator model,
//! and its current meaning.

use core::cmp::Reverse;
use core::fmt;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::date::Date;
use crate::certificate::{Certificate, subject_public_key};
use crate::debug::{Der, Text};
use crate::error::{ErrorKind, Failure};
use crate::names::{names, open_names};
use crate::quirk::Tolerance;

open_names! {
    /// The status of an authenticator model in a report (`AuthenticatorStatus`).
    AuthenticatorStatus {
        /// The model is not certified.
        NotFidoCertified = "NOT_FIDO_CERTIFIED",
        /// The model passed functional certification. Level 1 has since replaced this
        /// certification.
        FidoCertified = "FIDO_CERTIFIED",
        /// The model is certified at level 1.
        FidoCertifiedL1 = "FIDO_CERTIFIED_L1",
        /// The model is certified at level 1+.
        FidoCertifiedL1Plus = "FIDO_CERTIFIED_L1plus",
        /// The model is certified at level 2.
        FidoCertifiedL2 = "FIDO_CERTIFIED_L2",
        /// The model is certified at level 2+.
        FidoCertifiedL2Plus = "FIDO_CERTIFIED_L2plus",
        /// The model is certified at level 3.
        FidoCertifiedL3 = "FIDO_CERTIFIED_L3",
        /// The model is certified at level 3+.
        FidoCertifiedL3Plus = "FIDO_CERTIFIED_L3plus",
        /// The vendor submitted a certification questionnaire. The FIDO Alliance has not verified
        /// the answers.
        SelfAssertionSubmitted = "SELF_ASSERTION_SUBMITTED",
        /// User verification can be bypassed.
        UserVerificationBypass = "USER_VERIFICATION_BYPASS",
        /// An attestation key has been compromised: the key of the certificate in the report, or
        /// any key if the report names no certificate.
        AttestationKeyCompromise = "ATTESTATION_KEY_COMPROMISE",
        /// User keys can be extracted remotely.
        UserKeyRemoteCompromise = "USER_KEY_REMOTE_COMPROMISE",
        /// User keys can be extracted with physical access to the device.
        UserKeyPhysicalCompromise = "USER_KEY_PHYSICAL_COMPROMISE",
        /// Newer firmware is available.
        UpdateAvailable = "UPDATE_AVAILABLE",
        /// The model is no longer offered.
        Retired = "RETIRED",
        /// The model must never be trusted.
        Revoked = "REVOKED",
    }
}

/// The certification level of a model, from lowest to highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CertificationLevel {
    /// Level 1, or a certification from before levels existed.
    L1,
    /// Level 1+.
    L1Plus,
    /// Level 2.
    L2,
    /// Level 2+.
    L2Plus,
    /// Level 3.
    L3,
    /// Level 3+.
    L3Plus,
}

names! {
    CertificationLevel, "certification level", impl Display;
    L1 = "L1",
    L1Plus = "L1plus",
    L2 = "L2",
    L2Plus = "L2plus",
    L3 = "L3",
    L3Plus = "L3plus",
}

impl AuthenticatorStatus {
    /// Returns the level that this status certifies, if it is a certification.
    fn certification(&self) -> Option<CertificationLevel> {
        match self {
            AuthenticatorStatus::FidoCertified | AuthenticatorStatus::FidoCertifiedL1 => {
                Some(CertificationLevel::L1)
            }
            AuthenticatorStatus::FidoCertifiedL1Plus => Some(CertificationLevel::L1Plus),
            AuthenticatorStatus::FidoCertifiedL2 => Some(CertificationLevel::L2),
            AuthenticatorStatus::FidoCertifiedL2Plus => Some(CertificationLevel::L2Plus),
            AuthenticatorStatus::FidoCertifiedL3 => Some(CertificationLevel::L3),
            AuthenticatorStatus::FidoCertifiedL3Plus => Some(CertificationLevel::L3Plus),
            _ => None,
        }
    }

    /// Returns whether this status ends the certification of a model.
    fn ends_certification(&self) -> bool {
        matches!(self, AuthenticatorStatus::Revoked | AuthenticatorStatus::NotFidoCertified)
    }

    /// Returns whether a model with this status is rejected.
    fn is_refused(&self) -> bool {
        matches!(
            self,
            AuthenticatorStatus::Revoked
                | AuthenticatorStatus::AttestationKeyCompromise
                | AuthenticatorStatus::UserVerificationBypass
                | AuthenticatorStatus::UserKeyRemoteCompromise
                | AuthenticatorStatus::UserKeyPhysicalCompromise
        )
    }
}

/// A status report from the history of a model. [`Entry::as_json`](super::Entry::as_json) also
/// contains its other members.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusReport {
    status: AuthenticatorStatus,
    effective_date: Option<Date>,
    authenticator_version: Option<u64>,
    certificate: Option<Vec<u8>>,
}

impl fmt::Debug for StatusReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusReport")
            .field("status", &Text(self.status.as_str()))
            .field("effective_date", &self.effective_date)
            .field("authenticator_version", &self.authenticator_version)
            .field("certificate", &self.certificate.as_deref().map(Der))
            .finish()
    }
}

impl StatusReport {
    /// The status.
    pub fn status(&self) -> &AuthenticatorStatus {
        &self.status
    }

    /// The day from which the status applies, or `None` if the report has no date. A report without
    /// a date applies while it is listed.
    pub fn effective_date(&self) -> Option<Date> {
        self.effective_date
    }

    /// The firmware version that the report is about, or `None` if it names no version.
    pub fn authenticator_version(&self) -> Option<u64> {
        self.authenticator_version
    }

    /// The DER-encoded certificate that the report is about, or `None` if it names no certificate.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// Returns whether the report is about an authenticator with these certificates. A report of a
    /// compromised attestation key is only about authenticators with the certificate in the report
    /// or with the key of this certificate. If the report contains no readable certificate, it is
    /// about all authenticators.
    fn concerns(&self, certificates: &[impl AsRef<[u8]>]) -> bool {
        if self.status != AuthenticatorStatus::AttestationKeyCompromise {
            return true;
        }
        let Some(compromised) = &self.certificate else { return true };
        let Ok(certificate) = Certificate::parse(compromised, &Tolerance::strict()) else {
            return true;
        };
        certificates.iter().map(AsRef::as_ref).any(|der| {
            der == compromised || subject_public_key(der) == Some(certificate.subject_public_key())
        })
    }

    /// Returns whether no certification can supersede this report. A report without a date applies
    /// while it is listed. A compromised key never becomes secret again.
    fn is_final(&self) -> bool {
        self.effective_date.is_none()
            || (self.status == AuthenticatorStatus::AttestationKeyCompromise
                && self.certificate.is_some())
    }
}

/// The JSON form of a report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusReportJson {
    status: String,
    effective_date: Option<String>,
    authenticator_version: Option<u64>,
    certificate: Option<String>,
}

impl StatusReportJson {
    /// Reads the date and the certificate. Returns the reason if one of them is unreadable.
    pub(super) fn read(self) -> Result<StatusReport, &'static str> {
        let date = |text: &String| Date::parse(text).ok_or("effectiveDate is not YYYY-MM-DD");
        let der = |text: &String| {
            decode_base64(text).ok_or("the certificate of a status report is not base64")
        };
        Ok(StatusReport {
            status: AuthenticatorStatus::from(self.status.as_str()),
            effective_date: self.effective_date.as_ref().map(date).transpose()?,
            authenticator_version: self.authenticator_version,
            certificate: self.certificate.as_ref().map(der).transpose()?,
        })
    }
}

/// Decodes padded base64, which may contain white space.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = STANDARD.decode(text) {
        return Some(bytes);
    }
    let text: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}

/// Returns the reports up to `now` in the order of their dates. Reports without a date come first,
/// so that they supersede nothing. The listed order of reports of the same date has no meaning, so
/// the least favorable report comes last: a revocation or compromise, else the lower level.
pub(super) fn history(reports: &[StatusReport], now: SystemTime) -> Vec<&StatusReport> {
    let has_come =
        |report: &&StatusReport| report.effective_date.is_none_or(|date| date.has_come(now));
    let mut history: Vec<_> = reports.iter().filter(has_come).collect();
    history.sort_by_key(|report| {
        let status = &report.status;
        let is_against = status.is_refused() || status.ends_certification();
        (report.effective_date, is_against, Reverse(status.certification()))
    });
    history
}

/// Rejects a model whose history ends with a revocation or a compromise.
///
/// A later certification supersedes it: the status of a model is the result of its history, and the
/// authority that revokes also certifies. `UPDATE_AVAILABLE` supersedes nothing, because a
/// registration does not show which firmware the authenticator has.
pub(super) fn check(
    reports: &[StatusReport],
    certificates: &[impl AsRef<[u8]>],
    now: SystemTime,
) -> Result<(), Failure> {
    let (mut standing, mut answerable) = (None, None);
    for report in history(reports, now) {
        if report.status.is_refused() && report.concerns(certificates) {
            let place = if report.is_final() { &mut standing } else { &mut answerable };
            *place = Some(report);
        } else if report.status.certification().is_some() {
            answerable = None;
        }
    }
    let Some(report) = standing.or(answerable) else { return Ok(()) };
    let reason = match report.effective_date {
        Some(date) => format!("{} since {date}", report.status),
        None => format!("{}, without a date", report.status),
    };
    Err(Failure::of("statusReports", ErrorKind::AuthenticatorNotAllowed, reason))
}

/// Returns the certification level of a model: the last one in its history. `FIDO_CERTIFIED` has no
/// level, so it does not lower one. `REVOKED` and `NOT_FIDO_CERTIFIED` remove it.
pub(super) fn certification(
    reports: &[StatusReport],
    now: SystemTime,
) -> Option<CertificationLevel> {
    history(reports, now).into_iter().fold(None, |level, report| match &report.status {
        status if status.ends_certification() => None,
        AuthenticatorStatus::FidoCertified => level.max(Some(CertificationLevel::L1)),
        status => status.certification().or(level),
    })
}
