//! Asking for extensions (§9): a method for each that browsers know.
//!
//! Browsers take `appid`, `appidExclude`, `credProps`, `prf` and `largeBlob` as §10.1 of the
//! specification writes them. The inputs of `credProtect`, `minPinLength` and `credBlob` are those of
//! CTAP 2.2, section 12; their bytes are base64url in the JSON, as those of the others. `hmac-secret`
//! of CTAP and `uvm` of Level 2 (§10.3) are asked for by the method `extension`.

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
    /// It must: browsers use no authenticator that cannot, and a registration in which the client
    /// does not say that it can is refused.
    Required,
    /// Wanted where the authenticator can.
    Preferred,
}

names! {
    LargeBlobSupport, "large blob support requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
}

impl RegistrationRequest {
    /// Asks the browser whether the credential is discoverable: the extension `credProps`
    /// (§10.1.3). [`passkey`](RegistrationRequest::passkey) asks by itself.
    #[must_use]
    pub fn cred_props(self) -> RegistrationRequest {
        self.with(Extension::CredProps, true)
    }

    /// Asks for a credential that is protected like this, if the authenticator can: the extension
    /// `credProtect`.
    ///
    /// The registration does not start, with `InvalidOptions`, where browsers would refuse it: for
    /// `UserVerificationRequired` unless the request requires user verification, and for
    /// `UserVerificationOptional` where it discourages a discoverable credential.
    #[must_use]
    pub fn cred_protect(self, protection: CredentialProtection) -> RegistrationRequest {
        self.with(Extension::CredentialProtectionPolicy, protection.as_str())
            .with(Extension::EnforceCredentialProtectionPolicy, false)
    }

    /// Asks for a credential that is protected like this or better, and has it enforced: browsers
    /// use no authenticator that cannot, and a registration whose authenticator data does not say
    /// so is refused with `ExtensionRejected`.
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
    /// The registration does not start, with `InvalidOptions`, where browsers would refuse it: for
    /// `UserVerificationRequired` unless the request requires user verification, and for
    /// `UserVerificationOptional`, with which there is nothing to enforce.
    #[must_use]
    pub fn require_cred_protect(self, protection: CredentialProtection) -> RegistrationRequest {
        self.with(Extension::CredentialProtectionPolicy, protection.as_str())
            .with(Extension::EnforceCredentialProtectionPolicy, true)
    }

    /// Asks how long a PIN of the authenticator must be: the extension `minPinLength`.
    /// Authenticators answer only relying parties that they were configured for; that there is no
    /// answer is normal.
    #[must_use]
    pub fn min_pin_length(self) -> RegistrationRequest {
        self.with(Extension::MinPinLength, true)
    }

    /// The same, and refuses an authenticator that answers with less than `minimum` characters. One
    /// that does not answer passes: where that matters, look at
    /// [`AuthenticatorOutputs::min_pin_length`](crate::extensions::AuthenticatorOutputs::min_pin_length).
    #[must_use]
    pub fn refuse_min_pin_length_below(mut self, minimum: u32) -> RegistrationRequest {
        self.common.extensions.set_min_pin_length(minimum);
        self.min_pin_length()
    }

    /// Asks for a credential with a pseudo-random function, without results for now: the extension
    /// `prf` (§10.1.4).
    #[must_use]
    pub fn enable_prf(self) -> RegistrationRequest {
        self.with_members(Extension::Prf, Map::new())
    }

    /// Asks for a pseudo-random function as [`enable_prf`](RegistrationRequest::enable_prf) does, and
    /// demands it. The registration fails with `ExtensionRejected` if the client does not say that the
    /// credential has one, or if results that [`prf`](RegistrationRequest::prf) asked for cannot be
    /// read.
    #[must_use]
    pub fn require_prf(mut self) -> RegistrationRequest {
        self.common.extensions.set_require_prf();
        self.enable_prf()
    }

    /// Asks for a credential that can store a large blob: the extension `largeBlob` (§10.1.5).
    #[must_use]
    pub fn large_blob(self, support: LargeBlobSupport) -> RegistrationRequest {
        let input = Map::from_iter([("support".to_owned(), support.as_str().into())]);
        self.with_members(Extension::LargeBlob, input)
    }

    /// Stores these bytes with the credential: the extension `credBlob`. Authenticators that have
    /// it take 32 bytes at least; whether they did is in the outputs.
    #[must_use]
    pub fn cred_blob(self, bytes: &[u8]) -> RegistrationRequest {
        self.with(Extension::CredBlob, base64url::encode(bytes))
    }

    /// Excludes authenticators that have one of the account's existing credentials from the time of
    /// the FIDO U2F API, registered under this AppID: the extension `appidExclude` (§10.1.2).
    #[must_use]
    pub fn app_id_exclude(self, app_id: &str) -> RegistrationRequest {
        self.with(Extension::AppIdExclude, app_id)
    }

    /// Lets the credential confirm payments as well, by Secure Payment Confirmation: the extension
    /// `payment`, with `isPayment` true.
    ///
    /// Browsers make such credentials only on the device itself, discoverable, with the user
    /// verified; this asks for that too. A request that asks for less in the end cannot start.
    #[must_use]
    pub fn payment(mut self) -> RegistrationRequest {
        self.attachment = Some(AuthenticatorAttachment::Platform);
        if self.resident_key == ResidentKey::Discouraged {
            self.resident_key = ResidentKey::Required;
        }
        self.common.user_verification = UserVerification::Required;
        self.with(Extension::Payment, json!({ "isPayment": true }))
    }

    /// Whether the credential is to confirm payments.
    pub(crate) fn is_payment(&self) -> bool {
        let payment = self.common.extensions.get(Extension::Payment.identifier());
        payment.is_some_and(|input| input.get("isPayment") == Some(&Value::Bool(true)))
    }
}

impl AuthenticationRequest {
    /// Lets credentials in that were registered with the FIDO U2F API under this AppID: the
    /// extension `appid` (§10.1.1). An answer under the AppID is accepted only where the client
    /// says that it used it.
    #[must_use]
    pub fn app_id(self, app_id: &str) -> AuthenticationRequest {
        self.with(Extension::AppId, app_id)
    }

    /// Asks for results like [`prf`](AuthenticationRequest::prf), for inputs of this credential in
    /// the place of those for all: the member `evalByCredential`. Call it for each credential that has
    /// its own.
    ///
    /// The login must name the credential as one that is allowed, else its start fails with
    /// `InvalidOptions`.
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
        let values = prf_values(first, second).into();
        let by_credential = Map::from_iter([(base64url::encode(credential_id), values)]);
        let input = Map::from_iter([("evalByCredential".to_owned(), by_credential.into())]);
        self.with_members(Extension::Prf, input)
    }

    /// Refuses, with `ExtensionRejected`, a login that does not bring the results which
    /// [`prf`](AuthenticationRequest::prf) or [`prf_for`](AuthenticationRequest::prf_for) asks for:
    /// one, or two if every input has a second. Nothing signs the results, so this only makes sure
    /// that they are there.
    ///
    /// Without an input the login does not start, with `InvalidOptions`.
    #[must_use]
    pub fn require_prf(mut self) -> AuthenticationRequest {
        self.common.extensions.set_require_prf();
        self
    }

    /// Reads the large blob of the credential that signs in: the extension `largeBlob` (§10.1.5).
    #[must_use]
    pub fn large_blob_read(self) -> AuthenticationRequest {
        let input = Map::from_iter([("read".to_owned(), true.into())]);
        self.with_members(Extension::LargeBlob, input)
    }

    /// Writes the large blob of the credential. The login must allow exactly one credential and
    /// cannot read a blob too, else its start fails with `InvalidOptions`.
    #[must_use]
    pub fn large_blob_write(self, blob: &[u8]) -> AuthenticationRequest {
        let input = Map::from_iter([("write".to_owned(), base64url::encode(blob).into())]);
        self.with_members(Extension::LargeBlob, input)
    }

    /// Reads the bytes that [`cred_blob`](RegistrationRequest::cred_blob) stored with the
    /// credential.
    #[must_use]
    pub fn get_cred_blob(self) -> AuthenticationRequest {
        self.with(Extension::GetCredBlob, true)
    }
}

/// Gives both requests the methods for what both ask for.
macro_rules! common_extensions {
    ($request:ident) => {
        impl $request {
            /// Asks for the results of the credential's pseudo-random function for one or two inputs
            /// of any length: the extension `prf` (§10.1.4). Not every authenticator gives results
            /// in a registration; a login does.
            ///
            /// Results are secrets. If the page uses them as keys, it should remove them before it
            /// sends the response. [`ClientOutputs::prf`] reads those that were sent.
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

            /// Adds members to the input, beside those that are there.
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
    Map::from_iter([("eval".to_owned(), prf_values(first, second).into())])
}

/// `AuthenticationExtensionsPRFValuesJSON`.
fn prf_values(first: &[u8], second: Option<&[u8]>) -> Map<String, Value> {
    let values = core::iter::once(first).chain(second);
    let member = |(name, value): (&str, &[u8])| (name.to_owned(), base64url::encode(value).into());
    ["first", "second"].into_iter().zip(values).map(member).collect()
}
