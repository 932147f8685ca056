//! The members of a test vector that configure the relying party and the options. The form has no
//! fields for them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use webauthn_verify::attestation::{AttestationFormat, AttestationPolicy};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::extensions::{CredentialProtection, LargeBlobSupport};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticatorAttachment, BackupPolicy, Credential, Mediation,
    Quirk, RegistrationRequest, RelyingParty,
};

use super::members::Members;
use crate::vector;

/// The pages that may frame a ceremony, in addition to those in `top_origins`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Framing {
    SameOrigin,
    Any,
    Unnamed,
}

/// Creates the relying party. The RP ID may be an IP address, as with `address_rp_id`.
pub fn relying_party(
    rp_id: &str,
    origins: &[String],
    case: &Members,
) -> Result<RelyingParty, String> {
    // A URI is also an origin.
    let own = RelyingParty::with_uri_id(rp_id).is_ok().then_some(rp_id);
    let origins = origins.iter().map(String::as_str).chain(own);
    let mut rp = RelyingParty::for_recordings(rp_id, origins);
    if case.or_default("subdomains")? {
        rp = rp.allow_subdomains();
    }
    if case.or_default("cross_origin")? {
        rp = rp.allow_unnamed_framing();
    }
    for framing in case.or_default::<Vec<Framing>>("framing")? {
        rp = match framing {
            Framing::SameOrigin => rp.allow_framing_by_same_origin(),
            Framing::Any => rp.allow_framing_by_any(),
            Framing::Unnamed => rp.allow_unnamed_framing(),
        };
    }
    if case.or_default("refuse_unsolicited_extensions")? {
        rp = rp.refuse_unsolicited_extensions();
    }
    let top_origins: Vec<String> = case.or_default("top_origins")?;
    rp.allow_framing_by(&top_origins)
        .map_err(|error| format!("top_origins: {error}."))?
        .backup_policy(backup(case)?)
        .sign_count_policy(case.or_default("sign_count")?)
        .allow_quirks(quirks(case)?)
        .attestation_policy(attestation(case)?)
        .map_err(|error| format!("The attestation policy: {error}."))
}

fn backup(case: &Members) -> Result<BackupPolicy, String> {
    let members = case.object("backup")?.of_these(&["eligible", "backed_up", "on_change"])?;
    let mut policy = BackupPolicy::default().on_change(members.or_default("on_change")?);
    if let Some(eligible) = members.get("eligible")? {
        policy = policy.require_eligible(eligible);
    }
    match members.get("backed_up")? {
        None => Ok(policy),
        Some(true) => Ok(policy.require_backed_up()),
        Some(false) => Err("backup.backed_up: only true is allowed.".to_owned()),
    }
}

fn quirks(case: &Members) -> Result<Vec<Quirk>, String> {
    let mut quirks = Vec::new();
    for name in case.or_default::<Vec<String>>("quirks")? {
        let named = Quirk::ALL.iter().filter(|quirk| name == "all" || quirk.as_str() == name);
        let before = quirks.len();
        quirks.extend(named);
        if quirks.len() == before {
            return Err(format!("quirks: {name:?} is unknown."));
        }
    }
    Ok(quirks)
}

/// Returns whether the attestation must lead to a trust anchor. If the anchors are in the file of
/// `metadata`, this page does not have them.
pub fn demands_trust(case: &Members) -> bool {
    let has_anchors = case.has("trust_anchors") || case.has("anchors_by_format");
    has_anchors && !case.has("metadata")
}

fn attestation(case: &Members) -> Result<AttestationPolicy, String> {
    let mut policy = AttestationPolicy::verified();
    if demands_trust(case) {
        let listed = case.list_of_bytes("trust_anchors")?.unwrap_or_default();
        policy = AttestationPolicy::trusted(anchors("trust_anchors", &listed)?);
        let by_format = case.object("anchors_by_format")?;
        for name in by_format.map().keys() {
            let format: AttestationFormat =
                name.parse().map_err(|_| format!("anchors_by_format: {name:?} is unknown."))?;
            let listed = by_format.list_of_bytes(name)?.unwrap_or_default();
            policy = policy.anchors_for_format(format, anchors("anchors_by_format", &listed)?);
        }
    }
    Ok(match case.get("safetynet_max_age")? {
        Some(seconds) => policy.allow_safetynet(Duration::from_secs(seconds)),
        None => policy,
    })
}

fn anchors(member: &str, listed: &[Vec<u8>]) -> Result<Vec<TrustAnchor>, String> {
    let anchors = listed.iter().map(|der| TrustAnchor::from_der(der.as_slice()));
    anchors.collect::<Result<_, _>>().map_err(|error| format!("{member}: {error}."))
}

/// The extension outputs that a case requires.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Required {
    cred_protect: Option<CredentialProtection>,
    min_pin_length: Option<u32>,
    prf: Option<bool>,
    large_blob: Option<bool>,
}

/// Returns the requested algorithms that this site supports.
fn algorithms(case: &Members) -> Result<Vec<Algorithm>, String> {
    let Some(numbers) = case.get::<Vec<i64>>("algorithms")? else {
        return Ok(Algorithm::compiled_in().collect());
    };
    let known = numbers.iter().filter_map(|number| Algorithm::from_cose_id(*number));
    let known: Vec<Algorithm> = known.filter(|algorithm| algorithm.is_compiled_in()).collect();
    match &known[..] {
        [] => Err(format!("algorithms: this site supports none of {numbers:?}.")),
        _ => Ok(known),
    }
}

/// Adds the options of a case to a registration.
pub fn registration(
    mut request: RegistrationRequest,
    case: &Members,
) -> Result<RegistrationRequest, String> {
    // The request of a passkey asks for `credProps`, but the case may not.
    request = request.algorithms(&algorithms(case)?).extension("credProps", false.into());
    if let Some(mediation) = case.get::<Mediation>("mediation")? {
        request = request.mediation(mediation);
    }
    for (identifier, input) in case.or_default::<Map<String, Value>>("extensions")? {
        request = match (&*identifier, &input) {
            ("remoteClientDataJSON", Value::String(text)) => request.remote_client_data_json(text),
            ("payment", _) => {
                request.attachment(AuthenticatorAttachment::Platform).extension(&identifier, input)
            }
            _ => request.extension(&identifier, input),
        };
    }
    let required: Required = case.or_default("require")?;
    if let Some(protection) = required.cred_protect {
        request = request.require_cred_protect(protection);
    }
    if let Some(minimum) = required.min_pin_length {
        request = request.refuse_min_pin_length_below(minimum);
    }
    if required.prf == Some(true) {
        request = request.require_prf();
    }
    if required.large_blob == Some(true) {
        request = request.large_blob(LargeBlobSupport::Required);
    }
    Ok(request)
}

/// Adds the options of a case to a login.
pub fn authentication(
    mut request: AuthenticationRequest,
    case: &Members,
) -> Result<AuthenticationRequest, String> {
    if let Some(mediation) = case.get::<Mediation>("mediation")? {
        request = request.mediation(mediation);
    }
    for (identifier, input) in case.or_default::<Map<String, Value>>("extensions")? {
        request = match (&*identifier, &input) {
            ("remoteClientDataJSON", Value::String(text)) => request.remote_client_data_json(text),
            _ => request.extension(&identifier, input),
        };
    }
    if let Some(app_id) = case.get::<String>("appid")? {
        request = request.app_id(&app_id);
    }
    let required: Required = case.or_default("require")?;
    for (name, is_there) in [
        ("cred_protect", required.cred_protect.is_some()),
        ("min_pin_length", required.min_pin_length.is_some()),
        ("large_blob", required.large_blob == Some(true)),
    ] {
        if is_there {
            return Err(format!("require.{name} is for registrations."));
        }
    }
    Ok(if required.prf == Some(true) { request.require_prf() } else { request })
}

/// Returns records with the IDs of the excluded credentials.
pub fn excluded(case: &Members) -> Result<Vec<Credential>, String> {
    let ids = case.list_of_bytes("exclude")?.unwrap_or_default();
    let records = ids.iter().map(|id| vector::any_credential(id));
    records.collect::<Result<_, _>>().map_err(|failure| format!("exclude: {failure}."))
}
