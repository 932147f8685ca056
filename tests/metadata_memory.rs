//! How much memory a large BLOB of metadata takes: a small multiple of its own size.
#![cfg(all(feature = "authenticator", feature = "metadata"))]

#[path = "common/live_bytes.rs"]
mod live_bytes;

use std::time::{Duration, UNIX_EPOCH};

use live_bytes::memory;
use serde_json::json;
use webauthn_verify::Algorithm;
use webauthn_verify::authenticator::{
    CertificateBuilder, DistinguishedName, MetadataBlobBuilder, PrivateKey,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::metadata::Metadata;

#[test]
fn the_counter_counts() {
    let (kept, peak, held) = memory(|| {
        drop(vec![0_u8; 1000]);
        vec![0_u8; 10]
    });
    assert_eq!((kept.len(), peak, held), (10, 1000, 10));
}

#[test]
fn a_blob_of_10_mb_takes_less_than_twice_its_size() {
    const ENTRIES: usize = 280;
    let key = PrivateKey::from_seed(Algorithm::Es256, b"signer").unwrap();
    let name = DistinguishedName::new().common_name("signer");
    let certificate = CertificateBuilder::new(&name, &key.public_numbers()).sign(&key);
    let roots = [TrustAnchor::from_der(certificate.clone()).unwrap()];
    let blob = {
        // Like real metadata: pictures, and arrays of which a tree would be many times as large.
        let picture = "data:image/png;base64,".to_owned() + &"iVBORw0KGgo".repeat(1_500);
        let numbers: Vec<u32> = (0..5_000).map(|number| number % 10).collect();
        let entries = (0..ENTRIES).map(|number| {
            json!({
                "aaguid": format!("00010203-0405-0607-0809-{number:012x}"),
                "metadataStatement": {
                    "description": format!("Model {number}"),
                    "attestationTypes": ["basic_full"],
                    "icon": &picture,
                    "numbers": &numbers,
                },
                "statusReports": [{ "status": "FIDO_CERTIFIED", "effectiveDate": "2024-01-01" }],
            })
        });
        let builder =
            entries.fold(MetadataBlobBuilder::new(1, "2030-01-01"), |all, entry| all.entry(entry));
        builder.sign(&key, &[certificate])
    };
    assert!((9_000_000..11_000_000).contains(&blob.len()), "{} bytes", blob.len());

    let now = UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    let (metadata, peak, held) = memory(|| Metadata::verify(&blob, &roots, now).unwrap());
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (ENTRIES, 0));
    println!("a BLOB of {} bytes takes {peak} bytes, and keeps {held}", blob.len());
    // The decoded payload, and of it the entries: each three quarters of the base64url.
    assert!(peak < blob.len() * 7 / 4, "{peak} bytes for {}", blob.len());
    assert!(held < blob.len(), "{held} bytes for {}", blob.len());

    // What is refused for its signature is refused before anything is made of the payload.
    let refused = blob.replacen(".ey", ".eY", 1);
    let (failure, peak, _) = memory(|| Metadata::verify(&refused, &roots, now).unwrap_err());
    assert_eq!(failure.field(), Some("signature"), "{failure}");
    assert!(peak < blob.len(), "{peak} bytes for {}", blob.len());
}
