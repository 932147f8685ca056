//! The relying party: the configuration of a site, made once.

use crate::attestation::AttestationPolicy;
use crate::ceremony::origin::{Origins, check_rp_id};
use crate::ceremony::policy::{BackupPolicy, Framing, SignCountPolicy};
use crate::error::ConfigError;
use crate::quirk::{Quirk, Quirks};
use crate::signature::sha256;

/// A site and its policies. Make one at the start of the program and share it.
///
/// Defaults are strict: no framing, no quirks, counters must increase, backup eligibility must
/// not change. Attestation statements must be correct, and need not be trusted.
///
/// ```
/// use webauthn_verify::RelyingParty;
///
/// let rp = RelyingParty::new("example.com", ["https://example.com", "https://www.example.com"])?;
/// let error = RelyingParty::new("example.com", ["https://example.com/"]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the origin \"https://example.com/\" is not as browsers serialise it; \
///      write \"https://example.com\""
/// );
/// # Ok::<(), webauthn_verify::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RelyingParty {
    pub(crate) id: String,
    /// The hash of `id`, which every ceremony compares with.
    pub(crate) id_hash: [u8; 32],
    pub(crate) name: String,
    pub(crate) origins: Origins,
    /// Whether pages at the RP ID and its subdomains count as listed.
    pub(crate) subdomains: bool,
    pub(crate) framing: Framing,
    pub(crate) attestation: AttestationPolicy,
    pub(crate) sign_count: SignCountPolicy,
    pub(crate) backup: BackupPolicy,
    pub(crate) refuse_unsolicited_extensions: bool,
    pub(crate) quirks: Quirks,
}

impl RelyingParty {
    /// A relying party with this RP ID, whose ceremonies run on these origins.
    ///
    /// The RP ID is a domain, such as `example.com`; it can never change without losing every
    /// credential. The origins are the complete list: each page, and each app
    /// (`android:apk-key-hash:...`), that may run a ceremony, compared byte for byte. No subdomain
    /// and no port is implied.
    ///
    /// # Errors
    ///
    /// If the RP ID is no domain, if there is no origin, or if one is not written as browsers
    /// serialise it; the message says what to write.
    pub fn new(
        id: impl Into<String>,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        let id = id.into();
        check_rp_id(&id)?;
        let origins = Origins::new(origins)?;
        if origins.is_empty() {
            return Err(ConfigError::new(
                "the list of origins is empty; write every origin that may run a ceremony",
            ));
        }
        Ok(RelyingParty {
            id_hash: sha256(id.as_bytes()),
            name: id.clone(),
            id,
            origins,
            subdomains: false,
            framing: Framing::default(),
            attestation: AttestationPolicy::default(),
            sign_count: SignCountPolicy::default(),
            backup: BackupPolicy::default(),
            refuse_unsolicited_extensions: false,
            quirks: Quirks::NONE,
        })
    }

    /// The RP ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A name of the site for people. The RP ID by default, because browsers show that anyway.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> RelyingParty {
        self.name = name.into();
        self
    }

    /// Lets ceremonies run on every page at the RP ID and its subdomains, beside the origins that
    /// are listed: origins whose scheme is `https`, without a port, and whose host is the RP ID or
    /// ends with a dot and the RP ID (§13.4.9); for `localhost` the scheme may be `http`. An origin
    /// with a port is listed or refused.
    ///
    /// It is for sites whose subdomains cannot be listed. It trusts whoever controls any of them:
    /// a page of user content at `user.example.com`, a forgotten subdomain that somebody else has
    /// taken over, or one hole for scripts in any of them is enough to get credentials made and
    /// used for the whole site (§13.4.8). It never says that a page may frame a ceremony.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// // Ceremonies may run at https://tenant.example.com, and not at https://example.com:8443.
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?.allow_subdomains();
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    #[must_use]
    pub fn allow_subdomains(mut self) -> RelyingParty {
        self.subdomains = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes of pages with these origins (steps 10 and 11
    /// of §7.1, 13 and 14 of §7.2). By default they run in no cross-origin iframe at all, and the
    /// origins of the relying party are not among these unless they are listed here, too.
    ///
    /// What this and its sisters allow adds up:
    ///
    /// | a cross-origin iframe, where `topOrigin` | is allowed by |
    /// |---|---|
    /// | is listed | `allow_framing_by` |
    /// | is the origin of the ceremony | [`allow_framing_by_same_origin`](RelyingParty::allow_framing_by_same_origin) |
    /// | is any | [`allow_framing_by_any`](RelyingParty::allow_framing_by_any) |
    /// | is missing | [`allow_unnamed_framing`](RelyingParty::allow_unnamed_framing) |
    ///
    /// # Errors
    ///
    /// If an origin is not written as browsers serialise it.
    pub fn allow_framing_by(
        mut self,
        top_origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        self.framing.listed = self.framing.listed.and(Origins::new(top_origins)?);
        Ok(self)
    }

    /// Lets ceremonies run in a frame of another site that stands inside a page of the frame's own
    /// origin: `topOrigin` equals `origin`, byte for byte (§13.4.9).
    #[must_use]
    pub fn allow_framing_by_same_origin(mut self) -> RelyingParty {
        self.framing.same_origin = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes of any page that is named: not of one whose
    /// origin is opaque, for which browsers write `null`. Sound only where the frame itself makes
    /// sure that the user knows what happens, as a payment dialog does.
    #[must_use]
    pub fn allow_framing_by_any(mut self) -> RelyingParty {
        self.framing.any = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes where the browser does not say which page it
    /// was, as Safari and browsers of before Level 3 do not: `crossOrigin` is true, and `topOrigin`
    /// is missing. One that is present is checked as ever, and refused if nothing else allows it.
    ///
    /// Where framing is limited to a list, this lets it be any page in those browsers; there only
    /// the headers of the frame decide who may embed it (`Content-Security-Policy: frame-ancestors`).
    #[must_use]
    pub fn allow_unnamed_framing(mut self) -> RelyingParty {
        self.framing.unnamed = true;
        self
    }

    /// What is demanded of attestations. By default that they are correct.
    #[must_use]
    pub fn attestation_policy(mut self, policy: AttestationPolicy) -> RelyingParty {
        self.attestation = policy;
        self
    }

    /// What to do when a signature counter did not increase. By default the login fails.
    #[must_use]
    pub fn sign_count_policy(mut self, policy: SignCountPolicy) -> RelyingParty {
        self.sign_count = policy;
        self
    }

    /// What is demanded of backups.
    #[must_use]
    pub fn backup_policy(mut self, policy: BackupPolicy) -> RelyingParty {
        self.backup = policy;
        self
    }

    /// Refuses client extension outputs that were not asked for. By default they are ignored,
    /// because clients may set extensions of their own (step 28 of §7.1, step 23 of §7.2). Outputs
    /// of the authenticator are ignored in both cases.
    #[must_use]
    pub fn refuse_unsolicited_extensions(mut self) -> RelyingParty {
        self.refuse_unsolicited_extensions = true;
        self
    }

    /// Tolerates a deviation of real devices. A verdict says whether it was needed, in
    /// [`Registration::quirks`](crate::Registration::quirks),
    /// [`Authentication::quirks`](crate::Authentication::quirks) and
    /// [`Payment::quirks`](crate::Payment::quirks).
    #[must_use]
    pub fn tolerate(mut self, quirk: Quirk) -> RelyingParty {
        self.quirks = self.quirks.with(quirk);
        self
    }
}
