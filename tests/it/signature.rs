//! Signatures are accepted only in their one encoding, over the correct message, with the correct
//! key.

#![allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use sha2::{Digest, Sha256};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, ErrorKind, Failure, KeyMaterial, PublicKey, Quirk, RegistrationRequest,
    RegistrationResponse, Step, signature,
};
use webauthn_verify_authenticator::{AttestationKind, Fault, PublicNumbers, SoftwareAuthenticator};

use crate::common::messages::{self, LoggingIn, ORIGIN, key, now, passes, refused, user};

/// The order of P-256.
const P256_ORDER: &[u8; 32] = b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\
                                \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

/// The order of P-384.
const P384_ORDER: &[u8; 48] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                                \xff\xff\xff\xff\xff\xff\xff\xff\xc7\x63\x4d\x81\xf4\x37\x2d\xdf\
                                \x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73";

/// The group order of edwards25519, little-endian.
const ED25519_ORDER: &[u8; 32] =
    b"\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14\
                                   \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10";

const MESSAGE: &[u8] = b"message";

/// Verifies with the software authenticator's key for this algorithm.
fn verify(algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
    let bytes = key(algorithm).cose_key().unwrap_or_default();
    signature::verify(CoseKey::parse(&bytes)?.public_key(), message, signature)
}

#[track_caller]
fn invalid(algorithm: Algorithm, signature: &[u8]) -> Failure {
    let failure = verify(algorithm, MESSAGE, signature).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::SignatureInvalid, "{failure}");
    failure
}

/// Encodes a DER element with fewer than 128 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, content.len() as u8], content].concat()
}

/// Encodes a DER signature with these bytes as its integers.
fn ecdsa(r: &[u8], s: &[u8]) -> Vec<u8> {
    der(0x30, &[der(0x02, r), der(0x02, s)].concat())
}

/// Returns the integers of a signature made by these tests, as encoded in DER.
fn integers(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let r_length = usize::from(signature[3]);
    let (r, s) = signature[4..].split_at(r_length);
    assert_eq!(usize::from(s[1]), s.len() - 2);
    (r.to_vec(), s[2..].to_vec())
}

/// Returns `one - other`, big-endian with the same length.
fn minus(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut digits: Vec<u8> = core::iter::zip(one, other)
        .rev()
        .map(|(one, other)| {
            let (digit, first) = one.overflowing_sub(*other);
            let (digit, second) = digit.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            digit
        })
        .collect();
    digits.reverse();
    digits
}

/// Returns `one + other`, little-endian with the same length.
fn plus(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let digits = core::iter::zip(one, other).map(|(one, other)| {
        let sum = u16::from(*one) + u16::from(*other) + carry;
        carry = sum >> 8;
        sum as u8
    });
    digits.collect()
}

/// Returns the content of a DER INTEGER for a number with leading zeros.
fn der_integer(number: &[u8]) -> Vec<u8> {
    let first = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
    let digits = &number[first..];
    if digits[0] >= 0x80 { [&[0], digits].concat() } else { digits.to_vec() }
}

#[test]
fn sig_01_an_assertion_signs_the_hash_of_the_client_data() {
    for algorithm in Algorithm::compiled_in() {
        let login = LoggingIn::with_algorithm(algorithm);
        passes(login.finish());
        let hash = Sha256::digest(&login.client_data);
        let data = &login.authenticator_data[..];
        let messages = [
            [data, &login.client_data].concat(),
            [&hash[..], data].concat(),
            data.to_vec(),
            hash.to_vec(),
            Sha256::digest(login.signed()).to_vec(),
        ];
        for message in messages {
            let body = login.body_with_signature(&login.key.sign(&message));
            refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
        }
    }
}

#[test]
fn sig_01_the_key_comes_from_the_record() {
    let mut login = LoggingIn::new();
    passes(login.finish());
    login.key =
        webauthn_verify_authenticator::PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"other")
            .unwrap();
    refused(login.finish(), ErrorKind::SignatureInvalid, Step::Signature);
}

#[test]
fn sig_02_an_ecdsa_signature_is_der_and_not_two_raw_numbers() {
    for (algorithm, length) in [(Algorithm::Es256, 32), (Algorithm::Es384, 48)] {
        let good = key(algorithm).sign(MESSAGE);
        verify(algorithm, MESSAGE, &good).unwrap();
        let (r, s) = integers(&good);
        let padded = |number: &[u8]| {
            let number = number.strip_prefix(&[0]).unwrap_or(number).to_vec();
            [vec![0; length - number.len()], number].concat()
        };
        invalid(algorithm, &[padded(&r), padded(&s)].concat());
        invalid(algorithm, &[r, s].concat());
        invalid(algorithm, b"");
    }
}

#[test]
fn sig_03_kb_24_kb_40_der_is_strict() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let good = key(algorithm).sign(MESSAGE);
        verify(algorithm, MESSAGE, &good).unwrap();
        let (r, s) = integers(&good);
        let content = &good[2..];
        let length = good[1];
        let position = |signature: &[u8]| {
            let error = invalid(algorithm, signature).parse_error().copied().unwrap();
            assert_eq!(error.structure(), "ECDSA signature");
            error.offset()
        };
        // A length with more bytes than necessary, up to a length that no input has.
        assert_eq!(position(&[&[0x30, 0x81, length], content].concat()), 1);
        assert_eq!(position(&[&[0x30, 0x82, 0, length], content].concat()), 1);
        assert_eq!(position(&[&[0x30, 0x84, 0, 0, 0, length], content].concat()), 1);
        assert_eq!(position(&[&[0x30, 0x84, 0, 1, 0xff, 0xff], content].concat()), 1);
        assert_eq!(position(&[&[0x30, 0x80], content, &[0, 0]].concat()), 1);
        assert_eq!(position(&[0x30, 0x84, 0, 1]), 1);
        // Trailing data after the sequence and inside it.
        assert_eq!(position(&[&good[..], &[0]].concat()), good.len());
        assert_eq!(position(&[&[0x30, length + 1], content, &[0]].concat()), good.len());
        // Other tags.
        assert_eq!(position(&[&[0x31, length], content].concat()), 0);
        assert_eq!(position(&der(0x30, &[der(0x04, &r), der(0x02, &s)].concat())), 2);
        // One integer and three integers.
        position(&der(0x30, &der(0x02, &r)));
        position(&der(0x30, &[der(0x02, &r), der(0x02, &s), der(0x02, &[1])].concat()));
        // Negative numbers and an empty one.
        assert_eq!(position(&ecdsa(&[0x80], &s)), 4);
        position(&ecdsa(&[], &s));
        position(&ecdsa(&r, &[0xff]));
    }
}

#[test]
fn sig_03_kb_61_padded_integers_pass_only_with_their_quirk() {
    let mut login = LoggingIn::new();
    let good = login.key.sign(&login.signed());
    let (r, s) = integers(&good);
    let padded = |number: &[u8]| [&[0], number].concat();
    let signatures =
        [ecdsa(&padded(&r), &s), ecdsa(&r, &padded(&s)), ecdsa(&padded(&padded(&r)), &padded(&s))];
    for signature in &signatures {
        let body = login.body_with_signature(signature);
        refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
    }
    login.rp = login.rp.allow_quirks([Quirk::NonMinimalDerIntegers]);
    passes(login.finish());
    for signature in &signatures {
        passes(login.finish_with(&login.body_with_signature(signature)));
    }
    // Everything else is still rejected: trailing data, a long length, a negative number, another
    // number.
    let [first, ..] = &signatures;
    let tail = [&first[..], &[0]].concat();
    let long = [&[0x30, 0x81], &first[1..]].concat();
    let negative = ecdsa(r.strip_prefix(&[0]).unwrap_or(&[0x80]), &s);
    let mut other = first.clone();
    *other.last_mut().unwrap() ^= 1;
    for signature in [tail, long, negative, other] {
        let body = login.body_with_signature(&signature);
        refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
    }
}

#[test]
fn sig_04_kb_12_r_and_s_are_from_1_to_n_minus_1() {
    let orders: [(Algorithm, &[u8]); 2] =
        [(Algorithm::Es256, P256_ORDER), (Algorithm::Es384, P384_ORDER)];
    for (algorithm, order) in orders {
        let good = key(algorithm).sign(MESSAGE);
        verify(algorithm, MESSAGE, &good).unwrap();
        let (r, s) = integers(&good);
        let n = der_integer(order);
        for (r, s) in [
            (&[0][..], &[0][..]),
            (&[0], &s),
            (&r, &[0]),
            (&n, &s),
            (&r, &n),
            (&n, &n),
            (&[0], &[1]),
            (&n, &[1]),
        ] {
            let failure = invalid(algorithm, &ecdsa(r, s));
            assert!(failure.to_string().contains("1 to n - 1"), "{failure}");
        }
        // One byte longer than the order.
        let larger = [&[1], order].concat();
        invalid(algorithm, &ecdsa(&larger, &s));
        invalid(algorithm, &ecdsa(&r, &larger));
    }
}

#[test]
fn sig_04_a_high_s_is_accepted_like_a_low_one() {
    let orders: [(Algorithm, &[u8]); 2] =
        [(Algorithm::Es256, P256_ORDER), (Algorithm::Es384, P384_ORDER)];
    for (algorithm, order) in orders {
        let good = key(algorithm).sign(MESSAGE);
        let (r, s) = integers(&good);
        let s = s.strip_prefix(&[0]).unwrap_or(&s);
        let s = [vec![0; order.len() - s.len()], s.to_vec()].concat();
        let negated = minus(order, &s);
        assert_ne!(negated, s);
        verify(algorithm, MESSAGE, &ecdsa(&r, &der_integer(&s))).unwrap();
        verify(algorithm, MESSAGE, &ecdsa(&r, &der_integer(&negated))).unwrap();
        invalid(algorithm, &ecdsa(&r, &der_integer(&minus(&negated, &one_in(order.len())))));
    }
}

/// Returns the number 1 in this many bytes.
fn one_in(length: usize) -> Vec<u8> {
    [vec![0; length - 1], vec![1]].concat()
}

#[test]
fn sig_05_an_rsa_signature_has_the_length_of_the_modulus_and_is_smaller() {
    let good = key(Algorithm::Rs256).sign(MESSAGE);
    assert_eq!(good.len(), 436);
    verify(Algorithm::Rs256, MESSAGE, &good).unwrap();
    for wrong in [
        [&[0], &good[..]].concat(),
        good[..435].to_vec(),
        good[1..].to_vec(),
        [&good[..], &[0]].concat(),
        Vec::new(),
        [&[0x03, 0x82, 0x01, 0xb5, 0x00], &good[..]].concat(),
    ] {
        let failure = invalid(Algorithm::Rs256, &wrong);
        assert!(failure.to_string().contains("as long as the modulus"), "{failure}");
    }
    // The modulus has 3482 bits in 436 bytes, so signature + modulus has 436 bytes too.
    let PublicNumbers::Rsa { modulus, .. } = key(Algorithm::Rs256).public_numbers() else {
        panic!("not an RSA key")
    };
    let reversed = |number: &[u8]| number.iter().rev().copied().collect::<Vec<_>>();
    let sum = reversed(&plus(&reversed(&good), &reversed(&modulus)));
    invalid(Algorithm::Rs256, &sum);
    invalid(Algorithm::Rs256, &modulus);
    invalid(Algorithm::Rs256, &[0; 436]);
}

#[test]
fn sig_06_kb_13_the_whole_encoded_message_is_compared() {
    // The DigestInfo of SHA-256, with and without the required NULL.
    let head = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let without_null = b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
    let sha_512 = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x20";
    let private = key(Algorithm::Rs256);
    let digest = Sha256::digest(MESSAGE);
    // Signs 00 01 FF..FF 00 followed by these bytes.
    let sign = |encoded: &[u8]| private.sign_digest_info(encoded).unwrap();
    let right = [&head[..], &digest].concat();
    assert_eq!(sign(&right), key(Algorithm::Rs256).sign(MESSAGE));
    verify(Algorithm::Rs256, MESSAGE, &sign(&right)).unwrap();

    // So many bytes that only eight bytes of padding are left.
    let garbage = vec![0x5a; 436 - 11 - right.len()];
    for wrong in [
        [&right[..], &garbage].concat(),
        [&right[..], &[0]].concat(),
        [&garbage[..], &right].concat(),
        [&without_null[..], &digest].concat(),
        [&sha_512[..], &digest].concat(),
        [&head[..], &Sha256::digest(b"another message")].concat(),
        digest.to_vec(),
        right[..right.len() - 1].to_vec(),
        Vec::new(),
    ] {
        invalid(Algorithm::Rs256, &sign(&wrong));
    }
}

#[test]
fn sig_07_wrong_lengths_large_s_and_small_order_keys_are_rejected() {
    let good = key(Algorithm::EdDsa).sign(MESSAGE);
    verify(Algorithm::EdDsa, MESSAGE, &good).unwrap();
    for wrong in [&good[..63], &[&good[..], &[0]].concat(), b""] {
        let failure = invalid(Algorithm::EdDsa, wrong);
        assert!(failure.to_string().contains("not 64"), "{failure}");
    }
    let (r, s) = good.split_at(32);
    invalid(Algorithm::EdDsa, &[r, &plus(s, ED25519_ORDER)].concat());
    invalid(Algorithm::EdDsa, &[s, r].concat());

    // Keys of small order would accept signatures for every message.
    let neutral = core::array::from_fn(|i| u8::from(i == 0));
    for small in [[0; 32], neutral] {
        let bytes = [b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", &small[..]].concat();
        let key = CoseKey::parse(&bytes).unwrap();
        let failure = signature::validate_key(key.public_key()).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
        let forged = [neutral, [0; 32]].concat();
        let failure = signature::verify(key.public_key(), MESSAGE, &forged).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
    }
}

#[test]
fn sig_04_es512_and_es256k_signatures_are_der() {
    for algorithm in [Algorithm::Es512, Algorithm::Es256k] {
        if !algorithm.is_compiled_in() {
            continue;
        }
        let good = key(algorithm).sign(MESSAGE);
        verify(algorithm, MESSAGE, &good).unwrap();
        invalid(algorithm, &[&good[..], &[0]].concat());
        invalid(algorithm, &good[..good.len() - 1]);
        let mut other = good.clone();
        *other.last_mut().unwrap() ^= 1;
        invalid(algorithm, &other);
        assert!(verify(algorithm, b"another message", &good).is_err());
        invalid(algorithm, &ecdsa(&[0], &[1]));
        invalid(algorithm, &ecdsa(&[1], &[0]));
    }
}

#[test]
fn an_algorithm_that_is_not_compiled_in_verifies_nothing() {
    let number = &[1; 32];
    for (algorithm, material) in [
        (Algorithm::Es256k, KeyMaterial::Secp256k1 { x: number, y: number }),
        (Algorithm::Ed448, KeyMaterial::Ed448 { x: &[1; 57] }),
        (Algorithm::MlDsa44, KeyMaterial::MlDsa44 { public_key: &[1; 1312] }),
        (Algorithm::MlDsa65, KeyMaterial::MlDsa65 { public_key: &[1; 1952] }),
        (Algorithm::MlDsa87, KeyMaterial::MlDsa87 { public_key: &[1; 2592] }),
    ] {
        let key = PublicKey::new(algorithm, material).unwrap();
        for result in [signature::verify(&key, MESSAGE, &[1; 64]), signature::validate_key(&key)] {
            let is_reported =
                result.is_err_and(|failure| failure.kind() == ErrorKind::UnsupportedAlgorithm);
            assert_eq!(is_reported, !algorithm.is_compiled_in(), "{algorithm}");
        }
    }
}

#[test]
fn sig_05_the_algorithm_determines_hash_and_padding() {
    let rsa: Vec<_> = Algorithm::compiled_in()
        .filter(|algorithm| algorithm.key_kind() == webauthn_verify::KeyKind::Rsa)
        .collect();
    assert_eq!(rsa.len(), 6);
    for &signing in &rsa {
        let signature = key(signing).sign(MESSAGE);
        assert_eq!(signature, key(signing).sign(MESSAGE), "signatures must be deterministic");
        for &verifying in &rsa {
            let result = verify(verifying, MESSAGE, &signature);
            assert_eq!(result.is_ok(), signing == verifying, "{signing} {verifying}");
        }
    }
}

#[cfg(feature = "ed448")]
#[test]
fn sig_08_an_ed448_signature_has_114_bytes_and_no_context() {
    use ed448_goldilocks::SigningKey;

    let good = key(Algorithm::Ed448).sign(MESSAGE);
    assert_eq!(good.len(), 114);
    verify(Algorithm::Ed448, MESSAGE, &good).unwrap();
    for wrong in [&good[..113], &[&good[..], &[0]].concat(), b""] {
        let failure = invalid(Algorithm::Ed448, wrong);
        assert!(failure.to_string().contains("not 114"), "{failure}");
    }
    let mut other = good.clone();
    other[57] ^= 1;
    invalid(Algorithm::Ed448, &other);
    assert!(verify(Algorithm::Ed448, b"another message", &good).is_err());

    let seed = [7; 57];
    let ours = webauthn_verify_authenticator::PrivateKey::ed448(&seed);
    let theirs = SigningKey::from(ed448_goldilocks::SecretKey::from(seed));
    let cose = ours.cose_key().unwrap();
    let public = CoseKey::parse(&cose).unwrap();
    let without = theirs.sign_ctx(b"", MESSAGE).unwrap().to_bytes();
    signature::verify(public.public_key(), MESSAGE, &without).unwrap();
    let with = theirs.sign_ctx(b"context", MESSAGE).unwrap().to_bytes();
    let failure = signature::verify(public.public_key(), MESSAGE, &with).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::SignatureInvalid);
}

#[cfg(feature = "ml-dsa")]
#[test]
fn sig_09_an_ml_dsa_signature_has_one_length_and_no_context() {
    for (algorithm, length) in
        [(Algorithm::MlDsa44, 2420), (Algorithm::MlDsa65, 3309), (Algorithm::MlDsa87, 4627)]
    {
        let good = key(algorithm).sign(MESSAGE);
        assert_eq!(good.len(), length);
        verify(algorithm, MESSAGE, &good).unwrap();
        assert!(verify(algorithm, b"another message", &good).is_err());
        invalid(algorithm, &good[..length - 1]);
        invalid(algorithm, &[&good[..], &[0]].concat());
        invalid(algorithm, b"");
        invalid(algorithm, &vec![0xff; length]);
        for position in [0, length / 2, length - 1] {
            let mut other = good.clone();
            other[position] ^= 1;
            invalid(algorithm, &other);
        }
    }
    let signer = ml_dsa::ExpandedSigningKey::<ml_dsa::MlDsa44>::from_seed(&[7; 32].into());
    let public = signer.verifying_key().encode();
    let key = webauthn_verify::PublicKey::new(
        Algorithm::MlDsa44,
        webauthn_verify::KeyMaterial::MlDsa44 { public_key: public[..].try_into().unwrap() },
    )
    .unwrap();
    let sign = |context| signer.sign_deterministic(MESSAGE, context).unwrap().encode();
    signature::verify(&key, MESSAGE, &sign(b"")).unwrap();
    let failure = signature::verify(&key, MESSAGE, &sign(b"context")).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::SignatureInvalid);
}

#[cfg_attr(
    not(all(feature = "attestation", feature = "getrandom")),
    ignore = "it needs attestation, and requests without a challenge"
)]
#[test]
fn sig_10_the_algorithm_of_a_statement_fits_the_certificate_key() {
    let mut device = SoftwareAuthenticator::from_seed(b"attestation")
        .with_attestation(AttestationKind::PackedX5c);
    let rp = messages::relying_party();
    let mut register = |fault: Option<Fault>| {
        let request = RegistrationRequest::security_key(&user(), &[]);
        let (options, pending) = rp.start_registration(&request, now())?;
        if let Some(fault) = fault {
            device.break_next(fault);
        }
        let body = device.register(&options, ORIGIN).unwrap_or_default();
        rp.finish_registration(pending, &RegistrationResponse::from_json(body)?, now())
    };
    passes(register(None));
    let result = register(Some(Fault::AttestationField("attStmt.alg")));
    refused(result, ErrorKind::AlgorithmKeyMismatch, Step::AttestationStatement);
    let result = register(Some(Fault::AttestationField("attStmt.sig")));
    refused(result, ErrorKind::SignatureInvalid, Step::AttestationStatement);
    passes(register(None));
}

#[test]
fn kb_62_an_r_or_s_shortened_by_leading_zeros_is_accepted() {
    let private = key(Algorithm::Es256);
    let (mut short_r, mut short_s) = (None, None);
    for number in 0..10_000_u32 {
        let message = number.to_be_bytes();
        let signature = private.sign(&message);
        let (r, s) = integers(&signature);
        if r.len() < 32 {
            short_r = short_r.or(Some((message, signature)));
        } else if s.len() < 32 {
            short_s = short_s.or(Some((message, signature)));
        }
        if short_r.is_some() && short_s.is_some() {
            break;
        }
    }
    for (message, signature) in [short_r.unwrap(), short_s.unwrap()] {
        verify(Algorithm::Es256, &message, &signature).unwrap();
        // Padded to 32 bytes, it is not DER.
        let (r, s) = integers(&signature);
        let padded = |number: Vec<u8>| match 32_usize.checked_sub(number.len()) {
            Some(zeros) => [vec![0; zeros], number].concat(),
            None => number,
        };
        let failure = verify(Algorithm::Es256, &message, &ecdsa(&padded(r), &padded(s)));
        assert_eq!(failure.unwrap_err().kind(), ErrorKind::SignatureInvalid);
    }
}
