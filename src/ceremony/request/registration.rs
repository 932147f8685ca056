//! The request for one registration.

use crate::attestation::AttestationFormat;
use crate::ceremony::credential::Credential;
use crate::ceremony::options::{
    AttestationConveyance, AuthenticatorAttachment, Hint, ResidentKey, UserVerification,
};
use crate::ceremony::request::common::Common;
use crate::ceremony::request::user::User;
use crate::key::Algorithm;

/// A request for one registration, for [`RelyingParty::start_registration`].
///
/// [`RelyingParty::start_registration`]: crate::RelyingParty::start_registration
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

impl RegistrationRequest {
    /// Creates a request for a passkey. The credential is discoverable, so the user can sign in
    /// without a user name. The user must be verified, by PIN or biometrics, so the passkey
    /// replaces a password. Sign in with [`AuthenticationRequest::passkey`] or
    /// [`AuthenticationRequest::for_user`].
    ///
    /// `existing` must contain all credential records of the account, including security keys. It
    /// is empty for a new account. Pass at most 64 records; if the account has more, pass the ones
    /// that were used last. The browser does not create another credential on an authenticator that
    /// already holds a credential of the account. If the new credential has the ID of an existing
    /// credential, the registration fails. The extension `credProps` asks the browser whether the
    /// credential is discoverable.
    ///
    /// [`AuthenticationRequest::passkey`]: crate::AuthenticationRequest::passkey
    /// [`AuthenticationRequest::for_user`]: crate::AuthenticationRequest::for_user
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{RegistrationRequest, RelyingParty, User};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let user = User::new(b"user-0001", "alice@example.com", "Alice");
    /// let request = RegistrationRequest::passkey(&user, &[]);
    /// # let request = request.challenge(&[7; 32]);
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
    pub fn passkey(user: &User, existing: &[Credential]) -> RegistrationRequest {
        let mut request = RegistrationRequest::new(user, existing, UserVerification::Required);
        request.resident_key = ResidentKey::Required;
        // Asks the browser whether the credential is discoverable (§10.1.3).
        request.cred_props()
    }

    /// Creates a request for a security key that is a second factor in addition to a password. The
    /// credential is not discoverable, does not require user verification, and must be on a
    /// removable authenticator. Sign in with [`AuthenticationRequest::security_key`]. The
    /// credential record stores that it is only a second factor, and the verdict of every login
    /// reports it in [`Authentication::is_second_factor_only`].
    ///
    /// `existing` must contain all credential records of the account, as for
    /// [`passkey`](RegistrationRequest::passkey).
    ///
    /// [`AuthenticationRequest::security_key`]: crate::AuthenticationRequest::security_key
    /// [`Authentication::is_second_factor_only`]: crate::Authentication::is_second_factor_only
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use serde_json::json;
    /// use webauthn_verify::{RegistrationRequest, RelyingParty, User};
    ///
    /// let rp = RelyingParty::new("example.com", ["https://example.com"])?;
    /// let user = User::new(b"user-0001", "alice@example.com", "Alice");
    /// let request = RegistrationRequest::security_key(&user, &[]);
    /// # let request = request.challenge(&[7; 32]);
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
    pub fn security_key(user: &User, existing: &[Credential]) -> RegistrationRequest {
        RegistrationRequest::new(user, existing, UserVerification::Discouraged)
            .attachment(AuthenticatorAttachment::CrossPlatform)
            .hints(&[Hint::SecurityKey])
    }

    fn new(
        user: &User,
        existing: &[Credential],
        user_verification: UserVerification,
    ) -> RegistrationRequest {
        RegistrationRequest {
            user: user.clone(),
            excluded: existing.to_vec(),
            algorithms: Algorithm::DEFAULT.to_vec(),
            resident_key: ResidentKey::Discouraged,
            attachment: None,
            attestation: AttestationConveyance::None,
            attestation_formats: Vec::new(),
            common: Common::new(user_verification),
        }
    }

    /// Sets the acceptable algorithms, most preferred first. The default is EdDSA, ES256 and RS256.
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// Sets whether the credential must be discoverable.
    #[must_use]
    pub fn resident_key(mut self, resident_key: ResidentKey) -> Self {
        self.resident_key = resident_key;
        self
    }

    /// Asks the browser to offer only authenticators with this attachment.
    #[must_use]
    pub fn attachment(mut self, attachment: AuthenticatorAttachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// Sets whether the browser should send an attestation. Use [`AttestationConveyance::Direct`]
    /// if the attestation policy requires trust.
    #[must_use]
    pub fn attestation(mut self, attestation: AttestationConveyance) -> Self {
        self.attestation = attestation;
        self
    }

    /// Sets the preferred formats of attestation statements, most preferred first. By default,
    /// there is no preference. The authenticator may send another format. The attestation policy
    /// determines which formats are accepted.
    #[must_use]
    pub fn attestation_formats(mut self, formats: &[AttestationFormat]) -> Self {
        self.attestation_formats = formats.to_vec();
        self
    }
}
