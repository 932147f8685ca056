//! Verifies WebAuthn responses from files in the format that `test-vectors/README.md` describes.
//!
//! ```text
//! cargo run --release --example verify -- [--json] FILE_OR_FOLDER...
//! ```
//!
//! Prints one line for each case. Exits with 0 if every verdict is as expected, with 1 if a verdict
//! differs, and with 2 if a file cannot be run.

mod case;
mod expect;
mod members;
mod party;
mod report;
mod request;
mod run;
#[cfg(test)]
mod tests;
mod trust;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::{Counts, NotRun, Report};
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
        Ok(counts) if counts.not_run > 0 => ExitCode::from(2),
        Ok(counts) if counts.differing > 0 => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// Verifies every case in these files and folders, and prints the verdicts.
fn verify_paths(paths: &[PathBuf], json: bool) -> Result<Counts, String> {
    let mut files = Vec::new();
    for path in paths {
        collect_files(path, &mut files)?;
    }
    if files.is_empty() {
        return Err("no .json file found".to_owned());
    }
    let mut counts = Counts::default();
    for file in &files {
        let lines = lines_of(file, json, &mut counts);
        lines.iter().for_each(|line| println!("{line}"));
    }
    if !json {
        println!("{counts}");
    }
    Ok(counts)
}

/// Returns the lines for a file: one for each case, or one with the reason why it was not run.
fn lines_of(file: &Path, json: bool, counts: &mut Counts) -> Vec<String> {
    let reports = match verify_file(file) {
        Ok(reports) => reports,
        Err(problem) => {
            counts.not_run += 1;
            let not_run = NotRun { file: file.display().to_string(), problem };
            return vec![if json { not_run.to_json().to_string() } else { not_run.to_string() }];
        }
    };
    reports.iter().for_each(|report| counts.add(report));
    let line =
        |report: &Report| if json { report.to_json().to_string() } else { report.to_string() };
    reports.iter().map(line).collect()
}

/// Collects the `.json` files at `path`, ordered by name.
fn collect_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let problem = |error| format!("{}: {error}", path.display());
    if !path.is_dir() {
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
