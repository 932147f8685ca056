//! The `packed` attestation statement format (§8.2).
//!
//! ```text
//! attStmt: { alg: COSEAlgorithmIdentifier, sig: bytes,
//!            x5c: [ attestnCert: bytes, * caCert: bytes ] }
//!        / { alg: COSEAlgorithmIdentifier, sig: bytes }
//! ```

use super::format::AttestationFormat;
use super::statement::{Chain, Inputs, check_signature};
use super::verdict::{Attestation, AttestationType};
use crate::encoding::cbor::{Item, Order};
use crate::error::{ErrorKind, Failure};
use crate::message::attestation_object::AttestationStatement;

pub(super) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let statement = Statement::parse(inputs.statement)?;
    match statement.x5c {
        None => verify_self(&statement, inputs),
        #[cfg(feature = "attestation")]
        Some(x5c) => super::certified::packed::verify(inputs, statement.alg, statement.sig, &x5c),
        #[cfg(not(feature = "attestation"))]
        Some(_) => Err(Failure::new(
            ErrorKind::UnsupportedAttestationFormat,
            "packed with certificates requires the crate feature `attestation`",
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

/// Runs step 3 of the verification procedure: without `x5c`, the statement must be signed by the
/// credential key itself.
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
