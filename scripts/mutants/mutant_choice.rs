//! Says which mutant is chosen. Every place of a mutant asks this module.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// One more than the last number of a mutant.
const COUNT: usize = 1;

const UNKNOWN: u32 = u32::MAX;
const RECORDING: u32 = u32::MAX - 1;

/// The number of the chosen mutant, or 0.
static CHOSEN: AtomicU32 = AtomicU32::new(UNKNOWN);
static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

/// Returns the chosen mutant if it is one of `count` from `first`, or 0.
#[inline]
pub(crate) fn chosen(first: u32, count: u32) -> u32 {
    let chosen = CHOSEN.load(Relaxed);
    if chosen.wrapping_sub(first) < count {
        return chosen;
    }
    if chosen >= RECORDING {
        return begin(chosen, first, count);
    }
    0
}

#[cold]
fn begin(now: u32, first: u32, count: u32) -> u32 {
    if now == UNKNOWN {
        let number = std::env::var("MUTANT").ok().and_then(|text| text.parse().ok());
        let is_recording = std::env::var_os("MUTANTS_REACHED").is_some();
        CHOSEN.store(number.unwrap_or(if is_recording { RECORDING } else { 0 }), Relaxed);
        return chosen(first, count);
    }
    if let Some(place) = REACHED.get(first as usize)
        && !place.load(Relaxed)
        && !place.swap(true, Relaxed)
        && let Some(path) = std::env::var_os("MUTANTS_REACHED")
    {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(format!("{first}\n").as_bytes())).expect("a file");
    }
    0
}
