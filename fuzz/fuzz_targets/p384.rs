#![no_main]

use webauthn_verify_fuzz::ecdsa::{NistP384, check};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    check::<NistP384>(input);
});
