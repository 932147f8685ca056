//! Ed25519 and Ed448 (RFC 8032), on the crates `ed25519-dalek` and `ed448-goldilocks`.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::{ErrorKind, Failure, counted};

/// The maximum length of a message that is joined on the stack. A login signs 37 bytes of
/// authenticator data and a 32-byte hash, and some more bytes with extensions.
const MESSAGE_ON_STACK: usize = 256;

/// Decodes a key. Fails if `x` is not a point, has small order, or is encoded with a y that is not
/// below the field prime (RFC 8032, section 5.1.3). The crate would reduce this y modulo the field
/// prime.
pub(super) fn ed25519_key(x: &[u8; 32]) -> Result<VerifyingKey, Failure> {
    if !is_canonical(x) {
        let reason = "the encoding of the point is not canonical";
        return Err(Failure::new(ErrorKind::PointNotOnCurve, reason));
    }
    let key = VerifyingKey::from_bytes(x).map_err(|_| Failure::from(ErrorKind::PointNotOnCurve))?;
    if key.is_weak() {
        return Err(small_order());
    }
    Ok(key)
}

/// Verifies a signature with the cofactorless equation. s must be below the group order, and
/// neither the key nor R may have small order.
pub(super) fn verify_ed25519(
    x: &[u8; 32],
    parts: &[&[u8]],
    signature: &[u8],
) -> Result<(), Failure> {
    verify_ed25519_with(&ed25519_key(x)?, parts, signature)
}

/// Does the same as [`verify_ed25519`], with a decoded key.
pub(super) fn verify_ed25519_with(
    key: &VerifyingKey,
    parts: &[&[u8]],
    signature: &[u8],
) -> Result<(), Failure> {
    let signature = Signature::from_bytes(exactly::<64>(signature)?);
    with_joined(parts, |message| key.verify_strict(message, &signature))
        .map_err(|_| ErrorKind::SignatureInvalid.into())
}

/// Decodes a key. Fails if `x` is not a point, is the neutral point, or is outside the group of
/// prime order.
#[cfg(feature = "ed448")]
pub(super) fn ed448_key(x: &[u8; 57]) -> Result<ed448_goldilocks::VerifyingKey, Failure> {
    if !is_canonical_ed448(x) {
        let detail = "the encoding of the point is not canonical";
        return Err(Failure::new(ErrorKind::PointNotOnCurve, detail));
    }
    let key = ed448_goldilocks::VerifyingKey::from_bytes(x)
        .map_err(|_| Failure::from(ErrorKind::PointNotOnCurve))?;
    if !bool::from(key.to_edwards().is_torsion_free()) {
        return Err(small_order());
    }
    Ok(key)
}

/// Returns whether a point on edwards448 has the encoding of RFC 8032 (section 5.2.3): y is below
/// the field prime, and the last byte contains only the sign of x. The crate checks neither.
#[cfg(feature = "ed448")]
fn is_canonical_ed448([y @ .., last]: &[u8; 57]) -> bool {
    last & 0x7f == 0 && y.iter().rev().lt(ED448_PRIME.iter().rev())
}

/// 2^448 - 2^224 - 1, little-endian.
#[cfg(feature = "ed448")]
const ED448_PRIME: &[u8; 56] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

/// Verifies a signature with pure Ed448 and an empty context.
#[cfg(feature = "ed448")]
pub(super) fn verify_ed448(x: &[u8; 57], parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
    let key = ed448_key(x)?;
    let signature = exactly::<114>(signature)?;
    if !signature.first_chunk().is_some_and(is_canonical_ed448) {
        return Err(Failure::new(
            ErrorKind::SignatureInvalid,
            "the encoding of R is not canonical",
        ));
    }
    let signature = ed448_goldilocks::Signature::from_bytes(signature);
    with_joined(parts, |message| key.verify_raw(&signature, message))
        .map_err(|_| ErrorKind::SignatureInvalid.into())
}

/// Returns whether y is below 2^255 - 19. y is little-endian and has all bits except the highest
/// one.
fn is_canonical(x: &[u8; 32]) -> bool {
    match x {
        [0xed..=0xff, middle @ .., 0x7f | 0xff] => middle.iter().any(|byte| *byte != 0xff),
        _ => true,
    }
}

/// Calls `verify` with the concatenation of `parts`, for algorithms that read the message twice.
fn with_joined<T>(parts: &[&[u8]], verify: impl FnOnce(&[u8]) -> T) -> T {
    let total = parts.iter().map(|part| part.len()).sum();
    let mut on_stack = [0; MESSAGE_ON_STACK];
    let Some(message) = on_stack.get_mut(..total) else { return verify(&parts.concat()) };
    for (to, from) in message.iter_mut().zip(parts.iter().copied().flatten()) {
        *to = *from;
    }
    verify(message)
}

fn small_order() -> Failure {
    Failure::new(ErrorKind::PointNotOnCurve, "the point has small order")
}

fn exactly<const N: usize>(signature: &[u8]) -> Result<&[u8; N], Failure> {
    signature.try_into().map_err(|_| {
        let length = counted(signature.len(), "byte");
        let detail = format!("the signature has {length}, not {N}");
        Failure::new(ErrorKind::SignatureInvalid, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    /// The group order, little-endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    #[test]
    fn sig_07_wrong_lengths_large_s_and_small_order_keys_are_rejected() {
        let signer = SigningKey::from_bytes(&[7; 32]);
        let x = signer.verifying_key().to_bytes();
        let good = signer.sign(b"message").to_bytes();
        verify_ed25519(&x, &[b"mess", b"age"], &good).unwrap();
        assert!(verify_ed25519(&x, &[b"massage"], &good).is_err());
        assert!(verify_ed25519(&x, &[b"message"], &good[..63]).is_err());

        let mut s_plus_order = good;
        let mut carry = 0;
        for (byte, order) in s_plus_order[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(verify_ed25519(&x, &[b"message"], &s_plus_order).is_err());

        let neutral = core::array::from_fn(|i| u8::from(i == 0));
        for small in [[0; 32], neutral] {
            assert_eq!(ed25519_key(&small).unwrap_err().kind(), ErrorKind::PointNotOnCurve);
        }
    }

    #[test]
    fn sig_07_each_key_has_one_encoding() {
        // y = 2^255 - 19 + k, for each k whose y is on the curve and not of small order.
        let mut refused = 0;
        for k in 2..=18 {
            let mut encoded = [0xff; 32];
            encoded[0] = 0xed + k;
            encoded[31] = 0x7f;
            if VerifyingKey::from_bytes(&encoded).is_ok_and(|key| !key.is_weak()) {
                let failure = ed25519_key(&encoded).unwrap_err();
                assert!(failure.to_string().contains("canonical"), "{failure}");
                refused += 1;
                let reduced = core::array::from_fn(|i| if i == 0 { k } else { 0 });
                ed25519_key(&reduced).unwrap();
            }
        }
        assert!(refused > 0);
        // The largest y that is below the field prime.
        let mut largest = [0xff; 32];
        largest[0] = 0xec;
        assert!(is_canonical(&largest));
    }

    #[test]
    fn a_message_longer_than_the_stack_buffer_verifies_as_well() {
        let signer = SigningKey::from_bytes(&[7; 32]);
        let x = signer.verifying_key().to_bytes();
        for length in [MESSAGE_ON_STACK - 1, MESSAGE_ON_STACK, MESSAGE_ON_STACK + 1, 5000] {
            let message = vec![0x5a; length];
            let signature = signer.sign(&message).to_bytes();
            let (head, tail) = message.split_at(37);
            verify_ed25519(&x, &[head, tail], &signature).unwrap();
            assert!(verify_ed25519(&x, &[tail, &head[1..]], &signature).is_err());
        }
    }

    #[cfg(feature = "ed448")]
    #[test]
    fn an_ed448_point_has_one_encoding_and_is_not_the_neutral_element() {
        let signer = ed448_goldilocks::SigningKey::try_from([7; 57].as_slice()).unwrap();
        let x = signer.verifying_key().to_bytes();
        let x: [u8; 57] = x.as_slice().try_into().unwrap();
        let good: [u8; 114] = signer.sign_raw(b"message").to_bytes();
        verify_ed448(&x, &[b"message"], &good).unwrap();

        for bit in 0..7 {
            let mut key = x;
            key[56] |= 1 << bit;
            assert_eq!(ed448_key(&key).unwrap_err().kind(), ErrorKind::PointNotOnCurve, "{bit}");
            let mut signature = good;
            signature[56] |= 1 << bit;
            let failure = verify_ed448(&x, &[b"message"], &signature).unwrap_err();
            assert!(failure.to_string().contains("encoding of R is not"), "{failure}");
        }

        let neutral: [u8; 57] = core::array::from_fn(|i| u8::from(i == 0));
        let mut prime = [0; 57];
        prime[..56].copy_from_slice(ED448_PRIME);
        // Reduced modulo the prime, these are the points with y = 0, which has order 4, and y = 1.
        let mut prime_and_one = prime;
        prime_and_one[..29].fill(0);
        prime_and_one[28] = 0xff;
        for key in [neutral, [0; 57]] {
            assert_eq!(ed448_key(&key).unwrap_err().kind(), ErrorKind::PointNotOnCurve);
        }
        for key in [prime, prime_and_one] {
            let failure = ed448_key(&key).unwrap_err();
            assert!(failure.to_string().contains("not canonical"), "{failure}");
        }
    }
}
