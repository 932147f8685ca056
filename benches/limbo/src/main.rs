//! Runs the cases of x509-limbo against `webauthn_verify::certificate::verify_path`. Prints
//! Markdown: the number of cases in which the verdicts agree, and every case in which they differ.
//!
//! ```text
//! webauthn-verify-limbo LIMBO_JSON
//! ```
//!
//! Exits with code 1 if a disagreement has no reason in `reasons.rs`. Prints reasons that are no
//! longer needed to standard error.

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
        return Err("expected one argument, the file of cases".into());
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
        .for_each(|cases| eprintln!("the reason for {cases} is no longer needed"));
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

/// Returns the cases on which the crate disagrees, in the order of the file.
fn disagreements(outcomes: &[Outcome]) -> Vec<Disagreement<'_>> {
    let wrong = outcomes.iter().filter(|outcome| outcome.is_wrong());
    wrong
        .map(|outcome| {
            let reason = reasons::reason(&outcome.id, outcome.error());
            Disagreement { outcome, reason }
        })
        .collect()
}
