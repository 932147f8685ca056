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
//! The accepted hashes are SHA-256, SHA-384 and SHA-512, with the same hash in MGF1 and a salt that
//! is as long as the hash, as in COSE. The defaults of the first three fields are rejected, because
//! they mean SHA-1.

use super::failure::invalid;
use super::form::{finish, only, optional};
use crate::encoding::der::{EXPLICIT_0, INTEGER, NULL, SEQUENCE};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Hash, Scheme};
use crate::oid::{self, Oid};
use crate::reader::Reader;

/// `[1]`, `[2]` and `[3]`, explicit.
const EXPLICIT_1: u8 = 0xa1;
const EXPLICIT_2: u8 = 0xa2;
const EXPLICIT_3: u8 = 0xa3;

/// The default value of the trailer field, which may also be explicit.
const DEFAULT_TRAILER: &[u8] = &[1];

/// Returns the scheme with these parameters.
pub(super) fn scheme(parameters: Option<(u8, &[u8])>) -> Result<Scheme, Failure> {
    let Some((SEQUENCE, parameters)) = parameters else {
        return Err(unsupported("without parameters"));
    };
    let fields = Reader::new(parameters, 0, "RSASSA-PSS parameters", ErrorKind::AttestationInvalid);
    let parameters = Parameters::read(fields)
        .map_err(|error| invalid(format!("the parameters of RSASSA-PSS do not parse: {error}")))?;
    match parameters {
        Some(parameters) => parameters.scheme(),
        None => Err(weak("RSASSA-PSS with default parameters, which mean SHA-1")),
    }
}

/// The parameters of a signature that uses no SHA-1 default.
struct Parameters<'a> {
    hash: Oid<'a>,
    mask_function: Oid<'a>,
    mask_hash: Oid<'a>,
    /// The digits of both numbers.
    salt_length: &'a [u8],
    trailer: &'a [u8],
}

impl<'a> Parameters<'a> {
    /// Reads the parameters. Returns `None` if a parameter with a SHA-1 default is missing.
    fn read(mut fields: Reader<'a>) -> Result<Option<Parameters<'a>>, ParseError> {
        let hash = optional(&mut fields, EXPLICIT_0, "hashAlgorithm")?;
        let mask = optional(&mut fields, EXPLICIT_1, "maskGenAlgorithm")?;
        let salt_length = optional(&mut fields, EXPLICIT_2, "saltLength")?;
        let trailer = optional(&mut fields, EXPLICIT_3, "trailerField")?;
        finish(&fields)?;
        let (Some(hash), Some(mask), Some(salt_length)) = (hash, mask, salt_length) else {
            return Ok(None);
        };
        let hash = hash_algorithm(hash)?;
        let mut mask = only(mask, SEQUENCE, "maskGenAlgorithm")?;
        Ok(Some(Parameters {
            hash,
            mask_function: Oid::read(&mut mask, "maskGenAlgorithm")?,
            mask_hash: hash_algorithm(mask)?,
            salt_length: only(salt_length, INTEGER, "saltLength")?.rest(),
            trailer: match trailer {
                Some(trailer) => only(trailer, INTEGER, "trailerField")?.rest(),
                None => DEFAULT_TRAILER,
            },
        }))
    }

    /// Returns the scheme with these parameters.
    fn scheme(&self) -> Result<Scheme, Failure> {
        let (hash, length) = match self.hash {
            oid::SHA_256 => (Hash::Sha256, 32),
            oid::SHA_384 => (Hash::Sha384, 48),
            oid::SHA_512 => (Hash::Sha512, 64),
            oid::SHA_1 => return Err(weak("RSASSA-PSS with SHA-1")),
            _ => return Err(unsupported("with an unknown hash")),
        };
        if self.mask_function != oid::MGF1 || self.mask_hash != self.hash {
            return Err(unsupported("with a mask that is not MGF1 with the same hash"));
        }
        if self.salt_length != [length] {
            return Err(unsupported("with a salt that is not as long as the hash"));
        }
        if self.trailer != DEFAULT_TRAILER {
            return Err(unsupported("with an unknown trailer"));
        }
        Ok(Scheme::RsaPss(hash))
    }
}

/// Reads the AlgorithmIdentifier of a hash function. Its parameters are NULL or absent (RFC 4055,
/// section 2.1).
fn hash_algorithm(tagged: Reader<'_>) -> Result<Oid<'_>, ParseError> {
    let mut identifier = only(tagged, SEQUENCE, "hashAlgorithm")?;
    let hash = Oid::read(&mut identifier, "hashAlgorithm")?;
    optional(&mut identifier, NULL, "parameters")?;
    finish(&identifier)?;
    Ok(hash)
}

fn weak(how: &'static str) -> Failure {
    Failure::new(ErrorKind::WeakAlgorithm, how)
}

fn unsupported(how: &str) -> Failure {
    Failure::new(
        ErrorKind::UnsupportedAlgorithm,
        format!("a certificate signature by RSASSA-PSS {how}"),
    )
}
