//! Every byte of a valid response is covered: if a bit of it is flipped, the response is rejected.
//! This file lists the exceptions.
#![cfg(feature = "attestation")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, RegistrationRequest,
    RegistrationResponse,
};
use webauthn_verify_authenticator::AttestationKind;

use crate::common::site::{ORIGIN, Site, now, user};

/// Flips bits in every byte of the member at `pointer`, and returns the offsets at which a flip was
/// accepted.
fn accepted_flips(body: &Value, pointer: &str, accepts: impl Fn(&Value) -> bool) -> Vec<usize> {
    let bytes = B64.decode(body.pointer(pointer).unwrap().as_str().unwrap()).unwrap();
    assert!(!bytes.is_empty());
    let mut accepted = Vec::new();
    for offset in 0..bytes.len() {
        // One bit, the sign bit and all bits. One of these breaks each length, flag or character.
        let flips = [0x01, 0x80, 0xff];
        let some_pass = flips.iter().any(|flip| {
            let mut changed = bytes.clone();
            changed[offset] ^= flip;
            let mut body = body.clone();
            *body.pointer_mut(pointer).unwrap() = json!(B64.encode(changed));
            accepts(&body)
        });
        if some_pass {
            accepted.push(offset);
        }
    }
    accepted
}

/// Runs a registration with this kind of attestation and a required anchor.
fn every_byte_of_a_registration(kind: AttestationKind) {
    let mut site = Site::new().with_browser(|browser| {
        browser.with_attestation(kind).with_algorithm(Algorithm::Es256.cose_id()).with_time(now())
    });
    let anchor = TrustAnchor::from_der(site.browser.attestation_root()).unwrap();
    let policy = AttestationPolicy::trusted([anchor]).allow_safetynet(Duration::from_secs(60));
    site = site.with_rp(|rp| rp.attestation_policy(policy).unwrap());
    let request = RegistrationRequest::security_key(&user(), &[]);
    let (options, pending) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let accepts = |body: &Value| {
        RegistrationResponse::from_json(body.to_string())
            .and_then(|response| site.rp.finish_registration(pending.clone(), &response, now()))
            .is_ok()
    };
    assert!(accepts(&body));

    for id in ["/id", "/rawId"] {
        assert_eq!(accepted_flips(&body, id, accepts), [0; 0], "{kind:?} {id}");
    }
    // Unsigned copies do not decide.
    for copy in ["/response/authenticatorData", "/response/publicKey"] {
        let text = body.pointer(copy).unwrap().as_str().unwrap();
        let all: Vec<usize> = (0..B64.decode(text).unwrap().len()).collect();
        assert_eq!(accepted_flips(&body, copy, accepts), all, "{kind:?} {copy}");
    }
    let client_data = "/response/clientDataJSON";
    assert_eq!(accepted_flips(&body, client_data, accepts), [0; 0], "{kind:?}");
    let object = "/response/attestationObject";
    assert_eq!(accepted_flips(&body, object, accepts), uncovered(&body, kind), "{kind:?}");

    // Their presence does not matter either.
    let response = body["response"].as_object_mut().unwrap();
    for copy in ["authenticatorData", "publicKey", "publicKeyAlgorithm"] {
        response.remove(copy).unwrap();
    }
    assert!(accepts(&body));
    assert_eq!(accepted_flips(&body, object, accepts), uncovered(&body, kind), "{kind:?}");
    assert_eq!(accepted_flips(&body, client_data, accepts), [0; 0], "{kind:?}");
}

/// Returns the bytes of the attestation object that nothing covers if the unsigned copies are
/// absent.
fn uncovered(body: &Value, kind: AttestationKind) -> Vec<usize> {
    let object = body["response"]["attestationObject"].as_str().unwrap();
    let object = B64.decode(object).unwrap();
    let behind = |text: &[u8]| {
        object.windows(text.len()).position(|window| window == text).unwrap() + text.len()
    };
    match kind {
        // A U2F signature covers neither the counter nor the AAGUID, which follow the flags. It
        // does not cover the flags either, but these flips of them are rejected for other reasons.
        AttestationKind::FidoU2f => {
            let authenticator_data = behind(b"\x68authData\x58\xa4");
            (authenticator_data + 33..authenticator_data + 53).collect()
        }
        // The version can be any string, and nothing signs it.
        AttestationKind::AndroidSafetyNet => {
            let version = behind(b"\x63ver\x69");
            (version..version + 9).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_byte_of_a_packed_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::PackedX5c);
}

#[test]
fn every_byte_of_a_tpm_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::Tpm);
}

#[test]
fn every_byte_of_an_android_key_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::AndroidKey);
}

#[test]
fn every_byte_of_an_android_safetynet_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::AndroidSafetyNet);
}

#[test]
fn every_byte_of_a_fido_u2f_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::FidoU2f);
}

#[test]
fn every_byte_of_an_apple_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::Apple);
}

#[test]
fn every_byte_of_a_compound_registration_with_a_required_anchor_matters() {
    every_byte_of_a_registration(AttestationKind::Compound);
}

#[test]
fn every_byte_of_a_login_matters() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = AuthenticationRequest::passkey();
    let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let accepts = |body: &Value| {
        AuthenticationResponse::from_json(body.to_string())
            .and_then(|response| {
                site.rp.finish_authentication(pending.clone(), &response, &credentials, now())
            })
            .is_ok()
    };
    assert!(accepts(&body));
    for member in [
        "/id",
        "/rawId",
        "/response/clientDataJSON",
        "/response/authenticatorData",
        "/response/signature",
        "/response/userHandle",
    ] {
        assert_eq!(accepted_flips(&body, member, accepts), [0; 0], "{member}");
    }
}
