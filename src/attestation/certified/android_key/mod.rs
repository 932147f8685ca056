//! The `android-key` attestation statement format (§8.4).
//!
//! ```text
//! attStmt: { alg: COSEAlgorithmIdentifier, sig: bytes, x5c: [ credCert: bytes, * caCert: bytes ] }
//! ```

mod key_description;

use super::certificate_key::certificate_key;
use crate::attestation::format::AttestationFormat;
use crate::attestation::rules::SecurityLevel;
use crate::attestation::statement::{Chain, Inputs, check_signature};
use crate::attestation::verdict::{Attestation, AttestationType};
use crate::certificate::Certificate;
use crate::encoding::cbor::{Item, Order};
use crate::encoding::der::Noted;
use crate::error::{ErrorKind, Failure};
use crate::key::PublicKey;
use crate::message::attestation_object::AttestationStatement;
use crate::oid;
use crate::quirk::{Quirk, Tolerance};
use key_description::{AuthorizationList, KeyDescription};

/// `KM_ORIGIN_GENERATED`, as the content of a DER INTEGER.
const ORIGIN_GENERATED: &[u8] = &[0];

/// `KM_PURPOSE_SIGN` and no other purpose, as the content of a DER SET OF INTEGER.
const PURPOSE_SIGN: &[u8] = &[0x02, 1, 2];

pub(crate) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let statement = Statement::parse(inputs.statement)?;
    let certificate = Certificate::parse(statement.x5c.leaf(), inputs.tolerance)?;
    let key = certificate_key(&certificate, statement.alg)?;
    check_signature(inputs, &key, &inputs.signed_parts(), statement.sig)?;
    check_key(&key, inputs.credential_key)?;
    check_issuers(&statement.x5c, inputs.tolerance)?;
    let description = describe_key(&certificate, inputs.tolerance)?;
    check_challenge(&description, inputs.client_data_hash)?;
    let minimum = inputs.rules.android_key;
    check_security_levels(&description, minimum)?;
    check_all_applications(&description)?;
    check_origin(&description, minimum)?;
    check_purpose(&description, minimum)?;
    Ok(Attestation {
        certificates: statement.x5c.to_vec(),
        security_level: Some(description.security_level()),
        ..Attestation::new(AttestationFormat::AndroidKey, AttestationType::Basic)
    })
}

struct Statement<'a> {
    alg: i64,
    sig: &'a [u8],
    x5c: Chain<'a>,
}

impl<'a> Statement<'a> {
    fn parse(statement: AttestationStatement<'a>) -> Result<Statement<'a>, Failure> {
        let mut decoder = statement.decoder("android-key attestation statement");
        let (mut alg, mut sig, mut x5c) = (None, None, None);
        let mut map = decoder.map("attStmt", Order::Any)?;
        while let Some(key) = decoder.key(&mut map)? {
            match key {
                Item::Text("alg") => alg = Some(decoder.integer("attStmt.alg")?),
                Item::Text("sig") => sig = Some(decoder.bytes("attStmt.sig")?),
                Item::Text("x5c") => x5c = Some(Chain::read(&mut decoder)?),
                _ => {
                    decoder.skip("member", Order::Canonical)?;
                }
            }
        }
        let missing = |field| decoder.error(field, "the member is missing");
        Ok(Statement {
            alg: alg.ok_or_else(|| missing("attStmt.alg"))?,
            sig: sig.ok_or_else(|| missing("attStmt.sig"))?,
            x5c: x5c.ok_or_else(|| missing("attStmt.x5c"))?,
        })
    }
}

/// Checks step 3: the first certificate is for the credential key.
fn check_key(certified: &PublicKey<'_>, credential_key: &PublicKey<'_>) -> Result<(), Failure> {
    if certified.material() != credential_key.material() {
        return Err(Failure::of("x5c[0].subjectPublicKey", ErrorKind::KeyMismatch, ""));
    }
    Ok(())
}

/// Checks that no issuing certificate describes a key. An issuing certificate with a key
/// description belongs to the key of an app, and the app may have signed anything with it. §8.4
/// does not mention this case; we take the safer reading.
fn check_issuers(x5c: &Chain<'_>, tolerance: &Tolerance) -> Result<(), Failure> {
    for issuer in x5c.as_slice().iter().skip(1) {
        if Certificate::parse(issuer, tolerance)?.extension(oid::ANDROID_KEY_DESCRIPTION).is_some()
        {
            return Err(invalid(
                "attStmt.x5c",
                "an issuing certificate also has a key description",
            ));
        }
    }
    Ok(())
}

/// Returns the extension data of the attestation certificate.
fn describe_key<'a>(
    certificate: &Certificate<'a>,
    tolerance: &Tolerance,
) -> Result<KeyDescription<'a>, Failure> {
    let Some(extension) = certificate.extension(oid::ANDROID_KEY_DESCRIPTION) else {
        return Err(invalid("x5c[0].keyDescription", "the extension is missing"));
    };
    let mut noted = Noted::default();
    let description = KeyDescription::parse(extension.value, &mut noted)?;
    match noted.boolean {
        Some(error) if !tolerance.permits(Quirk::NonDerBooleans) => Err(error.into()),
        _ => Ok(description),
    }
}

/// Checks step 4: the key was created for this registration.
fn check_challenge(
    description: &KeyDescription<'_>,
    client_data_hash: &[u8; 32],
) -> Result<(), Failure> {
    if description.attestation_challenge != client_data_hash {
        let field = "keyDescription.attestationChallenge";
        return Err(Failure::of(field, ErrorKind::AttestationNonceMismatch, ""));
    }
    Ok(())
}

/// Checks the security levels. If keys outside a trusted execution environment are not accepted,
/// the component that attests the key and the component that created it must both be inside one.
fn check_security_levels(
    description: &KeyDescription<'_>,
    minimum: SecurityLevel,
) -> Result<(), Failure> {
    for (field, level) in [
        ("keyDescription.attestationSecurityLevel", description.attestation_security_level),
        ("keyDescription.keymasterSecurityLevel", description.keymaster_security_level),
    ] {
        if level < minimum {
            let detail = format!("{level:?}, but the policy requires {minimum:?}");
            return Err(Failure::of(field, ErrorKind::AuthenticatorNotAllowed, detail));
        }
    }
    Ok(())
}

/// Checks step 5: neither list allows all apps to use the key.
fn check_all_applications(description: &KeyDescription<'_>) -> Result<(), Failure> {
    for list in description.lists() {
        if list.all_applications {
            return Err(invalid(list.names.all_applications, "the key is not scoped to the RP ID"));
        }
    }
    Ok(())
}

/// Checks step 5: the key was generated where it is stored.
fn check_origin(description: &KeyDescription<'_>, minimum: SecurityLevel) -> Result<(), Failure> {
    let mut missing = true;
    for list in lists_that_count(description, minimum) {
        let Some(origin) = list.origin else { continue };
        if origin != ORIGIN_GENERATED {
            return Err(invalid(list.names.origin, "it is not KM_ORIGIN_GENERATED"));
        }
        missing = false;
    }
    if missing {
        return Err(invalid("keyDescription.origin", "the field is missing"));
    }
    Ok(())
}

/// Checks step 5: the key is only for signatures. The field is a set, so it must contain this value
/// and no other.
fn check_purpose(description: &KeyDescription<'_>, minimum: SecurityLevel) -> Result<(), Failure> {
    let mut missing = true;
    for list in lists_that_count(description, minimum) {
        let Some(purpose) = list.purpose else { continue };
        if purpose != PURPOSE_SIGN {
            return Err(invalid(
                list.names.purpose,
                "it must be KM_PURPOSE_SIGN and no other purpose",
            ));
        }
        missing = false;
    }
    if missing {
        return Err(invalid("keyDescription.purpose", "the field is missing"));
    }
    Ok(())
}

/// Returns the lists that step 5 uses: only the list of the trusted execution environment if other
/// keys are not accepted, otherwise both. A field that is in both lists must be correct in both.
fn lists_that_count<'d, 'a>(
    description: &'d KeyDescription<'a>,
    minimum: SecurityLevel,
) -> impl Iterator<Item = &'d AuthorizationList<'a>> {
    let [software_enforced, tee_enforced] = description.lists();
    let software_enforced = (minimum == SecurityLevel::Software).then_some(software_enforced);
    software_enforced.into_iter().chain([tee_enforced])
}

fn invalid(field: &'static str, reason: &'static str) -> Failure {
    Failure::of(field, ErrorKind::AttestationInvalid, reason)
}
