//! If one byte of a binary input is removed or added, the error gives the location, and nothing
//! panics.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use webauthn_verify::parse::{AttestationObject, AuthenticatorData, ClientData, CoseKey};
use webauthn_verify::{
    Algorithm, AuthenticationResponse, Credential, ErrorKind, ParseError, RegistrationResponse,
    signature,
};

use crate::common::messages::{
    CREDENTIAL_ID, ED, LoggingIn, Registering, UP, attested, base64url, cose_numbers, key,
    kind_and_place, unparsed,
};

/// Returns all proper prefixes of `bytes`.
fn beginnings(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).map(|length| &bytes[..length])
}

/// Returns `bytes` with one byte removed, for every position.
fn gaps(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|gap| [&bytes[..gap], &bytes[gap + 1..]].concat())
}

/// Returns `bytes` with one byte added, for every value and position.
fn additions(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..=bytes.len()).flat_map(move |place| {
        (0..=u8::MAX)
            .step_by(5)
            .map(move |byte| [&bytes[..place], &[byte], &bytes[place..]].concat())
    })
}

/// Checks that the error is inside the given input.
#[track_caller]
fn located(error: ParseError, structures: &[&str], input: &[u8]) {
    assert!(structures.contains(&error.structure()), "{error}");
    assert!(error.offset() <= input.len(), "{error}, of {}", input.len());
    assert!(!error.reason().is_empty());
}

/// Checks that the error is at the end of the input, or at an item that began before it.
#[track_caller]
fn cut((kind, error): (ErrorKind, ParseError), structure: &str, kinds: &[ErrorKind], input: &[u8]) {
    located(error, &[structure], input);
    assert!(kinds.contains(&kind), "{error}: {kind:?}");
}

fn authenticator_data() -> Vec<u8> {
    let cose_key = key(Algorithm::Es256).cose_key().unwrap_or_default();
    let mut data = attested(UP | ED, CREDENTIAL_ID, &cose_key);
    data.extend(b"\xa2\x6bcredProtect\x02\x6bhmac-secret\xf5");
    data
}

#[test]
fn kb_24_truncated_or_extended_client_data_is_rejected() {
    let json = LoggingIn::new().client_data;
    ClientData::parse(&json).unwrap();
    for input in beginnings(&json) {
        let (kind, error) = kind_and_place(ClientData::parse(input));
        cut((kind, error), "client data", &[ErrorKind::InvalidClientDataJson], input);
        // Only an incomplete literal is reported at its start.
        assert!(input.len() - error.offset() < "false".len(), "{error}, of {}", input.len());
    }
    let (kind, error) = kind_and_place(ClientData::parse(&[&json[..], b"}"].concat()));
    assert_eq!((kind, error.offset()), (ErrorKind::InvalidClientDataJson, json.len()));
    for input in gaps(&json).chain(additions(&json)) {
        if let Err(failure) = ClientData::parse(&input).map(drop) {
            located(*failure.parse_error().unwrap(), &["client data"], &input);
        }
    }
}

#[test]
fn kb_24_client_data_truncated_inside_a_character_is_rejected() {
    let json = r#"{"type":"t","challenge":"","origin":"","x":"é€🔑"}"#.as_bytes();
    ClientData::parse(json).unwrap();
    for input in beginnings(json) {
        let (kind, error) = kind_and_place(ClientData::parse(input));
        let kinds = [ErrorKind::InvalidClientDataJson, ErrorKind::InvalidUtf8];
        cut((kind, error), "client data", &kinds, input);
        let inside = core::str::from_utf8(input).is_err();
        assert_eq!(kind == ErrorKind::InvalidUtf8, inside);
    }
}

#[test]
fn kb_24_kb_68_truncated_or_extended_authenticator_data_is_rejected() {
    let data = authenticator_data();
    AuthenticatorData::parse(&data).unwrap();
    let kinds = [ErrorKind::InvalidAuthenticatorData, ErrorKind::InvalidCbor];
    for input in beginnings(&data) {
        let (kind, error) = kind_and_place(AuthenticatorData::parse(input));
        cut((kind, error), "authenticator data", &kinds, input);
        assert!(error.field().is_some() || kind == ErrorKind::InvalidCbor, "{error}");
        // Before the key, every error is at the end.
        if input.len() < 55 + CREDENTIAL_ID.len() {
            assert_eq!(error.offset(), input.len(), "{error}");
            assert_eq!(kind, ErrorKind::InvalidAuthenticatorData, "{error}");
        }
    }
    for input in gaps(&data).chain(additions(&data)) {
        if let Err(failure) = AuthenticatorData::parse(&input) {
            located(*failure.parse_error().unwrap(), &["authenticator data"], &input);
        }
    }
    let longer = [&data[..], &[0]].concat();
    let (kind, error) = kind_and_place(AuthenticatorData::parse(&longer));
    assert_eq!((kind, error.offset()), (ErrorKind::TrailingBytes, data.len()));
}

#[test]
fn kb_24_a_truncated_or_extended_attestation_object_is_rejected() {
    let object = Registering::with_authenticator_data(&authenticator_data()).attestation_object;
    AttestationObject::parse(&object).unwrap();
    for input in beginnings(&object) {
        let (kind, error) = kind_and_place(AttestationObject::parse(input));
        cut((kind, error), "attestation object", &[ErrorKind::InvalidCbor], input);
    }
    let structures = ["attestation object", "authenticator data"];
    for input in gaps(&object).chain(additions(&object)) {
        if let Err(failure) = AttestationObject::parse(&input) {
            located(*failure.parse_error().unwrap(), &structures, &input);
        }
    }
    let longer = [&object[..], &[0]].concat();
    let (kind, error) = kind_and_place(AttestationObject::parse(&longer));
    assert_eq!((kind, error.offset()), (ErrorKind::TrailingBytes, object.len()));
}

#[test]
fn kb_24_kb_25_a_truncated_or_extended_cose_key_is_rejected() {
    for algorithm in Algorithm::compiled_in() {
        let bytes = key(algorithm).cose_key().unwrap();
        CoseKey::parse(&bytes).unwrap();
        for input in beginnings(&bytes) {
            let (kind, error) = kind_and_place(CoseKey::parse(input));
            cut((kind, error), "COSE key", &[ErrorKind::InvalidCbor], input);
        }
        let longer = [&bytes[..], &[0]].concat();
        let (kind, error) = kind_and_place(CoseKey::parse(&longer));
        assert_eq!((kind, error.offset()), (ErrorKind::TrailingBytes, bytes.len()));
        for input in gaps(&bytes).chain(additions(&bytes)) {
            if let Err(failure) = CoseKey::parse(&input)
                && let Some(error) = failure.parse_error()
            {
                located(*error, &["COSE key"], &input);
            }
        }
    }
}

#[test]
fn kb_24_kb_40_a_truncated_or_extended_signature_is_rejected() {
    for algorithm in Algorithm::compiled_in() {
        let private = key(algorithm);
        let bytes = private.cose_key().unwrap();
        let public = CoseKey::parse(&bytes).unwrap();
        let good = private.sign(b"message");
        let verify =
            |signature: &[u8]| signature::verify(public.public_key(), b"message", signature);
        verify(&good).unwrap();
        let is_der = cose_numbers(algorithm.key_kind()).0 == 2;
        for input in beginnings(&good) {
            let failure = verify(input).unwrap_err();
            assert_eq!(failure.kind(), ErrorKind::SignatureInvalid, "{failure}");
            // The other algorithms have no structure, so only the length is wrong.
            match failure.parse_error() {
                Some(error) => {
                    cut(
                        (failure.kind(), *error),
                        "ECDSA signature",
                        &[ErrorKind::SignatureInvalid],
                        input,
                    );
                    assert_eq!(error.offset(), input.len(), "{error}");
                }
                None => assert!(!is_der && failure.to_string().contains("signature"), "{failure}"),
            }
        }
        for input in gaps(&good).chain([0, 1, 0x30, 0xff].map(|byte| [&good[..], &[byte]].concat()))
        {
            let failure = verify(&input).unwrap_err();
            assert_eq!(failure.kind(), ErrorKind::SignatureInvalid, "{failure}");
        }
        if is_der {
            for input in additions(&good) {
                let failure = verify(&input).unwrap_err();
                assert_eq!(failure.kind(), ErrorKind::SignatureInvalid, "{failure}");
            }
        }
    }
}

#[test]
fn a_truncated_ceremony_input_is_reported_with_the_offset() {
    let mut registration = Registering::with_authenticator_data(&authenticator_data());
    registration.finish().map(drop).unwrap();
    let (client_data, object) =
        (registration.client_data.clone(), registration.attestation_object.clone());
    for input in beginnings(&client_data) {
        registration.client_data = input.to_vec();
        located(unparsed(registration.finish()), &["client data"], input);
    }
    registration.client_data = client_data;
    for input in beginnings(&object) {
        registration.attestation_object = input.to_vec();
        located(unparsed(registration.finish()), &["attestation object"], input);
    }

    let mut login = LoggingIn::new();
    login.finish().map(drop).unwrap();
    let (client_data, data) = (login.client_data.clone(), login.authenticator_data.clone());
    for input in beginnings(&client_data) {
        login.client_data = input.to_vec();
        located(unparsed(login.finish()), &["client data"], input);
    }
    login.client_data = client_data;
    for input in beginnings(&data) {
        login.authenticator_data = input.to_vec();
        located(unparsed(login.finish()), &["authenticator data"], input);
    }
    login.authenticator_data = data;
    let signature = login.key.sign(&login.signed());
    for input in beginnings(&signature) {
        let error = unparsed(login.finish_with(&login.body_with_signature(input)));
        located(error, &["ECDSA signature"], input);
    }
}

#[test]
fn a_truncated_body_is_malformed_and_reported_with_the_offset() {
    let (registration, login) = (Registering::new().body(), LoggingIn::new().body());
    let (registration, login) = (registration.to_string(), login.to_string());
    RegistrationResponse::from_json(&registration).unwrap();
    AuthenticationResponse::from_json(&login).unwrap();
    for input in beginnings(registration.as_bytes()) {
        let error = RegistrationResponse::from_json(input).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MalformedResponse, "{error}");
        located(*error.parse_error().unwrap(), &["registration response"], input);
    }
    for input in beginnings(login.as_bytes()) {
        let error = AuthenticationResponse::from_json(input).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MalformedResponse, "{error}");
        located(*error.parse_error().unwrap(), &["authentication response"], input);
    }
}

#[test]
fn a_truncated_stored_key_cannot_become_a_record() {
    let bytes = key(Algorithm::Es256).cose_key().unwrap();
    Credential::from_parts(CREDENTIAL_ID, &bytes).unwrap();
    for input in beginnings(&bytes) {
        let failure = Credential::from_parts(CREDENTIAL_ID, input).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::InvalidCbor, "{}", base64url(input));
    }
}
