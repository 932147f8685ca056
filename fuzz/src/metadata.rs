//! Metadata. The input is tried as a BLOB, and as the payload of a BLOB. A payload is signed here
//! with a fixed key, so that inputs get past the signature. Accepted metadata is compared with
//! `serde_json`, and stays the same if it is written and read again.

use std::sync::OnceLock;

use serde_json::Value;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::metadata::{AuthenticatorStatus, CertificationLevel, Entry, Metadata};
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{Algorithm, ErrorKind, Failure};
use webauthn_verify_authenticator::{
    CertificateBuilder, DistinguishedName, MetadataBlobBuilder, PrivateKey,
};

use super::site;

const NO_CERTIFICATES: [&[u8]; 0] = [];

pub fn check(input: &[u8]) {
    if let Ok(blob) = std::str::from_utf8(input) {
        match verify(blob) {
            Ok(metadata) => check_entries(&metadata),
            Err(failure) => assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}"),
        }
    }
    match verify(&sign(input)) {
        Ok(metadata) => {
            compare(&metadata, input);
            check_entries(&metadata);
            check_written_again(&metadata);
        }
        Err(failure) => {
            assert_eq!(failure.kind(), ErrorKind::MetadataInvalid, "{failure}");
            assert_eq!(failure.field(), Some("payload"), "{failure}");
            assert!(!failure.to_string().contains('\n'), "{failure}");
        }
    }
}

/// Makes a BLOB with this payload.
pub fn sign(payload: &[u8]) -> String {
    let (key, certificate) = signer();
    MetadataBlobBuilder::new(0, "").payload(payload).sign(key, std::slice::from_ref(certificate))
}

/// Verifies a BLOB with the certificate of the fixed key as the root.
pub fn verify(blob: &str) -> Result<Metadata, Failure> {
    let (_, certificate) = signer();
    let root = TrustAnchor::from_der(certificate.as_slice()).unwrap();
    Metadata::verify(blob, &[root], None, site::now())
}

fn signer() -> &'static (PrivateKey, Vec<u8>) {
    static SIGNER: OnceLock<(PrivateKey, Vec<u8>)> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let key = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"fuzz").unwrap();
        let name = DistinguishedName::new().common_name("fuzz");
        let certificate = CertificateBuilder::new(&name, &key.public_numbers()).sign(&key);
        (key, certificate)
    })
}

/// Checks that `serde_json` reads the same members. It cannot read payloads with numbers beyond
/// `f64`, halves of surrogate pairs or deep nesting, so these are not compared.
fn compare(metadata: &Metadata, payload: &[u8]) {
    let passed_over = metadata.skipped().iter().filter(|skipped| !skipped.is_anchor()).count();
    let count = metadata.entries().len() + passed_over;
    assert!(metadata.skipped().iter().all(|skipped| skipped.position() < count));
    let Ok(tree) = serde_json::from_slice::<Value>(payload) else { return };
    assert_eq!(tree["no"], metadata.number());
    assert_eq!(tree["nextUpdate"], metadata.next_update().to_string());
    assert_eq!(tree.get("legalHeader").and_then(Value::as_str), metadata.legal_header());
    assert_eq!(tree["entries"].as_array().expect("no entries").len(), count);
}

fn check_entries(metadata: &Metadata) {
    for entry in metadata.entries() {
        if let Some(aaguid) = entry.aaguid().filter(|aaguid| *aaguid != Aaguid::ZERO) {
            assert_eq!(metadata.entry(aaguid, &NO_CERTIFICATES), Some(entry));
        }
        check_history(entry);
    }
    assert_eq!(metadata.entry(Aaguid::ZERO, &NO_CERTIFICATES), None);
}

/// Checks that a model is refused only because of a revocation or a compromise, and certified only
/// because of a status report.
fn check_history(entry: &Entry) {
    let statuses = || entry.status_reports().iter().map(|report| report.status());
    if let Err(failure) = entry.check_status(&NO_CERTIFICATES, site::now()) {
        assert_eq!(failure.kind(), ErrorKind::AuthenticatorNotAllowed);
        assert!(statuses().any(|status| {
            matches!(
                status,
                AuthenticatorStatus::Revoked
                    | AuthenticatorStatus::AttestationKeyCompromise
                    | AuthenticatorStatus::UserVerificationBypass
                    | AuthenticatorStatus::UserKeyRemoteCompromise
                    | AuthenticatorStatus::UserKeyPhysicalCompromise
            )
        }));
    }
    if let Some(level) = entry.certification(site::now()) {
        let is_of_level = |status: &AuthenticatorStatus| {
            let lowest = level == CertificationLevel::L1;
            status.as_str() == format!("FIDO_CERTIFIED_{level}")
                || (lowest && *status == AuthenticatorStatus::FidoCertified)
        };
        assert!(statuses().any(is_of_level));
    }
}

/// Checks that the accepted metadata, written as a payload, is read as the same metadata.
fn check_written_again(metadata: &Metadata) {
    let text = |text: &str| Value::from(text).to_string();
    let mut members = vec![
        format!("\"no\":{}", metadata.number()),
        format!("\"nextUpdate\":\"{}\"", metadata.next_update()),
    ];
    members.extend(metadata.legal_header().map(|one| format!("\"legalHeader\":{}", text(one))));
    let entries: Vec<_> = metadata.entries().iter().map(Entry::as_json).collect();
    members.push(format!("\"entries\":[{}]", entries.join(",")));
    let payload = format!("{{{}}}", members.join(","));
    let again = verify(&sign(payload.as_bytes())).expect("what was accepted is refused");
    assert_eq!(again.number(), metadata.number());
    assert_eq!(again.next_update(), metadata.next_update());
    assert_eq!(again.legal_header(), metadata.legal_header());
    assert_eq!(again.entries(), metadata.entries());
    assert!(again.skipped().iter().all(|skipped| skipped.is_anchor()));
}
