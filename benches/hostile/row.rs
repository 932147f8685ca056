//! Measurements, and the tables that show them.

use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: usize = 20;

/// A row of a table.
#[derive(Clone)]
pub(crate) struct Row {
    name: String,
    body: usize,
    pub(crate) time: Duration,
    heap: u64,
    verdict: String,
}

impl Row {
    /// Measures `run`, which returns a verdict.
    pub(crate) fn of(name: impl Into<String>, body: usize, run: impl Fn() -> String) -> Row {
        // The first verification with a curve computes a table, which stays.
        black_box(run());
        let mut verdict = String::new();
        let heap = allocation_counter::measure(|| verdict = black_box(run())).bytes_max;
        let time = || {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        };
        let time = (0..RUNS).map(|_| time()).min().unwrap();
        Row { name: name.into(), body, time, heap, verdict }
    }

    pub(crate) fn print(&self) {
        let Row { name, body, time, heap, verdict } = self;
        let milliseconds = time.as_secs_f64() * 1e3;
        #[allow(clippy::cast_precision_loss, reason = "a body is short")]
        let ratio = *heap as f64 / *body as f64;
        println!("| {name} | {body} | {milliseconds:.2} | {heap} | {ratio:.1} | {verdict} |");
    }
}

/// Prints a table. Returns the slowest row, the row with the most heap, and the row with the most
/// heap in proportion to its body.
pub(crate) fn table(title: &str, rows: &[Row]) -> Vec<Row> {
    println!("\n## {title}\n");
    header();
    rows.iter().for_each(Row::print);
    let slowest = rows.iter().max_by_key(|row| row.time).unwrap();
    let largest = rows.iter().max_by_key(|row| row.heap).unwrap();
    let multiplied = rows.iter().max_by_key(|row| row.heap * 1000 / row.body as u64).unwrap();
    let mut worst = vec![slowest, largest, multiplied];
    worst.dedup_by_key(|row| &row.name);
    let named = |row: &Row| Row { name: format!("{title}: {}", row.name), ..row.clone() };
    worst.into_iter().map(named).collect()
}

pub(crate) fn header() {
    println!("| request | body (bytes) | CPU time (ms) | heap (bytes) | heap / body | verdict |");
    println!("|---|---|---|---|---|---|");
}

/// Prints the processor and the load of the machine.
pub(crate) fn print_machine() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |name| name.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("CPU: {model}, {cores} cores, load {}", read("/proc/loadavg").trim());
}

pub(crate) fn verdict<T>(result: Result<T, webauthn_verify::Error>) -> String {
    match result {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.kind().as_str().to_owned(),
    }
}
