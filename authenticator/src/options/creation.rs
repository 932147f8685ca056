//! `PublicKeyCredentialCreationOptionsJSON` (§5.1.9).

use serde_json::Value;

use crate::error::AuthenticatorError;
use crate::options::common::{algorithms, check_common, credential_ids, extensions, public_key};
use crate::options::extensions::ExtensionInputs;
use crate::options::json::{Dictionary, TYPE_ERROR};
use crate::options::origin;

/// The options of a registration that have an effect here.
#[derive(Debug)]
pub(crate) struct CreationOptions {
    pub(crate) rp_id: String,
    pub(crate) user_id: Vec<u8>,
    pub(crate) challenge: Vec<u8>,
    pub(crate) algorithms: Vec<i64>,
    pub(crate) excluded: Vec<Vec<u8>>,
    pub(crate) extensions: ExtensionInputs,
}

impl CreationOptions {
    /// Reads the options for a page of this origin, and rejects them as a browser would.
    pub(crate) fn read(
        json: &Value,
        origin: &str,
        related: &[String],
    ) -> Result<CreationOptions, AuthenticatorError> {
        let options = public_key(json)?;
        let rp = options.required("rp")?.dictionary()?;
        rp.required("name")?.string()?;
        let user_id = user_id(&options.required("user")?.dictionary()?)?;
        let challenge = options.required("challenge")?.some_bytes()?;
        let algorithms = algorithms(&options.required("pubKeyCredParams")?)?;
        let (_, excluded) = credential_ids(&options, "excludeCredentials")?;
        check_unused(&options)?;
        let extensions = extensions(&options)?;

        let rp_id = origin::rp_id(origin, rp.string("id")?, related)?;
        if let Some(app_id) = &extensions.app_id_exclude {
            origin::check_app_id("appidExclude", app_id, origin, &rp_id)?;
        }
        extensions.check_creation()?;
        Ok(CreationOptions { rp_id, user_id, challenge, algorithms, excluded, extensions })
    }
}

/// Reads `PublicKeyCredentialUserEntityJSON` (§5.1.9) and checks the length of the ID (§5.1.3).
fn user_id(user: &Dictionary<'_>) -> Result<Vec<u8>, AuthenticatorError> {
    user.required("name")?.string()?;
    user.required("displayName")?.string()?;
    let member = user.required("id")?;
    let id = member.bytes()?;
    if !(1..=64).contains(&id.len()) {
        let reason = format!("has {} bytes, not 1 to 64", id.len());
        return Err(member.refused(TYPE_ERROR, &reason));
    }
    Ok(id)
}

/// Checks the types of members that have no effect here.
fn check_unused(options: &Dictionary<'_>) -> Result<(), AuthenticatorError> {
    check_common(options)?;
    if let Some(selection) = options.dictionary("authenticatorSelection")? {
        for name in ["authenticatorAttachment", "residentKey", "userVerification"] {
            selection.string(name)?;
        }
        selection.boolean("requireResidentKey")?;
    }
    options.string("attestation")?;
    options.check_strings("attestationFormats")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORIGIN: &str = "https://example.com";

    /// Returns options with only the required members.
    fn least() -> Value {
        json!({
            "rp": { "name": "Example" },
            "user": { "id": "AQ", "name": "alice", "displayName": "Alice" },
            "challenge": "AgM",
            "pubKeyCredParams": [],
        })
    }

    fn read(json: &Value) -> Result<CreationOptions, AuthenticatorError> {
        CreationOptions::read(json, ORIGIN, &[])
    }

    /// Returns the error for options in which `value` is at the place of this JSON pointer. `null`
    /// removes the member.
    #[track_caller]
    fn refused(pointer: &str, value: Value) -> String {
        let mut options = least();
        let (place, name) = pointer.rsplit_once('/').unwrap();
        let place = options.pointer_mut(place).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => place.remove(name),
            value => place.insert(name.to_owned(), value),
        };
        read(&options).unwrap_err().to_string()
    }

    #[test]
    fn missing_members_have_the_defaults_of_browsers() {
        for options in [least(), json!({ "publicKey": least(), "mediation": "conditional" })] {
            let options = read(&options).unwrap();
            assert_eq!(options.rp_id, "example.com");
            assert_eq!((options.user_id, options.challenge), (vec![1], vec![2, 3]));
            assert_eq!((options.algorithms, options.excluded), (vec![-7, -257], vec![]));
        }
    }

    #[test]
    fn unknown_members_and_values_are_ignored() {
        let mut options = least();
        options["unknown"] = json!([1]);
        options["authenticatorSelection"] = json!({ "residentKey": "maybe", "unknown": 1 });
        options["attestation"] = json!("unknown");
        options["hints"] = json!(["unknown"]);
        options["timeout"] = json!(1e9);
        options["extensions"] = Value::Null;
        options["excludeCredentials"] = json!([
            { "type": "public-key", "id": "AQ", "transports": ["unknown"] },
            { "type": "unknown", "id": "Ag" },
        ]);
        options["pubKeyCredParams"] = json!([
            { "type": "unknown", "alg": -8 }, { "type": "public-key", "alg": -999 },
        ]);
        let options = read(&options).unwrap();
        assert_eq!((options.algorithms, options.excluded), (vec![-999], vec![vec![1]]));
    }

    #[test]
    fn a_missing_member_or_a_wrong_type_is_a_type_error() {
        for (pointer, value, reason) in [
            ("/rp", Value::Null, "rp is missing"),
            ("/rp/name", Value::Null, "rp.name is missing"),
            ("/rp/id", json!(1), "rp.id is a number, not a string"),
            ("/user", json!("alice"), "user is a string, not an object"),
            ("/user/id", Value::Null, "user.id is missing"),
            ("/user/name", Value::Null, "user.name is missing"),
            ("/user/displayName", Value::Null, "user.displayName is missing"),
            ("/challenge", Value::Null, "challenge is missing"),
            ("/challenge", json!([2, 3]), "challenge is an array, not a string"),
            ("/challenge", json!(""), "challenge is empty"),
            ("/pubKeyCredParams", Value::Null, "pubKeyCredParams is missing"),
            ("/pubKeyCredParams", json!([{ "alg": -7 }]), "pubKeyCredParams[0].type is missing"),
            (
                "/pubKeyCredParams",
                json!([{ "type": "public-key", "alg": "ES256" }]),
                "pubKeyCredParams[0].alg is a string, not a number",
            ),
            ("/excludeCredentials", json!({}), "excludeCredentials is an object, not an array"),
            (
                "/excludeCredentials",
                json!([{ "type": "x" }]),
                "excludeCredentials[0].id is missing",
            ),
            ("/timeout", json!("60000"), "timeout is a string, not a number"),
            ("/hints", json!("hybrid"), "hints is a string, not an array"),
            ("/attestationFormats", json!([1]), "attestationFormats[0] is a number, not a string"),
            (
                "/authenticatorSelection",
                json!({ "requireResidentKey": "true" }),
                "authenticatorSelection.requireResidentKey is a string, not a boolean",
            ),
            ("/extensions", json!([]), "extensions is an array, not an object"),
            (
                "/extensions",
                json!({ "credProps": 1 }),
                "extensions.credProps is a number, not a boolean",
            ),
        ] {
            let expected = format!("{reason} (a browser reports TypeError)");
            assert_eq!(refused(pointer, value), expected);
        }
        assert!(read(&json!([])).unwrap_err().to_string().starts_with("options is an array"));
        let message = read(&json!({ "publicKey": 1 })).unwrap_err().to_string();
        assert!(message.starts_with("publicKey is a number"), "{message}");
        let mediation = json!({ "publicKey": least(), "mediation": "never" });
        let message = read(&mediation).unwrap_err().to_string();
        assert!(message.starts_with("mediation is not a known"), "{message}");
    }

    #[test]
    fn invalid_base64url_is_an_encoding_error() {
        for (pointer, value) in [
            ("/challenge", json!("AgM=")),
            ("/user/id", json!("a user")),
            ("/excludeCredentials", json!([{ "type": "public-key", "id": "+/" }])),
            ("/extensions", json!({ "credBlob": "=" })),
        ] {
            let message = refused(pointer, value);
            assert!(message.ends_with("(a browser reports EncodingError)"), "{message}");
        }
    }

    #[test]
    fn a_user_handle_has_1_to_64_bytes() {
        let of = |length: usize| json!(crate::base64url::encode(&vec![7; length]));
        for (length, accepted) in [(0, false), (1, true), (64, true), (65, false)] {
            let mut options = least();
            options["user"]["id"] = of(length);
            assert_eq!(read(&options).is_ok(), accepted, "{length}");
        }
        assert_eq!(
            refused("/user/id", of(65)),
            "user.id has 65 bytes, not 1 to 64 (a browser reports TypeError)"
        );
    }

    #[test]
    fn the_rp_id_the_algorithms_and_the_extensions_are_checked() {
        for (pointer, value, exception) in [
            ("/rp/id", json!("example.org"), "SecurityError"),
            ("/pubKeyCredParams", json!([{ "type": "x", "alg": -7 }]), "NotSupportedError"),
            ("/extensions", json!({ "appidExclude": "https://example.org" }), "SecurityError"),
            ("/extensions", json!({ "largeBlob": { "read": true } }), "NotSupportedError"),
        ] {
            let message = refused(pointer, value);
            assert!(message.ends_with(&format!("(a browser reports {exception})")), "{message}");
        }
        let mut options = least();
        options["rp"]["id"] = json!("example.org");
        let related = [ORIGIN.to_owned()];
        let read = CreationOptions::read(&options, ORIGIN, &related).unwrap();
        assert_eq!(read.rp_id, "example.org");
    }

    #[test]
    fn extensions_for_logins_are_ignored() {
        let mut options = least();
        options["extensions"] = json!({ "appid": "https://example.org", "getCredBlob": true });
        assert!(read(&options).is_ok());
    }
}
