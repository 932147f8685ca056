//! X.509 certificates (RFC 5280) for attestation, valid or not.

use core::fmt;

use sha1::{Digest, Sha1};

use crate::algorithm::{Algorithm, Hash, Scheme};
use crate::debug::{Count, Der, Hex};
use crate::der;
use crate::private_key::PrivateKey;
use crate::public_numbers::{PublicNumbers, pure_algorithm};

const COUNTRY: &[u64] = &[2, 5, 4, 6];
const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
const ORGANIZATIONAL_UNIT: &[u64] = &[2, 5, 4, 11];
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

const TPM_MANUFACTURER: &[u64] = &[2, 23, 133, 2, 1];
const TPM_MODEL: &[u64] = &[2, 23, 133, 2, 2];
const TPM_VERSION: &[u64] = &[2, 23, 133, 2, 3];

const SUBJECT_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 14];
/// The object identifier of the extension `keyUsage` (RFC 5280, section 4.2.1.3).
pub const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
/// The object identifier of the extension `subjectAltName` (RFC 5280, section 4.2.1.6).
pub const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
/// The object identifier of the extension `basicConstraints` (RFC 5280, section 4.2.1.9).
pub const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const ID_FIDO_GEN_CE_AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

/// The extension with the nonce of Apple anonymous attestation.
const APPLE_NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

const ID_MGF1: &[u64] = &[1, 2, 840, 113_549, 1, 1, 8];
const ID_RSASSA_PSS: &[u64] = &[1, 2, 840, 113_549, 1, 1, 10];

/// A distinguished name. Its attributes keep the order in which they are added.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct DistinguishedName {
    attributes: Vec<Vec<u8>>,
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({:?})", Count(self.attributes.len(), "attribute"))
    }
}

impl DistinguishedName {
    /// Creates an empty name.
    pub fn new() -> DistinguishedName {
        DistinguishedName::default()
    }

    /// Adds a country, as a code of two letters.
    pub fn country(self, code: &str) -> DistinguishedName {
        self.attribute(COUNTRY, der::printable_string(code))
    }

    /// Adds an organization.
    pub fn organization(self, name: &str) -> DistinguishedName {
        self.attribute(ORGANIZATION, der::utf8_string(name))
    }

    /// Adds an organizational unit.
    pub fn organizational_unit(self, name: &str) -> DistinguishedName {
        self.attribute(ORGANIZATIONAL_UNIT, der::utf8_string(name))
    }

    /// Adds a common name.
    pub fn common_name(self, name: &str) -> DistinguishedName {
        self.attribute(COMMON_NAME, der::utf8_string(name))
    }

    /// Adds the manufacturer of a TPM, such as `id:494E5443`.
    pub fn tpm_manufacturer(self, id: &str) -> DistinguishedName {
        self.attribute(TPM_MANUFACTURER, der::utf8_string(id))
    }

    /// Adds the model of a TPM.
    pub fn tpm_model(self, name: &str) -> DistinguishedName {
        self.attribute(TPM_MODEL, der::utf8_string(name))
    }

    /// Adds the version of a TPM's firmware, such as `id:00010000`.
    pub fn tpm_version(self, id: &str) -> DistinguishedName {
        self.attribute(TPM_VERSION, der::utf8_string(id))
    }

    /// Adds an attribute of any type. `value` is in DER.
    pub fn attribute(mut self, object_identifier: &[u64], value: Vec<u8>) -> DistinguishedName {
        self.attributes.push(der::sequence(&[der::object_identifier(object_identifier), value]));
        self
    }

    /// Returns the name in DER, with each attribute in its own set.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let sets: Vec<_> = self.attributes.iter().map(|attribute| der::set(&[attribute])).collect();
        der::sequence(&sets)
    }

    /// Returns the name in DER, with all attributes in one set, as in many TPM certificates.
    #[must_use]
    pub fn to_der_in_one_set(&self) -> Vec<u8> {
        der::sequence(&[der::set(&self.attributes)])
    }
}

/// Builds a certificate. Values are not checked, so a test can create an invalid one.
///
/// By default, the certificate names its subject as the issuer, has version 3 and serial number 1,
/// is valid from 2024 to 2049, and has no extensions.
///
/// ```
/// use webauthn_verify_authenticator::{
///     CertificateBuilder, DistinguishedName, PrivateKey, algorithm,
/// };
///
/// let ca_key = PrivateKey::from_seed(algorithm::ES256, b"ca")?;
/// let ca_name = DistinguishedName::new().common_name("Test CA");
/// let ca = CertificateBuilder::new(&ca_name, &ca_key.public_numbers())
///     .basic_constraints(true, Some(0))
///     .key_usage(CertificateBuilder::KEY_CERT_SIGN)
///     .sign(&ca_key);
/// # assert_eq!(ca[0], 0x30);
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct CertificateBuilder {
    version: Option<u8>,
    serial_number: Vec<u8>,
    issuer: DistinguishedName,
    not_before: String,
    not_after: String,
    subject: DistinguishedName,
    subject_public_key_info: Vec<u8>,
    subject_key_identifier: [u8; 20],
    extensions: Vec<Vec<u8>>,
}

impl fmt::Debug for CertificateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateBuilder")
            .field("version", &self.version)
            .field("serial_number", &Hex(&self.serial_number))
            .field("issuer", &self.issuer)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .field("subject", &self.subject)
            .field("subject_public_key_info", &Der(&self.subject_public_key_info))
            .field("subject_key_identifier", &Hex(&self.subject_key_identifier))
            .field("extensions", &Count(self.extensions.len(), "extension"))
            .finish()
    }
}

impl CertificateBuilder {
    /// The key usage bit `digitalSignature`.
    pub const DIGITAL_SIGNATURE: u8 = 0x80;
    /// The key usage bit `keyCertSign`.
    pub const KEY_CERT_SIGN: u8 = 0x04;
    /// The key usage bit `cRLSign`.
    pub const CRL_SIGN: u8 = 0x02;
    /// The key purpose tcg-kp-EKCertificate, for the key that identifies a TPM.
    pub const TPM_EK_CERTIFICATE: &[u64] = &[2, 23, 133, 8, 1];
    /// The key purpose tcg-kp-AIKCertificate, for a key that signs the attestations of a TPM.
    pub const TPM_AIK_CERTIFICATE: &[u64] = &[2, 23, 133, 8, 3];

    /// Creates a builder for a certificate with this subject and key.
    pub fn new(subject: &DistinguishedName, public_key: &PublicNumbers) -> CertificateBuilder {
        CertificateBuilder {
            version: Some(2),
            serial_number: vec![1],
            issuer: subject.clone(),
            not_before: "240101000000Z".to_owned(),
            not_after: "491231235959Z".to_owned(),
            subject: subject.clone(),
            subject_public_key_info: public_key.subject_public_key_info(),
            subject_key_identifier: key_identifier(public_key),
            extensions: Vec::new(),
        }
    }

    /// Sets the version as X.509 encodes it: 2 means version 3. `None` omits the field, which means
    /// version 1.
    pub fn version(mut self, version: Option<u8>) -> CertificateBuilder {
        self.version = version;
        self
    }

    /// Sets the serial number, a non-negative big-endian number.
    pub fn serial_number(mut self, big_endian: &[u8]) -> CertificateBuilder {
        self.serial_number = big_endian.to_vec();
        self
    }

    /// Sets the issuer.
    pub fn issuer(mut self, issuer: &DistinguishedName) -> CertificateBuilder {
        self.issuer = issuer.clone();
        self
    }

    /// Sets the first and the last second of validity, in the format of [`der::time`].
    pub fn validity(mut self, not_before: &str, not_after: &str) -> CertificateBuilder {
        self.not_before = not_before.to_owned();
        self.not_after = not_after.to_owned();
        self
    }

    /// Sets the public key of the subject in DER, for keys that [`PublicNumbers`] does not support.
    pub fn subject_public_key_info(mut self, der: &[u8]) -> CertificateBuilder {
        self.subject_public_key_info = der.to_vec();
        self
    }

    /// Adds an extension. `value` is the DER inside its octet string.
    pub fn extension(
        mut self,
        object_identifier: &[u64],
        critical: bool,
        value: &[u8],
    ) -> CertificateBuilder {
        self.extensions.push(extension(object_identifier, critical, value));
        self
    }

    /// Removes all extensions that were added before. Certificates before version 3 have no
    /// extensions.
    pub fn without_extensions(mut self) -> CertificateBuilder {
        self.extensions.clear();
        self
    }

    /// Adds critical basic constraints: whether the subject is a certificate authority, and the
    /// maximum number of intermediate certificates below it.
    pub fn basic_constraints(self, ca: bool, path_length: Option<u8>) -> CertificateBuilder {
        let mut fields = Vec::new();
        if ca {
            fields.push(der::boolean(true));
        }
        fields.extend(path_length.map(|length| der::integer(&[length])));
        self.extension(BASIC_CONSTRAINTS, true, &der::sequence(&fields))
    }

    /// Adds a critical key usage. `bits` is a sum of the constants of this type.
    pub fn key_usage(self, bits: u8) -> CertificateBuilder {
        // Trailing zero bits are omitted (RFC 5280, section 4.2.1.3).
        let [.., unused_bits] = bits.trailing_zeros().min(7).to_be_bytes();
        self.extension(KEY_USAGE, true, &der::bit_string(unused_bits, &[bits]))
    }

    /// Adds the subject key identifier, the SHA-1 of the public key of the subject (RFC 5280,
    /// section 4.2.1.2).
    pub fn subject_key_identifier(self) -> CertificateBuilder {
        let value = der::octet_string(&self.subject_key_identifier);
        self.extension(SUBJECT_KEY_IDENTIFIER, false, &value)
    }

    /// Adds the authority key identifier, which is the subject key identifier of the issuer with
    /// this key.
    pub fn authority_key_identifier(self, issuer_key: &PublicNumbers) -> CertificateBuilder {
        let identifier = der::implicit(0, &key_identifier(issuer_key));
        self.extension(AUTHORITY_KEY_IDENTIFIER, false, &der::sequence(&[identifier]))
    }

    /// Adds an extended key usage with the object identifiers of these purposes.
    pub fn extended_key_usage(self, purposes: &[&[u64]]) -> CertificateBuilder {
        let purposes: Vec<_> =
            purposes.iter().map(|purpose| der::object_identifier(purpose)).collect();
        self.extension(EXTENDED_KEY_USAGE, false, &der::sequence(&purposes))
    }

    /// Adds a subject alternative name with a directory name in DER.
    pub fn subject_alt_name(self, critical: bool, directory_name: &[u8]) -> CertificateBuilder {
        let names = der::sequence(&[der::explicit(4, directory_name)]);
        self.extension(SUBJECT_ALT_NAME, critical, &names)
    }

    /// Adds the AAGUID extension of packed attestation (§8.2.1).
    pub fn aaguid(self, aaguid: &[u8; 16]) -> CertificateBuilder {
        self.extension(ID_FIDO_GEN_CE_AAGUID, false, &der::octet_string(aaguid))
    }

    /// Adds the nonce of Apple anonymous attestation (§8.8), the SHA-256 of the authenticator data
    /// followed by the client data hash.
    pub fn apple_nonce(self, nonce: &[u8; 32]) -> CertificateBuilder {
        let value = der::sequence(&[der::explicit(1, &der::octet_string(nonce))]);
        self.extension(APPLE_NONCE, false, &value)
    }

    /// Returns the certificate in DER, signed with the key of the issuer.
    #[must_use]
    pub fn sign(&self, issuer_key: &PrivateKey) -> Vec<u8> {
        let signature_algorithm = signature_algorithm(issuer_key.cose_algorithm());
        let mut fields = Vec::new();
        fields.extend(self.version.map(|version| der::explicit(0, &der::integer(&[version]))));
        fields.push(der::integer(&self.serial_number));
        fields.push(signature_algorithm.clone());
        fields.push(self.issuer.to_der());
        fields.push(validity(&self.not_before, &self.not_after));
        fields.push(self.subject.to_der());
        fields.push(self.subject_public_key_info.clone());
        if !self.extensions.is_empty() {
            fields.push(der::explicit(3, &der::sequence(&self.extensions)));
        }
        let to_be_signed = der::sequence(&fields);
        let signature = der::bit_string(0, &issuer_key.sign(&to_be_signed));
        der::sequence(&[to_be_signed, signature_algorithm, signature])
    }
}

/// Returns an extension in DER (RFC 5280, section 4.1). `value` is the DER inside its octet string.
#[must_use]
pub fn extension(object_identifier: &[u64], critical: bool, value: &[u8]) -> Vec<u8> {
    let mut extension = vec![der::object_identifier(object_identifier)];
    if critical {
        extension.push(der::boolean(true));
    }
    extension.push(der::octet_string(value));
    der::sequence(&extension)
}

/// Returns a validity period in DER. Both times have the format of [`der::time`].
#[must_use]
pub fn validity(not_before: &str, not_after: &str) -> Vec<u8> {
    der::sequence(&[der::time(not_before), der::time(not_after)])
}

/// Returns the `AlgorithmIdentifier` of a signature (RFC 4055, RFC 5758, RFC 8410, RFC 9881).
fn signature_algorithm(algorithm: Algorithm) -> Vec<u8> {
    match algorithm.scheme() {
        Scheme::Ecdsa(hash) => {
            let arc = by_hash(hash, [2, 3, 4]);
            der::sequence(&[der::object_identifier(&[1, 2, 840, 10045, 4, 3, arc])])
        }
        Scheme::RsaPkcs1(hash) => {
            let arc = by_hash(hash, [11, 12, 13]);
            let id = der::object_identifier(&[1, 2, 840, 113_549, 1, 1, arc]);
            der::sequence(&[id, der::null()])
        }
        Scheme::RsaPss(hash) => {
            let id =
                der::object_identifier(&[2, 16, 840, 1, 101, 3, 4, 2, by_hash(hash, [1, 2, 3])]);
            let hash_algorithm = der::sequence(&[id, der::null()]);
            let mask = der::sequence(&[der::object_identifier(ID_MGF1), hash_algorithm.clone()]);
            let salt_length = der::integer(&[by_hash(hash, [32, 48, 64])]);
            let parameters = [
                der::explicit(0, &hash_algorithm),
                der::explicit(1, &mask),
                der::explicit(2, &salt_length),
            ];
            der::sequence(&[der::object_identifier(ID_RSASSA_PSS), der::sequence(&parameters)])
        }
        Scheme::Pure => {
            der::sequence(&[der::object_identifier(pure_algorithm(algorithm.key_kind()))])
        }
    }
}

/// Returns the value for this hash.
fn by_hash<T>(hash: Hash, [sha256, sha384, sha512]: [T; 3]) -> T {
    match hash {
        Hash::Sha256 => sha256,
        Hash::Sha384 => sha384,
        Hash::Sha512 => sha512,
    }
}

fn key_identifier(public_key: &PublicNumbers) -> [u8; 20] {
    Sha1::digest(public_key.subject_public_key()).into()
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::*;

    use super::*;

    fn parse(der: &[u8]) -> X509Certificate<'_> {
        let (rest, certificate) = X509Certificate::from_der(der).unwrap();
        assert!(rest.is_empty());
        certificate
    }

    #[test]
    fn another_parser_reads_every_field() {
        let issuer_key = PrivateKey::from_seed(-35, b"issuer").unwrap();
        let issuer = DistinguishedName::new().common_name("Issuer").organization("Org");
        let subject = DistinguishedName::new().country("AA").organizational_unit("Unit");
        let key = PrivateKey::from_seed(-7, b"subject").unwrap();
        let der = CertificateBuilder::new(&subject, &key.public_numbers())
            .issuer(&issuer)
            .serial_number(&[0x80, 1])
            .validity("240101000000Z", "30240101000000Z")
            .basic_constraints(true, Some(1))
            .key_usage(CertificateBuilder::KEY_CERT_SIGN | CertificateBuilder::CRL_SIGN)
            .subject_key_identifier()
            .authority_key_identifier(&issuer_key.public_numbers())
            .aaguid(&[7; 16])
            .sign(&issuer_key);
        let certificate = parse(&der);
        assert_eq!(certificate.version(), X509Version::V3);
        assert_eq!(certificate.issuer().to_string(), "CN=Issuer, O=Org");
        assert_eq!(certificate.subject().to_string(), "C=AA, OU=Unit");
        assert_eq!(certificate.raw_serial(), [0, 0x80, 1]);
        assert_eq!(certificate.validity().not_before.to_datetime().year(), 2024);
        assert_eq!(certificate.validity().not_after.to_datetime().year(), 3024);
        let constraints = certificate.basic_constraints().unwrap().unwrap();
        assert!(constraints.critical && constraints.value.ca);
        assert_eq!(constraints.value.path_len_constraint, Some(1));
        let usage = certificate.key_usage().unwrap().unwrap();
        assert!(usage.value.key_cert_sign() && usage.value.crl_sign());
        assert!(!usage.value.digital_signature());
        assert_eq!(certificate.extensions().len(), 5);
        assert_eq!(certificate.signature_algorithm.algorithm.to_id_string(), "1.2.840.10045.4.3.3");
        let signed = certificate.tbs_certificate.as_ref();
        assert_eq!(certificate.signature_value.data.as_ref(), issuer_key.sign(signed));
    }

    #[test]
    fn a_version_1_certificate_has_neither_version_nor_extensions() {
        let key = PrivateKey::from_seed(-8, b"key").unwrap();
        let name = DistinguishedName::new();
        let der = CertificateBuilder::new(&name, &key.public_numbers()).version(None).sign(&key);
        let certificate = parse(&der);
        assert_eq!(certificate.version(), X509Version::V1);
        assert!(certificate.extensions().is_empty());
    }
}
