//! The Ed25519 key that Firefox 117 wrote: text in place of integers, x as an array of integers,
//! and a count of three members. It is accepted only with its quirk.

use serde_json::{Value, json};
use webauthn_verify_authenticator::algorithm::{EDDSA, ES256};

use super::members::Members;
use crate::case::{Case, Registration};
use crate::encoding::integer;

const HEAD: &[u8] = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20";

pub(super) fn cases() -> Vec<Value> {
    let x = x();
    let good = encode(HEAD, &x);
    let long = x.iter().flat_map(|byte| [0x18, *byte]).collect::<Vec<_>>();
    let negative = [&[0x20], &encode(b"", &x[1..])[..]].concat();
    let large = [&[0x19, 1, 0], &encode(b"", &x[1..])[..]].concat();
    let mut cases = vec![
        case("without-quirk", &good).reject("TrailingBytes", "13"),
        with_quirk("with-quirk", &good).accept(),
        case("with-other-quirk", &good)
            .with("quirks", json!(["NonMinimalDerIntegers"]))
            .reject("TrailingBytes", "13"),
        with_quirk("not-requested", &good)
            .with("algorithms", json!([ES256]))
            .reject("AlgorithmNotRequested", "20"),
        with_quirk("trailing-byte", &[&good[..], &[0]].concat()).reject("TrailingBytes", "13"),
        // The array then has 24 integers, and the rest of the key follows the three members.
        with_quirk("integer-above-a-byte", &[HEAD, &large].concat()).reject("TrailingBytes", "13"),
        with_quirk("negative-integer", &[HEAD, &negative].concat()).reject("TrailingBytes", "13"),
        with_quirk("cut", &good[..good.len() - 1]).reject("TrailingBytes", "13"),
        with_quirk("counts-four-members", &[&[0xa4], &good[1..]].concat()).reject_field(
            "InvalidCoseKey",
            "20",
            "kty",
        ),
        with_quirk("without-point", &encode(HEAD, &no_point())).reject("PointNotOnCurve", "20"),
        with_quirk("of-small-order", &encode(HEAD, &[0; 32])).reject("PointNotOnCurve", "20"),
    ];
    assert!(x.iter().any(|byte| *byte < 24));
    let long = with_quirk("long-integers", &[HEAD, &long].concat());
    cases.push(long.reject("TrailingBytes", "13"));
    cases
}

fn x() -> Vec<u8> {
    Members::of(EDDSA).numbers().remove(0).1
}

/// Returns y = 2, which no point has.
fn no_point() -> [u8; 32] {
    core::array::from_fn(|position| if position == 0 { 2 } else { 0 })
}

fn encode(head: &[u8], x: &[u8]) -> Vec<u8> {
    let integers = x.iter().flat_map(|byte| integer(i64::from(*byte)));
    head.iter().copied().chain(integers).collect()
}

fn case(name: &str, key: &[u8]) -> Case {
    let registration = Registration::with_algorithm(EDDSA).cose_key(key);
    registration.case(&format!("cose-keys/firefox/{name}"), "CBOR-13")
}

fn with_quirk(name: &str, key: &[u8]) -> Case {
    case(name, key).with("quirks", json!(["FirefoxTextEd25519Key"]))
}
