//! Client extension inputs (§9.3), and the check that browsers accept them.

use core::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::ceremony::credential::Credential;
use crate::ceremony::extensions::demands::ExtensionDemands;
use crate::ceremony::extensions::input_forms::{Input, policy_of};
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::extensions::table::Extension;
use crate::error::{ErrorKind, Failure, quote};
use crate::message::extensions::CredentialProtection;
use crate::spec::Ceremony;

/// The inputs in the JSON form of `AuthenticationExtensionsClientInputsJSON` (§5.1.9), with bytes
/// as base64url. `Debug` shows only the identifiers, because inputs of `prf` should be treated as
/// secrets and blobs may be secrets.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct ExtensionInputs {
    json: Map<String, Value>,
    /// The lowest acceptable output of `minPinLength`. It is not sent to browsers.
    #[serde(skip)]
    min_pin_length: Option<u32>,
    /// Whether an output of `prf` is required.
    #[serde(skip)]
    require_prf: bool,
}

impl ExtensionInputs {
    pub(crate) fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// The input of one extension.
    pub(crate) fn get(&self, identifier: &str) -> Option<&Value> {
        self.json.get(identifier)
    }

    /// Sets the input of an extension.
    pub(crate) fn set(&mut self, identifier: &str, input: impl Into<Value>) {
        self.json.insert(identifier.to_owned(), input.into());
    }

    /// Adds members to the input of an extension and keeps its other members.
    pub(crate) fn merge(&mut self, extension: Extension, members: Map<String, Value>) {
        let input = self.json.entry(extension.identifier()).or_insert(Value::Null);
        merge(input, members);
    }

    pub(crate) fn set_require_prf(&mut self) {
        self.require_prf = true;
    }

    pub(crate) fn set_min_pin_length(&mut self, minimum: u32) {
        self.min_pin_length = Some(minimum);
    }

    /// Step 1: checks that browsers accept the inputs (§9.1, §10.1, and section 12 of CTAP 2.2).
    /// `allowed` is the list of credentials in the options.
    pub(crate) fn check(&self, ceremony: Ceremony, allowed: &[Credential]) -> Result<(), Failure> {
        for (identifier, input) in &self.json {
            // Known identifiers are not checked. One of them, `enforceCredentialProtectionPolicy`,
            // is one character longer than the maximum.
            let Some(extension) = Extension::named(identifier) else {
                check_identifier(identifier)?;
                continue;
            };
            let input = Input { value: input, all: &self.json, ceremony, allowed };
            extension.check_input(&input).map_err(|reason| {
                Failure::of(extension.identifier(), ErrorKind::InvalidOptions, reason)
            })?;
        }
        let asks = ceremony == Ceremony::Registration || self.prf_results() > 0;
        if self.require_prf && !asks {
            let reason = "results are required but there is no input; add one with prf";
            return Err(Failure::of("prf", ErrorKind::InvalidOptions, reason));
        }
        Ok(())
    }

    /// The requested credential protection policy, and whether it is enforced.
    pub(crate) fn cred_protect(&self) -> Option<(CredentialProtection, bool)> {
        let policy = self.get(Extension::CredentialProtectionPolicy.identifier())?;
        let enforced = self.get(Extension::EnforceCredentialProtectionPolicy.identifier());
        Some((policy_of(policy)?, enforced == Some(&Value::Bool(true))))
    }

    /// The requested extensions. An input of `false` requests nothing.
    pub(crate) fn requested(&self) -> RequestedExtensions {
        let mut requested = RequestedExtensions::default();
        for (identifier, _) in self.json.iter().filter(|(_, input)| **input != Value::Bool(false)) {
            requested.insert(identifier);
        }
        requested
    }

    /// The requirements for outputs.
    pub(crate) fn demands(&self) -> ExtensionDemands {
        let large_blob = self.get(Extension::LargeBlob.identifier());
        let large_blob = large_blob.and_then(|input| input.get("support"));
        ExtensionDemands {
            cred_protect: self
                .cred_protect()
                .and_then(|(policy, enforced)| enforced.then_some(policy)),
            min_pin_length: self.min_pin_length,
            large_blob: large_blob.and_then(Value::as_str) == Some("required"),
            prf: self.require_prf,
            prf_results: if self.require_prf { self.prf_results() } else { 0 },
        }
    }

    /// Returns the smallest number of results that any input of `prf` requests.
    fn prf_results(&self) -> u8 {
        let prf = input_object(self.get("prf"));
        let eval = prf.and_then(|prf| prf.get("eval"));
        let by_credential = input_object(prf.and_then(|prf| prf.get("evalByCredential")));
        let by_credential = by_credential.into_iter().flat_map(Map::values);
        let inputs = eval.into_iter().chain(by_credential);
        let results = |input: &Value| if input.get("second").is_some() { 2 } else { 1 };
        inputs.map(results).min().unwrap_or(0)
    }

    /// The AppID that the extension `appid` requests (§10.1.1).
    pub(crate) fn app_id(&self) -> Option<String> {
        let input = self.json.get(Extension::AppId.identifier())?;
        input.as_str().map(str::to_owned)
    }
}

impl fmt::Debug for ExtensionInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.json.keys()).finish()
    }
}

/// Adds members to an object. A member with the same name is replaced, except that the members of
/// `evalByCredential` are added one by one. A value that is not an object is replaced.
fn merge(value: &mut Value, members: Map<String, Value>) {
    let Value::Object(object) = value else {
        *value = Value::Object(members);
        return;
    };
    for (name, member) in members {
        let one_by_one = name == "evalByCredential";
        let place = object.entry(name).or_insert(Value::Null);
        match member {
            Value::Object(members) if one_by_one => merge(place, members),
            member => *place = member,
        }
    }
}

/// Checks that an identifier has 1 to 32 printable ASCII characters, and no quotation mark or
/// backslash (§9.1).
fn check_identifier(identifier: &str) -> Result<(), Failure> {
    let well_formed = (1..=32).contains(&identifier.len())
        && identifier.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    if well_formed {
        return Ok(());
    }
    let detail = format!("{} is not an extension identifier", quote(identifier.chars()));
    Err(Failure::new(ErrorKind::InvalidOptions, detail))
}

fn input_object(input: Option<&Value>) -> Option<&Map<String, Value>> {
    input.and_then(Value::as_object)
}
