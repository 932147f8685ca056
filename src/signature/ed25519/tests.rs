//! Compares sums of multiples and complete verifications with `curve25519-dalek` and
//! `ed25519-dalek`. The key is plain, prepared, or prepared and read back from its bytes.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

use super::field::P;
use super::field::tests::random_numbers;
use super::point::tests::{affine, random_scalars, reference, scalar};
use super::point::{number_from_bytes, number_to_bytes};
use super::scalar::L;
use super::scalar::tests::numbers;
use super::*;

/// The key in its three forms.
struct Keys {
    plain: Key,
    prepared: [PreparedKey; 2],
}

impl Keys {
    fn new(bytes: &[u8; 32]) -> Keys {
        Keys::of(Key::new(bytes).unwrap())
    }

    fn of(plain: Key) -> Keys {
        let prepared = plain.prepare();
        let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
        assert_eq!(read_back.encoded, plain.encoded);
        assert_eq!(read_back.to_bytes(), prepared.to_bytes());
        Keys { plain, prepared: [prepared, read_back] }
    }

    /// Returns the verdict. Asserts that all forms of the key give it.
    #[track_caller]
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let split = message.len() / 3;
        let parts = [&message[..split], &[], &message[split..]];
        let verdict =
            self.plain.verify(&[message], signature).map_err(|failure| failure.to_string());
        let mut others = vec![self.plain.verify(&parts, signature)];
        for prepared in &self.prepared {
            others.push(prepared.verify(&[message], signature));
            others.push(prepared.verify(&parts, signature));
        }
        for other in others {
            assert_eq!(other.map_err(|failure| failure.to_string()), verdict);
        }
        verdict.is_ok()
    }
}

/// Does the same as [`Key::new`], with `ed25519-dalek`. Returns the message of the failure.
fn key_of_reference(bytes: &[u8; 32]) -> Result<VerifyingKey, &'static str> {
    let [first, middle @ .., last] = bytes;
    if *first >= 0xed && middle.iter().all(|byte| *byte == 0xff) && last | 0x80 == 0xff {
        return Err("the encoding of the point is not canonical");
    }
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| "")?;
    if key.is_weak() { Err("the point has small order") } else { Ok(key) }
}

/// Returns the verdict. Asserts that all forms of the key and `ed25519-dalek` agree.
#[track_caller]
fn verdict_with(keys: &Keys, message: &[u8], signature: &[u8; 64]) -> bool {
    let key = key_of_reference(&keys.plain.encoded).unwrap();
    let theirs = key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature));
    assert_eq!(keys.verify(message, signature), theirs.is_ok(), "{signature:x?}");
    theirs.is_ok()
}

fn signature_of(r: &[u8; 32], s: &[u8; 32]) -> [u8; 64] {
    [*r, *s].concat().try_into().unwrap()
}

/// Returns the hash of R, the key and the message modulo l.
fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

/// Signs with the secret numbers of the key and R, whose points have these parts of small order.
/// The parts can make the signature invalid.
fn sign_with(
    (secret, key_torsion): (&Scalar, &EdwardsPoint),
    (r, r_torsion): (&Scalar, &EdwardsPoint),
    message: &[u8],
) -> ([u8; 32], [u8; 64]) {
    let key = (BASE * secret + key_torsion).compress().to_bytes();
    let r_bytes = (BASE * r + r_torsion).compress().to_bytes();
    let s = r + challenge(&r_bytes, &key, message) * secret;
    (key, signature_of(&r_bytes, &s.to_bytes()))
}

/// Adds l to s.
fn plus_l(s: &[u8]) -> [u8; 32] {
    number_to_bytes(&limbs::add(&number_from_bytes(s.try_into().unwrap()), &L).0)
}

#[test]
fn the_same_keys_are_accepted_with_the_same_errors() {
    let mut random = random_numbers();
    let [a, b, c, d] = P;
    let mut ys: Vec<Number> = (0..300).map(|small| [small, 0, 0, 0]).collect();
    ys.extend((0..300).map(|less| [a - less, b, c, d]));
    ys.extend((0..19).map(|more| [a + more, b, c, d]));
    ys.extend((0..300).map(|_| random()));
    ys.extend(EIGHT_TORSION.map(|point| number_from_bytes(&point.compress().to_bytes())));
    let mut outcomes = std::collections::BTreeMap::new();
    for [a, b, c, d] in ys {
        for sign in [0, 1] {
            let bytes = number_to_bytes(&[a, b, c, d & (u64::MAX >> 1) | sign << 63]);
            let expected = key_of_reference(&bytes);
            *outcomes.entry(expected.as_ref().err().copied()).or_insert(0) += 1;
            match (Key::new(&bytes), expected) {
                (Ok(key), Ok(theirs)) => {
                    assert_eq!(key.encoded, bytes);
                    assert_eq!(reference(&Point::from_affine(&key.point)), theirs.to_edwards());
                }
                (Err(failure), Err(reason)) => {
                    assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
                    let expected = match reason {
                        "" => Failure::from(ErrorKind::PointNotOnCurve),
                        reason => Failure::new(ErrorKind::PointNotOnCurve, reason),
                    };
                    assert_eq!(failure.to_string(), expected.to_string(), "{bytes:x?}");
                }
                (ours, theirs) => panic!("{bytes:x?}: {} {}", ours.is_ok(), theirs.is_ok()),
            }
        }
    }
    // Accepted, not a point, not canonical, and of small order.
    assert!(outcomes.len() == 4 && outcomes.values().all(|count| *count >= 16), "{outcomes:?}");
}

#[test]
fn sig_07_small_order_keys_and_other_lengths_are_rejected() {
    for point in EIGHT_TORSION {
        for key in [point, -point] {
            let failure = Key::new(&key.compress().to_bytes()).err().unwrap();
            assert!(failure.to_string().contains("small order"), "{failure}");
        }
    }
    let signer = SigningKey::from_bytes(&[7; 32]);
    let good = signer.sign(b"message").to_bytes();
    let keys = Keys::new(&signer.verifying_key().to_bytes());
    assert!(verdict_with(&keys, b"message", &good));
    assert!(!verdict_with(&keys, b"massage", &good));
    let longer = [&good[..], &[0]].concat();
    for wrong in (0..64).map(|length| &good[..length]).chain([&longer[..]]) {
        assert!(!keys.verify(b"message", wrong));
        let failure = keys.plain.verify(&[b"message"], wrong).unwrap_err();
        assert!(failure.to_string().contains("not 64"), "{failure}");
    }
}

#[test]
fn sig_07_each_key_has_one_encoding() {
    // y = p + k, for each k whose y is on the curve and not of small order.
    let mut refused = 0;
    for k in 2..=18 {
        let [a, b, c, d] = P;
        let encoded = number_to_bytes(&[a + k, b, c, d]);
        if VerifyingKey::from_bytes(&encoded).is_ok_and(|key| !key.is_weak()) {
            let failure = Key::new(&encoded).err().unwrap();
            assert!(failure.to_string().contains("canonical"), "{failure}");
            refused += 1;
            Key::new(&number_to_bytes(&[k, 0, 0, 0])).unwrap();
        }
    }
    assert!(refused > 5);
}

#[test]
fn signatures_are_valid_until_a_bit_changes() {
    for seed in 0..4 {
        let signer = SigningKey::from_bytes(&[seed; 32]);
        let keys = Keys::new(&signer.verifying_key().to_bytes());
        for length in [0, 1, 63, 64, 69, 128, 1000] {
            let message = vec![seed; length];
            assert!(verdict_with(&keys, &message, &signer.sign(&message).to_bytes()));
        }
        let good = signer.sign(b"message").to_bytes();
        for bit in 0..512 {
            let mut changed = good;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!verdict_with(&keys, b"message", &changed), "{bit}");
        }
    }
}

#[test]
fn sig_07_s_has_one_encoding() {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let keys = Keys::new(&signer.verifying_key().to_bytes());
    let good = signer.sign(b"message").to_bytes();
    let (r, mut s) = (*good.first_chunk().unwrap(), good[32..].to_vec());
    // s plus multiples of l, as far as 256 bits reach.
    for times in 0..16 {
        let signature = signature_of(&r, s.as_slice().try_into().unwrap());
        assert_eq!(verdict_with(&keys, b"message", &signature), times == 0, "{times}");
        s = plus_l(&s).to_vec();
    }
    let [a, b, c, d] = L;
    for number in [[0; 4], [1, 0, 0, 0], [a - 1, b, c, d], L, [a + 1, b, c, d], [u64::MAX; 4]] {
        assert!(!verdict_with(&keys, b"message", &signature_of(&r, &number_to_bytes(&number))));
    }
    // The check is the same: l - 1 is read, and l is not.
    let read = |number| {
        let signature = signature_of(&r, &number_to_bytes(&number));
        Signature::from_bytes(&signature).is_ok()
    };
    assert!(read([0; 4]) && read([a - 1, b, c, d]));
    assert!(!read(L) && !read([a, b, c, d + 1]) && !read([a, b, c, u64::MAX]));
}

#[test]
fn keys_and_r_outside_the_group_of_prime_order_get_the_verdict_of_the_reference() {
    let mut random = random_scalars();
    let mut outcomes = [[0; 2]; 64];
    for (key_index, key_torsion) in EIGHT_TORSION.iter().enumerate() {
        let secret = random();
        let key = (BASE * secret + key_torsion).compress().to_bytes();
        let keys = Keys::new(&key);
        for (r_index, r_torsion) in EIGHT_TORSION.iter().enumerate() {
            for message in 0..24_u8 {
                let r = random();
                let (_, signature) = sign_with((&secret, key_torsion), (&r, r_torsion), &[message]);
                let valid = verdict_with(&keys, &[message], &signature);
                // The verdict without cofactor: h times the part of the key, plus the part of R.
                let r_bytes = signature.first_chunk().unwrap();
                let h = challenge(r_bytes, &key, &[message]);
                let rest = key_torsion * h + r_torsion;
                assert_eq!(valid, rest == EdwardsPoint::default());
                outcomes[8 * key_index + r_index][usize::from(valid)] += 1;
            }
        }
    }
    println!("{outcomes:?}");
    let both = outcomes.iter().filter(|[invalid, valid]| *invalid > 0 && *valid > 0).count();
    let never = outcomes.iter().filter(|[_, valid]| *valid == 0).count();
    assert!(both > 30 && never > 5, "{both} {never}");
    assert_eq!(outcomes[0], [0, 24]);
}

#[test]
fn an_r_of_small_order_is_rejected() {
    let mut random = random_scalars();
    let mut would_be_valid = 0;
    for key_torsion in EIGHT_TORSION {
        let secret = random();
        let keys = Keys::new(&(BASE * secret + key_torsion).compress().to_bytes());
        for r_torsion in EIGHT_TORSION {
            for message in 0..8_u8 {
                let r = (&Scalar::ZERO, &r_torsion);
                let (key, signature) = sign_with((&secret, &key_torsion), r, &[message]);
                let h = challenge(signature.first_chunk().unwrap(), &key, &[message]);
                let rest = key_torsion * h + r_torsion;
                would_be_valid += usize::from(rest == EdwardsPoint::default());
                assert!(!verdict_with(&keys, &[message], &signature));
                // With the sign of x = 0, or a y that is not below p.
                let mut other = signature;
                other[31] ^= 0x80;
                assert!(!verdict_with(&keys, &[message], &other));
            }
        }
    }
    assert!(would_be_valid > 30, "{would_be_valid}");
}

#[test]
fn an_r_that_is_not_canonical_or_not_a_point_is_rejected() {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let keys = Keys::new(&signer.verifying_key().to_bytes());
    let good = signer.sign(b"message").to_bytes();
    let s = good[32..].try_into().unwrap();
    let [a, b, c, d] = P;
    let mut not_a_point = 0;
    for sign in [0, 1] {
        for more in 0..19 {
            let r = number_to_bytes(&[a + more, b, c, d | sign << 63]);
            assert!(!verdict_with(&keys, b"message", &signature_of(&r, s)));
        }
        for small in 0..40 {
            let r = number_to_bytes(&[small, 0, 0, sign << 63]);
            not_a_point += usize::from(Encoded::from_bytes(&r).unwrap().decode().is_none());
            assert!(!verdict_with(&keys, b"message", &signature_of(&r, s)));
        }
    }
    assert!(not_a_point > 20, "{not_a_point}");
}

/// Multipliers at which a digit, a carry or a case changes.
fn few_numbers() -> Vec<Number> {
    let [a, b, c, d] = L;
    let half = [a >> 1 | b << 63, b >> 1, 0, 1 << 59];
    let mut few =
        vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], [a - 1, b, c, d], [a - 2, b, c, d], half];
    few.extend([26, 64, 127, 128, 130, 234, 251].map(|bit| {
        let mut number = [0; 4];
        number[bit / 64] = 1 << (bit % 64);
        number
    }));
    few.extend(numbers().into_iter().rev().take(4));
    few
}

#[test]
fn differences_of_multiples_are_right_for_edge_numbers_and_all_kinds_of_points() {
    let mut random = random_scalars();
    let numbers = numbers();
    let few = few_numbers();
    // Keys of small order are not accepted, but the formulas hold for them too.
    let keys = [
        BASE,
        -BASE,
        BASE * random() + EIGHT_TORSION[1],
        BASE * random() + EIGHT_TORSION[4],
        EIGHT_TORSION[3],
        EIGHT_TORSION[0],
    ];
    for (key_index, key) in keys.into_iter().enumerate() {
        let mut pairs: Vec<(Number, Number)> =
            few.iter().flat_map(|s| few.iter().map(|h| (*s, *h))).collect();
        for (index, number) in numbers.iter().enumerate().skip(key_index).step_by(6) {
            let other = few[index % few.len()];
            pairs.extend([(*number, other), (other, *number)]);
        }
        let encoded = key.compress().to_bytes();
        let keys = Keys::of(Key { encoded, point: affine(&key) });
        for (index, (s, h)) in pairs.iter().enumerate() {
            let expected = BASE * scalar(s) - key * scalar(h);
            for prepared in &keys.prepared {
                assert_eq!(reference(&prepared.difference(s, h)), expected, "{s:x?} {h:x?}");
            }
            let multipliers = lattice::short_multipliers(h);
            let full = Multipliers { a: *h, a_is_negative: false, b: [1, 0, 0, 0] };
            let wrong = [EIGHT_TORSION[1 + index % 7], BASE, key];
            let other = expected + wrong[index % wrong.len()];
            for multipliers in [multipliers, full] {
                let is_valid = |r: &EdwardsPoint| {
                    keys.plain.difference(s, &affine(r), &multipliers).is_neutral()
                };
                assert!(is_valid(&expected), "{s:x?} {h:x?}");
                assert_eq!(is_valid(&other), other == expected, "{s:x?} {h:x?}");
            }
        }
    }
}

#[test]
fn a_point_of_order_two_is_not_neutral() {
    // With b odd, b times a wrong point of order 2 stays this point. X is zero as for the neutral
    // point.
    let two = EIGHT_TORSION[4];
    assert_eq!(two + two, EdwardsPoint::default());
    let mut random = random_scalars();
    let key = BASE * random();
    let key = Key { encoded: key.compress().to_bytes(), point: affine(&key) };
    for _ in 0..20 {
        let (s, h) = (random(), random());
        let [s, h] = [s, h].map(|number| number_from_bytes(&number.to_bytes()));
        let r = reference(&key.prepare().difference(&s, &h)) + two;
        let sum = key.difference(&s, &affine(&r), &lattice::short_multipliers(&h));
        assert_eq!(reference(&sum), two);
        assert!(!sum.is_neutral());
    }
}

#[test]
fn odd_multiples_are_right() {
    for torsion in EIGHT_TORSION {
        let point = BASE + torsion;
        for (index, multiple) in odd_multiples(&affine(&point)).iter().enumerate() {
            let mut sum = Point::NEUTRAL;
            sum.add_cached(multiple, false);
            let expected = (0..2 * index + 1).fold(EdwardsPoint::default(), |sum, _| sum + point);
            assert_eq!(reference(&sum), expected);
        }
    }
}
