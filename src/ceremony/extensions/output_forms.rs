//! The types of client extension outputs, and the functions that read them.

use core::fmt;

use crate::ceremony::extensions::results::members;
use crate::debug::length;
use crate::encoding::base64url;
use crate::encoding::json::{JsonReader, JsonString, JsonValue};
use crate::error::ErrorKind;
use crate::message::extensions::{MAX_UVM_ENTRIES, UvmEntry};

/// The output of `credProps` for a new credential (`CredentialPropertiesOutput`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialProperties {
    /// Whether the credential is discoverable. `None` means that the browser did not send this
    /// member. The credential is then most likely not discoverable.
    pub rk: Option<bool>,
}

/// The output of `prf` (`AuthenticationExtensionsPRFOutputs`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PrfOutputs {
    /// Whether the new credential has a pseudo-random function. This is `None` in logins.
    pub enabled: Option<bool>,
    /// The results, if inputs were evaluated and the page has not removed the results.
    pub results: Option<PrfResults>,
}

/// The results of a pseudo-random function for one or two inputs. They are secrets: do not log or
/// store them. `Debug` does not show them.
#[derive(Clone)]
#[non_exhaustive]
pub struct PrfResults {
    /// The result for the first input.
    pub first: [u8; 32],
    /// The result for the second input, or `None` if there was no second input.
    pub second: Option<[u8; 32]>,
}

impl fmt::Debug for PrfResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrfResults(redacted)")
    }
}

/// The output of `largeBlob` (`AuthenticationExtensionsLargeBlobOutputs`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargeBlobOutputs {
    /// Whether the new credential can store a blob. This is `None` in logins.
    pub supported: Option<bool>,
    /// The blob that was read, or `None` if no blob was read.
    pub blob: Option<Vec<u8>>,
    /// Whether the blob was written, or `None` if the request did not write one.
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

/// Collects the paths of lost outputs, if the caller wants them.
pub(super) struct Lost<'l>(pub(super) Option<&'l mut Vec<&'static str>>);

impl Lost<'_> {
    fn add<T>(&mut self, path: &'static str) -> Option<T> {
        if let Some(list) = &mut self.0 {
            list.push(path);
        }
        None
    }
}

/// The JSON text of an output or of one of its members. It is not null.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub(super) json: &'a str,
    pub(super) path: &'static str,
}

impl<'a> Output<'a> {
    /// Reads a member of an object. `path` is the path of the member, and the part after the last
    /// dot is its name.
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

/// The form of extensions without a client output.
pub(super) fn none(_: Output<'_>, _: &mut Lost<'_>) -> Option<()> {
    None
}

pub(super) fn boolean(output: Output<'_>, lost: &mut Lost<'_>) -> Option<bool> {
    match output.json {
        "true" => Some(true),
        "false" => Some(false),
        _ => lost.add(output.path),
    }
}

pub(super) fn bytes(output: Output<'_>, lost: &mut Lost<'_>) -> Option<Vec<u8>> {
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

pub(super) fn cred_props(output: Output<'_>, lost: &mut Lost<'_>) -> Option<CredentialProperties> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    Some(CredentialProperties { rk: output.member("credProps.rk", lost, boolean) })
}

pub(super) fn prf(output: Output<'_>, lost: &mut Lost<'_>) -> Option<PrfOutputs> {
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

pub(super) fn hmac_get_secret(output: Output<'_>, lost: &mut Lost<'_>) -> Option<PrfResults> {
    secrets(output, ["hmacGetSecret.output1", "hmacGetSecret.output2"], lost)
}

/// Reads one or two results. If the first is missing, it is lost, and there is no result.
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

pub(super) fn large_blob(output: Output<'_>, lost: &mut Lost<'_>) -> Option<LargeBlobOutputs> {
    if !output.is_object() {
        return lost.add(output.path);
    }
    Some(LargeBlobOutputs {
        supported: output.member("largeBlob.supported", lost, boolean),
        blob: output.member("largeBlob.blob", lost, bytes),
        written: output.member("largeBlob.written", lost, boolean),
    })
}

pub(super) fn uvm(output: Output<'_>, lost: &mut Lost<'_>) -> Option<Vec<UvmEntry>> {
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
