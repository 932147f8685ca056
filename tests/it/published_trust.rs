//! The published attestations lead to the published root, but not to another root with its name.
#![cfg(feature = "attestation")]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_verify::attestation::{AttestationPolicy, AttestationType};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, Error, ErrorKind, Registration, RegistrationRequest, RegistrationResponse,
    RelyingParty, Step, User,
};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName};

use crate::common::certificates::{key, now};

fn decode(value: &Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// Returns a root with the published name and another key.
fn another_root() -> TrustAnchor {
    let key = key("another root");
    let name = DistinguishedName::new()
        .common_name("WebAuthn test vectors")
        .organization("W3C")
        .organizational_unit("Authenticator Attestation CA")
        .country("AA");
    let der = CertificateBuilder::new(&name, &key.public_numbers())
        .validity("240101000000Z", "30240101000000Z")
        .basic_constraints(true, None)
        .key_usage(CertificateBuilder::KEY_CERT_SIGN | CertificateBuilder::CRL_SIGN)
        .sign(&key);
    TrustAnchor::from_der(der).unwrap()
}

fn register(case: &Value, anchors: &[TrustAnchor]) -> Result<Registration, Error> {
    let policy = AttestationPolicy::trusted(anchors.to_vec());
    let rp = RelyingParty::new("example.org", ["https://example.org"]).unwrap();
    let rp = rp.attestation_policy(policy).unwrap();
    let request =
        RegistrationRequest::security_key(&User::new(*b"user handle", "alice", "Alice"), &[])
            .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>())
            .challenge(&decode(&case["challenge"]));
    let (_, pending) = rp.start_registration(&request, now()).unwrap();
    let response = RegistrationResponse::from_json(case["response"].to_string())?;
    rp.finish_registration(pending, &response, now())
}

#[test]
fn x509_08_11_12_kb_36_published_attestations_lead_to_their_own_root_only() {
    let file: Value =
        serde_json::from_str(include_str!("../../test-vectors/w3c-level-3.json")).unwrap();
    let attested = file["cases"].as_array().unwrap().iter().filter(|case| {
        case["ceremony"] == "registration"
            && case["expect"] == "accept"
            && !case["trust_anchors"].is_null()
    });
    let mut formats = Vec::new();
    for case in attested {
        let name = case["name"].as_str().unwrap();
        if name.contains("ed448") && !Algorithm::Ed448.is_compiled_in() {
            continue;
        }
        let anchors = case["trust_anchors"].as_array().unwrap();
        assert_eq!(anchors.len(), 1, "{name}");
        let root = TrustAnchor::from_der(decode(&anchors[0])).unwrap();

        let registration = register(case, std::slice::from_ref(&root)).unwrap();
        let attestation = registration.attestation();
        assert_eq!(attestation.trust_path().unwrap().anchor(), &root, "{name}");
        let not_trusted = [AttestationType::None, AttestationType::SelfAttestation];
        assert!(!not_trusted.contains(&attestation.attestation_type()), "{name}");

        let error = register(case, &[another_root()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UntrustedAttestation, "{name}: {error}");
        assert_eq!(error.step(), Step::AttestationTrust, "{name}");
        // It has the name, but not the key.
        assert_eq!(error.field(), Some("certificate.signature"), "{name}: {error}");
        assert!(register(case, &[another_root(), root]).is_ok(), "{name}");
        formats.push(attestation.format().as_str());
    }
    formats.dedup();
    assert_eq!(formats, ["packed", "tpm", "android-key", "apple", "fido-u2f"]);
}
