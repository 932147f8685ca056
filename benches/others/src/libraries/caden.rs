//! `caden`. It takes decoded bytes, so this module reads the JSON for it. It uses the clock of the
//! system.

use std::time::SystemTime;

use serde_json::Value;
use webauthn::{
    AuthenticatorAssertionResponse, AuthenticatorAttestationResponse, Challenge, Credential,
    RelyingParty,
};

use super::stored;
use crate::case::{Case, decode};
use crate::needs;

pub(crate) const SETTINGS: &[&str] = &[
    needs::ALGORITHMS,
    needs::ANCHORS,
    needs::APP_ORIGINS,
    needs::BACKUP_RECORD,
    needs::ELIGIBLE,
    needs::LONG_CHALLENGE,
    needs::NO_ANCHORS,
    needs::NOT_ELIGIBLE,
    needs::OTHER_USER_HANDLE,
    needs::REFUSE_FRAMES,
];

pub(crate) fn run(case: &Case) -> Result<(), String> {
    let site = RelyingParty::with_origins(&case.rp_id, case.origins.clone(), &case.rp_id)
        .reject_cross_origin(true)
        .require_user_verification(case.user_verification == "required");
    let Some(credential) = &case.credential else {
        let site = site
            .allowed_algorithms(case.algorithms.clone().unwrap_or_default())
            .trust_anchors(case.trust_anchors.clone())
            .require_backup_eligible(case.needs.contains(&needs::ELIGIBLE))
            .reject_backup_eligible(case.needs.contains(&needs::NOT_ELIGIBLE));
        return register(&site, &case.response, &case.challenge).map(|_| ());
    };
    let stored = stored::registration(case, credential);
    let stored = register(&site, &stored, &stored::CHALLENGE)?;
    let response = AuthenticatorAssertionResponse {
        client_data_json: member(&case.response, "clientDataJSON")?,
        authenticator_data: member(&case.response, "authenticatorData")?,
        signature: member(&case.response, "signature")?,
        user_handle: match case.response.pointer("/response/userHandle") {
            None | Some(Value::Null) => None,
            Some(_) => Some(member(&case.response, "userHandle")?),
        },
        credential_id: bytes(case.response.get("rawId"))?,
    };
    let verdict = site.verify_authentication(&stored, &challenge(&case.challenge), &response);
    verdict.map(|_| ()).map_err(|error| error.to_string())
}

fn register(site: &RelyingParty, response: &Value, bytes: &[u8]) -> Result<Credential, String> {
    let response = AuthenticatorAttestationResponse {
        client_data_json: member(response, "clientDataJSON")?,
        attestation_object: member(response, "attestationObject")?,
    };
    let verdict = site.verify_registration(&challenge(bytes), &response, b"user");
    verdict.map(|result| result.credential).map_err(|error| error.to_string())
}

fn challenge(bytes: &[u8]) -> Challenge {
    Challenge { bytes: bytes.to_vec(), created_at: SystemTime::now() }
}

fn member(response: &Value, name: &str) -> Result<Vec<u8>, String> {
    bytes(response.get("response").and_then(|response| response.get(name)))
}

fn bytes(value: Option<&Value>) -> Result<Vec<u8>, String> {
    let text = value.and_then(Value::as_str).ok_or("a member is missing")?;
    decode(text).map_err(|error| error.to_string())
}
