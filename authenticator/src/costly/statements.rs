//! Attestation statements that take long to verify.

use sha2::{Digest, Sha256, Sha512};

use crate::algorithm;
use crate::attestation::{KeyDescriptionBuilder, SafetyNetResponseBuilder, TpmStructure};
use crate::attestation_statement::AttestationStatement;
use crate::certificate::{CertificateBuilder, DistinguishedName};
use crate::certificates::{
    BASIC_CONSTRAINTS, CertificateFields, NOW, SUBJECT_ALT_NAME, attestation_certificate,
    attestation_subject, ca, extension, issued_by, key, name,
};
use crate::costly::registering::Registering;
use crate::der;
use crate::error::AuthenticatorError;
use crate::private_key::PrivateKey;
use crate::public_numbers::PublicNumbers;

/// Returns `count` certificates: one for the attestation key `leaf`, and one for each authority
/// above it. The last certificate is issued by "root". All other authorities have the key
/// `authority`.
#[must_use]
pub fn chain(leaf: &PublicNumbers, authority: &PrivateKey, count: usize) -> Vec<Vec<u8>> {
    chain_of(attestation_certificate(leaf), authority, count, |place| {
        name(&format!("authority {place}"))
    })
}

/// Like [`chain`], but with any first certificate. `named` returns the name of each authority and
/// counts from 1.
#[must_use]
pub fn chain_of(
    leaf: CertificateBuilder,
    authority: &PrivateKey,
    count: usize,
    named: impl Fn(usize) -> DistinguishedName,
) -> Vec<Vec<u8>> {
    let mut below = leaf;
    let mut chain = Vec::new();
    for place in 1..count {
        chain.push(below.issuer(&named(place)).sign(authority));
        below = CertificateBuilder::new(&named(place), &authority.public_numbers())
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN);
    }
    chain.push(issued_by("root", below));
    chain
}

/// Like [`chain_of`], with authorities that have the key "authority".
fn chain_by_authority(leaf: CertificateBuilder, count: usize) -> Vec<Vec<u8>> {
    chain_of(leaf, &key("authority"), count, |place| name(&format!("CA {place}")))
}

/// Returns a packed statement signed by an attestation key. The first certificate must be for this
/// key.
pub fn packed(
    registering: &Registering,
    signer: &PrivateKey,
    certificates: &[Vec<u8>],
) -> AttestationStatement {
    let signature = signer.sign(&registering.signed());
    AttestationStatement::packed(signer.algorithm(), &signature, Some(certificates)).unwrap()
}

/// Returns a packed statement without certificates (self attestation), with any signature.
pub fn packed_self(registering: &Registering, signature: &[u8]) -> AttestationStatement {
    AttestationStatement::packed(registering.algorithm, signature, None).unwrap()
}

/// Returns a compound statement with `count` copies of the same statement.
pub fn compound(statement: &AttestationStatement, count: usize) -> AttestationStatement {
    AttestationStatement::compound(&vec![statement.clone(); count]).unwrap()
}

/// Returns a certificate for the key "attestation" that packed attestation accepts. In addition to
/// the required parts, it has these extensions, and `parts` empty common names in its subject.
#[must_use]
pub fn stuffed_certificate(
    extensions: &[Vec<u8>],
    parts: usize,
    issuer: &DistinguishedName,
) -> CertificateFields {
    let mut fields = CertificateFields::new();
    let mut subject = attestation_subject();
    for _ in 0..parts {
        subject = subject.common_name("");
    }
    fields.subject = subject.to_der();
    fields.issuer = issuer.to_der();
    fields.public_key = key("attestation").public_numbers().subject_public_key_info();
    let not_an_authority = extension(BASIC_CONSTRAINTS, true, &der::sequence::<Vec<u8>>(&[]));
    fields.extensions(&[&[not_an_authority], extensions].concat())
}

/// Returns `count` unknown extensions. Each value has `size` bytes.
#[must_use]
pub fn meaningless_extensions(count: u64, size: usize) -> Vec<Vec<u8>> {
    (0..count).map(|one| extension(&[1, 2, 3, one], false, &vec![0; size])).collect()
}

/// Returns `count` self-signed certificates with the name "root" and different keys. Only the last
/// is the real "root". A server that trusts all of them has to try each.
#[must_use]
pub fn namesakes(count: usize) -> Vec<Vec<u8>> {
    let other = |number: usize| {
        let key = key(&format!("another root {number}"));
        CertificateBuilder::new(&name("root"), &key.public_numbers())
            .basic_constraints(true, None)
            .sign(&key)
    };
    (1..count).map(other).chain([issued_by("root", ca("root"))]).collect()
}

/// Returns an Android key statement with `count` certificates, signed by the credential key.
pub fn android_key(
    registering: &Registering,
    credential: &PrivateKey,
    count: usize,
) -> AttestationStatement {
    let description = KeyDescriptionBuilder::new(&registering.client_data_hash());
    let public_key = credential.public_numbers();
    let certificate = CertificateBuilder::new(&name("Android Keystore Key"), &public_key)
        .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description.build());
    let chain = chain_by_authority(certificate, count);
    let signature = credential.sign(&registering.signed());
    AttestationStatement::android_key(credential.algorithm(), &signature, &chain).unwrap()
}

/// Returns an Apple statement with `count` certificates, the first of them for the credential key.
pub fn apple(
    registering: &Registering,
    credential: &PrivateKey,
    count: usize,
) -> AttestationStatement {
    let certificate = CertificateBuilder::new(&name("credential"), &credential.public_numbers())
        .apple_nonce(&Sha256::digest(registering.signed()).into());
    AttestationStatement::apple(&chain_by_authority(certificate, count)).unwrap()
}

/// Returns a TPM statement for the credential, signed by the attestation key `signer`. It has
/// `count` certificates, the first of them for `signer`. The algorithm of `signer` must use SHA-256
/// or SHA-512.
///
/// # Errors
///
/// Returns an error if a TPM cannot have the key of the credential.
pub fn tpm(
    registering: &Registering,
    credential: &PrivateKey,
    signer: &PrivateKey,
    count: usize,
) -> Result<AttestationStatement, AuthenticatorError> {
    let area = TpmStructure::pub_area(&credential.public_numbers())?;
    let extra_data = match signer.algorithm() {
        algorithm::RS512 | algorithm::ES512 => Sha512::digest(registering.signed()).to_vec(),
        _ => Sha256::digest(registering.signed()).to_vec(),
    };
    let info = TpmStructure::cert_info(&extra_data, &area.name()).to_bytes();
    let device = DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:00010002");
    let certificate = CertificateBuilder::new(&DistinguishedName::new(), &signer.public_numbers())
        .basic_constraints(false, None)
        .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
        .subject_alt_name(true, &device.to_der());
    let chain = chain_by_authority(certificate, count);
    let (alg, signature) = (signer.algorithm(), signer.sign(&info));
    AttestationStatement::tpm("2.0", alg, &signature, &chain, &area.to_bytes(), &info)
}

/// Returns a SafetyNet statement with `count` certificates. Its response has `more` unneeded bytes.
pub fn safetynet(registering: &Registering, more: usize, count: usize) -> AttestationStatement {
    let hash = Sha256::digest(registering.signed()).into();
    let host = der::sequence(&[der::implicit(2, b"attest.android.com")]);
    let certificate = CertificateBuilder::new(&name("service"), &key("service").public_numbers())
        .extension(SUBJECT_ALT_NAME, false, &host);
    let chain = chain_by_authority(certificate, count);
    let response = SafetyNetResponseBuilder::new(&hash, NOW * 1000)
        .member("more", "x".repeat(more))
        .sign(&key("service"), &chain);
    AttestationStatement::android_safetynet("1", response.as_bytes()).unwrap()
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::*;

    use super::*;

    #[test]
    fn every_issuer_in_a_chain_is_the_next_subject() {
        let chain = chain(&key("attestation").public_numbers(), &key("authority"), 8);
        assert_eq!(chain.len(), 8);
        let names: Vec<_> = chain
            .iter()
            .map(|der| X509Certificate::from_der(der).unwrap().1)
            .map(|read| (read.subject().to_string(), read.issuer().to_string()))
            .collect();
        assert!(names.windows(2).all(|pair| pair[0].1 == pair[1].0), "{names:?}");
        assert_eq!(names[7].1, "CN=root");
    }

    #[test]
    fn namesakes_differ_in_their_keys() {
        let mut all = namesakes(5);
        assert_eq!(all.last(), Some(&crate::certificates::root("root")));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn a_tpm_statement_needs_a_key_that_a_tpm_can_have() {
        let credential = PrivateKey::ed25519(&[7; 32]);
        let registering = Registering::new(&credential);
        assert!(tpm(&registering, &credential, &key("attestation"), 1).is_err());
        assert!(tpm(&registering, &key("credential"), &key("attestation"), 1).is_ok());
    }
}
