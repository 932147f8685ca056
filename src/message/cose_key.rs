//! Credential public keys: COSE_Key (RFC 9052, section 7) in the subset of WebAuthn (§5.8.5, §6.5.1).
//!
//! ```text
//! EC2  { 1: 2, 3: alg, -1: crv, -2: x bytes, -3: y bytes }
//! OKP  { 1: 1, 3: alg, -1: crv, -2: x bytes }
//! RSA  { 1: 3, 3: alg, -1: n bytes, -2: e bytes }
//! ```
//!
//! The map is canonical and holds nothing else; points are never compressed.

use crate::encoding::cbor::{Decoder, Item, Order};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::{Algorithm, KeyMaterial, PublicKey};
use crate::quirk::{Quirk, Quirks};

const STRUCTURE: &str = "COSE key";

/// RS1, RSASSA-PKCS1-v1_5 with SHA-1: never acceptable for a credential.
const RS1: i64 = -65535;

const KEY_TYPE_OKP: i64 = 1;
const KEY_TYPE_EC2: i64 = 2;
const KEY_TYPE_RSA: i64 = 3;

const CURVE_P256: i64 = 1;
const CURVE_P384: i64 = 2;
const CURVE_ED25519: i64 = 6;

/// The head of the key that Firefox 117 wrote: a map of 3, kty "OKP", alg -8, crv "Ed25519",
/// then x as an array of 32 integers.
const FIREFOX_HEAD: &[u8] = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20";

/// A view of a credential public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoseKey<'a> {
    raw: &'a [u8],
    public_key: PublicKey<'a>,
}

impl<'a> CoseKey<'a> {
    /// Parses the bytes of one COSE_Key, to the last.
    ///
    /// Whether a point is on its curve is decided by
    /// [`signature::validate_key`](crate::signature::validate_key).
    ///
    /// # Errors
    ///
    /// `InvalidCbor`, `TrailingBytes`, `InvalidCoseKey`; `UnsupportedAlgorithm` or
    /// `WeakAlgorithm` for an algorithm that is not verified here, `AlgorithmKeyMismatch` where
    /// key type or curve is not the algorithm's own.
    pub fn parse(bytes: &'a [u8]) -> Result<CoseKey<'a>, Failure> {
        CoseKey::parse_at(bytes, 0)
    }

    /// Parses a key that stands at `offset` of the outermost input.
    pub(crate) fn parse_at(bytes: &'a [u8], offset: usize) -> Result<CoseKey<'a>, Failure> {
        // What the other parameters are is the algorithm's to say, so an unknown one comes first.
        let algorithm = supported(algorithm_id(bytes, offset)?)?;
        let parameters = Parameters::read(bytes, offset)?;
        let material = parameters.material(offset)?;
        Ok(CoseKey { raw: bytes, public_key: PublicKey::new(algorithm, material)? })
    }

    /// The bytes as received. Store these.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The key with its algorithm, as [`signature::verify`](crate::signature::verify) takes it.
    pub fn public_key(&self) -> &PublicKey<'a> {
        &self.public_key
    }
}

/// The algorithm of this number.
fn supported(id: i64) -> Result<Algorithm, Failure> {
    Algorithm::from_cose_id(id).ok_or_else(|| match id {
        RS1 => Failure::new(ErrorKind::WeakAlgorithm, "RS1 (COSE algorithm -65535) uses SHA-1"),
        _ => Failure::new(ErrorKind::UnsupportedAlgorithm, format!("COSE algorithm {id}")),
    })
}

/// Reads the `alg` parameter of a key and nothing behind it.
pub(crate) fn algorithm_id(bytes: &[u8], offset: usize) -> Result<i64, ParseError> {
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

/// The length of a key that only a quirk lets pass, at the start of `rest`.
pub(crate) fn quirky_length(rest: &[u8], quirks: Quirks) -> Option<usize> {
    if !quirks.tolerates(Quirk::FirefoxTextEd25519Key) || !is_firefox_text_key(rest) {
        return None;
    }
    let (_, length) = firefox_coordinate(rest)?;
    Some(length)
}

/// The canonical form of a key that only a quirk lets pass: the same key, as it should have been
/// written. It is what a credential record stores.
pub(crate) fn normalised(bytes: &[u8], quirks: Quirks) -> Option<Vec<u8>> {
    if !quirks.tolerates(Quirk::FirefoxTextEd25519Key) || !is_firefox_text_key(bytes) {
        return None;
    }
    let (x, length) = firefox_coordinate(bytes)?;
    if length != bytes.len() {
        return None;
    }
    let mut key = b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20".to_vec();
    key.extend(x);
    Some(key)
}

fn is_firefox_text_key(bytes: &[u8]) -> bool {
    bytes.starts_with(FIREFOX_HEAD)
}

/// The coordinate of Firefox's key, and the length of the whole key.
fn firefox_coordinate(bytes: &[u8]) -> Option<([u8; 32], usize)> {
    let integers = bytes.strip_prefix(FIREFOX_HEAD)?;
    let mut decoder = Decoder::new(integers, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
    let mut x = [0; 32];
    for byte in &mut x {
        *byte = u8::try_from(decoder.integer("x").ok()?).ok()?;
    }
    Some((x, FIREFOX_HEAD.len() + decoder.offset()))
}

/// The parameters of a key, before key type and algorithm are compared.
#[derive(Default)]
struct Parameters<'a> {
    key_type: i64,
    curve: Option<i64>,
    /// Label -1 where it is bytes: n of RSA.
    modulus: Option<&'a [u8]>,
    /// Label -2: x of EC2 and OKP, e of RSA.
    second: Option<&'a [u8]>,
    /// Label -3: y of EC2.
    third: Option<&'a [u8]>,
}

impl<'a> Parameters<'a> {
    fn read(bytes: &'a [u8], offset: usize) -> Result<Parameters<'a>, ParseError> {
        let mut decoder = Decoder::new(bytes, offset, STRUCTURE, ErrorKind::InvalidCoseKey);
        let mut parameters = Parameters::default();
        let mut key_type = None;
        let mut map = decoder.map("key", Order::Canonical)?;
        loop {
            let at_label = decoder;
            let Some(label) = decoder.key(&mut map)? else { break };
            // In canonical order kty stands first, so what -1 means is known when it is read.
            match label {
                Item::Unsigned(1) => key_type = Some(decoder.integer("kty")?),
                // Its value is known from `algorithm_id`.
                Item::Unsigned(3) => {
                    decoder.integer("alg")?;
                }
                _ if key_type.is_none() => {
                    return Err(at_label.error("kty", "the parameter is missing"));
                }
                Item::Negative(0) if key_type == Some(KEY_TYPE_RSA) => {
                    parameters.modulus = Some(decoder.bytes("n")?);
                }
                Item::Negative(0) => parameters.curve = Some(decoder.integer("crv")?),
                Item::Negative(1) => parameters.second = Some(decoder.bytes("x or e")?),
                Item::Negative(2) if key_type == Some(KEY_TYPE_EC2) => {
                    parameters.third = Some(decoder.bytes("y")?);
                }
                _ => return Err(at_label.error("label", "a parameter that is not allowed here")),
            }
        }
        decoder.finish()?;
        let missing = |field| decoder.error(field, "the parameter is missing");
        parameters.key_type = key_type.ok_or_else(|| missing("kty"))?;
        Ok(parameters)
    }

    fn material(&self, offset: usize) -> Result<KeyMaterial<'a>, Failure> {
        let invalid = |field, reason| {
            Failure::from(ParseError {
                kind: ErrorKind::InvalidCoseKey,
                structure: STRUCTURE,
                field: Some(field),
                offset,
                reason,
            })
        };
        let missing = |field| invalid(field, "the parameter is missing");
        match self.key_type {
            KEY_TYPE_RSA => Ok(KeyMaterial::Rsa {
                modulus: self.modulus.ok_or_else(|| missing("n"))?,
                exponent: self.second.ok_or_else(|| missing("e"))?,
            }),
            KEY_TYPE_EC2 => {
                let x = self.second.ok_or_else(|| missing("x"))?;
                let y = self.third.ok_or_else(|| missing("y"))?;
                let wrong = |_| invalid("x or y", "a coordinate has not the length of its field");
                match self.curve.ok_or_else(|| missing("crv"))? {
                    CURVE_P256 => Ok(KeyMaterial::P256 {
                        x: x.try_into().map_err(wrong)?,
                        y: y.try_into().map_err(wrong)?,
                    }),
                    CURVE_P384 => Ok(KeyMaterial::P384 {
                        x: x.try_into().map_err(wrong)?,
                        y: y.try_into().map_err(wrong)?,
                    }),
                    other => Err(unknown_curve(other)),
                }
            }
            KEY_TYPE_OKP => {
                let x = self.second.ok_or_else(|| missing("x"))?;
                match self.curve.ok_or_else(|| missing("crv"))? {
                    CURVE_ED25519 => Ok(KeyMaterial::Ed25519 {
                        x: x.try_into().map_err(|_| invalid("x", "not 32 bytes"))?,
                    }),
                    other => Err(unknown_curve(other)),
                }
            }
            other => Err(Failure::new(
                ErrorKind::AlgorithmKeyMismatch,
                format!("COSE key type {other} belongs to no supported algorithm"),
            )),
        }
    }
}

/// A curve that is none of the supported algorithms' own.
fn unknown_curve(curve: i64) -> Failure {
    Failure::new(
        ErrorKind::AlgorithmKeyMismatch,
        format!("COSE curve {curve} belongs to no supported algorithm of this key type"),
    )
}
