//! Common mistakes of developers are stopped by an error that says what to do. The documentation of
//! the types shows what the compiler stops.
#![cfg(feature = "getrandom")]

use std::slice::from_ref;

use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, Category, Credential, Error, ErrorKind,
    RegistrationRequest, RegistrationResponse, RelyingParty, SignCount, SignCountPolicy, Step,
    User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::common::site::{ORIGIN, Site, USER_HANDLE, now, user};

/// Returns a record for another credential of the account.
fn another(credential: &Credential) -> Credential {
    Credential::from_parts(b"another credential", credential.public_key())
        .and_then(|other| other.with_user_handle(USER_HANDLE))
        .unwrap()
}

/// Checks that the error has this kind and contains these words.
#[track_caller]
fn says(error: &Error, kind: ErrorKind, words: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn kb_110_an_update_applies_only_to_the_record_of_its_credential() {
    let mut site = Site::new();
    let mut account = [site.registered()];
    let login = site.login(&account).unwrap();
    let mut other = another(&account[0]);
    let before = other.clone();
    let error = other.apply(login.update()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongCredentialRecord);
    assert_eq!(
        error.to_string(),
        format!(
            "authentication step 24 (update the credential record): the login was verified with a \
             different credential record: the update belongs to {}, but the record belongs to \
             YW5vdGhlciBjcmVkZW50aWFs; use Authentication::apply_to, which finds \
             the record (https://www.w3.org/TR/webauthn-3/#authn-ceremony-update-credential-record)",
            account[0].id_base64url()
        )
    );
    assert_eq!(other, before, "the update changed nothing");
    let error = login.apply_to(from_ref(&other).to_vec().as_mut_slice()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongCredentialRecord);
    assert!(error.to_string().contains("pass the records that verified the login ("), "{error}");

    let mut records = [other, account[0].clone()];
    assert_eq!(login.apply_to(&mut records).unwrap().id(), account[0].id());
    assert_eq!(records[0], before);
    assert_eq!(login.apply_to(&mut account).unwrap().sign_count(), 2);
}

#[test]
fn kb_110_an_update_applies_only_to_the_record_as_it_was_at_login() {
    let mut site = Site::new();
    let mut account = [site.registered()];
    let first = site.login(&account).unwrap();
    let second = site.login(&account).unwrap();
    assert_eq!(second.credential_id(), second.update().credential_id());
    assert_eq!((second.update().sign_count_before(), second.update().sign_count()), (1, 3));
    second.apply_to(&mut account).unwrap();
    // Storing the older login later must not decrease the counter.
    let error = first.apply_to(&mut account).unwrap_err();
    let words =
        "its counter is 3, but was 1 when the login was verified; let the user sign in again";
    says(&error, ErrorKind::CredentialChanged, words);
    assert_eq!((error.step(), error.category()), (Step::RecordUpdate, Category::Refused));
    assert_eq!(account[0].sign_count(), 3);
    let third = site.login(&account).unwrap();
    assert_eq!(third.update().sign_count_before(), 3);
}

#[test]
fn kb_110_an_update_reports_whether_it_changes_the_record() {
    // A credential without a counter, like synced passkeys.
    let mut site = Site::new().with_browser(SoftwareAuthenticator::without_counter);
    let mut account = [site.registered()];
    assert_eq!(account[0].sign_count(), 0);
    let login = site.login(&account).unwrap();
    assert_eq!(login.sign_count(), SignCount::Absent);
    assert!(!login.update().is_change());
    let before = account[0].clone();
    assert_eq!(*login.apply_to(&mut account).unwrap(), before);

    let mut site = Site::new();
    let account = [site.registered()];
    assert!(site.login(&account).unwrap().update().is_change(), "the counter increased");

    // Authorizing user verification is a change too.
    let mut site = site.with_rp(|rp| rp.sign_count_policy(SignCountPolicy::Ignore));
    let [record] = account;
    let mut account = [record.with_uv_initialized(false).with_sign_count(9)];
    let login = site.login(&account).unwrap();
    assert!(!login.update().is_change() && login.update().authorize_uv().is_change());
    account[0].apply(&login.update().authorize_uv()).unwrap();
    assert!(account[0].uv_initialized());

    // Changes that the site made to the record after the login are kept.
    let login = site.login(&account).unwrap();
    let [record] = account;
    let mut account = [record.with_uv_initialized(false)];
    login.apply_to(&mut account).unwrap();
    assert!(!account[0].uv_initialized());
}

#[test]
fn only_the_relying_party_that_started_a_ceremony_can_finish_it() {
    let mut site = Site::new();
    let account = [site.registered()];
    let request = AuthenticationRequest::passkey();
    let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    let other = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
    let error = other.finish_authentication(pending, &response, &account, now()).unwrap_err();
    let words = "started for \"example.org\", finished for example.com";
    says(&error, ErrorKind::WrongRelyingParty, words);
}

#[test]
fn a_response_of_the_other_ceremony_is_rejected() {
    let mut site = Site::new();
    let request = RegistrationRequest::passkey(&user(), &[]);
    let (options, _) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let error = AuthenticationResponse::from_json(&body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongResponseType);
    let (options, _) =
        site.rp.start_authentication(&AuthenticationRequest::passkey(), now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let error = RegistrationResponse::from_json(&body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongResponseType);
}

#[test]
fn an_origin_outside_the_rp_id_cannot_be_listed_by_accident() {
    let error = RelyingParty::new("example.org", [ORIGIN, "https://example.com"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the origin \"https://example.com\" is outside the RP ID \"example.org\"; if it is a \
         related origin of your own, pass it to RelyingParty::also_accept, and serve \
         RelyingParty::related_origins_document"
    );
    for lookalike in ["https://notexample.org", "https://example.org.example", "https://org"] {
        assert!(RelyingParty::new("example.org", [lookalike]).is_err(), "{lookalike}");
    }
    let error = RelyingParty::new("example.org", ["http://localhost:3000"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the origin \"http://localhost:3000\" is outside the RP ID \"example.org\"; for tests on \
         your own machine, use another relying party whose RP ID is \"localhost\""
    );
    let extension = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let error = RelyingParty::with_uri_id(extension).unwrap().also_accept([ORIGIN]).unwrap_err();
    assert!(error.to_string().contains("is a URI, which no web page can use"), "{error}");

    let rp = RelyingParty::new("example.org", [ORIGIN]).unwrap();
    let error = rp.clone().also_accept(["https://www.example.org"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the origin \"https://www.example.org\" is within the RP ID \"example.org\"; pass it to \
         RelyingParty::new"
    );
    assert!(rp.clone().also_accept(["example.com"]).is_err());
    assert!(rp.clone().also_accept(["https://example.com/"]).is_err());
    let rp = rp.also_accept(["https://example.com", "https://example.de:8443"]).unwrap();
    let document = rp.related_origins_document().unwrap();
    assert_eq!(document.origins(), ["https://example.com", "https://example.de:8443"]);
}

#[test]
fn kb_113_an_empty_list_of_accepted_credentials_needs_its_own_method() {
    let rp = Site::new().rp;
    let error = rp.all_accepted_credentials(USER_HANDLE, &[]).unwrap_err();
    assert!(error.to_string().ends_with("call no_accepted_credentials"), "{error}");
    assert!(rp.no_accepted_credentials(USER_HANDLE).is_ok());
}

#[test]
fn the_records_of_all_accounts_cannot_be_used_as_one_account() {
    let mut site = Site::new();
    let hers = site.registered();
    let his = another(&hers).with_user_handle(b"bob").unwrap();
    let everybody = [hers.clone(), his.clone()];
    let error = site.login(&everybody).unwrap_err();
    says(&error, ErrorKind::UserHandleMismatch, "a record belongs to another account");
    let request = AuthenticationRequest::for_user(USER_HANDLE, &everybody);
    let error = site.rp.start_authentication(&request, now()).unwrap_err();
    says(&error, ErrorKind::UserHandleMismatch, "a record belongs to another account");
    let request = RegistrationRequest::passkey(&User::new(b"bob", "bob", "Bob"), &[hers]);
    let error = site.rp.start_registration(&request, now()).unwrap_err();
    says(&error, ErrorKind::UserHandleMismatch, "a record belongs to another account");
    // A login of one account rejects the records of another.
    let error = site.login(&[his]).unwrap_err();
    assert_eq!(
        (error.step(), error.kind()),
        (Step::CredentialRecord, ErrorKind::UserHandleMismatch)
    );
}

#[test]
fn an_account_without_passkeys_does_not_accept_other_passkeys() {
    let rp = Site::new().rp;
    let request = AuthenticationRequest::for_user(USER_HANDLE, &[]);
    let error = rp.start_authentication(&request, now()).unwrap_err();
    let words = "the account has no credential to sign in with; offer another way to sign in, or \
                 use a decoy to hide this from strangers";
    says(&error, ErrorKind::NoCredentials, words);
}
