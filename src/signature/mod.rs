//! Signature verification: the only cryptography of this crate.
//!
//! Everything here is public data, so verification may run in variable time, and does.
//!
//! # What is accepted
//!
//! Where standards and implementations differ, the stricter reading that no real authenticator is
//! hurt by is taken:
//!
//! - **ECDSA.** The signature is the DER of `SEQUENCE { r INTEGER, s INTEGER }` exactly as X.690
//!   says: minimal definite lengths, minimal positive integers, nothing behind. Only integers with
//!   superfluous leading zeros, which a few devices write, can be let in, by
//!   [`Quirk::NonMinimalDerIntegers`](crate::Quirk::NonMinimalDerIntegers). r and s are from 1 to
//!   n - 1. **A high s is accepted** with every curve: neither WebAuthn nor COSE has the low-s rule of
//!   Bitcoin, ES256K included. So a second valid signature can be made of every first: a signature
//!   must not serve as an identifier or against replay; the challenge does that.
//! - **Keys on curves** are uncompressed points with coordinates below the field prime and on the
//!   curve, never the point at infinity.
//! - **Ed25519** by RFC 8032 with the **cofactorless** equation, which every implementation agrees on
//!   for honest signatures; s below the group order. Neither key nor R may be encoded in a
//!   non-canonical way: y is below the field prime, and R is compared as encoded. **Keys and R of small order are refused**: with such a key one signature is
//!   valid for many messages.
//! - **Ed448** by RFC 8032, pure, with an empty context; the neutral point and keys outside of the
//!   group of prime order are refused, key and R are in their one encoding, and s is below the group
//!   order.
//! - **RSA** keys have 2048 to 8192 bits, the modulus is odd, the exponent odd and from 3 to
//!   2^33 - 1, and neither number has leading zeros: smaller keys can be factored, larger ones only
//!   cost time, and an exponent of 1 or an even one is no key. The signature is as long as the
//!   modulus. PKCS1-v1_5 builds the encoded message anew and compares it whole; PSS has MGF1 over the
//!   same hash and a salt exactly as long as the hash (RFC 8230, section 2), and no other salt.
//! - **ML-DSA** by FIPS 204, pure, with an empty context.

#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "without certificates there are no paths to pay for")
)]
pub(crate) mod budget;
mod digest;
mod ecdsa;
mod eddsa;
#[cfg(feature = "ml-dsa")]
mod ml_dsa;
mod p256;
pub(crate) mod prepared;
mod rsa;
mod verify;

#[cfg(feature = "attestation")]
pub(crate) use digest::Digest;
pub(crate) use digest::sha256;
pub(crate) use verify::verify_parts;
pub use verify::{validate_key, verify};
#[cfg(feature = "attestation")]
pub(crate) use verify::{verify_es256_raw, verify_scheme};
