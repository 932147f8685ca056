//! What several promises share.

pub mod certificates;
pub mod committed;
pub mod heap;
#[cfg(feature = "attestation")]
pub mod made;
pub mod messages;
pub mod site;

/// Whether the tests run in the published crate, which has not every file of the repository. Cargo
/// adds this file when it packages.
pub fn is_published() -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml.orig").exists()
}
