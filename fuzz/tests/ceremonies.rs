//! Compares the verifier with the model of the ceremonies for random choices.
// Helpers of a test may panic too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeSet;

use common::{Random, seeds};
use webauthn_verify_fuzz::ceremonies::description::{Description, Kind, LENGTH};
use webauthn_verify_fuzz::ceremonies::{check, model};

/// The number of random ceremonies.
const CEREMONIES: usize = 60_000;

/// The steps that the choices can make fail: those of a registration, then those of a login.
const STEPS: [&[&str]; 2] = [
    &[
        "1", "10", "11.1", "11.2", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
        "24", "26", "3", "6", "7", "8", "9",
    ],
    &[
        "1", "10", "11", "12", "13", "14.1", "14.2", "15", "16", "17", "18", "19.1", "19.2",
        "19.3", "21", "22", "3", "5", "6", "9",
    ],
];

/// Returns choices of which about `odd` are out of the ordinary.
fn random_input(random: &mut Random, odd: usize) -> Vec<u8> {
    let mut input = vec![0; LENGTH];
    input[0] = random.byte() % 2;
    for _ in 0..odd {
        let place = 1 + random.below(LENGTH - 1);
        input[place] = random.byte();
    }
    input
}

#[test]
fn the_verifier_and_the_model_agree_on_random_ceremonies() {
    let mut random = Random(7);
    let (mut steps, mut accepted) = ([BTreeSet::new(), BTreeSet::new()], [0, 0]);
    for number in 0..CEREMONIES {
        let input = random_input(&mut random, number % 20);
        check(&input);
        let described = Description::read(&input);
        let ceremony = usize::from(described.kind == Kind::Login);
        match model::failing_step(&described) {
            Some(step) => drop(steps[ceremony].insert(step)),
            None => accepted[ceremony] += 1,
        }
    }
    for (reached, expected) in steps.iter().zip(STEPS) {
        assert!(reached.iter().eq(expected), "{reached:?}");
    }
    assert!(accepted.iter().all(|count| *count > 1000), "{accepted:?}");
}

#[test]
fn every_seed_passes() {
    let seeds = seeds("ceremonies");
    assert!(seeds.len() >= 2 + 2 * 2 * (LENGTH - 1), "{} seeds", seeds.len());
    for (name, seed) in seeds {
        println!("{name}");
        check(&seed);
    }
}

#[test]
fn the_last_choice_has_an_effect_and_a_byte_after_it_has_none() {
    let described = |input: &[u8]| format!("{:?}", Description::read(input));
    let with_last = |length| [vec![0; length - 1], vec![1]].concat();
    assert_ne!(described(&with_last(LENGTH)), described(&[]));
    assert_eq!(described(&with_last(LENGTH + 1)), described(&[]));
}

#[test]
fn an_empty_input_is_a_correct_registration() {
    assert_eq!(model::failing_step(&Description::read(&[])), None);
    check(&[]);
    check(&[1]);
}
