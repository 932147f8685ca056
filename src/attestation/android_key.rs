//! The `android-key` attestation statement format (§8.4).

use super::{Attestation, Inputs, unsupported};
use crate::error::Failure;

pub(super) fn verify(_inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    Err(unsupported("android-key"))
}
