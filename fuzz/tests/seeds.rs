//! Runs the fuzz targets over all their seeds and over deterministic mutations of them, without the
//! fuzzer.
// Helpers of a test may panic too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Random, seeds};
use webauthn_verify_fuzz as fuzz;

/// Each target, and the minimum number of its seeds.
const TARGETS: [(&str, usize); 14] = [
    ("client_data", 41),
    ("authenticator_data", 44),
    ("cose_key", 110),
    ("attestation_object", 65),
    ("certificates", 38),
    ("certificate_graphs", 22),
    ("key_description", 20),
    ("registration", 55),
    ("authentication", 36),
    ("metadata", 38),
    ("tpm", 40),
    ("responses", 76),
    ("extension_outputs", 72),
    ("stored_states", 71),
];

/// Limits that keep the seeds small, in bytes.
const LARGEST_SEED: usize = 8 * 1024;
const ALL_SEEDS: usize = 400 * 1024;

/// The number of mutations of each seed.
const MUTATIONS: u64 = 200;

#[test]
fn every_seed_passes_its_target_and_so_does_what_becomes_of_it() {
    let mut total = 0;
    for ((target, least), (name, check)) in TARGETS.into_iter().zip(fuzz::TARGETS) {
        assert_eq!(target, name);
        let seeds = seeds(target);
        assert!(seeds.len() >= least, "{target} has {} seeds", seeds.len());
        for (number, (name, seed)) in seeds.iter().enumerate() {
            assert!(seed.len() < LARGEST_SEED, "{target}/{name} has {} bytes", seed.len());
            total += seed.len();
            run(check, seed, &format!("{target}/{name}"));
            for mutation in 0..MUTATIONS {
                let mut random = Random(number as u64 * MUTATIONS + mutation);
                let mutated = mutate(seed, &seeds[random.below(seeds.len())].1, &mut random);
                run(check, &mutated, &format!("{target}/{name}, mutation {mutation}"));
            }
        }
    }
    assert!(total < ALL_SEEDS, "the seeds have {total} bytes");
}

/// Without accepted seeds, the fuzzer would have to find a way past every check by itself.
#[test]
fn the_seeds_of_the_ceremonies_reach_success() {
    use webauthn_verify::{AuthenticationRequest, AuthenticationResponse, RegistrationResponse};

    let (rp, now) = (fuzz::site::relying_party(), fuzz::site::now());
    let registered = seeds("registration").into_iter().filter(|(_, seed)| {
        let (_, pending) = rp.start_registration(&fuzz::site::registration_request(), now).unwrap();
        RegistrationResponse::from_json(seed)
            .is_ok_and(|response| rp.finish_registration(pending, &response, now).is_ok())
    });
    // Three formats with four algorithms. `fido-u2f` does not verify the user.
    assert!(registered.count() >= 12);

    let signed_in = seeds("authentication").into_iter().filter(|(_, seed)| {
        let request = AuthenticationRequest::passkey().challenge(&fuzz::site::CHALLENGE);
        let (_, pending) = rp.start_authentication(&request, now).unwrap();
        AuthenticationResponse::from_json(seed).is_ok_and(|response| {
            rp.finish_authentication(pending, &response, fuzz::site::account(), now).is_ok()
        })
    });
    assert!(signed_in.count() >= 4);

    let described = seeds("key_description").into_iter();
    let described = described.filter(|(_, seed)| fuzz::key_description::is_accepted(seed));
    // Three security levels, one and two lists, and other fields, orders and versions.
    assert_eq!(described.count(), 8);
}

#[test]
fn the_seeds_of_metadata_reach_success() {
    use webauthn_verify::ErrorKind;

    let accepted = seeds("metadata").into_iter().filter(|(_, seed)| {
        let verdict = fuzz::metadata::verify(&fuzz::metadata::sign(seed));
        verdict.is_ok_and(|metadata| !metadata.entries().is_empty())
    });
    assert!(accepted.count() >= 12);
    let (_, blob) = seeds("metadata").into_iter().find(|(name, _)| name == "blob").unwrap();
    fuzz::metadata::verify(std::str::from_utf8(&blob).unwrap()).unwrap();
    let failure = fuzz::metadata::verify(&fuzz::metadata::sign(&blob)).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::MetadataInvalid);
}

#[test]
fn the_seeds_of_tpm_attestation_reach_success() {
    // Four kinds of keys, bound to a scheme or not, and names with every hash.
    let accepted = seeds("tpm").into_iter().filter(|(_, seed)| fuzz::tpm::is_accepted(seed));
    assert!(accepted.count() >= 15);
}

#[test]
fn the_seeds_of_responses_are_read_and_those_of_stored_states_finish() {
    use webauthn_verify::{
        AuthenticationResponse, PendingAuthentication, PendingRegistration, RegistrationResponse,
    };

    let responses = seeds("responses");
    let registrations =
        responses.iter().filter(|(_, seed)| RegistrationResponse::from_json(seed).is_ok());
    assert!(registrations.count() >= 25);
    let logins =
        responses.iter().filter(|(_, seed)| AuthenticationResponse::from_json(seed).is_ok());
    assert!(logins.count() >= 8);

    let (rp, now) = (fuzz::site::relying_party(), fuzz::site::now());
    let registration = RegistrationResponse::from_json(fuzz::site::REGISTRATION).unwrap();
    let login = AuthenticationResponse::from_json(fuzz::site::LOGIN).unwrap();
    let finishes = |(_, seed): &(String, Vec<u8>)| {
        let (kind, stored) = seed.split_first().unwrap();
        match *kind {
            fuzz::stored_states::REGISTRATION => {
                serde_json::from_slice::<PendingRegistration>(stored).is_ok_and(|pending| {
                    rp.finish_registration(pending, &registration, now).is_ok()
                })
            }
            fuzz::stored_states::AUTHENTICATION => {
                serde_json::from_slice::<PendingAuthentication>(stored).is_ok_and(|pending| {
                    let account = fuzz::site::account();
                    rp.finish_authentication(pending, &login, account, now).is_ok()
                })
            }
            _ => false,
        }
    };
    assert!(seeds("stored_states").iter().filter(|seed| finishes(seed)).count() >= 8);
}

#[test]
fn the_seeds_of_prepared_keys_verify_their_signatures() {
    for name in ["ES256", "ES384", "ES512", "EdDSA"] {
        let name = format!("prepared-{name}");
        let seeds = seeds("stored_states");
        let (_, seed) = seeds.iter().find(|(seed, _)| *seed == name).unwrap();
        let prepared = webauthn_verify::PreparedKey::from_bytes(&seed[1..]).unwrap();
        let signatures = fuzz::stored_states::signatures().iter();
        let valid = signatures.filter(|(message, signed)| prepared.verify(message, signed).is_ok());
        assert_eq!(valid.count(), 1, "{name}");
    }
}

/// Runs a check. If it panics, prints the input in hexadecimal.
fn run(check: fn(&[u8]), input: &[u8], name: &str) {
    if let Err(panic) = std::panic::catch_unwind(|| check(input)) {
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        eprintln!("{name}: {hex}");
        std::panic::resume_unwind(panic);
    }
}

/// Makes up to three changes: a bit, a byte, a cut, an insertion, a repetition, or a piece of
/// another seed.
fn mutate(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(3) {
        let place = random.below(bytes.len() + 1);
        match random.below(6) {
            0 => {
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = random.byte();
                }
            }
            2 => {
                let end = bytes.len().min(place + 1 + random.below(8));
                bytes.drain(place..end);
            }
            3 => bytes.insert(place, random.byte()),
            4 => {
                let end = bytes.len().min(place + 1 + random.below(40));
                let repeated = bytes[place..end].to_vec();
                bytes.splice(place..place, repeated);
            }
            _ => {
                let start = random.below(other.len() + 1);
                let end = other.len().min(start + random.below(40));
                let end_here = bytes.len().min(place + end - start);
                bytes.splice(place..end_here, other[start..end].iter().copied());
            }
        }
    }
    bytes
}
