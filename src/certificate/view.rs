//! A certificate as it was read, and what it says.

use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::extensions::X509Extension;
use x509_parser::nom::Parser;
use x509_parser::oid_registry as oids;
use x509_parser::x509::X509Version;

use super::algorithm::{ml_dsa_kind, signature_scheme};
use super::failure::invalid;
use super::form::{self, BasicConstraints, KeyUsage, Names};
use super::name::Name;
use super::public_key;
use crate::encoding::der::Noted;
use crate::error::{ErrorKind, Failure, ParseError};
use crate::key::KeyMaterial;
use crate::quirk::{Quirk, Tolerance};
use crate::signature;
use crate::signature::budget::Budget;

/// The subject of a certificate as text, such as `CN=Root, O=Maker`, if it parses.
pub(crate) fn name_of(der: &[u8]) -> Option<String> {
    let certificate = Certificate::parse_as_is(der).ok()?;
    Some(certificate.parsed.subject().to_string())
}

/// A parsed certificate.
pub(crate) struct Certificate<'a> {
    der: &'a [u8],
    names: Names,
    pub(super) parsed: X509Certificate<'a>,
}

/// An attribute of a distinguished name that attestation cares about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NameAttribute {
    Country,
    Organization,
    OrganizationalUnit,
    CommonName,
}

impl<'a> Certificate<'a> {
    /// Parses exactly one certificate (RFC 5280, section 4.1). Failures are `AttestationInvalid`.
    pub(crate) fn parse(der: &'a [u8], tolerance: &Tolerance) -> Result<Certificate<'a>, Failure> {
        let malformed = |error| invalid(format!("a certificate does not parse: {error}"));
        let mut noted = Noted::default();
        let names = form::check(der, &mut noted).map_err(malformed)?;
        // Extensions are read here, where they matter, and strictly.
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (_, parsed) = parser
            .parse(der)
            .map_err(|error| invalid(format!("a certificate does not parse: {error}")))?;
        let certificate = Certificate { der, names, parsed };
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

    /// The same for what the caller has configured: whether its deviations are tolerated is asked
    /// where a path comes to it.
    pub(super) fn parse_as_is(der: &'a [u8]) -> Result<Certificate<'a>, Failure> {
        Certificate::parse(der, &Tolerance::new(Quirk::ALL.iter().copied().collect()))
    }

    /// RFC 5280, section 4.1.2.1.
    fn check_version(&self) -> Result<(), Failure> {
        if ![X509Version::V1, X509Version::V2, X509Version::V3].contains(&self.parsed.version()) {
            return Err(invalid("a certificate of an unknown version"));
        }
        if !self.is_version_3() && !self.parsed.extensions().is_empty() {
            return Err(invalid("extensions in a certificate that is not of version 3"));
        }
        Ok(())
    }

    /// No extension occurs twice (RFC 5280, section 4.2).
    fn check_extensions(&self) -> Result<(), Failure> {
        let extensions = self.parsed.extensions();
        for (position, extension) in extensions.iter().enumerate() {
            if extensions.iter().skip(position + 1).any(|other| other.oid == extension.oid) {
                return Err(invalid(format!("extension {} occurs twice", extension.oid)));
            }
        }
        Ok(())
    }

    /// RFC 5280, sections 4.1.1.2 and 4.1.1.3.
    fn check_signature_form(&self) -> Result<(), Failure> {
        if self.parsed.signature_algorithm != self.parsed.tbs_certificate.signature {
            return Err(invalid("a certificate names two signature algorithms"));
        }
        if self.parsed.signature_value.unused_bits != 0 {
            return Err(invalid("the signature of a certificate is not a whole number of bytes"));
        }
        Ok(())
    }

    pub(crate) fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// What the issuer has signed, as DER.
    pub(super) fn to_be_signed(&self) -> &[u8] {
        self.parsed.tbs_certificate.as_ref()
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.parsed.version() == X509Version::V3
    }

    /// Whether the subject is the empty sequence.
    pub(crate) fn has_empty_subject(&self) -> bool {
        self.subject().is_empty()
    }

    pub(super) fn subject(&self) -> &Name {
        &self.names.subject
    }

    /// The serial number as DER has it: big-endian, with its sign.
    pub(super) fn serial_number(&self) -> &[u8] {
        self.parsed.raw_serial()
    }

    pub(super) fn issuer(&self) -> &Name {
        &self.names.issuer
    }

    /// Whether the issuer has the name of the subject (RFC 5280, section 3.2).
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer() == self.subject()
    }

    /// The values of one attribute of the subject; one that is not text counts as empty.
    pub(crate) fn subject_attribute(
        &self,
        attribute: NameAttribute,
    ) -> impl Iterator<Item = &str> + use<'_, 'a> {
        let oid = match attribute {
            NameAttribute::Country => oids::OID_X509_COUNTRY_NAME,
            NameAttribute::Organization => oids::OID_X509_ORGANIZATION_NAME,
            NameAttribute::OrganizationalUnit => oids::OID_X509_ORGANIZATIONAL_UNIT,
            NameAttribute::CommonName => oids::OID_X509_COMMON_NAME,
        };
        self.parsed
            .subject()
            .iter_attributes()
            .filter(move |found| *found.attr_type() == oid)
            .map(|found| found.as_str().unwrap_or_default())
    }

    /// An extension, if the certificate has it.
    pub(crate) fn extension(&self, oid: &Oid<'_>) -> Option<&X509Extension<'a>> {
        self.parsed.extensions().iter().find(|extension| extension.oid == *oid)
    }

    /// What is wrong with the boolean in basicConstraints, if it is true and not in DER. That the
    /// extension cannot be read at all is an error where it is asked for.
    fn other_boolean(&self) -> Option<Failure> {
        let extension = self.extension(&oids::OID_X509_EXT_BASIC_CONSTRAINTS)?;
        let mut noted = Noted::default();
        form::basic_constraints(extension.value, &mut noted).ok()?;
        noted.boolean.map(malformed_constraints)
    }

    /// basicConstraints, if the certificate has it.
    pub(super) fn basic_constraints(&self) -> Result<Option<BasicConstraints>, Failure> {
        let extension = self.extension(&oids::OID_X509_EXT_BASIC_CONSTRAINTS);
        // What is noted was noted when the certificate was parsed.
        let read = |extension: &X509Extension<'_>| {
            form::basic_constraints(extension.value, &mut Noted::default())
        };
        let constraints = extension.map(read);
        constraints.transpose().map_err(malformed_constraints)
    }

    /// keyUsage, if the certificate has it.
    pub(super) fn key_usage(&self) -> Result<Option<KeyUsage>, Failure> {
        let extension = self.extension(&oids::OID_X509_EXT_KEY_USAGE);
        let usage = extension.map(|extension| form::key_usage(extension.value));
        usage.transpose().map_err(|error| invalid(format!("keyUsage does not parse: {error}")))
    }

    /// Whether basicConstraints makes this the certificate of a CA; `None` without a readable
    /// basicConstraints.
    pub(crate) fn is_ca(&self) -> Option<bool> {
        self.basic_constraints().ok()?.map(|constraints| constraints.ca)
    }

    /// The bits of the subject public key, without the algorithm they are for.
    #[cfg(feature = "metadata")]
    pub(crate) fn subject_public_key(&self) -> &[u8] {
        &self.parsed.public_key().subject_public_key.data
    }

    /// The subject public key: EC on P-256, P-384 or P-521, RSA, Ed25519, or ML-DSA.
    pub(crate) fn key_material(&self) -> Result<KeyMaterial<'_>, Failure> {
        public_key::read(self.parsed.public_key())
    }

    /// Verifies this certificate's signature with the key of its issuer.
    pub(super) fn verify_signature(
        &self,
        issuer: &Certificate<'_>,
        tolerance: &Tolerance,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let scheme = signature_scheme(&self.parsed.signature_algorithm, tolerance)?;
        let key = issuer.key_material()?;
        // The identifiers of ML-DSA are those of its keys, too.
        let kind = ml_dsa_kind(&self.parsed.signature_algorithm.algorithm);
        if kind.is_some_and(|kind| kind != key.kind()) {
            return Err(ErrorKind::AlgorithmKeyMismatch.into());
        }
        budget.pay_for(&key, self.to_be_signed())?;
        signature::verify_scheme(
            &key,
            scheme,
            &[self.to_be_signed()],
            &self.parsed.signature_value.data,
            &Tolerance::strict(),
        )
    }

    /// Whether `now` lies in the validity period, both ends included.
    pub(crate) fn is_valid_at(&self, now: SystemTime) -> bool {
        let seconds = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            // A time of day before the epoch lies in the second that it has begun.
            Err(error) => {
                let before = error.duration();
                let whole = before.as_secs() + u64::from(before.subsec_nanos() > 0);
                i64::try_from(whole).map_or(i64::MIN, |whole| -whole)
            }
        };
        let validity = self.parsed.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&seconds)
    }
}

fn malformed_constraints(error: ParseError) -> Failure {
    invalid(format!("basicConstraints does not parse: {error}"))
}
