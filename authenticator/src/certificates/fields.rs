//! Certificates in which any field can be wrong.

use core::fmt;

use crate::certificate::validity;
use crate::certificates::authority::{key, name};
use crate::debug::Der;
use crate::der;
use crate::private_key::PrivateKey;

/// The object identifier ecdsa-with-SHA256 (RFC 5758, section 3.2).
pub const ECDSA_WITH_SHA256: &[u64] = &[1, 2, 840, 10045, 4, 3, 2];

/// The object identifier sha256WithRSAEncryption (RFC 4055, section 5).
pub const SHA256_WITH_RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 11];

/// A certificate (RFC 5280, section 4.1), field by field. Unless its documentation says otherwise,
/// a field holds DER with its tag and length. Values are not checked.
///
/// [`CertificateBuilder`](crate::CertificateBuilder) is easier to use if the structure of the
/// certificate is correct.
#[derive(Clone)]
pub struct CertificateFields {
    /// The `[0]` with the version. If empty, the field is omitted, which means version 1.
    pub version: Vec<u8>,
    /// The `INTEGER` with the serial number.
    pub serial_number: Vec<u8>,
    /// The signature algorithm inside the signed part.
    pub algorithm: Vec<u8>,
    /// The name of the issuer.
    pub issuer: Vec<u8>,
    /// The validity period.
    pub validity: Vec<u8>,
    /// The name of the subject.
    pub subject: Vec<u8>,
    /// The `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
    /// The content of the `[3]` with the extensions. If empty, the field is omitted.
    pub extensions: Vec<u8>,
    /// Additional bytes at the end of the signed part.
    pub after: Vec<u8>,
    /// The signature algorithm next to the signature.
    pub outer_algorithm: Vec<u8>,
    /// The number of unused bits that the bit string of the signature declares.
    pub unused_signature_bits: u8,
    /// Additional bytes after the signature, inside the certificate.
    pub after_signature: Vec<u8>,
}

impl CertificateFields {
    /// Returns the fields of a valid certificate without extensions. The issuer is "root" and the
    /// subject is "leaf". Sign it with [`key`]`("root")`.
    #[must_use]
    pub fn new() -> CertificateFields {
        let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256)]);
        CertificateFields {
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

    /// Sets the signature algorithm in both places.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Vec<u8>) -> CertificateFields {
        self.algorithm = algorithm.clone();
        self.outer_algorithm = algorithm;
        self
    }

    /// Sets the extensions. Use [`extension`](super::extension) to create each of them.
    #[must_use]
    pub fn extensions(mut self, extensions: &[Vec<u8>]) -> CertificateFields {
        self.extensions = der::sequence(extensions);
        self
    }

    /// Returns the signed part in DER, the `TBSCertificate`.
    #[must_use]
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

    /// Returns the certificate in DER, signed with this key.
    #[must_use]
    pub fn sign(&self, key: &PrivateKey) -> Vec<u8> {
        let to_be_signed = self.to_be_signed();
        let signature = key.sign(&to_be_signed);
        self.with_signature(&to_be_signed, &signature)
    }

    /// Returns the certificate in DER, with any signed part and any signature.
    #[must_use]
    pub fn with_signature(&self, to_be_signed: &[u8], signature: &[u8]) -> Vec<u8> {
        der::sequence(&[
            to_be_signed.to_vec(),
            self.outer_algorithm.clone(),
            der::bit_string(self.unused_signature_bits, signature),
            self.after_signature.clone(),
        ])
    }
}

impl Default for CertificateFields {
    fn default() -> CertificateFields {
        CertificateFields::new()
    }
}

impl fmt::Debug for CertificateFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateFields({:?} to be signed)", Der(&self.to_be_signed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{CertificateBuilder, extension};

    #[test]
    fn fields_and_builder_make_the_same_certificate() {
        let key = key("root");
        let leaf = CertificateBuilder::new(&name("leaf"), &super::key("leaf").public_numbers());
        let built = leaf.issuer(&name("root")).extension(&[1, 2, 3], true, b"value");
        let fields = CertificateFields::new().extensions(&[extension(&[1, 2, 3], true, b"value")]);
        assert_eq!(fields.sign(&key), built.sign(&key));
    }

    #[test]
    fn debug_output_is_short() {
        let text = format!("{:?}", CertificateFields::new());
        assert!(text.starts_with("CertificateFields("), "{text}");
        assert!(text.len() < 100, "{text}");
    }
}
