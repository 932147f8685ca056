//! The `compound` attestation statement format (§8.9).

use super::{Attestation, AttestationFormat, Inputs, unsupported};
use crate::error::Failure;

pub(super) fn verify(
    _inputs: &Inputs<'_, '_>,
    _verify_format: fn(AttestationFormat, &Inputs<'_, '_>) -> Result<Attestation, Failure>,
) -> Result<Attestation, Failure> {
    Err(unsupported("compound"))
}
