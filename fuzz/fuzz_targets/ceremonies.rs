#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| webauthn_verify_fuzz::ceremonies::check(input));
