//! The requests of a site with passkeys.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use webauthn_verify::{
    Authentication, AuthenticationRequest, AuthenticationResponse, CreationOptions, Credential,
    DecoySecret, ErrorKind, Mediation, PendingAuthentication, PendingRegistration,
    RegistrationRequest, RegistrationResponse, RelyingParty, RequestOptions, User,
};

use crate::answer::Answer;
use crate::store::Store;

/// The session of a request, from the session layer of your application.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    /// The user who is signed in or has just signed up.
    pub user: Option<User>,
}

pub struct Site {
    rp: RelyingParty,
    store: Mutex<Store>,
    /// User handles by user name in lower case. This is a table of your application.
    user_handles: HashMap<String, Vec<u8>>,
    decoys: DecoySecret,
}

impl Site {
    pub fn new(
        rp: RelyingParty,
        store: Store,
        user_handles: HashMap<String, Vec<u8>>,
        decoys: DecoySecret,
    ) -> Site {
        Site { rp, store: Mutex::new(store), user_handles, decoys }
    }

    /// Returns the options for `navigator.credentials.create()`.
    pub fn start_registration(&self, session: &Session) -> Result<CreationOptions, Answer> {
        let user = session.user.as_ref().ok_or(Answer::NOT_SIGNED_IN)?;
        let store = self.store();
        let request = RegistrationRequest::passkey(user, &store.records(user.handle())?);
        let (options, pending) = self.rp.start_registration(&request, SystemTime::now())?;
        store.keep(&pending.id(), &session.id, &pending, pending.expires_at())?;
        Ok(options)
    }

    pub fn finish_registration(
        &self,
        session: &Session,
        response: &RegistrationResponse,
    ) -> Result<(), Answer> {
        let user = session.user.as_ref().ok_or(Answer::NOT_SIGNED_IN)?;
        let store = self.store();
        let pending: Option<PendingRegistration> =
            store.take(&response.pending_id()?, &session.id)?;
        let pending = pending.ok_or(Answer::NOT_STARTED)?;
        // Another user may have signed in since then.
        if pending.user_handle() != user.handle() {
            return Err(Answer::NOT_SIGNED_IN);
        }
        let now = SystemTime::now();
        let registration = self.rp.finish_registration(pending, response, now)?;
        if !store.insert(user.handle(), registration.credential(), now)? {
            return Err(Answer::ALREADY_REGISTERED);
        }
        Ok(())
    }

    /// Returns the options for `navigator.credentials.get()` after a click on a button.
    pub fn start_login(&self, session: &Session) -> Result<RequestOptions, Answer> {
        self.start(session, &AuthenticationRequest::passkey())
    }

    /// Returns the options for a page with a login form that offers passkeys together with
    /// passwords. The call waits in the background for as long as the page is open.
    pub fn start_conditional_login(&self, session: &Session) -> Result<RequestOptions, Answer> {
        self.start(session, &AuthenticationRequest::passkey().mediation(Mediation::Conditional))
    }

    /// Returns the options for a user name. They do not reveal whether the name has an account.
    pub fn start_login_by_name(
        &self,
        session: &Session,
        name: &str,
    ) -> Result<RequestOptions, Answer> {
        let name = name.trim().to_lowercase();
        let user_handle = self.user_handles.get(&name).map(Vec::as_slice).unwrap_or_default();
        let records = self.store().records(user_handle)?;
        let request = match &records[..] {
            [] => AuthenticationRequest::decoy(&self.decoys, &name),
            records => AuthenticationRequest::for_user(user_handle, records),
        };
        self.start(session, &request)
    }

    fn start(
        &self,
        session: &Session,
        request: &AuthenticationRequest,
    ) -> Result<RequestOptions, Answer> {
        let (options, pending) = self.rp.start_authentication(request, SystemTime::now())?;
        self.store().keep(&pending.id(), &session.id, &pending, pending.expires_at())?;
        Ok(options)
    }

    /// Finishes a login that was started in any way. Returns the user handle of the account.
    pub fn finish_login(
        &self,
        session: &Session,
        response: &AuthenticationResponse,
    ) -> Result<Vec<u8>, Answer> {
        let (login, records) = self.verify_login(session, response)?;
        // This site has no passwords, so it cannot use a second factor.
        if login.is_second_factor_only() {
            return Err(Answer::SECOND_FACTOR_ONLY);
        }
        self.store_login(&login, records)?;
        Ok(login.user_handle().to_vec())
    }

    /// Returns the verdict, and the records that were used to verify it.
    fn verify_login(
        &self,
        session: &Session,
        response: &AuthenticationResponse,
    ) -> Result<(Authentication, Vec<Credential>), Answer> {
        let store = self.store();
        // The state is used up, even if the login fails.
        let pending: Option<PendingAuthentication> =
            store.take(&response.pending_id()?, &session.id)?;
        let pending = pending.ok_or(Answer::NOT_STARTED)?;
        let user_handle = pending.user_handle().or(response.unverified_user_handle());
        let records = store.records(user_handle.unwrap_or_default())?;
        match self.rp.finish_authentication(pending, response, &records, SystemTime::now()) {
            Ok(login) => Ok((login, records)),
            Err(error) if error.kind() == ErrorKind::UnknownCredential => {
                let id = response.unverified_credential_id();
                // Only if no account has the passkey. Otherwise, the browser would hide a valid
                // passkey.
                let unknown_credential = match store.account(id)? {
                    Some(_) => None,
                    None => self.rp.unknown_credential(id).ok(),
                };
                Err(Answer { unknown_credential, ..error.into() })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the result of a login. The user is signed in only if this succeeds.
    fn store_login(
        &self,
        login: &Authentication,
        mut records: Vec<Credential>,
    ) -> Result<(), Answer> {
        let record = login.apply_to(&mut records)?;
        let (update, now) = (login.update(), SystemTime::now());
        let is_stored = match update.is_change() {
            true => self.store().update(record, update.sign_count_before(), now)?,
            false => self.store().touch(record.id(), now)?,
        };
        if is_stored { Ok(()) } else { Err(Answer::ANOTHER_CAME_FIRST) }
    }

    /// All requests share one connection, because SQLite is fast. With a database server, use a
    /// connection pool.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use webauthn_verify::SignCountPolicy;
    use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

    use super::*;
    use crate::visit::{self, ORIGIN, alice, session_of_a_visitor, session_of_alice};

    /// Returns a site where Alice has registered a passkey.
    fn site(browser: &mut SoftwareAuthenticator) -> Site {
        let site = visit::site();
        let options = site.start_registration(&session_of_alice()).unwrap();
        let body = browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        site.finish_registration(&session_of_alice(), &response).unwrap();
        site
    }

    fn verify_login(
        site: &Site,
        browser: &mut SoftwareAuthenticator,
    ) -> (Authentication, Vec<Credential>) {
        let options = site.start_login(&session_of_a_visitor()).unwrap();
        let body = browser.authenticate(&options, ORIGIN).unwrap();
        let response = AuthenticationResponse::from_json(body).unwrap();
        site.verify_login(&session_of_a_visitor(), &response).unwrap()
    }

    #[test]
    fn the_second_of_two_logins_with_one_record_fails() {
        let mut browser = SoftwareAuthenticator::from_seed(b"alice");
        let site = site(&mut browser);
        let (first, records_of_first) = verify_login(&site, &mut browser);
        let (second, records_of_second) = verify_login(&site, &mut browser);
        site.store_login(&second, records_of_second).unwrap();
        let result = site.store_login(&first, records_of_first);
        assert_eq!(result, Err(Answer::ANOTHER_CAME_FIRST));
    }

    #[test]
    fn a_login_fails_if_the_account_was_deleted_during_it() {
        let mut browser = SoftwareAuthenticator::from_seed(b"alice");
        let mut site = site(&mut browser);
        site.rp = site.rp.sign_count_policy(SignCountPolicy::Ignore);
        browser.break_next(Fault::SignCount);
        let unchanged = verify_login(&site, &mut browser);
        let changed = verify_login(&site, &mut browser);
        assert!(changed.0.update().is_change() && !unchanged.0.update().is_change());
        site.store_login(&unchanged.0, unchanged.1.clone()).unwrap();
        site.store().delete_account(alice().handle()).unwrap();
        for (login, records) in [changed, unchanged] {
            assert_eq!(site.store_login(&login, records), Err(Answer::ANOTHER_CAME_FIRST));
        }
    }

    #[test]
    fn a_registration_fails_if_another_user_has_signed_in() {
        let site = visit::site();
        let mut browser = SoftwareAuthenticator::from_seed(b"alice");
        let options = site.start_registration(&session_of_alice()).unwrap();
        let body = browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        let bob = User::new(*b"user-0002", "bob@example.com", "Bob");
        let session_of_bob = Session { user: Some(bob), ..session_of_alice() };
        let result = site.finish_registration(&session_of_bob, &response);
        assert_eq!(result, Err(Answer::NOT_SIGNED_IN));
    }
}
