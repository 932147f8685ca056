//! The checks of extension outputs in both ceremonies: step 28 of §7.1, step 23 of §7.2.
//!
//! Outputs that were not requested are ignored, because browsers may add their own extensions.
//! Missing outputs are accepted unless the request requires them. A malformed client output counts
//! as missing, because it is not signed. A requested authenticator output must have the form that
//! its extension defines, because it is signed.

use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::extensions::table::AuthenticatorOutput;
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{ErrorKind, Failure, quote};
use crate::message::extensions::AuthenticatorOutputs;
use crate::spec::Ceremony;

/// Step 28 / 23: checks the client and authenticator extension outputs.
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

/// Rejects client extension outputs that were not requested, if the relying party does not accept
/// them. Authenticator data has its own identifiers, so its outputs are not compared.
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
            format!("{} was not requested", quote(identifier.chars())),
        )),
    }
}

/// Checks the form of the requested authenticator extension outputs.
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
