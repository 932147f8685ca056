//! `passki` reads the JSON into its own structures and borrows the states.

use passki::{
    AttestationTrustPolicy, AuthenticationCredential, AuthenticationOptions, Passki,
    RegistrationCredential, RegistrationOptions, RegistrationState,
};

use super::site::{CHALLENGE, DISPLAY_NAME, ORIGIN, RP_ID, Site, USER_HANDLE, USER_NAME};
use crate::contest::{Accepts, Fault};

pub(crate) fn registration(site: &Site) -> Result<Accepts<str>, Fault> {
    let (passki, state) = start(site)?;
    Ok(Box::new(move |body| {
        serde_json::from_str::<RegistrationCredential>(body)
            .is_ok_and(|response| passki.finish_passkey_registration(&response, &state).is_ok())
    }))
}

pub(crate) fn login(site: &Site) -> Result<Accepts<str>, Fault> {
    let (passki, state) = start(site)?;
    let response: RegistrationCredential = serde_json::from_str(&site.registration)?;
    let passkey = passki.finish_passkey_registration(&response, &state)?;

    let (_, mut state) =
        passki.start_passkey_authentication(&[], AuthenticationOptions::default())?;
    state.challenge = CHALLENGE.to_vec();
    Ok(Box::new(move |body| {
        serde_json::from_str::<AuthenticationCredential>(body).is_ok_and(|response| {
            passki.finish_passkey_authentication(&response, &state, &passkey).is_ok()
        })
    }))
}

fn start(site: &Site) -> Result<(Passki, RegistrationState), Fault> {
    let mut passki = Passki::new(RP_ID, &[ORIGIN], RP_ID);
    if let Some(root) = &site.anchor {
        passki = passki.with_attestation_trust(&[root], AttestationTrustPolicy::Required)?;
    }
    let (_, mut state) = passki.start_passkey_registration(
        &USER_HANDLE,
        USER_NAME,
        DISPLAY_NAME,
        RegistrationOptions::default(),
    )?;
    state.challenge = CHALLENGE.to_vec();
    Ok((passki, state))
}
