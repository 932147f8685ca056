//! Client extension outputs (§9.4), as browsers report them.

use core::fmt;

use serde_json::{Map, Value};

use crate::ceremony::extensions::results::ExtensionResults;
use crate::encoding::base64url;
use crate::message::extensions::{MAX_UVM_ENTRIES, UvmEntry};

/// Client extension outputs: what the browser says about extensions, in `clientExtensionResults`.
///
/// **Nothing signs them.** Whoever can change the response on its way can write anything here, and
/// so can the user. Outputs that an authenticator signs are of another type,
/// [`Extensions`](crate::parse::Extensions).
///
/// Every output is kept as it came: [`get`](ClientExtensionOutputs::get) finds it. The methods that
/// are named after an extension read its output, in which bytes are base64url as `toJSON()` writes
/// them; they give `None` where there is none and where it has not the form that the extension says.
/// An output that the request asked for has that form in every verdict, because the ceremony refuses
/// others with `ExtensionRejected`. Clients that are no browsers write null for what they do not
/// have, so null counts as missing.
///
/// `Debug` shows the identifiers only, because results of `prf` are secrets.
///
/// ```
/// use webauthn_verify::Authentication;
///
/// /// What the login's pseudo-random function gave for the first input.
/// fn secret(login: &Authentication) -> Option<[u8; 32]> {
///     Some(login.client_extension_results().prf()?.results?.first)
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ClientExtensionOutputs(ExtensionResults);

impl ClientExtensionOutputs {
    /// The output of one extension, as JSON. Identifiers are compared by case.
    pub fn get(&self, identifier: &str) -> Option<&Value> {
        self.0.get(identifier)
    }

    /// The extension identifiers and their outputs, null among them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(identifier, output)| (identifier.as_str(), output))
    }

    /// The extension identifiers with an output: null is none.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.iter().filter(|(_, output)| !output.is_null()).map(|(identifier, _)| identifier)
    }

    /// Whether there are outputs other than a good one of `credProps`.
    pub(crate) fn is_unusual(&self) -> bool {
        matches!(self.0, ExtensionResults::Other(_))
    }

    /// The output of `appid` (§10.1.1): whether the AppID was used in the place of the RP ID. The
    /// ceremony believes it only where the AppID was asked for.
    pub fn app_id(&self) -> Option<bool> {
        self.bool("appid")
    }

    /// The output of `appidExclude` (§10.1.2): whether the browser acted upon it.
    pub fn app_id_exclude(&self) -> Option<bool> {
        self.bool("appidExclude")
    }

    /// The output of `credProps` (§10.1.3).
    pub fn cred_props(&self) -> Option<CredentialProperties> {
        if let ExtensionResults::Discoverable(rk) = self.0 {
            return Some(CredentialProperties { rk: Some(rk) });
        }
        let output = self.object("credProps")?;
        Some(CredentialProperties { rk: member(output, "rk", Value::as_bool)? })
    }

    /// The output of `prf` (§10.1.4).
    pub fn prf(&self) -> Option<PrfOutputs> {
        let output = self.object("prf")?;
        let results = |results: &Value| {
            let is_lost = is_lost(results) || results.get("first").is_some_and(is_lost);
            if is_lost {
                Some(None)
            } else {
                PrfResults::read(results, ["first", "second"]).map(Some)
            }
        };
        Some(PrfOutputs {
            enabled: member(output, "enabled", Value::as_bool)?,
            results: member(output, "results", results)?.flatten(),
        })
    }

    /// The output of `largeBlob` (§10.1.5).
    pub fn large_blob(&self) -> Option<LargeBlobOutputs> {
        let output = self.object("largeBlob")?;
        Some(LargeBlobOutputs {
            supported: member(output, "supported", Value::as_bool)?,
            blob: member(output, "blob", |blob| {
                if is_lost(blob) { Some(None) } else { decode(blob).map(Some) }
            })?
            .flatten(),
            written: member(output, "written", Value::as_bool)?,
        })
    }

    /// The output of `hmacCreateSecret`: whether the credential has secrets for `hmac-secret`.
    pub fn hmac_create_secret(&self) -> Option<bool> {
        self.bool("hmacCreateSecret")
    }

    /// The output of `hmacGetSecret`: the results for the salts.
    pub fn hmac_get_secret(&self) -> Option<PrfResults> {
        PrfResults::read(self.get("hmacGetSecret")?, ["output1", "output2"])
    }

    /// The output of `credBlob`: whether the bytes were stored with the new credential.
    pub fn cred_blob(&self) -> Option<bool> {
        self.bool("credBlob")
    }

    /// The output of `getCredBlob`: the bytes that were stored with the credential.
    pub fn get_cred_blob(&self) -> Option<Vec<u8>> {
        decode(self.get("getCredBlob")?)
    }

    /// The output of `remoteClientDataJSON` (§10.1.6 of the editor's draft): whether the client data
    /// is that of the request, from the other side of a remote desktop.
    pub fn remote_client_data_json(&self) -> Option<bool> {
        self.bool("remoteClientDataJSON")
    }

    /// The output of `uvm`, an extension of Level 2 (§10.3): one to three methods by which the user
    /// was verified, all of which were used.
    pub fn uvm(&self) -> Option<Vec<UvmEntry>> {
        let entries = self.get("uvm")?.as_array()?;
        if !(1..=MAX_UVM_ENTRIES).contains(&entries.len()) {
            return None;
        }
        entries.iter().map(uvm_entry).collect()
    }

    fn bool(&self, identifier: &str) -> Option<bool> {
        self.get(identifier)?.as_bool()
    }

    fn object(&self, identifier: &str) -> Option<&Map<String, Value>> {
        self.get(identifier)?.as_object()
    }
}

impl From<ExtensionResults> for ClientExtensionOutputs {
    fn from(results: ExtensionResults) -> ClientExtensionOutputs {
        ClientExtensionOutputs(results)
    }
}

impl fmt::Debug for ClientExtensionOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What `credProps` says about a new credential (`CredentialPropertiesOutput`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialProperties {
    /// Whether the credential is discoverable. Where that is missing although there is an output,
    /// it is most likely not.
    pub rk: Option<bool>,
}

/// What `prf` gives (`AuthenticationExtensionsPRFOutputs`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PrfOutputs {
    /// Whether the new credential has a pseudo-random function; in registrations only.
    pub enabled: Option<bool>,
    /// The results, if the inputs were evaluated and the page sends them.
    pub results: Option<PrfResults>,
}

/// The results of a pseudo-random function for one or two inputs: secrets, neither to be logged
/// nor stored. `Debug` does not show them.
#[derive(Clone)]
#[non_exhaustive]
pub struct PrfResults {
    /// That for the first input.
    pub first: [u8; 32],
    /// That for the second input, if there was one.
    pub second: Option<[u8; 32]>,
}

impl PrfResults {
    fn read(results: &Value, [first, second]: [&str; 2]) -> Option<PrfResults> {
        let results = results.as_object()?;
        let secret = |value: &Value| <[u8; 32]>::try_from(decode(value)?).ok();
        Some(PrfResults {
            first: secret(results.get(first)?)?,
            second: member(results, second, secret)?,
        })
    }
}

impl fmt::Debug for PrfResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrfResults(redacted)")
    }
}

/// What `largeBlob` gives (`AuthenticationExtensionsLargeBlobOutputs`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargeBlobOutputs {
    /// Whether the new credential can store a blob; in registrations only.
    pub supported: Option<bool>,
    /// The blob that was read. Missing where it could not be read.
    pub blob: Option<Vec<u8>>,
    /// Whether the blob was written.
    pub written: Option<bool>,
}

impl fmt::Debug for LargeBlobOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LargeBlobOutputs")
            .field("supported", &self.supported)
            .field("blob", &self.blob.as_ref().map(|blob| format!("{} bytes", blob.len())))
            .field("written", &self.written)
            .finish()
    }
}

/// A member that may be missing, or null. `None` where it is there and `read` cannot read it.
fn member<T>(
    object: &Map<String, Value>,
    name: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Option<Option<T>> {
    match object.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

/// Whether bytes were here that the page did not encode: `JSON.stringify()` makes an empty object of
/// an `ArrayBuffer`, as which `getClientExtensionResults()` has them.
fn is_lost(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn decode(value: &Value) -> Option<Vec<u8>> {
    base64url::decode(value.as_str()?, "client extension output", "base64url").ok()
}

fn uvm_entry(entry: &Value) -> Option<UvmEntry> {
    match &entry.as_array()?[..] {
        [method, key, matcher] => {
            UvmEntry::from_numbers([method.as_u64()?, key.as_u64()?, matcher.as_u64()?])
        }
        _ => None,
    }
}
