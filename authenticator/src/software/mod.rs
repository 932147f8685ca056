//! The software authenticator and the browser around it.

mod credential;
mod device;
mod response;

use core::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::json;

use crate::attestation::authority::Authority;
use crate::attestation::kind::AttestationKind;
use crate::base64url;
use crate::broken::Broken;
use crate::client_data::client_data_hash;
use crate::debug::{Aaguid, Count, Der, Redacted};
use crate::error::AuthenticatorError;
use crate::fault::Fault;
use crate::options;
use crate::options::creation::CreationOptions;
use crate::options::payment::PaymentOptions;
use crate::options::request::RequestOptions;
use crate::software::device::Device;

/// The default AAGUID, a random UUID.
const AAGUID: [u8; 16] = [
    0x5b, 0x0e, 0x86, 0x3c, 0x2f, 0x1d, 0x4a, 0x6e, 0x9d, 0x2a, 0x71, 0xc4, 0x08, 0xb3, 0xe6, 0x57,
];

/// The default time in seconds since 1970: the first second of 2024, when the certificates become
/// valid.
const TIME: Duration = Duration::from_secs(1_704_067_200);

/// A software authenticator and the browser around it.
///
/// The authenticator answers the options of a registration or a login with the JSON that
/// `PublicKeyCredential.toJSON()` returns in a browser, and remembers its credentials. A login uses
/// the newest credential that the options allow. The authenticator answers the extensions `appid`
/// (as not used), `appidExclude`, `credBlob`, `credProps`, `credProtect`, `hmac-secret`,
/// `largeBlob`, `minPinLength` and `prf`.
///
/// Options can be any value that serialises to the JSON that the server sends: a type of the
/// server, a [`serde_json::Value`], or a string with the JSON text. They are the argument of
/// `navigator.credentials.create()` or `get()`, with the member `publicKey`, or only the value of
/// that member. The authenticator rejects options that a browser would reject.
/// [`AuthenticatorError::exception`] returns the exception that a browser would throw.
///
/// ```
/// use serde_json::{Value, json};
/// use webauthn_verify_authenticator::SoftwareAuthenticator;
///
/// let mut authenticator = SoftwareAuthenticator::from_seed(b"alice");
///
/// let options = json!({
///     "publicKey": {
///         "rp": { "id": "example.com", "name": "Example" },
///         "user": { "id": "dXNlci0wMDAx", "name": "alice", "displayName": "Alice" },
///         "challenge": "aSByZXBlYXQgbXlzZWxmIG5ldmVyLg",
///         "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
///     },
/// });
/// let registration = authenticator.register(&options, "https://example.com")?;
/// let registration: Value = serde_json::from_str(&registration)?;
/// assert_eq!(registration["response"]["publicKeyAlgorithm"], -7);
///
/// let options = r#"{"challenge":"bm8gdHdvIGFyZSB0aGUgc2FtZQ","rpId":"example.com"}"#;
/// let login = authenticator.authenticate(options, "https://example.com")?;
/// let login: Value = serde_json::from_str(&login)?;
/// assert_eq!(login["id"], registration["id"]);
/// assert_eq!(login["response"]["userHandle"], "dXNlci0wMDAx");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SoftwareAuthenticator {
    device: Device,
    attestation_root: Vec<u8>,
    related_origins: Vec<String>,
    fault: Option<Fault>,
}

impl fmt::Debug for SoftwareAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = &self.device;
        f.debug_struct("SoftwareAuthenticator")
            .field("seed", &Redacted)
            .field("algorithm", &device.algorithm)
            .field("attestation", &device.attestation)
            .field("user_verified", &device.user_verified)
            .field("backup_eligible", &device.backup_eligible)
            .field("backup_state", &device.backup_state)
            .field("has_counter", &device.has_counter)
            .field("aaguid", &Aaguid(device.aaguid))
            .field("time", &device.time)
            .field("attestation_root", &Der(&self.attestation_root))
            .field("related_origins", &Count(self.related_origins.len(), "origin"))
            .field("credentials", &device.credentials)
            .field("registrations", &device.registrations)
            .field("fault", &self.fault)
            .finish()
    }
}

impl SoftwareAuthenticator {
    /// Creates an authenticator whose keys, credential IDs and certificates are derived from
    /// `seed`. The same calls always give the same responses. A different seed gives a different
    /// authenticator.
    pub fn from_seed(seed: &[u8]) -> SoftwareAuthenticator {
        SoftwareAuthenticator {
            device: Device {
                seed: seed.to_vec(),
                algorithm: None,
                attestation: AttestationKind::None,
                user_verified: true,
                backup_eligible: false,
                backup_state: false,
                has_counter: true,
                aaguid: AAGUID,
                time: UNIX_EPOCH + TIME,
                credentials: Vec::new(),
                registrations: 0,
            },
            attestation_root: Authority::root(seed).certificate(),
            related_origins: Vec::new(),
            fault: None,
        }
    }

    /// Creates an authenticator with a seed from the operating system.
    ///
    /// # Errors
    ///
    /// Returns an error if the operating system does not provide random bytes.
    pub fn random() -> Result<SoftwareAuthenticator, AuthenticatorError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| {
            AuthenticatorError::new(format!(
                "the operating system provided no random seed: {error}"
            ))
        })?;
        Ok(SoftwareAuthenticator::from_seed(&seed))
    }

    /// Creates keys only for the algorithm with this COSE number, one of the constants in
    /// [`algorithm`](crate::algorithm). By default, the authenticator uses the first algorithm in
    /// the options that it supports. If the number is not supported, registrations fail.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: i64) -> SoftwareAuthenticator {
        self.device.algorithm = Some(algorithm);
        self
    }

    /// Sets the attestation of registrations. The authenticator uses it even if the options do not
    /// request attestation. The default is [`AttestationKind::None`].
    #[must_use]
    pub fn with_attestation(mut self, attestation: AttestationKind) -> SoftwareAuthenticator {
        self.device.attestation = attestation;
        self
    }

    /// Sets whether the authenticator verifies the user. The options have no influence on this. The
    /// default is `true`.
    #[must_use]
    pub fn with_user_verified(mut self, user_verified: bool) -> SoftwareAuthenticator {
        self.device.user_verified = user_verified;
        self
    }

    /// Sets whether new credentials are backup eligible (BE), and whether backup eligible
    /// credentials are backed up (BS). Both are `false` by default.
    #[must_use]
    pub fn with_backup(mut self, eligible: bool, state: bool) -> SoftwareAuthenticator {
        self.device.backup_eligible = eligible;
        self.device.backup_state = state;
        self
    }

    /// Turns off the signature counter: the authenticator always sends 0, as synced passkeys do. By
    /// default, the counter increases with each login.
    #[must_use]
    pub fn without_counter(mut self) -> SoftwareAuthenticator {
        self.device.has_counter = false;
        self
    }

    /// Sets the AAGUID of the authenticator.
    #[must_use]
    pub fn with_aaguid(mut self, aaguid: [u8; 16]) -> SoftwareAuthenticator {
        self.device.aaguid = aaguid;
        self
    }

    /// Sets the time of the clock, which never advances. The default is the first second of 2024.
    /// Only [`AttestationKind::AndroidSafetyNet`] uses the time.
    #[must_use]
    pub fn with_time(mut self, time: SystemTime) -> SoftwareAuthenticator {
        self.device.time = time;
        self
    }

    /// Allows pages of these origins to use any RP ID, as if the site of the RP ID listed them in
    /// its `/.well-known/webauthn` file (related origins, §5.11).
    #[must_use]
    pub fn with_related_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> SoftwareAuthenticator {
        self.related_origins = origins.into_iter().map(O::into).collect();
        self
    }

    pub(crate) fn seed(&self) -> &[u8] {
        &self.device.seed
    }

    pub(crate) fn aaguid(&self) -> [u8; 16] {
        self.device.aaguid
    }

    /// Returns the root certificate of the attestation in DER. Give it to the relying party as a
    /// trust anchor.
    #[must_use]
    pub fn attestation_root(&self) -> &[u8] {
        &self.attestation_root
    }

    /// Makes the next response wrong in this way. Later responses are not affected.
    pub fn break_next(&mut self, fault: Fault) {
        self.fault = Some(fault);
    }

    /// Answers `navigator.credentials.create()` on a page of this origin: creates a credential and
    /// returns a `RegistrationResponseJSON`.
    ///
    /// The RP ID must be the host of the origin or a parent domain of it, unless
    /// [`with_related_origins`](SoftwareAuthenticator::with_related_origins) lists the origin. An
    /// app (`android:apk-key-hash:...`) can use any RP ID. If a Chromium extension
    /// (`chrome-extension://...`) uses its own ID as the RP ID, the authenticator gets the whole
    /// origin as the RP ID.
    ///
    /// The authenticator remembers the credential even if the response is broken.
    ///
    /// # Errors
    ///
    /// Returns an error if a browser would also fail: it rejects the options for this origin, they
    /// request no algorithm that the authenticator supports, or they exclude a credential that the
    /// authenticator has. Also returns an error if the [`Fault`] does not apply to this
    /// registration.
    pub fn register(
        &mut self,
        options: &(impl Serialize + ?Sized),
        origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let kind = self.device.attestation;
        let broken =
            self.take_fault("registration", |fault| fault.applies_to_registration(kind))?;
        let json = options::json(options)?;
        let options = CreationOptions::read(&json, origin, &self.related_origins)?;
        let challenge = base64url::encode(&options.challenge);
        let client_data_json = broken.create_client_data(&challenge, origin);
        let hash = client_data_hash(&client_data_json);
        let credential = self.device.make_credential(&options, hash, &broken)?;
        response::registration(credential, &client_data_json, kind, &broken)
    }

    /// Answers `navigator.credentials.get()` on a page of this origin: signs with a credential and
    /// returns an `AuthenticationResponseJSON`. The RP ID must fit the origin, as in
    /// [`register`](SoftwareAuthenticator::register).
    ///
    /// # Errors
    ///
    /// Returns an error if a browser would also fail: it rejects the options for this origin, or
    /// the authenticator has no credential that they allow. Also returns an error if the [`Fault`]
    /// does not apply to a login.
    pub fn authenticate(
        &mut self,
        options: &(impl Serialize + ?Sized),
        origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let broken = self.take_fault("authentication", Fault::applies_to_authentication)?;
        let json = options::json(options)?;
        let options = RequestOptions::read(&json, origin, &self.related_origins)?;
        let challenge = base64url::encode(&options.challenge);
        let client_data_json = broken.get_client_data(&challenge, origin);
        let assertion = self.device.get_assertion(
            &options.rp_id,
            &options.allowed,
            &options.extensions,
            client_data_hash(&client_data_json),
            &broken,
        )?;
        response::authentication(assertion, &client_data_json, self.device.attestation, &broken)
    }

    /// Answers `new PaymentRequest(...).show()` on a page of this origin. The page is in a frame of
    /// `top_origin`, or is the top page if both origins are the same. The user confirms the
    /// payment, and the authenticator signs with a credential. Returns the details of the payment
    /// response, an `AuthenticationResponseJSON`.
    ///
    /// The options are one object with the two arguments of the constructor as its members
    /// `methodData` and `details`. The bytes of `challenge` and `credentialIds` are base64url. Any
    /// page can request a payment, so the RP ID is not compared with the origin.
    ///
    /// # Errors
    ///
    /// Returns an error if a browser would also fail: it rejects the options, or the authenticator
    /// has none of the credentials that they list. Also returns an error if the [`Fault`] does not
    /// apply to a login.
    pub fn confirm_payment(
        &mut self,
        options: &(impl Serialize + ?Sized),
        origin: &str,
        top_origin: &str,
    ) -> Result<String, AuthenticatorError> {
        let broken = self.take_fault("authentication", Fault::applies_to_authentication)?;
        let options = PaymentOptions::read(&options::json(options)?)?;
        let payment = options.payment_json(top_origin)?;
        let challenge = base64url::encode(&options.challenge);
        let client_data_json = broken.payment_client_data(&challenge, origin, top_origin, &payment);
        let mut assertion = self.device.get_assertion(
            &options.rp_id,
            &options.credential_ids,
            &options.extensions,
            client_data_hash(&client_data_json),
            &broken,
        )?;
        let results = &mut assertion.client_extension_results;
        results.entry("payment").or_insert_with(|| json!({}));
        response::authentication(assertion, &client_data_json, self.device.attestation, &broken)
    }

    fn take_fault(
        &mut self,
        ceremony: &str,
        applies: impl Fn(&Fault) -> bool,
    ) -> Result<Broken, AuthenticatorError> {
        match self.fault.take() {
            Some(fault) if !applies(&fault) => Err(AuthenticatorError::new(format!(
                "the fault {fault:?} does not apply to the {ceremony} with attestation {:?}",
                self.device.attestation
            ))),
            fault => Ok(Broken::new(fault)),
        }
    }
}

#[cfg(test)]
mod tests;
