//! A prepared key gives the same verdicts as the key. It can be stored and read back, and other
//! stored bytes are rejected.

#![allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use serde_json::{Value, json};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, Credential, ErrorKind, KeyKind, PreparedKey, Quirk, Step, signature,
};
use webauthn_verify_authenticator::PrivateKey;

use crate::common::messages::{self, CREDENTIAL_ID, LoggingIn, cose_numbers, key, passes, refused};

const MESSAGE: &[u8] = b"message";

fn cose(algorithm: Algorithm) -> Vec<u8> {
    key(algorithm).cose_key().unwrap()
}

fn prepared(algorithm: Algorithm) -> PreparedKey {
    CoseKey::parse(&cose(algorithm)).unwrap().public_key().prepare().unwrap()
}

fn kind<T>(result: Result<T, webauthn_verify::Failure>) -> Option<ErrorKind> {
    result.err().map(|failure| failure.kind())
}

/// The algorithms with precomputed multiples of a point, with the length of a coordinate, p in the
/// byte order of the table, and the number of coordinates.
fn with_tables() -> [(Algorithm, Vec<u8>, usize); 4] {
    let ones = |count: usize| vec![0xff; count];
    let p256 = [&ones(12)[..], &[0; 12], &[1, 0, 0, 0], &ones(4)].concat();
    let p384 = [&ones(4)[..], &[0; 8], &ones(4), &[0xfe], &ones(31)].concat();
    let p521 = [&ones(65)[..], &[1], &[0; 6]].concat();
    let ed25519 = [&[0xed][..], &ones(30), &[0x7f]].concat();
    [
        (Algorithm::Es256, p256, 128),
        (Algorithm::Es384, p384, 64),
        (Algorithm::Es512, p521, 64),
        (Algorithm::EdDsa, ed25519, 130),
    ]
}

/// Returns the length of the precomputed values.
fn table_length(kind: KeyKind) -> usize {
    match kind {
        KeyKind::P256 => 4096,
        KeyKind::P384 => 3072,
        KeyKind::P521 => 4608,
        KeyKind::Ed25519 => 4160,
        _ => 0,
    }
}

/// Returns a correct signature and several wrong ones.
fn signatures(algorithm: Algorithm) -> Vec<Vec<u8>> {
    let good = key(algorithm).sign(MESSAGE);
    let mut signatures = vec![
        good.clone(),
        key(algorithm).sign(b"another message"),
        Vec::new(),
        vec![0; good.len()],
        vec![0xff; good.len()],
        good[1..].to_vec(),
        good[..good.len() - 1].to_vec(),
        [&good[..], &[0]].concat(),
        b"\x30\x06\x02\x01\x00\x02\x01\x00".to_vec(),
        b"\x30\x06\x02\x01\x01\x02\x01\x01".to_vec(),
    ];
    for position in [0, 1, 2, 3, 4, good.len() / 2, good.len() - 1] {
        let mut changed = good.clone();
        changed[position] ^= 1;
        signatures.push(changed);
    }
    signatures
}

#[test]
fn a_key_gives_the_same_verdicts_plain_prepared_and_read_back() {
    for algorithm in Algorithm::compiled_in() {
        let cose = cose(algorithm);
        let key = CoseKey::parse(&cose).unwrap();
        let prepared = prepared(algorithm);
        let read_back = PreparedKey::from_bytes(&prepared.to_bytes()).unwrap();
        assert_eq!(read_back, prepared, "{algorithm}");
        assert_eq!(read_back.to_bytes(), prepared.to_bytes(), "{algorithm}");
        assert_eq!(read_back.clone(), prepared.clone());
        for prepared in [&prepared, &read_back] {
            let shown = format!("{prepared:?}");
            assert!(shown.contains(&format!("algorithm: {algorithm:?},")), "{shown}");
            assert_eq!(prepared.as_cose(), cose);
        }
        let mut valid = 0;
        for (number, signature) in signatures(algorithm).iter().enumerate() {
            for message in [MESSAGE, b"", b"message "] {
                let plain = signature::verify(key.public_key(), message, signature);
                valid += usize::from(plain.is_ok());
                let plain = plain.map_err(|failure| failure.to_string());
                for prepared in [&prepared, &read_back] {
                    let verdict = prepared.verify(message, signature);
                    let verdict = verdict.map_err(|failure| failure.to_string());
                    assert_eq!(verdict, plain, "{algorithm}, signature {number}");
                }
            }
        }
        assert_eq!(valid, 1, "{algorithm}");
    }
}

#[test]
fn only_keys_that_are_points_can_be_prepared() {
    let mut refused = 0;
    for algorithm in Algorithm::compiled_in() {
        let mut cose = cose(algorithm);
        let Some(last) = cose.last_mut() else { continue };
        *last ^= 1;
        let key = CoseKey::parse(&cose).and_then(|key| {
            let verdict = signature::validate_key(key.public_key());
            assert_eq!(kind(key.public_key().prepare()), kind(verdict), "{algorithm}");
            key.public_key().prepare()
        });
        if cose_numbers(algorithm.key_kind()).0 == 2 {
            assert_eq!(kind(key), Some(ErrorKind::PointNotOnCurve), "{algorithm}");
            refused += 1;
        }
    }
    // ES256, ES384, ES512 and their second names.
    assert!(refused >= 6, "{refused}");
}

#[test]
fn the_bytes_begin_with_version_length_and_key() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = prepared(algorithm).to_bytes();
        let cose = cose(algorithm);
        let length = u16::try_from(cose.len()).unwrap().to_be_bytes();
        assert_eq!(bytes[0], 1);
        assert_eq!(bytes[1..3], length);
        assert_eq!(&bytes[3..3 + cose.len()], cose);
        let table = table_length(algorithm.key_kind());
        assert_eq!(bytes.len(), 3 + cose.len() + table, "{algorithm}");
    }
}

#[test]
fn another_version_is_reported() {
    let mut bytes = prepared(Algorithm::Es256).to_bytes();
    for version in (0..=255).filter(|version| *version != 1) {
        bytes[0] = version;
        let failure = PreparedKey::from_bytes(&bytes).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::UnsupportedVersion);
        let text = format!("version {version}; this release reads 1");
        assert!(failure.to_string().contains(&text), "{failure}");
    }
}

#[test]
fn incomplete_bytes_are_rejected() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = prepared(algorithm).to_bytes();
        for length in 0..bytes.len() {
            let cut = PreparedKey::from_bytes(&bytes[..length]);
            assert_eq!(kind(cut), Some(ErrorKind::InvalidPreparedKey), "{algorithm}, {length}");
        }
        for behind in [1, 2, 32, 2048, 4096, 6144, 9216] {
            let longer = PreparedKey::from_bytes(&[&bytes[..], &vec![0; behind]].concat());
            assert_eq!(kind(longer), Some(ErrorKind::InvalidPreparedKey), "{algorithm}, {behind}");
        }
        // Another key length, followed by the same bytes.
        let length = u16::from_be_bytes([bytes[1], bytes[2]]);
        for other in (0..length).chain(length + 1..length + 200).chain([u16::MAX]) {
            let [high, low] = other.to_be_bytes();
            let mut changed = bytes.clone();
            (changed[1], changed[2]) = (high, low);
            assert!(PreparedKey::from_bytes(&changed).is_err(), "{algorithm}, {other}");
        }
    }
    let failure = PreparedKey::from_bytes(&[1, 0]).unwrap_err();
    assert!(failure.to_string().contains("the head is cut off"), "{failure}");
    let failure = PreparedKey::from_bytes(&[1, 0, 9, 0xa5]).unwrap_err();
    assert!(failure.to_string().contains("the key is cut off"), "{failure}");
    let failure = PreparedKey::from_bytes(&[1, 0, 1, 0xff]).unwrap_err();
    assert!(
        failure.kind() != ErrorKind::InvalidPreparedKey,
        "the error should be about the key: {failure}"
    );
}

#[test]
fn a_coordinate_that_is_not_below_p_is_rejected() {
    for (algorithm, p, coordinates) in with_tables() {
        let bytes = prepared(algorithm).to_bytes();
        assert_eq!(table_length(algorithm.key_kind()), coordinates * p.len());
        let table = bytes.len() - coordinates * p.len();
        for coordinate in 0..coordinates {
            let mut changed = bytes.clone();
            let start = table + p.len() * coordinate;
            changed[start..][..p.len()].copy_from_slice(&p);
            let result = PreparedKey::from_bytes(&changed);
            let expected = Some(ErrorKind::InvalidPreparedKey);
            assert_eq!(kind(result), expected, "{algorithm}, {coordinate}");
            // One less is below p.
            changed[start] -= 1;
            PreparedKey::from_bytes(&changed).unwrap();
            changed[start..][..p.len()].fill(0xff);
            let result = PreparedKey::from_bytes(&changed);
            assert_eq!(kind(result), expected, "{algorithm}, {coordinate}");
        }
    }
}

#[test]
fn a_changed_bit_never_panics() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = prepared(algorithm).to_bytes();
        let good = key(algorithm).sign(MESSAGE);
        let (mut valid, mut invalid, mut unread) = (0, 0, 0);
        // Tests every n-th bit with an odd step, so that each bit position of a coordinate occurs.
        let step = (8 * bytes.len() / 700) | 1;
        for bit in (0..8 * bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let Ok(prepared) = PreparedKey::from_bytes(&changed) else {
                unread += 1;
                continue;
            };
            assert_eq!(prepared.to_bytes(), changed, "{algorithm}, bit {bit}");
            match prepared.verify(MESSAGE, &good) {
                Ok(()) => valid += 1,
                Err(failure) => {
                    let expected = [ErrorKind::SignatureInvalid, ErrorKind::PointNotOnCurve];
                    assert!(expected.contains(&failure.kind()), "{algorithm}, {bit}: {failure}");
                    invalid += 1;
                }
            }
        }
        assert!(invalid > 0 && unread > 0, "{algorithm}: {valid} {invalid} {unread}");
        // Verification with a table does not use every entry, so some changes are not noticed. With
        // other keys, a signature stays valid only if the change gives the algorithm its other name.
        let has_table = table_length(algorithm.key_kind()) > 0;
        let expected = if has_table { 10..700 } else { 0..10 };
        assert!(expected.contains(&valid), "{algorithm}: {valid} {invalid} {unread}");
    }
}

#[test]
fn a_table_of_zeros_accepts_no_signature() {
    for (algorithm, ..) in with_tables() {
        let mut bytes = prepared(algorithm).to_bytes();
        let table = bytes.len() - table_length(algorithm.key_kind());
        bytes[table..].fill(0);
        let prepared = PreparedKey::from_bytes(&bytes).unwrap();
        for signature in signatures(algorithm) {
            let verdict = prepared.verify(MESSAGE, &signature);
            assert_eq!(kind(verdict), Some(ErrorKind::SignatureInvalid), "{algorithm}");
        }
    }
}

#[test]
fn a_key_is_written_as_authenticators_write_it() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = cose(algorithm);
        let key = CoseKey::parse(&bytes).unwrap();
        assert_eq!(key.public_key().to_cose(), bytes, "{algorithm}");
        // There is only one way to encode a key: if a bit differs, it is invalid or another key. So
        // the key of a record always equals the key in its prepared form.
        let mut others = 0;
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = CoseKey::parse(&changed) {
                assert_ne!(other.public_key(), key.public_key(), "{algorithm}, bit {bit}");
                assert_eq!(other.public_key().to_cose(), changed, "{algorithm}, bit {bit}");
                others += 1;
            }
        }
        assert!(others > 200, "{algorithm}");
    }
}

#[test]
fn prepared_keys_are_equal_if_their_keys_are() {
    let of = |algorithm: Algorithm, seed: &[u8]| {
        let key = PrivateKey::from_seed(algorithm.cose_id(), seed).unwrap();
        CoseKey::parse(&key.cose_key().unwrap()).unwrap().public_key().prepare().unwrap()
    };
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        assert_eq!(of(algorithm, b"one"), of(algorithm, b"one"));
        assert_ne!(of(algorithm, b"one"), of(algorithm, b"other"));
    }
}

#[test]
fn kb_114_debug_of_a_prepared_key_shows_algorithm_and_length() {
    let text = format!("{:?}", prepared(Algorithm::Es256));
    assert_eq!(text, "PreparedKey { algorithm: Es256, cose_key: 77 bytes, .. }");
}

/// Returns records of the key: plain, prepared, and prepared and read back.
fn records(algorithm: Algorithm) -> [Credential; 3] {
    let plain = Credential::from_parts(CREDENTIAL_ID, &cose(algorithm)).unwrap();
    let plain = plain.with_user_handle(messages::USER_HANDLE).unwrap();
    let prepared = plain.clone().with_prepared_key().unwrap();
    let text = serde_json::to_string(&prepared).unwrap();
    let read_back: Credential = serde_json::from_str(&text).unwrap();
    assert_eq!(read_back, prepared, "{algorithm}");
    [plain, prepared, read_back]
}

#[test]
fn rec_01_a_record_keeps_its_prepared_key() {
    for algorithm in Algorithm::compiled_in() {
        let [plain, prepared, read_back] = records(algorithm);
        assert_eq!(plain.prepared_key(), None);
        for record in [&prepared, &read_back] {
            let key = record.prepared_key().unwrap();
            assert_eq!(key.as_cose(), record.public_key());
            assert_eq!(messages::without_prepared_key(record), plain);
            assert_eq!(record.clone().with_prepared_key().unwrap(), prepared);
        }
        // Other changes of the record keep the prepared key.
        let grown = prepared.clone().with_sign_count(7).with_backup(true, true);
        assert_eq!(grown.prepared_key(), prepared.prepared_key());
        let mut value = serde_json::to_value(&prepared).unwrap();
        value.as_object_mut().unwrap().remove("prepared_key").unwrap();
        assert_eq!(serde_json::from_value::<Credential>(value).unwrap(), plain, "{algorithm}");
    }
}

#[test]
fn a_record_with_an_invalid_prepared_key_is_rejected() {
    let [_, prepared, _] = records(Algorithm::Es256);
    let read = |change: &dyn Fn(&mut Value)| {
        let mut value = serde_json::to_value(&prepared).unwrap();
        change(&mut value);
        serde_json::from_value::<Credential>(value).map_err(|error| error.to_string())
    };
    assert_eq!(read(&|_| ()).unwrap(), prepared);
    let other =
        PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"other").unwrap().cose_key().unwrap();
    let other = Credential::from_parts(CREDENTIAL_ID, &other).unwrap();
    let other = serde_json::to_value(other.with_prepared_key().unwrap()).unwrap();
    let error = read(&|value| value["prepared_key"] = other["prepared_key"].clone()).unwrap_err();
    assert!(error.contains("the prepared key does not match the key of the record"), "{error}");
    let error = read(&|value| value["public_key"] = other["public_key"].clone()).unwrap_err();
    assert!(error.contains("the prepared key does not match the key of the record"), "{error}");
    // The same point under the other name of its algorithm is another key.
    let name = serde_json::to_value(&records(Algorithm::Esp256)[1]).unwrap();
    let error = read(&|value| value["prepared_key"] = name["prepared_key"].clone()).unwrap_err();
    assert!(error.contains("the prepared key does not match the key of the record"), "{error}");
    let whole = serde_json::to_value(&prepared).unwrap();
    let text = whole["prepared_key"].as_str().unwrap();
    let cut = json!(text[..text.len() - 8]);
    let error = read(&|value| value["prepared_key"] = cut.clone()).unwrap_err();
    assert!(error.contains("the stored bytes are not a prepared key"), "{error}");
    let version = json!(text.replacen("AQ", "Ag", 1));
    let error = read(&|value| value["prepared_key"] = version.clone()).unwrap_err();
    assert!(error.contains("version 2; this release reads 1"), "{error}");
    assert!(read(&|value| value["prepared_key"] = json!("")).is_err());
    assert_eq!(read(&|value| value["prepared_key"] = json!(null)).unwrap().prepared_key(), None);
}

#[test]
fn auth_21_a_login_has_the_same_result_with_and_without_a_prepared_key() {
    for algorithm in Algorithm::compiled_in() {
        let mut login = LoggingIn::with_algorithm(algorithm);
        let other = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"other").unwrap();
        let good = login.key.sign(&login.signed());
        let wrong = [
            login.key.sign(MESSAGE),
            other.sign(&login.signed()),
            Vec::new(),
            [&good[..], &[0]].concat(),
            good[..good.len() - 1].to_vec(),
            vec![0x30; good.len()],
        ];
        let mut errors: Vec<Vec<String>> = Vec::new();
        for record in records(algorithm) {
            login.credential = record;
            passes(login.finish());
            let finish = |signature: &Vec<u8>| {
                login.finish_with(&login.body_with_signature(signature)).map(drop)
            };
            for signature in &wrong {
                refused(finish(signature), ErrorKind::SignatureInvalid, Step::Signature);
            }
            let texts = wrong.iter().map(|signature| finish(signature).unwrap_err().to_string());
            errors.push(texts.collect());
        }
        assert!(errors.iter().all(|texts| *texts == errors[0]), "{algorithm}: {errors:#?}");
    }
}

#[test]
fn auth_21_a_login_is_verified_with_the_prepared_key() {
    let mut login = LoggingIn::new();
    let [plain, prepared, _] = records(Algorithm::Es256);
    let mut value = serde_json::to_value(&prepared).unwrap();
    let text = value["prepared_key"].as_str().unwrap().to_owned();
    // All entries of the table are zero, so only code that uses the table fails.
    let (head, table) = text.split_at(text.len() - 2700);
    value["prepared_key"] = json!([head, &"A".repeat(table.len())].concat());
    login.credential = serde_json::from_value(value).unwrap();
    refused(login.finish(), ErrorKind::SignatureInvalid, Step::Signature);
    login.credential = plain;
    passes(login.finish());
}

#[test]
fn sig_03_a_quirk_also_applies_to_a_prepared_key() {
    let mut login = LoggingIn::new();
    let [plain, prepared, read_back] = records(Algorithm::Es256);
    let good = login.key.sign(&login.signed());
    let padded = {
        let mut padded = good.clone();
        padded[1] += 1;
        padded[3] += 1;
        padded.insert(4, 0);
        padded
    };
    let rp = login.rp.clone();
    for record in [plain, prepared, read_back] {
        login.credential = record;
        login.rp = rp.clone();
        let body = login.body_with_signature(&padded);
        refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
        login.rp = rp.clone().allow_quirks([Quirk::NonMinimalDerIntegers]);
        passes(login.finish_with(&body));
    }
}
