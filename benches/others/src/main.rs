//! Runs ceremonies through this crate and through other libraries, and prints Markdown.
//!
//! ```text
//! webauthn-verify-others corpus FOLDER
//! webauthn-verify-others differential FILE
//! ```
//!
//! The first form runs vector files with known verdicts. The second compares the verdicts of the
//! libraries, and fails if a difference is not in `expected-differences.json`.

mod case;
mod corpus;
mod differential;
mod libraries;
mod library;
mod needs;
mod rules;

use std::env;
use std::path::Path;

pub(crate) type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    // A panic of a library is one of its answers and is counted as such.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["corpus", folder] => corpus::print(Path::new(folder)),
        ["differential", file] => differential::print(Path::new(file)),
        _ => Err("expected corpus FOLDER or differential FILE".into()),
    }
}
