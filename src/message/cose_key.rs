//! Credential public keys: COSE_Key (RFC 9052, section 7; RFC 9964), in the subset that WebAuthn
//! uses (§5.8.5, §6.5.1).
//!
//! ```text
//! EC2  { 1: 2, 3: alg, -1: crv, -2: x bytes, -3: y bytes }
//! OKP  { 1: 1, 3: alg, -1: crv, -2: x bytes }
//! RSA  { 1: 3, 3: alg, -1: n bytes, -2: e bytes }
//! AKP  { 1: 7, 3: alg, -1: pub bytes }
//! ```
//!
//! The map must be canonical and must not contain other parameters. Points must be uncompressed.

use core::fmt;

use crate::debug::length;
use crate::encoding::cbor::{self, Decoder, Item, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Algorithm, KeyKind, KeyMaterial, PublicKey};
use crate::message::key_form::{self, Binary, KeyForm};
use crate::quirk::{Quirk, Tolerance};

const STRUCTURE: &str = "COSE key";

/// RS1 (RSASSA-PKCS1-v1_5 with SHA-1), which is never accepted for a credential.
const RS1: i64 = -65535;

const KEY_TYPE_OKP: i64 = 1;
const KEY_TYPE_EC2: i64 = 2;
const KEY_TYPE_RSA: i64 = 3;
const KEY_TYPE_AKP: i64 = 7;

const MISSING: &str = "the parameter is missing";

/// The start of the key that Firefox 117 wrote: a map of 3 with kty "OKP", alg -8, crv "Ed25519",
/// and x as an array of 32 integers.
const FIREFOX_HEAD: &[u8] = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20";

/// The bytes around x and y in the only canonical encoding of an ES256 key. Nearly all keys have
/// this encoding. It is recognized by these bytes, without the CBOR reader.
const ES256_HEAD: &[u8] = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20";
const ES256_BETWEEN: &[u8] = b"\x22\x58\x20";
const ES256_LENGTH: usize = ES256_HEAD.len() + 32 + ES256_BETWEEN.len() + 32;

/// A view of a credential public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CoseKey<'a> {
    raw: &'a [u8],
    public_key: PublicKey<'a>,
}

impl<'a> CoseKey<'a> {
    /// Parses one COSE_Key. No bytes may follow it.
    ///
    /// This function does not check whether a point is on its curve. For this check, use
    /// [`signature::validate_key`](crate::signature::validate_key).
    ///
    /// # Errors
    ///
    /// Returns one of these errors:
    /// - [`InvalidCbor`](ErrorKind::InvalidCbor) if `bytes` is not canonical CBOR
    /// - [`TrailingBytes`](ErrorKind::TrailingBytes) if bytes follow the key
    /// - [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if a parameter is missing, malformed or not
    ///   allowed
    /// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if this build cannot verify the
    ///   algorithm
    /// - [`WeakAlgorithm`](ErrorKind::WeakAlgorithm) if the algorithm is RS1, which uses SHA-1
    /// - [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch) if the algorithm does not use
    ///   this key type or curve
    ///
    /// If the key has another form, such as PEM or base64 text, the error names the form and the
    /// function that reads it.
    pub fn parse(bytes: &'a [u8]) -> Result<CoseKey<'a>, Failure> {
        let is_own = |form| form == KeyForm::Binary(Binary::CoseKey);
        CoseKey::parse_at(bytes, 0)
            .map_err(|failure| key_form::explain(failure, bytes, STRUCTURE, is_own))
    }

    /// Parses a key at `offset` of the outermost input, or a key that was accepted before. Errors
    /// do not suggest other forms, because authenticators always write COSE_Keys.
    pub(crate) fn parse_at(bytes: &'a [u8], offset: usize) -> Result<CoseKey<'a>, Failure> {
        if let Some((x, y, [])) = es256_coordinates(bytes) {
            let public_key = PublicKey::new(Algorithm::Es256, KeyMaterial::P256 { x, y })?;
            return Ok(CoseKey { raw: bytes, public_key });
        }
        // Read the algorithm first, because it defines the other parameters.
        let algorithm = supported(algorithm_id(bytes, offset)?)?;
        let parameters = Parameters::read(bytes, offset)?;
        let material = parameters.material(algorithm)?;
        Ok(CoseKey { raw: bytes, public_key: PublicKey::new(algorithm, material)? })
    }

    /// The bytes as received. Store these bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The key with its algorithm, for [`signature::verify`](crate::signature::verify).
    pub fn public_key(&self) -> &PublicKey<'a> {
        &self.public_key
    }
}

impl fmt::Debug for CoseKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoseKey")
            .field("raw", &length(self.raw))
            .field("public_key", &self.public_key)
            .finish()
    }
}

impl PublicKey<'_> {
    /// Encodes the key as a COSE_Key, as the same bytes that an authenticator writes.
    pub fn to_cose(&self) -> Vec<u8> {
        let numbers: &[(i64, &[u8])] = match self.material() {
            KeyMaterial::P256 { x, y } | KeyMaterial::Secp256k1 { x, y } => {
                &[(-2, &x[..]), (-3, &y[..])]
            }
            KeyMaterial::P384 { x, y } => &[(-2, &x[..]), (-3, &y[..])],
            KeyMaterial::P521 { x, y } => &[(-2, &x[..]), (-3, &y[..])],
            KeyMaterial::Ed25519 { x } => &[(-2, &x[..])],
            KeyMaterial::Ed448 { x } => &[(-2, &x[..])],
            KeyMaterial::Rsa { modulus, exponent } => &[(-1, modulus), (-2, exponent)],
            KeyMaterial::MlDsa44 { public_key } => &[(-1, &public_key[..])],
            KeyMaterial::MlDsa65 { public_key } => &[(-1, &public_key[..])],
            KeyMaterial::MlDsa87 { public_key } => &[(-1, &public_key[..])],
        };
        let kind = self.material().kind();
        let type_and_algorithm = [(1, kind.cose_key_type()), (3, self.algorithm().cose_id())];
        let curve = kind.cose_curve().map(|curve| (-1, curve));
        let mut key = Vec::new();
        cbor::write_map_head(&mut key, 2 + usize::from(curve.is_some()) + numbers.len());
        for (label, value) in type_and_algorithm.into_iter().chain(curve) {
            cbor::write_integer(&mut key, label);
            cbor::write_integer(&mut key, value);
        }
        for (label, bytes) in numbers {
            cbor::write_integer(&mut key, *label);
            cbor::write_bytes(&mut key, bytes);
        }
        key
    }
}

/// Returns the algorithm with this COSE number if this build can verify it.
pub(crate) fn supported(id: i64) -> Result<Algorithm, Failure> {
    match Algorithm::from_cose_id(id) {
        Some(algorithm) if algorithm.is_compiled_in() => Ok(algorithm),
        Some(algorithm) => Err(Failure::new(
            ErrorKind::UnsupportedAlgorithm,
            format!("{algorithm} (COSE algorithm {id}) is not compiled in"),
        )),
        None if id == RS1 => {
            Err(Failure::new(ErrorKind::WeakAlgorithm, "RS1 (COSE algorithm -65535) uses SHA-1"))
        }
        None => Err(Failure::new(ErrorKind::UnsupportedAlgorithm, format!("COSE algorithm {id}"))),
    }
}

/// Reads the `alg` parameter of a key. The parameters after it are not read.
pub(crate) fn algorithm_id(bytes: &[u8], offset: usize) -> Result<i64, ParseError> {
    if es256_coordinates(bytes).is_some() {
        return Ok(Algorithm::Es256.cose_id());
    }
    if is_firefox_text_key(bytes) {
        return Ok(Algorithm::EdDsa.cose_id());
    }
    let mut decoder = Decoder::new(bytes, offset, STRUCTURE, ErrorKind::InvalidCoseKey);
    let mut map = decoder.map("key", Order::Canonical)?;
    while let Some(label) = decoder.key(&mut map)? {
        if label == Item::Unsigned(3) {
            return decoder.integer("alg");
        }
        decoder.skip("parameter", Order::Canonical)?;
    }
    Err(decoder.error("alg", "the parameter is missing"))
}

/// Returns the length of the key at the start of `rest` if it is recognized without the CBOR
/// reader: an ES256 key, or a key that only a quirk allows.
pub(crate) fn recognised_length(rest: &[u8], tolerance: &Tolerance) -> Option<usize> {
    if es256_coordinates(rest).is_some() {
        return Some(ES256_LENGTH);
    }
    if !is_firefox_text_key(rest) {
        return None;
    }
    let (_, length) = firefox_coordinate(rest)?;
    tolerance.permits(Quirk::FirefoxTextEd25519Key).then_some(length)
}

/// Returns the canonical encoding of a key that only a quirk allows. The credential record stores
/// this encoding.
pub(crate) fn normalised(bytes: &[u8], tolerance: &Tolerance) -> Option<Vec<u8>> {
    if !is_firefox_text_key(bytes) {
        return None;
    }
    let (x, _) = firefox_coordinate(bytes)?;
    if !tolerance.permits(Quirk::FirefoxTextEd25519Key) {
        return None;
    }
    let key = PublicKey::new(Algorithm::EdDsa, KeyMaterial::Ed25519 { x: &x }).ok()?;
    Some(key.to_cose())
}

/// Encodes an ES256 key with these coordinates.
pub(crate) fn es256(x: &[u8; 32], y: &[u8; 32]) -> Vec<u8> {
    [ES256_HEAD, x, ES256_BETWEEN, y].concat()
}

/// Returns the coordinates of an ES256 key and the bytes after the key.
fn es256_coordinates(bytes: &[u8]) -> Option<(&[u8; 32], &[u8; 32], &[u8])> {
    let (x, rest) = bytes.strip_prefix(ES256_HEAD)?.split_first_chunk()?;
    let (y, rest) = rest.strip_prefix(ES256_BETWEEN)?.split_first_chunk()?;
    Some((x, y, rest))
}

fn is_firefox_text_key(bytes: &[u8]) -> bool {
    bytes.starts_with(FIREFOX_HEAD)
}

/// Returns the coordinate of Firefox's key and the length of the whole key.
fn firefox_coordinate(bytes: &[u8]) -> Option<([u8; 32], usize)> {
    let integers = bytes.strip_prefix(FIREFOX_HEAD)?;
    let mut decoder = Decoder::new(integers, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
    let mut x = [0; 32];
    for byte in &mut x {
        *byte = u8::try_from(decoder.integer("x").ok()?).ok()?;
    }
    Some((x, FIREFOX_HEAD.len() + decoder.offset()))
}

/// The parameters of a key, before they are checked against the algorithm.
struct Parameters<'a> {
    key_type: i64,
    curve: Option<i64>,
    /// Label -1 if it is a byte string: n of RSA, pub of AKP.
    first: Option<&'a [u8]>,
    /// Label -2: x of EC2 and OKP, e of RSA.
    second: Option<&'a [u8]>,
    /// Label -3: y of EC2.
    third: Option<&'a [u8]>,
    /// The offset of the key in the outermost input.
    offset: usize,
}

impl<'a> Parameters<'a> {
    fn read(bytes: &'a [u8], offset: usize) -> Result<Parameters<'a>, ParseError> {
        let mut decoder = Decoder::new(bytes, offset, STRUCTURE, ErrorKind::InvalidCoseKey);
        let (mut key_type, mut has_algorithm) = (None, false);
        let (mut curve, mut first, mut second, mut third) = (None, None, None, None);
        let mut map = decoder.map("key", Order::Canonical)?;
        loop {
            let at_label = decoder;
            let Some(label) = decoder.key(&mut map)? else { break };
            // In canonical order, kty comes first, so the meaning of each label is known.
            match (label, key_type) {
                (Item::Unsigned(1), _) => key_type = Some(decoder.integer("kty")?),
                (Item::Unsigned(3), _) => {
                    decoder.integer("alg")?;
                    has_algorithm = true;
                }
                (_, None) => return Err(at_label.error("kty", "the parameter is missing")),
                (Item::Negative(0), Some(KEY_TYPE_RSA)) => first = Some(decoder.bytes("n")?),
                (Item::Negative(0), Some(KEY_TYPE_AKP)) => first = Some(decoder.bytes("pub")?),
                (Item::Negative(0), _) => curve = Some(decoder.integer("crv")?),
                (Item::Negative(1), Some(KEY_TYPE_RSA)) => second = Some(decoder.bytes("e")?),
                (Item::Negative(1), Some(KEY_TYPE_EC2 | KEY_TYPE_OKP)) => {
                    second = Some(decoder.bytes("x")?);
                }
                (Item::Negative(2), Some(KEY_TYPE_EC2)) => third = Some(decoder.bytes("y")?),
                _ => return Err(at_label.error("label", "a parameter that is not allowed here")),
            }
        }
        decoder.finish()?;
        let missing = |field| decoder.error(field, "the parameter is missing");
        let key_type = key_type.ok_or_else(|| missing("kty"))?;
        if !has_algorithm {
            return Err(missing("alg"));
        }
        Ok(Parameters { key_type, curve, first, second, third, offset })
    }

    /// Returns the key material, which must be of the kind that the algorithm uses.
    fn material(&self, algorithm: Algorithm) -> Result<KeyMaterial<'a>, Failure> {
        let kind = algorithm.key_kind();
        if self.key_type != kind.cose_key_type() {
            return Err(mismatch(algorithm, "key type", self.key_type));
        }
        if kind.cose_curve().is_some() {
            let curve = self.curve.ok_or_else(|| self.invalid("crv", MISSING))?;
            if Some(curve) != kind.cose_curve() {
                return Err(mismatch(algorithm, "curve", curve));
            }
        }
        Ok(match kind {
            KeyKind::P256 => KeyMaterial::P256 { x: self.x()?, y: self.y()? },
            KeyKind::P384 => KeyMaterial::P384 { x: self.x()?, y: self.y()? },
            KeyKind::P521 => KeyMaterial::P521 { x: self.x()?, y: self.y()? },
            KeyKind::Secp256k1 => KeyMaterial::Secp256k1 { x: self.x()?, y: self.y()? },
            KeyKind::Ed25519 => KeyMaterial::Ed25519 { x: self.x()? },
            KeyKind::Ed448 => KeyMaterial::Ed448 { x: self.x()? },
            KeyKind::Rsa => KeyMaterial::Rsa {
                modulus: self.first.ok_or_else(|| self.invalid("n", MISSING))?,
                exponent: self.second.ok_or_else(|| self.invalid("e", MISSING))?,
            },
            KeyKind::MlDsa44 => KeyMaterial::MlDsa44 { public_key: self.public_key()? },
            KeyKind::MlDsa65 => KeyMaterial::MlDsa65 { public_key: self.public_key()? },
            KeyKind::MlDsa87 => KeyMaterial::MlDsa87 { public_key: self.public_key()? },
        })
    }

    fn x<const N: usize>(&self) -> Result<&'a [u8; N], Failure> {
        self.exactly("x", self.second)
    }

    fn y<const N: usize>(&self) -> Result<&'a [u8; N], Failure> {
        self.exactly("y", self.third)
    }

    fn public_key<const N: usize>(&self) -> Result<&'a [u8; N], Failure> {
        self.exactly("pub", self.first)
    }

    /// Checks that a parameter has the length that the curve or parameter set requires. Leading
    /// zeros are neither removed nor added.
    fn exactly<const N: usize>(
        &self,
        field: &'static str,
        bytes: Option<&'a [u8]>,
    ) -> Result<&'a [u8; N], Failure> {
        let bytes = bytes.ok_or_else(|| self.invalid(field, MISSING))?;
        bytes
            .try_into()
            .map_err(|_| self.invalid(field, "the length is wrong for this kind of key"))
    }

    fn invalid(&self, field: &'static str, reason: &'static str) -> Failure {
        Failure::from(ParseError {
            kind: ErrorKind::InvalidCoseKey,
            structure: STRUCTURE,
            field: Some(field),
            offset: self.offset,
            reason,
        })
    }
}

fn mismatch(algorithm: Algorithm, what: &'static str, found: i64) -> Failure {
    let kind = algorithm.key_kind().as_str();
    Failure::new(
        ErrorKind::AlgorithmKeyMismatch,
        format!("{algorithm} requires {kind} keys, but this key has {what} {found}"),
    )
}
