//! Times `webauthn-verify` against other crates in one process and prints the ratios as Markdown.

mod ceremonies;
mod contest;
mod machine;
mod signatures;
mod table;

use std::env;

use contest::{Fault, Outcome};
use table::Table;

/// The default number of rounds.
const ROUNDS: usize = 151;

fn main() -> Result<(), Fault> {
    let rounds = rounds(env::args().skip(1))?;
    let signatures = signatures::run(rounds)?;
    let ceremonies = ceremonies::run(rounds)?;

    println!("{}; {rounds} rounds.\n", machine::description()?);
    print("Signatures over 69 bytes", "`aws-lc-rs` = 1.00", &signatures);
    print("Whole ceremonies", "`webauthn-verify` = 1.00", &ceremonies);
    Ok(())
}

fn rounds(mut arguments: impl Iterator<Item = String>) -> Result<usize, Fault> {
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (None, _, _) => Ok(ROUNDS),
        (Some("--rounds"), Some(count), None) => match count.parse()? {
            0 => Err("--rounds must be at least 1".into()),
            count => Ok(count),
        },
        _ => Err("unknown arguments, expected --rounds N or none".into()),
    }
}

fn print(title: &str, base: &str, outcomes: &[Outcome]) {
    println!("{title}, median of the ratios, {base}:\n");
    println!("{}", Table { outcomes, cell: table::ratio });
    println!("{title}, nanoseconds, median (minimum):\n");
    println!("{}", Table { outcomes, cell: table::nanoseconds });
}
