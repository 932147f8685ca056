//! Writes the published test vectors of Web Authentication Level 3 as a vector file: to the file
//! named on the command line, else to standard output.
//!
//! ```text
//! cargo run --features authenticator,ed448 --example generate_vectors -- test-vectors/w3c-level-3.json
//! ```

use std::error::Error;

#[allow(dead_code, reason = "the tests use the single values too")]
#[path = "../tests/common/w3c_level_3.rs"]
mod w3c_level_3;

fn main() -> Result<(), Box<dyn Error>> {
    let text = w3c_level_3::vector_file()?;
    match std::env::args_os().nth(1) {
        Some(path) => std::fs::write(path, text)?,
        None => print!("{text}"),
    }
    Ok(())
}
