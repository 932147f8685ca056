//! `caden` takes its own structures with decoded bytes, so `serde_json` and `base64` read the JSON
//! for it. It uses the system clock, and challenges expire after five minutes.

use std::time::SystemTime;

use serde::Deserialize;
use webauthn::{
    AuthenticatorAssertionResponse, AuthenticatorAttestationResponse, Challenge, RelyingParty,
};

use super::site::{CHALLENGE, ORIGIN, RP_ID, Site, USER_HANDLE, decode};
use crate::contest::{Accepts, Fault};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyCredential<'a, Response> {
    raw_id: &'a str,
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation<'a> {
    #[serde(rename = "clientDataJSON")]
    client_data_json: &'a str,
    attestation_object: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion<'a> {
    #[serde(rename = "clientDataJSON")]
    client_data_json: &'a str,
    authenticator_data: &'a str,
    signature: &'a str,
    user_handle: Option<&'a str>,
}

pub(crate) fn registration(site: &Site) -> Result<Accepts<str>, Fault> {
    let (rp, challenge) = start(site);
    Ok(Box::new(move |body| {
        attestation_response(body).is_ok_and(|response| {
            rp.verify_registration(&challenge, &response, &USER_HANDLE).is_ok()
        })
    }))
}

pub(crate) fn login(site: &Site) -> Result<Accepts<str>, Fault> {
    let (rp, challenge) = start(site);
    let response = attestation_response(&site.registration)?;
    let credential = rp.verify_registration(&challenge, &response, &USER_HANDLE)?.credential;
    Ok(Box::new(move |body| {
        assertion_response(body).is_ok_and(|response| {
            rp.verify_authentication(&credential, &challenge, &response).is_ok()
        })
    }))
}

fn start(site: &Site) -> (RelyingParty, Challenge) {
    let challenge = Challenge { bytes: CHALLENGE.to_vec(), created_at: SystemTime::now() };
    (RelyingParty::new(RP_ID, ORIGIN, RP_ID).trust_anchors(site.anchor.clone()), challenge)
}

fn attestation_response(body: &str) -> Result<AuthenticatorAttestationResponse, Fault> {
    let PublicKeyCredential::<Attestation<'_>> { response, .. } = serde_json::from_str(body)?;
    Ok(AuthenticatorAttestationResponse {
        client_data_json: decode(response.client_data_json)?,
        attestation_object: decode(response.attestation_object)?,
    })
}

fn assertion_response(body: &str) -> Result<AuthenticatorAssertionResponse, Fault> {
    let PublicKeyCredential::<Assertion<'_>> { raw_id, response } = serde_json::from_str(body)?;
    Ok(AuthenticatorAssertionResponse {
        client_data_json: decode(response.client_data_json)?,
        authenticator_data: decode(response.authenticator_data)?,
        signature: decode(response.signature)?,
        user_handle: response.user_handle.map(decode).transpose()?,
        credential_id: decode(raw_id)?,
    })
}
