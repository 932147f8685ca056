//! Public keys with wrong labels, lengths, curves and numbers, for every algorithm.

mod ec2;
mod firefox;
mod members;
mod okp;
mod rsa;
mod stored;
mod structure;

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{
    ALL, ED448, ED25519, EDDSA, ES256, ES256K, ES384, ES512, ESP256, ESP384, ESP512, ML_DSA_44,
    ML_DSA_65, ML_DSA_87, PS256, PS384, PS512, RS256, RS384, RS512,
};

use crate::case::{Case, Registration};
use crate::encoding::bytes;
use members::Members;
pub(crate) use okp::{encoded_25519, p25519, plus_order_2};

/// One algorithm for each kind of key.
const KINDS: [i64; 10] =
    [ES256, EDDSA, ES384, ES512, ES256K, ED448, RS256, ML_DSA_44, ML_DSA_65, ML_DSA_87];

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for &algorithm in ALL {
        cases.extend(every_algorithm(algorithm));
    }
    for algorithm in KINDS {
        cases.extend(structure::cases(algorithm));
        cases.extend(lengths(algorithm));
    }
    cases.extend(other_algorithms());
    cases.extend(ec2::cases());
    cases.extend(okp::cases());
    cases.extend(rsa::cases());
    cases.extend(firefox::cases());
    cases.extend(stored::cases());
    cases
}

/// Returns a registration with this key. The options request this algorithm.
fn case(algorithm: i64, name: &str, rule: &str, cose_key: &[u8]) -> Case {
    let name = format!("cose-keys/{}/{name}", name_of(algorithm));
    Registration::with_algorithm(algorithm).cose_key(cose_key).case(&name, rule)
}

pub(crate) fn name_of(algorithm: i64) -> &'static str {
    match algorithm {
        ES256 => "es256",
        EDDSA => "eddsa",
        ESP256 => "esp256",
        ED25519 => "ed25519",
        ES384 => "es384",
        ES512 => "es512",
        PS256 => "ps256",
        PS384 => "ps384",
        PS512 => "ps512",
        ES256K => "es256k",
        ML_DSA_44 => "ml-dsa-44",
        ML_DSA_65 => "ml-dsa-65",
        ML_DSA_87 => "ml-dsa-87",
        ESP384 => "esp384",
        ESP512 => "esp512",
        ED448 => "ed448",
        RS256 => "rs256",
        RS384 => "rs384",
        RS512 => "rs512",
        other => panic!("{other} has no name"),
    }
}

/// Returns the rule about the keys of this algorithm.
fn rule_of(algorithm: i64) -> &'static str {
    match algorithm {
        ES256 => "COSE-03",
        ES384 => "COSE-04",
        ES512 => "COSE-05",
        ES256K => "COSE-06",
        ESP256 | ESP384 | ESP512 => "COSE-10",
        EDDSA => "COSE-11",
        ED25519 => "COSE-12",
        ED448 => "COSE-13",
        RS256 => "COSE-14",
        ML_DSA_44 | ML_DSA_65 | ML_DSA_87 => "COSE-19",
        _ => "COSE-15",
    }
}

/// A correct key, a correct key that was not requested, and the keys of all other kinds under the
/// number of this algorithm.
fn every_algorithm(algorithm: i64) -> Vec<Value> {
    let own = Members::of(algorithm);
    let mut cases = vec![case(algorithm, "whole", rule_of(algorithm), &own.encode()).accept()];
    let requested = if algorithm == ES256 { EDDSA } else { ES256 };
    let not_requested = case(algorithm, "not-requested", "KB-09", &own.encode());
    let not_requested = not_requested.with("algorithms", json!([requested]));
    cases.push(not_requested.reject("AlgorithmNotRequested", "20"));
    for kind in KINDS {
        let other = Members::of(kind);
        // Keys of other ML-DSA parameter sets have another length.
        if other.is_of_the_kind_of(&own) {
            continue;
        }
        let name = format!("key-of-{}", name_of(kind));
        let case = case(algorithm, &name, "KB-22", &other.with_algorithm(algorithm).encode());
        cases.push(case.reject("AlgorithmKeyMismatch", "20"));
    }
    cases
}

/// Numbers of another length, for kinds of keys in which each number has one length.
fn lengths(algorithm: i64) -> Vec<Value> {
    let own = Members::of(algorithm);
    let rule = match algorithm {
        ES256 | ES384 | ES512 | ES256K => "COSE-08",
        _ => rule_of(algorithm),
    };
    let mut cases = Vec::new();
    if own.is_rsa() {
        return cases;
    }
    for (label, number) in own.numbers() {
        let field = own.field(label);
        let mut wrong = |name: &str, content: &[u8]| {
            let key = own.with(label, &bytes(content)).encode();
            let case = case(algorithm, &format!("{field}/{name}"), rule, &key);
            cases.push(case.reject_field("InvalidCoseKey", "20", field));
        };
        wrong("empty", &[]);
        wrong("without-first-byte", &number[1..]);
        wrong("without-last-byte", &number[..number.len() - 1]);
        wrong("with-leading-zero", &[&[0], &number[..]].concat());
        wrong("with-trailing-zero", &[&number[..], &[0]].concat());
    }
    for other in [ML_DSA_44, ML_DSA_65, ML_DSA_87] {
        if own.is_akp() && other != algorithm {
            let name = format!("pub/of-{}", name_of(other));
            let key = Members::of(other).with_algorithm(algorithm).encode();
            let case = case(algorithm, &name, rule, &key);
            cases.push(case.reject_field("InvalidCoseKey", "20", "pub"));
        }
    }
    cases
}

/// Algorithms that no credential can have. They cannot be requested.
fn other_algorithms() -> Vec<Value> {
    let es256 = Members::of(ES256);
    let rs256 = Members::of(RS256);
    let mut cases = Vec::new();
    for (name, rule, number, key) in [
        ("rs1", "COSE-18", -65_535, &rs256),
        ("rs1-with-ec2-key", "COSE-18", -65_535, &es256),
        ("esb256", "COSE-20", -261, &es256),
        ("hmac-256", "COSE-20", 5, &es256),
        ("reserved", "COSE-20", 0, &es256),
        ("positive-7", "COSE-20", 7, &es256),
        ("unassigned", "COSE-20", -1000, &es256),
        ("lowest-of-64-bits", "COSE-20", i64::MIN, &es256),
        ("highest-of-64-bits", "COSE-20", i64::MAX, &es256),
        // These are -7 modulo 2^8, 2^16 and 2^32.
        ("es256-modulo-2-to-8", "COSE-20", 249, &es256),
        ("es256-modulo-2-to-16", "COSE-20", 65_529, &es256),
        ("es256-modulo-2-to-32", "COSE-20", 4_294_967_289, &es256),
    ] {
        let key = key.with_algorithm(number).encode();
        let case = Registration::new().cose_key(&key);
        let case = case.case(&format!("cose-keys/other-algorithm/{name}"), rule);
        let case = case.with("algorithms", json!([ES256, RS256, number]));
        cases.push(case.reject("AlgorithmNotRequested", "20"));
    }
    cases
}
