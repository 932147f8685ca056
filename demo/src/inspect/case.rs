//! The ceremony of a pasted response, from the fields of the form and from the response itself.

use std::fmt::Display;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, RegistrationRequest, RelyingParty, User,
    UserVerification, migrate,
};

use super::form::Form;
use super::guess::Claims;
use crate::recording::{Pending, Recording};
use crate::vector;

/// The user handle of an account if nothing names one.
const ANY_USER: &[u8] = b"user";

/// A ceremony that can be verified.
pub struct Case {
    pub recording: Recording,
    pub rp: RelyingParty,
    pub origins: Vec<String>,
    /// `false` in a login if the public key is unknown.
    pub has_key: bool,
    /// What was assumed, in sentences.
    pub notes: Vec<String>,
}

/// The parts of a ceremony that do not depend on its kind.
struct Start {
    rp: RelyingParty,
    challenge: Vec<u8>,
    user_verification: UserVerification,
    now: SystemTime,
}

impl Case {
    /// Returns an error, in a sentence, if a field cannot be read or something is unknown.
    pub fn of(form: &Form, now: SystemTime) -> Result<Case, String> {
        let response: Value = serde_json::from_str(&form.response)
            .map_err(|error| format!("The response is not JSON: {error}."))?;
        let claims = Claims::of(&response);
        let mut notes = Vec::new();
        if !form.unused.is_empty() {
            let names = form.unused.join(", ");
            notes.push(format!("This page does not use these members of the case: {names}."));
        }
        let challenge = challenge(form, &claims, &mut notes)?;
        let origins = origins(form, &claims, &mut notes);
        let rp_id = rp_id(form, &claims, &mut notes)?;
        let user_verification = match form.user_verification.trim() {
            "" => UserVerification::Preferred,
            word => word.parse().map_err(|error| format!("User verification: {error}."))?,
        };
        let rp = RelyingParty::for_recordings(rp_id, origins.iter().map(String::as_str));
        let start = Start { rp, challenge, user_verification, now };
        let (pending, records) = match claims.is_registration {
            true => (start.registration(form, &mut notes)?, Vec::new()),
            false => start.authentication(form, &claims, &mut notes)?,
        };
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let response = form.response.clone();
        // The options are unknown.
        let recording = Recording { options: Value::Null, response, pending, records, time };
        let has_key = claims.is_registration || !form.public_key.trim().is_empty();
        Ok(Case { recording, rp: start.rp, origins, has_key, notes })
    }
}

impl Start {
    fn registration(&self, form: &Form, notes: &mut Vec<String>) -> Result<Pending, String> {
        let user_handle = bytes("User handle", &form.user_handle)?;
        let user = User::new(user_handle.unwrap_or_else(|| ANY_USER.to_vec()), "user", "user");
        let algorithms: Vec<Algorithm> = Algorithm::compiled_in().collect();
        let request = RegistrationRequest::passkey(&user, &[])
            .algorithms(&algorithms)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        notes.push(
            "The options are unknown. Every algorithm counts as requested (step 20), no \
             credential counts as already registered (step 26), and no extension output is \
             required (step 28)."
                .to_owned(),
        );
        let started = self.rp.start_registration(&request, self.now);
        Ok(Pending::Registration(started.map_err(not_started)?.1))
    }

    fn authentication(
        &self,
        form: &Form,
        claims: &Claims,
        notes: &mut Vec<String>,
    ) -> Result<(Pending, Vec<Credential>), String> {
        let account = match bytes("User handle", &form.user_handle)? {
            Some(known) => known,
            None => {
                notes.push(match claims.user_handle {
                    Some(_) => assumed("The user handle", "step 6"),
                    None => "The user handle is unknown, so step 6 does not compare it.".to_owned(),
                });
                claims.user_handle.clone().unwrap_or_else(|| ANY_USER.to_vec())
            }
        };
        let id = claims.credential_id.as_deref().unwrap_or(b"unknown");
        let record = match public_key(&form.public_key)? {
            Some(key) => Credential::from_parts(id, &key),
            None => vector::any_credential(id),
        };
        let record = record
            .and_then(|record| record.with_user_handle(&account))
            .map_err(|failure| format!("The credential record: {failure}."))?;
        notes.push(assumed("The credential ID", "step 5"));
        let sign_count = match form.sign_count.trim() {
            "" => {
                notes.push(
                    "The stored signature counter counts as 0, so step 22 proves nothing here."
                        .to_owned(),
                );
                0
            }
            text => text.parse().map_err(|_| {
                format!("The signature counter is {text:?}, not a number from 0 to {}.", u32::MAX)
            })?,
        };
        notes.push(
            "The backup flags in the record are unknown, so step 19 does not compare them. No \
             extension output is required (step 23)."
                .to_owned(),
        );
        let records = vec![record.with_sign_count(sign_count)];
        let request = AuthenticationRequest::for_user(&account, &records)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        let started = self.rp.start_authentication(&request, self.now);
        Ok((Pending::Authentication(started.map_err(not_started)?.1), records))
    }
}

/// Returns the sentence about a value that was taken from the response.
fn assumed(what: &str, step: &str) -> String {
    format!("{what} was taken from the response, so {step} proves nothing here.")
}

fn not_started(error: impl Display) -> String {
    format!("The ceremony cannot be started: {error}.")
}

/// Returns the challenge. If the client data cannot be read, an earlier step fails, so any
/// challenge will do.
fn challenge(form: &Form, claims: &Claims, notes: &mut Vec<String>) -> Result<Vec<u8>, String> {
    if let Some(challenge) = bytes("Challenge", &form.challenge)? {
        return Ok(challenge);
    }
    let Some(claimed) = &claims.challenge else { return Ok(Vec::new()) };
    match URL_SAFE_NO_PAD.decode(claimed) {
        Ok(challenge) => {
            notes.push(assumed("The challenge", step(claims, "step 8", "step 11")));
            Ok(challenge)
        }
        Err(_) => {
            notes.push(
                "The challenge in the client data is not base64url, so no challenge equals it."
                    .to_owned(),
            );
            Ok(Vec::new())
        }
    }
}

/// Returns the origins. If the client data cannot be read, an earlier step fails, so any origin
/// will do.
fn origins(form: &Form, claims: &Claims, notes: &mut Vec<String>) -> Vec<String> {
    let origins = form.origins.split(|letter: char| letter.is_whitespace() || letter == ',');
    let origins: Vec<String> =
        origins.filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
    if !origins.is_empty() {
        return origins;
    }
    if claims.origin.is_some() {
        notes.push(assumed("The origin", step(claims, "step 9", "step 12")));
    }
    vec![claims.origin.clone().unwrap_or_else(|| "https://example.com".to_owned())]
}

fn rp_id(form: &Form, claims: &Claims, notes: &mut Vec<String>) -> Result<String, String> {
    let entered = form.rp_id.trim();
    if !entered.is_empty() {
        return Ok(entered.to_owned());
    }
    let number = step(claims, "step 14", "step 15");
    match (claims.rp_id(), &claims.origin) {
        (Some((rp_id, true)), _) => {
            notes.push(format!(
                "The RP ID {rp_id} was derived from the origin and the RP ID hash, so {number} \
                 proves nothing here."
            ));
            Ok(rp_id)
        }
        (Some((rp_id, false)), _) => {
            notes.push(format!(
                "No domain of the origin has the RP ID hash. The RP ID {rp_id} was derived from \
                 the origin alone."
            ));
            Ok(rp_id)
        }
        (None, Some(origin)) => {
            Err(format!("Enter the RP ID: it cannot be derived from the origin {origin:?}."))
        }
        (None, None) => Ok("example.com".to_owned()),
    }
}

/// Returns the number of a step of this ceremony.
fn step<'s>(claims: &Claims, registration: &'s str, login: &'s str) -> &'s str {
    if claims.is_registration { registration } else { login }
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
