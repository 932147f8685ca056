//! The relying party that verifies what was recorded elsewhere.

use crate::ceremony::origin::Origins;
use crate::ceremony::relying_party::RelyingParty;

impl RelyingParty {
    /// A relying party to verify recordings: test vectors, responses from bug reports, and what an
    /// inspector shows. **Never use it for live ceremonies.**
    ///
    /// It does not check its configuration. The RP ID and the origins may be any text, and are
    /// compared byte for byte. The challenge of a request may have any length, because a recording
    /// has the challenge that it has. Every step of the ceremony is checked as in
    /// [`new`](RelyingParty::new).
    ///
    /// Start the ceremony and finish it at once. A pending state whose challenge does not have 16
    /// to 1024 bytes cannot be read back from storage.
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
