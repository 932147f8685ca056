//! Whether the metadata is new enough.

use std::time::SystemTime;

use crate::attestation::rules::Rules;
use crate::attestation::verdict::Unchecked;
use crate::error::{ErrorKind, Failure};
use crate::metadata::Metadata;

/// Overdue metadata is refused, or named where the policy allows it. That it does not know a model may
/// be because it is overdue, so this does not depend on the model.
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
