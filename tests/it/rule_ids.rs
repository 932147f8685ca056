//! Which test keeps which rule: the table in `tests/README.md` is made from the names of the tests,
//! and a rule without a test is listed there with its reason, or this fails.
//!
//! `REGENERATE=1 cargo test rule_ids` writes the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::is_published;

/// The families of rules as they begin the names of tests, and how many rules each has.
const FAMILIES: &[(&str, u32)] = &[
    ("reg", 29),
    ("auth", 25),
    ("cd", 15),
    ("org", 10),
    ("ad", 14),
    ("cbor", 14),
    ("cose", 20),
    ("sig", 11),
    ("att", 6),
    ("none", 2),
    ("att_packed", 11),
    ("u2f", 7),
    ("tpm", 16),
    ("ak", 13),
    ("sn", 4),
    ("apple", 5),
    ("comp", 5),
    ("x509", 17),
    ("ext", 15),
    ("opt", 14),
    ("json", 8),
    ("mds", 11),
    ("rec", 5),
];

/// The numbers of known bugs, in ranges.
const KNOWN_BUGS: [std::ops::RangeInclusive<u32>; 2] = [1..=40, 60..=114];

/// Rules without a test, and why.
const NOT_KEPT: &[(&str, &str)] = &[
    ("REG-29", "by its type: only the verifier makes a verdict, at the end of the last step"),
    ("AUTH-25", "by its type: only the verifier makes a verdict, at the end of the last step"),
    (
        "CD-13",
        "the limited verification algorithm is not offered; client data is always parsed whole",
    ),
    (
        "CD-14",
        "the limited verification algorithm is not offered; client data is always parsed whole",
    ),
    ("SIG-11", "advice to callers, in the documentation of `signature::verify`"),
];

/// Where tests are.
const FOLDERS: [&str; 4] = ["src", "authenticator/src", "tests", "examples"];

const BEGIN: &str = "<!-- table -->\n";
const END: &str = "<!-- end of table -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// The rules that a test's name begins with: `reg_20_kb_09_the_key` gives REG-20 and KB-09.
fn rules_of(name: &str) -> Vec<String> {
    let mut rules = Vec::new();
    let mut tokens = name.split('_').peekable();
    while let Some(token) = tokens.next() {
        let mut family = token.to_owned();
        if token == "att" && tokens.peek() == Some(&"packed") {
            tokens.next();
            family = "att_packed".to_owned();
        }
        if family != "kb" && !FAMILIES.iter().any(|(known, _)| *known == family) {
            break;
        }
        let is_number = |token: &&str| matches!(token.len(), 2 | 3) && token.parse::<u32>().is_ok();
        let mut any = false;
        while let Some(number) = tokens.next_if(is_number) {
            rules.push(format!("{}-{number}", family.to_uppercase().replace('_', "-")));
            any = true;
        }
        // The part of a step, as in reg_11_2.
        tokens.next_if(|token| token.len() == 1 && token.parse::<u32>().is_ok());
        if !any {
            break;
        }
    }
    rules
}

/// Every rule with the tests that are named after it.
fn tests_by_rule() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        sources(&root().join(folder), &mut files);
    }
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("fn ") {
                if is_test {
                    let name = rest.split('(').next().unwrap();
                    for rule in rules_of(name) {
                        tests.entry(rule).or_default().insert(format!("`{place}`"));
                    }
                }
                is_test = false;
            }
        }
    }
    tests
}

fn all_rules() -> Vec<String> {
    let mut rules = Vec::new();
    for (family, count) in FAMILIES {
        let family = family.to_uppercase().replace('_', "-");
        rules.extend((1..=*count).map(|number| format!("{family}-{number:02}")));
    }
    for range in KNOWN_BUGS {
        rules.extend(range.map(|number| format!("KB-{number:02}")));
    }
    rules
}

#[test]
fn every_rule_has_a_test_or_a_reason_and_the_table_says_so() {
    if is_published() {
        println!("the published crate lacks the authenticator, whose tests are counted too");
        return;
    }
    let tests = tests_by_rule();
    let rules = all_rules();
    let unknown: Vec<_> = tests.keys().filter(|rule| !rules.contains(rule)).collect();
    assert!(unknown.is_empty(), "tests are named after rules that do not exist: {unknown:?}");

    let mut table = String::from("| rule | kept by |\n|---|---|\n");
    let mut neither = Vec::new();
    for rule in &rules {
        let reason = NOT_KEPT.iter().find(|(not_kept, _)| not_kept == rule);
        match (tests.get(rule), reason) {
            (Some(places), None) => {
                let places: Vec<_> = places.iter().cloned().collect();
                table += &format!("| {rule} | {} |\n", places.join(", "));
            }
            (None, Some((_, reason))) => table += &format!("| {rule} | no test: {reason} |\n"),
            (Some(_), Some(_)) => panic!("{rule} has a test, and a reason to have none"),
            (None, None) => neither.push(rule.as_str()),
        }
    }
    assert!(neither.is_empty(), "neither a test nor a reason: {}", neither.join(" "));

    let path = root().join("tests/README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert!(found == table, "the table is old: run REGENERATE=1 cargo test rule_ids");
    }
}

#[test]
fn names_give_their_rules() {
    assert_eq!(rules_of("reg_20_kb_09_the_key_is_parsed"), ["REG-20", "KB-09"]);
    assert_eq!(rules_of("kb_99_100_apps"), ["KB-99", "KB-100"]);
    assert_eq!(rules_of("json_05_06_copies"), ["JSON-05", "JSON-06"]);
    assert_eq!(rules_of("reg_11_2_top_origin"), ["REG-11"]);
    assert_eq!(rules_of("att_packed_03_version"), ["ATT-PACKED-03"]);
    assert_eq!(rules_of("att_03_unknown"), ["ATT-03"]);
    assert_eq!(rules_of("the_counter_counts"), [""; 0]);
}
