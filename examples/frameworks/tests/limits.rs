//! The limits for a response also apply when a web framework reads it.
//!
//! The tests of the crate cover `serde_json`. These tests cover `serde_path_to_error`, which the
//! `Json` extractor of axum uses.

use allocation_counter::measure;
use serde::Deserialize;
use webauthn_verify::{AuthenticationResponse, RegistrationResponse};
use webauthn_verify_authenticator::costly::{self, MAX_BODY};

#[derive(Deserialize)]
struct Nested<T> {
    #[allow(dead_code, reason = "only reading it matters")]
    credential: T,
}

#[derive(Deserialize)]
struct Flattened<T> {
    #[serde(flatten)]
    #[allow(dead_code, reason = "only reading it matters")]
    credential: T,
}

/// Reads a body like the `Json` extractor of axum.
fn read<'de, T: Deserialize<'de>>(body: &'de str) -> Result<(), String> {
    let deserializer = &mut serde_json::Deserializer::from_slice(body.as_bytes());
    serde_path_to_error::deserialize::<_, T>(deserializer)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Returns the maximum heap use while reading the body.
fn held<'de, T: Deserialize<'de>>(body: &'de str) -> u64 {
    measure(|| drop(read::<T>(body))).bytes_max
}

#[test]
fn reading_a_body_uses_at_most_four_times_its_size() {
    for (name, body) in costly::bodies() {
        let nested = format!(r#"{{"credential":{body}}}"#);
        for held in [
            held::<RegistrationResponse>(&body),
            held::<AuthenticationResponse>(&body),
            held::<Nested<RegistrationResponse>>(&nested),
            held::<Nested<AuthenticationResponse>>(&nested),
        ] {
            assert!(held <= 4 * body.len() as u64, "{name}: {held} bytes for {}", body.len());
        }
    }
}

/// The limits are 256 KiB and 32 levels. Serde buffers a flattened structure before it is read.
/// Only the framework limits this buffer.
#[test]
fn a_body_beyond_the_limits_is_rejected() {
    let long = |length: usize| format!(r#"{{"x":"{}"}}"#, "a".repeat(length - r#"{"x":""}"#.len()));
    let deep = |levels: usize| {
        let inner = levels - 1;
        format!(r#"{{"x":{}{}}}"#, "[".repeat(inner), "]".repeat(inner))
    };
    for (body, is_beyond) in
        [(long(MAX_BODY), false), (long(MAX_BODY + 1), true), (deep(32), false), (deep(33), true)]
    {
        let nested = format!(r#"{{"credential":{body}}}"#);
        for result in [
            read::<RegistrationResponse>(&body),
            read::<AuthenticationResponse>(&body),
            read::<Nested<RegistrationResponse>>(&nested),
            read::<Nested<AuthenticationResponse>>(&nested),
            read::<Flattened<RegistrationResponse>>(&body),
            read::<Flattened<AuthenticationResponse>>(&body),
        ] {
            let error = result.unwrap_err();
            let is_limit = error.contains("the input exceeds a limit on size or nesting");
            assert_eq!(is_limit, is_beyond, "{error}");
        }
    }
}
