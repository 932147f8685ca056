//! What a policy says about the verification procedures of the formats.

use std::time::Duration;

use super::format::{AttestationFormat, unsupported};
use crate::error::Failure;
use crate::names::names;

/// Where a key lives that an `android-key` attestation is about (§8.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityLevel {
    /// In the operating system.
    #[default]
    Software,
    /// In a trusted execution environment.
    TrustedEnvironment,
    /// In a secure element of its own.
    StrongBox,
}

names! {
    SecurityLevel, "security level", impl Display;
    Software = "Software",
    TrustedEnvironment = "TrustedEnvironment",
    StrongBox = "StrongBox",
}

/// How many of the statements inside a `compound` one must hold (§8.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CompoundRule {
    /// Every one.
    #[default]
    All,
    /// At least one. The verdict lists only those that hold.
    Any,
}

names! {
    CompoundRule, "rule for compound attestations", impl Display;
    All = "all",
    Any = "any",
}

/// What a policy says about the verification procedures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    /// The age up to which a SafetyNet response counts; `None` accepts none.
    pub(super) safetynet: Option<Duration>,
    pub(super) compound: CompoundRule,
    pub(super) android_key: SecurityLevel,
    pub(super) tpm_manufacturers: bool,
    pub(super) refuse_rs1: bool,
    pub(super) stale_metadata: bool,
    pub(super) unidentified_entries: bool,
}

impl Rules {
    /// Determines a format that is known and accepted.
    pub(super) fn determine_format(&self, identifier: &str) -> Result<AttestationFormat, Failure> {
        let format = AttestationFormat::determine(identifier)?;
        self.check_format(format)?;
        Ok(format)
    }

    /// Whether statements of a known format are accepted at all.
    fn check_format(&self, format: AttestationFormat) -> Result<(), Failure> {
        if format == AttestationFormat::AndroidSafetyNet && self.safetynet.is_none() {
            return Err(unsupported(format.as_str()));
        }
        Ok(())
    }
}
