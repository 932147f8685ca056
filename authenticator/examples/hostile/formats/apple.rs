//! Apple anonymous attestation (§8.8).

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{ES256K, ES384};
use webauthn_verify_authenticator::certificates::{ca, issued_by, key, name, root};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, PrivateKey, der,
};

use super::{array, bytes, invalid, map, signed_hash, trusted};
use crate::case::{
    CREDENTIAL_ID, Case, REGISTRATION_FLAGS, RP_ID, Registration, cose_key, key as credential_key,
};

const NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];
const FIELD: &str = "x5c[0].nonce";

pub(super) fn cases() -> Vec<Value> {
    [nonces(), keys(), others()].concat()
}

fn bare(key: &PrivateKey) -> CertificateBuilder {
    CertificateBuilder::new(&name("a credential"), &key.public_numbers())
}

fn certificate(registration: &Registration) -> CertificateBuilder {
    bare(&credential_key(-7)).apple_nonce(&signed_hash(registration))
}

/// Returns the members of a correct statement, each with its CBOR.
pub(super) fn members(registration: &Registration) -> Vec<(&'static str, Vec<u8>)> {
    vec![("x5c", array(&[bytes(&issued_by("root", certificate(registration)))]))]
}

fn with(name: &str, rule: &str, certificate: CertificateBuilder) -> Case {
    with_chain(name, rule, Registration::new(), &[issued_by("root", certificate)])
}

fn with_chain(name: &str, rule: &str, registration: Registration, x5c: &[Vec<u8>]) -> Case {
    let statement = AttestationStatement::apple(x5c).expect("CBOR in memory");
    trusted(&format!("apple/{name}"), rule, registration, statement)
}

/// The encodings of the extension. The correct one has 38 bytes.
fn nonces() -> Vec<Value> {
    let hash = signed_hash(&Registration::new());
    let octets = |bytes: &[u8]| der::octet_string(bytes);
    let tagged = |number: u32, inner: &[u8]| der::sequence(&[der::explicit(number, inner)]);
    let good = tagged(1, &octets(&hash));
    let with_value = |name: &str, critical: bool, value: &[u8]| {
        let certificate = bare(&credential_key(-7)).extension(NONCE, critical, value);
        with(&format!("nonce/{name}"), "APPLE-02", certificate)
    };
    let mut cases = vec![
        with_value("whole", false, &good).accept(),
        with_value("critical", true, &good).accept(),
        invalid(with("nonce/missing", "APPLE-02", bare(&credential_key(-7))), FIELD),
    ];
    for (name, value) in [
        ("empty", Vec::new()),
        ("raw", hash.to_vec()),
        ("octet-string", octets(&hash)),
        ("no-tag", der::sequence(&[octets(&hash)])),
        ("no-sequence", der::explicit(1, &octets(&hash))),
        ("tag-0", tagged(0, &octets(&hash))),
        ("implicit", der::sequence(&[der::implicit(1, &hash)])),
        ("set", der::set(&[der::explicit(1, &octets(&hash))])),
        ("bit-string", tagged(1, &der::bit_string(0, &hash))),
        ("of-31-bytes", tagged(1, &octets(&hash[..31]))),
        ("of-33-bytes", tagged(1, &octets(&[&hash[..], &[0]].concat()))),
        ("after-the-sequence", [&good[..], &[0]].concat()),
        ("after-the-tag", der::with_more_inside(&good, &der::null())),
        ("inside-the-tag", tagged(1, &[&octets(&hash)[..], &[5, 0]].concat())),
        ("long-length", der::with_long_length(&good)),
        ("long-length-of-the-octets", tagged(1, &der::with_long_length(&octets(&hash)))),
        ("two-nonces", {
            der::sequence(&[der::explicit(1, &octets(&hash)), der::explicit(1, &octets(&hash))])
        }),
    ] {
        cases.push(invalid(with_value(name, false, &value), FIELD));
    }
    let signed = Registration::new().signed();
    for (name, nonce) in [
        ("zeros", [0; 32].to_vec()),
        ("client-data-hash", signed[signed.len() - 32..].to_vec()),
        ("reversed", hash.iter().rev().copied().collect()),
    ] {
        let case = with_value(name, false, &tagged(1, &octets(&nonce)));
        cases.push(case.reject_field("AttestationNonceMismatch", "22", FIELD));
    }
    cases
}

fn keys() -> Vec<Value> {
    let hash = signed_hash(&Registration::new());
    let field = "x5c[0].subjectPublicKey";
    let seeded = |algorithm| PrivateKey::from_seed(algorithm, b"apple").expect("a known algorithm");
    let of = |name: &str, key: &PrivateKey| with(name, "APPLE-03", bare(key).apple_nonce(&hash));
    let mut info = credential_key(-7).public_numbers().subject_public_key_info();
    *info.last_mut().expect("a key has bytes") ^= 1;
    let off_curve = bare(&credential_key(-7)).subject_public_key_info(&info).apple_nonce(&hash);
    vec![
        of("key/other", &key("other")).reject_field("KeyMismatch", "22", field),
        of("key/on-p-384", &seeded(ES384)).reject_field("KeyMismatch", "22", field),
        of("key/es256k", &seeded(ES256K)).reject_field("UnsupportedAlgorithm", "22", field),
        with("key/last-byte", "APPLE-03", off_curve).reject_field("KeyMismatch", "22", field),
    ]
}

fn others() -> Vec<Value> {
    let registration = Registration::new();
    let good = || issued_by("one", certificate(&registration));
    let zero = AuthenticatorDataBuilder::new(RP_ID, REGISTRATION_FLAGS, 0)
        .attested_credential_data(&[0; 16], &CREDENTIAL_ID, &cose_key(-7))
        .expect("a short credential ID");
    let zero = Registration::new().authenticator_data(zero.build());
    let of_zero = [issued_by("root", certificate(&zero))];
    // Old devices also send an algorithm.
    let with_alg = [vec![("alg", vec![0x26])], members(&registration)].concat();
    let with_alg = AttestationStatement::new("apple", &map(&with_alg));
    let own = [issued_by("mine", certificate(&registration)), root("mine")];
    let expired = certificate(&registration).validity("240101000000Z", "251231235959Z");
    let unknown_aaguid = certificate(&registration).extension(
        &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4],
        false,
        &der::octet_string(&[7; 16]),
    );
    let untrusted =
        |case: Case, field: &str| case.reject_field("UntrustedAttestation", "24", field);
    vec![
        with_chain(
            "two-certificates",
            "APPLE-04",
            registration.clone(),
            &[good(), issued_by("root", ca("one"))],
        )
        .accept(),
        with_chain("zero-aaguid", "APPLE-05", zero, &of_zero).accept(),
        with("other-aaguid-in-the-certificate", "APPLE-05", unknown_aaguid).accept(),
        trusted("apple/with-algorithm", "APPLE-01", registration.clone(), with_alg).accept(),
        with_chain("malformed-certificate", "APPLE-01", registration.clone(), &[vec![0x30, 0]])
            .reject_field("AttestationInvalid", "22", "x5c[0]"),
        untrusted(
            with_chain("root-that-was-sent", "APPLE-04", registration.clone(), &own),
            "certificate.issuer",
        ),
        untrusted(
            with_chain("no-intermediate", "APPLE-04", registration.clone(), &[good()]),
            "certificate.issuer",
        ),
        untrusted(with("expired", "APPLE-04", expired), "certificate.validity"),
        // The extension of another format is not known here.
        untrusted(
            with("critical-aaguid", "X509-14", {
                certificate(&registration).extension(
                    &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4],
                    true,
                    &der::octet_string(&crate::case::AAGUID),
                )
            }),
            "certificate.extensions",
        ),
    ]
}
