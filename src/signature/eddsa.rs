//! Ed25519 (RFC 8032), on the crate `ed25519-dalek`.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::{ErrorKind, Failure};

/// A login signs authenticator data of 37 bytes and a hash of 32; with extensions it is some more.
/// Messages up to this size are joined without the heap.
const MESSAGE_ON_STACK: usize = 256;

/// The key that `x` encodes, unless it is no point or one of small order.
pub(super) fn key(x: &[u8; 32]) -> Result<VerifyingKey, Failure> {
    let key = VerifyingKey::from_bytes(x).map_err(|_| Failure::from(ErrorKind::PointNotOnCurve))?;
    if key.is_weak() {
        return Err(Failure::new(ErrorKind::PointNotOnCurve, "the point is of small order"));
    }
    Ok(key)
}

/// Verifies with the cofactorless equation; s must be below the group order, and neither the key
/// nor R of small order.
pub(super) fn verify(x: &[u8; 32], parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
    let key = key(x)?;
    let length = "an Ed25519 signature has 64 bytes";
    let signature = <&[u8; 64]>::try_from(signature)
        .map_err(|_| Failure::new(ErrorKind::SignatureInvalid, length))?;
    let signature = Signature::from_bytes(signature);
    let total = parts.iter().map(|part| part.len()).sum();
    let mut on_stack = [0; MESSAGE_ON_STACK];
    let result = match on_stack.get_mut(..total) {
        Some(message) => {
            for (to, from) in message.iter_mut().zip(parts.iter().copied().flatten()) {
                *to = *from;
            }
            key.verify_strict(message, &signature)
        }
        None => key.verify_strict(&parts.concat(), &signature),
    };
    result.map_err(|_| ErrorKind::SignatureInvalid.into())
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
    fn sig_07_length_range_of_s_and_small_order_keys() {
        let signer = SigningKey::from_bytes(&[7; 32]);
        let x = signer.verifying_key().to_bytes();
        let good = signer.sign(b"message").to_bytes();
        verify(&x, &[b"mess", b"age"], &good).unwrap();
        assert!(verify(&x, &[b"massage"], &good).is_err());
        assert!(verify(&x, &[b"message"], &good[..63]).is_err());

        let mut s_plus_order = good;
        let mut carry = 0;
        for (byte, order) in s_plus_order[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(verify(&x, &[b"message"], &s_plus_order).is_err());

        let neutral = core::array::from_fn(|i| u8::from(i == 0));
        for small in [[0; 32], neutral] {
            assert_eq!(key(&small).unwrap_err().kind(), ErrorKind::PointNotOnCurve);
        }
    }

    #[test]
    fn a_message_longer_than_the_stack_buffer_verifies_as_well() {
        let signer = SigningKey::from_bytes(&[7; 32]);
        let x = signer.verifying_key().to_bytes();
        for length in [MESSAGE_ON_STACK - 1, MESSAGE_ON_STACK, MESSAGE_ON_STACK + 1, 5000] {
            let message = vec![0x5a; length];
            let signature = signer.sign(&message).to_bytes();
            let (head, tail) = message.split_at(37);
            verify(&x, &[head, tail], &signature).unwrap();
            assert!(verify(&x, &[tail, &head[1..]], &signature).is_err());
        }
    }
}
