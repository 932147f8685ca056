//! FIDO U2F attestation (§8.6).

use crate::algorithm::ES384;
use crate::attestation::attester::Attester;
use crate::attestation_statement::{AttestationStatement, u2f_signed_message};
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::error::AuthenticatorError;
use crate::private_key::PrivateKey;

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let signature = attester.sign(&attester.attestation_key(), &verification_data(attester)?);
    let certificates = attester.x5c(certificate(attester)?);
    AttestationStatement::fido_u2f(&signature, &certificates)
}

/// Returns the signed bytes. If the fault names one part, that part is wrong.
fn verification_data(attester: &Attester<'_>) -> Result<Vec<u8>, AuthenticatorError> {
    let hash = |field, hash: [u8; 32]| match attester.breaks(field) {
        true => hash.map(|byte| !byte),
        false => hash,
    };
    let mut credential_id = attester.credential_id.to_vec();
    if attester.breaks("verificationData.credentialId") {
        credential_id.reverse();
    }
    let public_key = match attester.breaks("verificationData.publicKey") {
        true => attester.other_key().public_numbers(),
        false => attester.public_key.clone(),
    };
    Ok(u2f_signed_message(
        &hash("verificationData.rpIdHash", attester.rp_id_hash),
        &hash("verificationData.clientDataHash", attester.client_data_hash),
        &credential_id,
        &public_key,
    ))
}

fn certificate(attester: &Attester<'_>) -> Result<Vec<u8>, AuthenticatorError> {
    let key = match attester.breaks("x5c[0].subjectPublicKeyInfo") {
        // A key of another curve.
        true => PrivateKey::from_seed(ES384, attester.seed)?,
        false => attester.certified_key(),
    };
    let subject = DistinguishedName::new().common_name("Software authenticator");
    let certificate = CertificateBuilder::new(&subject, &key.public_numbers())
        .serial_number(&[2])
        .basic_constraints(false, None)
        .key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
        .subject_key_identifier();
    Ok(attester.issue(certificate))
}
