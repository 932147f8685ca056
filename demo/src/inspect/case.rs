//! The ceremony of a pasted response, from the fields of the form and from the response itself.

use std::fmt::Display;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, RegistrationRequest, RelyingParty, Step, User,
    UserVerification, migrate,
};

use super::form::Form;
use super::guess::Claims;
use crate::recording::{Pending, Recording};
use crate::time::from_utc;
use crate::vector;

/// The user handle of an account if nothing names one.
const ANY_USER: &[u8] = b"user";

/// The members that every response has.
const MEMBERS: [&str; 4] = ["id", "rawId", "response", "type"];

/// A ceremony that can be verified.
pub struct Case {
    pub recording: Recording,
    pub rp: RelyingParty,
    pub origins: Vec<String>,
    /// `false` in a login if the public key is unknown.
    pub has_key: bool,
    pub unchecked: Unchecked,
}

/// What cannot be checked, because only the other site knows it.
#[derive(Default)]
pub struct Unchecked {
    /// The facts, in sentences.
    pub notes: Vec<String>,
    /// The steps that prove nothing.
    pub steps: Vec<Step>,
}

/// The parts of a ceremony that do not depend on its kind.
struct Start {
    rp: RelyingParty,
    challenge: Vec<u8>,
    user_verification: UserVerification,
    now: SystemTime,
}

impl Unchecked {
    fn note(&mut self, text: impl Into<String>, steps: &[Step]) {
        self.notes.push(text.into());
        self.steps.extend(steps);
    }

    /// Notes a value that was taken from the response.
    fn assumed(&mut self, what: &str, claims: &Claims, step: Step) {
        let number = step.number(claims.ceremony()).unwrap_or_default();
        let text =
            format!("{what} was taken from the response, so step {number} proves nothing here.");
        self.note(text, &[step]);
    }
}

impl Case {
    /// Returns an error, in a sentence, if a field cannot be read or something is unknown.
    pub fn of(form: &Form, now: SystemTime) -> Result<Case, String> {
        let response: Value = serde_json::from_str(&form.response).map_err(not_json)?;
        is_response(&response)?;
        let claims = Claims::of(&response);
        let mut unchecked = Unchecked::default();
        if !form.unused.is_empty() {
            let names = form.unused.join(", ");
            let text = format!("This page does not use these members of the test vector: {names}.");
            unchecked.note(text, &[]);
        }
        let challenge = challenge(form, &claims, &mut unchecked)?;
        let origins = origins(form, &claims, &mut unchecked);
        let rp_id = rp_id(form, &claims, &mut unchecked)?;
        let user_verification = user_verification(form, &claims, &mut unchecked)?;
        let now = time(&form.now)?.unwrap_or(now);
        let rp = RelyingParty::for_recordings(rp_id, origins.iter().map(String::as_str));
        let start = Start { rp, challenge, user_verification, now };
        let (pending, records) = match claims.is_registration {
            true => (start.registration(form, &mut unchecked)?, Vec::new()),
            false => start.authentication(form, &claims, &mut unchecked)?,
        };
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let response = form.response.clone();
        // The options are unknown.
        let recording = Recording { options: Value::Null, response, pending, records, time };
        let has_key = claims.is_registration || !form.public_key.trim().is_empty();
        Ok(Case { recording, rp: start.rp, origins, has_key, unchecked })
    }
}

impl Start {
    fn registration(&self, form: &Form, unchecked: &mut Unchecked) -> Result<Pending, String> {
        let user_handle = bytes("User handle", &form.user_handle)?;
        let user = User::new(user_handle.unwrap_or_else(|| ANY_USER.to_vec()), "user", "user");
        let algorithms: Vec<Algorithm> = Algorithm::compiled_in().collect();
        let request = RegistrationRequest::passkey(&user, &[])
            .algorithms(&algorithms)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        unchecked.note(
            "The options are unknown. They count as not expired (step 1), every algorithm counts \
             as requested (step 20), no credential counts as already registered (step 26), and no \
             extension output is required (step 28).",
            &[Step::Options, Step::CredentialAlgorithm, Step::CredentialIdUnique],
        );
        let started = self.rp.start_registration(&request, self.now);
        Ok(Pending::Registration(started.map_err(not_started)?.1))
    }

    fn authentication(
        &self,
        form: &Form,
        claims: &Claims,
        unchecked: &mut Unchecked,
    ) -> Result<(Pending, Vec<Credential>), String> {
        let account = account(form, claims, unchecked)?;
        let id = match bytes("Credential ID", &form.credential_id)? {
            Some(id) => id,
            None => {
                unchecked.assumed("The credential ID", claims, Step::AllowedCredential);
                claims.credential_id.clone().unwrap_or_else(|| b"unknown".to_vec())
            }
        };
        let record = match public_key(&form.public_key)? {
            Some(key) => Credential::from_parts(&id, &key),
            None => vector::any_credential(&id),
        };
        let record = record
            .and_then(|record| record.with_user_handle(&account))
            .map_err(|failure| format!("The credential record: {failure}."))?;
        let record = record.with_sign_count(sign_count(form, unchecked)?);
        let records = vec![with_backup(record, form, unchecked)?];
        unchecked.note(
            "The options are unknown. They count as not expired (step 1), and no extension output \
             is required (step 23).",
            &[Step::Options],
        );
        let request = AuthenticationRequest::for_user(&account, &records)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        let started = self.rp.start_authentication(&request, self.now);
        Ok((Pending::Authentication(started.map_err(not_started)?.1), records))
    }
}

fn not_json(error: serde_json::Error) -> String {
    format!("This is not JSON (line {}, column {}).", error.line(), error.column())
}

/// Checks that this JSON can be a response at all.
fn is_response(json: &Value) -> Result<(), String> {
    let not = "This is not the response of a passkey";
    let Some(members) = json.as_object() else {
        return Err(format!("{not}: it is not a JSON object."));
    };
    if members.get("response").is_some_and(Value::is_object) {
        // Everything else is for the crate to check.
        return Ok(());
    }
    let missing: Vec<&str> =
        MEMBERS.into_iter().filter(|name| !members.contains_key(*name)).collect();
    Err(match &missing[..] {
        [] => format!("{not}: its member response is not an object."),
        [one] => format!("{not}: {one} is missing."),
        [first @ .., last] => format!("{not}: {} and {last} are missing.", first.join(", ")),
    })
}

fn not_started(error: impl Display) -> String {
    format!("The ceremony cannot be started: {error}.")
}

/// Returns the user handle of the account.
fn account(form: &Form, claims: &Claims, unchecked: &mut Unchecked) -> Result<Vec<u8>, String> {
    if let Some(known) = bytes("User handle", &form.user_handle)? {
        return Ok(known);
    }
    match claims.user_handle {
        Some(_) => unchecked.assumed("The user handle", claims, Step::CredentialRecord),
        None => unchecked.note(
            "The user handle is unknown, so step 6 does not compare it.",
            &[Step::CredentialRecord],
        ),
    }
    Ok(claims.user_handle.clone().unwrap_or_else(|| ANY_USER.to_vec()))
}

fn sign_count(form: &Form, unchecked: &mut Unchecked) -> Result<u32, String> {
    match form.sign_count.trim() {
        "" => {
            unchecked.note(
                "The stored signature counter counts as 0, so step 22 proves nothing here.",
                &[Step::SignCount],
            );
            Ok(0)
        }
        text => text.parse().map_err(|_| {
            format!("The signature counter is {text:?}, not a number from 0 to {}.", u32::MAX)
        }),
    }
}

fn with_backup(
    record: Credential,
    form: &Form,
    unchecked: &mut Unchecked,
) -> Result<Credential, String> {
    Ok(match form.backup.trim() {
        "" => {
            unchecked.note(
                "The backup flags in the record are unknown, so step 19 does not compare them.",
                &[Step::BackupEligibilityKept, Step::BackupEligibilityGained],
            );
            record
        }
        "not-eligible" => record.with_backup(false, false),
        "eligible" => record.with_backup(true, false),
        "backed-up" => record.with_backup(true, true),
        other => return Err(format!("The backup flags are {other:?}, which is unknown.")),
    })
}

fn user_verification(
    form: &Form,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<UserVerification, String> {
    match form.user_verification.trim() {
        "" => {
            let number = Step::UserVerification.number(claims.ceremony()).unwrap_or_default();
            let text = format!(
                "It is unknown whether the options require user verification, so step {number} \
                 does not check it."
            );
            unchecked.note(text, &[Step::UserVerification]);
            Ok(UserVerification::Preferred)
        }
        word => word.parse().map_err(|error| format!("User verification: {error}.")),
    }
}

/// Reads the time of the ceremony.
fn time(text: &str) -> Result<Option<SystemTime>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let time =
        from_utc(text).and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.map(Some).ok_or_else(|| format!("The time {text:?} is not like 2026-01-31T23:59:59Z."))
}

/// Returns the challenge. If the client data cannot be read, an earlier step fails, so any
/// challenge will do.
fn challenge(form: &Form, claims: &Claims, unchecked: &mut Unchecked) -> Result<Vec<u8>, String> {
    if let Some(challenge) = bytes("Challenge", &form.challenge)? {
        return Ok(challenge);
    }
    let Some(claimed) = &claims.challenge else { return Ok(Vec::new()) };
    match URL_SAFE_NO_PAD.decode(claimed) {
        Ok(challenge) => {
            unchecked.assumed("The challenge", claims, Step::Challenge);
            Ok(challenge)
        }
        Err(_) => {
            unchecked.note(
                "The challenge in the client data is not base64url, so no challenge equals it.",
                &[],
            );
            Ok(Vec::new())
        }
    }
}

/// Returns the origins. If the client data cannot be read, an earlier step fails, so any origin
/// will do.
fn origins(form: &Form, claims: &Claims, unchecked: &mut Unchecked) -> Vec<String> {
    let origins = form.origins.split(|letter: char| letter.is_whitespace() || letter == ',');
    let origins: Vec<String> =
        origins.filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
    if !origins.is_empty() {
        return origins;
    }
    if claims.origin.is_some() {
        unchecked.assumed("The origin", claims, Step::Origin);
    }
    vec![claims.origin.clone().unwrap_or_else(|| "https://example.com".to_owned())]
}

fn rp_id(form: &Form, claims: &Claims, unchecked: &mut Unchecked) -> Result<String, String> {
    let entered = form.rp_id.trim();
    if !entered.is_empty() {
        return Ok(entered.to_owned());
    }
    match (claims.rp_id(), &claims.origin) {
        (Some((rp_id, true)), _) => {
            let number = Step::RpIdHash.number(claims.ceremony()).unwrap_or_default();
            let text = format!(
                "The RP ID {rp_id} was derived from the origin and the RP ID hash, so step \
                 {number} proves nothing here."
            );
            unchecked.note(text, &[Step::RpIdHash]);
            Ok(rp_id)
        }
        (Some((rp_id, false)), _) => {
            let text = format!(
                "No domain of the origin has the RP ID hash. The RP ID {rp_id} was derived from \
                 the origin alone."
            );
            unchecked.note(text, &[]);
            Ok(rp_id)
        }
        (None, Some(origin)) => {
            Err(format!("Enter the RP ID: it cannot be derived from the origin {origin:?}."))
        }
        (None, None) => Ok("example.com".to_owned()),
    }
}

/// Reads a field with base64url.
fn bytes(field: &str, text: &str) -> Result<Option<Vec<u8>>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let decoded = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    decoded.map(Some).map_err(|error| format!("{field} is not base64url: {error}."))
}

/// Reads a public key in any of its forms. Returns it as a COSE_Key.
fn public_key(text: &str) -> Result<Option<Vec<u8>>, String> {
    let text = text.trim();
    let converted = if text.starts_with('{') {
        migrate::from_jwk(text, None)
    } else {
        let Some(key) = bytes("The public key", text)? else { return Ok(None) };
        // A SubjectPublicKeyInfo is a SEQUENCE, and a COSE_Key is a CBOR map.
        match key.first() {
            Some(0x30) => migrate::from_spki_der(&key, None),
            _ => CoseKey::parse(&key).map(|_| key.clone()),
        }
    };
    converted.map(Some).map_err(|failure| format!("The public key: {failure}."))
}
