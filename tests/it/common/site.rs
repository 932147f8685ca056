//! A site with one user and the user's browser, for tests of whole ceremonies.
#![allow(dead_code, reason = "unused without some features")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use webauthn_verify::{
    Authentication, AuthenticationRequest, AuthenticationResponse, ConfigError, Credential, Error,
    Registration, RegistrationRequest, RegistrationResponse, RelyingParty, User,
};
use webauthn_verify_authenticator::{Fault, SoftwareAuthenticator};

pub const RP_ID: &str = "example.org";
pub const ORIGIN: &str = "https://example.org";
#[cfg(not(feature = "getrandom"))]
const CHALLENGE: [u8; 32] = [7; 32];
pub const USER_HANDLE: &[u8] = b"the user handle of alice";

/// 2026-01-01T00:00:00Z.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

pub fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap()
}

/// Creates a relying party with these origins, both inside and outside the RP ID.
pub fn with_origins(id: &str, origins: &[&str]) -> Result<RelyingParty, ConfigError> {
    let is_own = |origin: &&&str| {
        let host = origin.split_once("://").map_or(**origin, |(_, rest)| rest);
        let host = host.split(':').next().unwrap();
        host == id || host.ends_with(&format!(".{id}"))
    };
    let (own, others): (Vec<&str>, Vec<&str>) = origins.iter().partition(is_own);
    let rp = match own[..] {
        [] => RelyingParty::for_apps(id)?,
        _ => RelyingParty::new(id, own)?,
    };
    rp.also_accept(others)
}

pub fn user() -> User {
    User::new(USER_HANDLE, "alice@example.org", "Alice")
}

pub fn browser() -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"alice")
}

pub struct Site {
    pub rp: RelyingParty,
    pub browser: SoftwareAuthenticator,
    pub origin: &'static str,
}

impl Site {
    pub fn new() -> Site {
        Site { rp: relying_party(), browser: browser(), origin: ORIGIN }
    }

    pub fn with_rp(self, change: impl FnOnce(RelyingParty) -> RelyingParty) -> Site {
        Site { rp: change(self.rp), ..self }
    }

    pub fn with_browser(
        self,
        change: impl FnOnce(SoftwareAuthenticator) -> SoftwareAuthenticator,
    ) -> Site {
        Site { browser: change(self.browser), ..self }
    }

    /// Adds this fault to the next response.
    pub fn breaking(mut self, fault: Fault) -> Site {
        self.browser.break_next(fault);
        self
    }

    /// Moves the browser to another origin. The browser treats it as related to the RP ID.
    pub fn at_related(self, origin: &'static str) -> Site {
        let site = self.with_browser(|browser| browser.with_related_origins([origin]));
        Site { origin, ..site }
    }

    /// Registers a passkey.
    pub fn register(&mut self) -> Result<Registration, Error> {
        self.register_as(&RegistrationRequest::passkey(&user(), &[]))
    }

    pub fn register_as(&mut self, request: &RegistrationRequest) -> Result<Registration, Error> {
        self.register_edited(request, |body| body)
    }

    /// Registers a passkey with an edited response.
    pub fn register_edited(
        &mut self,
        request: &RegistrationRequest,
        edit: impl FnOnce(String) -> String,
    ) -> Result<Registration, Error> {
        // Without the feature `getrandom`, the request must bring its own challenge.
        #[cfg(not(feature = "getrandom"))]
        let request = &request.clone().challenge(&CHALLENGE);
        let (options, pending) = self.rp.start_registration(request, now())?;
        let body = edit(self.browser.register(&options, self.origin).unwrap());
        let response = RegistrationResponse::from_json(body)?;
        self.rp.finish_registration(pending, &response, now())
    }

    /// Returns the record of a correctly registered passkey.
    pub fn registered(&mut self) -> Credential {
        self.register().unwrap().into_credential()
    }

    /// Logs in without a user name.
    pub fn login(&mut self, credentials: &[Credential]) -> Result<Authentication, Error> {
        self.login_as(&AuthenticationRequest::passkey(), credentials)
    }

    pub fn login_as(
        &mut self,
        request: &AuthenticationRequest,
        credentials: &[Credential],
    ) -> Result<Authentication, Error> {
        self.login_edited(request, credentials, |body| body)
    }

    /// Logs in with an edited response.
    pub fn login_edited(
        &mut self,
        request: &AuthenticationRequest,
        credentials: &[Credential],
        edit: impl FnOnce(String) -> String,
    ) -> Result<Authentication, Error> {
        #[cfg(not(feature = "getrandom"))]
        let request = &request.clone().challenge(&CHALLENGE);
        let (options, pending) = self.rp.start_authentication(request, now())?;
        let body = edit(self.browser.authenticate(&options, self.origin).unwrap());
        let response = AuthenticationResponse::from_json(body)?;
        self.rp.finish_authentication(pending, &response, credentials, now())
    }
}

/// Returns a function that edits the JSON of a response.
pub fn edit_json(change: impl FnOnce(&mut serde_json::Value)) -> impl FnOnce(String) -> String {
    |body| {
        let mut value = serde_json::from_str(&body).unwrap();
        change(&mut value);
        value.to_string()
    }
}
