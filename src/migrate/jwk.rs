//! JSON Web Keys (RFC 7517), in the types that WebAuthn uses.
//!
//! ```text
//! EC   { "kty": "EC", "crv", "x", "y" }     RFC 7518, section 6.2; RFC 8812 for secp256k1
//! OKP  { "kty": "OKP", "crv", "x" }         RFC 8037, section 2
//! RSA  { "kty": "RSA", "n", "e" }           RFC 7518, section 6.3
//! AKP  { "kty": "AKP", "alg", "pub" }       RFC 9964
//! ```
//!
//! A key can also have `alg`, `use`, and members that are unrelated to its numbers.

use crate::encoding::base64url;
use crate::encoding::json::{JsonReader, JsonString, ObjectError};
use crate::error::{ErrorKind, Failure, counted, quote};
use crate::key::{Algorithm, KeyKind, KeyMaterial};

pub(super) const STRUCTURE: &str = "JWK";

/// The members of private and secret keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037,
/// section 2; RFC 9964).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// A key with its decoded numbers.
pub(super) struct Jwk {
    pub(super) kind: KeyKind,
    /// The algorithm in the member `alg`.
    pub(super) algorithm: Option<Algorithm>,
    /// x, n or pub.
    first: Vec<u8>,
    /// y or e, or empty for kinds of keys without either.
    second: Vec<u8>,
}

impl Jwk {
    pub(super) fn parse(json: &str) -> Result<Jwk, Failure> {
        let members = Members::read(json)?;
        let stated = members.algorithm()?;
        let kind = members.kind(stated)?;
        let [first, second] = members.numbers(kind)?;
        Ok(Jwk { kind, algorithm: stated, first, second })
    }

    pub(super) fn material(&self) -> Result<KeyMaterial<'_>, Failure> {
        let (first, second) = (&self.first[..], &self.second[..]);
        Ok(match self.kind {
            KeyKind::P256 => {
                KeyMaterial::P256 { x: exactly("x", first)?, y: exactly("y", second)? }
            }
            KeyKind::P384 => {
                KeyMaterial::P384 { x: exactly("x", first)?, y: exactly("y", second)? }
            }
            KeyKind::P521 => {
                KeyMaterial::P521 { x: exactly("x", first)?, y: exactly("y", second)? }
            }
            KeyKind::Secp256k1 => {
                KeyMaterial::Secp256k1 { x: exactly("x", first)?, y: exactly("y", second)? }
            }
            KeyKind::Ed25519 => KeyMaterial::Ed25519 { x: exactly("x", first)? },
            KeyKind::Ed448 => KeyMaterial::Ed448 { x: exactly("x", first)? },
            KeyKind::Rsa => KeyMaterial::Rsa { modulus: first, exponent: second },
            KeyKind::MlDsa44 => KeyMaterial::MlDsa44 { public_key: exactly("pub", first)? },
            KeyKind::MlDsa65 => KeyMaterial::MlDsa65 { public_key: exactly("pub", first)? },
            KeyKind::MlDsa87 => KeyMaterial::MlDsa87 { public_key: exactly("pub", first)? },
        })
    }
}

/// Checks that a number has the length that its curve or parameter set requires.
fn exactly<'a, const N: usize>(
    field: &'static str,
    bytes: &'a [u8],
) -> Result<&'a [u8; N], Failure> {
    bytes.try_into().map_err(|_| {
        let length = counted(bytes.len(), "byte");
        let reason = format!("{length}, but this kind of key has {N}");
        invalid(field, reason)
    })
}

fn invalid(field: &'static str, reason: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
    Failure::of(field, ErrorKind::InvalidCoseKey, reason)
}

/// The relevant members, as they are written.
#[derive(Default)]
struct Members<'a> {
    kty: Option<JsonString<'a>>,
    crv: Option<JsonString<'a>>,
    alg: Option<JsonString<'a>>,
    key_use: Option<JsonString<'a>>,
    x: Option<JsonString<'a>>,
    y: Option<JsonString<'a>>,
    n: Option<JsonString<'a>>,
    e: Option<JsonString<'a>>,
    public: Option<JsonString<'a>>,
}

impl<'a> Members<'a> {
    /// Reads one JSON object without duplicate members.
    fn read(json: &'a str) -> Result<Members<'a>, Failure> {
        let mut members = Members::default();
        let mut reader = JsonReader::new(json, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
        // An error in a member points to the end of the previous member. For the first member, it
        // points to the start of the object's content.
        let mut at_name = reader;
        at_name.object_start()?;
        reader.object(ObjectError::into_parse_error, |name, reader| {
            if let Some(field) = PRIVATE.into_iter().find(|private| name == **private) {
                let reason =
                    "only private or secret keys have this member; pass only the public key";
                return Err(at_name.error_in(field, reason));
            }
            match members.place(name) {
                Some((field, place)) => *place = Some(reader.text(field)?),
                None => drop(reader.value()?),
            }
            at_name = *reader;
            Ok(())
        })?;
        reader.finish()?;
        members.check_use()?;
        Ok(members)
    }

    fn place(
        &mut self,
        name: JsonString<'_>,
    ) -> Option<(&'static str, &mut Option<JsonString<'a>>)> {
        let places = [
            ("kty", &mut self.kty),
            ("crv", &mut self.crv),
            ("alg", &mut self.alg),
            ("use", &mut self.key_use),
            ("x", &mut self.x),
            ("y", &mut self.y),
            ("n", &mut self.n),
            ("e", &mut self.e),
            ("pub", &mut self.public),
        ];
        places.into_iter().find(|(field, _)| name == **field)
    }

    /// Checks the optional member `use`. It must be `"sig"` for a key that verifies signatures (RFC
    /// 7517, section 4.2).
    fn check_use(&self) -> Result<(), Failure> {
        match self.key_use {
            Some(key_use) if key_use != *"sig" => {
                let reason = format!("{} is not \"sig\"", quote(key_use.chars()));
                Err(invalid("use", reason))
            }
            _ => Ok(()),
        }
    }

    /// Returns the algorithm in `alg`. The name `EdDSA` is used for both curves (RFC 8037, section
    /// 3.1).
    fn algorithm(&self) -> Result<Option<Algorithm>, Failure> {
        let Some(alg) = self.alg else { return Ok(None) };
        if alg == *"EdDSA" && self.crv.is_some_and(|crv| crv == *"Ed448") {
            return Ok(Some(Algorithm::Ed448));
        }
        match Algorithm::ALL.iter().find(|algorithm| alg == *algorithm.as_str()) {
            Some(algorithm) => Ok(Some(*algorithm)),
            None => Err(unsupported("alg", quote(alg.chars()))),
        }
    }

    /// Returns the kind of the key. It is defined by `kty` and `crv`, or by `alg` if it names the
    /// parameter set.
    fn kind(&self, stated: Option<Algorithm>) -> Result<KeyKind, Failure> {
        let kty = self.kty.ok_or_else(|| invalid("kty", "the member is missing"))?;
        let types = [("OKP", 1), ("EC", 2), ("RSA", 3), ("AKP", 7)];
        let Some((_, key_type)) = types.into_iter().find(|(name, _)| kty == **name) else {
            return Err(match kty == *"oct" {
                true => invalid("kty", "a secret key has no public key"),
                false => unsupported("kty", quote(kty.chars())),
            });
        };
        let mut kinds = KeyKind::ALL.into_iter().filter(|kind| kind.cose_key_type() == key_type);
        match kty {
            rsa if rsa == *"RSA" => Ok(KeyKind::Rsa),
            akp if akp == *"AKP" => {
                let kind =
                    stated.ok_or_else(|| invalid("alg", "the member is missing"))?.key_kind();
                kinds.find(|known| *known == kind).ok_or_else(|| {
                    let reason = format!("{} does not use keys of type AKP", kind.as_str());
                    Failure::of("alg", ErrorKind::AlgorithmKeyMismatch, reason)
                })
            }
            _ => {
                let crv = self.crv.ok_or_else(|| invalid("crv", "the member is missing"))?;
                kinds.find(|kind| crv == *kind.as_str()).ok_or_else(|| {
                    let (curve, kty) = (quote(crv.chars()), quote(kty.chars()));
                    unsupported("crv", format!("{curve} in a key of type {kty}"))
                })
            }
        }
    }

    /// Returns the numbers of a key of this kind. Members of other kinds are an error.
    fn numbers(&self, kind: KeyKind) -> Result<[Vec<u8>; 2], Failure> {
        let expected: &[&str] = match kind {
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Secp256k1 => {
                &["crv", "x", "y"]
            }
            KeyKind::Ed25519 | KeyKind::Ed448 => &["crv", "x"],
            KeyKind::Rsa => &["n", "e"],
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => &["pub"],
        };
        let members = [
            ("crv", self.crv),
            ("x", self.x),
            ("n", self.n),
            ("pub", self.public),
            ("y", self.y),
            ("e", self.e),
        ];
        for (field, member) in members {
            match (expected.contains(&field), member.is_some()) {
                (true, false) => return Err(invalid(field, "the member is missing")),
                (false, true) => {
                    let reason = format!("not a member of {} keys", kind.as_str());
                    return Err(invalid(field, reason));
                }
                _ => {}
            }
        }
        let decoded = |places: &[(&'static str, Option<JsonString<'_>>)]| {
            let found = places.iter().find_map(|(field, member)| Some((*field, (*member)?)));
            found.map_or(Ok(Vec::new()), |(field, text)| {
                base64url::decode(&text.to_string(), STRUCTURE, field)
            })
        };
        let [_, first @ .., y, e] = members;
        Ok([decoded(&first)?, decoded(&[y, e])?])
    }
}

fn unsupported(field: &'static str, detail: String) -> Failure {
    Failure::of(field, ErrorKind::UnsupportedAlgorithm, detail)
}
