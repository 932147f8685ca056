//! Members that are missing, have the wrong type, or do not belong to the type of the key, and keys
//! that are not canonical CBOR.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{
    EDDSA, ES256, ES384, ML_DSA_44, ML_DSA_65, ML_DSA_87, RS256,
};

use super::members::Members;
use super::{case, rule_of};
use crate::encoding::{bytes, head, integer, text};

pub(super) fn cases(algorithm: i64) -> Vec<Value> {
    let mut cases = types_and_curves(algorithm);
    // One parser reads all parameter sets, and one reads all keys of a type. A verifier may read
    // the usual ES256 key in another way.
    if !matches!(algorithm, ML_DSA_65 | ML_DSA_87) {
        cases.extend(members(algorithm));
    }
    if matches!(algorithm, ES256 | ES384 | EDDSA | RS256 | ML_DSA_44) {
        cases.extend(additional(algorithm));
        cases.extend(encodings(algorithm));
    }
    cases
}

/// Members that are missing or have the wrong type.
fn members(algorithm: i64) -> Vec<Value> {
    let own = Members::of(algorithm);
    let mut cases = Vec::new();
    let mut wrong = |name: String, key: Members, field: &str| {
        let case = case(algorithm, &name, "COSE-01", &key.encode());
        cases.push(case.reject_field("InvalidCoseKey", "20", field));
    };
    for label in own.labels() {
        let field = own.field(label);
        wrong(format!("{field}/missing"), own.without(label), field);
        wrong(format!("{field}/null"), own.with(label, &[0xf6]), field);
        wrong(format!("{field}/text"), own.with(label, &text("ES256")), field);
        let other = if label > 0 || field == "crv" { bytes(&[1]) } else { integer(1) };
        wrong(format!("{field}/other-type"), own.with(label, &other), field);
    }
    wrong("alg/2-to-63".to_owned(), own.with(3, &head(0, 1 << 63)), "alg");
    wrong("alg/below-64-bits".to_owned(), own.with(3, &head(1, 1 << 63)), "alg");
    wrong("kty/2-to-63".to_owned(), own.with(1, &head(0, 1 << 63)), "kty");
    if own.labels().contains(&-3) {
        for (name, y) in [("compressed-even", 0xf4), ("compressed-odd", 0xf5)] {
            let case =
                case(algorithm, &format!("y/{name}"), "COSE-07", &own.with(-3, &[y]).encode());
            cases.push(case.reject_field("InvalidCoseKey", "20", "y"));
        }
    }
    cases
}

/// Labels that do not belong to this type of key.
fn additional(algorithm: i64) -> Vec<Value> {
    let own = Members::of(algorithm);
    let after = own.labels().last().expect("a key has members") - 1;
    let mut cases = Vec::new();
    for (name, label, value) in [
        ("key-id", 2, bytes(&[1])),
        ("key-operations", 4, vec![0x81, 2]),
        ("base-iv", 5, bytes(&[1])),
        ("unknown", 6, integer(0)),
        ("private", after, bytes(&[1; 32])),
        ("private-is-empty", after, bytes(&[])),
        ("private-is-null", after, vec![0xf6]),
        ("below", -5, bytes(&[1; 32])),
        ("far-below", -70_000, integer(1)),
    ] {
        let key = own.with(label, &value).encode();
        let case = case(algorithm, &format!("additional/{name}"), "COSE-01", &key);
        cases.push(case.reject_field("InvalidCoseKey", "20", "label"));
    }
    let mut key = own.encode();
    key[0] += 1;
    let key = [&key[..], &text("x"), &[0]].concat();
    let case = case(algorithm, "additional/text", "COSE-01", &key);
    cases.push(case.reject_field("InvalidCoseKey", "20", "label"));
    cases
}

/// Other key types and curves. The labels of the key then have another meaning.
fn types_and_curves(algorithm: i64) -> Vec<Value> {
    const OKP: i64 = 1;
    const EC2: i64 = 2;
    const RSA: i64 = 3;
    const AKP: i64 = 7;
    let own = Members::of(algorithm);
    let mut cases = Vec::new();
    for key_type in [0, OKP, EC2, RSA, 4, 5, AKP, -1, 258] {
        if key_type == own.key_type() {
            continue;
        }
        let key = own.with(1, &integer(key_type)).encode();
        let case = case(algorithm, &format!("kty/is-{key_type}"), "COSE-02", &key);
        // The member that the other key type does not allow, if there is one.
        let field = match (own.key_type(), key_type) {
            (OKP, EC2) | (AKP, RSA) => None,
            (OKP | EC2, RSA) => Some("n"),
            (OKP | EC2, AKP) => Some("pub"),
            (EC2, OKP) | (RSA, AKP) | (OKP | EC2, _) => Some("label"),
            _ => Some("crv"),
        };
        cases.push(match field {
            Some(field) => case.reject_field("InvalidCoseKey", "20", field),
            None => case.reject("AlgorithmKeyMismatch", "20"),
        });
    }
    for curve in [0, 1, 2, 3, 4, 5, 6, 7, 8, 256, -1] {
        if own.curve().is_some_and(|own| own != curve) {
            let key = own.with(-1, &integer(curve)).encode();
            let case = case(algorithm, &format!("crv/is-{curve}"), "COSE-02", &key);
            cases.push(case.reject("AlgorithmKeyMismatch", "20"));
        }
    }
    cases
}

/// Keys that are not canonical CBOR. The authenticator data with them is malformed.
fn encodings(algorithm: i64) -> Vec<Value> {
    let own = Members::of(algorithm);
    let good = own.encode();
    let last = own.labels().len() - 1;
    let long = |label: i64, head: &[u8], skip: usize| {
        own.with(label, &[head, &own.value(label)[skip..]].concat()).encode()
    };
    let number = own.labels()[last];
    let length = own.numbers().last().map_or(0, |(_, number)| number.len());
    let [.., high, low] = length.to_be_bytes();
    let skip = own.value(number).len() - length;
    let mut cases = Vec::new();
    for (name, rule, key) in [
        ("alg-before-kty", "CBOR-12", own.swapped(0, 1).encode()),
        ("number-before-alg", "CBOR-12", own.swapped(1, 2).encode()),
        ("last-two-swapped", "CBOR-12", own.swapped(last - 1, last).encode()),
        ("kty-twice", "CBOR-05", own.repeated(0, false).encode()),
        ("alg-twice", "CBOR-05", own.repeated(1, false).encode()),
        ("number-twice", "CBOR-05", own.repeated(last, false).encode()),
        ("kty-again-at-the-end", "CBOR-05", own.repeated(0, true).encode()),
        ("long-kty", "CBOR-01", long(1, &[0x18], 0)),
        ("long-length", "CBOR-01", long(number, &[0x5a, 0, 0, high, low], skip)),
        ("long-map", "CBOR-01", [&[0xb8, good[0] & 0x1f], &good[1..]].concat()),
        ("indefinite-map", "CBOR-01", [&[0xbf], &good[1..], &[0xff]].concat()),
        ("tagged", "CBOR-02", [&[0xc0], &good[..]].concat()),
        (
            "tagged-number",
            "CBOR-02",
            own.with(number, &[&[0xc2], own.value(number)].concat()).encode(),
        ),
        ("float-alg", "CBOR-04", own.with(3, b"\xf9\xc7\x00").encode()),
        ("one-member-more-counted", "CBOR-08", [&[good[0] + 1], &good[1..]].concat()),
        ("cut", "CBOR-08", good[..good.len() - 1].to_vec()),
    ] {
        let case = case(algorithm, &format!("encoding/{name}"), rule, &key);
        cases.push(case.reject("InvalidCbor", "13"));
    }
    for (name, rule, key) in [
        ("trailing-byte", "KB-24", [&good[..], &[0]].concat()),
        ("second-key", "KB-24", [&good[..], &good].concat()),
        ("one-member-fewer-counted", "KB-24", [&[good[0] - 1], &good[1..]].concat()),
    ] {
        let case = case(algorithm, &format!("encoding/{name}"), rule, &key);
        cases.push(case.reject("TrailingBytes", "13"));
    }
    let empty = case(algorithm, "encoding/empty-map", rule_of(algorithm), &[0xa0]);
    cases.push(empty.reject_field("InvalidCoseKey", "20", "alg"));
    cases
}
