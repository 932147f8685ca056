//! Verdicts: ceremonies that passed every step. Only the verifier makes them.

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

/// A registration that passed every step. Only the verifier makes one.
///
/// Store [`credential`](Registration::credential) in the account. Its ID must not exist in any
/// other account: make it a unique key of the store.
///
/// A verdict that is dropped is a warning of the compiler, which you can turn into an error:
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

/// The members of a response that copy what the attestation object says, and differ from it.
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

    /// The credential record to store, by value.
    pub fn into_credential(self) -> Credential {
        self.credential
    }

    /// The model that the authenticator claims to be. The proven one is
    /// `trusted_aaguid` of the [attestation](Registration::attestation).
    pub fn unverified_aaguid(&self) -> Aaguid {
        self.credential.unverified_aaguid().unwrap_or(Aaguid::ZERO)
    }

    /// Whether the user was verified, by PIN or biometrics.
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified()
    }

    /// Whether the credential is only a second factor, beside a password. That is so if the request
    /// discouraged user verification, as [`security_key`](crate::RegistrationRequest::security_key)
    /// does, or if the user was not verified.
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

    /// Whether the browser says that the credential is discoverable (extension `credProps`,
    /// §10.1.3). `None` if it does not say. Nothing signs it.
    pub fn unverified_discoverable(&self) -> Option<bool> {
        self.client_outputs.cred_props()?.rk
    }

    /// The authenticator extension outputs, if there are any. Only the attestation signs them: they
    /// are proven where that is trusted.
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.authenticator_outputs.as_deref().map(AuthenticatorOutputs::from_checked)
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_outputs
    }

    /// The members of the response that browsers copy from the attestation object, and that say
    /// something else than it does, such as `"response.publicKey"`, or cannot be read. Nothing signs
    /// these copies and the verdict does not depend on them; some password managers get them wrong.
    /// Empty in most registrations.
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

    /// The tolerated quirks without which the registration would have been rejected: none for
    /// what current devices send.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}

/// A login that passed every step. Only the verifier makes one.
///
/// After every check of your own, take it over into the credential record, by
/// [`apply_to`](Authentication::apply_to) or [`update`](Authentication::update), and store that.
///
/// A verdict that is dropped is a warning of the compiler, which you can turn into an error:
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
#[must_use = "a login is over when its update is stored: call apply_to"]
pub struct Authentication {
    pub(super) user_handle: Vec<u8>,
    pub(super) flags: Flags,
    /// What the request or the record says, whatever the user did.
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
    /// The credential that signed the user in.
    pub fn credential_id(&self) -> &[u8] {
        self.update.credential_id()
    }

    /// The account that has signed in: the one that the request named, or the record.
    pub fn user_handle(&self) -> &[u8] {
        &self.user_handle
    }

    /// Takes over what the login changed into the record of its credential, which is one of these,
    /// and returns that record: store it.
    ///
    /// # Errors
    ///
    /// `WrongCredentialRecord` if the record is not among them, and those of
    /// [`Credential::apply`].
    pub fn apply_to<'r>(&self, records: &'r mut [Credential]) -> Result<&'r Credential, Error> {
        let used = records.iter_mut().find(|record| record.id() == self.credential_id());
        let record = used.ok_or_else(|| {
            let id = base64url::encode(self.credential_id());
            let reason =
                format!("none of the records is that of {id}; give those that verified the login");
            Failure::new(ErrorKind::WrongCredentialRecord, reason)
        });
        let record = record.at(Ceremony::Authentication, Step::RecordUpdate)?;
        record.apply(&self.update)?;
        Ok(record)
    }

    /// What the login changes in the record of its credential.
    pub fn update(&self) -> &CredentialUpdate {
        &self.update
    }

    /// Whether the user was verified, by PIN or biometrics, and this counts as a factor. It counts
    /// only if [`uv_initialized`](Credential::uv_initialized) of the record was true before this login
    /// (§4).
    pub fn user_verified(&self) -> bool {
        self.flags.user_verified() && self.update.uv_was_initialized()
    }

    /// Whether the login is only a second factor, beside a password. If you let users sign in
    /// without a password, refuse such a login there. It is one of these:
    ///
    /// - The request discouraged user verification, as
    ///   [`security_key`](crate::AuthenticationRequest::security_key) does.
    /// - The [credential](Credential::is_second_factor_only) is a second factor.
    /// - The user was not verified.
    pub fn is_second_factor_only(&self) -> bool {
        self.second_factor_only || !self.user_verified()
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
    pub fn authenticator_outputs(&self) -> Option<AuthenticatorOutputs<'_>> {
        self.authenticator_outputs.as_deref().map(AuthenticatorOutputs::from_checked)
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_outputs
    }

    /// The tolerated quirks without which the login would have been rejected: none for what
    /// current devices send.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }
}
