//! The attestation statement format `android-key` (§8.4).
#![cfg(feature = "attestation")]

use std::time::{Duration, UNIX_EPOCH};
use webauthn_verify::attestation::{
    AttestationFormat, AttestationPolicy, AttestationType, SecurityLevel, Unchecked,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{
    Algorithm, Error, ErrorKind, Registration, RegistrationRequest, RegistrationResponse,
    RelyingParty, Step, User,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, CertificateBuilder, Fault, KeyDescriptionBuilder,
    SoftwareAuthenticator, der,
};

use crate::common::certificates::*;
use crate::common::made::*;

const SOFTWARE: u8 = KeyDescriptionBuilder::SOFTWARE;
const TRUSTED_ENVIRONMENT: u8 = KeyDescriptionBuilder::TRUSTED_ENVIRONMENT;
const STRONG_BOX: u8 = KeyDescriptionBuilder::STRONG_BOX;

/// The names of the members of a key description, in order.
const MEMBERS: [&str; 8] = [
    "keyDescription.attestationVersion",
    "keyDescription.attestationSecurityLevel",
    "keyDescription.keymasterVersion",
    "keyDescription.keymasterSecurityLevel",
    "keyDescription.attestationChallenge",
    "keyDescription.uniqueId",
    "keyDescription.softwareEnforced",
    "keyDescription.teeEnforced",
];

/// Returns a correct key description.
fn description(made: &Made) -> KeyDescriptionBuilder {
    KeyDescriptionBuilder::new(&made.client_data_hash)
}

fn purpose(purposes: &[u8]) -> Vec<u8> {
    KeyDescriptionBuilder::purpose(purposes)
}

fn origin(origin: u8) -> Vec<u8> {
    KeyDescriptionBuilder::origin(origin)
}

fn all_applications() -> Vec<u8> {
    KeyDescriptionBuilder::all_applications()
}

/// Returns the required fields of an authorization list: purpose SIGN and origin GENERATED.
fn sign_and_generated() -> Vec<Vec<u8>> {
    vec![purpose(&[2]), origin(0)]
}

/// Returns fields that §8.4 does not mention, as devices write them.
fn other_fields() -> Vec<Vec<u8>> {
    let root_of_trust = der::sequence(&[
        der::octet_string(&[1; 32]),
        der::boolean(true),
        der::enumerated(0),
        der::octet_string(&[2; 32]),
    ]);
    vec![
        der::explicit(2, &der::integer(&[3])),
        der::explicit(5, &der::set(&[der::integer(&[4]), der::integer(&[0])])),
        der::explicit(503, &der::null()),
        der::explicit(701, &der::integer(&1_750_000_000_000_u64.to_be_bytes())),
        der::explicit(704, &root_of_trust),
        der::explicit(709, &der::octet_string(&der::sequence(&[der::set::<Vec<u8>>(&[])]))),
        // A tag that no version defines, and the highest possible tag of Android.
        der::explicit(25, &der::utf8_string("unknown")),
        der::explicit(0x0fff_ffff, &der::null()),
    ]
}

/// Returns a certificate for the credential key that contains only this description.
fn certificate(made: &Made, description: &[u8]) -> CertificateBuilder {
    let key = made.credential_key.public_numbers();
    CertificateBuilder::new(&name("Android Keystore Key"), &key).extension(
        KeyDescriptionBuilder::OBJECT_IDENTIFIER,
        false,
        description,
    )
}

/// Returns a statement with these certificates, signed with the credential key.
fn statement(made: &Made, certificates: &[Vec<u8>]) -> AttestationStatement {
    let signature = made.credential_key.sign(&made.signed());
    let alg = made.credential_key.algorithm();
    AttestationStatement::android_key(alg, &signature, certificates).unwrap()
}

/// Returns a statement with this description in a certificate issued by "root".
fn described(made: &Made, description: &KeyDescriptionBuilder) -> AttestationStatement {
    described_by(made, &description.build())
}

fn described_by(made: &Made, description: &[u8]) -> AttestationStatement {
    statement(made, &[issued_by("root", certificate(made, description))])
}

/// Returns a statement with these fields in the two lists.
fn listed(made: &Made, software: &[Vec<u8>], tee: &[Vec<u8>]) -> AttestationStatement {
    described(made, &description(made).software_enforced(software).tee_enforced(tee))
}

fn at_least(level: SecurityLevel) -> AttestationPolicy {
    AttestationPolicy::default().require_android_key_security(level)
}

/// Checks that the verification of the statement fails at this member.
#[track_caller]
fn assert_field(result: Result<Registration, Error>, kind: ErrorKind, field: &str) {
    let Err(error) = result else { panic!("accepted, although {field} is wrong") };
    assert_eq!(error.step(), Step::AttestationStatement, "{error}");
    assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{error}");
}

#[track_caller]
fn refuse(made: &Made, statement: &AttestationStatement, kind: ErrorKind, field: &str) {
    assert_field(made.register(statement, AttestationPolicy::default()), kind, field);
}

#[track_caller]
fn refuse_invalid(made: &Made, statement: &AttestationStatement, field: &str) {
    refuse(made, statement, ErrorKind::AttestationInvalid, field);
}

#[test]
fn ak_01_the_members_are_present_with_their_types() {
    let made = Made::new();
    let sig = || bytes(&made.credential_key.sign(&made.signed()));
    let alg = || vec![0x26];
    let leaf = || issued_by("root", certificate(&made, &description(&made).build()));
    let x5c = || [vec![0x81], bytes(&leaf())].concat();
    // The head of the signature is not in the shortest form, which CTAP2 requires, so build a new
    // one.
    let short = |long: Vec<u8>| [&[0x58, long[2]], &long[3..]].concat();
    let android = |pairs: &[(&str, Vec<u8>)]| AttestationStatement::new("android-key", &map(pairs));
    made.accept(&android(&[("alg", alg()), ("sig", short(sig())), ("x5c", x5c())]));
    made.accept(&android(&[("x5c", x5c()), ("sig", short(sig())), ("alg", alg())]));
    let more = [("alg", alg()), ("sig", short(sig())), ("x5c", x5c()), ("ver", vec![0x01])];
    made.accept(&android(&more));

    let without_alg = [("sig", short(sig())), ("x5c", x5c())];
    refuse_invalid(&made, &android(&without_alg), "attStmt.alg");
    let without_sig = [("alg", alg()), ("x5c", x5c())];
    refuse_invalid(&made, &android(&without_sig), "attStmt.sig");
    let without_x5c = [("alg", alg()), ("sig", short(sig()))];
    refuse_invalid(&made, &android(&without_x5c), "attStmt.x5c");
    let empty_x5c = [("alg", alg()), ("sig", short(sig())), ("x5c", vec![0x80])];
    refuse_invalid(&made, &android(&empty_x5c), "attStmt.x5c");
    let text_alg = [("alg", text("ES256")), ("sig", short(sig())), ("x5c", x5c())];
    refuse_invalid(&made, &android(&text_alg), "attStmt.alg");
    let text_sig = [("alg", alg()), ("sig", text("sig")), ("x5c", x5c())];
    refuse_invalid(&made, &android(&text_sig), "attStmt.sig");
    let bytes_x5c = [("alg", alg()), ("sig", short(sig())), ("x5c", bytes(&leaf()))];
    refuse_invalid(&made, &android(&bytes_x5c), "attStmt.x5c");
    refuse_invalid(&made, &AttestationStatement::new("android-key", &[0x80]), "attStmt");
}

#[test]
fn ak_01_the_certificate_key_signs_with_the_declared_algorithm() {
    let made = Made::new();
    let certificates = [issued_by("root", certificate(&made, &description(&made).build()))];
    let with = |alg: i64, signature: &[u8]| {
        AttestationStatement::android_key(alg, signature, &certificates).unwrap()
    };
    let signature = made.credential_key.sign(&made.signed());
    made.accept(&with(-7, &signature));
    // Signed with another key, over another message, or with another algorithm.
    let by_another = key("attestation").sign(&made.signed());
    refuse(&made, &with(-7, &by_another), ErrorKind::SignatureInvalid, "attStmt.sig");
    let of_another = made.credential_key.sign(&made.authenticator_data);
    refuse(&made, &with(-7, &of_another), ErrorKind::SignatureInvalid, "attStmt.sig");
    refuse(&made, &with(-257, &signature), ErrorKind::AlgorithmKeyMismatch, "attStmt.alg");
    refuse(&made, &with(-70000, &signature), ErrorKind::UnsupportedAlgorithm, "attStmt.alg");
}

#[test]
fn ak_01_every_kind_of_certificate_key_is_supported() {
    for algorithm in
        [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::EdDsa, Algorithm::Rs256]
    {
        let made = Made::with(algorithm, AAGUID);
        let registration = made.accepted(&described(&made, &description(&made)));
        assert_eq!(registration.attestation().format(), AttestationFormat::AndroidKey);
    }
}

#[test]
fn ak_02_the_certificate_contains_the_credential_key() {
    let made = Made::new();
    // The other key made the signature, so the signature is correct.
    let by_other = |other: &webauthn_verify_authenticator::PrivateKey| {
        let certificate = CertificateBuilder::new(&name("other"), &other.public_numbers())
            .extension(
                KeyDescriptionBuilder::OBJECT_IDENTIFIER,
                false,
                &description(&made).build(),
            );
        let signature = other.sign(&made.signed());
        let certificates = [issued_by("root", certificate)];
        let alg = other.algorithm();
        AttestationStatement::android_key(alg, &signature, &certificates).unwrap()
    };
    made.accept(&by_other(&made.credential_key));
    let field = "x5c[0].subjectPublicKey";
    refuse(&made, &by_other(&key("other")), ErrorKind::KeyMismatch, field);
    refuse(&made, &by_other(&rsa_key()), ErrorKind::KeyMismatch, field);
}

#[test]
fn ak_03_only_the_leaf_certificate_has_the_key_description() {
    let made = Made::new();
    let build = || description(&made).build();
    let without = CertificateBuilder::new(
        &name("Android Keystore Key"),
        &made.credential_key.public_numbers(),
    );
    refuse_invalid(
        &made,
        &statement(&made, &[issued_by("root", without.clone())]),
        "x5c[0].keyDescription",
    );
    // The extension in an issuer certificate does not count.
    let identifier = KeyDescriptionBuilder::OBJECT_IDENTIFIER;
    let describing = || issued_by("root", ca("app").extension(identifier, false, &build()));
    let leaf_without = issued_by("app", without);
    refuse_invalid(&made, &statement(&made, &[leaf_without, describing()]), "attStmt.x5c");

    // The key of an application cannot attest a key, even if its description is correct.
    let leaf = |issuer: &str| issued_by(issuer, certificate(&made, &build()));
    let plain = issued_by("root", ca("app"));
    made.accept(&statement(&made, &[leaf("app"), plain.clone()]));
    made.accept(&statement(&made, &[leaf("app"), plain.clone(), root("root")]));
    refuse_invalid(&made, &statement(&made, &[leaf("app"), describing()]), "attStmt.x5c");
    let behind = [leaf("app"), plain, describing()];
    refuse_invalid(&made, &statement(&made, &behind), "attStmt.x5c");
    // This holds even if its path leads to an anchor, for any content of the extension.
    let empty = issued_by("root", ca("app").extension(identifier, false, &[]));
    let result = made.register(&statement(&made, &[leaf("app"), empty]), trusted(&[root("root")]));
    assert_field(result, ErrorKind::AttestationInvalid, "attStmt.x5c");
    // An issuer that is not a certificate cannot be checked.
    let broken = statement(&made, &[leaf("app"), vec![0x30, 0]]);
    made.refuse_invalid(&broken, "a certificate does not parse");
    // The extension occurs twice in one certificate.
    let twice = certificate(&made, &build()).extension(identifier, false, &build());
    made.refuse_invalid(&statement(&made, &[issued_by("root", twice)]), "occurs twice");
}

#[test]
fn x509_14_the_key_description_extension_may_be_critical() {
    let made = Made::new();
    let critical = |more: &[u64]| {
        let key = made.credential_key.public_numbers();
        let description = description(&made).build();
        let certificate = CertificateBuilder::new(&name("Android Keystore Key"), &key)
            .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, true, &description)
            .extension(more, more != [1, 2, 3], &[]);
        made.register(
            &statement(&made, &[issued_by("root", certificate)]),
            trusted(&[root("root")]),
        )
    };
    assert!(critical(&[1, 2, 3]).unwrap().attestation().trust_path().is_some());
    // Another Android extension, which the verifier does not read.
    let other = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 30];
    let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    assert_refused(
        critical(&other),
        step,
        kind,
        "critical extension 1.3.6.1.4.1.11129.2.1.30 is unknown",
    );
}

#[test]
fn ak_04_kb_27_every_security_level_is_read() {
    let made = Made::new();
    let levels = [
        (SOFTWARE, SecurityLevel::Software),
        (TRUSTED_ENVIRONMENT, SecurityLevel::TrustedEnvironment),
        (STRONG_BOX, SecurityLevel::StrongBox),
    ];
    for (level, attested) in levels {
        for (keymaster_level, made_by) in levels {
            let description = description(&made)
                .attestation_security_level(level)
                .keymaster_security_level(keymaster_level);
            let registration = made.accepted(&described(&made, &description));
            let attestation = registration.attestation();
            // The overall security level is the lower of the two.
            assert_eq!(attestation.security_level(), Some(attested.min(made_by)));
            assert_eq!(attestation.attestation_type(), AttestationType::Basic);
            assert_eq!(attestation.unchecked(), [Unchecked::Trust]);
            assert_eq!(attestation.certificates().len(), 1);
        }
    }
    for level in [3, 0x7f] {
        let description = description(&made);
        let attested = described(&made, &description.clone().attestation_security_level(level));
        refuse_invalid(&made, &attested, "keyDescription.attestationSecurityLevel");
        let made_by = described(&made, &description.keymaster_security_level(level));
        refuse_invalid(&made, &made_by, "keyDescription.keymasterSecurityLevel");
    }
}

#[test]
fn ak_04_every_version_of_the_schema_is_read() {
    let made = Made::new();
    for version in [1, 2, 3, 4, 100, 200, 300, 400, 500, u32::MAX] {
        let description = description(&made).attestation_version(version).keymaster_version(41);
        made.accept(&described(&made, &description.clone()));
        made.accept(&described(&made, &description.unique_id(&[5; 16])));
    }
}

#[test]
fn ak_04_every_member_is_present_once_with_its_type() {
    let made = Made::new();
    let members = || -> Vec<Vec<u8>> {
        let list = || der::sequence(&sign_and_generated());
        vec![
            der::integer(&[4]),
            der::enumerated(1),
            der::integer(&[41]),
            der::enumerated(1),
            der::octet_string(&made.client_data_hash),
            der::octet_string(&[]),
            list(),
            list(),
        ]
    };
    let with = |members: &[Vec<u8>]| described_by(&made, &der::sequence(members));
    made.accept(&with(&members()));
    for (position, field) in MEMBERS.into_iter().enumerate() {
        let mut missing = members();
        missing.remove(position);
        let result = made.register(&with(&missing), AttestationPolicy::default());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::AttestationInvalid, "without {field}");
        let mut twice = members();
        twice.insert(position, members()[position].clone());
        let result = made.register(&with(&twice), AttestationPolicy::default());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::AttestationInvalid, "twice {field}");
        for wrong in [
            der::null(),
            der::boolean(true),
            der::bit_string(0, &[1]),
            der::set::<Vec<u8>>(&[]),
            der::explicit(0, &members()[position]),
            with_long_length(&members()[position]),
        ] {
            let mut members = members();
            members[position] = wrong;
            refuse_invalid(&made, &with(&members), field);
        }
    }
    let mut more = members();
    more.push(der::null());
    refuse_invalid(&made, &with(&more), "keyDescription");
    // Numbers that are negative, empty or not minimal, and security levels of more than one byte.
    for (position, content) in [
        (0, &[0xff][..]),
        (0, &[]),
        (0, &[0, 1]),
        (2, &[0x80, 0]),
        (2, &[]),
        (2, &[0, 0x7f]),
        (1, &[]),
        (1, &[0, 1]),
        (1, &[0xff]),
        (3, &[]),
        (3, &[0, 2]),
    ] {
        let tag = if position % 2 == 0 { 0x02 } else { 0x0a };
        let mut members = members();
        members[position] = der::value(tag, content);
        refuse_invalid(&made, &with(&members), MEMBERS[position]);
    }
}

#[test]
fn ak_04_a_description_is_complete_without_trailing_bytes() {
    let made = Made::new();
    let whole = description(&made).software_enforced(&other_fields()).build();
    made.accept(&described_by(&made, &whole));
    for length in 0..whole.len() {
        let result =
            made.register(&described_by(&made, &whole[..length]), AttestationPolicy::default());
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{length}: {error}");
        assert!(error.field().unwrap().starts_with("keyDescription"), "{length}: {error}");
    }
    // The same with a matching outer length, so that each member in turn ends too early.
    let content_start = whole.len() - 2 - usize::from(whole[1] == 0x81);
    assert_eq!(whole[1], 0x81);
    let content = &whole[3..];
    assert_eq!(content.len(), content_start);
    for length in 0..content.len() {
        let cut = der::value(0x30, &content[..length]);
        let result = made.register(&described_by(&made, &cut), AttestationPolicy::default());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::AttestationInvalid, "{length}");
    }
    for more in [&[0][..], &[5, 0], &whole] {
        let longer = [&whole[..], more].concat();
        refuse_invalid(&made, &described_by(&made, &longer), "keyDescription");
        let longer = with_more_inside(&whole, more);
        refuse_invalid(&made, &described_by(&made, &longer), "keyDescription");
    }
}

#[test]
fn ak_05_the_challenge_is_the_client_data_hash() {
    let made = Made::new();
    let with = |challenge: &[u8]| described(&made, &KeyDescriptionBuilder::new(challenge));
    made.accept(&with(&made.client_data_hash));
    let hash = made.client_data_hash;
    let longer = [&hash[..], &[0]].concat();
    for other in [&CHALLENGE[..], &[], &hash[..31], &longer, &hash.map(|byte| !byte)] {
        let field = "keyDescription.attestationChallenge";
        refuse(&made, &with(other), ErrorKind::AttestationNonceMismatch, field);
    }
}

#[test]
fn ak_06_a_key_for_all_applications_is_rejected_in_either_list() {
    let made = Made::new();
    let good = sign_and_generated();
    for position in 0..=good.len() {
        let mut list = good.clone();
        list.insert(position, all_applications());
        let software = "keyDescription.softwareEnforced.allApplications";
        let tee = "keyDescription.teeEnforced.allApplications";
        refuse_invalid(&made, &listed(&made, &list, &good), software);
        refuse_invalid(&made, &listed(&made, &list, &[]), software);
        refuse_invalid(&made, &listed(&made, &good, &list), tee);
        refuse_invalid(&made, &listed(&made, &[], &list), tee);
        // The field is rejected in either list, regardless of which one decides the other checks.
        let statement = listed(&made, &list, &good);
        let result = made.register(&statement, at_least(SecurityLevel::TrustedEnvironment));
        assert_field(result, ErrorKind::AttestationInvalid, software);
    }
    // The field is rejected with any value.
    let wrong_type = der::explicit(600, &der::boolean(false));
    let field = "keyDescription.softwareEnforced.allApplications";
    refuse_invalid(&made, &listed(&made, &[wrong_type], &good), field);
}

#[test]
fn ak_07_kb_26_the_origin_of_the_key_must_be_generated() {
    let made = Made::new();
    let with = |software: &[Vec<u8>], tee: &[Vec<u8>]| {
        let software = [&[purpose(&[2])], software].concat();
        listed(&made, &software, &[&[purpose(&[2])], tee].concat())
    };
    made.accept(&with(&[origin(0)], &[]));
    made.accept(&with(&[], &[origin(0)]));
    made.accept(&with(&[origin(0)], &[origin(0)]));
    refuse_invalid(&made, &with(&[], &[]), "keyDescription.origin");
    for bad in [1, 2, 3, 4, 0x80] {
        let software = "keyDescription.softwareEnforced.origin";
        let tee = "keyDescription.teeEnforced.origin";
        refuse_invalid(&made, &with(&[origin(bad)], &[]), software);
        refuse_invalid(&made, &with(&[], &[origin(bad)]), tee);
        // One correct list does not make up for a wrong one.
        refuse_invalid(&made, &with(&[origin(bad)], &[origin(0)]), software);
        refuse_invalid(&made, &with(&[origin(0)], &[origin(bad)]), tee);
    }
    for wrong in [
        der::explicit(702, &der::null()),
        der::explicit(702, &der::boolean(false)),
        der::explicit(702, &der::enumerated(0)),
        der::explicit(702, &der::octet_string(&[0])),
        der::explicit(702, &der::set(&[der::integer(&[0])])),
    ] {
        refuse_invalid(&made, &with(&[], &[wrong]), "keyDescription.teeEnforced.origin");
    }
}

#[test]
fn ak_08_kb_26_kb_27_the_only_purpose_of_the_key_is_signing() {
    let made = Made::new();
    let with = |software: &[Vec<u8>], tee: &[Vec<u8>]| {
        let software = [software, &[origin(0)]].concat();
        listed(&made, &software, &[tee, &[origin(0)]].concat())
    };
    made.accept(&with(&[purpose(&[2])], &[]));
    made.accept(&with(&[], &[purpose(&[2])]));
    made.accept(&with(&[purpose(&[2])], &[purpose(&[2])]));
    refuse_invalid(&made, &with(&[], &[]), "keyDescription.purpose");
    for bad in
        [&[][..], &[0], &[1], &[3], &[7], &[0, 1], &[2, 3], &[3, 2], &[0, 1, 2], &[2, 2], &[0x80]]
    {
        let software = "keyDescription.softwareEnforced.purpose";
        let tee = "keyDescription.teeEnforced.purpose";
        refuse_invalid(&made, &with(&[purpose(bad)], &[]), software);
        refuse_invalid(&made, &with(&[], &[purpose(bad)]), tee);
        refuse_invalid(&made, &with(&[purpose(bad)], &[purpose(&[2])]), software);
        refuse_invalid(&made, &with(&[purpose(&[2])], &[purpose(bad)]), tee);
    }
    for wrong in [
        der::explicit(1, &der::integer(&[2])),
        der::explicit(1, &der::sequence(&[der::integer(&[2])])),
        der::explicit(1, &der::set(&[der::enumerated(2)])),
        der::explicit(1, &der::set(&[der::integer(&[2]), der::null()])),
    ] {
        refuse_invalid(&made, &with(&[], &[wrong]), "keyDescription.teeEnforced.purpose");
    }
}

/// The fields byte by byte, as devices write them. The other tests use a builder, which could have
/// the same error as the parser.
#[test]
fn ak_06_07_08_the_tags_match_the_schema() {
    let made = Made::new();
    let sign = vec![0xa1, 5, 0x31, 3, 2, 1, 2];
    let generated = vec![0xbf, 0x85, 0x3e, 3, 2, 1, 0];
    let imported = vec![0xbf, 0x85, 0x3e, 3, 2, 1, 2];
    let all_applications = vec![0xbf, 0x84, 0x58, 2, 5, 0];
    let good = [sign.clone(), generated.clone()];
    made.accept(&listed(&made, &[], &good));
    let software = "keyDescription.softwareEnforced.allApplications";
    let statement = listed(&made, std::slice::from_ref(&all_applications), &good);
    refuse_invalid(&made, &statement, software);
    let tee = "keyDescription.teeEnforced.allApplications";
    let fields = [sign.clone(), all_applications, generated.clone()];
    refuse_invalid(&made, &listed(&made, &[], &fields), tee);
    let statement = listed(&made, &[], &[sign, imported]);
    refuse_invalid(&made, &statement, "keyDescription.teeEnforced.origin");
    let encrypt_and_decrypt = vec![0xa1, 8, 0x31, 6, 2, 1, 0, 2, 1, 1];
    let statement = listed(&made, &[], &[encrypt_and_decrypt, generated]);
    refuse_invalid(&made, &statement, "keyDescription.teeEnforced.purpose");
}

#[test]
fn ak_07_08_a_policy_can_require_the_trusted_environment() {
    let made = Made::new();
    let demand = |software: &[Vec<u8>], tee: &[Vec<u8>]| {
        let statement = listed(&made, software, tee);
        made.register(&statement, at_least(SecurityLevel::TrustedEnvironment))
    };
    let good = sign_and_generated();
    assert!(demand(&[], &good).is_ok());
    assert!(demand(&good, &good).is_ok());
    // The content of the software list does not matter.
    assert!(demand(&[purpose(&[3]), origin(2)], &good).is_ok());
    let invalid = ErrorKind::AttestationInvalid;
    assert_field(demand(&good, &[]), invalid, "keyDescription.origin");
    assert_field(demand(&good, &[origin(0)]), invalid, "keyDescription.purpose");
    assert_field(demand(&good, &[purpose(&[2])]), invalid, "keyDescription.origin");
    // But the list must be well formed.
    let malformed = der::explicit(702, &der::null());
    assert_field(demand(&[malformed], &good), invalid, "keyDescription.softwareEnforced.origin");
    assert!(demand(&[purpose(&[])], &good).is_ok());
    let malformed = der::explicit(1, &der::set(&[der::enumerated(2)]));
    assert_field(demand(&[malformed], &good), invalid, "keyDescription.softwareEnforced.purpose");
}

#[test]
fn ak_04_kb_27_both_security_levels_must_reach_the_required_one() {
    let made = Made::new();
    let levels = [
        (SOFTWARE, SecurityLevel::Software),
        (TRUSTED_ENVIRONMENT, SecurityLevel::TrustedEnvironment),
        (STRONG_BOX, SecurityLevel::StrongBox),
    ];
    for (attested, _) in levels {
        for (keymaster, _) in levels {
            let description = description(&made)
                .attestation_security_level(attested)
                .keymaster_security_level(keymaster);
            let statement = described(&made, &description);
            for (minimum, demanded) in levels {
                let result = made.register(&statement, at_least(demanded));
                let not_allowed = ErrorKind::AuthenticatorNotAllowed;
                if attested < minimum {
                    let field = "keyDescription.attestationSecurityLevel";
                    assert_field(result, not_allowed, field);
                } else if keymaster < minimum {
                    assert_field(result, not_allowed, "keyDescription.keymasterSecurityLevel");
                } else {
                    assert!(result.is_ok());
                }
            }
        }
    }
}

#[test]
fn ak_04_a_software_key_is_accepted_unless_the_policy_requires_more() {
    let made = Made::new();
    let in_software = description(&made)
        .attestation_security_level(SOFTWARE)
        .keymaster_security_level(SOFTWARE)
        .software_enforced(&sign_and_generated())
        .tee_enforced(&[]);
    let statement = described(&made, &in_software);
    let registration = made.accepted(&statement);
    assert_eq!(registration.attestation().security_level(), Some(SecurityLevel::Software));
    for level in [SecurityLevel::TrustedEnvironment, SecurityLevel::StrongBox] {
        let result = made.register(&statement, at_least(level));
        let field = "keyDescription.attestationSecurityLevel";
        assert_field(result, ErrorKind::AuthenticatorNotAllowed, field);
        // The same with a path to an anchor.
        let policy = trusted(&[root("root")]).require_android_key_security(level);
        assert_field(made.register(&statement, policy), ErrorKind::AuthenticatorNotAllowed, field);
    }
}

#[test]
fn ak_09_other_fields_may_appear_anywhere() {
    let made = Made::new();
    let (good, others) = (sign_and_generated(), other_fields());
    made.accept(&listed(&made, &others, &[&good[..], &others].concat()));
    made.accept(&listed(&made, &others, &[&others[..], &good].concat()));
    let around = [&others[..4], &good, &others[4..]].concat();
    made.accept(&listed(&made, &around, &around));
    // Devices do not follow the order of the schema.
    let reversed: Vec<_> = around.iter().rev().cloned().collect();
    made.accept(&listed(&made, &reversed, &reversed));
    // The maximum number of fields.
    let many = |count: u32| {
        let fields = (1000..1000 + count).map(|number| der::explicit(number, &der::null()));
        [&good[..], &fields.collect::<Vec<_>>()].concat()
    };
    made.accept(&listed(&made, &[], &many(126)));
    made.refuse_invalid(&listed(&made, &[], &many(127)), "more than 128 fields");
}

#[test]
fn ak_09_a_malformed_field_is_rejected_and_hides_no_other_field() {
    let made = Made::new();
    let good = sign_and_generated();
    for malformed in [
        // Malformed tags: too long, primitive, of another class, and of the universal class.
        vec![0xbf, 0x80, 0x84, 0x58, 2, 5, 0],
        vec![0xbf, 2, 2, 5, 0],
        vec![0x9f, 0x84, 0x58, 0],
        vec![0x82, 1, 3],
        vec![0x7f, 0x84, 0x58, 2, 5, 0],
        vec![0xff, 0x84, 0x58, 2, 5, 0],
        der::null(),
        der::sequence(&[der::null()]),
        vec![0],
        vec![0, 0],
        // Malformed lengths: too long, too short, and indefinite.
        vec![0xa2, 0x81, 3, 2, 1, 3],
        vec![0xa2, 4, 2, 1, 3],
        vec![0xa2, 0x80, 2, 1, 3, 0, 0],
        vec![0xa2],
        // Not exactly one value, or a value that is not DER.
        vec![0xa2, 0],
        der::explicit(2, &[der::integer(&[3]), der::integer(&[3])].concat()),
        der::explicit(2, &der::value(0x02, &[0, 3])),
        der::explicit(704, &der::sequence(&[der::value(0x01, &[1])])),
        der::explicit(503, &der::value(0x05, &[0])),
        der::explicit(709, &der::value(0x24, &der::octet_string(&[1]))),
    ] {
        for (before, after) in [(&good[..], &[][..]), (&[], &good), (&good[..1], &good[1..])] {
            let list = [before, core::slice::from_ref(&malformed), after].concat();
            let context = format!("{malformed:02x?}");
            let field = |statement| {
                let result = made.register(&statement, AttestationPolicy::default());
                let error = result.expect_err(&context);
                assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{context}: {error}");
                error.field().unwrap()
            };
            assert_eq!(field(listed(&made, &[], &list)), "keyDescription.teeEnforced");
            assert_eq!(field(listed(&made, &list, &good)), "keyDescription.softwareEnforced");
        }
        // A reader that stops at the malformed field would miss this one.
        let hidden = [malformed, all_applications()];
        refuse_invalid(&made, &listed(&made, &hidden, &good), "keyDescription.softwareEnforced");
    }
}

#[test]
fn ak_09_a_repeated_field_is_rejected() {
    let made = Made::new();
    let good = sign_and_generated();
    for twice in [purpose(&[2]), origin(0), purpose(&[3]), origin(2)] {
        for list in [
            [core::slice::from_ref(&twice), &good[..]].concat(),
            [&good[..], core::slice::from_ref(&twice)].concat(),
        ] {
            made.refuse_invalid(&listed(&made, &[], &list), "occurs twice");
            made.refuse_invalid(&listed(&made, &list, &good), "occurs twice");
        }
    }
    let both = [all_applications(), all_applications()];
    made.refuse_invalid(&listed(&made, &both, &good), "occurs twice");
    let other = [other_fields(), other_fields()].concat();
    made.refuse_invalid(&listed(&made, &other, &good), "occurs twice");
    // The field may occur once in each list.
    made.accept(&listed(&made, &good, &good));
}

#[test]
fn ak_10_empty_lists_and_integer_security_levels_are_rejected() {
    let made = Made::new();
    // As published in the draft, and as corrected later.
    let published = || {
        description(&made)
            .attestation_version(300)
            .attestation_security_level(SOFTWARE)
            .keymaster_version(0)
            .keymaster_security_level(SOFTWARE)
    };
    refuse_invalid(
        &made,
        &described(&made, &published().tee_enforced(&[])),
        "keyDescription.origin",
    );
    made.accept(&described(&made, &published()));
    for position in [1, 3] {
        let integer = published().member(position, der::integer(&[0]));
        refuse_invalid(&made, &described(&made, &integer), MEMBERS[position]);
    }
}

#[test]
fn ak_11_validity_is_checked_at_the_ceremony_and_basic_constraints_are_optional() {
    let made = Made::new();
    let leaf = certificate(&made, &description(&made).build())
        .validity("700101000000Z", "21060207062815Z");
    // Issuer certificates are valid for a month.
    let issuer = issued_by("root", ca("rkp").validity("250601000000Z", "250701000000Z"));
    let statement = statement(&made, &[issued_by("rkp", leaf), issuer]);
    let at = |seconds: u64| {
        let policy = trusted(&[root("root")]);
        made.register_at(&statement, policy, UNIX_EPOCH + Duration::from_secs(seconds))
    };
    let attested = at(NOW).unwrap();
    assert_eq!(attested.attestation().trust_path().unwrap().intermediates().len(), 1);
    for month in [NOW - 40 * 86_400, NOW + 40 * 86_400] {
        let kind = ErrorKind::UntrustedAttestation;
        assert_refused(at(month), Step::AttestationTrust, kind, "valid from");
    }
    // A leaf with basicConstraints and keyUsage is accepted too.
    let leaf = certificate(&made, &description(&made).build())
        .basic_constraints(false, None)
        .key_usage(CertificateBuilder::DIGITAL_SIGNATURE);
    made.accept(&self::statement(&made, &[issued_by("root", leaf)]));
}

#[test]
fn ak_12_either_copy_of_a_root_can_be_the_anchor() {
    let made = Made::new();
    let older = issued_by("root", ca("root").validity("160526162852Z", "260524162852Z"));
    let newer = issued_by("root", ca("root").validity("191122203758Z", "341118203758Z"));
    assert_ne!(older, newer);
    let leaf = || issued_by("root", certificate(&made, &description(&made).build()));
    for sent in [vec![leaf()], vec![leaf(), older.clone()], vec![leaf(), newer.clone()]] {
        for anchor in [&older, &newer] {
            let result =
                made.register(&statement(&made, &sent), trusted(core::slice::from_ref(anchor)));
            let registration = result.unwrap();
            let path = registration.attestation().trust_path().unwrap();
            assert_eq!(path.anchor().as_der(), anchor);
        }
        assert!(
            made.register(&statement(&made, &sent), trusted(&[older.clone(), newer.clone()]))
                .is_ok()
        );
    }
    // After the older root has expired, the newer one is the anchor, regardless of which one is
    // sent.
    for sent in [&older, &newer] {
        let statement = statement(&made, &[leaf(), sent.clone()]);
        let later = UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        let at = |anchor: &Vec<u8>| {
            made.register_at(&statement, trusted(core::slice::from_ref(anchor)), later)
        };
        assert!(at(&newer).is_ok());
        let kind = ErrorKind::UntrustedAttestation;
        assert_refused(at(&older), Step::AttestationTrust, kind, "valid from");
    }
}

#[test]
fn ak_13_a_root_in_the_statement_is_never_an_anchor() {
    let made = Made::new();
    let leaf = issued_by("home", certificate(&made, &description(&made).build()));
    let home_made = statement(&made, &[leaf, root("home")]);
    // The statement is correct, but not trusted.
    let registration = made.accepted(&home_made);
    assert_eq!(registration.attestation().trust_path(), None);
    assert_eq!(registration.attestation().trusted_aaguid(), None);
    let result = made.register(&home_made, trusted(&[root("root")]));
    let kind = ErrorKind::UntrustedAttestation;
    assert_refused(result, Step::AttestationTrust, kind, "no trust anchor has issued the chain");
    let none = made.register(&home_made, AttestationPolicy::trusted([]));
    assert_eq!(none.unwrap_err().kind(), ErrorKind::NoTrustAnchors);
    // A root with the same name is not trusted either.
    let another = [
        made_by_other_root(&made),
        CertificateBuilder::new(&name("root"), &key("home").public_numbers())
            .basic_constraints(true, None)
            .sign(&key("home")),
    ];
    let result = made.register(&statement(&made, &another), trusted(&[root("root")]));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::UntrustedAttestation);
}

/// Returns a certificate issued in the name of "root" with another key.
fn made_by_other_root(made: &Made) -> Vec<u8> {
    certificate(made, &description(made).build()).issuer(&name("root")).sign(&key("home"))
}

#[test]
fn kb_74_a_chain_may_omit_its_root() {
    let made = Made::new();
    let sent = [
        issued_by("rkp", certificate(&made, &description(&made).build())),
        issued_by("droid", ca_with_path_length("rkp", Some(0))),
        issued_by("root", ca("droid")),
    ];
    let registration = made.register(&statement(&made, &sent), trusted(&[root("root")])).unwrap();
    let attestation = registration.attestation();
    assert_eq!(attestation.certificates(), sent);
    let path = attestation.trust_path().unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
    assert_eq!(path.intermediates(), &sent[1..]);
    assert_eq!(attestation.trusted_aaguid(), None);
    // The anchor applies to this format only.
    let policy = AttestationPolicy::trusted([]).anchors_for_format(
        AttestationFormat::AndroidKey,
        [TrustAnchor::from_der(root("root")).unwrap()],
    );
    assert!(made.register(&statement(&made, &sent), policy).is_ok());
}

#[test]
fn ak_01_02_03_04_05_06_07_08_each_fault_of_the_software_authenticator_names_its_member() {
    let user = User::new(*b"user handle", "alice", "Alice");
    let mut alice = SoftwareAuthenticator::from_seed(b"alice")
        .with_attestation(AttestationKind::AndroidKey)
        .with_algorithm(Algorithm::Es256.cose_id());
    let anchor = TrustAnchor::from_der(alice.attestation_root()).unwrap();
    let policy = AttestationPolicy::trusted([anchor])
        .require_android_key_security(SecurityLevel::TrustedEnvironment);
    let register = |alice: &mut SoftwareAuthenticator, policy: &AttestationPolicy| {
        let rp =
            RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy.clone()).unwrap();
        let request = RegistrationRequest::passkey(&user, &[]);
        let (options, pending) = rp.start_registration(&request, now()).unwrap();
        let body = alice.register(&options, ORIGIN).unwrap();
        rp.finish_registration(pending, &RegistrationResponse::from_json(body)?, now())
    };
    let whole = register(&mut alice, &policy).unwrap();
    let level = whole.attestation().security_level();
    assert_eq!(level, Some(SecurityLevel::TrustedEnvironment));
    let mut named = 0;
    for (field, kind) in AttestationKind::AndroidKey.fields() {
        alice.break_next(Fault::AttestationField(field));
        let error = register(&mut alice, &AttestationPolicy::default());
        if kind == ErrorKind::UntrustedAttestation.as_str() {
            // The statement is correct, although the certificate is not trusted.
            assert!(error.is_ok(), "{field}");
            continue;
        }
        let error = error.unwrap_err();
        assert_eq!((error.kind().as_str(), error.field()), (kind, Some(field)), "{error}");
        named += 1;
    }
    assert_eq!(named, 21);
}

/// An application on its own device can sign any authenticator data with the credential key, and
/// the certificate does not contain the authenticator data.
#[test]
fn kb_08_kb_93_the_aaguid_is_proven_only_by_anchors_of_the_model() {
    let made = Made::new();
    let statement = described(&made, &description(&made));
    let model = Aaguid::from_bytes(AAGUID);
    let anchor = || [TrustAnchor::from_der(root("root")).unwrap()];
    let for_format = || {
        AttestationPolicy::trusted([]).anchors_for_format(AttestationFormat::AndroidKey, anchor())
    };
    for policy in [trusted(&[root("root")]), for_format()] {
        let registration = made.register(&statement, policy.clone()).unwrap();
        assert_eq!(registration.unverified_aaguid(), model);
        assert!(registration.attestation().trust_path().is_some());
        assert_eq!(registration.attestation().trusted_aaguid(), None);
        let error = made.register(&statement, policy.clone().require_aaguids([model])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
        let error = made.register(&statement, policy.refuse_aaguids([model])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
    }
    let of_model = AttestationPolicy::trusted([]).anchors_for_aaguid(model, anchor());
    let registration = made.register(&statement, of_model.require_aaguids([model])).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), Some(model));
}
