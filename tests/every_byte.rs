//! Every byte of a valid response is covered: flip one, and the response is refused, except where
//! this file says that nothing covers it.
#![cfg(feature = "authenticator")]

#[path = "common/site.rs"]
mod site;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};
use site::{ORIGIN, Site, now, user};
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::authenticator::AttestationKind;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, RegistrationRequest, RegistrationResponse,
};

/// Flips bits of every byte of the member at `pointer`, and gives the offsets at which some flip
/// was accepted.
fn accepted_flips(body: &Value, pointer: &str, accepts: impl Fn(&Value) -> bool) -> Vec<usize> {
    let bytes = B64.decode(body.pointer(pointer).unwrap().as_str().unwrap()).unwrap();
    assert!(!bytes.is_empty());
    let mut accepted = Vec::new();
    for offset in 0..bytes.len() {
        // One bit, the sign bit, all bits: lengths, flags and text each break under one of them.
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

#[test]
fn every_byte_of_a_packed_registration_with_a_demanded_anchor() {
    let mut site =
        Site::new().with_browser(|browser| browser.with_attestation(AttestationKind::PackedX5c));
    let anchor = TrustAnchor::from_der(site.browser.attestation_root()).unwrap();
    site = site.with_rp(|rp| rp.attestation_policy(AttestationPolicy::trusted([anchor])));
    let request = RegistrationRequest::passkey(&user());
    let (options, pending) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let accepts = |body: &Value| {
        RegistrationResponse::from_json(body.to_string())
            .and_then(|response| site.rp.finish_registration(pending.clone(), &response, now()))
            .is_ok()
    };
    assert!(accepts(&body));

    for copy in ["/id", "/rawId", "/response/authenticatorData", "/response/publicKey"] {
        assert_eq!(accepted_flips(&body, copy, accepts), [0; 0], "{copy}");
    }
    assert_eq!(accepted_flips(&body, "/response/clientDataJSON", accepts), [0; 0]);
    let object = "/response/attestationObject";
    assert_eq!(accepted_flips(&body, object, accepts), [0; 0]);

    // Without the copies that newer browsers add, nothing else catches the flips in their place.
    let response = body["response"].as_object_mut().unwrap();
    for copy in ["authenticatorData", "publicKey", "publicKeyAlgorithm"] {
        response.remove(copy).unwrap();
    }
    assert!(accepts(&body));
    assert_eq!(accepted_flips(&body, object, accepts), [0; 0]);
    assert_eq!(accepted_flips(&body, "/response/clientDataJSON", accepts), [0; 0]);
}

#[test]
fn every_byte_of_a_login() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = AuthenticationRequest::discoverable();
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
