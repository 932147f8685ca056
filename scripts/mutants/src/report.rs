//! Stores what became of the mutants, and prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::Result;
use crate::mutant::{Mutant, Outcome};

/// The files that list the mutants of earlier runs. These mutants are not tried again.
const FILES: [(&str, Outcome); 3] = [
    ("noticed.txt", Outcome::Noticed),
    ("no-end.txt", Outcome::NoEnd),
    ("not-compilable.txt", Outcome::NotCompilable),
];

/// Reads what became of the mutants in earlier runs.
pub(crate) fn read_earlier(output: &Path, mutants: &[Mutant]) -> Result<BTreeMap<usize, Outcome>> {
    let mut outcomes = BTreeMap::new();
    for (file, outcome) in FILES {
        let text = std::fs::read_to_string(output.join(file)).unwrap_or_default();
        let names: BTreeSet<&str> = text.lines().collect();
        for (index, mutant) in mutants.iter().enumerate() {
            if names.contains(mutant.name.as_str()) {
                keep_better(&mut outcomes, index, outcome);
            }
        }
    }
    Ok(outcomes)
}

/// Stores what became of a mutant, if it need not be tried again.
pub(crate) fn append(output: &Path, mutant: &Mutant, outcome: &Outcome) -> Result<()> {
    let Some((file, _)) = FILES.iter().find(|(_, one)| one == outcome) else {
        eprintln!("{outcome:?}: {}", mutant.name);
        return Ok(());
    };
    let mut file = OpenOptions::new().append(true).create(true).open(output.join(file))?;
    Ok(writeln!(file, "{}", mutant.name)?)
}

/// Keeps the outcome that says more.
pub(crate) fn keep_better(outcomes: &mut BTreeMap<usize, Outcome>, index: usize, outcome: Outcome) {
    let kept = outcomes.entry(index).or_insert_with(|| outcome);
    if *kept < outcome {
        *kept = outcome;
    }
}

/// Prints a table, and each mutant that is left.
pub(crate) fn print(mutants: &[Mutant], outcomes: &BTreeMap<usize, Outcome>) {
    let mut rooms: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    let mut left = Vec::new();
    for (index, mutant) in mutants.iter().enumerate() {
        let room = mutant
            .file
            .strip_prefix("src/")
            .and_then(|file| file.split_once('/'))
            .map_or("src", |it| it.0);
        let column = match outcomes.get(&index) {
            Some(Outcome::Noticed) => 1,
            Some(Outcome::NoEnd) => 2,
            Some(Outcome::NotCompilable) => 3,
            Some(Outcome::NotReached) | None => {
                left.push(format!("not reached: {}", mutant.name));
                4
            }
            Some(Outcome::NotNoticed) => {
                left.push(format!("not noticed: {}", mutant.name));
                4
            }
        };
        let row = rooms.entry(room).or_default();
        row[0] += 1;
        row[column] += 1;
    }
    println!("| folder | mutants | noticed | no end | not compilable | not noticed |");
    println!("|---|---:|---:|---:|---:|---:|");
    let mut all = [0; 5];
    for (room, row) in &rooms {
        print_row(&format!("`{room}`"), row);
        for (sum, one) in all.iter_mut().zip(row) {
            *sum += one;
        }
    }
    print_row("all", &all);
    println!();
    left.sort();
    for line in left {
        println!("{line}");
    }
}

fn print_row(name: &str, row: &[usize; 5]) {
    let cells: Vec<String> = row.iter().map(usize::to_string).collect();
    println!("| {name} | {} |", cells.join(" | "));
}
