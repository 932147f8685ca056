//! One site with one account.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, CreationOptions, Credential, PendingAuthentication,
    PendingRegistration, RegistrationRequest, RegistrationResponse, RelyingParty, RequestOptions,
    User,
};

use crate::contest::Fault;

pub(crate) const RP_ID: &str = "example.com";
pub(crate) const ORIGIN: &str = "https://example.com";
pub(crate) const USER_HANDLE: [u8; 32] = *b"32 bytes identify the account...";
pub(crate) const USER_NAME: &str = "alice@example.com";
pub(crate) const DISPLAY_NAME: &str = "Alice";
/// Has 16 bytes, because all challenges of `webauthn_rp` do.
pub(crate) const CHALLENGE: [u8; 16] = *b"16 bytes, always";

const MINUTE: Duration = Duration::from_secs(60);

/// A site with one account, which has one credential.
pub(crate) struct Site {
    pub(crate) rp: RelyingParty,
    /// The root certificate that attestations must lead to.
    pub(crate) anchor: Option<Vec<u8>>,
    pub(crate) registration_options: CreationOptions,
    pub(crate) pending_registration: PendingRegistration,
    /// The browser's response that registers the credential of the account.
    pub(crate) registration: String,
    pub(crate) account: [Credential; 1],
    pub(crate) login_options: RequestOptions,
    pub(crate) pending_login: PendingAuthentication,
}

impl Site {
    /// Creates a site that requires attestations to lead to `anchor`, if there is one. `register` is
    /// the browser, which gets the options of the registration and returns the response.
    pub(crate) fn new(
        anchor: Option<Vec<u8>>,
        request: &RegistrationRequest,
        register: impl FnOnce(&CreationOptions) -> Result<String, Fault>,
    ) -> Result<Site, Fault> {
        let mut rp = RelyingParty::new(RP_ID, [ORIGIN])?;
        if let Some(root) = &anchor {
            let anchor = TrustAnchor::from_der(root.clone())?;
            let policy = AttestationPolicy::trusted([anchor]).allow_safetynet(MINUTE);
            rp = rp.attestation_policy(policy)?;
        }
        let (registration_options, pending_registration) = rp.start_registration(request, now())?;
        let registration = register(&registration_options)?;
        let response = RegistrationResponse::from_json(&registration)?;
        let verdict = rp.finish_registration(pending_registration.clone(), &response, now())?;
        let account = [verdict.into_credential()];

        let request = AuthenticationRequest::passkey().challenge(&CHALLENGE);
        let (login_options, pending_login) = rp.start_authentication(&request, now())?;
        Ok(Site {
            rp,
            anchor,
            registration_options,
            pending_registration,
            registration,
            account,
            login_options,
            pending_login,
        })
    }
}

/// Requests a passkey with this algorithm.
pub(crate) fn passkey(algorithm: Algorithm) -> RegistrationRequest {
    RegistrationRequest::passkey(&user(), &[]).algorithms(&[algorithm]).challenge(&CHALLENGE)
}

pub(crate) fn user() -> User {
    User::new(USER_HANDLE, USER_NAME, DISPLAY_NAME)
}

pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    URL_SAFE_NO_PAD.decode(text)
}
