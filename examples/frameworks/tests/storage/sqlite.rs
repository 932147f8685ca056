//! SQLite, through the store of the example.

use std::time::SystemTime;

use serde::Serialize;
use webauthn_verify::{Credential, PendingAuthentication};
use webauthn_verify_frameworks::store::Store;

use crate::{Folder, Tables};

impl Tables for Store {
    fn keep(&self, id: &str, session: &str, pending: &impl Serialize, expires_at: SystemTime) {
        self.keep(id, session, pending, expires_at).unwrap();
    }

    fn take(&self, id: &str, session: &str) -> Option<PendingAuthentication> {
        self.take(id, session).unwrap()
    }

    fn delete_expired(&self, now: SystemTime) -> usize {
        self.delete_expired(now).unwrap()
    }

    fn insert(&self, user_handle: &[u8], record: &Credential, now: SystemTime) -> bool {
        self.insert(user_handle, record, now).unwrap()
    }

    fn records(&self, user_handle: &[u8]) -> Vec<Credential> {
        self.records(user_handle).unwrap()
    }

    fn account(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.account(id).unwrap()
    }

    fn update(&self, record: &Credential, count_before: u32, now: SystemTime) -> bool {
        self.update(record, count_before, now).unwrap()
    }

    fn touch(&self, id: &[u8], now: SystemTime) -> bool {
        self.touch(id, now).unwrap()
    }

    fn delete(&self, id: &[u8], user_handle: &[u8]) -> bool {
        self.delete(id, user_handle).unwrap()
    }

    fn delete_account(&self, user_handle: &[u8]) -> usize {
        self.delete_account(user_handle).unwrap()
    }
}

#[test]
fn sqlite_keeps_a_passkey_from_registration_to_deletion() {
    crate::a_passkey_from_registration_to_deletion(&Store::in_memory().unwrap());
}

#[test]
fn sqlite_rejects_the_second_of_two_logins_with_one_record() {
    crate::the_second_of_two_logins_with_one_record_is_rejected(&Store::in_memory().unwrap());
}

#[test]
fn sqlite_deletes_expired_states() {
    crate::expired_states_are_deleted(&Store::in_memory().unwrap());
}

#[test]
fn sqlite_gives_a_state_to_only_one_of_two_requests() {
    let folder = Folder::new("sqlite");
    let file = folder.0.join("site.db");
    drop(Store::create(&file).unwrap());
    crate::only_one_of_two_requests_gets_a_state(|| Store::open(&file).unwrap());
}
