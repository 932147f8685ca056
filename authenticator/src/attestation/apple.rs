//! Apple anonymous attestation (§8.8).

use crate::attestation::attester::Attester;
use crate::attestation::authority::Authority;
use crate::attestation_statement::AttestationStatement;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::error::AuthenticatorError;

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let intermediate = Authority::intermediate(attester.seed);
    let mut x5c = attester.x5c(certificate(attester, &intermediate));
    if !x5c.is_empty() && !attester.breaks("x5c[1]") {
        x5c.push(intermediate_certificate(attester, &intermediate));
    }
    AttestationStatement::apple(&x5c)
}

fn certificate(attester: &Attester<'_>, intermediate: &Authority) -> Vec<u8> {
    let public_key = match attester.breaks("x5c[0].subjectPublicKey") {
        true => attester.other_key().public_numbers(),
        false => attester.public_key.clone(),
    };
    let subject = DistinguishedName::new().common_name("Software credential");
    let certificate = CertificateBuilder::new(&subject, &public_key)
        .serial_number(&[2])
        .basic_constraints(false, None)
        .key_usage(attester.key_usage());
    // For this fault, the whole extension is missing.
    let certificate = match attester.breaks("x5c[0].nonce") {
        true => certificate,
        false => {
            let nonce = attester
                .attested_hash("nonceToHash.authenticatorData", "nonceToHash.clientDataHash");
            certificate.apple_nonce(&nonce)
        }
    };
    attester.issue_by(intermediate, certificate)
}

fn intermediate_certificate(attester: &Attester<'_>, intermediate: &Authority) -> Vec<u8> {
    let is_ca = !attester.breaks("x5c[1].basicConstraints");
    let root = attester.root();
    let mut der = root.issue(intermediate.certificate_builder(is_ca, Some(0))).sign(&root.key);
    if attester.breaks("x5c[1].signature")
        && let Some(last) = der.last_mut()
    {
        *last ^= 1;
    }
    der
}
