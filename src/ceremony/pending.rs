//! Pending states: what the server keeps between the start of a ceremony and its end. Their stored
//! forms, how long they are good, and what is checked of one that is read back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ceremony::algorithm_set::AlgorithmSet;
use crate::ceremony::bytes::Bytes;
use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::{self, Credential};
use crate::ceremony::extensions::demands::ExtensionDemands;
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::extensions::table::Extension;
use crate::ceremony::options::{Mediation, UserVerification};
use crate::error::{ErrorData, ErrorKind, Failure, counted, quote};
use crate::spec::Ceremony;

/// The version of the serialised pending states.
pub(super) const PENDING_VERSION: u32 = 1;

/// The longest that a ceremony can be finished, and the longest timeout: a challenge must not live
/// for days.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// How much later than the clock at the end of a ceremony the clock at its start may have been: two
/// servers are never quite at one.
const MAX_SKEW: Duration = Duration::from_secs(60);

/// What the server keeps between the start of a registration and its end.
///
/// It holds the challenge, so it is a secret of the server's. **Keep it on the server side, under
/// the user's session and its [`id`](PendingRegistration::id), and take it out before you finish**:
///
/// - Look it up in the session that sends the response, never among all states. Otherwise an attacker
///   could start a ceremony and have another user finish it.
/// - Take it out in one step, such as `DELETE ... RETURNING`: a state that can be read twice, or a
///   cookie that is merely signed, lets one response count twice.
/// - Delete it after [`expires_at`](PendingRegistration::expires_at). Keep that time beside it.
///
/// If the session has no such state, it was finished already, or has expired, or the response belongs
/// to another session: answer with HTTP status 403 and "Please try again". A session that is replaced
/// at the login may drop its states; a second tab then starts again.
///
/// It serialises with serde; `Debug` does not show the challenge. Finishing consumes it:
///
/// ```compile_fail
/// # use webauthn_verify::*;
/// # fn twice(rp: RelyingParty, pending: PendingRegistration, response: RegistrationResponse) {
/// let now = std::time::SystemTime::now();
/// let first = rp.finish_registration(pending, &response, now);
/// let second = rp.finish_registration(pending, &response, now); // error: use of moved value
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PendingRegistration {
    pub(super) version: u32,
    pub(super) rp_id: String,
    /// In seconds since the epoch. States that were kept by early versions lack it.
    pub(super) started_at: Option<u64>,
    /// In seconds since the epoch.
    pub(super) expires_at: u64,
    pub(super) challenge: Challenge,
    pub(super) user_handle: Bytes,
    pub(super) excluded: Vec<Bytes>,
    pub(super) algorithms: AlgorithmSet,
    pub(super) user_verification: UserVerification,
    pub(super) mediation: Option<Mediation>,
    pub(super) extensions: RequestedExtensions,
    pub(super) extension_demands: ExtensionDemands,
}

/// What the server keeps between the start of a login and its end.
///
/// It holds the challenge, so it is a secret of the server's. **Keep it on the server side, under
/// the visitor's session and its [`id`](PendingAuthentication::id), and take it out before you
/// finish**, as [`PendingRegistration`] says. A visitor who is not signed in has a session too, and
/// gets a new one at the login.
///
/// It serialises with serde; `Debug` does not show the challenge. Finishing consumes it:
///
/// ```compile_fail
/// # use webauthn_verify::*;
/// # fn twice(rp: RelyingParty, pending: PendingAuthentication, response: AuthenticationResponse) {
/// let now = std::time::SystemTime::now();
/// let first = rp.finish_authentication(pending, &response, &[], now);
/// let second = rp.finish_authentication(pending, &response, &[], now); // error: moved value
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PendingAuthentication {
    pub(super) version: u32,
    pub(super) rp_id: String,
    /// In seconds since the epoch. States that were kept by early versions lack it.
    pub(super) started_at: Option<u64>,
    /// In seconds since the epoch.
    pub(super) expires_at: u64,
    pub(super) challenge: Challenge,
    /// The account, if the user was known at the start.
    pub(super) user_handle: Option<Bytes>,
    /// Empty exactly where the user was not known.
    pub(super) allowed: Vec<Bytes>,
    pub(super) user_verification: UserVerification,
    pub(super) mediation: Option<Mediation>,
    pub(super) extensions: RequestedExtensions,
    pub(super) extension_demands: ExtensionDemands,
    pub(super) app_id: Option<String>,
    /// For an account that does not exist, the records in the place of its own.
    pub(super) decoys: Vec<Credential>,
}

/// What the server keeps between the start of a payment and its end.
///
/// Keep it like a [`PendingAuthentication`]: on the server side, under the session and its
/// [`id`](PendingPayment::id), and take it out before you finish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredPayment")]
#[must_use]
pub struct PendingPayment {
    pub(super) payment: PendingAuthentication,
}

impl PendingRegistration {
    /// The account that gets the credential.
    pub fn user_handle(&self) -> &[u8] {
        &self.user_handle
    }

    /// What no start of a registration writes is not read back.
    fn check_stored(&self) -> Result<(), Failure> {
        self.head().check_stored()?;
        credential::check_user_handle(&self.user_handle)?;
        self.excluded.iter().try_for_each(|id| credential::check_id(id))?;
        if self.algorithms.is_empty() {
            return Err(damaged("the list of algorithms is empty"));
        }
        self.extension_demands.check_requested(&self.extensions)
    }
}

impl PendingAuthentication {
    /// The account whose records finish the login, if the request named it. Otherwise the response
    /// does, in [`unverified_user_handle`](crate::AuthenticationResponse::unverified_user_handle).
    ///
    /// Credentials of FIDO U2F know no user handle, so their account is always found here. The user
    /// handle of a [decoy](crate::AuthenticationRequest::decoy) belongs to no account: give no
    /// records.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }

    /// What no start of a login writes is not read back.
    fn check_stored(&self) -> Result<(), Failure> {
        self.head().check_stored()?;
        if let Some(user_handle) = &self.user_handle {
            credential::check_user_handle(user_handle)?;
        }
        self.allowed.iter().try_for_each(|id| credential::check_id(id))?;
        if self.user_handle.is_some() == self.allowed.is_empty() {
            return Err(damaged(
                "a login lists the credentials that it allows exactly where the user is known",
            ));
        }
        let decoys = self.decoys.iter().map(Credential::id);
        if !self.decoys.is_empty() && !decoys.eq(self.allowed.iter().map(|id| &**id)) {
            return Err(damaged("decoys are all of the credentials that a login allows"));
        }
        if let Some(user_handle) = &self.user_handle {
            credential::check_one_account(&self.decoys, user_handle)?;
        }
        let app_id = self.app_id.as_ref().is_some_and(|app_id| !app_id.is_empty());
        if app_id != self.extensions.contains(Extension::AppId) || app_id != self.app_id.is_some() {
            return Err(damaged("the AppID and the extension for it are not both there"));
        }
        let of_registrations =
            ExtensionDemands { prf: false, prf_results: 0, ..self.extension_demands.clone() };
        if of_registrations != ExtensionDemands::default() {
            return Err(damaged("it demands outputs that only a registration has"));
        }
        self.extension_demands.check_requested(&self.extensions)
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

impl PendingPayment {
    /// What to keep the state under, like [`PendingAuthentication::id`].
    pub fn id(&self) -> String {
        self.payment.id()
    }

    /// The last second in which the payment can be finished. Delete the stored state after it.
    pub fn expires_at(&self) -> SystemTime {
        self.payment.expires_at()
    }

    /// The account whose records finish the payment.
    pub fn user_handle(&self) -> &[u8] {
        self.payment.user_handle().unwrap_or_default()
    }

    /// The state of a login, for a payment: the browser adds the extension `payment` itself, and no
    /// request of a login has it.
    pub(super) fn of(mut payment: PendingAuthentication) -> PendingPayment {
        payment.extensions.insert(Extension::Payment.identifier());
        PendingPayment { payment }
    }

    /// What no start of a payment writes is not read back: it has an account.
    fn check_stored(&self) -> Result<(), Failure> {
        if self.payment.version != PENDING_VERSION || self.payment.user_handle.is_some() {
            return Ok(());
        }
        Err(damaged("a payment is of a user who is known"))
    }
}

/// The stored form of a [`PendingRegistration`], member for member. Early versions did not write
/// what has a default here.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PendingRegistration")]
struct StoredRegistration {
    version: u32,
    rp_id: String,
    #[serde(default)]
    started_at: Option<u64>,
    expires_at: u64,
    challenge: Challenge,
    user_handle: Bytes,
    excluded: Vec<Bytes>,
    algorithms: AlgorithmSet,
    user_verification: UserVerification,
    mediation: Option<Mediation>,
    extensions: RequestedExtensions,
    extension_demands: ExtensionDemands,
}

/// The stored form of a [`PendingAuthentication`], in the same way.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PendingAuthentication")]
struct StoredAuthentication {
    version: u32,
    rp_id: String,
    #[serde(default)]
    started_at: Option<u64>,
    expires_at: u64,
    challenge: Challenge,
    user_handle: Option<Bytes>,
    allowed: Vec<Bytes>,
    user_verification: UserVerification,
    mediation: Option<Mediation>,
    extensions: RequestedExtensions,
    #[serde(default)]
    extension_demands: ExtensionDemands,
    app_id: Option<String>,
    decoys: Vec<Credential>,
}

/// Gives a pending state its head, and its stored form, which is checked when it is read back.
macro_rules! pending_state {
    ($pending:ident of $ceremony:expr, stored as $stored:ident) => {
        impl $pending {
            /// What to keep the state under, next to the session: 43 characters of base64url.
            /// `pending_id()` of the browser's answer leads back to it, so any number of ceremonies
            /// can run side by side in one session.
            ///
            /// It is a hash of the challenge, and not a secret. It does not say who may finish the
            /// ceremony: the session does.
            pub fn id(&self) -> String {
                self.challenge.pending_id($ceremony)
            }

            /// The last second in which the ceremony can be finished. Delete the stored state after
            /// it.
            pub fn expires_at(&self) -> SystemTime {
                time_of(self.expires_at)
            }

            pub(super) fn head(&self) -> Head<'_> {
                Head {
                    version: self.version,
                    rp_id: &self.rp_id,
                    started_at: self.started_at,
                    expires_at: self.expires_at,
                    challenge: &self.challenge,
                }
            }
        }

        impl Serialize for $pending {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $stored::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $pending {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let pending = $stored::deserialize(deserializer)?;
                // Another version may mean something else; `Head::check` says that it is another.
                if pending.version == PENDING_VERSION {
                    pending.check_stored().map_err(D::Error::custom)?;
                }
                Ok(pending)
            }
        }
    };
}

pending_state!(PendingRegistration of Ceremony::Registration, stored as StoredRegistration);
pending_state!(PendingAuthentication of Ceremony::Authentication, stored as StoredAuthentication);

/// The stored form of a [`PendingPayment`].
#[derive(Deserialize)]
struct StoredPayment {
    payment: PendingAuthentication,
}

impl TryFrom<StoredPayment> for PendingPayment {
    type Error = Failure;

    fn try_from(StoredPayment { payment }: StoredPayment) -> Result<PendingPayment, Failure> {
        let pending = PendingPayment { payment };
        pending.check_stored()?;
        Ok(pending)
    }
}

/// What every pending state says of its ceremony.
pub(super) struct Head<'p> {
    version: u32,
    rp_id: &'p str,
    /// In seconds since the epoch; not known of states that were kept by early versions.
    started_at: Option<u64>,
    /// In seconds since the epoch.
    expires_at: u64,
    challenge: &'p Challenge,
}

impl Head<'_> {
    /// Still step 1: the state that was kept since then is of this release, of this relying party,
    /// and of a ceremony whose time is not over.
    pub(super) fn check(&self, rp_id: &str, now: SystemTime) -> Result<(), Failure> {
        if self.version != PENDING_VERSION {
            let version = self.version;
            return Err(Failure::new(
                ErrorKind::UnsupportedVersion,
                format!("version {version}; this release reads version {PENDING_VERSION}"),
            ));
        }
        if self.rp_id != rp_id {
            return Err(Failure::new(
                ErrorKind::WrongRelyingParty,
                format!("started for {}, finished for {}", quote(self.rp_id.chars()), rp_id),
            ));
        }
        let now = seconds_since_epoch(now);
        let early = self.started_at.unwrap_or(0).saturating_sub(now);
        if early > MAX_SKEW.as_secs() {
            let detail = format!("{} too early", counted(early, "second"));
            return Err(Failure::new(ErrorKind::CeremonyNotStarted, detail));
        }
        let left = self.expires_at.saturating_sub(now);
        if self.started_at.is_none() && left > MAX_DURATION.as_secs() + MAX_SKEW.as_secs() {
            return Err(damaged("it expires more than a day from now"));
        }
        let late = now.saturating_sub(self.expires_at);
        if late > 0 {
            let detail = format!("{} too late", counted(late, "second"));
            let data =
                ErrorData::Expiry { expires_at: time_of(self.expires_at), now: time_of(now) };
            return Err(Failure::new(ErrorKind::CeremonyExpired, detail).with_data(data));
        }
        Ok(())
    }

    /// The same state, when it is read back: what no start of a ceremony writes is refused. A state
    /// of another version is told by [`check`](Head::check).
    fn check_stored(&self) -> Result<(), Failure> {
        self.challenge.check_stored()?;
        if self.rp_id.is_empty() {
            return Err(damaged("it names no relying party"));
        }
        let started_at = self.started_at.unwrap_or(self.expires_at);
        match self.expires_at.checked_sub(started_at) {
            Some(valid_for) if valid_for <= MAX_DURATION.as_secs() => Ok(()),
            _ => Err(damaged("it expires before it starts, or more than a day after")),
        }
    }
}

/// A stored state is not one that this crate has written.
fn damaged(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::WrongPendingState, reason)
}

pub(super) fn seconds_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The time of a second since the epoch; the epoch itself for one that the system cannot name.
fn time_of(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}
