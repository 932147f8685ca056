//! The attestation statement.

use ciborium::Value;
use maud::{Markup, html};
use webauthn_verify::parse::AttestationObject;

use super::cbor;
use super::structures::problem;

/// Shows the format and the statement. `value` is the attestation object, read as CBOR.
pub fn show(object: &[u8], value: &Value) -> Markup {
    let format = cbor::member(value, "fmt").map(cbor::diagnostic);
    let statement = cbor::member(value, "attStmt").map(cbor::diagnostic);
    let proof = cbor::member(value, "fmt").and_then(Value::as_text).and_then(meaning);
    html! {
        @if let Err(error) = AttestationObject::parse(object) { (problem(&error.to_string())) }
        p {
            "Format: " code { (format.as_deref().unwrap_or("missing")) } ". "
            (proof.unwrap_or("This format is unknown."))
        }
        pre { code { (statement.as_deref().unwrap_or("missing")) } }
    }
}

/// Returns the certificates of the statement, and of the statements in a compound statement.
pub fn certificates(value: &Value) -> Vec<&Value> {
    let Some(statement) = cbor::member(value, "attStmt") else { return Vec::new() };
    let mut found = chain_of(statement);
    for inner in statement.as_array().into_iter().flatten() {
        found.extend(cbor::member(inner, "attStmt").map(chain_of).unwrap_or_default());
    }
    found
}

fn chain_of(statement: &Value) -> Vec<&Value> {
    let chain = cbor::member(statement, "x5c").and_then(Value::as_array);
    chain.map(|chain| chain.iter().collect()).unwrap_or_default()
}

/// Returns what a format proves.
fn meaning(format: &str) -> Option<&'static str> {
    Some(match format {
        "none" => "There is no proof of the device model. Most sites need none.",
        "packed" => {
            "The authenticator signed with its attestation key, or with the new key if there is \
             no certificate."
        }
        "fido-u2f" => "A security key of the U2F generation signed.",
        "tpm" => "The trusted platform module of a computer certified the key.",
        "android-key" => "The key storage of an Android device certified the key.",
        "android-safetynet" => "A service of Google vouched for the Android device.",
        "apple" => "A service of Apple certified the key.",
        "compound" => "It contains several statements.",
        _ => return None,
    })
}
