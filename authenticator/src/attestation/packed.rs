//! Packed attestation (§8.2).

use crate::attestation::attester::Attester;
use crate::attestation_statement::AttestationStatement;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::error::AuthenticatorError;

pub(crate) fn attest_self(
    attester: &Attester<'_>,
) -> Result<AttestationStatement, AuthenticatorError> {
    let key = attester.credential_key;
    let signature = attester.sign(key, &attester.attested());
    AttestationStatement::packed(attester.alg(key), &signature, None)
}

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let key = attester.attestation_key();
    let signature = attester.sign(&key, &attester.attested());
    let certificates = attester.x5c(certificate(attester));
    AttestationStatement::packed(attester.alg(&key), &signature, Some(&certificates))
}

fn certificate(attester: &Attester<'_>) -> Vec<u8> {
    let key = attester.certified_key();
    let certificate = CertificateBuilder::new(&subject(attester), &key.public_numbers())
        .serial_number(&[2])
        .basic_constraints(attester.breaks("x5c[0].basicConstraints"), None)
        .key_usage(attester.key_usage())
        .subject_key_identifier()
        .aaguid(&attester.certified_aaguid());
    attester.issue(certificate)
}

/// Returns the subject that packed attestation requires (§8.2.1).
fn subject(attester: &Attester<'_>) -> DistinguishedName {
    let text = |field, text: &'static str| if attester.breaks(field) { "" } else { text };
    DistinguishedName::new()
        .country(text("x5c[0].subject.C", "AA"))
        .organization(text("x5c[0].subject.O", "webauthn-verify"))
        .organizational_unit(text("x5c[0].subject.OU", "Authenticator Attestation"))
        .common_name(text("x5c[0].subject.CN", "Software authenticator"))
}
