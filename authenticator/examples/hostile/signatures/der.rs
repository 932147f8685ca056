//! Encodings of ECDSA signatures that are not DER.

use num_bigint::BigUint;
use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::der::value as element;

use super::ecdsa::Numbers;
use super::{Invalid, case, signed};
use crate::case::{Case, key};
use crate::curves::Curve;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for curve in Curve::all() {
        cases.extend(lengths(curve.algorithm));
        cases.extend(contents(curve.algorithm));
        cases.extend(integers(curve.algorithm));
    }
    cases.extend(quirk());
    cases
}

/// Returns the content of a DER integer.
fn digits(number: &BigUint) -> Vec<u8> {
    let digits = number.to_bytes_be();
    if digits[0] >= 0x80 { [vec![0], digits].concat() } else { digits }
}

/// The contents of the two integers of a correct signature.
struct Parts {
    r: Vec<u8>,
    s: Vec<u8>,
}

impl Parts {
    fn of(algorithm: i64) -> Parts {
        let numbers = Numbers::of(&key(algorithm).sign(&signed()));
        Parts { r: digits(&numbers.r), s: digits(&numbers.s) }
    }

    /// Returns both integers.
    fn content(&self) -> Vec<u8> {
        [element(2, &self.r), element(2, &self.s)].concat()
    }
}

fn encode(r: &[u8], s: &[u8]) -> Vec<u8> {
    element(0x30, &[element(2, r), element(2, s)].concat())
}

/// Lengths that are not as short as possible, indefinite, or wrong.
fn lengths(algorithm: i64) -> Vec<Value> {
    let parts = Parts::of(algorithm);
    let content = parts.content();
    let good = element(0x30, &content);
    let length = u8::try_from(content.len()).expect("less than 256 bytes");
    let with_head = |head: &[u8]| [&[0x30], head, &content[..]].concat();
    let r_length = u8::try_from(parts.r.len()).expect("short");
    let with_r_head =
        |head: &[u8]| element(0x30, &[&[2], head, &parts.r[..], &element(2, &parts.s)].concat());
    let mut wrong = vec![
        ("in-two-bytes", "KB-40", with_head(&[0x82, 0, length])),
        ("in-three-bytes", "KB-40", with_head(&[0x83, 0, 0, length])),
        ("in-four-bytes", "KB-40", with_head(&[0x84, 0, 0, 0, length])),
        ("in-eight-bytes", "KB-40", with_head(&[0x88, 0, 0, 0, 0, 0, 0, 0, length])),
        ("huge", "KB-40", with_head(&[0x84, 0, 1, 0xff, 0xff])),
        ("of-2-to-32-more", "KB-40", with_head(&[0x85, 1, 0, 0, 0, length])),
        ("of-2-to-64-less-1", "KB-40", [&[0x30, 0x88][..], &[0xff; 8], &content].concat()),
        ("of-127-bytes", "KB-40", with_head(&[0xff])),
        ("indefinite", "SIG-03", [&[0x30, 0x80], &content[..], &[0, 0]].concat()),
        ("indefinite-without-end", "SIG-03", with_head(&[0x80])),
        ("beyond-end", "KB-40", element_of(0x30, length + 1, &content)),
        ("too-short", "KB-24", element_of(0x30, length - 1, &content)),
        ("r-in-long-form", "KB-40", with_r_head(&[0x81, r_length])),
        ("r-in-two-bytes", "KB-40", with_r_head(&[0x82, 0, r_length])),
        ("r-indefinite", "SIG-03", with_r_head(&[0x80])),
        ("r-takes-the-rest", "SIG-03", with_r_head(&[r_length + 2 + parts_length(&parts.s)])),
        ("r-beyond-end", "KB-40", with_r_head(&[0x7f])),
        ("r-too-short", "SIG-03", with_r_head(&[r_length - 1])),
        ("only-the-head", "KB-40", good[..2].to_vec()),
        ("only-the-tag", "KB-40", vec![0x30]),
    ];
    if length < 0x80 {
        wrong.push(("in-long-form", "KB-40", with_head(&[0x81, length])));
    }
    let mut cases = Vec::new();
    for (name, rule, signature) in wrong {
        let case = case(algorithm, &format!("der/length/{name}"), rule, signature);
        cases.push(case.invalid());
    }
    cases
}

fn parts_length(part: &[u8]) -> u8 {
    u8::try_from(part.len()).expect("short")
}

/// Encodes an element with this length, whatever the length of its content is.
fn element_of(tag: u8, length: u8, content: &[u8]) -> Vec<u8> {
    let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [head, content.to_vec()].concat()
}

/// Other elements than a sequence of two integers.
fn contents(algorithm: i64) -> Vec<Value> {
    let parts = Parts::of(algorithm);
    let content = parts.content();
    let good = element(0x30, &content);
    let (r, s) = (element(2, &parts.r), element(2, &parts.s));
    let mut cases = Vec::new();
    for (name, rule, signature) in [
        ("trailing-byte", "KB-24", [&good[..], &[0]].concat()),
        ("trailing-null", "KB-24", [&good[..], &[5, 0]].concat()),
        ("trailing-end-of-contents", "KB-24", [&good[..], &[0, 0]].concat()),
        ("trailing-byte-inside", "KB-24", element(0x30, &[&content[..], &[0]].concat())),
        ("trailing-null-inside", "KB-24", element(0x30, &[&content[..], &[5, 0]].concat())),
        ("three-integers", "SIG-02", element(0x30, &[&content[..], &[2, 1, 1]].concat())),
        ("only-r", "SIG-02", element(0x30, &r)),
        ("no-integer", "SIG-02", element(0x30, &[])),
        ("set", "SIG-02", element(0x31, &content)),
        ("primitive-sequence", "SIG-02", element(0x10, &content)),
        ("context-specific", "SIG-02", element(0xa0, &content)),
        ("octet-string", "SIG-02", element(0x04, &content)),
        ("without-sequence", "SIG-02", content.clone()),
        ("sequence-in-sequence", "SIG-02", element(0x30, &good)),
        ("sequence-in-octet-string", "SIG-02", element(0x04, &good)),
        ("tag-in-two-bytes", "SIG-02", [&[0x3f, 0x10], &good[1..]].concat()),
        ("r-octet-string", "SIG-02", element(0x30, &[element(4, &parts.r), s.clone()].concat())),
        ("s-octet-string", "SIG-02", element(0x30, &[r.clone(), element(4, &parts.s)].concat())),
        ("r-enumerated", "SIG-02", element(0x30, &[element(10, &parts.r), s.clone()].concat())),
        ("r-constructed", "SIG-02", element(0x30, &[element(0x22, &parts.r), s].concat())),
        ("s-bit-string", "SIG-02", element(0x30, &[r, element(3, &parts.s)].concat())),
    ] {
        let case = case(algorithm, &format!("der/{name}"), rule, signature);
        cases.push(case.invalid());
    }
    cases
}

/// Integers that are negative, empty, or not minimal.
fn integers(algorithm: i64) -> Vec<Value> {
    let Parts { r, s } = Parts::of(algorithm);
    let padded = |digits: &[u8]| [&[0], digits].concat();
    // The same digits as a negative number.
    let negative = |digits: &[u8]| match digits {
        [0, rest @ ..] => rest.to_vec(),
        _ => [&[0xff], digits].concat(),
    };
    let mut cases = Vec::new();
    for (name, r, s) in [
        ("r-with-zero", padded(&r), s.clone()),
        ("s-with-zero", r.clone(), padded(&s)),
        ("both-with-zero", padded(&r), padded(&s)),
        ("r-with-two-zeros", padded(&padded(&r)), s.clone()),
        ("negative-r", negative(&r), s.clone()),
        ("negative-s", r.clone(), negative(&s)),
        ("minus-1", vec![0xff], s.clone()),
        ("s-is-minus-128", r.clone(), vec![0x80]),
        ("empty-r", Vec::new(), s.clone()),
        ("empty-s", r.clone(), Vec::new()),
        ("zero-in-two-bytes", vec![0, 0], s),
    ] {
        let name = format!("der/integer/{name}");
        cases.push(case(algorithm, &name, "SIG-03", encode(&r, &s)).invalid());
    }
    cases
}

/// The quirk for leading zero bytes, which relaxes nothing else.
fn quirk() -> Vec<Value> {
    let Parts { r, s } = Parts::of(ES256);
    let padded = |digits: &[u8]| [&[0], digits].concat();
    let with_quirk = |name: &str, signature: Vec<u8>| -> Case {
        let case = case(ES256, &format!("quirk/{name}"), "KB-61", signature);
        case.with("quirks", json!(["NonMinimalDerIntegers"]))
    };
    let mut cases = Vec::new();
    for (name, r, s) in [
        ("unused", r.clone(), s.clone()),
        ("r-with-zero", padded(&r), s.clone()),
        ("s-with-zero", r.clone(), padded(&s)),
        ("both-with-zeros", padded(&padded(&r)), padded(&padded(&padded(&s)))),
    ] {
        cases.push(with_quirk(name, encode(&r, &s)).accept());
    }
    let zero = encode(&padded(&r), &s);
    let mut other = zero.clone();
    *other.last_mut().expect("not empty") ^= 1;
    let content = [element(2, &padded(&r)), element(2, &s)].concat();
    for (name, signature) in [
        ("other-number", other),
        ("trailing-byte", [&zero[..], &[0]].concat()),
        ("trailing-byte-inside", element(0x30, &[&content[..], &[0]].concat())),
        ("length-in-long-form", [&[0x30, 0x81], &zero[1..]].concat()),
        ("negative", encode(&[0x80], &s)),
        ("empty", encode(&[], &s)),
        ("zero-in-two-bytes", encode(&[0, 0], &s)),
        ("s-zero-in-two-bytes", encode(&r, &[0, 0])),
        ("larger-than-the-field", encode(&[&[0, 1], &r[..]].concat(), &s)),
        ("set", element(0x31, &content)),
    ] {
        cases.push(with_quirk(name, signature).invalid());
    }
    cases
}
