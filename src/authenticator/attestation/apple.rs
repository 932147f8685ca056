//! Apple anonymous attestation (§8.8).

use super::super::attestation_statement::AttestationStatement;
use super::super::error::AuthenticatorError;
use super::{Attester, Field};
use crate::key::Algorithm;

pub(super) const FIELDS: &[Field] = &[];

pub(super) fn supports(algorithm: Algorithm) -> bool {
    algorithm == Algorithm::Es256
}

pub(super) fn attest(_attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    Err(AuthenticatorError::new("not made yet"))
}
