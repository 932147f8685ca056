//! The attestation statement formats by name (§8.1).

use crate::error::{ErrorKind, Failure, quote};
use crate::names::names;

/// The length limit of §8.1 for format identifiers, in bytes.
const MAX_FORMAT: usize = 32;

/// An attestation statement format of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationFormat {
    /// `none` (§8.7): an empty statement.
    None,
    /// `packed` (§8.2). Without the crate feature `attestation`, only self attestation is
    /// supported.
    Packed,
    /// `tpm` (§8.3). Requires the crate feature `attestation`.
    Tpm,
    /// `android-key` (§8.4). Requires the crate feature `attestation`.
    AndroidKey,
    /// `android-safetynet` (§8.5), from a service that was shut down. Requires the crate feature
    /// `attestation` and `AttestationPolicy::allow_safetynet`.
    AndroidSafetyNet,
    /// `fido-u2f` (§8.6). Requires the crate feature `attestation`.
    FidoU2f,
    /// `apple` (§8.8). Requires the crate feature `attestation`.
    Apple,
    /// `compound` (§8.9): several statements. Requires the crate feature `attestation`.
    Compound,
}

names! {
    AttestationFormat, "attestation statement format", impl Display;
    None = "none",
    Packed = "packed",
    Tpm = "tpm",
    AndroidKey = "android-key",
    AndroidSafetyNet = "android-safetynet",
    FidoU2f = "fido-u2f",
    Apple = "apple",
    Compound = "compound",
}

impl AttestationFormat {
    /// Returns the format with this identifier: step 21 of §7.1. The match is case-sensitive.
    /// Unlike `FromStr`, this function finds only formats that are compiled in.
    ///
    /// # Errors
    ///
    /// Returns `AttestationInvalid` if the identifier is malformed (§8.1), or
    /// `UnsupportedAttestationFormat` with the identifier if the format is not supported.
    pub(super) fn determine(identifier: &str) -> Result<AttestationFormat, Failure> {
        match AttestationFormat::named(identifier) {
            Some(format) if format.is_compiled_in() => Ok(format),
            _ => Err(unsupported(identifier)),
        }
    }

    pub(crate) fn is_compiled_in(self) -> bool {
        matches!(self, AttestationFormat::None | AttestationFormat::Packed)
            || cfg!(feature = "attestation")
    }
}

/// Returns the failure for a format identifier that is not supported.
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
