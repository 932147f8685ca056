//! The ceremony of a pasted response, from the known values and from the response itself.

use std::fmt::Display;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_verify::{
    AuthenticationRequest, Ceremony, Credential, Failure, RegistrationRequest, RelyingParty, Step,
    User, UserVerification,
};

use super::guess::Claims;
use super::members::Members;
use super::pasted::Pasted;
use super::settings;
use crate::recording::{Pending, Recording};
use crate::time::from_utc;
use crate::vector;

/// The user handle of an account if nothing names one.
const ANY_USER: &[u8] = b"user";

/// Every member of a credential in a test vector.
const OF_CREDENTIAL: [&str; 6] =
    ["id", "public_key", "sign_count", "user_handle", "backup_eligible", "backup_state"];

/// The members that every response has.
const MEMBERS: [&str; 4] = ["id", "rawId", "response", "type"];

/// A ceremony that can be verified.
pub struct Case {
    pub recording: Recording,
    pub rp: RelyingParty,
    pub origins: Vec<String>,
    /// `false` in a login if the public key is unknown.
    pub has_key: bool,
    /// Whether the attestation must lead to a trust anchor.
    pub demands_trust: bool,
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
struct Start<'p> {
    pasted: &'p Pasted,
    /// The pending state of the test vector. It replaces the start of a ceremony.
    stored: Option<Pending>,
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
    /// Returns an error, in a sentence, if something cannot be read or is unknown.
    pub fn of(pasted: &Pasted, now: SystemTime) -> Result<Case, String> {
        let Pasted { case, .. } = pasted;
        let response: Value = serde_json::from_str(&pasted.response).map_err(not_json)?;
        if !pasted.is_vector {
            is_response(&response)?;
        }
        let claims = Claims::of(&response);
        let claims = Claims { is_registration: is_registration(case, &claims)?, ..claims };
        let stored = stored(case, &claims)?;
        let options = pasted.options();
        let mut unchecked = Unchecked::default();
        let challenge = challenge(&options, &claims, &mut unchecked)?;
        let origins = origins(pasted, &claims, &mut unchecked)?;
        let rp_id = rp_id(pasted, &claims, &mut unchecked)?;
        let user_verification = user_verification(&options, &claims, &mut unchecked)?;
        let now = time(case)?.unwrap_or(now);
        let rp = settings::relying_party(&rp_id, &origins, case)?;
        let start = Start { rp, challenge, user_verification, now, pasted, stored };
        let mut has_key = true;
        let (pending, records) = if claims.is_registration {
            (start.registration(&mut unchecked)?, Vec::new())
        } else {
            let credential = case.object("credential")?.of_these(&OF_CREDENTIAL)?;
            has_key = credential.has("public_key") || case.has("record");
            start.authentication(&credential, &claims, &mut unchecked)?
        };
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let response = pasted.response.clone();
        // The whole options are unknown.
        let recording = Recording { options: Value::Null, response, pending, records, time };
        let demands_trust = settings::demands_trust(case);
        Ok(Case { recording, rp: start.rp, origins, has_key, demands_trust, unchecked })
    }
}

impl Start<'_> {
    fn registration(&self, unchecked: &mut Unchecked) -> Result<Pending, String> {
        let Pasted { case, is_vector, .. } = self.pasted;
        let user_handle = case.bytes("user_handle")?;
        let user = User::new(user_handle.unwrap_or_else(|| ANY_USER.to_vec()), "user", "user");
        let request = RegistrationRequest::passkey(&user, &settings::excluded(case)?)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        let request = settings::registration(request, case)?;
        if !is_vector {
            unchecked.note(
                "The options are unknown. They count as not expired (step 1), every algorithm \
                 counts as requested (step 20), no credential counts as already registered (step \
                 26), and no extension output is required (step 28).",
                &[Step::Options, Step::CredentialAlgorithm, Step::CredentialIdUnique],
            );
        } else if !case.has("algorithms") && self.stored.is_none() {
            unchecked.note(
                "The test vector lists no algorithms, so every algorithm counts as requested \
                 (step 20).",
                &[Step::CredentialAlgorithm],
            );
        }
        if case.has("metadata") {
            unchecked.note(
                "This page does not have the file of the member metadata, so it does not check \
                 the trust in the attestation (steps 23 and 24).",
                &[Step::TrustAnchors, Step::AttestationTrust],
            );
        }
        if let Some(stored) = &self.stored {
            return Ok(stored.clone());
        }
        let started = self.rp.start_registration(&request, self.now);
        Ok(Pending::Registration(started.map_err(not_started)?.1))
    }

    fn authentication(
        &self,
        credential: &Members,
        claims: &Claims,
        unchecked: &mut Unchecked,
    ) -> Result<(Pending, Vec<Credential>), String> {
        let Pasted { case, is_vector, .. } = self.pasted;
        let record = match case.get::<Credential>("record")? {
            Some(record) => record,
            None => record(credential, claims, unchecked)?,
        };
        let account = account(case, &record, claims, unchecked)?;
        let records = vec![match record.user_handle() {
            Some(_) => record,
            None => record.with_user_handle(&account).map_err(unusable)?,
        }];
        if !is_vector {
            unchecked.note(
                "The options are unknown. They count as not expired (step 1), and no extension \
                 output is required (step 23).",
                &[Step::Options],
            );
        }
        if let Some(stored) = &self.stored {
            return Ok((stored.clone(), records));
        }
        let request = AuthenticationRequest::for_user(&account, &records)
            .user_verification(self.user_verification)
            .challenge(&self.challenge);
        let request = settings::authentication(request, case)?;
        let started = self.rp.start_authentication(&request, self.now);
        Ok((Pending::Authentication(started.map_err(not_started)?.1), records))
    }
}

/// Reads the stored pending state of a test vector.
fn stored(case: &Members, claims: &Claims) -> Result<Option<Pending>, String> {
    match claims.ceremony() {
        Ceremony::Registration => Ok(case.get("pending")?.map(Pending::Registration)),
        Ceremony::Authentication => Ok(case.get("pending")?.map(Pending::Authentication)),
    }
}

/// Returns the record that the members describe.
fn record(
    credential: &Members,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<Credential, String> {
    let id = match credential.bytes("id")? {
        Some(id) => id,
        None => {
            unchecked.assumed("The credential ID", claims, Step::AllowedCredential);
            claims.credential_id.clone().unwrap_or_else(|| b"unknown".to_vec())
        }
    };
    let record = match credential.bytes("public_key")? {
        Some(key) => Credential::from_parts(&id, &key),
        None => vector::any_credential(&id),
    };
    let record = record.map_err(unusable)?.with_sign_count(sign_count(credential, unchecked)?);
    let record = with_backup(record, credential, unchecked)?;
    match credential.bytes("user_handle")? {
        Some(user_handle) => record.with_user_handle(&user_handle).map_err(unusable),
        None => Ok(record),
    }
}

fn unusable(failure: Failure) -> String {
    format!("The credential record: {failure}.")
}

/// Returns the ceremony of the test vector, or else of the response.
fn is_registration(case: &Members, claims: &Claims) -> Result<bool, String> {
    let ceremony: Option<Ceremony> = case.get("ceremony")?;
    let is_registration = ceremony.map(|ceremony| ceremony == Ceremony::Registration);
    Ok(is_registration.unwrap_or(claims.is_registration))
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
fn account(
    case: &Members,
    record: &Credential,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<Vec<u8>, String> {
    let known = case.bytes("user_handle")?;
    if let Some(known) = known.or_else(|| record.user_handle().map(<[u8]>::to_vec)) {
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

fn sign_count(credential: &Members, unchecked: &mut Unchecked) -> Result<u32, String> {
    let count = credential.get("sign_count")?;
    if count.is_none() {
        unchecked.note(
            "The stored signature counter counts as 0, so step 22 proves nothing here.",
            &[Step::SignCount],
        );
    }
    Ok(count.unwrap_or(0))
}

fn with_backup(
    record: Credential,
    credential: &Members,
    unchecked: &mut Unchecked,
) -> Result<Credential, String> {
    let Some(eligible) = credential.get("backup_eligible")? else {
        unchecked.note(
            "The backup flags in the record are unknown, so step 19 does not compare them.",
            &[Step::BackupEligibilityKept, Step::BackupEligibilityGained],
        );
        return Ok(record);
    };
    Ok(record.with_backup(eligible, credential.or_default("backup_state")?))
}

fn user_verification(
    case: &Members,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<UserVerification, String> {
    if let Some(known) = case.get("user_verification")? {
        return Ok(known);
    }
    let number = Step::UserVerification.number(claims.ceremony()).unwrap_or_default();
    let text = format!(
        "It is unknown whether the options require user verification, so step {number} does not \
         check it."
    );
    unchecked.note(text, &[Step::UserVerification]);
    Ok(UserVerification::Preferred)
}

/// Reads the time of the ceremony.
fn time(case: &Members) -> Result<Option<SystemTime>, String> {
    let Some(text) = case.get::<String>("now")? else { return Ok(None) };
    let time =
        from_utc(&text).and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.map(Some).ok_or_else(|| format!("The time {text:?} is not like 2026-01-31T23:59:59Z."))
}

/// Returns the challenge. If the client data cannot be read, an earlier step fails, so any
/// challenge will do.
fn challenge(
    case: &Members,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<Vec<u8>, String> {
    if let Some(challenge) = case.bytes("challenge")? {
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
fn origins(
    pasted: &Pasted,
    claims: &Claims,
    unchecked: &mut Unchecked,
) -> Result<Vec<String>, String> {
    if let Some(origins) = pasted.party("origins").get("origins")? {
        return Ok(origins);
    }
    if claims.origin.is_some() {
        unchecked.assumed("The origin", claims, Step::Origin);
    }
    Ok(vec![claims.origin.clone().unwrap_or_else(|| "https://example.com".to_owned())])
}

fn rp_id(pasted: &Pasted, claims: &Claims, unchecked: &mut Unchecked) -> Result<String, String> {
    if let Some(known) = pasted.party("rp_id").get("rp_id")? {
        return Ok(known);
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
