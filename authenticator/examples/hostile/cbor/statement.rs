//! The encoding of an attestation statement, in self attestations.

use serde_json::Value;
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::algorithm::ES256;

use crate::case::{Case, Registration, key};
use crate::encoding::{bytes, integer, map, nested_arrays, pair, text};

pub(crate) fn cases() -> Vec<Value> {
    [accepted(), not_canonical(), members()].concat()
}

/// Returns a registration with this statement of the format `packed`.
fn case(name: &str, rule: &str, statement: &[u8]) -> Case {
    let statement = AttestationStatement::new("packed", statement);
    Registration::new().statement(statement).case(&format!("cbor/statement/{name}"), rule)
}

/// Returns the value of `sig`.
fn signature() -> Vec<u8> {
    key(ES256).sign(&Registration::new().signed())
}

/// Returns the members of a correct statement.
fn correct() -> [Vec<u8>; 2] {
    [pair("alg", &integer(ES256)), pair("sig", &bytes(&signature()))]
}

fn accepted() -> Vec<Value> {
    let [alg, sig] = correct();
    let with = |more: Vec<u8>| map(&[alg.clone(), sig.clone(), more]);
    let many = (2..16).map(|number| pair(&format!("x{number}"), &[0]));
    let many: Vec<_> = [sig.clone(), alg.clone()].into_iter().chain(many).collect();
    vec![
        case("whole", "CBOR-11", &map(&correct())).accept(),
        case("other-order", "CBOR-11", &map(&[sig.clone(), alg.clone()])).accept(),
        case("unknown-member", "ATT-04", &with(pair("x", b"\xa2\x61a\0\x61b\0"))).accept(),
        case("integer-key", "ATT-04", &with(vec![1, 0])).accept(),
        case("nested-8", "CBOR-07", &with(pair("x", &nested_arrays(6)))).accept(),
        case("16-members", "CBOR-05", &map(&many)).accept(),
    ]
}

fn not_canonical() -> Vec<Value> {
    let [alg, sig] = correct();
    let with = |more: Vec<u8>| map(&[alg.clone(), sig.clone(), more]);
    let content = signature();
    let length = u8::try_from(content.len()).expect("less than 256 bytes");
    let long_signature = [&text("sig"), &[0x59, 0, length][..], &content].concat();
    let many = (2..17).map(|number| pair(&format!("x{number}"), &[0]));
    let many: Vec<_> = [sig.clone(), alg.clone()].into_iter().chain(many).collect();
    let members = [&alg[..], &sig].concat();
    let mut cases = Vec::new();
    for (name, rule, statement) in [
        ("long-map", "CBOR-01", [&[0xb8, 2], &members[..]].concat()),
        ("indefinite-map", "CBOR-01", [&[0xbf], &members[..], &[0xff]].concat()),
        ("long-key", "CBOR-01", [&b"\xa2\x78\x03alg\x26"[..], &sig].concat()),
        ("long-algorithm", "CBOR-01", map(&[pair("alg", b"\x38\x06"), sig.clone()])),
        ("long-signature", "CBOR-01", map(&[alg.clone(), long_signature])),
        ("tagged", "CBOR-02", [&[0xc6, 0xa2], &members[..]].concat()),
        ("tagged-algorithm", "CBOR-02", map(&[pair("alg", b"\xc1\x26"), sig.clone()])),
        ("float-algorithm", "CBOR-04", map(&[pair("alg", b"\xf9\xc7\x00"), sig.clone()])),
        ("algorithm-twice", "CBOR-05", map(&[alg.clone(), alg.clone(), sig.clone()])),
        ("signature-twice-apart", "CBOR-05", map(&[sig.clone(), alg.clone(), sig.clone()])),
        ("17-members", "CBOR-05", map(&many)),
        ("key-not-utf-8", "CBOR-06", with(b"\x61\xff\0".to_vec())),
        ("nested-9", "CBOR-07", with(pair("x", &nested_arrays(7)))),
        ("map-inside-out-of-order", "CBOR-11", with(pair("x", b"\xa2\x61b\0\x61a\0"))),
        ("map-inside-with-key-twice", "CBOR-05", with(pair("x", b"\xa2\x61a\0\x61a\0"))),
        ("array-key", "CBOR-03", with(vec![0x80, 0])),
        ("map-of-2-to-64-less-1", "CBOR-08", [&[0xbb][..], &[0xff; 8], &members].concat()),
    ] {
        cases.push(case(name, rule, &statement).reject("InvalidCbor", "13"));
    }
    cases
}

/// Members that are missing or have the wrong type or value.
fn members() -> Vec<Value> {
    let [alg, sig] = correct();
    let with_alg = |value: &[u8]| map(&[pair("alg", value), sig.clone()]);
    let with_sig = |value: &[u8]| map(&[alg.clone(), pair("sig", value)]);
    let mut cases = Vec::new();
    for (name, statement, field) in [
        ("missing/alg", map(std::slice::from_ref(&sig)), "attStmt.alg"),
        ("missing/sig", map(std::slice::from_ref(&alg)), "attStmt.sig"),
        ("missing/both", map(&[]), "attStmt.alg"),
        ("type/array", b"\x82\x26\x40".to_vec(), "attStmt"),
        ("type/null", b"\xf6".to_vec(), "attStmt"),
        ("type/alg-is-text", with_alg(&text("ES256")), "attStmt.alg"),
        ("type/alg-is-null", with_alg(&[0xf6]), "attStmt.alg"),
        ("type/alg-is-2-to-63", with_alg(b"\x1b\x80\0\0\0\0\0\0\0"), "attStmt.alg"),
        ("type/alg-is-below-64-bits", with_alg(b"\x3b\x80\0\0\0\0\0\0\0"), "attStmt.alg"),
        ("type/sig-is-text", with_sig(&text("signature")), "attStmt.sig"),
        ("type/sig-is-array", with_sig(&[0x80]), "attStmt.sig"),
        ("type/sig-is-null", with_sig(&[0xf6]), "attStmt.sig"),
        ("ecdaa", map(&[alg.clone(), sig.clone(), pair("ecdaaKeyId", b"\x41k")]), {
            "attStmt.ecdaaKeyId"
        }),
        ("empty-x5c", map(&[alg.clone(), sig.clone(), pair("x5c", &[0x80])]), "attStmt.x5c"),
    ] {
        let case = case(name, "ATT-04", &statement);
        cases.push(case.reject_field("AttestationInvalid", "22", field));
    }
    for (name, value) in [("positive", 7), ("of-64-bits", i64::MIN), ("esp256", -9)] {
        let case = case(&format!("alg-is-{name}"), "ATT-PACKED-10", &with_alg(&integer(value)));
        cases.push(case.reject_field("AlgorithmKeyMismatch", "22", "attStmt.alg"));
    }
    let empty = case("empty-signature", "ATT-PACKED-10", &with_sig(&[0x40]));
    cases.push(empty.reject_field("SignatureInvalid", "22", "attStmt.sig"));
    cases
}
