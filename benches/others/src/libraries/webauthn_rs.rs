//! The core of `webauthn-rs`. It uses the clock of the system for certificates.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, to_value};
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AttestationCaList, COSEAlgorithm, Credential, PublicKeyCredential, RegisterPublicKeyCredential,
    RequestAuthenticationExtensions, UserVerificationPolicy,
};

use super::stored;
use crate::case::{Case, decode, encode};
use crate::needs;

pub(crate) const SETTINGS: &[&str] = &[
    needs::ALGORITHMS,
    needs::ALLOWED_CREDENTIALS,
    needs::ANCHORS,
    needs::APPID,
    needs::BACKUP_RECORD,
    needs::ELIGIBILITY_GAINED,
    needs::EXCLUDE,
    needs::LONG_CHALLENGE,
    needs::NO_ANCHORS,
    needs::NOT_ELIGIBLE,
    needs::OTHER_USER_HANDLE,
    needs::REFUSE_FRAMES,
    needs::REFUSE_SAFETYNET,
    needs::REFUSE_SELF,
    needs::SUBDOMAINS,
];

const TIMEOUT: Duration = Duration::from_secs(300);

pub(crate) fn run(case: &Case) -> Result<(), String> {
    let origins: Result<Vec<Url>, _> = case.origins.iter().map(|text| Url::parse(text)).collect();
    let subdomains = Some(case.members.get("subdomains") == Some(&Value::Bool(true)));
    let core = WebauthnCore::new_unsafe_experts_only(
        &case.rp_id,
        &case.rp_id,
        origins.map_err(text)?,
        TIMEOUT,
        subdomains,
        None,
    );
    let Some(credential) = &case.credential else {
        let anchors = anchors(&case.trust_anchors)?;
        return register(&core, case, &case.response, &case.challenge, anchors.as_ref())
            .map(|_| ());
    };
    let stored = stored::registration(case, credential);
    let stored = register(&core, case, &stored, &stored::CHALLENGE, None)?;

    let appid = case.members.get("appid").and_then(Value::as_str).map(str::to_owned);
    let extensions = RequestAuthenticationExtensions { appid, uvm: None, hmac_get_secret: None };
    let request = core
        .new_challenge_authenticate_builder(vec![stored], Some(policy(case)))
        .map_err(text)?
        .extensions(Some(extensions))
        .allow_backup_eligible_upgrade(case.needs.contains(&needs::ELIGIBILITY_GAINED));
    let (_, state) = core.generate_challenge_authenticate(request).map_err(text)?;
    let state = with_challenge(&state, &case.challenge)?;
    let response: PublicKeyCredential = from_value(case.response.clone()).map_err(text)?;
    core.authenticate_credential(&response, &state).map_err(text)?;
    Ok(())
}

fn register(
    core: &WebauthnCore,
    case: &Case,
    response: &Value,
    challenge: &[u8],
    anchors: Option<&AttestationCaList>,
) -> Result<Credential, String> {
    let known = |number: &i64| COSEAlgorithm::try_from(i128::from(*number)).ok();
    let algorithms = match &case.algorithms {
        Some(requested) => requested.iter().filter_map(known).collect(),
        None => COSEAlgorithm::all_possible_algs(),
    };
    let excluded = case
        .members
        .get("exclude")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(|id| decode(id.as_str()?).ok()).collect());
    let request = core
        .new_challenge_register_builder(b"user", "user", "user")
        .map_err(text)?
        .user_verification_policy(policy(case))
        .exclude_credentials(excluded)
        .reject_synchronised_authenticators(case.needs.contains(&needs::NOT_ELIGIBLE))
        .credential_algorithms(algorithms);
    let (_, state) = core.generate_challenge_register(request).map_err(text)?;
    let state = with_challenge(&state, challenge)?;
    let response: RegisterPublicKeyCredential = from_value(response.clone()).map_err(text)?;
    core.register_credential(&response, &state, anchors).map_err(text)
}

fn policy(case: &Case) -> UserVerificationPolicy {
    match case.user_verification.as_str() {
        "required" => UserVerificationPolicy::Required,
        "discouraged" => UserVerificationPolicy::Discouraged_DO_NOT_USE,
        _ => UserVerificationPolicy::Preferred,
    }
}

/// Returns the list of authorities, if there are any.
fn anchors(certificates: &[Vec<u8>]) -> Result<Option<AttestationCaList>, String> {
    let mut list: Option<AttestationCaList> = None;
    for der in certificates {
        let pem = pem(der);
        let one =
            AttestationCaList::try_from(pem.as_bytes()).map_err(|error| format!("{error:?}"))?;
        match &mut list {
            Some(list) => list.union(&one),
            None => list = Some(one),
        }
    }
    Ok(list)
}

/// Writes a certificate as PEM, with lines of 64 characters (RFC 7468).
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Writes our challenge into a state, whose JSON has it.
fn with_challenge<State: Serialize + DeserializeOwned>(
    state: &State,
    challenge: &[u8],
) -> Result<State, String> {
    let mut json = to_value(state).map_err(text)?;
    let place = json.get_mut("challenge").ok_or("the state has no challenge")?;
    *place = Value::String(encode(challenge));
    from_value(json).map_err(text)
}

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
