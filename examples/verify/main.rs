//! Verifies WebAuthn responses from files in the format that `test-vectors/README.md` describes.
//!
//! ```text
//! cargo run --release --example verify -- [--json] FILE_OR_FOLDER...
//! ```
//!
//! Prints one line for each case. Exits with 0 if every verdict is as its case expects it, with 1
//! if one is not, and with 2 if a file cannot be read.

mod case;
mod report;
mod run;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::Counts;
use run::verify_file;

fn main() -> ExitCode {
    let mut json = false;
    let mut paths = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        eprintln!("usage: verify [--json] FILE_OR_FOLDER...");
        return ExitCode::from(2);
    }
    match verify_paths(&paths, json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// Verifies every case in these files and folders; whether all verdicts are as expected.
fn verify_paths(paths: &[PathBuf], json: bool) -> Result<bool, String> {
    let mut files = Vec::new();
    for path in paths {
        collect_files(path, &mut files)?;
    }
    if files.is_empty() {
        return Err("there is no .json file".to_owned());
    }
    let mut counts = Counts::default();
    for file in &files {
        for report in verify_file(file)? {
            counts.add(&report);
            if json {
                println!("{}", report.to_json());
            } else {
                println!("{report}");
            }
        }
    }
    if !json {
        println!("{counts}");
    }
    Ok(counts.differing == 0)
}

/// The `.json` files at `path`, in the order of their names.
fn collect_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let problem = |error| format!("{}: {error}", path.display());
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(problem)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "json") {
            collect_files(&entry, files)?;
        }
    }
    Ok(())
}
