//! Client extension inputs (§9.3 and §10.1 of WebAuthn, and section 12 of CTAP 2.2), and the checks
//! that clients make.

use crate::base64url;
use crate::error::AuthenticatorError;
use crate::options::json::{Dictionary, Member};

const NOT_SUPPORTED_ERROR: &str = "NotSupportedError";
const SYNTAX_ERROR: &str = "SyntaxError";

/// The inputs that the authenticator and its browser support.
#[derive(Debug, Default)]
pub(crate) struct ExtensionInputs {
    pub(crate) app_id: Option<String>,
    pub(crate) app_id_exclude: Option<String>,
    pub(crate) cred_props: bool,
    pub(crate) prf: Option<PrfInputs>,
    pub(crate) large_blob: Option<LargeBlobInputs>,
    credential_protection_policy: Option<String>,
    enforce_credential_protection_policy: bool,
    pub(crate) cred_blob: Option<Vec<u8>>,
    pub(crate) get_cred_blob: bool,
    pub(crate) min_pin_length: bool,
    pub(crate) hmac_create_secret: bool,
    pub(crate) hmac_get_secret: Option<TwoInputs>,
}

/// `AuthenticationExtensionsPRFInputsJSON`.
#[derive(Debug)]
pub(crate) struct PrfInputs {
    pub(crate) eval: Option<TwoInputs>,
    /// The inputs by credential ID, as the server wrote it.
    eval_by_credential: Option<Vec<(String, TwoInputs)>>,
}

/// One or two inputs, which are bytes.
#[derive(Debug)]
pub(crate) struct TwoInputs {
    pub(crate) first: Vec<u8>,
    pub(crate) second: Option<Vec<u8>>,
}

/// `AuthenticationExtensionsLargeBlobInputsJSON`.
#[derive(Debug)]
pub(crate) struct LargeBlobInputs {
    support: Option<String>,
    pub(crate) read: Option<bool>,
    pub(crate) write: Option<Vec<u8>>,
}

impl ExtensionInputs {
    /// Reads `AuthenticationExtensionsClientInputsJSON`. Unknown extensions are ignored.
    pub(crate) fn read(inputs: &Dictionary<'_>) -> Result<ExtensionInputs, AuthenticatorError> {
        let text = |name| Ok(inputs.string(name)?.map(str::to_owned));
        let hmac_get_secret = inputs.dictionary("hmacGetSecret")?;
        Ok(ExtensionInputs {
            app_id: text("appid")?,
            app_id_exclude: text("appidExclude")?,
            cred_props: inputs.boolean("credProps")?,
            prf: inputs.dictionary("prf")?.map(PrfInputs::read).transpose()?,
            large_blob: inputs.dictionary("largeBlob")?.map(LargeBlobInputs::read).transpose()?,
            credential_protection_policy: text("credentialProtectionPolicy")?,
            enforce_credential_protection_policy: inputs
                .boolean("enforceCredentialProtectionPolicy")?,
            cred_blob: inputs.bytes("credBlob")?,
            get_cred_blob: inputs.boolean("getCredBlob")?,
            min_pin_length: inputs.boolean("minPinLength")?,
            hmac_create_secret: inputs.boolean("hmacCreateSecret")?,
            hmac_get_secret: hmac_get_secret
                .map(|salts| TwoInputs::read(&salts, ["salt1", "salt2"]))
                .transpose()?,
        })
    }

    /// Checks the inputs of a registration as clients do.
    pub(crate) fn check_creation(&self) -> Result<(), AuthenticatorError> {
        if self.prf.as_ref().is_some_and(|prf| prf.eval_by_credential.is_some()) {
            return Err(not_supported("extensions.prf.evalByCredential is for logins"));
        }
        if let Some(
            LargeBlobInputs { read: Some(_), .. } | LargeBlobInputs { write: Some(_), .. },
        ) = self.large_blob
        {
            return Err(not_supported("extensions.largeBlob.read and write are for logins"));
        }
        match &self.credential_protection_policy {
            Some(policy) if protection_level(policy).is_none() => {
                Err(not_supported("extensions.credentialProtectionPolicy is not a known policy"))
            }
            None if self.enforce_credential_protection_policy => Err(not_supported(
                "extensions.enforceCredentialProtectionPolicy needs credentialProtectionPolicy",
            )),
            _ => Ok(()),
        }
    }

    /// Checks the inputs of a login as clients do. `allowed` are the IDs of the allowed
    /// credentials.
    pub(crate) fn check_request(&self, allowed: &[Vec<u8>]) -> Result<(), AuthenticatorError> {
        if let Some(by_credential) =
            self.prf.as_ref().and_then(|prf| prf.eval_by_credential.as_ref())
        {
            check_eval_by_credential(by_credential, allowed)?;
        }
        let Some(large_blob) = &self.large_blob else { return Ok(()) };
        if large_blob.support.is_some() {
            return Err(not_supported("extensions.largeBlob.support is for registrations"));
        }
        if large_blob.read.is_some() && large_blob.write.is_some() {
            return Err(not_supported("extensions.largeBlob has both read and write"));
        }
        if large_blob.write.is_some() && allowed.len() != 1 {
            return Err(not_supported(
                "extensions.largeBlob.write needs exactly one credential in allowCredentials",
            ));
        }
        Ok(())
    }

    /// Returns the requested value of `credProtect`.
    pub(crate) fn protection_level(&self) -> Option<u8> {
        protection_level(self.credential_protection_policy.as_deref()?)
    }
}

impl PrfInputs {
    fn read(inputs: Dictionary<'_>) -> Result<PrfInputs, AuthenticatorError> {
        let values =
            |member: Member<'_>| TwoInputs::read(&member.dictionary()?, ["first", "second"]);
        let eval_by_credential = inputs.dictionary("evalByCredential")?;
        Ok(PrfInputs {
            eval: inputs.optional("eval").map(values).transpose()?,
            eval_by_credential: eval_by_credential
                .map(|record| {
                    let record = record.record();
                    record.map(|(id, member)| Ok((id.to_owned(), values(member)?))).collect()
                })
                .transpose()?,
        })
    }

    /// Returns the inputs for this credential: its own, or the inputs for all credentials.
    pub(crate) fn for_credential(&self, id: &[u8]) -> Option<&TwoInputs> {
        let id = base64url::encode(id);
        let own = self.eval_by_credential.iter().flatten().find(|(key, _)| *key == id);
        own.map(|(_, inputs)| inputs).or(self.eval.as_ref())
    }
}

impl TwoInputs {
    fn read(
        inputs: &Dictionary<'_>,
        [first, second]: [&str; 2],
    ) -> Result<TwoInputs, AuthenticatorError> {
        let (first, second) = (inputs.required(first)?.bytes()?, inputs.bytes(second)?);
        Ok(TwoInputs { first, second })
    }
}

impl LargeBlobInputs {
    fn read(inputs: Dictionary<'_>) -> Result<LargeBlobInputs, AuthenticatorError> {
        Ok(LargeBlobInputs {
            support: inputs.string("support")?.map(str::to_owned),
            read: inputs.optional("read").map(|member| member.boolean()).transpose()?,
            write: inputs.bytes("write")?,
        })
    }
}

fn check_eval_by_credential(
    by_credential: &[(String, TwoInputs)],
    allowed: &[Vec<u8>],
) -> Result<(), AuthenticatorError> {
    if !by_credential.is_empty() && allowed.is_empty() {
        return Err(not_supported("extensions.prf.evalByCredential needs allowCredentials"));
    }
    for (key, _) in by_credential {
        let id = base64url::decode(key).filter(|id| !id.is_empty());
        if !id.is_some_and(|id| allowed.contains(&id)) {
            return Err(AuthenticatorError::thrown(
                SYNTAX_ERROR,
                format!(
                    "extensions.prf.evalByCredential has the key {key:?}, which is not the ID of \
                         a credential in allowCredentials"
                ),
            ));
        }
    }
    Ok(())
}

fn protection_level(policy: &str) -> Option<u8> {
    match policy {
        "userVerificationOptional" => Some(1),
        "userVerificationOptionalWithCredentialIDList" => Some(2),
        "userVerificationRequired" => Some(3),
        _ => None,
    }
}

fn not_supported(reason: &'static str) -> AuthenticatorError {
    AuthenticatorError::thrown(NOT_SUPPORTED_ERROR, reason)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn inputs(value: Value) -> ExtensionInputs {
        ExtensionInputs::read(&Dictionary::outermost("extensions", &value).unwrap()).unwrap()
    }

    #[track_caller]
    fn refused(result: Result<(), AuthenticatorError>, exception: &str, reason: &str) {
        let error = result.unwrap_err();
        assert_eq!(error.exception(), Some(exception), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }

    #[test]
    fn unknown_extensions_and_members_are_ignored() {
        let inputs = inputs(json!({ "unknown": 1, "prf": { "eval": { "first": "AQ", "x": 2 } } }));
        let eval = inputs.prf.unwrap().eval.unwrap();
        assert_eq!((eval.first, eval.second), (vec![1], None));
    }

    #[test]
    fn an_error_names_an_input_of_the_wrong_type() {
        for (value, reason) in [
            (json!({ "appid": 1 }), "appid is a number, not a string"),
            (json!({ "credProps": "yes" }), "credProps is a string, not a boolean"),
            (json!({ "credBlob": "=" }), "credBlob is not base64url"),
            (json!({ "prf": { "eval": {} } }), "prf.eval.first is missing"),
            (
                json!({ "prf": { "evalByCredential": { "AQ": {} } } }),
                "prf.evalByCredential.AQ.first",
            ),
            (json!({ "largeBlob": { "read": 1 } }), "largeBlob.read is a number, not a boolean"),
            (json!({ "hmacGetSecret": { "salt1": [] } }), "hmacGetSecret.salt1 is an array"),
        ] {
            let dictionary = Dictionary::outermost("extensions", &value).unwrap();
            let error = ExtensionInputs::read(&dictionary).unwrap_err().to_string();
            assert!(error.starts_with(reason), "{error}");
        }
    }

    #[test]
    fn cred_protect_requires_a_known_policy() {
        let check = |value| inputs(value).check_creation();
        for policy in [
            "userVerificationOptional",
            "userVerificationOptionalWithCredentialIDList",
            "userVerificationRequired",
        ] {
            let value = json!({
                "credentialProtectionPolicy": policy,
                "enforceCredentialProtectionPolicy": true,
            });
            assert_eq!(check(value), Ok(()));
        }
        assert_eq!(check(json!({ "enforceCredentialProtectionPolicy": false })), Ok(()));
        let unknown = json!({ "credentialProtectionPolicy": "userVerificationrequired" });
        refused(check(unknown), "NotSupportedError", "is not a known policy");
        let alone = json!({ "enforceCredentialProtectionPolicy": true });
        refused(check(alone), "NotSupportedError", "needs credentialProtectionPolicy");
    }

    #[test]
    fn eval_by_credential_is_for_logins_with_allowed_credentials() {
        let by = |key: &str| json!({ "prf": { "evalByCredential": { key: { "first": "AQ" } } } });
        let check = |key, allowed: &[Vec<u8>]| inputs(by(key)).check_request(allowed);
        assert_eq!(check("Ag", &[vec![1], vec![2]]), Ok(()));
        for key in ["Aw", "", "Ag=", "Ah"] {
            refused(check(key, &[vec![1], vec![2]]), "SyntaxError", "which is not the ID of");
        }
        refused(check("Ag", &[]), "NotSupportedError", "needs allowCredentials");
        refused(inputs(by("Ag")).check_creation(), "NotSupportedError", "is for logins");
        let empty = || inputs(json!({ "prf": { "evalByCredential": {} } }));
        assert_eq!(empty().check_request(&[]), Ok(()));
        refused(empty().check_creation(), "NotSupportedError", "is for logins");
    }

    #[test]
    fn large_blob_support_is_for_registrations_and_read_or_write_for_logins() {
        let blob = |value: Value| inputs(json!({ "largeBlob": value }));
        let one = [vec![1]];
        for (value, reason) in [
            (json!({ "support": "required" }), "support is for registrations"),
            (json!({ "read": true, "write": "AQ" }), "has both read and write"),
            (json!({ "read": false, "write": "AQ" }), "has both read and write"),
        ] {
            refused(blob(value).check_request(&one), "NotSupportedError", reason);
        }
        assert_eq!(blob(json!({ "write": "AQ" })).check_request(&one), Ok(()));
        for allowed in [&[][..], &[vec![1], vec![2]]] {
            let result = blob(json!({ "write": "AQ" })).check_request(allowed);
            refused(result, "NotSupportedError", "exactly one credential");
            assert_eq!(blob(json!({ "read": true })).check_request(allowed), Ok(()));
        }
        for value in [json!({ "read": true }), json!({ "read": false }), json!({ "write": "AQ" })] {
            refused(blob(value).check_creation(), "NotSupportedError", "are for logins");
        }
        for support in ["required", "preferred", "unknown"] {
            assert_eq!(blob(json!({ "support": support })).check_creation(), Ok(()));
        }
    }
}
