//! What a relying party asks for in both ceremonies.

use core::fmt;
use std::time::Duration;

use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::options::{Hint, Mediation, UserVerification};

/// What both ceremonies ask for.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) user_verification: UserVerification,
    pub(crate) mediation: Option<Mediation>,
    pub(crate) hints: Vec<Hint>,
    /// The hint to the browser, if the caller gives one.
    pub(crate) timeout: Option<Duration>,
    /// How long the ceremony can be finished, if the caller says it.
    pub(crate) valid_for: Option<Duration>,
    pub(crate) challenge: Option<CallersChallenge>,
    pub(crate) extensions: ExtensionInputs,
    pub(crate) remote_client_data: Option<RemoteClientData>,
}

/// Client data from the other side of a remote desktop. `Debug` does not show it, because the
/// challenge is in it.
#[derive(Clone)]
pub(crate) struct RemoteClientData(pub(crate) String);

impl fmt::Debug for RemoteClientData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RemoteClientData(redacted)")
    }
}

impl Common {
    pub(crate) fn new(user_verification: UserVerification) -> Common {
        Common {
            user_verification,
            mediation: None,
            hints: Vec::new(),
            timeout: None,
            valid_for: None,
            challenge: None,
            extensions: ExtensionInputs::default(),
            remote_client_data: None,
        }
    }
}
