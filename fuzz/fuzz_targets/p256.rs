#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src/p256.rs"]
mod target;

fuzz_target!(|input: &[u8]| {
    target::check(input);
});
