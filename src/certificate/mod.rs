//! X.509 certificates (RFC 5280): a view of one, trust anchors, and path validation.

mod constraints;
mod form;
mod name;
mod path;
mod pss;
mod revocation;
mod server;

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::der_parser::asn1_rs::{Oid, Tag};
use x509_parser::der_parser::oid;
use x509_parser::extensions::X509Extension;
use x509_parser::nom::Parser;
use x509_parser::oid_registry as oids;
use x509_parser::x509::{AlgorithmIdentifier, X509Version};

use crate::debug::{Der, Text};
use crate::encoding::der::Noted;
use crate::error::{ConfigError, ErrorKind, Failure, ParseError};
use crate::key::{Hash, KeyKind, KeyMaterial, MAX_USUAL_RSA_EXPONENT, Scheme, rsa_exponent};
use crate::quirk::{Quirk, Tolerance};
use crate::signature;
use crate::signature::budget::Budget;

#[cfg(feature = "metadata")]
pub(crate) use form::subject_public_key;
use form::{BasicConstraints, KeyUsage, Names};
use name::Name;
pub(crate) use path::{Purpose, find_path};
pub use path::{TrustPath, verify_path};
pub(crate) use revocation::REVOKED;
pub use revocation::Revocations;

/// A certificate that the caller trusts: a root, an intermediate, or the very certificate of an
/// authenticator.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    der: Vec<u8>,
    /// Read already, so that looking for an issuer among many anchors parses none of them.
    subject: Name,
    /// The subject's public key info as DER.
    public_key: Vec<u8>,
    revocations: Option<Revocations>,
}

impl TrustAnchor {
    /// The certificate with this DER.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly one certificate. One that deviates in what a
    /// [`Quirk`] lets pass is taken here, and leads to nothing unless the
    /// quirk is tolerated.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<TrustAnchor, ConfigError> {
        let der = der.into();
        let certificate = Certificate::parse_as_is(&der)
            .map_err(|failure| ConfigError::new(format!("trust anchor: {failure}")))?;
        let subject = certificate.subject().clone();
        let public_key = certificate.parsed.public_key().raw.to_vec();
        Ok(TrustAnchor { der, subject, public_key, revocations: None })
    }

    /// The same anchor, below which these certificates are not trusted. A later call takes the
    /// place of an earlier one. The list counts for every anchor of the same name and key, too: an
    /// authority may have several certificates.
    #[must_use]
    pub fn revoking(self, revocations: Revocations) -> TrustAnchor {
        TrustAnchor { revocations: Some(revocations), ..self }
    }

    /// Whether the anchor has a list of revocations, be it an empty one.
    pub(crate) fn has_revocations(&self) -> bool {
        self.revocations.is_some()
    }

    /// Whether both are certificates of one authority: the same name, and the same key.
    pub(crate) fn is_same_authority(&self, other: &TrustAnchor) -> bool {
        self.subject == other.subject && self.public_key == other.public_key
    }

    /// The certificate's DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustAnchor")
            .field("subject", &Text(&name_of(&self.der).unwrap_or_default()))
            .field("der", &Der(&self.der))
            .field("revocations", &self.revocations)
            .finish()
    }
}

/// The subject of a certificate as text, such as `CN=Root, O=Maker`, if it parses.
pub(crate) fn name_of(der: &[u8]) -> Option<String> {
    let certificate = Certificate::parse_as_is(der).ok()?;
    Some(certificate.parsed.subject().to_string())
}

/// A parsed certificate.
pub(crate) struct Certificate<'a> {
    der: &'a [u8],
    names: Names,
    parsed: X509Certificate<'a>,
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
    fn parse_as_is(der: &'a [u8]) -> Result<Certificate<'a>, Failure> {
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
    fn to_be_signed(&self) -> &[u8] {
        self.parsed.tbs_certificate.as_ref()
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.parsed.version() == X509Version::V3
    }

    /// Whether the subject is the empty sequence.
    pub(crate) fn has_empty_subject(&self) -> bool {
        self.subject().is_empty()
    }

    fn subject(&self) -> &Name {
        &self.names.subject
    }

    /// The serial number as DER has it: big-endian, with its sign.
    fn serial_number(&self) -> &[u8] {
        self.parsed.raw_serial()
    }

    fn issuer(&self) -> &Name {
        &self.names.issuer
    }

    /// Whether the issuer has the name of the subject (RFC 5280, section 3.2).
    fn is_self_issued(&self) -> bool {
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

    /// Checks that this is the certificate of a host: that its subjectAltName has the name.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Failure> {
        match server::has_host(self, host) {
            Ok(true) => Ok(()),
            Ok(false) => Err(invalid(format!("the certificate is not for {host}"))),
            Err(error) => Err(invalid(format!("subjectAltName does not parse: {error}"))),
        }
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
    fn basic_constraints(&self) -> Result<Option<BasicConstraints>, Failure> {
        let extension = self.extension(&oids::OID_X509_EXT_BASIC_CONSTRAINTS);
        // What is noted was noted when the certificate was parsed.
        let read = |extension: &X509Extension<'_>| {
            form::basic_constraints(extension.value, &mut Noted::default())
        };
        let constraints = extension.map(read);
        constraints.transpose().map_err(malformed_constraints)
    }

    /// keyUsage, if the certificate has it.
    fn key_usage(&self) -> Result<Option<KeyUsage>, Failure> {
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
        let info = self.parsed.public_key();
        let bits = &info.subject_public_key;
        if bits.unused_bits != 0 {
            return Err(invalid("a public key is not a whole number of bytes"));
        }
        if info.algorithm.algorithm == oids::OID_SIG_ED25519 {
            check_parameters(&info.algorithm, Parameters::Absent)?;
            let x = bits.data.as_ref().try_into();
            return Ok(KeyMaterial::Ed25519 {
                x: x.map_err(|_| invalid("an Ed25519 key has not 32 bytes"))?,
            });
        }
        if let Some(kind) = ml_dsa_kind(&info.algorithm.algorithm) {
            check_parameters(&info.algorithm, Parameters::Absent)?;
            return ml_dsa_key(kind, &bits.data);
        }
        if info.algorithm.algorithm == oids::OID_PKCS1_RSAENCRYPTION {
            check_parameters(&info.algorithm, Parameters::Null)?;
            return rsa_key(&bits.data);
        }
        if info.algorithm.algorithm == oids::OID_KEY_TYPE_EC_PUBLIC_KEY {
            let parameters = info.algorithm.parameters.as_ref();
            let curve = parameters.and_then(|parameters| parameters.as_oid().ok());
            return ec_point(curve.as_ref(), &bits.data);
        }
        Err(unsupported_key())
    }

    /// Verifies this certificate's signature with the key of its issuer.
    fn verify_signature(
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

fn invalid(reason: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::AttestationInvalid, reason)
}

fn malformed_constraints(error: ParseError) -> Failure {
    invalid(format!("basicConstraints does not parse: {error}"))
}

fn unsupported_key() -> Failure {
    Failure::new(ErrorKind::UnsupportedAlgorithm, "the type of a certificate's public key")
}

/// What an AlgorithmIdentifier must have as its parameters.
#[derive(Clone, Copy)]
enum Parameters {
    Absent,
    Null,
    NullOrAbsent,
}

/// The parameters say nothing, so they must be what the algorithm prescribes and not anything.
fn check_parameters(
    identifier: &AlgorithmIdentifier<'_>,
    prescribed: Parameters,
) -> Result<(), Failure> {
    let null = identifier.parameters.as_ref().map(|parameters| parameters.tag() == Tag::Null);
    match (prescribed, null) {
        (Parameters::Absent | Parameters::NullOrAbsent, None)
        | (Parameters::Null | Parameters::NullOrAbsent, Some(true)) => Ok(()),
        _ => Err(invalid(format!("the parameters of algorithm {}", identifier.algorithm))),
    }
}

/// The identifiers of keys and signatures of ML-DSA (RFC 9881, section 2).
fn ml_dsa_kind(identifier: &Oid<'_>) -> Option<KeyKind> {
    let kinds = [
        (oid!(2.16.840.1.101.3.4.3.17), KeyKind::MlDsa44),
        (oid!(2.16.840.1.101.3.4.3.18), KeyKind::MlDsa65),
        (oid!(2.16.840.1.101.3.4.3.19), KeyKind::MlDsa87),
    ];
    kinds.into_iter().find(|(known, _)| known == identifier).map(|(_, kind)| kind)
}

/// A key of ML-DSA is the bytes of the bit string (RFC 9881, section 4).
fn ml_dsa_key(kind: KeyKind, bytes: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let key = match kind {
        KeyKind::MlDsa44 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa44 { public_key })
        }
        KeyKind::MlDsa65 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa65 { public_key })
        }
        KeyKind::MlDsa87 => {
            bytes.try_into().ok().map(|public_key| KeyMaterial::MlDsa87 { public_key })
        }
        _ => None,
    };
    key.ok_or_else(|| invalid(format!("an {} key of another length", kind.name())))
}

fn rsa_key(der: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    let (modulus, exponent) = form::rsa_public_key(der)
        .map_err(|error| invalid(format!("an RSA key does not parse: {error}")))?;
    if rsa_exponent(exponent).is_none_or(|exponent| exponent > MAX_USUAL_RSA_EXPONENT) {
        return Err(invalid("an RSA key has an exponent above 65537"));
    }
    Ok(KeyMaterial::Rsa { modulus, exponent })
}

/// An uncompressed point of a named curve (RFC 5480, section 2).
fn ec_point<'k>(curve: Option<&Oid<'_>>, point: &'k [u8]) -> Result<KeyMaterial<'k>, Failure> {
    fn coordinates<const N: usize>(point: &[u8]) -> Result<(&[u8; N], &[u8; N]), Failure> {
        let split = match point {
            [0x04, coordinates @ ..] => coordinates.split_first_chunk::<N>(),
            _ => None,
        };
        let pair = split.and_then(|(x, y)| Some((x, <&[u8; N]>::try_from(y).ok()?)));
        pair.ok_or_else(|| invalid("an EC key is not an uncompressed point of its curve"))
    }
    match curve {
        Some(curve) if *curve == oids::OID_EC_P256 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P256 { x, y })
        }
        Some(curve) if *curve == oids::OID_NIST_EC_P384 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P384 { x, y })
        }
        Some(curve) if *curve == oids::OID_NIST_EC_P521 => {
            let (x, y) = coordinates(point)?;
            Ok(KeyMaterial::P521 { x, y })
        }
        _ => Err(unsupported_key()),
    }
}

/// The signature algorithms of certificates: ECDSA (RFC 5758, section 3.2) and RSA (RFC 4055,
/// section 5, which has the parameters accepted where they are left out) with SHA-2, RSASSA-PSS (RFC
/// 4055, section 3.1), Ed25519 (RFC 8410, section 3), and ML-DSA (RFC 9881, section 2).
fn signature_scheme(
    identifier: &AlgorithmIdentifier<'_>,
    tolerance: &Tolerance,
) -> Result<Scheme, Failure> {
    let oid = &identifier.algorithm;
    if *oid == oids::OID_PKCS1_RSASSAPSS {
        return pss::scheme(identifier.parameters.as_ref());
    }
    if ml_dsa_kind(oid).is_some() {
        check_parameters(identifier, Parameters::Absent)?;
        return Ok(Scheme::MlDsa);
    }
    let schemes = [
        (oids::OID_SIG_ECDSA_WITH_SHA256, Scheme::Ecdsa(Hash::Sha256)),
        (oids::OID_SIG_ECDSA_WITH_SHA384, Scheme::Ecdsa(Hash::Sha384)),
        (oids::OID_SIG_ECDSA_WITH_SHA512, Scheme::Ecdsa(Hash::Sha512)),
        (oids::OID_PKCS1_SHA256WITHRSA, Scheme::RsaPkcs1(Hash::Sha256)),
        (oids::OID_PKCS1_SHA384WITHRSA, Scheme::RsaPkcs1(Hash::Sha384)),
        (oids::OID_PKCS1_SHA512WITHRSA, Scheme::RsaPkcs1(Hash::Sha512)),
        (oids::OID_SIG_ED25519, Scheme::Ed25519),
    ];
    let sha1 = (oids::OID_PKCS1_SHA1WITHRSA, Scheme::RsaPkcs1(Hash::Sha1));
    let tolerated =
        Some(sha1).filter(|(sha1, _)| sha1 == oid && tolerance.permits(Quirk::Sha1Attestation));
    let found = schemes.into_iter().chain(tolerated).find(|(known, _)| known == oid);
    let Some((_, scheme)) = found else {
        let sha1 = [oids::OID_PKCS1_SHA1WITHRSA, oid!(1.2.840.10045.4.1)];
        let kind = if sha1.contains(oid) {
            ErrorKind::WeakAlgorithm
        } else {
            ErrorKind::UnsupportedAlgorithm
        };
        return Err(Failure::new(kind, format!("certificate signature algorithm {oid}")));
    };
    let checked = match scheme {
        Scheme::RsaPkcs1(_) => check_parameters(identifier, Parameters::NullOrAbsent),
        _ => check_parameters(identifier, Parameters::Absent),
    };
    let is_tolerated = || {
        matches!(scheme, Scheme::Ecdsa(_))
            && check_parameters(identifier, Parameters::Null).is_ok()
            && tolerance.permits(Quirk::EcdsaNullParameters)
    };
    match checked {
        Err(failure) if !is_tolerated() => Err(failure),
        _ => Ok(scheme),
    }
}
