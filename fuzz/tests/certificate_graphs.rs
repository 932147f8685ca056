//! Runs the target `certificate_graphs` on stable Rust, with every seed and with random graphs.

mod common;

use std::collections::BTreeMap;

use common::{Random, seeds};
use webauthn_verify_fuzz::certificate_graphs::{Outcome, check};

/// The number of random graphs. The environment variable `GRAPHS` replaces it.
const GRAPHS: usize = 10_000;

#[test]
fn the_seeds_reach_paths_of_every_length() {
    let outcomes: Vec<Outcome> =
        seeds("certificate_graphs").iter().map(|(_, seed)| check(seed)).collect();
    for length in 1..=8 {
        assert!(outcomes.contains(&Outcome::Trusted(length)), "{length}: {outcomes:?}");
    }
    for outcome in [Outcome::Revoked, Outcome::Untrusted, Outcome::NoAnchors] {
        assert!(outcomes.contains(&outcome), "{outcome:?}: {outcomes:?}");
    }
}

#[test]
fn the_verdict_is_that_of_the_model_for_random_graphs() {
    let graphs = std::env::var("GRAPHS").map_or(GRAPHS, |count| count.parse().unwrap());
    let mut random = Random(0);
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    for _ in 0..graphs {
        let length = 40 + random.below(160);
        let input: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        *outcomes.entry(check(&input)).or_default() += 1;
    }
    println!("{outcomes:?}");
    let at_least = |outcome: Outcome, one_in: usize| {
        let count = outcomes.get(&outcome).copied().unwrap_or_default();
        assert!(count * one_in >= graphs, "{outcome:?}: {outcomes:?}");
    };
    for (outcome, one_in) in [
        (Outcome::Trusted(1), 6),
        (Outcome::Trusted(2), 20),
        (Outcome::Trusted(3), 50),
        (Outcome::Trusted(4), 200),
        (Outcome::Trusted(5), 1000),
        (Outcome::Revoked, 50),
        (Outcome::Untrusted, 4),
        (Outcome::NoAnchors, 100),
    ] {
        at_least(outcome, one_in);
    }
}
