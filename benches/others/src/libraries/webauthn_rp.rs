//! `webauthn_rp`. It makes every challenge itself, so our challenge is written into the encoded
//! state. The length of a user handle is a part of its types, so only some lengths can be run.

use std::num::NonZero;

use serde_json::{Value, from_value};
use webauthn_rp::AuthenticatedCredential;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AllowedCredentials, AuthenticationVerificationOptions,
    NonDiscoverableAuthenticationServerState, NonDiscoverableCredentialRequestOptions,
    SignatureCounterEnforcement,
};
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, CoseAlgorithmIdentifiers, CredProtect,
    PublicKeyCredentialCreationOptions, RegistrationServerState, RegistrationVerificationOptions,
    UserHandle,
};
use webauthn_rp::request::{
    AsciiDomain, BackupReq, CredentialMediationRequirement, Credentials, ExtensionInfo,
    ExtensionReq, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
};
use webauthn_rp::response::auth::ser_relaxed::NonDiscoverableAuthenticationRelaxed;
use webauthn_rp::response::register::ser_relaxed::RegistrationRelaxed;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};

use super::stored;
use crate::case::{Case, Credential, strings};
use crate::needs;

pub(crate) const SETTINGS: &[&str] = &[
    needs::ALGORITHMS,
    needs::ALLOWED_CREDENTIALS,
    needs::APP_ORIGINS,
    needs::BACKED_UP,
    needs::BACKUP_RECORD,
    needs::CONDITIONAL,
    needs::CRED_PROTECT,
    needs::ELIGIBLE,
    needs::LISTED_FRAMES,
    needs::NO_ANCHORS,
    needs::NOT_ELIGIBLE,
    needs::REFUSE_FRAMES,
    needs::REFUSE_SAFETYNET,
    needs::SIGN_COUNT,
    needs::UNSOLICITED,
    needs::USER_HANDLE,
];

/// The part of a credential record that has the key, decoded from storage.
type StoredKey = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// Seven weeks, in milliseconds, because `webauthn_rp` uses the system clock.
const TIMEOUT: NonZero<u32> = NonZero::<u32>::MAX;

pub(crate) fn run(case: &Case) -> Result<(), String> {
    let site = Site {
        rp_id: RpId::Domain(AsciiDomain::try_from(case.rp_id.clone()).map_err(debug)?),
        top_origins: case.members.get("top_origins").map(strings),
        unsolicited: case.members.get("refuse_unsolicited_extensions") == Some(&Value::Bool(true)),
    };
    let Some(credential) = &case.credential else {
        return site.register(case, &case.response, &case.challenge).map(|_| ());
    };
    let handle = case.account().or_else(|| case.bytes("userHandle")).unwrap_or_default();
    match <[u8; 11]>::try_from(handle.as_slice()) {
        Ok(handle) => site.sign_in(case, credential, &UserHandle::from(handle)),
        Err(_) => match <[u8; 32]>::try_from(handle.as_slice()) {
            Ok(handle) => site.sign_in(case, credential, &UserHandle::from(handle)),
            Err(_) => site.sign_in(case, credential, &UserHandle::from([0; 16])),
        },
    }
}

struct Site {
    rp_id: RpId,
    top_origins: Option<Vec<String>>,
    unsolicited: bool,
}

/// A stored credential.
struct Registered {
    key: StoredKey,
    state: DynamicState,
}

impl Site {
    fn register(
        &self,
        case: &Case,
        response: &Value,
        challenge: &[u8],
    ) -> Result<Registered, String> {
        let user = UserHandle::from(*b"user");
        let mut request = PublicKeyCredentialCreationOptions::first_passkey_with_blank_user_info(
            &self.rp_id,
            &user,
        );
        request.authenticator_selection.user_verification = verification(case);
        request.extensions.cred_props = Some(ExtensionReq::Allow);
        request.extensions.cred_protect = protection(case);
        request.timeout = TIMEOUT;
        request.pub_key_cred_params = algorithms(case);
        if case.members.get("mediation") == Some(&"conditional".into()) {
            request.mediation = CredentialMediationRequirement::Conditional;
        }
        let theirs = request.challenge.as_data();
        let (state, _) = request.start_ceremony().map_err(debug)?;
        let state = with_challenge(state.encode().map_err(debug)?, theirs, challenge)?;
        let state = RegistrationServerState::<4>::decode(&state).map_err(debug)?;
        let options = RegistrationVerificationOptions {
            allowed_origins: &case.origins,
            allowed_top_origins: self.top_origins.as_deref(),
            backup_requirement: backup(case).filter(|_| case.registration).unwrap_or_default(),
            error_on_unsolicited_extensions: self.unsolicited,
            ..Default::default()
        };
        let response: RegistrationRelaxed = from_value(response.clone()).map_err(debug)?;
        let registered = state.verify(&self.rp_id, &response.0, &options).map_err(debug)?;
        let Ok(key) = registered.static_state().encode();
        Ok(Registered {
            key: StoredKey::decode(&key).map_err(debug)?,
            state: registered.dynamic_state(),
        })
    }

    fn sign_in<const LENGTH: usize>(
        &self,
        case: &Case,
        credential: &Credential,
        user: &UserHandle<LENGTH>,
    ) -> Result<(), String>
    where
        UserHandle<LENGTH>: Default,
    {
        let stored = stored::registration(case, credential);
        let Registered { key, state: dynamic } =
            self.register(case, &stored, &stored::CHALLENGE)?;
        let id = CredentialId::try_from(credential.id.as_slice()).map_err(debug)?;

        let mut allowed = AllowedCredentials::with_capacity(1);
        let transports = AuthTransports::NONE;
        allowed.push(PublicKeyCredentialDescriptor { id: id.into(), transports }.into());
        let mut request =
            NonDiscoverableCredentialRequestOptions::second_factor(&self.rp_id, allowed)
                .map_err(debug)?;
        request.options().user_verification = verification(case);
        request.options().timeout = TIMEOUT;
        let theirs = request.options().challenge.as_data();
        let (state, _) = request.start_ceremony().map_err(debug)?;
        let state = with_challenge(state.encode().map_err(debug)?, theirs, &case.challenge)?;
        let state = NonDiscoverableAuthenticationServerState::decode(&state).map_err(debug)?;
        let options = AuthenticationVerificationOptions {
            allowed_origins: &case.origins,
            allowed_top_origins: self.top_origins.as_deref(),
            backup_requirement: backup(case),
            error_on_unsolicited_extensions: self.unsolicited,
            sig_counter_enforcement: match case.needs.contains(&needs::SIGN_COUNT) {
                true => SignatureCounterEnforcement::Ignore,
                false => SignatureCounterEnforcement::Fail,
            },
            ..Default::default()
        };
        let response: NonDiscoverableAuthenticationRelaxed<LENGTH> =
            from_value(case.response.clone()).map_err(debug)?;
        let mut credential = AuthenticatedCredential::new(id, user, key, dynamic).map_err(debug)?;
        state.verify(&self.rp_id, &response.0, &mut credential, &options).map_err(debug)?;
        Ok(())
    }
}

fn verification(case: &Case) -> UserVerificationRequirement {
    match case.user_verification.as_str() {
        "required" => UserVerificationRequirement::Required,
        "discouraged" => UserVerificationRequirement::Discouraged,
        _ => UserVerificationRequirement::Preferred,
    }
}

/// Returns the requirement for the backup flags of a registration, or for a backup in a login.
fn backup(case: &Case) -> Option<BackupReq> {
    let has = |setting| case.needs.contains(&setting);
    if has(needs::BACKED_UP) {
        return Some(BackupReq::Exists);
    }
    match (has(needs::ELIGIBLE), has(needs::NOT_ELIGIBLE)) {
        (true, _) => Some(BackupReq::Eligible),
        (_, true) => Some(BackupReq::NotEligible),
        _ => None,
    }
}

fn protection(case: &Case) -> CredProtect {
    let enforced = ExtensionInfo::RequireEnforceValue;
    match case.members.pointer("/require/cred_protect").and_then(Value::as_str) {
        Some("userVerificationRequired") => CredProtect::UserVerificationRequired(enforced),
        Some(_) => CredProtect::UserVerificationOptionalWithCredentialIdList(enforced),
        None => CredProtect::None,
    }
}

fn algorithms(case: &Case) -> CoseAlgorithmIdentifiers {
    let mut all = CoseAlgorithmIdentifiers::ALL;
    let Some(requested) = &case.algorithms else { return all };
    for (number, algorithm) in [
        (-8, CoseAlgorithmIdentifier::Eddsa),
        (-7, CoseAlgorithmIdentifier::Es256),
        (-35, CoseAlgorithmIdentifier::Es384),
        (-257, CoseAlgorithmIdentifier::Rs256),
    ] {
        if !requested.contains(&number) {
            all = all.remove(algorithm);
        }
    }
    all
}

fn with_challenge(mut state: Vec<u8>, theirs: u128, ours: &[u8]) -> Result<Vec<u8>, String> {
    let theirs = theirs.to_le_bytes();
    let start = state.windows(theirs.len()).position(|window| window == theirs);
    let start = start.ok_or("the state has no challenge")?;
    state.splice(start..start + theirs.len(), ours.iter().copied());
    Ok(state)
}

fn debug(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
