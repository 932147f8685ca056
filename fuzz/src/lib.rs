//! The assertions of the fuzz targets. Each target is a function over bytes, so an input can be
//! replayed without the fuzzer. `tests/seeds.rs` replays every seed.

pub mod attestation_object;
pub mod authentication;
pub mod authenticator_data;
pub mod ceremonies;
pub mod certificate_graphs;
pub mod certificates;
mod choices;
pub mod client_data;
pub mod cose_key;
pub mod differential;
pub mod ecdsa;
pub mod ed25519;
pub mod extension_outputs;
pub mod json;
pub mod key_description;
pub mod metadata;
pub mod registration;
pub mod responses;
pub mod site;
pub mod stored_states;
pub mod tpm;

/// The name of a target, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All targets except `ceremonies`, `differential`, `p256`, `p384`, `p521` and `ed25519`. The seeds of a
/// target are in a folder of its name.
pub const TARGETS: [Target; 14] = [
    ("client_data", client_data::check),
    ("authenticator_data", authenticator_data::check),
    ("cose_key", cose_key::check),
    ("attestation_object", attestation_object::check),
    ("certificates", certificates::check),
    ("certificate_graphs", |input| {
        certificate_graphs::check(input);
    }),
    ("key_description", key_description::check),
    ("registration", registration::check),
    ("authentication", authentication::check),
    ("metadata", metadata::check),
    ("tpm", tpm::check),
    ("responses", responses::check),
    ("extension_outputs", extension_outputs::check),
    ("stored_states", stored_states::check),
];
