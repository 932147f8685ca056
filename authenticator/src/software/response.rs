//! The response of a browser: `PublicKeyCredential.toJSON()`.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::attestation::kind::AttestationKind;
use crate::base64url;
use crate::broken::{Broken, other_algorithm, other_than};
use crate::error::AuthenticatorError;
use crate::fault::Fault;
use crate::software::device::{Assertion, NewCredential};

/// `RegistrationResponseJSON` and `AuthenticationResponseJSON`, §5.1.8.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyCredentialJson<R> {
    id: String,
    raw_id: String,
    r#type: &'static str,
    authenticator_attachment: &'static str,
    client_extension_results: Map<String, Value>,
    response: R,
}

/// `AuthenticatorAttestationResponseJSON`, §5.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    attestation_object: String,
    authenticator_data: String,
    transports: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    public_key_algorithm: i64,
}

/// `AuthenticatorAssertionResponseJSON`, §5.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    authenticator_data: String,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_handle: Option<String>,
}

/// Writes the response to a registration.
pub(crate) fn registration(
    credential: NewCredential,
    client_data_json: &[u8],
    kind: AttestationKind,
    broken: &Broken,
) -> Result<String, AuthenticatorError> {
    let id = match broken.is(&Fault::AttestedCredentialId) {
        true => other_than(&credential.id),
        false => credential.id,
    };
    let mut attestation_object = credential.attestation_object;
    if broken.is(&Fault::AttestationObjectTrailingByte) {
        attestation_object.push(0);
    }
    let response = AttestationResponse {
        client_data_json: base64url::encode(client_data_json),
        attestation_object: base64url::encode(&attestation_object),
        authenticator_data: match broken.is(&Fault::AuthenticatorDataCopy) {
            true => base64url::encode(&other_than(&credential.authenticator_data)),
            false => base64url::encode(&credential.authenticator_data),
        },
        transports: match kind {
            AttestationKind::FidoU2f => &["usb"],
            _ => &["internal"],
        },
        public_key: credential.public_key_copy.map(|info| base64url::encode(&info)),
        public_key_algorithm: match broken.is(&Fault::PublicKeyAlgorithmCopy) {
            true => other_algorithm(credential.algorithm),
            false => credential.algorithm,
        },
    };
    write(&id, credential.client_extension_results, response, kind, broken)
}

/// Writes the response to a login or a payment.
pub(crate) fn authentication(
    assertion: Assertion,
    client_data_json: &[u8],
    kind: AttestationKind,
    broken: &Broken,
) -> Result<String, AuthenticatorError> {
    let response = AssertionResponse {
        client_data_json: base64url::encode(client_data_json),
        authenticator_data: base64url::encode(&assertion.authenticator_data),
        signature: base64url::encode(&assertion.signature),
        user_handle: assertion.user_handle.map(|handle| base64url::encode(&handle)),
    };
    write(&assertion.id, assertion.client_extension_results, response, kind, broken)
}

fn write<R: Serialize>(
    id: &[u8],
    client_extension_results: Map<String, Value>,
    response: R,
    kind: AttestationKind,
    broken: &Broken,
) -> Result<String, AuthenticatorError> {
    let raw_id = match broken.is(&Fault::RawId) {
        true => base64url::encode(&other_than(id)),
        false => base64url::encode(id),
    };
    let credential = PublicKeyCredentialJson {
        id: base64url::encode(id),
        raw_id,
        r#type: "public-key",
        authenticator_attachment: match kind {
            AttestationKind::FidoU2f => "cross-platform",
            _ => "platform",
        },
        client_extension_results,
        response,
    };
    serde_json::to_string(&credential).map_err(|error| {
        AuthenticatorError::new(format!("the response could not be written as JSON: {error}"))
    })
}
