//! The settings that a library must have to run a case.

use std::time::{SystemTime, UNIX_EPOCH};

use ciborium::Value as Cbor;
use serde_json::{Map, Value};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::case::{Case, algorithm, attestation_object, certificates, decode, entry};

pub(crate) const STORED_FORM: &str = "a stored form of webauthn-verify";
pub(crate) const SUBDOMAINS: &str = "every subdomain as an origin";
pub(crate) const ADDRESS_RP_ID: &str = "an IP address as the RP ID";
pub(crate) const URI_RP_ID: &str = "a URI as the RP ID";
pub(crate) const APP_ORIGINS: &str = "the origin of an app or an extension";
pub(crate) const REFUSE_FRAMES: &str = "refusing frames";
pub(crate) const LISTED_FRAMES: &str = "a list of pages that may frame";
pub(crate) const REFUSE_UNNAMED_FRAMES: &str = "refusing unnamed pages that frame, with a list";
pub(crate) const FRAMING_WORDS: &str = "allowing frames without a list";
pub(crate) const ELIGIBLE: &str = "requiring backup eligibility";
pub(crate) const NOT_ELIGIBLE: &str = "refusing backup eligibility";
pub(crate) const BACKED_UP: &str = "requiring a backup";
pub(crate) const ELIGIBILITY_GAINED: &str = "allowing that a credential becomes backup eligible";
pub(crate) const ELIGIBILITY_CHANGED: &str = "allowing every change of the backup eligibility";
pub(crate) const BACKUP_RECORD: &str = "the backup eligibility in the stored credential";
pub(crate) const SIGN_COUNT: &str = "a policy for the signature counter";
pub(crate) const QUIRKS: &str = "a list of accepted deviations";
pub(crate) const USER_HANDLE: &str = "the user handle of the account";
pub(crate) const OTHER_USER_HANDLE: &str = "a user handle that does not have 11, 16 or 32 bytes";
pub(crate) const ALLOWED_CREDENTIALS: &str = "a list of allowed credentials";
pub(crate) const EXCLUDE: &str = "a list of excluded credentials";
pub(crate) const CONDITIONAL: &str = "conditional mediation in a registration";
pub(crate) const ALGORITHMS: &str = "the requested algorithms";
pub(crate) const EXTENSIONS: &str = "the requested extensions";
pub(crate) const CRED_PROTECT: &str = "a required credential protection";
pub(crate) const REQUIRE: &str = "other required extension outputs";
pub(crate) const APPID: &str = "the extension appid";
pub(crate) const UNSOLICITED: &str = "refusing unsolicited extension outputs";
pub(crate) const ANCHORS: &str = "trust anchors";
pub(crate) const ANCHORS_BY_FORMAT: &str = "trust anchors for single formats";
pub(crate) const NO_ANCHORS: &str = "no trust anchors for a format with built-in ones";
pub(crate) const REFUSE_SELF: &str = "refusing registrations without a certificate";
pub(crate) const METADATA: &str = "a metadata BLOB from a file";
pub(crate) const REFUSE_SAFETYNET: &str = "refusing the format android-safetynet";
pub(crate) const TIME: &str = "the time of the ceremony";
pub(crate) const LONG_CHALLENGE: &str = "a challenge that does not have 16 bytes";

/// Returns the settings that this case needs.
pub(crate) fn of(case: &Case) -> Vec<&'static str> {
    let has = |name: &str| {
        !matches!(case.members.get(name), None | Some(Value::Null | Value::Bool(false)))
    };
    let of_backup = |name: &str| case.members.get("backup")?.get(name).cloned();
    let required = case.members.get("require").and_then(Value::as_object);
    let required: Vec<_> = required.into_iter().flat_map(Map::keys).collect();
    let mut needs = Vec::new();
    for (needed, setting) in [
        (has("pending") || has("record"), STORED_FORM),
        (has("metadata"), METADATA),
        (has("quirks"), QUIRKS),
        (has("subdomains"), SUBDOMAINS),
        (has("address_rp_id"), ADDRESS_RP_ID),
        (case.rp_id.contains(':') && !has("address_rp_id"), URI_RP_ID),
        (case.origins.iter().any(|origin| !origin.starts_with("http")), APP_ORIGINS),
        (case.registration && of_backup("eligible") == Some(true.into()), ELIGIBLE),
        (case.registration && of_backup("eligible") == Some(false.into()), NOT_ELIGIBLE),
        (of_backup("backed_up") == Some(true.into()), BACKED_UP),
        (of_backup("on_change") == Some("allow-gain".into()), ELIGIBILITY_GAINED),
        (of_backup("on_change") == Some("report".into()), ELIGIBILITY_CHANGED),
        (case.members.get("sign_count").is_some_and(|word| word != "refuse"), SIGN_COUNT),
        (has("exclude"), EXCLUDE),
        (required.iter().any(|name| *name == "cred_protect"), CRED_PROTECT),
        (required.iter().any(|name| *name != "cred_protect"), REQUIRE),
        (has("appid"), APPID),
        (has("refuse_unsolicited_extensions"), UNSOLICITED),
        (has("extensions"), EXTENSIONS),
        (has("anchors_by_format"), ANCHORS_BY_FORMAT),
        (!case.trust_anchors.is_empty(), ANCHORS),
        (
            case.registration && case.members.get("mediation") == Some(&"conditional".into()),
            CONDITIONAL,
        ),
        (case.challenge.len() != 16, LONG_CHALLENGE),
    ] {
        if needed {
            needs.push(setting);
        }
    }
    needs.extend(framing(case));
    needs.extend(if case.registration { registration(case) } else { login(case) });
    needs
}

/// Returns the setting for the frames of this case. Without such a setting, a library expects every
/// frame, so the members of the client data about frames have no meaning for it.
fn framing(case: &Case) -> Vec<&'static str> {
    let has = |name: &str| case.members.get(name).is_some_and(|value| !value.is_null());
    let client_data = case.bytes("clientDataJSON");
    let client_data: Option<Value> =
        client_data.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let claim = |name: &str| client_data.as_ref()?.get(name);
    let named = claim("topOrigin").is_some();
    let framed = named || !matches!(claim("crossOrigin"), None | Some(Value::Bool(false)));
    if has("framing") || case.members.get("cross_origin") == Some(&Value::Bool(true)) {
        return vec![FRAMING_WORDS];
    }
    if has("top_origins") {
        let refuse_unnamed = (framed && !named).then_some(REFUSE_UNNAMED_FRAMES);
        return [LISTED_FRAMES].into_iter().chain(refuse_unnamed).collect();
    }
    if framed { vec![REFUSE_FRAMES] } else { Vec::new() }
}

fn registration(case: &Case) -> Vec<&'static str> {
    let mut needs = Vec::new();
    let object = attestation_object(&case.response);
    let data = object.as_ref().and_then(|object| entry(object, "authData")?.as_bytes());
    let made = data.and_then(|data| {
        let length = u16::from_be_bytes([*data.get(53)?, *data.get(54)?]);
        algorithm(data.get(55 + usize::from(length)..)?)
    });
    let requested = |made| case.algorithms.as_ref().is_none_or(|all| all.contains(&made));
    if made.is_some_and(|made| !requested(made)) {
        needs.push(ALGORITHMS);
    }
    let demanding =
        !case.trust_anchors.is_empty() || case.members.get("anchors_by_format").is_some();
    if let Some((format, statement)) = case.attestation() {
        let certified =
            format != "none" && (format != "packed" || entry(&statement, "x5c").is_some());
        if demanding && !certified {
            needs.push(REFUSE_SELF);
        }
        if !demanding && ["android-key", "android-safetynet", "apple"].contains(&format.as_str()) {
            needs.push(NO_ANCHORS);
        }
        if format == "android-safetynet" && case.members.get("safetynet_max_age").is_none() {
            needs.push(REFUSE_SAFETYNET);
        }
        let mut chain = case.trust_anchors.clone();
        let by_format = case.members.get("anchors_by_format").and_then(Value::as_object);
        for list in by_format.into_iter().flat_map(|formats| formats.values()) {
            chain.extend(certificates(list.as_array().map(Vec::as_slice).unwrap_or_default()));
        }
        collect_certificates(&statement, &mut chain);
        if chain.iter().any(|der| valid(der, time(case)) != valid(der, today())) {
            needs.push(TIME);
        }
    }
    needs
}

fn login(case: &Case) -> Vec<&'static str> {
    let mut needs = Vec::new();
    let Some(credential) = &case.credential else { return vec![STORED_FORM] };
    let eligible = case.login_flags().map(|flags| flags & 0x08 != 0);
    let policy = case.members.get("backup").and_then(|backup| backup.get("on_change"));
    let refused = policy.is_none_or(|word| word == "refuse");
    if refused
        && eligible.is_some_and(|now| credential.backup_eligible.is_some_and(|then| then != now))
    {
        needs.push(BACKUP_RECORD);
    }
    let handle = case.response.pointer("/response/userHandle").and_then(Value::as_str);
    if let (Some(handle), Some(account)) = (handle, case.account())
        && decode(handle).ok() != Some(account)
    {
        needs.push(USER_HANDLE);
    }
    let known = case.account().or_else(|| handle.and_then(|handle| decode(handle).ok()));
    if known.is_some_and(|known| ![0, 11, 16, 32].contains(&known.len())) {
        needs.push(OTHER_USER_HANDLE);
    }
    let id = case.response.get("rawId").and_then(Value::as_str);
    if id.and_then(|id| decode(id).ok()).is_some_and(|id| id != credential.id) {
        needs.push(ALLOWED_CREDENTIALS);
    }
    needs
}

/// Collects the certificates in this statement and in the statements in it.
fn collect_certificates(value: &Cbor, certificates: &mut Vec<Vec<u8>>) {
    match value {
        Cbor::Map(members) => {
            members.iter().for_each(|(_, value)| collect_certificates(value, certificates));
        }
        Cbor::Array(values) => {
            values.iter().for_each(|value| collect_certificates(value, certificates));
        }
        Cbor::Bytes(bytes) => certificates.push(bytes.clone()),
        _ => {}
    }
}

/// Returns whether this certificate is valid at this time. Other bytes never are.
fn valid(der: &[u8], time: i64) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| {
        let validity = certificate.validity();
        validity.not_before.timestamp() <= time && time <= validity.not_after.timestamp()
    })
}

fn today() -> i64 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Returns the time of the ceremony in seconds.
fn time(case: &Case) -> i64 {
    let now = case.members.get("now").and_then(Value::as_str);
    now.and_then(seconds).unwrap_or_else(today)
}

/// Reads a time such as `2026-01-31T23:59:59Z`.
fn seconds(text: &str) -> Option<i64> {
    let mut numbers = text.split(['-', 'T', ':', 'Z']).map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    // The days before this month, in years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (153 * month + 2) / 5 + day - 719_469;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_counted_from_1970() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2026-01-01T00:00:00Z"), Some(1_767_225_600));
        assert_eq!(seconds("2024-02-29T23:59:59Z"), Some(1_709_251_199));
        assert_eq!(seconds("2024-02-29"), None);
    }
}
