//! What a login changes in the credential record: step 24 of §7.2.

use core::fmt;

use crate::ceremony::bytes::Bytes;
use crate::encoding::base64url;
use crate::error::{ErrorKind, Failure};
use crate::message::authenticator_data::Flags;

/// What a login may change in the credential record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changing {
    pub(super) sign_count: u32,
    pub(super) backup_eligible: Option<bool>,
    pub(super) backup_state: bool,
    pub(super) uv_initialized: bool,
}

/// What a login changes in the record of its credential: step 24 of §7.2. Store it only after every
/// check of your own has passed as well.
///
/// In memory, [`Authentication::apply_to`](crate::Authentication::apply_to) does it all. In a
/// database, where another login can come in between, write the changed record only if its counter
/// is still [`sign_count_before`](CredentialUpdate::sign_count_before):
///
/// ```sql
/// UPDATE credentials SET record = ?, sign_count = ? WHERE id = ? AND sign_count = ?
/// ```
///
/// If that changes no row, another login of the same credential came first: refuse this one.
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
    /// What a login with this counter and these flags changes in a record. The eligibility stays
    /// that of the record, if the record says it.
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

    /// Step 24: what this record becomes, if the update is for it, and if it still is what the login
    /// was verified with.
    pub(super) fn of_record(&self, id: &[u8], now: Changing) -> Result<Changing, Failure> {
        if *self.credential_id != *id {
            let [update, record] = [&self.credential_id, id].map(base64url::encode);
            let reason = format!(
                "the update belongs to {update}, and the record is that of {record}; use \
                 Authentication::apply_to, which finds the record"
            );
            return Err(Failure::new(ErrorKind::WrongCredentialRecord, reason));
        }
        if now.sign_count != self.before.sign_count {
            let (now, then) = (now.sign_count, self.before.sign_count);
            let reason = format!(
                "its counter is {now}, and was {then} when the login was verified; let the user \
                 sign in again"
            );
            return Err(Failure::new(ErrorKind::CredentialChanged, reason));
        }
        // What the login did not change stays as the record says it now.
        let authorized = self.after.uv_initialized && !self.before.uv_initialized;
        Ok(Changing {
            sign_count: self.after.sign_count,
            backup_eligible: now.backup_eligible.or(self.after.backup_eligible),
            backup_state: self.after.backup_state,
            uv_initialized: now.uv_initialized || authorized,
        })
    }

    /// The credential whose record the update is for.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// Whether applying the update changes the record. Synced passkeys have no counter, so most of
    /// their logins change nothing.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }

    /// The signature counter in the record with which the login was verified.
    pub fn sign_count_before(&self) -> u32 {
        self.before.sign_count
    }

    /// The signature counter to store. If the counter did not increase and the policy let the login
    /// pass, this is the stored one: it never goes back.
    pub fn sign_count(&self) -> u32 {
        self.after.sign_count
    }

    /// Lets user verification of this credential count as a factor from now on, if the user was
    /// verified in this login. A credential that was registered as a second factor stays one. Call it only if the user has shown another factor of equal strength
    /// beside this login (§4, `uvInitialized`).
    pub fn authorize_uv(&self) -> CredentialUpdate {
        let uv_initialized = self.after.uv_initialized || self.user_verified;
        CredentialUpdate { after: Changing { uv_initialized, ..self.after }, ..self.clone() }
    }

    pub(super) fn uv_was_initialized(&self) -> bool {
        self.before.uv_initialized
    }
}
