//! What errors say, word for word: it is written for people who read logs.
#![cfg(feature = "authenticator")]

#[path = "common/site.rs"]
mod site;

use std::error::Error as _;

use site::{Site, edit_json, user};
use webauthn_verify::authenticator::Fault;
use webauthn_verify::{
    Category, Credential, Error, ErrorKind, ParseError, PreparedKey, RegistrationRequest,
    RelyingParty,
};

fn registration(fault: Fault) -> Error {
    Site::new().breaking(fault).register().unwrap_err()
}

#[test]
fn an_error_says_ceremony_step_reason_and_link() {
    assert_eq!(
        registration(Fault::Origin("https://evil.example".to_owned())).to_string(),
        "registration, step 9 (to verify the origin): the origin is not one that the relying \
         party expects: \"https://evil.example\" is not among https://example.org \
         (https://www.w3.org/TR/webauthn-3/#rp-op-registering-a-new-credential-step-origin)"
    );
    assert_eq!(
        registration(Fault::CeremonyType).to_string(),
        "registration, step 7 (to verify the type of the ceremony): the client data is of another \
         type of ceremony: \"webauthn.get\", not \"webauthn.create\" \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
    assert_eq!(
        registration(Fault::UnknownAttestationFormat).to_string(),
        "registration, step 21 (to determine the attestation statement format): the attestation \
         statement format is not supported: format \"unknown\" \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
}

#[test]
fn a_parse_error_says_structure_field_and_offset() {
    let error = registration(Fault::AuthenticatorDataTrailingByte);
    assert_eq!(
        error.to_string(),
        "registration, step 13 (to decode the attestation object): bytes follow the end of the \
         structure: authenticator data, at byte 159: the input should end here \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
    let source = error.source().unwrap().downcast_ref::<ParseError>().unwrap();
    assert_eq!((source.structure(), source.offset()), ("authenticator data", 159));
    assert_eq!(error.parse_error(), Some(source));
}

#[test]
fn json_04_a_base64url_error_says_where_in_which_member() {
    let result = Site::new().register_edited(
        &RegistrationRequest::passwordless(&user()),
        edit_json(|body| {
            let text = body["response"]["clientDataJSON"].as_str().unwrap();
            body["response"]["clientDataJSON"] = format!("{}=", &text[..10]).into();
        }),
    );
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidBase64Url);
    assert_eq!(
        error.to_string(),
        "registration, step 3 (to take client data, authenticator data and signature): the text \
         is not unpadded base64url: registration response, response.clientDataJSON, at byte 10: \
         base64url is written without padding here \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
}

#[test]
fn what_an_attacker_sends_cannot_break_the_log_line() {
    let text = registration(Fault::Origin("https://a\n[x]\u{1b}\u{202e}".to_owned())).to_string();
    assert!(text.contains(r#""https://a\n[x]\u{1b}\u{202e}""#), "{text}");
    let text = registration(Fault::Origin("x".repeat(5000))).to_string();
    assert!(text.len() < 600, "{text}");
}

#[test]
fn a_config_error_says_what_to_write() {
    let text = |id: &str, origins: &[&str]| {
        RelyingParty::new(id, origins.iter().copied()).unwrap_err().to_string()
    };
    assert_eq!(
        text("example.org", &[]),
        "the list of origins is empty; write every origin that may run a ceremony"
    );
    assert_eq!(
        text("https://example.org", &["https://example.org"]),
        "the RP ID \"https://example.org\" has a scheme, port or path; write the domain alone, \
         such as example.com"
    );
    assert_eq!(
        text("127.0.0.1", &["https://example.org"]),
        "the RP ID \"127.0.0.1\" is an IP address; WebAuthn needs a domain name"
    );
    assert_eq!(
        text("example.org", &["http://example.org"]),
        "the origin \"http://example.org\" is not secure; http is for localhost only"
    );
}

#[test]
fn a_prepared_key_that_is_not_read_says_why() {
    let text = |bytes: &[u8]| PreparedKey::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(text(b""), "the stored bytes are not a prepared key: its head is cut off");
    assert_eq!(text(b"\x01\0\x05"), "the stored bytes are not a prepared key: its key is cut off");
    assert_eq!(
        text(&[&b"\x01\0\x2a\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], &[7; 33]].concat()),
        "the stored bytes are not a prepared key: what was computed of the key is not whole"
    );
    assert_eq!(
        text(b"\x02\0\0"),
        "the stored state has a version that this release cannot read: a prepared key of version 2; \
         this release reads 1"
    );
}

#[test]
fn rec_01_a_key_in_another_form_says_which_and_what_to_call() {
    let text = |key: &[u8]| Credential::from_parts(b"ID", key).unwrap_err().to_string();
    let point = b"\x04".iter().chain(&[7; 64]).copied().collect::<Vec<u8>>();
    let info = b"\x30\x0b\x30\x05\x06\x03\x2b\x65\x70\x03\x02\x00\x01";
    assert_eq!(
        text(info),
        "the public key is malformed: COSE key, at byte 0: a SubjectPublicKeyInfo in DER; \
         migrate::from_spki_der takes it"
    );
    assert_eq!(
        text(b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"),
        "the public key is malformed: COSE key, at byte 0: a public key in PEM; \
         migrate::from_spki_pem takes it"
    );
    assert_eq!(
        text(&point),
        "the public key is malformed: COSE key, at byte 0: an uncompressed point; \
         migrate::from_sec1 takes it"
    );
    assert_eq!(
        text("pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW".as_bytes()),
        "the public key is malformed: COSE key, at byte 0: base64url text of a COSE key; decode it \
         first: Credential::from_parts takes the bytes"
    );
}

#[test]
fn every_kind_has_a_sentence_that_ends_without_a_full_stop_and_a_category() {
    for kind in ErrorKind::ALL {
        let sentence = kind.to_string();
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{}", kind.name());
        assert_eq!(format!("{kind:?}"), kind.name());
    }
    assert_eq!(ErrorKind::InvalidCbor.category(), Category::Malformed);
    assert_eq!(ErrorKind::SignatureInvalid.category(), Category::Refused);
    assert_eq!(ErrorKind::UntrustedAttestation.category(), Category::Policy);
    assert_eq!(ErrorKind::CeremonyExpired.category(), Category::Caller);
    assert_eq!(ErrorKind::InvalidPreparedKey.category(), Category::Caller);
}
