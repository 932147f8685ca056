//! What both ceremonies check of extension outputs: step 28 of §7.1, step 23 of §7.2.
//!
//! Outputs that were not asked for are ignored, because clients may set extensions of their own.
//! Missing ones are no error unless the request demands them. A client output that cannot be read
//! counts as missing, because nothing signs it; an authenticator output that was asked for has the
//! form that its extension says, because it is signed.

use std::borrow::Cow;

use crate::ceremony::extensions::inputs::ExtensionDemands;
use crate::ceremony::extensions::outputs::ClientExtensionOutputs;
use crate::ceremony::extensions::requested::{Extension, RequestedExtensions};
use crate::ceremony::relying_party::RelyingParty;
use crate::error::{ErrorKind, Failure, counted, quote};
use crate::message::extensions::{CredentialProtection, Extensions};
use crate::spec::Ceremony;

/// Client extensions that an authenticator serves by `hmac-secret`.
const BY_HMAC_SECRET: &[Extension] =
    &[Extension::HmacCreateSecret, Extension::HmacGetSecret, Extension::Prf];

/// An authenticator extension output: its identifier, what asks for it, whether it has its form,
/// and what it is otherwise.
type Output = (&'static str, &'static [Extension], fn(&Extensions<'_>) -> bool, &'static str);

const IN_REGISTRATIONS: &[Output] = &[
    (
        "credBlob",
        &[Extension::CredBlob],
        |outputs| outputs.cred_blob_stored().is_some(),
        "not a boolean in a registration",
    ),
    (
        "credProtect",
        &[Extension::CredentialProtectionPolicy],
        |outputs| outputs.cred_protect().is_some(),
        "not 1, 2 or 3",
    ),
    (
        "hmac-secret",
        BY_HMAC_SECRET,
        |outputs| outputs.hmac_secret_enabled().is_some(),
        "not a boolean in a registration",
    ),
    (
        "hmac-secret-mc",
        BY_HMAC_SECRET,
        |outputs| outputs.hmac_secret_mc().is_some(),
        "not encrypted secrets",
    ),
    (
        "minPinLength",
        &[Extension::MinPinLength],
        |outputs| outputs.min_pin_length().is_some(),
        "not a number of characters",
    ),
];

const IN_LOGINS: &[Output] = &[
    (
        "credBlob",
        &[Extension::GetCredBlob],
        |outputs| outputs.cred_blob().is_some(),
        "not bytes in a login",
    ),
    (
        "hmac-secret",
        BY_HMAC_SECRET,
        |outputs| outputs.hmac_secret().is_some(),
        "not encrypted secrets in a login",
    ),
];

const IN_BOTH: &[Output] = &[
    (
        "uvm",
        &[Extension::Uvm],
        |outputs| outputs.uvm().is_some(),
        "not one to three entries of numbers",
    ),
    (
        "thirdPartyPayment",
        &[Extension::Payment],
        |outputs| outputs.third_party_payment().is_some(),
        "not a boolean",
    ),
    // The extension has no output of the authenticator (§10.1.4): whoever sees the signed bytes
    // could read it.
    ("prf", &[Extension::Prf], |_| false, "results in authenticator data"),
];

/// Step 28 / 23.
pub(crate) fn check_outputs(
    rp: &RelyingParty,
    ceremony: Ceremony,
    requested: &RequestedExtensions,
    client: &ClientExtensionOutputs,
    authenticator: Option<&Extensions<'_>>,
) -> Result<(), Failure> {
    check_unsolicited(rp, requested, client)?;
    match authenticator {
        Some(outputs) => check_authenticator_outputs(ceremony, requested, outputs),
        None => Ok(()),
    }
}

/// Client extension outputs that were not asked for, where they are refused. Outputs in
/// authenticator data go by identifiers of their own and are not compared.
fn check_unsolicited(
    rp: &RelyingParty,
    requested: &RequestedExtensions,
    client: &ClientExtensionOutputs,
) -> Result<(), Failure> {
    if !rp.refuse_unsolicited_extensions {
        return Ok(());
    }
    let mut identifiers = client.identifiers();
    match identifiers.find(|identifier| !requested.contains_text(*identifier)) {
        None => Ok(()),
        Some(identifier) => Err(Failure::new(
            ErrorKind::ExtensionRejected,
            format!("{} was not asked for", quote(identifier.chars())),
        )),
    }
}

/// The form of authenticator extension outputs that belong to what was asked for.
fn check_authenticator_outputs(
    ceremony: Ceremony,
    requested: &RequestedExtensions,
    outputs: &Extensions<'_>,
) -> Result<(), Failure> {
    let own = match ceremony {
        Ceremony::Registration => IN_REGISTRATIONS,
        Ceremony::Authentication => IN_LOGINS,
    };
    for (identifier, asked, is_good, otherwise) in own.iter().chain(IN_BOTH) {
        let counts = requested.contains_any(asked) && outputs.get(identifier).is_some();
        if counts && !is_good(outputs) {
            return Err(rejected(identifier, *otherwise));
        }
    }
    Ok(())
}

/// Still step 28 / 23: what the request demands of outputs.
pub(crate) fn check_demands(
    ceremony: Ceremony,
    demands: &ExtensionDemands,
    client: &ClientExtensionOutputs,
    authenticator: Option<&Extensions<'_>>,
) -> Result<(), Failure> {
    if let Some(demanded) = demands.cred_protect {
        // A credential without the extension is one without protection.
        let lowest = CredentialProtection::UserVerificationOptional;
        let received = authenticator.and_then(Extensions::cred_protect).unwrap_or(lowest);
        if received < demanded {
            let reason = format!("{}, less than {}", received.as_str(), demanded.as_str());
            return Err(rejected("credProtect", reason));
        }
    }
    let length = authenticator.and_then(Extensions::min_pin_length);
    if let (Some(minimum), Some(length)) = (demands.min_pin_length, length)
        && length < minimum
    {
        let reason = format!("{}, less than {minimum}", counted(length, "character"));
        return Err(rejected("minPinLength", reason));
    }
    if demands.large_blob {
        let supported = client.large_blob().and_then(|output| output.supported);
        if supported != Some(true) {
            let missing = "the credential cannot store a blob";
            return Err(not_given("largeBlob", client, &["largeBlob.supported"], missing));
        }
    }
    if demands.prf {
        check_prf(ceremony, demands, client)?;
    }
    Ok(())
}

/// A new credential has a pseudo-random function, and none of the results is lost that it gave for
/// the inputs of the request; a login has its results.
fn check_prf(
    ceremony: Ceremony,
    demands: &ExtensionDemands,
    client: &ClientExtensionOutputs,
) -> Result<(), Failure> {
    const RESULTS: [&str; 3] = ["prf.results", "prf.results.first", "prf.results.second"];
    // Without a second input, a second result is nobody's.
    let (results, _) = RESULTS.split_at(1 + usize::from(demands.prf_results.min(2)));
    let output = client.prf();
    if ceremony == Ceremony::Registration {
        if output.and_then(|output| output.enabled) != Some(true) {
            let missing =
                "the client does not say that the credential has a pseudo-random function";
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

/// Why there is not what is demanded: it came and cannot be read, or it did not come.
fn not_given(
    identifier: &'static str,
    client: &ClientExtensionOutputs,
    paths: &[&str],
    missing: &'static str,
) -> Failure {
    let is_demanded = |path: &&str| *path == identifier || paths.contains(path);
    match client.lost().into_iter().find(is_demanded) {
        None => rejected(identifier, missing),
        Some(path) => rejected(
            identifier,
            format!("{path} cannot be read; the page has to send what credential.toJSON() gives"),
        ),
    }
}

fn rejected(identifier: &'static str, reason: impl Into<Cow<'static, str>>) -> Failure {
    Failure::of(identifier, ErrorKind::ExtensionRejected, reason)
}
