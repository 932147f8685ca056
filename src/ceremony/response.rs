//! What the browser sends back (§5.1): a response that was read, and not yet verified.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::ceremony::credential::Transport;
use crate::ceremony::extensions::outputs::ClientExtensionOutputs;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_json::{AuthenticationMembers, Raw, RegistrationMembers};
use crate::ceremony::{response_serde, response_text};
use crate::error::Error;

/// The browser's answer to `navigator.credentials.create()`: parsed, and not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationResponse {
    raw: Raw<RegistrationMembers>,
    client_extension_results: ClientExtensionOutputs,
}

/// The browser's answer to `navigator.credentials.get()`: parsed, and not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationResponse {
    raw: Raw<AuthenticationMembers>,
    client_extension_results: ClientExtensionOutputs,
}

impl RegistrationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// Only what the steps verify can fail here, and the form of the body: one JSON object, in which
    /// no member is repeated. What comes from the client alone, such as extension outputs,
    /// transports and copies of the public key, never fails a ceremony: in a form that cannot be
    /// read it counts as absent.
    ///
    /// # Errors
    ///
    /// Of steps 2 to 4 of §7.1: `CeremonyAborted` for `null`, or for an object with a text `error`
    /// and no `response`; `WrongResponseType` for the response of a login; `MalformedResponse`,
    /// which names the forms in which pages are known to send bytes; `InvalidBase64Url`;
    /// `CredentialIdMismatch` where `id` and `rawId` differ; `InputTooLarge` beyond 256 KiB or 32
    /// levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<RegistrationResponse, Error> {
        let mut raw = response_text::registration(body.as_ref())?;
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        Ok(RegistrationResponse { raw, client_extension_results })
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified.
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.credential_id)
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.client_data_json)
    }

    /// The bytes of `attestationObject`.
    pub fn attestation_object(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.attestation_object)
    }

    /// Whether the unsigned copy of the authenticator data is there and is not this.
    pub(crate) fn authenticator_data_copy_differs(&self, attested: &[u8]) -> bool {
        self.raw.members.authenticator_data.differs(|copy| self.raw.buffer.get(copy) == attested)
    }

    /// Whether the unsigned copy of the public key, a SubjectPublicKeyInfo, is there and `is_same`
    /// says that it is of another key.
    pub(crate) fn public_key_copy_differs(&self, is_same: impl FnOnce(&[u8]) -> bool) -> bool {
        self.raw.members.public_key.differs(|copy| is_same(self.raw.buffer.get(copy)))
    }

    /// Whether the unsigned copy of the COSE algorithm is there and is not this.
    pub(crate) fn public_key_algorithm_copy_differs(&self, attested: i64) -> bool {
        self.raw.members.public_key_algorithm.differs(|copy| *copy == attested)
    }

    /// How the client reaches the authenticator, in the browser's order.
    pub fn transports(&self) -> &[Transport] {
        &self.raw.members.transports
    }

    /// How the authenticator is attached, where the browser says it in a known word.
    pub fn authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension results, unsigned.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }
}

impl AuthenticationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// As with [`RegistrationResponse::from_json`], what comes from the client alone never fails.
    ///
    /// # Errors
    ///
    /// Of steps 2, 3, 4 and 7 of §7.2: `CeremonyAborted` for `null`, or for an object with a text
    /// `error` and no `response`; `WrongResponseType` for the response of a registration;
    /// `MalformedResponse`, which names the forms in which pages are known to send bytes;
    /// `InvalidBase64Url`; `CredentialIdMismatch` where `id` and `rawId` differ; `InputTooLarge`
    /// beyond 256 KiB or 32 levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<AuthenticationResponse, Error> {
        let mut raw = response_text::authentication(body.as_ref())?;
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        Ok(AuthenticationResponse { raw, client_extension_results })
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified: use it only to
    /// find the account, as with [`unverified_user_handle`](Self::unverified_user_handle).
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.credential_id)
    }

    /// The user handle, 1 to 64 bytes. Not yet verified: use it to find the account whose records
    /// go into `finish_authentication`, and for nothing else.
    pub fn unverified_user_handle(&self) -> Option<&[u8]> {
        self.raw.members.user_handle.as_ref().map(|range| self.raw.buffer.get(range))
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.client_data_json)
    }

    /// The bytes of `authenticatorData`.
    pub fn authenticator_data(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.authenticator_data)
    }

    /// The bytes of `signature`.
    pub fn signature(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.signature)
    }

    /// How the authenticator is attached, where the browser says it in a known word.
    pub fn authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension results, unsigned.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }
}

impl<'de> Deserialize<'de> for RegistrationResponse {
    /// As [`RegistrationResponse::from_json`], for frameworks that extract values.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = response_serde::to_json(deserializer)?;
        RegistrationResponse::from_json(body).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for AuthenticationResponse {
    /// As [`AuthenticationResponse::from_json`], for frameworks that extract values.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = response_serde::to_json(deserializer)?;
        AuthenticationResponse::from_json(body).map_err(D::Error::custom)
    }
}
