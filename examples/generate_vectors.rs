//! Writes the generated vector files into the folder named on the command line: the published test
//! vectors of Web Authentication Level 3, and the corpus of broken attestations.
//!
//! ```text
//! cargo run --all-features --example generate_vectors -- test-vectors
//! ```

use std::error::Error;
use std::path::PathBuf;

#[path = "../tests/common/hostile.rs"]
mod hostile;
#[allow(dead_code, reason = "the tests use the single values too")]
#[path = "../tests/common/w3c_level_3.rs"]
mod w3c_level_3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: generate_vectors FOLDER")?;
    let folder = PathBuf::from(folder);
    std::fs::write(folder.join("w3c-level-3.json"), w3c_level_3::vector_file()?)?;
    std::fs::create_dir_all(folder.join("hostile"))?;
    std::fs::write(folder.join("hostile/attestation.json"), hostile::vector_file()?)?;
    Ok(())
}
