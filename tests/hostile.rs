//! The committed corpus of broken attestations is what the generator makes; `tests/vectors.rs`
//! runs it.
#![cfg(feature = "authenticator")]

#[path = "common/hostile.rs"]
mod hostile;

#[test]
fn the_committed_corpus_is_the_one_that_the_example_generates() {
    let committed = include_str!("../test-vectors/hostile/attestation.json");
    assert!(
        hostile::vector_file().unwrap() == committed,
        "test-vectors/hostile/attestation.json differs from what is generated; \
         test-vectors/README.md says how to regenerate it"
    );
}
