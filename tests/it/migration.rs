//! Keys in the formats of other libraries are converted into the COSE_Key that the authenticator
//! wrote.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, ErrorKind, Failure, KeyKind, KeyMaterial,
    RegistrationRequest, RegistrationResponse, Step, UserVerification, migrate, signature,
};
use webauthn_verify_authenticator::{
    AttestationKind, AuthenticatorDataBuilder, ClientDataBuilder, PublicNumbers,
    SoftwareAuthenticator, der,
};

use crate::common::messages::{
    self, CHALLENGE, LoggingIn, ORIGIN, RP_ID, UP, USER_HANDLE, base64url, key, passes, refused,
};

const EC: [KeyKind; 4] = [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Secp256k1];

/// Returns the public numbers of a key. They are derived only once, because RSA keys are slow.
fn numbers(algorithm: Algorithm) -> PublicNumbers {
    static MADE: Mutex<BTreeMap<i64, PublicNumbers>> = Mutex::new(BTreeMap::new());
    let made = || key(algorithm).public_numbers();
    MADE.lock().unwrap().entry(algorithm.cose_id()).or_insert_with(made).clone()
}

fn cose(algorithm: Algorithm) -> Vec<u8> {
    numbers(algorithm).cose_key(algorithm.cose_id()).unwrap()
}

fn point(algorithm: Algorithm) -> Vec<u8> {
    numbers(algorithm).subject_public_key()
}

fn spki(algorithm: Algorithm) -> Vec<u8> {
    numbers(algorithm).subject_public_key_info()
}

fn pem(label: &str, der: &[u8], line: usize, end: &str) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(line).map(|l| str::from_utf8(l).unwrap()).collect();
    let body = lines.join(end);
    format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----{end}")
}

/// Returns the key as a JSON Web Key. It has no `alg`, except for the key type that requires it.
fn jwk(algorithm: Algorithm) -> Value {
    let ec = |crv: &str, x: &[u8], y: &[u8]| json!({ "kty": "EC", "crv": crv, "x": base64url(x), "y": base64url(y) });
    let okp = |crv: &str, x: &[u8]| json!({ "kty": "OKP", "crv": crv, "x": base64url(x) });
    match numbers(algorithm) {
        PublicNumbers::P256 { x, y } => ec("P-256", &x, &y),
        PublicNumbers::P384 { x, y } => ec("P-384", &x, &y),
        PublicNumbers::P521 { x, y } => ec("P-521", &x, &y),
        PublicNumbers::Secp256k1 { x, y } => ec("secp256k1", &x, &y),
        PublicNumbers::Ed25519 { x } => okp("Ed25519", &x),
        PublicNumbers::Ed448 { x } => okp("Ed448", &x),
        PublicNumbers::Rsa { modulus, exponent } => {
            json!({ "kty": "RSA", "n": base64url(&modulus), "e": base64url(&exponent) })
        }
        PublicNumbers::MlDsa44 { public_key }
        | PublicNumbers::MlDsa65 { public_key }
        | PublicNumbers::MlDsa87 { public_key } => {
            json!({ "kty": "AKP", "alg": algorithm.as_str(), "pub": base64url(&public_key) })
        }
        other => unreachable!("{other:?}"),
    }
}

fn with(mut jwk: Value, member: &str, value: Value) -> String {
    jwk[member] = value;
    jwk.to_string()
}

#[track_caller]
fn fails(result: Result<Vec<u8>, Failure>, kind: ErrorKind, text: &str) {
    let failure = result.unwrap_err();
    assert_eq!(failure.kind(), kind, "{failure}");
    assert!(failure.to_string().contains(text), "{failure}");
}

#[test]
fn rec_01_every_form_of_a_key_converts_to_the_original_cose_bytes() {
    let mut forms = 0;
    for algorithm in Algorithm::compiled_in() {
        let expected = cose(algorithm);
        let mut check = |form: &str, result: Result<Vec<u8>, Failure>| {
            assert_eq!(result.as_ref(), Ok(&expected), "{algorithm} from {form}");
            forms += 1;
        };
        if EC.contains(&algorithm.key_kind()) {
            check("SEC 1", migrate::from_sec1(&point(algorithm), algorithm));
        }
        let der = spki(algorithm);
        check("DER", migrate::from_spki_der(&der, algorithm));
        let material = *CoseKey::parse(&expected).unwrap().public_key().material();
        check("own DER", migrate::from_spki_der(&material.to_spki_der(), algorithm));
        for (line, end) in [(64, "\n"), (64, "\r\n"), (76, "\n"), (1, "\r\n"), (9999, "\n")] {
            let text = pem("PUBLIC KEY", &der, line, end);
            check("PEM", migrate::from_spki_pem(&text, algorithm));
            check("PEM without a last end", migrate::from_spki_pem(text.trim_end(), algorithm));
        }
        let jwk = jwk(algorithm);
        check("JWK", migrate::from_jwk(&jwk.to_string(), algorithm));
        let named = with(jwk.clone(), "alg", json!(algorithm.as_str()));
        check("JWK with alg", migrate::from_jwk(&named, algorithm));
        check("JWK with alg alone", migrate::from_jwk(&named, None));
        let mut more = jwk;
        for (member, value) in
            [("kid", json!("1")), ("use", json!("sig")), ("key_ops", json!(["verify"]))]
        {
            more[member] = value;
        }
        check("JWK with more", migrate::from_jwk(&format!(" {more}\r\n"), algorithm));
    }
    assert!(forms >= 16 * Algorithm::compiled_in().count(), "{forms}");
}

#[test]
fn rec_01_the_algorithm_follows_from_the_key_except_for_rsa() {
    for algorithm in Algorithm::compiled_in() {
        let usual = match algorithm.key_kind() {
            KeyKind::P256 => Algorithm::Es256,
            KeyKind::P384 => Algorithm::Es384,
            KeyKind::P521 => Algorithm::Es512,
            KeyKind::Ed25519 => Algorithm::EdDsa,
            _ => algorithm,
        };
        let forms = [
            migrate::from_spki_der(&spki(algorithm), None),
            migrate::from_spki_pem(&pem("PUBLIC KEY", &spki(algorithm), 64, "\n"), None),
            migrate::from_jwk(&jwk(algorithm).to_string(), None),
        ];
        for form in forms {
            if algorithm.key_kind() == KeyKind::Rsa {
                let text = "an RSA key does not determine its algorithm; name the algorithm";
                fails(form, ErrorKind::AlgorithmKeyMismatch, text);
            } else {
                let form = form.unwrap();
                let key = CoseKey::parse(&form).unwrap();
                assert_eq!(key.public_key().algorithm(), usual);
                let written = cose(algorithm);
                let written = CoseKey::parse(&written).unwrap();
                assert_eq!(key.public_key().material(), written.public_key().material());
            }
        }
    }
}

#[test]
fn cose_02_a_key_is_rejected_with_an_algorithm_of_another_kind() {
    for algorithm in Algorithm::compiled_in() {
        for other in Algorithm::compiled_in() {
            let same = other.key_kind() == algorithm.key_kind();
            let mut results = vec![migrate::from_spki_der(&spki(algorithm), other)];
            // A JSON Web Key with the type AKP names its algorithm.
            results.push(migrate::from_jwk(&jwk(algorithm).to_string(), other));
            for result in results {
                match result {
                    Ok(_) => assert!(same, "{algorithm} as {other}"),
                    Err(failure) => {
                        assert!(!same, "{algorithm} as {other}: {failure}");
                        assert_eq!(failure.kind(), ErrorKind::AlgorithmKeyMismatch);
                    }
                }
            }
        }
    }
    let p256 = point(Algorithm::Es256);
    for algorithm in [Algorithm::EdDsa, Algorithm::Rs256] {
        let text = "are not SEC 1 points";
        fails(migrate::from_sec1(&p256, algorithm), ErrorKind::AlgorithmKeyMismatch, text);
    }
    let short = "SEC 1 point, x, at byte 65: the input ends too early";
    fails(migrate::from_sec1(&p256[..65], Algorithm::Es512), ErrorKind::InvalidCoseKey, short);
    let long = migrate::from_sec1(&point(Algorithm::Es384), Algorithm::Es256);
    fails(long, ErrorKind::TrailingBytes, "at byte 65");
}

#[cfg(not(all(feature = "k256", feature = "ed448", feature = "ml-dsa")))]
#[test]
fn an_algorithm_that_is_not_compiled_in_is_named() {
    let missing = Algorithm::ALL.iter().find(|algorithm| !algorithm.is_compiled_in()).unwrap();
    let mut material = vec![1; 32];
    let material = match missing.key_kind() {
        KeyKind::Secp256k1 => KeyMaterial::Secp256k1 { x: &[1; 32], y: &[1; 32] },
        KeyKind::MlDsa44 => {
            material.resize(1312, 1);
            KeyMaterial::MlDsa44 { public_key: material[..].try_into().unwrap() }
        }
        _ => KeyMaterial::Ed448 { x: &[1; 57] },
    };
    let result = migrate::from_spki_der(&material.to_spki_der(), *missing);
    fails(result, ErrorKind::UnsupportedAlgorithm, "is not compiled in");
}

#[test]
fn cose_07_08_09_sec1_points_must_be_uncompressed_complete_and_on_the_curve() {
    for algorithm in Algorithm::compiled_in().filter(|a| EC.contains(&a.key_kind())) {
        let point = point(algorithm);
        let from = |bytes: &[u8]| migrate::from_sec1(bytes, algorithm);
        for length in 1..point.len() {
            fails(from(&point[..length]), ErrorKind::InvalidCoseKey, "the input ends too early");
        }
        let trailing = [&point[..], &[0]].concat();
        fails(from(&trailing), ErrorKind::TrailingBytes, "the input should end here");
        let (malformed, x) = (ErrorKind::InvalidCoseKey, &point[1..point.len() / 2 + 1]);
        for sign in [2, 3] {
            let compressed = [&[sign][..], x].concat();
            fails(from(&compressed), malformed, "at byte 0: a compressed point; convert it");
        }
        fails(from(&[0]), malformed, "the point at infinity is not a public key");
        let hybrid = [&[6 | point[point.len() - 1] & 1], &point[1..]].concat();
        fails(from(&hybrid), malformed, "an uncompressed point begins with 04");
        let mut off = point.clone();
        *off.last_mut().unwrap() ^= 1;
        fails(from(&off), ErrorKind::PointNotOnCurve, "");
        // An additional zero byte before x, and one byte too few.
        let padded = [&[4, 0], &point[1..]].concat();
        fails(from(&padded), ErrorKind::TrailingBytes, "");
    }
}

#[test]
fn cose_09_points_off_the_curve_are_rejected_in_every_form() {
    for algorithm in Algorithm::compiled_in() {
        let off_der = match algorithm.key_kind() {
            KeyKind::Rsa | KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => continue,
            KeyKind::Ed25519 | KeyKind::Ed448 => {
                // The neutral element, which has small order.
                let mut der = spki(algorithm);
                let length = if algorithm.key_kind() == KeyKind::Ed448 { 57 } else { 32 };
                let start = der.len() - length;
                der[start..].fill(0);
                der[start] = 1;
                der
            }
            _ => {
                let mut der = spki(algorithm);
                *der.last_mut().unwrap() ^= 1;
                der
            }
        };
        let kind = ErrorKind::PointNotOnCurve;
        fails(migrate::from_spki_der(&off_der, algorithm), kind, "");
        let text = pem("PUBLIC KEY", &off_der, 64, "\n");
        fails(migrate::from_spki_pem(&text, algorithm), kind, "");
        let mut jwk = jwk(algorithm);
        let member = if EC.contains(&algorithm.key_kind()) { "y" } else { "x" };
        let length = if EC.contains(&algorithm.key_kind()) {
            (point(algorithm).len() - 1) / 2
        } else {
            point(algorithm).len()
        };
        jwk[member] = json!(base64url(&off_der[off_der.len() - length..]));
        fails(migrate::from_jwk(&jwk.to_string(), algorithm), kind, "");
    }
}

#[test]
fn a_truncated_or_extended_subject_public_key_info_is_rejected_at_the_offset() {
    for algorithm in Algorithm::compiled_in() {
        let der = spki(algorithm);
        for length in 0..der.len() {
            let failure = migrate::from_spki_der(&der[..length], algorithm).unwrap_err();
            let error = failure.parse_error().unwrap();
            assert_eq!(failure.kind(), ErrorKind::InvalidCoseKey, "{failure}");
            assert!(error.offset() <= length, "{failure}");
        }
        let trailing = [&der[..], &[0]].concat();
        fails(migrate::from_spki_der(&trailing, algorithm), ErrorKind::TrailingBytes, "at byte");
    }
}

/// Builds a SubjectPublicKeyInfo from these parts.
fn info(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    der::sequence(&[der::sequence(algorithm), der::bit_string(0, key)])
}

#[test]
fn a_subject_public_key_info_needs_the_exact_algorithm_identifier_of_its_key() {
    let ec = || der::object_identifier(&[1, 2, 840, 10045, 2, 1]);
    let p256 = || der::object_identifier(&[1, 2, 840, 10045, 3, 1, 7]);
    let rsa = || der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 1]);
    let ed25519 = || der::object_identifier(&[1, 3, 101, 112]);
    let (es256, eddsa, rs256) = (Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256);
    let (malformed, unsupported) = (ErrorKind::InvalidCoseKey, ErrorKind::UnsupportedAlgorithm);
    let (point, edwards, rsa_numbers) = (point(es256), point(eddsa), point(rs256));

    assert_eq!(migrate::from_spki_der(&info(&[ec(), p256()], &point), es256), Ok(cose(es256)));
    let from = |parts: &[Vec<u8>], key: &[u8], algorithm: Algorithm| {
        migrate::from_spki_der(&info(parts, key), algorithm)
    };
    let p224 = der::object_identifier(&[1, 3, 132, 0, 33]);
    fails(from(&[ec(), p224], &point, es256), unsupported, "the curve 1.3.132.0.33");
    let explicit = der::sequence(&[der::integer(&[1])]);
    fails(from(&[ec(), explicit], &point, es256), malformed, "only named curves are accepted");
    fails(from(&[ec()], &point, es256), malformed, "only named curves are accepted");
    fails(from(&[ec(), p256(), der::null()], &point, es256), ErrorKind::TrailingBytes, "");
    let x25519 = der::object_identifier(&[1, 3, 101, 110]);
    fails(from(&[x25519], &edwards, eddsa), unsupported, "the algorithm 1.3.101.110");
    let joint = der::object_identifier(&[2, 999, 3]);
    fails(from(&[joint], &edwards, eddsa), unsupported, "the algorithm 2.999.3");
    let pss = der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 10]);
    fails(from(&[pss], &rsa_numbers, Algorithm::Ps256), unsupported, "write it as rsaEncryption");
    let parameters = "parameters that this algorithm does not have";
    fails(from(&[rsa()], &rsa_numbers, rs256), malformed, parameters);
    fails(from(&[rsa(), der::sequence(&[[0u8; 0]])], &rsa_numbers, rs256), malformed, parameters);
    fails(from(&[ed25519(), der::null()], &edwards, eddsa), malformed, parameters);
    fails(from(&[], &point, es256), malformed, "the input ends too early");

    // Unused bits, a third element, and no bit string.
    let bits = der::sequence(&[der::sequence(&[ec(), p256()]), der::bit_string(4, &point)]);
    fails(migrate::from_spki_der(&bits, es256), malformed, "the key must not have unused bits");
    let algorithm = der::sequence(&[ec(), p256()]);
    let third = der::sequence(&[algorithm.clone(), der::bit_string(0, &point), der::null()]);
    fails(migrate::from_spki_der(&third, es256), ErrorKind::TrailingBytes, "");
    let no_bits = der::sequence(&[algorithm, der::null()]);
    fails(migrate::from_spki_der(&no_bits, es256), malformed, "an unexpected DER tag");
    // Lengths that are not minimal.
    let der = spki(es256);
    let long = [&[0x30, 0x81], &der[1..]].concat();
    fails(migrate::from_spki_der(&long, es256), malformed, "not minimal");
    let compressed = [&[2], &point[1..33]].concat();
    let result = from(&[ec(), p256()], &compressed, es256);
    fails(result, malformed, "at byte 26: a compressed point");
}

#[test]
fn cose_16_17_numbers_of_rsa_keys_are_checked_in_every_form() {
    let PublicNumbers::Rsa { modulus, exponent } = numbers(Algorithm::Rs256) else { panic!() };
    let rs256 = Algorithm::Rs256;
    let identifier = [der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 1]), der::null()];
    let from = |n: Vec<u8>, e: Vec<u8>| {
        migrate::from_spki_der(&info(&identifier, &der::sequence(&[n, e])), rs256)
    };
    let good = || (der::integer(&modulus), der::integer(&exponent));
    assert_eq!(from(good().0, good().1), Ok(cose(rs256)));
    let malformed = ErrorKind::InvalidCoseKey;
    let padded = der::value(2, &[&[0, 0], &modulus[..]].concat());
    fails(from(padded, good().1), malformed, "an integer that is not DER");
    let negative = der::value(2, &[0x80, 1]);
    fails(from(good().0, negative), malformed, "publicExponent");
    fails(from(good().0, der::value(2, &[0x80, 1])), malformed, "a negative number");
    fails(from(good().0, der::value(2, &[])), malformed, "an integer that is not DER");
    fails(from(good().0, der::integer(&[2])), malformed, "not an odd number of at least 3");
    fails(from(good().0, der::integer(&[0])), malformed, "not an odd number of at least 3");
    fails(from(der::integer(&[0]), good().1), malformed, "the RSA modulus is empty");
    fails(from(der::integer(&modulus[200..]), good().1), malformed, "shorter than 2048 bits");
    let numbers = der::sequence(&[good().0, good().1, der::null()]);
    let result = migrate::from_spki_der(&info(&identifier, &numbers), rs256);
    fails(result, ErrorKind::TrailingBytes, "");
    let numbers = [der::sequence(&[good().0, good().1]), der::null()].concat();
    let result = migrate::from_spki_der(&info(&identifier, &numbers), rs256);
    fails(result, ErrorKind::TrailingBytes, "");

    let padded = base64url(&[&[0], &modulus[..]].concat());
    let result = migrate::from_jwk(&with(jwk(rs256), "n", json!(padded)), rs256);
    fails(result, malformed, "an RSA number has a leading zero byte");
    let result = migrate::from_jwk(&with(jwk(rs256), "e", json!("AAEAAQ")), rs256);
    fails(result, malformed, "an RSA number has a leading zero byte");
    let short = base64url(&modulus[200..]);
    let result = migrate::from_jwk(&with(jwk(rs256), "n", json!(short)), rs256);
    fails(result, malformed, "shorter than 2048 bits");
}

/// A private scalar that belongs to no key and must not appear in an error.
const SECRET: [u8; 32] = *b"this is the secret of nobody....";

#[test]
fn private_keys_are_recognized_and_rejected_in_every_form_and_never_shown() {
    let ec = der::sequence(&[
        der::object_identifier(&[1, 2, 840, 10045, 2, 1]),
        der::object_identifier(&[1, 2, 840, 10045, 3, 1, 7]),
    ]);
    let secret = der::octet_string(&SECRET);
    let pkcs8 = der::sequence(&[der::integer(&[0]), ec.clone(), secret.clone()]);
    let pkcs8_v2 = der::sequence(&[der::integer(&[1]), ec.clone(), secret.clone()]);
    let sec1 = der::sequence(&[der::integer(&[1]), secret.clone()]);
    let pkcs1 = der::sequence(&[der::integer(&[0]), der::integer(&SECRET), der::integer(&[3])]);
    let encrypted = der::sequence(&[ec, secret]);
    let public_pkcs1 = point(Algorithm::Rs256);
    let malformed = ErrorKind::InvalidCoseKey;
    let check = |result: Result<Vec<u8>, Failure>, text: &str| {
        let failure = result.clone().unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(!shown.contains("secret of nobody") && !shown.contains(&base64url(&SECRET)));
        fails(result, malformed, text);
    };
    for private in [&pkcs8, &pkcs8_v2, &sec1, &pkcs1] {
        let text = "a private key; pass only the public key";
        check(migrate::from_spki_der(private, None), text);
        check(migrate::from_spki_pem(&pem("PUBLIC KEY", private, 64, "\n"), None), text);
        for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            check(migrate::from_spki_pem(&pem(label, private, 64, "\n"), None), text);
        }
    }
    check(migrate::from_spki_der(&encrypted, None), "an encrypted private key");
    let labelled = pem("ENCRYPTED PRIVATE KEY", &encrypted, 64, "\n");
    check(migrate::from_spki_pem(&labelled, None), "a private key");
    check(
        migrate::from_spki_der(&public_pkcs1, Algorithm::Rs256),
        "a PKCS #1 RSAPublicKey; wrap it",
    );
    let labelled = pem("RSA PUBLIC KEY", &public_pkcs1, 64, "\n");
    check(
        migrate::from_spki_pem(&labelled, Algorithm::Rs256),
        "a PKCS #1 RSAPublicKey; convert it",
    );

    let secret = json!(base64url(&SECRET));
    let text = "only private or secret keys have this member; pass only the public key";
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
        for algorithm in Algorithm::compiled_in() {
            check(migrate::from_jwk(&with(jwk(algorithm), member, secret.clone()), None), text);
            check(migrate::from_jwk(&with(jwk(algorithm), member, json!([])), None), text);
        }
    }
    let escaped = jwk(Algorithm::Es256).to_string().replace('{', r#"{"\u0064":"AA","#);
    check(migrate::from_jwk(&escaped, None), text);
    check(migrate::from_jwk(r#"{"kty":"oct"}"#, None), "a secret key");
}

#[test]
fn pem_is_accepted_in_one_form_only() {
    let es256 = Algorithm::Es256;
    let good = pem("PUBLIC KEY", &spki(es256), 64, "\n");
    let malformed = ErrorKind::InvalidCoseKey;
    let refuse =
        |text: String, reason: &str| fails(migrate::from_spki_pem(&text, es256), malformed, reason);
    for length in 0..good.len() - 1 {
        let failure = migrate::from_spki_pem(&good[..length], es256).unwrap_err();
        let error = failure.parse_error().unwrap();
        assert!(error.offset() <= length, "{failure}");
        assert_eq!(failure.kind(), malformed, "{failure}");
    }
    let begin = "does not begin with a line";
    refuse(format!("\n{good}"), begin);
    refuse(format!(" {good}"), begin);
    refuse(format!("subject=alice\n{good}"), begin);
    refuse(good.replace("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY----- "), begin);
    refuse(good.replace("PUBLIC KEY", "CERTIFICATE"), "a certificate; pass only its public key");
    refuse(good.replace("PUBLIC KEY", "public key"), "the label is not \"PUBLIC KEY\"");
    refuse(good.replace("END PUBLIC KEY", "END KEY"), "not \"-----END PUBLIC KEY-----\"");
    refuse(good.replace("-----END PUBLIC KEY-----\n", ""), "the END line is missing");
    refuse(good.replacen('\n', "\n\n", 1), "at byte 27: an empty line");
    refuse(good.replacen('\n', "\n ", 1), "at byte 27: not a base64 character");
    refuse(good.replacen('\n', "\nProc-Type: 4\n", 1), "not a base64 character");
    refuse(good.replace('M', "-"), "not");
    refuse(good.replace('\n', "\\n"), begin);
    refuse(good.replace('\n', "\r"), begin);
    // 91 bytes end with two characters of padding.
    assert!(good.contains("==\n-----END"));
    refuse(good.replace("==\n", "\n"), "bits or padding");
    refuse(good.replace("==\n", "=\n"), "bits or padding");
    refuse(good.replace("==\n", "==A=\n"), "bits or padding");
    let at = good.find("==\n").unwrap();
    let mut bits = good.clone().into_bytes();
    bits[at - 1] += 1;
    refuse(String::from_utf8(bits).unwrap(), "bits or padding");
    let trailing = ErrorKind::TrailingBytes;
    for behind in ["\n", " ", &good] {
        let text = format!("{good}{behind}");
        let result = migrate::from_spki_pem(&text, es256);
        assert_eq!(result.as_ref().unwrap_err().field(), None);
        fails(result, trailing, &format!("at byte {}", good.len()));
    }
    let inside = pem("PUBLIC KEY", &[&spki(es256)[..], &[0]].concat(), 64, "\n");
    fails(migrate::from_spki_pem(&inside, es256), trailing, "SubjectPublicKeyInfo, at byte 91");
    let long = "A".repeat(65 * 1024);
    fails(migrate::from_spki_pem(&long, es256), ErrorKind::InputTooLarge, "64 KiB");
    fails(migrate::from_jwk(&long, es256), ErrorKind::InputTooLarge, "64 KiB");
}

#[test]
fn a_json_web_key_that_is_truncated_or_not_an_object_is_malformed() {
    let es256 = Algorithm::Es256;
    let malformed = ErrorKind::InvalidCoseKey;
    let text = jwk(es256).to_string();
    for length in 0..text.len() {
        let failure = migrate::from_jwk(&text[..length], es256).unwrap_err();
        let error = failure.parse_error().unwrap();
        assert_eq!((failure.kind(), error.structure()), (malformed, "JWK"), "{failure}");
        assert!(error.offset() <= length, "{failure}");
    }
    fails(migrate::from_jwk(&format!("{text}x"), es256), malformed, "text follows the end");
    fails(migrate::from_jwk("[]", es256), malformed, "not a JSON object");
    let many = (0..70).fold(jwk(es256), |mut jwk, number| {
        jwk[format!("z{number}")] = json!(1);
        jwk
    });
    fails(migrate::from_jwk(&many.to_string(), es256), malformed, "more than 64 members");
    let nested = format!("{{\"z\":{}{}}}", "[".repeat(40), "]".repeat(40));
    fails(migrate::from_jwk(&nested, es256), ErrorKind::InputTooLarge, "nested too deeply");
}

#[test]
fn json_web_keys_need_each_member_once_as_a_string() {
    let malformed = ErrorKind::InvalidCoseKey;
    for algorithm in Algorithm::compiled_in() {
        let jwk = jwk(algorithm);
        for (member, value) in jwk.as_object().unwrap() {
            let mut without = jwk.clone();
            without.as_object_mut().unwrap().remove(member);
            let result = migrate::from_jwk(&without.to_string(), algorithm);
            fails(result, malformed, &format!("{member}: the member is missing"));
            let twice = jwk.to_string().replacen('{', &format!("{{\"{member}\":{value},"), 1);
            fails(migrate::from_jwk(&twice, algorithm), malformed, "a member occurs twice");
            let number = migrate::from_jwk(&with(jwk.clone(), member, json!(1)), algorithm);
            fails(number, malformed, &format!("JWK, {member}, at byte"));
        }
    }
    // Member names with escapes are the same names.
    let es256 = Algorithm::Es256;
    let text = jwk(es256).to_string();
    let escaped = text.replace("\"kty\"", "\"\\u006bty\"");
    assert_eq!(migrate::from_jwk(&escaped, es256), Ok(cose(es256)));
    let twice = text.replacen('{', "{\"\\u0078\":\"AA\",", 1);
    fails(migrate::from_jwk(&twice, es256), malformed, "a member occurs twice");
}

#[test]
fn the_numbers_of_a_json_web_key_have_their_length_and_no_padding() {
    for algorithm in Algorithm::compiled_in() {
        let jwk = jwk(algorithm);
        for member in ["x", "y", "pub"] {
            let Some(text) = jwk.get(member).map(|value| value.as_str().unwrap()) else { continue };
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap();
            // One byte less or more, at the start and at the end.
            let lengths = [
                bytes[1..].to_vec(),
                bytes[..bytes.len() - 1].to_vec(),
                [&[0], &bytes[..]].concat(),
                [&bytes[..], &[0]].concat(),
                Vec::new(),
            ];
            for wrong in lengths {
                let wrong = with(jwk.clone(), member, json!(base64url(&wrong)));
                let result = migrate::from_jwk(&wrong, algorithm);
                fails(result, ErrorKind::InvalidCoseKey, &format!("{member}: "));
            }
            let padded = with(jwk.clone(), member, json!(format!("{text}=")));
            let kind = ErrorKind::InvalidBase64Url;
            fails(migrate::from_jwk(&padded, algorithm), kind, "padding is not allowed here");
        }
    }
}

#[test]
fn the_members_of_a_json_web_key_fit_its_type() {
    let (malformed, unsupported) = (ErrorKind::InvalidCoseKey, ErrorKind::UnsupportedAlgorithm);
    let changed = |member: &str, value: Value| {
        migrate::from_jwk(&with(jwk(Algorithm::Es256), member, value), Algorithm::Es256)
    };
    fails(changed("kty", json!("ec")), unsupported, "kty: \"ec\"");
    fails(changed("crv", json!("P-224")), unsupported, "\"P-224\" in a key of type \"EC\"");
    fails(changed("crv", json!("Ed25519")), unsupported, "\"Ed25519\" in a key of type \"EC\"");
    fails(changed("crv", json!("P-384")), malformed, "x: 32 bytes, but this kind of key has 48");
    fails(changed("n", json!("AQAB")), malformed, "n: not a member of P-256 keys");
    fails(changed("pub", json!("AQAB")), malformed, "pub: not a member of P-256 keys");
    fails(changed("use", json!("enc")), malformed, "use: \"enc\" is not \"sig\"");
    let okp = with(jwk(Algorithm::EdDsa), "y", json!("AA"));
    fails(migrate::from_jwk(&okp, None), malformed, "y: not a member of Ed25519 keys");
}

#[test]
fn the_alg_of_a_json_web_key_must_match() {
    let stated = |algorithm: Algorithm, alg: &str| with(jwk(algorithm), "alg", json!(alg));
    let mismatch = ErrorKind::AlgorithmKeyMismatch;
    let result = migrate::from_jwk(&stated(Algorithm::Rs256, "PS256"), Algorithm::Rs256);
    fails(result, mismatch, "the key names PS256, but the call names RS256");
    fails(
        migrate::from_jwk(&stated(Algorithm::Es256, "ES384"), None),
        mismatch,
        "ES384 with a key",
    );
    let result = migrate::from_jwk(&stated(Algorithm::Es256, "ES384"), Algorithm::Es256);
    fails(result, mismatch, "the key names ES384, but the call names ES256");
    let unsupported = ErrorKind::UnsupportedAlgorithm;
    let result = migrate::from_jwk(&stated(Algorithm::Es256, "ECDH-ES"), Algorithm::Es256);
    fails(result, unsupported, "alg: \"ECDH-ES\"");
    let result = migrate::from_jwk(&stated(Algorithm::Rs256, "RS256"), None);
    assert_eq!(result, Ok(cose(Algorithm::Rs256)));
    // If an algorithm has two names, the one in the call counts.
    let result = migrate::from_jwk(&stated(Algorithm::EdDsa, "EdDSA"), Algorithm::Ed25519);
    assert_eq!(result, migrate::from_spki_der(&spki(Algorithm::EdDsa), Algorithm::Ed25519));
    let result = migrate::from_jwk(&stated(Algorithm::Es256, "ES256"), Algorithm::Esp256);
    assert_eq!(result, migrate::from_spki_der(&spki(Algorithm::Es256), Algorithm::Esp256));
    // In JOSE, EdDSA stands for both curves.
    if Algorithm::Ed448.is_compiled_in() {
        let ed448 = stated(Algorithm::Ed448, "EdDSA");
        assert_eq!(migrate::from_jwk(&ed448, None), Ok(cose(Algorithm::Ed448)));
        assert_eq!(migrate::from_jwk(&ed448, Algorithm::Ed448), Ok(cose(Algorithm::Ed448)));
    }
    if Algorithm::MlDsa44.is_compiled_in() {
        let akp = stated(Algorithm::MlDsa44, "ES256");
        fails(migrate::from_jwk(&akp, None), mismatch, "P-256 does not use keys of type AKP");
        let akp = stated(Algorithm::MlDsa44, "ML-DSA-65");
        fails(migrate::from_jwk(&akp, None), ErrorKind::InvalidCoseKey, "1312 bytes, but");
    }
}

/// Returns inputs with changed bytes, the same ones in each run.
fn mutations(input: &[u8], rounds: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..rounds).map(move |_| {
        let mut bytes = input.to_vec();
        for _ in 0..=random() % 3 {
            // Most of the structure is at the beginning.
            let span = if random() % 2 == 0 { bytes.len().min(48) } else { bytes.len() };
            let place = usize::try_from(random() % span.max(1) as u64).unwrap();
            match random() % 4 {
                0 => bytes[place] ^= 1 << (random() % 8),
                1 => bytes[place] = random().to_le_bytes()[0],
                2 => drop(bytes.remove(place)),
                _ => bytes.insert(place, random().to_le_bytes()[0]),
            }
        }
        bytes
    })
}

/// Checks that an accepted key is valid and can be converted through every form.
fn is_a_whole_key(cose: &[u8]) {
    let key = CoseKey::parse(cose).unwrap();
    signature::validate_key(key.public_key()).unwrap();
    let algorithm = key.public_key().algorithm();
    let der = key.public_key().material().to_spki_der();
    assert_eq!(migrate::from_spki_der(&der, algorithm).unwrap(), cose);
    let _ = Credential::from_parts(b"id", cose).unwrap();
}

#[test]
fn changed_inputs_never_panic_and_accepted_ones_are_valid_keys() {
    let mut accepted = 0;
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Es512] {
        let der = spki(algorithm);
        for bytes in mutations(&der, 2000) {
            let result = migrate::from_spki_der(&bytes, algorithm);
            // DER encodings are unique, so different bytes are a different key.
            assert!(bytes == der || result != Ok(cose(algorithm)), "{bytes:02x?}");
            accepted += result.map_or(0, |cose| {
                is_a_whole_key(&cose);
                1
            });
        }
        let text = pem("PUBLIC KEY", &der, 64, "\n");
        let jwk = jwk(algorithm).to_string();
        for (text, read) in [
            (text, migrate::from_spki_pem as fn(&str, Option<Algorithm>) -> _),
            (jwk, migrate::from_jwk as fn(&str, Option<Algorithm>) -> _),
        ] {
            for bytes in mutations(text.as_bytes(), 2000) {
                let Ok(text) = str::from_utf8(&bytes) else { continue };
                let result: Result<Vec<u8>, Failure> = read(text, Some(algorithm));
                accepted += result.map_or(0, |cose| {
                    is_a_whole_key(&cose);
                    1
                });
            }
        }
        if EC.contains(&algorithm.key_kind()) {
            for bytes in mutations(&point(algorithm), 2000) {
                if let Ok(cose) = migrate::from_sec1(&bytes, algorithm) {
                    is_a_whole_key(&cose);
                    assert_eq!(bytes, point(algorithm), "any other point is off the curve");
                }
            }
        }
    }
    assert!(accepted > 100, "{accepted}");
}

const APP_ID: &str = "https://example.org/u2f.json";
const KEY_HANDLE: &[u8] = &[0xe5; 64];

/// Returns a login with a U2F key that was registered for `rp_id`.
fn u2f_login(rp_id: &str, counter: u32, user_handle: &[u8]) -> LoggingIn {
    let credential = Credential::from_u2f(KEY_HANDLE, &point(Algorithm::Es256)).unwrap();
    let credential = credential.with_sign_count(41);
    LoggingIn {
        request: AuthenticationRequest::for_user(user_handle, std::slice::from_ref(&credential))
            .user_verification(UserVerification::Discouraged)
            .challenge(&CHALLENGE)
            .app_id(APP_ID),
        client_data: ClientDataBuilder::get(&CHALLENGE, ORIGIN).build(),
        authenticator_data: AuthenticatorDataBuilder::new(rp_id, UP, counter).build(),
        credential,
        ..LoggingIn::new()
    }
}

/// Returns the response of a browser to a U2F key. It has no user handle, and it reports whether
/// the AppID was used.
fn u2f_body(login: &LoggingIn, app_id: Option<bool>) -> Value {
    let mut body = login.body();
    body["response"].as_object_mut().unwrap().remove("userHandle").unwrap();
    if let Some(used) = app_id {
        body["clientExtensionResults"]["appid"] = json!(used);
    }
    body
}

#[test]
fn ext_09_a_u2f_registration_signs_in_under_its_app_id() {
    let login = u2f_login(APP_ID, 42, USER_HANDLE);
    let credential = &login.credential;
    assert_eq!(credential.id(), KEY_HANDLE);
    assert_eq!(credential.public_key(), cose(Algorithm::Es256));
    assert_eq!((credential.user_handle(), credential.sign_count()), (None, 41));
    assert_eq!((credential.backup_eligible(), credential.uv_initialized()), (None, false));

    let (options, _) = login.rp.start_authentication(&login.request, messages::now()).unwrap();
    let options = serde_json::to_value(&options).unwrap();
    assert_eq!(options["publicKey"]["extensions"]["appid"], APP_ID);
    assert_eq!(options["publicKey"]["allowCredentials"][0]["id"], base64url(KEY_HANDLE));

    let verdict = login.finish_with(&u2f_body(&login, Some(true))).unwrap();
    assert_eq!(verdict.credential_id(), KEY_HANDLE);
    assert_eq!(verdict.update().sign_count(), 42);
    let mut stored = login.credential.clone();
    stored.apply(verdict.update()).unwrap();
    assert_eq!(stored.sign_count(), 42);

    // The AppID counts only if the browser reports it, and the counter must increase.
    let (kind, step) = (ErrorKind::RpIdHashMismatch, Step::RpIdHash);
    refused(login.finish_with(&u2f_body(&login, None)), kind, step);
    refused(login.finish_with(&u2f_body(&login, Some(false))), kind, step);
    let login = u2f_login(APP_ID, 41, USER_HANDLE);
    let result = login.finish_with(&u2f_body(&login, Some(true)));
    refused(result, ErrorKind::SignCountNotIncreased, Step::SignCount);
    // A key that was registered for the RP ID needs no AppID.
    let login = u2f_login(RP_ID, 42, USER_HANDLE);
    passes(login.finish_with(&u2f_body(&login, Some(false))));
}

/// The software authenticator registers a U2F key with the same data as the U2F API.
#[cfg_attr(
    not(all(feature = "attestation", feature = "getrandom")),
    ignore = "it needs attestation, and requests without a challenge"
)]
#[test]
fn u2f_03_a_u2f_key_is_the_same_from_its_attestation_and_from_its_parts() {
    let mut browser =
        SoftwareAuthenticator::from_seed(b"alice").with_attestation(AttestationKind::FidoU2f);
    let rp = messages::relying_party();
    let request = RegistrationRequest::security_key(&messages::user(), &[]);
    let (options, pending) = rp.start_registration(&request, messages::now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();
    let registration = rp.finish_registration(pending, &response, messages::now()).unwrap();
    let credential = registration.into_credential();
    let key = CoseKey::parse(credential.public_key()).unwrap();
    let KeyMaterial::P256 { x, y } = key.public_key().material() else { panic!() };
    let point = [&[4], &x[..], &y[..]].concat();
    let migrated = Credential::from_u2f(credential.id(), &point).unwrap();
    assert_eq!(migrated.id(), credential.id());
    assert_eq!(migrated.public_key(), credential.public_key());
    let account = [migrated];
    let request = AuthenticationRequest::for_user(USER_HANDLE, &account)
        .user_verification(UserVerification::Discouraged)
        .app_id(APP_ID);
    let (options, pending) = rp.start_authentication(&request, messages::now()).unwrap();
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    let response = webauthn_verify::AuthenticationResponse::from_json(body).unwrap();
    passes(rp.finish_authentication(pending, &response, &account, messages::now()));
}

#[test]
fn u2f_03_the_parts_of_a_u2f_registration_are_checked() {
    let point = point(Algorithm::Es256);
    let kind =
        |handle: &[u8], point: &[u8]| Credential::from_u2f(handle, point).unwrap_err().kind();
    assert_eq!(kind(b"", &point), ErrorKind::InvalidOptions);
    assert_eq!(kind(&[1; 1024], &point), ErrorKind::InvalidOptions);
    assert_eq!(kind(KEY_HANDLE, &point[..64]), ErrorKind::InvalidCoseKey);
    assert_eq!(kind(KEY_HANDLE, &point[1..]), ErrorKind::InvalidCoseKey);
    assert_eq!(kind(KEY_HANDLE, &[&point[..], &[0]].concat()), ErrorKind::TrailingBytes);
    assert_eq!(kind(KEY_HANDLE, &[&[4][..], &[1; 64]].concat()), ErrorKind::PointNotOnCurve);
}

/// Returns the error of each function that rejects this key.
fn everywhere(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let algorithm = Algorithm::Es256;
    let mut said = vec![
        ("from_parts", Credential::from_parts(b"ID", bytes).map(drop)),
        ("CoseKey::parse", CoseKey::parse(bytes).map(drop)),
        ("from_sec1", migrate::from_sec1(bytes, algorithm).map(drop)),
        ("from_spki_der", migrate::from_spki_der(bytes, algorithm).map(drop)),
    ];
    if let Ok(text) = str::from_utf8(bytes) {
        said.push(("from_spki_pem", migrate::from_spki_pem(text, algorithm).map(drop)));
        said.push(("from_jwk", migrate::from_jwk(text, algorithm).map(drop)));
    }
    let failed = |(function, result): (_, Result<(), Failure>)| {
        let failure = result.err()?;
        assert_eq!(failure.kind(), ErrorKind::InvalidCoseKey, "{function}: {failure}");
        assert!(failure.parse_error().is_some(), "{function}: {failure}");
        Some((function, failure.to_string()))
    };
    said.into_iter().filter_map(failed).collect()
}

/// Checks that the functions in `takes` accept these bytes, and that every other function rejects
/// them with an error that contains `text`.
#[track_caller]
fn told(bytes: impl AsRef<[u8]>, text: &str, takes: &[&str]) {
    let bytes = bytes.as_ref();
    let said = everywhere(bytes);
    let functions = if bytes.is_ascii() { 6 } else { 4 };
    assert_eq!(said.len() + takes.len(), functions, "{text}: {said:?}");
    for (function, said) in said {
        assert!(!takes.contains(&function));
        assert!(said.contains(text), "{function} says {said}, not {text}");
        assert!(!said.contains("secret of nobody"), "{said}");
    }
}

/// Returns the start of a certificate, which is enough to recognize it.
fn certificate() -> Vec<u8> {
    der::sequence(&[
        der::sequence(&[der::value(0xa0, &der::integer(&[2])), der::integer(&[7])]),
        der::sequence(&[der::object_identifier(&[1, 2, 840, 10045, 4, 3, 2])]),
        der::bit_string(0, b"signature"),
    ])
}

/// Returns the start of a private key, which is enough to recognize it.
fn private_key() -> Vec<u8> {
    der::sequence(&[der::integer(&[0]), der::null(), der::octet_string(&SECRET)])
}

#[test]
fn rec_01_for_a_key_in_another_form_the_error_names_the_function_to_call() {
    let es256 = Algorithm::Es256;
    told(
        cose(es256),
        "a COSE key; pass it to Credential::from_parts",
        &["from_parts", "CoseKey::parse"],
    );
    told(
        spki(es256),
        "a SubjectPublicKeyInfo in DER; pass it to migrate::from_spki_der",
        &["from_spki_der"],
    );
    told(
        pem("PUBLIC KEY", &spki(es256), 64, "\n"),
        "a public key in PEM; pass it to migrate::from_spki_pem",
        &["from_spki_pem"],
    );
    told(point(es256), "an uncompressed point; pass it to migrate::from_sec1", &["from_sec1"]);
    told(jwk(es256).to_string(), "a JSON Web Key; pass it to migrate::from_jwk", &["from_jwk"]);
}

#[test]
fn rec_01_for_an_unsupported_form_the_error_names_a_supported_one() {
    let (point, certificate, private) = (point(Algorithm::Es256), certificate(), private_key());
    let public_alone = "a certificate; pass only its public key";
    told(&certificate, public_alone, &[]);
    told(pem("CERTIFICATE", &certificate, 64, "\n"), public_alone, &[]);
    let not_private = "a private key; pass only the public key";
    told(&private, not_private, &[]);
    told(pem("EC PRIVATE KEY", &private, 64, "\n"), not_private, &[]);
    let compressed = [&[2], &point[1..33]].concat();
    told(compressed, "a compressed point; convert it to the uncompressed form, 04 x y", &[]);
    told(&point[1..], "put", &[]);
    let u2f = [&[5], &point[..], &[64], &[7; 64], &certificate, &[0x30; 70]].concat();
    told(u2f, "pass its key handle and its point to Credential::from_u2f", &[]);
}

#[test]
fn rec_01_for_a_key_written_as_text_the_error_explains_how_to_decode_it() {
    let es256 = Algorithm::Es256;
    let (cose, der, private) = (cose(es256), spki(es256), private_key());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let padded = |bytes: &[u8]| STANDARD.encode(bytes);
    told(base64url(&cose), "base64url text of a COSE key; decode it first", &[]);
    told(padded(&cose), "base64 text of a COSE key; decode it first", &[]);
    let from_parts = "decode it first, then pass the bytes to Credential::from_parts";
    told(hex(&cose), &format!("hexadecimal text of a COSE key; {from_parts}"), &[]);
    let database = format!("\\x{}", hex(&cose).to_uppercase());
    told(database, "hexadecimal text of a COSE key; decode it first", &[]);
    let from_spki = "decode it first, then pass the bytes to migrate::from_spki_der";
    told(padded(&der), &format!("text of a SubjectPublicKeyInfo; {from_spki}"), &[]);
    told(hex(&der), "hexadecimal text of a SubjectPublicKeyInfo; decode it first", &[]);
    let from_sec1 = "decode it first, then pass the bytes to migrate::from_sec1";
    let point = base64url(&point(es256));
    told(point, &format!("base64url text of an uncompressed point; {from_sec1}"), &[]);
    told(padded(&private), "text of a private key; pass only the public key", &[]);
    told(padded(&[0xff; 60]), "base64 text; decode it first", &[]);

    let as_numbers = "bytes written as numbers in JSON; convert them to bytes";
    told(serde_json::to_string(&cose).unwrap(), as_numbers, &[]);
    let object: serde_json::Map<String, Value> =
        cose.iter().enumerate().map(|(place, byte)| (place.to_string(), json!(byte))).collect();
    let object = format!("{{\"0\":165,{}", &Value::Object(object).to_string()[1..]);
    told(object, as_numbers, &[]);
}

#[test]
fn rec_01_an_empty_key_is_reported_as_empty_and_a_broken_one_with_its_reason() {
    let failure = Credential::from_parts(b"ID", b"").unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::InvalidCbor);
    assert!(failure.to_string().contains("the input is empty, so there is no key"), "{failure}");
    for result in [
        migrate::from_sec1(b"", Algorithm::Es256),
        migrate::from_spki_der(b"", None),
        migrate::from_spki_pem("", None),
        migrate::from_jwk("", None),
    ] {
        fails(result, ErrorKind::InvalidCoseKey, "the input is empty, so there is no key");
    }
    for algorithm in Algorithm::compiled_in() {
        let (cose, der) = (cose(algorithm), spki(algorithm));
        for length in 1..cose.len() {
            let failure = Credential::from_parts(b"ID", &cose[..length]).unwrap_err();
            assert_eq!(failure.kind(), ErrorKind::InvalidCbor, "{failure}");
        }
        for length in 1..der.len() {
            let text = migrate::from_spki_der(&der[..length], algorithm).unwrap_err().to_string();
            assert!(!text.contains("pass it to"), "{text}");
        }
    }
}

#[test]
fn rec_01_ceremony_errors_do_not_mention_other_forms() {
    let es256 = Algorithm::Es256;
    let text = base64url(&cose(es256));
    // A map with the length of two coordinates. It can be parsed up to its parameters.
    let map = [&b"\xa2\x03\x26\x05\x58\x3a"[..], &[0xe7; 58]].concat();
    let failure = CoseKey::parse(&map).unwrap_err();
    assert!(failure.to_string().contains("migrate::from_sec1"), "{failure}");
    for key in [&spki(es256)[..], &point(es256), text.as_bytes(), b"", &map] {
        let error = messages::Registering::with_key(key).finish().unwrap_err().to_string();
        assert!(!error.contains("migrate") && !error.contains("from_parts"), "{error}");
        assert!(!error.contains("decode it first") && !error.contains("empty"), "{error}");
    }
}
