//! The parts of a case.

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, ClientDataBuilder, PrivateKey,
    u2f_signed_message,
};

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
/// The time of every ceremony.
pub(crate) const NOW: &str = "2026-01-01T00:00:00Z";
/// Some verifiers accept only challenges of this length.
pub(crate) const CHALLENGE: [u8; 16] = *b"hostile requests";
pub(crate) const AAGUID: [u8; 16] = *b"an authenticator";
pub(crate) const CREDENTIAL_ID: [u8; 16] = *b"the credential 1";
pub(crate) const USER_HANDLE: [u8; 11] = *b"user handle";
/// The flags of a registration: user present, user verified, attested credential data.
pub(crate) const REGISTRATION_FLAGS: u8 = 0x45;
/// The flags of a login: user present, user verified.
pub(crate) const LOGIN_FLAGS: u8 = 0x05;

/// Encodes bytes as base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the credential key for the algorithm with this COSE number.
pub(crate) fn key(algorithm: i64) -> PrivateKey {
    // The search for the primes of an RSA key takes long.
    static KEYS: Mutex<BTreeMap<i64, PrivateKey>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().expect("no thread panics with the lock");
    let derive = || PrivateKey::from_seed(algorithm, b"hostile");
    let key = keys.entry(algorithm);
    key.or_insert_with(|| derive().expect("an algorithm of the authenticator")).clone()
}

/// Returns the COSE key for the algorithm with this COSE number.
pub(crate) fn cose_key(algorithm: i64) -> Vec<u8> {
    key(algorithm).cose_key().expect("a key of its algorithm")
}

/// Returns the correct client data of a registration.
pub(crate) fn create_client_data() -> ClientDataBuilder {
    ClientDataBuilder::create(&CHALLENGE, ORIGIN)
}

/// Returns the correct client data of a login.
pub(crate) fn get_client_data() -> ClientDataBuilder {
    ClientDataBuilder::get(&CHALLENGE, ORIGIN)
}

/// Returns the authenticator data of a registration with these flags and this public key.
pub(crate) fn attested(flags: u8, cose_key: &[u8]) -> AuthenticatorDataBuilder {
    AuthenticatorDataBuilder::new(RP_ID, flags, 0)
        .attested_credential_data(&AAGUID, &CREDENTIAL_ID, cose_key)
        .expect("a short credential ID")
}

/// Returns the credential record with this public key, in an account that the case does not name.
pub(crate) fn bare_record(cose_key: &[u8]) -> Value {
    json!({ "id": encode(&CREDENTIAL_ID), "public_key": encode(cose_key) })
}

/// Returns the credential record with this public key, in the account of the user handle.
pub(crate) fn record(cose_key: &[u8]) -> Value {
    let mut record = bare_record(cose_key);
    record["user_handle"] = encode(&USER_HANDLE).into();
    record
}

/// Returns the authenticator data followed by the hash of the client data.
fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::digest(client_data)].concat()
}

/// Returns the JSON of a credential with this member `response`.
fn body(response: Value) -> Value {
    json!({
        "id": encode(&CREDENTIAL_ID),
        "rawId": encode(&CREDENTIAL_ID),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    })
}

/// A registration. It is correct until one of its parts is replaced. It has the attestation `none`
/// unless another statement is set.
#[derive(Clone)]
pub(crate) struct Registration {
    algorithm: i64,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    statement: AttestationStatement,
    attestation_object: Option<Vec<u8>>,
}

impl Registration {
    pub(crate) fn new() -> Registration {
        Registration::with_algorithm(ES256)
    }

    /// The options request only this algorithm, and the credential has a key for it.
    pub(crate) fn with_algorithm(algorithm: i64) -> Registration {
        Registration {
            algorithm,
            client_data: create_client_data().build(),
            authenticator_data: attested(REGISTRATION_FLAGS, &cose_key(algorithm)).build(),
            statement: AttestationStatement::none(),
            attestation_object: None,
        }
    }

    pub(crate) fn client_data(self, client_data: impl Into<Vec<u8>>) -> Registration {
        Registration { client_data: client_data.into(), ..self }
    }

    pub(crate) fn authenticator_data(self, authenticator_data: Vec<u8>) -> Registration {
        Registration { authenticator_data, ..self }
    }

    /// Replaces the public key in the authenticator data.
    pub(crate) fn cose_key(self, cose_key: &[u8]) -> Registration {
        self.authenticator_data(attested(REGISTRATION_FLAGS, cose_key).build())
    }

    /// Replaces the attestation statement, which the caller has signed over
    /// [`signed`](Registration::signed).
    pub(crate) fn statement(self, statement: AttestationStatement) -> Registration {
        Registration { statement, ..self }
    }

    /// Replaces the whole attestation object.
    pub(crate) fn attestation_object(self, object: Vec<u8>) -> Registration {
        Registration { attestation_object: Some(object), ..self }
    }

    /// Returns the authenticator data followed by the client data hash, which most attestations
    /// sign.
    pub(crate) fn signed(&self) -> Vec<u8> {
        signed(&self.authenticator_data, &self.client_data)
    }

    /// Returns the message that a U2F attestation signs.
    pub(crate) fn u2f_signed(&self) -> Vec<u8> {
        u2f_signed_message(
            &Sha256::digest(RP_ID).into(),
            &Sha256::digest(&self.client_data).into(),
            &CREDENTIAL_ID,
            &key(self.algorithm).public_numbers(),
        )
    }

    /// Returns the attestation object.
    pub(crate) fn object(&self) -> Vec<u8> {
        let made = || self.statement.attestation_object(&self.authenticator_data);
        self.attestation_object.clone().unwrap_or_else(|| made().expect("a short format name"))
    }

    /// Returns the JSON of the response.
    pub(crate) fn response(&self) -> Value {
        body(json!({
            "clientDataJSON": encode(&self.client_data),
            "attestationObject": encode(&self.object()),
            "transports": ["internal"],
        }))
    }

    /// Returns a case with this registration. `rule` is the id of the rule that the case tests.
    pub(crate) fn case(&self, name: &str, rule: &str) -> Case {
        Case::new(name, rule, "registration", self.response())
            .with("algorithms", json!([self.algorithm]))
    }
}

/// A login. It is correct until one of its parts is replaced. The signature covers the replaced
/// parts.
#[derive(Clone)]
pub(crate) struct Login {
    key: PrivateKey,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Option<Vec<u8>>,
}

impl Login {
    pub(crate) fn new() -> Login {
        Login::with_algorithm(ES256)
    }

    /// The credential has a key for this algorithm.
    pub(crate) fn with_algorithm(algorithm: i64) -> Login {
        Login::with_key(key(algorithm))
    }

    /// The credential has this key.
    pub(crate) fn with_key(key: PrivateKey) -> Login {
        Login {
            key,
            client_data: get_client_data().build(),
            authenticator_data: AuthenticatorDataBuilder::new(RP_ID, LOGIN_FLAGS, 1).build(),
            signature: None,
        }
    }

    pub(crate) fn client_data(self, client_data: impl Into<Vec<u8>>) -> Login {
        Login { client_data: client_data.into(), ..self }
    }

    pub(crate) fn authenticator_data(self, authenticator_data: Vec<u8>) -> Login {
        Login { authenticator_data, ..self }
    }

    /// Replaces the signature.
    pub(crate) fn signature(self, signature: Vec<u8>) -> Login {
        Login { signature: Some(signature), ..self }
    }

    /// Returns the signed bytes: the authenticator data and the client data hash.
    pub(crate) fn signed(&self) -> Vec<u8> {
        signed(&self.authenticator_data, &self.client_data)
    }

    /// Returns the JSON of the response.
    pub(crate) fn response(&self) -> Value {
        let sign = || self.key.sign(&self.signed());
        let signature = self.signature.clone().unwrap_or_else(sign);
        body(json!({
            "clientDataJSON": encode(&self.client_data),
            "authenticatorData": encode(&self.authenticator_data),
            "signature": encode(&signature),
            "userHandle": encode(&USER_HANDLE),
        }))
    }

    /// Returns a case with this login. `rule` is the id of the rule that the case tests.
    pub(crate) fn case(&self, name: &str, rule: &str) -> Case {
        let record = record(&self.key.cose_key().expect("a key of its algorithm"));
        Case::new(name, rule, "authentication", self.response()).with("credential", record)
    }
}

/// A case without its verdict. [`accept`](Case::accept) and the methods after it add the verdict.
#[derive(Clone)]
pub(crate) struct Case(Map<String, Value>);

impl Case {
    pub(crate) fn new(name: &str, rule: &str, ceremony: &str, response: Value) -> Case {
        Case(Map::new())
            .with("name", name)
            .with("rule", rule)
            .with("ceremony", ceremony)
            .with("challenge", encode(&CHALLENGE))
            .with("now", NOW)
            .with("response", response)
    }

    /// Sets a member of the case.
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Case {
        self.0.insert(member.to_owned(), value.into());
        self
    }

    /// Changes the name.
    pub(crate) fn renamed(self, change: impl FnOnce(&str) -> String) -> Case {
        let name = change(self.0["name"].as_str().unwrap_or_default());
        self.with("name", name)
    }

    /// Changes the response.
    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Value)) -> Case {
        change(&mut self.0["response"]);
        self
    }

    pub(crate) fn response(&self) -> &Value {
        &self.0["response"]
    }

    pub(crate) fn accept(self) -> Value {
        self.with("expect", "accept").0.into()
    }

    /// `kind` is the name of an `ErrorKind`, and `step` is a number in §7.1 or §7.2.
    pub(crate) fn reject(self, kind: &str, step: &str) -> Value {
        self.with("expect", json!({ "reject": kind, "step": step })).0.into()
    }

    /// The error names this member.
    pub(crate) fn reject_field(self, kind: &str, step: &str, field: &str) -> Value {
        self.with("expect", json!({ "reject": kind, "step": step, "field": field })).0.into()
    }

    /// Nothing can run the case.
    pub(crate) fn unusable(self) -> Value {
        self.with("expect", "unusable").0.into()
    }
}
