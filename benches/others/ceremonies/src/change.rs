//! Changes of responses after they were signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::Failure;
use crate::random::Random;

/// Changes a response in one way, or not at all. The text names the change.
pub(crate) fn change(
    response: &mut Value,
    registration: bool,
    random: &mut Random,
) -> Result<String, Failure> {
    match random.below(5) {
        0 | 1 => Ok("none".to_owned()),
        2 | 3 => bytes(response, registration, random),
        _ => member(response, registration, random),
    }
}

/// Changes the bytes of one member.
fn bytes(response: &mut Value, registration: bool, random: &mut Random) -> Result<String, Failure> {
    let names: &[&str] = match registration {
        true => &["attestationObject", "attestationObject", "attestationObject", "clientDataJSON"],
        false => &["authenticatorData", "clientDataJSON", "signature", "userHandle"],
    };
    let name = *random.choose(names)?;
    let Some(text) = response.pointer_mut(&format!("/response/{name}")) else {
        return Ok("none".to_owned());
    };
    let mut bytes = decode(text.as_str().unwrap_or_default())?;
    let place = random.below(bytes.len());
    let what = match random.below(8) {
        0 => {
            bytes.truncate(place);
            "cut short"
        }
        1 => {
            bytes.push(*random.choose(&[0, 0x20, 0xff])?);
            "longer"
        }
        2 => {
            bytes.insert(place, *random.choose(&[0, 0x20, 0xff])?);
            "inserted byte"
        }
        _ => {
            let bit = 1 << random.below(8);
            bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= bit);
            "flipped bit"
        }
    };
    *text = json!(encode(&bytes));
    Ok(format!("bytes: {name}, {what} at {place}"))
}

/// Changes one member of the JSON.
fn member(
    response: &mut Value,
    registration: bool,
    random: &mut Random,
) -> Result<String, Failure> {
    let inner: &[&str] = match registration {
        true => &[
            "attestationObject",
            "authenticatorData",
            "clientDataJSON",
            "publicKey",
            "publicKeyAlgorithm",
            "transports",
        ],
        false => &["authenticatorData", "clientDataJSON", "signature", "userHandle"],
    };
    let outer =
        &["authenticatorAttachment", "clientExtensionResults", "id", "rawId", "response", "type"];
    let (parent, names) = match random.one_in(2) {
        true => ("", &outer[..]),
        false => ("/response", inner),
    };
    let name = *random.choose(names)?;
    let Some(Value::Object(members)) = response.pointer_mut(parent) else {
        return Ok("none".to_owned());
    };
    let old = members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let what = match random.below(8) {
        0 | 1 => {
            members.remove(name);
            return Ok(format!("member: {name}, removed"));
        }
        2 => ("null", Value::Null),
        3 => ("a number", json!(1)),
        4 => ("an object", json!({})),
        5 => ("an empty string", json!("")),
        6 => ("padded", json!(format!("{old}="))),
        _ => ("with white space", json!(format!("{old} "))),
    };
    members.insert(name.to_owned(), what.1);
    Ok(format!("member: {name}, {}", what.0))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    URL_SAFE_NO_PAD.decode(text)
}
