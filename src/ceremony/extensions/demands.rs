//! The requirements of a request for extension outputs. The pending state stores them, and they are
//! checked when the ceremony finishes.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::ceremony::extensions::requested::RequestedExtensions;
use crate::ceremony::extensions::table::Extension;
use crate::error::{ErrorKind, Failure, counted};
use crate::message::extensions::{AuthenticatorOutputs, CredentialProtection};
use crate::spec::Ceremony;

/// The requirements of a request for extension outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtensionDemands {
    /// The lowest acceptable protection, if the request enforces one.
    #[serde(deserialize_with = "present")]
    pub(crate) cred_protect: Option<CredentialProtection>,
    #[serde(deserialize_with = "present")]
    pub(crate) min_pin_length: Option<u32>,
    /// Whether the credential must be able to store a large blob.
    pub(crate) large_blob: bool,
    /// Whether a new credential must have a pseudo-random function, or a login must return its
    /// results.
    #[serde(default)]
    pub(crate) prf: bool,
    /// The smallest number of results that any input requests: 0, 1 or 2.
    #[serde(default)]
    pub(crate) prf_results: u8,
}

impl ExtensionDemands {
    /// Fails if no start of a ceremony could have written these requirements. Every required output
    /// must have been requested.
    pub(crate) fn check_stored(&self, requested: &RequestedExtensions) -> Result<(), Failure> {
        let most = if self.prf { 2 } else { 0 };
        if self.prf_results > most {
            let reason = "more results are required than a request can require";
            return Err(Failure::of("prf", ErrorKind::WrongPendingState, reason));
        }
        let demanded = [
            (self.cred_protect.is_some(), Extension::CredentialProtectionPolicy),
            (self.min_pin_length.is_some(), Extension::MinPinLength),
            (self.large_blob, Extension::LargeBlob),
            (self.prf, Extension::Prf),
        ];
        let is_bad = |(demanded, one): &(bool, Extension)| *demanded && !requested.contains(*one);
        match demanded.iter().find(|one| is_bad(one)) {
            None => Ok(()),
            Some((_, one)) => {
                let reason = "an output is required but was not requested";
                Err(Failure::of(one.identifier(), ErrorKind::WrongPendingState, reason))
            }
        }
    }

    /// Part of step 28 / 23: checks that the outputs meet these requirements.
    pub(crate) fn check(
        &self,
        ceremony: Ceremony,
        client: &ClientOutputs,
        authenticator: Option<&AuthenticatorOutputs<'_>>,
    ) -> Result<(), Failure> {
        if let Some(demanded) = self.cred_protect {
            // A credential without the extension has no protection.
            let lowest = CredentialProtection::UserVerificationOptional;
            let received =
                authenticator.and_then(AuthenticatorOutputs::cred_protect).unwrap_or(lowest);
            if received < demanded {
                let reason = format!("{}, less than {}", received.as_str(), demanded.as_str());
                return Err(rejected("credProtect", reason));
            }
        }
        let length = authenticator.and_then(AuthenticatorOutputs::min_pin_length);
        if let (Some(minimum), Some(length)) = (self.min_pin_length, length)
            && length < minimum
        {
            let reason = format!("{}, less than {minimum}", counted(length, "character"));
            return Err(rejected("minPinLength", reason));
        }
        if self.large_blob {
            let supported = client.large_blob().and_then(|output| output.supported);
            if supported != Some(true) {
                let missing = "the credential cannot store a blob";
                return Err(not_given("largeBlob", client, &["largeBlob.supported"], missing));
            }
        }
        if self.prf {
            check_prf(ceremony, self, client)?;
        }
        Ok(())
    }
}

/// Deserializes a member that may be null but must be present.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// Checks the output of `prf`. A new credential must have a pseudo-random function, and its
/// results, if any, must not be lost. A login must return its results.
fn check_prf(
    ceremony: Ceremony,
    demands: &ExtensionDemands,
    client: &ClientOutputs,
) -> Result<(), Failure> {
    const RESULTS: [&str; 3] = ["prf.results", "prf.results.first", "prf.results.second"];
    // Without a second input, a second result has no meaning.
    let (results, _) = RESULTS.split_at(1 + usize::from(demands.prf_results.min(2)));
    let output = client.prf();
    if ceremony == Ceremony::Registration {
        if output.and_then(|output| output.enabled) != Some(true) {
            let missing =
                "the browser does not report that the credential has a pseudo-random function";
            return Err(not_given("prf", client, &["prf.enabled"], missing));
        }
        let lost =
            demands.prf_results > 0 && client.lost().iter().any(|path| results.contains(path));
        return if lost { Err(not_given("prf", client, results, "")) } else { Ok(()) };
    }
    match output.and_then(|output| output.results) {
        None => Err(not_given("prf", client, results, "there are no results")),
        Some(given) if demands.prf_results > 1 && given.second.is_none() => {
            Err(not_given("prf", client, results, "there is no second result"))
        }
        Some(_) => Ok(()),
    }
}

/// Returns the error for a required output that is lost or missing.
fn not_given(
    identifier: &'static str,
    client: &ClientOutputs,
    paths: &[&str],
    missing: &'static str,
) -> Failure {
    let is_demanded = |path: &&str| *path == identifier || paths.contains(path);
    match client.lost().into_iter().find(is_demanded) {
        None => rejected(identifier, missing),
        Some(path) => rejected(
            identifier,
            format!("{path} cannot be read; the page must send the result of credential.toJSON()"),
        ),
    }
}

fn rejected(identifier: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(identifier, ErrorKind::ExtensionRejected, reason)
}
