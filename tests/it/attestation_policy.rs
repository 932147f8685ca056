//! The requirements of a relying party for attestations: the three levels, anchors for formats and
//! models, and the part of the verdict that lists what was not checked.
#![cfg(feature = "attestation")]

use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{
    self, AttestationFormat, AttestationPolicy, AttestationType, CompoundRule, SecurityLevel,
    Unchecked,
};
use webauthn_verify::certificate::{Revocations, TrustAnchor};
use webauthn_verify::parse::{Aaguid, AttestationObject};
use webauthn_verify::{Algorithm, ErrorKind, Quirks, Registration, RelyingParty, Step};
use webauthn_verify_authenticator::{AttestationStatement, CertificateBuilder};

use crate::common::certificates::*;
use crate::common::made::*;

const MODEL: Aaguid = Aaguid::from_bytes(AAGUID);
const OTHER_MODEL: Aaguid = Aaguid::from_bytes(*b"another model...");

fn anchor(name: &str) -> TrustAnchor {
    TrustAnchor::from_der(root(name)).unwrap()
}

fn certificate() -> CertificateBuilder {
    attestation_certificate(&key("attestation").public_numbers())
}

fn packed(made: &Made) -> AttestationStatement {
    let signature = key("attestation").sign(&made.signed());
    AttestationStatement::packed(-7, &signature, Some(&[issued_by("root", certificate())])).unwrap()
}

/// Returns a packed statement with a certificate that the CA "one" has issued.
fn packed_below(made: &Made, one: &[u8]) -> AttestationStatement {
    let chain = [issued_by("one", certificate()), one.to_vec()];
    let signature = key("attestation").sign(&made.signed());
    AttestationStatement::packed(-7, &signature, Some(&chain)).unwrap()
}

fn packed_self(made: &Made) -> AttestationStatement {
    let hash = &made.client_data_hash;
    AttestationStatement::packed_self(&made.credential_key, &made.authenticator_data, hash).unwrap()
}

fn u2f(made: &Made) -> AttestationStatement {
    let signature = key("attestation").sign(&made.u2f_signed());
    AttestationStatement::fido_u2f(&signature, &[issued_by("root", certificate())]).unwrap()
}

#[track_caller]
fn accepted(statement: &AttestationStatement, policy: AttestationPolicy) -> Registration {
    match Made::new().register(statement, policy) {
        Ok(registration) => registration,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn accept(statement: &AttestationStatement, policy: AttestationPolicy) {
    let _ = accepted(statement, policy);
}

#[track_caller]
fn refused(
    statement: &AttestationStatement,
    policy: AttestationPolicy,
    kind: ErrorKind,
    reason: &str,
) {
    let step = match kind {
        ErrorKind::NoTrustAnchors => Step::TrustAnchors,
        _ => Step::AttestationTrust,
    };
    assert_refused(Made::new().register(statement, policy), step, kind, reason);
}

#[test]
fn att_05_a_policy_that_ignores_attestation_reports_that_nothing_was_checked() {
    let wrong = AttestationStatement::packed(-7, b"no signature", None).unwrap();
    let registration = accepted(&wrong, AttestationPolicy::ignore());
    let attestation = registration.attestation();
    assert_eq!(attestation.format(), AttestationFormat::Packed);
    assert_eq!(attestation.attestation_type(), AttestationType::Ignored);
    assert_eq!(attestation.unchecked(), [Unchecked::Statement, Unchecked::Trust]);
    assert_eq!((attestation.trust_path(), attestation.trusted_aaguid()), (None, None));
    assert!(attestation.certificates().is_empty());
}

#[test]
fn att_03_kb_14_an_unknown_format_fails_under_every_policy() {
    let unknown = AttestationStatement::new("unknown", &[0xa0]);
    for policy in [
        AttestationPolicy::ignore(),
        AttestationPolicy::default(),
        AttestationPolicy::trusted([anchor("root")]),
    ] {
        let result = Made::new().register(&unknown, policy);
        let kind = ErrorKind::UnsupportedAttestationFormat;
        assert_refused(result, Step::AttestationFormat, kind, "\"unknown\"");
    }
}

#[test]
fn att_05_the_verdict_reports_what_was_not_checked() {
    let made = Made::new();
    let correct = accepted(&packed(&made), AttestationPolicy::default());
    assert_eq!(correct.attestation().unchecked(), [Unchecked::Trust]);
    assert_eq!(correct.attestation().trusted_aaguid(), None);

    let trusted = accepted(&packed(&made), AttestationPolicy::trusted([anchor("root")]));
    let attestation = trusted.attestation();
    assert_eq!(attestation.unchecked(), [Unchecked::Revocation, Unchecked::Metadata]);
    assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor("root"));
    assert_eq!(attestation.trusted_aaguid(), Some(MODEL));

    let revoking = anchor("root").revoking(Revocations::new());
    let trusted = accepted(&packed(&made), AttestationPolicy::trusted([revoking]));
    assert_eq!(trusted.attestation().unchecked(), [Unchecked::Metadata]);
}

#[test]
fn x509_17_a_registration_with_a_revoked_certificate_is_rejected() {
    let statement = packed(&Made::new());
    let revoking = anchor("root").revoking(Revocations::new().serial_number(&[1]));
    let policy = AttestationPolicy::trusted([revoking]);
    refused(&statement, policy, ErrorKind::UntrustedAttestation, "serial number 01 is revoked");
}

#[test]
fn reg_23_anchors_for_a_format_replace_the_general_anchors() {
    let statement = packed(&Made::new());
    let for_format = |format, name: &str| {
        AttestationPolicy::trusted([anchor("root")]).anchors_for_format(format, [anchor(name)])
    };
    let registration = accepted(&statement, for_format(AttestationFormat::FidoU2f, "elsewhere"));
    assert!(registration.attestation().trust_path().is_some());
    let kind = ErrorKind::UntrustedAttestation;
    let elsewhere = for_format(AttestationFormat::Packed, "elsewhere");
    refused(&statement, elsewhere, kind, "no trust anchor has issued");
    let only_u2f = AttestationPolicy::trusted([])
        .anchors_for_format(AttestationFormat::FidoU2f, [anchor("root")]);
    refused(&statement, only_u2f.clone(), ErrorKind::NoTrustAnchors, "for the format packed");
    accept(&u2f(&Made::new()), only_u2f);
}

#[test]
fn reg_23_anchors_for_a_model_replace_all_others() {
    let statement = packed(&Made::new());
    let for_model = |model, name: &str| {
        AttestationPolicy::trusted([anchor("root")])
            .anchors_for_format(AttestationFormat::Packed, [anchor("root")])
            .anchors_for_aaguid(model, [anchor(name)])
    };
    accept(&statement, for_model(MODEL, "root"));
    accept(&statement, for_model(OTHER_MODEL, "elsewhere"));
    let kind = ErrorKind::UntrustedAttestation;
    refused(&statement, for_model(MODEL, "elsewhere"), kind, "no trust anchor has issued");
    let nobody = AttestationPolicy::trusted([anchor("root")]).anchors_for_aaguid(MODEL, []);
    refused(&statement, nobody, ErrorKind::NoTrustAnchors, "");
    // An anchor that is not for the model is not used, even if it has the same name and key.
    let one = issued_by("root", ca("one"));
    let statement = packed_below(&Made::new(), &one);
    let strict = issued_by("root", ca_with_path_length("root", Some(0)));
    let strict = TrustAnchor::from_der(strict).unwrap();
    let policy = AttestationPolicy::trusted([anchor("root")]).anchors_for_aaguid(MODEL, [strict]);
    refused(&statement, policy, kind, "path length");
    accept(&statement, AttestationPolicy::trusted([anchor("root")]));
    // The AAGUID next to a U2F signature is not signed, so it finds no anchors.
    let only_model = AttestationPolicy::trusted([]).anchors_for_aaguid(MODEL, [anchor("root")]);
    refused(&u2f(&Made::new()), only_model, ErrorKind::NoTrustAnchors, "fido-u2f");
}

#[test]
fn kb_08_a_list_of_models_requires_a_trusted_path() {
    let made = Made::new();
    let kind = ErrorKind::AuthenticatorNotAllowed;
    let trusted = || AttestationPolicy::trusted([anchor("root")]);
    accept(&packed(&made), trusted().require_aaguids([OTHER_MODEL, MODEL]));
    accept(&packed(&made), trusted().refuse_aaguids([OTHER_MODEL]));
    let reason = "is not on the list of allowed models";
    refused(&packed(&made), trusted().require_aaguids([OTHER_MODEL]), kind, reason);
    refused(&packed(&made), trusted().require_aaguids([]), kind, reason);
    let denied = trusted().require_aaguids([MODEL]).refuse_aaguids([MODEL]);
    refused(&packed(&made), denied, kind, "is on the list of rejected models");

    // Self attestation and `none` can claim any AAGUID.
    let untrusted = ErrorKind::UntrustedAttestation;
    for statement in [packed_self(&made), AttestationStatement::none()] {
        refused(&statement, trusted().require_aaguids([MODEL]), untrusted, "requires");
        refused(&statement, trusted().refuse_aaguids([OTHER_MODEL]), untrusted, "requires");
    }
    // A list of models requires trust, and this policy has no anchor.
    let policy = AttestationPolicy::verified().require_aaguids([MODEL]);
    refused(&packed_self(&made), policy, ErrorKind::NoTrustAnchors, "");
}

#[test]
fn kb_08_the_aaguid_of_a_u2f_registration_matches_no_list() {
    let statement = u2f(&Made::new());
    let trusted = || AttestationPolicy::trusted([anchor("root")]);
    let registration = accepted(&statement, trusted());
    assert_eq!(registration.unverified_aaguid(), MODEL);
    assert_eq!(registration.attestation().unverified_aaguid(), Some(MODEL));
    assert_eq!(registration.attestation().trusted_aaguid(), None);
    let policy = trusted().require_aaguids([MODEL]);
    refused(&statement, policy, ErrorKind::AuthenticatorNotAllowed, "a U2F authenticator");
}

#[test]
fn kb_93_a_denied_model_is_rejected_in_every_format() {
    let made = Made::new();
    let kind = ErrorKind::AuthenticatorNotAllowed;
    for statement in [packed(&made), u2f(&made)] {
        let trusted = || AttestationPolicy::trusted([anchor("root")]);
        let reason = "is on the list of rejected models";
        refused(&statement, trusted().refuse_aaguids([OTHER_MODEL, MODEL]), kind, reason);
        accept(&statement, trusted().refuse_aaguids([OTHER_MODEL]));
    }
}

fn sha256_of(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The subject of [`certificate`], as a string.
const SUBJECT: &str = "\"C=AA, O=Maker, OU=Authenticator Attestation, CN=Authenticator\"";

fn summary(statement: &AttestationStatement, policy: AttestationPolicy) -> String {
    accepted(statement, policy).attestation().to_string()
}

#[test]
fn the_summary_of_a_verdict_has_one_line_for_each_fact() {
    let made = Made::new();
    let model = format!("model: {MODEL}, not proven");
    assert_eq!(
        summary(&AttestationStatement::none(), AttestationPolicy::verified()),
        format!(
            "format: none\ntype: None\n{model}\nanchor: none\nweak hashes: none\n\
             quirks needed: none\nnot checked: a path to a trust anchor"
        )
    );
    assert_eq!(
        summary(&packed(&made), AttestationPolicy::ignore()),
        format!(
            "format: packed\ntype: not determined\n{model}\nanchor: none\nweak hashes: none\n\
             quirks needed: none\nnot checked: the statement, a path to a trust anchor"
        )
    );
    assert_eq!(
        summary(&packed(&made), AttestationPolicy::verified()),
        format!(
            "format: packed\ntype: Basic or AttCA\n{model}\nanchor: none\n\
             path: {SUBJECT}, not verified\nweak hashes: none\n\
             quirks needed: none\nnot checked: a path to a trust anchor"
        )
    );
}

#[test]
fn the_summary_of_a_compound_verdict_lists_the_facts_of_each_statement() {
    let made = Made::new();
    let anchor_line = format!("anchor: \"CN=root\", SHA-256 {}", sha256_of(&root("root")));
    let both = AttestationStatement::compound(&[packed(&made), u2f(&made)]).unwrap();
    assert_eq!(
        summary(&both, AttestationPolicy::trusted([anchor("root")])),
        format!(
            "format: compound\n\
             type: see each statement\n\
             model: {MODEL}, proven\n\
             weak hashes: none\n\
             quirks needed: none\n\
             not checked: revocation, the model's metadata\n\
             statement 1:\n  \
             format: packed\n  type: Basic or AttCA\n  model: {MODEL}, proven\n  \
             {anchor_line}\n  path: {SUBJECT}\n  weak hashes: none\n  quirks needed: none\n  \
             not checked: revocation, the model's metadata\n\
             statement 2:\n  \
             format: fido-u2f\n  type: Basic or AttCA\n  model: {MODEL}, not proven\n  \
             {anchor_line}\n  path: {SUBJECT}\n  weak hashes: none\n  quirks needed: none\n  \
             not checked: revocation, the model's metadata"
        )
    );
}

#[test]
fn the_summary_of_a_verdict_lists_the_intermediate_certificates_in_order() {
    let made = Made::new();
    let chain = [issued_by("middle", certificate()), issued_by("root", ca("middle"))];
    let signature = key("attestation").sign(&made.signed());
    let statement = AttestationStatement::packed(-7, &signature, Some(&chain)).unwrap();
    let shown = summary(&statement, AttestationPolicy::trusted([anchor("root")]));
    assert!(shown.contains(&format!("\npath: {SUBJECT}, issued by \"CN=middle\"\n")), "{shown}");
}

#[test]
fn an_all_zero_aaguid_names_no_model() {
    let unnamed = Made::with(Algorithm::Es256, [0; 16]);
    let policy = AttestationPolicy::trusted([anchor("root")]);
    let registration = unnamed.register(&packed(&unnamed), policy).unwrap();
    let attestation = registration.attestation();
    assert_eq!((attestation.unverified_aaguid(), attestation.trusted_aaguid()), (None, None));
    assert!(attestation.to_string().contains("\nmodel: not named\n"), "{attestation}");
    let policy = AttestationPolicy::trusted([]).anchors_for_aaguid(Aaguid::ZERO, [anchor("root")]);
    let registration = unnamed.register(&packed(&unnamed), policy.clone()).unwrap();
    assert_eq!(registration.attestation().trusted_aaguid(), None);
    // A policy can allow authenticators that do not name their model.
    let allowing = policy.require_aaguids([Aaguid::ZERO]);
    assert!(unnamed.register(&packed(&unnamed), allowing).is_ok());
    let silent = unnamed.register(&AttestationStatement::none(), AttestationPolicy::verified());
    assert!(silent.unwrap().attestation().to_string().contains("\nmodel: not named\n"));
}

#[test]
fn a_policy_that_ignores_attestation_requires_nothing() {
    type Change = fn(AttestationPolicy) -> AttestationPolicy;
    let demands: &[(&str, Change)] = &[
        ("anchors_for_format", |policy| policy.anchors_for_format(AttestationFormat::Packed, [])),
        ("anchors_for_aaguid", |policy| policy.anchors_for_aaguid(MODEL, [])),
        ("require_aaguids", |policy| policy.require_aaguids([MODEL])),
        ("refuse_aaguids", |policy| policy.refuse_aaguids([MODEL])),
        ("require_android_key_security", |policy| {
            policy.require_android_key_security(SecurityLevel::StrongBox)
        }),
        ("require_tpm_manufacturer", AttestationPolicy::require_tpm_manufacturer),
        ("refuse_rs1", AttestationPolicy::refuse_rs1),
    ];
    let rp = || RelyingParty::new("example.org", ["https://example.org"]).unwrap();
    let made = Made::new();
    let object = packed(&made).attestation_object(&made.authenticator_data).unwrap();
    let object = AttestationObject::parse(&object).unwrap();
    let alone = |policy: &AttestationPolicy| {
        attestation::verify(&object, &made.client_data_hash, policy, now(), Quirks::NONE)
    };
    for (name, demand) in demands {
        let contradiction = demand(AttestationPolicy::ignore());
        let error = rp().attestation_policy(contradiction.clone()).unwrap_err();
        let expected = format!(
            "an attestation policy that ignores attestation cannot use `{name}`; \
             start with `AttestationPolicy::verified()` or `trusted()`"
        );
        assert!(error.to_string().contains(&expected), "{error}");
        let failure = alone(&contradiction).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::InvalidPolicy, "{failure}");
        // A contradictory policy stays contradictory after later calls, and the first contradiction
        // is reported.
        let later = contradiction.compound_rule(CompoundRule::Any).refuse_aaguids([OTHER_MODEL]);
        assert!(rp().attestation_policy(later).unwrap_err().to_string().contains(name));
        for good in [AttestationPolicy::verified(), AttestationPolicy::trusted([anchor("root")])] {
            assert!(rp().attestation_policy(demand(good)).is_ok(), "{name}");
        }
    }
    // Settings that require nothing are allowed, and the statement is still ignored.
    let ignoring = AttestationPolicy::ignore()
        .allow_safetynet(std::time::Duration::from_secs(60))
        .compound_rule(CompoundRule::Any);
    assert!(rp().attestation_policy(ignoring.clone()).is_ok());
    assert_eq!(alone(&ignoring).unwrap().attestation_type(), AttestationType::Ignored);
    assert_eq!(AttestationPolicy::verified(), AttestationPolicy::default());
}

#[test]
fn kb_07_none_and_self_do_not_meet_any_requirement() {
    let made = Made::new();
    let policy = || AttestationPolicy::trusted([anchor("root")]);
    let kind = ErrorKind::UntrustedAttestation;
    refused(&AttestationStatement::none(), policy(), kind, "there is no attestation");
    refused(&packed_self(&made), policy(), kind, "self attestation");
    refused(&packed(&made), AttestationPolicy::trusted([anchor("elsewhere")]), kind, "");
}

#[cfg(feature = "metadata")]
mod with_metadata {
    use std::time::{Duration, SystemTime};

    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use serde_json::{Value, json};
    use sha1::Sha1;
    use webauthn_verify::Quirk;
    use webauthn_verify::metadata::{CertificationLevel, Metadata};
    use webauthn_verify_authenticator::{MetadataBlobBuilder, der};

    use super::*;

    const TODAY: &str = "2025-06-15";

    fn metadata(entries: &[Value]) -> Metadata {
        let certificate = issued_by("alliance", leaf());
        let blob = MetadataBlobBuilder::new(1, TODAY).member("entries", entries);
        let blob = blob.sign(&key("leaf"), &[certificate]);
        Metadata::verify(&blob, &[anchor("alliance")], None, now()).unwrap()
    }

    /// Returns an entry for the model, with attestations that lead to "root".
    fn entry(types: &[&str], anchor: &[u8], reports: Value) -> Value {
        json!({
            "aaguid": MODEL.to_string(),
            "metadataStatement": {
                "attestationTypes": types,
                "attestationRootCertificates": [BASE64_STANDARD.encode(anchor)],
            },
            "statusReports": reports,
        })
    }

    fn report(status: &str, date: &str) -> Value {
        json!({ "status": status, "effectiveDate": date })
    }

    fn good() -> Value {
        entry(&["basic_full"], &root("root"), json!([report("FIDO_CERTIFIED_L2", "2024-01-01")]))
    }

    fn policy(entries: &[Value]) -> AttestationPolicy {
        AttestationPolicy::default().metadata(metadata(entries))
    }

    #[test]
    fn mds_07_08_the_anchors_of_a_model_come_from_its_entry() {
        let made = Made::new();
        let registration = accepted(&packed(&made), policy(&[good()]));
        let attestation = registration.attestation();
        assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor("root"));
        assert_eq!(attestation.trusted_aaguid(), Some(MODEL));
        assert_eq!(attestation.unchecked(), [Unchecked::Revocation]);
        let elsewhere = policy(&[entry(&["basic_full"], &root("elsewhere"), json!([]))]);
        refused(&packed(&made), elsewhere, ErrorKind::UntrustedAttestation, "no trust anchor");
        // Anchors for the model replace them.
        let own = policy(&[good()]).anchors_for_aaguid(MODEL, [anchor("elsewhere")]);
        refused(&packed(&made), own, ErrorKind::UntrustedAttestation, "no trust anchor");
    }

    /// The certification level in the metadata. It applies only to authenticators that are proven
    /// to belong to the model.
    const CERTIFIED: CertificationLevel = CertificationLevel::L2;

    #[test]
    fn kb_97_a_path_to_the_callers_anchors_is_trusted_but_proves_no_model() {
        let made = Made::new();
        let listed = || {
            let reports = json!([report("FIDO_CERTIFIED_L2", "2024-01-01")]);
            entry(&["basic_full"], &root("elsewhere"), reports)
        };
        let for_all = || AttestationPolicy::trusted([anchor("root")]);
        let for_format = || {
            AttestationPolicy::trusted([])
                .anchors_for_format(AttestationFormat::Packed, [anchor("root")])
        };
        for callers in [for_all, for_format] {
            let policy = || callers().metadata(metadata(&[listed()]));
            let registration = accepted(&packed(&made), policy());
            let attestation = registration.attestation();
            assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor("root"));
            assert_eq!(attestation.trusted_aaguid(), None);
            assert_eq!(attestation.unchecked(), [Unchecked::Revocation]);
            let kind = ErrorKind::AuthenticatorNotAllowed;
            let level = policy().require_certification(CertificationLevel::L1);
            refused(&packed(&made), level, kind, "does not end at an anchor of the model");
            refused(
                &packed(&made),
                policy().require_aaguids([MODEL]),
                kind,
                "claimed but not proven",
            );
            // Status reports about the model still count.
            let revoked = entry(
                &["basic_full"],
                &root("elsewhere"),
                json!([report("REVOKED", "2024-06-01")]),
            );
            let revoked = callers().metadata(metadata(&[revoked]));
            refused(&packed(&made), revoked, kind, "REVOKED since 2024-06-01");
            let kind = ErrorKind::UntrustedAttestation;
            let other_type = entry(&["anonca"], &root("elsewhere"), json!([]));
            let other_type = callers().metadata(metadata(&[other_type]));
            refused(&packed(&made), other_type, kind, "attestationTypes");
        }
        // As without metadata, any anchor proves a model without an entry.
        let silent = for_all().metadata(metadata(&[])).require_aaguids([MODEL]);
        let registration = accepted(&packed(&made), silent);
        assert_eq!(registration.attestation().trusted_aaguid(), Some(MODEL));
        // The anchors for one format do not apply to another.
        let u2f_only = AttestationPolicy::trusted([])
            .anchors_for_format(AttestationFormat::FidoU2f, [anchor("root")]);
        let u2f_only = u2f_only.metadata(metadata(&[listed()]));
        refused(&packed(&made), u2f_only, ErrorKind::UntrustedAttestation, "no trust anchor");
    }

    #[test]
    fn kb_97_the_models_own_anchors_come_first() {
        let made = Made::new();
        // The caller trusts a CA between the model and the anchor of its entry.
        let chain = [issued_by("middle", certificate()), issued_by("root", ca("middle"))];
        let signature = key("attestation").sign(&made.signed());
        let statement = AttestationStatement::packed(-7, &signature, Some(&chain)).unwrap();
        let middle = TrustAnchor::from_der(chain[1].as_slice()).unwrap();
        let policy = AttestationPolicy::trusted([middle, anchor("root")])
            .metadata(metadata(&[good()]))
            .require_certification(CERTIFIED)
            .require_aaguids([MODEL]);
        let registration = accepted(&statement, policy);
        let attestation = registration.attestation();
        assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor("root"));
        assert_eq!(attestation.trusted_aaguid(), Some(MODEL));

        // Anchors for the model are exclusive: the anchors of the entry are not added.
        let exclusive = |own: &str, listed: Value| {
            AttestationPolicy::trusted([anchor("root")])
                .metadata(metadata(&[listed]))
                .anchors_for_aaguid(MODEL, [anchor(own)])
        };
        let kind = ErrorKind::UntrustedAttestation;
        refused(&packed(&made), exclusive("elsewhere", good()), kind, "no trust anchor");
        let registration = accepted(&packed(&made), exclusive("root", good()));
        assert_eq!(registration.attestation().trusted_aaguid(), Some(MODEL));
        accept(&packed(&made), exclusive("root", good()).require_certification(CERTIFIED));
        // They prove the model. The certification in the entry applies only to paths to the entry's
        // own anchors.
        let elsewhere = || {
            let reports = json!([report("FIDO_CERTIFIED_L2", "2024-01-01")]);
            entry(&["basic_full"], &root("elsewhere"), reports)
        };
        let registration = accepted(&packed(&made), exclusive("root", elsewhere()));
        let attestation = registration.attestation();
        assert_eq!(attestation.trusted_aaguid(), Some(MODEL));
        assert!(attestation.model_record().unwrap().is_proven());
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let level = exclusive("root", elsewhere()).require_certification(CERTIFIED);
        refused(&packed(&made), level, kind, "does not end at an anchor of the model");
    }

    /// One path leads to an anchor of the entry and is revoked by the caller's list. The other one
    /// leads to a CA below it, for which the caller has no list.
    #[test]
    fn kb_97_x509_17_a_certificate_revoked_below_the_entrys_anchor_stays_revoked() {
        let made = Made::new();
        let leaf = issued_by("middle", certificate().serial_number(&[5]));
        let chain = [leaf, issued_by("root", ca("middle").serial_number(&[6]))];
        let signature = key("attestation").sign(&made.signed());
        let statement = AttestationStatement::packed(-7, &signature, Some(&chain)).unwrap();
        let middle = || TrustAnchor::from_der(chain[1].as_slice()).unwrap();
        let revoking = |serial_number| {
            let list = Revocations::new().serial_number(&[serial_number]);
            AttestationPolicy::trusted([middle(), anchor("root").revoking(list)])
                .metadata(metadata(&[good()]))
        };
        let kind = ErrorKind::UntrustedAttestation;
        refused(&statement, revoking(5), kind, "serial number 05 is revoked");
        accept(&statement, revoking(7));
    }

    /// A quirk that only an anchor of the entry needed does not count if the path ends elsewhere.
    #[test]
    fn kb_97_kb_106_a_quirk_of_a_failed_anchor_does_not_count_as_needed() {
        let made = Made::new();
        let twin = key("another root");
        let constraints = der::sequence(&[der::value(0x01, &[1])]);
        let odd = CertificateBuilder::new(&name("root"), &twin.public_numbers())
            .extension(&[2, 5, 29, 19], true, &constraints)
            .sign(&twin);
        let policy = AttestationPolicy::trusted([anchor("root")]).metadata(metadata(&[entry(
            &["basic_full"],
            &odd,
            json!([]),
        )]));
        let object = packed(&made).attestation_object(&made.authenticator_data).unwrap();
        let object = AttestationObject::parse(&object).unwrap();
        let verify = |quirks| {
            attestation::verify(&object, &made.client_data_hash, &policy, now(), quirks).unwrap()
        };
        for quirks in [Quirks::NONE, Quirks::NONE.with(Quirk::NonDerBooleans)] {
            let attestation = verify(quirks);
            assert_eq!(attestation.trust_path().unwrap().anchor(), &anchor("root"));
            assert_eq!(attestation.quirks(), Quirks::NONE);
        }
        // The same within one list.
        let odd = TrustAnchor::from_der(odd).unwrap();
        let policy = AttestationPolicy::trusted([odd, anchor("root")]);
        let quirks = Quirks::NONE.with(Quirk::NonDerBooleans);
        let hash = &made.client_data_hash;
        let attestation = attestation::verify(&object, hash, &policy, now(), quirks).unwrap();
        assert_eq!(attestation.quirks(), Quirks::NONE);
    }

    /// With `CompoundRule::Any`, one statement that proves the model is enough, even next to one
    /// that proves none.
    #[test]
    fn kb_97_a_statement_that_proves_no_model_does_not_reject_the_others() {
        let made = Made::new();
        let by_other = {
            let signature = key("attestation").sign(&made.signed());
            let x5c = [issued_by("elsewhere", certificate())];
            AttestationStatement::packed(-7, &signature, Some(&x5c)).unwrap()
        };
        let both = AttestationStatement::compound(&[packed(&made), by_other.clone()]).unwrap();
        let any = |entries: &[Value]| {
            AttestationPolicy::trusted([anchor("elsewhere")])
                .metadata(metadata(entries))
                .compound_rule(CompoundRule::Any)
        };
        let level = any(&[good()]).require_certification(CERTIFIED);
        let allowed = any(&[good()]).require_aaguids([MODEL]);
        for policy in [level, allowed] {
            let registration = accepted(&both, policy.clone());
            let attestation = registration.attestation();
            assert_eq!(
                (attestation.statements().len(), attestation.trusted_aaguid()),
                (1, Some(MODEL))
            );
            refused(&by_other, policy, ErrorKind::AuthenticatorNotAllowed, "");
        }
        // A rejected model is rejected next to any other statement.
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let too_high = any(&[good()]).require_certification(CertificationLevel::L3);
        refused(&both, too_high, kind, "certified at level L2 only");
        refused(&both, any(&[good()]).require_aaguids([OTHER_MODEL]), kind, "not on the list");
    }

    /// An entry without a metadata statement has a history, but no anchors and no attestation
    /// types.
    #[test]
    fn kb_97_mds_11_the_callers_anchors_apply_to_an_entry_without_a_statement() {
        let made = Made::new();
        let entry = |status: &str| {
            let mut entry = good();
            entry.as_object_mut().unwrap().remove("metadataStatement");
            entry["statusReports"] = json!([report(status, "2024-01-01")]);
            AttestationPolicy::trusted([anchor("root")]).metadata(metadata(&[entry]))
        };
        let registration = accepted(&packed(&made), entry("FIDO_CERTIFIED_L1"));
        assert_eq!(registration.attestation().trusted_aaguid(), None);
        let kind = ErrorKind::AuthenticatorNotAllowed;
        refused(&packed(&made), entry("REVOKED"), kind, "REVOKED since 2024-01-01");
    }

    /// Anybody can append any certificate after the end of the path.
    #[test]
    fn mds_07_a_model_is_identified_by_a_certificate_of_the_path() {
        let made = Made::with(Algorithm::Es256, [0; 16]);
        let point = key("listed").public_numbers().subject_public_key();
        let identifier: String =
            Sha1::digest(point).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut listed = good();
        listed.as_object_mut().unwrap().remove("aaguid");
        listed["attestationCertificateKeyIdentifiers"] = json!([identifier]);
        let policy = AttestationPolicy::trusted([anchor("root")])
            .metadata(metadata(&[listed]))
            .require_certification(CERTIFIED);
        let register = |chain: &[Vec<u8>], signer: &str| {
            let signature = key(signer).sign(&made.signed());
            let statement = AttestationStatement::packed(-7, &signature, Some(chain)).unwrap();
            made.register(&statement, policy.clone())
        };
        let of = |signer: &str| {
            issued_by("root", attestation_certificate(&key(signer).public_numbers()))
        };
        assert!(register(&[of("listed")], "listed").is_ok());
        let borrowed = register(&[of("other"), of("listed")], "other");
        let (step, kind) = (Step::AttestationTrust, ErrorKind::UntrustedAttestation);
        assert_refused(borrowed, step, kind, "the path lacks the certificate");
        let unlisted = register(&[of("other")], "other");
        assert_refused(
            unlisted,
            step,
            ErrorKind::AuthenticatorNotAllowed,
            "not known to be certified",
        );
    }

    #[test]
    fn kb_97_a_u2f_authenticator_follows_the_same_rules() {
        let made = Made::new();
        let point = key("attestation").public_numbers().subject_public_key();
        let identifier: String =
            Sha1::digest(point).iter().map(|byte| format!("{byte:02x}")).collect();
        let entry_of_u2f = |anchor: &str, status: &str| {
            let reports = json!([report(status, "2024-01-01")]);
            let mut listed = entry(&["basic_full"], &root(anchor), reports);
            listed.as_object_mut().unwrap().remove("aaguid");
            listed["attestationCertificateKeyIdentifiers"] = json!([identifier]);
            listed
        };
        let listed = |anchor: &str, status: &str| metadata(&[entry_of_u2f(anchor, status)]);
        let policy =
            |listed: Metadata| AttestationPolicy::trusted([anchor("root")]).metadata(listed);
        let level = CertificationLevel::L1;
        accept(&u2f(&made), policy(listed("elsewhere", "FIDO_CERTIFIED")));
        accept(&u2f(&made), policy(listed("root", "FIDO_CERTIFIED")).require_certification(level));
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let other = policy(listed("elsewhere", "FIDO_CERTIFIED")).require_certification(level);
        refused(&u2f(&made), other, kind, "does not end at an anchor of the model");
        refused(&u2f(&made), policy(listed("elsewhere", "REVOKED")), kind, "REVOKED");

        // A statement that proves a model with a lower level rejects a compound attestation, even
        // if a U2F statement has the level.
        let both = AttestationStatement::compound(&[packed(&made), u2f(&made)]).unwrap();
        let any = |level| {
            policy(metadata(&[good(), entry_of_u2f("root", "FIDO_CERTIFIED_L3")]))
                .compound_rule(CompoundRule::Any)
                .require_certification(level)
        };
        accept(&both, any(CERTIFIED));
        accept(&u2f(&made), any(CertificationLevel::L3));
        refused(&both, any(CertificationLevel::L3), kind, "certified at level L2 only");
    }

    #[test]
    fn the_summary_reports_the_metadata() {
        let made = Made::new();
        let mut listed = good();
        listed["metadataStatement"]["description"] = json!("A key\n\u{202e}of a maker");
        let registration = accepted(&packed(&made), policy(&[listed.clone()]));
        let attestation = registration.attestation();
        let record = attestation.model_record().unwrap();
        assert_eq!(record.description(), Some("A key\n\u{202e}of a maker"));
        assert_eq!(record.certification(), Some(CertificationLevel::L2));
        let (status, date) = record.last_status().unwrap();
        let shown = (status.as_str(), date.unwrap().to_string());
        assert_eq!(shown, ("FIDO_CERTIFIED_L2", "2024-01-01".to_owned()));
        assert!(record.is_proven());
        let expected = format!(
            "format: packed\n\
             type: Basic or AttCA\n\
             model: {MODEL}, proven\n\
             anchor: \"CN=root\", SHA-256 {}\n\
             path: \"C=AA, O=Maker, OU=Authenticator Attestation, CN=Authenticator\"\n\
             weak hashes: none\n\
             metadata entry: \"A key\\n\\u{{202e}}of a maker\", proven, certified at level L2\n\
             last status: \"FIDO_CERTIFIED_L2\" since 2024-01-01\n\
             quirks needed: none\n\
             not checked: revocation",
            sha256_of(&root("root"))
        );
        assert_eq!(attestation.to_string(), expected);

        listed["statusReports"] = json!([{ "status": "FIDO_CERTIFIED_L2" }]);
        let registration = accepted(&packed(&made), policy(&[listed.clone()]));
        let shown = registration.attestation().to_string();
        assert!(shown.contains("\nlast status: \"FIDO_CERTIFIED_L2\"\n"), "{shown}");

        // A path to another anchor than the entry's, and an entry without a history.
        listed["metadataStatement"]["attestationRootCertificates"] =
            json!([BASE64_STANDARD.encode(root("elsewhere"))]);
        listed["statusReports"] = json!([]);
        let general = AttestationPolicy::trusted([anchor("root")]).metadata(metadata(&[listed]));
        let registration = accepted(&packed(&made), general);
        let shown = registration.attestation().to_string();
        assert!(shown.contains(&format!("\nmodel: {MODEL}, not proven\n")), "{shown}");
        assert!(shown.contains("maker\", claimed, not certified\nlast status: none\n"), "{shown}");
        assert!(!registration.attestation().model_record().unwrap().is_proven());
        let registration = accepted(&packed(&made), AttestationPolicy::trusted([anchor("root")]));
        assert_eq!(registration.attestation().model_record(), None);
        assert!(!registration.attestation().to_string().contains("last status"));
    }

    #[test]
    fn kb_91_the_last_status_of_a_day_is_the_least_favorable_one() {
        let made = Made::new();
        for statuses in
            [["NOT_FIDO_CERTIFIED", "UPDATE_AVAILABLE"], ["UPDATE_AVAILABLE", "NOT_FIDO_CERTIFIED"]]
        {
            let reports = statuses.map(|status| report(status, "2024-01-01"));
            let listed = entry(&["basic_full"], &root("root"), json!(reports));
            let registration = accepted(&packed(&made), policy(&[listed]));
            let record = registration.attestation().model_record().unwrap();
            let (status, _) = record.last_status().unwrap();
            assert_eq!(status.as_str(), "NOT_FIDO_CERTIFIED", "{statuses:?}");
        }
    }

    #[test]
    fn a_policy_that_ignores_attestation_requires_nothing_from_metadata() {
        let listed = || metadata(&[good()]);
        for contradiction in [
            AttestationPolicy::ignore().metadata(listed()),
            AttestationPolicy::ignore().require_certification(CertificationLevel::L1),
        ] {
            let rp = RelyingParty::new("example.org", ["https://example.org"]).unwrap();
            assert!(rp.attestation_policy(contradiction).is_err());
        }
        // Accepting a lower level requires nothing: neither certification nor trust.
        let lenient =
            |policy: AttestationPolicy| policy.allow_stale_metadata().allow_unidentified_entries();
        let rp = RelyingParty::new("example.org", ["https://example.org"]).unwrap();
        assert!(rp.attestation_policy(lenient(AttestationPolicy::ignore())).is_ok());
        accept(&AttestationStatement::none(), lenient(AttestationPolicy::verified()));
    }

    #[test]
    fn kb_92_an_entry_without_an_identifier_may_belong_to_any_model_without_an_entry() {
        let made = Made::new();
        let unreadable =
            json!({ "aaguid": "?", "statusReports": [report("REVOKED", "2024-01-01")] });
        let general = |entries: &[Value]| {
            AttestationPolicy::trusted([anchor("root")]).metadata(metadata(entries))
        };
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let reason = "unreadable entry may be about it";
        for statement in [packed(&made), u2f(&made)] {
            accept(&statement, general(&[]));
            let listed = [unreadable.clone()];
            refused(&statement, general(&listed), kind, reason);
            let registration = accepted(&statement, general(&listed).allow_unidentified_entries());
            let unchecked = registration.attestation().unchecked();
            let expected =
                [Unchecked::Revocation, Unchecked::Metadata, Unchecked::UnidentifiedEntries];
            assert_eq!(unchecked, expected);
        }
        // A model with its own entry is not affected.
        let registration = accepted(&packed(&made), general(&[unreadable.clone(), good()]));
        assert_eq!(registration.attestation().unchecked(), [Unchecked::Revocation]);
        // The setting applies only to entries without an identifier.
        let mut salvaged = unreadable.clone();
        salvaged["aaguid"] = json!(MODEL.to_string().to_uppercase().replace('-', ""));
        for listed in [vec![salvaged.clone()], vec![salvaged, good()]] {
            let policy = general(&listed).allow_unidentified_entries();
            refused(&packed(&made), policy, kind, "the entry of the model cannot be used");
        }
    }

    /// A compound attestation for which one correct statement is enough.
    #[test]
    fn kb_92_kb_93_a_rejected_model_is_rejected_next_to_a_statement_without_a_model() {
        let made = Made::new();
        let both = AttestationStatement::compound(&[packed(&made), u2f(&made)]).unwrap();
        let any = |entries: &[Value]| {
            AttestationPolicy::trusted([anchor("root")])
                .metadata(metadata(entries))
                .compound_rule(CompoundRule::Any)
        };
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let revoked =
            || entry(&["basic_full"], &root("root"), json!([report("REVOKED", "2024-01-01")]));
        accept(&both, any(&[good()]));
        refused(&both, any(&[revoked()]), kind, "REVOKED");
        let mut unreadable = revoked();
        unreadable["timeOfLastStatusChange"] = json!("yesterday");
        refused(&both, any(&[unreadable]), kind, "cannot be used");
        refused(&both, any(&[]).refuse_aaguids([MODEL]), kind, "is on the list of rejected models");
    }

    #[test]
    fn mds_11_a_model_that_is_not_in_the_metadata_has_no_anchors() {
        let made = Made::new();
        let kind = ErrorKind::NoTrustAnchors;
        refused(&packed(&made), policy(&[]), kind, "616e2061-7574-6865-6e74-696361746f72");
        let mut without_statement = good();
        without_statement.as_object_mut().unwrap().remove("metadataStatement");
        refused(&packed(&made), policy(&[without_statement]), kind, "packed");
        // General anchors apply to the model, and the verdict reports that the metadata has no
        // entry.
        let general = AttestationPolicy::trusted([anchor("root")]).metadata(metadata(&[]));
        let registration = accepted(&packed(&made), general);
        let unchecked = registration.attestation().unchecked();
        assert_eq!(unchecked, [Unchecked::Revocation, Unchecked::Metadata]);
    }

    #[test]
    fn mds_11_a_model_with_an_unusable_entry_is_rejected() {
        let made = Made::new();
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let mut bad = good();
        bad["timeOfLastStatusChange"] = json!("yesterday");
        for entries in [&[bad.clone()][..], &[good(), good()], &[good(), bad]] {
            let general = AttestationPolicy::trusted([anchor("root")]).metadata(metadata(entries));
            refused(&packed(&made), general, kind, "the entry of the model cannot be used");
        }
        let mut by_key = good();
        by_key.as_object_mut().unwrap().remove("aaguid");
        let point = key("attestation").public_numbers().subject_public_key();
        let identifier: String =
            Sha1::digest(point).iter().map(|byte| format!("{byte:02x}")).collect();
        by_key["attestationCertificateKeyIdentifiers"] = json!([identifier, "not hexadecimal"]);
        let general = || AttestationPolicy::trusted([anchor("root")]);
        refused(
            &u2f(&made),
            general().metadata(metadata(&[by_key.clone()])),
            kind,
            "cannot be used",
        );
        // Another model is not affected.
        accept(&packed(&made), general().metadata(metadata(&[by_key])));
    }

    #[test]
    fn x509_17_mds_08_the_callers_revocation_list_applies_to_metadata_anchors() {
        let made = Made::new();
        let revoking = |serial_number| {
            let list = Revocations::new().serial_number(&[serial_number]);
            AttestationPolicy::trusted([anchor("root").revoking(list)])
                .metadata(metadata(&[good()]))
        };
        let kind = ErrorKind::UntrustedAttestation;
        refused(&packed(&made), revoking(1), kind, "serial number 01 is revoked");
        let registration = accepted(&packed(&made), revoking(2));
        assert_eq!(registration.attestation().unchecked(), []);
    }

    /// The caller has a list for the authority of the entry's anchor, on a certificate with looser
    /// limits and for another format.
    #[test]
    fn x509_17_mds_08_the_callers_list_does_not_replace_the_limits_of_the_entrys_anchor() {
        let made = Made::new();
        let own = |length| issued_by("root", ca_with_path_length("root", Some(length)));
        let by_middle = |serial_number| {
            let leaf = issued_by("middle", certificate().serial_number(&[serial_number]));
            let chain = [leaf, issued_by("root", ca("middle"))];
            let signature = key("attestation").sign(&made.signed());
            AttestationStatement::packed(-7, &signature, Some(&chain)).unwrap()
        };
        let policy = |length| {
            let list = Revocations::new().serial_number(&[5]);
            let callers = TrustAnchor::from_der(own(5)).unwrap().revoking(list);
            let entry = entry(&["basic_full"], &own(length), json!([]));
            AttestationPolicy::default()
                .anchors_for_format(AttestationFormat::Apple, [callers])
                .metadata(metadata(&[entry]))
        };
        let kind = ErrorKind::UntrustedAttestation;
        accept(&by_middle(7), policy(1));
        refused(&by_middle(5), policy(1), kind, "serial number 05 is revoked");
        refused(&by_middle(7), policy(0), kind, "path length");
    }

    #[test]
    fn mds_08_kb_70_the_attestation_certificate_itself_is_an_anchor() {
        let made = Made::new();
        let leaf = issued_by("root", certificate());
        accept(&packed(&made), policy(&[entry(&["basic_full"], &leaf, json!([]))]));
    }

    #[test]
    fn mds_07_a_u2f_authenticator_is_found_by_its_key() {
        let made = Made::new();
        let point = key("attestation").public_numbers().subject_public_key();
        let identifier: String =
            Sha1::digest(point).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut by_key = good();
        by_key.as_object_mut().unwrap().remove("aaguid");
        by_key["attestationCertificateKeyIdentifiers"] = json!([identifier]);
        let registration = accepted(&u2f(&made), policy(&[by_key]));
        assert!(registration.attestation().trust_path().is_some());
        // The AAGUID next to the signature does not find the entry.
        refused(&u2f(&made), policy(&[good()]), ErrorKind::NoTrustAnchors, "U2F");
    }

    #[test]
    fn mds_09_the_attestation_type_must_be_listed_for_the_model() {
        let made = Made::new();
        let of_types = |types: &[&str]| policy(&[entry(types, &root("root"), json!([]))]);
        // A packed attestation with certificates can have either type.
        accept(&packed(&made), of_types(&["basic_full"]));
        accept(&packed(&made), of_types(&["basic_surrogate", "attca"]));
        let kind = ErrorKind::UntrustedAttestation;
        refused(&packed(&made), of_types(&["basic_surrogate"]), kind, "attestationTypes");
        refused(&packed(&made), of_types(&[]), kind, "attestationTypes");
        refused(&packed_self(&made), of_types(&["basic_full"]), kind, "self attestation");
        refused(&packed_self(&made), of_types(&["basic_surrogate"]), kind, "self attestation");
    }

    #[test]
    fn mds_10_kb_32_a_compromised_model_is_rejected() {
        let made = Made::new();
        let with = |reports: &[(&str, &str)]| {
            let reports: Vec<_> = reports.iter().map(|(one, date)| report(one, date)).collect();
            policy(&[entry(&["basic_full"], &root("root"), json!(reports))])
        };
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let certified = ("FIDO_CERTIFIED_L1", "2024-01-01");
        let revoked = ("REVOKED", "2024-06-01");
        refused(&packed(&made), with(&[certified, revoked]), kind, "REVOKED since 2024-06-01");
        let certified_anew = ("FIDO_CERTIFIED_L1", "2024-12-01");
        accept(&packed(&made), with(&[certified, revoked, certified_anew]));
        let update = ("UPDATE_AVAILABLE", "2025-01-01");
        refused(&packed(&made), with(&[revoked, update]), kind, "REVOKED");
    }

    /// A report can name the received certificates and the anchor of their path.
    #[test]
    fn mds_10_a_compromised_certificate_anywhere_in_the_path_is_rejected() {
        let made = Made::new();
        let naming = |certificate: Vec<u8>| {
            let report = json!({
                "status": "ATTESTATION_KEY_COMPROMISE",
                "effectiveDate": "2024-06-01",
                "certificate": BASE64_STANDARD.encode(certificate),
            });
            policy(&[entry(&["basic_full"], &root("root"), json!([report]))])
        };
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let reason = "ATTESTATION_KEY_COMPROMISE since 2024-06-01";
        let leaf = issued_by("root", certificate());
        refused(&packed(&made), naming(leaf), kind, reason);
        refused(&packed(&made), naming(root("root")), kind, reason);
        accept(&packed(&made), naming(root("another batch")));
    }

    #[test]
    fn mds_10_a_policy_can_require_certification() {
        let made = Made::new();
        let kind = ErrorKind::AuthenticatorNotAllowed;
        let at_least = |level| policy(&[good()]).require_certification(level);
        accept(&packed(&made), at_least(CertificationLevel::L1));
        accept(&packed(&made), at_least(CertificationLevel::L2));
        let reason = "certified at level L2 only";
        refused(&packed(&made), at_least(CertificationLevel::L2Plus), kind, reason);
        let reason = "not known to be certified";
        let never = policy(&[entry(&["basic_full"], &root("root"), json!([]))]);
        refused(&packed(&made), never.require_certification(CertificationLevel::L1), kind, reason);
        // Without metadata, no model is certified.
        let without = AttestationPolicy::trusted([anchor("root")])
            .require_certification(CertificationLevel::L1);
        refused(&packed(&made), without, kind, reason);
    }

    #[test]
    fn mds_06_stale_metadata_is_rejected_or_reported() {
        let made = Made::new();
        let days = |days: u64| -> SystemTime { now() + Duration::from_secs(days * 24 * 60 * 60) };
        let at = |policy, now| made.register_at(&packed(&made), policy, now);
        assert!(at(policy(&[good()]), now()).is_ok());
        let result = at(policy(&[good()]), days(1));
        let kind = ErrorKind::MetadataInvalid;
        assert_refused(
            result,
            Step::AttestationTrust,
            kind,
            "newer metadata was due on 2025-06-15",
        );
        let registration = at(policy(&[good()]).allow_stale_metadata(), days(1)).unwrap();
        let unchecked = registration.attestation().unchecked();
        assert_eq!(unchecked, [Unchecked::Revocation, Unchecked::StaleMetadata]);
    }

    /// Overdue metadata lacks everything that became known since the last update, including new
    /// models.
    #[test]
    fn mds_06_stale_metadata_is_rejected_or_reported_for_unknown_models_too() {
        let made = Made::new();
        let tomorrow = now() + Duration::from_secs(24 * 60 * 60);
        let general = || AttestationPolicy::trusted([anchor("root")]).metadata(metadata(&[]));
        for statement in [packed(&made), u2f(&made)] {
            assert!(made.register(&statement, general()).is_ok());
            assert_refused(
                made.register_at(&statement, general(), tomorrow),
                Step::AttestationTrust,
                ErrorKind::MetadataInvalid,
                "newer metadata was due on 2025-06-15",
            );
            let policy = general().allow_stale_metadata();
            let registration = made.register_at(&statement, policy, tomorrow).unwrap();
            let unchecked = registration.attestation().unchecked();
            let expected = [Unchecked::Revocation, Unchecked::Metadata, Unchecked::StaleMetadata];
            assert_eq!(unchecked, expected);
        }
    }
}
