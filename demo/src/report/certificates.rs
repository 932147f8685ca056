//! The certificates of an attestation.

use ciborium::Value;
use maud::{Markup, html};
use webauthn_verify::parse::Aaguid;
use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::cbor;
use super::hex::hex;
use super::structures::{MAX_ROWS, bytes, more, problem};
use crate::time::utc;

const FIDO_AAGUID: &str = "1.3.6.1.4.1.45724.1.1.4";
const FIDO_TRANSPORTS: &str = "1.3.6.1.4.1.45724.2.1.1";

/// The transports in the order of their bits, from the most significant one.
const TRANSPORTS: [&str; 5] =
    ["Bluetooth", "Bluetooth Low Energy", "USB", "NFC", "USB inside the device"];

/// The extensions that the crate `x509-parser` does not know.
const NAMES: [(&str, &str); 5] = [
    (FIDO_AAGUID, "AAGUID of the model (FIDO)"),
    (FIDO_TRANSPORTS, "transports (FIDO)"),
    ("1.3.6.1.4.1.11129.2.1.17", "description of the key (Android)"),
    ("1.2.840.113635.100.8.2", "nonce (Apple)"),
    ("1.3.6.1.4.1.41482.2", "model (Yubico)"),
];

/// Shows the certificates, in the order in which the authenticator sent them.
pub fn show(certificates: &[&Value]) -> Markup {
    html! {
        @for (certificate, number) in certificates.iter().take(MAX_ROWS).zip(1..) {
            h4 { "Certificate " (number) }
            @match certificate.as_bytes() {
                Some(der) => { (one(der)) },
                None => {
                    (problem("not a byte string"))
                    pre { code { (cbor::diagnostic(certificate)) } }
                },
            }
        }
        (more(certificates.len()))
    }
}

fn one(der: &[u8]) -> Markup {
    let certificate = match X509Certificate::from_der(der) {
        Ok((_, certificate)) => certificate,
        Err(error) => return html! { (problem(&error.to_string())) (bytes(der)) },
    };
    let key = &certificate.public_key().algorithm.algorithm;
    let validity = certificate.validity();
    let rows = [
        ("Subject", certificate.subject().to_string()),
        ("Issuer", certificate.issuer().to_string()),
        ("Serial number", certificate.raw_serial_as_string()),
        ("Valid from", utc(validity.not_before.timestamp())),
        ("Valid until", utc(validity.not_after.timestamp())),
        ("Public key", algorithm(&key.to_id_string())),
        ("Signed with", algorithm(&certificate.signature_algorithm.algorithm.to_id_string())),
    ];
    html! {
        table {
            tbody {
                @for (name, value) in rows { tr { th scope="row" { (name) } td { (value) } } }
                @for extension in certificate.extensions() {
                    tr {
                        th scope="row" {
                            (name(extension))
                            @if extension.critical { " (critical)" }
                        }
                        td { (value(extension)) }
                    }
                }
            }
        }
        details { summary { "DER" } (bytes(der)) }
    }
}

/// Returns the name of an algorithm of keys or signatures.
fn algorithm(oid: &str) -> String {
    let name = match oid {
        "1.2.840.10045.2.1" => "elliptic curve",
        "1.2.840.10045.4.3.2" => "ECDSA with SHA-256",
        "1.2.840.10045.4.3.3" => "ECDSA with SHA-384",
        "1.2.840.10045.4.3.4" => "ECDSA with SHA-512",
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.5" => "RSA with SHA-1",
        "1.2.840.113549.1.1.11" => "RSA with SHA-256",
        "1.2.840.113549.1.1.12" => "RSA with SHA-384",
        "1.2.840.113549.1.1.13" => "RSA with SHA-512",
        "1.3.101.112" => "Ed25519",
        other => other,
    };
    name.to_owned()
}

fn name(extension: &X509Extension<'_>) -> String {
    let oid = extension.oid.to_id_string();
    let known = NAMES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name);
    let name = known.or(match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(_) => Some("basic constraints"),
        ParsedExtension::KeyUsage(_) => Some("key usage"),
        ParsedExtension::ExtendedKeyUsage(_) => Some("extended key usage"),
        ParsedExtension::SubjectAlternativeName(_) => Some("subject alternative name"),
        ParsedExtension::AuthorityKeyIdentifier(_) => Some("authority key identifier"),
        ParsedExtension::SubjectKeyIdentifier(_) => Some("subject key identifier"),
        ParsedExtension::CertificatePolicies(_) => Some("certificate policies"),
        ParsedExtension::CRLDistributionPoints(_) => Some("revocation lists"),
        ParsedExtension::AuthorityInfoAccess(_) => Some("authority information"),
        _ => None,
    });
    name.map_or(oid, str::to_owned)
}

/// Shows the value of an extension in words, or its bytes.
fn value(extension: &X509Extension<'_>) -> Markup {
    let words = match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) if constraints.ca => {
            let limit = constraints.path_len_constraint;
            let limit = limit.map(|limit| format!(", with at most {limit} between it and a leaf"));
            Some(format!("an authority{}", limit.unwrap_or_default()))
        }
        ParsedExtension::BasicConstraints(_) => Some("not an authority".to_owned()),
        ParsedExtension::KeyUsage(usage) => Some(usage.to_string()),
        ParsedExtension::ExtendedKeyUsage(usage) => {
            let others = usage.other.iter().map(|oid| oid.to_id_string());
            Some(others.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
        ParsedExtension::SubjectAlternativeName(names) => {
            let names = names.general_names.iter().map(|name| match name {
                GeneralName::DirectoryName(name) => name.to_string(),
                other => other.to_string(),
            });
            Some(names.collect::<Vec<_>>().join(", "))
        }
        _ => match &*extension.oid.to_id_string() {
            FIDO_AAGUID => aaguid(extension.value),
            FIDO_TRANSPORTS => transports(extension.value),
            _ => None,
        },
    };
    match words {
        Some(words) => html! { (words) },
        None => html! { code { (hex(extension.value)) } },
    }
}

/// Reads an OCTET STRING of 16 bytes.
fn aaguid(der: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = der.strip_prefix(&[0x04, 16])?.try_into().ok()?;
    Some(Aaguid::from_bytes(bytes).to_string())
}

/// Reads a BIT STRING of at most 8 bits, and names the bits that are set.
fn transports(der: &[u8]) -> Option<String> {
    let [0x03, 2, unused @ 0..=7, bits] = der else { return None };
    let known = TRANSPORTS.iter().zip(0..).filter(|(_, place)| bits << place & 0x80 != 0);
    let known: Vec<&str> = known.map(|(name, _)| *name).collect();
    let count = bits.count_ones() as usize;
    // All bits that are set must be known, and within the length.
    (count == known.len() && bits.trailing_zeros() >= u32::from(*unused))
        .then(|| known.join(", "))
        .filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_of_fido_are_shown_in_words() {
        let words = |der: &[u8]| transports(der);
        assert_eq!(words(&[3, 2, 3, 0x08]), Some("USB inside the device".to_owned()));
        assert_eq!(words(&[3, 2, 4, 0x30]), Some("USB, NFC".to_owned()));
        for other in [&[][..], &[3, 2, 3, 0x01], &[3, 2, 5, 0x30], &[3, 2, 3, 0], &[3, 2, 8, 0x08]]
        {
            assert_eq!(words(other), None, "{other:?}");
        }
        let mut der = vec![4, 16];
        der.extend([0xab; 16]);
        assert_eq!(aaguid(&der).as_deref(), Some("abababab-abab-abab-abab-abababababab"));
        assert_eq!(aaguid(&der[1..]), None);
    }
}
