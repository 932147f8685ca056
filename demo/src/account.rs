//! Accounts: their names, the page with their passkeys, and everything a signed-in user can change.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use webauthn_verify::{AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, User};

use crate::failure::Failure;
use crate::guard::Client;
use crate::pages;
use crate::session::{self, Session, random_bytes};
use crate::site::Site;
use crate::store::Purpose;

const MAX_NAME: usize = 40;
/// How often a number is drawn for a name. If no free one is found, the registration fails.
const MAX_DRAWS: usize = 20;

/// What the browser is told about the passkeys of an account. The browser hides passkeys that are
/// not in the list, and shows the current name of the account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Signals {
    all_accepted_credentials: AllAcceptedCredentialsOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_user_details: Option<CurrentUserDetailsOptions>,
}

#[derive(Deserialize)]
pub struct Label {
    label: String,
}

/// Shows the start page, or the passkeys of the account that is signed in.
pub async fn page(
    State(site): State<Site>,
    client: Client,
    session: Option<Session>,
) -> Result<Response, Failure> {
    // Each ceremony belongs to a session, so a visitor gets one.
    let Some(session) = session else {
        let cookie = session::new_visitor(&site, &client).await?;
        return Ok((cookie, pages::start(&site, None)).into_response());
    };
    let recording = site.store.recording(&session, Purpose::Site).await?;
    Ok(match &session.account {
        None => pages::start(&site, recording.as_ref()).into_response(),
        Some(account) => {
            let passkeys = site.store.passkeys(&account.user_handle).await?;
            pages::account(&site, account, &passkeys, recording.as_ref()).into_response()
        }
    })
}

/// Returns the name of a new account: the chosen name with a random number that is free. So a name
/// is never taken, and creating an account reveals nothing about other accounts.
pub async fn new_name(site: &Site, chosen: &str) -> Result<String, Failure> {
    let chosen = checked(chosen)?;
    let mut name = String::new();
    for _ in 0..MAX_DRAWS {
        let [a, b, c, ..] = random_bytes()?;
        let number = u32::from_be_bytes([0, a, b, c]) % 100_000;
        name = normalized(&format!("{chosen}-{number:05}"));
        if site.store.user_handle(&name).await?.is_none() {
            break;
        }
    }
    Ok(name)
}

/// Returns the form of a name in which names are compared. No name has control characters.
pub fn normalized(name: &str) -> String {
    name.trim().to_lowercase().replace(char::is_control, "")
}

/// Returns a name or a label without spaces at its ends.
fn checked(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let is_good =
        (1..=MAX_NAME).contains(&text.chars().count()) && !text.contains(char::is_control);
    if is_good { Ok(text.to_owned()) } else { Err(Failure::BAD_NAME) }
}

/// Returns the signals for an account. If the account does not exist, it accepts no passkey.
pub async fn signals(site: &Site, user_handle: &str) -> Result<Signals, Failure> {
    let records = site.store.records(user_handle).await?;
    let handle = decode(user_handle)?;
    let accepted = match &records[..] {
        [] => site.rp.no_accepted_credentials(&handle),
        records => site.rp.all_accepted_credentials(&handle, records),
    };
    let details = site.store.account(user_handle).await?.map(|account| {
        let user = User::new(&handle, &*account.name, &*account.name);
        site.rp.current_user_details(&user)
    });
    Ok(Signals { all_accepted_credentials: accepted?, current_user_details: details.transpose()? })
}

/// Decodes a user handle of the database.
pub fn decode(user_handle: &str) -> Result<Vec<u8>, Failure> {
    URL_SAFE_NO_PAD.decode(user_handle).map_err(|error| Failure::ours(&error))
}

pub async fn rename_passkey(
    State(site): State<Site>,
    session: Session,
    Path(id): Path<String>,
    Json(body): Json<Label>,
) -> Result<Json<Signals>, Failure> {
    let account = session.account()?;
    if !site.store.rename_passkey(&account.user_handle, &id, &checked(&body.label)?).await? {
        return Err(Failure::NOT_FOUND);
    }
    Ok(Json(signals(&site, &account.user_handle).await?))
}

/// Deletes a passkey. The browser hides it, because the signals do not list it.
pub async fn delete_passkey(
    State(site): State<Site>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Json<Signals>, Failure> {
    let account = session.account()?;
    if !site.store.delete_passkey(&account.user_handle, &id).await? {
        let records = site.store.records(&account.user_handle).await?;
        let is_own = records.iter().any(|record| record.id_base64url() == id);
        return Err(if is_own { Failure::LAST_PASSKEY } else { Failure::NOT_FOUND });
    }
    Ok(Json(signals(&site, &account.user_handle).await?))
}

pub async fn sign_out(State(site): State<Site>, session: Session) -> Result<Json<()>, Failure> {
    site.store.delete_session(&session.id).await?;
    Ok(Json(()))
}

/// Ends all sessions of the account, on every device.
pub async fn sign_out_everywhere(
    State(site): State<Site>,
    session: Session,
) -> Result<Json<()>, Failure> {
    site.store.delete_sessions(&session.account()?.user_handle).await?;
    Ok(Json(()))
}

/// Deletes the account. The browser hides its passkeys, because the signals list none.
pub async fn delete_account(
    State(site): State<Site>,
    session: Session,
) -> Result<Json<Signals>, Failure> {
    let account = session.account()?;
    site.store.delete_account(&account.user_handle).await?;
    Ok(Json(signals(&site, &account.user_handle).await?))
}

/// The document that lets other origins use the passkeys of this site.
pub async fn related_origins(State(site): State<Site>) -> Result<Response, Failure> {
    let document = site.rp.related_origins_document();
    Ok(Json(document.map_err(|error| Failure::ours(&error))?).into_response())
}
