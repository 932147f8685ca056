//! What both ceremonies check of extension outputs: step 28 of §7.1, step 23 of §7.2.
//!
//! Outputs that were not asked for are ignored, because clients may set extensions of their own.
//! Missing ones are no error unless the request demands them. A client output that cannot be read
//! counts as missing, because nothing signs it; an authenticator output that was asked for has the
//! form that its extension says, because it is signed.

use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::extensions::table::AuthenticatorOutput;
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{ErrorKind, Failure, quote};
use crate::message::extensions::AuthenticatorOutputs;
use crate::spec::Ceremony;

/// Step 28 / 23.
pub(crate) fn check_outputs(
    rp: &RelyingParty,
    ceremony: Ceremony,
    requested: &RequestedExtensions,
    client: &ClientOutputs,
    authenticator: Option<&AuthenticatorOutputs<'_>>,
) -> Result<(), Failure> {
    check_unsolicited(rp, requested, client)?;
    match authenticator {
        Some(outputs) => check_authenticator_outputs(ceremony, requested, outputs),
        None => Ok(()),
    }
}

/// Client extension outputs that were not asked for, where they are refused. Outputs in
/// authenticator data go by identifiers of their own and are not compared.
fn check_unsolicited(
    rp: &RelyingParty,
    requested: &RequestedExtensions,
    client: &ClientOutputs,
) -> Result<(), Failure> {
    if !rp.refuse_unsolicited_extensions {
        return Ok(());
    }
    let mut identifiers = client.identifiers();
    match identifiers.find(|identifier| !requested.contains_text(*identifier)) {
        None => Ok(()),
        Some(identifier) => Err(Failure::new(
            ErrorKind::ExtensionRejected,
            format!("{} was not asked for", quote(identifier.chars())),
        )),
    }
}

/// The form of authenticator extension outputs that belong to what was asked for.
fn check_authenticator_outputs(
    ceremony: Ceremony,
    requested: &RequestedExtensions,
    outputs: &AuthenticatorOutputs<'_>,
) -> Result<(), Failure> {
    for output in AuthenticatorOutput::of(ceremony) {
        let counts =
            requested.contains_any(output.asked_by) && outputs.get(output.identifier).is_some();
        if counts && !(output.has_form)(outputs) {
            let kind = ErrorKind::ExtensionRejected;
            return Err(Failure::of(output.identifier, kind, output.otherwise));
        }
    }
    Ok(())
}
