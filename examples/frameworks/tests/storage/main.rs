//! The tables and statements work as `src/guide/storage.md` describes, in SQLite and in PostgreSQL.

use std::slice::from_ref;
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, Credential, PendingAuthentication,
    RegistrationRequest, RegistrationResponse, RelyingParty, RequestOptions, Transport, User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

mod document;
mod postgresql;
mod sqlite;

const ORIGIN: &str = "https://example.com";
const ALICE: &[u8] = b"user-0001";
const BOB: &[u8] = b"user-0002";

/// The operations of an application on the tables.
trait Tables {
    fn keep(&self, id: &str, session: &str, pending: &impl Serialize, expires_at: SystemTime);
    fn take(&self, id: &str, session: &str) -> Option<PendingAuthentication>;
    fn delete_expired(&self, now: SystemTime) -> usize;
    fn insert(&self, user_handle: &[u8], record: &Credential, now: SystemTime) -> bool;
    fn records(&self, user_handle: &[u8]) -> Vec<Credential>;
    fn account(&self, id: &[u8]) -> Option<Vec<u8>>;
    fn update(&self, record: &Credential, count_before: u32, now: SystemTime) -> bool;
    fn touch(&self, id: &[u8], now: SystemTime) -> bool;
    fn delete(&self, id: &[u8], user_handle: &[u8]) -> bool;
    fn delete_account(&self, user_handle: &[u8]) -> usize;
}

/// A site, and the browser of a user.
struct Visit {
    rp: RelyingParty,
    browser: SoftwareAuthenticator,
}

impl Visit {
    fn new() -> Visit {
        let rp = RelyingParty::new("example.com", [ORIGIN]).unwrap();
        Visit { rp, browser: SoftwareAuthenticator::from_seed(b"alice") }
    }

    fn register(&mut self, user_handle: &[u8]) -> Credential {
        let user = User::new(user_handle, "a name", "A Name");
        let request = RegistrationRequest::passkey(&user, &[]);
        let now = SystemTime::now();
        let (options, pending) = self.rp.start_registration(&request, now).unwrap();
        let body = self.browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        let registration = self.rp.finish_registration(pending, &response, now).unwrap();
        registration.into_credential()
    }

    /// Starts a login and stores its state. Returns the options and the ID of the state.
    fn keep(&self, tables: &impl Tables, session: &str) -> (RequestOptions, String) {
        let request = AuthenticationRequest::passkey();
        let (options, pending) = self.rp.start_authentication(&request, SystemTime::now()).unwrap();
        tables.keep(&pending.id(), session, &pending, pending.expires_at());
        (options, pending.id())
    }

    /// Starts a login, and returns the response of the browser.
    fn start_login(&mut self, tables: &impl Tables, session: &str) -> AuthenticationResponse {
        let (options, id) = self.keep(tables, session);
        let body = self.browser.authenticate(&options, ORIGIN).unwrap();
        let response = AuthenticationResponse::from_json(body).unwrap();
        assert_eq!(response.pending_id().unwrap(), id);
        response
    }

    /// Finishes a login. Returns the new record, and its counter before the login.
    fn finish_login(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponse,
        mut records: Vec<Credential>,
    ) -> (Credential, u32) {
        let now = SystemTime::now();
        let login = self.rp.finish_authentication(pending, response, &records, now).unwrap();
        let record = login.apply_to(&mut records).unwrap();
        (record.clone(), login.update().sign_count_before())
    }
}

/// A user registers, signs in, and deletes the passkey.
fn a_passkey_from_registration_to_deletion(tables: &impl Tables) {
    let now = SystemTime::now();
    let mut visit = Visit::new();
    let record = visit.register(ALICE);
    assert!(tables.insert(ALICE, &record, now));
    // The ID is unique across all accounts.
    assert!(!tables.insert(BOB, &record, now));
    assert_eq!(tables.account(record.id()).unwrap(), ALICE);
    assert_eq!(tables.records(ALICE), from_ref(&record));
    assert!(tables.records(BOB).is_empty());

    let response = visit.start_login(tables, "session");
    let id = response.pending_id().unwrap();
    assert!(tables.take(&id, "another session").is_none());
    let pending = tables.take(&id, "session").unwrap();
    assert!(tables.take(&id, "session").is_none(), "a state can be taken only once");
    let (updated, count_before) = visit.finish_login(pending, &response, tables.records(ALICE));
    assert_ne!(updated.sign_count(), count_before);
    assert!(tables.update(&updated, count_before, now));
    assert_eq!(tables.records(ALICE), from_ref(&updated));
    assert!(tables.touch(updated.id(), now));
    assert_eq!(tables.records(ALICE), from_ref(&updated));

    // A record with all possible data and the largest counter.
    let count = updated.sign_count();
    let whole = updated.with_prepared_key().unwrap().with_sign_count(u32::MAX);
    assert!(tables.update(&whole, count, now));
    assert_eq!(tables.records(ALICE), from_ref(&whole));

    assert!(!tables.delete(whole.id(), BOB), "the passkey belongs to another account");
    assert!(tables.delete(whole.id(), ALICE));
    assert!(!tables.update(&whole, whole.sign_count(), now), "the passkey was deleted");
    assert!(!tables.touch(whole.id(), now), "the passkey was deleted");
    assert!(tables.records(ALICE).is_empty() && tables.account(whole.id()).is_none());

    let (one, two) = (visit.register(BOB), Visit::new().register(ALICE));
    // A browser may send any text as a transport.
    let two = two.with_transports([Transport::Other("\0\u{1b}\"".to_owned())]);
    assert!(tables.insert(BOB, &one, now) && tables.insert(ALICE, &two, now));
    assert_eq!(tables.delete_account(BOB), 1);
    assert_eq!(tables.records(ALICE), [two]);
}

/// If two logins were verified with the same record, only the one that is stored first succeeds.
fn the_second_of_two_logins_with_one_record_is_rejected(tables: &impl Tables) {
    let now = SystemTime::now();
    let mut visit = Visit::new();
    let record = visit.register(ALICE);
    assert!(tables.insert(ALICE, &record, now));
    let mut verified = Vec::new();
    for session in ["one", "two"] {
        let response = visit.start_login(tables, session);
        let pending = tables.take(&response.pending_id().unwrap(), session).unwrap();
        verified.push(visit.finish_login(pending, &response, tables.records(ALICE)));
    }
    let [(first, first_count), (second, second_count)] = verified.try_into().unwrap();
    assert_eq!(first_count, second_count, "both were verified with the same record");
    assert!(tables.update(&second, second_count, now));
    assert!(!tables.update(&first, first_count, now));
    assert_eq!(tables.records(ALICE), [second]);
}

fn expired_states_are_deleted(tables: &impl Tables) {
    let (_, id) = Visit::new().keep(tables, "session");
    let now = SystemTime::now();
    assert_eq!(tables.delete_expired(now), 0);
    assert_eq!(tables.delete_expired(now + Duration::from_secs(24 * 60 * 60)), 1);
    assert!(tables.take(&id, "session").is_none());
}

/// `connect` opens a new connection to the same tables.
fn only_one_of_two_requests_gets_a_state<T: Tables>(connect: impl Fn() -> T + Sync) {
    for _ in 0..4 {
        let (_, id) = Visit::new().keep(&connect(), "session");
        let barrier = Barrier::new(2);
        let take = || {
            let tables = connect();
            barrier.wait();
            usize::from(tables.take(&id, "session").is_some())
        };
        let taken: usize = std::thread::scope(|scope| {
            let threads = [scope.spawn(take), scope.spawn(take)];
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1);
    }
}

/// A temporary folder for a test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
