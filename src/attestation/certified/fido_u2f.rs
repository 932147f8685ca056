//! The `fido-u2f` attestation statement format (§8.6).
//!
//! ```text
//! attStmt: { x5c: [ attestnCert: bytes ], sig: bytes }
//! ```

use std::borrow::Cow;

use crate::attestation::format::AttestationFormat;
use crate::attestation::statement::{Chain, Inputs, check_signature};
use crate::attestation::verdict::{Attestation, AttestationType};
use crate::certificate::Certificate;
use crate::encoding::cbor::{Item, Order};
use crate::error::{ErrorKind, Failure};
use crate::key::{Algorithm, KeyMaterial, PublicKey};
use crate::message::attestation_object::AttestationStatement;
use crate::quirk::{Quirk, Tolerance};

/// The tag and length of a BIT STRING that contains a signature of 256 bytes.
const RSA_2048_SIGNATURE: &[u8] = &[0x03, 0x82, 0x01, 0x01];

pub(crate) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let statement = Statement::parse(inputs.statement)?;
    let der = whole_signature(statement.x5c.leaf(), inputs.tolerance);
    let certificate = Certificate::parse(&der, inputs.tolerance)?;
    let material = certificate.key_material()?;
    if !matches!(material, KeyMaterial::P256 { .. }) {
        return Err(invalid("x5c[0].subjectPublicKeyInfo", "the key is not on P-256"));
    }
    let KeyMaterial::P256 { x, y } = *inputs.credential_key.material() else {
        return Err(invalid("credentialPublicKey", "the key is not on P-256"));
    };
    let authenticator_data = inputs.authenticator_data;
    let credential_id = authenticator_data
        .attested_credential()
        .map(|attested| attested.credential_id())
        .ok_or_else(|| Failure::from(ErrorKind::MissingAttestedCredentialData))?;
    let verification_data: [&[u8]; 7] = [
        &[0x00],
        authenticator_data.rp_id_hash(),
        inputs.client_data_hash,
        credential_id,
        &[0x04],
        x,
        y,
    ];
    // Step 6: ECDSA with SHA-256, which is ES256 for a key on P-256.
    let key = PublicKey::new(Algorithm::Es256, material)?;
    check_signature(inputs, &key, &verification_data, statement.sig)?;
    Ok(Attestation {
        certificates: vec![der.to_vec()],
        ..Attestation::new(AttestationFormat::FidoU2f, AttestationType::Uncertain)
    })
}

/// Returns the certificate in its correct form. If the quirk is allowed, sets the first byte of the
/// signature's BIT STRING to 0: no bits are unused. The signature is the last element.
fn whole_signature<'a>(der: &'a [u8], tolerance: &Tolerance) -> Cow<'a, [u8]> {
    let Some((before, RSA_2048_SIGNATURE, [1..=7, signature @ ..])) = split_signature(der) else {
        return Cow::Borrowed(der);
    };
    if !tolerance.permits(Quirk::YubicoU2fUnusedBits) {
        return Cow::Borrowed(der);
    }
    Cow::Owned([before, RSA_2048_SIGNATURE, &[0], signature].concat())
}

/// Returns the bytes before the signature, the signature's tag and length, and its content.
fn split_signature(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (before, last) = der.split_at_checked(der.len().checked_sub(4 + 1 + 256)?)?;
    let (head, content) = last.split_at_checked(4)?;
    Some((before, head, content))
}

struct Statement<'a> {
    sig: &'a [u8],
    x5c: Chain<'a>,
}

impl<'a> Statement<'a> {
    fn parse(statement: AttestationStatement<'a>) -> Result<Statement<'a>, Failure> {
        let mut decoder = statement.decoder("fido-u2f attestation statement");
        let (mut sig, mut x5c) = (None, None);
        let mut map = decoder.map("attStmt", Order::Any)?;
        while let Some(key) = decoder.key(&mut map)? {
            match key {
                Item::Text("sig") => sig = Some(decoder.bytes("attStmt.sig")?),
                Item::Text("x5c") => x5c = Some(Chain::read(&mut decoder)?),
                _ => {
                    decoder.skip("member", Order::Canonical)?;
                }
            }
        }
        let missing = |field| decoder.error(field, "the member is missing");
        let sig = sig.ok_or_else(|| missing("attStmt.sig"))?;
        let x5c = x5c.ok_or_else(|| missing("attStmt.x5c"))?;
        if x5c.as_slice().len() != 1 {
            return Err(decoder.error("attStmt.x5c", "not exactly one certificate").into());
        }
        Ok(Statement { sig, x5c })
    }
}

fn invalid(field: &'static str, reason: &'static str) -> Failure {
    Failure::of(field, ErrorKind::AttestationInvalid, reason)
}
