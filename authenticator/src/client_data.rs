//! Client data in the serialisation that browsers use (§5.8.1.1).

use core::fmt;

use sha2::{Digest, Sha256};

use crate::base64url;
use crate::debug::{Redacted, Text};

/// Builds `clientDataJSON` byte for byte as §5.8.1.1 requires: `type`, `challenge`, `origin`,
/// `crossOrigin`, then `topOrigin` if it is set, then further members.
#[derive(Clone)]
#[must_use]
pub struct ClientDataBuilder {
    ceremony_type: String,
    challenge: String,
    origin: String,
    cross_origin: bool,
    top_origin: Option<String>,
    /// The name and the JSON text of each further member.
    members: Vec<(String, String)>,
}

impl fmt::Debug for ClientDataBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<_> = self.members.iter().map(|(name, _)| Text(name)).collect();
        f.debug_struct("ClientDataBuilder")
            .field("ceremony_type", &Text(&self.ceremony_type))
            .field("challenge", &Redacted)
            .field("origin", &Text(&self.origin))
            .field("cross_origin", &self.cross_origin)
            .field("top_origin", &self.top_origin.as_deref().map(Text))
            .field("members", &members)
            .finish()
    }
}

impl ClientDataBuilder {
    /// Creates a builder for the client data of a registration.
    pub fn create(challenge: &[u8], origin: &str) -> ClientDataBuilder {
        ClientDataBuilder::new("webauthn.create", challenge, origin)
    }

    /// Creates a builder for the client data of a login.
    pub fn get(challenge: &[u8], origin: &str) -> ClientDataBuilder {
        ClientDataBuilder::new("webauthn.get", challenge, origin)
    }

    /// Creates a builder for client data with any `type`. `crossOrigin` is false, and `topOrigin`
    /// is not set.
    pub fn new(ceremony_type: &str, challenge: &[u8], origin: &str) -> ClientDataBuilder {
        ClientDataBuilder {
            ceremony_type: ceremony_type.to_owned(),
            challenge: base64url::encode(challenge),
            origin: origin.to_owned(),
            cross_origin: false,
            top_origin: None,
            members: Vec::new(),
        }
    }

    /// Sets the text of `challenge`, in place of the base64url of the bytes passed to the
    /// constructor.
    pub fn challenge_text(mut self, text: &str) -> ClientDataBuilder {
        self.challenge = text.to_owned();
        self
    }

    /// Sets `crossOrigin`.
    pub fn cross_origin(mut self, cross_origin: bool) -> ClientDataBuilder {
        self.cross_origin = cross_origin;
        self
    }

    /// Adds `topOrigin`.
    pub fn top_origin(mut self, top_origin: &str) -> ClientDataBuilder {
        self.top_origin = Some(top_origin.to_owned());
        self
    }

    /// Appends a member. `json` is the JSON text of its value and is not checked. Use
    /// [`ccd_to_string`] to write a string.
    pub fn member(mut self, name: &str, json: &str) -> ClientDataBuilder {
        self.members.push((name.to_owned(), json.to_owned()));
        self
    }

    /// Returns the bytes of `clientDataJSON`.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut json = format!(
            r#"{{"type":{},"challenge":{},"origin":{},"crossOrigin":{}"#,
            ccd_to_string(&self.ceremony_type),
            ccd_to_string(&self.challenge),
            ccd_to_string(&self.origin),
            self.cross_origin,
        );
        if let Some(top_origin) = &self.top_origin {
            json.push_str(r#","topOrigin":"#);
            json.push_str(&ccd_to_string(top_origin));
        }
        for (name, value) in &self.members {
            json.push(',');
            json.push_str(&ccd_to_string(name));
            json.push(':');
            json.push_str(value);
        }
        json.push('}');
        json.into_bytes()
    }
}

/// Implements `CCDToString` of §5.8.1.1: returns a JSON string. It escapes quotation marks and
/// backslashes with a backslash, and control characters with four hexadecimal digits. It escapes
/// nothing else.
///
/// ```
/// use webauthn_verify_authenticator::ccd_to_string;
///
/// assert_eq!(ccd_to_string("a\"b\n\u{e9}"), "\"a\\\"b\\u000a\u{e9}\"");
/// ```
#[must_use]
pub fn ccd_to_string(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{20}'.. => json.push(character),
            control => json.push_str(&format!("\\u{:04x}", u32::from(control))),
        }
    }
    json.push('"');
    json
}

/// Returns the hash of the serialised client data, which authenticators sign.
pub(crate) fn client_data_hash(client_data_json: &[u8]) -> [u8; 32] {
    Sha256::digest(client_data_json).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cd_11_members_are_in_the_order_of_the_specification() {
        let builder = ClientDataBuilder::create(&[0xfb, 0xff], "https://example.org");
        assert_eq!(
            builder.build(),
            br#"{"type":"webauthn.create","challenge":"-_8","origin":"https://example.org","crossOrigin":false}"#
        );
        let builder = ClientDataBuilder::get(&[1], "https://example.org")
            .member("later", "[1]")
            .top_origin("https://example.com")
            .challenge_text("\t")
            .cross_origin(true);
        assert_eq!(
            builder.build(),
            br#"{"type":"webauthn.get","challenge":"\u0009","origin":"https://example.org","crossOrigin":true,"topOrigin":"https://example.com","later":[1]}"#
        );
    }

    #[test]
    fn cd_12_only_quotation_mark_backslash_and_controls_are_escaped() {
        assert_eq!(
            ccd_to_string("\u{0}\u{1f} !\"#[\\]/\u{7f}\u{e9}\u{2028}\u{1f511}"),
            "\"\\u0000\\u001f !\\\"#[\\\\]/\u{7f}\u{e9}\u{2028}\u{1f511}\""
        );
    }
}
