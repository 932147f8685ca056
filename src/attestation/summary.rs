//! A verified attestation in words, for logs and audits.

use core::fmt;

use super::verdict::{Attestation, AttestationType, Unchecked};
#[cfg(feature = "attestation")]
use crate::certificate::name_of;
#[cfg(feature = "attestation")]
use crate::debug::Hex;
#[cfg(feature = "attestation")]
use crate::error::quote;
#[cfg(feature = "attestation")]
use crate::quirk::Quirk;
#[cfg(feature = "attestation")]
use crate::signature;

/// One line for each fact, without one at the end. The statements inside a compound one follow,
/// indented. Text that comes from outside stands between quotation marks, escaped and cut.
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
        #[cfg(feature = "metadata")]
        self.write_metadata(f, indent)?;
        let names: Vec<_> = self.quirks.iter().map(|quirk| quirk.name().to_owned()).collect();
        write!(f, "\n{indent}quirks needed: {}", list(&names))?;
        let unchecked: Vec<_> = self.unchecked.iter().map(Unchecked::to_string).collect();
        write!(f, "\n{indent}not checked: {}", list(&unchecked))?;
        #[cfg(feature = "attestation")]
        for (position, statement) in self.statements.iter().enumerate() {
            writeln!(f, "\n{indent}statement {}:", position + 1)?;
            statement.write(f, &format!("{indent}  "))?;
        }
        Ok(())
    }

    fn model(&self) -> String {
        #[cfg(feature = "attestation")]
        if let Some(aaguid) = self.trusted_aaguid {
            return format!("{aaguid}, proven");
        }
        match self.claimed_aaguid {
            Some(aaguid) => format!("{aaguid}, not proven"),
            None => "not named".to_owned(),
        }
    }

    #[cfg(feature = "attestation")]
    fn write_trust(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        if let Some(path) = &self.trust_path {
            let der = path.anchor().as_der();
            let hash = signature::sha256(der);
            write!(f, "\n{indent}anchor: {}, SHA-256 {:?}", name(der), Hex(&hash))?;
        } else if self.statements.is_empty() {
            write!(f, "\n{indent}anchor: none")?;
        }
        if let Some(leaf) = self.certificates.first() {
            let above = self.trust_path.iter().flat_map(|path| path.intermediates());
            let path: Vec<_> = [leaf].into_iter().chain(above).map(|der| name(der)).collect();
            let claimed =
                if self.trust_path.is_some() { "" } else { ", and what it leads to is open" };
            write!(f, "\n{indent}path: {}{claimed}", path.join(", issued by "))?;
        }
        if let Some(level) = self.security_level {
            write!(f, "\n{indent}security level of the key: {level:?}")?;
        }
        if let Some(manufacturer) = &self.tpm_manufacturer {
            write!(f, "\n{indent}TPM manufacturer: {}", quote(manufacturer.chars()))?;
        }
        let mut weak = Vec::new();
        if self.is_signed_with_rs1() {
            weak.push("SHA-1 in the signature of the statement".to_owned());
        }
        if self.quirks.contains(Quirk::Sha1Attestation) {
            weak.push("SHA-1 in a certificate or the name of a key".to_owned());
        }
        write!(f, "\n{indent}weak hashes: {}", list(&weak))
    }

    #[cfg(feature = "metadata")]
    fn write_metadata(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        let Some(record) = &self.model_record else { return Ok(()) };
        let description = record.description().unwrap_or("no description");
        let proven = if record.is_proven() { "proven" } else { "claimed" };
        write!(f, "\n{indent}metadata entry: {}, {proven}", quote(description.chars()))?;
        match record.certification() {
            Some(level) => write!(f, ", certified at level {level:?}")?,
            None => write!(f, ", not certified")?,
        }
        match record.last_status() {
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

/// The subject of a certificate.
#[cfg(feature = "attestation")]
fn name(der: &[u8]) -> String {
    match name_of(der) {
        Some(name) if !name.is_empty() => quote(name.chars()),
        _ => "a certificate without a name".to_owned(),
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

impl fmt::Display for AttestationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AttestationType::None => "None",
            AttestationType::Ignored => "not looked at",
            AttestationType::SelfAttestation => "Self",
            AttestationType::Basic => "Basic",
            AttestationType::AttCa => "AttCA",
            AttestationType::AnonCa => "AnonCA",
            AttestationType::Uncertain => "Basic or AttCA",
            AttestationType::Compound => "of each statement",
        })
    }
}

/// A few words that complete "not checked: ".
impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unchecked::Statement => "the statement",
            Unchecked::Trust => "a path to a trust anchor",
            Unchecked::Revocation => "revocation",
            Unchecked::Metadata => "metadata of the model",
            Unchecked::StaleMetadata => {
                "what has happened since the metadata's next update was due"
            }
            Unchecked::UnidentifiedEntries => "entries of the metadata that cannot be read",
            Unchecked::TpmManufacturer => "that the TPM manufacturer is registered",
            Unchecked::NestedStatement => "the statements that were left out",
        })
    }
}
