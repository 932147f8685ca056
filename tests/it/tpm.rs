//! The attestation statement format `tpm` (§8.3).
#![cfg(feature = "attestation")]

use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use webauthn_verify::attestation::{
    self, Attestation, AttestationFormat, AttestationPolicy, AttestationType, Unchecked,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::{Aaguid, AttestationObject};
use webauthn_verify::{
    Algorithm, Error, ErrorKind, Failure, Quirk, Quirks, RegistrationRequest, RegistrationResponse,
    RelyingParty, User,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder,
    DistinguishedName, Fault, PrivateKey, PublicNumbers, SoftwareAuthenticator, TpmStructure, der,
    tpm2b,
};

use crate::common::certificates::*;
use crate::common::made::*;

const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const AAGUID_EXTENSION: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
const RS1: i64 = -65535;

fn pub_area(made: &Made) -> TpmStructure {
    TpmStructure::pub_area(&made.credential_key.public_numbers()).unwrap()
}

/// Returns the structure in which the TPM attests this key for this registration, with SHA-256.
fn cert_info(made: &Made, pub_area: &TpmStructure) -> TpmStructure {
    TpmStructure::cert_info(&Sha256::digest(made.signed()), &pub_area.name())
}

/// Returns the directory name of a TPM.
fn tpm_name() -> DistinguishedName {
    DistinguishedName::new()
        .tpm_manufacturer("id:494E5443")
        .tpm_model("Model")
        .tpm_version("id:00010002")
}

/// Returns a certificate with this subject for the key "aik", without extensions.
fn certificate_for(subject: &DistinguishedName) -> CertificateBuilder {
    CertificateBuilder::new(subject, &key("aik").public_numbers())
}

/// Returns a certificate that meets the requirements of §8.3.1, except for the subject alternative
/// name.
fn aik_without_name() -> CertificateBuilder {
    certificate_for(&DistinguishedName::new())
        .basic_constraints(false, None)
        .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
}

/// Returns a certificate that meets the requirements of §8.3.1.
fn aik() -> CertificateBuilder {
    aik_without_name().subject_alt_name(true, &tpm_name().to_der())
}

/// Returns a statement with these structures, signed with the key "aik", and with this certificate,
/// issued by "root".
fn statement_of(
    pub_area: &[u8],
    cert_info: &[u8],
    certificate: CertificateBuilder,
) -> AttestationStatement {
    let signature = key("aik").sign(cert_info);
    let x5c = [issued_by("root", certificate)];
    AttestationStatement::tpm("2.0", -7, &signature, &x5c, pub_area, cert_info).unwrap()
}

/// Returns a statement that is correct except for its certificate.
fn with_certificate(made: &Made, certificate: CertificateBuilder) -> AttestationStatement {
    let pub_area = pub_area(made);
    statement_of(&pub_area.to_bytes(), &cert_info(made, &pub_area).to_bytes(), certificate)
}

/// Returns a correct statement about this `pubArea`.
fn with_pub_area(made: &Made, pub_area: &TpmStructure) -> AttestationStatement {
    statement_of(&pub_area.to_bytes(), &cert_info(made, pub_area).to_bytes(), aik())
}

/// Returns a statement that is correct except for `certInfo`, which is signed unchanged.
fn with_cert_info(made: &Made, cert_info: &[u8]) -> AttestationStatement {
    statement_of(&pub_area(made).to_bytes(), cert_info, aik())
}

fn tpm(made: &Made) -> AttestationStatement {
    with_certificate(made, aik())
}

/// Returns the members of a correct statement, each with its key and its encoded value.
fn members(made: &Made) -> Vec<(&'static str, Vec<u8>)> {
    let pub_area = pub_area(made);
    let cert_info = cert_info(made, &pub_area).to_bytes();
    vec![
        ("alg", vec![0x26]),
        ("sig", byte_string(&key("aik").sign(&cert_info))),
        ("ver", text("2.0")),
        ("x5c", [vec![0x81], byte_string(&issued_by("root", aik()))].concat()),
        ("pubArea", byte_string(&pub_area.to_bytes())),
        ("certInfo", byte_string(&cert_info)),
    ]
}

/// Encodes a CBOR byte string in the shortest form.
fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let head = match u16::try_from(bytes.len()).unwrap().to_be_bytes() {
        [0, length @ 0..=23] => vec![0x40 + length],
        [0, length] => vec![0x58, length],
        [high, low] => vec![0x59, high, low],
    };
    [head, bytes.to_vec()].concat()
}

fn statement(members: &[(&str, Vec<u8>)]) -> AttestationStatement {
    AttestationStatement::new("tpm", &map(members))
}

/// Returns a registration of this credential key.
fn made_with_key(credential_key: PrivateKey) -> Made {
    let authenticator_data = AuthenticatorDataBuilder::new(RP_ID, 0x45, 0)
        .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &credential_key.cose_key().unwrap())
        .unwrap()
        .build();
    Made { credential_key, authenticator_data, ..Made::new() }
}

fn made_of(algorithm: Algorithm) -> Made {
    Made::with(algorithm, AAGUID)
}

#[track_caller]
fn refused(made: &Made, statement: &AttestationStatement) -> Error {
    match made.register(statement, AttestationPolicy::default()) {
        Ok(_) => panic!("accepted"),
        Err(error) => error,
    }
}

/// Checks that the statement is rejected because of this member.
#[track_caller]
fn refuse_field(made: &Made, statement: &AttestationStatement, kind: ErrorKind, field: &str) {
    let error = refused(made, statement);
    assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{error}");
}

#[track_caller]
fn refuse_certificate(made: &Made, certificate: CertificateBuilder, field: &str) {
    let statement = with_certificate(made, certificate);
    refuse_field(made, &statement, ErrorKind::AttestationInvalid, field);
}

#[track_caller]
fn refuse_pub_area(made: &Made, pub_area: &TpmStructure, kind: ErrorKind, field: &str) {
    refuse_field(made, &with_pub_area(made, pub_area), kind, field);
}

fn verify(
    made: &Made,
    statement: &AttestationStatement,
    policy: &AttestationPolicy,
    quirks: Quirks,
) -> Result<Attestation, Failure> {
    let object = statement.attestation_object(&made.authenticator_data).unwrap();
    let object = AttestationObject::parse(&object).unwrap();
    attestation::verify(&object, &made.client_data_hash, policy, now(), quirks)
}

fn tolerant() -> Quirks {
    Quirks::NONE.with(Quirk::Sha1Attestation)
}

/// Returns every quirk except the one for SHA-1.
fn other_quirks() -> Quirks {
    Quirk::ALL.iter().copied().filter(|quirk| *quirk != Quirk::Sha1Attestation).collect()
}

/// Returns a certificate for the key of `sign_with_sha1`.
fn rsa_aik() -> Vec<u8> {
    let certificate =
        CertificateBuilder::new(&DistinguishedName::new(), &rsa_key().public_numbers())
            .basic_constraints(false, None)
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm_name().to_der());
    issued_by("root", certificate)
}

fn rs1(made: &Made, extra_data: &[u8]) -> AttestationStatement {
    let pub_area = pub_area(made);
    let cert_info = TpmStructure::cert_info(extra_data, &pub_area.name()).to_bytes();
    let signature = sign_with_sha1(&cert_info);
    let pub_area = pub_area.to_bytes();
    AttestationStatement::tpm("2.0", RS1, &signature, &[rsa_aik()], &pub_area, &cert_info).unwrap()
}

#[test]
fn tpm_01_kb_28_a_statement_has_six_members() {
    let made = Made::new();
    made.accept(&tpm(&made));
    made.accept(&statement(&members(&made)));
    for (missing, (name, _)) in members(&made).iter().enumerate() {
        let mut others = members(&made);
        others.remove(missing);
        let field = format!("attStmt.{name}");
        refuse_field(&made, &statement(&others), ErrorKind::AttestationInvalid, &field);
        // An integer instead of a string or bytes, and a string instead of the integer.
        let mut others = members(&made);
        others[missing].1 = if *name == "alg" { text("x") } else { vec![0x05] };
        refuse_field(&made, &statement(&others), ErrorKind::AttestationInvalid, &field);
    }
    let mut without_certificates = members(&made);
    without_certificates[3].1 = vec![0x80];
    let statement = statement(&without_certificates);
    refuse_field(&made, &statement, ErrorKind::AttestationInvalid, "attStmt.x5c");
}

#[test]
fn tpm_01_the_version_is_2_0() {
    let made = Made::new();
    for version in ["1.2", "2.1", "2", "", "2.0 ", "2.00"] {
        let mut members = members(&made);
        members[2].1 = text(version);
        let statement = statement(&members);
        refuse_field(&made, &statement, ErrorKind::AttestationInvalid, "attStmt.ver");
    }
    let mut members = members(&made);
    members[2].1 = byte_string(b"2.0");
    refuse_field(&made, &statement(&members), ErrorKind::AttestationInvalid, "attStmt.ver");
}

#[test]
fn att_04_a_key_for_ecdaa_is_rejected() {
    let made = Made::new();
    let members = || members(&made);
    made.accept(&statement(&members()));
    let mut both = members();
    both.push(("ecdaaKeyId", byte_string(&[7; 32])));
    // Next to the certificates, and instead of them as in Level 1.
    let mut instead = both.clone();
    instead.remove(3);
    for members in [both, instead] {
        let statement = statement(&members);
        refuse_field(&made, &statement, ErrorKind::AttestationInvalid, "attStmt.ecdaaKeyId");
    }
}

#[test]
fn tpm_01_kb_76_members_may_come_in_any_order() {
    let made = Made::new();
    let mut members = members(&made);
    for _ in 0..members.len() {
        members.rotate_left(1);
        made.accept(&statement(&members));
    }
    members.reverse();
    made.accept(&statement(&members));
    members.push(("more", vec![0x80]));
    made.accept(&statement(&members));
}

#[test]
fn tpm_02_pub_area_is_one_tpmt_public() {
    let made = Made::new();
    let good = pub_area(&made);
    let refuse = |bytes: &[u8]| {
        let name = [&[0, 0x0b][..], &Sha256::digest(bytes)].concat();
        let info = TpmStructure::cert_info(&Sha256::digest(made.signed()), &name);
        refused(&made, &statement_of(bytes, &info.to_bytes(), aik()))
    };
    // As TPM2_ReadPublic returns it, with its length at the start.
    let error = refuse(&tpm2b(&good.to_bytes()));
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::AttestationInvalid, Some("pubArea.type"))
    );
    for byte in [0, 1, 0xff] {
        let error = refuse(&[&good.to_bytes()[..], &[byte]].concat());
        let expected = (ErrorKind::TrailingBytes, Some("attStmt.pubArea"));
        assert_eq!((error.kind(), error.field()), expected, "{error}");
    }
    let rsa = made_of(Algorithm::Rs256);
    for (made, whole) in [(&made, good.to_bytes()), (&rsa, pub_area(&rsa).to_bytes())] {
        for length in 0..whole.len() {
            let statement = with_raw_pub_area(made, &whole[..length]);
            let error = refused(made, &statement);
            assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{length}: {error}");
            let parse = error.parse_error().unwrap();
            assert_eq!(parse.structure(), "pubArea");
            assert!(parse.field().unwrap().starts_with("pubArea."));
            let object = statement.attestation_object(&made.authenticator_data).unwrap();
            let name = b"\x67pubArea";
            let place = object.windows(8).position(|window| window == name).unwrap() + 8;
            let inside = place + 1..=place + 3 + length;
            assert!(inside.contains(&parse.offset()), "{length}: {error}");
        }
    }
}

fn with_raw_pub_area(made: &Made, bytes: &[u8]) -> AttestationStatement {
    statement_of(bytes, &cert_info(made, &pub_area(made)).to_bytes(), aik())
}

#[test]
fn tpm_02_kb_69_a_key_must_be_rsa_or_ecc() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let made = made_of(algorithm);
        made.accept(&tpm(&made));
        for key_type in [0x0000_u16, 0x0008, 0x0025, 0x0100, 0xffff] {
            let area = pub_area(&made).with("pubArea.type", &key_type.to_be_bytes()).unwrap();
            refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.type");
        }
    }
    // A key of one type for a credential of the other type.
    let (rsa, ecc) = (made_of(Algorithm::Rs256), Made::new());
    refuse_pub_area(&ecc, &pub_area(&rsa), ErrorKind::KeyMismatch, "pubArea.type");
    refuse_pub_area(&rsa, &pub_area(&ecc), ErrorKind::KeyMismatch, "pubArea.type");
    // No TPM has a key on edwards25519.
    let eddsa = made_of(Algorithm::EdDsa);
    refuse_pub_area(&eddsa, &pub_area(&ecc), ErrorKind::KeyMismatch, "pubArea.type");
}

#[test]
fn tpm_02_attributes_and_authorization_policy_may_be_any() {
    let made = Made::new();
    for attributes in [[0; 4], [0, 6, 4, 0x72], [0xff; 4]] {
        let area = pub_area(&made).with("pubArea.objectAttributes", &attributes).unwrap();
        made.accept(&with_pub_area(&made, &area));
    }
    for policy in [&[][..], &[7; 32], &[7; 64]] {
        let area = pub_area(&made).with("pubArea.authPolicy", &tpm2b(policy)).unwrap();
        made.accept(&with_pub_area(&made, &area));
    }
    // With a wrong length, the rest is read at the wrong offset.
    for wrong in [&[0, 1][..], &[0xff, 0xff]] {
        let area = pub_area(&made).with("pubArea.authPolicy", wrong).unwrap();
        let error = refused(&made, &with_pub_area(&made, &area));
        assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{error}");
    }
}

#[test]
fn tpm_03_an_rsa_key_matches_the_credential_in_exponent_size_and_modulus() {
    let made = made_of(Algorithm::Rs256);
    let with = |member: &str, bytes: &[u8]| pub_area(&made).with(member, bytes).unwrap();
    made.accept(&tpm(&made));
    // An explicit 65537, and a modulus with leading zeros.
    made.accept(&with_pub_area(&made, &with("pubArea.exponent", &[0, 1, 0, 1])));
    let PublicNumbers::Rsa { modulus, .. } = made.credential_key.public_numbers() else { panic!() };
    let padded = tpm2b(&[&[0, 0][..], &modulus].concat());
    made.accept(&with_pub_area(&made, &with("pubArea.unique", &padded)));
    // Another exponent, and 65537 in the wrong byte order.
    for exponent in [[0, 0, 0, 3], [1, 0, 1, 0], [0, 1, 0, 3], [0xff; 4]] {
        let area = with("pubArea.exponent", &exponent);
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.exponent");
    }
    for bits in [0_u16, 2048, 3481, 3483, 3488] {
        let area = with("pubArea.keyBits", &bits.to_be_bytes());
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.keyBits");
    }
    for other in [&modulus[1..], &modulus[..modulus.len() - 1], &[], &[&modulus[..], &[0]].concat()]
    {
        let area = with("pubArea.unique", &tpm2b(other));
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.unique");
    }
}

#[test]
fn tpm_03_an_exponent_of_zero_means_65537_only() {
    // A credential with the exponent 3.
    let PublicNumbers::Rsa { modulus, .. } = rsa_key().public_numbers() else { panic!() };
    let numbers = PublicNumbers::Rsa { modulus, exponent: vec![3] };
    let mut made = made_of(Algorithm::Rs256);
    made.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, 0x45, 0)
        .attested_credential_data(&AAGUID, &CREDENTIAL_ID, &numbers.cose_key(-257).unwrap())
        .unwrap()
        .build();
    let area = TpmStructure::pub_area(&numbers).unwrap();
    made.accept(&with_pub_area(&made, &area));
    let area = area.with("pubArea.exponent", &[0; 4]).unwrap();
    refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.exponent");
}

#[test]
fn tpm_03_an_rsa_scheme_is_null_or_matches_the_credential() {
    let key = |algorithm| rsa_key_with(algorithm);
    for (algorithm, good) in [
        (Algorithm::Rs256, [0, 0x14, 0, 0x0b]),
        (Algorithm::Rs384, [0, 0x14, 0, 0x0c]),
        (Algorithm::Rs512, [0, 0x14, 0, 0x0d]),
        (Algorithm::Ps256, [0, 0x16, 0, 0x0b]),
        (Algorithm::Ps384, [0, 0x16, 0, 0x0c]),
        (Algorithm::Ps512, [0, 0x16, 0, 0x0d]),
    ] {
        let made = made_with_key(key(algorithm));
        made.accept(&tpm(&made));
        for identifier in [0x14, 0x16] {
            for hash in [0x04, 0x0b, 0x0c, 0x0d] {
                let scheme = [0, identifier, 0, hash];
                let area = pub_area(&made).with("pubArea.scheme", &scheme).unwrap();
                match scheme == good {
                    true => made.accept(&with_pub_area(&made, &area)),
                    false => {
                        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.scheme");
                    }
                }
            }
        }
    }
    let made = made_of(Algorithm::Rs256);
    // RSAES, OAEP, ECDSA, and an invalid hash.
    for scheme in [&[0, 0x15][..], &[0, 0x17, 0, 0x0b], &[0, 0x18, 0, 0x0b], &[0, 0x14, 0, 0x10]] {
        let area = pub_area(&made).with("pubArea.scheme", scheme).unwrap();
        refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.scheme");
    }
    // A key for encryption with 128-bit AES in CFB mode.
    let area = pub_area(&made).with("pubArea.symmetric", &[0, 6, 0, 128, 0, 0x43]).unwrap();
    refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.symmetric");
}

/// Returns a key for this algorithm with primes that need no search.
fn rsa_key_with(algorithm: Algorithm) -> PrivateKey {
    rsa_key().with_algorithm(algorithm.cose_id()).unwrap()
}

#[test]
fn tpm_04_an_ecc_key_matches_the_credential_in_curve_and_point() {
    for (algorithm, curve) in [(Algorithm::Es256, 3), (Algorithm::Es384, 4), (Algorithm::Es512, 5)]
    {
        let made = made_of(algorithm);
        made.accept(&tpm(&made));
        let with = |member: &str, bytes: &[u8]| pub_area(&made).with(member, bytes).unwrap();
        for other in (0_u8..8).chain([0x10, 0x20]).filter(|other| *other != curve) {
            let area = with("pubArea.curveID", &[0, other]);
            refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.curveID");
        }
        let point = made.credential_key.public_numbers().subject_public_key();
        let (x, y) = point[1..].split_at(point.len() / 2);
        let swapped = with("pubArea.unique.x", &tpm2b(y));
        let swapped = swapped.with("pubArea.unique.y", &tpm2b(x)).unwrap();
        refuse_pub_area(&made, &swapped, ErrorKind::KeyMismatch, "pubArea.unique.x");
        let area = with("pubArea.unique.y", &tpm2b(x));
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.unique.y");
        let longer = tpm2b(&[x, &[0]].concat());
        let area = with("pubArea.unique.x", &longer);
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.unique.x");
        for kdf in [&[0, 0x20, 0, 0x0b][..], &[0, 7, 0, 0x0b], &[0, 0]] {
            let area = with("pubArea.kdf", kdf);
            refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.kdf");
        }
        let area = with("pubArea.symmetric", &[0, 6, 0, 128, 0, 0x43]);
        refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.symmetric");
    }
}

#[test]
fn tpm_04_coordinates_are_compared_as_numbers() {
    let keys = (0_u32..).map(|seed| {
        PrivateKey::from_seed(Algorithm::Es256.cose_id(), &seed.to_be_bytes()).unwrap()
    });
    let mut short = keys.filter(|key| {
        matches!(key.public_numbers(), PublicNumbers::P256 { x, y } if x[0] == 0 || y[0] == 0)
    });
    for _ in 0..2 {
        let made = made_with_key(short.next().unwrap());
        let PublicNumbers::P256 { x, y } = made.credential_key.public_numbers() else { panic!() };
        let significant = |number: &[u8; 32]| {
            number.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>()
        };
        made.accept(&tpm(&made));
        for (x, y) in [
            (significant(&x), significant(&y)),
            ([&[0; 3][..], &x].concat(), [&[0; 34][..], &y].concat()),
        ] {
            let area = pub_area(&made).with("pubArea.unique.x", &tpm2b(&x)).unwrap();
            let area = area.with("pubArea.unique.y", &tpm2b(&y)).unwrap();
            made.accept(&with_pub_area(&made, &area));
        }
        // Trailing zeros change the number.
        let shifted = [&significant(&x)[..], &[0]].concat();
        let area = pub_area(&made).with("pubArea.unique.x", &tpm2b(&shifted)).unwrap();
        refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.unique.x");
    }
}

#[test]
fn tpm_04_an_ecc_scheme_is_null_or_matches_the_credential() {
    for (algorithm, good) in
        [(Algorithm::Es256, 0x0b), (Algorithm::Es384, 0x0c), (Algorithm::Es512, 0x0d)]
    {
        let made = made_of(algorithm);
        for hash in [0x04, 0x0b, 0x0c, 0x0d] {
            let area = pub_area(&made).with("pubArea.scheme", &[0, 0x18, 0, hash]).unwrap();
            match hash == good {
                true => made.accept(&with_pub_area(&made, &area)),
                false => refuse_pub_area(&made, &area, ErrorKind::KeyMismatch, "pubArea.scheme"),
            }
        }
        // ECDAA, SM2, EC-Schnorr, RSASSA, and an invalid hash.
        for scheme in [
            &[0, 0x1a, 0, 0x0b, 0, 1][..],
            &[0, 0x1b, 0, 0x0b],
            &[0, 0x1c, 0, 0x0b],
            &[0, 0x14, 0, 0x0b],
            &[0, 0x18, 0, 0x10],
        ] {
            let area = pub_area(&made).with("pubArea.scheme", scheme).unwrap();
            refuse_pub_area(&made, &area, ErrorKind::AttestationInvalid, "pubArea.scheme");
        }
    }
}

#[test]
fn tpm_05_kb_24_cert_info_is_one_tpms_attest() {
    let made = Made::new();
    let whole = cert_info(&made, &pub_area(&made)).to_bytes();
    for length in 0..whole.len() {
        let statement = with_cert_info(&made, &whole[..length]);
        let error = refused(&made, &statement);
        assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{length}: {error}");
        let parse = error.parse_error().unwrap();
        assert_eq!(parse.structure(), "certInfo");
        assert!(parse.field().unwrap().starts_with("certInfo."));
        let object = statement.attestation_object(&made.authenticator_data).unwrap();
        let name = b"\x68certInfo";
        let place = object.windows(9).position(|window| window == name).unwrap() + 9;
        let inside = place + 1..=place + 3 + length;
        assert!(inside.contains(&parse.offset()), "{length}: {error}");
    }
    for byte in [0, 1, 0xff] {
        let longer = [&whole[..], &[byte]].concat();
        let statement = with_cert_info(&made, &longer);
        refuse_field(&made, &statement, ErrorKind::TrailingBytes, "attStmt.certInfo");
    }
}

#[test]
fn tpm_06_cert_info_was_made_by_a_tpm_to_certify_a_key() {
    let made = Made::new();
    let good = cert_info(&made, &pub_area(&made));
    let refuse = |member: &str, bytes: &[u8]| {
        let info = good.clone().with(member, bytes).unwrap().to_bytes();
        let statement = with_cert_info(&made, &info);
        refuse_field(&made, &statement, ErrorKind::TpmMagicMismatch, member);
    };
    for magic in [[0; 4], *b"TCG\xff", *b"GCT\xff", [0xfe, 0x54, 0x43, 0x47]] {
        refuse("certInfo.magic", &magic);
    }
    // TPM_ST_ATTEST_NV, _COMMAND_AUDIT, _SESSION_AUDIT, _QUOTE, _TIME, _CREATION, and others.
    for structure_type in [0x8014_u16, 0x8015, 0x8016, 0x8018, 0x8019, 0x801a, 0, 0x1780] {
        refuse("certInfo.type", &structure_type.to_be_bytes());
    }
}

#[test]
fn tpm_07_fields_that_a_tpm_may_obfuscate_are_ignored() {
    let made = Made::new();
    let good = cert_info(&made, &pub_area(&made));
    for (member, contents) in [
        ("certInfo.qualifiedSigner", vec![tpm2b(&[7; 34]), tpm2b(&[1]), tpm2b(&[0xff; 66])]),
        ("certInfo.clockInfo", vec![vec![0xff; 17], vec![0x33; 17]]),
        ("certInfo.firmwareVersion", vec![vec![0xff; 8]]),
        ("certInfo.qualifiedName", vec![tpm2b(&[7; 34]), tpm2b(&[1]), tpm2b(&[0xff; 66])]),
    ] {
        for content in contents {
            let info = good.clone().with(member, &content).unwrap();
            made.accept(&with_cert_info(&made, &info.to_bytes()));
        }
    }
}

#[test]
fn tpm_08_the_name_matches_pub_area() {
    let made = Made::new();
    for name_alg in [0x0b, 0x0c, 0x0d] {
        let area = pub_area(&made).with("pubArea.nameAlg", &[0, name_alg]).unwrap();
        made.accept(&with_pub_area(&made, &area));
    }
    let area = pub_area(&made);
    let hashed = area.to_bytes();
    let other = Made::with(Algorithm::Es384, AAGUID);
    for name in [
        // Correct and wrong hashes, each with an algorithm that differs from the one in pubArea or
        // from the hash.
        [&[0, 0x0c][..], &Sha384::digest(&hashed)].concat(),
        [&[0, 0x0d][..], &Sha512::digest(&hashed)].concat(),
        [&[0, 0x0c][..], &Sha256::digest(&hashed)].concat(),
        [&[0, 0x0b][..], &Sha384::digest(&hashed)].concat(),
        [&[0, 0x04][..], &Sha1::digest(&hashed)].concat(),
        // The name of another key, the hash of the structure with its length, and malformed names.
        pub_area(&other).name(),
        [&[0, 0x0b][..], &Sha256::digest(tpm2b(&hashed))].concat(),
        Sha256::digest(&hashed).to_vec(),
        area.name()[..33].to_vec(),
        [&area.name()[..], &[0]].concat(),
        vec![0, 0x0b],
        vec![0],
        vec![],
    ] {
        let info = TpmStructure::cert_info(&Sha256::digest(made.signed()), &name);
        let statement = with_cert_info(&made, &info.to_bytes());
        refuse_field(&made, &statement, ErrorKind::KeyMismatch, "certInfo.name");
    }
    // TPM_ALG_NULL, SM3, SHA3-256.
    for name_alg in [0x10, 0x12, 0x27] {
        let area = pub_area(&made).with("pubArea.nameAlg", &[0, name_alg]).unwrap();
        refuse_pub_area(&made, &area, ErrorKind::UnsupportedAlgorithm, "pubArea.nameAlg");
    }
}

#[test]
fn tpm_08_a_name_with_sha_1_requires_the_quirk() {
    let made = Made::new();
    let area = pub_area(&made).with("pubArea.nameAlg", &[0, 0x04]).unwrap();
    assert_eq!(area.name().len(), 22);
    refuse_pub_area(&made, &area, ErrorKind::WeakAlgorithm, "pubArea.nameAlg");
    let (statement, policy) = (with_pub_area(&made, &area), AttestationPolicy::default());
    let failure = verify(&made, &statement, &policy, other_quirks()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::WeakAlgorithm);
    assert!(verify(&made, &statement, &policy, tolerant()).is_ok());
}

#[test]
fn tpm_09_extra_data_is_the_hash_of_the_attested_data() {
    let made = Made::new();
    let name = pub_area(&made).name();
    let signed = made.signed();
    let swapped = [&made.client_data_hash[..], &made.authenticator_data].concat();
    for extra_data in [
        made.client_data_hash.to_vec(),
        Sha256::digest(made.client_data_hash).to_vec(),
        Sha256::digest(&made.authenticator_data).to_vec(),
        Sha256::digest(swapped).to_vec(),
        Sha1::digest(&signed).to_vec(),
        Sha384::digest(&signed).to_vec(),
        Sha256::digest(&signed)[..31].to_vec(),
        [&Sha256::digest(&signed)[..], &[0]].concat(),
        signed,
        vec![],
    ] {
        let info = TpmStructure::cert_info(&extra_data, &name).to_bytes();
        let statement = with_cert_info(&made, &info);
        let kind = ErrorKind::AttestationNonceMismatch;
        refuse_field(&made, &statement, kind, "certInfo.extraData");
    }
}

#[test]
fn tpm_09_10_the_attestation_algorithm_determines_the_hash() {
    type Hash = fn(&[u8]) -> Vec<u8>;
    let sha256: Hash = |message| Sha256::digest(message).to_vec();
    let sha384: Hash = |message| Sha384::digest(message).to_vec();
    let sha512: Hash = |message| Sha512::digest(message).to_vec();
    let seeded = |algorithm: Algorithm| PrivateKey::from_seed(algorithm.cose_id(), b"aik").unwrap();
    let made = Made::new();
    for (aik, hash) in [
        (seeded(Algorithm::Es256), sha256),
        (seeded(Algorithm::Esp256), sha256),
        (seeded(Algorithm::Es384), sha384),
        (seeded(Algorithm::Es512), sha512),
        (rsa_key(), sha256),
        (rsa_key_with(Algorithm::Rs384), sha384),
        (rsa_key_with(Algorithm::Rs512), sha512),
        (rsa_key_with(Algorithm::Ps256), sha256),
    ] {
        let certificate = CertificateBuilder::new(&DistinguishedName::new(), &aik.public_numbers())
            .basic_constraints(false, None)
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm_name().to_der());
        let x5c = [issued_by("root", certificate)];
        let area = pub_area(&made);
        for used in [sha256, sha384, sha512] {
            let extra_data = used(&made.signed());
            let info = TpmStructure::cert_info(&extra_data, &area.name()).to_bytes();
            let statement = AttestationStatement::tpm(
                "2.0",
                aik.algorithm(),
                &aik.sign(&info),
                &x5c,
                &area.to_bytes(),
                &info,
            )
            .unwrap();
            match extra_data == hash(&made.signed()) {
                true => made.accept(&statement),
                false => {
                    let kind = ErrorKind::AttestationNonceMismatch;
                    refuse_field(&made, &statement, kind, "certInfo.extraData");
                    let bits = 8 * hash(b"").len();
                    let text = refused(&made, &statement).to_string();
                    assert!(text.contains(&format!("not the SHA-{bits} hash")), "{text}");
                }
            }
        }
    }
}

#[test]
fn tpm_09_kb_96_rs1_is_accepted_and_reported_and_a_policy_can_reject_it() {
    let policy = AttestationPolicy::default();
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let made = made_of(algorithm);
        let statement = rs1(&made, &Sha1::digest(made.signed()));
        let attestation = made.accepted(&statement).attestation().clone();
        assert_eq!(attestation.attestation_type(), AttestationType::AttCa);
        assert_eq!(attestation.quirks(), Quirks::NONE);
        assert!(attestation.relies_on_sha1());
        let path = made.register(&statement, trusted(&[root("root")])).unwrap();
        assert!(path.attestation().relies_on_sha1());
        let shown = path.attestation().to_string();
        assert!(
            shown.contains("\nweak hashes: SHA-1 in the signature of the statement\n"),
            "{shown}"
        );
        assert!(shown.contains("\nTPM manufacturer: \"id:"), "{shown}");
        assert!(shown.contains("\npath: a certificate without a name"), "{shown}");
        for refusing in
            [AttestationPolicy::default().refuse_rs1(), trusted(&[root("root")]).refuse_rs1()]
        {
            // The quirk does not affect this.
            for quirks in [Quirks::NONE, tolerant(), other_quirks()] {
                let failure = verify(&made, &statement, &refusing, quirks).unwrap_err();
                let expected = (ErrorKind::WeakAlgorithm, Some("attStmt.alg"));
                assert_eq!((failure.kind(), failure.field()), expected);
            }
        }
        // The same applies inside a compound statement.
        let both = [statement.clone(), AttestationStatement::none()];
        let both = AttestationStatement::compound(&both).unwrap();
        assert!(made.accepted(&both).attestation().relies_on_sha1());
        let kind = ErrorKind::WeakAlgorithm;
        let refusing = made.register(&both, AttestationPolicy::default().refuse_rs1());
        assert_eq!(refusing.unwrap_err().kind(), kind);

        // The hash must be the one of RS1, and the signature must verify.
        let statement = rs1(&made, &Sha256::digest(made.signed()));
        let failure = verify(&made, &statement, &policy, tolerant()).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::AttestationNonceMismatch);
        assert_eq!(failure.field(), Some("certInfo.extraData"));
    }
    // Another statement does not rely on SHA-1 and passes the policy.
    let made = Made::new();
    let statement = with_certificate(&made, aik());
    assert!(!made.accepted(&statement).attestation().relies_on_sha1());
    assert!(made.register(&statement, AttestationPolicy::default().refuse_rs1()).is_ok());
    // Signed with SHA-256, but declared as SHA-1.
    let area = pub_area(&made);
    let info = TpmStructure::cert_info(&Sha1::digest(made.signed()), &area.name()).to_bytes();
    let area = area.to_bytes();
    let signature = rsa_key().sign(&info);
    let statement =
        AttestationStatement::tpm("2.0", RS1, &signature, &[rsa_aik()], &area, &info).unwrap();
    let failure = verify(&made, &statement, &policy, tolerant()).unwrap_err();
    assert_eq!(
        (failure.kind(), failure.field()),
        (ErrorKind::SignatureInvalid, Some("attStmt.sig"))
    );
    // Declared as RS1, but signed with a key on a curve.
    let x5c = [issued_by("root", aik())];
    let signature = key("aik").sign(&info);
    let statement = AttestationStatement::tpm("2.0", RS1, &signature, &x5c, &area, &info).unwrap();
    let failure = verify(&made, &statement, &policy, tolerant()).unwrap_err();
    let expected = (ErrorKind::AlgorithmKeyMismatch, Some("attStmt.alg"));
    assert_eq!((failure.kind(), failure.field()), expected);
}

#[test]
fn tpm_09_kb_23_an_unknown_algorithm_has_no_hash() {
    let made = Made::new();
    let mut members = members(&made);
    for (alg, cbor) in [
        (-999, vec![0x39, 0x03, 0xe6]),
        (0, vec![0x00]),
        (7, vec![0x07]),
        (i64::MIN, vec![0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ] {
        members[0].1 = cbor;
        let error = refused(&made, &statement(&members));
        assert_eq!(error.kind(), ErrorKind::UnsupportedAlgorithm, "{alg}: {error}");
        assert_eq!(error.field(), Some("attStmt.alg"));
    }
    // EdDSA has no separate hash that extraData could contain.
    let aik = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"aik").unwrap();
    let certificate = CertificateBuilder::new(&DistinguishedName::new(), &aik.public_numbers())
        .basic_constraints(false, None)
        .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
        .subject_alt_name(true, &tpm_name().to_der());
    let area = pub_area(&made);
    let info = cert_info(&made, &area).to_bytes();
    let x5c = [issued_by("root", certificate)];
    let signature = aik.sign(&info);
    let statement =
        AttestationStatement::tpm("2.0", -8, &signature, &x5c, &area.to_bytes(), &info).unwrap();
    refuse_field(&made, &statement, ErrorKind::UnsupportedAlgorithm, "attStmt.alg");
}

#[test]
fn tpm_10_the_signature_has_the_cose_form_and_verifies_with_the_certificate_key() {
    let made = Made::new();
    let area = pub_area(&made).to_bytes();
    let info = cert_info(&made, &pub_area(&made)).to_bytes();
    let x5c = [issued_by("root", aik())];
    let signed_by = |alg, signature: &[u8], x5c: &[Vec<u8>]| {
        AttestationStatement::tpm("2.0", alg, signature, x5c, &area, &info).unwrap()
    };
    let signature = key("aik").sign(&info);
    made.accept(&signed_by(-7, &signature, &x5c));
    made.accept(&signed_by(-257, &rsa_key().sign(&info), &[rsa_aik()]));
    // TPMT_SIGNATURE: the scheme and its hash, then r and s or the RSA signature.
    let r_length = usize::from(signature[3]);
    let number = |bytes: &[u8]| tpm2b(&bytes[bytes.len().saturating_sub(32)..]);
    let (r, s) = (number(&signature[4..4 + r_length]), number(&signature[6 + r_length..]));
    let ecdsa = [&[0, 0x18, 0, 0x0b][..], &r, &s].concat();
    let rsassa = [&[0, 0x14, 0, 0x0b][..], &tpm2b(&rsa_key().sign(&info))].concat();
    let rsa_x5c = [rsa_aik()];
    for (alg, signature, x5c) in [
        (-7, &ecdsa, &x5c),
        (-257, &rsassa, &rsa_x5c),
        // Over other bytes, with another key, and empty.
        (-7, &key("aik").sign(&made.signed()), &x5c),
        (-7, &key("other").sign(&info), &x5c),
        (-7, &made.credential_key.sign(&info), &x5c),
        (-7, &Vec::new(), &x5c),
    ] {
        let statement = signed_by(alg, signature, x5c);
        refuse_field(&made, &statement, ErrorKind::SignatureInvalid, "attStmt.sig");
    }
    // An algorithm that does not fit the key.
    let statement = signed_by(-257, &signature, &x5c);
    refuse_field(&made, &statement, ErrorKind::AlgorithmKeyMismatch, "attStmt.alg");
}

#[test]
fn tpm_11_the_certificate_has_version_3_and_no_subject() {
    let made = Made::new();
    for version in [None, Some(0), Some(1)] {
        let certificate = certificate_for(&DistinguishedName::new()).version(version);
        refuse_certificate(&made, certificate, "x5c[0].version");
    }
    let extended = |subject: &DistinguishedName| {
        certificate_for(subject)
            .basic_constraints(false, None)
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm_name().to_der())
    };
    made.accept(&with_certificate(&made, extended(&DistinguishedName::new())));
    for subject in [name("TPM"), name(""), tpm_name()] {
        refuse_certificate(&made, extended(&subject), "x5c[0].subject");
    }
}

#[test]
fn tpm_11_kb_29_the_certificate_must_not_belong_to_a_ca() {
    let made = Made::new();
    let without = || {
        certificate_for(&DistinguishedName::new())
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm_name().to_der())
    };
    made.accept(&with_certificate(&made, without().basic_constraints(false, None)));
    refuse_certificate(&made, without(), "x5c[0].basicConstraints");
    let ca = without().basic_constraints(true, None);
    refuse_certificate(&made, ca, "x5c[0].basicConstraints");
    // An explicit default value, and not critical.
    let written = without().extension(BASIC_CONSTRAINTS, false, &[0x30, 3, 1, 1, 0]);
    made.accept(&with_certificate(&made, written));
    let unreadable = without().extension(BASIC_CONSTRAINTS, true, &[0x30, 1]);
    refuse_certificate(&made, unreadable, "x5c[0].basicConstraints");
}

#[test]
fn tpm_11_revocation_extensions_are_optional() {
    let made = Made::new();
    let certificate = aik().extension(&[1, 3, 6, 1, 5, 5, 7, 1, 1], false, &[0x30, 0]).extension(
        &[2, 5, 29, 31],
        false,
        &[0x30, 0],
    );
    made.accept(&with_certificate(&made, certificate));
}

#[test]
fn tpm_12_kb_69_the_alternative_name_identifies_the_tpm() {
    let made = Made::new();
    let with_name = |directory_name: &[u8]| {
        with_certificate(&made, aik_without_name().subject_alt_name(true, directory_name))
    };
    let (manufacturer, model, version) = ("id:4E544300", "NPCT6xx", "id:13");
    let add: [fn(DistinguishedName, [&str; 3]) -> DistinguishedName; 3] = [
        |name, [manufacturer, ..]| name.tpm_manufacturer(manufacturer),
        |name, [_, model, _]| name.tpm_model(model),
        |name, [.., version]| name.tpm_version(version),
    ];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let texts = [manufacturer, model, version];
        let name = order.iter().fold(DistinguishedName::new(), |name, n| add[*n](name, texts));
        // In three sets, in one set, and next to other attributes.
        for der in [name.to_der(), name.to_der_in_one_set(), name.common_name("TPM").to_der()] {
            let registration = made.accepted(&with_name(&der));
            assert_eq!(registration.attestation().tpm_manufacturer(), Some(manufacturer));
        }
        // Each attribute missing, and each one empty.
        for (missing, field) in [
            (0, "x5c[0].subjectAltName.manufacturer"),
            (1, "x5c[0].subjectAltName.model"),
            (2, "x5c[0].subjectAltName.version"),
        ] {
            let others = order.iter().filter(|n| **n != missing);
            let name = others.fold(DistinguishedName::new(), |name, n| add[*n](name, texts));
            for name in [name.clone(), add[missing](name.clone(), ["", "", ""])] {
                let statement = with_name(&name.to_der_in_one_set());
                refuse_field(&made, &statement, ErrorKind::AttestationInvalid, field);
            }
            // And each one twice, even with equal values.
            let twice = add[missing](add[missing](name, texts), texts);
            let statement = with_name(&twice.to_der());
            refuse_field(&made, &statement, ErrorKind::AttestationInvalid, field);
        }
    }
}

#[test]
fn tpm_12_the_alternative_name_must_be_present_critical_and_well_formed() {
    const FIELD: &str = "x5c[0].subjectAltName";
    let made = Made::new();
    refuse_certificate(&made, aik_without_name(), FIELD);
    let directory_name = der::explicit(4, &tpm_name().to_der());
    let with =
        |critical, value: &[u8]| aik_without_name().extension(SUBJECT_ALT_NAME, critical, value);
    let good = der::sequence(&[&directory_name]);
    made.accept(&with_certificate(&made, with(true, &good)));
    refuse_certificate(&made, with(false, &good), FIELD);
    // Next to names of other kinds: an otherName and a host name.
    let other_name = der::value(0xa0, &der::object_identifier(&[1, 3, 6, 1, 5, 5, 7, 8, 4]));
    let host = der::implicit(2, b"example.org");
    let names = der::sequence(&[&other_name, &directory_name, &host]);
    made.accept(&with_certificate(&made, with(true, &names)));
    // Only a directory name counts.
    let manufacturer = "x5c[0].subjectAltName.manufacturer";
    for names in [
        der::sequence(&[&host]),
        der::sequence::<&[u8]>(&[]),
        der::sequence(&[der::value(0xa5, &tpm_name().to_der())]),
    ] {
        refuse_certificate(&made, with(true, &names), manufacturer);
    }
    let attribute = |inner: &[u8]| {
        der::sequence(&[der::explicit(4, &der::sequence(&[der::set(&[der::sequence(&[inner])])]))])
    };
    let manufacturer_id = der::object_identifier(&[2, 23, 133, 2, 1]);
    for value in [
        vec![],
        der::null(),
        [&good[..], &[0]].concat(),
        with_more_inside(&good, &[0]),
        with_long_length(&good),
        der::sequence(&[der::explicit(4, &[])]),
        der::sequence(&[der::explicit(4, &der::set::<&[u8]>(&[]))]),
        der::sequence(&[der::explicit(4, &[&tpm_name().to_der()[..], &[5, 0]].concat())]),
        der::sequence(&[der::explicit(4, &der::sequence(&[der::null()]))]),
        der::sequence(&[der::explicit(4, &der::sequence(&[der::set(&[der::null()])]))]),
        attribute(&[]),
        attribute(&der::null()),
        attribute(&der::object_identifier(&[2, 5, 4, 3])),
        attribute(&[der::object_identifier(&[2, 5, 4, 3]), der::null(), der::null()].concat()),
    ] {
        refuse_certificate(&made, with(true, &value), FIELD);
    }
    for value in [
        vec![],
        der::printable_string("id:494E5443"),
        der::octet_string(b"id:494E5443"),
        der::value(0x0c, b"id:\xff"),
        [der::utf8_string("id:494E5443"), der::null()].concat(),
    ] {
        let inner = [manufacturer_id.clone(), value].concat();
        refuse_certificate(&made, with(true, &attribute(&inner)), manufacturer);
    }
    // Every truncation of the whole name.
    for length in 0..good.len() {
        refuse_certificate(&made, with(true, &good[..length]), FIELD);
    }
}

/// Returns a statement with this manufacturer in its certificate.
fn made_by(made: &Made, manufacturer: &str) -> AttestationStatement {
    let name = DistinguishedName::new()
        .tpm_manufacturer(manufacturer)
        .tpm_model("Model")
        .tpm_version("id:00010002");
    with_certificate(made, aik_without_name().subject_alt_name(true, &name.to_der()))
}

#[test]
fn tpm_12_a_manufacturer_is_eight_hexadecimal_digits() {
    let made = Made::new();
    for good in ["id:494E5443", "id:494e5443", "id:00000000", "id:FFFFF1D0", "id:fFfFf1d0"] {
        let registration = made.accepted(&made_by(&made, good));
        assert_eq!(registration.attestation().tpm_manufacturer(), Some(good));
    }
    for bad in [
        "494E5443",
        "id:494E544",
        "id:494E54433",
        "id:494E544G",
        "id:+94E5443",
        "ID:494E5443",
        "id: 94E5443",
        "INTC",
        "id:",
        "id:49\u{e9}E544",
    ] {
        let statement = made_by(&made, bad);
        let field = "x5c[0].subjectAltName.manufacturer";
        refuse_field(&made, &statement, ErrorKind::AttestationInvalid, field);
    }
}

#[test]
fn tpm_13_kb_29_kb_69_a_policy_can_require_a_registered_manufacturer() {
    let made = Made::new();
    let field = "x5c[0].subjectAltName.manufacturer";
    let checking = || AttestationPolicy::default().require_tpm_manufacturer();
    let trusting = || trusted(&[root("root")]);
    // Intel in upper and lower case, Microsoft, STMicroelectronics with its space, AMD with its
    // zero byte, and the conformance tools.
    for known in [
        "id:494E5443",
        "id:494e5443",
        "id:4D534654",
        "id:53544D20",
        "id:414D4400",
        "id:FFFFF1D0",
        "id:fffff1d0",
    ] {
        let statement = made_by(&made, known);
        for (policy, unchecked) in [
            (AttestationPolicy::default(), vec![Unchecked::Trust, Unchecked::TpmManufacturer]),
            (checking(), vec![Unchecked::Trust]),
            (
                trusting(),
                vec![Unchecked::TpmManufacturer, Unchecked::Revocation, Unchecked::Metadata],
            ),
            (
                trusting().require_tpm_manufacturer(),
                vec![Unchecked::Revocation, Unchecked::Metadata],
            ),
        ] {
            let registration = made.register(&statement, policy).unwrap();
            assert_eq!(registration.attestation().unchecked(), unchecked);
            assert_eq!(registration.attestation().tpm_manufacturer(), Some(known));
        }
    }
    for unknown in ["id:00000000", "id:494E5444", "id:20202020", "id:53544D00", "id:FFFFF1D1"] {
        let statement = made_by(&made, unknown);
        made.accept(&statement);
        for policy in [checking(), trusting().require_tpm_manufacturer()] {
            let error = made.register(&statement, policy).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
            assert_eq!(error.field(), Some(field));
        }
    }
}

#[test]
fn tpm_14_the_key_usage_for_attestation_may_be_at_any_position() {
    const FIELD: &str = "x5c[0].extendedKeyUsage";
    let made = Made::new();
    let without = || {
        certificate_for(&DistinguishedName::new())
            .basic_constraints(false, None)
            .subject_alt_name(true, &tpm_name().to_der())
    };
    let aik = CertificateBuilder::TPM_AIK_CERTIFICATE;
    let ek = CertificateBuilder::TPM_EK_CERTIFICATE;
    let any = &[2, 5, 29, 37, 0][..];
    for purposes in [&[aik][..], &[ek, aik], &[any, ek, aik], &[aik, ek]] {
        made.accept(&with_certificate(&made, without().extended_key_usage(purposes)));
    }
    refuse_certificate(&made, without(), FIELD);
    // A prefix and an extension of the purpose are other purposes, and so is anyExtendedKeyUsage.
    for purposes in [&[ek][..], &[any], &[], &[&[2, 23, 133, 8][..]], &[&[2, 23, 133, 8, 3, 1][..]]]
    {
        refuse_certificate(&made, without().extended_key_usage(purposes), FIELD);
    }
    let with = |value: &[u8]| without().extension(EXTENDED_KEY_USAGE, false, value);
    let identifier = der::object_identifier(aik);
    let good = der::sequence(&[&identifier]);
    made.accept(&with_certificate(&made, with(&good)));
    let critical = without().extension(EXTENDED_KEY_USAGE, true, &good);
    made.accept(&with_certificate(&made, critical));
    for value in [
        vec![],
        identifier.clone(),
        der::set(&[&identifier]),
        [&good[..], &[0]].concat(),
        [&good[..], &der::null()].concat(),
        with_long_length(&good),
        der::sequence(&[identifier.clone(), der::null()]),
        der::sequence(&[der::octet_string(&identifier[2..])]),
    ] {
        refuse_certificate(&made, with(&value), FIELD);
        let error = refused(&made, &with_certificate(&made, with(&value)));
        assert_eq!(error.parse_error().unwrap().structure(), "AIK certificate extension");
    }
}

#[test]
fn tpm_15_kb_29_the_aaguid_of_the_certificate_matches_the_credential() {
    let made = Made::new();
    made.accept(&with_certificate(&made, aik().aaguid(&AAGUID)));
    for value in [
        der::octet_string(&[0; 16]),
        der::octet_string(&AAGUID[1..]),
        der::octet_string(&[&AAGUID[..], &[0]].concat()),
        AAGUID.to_vec(),
        [&der::octet_string(&AAGUID)[..], &[0]].concat(),
    ] {
        let certificate = aik().extension(AAGUID_EXTENSION, false, &value);
        let statement = with_certificate(&made, certificate);
        refuse_field(&made, &statement, ErrorKind::AaguidMismatch, "x5c[0].aaguid");
    }
}

/// §8.2.1 forbids this for certificates of `packed` attestations, but §8.3 does not.
#[test]
fn x509_14_tpm_15_the_aaguid_extension_may_be_critical() {
    let made = Made::new();
    let critical = |value: &[u8]| {
        let certificate = aik().extension(AAGUID_EXTENSION, true, &der::octet_string(value));
        with_certificate(&made, certificate)
    };
    made.accept(&critical(&AAGUID));
    let _ = made.register(&critical(&AAGUID), trusted(&[root("root")])).unwrap();
    refuse_field(&made, &critical(&[0; 16]), ErrorKind::AaguidMismatch, "x5c[0].aaguid");
    // No code reads another extension.
    let other = aik().extension(&[1, 2, 3, 4], true, &der::octet_string(&AAGUID));
    let verdict = made.register(&with_certificate(&made, other), trusted(&[root("root")]));
    let (step, kind) = (webauthn_verify::Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    assert_refused(verdict, step, kind, "critical extension 1.2.3.4 is unknown");
}

#[test]
fn tpm_16_the_type_is_att_ca_and_the_path_comes_from_the_certificates() {
    let made = Made::new();
    // Like real certificates: certificate policies and key usage are critical, and an intermediate
    // certificate is above.
    let policies = der::sequence(&[der::sequence(&[der::object_identifier(&[
        1, 3, 6, 1, 4, 1, 311, 21, 31,
    ])])]);
    let certificate = aik().key_usage(CertificateBuilder::DIGITAL_SIGNATURE).extension(
        &[2, 5, 29, 32],
        true,
        &policies,
    );
    let area = pub_area(&made);
    let info = cert_info(&made, &area).to_bytes();
    let x5c = [issued_by("intermediate", certificate), issued_by("root", ca("intermediate"))];
    let statement = AttestationStatement::tpm(
        "2.0",
        -7,
        &key("aik").sign(&info),
        &x5c,
        &area.to_bytes(),
        &info,
    )
    .unwrap();
    let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
    let attestation = registration.attestation();
    assert_eq!(attestation.format(), AttestationFormat::Tpm);
    assert_eq!(attestation.attestation_type(), AttestationType::AttCa);
    assert_eq!(attestation.certificates(), x5c);
    assert_eq!(attestation.trusted_aaguid(), None);
    let path = attestation.trust_path().unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
    assert_eq!(path.intermediates(), &x5c[1..]);
    // This policy requires no trust.
    let registration = made.accepted(&statement);
    assert_eq!(registration.attestation().attestation_type(), AttestationType::AttCa);
    assert_eq!(registration.attestation().trust_path(), None);
    let error = made.register(&statement, trusted(&[root("other")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedAttestation);
}

/// Returns the case of the published vectors with this name.
fn published(name: &str) -> Value {
    let file: Value =
        serde_json::from_str(include_str!("../../test-vectors/w3c-level-3.json")).unwrap();
    file["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone()
}

#[test]
fn tpm_07_13_kb_28_the_published_vector_is_accepted_although_its_manufacturer_is_not_registered() {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let case = published("tpm-es256/registration");
    let decode = |value: &Value| BASE64_URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    let anchor = TrustAnchor::from_der(decode(&case["trust_anchors"][0])).unwrap();
    let register = |policy: AttestationPolicy| {
        let rp = RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy).unwrap();
        let user = User::new(*b"user handle", "alice", "Alice");
        let request = RegistrationRequest::security_key(&user, &[])
            .algorithms(&[Algorithm::Es256])
            .challenge(&decode(&case["challenge"]));
        let (_, pending) = rp.start_registration(&request, now()).unwrap();
        let response = RegistrationResponse::from_json(case["response"].to_string()).unwrap();
        rp.finish_registration(pending, &response, now())
    };
    let registration = register(AttestationPolicy::trusted([anchor.clone()])).unwrap();
    let attestation = registration.attestation();
    assert_eq!(attestation.tpm_manufacturer(), Some("id:00000000"));
    assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor);
    assert!(attestation.unchecked().contains(&Unchecked::TpmManufacturer));
    let policy = AttestationPolicy::trusted([anchor]).require_tpm_manufacturer();
    let error = register(policy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed);
    assert_eq!(error.field(), Some("x5c[0].subjectAltName.manufacturer"));
    // The twin has a structure that the TPM did not create.
    assert_eq!(
        published("tpm-es256/registration/TpmMagicMismatch")["expect"]["reject"],
        "TpmMagicMismatch"
    );
}

#[test]
fn every_wrong_member_is_reported_by_its_name() {
    let mut refused = 0;
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Rs256] {
        let mut authenticator = SoftwareAuthenticator::from_seed(b"tpm")
            .with_attestation(AttestationKind::Tpm)
            .with_algorithm(algorithm.cose_id());
        let anchor = TrustAnchor::from_der(authenticator.attestation_root()).unwrap();
        let policy = AttestationPolicy::trusted([anchor]).require_tpm_manufacturer();
        let rp = RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy).unwrap();
        let mut register = |fault: Option<Fault>| {
            let user = User::new(*b"user handle", "alice", "Alice");
            let request = RegistrationRequest::passkey(&user, &[]).algorithms(&[algorithm]);
            let (options, pending) = rp.start_registration(&request, now()).unwrap();
            fault.into_iter().for_each(|fault| authenticator.break_next(fault));
            let body = authenticator.register(&options, ORIGIN).ok()?;
            let response = RegistrationResponse::from_json(&body).unwrap();
            Some(rp.finish_registration(pending, &response, now()))
        };
        let whole = register(None).unwrap().unwrap();
        assert_eq!(whole.attestation().tpm_manufacturer(), Some("id:474F4F47"));
        let is_rsa = algorithm == Algorithm::Rs256;
        for (field, kind) in AttestationKind::Tpm.fields() {
            // Making an RSA key takes a second, and the members of the other structures are the
            // same.
            if is_rsa && !field.starts_with("pubArea.") {
                continue;
            }
            let rsa_only = ["pubArea.keyBits", "pubArea.exponent", "pubArea.unique"];
            let ecc_only =
                ["pubArea.curveID", "pubArea.kdf", "pubArea.unique.x", "pubArea.unique.y"];
            let absent = if is_rsa { &ecc_only[..] } else { &rsa_only };
            let Some(result) = register(Some(Fault::AttestationField(field))) else {
                assert!(absent.contains(&field), "{algorithm} {field}");
                continue;
            };
            let error = result.unwrap_err();
            assert_eq!(error.kind().as_str(), kind, "{algorithm} {field}: {error}");
            assert_eq!(error.field(), Some(AttestationKind::Tpm.named_for(field)), "{error}");
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused}");
}

/// The administrator of the machine can let the TPM attest any authenticator data.
#[test]
fn kb_08_kb_93_the_aaguid_is_proven_only_by_anchors_of_the_model() {
    let made = Made::new();
    let statement = made_by(&made, "id:494E5443");
    let model = Aaguid::from_bytes(AAGUID);
    let allowing = |policy: AttestationPolicy| policy.require_aaguids([model]);
    let general = trusted(&[root("root")]);
    let registration = made.register(&statement, general.clone()).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), None);
    let denied = general.clone().refuse_aaguids([model]);
    for policy in [allowing(general), denied] {
        let error = made.register(&statement, policy).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
    }
    let anchor = TrustAnchor::from_der(root("root")).unwrap();
    let of_model = AttestationPolicy::trusted([]).anchors_for_aaguid(model, [anchor]);
    let registration = made.register(&statement, allowing(of_model)).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), Some(model));
}
