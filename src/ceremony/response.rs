//! The responses of browsers (§5.1), parsed but not yet verified.

use core::ops::Range;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::ceremony::extensions::outputs::ClientOutputs;
use crate::ceremony::options::AuthenticatorAttachment;
use crate::ceremony::response_members::{AuthenticationMembers, Raw, RegistrationMembers};
use crate::ceremony::transport::Transport;
use crate::ceremony::{challenge, response_serde, response_text};
use crate::error::{AtStep, Error};
use crate::message::client_data::ClientDataText;
use crate::spec::{Ceremony, Step};

/// The browser's response to `navigator.credentials.create()`, parsed but not yet verified.
#[derive(Clone, Debug)]
pub struct RegistrationResponse {
    raw: Raw<RegistrationMembers>,
    client_extension_results: ClientOutputs,
}

/// The browser's response to `navigator.credentials.get()`, parsed but not yet verified.
#[derive(Clone, Debug)]
pub struct AuthenticationResponse {
    raw: Raw<AuthenticationMembers>,
    client_extension_results: ClientOutputs,
}

impl RegistrationResponse {
    /// Parses the JSON text of a credential, from `JSON.stringify(credential)` or
    /// `JSON.stringify(credential.toJSON())`.
    ///
    /// The body must be one JSON object without repeated members, within the limits below. Of its
    /// members, only those that a step verifies can cause an error. Other members, such as
    /// extension outputs, transports and copies of the public key, are not verified. A malformed
    /// one is ignored, so it fails a ceremony only if the request requires that extension output.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at steps 2 to 4 of §7.1:
    ///
    /// - [`ErrorKind::CeremonyAborted`](crate::ErrorKind::CeremonyAborted) if the body is `null`,
    ///   or an object with a string `error` and no `response`.
    /// - [`ErrorKind::WrongResponseType`](crate::ErrorKind::WrongResponseType) if the body is the
    ///   response of a login.
    /// - [`ErrorKind::MalformedResponse`](crate::ErrorKind::MalformedResponse) if the body has
    ///   another form. If bytes are in a wrong form that pages are known to send, the message names
    ///   that form.
    /// - [`ErrorKind::InvalidBase64Url`](crate::ErrorKind::InvalidBase64Url) if a binary member is
    ///   not base64url.
    /// - [`ErrorKind::CredentialIdMismatch`](crate::ErrorKind::CredentialIdMismatch) if `id` and
    ///   `rawId` differ.
    /// - [`ErrorKind::InputTooLarge`](crate::ErrorKind::InputTooLarge) if the body is longer
    ///   than 256 KiB or nested deeper than 32 levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<RegistrationResponse, Error> {
        response_text::registration(body.as_ref()).map(RegistrationResponse::new)
    }

    fn new(mut raw: Raw<RegistrationMembers>) -> RegistrationResponse {
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        RegistrationResponse { raw, client_extension_results }
    }

    /// Returns the [`id`](crate::PendingRegistration::id) of the pending state that this response
    /// claims to answer. Look up that state among the pending states of the user's session.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at steps 5 and 6 of §7.1:
    ///
    /// - [`ErrorKind::InvalidUtf8`](crate::ErrorKind::InvalidUtf8) or
    ///   [`ErrorKind::InvalidClientDataJson`](crate::ErrorKind::InvalidClientDataJson) if the
    ///   client data is malformed.
    /// - [`ErrorKind::InputTooLarge`](crate::ErrorKind::InputTooLarge) if the client data is
    ///   longer than 64 KiB or nested deeper than 32 levels.
    pub fn pending_id(&self) -> Result<String, Error> {
        pending_id(Ceremony::Registration, self.client_data_json())
    }

    /// The credential ID that the browser sent, at least 1 byte. It is not yet verified.
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.credential_id)
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.client_data_json)
    }

    /// The bytes of `attestationObject`.
    pub fn attestation_object(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.attestation_object)
    }

    /// Returns whether there is an unsigned copy of the authenticator data that is malformed or
    /// differs from `attested`.
    pub(crate) fn authenticator_data_copy_differs(&self, attested: &[u8]) -> bool {
        self.raw.members.authenticator_data.differs(|copy| self.raw.buffer.get(copy) == attested)
    }

    /// Returns whether there is an unsigned copy of the public key, a SubjectPublicKeyInfo, that is
    /// malformed or belongs to another key. `is_same` compares the keys.
    pub(crate) fn public_key_copy_differs(&self, is_same: impl FnOnce(&[u8]) -> bool) -> bool {
        self.raw.members.public_key.differs(|copy| is_same(self.raw.buffer.get(copy)))
    }

    /// Returns whether there is an unsigned copy of the COSE algorithm that is malformed or differs
    /// from `attested`.
    pub(crate) fn public_key_algorithm_copy_differs(&self, attested: i64) -> bool {
        self.raw.members.public_key_algorithm.differs(|copy| *copy == attested)
    }

    /// The transports to the authenticator, in the order in which the browser reported them. They
    /// are not signed.
    pub fn unverified_transports(&self) -> &[Transport] {
        &self.raw.members.transports
    }

    /// The attachment of the authenticator, or `None` if the browser sent no known value. It is not
    /// signed.
    pub fn unverified_authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension outputs. They are not signed.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_extension_results
    }
}

impl AuthenticationResponse {
    /// Parses the JSON text of a credential, from `JSON.stringify(credential)` or
    /// `JSON.stringify(credential.toJSON())`.
    ///
    /// Only the members that a step verifies can cause an error, as in
    /// [`RegistrationResponse::from_json`].
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at steps 2, 3, 4 and 7 of §7.2:
    ///
    /// - [`ErrorKind::CeremonyAborted`](crate::ErrorKind::CeremonyAborted) if the body is `null`,
    ///   or an object with a string `error` and no `response`.
    /// - [`ErrorKind::WrongResponseType`](crate::ErrorKind::WrongResponseType) if the body is the
    ///   response of a registration.
    /// - [`ErrorKind::MalformedResponse`](crate::ErrorKind::MalformedResponse) if the body has
    ///   another form. If bytes are in a wrong form that pages are known to send, the message names
    ///   that form.
    /// - [`ErrorKind::InvalidBase64Url`](crate::ErrorKind::InvalidBase64Url) if a binary member is
    ///   not base64url.
    /// - [`ErrorKind::CredentialIdMismatch`](crate::ErrorKind::CredentialIdMismatch) if `id` and
    ///   `rawId` differ.
    /// - [`ErrorKind::InputTooLarge`](crate::ErrorKind::InputTooLarge) if the body is longer
    ///   than 256 KiB or nested deeper than 32 levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<AuthenticationResponse, Error> {
        response_text::authentication(body.as_ref()).map(AuthenticationResponse::new)
    }

    fn new(mut raw: Raw<AuthenticationMembers>) -> AuthenticationResponse {
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        AuthenticationResponse { raw, client_extension_results }
    }

    /// Returns the [`id`](crate::PendingAuthentication::id) of the pending state that this response
    /// claims to answer. Look up that state among the pending states of the user's session.
    ///
    /// # Errors
    ///
    /// Returns one of these errors, at steps 8 and 9 of §7.2:
    ///
    /// - [`ErrorKind::InvalidUtf8`](crate::ErrorKind::InvalidUtf8) or
    ///   [`ErrorKind::InvalidClientDataJson`](crate::ErrorKind::InvalidClientDataJson) if the
    ///   client data is malformed.
    /// - [`ErrorKind::InputTooLarge`](crate::ErrorKind::InputTooLarge) if the client data is
    ///   longer than 64 KiB or nested deeper than 32 levels.
    pub fn pending_id(&self) -> Result<String, Error> {
        pending_id(Ceremony::Authentication, self.client_data_json())
    }

    /// The credential ID that the browser sent, at least 1 byte. It is not yet verified. Use it
    /// only to find the account, like [`unverified_user_handle`](Self::unverified_user_handle).
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.credential_id)
    }

    /// The user handle, 1 to 64 bytes, or `None` if the response has no user handle. It is not yet
    /// verified. Use it only to find the account whose records you pass to `finish_authentication`.
    pub fn unverified_user_handle(&self) -> Option<&[u8]> {
        self.raw.members.user_handle.as_ref().map(|range| self.raw.buffer.get(range))
    }

    /// The bytes of `clientDataJSON`.
    pub fn client_data_json(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.client_data_json)
    }

    /// The bytes of `authenticatorData`.
    pub fn authenticator_data(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.authenticator_data)
    }

    /// The bytes of `signature`.
    pub fn signature(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.members.signature)
    }

    /// The attachment of the authenticator, or `None` if the browser sent no known value. It is not
    /// signed.
    pub fn unverified_authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension outputs. They are not signed.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_extension_results
    }
}

/// Returns the ID of the pending state that this client data answers.
fn pending_id(ceremony: Ceremony, client_data_json: &[u8]) -> Result<String, Error> {
    let text = ClientDataText::decode(client_data_json).at(ceremony, Step::ClientDataText)?;
    let client_data = text.parse().at(ceremony, Step::ClientDataJson)?;
    Ok(challenge::pending_id(ceremony, client_data.challenge().chars()))
}

/// Two responses are equal if their contents are equal. The order of members in the JSON does not
/// matter.
impl PartialEq for RegistrationResponse {
    fn eq(&self, other: &Self) -> bool {
        let copies = |response: &RegistrationResponse| {
            let bytes = |range: &Range<usize>| response.raw.buffer.get(range).to_vec();
            let members = &response.raw.members;
            (members.authenticator_data.map(bytes), members.public_key.map(bytes))
        };
        let (one, two) = (&self.raw.members, &other.raw.members);
        self.unverified_credential_id() == other.unverified_credential_id()
            && self.client_data_json() == other.client_data_json()
            && self.attestation_object() == other.attestation_object()
            && copies(self) == copies(other)
            && one.public_key_algorithm == two.public_key_algorithm
            && one.transports == two.transports
            && self.raw.authenticator_attachment == other.raw.authenticator_attachment
            && self.client_extension_results == other.client_extension_results
    }
}

/// Two responses are equal if their contents are equal. The order of members in the JSON does not
/// matter.
impl PartialEq for AuthenticationResponse {
    fn eq(&self, other: &Self) -> bool {
        self.unverified_credential_id() == other.unverified_credential_id()
            && self.client_data_json() == other.client_data_json()
            && self.authenticator_data() == other.authenticator_data()
            && self.signature() == other.signature()
            && self.unverified_user_handle() == other.unverified_user_handle()
            && self.raw.authenticator_attachment == other.raw.authenticator_attachment
            && self.client_extension_results == other.client_extension_results
    }
}

impl<'de> Deserialize<'de> for RegistrationResponse {
    /// Deserializes the same JSON as [`RegistrationResponse::from_json`], with the same limits. Web
    /// frameworks can therefore extract the response from the body. Other serde formats are also
    /// accepted.
    ///
    /// The limits do not apply to memory that serde needs for buffers. Inside a structure with
    /// `#[serde(flatten)]` or an untagged enum, serde first builds a tree of the whole body. This
    /// tree can take up to 64 times the size of the body, so limit the size of the body in your
    /// framework.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = response_serde::to_json(deserializer)?;
        RegistrationResponse::from_json(body).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for AuthenticationResponse {
    /// Deserializes the same JSON as [`AuthenticationResponse::from_json`], with the same limits.
    /// Web frameworks can therefore extract the response from the body. Other serde formats are
    /// also accepted.
    ///
    /// The limits do not apply to memory that serde needs for buffers. Inside a structure with
    /// `#[serde(flatten)]` or an untagged enum, serde first builds a tree of the whole body. This
    /// tree can take up to 64 times the size of the body, so limit the size of the body in your
    /// framework.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = response_serde::to_json(deserializer)?;
        AuthenticationResponse::from_json(body).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::response_body::MAX_BODY;
    use crate::ceremony::response_json;

    const LOGIN: &str = concat!(
        r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","#,
        r#""authenticatorAttachment":"platform","clientExtensionResults":{},"#,
        r#""response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"MAA","#,
        r#""userHandle":null}}"#,
    );

    const REGISTRATION: &str = concat!(
        r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","#,
        r#""authenticatorAttachment":null,"clientExtensionResults":{"credProps":{"rk":true}},"#,
        r#""response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AAAA","#,
        r#""transports":["internal","x"],"publicKey":"MAA","publicKeyAlgorithm":-7}}"#,
    );

    /// A response of either kind.
    #[derive(Debug, PartialEq)]
    enum Read {
        Registration(RegistrationResponse),
        Login(AuthenticationResponse),
    }

    fn quickly(body: &[u8]) -> [Option<Read>; 2] {
        let registration = response_text::registration_quickly(body);
        let login = response_text::authentication_quickly(body);
        [
            registration.map(|raw| Read::Registration(RegistrationResponse::new(raw))),
            login.map(|raw| Read::Login(AuthenticationResponse::new(raw))),
        ]
    }

    /// Reads a body with the general reader.
    fn generally(body: &[u8]) -> [Option<Read>; 2] {
        let registration = response_json::registration(body).ok();
        let login = response_json::authentication(body).ok();
        [
            registration.map(|raw| Read::Registration(RegistrationResponse::new(raw))),
            login.map(|raw| Read::Login(AuthenticationResponse::new(raw))),
        ]
    }

    #[test]
    fn the_quick_reader_reads_what_browsers_write() {
        for body in [LOGIN, REGISTRATION] {
            let quick = quickly(body.as_bytes());
            assert_eq!(quick.iter().flatten().count(), 1, "{body}");
            assert_eq!(quick, generally(body.as_bytes()));
        }
    }

    /// Strings in [`LOGIN`] or [`REGISTRATION`], each with its replacement.
    const CHANGES: &[(&str, &str)] = &[
        // The identifier.
        (r#""QUJD","rawId""#, r#""QUJE","rawId""#),
        (r#""QUJD""#, r#""""#),
        (r#""QUJD""#, "null"),
        (r#""QUJD""#, r#""QUJD=""#),
        ("QUJD", r"QUJ\u0044"),
        (r#""id""#, r#""\u0069d""#),
        (r#""id""#, r#""type""#),
        // Members that are missing or unknown.
        (r#""id":"QUJD","#, ""),
        (r#""rawId":"QUJD","#, ""),
        (r#""type":"public-key","#, ""),
        (r#""clientExtensionResults":{},"#, ""),
        (r#""id""#, r#""unknown":[1,{}],"id""#),
        (r#""id""#, r#""error":"x","id""#),
        // The type and the attachment.
        (r#""public-key""#, r#""password""#),
        (r#""public-key""#, "null"),
        (r#""platform""#, r#""elsewhere""#),
        (r#""platform""#, "7"),
        // The outputs of extensions.
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":null"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{ }"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":[]"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{"a": [1]}"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{ "a":1,"b":2}"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{"\u0061":1}"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{"a":1e999}"#),
        (r#""clientExtensionResults":{}"#, r#""clientExtensionResults":{"a":1,"a":2}"#),
        // The client data, and a member after it.
        (r#""e30""#, r#""e31""#),
        (r#""e30""#, "null"),
        (r#""e30""#, "30"),
        (r#""e30""#, r#""e30","signature":null"#),
        (r#""e30""#, r#""e30","other":"\ud800""#),
        // Authenticator data, the signature, and the copy of the key.
        (r#""AAAA""#, r#""""#),
        (r#""AAAA""#, "null"),
        (r#""AAAA""#, "[0,0,0]"),
        (r#""AAAA""#, r#""AA=""#),
        (r#""MAA""#, r#""MB""#),
        (r#""MAA""#, "{}"),
        // The user handle.
        (r#""userHandle":null"#, r#""userHandle":"""#),
        (r#""userHandle":null"#, r#""userHandle":"AAAA""#),
        (r#""userHandle":null"#, r#""attestationObject":7"#),
        (r#""transports""#, r#""userHandle":{},"transports""#),
        // The transports.
        (r#"["internal","x"]"#, r#""internal""#),
        (r#"["internal","x"]"#, r#"["0123456789012345678901234567890123","usb"]"#),
        (r#"["internal","x"]"#, r#"[1,"usb",null,"a","b","c","d","e","f","g","h"]"#),
        (r#"["internal","x"]"#, "null"),
        (r#"["internal","x"]"#, "[]"),
        (r#"["internal","x"]"#, r#"["usb",null]"#),
        (r#"["internal","x"]"#, r#"["usb",]"#),
        (r#""internal""#, "\"\u{e9}\""),
        // The algorithm.
        ("-7", "-0"),
        ("-7", "-"),
        ("-7", "--7"),
        ("-7", "-07"),
        ("-7", "0"),
        ("-7", "7-"),
        ("-7", "7.0"),
        ("-7", "null"),
        ("-7", "-257"),
        ("-7", "9223372036854775808"),
        // White space, brackets and the end.
        (":", " :"),
        (",", ", "),
        ("}}", "}} x"),
        ("}}", "}"),
        ("}}", "}}\n"),
        (r#"{"id""#, r#"["id""#),
        (r#":{"clientData"#, r#":["clientData"#),
    ];

    #[test]
    fn both_readers_agree_on_whatever_the_quick_one_reads() {
        for (from, to) in CHANGES {
            let mut seen = false;
            for body in [LOGIN, REGISTRATION] {
                let changed = body.replace(from, to);
                seen |= changed != body;
                let [registration, login] = quickly(changed.as_bytes());
                let [general_registration, general_login] = generally(changed.as_bytes());
                if registration.is_some() {
                    assert_eq!(registration, general_registration, "{from} as {to}");
                }
                if login.is_some() {
                    assert_eq!(login, general_login, "{from} as {to}");
                }
            }
            assert!(seen, "{from} occurs nowhere");
        }
    }

    #[test]
    fn the_quick_reader_leaves_repeated_members_to_the_general_one() {
        for body in [LOGIN, REGISTRATION] {
            for member in body.split([',', '{', '[']).filter(|text| text.contains("\":")) {
                let name = member.trim_start().split(':').next().unwrap();
                if matches!(name, "\"credProps\"" | "\"rk\"") {
                    continue;
                }
                let twice = body.replace(&format!("{name}:"), &format!("{name}:null,{name}:"));
                assert_ne!(twice, body);
                assert_eq!(quickly(twice.as_bytes()), [None, None], "{name}");
                assert_eq!(generally(twice.as_bytes()), [None, None], "{name}");
            }
        }
    }

    #[test]
    fn both_readers_accept_the_same_depth() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let mut accepted = 0;
        for levels in 25..35 {
            for body in [LOGIN, REGISTRATION] {
                let results = r#""clientExtensionResults":{"#;
                let more = format!(r#"{results}"x":{},"y":1"#, nested(levels));
                let more = if body == LOGIN { more } else { format!("{more},") };
                let body = body.replace(results, &more);
                let quick = quickly(body.as_bytes());
                assert_eq!(quick, generally(body.as_bytes()), "{levels}");
                accepted += quick.iter().flatten().count();
            }
        }
        // The body and the results are two of the 32 levels.
        assert_eq!(accepted, 2 * (30 - 24));
    }

    #[test]
    fn the_quick_reader_leaves_cut_text_and_invalid_utf_8_to_the_general_one() {
        for body in [LOGIN, REGISTRATION] {
            for length in 0..body.len() {
                let cut = &body.as_bytes()[..length];
                assert_eq!(quickly(cut), [None, None], "{length} bytes");
            }
            for place in 0..body.len() {
                let mut bytes = body.as_bytes().to_vec();
                bytes[place] = 0xff;
                assert_eq!(quickly(&bytes), [None, None], "byte {place}");
            }
        }
    }

    #[test]
    fn the_quick_reader_leaves_a_too_large_body_to_the_general_one() {
        let padded = |length: usize| {
            let padding = " ".repeat(length - LOGIN.len() - "\"x\":0".len());
            LOGIN.replace("{}", &format!("{{\"x\":0{padding}}}"))
        };
        assert_ne!(quickly(padded(MAX_BODY).as_bytes()), [None, None]);
        assert_eq!(quickly(padded(MAX_BODY + 1).as_bytes()), [None, None]);
    }
}
