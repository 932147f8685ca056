//! No attestation (§8.7).

use crate::attestation::attester::Attester;
use crate::attestation_statement::AttestationStatement;

pub(crate) fn attest(attester: &Attester<'_>) -> AttestationStatement {
    match attester.breaks("attStmt") {
        // {"unknown": true}
        true => AttestationStatement::new("none", b"\xa1\x67unknown\xf5"),
        false => AttestationStatement::none(),
    }
}
