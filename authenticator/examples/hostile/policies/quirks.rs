//! Deviations of real devices: refused, and accepted with the quirk that allows them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::algorithm::{EDDSA, ES256};
use webauthn_verify_authenticator::certificates::{
    BASIC_CONSTRAINTS, CertificateFields, ECDSA_WITH_SHA256, KEY_USAGE, SHA256_WITH_RSA, issued_by,
    key as key_of, name, root,
};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, DistinguishedName,
    KeyDescriptionBuilder, PrivateKey, TpmStructure, der, flag,
};

use crate::case::{
    Case, LOGIN_FLAGS, Login, REGISTRATION_FLAGS, RP_ID, Registration, attested, cose_key, encode,
    key,
};

const ALL: [&str; 8] = [
    "NonMinimalDerIntegers",
    "FirefoxTextEd25519Key",
    "Sha1Attestation",
    "YubicoU2fUnusedBits",
    "IndefiniteLengthAttestation",
    "UnorderedExtensionOutputs",
    "NonDerBooleans",
    "EcdsaNullParameters",
];

pub(super) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(signatures());
    cases.extend(keys_and_encodings());
    cases.extend(extensions());
    cases.extend(statements());
    cases.extend(certificates());
    let unknown = case(&Registration::new(), "unknown", "KB-106");
    cases.push(unknown.with("quirks", json!(["sha1-attestation"])).unusable());
    let whole = case(&Registration::new(), "not-needed", "KB-106");
    cases.push(whole.with("quirks", json!(["all"])).accept());
    cases
}

fn case(registration: &Registration, name: &str, rule: &str) -> Case {
    registration.case(&format!("policies/registration/quirk/{name}"), rule)
}

/// Returns the case without a quirk, with every other quirk, with this quirk and with all.
fn twins(case: &Case, quirk: &str, kind: &str, step: &str) -> Vec<Value> {
    assert!(ALL.contains(&quirk), "{quirk}");
    let others: Vec<&str> = ALL.into_iter().filter(|one| *one != quirk).collect();
    let named = |what: &str| case.clone().renamed(|name| format!("{name}-{what}"));
    vec![
        named("refused").reject(kind, step),
        named("with-the-other-quirks").with("quirks", json!(others)).reject(kind, step),
        named("allowed").with("quirks", json!([quirk])).accept(),
        named("with-all-quirks").with("quirks", json!(["all"])).accept(),
    ]
}

/// Returns the same ECDSA signature with a zero byte before r. Both numbers are short enough for
/// one-byte lengths.
fn padded(signature: &[u8]) -> Vec<u8> {
    let [0x30, length, 0x02, r_length, rest @ ..] = signature else {
        panic!("not an ECDSA signature")
    };
    [&[0x30, length + 1, 0x02, r_length + 1, 0][..], rest].concat()
}

fn signatures() -> Vec<Value> {
    const QUIRK: &str = "NonMinimalDerIntegers";
    let login = Login::new();
    let signature = padded(&key(ES256).sign(&login.signed()));
    let login = login.signature(signature).case("policies/login/quirk/leading-zero", "KB-61");
    let registration = Registration::new();
    let signature = padded(&key(ES256).sign(&registration.signed()));
    let statement = AttestationStatement::packed(ES256, &signature, None);
    let registration = registration.statement(statement.expect("a statement"));
    let registration = case(&registration, "leading-zero", "KB-61");
    let mut cases = twins(&login, QUIRK, "SignatureInvalid", "21");
    cases.extend(twins(&registration, QUIRK, "SignatureInvalid", "22"));
    // The rest of the encoding stays strict.
    let wrong = Login::new();
    let mut signature = padded(&key(ES256).sign(&wrong.signed()));
    signature.push(0);
    let wrong = wrong.signature(signature).case("policies/login/quirk/trailing-zero", "KB-61");
    cases.push(wrong.with("quirks", json!(["all"])).reject("SignatureInvalid", "21"));
    let wrong = Login::new();
    let signature = padded(&key(ES256).sign(b"other bytes"));
    let wrong = wrong
        .signature(signature)
        .case("policies/login/quirk/leading-zero-of-other-bytes", "KB-61");
    cases.push(wrong.with("quirks", json!(["all"])).reject("SignatureInvalid", "21"));
    cases
}

/// Returns the key that Firefox 117 wrote for an Ed25519 key.
fn firefox_key() -> Vec<u8> {
    let canonical = cose_key(EDDSA);
    let mut bytes = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20".to_vec();
    for &byte in &canonical[10..] {
        match byte {
            0..24 => bytes.push(byte),
            _ => bytes.extend([0x18, byte]),
        }
    }
    bytes
}

/// Encodes a byte string in two chunks: one of 24 bytes and one of fewer than 256.
fn chunks(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(24);
    let length = u8::try_from(second.len()).expect("a short string");
    [&[0x5f, 0x58, 24][..], first, &[0x58, length], second, &[0xff]].concat()
}

fn keys_and_encodings() -> Vec<Value> {
    let firefox = Registration::with_algorithm(EDDSA).cose_key(&firefox_key());
    let firefox = case(&firefox, "firefox-key", "KB-60");
    let mut cases = twins(&firefox, "FirefoxTextEd25519Key", "TrailingBytes", "13");
    let mut longer = firefox_key();
    longer[1] = 0x03;
    let other = Registration::with_algorithm(EDDSA).cose_key(&longer);
    let other = case(&other, "firefox-key-with-another-label", "CBOR-13");
    cases.push(other.with("quirks", json!(["all"])).reject("InvalidCbor", "13"));
    let registration = Registration::new();
    let signed = registration.signed();
    let data = &signed[..signed.len() - 32];
    let object = [
        b"\xbf\x63fmt\x7f\x64pack\x62ed\xff\x67attStmt\xbf\x63alg\x26\x63sig",
        &chunks(&key(ES256).sign(&signed))[..],
        b"\xff\x7f\x68authData\xff",
        &chunks(data),
        b"\xff",
    ]
    .concat();
    let whole =
        case(&registration.clone().attestation_object(object.clone()), "indefinite", "KB-76");
    cases.extend(twins(&whole, "IndefiniteLengthAttestation", "InvalidCbor", "13"));
    let cut = object[..object.len() - 1].to_vec();
    let cut =
        case(&registration.clone().attestation_object(cut), "indefinite-without-end", "KB-76");
    cases.push(cut.with("quirks", json!(["all"])).reject("InvalidCbor", "13"));
    let longer = [&object[..], b"\xff"].concat();
    let longer =
        case(&registration.attestation_object(longer), "indefinite-with-two-ends", "KB-76");
    cases.push(longer.with("quirks", json!(["all"])).reject("TrailingBytes", "13"));
    cases
}

/// The encoding that Solo wrote for `{"hmac-secret": true, "credProtect": 1}`.
const SOLO_EXTENSIONS: &[u8] = b"\xa2\x6bhmac-secret\xf5\x6bcredProtect\x01";

fn extensions() -> Vec<Value> {
    const QUIRK: &str = "UnorderedExtensionOutputs";
    let registration = |outputs: &[u8]| {
        let data = attested(REGISTRATION_FLAGS | flag::EXTENSION_DATA, &cose_key(ES256));
        Registration::new().authenticator_data(data.extensions(outputs).build())
    };
    let login = |outputs: &[u8]| {
        let flags = LOGIN_FLAGS | flag::EXTENSION_DATA;
        let data = AuthenticatorDataBuilder::new(RP_ID, flags, 1).extensions(outputs);
        Login::new().authenticator_data(data.build())
    };
    let unordered = case(&registration(SOLO_EXTENSIONS), "unordered-outputs", "CBOR-12");
    let mut cases = twins(&unordered, QUIRK, "InvalidCbor", "13");
    let unordered =
        login(SOLO_EXTENSIONS).case("policies/login/quirk/unordered-outputs", "CBOR-12");
    cases.extend(twins(&unordered, QUIRK, "InvalidCbor", "15"));
    // The content is checked as usual.
    let unordered = case(&registration(SOLO_EXTENSIONS), "unordered-and-unprotected", "EXT-11")
        .with("quirks", json!([QUIRK]))
        .with(
            "require",
            json!({
                "cred_protect": "userVerificationOptionalWithCredentialIDList",
            }),
        );
    cases.push(unordered.reject_field("ExtensionRejected", "28", "credProtect"));
    let twice = b"\xa3\x6bhmac-secret\xf5\x6bcredProtect\x03\x6bhmac-secret\xf4";
    let twice = case(&registration(twice), "unordered-and-repeated", "CBOR-05");
    cases.push(twice.with("quirks", json!([QUIRK])).reject("InvalidCbor", "13"));
    for (name, count, is_accepted) in [("16-outputs", 16, true), ("17-outputs", 17, false)] {
        let mut map = vec![0xa0 | count];
        for number in (0..count).rev() {
            map.extend([0x61, b'a' + number, 0xf5]);
        }
        let case = case(&registration(&map), &format!("unordered-{name}"), "CBOR-05")
            .with("quirks", json!([QUIRK]));
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject("InvalidCbor", "13"),
        });
    }
    cases
}

fn statements() -> Vec<Value> {
    let registration = Registration::new();
    let statement = tpm_by_sha1(&registration.signed());
    let tpm = case(&registration.statement(statement), "sha1-name", "TPM-08");
    let mut cases = twins(&tpm, "Sha1Attestation", "WeakAlgorithm", "22");
    let yubico = u2f(&first_yubico_certificate());
    let yubico = case(&yubico, "unused-signature-bits", "KB-71");
    cases.extend(twins(&yubico, "YubicoU2fUnusedBits", "AttestationInvalid", "22"));
    let android = case(&android(&der::value(0x01, &[1])), "boolean-in-key-description", "KB-89");
    cases.extend(twins(&android, "NonDerBooleans", "AttestationInvalid", "22"));
    cases
}

fn certificates() -> Vec<Value> {
    const BOOLEANS: &str = "NonDerBooleans";
    let mut cases = Vec::new();
    for (name, byte) in [("01", 0x01), ("80", 0x80), ("fe", 0xfe)] {
        let case = case(&u2f(&issued_by_booleans(&[byte])), &format!("boolean-{name}"), "KB-89");
        cases.extend(twins(&case, BOOLEANS, "AttestationInvalid", "22"));
    }
    for (name, bytes) in [("of-two-bytes", &[1, 1][..]), ("without-a-byte", &[])] {
        let case = case(&u2f(&issued_by_booleans(bytes)), &format!("boolean-{name}"), "KB-89");
        cases.push(case.with("quirks", json!(["all"])).reject("AttestationInvalid", "22"));
    }
    let anchored = case(&u2f(&issued_by_booleans(&[0xff])), "boolean-in-anchor", "KB-89")
        .with("trust_anchors", json!([encode(&root_with_boolean(1))]));
    cases.extend(twins(&anchored, BOOLEANS, "UntrustedAttestation", "24"));
    let not_ca = case(&u2f(&issued_by_booleans(&[0xff])), "boolean-false-in-anchor", "X509-05")
        .with("trust_anchors", json!([encode(&root_with_boolean(0))]))
        .with("quirks", json!(["all"]));
    cases.push(not_ca.reject("UntrustedAttestation", "24"));
    let null = case(&u2f(&with_parameters(der::null())), "null-parameters", "KB-89")
        .with("trust_anchors", json!([encode(&root("root"))]));
    cases.extend(twins(&null, "EcdsaNullParameters", "UntrustedAttestation", "24"));
    for (name, parameters, kind, step) in [
        ("integer", der::integer(&[1]), "UntrustedAttestation", "24"),
        ("null-with-content", vec![0x05, 0x01, 0x00], "AttestationInvalid", "22"),
    ] {
        let case = case(&u2f(&with_parameters(parameters)), &format!("parameters-{name}"), "KB-89")
            .with("trust_anchors", json!([encode(&root("root"))]))
            .with("quirks", json!(["all"]));
        cases.push(case.reject(kind, step));
    }
    cases
}

/// Returns a statement of a TPM that names the key by its SHA-1 hash.
fn tpm_by_sha1(signed: &[u8]) -> AttestationStatement {
    let area = TpmStructure::pub_area(&key(ES256).public_numbers())
        .and_then(|area| area.with("pubArea.nameAlg", &[0, 0x04]))
        .expect("a P-256 key and a member");
    let info = TpmStructure::cert_info(&Sha256::digest(signed), &area.name()).to_bytes();
    let tpm = DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:00010002");
    let certificate =
        CertificateBuilder::new(&DistinguishedName::new(), &key_of("aik").public_numbers())
            .basic_constraints(false, None)
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm.to_der());
    let x5c = [issued_by("root", certificate)];
    let signature = key_of("aik").sign(&info);
    AttestationStatement::tpm("2.0", ES256, &signature, &x5c, &area.to_bytes(), &info)
        .expect("a statement")
}

/// Returns a registration of a U2F key with this attestation certificate.
fn u2f(certificate: &[u8]) -> Registration {
    let registration = Registration::new();
    let signature = key_of("attestation").sign(&registration.u2f_signed());
    let statement = AttestationStatement::fido_u2f(&signature, &[certificate.to_vec()]);
    registration.statement(statement.expect("a statement"))
}

/// Returns an RSA key with a modulus of 2048 bits. Its primes are 2^1024 - 105 and 2^1024 - 179.
fn rsa_2048() -> PrivateKey {
    let below_2_1024 = |difference: u8| {
        let mut number = vec![0xff; 128];
        number[127] = 0_u8.wrapping_sub(difference);
        number
    };
    PrivateKey::rs256(&below_2_1024(105), &below_2_1024(179)).expect("two primes")
}

/// Returns a certificate like the first ones of Yubico: the zero bits at the end of the signature
/// are declared as unused. The serial number is chosen so that there are such bits.
fn first_yubico_certificate() -> Vec<u8> {
    let issuer = rsa_2048();
    let algorithm = der::sequence(&[der::object_identifier(SHA256_WITH_RSA), der::null()]);
    let mut fields = CertificateFields::new().algorithm(algorithm);
    fields.issuer = name("Yubico U2F Root CA Serial 457200631").to_der();
    fields.subject = name("Yubico U2F EE Serial 1").to_der();
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    for serial_number in 1..100 {
        fields.serial_number = der::integer(&[serial_number]);
        let signature = issuer.sign(&fields.to_be_signed());
        let zeros = signature.last().map_or(0, |last| last.trailing_zeros());
        if (1..8).contains(&zeros) {
            fields.unused_signature_bits = u8::try_from(zeros).expect("below eight");
            return fields.with_signature(&fields.to_be_signed(), &signature);
        }
    }
    panic!("no signature ends with zero bits");
}

/// Returns a critical extension with these bytes as the value of `critical`.
fn extension_with_boolean(object_identifier: &[u64], boolean: &[u8], value: &[u8]) -> Vec<u8> {
    der::sequence(&[
        der::object_identifier(object_identifier),
        der::value(0x01, boolean),
        der::octet_string(value),
    ])
}

/// Returns a certificate of "root" for the key "attestation", with a critical key usage.
fn issued_by_booleans(boolean: &[u8]) -> Vec<u8> {
    let mut fields = CertificateFields::new();
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    let usage = extension_with_boolean(KEY_USAGE, boolean, &der::bit_string(7, &[0x80]));
    fields.extensions(&[usage]).sign(&key_of("root"))
}

/// Returns the certificate of the CA "root", with this byte as the value of `cA`.
fn root_with_boolean(boolean: u8) -> Vec<u8> {
    let mut fields = CertificateFields::new();
    fields.subject = name("root").to_der();
    fields.public_key = key_of("root").public_numbers().subject_public_key_info();
    let constraints = der::sequence(&[der::value(0x01, &[boolean])]);
    fields
        .extensions(&[extension_with_boolean(BASIC_CONSTRAINTS, &[0xff], &constraints)])
        .sign(&key_of("root"))
}

/// Returns a certificate of "root" whose signature algorithm has these parameters.
fn with_parameters(parameters: Vec<u8>) -> Vec<u8> {
    let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256), parameters]);
    let mut fields = CertificateFields::new().algorithm(algorithm);
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    fields.sign(&key_of("root"))
}

/// Returns an `android-key` registration with this value of `deviceLocked`.
fn android(device_locked: &[u8]) -> Registration {
    let registration = Registration::new();
    let signed = registration.signed();
    let (_, client_data_hash) = signed.split_last_chunk::<32>().expect("a hash");
    let root_of_trust =
        der::sequence(&[der::octet_string(&[1; 32]), device_locked.to_vec(), der::enumerated(0)]);
    let description = KeyDescriptionBuilder::new(client_data_hash)
        .tee_enforced(&[
            KeyDescriptionBuilder::purpose(&[2]),
            KeyDescriptionBuilder::origin(0),
            der::explicit(704, &root_of_trust),
        ])
        .build();
    let credential = key(ES256);
    let certificate = CertificateBuilder::new(&name("key"), &credential.public_numbers())
        .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description);
    let x5c = [issued_by("root", certificate)];
    let statement = AttestationStatement::android_key(ES256, &credential.sign(&signed), &x5c);
    registration.statement(statement.expect("a statement"))
}
