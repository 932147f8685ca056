//! Stored values: pending states, credential records and prepared keys. The first byte of the input
//! chooses the type, and the rest is the stored value. A readable value is written and read again
//! unchanged, and has the form that the crate writes. It finishes a fixed ceremony exactly if the
//! rules allow it.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Ceremony, Credential, Error,
    ErrorKind, KeyKind, PendingAuthentication, PendingPayment, PendingRegistration, PreparedKey,
    RegistrationResponse, Step, signature,
};
use webauthn_verify_authenticator::PrivateKey;

use super::site;

const A_DAY: u64 = 24 * 60 * 60;
const MAX_SKEW: u64 = 60;

// The first bytes of an input.
pub const REGISTRATION: u8 = b'r';
pub const AUTHENTICATION: u8 = b'a';
pub const PAYMENT: u8 = b'p';
pub const CREDENTIAL: u8 = b'c';
pub const PREPARED_KEY: u8 = b'k';

pub fn check(input: &[u8]) {
    let Some((kind, stored)) = input.split_first() else { return };
    match *kind {
        REGISTRATION => check_registration(stored),
        AUTHENTICATION => check_authentication(stored),
        PAYMENT => check_payment(stored),
        CREDENTIAL => check_credential(stored),
        PREPARED_KEY => check_prepared_key(stored),
        _ => {}
    }
}

fn check_registration(stored: &[u8]) {
    let Some((pending, written)) = read_again::<PendingRegistration>(stored) else { return };
    if is_current(&written) {
        check_times_and_challenge(&written);
        check_size(&written["user_handle"], 1..=64);
        list(&written["excluded"]).for_each(|id| check_size(id, 1..=1023));
        let mut algorithms = list(&written["algorithms"]).peekable();
        assert!(algorithms.peek().is_some());
        assert!(algorithms.all(|id| id.as_i64().and_then(Algorithm::from_cose_id).is_some()));
    }
    let response = RegistrationResponse::from_json(site::REGISTRATION).unwrap();
    let key = number_of(Algorithm::EdDsa);
    let expected = is_of_the_response(&written)
        && list(&written["algorithms"]).any(|id| *id == key)
        && !list(&written["excluded"]).any(|id| is(id, response.unverified_credential_id()));
    check_pending_id(&response.pending_id().unwrap(), &pending.id(), &written);
    let verdict = site::relying_party().finish_registration(pending, &response, site::now());
    check_verdict(verdict.map(drop), Ceremony::Registration, &written, expected);
}

fn check_authentication(stored: &[u8]) {
    let Some((pending, written)) = read_again::<PendingAuthentication>(stored) else { return };
    check_login_state(&written);
    let response = AuthenticationResponse::from_json(site::LOGIN).unwrap();
    let expected = is_of_the_login(&written, &response) && !asks_for(&written, "payment");
    check_pending_id(&response.pending_id().unwrap(), &pending.id(), &written);
    let (rp, now) = (site::relying_party(), site::now());
    // An account cannot finish a ceremony that another account started.
    let others = account_of(b"another user handle");
    assert!(rp.finish_authentication(pending.clone(), &response, &others, now).is_err());
    let verdict = rp.finish_authentication(pending, &response, site::account(), now);
    match verdict.map(drop) {
        // A payment state is detected before its version is checked.
        Err(error) if asks_for(&written, "payment") => {
            assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::WrongPendingState));
        }
        verdict => check_verdict(verdict, Ceremony::Authentication, &written, expected),
    }
}

fn check_payment(stored: &[u8]) {
    let Some((pending, written)) = read_again::<PendingPayment>(stored) else { return };
    let written = &written["payment"];
    check_login_state(written);
    let (rp, now, order) = (site::relying_party(), site::now(), site::payment_order());
    let finish = |body: &str| {
        let response = AuthenticationResponse::from_json(body).unwrap();
        let expected = is_of_the_login(written, &response) && asks_for(written, "payment");
        check_pending_id(&response.pending_id().unwrap(), &pending.id(), written);
        let account = site::account();
        let verdict = rp.finish_payment(pending.clone(), &response, account, &order, now);
        (verdict.map(drop), expected)
    };
    assert!(finish(site::LOGIN).0.is_err(), "a login pays");
    match finish(site::PAYMENT) {
        (Err(error), _) if !asks_for(written, "payment") => {
            assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::WrongPendingState));
        }
        (verdict, expected) => check_verdict(verdict, Ceremony::Authentication, written, expected),
    }
}

fn check_credential(stored: &[u8]) {
    let Some((record, written)) = read_again::<Credential>(stored) else { return };
    check_record(&written);
    assert!(is(&written["id"], record.id()));
    assert!(is(&written["public_key"], record.public_key()));

    let login = AuthenticationResponse::from_json(site::LOGIN).unwrap();
    let with_es256 = AuthenticationResponse::from_json(site::LOGIN_ES256).unwrap();
    let is_es256 = record.id() == with_es256.unverified_credential_id();
    let response = if is_es256 { with_es256 } else { login };
    let mut account = site::account().iter();
    let own = account.find(|own| own.id() == response.unverified_credential_id()).unwrap();
    // The login has the counter 2, and its credential is not backup eligible.
    let expected = record.id() == own.id()
        && record.public_key() == own.public_key()
        && record.user_handle() == own.user_handle()
        && record.sign_count() < 2
        && record.backup_eligible() != Some(true);
    let plain = without_prepared_key(&record);
    let verdict = finish_with(&plain, &response);
    assert_eq!(verdict.is_ok(), expected, "{verdict:?}");
    let prepared = finish_with(&record, &response);
    // A stored prepared key is trusted, so the verdict is only compared if its values are right.
    match plain.with_prepared_key() {
        Ok(right) if right.prepared_key() == record.prepared_key() => {
            assert_eq!(prepared, verdict);
        }
        Err(_) => assert!(verdict.is_err()),
        Ok(_) => assert!(prepared.is_err() || record.id() == own.id()),
    }
}

fn finish_with(record: &Credential, response: &AuthenticationResponse) -> Result<(), Error> {
    let (rp, now) = (site::relying_party(), site::now());
    let request = AuthenticationRequest::passkey().challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, now).unwrap();
    let verdict = rp.finish_authentication(pending, response, std::slice::from_ref(record), now);
    verdict.map(|login| {
        assert_eq!(login.user_handle(), site::USER_HANDLE);
        site::apply(&login, record);
    })
}

/// Returns the record without its prepared key.
fn without_prepared_key(record: &Credential) -> Credential {
    let mut stored = serde_json::to_value(record).expect("a record is not written");
    stored.as_object_mut().expect("a record is not an object").remove("prepared_key");
    serde_json::from_value(stored).expect("a record without a prepared key is refused")
}

/// Returns the key of the prepared key in the seeds, for an algorithm that no fixed ceremony uses.
pub fn key(algorithm: Algorithm) -> PrivateKey {
    PrivateKey::from_seed(algorithm.cose_id(), b"stored states").unwrap()
}

/// Returns messages with signatures. Each prepared key in the seeds for ECDSA and Ed25519 verifies one
/// of them. No key verifies the last one.
pub fn signatures() -> &'static [(Vec<u8>, Vec<u8>)] {
    static SIGNATURES: OnceLock<Vec<(Vec<u8>, Vec<u8>)>> = OnceLock::new();
    SIGNATURES.get_or_init(|| {
        let of_login = |body: &str| {
            let login = AuthenticationResponse::from_json(body).unwrap();
            let hash = site::sha256(login.client_data_json());
            ([login.authenticator_data(), &hash[..]].concat(), login.signature().to_vec())
        };
        let of_key = |algorithm| (b"message".to_vec(), key(algorithm).sign(b"message"));
        let (_, of_another) = of_login(site::LOGIN);
        vec![
            of_login(site::LOGIN),
            of_login(site::LOGIN_ES256),
            of_key(Algorithm::Es384),
            of_key(Algorithm::Es512),
            (b"a message that nobody signs".to_vec(), of_another),
        ]
    })
}

fn check_prepared_key(stored: &[u8]) {
    let Ok(prepared) = PreparedKey::from_bytes(stored) else { return };
    assert_eq!(prepared.to_bytes(), stored);
    assert!(PreparedKey::from_bytes(&prepared.to_bytes()).is_ok_and(|again| again == prepared));
    assert!(PreparedKey::from_bytes(&stored[..stored.len() - 1]).is_err());
    assert!(PreparedKey::from_bytes(&[stored, &[0]].concat()).is_err());

    let (head, rest) = stored.split_at(3);
    let (cose, computed) = rest.split_at(usize::from(u16::from_be_bytes([head[1], head[2]])));
    assert_eq!(head[0], 1, "the version");
    assert_eq!(prepared.as_cose(), cose);
    let key = CoseKey::parse(cose).expect("a prepared key without a COSE key");
    let has_table = matches!(
        key.public_key().material().kind(),
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 | KeyKind::Ed25519
    );
    assert_eq!(computed.is_empty(), !has_table);

    // Only wrong computed values can change the verdict of a key.
    let is_right =
        computed.is_empty() || key.public_key().prepare().is_ok_and(|right| right == prepared);
    for (message, bytes) in signatures() {
        let verdict = prepared.verify(message, bytes);
        if is_right {
            let plain = signature::verify(key.public_key(), message, bytes);
            assert_eq!(verdict.map_err(|error| error.kind()), plain.map_err(|error| error.kind()));
        }
    }
}

/// Reads a value, and checks that it is written and read again unchanged. Returns the value and its
/// JSON.
fn read_again<T>(stored: &[u8]) -> Option<(T, Value)>
where
    T: DeserializeOwned + Serialize + PartialEq + fmt::Debug,
{
    let state: T = serde_json::from_slice(stored).ok()?;
    let text = serde_json::to_string(&state).expect("what was read cannot be written");
    let again: T = serde_json::from_str(&text).expect("what was written cannot be read");
    assert_eq!(again, state);
    assert_eq!(serde_json::to_string(&again).ok().as_ref(), Some(&text));
    let value: Value = serde_json::from_str(&text).unwrap();
    for state in [&value, &value["payment"]] {
        if let Some(challenge) = state["challenge"].as_str().filter(|_| is_current(state)) {
            // Another stored member may have the same text.
            let occurs_again = text.matches(challenge).count() > 1;
            assert!(occurs_again || !format!("{again:?}").contains(challenge));
        }
    }
    Some((again, value))
}

/// Checks the rules for the states of logins and payments.
fn check_login_state(written: &Value) {
    if !is_current(written) {
        return;
    }
    check_times_and_challenge(written);
    let user_handle = &written["user_handle"];
    if !user_handle.is_null() {
        check_size(user_handle, 1..=64);
    }
    let allowed: Vec<_> = list(&written["allowed"]).collect();
    assert_eq!(allowed.is_empty(), user_handle.is_null());
    allowed.iter().for_each(|id| check_size(id, 1..=1023));
    for decoy in list(&written["decoys"]) {
        check_record(decoy);
        assert!(allowed.contains(&&decoy["id"]));
    }
    assert!(written["app_id"].is_null() || asks_for(written, "appid"));
}

fn check_times_and_challenge(written: &Value) {
    check_size(&written["challenge"], 16..=1024);
    let expires_at = written["expires_at"].as_u64().unwrap();
    if let Some(started_at) = written["started_at"].as_u64() {
        assert!((started_at..=started_at.saturating_add(A_DAY)).contains(&expires_at));
    }
}

fn check_record(written: &Value) {
    assert_eq!(written["version"], 1);
    check_size(&written["id"], 1..=1023);
    if !written["user_handle"].is_null() {
        check_size(&written["user_handle"], 1..=64);
    }
    if !written["aaguid"].is_null() {
        check_size(&written["aaguid"], 16..=16);
    }
    assert!(list(&written["transports"]).count() <= 16);
    for transport in list(&written["transports"]) {
        assert!(transport.as_str().unwrap().chars().count() <= 32);
    }
    let public_key = site::decode_base64url(written["public_key"].as_str().unwrap());
    assert!(CoseKey::parse(&public_key).is_ok());
    if let Some(prepared) = written["prepared_key"].as_str() {
        let prepared = PreparedKey::from_bytes(&site::decode_base64url(prepared));
        assert!(prepared.is_ok_and(|prepared| prepared.as_cose() == public_key));
    }
}

/// Returns whether the state has the version that this release writes.
fn is_current(written: &Value) -> bool {
    written["version"] == 1
}

/// Returns whether a state fits the fixed responses. They have no extension outputs, so the state
/// must not require any, except the lowest level of `credProtect`.
fn is_of_the_response(written: &Value) -> bool {
    let now = u64::from(site::NOW);
    let expires_at = written["expires_at"].as_u64().unwrap();
    let is_in_time = match written["started_at"].as_u64() {
        Some(started_at) => started_at <= now + MAX_SKEW,
        None => expires_at <= now + A_DAY + MAX_SKEW,
    };
    let demands = &written["extension_demands"];
    let lowest = Value::from("userVerificationOptional");
    is_current(written)
        && written["rp_id"] == site::RP_ID
        && is_in_time
        && expires_at >= now
        && has_the_challenge(written)
        && (demands["cred_protect"].is_null() || demands["cred_protect"] == lowest)
        && demands["large_blob"] == false
        && demands["prf"] == false
}

/// Checks that a response finds a state exactly if they have the same challenge. A state of another
/// version may have another form, such as a challenge with padding.
fn check_pending_id(of_response: &str, of_state: &str, written: &Value) {
    if is_current(written) {
        assert_eq!(of_response == of_state, has_the_challenge(written));
    }
}

/// Returns whether the state has the challenge of the fixed responses.
fn has_the_challenge(written: &Value) -> bool {
    is(&written["challenge"], &site::CHALLENGE)
}

/// Returns whether a state fits a response of the account.
fn is_of_the_login(written: &Value, response: &AuthenticationResponse) -> bool {
    let user_handle = &written["user_handle"];
    let id = response.unverified_credential_id();
    is_of_the_response(written)
        && (user_handle.is_null() || is(user_handle, site::USER_HANDLE))
        && (user_handle.is_null() || list(&written["allowed"]).any(|allowed| is(allowed, id)))
        && list(&written["decoys"]).next().is_none()
}

/// Checks that the ceremony is accepted exactly if that is expected. An error must have the kind
/// `UnsupportedVersion` exactly if the state has another version.
fn check_verdict(verdict: Result<(), Error>, ceremony: Ceremony, written: &Value, expected: bool) {
    assert_eq!(verdict.is_ok(), expected, "{verdict:?}");
    if let Err(error) = verdict {
        // Offsets are in the fixed response, so they are not checked.
        assert_eq!(error.ceremony(), ceremony);
        let is_of_version = error.kind() == ErrorKind::UnsupportedVersion;
        assert_eq!(is_of_version, !is_current(written), "{error}");
    }
}

/// Returns the records of the account with another user handle.
fn account_of(user_handle: &[u8]) -> Vec<Credential> {
    let records = site::account().iter().cloned();
    records.map(|record| record.with_user_handle(user_handle).unwrap()).collect()
}

fn asks_for(written: &Value, identifier: &str) -> bool {
    list(&written["extensions"]).any(|requested| requested == identifier)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("not a list").iter()
}

fn number_of(algorithm: Algorithm) -> Value {
    algorithm.cose_id().into()
}

/// Returns whether the value is these bytes in base64url.
fn is(text: &Value, bytes: &[u8]) -> bool {
    *text == URL_SAFE_NO_PAD.encode(bytes)
}

/// Checks that the value is base64url, and that the number of its bytes is in the range.
fn check_size(text: &Value, sizes: std::ops::RangeInclusive<usize>) {
    let bytes = site::decode_base64url(text.as_str().expect("not text"));
    assert!(sizes.contains(&bytes.len()), "{} bytes", bytes.len());
}
