//! The requirements of a case for attestations.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use webauthn_verify_authenticator::{AttestationKind, SoftwareAuthenticator};

use super::made::{NOW, ORIGIN, base64url, with_members};
use super::{verdict_in, verdict_on};

fn authenticator() -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"attested").with_attestation(AttestationKind::PackedX5c)
}

/// Returns a registration with a `packed` attestation.
fn attested() -> Value {
    let challenge = base64url(&[7; 32]);
    let options = json!({
        "rp": { "id": "example.org", "name": "Example" },
        "user": { "id": "dXNlcg", "name": "alice", "displayName": "Alice" },
        "challenge": challenge,
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "attestation": "direct",
    });
    let response = authenticator().register(&options, ORIGIN).unwrap();
    json!({
        "name": "attested",
        "ceremony": "registration",
        "rp_id": "example.org",
        "origins": [ORIGIN],
        "challenge": challenge,
        "now": NOW,
        "response": serde_json::from_str::<Value>(&response).unwrap(),
    })
}

#[track_caller]
fn with(members: &Value, verdict: &str) {
    let received = verdict_on(&with_members(&attested(), members));
    let expected = if cfg!(feature = "attestation") { verdict } else { "skip" };
    assert_eq!(received, expected, "with {members}");
}

#[test]
fn trust_anchors_can_be_configured() {
    let root = base64url(authenticator().attestation_root());
    let other =
        SoftwareAuthenticator::from_seed(b"another").with_attestation(AttestationKind::PackedX5c);
    let other = base64url(other.attestation_root());
    with(&json!({}), "accept");
    with(&json!({ "trust_anchors": [other, root] }), "accept");
    with(&json!({ "trust_anchors": [other] }), "UntrustedAttestation");
    with(&json!({ "trust_anchors": [] }), "NoTrustAnchors");
    with(&json!({ "anchors_by_format": { "packed": [root] } }), "accept");
    with(&json!({ "anchors_by_format": { "tpm": [root] } }), "NoTrustAnchors");
    with(&json!({ "anchors_by_format": {} }), "NoTrustAnchors");
    with(
        &json!({ "trust_anchors": [root], "anchors_by_format": { "packed": [other] } }),
        "UntrustedAttestation",
    );
    let late = json!({ "trust_anchors": [root], "now": "2126-01-01T00:00:00Z" });
    let verdict = verdict_on(&with_members(&attested(), &late));
    assert!(!verdict.starts_with("unusable") && verdict != "accept", "{verdict}");
}

/// The test vectors contain such responses. The file says how old they are.
#[cfg(feature = "attestation")]
#[test]
fn the_maximum_age_of_safetynet_responses_can_be_configured() {
    let path = super::vector_file("hostile/attestation.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap().iter();
    let mut cases = cases.filter(|case| case["name"] == "android-safetynet/whole");
    let case = with_members(cases.next().unwrap(), &json!({ "rp_id": file["rp_id"] }));
    let case = with_members(&case, &json!({ "origins": file["origins"] }));
    assert_eq!(verdict_on(&case), "accept");
    let refused = with_members(&case, &json!({ "safetynet_max_age": null }));
    assert_eq!(verdict_on(&refused), "UnsupportedAttestationFormat");
    // The maximum possible age.
    let any_age = with_members(&case, &json!({ "safetynet_max_age": u64::MAX }));
    assert_eq!(verdict_on(&any_age), "accept");
}

/// A temporary folder with this file. It is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, file: &str, text: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("verify-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join(file), text).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn metadata_can_be_configured() {
    use webauthn_verify_authenticator::MetadataCase;

    let published = |case| authenticator().metadata(case);
    let good = published(MetadataCase::Good);
    let folder = Folder::with("metadata", "blob.jwt", good.blob());
    let verdict =
        |folder: &Path, members: &Value| verdict_in(folder, &with_members(&attested(), members));
    let root = base64url(&good.roots()[0]);
    let members = json!({ "metadata": "blob.jwt", "metadata_root": root, "trust_anchors": [] });
    if cfg!(not(feature = "metadata")) {
        assert_eq!(verdict(&folder.0, &members), "skip");
        return;
    }
    assert_eq!(verdict(&folder.0, &members), "accept");
    with(&json!({ "trust_anchors": [] }), "NoTrustAnchors");
    let revoked = published(MetadataCase::TieOldestFirst);
    let other = Folder::with("revoked", "blob.jwt", revoked.blob());
    assert_eq!(verdict(&other.0, &members), "AuthenticatorNotAllowed");
    for (wrong, reason) in [
        (json!({ "metadata": "none.jwt" }), "none.jwt"),
        (json!({ "metadata": "../blob.jwt" }), "not a path below"),
        (json!({ "metadata": "/blob.jwt" }), "not a path below"),
        (json!({ "metadata_root": null }), "metadata: "),
        (json!({ "metadata_root": "AAAA" }), "metadata_root: "),
        (json!({ "now": "2126-01-01T00:00:00Z" }), "metadata: "),
    ] {
        let verdict = verdict(&folder.0, &with_members(&members, &wrong));
        assert!(verdict.starts_with("unusable: ") && verdict.contains(reason), "{verdict}");
    }
}
