//! Responses of both ceremonies. Three readers exist: the quick reader for text as browsers write
//! it, the general reader, and serde. They agree on every input, and with a second implementation
//! of the rules.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_verify::extensions::ClientOutputs;
use webauthn_verify::{
    AuthenticationResponse, AuthenticatorAttachment, Ceremony, Error, ErrorKind,
    RegistrationResponse,
};

use super::extension_outputs;
use super::json::{self, Kind, Node, Object, Reading};
use super::site;

const MAX_LENGTH: usize = 256 * 1024;
const MAX_HEIGHT: usize = 32;
const MAX_USER_HANDLE: usize = 64;
const MAX_TRANSPORTS: usize = 16;
const MAX_TRANSPORT: usize = 32;

/// The largest factor by which a text grows if `serde_json` writes it again. Numbers like `1e9`
/// become longer.
const MAX_GROWTH: usize = 8;

pub fn check(input: &[u8]) {
    check_as::<RegistrationResponse>(input);
    check_as::<AuthenticationResponse>(input);
}

/// The common parts of both kinds of responses.
trait Response: DeserializeOwned + PartialEq + fmt::Debug {
    const CEREMONY: Ceremony;
    /// The members of `response` that are verified.
    const REQUIRED: &[&str];
    /// The paths of the members that are not signed.
    const UNSIGNED: &[&str];

    fn read(body: &[u8]) -> Result<Self, Error>;
    fn outputs(&self) -> &ClientOutputs;
    fn members(&self) -> Members;
}

impl Response for RegistrationResponse {
    const CEREMONY: Ceremony = Ceremony::Registration;
    const REQUIRED: &[&str] = &["clientDataJSON", "attestationObject"];
    const UNSIGNED: &[&str] = &[
        "/authenticatorAttachment",
        "/clientExtensionResults",
        "/response/authenticatorData",
        "/response/publicKey",
        "/response/publicKeyAlgorithm",
        "/response/transports",
    ];

    fn read(body: &[u8]) -> Result<Self, Error> {
        RegistrationResponse::from_json(body)
    }

    fn outputs(&self) -> &ClientOutputs {
        self.client_outputs()
    }

    fn members(&self) -> Members {
        Members {
            credential_id: self.unverified_credential_id().to_vec(),
            verified: vec![self.client_data_json().to_vec(), self.attestation_object().to_vec()],
            user_handle: None,
            transports: self
                .unverified_transports()
                .iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
            attachment: self.unverified_authenticator_attachment(),
        }
    }
}

impl Response for AuthenticationResponse {
    const CEREMONY: Ceremony = Ceremony::Authentication;
    const REQUIRED: &[&str] = &["clientDataJSON", "authenticatorData", "signature"];
    const UNSIGNED: &[&str] = &["/authenticatorAttachment", "/clientExtensionResults"];

    fn read(body: &[u8]) -> Result<Self, Error> {
        AuthenticationResponse::from_json(body)
    }

    fn outputs(&self) -> &ClientOutputs {
        self.client_outputs()
    }

    fn members(&self) -> Members {
        Members {
            credential_id: self.unverified_credential_id().to_vec(),
            verified: vec![
                self.client_data_json().to_vec(),
                self.authenticator_data().to_vec(),
                self.signature().to_vec(),
            ],
            user_handle: self.unverified_user_handle().map(<[u8]>::to_vec),
            transports: Vec::new(),
            attachment: self.unverified_authenticator_attachment(),
        }
    }
}

fn check_as<R: Response>(input: &[u8]) {
    let verdict = R::read(input);
    if let Err(error) = &verdict {
        site::check_error(error, R::CEREMONY, input);
    }
    check_general_way(input, &verdict);
    let reading = json::read(input);
    check_serde(input, &verdict, &reading);
    check_rules(input, &verdict, &reading);
    if let (Ok(response), Reading::Read(_)) = (&verdict, &reading)
        && input.len() * MAX_GROWTH < MAX_LENGTH
    {
        check_unsigned(input, response);
    }
}

/// Checks that the general reader agrees. A space in front makes the quick reader give up.
fn check_general_way<R: Response>(input: &[u8], verdict: &Result<R, Error>) {
    if input.len() == MAX_LENGTH {
        return;
    }
    match (verdict, R::read(&[b" ", input].concat())) {
        (Ok(response), Ok(other)) => {
            assert_eq!(*response, other);
            assert_eq!(response.members(), other.members());
            assert!(response.outputs().iter().eq(other.outputs().iter()));
        }
        (Err(error), Err(other)) => {
            let told = |error: &Error| (error.kind(), error.step(), error.field());
            assert_eq!(told(error), told(&other), "{error}\n{other}");
            // Text in another encoding is detected by its first two bytes.
            let is_encoded = matches!(input, [0xef | 0xfe | 0xff | 0, ..] | [b'{', 0, ..]);
            if let (Some(one), Some(other)) = (error.parse_error(), other.parse_error())
                && !is_encoded
            {
                // Offsets in base64url count from the start of its text.
                let moved = usize::from(error.kind() != ErrorKind::InvalidBase64Url);
                assert_eq!(one.offset() + moved, other.offset(), "{error}\n{other}");
                assert_eq!((one.structure(), one.reason()), (other.structure(), other.reason()));
            }
        }
        (Ok(_), Err(error)) => panic!("accepted, and with a space in front refused: {error}"),
        (Err(error), Ok(_)) => panic!("refused, and with a space in front accepted: {error}"),
    }
}

/// Checks that serde reads the same bodies in the same way, as far as `serde_json` can hold them.
fn check_serde<R: Response>(input: &[u8], verdict: &Result<R, Error>, reading: &Reading) {
    match (verdict, serde_json::from_slice::<R>(input)) {
        (Ok(response), Ok(other)) => {
            assert_eq!(response.members(), other.members());
            extension_outputs::compare(response.outputs(), other.outputs());
        }
        (Ok(_), Err(error)) => {
            let is_longer = input.len() * MAX_GROWTH >= MAX_LENGTH;
            assert!(is_longer || matches!(reading, Reading::Unrepresentable), "{error}");
        }
        // White space counts towards the length of a text, and serde does not pass it on.
        (Err(error), Ok(_)) => assert!(input.len() > MAX_LENGTH, "{error}"),
        (Err(_), Err(_)) => {}
    }
}

/// Checks that a second implementation of the rules agrees.
fn check_rules<R: Response>(input: &[u8], verdict: &Result<R, Error>, reading: &Reading) {
    let node = match reading {
        Reading::Read(node) if input.len() <= MAX_LENGTH => node,
        // The text follows the grammar, but there is no value to check.
        Reading::Unrepresentable if input.len() <= MAX_LENGTH => return,
        _ => {
            let error = verdict.as_ref().expect_err("accepted, and it is too long or not JSON");
            let is_large = error.kind() == ErrorKind::InputTooLarge;
            assert!(is_large || input.len() <= MAX_LENGTH, "{error}");
            return;
        }
    };
    match (verdict, Expected::of::<R>(node)) {
        (Ok(response), Ok(expected)) => {
            assert_eq!(response.members(), expected.members);
            extension_outputs::check_read(response.outputs(), expected.outputs);
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(reason)) => panic!("accepted, although {reason}"),
        (Err(error), Ok(_)) => panic!("refused: {error}"),
    }
}

/// Checks that the response stays readable with any values of the unsigned members.
fn check_unsigned<R: Response>(input: &[u8], response: &R) {
    let body: Value = serde_json::from_slice(input).expect("read before");
    let both_ids = ["id", "rawId"].iter().all(|name| body[name].is_string());
    let ids: &[&str] = if both_ids { &["/id", "/rawId"] } else { &[] };
    let read_with = |path: &str, value: &Value| {
        let mut changed = body.clone();
        *changed.pointer_mut(path)? = value.clone();
        let read = R::read(changed.to_string().as_bytes());
        Some(read.unwrap_or_else(|error| panic!("refused without {path}: {error}")))
    };
    let expected = response.members();
    let check = |changed: R| {
        let members = changed.members();
        assert_eq!(members.credential_id, expected.credential_id);
        assert_eq!(members.verified, expected.verified);
        assert_eq!(members.user_handle, expected.user_handle);
    };
    for path in R::UNSIGNED {
        for value in [Value::Null, json!([[]]), json!(0.5), json!("?")] {
            read_with(path, &value).map(check);
        }
    }
    for path in ids.iter().chain(&["/type"]) {
        read_with(path, &Value::Null).map(check);
    }
}

/// The members of a response, without extension outputs.
#[derive(Debug, PartialEq)]
struct Members {
    credential_id: Vec<u8>,
    /// In the order of [`Response::REQUIRED`].
    verified: Vec<Vec<u8>>,
    user_handle: Option<Vec<u8>>,
    transports: Vec<String>,
    attachment: Option<AuthenticatorAttachment>,
}

struct Expected<'a> {
    members: Members,
    /// The object of extension outputs, if there is one.
    outputs: Option<&'a Node>,
}

impl Expected<'_> {
    fn of<R: Response>(root: &Node) -> Result<Expected<'_>, String> {
        let body = Object::of(root)?;
        if root.height > MAX_HEIGHT {
            return Err("it is deeper than 32 levels".to_owned());
        }
        let (id, raw_id) = (body.find_some("id"), body.find_some("rawId"));
        // If only one is a string, the other one is an `ArrayBuffer` that became `{}`.
        let texts = [id, raw_id].map(|id| id.filter(|node| node.text().is_some()));
        let (id, raw_id) = if texts == [None, None] { (id, raw_id) } else { texts.into() };
        if let (Some(id), Some(raw_id)) = (id, raw_id)
            && id != raw_id
        {
            return Err("id is not rawId".to_owned());
        }
        let credential_id = bytes(raw_id.or(id).ok_or("there is no credential ID")?)?;
        if credential_id.is_empty() {
            return Err("the credential ID is empty".to_owned());
        }
        if body.find_some("type").is_some_and(|node| node.text() != Some("public-key")) {
            return Err("the type is not public-key".to_owned());
        }
        let attachment = match body.find("authenticatorAttachment").and_then(Node::text) {
            Some("platform") => Some(AuthenticatorAttachment::Platform),
            Some("cross-platform") => Some(AuthenticatorAttachment::CrossPlatform),
            _ => None,
        };
        let outputs = body.find("clientExtensionResults").filter(|node| node.members().is_some());
        outputs.map(Object::of).transpose()?;

        let response = Object::of(body.find_some("response").ok_or("there is no response")?)?;
        let required = |name: &&str| {
            bytes(response.find_some(name).ok_or_else(|| format!("there is no {name}"))?)
        };
        let mut members = Members {
            credential_id,
            verified: R::REQUIRED.iter().map(required).collect::<Result<_, _>>()?,
            user_handle: None,
            transports: Vec::new(),
            attachment,
        };
        match R::CEREMONY {
            Ceremony::Registration => {
                members.transports =
                    response.find("transports").map(transports).unwrap_or_default();
            }
            Ceremony::Authentication => {
                let user_handle = response.find_some("userHandle").map(bytes).transpose()?;
                if user_handle.as_ref().is_some_and(|bytes| bytes.len() > MAX_USER_HANDLE) {
                    return Err("the user handle is too long".to_owned());
                }
                members.user_handle = user_handle.filter(|bytes| !bytes.is_empty());
            }
        }
        Ok(Expected { members, outputs })
    }
}

fn bytes(node: &Node) -> Result<Vec<u8>, String> {
    let text = node.text().ok_or("bytes are not text")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|error| error.to_string())
}

/// Returns the first transports that are short enough.
fn transports(node: &Node) -> Vec<String> {
    let Kind::Array(items) = &node.kind else { return Vec::new() };
    let texts = items.iter().filter_map(Node::text);
    let short = texts.filter(|text| text.chars().count() <= MAX_TRANSPORT);
    short.take(MAX_TRANSPORTS).map(str::to_owned).collect()
}
