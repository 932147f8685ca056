//! Runs the target `ed25519` on stable Rust, with every seed, every relation with all pairs of
//! edges, every change, and random numbers.

use std::collections::BTreeMap;
use std::path::Path;

use webauthn_verify_fuzz::ed25519::{CHANGES, EDGES, Outcome, RELATIONS, check};

#[test]
fn every_seed_is_made_and_gets_one_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/ed25519");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let outcome = check(&std::fs::read(&path).unwrap());
        assert_ne!(outcome, Outcome::NotMade, "{}", path.display());
        seeds += 1;
    }
    assert!(seeds >= 80, "{seeds}");
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
    let mut run = |relation: u8, change: u8, numbers: &[u8], message: u8| {
        let outcome = check(&[&[relation, change], numbers, &[message]].concat());
        outcomes.entry(relation).or_default()[outcome as usize] += 1;
    };
    for relation in 0..RELATIONS {
        for first in 0..EDGES {
            for second in 0..EDGES {
                let [third, change, message, low, ..] = random();
                let random_third = [&[EDGES, low][..], &[0; 31]].concat();
                run(relation, 0, &[first, second, third % EDGES], message);
                run(relation, 0, &[&[first, second], &random_third[..]].concat(), message);
                if second % 8 == first % 8 {
                    let change = 1 + change % (CHANGES - 1);
                    run(relation, change, &[first, second, third % EDGES], message);
                }
            }
        }
        for change in (0..CHANGES).chain([0; 200]) {
            let numbers: Vec<u8> = (0..3)
                .flat_map(|_| [vec![EDGES], (0..4).flat_map(|_| random()).collect()].concat())
                .collect();
            run(relation, change, &numbers, change);
        }
    }
    println!("{outcomes:?}");
    for (relation, [not_made, valid, invalid]) in outcomes {
        assert!(not_made == 0 && valid + invalid > 6000, "{relation}");
        match relation {
            // These signatures are made to be valid, unless they are changed.
            1 => assert!(valid > 4000 && invalid > 300, "{relation}: {valid} {invalid}"),
            2 => assert!(valid > 500 && invalid > 2000, "{relation}: {valid} {invalid}"),
            3 | 4 => assert!(valid == 0, "{relation}: {valid} {invalid}"),
            _ => assert!(invalid > 6000, "{relation}: {valid} {invalid}"),
        }
    }
}
