//! Compound attestation (§8.9) of packed and Apple attestation, which are possible for the same
//! key.

use crate::attestation::attester::Attester;
use crate::attestation::{apple, packed};
use crate::attestation_statement::AttestationStatement;
use crate::error::AuthenticatorError;

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let mut packed = packed::attest(&attester.inside("attStmt[0]."))?;
    let mut apple = apple::attest(&attester.inside("attStmt[1]."))?;
    if attester.breaks("attStmt[0].attStmt") {
        packed = AttestationStatement::new("packed", NULL);
    }
    if attester.breaks("attStmt[0].fmt") {
        packed = packed.with_format("unknown");
    }
    if attester.breaks("attStmt[1].attStmt") {
        apple = AttestationStatement::new("apple", NULL);
    }
    if attester.breaks("attStmt[1].fmt") {
        apple = apple.with_format("compound");
    }
    match attester.breaks("attStmt") {
        // Compound attestation needs at least two statements.
        true => AttestationStatement::compound(&[packed]),
        false => AttestationStatement::compound(&[packed, apple]),
    }
}

/// The CBOR of `null`.
const NULL: &[u8] = &[0xf6];
