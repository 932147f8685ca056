//! Certificates for tests, and helpers for them that only this crate needs.

#![allow(dead_code, unused_imports, reason = "unused without some features")]

use sha1::{Digest, Sha1};
pub use webauthn_verify_authenticator::certificates::*;
pub use webauthn_verify_authenticator::der::{with_long_length, with_more_inside};

/// Signs with RSASSA-PKCS1-v1_5 and SHA-1. No credential has such a signature.
pub fn sign_with_sha1(message: &[u8]) -> Vec<u8> {
    let digest_info = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
    rsa_key().sign_digest_info(&[&digest_info[..], &Sha1::digest(message)].concat()).unwrap()
}
