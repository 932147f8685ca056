//! The relying party: the configuration of a site, created once.

use core::fmt;

use crate::attestation::AttestationPolicy;
use crate::ceremony::app_origin;
use crate::ceremony::iframe::Framing;
use crate::ceremony::origin::{Origins, Pages, check_rp_id};
use crate::ceremony::policy::{BackupPolicy, SignCountPolicy};
use crate::error::ConfigError;
use crate::quirk::{Quirk, Quirks};
use crate::signature::sha256;

/// A site and its policies. Create one when the program starts, and share it.
///
/// The defaults are strict. Ceremonies do not run in cross-origin iframes, no quirks are allowed,
/// counters must increase, and the backup eligibility must not change. Attestation statements must
/// be correct, but do not have to be trusted.
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
    /// The SHA-256 of `id`, which every ceremony needs.
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
    /// Whether the relying party verifies recordings. Their challenges may have any length.
    pub(crate) recorded: bool,
}

impl RelyingParty {
    /// Creates a relying party with this RP ID. Its ceremonies run on pages with these origins.
    ///
    /// The RP ID is a domain, such as `example.com`. If you change it later, you lose every
    /// credential. `origins` is the complete list of origins whose pages may run a ceremony.
    /// Received origins are compared with these origins byte for byte. Subdomains and other ports
    /// are not included.
    ///
    /// An origin consists of `https://`, a domain, and a port if the port is not 443. Use `http`
    /// only for `localhost` and its subdomains. The domain is the RP ID or one of its subdomains.
    /// To allow pages of other domains, use [`also_accept`](RelyingParty::also_accept).
    ///
    /// Apps and browser extensions have no web origin. Allow them with
    /// [`allow_android_app`](RelyingParty::allow_android_app),
    /// [`allow_ios_app`](RelyingParty::allow_ios_app),
    /// [`allow_browser_extension`](RelyingParty::allow_browser_extension) and
    /// [`allow_app_origin`](RelyingParty::allow_app_origin). If only apps run ceremonies, use
    /// [`for_apps`](RelyingParty::for_apps) instead of this function.
    ///
    /// # Errors
    ///
    /// Returns an error if the RP ID is not a domain, if `origins` is empty, or if an origin is not
    /// acceptable: it has no scheme, is not secure, contains an IP address or a wildcard, ends its
    /// host with a dot, is not in the form that browsers send, or is outside the RP ID. In most
    /// cases, the message says what to write instead.
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

    /// Creates a relying party with this RP ID. Its ceremonies run only in apps and browser
    /// extensions.
    ///
    /// The RP ID is a domain, as in [`new`](RelyingParty::new). Ceremonies cannot start until you
    /// allow at least one app.
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
    /// Returns an error if the RP ID is not a domain.
    pub fn for_apps(id: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        let id = id.into();
        check_rp_id(&id)?;
        Ok(RelyingParty::with_checked(id, Origins::default()))
    }

    /// Creates a relying party with a URI as its RP ID, for example for a browser extension (§4,
    /// "Relying Party Identifier").
    ///
    /// Web pages cannot use this RP ID. At first, the URI is the only allowed origin. You can add
    /// other apps with the `allow_` methods. [`allow_subdomains`](RelyingParty::allow_subdomains)
    /// has no effect, and [`related_origins_document`](RelyingParty::related_origins_document)
    /// fails because there are no pages to list.
    ///
    /// # Browser extensions
    ///
    /// A Chromium extension has its own RP ID, which is its origin: `chrome-extension://` and the
    /// ID of the extension. In `rp.id` and `rpId`, Chromium expects only the bare ID of the
    /// extension and rejects the whole URI. Therefore, the options contain the bare ID.
    /// [`id`](RelyingParty::id) returns the whole URI, and authenticators hash the whole URI.
    ///
    /// Use this function only if the credentials belong only to the extension. An extension with
    /// host permissions for your domain can use the domain as its RP ID (since Chromium 122 and
    /// Firefox 150). For this kind of extension, call
    /// [`allow_browser_extension`](RelyingParty::allow_browser_extension) on the relying party of
    /// your site. Firefox and Safari extensions cannot have a URI as their RP ID.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::with_uri_id("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk")?
    ///     .name("The extension");
    /// // The extension passes the bare ID to the browser.
    /// let signal = serde_json::to_value(rp.unknown_credential(&[0x69, 0xb7, 0x1d])?)?;
    /// assert_eq!(signal["rpId"], "mabekielmoibbmlepeohhncklpnjmcpk");
    /// // The browser hashes the whole URI.
    /// assert_eq!(rp.id(), "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the RP ID is not a URI, if it is not in the form that browsers use, if
    /// it belongs to a web page, or if it is the origin of an app, or of a Firefox or Safari
    /// extension, which use a domain as their RP ID.
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

    /// The RP ID. Authenticators sign its hash.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the RP ID that browsers expect in options.
    pub(crate) fn id_in_options(&self) -> String {
        app_origin::rp_id_in_options(&self.id).to_owned()
    }

    /// Sets the name of the site that is shown to users. The default is the RP ID, because browsers
    /// show the RP ID in any case.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> RelyingParty {
        self.name = name.into();
        self
    }

    /// Lets ceremonies run on pages of domains other than the RP ID. For example, a site with one
    /// domain per country uses these [related origins](RelyingParty::related_origins_document)
    /// (§5.11). Anyone who controls one of these pages can make users sign in to your site from
    /// that page, so list only your own pages.
    ///
    /// Browsers let these pages use the RP ID only if the site of the RP ID serves a document that
    /// lists their origins; see
    /// [`related_origins_document`](RelyingParty::related_origins_document).
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
    /// Returns an error if an origin is not written as in [`new`](RelyingParty::new), if it is at
    /// the RP ID or one of its subdomains (pass it to `new` instead), or if the RP ID is a URI.
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

    /// Lets ceremonies run in an Android app, which is identified by its signing certificate.
    ///
    /// Write the origin as Android sends it: `android:apk-key-hash:` and the SHA-256 of the
    /// certificate as 43 base64url characters. If you have the bytes of the hash, use
    /// [`allow_android_certificate`](RelyingParty::allow_android_certificate). For an app that
    /// Google Play signs, use the certificate that the Play Console shows, not your upload
    /// certificate.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?
    ///     .allow_android_app("android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs")?;
    ///
    /// // The form in which keytool and the Play Console show the hash.
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
    /// Returns an error if the string is not the origin of an Android app. If it contains the hash
    /// in another form, such as hexadecimal or padded base64, the message contains the correct
    /// origin. If the string contains a SHA-1 or MD5 hash, which can never match, the message says
    /// so.
    pub fn allow_android_app(self, origin: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_android(origin.into()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in the Android app that is signed with this certificate. `sha256` is the
    /// SHA-256 of the DER-encoded certificate.
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

    /// Lets ceremonies run in the iOS app with this bundle ID. The origin of the app is
    /// `ios:bundle-id:` and the bundle ID. You can also pass the whole origin.
    ///
    /// Some libraries for apps send this origin. Apple's own framework sends the origin of the site
    /// instead, such as `https://example.com`. For these apps, list the origin of the site.
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
    /// Returns an error if the bundle ID is empty, has an empty part before, between or after its
    /// dots, contains characters other than letters, digits, hyphens and dots, or begins with a
    /// team ID.
    pub fn allow_ios_app(self, bundle_id: impl AsRef<str>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_ios(bundle_id.as_ref()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in the pages of a browser extension.
    ///
    /// | browser | origin |
    /// |---|---|
    /// | Chromium | `chrome-extension://` and the ID of the extension, 32 letters from `a` to `p` |
    /// | Firefox 150 and later | `moz-extension://` and 64 letters from `a` to `p`: the SHA-256 of the add-on ID in hexadecimal, with `a` to `p` as the digits |
    /// | Firefox before 150 | `moz-extension://` and a UUID, which is different in every installation |
    /// | Safari | `safari-web-extension://` and a UUID, which is different in every installation |
    ///
    /// The extension can run ceremonies for your RP ID if it has host permissions for the domain.
    /// For an extension with its own RP ID, see [`with_uri_id`](RelyingParty::with_uri_id).
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
    /// Returns an error if the string is not the origin of an extension in the form that browsers
    /// send. This form has no path and no slash at the end. The message says what to write instead,
    /// even if you pass a bare extension ID or a Firefox add-on ID.
    pub fn allow_browser_extension(
        self,
        origin: impl Into<String>,
    ) -> Result<RelyingParty, ConfigError> {
        app_origin::check_browser_extension(origin.into()).map(|origin| self.allow_checked(origin))
    }

    /// Lets ceremonies run in an app of another platform. The origin can have any form. It is
    /// compared byte for byte.
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
    /// Returns an error if the origin has no scheme or nothing after its scheme, contains
    /// characters that are not printable ASCII, or has a scheme that belongs to a web page or to
    /// another method. For example, an `android:` origin belongs to
    /// [`allow_android_app`](RelyingParty::allow_android_app).
    pub fn allow_app_origin(self, origin: impl Into<String>) -> Result<RelyingParty, ConfigError> {
        app_origin::check_opaque(origin.into()).map(|origin| self.allow_checked(origin))
    }

    fn allow_checked(mut self, origin: String) -> RelyingParty {
        self.origins = self.origins.and_checked(origin);
        self
    }

    /// Lets ceremonies run on every page at the RP ID and its subdomains, in addition to the listed
    /// origins (§13.4.9).
    ///
    /// The origin of one of these pages has the scheme `https` and no port. Its host is the RP ID
    /// or a subdomain of the RP ID. For `localhost`, the scheme may also be `http`. An origin with
    /// a port is rejected unless it is listed. If the RP ID is a URI, this method has no effect.
    ///
    /// Use this method only if you cannot list your subdomains, because it trusts everyone who
    /// controls any of them (§13.4.8). Control of a single subdomain is enough to create and use
    /// credentials for the whole site. Examples are a page of user content at `user.example.com`, a
    /// forgotten subdomain that somebody else has taken over, and a subdomain with a script
    /// injection vulnerability. This method never allows a page to embed a ceremony.
    ///
    /// ```
    /// use webauthn_verify::RelyingParty;
    ///
    /// // Ceremonies may run at https://tenant.example.com, but not at https://example.com:8443.
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?.allow_subdomains();
    /// # Ok::<(), webauthn_verify::ConfigError>(())
    /// ```
    #[must_use]
    pub fn allow_subdomains(mut self) -> RelyingParty {
        self.subdomains = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes inside pages with these origins (steps 10 and 11
    /// of §7.1, 13 and 14 of §7.2). By default, ceremonies do not run in any cross-origin iframe.
    /// To include the origins of the relying party, list them here as well.
    ///
    /// These methods are cumulative:
    ///
    /// | a cross-origin iframe whose `topOrigin` | is allowed by |
    /// |---|---|
    /// | is listed | `allow_framing_by` |
    /// | is the origin of the ceremony | [`allow_framing_by_same_origin`](RelyingParty::allow_framing_by_same_origin) |
    /// | is any origin | [`allow_framing_by_any`](RelyingParty::allow_framing_by_any) |
    /// | is missing | [`allow_unnamed_framing`](RelyingParty::allow_unnamed_framing) |
    ///
    /// # Errors
    ///
    /// Returns an error if an origin does not belong to a web page, for example if it belongs to a
    /// browser extension, or if it is not written as in [`new`](RelyingParty::new).
    pub fn allow_framing_by(
        mut self,
        top_origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<RelyingParty, ConfigError> {
        self.framing.listed =
            self.framing.listed.and(Origins::of_pages(top_origins, Pages::Framing)?);
        Ok(self)
    }

    /// Lets ceremonies run in a cross-origin iframe if the top-level page has the same origin as
    /// the ceremony: `topOrigin` equals `origin`, byte for byte (§13.4.9). This happens if your
    /// page embeds a page of another site, which in turn embeds one of your pages.
    #[must_use]
    pub fn allow_framing_by_same_origin(mut self) -> RelyingParty {
        self.framing.same_origin = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes inside any page that has an origin. Pages with
    /// an opaque origin, for which browsers send `null`, are rejected. Use this method only if the
    /// embedded page itself tells the user what happens, as a payment dialog does.
    #[must_use]
    pub fn allow_framing_by_any(mut self) -> RelyingParty {
        self.framing.any = true;
        self
    }

    /// Lets ceremonies run in cross-origin iframes if the browser does not report the top-level
    /// page: `crossOrigin` is true, and `topOrigin` is missing. Safari and browsers that do not
    /// implement Level 3 do not report it. If `topOrigin` is present, it is still checked: another
    /// method must allow it.
    ///
    /// In those browsers, this method lets every page embed a ceremony, even if you also set a
    /// list. Only the `frame-ancestors` directive in the `Content-Security-Policy` header of the
    /// embedded page then limits which pages may embed it.
    #[must_use]
    pub fn allow_unnamed_framing(mut self) -> RelyingParty {
        self.framing.unnamed = true;
        self
    }

    /// Sets the requirements for attestations. The default is [`AttestationPolicy::verified`]:
    /// statements must be correct.
    ///
    /// # Errors
    ///
    /// Returns an error if the policy ignores attestations and also has requirements for them.
    pub fn attestation_policy(
        mut self,
        policy: AttestationPolicy,
    ) -> Result<RelyingParty, ConfigError> {
        policy.check()?;
        self.attestation = policy;
        Ok(self)
    }

    /// Sets the policy for a signature counter that did not increase. By default, the login fails.
    #[must_use]
    pub fn sign_count_policy(mut self, policy: SignCountPolicy) -> RelyingParty {
        self.sign_count = policy;
        self
    }

    /// Sets the requirements for backups. By default, the backup eligibility must not change.
    #[must_use]
    pub fn backup_policy(mut self, policy: BackupPolicy) -> RelyingParty {
        self.backup = policy;
        self
    }

    /// Rejects responses with client extension outputs that were not requested, with
    /// [`ErrorKind::ExtensionRejected`](crate::ErrorKind::ExtensionRejected). By default, these
    /// outputs are ignored, because browsers may add their own extensions (step 28 of §7.1, step 23
    /// of §7.2). Authenticator extension outputs that were not requested are always ignored.
    #[must_use]
    pub fn refuse_unsolicited_extensions(mut self) -> RelyingParty {
        self.refuse_unsolicited_extensions = true;
        self
    }

    /// Allows these quirks. A verdict lists the quirks that were needed; see
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
