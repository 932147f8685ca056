//! Data items in a place where every kind of item is allowed, but only in its canonical form: the
//! value of an unknown member of the attestation object, and of an unknown extension output.

use serde_json::Value;

use super::object::{self, members};
use crate::ceremony::Ceremony;
use crate::encoding::{array, bytes, map, nested_arrays, nested_maps, pair, text};

/// A name, a rule, and an item.
type Items = Vec<(&'static str, &'static str, Vec<u8>)>;

pub(crate) fn cases() -> Vec<Value> {
    let bad = [lengths(), types(), maps(), ends()].concat();
    let mut cases = Vec::new();
    for (name, rule, item) in good() {
        cases.push(in_object(name, rule, &item).accept());
        cases.push(in_extensions(name, rule, &item).accept());
    }
    for (name, rule, item) in bad {
        cases.push(in_object(name, rule, &item).reject("InvalidCbor", "13"));
        cases.push(in_extensions(name, rule, &item).reject("InvalidCbor", "15"));
    }
    cases
}

/// Returns a registration with the item in an unknown member. The member is the last one, so a
/// length beyond the end is also beyond the end of the object.
fn in_object(name: &str, rule: &str, item: &[u8]) -> crate::case::Case {
    let [format, statement, data] = members();
    let object = map(&[format, statement, data, pair("x", item)]);
    object::case(&format!("item/{name}"), rule, object)
}

/// Returns a login with the item in an unknown extension output.
fn in_extensions(name: &str, rule: &str, item: &[u8]) -> crate::case::Case {
    let data = Ceremony::Login.with_extensions(&map(&[pair("x", item)]));
    Ceremony::Login.with_authenticator_data(&format!("cbor/extension-item/{name}"), rule, data)
}

/// Items that must be accepted.
fn good() -> Items {
    vec![
        ("integer-23", "CBOR-01", b"\x17".to_vec()),
        ("integer-24", "CBOR-01", b"\x18\x18".to_vec()),
        ("integer-255", "CBOR-01", b"\x18\xff".to_vec()),
        ("integer-256", "CBOR-01", b"\x19\x01\x00".to_vec()),
        ("integer-65535", "CBOR-01", b"\x19\xff\xff".to_vec()),
        ("integer-65536", "CBOR-01", b"\x1a\x00\x01\x00\x00".to_vec()),
        ("integer-2-to-32-less-1", "CBOR-01", b"\x1a\xff\xff\xff\xff".to_vec()),
        ("integer-2-to-32", "CBOR-01", b"\x1b\0\0\0\x01\0\0\0\0".to_vec()),
        ("integer-2-to-64-less-1", "CBOR-01", [&[0x1b][..], &[0xff; 8]].concat()),
        ("integer-minus-24", "CBOR-01", b"\x37".to_vec()),
        ("integer-minus-25", "CBOR-01", b"\x38\x18".to_vec()),
        ("integer-minus-2-to-64", "CBOR-01", [&[0x3b][..], &[0xff; 8]].concat()),
        ("bytes-of-23", "CBOR-01", bytes(&[7; 23])),
        ("bytes-of-24", "CBOR-01", bytes(&[7; 24])),
        ("bytes-of-256", "CBOR-01", bytes(&[7; 256])),
        ("text-of-24", "CBOR-01", text([b'x'; 24])),
        ("array-of-24", "CBOR-01", array(&vec![vec![1]; 24])),
        ("map-of-24", "CBOR-03", map(&(0..24).map(|key| vec![key, 0]).collect::<Vec<_>>())),
        ("false", "CBOR-04", b"\xf4".to_vec()),
        ("true", "CBOR-04", b"\xf5".to_vec()),
        ("null", "CBOR-04", b"\xf6".to_vec()),
        ("text-empty", "CBOR-06", b"\x60".to_vec()),
        ("text-of-many-scripts", "CBOR-06", text("\u{0}é€\u{10ffff}")),
        ("arrays-nested-8", "CBOR-07", nested_arrays(7)),
        ("maps-nested-8", "CBOR-07", nested_maps(7)),
        ("arrays-after-each-other", "CBOR-07", array(&vec![nested_arrays(2); 20])),
        ("maps-after-each-other", "CBOR-07", array(&vec![nested_maps(2); 20])),
        // Ascending by major type, then by length, then by bytes.
        (
            "map-in-canonical-order",
            "CBOR-03",
            b"\xaa\x01\0\x17\0\x18\x18\0\x20\0\x38\x18\0\x41\x01\0\x61b\0\x62aa\0\x62ab\0\xf4\0"
                .to_vec(),
        ),
        ("map-with-the-keys-of-another", "CBOR-05", b"\xa2\x01\xa1\x01\0\x02\xa1\x01\0".to_vec()),
    ]
}

/// Integers and lengths that are not as short as possible, or not definite.
fn lengths() -> Items {
    let long = |name, item: &[u8]| (name, "CBOR-01", item.to_vec());
    vec![
        long("long-integer-0-in-two-bytes", b"\x18\x00"),
        long("long-integer-23-in-two-bytes", b"\x18\x17"),
        long("long-integer-255-in-three-bytes", b"\x19\x00\xff"),
        long("long-integer-65535-in-five-bytes", b"\x1a\x00\x00\xff\xff"),
        long("long-integer-in-nine-bytes", b"\x1b\0\0\0\0\xff\xff\xff\xff"),
        long("long-negative-integer", b"\x38\x17"),
        long("long-negative-integer-in-three-bytes", b"\x39\x00\x18"),
        long("long-bytes", b"\x58\x01\x07"),
        long("long-bytes-in-three-bytes", b"\x59\x00\x01\x07"),
        long("long-text", b"\x78\x01x"),
        long("long-text-in-five-bytes", b"\x7a\0\0\0\x01x"),
        long("long-array", b"\x98\x01\x01"),
        long("long-array-in-nine-bytes", b"\x9b\0\0\0\0\0\0\0\x01\x01"),
        long("long-map", b"\xb8\x01\x01\x01"),
        long("indefinite-bytes", b"\x5f\x41\x01\xff"),
        long("indefinite-text", b"\x7f\x61x\xff"),
        long("indefinite-array", b"\x9f\x01\xff"),
        long("indefinite-array-empty", b"\x9f\xff"),
        long("indefinite-map", b"\xbf\x01\x01\xff"),
        long("indefinite-inside", b"\x81\x9f\xff"),
        long("reserved-information-28", b"\x1c"),
        long("reserved-information-29", b"\x5d\0"),
        long("reserved-information-30", b"\x9e\0"),
        long("break", b"\xff"),
        long("integer-with-indefinite-length", b"\x1f"),
    ]
}

/// Tags, floating-point numbers, other simple values, and text that is not UTF-8.
fn types() -> Items {
    let mut items = Vec::new();
    for (name, item) in [
        ("tag-0", &b"\xc0\x60"[..]),
        ("tag-2-bignum", b"\xc2\x41\x01"),
        ("tag-24-encoded-cbor", b"\xd8\x18\x41\x01"),
        ("tag-55799", b"\xd9\xd9\xf7\x01"),
        ("tag-of-8-bytes", b"\xdb\0\0\0\x01\0\0\0\0\x01"),
        ("tag-inside", b"\x81\xc1\x01"),
    ] {
        items.push((name, "CBOR-02", item.to_vec()));
    }
    for (name, item) in [
        ("undefined", &b"\xf7"[..]),
        ("simple-0", b"\xe0"),
        ("simple-19", b"\xf3"),
        ("simple-20-in-two-bytes", b"\xf8\x14"),
        ("simple-32", b"\xf8\x20"),
        ("float-16", b"\xf9\x3c\x00"),
        ("float-32", b"\xfa\x3f\x80\0\0"),
        ("float-64", b"\xfb\x3f\xf0\0\0\0\0\0\0"),
        ("float-nan", b"\xf9\x7e\x00"),
        ("float-inside", b"\x81\xf9\x00\x00"),
    ] {
        items.push((name, "CBOR-04", item.to_vec()));
    }
    for (name, content) in [
        ("text-with-lone-continuation", &b"\x80"[..]),
        ("text-with-cut-character", b"\xe2\x82"),
        ("text-with-overlong", b"\xc0\xaf"),
        ("text-with-surrogate", b"\xed\xa0\x80"),
        ("text-above-unicode", b"\xf4\x90\x80\x80"),
        ("text-in-latin-1", b"caf\xe9"),
    ] {
        items.push((name, "CBOR-06", text(content)));
    }
    items.push(("text-key-is-not-utf-8", "CBOR-06", b"\xa1\x61\x80\0".to_vec()));
    items
}

/// Maps whose keys are not unique, not in order, or not scalars, and containers that are nested too
/// deeply.
fn maps() -> Items {
    let mut items = Vec::new();
    for (name, item) in [
        ("map-with-negative-before-positive", &b"\xa2\x20\0\x01\0"[..]),
        ("map-with-text-before-integer", b"\xa2\x61x\0\x01\0"),
        ("map-with-bytes-after-text", b"\xa2\x61x\0\x41x\0"),
        ("map-with-longer-integer-first", b"\xa2\x18\x18\0\x17\0"),
        ("map-with-longer-text-first", b"\xa2\x62aa\0\x61b\0"),
        ("map-with-greater-text-first", b"\xa2\x61b\0\x61a\0"),
        ("map-with-greater-last-byte-first", b"\xa2\x62ab\0\x62aa\0"),
        ("map-out-of-order-inside-an-array", b"\x81\xa2\x02\0\x01\0"),
        ("map-out-of-order-inside-a-map", b"\xa1\x01\xa2\x02\0\x01\0"),
        ("map-out-of-order-at-the-end", b"\xa3\x01\0\x03\0\x02\0"),
    ] {
        items.push((name, "CBOR-03", item.to_vec()));
    }
    for (name, item) in [
        ("map-with-key-twice", &b"\xa2\x01\0\x01\0"[..]),
        ("map-with-text-twice", b"\xa2\x61x\0\x61x\x01"),
        ("map-with-key-twice-apart", b"\xa3\x01\0\x02\0\x01\0"),
        ("map-with-key-twice-inside", b"\xa1\x01\xa2\x01\0\x01\0"),
    ] {
        items.push((name, "CBOR-05", item.to_vec()));
    }
    items.push(("map-key-is-array", "CBOR-03", b"\xa1\x80\0".to_vec()));
    items.push(("map-key-is-map", "CBOR-03", b"\xa1\xa0\0".to_vec()));
    items.push(("arrays-nested-9", "CBOR-07", nested_arrays(8)));
    items.push(("maps-nested-9", "CBOR-07", nested_maps(8)));
    items.push(("arrays-nested-1000", "CBOR-07", nested_arrays(1000)));
    // A container that ends gives back one level, not more.
    items.push((
        "arrays-nested-9-after-others",
        "CBOR-07",
        array(&[nested_arrays(1), nested_maps(2), nested_arrays(7)]),
    ));
    items
}

/// Lengths and counts beyond the end. Some have as many bytes as their lowest 32 bits say.
fn ends() -> Items {
    let beyond = |name, item: &[u8]| (name, "CBOR-08", item.to_vec());
    vec![
        beyond("nothing", b""),
        beyond("cut-integer", b"\x19\x01"),
        beyond("cut-bytes", b"\x42\x01"),
        beyond("cut-text", b"\x62x"),
        beyond("cut-array", b"\x82\x01"),
        beyond("cut-map", b"\xa1\x01"),
        beyond("bytes-of-2-to-31", b"\x5a\x80\0\0\0\x01"),
        beyond("bytes-of-2-to-32-and-1", b"\x5b\0\0\0\x01\0\0\0\x01\x01"),
        beyond("bytes-of-2-to-64-less-1", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"),
        beyond("text-of-2-to-32-and-1", b"\x7b\0\0\0\x01\0\0\0\x01x"),
        beyond("text-of-2-to-64-less-1", b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff"),
        beyond("array-of-2-to-32-and-1", b"\x9b\0\0\0\x01\0\0\0\x01\x01"),
        beyond("array-of-2-to-64-less-1", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
        beyond("map-of-2-to-32-and-1", b"\xbb\0\0\0\x01\0\0\0\x01\x01\x01"),
        // Twice the count does not fit in 64 bits.
        beyond("map-of-2-to-63", b"\xbb\x80\0\0\0\0\0\0\0"),
        beyond("map-of-2-to-63-and-1", b"\xbb\x80\0\0\0\0\0\0\x01\x01\x01"),
        beyond("map-of-2-to-64-less-1", b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"),
    ]
}
