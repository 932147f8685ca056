//! The steps that both ceremonies have. Each is one function, named after what it checks; the
//! numbers are those of §7.1 / §7.2.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::Credential;
use crate::ceremony::framing::check_frame;
use crate::ceremony::options::Mediation;
use crate::ceremony::origin::{Origins, is_page_within};
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::common::Common;
use crate::error::{AtStep, Error, ErrorKind, Failure, counted, quote};
use crate::message::authenticator_data::{AuthenticatorData, Flags};
use crate::message::client_data::{ClientData, ClientDataText};
use crate::signature::sha256;
use crate::spec::{Ceremony, Step};

/// The version of the serialised pending states.
pub(crate) const PENDING_VERSION: u32 = 1;

/// The longest that a ceremony can be finished, and the longest timeout: a challenge must not live
/// for days.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the browser waits unless told otherwise: the default of §15.1.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a ceremony can be finished unless the caller says it. People look for their key, and
/// browsers give them more time than the options say.
const VALID_FOR: Duration = Duration::from_secs(10 * 60);

/// The same for conditional mediation, which waits for as long as the page is open.
const CONDITIONAL_VALID_FOR: Duration = Duration::from_secs(60 * 60);

/// The credentials that Chromium takes in a list of options; it throws a `RangeError` for more.
const MAX_LISTED_CREDENTIALS: usize = 64;

/// How much later than the clock at the end of a ceremony the clock at its start may have been: two
/// servers are never quite at one.
const MAX_SKEW: Duration = Duration::from_secs(60);

/// What a request and the time make of every ceremony.
pub(crate) struct Start {
    pub(crate) challenge: Challenge,
    /// In milliseconds.
    pub(crate) timeout: u64,
    /// In seconds since the epoch.
    pub(crate) started_at: u64,
    /// In seconds since the epoch.
    pub(crate) expires_at: u64,
}

/// Step 1: what makes a request into options.
pub(crate) fn configure(common: &Common, now: SystemTime) -> Result<Start, Failure> {
    let refuse = |reason: &'static str| Err(Failure::new(ErrorKind::InvalidOptions, reason));
    let challenge = match &common.challenge {
        Some(bytes) => Challenge::from_bytes(&bytes.0)?,
        None => new_challenge()?,
    };
    let valid_for = common.valid_for.unwrap_or_else(|| {
        let usual = match common.mediation {
            Some(Mediation::Conditional) => CONDITIONAL_VALID_FOR,
            None => VALID_FOR,
        };
        usual.max(common.timeout.unwrap_or_default())
    });
    let timeout = common.timeout.unwrap_or(DEFAULT_TIMEOUT.min(valid_for));
    if !(Duration::from_millis(1)..=MAX_DURATION).contains(&timeout) {
        return refuse("the timeout is shorter than a millisecond or longer than a day");
    }
    if !(Duration::from_secs(1)..=MAX_DURATION).contains(&valid_for) {
        return refuse("valid_for is shorter than a second or longer than a day");
    }
    if timeout > valid_for {
        return refuse(
            "the timeout is longer than valid_for, so an answer in time would be refused",
        );
    }
    let started_at = seconds_since_epoch(now);
    Ok(Start {
        challenge,
        timeout: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
        started_at,
        // Seconds are whole in what is kept, and an answer in time must not come late.
        expires_at: started_at
            .saturating_add(valid_for.as_secs() + u64::from(valid_for.subsec_nanos() > 0)),
    })
}

#[cfg(feature = "getrandom")]
fn new_challenge() -> Result<Challenge, Failure> {
    Challenge::random()
}

#[cfg(not(feature = "getrandom"))]
fn new_challenge() -> Result<Challenge, Failure> {
    Err(Failure::new(
        ErrorKind::InvalidOptions,
        "without the crate feature `getrandom` the request needs a challenge of the caller's",
    ))
}

/// Still step 1: the options list no more credentials than browsers take.
pub(crate) fn check_list_length(credentials: &[Credential]) -> Result<(), Failure> {
    let count = credentials.len();
    if count <= MAX_LISTED_CREDENTIALS {
        return Ok(());
    }
    let reason = format!(
        "{count} credentials; browsers refuse options that list more than 64, so give those that \
         were used last"
    );
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// Still step 1: something may run the ceremony.
pub(crate) fn check_origins(rp: &RelyingParty) -> Result<(), Failure> {
    if !rp.origins.is_empty() || rp.subdomains {
        return Ok(());
    }
    let reason = "no app is allowed to run the ceremony; allow one, such as by allow_android_app";
    Err(Failure::new(ErrorKind::InvalidOptions, reason))
}

/// All records belong to the account, as far as they say whose they are.
pub(crate) fn check_one_account(
    credentials: &[Credential],
    user_handle: &[u8],
) -> Result<(), Failure> {
    let mut handles = credentials.iter().filter_map(Credential::user_handle);
    if handles.any(|handle| handle != user_handle) {
        let reason = "a record belongs to another account";
        return Err(Failure::new(ErrorKind::UserHandleMismatch, reason));
    }
    Ok(())
}

/// What every pending state says of its ceremony.
pub(crate) struct Kept<'p> {
    pub(crate) version: u32,
    pub(crate) rp_id: &'p str,
    /// In seconds since the epoch; not known of states that were kept by early versions.
    pub(crate) started_at: Option<u64>,
    /// In seconds since the epoch.
    pub(crate) expires_at: u64,
    pub(crate) challenge: &'p Challenge,
}

/// Still step 1: the state that was kept since then is of this release, of this relying party,
/// and of a ceremony whose time is not over.
pub(crate) fn check_pending(
    rp: &RelyingParty,
    kept: &Kept<'_>,
    now: SystemTime,
) -> Result<(), Failure> {
    if kept.version != PENDING_VERSION {
        let version = kept.version;
        return Err(Failure::new(
            ErrorKind::UnsupportedVersion,
            format!("version {version}; this release reads version {PENDING_VERSION}"),
        ));
    }
    if kept.rp_id != rp.id {
        return Err(Failure::new(
            ErrorKind::WrongRelyingParty,
            format!("started for {}, finished for {}", quote(kept.rp_id.chars()), rp.id),
        ));
    }
    let now = seconds_since_epoch(now);
    let early = kept.started_at.unwrap_or(0).saturating_sub(now);
    if early > MAX_SKEW.as_secs() {
        let detail = format!("by {}", counted(early, "second"));
        return Err(Failure::new(ErrorKind::CeremonyNotStarted, detail));
    }
    let left = kept.expires_at.saturating_sub(now);
    if kept.started_at.is_none() && left > MAX_DURATION.as_secs() + MAX_SKEW.as_secs() {
        return Err(damaged("it expires more than a day from now"));
    }
    let late = now.saturating_sub(kept.expires_at);
    if late > 0 {
        let detail = format!("by {}", counted(late, "second"));
        return Err(Failure::new(ErrorKind::CeremonyExpired, detail));
    }
    Ok(())
}

/// The same state, when it is read back: what no start of a ceremony writes is refused. A state of
/// another version is told by [`check_pending`].
pub(crate) fn check_stored(kept: &Kept<'_>) -> Result<(), Failure> {
    kept.challenge.check_stored()?;
    if kept.rp_id.is_empty() {
        return Err(damaged("it names no relying party"));
    }
    let started_at = kept.started_at.unwrap_or(kept.expires_at);
    match kept.expires_at.checked_sub(started_at) {
        Some(valid_for) if valid_for <= MAX_DURATION.as_secs() => Ok(()),
        _ => Err(damaged("it expires before it starts, or more than a day after")),
    }
}

/// A stored state is not one that this crate has written.
pub(crate) fn damaged(reason: &'static str) -> Failure {
    Failure::new(ErrorKind::WrongPendingState, reason)
}

fn seconds_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Steps 5 to 11 / 8 to 14: everything about client data, in order.
pub(crate) fn check_client_data(
    rp: &RelyingParty,
    ceremony: Ceremony,
    challenge: &Challenge,
    json: &[u8],
) -> Result<(), Error> {
    let ceremony_type = match ceremony {
        Ceremony::Registration => "webauthn.create",
        Ceremony::Authentication => "webauthn.get",
    };
    let text = ClientDataText::decode(json).at(ceremony, Step::ClientDataText)?;
    let client_data = read_client_data(text, ceremony, ceremony_type, challenge)?;
    if !is_subdomain(rp, &client_data) {
        check_origin(&rp.origins, &client_data).at(ceremony, Step::Origin)?;
    }
    check_frame(&rp.framing, ceremony, &client_data)
}

/// Steps 6 to 8 / 9 to 11.
pub(crate) fn read_client_data<'a>(
    text: ClientDataText<'a>,
    ceremony: Ceremony,
    ceremony_type: &str,
    challenge: &Challenge,
) -> Result<ClientData<'a>, Error> {
    let client_data = text.parse().at(ceremony, Step::ClientDataJson)?;
    check_type(&client_data, ceremony_type).at(ceremony, Step::CeremonyType)?;
    check_challenge(&client_data, challenge).at(ceremony, Step::Challenge)?;
    Ok(client_data)
}

/// Step 7 / 10.
fn check_type(client_data: &ClientData<'_>, expected: &str) -> Result<(), Failure> {
    let received = client_data.type_();
    if received == *expected {
        return Ok(());
    }
    let detail = format!("{}, not \"{expected}\"", quote(received.chars()));
    Err(Failure::new(ErrorKind::WrongCeremonyType, detail))
}

/// Step 8 / 11.
fn check_challenge(client_data: &ClientData<'_>, challenge: &Challenge) -> Result<(), Failure> {
    if challenge.equals(client_data.challenge()) {
        return Ok(());
    }
    let mistake = challenge.mistake_in(client_data.challenge());
    Err(Failure::new(ErrorKind::ChallengeMismatch, mistake.unwrap_or_default()))
}

/// Step 9 / 12, where pages at the RP ID and its subdomains need not be listed.
fn is_subdomain(rp: &RelyingParty, client_data: &ClientData<'_>) -> bool {
    rp.subdomains && is_page_within(client_data.origin(), &rp.id)
}

/// Step 9 / 12.
pub(crate) fn check_origin(origins: &Origins, client_data: &ClientData<'_>) -> Result<(), Failure> {
    let received = client_data.origin();
    if origins.contains(received) {
        return Ok(());
    }
    let received = quote(received.chars());
    let detail = format!("{received} is not among {}", origins.list());
    Err(Failure::new(ErrorKind::OriginMismatch, detail))
}

/// Step 14 / 15.
pub(crate) fn check_rp_id_hash(
    rp: &RelyingParty,
    authenticator_data: &AuthenticatorData<'_>,
) -> Result<(), Failure> {
    check_hash_of(&rp.id, &rp.id_hash, authenticator_data)
}

/// Step 15, where the AppID was used in the place of the RP ID.
pub(crate) fn check_app_id_hash(
    app_id: &str,
    authenticator_data: &AuthenticatorData<'_>,
) -> Result<(), Failure> {
    check_hash_of(app_id, &sha256(app_id.as_bytes()), authenticator_data)
}

fn check_hash_of(
    id: &str,
    hash: &[u8; 32],
    authenticator_data: &AuthenticatorData<'_>,
) -> Result<(), Failure> {
    if authenticator_data.rp_id_hash() == hash {
        return Ok(());
    }
    Err(Failure::new(ErrorKind::RpIdHashMismatch, format!("expected the hash of {id}")))
}

/// Step 15 / 16.
pub(crate) fn check_user_present(flags: Flags) -> Result<(), Failure> {
    if flags.user_present() { Ok(()) } else { Err(ErrorKind::UserNotPresent.into()) }
}

/// Step 16 / 17.
pub(crate) fn check_user_verified(flags: Flags, required: bool) -> Result<(), Failure> {
    if flags.user_verified() || !required { Ok(()) } else { Err(ErrorKind::UserNotVerified.into()) }
}

/// Step 17 / 18.
pub(crate) fn check_backup_flags(flags: Flags) -> Result<(), Failure> {
    if flags.backup_eligible() || !flags.backup_state() {
        return Ok(());
    }
    Err(ErrorKind::InvalidBackupFlags.into())
}

/// Step 19 / 19.3.
pub(crate) fn check_backup_state(rp: &RelyingParty, flags: Flags) -> Result<(), Failure> {
    if rp.backup.backed_up && !flags.backup_state() {
        return Err(Failure::new(
            ErrorKind::BackupStateRejected,
            "the credential is not backed up",
        ));
    }
    Ok(())
}
