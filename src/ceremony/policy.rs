//! What a relying party decides where the specification leaves it the choice.

use serde::{Deserialize, Serialize};

use crate::names::names;

/// What to do when a signature counter did not increase (§6.1.1, step 22 of §7.2): a sign, but
/// no proof, that the authenticator was cloned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignCountPolicy {
    /// Fail the login.
    #[default]
    Refuse,
    /// Let the login pass and report it, as
    /// [`SignCount::NotIncreased`](crate::SignCount::NotIncreased). The stored counter stays as it
    /// is.
    Report,
    /// Let the login pass and say nothing more of it than
    /// [`SignCount::Ignored`](crate::SignCount::Ignored): for devices whose counter is known to be
    /// wrong. The stored counter stays as it is.
    Ignore,
}

names! {
    SignCountPolicy, "signature counter policy", impl Display;
    Refuse = "refuse",
    Report = "report",
    Ignore = "ignore",
}

/// What to do when the backup eligibility of a credential differs from its record (steps 19.1 and
/// 19.2 of §7.2). The specification does not let it change; some passkey managers do.
/// [`Authentication::backup_eligibility_change`](crate::Authentication::backup_eligibility_change) says what the
/// login showed. The record keeps the eligibility that it was registered with, so later logins show
/// the same change. To accept the change for good, store the record with
/// [`Credential::with_backup`](crate::Credential::with_backup).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackupChange {
    /// Fail the login, either way.
    #[default]
    Refuse,
    /// Accept a credential that has become eligible, as iCloud Keychain has made some; refuse one
    /// that no longer is.
    AllowGain,
    /// Accept both, and only report them: KeePassXC has made eligible credentials ineligible.
    Report,
}

names! {
    BackupChange, "backup change policy", impl Display;
    Refuse = "refuse",
    AllowGain = "allow-gain",
    Report = "report",
}

/// What a relying party demands of backups (§6.1.3). By default nothing but that eligibility does
/// not change.
///
/// ```
/// use webauthn_verify::BackupPolicy;
///
/// let bound_to_one_device = BackupPolicy::default().require_eligible(false);
/// ```
///
/// As JSON, or in any other format of serde. What is left out is the default, and unknown members are
/// refused:
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
    /// Register only credentials that may be backed up (`true`), or only ones that are bound to
    /// their device (`false`).
    #[must_use]
    pub fn require_eligible(self, eligible: bool) -> BackupPolicy {
        BackupPolicy { eligible: Some(eligible), ..self }
    }

    /// Accept only credentials that are backed up now, in registrations and logins.
    #[must_use]
    pub fn require_backed_up(self) -> BackupPolicy {
        BackupPolicy { backed_up: true, ..self }
    }

    /// What to do when the eligibility differs from the record.
    #[must_use]
    pub fn on_change(self, change: BackupChange) -> BackupPolicy {
        BackupPolicy { change, ..self }
    }
}
