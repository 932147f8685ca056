//! What the metadata says of the model of a verified attestation.

use core::fmt;
use std::time::SystemTime;

use crate::error::quote;
use crate::metadata::{AuthenticatorStatus, CertificationLevel, Date, Entry};

/// What the metadata says of a model, at the time of the registration.
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

    /// The name of the model, in English.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The level at which the model is certified; `None` if it is not.
    pub fn certification(&self) -> Option<CertificationLevel> {
        self.certification
    }

    /// The last status of its history, and the day from which it holds.
    pub fn last_status(&self) -> Option<(&AuthenticatorStatus, Option<Date>)> {
        self.last_status.as_ref().map(|(status, date)| (status, *date))
    }

    /// Whether the model is proven: the path ends at an anchor of this model's entry, or at one that
    /// the policy has for this model alone. Otherwise the authenticator only claims to be of it.
    pub fn is_proven(&self) -> bool {
        self.is_proven
    }

    /// The lines about it in the summary of an attestation.
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
