//! The attestation statement format `apple` (§8.8).
#![cfg(feature = "attestation")]

use std::time::Duration;

use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{
    AttestationFormat, AttestationPolicy, AttestationType, Unchecked,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{Algorithm, ErrorKind, Step};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, CertificateBuilder, Fault, PrivateKey,
    SoftwareAuthenticator, der,
};

use crate::common::certificates::*;
use crate::common::made::*;

const NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn nonce(made: &Made) -> [u8; 32] {
    Sha256::digest(made.signed()).into()
}

/// Returns a certificate for the credential key without extensions.
fn bare_leaf(made: &Made) -> CertificateBuilder {
    CertificateBuilder::new(&name("credential"), &made.credential_key.public_numbers())
}

/// Returns a correct certificate that is valid for the three days around the time of the tests.
fn leaf_of(made: &Made) -> CertificateBuilder {
    bare_leaf(made)
        .validity("250614000000Z", "250616235959Z")
        .basic_constraints(false, None)
        .key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
        .apple_nonce(&nonce(made))
}

/// Returns a statement with this leaf, issued by the CA "intermediate", and with the CA's
/// certificate issued by "root".
fn apple(certificate: CertificateBuilder) -> AttestationStatement {
    AttestationStatement::apple(&chain(certificate)).unwrap()
}

fn chain(certificate: CertificateBuilder) -> [Vec<u8>; 2] {
    let intermediate = issued_by("root", ca_with_path_length("intermediate", Some(0)));
    [issued_by("intermediate", certificate), intermediate]
}

/// Returns a statement with these bytes in the extension.
fn with_extension(made: &Made, critical: bool, value: &[u8]) -> AttestationStatement {
    apple(bare_leaf(made).extension(NONCE, critical, value))
}

#[track_caller]
fn refuse_field(made: &Made, statement: &AttestationStatement, kind: ErrorKind, field: &str) {
    let error = made.register(statement, AttestationPolicy::default()).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::AttestationStatement, kind), "{error}");
    assert_eq!(error.field(), Some(field), "{error}");
}

#[test]
fn apple_01_a_certificate_is_required_and_other_members_are_ignored() {
    let made = Made::new();
    let certificates = chain(leaf_of(&made)).map(|der| bytes(&der)).concat();
    let x5c = || [vec![0x82], certificates.clone()].concat();
    let with = |pairs: &[(&str, Vec<u8>)]| AttestationStatement::new("apple", &map(pairs));
    made.accept(&with(&[("x5c", x5c())]));
    // The member `alg` is ignored with any value, because the format does not define it.
    for alg in [vec![0x26], vec![0x39, 1, 0], text("ES256"), vec![0xf6]] {
        made.accept(&with(&[("alg", alg.clone()), ("x5c", x5c())]));
        made.accept(&with(&[("x5c", x5c()), ("alg", alg)]));
    }
    made.accept(&with(&[("sig", text("no signature")), ("x5c", x5c())]));

    let invalid = ErrorKind::AttestationInvalid;
    let refuse = |statement, field| refuse_field(&made, &statement, invalid, field);
    refuse(with(&[]), "attStmt.x5c");
    refuse(with(&[("alg", vec![0x26])]), "attStmt.x5c");
    refuse(with(&[("x5c", vec![0x80])]), "attStmt.x5c");
    refuse(with(&[("x5c", bytes(&chain(leaf_of(&made))[0]))]), "attStmt.x5c");
    refuse(with(&[("x5c", [vec![0x81], text("x")].concat())]), "attStmt.x5c");
    refuse(with(&[("x5c", vec![0xf6])]), "attStmt.x5c");
    refuse(AttestationStatement::new("apple", &[0x80]), "attStmt");
    made.refuse_invalid(&with(&[("x5c", vec![0x81, 0x40])]), "does not parse");
    let nine = vec![issued_by("intermediate", leaf_of(&made)); 9];
    made.accept(&AttestationStatement::apple(&nine[..8]).unwrap());
    refuse(AttestationStatement::apple(&nine).unwrap(), "attStmt.x5c");
}

#[test]
fn x509_14_the_nonce_extension_may_be_critical() {
    let made = Made::new();
    let value = der::sequence(&[der::explicit(1, &der::octet_string(&nonce(&made)))]);
    let path = |statement: &AttestationStatement| {
        made.register(statement, trusted(&[root("root")]))
            .map(|one| one.attestation().trust_path().is_some())
    };
    assert!(path(&with_extension(&made, true, &value)).unwrap());
    // The extension is not read in the certificate of a CA.
    let authority = ca("intermediate").extension(NONCE, true, &value);
    let chain = [issued_by("intermediate", leaf_of(&made)), issued_by("root", authority)];
    let statement = AttestationStatement::apple(&chain).unwrap();
    let verdict = made.register(&statement, trusted(&[root("root")]));
    let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
    assert_refused(verdict, step, kind, "critical extension 1.2.840.113635.100.8.2 is unknown");
}

#[test]
fn apple_02_the_certificate_contains_the_nonce_of_this_registration() {
    let made = Made::new();
    made.accept(&apple(leaf_of(&made)));
    let mismatch = ErrorKind::AttestationNonceMismatch;
    let refuse = |nonce: &[u8; 32]| {
        let statement = apple(bare_leaf(&made).apple_nonce(nonce));
        refuse_field(&made, &statement, mismatch, "x5c[0].nonce");
    };
    for position in [0, 31] {
        let mut other = nonce(&made);
        other[position] ^= 1;
        refuse(&other);
    }
    refuse(&made.client_data_hash);
    refuse(&Sha256::digest(&made.authenticator_data).into());
    let reversed = [&made.client_data_hash, &made.authenticator_data[..]].concat();
    refuse(&Sha256::digest(reversed).into());
    // The certificate for the same key from another registration.
    let other = Made::with(Algorithm::Es256, [0; 16]);
    refuse_field(&other, &apple(leaf_of(&made)), mismatch, "x5c[0].nonce");
}

#[test]
fn apple_02_the_extension_is_exactly_38_bytes() {
    let made = Made::new();
    let nonce = nonce(&made);
    let good = [&[0x30, 0x24, 0xa1, 0x22, 0x04, 0x20], &nonce[..]].concat();
    assert_eq!(good.len(), 38);
    made.accept(&with_extension(&made, false, &good));
    // No rule forbids a critical extension. If no trust is required, criticality does not matter.
    made.accept(&with_extension(&made, true, &good));

    let invalid = ErrorKind::AttestationInvalid;
    let refuse = |value: &[u8]| {
        let statement = with_extension(&made, false, value);
        refuse_field(&made, &statement, invalid, "x5c[0].nonce");
    };
    for (position, wrong) in [
        (0, 0x31),
        (1, 0x23),
        (1, 0x25),
        (2, 0xa0),
        (2, 0xa2),
        (2, 0x81),
        (3, 0x21),
        (3, 0x23),
        (4, 0x03),
        (4, 0x24),
        (5, 0x1f),
        (5, 0x21),
    ] {
        let mut other = good.clone();
        other[position] = wrong;
        refuse(&other);
    }
    refuse(&[&good[..], &[0]].concat());
    refuse(&good[..37]);
    refuse(&good[2..]);
    refuse(&good[4..]);
    refuse(&nonce);
    refuse(&[]);
    // A value after each inner element, with matching lengths.
    let octets = der::octet_string(&nonce);
    refuse(&der::sequence(&[der::explicit(1, &octets), der::null()]));
    refuse(&der::sequence(&[der::explicit(1, &[&octets[..], &[5, 0]].concat())]));
    refuse(&der::sequence(&[der::explicit(1, &der::octet_string(&[&nonce[..], &[0]].concat()))]));
    refuse(&der::sequence(&[der::explicit(1, &der::octet_string(&nonce[..31]))]));
    // Lengths that are not minimal.
    let long = with_long_length(&octets);
    refuse(&der::sequence(&[der::explicit(1, &long)]));
    refuse(&der::sequence(&[with_long_length(&der::explicit(1, &octets))]));
    refuse(&with_long_length(&good));
    // A missing extension, and a repeated one.
    refuse_field(&made, &apple(bare_leaf(&made)), invalid, "x5c[0].nonce");
    let twice = apple(leaf_of(&made).apple_nonce(&nonce));
    made.refuse_invalid(&twice, "occurs twice");
    // The extension does not count in the certificate of the issuer.
    let issuer = issued_by("root", ca("intermediate").apple_nonce(&nonce));
    let elsewhere = [issued_by("intermediate", bare_leaf(&made)), issuer];
    let elsewhere = AttestationStatement::apple(&elsewhere).unwrap();
    refuse_field(&made, &elsewhere, invalid, "x5c[0].nonce");
}

#[test]
fn apple_03_the_certificate_contains_the_credential_key() {
    let other_keys = [
        PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"other").unwrap(),
        PrivateKey::from_seed(Algorithm::Es384.cose_id(), b"credential").unwrap(),
        PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"credential").unwrap(),
        rsa_key(),
    ];
    let made = Made::new();
    for other in &other_keys {
        let certificate = CertificateBuilder::new(&name("credential"), &other.public_numbers())
            .apple_nonce(&nonce(&made));
        let mismatch = ErrorKind::KeyMismatch;
        refuse_field(&made, &apple(certificate), mismatch, "x5c[0].subjectPublicKey");
    }
    // The same x with the other y, so the key is the negative of the point.
    let mut info = made.credential_key.public_numbers().subject_public_key_info();
    *info.last_mut().unwrap() ^= 1;
    let certificate = leaf_of(&made).subject_public_key_info(&info);
    let mismatch = ErrorKind::KeyMismatch;
    refuse_field(&made, &apple(certificate), mismatch, "x5c[0].subjectPublicKey");
    // Keys of every algorithm are accepted, because the specification names none.
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        let made = Made::with(algorithm, AAGUID);
        made.accept(&apple(leaf_of(&made)));
    }
    // A key type that is not supported in certificates.
    let x25519 = der::sequence(&[
        der::sequence(&[der::object_identifier(&[1, 3, 101, 110])]),
        der::bit_string(0, &[7; 32]),
    ]);
    let certificate = leaf_of(&made).subject_public_key_info(&x25519);
    let unsupported = ErrorKind::UnsupportedAlgorithm;
    refuse_field(&made, &apple(certificate), unsupported, "x5c[0].subjectPublicKey");
}

#[test]
fn apple_04_the_path_is_valid_while_the_leaf_is() {
    let made = Made::new();
    let statement = apple(leaf_of(&made));
    let at =
        |later: Duration| made.register_at(&statement, trusted(&[root("root")]), now() + later);
    assert!(at(Duration::ZERO).is_ok());
    assert!(at(DAY).is_ok());
    let untrusted = ErrorKind::UntrustedAttestation;
    for late in [2 * DAY, 30 * DAY] {
        assert_refused(at(late), Step::AttestationTrust, untrusted, "not at the given time");
        // The time is not checked if no trust is required.
        assert!(made.register_at(&statement, AttestationPolicy::default(), now() + late).is_ok());
    }
    let early = made.register_at(&statement, trusted(&[root("root")]), now() - 2 * DAY);
    assert_refused(early, Step::AttestationTrust, untrusted, "not at the given time");
}

#[test]
fn apple_04_the_statement_does_not_contain_the_root() {
    let made = Made::new();
    let [leaf, intermediate] = chain(leaf_of(&made));
    let statement = apple(leaf_of(&made));
    let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
    let path = registration.attestation().trust_path().unwrap();
    assert_eq!(path.anchor().as_der(), root("root"));
    assert_eq!(path.intermediates(), std::slice::from_ref(&intermediate));

    let untrusted = ErrorKind::UntrustedAttestation;
    let refuse = |certificates: &[Vec<u8>], reason: &str| {
        let statement = AttestationStatement::apple(certificates).unwrap();
        made.accept(&statement);
        let result = made.register(&statement, trusted(&[root("root")]));
        assert_refused(result, Step::AttestationTrust, untrusted, reason);
    };
    refuse(std::slice::from_ref(&leaf), "no trust anchor");
    refuse(&[leaf.clone(), issued_by("elsewhere", ca("intermediate"))], "no trust anchor");
    refuse(&[leaf, root("intermediate"), root("root")], "does not name the next certificate");
    // A self-signed certificate for the credential key is not a path.
    let own = leaf_of(&made).issuer(&name("root")).sign(&made.credential_key);
    refuse(&[own], "the signature is not valid");
}

#[test]
fn apple_05_any_aaguid_passes_and_the_type_is_anonymization_ca() {
    let platform = [
        0xf2, 0x4a, 0x8e, 0x70, 0xd0, 0xd3, 0xf8, 0x2c, 0x29, 0x37, 0x32, 0x52, 0x3c, 0xc4, 0xde,
        0x5a,
    ];
    for aaguid in [[0; 16], platform, AAGUID] {
        let made = Made::with(Algorithm::Es256, aaguid);
        let statement = apple(leaf_of(&made));
        let registration = made.accepted(&statement);
        assert_eq!(registration.unverified_aaguid().as_bytes(), &aaguid);
        let attestation = registration.attestation();
        assert_eq!(attestation.format(), AttestationFormat::Apple);
        assert_eq!(attestation.attestation_type(), AttestationType::AnonCa);
        assert_eq!(attestation.certificates(), chain(leaf_of(&made)));
        assert_eq!(attestation.trust_path(), None);
        assert_eq!(attestation.trusted_aaguid(), None);
        assert_eq!(attestation.unchecked(), [Unchecked::Trust]);

        // A path to a general anchor proves no model.
        let registration = made.register(&statement, trusted(&[root("root")])).unwrap();
        assert!(registration.attestation().trust_path().is_some());
        assert_eq!(registration.attestation().trusted_aaguid(), None);
    }
}

/// The CA sees only a hash of the authenticator data, which the operating system made.
#[test]
fn kb_94_the_aaguid_is_proven_only_by_anchors_of_the_model() {
    let made = Made::with(Algorithm::Es256, AAGUID);
    let statement = apple(leaf_of(&made));
    let model = Aaguid::from_bytes(AAGUID);
    let anchor = || [TrustAnchor::from_der(root("root")).unwrap()];
    let for_format =
        AttestationPolicy::trusted([]).anchors_for_format(AttestationFormat::Apple, anchor());
    for policy in [trusted(&[root("root")]), for_format] {
        let error = made.register(&statement, policy.require_aaguids([model])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
    }
    let of_model = AttestationPolicy::trusted([]).anchors_for_aaguid(model, anchor());
    let registration = made.register(&statement, of_model.require_aaguids([model])).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), Some(model));
}

#[test]
fn kb_93_a_denied_model_is_rejected() {
    let made = Made::with(Algorithm::Es256, AAGUID);
    let statement = apple(leaf_of(&made));
    let policy = trusted(&[root("root")]);
    let denied = policy.clone().refuse_aaguids([Aaguid::from_bytes(AAGUID)]);
    let error = made.register(&statement, denied).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticatorNotAllowed, "{error}");
    let other = policy.refuse_aaguids([Aaguid::from_bytes([1; 16])]);
    assert!(made.register(&statement, other).is_ok());
}

#[test]
fn apple_01_02_03_04_each_fault_of_the_software_authenticator_is_named() {
    let mut faults = vec![Fault::OtherAttestationAuthority];
    let fields = AttestationKind::Apple.fields();
    faults.extend(fields.iter().map(|(field, _)| Fault::AttestationField(field)));
    assert!(faults.len() > 12);
    let browser =
        SoftwareAuthenticator::from_seed(b"apple").with_attestation(AttestationKind::Apple);
    let anchor = TrustAnchor::from_der(browser.attestation_root()).unwrap();
    let policy = AttestationPolicy::trusted([anchor]);
    let register = |fault| register_with(&browser, policy.clone(), fault);
    let whole = register(None).unwrap();
    assert_eq!(whole.attestation().attestation_type(), AttestationType::AnonCa);
    assert_eq!(whole.attestation().certificates().len(), 2);
    for fault in faults {
        let error = register(Some(fault.clone())).unwrap_err();
        let Fault::AttestationField(broken) = fault else {
            assert_eq!(error.kind(), ErrorKind::UntrustedAttestation);
            continue;
        };
        let (_, kind) = fields.iter().find(|(field, _)| *field == broken).unwrap();
        assert_eq!(error.kind().as_str(), *kind, "{broken}: {error}");
        let expected = AttestationKind::Apple.named_for(broken);
        assert_eq!(error.field(), Some(expected), "{broken}: {error}");
    }
}
