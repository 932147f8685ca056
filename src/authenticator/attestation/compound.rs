//! Compound attestation (§8.9): what can hold for one key, packed and Apple.

use super::super::attestation_statement::AttestationStatement;
use super::super::error::AuthenticatorError;
use super::{Attester, Field, apple, packed};
use crate::error::ErrorKind;

/// Those of the array, then those of each statement with its place before the name.
pub(super) const FIELDS: &[Field] = &[
    ("attStmt", ErrorKind::AttestationInvalid),
    ("attStmt[0].fmt", ErrorKind::UnsupportedAttestationFormat),
    ("attStmt[0].attStmt", ErrorKind::AttestationInvalid),
    ("attStmt[1].fmt", ErrorKind::AttestationInvalid),
    ("attStmt[1].attStmt", ErrorKind::AttestationInvalid),
    ("attStmt[0].attStmt.alg", ErrorKind::AlgorithmKeyMismatch),
    ("attStmt[0].attStmt.sig", ErrorKind::SignatureInvalid),
    ("attStmt[0].attStmt.x5c", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].version", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].subject.C", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].subject.O", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].subject.OU", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].subject.CN", ErrorKind::AttestationInvalid),
    ("attStmt[0].x5c[0].subjectPublicKey", ErrorKind::SignatureInvalid),
    ("attStmt[0].x5c[0].basicConstraints", ErrorKind::AttestationInvalid),
    ("attStmt[0].certificate.keyUsage", ErrorKind::UntrustedAttestation),
    ("attStmt[0].x5c[0].aaguid", ErrorKind::AaguidMismatch),
    ("attStmt[0].certificate.serialNumber", ErrorKind::UntrustedAttestation),
    ("attStmt[0].certificate.issuer", ErrorKind::UntrustedAttestation),
    ("attStmt[0].certificate.validity", ErrorKind::UntrustedAttestation),
    ("attStmt[0].certificate.extensions", ErrorKind::UntrustedAttestation),
    ("attStmt[0].certificate.signature", ErrorKind::UntrustedAttestation),
    ("attStmt[1].attStmt.x5c", ErrorKind::AttestationInvalid),
    ("attStmt[1].nonceToHash.authenticatorData", ErrorKind::AttestationNonceMismatch),
    ("attStmt[1].nonceToHash.clientDataHash", ErrorKind::AttestationNonceMismatch),
    ("attStmt[1].x5c[0].nonce", ErrorKind::AttestationInvalid),
    ("attStmt[1].x5c[0].subjectPublicKey", ErrorKind::KeyMismatch),
    ("attStmt[1].certificate.keyUsage", ErrorKind::UntrustedAttestation),
    ("attStmt[1].x5c[1]", ErrorKind::UntrustedAttestation),
    ("attStmt[1].x5c[1].basicConstraints", ErrorKind::UntrustedAttestation),
    ("attStmt[1].x5c[1].signature", ErrorKind::UntrustedAttestation),
    ("attStmt[1].certificate.serialNumber", ErrorKind::UntrustedAttestation),
    ("attStmt[1].certificate.issuer", ErrorKind::UntrustedAttestation),
    ("attStmt[1].certificate.validity", ErrorKind::UntrustedAttestation),
    ("attStmt[1].certificate.extensions", ErrorKind::UntrustedAttestation),
    ("attStmt[1].certificate.signature", ErrorKind::UntrustedAttestation),
];

pub(super) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
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

#[cfg(test)]
mod tests {
    use super::super::CERTIFICATE_FIELDS;
    use super::*;

    #[test]
    fn every_member_of_the_statements_inside_is_listed() {
        let mut expected = Vec::new();
        for (place, fields) in [("attStmt[0].", packed::FIELDS), ("attStmt[1].", apple::FIELDS)] {
            for (field, kind) in fields.iter().chain(CERTIFICATE_FIELDS) {
                expected.push((format!("{place}{field}"), *kind));
            }
        }
        let of_the_array = FIELDS.len() - expected.len();
        assert_eq!(of_the_array, 5);
        let listed = FIELDS.iter().map(|(field, kind)| ((*field).to_owned(), *kind));
        assert!(listed.skip(of_the_array).eq(expected));
    }
}
