//! Cases that a test builds, with every field open to change.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, ClientDataBuilder, PrivateKey, algorithm, flag,
};

pub(super) const ORIGIN: &str = "https://example.org";
pub(super) const CREDENTIAL_ID: &[u8] = b"a credential ID";
pub(super) const USER_HANDLE: &[u8] = b"a user handle";
pub(super) const NOW: &str = "2026-01-01T00:00:00Z";

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The data of a client and an authenticator from which a case is built.
pub(super) struct Made {
    pub(super) rp_id: &'static str,
    pub(super) origin: &'static str,
    pub(super) challenge: Vec<u8>,
    /// For a cross-origin iframe: the page around it, if the client names the page.
    pub(super) framed: Option<Option<&'static str>>,
    pub(super) flags: u8,
    pub(super) sign_count: u32,
    /// Client extension outputs.
    pub(super) client: Value,
    /// Authenticator extension outputs as a CBOR map.
    pub(super) authenticator: &'static [u8],
}

impl Made {
    pub(super) fn new() -> Made {
        Made {
            rp_id: "example.org",
            origin: ORIGIN,
            challenge: vec![7; 32],
            framed: None,
            flags: flag::USER_PRESENT,
            sign_count: 0,
            client: json!({}),
            authenticator: &[],
        }
    }

    pub(super) fn with_client(client: Value) -> Made {
        Made { client, ..Made::new() }
    }

    pub(super) fn with_authenticator(outputs: &'static [u8]) -> Made {
        let flags = flag::USER_PRESENT | flag::EXTENSION_DATA;
        Made { flags, authenticator: outputs, ..Made::new() }
    }

    pub(super) fn with_flags(flags: u8) -> Made {
        Made { flags, ..Made::new() }
    }

    fn client_data(&self, ceremony: &str) -> Vec<u8> {
        let builder = ClientDataBuilder::new(ceremony, &self.challenge, self.origin);
        let builder = match self.framed {
            None => builder,
            Some(None) => builder.cross_origin(true),
            Some(Some(top_origin)) => builder.cross_origin(true).top_origin(top_origin),
        };
        builder.build()
    }

    fn case(&self, ceremony: &str, response: Value) -> Value {
        json!({
            "name": ceremony,
            "ceremony": ceremony,
            "rp_id": self.rp_id,
            "origins": [ORIGIN],
            "challenge": base64url(&self.challenge),
            "now": NOW,
            "response": {
                "id": base64url(CREDENTIAL_ID),
                "rawId": base64url(CREDENTIAL_ID),
                "type": "public-key",
                "clientExtensionResults": self.client,
                "response": response,
            },
        })
    }

    /// Returns a registration without attestation.
    pub(super) fn registration(&self) -> Value {
        let flags = self.flags | flag::ATTESTED_CREDENTIAL_DATA;
        let data = AuthenticatorDataBuilder::new(self.rp_id, flags, self.sign_count)
            .attested_credential_data(&[0xa6; 16], CREDENTIAL_ID, &key().cose_key().unwrap())
            .unwrap()
            .extensions(self.authenticator)
            .build();
        let object = AttestationStatement::none().attestation_object(&data).unwrap();
        let response = json!({
            "clientDataJSON": base64url(&self.client_data("webauthn.create")),
            "attestationObject": base64url(&object),
        });
        self.case("registration", response)
    }

    /// Returns a login with a credential in the case.
    pub(super) fn login(&self) -> Value {
        let data = AuthenticatorDataBuilder::new(self.rp_id, self.flags, self.sign_count)
            .extensions(self.authenticator)
            .build();
        let client_data = self.client_data("webauthn.get");
        let signature = key().sign(&[&data[..], &Sha256::digest(&client_data)].concat());
        let response = json!({
            "clientDataJSON": base64url(&client_data),
            "authenticatorData": base64url(&data),
            "signature": base64url(&signature),
            "userHandle": base64url(USER_HANDLE),
        });
        let mut case = self.case("authentication", response);
        case["credential"] = json!({
            "id": base64url(CREDENTIAL_ID),
            "public_key": base64url(&key().cose_key().unwrap()),
            "user_handle": base64url(USER_HANDLE),
        });
        case
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_seed(algorithm::ES256, b"a key").unwrap()
}

/// Returns the case with these members. Nested objects are merged.
pub(super) fn with_members(case: &Value, members: &Value) -> Value {
    let mut case = case.clone();
    merge(&mut case, members);
    case
}

fn merge(value: &mut Value, members: &Value) {
    match (value, members) {
        (Value::Object(object), Value::Object(members)) => {
            for (name, member) in members {
                let place = object.entry(name).or_insert(Value::Object(Map::new()));
                merge(place, member);
            }
        }
        (place, member) => *place = member.clone(),
    }
}
