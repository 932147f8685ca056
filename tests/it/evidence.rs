//! The figures in `docs/evidence.md` that can be counted are true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::is_published;
use crate::rule_ids::row;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Returns the files in a folder of the repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

/// Returns the figure in the row of `docs/evidence.md` that begins with this text.
fn figure(counted: &str) -> usize {
    let document = text("docs/evidence.md");
    let start = format!("| {counted} | ");
    let row = document.lines().find_map(|line| line.strip_prefix(start.as_str()));
    let cell = row.unwrap_or_else(|| panic!("no row {counted:?}")).split(" |").next().unwrap();
    cell.replace(',', "").parse().unwrap()
}

#[track_caller]
fn is(counted: &str, count: usize) {
    assert_eq!(figure(counted), count, "{counted}: correct docs/evidence.md");
}

/// Returns the ids of the rules in the document, each with its last column.
fn rules(document: &str) -> Vec<(&str, &str)> {
    let rows = document.lines().filter_map(row);
    rows.map(|cells| (cells[0], *cells.last().unwrap())).collect()
}

#[test]
fn the_figures_of_the_rules_are_true() {
    if is_published() {
        return;
    }
    let document = text("docs/rules.md");
    let rules = rules(&document);
    is("rules", rules.len());
    is("rules with a test", rules.iter().filter(|(_, by)| !by.starts_with("no test: ")).count());
}

#[test]
fn the_figures_of_the_corpus_are_true_and_its_rules_exist() {
    if is_published() {
        return;
    }
    let document = text("docs/rules.md");
    let known: BTreeSet<&str> = rules(&document).into_iter().map(|(id, _)| id).collect();
    let (mut about, mut counts) = (BTreeSet::new(), [0; 3]);
    for path in files("test-vectors/hostile") {
        if path.extension().is_some_and(|extension| extension == "md") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let rule = case["rule"].as_str().unwrap().to_owned();
            assert!(known.contains(rule.as_str()), "{rule} of {}", case["name"]);
            about.insert(rule);
            let expected = match &case["expect"] {
                Value::String(word) if word == "accept" => 0,
                Value::Object(rejected) if rejected.contains_key("step") => 1,
                Value::String(word) if word == "unusable" => 2,
                other => panic!("{} expects {other}", case["name"]),
            };
            counts[expected] += 1;
        }
    }
    is("hostile cases", counts.iter().sum());
    is("hostile cases that must be accepted", counts[0]);
    is("hostile cases that must be rejected, each with a kind and a step", counts[1]);
    is("hostile cases that cannot be read", counts[2]);
    is("rules that a hostile case is about", about.len());
    is(
        "weakened copies, each noticed by a hostile case",
        files("test-vectors/hostile/guards").len(),
    );
}

#[test]
fn the_figures_of_the_fuzz_targets_are_true() {
    if is_published() {
        return;
    }
    is("fuzz targets", files("fuzz/fuzz_targets").len());
    let folders = fs::read_dir(root().join("fuzz/seeds")).unwrap();
    let seeds = folders.map(|folder| fs::read_dir(folder.unwrap().path()).unwrap().count());
    is("seeds of the fuzz targets", seeds.sum());
}
