//! Metadata about a software authenticator: one correct case and cases with one fault each, with
//! their expected results.
#![cfg(feature = "metadata")]

use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::metadata::Metadata;
use webauthn_verify::{ErrorKind, Failure};
use webauthn_verify_authenticator::{
    AttestationKind, MetadataCase, MetadataOutcome, PublishedMetadata, SoftwareAuthenticator,
};

use crate::common::certificates::now;
use crate::common::made::register_with;

fn authenticator() -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"metadata").with_attestation(AttestationKind::PackedX5c)
}

fn verify(published: &PublishedMetadata) -> Result<Metadata, Failure> {
    let roots: Vec<_> = published
        .roots()
        .iter()
        .map(|der| TrustAnchor::from_der(der.as_slice()).unwrap())
        .collect();
    Metadata::verify(published.blob(), &roots, Some(published.host()), now())
}

/// Returns the result of a case, as named by the builder.
fn outcome(case: MetadataCase) -> MetadataOutcome {
    let metadata = match verify(&authenticator().metadata(case)) {
        Ok(metadata) => metadata,
        Err(failure) => {
            let place = (failure.kind(), failure.field());
            assert_eq!(place, (ErrorKind::MetadataInvalid, Some("header.x5c")), "{failure}");
            return MetadataOutcome::BlobRefused;
        }
    };
    let policy = AttestationPolicy::trusted([]).metadata(metadata);
    match register_with(&authenticator(), policy, None) {
        Ok(registration) => {
            let attestation = registration.attestation();
            assert_eq!(
                attestation.trusted_aaguid(),
                Some(registration.unverified_aaguid()),
                "{case:?}"
            );
            MetadataOutcome::ModelAccepted
        }
        Err(error) => MetadataOutcome::ModelRefused(error.kind().as_str()),
    }
}

#[test]
fn kb_86_87_88_90_91_92_95_every_case_has_the_expected_result() {
    for &case in MetadataCase::ALL {
        assert_eq!(outcome(case), case.outcome(), "{case:?}");
    }
}

/// Without the metadata, the same registration is rejected because there is no anchor. So each
/// accepted case is accepted because of the metadata.
#[test]
fn without_the_metadata_there_is_no_anchor() {
    let error = register_with(&authenticator(), AttestationPolicy::trusted([]), None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoTrustAnchors);
}

#[test]
fn skipped_entries_are_reported() {
    let skipped = |case| {
        let metadata = verify(&authenticator().metadata(case)).unwrap();
        (metadata.entries().len(), metadata.skipped().len(), metadata.unidentified_entries())
    };
    assert_eq!(skipped(MetadataCase::Good), (1, 0, 0));
    assert_eq!(skipped(MetadataCase::SharedIdentifier), (0, 2, 0));
    assert_eq!(skipped(MetadataCase::SharedAnchor), (2, 0, 0));
    assert_eq!(skipped(MetadataCase::UnidentifiedEntry), (1, 1, 1));
    assert_eq!(skipped(MetadataCase::UnreadableEntryBesideTheStatement), (0, 1, 0));
}
