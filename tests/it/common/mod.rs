//! What several promises share.

pub mod certificates;
pub mod committed;
pub mod heap;
#[cfg(feature = "attestation")]
pub mod made;
pub mod messages;
pub mod site;
