//! Compound attestations with certificate chains.

use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::certificates::{attestation_certificate, key, name};
use webauthn_verify_authenticator::costly::{
    Registering, android_key, apple, chain, chain_of, compound, large_rsa, packed, safetynet, tpm,
};
use webauthn_verify_authenticator::{AttestationStatement, PrivateKey};

use crate::site::key_of;

pub(crate) fn add(bodies: &mut Vec<(String, String)>) {
    let registering = Registering::new(&key("credential"));
    let mut add = |of: String, statement: &AttestationStatement| {
        bodies.push((of, registering.body(statement)));
    };
    let rsa = large_rsa();
    packed_statements(&registering, &rsa, &mut add);
    other_formats(&registering, &rsa, &mut add);
}

fn packed_statements(
    registering: &Registering,
    rsa: &PrivateKey,
    add: &mut impl FnMut(String, &AttestationStatement),
) {
    let p521 = key_of(Algorithm::Es512, "authority");
    let authorities = [
        ("P-256", &key_of(Algorithm::Es256, "authority")),
        ("P-384", &key_of(Algorithm::Es384, "authority")),
        ("P-521", &p521),
        ("Ed25519", &key_of(Algorithm::EdDsa, "authority")),
        ("RSA of 7640 bits", rsa),
    ];
    for (of, authority) in authorities {
        let certificates = chain(&key("attestation").public_numbers(), authority, 8);
        let statement = packed(registering, &key("attestation"), &certificates);
        add(format!("8 chains of 8 by {of}"), &compound(&statement, 8));
        let certificates = chain(&authority.public_numbers(), authority, 1);
        let statement = packed(registering, authority, &certificates);
        for count in [6, 8] {
            add(format!("{count} leaves of {of}"), &compound(&statement, count));
        }
    }
    for (of, signer, count) in [("P-521", &p521, 6), ("RSA", rsa, 6)] {
        let certificates = chain(&signer.public_numbers(), signer, 8);
        let statement = packed(registering, signer, &certificates);
        let of = format!("{count} chains of 8 by {of} with such a leaf");
        add(of, &compound(&statement, count));
    }

    // Every certificate has the name of the anchors as its issuer.
    let leaf = attestation_certificate(&key("attestation").public_numbers());
    let namesakes = chain_of(leaf, &key("authority"), 8, |_| name("root"));
    let statement = packed(registering, &key("attestation"), &namesakes);
    let of = "8 chains of 8, all issuers with the name of the anchor";
    add(of.to_owned(), &compound(&statement, 8));
}

fn other_formats(
    registering: &Registering,
    rsa: &PrivateKey,
    add: &mut impl FnMut(String, &AttestationStatement),
) {
    let credential = key("credential");
    let statement = android_key(registering, &credential, 8);
    add("8 android-key, chains of 8".to_owned(), &compound(&statement, 8));
    let statement = apple(registering, &credential, 8);
    add("8 apple, chains of 8".to_owned(), &compound(&statement, 8));
    for signer in [&key("attestation"), &key_of(Algorithm::Es512, "authority"), rsa] {
        let statement = tpm(registering, &credential, signer, 8).unwrap();
        let algorithm = Algorithm::from_cose_id(signer.algorithm()).unwrap();
        add(format!("8 tpm by {algorithm}, chains of 8"), &compound(&statement, 8));
    }
    for (more, count) in [(0, 8), (14_000, 1)] {
        let statement = safetynet(registering, more, count);
        let of = format!("8 android-safetynet, chains of {count}, {more} bytes more");
        add(of, &compound(&statement, 8));
    }
}
