//! ECDSA signatures in DER, and their verification on the curves without a module of their own
//! (FIPS 186-5; SEC 2 for secp256k1). It uses the crates `p384`, `p521` and `k256`.

use p384::ecdsa::signature::hazmat::PrehashVerifier;

use crate::encoding::der;
use crate::error::{ErrorKind, Failure, ParseError};
use crate::quirk::{Quirk, Tolerance};
use crate::reader::Reader;

/// Defines the key type for one curve. The parameters are the type, the crate of the curve, the
/// length of its numbers, and a function that changes a signature before verification.
macro_rules! curve {
    ($key:ident, $curve:ident, $length:literal, $prepare:expr) => {
        pub(super) struct $key($curve::ecdsa::VerifyingKey);

        impl $key {
            pub(super) fn new(x: &[u8; $length], y: &[u8; $length]) -> Result<$key, Failure> {
                let mut point = [0x04; 1 + 2 * $length];
                for (to, from) in point.iter_mut().skip(1).zip(x.iter().chain(y)) {
                    *to = *from;
                }
                $curve::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                    .map($key)
                    .map_err(|_| ErrorKind::PointNotOnCurve.into())
            }

            /// Verifies a DER signature over a hash. If the hash has more bits than the group
            /// order, only as many leading bits are used.
            pub(super) fn verify(
                &self,
                hash: &[u8],
                signature: &[u8],
                tolerance: &Tolerance,
            ) -> Result<(), Failure> {
                let (r, s) = parse_signature::<$length>(signature, tolerance)?;
                self.verify_numbers(hash, r, s)
            }

            /// Verifies a signature over a hash, from the two big-endian numbers of the signature.
            pub(super) fn verify_numbers(
                &self,
                hash: &[u8],
                r: [u8; $length],
                s: [u8; $length],
            ) -> Result<(), Failure> {
                let outside = "r or s is not in the range from 1 to n - 1";
                let signature = $curve::ecdsa::Signature::from_scalars(r, s)
                    .map_err(|_| Failure::new(ErrorKind::SignatureInvalid, outside))?;
                self.0
                    .verify_prehash(hash, &$prepare(signature))
                    .map_err(|_| ErrorKind::SignatureInvalid.into())
            }
        }
    };
}

curve!(P384Key, p384, 48, core::convert::identity);
curve!(P521Key, p521, 66, core::convert::identity);
// The crate rejects a high s, as Bitcoin does. COSE does not have this rule, so s and n - s are
// both valid.
#[cfg(feature = "k256")]
curve!(Secp256k1Key, k256, 32, |signature: k256::ecdsa::Signature| signature.normalize_s());

/// Parses `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3) in strict DER: minimal
/// lengths, minimal positive integers, and no bytes after them.
pub(super) fn parse_signature<const N: usize>(
    signature: &[u8],
    tolerance: &Tolerance,
) -> Result<([u8; N], [u8; N]), ParseError> {
    let mut reader = Reader::new(signature, 0, "ECDSA signature", ErrorKind::SignatureInvalid);
    let mut content = der::element(&mut reader, der::SEQUENCE, "sequence")?;
    reader.finish().map_err(as_invalid)?;
    let r = integer(&mut content, "r", tolerance)?;
    let s = integer(&mut content, "s", tolerance)?;
    content.finish().map_err(as_invalid)?;
    Ok((r, s))
}

/// Bytes after a signature make the signature invalid, not the message around it.
fn as_invalid(error: ParseError) -> ParseError {
    ParseError { kind: ErrorKind::SignatureInvalid, ..error }
}

/// Reads a positive DER INTEGER into `N` big-endian bytes.
fn integer<const N: usize>(
    reader: &mut Reader<'_>,
    field: &'static str,
    tolerance: &Tolerance,
) -> Result<[u8; N], ParseError> {
    let content = der::element(reader, der::INTEGER, field)?;
    let mut digits = content.rest();
    match digits {
        [] => return Err(content.error(field, "an integer without digits")),
        [0x80..=0xff, ..] => return Err(content.error(field, "a negative integer")),
        [0, 0x80..=0xff, ..] => {}
        [0, ..] if tolerance.permits(Quirk::NonMinimalDerIntegers) => {}
        [0, _, ..] => return Err(content.error(field, "an integer that is not minimal")),
        // Only the single digit 0 is left, which the range check of r and s rejects.
        _ => {}
    }
    while let [0, rest @ ..] = digits {
        digits = rest;
    }
    let mut number = [0; N];
    let start = N
        .checked_sub(digits.len())
        .ok_or_else(|| content.error(field, "an integer larger than the group order"))?;
    for (to, from) in number.iter_mut().skip(start).zip(digits) {
        *to = *from;
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quirk::Quirks;

    fn parse(der: &[u8]) -> Result<([u8; 32], [u8; 32]), ParseError> {
        parse_signature(der, &Tolerance::strict())
    }

    fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
        let integers = [&[0x02, length(r)], r, &[0x02, length(s)], s].concat();
        [&[0x30, length(&integers)], &integers[..]].concat()
    }

    #[test]
    fn kb_62_short_numbers_are_padded_on_the_left() {
        let (r, s) = parse(&sequence(&[0x7f], &[0x00, 0x80])).unwrap();
        assert_eq!((r[30..].to_vec(), s[30..].to_vec()), (vec![0, 0x7f], vec![0, 0x80]));
    }

    #[test]
    fn sig_03_der_is_minimal_positive_and_has_the_stated_length() {
        let good = sequence(&[1], &[2]);
        parse(&good).unwrap();
        for length in 0..good.len() {
            assert!(parse(&good[..length]).is_err());
        }
        let mut longer = good.clone();
        longer.push(0);
        assert_eq!(parse(&longer).unwrap_err().kind, ErrorKind::SignatureInvalid);
        let mut inside = good.clone();
        inside[1] += 1;
        inside.push(0);
        assert!(parse(&inside).is_err(), "a byte after s, inside the sequence");

        assert!(parse(&sequence(&[0, 1], &[2])).is_err(), "padded r");
        assert!(parse(&sequence(&[1], &[0, 0x7f])).is_err(), "padded s");
        assert!(parse(&sequence(&[0x80], &[2])).is_err(), "negative r");
        assert!(parse(&sequence(&[], &[2])).is_err(), "empty r");
        assert!(parse(&sequence(&[1; 33], &[2])).is_err(), "33 significant bytes");
        assert!(parse(&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2]).is_err(), "long form of a short length");
        assert!(parse(&[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0]).is_err(), "indefinite length");
        assert!(parse(&[0x30, 0x82, 0, 6, 2, 1, 1, 2, 1, 2]).is_err(), "two length bytes");
        assert!(parse(&[0x31, 6, 2, 1, 1, 2, 1, 2]).is_err(), "a SET");
        assert!(parse(&[0x30, 6, 4, 1, 1, 2, 1, 2]).is_err(), "an OCTET STRING");
    }

    #[test]
    fn kb_40_a_huge_length_is_rejected_immediately() {
        assert!(parse(&[0x30, 0x84, 0, 1, 0xff, 0xff, 2, 1, 1]).is_err());
        assert!(parse(&[0x30, 0xff, 2, 1, 1]).is_err());
    }

    #[test]
    fn kb_61_padded_integers_pass_only_with_their_quirk() {
        let padded = sequence(&[0, 0, 1], &[0, 0x7f]);
        assert!(parse(&padded).is_err());
        let quirks = Quirks::NONE.with(Quirk::NonMinimalDerIntegers);
        let tolerance = &Tolerance::new(quirks);
        let (r, s) = parse_signature::<32>(&padded, tolerance).unwrap();
        assert_eq!(tolerance.needed(), quirks);
        assert_eq!((r[31], s[31]), (1, 0x7f));
        assert!(parse_signature::<32>(&sequence(&[0x80], &[1]), tolerance).is_err(), "negative");
        let mut longer = padded;
        longer.push(0);
        assert!(parse_signature::<32>(&longer, tolerance).is_err(), "trailing byte");
    }
}
