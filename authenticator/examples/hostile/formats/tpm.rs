//! TPM attestation (§8.3): correct statements, their parts, and the signature.

use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};
use webauthn_verify_authenticator::algorithm::{EDDSA, ES384};
use webauthn_verify_authenticator::certificates::{issued_by, key, rsa_key};
use webauthn_verify_authenticator::{
    AttestationStatement, CertificateBuilder, DistinguishedName, PrivateKey, TpmStructure, mersenne,
};

use super::{array, bytes, invalid, signed_hash, text, trusted};
use crate::case::{Case, Registration, key as credential_key};

/// RS1 in the COSE registry: RSASSA-PKCS1-v1_5 with SHA-1.
const RS1: i64 = -65535;

/// The DigestInfo of a SHA-1 hash, without the hash (RFC 8017, section 9.2).
const SHA_1_INFO: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";

pub(super) fn cases() -> Vec<Value> {
    [algorithms(), rs1(), versions(), of_other_registration()].concat()
}

/// Returns the description of the credential key.
pub(super) fn pub_area() -> TpmStructure {
    TpmStructure::pub_area(&credential_key(-7).public_numbers()).expect("a key that a TPM can have")
}

/// Returns the structure in which the TPM certifies the key with this description.
pub(super) fn cert_info(registration: &Registration, pub_area: &TpmStructure) -> TpmStructure {
    TpmStructure::cert_info(&signed_hash(registration), &pub_area.name())
}

/// Returns the directory name of a TPM.
pub(super) fn tpm_name() -> DistinguishedName {
    DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:00010002")
}

/// Returns a certificate for this key that meets the requirements of §8.3.1, except for the subject
/// alternative name.
pub(super) fn nameless(aik: &PrivateKey) -> CertificateBuilder {
    CertificateBuilder::new(&DistinguishedName::new(), &aik.public_numbers())
        .basic_constraints(false, None)
        .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
}

/// Returns a certificate for this key that meets the requirements of §8.3.1.
pub(super) fn certificate(aik: &PrivateKey) -> CertificateBuilder {
    nameless(aik).subject_alt_name(true, &tpm_name().to_der())
}

/// Returns a statement by the key "aik".
pub(super) fn statement(
    certificate: CertificateBuilder,
    pub_area: &[u8],
    cert_info: &[u8],
) -> AttestationStatement {
    let signature = key("aik").sign(cert_info);
    let x5c = [issued_by("root", certificate)];
    AttestationStatement::tpm("2.0", -7, &signature, &x5c, pub_area, cert_info)
        .expect("CBOR in memory")
}

/// Returns the members of a correct statement, each with its CBOR.
pub(super) fn members(registration: &Registration) -> Vec<(&'static str, Vec<u8>)> {
    let pub_area = pub_area();
    let cert_info = cert_info(registration, &pub_area).to_bytes();
    vec![
        ("alg", vec![0x26]),
        ("sig", bytes(&key("aik").sign(&cert_info))),
        ("ver", text("2.0")),
        ("x5c", array(&[bytes(&issued_by("root", certificate(&key("aik"))))])),
        ("pubArea", bytes(&pub_area.to_bytes())),
        ("certInfo", bytes(&cert_info)),
    ]
}

/// Returns a case in which this key signs with this algorithm, and `extraData` has this value.
fn by(name: &str, rule: &str, aik: &PrivateKey, alg: i64, extra_data: &[u8]) -> Case {
    let cert_info = TpmStructure::cert_info(extra_data, &pub_area().name()).to_bytes();
    signed_by(name, rule, aik, alg, &cert_info, &aik.sign(&cert_info))
}

fn signed_by(
    name: &str,
    rule: &str,
    aik: &PrivateKey,
    alg: i64,
    cert_info: &[u8],
    signature: &[u8],
) -> Case {
    let x5c = [issued_by("root", certificate(aik))];
    let area = pub_area().to_bytes();
    let statement = AttestationStatement::tpm("2.0", alg, signature, &x5c, &area, cert_info);
    let statement = statement.expect("CBOR in memory");
    trusted(&format!("tpm/{name}"), rule, Registration::new(), statement)
}

fn algorithms() -> Vec<Value> {
    let signed = Registration::new().signed();
    let sha_256 = Sha256::digest(&signed);
    let sha_384 = Sha384::digest(&signed);
    let seeded = |algorithm| PrivateKey::from_seed(algorithm, b"aik").expect("a known algorithm");
    let (p384, ed25519, rsa) = (seeded(ES384), seeded(EDDSA), rsa_key());
    let mismatch =
        |case: Case| case.reject_field("AttestationNonceMismatch", "22", "certInfo.extraData");
    let unsupported = |name: &str, alg: i64| {
        let case = by(&format!("algorithm/{name}"), "KB-23", &key("aik"), alg, &sha_256);
        case.reject_field("UnsupportedAlgorithm", "22", "attStmt.alg")
    };
    // A TPMT_SIGNATURE: TPM_ALG_RSASSA, TPM_ALG_SHA256, and the sized signature.
    let cert_info = TpmStructure::cert_info(&sha_256, &pub_area().name()).to_bytes();
    let signature = rsa.sign(&cert_info);
    let sized =
        [&[0, 0x14, 0, 0x0b][..], &webauthn_verify_authenticator::tpm2b(&signature)].concat();
    let tpmt = signed_by("algorithm/tpmt-signature", "TPM-10", &rsa, -257, &cert_info, &sized);
    vec![
        by("algorithm/es256", "TPM-09", &key("aik"), -7, &sha_256).accept(),
        by("algorithm/es384", "TPM-09", &p384, ES384, &sha_384).accept(),
        by("algorithm/rs256", "TPM-09", &rsa, -257, &sha_256).accept(),
        mismatch(by("algorithm/es384-with-sha-256", "TPM-09", &p384, ES384, &sha_256)),
        mismatch(by("algorithm/es256-with-sha-384", "TPM-09", &key("aik"), -7, &sha_384)),
        by("algorithm/eddsa", "TPM-09", &ed25519, EDDSA, &sha_256).reject_field(
            "UnsupportedAlgorithm",
            "22",
            "attStmt.alg",
        ),
        unsupported("unknown", -8888),
        unsupported("zero", 0),
        // The number of a TPM algorithm instead of a COSE algorithm.
        unsupported("of-a-tpm", 0x18),
        tpmt.reject_field("SignatureInvalid", "22", "attStmt.sig"),
    ]
}

/// Signs with SHA-1.
fn sign_with_sha_1(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    let info = [SHA_1_INFO, &Sha1::digest(message)].concat();
    key.sign_digest_info(&info).expect("an RSA key")
}

fn rs1() -> Vec<Value> {
    let signed = Registration::new().signed();
    let (sha_1, sha_256) = (Sha1::digest(&signed), Sha256::digest(&signed));
    let with = |name: &str, aik: &PrivateKey, extra_data: &[u8]| {
        let cert_info = TpmStructure::cert_info(extra_data, &pub_area().name()).to_bytes();
        let signature = sign_with_sha_1(aik, &cert_info);
        signed_by(&format!("rs1/{name}"), "KB-96", aik, RS1, &cert_info, &signature)
    };
    let rsa = rsa_key();
    let short = PrivateKey::rs256(&mersenne(521), &mersenne(607)).expect("two primes");
    // A signature with SHA-256 is not RS1.
    let with_sha_256 = by("rs1/signed-with-sha-256", "KB-96", &rsa, RS1, &sha_1);
    let with_ec_key = by("rs1/ec-key", "KB-96", &key("aik"), RS1, &sha_1);
    vec![
        with("whole", &rsa, &sha_1).accept(),
        with("extra-data-with-sha-256", &rsa, &sha_256).reject_field(
            "AttestationNonceMismatch",
            "22",
            "certInfo.extraData",
        ),
        with_sha_256.reject_field("SignatureInvalid", "22", "attStmt.sig"),
        with_ec_key.reject_field("AlgorithmKeyMismatch", "22", "attStmt.alg"),
        with("key-of-1128-bits", &short, &sha_1).reject("InvalidCoseKey", "22"),
    ]
}

fn versions() -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, version) in [("1.2", "1.2"), ("2", "2"), ("empty", ""), ("trailing-space", "2.0 ")] {
        let mut members = members(&Registration::new());
        members[2].1 = text(version);
        let statement = AttestationStatement::new("tpm", &super::map(&members));
        let case = trusted(&format!("tpm/ver/{name}"), "TPM-01", Registration::new(), statement);
        cases.push(invalid(case, "attStmt.ver"));
    }
    cases
}

/// Correct statements about other data.
fn of_other_registration() -> Vec<Value> {
    let with = |name: &str, extra_data: &[u8]| {
        by(&format!("extra-data/{name}"), "TPM-09", &key("aik"), -7, extra_data)
    };
    let hash = signed_hash(&Registration::new());
    let mut cases = Vec::new();
    for (name, extra_data) in [
        ("empty", Vec::new()),
        ("cut-short", hash[..31].to_vec()),
        ("trailing-byte", [&hash[..], &[0]].concat()),
        ("not-hashed", Registration::new().signed()),
        ("hashed-twice", Sha256::digest(hash).to_vec()),
        (
            "client-data-hash",
            Registration::new().signed()[Registration::new().signed().len() - 32..].to_vec(),
        ),
    ] {
        let case = with(name, &extra_data);
        cases.push(case.reject_field("AttestationNonceMismatch", "22", "certInfo.extraData"));
    }
    // The quirk for SHA-1 does not change the hash of the attested data.
    let sha_1 = with("sha-1", &Sha1::digest(Registration::new().signed()));
    let sha_1 = sha_1.with("quirks", json!(["Sha1Attestation"]));
    cases.push(sha_1.reject_field("AttestationNonceMismatch", "22", "certInfo.extraData"));
    cases
}
