//! Self attestation, alone and eight times in a compound attestation.

use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::PublicNumbers;
use webauthn_verify_authenticator::certificates::key;
use webauthn_verify_authenticator::costly::{
    Registering, compound, packed_self, slow_rsa, slowest_rsa, wrong_rsa_signature,
};

use crate::site::{algorithms, key_of};

pub(crate) fn add(bodies: &mut Vec<(String, String)>) {
    let mut add = |of: &str, registering: &Registering, signature: &[u8]| {
        let statement = packed_self(registering, signature);
        bodies.push((format!("self attestation, {of}"), registering.body(&statement)));
        let several = compound(&statement, 8);
        bodies.push((format!("8 self attestations, {of}"), registering.body(&several)));
    };
    for algorithm in algorithms() {
        if !matches!(
            algorithm.as_str(),
            "ES256" | "ES384" | "ES512" | "ES256K" | "EdDSA" | "Ed448" | "ML-DSA-87"
        ) {
            continue;
        }
        let key = key_of(algorithm, "credential");
        let registering = Registering::new(&key);
        add(algorithm.as_str(), &registering, &key.sign(&registering.signed()));
        add(&format!("{algorithm}, wrong"), &registering, &key.sign(b"something else"));
    }
    let numbers = slowest_rsa();
    for algorithm in [Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps512] {
        let registering = Registering::with_numbers(&numbers, algorithm.cose_id());
        let of = format!("{algorithm}, 8192 bits, exponent 2^33 - 1, wrong");
        add(&of, &registering, &wrong_rsa_signature());
    }
    let slow = slow_rsa();
    let registering = Registering::new(&slow);
    let signature = slow.sign(&registering.signed());
    add("RS256, 8192 bits, exponent 2^33 - 9", &registering, &signature);

    let PublicNumbers::P256 { x, mut y } = key("credential").public_numbers() else { panic!() };
    y[31] ^= 1;
    let off_curve = PublicNumbers::P256 { x, y };
    let registering = Registering::with_numbers(&off_curve, Algorithm::Es256.cose_id());
    add("ES256, not on the curve", &registering, &key("credential").sign(b""));
}
