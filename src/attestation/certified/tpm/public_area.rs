//! `pubArea`: the structure `TPMT_PUBLIC` (TPM 2.0 Part 2, section 12.2.4).
//!
//! ```text
//! type             2 bytes  TPM_ALG_RSA or TPM_ALG_ECC
//! nameAlg          2 bytes
//! objectAttributes 4 bytes
//! authPolicy       sized
//! symmetric        2 bytes  TPM_ALG_NULL
//! scheme           2 bytes  TPM_ALG_NULL, or one for signatures and 2 bytes for its hash
//! RSA: keyBits     2 bytes
//!      exponent    4 bytes  0 stands for 65537
//!      unique      sized    the modulus
//! ECC: curveID     2 bytes
//!      kdf         2 bytes  TPM_ALG_NULL
//!      unique      sized x, sized y
//! ```
//!
//! The structure has no length prefix. `symmetric` applies only to keys that wrap other keys, and
//! `kdf` is never used, so both are TPM_ALG_NULL for a signing key.

use super::primitives::{TPM_ALG_NULL, finish, sized, tpm_hash};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Hash, KeyMaterial, PublicKey, Scheme, bit_length};
use crate::reader::Reader;

const TPM_ALG_RSA: u16 = 0x0001;
const TPM_ALG_ECC: u16 = 0x0023;

/// The TPM signature schemes that a credential can use.
const TPM_ALG_RSASSA: u16 = 0x0014;
const TPM_ALG_RSAPSS: u16 = 0x0016;
const TPM_ALG_ECDSA: u16 = 0x0018;

/// The curves P-256, P-384 and P-521 (TPM 2.0 Part 2, section 6.4).
const TPM_ECC_NIST_P256: u16 = 0x0003;
const TPM_ECC_NIST_P384: u16 = 0x0004;
const TPM_ECC_NIST_P521: u16 = 0x0005;

/// The meaning of the value 0 in `exponent`: 2^16 + 1.
const DEFAULT_EXPONENT: u32 = 65_537;

/// The checked parts of a TPM's description of a key. Attributes and authorization policy control
/// the use of the key inside the TPM. §8.3 has no requirements for them.
pub(super) struct PublicArea<'a> {
    /// The whole structure. Its hash is part of the key's Name.
    pub(super) bytes: &'a [u8],
    /// The hash algorithm of the Name.
    pub(super) name_alg: u16,
    /// The scheme that the key is bound to, if any.
    scheme: Option<Scheme>,
    key: Key<'a>,
}

enum Key<'a> {
    Rsa(RsaKey<'a>),
    Ecc(EccKey<'a>),
}

struct RsaKey<'a> {
    bits: u16,
    exponent: u32,
    modulus: &'a [u8],
}

struct EccKey<'a> {
    curve: u16,
    x: &'a [u8],
    y: &'a [u8],
}

impl<'a> PublicArea<'a> {
    pub(super) fn parse(mut reader: Reader<'a>) -> Result<PublicArea<'a>, Failure> {
        let bytes = reader.rest();
        let start = reader;
        let key_type = reader.u16("pubArea.type")?;
        if ![TPM_ALG_RSA, TPM_ALG_ECC].contains(&key_type) {
            return Err(start.error("pubArea.type", "neither an RSA nor an ECC key").into());
        }
        let name_alg = reader.u16("pubArea.nameAlg")?;
        reader.u32("pubArea.objectAttributes")?;
        sized(&mut reader, "pubArea.authPolicy")?;
        read_null(&mut reader, "pubArea.symmetric")?;
        let (scheme, key) = if key_type == TPM_ALG_RSA {
            (read_scheme(&mut reader, rsa_scheme)?, Key::Rsa(RsaKey::read(&mut reader)?))
        } else {
            (read_scheme(&mut reader, ecc_scheme)?, Key::Ecc(EccKey::read(&mut reader)?))
        };
        finish(&reader, "attStmt.pubArea")?;
        Ok(PublicArea { bytes, name_alg, scheme, key })
    }

    /// Checks step 2: `parameters` and `unique` match the credential public key. A key that is
    /// bound to a scheme signs only with that scheme, so it must also be the scheme of the
    /// credential's algorithm.
    pub(super) fn check_is(&self, credential_key: &PublicKey<'_>) -> Result<(), Failure> {
        match (&self.key, *credential_key.material()) {
            (Key::Rsa(key), KeyMaterial::Rsa { modulus, exponent }) => {
                key.check_is(modulus, exponent)?;
            }
            (Key::Ecc(key), KeyMaterial::P256 { x, y }) => key.check_is(TPM_ECC_NIST_P256, x, y)?,
            (Key::Ecc(key), KeyMaterial::P384 { x, y }) => key.check_is(TPM_ECC_NIST_P384, x, y)?,
            (Key::Ecc(key), KeyMaterial::P521 { x, y }) => key.check_is(TPM_ECC_NIST_P521, x, y)?,
            _ => return Err(mismatch("pubArea.type")),
        }
        let scheme = credential_key.algorithm().scheme();
        same("pubArea.scheme", self.scheme.is_none_or(|bound| bound == scheme))
    }
}

impl<'a> RsaKey<'a> {
    /// Reads the end of TPMS_RSA_PARMS, and `unique`.
    fn read(reader: &mut Reader<'a>) -> Result<RsaKey<'a>, ParseError> {
        let bits = reader.u16("pubArea.keyBits")?;
        let exponent = match reader.u32("pubArea.exponent")? {
            0 => DEFAULT_EXPONENT,
            exponent => exponent,
        };
        let modulus = significant(sized(reader, "pubArea.unique")?);
        Ok(RsaKey { bits, exponent, modulus })
    }

    /// Compares the numbers with the numbers in a COSE_Key, which have no leading zeros.
    fn check_is(&self, modulus: &[u8], exponent: &[u8]) -> Result<(), Failure> {
        same("pubArea.unique", self.modulus == modulus)?;
        same("pubArea.keyBits", usize::from(self.bits) == bit_length(modulus))?;
        same("pubArea.exponent", significant(&self.exponent.to_be_bytes()) == exponent)
    }
}

impl<'a> EccKey<'a> {
    /// Reads the end of TPMS_ECC_PARMS, and `unique`.
    fn read(reader: &mut Reader<'a>) -> Result<EccKey<'a>, ParseError> {
        let curve = reader.u16("pubArea.curveID")?;
        read_null(reader, "pubArea.kdf")?;
        let x = sized(reader, "pubArea.unique.x")?;
        let y = sized(reader, "pubArea.unique.y")?;
        Ok(EccKey { curve, x, y })
    }

    /// Compares the curve and the coordinates. A TPM may omit the leading zeros of a coordinate or
    /// write extra ones. In a COSE_Key, the curve determines the length of the coordinates.
    fn check_is(&self, curve: u16, x: &[u8], y: &[u8]) -> Result<(), Failure> {
        same("pubArea.curveID", self.curve == curve)?;
        same("pubArea.unique.x", significant(self.x) == significant(x))?;
        same("pubArea.unique.y", significant(self.y) == significant(y))
    }
}

/// Reads an algorithm that must be TPM_ALG_NULL.
fn read_null(reader: &mut Reader<'_>, field: &'static str) -> Result<(), ParseError> {
    let start = *reader;
    match reader.u16(field)? {
        TPM_ALG_NULL => Ok(()),
        _ => Err(start.error(field, "must be TPM_ALG_NULL for a signing key")),
    }
}

/// Reads TPMT_RSA_SCHEME or TPMT_ECC_SCHEME: TPM_ALG_NULL, or a scheme and its hash.
fn read_scheme(
    reader: &mut Reader<'_>,
    with_hash: fn(u16, Hash) -> Option<Scheme>,
) -> Result<Option<Scheme>, ParseError> {
    let field = "pubArea.scheme";
    let start = *reader;
    let scheme = reader.u16(field)?;
    if scheme == TPM_ALG_NULL {
        return Ok(None);
    }
    let hash = tpm_hash(reader.u16(field)?);
    let scheme = hash.and_then(|hash| with_hash(scheme, hash));
    scheme.map(Some).ok_or_else(|| start.error(field, "not a signature scheme for credentials"))
}

fn rsa_scheme(identifier: u16, hash: Hash) -> Option<Scheme> {
    match identifier {
        TPM_ALG_RSASSA => Some(Scheme::RsaPkcs1(hash)),
        TPM_ALG_RSAPSS => Some(Scheme::RsaPss(hash)),
        _ => None,
    }
}

fn ecc_scheme(identifier: u16, hash: Hash) -> Option<Scheme> {
    (identifier == TPM_ALG_ECDSA).then_some(Scheme::Ecdsa(hash))
}

/// Returns a big-endian number without its leading zeros.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

fn same(field: &'static str, is_same: bool) -> Result<(), Failure> {
    if is_same { Ok(()) } else { Err(mismatch(field)) }
}

fn mismatch(field: &'static str) -> Failure {
    Failure::of(field, ErrorKind::KeyMismatch, "differs from the credential public key")
}
