//! Verifying an authentication assertion: §7.2 of the specification, step by step.

use core::fmt;
use std::time::SystemTime;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ceremony::bytes::Bytes;
use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks::{self, Kept, Start};
use crate::ceremony::credential::{self, Credential, CredentialUpdate};
use crate::ceremony::extensions::inputs::ExtensionDemands;
use crate::ceremony::extensions::output_checks;
use crate::ceremony::extensions::outputs::ClientExtensionOutputs;
use crate::ceremony::extensions::remote_client_data;
use crate::ceremony::extensions::requested::{Extension, RequestedExtensions};
use crate::ceremony::options::{
    CredentialDescriptor, Mediation, PublicKeyRequestOptions, RequestOptions, UserVerification,
};
use crate::ceremony::policy::{BackupChange, SignCountPolicy};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::response::AuthenticationResponse;
use crate::debug::Base64Url;
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorKind, Failure, quote};
use crate::message::authenticator_data::{AuthenticatorData, Flags};
use crate::message::cose_key::CoseKey;
use crate::message::extensions::Extensions;
use crate::quirk::{Quirks, Tolerance};
use crate::signature;
use crate::spec::{Ceremony, Step};

const AUTHENTICATION: Ceremony = Ceremony::Authentication;

/// What the server keeps between the start of a login and its end.
///
/// It holds the challenge, so it is a secret of the server's: keep it in the session on the server
/// side, and **delete the stored state before you finish** with it. State that can be replayed,
/// such as a cookie that is merely signed, would let one response sign in twice. It serialises
/// with serde; `Debug` does not show the challenge.
///
/// Finishing consumes it:
///
/// ```compile_fail
/// # use webauthn_verify::*;
/// # fn twice(rp: RelyingParty, pending: PendingAuthentication, response: AuthenticationResponse) {
/// let now = std::time::SystemTime::now();
/// let first = rp.finish_authentication(pending, &response, &[], now);
/// let second = rp.finish_authentication(pending, &response, &[], now); // error: moved value
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[must_use]
pub struct PendingAuthentication {
    version: u32,
    rp_id: String,
    /// In seconds since the epoch. States that were kept by early versions lack it.
    #[serde(default)]
    started_at: Option<u64>,
    /// In seconds since the epoch.
    expires_at: u64,
    challenge: Challenge,
    /// The account, if the user was known at the start.
    user_handle: Option<Bytes>,
    /// Empty exactly where the user was not known.
    allowed: Vec<Bytes>,
    user_verification: UserVerification,
    mediation: Option<Mediation>,
    extensions: RequestedExtensions,
    #[serde(default)]
    extension_demands: ExtensionDemands,
    app_id: Option<String>,
    /// For an account that does not exist, the records in the place of its own.
    decoys: Vec<Credential>,
}

/// A login that passed every step. Only the verifier makes one.
///
/// Store [`update`](Authentication::update) in the credential record, after every check of your
/// own.
#[derive(Clone, PartialEq)]
#[must_use = "a login is over when its update is stored"]
pub struct Authentication {
    credential_id: Vec<u8>,
    user_handle: Option<Vec<u8>>,
    flags: Flags,
    update: CredentialUpdate,
    uv_was_initialized: bool,
    backup_eligibility_change: FlagChange,
    backup_state_change: FlagChange,
    sign_count: SignCount,
    extensions: Option<Bytes>,
    client_extension_results: ClientExtensionOutputs,
    quirks: Quirks,
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("credential_id", &Base64Url(&self.credential_id))
            .field("user_handle", &self.user_handle().map(Base64Url))
            .field("flags", &self.flags)
            .field("update", &self.update)
            .field("uv_was_initialized", &self.uv_was_initialized)
            .field("backup_eligibility_change", &self.backup_eligibility_change)
            .field("backup_state_change", &self.backup_state_change)
            .field("sign_count", &self.sign_count)
            .field("extensions", &self.extensions())
            .field("client_extension_results", &self.client_extension_results)
            .field("quirks", &self.quirks)
            .finish()
    }
}

/// What the signature counter says (step 22 of §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignCount {
    /// The authenticator has no counter: it sends 0, and 0 is stored.
    Absent,
    /// It increased.
    Increased,
    /// It did not increase, and the policy is to report that: the authenticator may be cloned.
    NotIncreased {
        /// The counter in the credential record, which stays as it is.
        stored: u32,
        /// The counter in this login.
        received: u32,
    },
    /// It did not increase, and the policy is to ignore that.
    Ignored,
}

/// How a flag of a login differs from the credential record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagChange {
    /// The record does not say what it was, as one that was brought from elsewhere may not.
    Unknown,
    /// It is as the record says.
    Unchanged,
    /// It was clear, and is set.
    Gained,
    /// It was set, and is clear.
    Lost,
}

impl FlagChange {
    fn between(recorded: Option<bool>, received: bool) -> FlagChange {
        match (recorded, received) {
            (None, _) => FlagChange::Unknown,
            (Some(false), true) => FlagChange::Gained,
            (Some(true), false) => FlagChange::Lost,
            _ => FlagChange::Unchanged,
        }
    }
}

impl Authentication {
    /// The credential that signed the user in.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// The account of the credential, where the record says it.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }

    /// What to store in the credential record.
    pub fn update(&self) -> CredentialUpdate {
        self.update
    }

    /// Whether the user was verified, by PIN or biometrics, and that counts as a factor: the
    /// record said before this login that it does (§4, `uvInitialized`).
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified() && self.uv_was_initialized
    }

    /// The flags of the authenticator data, as they came.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// Whether the credential may be backed up now and might not before, or the reverse. Anything
    /// but [`FlagChange::Unchanged`] and [`FlagChange::Unknown`] is there only where the
    /// [`BackupPolicy`](crate::BackupPolicy) lets it pass.
    pub fn backup_eligibility_change(&self) -> FlagChange {
        self.backup_eligibility_change
    }

    /// Whether the credential has been backed up since the login before ([`FlagChange::Gained`]),
    /// or no longer is ([`FlagChange::Lost`]). §6.1.3 suggests what to do about it, such as to
    /// offer that a password be removed, or that another credential be added.
    pub fn backup_state_change(&self) -> FlagChange {
        self.backup_state_change
    }

    /// What the signature counter says.
    pub fn sign_count(&self) -> SignCount {
        self.sign_count
    }

    /// The authenticator extension outputs, if there are any. They are signed.
    pub fn extensions(&self) -> Option<Extensions<'_>> {
        self.extensions.as_deref().map(Extensions::from_checked)
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }

    /// The tolerated quirks without which the login would have been rejected: none for what
    /// current devices send.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}

impl PendingAuthentication {
    fn kept(&self) -> Kept<'_> {
        Kept {
            version: self.version,
            rp_id: &self.rp_id,
            started_at: self.started_at,
            expires_at: self.expires_at,
            challenge: &self.challenge,
        }
    }

    /// What no start of a login writes is not read back.
    fn check_stored(&self) -> Result<(), Failure> {
        checks::check_stored(&self.kept())?;
        if let Some(user_handle) = &self.user_handle {
            credential::check_user_handle(user_handle)?;
        }
        self.allowed.iter().try_for_each(|id| credential::check_id(id))?;
        if self.user_handle.is_some() == self.allowed.is_empty() {
            return Err(checks::damaged(
                "a login lists the credentials that it allows exactly where the user is known",
            ));
        }
        let decoys = self.decoys.iter().map(Credential::id);
        if !self.decoys.is_empty() && !decoys.eq(self.allowed.iter().map(|id| &**id)) {
            return Err(checks::damaged("decoys are all of the credentials that a login allows"));
        }
        if let Some(user_handle) = &self.user_handle {
            checks::check_one_account(&self.decoys, user_handle)?;
        }
        let app_id = self.app_id.as_ref().is_some_and(|app_id| !app_id.is_empty());
        if app_id != self.extensions.contains(Extension::AppId) || app_id != self.app_id.is_some() {
            return Err(checks::damaged("the AppID and the extension for it are not both there"));
        }
        let of_registrations =
            ExtensionDemands { prf: false, prf_results: 0, ..self.extension_demands.clone() };
        if of_registrations != ExtensionDemands::default() {
            return Err(checks::damaged("it demands outputs that only a registration has"));
        }
        self.extension_demands.check_requested(&self.extensions)
    }

    /// What no start of a payment writes is not read back: it has an account.
    pub(super) fn check_stored_for_payment(&self) -> Result<(), Failure> {
        if self.version != checks::PENDING_VERSION || self.user_handle.is_some() {
            return Ok(());
        }
        Err(checks::damaged("a payment is of a user who is known"))
    }

    /// The same state, for a payment: the browser adds the extension `payment` itself, and no
    /// request of a login has it.
    pub(super) fn for_payment(mut self) -> PendingAuthentication {
        self.extensions.insert(Extension::Payment.identifier());
        self
    }

    /// Still step 1: the state was kept for a payment, or else for a login. Formats without names
    /// store both alike.
    pub(super) fn check_is_for_payment(&self, expected: bool) -> Result<(), Failure> {
        if self.extensions.contains(Extension::Payment) == expected {
            return Ok(());
        }
        let reason =
            if expected { "of a login, not a payment" } else { "of a payment, not a login" };
        Err(Failure::new(ErrorKind::WrongPendingState, reason))
    }
}

impl Serialize for PendingAuthentication {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PendingAuthentication::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PendingAuthentication {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pending = PendingAuthentication::deserialize(deserializer)?;
        // Another version may mean something else; `finish_authentication` says that it is another.
        if pending.version == checks::PENDING_VERSION {
            pending.check_stored().map_err(D::Error::custom)?;
        }
        Ok(pending)
    }
}

impl RelyingParty {
    /// Starts a login: options for the browser, and the state to keep until it answers.
    ///
    /// # Errors
    ///
    /// At step 1: `NoCredentials` where the account has none, `InvalidOptions` where the request
    /// cannot become options, such as for a user handle that has not 1 to 64 bytes.
    pub fn start_authentication(
        &self,
        request: &AuthenticationRequest,
        now: SystemTime,
    ) -> Result<(RequestOptions, PendingAuthentication), Error> {
        let listed = request.account.as_ref().map(|account| &account.credentials[..]);
        checks::check_origins(self)
            .and_then(|()| checks::check_list_length(listed.unwrap_or_default()))
            .and_then(|()| self.configure_authentication(request, now))
            .at(AUTHENTICATION, Step::Options)
    }

    /// Verifies the browser's answer, by every step of §7.2 in order.
    ///
    /// `credentials` are all records of one account: of the account that was known at the start,
    /// or of the one that
    /// [`unverified_user_handle`](AuthenticationResponse::unverified_user_handle) names. The
    /// verifier selects among them, so a credential of one account never signs in another. Where the
    /// store has no such account, or the account has no record, give an empty slice: the login fails
    /// with `UnknownCredential`, as it does for a passkey that was deleted on the site and not on
    /// the device.
    ///
    /// Delete the stored pending state before calling this, so that no response counts twice.
    ///
    /// # Errors
    ///
    /// The first step that fails, and why.
    pub fn finish_authentication(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponse,
        credentials: &[Credential],
        now: SystemTime,
    ) -> Result<Authentication, Error> {
        pending.check_is_for_payment(false).at(AUTHENTICATION, Step::Options)?;
        let check = |challenge: &Challenge, client_data_json: &[u8]| {
            checks::check_client_data(self, AUTHENTICATION, challenge, client_data_json)
        };
        self.verify_assertion(&pending, response, credentials, now, check)
    }

    /// Every step of §7.2 in order, in which `check_client_data` are steps 8 to 14: a payment has
    /// others there.
    pub(super) fn verify_assertion(
        &self,
        pending: &PendingAuthentication,
        response: &AuthenticationResponse,
        credentials: &[Credential],
        now: SystemTime,
        check_client_data: impl FnOnce(&Challenge, &[u8]) -> Result<(), Error>,
    ) -> Result<Authentication, Error> {
        // Step 1, as far as it reaches into the future. Steps 2, 3, 4 and 7 have made the response.
        checks::check_pending(self, &pending.kept(), now).at(AUTHENTICATION, Step::Options)?;

        // Step 5.
        check_allowed(pending, response).at(AUTHENTICATION, Step::AllowedCredential)?;

        // Step 6.
        let credentials = if pending.decoys.is_empty() { credentials } else { &pending.decoys };
        let credential = identify_user(pending, response, credentials)
            .at(AUTHENTICATION, Step::CredentialRecord)?;

        // Steps 8 to 14.
        let client_data_json = response.client_data_json();
        check_client_data(&pending.challenge, client_data_json)?;

        // Step 15.
        let tolerance = Tolerance::new(self.quirks);
        let authenticator_data =
            AuthenticatorData::parse_at(response.authenticator_data(), 0, &tolerance)
                .at(AUTHENTICATION, Step::RpIdHash)?;
        match app_id_in_use(pending, response) {
            Some(app_id) => checks::check_app_id_hash(app_id, &authenticator_data),
            None => checks::check_rp_id_hash(self, &authenticator_data),
        }
        .at(AUTHENTICATION, Step::RpIdHash)?;

        // Step 16.
        let flags = authenticator_data.flags();
        checks::check_user_present(flags).at(AUTHENTICATION, Step::UserPresence)?;

        // Step 17.
        let required = pending.user_verification == UserVerification::Required;
        checks::check_user_verified(flags, required).at(AUTHENTICATION, Step::UserVerification)?;

        // Step 18.
        checks::check_backup_flags(flags).at(AUTHENTICATION, Step::BackupFlags)?;

        // Step 19.
        self.check_eligibility_kept(credential, flags)
            .at(AUTHENTICATION, Step::BackupEligibilityKept)?;
        self.check_eligibility_not_gained(credential, flags)
            .at(AUTHENTICATION, Step::BackupEligibilityGained)?;
        checks::check_backup_state(self, flags).at(AUTHENTICATION, Step::BackupState)?;

        // Step 20.
        let client_data_hash = signature::sha256(client_data_json);

        // Step 21.
        let signed = [authenticator_data.as_bytes(), &client_data_hash];
        check_signature(credential, &signed, response.signature(), &tolerance)
            .and_then(|()| check_no_decoy(pending))
            .at(AUTHENTICATION, Step::Signature)?;

        // Step 22.
        let sign_count = self
            .check_sign_count(credential.sign_count(), authenticator_data.sign_count())
            .at(AUTHENTICATION, Step::SignCount)?;

        // Step 23.
        let results = response.client_extension_results();
        let extensions = authenticator_data.extensions();
        output_checks::check_outputs(
            self,
            AUTHENTICATION,
            &pending.extensions,
            results,
            extensions,
        )
        .and_then(|()| {
            let demands = &pending.extension_demands;
            output_checks::check_demands(AUTHENTICATION, demands, results, extensions)
        })
        .at(AUTHENTICATION, Step::ExtensionOutputs)?;

        // Step 24 is the caller's, with this update. Step 25 is to return.
        let update = CredentialUpdate {
            sign_count: match sign_count {
                SignCount::NotIncreased { stored, .. } => stored,
                SignCount::Absent | SignCount::Increased => authenticator_data.sign_count(),
                SignCount::Ignored => credential.sign_count(),
            },
            backup_eligible: credential.backup_eligible().unwrap_or(flags.backup_eligible()),
            backup_state: flags.backup_state(),
            uv_initialized: credential.uv_initialized(),
            user_verified: flags.user_verified(),
        };
        Ok(Authentication {
            credential_id: credential.id().to_vec(),
            user_handle: credential.user_handle().map(<[u8]>::to_vec),
            flags,
            update,
            uv_was_initialized: credential.uv_initialized(),
            backup_eligibility_change: FlagChange::between(
                credential.backup_eligible(),
                flags.backup_eligible(),
            ),
            backup_state_change: FlagChange::between(
                // The state is recorded together with the eligibility.
                credential.backup_eligible().map(|_| credential.backup_state()),
                flags.backup_state(),
            ),
            sign_count,
            extensions: extensions.map(|map| map.as_bytes().into()),
            client_extension_results: results.clone(),
            quirks: tolerance.needed(),
        })
    }

    pub(super) fn configure_authentication(
        &self,
        request: &AuthenticationRequest,
        now: SystemTime,
    ) -> Result<(RequestOptions, PendingAuthentication), Failure> {
        let Start { challenge, timeout, started_at, expires_at } =
            checks::configure(&request.common, now)?;
        if let Some(account) = &request.account {
            credential::check_user_handle(&account.user_handle)?;
        }
        let (user_handle, credentials, decoys) = match &request.account {
            None => (None, &[][..], &[][..]),
            Some(account) if account.credentials.is_empty() => {
                let reason = "the account has no credential to sign in with";
                return Err(Failure::new(ErrorKind::NoCredentials, reason));
            }
            Some(account) => {
                checks::check_one_account(&account.credentials, &account.user_handle)?;
                let credentials = &account.credentials[..];
                let decoys = if account.exists { &[][..] } else { credentials };
                (Some(account.user_handle.as_slice().into()), credentials, decoys)
            }
        };
        request.common.extensions.check(AUTHENTICATION, credentials)?;
        let extensions =
            remote_client_data::with_input(self, AUTHENTICATION, &challenge, &request.common)?;
        let requested = extensions.requested();
        let options = RequestOptions {
            public_key: PublicKeyRequestOptions {
                challenge: challenge.clone(),
                timeout,
                rp_id: self.id_in_options(),
                allow_credentials: credentials.iter().map(CredentialDescriptor::of).collect(),
                user_verification: request.common.user_verification,
                hints: request.common.hints.clone(),
                extensions,
            },
            mediation: request.common.mediation,
        };
        let pending = PendingAuthentication {
            version: checks::PENDING_VERSION,
            rp_id: self.id.clone(),
            started_at: Some(started_at),
            expires_at,
            challenge,
            user_handle,
            allowed: credentials.iter().map(|credential| credential.id().into()).collect(),
            user_verification: request.common.user_verification,
            mediation: request.common.mediation,
            extensions: requested,
            extension_demands: request.common.extensions.demands(),
            app_id: request.common.extensions.app_id(),
            decoys: decoys.to_vec(),
        };
        Ok((options, pending))
    }

    /// Steps 19.1: a credential that was backup eligible still is.
    fn check_eligibility_kept(&self, credential: &Credential, flags: Flags) -> Result<(), Failure> {
        let lost = credential.backup_eligible() == Some(true) && !flags.backup_eligible();
        match self.backup.change {
            BackupChange::Refuse | BackupChange::AllowGain if lost => Err(Failure::new(
                ErrorKind::BackupEligibilityChanged,
                "the credential was backup eligible and is no longer",
            )),
            _ => Ok(()),
        }
    }

    /// Step 19.2: a credential that was not backup eligible is still not.
    fn check_eligibility_not_gained(
        &self,
        credential: &Credential,
        flags: Flags,
    ) -> Result<(), Failure> {
        let gained = credential.backup_eligible() == Some(false) && flags.backup_eligible();
        match self.backup.change {
            BackupChange::Refuse if gained => Err(Failure::new(
                ErrorKind::BackupEligibilityChanged,
                "the credential has become backup eligible",
            )),
            _ => Ok(()),
        }
    }

    /// Step 22.
    fn check_sign_count(&self, stored: u32, received: u32) -> Result<SignCount, Failure> {
        if stored == 0 && received == 0 {
            return Ok(SignCount::Absent);
        }
        if received > stored {
            return Ok(SignCount::Increased);
        }
        match self.sign_count {
            SignCountPolicy::Ignore => Ok(SignCount::Ignored),
            SignCountPolicy::Report => Ok(SignCount::NotIncreased { stored, received }),
            SignCountPolicy::Refuse => Err(Failure::new(
                ErrorKind::SignCountNotIncreased,
                format!("stored {stored}, received {received}"),
            )),
        }
    }
}

/// Step 21.
fn check_signature(
    credential: &Credential,
    signed: &[&[u8]],
    signature: &[u8],
    tolerance: &Tolerance,
) -> Result<(), Failure> {
    if let Some(key) = credential.prepared_key() {
        return key.verify_parts(signed, signature, tolerance);
    }
    let key = CoseKey::parse_at(credential.public_key(), 0)?;
    signature::verify_parts(key.public_key(), signed, signature, tolerance)
}

/// Whose hash step 15 compares with: the AppID, where it was asked for and the client says that
/// it was used (§10.1.1), else the RP ID.
fn app_id_in_use<'p>(
    pending: &'p PendingAuthentication,
    response: &AuthenticationResponse,
) -> Option<&'p str> {
    let used = |_: &&str| response.client_extension_results().app_id() == Some(true);
    pending.app_id.as_deref().filter(used)
}

/// Still step 21: no signature signs in to an account that does not exist, not even a good one.
fn check_no_decoy(pending: &PendingAuthentication) -> Result<(), Failure> {
    if pending.decoys.is_empty() { Ok(()) } else { Err(ErrorKind::SignatureInvalid.into()) }
}

/// Step 5.
fn check_allowed(
    pending: &PendingAuthentication,
    response: &AuthenticationResponse,
) -> Result<(), Failure> {
    let id = response.unverified_credential_id();
    if pending.allowed.is_empty() || pending.allowed.iter().any(|allowed| **allowed == *id) {
        return Ok(());
    }
    Err(ErrorKind::CredentialNotAllowed.into())
}

/// Step 6: the account owns the credential, and the user handle is the account's.
fn identify_user<'c>(
    pending: &PendingAuthentication,
    response: &AuthenticationResponse,
    credentials: &'c [Credential],
) -> Result<&'c Credential, Failure> {
    let received = response.unverified_user_handle();
    // Who the account is: known from the start, or said by the response.
    let account = match (&pending.user_handle, received) {
        (Some(known), Some(received)) if **known != *received => {
            return Err(ErrorKind::UserHandleMismatch.into());
        }
        (Some(known), _) => &known[..],
        (None, Some(received)) => received,
        (None, None) => {
            let reason = "a login without a user name needs the user handle";
            return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
        }
    };
    checks::check_one_account(credentials, account)?;
    let id = response.unverified_credential_id();
    let owned = credentials.iter().find(|credential| credential.id() == id);
    let credential = owned.ok_or_else(|| {
        let id = quote(base64url::encode(id).chars());
        let detail = match credentials {
            [] => format!("{id}, and the account has no record"),
            _ => id,
        };
        Failure::new(ErrorKind::UnknownCredential, detail)
    })?;
    if pending.user_handle.is_none() && credential.user_handle().is_none() {
        let reason = "the record has no user handle to compare with";
        return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
    }
    Ok(credential)
}
