//! Runs the cases of x509-limbo against `webauthn_verify::certificate::verify_path` and prints, as
//! Markdown, how many agree and every one that does not.
//!
//! ```text
//! webauthn-verify-limbo LIMBO_JSON
//! ```
//!
//! Exits with 1 if a disagreement has no reason in `reasons.rs`. Reasons that no disagreement needs
//! any more are named on the standard error.

mod case;
mod der;
mod pattern;
mod reasons;
mod report;
mod scope;
mod search;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use case::Case;
use report::{Answer, Disagreement, Outcome, Report};

pub(crate) type Fault = Box<dyn Error>;

fn main() -> Result<ExitCode, Fault> {
    let mut arguments = env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else {
        return Err("the only argument is the file of cases".into());
    };
    let file = Path::new(&file);
    let mut outcomes = Vec::new();
    for case in case::read(file)? {
        let outcome = run(&case).map_err(|error| format!("{}: {error}", file.display()))?;
        outcomes.push(outcome);
    }
    let disagreements = disagreements(&outcomes);
    print!("{}", Report { outcomes: &outcomes, disagreements: &disagreements });

    let used: Vec<_> = disagreements.iter().filter_map(|one| one.reason).collect();
    reasons::unused(&used)
        .for_each(|cases| eprintln!("no disagreement needs the reason of {cases}"));
    let unexplained = disagreements.iter().filter(|one| one.reason.is_none()).count();
    if unexplained > 0 {
        eprintln!("{unexplained} disagreements have no reason");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn run(case: &Case) -> Result<Outcome, Fault> {
    let answer = match scope::foreign(case)? {
        Some(foreign) => Answer::NotApplicable(foreign),
        None => match search::find_path(&case.certificates()?, case.time()?) {
            Ok(()) => Answer::Accepted,
            Err(error) => Answer::Refused(error),
        },
    };
    Ok(Outcome { id: case.id.clone(), expected: case.expected, answer })
}

/// Those of the cases on which the crate disagrees, in the order of the file.
fn disagreements(outcomes: &[Outcome]) -> Vec<Disagreement<'_>> {
    let wrong = outcomes.iter().filter(|outcome| outcome.is_wrong());
    wrong
        .map(|outcome| {
            let reason = reasons::reason(&outcome.id, outcome.error());
            Disagreement { outcome, reason }
        })
        .collect()
}
