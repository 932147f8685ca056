//! A parsed certificate and its contents.

use std::time::SystemTime;

use super::algorithm::{ml_dsa_kind, signature_scheme};
use super::failure::invalid;
use super::form::{self, BasicConstraints, Extension, Form, KeyPurposes, KeyUsage};
use super::name::{self, Attribute, Name};
use super::public_key;
use crate::calendar;
use crate::encoding::der::Noted;
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::KeyMaterial;
use crate::oid::{self, Oid};
use crate::quirk::{Quirk, Tolerance};
use crate::signature;
use crate::signature::budget::Budget;

/// A parsed certificate.
pub(crate) struct Certificate<'a> {
    der: &'a [u8],
    form: Form<'a>,
}

impl<'a> Certificate<'a> {
    /// Parses exactly one certificate (RFC 5280, section 4.1). All failures are
    /// `AttestationInvalid`.
    pub(crate) fn parse(der: &'a [u8], tolerance: &Tolerance) -> Result<Certificate<'a>, Failure> {
        let malformed = |error| invalid(format!("a certificate does not parse: {error}"));
        let mut noted = Noted::default();
        let form = form::read(der, &mut noted).map_err(malformed)?;
        // The values of extensions are read when they are needed.
        let certificate = Certificate { der, form };
        let deviation = noted.boolean.map(malformed).or_else(|| certificate.other_boolean());
        match deviation {
            Some(failure) if !tolerance.permits(Quirk::NonDerBooleans) => return Err(failure),
            _ => {}
        }
        certificate.check_version()?;
        certificate.check_extensions()?;
        certificate.check_signature_form()?;
        Ok(certificate)
    }

    /// Parses a certificate that the caller has configured, with all deviations allowed. Its
    /// deviations are checked against the allowed quirks when a path reaches it.
    pub(super) fn parse_as_is(der: &'a [u8]) -> Result<Certificate<'a>, Failure> {
        Certificate::parse(der, &Tolerance::new(Quirk::ALL.iter().copied().collect()))
    }

    /// Checks the version and whether it allows extensions (RFC 5280, section 4.1.2.1).
    fn check_version(&self) -> Result<(), Failure> {
        if !matches!(self.form.version, [0..=2]) {
            return Err(invalid("a certificate has an unknown version"));
        }
        if !self.is_version_3() && !self.form.extensions.is_empty() {
            return Err(invalid("a certificate that is not of version 3 has extensions"));
        }
        Ok(())
    }

    /// Checks that no extension is repeated (RFC 5280, section 4.2).
    fn check_extensions(&self) -> Result<(), Failure> {
        let mut extensions = self.form.extensions.as_slice();
        while let [extension, others @ ..] = extensions {
            if others.iter().any(|other| other.oid == extension.oid) {
                return Err(invalid(format!("extension {} occurs twice", extension.oid)));
            }
            extensions = others;
        }
        Ok(())
    }

    /// Checks the signature algorithm and the form of the signature (RFC 5280, sections 4.1.1.2 and
    /// 4.1.1.3).
    fn check_signature_form(&self) -> Result<(), Failure> {
        if self.form.signature_algorithm != self.form.signature {
            return Err(invalid("the two signature algorithms of a certificate differ"));
        }
        if self.form.signature_value.unused_bits != 0 {
            return Err(invalid("the signature of a certificate is not a whole number of bytes"));
        }
        Ok(())
    }

    pub(crate) fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// The part that the issuer signed, in DER.
    pub(super) fn to_be_signed(&self) -> &[u8] {
        self.form.to_be_signed
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.form.version == [2]
    }

    /// Returns whether the subject is empty.
    pub(crate) fn has_empty_subject(&self) -> bool {
        self.subject().is_empty()
    }

    pub(super) fn subject(&self) -> &Name {
        &self.form.subject
    }

    /// The serial number as in DER: big-endian and signed.
    pub(super) fn serial_number(&self) -> &[u8] {
        self.form.serial_number
    }

    pub(super) fn issuer(&self) -> &Name {
        &self.form.issuer
    }

    /// Returns whether the issuer and the subject have the same name (RFC 5280, section 3.2).
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer() == self.subject()
    }

    /// The subject in DER.
    pub(super) fn subject_der(&self) -> &'a [u8] {
        self.form.subject_der
    }

    /// The attributes of the subject.
    pub(super) fn subject_attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        name::attributes(self.form.subject_der)
    }

    /// The values of one attribute of the subject. A value that is not text becomes an empty
    /// string.
    pub(crate) fn subject_attribute(
        &self,
        kind: Oid<'static>,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        self.subject_attributes()
            .filter(move |attribute| attribute.kind == kind)
            .map(|attribute| attribute.text().unwrap_or_default())
    }

    /// The extensions, in their original order.
    pub(super) fn extensions(&self) -> &[Extension<'a>] {
        &self.form.extensions
    }

    /// The extension with this OID, if the certificate has it.
    pub(crate) fn extension(&self, oid: Oid<'_>) -> Option<&Extension<'a>> {
        self.form.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// Returns the failure for a true BOOLEAN in basicConstraints that is not DER. An unreadable
    /// extension is reported when it is needed.
    fn other_boolean(&self) -> Option<Failure> {
        let extension = self.extension(oid::BASIC_CONSTRAINTS)?;
        let mut noted = Noted::default();
        form::basic_constraints(extension.value, &mut noted).ok()?;
        noted.boolean.map(malformed_constraints)
    }

    /// basicConstraints, if the certificate has it.
    pub(super) fn basic_constraints(&self) -> Result<Option<BasicConstraints>, Failure> {
        let extension = self.extension(oid::BASIC_CONSTRAINTS);
        // Deviations were recorded when the certificate was parsed.
        let read = |extension: &Extension<'_>| {
            form::basic_constraints(extension.value, &mut Noted::default())
        };
        let constraints = extension.map(read);
        constraints.transpose().map_err(malformed_constraints)
    }

    /// keyUsage, if the certificate has it.
    pub(super) fn key_usage(&self) -> Result<Option<KeyUsage>, Failure> {
        let extension = self.extension(oid::KEY_USAGE);
        let usage = extension.map(|extension| form::key_usage(extension.value));
        usage.transpose().map_err(|error| invalid(format!("keyUsage does not parse: {error}")))
    }

    /// The purposes in extendedKeyUsage, if the certificate has it.
    pub(crate) fn key_purposes(&self) -> Result<Option<KeyPurposes<'a>>, ParseError> {
        let extension = self.extension(oid::EXTENDED_KEY_USAGE);
        extension.map(|extension| form::key_purposes(extension.value)).transpose()
    }

    /// Returns whether basicConstraints marks this certificate as a CA, or `None` if
    /// basicConstraints is missing or unreadable.
    pub(crate) fn is_ca(&self) -> Option<bool> {
        self.basic_constraints().ok()?.map(|constraints| constraints.ca)
    }

    /// The bits of the subject public key, without its algorithm.
    #[cfg(feature = "metadata")]
    pub(crate) fn subject_public_key(&self) -> &[u8] {
        self.form.public_key.key.bytes
    }

    /// The subject public key: EC on P-256, P-384 or P-521, RSA, Ed25519, or ML-DSA.
    pub(crate) fn key_material(&self) -> Result<KeyMaterial<'_>, Failure> {
        public_key::read(&self.form.public_key)
    }

    /// Verifies this certificate's signature with the key of its issuer.
    pub(super) fn verify_signature(
        &self,
        issuer: &Certificate<'_>,
        tolerance: &Tolerance,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let scheme = signature_scheme(&self.form.signature_algorithm, tolerance)?;
        let key = issuer.key_material()?;
        // ML-DSA has the same identifiers for signatures and keys.
        let kind = ml_dsa_kind(self.form.signature_algorithm.algorithm);
        if kind.is_some_and(|kind| kind != key.kind()) {
            return Err(ErrorKind::AlgorithmKeyMismatch.into());
        }
        budget.pay_for(&key, self.to_be_signed())?;
        signature::verify_scheme(
            &key,
            scheme,
            &[self.to_be_signed()],
            self.form.signature_value.bytes,
            &Tolerance::strict(),
        )
    }

    /// The SubjectPublicKeyInfo in DER.
    pub(super) fn public_key_der(&self) -> &'a [u8] {
        self.form.public_key.der
    }

    /// Returns whether `now` is in the validity period, including both ends.
    pub(crate) fn is_valid_at(&self, now: SystemTime) -> bool {
        (self.form.not_before..=self.form.not_after).contains(&calendar::second_of(now))
    }

    /// Both ends of the validity period, in seconds since 1970.
    pub(super) fn validity(&self) -> (i64, i64) {
        (self.form.not_before, self.form.not_after)
    }
}

fn malformed_constraints(error: ParseError) -> Failure {
    invalid(format!("basicConstraints does not parse: {error}"))
}

#[cfg(test)]
mod tests {
    use x509_parser::der_parser::asn1_rs;
    use x509_parser::prelude::{FromDer, X509Certificate};
    use x509_parser::x509;

    use super::super::form::{AlgorithmIdentifier, BitString};
    use super::*;

    /// Two public root certificates, with RSA keys and all common extensions.
    const CERTIFICATES: [&[u8]; 2] = [
        include_bytes!("../metadata/roots/globalsign-root-r3.der"),
        include_bytes!("../metadata/roots/globalsign-root-r46.der"),
    ];

    /// Compares a certificate with the result of another parser, which accepts more.
    #[track_caller]
    fn check_against_another_parser(certificate: &Certificate<'_>) {
        let (rest, other) = X509Certificate::from_der(certificate.as_der()).unwrap();
        assert!(rest.is_empty());
        let form = &certificate.form;
        assert_eq!(form.to_be_signed, other.tbs_certificate.as_ref());
        assert_eq!(form.version, [u8::try_from(other.version().0).unwrap()]);
        assert_eq!(form.serial_number, other.raw_serial());
        assert_same_algorithm(&form.signature, &other.tbs_certificate.signature);
        assert_eq!(form.subject_der, other.subject().as_raw());
        let others: Vec<_> = other.subject().iter_attributes().collect();
        assert_eq!(certificate.subject_attributes().count(), others.len());
        for (ours, other) in certificate.subject_attributes().zip(others) {
            assert_eq!(ours.kind, identifier(other.attr_type()));
            // The other parser mistakes a tag of another class for the tag of a text.
            assert!(ours.text().is_none_or(|text| other.as_str() == Ok(text)));
        }
        let validity = other.validity();
        let ends = (validity.not_before.timestamp(), validity.not_after.timestamp());
        assert_eq!(certificate.validity(), ends);
        let public_key = other.public_key();
        assert_eq!(form.public_key.der, public_key.raw);
        assert_same_algorithm(&form.public_key.algorithm, &public_key.algorithm);
        assert_same_bits(&form.public_key.key, &public_key.subject_public_key);
        let ours = certificate.extensions().iter().map(|one| (one.oid, one.critical, one.value));
        let others = other.extensions().iter();
        assert!(ours.eq(others.map(|one| (identifier(&one.oid), one.critical, one.value))));
        assert_same_algorithm(&form.signature_algorithm, &other.signature_algorithm);
        assert_same_bits(&form.signature_value, &other.signature_value);
    }

    fn identifier<'a>(other: &'a asn1_rs::Oid<'_>) -> Oid<'a> {
        Oid::of_content(other.as_bytes())
    }

    #[track_caller]
    fn assert_same_algorithm(
        ours: &AlgorithmIdentifier<'_>,
        other: &x509::AlgorithmIdentifier<'_>,
    ) {
        assert_eq!(ours.algorithm, identifier(&other.algorithm));
        let parameters = other.parameters.as_ref().map(|parameters| parameters.data);
        assert_eq!(ours.parameters.map(|(_, content)| content), parameters);
    }

    #[track_caller]
    fn assert_same_bits(ours: &BitString<'_>, other: &asn1_rs::BitString<'_>) {
        assert_eq!((ours.unused_bits, ours.bytes), (other.unused_bits, &other.data[..]));
    }

    #[test]
    fn another_parser_reads_the_same_in_good_certificates() {
        for good in CERTIFICATES {
            check_against_another_parser(&Certificate::parse_as_is(good).unwrap());
        }
    }

    /// Another parser reads accepted certificates in the same way, even with any bit changed.
    #[test]
    #[cfg_attr(miri, ignore = "parses thousands of certificates")]
    fn an_accepted_certificate_can_be_read_in_one_way_only() {
        let mut accepted = 0;
        for good in CERTIFICATES {
            let mut der = good.to_vec();
            for at in 0..der.len() {
                for bit in 0..8 {
                    der[at] ^= 1 << bit;
                    if let Ok(certificate) = Certificate::parse_as_is(&der) {
                        check_against_another_parser(&certificate);
                        accepted += 1;
                    }
                    der[at] ^= 1 << bit;
                }
            }
        }
        assert!(accepted > 10_000, "{accepted}");
    }
}
