//! Extension outputs of the browser and of the authenticator.

use ciborium::Value as Cbor;
use maud::{Markup, html};
use serde_json::Value;

use super::cbor;
use super::structures::{bytes, problem, table};

/// Shows the outputs of the browser.
pub fn client(response: &Value) -> Markup {
    let outputs = response.get("clientExtensionResults").unwrap_or(&Value::Null);
    html! {
        p { "Nobody signed them." }
        @match outputs.as_object() {
            Some(members) if members.is_empty() => { p { "There are none." } },
            Some(members) => {
                (rows(members.iter().map(|(name, output)| (name.clone(), output.to_string()))))
            },
            None => { pre { code { (outputs.to_string()) } } },
        }
    }
}

/// Shows the outputs of the authenticator.
pub fn authenticator(outputs: &[u8]) -> Markup {
    match cbor::read(outputs) {
        Ok(Cbor::Map(members)) => {
            let name =
                |key: &Cbor| key.as_text().map_or_else(|| cbor::diagnostic(key), str::to_owned);
            let outputs = members.iter().map(|(key, output)| (name(key), cbor::diagnostic(output)));
            html! { p { "The authenticator signed them." } (rows(outputs)) }
        }
        Ok(other) => html! { (problem("not a map")) pre { code { (cbor::diagnostic(&other)) } } },
        Err(error) => html! { (problem(&error)) (bytes(outputs)) },
    }
}

/// Shows each identifier with its output.
fn rows(outputs: impl ExactSizeIterator<Item = (String, String)>) -> Markup {
    let rows = outputs.map(|(name, output)| {
        let meaning = meaning(&name);
        (name, output, meaning)
    });
    table(["Extension", "Output"], rows)
}

fn meaning(name: &str) -> &'static str {
    match name {
        "appid" => "Whether the AppID of the U2F generation was used instead of the RP ID.",
        "appidExclude" => "Whether the browser looked for credentials of the U2F generation.",
        "credBlob" => "Whether a short text was stored with the credential, or the text.",
        "credProps" => "Whether the credential is discoverable (rk).",
        "credProtect" => {
            "The protection: 1 needs no user verification, 2 needs it unless the site lists the \
             credential, 3 always needs it."
        }
        "getCredBlob" => "The short text that is stored with the credential.",
        "hmac-secret" | "hmac-secret-mc" | "hmacCreateSecret" | "hmacGetSecret" => {
            "The pseudo-random function of the credential."
        }
        "largeBlob" => "The storage for a large text next to the credential.",
        "minPinLength" => "The shortest PIN that the authenticator allows.",
        "payment" | "thirdPartyPayment" => "Whether the credential can confirm payments.",
        "prf" => "The pseudo-random function of the credential. Its results are secrets.",
        "remoteClientDataJSON" => "Whether a remote desktop sent the client data.",
        "uvm" => "How the user was verified.",
        _ => "An extension that this site does not know.",
    }
}
