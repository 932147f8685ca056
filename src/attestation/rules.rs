//! The policy's rules for the verification procedures of the formats.

use std::time::Duration;

use super::format::{AttestationFormat, unsupported};
use crate::error::Failure;
use crate::names::names;

/// The place where the key of an `android-key` attestation is stored (§8.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityLevel {
    /// The key is in the operating system.
    #[default]
    Software,
    /// The key is in a trusted execution environment.
    TrustedEnvironment,
    /// The key is in a dedicated secure element.
    StrongBox,
}

names! {
    SecurityLevel, "security level", impl Display;
    Software = "Software",
    TrustedEnvironment = "TrustedEnvironment",
    StrongBox = "StrongBox",
}

/// The number of statements inside a `compound` statement that must be correct (§8.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CompoundRule {
    /// All statements must be correct.
    #[default]
    All,
    /// At least one statement must be correct. The verdict lists only the correct statements.
    Any,
}

names! {
    CompoundRule, "rule for compound attestations", impl Display;
    All = "all",
    Any = "any",
}

/// The policy's rules for the verification procedures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    /// The maximum age of a SafetyNet response; `None` accepts no response.
    pub(super) safetynet: Option<Duration>,
    pub(super) compound: CompoundRule,
    pub(super) android_key: SecurityLevel,
    pub(super) tpm_manufacturers: bool,
    pub(super) refuse_rs1: bool,
    pub(super) stale_metadata: bool,
    pub(super) unidentified_entries: bool,
}

impl Rules {
    /// Returns the format with this identifier if the policy accepts it.
    pub(super) fn determine_format(&self, identifier: &str) -> Result<AttestationFormat, Failure> {
        let format = AttestationFormat::determine(identifier)?;
        self.check_format(format)?;
        Ok(format)
    }

    /// Checks that the policy accepts statements of this format.
    fn check_format(&self, format: AttestationFormat) -> Result<(), Failure> {
        if format == AttestationFormat::AndroidSafetyNet && self.safetynet.is_none() {
            return Err(unsupported(format.as_str()));
        }
        Ok(())
    }
}
