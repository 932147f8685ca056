//! The update of a credential record after a login: step 24 of §7.2.

use core::fmt;

use crate::ceremony::bytes::Bytes;
use crate::encoding::base64url;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Flags;

/// The members of a credential record that a login may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changing {
    pub(super) sign_count: u32,
    pub(super) backup_eligible: Option<bool>,
    pub(super) backup_state: bool,
    pub(super) uv_initialized: bool,
}

/// The changes that a login makes to the record of its credential: step 24 of §7.2. Store them only
/// after your own checks have also passed.
///
/// If the record is in memory, call [`Authentication::apply_to`](crate::Authentication::apply_to).
/// If the record is in a database, another login can change it at the same time. Write the changed
/// record only if the stored counter is still
/// [`sign_count_before`](CredentialUpdate::sign_count_before):
///
/// ```sql
/// UPDATE credentials SET record = ?, sign_count = ? WHERE id = ? AND sign_count = ?
/// ```
///
/// If this statement changes no row, another login with the same credential came first. Reject this
/// login.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the credential record must be updated after a login"]
pub struct CredentialUpdate {
    credential_id: Bytes,
    before: Changing,
    after: Changing,
    /// Whether the user was verified in this login.
    user_verified: bool,
}

impl fmt::Debug for CredentialUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialUpdate")
            .field("credential_id", &self.credential_id)
            .field("before", &self.before)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

impl CredentialUpdate {
    /// Creates the update for a login with this counter and these flags. If the record has a backup
    /// eligibility, it stays unchanged.
    pub(super) fn new(
        credential_id: &[u8],
        before: Changing,
        sign_count: u32,
        flags: Flags,
    ) -> CredentialUpdate {
        CredentialUpdate {
            credential_id: credential_id.into(),
            before,
            after: Changing {
                sign_count,
                backup_eligible: before.backup_eligible.or(Some(flags.backup_eligible())),
                backup_state: flags.backup_state(),
                uv_initialized: before.uv_initialized,
            },
            user_verified: flags.user_verified(),
        }
    }

    /// Step 24: returns the new values of a record. The update must belong to the record, and the
    /// counter of the record must not have changed since the login was verified.
    pub(super) fn of_record(&self, id: &[u8], now: Changing) -> Result<Changing, Failure> {
        if *self.credential_id != *id {
            let [update, record] = [&self.credential_id, id].map(base64url::encode);
            let reason = format!(
                "the update belongs to {update}, but the record belongs to {record}; use \
                 Authentication::apply_to, which finds the record"
            );
            return Err(Failure::new(ErrorKind::WrongCredentialRecord, reason));
        }
        if now.sign_count != self.before.sign_count {
            let (now, then) = (now.sign_count, self.before.sign_count);
            let reason = format!(
                "its counter is {now}, but was {then} when the login was verified; let the user \
                 sign in again"
            );
            return Err(Failure::new(ErrorKind::CredentialChanged, reason));
        }
        // Values that the login did not change stay as they are in the record now.
        let authorized = self.after.uv_initialized && !self.before.uv_initialized;
        Ok(Changing {
            sign_count: self.after.sign_count,
            backup_eligible: now.backup_eligible.or(self.after.backup_eligible),
            backup_state: self.after.backup_state,
            uv_initialized: now.uv_initialized || authorized,
        })
    }

    /// The ID of the credential that the update belongs to.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Returns whether the update changes the record. Most logins with synced passkeys change
    /// nothing, because synced passkeys have no counter.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }

    /// The signature counter that the record had when the login was verified.
    pub fn sign_count_before(&self) -> u32 {
        self.before.sign_count
    }

    /// The signature counter to store. It is never lower than the stored counter. If the received
    /// counter did not increase and the policy accepted the login, it is the stored counter.
    pub fn sign_count(&self) -> u32 {
        self.after.sign_count
    }

    /// Returns the update with `uvInitialized` set to true, so that user verification of this
    /// credential counts as a factor from now on (§4, `uvInitialized`). If the user was not
    /// verified in this login, this method returns the update unchanged.
    ///
    /// Call this method only if the user also passed another authentication factor of equal
    /// strength. A credential that was registered as a second factor remains only a second factor.
    pub fn authorize_uv(&self) -> CredentialUpdate {
        let uv_initialized = self.after.uv_initialized || self.user_verified;
        CredentialUpdate { after: Changing { uv_initialized, ..self.after }, ..self.clone() }
    }

    pub(super) fn uv_was_initialized(&self) -> bool {
        self.before.uv_initialized
    }
}
