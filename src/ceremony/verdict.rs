//! The verdicts: ceremonies that passed every step. Only the verifier creates them.

use core::fmt;

use crate::attestation::Attestation;
use crate::ceremony::bytes::Bytes;
use crate::ceremony::credential::Credential;
use crate::ceremony::credential_update::CredentialUpdate;
use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::debug::Base64Url;
use crate::encoding::base64url;
use crate::error::{AtStep, Error, ErrorKind, Failure};
use crate::message::authenticator_data::{Aaguid, Flags};
use crate::message::extensions::AuthenticatorOutputs;
use crate::quirk::Quirks;
use crate::spec::{Ceremony, Step};

/// A registration that passed every step. Only the verifier creates one.
///
/// Store the [`credential`](Registration::credential) in the account. Its ID must not exist in any
/// other account, so make it a unique key of the store.
///
/// The compiler warns if you ignore a verdict. You can turn this warning into an error:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # use webauthn_verify::*;
/// # fn forgetful(rp: RelyingParty, pending: PendingRegistration, response: RegistrationResponse)
/// #     -> Result<(), Error> {
/// rp.finish_registration(pending, &response, std::time::SystemTime::now())?; // error: unused
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "store the credential of a verified registration"]
pub struct Registration {
    pub(super) credential: Credential,
    pub(super) flags: Flags,
    pub(super) attestation: Attestation,
    pub(super) authenticator_outputs: Option<Bytes>,
    pub(super) client_outputs: ClientOutputs,
    pub(super) differing_copies: DifferingCopies,
    pub(super) quirks: Quirks,
}

/// Whether each unsigned copy in a response is malformed or differs from the attestation object.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct DifferingCopies {
    pub(super) authenticator_data: bool,
    pub(super) public_key: bool,
    pub(super) public_key_algorithm: bool,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("credential", &self.credential)
            .field("flags", &self.flags)
            .field("attestation", &self.attestation)
            .field("authenticator_outputs", &self.authenticator_outputs())
            .field("client_outputs", &self.client_outputs)
            .field("differing_copies", &self.differing_copies().collect::<Vec<_>>())
            .field("quirks", &self.quirks)
            .finish()
    }
}

impl Registration {
    /// The credential record to store.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Returns the credential record to store, by value.
    pub fn into_credential(self) -> Credential {
        self.credential
    }

    /// The AAGUID that the authenticator claims. Use `trusted_aaguid` of the
    /// [attestation](Registration::attestation) for the proven model.
    pub fn unverified_aaguid(&self) -> Aaguid {
        self.credential.unverified_aaguid().unwrap_or(Aaguid::ZERO)
    }

    /// Returns whether the user was verified, by PIN or biometrics.
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified()
    }

    /// Returns whether the credential is only a second factor, in addition to a password. It is if
    /// the request discouraged user verification, as
    /// [`security_key`](crate::RegistrationRequest::security_key) does, or if the user was not
    /// verified.
    pub fn is_second_factor_only(&self) -> bool {
        self.credential.is_second_factor_only()
    }

    /// The flags of the authenticator data.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The verified attestation.
    pub fn attestation(&self) -> &Attestation {
        &self.attestation
    }

    /// Returns whether the credential is discoverable according to the browser (extension
    /// `credProps`, §10.1.3), or `None` if the browser does not report this. The value is not
    /// signed.
    pub fn unverified_discoverable(&self) -> Option<bool> {
        self.client_outputs.cred_props()?.rk
    }

    /// The authenticator extension outputs, or `None` if there are none. Only the signature of the
    /// attestation covers them, so they are proven only if the attestation is trusted.
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.authenticator_outputs.as_deref().map(AuthenticatorOutputs::from_checked)
    }

    /// The client extension outputs. They are not signed.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_outputs
    }

    /// Returns the names of the members of the response, such as `"response.publicKey"`, that
    /// should be copies of the attestation object but differ from it or are malformed. These copies
    /// are not signed, and the verdict does not depend on them. Some password managers send wrong
    /// copies. In most registrations, there are none.
    pub fn differing_copies(&self) -> impl Iterator<Item = &'static str> + use<> {
        let DifferingCopies { authenticator_data, public_key, public_key_algorithm } =
            self.differing_copies;
        [
            ("response.authenticatorData", authenticator_data),
            ("response.publicKey", public_key),
            ("response.publicKeyAlgorithm", public_key_algorithm),
        ]
        .into_iter()
        .filter_map(|(member, differs)| differs.then_some(member))
    }

    /// The allowed quirks that the registration needed. Current devices do not need any.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}

/// A login that passed every step. Only the verifier creates one.
///
/// After your own checks, update the credential record with [`apply_to`](Authentication::apply_to)
/// or [`update`](Authentication::update), and store it.
///
/// The compiler warns if you ignore a verdict. You can turn this warning into an error:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # use webauthn_verify::*;
/// # fn forgetful(rp: RelyingParty, pending: PendingAuthentication, records: &[Credential])
/// #     -> Result<(), Error> {
/// # let response = AuthenticationResponse::from_json("")?;
/// rp.finish_authentication(pending, &response, records, std::time::SystemTime::now())?; // unused
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "store the updated credential record of a verified login: call apply_to"]
pub struct Authentication {
    pub(super) user_handle: Vec<u8>,
    pub(super) flags: Flags,
    /// Whether the request or the record makes this login only a second factor, even if the user
    /// was verified.
    pub(super) second_factor_only: bool,
    pub(super) update: CredentialUpdate,
    pub(super) backup_eligibility_change: FlagChange,
    pub(super) backup_state_change: FlagChange,
    pub(super) sign_count: SignCount,
    pub(super) authenticator_outputs: Option<Bytes>,
    pub(super) client_outputs: ClientOutputs,
    pub(super) quirks: Quirks,
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("user_handle", &Base64Url(&self.user_handle))
            .field("flags", &self.flags)
            .field("update", &self.update)
            .field("user_verified", &self.user_verified())
            .field("is_second_factor_only", &self.is_second_factor_only())
            .field("backup_eligibility_change", &self.backup_eligibility_change)
            .field("backup_state_change", &self.backup_state_change)
            .field("sign_count", &self.sign_count)
            .field("authenticator_outputs", &self.authenticator_outputs())
            .field("client_outputs", &self.client_outputs)
            .field("quirks", &self.quirks)
            .finish()
    }
}

/// The result of the signature counter check (step 22 of §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignCount {
    /// The authenticator has no counter: the received value and the stored value are 0.
    Absent,
    /// The counter increased.
    Increased,
    /// The counter did not increase, and
    /// [`SignCountPolicy::Report`](crate::SignCountPolicy::Report) applies. The authenticator may
    /// be cloned.
    NotIncreased {
        /// The counter in the credential record, which does not change.
        stored: u32,
        /// The counter in this login.
        received: u32,
    },
    /// The counter did not increase, and
    /// [`SignCountPolicy::Ignore`](crate::SignCountPolicy::Ignore) applies.
    Ignored,
}

/// The difference between a flag in a login and in the credential record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagChange {
    /// The record does not contain the flag, so there is nothing to compare. This is possible for
    /// migrated records.
    Unknown,
    /// The flag is the same as in the record.
    Unchanged,
    /// The flag was clear and is now set.
    Gained,
    /// The flag was set and is now clear.
    Lost,
}

impl FlagChange {
    pub(super) fn between(recorded: Option<bool>, received: bool) -> FlagChange {
        match (recorded, received) {
            (None, _) => FlagChange::Unknown,
            (Some(false), true) => FlagChange::Gained,
            (Some(true), false) => FlagChange::Lost,
            _ => FlagChange::Unchanged,
        }
    }
}

impl Authentication {
    /// The ID of the credential that signed the user in.
    pub fn credential_id(&self) -> &[u8] {
        self.update.credential_id()
    }

    /// The user handle of the account that signed in, from the request or from the record.
    pub fn user_handle(&self) -> &[u8] {
        &self.user_handle
    }

    /// Applies the changes of this login to the record of its credential, which must be one of
    /// `records`, and returns that record, so that you can store it.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::WrongCredentialRecord`] if `records` does not contain the record. Also
    /// returns the errors of [`Credential::apply`].
    pub fn apply_to<'r>(&self, records: &'r mut [Credential]) -> Result<&'r Credential, Error> {
        let used = records.iter_mut().find(|record| record.id() == self.credential_id());
        let record = used.ok_or_else(|| {
            let id = base64url::encode(self.credential_id());
            let reason = format!(
                "no record has the credential ID {id}; pass the records that verified the login"
            );
            Failure::new(ErrorKind::WrongCredentialRecord, reason)
        });
        let record = record.at(Ceremony::Authentication, Step::RecordUpdate)?;
        record.apply(&self.update)?;
        Ok(record)
    }

    /// The changes that this login makes to its credential record.
    pub fn update(&self) -> &CredentialUpdate {
        &self.update
    }

    /// Returns whether the user was verified, by PIN or biometrics, and the verification counts as
    /// a factor. It counts only if [`uv_initialized`](Credential::uv_initialized) was already true
    /// before this login (§4).
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified() && self.update.uv_was_initialized()
    }

    /// Returns whether the login is only a second factor, in addition to a password. Reject this
    /// login wherever users sign in without a password. A login is only a second factor in any of
    /// these cases:
    ///
    /// - The request discouraged user verification, as
    ///   [`security_key`](crate::AuthenticationRequest::security_key) does.
    /// - The [credential](Credential::is_second_factor_only) is only a second factor.
    /// - The user was not verified.
    pub fn is_second_factor_only(&self) -> bool {
        self.second_factor_only || !self.user_verified()
    }

    /// The flags of the authenticator data, as they were received.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// How the backup eligibility (whether the credential may be backed up) differs from the
    /// record. [`FlagChange::Gained`] and [`FlagChange::Lost`] occur only if the
    /// [`BackupPolicy`](crate::BackupPolicy) allows them.
    pub fn backup_eligibility_change(&self) -> FlagChange {
        self.backup_eligibility_change
    }

    /// The change of the backup state since the previous login. [`FlagChange::Gained`] means that
    /// the credential is now backed up, and [`FlagChange::Lost`] means that it no longer is. §6.1.3
    /// suggests what to do in each case. For example, offer to remove a password or to add another
    /// credential.
    pub fn backup_state_change(&self) -> FlagChange {
        self.backup_state_change
    }

    /// The result of the signature counter check.
    pub fn sign_count(&self) -> SignCount {
        self.sign_count
    }

    /// The authenticator extension outputs, or `None` if there are none. They are signed.
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.authenticator_outputs.as_deref().map(AuthenticatorOutputs::from_checked)
    }

    /// The client extension outputs. They are not signed.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_outputs
    }

    /// The allowed quirks that the login needed. Current devices do not need any.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}
