#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/differential.rs"]
mod differential;

fuzz_target!(|input: &[u8]| differential::check(input));
