//! The parameters of RSASSA-PSS signatures (RFC 4055, section 3.1).
//!
//! ```text
//! RSASSA-PSS-params ::= SEQUENCE {
//!     hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
//!     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
//!     saltLength       [2] INTEGER          DEFAULT 20,
//!     trailerField     [3] INTEGER          DEFAULT 1 }
//! ```
//!
//! Accepted are SHA-256, SHA-384 and SHA-512, with the same hash in MGF1 and a salt of its length, as
//! COSE has them. So the three defaults are refused: they are SHA-1.

use x509_parser::der_parser::asn1_rs::{Any, Tag};

use super::form::{finish, only, optional};
use crate::encoding::der::{self, EXPLICIT_0, INTEGER, NULL, OBJECT_IDENTIFIER, SEQUENCE};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Hash, Scheme};
use crate::reader::Reader;

/// `[1]`, `[2]` and `[3]`, explicit.
const EXPLICIT_1: u8 = 0xa1;
const EXPLICIT_2: u8 = 0xa2;
const EXPLICIT_3: u8 = 0xa3;

/// id-mgf1, 1.2.840.113549.1.1.8.
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

/// The identifiers of the hash functions, 2.16.840.1.101.3.4.2.1 to .3, and 1.3.14.3.2.26.
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA_384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA_512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
const SHA_1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];

/// The scheme that these parameters name.
pub(super) fn scheme(parameters: Option<&Any<'_>>) -> Result<Scheme, Failure> {
    let Some(parameters) = parameters.filter(|found| found.tag() == Tag::Sequence) else {
        return Err(unsupported("without parameters"));
    };
    let fields =
        Reader::new(parameters.data, 0, "RSASSA-PSS parameters", ErrorKind::AttestationInvalid);
    read(fields).map_err(|error| {
        Failure::new(
            ErrorKind::AttestationInvalid,
            format!("the parameters of RSASSA-PSS do not parse: {error}"),
        )
    })?
}

/// Reads the parameters. The outer error is one of form, the inner one of what they say.
fn read(mut fields: Reader<'_>) -> Result<Result<Scheme, Failure>, ParseError> {
    let hash = optional(&mut fields, EXPLICIT_0, "hashAlgorithm")?;
    let mask = optional(&mut fields, EXPLICIT_1, "maskGenAlgorithm")?;
    let salt_length = optional(&mut fields, EXPLICIT_2, "saltLength")?;
    let trailer = optional(&mut fields, EXPLICIT_3, "trailerField")?;
    finish(&fields)?;
    let (Some(hash), Some(mask), Some(salt_length)) = (hash, mask, salt_length) else {
        let reason = "RSASSA-PSS with the defaults, which are SHA-1";
        return Ok(Err(Failure::new(ErrorKind::WeakAlgorithm, reason)));
    };
    let hash = hash_algorithm(hash)?;
    let mut mask = only(mask, SEQUENCE, "maskGenAlgorithm")?;
    let function = der::element(&mut mask, OBJECT_IDENTIFIER, "maskGenAlgorithm")?.rest();
    let mask_hash = hash_algorithm(mask)?;
    let salt_length = only(salt_length, INTEGER, "saltLength")?.rest();
    // The default may be written out.
    let trailer = match trailer {
        Some(trailer) => only(trailer, INTEGER, "trailerField")?.rest(),
        None => &[1],
    };
    if hash == SHA_1 {
        return Ok(Err(Failure::new(ErrorKind::WeakAlgorithm, "RSASSA-PSS with SHA-1")));
    }
    let known: [(&[u8], Hash, u8); 3] =
        [(SHA_256, Hash::Sha256, 32), (SHA_384, Hash::Sha384, 48), (SHA_512, Hash::Sha512, 64)];
    let Some((_, scheme, length)) = known.into_iter().find(|(known, ..)| *known == hash) else {
        return Ok(Err(unsupported("with an unknown hash")));
    };
    Ok(if function != MGF1 || mask_hash != hash {
        Err(unsupported("with another mask than by MGF1 with the same hash"))
    } else if salt_length != [length] {
        Err(unsupported("with a salt of another length than the hash"))
    } else if trailer != [1] {
        Err(unsupported("with an unknown trailer"))
    } else {
        Ok(Scheme::RsaPss(scheme))
    })
}

/// Reads an AlgorithmIdentifier of a hash function, whose parameters are NULL or absent (RFC 4055,
/// section 2.1).
fn hash_algorithm(tagged: Reader<'_>) -> Result<&[u8], ParseError> {
    let mut identifier = only(tagged, SEQUENCE, "hashAlgorithm")?;
    let hash = der::element(&mut identifier, OBJECT_IDENTIFIER, "hashAlgorithm")?.rest();
    optional(&mut identifier, NULL, "parameters")?;
    finish(&identifier)?;
    Ok(hash)
}

fn unsupported(how: &str) -> Failure {
    Failure::new(
        ErrorKind::UnsupportedAlgorithm,
        format!("a certificate signature by RSASSA-PSS {how}"),
    )
}
