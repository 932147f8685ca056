//! Pending states, which the server stores between the start and the end of a ceremony: their
//! stored form, their lifetime, and the checks after they are read back.

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

/// The version of the serialized pending states.
pub(super) const PENDING_VERSION: u32 = 1;

/// The maximum time to finish a ceremony, and the maximum timeout. A challenge must not stay valid
/// for days.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum number of credentials in a list of options. Chromium throws a `RangeError` for more.
pub(super) const MAX_LISTED_CREDENTIALS: usize = 64;

/// How far the clock at the end of a ceremony may be behind the clock at its start. The clocks of
/// two servers are never exactly equal.
const MAX_SKEW: Duration = Duration::from_secs(60);

/// The state that the server stores between the start and the end of a registration.
///
/// It contains the challenge, so it must stay secret. **Store it on the server, under the user's
/// session and its [`id`](PendingRegistration::id), and remove it from storage before you finish
/// the registration**:
///
/// - Look it up only in the session that sends the response, never among the states of all
///   sessions. Otherwise an attacker could start a ceremony and let another user finish it.
/// - Read and delete it in one atomic step, for example with `DELETE ... RETURNING`. If a state can
///   be read twice, or is stored in a signed cookie, a response can be used twice.
/// - Delete it after [`expires_at`](PendingRegistration::expires_at). Store this time next to the
///   state.
///
/// If the state is not in the session, the ceremony is already finished, has expired, or the
/// response belongs to another session. Answer with HTTP status 403 and "Please try again". If you
/// replace the session at login, you may drop its pending states. A ceremony in another tab must
/// then start again.
///
/// It implements the serde traits. `Debug` does not show the challenge. Finishing the registration
/// consumes the state:
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
    /// Seconds since the epoch. States from early versions do not have it.
    pub(super) started_at: Option<u64>,
    /// Seconds since the epoch.
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

/// The state that the server stores between the start and the end of a login.
///
/// It contains the challenge, so it must stay secret. **Store it on the server, under the visitor's
/// session and its [`id`](PendingAuthentication::id), and remove it from storage before you finish
/// the login.** See [`PendingRegistration`] for the reasons. Visitors who are not signed in also
/// need a session. Replace this session with a new one at login.
///
/// It implements the serde traits. `Debug` does not show the challenge. Finishing the login
/// consumes the state:
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
    /// Seconds since the epoch. States from early versions do not have it.
    pub(super) started_at: Option<u64>,
    /// Seconds since the epoch.
    pub(super) expires_at: u64,
    pub(super) challenge: Challenge,
    /// The account, if the user was known at the start.
    pub(super) user_handle: Option<Bytes>,
    /// Empty if and only if the user was not known.
    pub(super) allowed: Vec<Bytes>,
    pub(super) user_verification: UserVerification,
    pub(super) mediation: Option<Mediation>,
    pub(super) extensions: RequestedExtensions,
    pub(super) extension_demands: ExtensionDemands,
    pub(super) app_id: Option<String>,
    /// The decoy records, if the account does not exist.
    pub(super) decoys: Vec<Credential>,
}

/// The state that the server stores between the start and the end of a payment.
///
/// Treat it like a [`PendingAuthentication`]: store it on the server, under the session and its
/// [`id`](PendingPayment::id), and remove it from storage before you finish the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredPayment")]
#[must_use]
pub struct PendingPayment {
    pub(super) payment: PendingAuthentication,
}

impl PendingRegistration {
    /// The user handle of the account that gets the credential.
    pub fn user_handle(&self) -> &[u8] {
        &self.user_handle
    }

    /// Fails if no start of a registration could have written this state.
    fn check_stored(&self) -> Result<(), Failure> {
        self.head().check_stored()?;
        credential::check_user_handle(&self.user_handle)?;
        check_listed(&self.excluded)?;
        if self.algorithms.is_empty() {
            return Err(damaged("the list of algorithms is empty"));
        }
        self.extensions.check_stored(Ceremony::Registration)?;
        self.extension_demands.check_stored(&self.extensions)
    }
}

impl PendingAuthentication {
    /// The user handle of the account, if the request named one. Finish the login with the records
    /// of this account. If this method returns `None`, the response names the account in
    /// [`unverified_user_handle`](crate::AuthenticationResponse::unverified_user_handle).
    ///
    /// FIDO U2F credentials have no user handle, so a request for them always names the account.
    /// The user handle of a [decoy](crate::AuthenticationRequest::decoy) does not belong to an
    /// account. Pass an empty slice of records.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_deref()
    }

    /// Fails if no start of a login could have written this state.
    fn check_stored(&self) -> Result<(), Failure> {
        self.head().check_stored()?;
        if let Some(user_handle) = &self.user_handle {
            credential::check_user_handle(user_handle)?;
        }
        check_listed(&self.allowed)?;
        if self.user_handle.is_some() == self.allowed.is_empty() {
            return Err(damaged(
                "it must list allowed credentials if the user is known, and only then",
            ));
        }
        let decoys = self.decoys.iter().map(Credential::id);
        if !self.decoys.is_empty() && !decoys.eq(self.allowed.iter().map(|id| &**id)) {
            return Err(damaged("its decoys must be the credentials that it allows"));
        }
        if let Some(user_handle) = &self.user_handle {
            credential::check_one_account(&self.decoys, user_handle)?;
        }
        let app_id = self.app_id.as_ref().is_some_and(|app_id| !app_id.is_empty());
        if app_id != self.extensions.contains(Extension::AppId) || app_id != self.app_id.is_some() {
            return Err(damaged(
                "it must have both the AppID and the extension for it, or neither",
            ));
        }
        let of_registrations =
            ExtensionDemands { prf: false, prf_results: 0, ..self.extension_demands.clone() };
        if of_registrations != ExtensionDemands::default() {
            return Err(damaged("it requires outputs that only a registration has"));
        }
        self.extensions.check_stored(Ceremony::Authentication)?;
        self.extension_demands.check_stored(&self.extensions)
    }

    /// Step 1, continued: checks that the state belongs to a payment, or to a login. Serde formats
    /// without member names store both in the same way.
    pub(super) fn check_is_for_payment(&self, expected: bool) -> Result<(), Failure> {
        if self.extensions.contains(Extension::Payment) == expected {
            return Ok(());
        }
        let reason = if expected { "it belongs to a login" } else { "it belongs to a payment" };
        Err(Failure::new(ErrorKind::WrongPendingState, reason))
    }
}

impl PendingPayment {
    /// The key under which to store the state, as in [`PendingAuthentication::id`].
    pub fn id(&self) -> String {
        self.payment.id()
    }

    /// The last second in which the payment can be finished. Delete the stored state after this
    /// time.
    pub fn expires_at(&self) -> SystemTime {
        self.payment.expires_at()
    }

    /// The user handle of the account. Finish the payment with the records of this account.
    pub fn user_handle(&self) -> &[u8] {
        self.payment.user_handle().unwrap_or_default()
    }

    /// Converts the state of a login to the state of a payment. The browser adds the extension
    /// `payment` itself, and login requests do not contain it.
    pub(super) fn of(mut payment: PendingAuthentication) -> PendingPayment {
        payment.extensions.insert(Extension::Payment.identifier());
        PendingPayment { payment }
    }

    /// Fails if no start of a payment could have written this state: it must have an account.
    fn check_stored(&self) -> Result<(), Failure> {
        if self.payment.version != PENDING_VERSION || self.payment.user_handle.is_some() {
            return Ok(());
        }
        Err(damaged("a payment must name its account"))
    }
}

/// The stored form of a [`PendingRegistration`], with the same members. Early versions did not
/// write the members that have a default here.
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

/// The stored form of a [`PendingAuthentication`], with the same members.
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

/// Implements the common methods of a pending state and its stored form, which is checked when it
/// is read back.
macro_rules! pending_state {
    ($pending:ident of $ceremony:expr, stored as $stored:ident) => {
        impl $pending {
            /// The key under which to store the state in the session: 43 base64url characters.
            /// `pending_id()` of the response returns the same key, so any number of ceremonies can
            /// run in one session at the same time.
            ///
            /// The key is a hash of the challenge and is not secret. The session, not the key,
            /// decides who may finish the ceremony.
            pub fn id(&self) -> String {
                self.challenge.pending_id($ceremony)
            }

            /// The last second in which the ceremony can be finished. Delete the stored state after
            /// this time.
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
                // In another version, members may have another meaning. `Head::check` reports the
                // version.
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

/// The members that all pending states share.
pub(super) struct Head<'p> {
    version: u32,
    rp_id: &'p str,
    /// Seconds since the epoch. States from early versions do not have it.
    started_at: Option<u64>,
    /// Seconds since the epoch.
    expires_at: u64,
    challenge: &'p Challenge,
}

impl Head<'_> {
    /// Step 1, continued: checks that the state has the version of this release, belongs to this
    /// relying party, has already started, and has not expired.
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

    /// Fails if no start of a ceremony could have written this state. [`check`](Head::check)
    /// reports a state of another version.
    fn check_stored(&self) -> Result<(), Failure> {
        self.challenge.check_stored()?;
        if self.rp_id.is_empty() {
            return Err(damaged("it has no RP ID"));
        }
        // Early versions did not write the start.
        let Some(started_at) = self.started_at else { return Ok(()) };
        match self.expires_at.checked_sub(started_at) {
            Some(valid_for) if (1..=MAX_DURATION.as_secs()).contains(&valid_for) => Ok(()),
            _ => Err(damaged("it does not expire within a day after its start")),
        }
    }
}

/// Fails if no options could list these credential IDs.
fn check_listed(ids: &[Bytes]) -> Result<(), Failure> {
    if ids.len() > MAX_LISTED_CREDENTIALS {
        return Err(damaged("it lists more than 64 credentials"));
    }
    ids.iter().try_for_each(|id| credential::check_id(id))
}

/// Returns the failure for a stored state that this crate did not write.
fn damaged(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::WrongPendingState, reason)
}

pub(super) fn seconds_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Converts seconds since the epoch to a time. The result is the epoch itself for a time that the
/// system cannot represent.
fn time_of(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}
