//! The attestation statement formats by name (§8.1).

use crate::error::{ErrorKind, Failure, quote};
use crate::names::names;

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
    /// Determines the format of a statement by a case-sensitive match: step 21 of §7.1. Unlike
    /// `FromStr`, it knows only what is compiled in.
    ///
    /// # Errors
    ///
    /// `AttestationInvalid` for text that is no format identifier (§8.1), else
    /// `UnsupportedAttestationFormat`, naming the format.
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
