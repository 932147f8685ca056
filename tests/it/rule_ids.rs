//! Every rule in `docs/rules.md` has a test that is named after it, or a reason to have none.
//!
//! `REGENERATE=1 cargo test --all-features --test it rule_ids` writes the column of tests there, and
//! the families in `tests/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::{committed, is_published};

/// The folders that contain tests.
const FOLDERS: [&str; 4] = ["src", "authenticator/src", "tests", "examples"];

/// The files that contain a test of each rule.
type Tests = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Returns the family and the title of a heading: `## REG: registering a credential`.
fn heading(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("## ")?.split_once(": ")
}

/// Returns the first and the last id that a line declares unused: `KB-41 to KB-59 are not used.`
fn unused(line: &str) -> Option<(&str, &str)> {
    line.strip_suffix(" are not used.")?.split_once(" to ")
}

/// Returns the number at the end of an id.
fn number_of(id: &str) -> Option<u32> {
    id.rsplit('-').next()?.parse().ok()
}

/// Returns the cells of a row of a table, unless the row belongs to the head of the table.
pub(crate) fn row(line: &str) -> Option<Vec<&str>> {
    let cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim);
    Some(cells.collect()).filter(|cells: &Vec<&str>| !["id", "---"].contains(&cells[0]))
}

/// Checks the rules of a document. Returns the list of faults and, if there is none, the document
/// with the right columns of tests.
fn check(document: &str, tests: &Tests) -> (String, Vec<String>) {
    let (mut written, mut faults) = (String::new(), Vec::new());
    let mut family = "";
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for line in document.lines() {
        if let Some((name, _)) = heading(line) {
            family = name;
        }
        let expected = |number| format!("{family}-{number:02}");
        let number = next.entry(family).or_insert(1);
        if let Some((first, last)) = unused(line) {
            if first != expected(*number) {
                faults
                    .push(format!("{first} is declared unused in place of {}", expected(*number)));
            }
            *number = number_of(last).unwrap_or(*number) + 1;
        }
        let Some(cells) = row(line) else {
            written += &format!("{line}\n");
            continue;
        };
        let [id, rule, source, kept_by] = cells[..] else {
            faults.push(format!("a row has not four cells: {line}"));
            continue;
        };
        if id != expected(*number) {
            faults.push(format!("{id} is in place of {}", expected(*number)));
        }
        *number = number_of(id).unwrap_or(*number) + 1;
        known.insert(id);
        if rule.is_empty() || source.is_empty() {
            faults.push(format!("{id} has no sentence or no source"));
        }
        let files = match (tests.get(id), kept_by.starts_with("no test: ")) {
            (Some(files), false) => Vec::from_iter(files.iter().map(String::as_str)).join(", "),
            (None, true) => kept_by.to_owned(),
            (Some(_), true) => {
                faults.push(format!("{id} has a test, and a reason to have none"));
                continue;
            }
            (None, false) => {
                faults.push(format!("{id} has neither a test nor a reason to have none"));
                continue;
            }
        };
        written += &format!("| {id} | {rule} | {source} | {files} |\n");
    }
    let unknown = tests.keys().filter(|id| !known.contains(id.as_str()));
    faults.extend(unknown.map(|id| format!("a test is named after {id}, which has no row")));
    (written, faults)
}

/// Returns the titles of each family, in the order of the document.
fn families(document: &str) -> Vec<(&str, Vec<&str>)> {
    let mut families: Vec<(&str, Vec<&str>)> = Vec::new();
    for (family, title) in document.lines().filter_map(heading) {
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, titles)) => titles.push(title),
            None => families.push((family, vec![title])),
        }
    }
    families
}

/// Returns the rules that the name of a test begins with: `reg_20_kb_09_the_key` gives REG-20 and
/// KB-09.
fn rules_of(name: &str, families: &[(&str, Vec<&str>)]) -> Vec<String> {
    let is_number = |token: &str| matches!(token.len(), 2 | 3) && token.parse::<u32>().is_ok();
    let mut rules = Vec::new();
    let mut rest = name;
    loop {
        let after = |family: &str| {
            let prefix = family.to_lowercase().replace('-', "_") + "_";
            rest.strip_prefix(prefix.as_str())
        };
        let found = families.iter().filter_map(|(family, _)| Some((*family, after(family)?)));
        let Some((family, numbers)) = found.max_by_key(|(family, _)| family.len()) else { break };
        rest = numbers;
        let before = rules.len();
        while let Some((number, after)) = rest.split_once('_').filter(|(first, _)| is_number(first))
        {
            rules.push(format!("{family}-{number}"));
            rest = after;
        }
        if rules.len() == before {
            break;
        }
        // The part of a step, as in reg_11_2.
        let part =
            rest.split_once('_').filter(|(part, _)| matches!(part.as_bytes(), [b'0'..=b'9']));
        rest = part.map_or(rest, |(_, after)| after);
    }
    rules
}

/// Adds the Rust files of a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Finds the tests that are named after rules.
fn tests_by_rule(families: &[(&str, Vec<&str>)]) -> Tests {
    let mut files = Vec::new();
    for folder in FOLDERS {
        sources(&root().join(folder), &mut files);
    }
    let mut tests = Tests::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split('(').next().filter(|_| is_test).unwrap_or_default();
                for rule in rules_of(name, families) {
                    tests.entry(rule).or_default().insert(format!("`{place}`"));
                }
                is_test = false;
            }
        }
    }
    tests
}

/// Returns the README of the tests with the families of rules between its two marks.
fn with_families(readme: &str, families: &[(&str, Vec<&str>)]) -> String {
    const BEGIN: &str = "<!-- families -->\n";
    const END: &str = "<!-- end of families -->\n";
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let mut table = String::from("| family | rules about |\n|---|---|\n");
    for (family, titles) in families {
        table += &format!("| {family} | {} |\n", titles.join("; "));
    }
    format!("{before}{BEGIN}{table}{END}{after}")
}

#[test]
fn every_rule_has_a_test_or_a_reason_and_the_document_says_so() {
    if is_published() {
        println!("the published crate lacks the documents and the authenticator");
        return;
    }
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (document, readme) = (read("docs/rules.md"), read("tests/README.md"));
    let families = families(&document);
    let (expected, faults) = check(&document, &tests_by_rule(&families));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    committed::check("docs/rules.md", &expected);
    committed::check("tests/README.md", &with_families(&readme, &families));
}

#[test]
fn each_fault_of_the_document_is_found() {
    let tests: Tests = ["A-01", "A-02"].map(|id| (id.to_owned(), BTreeSet::new())).into();
    let check = |rows: &[&str]| {
        let document = format!("## A: letters\n\n| id | rule |\n|---|---|\n{}\n", rows.join("\n"));
        check(&document, &tests).1.join("; ")
    };
    let (one, two) = ("| A-01 | One. | §1 | |", "| A-02 | Two. | §2 | |");
    let none = "| A-04 | Four. | §4 | no test: by its type |";
    assert_eq!(check(&[one, two]), "");
    assert_eq!(check(&[one, two, "", "A-03 to A-03 are not used.", none]), "");
    for (rows, fault) in [
        (&[one][..], "a test is named after A-02, which has no row"),
        (&[one, one, two], "A-01 is in place of A-02"),
        (&[two, one], "A-02 is in place of A-01"),
        (&[one, two, none], "A-04 is in place of A-03"),
        (&[one, two, "| B-03 | Three. | §3 | no test: other |"], "B-03 is in place of A-03"),
        (&["A-02 to A-02 are not used.", one, two], "A-02 is declared unused in place of A-01"),
        (&[one, "| A-02 | Two. | §2 |"], "a row has not four cells"),
        (&[one, "| A-02 | | §2 | |"], "A-02 has no sentence or no source"),
        (&[one, "| A-02 | Two. | | |"], "A-02 has no sentence or no source"),
        (&[one, two, "| A-03 | Three. | §3 | |"], "A-03 has neither a test nor a reason"),
        (&[one, "| A-02 | Two. | §2 | no test: x |"], "A-02 has a test, and a reason to have none"),
    ] {
        assert!(check(rows).contains(fault), "{fault}: {}", check(rows));
    }
}

#[test]
fn names_give_their_rules() {
    let families =
        ["REG", "KB", "JSON", "ATT", "ATT-PACKED"].map(|family| (family, Vec::<&str>::new()));
    let rules_of = |name| rules_of(name, &families);
    assert_eq!(rules_of("reg_20_kb_09_the_key_is_parsed"), ["REG-20", "KB-09"]);
    assert_eq!(rules_of("kb_99_100_apps"), ["KB-99", "KB-100"]);
    assert_eq!(rules_of("json_05_06_copies"), ["JSON-05", "JSON-06"]);
    assert_eq!(rules_of("reg_11_2_top_origin"), ["REG-11"]);
    assert_eq!(rules_of("att_packed_03_version"), ["ATT-PACKED-03"]);
    assert_eq!(rules_of("att_03_unknown"), ["ATT-03"]);
    assert_eq!(rules_of("the_counter_counts"), [""; 0]);
}
