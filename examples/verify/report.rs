//! The report on each case, as text and as JSON, and the numbers of all verdicts.

use std::fmt;

use serde_json::{Value, json};
use webauthn_verify::{Error, Quirk, Quirks};

use crate::expect::Expect;

/// The result of one case.
pub(crate) struct Report {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) expect: Option<Expect>,
}

pub(crate) enum Verdict {
    /// The case was accepted and needed these quirks.
    Accept(Quirks),
    Reject(Error),
    /// This build cannot run the case, for this reason.
    Skip(String),
    /// No build can run the case, because something in it cannot be read or configured.
    Unusable(String),
}

/// The number of cases with each verdict.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) accepted: usize,
    pub(crate) rejected: usize,
    pub(crate) skipped: usize,
    pub(crate) unusable: usize,
    pub(crate) differing: usize,
    /// The number of files that were not run.
    pub(crate) not_run: usize,
}

/// A file that was not run, and the reason.
pub(crate) struct NotRun {
    pub(crate) file: String,
    pub(crate) problem: String,
}

impl Counts {
    pub(crate) fn add(&mut self, report: &Report) {
        match report.verdict {
            Verdict::Accept(_) => self.accepted += 1,
            Verdict::Reject(_) => self.rejected += 1,
            Verdict::Skip(_) => self.skipped += 1,
            Verdict::Unusable(_) => self.unusable += 1,
        }
        self.differing += usize::from(report.is_expected() == Some(false));
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { accepted, rejected, skipped, unusable, differing, not_run } = self;
        write!(f, "{accepted} accepted, {rejected} rejected, {skipped} skipped")?;
        if *unusable > 0 {
            write!(f, ", {unusable} unusable")?;
        }
        write!(f, "\n{differing} unexpected verdicts")?;
        if *not_run > 0 {
            write!(f, "\n{not_run} files were not run")?;
        }
        Ok(())
    }
}

impl NotRun {
    pub(crate) fn to_json(&self) -> Value {
        json!({ "file": self.file, "verdict": "not-run", "message": self.problem })
    }
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not run  {}  {}", self.file, self.problem)
    }
}

impl Report {
    /// Returns whether the verdict is the expected one, or `None` if the case expects none or was
    /// skipped.
    pub(crate) fn is_expected(&self) -> Option<bool> {
        self.expect.as_ref()?.is_met_by(&self.verdict)
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut line = match &self.verdict {
            Verdict::Accept(quirks) => json!({
                "verdict": "accept",
                "quirks": quirks.iter().map(Quirk::as_str).collect::<Vec<_>>(),
            }),
            Verdict::Reject(error) => json!({
                "verdict": "reject",
                "step": error.step().number(error.ceremony()),
                "kind": error.kind().as_str(),
                "field": error.field(),
                "message": error.to_string(),
            }),
            Verdict::Skip(reason) => json!({ "verdict": "skip", "message": reason }),
            Verdict::Unusable(reason) => json!({ "verdict": "unusable", "message": reason }),
        };
        line["name"] = self.name.as_str().into();
        if let Some(is_expected) = self.is_expected() {
            line["expected"] = is_expected.into();
        }
        line
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.verdict {
            Verdict::Accept(quirks) if *quirks == Quirks::NONE => write!(f, "accept  {name}")?,
            Verdict::Accept(quirks) => write!(f, "accept  {name}  needs {quirks:?}")?,
            Verdict::Reject(error) => {
                let step = error.step().number(error.ceremony()).unwrap_or_default();
                let kind = error.kind().as_str();
                write!(f, "reject  {name}  step {step}, {kind}: {error}")?;
            }
            Verdict::Skip(reason) => write!(f, "skip    {name}  {reason}")?,
            Verdict::Unusable(reason) => write!(f, "unusable  {name}  {reason}")?,
        }
        match (self.is_expected(), &self.expect) {
            (Some(true), _) => f.write_str("  (as expected)"),
            (Some(false), Some(Expect::Unreadable)) => f.write_str("  UNEXPECTED"),
            (Some(false), Some(expect)) => write!(f, "  UNEXPECTED: expected {expect}"),
            _ => Ok(()),
        }
    }
}
