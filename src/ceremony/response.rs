//! What the browser sends back (§5.1): a response that was read, and not yet verified.

use core::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::ceremony::credential::{MAX_USER_HANDLE, Transport};
use crate::ceremony::extensions::outputs::ClientExtensionOutputs;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_json::{Buffer, Raw, step_of};
use crate::ceremony::response_text;
use crate::error::{Error, ErrorKind, Failure};
use crate::spec::{Ceremony, Step};

/// The browser's answer to `navigator.credentials.create()`: parsed, and not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationResponse {
    buffer: Buffer,
    raw_id: Range<usize>,
    client_data_json: Range<usize>,
    attestation_object: Range<usize>,
    authenticator_data: Option<Range<usize>>,
    public_key: Option<Range<usize>>,
    public_key_algorithm: Option<i64>,
    transports: Vec<Transport>,
    authenticator_attachment: Option<AuthenticatorAttachment>,
    client_extension_results: ClientExtensionOutputs,
}

/// The browser's answer to `navigator.credentials.get()`: parsed, and not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationResponse {
    buffer: Buffer,
    raw_id: Range<usize>,
    client_data_json: Range<usize>,
    authenticator_data: Range<usize>,
    signature: Range<usize>,
    user_handle: Option<Range<usize>>,
    authenticator_attachment: Option<AuthenticatorAttachment>,
    client_extension_results: ClientExtensionOutputs,
}

impl RegistrationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// # Errors
    ///
    /// Of steps 2 to 4 of §7.1: `CeremonyAborted` for `null` or an object with an `error` in place
    /// of a credential, `WrongResponseType` for the response of a login, `MalformedResponse`,
    /// `InvalidBase64Url`, `CredentialIdMismatch` where `id` and `rawId` differ, `InputTooLarge`
    /// beyond 256 KiB.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<RegistrationResponse, Error> {
        let (raw, buffer) = response_text::read(body.as_ref(), Ceremony::Registration)?;
        RegistrationResponse::from_raw(raw, buffer)
    }

    fn from_raw(raw: Raw, buffer: Buffer) -> Result<RegistrationResponse, Error> {
        let require = |found: Option<Range<usize>>, field| {
            found.ok_or_else(|| missing(Ceremony::Registration, field))
        };
        if raw.members.attestation_object.is_none() && raw.members.signature.is_some() {
            return Err(wrong_type(Ceremony::Registration, "this is the response of a login"));
        }
        Ok(RegistrationResponse {
            client_data_json: require(raw.members.client_data_json, "response.clientDataJSON")?,
            attestation_object: require(
                raw.members.attestation_object,
                "response.attestationObject",
            )?,
            authenticator_data: raw.members.authenticator_data,
            public_key: raw.members.public_key,
            public_key_algorithm: raw.members.public_key_algorithm,
            transports: raw.members.transports,
            raw_id: raw.raw_id,
            authenticator_attachment: raw.authenticator_attachment,
            client_extension_results: raw.client_extension_results.into(),
            buffer,
        })
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified.
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.buffer.get(&self.raw_id)
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.buffer.get(&self.client_data_json)
    }

    /// The bytes of `attestationObject`.
    pub fn attestation_object(&self) -> &[u8] {
        self.buffer.get(&self.attestation_object)
    }

    /// The unsigned copy of the authenticator data, where the browser sends one.
    pub(crate) fn authenticator_data_copy(&self) -> Option<&[u8]> {
        self.authenticator_data.as_ref().map(|range| self.buffer.get(range))
    }

    /// The unsigned copy of the public key as SubjectPublicKeyInfo, where the browser sends one.
    pub(crate) fn public_key_copy(&self) -> Option<&[u8]> {
        self.public_key.as_ref().map(|range| self.buffer.get(range))
    }

    /// The unsigned copy of the COSE algorithm, where the browser sends one.
    pub(crate) fn public_key_algorithm_copy(&self) -> Option<i64> {
        self.public_key_algorithm
    }

    /// How the client reaches the authenticator, in the browser's order.
    pub fn transports(&self) -> &[Transport] {
        &self.transports
    }

    /// How the authenticator is attached, where the browser says it in a known word.
    pub fn authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.authenticator_attachment
    }

    /// The client extension results, unsigned.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }
}

impl AuthenticationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// # Errors
    ///
    /// Of steps 2, 3, 4 and 7 of §7.2: `CeremonyAborted` for `null` or an object with an `error`
    /// in place of a credential, `WrongResponseType` for the response of a registration,
    /// `MalformedResponse`, `InvalidBase64Url`, `CredentialIdMismatch` where `id` and `rawId`
    /// differ, `InputTooLarge` beyond 256 KiB.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<AuthenticationResponse, Error> {
        let (raw, buffer) = response_text::read(body.as_ref(), Ceremony::Authentication)?;
        AuthenticationResponse::from_raw(raw, buffer)
    }

    fn from_raw(raw: Raw, buffer: Buffer) -> Result<AuthenticationResponse, Error> {
        let require = |found: Option<Range<usize>>, field| {
            found.ok_or_else(|| missing(Ceremony::Authentication, field))
        };
        if raw.members.attestation_object.is_some() && raw.members.signature.is_none() {
            let reason = "this is the response of a registration";
            return Err(wrong_type(Ceremony::Authentication, reason));
        }
        // Some front ends send null or "" where there is none.
        let user_handle = raw.members.user_handle.filter(|range| !range.is_empty());
        if user_handle.as_ref().is_some_and(|range| range.len() > MAX_USER_HANDLE) {
            let reason = "response.userHandle is longer than 64 bytes";
            return Err(Failure::new(ErrorKind::MalformedResponse, reason)
                .at(Ceremony::Authentication, Step::ResponseMembers));
        }
        Ok(AuthenticationResponse {
            client_data_json: require(raw.members.client_data_json, "response.clientDataJSON")?,
            authenticator_data: require(
                raw.members.authenticator_data,
                "response.authenticatorData",
            )?,
            signature: require(raw.members.signature, "response.signature")?,
            user_handle,
            raw_id: raw.raw_id,
            authenticator_attachment: raw.authenticator_attachment,
            client_extension_results: raw.client_extension_results.into(),
            buffer,
        })
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified: use it only to
    /// find the account, as with [`unverified_user_handle`](Self::unverified_user_handle).
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.buffer.get(&self.raw_id)
    }

    /// The user handle, 1 to 64 bytes. Not yet verified: use it to find the account whose records
    /// go into `finish_authentication`, and for nothing else.
    pub fn unverified_user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_ref().map(|range| self.buffer.get(range))
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.buffer.get(&self.client_data_json)
    }

    /// The bytes of `authenticatorData`.
    pub fn authenticator_data(&self) -> &[u8] {
        self.buffer.get(&self.authenticator_data)
    }

    /// The bytes of `signature`.
    pub fn signature(&self) -> &[u8] {
        self.buffer.get(&self.signature)
    }

    /// How the authenticator is attached, where the browser says it in a known word.
    pub fn authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.authenticator_attachment
    }

    /// The client extension results, unsigned.
    pub fn client_extension_results(&self) -> &ClientExtensionOutputs {
        &self.client_extension_results
    }
}

impl<'de> Deserialize<'de> for RegistrationResponse {
    /// As [`RegistrationResponse::from_json`], for frameworks that extract values.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (raw, buffer) = Raw::from_deserializer(deserializer, Ceremony::Registration)?;
        RegistrationResponse::from_raw(raw, buffer).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for AuthenticationResponse {
    /// As [`AuthenticationResponse::from_json`], for frameworks that extract values.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (raw, buffer) = Raw::from_deserializer(deserializer, Ceremony::Authentication)?;
        AuthenticationResponse::from_raw(raw, buffer).map_err(D::Error::custom)
    }
}

fn missing(ceremony: Ceremony, field: &'static str) -> Error {
    Failure::new(ErrorKind::MalformedResponse, format!("{field} is missing"))
        .at(ceremony, step_of(field))
}

fn wrong_type(ceremony: Ceremony, reason: &'static str) -> Error {
    Failure::new(ErrorKind::WrongResponseType, reason).at(ceremony, Step::ResponseType)
}
