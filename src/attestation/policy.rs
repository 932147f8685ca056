//! What a relying party demands of an attestation: steps 23 and 24 of §7.1.

use std::time::SystemTime;

use super::Attestation;
#[cfg(feature = "attestation")]
use super::AttestationType;
#[cfg(feature = "attestation")]
use crate::certificate::{TrustAnchor, verify_path};
#[cfg(feature = "attestation")]
use crate::error::ErrorKind;
use crate::error::Failure;
use crate::quirk::Quirks;

/// What a relying party demands of an attestation.
///
/// Under every policy the statement must be correct for its format, and the format a supported
/// one. The default demands no more: any attestation type is acceptable, and certificates are
/// reported as they came, untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttestationPolicy {
    #[cfg(feature = "attestation")]
    anchors: Option<Vec<TrustAnchor>>,
}

impl AttestationPolicy {
    /// Demands a certificate path to one of these anchors, valid at the time of the registration.
    /// `none` and self attestation are refused, and so is everything if there is no anchor.
    #[cfg(feature = "attestation")]
    pub fn trusted(anchors: impl IntoIterator<Item = TrustAnchor>) -> AttestationPolicy {
        AttestationPolicy { anchors: Some(anchors.into_iter().collect()) }
    }

    /// Assesses a verified attestation. `NoTrustAnchors` belongs to step 23, every other failure
    /// to step 24.
    pub(crate) fn assess(
        &self,
        attestation: Attestation,
        now: SystemTime,
        quirks: Quirks,
    ) -> Result<Attestation, Failure> {
        #[cfg(feature = "attestation")]
        if let Some(anchors) = &self.anchors {
            return demand_trust(attestation, anchors, now, quirks);
        }
        // Without certificates there is no trust to demand.
        #[cfg(not(feature = "attestation"))]
        let _ = (now, quirks);
        Ok(attestation)
    }
}

#[cfg(feature = "attestation")]
fn demand_trust(
    attestation: Attestation,
    anchors: &[TrustAnchor],
    now: SystemTime,
    quirks: Quirks,
) -> Result<Attestation, Failure> {
    if anchors.is_empty() {
        return Err(ErrorKind::NoTrustAnchors.into());
    }
    let reason = match attestation.attestation_type {
        AttestationType::None => "there is no attestation, and a trusted one is demanded",
        AttestationType::SelfAttestation => "self attestation, and a trusted one is demanded",
        AttestationType::Uncertain => {
            let chain: Vec<&[u8]> = attestation.certificates.iter().map(Vec::as_slice).collect();
            let trust_path = verify_path(&chain, anchors, now, quirks)?;
            return Ok(Attestation { trust_path: Some(trust_path), ..attestation });
        }
    };
    Err(Failure::new(ErrorKind::UntrustedAttestation, reason))
}
