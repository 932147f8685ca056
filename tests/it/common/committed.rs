//! Files of the repository that a test can make.

#![allow(dead_code, reason = "some features make no file")]

use std::path::Path;

/// Compares a committed file, named from the root of the crate, with what it should be. With
/// `REGENERATE=1` in the environment it writes the file instead.
pub fn check(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    // Not `assert_eq`, which would print both files.
    assert!(committed == made, "{name} is not what is made: REGENERATE=1 cargo test writes it");
}
