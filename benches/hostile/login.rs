//! Logins, and the methods of their responses.

use sha2::{Digest, Sha256};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, KeyKind, RelyingParty,
    UserVerification,
};
use webauthn_verify_authenticator::certificates::{key, now};
use webauthn_verify_authenticator::costly::{
    CHALLENGE, MAX_BODY, ORIGIN, RP_ID, USER_HANDLE, large_results, login_body, one_long_output,
    slow_client_data, slow_rsa, slowest_rsa, wrong_rsa_signature,
};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, ClientDataBuilder};

use crate::row::{Row, verdict};
use crate::site::{algorithms, credential, key_of, relying_party, with_quirks};

/// Signs a message.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

struct Account {
    credential: Credential,
    signature: Sign,
}

/// Returns the rows of the logins, and the rows of the methods of the last response.
pub(crate) fn logins() -> (Vec<Row>, Vec<Row>) {
    let rp = with_quirks(relying_party());
    let mut rows = with_slow_keys(&rp);
    let key = key("credential");
    let credential = credential(&key.cose_key().unwrap());
    let data = AuthenticatorDataBuilder::new(RP_ID, 0x01, 0).build();
    let body = |client_data: &[u8], results: &str| {
        let signature = key.sign(&[&data[..], &Sha256::digest(client_data)].concat());
        login_body(client_data, &data, &signature, results)
    };
    for (of, client_data) in slow_client_data("webauthn.get") {
        let body = body(&client_data, "{}");
        rows.push(log_in(format!("client data: {of}"), &rp, &credential, &body));
    }
    let client_data = ClientDataBuilder::get(&CHALLENGE, ORIGIN).build();
    let body = body(&client_data, &large_results(MAX_BODY - 1000));
    rows.push(log_in("large client extension results".to_owned(), &rp, &credential, &body));
    (rows, asked(&body))
}

/// Returns logins with the slowest key of each kind, with small and with large authenticator data.
fn with_slow_keys(rp: &RelyingParty) -> Vec<Row> {
    let mut rows = Vec::new();
    let client_data = ClientDataBuilder::get(&CHALLENGE, ORIGIN).build();
    let small = AuthenticatorDataBuilder::new(RP_ID, 0x01, 0).build();
    let large =
        AuthenticatorDataBuilder::new(RP_ID, 0x81, 0).extensions(&one_long_output(180_000)).build();
    for (of, Account { credential, signature }) in accounts() {
        let prepared = credential.clone().with_prepared_key().unwrap();
        for (size, data) in [("", &small), (", 180 KB of authenticator data", &large)] {
            let signed = [&data[..], &Sha256::digest(&client_data)].concat();
            let body = login_body(&client_data, data, &signature(&signed), "{}");
            rows.push(log_in(format!("{of}{size}"), rp, &credential, &body));
            rows.push(log_in(format!("{of}{size}, prepared"), rp, &prepared, &body));
        }
    }
    rows
}

/// Returns accounts with the slowest keys.
fn accounts() -> Vec<(String, Account)> {
    let mut accounts = Vec::new();
    let mut add = |of: &str, cose_key: &[u8], signature: Sign| {
        let credential = credential(cose_key);
        accounts.push((of.to_owned(), Account { credential, signature }));
    };
    for algorithm in algorithms() {
        if algorithm.key_kind() == KeyKind::Rsa {
            continue;
        }
        let key = key_of(algorithm, "credential");
        let cose_key = key.cose_key().unwrap();
        add(algorithm.as_str(), &cose_key, Box::new(move |message| key.sign(message)));
    }
    let slow = slow_rsa();
    let cose_key = slow.cose_key().unwrap();
    let of = "RS256, 8192 bits, exponent 2^33 - 9";
    add(of, &cose_key, Box::new(move |message| slow.sign(message)));
    let cose_key = slowest_rsa().cose_key(Algorithm::Rs512.cose_id()).unwrap();
    let of = "RS512, 8192 bits, exponent 2^33 - 1, wrong";
    add(of, &cose_key, Box::new(|_| wrong_rsa_signature()));
    accounts
}

fn log_in(name: String, rp: &RelyingParty, credential: &Credential, body: &str) -> Row {
    let credentials = std::slice::from_ref(credential);
    let request = AuthenticationRequest::for_user(USER_HANDLE, credentials)
        .user_verification(UserVerification::Discouraged)
        .challenge(&CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, now()).unwrap();
    Row::of(name, body.len(), || {
        let finish = || {
            let response = AuthenticationResponse::from_json(body)?;
            rp.finish_authentication(pending.clone(), &response, credentials, now())
        };
        verdict(finish())
    })
}

/// Measures methods of the response in this body.
fn asked(body: &str) -> Vec<Row> {
    let response = AuthenticationResponse::from_json(body).unwrap();
    let outputs = response.client_outputs();
    let members = Row::of("the unverified members of a response", body.len(), || {
        let id = response.unverified_credential_id().len();
        format!("{}", id + response.unverified_user_handle().map_or(0, <[u8]>::len))
    });
    let lost =
        Row::of("large results: `lost`", body.len(), || format!("{} lost", outputs.lost().len()));
    let extensions =
        Row::of("large results: each of 11 extensions, one by one", body.len(), || {
            let booleans = [
                outputs.app_id(),
                outputs.app_id_exclude(),
                outputs.hmac_create_secret(),
                outputs.cred_blob(),
                outputs.remote_client_data_json(),
            ];
            let others = [
                outputs.cred_props().is_some(),
                outputs.prf().is_some(),
                outputs.large_blob().is_some(),
                outputs.hmac_get_secret().is_some(),
                outputs.get_cred_blob().is_some(),
                outputs.uvm().is_some(),
            ];
            let found =
                booleans.iter().flatten().count() + others.iter().filter(|found| **found).count();
            format!("{found} of 11")
        });
    vec![members, lost, extensions]
}
