//! A site that stores its ceremonies in a map, as in the first example of the documentation. Any
//! number of ceremonies can run in parallel in one session. Each can be finished only once, and
//! only in its own session.
#![cfg(feature = "getrandom")]

use std::collections::HashMap;
use std::time::Duration;

use webauthn_verify::{
    Authentication, AuthenticationRequest, AuthenticationResponse, Credential, ErrorKind,
    Mediation, PendingAuthentication, PendingRegistration, Registration, RegistrationRequest,
    RegistrationResponse, RequestOptions, Step, UserVerification,
};

use crate::common::site::{ORIGIN, Site, USER_HANDLE, now, user};

/// The data that the server keeps for one session.
#[derive(Default)]
struct Session {
    registrations: HashMap<String, PendingRegistration>,
    logins: HashMap<String, PendingAuthentication>,
}

const START_AGAIN: &str = "no such ceremony in this session; start again";

/// The accounts by user handle.
struct Accounts(HashMap<Vec<u8>, Vec<Credential>>);

impl Accounts {
    /// Creates one account with one passkey.
    fn with(credential: Credential) -> Accounts {
        Accounts([(USER_HANDLE.to_vec(), vec![credential])].into())
    }

    fn start_login(
        &self,
        site: &Site,
        session: &mut Session,
        request: &AuthenticationRequest,
    ) -> RequestOptions {
        let (options, pending) = site.rp.start_authentication(request, now()).unwrap();
        session.logins.insert(pending.id(), pending);
        options
    }

    fn finish_login(
        &mut self,
        site: &Site,
        session: &mut Session,
        body: &str,
    ) -> Result<Authentication, String> {
        let response = AuthenticationResponse::from_json(body).map_err(|e| e.to_string())?;
        let id = response.pending_id().map_err(|e| e.to_string())?;
        let pending = session.logins.remove(&id).ok_or(START_AGAIN)?;
        let known = pending.user_handle().map(<[u8]>::to_vec);
        let user_handle = known.as_deref().or(response.unverified_user_handle());
        let records = self.0.get_mut(user_handle.unwrap_or_default());
        let records = records.map(Vec::as_mut_slice).unwrap_or_default();
        let login = site.rp.finish_authentication(pending, &response, records, now());
        let login = login.map_err(|error| error.to_string())?;
        login.apply_to(records).map_err(|error| error.to_string())?;
        Ok(login)
    }
}

fn finish_registration(
    site: &Site,
    session: &mut Session,
    body: &str,
) -> Result<Registration, String> {
    let response = RegistrationResponse::from_json(body).map_err(|error| error.to_string())?;
    let id = response.pending_id().map_err(|error| error.to_string())?;
    let pending = session.registrations.remove(&id).ok_or(START_AGAIN)?;
    site.rp.finish_registration(pending, &response, now()).map_err(|error| error.to_string())
}

#[test]
fn two_tabs_and_a_conditional_request_can_run_in_parallel() {
    let mut site = Site::new();
    let mut accounts = Accounts::with(site.registered());
    let mut session = Session::default();
    let button = AuthenticationRequest::passkey();
    let requests = [
        button.clone().mediation(Mediation::Conditional),
        button.clone(),
        button.clone(),
        AuthenticationRequest::for_user(USER_HANDLE, &accounts.0[USER_HANDLE]),
    ];
    let options = requests.map(|request| accounts.start_login(&site, &mut session, &request));
    assert_eq!(session.logins.len(), 4);
    // The responses arrive in another order.
    let mut bodies = Vec::new();
    for number in [2, 0, 3, 1] {
        let body = site.browser.authenticate(&options[number], ORIGIN).unwrap();
        let login = accounts.finish_login(&site, &mut session, &body).unwrap();
        assert!(login.user_verified() && !login.is_second_factor_only());
        bodies.push(body);
    }
    assert!(session.logins.is_empty());
    assert_eq!(accounts.0[USER_HANDLE][0].sign_count(), 5, "each login was stored");
    // A replayed response finds no state.
    for body in bodies {
        assert_eq!(accounts.finish_login(&site, &mut session, &body).unwrap_err(), START_AGAIN);
    }
}

#[test]
fn two_registrations_can_run_in_parallel() {
    let mut site = Site::new();
    let mut session = Session::default();
    let request = RegistrationRequest::passkey(&user(), &[]);
    let mut options = Vec::new();
    for _ in 0..2 {
        let (made, pending) = site.rp.start_registration(&request, now()).unwrap();
        assert_eq!(pending.user_handle(), USER_HANDLE);
        session.registrations.insert(pending.id(), pending);
        options.push(made);
    }
    for options in options.iter().rev() {
        let body = site.browser.register(options, ORIGIN).unwrap();
        let registration = finish_registration(&site, &mut session, &body).unwrap();
        assert!(!registration.is_second_factor_only());
        assert_eq!(finish_registration(&site, &mut session, &body).unwrap_err(), START_AGAIN);
    }
}

#[test]
fn another_session_cannot_finish_a_ceremony() {
    let mut site = Site::new();
    let mut accounts = Accounts::with(site.registered());
    let (mut hers, mut his) = (Session::default(), Session::default());
    let options = accounts.start_login(&site, &mut hers, &AuthenticationRequest::passkey());
    let _ = accounts.start_login(&site, &mut his, &AuthenticationRequest::passkey());
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    assert_eq!(accounts.finish_login(&site, &mut his, &body).unwrap_err(), START_AGAIN);
    let _ = accounts.finish_login(&site, &mut hers, &body).unwrap();
}

#[test]
fn kb_112_a_login_with_presence_only_is_rejected() {
    let mut site = Site::new();
    let mut accounts = Accounts::with(site.registered());
    let mut site = site.with_browser(|browser| browser.with_user_verified(false));
    let mut session = Session::default();
    let known = AuthenticationRequest::for_user(USER_HANDLE, &accounts.0[USER_HANDLE]);
    for request in [AuthenticationRequest::passkey(), known] {
        // A conforming browser would not answer. This one answers without verifying the user.
        let lax = request.clone().user_verification(UserVerification::Discouraged);
        let asked = request.challenge(&[7; 32]);
        let (_, pending) = site.rp.start_authentication(&asked, now()).unwrap();
        session.logins.insert(pending.id(), pending);
        let (options, _) = site.rp.start_authentication(&lax.challenge(&[7; 32]), now()).unwrap();
        let body = site.browser.authenticate(&options, ORIGIN).unwrap();
        let error = accounts.finish_login(&site, &mut session, &body).unwrap_err();
        assert!(error.contains("the user was not verified"), "{error}");
    }
}

#[test]
fn kb_112_the_verdict_reports_a_security_key_as_second_factor() {
    let mut site = Site::new();
    // This also holds for a security key that verifies its user.
    let request = RegistrationRequest::security_key(&user(), &[]);
    let registration = site.register_as(&request).unwrap();
    assert!(registration.user_verified() && registration.is_second_factor_only());
    let account = [registration.into_credential()];
    let login =
        site.login_as(&AuthenticationRequest::security_key(USER_HANDLE, &account), &account);
    let login = login.unwrap();
    assert!(login.user_verified() && login.is_second_factor_only());

    // It stays a second factor for any request.
    assert!(account[0].is_second_factor_only());
    let alone = AuthenticationRequest::for_user(USER_HANDLE, &account);
    let login = site.login_as(&alone, &account).unwrap();
    assert!(login.user_verified() && login.is_second_factor_only());
    let stored = serde_json::to_string(&account[0]).unwrap();
    assert_eq!(serde_json::from_str::<Credential>(&stored).unwrap(), account[0]);

    // Unless the site changes the record.
    let account = account.map(|record| record.with_second_factor_only(false));
    assert!(!site.login_as(&alone, &account).unwrap().is_second_factor_only());
    // User verification may not count yet for this record.
    let [record] = account;
    let account = [record.with_uv_initialized(false)];
    assert!(site.login_as(&alone, &account).unwrap().is_second_factor_only());
    // If preferred user verification was not done, the login proves presence only.
    let mut site = site.with_browser(|browser| browser.with_user_verified(false));
    let preferred = UserVerification::Preferred;
    let login = site.login_as(&alone.user_verification(preferred), &account).unwrap();
    assert!(login.is_second_factor_only());
    let request = RegistrationRequest::passkey(&user(), &[]).user_verification(preferred);
    assert!(site.register_as(&request).unwrap().is_second_factor_only());
}

#[test]
fn a_pending_state_reports_when_it_can_be_deleted() {
    let site = Site::new();
    for (mediation, minutes) in [(None, 10), (Some(Mediation::Conditional), 60)] {
        let request = AuthenticationRequest::passkey();
        let request = mediation.into_iter().fold(request, AuthenticationRequest::mediation);
        let (_, pending) = site.rp.start_authentication(&request, now()).unwrap();
        assert_eq!(pending.expires_at(), now() + Duration::from_secs(60 * minutes));
        assert_eq!(pending.user_handle(), None);
        let stored = serde_json::to_string(&pending).unwrap();
        let read: PendingAuthentication = serde_json::from_str(&stored).unwrap();
        assert_eq!((read.id(), read.expires_at()), (pending.id(), pending.expires_at()));
        assert_eq!(pending.id().len(), 43);
        assert!(!stored.contains(&pending.id()), "the ID must not reveal the challenge");
    }
}

#[test]
fn a_response_finds_its_state_even_if_the_page_encoded_the_challenge_again() {
    let mut site = Site::new();
    let account = [site.registered()];
    let challenge = [0xfb; 32];
    let request = AuthenticationRequest::passkey().challenge(&challenge);
    let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
    let body = site.browser.authenticate(&options, ORIGIN).unwrap();
    let base64url = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";
    let changed = crate::common::site::edit_json(|response| {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let member = &mut response["response"]["clientDataJSON"];
        let json = URL_SAFE_NO_PAD.decode(member.as_str().unwrap()).unwrap();
        let json = String::from_utf8(json).unwrap();
        let base64 = format!("{}=", base64url.replace('-', "+").replace('_', "/"));
        *member = URL_SAFE_NO_PAD.encode(json.replace(base64url, &base64)).into();
    })(body);
    let response = AuthenticationResponse::from_json(&changed).unwrap();
    assert_eq!(response.pending_id().unwrap(), pending.id());
    let error = site.rp.finish_authentication(pending, &response, &account, now()).unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::Challenge, ErrorKind::ChallengeMismatch));
    assert!(error.to_string().contains("it is base64; base64url uses"), "{error}");
}

#[test]
fn a_response_without_client_data_finds_no_state_and_reports_where_it_stopped() {
    let body = |client_data: &str| {
        format!(
            r#"{{"id":"QUJD","rawId":"QUJD","type":"public-key","response":{{"clientDataJSON":
            "{client_data}","authenticatorData":"AAAA","signature":"MAA","attestationObject":"oA"}}}}"#
        )
    };
    for (client_data, step, kind) in [
        ("e30", Step::ClientDataJson, ErrorKind::InvalidClientDataJson),
        ("_w", Step::ClientDataText, ErrorKind::InvalidUtf8),
    ] {
        let login = AuthenticationResponse::from_json(body(client_data)).unwrap();
        let error = login.pending_id().unwrap_err();
        assert_eq!((error.step(), error.kind()), (step, kind));
        let registration = RegistrationResponse::from_json(body(client_data)).unwrap();
        let error = registration.pending_id().unwrap_err();
        assert_eq!((error.step(), error.kind()), (step, kind));
    }
}
