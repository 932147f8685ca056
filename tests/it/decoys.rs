//! A login for a name without an account looks like one with an account, and never succeeds
//! (§14.6.2).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify::{
    Algorithm, Authentication, AuthenticationRequest, AuthenticationResponse, Credential,
    DecoySecret, DecoyShape, Error, ErrorKind, PendingAuthentication, Step, Transport,
};
use webauthn_verify_authenticator::{
    AuthenticatorDataBuilder, ClientDataBuilder, PrivateKey, flag,
};

use crate::common::messages::{CHALLENGE, ORIGIN, RP_ID, base64url, key, now, relying_party};

const NAME: &str = "nobody@example.org";
const USER_HANDLE: &[u8] = b"the handle of an account";
const GOOD_FLAGS: u8 =
    flag::USER_PRESENT | flag::USER_VERIFIED | flag::BACKUP_ELIGIBLE | flag::BACKUP_STATE;

fn secret() -> DecoySecret {
    DecoySecret::new(&[7; 32])
}

/// Returns a shape with two credentials, so that choosing between them matters.
fn two_passkeys() -> DecoyShape {
    let transports = [Transport::Hybrid, Transport::Internal];
    DecoyShape::new().synced(20, transports.clone()).synced(16, transports)
}

fn start(request: AuthenticationRequest) -> (Value, PendingAuthentication) {
    let request = request.challenge(&CHALLENGE);
    let (options, pending) = relying_party().start_authentication(&request, now()).unwrap();
    (serde_json::to_value(options).unwrap(), pending)
}

/// Returns `allowCredentials` for this name.
fn allowed(secret: &DecoySecret, name: &str) -> Vec<Value> {
    let (options, _) = start(AuthenticationRequest::decoy(secret, name));
    options["publicKey"]["allowCredentials"].as_array().unwrap().clone()
}

fn id_of(descriptor: &Value) -> Vec<u8> {
    use base64::Engine;
    let text = descriptor["id"].as_str().unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn her_key() -> PrivateKey {
    PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"hers").unwrap()
}

/// Returns an existing account with the IDs of these descriptors and one key for all of them.
fn account_like(descriptors: &[Value], key: &PrivateKey) -> Vec<Credential> {
    let cose_key = key.cose_key().unwrap();
    let record = |descriptor| {
        Credential::from_parts(&id_of(descriptor), &cose_key)
            .unwrap()
            .with_user_handle(USER_HANDLE)
            .unwrap()
            .with_transports([Transport::Hybrid, Transport::Internal])
            .with_backup(true, true)
    };
    descriptors.iter().map(record).collect()
}

/// The response of a stranger.
struct Answer {
    id: Vec<u8>,
    user_handle: Option<&'static [u8]>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Option<Vec<u8>>,
}

impl Answer {
    fn with(id: &[u8]) -> Answer {
        Answer {
            id: id.to_vec(),
            user_handle: None,
            client_data: ClientDataBuilder::get(&CHALLENGE, ORIGIN).build(),
            authenticator_data: AuthenticatorDataBuilder::new(RP_ID, GOOD_FLAGS, 1).build(),
            signature: None,
        }
    }

    fn flags(self, flags: u8) -> Answer {
        let authenticator_data = AuthenticatorDataBuilder::new(RP_ID, flags, 1).build();
        Answer { authenticator_data, ..self }
    }

    fn client_data(self, builder: ClientDataBuilder) -> Answer {
        Answer { client_data: builder.build(), ..self }
    }

    fn signed_by(&self, key: &PrivateKey) -> AuthenticationResponse {
        let hash = Sha256::digest(&self.client_data);
        let signature = self.signature.clone();
        let signature =
            signature.unwrap_or_else(|| key.sign(&[&self.authenticator_data[..], &hash].concat()));
        let body = json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.client_data),
                "authenticatorData": base64url(&self.authenticator_data),
                "signature": base64url(&signature),
                "userHandle": self.user_handle.map(base64url),
            },
        });
        AuthenticationResponse::from_json(body.to_string()).unwrap()
    }
}

fn finish(
    pending: PendingAuthentication,
    response: &AuthenticationResponse,
    credentials: &[Credential],
) -> Result<Authentication, Error> {
    relying_party().finish_authentication(pending, response, credentials, now())
}

#[test]
fn each_name_always_has_the_same_decoys_of_its_own() {
    let mut seen = BTreeSet::new();
    for name in ["", "alice", "Alice", "alice ", "bob"] {
        for secret in [secret(), DecoySecret::new(&[8; 32])] {
            let decoys = allowed(&secret, name);
            assert_eq!(decoys, allowed(&secret.clone(), name));
            for decoy in &decoys {
                assert!(seen.insert(id_of(decoy)), "{name:?} shares a decoy with another name");
            }
        }
    }
}

#[test]
fn decoys_stay_the_same_from_release_to_release() {
    assert_eq!(
        json!(allowed(&secret(), NAME)),
        json!([
            {
                "id": "e5bxMUe7qD84ZVBx9vPkEQho72Q",
                "transports": ["hybrid", "internal"],
                "type": "public-key",
            },
            {
                "id": "S38dZxoM7j9MZUG9hc0PcQ",
                "transports": ["hybrid", "internal"],
                "type": "public-key",
            },
        ])
    );
}

#[test]
fn decoys_look_like_consumer_accounts_by_default() {
    let mut shapes = BTreeMap::<Vec<(usize, String)>, u32>::new();
    for number in 0..1000 {
        let decoys = allowed(&secret(), &format!("user {number}"));
        let look = |decoy: &Value| (id_of(decoy).len(), decoy["transports"].to_string());
        *shapes.entry(decoys.iter().map(look).collect()).or_default() += 1;
    }
    // There are seven different accounts, each with an expected share of at least a tenth of the
    // names. The check leaves a margin.
    assert_eq!(shapes.len(), 7);
    for (shape, count) in &shapes {
        assert!((1..=3).contains(&shape.len()) && *count > 50, "{count} have {shape:?}");
        for (length, transports) in shape {
            let known = matches!(
                (length, transports.as_str()),
                (16 | 20, r#"["hybrid","internal"]"#)
                    | (32, r#"["internal"]"#)
                    | (64, r#"["nfc","usb"]"#)
            );
            assert!(known, "{length} bytes by {transports}");
        }
    }
}

#[test]
fn decoys_look_like_the_accounts_that_are_given() {
    let key = key(Algorithm::Es256);
    let account = account_like(&allowed(&secret(), NAME), &key);
    let secret = secret().shapes([DecoyShape::of(&account)]).unwrap();
    let (real, _) = start(AuthenticationRequest::for_user(USER_HANDLE, &account));
    let (decoy, _) = start(AuthenticationRequest::decoy(&secret, "another name"));
    // Only the IDs differ. Even the order of the members is the same.
    let ids = |options: &Value| -> Vec<String> {
        let list = options["publicKey"]["allowCredentials"].as_array().unwrap();
        list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let (real_ids, decoy_ids) = (ids(&real), ids(&decoy));
    assert_ne!(real_ids, decoy_ids);
    let mut text = decoy.to_string();
    for (of_decoy, of_real) in decoy_ids.iter().zip(&real_ids) {
        text = text.replace(of_decoy, of_real);
    }
    assert_eq!(text, real.to_string());
    // An ID longer than one block of the hash, and the longest possible ID.
    let long = DecoyShape::new().device_bound(33, []).synced(1023, [Transport::Usb]);
    let decoys = allowed(&secret.shapes([long]).unwrap(), NAME);
    assert_eq!(decoys.iter().map(|one| id_of(one).len()).collect::<Vec<_>>(), [33, 1023]);
    let id = id_of(&decoys[1]);
    assert_ne!(id[..32], id[32..64]);
    assert!(decoys[0].get("transports").is_none(), "as in a real descriptor without transports");
}

#[test]
fn the_options_of_a_decoy_are_those_of_an_account() {
    let secret = secret().shapes([two_passkeys()]).unwrap();
    let account = account_like(&allowed(&secret, NAME), &her_key());
    for (decoy, of_account) in [
        (
            AuthenticationRequest::decoy(&secret, NAME),
            AuthenticationRequest::for_user(USER_HANDLE, &account),
        ),
        (
            AuthenticationRequest::security_key_decoy(&secret, NAME),
            AuthenticationRequest::security_key(USER_HANDLE, &account),
        ),
    ] {
        assert_eq!(start(decoy).0, start(of_account).0);
    }
}

#[test]
fn a_shape_that_no_account_can_have_is_rejected() {
    let refusal = |shapes: Vec<DecoyShape>| secret().shapes(shapes).unwrap_err().to_string();
    assert!(refusal(vec![]).contains("decoy shapes is empty"));
    assert!(refusal(vec![two_passkeys(), DecoyShape::new()]).contains("no credential"));
    for length in [0, 15, 1024] {
        let message = refusal(vec![two_passkeys().synced(length, [])]);
        assert!(message.contains("16 to 1023 bytes"), "{message}");
    }
    for length in [16, 1023] {
        secret().shapes([two_passkeys().device_bound(length, [])]).unwrap();
    }
}

/// For any response of a stranger, the error is the same with and without an account.
#[test]
fn a_decoy_login_fails_like_a_login_by_another_user() {
    let secret = secret().shapes([two_passkeys()]).unwrap();
    let decoys = allowed(&secret, NAME);
    let account = account_like(&decoys, &her_key());
    let strangers = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"a stranger's").unwrap();
    let request_of_account = || AuthenticationRequest::for_user(USER_HANDLE, &account);

    let check = |answer: &Answer, kind: ErrorKind, step: Step| {
        let response = answer.signed_by(&strangers);
        let (_, pending) = start(request_of_account());
        let of_account = finish(pending, &response, &account).unwrap_err();
        assert_eq!((of_account.kind(), of_account.step()), (kind, step), "{of_account}");
        let (_, pending) = start(AuthenticationRequest::decoy(&secret, NAME));
        // Stores the state in the session and reads it back.
        let stored = serde_json::to_string(&pending).unwrap();
        let pending = serde_json::from_str(&stored).unwrap();
        assert_eq!(finish(pending, &response, &[]).unwrap_err(), of_account);
    };
    for descriptor in &decoys {
        let id = id_of(descriptor);
        let answer = || Answer::with(&id);
        check(&answer(), ErrorKind::SignatureInvalid, Step::Signature);
        for garbage in [&b""[..], b"garbage", &[0x30, 0x06, 2, 1, 0, 2, 1, 0]] {
            let answer = Answer { signature: Some(garbage.to_vec()), ..answer() };
            check(&answer, ErrorKind::SignatureInvalid, Step::Signature);
        }
        let answer_by_handle = Answer { user_handle: Some(b"guessed"), ..answer() };
        check(&answer_by_handle, ErrorKind::UserHandleMismatch, Step::CredentialRecord);
        let elsewhere = ClientDataBuilder::get(&CHALLENGE, "https://example.com");
        check(&answer().client_data(elsewhere), ErrorKind::OriginMismatch, Step::Origin);
        let replayed = ClientDataBuilder::get(&[1; 32], ORIGIN);
        check(&answer().client_data(replayed), ErrorKind::ChallengeMismatch, Step::Challenge);
        let without = |flag: u8| answer().flags(GOOD_FLAGS & !flag);
        check(&without(flag::USER_PRESENT), ErrorKind::UserNotPresent, Step::UserPresence);
        check(&without(flag::USER_VERIFIED), ErrorKind::UserNotVerified, Step::UserVerification);
        check(&without(flag::BACKUP_ELIGIBLE), ErrorKind::InvalidBackupFlags, Step::BackupFlags);
        let bound = without(flag::BACKUP_ELIGIBLE | flag::BACKUP_STATE);
        check(&bound, ErrorKind::BackupEligibilityChanged, Step::BackupEligibilityKept);
    }
    let other = Answer::with(b"the ID of no credential");
    check(&other, ErrorKind::CredentialNotAllowed, Step::AllowedCredential);
}

#[test]
fn a_device_bound_decoy_does_not_become_backup_eligible() {
    let shape = DecoyShape::new().device_bound(64, [Transport::Usb]);
    let secret = secret().shapes([shape]).unwrap();
    let id = id_of(&allowed(&secret, NAME)[0]);
    let (_, pending) = start(AuthenticationRequest::decoy(&secret, NAME));
    let error = finish(pending, &Answer::with(&id).signed_by(&key(Algorithm::Es256)), &[]);
    assert_eq!(error.unwrap_err().step(), Step::BackupEligibilityGained);
}

/// An imported record can lack the backup eligibility, and then a login may have either.
#[test]
fn a_decoy_like_an_imported_record_accepts_either_backup_eligibility() {
    let imported = Credential::from_parts(&[7; 48], &her_key().cose_key().unwrap()).unwrap();
    assert_eq!(imported.backup_eligible(), None);
    let secret = secret().shapes([DecoyShape::of(&[imported])]).unwrap();
    let id = id_of(&allowed(&secret, NAME)[0]);
    assert_eq!(id.len(), 48);
    for flags in [GOOD_FLAGS, flag::USER_PRESENT | flag::USER_VERIFIED] {
        let (_, pending) = start(AuthenticationRequest::decoy(&secret, NAME));
        let answer = Answer::with(&id).flags(flags).signed_by(&key(Algorithm::Es256));
        assert_eq!(finish(pending, &answer, &[]).unwrap_err().step(), Step::Signature);
    }
}

#[test]
fn no_decoy_ever_signs_in() {
    let secret = secret().shapes([two_passkeys()]).unwrap();
    let decoys = allowed(&secret, NAME);
    let id = id_of(&decoys[0]);
    let key = key(Algorithm::Es256);
    let records = account_like(&decoys, &key);
    let response = Answer::with(&id).signed_by(&key);
    // This response is valid for an account with the key.
    let (_, of_account) = start(AuthenticationRequest::for_user(USER_HANDLE, &records));
    assert!(finish(of_account, &response, &records).is_ok());

    let (_, pending) = start(AuthenticationRequest::decoy(&secret, NAME));
    let kind = |pending: &Value, records: &[Credential]| {
        let pending = serde_json::from_value(pending.clone()).unwrap();
        finish(pending, &response, records).unwrap_err().kind()
    };
    let stored = serde_json::to_value(&pending).unwrap();
    // The records do not belong to the account of the decoy.
    assert_eq!(kind(&stored, &records), ErrorKind::SignatureInvalid);
    // This holds even if the key of the decoy is known.
    let mut known = stored.clone();
    for decoy in known["decoys"].as_array_mut().unwrap() {
        decoy["public_key"] = json!(base64url(&key.cose_key().unwrap()));
    }
    assert_eq!(kind(&known, &[]), ErrorKind::SignatureInvalid);
    // This also holds if the state lost its decoy marker.
    let mut lost = stored;
    assert!(!lost["decoys"].as_array().unwrap().is_empty());
    lost["decoys"] = json!([]);
    assert_eq!(kind(&lost, &[]), ErrorKind::UnknownCredential);
    assert_eq!(kind(&lost, &records), ErrorKind::UserHandleMismatch);
}

#[test]
fn only_a_decoy_is_stored_as_a_decoy() {
    let records = account_like(&allowed(&secret(), NAME), &key(Algorithm::Es256));
    let (_, pending) = start(AuthenticationRequest::for_user(USER_HANDLE, &records));
    assert_eq!(serde_json::to_value(pending).unwrap()["decoys"], json!([]));
    let (_, pending) = start(AuthenticationRequest::decoy(&secret(), NAME));
    let stored = serde_json::to_value(&pending).unwrap();
    assert_eq!(stored["decoys"].as_array().unwrap().len(), allowed(&secret(), NAME).len());
    assert_eq!(serde_json::from_value::<PendingAuthentication>(stored).unwrap(), pending);
}

#[test]
fn debug_does_not_show_the_secret() {
    assert_eq!(format!("{:?}", secret()), "DecoySecret(redacted)");
    let request = format!("{:?}", AuthenticationRequest::decoy(&secret(), NAME));
    assert!(!request.contains("7, 7") && !request.contains("BwcH"), "{request}");
}
