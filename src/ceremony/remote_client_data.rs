//! The extension `remoteClientDataJSON` of the editor's draft of Web Authentication (§10.1.6 there;
//! Level 3 does not have it): a browser on this side of a remote desktop signs client data that the
//! browser on the other side has made.

use serde_json::{Map, Value};

use crate::ceremony::challenge::Challenge;
use crate::ceremony::checks;
use crate::ceremony::options::ExtensionInputs;
use crate::ceremony::relying_party::RelyingParty;
use crate::ceremony::request::Common;
use crate::error::{ErrorKind, Failure};
use crate::spec::Ceremony;

const IDENTIFIER: &str = "remoteClientDataJSON";

/// Still step 1: all extension inputs of a request. Remote client data is among them only by its
/// own method, and only if it can pass the steps about client data, which all apply to it.
pub(crate) fn extension_inputs(
    rp: &RelyingParty,
    ceremony: Ceremony,
    challenge: &Challenge,
    common: &Common,
) -> Result<ExtensionInputs, Failure> {
    let mut inputs = common.extensions.clone();
    if inputs.contains_key(IDENTIFIER) {
        let reason = "remoteClientDataJSON is asked for by the method remote_client_data_json";
        return Err(Failure::new(ErrorKind::InvalidOptions, reason));
    }
    if let Some(client_data) = &common.remote_client_data {
        checks::check_client_data(rp, ceremony, challenge, client_data.0.as_bytes()).map_err(
            |error| {
                let reason = format!("the remote client data would not pass: {error}");
                Failure::new(ErrorKind::InvalidOptions, reason)
            },
        )?;
        inputs.insert(IDENTIFIER.to_owned(), Value::String(client_data.0.clone()));
    }
    Ok(ExtensionInputs(inputs))
}

/// Step 28 / 23: the output is a boolean.
pub(crate) fn check_output(results: &Map<String, Value>) -> Result<(), Failure> {
    match results.get(IDENTIFIER) {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => {
            let reason = "remoteClientDataJSON is not a boolean";
            Err(Failure::new(ErrorKind::ExtensionRejected, reason))
        }
    }
}

/// Whether the client says that it has signed remote client data.
pub(crate) fn is_used(results: &Map<String, Value>) -> bool {
    results.get(IDENTIFIER) == Some(&Value::Bool(true))
}
