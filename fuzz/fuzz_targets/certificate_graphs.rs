#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    webauthn_verify_fuzz::certificate_graphs::check(input);
});
