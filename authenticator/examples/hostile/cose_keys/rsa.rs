//! RSA keys whose numbers are too small, too large, or not in their shortest form.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
use webauthn_verify_authenticator::mersenne;

use super::case;
use super::members::Members;
use crate::case::Case;
use crate::encoding::bytes;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = [moduli(), exponents()].concat();
    for algorithm in [RS384, RS512, PS256, PS384, PS512] {
        let short = with(algorithm, "n/of-2047-bits", "COSE-16", &mersenne(2047), &[1, 0, 1]);
        cases.push(short.reject("InvalidCoseKey", "20"));
        let two = with(algorithm, "e/2", "COSE-17", &mersenne(2203), &[2]);
        cases.push(two.reject("InvalidCoseKey", "20"));
        let large = with(algorithm, "n/of-8192-bits", "COSE-16", &mersenne(8192), &[3]);
        cases.push(large.accept());
    }
    cases
}

fn with(algorithm: i64, name: &str, rule: &str, modulus: &[u8], exponent: &[u8]) -> Case {
    let key = Members::of(algorithm).with(-1, &bytes(modulus)).with(-2, &bytes(exponent));
    case(algorithm, name, rule, &key.encode())
}

fn moduli() -> Vec<Value> {
    let with = |name: &str, modulus: &[u8]| {
        with(RS256, &format!("n/{name}"), "COSE-16", modulus, &[1, 0, 1])
    };
    let mut cases = Vec::new();
    for bits in [2048, 2049, 2055, 3482, 4096, 8185, 8191, 8192] {
        cases.push(with(&format!("of-{bits}-bits"), &mersenne(bits)).accept());
    }
    let mut even = mersenne(2048);
    even[255] = 0xfe;
    let mut lowest = vec![0; 256];
    (lowest[0], lowest[255]) = (0x80, 1);
    cases.push(with("lowest-of-2048-bits", &lowest).accept());
    lowest[0] = 0x7f;
    for (name, modulus) in [
        ("of-0-bits", Vec::new()),
        ("zero", vec![0]),
        ("one", vec![1]),
        ("of-512-bits", mersenne(512)),
        ("of-1024-bits", mersenne(1024)),
        ("of-2040-bits", mersenne(2040)),
        ("of-2047-bits", mersenne(2047)),
        ("just-below-2048-bits", lowest),
        ("of-8193-bits", mersenne(8193)),
        ("of-8200-bits", mersenne(8200)),
        ("of-16384-bits", mersenne(16_384)),
        ("with-leading-zero", [&[0], &mersenne(2048)[..]].concat()),
        ("of-2047-bits-with-leading-zero", [&[0], &mersenne(2047)[..]].concat()),
        ("of-8192-bits-with-leading-zero", [&[0], &mersenne(8192)[..]].concat()),
        ("zeros", vec![0; 256]),
        ("even", even),
    ] {
        cases.push(with(name, &modulus).reject("InvalidCoseKey", "20"));
    }
    cases
}

fn exponents() -> Vec<Value> {
    let with = |name: &str, exponent: &[u8]| {
        with(RS256, &format!("e/{name}"), "COSE-17", &mersenne(2203), exponent)
    };
    let mut cases = Vec::new();
    for (name, exponent) in [
        ("3", &[3][..]),
        ("5", &[5]),
        ("17", &[17]),
        ("65537", &[1, 0, 1]),
        ("2-to-32-and-1", &[1, 0, 0, 0, 1]),
        ("2-to-33-less-1", &[1, 0xff, 0xff, 0xff, 0xff]),
    ] {
        cases.push(with(name, exponent).accept());
    }
    for (name, exponent) in [
        ("empty", &[][..]),
        ("0", &[0]),
        ("1", &[1]),
        ("2", &[2]),
        ("4", &[4]),
        ("65536", &[1, 0, 0]),
        ("65538", &[1, 0, 2]),
        ("2-to-33", &[2, 0, 0, 0, 0]),
        ("2-to-33-and-1", &[2, 0, 0, 0, 1]),
        ("2-to-34-less-1", &[3, 0xff, 0xff, 0xff, 0xff]),
        ("2-to-63-and-1", &[0x80, 0, 0, 0, 0, 0, 0, 1]),
        // These are 65537 and 3 modulo 2^64 and 2^32.
        ("2-to-64-and-65537", &[1, 0, 0, 0, 0, 0, 1, 0, 1]),
        ("2-to-64-and-3", &[1, 0, 0, 0, 0, 0, 0, 0, 3]),
        ("2-to-40-and-3", &[1, 0, 0, 0, 0, 3]),
        ("3-with-leading-zero", &[0, 3]),
        ("65537-with-leading-zero", &[0, 1, 0, 1]),
        ("65537-in-8-bytes", &[0, 0, 0, 0, 0, 1, 0, 1]),
        ("of-256-bytes", &[0xff; 256]),
    ] {
        cases.push(with(name, exponent).reject("InvalidCoseKey", "20"));
    }
    cases
}
