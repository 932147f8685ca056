//! The relying party: the configuration of a site, made once.

use core::fmt;

use crate::attestation::AttestationPolicy;
use crate::ceremony::app_origin;
use crate::ceremony::iframe::Framing;
use crate::ceremony::origin::{Origins, Pages, check_rp_id};
use crate::ceremony::policy::{BackupPolicy, SignCountPolicy};
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
/// let error = RelyingParty::new("localhost", ["localhost:8080"]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the origin \"localhost:8080\" has no scheme; write \"http://localhost:8080\""
/// );
/// # Ok::<(), webauthn_verify::ConfigError>(())
/// ```
#[derive(Clone)]
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
    /// Whether it verifies recordings, whose challenges have any length.
    pub(crate) recorded: bool,
}

impl RelyingParty {
    /// A relying party with this RP ID, whose ceremonies run in pages with these origins.
    ///
    /// The RP ID is a domain, such as `example.com`. You cannot change it later without losing
    /// every credential. The origins are the complete list of pages that may run a ceremony.
    /// Received origins are compared with them byte for byte; no subdomain and no port is implied.
    ///
    /// An origin is `https://`, a domain and, unless it is 443, a port. `http` is for `localhost`
    /// and the domains below it. The domain is the RP ID or a subdomain of it. Allow pages of other
    /// domains by [`also_accept`](RelyingParty::also_accept).
    ///
    /// Apps and browser extensions have no web origin. Allow them by
    /// [`allow_android_app`](RelyingParty::allow_android_app),
    /// [`allow_ios_app`](RelyingParty::allow_ios_app),
    /// [`allow_browser_extension`](RelyingParty::allow_browser_extension) and
    /// [`allow_app_origin`](RelyingParty::allow_app_origin). If nothing but apps runs ceremonies,
    /// start with [`for_apps`](RelyingParty::for_apps).
    ///
    /// # Errors
    ///
    /// If the RP ID is not a domain, if there is no origin, or if an origin cannot match what
    /// browsers send: it has no scheme, is not secure, has an IP address or a wildcard in it, has
    /// a dot at the end of its host, is not written as browsers serialise it, or is outside the RP
    /// ID. The message says what to write instead.
    pub fn new(
        id: impl Into<String>,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        let id = id.into();
        check_rp_id(&id)?;
        let origins = Origins::of_pages(origins, Pages::Running)?;
        origins.check_within(&id)?;
        if origins.is_empty() {
            return Err(ConfigError::new(
                "the list of origins is empty; write every origin that may run a ceremony, \
                 or use RelyingParty::for_apps",
            ));
        }
        Ok(RelyingParty::with_checked(id, origins))
    }

    /// A relying party with this RP ID, whose ceremonies run only in apps and browser extensions.
    ///
    /// The RP ID is a domain, as in [`new`](RelyingParty::new). Allow the apps next: until then, no
    /// ceremony starts.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::for_apps("example.com")?.allow_ios_app("com.example.app")?;
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the RP ID is not a domain.
    pub fn for_apps(id: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        let id = id.into();
        check_rp_id(&id)?;
        Ok(RelyingParty::with_checked(id, Origins::default()))
    }

    /// A relying party whose RP ID is a URI, such as that of a browser extension (§4, "Relying
    /// Party Identifier").
    ///
    /// No web page can use such an RP ID. The URI is also the one origin that is allowed at first;
    /// other apps can be added by the `allow_` methods.
    /// [`allow_subdomains`](RelyingParty::allow_subdomains) has no effect, and
    /// [`related_origins_document`](RelyingParty::related_origins_document) fails because there is no
    /// page to name.
    ///
    /// # Browser extensions
    ///
    /// Extensions of Chromium have an RP ID of their own, their origin: `chrome-extension://` and
    /// the ID of the extension. Chromium uses it if the `rp.id` or `rpId` that the extension
    /// passes is the bare ID of the extension, and refuses the whole URI there. So the options
    /// have the bare ID, and the hash that is compared is that of the whole URI, as is
    /// [`id`](RelyingParty::id).
    ///
    /// Use this only if the credentials belong to the extension alone. An extension with host
    /// permissions for your domain can use the domain as its RP ID (Chromium from 122, Firefox
    /// from 150): call [`allow_browser_extension`](RelyingParty::allow_browser_extension) on the
    /// relying party of your site. Extensions of Firefox and Safari have no URI for an RP ID.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::with_uri_id("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk")?
    ///     .name("The extension");
    /// // What the extension passes on to the browser.
    /// let signal = serde_json::to_value(rp.unknown_credential(&[0x69, 0xb7, 0x1d])?)?;
    /// assert_eq!(signal["rpId"], "mabekielmoibbmlepeohhncklpnjmcpk");
    /// // What the browser hashes.
    /// assert_eq!(rp.id(), "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the RP ID is not a URI, if it is that of a web page, or if it is the origin of an app or
    /// an extension whose RP ID is a domain.
    pub fn with_uri_id(id: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        let id = app_origin::check_uri_rp_id(id.into())?;
        let origins = Origins::default().and_checked(id.clone());
        Ok(RelyingParty::with_checked(id, origins))
    }

    pub(super) fn with_checked(id: String, origins: Origins) -> RelyingParty {
        RelyingParty {
            id_hash: sha256(id.as_bytes()),
            name: id.clone(),
            id,
            origins,
            subdomains: false,
            framing: Framing::default(),
            attestation: AttestationPolicy::verified(),
            sign_count: SignCountPolicy::default(),
            backup: BackupPolicy::default(),
            refuse_unsolicited_extensions: false,
            quirks: Quirks::NONE,
            recorded: false,
        }
    }

    /// The RP ID, as authenticators hash it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The RP ID as clients expect it in options.
    pub(crate) fn id_in_options(&self) -> String {
        app_origin::rp_id_in_options(&self.id).to_owned()
    }

    /// A name of the site for people. The RP ID by default, because browsers show that anyway.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> RelyingParty {
        self.name = name.into();
        self
    }

    /// Lets ceremonies run on pages of other domains than the RP ID: [related
    /// origins](RelyingParty::related_origins_document) (§5.11), such as those of a site with a
    /// domain for each country. Whoever controls one of these pages can have users sign in to your
    /// site there, so list only your own.
    ///
    /// Browsers let such a page use the RP ID only if the site of the RP ID serves a document that
    /// names the page's origin: [`related_origins_document`](RelyingParty::related_origins_document).
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .also_accept(["https://shop.example.de"])?;
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If an origin is not written as in [`new`](RelyingParty::new), if it is on the RP ID or below
    /// and belongs in `new`, or if the RP ID is a URI.
    pub fn also_accept(
        mut self,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        let origins = Origins::of_pages(origins, Pages::Running)?;
        if self.id.contains(':') && !origins.is_empty() {
            return Err(ConfigError::new(format!(
                "the RP ID {:?} is a URI, which no web page can use; allow apps and extensions only",
                self.id
            )));
        }
        origins.check_outside(&self.id)?;
        self.origins = self.origins.and(origins);
        Ok(self)
    }

    /// Lets ceremonies run in an Android app, which is named by its signing certificate.
    ///
    /// Write the origin as Android does: `android:apk-key-hash:` and the SHA-256 of the
    /// certificate, 43 characters of base64url. If you have the hash itself, use
    /// [`allow_android_certificate`](RelyingParty::allow_android_certificate). An app that Google
    /// Play signs has the certificate that the Play Console shows, not your upload certificate.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .allow_android_app("android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs")?;
    ///
    /// // What keytool and the Play Console print.
    /// let error = rp
    ///     .allow_android_app(
    ///         "14:61:2E:27:86:3F:26:FD:2F:CF:84:51:2D:9D:EE:35:\
    ///          4A:BD:54:30:3F:D1:2D:44:0A:F0:5D:F8:8B:AD:5C:EB",
    ///     )
    ///     .unwrap_err();
    /// assert!(error.to_string().ends_with(
    ///     "is not in the form that Android sends; \
    ///      write \"android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs\""
    /// ));
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not the origin of an Android app. A hash that is written in another way,
    /// such as hexadecimal or padded base64, is converted in the message. The message also says if
    /// the hash is a SHA-1 or MD5, which can never match.
    pub fn allow_android_app(self, origin: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_android(origin.into()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in the Android app whose signing certificate has this SHA-256: 32 bytes,
    /// the hash of the certificate in DER.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let sha256 = [
    ///     0x14, 0x61, 0x2e, 0x27, 0x86, 0x3f, 0x26, 0xfd, 0x2f, 0xcf, 0x84, 0x51, 0x2d, 0x9d, 0xee,
    ///     0x35, 0x4a, 0xbd, 0x54, 0x30, 0x3f, 0xd1, 0x2d, 0x44, 0x0a, 0xf0, 0x5d, 0xf8, 0x8b, 0xad,
    ///     0x5c, 0xeb,
    /// ];
    /// let rp = RelyingParty::for_apps("example.com")?.allow_android_certificate(&sha256);
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    #[must_use]
    pub fn allow_android_certificate(self, sha256: &[u8; 32]) -> RelyingParty {
        self.allow_checked(app_origin::of_android_certificate(sha256))
    }

    /// Lets ceremonies run in the iOS app with this bundle ID, whose origin is `ios:bundle-id:` and
    /// the bundle ID. You may write the whole origin, too.
    ///
    /// Some libraries for apps send this origin. Apple's own framework sends that of the site,
    /// such as `https://example.com`: for it, list that origin.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .allow_ios_app("com.example.app")?;
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the bundle ID is empty or has other characters than letters, digits, hyphens and dots.
    pub fn allow_ios_app(self, bundle_id: impl AsRef<str>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_ios(bundle_id.as_ref()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in the pages of a browser extension.
    ///
    /// | browser | origin |
    /// |---|---|
    /// | Chromium | `chrome-extension://` and the ID of the extension, 32 letters from `a` to `p` |
    /// | Firefox from 150 | `moz-extension://` and 64 letters from `a` to `p`, the SHA-256 of the add-on ID: `0` to `f` of its hexadecimal digits are `a` to `p` |
    /// | Firefox before 150 | `moz-extension://` and a UUID, which every installation chooses anew |
    /// | Safari | `safari-web-extension://` and a UUID, which every installation chooses anew |
    ///
    /// The extension runs ceremonies for your RP ID if it has host permissions for the domain. For
    /// an extension with an RP ID of its own, see [`with_uri_id`](RelyingParty::with_uri_id).
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .allow_browser_extension("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk")?
    ///     .allow_browser_extension(
    ///         "moz-extension://ngpncaopklanhjklijieoihgbhbgknjjdklmlpagjoaobbpmknfgmhgghbadgoai",
    ///     )?;
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not the origin of an extension, as browsers serialise it: it has no path,
    /// and no slash at the end. The message says what to write, also for a bare extension ID and
    /// for an add-on ID of Firefox.
    pub fn allow_browser_extension(
        self,
        origin: impl Into<String>,
    ) -> Result<RelyingParty, ConfigError> {
        app_origin::check_browser_extension(origin.into()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in an app of another platform, whose origin is a text that only the
    /// platform understands. It is compared byte for byte.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .allow_app_origin("example-os:appid:204ffa1a5af110ac483f131a1bef8a841a7adb0d8d135908")?;
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text has no scheme, has characters that are not printable ASCII, or has a scheme
    /// that belongs to a web page or to another method. An `android:` origin, for example, is for
    /// [`allow_android_app`](RelyingParty::allow_android_app).
    pub fn allow_app_origin(self, origin: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_opaque(origin.into()).map(|origin| self.allow_checked(origin))
    }

    fn allow_checked(mut self, origin: String) -> RelyingParty {
        self.origins = self.origins.and_checked(origin);
        self
    }

    /// Lets ceremonies run on every page at the RP ID and its subdomains, beside the origins that
    /// are listed: origins whose scheme is `https`, without a port, and whose host is the RP ID or
    /// ends with a dot and the RP ID (§13.4.9); for `localhost` the scheme may be `http`. An origin
    /// with a port is listed or refused. If the RP ID is a URI, this has no effect.
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
    /// These methods are cumulative:
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
    /// If an origin is not one of a web page, written as in [`new`](RelyingParty::new). Pages of
    /// browser extensions cannot be listed here.
    pub fn allow_framing_by(
        mut self,
        top_origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        self.framing.listed =
            self.framing.listed.and(Origins::of_pages(top_origins, Pages::Framing)?);
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

    /// What is demanded of attestations. By default that they are correct:
    /// [`AttestationPolicy::verified`].
    ///
    /// # Errors
    ///
    /// A policy that ignores attestation and demands something of it.
    pub fn attestation_policy(
        mut self,
        policy: AttestationPolicy,
    ) -> Result<RelyingParty, ConfigError> {
        policy.check()?;
        self.attestation = policy;
        Ok(self)
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

    /// Tolerates these deviations of real devices. A verdict says which were needed, in
    /// [`Registration::quirks`](crate::Registration::quirks),
    /// [`Authentication::quirks`](crate::Authentication::quirks) and
    /// [`Payment::quirks`](crate::Payment::quirks).
    #[must_use]
    pub fn allow_quirks(mut self, quirks: impl IntoIterator<Item = Quirk>) -> RelyingParty {
        self.quirks = self.quirks.and(quirks.into_iter().collect());
        self
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingParty")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("origins", &self.origins)
            .field("subdomains", &self.subdomains)
            .field("framing", &self.framing)
            .field("attestation", &self.attestation)
            .field("sign_count", &self.sign_count)
            .field("backup", &self.backup)
            .field("refuse_unsolicited_extensions", &self.refuse_unsolicited_extensions)
            .field("quirks", &self.quirks)
            .field("recorded", &self.recorded)
            .finish_non_exhaustive()
    }
}
