//! Requests that cost a server as much as a client can make them cost.
//!
//! Most of them are almost as long as the longest request that a server reads ([`MAX_BODY`]). They
//! contain values that are slow to verify, slow to read, or large in memory: RSA keys of 8192 bits,
//! certificate chains in compound attestations, names full of escapes. Use them to measure the cost
//! of one request from a hostile client.
//!
//! Start a ceremony for [`RP_ID`] with the challenge [`CHALLENGE`], and finish it with one of these
//! bodies:
//!
//! ```
//! use webauthn_verify_authenticator::certificates::key;
//! use webauthn_verify_authenticator::costly::{self, Registering, chain, compound, packed};
//!
//! // Eight attestation statements, each with eight certificates.
//! let registering = Registering::new(&key("credential"));
//! let certificates = chain(&key("attestation").public_numbers(), &key("authority"), 8);
//! let statement = packed(&registering, &key("attestation"), &certificates);
//! let body = registering.body(&compound(&statement, 8));
//! assert!(body.len() <= costly::MAX_BODY);
//!
//! // Bodies that take long to read, even if they are not valid responses.
//! for (name, body) in costly::bodies() {
//!     assert!(body.len() <= costly::MAX_BODY, "{name}");
//! }
//! ```
//!
//! The certificates lead to the authority named "root" of [`certificates`](crate::certificates).
//! All certificates are valid at [`certificates::NOW`](crate::certificates::NOW).
#![allow(
    clippy::unwrap_used,
    reason = "CBOR is written to memory and keys have known primes: neither can fail"
)]

mod bodies;
mod cbor;
mod client_data;
mod registering;
mod rsa;
mod statements;
mod text;

pub use bodies::{bodies, large_results};
pub use cbor::{
    cbor_head, indefinite_object_of_chains, indefinite_object_with, nested_indefinite_object,
    object_with, one_long_output,
};
pub use client_data::{client_data, slow_client_data};
pub use registering::{
    AAGUID, CHALLENGE, CREDENTIAL_ID, MAX_BODY, MAX_CLIENT_DATA, MAX_OBJECT, ORIGIN, RP_ID,
    Registering, USER_HANDLE, login_body, registration_body,
};
pub use rsa::{large_rsa, slow_rsa, slowest_rsa, wrong_rsa_signature};
pub use statements::{
    android_key, apple, chain, chain_of, compound, meaningless_extensions, namesakes, packed,
    packed_self, safetynet, stuffed_certificate, tpm,
};
pub use text::repeated;
