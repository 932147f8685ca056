//! Public keys that other libraries have stored, in whatever form, as the COSE_Key that this crate
//! stores.
//!
//! Each function reads one form, checks that the key can verify at all (a point of its curve, an
//! RSA key of an accepted size: what [`signature::validate_key`] and [`PublicKey::new`] check), and
//! gives the bytes of a COSE_Key for [`Credential::from_parts`](crate::Credential::from_parts).
//!
//! | what you have | call |
//! |---|---|
//! | a COSE_Key, raw | [`Credential::from_parts`](crate::Credential::from_parts) alone |
//! | a point, 04 x y (65 bytes for P-256) | [`from_sec1`] |
//! | SubjectPublicKeyInfo, in DER | [`from_spki_der`] |
//! | the same in text, `-----BEGIN PUBLIC KEY-----` | [`from_spki_pem`] |
//! | a JSON Web Key | [`from_jwk`] |
//! | a key handle and a point, of a U2F registration | [`Credential::from_u2f`](crate::Credential::from_u2f) |
//!
//! # The algorithm
//!
//! A COSE_Key names its one algorithm, and most other forms do not. Name what the registration
//! asked for. Where `None` is given, it follows from the key: P-256 means ES256, P-384 ES384, P-521
//! ES512, secp256k1 ES256K, Ed25519 EdDSA, Ed448 Ed448, and ML-DSA keys are of one algorithm each.
//! An **RSA** key goes with six algorithms, and none is guessed: name it. It is
//! [`Rs256`](Algorithm::Rs256) unless the registration asked for another RSA algorithm.
//!
//! # Where keys come from
//!
//! - **SimpleWebAuthn** (`@simplewebauthn/server`): `credential.publicKey`, in older releases
//!   `credentialPublicKey`, is a COSE_Key as bytes; `credential.id` is the credential ID in
//!   base64url, `counter` the signature counter.
//! - **py_webauthn**: `credential_public_key` is a COSE_Key as bytes, beside `credential_id` and
//!   `sign_count`.
//! - **java-webauthn-server**: `publicKeyCose` is a COSE_Key as bytes, beside `credentialId` and
//!   `signatureCount`. What was given to `publicKeyEs256Raw` is a point: [`from_sec1`] with
//!   [`Es256`](Algorithm::Es256).
//! - **webauthn-rs**: the JSON of a `Passkey` or `SecurityKey` has the ID in `cred.cred_id`, the
//!   counter in `cred.counter`, and the numbers of an EC key in `cred.cred.key.EC_EC2`. They are
//!   written as a JSON Web Key writes them, base64url without padding: see the example. (Older
//!   releases wrote arrays of numbers: put 4, x and y behind one another for [`from_sec1`].)
//! - **The browser**: what `getPublicKey()` gave is SubjectPublicKeyInfo in DER, and
//!   `getPublicKeyAlgorithm()` is the number for [`Algorithm::from_cose_id`].
//! - **FIDO U2F**: a registration has a key handle and a point of 65 bytes:
//!   [`Credential::from_u2f`](crate::Credential::from_u2f).
//!
//! A stored COSE_Key must be canonical, as authenticators write it: key type, algorithm, curve,
//! coordinates, in this order and nothing else. One that a library has written anew in another
//! order is refused; give its numbers as a JSON Web Key.
//!
//! ```
//! use webauthn_verify::{Algorithm, Credential, migrate};
//!
//! // What webauthn-rs has stored.
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
//! If a key is given in a wrong form, the error says which form it is and which function takes it.
//! Text that a database stores, in base64, base64url or hexadecimal digits, has to be decoded first.
//!
//! Then add what is known: the user handle, the transports, the backup flags. A login does not
//! compare what is unknown. If your site required user verification when the credential was
//! registered, add [`with_uv_initialized`](crate::Credential::with_uv_initialized)`(true)`: otherwise
//! every login with it is a [second factor only](crate::Authentication::is_second_factor_only).
//!
//! # What is refused
//!
//! Every form is read to its last byte, and leading zeros are neither added nor dropped. **Private
//! keys** are refused by name in every form that can hold one, and no error shows their content.
//! **Compressed points** are refused: no authenticator sends them; convert them first.
//! Curves with explicit parameters are refused, and so are certificates and bare PKCS #1 keys.

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

/// A text longer than this is no key: the largest keys of all have some 4 KiB in base64.
const MAX_TEXT: usize = 64 * 1024;

/// The COSE_Key of a point in the uncompressed form of SEC 1, section 2.3.3: 04, x, y, which is 65
/// bytes for P-256 and secp256k1, 97 for P-384, 133 for P-521.
///
/// The algorithm has to be named, because curves share lengths.
///
/// # Errors
///
/// `InvalidCoseKey` where this is not such a point, `TrailingBytes`, `PointNotOnCurve`;
/// `AlgorithmKeyMismatch` where keys of the algorithm are no points, `UnsupportedAlgorithm` where it
/// is not compiled in.
pub fn from_sec1(point: &[u8], algorithm: Algorithm) -> Result<Vec<u8>, Failure> {
    const STRUCTURE: &str = "SEC 1 point";
    use Binary::{CompressedPoint, Coordinates, Point};
    let is_own = |form| {
        matches!(form, KeyForm::Empty | KeyForm::Binary(Point | CompressedPoint | Coordinates))
    };
    let reader = Reader::new(point, 0, STRUCTURE, ErrorKind::InvalidCoseKey);
    sec1::point(algorithm.key_kind(), reader)
        .and_then(|material| checked(material, algorithm))
        .map_err(|failure| key_form::explain(failure, point, STRUCTURE, is_own))
}

/// The COSE_Key of a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER.
///
/// The algorithm may be `None` where it [follows from the key](self#the-algorithm).
///
/// # Errors
///
/// `InvalidCoseKey` where this is not DER of this structure, or the RSA key is of no accepted size;
/// `TrailingBytes`, `PointNotOnCurve`; `AlgorithmKeyMismatch` where the algorithm is not for this
/// key, or is `None` and the key RSA; `UnsupportedAlgorithm` for keys and algorithms that are not
/// known or not compiled in.
///
/// ```
/// use webauthn_verify::{ErrorKind, migrate};
///
/// // PrivateKeyInfo of PKCS #8 begins with its version.
/// let error = migrate::from_spki_der(b"\x30\x03\x02\x01\x00", None).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the public key is malformed: SubjectPublicKeyInfo, algorithm, at byte 2: a private key; \
///      give the public key alone"
/// );
/// ```
pub fn from_spki_der(
    der: &[u8],
    algorithm: impl Into<Option<Algorithm>>,
) -> Result<Vec<u8>, Failure> {
    let material = spki::parse(der).map_err(|failure| {
        key_form::explain(failure, der, spki::STRUCTURE, |form| match form {
            // What other structures of DER are, `spki` says.
            KeyForm::Empty => true,
            KeyForm::Binary(_) => der.first() == Some(&SEQUENCE),
            _ => false,
        })
    })?;
    checked(material, chosen(material.kind(), algorithm.into(), None)?)
}

/// The COSE_Key of a SubjectPublicKeyInfo in its textual form (RFC 7468, section 13), which begins
/// with `-----BEGIN PUBLIC KEY-----`.
///
/// Lines may have any length and end in LF or CR LF, and the last one in neither. There is nothing
/// before the text, nothing behind it, and no white space in it.
///
/// # Errors
///
/// As [`from_spki_der`]; `InvalidCoseKey` where this is not such a text, `InputTooLarge` where it is
/// longer than 64 KiB. Offsets count from the start of the text, and within the structure
/// `SubjectPublicKeyInfo` from the first of the bytes that it decodes to.
pub fn from_spki_pem(
    pem: &str,
    algorithm: impl Into<Option<Algorithm>>,
) -> Result<Vec<u8>, Failure> {
    check_length(pem)?;
    let der = pem::decode(pem).map_err(|error| {
        let is_own = |form| matches!(form, KeyForm::Empty | KeyForm::Pem(_));
        key_form::explain(error.into(), pem.as_bytes(), pem::STRUCTURE, is_own)
    })?;
    let material = spki::parse(&der)?;
    checked(material, chosen(material.kind(), algorithm.into(), None)?)
}

/// The COSE_Key of a JSON Web Key (RFC 7517) of type `EC`, `OKP`, `RSA` or `AKP`.
///
/// Its numbers are base64url without padding, and as long as the curve makes them. `alg` may be
/// missing, except for `AKP`; where it is there, it has to agree with the algorithm that is named.
/// A name and its fully specified twin, such as EdDSA and Ed25519, agree, and the one that is named
/// counts. `use` may be missing or `"sig"`. Members that say nothing about the key's numbers, such as `kid`,
/// `key_ops` or `x5c`, are ignored.
///
/// # Errors
///
/// `InvalidCoseKey` where this is not such a key, a member occurs twice, or the key is a private or
/// secret one; `InvalidBase64Url`, `PointNotOnCurve`; `AlgorithmKeyMismatch` and
/// `UnsupportedAlgorithm` as [`from_spki_der`]; `InputTooLarge`.
pub fn from_jwk(json: &str, algorithm: impl Into<Option<Algorithm>>) -> Result<Vec<u8>, Failure> {
    check_length(json)?;
    let jwk = jwk::Jwk::parse(json).map_err(|failure| {
        let is_own = |form| matches!(form, KeyForm::Empty | KeyForm::Jwk);
        key_form::explain(failure, json.as_bytes(), jwk::STRUCTURE, is_own)
    })?;
    checked(jwk.material()?, chosen(jwk.kind, algorithm.into(), jwk.algorithm)?)
}

fn check_length(text: &str) -> Result<(), Failure> {
    match text.len() {
        0..=MAX_TEXT => Ok(()),
        _ => Err(Failure::new(ErrorKind::InputTooLarge, "a key in more than 64 KiB of text")),
    }
}

/// The algorithm of a key: what the caller names, or else what the key states, or else the one that
/// its kind goes with.
fn chosen(
    kind: KeyKind,
    named: Option<Algorithm>,
    stated: Option<Algorithm>,
) -> Result<Algorithm, Failure> {
    let mismatch = |reason| Failure::new(ErrorKind::AlgorithmKeyMismatch, reason);
    if let (Some(named), Some(stated)) = (named, stated)
        && (named.scheme(), named.key_kind()) != (stated.scheme(), stated.key_kind())
    {
        return Err(mismatch(format!("the key says {stated}, the call {named}")));
    }
    named.or(stated).or(usual(kind)).ok_or_else(|| {
        let advice = "name the one that the registration asked for, most often RS256";
        mismatch(format!("RSA keys do not tell their algorithm; {advice}"))
    })
}

/// The algorithm that registrations ask for with keys of this kind.
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

/// The COSE_Key of these numbers, if they are a key that can verify with this algorithm.
fn checked(material: KeyMaterial<'_>, algorithm: Algorithm) -> Result<Vec<u8>, Failure> {
    let key = PublicKey::new(algorithm, material)?;
    cose_key::supported(algorithm.cose_id())?;
    signature::validate_key(&key)?;
    Ok(key.to_cose())
}
