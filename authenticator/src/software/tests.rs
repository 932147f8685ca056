//! Tests that parse the responses of the software authenticator.

use p256::ecdsa::signature::Verifier;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use x509_parser::prelude::*;

use super::*;
use crate::algorithm::{EDDSA, ES256, ES384, RS256};

const ORIGIN: &str = "https://example.com";

/// The members that exist only in attestation of an RSA key.
const RSA_FIELDS: [&str; 3] = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];

fn alice() -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"alice")
}

fn creation(algorithms: &[i64]) -> Value {
    let parameters = |alg: &i64| json!({ "type": "public-key", "alg": alg });
    json!({
        "publicKey": {
            "rp": { "id": "example.com", "name": "Example" },
            "user": {
                "id": base64url::encode(b"user handle"),
                "name": "alice",
                "displayName": "Alice",
            },
            "challenge": base64url::encode(&[1; 32]),
            "pubKeyCredParams": algorithms.iter().map(parameters).collect::<Vec<_>>(),
        },
    })
}

/// Returns options for a login with the credentials of these registrations. An empty list allows
/// any credential.
fn request(allowed: &[&Value]) -> Value {
    json!({
        "publicKey": {
            "challenge": base64url::encode(&[2; 32]),
            "rpId": "example.com",
            "allowCredentials": descriptors(allowed),
        },
    })
}

fn descriptors(registered: &[&Value]) -> Vec<Value> {
    let descriptor = |registered: &&Value| json!({ "type": "public-key", "id": registered["id"] });
    registered.iter().map(descriptor).collect()
}

fn json(response: Result<String, AuthenticatorError>) -> Value {
    serde_json::from_str(&response.unwrap()).unwrap()
}

/// Returns the bytes of a member of `response`.
fn member(json: &Value, name: &str) -> Vec<u8> {
    base64url::decode(json["response"][name].as_str().unwrap()).unwrap()
}

fn attestation_object(json: &Value) -> Vec<(ciborium::Value, ciborium::Value)> {
    let bytes = member(json, "attestationObject");
    let value: ciborium::Value = ciborium::from_reader(&bytes[..]).unwrap();
    value.into_map().unwrap()
}

fn signed(json: &Value) -> Vec<u8> {
    let mut signed = member(json, "authenticatorData");
    signed.extend(client_data_hash(&member(json, "clientDataJSON")));
    signed
}

/// Reads a P-256 key from the end of its `SubjectPublicKeyInfo`.
fn es256(info: &[u8]) -> p256::ecdsa::VerifyingKey {
    p256::ecdsa::VerifyingKey::from_sec1_bytes(&info[info.len() - 65..]).unwrap()
}

fn verify_es256(key: &p256::ecdsa::VerifyingKey, message: &[u8], der: &[u8]) -> bool {
    // SEQUENCE { INTEGER r, INTEGER s }
    let r_length = usize::from(der[3]);
    let number = |bytes: &[u8]| {
        let mut number = [0; 32];
        for (to, from) in number.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        number
    };
    let (r, s) = (number(&der[4..4 + r_length]), number(&der[6 + r_length..]));
    let signature = p256::ecdsa::Signature::from_scalars(r, s).unwrap();
    key.verify(message, &signature).is_ok()
}

#[test]
fn a_login_uses_the_registered_credential() {
    let mut alice = alice();
    let registered = json(alice.register(&creation(&[ES256]), ORIGIN));
    assert_eq!(registered["id"], registered["rawId"]);
    assert_eq!(registered["type"], "public-key");
    assert_eq!(registered["response"]["publicKeyAlgorithm"], -7);
    let client_data: Value =
        serde_json::from_slice(&member(&registered, "clientDataJSON")).unwrap();
    assert_eq!(client_data["type"], "webauthn.create");
    assert_eq!(client_data["challenge"], base64url::encode(&[1; 32]));
    assert_eq!(client_data["origin"], ORIGIN);

    let object = attestation_object(&registered);
    assert_eq!(object[0].1.as_text(), Some("none"));
    let authenticator_data = object[2].1.as_bytes().unwrap();
    assert_eq!(*authenticator_data, member(&registered, "authenticatorData"));
    assert_eq!(authenticator_data[..32], *Sha256::digest("example.com"));
    assert_eq!(authenticator_data[32..37], [0x45, 0, 0, 0, 1]);
    assert_eq!(authenticator_data[37..53], AAGUID);
    assert_eq!(base64url::encode(&authenticator_data[55..87]), registered["id"]);

    for count in 2..4 {
        let login = json(alice.authenticate(&request(&[&registered]), ORIGIN));
        assert_eq!(login["id"], registered["id"]);
        assert_eq!(member(&login, "userHandle"), b"user handle");
        assert_eq!(member(&login, "authenticatorData")[32..], [0x05, 0, 0, 0, count]);
        let key = es256(&member(&registered, "publicKey"));
        assert!(verify_es256(&key, &signed(&login), &member(&login, "signature")));
    }
}

#[test]
fn packed_attestation_leads_to_the_root() {
    let mut alice = alice().with_attestation(AttestationKind::PackedX5c).with_aaguid([7; 16]);
    let registered = json(alice.register(&creation(&[EDDSA]), ORIGIN));
    let object = attestation_object(&registered);
    assert_eq!(object[0].1.as_text(), Some("packed"));
    let statement = object[1].1.as_map().unwrap();
    let signature = statement[1].1.as_bytes().unwrap();
    let certificates = statement[2].1.as_array().unwrap();
    let (_, certificate) = X509Certificate::from_der(certificates[0].as_bytes().unwrap()).unwrap();
    let key = es256(certificate.public_key().raw);
    assert!(verify_es256(&key, &signed(&registered), signature));
    let aaguid = [&[0x04, 16][..], &[7; 16]].concat();
    assert!(certificate.extensions().iter().any(|extension| extension.value == aaguid));

    let (_, root) = X509Certificate::from_der(alice.attestation_root()).unwrap();
    assert_eq!(certificate.issuer(), root.subject());
    let key = es256(root.public_key().raw);
    let signature = &certificate.signature_value.data;
    assert!(verify_es256(&key, certificate.tbs_certificate.as_ref(), signature));
    let signature = &root.signature_value.data;
    assert!(verify_es256(&key, root.tbs_certificate.as_ref(), signature));
}

#[test]
fn a_u2f_key_has_the_limits_of_u2f() {
    let mut alice = alice().with_attestation(AttestationKind::FidoU2f).with_backup(true, true);
    let registered = json(alice.register(&creation(&[EDDSA, ES256]), ORIGIN));
    assert_eq!(registered["response"]["publicKeyAlgorithm"], -7);
    let object = attestation_object(&registered);
    assert_eq!(object[0].1.as_text(), Some("fido-u2f"));
    let authenticator_data = member(&registered, "authenticatorData");
    assert_eq!(authenticator_data[32], 0x41);
    assert_eq!(authenticator_data[37..53], [0; 16]);
    let public_key = member(&registered, "publicKey");
    let message = [
        &[0],
        &authenticator_data[..32],
        &client_data_hash(&member(&registered, "clientDataJSON")),
        &authenticator_data[55..87],
        &public_key[public_key.len() - 65..],
    ]
    .concat();
    let statement = object[1].1.as_map().unwrap();
    let certificates = statement[1].1.as_array().unwrap();
    let (_, certificate) = X509Certificate::from_der(certificates[0].as_bytes().unwrap()).unwrap();
    let key = es256(certificate.public_key().raw);
    assert!(verify_es256(&key, &message, statement[0].1.as_bytes().unwrap()));

    assert!(alice.authenticate(&request(&[]), ORIGIN).is_err());
    let login = json(alice.authenticate(&request(&[&registered]), ORIGIN));
    assert_eq!(login["response"].get("userHandle"), None);
    assert_eq!(member(&login, "authenticatorData")[32], 0x01);
}

#[test]
fn flags_follow_the_settings() {
    let flags = |mut alice: SoftwareAuthenticator| {
        let registered = json(alice.register(&creation(&[EDDSA]), ORIGIN));
        member(&registered, "authenticatorData")[32]
    };
    assert_eq!(flags(alice()), 0x45);
    assert_eq!(flags(alice().with_user_verified(false)), 0x41);
    assert_eq!(flags(alice().with_backup(true, false)), 0x4d);
    assert_eq!(flags(alice().with_backup(true, true)), 0x5d);
    assert_eq!(flags(alice().with_backup(false, true)), 0x45);
}

#[test]
fn the_same_seed_gives_the_same_responses() {
    let responses = |seed: &[u8]| {
        let mut authenticator = SoftwareAuthenticator::from_seed(seed);
        let options = creation(&[EDDSA]);
        [
            authenticator.register(&options, ORIGIN).unwrap(),
            authenticator.register(&options, ORIGIN).unwrap(),
            authenticator.authenticate(&request(&[]), ORIGIN).unwrap(),
        ]
    };
    assert_eq!(responses(b"alice"), responses(b"alice"));
    assert_ne!(responses(b"alice"), responses(b"bob"));
    let [first, second, _] = responses(b"alice");
    assert_ne!(first, second);
    let random = || SoftwareAuthenticator::random().unwrap().attestation_root().to_vec();
    assert_ne!(random(), random());
}

#[test]
fn the_newest_allowed_credential_is_used() {
    let mut alice = alice();
    let first = json(alice.register(&creation(&[EDDSA]), ORIGIN));
    let second = json(alice.register(&creation(&[EDDSA]), ORIGIN));
    let mut answer =
        |allowed: &[&Value]| json(alice.authenticate(&request(allowed), ORIGIN))["id"].clone();
    assert_eq!(answer(&[]), second["id"]);
    assert_eq!(answer(&[&first]), first["id"]);
    assert_eq!(answer(&[&second, &first]), second["id"]);
    let mut elsewhere = request(&[]);
    elsewhere["publicKey"]["rpId"] = json!("example.org");
    assert!(alice.authenticate(&elsewhere, "https://example.org").is_err());
}

#[test]
fn the_algorithm_is_the_first_supported_or_the_one_set() {
    let algorithm = |alice: SoftwareAuthenticator, requested: &[i64]| {
        let registered = json(alice.clone().register(&creation(requested), ORIGIN));
        registered["response"]["publicKeyAlgorithm"].as_i64().unwrap()
    };
    let requested = [EDDSA, ES384, ES256];
    assert_eq!(algorithm(alice(), &requested), -8);
    assert_eq!(algorithm(alice(), &requested[1..]), -35);
    assert_eq!(algorithm(alice().with_algorithm(ES256), &requested), -7);
}

#[test]
fn errors_name_the_exception_of_a_browser() {
    let mut alice = alice().with_algorithm(ES256);
    let message = |response: Result<String, AuthenticatorError>| response.unwrap_err().to_string();
    assert_eq!(
        message(alice.register(&creation(&[EDDSA]), ORIGIN)),
        "the options request no algorithm that the authenticator supports \
         (a browser reports NotSupportedError)"
    );
    assert_eq!(
        message(alice.authenticate(&request(&[]), ORIGIN)),
        "the authenticator has no credential that the options allow \
         (a browser reports NotAllowedError)"
    );
    let registered = json(alice.register(&creation(&[ES256]), ORIGIN));
    let mut excluding = creation(&[ES256]);
    excluding["publicKey"]["excludeCredentials"] = descriptors(&[&registered]).into();
    assert_eq!(
        message(alice.register(&excluding, ORIGIN)),
        "the authenticator has a credential that the options exclude \
         (a browser reports InvalidStateError)"
    );
}

#[test]
fn a_fault_changes_only_the_next_response() {
    std::thread::scope(|threads| {
        for &kind in AttestationKind::ALL {
            threads.spawn(move || every_fault_changes_the_next_registration(kind));
        }
    });
}

fn every_fault_changes_the_next_registration(kind: AttestationKind) {
    let unbroken = alice().with_attestation(kind);
    for fault in Fault::all() {
        // AlgorithmNotRequested needs a supported algorithm that is not requested, so ES256 is
        // requested only if the attestation requires it. Some members of TPM structures exist only
        // for RSA keys.
        let requested = match (kind, &fault) {
            (AttestationKind::Tpm, Fault::AttestationField(field))
                if RSA_FIELDS.contains(field) =>
            {
                RS256
            }
            _ => [EDDSA, ES384, ES256]
                .into_iter()
                .find(|algorithm| kind.supports(*algorithm))
                .unwrap(),
        };
        let mut whole = unbroken.clone();
        let mut broken = unbroken.clone();
        broken.break_next(fault.clone());
        let options = creation(&[requested]);
        if !fault.applies_to_registration(kind) {
            assert!(broken.register(&options, ORIGIN).is_err(), "{fault:?}");
            // The failed call used up the fault and changed nothing else.
            assert_eq!(broken.register(&options, ORIGIN), whole.register(&options, ORIGIN));
            continue;
        }
        let expected = whole.register(&options, ORIGIN).unwrap();
        match (&fault, broken.register(&options, ORIGIN)) {
            (Fault::AlgorithmNotRequested, Err(_)) => {
                assert_eq!(requested, ES256, "{kind:?}");
            }
            (Fault::BackedUpButNotEligible, response) => {
                let response = json(response);
                assert_eq!(member(&response, "authenticatorData")[32] & 0x18, 0x10);
            }
            (Fault::UserNotVerified, response) if kind == AttestationKind::FidoU2f => {
                assert_eq!(response.unwrap(), expected);
            }
            (_, response) => assert_ne!(response.unwrap(), expected, "{fault:?}"),
        }
    }
}

#[test]
fn a_broken_login_has_a_valid_signature_unless_the_signature_is_the_fault() {
    let mut unbroken = alice();
    let registered = json(unbroken.register(&creation(&[ES256]), ORIGIN));
    let key = es256(&member(&registered, "publicKey"));
    let mut applicable = 0;
    for fault in Fault::all() {
        let mut broken = unbroken.clone();
        broken.break_next(fault.clone());
        let response = broken.authenticate(&request(&[]), ORIGIN);
        if !fault.applies_to_authentication() {
            assert!(response.is_err(), "{fault:?}");
            continue;
        }
        applicable += 1;
        assert_ne!(response, unbroken.clone().authenticate(&request(&[]), ORIGIN));
        let response = json(response);
        let verifies = verify_es256(&key, &signed(&response), &member(&response, "signature"));
        assert_eq!(verifies, fault != Fault::AssertionSignature, "{fault:?}");
        let first = broken.authenticate(&request(&[]), ORIGIN);
        assert!(first.is_ok(), "only the next response is broken");
    }
    assert_eq!(applicable, 19);
}

#[test]
fn public_key_off_curve_gives_a_point_off_the_curve() {
    let mut alice = alice();
    for algorithm in [ES256, ES384, EDDSA] {
        alice.break_next(Fault::PublicKeyOffCurve);
        let registered = json(alice.register(&creation(&[algorithm]), ORIGIN));
        let info = member(&registered, "publicKey");
        let point = |length: usize| &info[info.len() - length..];
        match algorithm {
            ES256 => {
                assert!(p256::ecdsa::VerifyingKey::from_sec1_bytes(point(65)).is_err());
            }
            ES384 => {
                assert!(p384::ecdsa::VerifyingKey::from_sec1_bytes(point(97)).is_err());
            }
            _ => {
                let point = point(32).try_into().unwrap();
                assert!(ed25519_dalek::VerifyingKey::from_bytes(&point).is_err());
            }
        }
    }
}

#[test]
fn cred_props_are_returned_if_requested() {
    let registered = json(alice().register(&creation(&[EDDSA]), ORIGIN));
    assert_eq!(registered["clientExtensionResults"], json!({}));
    let mut asking = creation(&[EDDSA]);
    asking["publicKey"]["extensions"] = json!({ "credProps": true });
    let registered = json(alice().register(&asking, ORIGIN));
    assert_eq!(registered["clientExtensionResults"], json!({ "credProps": { "rk": true } }));
}

#[test]
fn an_unknown_algorithm_is_an_error() {
    let error = alice().with_algorithm(1).register(&creation(&[ES256]), ORIGIN).unwrap_err();
    assert!(error.to_string().contains("COSE number 1"), "{error}");
    let error = alice().register(&creation(&[1]), ORIGIN).unwrap_err();
    assert_eq!(error.exception(), Some("NotSupportedError"));
}

#[test]
fn options_can_be_a_value_or_a_string_with_or_without_public_key() {
    let options = creation(&[EDDSA]);
    let expected = alice().register(&options, ORIGIN).unwrap();
    assert_eq!(alice().register(&options["publicKey"], ORIGIN), Ok(expected.clone()));
    assert_eq!(alice().register(&options.to_string(), ORIGIN), Ok(expected.clone()));
    assert_eq!(alice().register(options["publicKey"].to_string().as_str(), ORIGIN), Ok(expected));
}

#[test]
fn the_rp_id_must_fit_the_origin_in_both_ceremonies() {
    let mut alice = alice();
    let elsewhere = "https://example.org";
    let exception = |result: Result<String, AuthenticatorError>| result.unwrap_err().exception();
    assert_eq!(exception(alice.register(&creation(&[EDDSA]), elsewhere)), Some("SecurityError"));
    assert!(alice.register(&creation(&[EDDSA]), ORIGIN).is_ok());
    assert_eq!(exception(alice.authenticate(&request(&[]), elsewhere)), Some("SecurityError"));
    let mut alice = alice.with_related_origins([elsewhere]);
    assert!(alice.register(&creation(&[EDDSA]), elsewhere).is_ok());
    assert!(alice.authenticate(&request(&[]), elsewhere).is_ok());
}

#[test]
fn extensions_of_the_other_ceremony_are_not_answered() {
    let mut alice = alice();
    let mut options = creation(&[EDDSA]);
    options["publicKey"]["extensions"] = json!({ "appid": ORIGIN, "getCredBlob": true });
    let registered = json(alice.register(&options, ORIGIN));
    assert_eq!(registered["clientExtensionResults"], json!({}));
    let mut options = request(&[]);
    options["publicKey"]["extensions"] = json!({ "appidExclude": ORIGIN, "credProps": true });
    let login = json(alice.authenticate(&options, ORIGIN));
    assert_eq!(login["clientExtensionResults"], json!({}));
}

#[test]
fn a_blob_that_is_too_long_is_not_stored() {
    let answer = |length: usize| {
        let mut options = creation(&[EDDSA]);
        let blob = base64url::encode(&vec![7; length]);
        options["publicKey"]["extensions"] = json!({ "credBlob": blob });
        json(alice().register(&options, ORIGIN))["clientExtensionResults"]["credBlob"].clone()
    };
    assert_eq!((answer(32), answer(33)), (json!(true), json!(false)));
}

#[test]
fn a_large_blob_can_be_read_after_it_was_written() {
    let mut alice = alice();
    let registered = json(alice.register(&creation(&[EDDSA]), ORIGIN));
    let mut answer = |input: Value| {
        let mut options = request(&[&registered]);
        options["publicKey"]["extensions"] = json!({ "largeBlob": input });
        json(alice.authenticate(&options, ORIGIN))["clientExtensionResults"].clone()
    };
    assert_eq!(answer(json!({ "read": true })), json!({ "largeBlob": {} }));
    assert_eq!(answer(json!({ "write": "AQID" })), json!({ "largeBlob": { "written": true } }));
    assert_eq!(answer(json!({ "read": true })), json!({ "largeBlob": { "blob": "AQID" } }));
    assert_eq!(answer(json!({ "read": false })), json!({}));
}

#[test]
fn any_page_can_confirm_a_payment() {
    let mut alice = alice();
    let registered = json(alice.register(&creation(&[ES256]), ORIGIN));
    let data = json!({
        "challenge": base64url::encode(&[3; 32]),
        "rpId": "example.com",
        "credentialIds": [registered["id"]],
        "payeeName": "The shop",
        "instrument": { "displayName": "Card", "icon": "https://example.com/card.png" },
    });
    let options = json!({
        "methodData": [{ "supportedMethods": "secure-payment-confirmation", "data": data }],
        "details": { "total": { "label": "x", "amount": { "currency": "EUR", "value": "1" } } },
    });
    let shop = "https://shop.example";
    let confirmed = json(alice.confirm_payment(&options, shop, "https://top.example"));
    assert_eq!(confirmed["id"], registered["id"]);
    assert_eq!(confirmed["clientExtensionResults"], json!({ "payment": {} }));
    let client_data: Value = serde_json::from_slice(&member(&confirmed, "clientDataJSON")).unwrap();
    assert_eq!(client_data["type"], "payment.get");
    assert_eq!(client_data["topOrigin"], "https://top.example");
    assert_eq!(client_data["payment"]["rpId"], "example.com");
    let key = es256(&member(&registered, "publicKey"));
    assert!(verify_es256(&key, &signed(&confirmed), &member(&confirmed, "signature")));
    alice.break_next(Fault::PublicKeyCopy);
    assert!(alice.confirm_payment(&options, shop, shop).is_err());
}
