//! The attestation statement format `compound` (§8.9).
#![cfg(feature = "attestation")]

use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{
    self, AttestationFormat, AttestationPolicy, AttestationType, CompoundRule, Unchecked,
};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::{Aaguid, AttestationObject};
use webauthn_verify::{ErrorKind, Quirk, Quirks, Step};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, CertificateBuilder, Fault, SoftwareAuthenticator,
};

use crate::common::certificates::*;
use crate::common::made::*;
use crate::common::messages::padded;

fn compound(statements: &[AttestationStatement]) -> AttestationStatement {
    AttestationStatement::compound(statements).unwrap()
}

fn none() -> AttestationStatement {
    AttestationStatement::none()
}

fn packed_self(made: &Made) -> AttestationStatement {
    let hash = &made.client_data_hash;
    AttestationStatement::packed_self(&made.credential_key, &made.authenticator_data, hash).unwrap()
}

/// Returns a packed statement over these signed bytes, with a certificate issued by this CA.
fn packed_over(signed: &[u8], issuer: &str) -> AttestationStatement {
    let certificate = attestation_certificate(&key("attestation").public_numbers());
    let certificates = [issued_by(issuer, certificate)];
    let signature = key("attestation").sign(signed);
    AttestationStatement::packed(-7, &signature, Some(&certificates)).unwrap()
}

fn packed(made: &Made) -> AttestationStatement {
    packed_over(&made.signed(), "root")
}

fn apple(made: &Made, issuer: &str) -> AttestationStatement {
    let public_key = made.credential_key.public_numbers();
    let certificate = CertificateBuilder::new(&name("credential"), &public_key)
        .apple_nonce(&Sha256::digest(made.signed()).into());
    AttestationStatement::apple(&[issued_by(issuer, certificate)]).unwrap()
}

fn fido_u2f(made: &Made, issuer: &str) -> AttestationStatement {
    let certificate =
        CertificateBuilder::new(&name("U2F key"), &key("attestation").public_numbers());
    let signature = key("attestation").sign(&made.u2f_signed());
    AttestationStatement::fido_u2f(&signature, &[issued_by(issuer, certificate)]).unwrap()
}

/// Returns the policy that accepts one correct statement.
fn any(policy: AttestationPolicy) -> AttestationPolicy {
    policy.compound_rule(CompoundRule::Any)
}

fn any_correct() -> AttestationPolicy {
    any(AttestationPolicy::default())
}

fn by_root() -> AttestationPolicy {
    trusted(&[root("root")])
}

#[track_caller]
fn refuse_field(
    made: &Made,
    statement: &AttestationStatement,
    policy: AttestationPolicy,
    kind: ErrorKind,
    field: &str,
) {
    let error = made.register(statement, policy).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::AttestationStatement, kind), "{error}");
    assert_eq!(error.field(), Some(field), "{error}");
}

/// Returns a compound statement with this CBOR.
fn raw(statement: &[u8]) -> AttestationStatement {
    AttestationStatement::new("compound", statement)
}

fn array(items: &[Vec<u8>]) -> AttestationStatement {
    raw(&[vec![0x80 + u8::try_from(items.len()).unwrap()], items.concat()].concat())
}

/// `{ "fmt": "none", "attStmt": {} }`
fn none_item() -> Vec<u8> {
    map(&[("fmt", text("none")), ("attStmt", vec![0xa0])])
}

#[test]
fn comp_01_the_attestation_has_two_to_eight_statements() {
    let made = Made::new();
    for count in 2..=8 {
        let statements = vec![packed(&made); count];
        let registration = made.accepted(&compound(&statements));
        assert_eq!(registration.attestation().statements().len(), count);
    }
    // Under either rule, any other form is not a compound statement.
    for policy in [AttestationPolicy::default(), any_correct(), by_root(), any(by_root())] {
        let invalid = ErrorKind::AttestationInvalid;
        for count in [0, 1, 9, 24] {
            let statements = vec![packed(&made); count];
            refuse_field(&made, &compound(&statements), policy.clone(), invalid, "attStmt");
        }
        for other in [&[0xa0][..], &none_item(), &[0xf6], &[0x02], &[0x42, 1, 2]] {
            refuse_field(&made, &raw(other), policy.clone(), invalid, "attStmt");
        }
    }
}

#[test]
fn comp_01_each_statement_is_a_map_with_its_two_members() {
    let made = Made::new();
    made.accept(&array(&[none_item(), none_item()]));
    // Unknown members are ignored.
    let more = map(&[("fmt", text("none")), ("attStmt", vec![0xa0]), ("authData", vec![0x01])]);
    made.accept(&array(&[none_item(), more]));

    let invalid = ErrorKind::AttestationInvalid;
    for policy in [AttestationPolicy::default(), any_correct()] {
        let refuse = |item: Vec<u8>, place: &str| {
            let second = array(&[none_item(), item.clone()]);
            let field = format!("attStmt[1]{place}");
            refuse_field(&made, &second, policy.clone(), invalid, &field);
            let first = array(&[item, none_item()]);
            let field = format!("attStmt[0]{place}");
            refuse_field(&made, &first, policy.clone(), invalid, &field);
        };
        refuse(map(&[("attStmt", vec![0xa0])]), ".fmt");
        refuse(map(&[("fmt", text("none"))]), ".attStmt");
        refuse(map(&[]), ".fmt");
        refuse(map(&[("fmt", vec![0x41, 1]), ("attStmt", vec![0xa0])]), ".fmt");
        refuse(map(&[("fmt", vec![0xf6]), ("attStmt", vec![0xa0])]), ".fmt");
        refuse(vec![0x80], "");
        refuse(text("none"), "");
        refuse(vec![0xa1, 0x01, 0x02], "");
    }
}

/// The whole attestation object is canonical CBOR: each item of the array has one encoding.
#[test]
fn comp_01_the_statements_inside_are_canonical_cbor() {
    let made = Made::new();
    let parse = |item: Vec<u8>| {
        let statement = array(&[none_item(), item]);
        let object = statement.attestation_object(&made.authenticator_data).unwrap();
        AttestationObject::parse(&object).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(parse(none_item()), Ok(()));
    let reversed = map(&[("attStmt", vec![0xa0]), ("fmt", text("none"))]);
    assert_eq!(parse(reversed), Err(ErrorKind::InvalidCbor));
    let twice = map(&[("fmt", text("none")), ("fmt", text("none")), ("attStmt", vec![0xa0])]);
    assert_eq!(parse(twice), Err(ErrorKind::InvalidCbor));
    let inner = map(&[("sig", vec![0x41, 1]), ("alg", vec![0x26])]);
    assert_eq!(
        parse(map(&[("fmt", text("packed")), ("attStmt", inner)])),
        Err(ErrorKind::InvalidCbor)
    );
}

/// Parse errors give the offset from the first byte of the attestation object.
#[test]
fn comp_01_offsets_count_from_the_start_of_the_attestation_object() {
    let made = Made::new();
    // {"sig": 0}: a number instead of a byte string.
    let inner = map(&[("sig", vec![0x00])]);
    let item = map(&[("fmt", text("packed")), ("attStmt", inner.clone())]);
    let statement = array(&[none_item(), item]);
    let object = statement.attestation_object(&made.authenticator_data).unwrap();
    let place = object.windows(inner.len()).position(|window| window == inner).unwrap();
    let error = made.register(&statement, AttestationPolicy::default()).unwrap_err();
    let parse = error.parse_error().unwrap();
    assert_eq!(
        (parse.structure(), parse.field()),
        ("packed attestation statement", Some("attStmt.sig"))
    );
    assert_eq!(parse.offset(), place + inner.len() - 1);
    assert!(error.to_string().contains("attStmt[1] (packed)"), "{error}");
}

#[test]
fn comp_02_a_nested_compound_statement_is_rejected() {
    let made = Made::new();
    let inner = compound(&[packed(&made), packed(&made)]);
    made.accept(&inner);
    let invalid = ErrorKind::AttestationInvalid;
    for policy in [AttestationPolicy::default(), any_correct(), any(by_root())] {
        let first = compound(&[inner.clone(), packed(&made)]);
        refuse_field(&made, &first, policy.clone(), invalid, "attStmt[0].fmt");
        let second = compound(&[packed(&made), inner.clone()]);
        refuse_field(&made, &second, policy.clone(), invalid, "attStmt[1].fmt");
        // The name alone is enough for the rejection.
        let named = compound(&[packed(&made), none().with_format("compound")]);
        refuse_field(&made, &named, policy, invalid, "attStmt[1].fmt");
    }
}

#[test]
fn comp_03_each_statement_is_about_this_registration() {
    let made = Made::new();
    made.accept(&compound(&[packed(&made), apple(&made, "root")]));
    let other = Made::with(webauthn_verify::Algorithm::Es256, [0; 16]);
    let elsewhere = packed_over(&other.signed(), "root");
    let refuse = |statements: &[AttestationStatement], kind: ErrorKind, reason: &str| {
        made.refuse(&compound(statements), kind, reason);
    };
    let signature = ErrorKind::SignatureInvalid;
    refuse(&[packed(&made), elsewhere.clone()], signature, "attStmt[1] (packed)");
    refuse(&[elsewhere, packed(&made)], signature, "attStmt[0] (packed)");
    let nonce = ErrorKind::AttestationNonceMismatch;
    refuse(&[packed(&made), apple(&other, "root")], nonce, "attStmt[1] (apple)");
    // The statement is the `attStmt` of the item, not the item itself.
    let whole = map(&[("fmt", text("packed")), ("attStmt", none_item())]);
    made.refuse_invalid(&array(&[none_item(), whole]), "attStmt[1] (packed)");
}

#[test]
fn comp_04_by_default_every_statement_must_be_correct() {
    let made = Made::new();
    let good = || packed(&made);
    let broken = || packed_over(b"something else", "root");
    let registration = made.accepted(&compound(&[good(), packed_self(&made), none()]));
    assert_eq!(registration.attestation().statements().len(), 3);
    let all = AttestationPolicy::default().compound_rule(CompoundRule::All);
    assert!(made.register(&compound(&[good(), none()]), all).is_ok());

    made.refuse(&compound(&[good(), broken()]), ErrorKind::SignatureInvalid, "attStmt[1] (packed)");
    // The first failure is reported.
    let both = compound(&[none().with_format("foo"), broken()]);
    made.refuse(&both, ErrorKind::UnsupportedAttestationFormat, "attStmt[0].fmt: format \"foo\"");
    // An unsupported format is a failure. A format that the policy does not accept is a failure
    // too.
    for format in ["x", "apple-appattest", "Packed", "android-safetynet"] {
        let statement = compound(&[good(), good().with_format(format)]);
        let unsupported = ErrorKind::UnsupportedAttestationFormat;
        let policy = AttestationPolicy::default();
        refuse_field(&made, &statement, policy, unsupported, "attStmt[1].fmt");
    }
    let unprintable = compound(&[good(), good().with_format("packed\n")]);
    made.refuse_invalid(&unprintable, "attStmt[1].fmt");
}

#[test]
fn comp_04_a_policy_can_accept_one_correct_statement() {
    let made = Made::new();
    let good = || packed(&made);
    let broken = || packed_over(b"something else", "root");
    let unknown = || none().with_format("foo");
    for statements in [
        vec![good(), broken()],
        vec![broken(), good()],
        vec![unknown(), good()],
        vec![broken(), unknown(), good().with_format("android-safetynet"), good()],
    ] {
        let statement = compound(&statements);
        assert!(made.register(&statement, AttestationPolicy::default()).is_err());
        let registration = made.register(&statement, any_correct()).unwrap();
        let attestation = registration.attestation();
        assert_eq!(attestation.format(), AttestationFormat::Compound);
        assert_eq!(attestation.statements().len(), 1);
        assert_eq!(attestation.statements()[0].format(), AttestationFormat::Packed);
        assert_eq!(attestation.unchecked(), [Unchecked::Trust, Unchecked::NestedStatement]);
    }
    // If all statements are correct, none is dropped.
    let registration = made.register(&compound(&[good(), none()]), any_correct()).unwrap();
    assert_eq!(registration.attestation().statements().len(), 2);
    assert_eq!(registration.attestation().unchecked(), [Unchecked::Trust]);
    // If no statement is correct, the first failure is reported.
    let result = made.register(&compound(&[broken(), unknown()]), any_correct());
    let (step, kind) = (Step::AttestationStatement, ErrorKind::SignatureInvalid);
    assert_refused(result, step, kind, "attStmt[0] (packed)");
}

/// A correct statement that needs a quirk is not used next to one that needs none.
#[test]
fn comp_04_kb_106_a_statement_that_is_not_used_counts_as_not_checked() {
    let made = Made::new();
    let signature = padded(&made.credential_key.sign(&made.signed()));
    let quirky = AttestationStatement::packed(-7, &signature, None).unwrap();
    let quirk = Quirks::NONE.with(Quirk::NonMinimalDerIntegers);
    let verify = |statements: &[AttestationStatement], quirks| {
        let object = compound(statements).attestation_object(&made.authenticator_data).unwrap();
        let object = AttestationObject::parse(&object).unwrap();
        attestation::verify(&object, &made.client_data_hash, &any_correct(), now(), quirks).unwrap()
    };
    let good = packed(&made);
    let broken = packed_over(b"something else", "root");
    for (statements, quirks) in [
        (vec![quirky.clone(), good.clone()], Quirks::NONE),
        (vec![good.clone(), quirky.clone()], quirk),
        (vec![broken.clone(), quirky.clone(), good.clone()], quirk),
        (vec![broken, good.clone()], quirk),
    ] {
        let attestation = verify(&statements, quirks);
        assert_eq!(attestation.statements().len(), 1);
        assert_eq!(attestation.quirks(), Quirks::NONE);
        let nested =
            attestation.unchecked().iter().filter(|one| **one == Unchecked::NestedStatement);
        assert_eq!(nested.count(), 1);
    }
    for statements in [[good.clone(), good.clone()], [quirky.clone(), quirky.clone()]] {
        let attestation = verify(&statements, quirk);
        assert_eq!(attestation.statements().len(), 2);
        assert!(!attestation.unchecked().contains(&Unchecked::NestedStatement));
    }
    // If all statements must be correct, the verdict has the quirks of each.
    let all = compound(&[good, quirky]).attestation_object(&made.authenticator_data).unwrap();
    let all = AttestationObject::parse(&all).unwrap();
    let policy = AttestationPolicy::default();
    let verify = |quirks| attestation::verify(&all, &made.client_data_hash, &policy, now(), quirks);
    assert!(verify(Quirks::NONE).is_err());
    assert_eq!(verify(quirk).unwrap().quirks(), quirk);
}

#[test]
fn comp_05_kb_31_the_verdict_lists_what_was_verified() {
    let made = Made::new();
    let statement = compound(&[apple(&made, "root"), packed(&made), packed_self(&made), none()]);
    let registration = made.accepted(&statement);
    let attestation = registration.attestation();
    assert_eq!(attestation.format(), AttestationFormat::Compound);
    assert_eq!(attestation.attestation_type(), AttestationType::Compound);
    assert!(attestation.certificates().is_empty(), "paths are never joined");
    assert_eq!(attestation.trust_path(), None);
    assert_eq!(attestation.trusted_aaguid(), None);
    assert_eq!(attestation.unchecked(), [Unchecked::Trust]);
    let inside: Vec<_> = attestation
        .statements()
        .iter()
        .map(|one| (one.format(), one.attestation_type(), one.certificates().len()))
        .collect();
    assert_eq!(
        inside,
        [
            (AttestationFormat::Apple, AttestationType::AnonCa, 1),
            (AttestationFormat::Packed, AttestationType::Uncertain, 1),
            (AttestationFormat::Packed, AttestationType::SelfAttestation, 0),
            (AttestationFormat::None, AttestationType::None, 0),
        ]
    );
    // A failure inside is a failure and never gives the verdict `none`.
    let broken = compound(&[none(), packed_over(b"something else", "root")]);
    made.refuse(&broken, ErrorKind::SignatureInvalid, "attStmt[1] (packed)");
    let ignored = made.register(&broken, AttestationPolicy::ignore()).unwrap();
    assert_eq!(ignored.attestation().attestation_type(), AttestationType::Ignored);
    assert_eq!(ignored.attestation().format(), AttestationFormat::Compound);
    assert!(ignored.attestation().statements().is_empty());
}

#[test]
fn comp_05_each_trusted_statement_has_its_own_path() {
    let made = Made::new();
    let statement = compound(&[packed(&made), apple(&made, "fruit")]);
    let policy = || {
        AttestationPolicy::trusted([])
            .anchors_for_format(
                AttestationFormat::Packed,
                [TrustAnchor::from_der(root("root")).unwrap()],
            )
            .anchors_for_format(
                AttestationFormat::Apple,
                [TrustAnchor::from_der(root("fruit")).unwrap()],
            )
    };
    let registration = made.register(&statement, policy()).unwrap();
    let attestation = registration.attestation();
    assert_eq!(attestation.trust_path(), None);
    assert_eq!(attestation.trusted_aaguid(), Some(Aaguid::from_bytes(AAGUID)));
    assert!(!attestation.unchecked().contains(&Unchecked::Trust));
    assert!(!attestation.unchecked().contains(&Unchecked::NestedStatement));
    let anchors: Vec<_> = attestation
        .statements()
        .iter()
        .map(|one| one.trust_path().unwrap().anchor().as_der().to_vec())
        .collect();
    assert_eq!(anchors, [root("root"), root("fruit")]);
    for one in attestation.statements() {
        for unchecked in one.unchecked() {
            assert!(
                attestation.unchecked().contains(unchecked),
                "{unchecked:?} is reported for the whole attestation"
            );
        }
    }

    // The same holds if one trusted statement is enough.
    let registration = made.register(&statement, any(policy())).unwrap();
    assert_eq!(registration.attestation().statements().len(), 2);
    assert!(!registration.attestation().unchecked().contains(&Unchecked::NestedStatement));

    // A statement without a trusted path is rejected at any position.
    let untrusted = ErrorKind::UntrustedAttestation;
    for statements in [
        [packed_over(&made.signed(), "fruit"), apple(&made, "fruit")],
        [packed(&made), apple(&made, "root")],
    ] {
        let result = made.register(&compound(&statements), policy());
        assert_refused(result, Step::AttestationTrust, untrusted, "statement: no trust anchor");
        let registration = made.register(&compound(&statements), any(policy())).unwrap();
        assert_eq!(registration.attestation().statements().len(), 1);
    }
    // The certificate of one statement is not an issuer in another.
    let leaf = packed_over(&made.signed(), "one");
    let issuer = AttestationStatement::apple(&[issued_by("root", ca("one"))]).unwrap();
    let result = made.register(&compound(&[leaf, issuer]), any(by_root()));
    assert_refused(result, Step::AttestationTrust, untrusted, "no trust anchor");
    // One of the formats has no anchor.
    let only_packed = AttestationPolicy::trusted([]).anchors_for_format(
        AttestationFormat::Packed,
        [TrustAnchor::from_der(root("root")).unwrap()],
    );
    let result = made.register(&statement, only_packed.clone());
    assert_refused(result, Step::TrustAnchors, ErrorKind::NoTrustAnchors, "the apple statement");
    assert!(made.register(&statement, any(only_packed)).is_ok());
    let result = made.register(&statement, trusted(&[]));
    assert_refused(result, Step::TrustAnchors, ErrorKind::NoTrustAnchors, "");
}

#[test]
fn comp_05_none_and_self_attestation_add_no_trust() {
    let made = Made::new();
    let untrusted = ErrorKind::UntrustedAttestation;
    for (statements, reason) in [
        ([none(), packed(&made)], "the none statement"),
        ([packed(&made), none()], "the none statement"),
        ([packed_self(&made), packed(&made)], "the packed statement: self attestation"),
    ] {
        let statement = compound(&statements);
        made.accept(&statement);
        let result = made.register(&statement, by_root());
        assert_refused(result, Step::AttestationTrust, untrusted, reason);

        let registration = made.register(&statement, any(by_root())).unwrap();
        let attestation = registration.attestation();
        assert_eq!(attestation.statements().len(), 1);
        assert!(attestation.statements()[0].trust_path().is_some());
        assert!(attestation.unchecked().contains(&Unchecked::NestedStatement));
        assert!(!attestation.unchecked().contains(&Unchecked::Trust));
    }
    // Any number of statements that prove nothing still prove nothing.
    for statements in [
        vec![none(), packed_self(&made)],
        vec![none(), none()],
        vec![packed_self(&made); 8],
        vec![packed_over(&made.signed(), "elsewhere"), none()],
    ] {
        let statement = compound(&statements);
        made.accept(&statement);
        for policy in [by_root(), any(by_root())] {
            let result = made.register(&statement, policy);
            assert_refused(result, Step::AttestationTrust, untrusted, " statement: ");
        }
    }
}

#[test]
fn comp_05_a_proven_model_that_is_not_allowed_is_rejected_under_either_rule() {
    let made = Made::new();
    let model = || [Aaguid::from_bytes(AAGUID)];
    let other = || [Aaguid::from_bytes([9; 16])];
    // The U2F statement proves no model, so it matches no list.
    let statement = compound(&[packed(&made), fido_u2f(&made, "root")]);
    let not_allowed = ErrorKind::AuthenticatorNotAllowed;
    for policy in [by_root(), any(by_root())] {
        assert!(made.register(&statement, policy.clone()).is_ok());
        assert!(made.register(&statement, policy.clone().refuse_aaguids(other())).is_ok());
        let refused = made.register(&statement, policy.clone().refuse_aaguids(model()));
        assert_refused(refused, Step::AttestationTrust, not_allowed, "the packed statement");
        let refused = made.register(&statement, policy.require_aaguids(other()));
        assert_refused(refused, Step::AttestationTrust, not_allowed, "the packed statement");
    }
    // If the model must be known, the statement that proves it is enough only under the rule `Any`.
    let refused = made.register(&statement, by_root().require_aaguids(model()));
    assert_refused(refused, Step::AttestationTrust, not_allowed, "the fido-u2f statement");
    let policy = any(by_root()).require_aaguids(model());
    let registration = made.register(&statement, policy).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), Some(model()[0]));
    assert_eq!(registration.attestation().statements().len(), 1);
    // If no statement is trusted, a proven model is reported first. A U2F statement proves none.
    let statement = compound(&[none(), fido_u2f(&made, "root")]);
    let refused = made.register(&statement, any(by_root()).refuse_aaguids(model()));
    let untrusted = ErrorKind::UntrustedAttestation;
    assert_refused(refused, Step::AttestationTrust, untrusted, "the none statement");
    // No trusted statement proves the model here.
    let statement = compound(&[packed_self(&made), fido_u2f(&made, "root")]);
    let registration = made.register(&statement, any(by_root())).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), None);
}

#[test]
fn comp_01_02_03_04_05_each_fault_of_the_software_authenticator_is_named() {
    let browser =
        SoftwareAuthenticator::from_seed(b"compound").with_attestation(AttestationKind::Compound);
    let anchor = TrustAnchor::from_der(browser.attestation_root()).unwrap();
    let trusting = AttestationPolicy::trusted([anchor]);
    let register = |fault, policy| register_with(&browser, policy, fault);
    let whole = register(None, trusting.clone()).unwrap();
    let formats: Vec<_> = whole.attestation().statements().iter().map(|one| one.format()).collect();
    assert_eq!(formats, [AttestationFormat::Packed, AttestationFormat::Apple]);

    let fields = AttestationKind::Compound.fields();
    assert!(fields.len() > 30);
    for (broken, kind) in fields {
        let fault = || Some(Fault::AttestationField(broken));
        let error = register(fault(), trusting.clone()).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{broken}: {error}");
        let expected = AttestationKind::Compound.named_for(broken);
        assert_eq!(error.field(), Some(expected), "{broken}: {error}");
        // The other statement is still correct.
        let form = ["attStmt", "attStmt[1].fmt"].contains(&broken);
        let result = register(fault(), any(trusting.clone()));
        assert_eq!(result.is_err(), form, "{broken}");
    }
    let refused = register(Some(Fault::OtherAttestationAuthority), any(trusting));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::UntrustedAttestation);
}
