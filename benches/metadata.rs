//! Measures a metadata BLOB that is as large as the BLOB of the FIDO Alliance, and prints a
//! Markdown table. It has 520 models with anchors, pictures and descriptions, and a size of 10.6
//! MB.
//!
//! The time is the minimum of 20 runs, because the fastest run is the one that was not interrupted.
//! The heap is the peak during a run, without the memory that was allocated before it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::metadata::Metadata;
use webauthn_verify::parse::Aaguid;
use webauthn_verify_authenticator::certificates::{now, root};
use webauthn_verify_authenticator::large_metadata::{self, ENTRIES, aaguid};

const RUNS: u32 = 20;
const LOOKUPS: u32 = 1000;

fn fastest(mut run: impl FnMut()) -> Duration {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(|_| time(&mut run)).min().unwrap()
}

fn main() {
    let blob = large_metadata::blob();
    let roots = [TrustAnchor::from_der(large_metadata::root()).unwrap()];
    let verify = || Metadata::verify(&blob, &roots, None, now()).unwrap();
    let mut metadata = None;
    let heap = measure(|| metadata = Some(black_box(verify())));
    let metadata = metadata.unwrap();
    let (peak, held) = (heap.bytes_max, heap.bytes_current);
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (ENTRIES, 0));
    let times = |bytes: f64| bytes / blob.len() as f64;
    println!("| | bytes | time | peak heap | peak / size | heap held after | held / size |");
    println!("|---|---|---|---|---|---|---|");
    let time = fastest(|| drop(black_box(verify())));
    println!(
        "| verify and read | {} | {:.1} ms | {peak} | {:.2} | {held} | {:.2} |",
        blob.len(),
        time.as_secs_f64() * 1000.0,
        times(peak as f64),
        times(held as f64)
    );
    let none: [&[u8]; 0] = [];
    let certificates = [root("model 7")];
    let zero = Aaguid::ZERO;
    let lookup = |name: &str, find: &dyn Fn() -> bool| {
        let peak = measure(|| assert!(black_box(find()))).bytes_max;
        let time = fastest(|| (0..LOOKUPS).for_each(|_| assert!(black_box(find()))));
        println!("| {name} | | {:?} | {peak} | | | |", time / LOOKUPS);
    };
    let model = Aaguid::from_bytes(aaguid(ENTRIES / 2));
    lookup("find a model by AAGUID", &|| metadata.entry(model, &none).is_some());
    lookup("find a model by certificate key", &|| metadata.entry(zero, &certificates).is_some());
}
