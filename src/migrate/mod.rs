//! Converts the stored public keys of other libraries to COSE_Keys, the form that this crate
//! stores.
//!
//! Each function reads one form and checks that the key can verify signatures: a point must be on
//! its curve, and an RSA key must have an accepted size ([`signature::validate_key`] and
//! [`PublicKey::new`] make these checks). It returns the bytes of a COSE_Key for
//! [`Credential::from_parts`](crate::Credential::from_parts).
//!
//! | what you have | call |
//! |---|---|
//! | raw COSE_Key | [`Credential::from_parts`](crate::Credential::from_parts) is enough |
//! | point: 04, x, y (65 bytes for P-256) | [`from_sec1`] |
//! | SubjectPublicKeyInfo in DER | [`from_spki_der`] |
//! | SubjectPublicKeyInfo in PEM, `-----BEGIN PUBLIC KEY-----` | [`from_spki_pem`] |
//! | JSON Web Key | [`from_jwk`] |
//! | U2F key handle and point | [`Credential::from_u2f`](crate::Credential::from_u2f) |
//!
//! # The algorithm
//!
//! A COSE_Key names its algorithm. Most other forms do not, so pass the algorithm that the
//! registration requested. If you pass `None`, the key determines the algorithm: ES256 for P-256,
//! ES384 for P-384, ES512 for P-521, ES256K for secp256k1, EdDSA for Ed25519, and Ed448 for Ed448.
//! Each kind of ML-DSA key has only one algorithm. An **RSA** key can be used with six algorithms,
//! so you must pass one. Use [`Rs256`](Algorithm::Rs256) unless the registration requested another
//! RSA algorithm.
//!
//! # Where to find stored keys
//!
//! - **SimpleWebAuthn** (`@simplewebauthn/server`): `credential.publicKey` (`credentialPublicKey`
//!   in older releases) contains the bytes of a COSE_Key. `credential.id` is the credential ID in
//!   base64url, and `counter` is the signature counter.
//! - **py_webauthn**: `credential_public_key` contains the bytes of a COSE_Key. The other fields
//!   are `credential_id` and `sign_count`.
//! - **java-webauthn-server**: `publicKeyCose` contains the bytes of a COSE_Key. The other fields
//!   are `credentialId` and `signatureCount`. If you used `publicKeyEs256Raw`, the key is a point,
//!   so call [`from_sec1`] with [`Es256`](Algorithm::Es256).
//! - **webauthn-rs**: the JSON of a `Passkey` or `SecurityKey` has the credential ID in
//!   `cred.cred_id`, the signature counter in `cred.counter`, and the numbers of an EC key in
//!   `cred.cred.key.EC_EC2`. The numbers are in base64url without padding, as in a JSON Web Key.
//!   See the example.
//! - **Older releases of webauthn-rs**: the numbers are arrays of bytes. Concatenate the byte 4, x
//!   and y, and call [`from_sec1`].
//! - **The browser**: `getPublicKey()` returns a SubjectPublicKeyInfo in DER, and
//!   `getPublicKeyAlgorithm()` returns the number for [`Algorithm::from_cose_id`].
//! - **FIDO U2F**: a registration has a key handle and a point of 65 bytes. Call
//!   [`Credential::from_u2f`](crate::Credential::from_u2f).
//!
//! A stored COSE_Key must be canonical, as authenticators write it: it must consist of key type,
//! algorithm, curve and coordinates, in this order. If a library reordered the parameters, the key
//! is rejected. Convert its numbers to a JSON Web Key and use [`from_jwk`].
//!
//! ```
//! use webauthn_verify::{Algorithm, Credential, migrate};
//!
//! // The JSON that webauthn-rs has stored.
//! let stored = r#"{ "cred": {
//!     "cred_id": "Y3JlZGVudGlhbCAx",
//!     "cred": { "type_": "ES256", "key": { "EC_EC2": {
//!         "curve": "SECP256R1",
//!         "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
//!         "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU" } } },
//!     "counter": 7 } }"#;
//! let stored: serde_json::Value = serde_json::from_str(stored)?;
//! let point = &stored["cred"]["cred"]["key"]["EC_EC2"];
//! let jwk = serde_json::json!({ "kty": "EC", "crv": "P-256", "x": point["x"], "y": point["y"] });
//!
//! let public_key = migrate::from_jwk(&jwk.to_string(), Algorithm::Es256)?;
//! let credential = Credential::from_parts(b"credential 1", &public_key)?.with_sign_count(7);
//! assert_eq!(credential.public_key()[..4], [0xa5, 1, 2, 3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If you pass a key in the wrong form, the error names the form and the function that reads it. If
//! your database stores keys as base64, base64url or hexadecimal text, decode the text first.
//!
//! Then set the other values that you have: the user handle, the transports and the backup flags. A
//! login does not check unknown values. If your site required user verification when the credential
//! was registered, call [`with_uv_initialized`](crate::Credential::with_uv_initialized)`(true)`. If
//! you do not call it, every login with the credential is [only a second
//! factor](crate::Authentication::is_second_factor_only).
//!
//! # Rejected keys
//!
//! Bytes after the key are an error. Leading zeros are neither added nor removed. **Private keys**
//! are rejected in every form that can contain one. The error says that the key is private and
//! never shows its content. **Compressed points** are rejected, because no authenticator sends
//! them; convert them first. Curves with explicit parameters, certificates and bare PKCS #1 keys
//! are also rejected.

mod jwk;
mod pem;
mod sec1;
mod spki;

use crate::encoding::der::SEQUENCE;
use crate::error::{ErrorKind, Failure};
use crate::key::{Algorithm, KeyKind, KeyMaterial, PublicKey};
use crate::message::cose_key;
use crate::message::key_form::{self, Binary, KeyForm};
use crate::reader::Reader;
use crate::signature;

/// The maximum length of text. The largest keys have about 4 KiB in base64.
const MAX_TEXT: usize = 64 * 1024;

/// Converts a point in the uncompressed form of SEC 1 (section 2.3.3) to a COSE_Key. The form is
/// 04, x, y: 65 bytes for P-256 and secp256k1, 97 for P-384, and 133 for P-521.
///
/// You must pass the algorithm, because points on P-256 and secp256k1 have the same length.
///
/// # Errors
///
/// Returns one of these errors:
/// - [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if `point` is not an uncompressed point
/// - [`TrailingBytes`](ErrorKind::TrailingBytes) if bytes follow the point
/// - [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if the point is not on the curve
/// - [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch) if the algorithm is not ECDSA
/// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if the algorithm is not compiled in
pub fn from_sec1(point: &[u8], algorithm: Algorithm) -> Result<Vec<u8>, Failure> {
    const STRUCTURE: &str = "SEC 1 point";
    use Binary::{CompressedPoint, Coordinates, Point};
    let is_own = |form| matches!(form, KeyForm::Binary(Point | CompressedPoint | Coordinates));
    let reader = Reader::new(point, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
    sec1::point(algorithm.key_kind(), reader)
        .and_then(|material| checked(material, algorithm))
        .map_err(|failure| key_form::explain(failure, point, STRUCTURE, is_own))
}

/// Converts a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1) to a COSE_Key.
///
/// The algorithm can be `None` if the [key determines it](self#the-algorithm).
///
/// # Errors
///
/// Returns one of these errors:
/// - [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if `der` is not a SubjectPublicKeyInfo in DER,
///   or if an RSA key is not accepted
/// - [`TrailingBytes`](ErrorKind::TrailingBytes) if bytes follow the structure or a part of it
/// - [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if the point is not on the curve
/// - [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch) if the algorithm does not use this
///   kind of key, or if it is `None` and the key is an RSA key
/// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if the key or the algorithm is
///   unknown or not compiled in
///
/// ```
/// use webauthn_verify::{ErrorKind, migrate};
///
/// // A PKCS #8 PrivateKeyInfo begins with its version.
/// let error = migrate::from_spki_der(b"\x30\x03\x02\x01\x00", None).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the public key is malformed: SubjectPublicKeyInfo, algorithm, at byte 2: a private key; \
///      pass only the public key"
/// );
/// ```
pub fn from_spki_der(
    der: &[u8],
    algorithm: impl Into<Option<Algorithm>>,
) -> Result<Vec<u8>, Failure> {
    let material = spki::parse(der).map_err(|failure| {
        // `spki` itself explains other DER structures.
        let is_own = |form| matches!(form, KeyForm::Binary(_)) && der.first() == Some(&SEQUENCE);
        key_form::explain(failure, der, spki::STRUCTURE, is_own)
    })?;
    checked(material, chosen(material.kind(), algorithm.into(), None)?)
}

/// Converts a SubjectPublicKeyInfo in its text form (RFC 7468, section 13) to a COSE_Key. The text
/// starts with `-----BEGIN PUBLIC KEY-----` and is often called PEM.
///
/// Lines can have any length. They end with LF or CR LF. The last line does not need a line ending.
/// The input must not contain other text or white space.
///
/// # Errors
///
/// Returns the errors of [`from_spki_der`]. It also returns
/// [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if the text is malformed, and
/// [`InputTooLarge`](ErrorKind::InputTooLarge) if it is longer than 64 KiB.
///
/// In errors, offsets count from the start of the text. If the error is in `SubjectPublicKeyInfo`,
/// they count from the start of the decoded bytes.
pub fn from_spki_pem(
    pem: &str,
    algorithm: impl Into<Option<Algorithm>>,
) -> Result<Vec<u8>, Failure> {
    check_length(pem)?;
    let der = pem::decode(pem).map_err(|error| {
        let is_own = |form| matches!(form, KeyForm::Pem(_));
        key_form::explain(error.into(), pem.as_bytes(), pem::STRUCTURE, is_own)
    })?;
    let material = spki::parse(&der)?;
    checked(material, chosen(material.kind(), algorithm.into(), None)?)
}

/// Converts a JSON Web Key (RFC 7517) of type `EC`, `OKP`, `RSA` or `AKP` to a COSE_Key.
///
/// The numbers must be in base64url without padding and must have the full length that the curve
/// requires. `alg` is required for `AKP` and optional for the other types. If it is present, it
/// must agree with the algorithm that you pass. A short name and its fully specified name, such as
/// EdDSA and Ed25519, agree. If they differ in this way, the name that you pass is used. `use` is
/// optional, but only the value `"sig"` is accepted. Members that are unrelated to the numbers,
/// such as `kid`, `key_ops` or `x5c`, are ignored.
///
/// # Errors
///
/// Returns one of these errors:
/// - [`InvalidCoseKey`](ErrorKind::InvalidCoseKey) if `json` is not a JSON Web Key of these types,
///   if a member is repeated, if the key is private or secret, or if an RSA key is not accepted
/// - [`InvalidBase64Url`](ErrorKind::InvalidBase64Url) if a number is not base64url without padding
/// - [`PointNotOnCurve`](ErrorKind::PointNotOnCurve) if the point is not on the curve
/// - [`AlgorithmKeyMismatch`](ErrorKind::AlgorithmKeyMismatch) if the algorithm that you pass
///   differs from `alg` or does not use this kind of key, if `alg` names an algorithm without `AKP`
///   keys for an `AKP` key, or if the key is an RSA key and no algorithm is named
/// - [`UnsupportedAlgorithm`](ErrorKind::UnsupportedAlgorithm) if `kty`, `crv` or `alg` is unknown,
///   or if the algorithm is not compiled in
/// - [`InputTooLarge`](ErrorKind::InputTooLarge) if `json` is longer than 64 KiB or nested deeper
///   than 32 levels
pub fn from_jwk(json: &str, algorithm: impl Into<Option<Algorithm>>) -> Result<Vec<u8>, Failure> {
    check_length(json)?;
    let jwk = jwk::Jwk::parse(json).map_err(|failure| {
        let is_own = |form| matches!(form, KeyForm::Jwk);
        key_form::explain(failure, json.as_bytes(), jwk::STRUCTURE, is_own)
    })?;
    checked(jwk.material()?, chosen(jwk.kind, algorithm.into(), jwk.algorithm)?)
}

fn check_length(text: &str) -> Result<(), Failure> {
    match text.len() {
        0..=MAX_TEXT => Ok(()),
        _ => {
            Err(Failure::new(ErrorKind::InputTooLarge, "the text of the key is longer than 64 KiB"))
        }
    }
}

/// Returns the algorithm of a key: the algorithm that the caller names, else the algorithm that the
/// key names, else the usual algorithm for the kind of key.
fn chosen(
    kind: KeyKind,
    named: Option<Algorithm>,
    stated: Option<Algorithm>,
) -> Result<Algorithm, Failure> {
    let mismatch = |reason| Failure::new(ErrorKind::AlgorithmKeyMismatch, reason);
    if let (Some(named), Some(stated)) = (named, stated)
        && (named.scheme(), named.key_kind()) != (stated.scheme(), stated.key_kind())
    {
        return Err(mismatch(format!("the key names {stated}, but the call names {named}")));
    }
    named.or(stated).or(usual(kind)).ok_or_else(|| {
        let advice = "name the algorithm that the registration requested, usually RS256";
        mismatch(format!("an RSA key does not determine its algorithm; {advice}"))
    })
}

/// Returns the algorithm that registrations usually request for keys of this kind.
fn usual(kind: KeyKind) -> Option<Algorithm> {
    match kind {
        KeyKind::P256 => Some(Algorithm::Es256),
        KeyKind::P384 => Some(Algorithm::Es384),
        KeyKind::P521 => Some(Algorithm::Es512),
        KeyKind::Secp256k1 => Some(Algorithm::Es256k),
        KeyKind::Ed25519 => Some(Algorithm::EdDsa),
        KeyKind::Ed448 => Some(Algorithm::Ed448),
        KeyKind::Rsa => None,
        KeyKind::MlDsa44 => Some(Algorithm::MlDsa44),
        KeyKind::MlDsa65 => Some(Algorithm::MlDsa65),
        KeyKind::MlDsa87 => Some(Algorithm::MlDsa87),
    }
}

/// Encodes the key as a COSE_Key, after checking that it can verify signatures with this algorithm.
fn checked(material: KeyMaterial<'_>, algorithm: Algorithm) -> Result<Vec<u8>, Failure> {
    let key = PublicKey::new(algorithm, material)?;
    cose_key::supported(algorithm.cose_id())?;
    signature::validate_key(&key)?;
    Ok(key.to_cose())
}
