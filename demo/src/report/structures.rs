//! The structures in a response, taken apart.
//!
//! Nothing here decides anything. A structure that cannot be read is shown with the reason and its
//! bytes, and the others are still shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};
use serde_json::Value;

use super::authenticator_data::Layout;
use super::hex::{counted, hex};
use super::{
    attestation, authenticator_data, cbor, certificates, client_data, cose_key, extensions,
};

/// Shows all structures in a response.
pub fn show(response: &str, rp_id: &str) -> Markup {
    let response: Value = match serde_json::from_str(response) {
        Ok(response) => response,
        Err(error) => return problem(&format!("The response is not JSON: {error}")),
    };
    if !response.get("response").is_some_and(Value::is_object) {
        return problem("The JSON has no object “response”.");
    }
    let copy = bytes_of(&response, "authenticatorData");
    let object = bytes_of(&response, "attestationObject");
    let cbor = object.as_ref().map(|object| match object {
        Ok(object) => cbor::read(object).map_err(|error| (error, hex(object))),
        Err(error) => Err(error.clone()),
    });
    let format = cbor.as_ref().and_then(|cbor| cbor::member(cbor.as_ref().ok()?, "fmt"));
    let is_signed = match object {
        None => response.pointer("/response/signature").is_some(),
        Some(_) => format.is_some_and(|format| format.as_text() != Some("none")),
    };
    html! {
        (section("Client data", bytes_of(&response, "clientDataJSON"), |json| {
            client_data::show(json, is_signed)
        }))
        @match (object, cbor) {
            (Some(Ok(object)), Some(Ok(value))) => {
                (authenticator_data_sections(attested_data(&value).or(copy), rp_id))
                (attestation_sections(&object, &value))
            },
            (_, Some(Err(error))) => {
                (section("Attestation object", Some(Err(error)), bytes))
                (authenticator_data_sections(copy, rp_id))
            },
            _ => { (authenticator_data_sections(copy, rp_id)) },
        }
        (section("Signature", bytes_of(&response, "signature"), show_signature))
        (part("Client extension outputs", false, extensions::client(&response)))
    }
}

/// Returns the authenticator data in an attestation object.
fn attested_data(object: &ciborium::Value) -> Option<Bytes> {
    let data = cbor::member(object, "authData")?;
    let not_bytes = || ("authData is not a byte string".to_owned(), cbor::diagnostic(data));
    Some(data.as_bytes().cloned().ok_or_else(not_bytes))
}

/// The attestation statement and its certificates.
fn attestation_sections(object: &[u8], value: &ciborium::Value) -> Markup {
    let certificates = attestation::certificates(value);
    html! {
        (part("Attestation statement", false, attestation::show(object, value)))
        @if !certificates.is_empty() {
            (part("Certificates of the attestation", false, certificates::show(&certificates)))
        }
    }
}

/// Authenticator data, and the structures in it.
fn authenticator_data_sections(data: Option<Bytes>, rp_id: &str) -> Markup {
    let inner = data.as_ref().and_then(|data| data.as_ref().ok()).map(|data| Layout::of(data));
    html! {
        (section("Authenticator data", data.clone(), |data| authenticator_data::show(data, rp_id)))
        @if let Some(layout) = inner {
            @if let Some(key) = layout.public_key {
                (part("Credential public key", false, cose_key::show(key)))
            }
            @if let Some(outputs) = layout.extensions {
                (part("Authenticator extension outputs", false, extensions::authenticator(outputs)))
            }
        }
    }
}

/// The bytes of a member, or the reason why it has none, with the member as text.
type Bytes = Result<Vec<u8>, (String, String)>;

/// Returns the bytes of a member of `response`, or `None` if it is missing.
pub fn bytes_of(response: &Value, name: &str) -> Option<Bytes> {
    let value = response.get("response")?.get(name).filter(|value| !value.is_null())?;
    let Some(text) = value.as_str() else {
        return Some(Err((format!("{name} is not a string"), value.to_string())));
    };
    let decoded = URL_SAFE_NO_PAD.decode(text);
    Some(decoded.map_err(|error| (format!("{name} is not base64url: {error}"), text.to_owned())))
}

/// The parts that are open at first.
const OPEN: [&str; 2] = ["Client data", "Authenticator data"];

/// Shows a member of the response, if it is there.
fn section(title: &str, bytes: Option<Bytes>, show: impl Fn(&[u8]) -> Markup) -> Markup {
    match bytes {
        None => html! {},
        Some(Ok(bytes)) => part(title, OPEN.contains(&title), show(&bytes)),
        Some(Err((reason, text))) => {
            part(title, true, html! { (problem(&reason)) pre { code { (text) } } })
        }
    }
}

/// Shows a part under its title. It can be folded.
pub fn part(title: &str, is_open: bool, content: Markup) -> Markup {
    html! {
        details open[is_open] {
            summary { h3 { (title) } }
            (content)
        }
    }
}

/// The largest number of rows in a table, or of certificates. Real responses have fewer.
pub const MAX_ROWS: usize = 64;

/// Says how many rows are not shown.
pub fn more(count: usize) -> Markup {
    html! { @if let Some(left @ 1..) = count.checked_sub(MAX_ROWS) { p { "… and " (left) " more." } } }
}

/// Shows the reason why something cannot be read.
pub fn problem(reason: &str) -> Markup {
    html! { p.problem { strong { "Cannot be read: " } (reason) } }
}

/// Shows bytes in hexadecimal.
pub fn bytes(bytes: &[u8]) -> Markup {
    html! {
        p { (counted(bytes.len(), "byte")) }
        pre { code { (hex(bytes)) } }
    }
}

fn show_signature(signature: &[u8]) -> Markup {
    html! {
        p {
            "The signature covers the authenticator data, followed by the SHA-256 hash of the \
             client data."
        }
        (bytes(signature))
    }
}

/// Shows names with their values and meanings. `headings` are those of the first two columns.
pub fn table(
    headings: [&str; 2],
    rows: impl ExactSizeIterator<Item = (String, String, &'static str)>,
) -> Markup {
    let total = rows.len();
    html! {
        table {
            thead {
                tr { @for heading in headings.into_iter().chain(["Meaning"]) { th scope="col" { (heading) } } }
            }
            tbody {
                @for (name, value, meaning) in rows.take(MAX_ROWS) {
                    tr {
                        th scope="row" { code { (name) } }
                        td { code { (value) } }
                        td { (meaning) }
                    }
                }
            }
        }
        (more(total))
    }
}

#[cfg(test)]
mod tests {
    use webauthn_verify_authenticator::AttestationKind;

    use super::*;
    use crate::report::samples::Sample;

    #[test]
    fn every_structure_of_every_attestation_can_be_read() {
        for kind in AttestationKind::ALL {
            let mut sample = Sample::new(*kind);
            let response = sample.register(None).response;
            let shown = show(&response, "localhost").into_string();
            assert!(!shown.contains("Cannot be read"), "{kind:?}: {shown}");
            for title in
                ["Client data", "Authenticator data", "Credential public key", "Attestation"]
            {
                assert!(shown.contains(title), "{kind:?} {title}");
            }
            assert!(shown.contains("The SHA-256 hash of “localhost”."), "{kind:?}");
            let is_signed = shown.contains("The text whose hash is signed:");
            assert_eq!(is_signed, *kind != AttestationKind::None, "{kind:?}");
            let has_chain = kind.has_certificate() && *kind != AttestationKind::AndroidSafetyNet;
            assert_eq!(shown.contains("Certificate 1"), has_chain, "{kind:?}");
        }
    }

    #[test]
    fn a_login_shows_the_signature() {
        let mut sample = Sample::new(AttestationKind::None);
        sample.register(None);
        let recording = sample.sign_in(None);
        let shown = show(&recording.response, "localhost").into_string();
        assert!(!shown.contains("Cannot be read"), "{shown}");
        for title in ["Client data", "whose hash is signed", "Authenticator data", "Signature"] {
            assert!(shown.contains(title), "{title}");
        }
    }

    #[test]
    fn a_broken_structure_does_not_hide_the_others() {
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        let response: Value = serde_json::from_str(&sample.register(None).response).unwrap();
        for name in ["clientDataJSON", "attestationObject"] {
            for broken in [Value::Null, "".into(), "!".into(), 1.into(), "_w".into(), "gQ".into()] {
                let mut response = response.clone();
                response["response"][name] = broken;
                let shown = show(&response.to_string(), "localhost").into_string();
                assert!(shown.contains("Authenticator data"), "{shown}");
                assert!(shown.contains("RP ID hash"), "{shown}");
            }
        }
        for response in ["", "[]", "null", "{\"response\":[]}", "{\"response\":{\"signature\":{}}}"]
        {
            show(response, "");
        }
    }

    /// Every byte of an attestation object is changed, and everything is still shown.
    #[test]
    fn no_broken_byte_stops_the_report() {
        let mut sample = Sample::new(AttestationKind::PackedX5c);
        let mut response: Value = serde_json::from_str(&sample.register(None).response).unwrap();
        let object = bytes_of(&response, "attestationObject").unwrap().unwrap();
        for place in 0..object.len() {
            let mut object = object.clone();
            object[place] ^= 0x81;
            response["response"]["attestationObject"] = URL_SAFE_NO_PAD.encode(&object).into();
            let shown = show(&response.to_string(), "localhost").into_string();
            assert!(shown.contains("RP ID hash"), "{place}");
        }
    }
}
