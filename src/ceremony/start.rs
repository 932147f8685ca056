//! The start of a ceremony (step 1 of §7.1 and §7.2), which creates the options for the browser and
//! the pending state for the server from a request.

use std::time::{Duration, SystemTime};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::{self, Credential};
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::extensions::remote_client_data;
use crate::ceremony::options::{
    AuthenticatorAttachment, AuthenticatorSelection, CreationOptions, CredentialDescriptor,
    CredentialParameters, Mediation, PublicKeyCreationOptions, PublicKeyRequestOptions,
    RequestOptions, ResidentKey, RpEntity, UserEntity, UserVerification,
};
use crate::ceremony::pending::{
    MAX_DURATION, MAX_LISTED_CREDENTIALS, PENDING_VERSION, PendingAuthentication,
    PendingRegistration, seconds_since_epoch,
};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::request::common::Common;
use crate::ceremony::request::registration::RegistrationRequest;
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorKind, Failure};
use crate::message::extensions::CredentialProtection;
use crate::spec::{Ceremony, Step};

const REGISTRATION: Ceremony = Ceremony::Registration;
const AUTHENTICATION: Ceremony = Ceremony::Authentication;

/// The default timeout for the browser, from §15.1.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// The default time limit for finishing a ceremony. People may have to look for their key, and
/// browsers give them more time than the timeout in the options.
const VALID_FOR: Duration = Duration::from_secs(10 * 60);

/// The default time limit for conditional mediation, which waits as long as the page is open.
const CONDITIONAL_VALID_FOR: Duration = Duration::from_secs(60 * 60);

impl RelyingParty {
    /// Starts a registration. It returns the options for the browser, and the state to keep until
    /// the response arrives.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at step 1:
    ///
    /// - [`ErrorKind::UserHandleMismatch`] if a record belongs to another account.
    /// - [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes, if more than
    ///   64 credentials are listed, if the list of algorithms is empty, if an algorithm or
    ///   attestation format is not compiled in, if the challenge does not have 16 to 1024 bytes, if
    ///   the timeout or the time limit is out of range, if an extension input or remote client data
    ///   is not valid or does not fit the request, if the relying party allows no page and no app
    ///   to run the ceremony, or if random bytes are not available.
    pub fn start_registration(
        &self,
        request: &RegistrationRequest,
        now: SystemTime,
    ) -> Result<(CreationOptions, PendingRegistration), Error> {
        check_origins(self)
            .and_then(|()| check_list_length(&request.excluded))
            .and_then(|()| self.configure_registration(request, now))
            .at(REGISTRATION, Step::Options)
    }

    /// Starts a login. It returns the options for the browser, and the state to keep until the
    /// response arrives.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at step 1:
    ///
    /// - [`ErrorKind::NoCredentials`] if the request has an account without credentials.
    /// - [`ErrorKind::UserHandleMismatch`] if a record belongs to another account.
    /// - [`ErrorKind::InvalidOptions`] if the user handle does not have 1 to 64 bytes, if more than
    ///   64 credentials are listed, if the challenge does not have 16 to 1024 bytes, if the timeout
    ///   or the time limit is out of range, if an extension input or remote client data is not
    ///   valid or does not fit the request, if the relying party allows no page and no app to run
    ///   the ceremony, or if random bytes are not available.
    pub fn start_authentication(
        &self,
        request: &AuthenticationRequest,
        now: SystemTime,
    ) -> Result<(RequestOptions, PendingAuthentication), Error> {
        let listed = request.account.as_ref().map(|account| &account.credentials[..]);
        check_origins(self)
            .and_then(|()| check_list_length(listed.unwrap_or_default()))
            .and_then(|()| self.configure_authentication(request, now))
            .at(AUTHENTICATION, Step::Options)
    }

    fn configure_registration(
        &self,
        request: &RegistrationRequest,
        now: SystemTime,
    ) -> Result<(CreationOptions, PendingRegistration), Failure> {
        let common = &request.common;
        let start = Start::of(self, common, now)?;
        check_registration(request)?;
        let extensions =
            remote_client_data::with_input(self, REGISTRATION, &start.challenge, common)?;
        let requested = extensions.requested();
        let options = CreationOptions {
            public_key: self.creation_options(request, &start, extensions)?,
            mediation: common.mediation,
        };
        let pending = PendingRegistration {
            version: PENDING_VERSION,
            rp_id: self.id.clone(),
            started_at: Some(start.started_at),
            expires_at: start.expires_at,
            challenge: start.challenge,
            user_handle: request.user.handle.as_slice().into(),
            excluded: request.excluded.iter().map(|credential| credential.id().into()).collect(),
            algorithms: request.algorithms.iter().copied().collect(),
            user_verification: common.user_verification,
            mediation: common.mediation,
            extensions: requested,
            extension_demands: common.extensions.demands(),
        };
        Ok((options, pending))
    }

    fn creation_options(
        &self,
        request: &RegistrationRequest,
        start: &Start,
        extensions: ExtensionInputs,
    ) -> Result<PublicKeyCreationOptions, Failure> {
        let user = &request.user;
        Ok(PublicKeyCreationOptions {
            rp: RpEntity { id: self.id_in_options(), name: self.name.clone() },
            user: UserEntity {
                id: base64url::encode(&user.handle),
                name: user.name.clone(),
                display_name: user.display_name.clone(),
            },
            challenge: start.challenge.clone(),
            pub_key_cred_params: request
                .algorithms
                .iter()
                .map(|one| CredentialParameters { r#type: "public-key", alg: one.cose_id() })
                .collect(),
            timeout: start.timeout,
            exclude_credentials: request.excluded.iter().map(CredentialDescriptor::of).collect(),
            authenticator_selection: AuthenticatorSelection {
                authenticator_attachment: request.attachment,
                resident_key: request.resident_key,
                require_resident_key: request.resident_key == ResidentKey::Required,
                user_verification: request.common.user_verification,
            },
            hints: request.common.hints.clone(),
            attestation: request.attestation,
            attestation_formats: attestation_formats(request)?,
            extensions,
        })
    }

    pub(super) fn configure_authentication(
        &self,
        request: &AuthenticationRequest,
        now: SystemTime,
    ) -> Result<(RequestOptions, PendingAuthentication), Failure> {
        let common = &request.common;
        let Start { challenge, timeout, started_at, expires_at } = Start::of(self, common, now)?;
        if let Some(account) = &request.account {
            credential::check_user_handle(&account.user_handle)?;
        }
        let (user_handle, credentials, decoys) = match &request.account {
            None => (None, &[][..], &[][..]),
            Some(account) if account.credentials.is_empty() => {
                let reason = "the account has no credential to sign in with; offer another way to \
                              sign in, or use a decoy to hide this from strangers";
                return Err(Failure::new(ErrorKind::NoCredentials, reason));
            }
            Some(account) => {
                credential::check_one_account(&account.credentials, &account.user_handle)?;
                let credentials = &account.credentials[..];
                let decoys = if account.exists { &[][..] } else { credentials };
                (Some(account.user_handle.as_slice().into()), credentials, decoys)
            }
        };
        common.extensions.check(AUTHENTICATION, credentials)?;
        let extensions = remote_client_data::with_input(self, AUTHENTICATION, &challenge, common)?;
        let requested = extensions.requested();
        let options = RequestOptions {
            public_key: PublicKeyRequestOptions {
                challenge: challenge.clone(),
                timeout,
                rp_id: self.id_in_options(),
                allow_credentials: credentials.iter().map(CredentialDescriptor::of).collect(),
                user_verification: common.user_verification,
                hints: common.hints.clone(),
                extensions,
            },
            mediation: common.mediation,
        };
        let pending = PendingAuthentication {
            version: PENDING_VERSION,
            rp_id: self.id.clone(),
            started_at: Some(started_at),
            expires_at,
            challenge,
            user_handle,
            allowed: credentials.iter().map(|credential| credential.id().into()).collect(),
            user_verification: common.user_verification,
            mediation: common.mediation,
            extensions: requested,
            extension_demands: common.extensions.demands(),
            app_id: common.extensions.app_id(),
            decoys: decoys.to_vec(),
        };
        Ok((options, pending))
    }
}

/// The values that every ceremony gets from its request and from the time.
struct Start {
    challenge: Challenge,
    /// In milliseconds.
    timeout: u64,
    /// In seconds since the epoch.
    started_at: u64,
    /// In seconds since the epoch.
    expires_at: u64,
}

impl Start {
    /// Returns the challenge and the times of a ceremony that starts now.
    fn of(rp: &RelyingParty, common: &Common, now: SystemTime) -> Result<Start, Failure> {
        let refuse = |reason: &'static str| Err(Failure::new(ErrorKind::InvalidOptions, reason));
        let challenge = match &common.challenge {
            Some(bytes) if rp.recorded => Challenge::recorded(&bytes.0),
            Some(bytes) => Challenge::from_bytes(&bytes.0)?,
            None => new_challenge()?,
        };
        let valid_for = common.valid_for.unwrap_or_else(|| {
            let usual = match common.mediation {
                Some(Mediation::Conditional) => CONDITIONAL_VALID_FOR,
                None => VALID_FOR,
            };
            usual.max(common.timeout.unwrap_or_default())
        });
        let timeout = common.timeout.unwrap_or(DEFAULT_TIMEOUT.min(valid_for));
        if !(Duration::from_millis(1)..=MAX_DURATION).contains(&timeout) {
            return refuse("the timeout is shorter than a millisecond or longer than a day");
        }
        if !(Duration::from_secs(1)..=MAX_DURATION).contains(&valid_for) {
            return refuse("valid_for is shorter than a second or longer than a day");
        }
        if timeout > valid_for {
            return refuse(
                "the timeout is longer than valid_for, so a response in time would be rejected",
            );
        }
        let started_at = seconds_since_epoch(now);
        Ok(Start {
            challenge,
            timeout: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            started_at,
            // Stored times are whole seconds. They are rounded up, so that a response in time is
            // not late.
            expires_at: started_at
                .saturating_add(valid_for.as_secs() + u64::from(valid_for.subsec_nanos() > 0)),
        })
    }
}

#[cfg(feature = "getrandom")]
fn new_challenge() -> Result<Challenge, Failure> {
    Challenge::random()
}

#[cfg(not(feature = "getrandom"))]
fn new_challenge() -> Result<Challenge, Failure> {
    Err(Failure::new(
        ErrorKind::InvalidOptions,
        "without the crate feature `getrandom`, the request needs your own challenge",
    ))
}

/// Part of step 1: checks that the options do not list more credentials than browsers accept.
fn check_list_length(credentials: &[Credential]) -> Result<(), Failure> {
    let count = credentials.len();
    if count <= MAX_LISTED_CREDENTIALS {
        return Ok(());
    }
    let reason = format!(
        "{count} credentials; browsers refuse options that list more than 64, so pass the ones that \
         were used last"
    );
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Part of step 1: checks that a page or an app is allowed to run the ceremony.
fn check_origins(rp: &RelyingParty) -> Result<(), Failure> {
    if !rp.origins.is_empty() || rp.subdomains {
        return Ok(());
    }
    let reason =
        "no app is allowed to run the ceremony; allow one, for example with allow_android_app";
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Part of step 1: checks that browsers and this crate can fulfill the request.
fn check_registration(request: &RegistrationRequest) -> Result<(), Failure> {
    credential::check_one_account(&request.excluded, &request.user.handle)?;
    check_protection(request)?;
    request.common.extensions.check(REGISTRATION, &[])?;
    credential::check_user_handle(&request.user.handle)?;
    check_algorithms(request)?;
    check_payment_credential(request)
}

/// Part of step 1: checks that there are algorithms, and that all of them can be verified.
fn check_algorithms(request: &RegistrationRequest) -> Result<(), Failure> {
    if request.algorithms.is_empty() {
        // Browsers would replace an empty list with their own defaults (§5.4).
        let reason = "the list of algorithms is empty";
        return Err(Failure::new(ErrorKind::InvalidOptions, reason));
    }
    if let Some(missing) = request.algorithms.iter().find(|one| !one.is_compiled_in()) {
        let reason = format!("{missing} is not compiled in, so it cannot be verified");
        return Err(Failure::new(ErrorKind::InvalidOptions, reason));
    }
    Ok(())
}

/// Part of step 1: checks that all preferred formats can be verified, and returns their
/// identifiers.
fn attestation_formats(request: &RegistrationRequest) -> Result<Vec<&'static str>, Failure> {
    let formats = request.attestation_formats.iter();
    if let Some(missing) = formats.clone().find(|one| !one.is_compiled_in()) {
        let reason = format!("the format {missing} is not compiled in, so it cannot be verified");
        return Err(Failure::new(ErrorKind::InvalidOptions, reason));
    }
    Ok(formats.map(|format| format.as_str()).collect())
}

/// Part of step 1: checks that Chromium starts a registration with this credential protection
/// policy.
fn check_protection(request: &RegistrationRequest) -> Result<(), Failure> {
    let Some((policy, enforced)) = request.common.extensions.cred_protect() else { return Ok(()) };
    let reason = match policy {
        CredentialProtection::UserVerificationRequired
            if request.common.user_verification != UserVerification::Required =>
        {
            "userVerificationRequired creates a credential that never works without user \
             verification, and the registration does not require it; add \
             .user_verification(UserVerification::Required)"
        }
        CredentialProtection::UserVerificationOptional if enforced => {
            "userVerificationOptional protects nothing, so there is nothing to enforce; leave it \
             out, or ask for it with cred_protect"
        }
        CredentialProtection::UserVerificationOptional
            if request.resident_key == ResidentKey::Discouraged =>
        {
            "userVerificationOptional is for discoverable credentials, which the registration \
             discourages; leave it out"
        }
        _ => return Ok(()),
    };
    Err(Failure::of("credentialProtectionPolicy", ErrorKind::InvalidOptions, reason))
}

/// Part of step 1: checks that browsers can create the credential if it is for payments (Secure
/// Payment Confirmation, client extension processing of `payment`).
fn check_payment_credential(request: &RegistrationRequest) -> Result<(), Failure> {
    if !request.is_payment() {
        return Ok(());
    }
    let wrong = if request.attachment != Some(AuthenticatorAttachment::Platform) {
        "on the platform authenticator"
    } else if request.resident_key == ResidentKey::Discouraged {
        "discoverable"
    } else if request.common.user_verification != UserVerification::Required {
        "created with user verification required"
    } else {
        return Ok(());
    };
    let reason = format!("a credential for payments must be {wrong}");
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

#[cfg(all(test, not(feature = "attestation")))]
mod tests {
    use super::*;
    use crate::attestation::AttestationFormat;
    use crate::ceremony::request::user::User;

    #[test]
    fn opt_02_a_format_that_cannot_be_verified_is_not_requested() {
        let rp = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
        let start = |format| {
            let request =
                RegistrationRequest::passkey(&User::new(b"user-0001", "alice", "Alice"), &[])
                    .challenge(&[7; 32])
                    .attestation_formats(&[AttestationFormat::Packed, format]);
            rp.start_registration(&request, SystemTime::UNIX_EPOCH).map(drop)
        };
        assert_eq!(start(AttestationFormat::None), Ok(()));
        let error = start(AttestationFormat::Tpm).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
    }
}
