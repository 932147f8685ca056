//! The forms in which keys are stored. If a key is passed in the wrong form, the error names the
//! form and the function that reads it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::encoding::der::{
    self, BIT_STRING, EXPLICIT_0, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
};
use crate::encoding::hex;
use crate::error::{ErrorKind, Failure, ParseError};
use crate::reader::Reader;

/// The minimum length of an encoded key. Shorter text is treated as a word.
const MIN_TEXT: usize = 40;

/// The maximum length of an encoded key. Longer text is not decoded.
const MAX_TEXT: usize = 64 * 1024;

/// A form of keys, guessed from the first bytes and the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyForm {
    Empty,
    Binary(Binary),
    /// Binary data encoded as text. `None` if the decoded bytes are not recognized.
    Encoded(Encoding, Option<Binary>),
    Pem(Pem),
    Jwk,
    /// An array of numbers in JSON, or an object that represents such an array, as
    /// `JSON.stringify()` writes bytes.
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
    /// The x and y coordinates of a point, without a leading byte.
    Coordinates,
    U2fRegistration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Hex,
    Base64,
    Base64Url,
}

/// The type in a PEM label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pem {
    PublicKey,
    RsaPublicKey,
    Certificate,
    PrivateKey,
    Other,
}

/// Returns the advice for encoded text, depending on what the text encodes.
macro_rules! advice_on_text {
    ($encoding:literal, $binary:expr) => {
        match $binary {
            None => concat!($encoding, " text; decode it first"),
            Some(Binary::CoseKey) => concat!(
                $encoding,
                " text of a COSE key; decode it first, then pass the bytes to \
                 Credential::from_parts"
            ),
            Some(Binary::SubjectPublicKeyInfo) => concat!(
                $encoding,
                " text of a SubjectPublicKeyInfo; decode it first, then pass the bytes to \
                 migrate::from_spki_der"
            ),
            Some(Binary::Point) => concat!(
                $encoding,
                " text of an uncompressed point; decode it first, then pass the bytes to \
                 migrate::from_sec1"
            ),
            Some(Binary::CompressedPoint | Binary::Coordinates) => {
                concat!($encoding, " text, perhaps of a point; decode it first")
            }
            Some(Binary::Certificate) => {
                concat!($encoding, " text of a certificate; pass only its public key")
            }
            Some(Binary::PrivateKey | Binary::EncryptedPrivateKey) => {
                concat!($encoding, " text of a private key; pass only the public key")
            }
            Some(Binary::RsaPublicKey) => concat!(
                $encoding,
                " text of a PKCS #1 RSAPublicKey; wrap it in a SubjectPublicKeyInfo"
            ),
            Some(Binary::U2fRegistration) => concat!(
                $encoding,
                " text of a U2F registration message; decode it, then pass its key handle and its \
                 point to Credential::from_u2f"
            ),
        }
    };
}

impl KeyForm {
    /// Guesses the form of a key. Returns `None` if the form is unknown.
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

    /// Returns the name of the form and what to do with it, as the reason in an error.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            KeyForm::Empty => "the input is empty, so there is no key",
            KeyForm::Binary(binary) => binary.advice(),
            KeyForm::Encoded(Encoding::Hex, binary) => advice_on_text!("hexadecimal", binary),
            KeyForm::Encoded(Encoding::Base64, binary) => advice_on_text!("base64", binary),
            KeyForm::Encoded(Encoding::Base64Url, binary) => advice_on_text!("base64url", binary),
            KeyForm::Pem(label) => label.advice(),
            KeyForm::Jwk => "a JSON Web Key; pass it to migrate::from_jwk",
            KeyForm::BytesInJson => "bytes written as numbers in JSON; convert them to bytes first",
        }
    }
}

/// Explains why reading `structure` failed if `bytes` has another form. If the function itself
/// reads this form (`is_own`), the failure is not changed.
pub(crate) fn explain(
    failure: Failure,
    bytes: &[u8],
    structure: &'static str,
    is_own: impl Fn(KeyForm) -> bool,
) -> Failure {
    let Some(form) = KeyForm::of(bytes).filter(|form| !is_own(*form)) else { return failure };
    // For empty input, the failure already has the right kind.
    let kind = match form {
        KeyForm::Empty => failure.kind(),
        _ => ErrorKind::InvalidCoseKey,
    };
    ParseError { kind, structure, field: None, offset: 0, reason: form.advice() }.into()
}

impl Binary {
    fn of(bytes: &[u8]) -> Option<Binary> {
        match *bytes {
            // A map of three to five pairs. Its first label is kty, alg, or a label from -1 to -4.
            [0xa3..=0xa5, 0x01 | 0x03 | 0x20..=0x23, ..] => Some(Binary::CoseKey),
            [SEQUENCE, ..] => Binary::of_der(bytes),
            [0x04, ..] => matches!(bytes.len(), 65 | 97 | 133).then_some(Binary::Point),
            [0x02 | 0x03, ..] if matches!(bytes.len(), 33 | 49 | 67) => {
                Some(Binary::CompressedPoint)
            }
            // The public key comes first, then the length of the key handle, and much more (FIDO
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

    /// Recognizes the content of a SEQUENCE that is a well-known key structure.
    pub(crate) fn of_sequence(content: Reader<'_>) -> Option<Binary> {
        let mut reader = content;
        let first = der::any(&mut reader, "").ok()?;
        let second = der::any(&mut reader, "").map_or(0, |element| element.tag);
        let inside = first.content.rest();
        match (first.tag, inside, second) {
            // The version: PrivateKeyInfo and RSAPrivateKey begin with 0 or 1, ECPrivateKey with 1.
            (INTEGER, [0 | 1], _) => Some(Binary::PrivateKey),
            (INTEGER, _, INTEGER) => Some(Binary::RsaPublicKey),
            (SEQUENCE, _, OCTET_STRING) => Some(Binary::EncryptedPrivateKey),
            (SEQUENCE, [OBJECT_IDENTIFIER, ..], BIT_STRING) => Some(Binary::SubjectPublicKeyInfo),
            // The signed part begins with the version or, in version 1, with the serial number.
            (SEQUENCE, [EXPLICIT_0 | INTEGER, ..], SEQUENCE) => Some(Binary::Certificate),
            _ => None,
        }
    }

    pub(crate) fn advice(self) -> &'static str {
        match self {
            Binary::CoseKey => "a COSE key; pass it to Credential::from_parts",
            Binary::SubjectPublicKeyInfo => {
                "a SubjectPublicKeyInfo in DER; pass it to migrate::from_spki_der"
            }
            Binary::Certificate => "a certificate; pass only its public key",
            Binary::PrivateKey => "a private key; pass only the public key",
            Binary::EncryptedPrivateKey => "an encrypted private key; pass only the public key",
            Binary::RsaPublicKey => "a PKCS #1 RSAPublicKey; wrap it in a SubjectPublicKeyInfo",
            Binary::Point => "an uncompressed point; pass it to migrate::from_sec1",
            Binary::CompressedPoint => {
                "a compressed point; convert it to the uncompressed form, 04 x y, for \
                 migrate::from_sec1"
            }
            Binary::Coordinates => {
                "perhaps x and y of a point; put 04 in front and pass it to migrate::from_sec1"
            }
            Binary::U2fRegistration => {
                "a U2F registration message; pass its key handle and its point to \
                 Credential::from_u2f"
            }
        }
    }
}

impl Pem {
    /// The text before the label.
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
            Pem::PublicKey => "a public key in PEM; pass it to migrate::from_spki_pem",
            Pem::RsaPublicKey => "a PKCS #1 RSAPublicKey; convert it to \"PUBLIC KEY\"",
            Pem::Certificate => Binary::Certificate.advice(),
            Pem::PrivateKey => Binary::PrivateKey.advice(),
            Pem::Other => "PEM with a label other than \"PUBLIC KEY\"",
        }
    }
}

/// Recognizes JSON that contains a key, by its first characters.
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

/// Recognizes hexadecimal, base64 or base64url text.
fn encoded(text: &str) -> Option<KeyForm> {
    if text.len() < MIN_TEXT {
        return None;
    }
    // Databases write these prefixes before hexadecimal.
    let digits = text.strip_prefix("\\x").or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    let from_hex = hex::decode(digits).map(|bytes| (Encoding::Hex, Binary::of(&bytes)));
    let from_base64 = decode_base64(text).map(|bytes| (base64_of(text), Binary::of(&bytes)));
    let both = [from_hex, from_base64];
    let is_known = |(_, binary): &(Encoding, Option<Binary>)| binary.is_some();
    let known = both.into_iter().flatten().find(is_known);
    known
        .or_else(|| both.into_iter().flatten().next())
        .map(|(encoding, binary)| KeyForm::Encoded(encoding, binary))
}

/// Decodes either alphabet, with or without padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()
}

/// Returns the alphabet of the text. If it has no character of only one alphabet, the padding
/// decides.
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
            // Coordinates can begin like another form.
            assert_eq!(after(b"\x02", length), is(Binary::Coordinates));
            assert_eq!(after(b"\x05\x04", length), is(Binary::Coordinates));
            assert_eq!(KeyForm::of(&vec![b'!'; length]), None);
            assert_eq!(after(b"\x30", length), None);
            assert_eq!(after(b"\xa5\x01", length), is(Binary::CoseKey));
        }
        assert_eq!(after(b"\x05\x04", 201), is(Binary::U2fRegistration));
        assert_eq!(after(b"\x05\x04", 200), None);
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
        assert_eq!(form(&"QUJD".repeat(16 * 1024)), unknown(Encoding::Base64));
        assert_eq!(form(&"QUJD".repeat(16 * 1024 + 1)), None);
    }
}
