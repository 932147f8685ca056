//! Verifying an authentication assertion: §7.2 of the specification, step by step.

use std::time::SystemTime;

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::credential::{self, Credential};
use crate::ceremony::extensions::output_checks;
use crate::ceremony::options::UserVerification;
use crate::ceremony::pending::PendingAuthentication;
use crate::ceremony::policy::{BackupChange, SignCountPolicy};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::response::AuthenticationResponse;
use crate::ceremony::verdict::{Authentication, FlagChange, SignCount};
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorData, ErrorKind, Failure, quote};
use crate::message::authenticator_data::{AuthenticatorData, Flags};
use crate::message::cose_key::CoseKey;
use crate::quirk::Tolerance;
use crate::signature;
use crate::spec::{Ceremony, Step};

const AUTHENTICATION: Ceremony = Ceremony::Authentication;

impl RelyingParty {
    /// Verifies the response to a login by checking every step of §7.2 in order. Steps 2 to 4 and 7
    /// were already checked when the response was read.
    ///
    /// `credentials` must contain all records of one account. The user handle of this account is
    /// [`pending.user_handle()`](PendingAuthentication::user_handle) or, if that is `None`,
    /// [`response.unverified_user_handle()`](AuthenticationResponse::unverified_user_handle). The
    /// verifier selects the record itself, so a credential of one account can never be used to sign
    /// in to another.
    ///
    /// If the account does not exist or has no records, pass an empty slice. The login then fails
    /// with [`ErrorKind::UnknownCredential`]. A login with a passkey that was deleted on the site
    /// but not on the device fails with the same error; see
    /// [`unknown_credential`](RelyingParty::unknown_credential).
    ///
    /// Delete the stored pending state before you call this method, so that a response cannot be
    /// used twice.
    ///
    /// `now` is the current time. If another server started the ceremony, the clock of this server
    /// may be up to one minute behind. If it is further behind, the ceremony fails with
    /// [`ErrorKind::CeremonyNotStarted`].
    ///
    /// # Errors
    ///
    /// Returns an error if a step fails. The error names the first step that failed and the reason.
    /// Common kinds are [`ErrorKind::CeremonyExpired`], [`ErrorKind::ChallengeMismatch`],
    /// [`ErrorKind::OriginMismatch`], [`ErrorKind::UserNotVerified`] and
    /// [`ErrorKind::UnknownCredential`]. A kind of the category [`Caller`](crate::Category::Caller)
    /// means that a wrong pending state, record or time was passed.
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

    /// Checks every step of §7.2 in order. `check_client_data` checks steps 8 to 14, which are
    /// different for a payment.
    #[expect(clippy::too_many_lines, reason = "it lists the steps of §7.2 in their order")]
    pub(super) fn verify_assertion(
        &self,
        pending: &PendingAuthentication,
        response: &AuthenticationResponse,
        credentials: &[Credential],
        now: SystemTime,
        check_client_data: impl FnOnce(&Challenge, &[u8]) -> Result<(), Error>,
    ) -> Result<Authentication, Error> {
        // Step 1 created the pending state, which must still be valid. Steps 2, 3, 4 and 7 were
        // checked when the response was read.
        pending.head().check(&self.id, now).at(AUTHENTICATION, Step::Options)?;

        // Step 5.
        check_allowed(pending, response).at(AUTHENTICATION, Step::AllowedCredential)?;

        // Step 6.
        let credentials = if pending.decoys.is_empty() { credentials } else { &pending.decoys };
        let (user_handle, credential) = identify_user(pending, response, credentials)
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
        let results = response.client_outputs();
        let extensions = authenticator_data.extensions();
        output_checks::check_outputs(
            self,
            AUTHENTICATION,
            &pending.extensions,
            results,
            extensions,
        )
        .and_then(|()| pending.extension_demands.check(AUTHENTICATION, results, extensions))
        .at(AUTHENTICATION, Step::ExtensionOutputs)?;

        // The caller does step 24 with this update. Step 25 is to return.
        let new_sign_count = match sign_count {
            SignCount::NotIncreased { stored, .. } => stored,
            SignCount::Absent | SignCount::Increased => authenticator_data.sign_count(),
            SignCount::Ignored => credential.sign_count(),
        };
        let update = credential.update(new_sign_count, flags);
        Ok(Authentication {
            user_handle: user_handle.to_vec(),
            flags,
            update,
            second_factor_only: pending.user_verification == UserVerification::Discouraged
                || credential.is_second_factor_only(),
            backup_eligibility_change: FlagChange::between(
                credential.backup_eligible(),
                flags.backup_eligible(),
            ),
            backup_state_change: FlagChange::between(
                // If the record has no backup eligibility, its backup state is also unknown.
                credential.backup_eligible().map(|_| credential.backup_state()),
                flags.backup_state(),
            ),
            sign_count,
            authenticator_outputs: extensions.map(|map| map.as_bytes().into()),
            client_outputs: results.clone(),
            quirks: tolerance.needed(),
        })
    }

    /// Step 19.1: a credential that was backup eligible must still be backup eligible.
    fn check_eligibility_kept(&self, credential: &Credential, flags: Flags) -> Result<(), Failure> {
        let lost = credential.backup_eligible() == Some(true) && !flags.backup_eligible();
        match self.backup.change {
            BackupChange::Refuse | BackupChange::AllowGain if lost => Err(Failure::new(
                ErrorKind::BackupEligibilityChanged,
                "the credential is no longer backup eligible",
            )),
            _ => Ok(()),
        }
    }

    /// Step 19.2: a credential that was not backup eligible must not have become backup eligible.
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
            )
            .with_data(ErrorData::SignCount { stored, received })),
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

/// Returns the AppID if step 15 must compare its hash instead of the RP ID hash. It must if the
/// options requested the AppID and the browser reports that it was used (§10.1.1).
fn app_id_in_use<'p>(
    pending: &'p PendingAuthentication,
    response: &AuthenticationResponse,
) -> Option<&'p str> {
    let used = |_: &&str| response.client_outputs().app_id() == Some(true);
    pending.app_id.as_deref().filter(used)
}

/// Step 21 for decoys: fails even if the signature is valid, because the account does not exist.
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

/// Step 6: finds the record of the credential in the account and checks the user handle.
fn identify_user<'c>(
    pending: &'c PendingAuthentication,
    response: &'c AuthenticationResponse,
    credentials: &'c [Credential],
) -> Result<(&'c [u8], &'c Credential), Failure> {
    let received = response.unverified_user_handle();
    // The pending state knows the account from the start, or the response names it.
    let account = match (&pending.user_handle, received) {
        (Some(known), Some(received)) if **known != *received => {
            return Err(ErrorKind::UserHandleMismatch.into());
        }
        (Some(known), _) => &known[..],
        (None, Some(received)) => received,
        (None, None) => {
            let reason = "a login without a user name requires a user handle in the response";
            return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
        }
    };
    credential::check_one_account(credentials, account)?;
    let id = response.unverified_credential_id();
    let owned = credentials.iter().find(|credential| credential.id() == id);
    let credential = owned.ok_or_else(|| {
        let id = quote(base64url::encode(id).chars());
        let detail = match credentials {
            [] if pending.user_handle.is_some() => {
                format!("{id}; no records of the account in the pending state were passed")
            }
            [] => format!("{id}; no records were passed"),
            _ => id,
        };
        Failure::new(ErrorKind::UnknownCredential, detail)
    })?;
    if pending.user_handle.is_none() && credential.user_handle().is_none() {
        let reason = "the record has no user handle to compare with the response";
        return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
    }
    Ok((account, credential))
}
