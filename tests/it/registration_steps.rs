//! Each step of §7.1 that can fail fails here on its own, and the error names it.

use std::time::Duration;

use serde_json::json;
#[cfg(feature = "attestation")]
use webauthn_verify::{
    Algorithm, Quirks,
    attestation::{AttestationPolicy, AttestationType},
    certificate::TrustAnchor,
};
use webauthn_verify::{
    BackupPolicy, Ceremony, Error, ErrorKind, Mediation, PendingRegistration, Registration,
    RegistrationRequest, RegistrationResponse, RelyingParty, Step, User, UserVerification,
};
#[cfg(feature = "attestation")]
use webauthn_verify_authenticator::SoftwareAuthenticator;
use webauthn_verify_authenticator::{AttestationKind, Fault};

use crate::common::site::{ORIGIN, Site, edit_json, now, relying_party, user};

/// Checks the step, its number, and the kind.
#[track_caller]
fn refused(
    result: Result<Registration, Error>,
    step: Step,
    number: &str,
    kind: ErrorKind,
) -> Error {
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (step, kind), "{error}");
    assert_eq!(error.ceremony(), Ceremony::Registration);
    assert_eq!(step.number(Ceremony::Registration), Some(number));
    error
}

#[track_caller]
fn broken(fault: Fault, step: Step, number: &str, kind: ErrorKind) {
    refused(Site::new().breaking(fault).register(), step, number, kind);
}

fn attested(kind: AttestationKind) -> Site {
    Site::new().with_browser(|browser| browser.with_attestation(kind))
}

/// Returns a site that requires attestation with the browser's own root.
#[cfg(feature = "attestation")]
fn trusting(kind: AttestationKind) -> Site {
    let site = attested(kind);
    let anchor = TrustAnchor::from_der(site.browser.attestation_root()).unwrap();
    site.with_rp(|rp| rp.attestation_policy(AttestationPolicy::trusted([anchor])).unwrap())
}

#[cfg(feature = "attestation")]
#[test]
fn reg_all_steps_pass_for_every_attestation_and_algorithm() {
    for kind in [AttestationKind::None, AttestationKind::PackedSelf, AttestationKind::PackedX5c] {
        for algorithm in Algorithm::compiled_in() {
            let mut site = attested(kind).with_browser(|b| b.with_algorithm(algorithm.cose_id()));
            let request = RegistrationRequest::passkey(&user(), &[])
                .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>());
            let registration = site.register_as(&request).unwrap();
            assert!(registration.user_verified());
            assert_eq!(registration.unverified_discoverable(), Some(true));
        }
    }
    let request = RegistrationRequest::security_key(&user(), &[]).algorithms(&[Algorithm::Es256]);
    let registration = trusting(AttestationKind::FidoU2f).register_as(&request).unwrap();
    assert_eq!(registration.attestation().attestation_type(), AttestationType::Uncertain);
    assert!(registration.attestation().trust_path().is_some());
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn reg_01_options_require_a_user_handle_algorithms_and_a_long_challenge() {
    let rp = relying_party();
    let start = |request: RegistrationRequest| rp.start_registration(&request, now()).map(drop);
    let passkey = || RegistrationRequest::passkey(&user(), &[]);
    start(passkey()).unwrap();
    start(passkey().challenge(&[7; 16])).unwrap();
    start(passkey().challenge(&[7; 1024])).unwrap();
    for request in [
        passkey().algorithms(&[]),
        passkey().challenge(&[7; 15]),
        passkey().challenge(&[7; 1025]),
        passkey().timeout(Duration::ZERO),
        passkey().timeout(Duration::from_secs(24 * 60 * 60 + 1)),
        passkey().extension("bad identifier", json!(true)),
        passkey().extension("", json!(true)),
        RegistrationRequest::passkey(&User::new([], "a", "a"), &[]),
        RegistrationRequest::passkey(&User::new([1; 65], "a", "a"), &[]),
    ] {
        let error = start(request).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn kb_10_a_ceremony_expires() {
    let mut site = Site::new();
    let request = RegistrationRequest::passkey(&user(), &[]).valid_for(Duration::from_secs(60));
    let mut finish = |after: u64| {
        let (options, pending) = site.rp.start_registration(&request, now()).unwrap();
        let body = site.browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        site.rp.finish_registration(pending, &response, now() + Duration::from_secs(after))
    };
    let _ = finish(60).unwrap();
    refused(finish(61), Step::Options, "1", ErrorKind::CeremonyExpired);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn reg_01_a_pending_state_belongs_to_one_relying_party_and_version() {
    let mut site = Site::new();
    let (options, pending) =
        site.rp.start_registration(&RegistrationRequest::passkey(&user(), &[]), now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();

    let other = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
    let result = other.finish_registration(pending.clone(), &response, now());
    refused(result, Step::Options, "1", ErrorKind::WrongRelyingParty);

    let mut stored = serde_json::to_value(&pending).unwrap();
    stored["version"] = json!(2);
    let future: PendingRegistration = serde_json::from_value(stored).unwrap();
    let result = site.rp.finish_registration(future, &response, now());
    refused(result, Step::Options, "1", ErrorKind::UnsupportedVersion);

    let _ = site.rp.finish_registration(pending, &response, now()).unwrap();
}

#[test]
fn reg_02_a_rejected_promise_yields_no_credential() {
    for body in [r#"{"error":"NotAllowedError"}"#, "null"] {
        let error = RegistrationResponse::from_json(body).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::BrowserCall, ErrorKind::CeremonyAborted));
    }
}

#[test]
fn reg_03_a_login_response_is_rejected_as_a_registration() {
    let login = json!({
        "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
        "response": { "clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA" },
    });
    let error = RegistrationResponse::from_json(login.to_string()).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::ResponseType, ErrorKind::WrongResponseType));
}

#[test]
fn reg_04_client_extension_results_that_are_not_an_object_count_as_empty() {
    let mut site = Site::new();
    let request = RegistrationRequest::passkey(&user(), &[]);
    let result = site
        .register_edited(&request, edit_json(|body| body["clientExtensionResults"] = json!([])));
    assert_eq!(result.unwrap().client_outputs().iter().count(), 0);
}

#[test]
fn reg_05_client_data_is_utf_8() {
    broken(Fault::ClientDataNotUtf8, Step::ClientDataText, "5", ErrorKind::InvalidUtf8);
}

#[test]
fn reg_06_client_data_is_json() {
    broken(Fault::ClientDataNotJson, Step::ClientDataJson, "6", ErrorKind::InvalidClientDataJson);
}

#[test]
fn reg_07_the_type_is_webauthn_create() {
    broken(Fault::CeremonyType, Step::CeremonyType, "7", ErrorKind::WrongCeremonyType);
}

#[test]
fn reg_08_the_challenge_belongs_to_this_ceremony() {
    broken(Fault::Challenge, Step::Challenge, "8", ErrorKind::ChallengeMismatch);
}

#[test]
fn reg_09_an_unlisted_origin_is_rejected() {
    let fault = Fault::Origin("https://example.org.evil.com".to_owned());
    let result = Site::new().breaking(fault).register();
    let error = refused(result, Step::Origin, "9", ErrorKind::OriginMismatch);
    assert!(error.to_string().contains("\"https://example.org.evil.com\""), "{error}");
}

#[test]
fn reg_10_kb_16_org_07_a_cross_origin_iframe_must_be_allowed() {
    let (step, kind) = (Step::CrossOrigin, ErrorKind::UnexpectedCrossOrigin);
    broken(Fault::CrossOrigin, step, "10", kind);
    broken(Fault::TopOrigin("https://example.com".to_owned()), step, "10", kind);

    let allowed = || Site::new().with_rp(RelyingParty::allow_unnamed_framing);
    let _ = allowed().breaking(Fault::CrossOrigin).register().unwrap();
}

#[test]
fn reg_11_1_a_top_origin_is_accepted_only_if_framing_is_allowed() {
    let unnamed = Site::new().with_rp(RelyingParty::allow_unnamed_framing);
    let fault = Fault::TopOrigin("https://example.com".to_owned());
    let result = unnamed.breaking(fault).register();
    refused(result, Step::TopOriginFraming, "11.1", ErrorKind::UnexpectedTopOrigin);
}

#[test]
fn reg_11_2_org_07_an_unlisted_top_origin_is_rejected() {
    let framed = || Site::new().with_rp(|rp| rp.allow_framing_by(["https://example.com"]).unwrap());
    let top_origin = |origin: &str| Fault::TopOrigin(origin.to_owned());
    let _ = framed().breaking(top_origin("https://example.com")).register().unwrap();
    let result = framed().breaking(top_origin("https://example.net")).register();
    refused(result, Step::TopOrigin, "11.2", ErrorKind::UnexpectedTopOrigin);

    let any = Site::new().with_rp(RelyingParty::allow_framing_by_any);
    let _ = any.breaking(top_origin("https://example.net")).register().unwrap();
}

#[test]
fn kb_64_a_missing_top_origin_must_be_allowed_separately() {
    let framed = Site::new().with_rp(|rp| rp.allow_framing_by(["https://example.com"]).unwrap());
    let result = framed.breaking(Fault::CrossOrigin).register();
    refused(result, Step::CrossOrigin, "10", ErrorKind::UnexpectedCrossOrigin);
}

#[test]
fn reg_12_the_client_data_is_hashed_as_received() {
    // The same members in another order have the same meaning, but they are not the signed bytes.
    let reorder = edit_json(|body| {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
        let text = body["response"]["clientDataJSON"].as_str().unwrap();
        let json = String::from_utf8(B64.decode(text).unwrap()).unwrap();
        let members = json.trim_start_matches('{').trim_end_matches('}');
        let (first, rest) = members.split_once(',').unwrap();
        let reordered = format!("{{{rest},{first}}}");
        assert_ne!(json, reordered);
        body["response"]["clientDataJSON"] = json!(B64.encode(reordered));
    });
    let mut site = attested(AttestationKind::PackedSelf);
    let result = site.register_edited(&RegistrationRequest::passkey(&user(), &[]), reorder);
    refused(result, Step::AttestationStatement, "22", ErrorKind::SignatureInvalid);
}

#[test]
fn reg_13_the_attestation_object_must_decode_completely() {
    let (step, number) = (Step::AttestationObject, "13");
    broken(Fault::AttestationObjectTrailingByte, step, number, ErrorKind::TrailingBytes);
    broken(Fault::AuthenticatorDataTrailingByte, step, number, ErrorKind::TrailingBytes);
    let kind = ErrorKind::MissingAttestedCredentialData;
    broken(Fault::MissingAttestedCredentialData, step, number, kind);
}

#[test]
fn json_05_06_kb_18_the_credential_ids_are_equal_and_unsigned_copies_do_not_decide() {
    broken(Fault::RawId, Step::ResponseType, "3", ErrorKind::CredentialIdMismatch);
    let (step, number) = (Step::AttestationObject, "13");
    broken(Fault::AttestedCredentialId, step, number, ErrorKind::CredentialIdMismatch);
    for (fault, member) in [
        (Fault::AuthenticatorDataCopy, "response.authenticatorData"),
        (Fault::PublicKeyCopy, "response.publicKey"),
        (Fault::PublicKeyAlgorithmCopy, "response.publicKeyAlgorithm"),
    ] {
        let registration = Site::new().breaking(fault).register().unwrap();
        assert_eq!(registration.differing_copies().collect::<Vec<_>>(), [member]);
    }
}

#[test]
fn reg_14_the_rp_id_hash_must_match() {
    broken(Fault::RpIdHash, Step::RpIdHash, "14", ErrorKind::RpIdHashMismatch);
}

#[test]
fn reg_15_kb_73_the_user_must_be_present_unless_the_mediation_was_conditional() {
    broken(Fault::UserNotPresent, Step::UserPresence, "15", ErrorKind::UserNotPresent);

    let conditional = RegistrationRequest::passkey(&user(), &[]).mediation(Mediation::Conditional);
    let _ = Site::new().breaking(Fault::UserNotPresent).register_as(&conditional).unwrap();
}

#[test]
fn reg_16_kb_15_the_user_must_be_verified_if_required() {
    broken(Fault::UserNotVerified, Step::UserVerification, "16", ErrorKind::UserNotVerified);

    for lax in [UserVerification::Preferred, UserVerification::Discouraged] {
        let request = RegistrationRequest::passkey(&user(), &[]).user_verification(lax);
        let registration =
            Site::new().breaking(Fault::UserNotVerified).register_as(&request).unwrap();
        assert!(!registration.user_verified());
        assert!(!registration.credential().uv_initialized());
    }
    // The exception of step 15 does not apply here: required user verification is required.
    let conditional = RegistrationRequest::passkey(&user(), &[]).mediation(Mediation::Conditional);
    let result = Site::new().breaking(Fault::UserNotVerified).register_as(&conditional);
    refused(result, Step::UserVerification, "16", ErrorKind::UserNotVerified);
}

#[test]
fn reg_17_kb_19_a_backed_up_credential_must_be_backup_eligible() {
    let kind = ErrorKind::InvalidBackupFlags;
    broken(Fault::BackedUpButNotEligible, Step::BackupFlags, "17", kind);
}

#[test]
fn reg_18_a_policy_can_require_or_forbid_backup_eligibility() {
    let site = |wanted, eligible| {
        Site::new()
            .with_rp(|rp| rp.backup_policy(BackupPolicy::default().require_eligible(wanted)))
            .with_browser(|browser| browser.with_backup(eligible, false))
    };
    for same in [true, false] {
        let _ = site(same, same).register().unwrap();
        let result = site(same, !same).register();
        let kind = ErrorKind::BackupEligibilityRejected;
        refused(result, Step::BackupEligibility, "18", kind);
    }
}

#[test]
fn reg_19_a_policy_can_require_a_backed_up_credential() {
    let site = |state| {
        Site::new()
            .with_rp(|rp| rp.backup_policy(BackupPolicy::default().require_backed_up()))
            .with_browser(|browser| browser.with_backup(true, state))
    };
    let _ = site(true).register().unwrap();
    let result = site(false).register();
    refused(result, Step::BackupState, "19", ErrorKind::BackupStateRejected);
}

#[cfg(feature = "attestation")]
#[test]
fn reg_20_kb_09_the_algorithm_was_requested_and_the_key_is_parsed_in_every_format() {
    let (step, number) = (Step::CredentialAlgorithm, "20");
    for kind in [AttestationKind::None, AttestationKind::PackedSelf] {
        let result = attested(kind).breaking(Fault::AlgorithmNotRequested).register();
        let error = refused(result, step, number, ErrorKind::AlgorithmNotRequested);
        assert!(error.to_string().contains("not one of ES256, EdDSA, RS256"), "{error}");
    }
    broken(Fault::PublicKeyOffCurve, step, number, ErrorKind::PointNotOnCurve);
}

#[cfg(feature = "attestation")]
#[test]
fn reg_21_kb_14_the_format_must_be_supported_under_every_policy() {
    for site in [Site::new(), trusting(AttestationKind::PackedX5c)] {
        let result = site.breaking(Fault::UnknownAttestationFormat).register();
        let kind = ErrorKind::UnsupportedAttestationFormat;
        let error = refused(result, Step::AttestationFormat, "21", kind);
        assert!(error.to_string().contains("format \""), "{error}");
    }
}

#[cfg(feature = "attestation")]
#[test]
fn reg_22_the_attestation_statement_must_be_correct() {
    let (step, number) = (Step::AttestationStatement, "22");
    for (kind, fault, expected) in [
        (AttestationKind::None, Fault::AttestationField("attStmt"), ErrorKind::AttestationInvalid),
        (
            AttestationKind::PackedSelf,
            Fault::AttestationField("attStmt.sig"),
            ErrorKind::SignatureInvalid,
        ),
        (
            AttestationKind::PackedX5c,
            Fault::AttestationField("attStmt.sig"),
            ErrorKind::SignatureInvalid,
        ),
        (
            AttestationKind::PackedSelf,
            Fault::AttestationField("attStmt.alg"),
            ErrorKind::AlgorithmKeyMismatch,
        ),
        (
            AttestationKind::PackedX5c,
            Fault::AttestationField("attStmt.alg"),
            ErrorKind::AlgorithmKeyMismatch,
        ),
        (
            AttestationKind::PackedX5c,
            Fault::AttestationField("x5c[0].subject.OU"),
            ErrorKind::AttestationInvalid,
        ),
        (
            AttestationKind::PackedX5c,
            Fault::AttestationField("x5c[0].basicConstraints"),
            ErrorKind::AttestationInvalid,
        ),
        (
            AttestationKind::PackedX5c,
            Fault::AttestationField("x5c[0].aaguid"),
            ErrorKind::AaguidMismatch,
        ),
    ] {
        refused(attested(kind).breaking(fault).register(), step, number, expected);
    }
}

#[cfg(feature = "attestation")]
#[test]
fn reg_23_required_trust_needs_an_anchor() {
    let site = attested(AttestationKind::PackedX5c)
        .with_rp(|rp| rp.attestation_policy(AttestationPolicy::trusted([])).unwrap());
    let result = { site }.register();
    refused(result, Step::TrustAnchors, "23", ErrorKind::NoTrustAnchors);
}

#[cfg(feature = "attestation")]
#[test]
fn reg_24_kb_07_required_trust_must_be_proven() {
    let (step, number, kind) = (Step::AttestationTrust, "24", ErrorKind::UntrustedAttestation);
    let registration = trusting(AttestationKind::PackedX5c).register().unwrap();
    assert!(registration.attestation().trust_path().is_some());

    for weak in [AttestationKind::None, AttestationKind::PackedSelf] {
        refused(trusting(weak).register(), step, number, kind);
    }
    let site = trusting(AttestationKind::PackedX5c).breaking(Fault::OtherAttestationAuthority);
    refused({ site }.register(), step, number, kind);

    let stranger = SoftwareAuthenticator::from_seed(b"mallory");
    let stranger = stranger.with_attestation(AttestationKind::PackedX5c);
    let mut site = trusting(AttestationKind::PackedX5c).with_browser(|_| stranger);
    refused(site.register(), step, number, kind);
}

#[test]
fn reg_25_a_credential_id_has_at_most_1023_bytes() {
    let kind = ErrorKind::CredentialIdTooLong;
    broken(Fault::CredentialIdTooLong, Step::CredentialIdLength, "25", kind);
}

#[test]
fn reg_26_a_credential_can_be_registered_only_once() {
    let mut site = Site::new();
    let credential = site.registered();
    let request = RegistrationRequest::passkey(&user(), &[credential]);
    // The original browser would refuse. A browser that forgot its credential creates the same one
    // again.
    let mut forgetful = Site::new();
    let (_, pending) =
        forgetful.rp.start_registration(&request.clone().challenge(&[7; 32]), now()).unwrap();
    let (options, _) = forgetful
        .rp
        .start_registration(&RegistrationRequest::passkey(&user(), &[]).challenge(&[7; 32]), now())
        .unwrap();
    let body = forgetful.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();
    let result = forgetful.rp.finish_registration(pending, &response, now());
    let kind = ErrorKind::CredentialAlreadyRegistered;
    refused(result, Step::CredentialIdUnique, "26", kind);
}

#[test]
fn reg_27_rec_01_03_the_record_holds_what_the_specification_lists() {
    let mut site = Site::new()
        .with_browser(|browser| browser.with_backup(true, true).with_aaguid(*b"sixteen bytes id"));
    let registration = site.register().unwrap();
    let credential = registration.credential();
    assert_eq!(credential.id().len(), 32);
    assert_eq!(credential.user_handle(), Some(user().handle()));
    assert_eq!(credential.sign_count(), 1);
    assert!(credential.uv_initialized());
    assert!(!credential.transports().is_empty());
    assert_eq!(credential.backup_eligible(), Some(true));
    assert!(credential.backup_state());
    assert_eq!(credential.unverified_aaguid().unwrap().as_bytes(), b"sixteen bytes id");
    assert_eq!(registration.unverified_aaguid(), credential.unverified_aaguid().unwrap());
}

#[test]
fn reg_28_ext_02_03_extension_outputs_must_be_acceptable() {
    let with_output = |strict: bool, name: &'static str, output: serde_json::Value| {
        let mut site = Site::new();
        if strict {
            site = site.with_rp(RelyingParty::refuse_unsolicited_extensions);
        }
        site.register_edited(
            &RegistrationRequest::passkey(&user(), &[]),
            edit_json(move |body| body["clientExtensionResults"][name] = output),
        )
    };
    let kind = ErrorKind::ExtensionRejected;
    let (step, number) = (Step::ExtensionOutputs, "28");
    // EXT-02: unsolicited outputs are accepted unless the strict mode is on. Missing outputs are
    // always accepted.
    let registration = with_output(false, "unknown", json!({ "x": 1 })).unwrap();
    assert_eq!(registration.client_outputs().get("unknown"), Some(r#"{"x":1}"#));
    refused(with_output(true, "unknown", json!(1)), step, number, kind);
    let _ = with_output(true, "credProps", json!({})).unwrap();
    // EXT-03.
    for (output, discoverable) in [
        (json!({ "rk": true }), Some(true)),
        (json!({ "rk": false }), Some(false)),
        (json!({}), None),
    ] {
        let registration = with_output(false, "credProps", output).unwrap();
        assert_eq!(registration.unverified_discoverable(), discoverable);
    }
    for output in [json!({ "rk": "true" }), json!(true), json!({ "rk": [] })] {
        let registration = with_output(false, "credProps", output).unwrap();
        assert_eq!(registration.unverified_discoverable(), None);
        assert_eq!(registration.client_outputs().lost().len(), 1);
    }
}

#[cfg(feature = "attestation")]
#[test]
fn kb_37_a_wrong_origin_with_a_wrong_signature_reports_the_origin() {
    let site =
        attested(AttestationKind::PackedX5c).breaking(Fault::AttestationField("attStmt.sig"));
    let mut site = site.at_related("https://evil.example");
    refused(site.register(), Step::Origin, "9", ErrorKind::OriginMismatch);
}

#[cfg(feature = "attestation")]
#[test]
fn rec_02_a_stored_attestation_can_be_verified_again_at_the_original_time() {
    let mut site = trusting(AttestationKind::PackedX5c);
    let request = RegistrationRequest::passkey(&user(), &[]);
    let (options, pending) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();
    let _ = site.rp.finish_registration(pending, &response, now()).unwrap();

    // The two byte strings that a record may keep according to the specification.
    let object = response.attestation_object().to_vec();
    let client_data = response.client_data_json().to_vec();
    let object = webauthn_verify::parse::AttestationObject::parse(&object).unwrap();
    let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(client_data).into();
    let policy = AttestationPolicy::default();
    let attestation =
        webauthn_verify::attestation::verify(&object, &hash, &policy, now(), Quirks::NONE).unwrap();
    let chain: Vec<&[u8]> = attestation.certificates().iter().map(Vec::as_slice).collect();
    let anchor = TrustAnchor::from_der(site.browser.attestation_root()).unwrap();
    let _ =
        webauthn_verify::certificate::verify_path(&chain, &[anchor], now(), Quirks::NONE).unwrap();
}

#[test]
fn ext_01_identifiers_are_case_sensitive_and_unknown_outputs_are_kept() {
    let mut site = Site::new();
    let request = RegistrationRequest::passkey(&user(), &[]);
    let registration = site
        .register_edited(
            &request,
            edit_json(|body| {
                body["clientExtensionResults"] = json!({ "CredProps": { "rk": "not read" } });
            }),
        )
        .unwrap();
    assert_eq!(registration.unverified_discoverable(), None);
    let kept = registration.client_outputs().get("CredProps");
    assert_eq!(kept, Some(r#"{"rk":"not read"}"#));
}
