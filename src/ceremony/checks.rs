//! The steps that both ceremonies have. Each is one function, named after what it checks; the
//! numbers are those of §7.1 / §7.2.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::{Credential, MAX_USER_HANDLE};
use crate::ceremony::origin::{Origins, is_page_within};
use crate::ceremony::policy::Framing;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::Common;
use crate::encoding::json::JsonString;
use crate::error::{AtStep, Error, ErrorKind, Failure, quote};
use crate::message::authenticator_data::{AuthenticatorData, Flags};
use crate::message::client_data::{ClientData, ClientDataText};
use crate::signature::sha256;
use crate::spec::{Ceremony, Step};

/// The version of the serialised pending states.
pub(crate) const PENDING_VERSION: u32 = 1;

/// The longest timeout: a challenge must not live for days.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Step 1: what makes a request into options. Gives the challenge, the timeout in milliseconds,
/// and the time of expiry in seconds since the epoch.
pub(crate) fn configure(
    common: &Common,
    now: SystemTime,
) -> Result<(Challenge, u64, u64), Failure> {
    let challenge = match &common.challenge {
        Some(bytes) => Challenge::from_bytes(&bytes.0)?,
        None => new_challenge()?,
    };
    let timeout = u64::try_from(common.timeout.as_millis()).unwrap_or(u64::MAX);
    if timeout == 0 || common.timeout > MAX_TIMEOUT {
        return Err(Failure::new(
            ErrorKind::InvalidOptions,
            "the timeout is shorter than a millisecond or longer than a day",
        ));
    }
    let expires_at = seconds_since_epoch(now).saturating_add(common.timeout.as_secs().max(1));
    Ok((challenge, timeout, expires_at))
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

/// Still step 1: a user handle is not empty, and no longer than clients take (§5.4.3).
pub(crate) fn check_user_handle(user_handle: &[u8]) -> Result<(), Failure> {
    if (1..=MAX_USER_HANDLE).contains(&user_handle.len()) {
        return Ok(());
    }
    let reason = format!("a user handle has 1 to 64 bytes, this one {}", user_handle.len());
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

/// Still step 1: the state that was kept since then is of this release, of this relying party,
/// and not too old.
pub(crate) fn check_pending(
    rp: &RelyingParty,
    version: u32,
    rp_id: &str,
    expires_at: u64,
    now: SystemTime,
) -> Result<(), Failure> {
    if version != PENDING_VERSION {
        return Err(Failure::new(
            ErrorKind::UnsupportedVersion,
            format!("version {version}; this release reads version {PENDING_VERSION}"),
        ));
    }
    if rp_id != rp.id {
        return Err(Failure::new(
            ErrorKind::WrongRelyingParty,
            format!("started for {}, finished for {}", quote(rp_id.chars()), rp.id),
        ));
    }
    let late = seconds_since_epoch(now).saturating_sub(expires_at);
    if late > 0 {
        return Err(Failure::new(ErrorKind::CeremonyExpired, format!("by {late} seconds")));
    }
    Ok(())
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

/// Steps 10 and 11 / 13 and 14.
pub(crate) fn check_frame(
    framing: &Framing,
    ceremony: Ceremony,
    client_data: &ClientData<'_>,
) -> Result<(), Error> {
    check_cross_origin(framing, client_data).at(ceremony, Step::CrossOrigin)?;
    if let Some(top_origin) = client_data.top_origin() {
        check_framing(framing).at(ceremony, Step::TopOriginFraming)?;
        check_top_origin(framing, top_origin, client_data.origin())
            .at(ceremony, Step::TopOrigin)?;
    }
    Ok(())
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
    Err(ErrorKind::ChallengeMismatch.into())
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

/// Step 10 / 13.
fn check_cross_origin(framing: &Framing, client_data: &ClientData<'_>) -> Result<(), Failure> {
    if !client_data.cross_origin() || framing.unnamed {
        return Ok(());
    }
    if !framing.expects_named() {
        return Err(ErrorKind::UnexpectedCrossOrigin.into());
    }
    if client_data.top_origin().is_none() {
        return Err(Failure::new(
            ErrorKind::UnexpectedCrossOrigin,
            "the browser does not say inside which page",
        ));
    }
    Ok(())
}

/// Step 11.1 / 14.1.
fn check_framing(framing: &Framing) -> Result<(), Failure> {
    if framing.expects_named() {
        return Ok(());
    }
    let reason = "no page is expected to frame a ceremony";
    Err(Failure::new(ErrorKind::UnexpectedTopOrigin, reason))
}

/// Step 11.2 / 14.2.
fn check_top_origin(
    framing: &Framing,
    received: JsonString<'_>,
    origin: JsonString<'_>,
) -> Result<(), Failure> {
    if framing.allows(received, origin) {
        return Ok(());
    }
    let received = quote(received.chars());
    let listed = framing.listed.list();
    let detail = if framing.any {
        format!("{received} names no page")
    } else if framing.same_origin {
        format!("{received} is neither the origin itself nor among [{listed}]")
    } else {
        format!("{received} is not among {listed}")
    };
    Err(Failure::new(ErrorKind::UnexpectedTopOrigin, detail))
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
