//! The methods that ask for extensions (§9), one for each extension that browsers support.
//!
//! The inputs of `appid`, `appidExclude`, `credProps`, `prf` and `largeBlob` are defined in §10.1
//! of the specification. The inputs of `credProtect`, `minPinLength` and `credBlob` are defined in
//! section 12 of CTAP 2.2. All bytes are base64url in the JSON. The method `extension` asks for
//! `hmac-secret` of CTAP and `uvm` of Level 2 (§10.3).

use serde_json::{Map, Value, json};

use crate::ceremony::extensions::table::Extension;
use crate::ceremony::options::{AuthenticatorAttachment, ResidentKey, UserVerification};
use crate::ceremony::request::authentication::AuthenticationRequest;
use crate::ceremony::request::registration::RegistrationRequest;
use crate::encoding::base64url;
use crate::message::extensions::CredentialProtection;
use crate::names::names;

/// Whether a new credential must be able to store a large blob (§10.1.5, `LargeBlobSupport`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LargeBlobSupport {
    /// The credential must be able to store a blob. Browsers use only authenticators that support
    /// it. The registration fails with
    /// [`ErrorKind::ExtensionRejected`](crate::ErrorKind::ExtensionRejected) if the browser does
    /// not report that the credential can store a blob.
    Required,
    /// The credential should be able to store a blob if the authenticator supports it.
    Preferred,
}

names! {
    LargeBlobSupport, "large blob support requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
}

impl RegistrationRequest {
    /// Asks the browser whether the credential is discoverable (extension `credProps`, §10.1.3).
    /// [`passkey`](RegistrationRequest::passkey) already includes this.
    #[must_use]
    pub fn cred_props(self) -> RegistrationRequest {
        self.with(Extension::CredProps, true)
    }

    /// Asks for a credential with this protection (extension `credProtect`), if the authenticator
    /// supports it.
    ///
    /// Browsers accept some levels only in certain requests. If the request does not fit, starting
    /// the registration returns [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions):
    ///
    /// - `UserVerificationRequired` needs a request that requires user verification.
    /// - `UserVerificationOptional` needs a request that does not discourage a discoverable
    ///   credential.
    #[must_use]
    pub fn cred_protect(self, protection: CredentialProtection) -> RegistrationRequest {
        self.with(Extension::CredentialProtectionPolicy, protection.as_str())
            .with(Extension::EnforceCredentialProtectionPolicy, false)
    }

    /// Requires a credential with this protection or a stronger one (extension `credProtect`).
    /// Browsers use only authenticators that support it. The registration fails with
    /// [`ErrorKind::ExtensionRejected`](crate::ErrorKind::ExtensionRejected) if the authenticator
    /// data does not confirm the protection.
    ///
    /// ```
    /// use webauthn_verify::extensions::CredentialProtection;
    /// use webauthn_verify::{RegistrationRequest, User, UserVerification};
    ///
    /// let user = User::new(b"user-0001", "alice", "Alice");
    /// let request = RegistrationRequest::passkey(&user, &[])
    ///     .user_verification(UserVerification::Required)
    ///     .require_cred_protect(CredentialProtection::UserVerificationRequired);
    /// ```
    ///
    /// Browsers accept some levels only in certain requests. If the request does not fit, starting
    /// the registration returns [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions):
    ///
    /// - `UserVerificationRequired` needs a request that requires user verification.
    /// - `UserVerificationOptional` is always an error, because there is nothing to enforce.
    #[must_use]
    pub fn require_cred_protect(self, protection: CredentialProtection) -> RegistrationRequest {
        self.with(Extension::CredentialProtectionPolicy, protection.as_str())
            .with(Extension::EnforceCredentialProtectionPolicy, true)
    }

    /// Asks for the minimum length of the authenticator's PIN (extension `minPinLength`).
    /// Authenticators answer only the relying parties in their configuration, so a missing answer
    /// is normal.
    #[must_use]
    pub fn min_pin_length(self) -> RegistrationRequest {
        self.with(Extension::MinPinLength, true)
    }

    /// Asks for the minimum PIN length, as [`min_pin_length`](RegistrationRequest::min_pin_length)
    /// does, and rejects an authenticator that answers with less than `minimum`. An authenticator
    /// that does not answer is accepted. To reject it as well, check
    /// [`AuthenticatorOutputs::min_pin_length`](crate::extensions::AuthenticatorOutputs::min_pin_length).
    #[must_use]
    pub fn refuse_min_pin_length_below(mut self, minimum: u32) -> RegistrationRequest {
        self.common.extensions.set_min_pin_length(minimum);
        self.min_pin_length()
    }

    /// Asks for a credential with a pseudo-random function (extension `prf`, §10.1.4). This method
    /// does not ask for results.
    #[must_use]
    pub fn enable_prf(self) -> RegistrationRequest {
        self.with_members(Extension::Prf, Map::new())
    }

    /// Requires a credential with a pseudo-random function. This method also asks for it, as
    /// [`enable_prf`](RegistrationRequest::enable_prf) does. The registration fails with
    /// [`ErrorKind::ExtensionRejected`](crate::ErrorKind::ExtensionRejected) if the browser does
    /// not report that the credential has the function, or if results that
    /// [`prf`](RegistrationRequest::prf) requested are [lost](crate::extensions::ClientOutputs).
    #[must_use]
    pub fn require_prf(mut self) -> RegistrationRequest {
        self.common.extensions.set_require_prf();
        self.enable_prf()
    }

    /// Asks for a credential that can store a large blob (extension `largeBlob`, §10.1.5).
    #[must_use]
    pub fn large_blob(self, support: LargeBlobSupport) -> RegistrationRequest {
        self.with_members(Extension::LargeBlob, object("support", support.as_str()))
    }

    /// Stores these bytes with the credential (extension `credBlob`). Authenticators that support
    /// the extension can store at least 32 bytes. The outputs report whether the bytes were stored.
    #[must_use]
    pub fn cred_blob(self, bytes: &[u8]) -> RegistrationRequest {
        self.with(Extension::CredBlob, base64url::encode(bytes))
    }

    /// Excludes authenticators that hold one of the account's U2F credentials (extension
    /// `appidExclude`, §10.1.2). These are credentials that were registered with the FIDO U2F API
    /// under this AppID.
    #[must_use]
    pub fn app_id_exclude(self, app_id: &str) -> RegistrationRequest {
        self.with(Extension::AppIdExclude, app_id)
    }

    /// Allows the credential to also confirm payments, with Secure Payment Confirmation. This
    /// method sends the extension `payment` with `isPayment` true.
    ///
    /// Browsers create a credential for payments only if it is on the device itself, is
    /// discoverable, and the user is verified. This method also sets these requirements. If you
    /// weaken them afterwards, starting the registration returns
    /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions).
    #[must_use]
    pub fn payment(mut self) -> RegistrationRequest {
        self.attachment = Some(AuthenticatorAttachment::Platform);
        if self.resident_key == ResidentKey::Discouraged {
            self.resident_key = ResidentKey::Required;
        }
        self.common.user_verification = UserVerification::Required;
        self.with(Extension::Payment, json!({ "isPayment": true }))
    }

    /// Returns whether the request asks for a credential that can confirm payments.
    pub(crate) fn is_payment(&self) -> bool {
        let payment = self.common.extensions.get(Extension::Payment.identifier());
        payment.is_some_and(|input| input.get("isPayment") == Some(&Value::Bool(true)))
    }
}

impl AuthenticationRequest {
    /// Also accepts credentials that were registered with the FIDO U2F API under this AppID
    /// (extension `appid`, §10.1.1). An assertion for the AppID is accepted only if the browser
    /// reports that it used the AppID.
    #[must_use]
    pub fn app_id(self, app_id: &str) -> AuthenticationRequest {
        self.with(Extension::AppId, app_id)
    }

    /// Asks for results as [`prf`](AuthenticationRequest::prf) does, with inputs for this
    /// credential only (member `evalByCredential`). For this credential, these inputs replace the
    /// inputs of `prf`. Call this method once for each credential that has its own inputs.
    ///
    /// The request must list the credential. Otherwise, starting the login returns
    /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions).
    ///
    /// ```
    /// use webauthn_verify::{AuthenticationRequest, Credential};
    ///
    /// fn request(user_handle: &[u8], credentials: &[(Credential, [u8; 32])]) -> AuthenticationRequest {
    ///     let records: Vec<_> = credentials.iter().map(|(record, _)| record.clone()).collect();
    ///     let request = AuthenticationRequest::for_user(user_handle, &records);
    ///     credentials.iter().fold(request, |request, (record, salt)| {
    ///         request.prf_for(record.id(), salt, None)
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn prf_for(
        self,
        credential_id: &[u8],
        first: &[u8],
        second: Option<&[u8]>,
    ) -> AuthenticationRequest {
        let values = prf_values(first, second);
        let by_credential = object(&base64url::encode(credential_id), values);
        self.with_members(Extension::Prf, object("evalByCredential", by_credential))
    }

    /// Requires the results that [`prf`](AuthenticationRequest::prf) or
    /// [`prf_for`](AuthenticationRequest::prf_for) requested. The login fails with
    /// [`ErrorKind::ExtensionRejected`](crate::ErrorKind::ExtensionRejected) if the first result is
    /// missing, or if every input has a second value and the second result is missing. The results
    /// are not signed, so the login only checks that they are present.
    ///
    /// If the request has no input, starting the login returns
    /// [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions).
    #[must_use]
    pub fn require_prf(mut self) -> AuthenticationRequest {
        self.common.extensions.set_require_prf();
        self
    }

    /// Reads the large blob of the credential with which the user signs in (extension `largeBlob`,
    /// §10.1.5).
    #[must_use]
    pub fn large_blob_read(self) -> AuthenticationRequest {
        self.with_members(Extension::LargeBlob, object("read", true))
    }

    /// Writes the large blob of the credential (extension `largeBlob`, §10.1.5). The request must
    /// list exactly one credential and must not also read a blob. Otherwise, starting the login
    /// returns [`ErrorKind::InvalidOptions`](crate::ErrorKind::InvalidOptions).
    #[must_use]
    pub fn large_blob_write(self, blob: &[u8]) -> AuthenticationRequest {
        self.with_members(Extension::LargeBlob, object("write", base64url::encode(blob)))
    }

    /// Reads the bytes that [`cred_blob`](RegistrationRequest::cred_blob) stored with the
    /// credential (extension `getCredBlob`).
    #[must_use]
    pub fn get_cred_blob(self) -> AuthenticationRequest {
        self.with(Extension::GetCredBlob, true)
    }
}

/// Defines the methods that both requests have.
macro_rules! common_extensions {
    ($request:ident) => {
        impl $request {
            /// Asks for the results of the credential's pseudo-random function for one or two
            /// inputs of any length (extension `prf`, §10.1.4). Some authenticators return results
            /// only in logins.
            ///
            /// Results are secrets. If the page uses them as keys, the page should remove them from
            /// the response before sending it. [`ClientOutputs::prf`] returns the results that were
            /// sent.
            ///
            /// [`ClientOutputs::prf`]: crate::extensions::ClientOutputs::prf
            #[must_use]
            pub fn prf(self, first: &[u8], second: Option<&[u8]>) -> Self {
                self.with_members(Extension::Prf, eval(first, second))
            }

            fn with(mut self, extension: Extension, input: impl Into<Value>) -> Self {
                self.common.extensions.set(extension.identifier(), input);
                self
            }

            /// Adds members to the input and keeps its other members.
            fn with_members(mut self, extension: Extension, members: Map<String, Value>) -> Self {
                self.common.extensions.merge(extension, members);
                self
            }
        }
    };
}

common_extensions!(RegistrationRequest);
common_extensions!(AuthenticationRequest);

/// `AuthenticationExtensionsPRFInputsJSON` with the member `eval`.
fn eval(first: &[u8], second: Option<&[u8]>) -> Map<String, Value> {
    object("eval", prf_values(first, second))
}

/// `AuthenticationExtensionsPRFValuesJSON`.
fn prf_values(first: &[u8], second: Option<&[u8]>) -> Map<String, Value> {
    let mut values = object("first", base64url::encode(first));
    if let Some(second) = second {
        values.insert("second".to_owned(), base64url::encode(second).into());
    }
    values
}

/// Creates an object with one member.
fn object(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert(name.to_owned(), value.into());
    object
}
