//! Client extension inputs (§9.3): what a request asks for, as browsers take it, and what no
//! browser would take.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::ceremony::credential::Credential;
use crate::ceremony::extensions::requested::{Extension, RequestedExtensions};
use crate::ceremony::origin::is_serialised_authority;
use crate::encoding::base64url;
use crate::error::{ErrorKind, Failure, quote};
use crate::message::extensions::CredentialProtection;
use crate::spec::Ceremony;

/// The inputs, in the JSON form of `AuthenticationExtensionsClientInputsJSON` (§5.1.9), in which
/// bytes are base64url. `Debug` shows the identifiers only: inputs of `prf` are as good as secret,
/// and blobs may be.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct ExtensionInputs {
    json: Map<String, Value>,
    /// The least that an output of `minPinLength` may say. Browsers do not get it.
    #[serde(skip)]
    min_pin_length: Option<u32>,
    /// Whether an output of `prf` is demanded.
    #[serde(skip)]
    require_prf: bool,
}

/// What the request demands of outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtensionDemands {
    /// The least protection, where it is enforced.
    #[serde(deserialize_with = "present")]
    pub(crate) cred_protect: Option<CredentialProtection>,
    #[serde(deserialize_with = "present")]
    pub(crate) min_pin_length: Option<u32>,
    /// Whether the credential must be able to store a large blob.
    pub(crate) large_blob: bool,
    /// Whether a new credential must have a pseudo-random function, or a login give its results.
    #[serde(default)]
    pub(crate) prf: bool,
    /// How many results the request asks for in any case: none, one or two.
    #[serde(default)]
    pub(crate) prf_results: u8,
}

impl ExtensionDemands {
    /// What is demanded was asked for, in a state that is read back.
    pub(crate) fn check_requested(&self, requested: &RequestedExtensions) -> Result<(), Failure> {
        let demanded = [
            (self.cred_protect.is_some(), Extension::CredentialProtectionPolicy),
            (self.min_pin_length.is_some(), Extension::MinPinLength),
            (self.large_blob, Extension::LargeBlob),
            (self.prf || self.prf_results > 0, Extension::Prf),
        ];
        let is_bad = |(demanded, one): &(bool, Extension)| *demanded && !requested.contains(*one);
        match demanded.iter().find(|one| is_bad(one)) {
            None => Ok(()),
            Some((_, one)) => {
                let reason = "an output is demanded, and was not asked for";
                Err(Failure::of(one.identifier(), ErrorKind::WrongPendingState, reason))
            }
        }
    }
}

/// Deserialises a member that may be null and may not be missing.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
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

    /// Adds members to the input of an extension, beside those that are there.
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

    /// Step 1: the inputs mean something to a browser (§9.1, §10.1, and of CTAP 2.2, section 12).
    /// `allowed` are the credentials that the options name.
    pub(crate) fn check(&self, ceremony: Ceremony, allowed: &[Credential]) -> Result<(), Failure> {
        for (identifier, input) in &self.json {
            // The name of one known input is a letter too long for an identifier.
            let Some(extension) = Extension::named(identifier) else {
                check_identifier(identifier)?;
                continue;
            };
            self.check_input(extension, input, ceremony, allowed).map_err(|reason| {
                Failure::of(extension.identifier(), ErrorKind::InvalidOptions, reason)
            })?;
        }
        let asks = ceremony == Ceremony::Registration || self.prf_results() > 0;
        if self.require_prf && !asks {
            let reason = "results are demanded, and there is no input; add one with prf_eval";
            return Err(Failure::of("prf", ErrorKind::InvalidOptions, reason));
        }
        Ok(())
    }

    /// The credential protection policy that is asked for, and whether it is enforced.
    pub(crate) fn cred_protect(&self) -> Option<(CredentialProtection, bool)> {
        let policy = self.get(Extension::CredentialProtectionPolicy.identifier())?;
        let enforced = self.get(Extension::EnforceCredentialProtectionPolicy.identifier());
        Some((policy_of(policy)?, enforced == Some(&Value::Bool(true))))
    }

    fn check_input(
        &self,
        extension: Extension,
        input: &Value,
        ceremony: Ceremony,
        allowed: &[Credential],
    ) -> Result<(), &'static str> {
        match extension {
            _ if extension.only_in().is_some_and(|only| only != ceremony) => {
                Err("the extension is for the other ceremony")
            }
            // Clients take the origin of the page in the place of an empty one, and no URL of
            // another scheme (FIDO AppID and Facet Specification, section 3.1.2).
            Extension::AppId | Extension::AppIdExclude
                if !input.as_str().is_some_and(is_app_id) =>
            {
                Err("the input is not an AppID, which is an https URL such as \
                     https://example.com/app-id.json")
            }
            Extension::Payment if !input.is_object() => Err("the input is not an object"),
            Extension::CredProps
            | Extension::GetCredBlob
            | Extension::HmacCreateSecret
            | Extension::MinPinLength
            | Extension::Uvm
                if !input.is_boolean() =>
            {
                Err("the input is not a boolean")
            }
            Extension::CredBlob => check_bytes(input, None),
            Extension::CredentialProtectionPolicy if policy_of(input).is_none() => {
                Err("the input is not a credential protection policy")
            }
            Extension::EnforceCredentialProtectionPolicy => {
                let policy = self.json.get(Extension::CredentialProtectionPolicy.identifier());
                match (input, policy) {
                    (Value::Bool(true), None) => Err("there is no policy to enforce"),
                    (Value::Bool(_), _) => Ok(()),
                    _ => Err("the input is not a boolean"),
                }
            }
            Extension::HmacGetSecret => check_one_or_two(input, ["salt1", "salt2"], Some(32)),
            Extension::LargeBlob => check_large_blob(input, ceremony, allowed),
            Extension::Prf => check_prf(input, ceremony, allowed),
            Extension::RemoteClientDataJson => {
                Err("the input is set by the method remote_client_data_json")
            }
            _ => Ok(()),
        }
    }

    /// What is asked for. An input of `false` asks for nothing.
    pub(crate) fn requested(&self) -> RequestedExtensions {
        let mut requested = RequestedExtensions::default();
        for (identifier, _) in self.json.iter().filter(|(_, input)| **input != Value::Bool(false)) {
            requested.insert(identifier);
        }
        requested
    }

    /// What is demanded of outputs.
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

    /// How many results every input of `prf` asks for.
    fn prf_results(&self) -> u8 {
        let prf = input_object(self.get("prf"));
        let eval = prf.and_then(|prf| prf.get("eval"));
        let by_credential = input_object(prf.and_then(|prf| prf.get("evalByCredential")));
        let by_credential = by_credential.into_iter().flat_map(Map::values);
        let inputs = eval.into_iter().chain(by_credential);
        let results = |input: &Value| if input.get("second").is_some() { 2 } else { 1 };
        inputs.map(results).min().unwrap_or(0)
    }

    /// The AppID that is asked for, by the extension `appid` (§10.1.1).
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

/// Adds members to an object, in the place of those of the same names. Only the members of
/// `evalByCredential` are added one by one. What is no object gives way.
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

/// 1 to 32 printable ASCII characters, without quotation mark and backslash (§9.1).
fn check_identifier(identifier: &str) -> Result<(), Failure> {
    let well_formed = (1..=32).contains(&identifier.len())
        && identifier.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    if well_formed {
        return Ok(());
    }
    let detail = format!("{} is no extension identifier", quote(identifier.chars()));
    Err(Failure::new(ErrorKind::InvalidOptions, detail))
}

fn is_app_id(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    authority.is_some_and(is_serialised_authority)
}

fn input_object(input: Option<&Value>) -> Option<&Map<String, Value>> {
    input.and_then(Value::as_object)
}

fn policy_of(input: &Value) -> Option<CredentialProtection> {
    input.as_str().and_then(CredentialProtection::named)
}

fn decode(input: &Value) -> Option<Vec<u8>> {
    base64url::decode(input.as_str()?, "extension input", "base64url").ok()
}

/// Bytes as base64url, as many as that if it matters.
fn check_bytes(input: &Value, length: Option<usize>) -> Result<(), &'static str> {
    let bytes = decode(input).ok_or("bytes are not unpadded base64url")?;
    if length.is_some_and(|length| length != bytes.len()) {
        return Err("a salt has 32 bytes");
    }
    Ok(())
}

/// An object with bytes under the first of these names, and perhaps under the second.
fn check_one_or_two(
    input: &Value,
    [first, second]: [&str; 2],
    length: Option<usize>,
) -> Result<(), &'static str> {
    check_bytes(input.get(first).ok_or("the first input is missing")?, length)?;
    input.get(second).map_or(Ok(()), |second| check_bytes(second, length))
}

/// The input of `prf` (§10.1.4).
fn check_prf(
    input: &Value,
    ceremony: Ceremony,
    allowed: &[Credential],
) -> Result<(), &'static str> {
    const NAMES: [&str; 2] = ["first", "second"];
    let input = input.as_object().ok_or("the input is not an object")?;
    if let Some(eval) = input.get("eval") {
        check_one_or_two(eval, NAMES, None)?;
    }
    let Some(by_credential) = input.get("evalByCredential") else { return Ok(()) };
    if ceremony == Ceremony::Registration {
        return Err("evalByCredential is for logins");
    }
    let by_credential = by_credential.as_object().ok_or("evalByCredential is not an object")?;
    for (id, eval) in by_credential {
        let id = base64url::decode(id, "extension input", "evalByCredential");
        let id = id.map_err(|_| "a key of evalByCredential is not unpadded base64url")?;
        if !allowed.iter().any(|credential| *credential.id() == *id) {
            return Err("evalByCredential names a credential that the options do not allow");
        }
        check_one_or_two(eval, NAMES, None)?;
    }
    Ok(())
}

/// The input of `largeBlob` (§10.1.5).
fn check_large_blob(
    input: &Value,
    ceremony: Ceremony,
    allowed: &[Credential],
) -> Result<(), &'static str> {
    let input = input.as_object().ok_or("the input is not an object")?;
    let [support, read, write] = ["support", "read", "write"].map(|name| input.get(name));
    if ceremony == Ceremony::Registration {
        return match support.map(Value::as_str) {
            _ if read.is_some() || write.is_some() => Err("blobs are read and written in logins"),
            None | Some(Some("required" | "preferred")) => Ok(()),
            Some(_) => Err("support is neither required nor preferred"),
        };
    }
    if support.is_some() {
        return Err("support is for registrations");
    }
    if read.is_some_and(|read| !read.is_boolean()) {
        return Err("read is not a boolean");
    }
    let Some(write) = write else { return Ok(()) };
    if read.is_some() {
        return Err("a blob is either read or written");
    }
    if allowed.len() != 1 {
        return Err("a blob is written for exactly one credential that the options allow");
    }
    check_bytes(write, None)
}
