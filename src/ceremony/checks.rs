//! The steps that both ceremonies share. Each step is one function, named after what it checks.
//! "Step 7 / 10" means step 7 of §7.1 and step 10 of §7.2.

use crate::ceremony::challenge::Challenge;
use crate::ceremony::iframe::check_frame;
use crate::ceremony::origin::{Origins, is_page_within};
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{AtStep, Error, ErrorKind, Failure, quote};
use crate::message::authenticator_data::{AuthenticatorData, Flags};
use crate::message::client_data::{ClientData, ClientDataText};
use crate::signature::sha256;
use crate::spec::{Ceremony, Step};

/// Steps 5 to 11 / 8 to 14: checks all client data in order.
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

/// Step 9 / 12, if all pages at the RP ID and its subdomains are allowed.
fn is_subdomain(rp: &RelyingParty, client_data: &ClientData<'_>) -> bool {
    rp.subdomains && is_page_within(client_data.origin(), &rp.id)
}

/// Step 9 / 12.
pub(crate) fn check_origin(origins: &Origins, client_data: &ClientData<'_>) -> Result<(), Failure> {
    let received = client_data.origin();
    if origins.contains(received) {
        return Ok(());
    }
    let detail = format!("{} is not among {}", quote(received.chars()), origins.list());
    Err(Failure::new(ErrorKind::OriginMismatch, detail).with_data(origins.mismatch(received)))
}

/// Step 14 / 15.
pub(crate) fn check_rp_id_hash(
    rp: &RelyingParty,
    authenticator_data: &AuthenticatorData<'_>,
) -> Result<(), Failure> {
    check_hash_of(&rp.id, &rp.id_hash, authenticator_data)
}

/// Step 15 of §7.2, if the AppID was used instead of the RP ID.
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
