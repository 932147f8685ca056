//! Encoded messages of RSASSA-PKCS1-v1_5 (RFC 8017, section 9.2) that are wrong in one place.

use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::algorithm::{RS256, RS384, RS512};
use webauthn_verify_authenticator::der::value as element;

use super::rsa::Key;
use super::{Invalid, hash, signed};

const SHA_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA_384: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA_512: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03";
const SHA_224: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04";
const SHA_1: &[u8] = b"\x06\x05\x2b\x0e\x03\x02\x1a";
const NULL: &[u8] = b"\x05\x00";

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for algorithm in [RS256, RS384, RS512] {
        cases.extend(digest_infos(algorithm));
        cases.extend(padding(algorithm));
    }
    cases
}

fn oid(algorithm: i64) -> &'static [u8] {
    match algorithm {
        RS384 => SHA_384,
        RS512 => SHA_512,
        _ => SHA_256,
    }
}

/// Returns a DigestInfo.
fn digest_info(oid: &[u8], parameters: &[u8], hash: &[u8]) -> Vec<u8> {
    let algorithm = element(0x30, &[oid, parameters].concat());
    element(0x30, &[algorithm, element(0x04, hash)].concat())
}

/// Returns `00 01`, as much padding as fits, `00`, and the end.
fn padded(length: usize, end: &[u8]) -> Vec<u8> {
    [&[0, 1], &vec![0xff; length - 3 - end.len()][..], &[0], end].concat()
}

/// Returns the correct encoded message of a hash.
pub(super) fn encode(algorithm: i64, length: usize, hash: &[u8]) -> Vec<u8> {
    padded(length, &digest_info(oid(algorithm), NULL, hash))
}

/// Other bytes in place of the DigestInfo.
fn digest_infos(algorithm: i64) -> Vec<Value> {
    let key = Key::usual();
    let oid = oid(algorithm);
    let hash = hash(algorithm, &signed());
    let good = digest_info(oid, NULL, &hash);
    let other_oid = if algorithm == RS512 { SHA_256 } else { SHA_512 };
    let long = |head: &[u8]| [&[0x30], head, &good[2..]].concat();
    let length = good[1];
    let with_hash = |of_hash: Vec<u8>| {
        let algorithm = element(0x30, &[oid, NULL].concat());
        element(0x30, &[algorithm, of_hash].concat())
    };
    let mut cases = vec![
        key.case(algorithm, "info/whole", "SIG-06", key.sign(&padded(key.length(), &good)))
            .accept(),
    ];
    for (name, info) in [
        ("without-null", digest_info(oid, b"", &hash)),
        ("other-oid", digest_info(other_oid, NULL, &hash)),
        ("sha-224-oid", digest_info(SHA_224, NULL, &hash)),
        ("sha-1", digest_info(SHA_1, NULL, &Sha1::digest(signed()))),
        ("sha-1-oid", digest_info(SHA_1, NULL, &hash)),
        ("null-with-content", digest_info(oid, b"\x05\x01\x00", &hash)),
        ("long-null", digest_info(oid, b"\x05\x81\x00", &hash)),
        ("octet-string-for-null", digest_info(oid, b"\x04\x00", &hash)),
        ("garbage-in-parameters", digest_info(oid, b"\x04\x08garbage!", &hash)),
        ("null-twice", digest_info(oid, b"\x05\x00\x05\x00", &hash)),
        ("length-in-long-form", long(&[0x81, length])),
        ("length-in-two-bytes", long(&[0x82, 0, length])),
        ("length-wrong", long(&[length - 1])),
        ("indefinite", [&[0x30, 0x80], &good[2..], &[0, 0]].concat()),
        ("set", element(0x31, &good[2..])),
        ("hash-in-bit-string", with_hash(element(0x03, &hash))),
        (
            "hash-in-long-form",
            with_hash([&[4, 0x81, good[good.len() - hash.len() - 1]], &hash[..]].concat()),
        ),
        ("hash-and-a-byte", with_hash(element(0x04, &[&hash[..], &[0]].concat()))),
        ("hash-cut", with_hash(element(0x04, &hash[..hash.len() - 1]))),
        ("hash-empty", with_hash(element(0x04, &[]))),
        ("only-hash", hash.clone()),
        ("only-hash-in-octet-string", element(0x04, &hash)),
        ("empty", Vec::new()),
        ("other-hash", digest_info(oid, NULL, &super::hash(algorithm, b"other"))),
        ("hash-of-hash", digest_info(oid, NULL, &super::hash(algorithm, &hash))),
        ("trailing-byte", [&good[..], &[0]].concat()),
        ("trailing-null", [&good[..], NULL].concat()),
        ("twice", [&good[..], &good].concat()),
    ] {
        let signature = key.sign(&padded(key.length(), &info));
        cases.push(key.case(algorithm, &format!("info/{name}"), "SIG-06", signature).invalid());
    }
    let flipped = (0..good.len()).step_by(7).map(|at| {
        let mut info = good.clone();
        info[at] ^= 0x01;
        let signature = key.sign(&padded(key.length(), &info));
        let name = format!("info/byte-{at}-flipped");
        key.case(algorithm, &name, "SIG-06", signature).invalid()
    });
    cases.extend(flipped);
    cases
}

/// Wrong bytes around the DigestInfo.
fn padding(algorithm: i64) -> Vec<Value> {
    let key = Key::usual();
    let length = key.length();
    let info = digest_info(oid(algorithm), NULL, &hash(algorithm, &signed()));
    let good = padded(length, &info);
    let separator = length - info.len() - 1;
    let changed = |at: usize, byte: u8| {
        let mut message = good.clone();
        message[at] = byte;
        message
    };
    let filled = |byte: u8| [&[0, 1], &vec![byte; separator - 2][..], &good[separator..]].concat();
    let with_type = |of_type: u8, byte: u8| {
        let mut message = filled(byte);
        message[1] = of_type;
        message
    };
    // Eight bytes of padding, the DigestInfo, and garbage up to the end.
    let garbage = vec![0x5a; length - 11 - info.len()];
    let start = [&[0, 1][..], &[0xff; 8], &[0]].concat();
    let garbage_hash = Sha256::digest(b"garbage");
    let middle = [&garbage_hash[..], &[0], &info].concat();
    let mut cases = Vec::new();
    for (name, message) in [
        ("garbage-after-hash", [&start, &info[..], &garbage].concat()),
        ("garbage-before-info", [&start, &garbage[..], &info].concat()),
        ("zeros-after-hash", [&start, &info[..], &vec![0; garbage.len()]].concat()),
        ("no-padding", [&[0, 1, 0], &info[..], &vec![0; length - 3 - info.len()]].concat()),
        ("garbage-and-zero-in-padding", padded(length, &middle)),
        ("first-byte-1", changed(0, 1)),
        ("type-0", with_type(0, 0)),
        ("type-0-with-ones", changed(1, 0)),
        ("type-2", changed(1, 2)),
        ("type-2-with-other-bytes", with_type(2, 0x5a)),
        ("zeros", filled(0)),
        ("other-bytes", filled(0xfe)),
        ("first-byte-of-padding", changed(2, 0xfe)),
        ("byte-of-padding-is-zero", changed(20, 0)),
        ("last-byte-of-padding", changed(separator - 1, 0x7f)),
        ("separator-is-ff", changed(separator, 0xff)),
        ("separator-is-1", changed(separator, 1)),
        ("two-separators", changed(separator - 1, 0)),
        ("shifted", [&good[1..], &[0]].concat()),
        ("without-padding", info.clone()),
    ] {
        // The value of a message that begins with 1 is below the modulus, which begins with 3.
        let signature = key.sign(&message);
        let case = key.case(algorithm, &format!("padding/{name}"), "KB-13", signature);
        cases.push(case.invalid());
    }
    cases
}
