//! X.509 certificates (RFC 5280): a view of one, trust anchors, and path validation.

mod path;

use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::asn1_rs::Oid;
use x509_parser::der_parser::oid;
use x509_parser::extensions::X509Extension;
use x509_parser::oid_registry as oids;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey as SubjectKey;
use x509_parser::x509::X509Version;

use crate::error::{ConfigError, ErrorKind, Failure};
use crate::key::{Hash, KeyMaterial, Scheme};
use crate::quirk::Quirks;
use crate::signature;

pub use path::{TrustPath, verify_path};

/// A certificate that the caller trusts: a root, an intermediate, or the very certificate of an
/// authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    der: Vec<u8>,
}

impl TrustAnchor {
    /// The certificate with this DER.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly one certificate.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<TrustAnchor, ConfigError> {
        let der = der.into();
        Certificate::parse(&der)
            .map_err(|failure| ConfigError::new(format!("trust anchor: {failure}")))?;
        Ok(TrustAnchor { der })
    }

    /// The certificate's DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

/// A parsed certificate.
pub(crate) struct Certificate<'a> {
    der: &'a [u8],
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
    /// Parses exactly one certificate, with no extension twice. Failures are `AttestationInvalid`.
    pub(crate) fn parse(der: &'a [u8]) -> Result<Certificate<'a>, Failure> {
        let (rest, parsed) = X509Certificate::from_der(der)
            .map_err(|error| invalid(format!("a certificate does not parse: {error}")))?;
        if !rest.is_empty() {
            return Err(invalid("bytes follow the end of a certificate"));
        }
        let extensions = parsed.extensions();
        for (position, extension) in extensions.iter().enumerate() {
            if extensions.iter().skip(position + 1).any(|other| other.oid == extension.oid) {
                return Err(invalid(format!("extension {} occurs twice", extension.oid)));
            }
        }
        if parsed.signature_algorithm != parsed.tbs_certificate.signature {
            return Err(invalid("a certificate names two signature algorithms"));
        }
        if parsed.signature_value.unused_bits != 0 {
            return Err(invalid("the signature of a certificate is not a whole number of bytes"));
        }
        Ok(Certificate { der, parsed })
    }

    pub(crate) fn as_der(&self) -> &'a [u8] {
        self.der
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.parsed.version() == X509Version::V3
    }

    /// The subject as DER, for comparison byte by byte.
    fn subject(&self) -> &[u8] {
        self.parsed.subject().as_raw()
    }

    /// The issuer as DER, for comparison byte by byte.
    fn issuer(&self) -> &[u8] {
        self.parsed.issuer().as_raw()
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

    /// Whether basicConstraints makes this the certificate of a CA; `None` without a readable
    /// basicConstraints.
    pub(crate) fn is_ca(&self) -> Option<bool> {
        let constraints = self.parsed.basic_constraints().ok()??;
        Some(constraints.value.ca)
    }

    /// The subject public key: EC on P-256 or P-384, RSA, or Ed25519.
    pub(crate) fn key_material(&self) -> Result<KeyMaterial<'_>, Failure> {
        let info = self.parsed.public_key();
        let bits = &info.subject_public_key;
        if bits.unused_bits != 0 {
            return Err(invalid("a public key is not a whole number of bytes"));
        }
        if info.algorithm.algorithm == oids::OID_SIG_ED25519 {
            let x = bits.data.as_ref().try_into();
            return Ok(KeyMaterial::Ed25519 {
                x: x.map_err(|_| invalid("an Ed25519 key has not 32 bytes"))?,
            });
        }
        match info.parsed().map_err(|_| invalid("a public key does not parse"))? {
            SubjectKey::RSA(_) => rsa_key(&bits.data),
            SubjectKey::EC(_) => {
                let parameters = info.algorithm.parameters.as_ref();
                let curve = parameters.and_then(|parameters| parameters.as_oid().ok());
                ec_point(curve.as_ref(), &bits.data)
            }
            _ => Err(unsupported_key()),
        }
    }

    /// Verifies this certificate's signature with the key of its issuer.
    fn verify_signature(&self, issuer: &Certificate<'_>) -> Result<(), Failure> {
        let scheme = signature_scheme(&self.parsed.signature_algorithm.algorithm)?;
        signature::verify_scheme(
            &issuer.key_material()?,
            scheme,
            &[self.parsed.tbs_certificate.as_ref()],
            &self.parsed.signature_value.data,
            Quirks::NONE,
        )
    }

    /// Whether `now` lies in the validity period, both ends included.
    fn is_valid_at(&self, now: SystemTime) -> bool {
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

fn unsupported_key() -> Failure {
    Failure::new(ErrorKind::UnsupportedAlgorithm, "the type of a certificate's public key")
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`, both positive.
fn rsa_key(der: &[u8]) -> Result<KeyMaterial<'_>, Failure> {
    use x509_parser::public_key::RSAPublicKey;
    let (rest, key) =
        RSAPublicKey::from_der(der).map_err(|_| invalid("an RSA key does not parse"))?;
    let positive = |number: &'_ [u8]| !matches!(number, [] | [0x80..=0xff, ..]);
    if !rest.is_empty() || !positive(key.modulus) || !positive(key.exponent) {
        return Err(invalid("an RSA key is malformed"));
    }
    // DER writes a zero byte in front of a number whose first bit is set.
    let digits = |number: &'_ [u8]| usize::from(number.first() == Some(&0));
    Ok(KeyMaterial::Rsa {
        modulus: key.modulus.get(digits(key.modulus)..).unwrap_or_default(),
        exponent: key.exponent.get(digits(key.exponent)..).unwrap_or_default(),
    })
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
        _ => Err(unsupported_key()),
    }
}

/// The signature algorithms of certificates: ECDSA and RSA with SHA-2, Ed25519.
fn signature_scheme(oid: &Oid<'_>) -> Result<Scheme, Failure> {
    let schemes = [
        (oids::OID_SIG_ECDSA_WITH_SHA256, Scheme::Ecdsa(Hash::Sha256)),
        (oids::OID_SIG_ECDSA_WITH_SHA384, Scheme::Ecdsa(Hash::Sha384)),
        (oids::OID_SIG_ECDSA_WITH_SHA512, Scheme::Ecdsa(Hash::Sha512)),
        (oids::OID_PKCS1_SHA256WITHRSA, Scheme::RsaPkcs1(Hash::Sha256)),
        (oids::OID_PKCS1_SHA384WITHRSA, Scheme::RsaPkcs1(Hash::Sha384)),
        (oids::OID_PKCS1_SHA512WITHRSA, Scheme::RsaPkcs1(Hash::Sha512)),
        (oids::OID_SIG_ED25519, Scheme::Ed25519),
    ];
    let found = schemes.into_iter().find(|(known, _)| known == oid);
    found.map(|(_, scheme)| scheme).ok_or_else(|| {
        let sha1 = [oids::OID_PKCS1_SHA1WITHRSA, oid!(1.2.840.10045.4.1)];
        let kind = if sha1.contains(oid) {
            ErrorKind::WeakAlgorithm
        } else {
            ErrorKind::UnsupportedAlgorithm
        };
        Failure::new(kind, format!("certificate signature algorithm {oid}"))
    })
}
