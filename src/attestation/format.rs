//! The attestation statement formats by name (§8.1).

use core::fmt;

use crate::error::{ErrorKind, Failure, quote};

/// Longest format identifier that §8.1 allows, in bytes.
const MAX_FORMAT: usize = 32;

/// An attestation statement format of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationFormat {
    /// `none` (§8.7): no statement at all.
    None,
    /// `packed` (§8.2). Without the crate feature `attestation`, only self attestation.
    Packed,
    /// `tpm` (§8.3). With the crate feature `attestation`.
    Tpm,
    /// `android-key` (§8.4). With the crate feature `attestation`.
    AndroidKey,
    /// `android-safetynet` (§8.5), of a service that no longer exists. With the crate feature
    /// `attestation`, and where the policy accepts it.
    AndroidSafetyNet,
    /// `fido-u2f` (§8.6). With the crate feature `attestation`.
    FidoU2f,
    /// `apple` (§8.8). With the crate feature `attestation`.
    Apple,
    /// `compound` (§8.9): several statements. With the crate feature `attestation`.
    Compound,
}

impl AttestationFormat {
    const ALL: [AttestationFormat; 8] = [
        AttestationFormat::None,
        AttestationFormat::Packed,
        AttestationFormat::Tpm,
        AttestationFormat::AndroidKey,
        AttestationFormat::AndroidSafetyNet,
        AttestationFormat::FidoU2f,
        AttestationFormat::Apple,
        AttestationFormat::Compound,
    ];

    /// The registered identifier, such as `"fido-u2f"`.
    pub fn identifier(self) -> &'static str {
        match self {
            AttestationFormat::None => "none",
            AttestationFormat::Packed => "packed",
            AttestationFormat::Tpm => "tpm",
            AttestationFormat::AndroidKey => "android-key",
            AttestationFormat::AndroidSafetyNet => "android-safetynet",
            AttestationFormat::FidoU2f => "fido-u2f",
            AttestationFormat::Apple => "apple",
            AttestationFormat::Compound => "compound",
        }
    }

    /// Determines the format by a case-sensitive match: step 21 of §7.1.
    ///
    /// # Errors
    ///
    /// `AttestationInvalid` for text that is no format identifier (§8.1), else
    /// `UnsupportedAttestationFormat`, naming the format.
    pub fn from_identifier(identifier: &str) -> Result<AttestationFormat, Failure> {
        let known = AttestationFormat::ALL.into_iter().find(|one| one.identifier() == identifier);
        match known {
            Some(format) if format.is_compiled_in() => Ok(format),
            _ => Err(unsupported(identifier)),
        }
    }

    pub(crate) fn is_compiled_in(self) -> bool {
        matches!(self, AttestationFormat::None | AttestationFormat::Packed)
            || cfg!(feature = "attestation")
    }
}

/// Why a format identifier is not one that is verified here.
pub(super) fn unsupported(identifier: &str) -> Failure {
    let well_formed = identifier.len() <= MAX_FORMAT
        && identifier.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    let kind = if well_formed {
        ErrorKind::UnsupportedAttestationFormat
    } else {
        ErrorKind::AttestationInvalid
    };
    Failure::new(kind, format!("format {}", quote(identifier.chars())))
}

impl fmt::Display for AttestationFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.identifier())
    }
}
