//! The extension `remoteClientDataJSON`: the local browser signs client data that a browser on a
//! remote desktop created. It is defined in the editor's draft of Web Authentication (§10.1.6) but
//! not in Level 3.

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::extensions::table::Extension;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::common::Common;
use crate::error::{ErrorKind, Failure};
use crate::spec::Ceremony;

/// Part of step 1: returns all extension inputs of a request. Remote client data is included only
/// if it passes all the steps about client data.
pub(crate) fn with_input(
    rp: &RelyingParty,
    ceremony: Ceremony,
    challenge: &Challenge,
    common: &Common,
) -> Result<ExtensionInputs, Failure> {
    let mut inputs = common.extensions.clone();
    if let Some(client_data) = &common.remote_client_data {
        checks::check_client_data(rp, ceremony, challenge, client_data.0.as_bytes()).map_err(
            |error| {
                let reason = format!("the remote client data would be rejected: {error}");
                Failure::new(ErrorKind::InvalidOptions, reason)
            },
        )?;
        inputs.set(Extension::RemoteClientDataJson.identifier(), client_data.0.clone());
    }
    Ok(inputs)
}
