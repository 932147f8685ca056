//! Runs the target `certificate_graphs` on stable Rust, with random graphs.

mod common;

use std::collections::BTreeMap;

use common::Random;
use webauthn_verify_fuzz::certificate_graphs::{Outcome, check};

/// The number of graphs. The environment variable `GRAPHS` replaces it.
const GRAPHS: u64 = 4_000;

#[test]
fn the_verdict_is_that_of_the_model_for_random_graphs() {
    let graphs = std::env::var("GRAPHS").map_or(GRAPHS, |count| count.parse().unwrap());
    // For each outcome, the number of graphs.
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for number in 0..graphs {
        let mut random = Random(number << 32);
        let length = 20 + random.below(120);
        let input: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        let outcome = check(&input);
        *outcomes.entry(format!("{outcome:?}")).or_default() += 1;
    }
    println!("{outcomes:?}");
    let count = |outcome: Outcome| outcomes.get(&format!("{outcome:?}")).copied().unwrap_or(0);
    let trusted: Vec<u64> = (1..=8).map(|length| count(Outcome::Trusted(length))).collect();
    assert!(10 * trusted.iter().sum::<u64>() > 3 * graphs, "{outcomes:?}");
    // Paths of each length are trusted, and refused for each reason.
    assert!(trusted[..5].iter().all(|count| 500 * count > graphs), "{outcomes:?}");
    assert!(50 * count(Outcome::Revoked) > graphs, "{outcomes:?}");
    assert!(5 * count(Outcome::Untrusted) > graphs, "{outcomes:?}");
    assert!(100 * count(Outcome::NoAnchors) > graphs, "{outcomes:?}");
}
