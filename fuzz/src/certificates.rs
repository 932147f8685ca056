//! Certificate paths, compared with `x509-parser` and `p256`. The input is a sequence of DER
//! certificates, a chain from the leaf upwards. It is verified with two anchors: the root of the
//! software authenticator, and the last certificate of the input.

use p256::ecdsa::signature::Verifier;
use webauthn_verify::Quirks;
use webauthn_verify::certificate::{Revocations, TrustAnchor, TrustPath, verify_path};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::site;

pub fn check(input: &[u8]) {
    let certificates = split(input);
    for der in &certificates {
        check_certificate(der);
    }
    let root = TrustAnchor::from_der(site::ATTESTATION_ROOT).unwrap();
    check_path(&certificates, root);
    if let Some((last, chain)) = certificates.split_last()
        && let Ok(anchor) = TrustAnchor::from_der(*last)
    {
        check_path(chain, anchor.clone());
        check_path(&certificates, anchor);
    }
}

/// Splits the input by the lengths of the outermost elements. The rest is the last piece.
fn split(input: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = input;
    while let [_, 0x82, high, low, ..] = rest {
        let length = 4 + usize::from(u16::from_be_bytes([*high, *low]));
        let Some((piece, behind)) = rest.split_at_checked(length) else { break };
        pieces.push(piece);
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Checks that the reference accepts every accepted certificate, to the last byte.
fn check_certificate(der: &[u8]) {
    match TrustAnchor::from_der(der) {
        Ok(anchor) => {
            assert_eq!(anchor.as_der(), der);
            let (rest, _) = X509Certificate::from_der(der).expect("the reference refuses it");
            assert!(rest.is_empty());
        }
        Err(error) => assert!(error.to_string().starts_with("trust anchor: "), "{error}"),
    }
}

/// Checks that every certificate of an accepted path is valid and was issued by the next one.
fn check_path(chain: &[&[u8]], anchor: TrustAnchor) {
    let verify = |anchor: &TrustAnchor| {
        verify_path(chain, core::slice::from_ref(anchor), site::now(), Quirks::NONE)
    };
    let path = match verify(&anchor) {
        Ok(path) => path,
        Err(failure) => {
            assert!(!failure.to_string().is_empty());
            return;
        }
    };
    assert_eq!(path.anchor(), &anchor);
    if chain[0] != anchor.as_der() {
        check_issued(&path, chain[0]);
    }
    // A revoked leaf must be refused.
    let revoked = anchor.revoking(Revocations::new().certificate(chain[0]).unwrap());
    assert!(verify(&revoked).is_err());
}

fn check_issued(path: &TrustPath, leaf: &[u8]) {
    let below = std::iter::once(leaf).chain(path.intermediates().iter().map(Vec::as_slice));
    let above = path.intermediates().iter().map(Vec::as_slice).chain([path.anchor().as_der()]);
    for (certificate, issuer) in below.zip(above) {
        let (certificate, issuer) = (read(certificate), read(issuer));
        assert_eq!(certificate.issuer().as_raw(), issuer.subject().as_raw());
        assert!(may_issue(&issuer, path.anchor()), "issued by a certificate that is not a CA");
        for one in [&certificate, &issuer] {
            let validity = one.validity();
            let period = validity.not_before.timestamp()..=validity.not_after.timestamp();
            assert!(period.contains(&site::NOW.into()), "not valid now");
        }
        verify_again(&certificate, &issuer);
    }
}

/// Returns whether the certificate is a CA, or an anchor that does not say whether it is one. Only
/// the name and the key of a self-issued anchor are trusted, so it needs no basicConstraints.
fn may_issue(issuer: &X509Certificate<'_>, anchor: &TrustAnchor) -> bool {
    let is_anchor = issuer.as_raw() == anchor.as_der();
    let is_self_issued = issuer.issuer().as_raw() == issuer.subject().as_raw();
    match issuer.basic_constraints().expect("the reference refuses its basicConstraints") {
        Some(constraints) => constraints.value.ca,
        None => is_anchor && is_self_issued,
    }
}

fn read(der: &[u8]) -> X509Certificate<'_> {
    X509Certificate::from_der(der).expect("the reference refuses it").1
}

/// Verifies the signature again with the crate `p256` alone, if it is ECDSA with SHA-256 and a key
/// on P-256.
fn verify_again(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) {
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    let point = &issuer.public_key().subject_public_key.data;
    let Ok(key) = p256::ecdsa::VerifyingKey::from_sec1_bytes(point) else { return };
    if algorithm != "1.2.840.10045.4.3.2" {
        return;
    }
    let signature = p256::ecdsa::Signature::from_der(&certificate.signature_value.data);
    let signed = certificate.tbs_certificate.as_ref();
    key.verify(signed, &signature.expect("not DER")).expect("the signature is not valid");
}
