//! The `tpm` attestation statement format (§8.3).
//!
//! ```text
//! attStmt: { ver: "2.0", alg: COSEAlgorithmIdentifier, x5c: [ aikCert: bytes, * caCert: bytes ],
//!            sig: bytes, certInfo: bytes, pubArea: bytes }
//! ```
//!
//! A TPM certifies a key that is stored in it. `pubArea` is the TPM's description of the key.
//! `certInfo` contains the Name of that description and the data that the TPM was asked to attest.
//! `certInfo` is signed by the AIK, a key that has a certificate.

mod attest;
mod certificate;
mod manufacturers;
mod primitives;
mod public_area;

use super::certificate_key::certificate_key;
use super::extension::check_aaguid;
use crate::attestation::format::AttestationFormat;
use crate::attestation::statement::{Chain, Inputs, check_signature};
use crate::attestation::verdict::{Attestation, AttestationType, Unchecked};
use crate::certificate::Certificate;
use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Algorithm, Hash, KeyMaterial, Scheme};
use crate::message::attestation_object::AttestationStatement;
use crate::quirk::{Quirk, Tolerance};
use crate::reader::Reader;
use crate::signature::{Digest, verify_scheme};

use attest::CertInfo;
use primitives::tpm_hash;
use public_area::PublicArea;

/// RS1 in the COSE registry: RSASSA-PKCS1-v1_5 with SHA-1. Credentials do not use it, so it is not
/// an [`Algorithm`].
const RS1: i64 = -65535;

pub(crate) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let statement = Statement::parse(inputs.statement)?;
    let public_area = PublicArea::parse(statement.pub_area)?;
    public_area.check_is(inputs.credential_key)?;
    let aik = Certificate::parse(statement.x5c.leaf(), inputs.tolerance)?;
    let manufacturer = certificate::check_requirements(&aik)?;
    let attested = inputs.authenticator_data.attested_credential();
    check_aaguid(&aik, attested.map(|attested| attested.aaguid()))?;
    let hash = signature_hash(statement.alg, inputs.rules.refuse_rs1)?;
    check_sig(&statement, &aik, inputs)?;
    let cert_info = CertInfo::parse(statement.cert_info)?;
    check_extra_data(&cert_info, hash, inputs)?;
    check_name(&cert_info, &public_area, inputs.tolerance)?;
    // The policy, not the format, decides whether the manufacturer must be registered.
    let mut unchecked = vec![Unchecked::Trust];
    if inputs.rules.tpm_manufacturers {
        manufacturer.check_is_registered()?;
    } else {
        unchecked.push(Unchecked::TpmManufacturer);
    }
    Ok(Attestation {
        certificates: statement.x5c.to_vec(),
        unchecked: unchecked.into(),
        tpm_manufacturer: Some(manufacturer.as_text().to_owned()),
        signed_with_rs1: statement.alg == RS1,
        ..Attestation::new(AttestationFormat::Tpm, AttestationType::AttCa)
    })
}

struct Statement<'a> {
    alg: i64,
    x5c: Chain<'a>,
    sig: &'a [u8],
    cert_info: Reader<'a>,
    pub_area: Reader<'a>,
}

impl<'a> Statement<'a> {
    fn parse(statement: AttestationStatement<'a>) -> Result<Statement<'a>, Failure> {
        let mut decoder = statement.decoder("tpm attestation statement");
        let (mut ver, mut alg, mut x5c, mut sig) = (None, None, None, None);
        let (mut cert_info, mut pub_area) = (None, None);
        let mut map = decoder.map("attStmt", Order::Any)?;
        loop {
            let at_key = decoder;
            let Some(key) = decoder.key(&mut map)? else { break };
            match key {
                Item::Text("ver") => ver = Some(read_version(&mut decoder)?),
                Item::Text("alg") => alg = Some(decoder.integer("attStmt.alg")?),
                Item::Text("x5c") => x5c = Some(Chain::read(&mut decoder)?),
                Item::Text("sig") => sig = Some(decoder.bytes("attStmt.sig")?),
                Item::Text("certInfo") => {
                    let bytes = decoder.bytes("attStmt.certInfo")?;
                    cert_info = Some(structure(&decoder, bytes, "certInfo"));
                }
                Item::Text("pubArea") => {
                    let bytes = decoder.bytes("attStmt.pubArea")?;
                    pub_area = Some(structure(&decoder, bytes, "pubArea"));
                }
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
        ver.ok_or_else(|| missing("attStmt.ver"))?;
        Ok(Statement {
            alg: alg.ok_or_else(|| missing("attStmt.alg"))?,
            x5c: x5c.ok_or_else(|| missing("attStmt.x5c"))?,
            sig: sig.ok_or_else(|| missing("attStmt.sig"))?,
            cert_info: cert_info.ok_or_else(|| missing("attStmt.certInfo"))?,
            pub_area: pub_area.ok_or_else(|| missing("attStmt.pubArea"))?,
        })
    }
}

/// Checks step 1: the version of the TPM specification is 2.0. The syntax allows no other.
fn read_version(decoder: &mut Decoder<'_>) -> Result<(), ParseError> {
    let start = *decoder;
    match decoder.text("attStmt.ver")? {
        "2.0" => Ok(()),
        _ => Err(start.error("attStmt.ver", "not \"2.0\"")),
    }
}

/// Returns a reader over the byte string that `decoder` has just read.
fn structure<'a>(decoder: &Decoder<'a>, bytes: &'a [u8], name: &'static str) -> Reader<'a> {
    let offset = decoder.offset().saturating_sub(bytes.len());
    Reader::new(bytes, offset, name, ErrorKind::AttestationInvalid)
}

/// Returns the hash function of `alg`. Fails for unknown algorithms and for algorithms that do not
/// hash the message first.
fn signature_hash(alg: i64, refuse_rs1: bool) -> Result<Hash, Failure> {
    if alg == RS1 && refuse_rs1 {
        let reason = "the policy rejects RS1, which uses SHA-1";
        return Err(Failure::of("attStmt.alg", ErrorKind::WeakAlgorithm, reason));
    }
    if alg == RS1 {
        return Ok(Hash::Sha1);
    }
    let algorithm = Algorithm::from_cose_id(alg).filter(|found| found.is_compiled_in());
    match algorithm.map(Algorithm::scheme) {
        Some(Scheme::Ecdsa(hash) | Scheme::RsaPkcs1(hash) | Scheme::RsaPss(hash)) => Ok(hash),
        _ => {
            let detail = format!("COSE algorithm {alg}");
            Err(Failure::of("attStmt.alg", ErrorKind::UnsupportedAlgorithm, detail))
        }
    }
}

/// Rejects SHA-1 unless the quirk is allowed.
fn permitted(field: &'static str, hash: Hash, tolerance: &Tolerance) -> Result<Hash, Failure> {
    if hash == Hash::Sha1 && !tolerance.permits(Quirk::Sha1Attestation) {
        return Err(Failure::of(field, ErrorKind::WeakAlgorithm, "SHA-1"));
    }
    Ok(hash)
}

/// Checks step 4: `certInfo` is signed by the key of the AIK certificate, with the declared
/// algorithm.
///
/// The syntax calls `sig` a TPMT_SIGNATURE. But authenticators, and the example in the
/// specification, use the signature format of COSE and §6.5.5, so only that format is read.
fn check_sig(
    statement: &Statement<'_>,
    aik: &Certificate<'_>,
    inputs: &Inputs<'_, '_>,
) -> Result<(), Failure> {
    let signed = statement.cert_info.rest();
    if statement.alg == RS1 {
        let material = aik.key_material()?;
        if !matches!(material, KeyMaterial::Rsa { .. }) {
            let detail = format!("RS1 with a key of type {}", material.kind());
            return Err(Failure::of("attStmt.alg", ErrorKind::AlgorithmKeyMismatch, detail));
        }
        let scheme = Scheme::RsaPkcs1(Hash::Sha1);
        inputs.budget.pay(&material)?;
        return verify_scheme(&material, scheme, &[signed], statement.sig, inputs.tolerance)
            .map_err(|failure| failure.in_field("attStmt.sig"));
    }
    let key = certificate_key(aik, statement.alg)?;
    check_signature(inputs, &key, &[signed], statement.sig)
}

/// Checks step 5: `extraData` is the hash of the attested data, so the TPM was asked to certify the
/// key for this registration.
fn check_extra_data(
    cert_info: &CertInfo<'_>,
    hash: Hash,
    inputs: &Inputs<'_, '_>,
) -> Result<(), Failure> {
    if cert_info.extra_data != Digest::of(hash, &inputs.signed_parts()).as_bytes() {
        return Err(Failure::of(
            "certInfo.extraData",
            ErrorKind::AttestationNonceMismatch,
            format!("not the {} hash of the attested data", hash.name()),
        ));
    }
    Ok(())
}

/// Checks step 5: the certified `name` is the Name of `pubArea`, so the TPM has certified this key.
/// A Name consists of the identifier of the hash algorithm, then the hash (TPM 2.0 Part 1, section
/// 16). `pubArea` contains the algorithm.
fn check_name(
    cert_info: &CertInfo<'_>,
    public_area: &PublicArea<'_>,
    tolerance: &Tolerance,
) -> Result<(), Failure> {
    let field = "pubArea.nameAlg";
    let hash = tpm_hash(public_area.name_alg).ok_or_else(|| {
        let detail = format!("TPM algorithm {:#06x}", public_area.name_alg);
        Failure::of(field, ErrorKind::UnsupportedAlgorithm, detail)
    })?;
    let digest = Digest::of(permitted(field, hash, tolerance)?, &[public_area.bytes]);
    let identifier = public_area.name_alg.to_be_bytes();
    match cert_info.name.split_first_chunk() {
        Some((named, hashed)) if *named == identifier && hashed == digest.as_bytes() => Ok(()),
        _ => Err(Failure::of("certInfo.name", ErrorKind::KeyMismatch, "not the Name of pubArea")),
    }
}
