//! Helpers that several test modules share.

pub mod certificates;
pub mod committed;
pub mod heap;
#[cfg(feature = "attestation")]
pub mod made;
pub mod messages;
pub mod site;

/// Returns whether the tests run in the published crate, which lacks some files of the repository.
/// Cargo adds `Cargo.toml.orig` when it packages a crate.
pub fn is_published() -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml.orig").exists()
}
