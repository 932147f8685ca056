//! The extension `remoteClientDataJSON` of the editor's draft of Web Authentication (§10.1.6 there;
//! Level 3 does not have it): a browser on this side of a remote desktop signs client data that the
//! browser on the other side has made.

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::extensions::table::Extension;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::common::Common;
use crate::error::{ErrorKind, Failure};
use crate::spec::Ceremony;

/// Still step 1: all extension inputs of a request. Remote client data is among them only if it can
/// pass the steps about client data, which all apply to it.
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
                let reason = format!("the remote client data would not pass: {error}");
                Failure::new(ErrorKind::InvalidOptions, reason)
            },
        )?;
        inputs.set(Extension::RemoteClientDataJson.identifier(), client_data.0.clone());
    }
    Ok(inputs)
}
