//! The `packed` attestation statement format (§8.2).
//!
//! ```text
//! attStmt: { alg: COSEAlgorithmIdentifier, sig: bytes, x5c: [ attestnCert: bytes, * caCert: bytes ] }
//!        / { alg: COSEAlgorithmIdentifier, sig: bytes }
//! ```

use super::{Attestation, AttestationFormat, AttestationType, Chain, Inputs, check_signature};
use crate::encoding::cbor::{Item, Order};
use crate::error::{ErrorKind, Failure};
use crate::message::attestation_object::AttestationStatement;

pub(super) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let statement = Statement::parse(inputs.statement)?;
    match statement.x5c {
        None => verify_self(&statement, inputs),
        #[cfg(feature = "attestation")]
        Some(chain) => with_certificates::verify(&statement, &chain, inputs),
        #[cfg(not(feature = "attestation"))]
        Some(_) => Err(Failure::new(
            ErrorKind::UnsupportedAttestationFormat,
            "packed with certificates needs the crate feature `attestation`",
        )),
    }
}

struct Statement<'a> {
    alg: i64,
    sig: &'a [u8],
    x5c: Option<Chain<'a>>,
}

impl<'a> Statement<'a> {
    fn parse(statement: AttestationStatement<'a>) -> Result<Statement<'a>, Failure> {
        let mut decoder = statement.decoder("packed attestation statement");
        let (mut alg, mut sig, mut x5c) = (None, None, None);
        let mut map = decoder.map("attStmt", Order::Any)?;
        loop {
            let at_key = decoder;
            let Some(key) = decoder.key(&mut map)? else { break };
            match key {
                Item::Text("alg") => alg = Some(decoder.integer("attStmt.alg")?),
                Item::Text("sig") => sig = Some(decoder.bytes("attStmt.sig")?),
                Item::Text("x5c") => x5c = Some(Chain::read(&mut decoder)?),
                Item::Text("ecdaaKeyId") => {
                    return Err(at_key
                        .error("attStmt.ecdaaKeyId", "ECDAA was removed in Level 2")
                        .into());
                }
                _ => {
                    decoder.skip("member", Order::Canonical)?;
                }
            }
        }
        let missing = |field| decoder.error(field, "the member is missing");
        Ok(Statement {
            alg: alg.ok_or_else(|| missing("attStmt.alg"))?,
            sig: sig.ok_or_else(|| missing("attStmt.sig"))?,
            x5c,
        })
    }
}

/// Step 3 of the verification procedure: no `x5c`, so the credential key itself has signed.
fn verify_self(statement: &Statement<'_>, inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let key = inputs.credential_key;
    if statement.alg != key.algorithm().cose_id() {
        return Err(Failure::of(
            "attStmt.alg",
            ErrorKind::AlgorithmKeyMismatch,
            format!("{} with a credential key for {}", statement.alg, key.algorithm()),
        ));
    }
    check_signature(inputs, key, &inputs.signed_parts(), statement.sig)?;
    Ok(Attestation::new(AttestationFormat::Packed, AttestationType::SelfAttestation))
}

/// Step 2 of the verification procedure: an attestation key with a certificate has signed.
#[cfg(feature = "attestation")]
mod with_certificates {
    use super::super::certificate_key;
    use super::super::extension::{check_aaguid, non_critical, primitive};
    use super::*;
    use crate::certificate::Certificate;
    use crate::encoding::der;
    use crate::oid;

    pub(super) fn verify(
        statement: &Statement<'_>,
        chain: &Chain<'_>,
        inputs: &Inputs<'_, '_>,
    ) -> Result<Attestation, Failure> {
        let certificate = Certificate::parse(chain.leaf(), inputs.tolerance)?;
        let key = certificate_key(&certificate, statement.alg)?;
        check_signature(inputs, &key, &inputs.signed_parts(), statement.sig)?;
        check_requirements(&certificate)?;
        // §8.2.1 says so of this format alone.
        non_critical(&certificate, oid::FIDO_AAGUID)?;
        let attested = inputs.authenticator_data.attested_credential();
        check_aaguid(&certificate, attested.map(|attested| attested.aaguid()))?;
        Ok(Attestation {
            certificates: chain.to_vec(),
            ..Attestation::new(AttestationFormat::Packed, AttestationType::Uncertain)
        })
    }

    /// What §8.2.1 demands of the attestation certificate.
    fn check_requirements(certificate: &Certificate<'_>) -> Result<(), Failure> {
        if !certificate.is_version_3() {
            return Err(invalid("x5c[0].version", "it is not version 3"));
        }
        for (attribute, field) in [
            (oid::COUNTRY_NAME, "x5c[0].subject.C"),
            (oid::ORGANIZATION_NAME, "x5c[0].subject.O"),
            (oid::COMMON_NAME, "x5c[0].subject.CN"),
        ] {
            if certificate.subject_attribute(attribute).all(str::is_empty) {
                return Err(invalid(field, "it is missing or empty"));
            }
        }
        let mut units = certificate.subject_attribute(oid::ORGANIZATIONAL_UNIT_NAME);
        if !units.any(|unit| unit == "Authenticator Attestation") {
            let reason = "it is not \"Authenticator Attestation\"";
            return Err(invalid("x5c[0].subject.OU", reason));
        }
        if certificate.is_ca() != Some(false) {
            let reason = "it does not say that this is no CA";
            return Err(invalid("x5c[0].basicConstraints", reason));
        }
        let firmware_version = non_critical(certificate, oid::FIDO_FIRMWARE_VERSION)?;
        if firmware_version.is_some_and(|value| !is_unsigned_integer(value)) {
            return Err(invalid("x5c[0].firmwareVersion", "it is no INTEGER from 0"));
        }
        let serial_number = non_critical(certificate, oid::FIDO_SERIAL_NUMBER)?;
        if serial_number.is_some_and(|value| primitive(value, der::OCTET_STRING).is_none()) {
            return Err(invalid("x5c[0].serialNumber", "the extension is no OCTET STRING"));
        }
        Ok(())
    }

    fn is_unsigned_integer(value: &[u8]) -> bool {
        let digits = primitive(value, der::INTEGER);
        digits.is_some_and(|digits| {
            matches!(digits, [0..=0x7f, ..]) && der::is_minimal_integer(digits)
        })
    }

    fn invalid(field: &'static str, reason: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
        Failure::of(field, ErrorKind::AttestationInvalid, reason)
    }
}
