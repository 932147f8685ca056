//! What several promises share.

#[cfg(feature = "authenticator")]
pub mod certificates;
pub mod committed;
pub mod heap;
#[cfg(all(feature = "authenticator", feature = "metadata"))]
pub mod large_blob;
#[cfg(feature = "authenticator")]
pub mod made;
#[cfg(feature = "authenticator")]
pub mod messages;
#[cfg(feature = "authenticator")]
pub mod site;
#[cfg(feature = "authenticator")]
pub mod worst;
