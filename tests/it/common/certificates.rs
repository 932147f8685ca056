//! Certificates for tests: named authorities whose keys follow from their names, and certificates
//! whose every field can be wrong.

#![allow(dead_code, reason = "each test file uses a part")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha1::{Digest, Sha1};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey, der};

/// 2025-06-15 15:06:40, when every certificate made here is valid unless it says otherwise.
pub const NOW: u64 = 1_750_000_000;

pub const ECDSA_WITH_SHA256: &[u64] = &[1, 2, 840, 10045, 4, 3, 2];
pub const SHA256_WITH_RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 11];
pub const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
pub const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];

pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// The ES256 key of whoever has this name.
pub fn key(name: &str) -> PrivateKey {
    PrivateKey::from_seed(Algorithm::Es256.cose_id(), name.as_bytes()).unwrap()
}

pub fn name(common_name: &str) -> DistinguishedName {
    DistinguishedName::new().common_name(common_name)
}

/// An RSA key that needs no search for primes: of the Mersenne primes 2^1279 - 1 and 2^2203 - 1.
pub fn rsa_key() -> PrivateKey {
    let mersenne = |bits: usize| {
        let mut number = vec![0xff; bits.div_ceil(8)];
        number[0] = 0xff >> (number.len() * 8 - bits);
        number
    };
    PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).unwrap()
}

/// The signature of `rsa_key` by RSASSA-PKCS1-v1_5 with SHA-1, which no credential makes.
pub fn sign_with_sha1(message: &[u8]) -> Vec<u8> {
    let digest_info = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
    rsa_key().sign_digest_info(&[&digest_info[..], &Sha1::digest(message)].concat()).unwrap()
}

/// A certificate for an authority, with nothing about it but name and key.
pub fn bare(subject: &str) -> CertificateBuilder {
    CertificateBuilder::new(&name(subject), &key(subject).public_numbers())
}

/// A certificate that lets an authority issue others.
pub fn ca(subject: &str) -> CertificateBuilder {
    ca_with_path_length(subject, None)
}

pub fn ca_with_path_length(subject: &str, path_length: Option<u8>) -> CertificateBuilder {
    bare(subject).basic_constraints(true, path_length).key_usage(CertificateBuilder::KEY_CERT_SIGN)
}

/// A certificate for an attestation key.
pub fn leaf() -> CertificateBuilder {
    bare("leaf").basic_constraints(false, None).key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
}

/// Has an authority issue a certificate.
pub fn issued_by(issuer: &str, certificate: CertificateBuilder) -> Vec<u8> {
    certificate.issuer(&name(issuer)).sign(&key(issuer))
}

/// The self-signed certificate of an authority.
pub fn root(subject: &str) -> Vec<u8> {
    issued_by(subject, ca(subject))
}

/// A certificate field by field, each already DER; nothing about it needs to be right.
#[derive(Clone)]
pub struct Fields {
    pub version: Vec<u8>,
    pub serial_number: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub public_key: Vec<u8>,
    /// What stands in the `[3]`; without it where this is empty.
    pub extensions: Vec<u8>,
    /// What follows in the TBSCertificate.
    pub after: Vec<u8>,
    pub outer_algorithm: Vec<u8>,
    pub unused_signature_bits: u8,
    /// What follows the signature inside the certificate.
    pub after_signature: Vec<u8>,
}

impl Fields {
    /// Those of a good certificate of the authority "root" for the subject "leaf", without
    /// extensions.
    pub fn new() -> Fields {
        let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256)]);
        Fields {
            version: der::explicit(0, &der::integer(&[2])),
            serial_number: der::integer(&[1]),
            algorithm: algorithm.clone(),
            issuer: name("root").to_der(),
            validity: validity("240101000000Z", "491231235959Z"),
            subject: name("leaf").to_der(),
            public_key: key("leaf").public_numbers().subject_public_key_info(),
            extensions: Vec::new(),
            after: Vec::new(),
            outer_algorithm: algorithm,
            unused_signature_bits: 0,
            after_signature: Vec::new(),
        }
    }

    /// Sets both places of the signature algorithm.
    pub fn algorithm(mut self, algorithm: Vec<u8>) -> Fields {
        self.algorithm = algorithm.clone();
        self.outer_algorithm = algorithm;
        self
    }

    /// Adds the `[3]` with these extensions.
    pub fn extensions(mut self, extensions: &[Vec<u8>]) -> Fields {
        self.extensions = der::sequence(extensions);
        self
    }

    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut fields = vec![
            self.version.clone(),
            self.serial_number.clone(),
            self.algorithm.clone(),
            self.issuer.clone(),
            self.validity.clone(),
            self.subject.clone(),
            self.public_key.clone(),
        ];
        if !self.extensions.is_empty() {
            fields.push(der::explicit(3, &self.extensions));
        }
        fields.push(self.after.clone());
        der::sequence(&fields)
    }

    /// The certificate, signed with this key.
    pub fn sign(&self, key: &PrivateKey) -> Vec<u8> {
        let to_be_signed = self.to_be_signed();
        let signature = key.sign(&to_be_signed);
        self.with_signature(&to_be_signed, &signature)
    }

    pub fn with_signature(&self, to_be_signed: &[u8], signature: &[u8]) -> Vec<u8> {
        der::sequence(&[
            to_be_signed.to_vec(),
            self.outer_algorithm.clone(),
            der::bit_string(self.unused_signature_bits, signature),
            self.after_signature.clone(),
        ])
    }
}

pub fn validity(not_before: &str, not_after: &str) -> Vec<u8> {
    der::sequence(&[der::time(not_before), der::time(not_after)])
}

/// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }`
pub fn extension(object_identifier: &[u64], critical: bool, value: &[u8]) -> Vec<u8> {
    let mut extension = vec![der::object_identifier(object_identifier)];
    if critical {
        extension.push(der::boolean(true));
    }
    extension.push(der::octet_string(value));
    der::sequence(&extension)
}

/// The same element, its length written in one byte more than it needs.
pub fn with_long_length(element: &[u8]) -> Vec<u8> {
    match element {
        [tag, length @ 0..=0x7f, content @ ..] => [&[*tag, 0x81, *length], content].concat(),
        [tag, 0x81, length, content @ ..] => [&[*tag, 0x82, 0, *length], content].concat(),
        [tag, 0x82, high, low, content @ ..] => [&[*tag, 0x83, 0, *high, *low], content].concat(),
        _ => panic!("no such length in the tests"),
    }
}

/// The same element with more bytes at the end of its content.
pub fn with_more_inside(element: &[u8], more: &[u8]) -> Vec<u8> {
    let (tag, content) = match element {
        [tag, 0..=0x7f, content @ ..]
        | [tag, 0x81, _, content @ ..]
        | [tag, 0x82, _, _, content @ ..] => (*tag, content),
        _ => panic!("no such length in the tests"),
    };
    der::value(tag, &[content, more].concat())
}
