//! The libraries, and what they say to cases.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use crate::Fault;
use crate::case::Case;
use crate::libraries::{caden, ours, passki, script, webauthn_rp, webauthn_rs};

/// What a library says to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    /// With the message of the library.
    Refused(String),
    /// With the reason why the case was not run.
    NotExpressible(String),
}

pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    run: Run,
}

enum Run {
    /// Runs the whole file or folder.
    Ours,
    /// The settings that the library has, and the function that runs one case. Its error is the
    /// message of the library.
    Crate { settings: &'static [&'static str], run: fn(&Case) -> Result<(), String> },
    /// The settings that the library has, and the command that reads cases, one a line.
    Script { settings: &'static [&'static str], command: &'static [&'static str] },
}

/// The libraries, with `webauthn-verify` first.
pub(crate) fn all() -> Result<Vec<Library>, Fault> {
    let of_crate = |name, settings, run| -> Result<Library, Fault> {
        Ok(Library { name, version: locked(name)?, run: Run::Crate { settings, run } })
    };
    let of_script = |name, settings, command| -> Result<Library, Fault> {
        Ok(Library {
            name,
            version: script::version(command)?,
            run: Run::Script { settings, command },
        })
    };
    Ok(vec![
        Library { name: ours::NAME, version: locked(ours::NAME)?, run: Run::Ours },
        of_crate("webauthn-rs-core", webauthn_rs::SETTINGS, webauthn_rs::run)?,
        of_crate("webauthn_rp", webauthn_rp::SETTINGS, webauthn_rp::run)?,
        of_crate("passki", passki::SETTINGS, passki::run)?,
        of_crate("caden", caden::SETTINGS, caden::run)?,
        of_script("@simplewebauthn/server", script::NODE_SETTINGS, script::NODE)?,
        of_script("py_webauthn", script::PYTHON_SETTINGS, script::PYTHON)?,
    ])
}

impl Library {
    /// Returns the outcomes of all cases, in order. The cases come from `path`.
    pub(crate) fn run(&self, path: &Path, cases: &[Case]) -> Result<Vec<Outcome>, Fault> {
        match self.run {
            Run::Ours => ours::run(path, cases),
            Run::Crate { settings, run } => {
                let outcome = |case: &Case| {
                    missing(settings, case).unwrap_or_else(|| {
                        match panic::catch_unwind(AssertUnwindSafe(|| run(case))) {
                            Ok(Ok(())) => Outcome::Accepted,
                            Ok(Err(message)) => Outcome::Refused(message),
                            Err(_) => Outcome::Refused("panicked".to_owned()),
                        }
                    })
                };
                Ok(cases.iter().map(outcome).collect())
            }
            Run::Script { settings, command } => {
                let (mut outcomes, mut expressible) = (Vec::new(), Vec::new());
                for case in cases {
                    let outcome = missing(settings, case);
                    if outcome.is_none() {
                        expressible.push(case);
                    }
                    outcomes.push(outcome);
                }
                let mut answers = script::run(command, &expressible)?.into_iter();
                let answered =
                    outcomes.into_iter().map(|outcome| outcome.or_else(|| answers.next()));
                answered.collect::<Option<_>>().ok_or_else(|| "an answer is missing".into())
            }
        }
    }
}

/// Returns the outcome of a case that needs a setting which the library does not have.
fn missing(settings: &[&str], case: &Case) -> Option<Outcome> {
    let needed = case.needs.iter().find(|needed| !settings.contains(*needed))?;
    Some(Outcome::NotExpressible(format!("no setting for {needed}")))
}

/// Returns the version of a package in `Cargo.lock`.
fn locked(package: &str) -> Result<String, Fault> {
    let mut lines = include_str!("../Cargo.lock").lines();
    let name = format!("name = \"{package}\"");
    let _ = lines.find(|line| *line == name);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \""));
    let version = version.and_then(|line| line.strip_suffix('"'));
    Ok(version.ok_or_else(|| format!("{package} is not in Cargo.lock"))?.to_owned())
}
