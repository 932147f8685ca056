//! Runs the cases of a file.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_verify::{
    Algorithm, AuthenticationResponse, Ceremony, Credential, Error, ErrorKind,
    RegistrationResponse, RelyingParty,
};

use crate::case::{Case, CaseCeremony, VectorFile};
use crate::members::Bytes;
use crate::report::{Report, Verdict};
use crate::trust::WITHOUT_ATTESTATION;

/// Verifies every case in this file.
pub(crate) fn verify_file(path: &Path) -> Result<Vec<Report>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    verify_text(&text, path.parent().unwrap_or(Path::new("")))
}

/// Verifies every case in the text of a file in this folder.
pub(crate) fn verify_text(text: &str, folder: &Path) -> Result<Vec<Report>, String> {
    let mut file = VectorFile::read(text)?;
    let mut registered = Registrations::new();
    let mut reports = Vec::new();
    for (raw, number) in std::mem::take(&mut file.cases).into_iter().zip(1..) {
        let read = raw.read(number);
        let is_login =
            matches!(&read.case, Ok(case) if case.ceremony == CaseCeremony::Authentication);
        if !is_login {
            registered.entry(read.name.clone()).or_default();
        }
        let verdict = read
            .case
            .and_then(|case| verify_case(&file, folder, &read.name, &case, &mut registered))
            .unwrap_or_else(Verdict::Unusable);
        reports.push(Report { name: read.name, verdict, expect: read.expect });
    }
    Ok(reports)
}

/// A credential from a registration, or from the case itself.
#[derive(Clone)]
struct Registered {
    credential: Credential,
    /// Whether its user handle belongs to a known account and is not a placeholder.
    of_known_account: bool,
}

/// The previous registrations by name, each with its credential if it was accepted.
type Registrations = HashMap<String, Option<Registered>>;

/// Runs one ceremony. Returns an error with the reason if the case is unusable.
fn verify_case(
    file: &VectorFile,
    folder: &Path,
    name: &str,
    case: &Case,
    registered: &mut Registrations,
) -> Result<Verdict, String> {
    if let Some(missing) = case.trust.missing_feature() {
        return Ok(Verdict::Skip(missing.to_owned()));
    }
    let now = case.now.unwrap_or_else(SystemTime::now);
    let policy = case.trust.policy(folder, now)?;
    let rp = case.party.configure(file)?;
    let rp = rp.attestation_policy(policy).map_err(|error| error.to_string())?;
    match case.ceremony {
        CaseCeremony::Registration => register(&rp, now, name, case, registered),
        CaseCeremony::Authentication => sign_in(&rp, now, case, registered),
    }
}

fn register(
    rp: &RelyingParty,
    now: SystemTime,
    name: &str,
    case: &Case,
    registered: &mut Registrations,
) -> Result<Verdict, String> {
    if let Some(missing) = case.asked.missing_algorithms() {
        return Ok(Verdict::Skip(missing));
    }
    let pending = match &case.pending {
        Some(stored) => read_stored("pending", stored)?,
        None => {
            let request = case.asked.registration(&case.challenge)?;
            rp.start_registration(&request, now).map_err(not_started)?.1
        }
    };
    let verdict = RegistrationResponse::from_json(case.response.to_string())
        .and_then(|response| rp.finish_registration(pending, &response, now));
    Ok(match verdict {
        Ok(registration) => {
            let quirks = registration.quirks();
            let of_known_account = case.asked.user_handle.is_some();
            let credential = registration.into_credential();
            registered.insert(name.to_owned(), Some(Registered { credential, of_known_account }));
            Verdict::Accept(quirks)
        }
        Err(error) => unless_missing(error),
    })
}

fn sign_in(
    rp: &RelyingParty,
    now: SystemTime,
    case: &Case,
    registered: &Registrations,
) -> Result<Verdict, String> {
    if let Some(missing) = stored_key(case).as_deref().and_then(missing_algorithm) {
        return Ok(Verdict::Skip(missing));
    }
    let Some(Registered { mut credential, of_known_account }) = credential_of(case, registered)?
    else {
        return Ok(Verdict::Skip("the registration of the credential was not accepted".to_owned()));
    };
    if !of_known_account {
        credential = of_account(case, credential);
    }
    let credentials = [credential];
    let pending = match &case.pending {
        Some(stored) => read_stored("pending", stored)?,
        None => {
            let request = case.asked.authentication(&case.challenge, &credentials);
            rp.start_authentication(&request, now).map_err(not_started)?.1
        }
    };
    let verdict = AuthenticationResponse::from_json(case.response.to_string())
        .and_then(|response| rp.finish_authentication(pending, &response, &credentials, now));
    Ok(match verdict {
        Ok(login) => Verdict::Accept(login.quirks()),
        Err(error) => unless_missing(error),
    })
}

/// Reads the stored form in this member of a case.
fn read_stored<T: DeserializeOwned>(member: &str, stored: &Value) -> Result<T, String> {
    serde_json::from_value(stored.clone()).map_err(|error| format!("{member}: {error}"))
}

/// Returns the reason why a request cannot become options.
fn not_started(error: Error) -> String {
    match error.field() {
        Some(field) => format!("{field}: {error}"),
        None => error.to_string(),
    }
}

/// Returns the verdict for this error, or skips the case if this build lacks a feature.
fn unless_missing(error: Error) -> Verdict {
    let format = error.kind() == ErrorKind::UnsupportedAttestationFormat;
    if format && cfg!(not(feature = "attestation")) && error.ceremony() == Ceremony::Registration {
        return Verdict::Skip(WITHOUT_ATTESTATION.to_owned());
    }
    Verdict::Reject(error)
}

/// Returns the public key that a case brings, as a COSE key.
fn stored_key(case: &Case) -> Option<Vec<u8>> {
    match &case.record {
        Some(record) => {
            let member = record.get("public_key").cloned()?;
            serde_json::from_value::<Bytes>(member).ok().map(|key| key.0)
        }
        None => case.credential.as_ref().map(|brought| brought.public_key.clone()),
    }
}

/// Returns the name of the algorithm of this COSE key if the crate supports it, but this build does
/// not.
fn missing_algorithm(cose_key: &[u8]) -> Option<String> {
    let key: ciborium::Value = ciborium::from_reader(cose_key).ok()?;
    let (_, id) = key.as_map()?.iter().find(|(label, _)| *label == 3.into())?;
    let id = i64::try_from(id.as_integer()?).ok()?;
    let algorithm = Algorithm::from_cose_id(id).filter(|known| !known.is_compiled_in())?;
    Some(format!("this build lacks {algorithm} ({id})"))
}

/// Returns the credential for an authentication, or `None` if its registration was not accepted.
fn credential_of(case: &Case, registered: &Registrations) -> Result<Option<Registered>, String> {
    if let Some(stored) = &case.record {
        let credential: Credential = read_stored("record", stored)?;
        let of_known_account = credential.user_handle().is_some();
        return Ok(Some(Registered { credential, of_known_account }));
    }
    let Some(brought) = &case.credential else {
        let from = case
            .credential_from
            .as_ref()
            .ok_or("credential and credential_from are both missing")?;
        let registration = registered.get(from).cloned();
        return registration.ok_or_else(|| {
            format!("credential_from: there is no registration {from:?} before this case")
        });
    };
    let problem = |failure| format!("credential: {failure}");
    let mut credential =
        Credential::from_parts(&brought.id, &brought.public_key).map_err(problem)?;
    credential = credential.with_sign_count(brought.sign_count.unwrap_or(0));
    if let Some(user_handle) = &brought.user_handle {
        credential = credential.with_user_handle(user_handle).map_err(problem)?;
    }
    if let Some(eligible) = brought.backup_eligible {
        credential = credential.with_backup(eligible, brought.backup_state.unwrap_or(false));
    }
    Ok(Some(Registered { credential, of_known_account: brought.user_handle.is_some() }))
}

/// Assigns the credential to the account that the case names. If it names none, the user handle in
/// the response is used, so that the comparison always succeeds.
fn of_account(case: &Case, credential: Credential) -> Credential {
    let claimed = case.response.pointer("/response/userHandle").cloned();
    let claimed = claimed.and_then(|claimed| serde_json::from_value::<Bytes>(claimed).ok());
    let account = case.asked.user_handle.clone().or(claimed.map(|bytes| bytes.0));
    let named = account.and_then(|account| credential.clone().with_user_handle(&account).ok());
    named.unwrap_or(credential)
}
