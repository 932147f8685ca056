//! A credential key is canonical COSE, fits its algorithm, and is kept byte for byte.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use ciborium::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, Credential, ErrorKind, Failure, KeyKind, KeyMaterial, PublicKey, Step, signature,
};
use webauthn_verify_authenticator::{PrivateKey, PublicNumbers, mersenne};

use crate::common::messages::{
    CREDENTIAL_ID, LoggingIn, Registering, UP, attested, cose_numbers, key, passes, refused,
};

/// Labels and values in the order in which they are written.
type Members = Vec<(i64, Value)>;

fn cose(members: &[(i64, Value)]) -> Vec<u8> {
    let members = members.iter().map(|(label, value)| (Value::from(*label), value.clone()));
    let mut bytes = Vec::new();
    assert!(ciborium::into_writer(&Value::Map(members.collect()), &mut bytes).is_ok());
    bytes
}

fn ec2(alg: i64, crv: i64, x: &[u8], y: &[u8]) -> Members {
    let mut members = okp(alg, crv, x);
    members[0] = (1, Value::from(2));
    members.push((-3, Value::Bytes(y.to_vec())));
    members
}

fn okp(alg: i64, crv: i64, x: &[u8]) -> Members {
    vec![
        (1, Value::from(1)),
        (3, Value::from(alg)),
        (-1, Value::from(crv)),
        (-2, Value::Bytes(x.to_vec())),
    ]
}

fn rsa(alg: i64, n: &[u8], e: &[u8]) -> Members {
    vec![
        (1, Value::from(3)),
        (3, Value::from(alg)),
        (-1, Value::Bytes(n.to_vec())),
        (-2, Value::Bytes(e.to_vec())),
    ]
}

fn p256() -> ([u8; 32], [u8; 32]) {
    match key(Algorithm::Es256).public_numbers() {
        PublicNumbers::P256 { x, y } => (x, y),
        other => panic!("{other:?}"),
    }
}

fn p384() -> ([u8; 48], [u8; 48]) {
    match key(Algorithm::Es384).public_numbers() {
        PublicNumbers::P384 { x, y } => (x, y),
        other => panic!("{other:?}"),
    }
}

fn ed25519() -> [u8; 32] {
    match key(Algorithm::EdDsa).public_numbers() {
        PublicNumbers::Ed25519 { x } => x,
        other => panic!("{other:?}"),
    }
}

/// Returns the ES256 key that most tests change.
fn es256() -> Members {
    let (x, y) = p256();
    ec2(-7, 1, &x, &y)
}

#[track_caller]
fn accepted(members: &[(i64, Value)]) -> Algorithm {
    let bytes = cose(members);
    match CoseKey::parse(&bytes) {
        Ok(key) => {
            assert_eq!(key.as_bytes(), bytes);
            key.public_key().algorithm()
        }
        Err(failure) => panic!("{failure}"),
    }
}

#[track_caller]
fn rejected(members: &[(i64, Value)], kind: ErrorKind) -> Failure {
    let failure = CoseKey::parse(&cose(members)).unwrap_err();
    assert_eq!(failure.kind(), kind, "{failure}");
    failure
}

#[track_caller]
fn invalid(members: &[(i64, Value)], field: &str) {
    let failure = rejected(members, ErrorKind::InvalidCoseKey);
    let error = failure.parse_error().copied().unwrap();
    assert_eq!((error.structure(), error.field()), ("COSE key", Some(field)), "{failure}");
}

/// Checks that the members parse but do not form a valid key.
#[track_caller]
fn off_curve(members: &[(i64, Value)]) {
    accepted(members);
    let bytes = cose(members);
    let key = CoseKey::parse(&bytes).unwrap();
    let failure = signature::validate_key(key.public_key()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
    let failure = signature::verify(key.public_key(), b"message", &[0; 64]).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
    let failure = Credential::from_parts(CREDENTIAL_ID, &bytes).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::PointNotOnCurve);
    let registration = Registering::with_key(&bytes).finish();
    refused(registration, ErrorKind::PointNotOnCurve, Step::CredentialAlgorithm);
}

#[test]
fn cose_01_kty_and_alg_are_required_integers() {
    assert_eq!(accepted(&es256()), Algorithm::Es256);
    let change = |change: &dyn Fn(&mut Members)| {
        let mut members = es256();
        change(&mut members);
        members
    };
    invalid(&change(&|key| drop(key.remove(0))), "kty");
    invalid(&change(&|key| drop(key.remove(1))), "alg");
    invalid(&change(&|key| key[0].1 = Value::from("EC2")), "kty");
    invalid(&change(&|key| key[1].1 = Value::from("ES256")), "alg");
    // The other COSE parameters are rejected: kid, key_ops, Base IV, d.
    let four = Value::Array(vec![Value::from(2)]);
    invalid(&change(&|key| key.insert(1, (2, Value::Bytes(vec![1])))), "label");
    invalid(&change(&|key| key.insert(2, (4, four.clone()))), "label");
    invalid(&change(&|key| key.insert(2, (5, Value::Bytes(vec![1])))), "label");
    invalid(&change(&|key| key.push((-4, Value::Bytes(vec![1; 32])))), "label");
}

#[test]
fn cose_02_kb_22_the_algorithm_decides_key_type_and_curve() {
    let ((x256, y256), (x384, y384), x25519) = (p256(), p384(), ed25519());
    let modulus = mersenne(2203);
    let keys: [(i64, &dyn Fn(i64) -> Members); 4] = [
        (-7, &|alg| ec2(alg, 1, &x256, &y256)),
        (-35, &|alg| ec2(alg, 2, &x384, &y384)),
        (-8, &|alg| okp(alg, 6, &x25519)),
        (-257, &|alg| rsa(alg, &modulus, &[1, 0, 1])),
    ];
    for (own, key) in &keys {
        for alg in [-7, -35, -8, -257] {
            if alg == *own {
                assert_eq!(accepted(&key(alg)).cose_id(), alg);
                continue;
            }
            rejected(&key(alg), ErrorKind::AlgorithmKeyMismatch);
            let registration = Registering::with_key(&cose(&key(alg))).finish();
            let kind = ErrorKind::AlgorithmKeyMismatch;
            refused(registration, kind, Step::CredentialAlgorithm);
        }
    }
    // The same applies to keys from other sources.
    let material = KeyMaterial::P384 { x: &x384, y: &y384 };
    let failure = PublicKey::new(Algorithm::Es256, material).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::AlgorithmKeyMismatch);
}

#[test]
fn cose_03_an_es256_key_has_77_bytes() {
    let (x, y) = p256();
    let bytes =
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", &x[..], b"\x22\x58\x20", &y[..]].concat();
    assert_eq!(bytes.len(), 77);
    let key = CoseKey::parse(&bytes).unwrap();
    assert_eq!(*key.public_key().material(), KeyMaterial::P256 { x: &x, y: &y });
    assert_eq!(cose(&es256()), bytes);
    invalid(&ec2(-7, 1, &x[1..], &y), "x");
    invalid(&ec2(-7, 1, &x, &y[1..]), "y");
    invalid(&ec2(-7, 1, b"", b""), "x");
    let mut without_y = es256();
    without_y.pop();
    invalid(&without_y, "y");
}

#[test]
fn cose_04_es384_uses_p_384_with_48_byte_coordinates() {
    let (x, y) = p384();
    assert_eq!(accepted(&ec2(-35, 2, &x, &y)), Algorithm::Es384);
    invalid(&ec2(-35, 2, &x[1..], &y), "x");
    rejected(&ec2(-35, 1, &x, &y), ErrorKind::AlgorithmKeyMismatch);
    let (x, y) = p256();
    rejected(&ec2(-35, 1, &x, &y), ErrorKind::AlgorithmKeyMismatch);
    rejected(&ec2(-35, 3, &x, &y), ErrorKind::AlgorithmKeyMismatch);
}

/// Checks that the algorithms for this kind of key accept each other's keys and no others. A number
/// of the key that is one byte shorter or longer is rejected.
fn keys_of_one_kind(kind: KeyKind, ids: &[i64]) {
    let compiled_in = |id: &i64| Algorithm::from_cose_id(*id).unwrap().is_compiled_in();
    let other: Members = if kind == KeyKind::P256 { okp(-7, 6, &ed25519()) } else { es256() };
    for &id in ids.iter().filter(|id| compiled_in(id)) {
        let algorithm = Algorithm::from_cose_id(id).unwrap();
        assert_eq!(algorithm.key_kind(), kind);
        let bytes = key(algorithm).cose_key().unwrap();
        let parsed: Value = ciborium::from_reader(&bytes[..]).unwrap();
        let pairs = parsed.into_map().unwrap().into_iter();
        let members: Members = pairs
            .map(|(label, value)| (i64::try_from(label.as_integer().unwrap()).unwrap(), value))
            .collect();
        assert_eq!(accepted(&members), algorithm);
        passes(Registering::with_key(&bytes).finish());
        assert!(Credential::from_parts(CREDENTIAL_ID, &bytes).is_ok());
        let with = |position: usize, value: Value| {
            let mut members = members.clone();
            members[position].1 = value;
            members
        };
        for alg in ids {
            assert_eq!(accepted(&with(1, Value::from(*alg))).cose_id(), *alg);
        }
        // Each number of a key has one length, except in RSA.
        for (position, (_, value)) in members.iter().enumerate() {
            let Some(number) = value.as_bytes().filter(|_| kind != KeyKind::Rsa) else { continue };
            let shorter = Value::Bytes(number[1..].to_vec());
            rejected(&with(position, shorter), ErrorKind::InvalidCoseKey);
            let longer = Value::Bytes([&number[..], &[0]].concat());
            rejected(&with(position, longer), ErrorKind::InvalidCoseKey);
        }
        // The same with another curve and with another key type.
        if let Some(own) = cose_numbers(kind).1 {
            for curve in (1..9).filter(|curve| *curve != own) {
                rejected(&with(2, Value::from(curve)), ErrorKind::AlgorithmKeyMismatch);
            }
        }
        let mut other = other.clone();
        other[1].1 = Value::from(id);
        rejected(&other, ErrorKind::AlgorithmKeyMismatch);
    }
}

#[test]
fn cose_05_es512_uses_p_521_with_66_byte_coordinates() {
    keys_of_one_kind(KeyKind::P521, &[-36, -52]);
    let numbers = key(Algorithm::Es512).public_numbers();
    let PublicNumbers::P521 { x, mut y } = numbers else { panic!("{numbers:?}") };
    y[65] ^= 1;
    off_curve(&ec2(-36, 3, &x, &y));
}

#[test]
fn cose_06_es256k_uses_secp256k1() {
    keys_of_one_kind(KeyKind::Secp256k1, &[-47]);
    if Algorithm::Es256k.is_compiled_in() {
        let (x, y) = p256();
        off_curve(&ec2(-47, 8, &x, &y));
    }
}

#[test]
fn cose_10_fully_specified_algorithms_use_the_same_keys() {
    keys_of_one_kind(KeyKind::P256, &[-7, -9]);
    keys_of_one_kind(KeyKind::P384, &[-35, -51]);
    keys_of_one_kind(KeyKind::P521, &[-36, -52]);
}

#[test]
fn cose_12_ed25519_is_accepted_by_its_own_number() {
    keys_of_one_kind(KeyKind::Ed25519, &[-8, -19]);
}

#[test]
fn cose_13_an_ed448_key_has_57_bytes() {
    keys_of_one_kind(KeyKind::Ed448, &[-53]);
    if Algorithm::Ed448.is_compiled_in() {
        off_curve(&okp(-53, 7, &[0xff; 57]));
        // The neutral element.
        off_curve(&okp(-53, 7, &core::array::from_fn::<u8, 57, _>(|i| u8::from(i == 0))));
    }
}

#[test]
fn cose_15_rsa_keys_are_accepted_with_every_padding_and_hash() {
    keys_of_one_kind(KeyKind::Rsa, &[-257, -258, -259, -37, -38, -39]);
}

#[test]
fn cose_19_ml_dsa_keys_have_the_type_akp() {
    for (kind, id) in [(KeyKind::MlDsa44, -48), (KeyKind::MlDsa65, -49), (KeyKind::MlDsa87, -50)] {
        keys_of_one_kind(kind, &[id]);
    }
    // Keys of another parameter set have the wrong length.
    if Algorithm::MlDsa44.is_compiled_in() {
        let akp = |alg: i64, length: usize| {
            vec![(1, Value::from(7)), (3, Value::from(alg)), (-1, Value::Bytes(vec![7; length]))]
        };
        accepted(&akp(-48, 1312));
        invalid(&akp(-48, 1952), "pub");
        invalid(&akp(-49, 2592), "pub");
        invalid(&akp(-50, 1312), "pub");
        let mut without = akp(-48, 1312);
        without.pop();
        invalid(&without, "pub");
    }
}

#[test]
fn cose_20_other_algorithms_are_reported_as_unsupported() {
    // ESB256, HMAC and unassigned numbers, then the algorithms that this build lacks, each with a
    // key.
    let (x, y) = p256();
    let mut unsupported = vec![
        ec2(-261, 256, &[1; 32], &[2; 32]),
        vec![(1, Value::from(4)), (3, Value::from(5)), (-1, Value::Bytes(vec![1; 32]))],
        ec2(0, 1, &x, &y),
        ec2(i64::MIN, 1, &x, &y),
        ec2(i64::MAX, 1, &x, &y),
    ];
    let left_out = Algorithm::ALL.iter().filter(|algorithm| !algorithm.is_compiled_in());
    unsupported.extend(left_out.map(|algorithm| ec2(algorithm.cose_id(), 1, &x, &y)));
    for members in unsupported {
        let failure = rejected(&members, ErrorKind::UnsupportedAlgorithm);
        let Some(alg) = members[1].1.as_integer() else { panic!() };
        let alg = i128::from(alg);
        assert!(failure.to_string().contains(&alg.to_string()), "{failure}");
        let stored = Credential::from_parts(CREDENTIAL_ID, &cose(&members)).unwrap_err();
        assert_eq!(stored.kind(), ErrorKind::UnsupportedAlgorithm);
        // A registration did not request them.
        let registration = Registering::with_key(&cose(&members)).finish();
        refused(registration, ErrorKind::AlgorithmNotRequested, Step::CredentialAlgorithm);
    }
}

#[test]
fn cose_07_compressed_points_are_rejected() {
    let mut members = es256();
    for y in [true, false] {
        members[4].1 = Value::Bool(y);
        invalid(&members, "y");
    }
}

#[test]
fn cose_08_coordinates_have_the_length_of_the_field() {
    // In one key, x begins with a zero byte. In the other key, y does.
    for (position, name) in [(3, "x"), (4, "y")] {
        let members = (1..u32::MAX)
            .filter_map(|number| {
                let scalar: [u8; 32] = core::array::from_fn(|i| match i {
                    28.. => number.to_be_bytes()[i - 28],
                    _ => 0,
                });
                match PrivateKey::es256(&scalar).ok()?.public_numbers() {
                    PublicNumbers::P256 { x, y } => Some(ec2(-7, 1, &x, &y)),
                    _ => None,
                }
            })
            .find(|members| members[position].1.as_bytes().is_some_and(|bytes| bytes[0] == 0));
        let mut members = members.unwrap();
        accepted(&members);
        passes(Registering::with_key(&cose(&members)).finish());
        let bytes = members[position].1.as_bytes().unwrap().clone();
        members[position].1 = Value::Bytes(bytes[1..].to_vec());
        invalid(&members, name);
        members[position].1 = Value::Bytes([&[0], &bytes[..]].concat());
        invalid(&members, name);
        assert!(bytes.len() == 32, "{name}");
    }
    let x = ed25519();
    invalid(&okp(-8, 6, &x[1..]), "x");
    invalid(&okp(-8, 6, &[&[0], &x[..]].concat()), "x");
}

#[test]
fn cose_09_a_key_must_be_a_point_on_its_curve() {
    let (x, y) = p256();
    passes(Registering::with_key(&cose(&es256())).finish());
    let mut next = y;
    next[31] ^= 1;
    off_curve(&ec2(-7, 1, &x, &next));
    off_curve(&ec2(-7, 1, &[0; 32], &[0; 32]));
    // The prime of the field, which is equal to zero modulo the prime. There is a point with x = 0.
    let prime = b"\xff\xff\xff\xff\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\
                  \xff\xff\xff\xff\xff\xff\xff\xff";
    let root_of_b = b"\x66\x48\x5c\x78\x0e\x2f\x83\xd7\x24\x33\xbd\x5d\x84\xa0\x6b\xb6\
                      \x54\x1c\x2a\xf3\x1d\xae\x87\x17\x28\xbf\x85\x6a\x17\x4f\x93\xf4";
    passes(Registering::with_key(&cose(&ec2(-7, 1, &[0; 32], root_of_b))).finish());
    off_curve(&ec2(-7, 1, prime, root_of_b));
    off_curve(&ec2(-7, 1, &[0xff; 32], &y));

    let (x, y) = p384();
    passes(Registering::with_key(&cose(&ec2(-35, 2, &x, &y))).finish());
    let mut next = y;
    next[47] ^= 1;
    off_curve(&ec2(-35, 2, &x, &next));
    off_curve(&ec2(-35, 2, &[0; 48], &[0; 48]));

    passes(Registering::with_key(&cose(&okp(-8, 6, &ed25519()))).finish());
    // No point has y = 2.
    off_curve(&okp(-8, 6, &core::array::from_fn::<u8, 32, _>(|i| if i == 0 { 2 } else { 0 })));
}

#[test]
fn cose_11_eddsa_means_ed25519_only() {
    assert_eq!(accepted(&okp(-8, 6, &ed25519())), Algorithm::EdDsa);
    rejected(&okp(-8, 7, &[1; 57]), ErrorKind::AlgorithmKeyMismatch);
    rejected(&okp(-8, 4, &[1; 32]), ErrorKind::AlgorithmKeyMismatch);
    invalid(&okp(-8, 6, &[1; 57]), "x");
    // This key type has no y.
    let mut members = okp(-8, 6, &ed25519());
    members.push((-3, Value::Bytes(vec![1; 32])));
    invalid(&members, "label");
}

#[test]
fn cose_14_rs256_uses_an_rsa_key() {
    let modulus = mersenne(2203);
    let good = rsa(-257, &modulus, &[1, 0, 1]);
    assert_eq!(accepted(&good), Algorithm::Rs256);
    let mut ec2_type = good.clone();
    ec2_type[0].1 = Value::from(2);
    invalid(&ec2_type, "crv");
    let (x, y) = p256();
    rejected(&ec2(-257, 1, &x, &y), ErrorKind::AlgorithmKeyMismatch);
    for (missing, field) in [(2, "n"), (3, "e")] {
        let mut members = good.clone();
        members.remove(missing);
        invalid(&members, field);
    }
}

#[test]
fn cose_16_a_modulus_has_2048_to_8192_bits_and_no_leading_zero() {
    for bits in [2048, 3482, 8192] {
        accepted(&rsa(-257, &mersenne(bits), &[1, 0, 1]));
    }
    for bits in [1024, 2047, 8193] {
        rejected(&rsa(-257, &mersenne(bits), &[1, 0, 1]), ErrorKind::InvalidCoseKey);
    }
    let padded = [&[0], &mersenne(2048)[..]].concat();
    rejected(&rsa(-257, &padded, &[1, 0, 1]), ErrorKind::InvalidCoseKey);
    rejected(&rsa(-257, b"", &[1, 0, 1]), ErrorKind::InvalidCoseKey);
    let registration = Registering::with_key(&cose(&rsa(-257, &padded, &[1, 0, 1]))).finish();
    refused(registration, ErrorKind::InvalidCoseKey, Step::CredentialAlgorithm);
}

#[test]
fn cose_17_an_exponent_is_odd_and_from_3_to_2_33() {
    let modulus = mersenne(2048);
    for good in [&[3][..], &[1, 0, 1], &[1, 255, 255, 255, 255]] {
        accepted(&rsa(-257, &modulus, good));
    }
    for bad in [&[1][..], &[2], &[0, 1, 0, 1], &[4], &[2, 0, 0, 0, 1], &[], &[0], &[1; 9]] {
        rejected(&rsa(-257, &modulus, bad), ErrorKind::InvalidCoseKey);
    }
}

#[test]
fn cose_18_rs1_is_never_the_algorithm_of_a_credential() {
    let key = rsa(-65535, &mersenne(2203), &[1, 0, 1]);
    rejected(&key, ErrorKind::WeakAlgorithm);
    let stored = Credential::from_parts(CREDENTIAL_ID, &cose(&key)).unwrap_err();
    assert_eq!(stored.kind(), ErrorKind::WeakAlgorithm);
    assert!(Algorithm::from_cose_id(-65535).is_none());
    // It cannot be requested, so a registration stops earlier.
    let registration = Registering::with_key(&cose(&key)).finish();
    refused(registration, ErrorKind::AlgorithmNotRequested, Step::CredentialAlgorithm);
}

#[test]
fn cose_20_the_record_keeps_the_key_byte_for_byte() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = key(algorithm).cose_key().unwrap();
        let registration = Registering::with_key(&bytes).finish().unwrap();
        assert_eq!(registration.credential().public_key(), bytes);
        let stored = serde_json::to_string(registration.credential()).unwrap();
        let read: Credential = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.public_key(), bytes);
        // The key also verifies a login.
        let mut login = LoggingIn::with_algorithm(algorithm);
        login.credential = read;
        passes(login.finish());
    }
}

#[test]
fn cbor_12_a_key_is_canonical() {
    let good = cose(&es256());
    CoseKey::parse(&good).unwrap();
    let mut swapped = es256();
    swapped.swap(0, 1);
    let failure = rejected(&swapped, ErrorKind::InvalidCbor);
    assert_eq!(failure.parse_error().unwrap().offset(), 3);
    let mut curve_first = es256();
    curve_first.swap(1, 2);
    rejected(&curve_first, ErrorKind::InvalidCbor);
    let mut twice = es256();
    twice.push(twice[4].clone());
    rejected(&twice, ErrorKind::InvalidCbor);
    let mut twice = es256();
    twice.insert(4, twice[3].clone());
    rejected(&twice, ErrorKind::InvalidCbor);

    // kty in two bytes, an indefinite map, and a tag around the key.
    let long = [&good[..2], &[0x18, 0x02], &good[3..]].concat();
    let indefinite = [&[0xbf], &good[1..], &[0xff]].concat();
    let tagged = [&[0xc2], &good[..]].concat();
    for (bytes, offset) in [(long, 2), (indefinite, 0), (tagged, 0)] {
        let failure = CoseKey::parse(&bytes).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::InvalidCbor);
        assert_eq!(failure.parse_error().unwrap().offset(), offset);
    }
}

#[test]
fn cbor_13_kb_60_a_cose_key_with_the_text_key_of_firefox_is_rejected() {
    let mut members = okp(-8, 6, &ed25519());
    members[0].1 = Value::from("OKP");
    members[2].1 = Value::from("Ed25519");
    members[3].1 = Value::Array(ed25519().into_iter().map(Value::from).collect());
    let mut bytes = cose(&members);
    CoseKey::parse(&cose(&okp(-8, 6, &ed25519()))).unwrap();
    assert_eq!(CoseKey::parse(&bytes).unwrap_err().kind(), ErrorKind::InvalidCoseKey);
    // The header counts one pair too few, as received.
    bytes[0] = 0xa3;
    assert_eq!(CoseKey::parse(&bytes).unwrap_err().kind(), ErrorKind::InvalidCoseKey);
}

#[test]
fn kb_09_a_key_is_parsed_even_if_nothing_is_signed() {
    for (garbage, kind, step) in [
        (&b"\xa0"[..], ErrorKind::InvalidCoseKey, Step::CredentialAlgorithm),
        (b"\x01", ErrorKind::InvalidAuthenticatorData, Step::AttestationObject),
        (b"\xa2\x01\x02\x03\x26", ErrorKind::InvalidCoseKey, Step::CredentialAlgorithm),
        (b"\xff", ErrorKind::InvalidCbor, Step::AttestationObject),
    ] {
        refused(Registering::with_key(garbage).finish(), kind, step);
    }
    let mut registration = Registering::with_key(&key(Algorithm::Rs256).cose_key().unwrap());
    passes(registration.finish());
    registration.request = registration.request.algorithms(&[Algorithm::Es256]);
    let kind = ErrorKind::AlgorithmNotRequested;
    refused(registration.finish(), kind, Step::CredentialAlgorithm);
    let other = attested(UP, CREDENTIAL_ID, &key(Algorithm::Es256).cose_key().unwrap());
    registration.attestation_object =
        Registering::with_authenticator_data(&other).attestation_object;
    passes(registration.finish());
}
