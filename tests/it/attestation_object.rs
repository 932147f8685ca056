//! Attestation objects are canonical CBOR, except for the order of keys in two maps.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use ciborium::Value;
use sha2::{Digest, Sha256};
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{
    Algorithm, ErrorKind, ParseError, Quirk, RegistrationRequest, RegistrationResponse, Step,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, PrivateKey,
    SoftwareAuthenticator,
};

use crate::common::messages::{
    self, AAGUID, AT, CREDENTIAL_ID, ORIGIN, RP_ID, Registering, UP, attested, key, now, passes,
    refused, unparsed, user,
};

fn authenticator_data() -> Vec<u8> {
    attested(UP, CREDENTIAL_ID, &key(Algorithm::Es256).cose_key().unwrap_or_default())
}

fn text(text: &str) -> Vec<u8> {
    cbor(&Value::from(text))
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = ciborium::into_writer(value, &mut bytes);
    assert!(written.is_ok());
    bytes
}

/// Encodes a map of encoded members.
fn map(members: &[&[u8]]) -> Vec<u8> {
    let head = 0xa0 | u8::try_from(members.len()).unwrap_or(u8::MAX);
    [&[head], &members.concat()[..]].concat()
}

/// Returns the three members of an attestation object.
fn members() -> [Vec<u8>; 3] {
    let data = cbor(&Value::Bytes(authenticator_data()));
    [
        [text("fmt"), text("none")].concat(),
        [text("attStmt"), map(&[])].concat(),
        [text("authData"), data].concat(),
    ]
}

#[track_caller]
fn accepted(bytes: &[u8]) -> AttestationObject<'_> {
    match AttestationObject::parse(bytes) {
        Ok(object) => object,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn parse_error(bytes: &[u8], kind: ErrorKind) -> ParseError {
    let (found, error) = messages::kind_and_place(AttestationObject::parse(bytes));
    assert_eq!(found, kind, "{error}");
    assert_eq!(error.structure(), "attestation object");
    error
}

#[test]
fn cbor_05_a_repeated_member_is_rejected() {
    let [format, statement, data] = members();
    accepted(&map(&[&format, &statement, &data]));
    let error = parse_error(&map(&[&format, &statement, &data, &format]), ErrorKind::InvalidCbor);
    assert_eq!(error.offset(), 1 + format.len() + statement.len() + data.len());

    let signed = [text("sig"), vec![0x41, 0]].concat();
    let object = |statement: &[u8]| {
        let statement = [&text("attStmt")[..], statement].concat();
        map(&[&format, &statement, &data])
    };
    accepted(&object(&map(&[&signed])));
    parse_error(&object(&map(&[&signed, &signed])), ErrorKind::InvalidCbor);
}

#[test]
fn cbor_08_counts_are_checked_before_they_are_used() {
    for bad in [
        &b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\xa3\x63fmt\x64none\x67attStmt\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x5a\x7f\xff\xff\xff",
        b"\xa3\x63fmt\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        parse_error(bad, ErrorKind::InvalidCbor);
    }
}

#[test]
fn cbor_09_kb_24_trailing_bytes_are_rejected() {
    let mut registration = Registering::new();
    passes(registration.finish());
    let end = registration.attestation_object.len();
    registration.attestation_object.push(0);
    let error = parse_error(&registration.attestation_object, ErrorKind::TrailingBytes);
    assert_eq!(error.offset(), end);
    refused(registration.finish(), ErrorKind::TrailingBytes, Step::AttestationObject);
    assert_eq!(unparsed(registration.finish()).offset(), end);
}

#[test]
fn cbor_10_kb_76_the_members_may_come_in_any_order() {
    let members = members();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let bytes = map(&order.map(|member| &members[member][..]));
        let object = accepted(&bytes);
        assert_eq!(object.format(), "none");
        assert_eq!(object.statement(), [0xa0]);
        assert_eq!(object.authenticator_data().as_bytes(), authenticator_data());
        let mut registration = Registering::new();
        registration.attestation_object = bytes;
        passes(registration.finish());
    }
}

#[test]
fn cbor_10_kb_76_indefinite_lengths_are_rejected() {
    let members = members();
    let indefinite = [&[0xbf], &members.concat()[..], &[0xff]].concat();
    let error = parse_error(&indefinite, ErrorKind::InvalidCbor);
    assert_eq!((error.offset(), error.field()), (0, None));
    assert!(error.to_string().contains("indefinite lengths are not canonical"), "{error}");
}

#[test]
fn cbor_10_each_member_is_required_with_its_type() {
    let members = members();
    for (missing, name) in ["fmt", "attStmt", "authData"].into_iter().enumerate() {
        let mut rest = members.to_vec();
        rest.remove(missing);
        let rest: Vec<_> = rest.iter().map(Vec::as_slice).collect();
        let error = parse_error(&map(&rest), ErrorKind::InvalidAttestationObject);
        assert_eq!(error.field(), Some(name));
    }
    let data = authenticator_data();
    let value = |format: Value, data: Value| {
        let format = [text("fmt"), cbor(&format)].concat();
        let data = [text("authData"), cbor(&data)].concat();
        map(&[&format, &members[1], &data])
    };
    accepted(&value(Value::from("none"), Value::Bytes(data.clone())));
    let error = value(Value::Bytes(b"none".to_vec()), Value::Bytes(data.clone()));
    let error = parse_error(&error, ErrorKind::InvalidAttestationObject);
    assert_eq!((error.field(), error.offset()), (Some("fmt"), 5));
    let error = value(Value::from("none"), Value::from("text"));
    let error = parse_error(&error, ErrorKind::InvalidAttestationObject);
    assert_eq!(error.field(), Some("authData"));
    // An array with the same three values is not a map.
    let error = parse_error(b"\x80", ErrorKind::InvalidAttestationObject);
    assert_eq!(error.offset(), 0);
}

#[cfg_attr(
    not(all(feature = "attestation", feature = "getrandom")),
    ignore = "it needs attestation, and requests without a challenge"
)]
#[test]
fn cbor_11_the_members_of_a_packed_statement_may_come_in_any_order() {
    let mut device = SoftwareAuthenticator::from_seed(b"attestation")
        .with_attestation(AttestationKind::PackedX5c);
    let rp = messages::relying_party();
    let request = RegistrationRequest::security_key(&user(), &[]);
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    let body = device.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(&body).unwrap();
    let object = accepted(response.attestation_object());
    let Ok(Value::Map(statement)) = ciborium::from_reader(object.statement()) else {
        panic!("the statement is a map");
    };
    assert_eq!(statement.len(), 3);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let reordered = cbor(&Value::Map(order.map(|member| statement[member].clone()).to_vec()));
        let reordered = AttestationStatement::new("packed", &reordered)
            .attestation_object(object.authenticator_data().as_bytes())
            .unwrap();
        let mut body: serde_json::Value = serde_json::from_str(&body).unwrap();
        body["response"]["attestationObject"] = messages::base64url(&reordered).into();
        let response = RegistrationResponse::from_json(body.to_string()).unwrap();
        let registration = rp.finish_registration(pending.clone(), &response, now()).unwrap();
        assert_eq!(registration.attestation().format().to_string(), "packed");
    }
}

#[test]
fn cbor_11_the_member_order_of_real_tpm_statements_passes() {
    let statement = ["ver", "alg", "sig", "x5c", "certInfo", "pubArea"]
        .map(|name| [text(name), vec![0x41, 0]].concat());
    let statement = map(&statement.each_ref().map(Vec::as_slice));
    let object = |statement: &[u8]| {
        AttestationStatement::new("tpm", statement).attestation_object(&authenticator_data())
    };
    let bytes = object(&statement).unwrap();
    assert_eq!(accepted(&bytes).statement(), statement);
    // The values inside the statement must be in canonical order.
    let (good, bad) = (b"\xa1\x61x\xa2\x61a\x00\x61b\x00", b"\xa1\x61x\xa2\x61b\x00\x61a\x00");
    accepted(&object(good).unwrap());
    parse_error(&object(bad).unwrap(), ErrorKind::InvalidCbor);
}

#[test]
fn cbor_12_the_order_of_keys_and_extensions_is_canonical() {
    let good = key(Algorithm::Es256).cose_key().unwrap();
    passes(Registering::with_key(&good).finish());
    // alg before kty.
    let swapped = [&good[..1], &good[3..5], &good[1..3], &good[5..]].concat();
    let result = Registering::with_key(&swapped).finish();
    refused(result, ErrorKind::InvalidCbor, Step::AttestationObject);

    let with_extensions = |map: &[u8]| {
        let mut data = attested(UP | messages::ED, CREDENTIAL_ID, &good);
        data.extend(map);
        Registering::with_authenticator_data(&data).finish()
    };
    passes(with_extensions(b"\xa2\x61b\x00\x62aa\x00"));
    let result = with_extensions(b"\xa2\x62aa\x00\x61b\x00");
    refused(result, ErrorKind::InvalidCbor, Step::AttestationObject);
    let result = with_extensions(b"\xa2\x61b\x00\x61b\x00");
    refused(result, ErrorKind::InvalidCbor, Step::AttestationObject);
}

/// Returns the key that Firefox 117 wrote for an Ed25519 key. Its map header counts three pairs.
fn firefox_key(key: &PrivateKey) -> Vec<u8> {
    let canonical = key.cose_key().unwrap_or_default();
    let mut bytes = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20".to_vec();
    for &byte in canonical.iter().skip(10) {
        bytes.extend(cbor(&Value::from(byte)));
    }
    bytes
}

#[test]
fn cbor_13_kb_60_the_text_key_of_firefox_passes_only_with_its_quirk() {
    let device = key(Algorithm::EdDsa);
    let data = attested(UP, CREDENTIAL_ID, &firefox_key(&device));
    let mut registration = Registering::with_authenticator_data(&data);
    let signed = [&data[..], &Sha256::digest(&registration.client_data)].concat();
    let object = |data: &[u8], signed: &[u8]| {
        AttestationStatement::packed(-8, &device.sign(signed), None)
            .and_then(|statement| statement.attestation_object(data))
    };
    registration.attestation_object = object(&data, &signed).unwrap();
    let strict = registration.finish().unwrap_err();
    assert_eq!(strict.step(), Step::AttestationObject, "{strict}");
    // The map of three pairs ends in the middle of the key, and the rest is trailing data.
    assert_eq!(strict.kind(), ErrorKind::TrailingBytes, "{strict}");

    // With the quirk, the signature is checked over the received bytes, and the record keeps the
    // corrected key.
    registration.rp = registration.rp.allow_quirks([Quirk::FirefoxTextEd25519Key]);
    let verdict = registration.finish().unwrap();
    assert_eq!(verdict.credential().public_key(), device.cose_key().unwrap());
    let canonical = attested(UP, CREDENTIAL_ID, &device.cose_key().unwrap());
    let signed = [&canonical[..], &Sha256::digest(&registration.client_data)].concat();
    registration.attestation_object = object(&data, &signed).unwrap();
    refused(registration.finish(), ErrorKind::SignatureInvalid, Step::AttestationStatement);

    // Another quirk does not help, and a number that is not a byte is not accepted.
    let mut other = Registering::with_key(&firefox_key(&device));
    other.rp = other.rp.allow_quirks([Quirk::NonMinimalDerIntegers]);
    refused(other.finish(), ErrorKind::TrailingBytes, Step::AttestationObject);
    let mut large = firefox_key(&device);
    large.truncate(19);
    large.extend([0x19, 0x01, 0x00].repeat(32));
    let mut other = Registering::with_key(&large);
    other.rp = other.rp.allow_quirks([Quirk::FirefoxTextEd25519Key]);
    refused(other.finish(), ErrorKind::TrailingBytes, Step::AttestationObject);
}

#[test]
fn cbor_14_ctap2_integer_keys_are_rejected_and_unknown_text_keys_are_ignored() {
    let [format, statement, data] = members();
    let ctap2 = map(&[
        &[&[0x01], &text("none")[..]].concat(),
        &[&[0x02], &cbor(&Value::Bytes(authenticator_data()))[..]].concat(),
        &[0x03, 0xa0],
    ]);
    let error = parse_error(&ctap2, ErrorKind::InvalidAttestationObject);
    assert_eq!(error.offset(), 1);
    assert!(error.reason().contains("CTAP2"), "{error}");

    let enterprise = [text("epAtt"), vec![0xf5]].concat();
    let blob = [text("largeBlobKey"), vec![0x41, 0]].concat();
    let bytes = map(&[&format, &statement, &enterprise, &data, &blob]);
    assert_eq!(accepted(&bytes).format(), "none");
    let mut registration = Registering::new();
    registration.attestation_object = bytes;
    passes(registration.finish());
}

#[test]
fn offsets_in_authenticator_data_count_from_the_start_of_the_object() {
    let data = AuthenticatorDataBuilder::new(RP_ID, UP | AT, 0)
        .attested_credential_data(&AAGUID, b"", b"")
        .unwrap()
        .build();
    let bytes = AttestationStatement::none().attestation_object(&data).unwrap();
    let (kind, error) = messages::kind_and_place(AttestationObject::parse(&bytes));
    assert_eq!(error.structure(), "authenticator data");
    assert_eq!(error.offset(), bytes.len() - data.len() + 53);
    // The error is not reported as `TrailingBytes` of the attestation object.
    assert_eq!(kind, ErrorKind::InvalidAuthenticatorData);
}

/// An error in the public key gives the offset from the first byte of the attestation object.
#[test]
fn offsets_in_the_public_key_count_from_the_start_of_the_attestation_object() {
    // A map with the label 1 and an array in place of the key type.
    let wrong_key = [0xa2, 0x01, 0x80, 0x03, 0x26];
    let registering = Registering::with_key(&wrong_key);
    let object = &registering.attestation_object;
    let place = object.windows(5).position(|window| window == wrong_key).unwrap();
    let error = unparsed(registering.finish());
    assert_eq!((error.structure(), error.offset()), ("COSE key", place + 2), "{error}");
}

#[test]
#[cfg(not(feature = "attestation"))]
fn formats_with_certificates_need_the_crate_feature_attestation() {
    for format in ["tpm", "fido-u2f", "compound"] {
        let mut registering = Registering::new();
        registering.attestation_object = AttestationStatement::new(format, &[0xa0])
            .attestation_object(&authenticator_data())
            .unwrap();
        let kind = ErrorKind::UnsupportedAttestationFormat;
        refused(registering.finish(), kind, Step::AttestationFormat);
    }
}
