//! Runs the target `p256` on stable Rust, with every seed, every relation with all pairs of edges,
//! every change, and random numbers.

use std::collections::BTreeMap;
use std::path::Path;

use webauthn_verify_fuzz::p256::{CHANGES, EDGES, Outcome, RELATIONS, check};

#[test]
fn every_seed_is_made_and_gets_one_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/p256");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let outcome = check(&std::fs::read(&path).unwrap());
        assert_ne!(outcome, Outcome::NotMade, "{}", path.display());
        seeds += 1;
    }
    assert!(seeds >= 40, "{seeds}");
}

#[test]
fn all_implementations_give_the_same_verdict() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    // For each relation, the number of inputs that were not made, valid and invalid.
    let mut outcomes: BTreeMap<u8, [usize; 3]> = BTreeMap::new();
    let mut run = |relation: u8, change: u8, numbers: &[u8]| {
        let outcome = check(&[&[relation, change], numbers, b"message"].concat());
        outcomes.entry(relation).or_default()[outcome as usize] += 1;
    };
    for relation in 0..RELATIONS {
        for first in 0..EDGES {
            for second in 0..EDGES {
                let [third, change, ..] = random();
                run(relation, 0, &[first, second, third % EDGES]);
                if second % 8 == first % 8 {
                    run(relation, 1 + change % (CHANGES - 1), &[first, second, third % EDGES]);
                }
            }
        }
        for _ in 0..100 {
            let numbers: Vec<u8> = (0..3)
                .flat_map(|_| [vec![EDGES], (0..4).flat_map(|_| random()).collect()].concat())
                .collect();
            run(relation, 0, &numbers);
        }
    }
    println!("{outcomes:?}");
    for (relation, [not_made, valid, invalid]) in outcomes {
        assert!(not_made + valid + invalid > 3000, "{relation}");
        match relation {
            // These signatures are made to be valid, unless they are changed.
            1 | 5 => assert!(valid > 1200 && invalid > 50, "{relation}: {valid} {invalid}"),
            3 | 6 | 7 => assert!(valid == 0 && invalid > 100, "{relation}: {valid} {invalid}"),
            _ => assert!(invalid > 1200, "{relation}: {valid} {invalid}"),
        }
    }
}
