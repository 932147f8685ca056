//! `passki`. It uses the clock of the system for certificates.

use passki::{
    AttestationTrustPolicy, AuthenticationCredential, AuthenticationOptions,
    CredentialProtectionPolicy, Passki, RegistrationCredential, RegistrationOptions,
    UserVerificationRequirement,
};
use serde_json::{Value, from_value};

use super::stored;
use crate::case::{Case, strings};
use crate::needs;

pub(crate) const SETTINGS: &[&str] = &[
    needs::ALLOWED_CREDENTIALS,
    needs::ANCHORS,
    needs::APP_ORIGINS,
    needs::BACKUP_RECORD,
    needs::CRED_PROTECT,
    needs::LISTED_FRAMES,
    needs::LONG_CHALLENGE,
    needs::NO_ANCHORS,
    needs::OTHER_USER_HANDLE,
    needs::REFUSE_FRAMES,
    needs::REFUSE_SELF,
    needs::REFUSE_UNNAMED_FRAMES,
];

pub(crate) fn run(case: &Case) -> Result<(), String> {
    let mut site = Passki::new(&case.rp_id, &case.origins, &case.rp_id);
    if let Some(pages) = case.members.get("top_origins") {
        site = site.with_embedding_origins(&strings(pages));
    }
    if !case.trust_anchors.is_empty() {
        let policy = AttestationTrustPolicy::Required;
        site = site.with_attestation_trust(&case.trust_anchors, policy).map_err(text)?;
    }
    let Some(credential) = &case.credential else {
        return register(&site, case, &case.response, &case.challenge).map(|_| ());
    };
    let stored = stored::registration(case, credential);
    let site_without_trust = Passki::new(&case.rp_id, &case.origins, &case.rp_id);
    let stored = register(&site_without_trust, case, &stored, &stored::CHALLENGE)?;

    let mut options = AuthenticationOptions::default();
    options.user_verification = verification(case);
    let (_, mut state) =
        site.start_passkey_authentication(std::slice::from_ref(&stored), options).map_err(text)?;
    state.challenge.clone_from(&case.challenge);
    let response: AuthenticationCredential = from_value(case.response.clone()).map_err(text)?;
    site.finish_passkey_authentication(&response, &state, &stored).map_err(text)?;
    Ok(())
}

fn register(
    site: &Passki,
    case: &Case,
    response: &Value,
    challenge: &[u8],
) -> Result<passki::StoredPasskey, String> {
    let mut options = RegistrationOptions::default();
    options.user_verification = verification(case);
    let (_, mut state) = site
        .start_passkey_registration(b"a user of the site", "user", "user", options)
        .map_err(text)?;
    state.challenge = challenge.to_vec();
    state.required_cred_protect = match case.members.pointer("/require/cred_protect") {
        Some(Value::String(word)) => Some(protection(word)),
        _ => None,
    };
    let response: RegistrationCredential = from_value(response.clone()).map_err(text)?;
    site.finish_passkey_registration(&response, &state).map_err(text)
}

fn verification(case: &Case) -> UserVerificationRequirement {
    match case.user_verification.as_str() {
        "required" => UserVerificationRequirement::Required,
        "discouraged" => UserVerificationRequirement::Discouraged,
        _ => UserVerificationRequirement::Preferred,
    }
}

fn protection(word: &str) -> CredentialProtectionPolicy {
    match word {
        "userVerificationRequired" => CredentialProtectionPolicy::UserVerificationRequired,
        _ => CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIdList,
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
