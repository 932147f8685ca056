//! Files in the repository that tests can generate.

#![allow(dead_code, reason = "unused without some features")]

use std::path::Path;

/// Compares a committed file with its expected content. The name is relative to the root of the
/// crate. If `REGENERATE=1` is set in the environment, the file is written instead.
pub fn check(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    // Not `assert_eq`, because it would print both files.
    assert!(committed == made, "{name} is out of date: run REGENERATE=1 cargo test to write it");
}
