//! The building blocks of TPM structures: sized byte strings and algorithm identifiers.

use crate::error::{Failure, ParseError};
use crate::key::Hash;
use crate::reader::Reader;

/// The TPM identifiers of hash algorithms (TPM 2.0 Part 2, section 6.3).
const TPM_ALG_SHA1: u16 = 0x0004;
const TPM_ALG_SHA256: u16 = 0x000b;
const TPM_ALG_SHA384: u16 = 0x000c;
const TPM_ALG_SHA512: u16 = 0x000d;

/// The identifier that means "no algorithm".
pub(super) const TPM_ALG_NULL: u16 = 0x0010;

/// Reads a `TPM2B` structure: a length of two bytes, then that many bytes (TPM 2.0 Part 2, section
/// 10.4).
pub(super) fn sized<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
) -> Result<&'a [u8], ParseError> {
    let length = reader.u16(field)?;
    reader.take(field, usize::from(length))
}

/// Checks that nothing follows the structure in its byte string.
pub(super) fn finish(reader: &Reader<'_>, field: &'static str) -> Result<(), Failure> {
    reader.finish().map_err(|error| Failure::from(error).in_field(field))
}

/// Returns the hash function with this TPM identifier.
pub(super) fn tpm_hash(identifier: u16) -> Option<Hash> {
    match identifier {
        TPM_ALG_SHA1 => Some(Hash::Sha1),
        TPM_ALG_SHA256 => Some(Hash::Sha256),
        TPM_ALG_SHA384 => Some(Hash::Sha384),
        TPM_ALG_SHA512 => Some(Hash::Sha512),
        _ => None,
    }
}
