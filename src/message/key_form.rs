//! The forms in which keys are stored and mistaken for one another. An error about a key that a
//! caller gave in a wrong form says which form it is, and which function takes it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::encoding::der::{
    self, BIT_STRING, EXPLICIT_0, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::reader::Reader;

/// No key is shorter in any text, and shorter texts are words.
const MIN_TEXT: usize = 40;

/// A text longer than this is no key, and is not decoded.
const MAX_TEXT: usize = 64 * 1024;

/// A form of keys, as far as its first bytes and its length tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyForm {
    Empty,
    Binary(Binary),
    /// Binary data written as text. `None` where what it stands for is not known.
    Encoded(Encoding, Option<Binary>),
    Pem(Pem),
    Jwk,
    /// An array of numbers in JSON, or an object that stands for one: what `JSON.stringify()` makes
    /// of bytes.
    BytesInJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    CoseKey,
    SubjectPublicKeyInfo,
    Certificate,
    PrivateKey,
    EncryptedPrivateKey,
    /// RSAPublicKey of PKCS #1.
    RsaPublicKey,
    Point,
    CompressedPoint,
    /// x and y of a point without a byte in front of them.
    Coordinates,
    U2fRegistration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Hex,
    Base64,
    Base64Url,
}

/// What the label of PEM text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pem {
    PublicKey,
    RsaPublicKey,
    Certificate,
    PrivateKey,
    Other,
}

/// The advice on text in an encoding, by what the text stands for.
macro_rules! advice_on_text {
    ($encoding:literal, $binary:expr) => {
        match $binary {
            None => concat!($encoding, " text; decode it first"),
            Some(Binary::CoseKey) => concat!(
                $encoding,
                " text of a COSE key; decode it first: Credential::from_parts takes the bytes"
            ),
            Some(Binary::SubjectPublicKeyInfo) => concat!(
                $encoding,
                " text of a SubjectPublicKeyInfo; decode it first: migrate::from_spki_der takes \
                 the bytes"
            ),
            Some(Binary::Point) => concat!(
                $encoding,
                " text of an uncompressed point; decode it first: migrate::from_sec1 takes the \
                 bytes"
            ),
            Some(Binary::CompressedPoint | Binary::Coordinates) => {
                concat!($encoding, " text, perhaps of a point; decode it first")
            }
            Some(Binary::Certificate) => {
                concat!($encoding, " text of a certificate; give its public key alone")
            }
            Some(Binary::PrivateKey | Binary::EncryptedPrivateKey) => {
                concat!($encoding, " text of a private key; give the public key alone")
            }
            Some(Binary::RsaPublicKey) => concat!(
                $encoding,
                " text of an RSAPublicKey of PKCS #1; wrap it in a SubjectPublicKeyInfo"
            ),
            Some(Binary::U2fRegistration) => concat!(
                $encoding,
                " text of a U2F registration message; decode it, and give its key handle and its \
                 point to Credential::from_u2f"
            ),
        }
    };
}

impl KeyForm {
    /// The form of a key, if it is one that is known.
    pub(crate) fn of(bytes: &[u8]) -> Option<KeyForm> {
        if bytes.is_empty() {
            return Some(KeyForm::Empty);
        }
        let text = core::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_TEXT);
        let text = text.map(str::trim_ascii);
        let in_text = text.and_then(|text| {
            Pem::of(text).map(KeyForm::Pem).or_else(|| json(text)).or_else(|| encoded(text))
        });
        in_text.or_else(|| Binary::of(bytes).map(KeyForm::Binary))
    }

    /// What the form is and what to do with it, as the reason in an error.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            KeyForm::Empty => "the input is empty, so there is no key",
            KeyForm::Binary(binary) => binary.advice(),
            KeyForm::Encoded(Encoding::Hex, binary) => advice_on_text!("hexadecimal", binary),
            KeyForm::Encoded(Encoding::Base64, binary) => advice_on_text!("base64", binary),
            KeyForm::Encoded(Encoding::Base64Url, binary) => advice_on_text!("base64url", binary),
            KeyForm::Pem(label) => label.advice(),
            KeyForm::Jwk => "a JSON Web Key; migrate::from_jwk takes it",
            KeyForm::BytesInJson => "bytes written as numbers in JSON; make bytes of them first",
        }
    }
}

/// Explains the failure to read `structure` from bytes that are of another form. Those of its own
/// forms have failed for other reasons, which the failure says.
pub(crate) fn explain(
    failure: Failure,
    bytes: &[u8],
    structure: &'static str,
    is_own: impl Fn(KeyForm) -> bool,
) -> Failure {
    let Some(form) = KeyForm::of(bytes).filter(|form| !is_own(*form)) else { return failure };
    // Of nothing at all the failure says the right kind.
    let kind = match form {
        KeyForm::Empty => failure.kind(),
        _ => ErrorKind::InvalidCoseKey,
    };
    ParseError { kind, structure, field: None, offset: 0, reason: form.advice() }.into()
}

impl Binary {
    fn of(bytes: &[u8]) -> Option<Binary> {
        match *bytes {
            // A map of three to five, whose first label is kty, alg, or one from -1 to -4.
            [0xa3..=0xa5, 0x01 | 0x03 | 0x20..=0x23, ..] => Some(Binary::CoseKey),
            [SEQUENCE, ..] => Binary::of_der(bytes),
            [0x04, ..] => matches!(bytes.len(), 65 | 97 | 133).then_some(Binary::Point),
            [0x02 | 0x03, ..] if matches!(bytes.len(), 33 | 49 | 67) => {
                Some(Binary::CompressedPoint)
            }
            // The public key comes at once, then the length of the key handle, and much more (FIDO
            // U2F Raw Message Formats, section 4.3).
            [0x05, 0x04, ..] if bytes.len() > 200 => Some(Binary::U2fRegistration),
            _ if bytes.is_ascii() => None,
            _ => matches!(bytes.len(), 64 | 96 | 132).then_some(Binary::Coordinates),
        }
    }

    fn of_der(bytes: &[u8]) -> Option<Binary> {
        let mut input = Reader::new(bytes, 0, "", ErrorKind::InvalidCoseKey);
        Binary::of_sequence(der::element(&mut input, SEQUENCE, "").ok()?)
    }

    /// What the content of a SEQUENCE is, if it is a structure for keys that is well known.
    pub(crate) fn of_sequence(content: Reader<'_>) -> Option<Binary> {
        let mut reader = content;
        let first = der::any(&mut reader, "").ok()?;
        let second = der::any(&mut reader, "").map_or(0, |element| element.tag);
        let inside = first.content.rest();
        match (first.tag, inside, second) {
            // Versions: PrivateKeyInfo and RSAPrivateKey begin with 0 or 1, ECPrivateKey with 1.
            (INTEGER, [0 | 1], _) => Some(Binary::PrivateKey),
            (INTEGER, _, INTEGER) => Some(Binary::RsaPublicKey),
            (SEQUENCE, _, OCTET_STRING) => Some(Binary::EncryptedPrivateKey),
            (SEQUENCE, [OBJECT_IDENTIFIER, ..], BIT_STRING) => Some(Binary::SubjectPublicKeyInfo),
            // What is signed begins with the version or, in version 1, the serial number.
            (SEQUENCE, [EXPLICIT_0 | INTEGER, ..], SEQUENCE) => Some(Binary::Certificate),
            _ => None,
        }
    }

    pub(crate) fn advice(self) -> &'static str {
        match self {
            Binary::CoseKey => "a COSE key; Credential::from_parts takes it",
            Binary::SubjectPublicKeyInfo => {
                "a SubjectPublicKeyInfo in DER; migrate::from_spki_der takes it"
            }
            Binary::Certificate => "a certificate; give its public key alone",
            Binary::PrivateKey => "a private key; give the public key alone",
            Binary::EncryptedPrivateKey => "an encrypted private key; give the public key alone",
            Binary::RsaPublicKey => "an RSAPublicKey of PKCS #1; wrap it in a SubjectPublicKeyInfo",
            Binary::Point => "an uncompressed point; migrate::from_sec1 takes it",
            Binary::CompressedPoint => {
                "a compressed point; convert it to the uncompressed form, 04 x y, for \
                 migrate::from_sec1"
            }
            Binary::Coordinates => {
                "perhaps x and y of a point; put 04 in front of them for migrate::from_sec1"
            }
            Binary::U2fRegistration => {
                "a U2F registration message; give its key handle and its point to \
                 Credential::from_u2f"
            }
        }
    }
}

impl Pem {
    /// What stands in front of the label.
    pub(crate) const BEGIN: &'static str = "-----BEGIN ";
    pub(crate) const DASHES: &'static str = "-----";

    fn of(text: &str) -> Option<Pem> {
        let (label, _) = text.strip_prefix(Pem::BEGIN)?.split_once(Pem::DASHES)?;
        Some(Pem::labelled(label))
    }

    pub(crate) fn labelled(label: &str) -> Pem {
        match label {
            "PUBLIC KEY" => Pem::PublicKey,
            "RSA PUBLIC KEY" => Pem::RsaPublicKey,
            "CERTIFICATE" => Pem::Certificate,
            label if label.ends_with("PRIVATE KEY") => Pem::PrivateKey,
            _ => Pem::Other,
        }
    }

    pub(crate) fn advice(self) -> &'static str {
        match self {
            Pem::PublicKey => "a public key in PEM; migrate::from_spki_pem takes it",
            Pem::RsaPublicKey => "an RSAPublicKey of PKCS #1; convert it to \"PUBLIC KEY\"",
            Pem::Certificate => Binary::Certificate.advice(),
            Pem::PrivateKey => Binary::PrivateKey.advice(),
            Pem::Other => "PEM whose label is not \"PUBLIC KEY\"",
        }
    }
}

/// JSON that has to do with a key, by its first characters.
fn json(text: &str) -> Option<KeyForm> {
    if let Some(items) = text.strip_prefix('[') {
        let is_number = items.trim_ascii_start().starts_with(|first: char| first.is_ascii_digit());
        return is_number.then_some(KeyForm::BytesInJson);
    }
    let members = text.strip_prefix('{')?.trim_ascii_start();
    if members.starts_with("\"0\"") || members.starts_with("\"type\":\"Buffer\"") {
        return Some(KeyForm::BytesInJson);
    }
    members.contains("\"kty\"").then_some(KeyForm::Jwk)
}

/// Text in hexadecimal digits, base64 or base64url.
fn encoded(text: &str) -> Option<KeyForm> {
    if text.len() < MIN_TEXT {
        return None;
    }
    // Databases put these in front of bytes.
    let digits = text.strip_prefix("\\x").or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    let from_hex = decode_hex(digits).map(|bytes| (Encoding::Hex, Binary::of(&bytes)));
    let from_base64 = decode_base64(text).map(|bytes| (base64_of(text), Binary::of(&bytes)));
    let both = [from_hex, from_base64];
    let is_known = |(_, binary): &(Encoding, Option<Binary>)| binary.is_some();
    let known = both.into_iter().flatten().find(is_known);
    known
        .or_else(|| both.into_iter().flatten().next())
        .map(|(encoding, binary)| KeyForm::Encoded(encoding, binary))
}

fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// Decodes either alphabet, with padding and without.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()
}

/// Which alphabet the text has. Where no character tells, missing padding does.
fn base64_of(text: &str) -> Encoding {
    let is_standard = text.contains(['+', '/', '=']) || text.len().is_multiple_of(4);
    if is_standard && !text.contains(['-', '_']) { Encoding::Base64 } else { Encoding::Base64Url }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_distinguished_by_their_first_bytes_and_length() {
        let binary = |bytes: &[u8]| KeyForm::of(bytes);
        let after = |head: &[u8], length: usize| {
            let mut bytes = head.to_vec();
            bytes.resize(length, 0xe7);
            KeyForm::of(&bytes)
        };
        let is = |form| Some(KeyForm::Binary(form));
        assert_eq!(binary(b""), Some(KeyForm::Empty));
        for length in [65, 97, 133] {
            assert_eq!(after(b"\x04", length), is(Binary::Point));
            assert_eq!(after(b"\x04", length - 1), None, "perhaps it was cut");
        }
        for length in [33, 49, 67] {
            assert_eq!(after(b"\x02", length), is(Binary::CompressedPoint));
            assert_eq!(after(b"\x03", length), is(Binary::CompressedPoint));
        }
        for length in [64, 96, 132] {
            assert_eq!(after(b"\x9c", length), is(Binary::Coordinates));
            assert_eq!(after(b"\x9c", length + 1), None);
            assert_eq!(after(b"\x30", length), None);
            assert_eq!(after(b"\xa5\x01", length), is(Binary::CoseKey));
        }
        assert_eq!(after(b"\x05\x04", 500), is(Binary::U2fRegistration));
        assert_eq!(KeyForm::of(b"[165, 1, 2]"), Some(KeyForm::BytesInJson));
        assert_eq!(KeyForm::of(b"{\"0\":165}"), Some(KeyForm::BytesInJson));
        assert_eq!(KeyForm::of(b"{\"type\":\"Buffer\",\"data\":[1]}"), Some(KeyForm::BytesInJson));
        assert_eq!(KeyForm::of(b" {\"kty\":\"EC\"}"), Some(KeyForm::Jwk));
        assert_eq!(KeyForm::of(b"{}"), None);
        assert_eq!(KeyForm::of(b"some words that are not a key and not of base64"), None);
    }

    #[test]
    fn text_encodings_are_recognized_by_their_alphabet() {
        let form = |text: &str| KeyForm::of(text.as_bytes());
        let unknown = |encoding| Some(KeyForm::Encoded(encoding, None));
        assert_eq!(form(&"-_8A".repeat(10)), unknown(Encoding::Base64Url));
        assert_eq!(form(&"+/8A".repeat(10)), unknown(Encoding::Base64));
        assert_eq!(form(&"QUJD".repeat(10)), unknown(Encoding::Base64));
        assert_eq!(form(&format!("{}QUI", "QUJD".repeat(10))), unknown(Encoding::Base64Url));
        assert_eq!(form(&format!("{}QUI=", "QUJD".repeat(10))), unknown(Encoding::Base64));
        assert_eq!(form(&"0f".repeat(21)), unknown(Encoding::Hex));
        assert_eq!(form(&format!("\\x{}", "0F".repeat(21))), unknown(Encoding::Hex));
        let hex = format!("a5010203{}", "00".repeat(73));
        assert_eq!(form(&hex), Some(KeyForm::Encoded(Encoding::Hex, Some(Binary::CoseKey))));
        assert_eq!(form("QUJD"), None);
        assert_eq!(form(&"QUJD".repeat(MAX_TEXT)), None);
    }
}
