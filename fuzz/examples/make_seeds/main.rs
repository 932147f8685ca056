//! Writes `seeds/` with the seeds, and `site/` with the account that they are verified for.
//!
//! ```sh
//! cargo run --manifest-path fuzz/Cargo.toml --example make_seeds
//! ```
//!
//! Each module makes the seeds of the target with its name. `registration` also makes the seeds of
//! `attestation_object`, and `ecdsa` makes the seeds of `p256`, `p384` and `p521`. The seeds of
//! `differential` are not made here.

mod authentication;
mod authenticator_data;
mod ceremonies;
mod certificate_graphs;
mod certificates;
mod client_data;
mod common;
mod cose_key;
mod ecdsa;
mod ed25519;
mod extension_outputs;
mod key_description;
mod metadata;
mod registration;
mod responses;
mod seeds;
mod stored_states;
mod tpm;

use std::fs;
use std::path::Path;

use webauthn_verify_authenticator::SoftwareAuthenticator;

use seeds::{Result, Seeds};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::default();
    client_data::add_to(&mut seeds);
    cose_key::add_to(&mut seeds)?;
    authenticator_data::add_to(&mut seeds)?;
    certificates::add_to(&mut seeds)?;
    certificate_graphs::add_to(&mut seeds);
    key_description::add_to(&mut seeds);
    registration::add_to(&mut seeds)?;
    metadata::add_to(&mut seeds)?;
    let (account, ceremonies) = authentication::add_to(&mut seeds)?;
    tpm::add_to(&mut seeds)?;
    responses::add_to(&mut seeds);
    extension_outputs::add_to(&mut seeds);
    stored_states::add_to(&mut seeds, &account)?;
    ceremonies::add_to(&mut seeds);
    ecdsa::add_to(&mut seeds);
    ed25519::add_to(&mut seeds);
    seeds.write(&root.join("seeds"))?;

    let site = root.join("site");
    fs::create_dir_all(&site)?;
    fs::write(site.join("account.json"), serde_json::to_string_pretty(&account)? + "\n")?;
    let authenticator = SoftwareAuthenticator::from_seed(b"fuzz");
    fs::write(site.join("attestation_root.der"), authenticator.attestation_root())?;
    for (name, body) in ceremonies {
        fs::write(site.join(name), body)?;
    }
    Ok(())
}
