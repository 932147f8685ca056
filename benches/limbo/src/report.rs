//! Formats the outcome as Markdown.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use crate::case::Verdict;
use crate::reasons::Reason;
use crate::scope::Foreign;

/// The outcome of one case.
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) expected: Verdict,
    pub(crate) answer: Answer,
}

pub(crate) enum Answer {
    NotApplicable(Foreign),
    Accepted,
    /// The crate's error.
    Refused(String),
}

impl Outcome {
    /// Returns the crate's verdict if the case is applicable.
    pub(crate) fn ours(&self) -> Option<Verdict> {
        match self.answer {
            Answer::NotApplicable(_) => None,
            Answer::Accepted => Some(Verdict::Accept),
            Answer::Refused(_) => Some(Verdict::Refuse),
        }
    }

    /// Returns whether the crate's verdict differs from the expected one.
    pub(crate) fn is_wrong(&self) -> bool {
        self.ours().is_some_and(|ours| ours != self.expected)
    }

    /// Returns the crate's error if it refuses the case.
    pub(crate) fn error(&self) -> Option<&str> {
        match &self.answer {
            Answer::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the ID without its last part.
    fn group(&self) -> &str {
        self.id.rsplit_once("::").map_or("", |(group, _)| group)
    }
}

/// A case on which the crate disagrees, with the reason if there is one.
pub(crate) struct Disagreement<'a> {
    pub(crate) outcome: &'a Outcome,
    pub(crate) reason: Option<&'static Reason>,
}

pub(crate) struct Report<'a> {
    pub(crate) outcomes: &'a [Outcome],
    pub(crate) disagreements: &'a [Disagreement<'a>],
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.counts(f)?;
        self.not_applicable(f)?;
        self.table(f, Verdict::Accept, "Accepted, but should fail")?;
        self.table(f, Verdict::Refuse, "Refused, but should pass")
    }
}

impl Report<'_> {
    fn counts(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut parts: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut total = Counts::default();
        for outcome in self.outcomes {
            let (part, _) = outcome.id.split_once("::").unwrap_or((&outcome.id, ""));
            parts.entry(part).or_default().add(outcome);
            total.add(outcome);
        }
        writeln!(f, "## Counts\n")?;
        writeln!(
            f,
            "| part | cases | applicable | both accept | both refuse | accepted, should fail \
             | refused, should pass |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        for (part, counts) in &parts {
            writeln!(f, "| `{part}` | {counts} |")?;
        }
        writeln!(f, "| all | {total} |")?;

        let agreed = self.outcomes.iter().filter(|outcome| !outcome.is_wrong());
        let mut errors: BTreeMap<&str, usize> = BTreeMap::new();
        agreed.filter_map(Outcome::error).for_each(|error| *errors.entry(error).or_default() += 1);
        if let Some((error, count)) = errors.iter().max_by_key(|(_, count)| **count) {
            writeln!(f, "\nOf the cases that both refuse, {count} have the same error: {error}.")?;
        }
        Ok(())
    }

    fn not_applicable(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Not applicable\n\n| reason | cases |\n|---|---:|")?;
        for foreign in Foreign::ALL {
            let answers = self.outcomes.iter().map(|outcome| &outcome.answer);
            let count = answers
                .filter(|answer| matches!(answer, Answer::NotApplicable(one) if *one == foreign))
                .count();
            writeln!(f, "| {foreign} | {count} |")?;
        }
        Ok(())
    }

    /// Writes a table. Cases of one group that differ only in their ID share a line.
    fn table(&self, f: &mut Formatter<'_>, ours: Verdict, title: &str) -> fmt::Result {
        let mut lines: Vec<(&Disagreement<'_>, Vec<&str>)> = Vec::new();
        for disagreement in self.disagreements {
            let outcome = disagreement.outcome;
            if outcome.ours() != Some(ours) {
                continue;
            }
            match lines.iter_mut().find(|(other, _)| other.shares_line(disagreement)) {
                Some((_, ids)) => ids.push(&outcome.id),
                None => lines.push((disagreement, vec![&outcome.id])),
            }
        }
        writeln!(f, "\n## {title}\n\n| case | expected | ours | reason |\n|---|---|---|---|")?;
        for (Disagreement { outcome, reason }, ids) in lines {
            let error = outcome.error().map(|error| format!(": {}", error.replace('|', "\\|")));
            let error = error.unwrap_or_default();
            let reason = reason.map_or("**no reason is known**", |reason| reason.text);
            let (cases, expected) = (names(&ids), outcome.expected);
            writeln!(f, "| {cases} | {expected} | {ours}{error} | {reason} |")?;
        }
        Ok(())
    }
}

impl Disagreement<'_> {
    fn shares_line(&self, other: &Disagreement<'_>) -> bool {
        let text = |one: &Disagreement<'_>| one.reason.map(|reason| reason.text);
        self.outcome.group() == other.outcome.group()
            && self.outcome.error() == other.outcome.error()
            && text(self) == text(other)
    }
}

#[derive(Default)]
struct Counts {
    cases: usize,
    applicable: usize,
    both_accept: usize,
    both_refuse: usize,
    wrongly_accepted: usize,
    wrongly_refused: usize,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        self.cases += 1;
        let Some(ours) = outcome.ours() else { return };
        self.applicable += 1;
        let count = match (outcome.expected, ours) {
            (Verdict::Accept, Verdict::Accept) => &mut self.both_accept,
            (Verdict::Refuse, Verdict::Refuse) => &mut self.both_refuse,
            (Verdict::Refuse, Verdict::Accept) => &mut self.wrongly_accepted,
            (Verdict::Accept, Verdict::Refuse) => &mut self.wrongly_refused,
        };
        *count += 1;
    }
}

impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Counts { cases, applicable, both_accept, both_refuse, .. } = self;
        let Counts { wrongly_accepted, wrongly_refused, .. } = self;
        write!(f, "{cases} | {applicable} | {both_accept} | {both_refuse} | ")?;
        write!(f, "{wrongly_accepted} | {wrongly_refused}")
    }
}

/// Formats the IDs. Consecutive numbered IDs are written as a range.
fn names(ids: &[&str]) -> String {
    let mut names: Vec<String> = Vec::new();
    // The last range: the common beginning of its IDs, the name of the first, and the last number.
    let mut range: Option<(&str, String, u64)> = None;
    for id in ids {
        let beginning = id.trim_end_matches(|end: char| end.is_ascii_digit());
        let number: Option<u64> = id.strip_prefix(beginning).and_then(|end| end.parse().ok());
        let previous = range.take();
        let (Some(number), true) = (number, beginning.ends_with("::tc")) else {
            names.push(format!("`{id}`"));
            continue;
        };
        range = Some(match previous {
            Some((same, first, last)) if same == beginning && last + 1 == number => {
                names.pop();
                names.push(format!("{first}–`tc{number}`"));
                (same, first, number)
            }
            previous => {
                let goes_on = previous.is_some_and(|(same, ..)| same == beginning);
                let name = if goes_on { format!("`tc{number}`") } else { format!("`{id}`") };
                names.push(name.clone());
                (beginning, name, number)
            }
        });
    }
    let count = if ids.len() > 10 { format!("{} cases: ", ids.len()) } else { String::new() };
    count + &names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_cases_that_follow_each_other_are_a_range() {
        let ids = ["a::tc1", "a::tc2", "a::tc4", "a::b", "c::tc5", "c::tc6", "c::tc7", "v::cve-6"];
        let text = "`a::tc1`–`tc2`, `tc4`, `a::b`, `c::tc5`–`tc7`, `v::cve-6`";
        assert_eq!(names(&ids), text);
    }
}
