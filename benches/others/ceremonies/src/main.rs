//! Writes random registrations and logins as a vector file, for comparing verifiers.
//!
//! ```text
//! webauthn-verify-others-ceremonies --count N --seed N
//! ```
//!
//! Most of the responses are wrong in one way, which the member `source` of the case names. The same
//! numbers give the same file. The verdicts are not in the file.

mod account;
mod change;
mod random;

use std::env;

use serde_json::{Value, json};

use account::Account;
use random::Random;

pub(crate) type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [count_name, count, seed_name, seed] = arguments.as_slice() else {
        return Err("expected --count N --seed N".into());
    };
    if count_name != "--count" || seed_name != "--seed" {
        return Err("expected --count N --seed N".into());
    }
    let mut random = Random::new(seed.parse()?);
    let mut cases = Vec::new();
    for number in 1..=count.parse()? {
        cases.push(case(number, &mut random)?);
    }
    let file = json!({
        "format": 1,
        "rp_id": account::RP_ID,
        "origins": [account::ORIGIN],
        "cases": cases,
    });
    println!("{}", serde_json::to_string(&file)?);
    Ok(())
}

fn case(number: u32, random: &mut Random) -> Result<Value, Failure> {
    let mut account = Account::new(number, random);
    if random.one_in(2) { account.registration(random) } else { account.login(random) }
}
