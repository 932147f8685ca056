//! Runs the target `ed25519` on stable Rust, with every seed, every relation with all pairs of
//! edges, every change, and random numbers.

mod common;

use std::collections::BTreeMap;

use webauthn_verify_fuzz::ed25519::{CHANGES, EDGES, Outcome, RELATIONS, check};

#[test]
fn every_seed_is_made_and_gets_one_verdict() {
    let seeds = common::seeds("ed25519");
    assert!(seeds.len() >= 84, "{}", seeds.len());
    for (name, seed) in seeds {
        assert_ne!(check(&seed), Outcome::NotMade, "{name}");
    }
}

#[test]
fn all_implementations_give_the_same_verdict() {
    let mut random = common::Random(0);
    // For each relation, the number of inputs that were not made, valid and invalid.
    let mut outcomes: BTreeMap<u8, [usize; 3]> = BTreeMap::new();
    let mut run = |relation: u8, change: u8, numbers: &[u8], message: u8| {
        let outcome = check(&[&[relation, change], numbers, &[message]].concat());
        outcomes.entry(relation).or_default()[outcome as usize] += 1;
    };
    for relation in 0..RELATIONS {
        for first in 0..EDGES {
            for second in 0..EDGES {
                let (third, message) = (random.byte() % EDGES, random.byte());
                let random_third = [&[EDGES, random.byte()][..], &[0; 31]].concat();
                run(relation, 0, &[first, second, third], message);
                run(relation, 0, &[&[first, second], &random_third[..]].concat(), message);
                if second % 8 == first % 8 {
                    let change = 1 + random.byte() % (CHANGES - 1);
                    run(relation, change, &[first, second, third], message);
                }
            }
        }
        for change in (0..CHANGES).chain([0; 200]) {
            let mut numbers = Vec::new();
            for _ in 0..3 {
                numbers.push(EDGES);
                numbers.extend((0..32).map(|_| random.byte()));
            }
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
