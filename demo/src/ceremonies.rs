//! The requests of both ceremonies, the registration and the login: a page starts a ceremony, passes
//! the options to the browser, and sends the response back.
//!
//! Read this file from top to bottom. The rest of the site is about accounts, pages and limits.

use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_verify::{
    AttestationConveyance, AuthenticationRequest, AuthenticationResponse, Error, ErrorKind,
    Mediation, RegistrationRequest, RegistrationResponse, UnknownCredentialOptions, User,
};

use crate::account::{self, decode};
use crate::failure::Failure;
use crate::recording::{Pending, Recording};
use crate::session::{Session, Token, random_bytes};
use crate::site::Site;
use crate::store::{self, Account, NewPasskey, Purpose, seconds};

/// The body of a request that starts a registration.
#[derive(Deserialize)]
pub struct StartRegistration {
    /// The name for a new account. Without it, the passkey is added to the account that is signed
    /// in.
    name: Option<String>,
    /// How much proof of the model the site asks for. Browsers may ask the user.
    attestation: Option<AttestationConveyance>,
}

/// The body of a request that starts a login.
#[derive(Deserialize)]
pub struct StartLogin {
    /// The name of an account. Without it, the browser offers every passkey of this site.
    name: Option<String>,
    /// `conditional` if the browser offers the passkeys in the autofill menu of an input field.
    mediation: Option<Mediation>,
}

/// The response to a request that starts a ceremony.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// The options for the browser.
    pub options: Value,
    /// The number of seconds in which the ceremony must be finished.
    pub valid_for: i64,
}

/// Starts the registration of a passkey, for a new account or for the one that is signed in.
pub async fn start_registration(
    State(site): State<Site>,
    session: Session,
    Json(body): Json<StartRegistration>,
) -> Result<Json<Started>, Failure> {
    let new_name = match &body.name {
        Some(name) => Some(account::new_name(&site, name).await?),
        None => None,
    };
    let (user_handle, name, existing) = match &new_name {
        // A random user handle reveals nothing about the user.
        Some(name) => (random_bytes()?.to_vec(), name, Vec::new()),
        None => {
            let Account { user_handle, name } = session.account()?;
            (decode(user_handle)?, name, site.store.records(user_handle).await?)
        }
    };
    let user = User::new(user_handle, name, name);
    // The options exclude the existing passkeys, so that no authenticator gets a second one.
    let request = RegistrationRequest::passkey(&user, &existing)
        .attestation(body.attestation.unwrap_or(AttestationConveyance::None));
    let (options, pending) = site.rp.start_registration(&request, SystemTime::now())?;
    let (options, pending) = (serde_json::to_value(options)?, Pending::Registration(pending));
    site.store.keep(&session, Purpose::Site, &pending, &options, new_name.as_deref()).await?;
    Ok(Json(Started::new(options, &pending)))
}

/// Finishes a registration. A new account is signed in.
pub async fn finish_registration(
    State(site): State<Site>,
    session: Session,
    body: String,
) -> Result<Response, Failure> {
    let response = RegistrationResponse::from_json(&body)?;
    let taken = site.store.take(&session, Purpose::Site, &response.pending_id()?).await?;
    let taken = taken.ok_or(Failure::NOT_STARTED)?;
    let Pending::Registration(pending) = taken.pending.clone() else {
        return Err(Failure::NOT_STARTED);
    };
    let user_handle = URL_SAFE_NO_PAD.encode(pending.user_handle());
    // Another account may have signed in since then.
    if taken.new_name.is_none() && session.account()?.user_handle != user_handle {
        return Err(Failure::NOT_SIGNED_IN);
    }
    let now = SystemTime::now();
    let recording = Recording::new(&taken, body, Vec::new(), now);
    let registration = match site.rp.finish_registration(pending, &response, now) {
        Ok(registration) => registration,
        Err(error) => {
            site.store.record(&session.id, Purpose::Site, &recording).await?;
            return Err(error.into());
        }
    };
    let passkey = NewPasskey::new(registration, site.config.prepared_keys)?;
    // The database makes the credential ID unique across all accounts.
    let token = Token::random()?;
    let (is_new, session) = match &taken.new_name {
        Some(name) => {
            (site.store.insert_account(name, &passkey, &session, &token).await?, token.hash())
        }
        None => (site.store.insert_passkey(&passkey).await?, session.id),
    };
    if !is_new {
        return Err(Failure::ALREADY_REGISTERED);
    }
    site.store.record(&session, Purpose::Site, &recording).await?;
    let signals = Json(account::signals(&site, &user_handle).await?);
    Ok(match taken.new_name {
        Some(_) => (token.cookie(site.is_https()), signals).into_response(),
        None => signals.into_response(),
    })
}

/// Starts a login: with any passkey, in the autofill menu, or by the name of an account.
pub async fn start_login(
    State(site): State<Site>,
    session: Session,
    Json(body): Json<StartLogin>,
) -> Result<Json<Started>, Failure> {
    let mut request = match &body.name {
        None => AuthenticationRequest::passkey(),
        Some(name) => {
            let name = account::normalized(name);
            let user_handle = site.store.user_handle(&name).await?.unwrap_or_default();
            // The options must not reveal whether the account exists.
            match &site.store.records(&user_handle).await?[..] {
                [] => AuthenticationRequest::decoy(&site.decoys, &name),
                records => AuthenticationRequest::for_user(&decode(&user_handle)?, records),
            }
        }
    };
    if let Some(mediation) = body.mediation {
        request = request.mediation(mediation);
    }
    let (options, pending) = site.rp.start_authentication(&request, SystemTime::now())?;
    let (options, pending) = (serde_json::to_value(options)?, Pending::Authentication(pending));
    site.store.keep(&session, Purpose::Site, &pending, &options, None).await?;
    Ok(Json(Started::new(options, &pending)))
}

/// Finishes a login, however it was started.
pub async fn finish_login(
    State(site): State<Site>,
    session: Session,
    body: String,
) -> Result<Response, Failure> {
    let response = AuthenticationResponse::from_json(&body)?;
    let taken = site.store.take(&session, Purpose::Site, &response.pending_id()?).await?;
    let taken = taken.ok_or(Failure::NOT_STARTED)?;
    let Pending::Authentication(pending) = taken.pending.clone() else {
        return Err(Failure::NOT_STARTED);
    };
    // The user handle is used only to find the records. `finish_authentication` verifies it.
    let user_handle = pending.user_handle().or(response.unverified_user_handle());
    let user_handle = URL_SAFE_NO_PAD.encode(user_handle.unwrap_or_default());
    let mut records = site.store.records(&user_handle).await?;
    let now = SystemTime::now();
    let recording = Recording::new(&taken, body, records.clone(), now);
    let login = match site.rp.finish_authentication(pending, &response, &records, now) {
        Ok(login) => login,
        Err(error) => {
            site.store.record(&session.id, Purpose::Site, &recording).await?;
            let signal = unknown_credential(&site, &response, &error).await?;
            return Err(match signal {
                Some(signal) => Failure::unknown_passkey(error, signal),
                None => error.into(),
            });
        }
    };
    // This site has no passwords, so it cannot use a second factor.
    if login.is_second_factor_only() {
        return Err(Failure::SECOND_FACTOR_ONLY);
    }
    // The user is signed in only if the record is stored.
    let record = login.apply_to(&mut records)?;
    let (token, before) = (Token::random()?, login.update().sign_count_before());
    if !site.store.store_login(&user_handle, record, before, &session, &token).await? {
        return Err(Failure::ANOTHER_CAME_FIRST);
    }
    site.store.record(&token.hash(), Purpose::Site, &recording).await?;
    let signals = Json(account::signals(&site, &user_handle).await?);
    Ok((token.cookie(site.is_https()), signals).into_response())
}

/// Returns the signal that lets the browser hide a passkey. There is none if an account of this site
/// has the passkey, because then it is still valid.
async fn unknown_credential(
    site: &Site,
    response: &AuthenticationResponse,
    error: &Error,
) -> Result<Option<UnknownCredentialOptions>, Failure> {
    let id = response.unverified_credential_id();
    let is_unknown = error.kind() == ErrorKind::UnknownCredential
        && !site.store.has_credential(&URL_SAFE_NO_PAD.encode(id)).await?;
    Ok(is_unknown.then(|| site.rp.unknown_credential(id).ok()).flatten())
}

impl Started {
    pub fn new(options: Value, pending: &Pending) -> Started {
        Started { options, valid_for: seconds(pending.expires_at()) - store::now() }
    }
}
