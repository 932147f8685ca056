//! Seeds of the target `certificate_graphs`.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use webauthn_verify_fuzz::certificate_graphs::{Outcome, check};

use super::seeds::Seeds;

/// Adds the shortest two of many arbitrary inputs for each outcome, and the empty input.
pub fn add_to(seeds: &mut Seeds) {
    let mut found: BTreeMap<Outcome, Vec<Vec<u8>>> = BTreeMap::new();
    for number in 0..20_000_u32 {
        let hashes = (0..4_u8).map(|part| {
            Sha256::new().chain_update(number.to_be_bytes()).chain_update([part]).finalize()
        });
        let mut input: Vec<u8> = hashes.flatten().collect();
        input.truncate(20 + number as usize % 109);
        found.entry(check(&input)).or_default().push(input);
    }
    for (outcome, mut inputs) in found {
        inputs.sort_by_key(Vec::len);
        for (number, input) in inputs.iter().take(2).enumerate() {
            seeds.add("certificate_graphs", &format!("{}-{number}", name(outcome)), input);
        }
    }
    seeds.add("certificate_graphs", "trusted-1-empty", []);
}

fn name(outcome: Outcome) -> String {
    match outcome {
        Outcome::Trusted(length) => format!("trusted-{length}"),
        Outcome::Revoked => "revoked".to_owned(),
        Outcome::Untrusted => "untrusted".to_owned(),
        Outcome::NoAnchors => "no-anchors".to_owned(),
    }
}
