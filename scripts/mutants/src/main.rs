//! Tries the mutants of cargo-mutants, all of them in one build.
//!
//! cargo-mutants changes the crate in one place, compiles it, and runs the tests, for one mutant after the
//! other. Most of the time goes into compiling. This program compiles all mutants at once: each place has a
//! `match` with the original code and its mutants, and an environment variable chooses one of them.
//! One run of each test records which places it reaches. A mutant is then tried with the tests that reach
//! its place, the shortest first, until one fails. A mutant that cannot be chosen at run time, for example
//! because it is in a constant, is compiled alone and tried with all tests.
//!
//! `scripts/measure-mutants` calls it with two folders: a clone of the repository, in which it changes and
//! restores `src/`, and a folder for the builds and the results.

mod compile;
mod mutant;
mod report;
mod rewrite;
mod run;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use mutant::{Mutant, Outcome};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, clone, output] = arguments.as_slice() else {
        return Err("usage: webauthn-verify-mutants CLONE OUTPUT <MUTANTS.json".into());
    };
    let (clone, output) = (Path::new(clone), Path::new(output));
    let mutants: Vec<Mutant> = serde_json::from_reader(std::io::stdin())?;

    let mut outcomes = report::read_earlier(output, &mutants)?;
    for features in ["--all-features", "--features=default", "--no-default-features"] {
        let open: BTreeMap<usize, &Mutant> = mutants
            .iter()
            .enumerate()
            .filter(|(index, _)| !outcomes.get(index).is_some_and(Outcome::is_noticed))
            .collect();
        if open.is_empty() {
            break;
        }
        eprintln!("{} mutants with {features}", open.len());
        let mut keep = |index: usize, outcome| {
            report::append(output, &mutants[index], &outcome)?;
            report::keep_better(&mut outcomes, index, outcome);
            Ok(())
        };
        let build = compile::all_at_once(clone, output, features, &open)?;
        let tests = run::record(clone, output, &build)?;
        run::every_mutant(clone, &build, &tests, &mut keep)?;
        for index in &build.not_compilable {
            keep(*index, Outcome::NotCompilable)?;
        }
        for index in &build.not_chosen {
            let outcome = match compile::alone(clone, output, features, open[index])? {
                true => run::only_mutant(clone, &tests)?,
                false => Outcome::NotCompilable,
            };
            keep(*index, outcome)?;
        }
    }
    report::print(&mutants, &outcomes);
    Ok(())
}
