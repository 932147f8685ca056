//! Times `webauthn-verify` against other crates in one process and prints the ratios as Markdown.

mod ceremonies;
mod chart;
mod contest;
mod machine;
mod signatures;
mod table;

use std::path::PathBuf;
use std::{env, fs};

use chart::Chart;
use contest::{Fault, Outcome};
use table::Table;

struct Arguments {
    rounds: usize,
    /// The file for the picture.
    svg: Option<PathBuf>,
}

fn main() -> Result<(), Fault> {
    let Arguments { rounds, svg } = arguments(env::args().skip(1))?;
    let signatures = signatures::run(rounds)?;
    let ceremonies = ceremonies::run(rounds)?;

    println!("{}; {rounds} rounds.\n", machine::description()?);
    print("Signatures over 69 bytes", "`aws-lc-rs` = 1.00", &signatures);
    print("Whole ceremonies", "`webauthn-verify` = 1.00", &ceremonies);
    if let Some(file) = svg {
        fs::write(file, picture(&signatures, &ceremonies).to_string())?;
    }
    Ok(())
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, Fault> {
    let mut arguments = Arguments { rounds: 151, svg: None };
    while let Some(name) = given.next() {
        let value = given.next();
        match (name.as_str(), value) {
            ("--rounds", Some(count)) => arguments.rounds = count.parse()?,
            ("--svg", Some(file)) => arguments.svg = Some(file.into()),
            _ => return Err("unknown arguments, expected --rounds N or --svg FILE".into()),
        }
    }
    match arguments.rounds {
        0 => Err("--rounds must be at least 1".into()),
        _ => Ok(arguments),
    }
}

/// Shows every signature, and the most common login.
fn picture<'a>(signatures: &'a [Outcome], ceremonies: &'a [Outcome]) -> Chart<'a> {
    let signatures = signatures.iter().map(|outcome| {
        (format!("{} signature: time compared with aws-lc-rs", outcome.name), outcome)
    });
    let logins = ceremonies.iter().take(1).map(|outcome| {
        (format!("Whole {}: time compared with webauthn-verify", outcome.name), outcome)
    });
    Chart { panels: signatures.chain(logins).collect() }
}

fn print(title: &str, base: &str, outcomes: &[Outcome]) {
    println!("{title}, median of the ratios, {base}:\n");
    println!("{}", Table { outcomes, cell: table::ratio });
    println!("{title}, nanoseconds, median (minimum):\n");
    println!("{}", Table { outcomes, cell: table::nanoseconds });
}
