//! The quirks for indefinite lengths and for the order of extension outputs. They accept one
//! deviation and relax nothing else.

use serde_json::{Value, json};

use super::object::{authenticator_data, case, members};
use crate::case::Case;
use crate::encoding::{bytes, head, map, nested_arrays, pair, text};

pub(crate) fn cases() -> Vec<Value> {
    [accepted(), refused()].concat()
}

/// Returns a registration that accepts attestation objects with indefinite lengths.
fn with_quirk(name: &str, rule: &str, object: Vec<u8>) -> Case {
    let case = case(&format!("quirk/{name}"), rule, object);
    case.with("quirks", json!(["IndefiniteLengthAttestation"]))
}

/// Encodes a map of indefinite length.
fn indefinite(pairs: &[Vec<u8>]) -> Vec<u8> {
    [&[0xbf], &pairs.concat()[..], &[0xff]].concat()
}

/// Encodes `authData` with a byte string of these encoded chunks.
fn chunked(chunks: &[Vec<u8>]) -> Vec<u8> {
    pair("authData", &[&[0x5f], &chunks.concat()[..], &[0xff]].concat())
}

fn accepted() -> Vec<Value> {
    let [format, statement, data] = members();
    let content = authenticator_data();
    let halves = [bytes(&content[..40]), bytes(&content[40..])];
    let in_halves = chunked(&halves);
    let empty_chunks = chunked(&[bytes(b""), bytes(&content), bytes(b"")]);
    let format_in_chunks = pair("fmt", b"\x7f\x62no\x62ne\xff");
    let key_in_chunks = [&b"\x7f\x61f\x62mt\xff"[..], &text("none")].concat();
    let mut cases = Vec::new();
    for (name, object) in [
        ("indefinite-map", indefinite(&members())),
        ("indefinite-statement", {
            map(&[format.clone(), pair("attStmt", b"\xbf\xff"), data.clone()])
        }),
        ("data-in-one-chunk", {
            map(&[format.clone(), statement.clone(), chunked(&[bytes(&content)])])
        }),
        ("data-in-two-chunks", map(&[format.clone(), statement.clone(), in_halves.clone()])),
        ("data-with-empty-chunks", map(&[format.clone(), statement.clone(), empty_chunks])),
        ("format-in-chunks", map(&[format_in_chunks.clone(), statement.clone(), data.clone()])),
        ("key-in-chunks", map(&[key_in_chunks, statement.clone(), data.clone()])),
        ("everything", indefinite(&[format_in_chunks, in_halves, pair("attStmt", b"\xbf\xff")])),
        ("nested-8", indefinite(&[&members()[..], &[pair("x", &arrays(7))]].concat())),
        ("unused", map(&members())),
    ] {
        cases.push(with_quirk(name, "KB-76", object).accept());
    }
    cases
}

/// Encodes arrays of indefinite length, one inside the other.
fn arrays(depth: usize) -> Vec<u8> {
    [vec![0x9f; depth], vec![0xff; depth]].concat()
}

fn refused() -> Vec<Value> {
    let [format, statement, data] = members();
    let content = authenticator_data();
    let with_data = |data: Vec<u8>| map(&[format.clone(), statement.clone(), data]);
    let with = |item: &[u8]| indefinite(&[&members()[..], &[pair("x", item)]].concat());
    let whole = indefinite(&members());
    let cut = u64::try_from(content.len()).expect("short");
    let long_chunk = [&[0x5a, 0, 0, 0], &content[..0], &cut.to_be_bytes()[7..], &content].concat();
    let mut cases = Vec::new();
    for (name, rule, object) in [
        ("chunk-with-long-length", "CBOR-01", with_data(chunked(&[long_chunk]))),
        ("chunk-of-text", "CBOR-01", with_data(chunked(&[text("x"), bytes(&content)]))),
        ("chunk-of-indefinite-length", "CBOR-01", {
            with_data(chunked(&[b"\x5f\xff".to_vec(), bytes(&content)]))
        }),
        ("chunk-beyond-end", "CBOR-08", {
            with_data(chunked(&[[head(2, cut + 2), content.clone()].concat()]))
        }),
        ("no-break", "CBOR-01", whole[..whole.len() - 1].to_vec()),
        ("chunks-split-a-character", "CBOR-06", with(b"\x7f\x61\xc3\x61\xa9\xff")),
        ("break-after-a-key", "CBOR-01", with(b"\xbf\x61x\xff")),
        ("break-in-place-of-an-item", "CBOR-01", with(b"\x82\x01\xff")),
        ("integer-of-indefinite-length", "CBOR-01", with(b"\x1f")),
        ("tag-of-indefinite-length", "CBOR-02", with(b"\xdf\x01")),
        ("nested-9", "CBOR-07", with(&arrays(8))),
        ("definite-nested-9", "CBOR-07", with(&nested_arrays(8))),
        ("long-integer", "CBOR-01", with(b"\x18\x01")),
        ("long-map", "CBOR-01", [&[0xb8, 3], &members().concat()[..]].concat()),
        ("tag", "CBOR-02", with(b"\xc0\x60")),
        ("float", "CBOR-04", with(b"\xf9\x3c\x00")),
        ("map-out-of-order", "CBOR-03", with(b"\xbf\x02\0\x01\0\xff")),
        ("member-twice", "CBOR-05", {
            indefinite(&[format.clone(), statement.clone(), data.clone(), format.clone()])
        }),
        ("member-twice-in-chunks", "CBOR-05", {
            let again = [&b"\x7f\x61f\x62mt\xff"[..], &text("none")].concat();
            indefinite(&[format.clone(), statement.clone(), data.clone(), again])
        }),
    ] {
        cases.push(with_quirk(name, rule, object).reject("InvalidCbor", "13"));
    }
    let trailing = with_quirk("trailing-byte", "CBOR-09", [whole, vec![0]].concat());
    cases.push(trailing.reject("TrailingBytes", "13"));
    let missing = with_quirk("missing-data", "CBOR-10", indefinite(&[format, statement]));
    cases.push(missing.reject_field("InvalidAttestationObject", "13", "authData"));
    cases
}
