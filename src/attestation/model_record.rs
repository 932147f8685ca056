//! The metadata about the model of a verified attestation.

use core::fmt;
use std::time::SystemTime;

use crate::error::quote;
use crate::metadata::{AuthenticatorStatus, CertificationLevel, Date, Entry};

/// The metadata about an authenticator model, as of the time of registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRecord {
    description: Option<String>,
    certification: Option<CertificationLevel>,
    last_status: Option<(AuthenticatorStatus, Option<Date>)>,
    is_proven: bool,
}

impl ModelRecord {
    pub(super) fn of(entry: &Entry, now: SystemTime, is_proven: bool) -> ModelRecord {
        let last = entry.last_status_report(now);
        ModelRecord {
            description: entry.description().map(str::to_owned),
            certification: entry.certification(now),
            last_status: last.map(|report| (report.status().clone(), report.effective_date())),
            is_proven,
        }
    }

    /// The model's name, in English.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The model's certification level, or `None` if the model is not certified.
    pub fn certification(&self) -> Option<CertificationLevel> {
        self.certification
    }

    /// The last status in the model's history, and the day from which it applies.
    pub fn last_status(&self) -> Option<(&AuthenticatorStatus, Option<Date>)> {
        self.last_status.as_ref().map(|(status, date)| (status, *date))
    }

    /// Returns whether the model is proven: the path ends at an anchor of the model's metadata
    /// entry, or at an anchor that the policy has for this model only. Otherwise, the authenticator
    /// only claims to be of this model.
    pub fn is_proven(&self) -> bool {
        self.is_proven
    }

    /// Writes the lines about the model in the summary of an attestation.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        let description = self.description().unwrap_or("no description");
        let proven = if self.is_proven() { "proven" } else { "claimed" };
        write!(f, "\n{indent}metadata entry: {}, {proven}", quote(description.chars()))?;
        match self.certification() {
            Some(level) => write!(f, ", certified at level {level}")?,
            None => write!(f, ", not certified")?,
        }
        match self.last_status() {
            Some((status, Some(date))) => {
                write!(f, "\n{indent}last status: {} since {date}", quote(status.as_str().chars()))
            }
            Some((status, None)) => {
                write!(f, "\n{indent}last status: {}", quote(status.as_str().chars()))
            }
            None => write!(f, "\n{indent}last status: none"),
        }
    }
}
