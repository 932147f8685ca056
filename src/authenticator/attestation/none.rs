//! No attestation (§8.7).

use super::super::attestation_statement::AttestationStatement;
use super::{Attester, Field};
use crate::error::ErrorKind;

pub(super) const FIELDS: &[Field] = &[("attStmt", ErrorKind::AttestationInvalid)];

pub(super) fn attest(attester: &Attester<'_>) -> AttestationStatement {
    match attester.breaks("attStmt") {
        // {"unknown": true}
        true => AttestationStatement::new("none", b"\xa1\x67unknown\xf5"),
        false => AttestationStatement::none(),
    }
}
