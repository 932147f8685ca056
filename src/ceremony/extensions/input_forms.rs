//! The form of each extension input that browsers accept (§9.1, §10.1, and section 12 of CTAP 2.2).

use serde_json::{Map, Value};

use crate::ceremony::credential::Credential;
use crate::ceremony::origin::is_serialised_authority;
use crate::encoding::base64url;
use crate::message::extensions::CredentialProtection;
use crate::spec::Ceremony;

/// The input of one extension, with everything that its form depends on.
pub(super) struct Input<'i> {
    pub(super) value: &'i Value,
    /// The inputs of all extensions.
    pub(super) all: &'i Map<String, Value>,
    pub(super) ceremony: Ceremony,
    /// The credentials in the options.
    pub(super) allowed: &'i [Credential],
}

/// The result of a form check. The error says what is wrong.
pub(super) type Form = Result<(), &'static str>;

pub(super) fn boolean(input: &Input<'_>) -> Form {
    if input.value.is_boolean() { Ok(()) } else { Err("the input is not a boolean") }
}

pub(super) fn object(input: &Input<'_>) -> Form {
    if input.value.is_object() { Ok(()) } else { Err("the input is not an object") }
}

pub(super) fn bytes(input: &Input<'_>) -> Form {
    check_bytes(input.value, None)
}

/// The input of `appid` and `appidExclude` (§10.1.1, §10.1.2). Browsers replace an empty AppID with
/// the origin of the page, and reject URLs with a scheme other than `https` (FIDO AppID and Facet
/// Specification, section 3.1.2).
pub(super) fn app_id(input: &Input<'_>) -> Form {
    if input.value.as_str().is_some_and(is_app_id) {
        return Ok(());
    }
    Err("the input is not an AppID, which is an https URL such as https://example.com/app-id.json")
}

pub(super) fn protection_policy(input: &Input<'_>) -> Form {
    match policy_of(input.value) {
        Some(_) => Ok(()),
        None => Err("the input is not a credential protection policy"),
    }
}

/// The input of `enforceCredentialProtectionPolicy`.
pub(super) fn enforcement(input: &Input<'_>) -> Form {
    match (input.value, input.all.get("credentialProtectionPolicy")) {
        (Value::Bool(true), None) => Err("there is no policy to enforce"),
        _ => boolean(input),
    }
}

/// The input of `hmacGetSecret`.
pub(super) fn salts(input: &Input<'_>) -> Form {
    check_one_or_two(input.value, ["salt1", "salt2"], Some(32))
}

/// The input of `prf` (§10.1.4).
pub(super) fn prf(input: &Input<'_>) -> Form {
    const NAMES: [&str; 2] = ["first", "second"];
    let Input { value, ceremony, allowed, .. } = *input;
    let input = value.as_object().ok_or("the input is not an object")?;
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
pub(super) fn large_blob(input: &Input<'_>) -> Form {
    let Input { value, ceremony, allowed, .. } = *input;
    let input = value.as_object().ok_or("the input is not an object")?;
    let [support, read, write] = ["support", "read", "write"].map(|name| input.get(name));
    if ceremony == Ceremony::Registration {
        return match support.map(Value::as_str) {
            _ if read.is_some() || write.is_some() => Err("read and write are for logins"),
            None | Some(Some("required" | "preferred")) => Ok(()),
            Some(_) => Err("support must be required or preferred"),
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
        return Err("a login cannot both read and write a blob");
    }
    if allowed.len() != 1 {
        return Err("a login that writes a blob must allow exactly one credential");
    }
    check_bytes(write, None)
}

/// Rejects an input of `remoteClientDataJSON`. A separate method sets it, and it is checked
/// separately.
pub(super) fn remote_client_data(_: &Input<'_>) -> Form {
    Err("use the method remote_client_data_json to set the input")
}

/// Returns the credential protection policy with this name.
pub(super) fn policy_of(input: &Value) -> Option<CredentialProtection> {
    input.as_str().and_then(CredentialProtection::named)
}

fn is_app_id(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    authority.is_some_and(is_serialised_authority)
}

fn decode(input: &Value) -> Option<Vec<u8>> {
    base64url::decode(input.as_str()?, "extension input", "base64url").ok()
}

/// Checks that a value is base64url and, if `length` is given, decodes to that many bytes.
fn check_bytes(input: &Value, length: Option<usize>) -> Form {
    let bytes = decode(input).ok_or("bytes are not unpadded base64url")?;
    if length.is_some_and(|length| length != bytes.len()) {
        return Err("a salt must have 32 bytes");
    }
    Ok(())
}

/// Checks an object that has bytes under the first name and optionally under the second.
fn check_one_or_two(input: &Value, [first, second]: [&str; 2], length: Option<usize>) -> Form {
    check_bytes(input.get(first).ok_or("the first input is missing")?, length)?;
    input.get(second).map_or(Ok(()), |second| check_bytes(second, length))
}
