//! `webauthn_rp` makes every challenge itself, so our challenge is written into the encoded state.
//! A ceremony consumes its state, which cannot be cloned, so each ceremony decodes the state as if
//! it came from a session. A login also changes the credential, so each login has its own copy.

use std::num::NonZero;

use serde_json::from_str;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AuthenticationVerificationOptions, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialCreationOptions, RegistrationServerState,
    RegistrationVerificationOptions, UserHandle,
};
use webauthn_rp::request::{
    AsciiDomain, Challenge, ExtensionReq, RpId, UserVerificationRequirement,
};
use webauthn_rp::response::auth::DiscoverableAuthentication;
use webauthn_rp::response::register::{CompressedPubKey, StaticState};
use webauthn_rp::{AuthenticatedCredential, Registration};

use super::site::{CHALLENGE, RP_ID, Site, USER_HANDLE};
use crate::contest::{Accepts, Fault};

type Authentication = DiscoverableAuthentication<{ USER_HANDLE.len() }>;
type RegistrationState = RegistrationServerState<{ USER_HANDLE.len() }>;
type LoginState = DiscoverableAuthenticationServerState;
/// The part of a credential record that has the key, decoded from storage.
type StoredKey = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// Seven weeks, in milliseconds, because `webauthn_rp` uses the system clock.
const TIMEOUT: NonZero<u32> = NonZero::<u32>::MAX;

pub(crate) fn registration(_site: &Site) -> Result<Accepts<str>, Fault> {
    let rp_id = rp_id()?;
    let state = start_registration(&rp_id)?;
    let options = RegistrationVerificationOptions::<&str, &str>::default();
    Ok(Box::new(move |body| {
        let Ok(state) = RegistrationState::decode(&state) else { return false };
        from_str::<Registration>(body)
            .is_ok_and(|response| state.verify(&rp_id, &response, &options).is_ok())
    }))
}

pub(crate) fn login(site: &Site) -> Result<Accepts<str>, Fault> {
    let rp_id = rp_id()?;
    let state = RegistrationState::decode(&start_registration(&rp_id)?)
        .map_err(|error| error.to_string())?;
    let response: Registration = from_str(&site.registration)?;
    let options = RegistrationVerificationOptions::<&str, &str>::default();
    let registered =
        state.verify(&rp_id, &response, &options).map_err(|error| error.to_string())?;
    let Ok(key) = registered.static_state().encode();
    let (key, dynamic_state) = (StoredKey::decode(&key)?, registered.dynamic_state());

    let user = UserHandle::from(USER_HANDLE);
    let state = start_login(&rp_id)?;
    let options = AuthenticationVerificationOptions::<&str, &str>::default();
    Ok(Box::new(move |body| {
        let Ok(state) = LoginState::decode(&state) else { return false };
        let Ok(response) = from_str::<Authentication>(body) else { return false };
        AuthenticatedCredential::new(response.raw_id(), &user, key.clone(), dynamic_state)
            .is_ok_and(|mut credential| {
                state.verify(&rp_id, &response, &mut credential, &options).is_ok()
            })
    }))
}

fn rp_id() -> Result<RpId, Fault> {
    Ok(RpId::Domain(AsciiDomain::try_from(RP_ID.to_owned())?))
}

/// Starts a registration and returns its encoded state.
fn start_registration(rp_id: &RpId) -> Result<Vec<u8>, Fault> {
    let user = UserHandle::from(USER_HANDLE);
    let mut request =
        PublicKeyCredentialCreationOptions::first_passkey_with_blank_user_info(rp_id, &user);
    request.authenticator_selection.user_verification = UserVerificationRequirement::Preferred;
    request.extensions.cred_props = Some(ExtensionReq::Allow);
    request.extensions.cred_protect = CredProtect::None;
    request.timeout = TIMEOUT;
    let theirs = request.challenge.as_data();
    let (state, _) = request.start_ceremony()?;
    with_challenge(state.encode()?, theirs)
}

/// Starts a login and returns its encoded state.
fn start_login(rp_id: &RpId) -> Result<Vec<u8>, Fault> {
    let mut request = DiscoverableCredentialRequestOptions::passkey(rp_id);
    request.0.user_verification = UserVerificationRequirement::Preferred;
    request.0.timeout = TIMEOUT;
    let theirs = request.0.challenge.as_data();
    let (state, _) = request.start_ceremony()?;
    with_challenge(state.encode()?, theirs)
}

fn with_challenge(mut state: Vec<u8>, theirs: u128) -> Result<Vec<u8>, Fault> {
    const _: () = assert!(CHALLENGE.len() == size_of::<Challenge>());
    let theirs = theirs.to_le_bytes();
    let start = state.windows(theirs.len()).position(|window| window == theirs);
    let start = start.ok_or("the state has no challenge")?;
    state.splice(start..start + theirs.len(), CHALLENGE);
    Ok(state)
}
