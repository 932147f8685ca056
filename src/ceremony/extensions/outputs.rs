//! Client extension outputs (§9.4), as browsers report them.

use core::fmt;

use crate::ceremony::extensions::output_forms::{
    self, CredentialProperties, LargeBlobOutputs, Lost, Output, PrfOutputs, PrfResults,
};
use crate::ceremony::extensions::results::{ExtensionResults, members};
use crate::ceremony::extensions::table::Extension;
use crate::encoding::json::JsonString;
use crate::message::extensions::UvmEntry;

/// Client extension outputs, which the browser reports in `clientExtensionResults`.
///
/// **They are not signed.** The user, and anyone else with access to the response, can write
/// anything here. Signed outputs have another type,
/// [`AuthenticatorOutputs`](crate::extensions::AuthenticatorOutputs).
///
/// Each method that is named after an extension reads the output of that extension. Bytes must be
/// base64url, as `toJSON()` writes them. An output is **lost** if it was sent in a form that cannot
/// be read, for example as an array of numbers instead of base64url. The method returns `None` if
/// the output is missing, null or lost. Use [`lost`](ClientOutputs::lost) to detect lost outputs. A
/// lost output fails a ceremony only if a `require_*` method of the request requires it.
///
/// [`get`](ClientOutputs::get) returns any output as JSON text, as it was received.
///
/// `Debug` shows only the identifiers, because results of `prf` are secrets.
///
/// ```
/// use webauthn_verify::Authentication;
///
/// /// Returns the result of the credential's pseudo-random function for the first input.
/// fn secret(login: &Authentication) -> Option<[u8; 32]> {
///     Some(login.client_outputs().prf()?.results?.first)
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ClientOutputs(ExtensionResults);

impl ClientOutputs {
    /// The output of one extension as JSON text, as it was received. Identifiers are
    /// case-sensitive.
    ///
    /// ```
    /// use webauthn_verify::extensions::ClientOutputs;
    ///
    /// fn other(outputs: &ClientOutputs) -> Option<serde_json::Value> {
    ///     serde_json::from_str(outputs.get("example.extension")?).ok()
    /// }
    /// ```
    pub fn get(&self, identifier: &str) -> Option<&str> {
        members(self.0.as_json()).find(|(found, _)| *found == *identifier).map(|(_, json)| json)
    }

    /// Iterates over all extension identifiers and their outputs as JSON text, as they were
    /// received. Null outputs are included.
    pub fn iter(&self) -> impl Iterator<Item = (JsonString<'_>, &str)> {
        members(self.0.as_json())
    }

    /// Returns the identifiers of the lost outputs, for the extensions that have a method here. If
    /// only a member is lost, the entry is its path, such as `"prf.results.first"`. The entries are
    /// in the order of the identifiers.
    ///
    /// Browsers write outputs that can be read. If a page sends the result of
    /// `getClientExtensionResults()` without `toJSON()`, all bytes are lost.
    pub fn lost(&self) -> Vec<&'static str> {
        let mut lost = Vec::new();
        if matches!(self.0, ExtensionResults::Other(_)) {
            let lost = &mut Lost(Some(&mut lost));
            // Reads the results only once for all extensions, because they can be long.
            let found = self.outputs_of(Extension::ALL.map(Extension::identifier));
            for (extension, json) in Extension::ALL.into_iter().zip(found) {
                let Some(json) = json else { continue };
                extension.read_output(Output { json, path: extension.identifier() }, lost);
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

    /// The extension identifiers whose output is not null.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = JsonString<'_>> {
        self.iter().filter(|(_, output)| *output != "null").map(|(identifier, _)| identifier)
    }

    /// The output of `appid` (§10.1.1): whether the AppID was used instead of the RP ID. The
    /// ceremony uses this output only if the AppID was requested. A lost output counts as `false`.
    pub fn app_id(&self) -> Option<bool> {
        self.bool("appid")
    }

    /// The output of `appidExclude` (§10.1.2): whether the browser applied the exclusion.
    pub fn app_id_exclude(&self) -> Option<bool> {
        self.bool("appidExclude")
    }

    /// The output of `credProps` (§10.1.3).
    pub fn cred_props(&self) -> Option<CredentialProperties> {
        if let ExtensionResults::Discoverable(rk) = self.0 {
            return Some(CredentialProperties { rk: Some(rk) });
        }
        self.read("credProps", &mut Lost(None), output_forms::cred_props)
    }

    /// The output of `prf` (§10.1.4).
    pub fn prf(&self) -> Option<PrfOutputs> {
        self.read("prf", &mut Lost(None), output_forms::prf)
    }

    /// The output of `largeBlob` (§10.1.5).
    pub fn large_blob(&self) -> Option<LargeBlobOutputs> {
        self.read("largeBlob", &mut Lost(None), output_forms::large_blob)
    }

    /// The output of `hmacCreateSecret`: whether the credential has secrets for `hmac-secret`.
    pub fn hmac_create_secret(&self) -> Option<bool> {
        self.bool("hmacCreateSecret")
    }

    /// The output of `hmacGetSecret`: the results for the salts.
    pub fn hmac_get_secret(&self) -> Option<PrfResults> {
        self.read("hmacGetSecret", &mut Lost(None), output_forms::hmac_get_secret)
    }

    /// The output of `credBlob`: whether the authenticator stored the bytes with the new
    /// credential.
    pub fn cred_blob(&self) -> Option<bool> {
        self.bool("credBlob")
    }

    /// The output of `getCredBlob`: the bytes that were stored with the credential.
    pub fn get_cred_blob(&self) -> Option<Vec<u8>> {
        self.read("getCredBlob", &mut Lost(None), output_forms::bytes)
    }

    /// The output of `remoteClientDataJSON` (§10.1.6 of the editor's draft): whether the browser
    /// used the client data that the request contained.
    pub fn remote_client_data_json(&self) -> Option<bool> {
        self.bool("remoteClientDataJSON")
    }

    /// The output of `uvm`, an extension of Level 2 (§10.3): the methods that were used together to
    /// verify the user, one to three.
    pub fn uvm(&self) -> Option<Vec<UvmEntry>> {
        self.read("uvm", &mut Lost(None), output_forms::uvm)
    }

    fn bool(&self, identifier: &'static str) -> Option<bool> {
        self.read(identifier, &mut Lost(None), output_forms::boolean)
    }

    /// Reads the output of one extension. The result is `None` if the output is missing, null or
    /// lost.
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

impl From<ExtensionResults> for ClientOutputs {
    fn from(results: ExtensionResults) -> ClientOutputs {
        ClientOutputs(results)
    }
}

impl fmt::Debug for ClientOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
