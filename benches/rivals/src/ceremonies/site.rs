//! One site, one account, and the responses of one authenticator.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, CreationOptions, Credential, PendingAuthentication,
    PendingRegistration, RegistrationRequest, RegistrationResponse, RelyingParty, User,
};
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::contest::Fault;

pub(crate) const RP_ID: &str = "example.com";
pub(crate) const ORIGIN: &str = "https://example.com";
pub(crate) const USER_HANDLE: [u8; 32] = *b"32 bytes identify the account...";
pub(crate) const USER_NAME: &str = "alice@example.com";
pub(crate) const DISPLAY_NAME: &str = "Alice";
/// Has 16 bytes, because all challenges of `webauthn_rp` do.
pub(crate) const CHALLENGE: [u8; 16] = *b"16 bytes, always";

pub(crate) struct Site {
    pub(crate) rp: RelyingParty,
    pub(crate) pending_registration: PendingRegistration,
    /// The browser's response.
    pub(crate) registration: String,
    pub(crate) account: [Credential; 1],
    pub(crate) pending_login: PendingAuthentication,
    /// The browser's response.
    pub(crate) login: String,
}

impl Site {
    pub(crate) fn new(algorithm: Algorithm) -> Result<Site, Fault> {
        let rp = RelyingParty::new(RP_ID, [ORIGIN])?;
        let mut authenticator = SoftwareAuthenticator::from_seed(b"rivals");

        let (options, pending_registration) = start_registration(&rp, algorithm)?;
        let registration = authenticator.register(&options, ORIGIN)?;
        let response = RegistrationResponse::from_json(&registration)?;
        let verdict = rp.finish_registration(pending_registration.clone(), &response, now())?;
        let account = [verdict.into_credential()];

        let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
        let (options, pending_login) = rp.start_authentication(&request, now())?;
        let login = authenticator.authenticate(&options, ORIGIN)?;
        Ok(Site { rp, pending_registration, registration, account, pending_login, login })
    }
}

fn start_registration(
    rp: &RelyingParty,
    algorithm: Algorithm,
) -> Result<(CreationOptions, PendingRegistration), Fault> {
    let user = User::new(USER_HANDLE, USER_NAME, DISPLAY_NAME);
    let request =
        RegistrationRequest::passkey(&user, &[]).algorithms(&[algorithm]).challenge(&CHALLENGE);
    Ok(rp.start_registration(&request, now())?)
}

/// Returns the browser's response with a key that is not a point on P-256.
#[cfg(test)]
pub(crate) fn registration_off_the_curve() -> Result<String, Fault> {
    let rp = RelyingParty::new(RP_ID, [ORIGIN])?;
    let (options, _) = start_registration(&rp, Algorithm::Es256)?;
    let mut authenticator = SoftwareAuthenticator::from_seed(b"rivals");
    authenticator.break_next(webauthn_verify_authenticator::Fault::PublicKeyOffCurve);
    Ok(authenticator.register(&options, ORIGIN)?)
}

pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

/// Returns the login with the last bit of the signature flipped.
pub(crate) fn flip_signature(login: &str) -> Result<String, Fault> {
    let signature = member_of_response(login, "signature")?;
    let mut bytes = decode(&signature)?;
    *bytes.last_mut().ok_or("the signature is empty")? ^= 1;
    Ok(login.replace(&signature, &encode(&bytes)))
}

/// Returns the registration with the last bit of the challenge in the client data flipped.
pub(crate) fn flip_challenge(registration: &str) -> Result<String, Fault> {
    let client_data = member_of_response(registration, "clientDataJSON")?;
    let [challenge @ .., last] = CHALLENGE;
    let other = [&challenge[..], &[last ^ 1]].concat();
    let text = String::from_utf8(decode(&client_data)?)?;
    let text = text.replace(&encode(&CHALLENGE), &encode(&other));
    Ok(registration.replace(&client_data, &encode(text.as_bytes())))
}

fn member_of_response(body: &str, name: &str) -> Result<String, Fault> {
    let body: Value = serde_json::from_str(body)?;
    let member = body.get("response").and_then(|response| response.get(name)?.as_str());
    Ok(member.ok_or_else(|| format!("the response has no {name}"))?.to_owned())
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    URL_SAFE_NO_PAD.decode(text)
}
