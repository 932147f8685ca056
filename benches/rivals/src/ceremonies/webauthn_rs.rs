//! The core of `webauthn-rs` exposes its states, so our challenge is written into their JSON. It
//! reads the browser's JSON into its own structures and borrows the states.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::site::{self, CHALLENGE, DISPLAY_NAME, ORIGIN, RP_ID, Site, USER_HANDLE, USER_NAME};
use crate::contest::{Accepts, Fault};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    COSEAlgorithm, PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
};

const TIMEOUT: Duration = Duration::from_secs(300);

pub(crate) fn registration(site: &Site) -> Result<Accepts<str>, Fault> {
    let (core, state) = start()?;
    // The list of authorities comes from PEM, and its type is not exported.
    let pem = site.anchor.as_deref().map(pem);
    let authorities = pem.as_deref().map(|pem| pem.as_bytes().try_into()).transpose();
    let Ok(authorities) = authorities else { return Err("the root is refused".into()) };
    Ok(Box::new(move |body| {
        serde_json::from_str::<RegisterPublicKeyCredential>(body).is_ok_and(|response| {
            core.register_credential(&response, &state, authorities.as_ref()).is_ok()
        })
    }))
}

/// Writes a certificate as PEM, with lines of 64 characters (RFC 7468).
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let text = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
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
            COSEAlgorithm::ES384,
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
