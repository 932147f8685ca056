//! What a BLOB of metadata costs that is as large as those of the FIDO Alliance, as a table in
//! Markdown: 520 models with anchors, pictures and descriptions, 10.6 MB.
//!
//! The time is the minimum of 20 runs: a run that nothing has interrupted. The heap is what was held
//! at most, beyond what was held before.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use webauthn_verify::metadata::Metadata;
use webauthn_verify::parse::Aaguid;

#[path = "../tests/it/common/certificates.rs"]
mod certificates;
#[path = "../tests/it/common/heap.rs"]
mod heap;
#[path = "../tests/it/common/large_blob.rs"]
mod large_blob;

use certificates::{now, root};
use large_blob::{ENTRIES, aaguid, blob, roots};

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
    let (blob, roots) = (blob(), roots());
    let verify = || Metadata::verify(&blob, &roots, now()).unwrap();
    let (metadata, peak, held) = heap::memory(verify);
    assert_eq!((metadata.entries().len(), metadata.skipped().len()), (ENTRIES, 0));
    let times = |bytes: usize| bytes as f64 / blob.len() as f64;
    println!("| | bytes | time | heap while it runs | of the size | held after | of the size |");
    println!("|---|---|---|---|---|---|---|");
    let time = fastest(|| drop(black_box(verify())));
    println!(
        "| verify and read | {} | {:.1} ms | {peak} | {:.2} | {held} | {:.2} |",
        blob.len(),
        time.as_secs_f64() * 1000.0,
        times(peak),
        times(held)
    );
    let none: [&[u8]; 0] = [];
    let certificates = [root("model 7")];
    let zero = Aaguid::from_bytes([0; 16]);
    let lookup = |name: &str, find: &dyn Fn() -> bool| {
        let (found, peak, _) = heap::memory(find);
        assert!(found);
        let time = fastest(|| (0..LOOKUPS).for_each(|_| assert!(black_box(find()))));
        println!("| {name} | | {:?} | {peak} | | | |", time / LOOKUPS);
    };
    let model = Aaguid::from_bytes(aaguid(ENTRIES / 2));
    lookup("a model by its AAGUID", &|| metadata.entry(model, &none).is_some());
    lookup("a model by the key of a certificate", &|| {
        metadata.entry(zero, &certificates).is_some()
    });
}
