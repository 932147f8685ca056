//! Client extension outputs (§9.4), as browsers report them.

use core::fmt;

use crate::ceremony::extensions::results::{ExtensionResults, members};
use crate::debug::length;
use crate::encoding::base64url;
use crate::encoding::json::{JsonReader, JsonString, JsonValue};
use crate::error::ErrorKind;
use crate::message::extensions::{MAX_UVM_ENTRIES, UvmEntry};

/// Client extension outputs: what the browser says about extensions, in `clientExtensionResults`.
///
/// **Nothing signs them.** Anyone who can change the response on its way can write anything here,
/// and so can the user. Outputs that an authenticator signs are of another type,
/// [`Extensions`](crate::parse::Extensions).
///
/// The methods that are named after an extension read its output, in which bytes are base64url as
/// `toJSON()` writes them. They give `None` for an output that is missing, and for one that is
/// **lost**: it came in a form that cannot be read, such as an array of numbers where base64url
/// should be. [`lost`](ClientExtensionOutputs::lost) tells the two apart. A lost output never fails
/// a ceremony, unless the request demanded it by a `require_*` method. Null counts as missing.
///
/// [`get`](ClientExtensionOutputs::get) finds every output as the JSON text that came.
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
    /// The output of one extension, as the JSON text that came. Identifiers are compared by case.
    ///
    /// ```
    /// use webauthn_verify::extensions::ClientExtensionOutputs;
    ///
    /// fn other(outputs: &ClientExtensionOutputs) -> Option<serde_json::Value> {
    ///     serde_json::from_str(outputs.get("example.extension")?).ok()
    /// }
    /// ```
    pub fn get(&self, identifier: &str) -> Option<&str> {
        members(self.0.as_json()).find(|(found, _)| *found == *identifier).map(|(_, json)| json)
    }

    /// The extension identifiers and their outputs as the JSON text that came, null among them.
    pub fn iter(&self) -> impl Iterator<Item = (JsonString<'_>, &str)> {
        members(self.0.as_json())
    }

    /// The outputs, of the extensions that have a method here, that came in a form that cannot be
    /// read: the identifier, or the member of it that is lost, such as `"prf.results.first"`.
    ///
    /// Browsers write none of these. A page that passes on `getClientExtensionResults()` without
    /// `toJSON()` loses all bytes in them.
    pub fn lost(&self) -> Vec<&'static str> {
        let mut lost = Vec::new();
        if matches!(self.0, ExtensionResults::Other(_)) {
            let lost = &mut Lost(Some(&mut lost));
            // The results are read once, and not once for each extension: they can be long.
            let found = self.outputs_of(KNOWN);
            for (path, json) in KNOWN.into_iter().zip(found) {
                let Some(output) = json.map(|json| Output { json, path }) else { continue };
                match path {
                    "credProps" => drop(cred_props(output, lost)),
                    "prf" => drop(prf(output, lost)),
                    "largeBlob" => drop(large_blob(output, lost)),
                    "hmacGetSecret" => drop(hmac_get_secret(output, lost)),
                    "getCredBlob" => drop(bytes(output, lost)),
                    "uvm" => drop(uvm(output, lost)),
                    _ => drop(boolean(output, lost)),
                }
            }
        }
        lost
    }

    /// The outputs of these extensions, as JSON text. Null counts as missing.
    fn outputs_of<const N: usize>(&self, identifiers: [&str; N]) -> [Option<&str>; N] {
        let mut found = [None; N];
        for (name, json) in self.iter() {
            let position = identifiers.iter().position(|identifier| name == **identifier);
            if let Some(place) = position.and_then(|position| found.get_mut(position)) {
                *place = Some(json).filter(|json| *json != "null");
            }
        }
        found
    }

    /// The extension identifiers with an output: null is none.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = JsonString<'_>> {
        self.iter().filter(|(_, output)| *output != "null").map(|(identifier, _)| identifier)
    }

    /// The output of `appid` (§10.1.1): whether the AppID was used in the place of the RP ID. The
    /// ceremony believes it only where the AppID was asked for; a lost one counts as `false`.
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
        self.read("credProps", &mut Lost(None), cred_props)
    }

    /// The output of `prf` (§10.1.4).
    pub fn prf(&self) -> Option<PrfOutputs> {
        self.read("prf", &mut Lost(None), prf)
    }

    /// The output of `largeBlob` (§10.1.5).
    pub fn large_blob(&self) -> Option<LargeBlobOutputs> {
        self.read("largeBlob", &mut Lost(None), large_blob)
    }

    /// The output of `hmacCreateSecret`: whether the credential has secrets for `hmac-secret`.
    pub fn hmac_create_secret(&self) -> Option<bool> {
        self.bool("hmacCreateSecret")
    }

    /// The output of `hmacGetSecret`: the results for the salts.
    pub fn hmac_get_secret(&self) -> Option<PrfResults> {
        self.read("hmacGetSecret", &mut Lost(None), hmac_get_secret)
    }

    /// The output of `credBlob`: whether the bytes were stored with the new credential.
    pub fn cred_blob(&self) -> Option<bool> {
        self.bool("credBlob")
    }

    /// The output of `getCredBlob`: the bytes that were stored with the credential.
    pub fn get_cred_blob(&self) -> Option<Vec<u8>> {
        self.read("getCredBlob", &mut Lost(None), bytes)
    }

    /// The output of `remoteClientDataJSON` (§10.1.6 of the editor's draft): whether the client data
    /// is that of the request, from the other side of a remote desktop.
    pub fn remote_client_data_json(&self) -> Option<bool> {
        self.bool("remoteClientDataJSON")
    }

    /// The output of `uvm`, an extension of Level 2 (§10.3): one to three methods by which the user
    /// was verified, all of which were used.
    pub fn uvm(&self) -> Option<Vec<UvmEntry>> {
        self.read("uvm", &mut Lost(None), uvm)
    }

    fn bool(&self, identifier: &'static str) -> Option<bool> {
        self.read(identifier, &mut Lost(None), boolean)
    }

    /// The output of one extension, if it is there and can be read.
    fn read<T>(
        &self,
        identifier: &'static str,
        lost: &mut Lost<'_>,
        read: impl FnOnce(Output<'_>, &mut Lost<'_>) -> Option<T>,
    ) -> Option<T> {
        let json = self.get(identifier).filter(|json| *json != "null")?;
        read(Output { json, path: identifier }, lost)
    }
}

/// The extensions that have a method here: those whose output is a boolean, and the others.
const KNOWN: [&str; 11] = [
    "appid",
    "appidExclude",
    "hmacCreateSecret",
    "credBlob",
    "remoteClientDataJSON",
    "credProps",
    "prf",
    "largeBlob",
    "hmacGetSecret",
    "getCredBlob",
    "uvm",
];

impl From<ExtensionResults> for ClientExtensionOutputs {
    fn from(results: ExtensionResults) -> ClientExtensionOutputs {
        ClientExtensionOutputs(results)
    }
}

impl fmt::Debug for ClientExtensionOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
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
            .field("blob", &self.blob.as_deref().map(length))
            .field("written", &self.written)
            .finish()
    }
}

/// Where it is written down what was lost, if anybody asks.
struct Lost<'l>(Option<&'l mut Vec<&'static str>>);

impl Lost<'_> {
    fn add<T>(&mut self, path: &'static str) -> Option<T> {
        if let Some(list) = &mut self.0 {
            list.push(path);
        }
        None
    }
}

/// The JSON text of an output, or of a member of one, which is not null.
#[derive(Clone, Copy)]
struct Output<'a> {
    json: &'a str,
    path: &'static str,
}

impl<'a> Output<'a> {
    /// A member of an object. `path` says where it is, and behind its last dot how it is called.
    fn member<T>(
        self,
        path: &'static str,
        lost: &mut Lost<'_>,
        read: impl FnOnce(Output<'a>, &mut Lost<'_>) -> Option<T>,
    ) -> Option<T> {
        let name = path.rsplit('.').next().unwrap_or(path);
        let mut found = members(self.json).filter(|(found, _)| *found == *name);
        let (_, json) = found.next()?;
        if found.next().is_some() {
            return lost.add(path);
        }
        if json == "null" { None } else { read(Output { json, path }, lost) }
    }

    fn is_object(self) -> bool {
        self.json.starts_with('{')
    }
}

fn boolean(output: Output<'_>, lost: &mut Lost<'_>) -> Option<bool> {
    match output.json {
        "true" => Some(true),
        "false" => Some(false),
        _ => lost.add(output.path),
    }
}

fn bytes(output: Output<'_>, lost: &mut Lost<'_>) -> Option<Vec<u8>> {
    match JsonReader::new(output.json, 0, "output", ErrorKind::MalformedResponse)
        .with_lone_surrogates()
        .value()
    {
        Ok(JsonValue::String(text)) => decode(text),
        _ => None,
    }
    .or_else(|| lost.add(output.path))
}

fn decode(text: JsonString<'_>) -> Option<Vec<u8>> {
    base64url::decode(&text.text(), "output", "base64url").ok()
}

fn secret(output: Output<'_>, lost: &mut Lost<'_>) -> Option<[u8; 32]> {
    let secret = bytes(output, &mut Lost(None)).and_then(|bytes| bytes.try_into().ok());
    secret.or_else(|| lost.add(output.path))
}

fn cred_props(output: Output<'_>, lost: &mut Lost<'_>) -> Option<CredentialProperties> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    Some(CredentialProperties { rk: output.member("credProps.rk", lost, boolean) })
}

fn prf(output: Output<'_>, lost: &mut Lost<'_>) -> Option<PrfOutputs> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    Some(PrfOutputs {
        enabled: output.member("prf.enabled", lost, boolean),
        results: output.member("prf.results", lost, |results, lost| {
            secrets(results, ["prf.results.first", "prf.results.second"], lost)
        }),
    })
}

fn hmac_get_secret(output: Output<'_>, lost: &mut Lost<'_>) -> Option<PrfResults> {
    secrets(output, ["hmacGetSecret.output1", "hmacGetSecret.output2"], lost)
}

/// One or two results. Without the first there are none.
fn secrets(
    output: Output<'_>,
    [first, second]: [&'static str; 2],
    lost: &mut Lost<'_>,
) -> Option<PrfResults> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    let one = output.member(first, &mut Lost(None), secret).or_else(|| lost.add(first));
    let other = output.member(second, lost, secret);
    Some(PrfResults { first: one?, second: other })
}

fn large_blob(output: Output<'_>, lost: &mut Lost<'_>) -> Option<LargeBlobOutputs> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    Some(LargeBlobOutputs {
        supported: output.member("largeBlob.supported", lost, boolean),
        blob: output.member("largeBlob.blob", lost, bytes),
        written: output.member("largeBlob.written", lost, boolean),
    })
}

fn uvm(output: Output<'_>, lost: &mut Lost<'_>) -> Option<Vec<UvmEntry>> {
    uvm_entries(output.json).or_else(|| lost.add(output.path))
}

/// `[1*3 [method, keyProtection, matcherProtection]]`
fn uvm_entries(json: &str) -> Option<Vec<UvmEntry>> {
    let mut entries = Vec::new();
    let mut reader =
        JsonReader::new(json, 0, "output", ErrorKind::MalformedResponse).with_lone_surrogates();
    reader.array_start().ok()?;
    while reader.has_item(entries.is_empty()).ok()? {
        if entries.len() == MAX_UVM_ENTRIES {
            return None;
        }
        entries.push(uvm_entry(&mut reader)?);
    }
    if entries.is_empty() { None } else { Some(entries) }
}

fn uvm_entry(reader: &mut JsonReader<'_>) -> Option<UvmEntry> {
    let mut numbers = [0; 3];
    reader.array_start().ok()?;
    for (position, number) in numbers.iter_mut().enumerate() {
        if !reader.has_item(position == 0).ok()? {
            return None;
        }
        let JsonValue::Number(digits) = reader.value().ok()? else { return None };
        *number = digits.parse().ok()?;
    }
    if reader.has_item(false).ok()? {
        return None;
    }
    UvmEntry::from_numbers(numbers)
}
