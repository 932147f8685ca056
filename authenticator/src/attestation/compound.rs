//! Compound attestation (§8.9): what can hold for one key, packed and Apple.

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
        // One statement is not several.
        true => AttestationStatement::compound(&[packed]),
        false => AttestationStatement::compound(&[packed, apple]),
    }
}

/// The CBOR of `null`.
const NULL: &[u8] = &[0xf6];
