//! The attestation object: its members, its end, and the encoding of its own parts.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::ES256;

use crate::case::{Case, REGISTRATION_FLAGS, Registration, attested, cose_key};
use crate::encoding::{array, bytes, head, integer, map, pair, text};

pub(crate) fn cases() -> Vec<Value> {
    [encodings(), orders(), duplicates(), member_types(), keys(), ends()].concat()
}

/// Returns a registration with this attestation object.
pub(crate) fn case(name: &str, rule: &str, object: Vec<u8>) -> Case {
    Registration::new().attestation_object(object).case(&format!("cbor/{name}"), rule)
}

pub(crate) fn authenticator_data() -> Vec<u8> {
    attested(REGISTRATION_FLAGS, &cose_key(ES256)).build()
}

/// Returns the three members of a correct attestation object.
pub(crate) fn members() -> [Vec<u8>; 3] {
    [
        pair("fmt", &text("none")),
        pair("attStmt", &map(&[])),
        pair("authData", &bytes(&authenticator_data())),
    ]
}

fn object_case(name: &str, rule: &str, object: Vec<u8>) -> Case {
    case(&format!("object/{name}"), rule, object)
}

/// Heads of the object and of its members that are not canonical.
fn encodings() -> Vec<Value> {
    let [format, statement, data] = members();
    let all = [&format[..], &statement, &data].concat();
    let rest = [&statement[..], &data].concat();
    let content = authenticator_data();
    let length = u8::try_from(content.len()).expect("less than 256 bytes");
    let with_data = |head: &[u8]| {
        let data = [&text("authData"), head, &content].concat();
        map(&[format.clone(), statement.clone(), data])
    };
    let with_format = |format: &[u8]| [&[0xa3], format, &rest].concat();
    let chunks = |chunk: u8, content: &[u8]| [&[chunk], content, &[0xff]].concat();
    let mut cases = vec![object_case("whole", "CBOR-10", map(&members())).accept()];
    for (name, rule, object) in [
        ("long-map", "CBOR-01", [&[0xb8, 3], &all[..]].concat()),
        ("long-map-in-three-bytes", "CBOR-01", [&[0xb9, 0, 3], &all[..]].concat()),
        ("indefinite-map", "CBOR-01", [&[0xbf], &all[..], &[0xff]].concat()),
        ("long-key", "CBOR-01", with_format(b"\x78\x03fmt\x64none")),
        ("indefinite-key", "CBOR-01", with_format(b"\x7f\x63fmt\xff\x64none")),
        ("long-format", "CBOR-01", with_format(b"\x63fmt\x78\x04none")),
        ("indefinite-format", "CBOR-01", with_format(b"\x63fmt\x7f\x64none\xff")),
        ("data-length-in-three-bytes", "CBOR-01", with_data(&[0x59, 0, length])),
        ("data-length-in-five-bytes", "CBOR-01", with_data(&[0x5a, 0, 0, 0, length])),
        ("data-length-in-nine-bytes", "CBOR-01", with_data(&[0x5b, 0, 0, 0, 0, 0, 0, 0, length])),
        ("indefinite-data", "CBOR-01", {
            let data = [text("authData"), chunks(0x5f, &bytes(&content))].concat();
            map(&[format.clone(), statement.clone(), data])
        }),
        ("tagged", "CBOR-02", [b"\xd9\xd9\xf7\xa3", &all[..]].concat()),
        ("tagged-data", "CBOR-02", with_data(&[0xd8, 0x18, 0x58, length])),
        ("tagged-format", "CBOR-02", with_format(b"\x63fmt\xc0\x64none")),
        ("tagged-key", "CBOR-02", with_format(b"\xc0\x63fmt\x64none")),
        ("format-not-utf-8", "CBOR-06", with_format(b"\x63fmt\x64non\xff")),
        ("key-not-utf-8", "CBOR-06", with_format(b"\x63fm\xf4\x64none")),
        ("data-beyond-end", "CBOR-08", with_data(&[0x58, length + 1])),
        ("data-of-2-to-31-less-1", "CBOR-08", with_data(&[0x5a, 0x7f, 0xff, 0xff, 0xff])),
        ("data-of-2-to-32-more", "CBOR-08", with_data(&[0x5b, 0, 0, 0, 1, 0, 0, 0, length])),
        ("data-of-2-to-64-less-1", "CBOR-08", {
            with_data(&[0x5b, 255, 255, 255, 255, 255, 255, 255, 255])
        }),
        ("map-of-2-to-64-less-1", "CBOR-08", [&[0xbb][..], &[0xff; 8], &all].concat()),
    ] {
        cases.push(object_case(name, rule, object).reject("InvalidCbor", "13"));
    }
    cases
}

/// The members in every order, and next to unknown members.
fn orders() -> Vec<Value> {
    let members = members();
    let mut cases = Vec::new();
    for (name, order) in [
        ("format-data-statement", [0, 2, 1]),
        ("statement-format-data", [1, 0, 2]),
        ("statement-data-format", [1, 2, 0]),
        ("data-format-statement", [2, 0, 1]),
        ("data-statement-format", [2, 1, 0]),
    ] {
        let object = map(&order.map(|member| members[member].clone()));
        cases.push(object_case(&format!("order/{name}"), "CBOR-10", object).accept());
    }
    let many = |count: usize| {
        let unknown = (3..count).map(|number| pair(&format!("x{number}"), &[0]));
        map(&members.iter().cloned().chain(unknown).collect::<Vec<_>>())
    };
    cases.push(object_case("16-members", "CBOR-05", many(16)).accept());
    cases.push(object_case("17-members", "CBOR-05", many(17)).reject("InvalidCbor", "13"));
    let [format, statement, data] = members;
    let unknown = [pair("epAtt", &[0xf5]), pair("largeBlobKey", &bytes(&[7; 32]))];
    let [enterprise, blob] = unknown;
    let object = map(&[enterprise, data, format, blob, statement]);
    cases.push(object_case("unknown-members", "CBOR-14", object).accept());
    cases
}

/// Members that occur twice.
fn duplicates() -> Vec<Value> {
    let [format, statement, data] = members();
    let other = pair("fmt", &text("packed"));
    let x = pair("x", &[0]);
    let mut cases = Vec::new();
    for (name, members) in [
        ("format", vec![&format, &format, &statement, &data]),
        ("format-at-the-end", vec![&format, &statement, &data, &format]),
        ("format-with-other-value", vec![&other, &format, &statement, &data]),
        ("statement", vec![&format, &statement, &statement, &data]),
        ("data", vec![&format, &statement, &data, &data]),
        ("data-around", vec![&data, &format, &statement, &data]),
        ("unknown", vec![&x, &format, &statement, &data, &x]),
    ] {
        let object = map(&members.into_iter().cloned().collect::<Vec<_>>());
        let case = object_case(&format!("twice/{name}"), "CBOR-05", object);
        cases.push(case.reject("InvalidCbor", "13"));
    }
    cases
}

/// Members that are missing or have the wrong type.
fn member_types() -> Vec<Value> {
    let [format, statement, data] = members();
    let wrong = |name: &str, object: Vec<u8>, field: &str| {
        object_case(name, "CBOR-10", object).reject_field("InvalidAttestationObject", "13", field)
    };
    let with_format = |value: &[u8]| map(&[pair("fmt", value), statement.clone(), data.clone()]);
    let with_data =
        |value: &[u8]| map(&[format.clone(), statement.clone(), pair("authData", value)]);
    let mut cases = vec![
        wrong("missing/format", map(&[statement.clone(), data.clone()]), "fmt"),
        wrong("missing/statement", map(&[format.clone(), data.clone()]), "attStmt"),
        wrong("missing/data", map(&[format.clone(), statement.clone()]), "authData"),
        wrong("missing/all", map(&[]), "fmt"),
        wrong("type/format-is-bytes", with_format(&bytes(b"none")), "fmt"),
        wrong("type/format-is-integer", with_format(&integer(1)), "fmt"),
        wrong("type/format-is-null", with_format(&[0xf6]), "fmt"),
        wrong("type/format-is-array", with_format(&array(&[text("none")])), "fmt"),
        wrong("type/data-is-text", with_data(&text("data")), "authData"),
        wrong("type/data-is-null", with_data(&[0xf6]), "authData"),
        wrong("type/data-is-array", with_data(&array(&[bytes(&authenticator_data())])), "authData"),
        wrong("type/data-is-map", with_data(&map(&[])), "authData"),
    ];
    for (name, statement) in [
        ("array", array(&[])),
        ("null", vec![0xf6]),
        ("bytes", bytes(b"\xa0")),
        ("text", text("")),
        ("false", vec![0xf4]),
    ] {
        let object = map(&[format.clone(), pair("attStmt", &statement), data.clone()]);
        let case = object_case(&format!("type/statement-is-{name}"), "NONE-01", object);
        cases.push(case.reject_field("AttestationInvalid", "22", "attStmt"));
    }
    let renamed = |old: &str, new: &str| {
        let rename = |member: &Vec<u8>| match member.strip_prefix(&text(old)[..]) {
            Some(value) => pair(new, value),
            None => member.clone(),
        };
        map(&[&format, &statement, &data].map(rename))
    };
    cases.push(wrong("name/upper-case-format", renamed("fmt", "Fmt"), "fmt"));
    cases.push(wrong("name/lower-case-statement", renamed("attStmt", "attstmt"), "attStmt"));
    cases.push(wrong("name/lower-case-data", renamed("authData", "authdata"), "authData"));
    cases.push(wrong("name/data-in-full", renamed("authData", "authenticatorData"), "authData"));
    cases.push(wrong("name/format-and-nul", renamed("fmt", "fmt\0"), "fmt"));
    cases
}

/// Keys that are not text.
fn keys() -> Vec<Value> {
    const OBJECT: &str = "attestation object";
    let [format, statement, data] = members();
    let content = bytes(&authenticator_data());
    let ctap2 = map(&[
        [vec![1], text("none")].concat(),
        [vec![2], content.clone()].concat(),
        [vec![3], map(&[])].concat(),
    ]);
    let with =
        |key: &[u8]| map(&[format.clone(), statement.clone(), data.clone(), [key, &[0]].concat()]);
    let mut cases = Vec::new();
    for (name, object) in [
        ("ctap2", ctap2),
        ("integer", with(&[1])),
        ("negative", with(&[0x20])),
        ("bytes", with(b"\x41x")),
        ("boolean", with(&[0xf4])),
        ("null", with(&[0xf6])),
        ("bytes-for-format", {
            map(&[[bytes(b"fmt"), text("none")].concat(), statement.clone(), data.clone()])
        }),
    ] {
        let case = object_case(&format!("key/{name}"), "CBOR-14", object);
        cases.push(case.reject_field("InvalidAttestationObject", "13", OBJECT));
    }
    for (name, object) in [("array", with(&[0x80])), ("map", with(&[0xa0]))] {
        let case = object_case(&format!("key/{name}"), "CBOR-14", object);
        cases.push(case.reject("InvalidCbor", "13"));
    }
    for (name, object) in [
        ("array", array(&[text("none"), map(&[]), content.clone()])),
        ("bytes", bytes(&map(&members()))),
        ("text", text("none")),
        ("integer", integer(3)),
        ("null", vec![0xf6]),
        ("array-around-it", array(&[map(&members())])),
    ] {
        let case = object_case(&format!("is/{name}"), "CBOR-10", object);
        cases.push(case.reject_field("InvalidAttestationObject", "13", OBJECT));
    }
    cases
}

/// Objects that end too early or too late.
fn ends() -> Vec<Value> {
    let [format, statement, data] = members();
    let all = [&format[..], &statement, &data].concat();
    let whole = map(&members());
    let mut cases = Vec::new();
    for (name, rest) in [("zero", &[0][..]), ("break", &[0xff]), ("another", &whole)] {
        let object = [&whole, rest].concat();
        let case = object_case(&format!("trailing/{name}"), "CBOR-09", object);
        cases.push(case.reject("TrailingBytes", "13"));
    }
    let fewer = object_case("trailing/uncounted-member", "CBOR-09", [head(5, 2), all].concat());
    cases.push(fewer.reject("TrailingBytes", "13"));
    let more = [&[0xa4], &whole[1..]].concat();
    let more = object_case("cut/counted-member", "CBOR-08", more);
    cases.push(more.reject("InvalidCbor", "13"));
    for length in [1, 2, 4, 5, 9, 17, 18, whole.len() - 1] {
        let case = object_case(&format!("cut/{length}"), "CBOR-08", whole[..length].to_vec());
        cases.push(case.reject("InvalidCbor", "13"));
    }
    let data_last =
        |data: Vec<u8>| map(&[format.clone(), statement.clone(), pair("authData", &bytes(&data))]);
    let inside = [authenticator_data(), vec![0]].concat();
    let inside = object_case("trailing/inside-data", "AD-10", data_last(inside));
    cases.push(inside.reject("TrailingBytes", "13"));
    cases
}
