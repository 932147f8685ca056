//! `PublicKeyCredentialRequestOptionsJSON` (§5.1.10).

use serde_json::Value;

use crate::error::AuthenticatorError;
use crate::options::common::{check_common, credential_ids, extensions, public_key};
use crate::options::extensions::ExtensionInputs;
use crate::options::origin;

/// The options of a login that have an effect here.
#[derive(Debug)]
pub(crate) struct RequestOptions {
    pub(crate) rp_id: String,
    pub(crate) challenge: Vec<u8>,
    /// If empty, every discoverable credential is allowed.
    pub(crate) allowed: Vec<Vec<u8>>,
    pub(crate) extensions: ExtensionInputs,
}

impl RequestOptions {
    /// Reads the options for a page of this origin, and rejects them as a browser would.
    pub(crate) fn read(
        json: &Value,
        origin: &str,
        related: &[String],
    ) -> Result<RequestOptions, AuthenticatorError> {
        let options = public_key(json)?;
        let challenge = options.required("challenge")?.some_bytes()?;
        let (count, allowed) = credential_ids(&options, "allowCredentials")?;
        check_common(&options)?;
        options.string("userVerification")?;
        let extensions = extensions(&options)?;

        let rp_id = origin::rp_id(origin, options.string("rpId")?, related)?;
        if count > 0 && allowed.is_empty() {
            // A list without a known type is not treated as an empty list (§5.8.3).
            let reason = "allowCredentials has no credential of the type public-key";
            return Err(AuthenticatorError::thrown("NotAllowedError", reason));
        }
        if let Some(app_id) = &extensions.app_id {
            origin::check_app_id("appid", app_id, origin, &rp_id)?;
        }
        extensions.check_request(&allowed)?;
        Ok(RequestOptions { rp_id, challenge, allowed, extensions })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Value) -> Result<RequestOptions, AuthenticatorError> {
        RequestOptions::read(&json, "https://example.com", &[])
    }

    #[track_caller]
    fn refused(json: Value, exception: &str, reason: &str) {
        let error = read(json).unwrap_err();
        assert_eq!(error.exception(), Some(exception), "{error}");
        assert!(error.to_string().starts_with(reason), "{error}");
    }

    #[test]
    fn missing_members_have_the_defaults_of_browsers() {
        let least = json!({ "challenge": "AgM", "unknown": 1 });
        for options in [least.clone(), json!({ "publicKey": least })] {
            let options = read(options).unwrap();
            assert_eq!(options.rp_id, "example.com");
            assert_eq!((options.challenge, options.allowed), (vec![2, 3], vec![]));
        }
    }

    #[test]
    fn an_error_names_the_wrong_member() {
        refused(json!({}), "TypeError", "challenge is missing");
        refused(json!({ "challenge": "" }), "TypeError", "challenge is empty");
        refused(json!({ "challenge": "A" }), "EncodingError", "challenge is not base64url");
        let with = |name: &str, value: Value| json!({ "challenge": "AQ", name: value });
        refused(with("rpId", json!(1)), "TypeError", "rpId is a number");
        refused(with("rpId", json!("example.org")), "SecurityError", "the RP ID \"example.org\"");
        refused(with("userVerification", json!(true)), "TypeError", "userVerification is a");
        refused(with("timeout", json!("1")), "TypeError", "timeout is a string");
        refused(with("hints", json!([{}])), "TypeError", "hints[0] is an object");
        let allowed = |value: Value| with("allowCredentials", value);
        refused(allowed(json!("AQ")), "TypeError", "allowCredentials is a string");
        refused(allowed(json!([{ "id": "AQ" }])), "TypeError", "allowCredentials[0].type");
        let bad = json!([{ "type": "public-key", "id": "=" }]);
        refused(allowed(bad), "EncodingError", "allowCredentials[0].id is not");
        let unknown = json!([{ "type": "unknown", "id": "AQ" }]);
        refused(allowed(unknown), "NotAllowedError", "allowCredentials has no credential");
    }

    #[test]
    fn extensions_must_fit_the_other_options() {
        let asking = |extensions: Value| {
            json!({
                "challenge": "AQ",
                "allowCredentials": [
                    { "type": "public-key", "id": "AQ" }, { "type": "public-key", "id": "Ag" },
                ],
                "extensions": extensions,
            })
        };
        let by = |key: &str| json!({ "prf": { "evalByCredential": { key: { "first": "AQ" } } } });
        assert!(read(asking(by("Ag"))).is_ok());
        refused(asking(by("Aw")), "SyntaxError", "extensions.prf.evalByCredential");
        let write = json!({ "largeBlob": { "write": "AQ" } });
        refused(asking(write), "NotSupportedError", "extensions.largeBlob.write");
        let app_id = json!({ "appid": "https://example.org/app-id.json" });
        refused(asking(app_id), "SecurityError", "extensions.appid");
    }

    #[test]
    fn extensions_for_registrations_are_ignored() {
        let extensions = json!({
            "appidExclude": "https://example.org",
            "enforceCredentialProtectionPolicy": true,
        });
        assert!(read(json!({ "challenge": "AQ", "extensions": extensions })).is_ok());
    }
}
