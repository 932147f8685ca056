//! Runs the targets `p256`, `p384` and `p521` on stable Rust, with every seed, every relation with
//! pairs of edges, every change, and random numbers.

mod common;

use webauthn_verify_fuzz::ecdsa::{
    CHANGES, EDGES, NistP256, NistP384, NistP521, Outcome, RELATIONS, TestedCurve, check,
};

/// Runs every seed. `least` is the minimum number of seeds.
fn run_seeds<C: TestedCurve>(target: &str, least: usize) {
    let seeds = common::seeds(target);
    assert!(seeds.len() >= least, "{target} has {} seeds", seeds.len());
    for (name, seed) in seeds {
        assert_ne!(check::<C>(&seed), Outcome::NotMade, "{target}/{name}");
    }
}

#[test]
fn every_seed_is_made_and_gets_one_verdict() {
    run_seeds::<NistP256>("p256", 168);
    run_seeds::<NistP384>("p384", 36);
    run_seeds::<NistP521>("p521", 36);
}

#[test]
fn all_implementations_give_the_same_verdict_for_p256() {
    run_all::<NistP256>(2);
}

#[test]
fn all_implementations_give_the_same_verdict_for_p384() {
    run_all::<NistP384>(5);
}

#[test]
fn all_implementations_give_the_same_verdict_for_p521() {
    run_all::<NistP521>(13);
}

/// Runs every relation with one pair of edges out of `step`. The slower curves have fewer pairs.
fn run_all<C: TestedCurve>(step: u8) {
    let mut random = common::Random(0);
    for relation in 0..RELATIONS {
        // The number of inputs that were not made, valid and invalid.
        let mut outcomes = [0; 3];
        let mut run = |change: u8, numbers: &[u8]| {
            let outcome = check::<C>(&[&[relation, change], numbers, b"message"].concat());
            outcomes[outcome as usize] += 1;
        };
        let mut pairs = 0;
        for first in 0..EDGES {
            for second in (first % step..EDGES).step_by(step.into()) {
                let numbers = [first, second, random.byte() % EDGES];
                run(0, &numbers);
                if pairs % 8 == 0 {
                    run(1 + pairs / 8 % (CHANGES - 1), &numbers);
                }
                pairs = (pairs + 1) % (8 * (CHANGES - 1));
            }
        }
        for _ in 0..200 / step {
            let mut numbers = Vec::new();
            for _ in 0..3 {
                // In half of the numbers, the highest byte is 0 or 1. Otherwise, nearly no number
                // would be below n of P-521, which has 521 bits.
                let mask = if random.below(2) == 0 { 0xff } else { 1 };
                numbers.extend([EDGES, random.byte() & mask]);
                numbers.extend((1..C::BYTES).map(|_| random.byte()));
            }
            run(0, &numbers);
        }
        println!("{relation}: {outcomes:?}");
        let total: usize = outcomes.iter().sum();
        assert!(total * usize::from(step) >= usize::from(EDGES).pow(2), "{relation}: {total}");
        let [not_made, valid, invalid] = outcomes;
        match relation {
            // These signatures are made to be valid, unless they are changed.
            1 | 5 | 10 | 11 => {
                assert!(2 * valid > total && 25 * invalid > total, "{relation}: {outcomes:?}");
            }
            3 | 6 | 7 | 9 => {
                assert!(valid == 0 && 2 * invalid > total, "{relation}: {outcomes:?}");
            }
            _ => assert!(2 * invalid > total, "{relation}: {outcomes:?}"),
        }
        assert!(4 * not_made < total, "{relation}: {outcomes:?}");
    }
}
