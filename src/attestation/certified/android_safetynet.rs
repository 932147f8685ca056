//! The `android-safetynet` attestation statement format (§8.5).
//!
//! ```text
//! attStmt: { ver: text, response: bytes }
//! ```
//!
//! `response` is a JWS signed by the SafetyNet service. The service and its documentation no longer
//! exist. Therefore, a response is accepted only if the policy allows it and if it meets the
//! requirements of both the specification and that documentation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::attestation::format::{AttestationFormat, unsupported};
use crate::attestation::statement::Inputs;
use crate::attestation::verdict::{Attestation, AttestationType};
use crate::encoding::cbor::{Item, Order};
use crate::encoding::json::{JsonReader, JsonString, JsonValue};
use crate::error::{ErrorKind, Failure, ParseError};
use crate::jws::Jws;
use crate::message::attestation_object::AttestationStatement;
use crate::signature::budget::Budget;

const STRUCTURE: &str = "SafetyNet response";

/// The host in the service's certificate.
const HOST: &str = "attest.android.com";

/// The time by which the service's clock may be ahead of the relying party's clock.
const MAX_SKEW: Duration = Duration::from_secs(60);

pub(crate) fn verify(inputs: &Inputs<'_, '_>) -> Result<Attestation, Failure> {
    let Some(max_age) = inputs.rules.safetynet else {
        return Err(unsupported(AttestationFormat::AndroidSafetyNet.as_str()));
    };
    let response = parse(inputs.statement)?;
    let jws = Jws::parse(response, STRUCTURE, ErrorKind::AttestationInvalid)
        .map_err(|failure| failure.in_field_or("attStmt.response"))?;
    let payload = core::str::from_utf8(jws.payload())
        .map_err(|_| invalid("payload", "the payload is not UTF-8"))?;
    let payload = Payload::parse(payload)?;
    check_nonce(&payload, &inputs.signed_hash())?;
    check_service(&jws, inputs.budget)?;
    check_device(&payload)?;
    check_age(&payload, max_age, inputs.now)?;
    Ok(Attestation {
        certificates: jws.certificates().to_vec(),
        ..Attestation::new(AttestationFormat::AndroidSafetyNet, AttestationType::Basic)
    })
}

/// Reads the statement and returns the response. There is only one response format. `ver` is a
/// software version without a defined meaning, so it only has to be present and not empty.
fn parse<'a>(statement: AttestationStatement<'a>) -> Result<&'a str, Failure> {
    let mut decoder = statement.decoder("android-safetynet attestation statement");
    let (mut version, mut response) = (None, None);
    let mut map = decoder.map("attStmt", Order::Any)?;
    while let Some(key) = decoder.key(&mut map)? {
        match key {
            Item::Text("ver") => version = Some(decoder.text("attStmt.ver")?),
            Item::Text("response") => response = Some(decoder.bytes("attStmt.response")?),
            _ => {
                decoder.skip("member", Order::Canonical)?;
            }
        }
    }
    let missing = |field| decoder.error(field, "the member is missing");
    let version = version.ok_or_else(|| missing("attStmt.ver"))?;
    let response = response.ok_or_else(|| missing("attStmt.response"))?;
    if version.is_empty() {
        return Err(invalid("attStmt.ver", "it is empty"));
    }
    core::str::from_utf8(response).map_err(|_| invalid("attStmt.response", "it is not UTF-8"))
}

/// The payload members that are checked.
struct Payload<'a> {
    nonce: JsonString<'a>,
    cts_profile_match: bool,
    /// Milliseconds from the Unix epoch.
    timestamp: u64,
}

impl<'a> Payload<'a> {
    /// Reads one JSON object without duplicate members.
    fn parse(text: &'a str) -> Result<Payload<'a>, Failure> {
        const KIND: ErrorKind = ErrorKind::AttestationInvalid;
        let malformed =
            |error| Failure::from(ParseError { kind: KIND, field: Some("payload"), ..error });
        let (mut nonce, mut cts_profile_match, mut timestamp) = (None, None, None);
        let mut reader = JsonReader::new(text, 0, STRUCTURE, KIND);
        reader.object(
            |error| error.into_failure("payload", KIND),
            |name, reader| {
                let value = reader.value().map_err(malformed)?;
                if name == *"nonce" {
                    nonce = Some(read_text(value)?);
                } else if name == *"ctsProfileMatch" {
                    cts_profile_match = Some(read_bool(value)?);
                } else if name == *"timestampMs" {
                    timestamp = Some(read_timestamp(value)?);
                }
                Ok(())
            },
        )?;
        reader.finish().map_err(malformed)?;
        let missing = |field| invalid(field, "the member is missing");
        Ok(Payload {
            nonce: nonce.ok_or_else(|| missing("payload.nonce"))?,
            cts_profile_match: cts_profile_match
                .ok_or_else(|| missing("payload.ctsProfileMatch"))?,
            timestamp: timestamp.ok_or_else(|| missing("payload.timestampMs"))?,
        })
    }
}

fn read_text(value: JsonValue<'_>) -> Result<JsonString<'_>, Failure> {
    match value {
        JsonValue::String(text) => Ok(text),
        _ => Err(invalid("payload.nonce", "it is not a string")),
    }
}

fn read_bool(value: JsonValue<'_>) -> Result<bool, Failure> {
    match value {
        JsonValue::Bool(truth) => Ok(truth),
        _ => Err(invalid("payload.ctsProfileMatch", "it is not a boolean")),
    }
}

/// Reads an integer number of milliseconds.
fn read_timestamp(value: JsonValue<'_>) -> Result<u64, Failure> {
    match value {
        JsonValue::Number(number) => number.parse().ok(),
        _ => None,
    }
    .ok_or_else(|| invalid("payload.timestampMs", "it is not an integer number of milliseconds"))
}

/// Checks that the nonce is the hash in base64, with padding and not in base64url.
fn check_nonce(payload: &Payload<'_>, hash: &[u8; 32]) -> Result<(), Failure> {
    if payload.nonce != *STANDARD.encode(hash).as_str() {
        return Err(Failure::of("payload.nonce", ErrorKind::AttestationNonceMismatch, ""));
    }
    Ok(())
}

/// Checks that the response comes from the SafetyNet service: its certificate is for the service's
/// host, and the response is signed by the key of the certificate. The policy decides about the
/// path to an anchor.
fn check_service(jws: &Jws<'_>, budget: &Budget) -> Result<(), Failure> {
    jws.check_host(HOST).map_err(|failure| failure.in_field("x5c[0].subjectAltName"))?;
    jws.verify_signature(budget).map_err(|failure| match failure.field() {
        Some("signature") => Failure::of(
            "signature",
            ErrorKind::SignatureInvalid,
            "the signature of the SafetyNet service",
        ),
        _ => failure,
    })
}

/// Checks that the service reports that the device has passed the compatibility tests.
fn check_device(payload: &Payload<'_>) -> Result<(), Failure> {
    if !payload.cts_profile_match {
        return Err(invalid("payload.ctsProfileMatch", "the device did not pass the tests"));
    }
    Ok(())
}

/// Checks that the response is not older than the policy allows, and not from the future.
fn check_age(payload: &Payload<'_>, max_age: Duration, now: SystemTime) -> Result<(), Failure> {
    const FIELD: &str = "payload.timestampMs";
    let made = UNIX_EPOCH
        .checked_add(Duration::from_millis(payload.timestamp))
        .ok_or_else(|| invalid(FIELD, "the time is out of range"))?;
    match now.duration_since(made) {
        Ok(age) if age > max_age => Err(invalid(FIELD, "the response is too old")),
        Err(ahead) if ahead.duration() > MAX_SKEW => {
            Err(invalid(FIELD, "the response was created in the future"))
        }
        _ => Ok(()),
    }
}

fn invalid(field: &'static str, reason: &'static str) -> Failure {
    Failure::of(field, ErrorKind::AttestationInvalid, reason)
}
