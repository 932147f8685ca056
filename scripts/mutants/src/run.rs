//! Runs the tests with one mutant after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::Result;
use crate::compile::Build;
use crate::mutant::Outcome;

/// A test that takes this many times as long as without a mutant counts as a test without an end.
const PATIENCE: u32 = 10;
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The memory of a test, in KiB. A loop that never ends often takes memory.
const MOST_MEMORY: u32 = 4 << 20;
/// A test that takes longer is not used.
const LONGEST_TEST: Duration = Duration::from_secs(8);
/// How long the tests of the first round take without a mutant. Each round takes twice as long as the one
/// before, until a test fails or no test is left.
const FIRST_ROUND: Duration = Duration::from_millis(50);

/// A test that passes without a mutant.
pub(crate) struct Test {
    executable: PathBuf,
    name: String,
    time: Duration,
    /// The places that it reaches, by the first number of each.
    reached: BTreeSet<u32>,
}

/// Runs each test alone, and records the places that it reaches. The shortest test comes first.
pub(crate) fn record(clone: &Path, output: &Path, build: &Build) -> Result<Vec<Test>> {
    let mut all = Vec::new();
    for executable in &build.tests {
        let ignored = list(clone, executable, &["--ignored"])?;
        let names = list(clone, executable, &[])?;
        all.extend(names.difference(&ignored).map(|name| (executable.clone(), name.clone())));
    }
    let found = Mutex::new(Vec::new());
    in_parallel(&all, |number, (executable, name)| {
        let file = output.join(format!("reached-{number}"));
        let _ = std::fs::remove_file(&file);
        let start = Instant::now();
        let variable = ("MUTANTS_REACHED", file.to_string_lossy().into_owned());
        let status = run(clone, executable, &[name], &variable, LONGEST_TEST)?;
        let time = start.elapsed();
        let reached = std::fs::read_to_string(&file).unwrap_or_default();
        let _ = std::fs::remove_file(&file);
        if status.is_some_and(|status| status.success()) {
            let reached = reached.lines().map(str::parse).collect::<std::result::Result<_, _>>()?;
            let test = Test { executable: executable.clone(), name: name.clone(), time, reached };
            found.lock().map_err(|_| "a thread panicked")?.push(test);
        } else {
            eprintln!("not used, because it fails or is slow without a mutant: {name}");
        }
        Ok(())
    })?;
    let mut tests = found.into_inner()?;
    tests.sort_by_key(|test| test.time);
    let total: Duration = tests.iter().map(|test| test.time).sum();
    eprintln!("{} tests, which take {} seconds one after the other", tests.len(), total.as_secs());
    Ok(tests)
}

fn list(clone: &Path, executable: &Path, arguments: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = Command::new(executable);
    let output =
        command.args(["--list", "--format=terse"]).args(arguments).current_dir(clone).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// Tries every mutant of the build, and says what became of each.
pub(crate) fn every_mutant(
    clone: &Path,
    build: &Build,
    tests: &[Test],
    mut done: impl FnMut(usize, Outcome) -> Result<()>,
) -> Result<()> {
    let mutants: Vec<(usize, u32)> =
        build.number.iter().map(|(index, number)| (*index, *number)).collect();
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let sender = sender;
            in_parallel(&mutants, |_, &(index, number)| {
                let outcome = one_mutant(clone, build.place[&index], number, tests)?;
                sender.send((index, outcome)).map_err(|_| "the main thread ended")?;
                Ok(())
            })
            .map_err(|error| error.to_string())
        });
        for (index, outcome) in receiver {
            done(index, outcome)?;
        }
        worker.join().map_err(|_| "a thread panicked")??;
        Ok(())
    })
}

fn one_mutant(clone: &Path, place: u32, number: u32, tests: &[Test]) -> Result<Outcome> {
    let reaching = tests.iter().filter(|test| test.reached.contains(&place));
    in_rounds(clone, reaching, number)
}

/// Tries a mutant that is compiled alone.
pub(crate) fn only_mutant(clone: &Path, tests: &[Test]) -> Result<Outcome> {
    in_rounds(clone, tests.iter(), 0)
}

/// Runs the tests with the mutant of this number until one fails.
fn in_rounds<'t>(
    clone: &Path,
    tests: impl Iterator<Item = &'t Test>,
    number: u32,
) -> Result<Outcome> {
    let mut tests = tests.peekable();
    if tests.peek().is_none() {
        return Ok(Outcome::NotReached);
    }
    let mut round = FIRST_ROUND;
    while tests.peek().is_some() {
        let mut batches: BTreeMap<&Path, (Vec<&String>, Duration)> = BTreeMap::new();
        let mut total = Duration::ZERO;
        while let Some(test) =
            tests.next_if(|test| total == Duration::ZERO || total + test.time <= round)
        {
            total += test.time;
            let batch = batches.entry(&test.executable).or_default();
            batch.0.push(&test.name);
            batch.1 += test.time;
        }
        for (executable, (names, time)) in batches {
            let variable = ("MUTANT", number.to_string());
            let timeout = SHORTEST_TIMEOUT.max(time * PATIENCE);
            match run(clone, executable, &names, &variable, timeout)? {
                None => return Ok(Outcome::NoEnd),
                Some(status) if !status.success() => return Ok(Outcome::Noticed),
                Some(_) => {}
            }
        }
        round *= 2;
    }
    Ok(Outcome::NotNoticed)
}

/// Runs tests of one executable. Returns `None` if they do not end in time.
fn run(
    clone: &Path,
    executable: &Path,
    names: &[&String],
    variable: &(&str, String),
    timeout: Duration,
) -> Result<Option<ExitStatus>> {
    let mut child = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {MOST_MEMORY}; exec \"$0\" --exact --test-threads=1 \"$@\""),
        ])
        .arg(executable)
        .args(names)
        .current_dir(clone)
        .env("CARGO_MANIFEST_DIR", clone)
        .env(variable.0, &variable.1)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let end = Instant::now() + timeout;
    let mut pause = Duration::from_millis(1);
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Calls the function for each item, in as many threads as there are processors.
fn in_parallel<T: Sync>(items: &[T], work: impl Fn(usize, &T) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> std::result::Result<(), String> {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(number) else { return Ok(()) };
                        work(number, item).map_err(|error| error.to_string())?;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}
