//! Each step of §7.2 that can fail fails here on its own, and the error names it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use webauthn_verify::{
    Algorithm, Authentication, AuthenticationRequest, AuthenticationResponse, BackupChange,
    BackupPolicy, Category, Ceremony, Credential, Error, ErrorKind, FlagChange, Mediation,
    PendingAuthentication, RegistrationRequest, RelyingParty, SignCount, SignCountPolicy, Step,
    User, UserVerification,
};
use webauthn_verify_authenticator::{AttestationKind, Fault, SoftwareAuthenticator};

use crate::common::site::{self, ORIGIN, Site, USER_HANDLE, edit_json, now, relying_party, user};

/// Asserts the step, its number, and the kind.
#[track_caller]
fn refused(
    result: Result<Authentication, Error>,
    step: Step,
    number: &str,
    kind: ErrorKind,
) -> Error {
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (step, kind), "{error}");
    assert_eq!(error.ceremony(), Ceremony::Authentication);
    assert_eq!(step.number(Ceremony::Authentication), Some(number));
    error
}

/// Logs in with a registered passkey and one fault.
fn login_with(fault: Fault) -> Result<Authentication, Error> {
    let mut site = Site::new();
    let credential = site.registered();
    site.breaking(fault).login(&[credential])
}

#[track_caller]
fn broken(fault: Fault, step: Step, number: &str, kind: ErrorKind) {
    refused(login_with(fault), step, number, kind);
}

fn for_alice(credentials: &[Credential]) -> AuthenticationRequest {
    AuthenticationRequest::for_user(USER_HANDLE, credentials)
}

#[test]
fn auth_all_steps_pass_for_every_algorithm_and_kind_of_login() {
    for algorithm in Algorithm::compiled_in() {
        let mut site =
            Site::new().with_browser(|browser| browser.with_algorithm(algorithm.cose_id()));
        let request = RegistrationRequest::passkey(&user(), &[])
            .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>());
        let mut account = [site.register_as(&request).unwrap().into_credential()];
        for round in 2..4 {
            let login = site.login(&account).unwrap();
            assert_eq!(login.credential_id(), account[0].id());
            assert_eq!(login.user_handle(), USER_HANDLE);
            assert_eq!(login.sign_count(), SignCount::Increased);
            assert!(login.user_verified());
            account[0].apply(login.update()).unwrap();
            assert_eq!(account[0].sign_count(), round);
        }
        let _ = site.login_as(&for_alice(&account), &account).unwrap();
    }
}

#[test]
fn auth_01_options_require_a_long_challenge() {
    let rp = relying_party();
    for challenge in [&[7; 15][..], &[], &[7; 1025]] {
        let request = AuthenticationRequest::passkey().challenge(challenge);
        let error = rp.start_authentication(&request, now()).map(drop).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
    }
    let request = AuthenticationRequest::passkey().extension("appid", json!(true));
    let error = rp.start_authentication(&request, now()).map(drop).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn auth_01_an_account_without_credentials_cannot_start_a_login() {
    let error = relying_party().start_authentication(&for_alice(&[]), now()).map(drop).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::NoCredentials));
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn kb_10_a_ceremony_expires() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let mut finish = |after: u64| {
        let request = AuthenticationRequest::passkey().valid_for(Duration::from_secs(60));
        let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
        let body = site.browser.authenticate(&options, ORIGIN).unwrap();
        let response = AuthenticationResponse::from_json(body).unwrap();
        let late = now() + Duration::from_secs(after);
        site.rp.finish_authentication(pending, &response, &credentials, late)
    };
    let _ = finish(60).unwrap();
    refused(finish(61), Step::Options, "1", ErrorKind::CeremonyExpired);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn auth_01_a_pending_state_belongs_to_one_relying_party_and_version() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let (options, pending) =
        site.rp.start_authentication(&AuthenticationRequest::passkey(), now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();

    let other = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
    let result = other.finish_authentication(pending.clone(), &response, &credentials, now());
    refused(result, Step::Options, "1", ErrorKind::WrongRelyingParty);

    let mut stored = serde_json::to_value(&pending).unwrap();
    stored["version"] = json!(2);
    let future: PendingAuthentication = serde_json::from_value(stored).unwrap();
    let result = site.rp.finish_authentication(future, &response, &credentials, now());
    refused(result, Step::Options, "1", ErrorKind::UnsupportedVersion);
}

#[test]
fn auth_02_a_rejected_promise_yields_no_credential() {
    for body in [r#"{"error":"NotAllowedError"}"#, "null"] {
        let error = AuthenticationResponse::from_json(body).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::BrowserCall, ErrorKind::CeremonyAborted));
    }
}

#[test]
fn auth_03_a_registration_response_is_rejected_as_a_login() {
    let registration = json!({
        "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
        "response": { "clientDataJSON": "AA", "attestationObject": "AA" },
    });
    let error = AuthenticationResponse::from_json(registration.to_string()).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::ResponseType, ErrorKind::WrongResponseType));
}

#[test]
fn auth_04_client_extension_results_that_are_not_an_object_count_as_empty() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let result = site.login_edited(
        &AuthenticationRequest::passkey(),
        &credentials,
        edit_json(|body| body["clientExtensionResults"] = json!("{}")),
    );
    assert_eq!(result.unwrap().client_outputs().iter().count(), 0);
}

#[test]
fn auth_05_kb_06_the_credential_must_be_allowed() {
    let mut site = Site::new();
    let (first, second) = (site.registered(), site.registered());
    let both = [first.clone(), second];
    // The request allows only the first credential, but the second one answers.
    let (_, pending) =
        site.rp.start_authentication(&for_alice(&[first]).challenge(&[7; 32]), now()).unwrap();
    let (options, _) =
        site.rp.start_authentication(&for_alice(&both[1..]).challenge(&[7; 32]), now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    let result = site.rp.finish_authentication(pending, &response, &both, now());
    refused(result, Step::AllowedCredential, "5", ErrorKind::CredentialNotAllowed);
}

/// Returns Bob, who has his own browser and his own passkey at the same site.
fn bob() -> (Site, Credential) {
    let mut site =
        Site::new().with_browser(|_| SoftwareAuthenticator::from_seed(b"the browser of bob"));
    let request = RegistrationRequest::passkey(&User::new(*b"bob", "bob", "Bob"), &[]);
    let credential = site.register_as(&request).unwrap().into_credential();
    (site, credential)
}

#[test]
fn auth_06_kb_05_a_known_user_cannot_sign_in_with_another_users_credential() {
    let alice = Site::new().registered();
    let (mut site, of_bob) = bob();
    let (step, number) = (Step::CredentialRecord, "6");

    // Alice starts the login, and the response is completely Bob's.
    let (_, pending) = site
        .rp
        .start_authentication(&for_alice(std::slice::from_ref(&alice)).challenge(&[7; 32]), now())
        .unwrap();
    let request = AuthenticationRequest::passkey().challenge(&[7; 32]);
    let (options, _) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    for records in [&[alice.clone()][..], std::slice::from_ref(&of_bob), &[alice, of_bob.clone()]] {
        let result = site.rp.finish_authentication(pending.clone(), &response, records, now());
        refused(result, Step::AllowedCredential, "5", ErrorKind::CredentialNotAllowed);
    }

    // The correct credential with the user handle of another user.
    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = for_alice(&credentials);
    let result = site.breaking(Fault::OtherUserHandle).login_as(&request, &credentials);
    refused(result, step, number, ErrorKind::UserHandleMismatch);
}

#[test]
fn auth_06_kb_17_111_an_unknown_user_needs_a_user_handle_that_owns_the_credential() {
    let (step, number, kind) = (Step::CredentialRecord, "6", ErrorKind::UserHandleMismatch);
    broken(Fault::MissingUserHandle, step, number, kind);
    broken(Fault::OtherUserHandle, step, number, kind);
    broken(Fault::OtherCredentialId, step, number, ErrorKind::UnknownCredential);

    let mut site = Site::new();
    let credential = site.registered();
    let (_, of_bob) = bob();
    refused(site.login(std::slice::from_ref(&of_bob)), step, number, kind);
    refused(site.login(&[credential.clone(), of_bob]), step, number, kind);
    // The account was deleted, but the passkey was not.
    let deleted = refused(site.login(&[]), step, number, ErrorKind::UnknownCredential);
    assert_eq!(deleted.kind().category(), Category::Refused);
    let id = URL_SAFE_NO_PAD.encode(credential.id());
    assert!(deleted.to_string().contains(&id), "{deleted}");
    // The same if the user was known and the record was deleted later.
    let pending_for = for_alice(std::slice::from_ref(&credential));
    refused(site.login_as(&pending_for, &[]), step, number, ErrorKind::UnknownCredential);
    // The browser answers with its newest passkey, but the given account has only the older one.
    let _ = site.registered();
    refused(
        site.login(std::slice::from_ref(&credential)),
        step,
        number,
        ErrorKind::UnknownCredential,
    );

    // A record without a user handle cannot prove the account in a login without a user name.
    let anonymous = Credential::from_parts(credential.id(), credential.public_key()).unwrap();
    let mut site = Site::new();
    let _ = site.registered();
    refused(site.login(&[anonymous]), step, number, kind);
}

#[test]
fn auth_06_the_user_handle_may_be_missing_if_the_user_was_known() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = for_alice(&credentials);
    let _ = site.breaking(Fault::MissingUserHandle).login_as(&request, &credentials).unwrap();
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn auth_06_records_of_two_accounts_cannot_start_a_login() {
    let (_, of_bob) = bob();
    let result = relying_party().start_authentication(&for_alice(&[of_bob]), now());
    let error = result.map(drop).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::UserHandleMismatch));
}

#[test]
fn auth_07_client_data_authenticator_data_and_signature_are_required() {
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        let mut site = Site::new();
        let credentials = [site.registered()];
        let result = site.login_edited(
            &AuthenticationRequest::passkey(),
            &credentials,
            edit_json(|body| {
                body["response"].as_object_mut().unwrap().remove(member);
            }),
        );
        let error = refused(result, Step::ResponseMembers, "7", ErrorKind::MalformedResponse);
        let expected = format!("response.{member}: the member is missing");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[test]
fn auth_08_client_data_is_utf_8() {
    broken(Fault::ClientDataNotUtf8, Step::ClientDataText, "8", ErrorKind::InvalidUtf8);
}

#[test]
fn auth_09_client_data_is_json() {
    broken(Fault::ClientDataNotJson, Step::ClientDataJson, "9", ErrorKind::InvalidClientDataJson);
}

#[test]
fn auth_10_the_type_is_webauthn_get() {
    broken(Fault::CeremonyType, Step::CeremonyType, "10", ErrorKind::WrongCeremonyType);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn auth_11_the_challenge_belongs_to_this_ceremony() {
    broken(Fault::Challenge, Step::Challenge, "11", ErrorKind::ChallengeMismatch);

    // A correct answer to an earlier login.
    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = AuthenticationRequest::passkey();
    let (options, _) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let replayed = AuthenticationResponse::from_json(body).unwrap();
    let (_, pending) = site.rp.start_authentication(&request, now()).unwrap();
    let result = site.rp.finish_authentication(pending, &replayed, &credentials, now());
    refused(result, Step::Challenge, "11", ErrorKind::ChallengeMismatch);
}

#[test]
fn auth_12_an_unlisted_origin_is_rejected() {
    let fault = Fault::Origin("http://example.org".to_owned());
    broken(fault, Step::Origin, "12", ErrorKind::OriginMismatch);
}

fn framed(
    change: impl FnOnce(RelyingParty) -> RelyingParty,
    fault: Fault,
) -> Result<Authentication, Error> {
    let mut site = Site::new().with_rp(change);
    let credential = site.registered();
    site.breaking(fault).login(&[credential])
}

#[test]
fn auth_13_a_cross_origin_iframe_must_be_allowed() {
    let (step, kind) = (Step::CrossOrigin, ErrorKind::UnexpectedCrossOrigin);
    broken(Fault::CrossOrigin, step, "13", kind);
    broken(Fault::TopOrigin("https://example.com".to_owned()), step, "13", kind);
    let _ = framed(RelyingParty::allow_unnamed_framing, Fault::CrossOrigin).unwrap();
}

#[test]
fn auth_14_an_unlisted_top_origin_is_rejected() {
    let top_origin = |origin: &str| Fault::TopOrigin(origin.to_owned());
    let kind = ErrorKind::UnexpectedTopOrigin;
    let result = framed(RelyingParty::allow_unnamed_framing, top_origin("https://example.com"));
    refused(result, Step::TopOriginFraming, "14.1", kind);

    let listed = |rp: RelyingParty| rp.allow_framing_by(["https://example.com"]).unwrap();
    let _ = framed(listed, top_origin("https://example.com")).unwrap();
    let result = framed(listed, top_origin("https://example.net"));
    refused(result, Step::TopOrigin, "14.2", kind);
}

#[test]
fn auth_15_the_authenticator_data_is_well_formed_with_our_rp_id_hash() {
    broken(Fault::RpIdHash, Step::RpIdHash, "15", ErrorKind::RpIdHashMismatch);
    let kind = ErrorKind::TrailingBytes;
    broken(Fault::AuthenticatorDataTrailingByte, Step::RpIdHash, "15", kind);
}

#[test]
fn auth_16_the_user_must_be_present_with_every_mediation() {
    broken(Fault::UserNotPresent, Step::UserPresence, "16", ErrorKind::UserNotPresent);

    let mut site = Site::new();
    let credentials = [site.registered()];
    let request = AuthenticationRequest::passkey().mediation(Mediation::Conditional);
    let result = site.breaking(Fault::UserNotPresent).login_as(&request, &credentials);
    refused(result, Step::UserPresence, "16", ErrorKind::UserNotPresent);
}

#[test]
fn auth_17_the_user_must_be_verified_if_required() {
    broken(Fault::UserNotVerified, Step::UserVerification, "17", ErrorKind::UserNotVerified);

    for lax in [UserVerification::Preferred, UserVerification::Discouraged] {
        let mut site = Site::new();
        let credentials = [site.registered()];
        let request = AuthenticationRequest::passkey().user_verification(lax);
        let login = site.breaking(Fault::UserNotVerified).login_as(&request, &credentials).unwrap();
        assert!(!login.user_verified());
    }
}

#[test]
fn auth_18_a_backed_up_credential_must_be_backup_eligible() {
    let kind = ErrorKind::InvalidBackupFlags;
    broken(Fault::BackedUpButNotEligible, Step::BackupFlags, "18", kind);
}

/// Logs in with a backup eligibility that differs from the registration.
fn eligibility_changes(was: bool, change: BackupChange) -> Result<Authentication, Error> {
    let mut site = Site::new()
        .with_rp(|rp| rp.backup_policy(BackupPolicy::default().on_change(change)))
        .with_browser(|browser| browser.with_backup(was, false));
    let credential = site.registered();
    assert_eq!(credential.backup_eligible(), Some(was));
    site.breaking(Fault::BackupEligibilityChanged).login(&[credential])
}

#[test]
fn auth_19_1_kb_63_a_credential_stays_backup_eligible() {
    let kind = ErrorKind::BackupEligibilityChanged;
    for change in [BackupChange::Refuse, BackupChange::AllowGain] {
        refused(eligibility_changes(true, change), Step::BackupEligibilityKept, "19.1", kind);
    }
    let login = eligibility_changes(true, BackupChange::Report).unwrap();
    assert_eq!(login.backup_eligibility_change(), FlagChange::Lost);
}

#[test]
fn auth_19_2_kb_63_kb_19_rec_05_a_credential_does_not_become_backup_eligible() {
    let kind = ErrorKind::BackupEligibilityChanged;
    let result = eligibility_changes(false, BackupChange::Refuse);
    refused(result, Step::BackupEligibilityGained, "19.2", kind);
    for change in [BackupChange::AllowGain, BackupChange::Report] {
        let login = eligibility_changes(false, change).unwrap();
        assert_eq!(login.backup_eligibility_change(), FlagChange::Gained);
        // REC-05: the record keeps the value from the registration.
        let browser = Site::new().with_browser(|browser| browser.with_backup(false, false));
        let mut account = [{ browser }.registered()];
        let updated = login.apply_to(&mut account).unwrap();
        assert_eq!(updated.backup_eligible(), Some(false));
    }
}

#[test]
fn auth_19_kb_63_the_verdict_reports_changed_backup_flags() {
    let cases = [
        ((false, false), (false, false), FlagChange::Unchanged, FlagChange::Unchanged),
        ((true, false), (true, true), FlagChange::Unchanged, FlagChange::Gained),
        ((true, true), (true, false), FlagChange::Unchanged, FlagChange::Lost),
        ((true, true), (true, true), FlagChange::Unchanged, FlagChange::Unchanged),
        ((false, false), (true, true), FlagChange::Gained, FlagChange::Gained),
        ((true, true), (false, false), FlagChange::Lost, FlagChange::Lost),
    ];
    for (recorded, received, eligibility, state) in cases {
        let mut site = Site::new()
            .with_rp(|rp| rp.backup_policy(BackupPolicy::default().on_change(BackupChange::Report)))
            .with_browser(|browser| browser.with_backup(received.0, received.1));
        let credential = site.registered().with_backup(recorded.0, recorded.1);
        let mut account = [credential];
        let login = site.login(&account).unwrap();
        assert_eq!(login.backup_eligibility_change(), eligibility, "{recorded:?}, {received:?}");
        assert_eq!(login.backup_state_change(), state, "{recorded:?}, {received:?}");
        assert_eq!(login.apply_to(&mut account).unwrap().backup_state(), received.1);
        assert_eq!(login.flags().backup_eligible(), received.0);
    }
}

#[test]
fn auth_19_without_stored_backup_flags_the_change_is_unknown() {
    let mut site = Site::new().with_browser(|browser| browser.with_backup(true, true));
    let credential = site.registered();
    let brought = Credential::from_parts(credential.id(), credential.public_key())
        .unwrap()
        .with_user_handle(USER_HANDLE)
        .unwrap();
    // Even the strict policy accepts it, because there is no value to compare with.
    let login = site.login(std::slice::from_ref(&brought)).unwrap();
    assert_eq!(login.backup_eligibility_change(), FlagChange::Unknown);
    assert_eq!(login.backup_state_change(), FlagChange::Unknown);

    // From now on, the record has the flags.
    let mut account = [brought];
    account[0].apply(login.update()).unwrap();
    assert_eq!((account[0].backup_eligible(), account[0].backup_state()), (Some(true), true));
    let login = site.login(&account).unwrap();
    assert_eq!(login.backup_eligibility_change(), FlagChange::Unchanged);

    // A stored value is kept, even if a login reports another one.
    let [credential] = account;
    let mut account = [credential.with_backup(false, false)];
    let report = BackupPolicy::default().on_change(BackupChange::Report);
    let mut site = site.with_rp(|rp| rp.backup_policy(report));
    let login = site.login(&account).unwrap();
    assert_eq!(login.apply_to(&mut account).unwrap().backup_eligible(), Some(false));
}

#[test]
fn auth_19_3_a_policy_can_require_a_backed_up_credential() {
    let mut site = Site::new().with_browser(|browser| browser.with_backup(true, false));
    let credentials = [site.registered()];
    let mut site = site.with_rp(|rp| rp.backup_policy(BackupPolicy::default().require_backed_up()));
    let kind = ErrorKind::BackupStateRejected;
    refused(site.login(&credentials), Step::BackupState, "19.3", kind);
    let mut site = site.with_browser(|browser| browser.with_backup(true, true));
    let _ = site.login(&credentials).unwrap();
}

#[test]
fn auth_21_the_signature_must_verify_with_the_credential_key() {
    broken(Fault::AssertionSignature, Step::Signature, "21", ErrorKind::SignatureInvalid);
}

#[test]
fn auth_20_the_client_data_is_hashed_as_received() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
    let mut site = Site::new();
    let credentials = [site.registered()];
    let result = site.login_edited(
        &AuthenticationRequest::passkey(),
        &credentials,
        edit_json(|body| {
            let text = body["response"]["clientDataJSON"].as_str().unwrap();
            let mut json = B64.decode(text).unwrap();
            json.push(b'\n');
            body["response"]["clientDataJSON"] = json!(B64.encode(json));
        }),
    );
    refused(result, Step::Signature, "21", ErrorKind::SignatureInvalid);
}

/// Logs in with counter 2 and this stored counter.
fn counter(stored: u32, policy: SignCountPolicy) -> Result<Authentication, Error> {
    let mut site = Site::new().with_rp(|rp| rp.sign_count_policy(policy));
    let credential = site.registered().with_sign_count(stored);
    site.login(&[credential])
}

#[test]
fn auth_22_kb_30_the_counter_increases() {
    let (step, number, kind) = (Step::SignCount, "22", ErrorKind::SignCountNotIncreased);
    broken(Fault::SignCount, step, number, kind);
    for stored in [0, 1] {
        let login = counter(stored, SignCountPolicy::Refuse).unwrap();
        assert_eq!(login.sign_count(), SignCount::Increased);
        assert_eq!(login.update().sign_count(), 2);
    }
    for stored in [2, 3, u32::MAX] {
        let error = refused(counter(stored, SignCountPolicy::Refuse), step, number, kind);
        assert!(error.to_string().contains(&format!("stored {stored}, received 2")), "{error}");

        let login = counter(stored, SignCountPolicy::Report).unwrap();
        assert_eq!(login.sign_count(), SignCount::NotIncreased { stored, received: 2 });
        assert_eq!(login.update().sign_count(), stored, "the stored counter never goes back");
    }
}

#[test]
fn auth_22_kb_30_a_counter_that_is_ignored_never_goes_back() {
    for stored in [2, 3, u32::MAX] {
        let login = counter(stored, SignCountPolicy::Ignore).unwrap();
        assert_eq!(login.sign_count(), SignCount::Ignored);
        assert_eq!(login.update().sign_count(), stored);
    }
    // The verdict also reports a correct counter.
    for stored in [0, 1] {
        let login = counter(stored, SignCountPolicy::Ignore).unwrap();
        assert_eq!(login.sign_count(), SignCount::Increased);
        assert_eq!(login.update().sign_count(), 2);
    }
}

#[test]
fn kb_30_81_a_counter_that_falls_to_0_is_a_regression_but_0_after_0_is_not() {
    // A key without a counter. The U2F-style authenticator starts at 1, so the test builds a login
    // with counter 0 itself.
    let zero = login_with_counter_0(0).unwrap();
    assert_eq!((zero.sign_count(), zero.update().sign_count()), (SignCount::Absent, 0));
    let (step, kind) = (Step::SignCount, ErrorKind::SignCountNotIncreased);
    refused(login_with_counter_0(5), step, "22", kind);
}

fn login_with_counter_0(stored: u32) -> Result<Authentication, Error> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
    use webauthn_verify_authenticator::{
        AuthenticatorDataBuilder, ClientDataBuilder, PrivateKey, flag,
    };
    let key = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"without counter").unwrap();
    let credential = Credential::from_parts(b"id", &key.cose_key().unwrap()).unwrap();
    let credentials = [credential.with_user_handle(USER_HANDLE).unwrap().with_sign_count(stored)];
    let rp = relying_party();
    let request = for_alice(&credentials).challenge(&[7; 32]);
    let (_, pending) = rp.start_authentication(&request, now()).unwrap();
    let client_data = ClientDataBuilder::get(&[7; 32], ORIGIN).build();
    let flags = flag::USER_PRESENT | flag::USER_VERIFIED;
    let authenticator_data = AuthenticatorDataBuilder::new(site::RP_ID, flags, 0).build();
    let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&client_data).into();
    let signature = key.sign(&[&authenticator_data[..], &hash].concat());
    let body = json!({
        "id": B64.encode(b"id"), "rawId": B64.encode(b"id"), "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": B64.encode(client_data),
            "authenticatorData": B64.encode(authenticator_data),
            "signature": B64.encode(signature),
        },
    });
    let response = AuthenticationResponse::from_json(body.to_string())?;
    rp.finish_authentication(pending, &response, &credentials, now())
}

#[test]
fn auth_23_ext_02_extension_outputs_must_be_acceptable() {
    let with_output = |strict: bool, name: &'static str, output: serde_json::Value| {
        let mut site = Site::new();
        if strict {
            site = site.with_rp(RelyingParty::refuse_unsolicited_extensions);
        }
        let credentials = [site.registered()];
        site.login_edited(
            &AuthenticationRequest::passkey().app_id("https://example.org/u2f.json"),
            &credentials,
            edit_json(move |body| body["clientExtensionResults"][name] = output),
        )
    };
    let (step, number, kind) = (Step::ExtensionOutputs, "23", ErrorKind::ExtensionRejected);
    let login = with_output(false, "unknown", json!(1)).unwrap();
    assert_eq!(login.client_outputs().get("unknown"), Some("1"));
    refused(with_output(true, "unknown", json!(1)), step, number, kind);
    let lost = with_output(false, "appid", json!("true")).unwrap();
    assert_eq!(lost.client_outputs().lost(), ["appid"]);
    let _ = with_output(false, "appid", json!(false)).unwrap();
}

/// Logs in with the hash of an AppID.
fn login_by_app_id(
    asked: bool,
    output: Option<serde_json::Value>,
) -> Result<Authentication, Error> {
    const APP_ID: &str = "https://example.org/u2f.json";
    // The browser registers at a site that uses the AppID as its RP ID, as a U2F key would have.
    let mut site = Site::new().with_browser(|browser| {
        browser
            .with_attestation(AttestationKind::FidoU2f)
            .with_algorithm(Algorithm::Es256.cose_id())
    });
    let request = RegistrationRequest::security_key(&user(), &[]).algorithms(&[Algorithm::Es256]);
    let credential = site.register_as(&request).unwrap().into_credential();
    let mut request = for_alice(std::slice::from_ref(&credential))
        .user_verification(UserVerification::Discouraged)
        .challenge(&[7; 32]);
    let (options, _) = site.rp.start_authentication(&request, now()).unwrap();
    if asked {
        request = request.app_id(APP_ID);
    }
    let (asked_options, pending) = site.rp.start_authentication(&request, now()).unwrap();
    let options_json = serde_json::to_value(&asked_options).unwrap();
    let extensions = &options_json["publicKey"]["extensions"];
    assert_eq!(extensions.get("appid").is_some(), asked);

    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let body = edit_json(|body| {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
        if let Some(output) = output {
            body["clientExtensionResults"]["appid"] = output;
        }
        let data = body["response"]["authenticatorData"].as_str().unwrap();
        let mut data = B64.decode(data).unwrap();
        data[..32].copy_from_slice(&<sha2::Sha256 as sha2::Digest>::digest(APP_ID));
        body["response"]["authenticatorData"] = json!(B64.encode(data));
    })(body);
    let response = AuthenticationResponse::from_json(body)?;
    site.rp.finish_authentication(pending, &response, &[credential], now())
}

#[cfg_attr(not(feature = "attestation"), ignore = "it needs attestation")]
#[test]
fn ext_09_kb_34_an_app_id_is_accepted_only_if_requested_and_used() {
    let (step, number, kind) = (Step::RpIdHash, "15", ErrorKind::RpIdHashMismatch);
    refused(login_by_app_id(false, Some(json!(true))), step, number, kind);
    refused(login_by_app_id(true, Some(json!(false))), step, number, kind);
    refused(login_by_app_id(true, None), step, number, kind);
    // If the AppID is requested and used, step 15 passes. The signature was made for the RP ID, so
    // it fails.
    let result = login_by_app_id(true, Some(json!(true)));
    refused(result, Step::Signature, "21", ErrorKind::SignatureInvalid);
}

#[test]
fn auth_24_rec_04_user_verification_counts_only_after_authorization() {
    let mut site = Site::new();
    let mut account = [site.registered().with_uv_initialized(false)];

    let login = site.login(&account).unwrap();
    assert!(login.flags().user_verified());
    assert!(!login.user_verified(), "it is not a factor in the ceremony that sets it");
    account[0].apply(login.update()).unwrap();
    assert!(!account[0].uv_initialized());

    let login = site.login(&account).unwrap();
    account[0].apply(&login.update().authorize_uv()).unwrap();
    assert!(account[0].uv_initialized());
    assert!(site.login(&account).unwrap().user_verified());

    // Without user verification in the login, there is nothing to authorize.
    let mut site = Site::new().with_browser(|browser| browser.with_user_verified(false));
    let lax = UserVerification::Preferred;
    let request = RegistrationRequest::passkey(&user(), &[]).user_verification(lax);
    let mut account = [site.register_as(&request).unwrap().into_credential()];
    let request = AuthenticationRequest::passkey().user_verification(lax);
    let login = site.login_as(&request, &account).unwrap();
    account[0].apply(&login.update().authorize_uv()).unwrap();
    assert!(!account[0].uv_initialized());
}

#[test]
fn auth_24_rec_05_the_backup_state_is_updated() {
    let mut site = Site::new().with_browser(|browser| browser.with_backup(true, false));
    let mut account = [site.registered()];
    assert!(!account[0].backup_state());
    let mut site = site.with_browser(|browser| browser.with_backup(true, true));
    let login = site.login(&account).unwrap();
    assert!(login.apply_to(&mut account).unwrap().backup_state());
}

#[test]
fn kb_37_a_wrong_origin_with_a_wrong_signature_reports_the_origin() {
    let mut site = Site::new();
    let credentials = [site.registered()];
    let site = site.breaking(Fault::AssertionSignature);
    let mut site = site.at_related("https://evil.example");
    refused(site.login(&credentials), Step::Origin, "12", ErrorKind::OriginMismatch);
}
