//! The settings that both requests have.

use core::fmt;
use std::time::Duration;

use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::options::{Hint, Mediation, UserVerification};

/// The settings that both requests have.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) user_verification: UserVerification,
    pub(crate) mediation: Option<Mediation>,
    pub(crate) hints: Vec<Hint>,
    /// The timeout for the browser, if the caller sets one. Browsers may wait longer or shorter.
    pub(crate) timeout: Option<Duration>,
    /// The time limit for finishing the ceremony, if the caller sets one.
    pub(crate) valid_for: Option<Duration>,
    pub(crate) challenge: Option<CallersChallenge>,
    pub(crate) extensions: ExtensionInputs,
    pub(crate) remote_client_data: Option<RemoteClientData>,
}

/// Client data from a browser on a remote desktop. `Debug` does not show it, because it contains
/// the challenge.
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
