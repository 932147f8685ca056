//! Signatures of logins that are malformed, out of range, or made over another message or with
//! another key, for every algorithm.

mod der;
mod ecdsa;
mod ed25519;
mod ed448;
mod pkcs1;
mod pss;
mod pure;
mod rsa;
mod special_points;

use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use webauthn_verify_authenticator::algorithm::{
    ALL, ES384, ES512, ESP384, ESP512, ML_DSA_44, ML_DSA_65, ML_DSA_87, PS256, PS384, PS512, RS256,
    RS384, RS512,
};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, PrivateKey};

use crate::case::{Case, LOGIN_FLAGS, Login, RP_ID, get_client_data, key, record};
use crate::cose_keys::name_of;

const RSA: [i64; 6] = [RS256, RS384, RS512, PS256, PS384, PS512];

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for &algorithm in ALL {
        cases.extend(every_algorithm(algorithm));
        cases.extend(messages(algorithm));
    }
    cases.extend(other_keys());
    cases.extend(ecdsa::cases());
    cases.extend(der::cases());
    cases.extend(special_points::cases());
    cases.extend(rsa::cases());
    cases.extend(pkcs1::cases());
    cases.extend(pss::cases());
    cases.extend(ed25519::cases());
    cases.extend(ed448::cases());
    cases.extend(pure::cases());
    cases
}

/// Returns a login with this signature.
fn case(algorithm: i64, name: &str, rule: &str, signature: Vec<u8>) -> Case {
    let name = format!("signatures/{}/{name}", name_of(algorithm));
    Login::with_algorithm(algorithm).signature(signature).case(&name, rule)
}

/// Returns a login with this key and this signature.
fn case_with_key(
    algorithm: i64,
    name: &str,
    rule: &str,
    cose_key: &[u8],
    signature: Vec<u8>,
) -> Case {
    case(algorithm, name, rule, signature).with("credential", record(cose_key))
}

/// Adds the verdict for an invalid signature.
trait Invalid {
    fn invalid(self) -> Value;
}

impl Invalid for Case {
    fn invalid(self) -> Value {
        self.reject("SignatureInvalid", "21")
    }
}

/// Returns the signed bytes of every login without other parts.
fn signed() -> Vec<u8> {
    Login::new().signed()
}

/// Hashes with the hash function of an algorithm of RSA or ECDSA.
fn hash(algorithm: i64, message: &[u8]) -> Vec<u8> {
    match algorithm {
        ES384 | ESP384 | RS384 | PS384 => Sha384::digest(message).to_vec(),
        ES512 | ESP512 | RS512 | PS512 => Sha512::digest(message).to_vec(),
        _ => Sha256::digest(message).to_vec(),
    }
}

fn rule_of(algorithm: i64) -> &'static str {
    match name_of(algorithm) {
        name if name.starts_with("es") => "SIG-02",
        name if name.starts_with("rs") || name.starts_with("ps") => "SIG-05",
        "ed448" => "SIG-08",
        name if name.starts_with("ml") => "SIG-09",
        _ => "SIG-07",
    }
}

/// A correct signature, changed bits, and other lengths.
fn every_algorithm(algorithm: i64) -> Vec<Value> {
    let good = key(algorithm).sign(&signed());
    let mut cases = vec![case(algorithm, "whole", "SIG-01", good.clone()).accept()];
    for (name, at) in [("first", 0), ("middle", good.len() / 2), ("last", good.len() - 1)] {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        let case = case(algorithm, &format!("flipped/{name}-byte"), "AUTH-21", flipped);
        cases.push(case.invalid());
    }
    let zeros = vec![0; good.len()];
    for (name, signature) in [
        ("empty", Vec::new()),
        ("one-zero", vec![0]),
        ("zeros", zeros),
        ("ones", vec![0xff; good.len()]),
        ("without-first-byte", good[1..].to_vec()),
        ("without-last-byte", good[..good.len() - 1].to_vec()),
        ("with-leading-zero", [&[0], &good[..]].concat()),
        ("with-trailing-zero", [&good[..], &[0]].concat()),
        ("twice", [&good[..], &good].concat()),
    ] {
        let case = case(algorithm, &format!("length/{name}"), rule_of(algorithm), signature);
        cases.push(case.invalid());
    }
    cases
}

/// Correct signatures of other messages.
fn messages(algorithm: i64) -> Vec<Value> {
    let login = Login::with_algorithm(algorithm);
    let signed = login.signed();
    let (data, hash) = signed.split_at(signed.len() - 32);
    let client_data = get_client_data().build();
    let other_client_data = login.clone().client_data(get_client_data().member("x", "1").build());
    let mut messages = vec![
        ("other-client-data", other_client_data.signed()),
        ("other-counter", with_data(&login, LOGIN_FLAGS, 2)),
        ("other-flags", with_data(&login, LOGIN_FLAGS | 0x20, 1)),
    ];
    if ![ML_DSA_44, ML_DSA_65, ML_DSA_87].contains(&algorithm) {
        messages.extend([
            ("client-data-in-place-of-its-hash", [data, &client_data].concat()),
            ("hash-first", [hash, data].concat()),
            ("only-authenticator-data", data.to_vec()),
            ("only-client-data-hash", hash.to_vec()),
            ("hash-of-the-message", Sha256::digest(&signed).to_vec()),
            ("longer", [&signed[..], &[0]].concat()),
            ("empty", Vec::new()),
        ]);
    }
    let mut cases = Vec::new();
    for (name, message) in messages {
        let signature = key(algorithm).sign(&message);
        let is_of_data = name == "other-counter" || name == "other-flags";
        let rule = if is_of_data { "AD-14" } else { "SIG-01" };
        let case = case(algorithm, &format!("message/{name}"), rule, signature);
        cases.push(case.invalid());
    }
    cases
}

/// Returns what is signed with other authenticator data.
fn with_data(login: &Login, flags: u8, counter: u32) -> Vec<u8> {
    let data = AuthenticatorDataBuilder::new(RP_ID, flags, counter).build();
    login.clone().authenticator_data(data).signed()
}

/// Signatures of other keys for the same algorithm.
fn other_keys() -> Vec<Value> {
    let of_seed = |algorithm| PrivateKey::from_seed(algorithm, b"other").expect("an algorithm");
    let rsa = of_seed(RS256);
    let mut cases = Vec::new();
    for &algorithm in ALL {
        let other = match RSA.contains(&algorithm) {
            true => rsa.clone().with_algorithm(algorithm).expect("an RSA algorithm"),
            false => of_seed(algorithm),
        };
        cases.push(case(algorithm, "other-key", "SIG-01", other.sign(&signed())).invalid());
    }
    cases
}
