//! What is reported of each case, for people and as JSON, and the count of all.

use std::fmt;

use serde_json::{Value, json};
use webauthn_verify::{Error, Quirk, Quirks};

/// What became of one case.
pub(crate) struct Report {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) as_expected: bool,
}

pub(crate) enum Verdict {
    /// With the quirks that the verdict needed.
    Accept(Quirks),
    Reject(Error),
    /// Why the case could not be run by this build.
    Skip(String),
    /// Why no build can run the case: what it expects of the response cannot be configured.
    Unusable(String),
}

/// How many cases had each verdict.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) accepted: usize,
    pub(crate) rejected: usize,
    pub(crate) skipped: usize,
    pub(crate) unusable: usize,
    pub(crate) differing: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, report: &Report) {
        match report.verdict {
            Verdict::Accept(_) => self.accepted += 1,
            Verdict::Reject(_) => self.rejected += 1,
            Verdict::Skip(_) => self.skipped += 1,
            Verdict::Unusable(_) => self.unusable += 1,
        }
        self.differing += usize::from(!report.as_expected);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { accepted, rejected, skipped, unusable, differing } = self;
        write!(f, "{accepted} accepted, {rejected} rejected, {skipped} skipped")?;
        if *unusable > 0 {
            write!(f, ", {unusable} unusable")?;
        }
        write!(f, "\n{differing} verdicts differ from what was expected")
    }
}

impl Report {
    pub(crate) fn to_json(&self) -> Value {
        match &self.verdict {
            Verdict::Accept(quirks) => json!({
                "name": self.name,
                "verdict": "accept",
                "quirks": quirks.iter().map(Quirk::as_str).collect::<Vec<_>>(),
            }),
            Verdict::Reject(error) => json!({
                "name": self.name,
                "verdict": "reject",
                "step": error.step().number(error.ceremony()),
                "kind": error.kind().as_str(),
                "field": error.field(),
                "message": error.to_string(),
            }),
            Verdict::Skip(reason) => {
                json!({ "name": self.name, "verdict": "skip", "message": reason })
            }
            Verdict::Unusable(reason) => {
                json!({ "name": self.name, "verdict": "unusable", "message": reason })
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.verdict {
            Verdict::Accept(quirks) if quirks.is_empty() => write!(f, "accept  {name}")?,
            Verdict::Accept(quirks) => write!(f, "accept  {name}  needs {quirks:?}")?,
            Verdict::Reject(error) => {
                let step = error.step().number(error.ceremony()).unwrap_or_default();
                let kind = error.kind().as_str();
                write!(f, "reject  {name}  step {step}, {kind}: {error}")?;
            }
            Verdict::Skip(reason) => write!(f, "skip    {name}  {reason}")?,
            Verdict::Unusable(reason) => write!(f, "unusable  {name}  {reason}")?,
        }
        if self.as_expected { Ok(()) } else { f.write_str("  UNEXPECTED") }
    }
}
