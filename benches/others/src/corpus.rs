//! Runs vector files with known verdicts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::Fault;
use crate::case::{Case, algorithm, attestation_object, entry};
use crate::library::{self, Library, Outcome};
use crate::rules::Rules;

/// The cases of one library, by what happened.
#[derive(Default)]
struct Results<'a> {
    run: usize,
    /// How often each reason applies.
    not_expressible: BTreeMap<String, usize>,
    wrongly_accepted: Vec<&'a Case>,
    /// With the message of the library.
    wrongly_refused: Vec<(&'a Case, String)>,
}

/// Runs the vector files in this folder, and prints what each library says.
pub(crate) fn print(folder: &Path) -> Result<(), Fault> {
    let all = crate::case::read(folder)?;
    let rules = Rules::read();
    let mut results = Vec::new();
    for library in library::all()? {
        let mut outcomes = library.run(folder, &all)?;
        leave_out_kinds(&all, &mut outcomes);
        results.push((library, sorted(&all, outcomes)));
    }
    print_table(&results, &rules);
    for (library, results) in &results {
        print_details(library, results, &rules);
    }
    Ok(())
}

fn sorted(all: &[Case], outcomes: Vec<Outcome>) -> Results<'_> {
    let mut results = Results::default();
    for (case, outcome) in all.iter().zip(outcomes) {
        let Some(accept) = case.accept else { continue };
        match outcome {
            Outcome::NotExpressible(reason) => {
                *results.not_expressible.entry(reason).or_default() += 1;
                continue;
            }
            Outcome::Accepted if !accept => results.wrongly_accepted.push(case),
            Outcome::Refused(message) if accept => results.wrongly_refused.push((case, message)),
            Outcome::Accepted | Outcome::Refused(_) => {}
        }
        results.run += 1;
    }
    results
}

/// Marks all cases of a kind as not expressible if the library rejects every correct case of this
/// kind. Such a library does not support the kind, so its other rejections mean nothing.
fn leave_out_kinds(all: &[Case], outcomes: &mut [Outcome]) {
    let mut correct: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for (case, outcome) in all.iter().zip(outcomes.iter()) {
        if case.accept == Some(true) && !matches!(outcome, Outcome::NotExpressible(_)) {
            for kind in kinds(case) {
                correct.entry(kind).or_default().push(outcome);
            }
        }
    }
    let mut reasons = BTreeMap::new();
    for (kind, outcomes) in correct {
        if let [Outcome::Refused(message), ..] = outcomes.as_slice()
            && !outcomes.contains(&&Outcome::Accepted)
        {
            let reason = format!("a correct case with {kind} is refused: {}", shortened(message));
            reasons.insert(kind, reason);
        }
    }
    for (case, outcome) in all.iter().zip(outcomes) {
        let needed = kinds(case).into_iter().chain(login_kind(case));
        let reason = needed.into_iter().find_map(|kind| reasons.get(&kind));
        if let (Some(reason), Outcome::Accepted | Outcome::Refused(_)) = (reason, &outcome) {
            *outcome = Outcome::NotExpressible(reason.clone());
        }
    }
}

/// Returns the kinds of a case. The correct cases of a kind show whether a library knows the kind.
fn kinds(case: &Case) -> Vec<String> {
    let ceremony = if case.registration { "registration" } else { "login" };
    let mut kinds = Vec::new();
    let key = match &case.credential {
        Some(credential) => credential.algorithm(),
        None => registered_algorithm(case),
    };
    if let Some(key) = key {
        kinds.push(format!("the algorithm {key} in a {ceremony}"));
    }
    if let Some((format, statement)) = case.attestation() {
        let certified = if entry(&statement, "x5c").is_some() { " and a certificate" } else { "" };
        kinds.push(format!("the attestation format {format}{certified}"));
    }
    let parts: Vec<&str> = case.name.split('/').collect();
    for length in [1, 2] {
        // The whole name is not the name of a kind.
        if let Some(start) = parts.get(..length).filter(|start| start.len() < parts.len()) {
            let start = start.join("/");
            kinds.push(format!("a name that starts with `{start}/` in a {ceremony}"));
        }
    }
    kinds
}

/// Returns the kind of the logins with the algorithm of a registration. If a library cannot verify
/// them, it may register any key for them.
fn login_kind(case: &Case) -> Option<String> {
    let key = registered_algorithm(case).filter(|_| case.registration)?;
    Some(format!("the algorithm {key} in a login"))
}

fn registered_algorithm(case: &Case) -> Option<i64> {
    let object = attestation_object(&case.response)?;
    let data = entry(&object, "authData")?.as_bytes()?;
    let length = u16::from_be_bytes([*data.get(53)?, *data.get(54)?]);
    algorithm(data.get(55 + usize::from(length)..)?)
}

fn print_table(results: &[(Library, Results<'_>)], rules: &Rules) {
    println!(
        "| library | version | run | not expressible | accepted, must be rejected \
         by a rule of standards only | by a rule with own policy | rejected, must be accepted |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|");
    for (Library { name, version, .. }, results) in results {
        let own = results.wrongly_accepted.iter().filter(|case| is_own(case, rules)).count();
        println!(
            "| `{name}` | {version} | {} | {} | {} | {own} | {} |",
            results.run,
            results.not_expressible.values().sum::<usize>(),
            results.wrongly_accepted.len() - own,
            results.wrongly_refused.len(),
        );
    }
}

fn is_own(case: &Case, rules: &Rules) -> bool {
    case.rule.as_ref().is_some_and(|rule| rules.is_own(rule))
}

fn print_details(library: &Library, results: &Results<'_>, rules: &Rules) {
    let Results { not_expressible, wrongly_accepted, wrongly_refused, .. } = results;
    if not_expressible.is_empty() && wrongly_accepted.is_empty() && wrongly_refused.is_empty() {
        return;
    }
    println!("\n### `{}` {}", library.name, library.version);
    if !results.not_expressible.is_empty() {
        println!("\nNot expressible:\n\n| reason | cases |\n|---|---:|");
        let mut reasons: Vec<_> = results.not_expressible.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (reason, count) in reasons {
            println!("| {} | {count} |", reason.replace('|', "\\|"));
        }
    }
    if !results.wrongly_accepted.is_empty() {
        println!(
            "\nAccepted, must be rejected:\n\n| rule | cases | the first of them |\n|---|---:|---|"
        );
        let mut by_rule: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for case in &results.wrongly_accepted {
            let own = if is_own(case, rules) { " (with own policy)" } else { "" };
            let rule = format!("{}{own}", case.rule.as_deref().unwrap_or("none"));
            by_rule.entry(rule).or_default().insert(format!("`{}`", case.name));
        }
        for (rule, names) in by_rule {
            let count = names.len();
            let first: Vec<_> = names.into_iter().take(LISTED).collect();
            println!("| {rule} | {count} | {} |", first.join(", "));
        }
    }
    if !results.wrongly_refused.is_empty() {
        println!(
            "\nRejected, must be accepted (the first {REFUSALS_LISTED}):\n\n| case | message |\n|---|---|"
        );
        for (case, message) in results.wrongly_refused.iter().take(REFUSALS_LISTED) {
            println!("| `{}` | {} |", case.name, shortened(message).replace('|', "\\|"));
        }
    }
}

/// The number of cases that are named for each rule, and of correct cases that are named for each library.
/// The page would be too long with all of them.
const LISTED: usize = 4;
const REFUSALS_LISTED: usize = 40;

/// Returns the first line of a message, or the start of a long one.
fn shortened(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(120).collect()
}
