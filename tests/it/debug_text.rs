//! `Debug` output is written for logs: short, readable, and without secrets.
#![cfg(feature = "attestation")]

use core::fmt::Debug;
use core::time::Duration;

use crate::common::certificates;
use crate::common::messages::{
    self, AAGUID, CHALLENGE, CREDENTIAL_ID, ED, LoggingIn, ORIGIN, RP_ID, Registering, UP,
    USER_HANDLE, attested, base64url, now, relying_party, user,
};

#[cfg(feature = "metadata")]
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{AttestationFormat, AttestationPolicy};
use webauthn_verify::certificate::{Revocations, TrustAnchor, verify_path};
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport, UvmEntry};
use webauthn_verify::parse::{
    Aaguid, AttestationObject, AuthenticatorData, ClientData, CoseKey, PaymentData,
};
use webauthn_verify::{
    Algorithm, AttestationConveyance, AuthenticationRequest, AuthenticationResponse, BackupPolicy,
    Credential, DecoySecret, DecoyShape, Hint, PaymentInstrument, PaymentOrder, Quirk, Quirks,
    RegistrationRequest, RegistrationResponse, RelyingParty, Transport, signature,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder,
    ClientDataBuilder, DistinguishedName, KeyDescriptionBuilder, PrivateKey,
    SafetyNetResponseBuilder, SoftwareAuthenticator, TpmStructure, flag,
};

/// The maximum length of the output for one value.
const MAX_TEXT: usize = 4096;

/// Returns the output, which must be short and contain no long list of numbers.
#[track_caller]
fn readable(value: &dyn Debug) -> String {
    let text = format!("{value:?}");
    assert!(text.len() <= MAX_TEXT, "{} characters: {text}", text.len());
    assert!(longest_list(&text) <= 8, "{text}");
    assert!(longest_list(&format!("{value:#?}")) <= 8, "{value:#?}");
    text
}

/// Returns the length of the longest list of decimal numbers.
fn longest_list(text: &str) -> usize {
    let lists = text.split('[').skip(1).map(|list| {
        let items = list.split(',').map(|item| item.trim().trim_end_matches(']'));
        items.take_while(|item| item.trim().parse::<i64>().is_ok()).count()
    });
    lists.max().unwrap_or(0)
}

/// Returns every form in which these bytes could be written.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let text = base64url(bytes);
    let escaped: String = text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let list = |bytes: &[u8]| {
        let numbers: Vec<_> = bytes.iter().take(4).map(u8::to_string).collect();
        numbers.join(", ")
    };
    let lines = |bytes: &[u8]| {
        let numbers: Vec<_> = bytes.iter().take(4).map(u8::to_string).collect();
        numbers.join(",")
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let start = |text: String| text.chars().take(12).collect::<String>();
    vec![
        list(bytes),
        lines(bytes),
        list(text.as_bytes()),
        lines(text.as_bytes()),
        start(hex(bytes)),
        start(hex(bytes).to_uppercase()),
        start(hex(text.as_bytes())),
        start(escaped),
        start(text),
    ]
}

/// Checks that the output contains none of the spellings, ignoring white space.
#[track_caller]
fn hides(value: &dyn Debug, secret: &[u8]) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        let dense: String = text.split_whitespace().collect();
        for spelling in spellings(secret) {
            assert!(!text.contains(&spelling) && !dense.contains(&spelling), "{spelling}: {text}");
        }
    }
}

#[test]
fn the_search_helpers_of_these_tests_work() {
    assert_eq!(longest_list("[1, 2, 3] [\"a\"] [-7, 8]"), 3);
    assert_eq!(longest_list(&format!("{:#?}", [7; 9])), 9);
    assert_eq!(longest_list("{\"a\": [Usb]}"), 0);
    for text in [base64url(&CHALLENGE), format!("{CHALLENGE:?}"), format!("{CHALLENGE:#?}")] {
        let dense: String = text.split_whitespace().collect();
        assert!(spellings(&CHALLENGE).iter().any(|one| dense.contains(one)), "{text}");
    }
}

/// Returns client data of a payment with this string as the challenge, as written in JSON.
fn payment_client_data(challenge: &str) -> Vec<u8> {
    let json = r#"{"type":"payment.get","challenge":"CHALLENGE","origin":"https://shop.example",
        "crossOrigin":false,"payment":{"rpId":"bank.example","topOrigin":"https://shop.example",
        "payeeName":"A shop","total":{"currency":"EUR","value":"5.00"},
        "paymentEntitiesLogos":[{"url":"https://a.example/a.png","label":"A"}],
        "instrument":{"displayName":"Card","icon":"https://bank.example/card.png"}}}"#;
    json.replace("CHALLENGE", challenge).into_bytes()
}

#[test]
fn kb_114_debug_of_client_data_shows_no_challenge() {
    let text = base64url(&CHALLENGE);
    let escaped: String = text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    for spelling in [&text, &escaped, &format!("{}{}", &escaped[..60], &text[10..])] {
        let json = payment_client_data(spelling);
        let client_data = ClientData::parse(&json).unwrap();
        assert!(client_data.challenge() == *text.as_str(), "the value contains the challenge");
        assert_eq!(client_data.challenge().to_string(), text);
        for value in [&client_data as &dyn Debug, &client_data.challenge()] {
            hides(value, &CHALLENGE);
            assert!(readable(value).contains("redacted"));
        }
        let payment = PaymentData::parse(&json).unwrap();
        hides(&payment, &CHALLENGE);
        assert!(readable(&payment).contains("payment_entities_logos: 1 logo"), "{payment:?}");
    }
    assert_eq!(
        format!("{:?}", ClientData::parse(&payment_client_data("AAAA")).unwrap()),
        "ClientData { type_: \"payment.get\", challenge: redacted, origin: \
         \"https://shop.example\", cross_origin: false, top_origin: None }"
    );
    hides(&ClientDataBuilder::get(&CHALLENGE, ORIGIN), &CHALLENGE);
}

#[test]
fn kb_114_debug_of_text_in_client_data_is_escaped_and_cut() {
    let json = format!(
        r#"{{"type":"webauthn.get","challenge":"AAAA","origin":"https:\/\/a\u202e\n{}"}}"#,
        "x".repeat(1000)
    );
    let origin = ClientData::parse(json.as_bytes()).unwrap().origin();
    let text = format!("{origin:?}");
    assert!(text.starts_with(r#""https://a\u{202e}\nxxx"#), "{text}");
    assert!(text.ends_with("xxx\"...") && text.len() < 120, "{text}");
}

#[test]
fn kb_114_debug_of_a_ceremony_shows_no_challenge() {
    let registering = Registering::new();
    let (options, pending) =
        registering.rp.start_registration(&registering.request, now()).unwrap();
    let response = RegistrationResponse::from_json(registering.body().to_string()).unwrap();
    let registration = registering.finish().unwrap();
    let values: [&dyn Debug; 5] =
        [&registering.request, &options, &pending, &response, &registration];
    values.into_iter().for_each(|value| hides(value, &CHALLENGE));

    let login = LoggingIn::new();
    let (options, pending) = login.rp.start_authentication(&login.request, now()).unwrap();
    let response = AuthenticationResponse::from_json(login.body().to_string()).unwrap();
    let authentication = login.finish().unwrap();
    let values: [&dyn Debug; 5] = [&login.request, &options, &pending, &response, &authentication];
    values.into_iter().for_each(|value| hides(value, &CHALLENGE));

    let (options, pending) = login.rp.start_payment(&login.request, &order(), now()).unwrap();
    hides(&options, &CHALLENGE);
    hides(&pending, &CHALLENGE);

    let client_data =
        String::from_utf8(ClientDataBuilder::get(&CHALLENGE, ORIGIN).build()).unwrap();
    let remote = login.request.remote_client_data_json(&client_data);
    hides(&remote, &CHALLENGE);
}

#[test]
fn kb_114_debug_of_flags_names_the_bits() {
    let shown = |flags: u8| {
        let bytes = [&[0; 32][..], &[flags], &[0; 4]].concat();
        format!("{:?}", AuthenticatorData::parse(&bytes).unwrap().flags())
    };
    assert_eq!(shown(0), "Flags(none)");
    assert_eq!(shown(0x05), "Flags(UP UV)");
    assert_eq!(shown(0x1d), "Flags(UP UV BE BS)");
    assert_eq!(shown(0x23), "Flags(UP RFU1 RFU2)");
    let with_credential = attested(flag::USER_VERIFIED | UP, CREDENTIAL_ID, &cose());
    let flags = AuthenticatorData::parse(&with_credential).unwrap().flags();
    assert_eq!(format!("{flags:?}"), "Flags(UP UV AT)");
    assert_eq!(flags.to_string(), "UP UV AT");
}

fn cose() -> Vec<u8> {
    messages::key(Algorithm::Es256).cose_key().unwrap()
}

/// Encodes a CBOR map from text strings to encoded values.
fn extensions(outputs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut map = vec![0xa0 | u8::try_from(outputs.len()).unwrap()];
    for (identifier, output) in outputs {
        map.push(0x60 | u8::try_from(identifier.len()).unwrap());
        map.extend(identifier.as_bytes());
        map.extend(*output);
    }
    map
}

#[test]
fn kb_114_debug_of_extensions_is_a_map_without_secrets() {
    let secret = [&[0x58, 0x20][..], &[0x5b; 32]].concat();
    let output = extensions(&[
        ("uvm", b"\x81\x83\x02\x04\x02"),
        ("other", b"\x82\x01\x02"),
        ("credBlob", b"\x44abcd"),
        ("credProtect", b"\x02"),
        ("hmac-secret", &secret),
        ("minPinLength", b"\x06"),
        ("hmac-secret-mc", &secret),
        ("thirdPartyPayment", b"\xf5"),
    ]);
    let bytes = AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0).extensions(&output).build();
    let data = AuthenticatorData::parse(&bytes).unwrap();
    let text = readable(data.extensions().unwrap());
    assert_eq!(
        text,
        "{\"uvm\": [UvmEntry { user_verification_method: 2, key_protection_type: 4, \
         matcher_protection_type: 2 }], \"other\": 3 bytes, \"credBlob\": 4 bytes, \
         \"credProtect\": UserVerificationOptionalWithCredentialIdList, \"hmac-secret\": 32 bytes, \
         \"minPinLength\": 6, \"hmac-secret-mc\": 32 bytes, \"thirdPartyPayment\": true}"
    );
    hides(&data, &[0x5b; 32]);

    let output = extensions(&[("uvm", b"\x80"), ("credBlob", b"\xf4"), ("credProtect", b"\x09")]);
    let mut login = LoggingIn::new();
    login.authenticator_data =
        AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0).extensions(&output).build();
    let authentication = login.finish().unwrap();
    let text = readable(&authentication);
    let map = "authenticator_outputs: Some({\"uvm\": 1 byte, \"credBlob\": false, \"credProtect\": 1 byte})";
    assert!(text.contains(map), "{text}");
}

#[test]
fn kb_114_debug_of_many_extensions_is_cut() {
    let mut map = vec![0xa0 | 23];
    (b'a'..=b'w').for_each(|name| map.extend([0x61, name, 0xf5]));
    let bytes = AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0).extensions(&map).build();
    let data = AuthenticatorData::parse(&bytes).unwrap();
    assert!(readable(data.extensions().unwrap()).ends_with("\"p\": 1 byte, ..}"));
}

#[test]
fn kb_114_debug_of_authenticator_data_is_text() {
    let hash: String = Sha256::digest(RP_ID).iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = attested(UP, CREDENTIAL_ID, &cose());
    assert_eq!(
        readable(&AuthenticatorData::parse(&bytes).unwrap()),
        format!(
            "AuthenticatorData {{ rp_id_hash: {hash}, flags: Flags(UP AT), sign_count: 0, \
             attested_credential: Some(AttestedCredentialData {{ aaguid: \
             Aaguid(a6a6a6a6-a6a6-a6a6-a6a6-a6a6a6a6a6a6), credential_id: \
             \"YSBjcmVkZW50aWFsIElE\", public_key: 77 bytes }}), extensions: None }}"
        )
    );
}

#[test]
fn kb_114_debug_of_keys_shows_their_hash() {
    for algorithm in Algorithm::compiled_in() {
        let cose = messages::key(algorithm).cose_key().unwrap();
        let key = CoseKey::parse(&cose).unwrap();
        let material = key.public_key().material();
        let hash = Sha256::digest(material.to_spki_der());
        let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let values: [&dyn Debug; 3] = [&key, key.public_key(), material];
        for value in values {
            let text = readable(value);
            assert!(text.contains(&format!("(SHA-256 {hash}...)")), "{text}");
            assert!(text.contains(algorithm.key_kind().as_str()) && text.len() < 300, "{text}");
        }
        readable(&messages::key(algorithm).public_numbers());
        readable(&key.public_key().prepare().unwrap());
    }
}

fn order() -> PaymentOrder {
    let icon = format!("data:image/png;base64,{}", "A".repeat(20_000));
    let card = PaymentInstrument::new("Gold card", icon.clone()).details("****1234");
    PaymentOrder::new("https://shop.example", "EUR", "49.90", card)
        .payee_name("The shop")
        .logo(icon, "Network")
}

/// Returns a credential record with the maximum length in every field.
fn long_credential() -> Credential {
    Credential::from_parts(&[0xa5; 1023], &messages::key(Algorithm::Rs256).cose_key().unwrap())
        .unwrap()
        .with_user_handle(&[0xa5; 64])
        .unwrap()
        .with_transports([Transport::Usb, Transport::Other("x".repeat(32))])
        .with_aaguid(Aaguid::from_bytes(AAGUID))
        .with_prepared_key()
        .unwrap()
}

#[test]
fn kb_114_debug_of_site_data_is_short_and_has_no_lists_of_numbers() {
    let credential = long_credential();
    readable(&credential);
    readable(&user());
    let rp = relying_party();
    readable(&rp);
    readable(&rp.related_origins_document().map_err(|error| error.to_string()));
    readable(&rp.unknown_credential(credential.id()).unwrap());
    let account = core::slice::from_ref(&credential);
    readable(&rp.all_accepted_credentials(&[0xa5; 64], account).unwrap());
    readable(&rp.current_user_details(&user()).unwrap());
    readable(&BackupPolicy::default().require_eligible(true));
    readable(&Quirk::ALL.iter().copied().collect::<Quirks>());
    readable(&DecoyShape::of(account));
    readable(&DecoySecret::new(&[7; 32]));
    readable(&AuthenticationRequest::decoy(&DecoySecret::new(&[7; 32]), "bob"));
    readable(&[UvmEntry::default()]);
    readable(&Hint::SecurityKey);
}

/// Returns a site that requires attestation, and an authenticator that attests.
fn attested_pair() -> (RelyingParty, SoftwareAuthenticator) {
    let browser = SoftwareAuthenticator::from_seed(b"alice")
        .with_attestation(AttestationKind::PackedX5c)
        .with_aaguid(AAGUID);
    let anchor = TrustAnchor::from_der(browser.attestation_root()).unwrap();
    let policy = AttestationPolicy::trusted([anchor.revoking(Revocations::new())]);
    (relying_party().attestation_policy(policy).unwrap(), browser)
}

/// Returns a registration request with every possible setting.
fn full_registration() -> RegistrationRequest {
    let all: Vec<Algorithm> = Algorithm::compiled_in().collect();
    let existing = long_credential().with_user_handle(USER_HANDLE).unwrap();
    RegistrationRequest::passkey(&user(), &[existing])
        .challenge(&CHALLENGE)
        .algorithms(&all)
        .cred_protect(CredentialProtection::UserVerificationOptional)
        .min_pin_length()
        .prf(&[0x5b; 32], None)
        .large_blob(LargeBlobSupport::Preferred)
        .cred_blob(&[0x5b; 32])
        .attestation(AttestationConveyance::Direct)
}

#[test]
fn kb_114_debug_of_a_registration_is_short_and_has_no_lists_of_numbers() {
    let (rp, mut browser) = attested_pair();
    let request = full_registration();
    let (options, pending) = rp.start_registration(&request, now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(&body).unwrap();
    readable(&request);
    readable(&options);
    readable(&pending);
    readable(&response);
    readable(&browser);
    let registration = rp.finish_registration(pending, &response, now()).unwrap();
    readable(&registration);
    readable(registration.attestation());
    let path = registration.attestation().trust_path().unwrap();
    assert!(readable(path).contains("CN=Software authenticator attestation root"), "{path:?}");
    readable(registration.client_outputs());
    readable(&registration.authenticator_outputs().unwrap());
    hides(&registration, &[0x5b; 32]);

    let object = AttestationObject::parse(response.attestation_object()).unwrap();
    assert!(readable(&object).contains("statement: "), "{object:?}");
    readable(object.authenticator_data());
    readable(object.authenticator_data().attested_credential().unwrap());
}

#[test]
fn kb_114_debug_of_a_login_is_short_and_has_no_lists_of_numbers() {
    let (rp, mut browser) = attested_pair();
    let (options, pending) = rp.start_registration(&full_registration(), now()).unwrap();
    let body = browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(&body).unwrap();
    let registration = rp.finish_registration(pending, &response, now()).unwrap();
    let account = [registration.into_credential()];
    let request = AuthenticationRequest::for_user(USER_HANDLE, &account)
        .prf(&[0x5b; 32], None)
        .get_cred_blob()
        .challenge(&CHALLENGE);
    let (options, pending) = rp.start_authentication(&request, now()).unwrap();
    let body = browser.authenticate(&options, ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(&body).unwrap();
    readable(&request);
    readable(&options);
    readable(&pending);
    readable(&response);
    readable(&browser);
    let login = rp.finish_authentication(pending, &response, &account, now()).unwrap();
    readable(&login);
    readable(&login.update());
    readable(&login.sign_count());
    let outputs = login.client_outputs();
    readable(&(outputs.prf(), outputs.large_blob(), outputs.hmac_get_secret()));
    hides(&login, &[0x5b; 32]);
}

#[test]
fn kb_114_debug_of_a_payment_shows_the_start_of_an_image() {
    let (options, pending) = {
        let login = LoggingIn::new();
        login.rp.start_payment(&login.request, &order(), now()).unwrap()
    };
    readable(&options);
    readable(&pending);
    readable(&order());
    let text = readable(&PaymentInstrument::new("Card", "x".repeat(5000)));
    assert!(text.contains(&format!("icon: \"{}\"...", "x".repeat(100))), "{text}");
}

#[test]
fn kb_114_debug_of_certificates_shows_name_and_hash() {
    let root = certificates::root("The root");
    let hash: String = Sha256::digest(&root).iter().take(8).map(|b| format!("{b:02x}")).collect();
    let anchor = TrustAnchor::from_der(root.clone()).unwrap();
    assert_eq!(
        readable(&anchor),
        format!(
            "TrustAnchor {{ subject: \"CN=The root\", der: {} bytes (SHA-256 {hash}...), \
             revocations: None }}",
            root.len()
        )
    );
    let numbers: Vec<[u8; 20]> = (0..200).map(|number| [number; 20]).collect();
    let revocations = numbers.iter().fold(Revocations::new(), |list, one| list.serial_number(one));
    let revocations = revocations.certificate(&root).unwrap().issued_by(&root, &[7; 20]).unwrap();
    assert_eq!(
        readable(&revocations),
        "Revocations { serial_numbers: 200 serial numbers, issued: 1 serial number, certificates: \
         1 certificate }"
    );
    let leaf = certificates::issued_by("The root", certificates::leaf());
    let path = verify_path(
        &[&leaf[..]],
        &[anchor.clone().revoking(Revocations::new())],
        certificates::now(),
        Quirks::NONE,
    );
    readable(&path.unwrap());

    let many: Vec<TrustAnchor> = core::iter::repeat_n(anchor, 100).collect();
    let models = (0..200).map(|model| Aaguid::from_bytes([model; 16]));
    let policy = AttestationPolicy::trusted(many.clone())
        .anchors_for_format(AttestationFormat::Packed, many.clone())
        .anchors_for_aaguid(Aaguid::from_bytes(AAGUID), many)
        .require_aaguids(models.clone())
        .refuse_aaguids(models)
        .allow_safetynet(Duration::from_secs(60));
    let text = readable(&policy);
    assert!(text.contains("anchors: 100 certificates, by_format: [(Packed, 100 certificates)]"));
    assert!(text.contains("by_aaguid: 1 model, allowed: Some(200 models)"), "{text}");
}

#[test]
fn kb_114_debug_of_test_helpers_is_short() {
    let key = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"a key").unwrap();
    let numbers = key.public_numbers();
    readable(&key);
    readable(&AttestationStatement::new("packed", &[0; 5000]));
    readable(&AuthenticatorDataBuilder::new(RP_ID, UP, 0).extensions(&[0; 5000]));
    readable(
        &CertificateBuilder::new(&certificates::name("A name"), &numbers).serial_number(&[9; 20]),
    );
    readable(&DistinguishedName::new().country("DE"));
    readable(&KeyDescriptionBuilder::new(&[7; 32]));
    readable(&SafetyNetResponseBuilder::new(&[7; 32], 0));
    readable(&TpmStructure::pub_area(&numbers).unwrap());
    readable(&TpmStructure::cert_info(&[7; 32], &[7; 34]));
    readable(&ClientDataBuilder::get(&CHALLENGE, ORIGIN).member("x", &"1".repeat(5000)));
    readable(&signature::verify(
        CoseKey::parse(&cose()).unwrap().public_key(),
        b"message",
        &[0x30; 70],
    ));
}

#[cfg(feature = "metadata")]
#[test]
fn kb_114_debug_of_metadata_shows_counts() {
    use base64::Engine;
    use webauthn_verify::metadata::Metadata;
    use webauthn_verify_authenticator::MetadataBlobBuilder;

    let root = certificates::root("root");
    let text = base64::engine::general_purpose::STANDARD.encode(&root);
    let report = |number: u8| {
        json!({ "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-01-02", "url": "https://a.example",
            "certificate": text, "certificateNumber": format!("FIDO{number}") })
    };
    let entry = |number: u8| {
        json!({
            "aaguid": Aaguid::from_bytes([number; 16]).to_string(),
            "statusReports": (0..20).map(report).collect::<Vec<Value>>(),
            "timeOfLastStatusChange": "2024-01-02",
            "metadataStatement": {
                "description": "A model",
                "attestationTypes": ["basic_full"],
                "attestationRootCertificates": vec![text.clone(); 20],
                "icon": "x".repeat(50_000),
            },
        })
    };
    let blob = (1..40)
        .fold(MetadataBlobBuilder::new(7, "2025-07-01"), |blob, number| blob.entry(entry(number)));
    readable(&blob);
    let signed = blob
        .sign(&certificates::key("leaf"), &[certificates::issued_by("root", certificates::leaf())]);
    let roots = [TrustAnchor::from_der(root).unwrap()];
    let metadata = Metadata::verify(&signed, &roots, None, certificates::now()).unwrap();
    assert_eq!(
        readable(&metadata),
        "Metadata { number: 7, next_update: Date(2025-07-01), legal_header: Some(\"For tests.\"), \
         entries: 39 models, skipped: 0 parts }"
    );
    let entry = metadata.entries().first().unwrap();
    let text = readable(entry);
    assert!(text.contains("anchors: 20 certificates, status_reports: 20 reports"), "{text}");
    let text = readable(entry.status_reports().first().unwrap());
    assert!(text.contains("effective_date: Some(Date(2024-01-02))"), "{text}");
    let text = readable(&AttestationPolicy::trusted([]).metadata(metadata));
    assert!(text.contains("metadata: Some(Metadata {"), "{text}");
    assert!(text.contains("certification: None"), "{text}");
}
