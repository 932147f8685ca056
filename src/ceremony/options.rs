//! What the browser gets: the JSON forms of `CredentialCreationOptions` (§5.4) and
//! `CredentialRequestOptions` (§5.5).
//!
//! Both serialise as `{"publicKey": {...}, "mediation": ...}`. `publicKey` is exactly what
//! `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` take;
//! `mediation`, where there is one, stands beside it in the argument of
//! `navigator.credentials.create()` or `get()`.

use serde::Serialize;

use crate::ceremony::challenge::Challenge;
use crate::ceremony::credential::Credential;
use crate::ceremony::extensions::inputs::ExtensionInputs;
use crate::ceremony::transport::Transport;
use crate::encoding::base64url;
use crate::names::{names, open_names};

/// Options for `navigator.credentials.create()`. Serialise them as JSON and send them to the page:
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

/// Options for `navigator.credentials.get()`. Serialise them as JSON and send them to the page:
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

/// `PublicKeyCredentialUserEntityJSON`, §5.1.8; the id is the user handle as base64url.
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

/// `PublicKeyCredentialDescriptorJSON`, §5.1.8; the id is base64url.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CredentialDescriptor {
    pub(crate) r#type: &'static str,
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) transports: Vec<Transport>,
}

impl CredentialDescriptor {
    /// The descriptor for a credential record (§4).
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

/// How strongly the relying party wants the user verified, by PIN or biometrics (§5.8.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// The ceremony fails without it.
    Required,
    /// Wanted where the authenticator can, not checked.
    Preferred,
    /// Not wanted, not checked.
    Discouraged,
}

names! {
    UserVerification, "user verification requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
    Discouraged = "discouraged",
}

/// Whether the credential must be discoverable, that is usable without a user name (§5.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidentKey {
    /// It must be.
    Required,
    /// Wanted where the authenticator can.
    Preferred,
    /// Not wanted.
    Discouraged,
}

names! {
    ResidentKey, "resident key requirement", impl Display;
    Required = "required",
    Preferred = "preferred",
    Discouraged = "discouraged",
}

/// How an authenticator is attached to the client (§5.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticatorAttachment {
    /// Built into the device.
    Platform,
    /// Removable, or another device.
    CrossPlatform,
}

names! {
    AuthenticatorAttachment, "authenticator attachment", impl Display;
    Platform = "platform",
    CrossPlatform = "cross-platform",
}

open_names! {
    /// What kind of authenticator the user probably has; a hint to the browser (§5.8.8). The list is
    /// open: what is unknown is kept as it came, and browsers ignore what they do not know.
    ///
    /// Older browsers know no hints. For them, a registration sets the attachment beside the hint.
    Hint {
        /// A security key. The attachment beside it is `CrossPlatform`.
        SecurityKey = "security-key",
        /// The device itself. The attachment beside it is `Platform`.
        ClientDevice = "client-device",
        /// Another device, such as a phone. The attachment beside it is `CrossPlatform`.
        Hybrid = "hybrid",
    }
}

/// Whether the relying party wants to know what kind of authenticator it is (§5.4.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttestationConveyance {
    /// No.
    #[default]
    None,
    /// Yes; the client may anonymise the statement.
    Indirect,
    /// Yes, as the authenticator made it.
    Direct,
    /// Yes, and it may identify the individual device, by agreement with its owner.
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
    /// Without a dialog of its own: passkeys in the autofill of a login form, or a passkey made
    /// in passing after a password login.
    ///
    /// A registration then passes without user presence (step 15 of §7.1). Some browsers cannot
    /// verify the user in passing: relax the preset with
    /// [`user_verification`](crate::RegistrationRequest::user_verification)`(Preferred)`, and the
    /// verdict says whether the user was verified. A passkey made without it is a second factor only,
    /// until [`authorize_uv`](crate::CredentialUpdate::authorize_uv).
    ///
    /// A login offers discoverable credentials for as long as the page is open (§5.1.4.1). If the
    /// request names an account, it offers only those of the account. User presence is checked. The
    /// answer is accepted for 60 minutes by default; then the page needs new options: see
    /// [`valid_for`](crate::AuthenticationRequest::valid_for).
    Conditional,
}

names! {
    Mediation, "mediation requirement", impl Display;
    Conditional = "conditional",
}
