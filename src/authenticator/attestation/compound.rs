//! Compound attestation (§8.9).

use super::super::attestation_statement::AttestationStatement;
use super::super::error::AuthenticatorError;
use super::{Attester, Field};

pub(super) const FIELDS: &[Field] = &[];

pub(super) fn attest(_attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    Err(AuthenticatorError::new("not made yet"))
}
