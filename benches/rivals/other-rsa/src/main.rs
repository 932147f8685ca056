//! Times a contender that needs another release candidate of `rsa` than the software authenticator.
//! Cargo does not build both into one program, so the inputs come from the other program.

mod ceremonies;
#[path = "../../src/contest.rs"]
mod contest;
#[path = "../../src/machine.rs"]
mod machine;
#[path = "../../src/table.rs"]
mod table;

use std::{env, io};

use contest::Fault;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let rounds = match arguments.as_slice() {
        [] => 151,
        [name, rounds] if name == "--rounds" => rounds.parse()?,
        _ => return Err("unknown arguments, expected --rounds N".into()),
    };
    if rounds == 0 {
        return Err("--rounds must be at least 1".into());
    }
    let mut outcomes = Vec::new();
    for inputs in serde_json::from_reader::<_, Vec<_>>(io::stdin().lock())? {
        if let Some(contest) = ceremonies::contest(inputs)? {
            outcomes.push(contest.run(rounds)?);
        }
    }
    println!("{}; {rounds} rounds.\n", machine::description()?);
    table::print("Whole ceremonies", "`webauthn-verify` = 1.00", &outcomes);
    Ok(())
}
