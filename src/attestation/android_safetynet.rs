//! The `android-safetynet` attestation statement format (§8.5).

use super::{Attestation, Inputs, unsupported};
use crate::error::Failure;

pub(super) fn verify(_inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    Err(unsupported("android-safetynet"))
}
