//! Whole logins into one account, which has a credential for each algorithm. An accepted login is
//! checked again without this crate. A refused login names a step.

use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Authentication, AuthenticationRequest, AuthenticationResponse, Ceremony, Credential, SignCount,
};

use super::site;

pub fn check(input: &[u8]) {
    let response = match AuthenticationResponse::from_json(input) {
        Ok(response) => response,
        Err(error) => {
            site::check_error(&error, Ceremony::Authentication, input);
            return;
        }
    };
    let discovered = finish(&AuthenticationRequest::passkey(), &response, input);
    let named = AuthenticationRequest::for_user(site::USER_HANDLE, site::account());
    let named = finish(&named, &response, input);
    for login in [&discovered, &named].into_iter().flatten() {
        check_accepted(login, input);
    }
    // If the user is known from the start, the response needs no user handle. Nothing else differs.
    assert!(discovered.is_none() || discovered == named);
    assert!(response.unverified_user_handle().is_none() || discovered == named);
}

fn finish(
    request: &AuthenticationRequest,
    response: &AuthenticationResponse,
    input: &[u8],
) -> Option<Authentication> {
    let rp = site::relying_party();
    let request = request.clone().challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, site::now()).unwrap();
    let id = pending.id();
    match rp.finish_authentication(pending, response, site::account(), site::now()) {
        Ok(login) => {
            assert_eq!(response.pending_id().ok(), Some(id));
            Some(login)
        }
        Err(error) => {
            site::check_error(&error, Ceremony::Authentication, input);
            None
        }
    }
}

fn check_accepted(login: &Authentication, input: &[u8]) {
    let [client_data_json, data, signature] =
        site::response_bytes(input, ["clientDataJSON", "authenticatorData", "signature"]);
    site::check_client_data(&client_data_json, "webauthn.get");
    site::check_authenticator_data(&data);

    let mut records = site::account().iter();
    let record = records.find(|record| record.id() == login.credential_id()).expect("no record");
    assert_eq!(login.user_handle(), site::USER_HANDLE);
    let signed = [data, site::sha256(&client_data_json).to_vec()].concat();
    let key = CoseKey::parse(record.public_key()).expect("no key");
    site::verify_again(&key, &signed, &signature);

    // Only the generator of the seeds has the private keys, and its counter ends at 2.
    assert_eq!(login.sign_count(), SignCount::Increased);
    let updated = site::apply(login, record);
    assert_eq!(updated.sign_count(), 2);
    let stored = serde_json::to_string(&updated).unwrap();
    assert_eq!(serde_json::from_str::<Credential>(&stored).ok(), Some(updated));
}
