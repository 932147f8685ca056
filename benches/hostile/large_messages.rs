//! Registrations with a lot of data to hash or to skip.

use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::certificates::{key, rsa_key};
use webauthn_verify_authenticator::costly::{
    MAX_OBJECT, Registering, android_key, apple, cbor_head, chain, compound,
    indefinite_object_of_chains, indefinite_object_with, nested_indefinite_object, object_with,
    one_long_output, packed, packed_self, safetynet, tpm,
};

use crate::site::key_of;

type Bodies = Vec<(String, String)>;

pub(crate) fn add(bodies: &mut Bodies) {
    large_authenticator_data(bodies);
    extension_outputs(bodies);
    long_cose_key(bodies);
    rewritten_chains(bodies);
    large_objects(bodies);
}

/// Returns a registration of the key "credential" with these extension outputs.
fn with_outputs(extensions: &[u8]) -> Registering {
    let cose_key = key("credential").cose_key().unwrap();
    Registering::with_cose_key(&cose_key, Algorithm::Es256.cose_id(), Some(extensions))
}

/// Adds registrations that sign 150 KB of authenticator data.
fn large_authenticator_data(bodies: &mut Bodies) {
    let credential = key("credential");
    let large = with_outputs(&one_long_output(150_000));
    let mut add = |of: &str, statement: &AttestationStatement| {
        bodies.push((format!("150 KB{of}"), large.body(statement)));
    };
    let signature = credential.sign(&large.signed());
    add(" of authenticator data", &AttestationStatement::none());
    add(", 8 self attestations", &compound(&packed_self(&large, &signature), 8));
    add(", 8 padded self attestations", &compound(&packed_self(&large, &padded(&signature)), 8));
    add(", 8 apple", &compound(&apple(&large, &credential, 1), 8));
    add(", 8 android-key", &compound(&android_key(&large, &credential, 1), 8));
    add(", 8 android-safetynet", &compound(&safetynet(&large, 0, 1), 8));
    let rs512 = rsa_key().with_algorithm(Algorithm::Rs512.cose_id()).unwrap();
    add(", 8 tpm by RS512", &compound(&tpm(&large, &credential, &rs512, 1).unwrap(), 8));
    let eddsa = key_of(Algorithm::EdDsa, "attestation");
    for (of, signer) in [("RS512", rs512), ("EdDSA", eddsa)] {
        let certificates = chain(&signer.public_numbers(), &key("authority"), 1);
        let statement = packed(&large, &signer, &certificates);
        add(&format!(", 8 packed by {of}"), &compound(&statement, 8));
    }
}

/// Returns the ECDSA signature with an additional zero byte in front of `r`.
fn padded(signature: &[u8]) -> Vec<u8> {
    let [0x30, length, 0x02, r_length, rest @ ..] = signature else { panic!("{signature:02x?}") };
    [&[0x30, length + 1, 0x02, r_length + 1, 0][..], rest].concat()
}

/// Adds registrations with many extension outputs, or with outputs in a non-canonical order.
fn extension_outputs(bodies: &mut Bodies) {
    let outputs = |count: usize, order: fn(usize, usize) -> usize| {
        let mut map = cbor_head(5, count);
        for one in 0..count {
            map.extend(format!("\x65{:05}", order(one, count)).as_bytes());
            map.extend(b"\xa0");
        }
        map
    };
    let mut long_names = vec![0xb0];
    for one in (0..16).rev() {
        let text = format!("{}{one:02}", "x".repeat(11_000));
        long_names.extend(cbor_head(3, text.len()));
        long_names.extend(text.as_bytes());
        long_names.push(0);
    }
    for (of, outputs) in [
        ("25,000 extension outputs", outputs(25_000, |one, _| one)),
        ("16 extension outputs, reversed", outputs(16, |one, count| count - one)),
        ("16 extension outputs of long names, reversed", long_names),
    ] {
        let body = with_outputs(&outputs).body(&AttestationStatement::none());
        bodies.push((of.to_owned(), body));
    }
}

/// Adds a registration with a COSE key that has a long unknown parameter.
fn long_cose_key(bodies: &mut Bodies) {
    let cose_key = key("credential").cose_key().unwrap();
    let long_key =
        [&[0xa6][..], &cose_key[1..], b"\x23", &cbor_head(2, 150_000), &vec![0; 150_000]].concat();
    let registering = Registering::with_cose_key(&long_key, Algorithm::Es256.cose_id(), None);
    let body = registering.body(&AttestationStatement::none());
    bodies.push(("a COSE key of 150 KB".to_owned(), body));
}

/// Adds a registration with the maximum number of certificates, all with large names. Its
/// attestation object has indefinite lengths, so the verifier has to rewrite it.
fn rewritten_chains(bodies: &mut Bodies) {
    let registering = Registering::new(&key("credential"));
    let body = registering.body_of(&indefinite_object_of_chains(&registering));
    bodies.push(("8 large chains of 8, indefinite lengths".to_owned(), body));
}

/// Adds attestation objects with a large member that has no meaning.
fn large_objects(bodies: &mut Bodies) {
    let registering = Registering::new(&key("credential"));
    let mut add = |of: &str, object: Vec<u8>| {
        bodies.push((of.to_owned(), registering.body_of(&object)));
    };
    let count = MAX_OBJECT - 1000;
    let maps = [cbor_head(4, count), vec![0xa0; count]].concat();
    add("190,000 empty maps in the object", object_with(&registering, &maps));
    // Wraps the content in an item of indefinite length.
    let around = |start: u8, content: &[u8]| [&[start][..], content, &[0xff]].concat();
    let byte_string = [cbor_head(2, count), vec![0; count]].concat();
    for (of, more) in [
        ("190,000 empty maps, indefinite lengths", around(0x9f, &vec![0xa0; count])),
        ("a byte string of indefinite length", around(0x5f, &byte_string)),
        ("190,000 empty chunks", around(0x5f, &vec![0x40; count])),
        ("95,000 indefinite arrays", around(0x9f, &[0x9f, 0xff].repeat(count / 2))),
    ] {
        add(of, indefinite_object_with(&registering, &more));
    }
    add("nested indefinite arrays around much", nested_indefinite_object(&registering));
}
