//! The four requests of a site with passkeys.

use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, CreationOptions, PendingAuthentication,
    PendingRegistration, RegistrationRequest, RegistrationResponse, RelyingParty, RequestOptions,
    User,
};

use crate::answer::Answer;
use crate::store::Store;

/// What the session layer of your application knows of a request.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    /// Who is signed in, or has just signed up.
    pub user: Option<User>,
}

pub struct Site {
    rp: RelyingParty,
    store: Mutex<Store>,
}

impl Site {
    pub fn new(rp: RelyingParty, store: Store) -> Site {
        Site { rp, store: Mutex::new(store) }
    }

    /// The options for `navigator.credentials.create()`.
    pub fn start_registration(&self, session: &Session) -> Result<CreationOptions, Answer> {
        let user = session.user.as_ref().ok_or(Answer::NOT_SIGNED_IN)?;
        let store = self.store();
        let request = RegistrationRequest::passkey(user, &[]).exclude(&store.records(user.handle())?);
        let (options, pending) = self.rp.start_registration(&request, SystemTime::now())?;
        let (id, expires_at) = id_and_end(&pending);
        store.keep(&id, &session.id, &pending, expires_at)?;
        Ok(options)
    }

    pub fn finish_registration(
        &self,
        session: &Session,
        response: &RegistrationResponse,
    ) -> Result<(), Answer> {
        let user = session.user.as_ref().ok_or(Answer::NOT_SIGNED_IN)?;
        let store = self.store();
        let id = challenge_of(response.client_data_json());
        let pending: Option<PendingRegistration> = store.take(&id, &session.id)?;
        let pending = pending.ok_or(Answer::TOO_LATE)?;
        let now = SystemTime::now();
        let registration = self.rp.finish_registration(pending, response, now)?;
        let record = registration.credential();
        // Somebody else may have signed in meanwhile.
        if record.user_handle() != Some(user.handle()) {
            return Err(Answer::NOT_SIGNED_IN);
        }
        if !store.insert(user.handle(), record, now)? {
            return Err(Answer::ALREADY_REGISTERED);
        }
        Ok(())
    }

    /// The options for `navigator.credentials.get()`.
    pub fn start_login(&self, session: &Session) -> Result<RequestOptions, Answer> {
        let request = AuthenticationRequest::passkey();
        let (options, pending) = self.rp.start_authentication(&request, SystemTime::now())?;
        let (id, expires_at) = id_and_end(&pending);
        self.store().keep(&id, &session.id, &pending, expires_at)?;
        Ok(options)
    }

    /// The user handle of the account that signs in.
    pub fn finish_login(
        &self,
        session: &Session,
        response: &AuthenticationResponse,
    ) -> Result<Vec<u8>, Answer> {
        let store = self.store();
        // Whatever comes out below, the state is gone.
        let id = challenge_of(response.client_data_json());
        let pending: Option<PendingAuthentication> = store.take(&id, &session.id)?;
        let pending = pending.ok_or(Answer::TOO_LATE)?;
        let user_handle = response.unverified_user_handle().unwrap_or_default();
        let mut records = store.records(user_handle)?;
        let now = SystemTime::now();
        let login = self.rp.finish_authentication(pending, response, &records, now)?;
        let used = records.iter_mut().find(|record| record.id() == login.credential_id());
        let used = used.ok_or(Answer::OUR_FAULT)?;
        let verified_with = used.sign_count();
        used.apply(&login.update());
        if !store.update(used, verified_with, now)? {
            return Err(Answer::ANOTHER_CAME_FIRST);
        }
        Ok(user_handle.to_vec())
    }

    /// One connection for all requests, as SQLite is quick. With a server, take one out of a pool.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Under which ID a pending state is kept, and until when. The ID is the challenge, which the
/// response repeats.
pub fn id_and_end(pending: &impl Serialize) -> (String, u64) {
    let state = serde_json::to_value(pending).unwrap_or_default();
    let id = state["challenge"].as_str().unwrap_or_default();
    (id.to_owned(), state["expires_at"].as_u64().unwrap_or_default())
}

/// The challenge that a response repeats.
pub fn challenge_of(client_data_json: &[u8]) -> String {
    let client_data: Value = serde_json::from_slice(client_data_json).unwrap_or_default();
    client_data["challenge"].as_str().unwrap_or_default().to_owned()
}
