//! Experiments: ceremonies with any options. The client chooses how strictly it is verified, so
//! these credentials are kept apart from the accounts, and sign nobody in.

use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use webauthn_verify::{
    Algorithm, AttestationConveyance, AuthenticationRequest, AuthenticationResponse,
    AuthenticatorAttachment, Ceremony, Credential, Error, ErrorKind, Hint, Mediation,
    RegistrationRequest, RegistrationResponse, ResidentKey, User, UserVerification,
};

use crate::ceremonies::Started;
use crate::failure::Failure;
use crate::guard::Client;
use crate::pages;
use crate::recording::{Pending, Recording, Verdict};
use crate::session::{self, Session};
use crate::site::Site;
use crate::store::Purpose;

/// The options of an experiment. Options that are missing are those of a passkey.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Experiment {
    ceremony: Ceremony,
    user_verification: Option<UserVerification>,
    attestation: Option<AttestationConveyance>,
    resident_key: Option<ResidentKey>,
    attachment: Option<AuthenticatorAttachment>,
    mediation: Option<Mediation>,
    /// COSE algorithm numbers.
    algorithms: Option<Vec<i64>>,
    #[serde(default)]
    hints: Vec<Hint>,
    /// Whether the options list the credentials of earlier experiments.
    #[serde(default)]
    list: bool,
    /// The ID of the only credential in that list. Without it, the list has all of them.
    only: Option<String>,
    /// The client extension inputs, as in the options.
    #[serde(default)]
    extensions: Map<String, Value>,
}

/// Shows the form for experiments.
pub async fn page(
    State(site): State<Site>,
    client: Client,
    session: Option<Session>,
) -> Result<Response, Failure> {
    let Some(session) = session else {
        let cookie = session::new_visitor(&site, &client).await?;
        return Ok((cookie, pages::lab(&site, &[], None)).into_response());
    };
    let credentials = site.store.lab_credentials(&session).await?;
    let recording = site.store.recording(&session, Purpose::Lab).await?;
    Ok(pages::lab(&site, &credentials, recording.as_ref()).into_response())
}

/// Starts an experiment.
pub async fn start(
    State(site): State<Site>,
    session: Session,
    Json(experiment): Json<Experiment>,
) -> Result<Json<Started>, Failure> {
    let now = SystemTime::now();
    let credentials = site.store.lab_credentials(&session).await?;
    let (options, pending) = match experiment.ceremony {
        Ceremony::Registration => {
            let request = experiment.registration(&user_handle(&session), &credentials)?;
            let started = site.rp.start_registration(&request, now);
            let (options, pending) = started.map_err(Failure::options)?;
            (serde_json::to_value(options)?, Pending::Registration(pending))
        }
        Ceremony::Authentication => {
            let is_listed = |credential: &Credential| match &experiment.only {
                Some(id) => credential.id_base64url() == *id,
                None => true,
            };
            let credentials: Vec<_> = credentials.into_iter().filter(is_listed).collect();
            if experiment.list && credentials.is_empty() {
                return Err(Failure::NO_EXPERIMENTS);
            }
            let request = experiment.authentication(&user_handle(&session), &credentials);
            let started = site.rp.start_authentication(&request, now);
            let (options, pending) = started.map_err(Failure::options)?;
            (serde_json::to_value(options)?, Pending::Authentication(pending))
        }
    };
    site.store.keep(&session, Purpose::Lab, &pending, &options, None).await?;
    Ok(Json(Started::new(options, &pending)))
}

/// Finishes an experiment of either ceremony.
pub async fn finish(
    State(site): State<Site>,
    session: Session,
    body: String,
) -> Result<Json<()>, Failure> {
    let own = user_handle(&session);
    let (id, is_own) = match RegistrationResponse::from_json(&body) {
        Ok(response) => (response.pending_id()?, true),
        Err(_) => {
            let response = AuthenticationResponse::from_json(&body)?;
            let user_handle = response.unverified_user_handle();
            (response.pending_id()?, user_handle.is_none_or(|user_handle| user_handle == own))
        }
    };
    let taken = site.store.take(&session, Purpose::Lab, &id).await?.ok_or(Failure::NOT_STARTED)?;
    // The passkey of an account is unknown here.
    let mut credentials = match is_own {
        true => site.store.lab_credentials(&session).await?,
        false => Vec::new(),
    };
    let recording = Recording::new(&taken, body, credentials.clone(), SystemTime::now());
    site.store.record(&session.id, Purpose::Lab, &recording).await?;
    let is_kept = match recording.verify(&site.rp) {
        Err(error) if is_of_account(&site, &recording, &error).await? => {
            return Err(Failure::not_of_experiment(error));
        }
        Err(error) => return Err(error.into()),
        Ok(Verdict::Registration(registration)) => {
            site.store.keep_lab_credential(&session, registration.credential()).await?
        }
        Ok(Verdict::Authentication(login)) => {
            let credential = login.apply_to(&mut credentials)?;
            site.store.keep_lab_credential(&session, credential).await?
        }
    };
    if is_kept { Ok(Json(())) } else { Err(Failure::ALREADY_REGISTERED) }
}

/// Returns whether a login failed because its passkey belongs to an account.
async fn is_of_account(site: &Site, recording: &Recording, error: &Error) -> Result<bool, Failure> {
    if error.kind() != ErrorKind::UnknownCredential {
        return Ok(false);
    }
    let response = AuthenticationResponse::from_json(&recording.response)?;
    let id = URL_SAFE_NO_PAD.encode(response.unverified_credential_id());
    Ok(site.store.has_credential(&id).await?)
}

/// Forgets the credentials of the session's experiments.
pub async fn clear(State(site): State<Site>, session: Session) -> Result<Json<()>, Failure> {
    site.store.delete_lab_credentials(&session).await?;
    Ok(Json(()))
}

/// Returns the user handle of the experiments of a session.
fn user_handle(session: &Session) -> Vec<u8> {
    Sha256::digest(format!("experiments of {}", session.id)).to_vec()
}

impl Experiment {
    fn registration(
        self,
        user_handle: &[u8],
        credentials: &[Credential],
    ) -> Result<RegistrationRequest, Failure> {
        let user = User::new(user_handle, "experiment", "Experiment");
        let excluded = if self.list { credentials } else { &[] };
        let mut request = RegistrationRequest::passkey(&user, excluded).hints(&self.hints);
        if let Some(user_verification) = self.user_verification {
            request = request.user_verification(user_verification);
        }
        if let Some(attestation) = self.attestation {
            request = request.attestation(attestation);
        }
        if let Some(resident_key) = self.resident_key {
            request = request.resident_key(resident_key);
        }
        if let Some(attachment) = self.attachment {
            request = request.attachment(attachment);
        }
        if let Some(mediation) = self.mediation {
            request = request.mediation(mediation);
        }
        if let Some(numbers) = &self.algorithms {
            let algorithms = numbers.iter().map(|number| Algorithm::from_cose_id(*number));
            let algorithms: Option<Vec<_>> = algorithms.collect();
            request = request.algorithms(&algorithms.ok_or(Failure::UNKNOWN_ALGORITHM)?);
        }
        Ok(self
            .extensions
            .into_iter()
            .fold(request, |request, (identifier, input)| request.extension(&identifier, input)))
    }

    fn authentication(
        self,
        user_handle: &[u8],
        credentials: &[Credential],
    ) -> AuthenticationRequest {
        let request = match self.list {
            true => AuthenticationRequest::for_user(user_handle, credentials),
            false => AuthenticationRequest::passkey(),
        };
        let mut request = request.hints(&self.hints);
        if let Some(user_verification) = self.user_verification {
            request = request.user_verification(user_verification);
        }
        if let Some(mediation) = self.mediation {
            request = request.mediation(mediation);
        }
        self.extensions
            .into_iter()
            .fold(request, |request, (identifier, input)| request.extension(&identifier, input))
    }
}
