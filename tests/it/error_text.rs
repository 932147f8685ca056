//! The exact text of error messages. They are written for people who read logs.

use std::error::Error as _;
use std::time::Duration;

use base64::Engine;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Category, ConfigError, Credential,
    DecoySecret, DecoyShape, Error, ErrorData, ErrorKind, PreparedKey, RegistrationRequest,
    RegistrationResponse, RelyingParty, Transport, migrate, signature,
};
use webauthn_verify_authenticator::{Fault, PrivateKey};

use crate::common::messages::{self, CHALLENGE, LoggingIn};
use crate::common::site::{ORIGIN, Site, edit_json, now, relying_party, user, with_origins};

fn registration(fault: Fault) -> Error {
    Site::new().breaking(fault).register().unwrap_err()
}

#[test]
fn an_error_message_contains_ceremony_step_reason_and_link() {
    assert_eq!(
        registration(Fault::Origin("https://evil.example".to_owned())).to_string(),
        "registration step 9 (verify the origin): the origin is not in the relying party's list: \"https://evil.example\" is not among https://example.org \
         (https://www.w3.org/TR/webauthn-3/#rp-op-registering-a-new-credential-step-origin)"
    );
    assert_eq!(
        registration(Fault::CeremonyType).to_string(),
        "registration step 7 (verify the type of the ceremony): the client data belongs to another type of ceremony: \"webauthn.get\", not \"webauthn.create\" \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
    assert_eq!(
        registration(Fault::UnknownAttestationFormat).to_string(),
        "registration step 21 (determine the attestation statement format): the attestation \
         statement format is not supported: format \"unknown\" \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
}

#[test]
fn a_parse_error_message_contains_structure_field_and_offset() {
    let error = registration(Fault::AuthenticatorDataTrailingByte);
    assert_eq!(
        error.to_string(),
        "registration step 13 (decode the attestation object): bytes follow the end of the \
         structure: authenticator data, at byte 159: the input should end here \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
    let place = error.parse_error().unwrap();
    assert_eq!((place.structure(), place.offset()), ("authenticator data", 159));
    assert!(error.source().is_none(), "a log that prints sources would repeat the text");
}

#[test]
fn json_04_a_base64url_error_names_the_member_and_the_offset() {
    let result = Site::new().register_edited(
        &RegistrationRequest::passkey(&user(), &[]),
        edit_json(|body| {
            let text = body["response"]["clientDataJSON"].as_str().unwrap();
            body["response"]["clientDataJSON"] = format!("{}=", &text[..10]).into();
        }),
    );
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidBase64Url);
    assert_eq!(
        error.to_string(),
        "registration step 3 (read the members of the response): the text \
         is not unpadded base64url: registration response, response.clientDataJSON, at byte 10: \
         padding is not allowed here; remove the = \
         (https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential)"
    );
}

#[test]
fn hostile_input_cannot_break_the_log_line() {
    let text = registration(Fault::Origin("https://a\n[x]\u{1b}\u{202e}".to_owned())).to_string();
    assert!(text.contains(r#""https://a\n[x]\u{1b}\u{202e}""#), "{text}");
    let text = registration(Fault::Origin("x".repeat(5000))).to_string();
    assert!(text.len() < 600, "{text}");
}

#[test]
fn a_config_error_suggests_a_valid_value() {
    let text = |id: &str, origins: &[&str]| {
        RelyingParty::new(id, origins.iter().copied()).unwrap_err().to_string()
    };
    assert_eq!(
        text("example.org", &[]),
        "the list of origins is empty; write every origin that may run a ceremony, or use \
         RelyingParty::for_apps"
    );
    assert_eq!(
        text("https://example.org", &["https://example.org"]),
        "the RP ID \"https://example.org\" has a scheme, port or path; write the domain alone, \
         \"example.org\""
    );
    assert_eq!(
        text("127.0.0.1", &["https://example.org"]),
        "the RP ID \"127.0.0.1\" is an IP address; WebAuthn needs a domain name, such as \
         localhost for tests"
    );
    assert_eq!(
        text("example.org", &["http://example.org"]),
        "the origin \"http://example.org\" is not secure; http is for localhost only; \
         write \"https://example.org\""
    );
}

#[test]
fn an_unreadable_prepared_key_is_reported_with_the_reason() {
    let text = |bytes: &[u8]| PreparedKey::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(text(b""), "the stored bytes are not a prepared key: the head is cut off");
    assert_eq!(text(b"\x01\0\x05"), "the stored bytes are not a prepared key: the key is cut off");
    assert_eq!(
        text(&[&b"\x01\0\x2a\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], &[7; 33]].concat()),
        "the stored bytes are not a prepared key: the precomputed values have the wrong length or \
         a wrong number"
    );
    assert_eq!(
        text(b"\x02\0\0"),
        "this release cannot read this version of the stored data: a prepared key of version 2; \
         this release reads 1"
    );
}

#[test]
fn rec_01_a_key_in_another_form_is_reported_with_the_form_and_the_function_to_call() {
    let text = |key: &[u8]| Credential::from_parts(b"ID", key).unwrap_err().to_string();
    let point = b"\x04".iter().chain(&[7; 64]).copied().collect::<Vec<u8>>();
    let info = b"\x30\x0b\x30\x05\x06\x03\x2b\x65\x70\x03\x02\x00\x01";
    assert_eq!(
        text(info),
        "the public key is malformed: COSE key, at byte 0: a SubjectPublicKeyInfo in DER; \
         pass it to migrate::from_spki_der"
    );
    assert_eq!(
        text(b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"),
        "the public key is malformed: COSE key, at byte 0: a public key in PEM; \
         pass it to migrate::from_spki_pem"
    );
    assert_eq!(
        text(&point),
        "the public key is malformed: COSE key, at byte 0: an uncompressed point; \
         pass it to migrate::from_sec1"
    );
    assert_eq!(
        text("pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW".as_bytes()),
        "the public key is malformed: COSE key, at byte 0: base64url text of a COSE key; decode it \
         first, then pass the bytes to Credential::from_parts"
    );
}

#[test]
fn numbers_agree_with_their_nouns() {
    let challenge = |length: usize| {
        let request = RegistrationRequest::passkey(&user(), &[]).challenge(&vec![7; length]);
        relying_party().start_registration(&request, now()).unwrap_err().to_string()
    };
    assert!(challenge(1).contains("the challenge has 1 byte; it needs 16 to 1024"));
    assert!(challenge(15).contains("the challenge has 15 bytes; it needs 16 to 1024"));

    let rp = |origins: &[&str]| with_origins("example.org", origins).unwrap();
    let one = rp(&["https://a.example"]).related_origins_document().unwrap();
    let two = rp(&["https://a.example", "https://b.example"]).related_origins_document().unwrap();
    let text = |result: Result<_, ConfigError>| result.map(drop).unwrap_err().to_string();
    assert_eq!(
        text(one.may_be_ignored(&["a.example", "b.example"])),
        "2 registrable domains for 1 origin; write one for each, in their order"
    );
    assert_eq!(
        text(two.may_be_ignored(&["a.example"])),
        "1 registrable domain for 2 origins; write one for each, in their order"
    );
    assert_eq!(
        text(two.may_be_ignored(&[""; 0])),
        "no registrable domains for 2 origins; write one for each, in their order"
    );

    let shape = |length| DecoyShape::new().synced(length, [Transport::Internal]);
    let secret = |length| DecoySecret::new(&[7; 32]).shapes([shape(length)]).unwrap_err();
    assert_eq!(
        secret(1).to_string(),
        "a credential ID in a decoy shape has 16 to 1023 bytes, but this one has 1 byte"
    );
    assert!(secret(2).to_string().ends_with("has 2 bytes"));

    let jwk = |x: &str| {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
        migrate::from_jwk(&jwk, None).unwrap_err().to_string()
    };
    assert!(jwk("AA").ends_with("x: 1 byte, but this kind of key has 32"), "{}", jwk("AA"));
    assert!(jwk("AAA").ends_with("x: 2 bytes, but this kind of key has 32"), "{}", jwk("AAA"));

    let key =
        PrivateKey::from_seed(Algorithm::Ed25519.cose_id(), b"a key").unwrap().cose_key().unwrap();
    let key = CoseKey::parse(&key).unwrap();
    let text = |length| {
        let signature = vec![7; length];
        signature::verify(key.public_key(), b"message", &signature).unwrap_err().to_string()
    };
    assert!(text(1).ends_with("the signature has 1 byte, not 64"), "{}", text(1));
    assert!(text(63).ends_with("the signature has 63 bytes, not 64"), "{}", text(63));
}

#[test]
fn lists_in_errors_are_written_in_words_and_empty_lists_are_omitted() {
    let error = registration(Fault::AlgorithmNotRequested).to_string();
    assert!(!error.contains('['), "{error}");
    assert!(error.contains("ESP256 (COSE algorithm -9)"), "{error}");
    assert!(error.contains(", not one of ES256, EdDSA, RS256 ("), "{error}");

    let framed = |change: fn(RelyingParty) -> RelyingParty| {
        let fault = Fault::TopOrigin("https://other.example".to_owned());
        Site::new().with_rp(change).breaking(fault).register().unwrap_err().to_string()
    };
    let text = framed(RelyingParty::allow_framing_by_same_origin);
    let alone = "\"https://other.example\" is not the origin of the ceremony, and no other origin \
                 is listed (";
    assert!(text.contains(alone), "{text}");
    let text = framed(|rp| {
        rp.allow_framing_by_same_origin().allow_framing_by(["https://a.example"]).unwrap()
    });
    let listed = "is not the origin of the ceremony and not among https://a.example (";
    assert!(text.contains(listed), "{text}");
}

#[test]
fn every_kind_has_a_category_and_a_sentence_without_a_full_stop() {
    for kind in ErrorKind::ALL {
        let sentence = kind.to_string();
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{}", kind.as_str());
        assert_eq!(format!("{kind:?}"), kind.as_str());
    }
    assert_eq!(ErrorKind::InvalidCbor.category(), Category::Malformed);
    assert_eq!(ErrorKind::SignatureInvalid.category(), Category::Refused);
    assert_eq!(ErrorKind::UntrustedAttestation.category(), Category::Policy);
    assert_eq!(ErrorKind::CeremonyExpired.category(), Category::Refused);
    assert_eq!(ErrorKind::InvalidPreparedKey.category(), Category::Caller);
}

#[test]
fn errors_carry_the_values_they_mention() {
    let registration = registration(Fault::Origin("https://evil.example".to_owned()));
    let origin = ErrorData::Origin {
        received: "https://evil.example".to_owned(),
        expected: vec!["https://example.org".to_owned()],
    };
    assert_eq!(registration.data(), Some(&origin));
    // External text cannot flood a log.
    let long =
        super::error_text::registration(Fault::Origin(format!("https://{}.x", "a\n".repeat(500))));
    let shown = format!("{long:?}");
    assert!(shown.len() < 700 && !shown.contains('\n'), "{shown}");

    let top_origin = Fault::TopOrigin("https://other.example".to_owned());
    let site = Site::new().with_rp(|rp| rp.allow_framing_by(["https://shop.example"]).unwrap());
    let error = site.breaking(top_origin).register().unwrap_err();
    let top_origin = ErrorData::Origin {
        received: "https://other.example".to_owned(),
        expected: vec!["https://shop.example".to_owned()],
    };
    assert_eq!((error.kind(), error.data()), (ErrorKind::UnexpectedTopOrigin, Some(&top_origin)));

    let mut site = Site::new();
    let account = [site.registered().with_sign_count(7)];
    let error = site.login(&account).unwrap_err();
    assert_eq!(error.data(), Some(&ErrorData::SignCount { stored: 7, received: 2 }));

    let request = RegistrationRequest::passkey(&user(), &[]).challenge(&CHALLENGE);
    let (options, pending) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();
    let (late, expires_at) = (now() + Duration::from_secs(601), pending.expires_at());
    let error = site.rp.finish_registration(pending, &response, late).unwrap_err();
    assert_eq!(error.data(), Some(&ErrorData::Expiry { expires_at, now: late }));

    // Error kinds without values return none.
    let mut site = Site::new();
    let account = [site.registered()];
    let error = site.breaking(Fault::AssertionSignature).login(&account).unwrap_err();
    assert_eq!((error.kind(), error.data()), (ErrorKind::SignatureInvalid, None));
}

/// Returns the error text after the sentence of its kind, without the link.
fn detail(error: &Error) -> String {
    let text = error.to_string();
    let kind = format!("{}: ", error.kind());
    let (_, rest) = text.split_once(&kind).unwrap();
    rest.split(" (https:").next().unwrap().to_owned()
}

fn with_challenge(change: impl Fn(&str) -> String) -> Error {
    let mut login = LoggingIn::new();
    let client_data = String::from_utf8(login.client_data).unwrap();
    let challenge = messages::base64url(&CHALLENGE);
    let changed = client_data.replace(&challenge, &change(&challenge));
    assert_ne!(changed, client_data);
    login.client_data = changed.into_bytes();
    login.finish().unwrap_err()
}

#[test]
fn a_challenge_changed_by_the_page_is_explained() {
    let padded = with_challenge(|challenge| format!("{challenge}="));
    assert_eq!(padded.kind(), ErrorKind::ChallengeMismatch);
    let expected = "only its padding is wrong; base64url has no padding here";
    assert_eq!(detail(&padded), expected);
    assert_eq!(detail(&with_challenge(|challenge| format!("{challenge}\\u003d"))), expected);
    let twice = with_challenge(|challenge| messages::base64url(challenge.as_bytes()));
    let expected = "it was encoded twice; decode the challenge before you pass it to the browser";
    assert_eq!(detail(&twice), expected);
    // The message does not explain another challenge, and it does not show ours.
    let other = with_challenge(|_| "AAAA".to_owned()).to_string();
    assert!(other.contains("differs from the challenge of this ceremony (https"), "{other}");

    let mut login = LoggingIn::new();
    let challenge = [0xfb; 32];
    login.request = login.request.challenge(&challenge);
    let base64 = base64::engine::general_purpose::STANDARD.encode(challenge);
    login.client_data = format!(
        r#"{{"type":"webauthn.get","challenge":"{base64}","origin":"https://example.org"}}"#
    )
    .into_bytes();
    let expected = "it is base64; base64url uses - and _ instead of + and /, and no padding";
    assert_eq!(detail(&login.finish().unwrap_err()), expected);
}

#[test]
fn an_unexpected_frame_is_named() {
    let framed = |member: &str| {
        let mut login = LoggingIn::new();
        let client_data = String::from_utf8(login.client_data).unwrap();
        let open = client_data.trim_end_matches('}').replace(r#","crossOrigin":false"#, "");
        login.client_data = format!(r#"{open},"crossOrigin":true{member}}}"#).into_bytes();
        login
    };
    let top = r#","topOrigin":"https://shop.example""#;
    let error = framed(top).finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedCrossOrigin);
    assert_eq!(
        detail(&error),
        "inside a page of \"https://shop.example\"; no page is allowed to embed it"
    );
    let error = framed("").finish().unwrap_err();
    assert_eq!(detail(&error), "the browser does not report the embedding page");
    // An empty list is not printed.
    let mut login = framed(top);
    login.rp = login.rp.allow_framing_by_same_origin();
    let error = login.finish().unwrap_err();
    assert_eq!(
        detail(&error),
        "\"https://shop.example\" is not the origin of the ceremony, and no other origin is listed"
    );
    login.rp = login.rp.allow_framing_by(["https://a.example", "https://b.example"]).unwrap();
    assert_eq!(
        detail(&login.finish().unwrap_err()),
        "\"https://shop.example\" is not the origin of the ceremony and not among \
         https://a.example, https://b.example"
    );
}

#[test]
fn kb_111_an_unknown_credential_is_shown() {
    let login = LoggingIn::new();
    let (_, pending) = login.rp.start_authentication(&login.request, messages::now()).unwrap();
    let response = AuthenticationResponse::from_json(login.body().to_string()).unwrap();
    let error = login
        .rp
        .finish_authentication(pending.clone(), &response, &[], messages::now())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownCredential);
    assert_eq!(error.kind().category(), Category::Refused);
    assert_eq!(
        detail(&error),
        "\"YSBjcmVkZW50aWFsIElE\"; no records of the account in the pending state were passed"
    );
    let mut site = Site::new();
    let _ = site.registered();
    let challenge = AuthenticationRequest::passkey().challenge(&CHALLENGE);
    let unnamed = site.login_as(&challenge, &[]).unwrap_err();
    assert!(detail(&unnamed).ends_with("\"; no records were passed"), "{unnamed}");
    let other = Credential::from_parts(b"another ID", login.credential.public_key()).unwrap();
    let error =
        login.rp.finish_authentication(pending, &response, &[other], messages::now()).unwrap_err();
    assert_eq!(detail(&error), "\"YSBjcmVkZW50aWFsIElE\"");
}
