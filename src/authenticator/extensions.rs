//! What the software authenticator, and the browser around it, do for extensions (§10.1 of the
//! specification, and of CTAP 2.2, section 12).

use core::fmt;

use ciborium::Value as Cbor;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::error::AuthenticatorError;
use crate::ceremony::ExtensionInputs;
use crate::debug::{Redacted, length};
use crate::encoding::base64url;
use crate::message::extensions::CredentialProtection;

/// The fewest characters of a PIN of this authenticator.
const MIN_PIN_LENGTH: u32 = 4;

/// The longest blob for `credBlob`.
const MAX_CRED_BLOB: usize = 32;

/// What a credential keeps for its extensions.
#[derive(Clone)]
pub(super) struct CredentialExtensions {
    /// The key of its pseudo-random function (CTAP calls it `CredRandom`).
    secret: [u8; 32],
    cred_blob: Vec<u8>,
    large_blob: Option<Vec<u8>>,
}

impl fmt::Debug for CredentialExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialExtensions")
            .field("secret", &Redacted)
            .field("cred_blob", &length(&self.cred_blob))
            .field("large_blob", &self.large_blob.as_deref().map(length))
            .finish()
    }
}

/// The outputs of one ceremony.
#[derive(Default)]
pub(super) struct Outputs {
    pub(super) client: Map<String, Value>,
    authenticator: Vec<(&'static str, Cbor)>,
}

impl Outputs {
    fn client(&mut self, identifier: &str, output: impl Into<Value>) {
        self.client.insert(identifier.to_owned(), output.into());
    }

    fn authenticator(&mut self, identifier: &'static str, output: impl Into<Cbor>) {
        self.authenticator.retain(|(known, _)| *known != identifier);
        self.authenticator.push((identifier, output.into()));
    }

    /// The map in authenticator data: nothing where there is no output.
    pub(super) fn authenticator_map(mut self) -> Result<Vec<u8>, AuthenticatorError> {
        let mut bytes = Vec::new();
        if self.authenticator.is_empty() {
            return Ok(bytes);
        }
        // The canonical order of texts.
        self.authenticator.sort_by_key(|(identifier, _)| (identifier.len(), *identifier));
        let pairs = self.authenticator.into_iter().map(|(name, value)| (Cbor::from(name), value));
        ciborium::into_writer(&Cbor::Map(pairs.collect()), &mut bytes).map_err(|error| {
            AuthenticatorError::new(format!("the CBOR was not written: {error}"))
        })?;
        Ok(bytes)
    }
}

impl CredentialExtensions {
    pub(super) fn new(secret: [u8; 32]) -> CredentialExtensions {
        CredentialExtensions { secret, cred_blob: Vec::new(), large_blob: None }
    }

    /// Answers the extensions of a registration. `discoverable` is `false` for an authenticator of
    /// the U2F generation, which has none of its own.
    pub(super) fn create(&mut self, inputs: &ExtensionInputs, discoverable: bool) -> Outputs {
        let mut outputs = Outputs::default();
        let is_asked = |identifier| inputs.get(identifier) == Some(&Value::Bool(true));
        if is_asked("credProps") {
            outputs.client("credProps", json!({ "rk": discoverable }));
        }
        if inputs.get("appidExclude").is_some() {
            outputs.client("appidExclude", true);
        }
        if inputs.get("prf").is_some() && !discoverable {
            outputs.client("prf", json!({ "enabled": false }));
        }
        if inputs.get("largeBlob").is_some() {
            outputs.client("largeBlob", json!({ "supported": discoverable }));
        }
        if !discoverable {
            return outputs;
        }
        if let Some(level) = inputs.get("credentialProtectionPolicy").and_then(protection_level) {
            outputs.authenticator("credProtect", level);
        }
        if is_asked("minPinLength") {
            outputs.authenticator("minPinLength", MIN_PIN_LENGTH);
        }
        if is_asked("hmacCreateSecret") {
            outputs.client("hmacCreateSecret", true);
            outputs.authenticator("hmac-secret", true);
        }
        if let Some(input) = inputs.get("prf") {
            let mut output = Map::from_iter([("enabled".to_owned(), true.into())]);
            outputs.authenticator("hmac-secret", true);
            if let Some(results) = self.prf_results(input.get("eval")) {
                outputs.authenticator("hmac-secret-mc", self.encrypted(results.len()));
                output.insert("results".to_owned(), results.into());
            }
            outputs.client("prf", output);
        }
        if let Some(blob) = inputs.get("credBlob").and_then(decode) {
            let stored = blob.len() <= MAX_CRED_BLOB;
            if stored {
                self.cred_blob = blob;
            }
            outputs.client("credBlob", stored);
            outputs.authenticator("credBlob", stored);
        }
        outputs
    }

    /// Answers the extensions of a login with the credential of this ID.
    pub(super) fn get(
        &mut self,
        inputs: &ExtensionInputs,
        credential_id: &[u8],
        discoverable: bool,
    ) -> Outputs {
        let mut outputs = Outputs::default();
        if inputs.get("appid").is_some() {
            outputs.client("appid", false);
        }
        if !discoverable {
            return outputs;
        }
        if let Some(input) = inputs.get("prf") {
            let own = |by: &Value| by.get(base64url::encode(credential_id)).cloned();
            let eval = input.get("evalByCredential").and_then(own);
            let mut output = Map::new();
            if let Some(results) = self.prf_results(eval.as_ref().or(input.get("eval"))) {
                outputs.authenticator("hmac-secret", self.encrypted(results.len()));
                output.insert("results".to_owned(), results.into());
            }
            outputs.client("prf", output);
        }
        if let Some(input) = inputs.get("hmacGetSecret") {
            let secret = |salt: &str| Some(self.hmac(&decode(input.get(salt)?)?).to_vec());
            let names = [("output1", "salt1"), ("output2", "salt2")];
            let secrets = names.into_iter().filter_map(|(name, salt)| Some((name, secret(salt)?)));
            let secrets = text_members(secrets);
            outputs.authenticator("hmac-secret", self.encrypted(secrets.len()));
            outputs.client("hmacGetSecret", secrets);
        }
        if inputs.get("getCredBlob") == Some(&Value::Bool(true)) {
            outputs.client("getCredBlob", base64url::encode(&self.cred_blob));
            outputs.authenticator("credBlob", self.cred_blob.clone());
        }
        if let Some(input) = inputs.get("largeBlob") {
            let output = if let Some(blob) = input.get("write").and_then(decode) {
                self.large_blob = Some(blob);
                json!({ "written": true })
            } else if let Some(blob) = &self.large_blob {
                json!({ "blob": base64url::encode(blob) })
            } else {
                json!({})
            };
            outputs.client("largeBlob", output);
        }
        outputs
    }

    /// `AuthenticationExtensionsPRFValuesJSON` for the inputs in the same form (§10.1.4).
    fn prf_results(&self, inputs: Option<&Value>) -> Option<Map<String, Value>> {
        let inputs = inputs?;
        let result = |name: &str| {
            let input = decode(inputs.get(name)?)?;
            let salt = Sha256::new_with_prefix(b"WebAuthn PRF\0").chain_update(input).finalize();
            Some(self.hmac(&salt).to_vec())
        };
        result("first")?;
        let names = ["first", "second"].into_iter();
        Some(text_members(names.filter_map(|name| Some((name, result(name)?)))))
    }

    fn hmac(&self, salt: &[u8]) -> [u8; 32] {
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.secret) {
            *to = from;
        }
        Hmac::<Sha256>::new(&block.into()).chain_update(salt).finalize().into_bytes().into()
    }

    /// What stands for this many encrypted secrets: as long as by PIN protocol 2, and nobody can
    /// decrypt it.
    fn encrypted(&self, secrets: usize) -> Vec<u8> {
        let blocks = (0_u8..3).flat_map(|block| self.hmac(&[block]));
        blocks.take(16 + 32 * secrets).collect()
    }
}

/// An object with these members as base64url.
fn text_members<'n>(members: impl Iterator<Item = (&'n str, Vec<u8>)>) -> Map<String, Value> {
    members.map(|(name, bytes)| (name.to_owned(), base64url::encode(&bytes).into())).collect()
}

fn decode(input: &Value) -> Option<Vec<u8>> {
    base64url::decode(input.as_str()?, "extension input", "base64url").ok()
}

fn protection_level(policy: &Value) -> Option<u8> {
    match CredentialProtection::named(policy.as_str()?)? {
        CredentialProtection::UserVerificationOptional => Some(1),
        CredentialProtection::UserVerificationOptionalWithCredentialIdList => Some(2),
        CredentialProtection::UserVerificationRequired => Some(3),
    }
}
