//! A public key in COSE form.

use ciborium::Value;
use maud::{Markup, html};
use webauthn_verify::Algorithm;
use webauthn_verify::parse::CoseKey;

use super::cbor;
use super::structures::{MAX_ROWS, bytes, more, problem};

/// Shows the members of a key with their meanings.
pub fn show(key: &[u8]) -> Markup {
    let error = CoseKey::parse(key).err();
    let members = match cbor::read(key) {
        Ok(Value::Map(members)) => members,
        _ => {
            let reason = error.map(|error| error.to_string()).unwrap_or_default();
            return html! { (problem(&reason)) (bytes(key)) };
        }
    };
    let kind = number(&members, 1);
    html! {
        @if let Some(error) = error { (problem(&error.to_string())) }
        table {
            thead { tr { th scope="col" { "Label" } th scope="col" { "Member" } th scope="col" { "Value" } th scope="col" { "Meaning" } } }
            tbody {
                @for (label, value) in members.iter().take(MAX_ROWS) {
                    @let (name, meaning) = describe(kind, label, value);
                    tr {
                        td { code { (cbor::diagnostic(label)) } }
                        th scope="row" { (name) }
                        td { code { (cbor::diagnostic(value)) } }
                        td { (meaning) }
                    }
                }
            }
        }
        (more(members.len()))
    }
}

/// Returns the value of a member that is a small number.
fn number(members: &[(Value, Value)], label: i64) -> Option<i64> {
    let (_, value) = members.iter().find(|(key, _)| *key == Value::from(label))?;
    value.as_integer()?.try_into().ok()
}

/// Returns the name of a member and the meaning of its value, for a key of this kind.
fn describe(kind: Option<i64>, label: &Value, value: &Value) -> (&'static str, String) {
    let label = label.as_integer().and_then(|label| i64::try_from(label).ok());
    let number = value.as_integer().and_then(|value| i64::try_from(value).ok());
    let word = |known: Option<&str>| known.unwrap_or("unknown").to_owned();
    match (label, kind) {
        (Some(1), _) => ("kty", word(number.and_then(kind_name))),
        (Some(3), _) => {
            let algorithm = number.and_then(Algorithm::from_cose_id);
            ("alg", word(algorithm.map(Algorithm::as_str)))
        }
        (Some(-1), Some(3)) => ("n", "the modulus".to_owned()),
        (Some(-2), Some(3)) => ("e", "the public exponent".to_owned()),
        (Some(-1), Some(1 | 2)) => ("crv", word(number.and_then(curve_name))),
        (Some(-1), Some(7)) => ("pub", "the public key".to_owned()),
        (Some(-2), Some(1)) => ("x", "the public key".to_owned()),
        (Some(-2), Some(2)) => ("x", "the x-coordinate of the point".to_owned()),
        (Some(-3), Some(2)) => ("y", "the y-coordinate of the point".to_owned()),
        _ => ("unknown", "not a member of this kind of key".to_owned()),
    }
}

fn kind_name(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "OKP, an Edwards curve",
        2 => "EC2, an elliptic curve",
        3 => "RSA",
        7 => "AKP, a key of its algorithm",
        _ => return None,
    })
}

fn curve_name(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "P-256",
        2 => "P-384",
        3 => "P-521",
        6 => "Ed25519",
        7 => "Ed448",
        8 => "secp256k1",
        _ => return None,
    })
}
