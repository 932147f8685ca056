//! Builds the tests with all mutants that compile.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Result;
use crate::mutant::Mutant;
use crate::rewrite::{Rewritten, Source};

/// The module that the places ask.
const CHOICE: &str = include_str!("../mutant_choice.rs");

/// A build of the tests.
pub(crate) struct Build {
    /// The executables.
    pub(crate) tests: Vec<PathBuf>,
    /// The number that chooses each mutant.
    pub(crate) number: BTreeMap<usize, u32>,
    /// The first number of the place of each mutant.
    pub(crate) place: BTreeMap<usize, u32>,
    /// The mutants that cannot be chosen at run time.
    pub(crate) not_chosen: BTreeSet<usize>,
    pub(crate) not_compilable: BTreeSet<usize>,
}

/// Rewrites the sources of the clone, builds the tests, and restores the sources.
pub(crate) fn all_at_once(
    clone: &Path,
    output: &Path,
    features: &str,
    mutants: &BTreeMap<usize, &Mutant>,
) -> Result<Build> {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (&index, mutant) in mutants {
        by_file.entry(&mutant.file).or_default().push((index, mutant));
    }
    let mut files = Files { sources: BTreeMap::new(), constants: BTreeSet::new() };
    // Files without mutants can have constant functions that other files call.
    for file in rust_files(&clone.join("src"))? {
        let name = file.strip_prefix(clone)?.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file)?;
        let inside = by_file.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let source = Source::new(text, inside).map_err(|error| format!("{name}: {error}"))?;
        files.sources.insert(name, source);
    }
    let mut build = Build {
        tests: Vec::new(),
        number: BTreeMap::new(),
        place: BTreeMap::new(),
        not_chosen: BTreeSet::new(),
        not_compilable: BTreeSet::new(),
    };
    build.not_chosen.extend(files.sources.values().flat_map(|source| &source.not_chosen));
    let target = output.join("target");
    let result: Result<Vec<PathBuf>> = loop {
        let rewritten = files.write(clone, mutants, &mut build)?;
        match run_cargo(clone, &target, features)? {
            Ok(tests) => break Ok(tests),
            Err(errors) => {
                let before = files.progress(&build);
                for error in &errors {
                    files.leave_out(error, &rewritten, &mut build);
                }
                let left_out = build.not_chosen.len() + build.not_compilable.len();
                eprintln!("{} errors, {left_out} mutants left out", errors.len());
                if files.progress(&build) == before {
                    let texts = errors.iter().filter_map(|error| error["rendered"].as_str());
                    break Err(texts.take(5).collect::<String>().into());
                }
            }
        }
    };
    files.restore(clone)?;
    build.tests = result?;
    Ok(build)
}

/// Builds the tests with one mutant in the code, and then restores the code. Returns false if the mutant
/// does not compile.
pub(crate) fn alone(clone: &Path, output: &Path, features: &str, mutant: &Mutant) -> Result<bool> {
    let file = clone.join(&mutant.file);
    let mut text = std::fs::read_to_string(&file)?;
    let original = text.clone();
    text.replace_range(mutant.range(&original), &mutant.replacement);
    std::fs::write(&file, text)?;
    let built = run_cargo(clone, &output.join("target"), features);
    std::fs::write(&file, original)?;
    Ok(built?.is_ok())
}

struct Files {
    /// The original files, by their path in the package.
    sources: BTreeMap<String, Source>,
    /// The names of the functions that must stay `const`.
    constants: BTreeSet<String>,
}

impl Files {
    fn write(
        &self,
        clone: &Path,
        mutants: &BTreeMap<usize, &Mutant>,
        build: &mut Build,
    ) -> Result<BTreeMap<String, Rewritten>> {
        build.number.clear();
        build.place.clear();
        let in_constants =
            self.sources.values().flat_map(|source| source.in_constants(&self.constants));
        build.not_chosen.extend(in_constants);
        let mut all = BTreeMap::new();
        for (name, source) in &self.sources {
            let (not_chosen, not_compilable) = (&build.not_chosen, &build.not_compilable);
            let is_left_out =
                |index| not_chosen.contains(&index) || not_compilable.contains(&index);
            let mut rewritten =
                source.rewrite(mutants, &self.constants, &mut build.number, is_left_out);
            for (_, inside) in &rewritten.places {
                for index in inside {
                    build.place.insert(*index, build.number[&inside[0]]);
                }
            }
            if name == "src/lib.rs" {
                rewritten.text.push_str("\npub(crate) mod mutant_choice;\n");
            }
            write_if_changed(&clone.join(name), &rewritten.text)?;
            all.insert(name.clone(), rewritten);
        }
        let count = build.number.len() + 1;
        let choice =
            CHOICE.replace("const COUNT: usize = 1;", &format!("const COUNT: usize = {count};"));
        write_if_changed(&clone.join("src/mutant_choice.rs"), &choice)?;
        Ok(all)
    }

    fn restore(&self, clone: &Path) -> Result<()> {
        for (name, source) in &self.sources {
            write_if_changed(&clone.join(name), source.text())?;
        }
        std::fs::remove_file(clone.join("src/mutant_choice.rs"))?;
        Ok(())
    }

    fn progress(&self, build: &Build) -> (usize, usize, usize) {
        (build.not_chosen.len(), build.not_compilable.len(), self.constants.len())
    }

    /// Leaves out the mutant that an error is about.
    fn leave_out(
        &mut self,
        error: &Value,
        rewritten: &BTreeMap<String, Rewritten>,
        build: &mut Build,
    ) {
        if error["code"]["code"] == "E0015"
            && let Some(name) = called_function(error)
            && self.sources.values().any(|source| source.has_constant(&name))
        {
            self.constants.insert(name);
            return;
        }
        let mut spans: Vec<&Value> = error["spans"].as_array().into_iter().flatten().collect();
        spans.sort_by_key(|span| span["is_primary"] != true);
        let found = spans.iter().find_map(|span| {
            let (file, bytes) = outside_macros(span, rewritten)?;
            let arm = file.arms.iter().find(|(range, _)| contains(range, &bytes));
            Some((file, bytes, arm.map(|(_, index)| *index)))
        });
        let is_incomplete_match = error["code"]["code"] == "E0004";
        match found {
            Some((_, _, Some(index))) => {
                build.not_compilable.insert(index);
            }
            Some((file, bytes, None)) => {
                let places = if is_incomplete_match { &file.matches } else { &file.places };
                let around = places.iter().filter(|(range, _)| contains(range, &bytes));
                let innermost = around.min_by_key(|(range, _)| range.len());
                for index in innermost.map_or(&[][..], |(_, inside)| inside) {
                    build.not_chosen.insert(*index);
                }
            }
            None => {}
        }
    }
}

/// Returns the file of a span, and its range of bytes. For code that a macro made, this is the range of
/// the macro's call.
fn outside_macros<'a>(
    span: &Value,
    rewritten: &'a BTreeMap<String, Rewritten>,
) -> Option<(&'a Rewritten, Range<usize>)> {
    match rewritten.get(span["file_name"].as_str()?) {
        Some(file) => Some((file, bytes(span)?)),
        None => outside_macros(span.get("expansion")?.get("span")?, rewritten),
    }
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn bytes(span: &Value) -> Option<Range<usize>> {
    let number = |name: &str| usize::try_from(span[name].as_u64()?).ok();
    Some(number("byte_start")?..number("byte_end")?)
}

/// Returns the name of the function that a constant cannot call, from the message of the compiler.
fn called_function(error: &Value) -> Option<String> {
    let path = error["message"].as_str()?.split('`').nth(1)?;
    let path = path
        .strip_suffix('>')
        .map_or(path, |generic| generic.rsplit_once("::<").map_or(path, |it| it.0));
    path.rsplit("::").next().map(str::to_owned)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(std::fs::write(path, text)?)
}

/// Builds the tests. Returns the executables, or the errors of the compiler.
fn run_cargo(
    clone: &Path,
    target: &Path,
    features: &str,
) -> Result<std::result::Result<Vec<PathBuf>, Vec<Value>>> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "--no-run", "--message-format=json", "--package=webauthn-verify", features])
        .args(["--lib", "--example=verify", "--test=it"])
        // The choices make arithmetic slow.
        .args(["--config", "profile.dev.package.webauthn-verify.opt-level=2"])
        .current_dir(clone)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        // These lints forbid code that panics. The lint against long loops in constants stays.
        .env("RUSTFLAGS", "-Aarithmetic_overflow -Aunconditional_panic")
        .stderr(std::process::Stdio::null());
    let output = command.output()?;
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let (mut tests, mut errors) = (Vec::new(), Vec::new());
    for message in messages {
        let message = message?;
        if let Some(executable) = message["executable"].as_str()
            && message["profile"]["test"] == true
        {
            tests.push(PathBuf::from(executable));
        }
        if message["message"]["level"] == "error"
            && message["message"]["spans"] != Value::Array(vec![])
        {
            errors.push(message["message"].clone());
        }
    }
    if output.status.success() {
        return Ok(Ok(tests));
    }
    if errors.is_empty() {
        return Err(format!("cargo test --no-run {features} failed in {}", clone.display()).into());
    }
    Ok(Err(errors))
}
