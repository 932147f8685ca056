//! FIDO U2F attestation (§8.6).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::algorithm::{EDDSA, ES256, ES384, RS256};
use webauthn_verify_authenticator::certificates::{
    CertificateFields, SHA256_WITH_RSA, issued_by, key, name as subject, rsa_key,
};
use webauthn_verify_authenticator::{AttestationStatement, CertificateBuilder, PrivateKey, der};

use super::{array, bytes, invalid, trusted};
use crate::case::{
    CREDENTIAL_ID, Case, RP_ID, Registration, cose_key, encode, key as credential_key,
};

pub(super) fn cases() -> Vec<Value> {
    [messages(), certificates(), keys(), unused_bits()].concat()
}

/// Returns the parts of the signed message, in order.
fn parts(registration: &Registration) -> [Vec<u8>; 5] {
    let signed = registration.signed();
    let point = credential_key(ES256).public_numbers().subject_public_key();
    [
        vec![0],
        Sha256::digest(RP_ID).to_vec(),
        signed[signed.len() - 32..].to_vec(),
        CREDENTIAL_ID.to_vec(),
        point,
    ]
}

fn message() -> Vec<u8> {
    parts(&Registration::new()).concat()
}

fn certificate() -> CertificateBuilder {
    CertificateBuilder::new(&subject("a security key"), &key("u2f").public_numbers())
}

/// Returns the members of a correct statement, each with its CBOR.
pub(super) fn members(registration: &Registration) -> Vec<(&'static str, Vec<u8>)> {
    let signature = key("u2f").sign(&parts(registration).concat());
    vec![("sig", bytes(&signature)), ("x5c", array(&[bytes(&issued_by("root", certificate()))]))]
}

fn with(name: &str, rule: &str, x5c: &[Vec<u8>], signature: &[u8]) -> Case {
    let statement = AttestationStatement::fido_u2f(signature, x5c).expect("CBOR in memory");
    trusted(&format!("fido-u2f/{name}"), rule, Registration::new(), statement)
}

fn of(name: &str, rule: &str, certificate: CertificateBuilder) -> Case {
    with(name, rule, &[issued_by("root", certificate)], &key("u2f").sign(&message()))
}

/// The bytes that are signed.
fn messages() -> Vec<Value> {
    let signs = |name: &str, message: &[u8]| {
        let x5c = [issued_by("root", certificate())];
        with(&format!("message/{name}"), "U2F-04", &x5c, &key("u2f").sign(message))
    };
    let refused = |name: &str, message: &[u8]| {
        signs(name, message).reject_field("SignatureInvalid", "22", "attStmt.sig")
    };
    let [zero, rp_id_hash, client_data_hash, credential_id, point] = parts(&Registration::new());
    let of = |parts: &[&[u8]]| parts.concat();
    let rest = of(&[&rp_id_hash, &client_data_hash, &credential_id]);
    let again = Registration::new().u2f_signed();
    let swapped = of(&[&zero, &client_data_hash, &rp_id_hash, &credential_id, &point]);
    vec![
        signs("whole", &again).accept(),
        refused("first-byte-01", &of(&[&[1], &rest, &point])),
        refused("no-first-byte", &of(&[&rest, &point])),
        refused("no-04", &of(&[&zero, &rest, &point[1..]])),
        refused("compressed-point", &of(&[&zero, &rest, &[2], &point[1..33]])),
        refused("cose-key", &of(&[&zero, &rest, &cose_key(ES256)])),
        refused("swapped-hashes", &swapped),
        refused("no-credential-id", &of(&[&zero, &rp_id_hash, &client_data_hash, &point])),
        refused("packed", &Registration::new().signed()),
        refused("trailing-byte", &of(&[&zero, &rest, &point, &[0]])),
    ]
}

fn certificates() -> Vec<Value> {
    let issuer = webauthn_verify_authenticator::certificates::ca("one");
    let two = [issued_by("one", certificate()), issued_by("root", issuer)];
    let signature = key("u2f").sign(&message());
    let transports: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 2, 1, 1];
    let aaguid: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
    let other_aaguid = der::octet_string(&[7; 16]);
    let critical = certificate().extension(aaguid, true, &der::octet_string(&crate::case::AAGUID));
    vec![
        of("version-1", "U2F-06", certificate().version(None)).accept(),
        of("no-extensions", "U2F-06", certificate()).accept(),
        of("ca", "U2F-06", certificate().basic_constraints(true, None)).accept(),
        of("transports", "U2F-07", {
            certificate().extension(transports, false, &der::bit_string(4, &[0x30]))
        })
        .accept(),
        of("malformed-transports", "U2F-07", certificate().extension(transports, false, b"x"))
            .accept(),
        of("other-aaguid", "U2F-05", certificate().extension(aaguid, false, &other_aaguid))
            .accept(),
        of("critical-aaguid", "X509-14", critical).reject_field(
            "UntrustedAttestation",
            "24",
            "certificate.extensions",
        ),
        invalid(with("two-certificates", "U2F-01", &two, &signature), "attStmt.x5c"),
        invalid(with("no-certificates", "U2F-01", &[], &signature), "attStmt.x5c"),
        with("malformed-certificate", "U2F-01", &[vec![0x30, 0]], &signature)
            .reject("AttestationInvalid", "22"),
        with("empty-certificate", "U2F-01", &[Vec::new()], &signature)
            .reject("AttestationInvalid", "22"),
        certificate_of_other_key(),
    ]
}

fn certificate_of_other_key() -> Value {
    let x5c = [issued_by("root", certificate())];
    let case = with("other-signer", "U2F-04", &x5c, &key("other").sign(&message()));
    case.reject_field("SignatureInvalid", "22", "attStmt.sig")
}

/// Keys that are not on P-256.
fn keys() -> Vec<Value> {
    let seeded = |algorithm| PrivateKey::from_seed(algorithm, b"u2f").expect("a known algorithm");
    let by = |name: &str, key: &PrivateKey| {
        let certificate =
            CertificateBuilder::new(&subject("a security key"), &key.public_numbers());
        let x5c = [issued_by("root", certificate)];
        let case = with(&format!("key/{name}"), "U2F-02", &x5c, &key.sign(&message()));
        invalid(case, "x5c[0].subjectPublicKeyInfo")
    };
    let for_p_384 = {
        let registration = Registration::with_algorithm(ES384);
        let mut parts = parts(&registration);
        parts[4] = credential_key(ES384).public_numbers().subject_public_key();
        let signature = key("u2f").sign(&parts.concat());
        let x5c = [issued_by("root", certificate())];
        let statement = AttestationStatement::fido_u2f(&signature, &x5c).expect("CBOR in memory");
        trusted("fido-u2f/key/credential-on-p-384", "U2F-03", registration, statement)
    };
    vec![
        by("p-384", &seeded(ES384)),
        by("ed25519", &seeded(EDDSA)),
        by("rsa", &rsa_key()),
        invalid(for_p_384, "credentialPublicKey"),
    ]
}

/// Yubico's first certificates say that some bits of their signature are unused.
fn unused_bits() -> Vec<Value> {
    let root_key = credential_key(RS256);
    let root = CertificateBuilder::new(&subject("root"), &root_key.public_numbers())
        .basic_constraints(true, None)
        .sign(&root_key);
    let fields = |unused: u8| CertificateFields {
        public_key: key("u2f").public_numbers().subject_public_key_info(),
        unused_signature_bits: unused,
        ..CertificateFields::new()
    };
    let certificate = |unused: u8| {
        let algorithm = [der::object_identifier(SHA256_WITH_RSA), der::null()];
        fields(unused).algorithm(der::sequence(&algorithm)).sign(&root_key)
    };
    let signature = key("u2f").sign(&message());
    let case = |name: &str, unused: u8, quirks: Value| {
        let name = format!("unused-bits/{name}");
        with(&name, "KB-71", &[certificate(unused)], &signature)
            .with("trust_anchors", vec![encode(&root)])
            .with("quirks", quirks)
    };
    let refused = |case: Case| case.reject("AttestationInvalid", "22");
    let quirk = || json!(["YubicoU2fUnusedBits"]);
    vec![
        case("none", 0, json!([])).accept(),
        refused(case("one", 1, json!([]))),
        refused(case("one-with-other-quirk", 1, json!(["NonDerBooleans"]))),
        case("one-with-quirk", 1, quirk()).accept(),
        case("seven-with-quirk", 7, quirk()).accept(),
        refused(case("eight-with-quirk", 8, quirk())),
        refused({
            // A signature of another length.
            let short = CertificateFields { unused_signature_bits: 1, ..fields(1) };
            with(
                "unused-bits/of-ecdsa-with-quirk",
                "KB-71",
                &[short.sign(&key("root"))],
                &signature,
            )
            .with("quirks", quirk())
        }),
    ]
}
