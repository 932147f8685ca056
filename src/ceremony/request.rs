//! What a relying party asks for in one ceremony.

use core::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::attestation::AttestationFormat;
use crate::ceremony::challenge::CallersChallenge;
use crate::ceremony::credential::Credential;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::options::{
    AttestationConveyance, AuthenticatorAttachment, Hint, Mediation, ResidentKey, UserVerification,
};
use crate::debug::Base64Url;
use crate::key::Algorithm;

/// How long the browser waits unless told otherwise: the default of §15.1.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// The account that gets a credential (§5.4.3).
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) handle: Vec<u8>,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

impl User {
    /// An account.
    ///
    /// `handle` is 1 to 64 bytes that identify the account for ever and tell nothing about the
    /// person: 32 random bytes do. `name` is what tells this account from others of the same
    /// person, such as an e-mail address; `display_name` is what the person likes to be called,
    /// and may be empty.
    pub fn new(
        handle: impl Into<Vec<u8>>,
        name: impl Into<String>,
        display_name: impl Into<String>,
    ) -> User {
        User { handle: handle.into(), name: name.into(), display_name: display_name.into() }
    }

    /// The user handle.
    pub fn handle(&self) -> &[u8] {
        &self.handle
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("handle", &Base64Url(&self.handle))
            .field("name", &self.name)
            .field("display_name", &self.display_name)
            .finish()
    }
}

/// What a registration asks for.
#[derive(Clone, Debug)]
pub struct RegistrationRequest {
    pub(crate) user: User,
    pub(crate) excluded: Vec<Credential>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) resident_key: ResidentKey,
    pub(crate) attachment: Option<AuthenticatorAttachment>,
    pub(crate) attestation: AttestationConveyance,
    pub(crate) attestation_formats: Vec<AttestationFormat>,
    pub(crate) common: Common,
}

/// What a login asks for.
#[derive(Clone, Debug)]
pub struct AuthenticationRequest {
    /// `None`: whoever the discoverable credential belongs to.
    pub(crate) account: Option<Account>,
    pub(crate) common: Common,
}

/// The account of a user who was identified before the login.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user_handle: Vec<u8>,
    pub(crate) credentials: Vec<Credential>,
    /// `false` for a decoy, whose credentials nobody has.
    pub(crate) exists: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user_handle", &Base64Url(&self.user_handle))
            .field("credentials", &self.credentials)
            .field("exists", &self.exists)
            .finish()
    }
}

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
    fn new(user_verification: UserVerification) -> Common {
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

impl RegistrationRequest {
    /// A passkey: discoverable, so that it signs in without a user name. The user is verified where
    /// the authenticator can; ask [`user_verified`](crate::Registration::user_verified) whether it
    /// was. `credProps` asks the browser to say that the credential is discoverable.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{RegistrationRequest, RelyingParty, User};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let user = User::new(b"user-0001", "alice@example.com", "Alice");
    /// let request = RegistrationRequest::passkey(&user).challenge(&[7; 32]);
    /// let (options, _) = rp.start_registration(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "rp": { "id": "example.com", "name": "example.com" },
    ///             "user": {
    ///                 "id": "dXNlci0wMDAx",
    ///                 "name": "alice@example.com",
    ///                 "displayName": "Alice",
    ///             },
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "pubKeyCredParams": [
    ///                 { "type": "public-key", "alg": -8 },
    ///                 { "type": "public-key", "alg": -7 },
    ///                 { "type": "public-key", "alg": -257 },
    ///             ],
    ///             "timeout": 300_000,
    ///             "excludeCredentials": [],
    ///             "authenticatorSelection": {
    ///                 "residentKey": "required",
    ///                 "requireResidentKey": true,
    ///                 "userVerification": "preferred",
    ///             },
    ///             "hints": [],
    ///             "attestation": "none",
    ///             "attestationFormats": [],
    ///             "extensions": { "credProps": true },
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn passkey(user: &User) -> RegistrationRequest {
        let mut request = RegistrationRequest::new(user, UserVerification::Preferred);
        request.resident_key = ResidentKey::Required;
        // Asks the browser whether the credential is discoverable (§10.1.3).
        request.cred_props()
    }

    /// A passkey that stands alone in the place of a password: as
    /// [`passkey`](RegistrationRequest::passkey), and the user must be verified.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{RegistrationRequest, RelyingParty, User};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let user = User::new(b"user-0001", "alice@example.com", "Alice");
    /// let request = RegistrationRequest::passwordless(&user).challenge(&[7; 32]);
    /// let (options, _) = rp.start_registration(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "rp": { "id": "example.com", "name": "example.com" },
    ///             "user": {
    ///                 "id": "dXNlci0wMDAx",
    ///                 "name": "alice@example.com",
    ///                 "displayName": "Alice",
    ///             },
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "pubKeyCredParams": [
    ///                 { "type": "public-key", "alg": -8 },
    ///                 { "type": "public-key", "alg": -7 },
    ///                 { "type": "public-key", "alg": -257 },
    ///             ],
    ///             "timeout": 300_000,
    ///             "excludeCredentials": [],
    ///             "authenticatorSelection": {
    ///                 "residentKey": "required",
    ///                 "requireResidentKey": true,
    ///                 "userVerification": "required",
    ///             },
    ///             "hints": [],
    ///             "attestation": "none",
    ///             "attestationFormats": [],
    ///             "extensions": { "credProps": true },
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn passwordless(user: &User) -> RegistrationRequest {
        RegistrationRequest::passkey(user).user_verification(UserVerification::Required)
    }

    /// A security key as a second factor beside a password: not discoverable, without user
    /// verification, removable.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{RegistrationRequest, RelyingParty, User};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let user = User::new(b"user-0001", "alice@example.com", "Alice");
    /// let request = RegistrationRequest::security_key(&user).challenge(&[7; 32]);
    /// let (options, _) = rp.start_registration(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "rp": { "id": "example.com", "name": "example.com" },
    ///             "user": {
    ///                 "id": "dXNlci0wMDAx",
    ///                 "name": "alice@example.com",
    ///                 "displayName": "Alice",
    ///             },
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "pubKeyCredParams": [
    ///                 { "type": "public-key", "alg": -8 },
    ///                 { "type": "public-key", "alg": -7 },
    ///                 { "type": "public-key", "alg": -257 },
    ///             ],
    ///             "timeout": 300_000,
    ///             "excludeCredentials": [],
    ///             "authenticatorSelection": {
    ///                 "authenticatorAttachment": "cross-platform",
    ///                 "residentKey": "discouraged",
    ///                 "requireResidentKey": false,
    ///                 "userVerification": "discouraged",
    ///             },
    ///             "hints": ["security-key"],
    ///             "attestation": "none",
    ///             "attestationFormats": [],
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn security_key(user: &User) -> RegistrationRequest {
        RegistrationRequest::new(user, UserVerification::Discouraged)
            .attachment(AuthenticatorAttachment::CrossPlatform)
            .hints(&[Hint::SecurityKey])
    }

    fn new(user: &User, user_verification: UserVerification) -> RegistrationRequest {
        RegistrationRequest {
            user: user.clone(),
            excluded: Vec::new(),
            algorithms: Algorithm::DEFAULT.to_vec(),
            resident_key: ResidentKey::Discouraged,
            attachment: None,
            attestation: AttestationConveyance::None,
            attestation_formats: Vec::new(),
            common: Common::new(user_verification),
        }
    }

    /// The credentials that the account has already. The browser will not make another one on the
    /// same authenticator, and one that comes back all the same is refused.
    #[must_use]
    pub fn exclude(mut self, credentials: &[Credential]) -> Self {
        self.excluded = credentials.to_vec();
        self
    }

    /// The algorithms that are acceptable, the most wanted first. By default
    /// [`Algorithm::DEFAULT`].
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// Whether the credential must be discoverable.
    #[must_use]
    pub fn resident_key(mut self, resident_key: ResidentKey) -> Self {
        self.resident_key = resident_key;
        self
    }

    /// Only authenticators of this attachment.
    #[must_use]
    pub fn attachment(mut self, attachment: AuthenticatorAttachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// Whether the browser should pass on an attestation. Ask for `Direct` where the attestation
    /// policy demands trust.
    #[must_use]
    pub fn attestation(mut self, attestation: AttestationConveyance) -> Self {
        self.attestation = attestation;
        self
    }

    /// The formats of attestation statements that are wanted, the most wanted first. A preference,
    /// by default none: the authenticator may send another one, and what is accepted is up to the
    /// attestation policy.
    #[must_use]
    pub fn attestation_formats(mut self, formats: &[AttestationFormat]) -> Self {
        self.attestation_formats = formats.to_vec();
        self
    }
}

impl AuthenticationRequest {
    /// A login without a user name: the browser offers the passkeys it has for this site. The user
    /// is verified where the authenticator can; ask
    /// [`user_verified`](crate::Authentication::user_verified) whether it was.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let request = AuthenticationRequest::passkey().challenge(&[7; 32]);
    /// let (options, _) = rp.start_authentication(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "timeout": 300_000,
    ///             "rpId": "example.com",
    ///             "allowCredentials": [],
    ///             "userVerification": "preferred",
    ///             "hints": [],
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn passkey() -> AuthenticationRequest {
        AuthenticationRequest { account: None, common: Common::new(UserVerification::Preferred) }
    }

    /// A login without a user name that needs nothing beside it: as
    /// [`passkey`](AuthenticationRequest::passkey), and the user must be verified.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let request = AuthenticationRequest::passwordless().challenge(&[7; 32]);
    /// let (options, _) = rp.start_authentication(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "timeout": 300_000,
    ///             "rpId": "example.com",
    ///             "allowCredentials": [],
    ///             "userVerification": "required",
    ///             "hints": [],
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn passwordless() -> AuthenticationRequest {
        AuthenticationRequest::passkey().user_verification(UserVerification::Required)
    }

    /// The second factor of a user who has given the password: one of the account's security keys,
    /// without user verification. Errors as with [`for_user`](AuthenticationRequest::for_user).
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// # use webauthn_verify::{Algorithm, Credential, Transport, migrate};
    /// # let x = "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y";
    /// # let y = "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";
    /// # let key = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    /// # let key = migrate::from_jwk(&key, Algorithm::Es256)?;
    /// # let credential = Credential::from_parts(b"credential-0001", &key)?;
    /// # let account = [credential.with_transports([Transport::Usb])];
    /// // `account` holds all credentials of the account, here one.
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let request = AuthenticationRequest::security_key(b"user-0001", &account).challenge(&[7; 32]);
    /// let (options, _) = rp.start_authentication(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "timeout": 300_000,
    ///             "rpId": "example.com",
    ///             "allowCredentials": [{
    ///                 "type": "public-key",
    ///                 "id": "Y3JlZGVudGlhbC0wMDAx",
    ///                 "transports": ["usb"],
    ///             }],
    ///             "userVerification": "discouraged",
    ///             "hints": ["security-key"],
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn security_key(user_handle: &[u8], credentials: &[Credential]) -> AuthenticationRequest {
        AuthenticationRequest::for_user(user_handle, credentials)
            .user_verification(UserVerification::Discouraged)
            .hints(&[Hint::SecurityKey])
    }

    /// A login of a user who is known already, such as by name or cookie, with one of the
    /// account's credentials. The user must be verified.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// # use webauthn_verify::{Algorithm, Credential, Transport, migrate};
    /// # let x = "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y";
    /// # let y = "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";
    /// # let key = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    /// # let key = migrate::from_jwk(&key, Algorithm::Es256)?;
    /// # let credential = Credential::from_parts(b"credential-0001", &key)?;
    /// # let account = [credential.with_transports([Transport::Usb])];
    /// // `account` holds all credentials of the account, here one.
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let request = AuthenticationRequest::for_user(b"user-0001", &account).challenge(&[7; 32]);
    /// let (options, _) = rp.start_authentication(&request, SystemTime::now())?;
    /// assert_eq!(
    ///     serde_json::to_value(&options)?,
    ///     json!({
    ///         "publicKey": {
    ///             "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    ///             "timeout": 300_000,
    ///             "rpId": "example.com",
    ///             "allowCredentials": [{
    ///                 "type": "public-key",
    ///                 "id": "Y3JlZGVudGlhbC0wMDAx",
    ///                 "transports": ["usb"],
    ///             }],
    ///             "userVerification": "required",
    ///             "hints": [],
    ///         },
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// An account without credentials is an error at the start of the login, because an empty
    /// list would let every credential in. So is a user handle that has not 1 to 64 bytes.
    pub fn for_user(user_handle: &[u8], credentials: &[Credential]) -> AuthenticationRequest {
        AuthenticationRequest::for_account(Account {
            user_handle: user_handle.to_vec(),
            credentials: credentials.to_vec(),
            exists: true,
        })
    }

    pub(crate) fn for_account(account: Account) -> AuthenticationRequest {
        AuthenticationRequest {
            account: Some(account),
            common: Common::new(UserVerification::Required),
        }
    }
}

/// Gives both requests the methods for what both ask for.
macro_rules! common_methods {
    ($request:ident) => {
        impl $request {
            /// How strongly the user is to be verified. `Required` is checked when the ceremony
            /// is finished.
            #[must_use]
            pub fn user_verification(mut self, user_verification: UserVerification) -> Self {
                self.common.user_verification = user_verification;
                self
            }

            /// How the browser asks the user. By default it shows a dialog.
            #[must_use]
            pub fn mediation(mut self, mediation: Mediation) -> Self {
                self.common.mediation = Some(mediation);
                self
            }

            /// What kind of authenticator the user probably has, the likeliest first. In place of
            /// those of the preset.
            #[must_use]
            pub fn hints(mut self, hints: &[Hint]) -> Self {
                self.common.hints = hints.to_vec();
                self
            }

            /// How long the browser should wait for the user: a hint, which browsers may overrule.
            /// From a millisecond to a day; five minutes by default. Five to ten minutes are
            /// recommended (§15.1), so that people have enough time.
            ///
            /// How long the answer is accepted is up to [`valid_for`](Self::valid_for).
            #[must_use]
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.common.timeout = Some(timeout);
                self
            }

            /// How long the ceremony can be finished after its start. From a second to a day; by
            /// default 10 minutes, 60 with [`Mediation::Conditional`], and never less than the
            /// [`timeout`](Self::timeout). A timeout that is longer than this is `InvalidOptions`
            /// at the start, because an answer in time would be refused.
            ///
            /// A page can stay open for longer than any limit, above all with conditional mediation.
            /// Have it fetch new options before the time is over: abort the pending call, start a
            /// new ceremony, and call the browser again.
            ///
            /// ```js
            /// async function offerPasskeys() {
            ///     for (;;) {
            ///         const refresh = AbortSignal.timeout(50 * 60 * 1000);
            ///         const { publicKey } = await (await fetch("/login/options")).json();
            ///         const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
            ///         try {
            ///             return await navigator.credentials.get({
            ///                 publicKey: options, mediation: "conditional", signal: refresh,
            ///             });
            ///         } catch (error) {
            ///             if (!refresh.aborted) throw error;
            ///         }
            ///     }
            /// }
            /// ```
            #[must_use]
            pub fn valid_for(mut self, valid_for: Duration) -> Self {
                self.common.valid_for = Some(valid_for);
                self
            }

            /// A challenge of the caller's: 16 to 1024 bytes from a cryptographic random number
            /// generator, used once.
            #[must_use]
            pub fn challenge(mut self, challenge: &[u8]) -> Self {
                self.common.challenge = Some(CallersChallenge(challenge.to_vec()));
                self
            }

            /// Asks for a client extension (§9), with its input as JSON, in which bytes are
            /// base64url. The outputs are in the verdict, raw.
            ///
            /// There are methods for the extensions that are known here. Of those, the start of
            /// the ceremony refuses an input that is none.
            #[must_use]
            pub fn extension(mut self, identifier: &str, input: Value) -> Self {
                self.common.extensions.set(identifier, input);
                self
            }

            /// Has a browser on this side of a remote desktop sign the client data that the
            /// browser on the other side has made: the extension `remoteClientDataJSON` of the
            /// editor's draft (§10.1.6 there; Level 3 does not have it). Few browsers know it, and
            /// those only for pages that their settings name.
            ///
            /// Every check of client data applies as ever, so the origin is one of the relying
            /// party's, and the challenge is that of this request: give the same one to
            /// [`challenge`](Self::challenge). Client data that could not pass is `InvalidOptions`
            /// at the start. The verdict says whether it was used.
            #[must_use]
            pub fn remote_client_data_json(mut self, client_data_json: &str) -> Self {
                let client_data = RemoteClientData(client_data_json.to_owned());
                self.common.remote_client_data = Some(client_data);
                self
            }
        }
    };
}

common_methods!(RegistrationRequest);
common_methods!(AuthenticationRequest);
