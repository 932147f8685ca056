//! SafetyNet attestation (§8.5).

use core::fmt;
use std::time::UNIX_EPOCH;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::attestation::attester::Attester;
use crate::attestation_statement::AttestationStatement;
use crate::certificate::{CertificateBuilder, DistinguishedName, SUBJECT_ALT_NAME};
use crate::debug::length;
use crate::error::AuthenticatorError;
use crate::private_key::PrivateKey;
use crate::{der, jws};

/// A version of Google Play services from 2020.
const VERSION: &str = "200617000";

const HOST: &str = "attest.android.com";

/// A thousand years in milliseconds. Tests run much earlier.
const THOUSAND_YEARS: u64 = 1000 * 365 * 24 * 60 * 60 * 1000;

/// Builds and signs a SafetyNet response (§8.5), which is a JWS. Values are not checked, so a test
/// can create an invalid response.
///
/// The payload has the members `nonce`, `timestampMs` and `ctsProfileMatch` (true). The header has
/// `alg` (from the key) and `x5c`. You can replace each member and add others.
///
/// ```
/// use webauthn_verify_authenticator::{
///     AttestationStatement, PrivateKey, SafetyNetResponseBuilder, algorithm,
/// };
///
/// let key = PrivateKey::from_seed(algorithm::ES256, b"service")?;
/// let response = SafetyNetResponseBuilder::new(&[7; 32], 1_700_000_000_000)
///     .member("basicIntegrity", true)
///     .sign(&key, &[]);
/// assert_eq!(response.split('.').count(), 3);
/// let statement = AttestationStatement::android_safetynet("1", response.as_bytes())?;
/// # Ok::<(), webauthn_verify_authenticator::AuthenticatorError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct SafetyNetResponseBuilder {
    header: Map<String, Value>,
    payload: Map<String, Value>,
    bytes: Option<Vec<u8>>,
}

impl fmt::Debug for SafetyNetResponseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |object: &Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
        f.debug_struct("SafetyNetResponseBuilder")
            .field("header", &names(&self.header))
            .field("payload", &names(&self.payload))
            .field("bytes", &self.bytes.as_deref().map(length))
            .finish()
    }
}

impl SafetyNetResponseBuilder {
    /// Creates a builder for a response. `hash` is the SHA-256 of the attested data. `timestamp_ms`
    /// is the time of the response, in milliseconds since the Unix epoch.
    pub fn new(hash: &[u8; 32], timestamp_ms: u64) -> SafetyNetResponseBuilder {
        let empty =
            SafetyNetResponseBuilder { header: Map::new(), payload: Map::new(), bytes: None };
        empty
            .member("nonce", STANDARD.encode(hash))
            .member("timestampMs", timestamp_ms)
            .member("ctsProfileMatch", true)
    }

    /// Sets a member of the payload.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> SafetyNetResponseBuilder {
        self.payload.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a member of the header. This can replace `alg` and `x5c`.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> SafetyNetResponseBuilder {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the whole payload, which does not have to be JSON.
    pub fn payload(mut self, bytes: &[u8]) -> SafetyNetResponseBuilder {
        self.bytes = Some(bytes.to_vec());
        self
    }

    /// Returns the payload as JSON. A payload from [`payload`](SafetyNetResponseBuilder::payload)
    /// is ignored.
    #[must_use]
    pub fn payload_json(&self) -> String {
        Value::Object(self.payload.clone()).to_string()
    }

    /// Returns the response, signed with the key of the first certificate. `certificates` are in
    /// DER, each issued by the next. An ES256 signature is written as r and s; other signatures are
    /// written unchanged.
    #[must_use]
    pub fn sign(&self, key: &PrivateKey, certificates: &[Vec<u8>]) -> String {
        let json = self.payload_json();
        let payload = self.bytes.as_deref().unwrap_or(json.as_bytes());
        jws::sign(&self.header, payload, key, certificates)
    }
}

pub(crate) fn attest(attester: &Attester<'_>) -> Result<AttestationStatement, AuthenticatorError> {
    let version = if attester.breaks("attStmt.ver") { "" } else { VERSION };
    AttestationStatement::android_safetynet(version, response(attester)?.as_bytes())
}

fn response(attester: &Attester<'_>) -> Result<String, AuthenticatorError> {
    let hash =
        attester.attested_hash("attToBeSigned.authenticatorData", "attToBeSigned.clientDataHash");
    let mut builder = SafetyNetResponseBuilder::new(&hash, timestamp(attester)?);
    if attester.breaks("payload.nonce") {
        builder = builder.member("nonce", Value::Null);
    }
    if attester.breaks("payload.ctsProfileMatch") {
        builder = builder.member("ctsProfileMatch", false);
    }
    if attester.breaks("header.alg") {
        builder = builder.header("alg", "none");
    }
    if attester.breaks("header.x5c") {
        builder = builder.header("x5c", Value::Array(Vec::new()));
    }
    let certificates = [certificate(attester)];
    let key = attester.attestation_key();
    let response = builder.sign(&key, &certificates);
    if attester.breaks("signature") {
        // Use the signature of another response.
        let other = builder.member("basicIntegrity", false).sign(&key, &certificates);
        return Ok(with_signature_of(&response, &other));
    }
    Ok(match attester.breaks("attStmt.response") {
        true => format!("{response}."),
        false => response,
    })
}

/// Returns the time of the authenticator in milliseconds. If the fault makes the time wrong, it is
/// far in the future. A time in the past could be accepted, because each relying party decides how
/// old a response may be.
fn timestamp(attester: &Attester<'_>) -> Result<u64, AuthenticatorError> {
    let time = attester.time.duration_since(UNIX_EPOCH).ok();
    let time = time.and_then(|time| u64::try_from(time.as_millis()).ok());
    let late = if attester.breaks("payload.timestampMs") { THOUSAND_YEARS } else { 0 };
    time.and_then(|time| time.checked_add(late)).ok_or_else(|| {
        AuthenticatorError::new(
            "the time of the authenticator is before 1970 or too late for SafetyNet",
        )
    })
}

fn with_signature_of(response: &str, other: &str) -> String {
    match (response.rsplit_once('.'), other.rsplit_once('.')) {
        (Some((signed, _)), Some((_, signature))) => format!("{signed}.{signature}"),
        _ => String::new(),
    }
}

fn certificate(attester: &Attester<'_>) -> Vec<u8> {
    let key = attester.certified_key();
    let host = match attester.breaks("x5c[0].subjectAltName") {
        true => "other.invalid",
        false => HOST,
    };
    let subject = DistinguishedName::new().common_name(HOST);
    let names = der::sequence(&[der::implicit(2, host.as_bytes())]);
    let certificate = CertificateBuilder::new(&subject, &key.public_numbers())
        .serial_number(&[2])
        .basic_constraints(false, None)
        .key_usage(attester.key_usage())
        .extension(SUBJECT_ALT_NAME, false, &names);
    attester.issue(certificate)
}
