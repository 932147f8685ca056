//! Signature verification. All signatures in this crate are verified here.
//!
//! Verification does not take constant time. This is safe because all of its input is public.
//!
//! # What is accepted
//!
//! Standards and implementations differ in some details. This crate takes the strictest reading
//! that real authenticators satisfy:
//!
//! - **ECDSA.** The signature must be `SEQUENCE { r INTEGER, s INTEGER }` in strict DER (X.690):
//!   minimal definite lengths, minimal positive integers, and no bytes after the sequence.
//!   [`Quirk::NonMinimalDerIntegers`](crate::Quirk::NonMinimalDerIntegers) allows integers with
//!   unnecessary leading zeros, which a few devices write. r and s must be positive and below
//!   the group order. **A high s is accepted** on every curve: neither WebAuthn nor COSE has the
//!   low-s rule of Bitcoin, not even for ES256K. Anyone can therefore turn a valid signature into a
//!   second valid signature. Do not use a signature as an identifier or to detect replay; the
//!   challenge prevents replay.
//! - **Elliptic-curve keys** must be uncompressed points with coordinates below the field prime.
//!   They must be on the curve and must not be the point at infinity.
//! - **Ed25519** follows RFC 8032 with the **cofactorless** equation, for which all implementations
//!   agree on honest signatures. s must be below the group order. The encodings of the key and R
//!   must be canonical: y must be below the field prime, and R is compared in encoded form. **Keys
//!   and R of small order are rejected**: with a key of small order, one signature is valid for
//!   many messages.
//! - **Ed448** follows RFC 8032, pure and with an empty context. The neutral point and keys outside
//!   the group of prime order are rejected. The encodings of the key and R must be canonical, and s
//!   must be below the group order.
//! - **RSA** keys must have 2048 to 8192 bits, an odd modulus, and an odd exponent of at least 3 and
//!   below 2^33. The modulus and the exponent must not have leading zeros. Smaller keys can be
//!   factored, larger keys only take more time, and an exponent of 1 or an even exponent is not
//!   valid. The signature must be as long as the modulus. For PKCS1-v1_5, the whole encoded message
//!   is built again and compared. PSS must use MGF1 over the same hash and a salt exactly as long as
//!   the hash (RFC 8230, section 2).
//! - **ML-DSA** follows FIPS 204, pure and with an empty context.

#[cfg_attr(
    not(feature = "attestation"),
    allow(dead_code, reason = "without certificates there are no paths to pay for")
)]
pub(crate) mod budget;
mod digest;
mod digits;
mod ecdsa;
mod ed25519;
#[cfg(feature = "ed448")]
mod ed448;
mod lehmer;
mod limbs;
#[cfg(feature = "ml-dsa")]
mod ml_dsa;
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
