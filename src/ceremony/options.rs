//! The options for the browser, in the JSON forms of `CredentialCreationOptions` (§5.4) and
//! `CredentialRequestOptions` (§5.5).
//!
//! Both serialize as `{"publicKey": {...}, "mediation": ...}`. `publicKey` is the argument of
//! `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.
//! `mediation` is optional. It belongs next to `publicKey` in the argument of
//! `navigator.credentials.create()` or `get()`.

use serde::Serialize;

use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::Credential;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::transport::Transport;
use crate::encoding::base64url;
use crate::names::{names, open_names};

/// Options for `navigator.credentials.create()`. Serialize them as JSON and send them to the page:
///
/// ```js
/// const { publicKey, mediation } = await (await fetch("/registration/start", { method: "POST" })).json();
/// const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
/// const credential = await navigator.credentials.create({ publicKey: options, mediation });
/// await fetch("/registration/finish", { method: "POST", body: JSON.stringify(credential) });
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreationOptions {
    pub(crate) public_key: PublicKeyCreationOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mediation: Option<Mediation>,
}

/// Options for `navigator.credentials.get()`. Serialize them as JSON and send them to the page:
///
/// ```js
/// const { publicKey, mediation } = await (await fetch("/login/start", { method: "POST" })).json();
/// const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
/// const credential = await navigator.credentials.get({ publicKey: options, mediation });
/// await fetch("/login/finish", { method: "POST", body: JSON.stringify(credential) });
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct RequestOptions {
    pub(crate) public_key: PublicKeyRequestOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mediation: Option<Mediation>,
}

/// `PublicKeyCredentialCreationOptionsJSON`, §5.1.8.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicKeyCreationOptions {
    pub(crate) rp: RpEntity,
    pub(crate) user: UserEntity,
    pub(crate) challenge: Challenge,
    pub(crate) pub_key_cred_params: Vec<CredentialParameters>,
    /// Milliseconds.
    pub(crate) timeout: u64,
    pub(crate) exclude_credentials: Vec<CredentialDescriptor>,
    pub(crate) authenticator_selection: AuthenticatorSelection,
    pub(crate) hints: Vec<Hint>,
    pub(crate) attestation: AttestationConveyance,
    pub(crate) attestation_formats: Vec<&'static str>,
    #[serde(skip_serializing_if = "ExtensionInputs::is_empty")]
    pub(crate) extensions: ExtensionInputs,
}

/// `PublicKeyCredentialRequestOptionsJSON`, §5.1.9.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicKeyRequestOptions {
    pub(crate) challenge: Challenge,
    /// Milliseconds.
    pub(crate) timeout: u64,
    pub(crate) rp_id: String,
    pub(crate) allow_credentials: Vec<CredentialDescriptor>,
    pub(crate) user_verification: UserVerification,
    pub(crate) hints: Vec<Hint>,
    #[serde(skip_serializing_if = "ExtensionInputs::is_empty")]
    pub(crate) extensions: ExtensionInputs,
}

/// `PublicKeyCredentialRpEntity`, §5.4.2.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RpEntity {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// `PublicKeyCredentialUserEntityJSON`, §5.1.8. The ID is the user handle in base64url.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntity {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

/// `PublicKeyCredentialParameters`, §5.3.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CredentialParameters {
    pub(crate) r#type: &'static str,
    pub(crate) alg: i64,
}

/// `PublicKeyCredentialDescriptorJSON`, §5.1.8. The ID is in base64url.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CredentialDescriptor {
    pub(crate) r#type: &'static str,
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) transports: Vec<Transport>,
}

impl CredentialDescriptor {
    /// Creates the descriptor of a credential record (§4).
    pub(crate) fn of(credential: &Credential) -> CredentialDescriptor {
        CredentialDescriptor {
            r#type: "public-key",
            id: base64url::encode(credential.id()),
            transports: credential.transports().to_vec(),
        }
    }
}

/// `AuthenticatorSelectionCriteria`, §5.4.4.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatorSelection {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) resident_key: ResidentKey,
    pub(crate) require_resident_key: bool,
    pub(crate) user_verification: UserVerification,
}

/// The requirement to verify the user, by PIN or biometrics (§5.8.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// The ceremony fails if the user is not verified.
    Required,
    /// The authenticator verifies the user if it can. The response is accepted either way.
    Preferred,
    /// The relying party does not want user verification. The response is accepted either way.
    Discouraged,
}

names! {
    UserVerification, "user verification requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
    Discouraged = "discouraged",
}

/// Whether the credential must be discoverable, that is, usable without a user name (§5.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidentKey {
    /// The credential must be discoverable.
    Required,
    /// The credential is discoverable if the authenticator supports it.
    Preferred,
    /// The relying party does not want a discoverable credential.
    Discouraged,
}

names! {
    ResidentKey, "resident key requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
    Discouraged = "discouraged",
}

/// How an authenticator is attached to the user's device (§5.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticatorAttachment {
    /// The authenticator is built into the device.
    Platform,
    /// The authenticator can be removed from the device, or is another device.
    CrossPlatform,
}

names! {
    AuthenticatorAttachment, "authenticator attachment", impl Display;
    Platform = "platform",
    CrossPlatform = "cross-platform",
}

open_names! {
    /// The kind of authenticator that the user probably has, as a hint to the browser (§5.8.8).
    /// Unknown hints are kept unchanged. Browsers ignore hints that they do not know.
    ///
    /// Older browsers do not support hints. For these browsers, also call
    /// [`attachment`](crate::RegistrationRequest::attachment) with the value that is given for each
    /// hint. [`security_key`](crate::RegistrationRequest::security_key) already does.
    Hint {
        /// A security key. The corresponding attachment is `CrossPlatform`.
        SecurityKey = "security-key",
        /// The device itself. The corresponding attachment is `Platform`.
        ClientDevice = "client-device",
        /// Another device, such as a phone. The corresponding attachment is `CrossPlatform`.
        Hybrid = "hybrid",
    }
}

/// Whether the relying party wants an attestation, which identifies the model of the authenticator
/// (§5.4.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttestationConveyance {
    /// The relying party does not want an attestation.
    #[default]
    None,
    /// The relying party wants an attestation. The browser may anonymize it.
    Indirect,
    /// The relying party wants the attestation as the authenticator created it.
    Direct,
    /// The relying party wants an attestation. It may identify the individual device if the owner
    /// of the device has agreed to this.
    Enterprise,
}

names! {
    AttestationConveyance, "attestation conveyance preference", impl Display;
    None = "none",
    Indirect = "indirect",
    Direct = "direct",
    Enterprise = "enterprise",
}

/// How the browser asks the user (`CredentialMediationRequirement`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mediation {
    /// The browser does not show its own dialog. A login offers passkeys in the autofill of the
    /// login form. A registration creates a passkey automatically after a password login.
    ///
    /// A registration with this mediation does not require user presence (step 15 of §7.1). In this
    /// kind of registration, some browsers cannot verify the user. To accept their passkeys, call
    /// [`user_verification`](crate::RegistrationRequest::user_verification)`(Preferred)` on the
    /// request. The verdict shows whether the user was verified. If not, the passkey is only a
    /// second factor until a later login with user verification in which you call
    /// [`authorize_uv`](crate::CredentialUpdate::authorize_uv).
    ///
    /// A login with this mediation offers discoverable credentials while the page is open
    /// (§5.1.4.1). If the request names an account, the browser offers only credentials of this
    /// account. User presence is required. The response is accepted for 60 minutes by default.
    /// After that, the page needs new options; see
    /// [`valid_for`](crate::AuthenticationRequest::valid_for).
    Conditional,
}

names! {
    Mediation, "mediation requirement", impl Display;
    Conditional = "conditional",
}
