//! The part of an attestation's text summary that is about trust.

use core::fmt;

use crate::attestation::verdict::Attestation;
use crate::certificate::name_of;
use crate::debug::Hex;
use crate::error::quote;
use crate::quirk::Quirk;
use crate::signature;

impl Attestation {
    /// Writes the facts that the certificates prove or only claim.
    pub(crate) fn write_trust(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
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
            let claimed = if self.trust_path.is_some() { "" } else { ", not verified" };
            write!(f, "\n{indent}path: {}{claimed}", path.join(", issued by "))?;
        }
        if let Some(level) = self.security_level {
            write!(f, "\n{indent}security level of the key: {level}")?;
        }
        if let Some(manufacturer) = &self.tpm_manufacturer {
            write!(f, "\n{indent}TPM manufacturer: {}", quote(manufacturer.chars()))?;
        }
        let weak = match (self.is_signed_with_rs1(), self.quirks.contains(Quirk::Sha1Attestation)) {
            (false, false) => "none",
            (true, false) => "SHA-1 in the signature of the statement",
            (false, true) => "SHA-1 in a certificate or the name of a key",
            (true, true) => {
                "SHA-1 in the signature of the statement, SHA-1 in a certificate or the name of a key"
            }
        };
        write!(f, "\n{indent}weak hashes: {weak}")?;
        #[cfg(feature = "metadata")]
        if let Some(record) = &self.model_record {
            record.write(f, indent)?;
        }
        Ok(())
    }
}

/// Returns the subject of a certificate.
fn name(der: &[u8]) -> String {
    match name_of(der) {
        Some(name) if !name.is_empty() => quote(name.chars()),
        _ => "a certificate without a name".to_owned(),
    }
}
