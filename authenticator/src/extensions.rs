//! Extensions of the software authenticator and its browser (§10.1 of the WebAuthn specification,
//! and section 12 of CTAP 2.2).

use core::fmt;

use ciborium::Value as Cbor;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::base64url;
use crate::debug::{Redacted, length};
use crate::error::AuthenticatorError;
use crate::options::extensions::{ExtensionInputs, TwoInputs};

/// The minimum PIN length of this authenticator.
const MIN_PIN_LENGTH: u32 = 4;

/// The maximum length of a blob for `credBlob`, in bytes.
const MAX_CRED_BLOB: usize = 32;

/// The stored extension data of a credential.
#[derive(Clone)]
pub(crate) struct CredentialExtensions {
    /// The key of the pseudo-random function. CTAP calls it `CredRandom`.
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

/// The extension outputs of a ceremony.
#[derive(Default)]
pub(crate) struct Outputs {
    pub(crate) client: Map<String, Value>,
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

    /// Returns the map for the authenticator data. It is empty if there are no outputs.
    pub(crate) fn authenticator_map(mut self) -> Result<Vec<u8>, AuthenticatorError> {
        let mut bytes = Vec::new();
        if self.authenticator.is_empty() {
            return Ok(bytes);
        }
        // CTAP2 canonical order of strings.
        self.authenticator.sort_by_key(|(identifier, _)| (identifier.len(), *identifier));
        let pairs = self.authenticator.into_iter().map(|(name, value)| (Cbor::from(name), value));
        ciborium::into_writer(&Cbor::Map(pairs.collect()), &mut bytes).map_err(|error| {
            AuthenticatorError::new(format!("the CBOR could not be written: {error}"))
        })?;
        Ok(bytes)
    }
}

impl CredentialExtensions {
    pub(crate) fn new(secret: [u8; 32]) -> CredentialExtensions {
        CredentialExtensions { secret, cred_blob: Vec::new(), large_blob: None }
    }

    /// Answers the extensions of a registration. `discoverable` is `false` for an authenticator of
    /// the U2F generation, which has no authenticator extensions.
    pub(crate) fn create(&mut self, inputs: &ExtensionInputs, discoverable: bool) -> Outputs {
        let mut outputs = Outputs::default();
        if inputs.cred_props {
            outputs.client("credProps", json!({ "rk": discoverable }));
        }
        if inputs.app_id_exclude.is_some() {
            outputs.client("appidExclude", true);
        }
        if inputs.prf.is_some() && !discoverable {
            outputs.client("prf", json!({ "enabled": false }));
        }
        if inputs.large_blob.is_some() {
            outputs.client("largeBlob", json!({ "supported": discoverable }));
        }
        if !discoverable {
            return outputs;
        }
        if let Some(level) = inputs.protection_level() {
            outputs.authenticator("credProtect", level);
        }
        if inputs.min_pin_length {
            outputs.authenticator("minPinLength", MIN_PIN_LENGTH);
        }
        if inputs.hmac_create_secret {
            outputs.client("hmacCreateSecret", true);
            outputs.authenticator("hmac-secret", true);
        }
        if let Some(input) = &inputs.prf {
            let mut output = Map::from_iter([("enabled".to_owned(), true.into())]);
            outputs.authenticator("hmac-secret", true);
            if let Some(results) = self.prf_results(input.eval.as_ref()) {
                outputs.authenticator("hmac-secret-mc", self.encrypted(results.len()));
                output.insert("results".to_owned(), results.into());
            }
            outputs.client("prf", output);
        }
        if let Some(blob) = &inputs.cred_blob {
            let stored = blob.len() <= MAX_CRED_BLOB;
            if stored {
                self.cred_blob = blob.clone();
            }
            outputs.client("credBlob", stored);
            outputs.authenticator("credBlob", stored);
        }
        outputs
    }

    /// Answers the extensions of a login with this credential ID.
    pub(crate) fn get(
        &mut self,
        inputs: &ExtensionInputs,
        credential_id: &[u8],
        discoverable: bool,
    ) -> Outputs {
        let mut outputs = Outputs::default();
        if inputs.app_id.is_some() {
            outputs.client("appid", false);
        }
        if !discoverable {
            return outputs;
        }
        if let Some(input) = &inputs.prf {
            let mut output = Map::new();
            if let Some(results) = self.prf_results(input.for_credential(credential_id)) {
                outputs.authenticator("hmac-secret", self.encrypted(results.len()));
                output.insert("results".to_owned(), results.into());
            }
            outputs.client("prf", output);
        }
        if let Some(salts) = &inputs.hmac_get_secret {
            let secrets = self.secrets(salts, ["output1", "output2"], <[u8]>::to_vec);
            outputs.authenticator("hmac-secret", self.encrypted(secrets.len()));
            outputs.client("hmacGetSecret", secrets);
        }
        if inputs.get_cred_blob {
            outputs.client("getCredBlob", base64url::encode(&self.cred_blob));
            outputs.authenticator("credBlob", self.cred_blob.clone());
        }
        if let Some(input) = &inputs.large_blob {
            if let Some(blob) = &input.write {
                self.large_blob = Some(blob.clone());
                outputs.client("largeBlob", json!({ "written": true }));
            } else if input.read == Some(true) {
                outputs.client("largeBlob", self.read_large_blob());
            }
        }
        outputs
    }

    fn read_large_blob(&self) -> Value {
        match &self.large_blob {
            Some(blob) => json!({ "blob": base64url::encode(blob) }),
            None => json!({}),
        }
    }

    /// Returns the `AuthenticationExtensionsPRFValuesJSON` for these inputs (§10.1.4).
    fn prf_results(&self, inputs: Option<&TwoInputs>) -> Option<Map<String, Value>> {
        let salt = |input: &[u8]| {
            Sha256::new_with_prefix(b"WebAuthn PRF\0").chain_update(input).finalize().to_vec()
        };
        inputs.map(|inputs| self.secrets(inputs, ["first", "second"], salt))
    }

    /// Returns the secret for each input as base64url. `salt` derives the salt from the input.
    fn secrets(
        &self,
        inputs: &TwoInputs,
        names: [&str; 2],
        salt: impl Fn(&[u8]) -> Vec<u8>,
    ) -> Map<String, Value> {
        let inputs = [Some(&inputs.first), inputs.second.as_ref()].into_iter().flatten();
        let secret = |input: &Vec<u8>| base64url::encode(&self.hmac(&salt(input)));
        let secrets = names.into_iter().zip(inputs);
        secrets.map(|(name, input)| (name.to_owned(), secret(input).into())).collect()
    }

    fn hmac(&self, salt: &[u8]) -> [u8; 32] {
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.secret) {
            *to = from;
        }
        Hmac::<Sha256>::new(&block.into()).chain_update(salt).finalize().into_bytes().into()
    }

    /// Returns placeholder bytes for this many encrypted secrets. They are as long as with PIN
    /// protocol 2, but cannot be decrypted.
    fn encrypted(&self, secrets: usize) -> Vec<u8> {
        let blocks = (0_u8..3).flat_map(|block| self.hmac(&[block]));
        blocks.take(16 + 32 * secrets).collect()
    }
}
