//! Memory use of a large metadata BLOB: a small multiple of its own size. Looking up a model
//! allocates nothing.
#![cfg(feature = "metadata")]

use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::metadata::Metadata;
use webauthn_verify::parse::Aaguid;
use webauthn_verify_authenticator::large_metadata::{self, ENTRIES, aaguid};

use crate::common::certificates::{now, root};
use crate::common::heap::memory;

#[test]
fn a_blob_of_10_mb_uses_less_than_twice_its_size_and_a_lookup_allocates_nothing() {
    let blob = large_metadata::blob();
    let roots = [TrustAnchor::from_der(large_metadata::root()).unwrap()];
    assert!((10_500_000..10_700_000).contains(&blob.len()), "{} bytes", blob.len());
    let (metadata, peak, held) = memory(|| Metadata::verify(&blob, &roots, None, now()).unwrap());
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (ENTRIES, 0));
    // The decoded payload and its entries. Each has three quarters of the size of the base64url
    // text.
    assert!(peak < blob.len() * 2, "{peak} bytes for {}", blob.len());
    assert!(held < blob.len() * 5 / 4, "{held} bytes for {}", blob.len());

    let none: [&[u8]; 0] = [];
    let model = |number| Aaguid::from_bytes(aaguid(number));
    let zero = Aaguid::ZERO;
    let (certificates, others) = ([root("model 7")], [root("model 8")]);
    let (found, peak, _) = memory(|| {
        [
            metadata.entry(model(0), &none).is_some(),
            metadata.entry(model(519), &none).is_some(),
            metadata.entry(zero, &certificates).is_some(),
            metadata.entry(model(520), &none).is_none(),
            metadata.entry(zero, &others).is_none(),
            !metadata.is_skipped(model(0), &none),
            !metadata.is_skipped(zero, &certificates),
        ]
    });
    assert_eq!((found, peak), ([true; 7], 0));

    // A wrong signature is rejected before the payload is parsed.
    let refused = blob.replacen(".ey", ".eY", 1);
    let (failure, peak, _) =
        memory(|| Metadata::verify(&refused, &roots, None, now()).unwrap_err());
    assert_eq!(failure.field(), Some("signature"), "{failure}");
    assert!(peak < blob.len(), "{peak} bytes for {}", blob.len());
}
