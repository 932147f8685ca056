//! Members that several kinds of options share.

use serde_json::Value;

use crate::algorithm::{ES256, RS256};
use crate::error::AuthenticatorError;
use crate::options::extensions::ExtensionInputs;
use crate::options::json::{Dictionary, Member, TYPE_ERROR};

/// The type of every WebAuthn credential.
const PUBLIC_KEY: &str = "public-key";

/// Returns the WebAuthn dictionary: the member `publicKey` of the argument of `create()` or
/// `get()`, or the argument of `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.
pub(crate) fn public_key(json: &Value) -> Result<Dictionary<'_>, AuthenticatorError> {
    let options = Dictionary::outermost("options", json)?;
    let Some(public_key) = json.get("publicKey") else { return Ok(options) };
    if let Some(mediation) = options.optional("mediation")
        && !matches!(mediation.string()?, "silent" | "optional" | "conditional" | "required")
    {
        return Err(mediation.refused(TYPE_ERROR, "is not a known mediation requirement"));
    }
    Dictionary::outermost("publicKey", public_key)
}

/// Reads a sequence of `PublicKeyCredentialDescriptorJSON` (§5.8.3). Returns the number of
/// descriptors, and the IDs of the descriptors with a known type.
pub(crate) fn credential_ids(
    options: &Dictionary<'_>,
    name: &str,
) -> Result<(usize, Vec<Vec<u8>>), AuthenticatorError> {
    let descriptors = options.sequence(name)?;
    let count = descriptors.len();
    let mut ids = Vec::new();
    for descriptor in descriptors {
        let descriptor = descriptor.dictionary()?;
        let is_known = is_public_key(&descriptor)?;
        let id = descriptor.required("id")?.bytes()?;
        descriptor.check_strings("transports")?;
        ids.extend(is_known.then_some(id));
    }
    Ok((count, ids))
}

/// Reads a sequence of `PublicKeyCredentialParameters` (§5.3). Returns the algorithm numbers of the
/// entries with a known type, or the default if the sequence is empty (§5.1.3).
pub(crate) fn algorithms(parameters: &Member<'_>) -> Result<Vec<i64>, AuthenticatorError> {
    let list = parameters.sequence()?;
    if list.is_empty() {
        return Ok(vec![ES256, RS256]);
    }
    let mut algorithms = Vec::new();
    for parameters in list {
        let parameters = parameters.dictionary()?;
        let algorithm = parameters.required("alg")?.integer()?;
        algorithms.extend(is_public_key(&parameters)?.then_some(algorithm));
    }
    if algorithms.is_empty() {
        let reason = "has no entry of the type public-key";
        return Err(parameters.refused("NotSupportedError", reason));
    }
    Ok(algorithms)
}

/// Checks the types of shared members that have no effect here.
pub(crate) fn check_common(options: &Dictionary<'_>) -> Result<(), AuthenticatorError> {
    if let Some(timeout) = options.optional("timeout") {
        timeout.check_number()?;
    }
    options.check_strings("hints")
}

pub(crate) fn extensions(options: &Dictionary<'_>) -> Result<ExtensionInputs, AuthenticatorError> {
    let inputs = options.dictionary("extensions")?;
    ExtensionInputs::read(&inputs.unwrap_or_else(Dictionary::empty))
}

fn is_public_key(dictionary: &Dictionary<'_>) -> Result<bool, AuthenticatorError> {
    Ok(dictionary.required("type")?.string()? == PUBLIC_KEY)
}
