//! Ed448 (RFC 8032, section 5.2), on the crate `ed448-goldilocks`.

use crate::error::{ErrorKind, Failure, counted};

/// The maximum length of a message that is joined on the stack. A login signs 37 bytes of
/// authenticator data and a 32-byte hash, and some more bytes with extensions.
const MESSAGE_ON_STACK: usize = 256;

/// Decodes a key. Fails if `x` is not a point, is the neutral point, or is outside the group of
/// prime order.
pub(super) fn ed448_key(x: &[u8; 57]) -> Result<ed448_goldilocks::VerifyingKey, Failure> {
    if !is_canonical_ed448(x) {
        let detail = "the encoding of the point is not canonical";
        return Err(Failure::new(ErrorKind::PointNotOnCurve, detail));
    }
    let key = ed448_goldilocks::VerifyingKey::from_bytes(x)
        .map_err(|_| Failure::from(ErrorKind::PointNotOnCurve))?;
    if !bool::from(key.to_edwards().is_torsion_free()) {
        return Err(Failure::new(ErrorKind::PointNotOnCurve, "the point has small order"));
    }
    Ok(key)
}

/// Returns whether a point on edwards448 has the encoding of RFC 8032 (section 5.2.3): y is below
/// the field prime, and the last byte contains only the sign of x. The crate checks neither.
fn is_canonical_ed448([y @ .., last]: &[u8; 57]) -> bool {
    last & 0x7f == 0 && y.iter().rev().lt(ED448_PRIME.iter().rev())
}

/// 2^448 - 2^224 - 1, little-endian.
const ED448_PRIME: &[u8; 56] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                 \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

/// Verifies a signature with pure Ed448 and an empty context.
pub(super) fn verify_ed448(x: &[u8; 57], parts: &[&[u8]], signature: &[u8]) -> Result<(), Failure> {
    let key = ed448_key(x)?;
    let signature: &[u8; 114] = signature.try_into().map_err(|_| {
        let length = counted(signature.len(), "byte");
        let detail = format!("the signature has {length}, not 114");
        Failure::new(ErrorKind::SignatureInvalid, detail)
    })?;
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

/// Calls `verify` with the concatenation of `parts`, for an algorithm that reads the message twice.
fn with_joined<T>(parts: &[&[u8]], verify: impl FnOnce(&[u8]) -> T) -> T {
    let total = parts.iter().map(|part| part.len()).sum();
    let mut on_stack = [0; MESSAGE_ON_STACK];
    let Some(message) = on_stack.get_mut(..total) else { return verify(&parts.concat()) };
    for (to, from) in message.iter_mut().zip(parts.iter().copied().flatten()) {
        *to = *from;
    }
    verify(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_longer_than_the_stack_buffer_verifies_as_well() {
        let signer = ed448_goldilocks::SigningKey::try_from([7; 57].as_slice()).unwrap();
        let x = signer.verifying_key().to_bytes();
        let x: [u8; 57] = x.as_slice().try_into().unwrap();
        for length in [MESSAGE_ON_STACK - 1, MESSAGE_ON_STACK, MESSAGE_ON_STACK + 1, 5000] {
            let message = vec![0x5a; length];
            let signature: [u8; 114] = signer.sign_raw(&message).to_bytes();
            let (head, tail) = message.split_at(37);
            verify_ed448(&x, &[head, tail], &signature).unwrap();
            assert!(verify_ed448(&x, &[tail, &head[1..]], &signature).is_err());
        }
    }

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
