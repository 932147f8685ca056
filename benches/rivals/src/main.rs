//! Times `webauthn-verify` against other crates in one process and prints the ratios as Markdown.

mod ceremonies;
mod chart;
mod contest;
mod machine;
mod signatures;
mod table;
mod throughput;

use std::path::PathBuf;
use std::{env, fs};

use chart::Chart;
use contest::{Fault, Outcome};

#[derive(Debug)]
struct Arguments {
    rounds: usize,
    /// The contest to run instead of all.
    only: Option<String>,
    /// The file for the picture.
    svg: Option<PathBuf>,
    /// Whether to measure logins and registrations without other crates, instead of contests.
    throughput: bool,
    /// Whether to print the inputs of the ceremonies, instead of timing anything.
    inputs: bool,
}

const USAGE: &str =
    "expected --rounds N, --only NAME, --svg FILE, --throughput or --ceremony-inputs";

/// The contests in the picture, unless `--only` chooses others.
const PICTURED: [&str; 4] = ["P-256", "Ed25519", "RSA-2048", "ES256 login"];

fn main() -> Result<(), Fault> {
    let Arguments { rounds, only, svg, throughput, inputs } = arguments(env::args().skip(1))?;
    if inputs {
        println!("{}", serde_json::to_string(&ceremonies::inputs()?)?);
        return Ok(());
    }
    if throughput {
        println!("{}; {rounds} rounds.\n", machine::description()?);
        return throughput::print(rounds);
    }
    let mut signatures = Vec::new();
    let mut ceremonies = Vec::new();
    let chosen = chosen(only.as_deref())?;
    for name in signatures::names().filter(|name| chosen.contains(name)) {
        signatures.push(signatures::contest(name)?.run(rounds)?);
    }
    for name in ceremonies::names().filter(|name| chosen.contains(name)) {
        ceremonies.push(ceremonies::contest(name)?.run(rounds)?);
    }

    println!("{}; {rounds} rounds.\n", machine::description()?);
    table::print("Signatures over 69 bytes", "the first in each column = 1.00", &signatures);
    table::print("Whole ceremonies", "`webauthn-verify` = 1.00", &ceremonies);
    if let Some(file) = svg {
        let pictured = |name: &str| only.is_some() || PICTURED.contains(&name);
        fs::write(file, picture(&signatures, &ceremonies, pictured).to_string())?;
    }
    Ok(())
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, Fault> {
    let mut arguments =
        Arguments { rounds: 151, only: None, svg: None, throughput: false, inputs: false };
    while let Some(name) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{name} has no value; {USAGE}"));
        match name.as_str() {
            "--rounds" => arguments.rounds = value()?.parse()?,
            "--only" => arguments.only = Some(value()?),
            "--svg" => arguments.svg = Some(value()?.into()),
            "--throughput" => arguments.throughput = true,
            "--ceremony-inputs" => arguments.inputs = true,
            _ => return Err(format!("unknown argument {name}; {USAGE}").into()),
        }
    }
    if arguments.rounds == 0 {
        return Err("--rounds must be at least 1".into());
    }
    if arguments.throughput && (arguments.only.is_some() || arguments.svg.is_some()) {
        return Err("--throughput runs no contests, so it has no --only and no --svg".into());
    }
    Ok(arguments)
}

/// Returns the names of the contests to run. If one contest has exactly the name `only`, this is the
/// only one. Otherwise these are all contests that have `only` in their names.
fn chosen(only: Option<&str>) -> Result<Vec<&'static str>, Fault> {
    let all: Vec<&str> = signatures::names().chain(ceremonies::names()).collect();
    let Some(only) = only else { return Ok(all) };
    if let Some(exactly) = all.iter().find(|name| name.eq_ignore_ascii_case(only)) {
        return Ok(vec![*exactly]);
    }
    let part = only.to_ascii_lowercase();
    let chosen = all.iter().filter(|name| name.to_ascii_lowercase().contains(&part));
    let chosen: Vec<&str> = chosen.copied().collect();
    match chosen.is_empty() {
        true => Err(format!("no contest is called {only}; there are: {}", all.join("; ")).into()),
        false => Ok(chosen),
    }
}

fn picture<'a>(
    signatures: &'a [Outcome],
    ceremonies: &'a [Outcome],
    pictured: impl Fn(&str) -> bool,
) -> Chart<'a> {
    let compared = |outcome: &Outcome| {
        let base = outcome.standings.first().map_or("", |standing| &standing.name);
        format!("time compared with {}", base.split(',').next().unwrap_or(base))
    };
    let signatures = signatures
        .iter()
        .map(|outcome| (format!("{} signature: {}", outcome.name, compared(outcome)), outcome));
    let ceremonies = ceremonies
        .iter()
        .map(|outcome| (format!("Whole {}: {}", outcome.name, compared(outcome)), outcome));
    let panels = signatures.chain(ceremonies).filter(|(_, outcome)| pictured(&outcome.name));
    Chart { panels: panels.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<Arguments, Fault> {
        arguments(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read_and_mistakes_are_named() {
        let arguments = given("--rounds 21 --only P-256 --svg a.svg").unwrap();
        assert_eq!(arguments.rounds, 21);
        assert_eq!(arguments.only.as_deref(), Some("P-256"));
        assert_eq!(arguments.svg, Some(PathBuf::from("a.svg")));
        assert!(!arguments.throughput && given("--throughput").unwrap().throughput);
        for (text, expected) in [
            ("--rounds", "--rounds has no value; "),
            ("--rounds 0", "--rounds must be at least 1"),
            ("--round 1", "unknown argument --round; "),
            ("--throughput --only P-256", "--throughput runs no contests"),
        ] {
            let error = given(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn an_exact_name_chooses_one_contest_and_a_part_chooses_several() {
        assert_eq!(chosen(Some("ed25519")).unwrap(), ["Ed25519"]);
        assert_eq!(chosen(Some("RSA")).unwrap(), ["RSA-2048", "RSA-3072", "RSA-4096"]);
        assert_eq!(chosen(Some("login")).unwrap().len(), 4);
        assert_eq!(chosen(None).unwrap().len(), 18);
        let error = chosen(Some("P-224")).unwrap_err().to_string();
        assert!(error.starts_with("no contest is called P-224; there are: P-256; "), "{error}");
    }

    #[test]
    fn the_contests_of_the_picture_exist() {
        for name in PICTURED {
            assert_eq!(chosen(Some(name)).unwrap(), [name]);
        }
    }
}
