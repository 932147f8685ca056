//! This module generates the committed corpus of broken attestations. The tests of the example
//! `verify` run it.

use crate::common::committed;

mod corpus;

#[test]
fn the_committed_corpus_matches_the_generated_one() {
    committed::check("test-vectors/hostile/attestation.json", &corpus::vector_file().unwrap());
}
