//! Attestation statements (§8) and the trust in them (steps 21 to 24 of §7.1).
#![cfg(feature = "attestation")]

use std::time::Duration;

use webauthn_verify::attestation::{AttestationFormat, AttestationPolicy, AttestationType};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::AttestationObject;
use webauthn_verify::{
    Algorithm, ErrorKind, RegistrationRequest, RegistrationResponse, RelyingParty, Step, User,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, CertificateBuilder, DistinguishedName, Fault,
    PrivateKey, SoftwareAuthenticator, der,
};

use crate::common::certificates::*;
use crate::common::made::*;

/// Returns a certificate with this subject for the key "attestation", without extensions.
fn certificate_for(subject: &DistinguishedName) -> CertificateBuilder {
    CertificateBuilder::new(subject, &key("attestation").public_numbers())
}

/// Returns a certificate that meets the requirements of packed attestation.
fn packed_certificate() -> CertificateBuilder {
    attestation_certificate(&key("attestation").public_numbers())
}

/// Returns a packed statement by the key "attestation", with this certificate issued by "root".
fn packed_with(made: &Made, certificate: CertificateBuilder) -> AttestationStatement {
    packed_by(made, &[issued_by("root", certificate)])
}

fn packed_by(made: &Made, certificates: &[Vec<u8>]) -> AttestationStatement {
    let signature = key("attestation").sign(&made.signed());
    AttestationStatement::packed(-7, &signature, Some(certificates)).unwrap()
}

fn packed_self(made: &Made) -> AttestationStatement {
    let hash = &made.client_data_hash;
    AttestationStatement::packed_self(&made.credential_key, &made.authenticator_data, hash).unwrap()
}

/// Returns a FIDO U2F statement by the key "attestation", with these certificates.
fn u2f_by(made: &Made, certificates: &[Vec<u8>]) -> AttestationStatement {
    let signature = key("attestation").sign(&made.u2f_signed());
    AttestationStatement::fido_u2f(&signature, certificates).unwrap()
}

fn u2f_certificate() -> Vec<u8> {
    issued_by("root", certificate_for(&name("U2F key")))
}

fn short_bytes(bytes: &[u8]) -> Vec<u8> {
    [&[0x58, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

#[test]
fn att_01_a_format_is_at_most_32_printable_characters() {
    let made = Made::new();
    let refuse = |format: &str, kind: ErrorKind| {
        let statement = AttestationStatement::none().with_format(format);
        let result = made.register(&statement, AttestationPolicy::default());
        assert_refused(result, Step::AttestationFormat, kind, "format \"");
    };
    made.accept(&AttestationStatement::none());
    refuse(&"x".repeat(23), ErrorKind::UnsupportedAttestationFormat);
    for bad in ["none\0", "none ", "n\"one", "n\\one", "nöne", ""] {
        let kind = match bad {
            "" => ErrorKind::UnsupportedAttestationFormat,
            _ => ErrorKind::AttestationInvalid,
        };
        refuse(bad, kind);
    }
    refuse(&"x".repeat(32), ErrorKind::UnsupportedAttestationFormat);
    refuse(&"x".repeat(33), ErrorKind::AttestationInvalid);
    // Names are case-sensitive.
    refuse("None", ErrorKind::UnsupportedAttestationFormat);
    refuse("PACKED", ErrorKind::UnsupportedAttestationFormat);
}

#[test]
fn att_02_exactly_the_formats_of_the_specification_are_verified() {
    let made = Made::new();
    let formats = [
        ("packed", AttestationFormat::Packed),
        ("tpm", AttestationFormat::Tpm),
        ("android-key", AttestationFormat::AndroidKey),
        ("android-safetynet", AttestationFormat::AndroidSafetyNet),
        ("fido-u2f", AttestationFormat::FidoU2f),
        ("none", AttestationFormat::None),
        ("apple", AttestationFormat::Apple),
        ("compound", AttestationFormat::Compound),
    ];
    let policy = || AttestationPolicy::default().allow_safetynet(Duration::ZERO);
    for (identifier, format) in formats {
        assert_eq!(identifier.parse(), Ok(format));
        assert_eq!(format.as_str(), identifier);
        // Each format rejects a statement that is not a map.
        let wrong = AttestationStatement::new(identifier, &[0xf6]);
        let result = made.register(&wrong, policy());
        let kind = ErrorKind::AttestationInvalid;
        assert_refused(result, Step::AttestationStatement, kind, "attStmt");
    }
    made.accept(&AttestationStatement::none());
    let result = made.register(
        &AttestationStatement::none().with_format("apple-appattest"),
        AttestationPolicy::default(),
    );
    let kind = ErrorKind::UnsupportedAttestationFormat;
    assert_refused(result, Step::AttestationFormat, kind, "\"apple-appattest\"");
}

#[test]
fn att_03_kb_14_an_unknown_format_is_never_none() {
    let made = Made::new();
    let statement = AttestationStatement::none().with_format("foo");
    for policy in [AttestationPolicy::default(), trusted(&[root("root")])] {
        let kind = ErrorKind::UnsupportedAttestationFormat;
        let result = made.register(&statement, policy);
        assert_refused(result, Step::AttestationFormat, kind, "format \"foo\"");
    }
    made.accept(&statement.with_format("none"));
}

#[test]
fn att_04_members_are_present_with_their_types() {
    let made = Made::new();
    let sig = || short_bytes(&key("attestation").sign(&made.signed()));
    let x5c = || [vec![0x81], bytes(&issued_by("root", packed_certificate()))].concat();
    let alg = || vec![0x26];
    let packed = |pairs: &[(&str, Vec<u8>)]| AttestationStatement::new("packed", &map(pairs));

    made.accept(&packed(&[("alg", alg()), ("sig", sig()), ("x5c", x5c())]));
    // The members may come in any order, and unknown members are ignored.
    made.accept(&packed(&[("x5c", x5c()), ("sig", sig()), ("alg", alg())]));
    made.accept(&packed(&[("alg", alg()), ("sig", sig()), ("x5c", x5c()), ("ver", vec![0xf5])]));

    let missing = "the member is missing";
    made.refuse_invalid(&packed(&[("sig", sig()), ("x5c", x5c())]), missing);
    made.refuse_invalid(&packed(&[("alg", alg()), ("x5c", x5c())]), missing);
    made.refuse_invalid(&packed(&[]), missing);
    let text_sig = [("alg", alg()), ("sig", text("sig")), ("x5c", x5c())];
    made.refuse_invalid(&packed(&text_sig), "sig");
    let text_alg = [("alg", text("ES256")), ("sig", sig()), ("x5c", x5c())];
    made.refuse_invalid(&packed(&text_alg), "alg");
    let certificate = bytes(&issued_by("root", packed_certificate()));
    made.refuse_invalid(&packed(&[("alg", alg()), ("sig", sig()), ("x5c", certificate)]), "x5c");
    let null_x5c = [("alg", alg()), ("sig", sig()), ("x5c", vec![0xf6])];
    made.refuse_invalid(&packed(&null_x5c), "x5c");
    let texts = [("alg", alg()), ("sig", sig()), ("x5c", [vec![0x81], text("x")].concat())];
    made.refuse_invalid(&packed(&texts), "x5c");
    made.refuse_invalid(&AttestationStatement::new("packed", &[0x80]), "attStmt");
    let ecdaa = [("alg", alg()), ("sig", sig()), ("ecdaaKeyId", short_bytes(&[1; 32]))];
    made.refuse_invalid(&packed(&ecdaa), "ECDAA");
    let both = [("alg", alg()), ("sig", sig()), ("x5c", x5c()), ("ecdaaKeyId", vec![0x40])];
    made.refuse_invalid(&packed(&both), "ECDAA");

    let twice = [("alg", alg()), ("alg", alg()), ("sig", sig()), ("x5c", x5c())];
    let object = packed(&twice).attestation_object(&made.authenticator_data).unwrap();
    assert_eq!(AttestationObject::parse(&object).unwrap_err().kind(), ErrorKind::InvalidCbor);
}

#[test]
fn att_04_members_of_fido_u2f_are_present_with_their_types() {
    let made = Made::new();
    let sig = || short_bytes(&key("attestation").sign(&made.u2f_signed()));
    let x5c = || [vec![0x81], bytes(&u2f_certificate())].concat();
    let u2f = |pairs: &[(&str, Vec<u8>)]| AttestationStatement::new("fido-u2f", &map(pairs));
    made.accept(&u2f(&[("sig", sig()), ("x5c", x5c())]));
    made.accept(&u2f(&[("x5c", x5c()), ("sig", sig())]));
    made.refuse_invalid(&u2f(&[("sig", sig())]), "the member is missing");
    made.refuse_invalid(&u2f(&[("x5c", x5c())]), "the member is missing");
    made.refuse_invalid(&u2f(&[("sig", text("sig")), ("x5c", x5c())]), "sig");
    made.refuse_invalid(&u2f(&[("sig", sig()), ("x5c", bytes(&u2f_certificate()))]), "x5c");
}

#[test]
fn att_05_a_correct_statement_is_not_yet_trusted() {
    let made = Made::new();
    let none = made.accepted(&AttestationStatement::none());
    assert_eq!(none.attestation().attestation_type(), AttestationType::None);
    let own = made.accepted(&packed_self(&made));
    assert_eq!(own.attestation().attestation_type(), AttestationType::SelfAttestation);
    let statement = packed_with(&made, packed_certificate());
    let basic = made.accepted(&statement);
    assert_eq!(basic.attestation().attestation_type(), AttestationType::Uncertain);
    assert_eq!(basic.attestation().certificates().len(), 1);
    for registration in [none, own, basic] {
        assert_eq!(registration.attestation().trust_path(), None);
    }
    let proven = made.register(&statement, trusted(&[root("root")])).unwrap();
    let path = proven.attestation().trust_path().unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
}

#[test]
fn att_06_none_and_self_are_accepted_even_if_more_was_requested() {
    // `register` requests `direct`.
    let made = Made::new();
    made.accept(&AttestationStatement::none());
    made.accept(&packed_self(&made));
    // The request has no list of formats, so every supported format is accepted.
    for statement in [packed_with(&made, packed_certificate()), u2f_by(&made, &[u2f_certificate()])]
    {
        made.accept(&statement);
    }
    let refused = made.register(&packed_self(&made), trusted(&[root("root")]));
    let kind = ErrorKind::UntrustedAttestation;
    assert_refused(refused, Step::AttestationTrust, kind, "self attestation");
}

#[test]
fn none_01_kb_20_the_statement_is_an_empty_map() {
    let made = Made::new();
    made.accept(&AttestationStatement::new("none", &[0xa0]));
    for (statement, reason) in [
        (map(&[("x", vec![1])]), "must be empty"),
        (map(&[("x5c", [vec![0x81], bytes(&u2f_certificate())].concat())]), "must be empty"),
        (vec![0x80], "attStmt"),
        (vec![0xf6], "attStmt"),
        (vec![0x40], "attStmt"),
    ] {
        made.refuse_invalid(&AttestationStatement::new("none", &statement), reason);
    }
}

#[test]
fn none_02_any_aaguid_passes_and_there_are_no_certificates() {
    for aaguid in [[0; 16], AAGUID] {
        let made = Made::with(Algorithm::Es256, aaguid);
        let registration = made.accepted(&AttestationStatement::none());
        assert_eq!(registration.unverified_aaguid().as_bytes(), &aaguid);
        assert!(registration.attestation().certificates().is_empty());
        assert_eq!(registration.attestation().format(), AttestationFormat::None);
        assert_eq!(registration.attestation().attestation_type(), AttestationType::None);
        assert_eq!(registration.attestation().trust_path(), None);
    }
}

#[test]
fn att_packed_01_an_empty_array_of_certificates_is_not_self_attestation() {
    let made = Made::new();
    made.accept(&packed_self(&made));
    let signature = made.credential_key.sign(&made.signed());
    let empty = AttestationStatement::packed(-7, &signature, Some(&[])).unwrap();
    made.refuse_invalid(&empty, "an empty array");
    let nine = vec![issued_by("root", packed_certificate()); 9];
    made.accept(&packed_by(&made, &nine[..8]));
    made.refuse_invalid(&packed_by(&made, &nine), "more than 8 certificates");
}

#[test]
fn att_packed_02_the_attestation_key_signs() {
    let made = Made::new();
    let certificates = [issued_by("root", packed_certificate())];
    let by = |signer: &PrivateKey, message: &[u8]| {
        AttestationStatement::packed(-7, &signer.sign(message), Some(&certificates)).unwrap()
    };
    made.accept(&by(&key("attestation"), &made.signed()));
    let invalid = |statement| made.refuse(&statement, ErrorKind::SignatureInvalid, "");
    invalid(by(&made.credential_key, &made.signed()));
    invalid(by(&key("root"), &made.signed()));
    invalid(by(&key("attestation"), &made.u2f_signed()));
    invalid(by(&key("attestation"), &made.authenticator_data));
}

#[test]
fn att_packed_03_the_certificate_has_version_3() {
    let made = Made::new();
    made.accept(&packed_with(&made, packed_certificate()));
    let version_1 = certificate_for(&attestation_subject()).version(None);
    made.refuse_invalid(&packed_with(&made, version_1), "x5c[0].version");
    let version_2 = certificate_for(&attestation_subject()).version(Some(1));
    made.refuse_invalid(&packed_with(&made, version_2), "x5c[0].version");
    // A certificate with extensions but without version 3 is malformed.
    let mixed = packed_certificate().version(Some(1));
    made.refuse_invalid(&packed_with(&made, mixed), "not of version 3");
}

#[test]
fn att_packed_04_the_subject_has_country_organization_and_common_name() {
    let made = Made::new();
    let with = |subject: DistinguishedName| {
        packed_with(&made, certificate_for(&subject).basic_constraints(false, None))
    };
    let unit = || DistinguishedName::new().organizational_unit("Authenticator Attestation");
    // The published vectors use "AA", which is not a country.
    made.accept(&with(unit().country("AA").organization("Maker").common_name("Key")));
    made.refuse_invalid(&with(unit().organization("Maker").common_name("Key")), "subject.C: ");
    made.refuse_invalid(&with(unit().country("AA").common_name("Key")), "subject.O: ");
    made.refuse_invalid(&with(unit().country("AA").organization("Maker")), "subject.CN: ");
    let empty = |c, o, cn| with(unit().country(c).organization(o).common_name(cn));
    made.refuse_invalid(&empty("", "Maker", "Key"), "subject.C: ");
    made.refuse_invalid(&empty("AA", "", "Key"), "subject.O: ");
    made.refuse_invalid(&empty("AA", "Maker", ""), "subject.CN: ");
}

#[test]
fn att_packed_05_the_organizational_unit_is_authenticator_attestation() {
    let made = Made::new();
    let with = |unit: &str| {
        let subject = DistinguishedName::new()
            .country("AA")
            .organization("Maker")
            .organizational_unit(unit)
            .common_name("Key");
        packed_with(&made, certificate_for(&subject).basic_constraints(false, None))
    };
    made.accept(&with("Authenticator Attestation"));
    for bad in ["authenticator attestation", "Authenticator Attestation ", ""] {
        made.refuse_invalid(&with(bad), "OU");
    }
    let none = DistinguishedName::new().country("AA").organization("Maker").common_name("Key");
    let none = certificate_for(&none).basic_constraints(false, None);
    made.refuse_invalid(&packed_with(&made, none), "OU");
}

#[test]
fn att_packed_06_kb_78_basic_constraints_say_that_it_is_not_a_ca() {
    let made = Made::new();
    let with = |value: &[u8]| {
        let certificate =
            certificate_for(&attestation_subject()).extension(BASIC_CONSTRAINTS, true, value);
        packed_with(&made, certificate)
    };
    made.accept(&with(&der::sequence::<Vec<u8>>(&[])));
    made.accept(&with(&der::sequence(&[der::boolean(false)])));
    let no_ca = "basicConstraints: it must be present, with cA set to false";
    made.refuse_invalid(&with(&der::sequence(&[der::boolean(true)])), no_ca);
    made.refuse_invalid(&with(&der::boolean(false)), no_ca);
    let followed = [der::sequence::<Vec<u8>>(&[]), der::null()].concat();
    made.refuse_invalid(&with(&followed), no_ca);
    made.refuse_invalid(&packed_with(&made, certificate_for(&attestation_subject())), no_ca);
}

#[test]
fn att_packed_07_the_aaguid_of_the_certificate_matches_the_credential() {
    const OID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
    let made = Made::new();
    let with = |critical: bool, value: &[u8]| {
        packed_with(&made, packed_certificate().extension(OID, critical, value))
    };
    made.accept(&packed_with(&made, packed_certificate()));
    made.accept(&with(false, &der::octet_string(&AAGUID)));
    let mismatch = |statement| made.refuse(&statement, ErrorKind::AaguidMismatch, "");
    mismatch(with(false, &der::octet_string(&[9; 16])));
    mismatch(with(false, &AAGUID));
    mismatch(with(false, &der::octet_string(&AAGUID[..15])));
    mismatch(with(false, &[der::octet_string(&AAGUID), vec![0]].concat()));
    mismatch(with(false, &der::value(0x0c, &AAGUID)));
    made.refuse_invalid(&with(true, &der::octet_string(&AAGUID)), "is critical");
}

#[test]
fn att_packed_08_the_firmware_version_is_a_non_negative_number() {
    const OID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 5];
    let made = Made::new();
    let with = |critical: bool, value: &[u8]| {
        packed_with(&made, packed_certificate().extension(OID, critical, value))
    };
    for good in [der::integer(&[0]), der::integer(&[42]), der::integer(&[0x80])] {
        made.accept(&with(false, &good));
    }
    for bad in [
        der::value(0x02, &[0xff]),
        der::value(0x02, &[]),
        der::value(0x02, &[0, 1]),
        [der::integer(&[1]), vec![0]].concat(),
        der::octet_string(&[1]),
        vec![42],
    ] {
        made.refuse_invalid(&with(false, &bad), "x5c[0].firmwareVersion");
    }
    made.refuse_invalid(&with(true, &der::integer(&[42])), "is critical");
}

#[test]
fn att_packed_09_the_serial_number_is_an_octet_string() {
    const OID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 2];
    let made = Made::new();
    let with = |critical: bool, value: &[u8]| {
        packed_with(&made, packed_certificate().extension(OID, critical, value))
    };
    made.accept(&with(false, &der::octet_string(b"0001")));
    made.refuse_invalid(&with(false, b"0001"), "x5c[0].serialNumber");
    made.refuse_invalid(&with(true, &der::octet_string(b"0001")), "is critical");
}

#[test]
fn att_packed_10_self_attestation_is_signed_by_the_credential_key_with_its_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        let made = Made::with(algorithm, AAGUID);
        let own = made.accepted(&packed_self(&made));
        assert!(own.attestation().certificates().is_empty());

        let signature = made.credential_key.sign(&made.signed());
        for other in Algorithm::compiled_in() {
            let statement =
                AttestationStatement::packed(other.cose_id(), &signature, None).unwrap();
            if other == algorithm {
                made.accept(&statement);
            } else {
                made.refuse(&statement, ErrorKind::AlgorithmKeyMismatch, "with a credential key");
            }
        }
        let by_other = key("attestation").sign(&made.signed());
        let alg = algorithm.cose_id();
        let statement = AttestationStatement::packed(alg, &by_other, None).unwrap();
        made.refuse(&statement, ErrorKind::SignatureInvalid, "");
    }
}

#[test]
fn att_packed_11_certificates_are_reported_as_received() {
    let made = Made::new();
    let leaf = issued_by("one", packed_certificate());
    let one = issued_by("root", ca("one"));
    let statement = packed_by(&made, &[leaf.clone(), one.clone()]);
    let registration = made.accepted(&statement);
    assert_eq!(registration.attestation().certificates(), [leaf, one.clone()]);
    assert_eq!(registration.attestation().format(), AttestationFormat::Packed);
    let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
    assert_eq!(registration.attestation().trust_path().unwrap().intermediates(), [one]);
    assert_eq!(registration.attestation().attestation_type(), AttestationType::Uncertain);
}

/// "Authority Information Access" and "CRL Distribution Point" are both optional (§8.2.1).
#[test]
fn att_packed_11_revocation_extensions_are_optional() {
    const AUTHORITY_INFO_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
    const CRL_DISTRIBUTION_POINTS: &[u64] = &[2, 5, 29, 31];
    let made = Made::new();
    let with = |extensions: &[&[u64]]| {
        let add = |certificate: CertificateBuilder, oid: &&[u64]| {
            certificate.extension(oid, false, &[0x30, 0])
        };
        packed_with(&made, extensions.iter().fold(packed_certificate(), add))
    };
    for extensions in [
        &[][..],
        &[AUTHORITY_INFO_ACCESS],
        &[CRL_DISTRIBUTION_POINTS],
        &[AUTHORITY_INFO_ACCESS, CRL_DISTRIBUTION_POINTS],
    ] {
        let statement = with(extensions);
        made.accept(&statement);
        let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
        assert!(registration.attestation().trust_path().is_some());
    }
}

#[test]
fn sig_10_kb_21_the_declared_algorithm_fits_the_certificate_key() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        let signer = match algorithm {
            Algorithm::Rs256 => rsa_key(),
            _ => PrivateKey::from_seed(algorithm.cose_id(), b"attestation").unwrap(),
        };
        let made = Made::new();
        let certificate = attestation_certificate(&signer.public_numbers());
        let certificates = [issued_by("root", certificate)];
        let signature = signer.sign(&made.signed());
        for declared in Algorithm::compiled_in() {
            let alg = declared.cose_id();
            let statement =
                AttestationStatement::packed(alg, &signature, Some(&certificates)).unwrap();
            if declared.key_kind() != algorithm.key_kind() {
                made.refuse(&statement, ErrorKind::AlgorithmKeyMismatch, "with a key of type");
            } else if declared == algorithm || algorithm != Algorithm::Rs256 {
                // For example, ESP256 is ES256 under another number.
                made.accept(&statement);
            } else {
                made.refuse(&statement, ErrorKind::SignatureInvalid, "");
            }
        }
        let unknown = AttestationStatement::packed(-261, &signature, Some(&certificates)).unwrap();
        made.refuse(&unknown, ErrorKind::UnsupportedAlgorithm, "-261");
    }
}

#[test]
fn u2f_01_the_statement_has_exactly_one_certificate() {
    let made = Made::new();
    let one = u2f_certificate();
    let registration = made.accepted(&u2f_by(&made, std::slice::from_ref(&one)));
    assert_eq!(registration.attestation().certificates(), std::slice::from_ref(&one));
    assert_eq!(registration.attestation().attestation_type(), AttestationType::Uncertain);
    made.refuse_invalid(&u2f_by(&made, &[]), "empty array");
    made.refuse_invalid(&u2f_by(&made, &[one, root("root")]), "not exactly one certificate");
}

#[test]
fn u2f_02_the_certificate_key_is_on_p_256() {
    let made = Made::new();
    let by = |signer: &PrivateKey| {
        let certificate = CertificateBuilder::new(&name("U2F key"), &signer.public_numbers());
        let certificates = [issued_by("root", certificate)];
        AttestationStatement::fido_u2f(&signer.sign(&made.u2f_signed()), &certificates).unwrap()
    };
    made.accept(&by(&key("attestation")));
    let p384 = PrivateKey::from_seed(Algorithm::Es384.cose_id(), b"attestation").unwrap();
    made.refuse_invalid(&by(&p384), "x5c[0].subjectPublicKeyInfo: the key is not on P-256");
    made.refuse_invalid(&by(&rsa_key()), "x5c[0].subjectPublicKeyInfo: the key is not on P-256");
}

#[test]
fn u2f_03_the_credential_key_is_on_p_256() {
    let es256 = Made::with(Algorithm::Es256, [0; 16]);
    es256.accept(&u2f_by(&es256, &[u2f_certificate()]));
    for algorithm in [Algorithm::EdDsa, Algorithm::Es384, Algorithm::Rs256] {
        let made = Made::with(algorithm, [0; 16]);
        let statement = u2f_by(&made, &[u2f_certificate()]);
        made.refuse_invalid(&statement, "credentialPublicKey: the key is not on P-256");
    }
}

#[test]
fn u2f_04_the_signature_is_over_the_u2f_message() {
    let made = Made::new();
    let over = |message: &[u8]| {
        let signature = key("attestation").sign(message);
        AttestationStatement::fido_u2f(&signature, &[u2f_certificate()]).unwrap()
    };
    made.accept(&over(&made.u2f_signed()));
    made.refuse(&over(&made.signed()), ErrorKind::SignatureInvalid, "");
    for position in [0, 1, 33, 65, 81, 82, 114] {
        let mut other = made.u2f_signed();
        other[position] ^= 1;
        made.refuse(&over(&other), ErrorKind::SignatureInvalid, "");
    }
    let by_credential = made.credential_key.sign(&made.u2f_signed());
    let statement = AttestationStatement::fido_u2f(&by_credential, &[u2f_certificate()]).unwrap();
    made.refuse(&statement, ErrorKind::SignatureInvalid, "");
}

#[test]
fn u2f_05_kb_79_any_aaguid_is_accepted() {
    for aaguid in [[0; 16], AAGUID] {
        let made = Made::with(Algorithm::Es256, aaguid);
        let registration = made.accepted(&u2f_by(&made, &[u2f_certificate()]));
        assert_eq!(registration.unverified_aaguid().as_bytes(), &aaguid);
    }
}

#[test]
fn u2f_06_kb_78_the_certificate_needs_no_profile() {
    let made = Made::new();
    let trust = || trusted(&[root("root")]);
    let bare = u2f_certificate();
    let version_1 = issued_by("root", certificate_for(&name("U2F key")).version(None));
    for certificate in [bare, version_1] {
        let statement = u2f_by(&made, &[certificate]);
        made.accept(&statement);
        let registration = made.register(&statement, trust()).unwrap();
        assert!(registration.attestation().trust_path().is_some());
    }
    // A certificate signed with SHA-1 can be parsed, but it is not trusted.
    let rsa_root = CertificateBuilder::new(&name("root"), &rsa_key().public_numbers())
        .basic_constraints(true, None)
        .sign(&rsa_key());
    let mut fields = CertificateFields::new().algorithm(der::sequence(&[
        der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 5]),
        der::null(),
    ]));
    fields.public_key = key("attestation").public_numbers().subject_public_key_info();
    let statement = u2f_by(&made, &[fields.sign(&rsa_key())]);
    made.accept(&statement);
    let result = made.register(&statement, trusted(&[rsa_root]));
    let kind = ErrorKind::UntrustedAttestation;
    assert_refused(result, Step::AttestationTrust, kind, "too weak");
}

#[test]
fn u2f_07_transports_in_the_certificate_are_ignored() {
    const OID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 2, 1, 1];
    let made = Made::new();
    for value in [der::bit_string(4, &[0x30]), der::octet_string(&[1]), vec![3, 9], Vec::new()] {
        let certificate = certificate_for(&name("U2F key")).extension(OID, false, &value);
        let statement = u2f_by(&made, &[issued_by("root", certificate)]);
        let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
        assert!(registration.attestation().trust_path().is_some());
    }
    let critical = certificate_for(&name("U2F key")).extension(OID, true, &[3, 2, 4, 0x30]);
    let statement = u2f_by(&made, &[issued_by("root", critical)]);
    made.accept(&statement);
    let result = made.register(&statement, trusted(&[root("root")]));
    let kind = ErrorKind::UntrustedAttestation;
    assert_refused(result, Step::AttestationTrust, kind, "1.3.6.1.4.1.45724.2.1.1 is unknown");
}

#[test]
fn kb_01_a_root_in_x5c_is_not_an_anchor() {
    let made = Made::new();
    let chain = [issued_by("mallory", packed_certificate()), root("mallory")];
    let statement = packed_by(&made, &chain);
    made.accept(&statement);
    let result = made.register(&statement, trusted(&[root("root")]));
    let kind = ErrorKind::UntrustedAttestation;
    assert_refused(result, Step::AttestationTrust, kind, "no trust anchor");
    let known = made.register(&statement, trusted(&[root("root"), root("mallory")])).unwrap();
    assert_eq!(known.attestation().trust_path().unwrap().anchor().as_der(), root("mallory"));
}

#[test]
fn kb_07_none_and_self_are_rejected_if_trust_is_required() {
    let made = Made::new();
    let refuse = |statement: &AttestationStatement, reason: &str| {
        made.accept(statement);
        let kind = ErrorKind::UntrustedAttestation;
        let result = made.register(statement, trusted(&[root("root")]));
        assert_refused(result, Step::AttestationTrust, kind, reason);
    };
    refuse(&AttestationStatement::none(), "no attestation");
    refuse(&packed_self(&made), "self attestation");
    let elsewhere = issued_by("elsewhere", packed_certificate());
    refuse(&packed_by(&made, &[elsewhere]), "no trust anchor");
    let statement = packed_with(&made, packed_certificate());
    assert!(made.register(&statement, trusted(&[root("root")])).is_ok());
}

/// Self attestation proves nothing about the model, so no path is reported with its AAGUID.
#[test]
fn kb_08_an_aaguid_under_self_attestation_is_not_proven() {
    let made = Made::new();
    let own = made.accepted(&packed_self(&made));
    assert_eq!(own.unverified_aaguid().as_bytes(), &AAGUID);
    assert_eq!(own.attestation().trust_path(), None);
    let kind = ErrorKind::UntrustedAttestation;
    let result = made.register(&packed_self(&made), trusted(&[root("root")]));
    assert_refused(result, Step::AttestationTrust, kind, "self attestation");
    let proven = packed_with(&made, packed_certificate().aaguid(&AAGUID));
    let proven = made.register(&proven, trusted(&[root("root")])).unwrap();
    assert!(proven.attestation().trust_path().is_some());
}

#[test]
fn kb_36_every_anchor_with_the_issuer_name_is_tried() {
    let made = Made::new();
    let twin = CertificateBuilder::new(&name("root"), &key("another key").public_numbers())
        .basic_constraints(true, None)
        .sign(&key("another key"));
    let statement = packed_with(&made, packed_certificate());
    for anchors in [[twin.clone(), root("root")], [root("root"), twin.clone()]] {
        let registration = made.register(&statement, trusted(&anchors)).unwrap();
        let path = registration.attestation().trust_path().unwrap();
        assert_eq!(path.anchor().as_der(), root("root"));
    }
    let kind = ErrorKind::UntrustedAttestation;
    let result = made.register(&statement, trusted(&[twin]));
    assert_refused(result, Step::AttestationTrust, kind, "the signature is not valid");
}

#[test]
fn kb_70_the_attestation_certificate_itself_may_be_the_anchor() {
    let made = Made::new();
    let leaf = issued_by("root", packed_certificate());
    let statement = packed_by(&made, std::slice::from_ref(&leaf));
    let registration = made.register(&statement, trusted(std::slice::from_ref(&leaf))).unwrap();
    assert!(registration.attestation().trust_path().unwrap().intermediates().is_empty());
    let other = issued_by("root", packed_certificate().serial_number(&[2]));
    let kind = ErrorKind::UntrustedAttestation;
    let result = made.register(&statement, trusted(&[other]));
    assert_refused(result, Step::AttestationTrust, kind, "no trust anchor");
}

/// Six certificates of security keys from 2014 declare the last bits of their signature as unused.
/// A statement with such a certificate is rejected, even if no trust is required.
#[test]
fn kb_71_unused_bits_in_a_certificate_signature_are_rejected() {
    let made = Made::new();
    let mut fields = CertificateFields::new();
    fields.public_key = key("attestation").public_numbers().subject_public_key_info();
    made.accept(&u2f_by(&made, &[fields.sign(&key("root"))]));
    fields.unused_signature_bits = 3;
    let mut signature = key("root").sign(&fields.to_be_signed());
    *signature.last_mut().unwrap() |= 1;
    let certificate = fields.with_signature(&fields.to_be_signed(), &signature);
    made.refuse_invalid(&u2f_by(&made, &[certificate]), "does not parse");
    *signature.last_mut().unwrap() &= !7;
    let certificate = fields.with_signature(&fields.to_be_signed(), &signature);
    made.refuse_invalid(&u2f_by(&made, &[certificate]), "not a whole number of bytes");
}

#[test]
fn kb_74_a_chain_without_the_root_is_trusted() {
    let made = Made::new();
    let chain = [issued_by("one", packed_certificate()), issued_by("root", ca("one"))];
    let statement = packed_by(&made, &chain);
    assert!(made.register(&statement, trusted(&[root("root")])).is_ok());
    let kind = ErrorKind::UntrustedAttestation;
    let without_issuer = packed_by(&made, &chain[..1]);
    let result = made.register(&without_issuer, trusted(&[root("root")]));
    assert_refused(result, Step::AttestationTrust, kind, "no trust anchor");
}

#[test]
fn x509_16_trust_without_anchors_is_rejected_before_anything_else() {
    let made = Made::new();
    let statement = packed_with(&made, packed_certificate());
    for statement in [&statement, &packed_self(&made), &AttestationStatement::none()] {
        made.accept(statement);
        let result = made.register(statement, trusted(&[]));
        assert_refused(result, Step::TrustAnchors, ErrorKind::NoTrustAnchors, "");
    }
    assert!(made.register(&statement, trusted(&[root("root")])).is_ok());
}

#[test]
fn x509_01_a_certificate_that_is_not_der_is_rejected_even_if_no_trust_is_required() {
    let made = Made::new();
    let good = issued_by("root", packed_certificate());
    made.accept(&packed_by(&made, std::slice::from_ref(&good)));
    let longer = [good.clone(), vec![0]].concat();
    made.refuse_invalid(&packed_by(&made, &[longer]), "should end here");
    made.refuse_invalid(&packed_by(&made, &[with_long_length(&good)]), "length");
    made.refuse_invalid(&packed_by(&made, &[Vec::new()]), "does not parse");
}

#[test]
fn each_fault_of_the_software_authenticator_is_found() {
    use AttestationKind::{FidoU2f, PackedSelf, PackedX5c};
    let untrusted = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    let statement = |kind| (Step::AttestationStatement, kind);
    let invalid = statement(ErrorKind::AttestationInvalid);
    for (attestation, fault, (step, kind)) in [
        (PackedX5c, Fault::OtherAttestationAuthority, untrusted),
        (FidoU2f, Fault::OtherAttestationAuthority, untrusted),
        (PackedX5c, Fault::AttestationField("attStmt.sig"), statement(ErrorKind::SignatureInvalid)),
        (FidoU2f, Fault::AttestationField("attStmt.sig"), statement(ErrorKind::SignatureInvalid)),
        (
            PackedSelf,
            Fault::AttestationField("attStmt.sig"),
            statement(ErrorKind::SignatureInvalid),
        ),
        (
            PackedX5c,
            Fault::AttestationField("attStmt.alg"),
            statement(ErrorKind::AlgorithmKeyMismatch),
        ),
        (PackedX5c, Fault::AttestationField("x5c[0].subject.OU"), invalid),
        (PackedX5c, Fault::AttestationField("x5c[0].basicConstraints"), invalid),
        (PackedX5c, Fault::AttestationField("x5c[0].aaguid"), statement(ErrorKind::AaguidMismatch)),
    ] {
        let mut browser = SoftwareAuthenticator::from_seed(b"faults").with_attestation(attestation);
        let anchor = TrustAnchor::from_der(browser.attestation_root()).unwrap();
        let rp = RelyingParty::new(RP_ID, [ORIGIN])
            .unwrap()
            .attestation_policy(AttestationPolicy::trusted([anchor]))
            .unwrap();
        let user = User::new(*b"user handle", "alice", "Alice");
        let request = RegistrationRequest::security_key(&user, &[]);
        let mut register = |fault: Option<Fault>| {
            if let Some(fault) = fault {
                browser.break_next(fault);
            }
            let (options, pending) = rp.start_registration(&request, now()).unwrap();
            let body = browser.register(&options, ORIGIN).unwrap();
            let response = RegistrationResponse::from_json(body).unwrap();
            rp.finish_registration(pending, &response, now())
        };
        assert_refused(register(Some(fault)), step, kind, "");
        if attestation != PackedSelf {
            assert!(register(None).unwrap().attestation().trust_path().is_some());
        }
    }
}
