//! A ceremony as a test vector: a file in the format that `test-vectors/README.md` describes.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use webauthn_verify::{
    AuthenticationResponse, Category, Ceremony, Credential, Error, ErrorKind, RelyingParty,
};

use crate::recording::{Pending, Recording};
use crate::report::WHEN_READ;
use crate::time::utc;

/// The relying party of a ceremony, as the file describes it.
pub struct Party<'a> {
    pub rp: &'a RelyingParty,
    pub origins: &'a [String],
    /// The origins of pages that may frame the ceremony.
    pub top_origins: &'a [String],
}

/// An ES256 key for a credential that the file must name although the site does not have it: the
/// base point of P-256.
const ANY_KEY: &str = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW\
                       IlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

/// Returns a file for download. Its name is the ceremony.
pub fn download(file: &Value) -> Response {
    let ceremony = match file.pointer("/cases/0/ceremony").and_then(Value::as_str) {
        Some("registration") => "registration",
        _ => "authentication",
    };
    let name = format!("attachment; filename=\"{ceremony}.json\"");
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)];
    (headers, format!("{file:#}\n")).into_response()
}

/// Returns whether a verdict is the one that a case expects, in its member `expect`.
pub fn is_expected(expect: &Value, error: Option<&Error>) -> bool {
    let member = |name: &str| expect.get(name).and_then(Value::as_str);
    match (expect.as_str(), error) {
        (Some("accept"), None) | (Some("reject"), Some(_)) => true,
        (None, Some(error)) => {
            member("reject") == Some(error.kind().as_str())
                && member("step")
                    .is_none_or(|step| error.step().number(error.ceremony()) == Some(step))
                && member("field").is_none_or(|field| error.field() == Some(field))
        }
        _ => false,
    }
}

/// Returns a file with this ceremony as its only case.
pub fn file(recording: &Recording, party: &Party<'_>) -> Option<Value> {
    let recording = in_time(recording, party.rp);
    let state = state(&recording.pending)?;
    let mut case = Map::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !is_empty(value)) {
            case.insert(name.to_owned(), value);
        }
    };
    let ceremony = recording.ceremony();
    add("name", Some(ceremony.as_str().into()));
    add("ceremony", Some(ceremony.as_str().into()));
    add("challenge", state.get("challenge").cloned());
    add("now", Some(utc(recording.time).into()));
    add("user_verification", state.get("user_verification").cloned());
    add("mediation", state.get("mediation").cloned());
    add("require", Some(requirements(&state)));
    add("top_origins", Some(json!(party.top_origins)));
    let mut extensions = recording.options.pointer("/publicKey/extensions").cloned();
    match &recording.pending {
        Pending::Registration(_) => {
            add("user_handle", state.get("user_handle").cloned());
            add("algorithms", state.get("algorithms").cloned());
            add("exclude", state.get("excluded").cloned());
        }
        Pending::Authentication(_) => {
            let record = listed(&recording, &state)?;
            let inputs = extensions.as_mut().and_then(Value::as_object_mut);
            add("appid", inputs.and_then(|inputs| inputs.remove("appid")));
            keep_prf_inputs(&mut extensions, &record);
            let account = record.user_handle().map(|handle| URL_SAFE_NO_PAD.encode(handle).into());
            let known = state.get("user_handle").filter(|known| !known.is_null());
            add("user_handle", known.cloned().or(account));
            add("credential", Some(credential(&record)));
        }
    }
    add("extensions", extensions);
    add("response", Some(serde_json::from_str(&recording.response).ok()?));
    add("expect", expected(&recording, party.rp));
    Some(json!({
        "format": 1,
        "source": concat!("webauthn-verify-demo ", env!("CARGO_PKG_VERSION")),
        "rp_id": party.rp.id(),
        "origins": party.origins,
        "cases": [case],
    }))
}

/// Keeps the inputs of `prf` for this credential, because the case lists no other one.
fn keep_prf_inputs(extensions: &mut Option<Value>, record: &Credential) {
    let inputs = extensions.as_mut().and_then(|all| all.pointer_mut("/prf/evalByCredential"));
    if let Some(inputs) = inputs.and_then(Value::as_object_mut) {
        let id = record.id_base64url();
        inputs.retain(|credential, _| *credential == id);
    }
}

/// Returns whether a member can be left out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Returns the ceremony at its last second if it has expired. The format has no time limit, so it
/// describes what the verdict would be in time.
fn in_time(recording: &Recording, rp: &RelyingParty) -> Recording {
    let mut recording = recording.clone();
    let has_expired = |error: &Error| error.kind() == ErrorKind::CeremonyExpired;
    if recording.verify(rp).is_err_and(|error| has_expired(&error)) {
        let expires_at = crate::store::seconds(recording.pending.expires_at());
        recording.time = expires_at.try_into().unwrap_or(recording.time);
    }
    recording
}

/// Returns the stored form of the pending state.
fn state(pending: &Pending) -> Option<Map<String, Value>> {
    let stored = match pending {
        Pending::Registration(pending) => serde_json::to_value(pending),
        Pending::Authentication(pending) => serde_json::to_value(pending),
    };
    match stored {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// The required extension outputs.
fn requirements(state: &Map<String, Value>) -> Value {
    let demands = state.get("extension_demands").and_then(Value::as_object);
    let names = ["cred_protect", "min_pin_length", "prf", "large_blob"];
    let required = names.into_iter().filter_map(|name| {
        let value = demands?.get(name).filter(|value| !value.is_null() && **value != false)?;
        Some((name.to_owned(), value.clone()))
    });
    Value::Object(required.collect())
}

/// Returns the record that the case lists. The format allows exactly one credential.
fn listed(recording: &Recording, state: &Map<String, Value>) -> Option<Credential> {
    if let Some(used) = used(recording, state) {
        return Some(used.clone());
    }
    // The response has another credential than the options allow, or the site does not know it, or
    // nothing names the account.
    any_credential(b"not the credential of the response").ok()
}

/// Returns a record with this ID and with a key that nobody uses.
pub fn any_credential(id: &[u8]) -> Result<Credential, webauthn_verify::Failure> {
    Credential::from_parts(id, &URL_SAFE_NO_PAD.decode(ANY_KEY).unwrap_or_default())
}

/// Returns the record of the credential in the response, if the options allow it. The options or
/// the response must name the account, because the file does.
fn used<'r>(recording: &'r Recording, state: &Map<String, Value>) -> Option<&'r Credential> {
    let response = AuthenticationResponse::from_json(&recording.response).ok()?;
    let names_account = state.get("user_handle").is_some_and(|known| !known.is_null())
        || response.unverified_user_handle().is_some();
    let id = response.unverified_credential_id();
    let allowed = state.get("allowed").and_then(Value::as_array)?;
    let text = URL_SAFE_NO_PAD.encode(id);
    let is_allowed = allowed.is_empty() || allowed.iter().any(|one| *one == *text);
    recording.records.iter().find(|record| record.id() == id && is_allowed && names_account)
}

/// Returns a record as the member `credential` of a case.
pub fn credential(record: &Credential) -> Value {
    let mut credential = json!({
        "id": record.id_base64url(),
        "public_key": URL_SAFE_NO_PAD.encode(record.public_key()),
        "sign_count": record.sign_count(),
    });
    if let Some(user_handle) = record.user_handle() {
        credential["user_handle"] = URL_SAFE_NO_PAD.encode(user_handle).into();
    }
    if let Some(eligible) = record.backup_eligible() {
        credential["backup_eligible"] = eligible.into();
        credential["backup_state"] = record.backup_state().into();
    }
    credential
}

/// Returns the verdict of the case, or `None` if the reason of an error is not in the response.
fn expected(recording: &Recording, rp: &RelyingParty) -> Option<Value> {
    let error = match recording.verify(rp) {
        Ok(_) => return Some("accept".into()),
        Err(error) if error.category() == Category::Caller => return None,
        Err(error) => error,
    };
    let is_known = match recording.ceremony() {
        Ceremony::Registration => true,
        Ceremony::Authentication => used(recording, &state(&recording.pending)?).is_some(),
    };
    // With an unknown credential, the case is rejected for another reason.
    let same_kind = is_known
        || error.kind() == ErrorKind::CredentialNotAllowed
        || WHEN_READ.contains(&error.step());
    Some(if same_kind { json!({ "reject": error.kind().as_str() }) } else { "reject".into() })
}

#[cfg(test)]
mod tests;
