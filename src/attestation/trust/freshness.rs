//! Checks that the metadata is up to date.

use std::time::SystemTime;

use crate::attestation::rules::Rules;
use crate::attestation::verdict::Unchecked;
use crate::error::{ErrorKind, Failure};
use crate::metadata::Metadata;

/// Rejects overdue metadata, or returns `StaleMetadata` if the policy allows it. This applies even
/// if the metadata has no entry for the model, because newer metadata may have one.
pub(super) fn check_freshness(
    metadata: &Metadata,
    rules: &Rules,
    now: SystemTime,
) -> Result<Option<Unchecked>, Failure> {
    if !metadata.is_stale(now) {
        return Ok(None);
    }
    if !rules.stale_metadata {
        let reason = format!("newer metadata was due on {}", metadata.next_update());
        return Err(Failure::of("nextUpdate", ErrorKind::MetadataInvalid, reason));
    }
    Ok(Some(Unchecked::StaleMetadata))
}
