//! What the browser sends back (§5.1): a response that was read, and not yet verified.

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

/// The browser's answer to `navigator.credentials.create()`: parsed, and not yet verified.
#[derive(Clone, Debug)]
pub struct RegistrationResponse {
    raw: Raw<RegistrationMembers>,
    client_extension_results: ClientOutputs,
}

/// The browser's answer to `navigator.credentials.get()`: parsed, and not yet verified.
#[derive(Clone, Debug)]
pub struct AuthenticationResponse {
    raw: Raw<AuthenticationMembers>,
    client_extension_results: ClientOutputs,
}

impl RegistrationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// Only what the steps verify can fail here, and the form of the body: one JSON object, in which
    /// no member is repeated. What comes from the client alone, such as extension outputs,
    /// transports and copies of the public key, never fails a ceremony: in a form that cannot be
    /// read it counts as absent.
    ///
    /// # Errors
    ///
    /// Of steps 2 to 4 of §7.1: `CeremonyAborted` for `null`, or for an object with a text `error`
    /// and no `response`; `WrongResponseType` for the response of a login; `MalformedResponse`,
    /// which names the forms in which pages are known to send bytes; `InvalidBase64Url`;
    /// `CredentialIdMismatch` where `id` and `rawId` differ; `InputTooLarge` beyond 256 KiB or 32
    /// levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<RegistrationResponse, Error> {
        response_text::registration(body.as_ref()).map(RegistrationResponse::new)
    }

    fn new(mut raw: Raw<RegistrationMembers>) -> RegistrationResponse {
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        RegistrationResponse { raw, client_extension_results }
    }

    /// The [`id`](crate::PendingRegistration::id) of the pending state that this response answers, if
    /// the response is honest: what to look up among the states that belong to the user's session.
    ///
    /// # Errors
    ///
    /// Of steps 5 and 6 of §7.1: `InvalidUtf8`, `InvalidClientDataJson`, and `InputTooLarge` beyond
    /// 64 KiB or 32 levels.
    pub fn pending_id(&self) -> Result<String, Error> {
        pending_id(Ceremony::Registration, self.client_data_json())
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified.
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

    /// Whether the unsigned copy of the authenticator data is there and is not this.
    pub(crate) fn authenticator_data_copy_differs(&self, attested: &[u8]) -> bool {
        self.raw.members.authenticator_data.differs(|copy| self.raw.buffer.get(copy) == attested)
    }

    /// Whether the unsigned copy of the public key, a SubjectPublicKeyInfo, is there and `is_same`
    /// says that it is of another key.
    pub(crate) fn public_key_copy_differs(&self, is_same: impl FnOnce(&[u8]) -> bool) -> bool {
        self.raw.members.public_key.differs(|copy| is_same(self.raw.buffer.get(copy)))
    }

    /// Whether the unsigned copy of the COSE algorithm is there and is not this.
    pub(crate) fn public_key_algorithm_copy_differs(&self, attested: i64) -> bool {
        self.raw.members.public_key_algorithm.differs(|copy| *copy == attested)
    }

    /// How the client reaches the authenticator, in the browser's order. Not signed.
    pub fn unverified_transports(&self) -> &[Transport] {
        &self.raw.members.transports
    }

    /// How the authenticator is attached, if the browser says it in a known word. Not signed.
    pub fn unverified_authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_extension_results
    }
}

impl AuthenticationResponse {
    /// Reads the JSON text that `JSON.stringify(credential)` gives, or `credential.toJSON()`.
    ///
    /// As with [`RegistrationResponse::from_json`], what comes from the client alone never fails.
    ///
    /// # Errors
    ///
    /// Of steps 2, 3, 4 and 7 of §7.2: `CeremonyAborted` for `null`, or for an object with a text
    /// `error` and no `response`; `WrongResponseType` for the response of a registration;
    /// `MalformedResponse`, which names the forms in which pages are known to send bytes;
    /// `InvalidBase64Url`; `CredentialIdMismatch` where `id` and `rawId` differ; `InputTooLarge`
    /// beyond 256 KiB or 32 levels.
    pub fn from_json(body: impl AsRef<[u8]>) -> Result<AuthenticationResponse, Error> {
        response_text::authentication(body.as_ref()).map(AuthenticationResponse::new)
    }

    fn new(mut raw: Raw<AuthenticationMembers>) -> AuthenticationResponse {
        let client_extension_results = core::mem::take(&mut raw.client_extension_results).into();
        AuthenticationResponse { raw, client_extension_results }
    }

    /// The [`id`](crate::PendingAuthentication::id) of the pending state that this response answers,
    /// if the response is honest: what to look up among the states that belong to the user's session.
    ///
    /// # Errors
    ///
    /// Of steps 8 and 9 of §7.2: `InvalidUtf8`, `InvalidClientDataJson`, and `InputTooLarge` beyond
    /// 64 KiB or 32 levels.
    pub fn pending_id(&self) -> Result<String, Error> {
        pending_id(Ceremony::Authentication, self.client_data_json())
    }

    /// The credential ID as the browser says it, 1 byte or more. Not yet verified: use it only to
    /// find the account, as with [`unverified_user_handle`](Self::unverified_user_handle).
    pub fn unverified_credential_id(&self) -> &[u8] {
        self.raw.buffer.get(&self.raw.credential_id)
    }

    /// The user handle, 1 to 64 bytes. Not yet verified: use it to find the account whose records
    /// go into `finish_authentication`, and for nothing else.
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

    /// How the authenticator is attached, if the browser says it in a known word. Not signed.
    pub fn unverified_authenticator_attachment(&self) -> Option<AuthenticatorAttachment> {
        self.raw.authenticator_attachment
    }

    /// The client extension outputs. They are not signed by anything.
    pub fn client_outputs(&self) -> &ClientOutputs {
        &self.client_extension_results
    }
}

/// What the pending state is kept under that these client data answer.
fn pending_id(ceremony: Ceremony, client_data_json: &[u8]) -> Result<String, Error> {
    let text = ClientDataText::decode(client_data_json).at(ceremony, Step::ClientDataText)?;
    let client_data = text.parse().at(ceremony, Step::ClientDataJson)?;
    Ok(challenge::pending_id(ceremony, client_data.challenge().chars()))
}

/// Responses are equal that say the same, in whatever order their members came.
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

/// Responses are equal that say the same, in whatever order their members came.
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
    /// As [`RegistrationResponse::from_json`], for frameworks that extract values: the same text, the same
    /// limits, and for JSON with white space or through other formats the same meaning.
    ///
    /// What serde buffers itself is not limited here. Inside a structure with `#[serde(flatten)]` or
    /// an untagged enum it makes a tree of the whole body first, which can take a hundred times its
    /// size: let your framework limit the body.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = response_serde::to_json(deserializer)?;
        RegistrationResponse::from_json(body).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for AuthenticationResponse {
    /// As [`AuthenticationResponse::from_json`], for frameworks that extract values: the same text, the same
    /// limits, and for JSON with white space or through other formats the same meaning.
    ///
    /// What serde buffers itself is not limited here. Inside a structure with `#[serde(flatten)]` or
    /// an untagged enum it makes a tree of the whole body first, which can take a hundred times its
    /// size: let your framework limit the body.
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

    /// What the general way makes of a text.
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

    /// Texts that occur in [`LOGIN`] or [`REGISTRATION`], with what to write instead.
    const CHANGES: &[(&str, &str)] = &[
        // The identifier.
        (r#""QUJD","rawId""#, r#""QUJE","rawId""#),
        (r#""QUJD""#, r#""""#),
        (r#""QUJD""#, "null"),
        (r#""QUJD""#, r#""QUJD=""#),
        ("QUJD", r"QUJ\u0044"),
        (r#""id""#, r#""\u0069d""#),
        (r#""id""#, r#""type""#),
        // Members that are absent or unknown.
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
        // Client data, and what stands behind it.
        (r#""e30""#, r#""e31""#),
        (r#""e30""#, "null"),
        (r#""e30""#, "30"),
        (r#""e30""#, r#""e30","signature":null"#),
        (r#""e30""#, r#""e30","other":"\ud800""#),
        // Authenticator data, the signature, and the key in its copy.
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
        // The body and the results are two of 32 levels.
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
