//! The request for one login.

use core::fmt;

use crate::ceremony::credential::Credential;
use crate::ceremony::options::{Hint, UserVerification};
use crate::ceremony::request::common::Common;
use crate::debug::Base64Url;

/// A request for one login, for [`RelyingParty::start_authentication`].
///
/// [`RelyingParty::start_authentication`]: crate::RelyingParty::start_authentication
#[derive(Clone, Debug)]
pub struct AuthenticationRequest {
    /// The account, or `None` if the credential determines which account signs in.
    pub(crate) account: Option<Account>,
    pub(crate) common: Common,
}

/// The account of a user who was identified before the login.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user_handle: Vec<u8>,
    pub(crate) credentials: Vec<Credential>,
    /// Whether the account exists. It does not if it is a decoy.
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

impl AuthenticationRequest {
    /// Creates a request for a login without a user name. The browser offers the passkeys that it
    /// has for this site. The user must be verified, by PIN or biometrics, so the login needs no
    /// other factor.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{AuthenticationRequest, RelyingParty};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let request = AuthenticationRequest::passkey();
    /// # let request = request.challenge(&[7; 32]);
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
    pub fn passkey() -> AuthenticationRequest {
        AuthenticationRequest { account: None, common: Common::new(UserVerification::Required) }
    }

    /// Creates a request for a second factor, after the user has entered the password. The user
    /// signs in with one of the account's security keys, without user verification. **Do not accept
    /// this login as the only factor.** For this login,
    /// [`is_second_factor_only`](crate::Authentication::is_second_factor_only) returns true.
    ///
    /// Take the user handle from the session in which the user entered the password. Afterwards,
    /// check that the [`user_handle`](crate::Authentication::user_handle) of the login is the same,
    /// and sign in only that account.
    ///
    /// Pass all records of the account as `credentials`, because a passkey can also be a second
    /// factor. To offer only security keys, pass only the records for which
    /// [`is_second_factor_only`](Credential::is_second_factor_only) is true.
    ///
    /// Starting the login returns the same errors as with
    /// [`for_user`](AuthenticationRequest::for_user).
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
    /// let request = AuthenticationRequest::security_key(b"user-0001", &account);
    /// # let request = request.challenge(&[7; 32]);
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
        AuthenticationRequest::for_user(user_handle, credentials).into_second_factor()
    }

    pub(crate) fn into_second_factor(self) -> AuthenticationRequest {
        self.user_verification(UserVerification::Discouraged).hints(&[Hint::SecurityKey])
    }

    /// Creates a request for a login of a user who is already identified, for example by name or by
    /// cookie. The user signs in with one of the account's credentials and must be verified.
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
    /// let request = AuthenticationRequest::for_user(b"user-0001", &account);
    /// # let request = request.challenge(&[7; 32]);
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
    /// Starting the login returns [`ErrorKind::NoCredentials`](crate::ErrorKind::NoCredentials) if
    /// the account has no credentials, because an empty list would allow every credential. It
    /// returns [`ErrorKind::UserHandleMismatch`](crate::ErrorKind::UserHandleMismatch) if a record
    /// belongs to another account, and
    /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions) if the user handle does not
    /// have 1 to 64 bytes or if there are more than 64 records.
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
