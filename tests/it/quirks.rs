//! For every quirk, the software authenticator imitates the real device. Its message is rejected
//! without the quirk and accepted with it, and the verdict lists the quirk. A conforming message
//! needs no quirk.
#![cfg(feature = "attestation")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use std::time::Duration;

use sha2::{Digest, Sha256};
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Error, ErrorKind, Quirk, Quirks, RegistrationRequest,
    RelyingParty, Step, UserVerification,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder,
    DistinguishedName, KeyDescriptionBuilder, PrivateKey, TpmStructure, der, u2f_signed_message,
};

use crate::common::certificates::{
    self, BASIC_CONSTRAINTS, CertificateFields, ECDSA_WITH_SHA256, KEY_USAGE, SHA256_WITH_RSA, ca,
    issued_by, key as key_of, name,
};
use crate::common::messages::{
    self, CREDENTIAL_ID, ED, LoggingIn, RP_ID, Registering, UP, attested, key, padded, refused,
};
use crate::common::site::{self, Site};

/// A message of a device. It runs its ceremony with the relying party that the given function
/// configures.
type Twin = Box<dyn Fn(&dyn Fn(RelyingParty) -> RelyingParty) -> Result<Quirks, Error>>;

fn registration(registering: Registering) -> Twin {
    Box::new(move |change| {
        let rp = change(registering.rp.clone());
        let changed = Registering {
            rp,
            request: registering.request.clone(),
            client_data: registering.client_data.clone(),
            credential_id: registering.credential_id.clone(),
            attestation_object: registering.attestation_object.clone(),
        };
        Ok(changed.finish()?.quirks())
    })
}

fn login(build: impl Fn() -> (LoggingIn, Vec<u8>) + 'static) -> Twin {
    Box::new(move |change| {
        let (mut login, signature) = build();
        login.rp = change(login.rp);
        Ok(login.finish_with(&login.body_with_signature(&signature))?.quirks())
    })
}

/// Returns the messages of each device.
fn twins(quirk: Quirk) -> Vec<Twin> {
    match quirk {
        Quirk::NonMinimalDerIntegers => vec![
            login(|| {
                let login = LoggingIn::new();
                let signature = padded(&login.key.sign(&login.signed()));
                (login, signature)
            }),
            registration(with_statement(&plain(), |signed| {
                packed_self(&padded(&key(Algorithm::Es256).sign(signed)))
            })),
        ],
        Quirk::FirefoxTextEd25519Key => vec![registration(Registering::with_authenticator_data(
            &attested(UP, CREDENTIAL_ID, &firefox_key()),
        ))],
        Quirk::Sha1Attestation => vec![registration(with_statement(&plain(), tpm_by_sha1))],
        Quirk::YubicoU2fUnusedBits => {
            let mut trusted = u2f(&first_yubico_certificate());
            trusted.rp = trusted.rp.attestation_policy(trusting_yubico()).unwrap();
            vec![registration(u2f(&first_yubico_certificate())), registration(trusted)]
        }
        Quirk::IndefiniteLengthAttestation => {
            vec![registration(indefinite(&plain()))]
        }
        Quirk::UnorderedExtensionOutputs => vec![
            registration(Registering::with_authenticator_data(&with_extensions(SOLO_EXTENSIONS))),
            login(|| {
                let mut login = LoggingIn::new();
                login.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, UP | ED, 0)
                    .extensions(SOLO_EXTENSIONS)
                    .build();
                let signature = login.key.sign(&login.signed());
                (login, signature)
            }),
        ],
        Quirk::NonDerBooleans => {
            let mut trusted = u2f(&issued_by_booleans("root", &[1]));
            trusted.rp =
                trusted.rp.attestation_policy(trusting(&root_with_booleans(&[0xff]))).unwrap();
            let mut anchored = u2f(&issued_by_booleans("root", &[0xff]));
            anchored.rp =
                anchored.rp.attestation_policy(trusting(&root_with_booleans(&[1]))).unwrap();
            vec![
                registration(u2f(&issued_by_booleans("root", &[1]))),
                registration(u2f(&issued_by_booleans("root", &[0x80]))),
                registration(trusted),
                registration(anchored),
                registration(android(&der::value(0x01, &[1]))),
            ]
        }
        Quirk::EcdsaNullParameters => {
            let mut trusted = u2f(&with_null_parameters());
            trusted.rp =
                trusted.rp.attestation_policy(trusting(&issued_by("root", ca("root")))).unwrap();
            vec![registration(trusted)]
        }
        other => panic!("{} has no twin", other.as_str()),
    }
}

/// The encoding that Solo wrote for `{"hmac-secret": true, "credProtect": 1}`.
const SOLO_EXTENSIONS: &[u8] = b"\xa2\x6bhmac-secret\xf5\x6bcredProtect\x01";

/// Returns correct authenticator data.
fn plain() -> Vec<u8> {
    attested(UP, CREDENTIAL_ID, &key(Algorithm::Es256).cose_key().unwrap())
}

fn with_extensions(cbor: &[u8]) -> Vec<u8> {
    let mut data = attested(UP | ED, CREDENTIAL_ID, &key(Algorithm::Es256).cose_key().unwrap());
    data.extend(cbor);
    data
}

/// Returns a registration with the statement that this function builds for the signed bytes.
fn with_statement(data: &[u8], statement: impl Fn(&[u8]) -> AttestationStatement) -> Registering {
    let mut registering = Registering::with_authenticator_data(data);
    let signed = [data, &Sha256::digest(&registering.client_data)].concat();
    registering.attestation_object = statement(&signed).attestation_object(data).unwrap();
    registering
}

fn packed_self(signature: &[u8]) -> AttestationStatement {
    AttestationStatement::packed(-7, signature, None).unwrap()
}

/// Returns the key that Firefox 117 wrote for an Ed25519 key.
fn firefox_key() -> Vec<u8> {
    let canonical = key(Algorithm::EdDsa).cose_key().unwrap();
    let mut bytes = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x98\x20".to_vec();
    for &byte in &canonical[10..] {
        match byte {
            0..24 => bytes.push(byte),
            _ => bytes.extend([0x18, byte]),
        }
    }
    bytes
}

/// Returns a statement of a TPM that names the key by its SHA-1 hash.
fn tpm_by_sha1(signed: &[u8]) -> AttestationStatement {
    let numbers = key(Algorithm::Es256).public_numbers();
    let area = TpmStructure::pub_area(&numbers).unwrap();
    let area = area.with("pubArea.nameAlg", &[0, 0x04]).unwrap();
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
    AttestationStatement::tpm("2.0", -7, &signature, &x5c, &area.to_bytes(), &info).unwrap()
}

fn trusting(root: &[u8]) -> AttestationPolicy {
    AttestationPolicy::trusted([TrustAnchor::from_der(root).unwrap()])
}

/// Returns a critical extension with these bytes as the value of `critical`.
fn extension_with_boolean(object_identifier: &[u64], boolean: &[u8], value: &[u8]) -> Vec<u8> {
    der::sequence(&[
        der::object_identifier(object_identifier),
        der::value(0x01, boolean),
        der::octet_string(value),
    ])
}

/// Returns the certificate for the key "attestation" with a critical key usage.
fn issued_by_booleans(issuer: &str, boolean: &[u8]) -> Vec<u8> {
    let mut fields = CertificateFields::new();
    fields.issuer = name(issuer).to_der();
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    let usage = extension_with_boolean(KEY_USAGE, boolean, &der::bit_string(7, &[0x80]));
    fields.extensions(&[usage]).sign(&key_of(issuer))
}

/// Returns the certificate of the CA "root", with these bytes as the value of `cA`.
fn root_with_booleans(boolean: &[u8]) -> Vec<u8> {
    let mut fields = CertificateFields::new();
    fields.subject = name("root").to_der();
    fields.public_key = key_of("root").public_numbers().subject_public_key_info();
    let constraints = der::sequence(&[der::value(0x01, boolean)]);
    fields
        .extensions(&[extension_with_boolean(BASIC_CONSTRAINTS, &[0xff], &constraints)])
        .sign(&key_of("root"))
}

/// Returns an `android-key` registration of a device with these bytes as the value of
/// `deviceLocked`.
fn android(device_locked: &[u8]) -> Registering {
    let data = plain();
    let mut registering = Registering::with_authenticator_data(&data);
    let hash: [u8; 32] = Sha256::digest(&registering.client_data).into();
    let root_of_trust =
        der::sequence(&[der::octet_string(&[1; 32]), device_locked.to_vec(), der::enumerated(0)]);
    let description = KeyDescriptionBuilder::new(&hash)
        .tee_enforced(&[
            KeyDescriptionBuilder::purpose(&[2]),
            KeyDescriptionBuilder::origin(0),
            der::explicit(704, &root_of_trust),
        ])
        .build();
    let credential = key(Algorithm::Es256);
    let certificate = CertificateBuilder::new(&name("key"), &credential.public_numbers())
        .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description);
    let signature = credential.sign(&[&data[..], &hash].concat());
    let x5c = [issued_by("root", certificate)];
    let statement = AttestationStatement::android_key(-7, &signature, &x5c).unwrap();
    registering.attestation_object = statement.attestation_object(&data).unwrap();
    registering
}

/// Returns the certificate for the key "attestation", with NULL as the parameters of its signature
/// algorithm.
fn with_null_parameters() -> Vec<u8> {
    let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256), der::null()]);
    let mut fields = CertificateFields::new().algorithm(algorithm);
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    fields.sign(&key_of("root"))
}

const YUBICO_ROOT: &str = "Yubico U2F Root CA Serial 457200631";

/// Returns an RSA key with a modulus of 2048 bits. Its primes are 2^1024 - 105 and 2^1024 - 179.
fn rsa_2048() -> PrivateKey {
    let below_2_1024 = |difference: u8| {
        let mut number = vec![0xff; 128];
        number[127] = 0_u8.wrapping_sub(difference);
        number
    };
    PrivateKey::rs256(&below_2_1024(105), &below_2_1024(179)).unwrap()
}

/// Returns a policy that trusts a root with the name of Yubico's root and another key.
fn trusting_yubico() -> AttestationPolicy {
    let root = CertificateBuilder::new(&name(YUBICO_ROOT), &rsa_2048().public_numbers())
        .basic_constraints(true, None)
        .sign(&rsa_2048());
    AttestationPolicy::trusted([TrustAnchor::from_der(root).unwrap()])
}

/// Returns the fields of a certificate as Yubico issued it.
fn yubico_fields() -> CertificateFields {
    let algorithm = der::sequence(&[der::object_identifier(SHA256_WITH_RSA), der::null()]);
    let mut fields = CertificateFields::new().algorithm(algorithm);
    fields.issuer = name(YUBICO_ROOT).to_der();
    fields.subject = name("Yubico U2F EE Serial 1").to_der();
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    fields
}

/// Returns a certificate like the first ones of Yubico: the zero bits at the end of the signature
/// are declared as unused. The serial number is chosen so that there are such bits.
fn first_yubico_certificate() -> Vec<u8> {
    let key = rsa_2048();
    for serial_number in 1..100 {
        let mut fields = yubico_fields();
        fields.serial_number = der::integer(&[serial_number]);
        let signature = key.sign(&fields.to_be_signed());
        let zeros = signature.last().unwrap().trailing_zeros();
        if (1..8).contains(&zeros) {
            fields.unused_signature_bits = u8::try_from(zeros).unwrap();
            return fields.with_signature(&fields.to_be_signed(), &signature);
        }
    }
    panic!("no signature ends with zero bits");
}

/// Returns the same certificate with this number of unused bits.
fn with_unused_bits(certificate: &[u8], unused: u8) -> Vec<u8> {
    let mut certificate = certificate.to_vec();
    let place = certificate.len() - 257;
    certificate[place] = unused;
    certificate
}

/// Returns a registration of a U2F key with this attestation certificate.
fn u2f(certificate: &[u8]) -> Registering {
    let mut registering = Registering::new();
    let message = u2f_signed_message(
        &Sha256::digest(RP_ID).into(),
        &Sha256::digest(&registering.client_data).into(),
        CREDENTIAL_ID,
        &key(Algorithm::Es256).public_numbers(),
    );
    let signature = key_of("attestation").sign(&message);
    let statement = AttestationStatement::fido_u2f(&signature, &[certificate.to_vec()]).unwrap();
    registering.attestation_object = statement.attestation_object(&plain()).unwrap();
    registering
}

/// Returns a self attestation with indefinite lengths wherever they are possible.
fn indefinite(data: &[u8]) -> Registering {
    let mut registering = Registering::with_authenticator_data(data);
    let signed = [data, &Sha256::digest(&registering.client_data)].concat();
    let signature = key(Algorithm::Es256).sign(&signed);
    registering.attestation_object = [
        b"\xbf\x63fmt\x7f\x64pack\x62ed\xff\x67attStmt\xbf\x63alg\x26\x63sig",
        &chunks(&signature)[..],
        b"\xff\x7f\x68authData\xff",
        &chunks(data),
        b"\xff",
    ]
    .concat();
    registering
}

/// Encodes a byte string in two chunks: one of 24 bytes and one of fewer than 256.
fn chunks(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(24);
    let length = u8::try_from(second.len()).unwrap();
    [&[0x5f, 0x58, 24][..], first, &[0x58, length], second, &[0xff]].concat()
}

fn tolerating(quirks: Quirks) -> impl Fn(RelyingParty) -> RelyingParty {
    move |rp| rp.allow_quirks(quirks)
}

fn all() -> Quirks {
    Quirk::ALL.iter().copied().collect()
}

fn all_but(quirk: Quirk) -> Quirks {
    all().iter().filter(|one| *one != quirk).collect()
}

#[test]
fn kb_60_61_69_71_76_89_each_quirk_is_rejected_by_default_and_reported_if_accepted() {
    for &quirk in Quirk::ALL {
        let alone = Quirks::NONE.with(quirk);
        for (position, twin) in twins(quirk).iter().enumerate() {
            let of = format!("{}, twin {position}", quirk.as_str());
            assert!(twin(&|rp| rp).is_err(), "{of}: accepted without the quirk");
            assert!(twin(&tolerating(all_but(quirk))).is_err(), "{of}: accepted with other quirks");
            for tolerated in [alone, all()] {
                match twin(&tolerating(tolerated)) {
                    Ok(needed) => assert_eq!(needed, alone, "{of}"),
                    Err(error) => panic!("{of}: {error}"),
                }
            }
        }
    }
}

/// Returns every set of quirks.
fn subsets() -> impl Iterator<Item = Quirks> {
    let count = u32::try_from(Quirk::ALL.len()).unwrap();
    (0..1_u32 << count).map(|bits| {
        let is_in = |position: &usize| bits >> position & 1 == 1;
        (0..Quirk::ALL.len()).filter(is_in).map(|position| Quirk::ALL[position]).collect()
    })
}

#[test]
fn kb_106_with_every_set_of_quirks_only_the_needed_one_decides() {
    for &quirk in Quirk::ALL {
        for (position, twin) in twins(quirk).iter().enumerate() {
            for tolerated in subsets() {
                let verdict = twin(&tolerating(tolerated)).ok();
                let expected = tolerated.contains(quirk).then(|| Quirks::NONE.with(quirk));
                assert_eq!(verdict, expected, "{}, twin {position}, {tolerated:?}", quirk.as_str());
            }
        }
    }
}

/// Both quirks for certificates affect only what they name.
#[test]
fn kb_89_deviations_without_a_quirk_are_always_rejected() {
    let refused = |registering: Registering| {
        let twin = registration(registering);
        assert!(twin(&tolerating(all())).is_err());
    };
    // A boolean of two bytes, an empty one, and one in the long form.
    for boolean in [&[1, 1][..], &[]] {
        refused(u2f(&issued_by_booleans("root", boolean)));
        refused(android(&der::value(0x01, boolean)));
    }
    refused(android(&[0x01, 0x81, 0x01, 0xff]));
    // With a boolean that is false, the certificate is not a CA.
    let mut not_ca = u2f(&issued_by_booleans("root", &[0xff]));
    not_ca.rp = not_ca.rp.attestation_policy(trusting(&root_with_booleans(&[0]))).unwrap();
    refused(not_ca);
    // Parameters of another type, and NULL with content.
    for parameters in [der::sequence::<Vec<u8>>(&[]), der::integer(&[1]), vec![0x05, 0x01, 0x00]] {
        let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256), parameters]);
        let mut fields = CertificateFields::new().algorithm(algorithm);
        fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
        let mut odd = u2f(&fields.sign(&key_of("root")));
        odd.rp = odd.rp.attestation_policy(trusting(&issued_by("root", ca("root")))).unwrap();
        refused(odd);
    }
    // NULL in only one of the two places.
    let algorithm = der::sequence(&[der::object_identifier(ECDSA_WITH_SHA256), der::null()]);
    let mut fields = CertificateFields::new();
    fields.outer_algorithm = algorithm;
    fields.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    refused(u2f(&fields.sign(&key_of("root"))));
}

#[test]
fn a_verdict_lists_every_quirk_it_needed() {
    let twin = registration(indefinite(&with_extensions(SOLO_EXTENSIONS)));
    let both = Quirks::NONE
        .with(Quirk::IndefiniteLengthAttestation)
        .with(Quirk::UnorderedExtensionOutputs);
    assert_eq!(twin(&tolerating(both)).unwrap(), both);
    assert_eq!(twin(&tolerating(all())).unwrap(), both);
    for quirk in both.iter() {
        assert!(twin(&tolerating(all_but(quirk))).is_err(), "{}", quirk.as_str());
    }
}

#[test]
fn accepted_quirks_do_not_change_the_reason_of_other_failures() {
    let mut registering = Registering::new();
    registering.rp = tolerating(all())(registering.rp);
    registering.attestation_object.push(0);
    refused(registering.finish(), ErrorKind::TrailingBytes, Step::AttestationObject);
    let mut login = LoggingIn::new();
    login.rp = tolerating(all())(login.rp);
    let body = login.body_with_signature(&padded(&login.key.sign(b"something else")));
    refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
}

/// Every kind of attestation and every usual algorithm, as the software authenticator writes them.
#[test]
fn responses_of_current_devices_need_no_quirk() {
    let kinds = AttestationKind::ALL.iter().map(|kind| (*kind, Algorithm::Es256));
    let algorithms = [Algorithm::EdDsa, Algorithm::Es384, Algorithm::Rs256];
    let others = algorithms.map(|algorithm| (AttestationKind::PackedSelf, algorithm));
    for (kind, algorithm) in kinds.chain(others) {
        let policy = AttestationPolicy::default().allow_safetynet(Duration::from_secs(60));
        let mut site = Site::new()
            .with_rp(|rp| tolerating(all())(rp).attestation_policy(policy).unwrap())
            .with_browser(|browser| {
                browser
                    .with_algorithm(algorithm.cose_id())
                    .with_attestation(kind)
                    .with_time(site::now())
            });
        let request =
            RegistrationRequest::security_key(&site::user(), &[]).algorithms(&[algorithm]);
        let registration = match site.register_as(&request) {
            Ok(registration) => registration,
            Err(error) => panic!("{kind:?}, {algorithm}: {error}"),
        };
        assert_eq!(registration.quirks(), Quirks::NONE, "{kind:?}, {algorithm}");
        let credentials = [registration.into_credential()];
        let request = AuthenticationRequest::for_user(site::USER_HANDLE, &credentials)
            .user_verification(UserVerification::Discouraged);
        let login = site.login_as(&request, &credentials).unwrap();
        assert_eq!(login.quirks(), Quirks::NONE, "{kind:?}, {algorithm}");
    }
}

/// Checks that the registration is rejected for this reason although one quirk is accepted.
#[track_caller]
fn refused_under(quirk: Quirk, mut registering: Registering, kind: ErrorKind, step: Step) {
    registering.rp = registering.rp.allow_quirks([quirk]);
    refused(registering.finish(), kind, step);
}

#[test]
fn kb_71_the_quirk_affects_only_the_unused_bits_of_an_rsa_signature() {
    let quirk = Quirk::YubicoU2fUnusedBits;
    let broken = first_yubico_certificate();
    let right = with_unused_bits(&broken, 0);

    // The verdict contains the corrected certificate, and the path does too.
    let mut registering = u2f(&broken);
    registering.rp =
        registering.rp.allow_quirks([quirk]).attestation_policy(trusting_yubico()).unwrap();
    let verdict = registering.finish().unwrap();
    assert_eq!(verdict.attestation().certificates(), std::slice::from_ref(&right));

    // The signature of the issuer still decides. Every bit counts, including those declared as
    // unused.
    for place in [broken.len() - 1, broken.len() - 256] {
        let mut forged = broken.clone();
        forged[place] ^= 1;
        let mut registering = u2f(&forged);
        registering.rp =
            registering.rp.allow_quirks([quirk]).attestation_policy(trusting_yubico()).unwrap();
        let (kind, step) = (ErrorKind::UntrustedAttestation, Step::AttestationTrust);
        refused(registering.finish(), kind, step);
    }

    // A byte has no more than 7 unused bits.
    let (kind, step) = (ErrorKind::AttestationInvalid, Step::AttestationStatement);
    for unused in [8, 0x80, 0xff] {
        refused_under(quirk, u2f(&with_unused_bits(&broken, unused)), kind, step);
    }
    // Signatures other than RSA with 2048 bits are still checked strictly.
    let mut ecdsa = CertificateFields::new();
    ecdsa.public_key = key_of("attestation").public_numbers().subject_public_key_info();
    ecdsa.unused_signature_bits = 1;
    refused_under(quirk, u2f(&ecdsa.sign(&key_of("root"))), kind, step);
    // A correct certificate is unchanged, for any bytes at the position where such a signature
    // would begin.
    let blob = certificates::extension(&[1, 2, 3], false, &[5; 300]);
    ecdsa.unused_signature_bits = 0;
    let long = ecdsa.extensions(&[blob]).sign(&key_of("root"));
    assert_eq!(long[long.len() - 257], 5);
    let object = u2f(&long).attestation_object;
    let verdict = webauthn_verify::attestation::verify(
        &AttestationObject::parse(&object).unwrap(),
        &Sha256::digest(&Registering::new().client_data).into(),
        &AttestationPolicy::default(),
        messages::now(),
        Quirks::NONE.with(quirk),
    );
    assert_eq!(verdict.unwrap().certificates(), std::slice::from_ref(&long));
    // The other BIT STRINGs are still checked strictly.
    let mut fields = yubico_fields();
    let place = fields.public_key.len() - 66;
    assert_eq!(fields.public_key[place], 0);
    fields.public_key[place] = 1;
    refused_under(quirk, u2f(&fields.sign(&rsa_2048())), kind, step);
    // A certificate that is too short for such a signature.
    refused_under(quirk, u2f(&[0x30, 0]), kind, step);

    // The quirk does not apply to other formats.
    let packed = with_statement(&plain(), |signed| {
        let signature = key_of("attestation").sign(signed);
        AttestationStatement::packed(-7, &signature, Some(std::slice::from_ref(&broken))).unwrap()
    });
    refused_under(quirk, packed, kind, step);
}

#[test]
fn kb_76_the_quirk_affects_only_lengths_in_the_attestation_object() {
    let quirk = Quirk::IndefiniteLengthAttestation;
    let (kind, step) = (ErrorKind::InvalidCbor, Step::AttestationObject);
    let good = key(Algorithm::Es256).cose_key().unwrap();

    // The key and the extensions inside the authenticator data must still be canonical.
    let indefinite_key = [&[0xbf], &good[1..], &[0xff]].concat();
    let key_data = attested(UP, CREDENTIAL_ID, &indefinite_key);
    refused_under(quirk, indefinite(&key_data), kind, step);
    refused_under(quirk, indefinite(&with_extensions(b"\xbf\x61a\x00\xff")), kind, step);

    // Repeated members, lengths that are too long, trailing data, and a missing end.
    let object = indefinite(&plain()).attestation_object;
    let changed = |attestation_object: Vec<u8>| {
        let registering = Registering::with_authenticator_data(&plain());
        Registering { attestation_object, ..registering }
    };
    let twice = [&object[..object.len() - 1], b"\x63fmt\x64none\xff"].concat();
    refused_under(quirk, changed(twice), kind, step);
    let long = [&[0xbf, 0x78, 0x03], &object[2..]].concat();
    refused_under(quirk, changed(long), kind, step);
    let long_chunk = [b"\xbf\x63fmt\x7f\x78\x04pack", &object[11..]].concat();
    assert_eq!(object[..11], *b"\xbf\x63fmt\x7f\x64pack");
    refused_under(quirk, changed(long_chunk), kind, step);
    let tail = [&object[..], &[0]].concat();
    refused_under(quirk, changed(tail), ErrorKind::TrailingBytes, step);
    refused_under(quirk, changed(object[..object.len() - 1].to_vec()), kind, step);

    // The signature is over the same bytes in any chunks. This change is in the AAGUID, which is in
    // the second chunk.
    let mut forged = object;
    let place = forged.windows(16).position(|bytes| bytes == messages::AAGUID).unwrap();
    forged[place] ^= 1;
    let (kind, step) = (ErrorKind::SignatureInvalid, Step::AttestationStatement);
    refused_under(quirk, changed(forged), kind, step);
}

#[test]
fn cbor_12_the_quirk_affects_only_the_order_of_extension_outputs() {
    let quirk = Quirk::UnorderedExtensionOutputs;
    let (kind, step) = (ErrorKind::InvalidCbor, Step::AttestationObject);
    let with = |map: &[u8]| Registering::with_authenticator_data(&with_extensions(map));
    // A repeated key, and a wrong order inside an output.
    refused_under(quirk, with(b"\xa2\x62bb\x00\x62bb\x00"), kind, step);
    refused_under(quirk, with(b"\xa1\x61a\xa2\x61b\x00\x61a\x00"), kind, step);
    // More than 16 members.
    let many = |count: u8| {
        let members = (0..count).rev().flat_map(|one| [0x61, b'a' + one, 0x00]);
        [0xa0 + count].into_iter().chain(members).collect::<Vec<_>>()
    };
    let mut sixteen = with(&many(16));
    sixteen.rp = sixteen.rp.allow_quirks([quirk]);
    assert_eq!(sixteen.finish().unwrap().quirks(), Quirks::NONE.with(quirk));
    refused_under(quirk, with(&many(17)), kind, step);
    // The key of the credential.
    let good = key(Algorithm::Es256).cose_key().unwrap();
    let swapped = [&good[..1], &good[3..5], &good[1..3], &good[5..]].concat();
    refused_under(quirk, Registering::with_key(&swapped), kind, step);
}
