//! A text summary of a verified attestation, for logs and audits.

use core::fmt;

use super::verdict::{Attestation, AttestationType, Unchecked};

/// Writes one fact per line, without a final line break. The statements inside a compound statement
/// follow, indented. Untrusted text is quoted, escaped and truncated.
impl fmt::Display for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "")
    }
}

impl Attestation {
    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        write!(f, "{indent}format: {}", self.format)?;
        write!(f, "\n{indent}type: {}", self.attestation_type)?;
        write!(f, "\n{indent}model: {}", self.model())?;
        #[cfg(feature = "attestation")]
        self.write_trust(f, indent)?;
        write!(f, "\n{indent}quirks needed: {}", self.quirks)?;
        let unchecked: Vec<_> = self.unchecked.iter().map(Unchecked::to_string).collect();
        write!(f, "\n{indent}not checked: {}", list(&unchecked))?;
        for (position, statement) in self.statements.iter().enumerate() {
            writeln!(f, "\n{indent}statement {}:", position + 1)?;
            statement.write(f, &format!("{indent}  "))?;
        }
        Ok(())
    }

    fn model(&self) -> String {
        if let Some(aaguid) = self.trusted_aaguid {
            return format!("{aaguid}, proven");
        }
        match self.unverified_aaguid {
            Some(aaguid) => format!("{aaguid}, not proven"),
            None => "not named".to_owned(),
        }
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

impl fmt::Display for AttestationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AttestationType::None => "None",
            AttestationType::Ignored => "not determined",
            AttestationType::SelfAttestation => "Self",
            AttestationType::Basic => "Basic",
            AttestationType::AttCa => "AttCA",
            AttestationType::AnonCa => "AnonCA",
            AttestationType::Uncertain => "Basic or AttCA",
            AttestationType::Compound => "see each statement",
        })
    }
}

/// Writes a few words that complete the phrase "not checked: ".
impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unchecked::Statement => "the statement",
            Unchecked::Trust => "a path to a trust anchor",
            Unchecked::Revocation => "revocation",
            Unchecked::Metadata => "the model's metadata",
            Unchecked::StaleMetadata => "status changes since the metadata's next update was due",
            Unchecked::UnidentifiedEntries => "unreadable metadata entries",
            Unchecked::TpmManufacturer => "whether the TPM manufacturer is registered",
            Unchecked::NestedStatement => "statements that were left out",
        })
    }
}
