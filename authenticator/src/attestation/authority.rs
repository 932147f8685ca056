//! The attestation authorities of software authenticators.

use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::private_key::PrivateKey;
use crate::seed::SeededRandom;

/// How the certificate of a root says what it is.
pub(crate) enum AnchorForm {
    /// As an authority.
    Authority,
    /// Not at all: version 1 has no extensions.
    Version1,
    /// Not at all, though it has extensions.
    Unsaid,
    /// As none.
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

    /// The root of the attestation certificates of the authenticator with this seed.
    pub(crate) fn root(seed: &[u8]) -> Authority {
        Authority::new(seed, "attestation root")
    }

    /// The one between root and attestation certificate, in the formats that have one.
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

    /// The certificate of the root. Below it there is at most one intermediate.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.certificate_builder(true, Some(1)).sign(&self.key)
    }

    /// The certificate of the root in another form, signed by itself.
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

    /// A certificate that makes this an authority, to be issued by another.
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
