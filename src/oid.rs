//! Object identifiers: the type, and a constant for each identifier that this crate uses.
#![cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "keys use fewer identifiers than certificates")
)]

use core::fmt;

use crate::encoding::der::{self, OBJECT_IDENTIFIER};
use crate::error::ParseError;
use crate::reader::Reader;

/// An object identifier, as the content of its DER element. `Display` writes it in dotted form:
/// `1.3.132.0.33`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// Reads the DER element of an identifier.
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        field: &'static str,
    ) -> Result<Oid<'a>, ParseError> {
        Ok(Oid(der::element(reader, OBJECT_IDENTIFIER, field)?.rest()))
    }

    /// Creates an identifier from the content of its DER element.
    pub(crate) const fn of_content(content: &'a [u8]) -> Oid<'a> {
        Oid(content)
    }
}

/// Defines constants for object identifiers, with their numbers in ASN.1 notation.
macro_rules! object_identifiers {
    ($($(#[$doc:meta])* $name:ident = { $($number:literal)* };)*) => {$(
        $(#[$doc])*
        pub(crate) const $name: Oid<'static> = {
            const ENCODED: &([u8; MAX_LENGTH], usize) = &encode(&[$($number),*]);
            Oid(ENCODED.0.split_at(ENCODED.1).0)
        };
    )*};
}

object_identifiers! {
    // Keys, and the curves in their parameters (RFC 3279, RFC 5480, RFC 8410, RFC 9881).
    RSA_ENCRYPTION = { 1 2 840 113549 1 1 1 };
    EC_PUBLIC_KEY = { 1 2 840 10045 2 1 };
    P256 = { 1 2 840 10045 3 1 7 };
    P384 = { 1 3 132 0 34 };
    P521 = { 1 3 132 0 35 };
    SECP256K1 = { 1 3 132 0 10 };
    ED25519 = { 1 3 101 112 };
    ED448 = { 1 3 101 113 };
    ML_DSA_44 = { 2 16 840 1 101 3 4 3 17 };
    ML_DSA_65 = { 2 16 840 1 101 3 4 3 18 };
    ML_DSA_87 = { 2 16 840 1 101 3 4 3 19 };

    // Signatures (RFC 3279, RFC 4055, RFC 5758). Ed25519 and ML-DSA use the identifiers of their
    // keys.
    ECDSA_WITH_SHA1 = { 1 2 840 10045 4 1 };
    ECDSA_WITH_SHA256 = { 1 2 840 10045 4 3 2 };
    ECDSA_WITH_SHA384 = { 1 2 840 10045 4 3 3 };
    ECDSA_WITH_SHA512 = { 1 2 840 10045 4 3 4 };
    RSA_WITH_SHA1 = { 1 2 840 113549 1 1 5 };
    RSA_WITH_SHA256 = { 1 2 840 113549 1 1 11 };
    RSA_WITH_SHA384 = { 1 2 840 113549 1 1 12 };
    RSA_WITH_SHA512 = { 1 2 840 113549 1 1 13 };
    RSASSA_PSS = { 1 2 840 113549 1 1 10 };
    MGF1 = { 1 2 840 113549 1 1 8 };

    // Hash functions (RFC 4055).
    SHA_1 = { 1 3 14 3 2 26 };
    SHA_256 = { 2 16 840 1 101 3 4 2 1 };
    SHA_384 = { 2 16 840 1 101 3 4 2 2 };
    SHA_512 = { 2 16 840 1 101 3 4 2 3 };

    // Attributes of names (RFC 5280, appendix A.1).
    COMMON_NAME = { 2 5 4 3 };
    COUNTRY_NAME = { 2 5 4 6 };
    ORGANIZATION_NAME = { 2 5 4 10 };
    ORGANIZATIONAL_UNIT_NAME = { 2 5 4 11 };
    EMAIL_ADDRESS = { 1 2 840 113549 1 9 1 };

    // Extensions (RFC 5280, section 4.2.1).
    KEY_USAGE = { 2 5 29 15 };
    SUBJECT_ALT_NAME = { 2 5 29 17 };
    BASIC_CONSTRAINTS = { 2 5 29 19 };
    NAME_CONSTRAINTS = { 2 5 29 30 };
    CERTIFICATE_POLICIES = { 2 5 29 32 };
    EXTENDED_KEY_USAGE = { 2 5 29 37 };

    // Purposes of keys (RFC 5280, section 4.2.1.12).
    ANY_EXTENDED_KEY_USAGE = { 2 5 29 37 0 };
    SERVER_AUTH = { 1 3 6 1 5 5 7 3 1 };

    /// tcg-kp-AIKCertificate: the purpose of a TPM's attestation key.
    TCG_AIK_CERTIFICATE = { 2 23 133 8 3 };
    /// tcg-at-tpmManufacturer: a name attribute, like the next two.
    TCG_TPM_MANUFACTURER = { 2 23 133 2 1 };
    TCG_TPM_MODEL = { 2 23 133 2 2 };
    TCG_TPM_VERSION = { 2 23 133 2 3 };

    /// id-fido-gen-ce-aaguid (§8.2.1): an OCTET STRING of 16 bytes.
    FIDO_AAGUID = { 1 3 6 1 4 1 45724 1 1 4 };
    /// id-fido-gen-ce-fw-version: a non-negative INTEGER.
    FIDO_FIRMWARE_VERSION = { 1 3 6 1 4 1 45724 1 1 5 };
    /// id-fido-gen-ce-sernum: an OCTET STRING, in enterprise attestation.
    FIDO_SERIAL_NUMBER = { 1 3 6 1 4 1 45724 1 1 2 };

    /// The extension with Android's description of a key (§8.4.1).
    ANDROID_KEY_DESCRIPTION = { 1 3 6 1 4 1 11129 2 1 17 };

    /// The extension with the nonce in Apple's credential certificates (§8.8). The specification
    /// does not define its content. All certificates, including the published one, contain
    /// `SEQUENCE { [1] EXPLICIT OCTET STRING }`.
    APPLE_NONCE = { 1 2 840 113635 100 8 2 };
}

/// More bytes than any identifier above needs.
const MAX_LENGTH: usize = 16;

/// Returns the content of an identifier, and its length. The first two numbers are combined into
/// one. Each number is written in bytes of seven bits, and all bytes except the last have the high
/// bit set (X.690, section 8.19).
#[allow(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn encode(numbers: &[u32]) -> ([u8; MAX_LENGTH], usize) {
    let [first, second, rest @ ..] = numbers else { return ([0; MAX_LENGTH], 0) };
    let (mut number, mut rest) = (*first * 40 + *second, rest);
    let (mut content, mut length) = ([0; MAX_LENGTH], 0);
    loop {
        let mut left: u32 = 1;
        while number >> (7 * left) > 0 {
            left += 1;
        }
        while left > 0 {
            left -= 1;
            let [.., byte] = (number >> (7 * left)).to_be_bytes();
            content[length] = if left > 0 { byte | 0x80 } else { byte & 0x7f };
            length += 1;
        }
        let [next, after @ ..] = rest else { return (content, length) };
        (number, rest) = (*next, after);
    }
}

/// Returns `before`, the DER elements of the identifiers, and `after`, as exactly `N` bytes. It is
/// used for the content of a key's AlgorithmIdentifier.
#[allow(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
pub(crate) const fn elements<const N: usize>(
    before: &[u8],
    identifiers: &[Oid<'_>],
    after: &[u8],
) -> [u8; N] {
    let (bytes, mut length) = append([0; N], 0, before);
    let (mut bytes, mut rest) = (bytes, identifiers);
    while let [Oid(content), others @ ..] = rest {
        let [.., short] = content.len().to_be_bytes();
        (bytes, length) = append(bytes, length, &[OBJECT_IDENTIFIER, short]);
        (bytes, length) = append(bytes, length, content);
        rest = others;
    }
    (bytes, length) = append(bytes, length, after);
    assert!(length == N);
    bytes
}

#[allow(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn append<const N: usize>(
    mut bytes: [u8; N],
    mut length: usize,
    mut more: &[u8],
) -> ([u8; N], usize) {
    while let [byte, others @ ..] = more {
        bytes[length] = *byte;
        length += 1;
        more = others;
    }
    (bytes, length)
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = Vec::new();
        let mut number: u128 = 0;
        for byte in self.0 {
            if number >> 121 != 0 {
                return f.write_str("with an object identifier that is too long to show");
            }
            number = number << 7 | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                if numbers.is_empty() {
                    // The first two numbers are combined into one; the first is at most 2.
                    let first = (number / 40).min(2);
                    numbers.push(first.to_string());
                    number -= first * 40;
                }
                numbers.push(number.to_string());
                number = 0;
            }
        }
        f.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn object_identifiers_have_the_expected_bytes() {
        for (identifier, content, text) in [
            (ED25519, &b"\x2b\x65\x70"[..], "1.3.101.112"),
            (P256, b"\x2a\x86\x48\xce\x3d\x03\x01\x07", "1.2.840.10045.3.1.7"),
            (SHA_256, b"\x60\x86\x48\x01\x65\x03\x04\x02\x01", "2.16.840.1.101.3.4.2.1"),
            (RSASSA_PSS, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "1.2.840.113549.1.1.10"),
            (ANY_EXTENDED_KEY_USAGE, b"\x55\x1d\x25\x00", "2.5.29.37.0"),
            (TCG_AIK_CERTIFICATE, b"\x67\x81\x05\x08\x03", "2.23.133.8.3"),
            (
                FIDO_AAGUID,
                b"\x2b\x06\x01\x04\x01\x82\xe5\x1c\x01\x01\x04",
                "1.3.6.1.4.1.45724.1.1.4",
            ),
        ] {
            assert_eq!((identifier.0, identifier.to_string()), (content, text.to_owned()));
            let element = [&[OBJECT_IDENTIFIER, u8::try_from(content.len()).unwrap()], content];
            let element = element.concat();
            let mut reader = Reader::new(&element, 0, "test", ErrorKind::AttestationInvalid);
            assert_eq!(Oid::read(&mut reader, "identifier"), Ok(identifier));
        }
    }

    #[test]
    fn an_arc_is_written_as_a_number_if_it_fits_in_128_bits() {
        assert_eq!(Oid(b"\x88\x37").to_string(), "2.999");
        assert_eq!(Oid(b"\x00").to_string(), "0.0");
        let number = |groups: usize| [&[0x2a], &vec![0xff; groups - 1][..], &[0x7f]].concat();
        assert_eq!(Oid(&number(18)).to_string(), format!("1.2.{}", u128::MAX >> 2));
        let too_long = "with an object identifier that is too long to show";
        assert_eq!(Oid(&number(19)).to_string(), too_long);
    }

    #[test]
    fn an_element_is_written_between_its_prefix_and_suffix() {
        const ELEMENTS: [u8; 15] = elements(&[1, 2], &[ED25519, P384], &[3]);
        assert_eq!(ELEMENTS, *b"\x01\x02\x06\x03\x2b\x65\x70\x06\x05\x2b\x81\x04\x00\x22\x03");
    }
}
