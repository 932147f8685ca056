//! The `none` attestation statement format (§8.7).
//!
//! ```text
//! attStmt: {}
//! ```

use super::format::AttestationFormat;
use super::statement::Inputs;
use super::verdict::{Attestation, AttestationType};
use crate::encoding::cbor::Order;
use crate::error::Failure;

pub(super) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let mut decoder = inputs.statement.decoder("none attestation statement");
    let start = decoder;
    let mut map = decoder.map("attStmt", Order::Any)?;
    if decoder.key(&mut map)?.is_some() {
        return Err(start.error("attStmt", "the statement of format none must be empty").into());
    }
    Ok(Attestation::new(AttestationFormat::None, AttestationType::None))
}
