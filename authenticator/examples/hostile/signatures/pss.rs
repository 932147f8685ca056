//! Encoded messages of RSASSA-PSS (RFC 8017, section 9.1.1) that are wrong in one place.

use serde_json::Value;
use webauthn_verify_authenticator::algorithm::{PS256, PS384, PS512};

use super::rsa::Key;
use super::{Invalid, hash, signed};
use crate::cose_keys::name_of;

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for algorithm in [PS256, PS384, PS512] {
        cases.extend(salts_and_masks(algorithm));
        cases.extend(blocks(algorithm));
    }
    cases.extend(highest_bits());
    cases
}

/// The parts of an encoded message.
struct Message {
    /// The algorithm with the hash function of MGF1.
    mask_algorithm: i64,
    bits: usize,
    /// The data block before it is masked: zeros, 1, and the salt.
    block: Vec<u8>,
    hash: Vec<u8>,
    trailer: u8,
}

impl Message {
    /// Encodes a hash with a salt of sevens.
    fn new(algorithm: i64, bits: usize, message_hash: &[u8], salt_length: usize) -> Message {
        let salt = vec![7; salt_length];
        let hash = hash(algorithm, &[&[0; 8], message_hash, &salt].concat());
        let zeros = bits.div_ceil(8) - hash.len() - 1 - salt.len() - 1;
        let block = [&vec![0; zeros][..], &[1], &salt].concat();
        Message { mask_algorithm: algorithm, bits, block, hash, trailer: 0xbc }
    }

    /// Masks the data block. `above` is added to the bits above the highest bit.
    fn encode(&self, above: u8) -> Vec<u8> {
        let blocks = (0_u32..).flat_map(|counter| {
            hash(self.mask_algorithm, &[&self.hash[..], &counter.to_be_bytes()].concat())
        });
        let mut masked: Vec<u8> =
            self.block.iter().zip(blocks).map(|(byte, mask)| byte ^ mask).collect();
        masked[0] = masked[0] & (0xff >> (8 * self.bits.div_ceil(8) - self.bits)) | above;
        [&masked[..], &self.hash, &[self.trailer]].concat()
    }
}

/// Returns the correct encoded message of a hash.
pub(super) fn encode(algorithm: i64, bits: usize, message_hash: &[u8]) -> Vec<u8> {
    Message::new(algorithm, bits, message_hash, message_hash.len()).encode(0)
}

/// Returns the bits of an encoded message.
fn message_bits(key: &Key) -> usize {
    key.bits() - 1
}

/// Salts of other lengths, and masks with other hash functions.
fn salts_and_masks(algorithm: i64) -> Vec<Value> {
    let key = Key::usual();
    let bits = message_bits(&key);
    let own = hash(algorithm, &signed());
    let longest = bits.div_ceil(8) - own.len() - 2;
    let mut cases = Vec::new();
    for salt in [0, 1, 20, 32, 48, 64, own.len() - 1, own.len() + 1, longest] {
        let signature = key.sign(&Message::new(algorithm, bits, &own, salt).encode(0));
        let case = key.case(algorithm, &format!("salt/{salt}-bytes"), "SIG-05", signature);
        cases.push(if salt == own.len() { case.accept() } else { case.invalid() });
    }
    for mask_algorithm in [PS256, PS384, PS512] {
        if mask_algorithm != algorithm {
            let message = Message::new(algorithm, bits, &own, own.len());
            let signature = key.sign(&Message { mask_algorithm, ..message }.encode(0));
            let name = format!("mask/of-{}", name_of(mask_algorithm));
            cases.push(key.case(algorithm, &name, "SIG-05", signature).invalid());
        }
    }
    let other = hash(algorithm, b"other");
    let signature = key.sign(&encode(algorithm, bits, &other));
    cases.push(key.case(algorithm, "message-hash/other", "SIG-05", signature).invalid());
    cases
}

/// Wrong bytes in the data block, the hash and the trailer.
fn blocks(algorithm: i64) -> Vec<Value> {
    let key = Key::usual();
    let bits = message_bits(&key);
    let own = hash(algorithm, &signed());
    let mut cases = Vec::new();
    let mut wrong = |name: &str, change: &dyn Fn(&mut Message)| {
        let mut message = Message::new(algorithm, bits, &own, own.len());
        change(&mut message);
        let signature = key.sign(&message.encode(0));
        let case = key.case(algorithm, &format!("block/{name}"), "SIG-05", signature);
        cases.push(case.invalid());
    };
    let separator = |message: &Message| message.block.len() - own.len() - 1;
    wrong("first-zero-is-1", &|message| message.block[0] = 1);
    wrong("second-zero-is-1", &|message| message.block[1] = 1);
    wrong("last-zero-is-1", &|message| {
        let at = separator(message) - 1;
        message.block[at] = 1;
    });
    wrong("separator-is-0", &|message| {
        let at = separator(message);
        message.block[at] = 0;
    });
    wrong("separator-is-2", &|message| {
        let at = separator(message);
        message.block[at] = 2;
    });
    wrong("separator-is-81", &|message| {
        let at = separator(message);
        message.block[at] = 0x81;
    });
    wrong("first-byte-of-salt", &|message| {
        let at = separator(message) + 1;
        message.block[at] ^= 1;
    });
    wrong("last-byte-of-salt", &|message| {
        let at = message.block.len() - 1;
        message.block[at] ^= 1;
    });
    wrong("first-byte-of-hash", &|message| message.hash[0] ^= 1);
    wrong("last-byte-of-hash", &|message| {
        let at = message.hash.len() - 1;
        message.hash[at] ^= 1;
    });
    wrong("trailer-is-bd", &|message| message.trailer = 0xbd);
    wrong("trailer-is-cc", &|message| message.trailer = 0xcc);
    wrong("trailer-is-0", &|message| message.trailer = 0);
    cases
}

/// Bits above the highest bit of the encoded message, in keys with different numbers of them.
fn highest_bits() -> Vec<Value> {
    let own = hash(PS256, &signed());
    let mut cases = Vec::new();
    for (bits, key) in [
        (2048, Key::of(2048, 279)),
        (2052, Key::of(2052, 649)),
        (2055, Key::of(2055, 1539)),
        (2056, Key::of(2056, 1011)),
        (3482, Key::usual()),
    ] {
        // The highest bit of the modulus is above the encoded message. The modulus is close to the
        // next power of two, so a value with this bit is below it.
        let above = 1 << ((bits - 1) % 8);
        let message = Message::new(PS256, message_bits(&key), &own, own.len());
        let signature = key.sign(&message.encode(above));
        let name = format!("highest-bit/of-{bits}");
        cases.push(key.case(PS256, &name, "SIG-05", signature).invalid());
    }
    // The encoded message is one byte shorter than the modulus.
    let key = Key::of(2049, 495);
    let message = encode(PS256, message_bits(&key), &own);
    assert_eq!(message.len() + 1, key.length());
    let longer = key.sign(&[&[1], &message[..]].concat());
    cases.push(key.case(PS256, "highest-bit/of-2049", "SIG-05", longer).invalid());
    cases
}
