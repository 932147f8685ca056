//! The core of `webauthn-rs` exposes its states, so our challenge is written into their JSON. It
//! reads the browser's JSON into its own structures and borrows the states.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    COSEAlgorithm, PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
};

use super::site::{self, CHALLENGE, DISPLAY_NAME, ORIGIN, RP_ID, Site, USER_HANDLE, USER_NAME};
use crate::contest::{Accepts, Fault};

const TIMEOUT: Duration = Duration::from_secs(300);

pub(crate) fn registration(_site: &Site) -> Result<Accepts<str>, Fault> {
    let (core, state) = start()?;
    Ok(Box::new(move |body| {
        serde_json::from_str::<RegisterPublicKeyCredential>(body)
            .is_ok_and(|response| core.register_credential(&response, &state, None).is_ok())
    }))
}

pub(crate) fn login(site: &Site) -> Result<Accepts<str>, Fault> {
    let (core, state) = start()?;
    let response: RegisterPublicKeyCredential = serde_json::from_str(&site.registration)?;
    let credential = core.register_credential(&response, &state, None)?;

    let request = core.new_challenge_authenticate_builder(vec![credential], None)?;
    let (_, state) = core.generate_challenge_authenticate(request)?;
    let state = with_challenge(&state)?;
    Ok(Box::new(move |body| {
        serde_json::from_str::<PublicKeyCredential>(body)
            .is_ok_and(|response| core.authenticate_credential(&response, &state).is_ok())
    }))
}

fn start() -> Result<(WebauthnCore, RegistrationState), Fault> {
    let origins = vec![Url::parse(ORIGIN)?];
    let core = WebauthnCore::new_unsafe_experts_only(RP_ID, RP_ID, origins, TIMEOUT, None, None);
    let request = core
        .new_challenge_register_builder(&USER_HANDLE, USER_NAME, DISPLAY_NAME)?
        .credential_algorithms(vec![
            COSEAlgorithm::ES256,
            COSEAlgorithm::EDDSA,
            COSEAlgorithm::RS256,
        ]);
    let (_, state) = core.generate_challenge_register(request)?;
    Ok((core, with_challenge(&state)?))
}

fn with_challenge<State: Serialize + DeserializeOwned>(state: &State) -> Result<State, Fault> {
    let mut json = serde_json::to_value(state)?;
    let challenge = json.get_mut("challenge").ok_or("the state has no challenge")?;
    *challenge = Value::String(site::encode(&CHALLENGE));
    Ok(serde_json::from_value(json)?)
}
