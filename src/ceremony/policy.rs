//! The policies for decisions that the specification leaves to the relying party.

use serde::{Deserialize, Serialize};

use crate::names::names;

/// The policy for a signature counter that did not increase (§6.1.1, step 22 of §7.2). Such a
/// counter suggests that the authenticator was cloned, but does not prove it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignCountPolicy {
    /// The login fails.
    #[default]
    Refuse,
    /// The login passes and reports [`SignCount::NotIncreased`](crate::SignCount::NotIncreased).
    /// The stored counter does not change.
    Report,
    /// The login passes and reports only [`SignCount::Ignored`](crate::SignCount::Ignored). Use
    /// this policy for devices with a known faulty counter. The stored counter does not change.
    Ignore,
}

names! {
    SignCountPolicy, "signature counter policy", impl Display;
    Refuse = "refuse",
    Report = "report",
    Ignore = "ignore",
}

/// The policy for a backup eligibility that differs from the credential record (steps 19.1 and 19.2
/// of §7.2). The specification does not allow this change, but some password managers make it.
///
/// [`Authentication::backup_eligibility_change`](crate::Authentication::backup_eligibility_change)
/// returns the change in a login. The record keeps the eligibility from the registration, so later
/// logins report the same change. To accept the change permanently, update the record with
/// [`Credential::with_backup`](crate::Credential::with_backup) and store it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackupChange {
    /// The login fails if the eligibility has changed in any way.
    #[default]
    Refuse,
    /// The login passes if the credential has become eligible, which has happened to credentials in
    /// iCloud Keychain. It fails if the credential is no longer eligible.
    AllowGain,
    /// The login passes and reports the change. KeePassXC has made eligible credentials ineligible.
    Report,
}

names! {
    BackupChange, "backup change policy", impl Display;
    Refuse = "refuse",
    AllowGain = "allow-gain",
    Report = "report",
}

/// The requirements of a relying party for backups (§6.1.3). By default, the only requirement is
/// that the backup eligibility does not change.
///
/// ```
/// use webauthn_verify::BackupPolicy;
///
/// let bound_to_one_device = BackupPolicy::default().require_eligible(false);
/// ```
///
/// The policy can be read from JSON or any other serde format. A missing member gets its default
/// value, and an unknown member is an error:
///
/// ```
/// use webauthn_verify::{BackupChange, BackupPolicy};
///
/// let json = r#"{ "require_eligible": false, "on_change": "report" }"#;
/// let policy: BackupPolicy = serde_json::from_str(json)?;
/// let same = BackupPolicy::default().require_eligible(false).on_change(BackupChange::Report);
/// assert_eq!(policy, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupPolicy {
    #[serde(rename = "require_eligible")]
    pub(crate) eligible: Option<bool>,
    #[serde(rename = "require_backed_up")]
    pub(crate) backed_up: bool,
    #[serde(rename = "on_change")]
    pub(crate) change: BackupChange,
}

impl BackupPolicy {
    /// Sets which credentials can be registered. If `eligible` is true, these are only credentials
    /// that may be backed up. Otherwise, these are only credentials that are bound to their device.
    #[must_use]
    pub fn require_eligible(self, eligible: bool) -> BackupPolicy {
        BackupPolicy { eligible: Some(eligible), ..self }
    }

    /// Accepts only credentials that are backed up now, in registrations and logins.
    #[must_use]
    pub fn require_backed_up(self) -> BackupPolicy {
        BackupPolicy { backed_up: true, ..self }
    }

    /// Sets the policy for a backup eligibility that differs from the record.
    #[must_use]
    pub fn on_change(self, change: BackupChange) -> BackupPolicy {
        BackupPolicy { change, ..self }
    }
}
