#![no_main]

use webauthn_verify_fuzz::ecdsa::{NistP256, check};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    check::<NistP256>(input);
});
