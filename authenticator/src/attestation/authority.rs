//! The attestation authorities of software authenticators.

use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::private_key::PrivateKey;
use crate::seed::SeededRandom;

/// Whether the certificate of a root says that it is an authority.
pub(crate) enum AnchorForm {
    /// It says that it is an authority.
    Authority,
    /// It does not say, because version 1 has no extensions.
    Version1,
    /// It does not say, although it has extensions.
    Unsaid,
    /// It says that it is not an authority.
    NoCa,
}

/// An attestation authority.
pub(crate) struct Authority {
    pub(crate) key: PrivateKey,
    name: DistinguishedName,
}

impl Authority {
    pub(crate) fn new(seed: &[u8], label: &str) -> Authority {
        Authority::named(seed, label, "Software authenticator attestation root")
    }

    /// Returns the root of the attestation certificates of the authenticator with this seed.
    pub(crate) fn root(seed: &[u8]) -> Authority {
        Authority::new(seed, "attestation root")
    }

    /// Returns the authority between the root and the attestation certificate, for formats that
    /// have one.
    pub(crate) fn intermediate(seed: &[u8]) -> Authority {
        let name = "Software authenticator attestation intermediate";
        Authority::named(seed, "attestation intermediate", name)
    }

    pub(crate) fn named(seed: &[u8], label: &str, common_name: &str) -> Authority {
        Authority {
            key: PrivateKey::es256_from(&mut SeededRandom::new(seed, label)),
            name: Authority::name_of(common_name),
        }
    }

    pub(crate) fn name_of(common_name: &str) -> DistinguishedName {
        DistinguishedName::new()
            .country("AA")
            .organization("webauthn-verify")
            .common_name(common_name)
    }

    /// Returns the root certificate. At most one intermediate can be below it.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.certificate_builder(true, Some(1)).sign(&self.key)
    }

    /// Returns the self-signed root certificate in another form.
    pub(crate) fn certificate_as(&self, form: AnchorForm) -> Vec<u8> {
        let bare = || CertificateBuilder::new(&self.name, &self.key.public_numbers());
        let certificate = match form {
            AnchorForm::Authority => return self.certificate(),
            AnchorForm::Version1 => bare().version(None),
            AnchorForm::Unsaid => bare().subject_key_identifier(),
            AnchorForm::NoCa => bare().basic_constraints(false, None),
        };
        certificate.sign(&self.key)
    }

    /// Returns a certificate for this authority that another authority can issue.
    pub(crate) fn authority_certificate(&self) -> CertificateBuilder {
        self.certificate_builder(true, None)
    }

    pub(crate) fn sign(&self, certificate: CertificateBuilder) -> Vec<u8> {
        self.issue(certificate).sign(&self.key)
    }

    pub(crate) fn into_key(self) -> PrivateKey {
        self.key
    }

    pub(crate) fn certificate_builder(
        &self,
        ca: bool,
        path_length: Option<u8>,
    ) -> CertificateBuilder {
        CertificateBuilder::new(&self.name, &self.key.public_numbers())
            .basic_constraints(ca, path_length.filter(|_| ca))
            .key_usage(CertificateBuilder::KEY_CERT_SIGN)
            .subject_key_identifier()
    }

    pub(crate) fn issue(&self, certificate: CertificateBuilder) -> CertificateBuilder {
        certificate.issuer(&self.name).authority_key_identifier(&self.key.public_numbers())
    }
}
