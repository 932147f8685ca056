//! The `packed` attestation statement format with certificates (§8.2, §8.2.1).

use std::borrow::Cow;

use super::certificate_key::certificate_key;
use super::extension::{check_aaguid, non_critical, primitive};
use crate::attestation::format::AttestationFormat;
use crate::attestation::statement::{Chain, Inputs, check_signature};
use crate::attestation::verdict::{Attestation, AttestationType};
use crate::certificate::Certificate;
use crate::encoding::der;
use crate::error::{ErrorKind, Failure};
use crate::oid;

/// Runs step 2 of the verification procedure: the statement must be signed by an attestation key
/// with a certificate.
pub(crate) fn verify(
    inputs: &Inputs<'_, '_>,
    alg: i64,
    sig: &[u8],
    x5c: &Chain<'_>,
) -> Result<Attestation, Failure> {
    let certificate = Certificate::parse(x5c.leaf(), inputs.tolerance)?;
    let key = certificate_key(&certificate, alg)?;
    check_signature(inputs, &key, &inputs.signed_parts(), sig)?;
    check_requirements(&certificate)?;
    // §8.2.1 requires this only for `packed`.
    non_critical(&certificate, oid::FIDO_AAGUID)?;
    let attested = inputs.authenticator_data.attested_credential();
    check_aaguid(&certificate, attested.map(|attested| attested.aaguid()))?;
    Ok(Attestation {
        certificates: x5c.to_vec(),
        ..Attestation::new(AttestationFormat::Packed, AttestationType::Uncertain)
    })
}

/// Checks the requirements of §8.2.1 for the attestation certificate.
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
        let reason = "it must be present, with cA set to false";
        return Err(invalid("x5c[0].basicConstraints", reason));
    }
    let firmware_version = non_critical(certificate, oid::FIDO_FIRMWARE_VERSION)?;
    if firmware_version.is_some_and(|value| !is_unsigned_integer(value)) {
        return Err(invalid("x5c[0].firmwareVersion", "it is not a non-negative INTEGER"));
    }
    let serial_number = non_critical(certificate, oid::FIDO_SERIAL_NUMBER)?;
    if serial_number.is_some_and(|value| primitive(value, der::OCTET_STRING).is_none()) {
        return Err(invalid("x5c[0].serialNumber", "it is not an OCTET STRING"));
    }
    Ok(())
}

fn is_unsigned_integer(value: &[u8]) -> bool {
    let digits = primitive(value, der::INTEGER);
    digits.is_some_and(|digits| matches!(digits, [0..=0x7f, ..]) && der::is_minimal_integer(digits))
}

fn invalid(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(field, ErrorKind::AttestationInvalid, reason)
}
