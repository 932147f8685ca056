//! `certInfo`: the structure `TPMS_ATTEST` (TPM 2.0 Part 2, section 10.12.8).
//!
//! ```text
//! magic           4 bytes  TPM_GENERATED_VALUE
//! type            2 bytes  TPM_ST_ATTEST_CERTIFY, which decides what `attested` is
//! qualifiedSigner sized
//! extraData       sized
//! clockInfo      17 bytes  clock 8, resetCount 4, restartCount 4, safe 1
//! firmwareVersion 8 bytes
//! attested                 TPMS_CERTIFY_INFO: name sized, qualifiedName sized
//! ```

use super::primitives::{finish, sized};
use crate::error::{ErrorKind, Failure};
use crate::reader::Reader;

/// TPM_GENERATED_VALUE, `\xffTCG`: every structure that the TPM creates starts with this value, and
/// the TPM never signs external data that starts with it.
const TPM_GENERATED_VALUE: u32 = 0xff54_4347;

/// TPM_ST_ATTEST_CERTIFY: the structure is about a key and was created by TPM2_Certify.
const TPM_ST_ATTEST_CERTIFY: u16 = 0x8017;

/// The checked parts of a TPM's attestation. According to §8.3 the rest is ignored, because a TPM
/// may obfuscate it.
pub(super) struct CertInfo<'a> {
    /// The data that the TPM received with the request.
    pub(super) extra_data: &'a [u8],
    /// The key's Name.
    pub(super) name: &'a [u8],
}

impl<'a> CertInfo<'a> {
    pub(super) fn parse(mut reader: Reader<'a>) -> Result<CertInfo<'a>, Failure> {
        check_magic(reader.u32("certInfo.magic")?)?;
        check_type(reader.u16("certInfo.type")?)?;
        sized(&mut reader, "certInfo.qualifiedSigner")?;
        let extra_data = sized(&mut reader, "certInfo.extraData")?;
        reader.array::<17>("certInfo.clockInfo")?;
        reader.array::<8>("certInfo.firmwareVersion")?;
        let name = sized(&mut reader, "certInfo.name")?;
        sized(&mut reader, "certInfo.qualifiedName")?;
        finish(&reader, "attStmt.certInfo")?;
        Ok(CertInfo { extra_data, name })
    }
}

fn check_magic(magic: u32) -> Result<(), Failure> {
    if magic != TPM_GENERATED_VALUE {
        let detail = format!("{magic:#010x} is not TPM_GENERATED_VALUE");
        return Err(Failure::of("certInfo.magic", ErrorKind::TpmMagicMismatch, detail));
    }
    Ok(())
}

fn check_type(structure_type: u16) -> Result<(), Failure> {
    if structure_type != TPM_ST_ATTEST_CERTIFY {
        let detail = format!("{structure_type:#06x} is not TPM_ST_ATTEST_CERTIFY");
        return Err(Failure::of("certInfo.type", ErrorKind::TpmMagicMismatch, detail));
    }
    Ok(())
}
