//! Attestation certificates and certificate paths that break a rule of DER or RFC 5280, and unusual
//! ones that must be accepted. Nearly all of them are in a packed attestation.

mod algorithms;
mod anchors;
mod authorities;
mod constraints;
mod encoding;
mod extensions;
mod fields;
mod keys;
mod names;
mod packed;
mod paths;
mod times;

use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, CertificateFields, attestation_certificate, attestation_subject, ca,
    extension, issued_by, key, name, root,
};
use webauthn_verify_authenticator::{AttestationStatement, CertificateBuilder, PrivateKey, der};

use crate::case::{Case, Registration, encode};

/// An unknown extension, under an arc that is reserved for examples (RFC 9371).
const UNKNOWN: &[u64] = &[1, 3, 6, 1, 4, 1, 32473, 1];

pub(crate) fn cases() -> Vec<Value> {
    [
        encoding::cases(),
        fields::cases(),
        extensions::cases(),
        times::cases(),
        algorithms::cases(),
        keys::cases(),
        names::cases(),
        packed::cases(),
        paths::cases(),
        authorities::cases(),
        constraints::cases(),
        anchors::cases(),
    ]
    .concat()
}

/// A registration with a packed attestation, whose certificates must lead to a trust anchor.
#[derive(Clone)]
struct Path {
    x5c: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    signer: PrivateKey,
    registration: Registration,
}

impl Path {
    /// The first certificate is for the key "leaf", and the anchor is the root "root".
    fn of(x5c: &[Vec<u8>]) -> Path {
        Path {
            x5c: x5c.to_vec(),
            anchors: vec![root("root")],
            signer: key("leaf"),
            registration: Registration::new(),
        }
    }

    fn anchors(self, anchors: &[Vec<u8>]) -> Path {
        Path { anchors: anchors.to_vec(), ..self }
    }

    /// Replaces the attestation key.
    fn signer(self, signer: PrivateKey) -> Path {
        Path { signer, ..self }
    }

    /// Replaces the credential.
    fn registration(self, registration: Registration) -> Path {
        Path { registration, ..self }
    }

    fn case(&self, name: &str, rule: &str) -> Case {
        let signature = self.signer.sign(&self.registration.signed());
        let alg = self.signer.algorithm();
        let statement = AttestationStatement::packed(alg, &signature, Some(&self.x5c));
        let statement = statement.expect("CBOR in memory");
        let registration = self.registration.clone().statement(statement);
        let anchors: Vec<_> = self.anchors.iter().map(|der| encode(der)).collect();
        registration.case(&format!("certificates/{name}"), rule).with("trust_anchors", anchors)
    }

    fn accept(&self, name: &str, rule: &str) -> Value {
        self.case(name, rule).accept()
    }

    /// The statement is incorrect because of its first certificate.
    fn malformed(&self, name: &str, rule: &str) -> Value {
        self.case(name, rule).reject("AttestationInvalid", "22")
    }

    /// The statement is incorrect because of this member.
    fn invalid(&self, name: &str, rule: &str, field: &str) -> Value {
        self.case(name, rule).reject_field("AttestationInvalid", "22", field)
    }

    /// The statement is correct, but its certificates are not trusted because of this member.
    fn untrusted(&self, name: &str, rule: &str, field: &str) -> Value {
        self.case(name, rule).reject_field("UntrustedAttestation", "24", field)
    }

    /// The statement is correct, but one of the other certificates is malformed.
    fn malformed_issuer(&self, name: &str, rule: &str) -> Value {
        self.case(name, rule).reject("UntrustedAttestation", "24")
    }
}

/// Returns a correct attestation certificate.
fn leaf() -> CertificateBuilder {
    attestation_certificate(&key("leaf").public_numbers())
}

/// Returns a path that consists of a certificate from the root.
fn of_leaf(leaf: CertificateBuilder) -> Path {
    Path::of(&[issued_by("root", leaf)])
}

/// Returns the fields of a correct attestation certificate from the root.
fn leaf_fields() -> CertificateFields {
    let subject = attestation_subject().to_der();
    CertificateFields { subject, ..CertificateFields::new() }.extensions(&[no_ca()])
}

/// Returns the fields of a correct certificate for the authority "one" from the root.
fn issuer_fields() -> CertificateFields {
    let constraints = der::sequence(&[der::boolean(true)]);
    CertificateFields {
        subject: name("one").to_der(),
        public_key: key("one").public_numbers().subject_public_key_info(),
        ..CertificateFields::new()
    }
    .extensions(&[extension(BASIC_CONSTRAINTS, true, &constraints)])
}

/// Returns basic constraints that say that the certificate is not for a CA.
fn no_ca() -> Vec<u8> {
    extension(BASIC_CONSTRAINTS, true, &der::sequence::<Vec<u8>>(&[]))
}

fn by_root(fields: &CertificateFields) -> Vec<u8> {
    fields.sign(&key("root"))
}

/// Returns a path with this first certificate.
fn of_der(leaf: Vec<u8>) -> Path {
    Path::of(&[leaf])
}

/// Returns a path of a correct first certificate below this certificate for the authority "one".
fn below(issuer: Vec<u8>) -> Path {
    Path::of(&[issued_by("one", leaf()), issuer])
}

/// Returns a correct chain: a leaf below these authorities, the lowest first. The root issued the
/// last one.
fn chain(authorities: &[&str]) -> Vec<Vec<u8>> {
    let issuers: Vec<_> = authorities.iter().copied().chain(["root"]).collect();
    let mut chain = vec![issued_by(issuers[0], leaf())];
    chain.extend(issuers.windows(2).map(|pair| issued_by(pair[1], ca(pair[0]))));
    chain
}

/// Returns an AlgorithmIdentifier.
fn identifier(algorithm: &[u64], parameters: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(&[&[der::object_identifier(algorithm)], parameters].concat())
}

/// Returns a list of certificates as a member of a case.
fn listed(certificates: &[Vec<u8>]) -> Value {
    json!(certificates.iter().map(|der| encode(der)).collect::<Vec<_>>())
}
