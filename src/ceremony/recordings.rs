//! A relying party that verifies recordings.

use crate::ceremony::origin::Origins;
use crate::ceremony::relying_party::RelyingParty;

impl RelyingParty {
    /// Creates a relying party that verifies recordings: for example, test vectors, responses from
    /// bug reports, or the input of an inspector. **Never use it for live ceremonies.**
    ///
    /// The configuration is not checked. The RP ID and the origins may be any strings, and they are
    /// compared byte for byte. The challenge of a request may have any length, because a recorded
    /// challenge can have any length. Every step of a ceremony is checked as for a relying party
    /// from [`new`](RelyingParty::new).
    ///
    /// Start the ceremony and finish it immediately. A stored pending state can be read back only
    /// if its challenge has 16 to 1024 bytes.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// let request = AuthenticationRequest::passkey().challenge(b"short");
    /// let recorded = RelyingParty::for_recordings("192.168.0.1", ["http://192.168.0.1:8080"]);
    /// let (_options, _pending) = recorded.start_authentication(&request, SystemTime::now())?;
    ///
    /// let live = RelyingParty::new("example.com", ["https://example.com"])?;
    /// assert!(live.start_authentication(&request, SystemTime::now()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_recordings(
        id: impl Into<String>,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> RelyingParty {
        let origins = origins.into_iter().map(Into::into);
        let origins = origins.fold(Origins::default(), Origins::and_checked);
        RelyingParty { recorded: true, ..RelyingParty::with_checked(id.into(), origins) }
    }
}
