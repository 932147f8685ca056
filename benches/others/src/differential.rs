//! Compares the verdicts of libraries on cases whose verdict nobody has written down.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Fault;
use crate::case::{self, Case};
use crate::library::{self, Outcome};

/// The libraries that are compared with `webauthn-verify`.
const COMPARED: &[&str] =
    &["webauthn-rs-core", "webauthn_rp", "@simplewebauthn/server", "py_webauthn"];

/// A row of `expected-differences.json`. A difference belongs to the first row that matches it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    library: String,
    cause: String,
    /// The start of our verdict: `accept`, or the error kind and the step.
    ours: String,
    /// The start of their verdict: `accept`, or their message.
    theirs: String,
    /// The start of the change in the response, if the row is about one change.
    #[serde(default)]
    change: String,
    /// The clause of WebAuthn Level 3, or the id of a rule in `docs/rules.md`.
    clause: String,
}

struct Difference<'a> {
    library: &'static str,
    case: &'a Case,
    ours: String,
    theirs: String,
}

/// Runs the cases in this file, prints the differences, and fails if a difference has no row in
/// `expected-differences.json` or a row has no difference.
pub(crate) fn print(file: &Path) -> Result<(), Fault> {
    let rows: Vec<Row> = serde_json::from_str(include_str!("../expected-differences.json"))?;
    let all = case::read(file)?;
    let mut libraries = library::all()?.into_iter();
    let ours = libraries.next().ok_or("there is no library")?.run(file, &all)?;
    println!(
        "| library | version | compared | not expressible | same verdict | we reject, it accepts | we accept, it rejects |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|");
    let mut differences = Vec::new();
    for library in libraries.filter(|library| COMPARED.contains(&library.name)) {
        let theirs = library.run(file, &all)?;
        let compared = theirs.iter().filter(|theirs| !is_not_expressible(theirs)).count();
        let mut found = Vec::new();
        for ((case, ours), theirs) in all.iter().zip(&ours).zip(&theirs) {
            found.extend(difference(library.name, case, ours, theirs)?);
        }
        let stricter = found.iter().filter(|found| found.theirs == "accept").count();
        println!(
            "| `{}` | {} | {compared} | {} | {} | {stricter} | {} |",
            library.name,
            library.version,
            all.len() - compared,
            compared - found.len(),
            found.len() - stricter,
        );
        differences.extend(found);
    }
    print_rows(&rows, &differences)
}

fn is_not_expressible(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotExpressible(_))
}

/// Returns the difference between two outcomes of a case, if there is one.
fn difference<'a>(
    library: &'static str,
    case: &'a Case,
    ours: &Outcome,
    theirs: &Outcome,
) -> Result<Option<Difference<'a>>, Fault> {
    let (ours, theirs) = match (ours, theirs) {
        (Outcome::NotExpressible(reason), _) => {
            return Err(format!("{}: {reason}", case.name).into());
        }
        (Outcome::Accepted, Outcome::Refused(message)) => ("accept", message.as_str()),
        (Outcome::Refused(message), Outcome::Accepted) => (message.as_str(), "accept"),
        _ => return Ok(None),
    };
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let (ours, theirs) = (first_line(ours), first_line(theirs));
    Ok(Some(Difference { library, case, ours, theirs }))
}

impl Row {
    fn explains(&self, difference: &Difference<'_>) -> bool {
        self.library == difference.library
            && difference.ours.starts_with(&self.ours)
            && difference.theirs.starts_with(&self.theirs)
            && change(difference.case).starts_with(&self.change)
    }
}

/// Returns how the response of a case was changed.
fn change(case: &Case) -> &str {
    case.members.get("source").and_then(|source| source.as_str()).unwrap_or_default()
}

fn print_rows(rows: &[Row], differences: &[Difference<'_>]) -> Result<(), Fault> {
    let mut counts = vec![0; rows.len()];
    let mut unexplained: BTreeMap<String, Vec<&Difference<'_>>> = BTreeMap::new();
    for difference in differences {
        match rows.iter().position(|row| row.explains(difference)) {
            Some(row) => counts.get_mut(row).into_iter().for_each(|count| *count += 1),
            None => {
                let Difference { library, ours, theirs, .. } = difference;
                let group = format!("{library}: ours {ours:?}, theirs {theirs:?}");
                unexplained.entry(group).or_default().push(difference);
            }
        }
    }
    println!("\n| library | cause | this crate | the library | clause or rule | ceremonies |");
    println!("|---|---|---|---|---|---:|");
    for (row, count) in rows.iter().zip(&counts) {
        let Row { library, cause, ours, theirs, clause, .. } = row;
        println!(
            "| `{library}` | {cause} | {} | {} | {clause} | {count} |",
            verdict(ours),
            verdict(theirs)
        );
    }
    for (group, differences) in &unexplained {
        eprintln!("not explained: {group}");
        for difference in differences.iter().take(3) {
            eprintln!("    {} ({})", difference.case.name, change(difference.case));
        }
        eprintln!("    {} in all", differences.len());
    }
    let unused: Vec<_> = rows.iter().zip(&counts).filter(|(_, count)| **count == 0).collect();
    for (row, _) in &unused {
        eprintln!("explains nothing: {}: {}", row.library, row.cause);
    }
    if unexplained.is_empty() && unused.is_empty() {
        return Ok(());
    }
    Err("the differences are not the expected ones".into())
}

fn verdict(text: &str) -> String {
    match text {
        "accept" => "accepts".to_owned(),
        "" => "rejects".to_owned(),
        // The text can contain single backticks.
        _ => format!("rejects: `` {} ``", text.replace('|', "\\|")),
    }
}
