//! Libraries of other languages. A program in `scripts/` reads cases as JSON, one a line, and writes
//! one answer a line.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::Fault;
use crate::case::Case;
use crate::library::Outcome;
use crate::needs;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) const NODE: &[&str] = &["node", "scripts/simplewebauthn.mjs"];
/// The script itself says that some frames cannot be refused.
pub(crate) const NODE_SETTINGS: &[&str] = &[
    needs::ALGORITHMS,
    needs::ANCHORS,
    needs::ANCHORS_BY_FORMAT,
    needs::APP_ORIGINS,
    needs::CONDITIONAL,
    needs::LISTED_FRAMES,
    needs::LONG_CHALLENGE,
    needs::NO_ANCHORS,
    needs::OTHER_USER_HANDLE,
    needs::REFUSE_FRAMES,
    needs::TIME,
];

pub(crate) const PYTHON: &[&str] = &[".venv/bin/python", "scripts/py_webauthn.py"];
pub(crate) const PYTHON_SETTINGS: &[&str] = &[
    needs::ALGORITHMS,
    needs::ANCHORS,
    needs::ANCHORS_BY_FORMAT,
    needs::APP_ORIGINS,
    needs::CONDITIONAL,
    needs::LONG_CHALLENGE,
    needs::OTHER_USER_HANDLE,
    needs::TIME,
];

/// Returns the version of the library that this command uses.
pub(crate) fn version(command: &[&str]) -> Result<String, Fault> {
    let output = start(command)?.arg("--version").output()?;
    if !output.status.success() {
        return Err(
            format!("{}: {}", command.join(" "), String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Returns the outcomes of these cases, in order.
pub(crate) fn run(command: &[&str], cases: &[&Case]) -> Result<Vec<Outcome>, Fault> {
    let mut child = start(command)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("the program has no input")?;
    let lines: String = cases.iter().map(|case| format!("{}\n", case.to_json())).collect();
    let writer = thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the writer panicked")??;
    if !output.status.success() {
        return Err(format!("{} failed", command.join(" ")).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let outcomes: Vec<Outcome> = text.lines().map(outcome).collect::<Result<_, _>>()?;
    if outcomes.len() != cases.len() {
        return Err(format!("{} gave {} answers", command.join(" "), outcomes.len()).into());
    }
    Ok(outcomes)
}

fn start(command: &[&str]) -> Result<Command, Fault> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let mut start = Command::new(program);
    start.args(arguments).current_dir(FOLDER);
    Ok(start)
}

fn outcome(line: &str) -> Result<Outcome, Fault> {
    let answer: Value = serde_json::from_str(line)?;
    let text = |name| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(lacks) = text("lacks") {
        return Ok(Outcome::NotExpressible(format!("no setting for {lacks}")));
    }
    Ok(match text("refused") {
        Some(message) => Outcome::Refused(message),
        None => Outcome::Accepted,
    })
}
