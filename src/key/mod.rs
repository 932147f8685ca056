//! Algorithms and public keys. COSE_Keys and certificates share them.

mod algorithm;
mod kind;
mod material;
mod public_key;
mod rsa;
mod spki;

pub use algorithm::Algorithm;
pub(crate) use algorithm::{Hash, Scheme};
pub use kind::KeyKind;
pub use material::KeyMaterial;
pub use public_key::PublicKey;
#[cfg(feature = "attestation")]
pub(crate) use rsa::bit_length;
pub(crate) use rsa::{MAX_RSA_BITS, check_rsa};
pub(crate) use rsa::{MAX_USUAL_RSA_EXPONENT, rsa_exponent};
