//! The encoding of the map of extension outputs.

use serde_json::{Value, json};

use crate::case::Case;
use crate::ceremony::Ceremony;
use crate::encoding::{map, nested_arrays, pair};

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(accepted(ceremony));
        cases.extend(refused(ceremony));
        cases.extend(with_quirks(ceremony));
    }
    cases
}

fn case(ceremony: Ceremony, name: &str, rule: &str, cbor: &[u8]) -> Case {
    let name = format!("cbor/extensions/{}/{name}", ceremony.word());
    ceremony.with_authenticator_data(&name, rule, ceremony.with_extensions(cbor))
}

/// Returns outputs in canonical order.
fn many(count: u8) -> Vec<Vec<u8>> {
    (0..count).map(|number| pair(&format!("x{:02}", number), &[0])).collect()
}

/// Returns the same outputs with the last one first.
fn last_first(count: u8) -> Vec<u8> {
    let mut outputs = many(count);
    outputs.rotate_right(1);
    map(&outputs)
}

fn accepted(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str, rule: &str, cbor: &[u8]| case(ceremony, name, rule, cbor).accept();
    vec![
        case("shorter-first", "CBOR-12", b"\xa2\x61b\0\x62aa\0"),
        case("17-outputs", "CBOR-12", &map(&many(17))),
        case("40-outputs", "CBOR-12", &map(&many(40))),
        case("nested-8", "CBOR-07", &map(&[pair("x", &nested_arrays(7))])),
        case("name-of-many-scripts", "CBOR-06", &map(&[pair("é€", &[0])])),
    ]
}

fn refused(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, rule, cbor) in [
        ("longer-first", "CBOR-12", b"\xa2\x62aa\0\x61b\0".to_vec()),
        ("greater-first", "CBOR-12", b"\xa2\x61b\0\x61a\0".to_vec()),
        ("last-first", "CBOR-12", last_first(17)),
        ("twice", "CBOR-05", b"\xa2\x61b\0\x61b\0".to_vec()),
        ("twice-apart", "CBOR-05", b"\xa3\x61a\0\x61b\0\x61a\0".to_vec()),
        ("long-map", "CBOR-01", b"\xb8\x01\x61x\x01".to_vec()),
        ("long-name", "CBOR-01", b"\xa1\x78\x01x\x01".to_vec()),
        ("long-integer", "CBOR-01", b"\xa1\x61x\x18\x01".to_vec()),
        ("indefinite-map", "CBOR-01", b"\xbf\x61x\x01\xff".to_vec()),
        ("indefinite-name", "CBOR-01", b"\xa1\x7f\x61x\xff\x01".to_vec()),
        ("tagged", "CBOR-02", b"\xc6\xa1\x61x\x01".to_vec()),
        ("undefined", "CBOR-04", b"\xa1\x61x\xf7".to_vec()),
        ("name-not-utf-8", "CBOR-06", b"\xa1\x61\xff\x01".to_vec()),
        ("nested-9", "CBOR-07", map(&[pair("x", &nested_arrays(8))])),
        ("more-than-there-are", "CBOR-08", b"\xa2\x61x\x01".to_vec()),
        ("map-of-2-to-63", "CBOR-08", b"\xbb\x80\0\0\0\0\0\0\0".to_vec()),
        ("array-name", "CBOR-03", b"\xa1\x80\x01".to_vec()),
    ] {
        let case = case(ceremony, name, rule, &cbor);
        cases.push(case.reject("InvalidCbor", ceremony.parsing()));
    }
    let fewer = case(ceremony, "fewer-than-there-are", "AD-10", b"\xa0\x61x\x01");
    cases.push(fewer.reject("TrailingBytes", ceremony.parsing()));
    cases
}

/// The quirk for the order of the outputs, and the one for indefinite lengths, which does not apply
/// inside authenticator data.
fn with_quirks(ceremony: Ceremony) -> Vec<Value> {
    let unordered = |name: &str, rule: &str, cbor: &[u8]| {
        let case = case(ceremony, &format!("quirk/{name}"), rule, cbor);
        case.with("quirks", json!(["UnorderedExtensionOutputs"]))
    };
    let mut cases = vec![
        unordered("longer-first", "CBOR-12", b"\xa2\x62aa\0\x61b\0").accept(),
        unordered("last-of-16-first", "CBOR-05", &last_first(16)).accept(),
        unordered("17-in-order", "CBOR-12", &map(&many(17))).accept(),
    ];
    for (name, rule, cbor) in [
        ("last-of-17-first", "CBOR-05", last_first(17)),
        ("twice", "CBOR-05", b"\xa2\x61b\0\x61b\0".to_vec()),
        ("twice-apart", "CBOR-05", b"\xa3\x61b\0\x61a\0\x61b\0".to_vec()),
        ("map-inside-out-of-order", "CBOR-03", b"\xa1\x61x\xa2\x61b\0\x61a\0".to_vec()),
        ("long-integer", "CBOR-01", b"\xa2\x61b\x18\x01\x61a\0".to_vec()),
        ("cut", "CBOR-08", b"\xa2\x61b\0\x61a".to_vec()),
    ] {
        let case = unordered(name, rule, &cbor);
        cases.push(case.reject("InvalidCbor", ceremony.parsing()));
    }
    let key = unordered("integer-name", "AD-09", b"\xa2\x61b\0\x01\0");
    cases.push(key.reject("InvalidCbor", ceremony.parsing()));
    let key = unordered("negative-name-first", "AD-09", b"\xa2\x20\0\x61b\0");
    let kind = "InvalidAuthenticatorData";
    cases.push(key.reject_field(kind, ceremony.parsing(), "extensions"));
    let trailing = unordered("trailing-byte", "AD-10", b"\xa2\x61b\0\x61a\0\0");
    cases.push(trailing.reject("TrailingBytes", ceremony.parsing()));
    let cbor = b"\xbf\x61x\x01\xff";
    let indefinite = case(ceremony, "quirk/indefinite-map", "KB-76", cbor);
    let indefinite = indefinite.with("quirks", json!(["IndefiniteLengthAttestation"]));
    cases.push(indefinite.reject("InvalidCbor", ceremony.parsing()));
    cases
}
