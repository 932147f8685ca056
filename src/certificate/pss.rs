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

/// The default of the trailer, which may be written out.
const DEFAULT_TRAILER: &[u8] = &[1];

/// The scheme that these parameters name.
pub(super) fn scheme(parameters: Option<(u8, &[u8])>) -> Result<Scheme, Failure> {
    let Some((SEQUENCE, parameters)) = parameters else {
        return Err(unsupported("without parameters"));
    };
    let fields = Reader::new(parameters, 0, "RSASSA-PSS parameters", ErrorKind::AttestationInvalid);
    let parameters = Parameters::read(fields)
        .map_err(|error| invalid(format!("the parameters of RSASSA-PSS do not parse: {error}")))?;
    match parameters {
        Some(parameters) => parameters.scheme(),
        None => Err(weak("RSASSA-PSS with the defaults, which are SHA-1")),
    }
}

/// The parameters, where none of the defaults that are SHA-1 counts.
struct Parameters<'a> {
    hash: Oid<'a>,
    mask_function: Oid<'a>,
    mask_hash: Oid<'a>,
    /// The digits of both numbers.
    salt_length: &'a [u8],
    trailer: &'a [u8],
}

impl<'a> Parameters<'a> {
    /// Reads the parameters; `None` if one is left out whose default is SHA-1.
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

    /// The scheme that they are the parameters of.
    fn scheme(&self) -> Result<Scheme, Failure> {
        let (hash, length) = match self.hash {
            oid::SHA_256 => (Hash::Sha256, 32),
            oid::SHA_384 => (Hash::Sha384, 48),
            oid::SHA_512 => (Hash::Sha512, 64),
            oid::SHA_1 => return Err(weak("RSASSA-PSS with SHA-1")),
            _ => return Err(unsupported("with an unknown hash")),
        };
        if self.mask_function != oid::MGF1 || self.mask_hash != self.hash {
            return Err(unsupported("with another mask than by MGF1 with the same hash"));
        }
        if self.salt_length != [length] {
            return Err(unsupported("with a salt of another length than the hash"));
        }
        if self.trailer != DEFAULT_TRAILER {
            return Err(unsupported("with an unknown trailer"));
        }
        Ok(Scheme::RsaPss(hash))
    }
}

/// Reads an AlgorithmIdentifier of a hash function, whose parameters are NULL or absent (RFC 4055,
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
