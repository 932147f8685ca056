//! The relying party, the account and the time with which every input is verified.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use p256::ecdsa::signature::Verifier;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use webauthn_verify::attestation::AttestationPolicy;
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, Authentication, Ceremony, Credential, Error, ErrorKind, Failure, KeyMaterial,
    ParseError, PaymentInstrument, PaymentOrder, RegistrationRequest, RelyingParty, User,
};

pub const RP_ID: &str = "example.com";
pub const ORIGIN: &str = "https://example.com";
pub const CHALLENGE: [u8; 32] = *b"the challenge of every ceremony.";
pub const USER_HANDLE: &[u8] = b"a user handle";

/// The stored records of the account, one for each algorithm.
const ACCOUNT: &str = include_str!("../site/account.json");

/// An accepted registration without extension outputs.
pub const REGISTRATION: &str = include_str!("../site/registration.json");

/// An accepted login into the account, with EdDSA and without extension outputs.
pub const LOGIN: &str = include_str!("../site/login.json");

/// An accepted login with ES256.
pub const LOGIN_ES256: &str = include_str!("../site/login-es256.json");

/// An accepted payment from the account, with EdDSA.
pub const PAYMENT: &str = include_str!("../site/payment.json");

/// The root certificate of the authenticator's attestation.
pub const ATTESTATION_ROOT: &[u8] = include_bytes!("../site/attestation_root.der");

/// A time in 2026, in seconds since the epoch.
pub const NOW: u32 = 1_790_000_000;

pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.into())
}

/// Returns a relying party with default policies.
pub fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap()
}

/// Returns a relying party that requires an attestation with a path to the root.
pub fn demanding_relying_party() -> RelyingParty {
    let anchor = TrustAnchor::from_der(ATTESTATION_ROOT).unwrap();
    relying_party()
        .attestation_policy(AttestationPolicy::trusted([anchor]))
        .unwrap()
        .refuse_unsolicited_extensions()
}

/// Returns a request for a passkey with any algorithm, in an account without credentials.
pub fn registration_request() -> RegistrationRequest {
    registration_request_beside(&[])
}

/// Returns a request for another passkey of an account that has these credentials.
pub fn registration_request_beside(existing: &[Credential]) -> RegistrationRequest {
    let user = User::new(USER_HANDLE, "alice@example.com", "Alice");
    RegistrationRequest::passkey(&user, existing)
        .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>())
        .challenge(&CHALLENGE)
}

pub fn account() -> &'static [Credential] {
    static RECORDS: OnceLock<Vec<Credential>> = OnceLock::new();
    RECORDS.get_or_init(|| serde_json::from_str(ACCOUNT).unwrap())
}

/// Returns the order of the payment.
pub fn payment_order() -> PaymentOrder {
    let card = PaymentInstrument::new("Card", "https://example.com/card.png");
    PaymentOrder::new(ORIGIN, "EUR", "49.90", card).payee_name("The shop")
}

/// Returns the registration with this text as extension outputs.
pub fn registration_with(outputs: &[u8]) -> Vec<u8> {
    body_with(REGISTRATION, outputs)
}

/// Returns the login with this text as extension outputs.
pub fn login_with(outputs: &[u8]) -> Vec<u8> {
    body_with(LOGIN, outputs)
}

fn body_with(body: &str, outputs: &[u8]) -> Vec<u8> {
    let (start, end) = body.split_once("{}").expect("no extension outputs");
    [start.as_bytes(), outputs, end.as_bytes()].concat()
}

/// Returns client data of this type as browsers write it.
pub fn client_data(ceremony_type: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(CHALLENGE);
    format!(
        r#"{{"type":"{ceremony_type}","challenge":"{challenge}","origin":"{ORIGIN}","crossOrigin":false}}"#
    )
    .into_bytes()
}

/// Checks that the error of a ceremony can be printed and names a step of the ceremony.
pub fn check_error(error: &Error, ceremony: Ceremony, input: &[u8]) {
    assert_eq!(error.ceremony(), ceremony);
    let number = error.step().number(ceremony).expect("the ceremony has no such step");
    let text = error.to_string();
    assert!(text.starts_with(&format!("{ceremony} step {number} (")), "{text}");
    assert!(text.ends_with(')'), "{text}");
    if let Some(error) = error.parse_error() {
        assert!(error.offset() <= input.len(), "{error}");
    }
}

/// Checks that the failure of a parser can be printed and names the offset. Returns the parse
/// error.
pub fn check_parse_failure<'a>(failure: &'a Failure, input: &[u8]) -> &'a ParseError {
    assert!(!failure.to_string().is_empty());
    let error = failure.parse_error().expect("the failure has no parse error");
    assert!(error.offset() <= input.len(), "{error}");
    assert_eq!(error.field(), failure.field());
    error
}

/// Returns the record after a login with a counter. Checks that the update cannot be applied a
/// second time, because the counter has changed, and that no other record of the account accepts
/// it.
pub fn apply(login: &Authentication, record: &Credential) -> Credential {
    let refused = |mut record: Credential, kind| {
        let before = record.clone();
        let failure = record.apply(login.update()).expect_err("the record accepts the update");
        assert_eq!(failure.kind(), kind);
        assert_eq!(record, before);
    };
    let mut updated = record.clone();
    updated.apply(login.update()).expect("the record of the login refuses the update");
    assert!(updated.sign_count() > record.sign_count());
    refused(updated.clone(), ErrorKind::CredentialChanged);
    for other in account().iter().filter(|other| other.id() != record.id()) {
        refused(other.clone(), ErrorKind::WrongCredentialRecord);
    }
    updated
}

/// Checks the client data of an accepted response without this crate.
pub fn check_client_data(json: &[u8], ceremony_type: &str) {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let members = members(json);
    let text = |name: &str| serde_json::from_str::<String>(members[name.as_bytes()].get()).unwrap();
    let optional = |name: &str| members.get(name.as_bytes()).map(|value| value.get());
    assert_eq!(text("type"), ceremony_type);
    assert_eq!(decode_base64url(&text("challenge")), CHALLENGE);
    assert_eq!(text("origin"), ORIGIN);
    assert!(matches!(optional("crossOrigin"), None | Some("false")));
    assert!(matches!(optional("topOrigin"), None | Some("null")));
}

/// Returns the bytes of these members of the response in a body, without this crate.
pub fn response_bytes<const N: usize>(body: &[u8], names: [&str; N]) -> [Vec<u8>; N] {
    let body = members(body);
    let response = members(body[&b"response"[..]].get().as_bytes());
    names.map(|name| {
        let text: String = serde_json::from_str(response[name.as_bytes()].get()).unwrap();
        decode_base64url(&text)
    })
}

/// Returns the members of a JSON object. A name can have half of a surrogate pair, which
/// `serde_json` does not put into a `String`.
fn members(json: &[u8]) -> BTreeMap<Vec<u8>, &RawValue> {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Name(Vec<u8>);
    impl<'de> Deserialize<'de> for Name {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
            deserializer.deserialize_bytes(NameVisitor).map(Name)
        }
    }
    struct NameVisitor;
    impl Visitor<'_> for NameVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a member")
        }

        fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<Vec<u8>, E> {
            Ok(name.to_vec())
        }
    }
    let members: BTreeMap<Name, &RawValue> = serde_json::from_slice(json).expect("no object");
    members.into_iter().map(|(Name(name), value)| (name, value)).collect()
}

/// Checks the RP ID hash, user presence and user verification, and that only an eligible credential
/// is backed up.
pub fn check_authenticator_data(data: &[u8]) {
    assert_eq!(data[..32], sha256(RP_ID.as_bytes()));
    let flags = data[32];
    assert_eq!(flags & 0x05, 0x05, "the user was not present and verified");
    assert_ne!(flags & 0x18, 0x10, "backed up, but not eligible");
}

/// Verifies the signature again with the crate `p256` alone, if the key is on P-256.
pub fn verify_again(key: &CoseKey<'_>, message: &[u8], signature: &[u8]) {
    let KeyMaterial::P256 { x, y } = key.public_key().material() else { return };
    let point = [&[4], &x[..], &y[..]].concat();
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).expect("not on the curve");
    let signature = p256::ecdsa::Signature::from_der(signature).expect("not DER");
    key.verify(message, &signature).expect("the signature is not valid");
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub fn decode_base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("not base64url")
}

/// Decodes a CBOR item that takes up all of `bytes`.
pub fn decode_cbor(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).ok()?;
    rest.is_empty().then_some(value)
}

pub fn encode_cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
