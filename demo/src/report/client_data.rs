//! Client data: what the browser says about the ceremony.

use maud::{Markup, html};
use serde_json::Value;
use webauthn_verify::parse::ClientData;

use super::structures::{bytes, problem, table};

/// Shows the members of client data with their meanings. `is_signed` says whether a signature covers
/// its hash.
pub fn show(json: &[u8], is_signed: bool) -> Markup {
    let text_is = match is_signed {
        true => "The text whose hash is signed:",
        false => "The text that was hashed:",
    };
    let error = ClientData::parse(json).err();
    let members = match serde_json::from_slice(json) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    html! {
        @if let Some(error) = error { (problem(&error.to_string())) }
        @if !members.is_empty() {
            (table(["Member", "Value"], members.iter().map(|(name, value)| {
                (name.clone(), text_of(value), meaning(name, value))
            })))
        }
        @match std::str::from_utf8(json) {
            Ok(text) => { p { (text_is) } pre { code { (text) } } },
            Err(_) => { (bytes(json)) },
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn meaning(name: &str, value: &Value) -> &'static str {
    match (name, value.as_str()) {
        ("type", Some("webauthn.create")) => "The browser created a credential: a registration.",
        ("type", Some("webauthn.get")) => "The browser asked for a signature: a login.",
        ("type", Some("payment.get")) => "The user confirmed a payment.",
        ("type", _) => "The type of the ceremony. This one is unknown.",
        ("challenge", _) => "The challenge of the options, in base64url.",
        ("origin", _) => "The page or the app that called the browser.",
        ("topOrigin", _) => "The page at the top, if the calling page is in an iframe.",
        ("crossOrigin", _) if *value == Value::Bool(true) => {
            "The calling page is in an iframe of another site."
        }
        ("crossOrigin", _) => "The calling page is not in an iframe of another site.",
        ("payment", _) => "The payment that the user confirmed.",
        _ => "The specification does not define this member. It is ignored.",
    }
}
