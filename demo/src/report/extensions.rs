//! Extension outputs of the browser and of the authenticator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use maud::{Markup, html};
use serde_json::Value;

use super::cbor;
use super::structures::{bytes, problem, table};

/// Shows the outputs of the browser.
pub fn client(response: &Value) -> Markup {
    let outputs = response.get("clientExtensionResults").unwrap_or(&Value::Null);
    html! {
        @match outputs.as_object() {
            Some(members) if members.is_empty() => { p { "There are none." } },
            Some(members) => {
                p { "Nobody signed them." }
                (rows(members.iter().map(|(name, output)| (name.clone(), shown(name, output)))))
            },
            None => { pre { code { (outputs.to_string()) } } },
        }
    }
}

/// Returns an output as JSON. Stored text is also shown as text.
fn shown(name: &str, output: &Value) -> String {
    let stored = match name {
        "largeBlob" => output.get("blob"),
        "getCredBlob" => Some(output),
        _ => None,
    };
    let bytes = stored.and_then(Value::as_str).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    match text.filter(|text| !text.is_empty() && !text.contains(char::is_control)) {
        Some(text) => format!("{output}, as text: “{text}”"),
        None => output.to_string(),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stored_text_is_shown_as_text() {
        let blob = json!({ "blob": URL_SAFE_NO_PAD.encode("häuser") });
        assert_eq!(shown("largeBlob", &blob), r#"{"blob":"aMOkdXNlcg"}, as text: “häuser”"#);
        assert_eq!(shown("getCredBlob", &json!("aGk")), r#""aGk", as text: “hi”"#);
        for (name, output) in [
            ("largeBlob", json!({ "blob": "_w" })),
            ("largeBlob", json!({ "blob": "AA" })),
            ("largeBlob", json!({ "written": true })),
            ("prf", json!({ "blob": "aGk" })),
            ("getCredBlob", json!("")),
        ] {
            assert_eq!(shown(name, &output), output.to_string());
        }
    }

    #[test]
    fn nothing_is_said_about_outputs_that_do_not_exist() {
        let shown = client(&json!({ "clientExtensionResults": {} })).into_string();
        assert_eq!(shown, "<p>There are none.</p>");
    }
}
