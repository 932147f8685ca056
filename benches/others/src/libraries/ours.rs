//! `webauthn-verify`, through the program that runs vector files.

use std::collections::HashMap;
use std::env;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Fault;
use crate::case::Case;
use crate::library::Outcome;

pub(crate) const NAME: &str = "webauthn-verify";

/// Runs a vector file or a folder of them.
pub(crate) fn run(path: &Path, cases: &[Case]) -> Result<Vec<Outcome>, Fault> {
    let program = env::current_exe()?.with_file_name("verify");
    let output = Command::new(program).arg("--json").arg(path).output()?;
    let mut outcomes = HashMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let report: Value = serde_json::from_str(line)?;
        let text = |name: &str| report.get(name).and_then(Value::as_str).unwrap_or_default();
        let outcome = match text("verdict") {
            "accept" => Outcome::Accepted,
            "reject" => Outcome::Refused(format!("{}, step {}", text("kind"), text("step"))),
            _ => Outcome::NotExpressible(text("message").to_owned()),
        };
        outcomes.insert(text("name").to_owned(), outcome);
    }
    let outcome_of = |case: &Case| {
        outcomes.get(&case.name).cloned().ok_or_else(|| format!("{} was not run", case.name).into())
    };
    cases.iter().map(outcome_of).collect()
}
